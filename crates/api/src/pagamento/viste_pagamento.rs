//! How a payment started from a portal looks on the wire (spec/1 section 21).

use chrono::{DateTime, Utc};
use domain::chiamante::Chi;
use domain::pagamento::Pagamento;
use domain::pendenza::Pendenza;
use domain::{Anagrafica, Soggetto, calendario};
use gateway::leggi_pendenza::{Dettaglio, Rpp};
use gateway::pagamento::lettura::DettaglioPagamento;
use serde_json::{Value, json};

use super::Versione;
use crate::json::Oggetto;
use crate::pendenze::viste::{self as pendenze, PENDENZE_V2};
use crate::richiesta::codifica;

/// Members of a pendenza inside a payment (API Pagamento has neither documento nor descrizioneStato).
const MAI: [&str; 3] = ["descrizioneStato", "documento", "allegati"];
/// What v1 does not know.
const NON_IN_V1: [&str; 7] = ["idTipoPendenza", "iuvAvviso", "iuvPagamento", "direzione", "divisione", "tipo", "UUID"];

/// An item of a list: links in place of what they would hold.
pub fn indice(versione: Versione, p: &Pagamento) -> Value {
    let id = codifica(&p.id_mostrato());
    base(versione, p).con("pendenze", format!("/pendenze?idPagamento={id}")).con("rpp", format!("/rpp?idPagamento={id}")).valore()
}

pub fn dettaglio(versione: Versione, d: &DettaglioPagamento, anagrafica: &Anagrafica, adesso: DateTime<Utc>, chi: &Chi) -> Value {
    let pendenza = |p: &Pendenza| riferita(versione, p, anagrafica, adesso, chi);
    // In the order of the attempts, as the original: those that have none come last.
    let mut ordinate: Vec<&Pendenza> = d.rpp.iter().filter_map(|(r, _)| d.pendenze.iter().find(|p| p.id == r.transazione.pendenza)).collect();
    ordinate.extend(d.pendenze.iter().filter(|p| d.rpp.iter().all(|(r, _)| r.transazione.pendenza != p.id)));
    base(versione, &d.pagamento)
        .con("pendenze", ordinate.into_iter().map(pendenza).collect::<Vec<_>>())
        .con("rpp", d.rpp.iter().map(|(r, p)| rpp(r, pendenza(p), chi)).collect::<Vec<_>>())
        .valore()
}

fn base(versione: Versione, p: &Pagamento) -> Oggetto {
    let dalla_richiesta = |nome: &str| p.richiesta.get(nome).cloned();
    Oggetto::nuovo()
        .con("id", p.id_mostrato())
        .con("nome", p.nome.as_str())
        .con("dataRichiestaPagamento", calendario::ora_locale(p.data_richiesta).format("%Y-%m-%dT%H:%M:%S%.3f").to_string())
        .testo("idSessionePortale", p.id_sessione_portale.as_ref())
        .testo("idSessionePsp", p.id_sessione_psp.as_ref())
        .importo("importo", p.importo)
        .con("stato", p.situazione.stato.codice())
        .testo("pspRedirectUrl", p.redirect.as_ref())
        .testo("urlRitorno", p.url_ritorno.as_ref())
        .se("contoAddebito", dalla_richiesta("contoAddebito"))
        .se("dataEsecuzionePagamento", dalla_richiesta("dataEsecuzionePagamento"))
        .se("credenzialiPagatore", dalla_richiesta("credenzialiPagatore"))
        .se("soggettoVersante", p.versante.as_ref().map(pendenze::soggetto))
        .con("autenticazioneSoggetto", dalla_richiesta("autenticazioneSoggetto").unwrap_or_else(|| json!("N/A")))
        .se("lingua", if versione == Versione::V1 { dalla_richiesta("lingua") } else { None })
}

