//! One position with all that belongs to it, and lists of positions (spec/1 sections 9.1 and 9.2).

use domain::pendenza::Pendenza;
use domain::transazione::Transazione;
use domain::{Anagrafica, Rifiuto, attivazione};
use pagopa::messaggi::{Bollo, leggi_ricevuta};
use pagopa::{Versione, json};
use serde_json::Value;
use store::elenchi::{Elenco, Ordine, Pagina, pendenze, transazioni};
use store::pendenze::Allegato;
use store::transazioni::Messaggio;

use crate::{Errore, Gateway};

#[derive(Clone, Debug)]
pub struct Dettaglio {
    pub pendenza: Pendenza,
    pub allegati: Vec<Allegato>,
    /// Oldest first.
    pub rpp: Vec<Rpp>,
}

/// A payment attempt with its messages as integrators read them.
#[derive(Clone, Debug)]
pub struct Rpp {
    pub transazione: Transazione,
    /// Rebuilt from the receipt when there was no request (stand-in).
    pub rpt: Option<Value>,
    pub rt: Option<Value>,
}

pub(crate) fn non_trovata(id_a2a: &str, id_pendenza: &str) -> String {
    format!("Nessuna pendenza trovata con idA2A [{id_a2a}] e idPendenza [{id_pendenza}].")
}

impl Gateway {
    /// The owner can always read; nobody else reaches this (checked before: 403).
    pub async fn leggi_pendenza(&self, id_a2a: &str, id_pendenza: &str) -> Result<Dettaglio, Errore> {
        let Some(pendenza) = self.store.pendenza(id_a2a, id_pendenza).await? else {
            return Err(Rifiuto::NonTrovato(non_trovata(id_a2a, id_pendenza)).into());
        };
        self.dettaglio(pendenza).await
    }

    pub async fn dettaglio(&self, pendenza: Pendenza) -> Result<Dettaglio, Errore> {
        let allegati = self.store.allegati(&pendenza).await?;
        let mut rpp = Vec::new();
        for transazione in self.store.transazioni(&pendenza).await? {
            rpp.push(self.rpp(&pendenza, transazione).await?);
        }
        Ok(Dettaglio { pendenza, allegati, rpp })
    }

    /// An attempt with its messages.
    pub async fn rpp(&self, pendenza: &Pendenza, transazione: Transazione) -> Result<Rpp, Errore> {
        let rt = self.store.messaggio(&transazione, Messaggio::Rt).await?;
        let rpt = match self.store.messaggio(&transazione, Messaggio::Rpt).await? {
            Some(byte) => Some(json::rpt_json(&byte).map_err(illeggibile)?),
            None => rt.as_deref().map(|byte| rpt_ricostruita(pendenza, byte)).transpose()?,
        };
        let rt = rt.as_deref().map(json::rt_json).transpose().map_err(illeggibile)?;
        Ok(Rpp { transazione, rpt, rt })
    }

    pub async fn elenco_pendenze(&self, filtro: &pendenze::Filtro, ordinamento: &pendenze::Ordinamento, pagina: &Pagina) -> Result<Elenco<Pendenza>, Errore> {
        Ok(self.store.elenco_pendenze(filtro, ordinamento, pagina).await?)
    }

    /// Payment attempts, each with the position that it pays.
    pub async fn elenco_transazioni(
        &self,
        filtro: &transazioni::Filtro,
        ordini: &[Ordine<transazioni::Campo>],
        pagina: &Pagina,
    ) -> Result<Elenco<(Transazione, Pendenza)>, Errore> {
        Ok(self.store.elenco_transazioni(filtro, ordini, pagina).await?)
    }

    #[must_use]
    pub fn anagrafica(&self) -> std::sync::Arc<Anagrafica> {
        self.istantanea.attuale()
    }
}

fn illeggibile(e: pagopa::ErroreRichiesta) -> Errore {
    Errore::Messaggio(e.dettaglio().to_owned())
}

/// The request of a stand-in receipt, which never was (spec/3 section 1.9).
fn rpt_ricostruita(pendenza: &Pendenza, rt: &[u8]) -> Result<Value, Errore> {
    let ricevuta = leggi_ricevuta(rt).map_err(illeggibile)?;
    let bollo = |posizione: usize| match &pendenza.voci.get(posizione)?.riferimento {
        domain::pendenza::Riferimento::Bollo { tipo, hash_documento, provincia_residenza } => {
            Some(Bollo { hash_documento: hash_documento.clone(), tipo: tipo.clone(), provincia_residenza: provincia_residenza.clone() })
        }
        _ => None,
    };
    let versione: Versione = ricevuta.versione;
    let dati = json::rpt_da_ricevuta(&ricevuta, attivazione::data_di_pagamento(pendenza), bollo);
    Ok(json::attivazione_json(versione, &dati))
}
