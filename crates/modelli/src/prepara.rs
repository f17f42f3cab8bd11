//! From what a client sent to the text of a template.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::limiti::MODELLO_BYTE_MAX;

const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorePreparazione {
    #[error("il modello decodificato da base64 non è testo UTF-8")]
    NonUtf8,
    #[error("il modello supera {MODELLO_BYTE_MAX} byte")]
    TroppoLungo,
}

/// Takes off the literal double quotes that some clients put around a definition, then the base64 (spec/1 section 15, spec/2 section 2.13). What is not
/// base64 is the text itself, with its quotes.
///
/// # Errors
/// When what base64 hides is not UTF-8, or is longer than [`MODELLO_BYTE_MAX`].
pub fn prepara(ricevuto: &str) -> Result<String, ErrorePreparazione> {
    if ricevuto.len() > MODELLO_BYTE_MAX * 2 {
        return Err(ErrorePreparazione::TroppoLungo);
    }
    let nudo = ricevuto.trim();
    let nudo = nudo.strip_prefix('"').and_then(|n| n.strip_suffix('"')).unwrap_or(nudo);
    let compatto: String = nudo.replace("\\n", "").replace("\\r", "").split(['\r', '\n', '\t']).collect();
    let testo = match BASE64.decode(&compatto) {
        Ok(byte) if !compatto.is_empty() => String::from_utf8(byte).map_err(|_| ErrorePreparazione::NonUtf8)?,
        _ => ricevuto.to_owned(),
    };
    let testo = testo.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(testo);
    if testo.len() > MODELLO_BYTE_MAX { Err(ErrorePreparazione::TroppoLungo) } else { Ok(testo) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_virgolette_e_il_base64_si_tolgono() {
        let base64 = "PCNhc3NpZ24geCA9IDE+JHt4fQ==";
        let testo = "<#assign x = 1>${x}";
        for ricevuto in [
            base64.to_owned(),
            format!("\"{base64}\""),
            format!(" \"{base64}\"\n"),
            format!("{}\n{}", &base64[..8], &base64[8..]),
            base64.trim_end_matches('=').to_owned(),
        ] {
            assert_eq!(prepara(&ricevuto).as_deref(), Ok(testo), "{ricevuto}");
        }
        assert_eq!(prepara(testo).as_deref(), Ok(testo));
        assert_eq!(prepara("Mensa di marzo").as_deref(), Ok("Mensa di marzo"));
        assert_eq!(prepara("").as_deref(), Ok(""));
        assert_eq!(prepara("\"causale: ${x}\"").as_deref(), Ok("\"causale: ${x}\""));
    }

    #[test]
    fn quello_che_non_e_utf8_si_rifiuta() {
        assert_eq!(prepara("/////w=="), Err(ErrorePreparazione::NonUtf8));
        assert_eq!(prepara(&"A".repeat(4 << 20)), Err(ErrorePreparazione::TroppoLungo));
    }
}
