//! Flows and receipts in the giornale (spec/3 section 3.2).

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::rendicontazione::Somma;
use serde_json::json;
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};
use store::flussi::{NuovoFlusso, Pubblicato};

use crate::Gateway;

/// A call of ours to pagoPA.
pub(super) struct ChiamataFlussi<'a> {
    pub tipo: &'static str,
    pub dominio: &'a IdDominio,
    pub id_flusso: Option<&'a str>,
    pub id_stazione: &'a str,
    pub id_intermediario: &'a str,
    pub inizio: DateTime<Utc>,
}

/// How it ended: status, and the reason when it did not end well (`true`: a refusal, not a failure).
pub(super) struct EsitoChiamata {
    pub stato: Option<String>,
    pub motivo: Option<(bool, String)>,
}

pub(super) fn chiamata(g: &Gateway, c: &ChiamataFlussi<'_>, esito: EsitoChiamata) -> Evento {
    let mut dati = json!({ "idIntermediario": c.id_intermediario, "idStazione": c.id_stazione, "idDominio": c.dominio.as_str() });
    if let Some(id) = c.id_flusso {
        dati["idFlusso"] = json!(id);
    }
    Evento {
        data: c.inizio,
        durata_ms: Some((g.adesso() - c.inizio).num_milliseconds()),
        ruolo: Ruolo::Client,
        esito: match &esito.motivo {
            None => EsitoEvento::Ok,
            Some((true, _)) => EsitoEvento::Ko,
            Some((false, _)) => EsitoEvento::Fail,
        },
        sottotipo_esito: esito.stato,
        dettaglio_esito: esito.motivo.map(|(_, testo)| testo),
        dati_pago_pa: Some(dati.to_string()),
        ..vuoto(g, c.tipo, c.dominio)
    }
}

/// One event for each flow that becomes visible.
pub(super) fn acquisito(g: &Gateway, f: &NuovoFlusso, p: &Pubblicato, somma: Somma) -> Evento {
    let nota = if p.aggiornamento { " in sostituzione di una versione gia' acquisita" } else { "" };
    let obsoleto = if p.collocazione.obsoleto { " (obsoleto)" } else { "" };
    Evento {
        dettaglio_esito: Some(format!(
            "Acquisito il flusso {} revisione {}{obsoleto}{nota}: {} pagamenti, {} euro",
            f.id_flusso, p.collocazione.revisione, somma.numero, somma.importo
        )),
        dati_pago_pa: Some(json!({ "idPsp": f.psp, "idDominio": f.dominio.as_str(), "idFlusso": f.id_flusso, "trn": f.trn }).to_string()),
        ..vuoto(g, "SAVE_FLOW", &f.dominio)
    }
}

pub(super) fn vuoto(g: &Gateway, tipo: &str, dominio: &IdDominio) -> Evento {
    Evento { dominio: Some(dominio.to_string()), ..Evento::nuovo(g.id_evento(), g.adesso(), Componente::ApiPagoPa, Ruolo::Client, tipo) }
}
