//! What a notification is made from, and the parts that the two versions share.

use std::fmt;

use codici::Importo;
use domain::anagrafica::VersioneEnte;
use domain::attivazione::data_di_pagamento;
use domain::notifica::Tipo;
use domain::pagamento::Pagamento;
use domain::pendenza::Riferimento;
use domain::ricevuta::Riscossione;
use domain::transazione::Transazione;
use domain::{Anagrafica, Pendenza};
use pagopa::Ricevuta;
use pagopa::json::{attivazione_json, ricevuta_json, rpt_da_ricevuta, rpt_json, rt_json};
use pagopa::messaggi::{Bollo, ErroreRichiesta, leggi_ricevuta};
use pagopa::vecchio::{Rt, leggi_rt};
use serde_json::{Number, Value};

/// One notification, from what is stored. `Debug` shows the identifiers alone.
#[derive(Clone, Copy)]
pub struct DatiNotifica<'a> {
    pub tipo: Tipo,
    pub pendenza: &'a Pendenza,
    pub transazione: &'a Transazione,
    /// Our answer to the activation, as it was sent. `None` for a receipt that came without one (stand-in): the request is rebuilt from it.
    pub rpt: Option<&'a [u8]>,
    /// The receipt, as it came.
    pub rt: Option<&'a [u8]>,
    /// The payment that started the attempt, when a portal did.
    pub pagamento: Option<&'a Pagamento>,
    /// What this receipt paid, in the order of its transfers.
    pub riscossioni: &'a [Riscossione],
    pub anagrafica: &'a Anagrafica,
}

impl fmt::Debug for DatiNotifica<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.transazione;
        let mut d = f.debug_struct("DatiNotifica");
        d.field("tipo", &self.tipo).field("dominio", &t.dominio).field("iuv", &t.iuv).field("ccp", &t.ccp).finish_non_exhaustive()
    }
}

/// The body cannot be made. Trying again does not help: what is stored will not change. No value of the messages is in the texts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErroreNotifica {
    #[error("una notifica di {} non e' prevista dall'API {} dell'ente", .tipo.codice(), nome(*.versione))]
    TipoNonPrevisto { tipo: Tipo, versione: VersioneEnte },
    #[error("la richiesta di pagamento da notificare non e' in archivio")]
    SenzaRichiesta,
    #[error("la ricevuta da notificare non e' in archivio")]
    SenzaRicevuta,
    #[error("la richiesta di pagamento in archivio non e' leggibile: {motivo}")]
    RichiestaIlleggibile { motivo: String },
    #[error("la ricevuta in archivio non e' leggibile: {motivo}")]
    RicevutaIlleggibile { motivo: String },
}

const fn nome(versione: VersioneEnte) -> &'static str {
    match versione {
        VersioneEnte::V1 => "v1",
        VersioneEnte::V2 => "v2",
    }
}

impl DatiNotifica<'_> {
    pub(crate) fn gradita(&self, versione: VersioneEnte) -> Result<(), ErroreNotifica> {
        if self.tipo.gradita(versione) { Ok(()) } else { Err(ErroreNotifica::TipoNonPrevisto { tipo: self.tipo, versione }) }
    }

    /// The receipt, read. `None` for a notification that has none yet.
    pub(crate) fn ricevuta(&self) -> Result<Option<Letta>, ErroreNotifica> {
        match (self.tipo, self.rt) {
            (Tipo::Ricevuta, Some(byte)) => match leggi_rt(byte) {
                Ok(rt) => Ok(Some(Letta::Vecchia { json: rt_json(byte).map_err(ricevuta_illeggibile)?, rt: Box::new(rt) })),
                Err(_) => leggi_ricevuta(byte).map(|r| Some(Letta::Corrente(Box::new(r)))).map_err(ricevuta_illeggibile),
            },
            (Tipo::Ricevuta, None) => Err(ErroreNotifica::SenzaRicevuta),
            _ => Ok(None),
        }
    }

    /// JSON of the request. A request that never was (stand-in) is rebuilt from the receipt, whatever the version of the API (spec/3 section 1.9).
    pub(crate) fn richiesta_json(&self, ricevuta: Option<&Letta>) -> Result<Value, ErroreNotifica> {
        match (self.rpt, ricevuta) {
            (Some(byte), _) => rpt_json(byte).map_err(|e| ErroreNotifica::RichiestaIlleggibile { motivo: e.to_string() }),
            (None, Some(Letta::Corrente(ricevuta))) => {
                let dati = rpt_da_ricevuta(ricevuta, data_di_pagamento(self.pendenza), |posizione| bollo(self.pendenza, posizione));
                Ok(attivazione_json(ricevuta.versione, &dati))
            }
            (None, _) => Err(ErroreNotifica::SenzaRichiesta),
        }
    }
}

/// A receipt of either model.
pub(crate) enum Letta {
    Corrente(Box<Ricevuta>),
    Vecchia { rt: Box<Rt>, json: Value },
}

impl Letta {
    pub fn json(&self) -> Value {
        match self {
            Self::Corrente(r) => ricevuta_json(r),
            Self::Vecchia { json, .. } => json.clone(),
        }
    }

    pub fn importo(&self) -> Importo {
        match self {
            Self::Corrente(r) => r.importo,
            Self::Vecchia { rt, .. } => rt.importo,
        }
    }

    /// Code and name of who attests, as the receipt tells them.
    pub fn attestante(&self) -> (&str, &str) {
        match self {
            Self::Corrente(r) => (r.psp.codice_fiscale.as_deref().unwrap_or(&r.psp.id), &r.psp.denominazione),
            Self::Vecchia { rt, .. } => (&rt.attestante.1, &rt.attestante.2),
        }
    }

    /// What integrators call request and receipt of this model.
    pub const fn tipi(&self) -> (&'static str, &'static str) {
        match self {
            Self::Corrente(_) => ("ctPaymentPA", "ctReceipt"),
            Self::Vecchia { .. } => ("ctRichiestaPagamentoTelematico", "ctRicevutaTelematica"),
        }
    }
}

pub(crate) fn ricevuta_illeggibile(errore: ErroreRichiesta) -> ErroreNotifica {
    ErroreNotifica::RicevutaIlleggibile { motivo: errore.to_string() }
}

fn bollo(pendenza: &Pendenza, posizione: usize) -> Option<Bollo> {
    match &pendenza.voci.get(posizione)?.riferimento {
        Riferimento::Bollo { tipo, hash_documento, provincia_residenza } => {
            Some(Bollo { hash_documento: hash_documento.clone(), tipo: tipo.clone(), provincia_residenza: provincia_residenza.clone() })
        }
        _ => None,
    }
}

/// A JSON number with two decimals, made from its text: no float on the way.
pub(crate) fn numero(importo: Importo) -> Value {
    let numero: Number = importo.to_string().parse().expect("un importo scritto e' un numero JSON");
    Value::Number(numero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gli_importi_sono_numeri_con_due_decimali() {
        let scritti = [0, 1, 13250, 9_999_999_999_999_999, -5].map(|cent| numero(Importo::da_cent(cent)).to_string());
        assert_eq!(scritti, ["0.00", "0.01", "132.50", "99999999999999.99", "-0.05"]);
    }

    #[test]
    fn l_errore_dice_quale_notifica_e_quale_api() {
        let errore = ErroreNotifica::TipoNonPrevisto { tipo: Tipo::Attivazione, versione: VersioneEnte::V2 };
        assert_eq!(errore.to_string(), "una notifica di ATTIVAZIONE non e' prevista dall'API v2 dell'ente");
    }
}
