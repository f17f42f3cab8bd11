//! Flows of rendicontazione, from their acquisition to their publication.
//!
//! A flow of any length is written in short transactions: [`Store::comincia_flusso`] takes it under a lease, [`Store::scrivi_righe`] adds some hundreds of rows
//! that are judged while they are written, [`Store::pubblica_flusso`] shows it. Until then nobody reads it; what a dead node leaves is deleted by the next.
//!
//! | per block of rows | statements |
//! |---|---|
//! | lease, payments by IUV, rows of the same IUV, insert | 4 |
//! | where a payment is missing: locks (2 on PostgreSQL), payments again, positions | at most 4 more |

mod da_parte;
mod documento;
mod recupero;
mod righe;
mod sana;

pub use da_parte::{DaParte, FiltroDaParte};
pub use documento::BYTE_PARTE;
pub use recupero::SenzaRicevuta;
pub use righe::{BloccoScritto, RIGHE_PER_BLOCCO};

use std::collections::HashSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use codici::{IdDominio, Importo};
use domain::rendicontazione::{Anomalia, Collocazione, StatoFlusso, VersioneNota, colloca};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Corsia, Store, Tx, e_sqlite};
use crate::entita::{flusso, flusso_xml, rendicontazione};
use crate::errore::{ErroreStore, Vincolo};
use crate::sql;

/// How long a flow stays of the node that acquires it after its last sign of life: a block takes a fraction of a second, a page of the REST service some seconds.
pub const AFFITTO: Duration = Duration::minutes(5);
/// Rows deleted in one transaction.
const RIGHE_CANCELLATE_MAX: i64 = 5_000;
/// Flows of one dominio that are compared with a list at once.
const CHIAVI_PER_QUERY: usize = 500;
/// A flow that nobody will finish.
const ABBANDONATO: &str = "ABBANDONATO";
const PUBBLICATI: [&str; 2] = [StatoFlusso::Accettata.codice(), StatoFlusso::Anomala.codice()];

/// The header of a flow, as it is first written.
#[derive(Clone, Debug)]
pub struct NuovoFlusso {
    pub id: Uuid,
    pub dominio: IdDominio,
    pub id_flusso: String,
    pub data: DateTime<Utc>,
    pub psp: String,
    pub nome_psp: Option<String>,
    pub nome_dominio: Option<String>,
    /// On the REST road alone.
    pub revisione_pagopa: Option<i64>,
    pub trn: String,
    pub data_regolamento: NaiveDate,
    pub bic: Option<String>,
    pub numero_pagamenti: i64,
    pub importo_totale: Importo,
    pub data_pubblicazione: Option<DateTime<Utc>>,
    pub data_aggiornamento: Option<DateTime<Utc>>,
}

/// Which version of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChiaveVersione {
    Data { id_flusso: String, data: DateTime<Utc> },
    Revisione { id_flusso: String, psp: String, revisione: i64, data: Option<DateTime<Utc>> },
}

impl ChiaveVersione {
    #[must_use]
    pub fn id_flusso(&self) -> &str {
        match self {
            Self::Data { id_flusso, .. } | Self::Revisione { id_flusso, .. } => id_flusso,
        }
    }

    /// Which version, for what is set aside.
    #[must_use]
    pub fn versione(&self) -> String {
        match self {
            Self::Data { data, .. } => data.to_rfc3339(),
            Self::Revisione { psp, revisione, .. } => format!("{psp}/{revisione}"),
        }
    }
}

/// Whether a flow may be acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inizio {
    Preso,
    GiaAcquisito,
    /// Another node is at it.
    DiAltri,
}

/// A flow that has become visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pubblicato {
    pub collocazione: Collocazione,
    /// There was another version of it.
    pub aggiornamento: bool,
}

/// The lease ended and another node took the flow: what was being written is nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Perduto;

/// On PostgreSQL what receipts of other domini and blocks of rows of this one wait for: see `sana.rs`.
pub(crate) fn chiave_dominio(dominio: &IdDominio) -> i64 {
    // Eleven digits stay below 2^37; the rest tells these locks from others.
    const SEGNO: i64 = 0x46_52 << 40;
    SEGNO | dominio.as_str().parse::<i64>().unwrap_or_default()
}

impl Store {
    /// Of these versions, those that are published already. Index `flusso_revisione`.
    pub async fn versioni_note(&self, dominio: &IdDominio, chiavi: &[ChiaveVersione]) -> Result<HashSet<ChiaveVersione>, ErroreStore> {
        use flusso::Column as F;
        let mut note = HashSet::new();
        for gruppo in chiavi.chunks(CHIAVI_PER_QUERY) {
            let query = flusso::Entity::find().filter(F::Dominio.eq(dominio.as_str())).filter(F::Stato.is_in(PUBBLICATI));
            let righe = query.filter(F::IdFlusso.is_in(gruppo.iter().map(ChiaveVersione::id_flusso))).all(self.lettura()).await?;
            note.extend(gruppo.iter().filter(|c| righe.iter().any(|r| stessa(r, c))).cloned());
        }
        Ok(note)
    }

