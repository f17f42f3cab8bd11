//! How the office sees a position, its voci, its attempts and its money (spec/2 section 2.20, members of the yaml).

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::Anagrafica;
use domain::calendario;
use domain::lettura::ufficio::TIPO_BOLLO_UFFICIO;
use domain::pagamento::{Iniziativa, Pagamento};
use domain::pendenza::{Pendenza, Riferimento, Voce};
use gateway::leggi_pendenza::{Dettaglio, Rpp};
use serde_json::Value;
use store::elenchi::riscossioni::RigaRiscossione;

use crate::backoffice::{domini, pagamenti, riscossioni, unita_operative};
use crate::json::Oggetto;
use crate::pendenze::viste as comuni;
use crate::richiesta::codifica;

/// The whole position: voci with their money, attempts, payments from portals, attachments.
pub fn dettaglio(d: &Dettaglio, denaro: &[RigaRiscossione], iniziati: &[Pagamento], anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
    let p = &d.pendenza;
    let allegati = (!d.allegati.is_empty()).then(|| d.allegati.iter().map(comuni::allegato).collect::<Vec<_>>());
    let voci = p.voci.iter().map(|v| {
        let suo = denaro.iter().filter(|r| r.riscossione.voce == Some(v.indice));
        voce(v, anagrafica).con("riscossioni", suo.map(riscossioni::nella_voce).collect::<Vec<_>>()).valore()
    });
    base(p, anagrafica, adesso)
        .testo("descrizioneStato", p.descrizione_stato.as_ref())
        .con("voci", voci.collect::<Vec<_>>())
        .con("rpp", d.rpp.iter().map(|r| rpp(r, p, anagrafica, adesso)).collect::<Vec<_>>())
        .con("pagamenti", iniziati.iter().map(|p| pagamenti::vista(p).valore()).collect::<Vec<_>>())
        .se("allegati", allegati)
        .valore()
}

/// An item of a list: no voci, and links instead of what they would hold.
pub fn indice(p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
    let di = format!("idA2A={}&idPendenza={}", codifica(&p.id_a2a), codifica(&p.id_pendenza));
    base(p, anagrafica, adesso).con("rpp", format!("/rpp?{di}")).con("pagamenti", format!("/pagamenti?{di}")).valore()
}

/// A payment attempt. rpt and rt keep their null members; what has not come is not there.
pub fn rpp(r: &Rpp, p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
    let t = &r.transazione;
    Oggetto::nuovo()
        .con("stato", t.stato.codice())
        .testo("dettaglioStato", t.descrizione_stato.as_ref())
        .con("bloccante", t.bloccante)
        .se("rpt", r.rpt.clone())
        .se("rt", r.rt.clone())
        .con("pendenza", indice(p, anagrafica, adesso))
        .con("modello", pagamenti::modello(if t.pagamento.is_some() { Iniziativa::Ente } else { Iniziativa::Psp }))
        .valore()
}

fn base(p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Oggetto {
    let uo = p.unita_operativa.as_ref().map(|cod| match anagrafica.unita_operativa(&p.dominio, cod) {
        Some(u) => unita_operative::vista(u),
        None => Oggetto::nuovo().con("idUnita", cod.as_str()).valore(),
    });
    comuni::base(p)
        .senza(&["idTipoPendenza", "descrizioneStato"])
        .con("tipoPendenza", tipo(p, anagrafica))
        .con("dominio", dominio(&p.dominio, anagrafica))
        .se("unitaOperativa", uo)
        .con("stato", p.stato_mostrato(adesso).codice())
        .giorno("dataUltimoAggiornamento", Some(p.data_ultimo_aggiornamento))
        .importo("importoPagato", p.importo_pagato)
        .importo("importoIncassato", p.importo_incassato)
        .con("anomalo", p.anomalo)
        .con("verificato", p.ack)
        .data("dataNotificaAvviso", p.avvisatura.data_notifica_avviso)
        .data("dataPromemoriaScadenza", p.avvisatura.data_promemoria_scadenza)
        .con("dataUltimaModificaAca", calendario::con_scostamento(p.data_ultima_modifica_aca))
}

/// `tipo` is that of the position: the catalogue has none.
fn tipo(p: &Pendenza, anagrafica: &Anagrafica) -> Value {
    let descrizione = anagrafica.tipi_pendenza.get(&p.tipo_pendenza).map_or(p.tipo_pendenza.as_str(), |t| t.descrizione.as_str());
    Oggetto::nuovo().con("idTipoPendenza", p.tipo_pendenza.as_str()).con("descrizione", descrizione).con("tipo", p.tipo.codice().to_lowercase()).valore()
}

fn dominio(id: &IdDominio, anagrafica: &Anagrafica) -> Value {
    anagrafica.dominio(id).map_or_else(|| Oggetto::nuovo().con("idDominio", id.as_str()).valore(), |d| domini::indice(d))
}

fn voce(v: &Voce, anagrafica: &Anagrafica) -> Oggetto {
    let vista = comuni::voce(v, anagrafica).se("dominio", v.dominio.as_ref().map(|d| dominio(d, anagrafica)));
    match &v.riferimento {
        Riferimento::Bollo { .. } => vista.con("tipoBollo", TIPO_BOLLO_UFFICIO),
        Riferimento::Conto { iban_appoggio, .. } => vista.testo("ibanAppoggio", iban_appoggio.as_ref()),
        Riferimento::Entrata(_) => vista,
    }
}

/// A voce as its money shows it, with its position.
pub fn voce_riscossa(v: &Voce, p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
    voce(v, anagrafica).con("pendenza", indice(p, anagrafica, adesso)).valore()
}
