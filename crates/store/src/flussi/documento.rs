//! The document of a flow, as it came, piece by piece.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use super::{NuovoFlusso, Perduto};
use crate::apertura::{Corsia, Store};
use crate::entita::flusso_xml;
use crate::errore::ErroreStore;
use crate::transazioni::{comprimi, espandi};

/// Bytes of a piece before it is compressed: what a reader holds.
pub const BYTE_PARTE: usize = 1024 * 1024;

impl Store {
    /// Keeps piece `parte`, from 0, of the document of a flow that is being acquired.
    pub async fn conserva_parte(
        &self,
        f: &NuovoFlusso,
        parte: i32,
        byte: &[u8],
        adesso: chrono::DateTime<chrono::Utc>,
    ) -> Result<Result<(), Perduto>, ErroreStore> {
        let contenuto = comprimi(byte)?;
        let tx = self.begin(Corsia::Lavori).await?;
        if let Err(perduto) = tx.rinnova(f.id, adesso).await? {
            return Ok(Err(perduto));
        }
        let riga = flusso_xml::ActiveModel { flusso: Set(f.id), parte: Set(parte), contenuto: Set(contenuto) };
        flusso_xml::Entity::insert(riga).exec_without_returning(&tx.sql).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Piece `parte` of the document; `None` past the last, or when the flow came without one.
    pub async fn parte_del_flusso(&self, flusso: Uuid, parte: i32) -> Result<Option<Vec<u8>>, ErroreStore> {
        use flusso_xml::Column as C;
        let query = flusso_xml::Entity::find().filter(C::Flusso.eq(flusso)).filter(C::Parte.eq(parte));
        let trovata: Option<Vec<u8>> = query.select_only().column(C::Contenuto).into_tuple().one(self.lettura()).await?;
        trovata.map(|c| espandi(&c)).transpose()
    }
}
