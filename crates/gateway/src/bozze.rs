//! Positions that a visitor made for itself: found again by its session, and written in the archive when they are printed or paid (spec/1 section 10.3).

use codici::{IdDominio, Iuv};
use domain::Rifiuto;
use domain::pendenza::{NuovoDocumento, Pendenza};
use domain::registro;
use domain::rifiuto::{Chiave, Codice};
use store::bozze::Bozza;
use store::{Corsia, ErroreStore, Vincolo};

use crate::accesso::sessione::IdSessione;
use crate::{Errore, Gateway, nuovi_id, nuovo_id};

impl Gateway {
    /// The position with this number that the session made, in the archive by now or not.
    pub async fn bozza_per_iuv(&self, sessione: &IdSessione, dominio: &IdDominio, iuv: &Iuv) -> Result<Option<Bozza>, Errore> {
        Ok(self.store.bozza_per_iuv(&sessione.hash(), dominio, iuv, self.adesso()).await?)
    }

    /// Keeps it for the session that made it, over the one of the same key.
    pub async fn salva_bozza(&self, sessione: &IdSessione, bozza: &Bozza) -> Result<(), Errore> {
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.salva_bozza(&sessione.hash(), bozza, self.adesso()).await?;
        Ok(tx.commit().await?)
    }

    /// Puts it in the archive, with the number that it has. The session goes on finding it.
    ///
    /// # Errors
    /// VER_024 when another session was first to archive a position of the same key.
    pub async fn archivia_bozza(&self, bozza: Bozza) -> Result<Pendenza, Errore> {
        let p = &bozza.pendenza;
        if let Some(archiviata) = self.store.pendenza(&p.id_a2a, &p.id_pendenza).await? {
            return la_stessa(archiviata, p);
        }
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let documento = match &p.documento {
            Some(d) => {
                let nuovo = NuovoDocumento { identificativo: d.identificativo.clone(), descrizione: d.descrizione.clone(), parte: p.parte };
                Some(tx.salva_documento(&p.dominio, &p.id_a2a, &nuovo, nuovo_id()).await?)
            }
            None => None,
        };
        let pendenza = Pendenza { documento, ..p.clone() };
        match tx.inserisci_pendenza(&pendenza).await {
            Ok(()) => {}
            // Another call of the same page, or another session, was first.
            Err(ErroreStore::Chiave(Vincolo::PendenzaChiave)) => {
                tx.rollback().await?;
                let archiviata = self.store.pendenza(&p.id_a2a, &p.id_pendenza).await?;
                return la_stessa(archiviata.ok_or_else(|| Errore::Messaggio("una pendenza appena scritta non c'e'".to_owned()))?, p);
            }
            Err(e) => return Err(e.into()),
        }
        let adesso = self.adesso();
        if !bozza.allegati.is_empty() {
            let ids: Vec<i64> = bozza.allegati.iter().map(|_| self.numeratore.prossimo(adesso)).collect();
            tx.sostituisci_allegati(&pendenza, &bozza.allegati, &ids, adesso).await?;
        }
        let movimenti = registro::differenza(None, (pendenza.stato, &pendenza.voci), "caricamento");
        tx.registra(&pendenza, &movimenti, nuovi_id(), adesso).await?;
        tx.commit().await?;
        Ok(pendenza)
    }
}

fn la_stessa(archiviata: Pendenza, bozza: &Pendenza) -> Result<Pendenza, Errore> {
    if archiviata.iuv == bozza.iuv && archiviata.dominio == bozza.dominio {
        return Ok(archiviata);
    }
    let chiave = Chiave { id_a2a: bozza.id_a2a.clone(), id_pendenza: bozza.id_pendenza.clone() };
    let (inviato, originale) = (bozza.numero_avviso.to_string(), archiviata.numero_avviso.to_string());
    Err(Rifiuto::from(Codice::Ver024 { chiave, inviato, originale }).into())
}