    /// Takes a flow to be acquired, invisible. What a dead node left of it is deleted first.
    pub async fn comincia_flusso(&self, f: &NuovoFlusso, chiave: &ChiaveVersione, adesso: DateTime<Utc>) -> Result<Inizio, ErroreStore> {
        self.libera_flussi(Some(f), adesso).await?;
        let tx = self.begin(Corsia::Lavori).await?;
        match flusso::Entity::insert(riga_flusso(f, adesso)).exec_without_returning(&tx.sql).await.map_err(ErroreStore::from) {
            Ok(_) => {}
            Err(ErroreStore::Chiave(Vincolo::Altro)) => return Ok(Inizio::DiAltri),
            Err(e) => return Err(e),
        }
        // After the insert, which waits for whoever is publishing the same.
        use flusso::Column as F;
        let altre = flusso::Entity::find().filter(F::Dominio.eq(f.dominio.as_str())).filter(F::IdFlusso.eq(&f.id_flusso));
        let altre = altre.filter(F::Stato.is_in(PUBBLICATI)).all(&tx.sql).await?;
        if altre.iter().any(|r| stessa(r, chiave)) {
            return Ok(Inizio::GiaAcquisito);
        }
        tx.commit().await?;
        Ok(Inizio::Preso)
    }

    /// Shows a flow that has all its rows, and puts it among its versions.
    pub async fn pubblica_flusso(&self, f: &NuovoFlusso, anomalie: &[Anomalia], adesso: DateTime<Utc>) -> Result<Result<Pubblicato, Perduto>, ErroreStore> {
        use flusso::Column as F;
        let tx = self.begin(Corsia::Lavori).await?;
        if tx.rinnova(f.id, adesso).await?.is_err() {
            return Ok(Err(Perduto));
        }
        // Versions of one flow are put in order one at a time.
        if !e_sqlite(tx.sql.get_database_backend()) {
            tx.sql.execute_raw(sql::con_valori(&tx.sql, "SELECT pg_advisory_xact_lock($1)", [chiave_dominio(&f.dominio).into()])).await?;
        }
        let delle_stesse = versioni_dello_stesso(f).add(F::Stato.is_in(PUBBLICATI));
        let note = flusso::Entity::find().filter(delle_stesse.clone()).all(&tx.sql).await?;
        let note: Vec<_> = note.iter().map(|r| VersioneNota { revisione: r.revisione.unwrap_or(0), data: r.data }).collect();
        let collocazione = colloca(f.data, f.revisione_pagopa, &note);
        if !collocazione.obsoleto && !note.is_empty() {
            flusso::Entity::update_many().col_expr(F::Obsoleto, Expr::value(true)).filter(delle_stesse).exec(&tx.sql).await?;
        }
        let stato = if anomalie.is_empty() { StatoFlusso::Accettata } else { StatoFlusso::Anomala };
        flusso::Entity::update_many()
            .col_expr(F::Stato, Expr::value(stato.codice()))
            .col_expr(F::Anomalie, Expr::value(Anomalia::in_testo(anomalie)))
            .col_expr(F::Revisione, Expr::value(collocazione.revisione))
            .col_expr(F::Obsoleto, Expr::value(collocazione.obsoleto))
            .col_expr(F::DataAcquisizione, Expr::value(adesso))
            .col_expr(F::PrenotatoFino, Expr::value(None::<DateTime<Utc>>))
            .filter(F::Id.eq(f.id))
            .exec(&tx.sql)
            .await?;
        tx.commit().await?;
        Ok(Ok(Pubblicato { collocazione, aggiornamento: !note.is_empty() }))
    }

    /// Gives up a flow of one's own: its rows go.
    pub async fn abbandona_flusso(&self, id: Uuid) -> Result<(), ErroreStore> {
        self.cancella_flusso(id).await
    }

    /// Deletes what dead nodes left: of this flow, or of all. Gives how many they were.
    pub async fn libera_flussi(&self, di: Option<&NuovoFlusso>, adesso: DateTime<Utc>) -> Result<usize, ErroreStore> {
        use flusso::Column as F;
        let in_corso = Condition::all().add(F::Stato.eq(StatoFlusso::InAcquisizione.codice())).add(F::PrenotatoFino.lt(adesso));
        let query = flusso::Entity::find().filter(Condition::any().add(in_corso).add(F::Stato.eq(ABBANDONATO)));
        let query = match di {
            Some(f) => query.filter(F::Dominio.eq(f.dominio.as_str())).filter(F::IdFlusso.eq(&f.id_flusso)),
            None => query,
        };
        let morti: Vec<Uuid> = query.select_only().column(F::Id).into_tuple().all(self.lettura()).await?;
        for id in &morti {
            self.cancella_flusso(*id).await?;
        }
        Ok(morti.len())
    }

