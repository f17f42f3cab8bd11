//! One position with all that belongs to it, and lists of positions (spec/1 sections 9.1 and 9.2).

use std::collections::HashMap;

use domain::pagamento::Pagamento;
use domain::pendenza::Pendenza;
use domain::ricevuta::Riscossione;
use domain::segnalazione::Segnalazione;
use domain::transazione::Transazione;
use domain::{Anagrafica, Rifiuto, attivazione, calendario};
use pagopa::messaggi::{Bollo, leggi_ricevuta};
use pagopa::semantica::{Confronto, confronta};
use pagopa::vecchio::{conversione, leggi_rt};
use pagopa::{Versione, json};
use serde_json::Value;
use store::elenchi::{Elenco, Ordine, Pagina, pendenze, transazioni};
use store::pendenze::Allegato;
use store::transazioni::Messaggio;
use uuid::Uuid;

use crate::vecchio::componi;
use crate::{Errore, Gateway, marca};

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
    /// How the receipt departs from the request that it pays.
    pub segnalazioni: Vec<Segnalazione>,
}

pub(crate) fn non_trovata(id_a2a: &str, id_pendenza: &str) -> String {
    format!("Nessuna pendenza trovata con idA2A [{id_a2a}] e idPendenza [{id_pendenza}].")
}

impl Gateway {
    /// The owner can always read; nobody else reaches this (checked before: 403).
    pub async fn leggi_pendenza(&self, id_a2a: &str, id_pendenza: &str) -> Result<Dettaglio, Errore> {
        self.dettaglio(self.pendenza(id_a2a, id_pendenza).await?).await
    }

    /// The position of a key, whoever owns it: 404 when there is none.
    pub async fn pendenza(&self, id_a2a: &str, id_pendenza: &str) -> Result<Pendenza, Errore> {
        let trovata = self.store.pendenza(id_a2a, id_pendenza).await?;
        trovata.ok_or_else(|| Rifiuto::NonTrovato(non_trovata(id_a2a, id_pendenza)).into())
    }

    /// The money that a position brought.
    pub async fn riscossioni(&self, p: &Pendenza) -> Result<Vec<Riscossione>, Errore> {
        Ok(self.store.riscossioni(p, None).await?)
    }

    /// Puts the voci in the positions of a list, and gives the money that each brought.
    pub async fn completa(&self, pendenze: &mut [Pendenza]) -> Result<HashMap<Uuid, Vec<Riscossione>>, Errore> {
        self.store.metti_voci(pendenze).await?;
        Ok(self.store.riscossioni_di(pendenze).await?)
    }

    /// The payment that started an attempt, when a portal did.
    pub async fn pagamento_di(&self, t: &Transazione) -> Result<Option<Pagamento>, Errore> {
        match t.pagamento {
            Some(id) => Ok(self.store.pagamento(id).await?),
            None => Ok(None),
        }
    }

    pub async fn dettaglio(&self, pendenza: Pendenza) -> Result<Dettaglio, Errore> {
        let allegati = self.store.allegati(&pendenza).await?;
        let mut rpp = Vec::new();
        for transazione in self.store.transazioni(&pendenza).await? {
            rpp.push(self.rpp(&pendenza, transazione).await?);
        }
        Ok(Dettaglio { pendenza, allegati, rpp })
    }

    /// An attempt with its messages. `pendenza` with its voci: they tell the stamps of a request that never was.
    pub async fn rpp(&self, pendenza: &Pendenza, transazione: Transazione) -> Result<Rpp, Errore> {
        let rt = self.store.messaggio(&transazione, Messaggio::Rt).await?;
        let rpt = self.store.messaggio(&transazione, Messaggio::Rpt).await?;
        rpp(pendenza, transazione, rpt.as_deref(), rt.as_deref())
    }

