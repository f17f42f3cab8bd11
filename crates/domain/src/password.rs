//! Which passwords may be set (spec/1 section 2.6, spec/2 section 1.3).

use crate::Rifiuto;

/// The policy as the messages show it. [`password_accettabile`] says the same without a regex engine that looks ahead.
pub const PATTERN: &str = r"^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?!.*[\s]).{8,}$";
/// Width of the column of the original.
pub const CARATTERI_MAX: usize = 255;
const CARATTERI_MIN: usize = 8;

/// At least 8 characters, one lower case, one upper case, one digit, no white space; 255 at most.
#[must_use]
pub fn password_accettabile(password: &str) -> bool {
    let lunghezza = password.chars().count();
    (CARATTERI_MIN..=CARATTERI_MAX).contains(&lunghezza)
        && password.chars().any(|c| c.is_ascii_lowercase())
        && password.chars().any(|c| c.is_ascii_uppercase())
        && password.chars().any(|c| c.is_ascii_digit())
        && !password.chars().any(char::is_whitespace)
}

/// 400 for a password that the policy refuses. The original repeats the value in its message; a password is not repeated to anybody.
pub fn verifica(password: &str) -> Result<(), Rifiuto> {
    if password_accettabile(password) {
        return Ok(());
    }
    Err(Rifiuto::Sintassi(format!("Il valore del campo password non rispetta il pattern richiesto: {PATTERN}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_politica_delle_password() {
        let lunga = format!("Aa1{}", "x".repeat(252));
        for buona in ["Password1", "aB3.....", "Àaaaaa1B", &lunga] {
            assert_eq!(verifica(buona), Ok(()), "{buona}");
        }
        let troppo = format!("{lunga}x");
        for cattiva in ["", "Aa1", "password1", "PASSWORD1", "Password", "Pass word1", "Password1\t", "Password1\u{a0}", "Pàssw1x", &troppo] {
            let rifiuto = verifica(cattiva).expect_err(cattiva);
            assert!(cattiva.is_empty() || !rifiuto.to_string().contains(cattiva));
            assert!(rifiuto.dettaglio().starts_with("Il valore del campo password non rispetta il pattern richiesto: ^(?=.*[a-z])"));
        }
    }
}
