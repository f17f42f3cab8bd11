//! Passwords in bodies; the policy is [`crate::password`] (spec/2 section 1.3).

use crate::Rifiuto;
use crate::anagrafica::Segreto;
use crate::password::{CARATTERI_MAX, PATTERN, password_accettabile};

/// A password as a person or a script sends it. The refusal never repeats it.
pub fn password(campo: &str, valore: &str) -> Result<Segreto, Rifiuto> {
    if valore.chars().count() > CARATTERI_MAX {
        return Err(Rifiuto::Sintassi(format!("Il valore [***] del campo {campo} non rispetta la lunghezza massima di {CARATTERI_MAX} caratteri.")));
    }
    if !password_accettabile(valore) {
        return Err(Rifiuto::Sintassi(format!("Il valore [***] del campo {campo} non rispetta il pattern richiesto: {PATTERN}")));
    }
    Ok(Segreto(valore.to_owned()))
}

/// Absent and empty are the same: keep what is there.
pub(super) fn facoltativa(valore: Option<&str>) -> Result<Option<Segreto>, Rifiuto> {
    valore.filter(|v| !v.is_empty()).map(|v| password("password", v)).transpose()
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
            assert_eq!(testo, format!("Il valore [***] del campo password non rispetta il pattern richiesto: {PATTERN}"));
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
