//! A position that changes is written together with the row that tells of it: whoever writes a pendenza comes through here.

use domain::anagrafica::Dominio;
use domain::pendenza::Tipo;
use domain::posizione_debitoria::{Modalita, composizione};
use domain::{Anagrafica, Pendenza};
use store::Tx;

use super::intermediario;
use crate::{Errore, Gateway};

impl Gateway {
    /// A position that is born, in the transaction of the caller.
    pub(crate) async fn inserisci_pendenza(&self, tx: &Tx, pendenza: &Pendenza) -> Result<(), Errore> {
        tx.inserisci_pendenza(pendenza).await?;
        self.accoda_posizione(tx, None, pendenza).await
    }

    /// A position that changes, in the transaction of the caller.
    pub(crate) async fn aggiorna_pendenza(&self, tx: &Tx, prima: &Pendenza, dopo: &Pendenza) -> Result<(), Errore> {
        tx.aggiorna_pendenza(prima, dopo).await?;
        self.accoda_posizione(tx, Some(prima), dopo).await
    }

    async fn accoda_posizione(&self, tx: &Tx, prima: Option<&Pendenza>, dopo: &Pendenza) -> Result<(), Errore> {
        if !composizione::da_dire(prima, dopo) {
            return Ok(());
        }
        let Some(modalita) = self.archivio_di(dopo) else { return Ok(()) };
        tx.accoda_posizione(dopo, modalita, self.adesso()).await?;
        // Early by the time of a commit: who is woken too soon looks again shortly.
        self.campanello_posizioni.notify_one();
        Ok(())
    }

    /// The archive that must hear of a position; `None` when the intermediario has none for it, or it is never conferred.
    pub(super) fn archivio_di(&self, p: &Pendenza) -> Option<Modalita> {
        let anagrafica = self.istantanea.attuale();
        let dominio = anagrafica.dominio(&p.dominio)?;
        let modalita = Modalita::di(&p.numero_avviso, dominio);
        let esclusa = modalita == Modalita::Sincrona && p.tipo == Tipo::Spontaneo && self.impostazioni.posizioni.escludi_spontanee;
        (!esclusa && ha_archivio(&anagrafica, dominio, modalita)).then_some(modalita)
    }
}

pub(super) fn ha_archivio(anagrafica: &Anagrafica, dominio: &Dominio, modalita: Modalita) -> bool {
    let connettori = intermediario(anagrafica, &dominio.cod).map(|i| &i.connettori);
    connettori.is_some_and(|c| match modalita {
        Modalita::Sincrona => c.aca.is_some(),
        Modalita::Asincrona => c.gpd.is_some(),
    })
}