    /// Marked first, so that a node that wakes up finds that it is no longer its own; then some rows at a time.
    async fn cancella_flusso(&self, id: Uuid) -> Result<(), ErroreStore> {
        use flusso::Column as F;
        let tx = self.begin(Corsia::Lavori).await?;
        let suo = flusso::Entity::update_many().col_expr(F::Stato, Expr::value(ABBANDONATO)).filter(F::Id.eq(id)).filter(F::Stato.is_not_in(PUBBLICATI));
        if suo.exec(&tx.sql).await?.rows_affected == 0 {
            return Ok(());
        }
        tx.commit().await?;
        let ultima: Option<Option<i64>> = rendicontazione::Entity::find()
            .filter(rendicontazione::Column::Flusso.eq(id))
            .select_only()
            .column_as(rendicontazione::Column::Riga.max(), "ultima")
            .into_tuple()
            .one(self.lettura())
            .await?;
        let (mut fino, ultima) = (0, ultima.flatten().unwrap_or(0));
        while fino < ultima {
            fino += RIGHE_CANCELLATE_MAX;
            let tx = self.begin(Corsia::Lavori).await?;
            let blocco = rendicontazione::Entity::delete_many().filter(rendicontazione::Column::Flusso.eq(id));
            blocco.filter(rendicontazione::Column::Riga.lte(fino)).exec(&tx.sql).await?;
            tx.commit().await?;
        }
        let tx = self.begin(Corsia::Lavori).await?;
        flusso_xml::Entity::delete_many().filter(flusso_xml::Column::Flusso.eq(id)).exec(&tx.sql).await?;
        flusso::Entity::delete_many().filter(F::Id.eq(id)).exec(&tx.sql).await?;
        tx.commit().await
    }

    /// The latest publication that we have of a dominio: where the next list begins. Index `flusso_pubblicato`.
    pub async fn ultima_pubblicazione(&self, dominio: &IdDominio) -> Result<Option<DateTime<Utc>>, ErroreStore> {
        use flusso::Column as F;
        let query = flusso::Entity::find().filter(F::Dominio.eq(dominio.as_str())).filter(F::Stato.is_in(PUBBLICATI));
        Ok(query.select_only().column_as(F::DataPubblicazione.max(), "ultima").into_tuple::<Option<DateTime<Utc>>>().one(self.lettura()).await?.flatten())
    }
}

impl Tx {
    /// A sign of life of who acquires, which holds the flow for the rest of the transaction.
    pub(crate) async fn rinnova(&self, id: Uuid, adesso: DateTime<Utc>) -> Result<Result<(), Perduto>, ErroreStore> {
        use flusso::Column as F;
        let esito = flusso::Entity::update_many()
            .col_expr(F::PrenotatoFino, Expr::value(adesso + AFFITTO))
            .filter(F::Id.eq(id))
            .filter(F::Stato.eq(StatoFlusso::InAcquisizione.codice()))
            .exec(&self.sql)
            .await?;
        Ok(if esito.rows_affected == 0 { Err(Perduto) } else { Ok(()) })
    }
}

/// The other versions of a flow. Two PSPs may give the same name to flows of theirs: they are the same flow only if the two came by different roads, where
/// the PSP may be written differently.
fn versioni_dello_stesso(f: &NuovoFlusso) -> Condition {
    use flusso::Column as F;
    let altra_strada = if f.revisione_pagopa.is_some() { F::RevisionePagopa.is_null() } else { F::RevisionePagopa.is_not_null() };
    Condition::all().add(F::Dominio.eq(f.dominio.as_str())).add(F::IdFlusso.eq(&f.id_flusso)).add(F::Psp.eq(&f.psp).or(altra_strada))
}

/// Whether a stored flow is this version: by revision where pagoPA gave one to both, else by date.
fn stessa(r: &flusso::Model, chiave: &ChiaveVersione) -> bool {
    match chiave {
        ChiaveVersione::Data { id_flusso, data } => r.id_flusso == *id_flusso && r.data == *data,
        ChiaveVersione::Revisione { id_flusso, psp, revisione, data } => {
            r.id_flusso == *id_flusso
                && match r.revisione_pagopa {
                    Some(sua) => r.psp == *psp && sua == *revisione,
                    None => Some(r.data) == *data,
                }
        }
    }
}

fn riga_flusso(f: &NuovoFlusso, adesso: DateTime<Utc>) -> flusso::ActiveModel {
    flusso::ActiveModel {
        id: Set(f.id),
        dominio: Set(f.dominio.to_string()),
        id_flusso: Set(f.id_flusso.clone()),
        data: Set(f.data),
        psp: Set(f.psp.clone()),
        nome_psp: Set(f.nome_psp.clone()),
        nome_dominio: Set(f.nome_dominio.clone()),
        revisione: Set(None),
        revisione_pagopa: Set(f.revisione_pagopa),
        trn: Set(f.trn.clone()),
        data_regolamento: Set(f.data_regolamento),
        bic: Set(f.bic.clone()),
        numero_pagamenti: Set(f.numero_pagamenti),
        importo_totale: Set(f.importo_totale.cent()),
        stato: Set(StatoFlusso::InAcquisizione.codice().to_owned()),
        anomalie: Set(None),
        obsoleto: Set(false),
        data_acquisizione: Set(adesso),
        data_pubblicazione: Set(f.data_pubblicazione),
        data_aggiornamento: Set(f.data_aggiornamento),
        prenotato_fino: Set(Some(adesso + AFFITTO)),
        incasso: Set(None),
    }
}
