//! Payments started from a portal (spec/2 section 2.13).

use chrono::{DateTime, Utc};
use codici::IdDominio;
use serde_json::Value;

use super::{consentita, path, testo, value};
use crate::lettura::lista::{Ordine, Paginazione, Parametri};
use crate::lettura::modifica::{Op, Operazione};
use crate::lettura::regole::{self, codifica_inesistente};
use crate::{Rifiuto, pagamento};

pub const ORDINAMENTO_PAGAMENTI: [&str; 2] = ["dataRichiestaPagamento", "stato"];

/// GET /pagamenti.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroPagamenti {
    pub paginazione: Paginazione,
    /// Empty: dataRichiestaPagamento, the latest first.
    pub ordinamento: Vec<Ordine>,
    pub stato: Option<pagamento::Stato>,
    pub versante: Option<String>,
    pub id_debitore: Option<String>,
    pub id_sessione_portale: Option<String>,
    pub verificato: Option<bool>,
    pub data_da: Option<DateTime<Utc>>,
    pub data_a: Option<DateTime<Utc>>,
    /// As sent: what is no id finds nothing.
    pub id: Option<String>,
    pub severita_da: Option<i16>,
    pub severita_a: Option<i16>,
    pub dominio: Option<IdDominio>,
    pub iuv: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
}

impl FiltroPagamenti {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let paginazione = Paginazione::leggi(&p, risultati_per_pagina_max)?;
        let stato = p.grezzo("stato").map(stato_pagamento).transpose()?;
        let dominio = p.id_dominio()?;
        let ordinamento = p.ordinamento(&ORDINAMENTO_PAGAMENTI)?;
        Ok(Self {
            paginazione,
            ordinamento,
            stato,
            dominio,
            verificato: p.booleano("verificato")?,
            data_da: p.data_da("dataDa")?,
            data_a: p.data_a("dataA")?,
            severita_da: severita(&p, "severitaDa")?,
            severita_a: severita(&p, "severitaA")?,
            versante: p.filtro("versante")?.map(|v| v.to_uppercase()),
            id_debitore: p.filtro("idDebitore")?.map(|v| v.to_uppercase()),
            id_sessione_portale: p.filtro("idSessionePortale")?,
            id: p.filtro("id")?,
            iuv: p.filtro("iuv")?.map(|v| v.to_uppercase()),
            id_a2a: p.filtro("idA2A")?,
            id_pendenza: p.filtro("idPendenza")?,
        })
    }
}

fn stato_pagamento(valore: &str) -> Result<pagamento::Stato, Rifiuto> {
    pagamento::Stato::leggi(valore).map_or_else(|| codifica_inesistente("stato", valore, pagamento::Stato::TUTTI.map(pagamento::Stato::codice)), Ok)
}

/// The texts of spec/2 section 2.14.
pub(super) fn severita(p: &Parametri<'_>, nome: &str) -> Result<Option<i16>, Rifiuto> {
    let Some(valore) = p.testo(nome) else { return Ok(None) };
    let Ok(numero) = valore.parse::<i32>() else {
        let mostrato = regole::accorcia(valore, regole::VALORE_MOSTRATO_MAX);
        return Err(Rifiuto::Sintassi(format!("Il valore indicato per il parametro [{nome}] non e' valido: il valore fornito [{mostrato}] non e' un intero.")));
    };
    regole::almeno(nome, numero.into(), 0)?;
    // Five is the worst there is: anything beyond finds as little.
    Ok(Some(i16::try_from(numero).unwrap_or(i16::MAX)))
}

/// What PATCH /pagamenti may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModificaPagamento {
    Verificato(bool),
    /// `oggetto`, and after a colon `testo`: the description of the state.
    Nota(String),
}

/// One element of PATCH /pagamenti/{id}.
pub fn modifica_pagamento(o: &Operazione) -> Result<ModificaPagamento, Rifiuto> {
    match o.path.as_str() {
        "/verificato" => consentita(o, Op::Replace).and_then(|()| o.value.as_bool().map_or_else(|| value(o), |b| Ok(ModificaPagamento::Verificato(b)))),
        "/nota" => {
            consentita(o, Op::Add)?;
            let Some(oggetto) = o.value.get("oggetto").and_then(testo) else { return value(o) };
            match o.value.get("testo") {
                None | Some(Value::Null) => Ok(ModificaPagamento::Nota(oggetto)),
                Some(t) => t.as_str().filter(|t| !t.contains('\0')).map_or_else(|| value(o), |t| Ok(ModificaPagamento::Nota(format!("{oggetto}: {t}")))),
            }
        }
        _ => path(o),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lettura::ufficio::prova::coppie;

    #[test]
    fn una_severita_e_un_intero_non_negativo() {
        let severita = |v: &str| FiltroPagamenti::leggi(&coppie(&[("severitaDa", v)]), 25).map(|f| f.severita_da);
        assert_eq!(severita("4"), Ok(Some(4)));
        assert_eq!(severita("0"), Ok(Some(0)));
        assert_eq!(severita("100000"), Ok(Some(i16::MAX)));
        let testo = "Il valore indicato per il parametro [severitaDa] non e' valido: il valore fornito [x] non e' un intero.";
        assert_eq!(severita("x"), Err(Rifiuto::Sintassi(testo.to_owned())));
        assert_eq!(severita("-1"), Err(Rifiuto::Sintassi("Il campo severitaDa deve essere superiore a 0.".to_owned())));
    }

    #[test]
    fn le_modifiche_dicono_che_cosa_non_va() {
        let pagamento = |op, path: &str, value: Value| modifica_pagamento(&Operazione { op, path: path.to_owned(), value });
        assert_eq!(pagamento(Op::Add, "/nota", json!({ "oggetto": "Visto", "testo": "va bene" })), Ok(ModificaPagamento::Nota("Visto: va bene".to_owned())));
        assert_eq!(pagamento(Op::Add, "/nota", json!({ "oggetto": "Visto" })), Ok(ModificaPagamento::Nota("Visto".to_owned())));
        assert_eq!(pagamento(Op::Replace, "/verificato", json!(true)), Ok(ModificaPagamento::Verificato(true)));
        let no = |t: &str| Rifiuto::Sintassi(t.to_owned());
        assert_eq!(pagamento(Op::Add, "/nota", json!("testo")), Err(no("Value non valido per il path '/nota'")));
        assert_eq!(pagamento(Op::Add, "/stato", json!("testo")), Err(no("Path '/stato' non valido")));
    }
}
