//! The remittance information of a voce, as the bank transfer will carry it (spec/3 section 1.10).

use crate::iuv::a_gruppi_di_quattro;
use crate::{Importo, Iuv};

/// Length of `stText140`, in characters.
pub const CARATTERI_CAUSALE_MAX: usize = 140;

/// `/RFB/<iuv>/<importo>/TXT/<testo>`, or `/RFS/` with the IUV in groups of four when it is an ISO 11649 reference. Cut at 140 characters.
#[must_use]
pub fn versamento(iuv: &Iuv, importo: Importo, testo: Option<&str>) -> String {
    let riferimento = if iso_11649(iuv.as_str()) { format!("/RFS/{}", a_gruppi_di_quattro(iuv.as_str())) } else { format!("/RFB/{iuv}") };
    let testo = testo.filter(|t| !t.is_empty()).map(|t| format!("/TXT/{t}")).unwrap_or_default();
    tronca(&format!("{riferimento}/{importo}{testo}"), CARATTERI_CAUSALE_MAX)
}

/// The first `massimo` characters.
#[must_use]
pub fn tronca(testo: &str, massimo: usize) -> String {
    testo.chars().take(massimo).collect()
}

/// `RF`, two check digits and a reference whose mod 97 is 1 (ISO 11649; spec/3 section 8.5).
#[must_use]
pub fn iso_11649(iuv: &str) -> bool {
    let b = iuv.to_ascii_uppercase().into_bytes();
    if !(5..=25).contains(&b.len()) || &b[..2] != b"RF" || !b[2..4].iter().all(u8::is_ascii_digit) || !b.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let resto = b[4..].iter().chain(&b[..4]).fold(0_u32, |r, c| match c {
        b'0'..=b'9' => (r * 10 + u32::from(c - b'0')) % 97,
        _ => (r * 100 + u32::from(c - b'A') + 10) % 97,
    });
    resto == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_causale_segue_il_tracciato() {
        let iuv = Iuv::leggi("07260000000004275").expect("valido");
        assert_eq!(versamento(&iuv, Importo::da_cent(12_620), Some("Quota comunale")), "/RFB/07260000000004275/126.20/TXT/Quota comunale");
        assert_eq!(versamento(&iuv, Importo::da_cent(5), None), "/RFB/07260000000004275/0.05");
        let rf = Iuv::leggi("RF18539007547034").expect("valido");
        assert_eq!(versamento(&rf, Importo::da_cent(100), None), "/RFS/RF18 5390 0754 7034/1.00");
    }

    #[test]
    fn una_causale_lunga_e_tagliata_a_140_caratteri() {
        let iuv = Iuv::leggi("07260000000004275").expect("valido");
        let causale = versamento(&iuv, Importo::da_cent(100), Some(&"è".repeat(200)));
        assert_eq!(causale.chars().count(), CARATTERI_CAUSALE_MAX);
    }

    #[test]
    fn solo_un_riferimento_con_cifre_giuste_e_iso_11649() {
        assert!(iso_11649("RF18539007547034"));
        assert!(!iso_11649("RF19539007547034"));
        assert!(!iso_11649("07260000000004275"));
        assert!(!iso_11649("RF18€39007547034"));
    }
}
