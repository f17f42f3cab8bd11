//! The data of a service of the catalogue (paDemandPaymentNotice): an XML document whose schema is the service's own, as the JSON that a form takes.

use serde_json::{Map, Value};

use crate::busta::{Messaggio, NESSUNO, Radice, Testo};

/// The document as an object: an element with text is a string, one with elements an object, a repeated one an array. Namespaces are left out.
///
/// # Errors
/// What the hardened reader refuses; the text holds no value of the document.
pub fn dati_json(byte: &[u8]) -> Result<Value, String> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::AncheDocumento).map_err(|d| d.dettaglio)?;
    let mut radice = Map::new();
    radice.insert(messaggio.nome().to_owned(), valore(&messaggio, 0));
    Ok(Value::Object(radice))
}

/// As deep as the reader allows.
fn valore(m: &Messaggio<'_>, indice: u32) -> Value {
    let Some(nodo) = m.nodi.get(indice as usize) else { return Value::Null };
    if nodo.primo_figlio == NESSUNO {
        return nodo.testo.as_ref().into();
    }
    let mut membri = Map::new();
    let mut figlio = nodo.primo_figlio;
    while let Some(n) = m.nodi.get(figlio as usize).filter(|_| figlio != NESSUNO) {
        let nuovo = valore(m, figlio);
        match membri.get_mut(n.nome) {
            None => {
                membri.insert(n.nome.to_owned(), nuovo);
            }
            Some(Value::Array(tutti)) => tutti.push(nuovo),
            Some(primo) => *primo = Value::Array(vec![primo.take(), nuovo]),
        }
        figlio = n.prossimo;
    }
    Value::Object(membri)
}
