//! The older model of payment, whole: what we ask of the node and what it asks of us with RPT and RT (spec/3 sections 1.12 and 2.2).
//!
//! | file | operation |
//! |---|---|
//! | [`nodo`] | the client of the node |
//! | [`componi`] | the RPT, field by field |
//! | [`consegna`] | a cart brought to the node, and what becomes of it |
//! | [`verifica_rpt`] | paaVerificaRPT |
//! | [`attiva_rpt`] | paaAttivaRPT |
//! | [`invio_rpt`] | the nodoInviaRPT that follows it |
//! | [`invia_rt`] | paaInviaRT, and an RT that somebody brings by hand |
//! | [`stampa`] | an RT as the printed receipt tells it |
//!
//! Outside of here the model is known to `crate::pagamento::carrello`, which makes the attempts of a cart, and to `crate::modifica_rpp`.

pub mod attiva_rpt;
pub(crate) mod componi;
pub mod consegna;
pub mod invia_rt;
pub(crate) mod invio_rpt;
pub(crate) mod nodo;
pub(crate) mod stampa;
pub mod verifica_rpt;

use std::time::Duration;

use chrono::{DateTime, Utc};
use codici::{IdDominio, Iuv};
use domain::Pendenza;
use domain::anagrafica::Anagrafica;
use domain::transazione::{Attesa, Transazione};
use outbound::Tempi;
use pagopa::messaggi::Stazione as Indirizzo;
use pagopa::vecchio::{Intestazione, Operazione, Risposta};
use pagopa::{CodiceFault, Fault};
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};

use crate::Gateway;
use crate::stazione::Chiamata;

/// What configuration says of the older model. The names of the original are in brackets.
#[derive(Clone, Debug)]
pub struct Impostazioni {
    /// Carts wait for the attempts of other carts (`modello1.timeoutPagamento`).
    pub attesa_modello1: Attesa,
    /// Attempts at a PSP wait for any other (`modello3.timeoutPagamento`).
    pub attesa_modello3: Attesa,
    /// Between the answer to paaAttivaRPT and nodoInviaRPT, so that the answer leaves first (`modello3.timeoutInvioRPT`).
    pub ritardo_invio_rpt: Duration,
    /// Of a call to the node (`client.pagopa.*`).
    pub tempi: Tempi,
}

impl Default for Impostazioni {
    fn default() -> Self {
        Self {
            attesa_modello1: Attesa::Sempre,
            attesa_modello3: Attesa::Sempre,
            ritardo_invio_rpt: Duration::from_millis(100),
            // A payer waits for the answer to a cart: three minutes of silence, as in the original, are no answer.
            tempi: Tempi { connessione: Duration::from_secs(10), lettura: Duration::from_secs(60) },
        }
    }
}

/// By which way a call of this model comes, as the guards want it.
fn indirizzo(i: &Intestazione) -> Indirizzo {
    Indirizzo { id_pa: i.id_dominio.clone(), id_intermediario: i.id_intermediario.clone(), id_stazione: i.id_stazione.clone() }
}

fn fault(codice: CodiceFault, intestazione: &Intestazione, descrizione: Option<String>) -> Fault {
    Fault { codice, id: intestazione.id_dominio.clone(), descrizione }
}

/// `datiPagoPA` of a call of this model: the couple of codes that Karate compares whole (spec/3 section 3.1).
#[derive(Default)]
pub(crate) struct DatiPsp<'a> {
    pub psp: Option<&'a str>,
    pub intermediario: Option<&'a str>,
    pub canale: Option<&'a str>,
    pub tipo_versamento: Option<&'a str>,
    /// `4` at a PSP, `1` from a portal.
    pub modello: &'static str,
}

pub(crate) const MODELLO_PSP: &str = "4";
pub(crate) const MODELLO_PORTALE: &str = "1";
/// Way of payment of who stands at a PSP.
pub(crate) const TIPO_VERSAMENTO_PSP: &str = "PO";

pub(crate) fn dati_pago_pa(psp: &DatiPsp<'_>, id_intermediario: &str, id_stazione: &str, id_dominio: &str) -> String {
    let mut m = serde_json::Map::new();
    let campi = [
        ("idPsp", psp.psp),
        ("idCanale", psp.canale),
        ("idIntermediarioPsp", psp.intermediario),
        ("tipoVersamento", psp.tipo_versamento),
        ("modelloPagamento", Some(psp.modello)),
        ("idDominio", Some(id_dominio)),
        ("idIntermediario", Some(id_intermediario)),
        ("idStazione", Some(id_stazione)),
    ];
    for (nome, valore) in campi {
        if let Some(valore) = valore {
            m.insert(nome.to_owned(), valore.into());
        }
    }
    serde_json::Value::Object(m).to_string()
}

