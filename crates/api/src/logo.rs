//! The logo of a dominio as a file: bytes of somebody else, given back as what they are.

use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use domain::anagrafica::creditore::immagine_logo;

/// Seconds for which whoever asked may keep it.
const SECONDI_VALIDITA: u32 = 3600;

/// A text that is no base64 is given as it is. What is not one of the three kinds of image is a file to save: a drawing of markup could run scripts.
pub fn risposta(testo: &str) -> Response {
    let byte = immagine_logo(testo).unwrap_or_else(|| testo.as_bytes().to_vec());
    let intestazioni = [
        (header::CACHE_CONTROL, format!("max-age={SECONDI_VALIDITA}")),
        // The original spells it without the dash and with a colon, and no browser reads it so.
        (HeaderName::from_static("cachecontrol"), format!("max-age: {SECONDI_VALIDITA}")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    match tipo(&byte) {
        Some(tipo) => (intestazioni, [(header::CONTENT_TYPE, tipo)], byte).into_response(),
        None => (intestazioni, [(header::CONTENT_TYPE, "application/octet-stream"), (header::CONTENT_DISPOSITION, "attachment; filename=\"logo\"")], byte)
            .into_response(),
    }
}

fn tipo(byte: &[u8]) -> Option<&'static str> {
    match byte {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        _ => None,
    }
}
