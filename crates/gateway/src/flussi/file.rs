//! A flow as a document: from a file, or from the answer of the node.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use codici::IdDominio;
use domain::Rifiuto;
use domain::anagrafica::Dominio;
use domain::calendario;
use domain::chiamante::Chiamante;
use domain::rendicontazione::{EsitoRiga, Riga, psp_del_flusso};
use pagopa::flusso::{Illeggibile, Lettore, Testata};
use store::elenchi::flussi::{Flusso, Quale};
use store::flussi::{BYTE_PARTE, ChiaveVersione, NuovoFlusso, Pubblicato, RIGHE_PER_BLOCCO};
use tokio::sync::mpsc;

use super::lavorazione::{Lavorazione, conteggio};
use super::{EsitoFlussi, Fallimento};
use crate::{Errore, Gateway, nuovo_id};

/// Blocks read ahead of the database: memory is a few of them, however long the flow.
const BLOCCHI_IN_CODA: usize = 2;

impl From<Illeggibile> for Fallimento {
    fn from(e: Illeggibile) -> Self {
        if e.lettura { Self::passeggero(e.motivo) } else { Self::guasto(e.motivo) }
    }
}

impl Gateway {
    /// Acquires the flow of a file, for the dominio that it is addressed to. One that is here already changes nothing.
    ///
    /// # Errors
    /// 422 for a document that cannot be read, or a dominio that is not ours.
    pub async fn acquisisci_file_flusso(&self, file: File) -> Result<EsitoFlussi, Errore> {
        let rifiuta = |motivo: String| Errore::from(Rifiuto::Semantica(format!("Flusso di rendicontazione non acquisito: {motivo}")));
        let (file, testata) = testata_di(file).await.map_err(|e| rifiuta(e.motivo))?;
        let anagrafica = self.istantanea.attuale();
        let dominio = IdDominio::leggi(&testata.ricevente).and_then(|id| anagrafica.dominio(&id).cloned());
        let Some(dominio) = dominio else { return Err(rifiuta("il dominio a cui e' destinato non e' censito".to_owned())) };
        let chiave = chiave_di(&testata, None);
        if !self.store.versioni_note(&dominio.cod, std::slice::from_ref(&chiave)).await?.is_empty() {
            return Ok(EsitoFlussi::default());
        }
        match self.acquisisci_file_di_flusso(file, dominio, chiave).await {
            Ok(acquisito) => Ok(EsitoFlussi { acquisiti: usize::from(acquisito.is_some()), falliti: 0 }),
            Err(Fallimento::DelFlusso { motivo, .. }) => Err(rifiuta(motivo)),
            Err(Fallimento::Nostro(errore)) => Err(errore),
        }
    }

    /// The same for a file that somebody brings. Gives the version that counts now, and whether it came with this file.
    ///
    /// # Errors
    /// As [`Self::acquisisci_file_flusso`]; 403 when it is of a dominio that is not the caller's.
    pub async fn acquisisci_flusso_portato(&self, chiamante: &Chiamante, byte: bytes::Bytes) -> Result<(Flusso, bool), Errore> {
        let rifiuta = |motivo: String| Errore::from(Rifiuto::Semantica(format!("Flusso di rendicontazione non acquisito: {motivo}")));
        let scritto = tokio::task::spawn_blocking(move || {
            let mut file = tempfile::tempfile()?;
            file.write_all(&byte)?;
            Ok::<_, std::io::Error>(file)
        });
        let file = scritto.await.map_err(std::io::Error::other).and_then(|f| f).map_err(|e| Errore::Messaggio(format!("file temporaneo: {e}")))?;
        let (file, testata) = testata_di(file).await.map_err(|e| rifiuta(e.motivo))?;
        let dominio = IdDominio::leggi(&testata.ricevente).ok_or_else(|| rifiuta("il dominio a cui e' destinato non e' censito".to_owned()))?;
        chiamante.su_dominio(&dominio)?;
        let esito = self.acquisisci_file_flusso(file).await?;
        let quale = Quale { dominio: Some(dominio), data: None, id_flusso: testata.id_flusso };
        let flusso = self.flusso(&quale).await?.ok_or_else(|| rifiuta("un altro nodo lo sta acquisendo".to_owned()))?;
        if esito.acquisiti > 0 {
            self.recupera_presto().await?;
        }
        Ok((flusso, esito.acquisiti > 0))
    }

    /// Acquires a document that was asked for as `chiave`. `None` when it is here already, or another node is at it.
    pub(super) async fn acquisisci_file_di_flusso(&self, file: File, dominio: Arc<Dominio>, chiave: ChiaveVersione) -> Result<Option<Pubblicato>, Fallimento> {
        let (file, testata) = testata_di(file).await?;
        if testata.id_flusso != chiave.id_flusso() {
            return Err(Fallimento::guasto("il documento e' di un altro flusso"));
        }
        let flusso = nuovo_flusso(&testata, &dominio, &chiave);
        let Some(mut lavorazione) = Lavorazione::comincia(self, flusso, chiave, dominio).await? else { return Ok(None) };
        match self.leggi_tutto(file, &mut lavorazione).await {
            Ok(()) => lavorazione.concludi(self, Some(&testata.ricevente)).await.map(Some),
            Err(fallimento) => {
                lavorazione.abbandona(self).await;
                Err(fallimento)
            }
        }
    }

