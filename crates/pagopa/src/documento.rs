//! The message alone, cut out of its stored envelope.
//!
//! Integrators receive it as `xml` (base64): the bytes that pagoPA and we exchanged, from the `<` to the `>` of the message element. Only
//! the namespace declarations that stood on the envelope are written into its start tag, without which it would have another meaning.

use crate::busta::{Difetto, Radice, Testo};

/// The message element as an XML document in UTF-8. Takes the envelope as received or sent, or a message that is already alone.
///
/// # Errors
/// What the envelope reader refuses: stored messages were accepted once, so an error means that the stored bytes are damaged.
pub fn documento(byte: &[u8]) -> Result<String, Difetto> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::AncheDocumento)?;
    let (nome, resto) = messaggio.sorgente.split_at(messaggio.fine_nome);
    let mut xml = String::with_capacity(messaggio.sorgente.len() + 256);
    xml.push_str(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    xml.push_str(nome);
    for (prefisso, valore) in &messaggio.ereditate {
        xml.push_str(if prefisso.is_empty() { " xmlns" } else { " xmlns:" });
        xml.push_str(prefisso);
        let virgolette = if valore.contains('"') { '\'' } else { '"' };
        xml.push('=');
        xml.push(virgolette);
        xml.push_str(valore);
        xml.push(virgolette);
    }
    xml.push_str(resto);
    Ok(xml)
}
