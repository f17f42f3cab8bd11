//! The operations of PATCH (spec/1 sections 5.3 and 9.6).
//!
//! Two steps, because the search of the position and the rights of the caller come between them: [`operazioni`], then [`modifiche`].

use serde_json::Value;

use super::json;
use super::regole::{self, obbligatorio};
use crate::Rifiuto;
use crate::pendenza::StatoMostrato;
use crate::pendenza::modifica::Modifica;

/// Operations of one body. Four paths exist: more than this is no person's wish.
pub const OPERAZIONI_MAX: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Delete,
    Replace,
}

impl Op {
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Delete => "DELETE",
            Self::Replace => "REPLACE",
        }
    }

    #[must_use]
    pub fn leggi(nome: &str) -> Option<Self> {
        [Self::Add, Self::Delete, Self::Replace].into_iter().find(|o| o.nome() == nome)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Operazione {
    pub op: Op,
    pub path: String,
    /// `null` when missing.
    pub value: Value,
}

/// Shape of the whole body, and `op` and `path` of every element.
pub fn operazioni(corpo: &[u8]) -> Result<Vec<Operazione>, Rifiuto> {
    operazioni_lette(&json::leggi(corpo)?)
}

/// [`operazioni`] of a body that is already known to be JSON.
pub fn operazioni_lette(corpo: &Value) -> Result<Vec<Operazione>, Rifiuto> {
    let elementi = json::lista_radice(corpo, &["op", "path", "value"])?;
    regole::massimo_elementi("operazioni", elementi.len(), OPERAZIONI_MAX)?;
    let grezze = elementi.iter().map(|o| Ok((o.stringa("op")?, o.stringa("path")?, o.libero("value")))).collect::<Result<Vec<_>, Rifiuto>>()?;
    let leggi = |(op, path, value): (Option<&str>, Option<&str>, Option<&Value>)| {
        let op = Op::leggi(obbligatorio("op", op)?).ok_or_else(|| Rifiuto::Sintassi("Il campo op non e' valido.".to_owned()))?;
        Ok(Operazione { op, path: obbligatorio("path", path)?.to_owned(), value: value.cloned().unwrap_or_default() })
    };
    grezze.into_iter().map(leggi).collect()
}

/// Path and value of every element, in order. Whether the position may change so is decided by [`crate::pendenza::modifica::applica`].
pub fn modifiche(operazioni: &[Operazione]) -> Result<Vec<Modifica>, Rifiuto> {
    operazioni.iter().map(modifica).collect()
}

/// One element of [`modifiche`].
pub fn modifica(operazione: &Operazione) -> Result<Modifica, Rifiuto> {
    let value = &operazione.value;
    match operazione.path.as_str() {
        "/stato" => {
            consentita(operazione, Op::Replace)?;
            stato(value)
        }
        "/descrizioneStato" => {
            consentita(operazione, Op::Replace)?;
            testo(Some(value)).map(Modifica::DescrizioneStato)
        }
        "/ack" => {
            consentita(operazione, Op::Replace)?;
            value.as_bool().map_or_else(value_errato, |ack| Ok(Modifica::Ack(ack)))
        }
        "/nota" => {
            consentita(operazione, Op::Add)?;
            testo(value.get("oggetto")).map(Modifica::Nota)
        }
        _ => Err(Rifiuto::Sintassi("Il campo path non e' valido.".to_owned())),
    }
}

fn consentita(operazione: &Operazione, sola: Op) -> Result<(), Rifiuto> {
    if operazione.op == sola { Ok(()) } else { Err(Rifiuto::Sintassi(format!("Op '{}' non valido per il path '{}'", operazione.op.nome(), operazione.path))) }
}

fn stato(value: &Value) -> Result<Modifica, Rifiuto> {
    if value.is_null() || value == "" {
        return value_errato();
    }
    match value.as_str().and_then(StatoMostrato::leggi) {
        Some(StatoMostrato::Annullata) => Ok(Modifica::Annulla),
        Some(StatoMostrato::NonEseguita) => Ok(Modifica::Ripristina),
        Some(vietato) => Ok(Modifica::StatoVietato(vietato.codice().to_owned())),
        None => Err(Rifiuto::Sintassi("Il campo value indicato per il path '/stato' non e' valido.".to_owned())),
    }
}

fn testo(value: Option<&Value>) -> Result<String, Rifiuto> {
    match value.and_then(Value::as_str) {
        Some(testo) if !testo.is_empty() => Ok(testo.to_owned()),
        _ => value_errato(),
    }
}

fn value_errato<T>() -> Result<T, Rifiuto> {
    Err(Rifiuto::Sintassi("Il campo value non e' valido per il path indicato.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leggi(corpo: &str) -> Result<Vec<Modifica>, Rifiuto> {
        modifiche(&operazioni(corpo.as_bytes())?)
    }

    #[test]
    fn le_operazioni_buone_diventano_modifiche_in_ordine() {
        let corpo = r#"[{"op":"REPLACE","path":"/stato","value":"ANNULLATA"},{"op":"REPLACE","path":"/descrizioneStato","value":"Emessa per errore"},
            {"op":"REPLACE","path":"/stato","value":"NON_ESEGUITA"},{"op":"REPLACE","path":"/ack","value":true},
            {"op":"ADD","path":"/nota","value":{"oggetto":"Nota","testo":"lungo"}},{"op":"REPLACE","path":"/stato","value":"ESEGUITA"}]"#;
        let attese = vec![
            Modifica::Annulla,
            Modifica::DescrizioneStato("Emessa per errore".to_owned()),
            Modifica::Ripristina,
            Modifica::Ack(true),
            Modifica::Nota("Nota".to_owned()),
            Modifica::StatoVietato("ESEGUITA".to_owned()),
        ];
        assert_eq!(leggi(corpo), Ok(attese));
        assert_eq!(leggi("[]"), Ok(vec![]));
    }

    #[test]
    fn ogni_errore_ha_il_testo_del_contratto() {
        let value = "Il campo value non e' valido per il path indicato.";
        for (corpo, atteso) in [
            (r#"[{"op":"X","path":"/stato","value":"ANNULLATA"}]"#, "Il campo op non e' valido."),
            (r#"[{"op":"replace","path":"/stato","value":"ANNULLATA"}]"#, "Il campo op non e' valido."),
            (r#"[{"op":null,"path":"/stato","value":"ANNULLATA"}]"#, "Il campo op non deve essere vuoto."),
            (r#"[{}]"#, "Il campo op non deve essere vuoto."),
            (r#"[{"op":"REPLACE","path":null,"value":"ANNULLATA"}]"#, "Il campo path non deve essere vuoto."),
            (r#"[{"op":"REPLACE","path":"/importo","value":1}]"#, "Il campo path non e' valido."),
            (r#"[{"op":"REPLACE","path":"","value":1}]"#, "Il campo path non e' valido."),
            (r#"[{"op":"REPLACE","path":"/stato","value":null}]"#, value),
            (r#"[{"op":"REPLACE","path":"/stato"}]"#, value),
            (r#"[{"op":"REPLACE","path":"/stato","value":""}]"#, value),
            (r#"[{"op":"REPLACE","path":"/descrizioneStato","value":null}]"#, value),
            (r#"[{"op":"REPLACE","path":"/descrizioneStato","value":""}]"#, value),
            (r#"[{"op":"REPLACE","path":"/descrizioneStato","value":{}}]"#, value),
            (r#"[{"op":"REPLACE","path":"/ack","value":"true"}]"#, value),
            (r#"[{"op":"REPLACE","path":"/ack","value":null}]"#, value),
            (r#"[{"op":"ADD","path":"/nota","value":"testo"}]"#, value),
            (r#"[{"op":"ADD","path":"/nota","value":{"testo":"x"}}]"#, value),
            (r#"[{"op":"REPLACE","path":"/stato","value":"XXX"}]"#, "Il campo value indicato per il path '/stato' non e' valido."),
            (r#"[{"op":"REPLACE","path":"/stato","value":1}]"#, "Il campo value indicato per il path '/stato' non e' valido."),
            (r#"[{"op":"ADD","path":"/stato","value":"ANNULLATA"}]"#, "Op 'ADD' non valido per il path '/stato'"),
            (r#"[{"op":"DELETE","path":"/ack","value":true}]"#, "Op 'DELETE' non valido per il path '/ack'"),
            (r#"[{"op":"REPLACE","path":"/nota","value":{"oggetto":"x"}}]"#, "Op 'REPLACE' non valido per il path '/nota'"),
        ] {
            assert_eq!(leggi(corpo), Err(Rifiuto::Sintassi(atteso.to_owned())), "{corpo}");
        }
    }

    #[test]
    fn la_presenza_e_guardata_in_tutti_gli_elementi_prima_dei_valori() {
        let corpo = r#"[{"op":"REPLACE","path":"/ignoto","value":1},{"op":"REPLACE","path":null}]"#;
        assert_eq!(operazioni(corpo.as_bytes()), Err(Rifiuto::Sintassi("Il campo path non deve essere vuoto.".to_owned())));
        assert_eq!(operazioni(r#"[{"op":"REPLACE","path":"/ignoto","value":1}]"#.as_bytes()).map(|o| o.len()), Ok(1));
    }

    #[test]
    fn cio_che_non_e_una_lista_di_oggetti_e_un_400() {
        for (corpo, parte) in [
            ("", "vuoto"),
            ("{}", "deve essere una lista JSON, ricevuto un oggetto"),
            ("null", "ricevuto null"),
            ("[1]", "[0] deve essere un oggetto JSON, ricevuto un numero"),
            ("[null]", "[0] deve essere un oggetto JSON, ricevuto null"),
            (r#"[{"op":1,"path":"/stato"}]"#, "Il campo op deve essere un testo"),
            (r#"[{"op":"ADD","path":{}}]"#, "Il campo path deve essere un testo"),
            (r#"[{"op":"ADD","path":"/nota","from":"x"}]"#, "Unrecognized field \"from\""),
        ] {
            match operazioni(corpo.as_bytes()) {
                Err(Rifiuto::Sintassi(testo)) => assert!(testo.contains(parte), "{testo}"),
                altro => panic!("{corpo}: {altro:?}"),
            }
        }
        let troppe = format!("[{}]", vec![r#"{"op":"REPLACE","path":"/ack","value":true}"#; OPERAZIONI_MAX + 1].join(","));
        assert_eq!(leggi(&troppe), Err(Rifiuto::Sintassi("Il campo operazioni deve avere massimo 100 elementi.".to_owned())));
    }

    proptest! {
        #[test]
        fn nessuna_operazione_fa_panico(op in "ADD|DELETE|REPLACE", path in "/(stato|descrizioneStato|ack|nota|x)", value in "null|true|1|\"\"|\"ANNULLATA\"|\\{\\}|\\[\\]") {
            let _ = leggi(&format!(r#"[{{"op":"{op}","path":"{path}","value":{value}}}]"#));
        }
    }
}