    /// The messages of an attempt as RPT and RT of the older model, whichever they are.
    pub fn in_forma_vecchia(&self, r: &mut Rpp, p: &Pendenza) -> Result<(), Errore> {
        let anagrafica = self.istantanea.attuale();
        let beneficiario = componi::beneficiario(p, &anagrafica).map_err(|e| Errore::Messaggio(e.to_string()))?;
        let t = &r.transazione;
        let contesto = conversione::Contesto {
            id_dominio: p.dominio.as_str(),
            id_stazione: t.stazione.as_deref(),
            id_richiesta: &t.id.simple().to_string(),
            data_richiesta: calendario::ora_locale(t.data_richiesta),
            data_ricevuta: t.data_ricevuta.map(calendario::ora_locale),
            tipo_versamento: t.tipo_versamento.as_deref(),
            beneficiario: &beneficiario,
        };
        r.rpt = r.rpt.as_ref().map(|m| conversione::rpt(m, &contesto));
        r.rt = r.rt.as_ref().map(|m| conversione::rt(m, &contesto));
        Ok(())
    }

    /// A page of attempts with their messages, each with the position that it pays.
    pub async fn elenco_rpp(
        &self,
        filtro: &transazioni::Filtro,
        ordini: &[Ordine<transazioni::Campo>],
        pagina: &Pagina,
    ) -> Result<Elenco<(Rpp, Pendenza)>, Errore> {
        let Elenco { righe, totale } = self.store.elenco_transazioni(filtro, ordini, pagina).await?;
        let (transazioni, pendenze): (Vec<_>, Vec<_>) = righe.into_iter().unzip();
        let mut messaggi = self.store.messaggi(&transazioni).await?;
        let mut righe = Vec::with_capacity(transazioni.len());
        for (transazione, pendenza) in transazioni.into_iter().zip(pendenze) {
            let (rpt, rt) = (messaggi.remove(&(transazione.id, Messaggio::Rpt)), messaggi.remove(&(transazione.id, Messaggio::Rt)));
            // Rows of lists have no voci, which are needed only where the request must be rebuilt.
            let intera = if rpt.is_none() { self.store.pendenza(&pendenza.id_a2a, &pendenza.id_pendenza).await? } else { None };
            righe.push((rpp(intera.as_ref().unwrap_or(&pendenza), transazione, rpt.as_deref(), rt.as_deref())?, pendenza));
        }
        Ok(Elenco { righe, totale })
    }

    pub async fn elenco_pendenze(&self, filtro: &pendenze::Filtro, ordinamento: &pendenze::Ordinamento, pagina: &Pagina) -> Result<Elenco<Pendenza>, Errore> {
        Ok(self.store.elenco_pendenze(filtro, ordinamento, pagina).await?)
    }

    #[must_use]
    pub fn anagrafica(&self) -> std::sync::Arc<Anagrafica> {
        self.istantanea.attuale()
    }
}

fn rpp(pendenza: &Pendenza, transazione: Transazione, rpt: Option<&[u8]>, rt: Option<&[u8]>) -> Result<Rpp, Errore> {
    let mut segnalazioni = rpt.zip(rt).map(|(rpt, rt)| differenze(rpt, rt)).unwrap_or_default();
    if let Some(rt) = rt.filter(|_| pendenza.con_bollo()) {
        segnalazioni.extend(marche(pendenza, rt));
    }
    let rpt = match rpt {
        Some(byte) => Some(json::rpt_json(byte).map_err(illeggibile)?),
        None => rt.map(|byte| rpt_ricostruita(pendenza, byte)).transpose()?,
    };
    let rt = rt.map(json::rt_json).transpose().map_err(illeggibile)?;
    Ok(Rpp { transazione, rpt, rt, segnalazioni })
}

fn marche(pendenza: &Pendenza, rt: &[u8]) -> Vec<Segnalazione> {
    match leggi_ricevuta(rt) {
        Ok(ricevuta) => marca::di_ricevuta(pendenza, &ricevuta),
        Err(_) => leggi_rt(rt).map(|rt| marca::di_rt(pendenza, &rt)).unwrap_or_default(),
    }
}

/// Messages of the older model are not compared: their request is of another kind.
fn differenze(rpt: &[u8], rt: &[u8]) -> Vec<Segnalazione> {
    let Ok(Ok(Confronto::Accettata(avvertenze))) = leggi_ricevuta(rt).map(|ricevuta| confronta(rpt, &ricevuta)) else { return Vec::new() };
    avvertenze.iter().map(|a| Segnalazione::ricevuta_diversa(a.campo, &a.testo)).collect()
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
