//! The policy of passwords (spec/2 section 1.3).

use crate::Rifiuto;
use crate::anagrafica::Segreto;

/// As refusals show it. It looks ahead, which our engine of expressions does not: [`rispetta`] says the same in code.
pub const FORMA_PASSWORD: &str = r"^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?!.*[\s]).{8,}$";
pub const CARATTERI_MAX: usize = 255;

/// A password as a person or a script sends it. The refusal never repeats it.
pub fn password(campo: &str, valore: &str) -> Result<Segreto, Rifiuto> {
    if valore.chars().count() > CARATTERI_MAX {
        return Err(Rifiuto::Sintassi(format!("Il valore [***] del campo {campo} non rispetta la lunghezza massima di {CARATTERI_MAX} caratteri.")));
    }
    if !rispetta(valore) {
        return Err(Rifiuto::Sintassi(format!("Il valore [***] del campo {campo} non rispetta il pattern richiesto: {FORMA_PASSWORD}")));
    }
    Ok(Segreto(valore.to_owned()))
}

/// Absent and empty are the same: keep what is there.
pub(super) fn facoltativa(valore: Option<&str>) -> Result<Option<Segreto>, Rifiuto> {
    valore.filter(|v| !v.is_empty()).map(|v| password("password", v)).transpose()
}

fn rispetta(valore: &str) -> bool {
    // The blanks of the original's `\s`, and the ends of line that its `.` does not take.
    let bianco = |c: char| matches!(c, ' ' | '\t' | '\n' | '\x0B' | '\x0C' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    valore.chars().count() >= 8
        && valore.bytes().any(|b| b.is_ascii_lowercase())
        && valore.bytes().any(|b| b.is_ascii_uppercase())
        && valore.bytes().any(|b| b.is_ascii_digit())
        && !valore.contains(bianco)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_politica_e_quella_del_contratto() {
        for buona in ["Password1", "aaaaaaA1", "1\u{e0}Aa\u{1f600}\u{e0}\u{e0}\u{e0}", "Aa1!\"'%&"] {
            assert!(password("password", buona).is_ok(), "{buona:?}");
        }
        for cattiva in ["", "Passwo1", "password1", "PASSWORD1", "Passwordd", "Pass word1", "Password1\n", "Pass\tword1", "\u{c0}\u{e0}\u{661}aaaaa"] {
            let testo = password("password", cattiva).expect_err("rifiutata").dettaglio();
            assert_eq!(testo, format!("Il valore [***] del campo password non rispetta il pattern richiesto: {FORMA_PASSWORD}"));
        }
        assert!(password("password", &format!("Aa1{}", "x".repeat(252))).is_ok());
        let testo = password("password", &format!("Aa1{}", "x".repeat(253))).expect_err("lunga").dettaglio();
        assert_eq!(testo, "Il valore [***] del campo password non rispetta la lunghezza massima di 255 caratteri.");
    }

    #[test]
    fn vuota_e_come_assente() {
        assert_eq!((facoltativa(None), facoltativa(Some(""))), (Ok(None), Ok(None)));
        assert!(facoltativa(Some(" ")).is_err());
    }
}