/// How a call of ours to the node ended, for its event: outcome, code and text.
type EsitoChiamata = (EsitoEvento, Option<String>, Option<String>);

/// A call of ours to the node about one attempt.
struct ChiamataAlNodo<'a> {
    operazione: &'static str,
    inizio: DateTime<Utc>,
    id_transazione: &'a str,
    transazione: &'a Transazione,
    pendenza: &'a Pendenza,
    /// `idPsp` and the rest of spec/3 section 3.1.
    psp: DatiPsp<'a>,
    stazione: &'a str,
}

impl Gateway {
    fn evento_al_nodo(&self, c: &ChiamataAlNodo<'_>, (esito, sottotipo_esito, dettaglio_esito): EsitoChiamata) -> Evento {
        let anagrafica = self.istantanea.attuale();
        let intermediario = anagrafica.stazioni.get(c.stazione).map_or("", |s| s.intermediario.as_str());
        let t = c.transazione;
        Evento {
            durata_ms: Some((self.adesso() - c.inizio).num_milliseconds()),
            esito,
            sottotipo_esito,
            dettaglio_esito,
            dominio: Some(t.dominio.to_string()),
            iuv: Some(t.iuv.to_string()),
            ccp: Some(t.ccp.clone()),
            id_a2a: Some(c.pendenza.id_a2a.clone()),
            id_pendenza: Some(c.pendenza.id_pendenza.clone()),
            id_transazione: Some(c.id_transazione.to_owned()),
            dati_pago_pa: Some(dati_pago_pa(&c.psp, intermediario, c.stazione, t.dominio.as_str())),
            ..Evento::nuovo(self.id_evento(), c.inizio, Componente::ApiPagoPa, Ruolo::Client, c.operazione)
        }
    }
}

/// What an attempt says of its PSP.
fn psp_di(t: &Transazione) -> DatiPsp<'_> {
    let modello = if t.carrello.is_some() { MODELLO_PORTALE } else { MODELLO_PSP };
    DatiPsp {
        psp: t.psp.as_deref(),
        intermediario: t.intermediario_psp.as_deref(),
        canale: t.canale.as_deref(),
        tipo_versamento: t.tipo_versamento.as_deref(),
        modello,
    }
}

/// Whether the money of a position goes to more than one ente.
fn piu_voci(pendenza: &Pendenza) -> Option<&'static str> {
    (pendenza.voci.len() != 1).then_some("Il versamento contiene piu' di un singolo versamento, non ammesso per pagamenti ad iniziativa psp.")
}

/// The position of a call of this model is named by its IUV alone.
fn avviso(anagrafica: &Anagrafica, dominio: &IdDominio, iuv: &Iuv) -> Option<codici::NumeroAvviso> {
    anagrafica.avviso_di_iuv(dominio, iuv)
}

impl Gateway {
    /// The event of a call of this model, with what it says of the PSP.
    fn evento_vecchio(&self, chiamata: &Chiamata, intestazione: &Intestazione, psp: &DatiPsp<'_>) -> Evento {
        let mut evento = self.evento(chiamata, &indirizzo(intestazione), &intestazione.id_dominio);
        evento.iuv = Some(intestazione.iuv.to_string());
        evento.ccp = Some(intestazione.ccp.clone());
        evento.dati_pago_pa = Some(dati_pago_pa(psp, &intestazione.id_intermediario, &intestazione.id_stazione, &intestazione.id_dominio));
        evento
    }

    /// paaInviaEsitoStorno and paaInviaRichiestaRevoca: never served, whoever asks (spec/3 section 1.12.8).
    pub fn non_implementata(&self, chiamata: &Chiamata, operazione: Operazione, id_dominio: &str) -> Risposta {
        let fault = Fault { codice: CodiceFault::PaaSystemError, id: id_dominio.to_owned(), descrizione: Some("Non implementato".to_owned()) };
        let nessuno = Indirizzo { id_pa: String::new(), id_intermediario: String::new(), id_stazione: String::new() };
        let mut evento = self.evento(chiamata, &nessuno, id_dominio);
        evento.dati_pago_pa = None;
        self.giornale.aggiungi(crate::stazione::con_fault(evento, &fault));
        Risposta::Rifiuto(operazione, fault)
    }
}