/// A pendenza of the payment, as an item of GET /pendenze.
fn riferita(versione: Versione, p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>, chi: &Chi) -> Value {
    let legame = format!("/pagamenti?idA2A={}&idPendenza={}", codifica(&p.id_a2a), codifica(&p.id_pendenza));
    let mut vista = PENDENZE_V2.indice(p, anagrafica, adesso);
    if let Some(membri) = vista.as_object_mut() {
        let tolti = MAI.iter().chain(if versione == Versione::V1 { &NON_IN_V1[..] } else { &[] });
        tolti.for_each(|nome| {
            membri.shift_remove(*nome);
        });
        membri.insert("pagamenti".to_owned(), legame.into());
        senza_debitore(membri, chi);
    }
    vista
}

/// The pendenza that a form made: nothing was paid of it yet, and nobody is told who owes it but who has a name.
pub fn spontanea(p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>, chi: &Chi) -> Value {
    const NON_QUI: [&str; 4] = ["iuvAvviso", "iuvPagamento", "dataPagamento", "proprieta"];
    let tutta = Dettaglio { pendenza: p.clone(), allegati: Vec::new(), rpp: Vec::new() };
    let mut vista = PENDENZE_V2.dettaglio(&tutta, anagrafica, adesso);
    if let Some(membri) = vista.as_object_mut() {
        MAI.iter().chain(&NON_QUI).for_each(|nome| {
            membri.shift_remove(*nome);
        });
        membri.insert("pagamenti".to_owned(), json!([]));
        membri.insert("segnalazioni".to_owned(), json!([]));
        senza_debitore(membri, chi);
        senza_contabilita(membri, chi);
    }
    vista
}

fn senza_debitore(membri: &mut serde_json::Map<String, Value>, chi: &Chi) {
    if matches!(chi, Chi::Anonimo) {
        membri.shift_remove("soggettoPagatore");
    }
}

/// Voci of this API never show contabilita and metadata; to visitors not the IBAN either (spec/1 section 10.4).
fn senza_contabilita(membri: &mut serde_json::Map<String, Value>, chi: &Chi) {
    let visitatore = matches!(chi, Chi::Anonimo | Chi::Cittadino(_));
    for voce in membri.get_mut("voci").and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
        ["contabilita", "metadata"].into_iter().chain(visitatore.then_some("ibanAccredito")).for_each(|nome| {
            voce.shift_remove(nome);
        });
        if let Some(tipo) = voce.get_mut("tipoBollo") {
            *tipo = json!("Imposta di bollo");
        }
    }
}

fn rpp(r: &Rpp, pendenza: Value, chi: &Chi) -> Value {
    let mascherata = |messaggio: &Option<Value>| messaggio.clone().map(|m| if matches!(chi, Chi::Anonimo) { senza_nomi(m) } else { m });
    Oggetto::nuovo()
        .con("stato", r.transazione.stato.codice())
        .testo("dettaglioStato", r.transazione.descrizione_stato.as_ref())
        .se("rpt", mascherata(&r.rpt))
        .se("rt", mascherata(&r.rt))
        .con("pendenza", pendenza)
        .valore()
}

/// For nobody: who pays is ANONIMO, who owes is not told (spec/1 section 10.4).
fn senza_nomi(mut messaggio: Value) -> Value {
    for nome in ["soggettoPagatore", "debtor"] {
        if let Some(v) = messaggio.get_mut(nome) {
            *v = Value::Null;
        }
    }
    let anonimo = Soggetto::debitore(None);
    if let Some(v) = messaggio.get_mut("soggettoVersante").filter(|v| !v.is_null()) {
        *v = json!({
            "identificativoUnivocoVersante": { "tipoIdentificativoUnivoco": "F", "codiceIdentificativoUnivoco": anonimo.identificativo() },
            "anagraficaVersante": anonimo.anagrafica(),
        });
    }
    if let Some(v) = messaggio.get_mut("payer").filter(|v| !v.is_null()) {
        *v = json!({
            "uniqueIdentifier": { "entityUniqueIdentifierType": "F", "entityUniqueIdentifierValue": anonimo.identificativo() },
            "fullName": anonimo.anagrafica(),
        });
    }
    messaggio
}
