//! What a page of positions is shown with, in one query for all of them (spec/1 section 10.8).

use std::collections::{HashMap, HashSet};

use domain::pendenza::Pendenza;
use domain::ricevuta::Riscossione;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::apertura::Store;
use crate::entita::{riscossione, voce};
use crate::errore::ErroreStore;
use crate::mappa;
use crate::transazioni::riscossione_da_riga;

/// Positions of one query: a long page is several.
const PENDENZE_PER_QUERY: usize = 500;

impl Store {
    /// Puts the voci in positions that came without. Primary key of `voce`.
    pub async fn metti_voci(&self, pendenze: &mut [Pendenza]) -> Result<(), ErroreStore> {
        for gruppo in pendenze.chunks_mut(PENDENZE_PER_QUERY) {
            let (domini, ids) = chiavi(gruppo);
            let righe = voce::Entity::find().filter(voce::Column::Dominio.is_in(domini)).filter(voce::Column::Pendenza.is_in(ids));
            let righe = righe.order_by_asc(voce::Column::Indice).all(self.lettura()).await?;
            let mut trovate: HashMap<Uuid, Vec<_>> = HashMap::new();
            for r in righe {
                trovate.entry(r.pendenza).or_default().push(mappa::voce(r)?);
            }
            for p in gruppo {
                p.voci = trovate.remove(&p.id).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// The money that each brought, in order of arrival. Index `riscossione_pendenza`.
    pub async fn riscossioni_di(&self, pendenze: &[Pendenza]) -> Result<HashMap<Uuid, Vec<Riscossione>>, ErroreStore> {
        use riscossione::Column as C;
        let mut trovate: HashMap<Uuid, Vec<Riscossione>> = HashMap::new();
        for gruppo in pendenze.chunks(PENDENZE_PER_QUERY) {
            let (domini, ids) = chiavi(gruppo);
            let righe = riscossione::Entity::find().filter(C::DominioPendenza.is_in(domini)).filter(C::Pendenza.is_in(ids));
            for r in righe.order_by_asc(C::Data).order_by_asc(C::Indice).all(self.lettura()).await? {
                trovate.entry(r.pendenza).or_default().push(riscossione_da_riga(r)?);
            }
        }
        Ok(trovate)
    }
}

fn chiavi(pendenze: &[Pendenza]) -> (HashSet<String>, Vec<Uuid>) {
    (pendenze.iter().map(|p| p.dominio.to_string()).collect(), pendenze.iter().map(|p| p.id).collect())
}
