//! One flow from its header to its publication, whatever road it comes by.

use std::collections::HashMap;
use std::sync::Arc;

use codici::Importo;
use domain::anagrafica::Dominio;
use domain::rendicontazione::{Anomalia, Riga, Somma, controlla_flusso};
use store::flussi::{BloccoScritto, ChiaveVersione, Inizio, NuovoFlusso, Perduto, Pubblicato, RIGHE_PER_BLOCCO};

use super::Fallimento;
use super::chiedi_enti::CHIESTE_MAX;
use crate::Gateway;

/// A flow that this node is acquiring. Dropped without [`Lavorazione::concludi`] or [`Lavorazione::abbandona`] it is deleted when its lease ends.
pub(super) struct Lavorazione {
    pub flusso: NuovoFlusso,
    dominio: Arc<Dominio>,
    chiave: ChiaveVersione,
    attese: Vec<Riga>,
    prossima: i64,
    pub somma: Somma,
    anomalie: Vec<Anomalia>,
    chieste: usize,
    parti: i32,
}

impl Lavorazione {
    /// `None` when somebody else has it, or had it.
    pub async fn comincia(g: &Gateway, flusso: NuovoFlusso, chiave: ChiaveVersione, dominio: Arc<Dominio>) -> Result<Option<Self>, Fallimento> {
        if g.store.comincia_flusso(&flusso, &chiave, g.adesso()).await? != Inizio::Preso {
            return Ok(None);
        }
        let attese = Vec::with_capacity(RIGHE_PER_BLOCCO);
        Ok(Some(Self { flusso, dominio, chiave, attese, prossima: 1, somma: Somma::default(), anomalie: Vec::new(), chieste: 0, parti: 0 }))
    }

    /// Adds rows, writing every block that is full.
    pub async fn aggiungi(&mut self, g: &Gateway, righe: impl IntoIterator<Item = Riga>) -> Result<(), Fallimento> {
        for riga in righe {
            self.somma.aggiungi(riga.importo);
            self.attese.push(riga);
            if self.attese.len() >= RIGHE_PER_BLOCCO {
                self.scrivi(g).await?;
            }
        }
        Ok(())
    }

    /// Keeps a piece of the document.
    pub async fn conserva(&mut self, g: &Gateway, byte: &[u8]) -> Result<(), Fallimento> {
        g.store.conserva_parte(&self.flusso, self.parti, byte, g.adesso()).await?.map_err(perduto)?;
        self.parti += 1;
        Ok(())
    }

    async fn scrivi(&mut self, g: &Gateway) -> Result<(), Fallimento> {
        let righe = std::mem::take(&mut self.attese);
        let mut ignote = HashMap::new();
        loop {
            match g.store.scrivi_righe(&self.flusso, &self.dominio, self.prossima, &righe, &ignote, g.adesso()).await? {
                BloccoScritto::Scritto(anomalie) => {
                    // One of each is enough to tell, however many rows have it.
                    self.anomalie.extend(anomalie.into_iter().take(usize::from(self.anomalie.is_empty())));
                    break;
                }
                BloccoScritto::Chiedi(iuv) => {
                    let ancora = CHIESTE_MAX.saturating_sub(self.chieste);
                    self.chieste += iuv.len().min(ancora);
                    ignote.extend(g.chiedi_agli_enti(&self.dominio, &iuv, ancora).await?);
                }
                BloccoScritto::Perduto => return Err(perduto(Perduto)),
            }
        }
        self.prossima += i64::try_from(righe.len()).unwrap_or(i64::MAX);
        Ok(())
    }

    /// Writes the last rows and shows the flow. `ricevente`: what its document calls the ente.
    pub async fn concludi(mut self, g: &Gateway, ricevente: Option<&str>) -> Result<Pubblicato, Fallimento> {
        let esito = self.chiudi(g, ricevente).await;
        // After an error of the archive it may be published: only who knows that it is not may take it away.
        if matches!(esito, Err(Fallimento::DelFlusso { .. })) {
            self.abbandona(g).await;
        }
        esito
    }

    async fn chiudi(&mut self, g: &Gateway, ricevente: Option<&str>) -> Result<Pubblicato, Fallimento> {
        if !self.attese.is_empty() {
            self.scrivi(g).await?;
        }
        let promessa = Somma { numero: u64::try_from(self.flusso.numero_pagamenti).unwrap_or_default(), importo: self.flusso.importo_totale };
        let mut anomalie = controlla_flusso(&self.dominio.cod, ricevente, promessa, self.somma);
        anomalie.append(&mut self.anomalie);
        let pubblicato = g.store.pubblica_flusso(&self.flusso, &anomalie, g.adesso()).await?.map_err(perduto)?;
        g.store.riprendi_da_parte(&self.dominio.cod, &self.chiave).await?;
        g.giornale.aggiungi(super::evento::acquisito(g, &self.flusso, &pubblicato, self.somma));
        tracing::info!(dominio = %self.dominio.cod, flusso.id = self.flusso.id_flusso, righe = self.somma.numero, anomalie = anomalie.len(), "flusso acquisito");
        Ok(pubblicato)
    }

    /// What was written of it goes: it will be done again from its beginning.
    pub async fn abbandona(self, g: &Gateway) {
        if let Err(errore) = g.store.abbandona_flusso(self.flusso.id).await {
            tracing::warn!(flusso.id = self.flusso.id_flusso, errore = %errore, "flusso a meta' non cancellato: lo fara' il prossimo giro");
        }
    }
}

fn perduto(_: Perduto) -> Fallimento {
    Fallimento::passeggero("un altro nodo ha ripreso il flusso")
}

/// The number of a header, as a column can hold it.
pub(super) fn conteggio(numero: u64) -> i64 {
    i64::try_from(numero).unwrap_or(i64::MAX)
}

/// What is told of money that does not match what was counted elsewhere.
pub(super) fn diverse(contate: (Option<u64>, Option<Importo>), lette: Somma) -> bool {
    contate.0.is_some_and(|n| n != lette.numero) || contate.1.is_some_and(|i| i != lette.importo)
}