    /// The rows, then the document itself.
    async fn leggi_tutto(&self, mut file: File, lavorazione: &mut Lavorazione) -> Result<(), Fallimento> {
        let copia = file.try_clone().map_err(|e| Fallimento::passeggero(format!("file non leggibile: {e}")))?;
        let (manda, mut blocchi) = mpsc::channel::<Result<Vec<Riga>, Illeggibile>>(BLOCCHI_IN_CODA);
        let lettura = tokio::task::spawn_blocking(move || leggi_righe(copia, &manda));
        while let Some(blocco) = blocchi.recv().await {
            lavorazione.aggiungi(self, blocco?).await?;
        }
        lettura.await.map_err(|e| Fallimento::passeggero(format!("lettura interrotta: {e}")))?;
        file.seek(SeekFrom::Start(0)).map_err(|e| Fallimento::passeggero(format!("file non leggibile: {e}")))?;
        loop {
            let mut parte = Vec::new();
            let mut pezzo = (&file).take(BYTE_PARTE as u64);
            pezzo.read_to_end(&mut parte).map_err(|e| Fallimento::passeggero(format!("file non leggibile: {e}")))?;
            if parte.is_empty() {
                return Ok(());
            }
            lavorazione.conserva(self, &parte).await?;
        }
    }
}

/// Reads the header, and gives the file back at its beginning.
async fn testata_di(mut file: File) -> Result<(File, Testata), Illeggibile> {
    let letta = tokio::task::spawn_blocking(move || {
        file.seek(SeekFrom::Start(0)).map_err(non_leggibile)?;
        let (_, testata) = Lettore::apri(BufReader::new(file.try_clone().map_err(non_leggibile)?))?;
        file.seek(SeekFrom::Start(0)).map_err(non_leggibile)?;
        Ok((file, testata))
    });
    letta.await.unwrap_or_else(|e| Err(Illeggibile { motivo: format!("lettura interrotta: {e}"), lettura: true }))
}

fn non_leggibile(e: std::io::Error) -> Illeggibile {
    Illeggibile { motivo: format!("file non leggibile: {e}"), lettura: true }
}

/// On a thread of its own. Ends early when nobody listens any more.
fn leggi_righe(file: File, manda: &mpsc::Sender<Result<Vec<Riga>, Illeggibile>>) {
    let esito = (|| {
        let (mut lettore, _) = Lettore::apri(BufReader::with_capacity(64 * 1024, file))?;
        let mut blocco = Vec::with_capacity(RIGHE_PER_BLOCCO);
        while let Some(riga) = lettore.prossima()? {
            blocco.push(del_dominio(riga));
            if blocco.len() == RIGHE_PER_BLOCCO && manda.blocking_send(Ok(std::mem::take(&mut blocco))).is_err() {
                return Ok(());
            }
        }
        let _ = manda.blocking_send(Ok(blocco));
        Ok(())
    })();
    if let Err(guasto) = esito {
        let _ = manda.blocking_send(Err(guasto));
    }
}

fn del_dominio(r: pagopa::flusso::Riga) -> Riga {
    Riga { iuv: r.iuv, iur: r.iur, indice: r.indice, importo: r.importo, esito: EsitoRiga::da_codice(r.esito), data: calendario::inizio_giorno(r.data) }
}

/// The date of a version is that of the list, when there is one.
pub(super) fn chiave_di(testata: &Testata, data: Option<chrono::DateTime<chrono::Utc>>) -> ChiaveVersione {
    let data = data.unwrap_or_else(|| pagopa::fdr::al_millisecondo(calendario::istante(testata.data_ora)));
    ChiaveVersione::Data { id_flusso: testata.id_flusso.clone(), data }
}

fn nuovo_flusso(t: &Testata, dominio: &Dominio, chiave: &ChiaveVersione) -> NuovoFlusso {
    let data = match chiave {
        ChiaveVersione::Data { data, .. } => *data,
        ChiaveVersione::Revisione { .. } => pagopa::fdr::al_millisecondo(calendario::istante(t.data_ora)),
    };
    NuovoFlusso {
        id: nuovo_id(),
        dominio: dominio.cod.clone(),
        id_flusso: t.id_flusso.clone(),
        data,
        psp: psp_del_flusso(&t.id_flusso).unwrap_or(&t.mittente.codice).to_owned(),
        nome_psp: t.mittente.denominazione.clone(),
        nome_dominio: t.nome_ricevente.clone(),
        revisione_pagopa: None,
        trn: t.trn.clone(),
        data_regolamento: t.data_regolamento,
        bic: t.bic.clone(),
        numero_pagamenti: conteggio(t.numero_pagamenti),
        importo_totale: t.importo_totale,
        data_pubblicazione: None,
        data_aggiornamento: None,
    }
}
