//! IUV numbers, in blocks: a block is reserved in a transaction of its own and used up from memory, so that no business transaction
//! waits for the counter and a crash only leaves a gap (design/RISKS; spec/1 section 7.1).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use codici::IdDominio;
use sea_orm::{ConnectionTrait, TryGetable};

use crate::apertura::{Corsia, Store};
use crate::errore::ErroreStore;
use crate::sql;

/// Numbers that a node reserves at a time.
pub const NUMERI_PER_BLOCCO: u64 = 100;

type Chiave = (IdDominio, String);

/// The blocks of this node. Cheap to clone.
#[derive(Clone, Default)]
pub struct Contatori {
    blocchi: Arc<Mutex<HashMap<Chiave, Range<u64>>>>,
}

impl Contatori {
    /// The next number of (dominio, prefisso), never given before by any node.
    pub async fn prossimo(&self, store: &Store, dominio: &IdDominio, prefisso: &str) -> Result<u64, ErroreStore> {
        let chiave = (dominio.clone(), prefisso.to_owned());
        loop {
            if let Some(numero) = self.in_memoria(&chiave) {
                return Ok(numero);
            }
            let blocco = prenota(store, dominio, prefisso).await?;
            let mut blocchi = self.blocchi.lock().unwrap_or_else(PoisonError::into_inner);
            let mio = blocchi.entry(chiave.clone()).or_insert(0..0);
            // Two callers may have reserved at once: the block already there is used first, the newer numbers become a gap.
            if mio.is_empty() {
                *mio = blocco;
            }
        }
    }

    /// Takes back the number that was given last and not used; any other stays a gap.
    pub fn rendi(&self, dominio: &IdDominio, prefisso: &str, numero: u64) {
        let mut blocchi = self.blocchi.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(blocco) = blocchi.get_mut(&(dominio.clone(), prefisso.to_owned())).filter(|b| b.start == numero + 1) {
            blocco.start = numero;
        }
    }

    fn in_memoria(&self, chiave: &Chiave) -> Option<u64> {
        self.blocchi.lock().unwrap_or_else(PoisonError::into_inner).get_mut(chiave)?.next()
    }
}

async fn prenota(store: &Store, dominio: &IdDominio, prefisso: &str) -> Result<Range<u64>, ErroreStore> {
    let tx = store.begin(Corsia::Applicazioni).await?;
    let quanti = i64::try_from(NUMERI_PER_BLOCCO).unwrap_or(i64::MAX);
    let istruzione = sql::con_valori(
        &tx.sql,
        "INSERT INTO contatore_iuv (dominio, prefisso, prossimo, epoca) VALUES ($1, $2, 1 + $3, 0)
         ON CONFLICT (dominio, prefisso) DO UPDATE SET prossimo = contatore_iuv.prossimo + $3 RETURNING prossimo",
        [dominio.as_str().into(), prefisso.into(), quanti.into()],
    );
    let riga = tx.sql.query_one_raw(istruzione).await?;
    let fine = riga.map(|r| i64::try_get(&r, "", "prossimo")).transpose().map_err(sea_orm::DbErr::from)?;
    tx.commit().await?;
    let fine = fine.and_then(|f| u64::try_from(f).ok()).ok_or(ErroreStore::Illeggibile { tabella: "contatore_iuv", cosa: "prossimo".to_owned() })?;
    Ok(fine - NUMERI_PER_BLOCCO..fine)
}
