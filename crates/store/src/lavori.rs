//! The runs of the jobs: taken by one node at a time, given back when the node dies, told to whoever asks.
//!
//! A run has a name of its own, `corsa`: a node that lost its lease cannot renew it nor write an outcome over the one of who took it.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::lavoro as tabella;
use crate::errore::ErroreStore;
use crate::mappa;

/// Characters of a reason.
const CARATTERI_MOTIVO_MAX: usize = 1_000;
/// What is written on a run whose node was not heard of any more.
const MOTIVO_INTERROTTO: &str = "Il nodo che lo eseguiva non ha piu' dato segno di vita.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoCorsa {
    Riuscito,
    Fallito,
    /// Its node died, or was stopped, in the middle.
    Interrotto,
}

impl EsitoCorsa {
    const TUTTI: [Self; 3] = [Self::Riuscito, Self::Fallito, Self::Interrotto];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Riuscito => "RIUSCITO",
            Self::Fallito => "FALLITO",
            Self::Interrotto => "INTERROTTO",
        }
    }

    fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|e| e.codice() == codice)
    }
}

/// A job as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatoLavoro {
    pub nome: String,
    /// Node of the run in progress, and until when it is believed.
    pub in_corso: Option<(String, DateTime<Utc>)>,
    /// Of the last run, or of the one in progress.
    pub inizio: Option<DateTime<Utc>>,
    /// Of the last run that ended.
    pub fine: Option<DateTime<Utc>>,
    pub esito: Option<EsitoCorsa>,
    /// What the last run told of itself: its result, or why it failed.
    pub motivo: Option<String>,
    pub ultimo_riuscito: Option<DateTime<Utc>>,
    pub fallimenti: u32,
    pub prossimo: DateTime<Utc>,
    pub richiesto: bool,
    pub fermo_motivo: Option<String>,
}

impl StatoLavoro {
    /// Whether a node that finds it so may take it. `adesso`: by the clock that wrote the row.
    #[must_use]
    pub fn dovuto(&self, adesso: DateTime<Utc>) -> bool {
        match &self.in_corso {
            Some((_, fino)) => *fino <= adesso,
            None => self.fermo_motivo.is_none() && (self.richiesto || self.prossimo <= adesso),
        }
    }
}

/// What came of asking for a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresaLavoro {
    Presa {
        corsa: Uuid,
    },
    /// Another run is in progress, on this node or another.
    Occupato,
    /// Somebody stopped it, for this reason.
    Fermo(String),
    NonDovuto,
}

/// How a run is noted.
#[derive(Clone, Debug)]
pub struct FineCorsa {
    pub esito: EsitoCorsa,
    pub motivo: String,
    pub prossimo: DateTime<Utc>,
}

impl Store {
    /// Makes the row of a job that nobody has seen yet. `prossimo`: its first run.
    pub async fn censisci_lavoro(&self, nome: &str, prossimo: DateTime<Utc>) -> Result<(), ErroreStore> {
        if tabella::Entity::find_by_id(nome.to_owned()).one(self.lettura()).await?.is_some() {
            return Ok(());
        }
        let tx = self.begin(Corsia::Lavori).await?;
        let riga = tabella::ActiveModel {
            nome: Set(nome.to_owned()),
            corsa: Set(None),
            titolare: Set(None),
            preso_fino: Set(None),
            inizio: Set(None),
            fine: Set(None),
            esito: Set(None),
            motivo: Set(None),
            ultimo_riuscito: Set(None),
            fallimenti: Set(0),
            prossimo: Set(prossimo),
            richiesto: Set(false),
            fermo_motivo: Set(None),
        };
        let su_conflitto = OnConflict::column(tabella::Column::Nome).do_nothing().to_owned();
        match tabella::Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&tx.sql).await {
            Ok(_) | Err(sea_orm::DbErr::RecordNotInserted) => tx.commit().await,
            Err(e) => Err(e.into()),
        }
    }

    /// Takes a run for `durata`, when it is due or `subito` is true. The row must be there ([`Store::censisci_lavoro`]).
    /// A run whose lease is over is taken again at once, whenever the next was due.
    pub async fn prendi_lavoro(&self, nome: &str, titolare: &str, durata: Duration, subito: bool, adesso: DateTime<Utc>) -> Result<PresaLavoro, ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        let adesso = self.ora_del_database(&tx, adesso).await?;
        let riga = tabella::Entity::find_by_id(nome.to_owned()).lock_exclusive().one(&tx.sql).await?;
        let Some(stato) = riga.map(da_riga).transpose()? else { return Ok(PresaLavoro::NonDovuto) };
        if stato.in_corso.as_ref().is_some_and(|(_, fino)| *fino > adesso) {
            return Ok(PresaLavoro::Occupato);
        }
        if let Some(motivo) = stato.fermo_motivo {
            // A run that died while it was being stopped is over.
            if stato.in_corso.is_some() {
                tx.lascia_lavoro(nome, adesso).await?;
                tx.commit().await?;
            }
            return Ok(PresaLavoro::Fermo(motivo));
        }
        if !subito && !stato.dovuto(adesso) {
            return Ok(PresaLavoro::NonDovuto);
        }
        let corsa = Uuid::now_v7();
        tx.segna_presa(nome, corsa, titolare, adesso, adesso + durata).await?;
        tx.commit().await?;
        Ok(PresaLavoro::Presa { corsa })
    }

    /// Keeps a run for `durata` more. False: it is somebody else's, or it was stopped; who is at it stops.
    pub async fn rinnova_lavoro(&self, nome: &str, corsa: Uuid, durata: Duration, adesso: DateTime<Utc>) -> Result<bool, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let adesso = self.ora_del_database(&tx, adesso).await?;
        let esito = tabella::Entity::update_many()
            .col_expr(C::PresoFino, Expr::value(adesso + durata))
            .filter(C::Nome.eq(nome))
            .filter(C::Corsa.eq(corsa))
            .filter(C::FermoMotivo.is_null())
            .exec(&tx.sql)
            .await?;
        tx.commit().await?;
        Ok(esito.rows_affected > 0)
    }

    /// Notes how a run ended. False: it was somebody else's by then, and nothing was written.
    pub async fn finisci_lavoro(&self, nome: &str, corsa: Uuid, fine: FineCorsa, adesso: DateTime<Utc>) -> Result<bool, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let adesso = self.ora_del_database(&tx, adesso).await?;
        let mut query = tabella::Entity::update_many()
            .col_expr(C::Corsa, Expr::value(None::<Uuid>))
            .col_expr(C::Titolare, Expr::value(None::<String>))
            .col_expr(C::PresoFino, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Fine, Expr::value(adesso))
            .col_expr(C::Esito, Expr::value(fine.esito.codice()))
            .col_expr(C::Motivo, Expr::value(tronca(&fine.motivo)))
            .col_expr(C::Prossimo, Expr::value(fine.prossimo));
        query = match fine.esito {
            EsitoCorsa::Riuscito => query.col_expr(C::UltimoRiuscito, Expr::value(adesso)).col_expr(C::Fallimenti, Expr::value(0)),
            EsitoCorsa::Fallito => query.col_expr(C::Fallimenti, Expr::col(C::Fallimenti).add(1)),
            EsitoCorsa::Interrotto => query,
        };
        let esito = query.filter(C::Nome.eq(nome)).filter(C::Corsa.eq(corsa)).exec(&tx.sql).await?;
        tx.commit().await?;
        Ok(esito.rows_affected > 0)
    }

    /// The outcome of a turn of a job that every node makes for itself: no run is taken.
    pub async fn segna_giro(&self, nome: &str, inizio: DateTime<Utc>, fine: FineCorsa, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let mut query = tabella::Entity::update_many()
            .col_expr(C::Inizio, Expr::value(inizio))
            .col_expr(C::Fine, Expr::value(adesso))
            .col_expr(C::Esito, Expr::value(fine.esito.codice()))
            .col_expr(C::Motivo, Expr::value(tronca(&fine.motivo)))
            .col_expr(C::Prossimo, Expr::value(fine.prossimo))
            .col_expr(C::Richiesto, Expr::value(false));
        query = match fine.esito {
            EsitoCorsa::Riuscito => query.col_expr(C::UltimoRiuscito, Expr::value(adesso)).col_expr(C::Fallimenti, Expr::value(0)),
            EsitoCorsa::Fallito | EsitoCorsa::Interrotto => query.col_expr(C::Fallimenti, Expr::col(C::Fallimenti).add(1)),
        };
        query.filter(C::Nome.eq(nome)).exec(&tx.sql).await?;
        tx.commit().await
    }

    /// Asks for a run as soon as a node looks. False: there is no such job.
    pub async fn chiedi_lavoro(&self, nome: &str) -> Result<bool, ErroreStore> {
        self.cambia_lavoro(nome, tabella::Column::Richiesto, Expr::value(true)).await
    }

    /// Stops a job, the run in progress too, until [`Store::riprendi_lavoro`]. False: there is no such job.
    pub async fn ferma_lavoro(&self, nome: &str, motivo: &str) -> Result<bool, ErroreStore> {
        self.cambia_lavoro(nome, tabella::Column::FermoMotivo, Expr::value(tronca(motivo))).await
    }

    pub async fn riprendi_lavoro(&self, nome: &str) -> Result<bool, ErroreStore> {
        self.cambia_lavoro(nome, tabella::Column::FermoMotivo, Expr::value(None::<String>)).await
    }

    async fn cambia_lavoro(&self, nome: &str, colonna: tabella::Column, valore: sea_orm::sea_query::SimpleExpr) -> Result<bool, ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        let esito = tabella::Entity::update_many().col_expr(colonna, valore).filter(tabella::Column::Nome.eq(nome)).exec(&tx.sql).await?;
        tx.commit().await?;
        Ok(esito.rows_affected > 0)
    }

    /// `None`: no node has seen it yet.
    pub async fn lavoro(&self, nome: &str) -> Result<Option<StatoLavoro>, ErroreStore> {
        tabella::Entity::find_by_id(nome.to_owned()).one(self.lettura()).await?.map(da_riga).transpose()
    }

    /// Every job that a node has seen, by name.
    pub async fn lavori(&self) -> Result<Vec<StatoLavoro>, ErroreStore> {
        let righe = tabella::Entity::find().order_by_asc(tabella::Column::Nome).all(self.lettura()).await?;
        righe.into_iter().map(da_riga).collect()
    }
}

impl Tx {
    async fn segna_presa(&self, nome: &str, corsa: Uuid, titolare: &str, adesso: DateTime<Utc>, fino: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        tabella::Entity::update_many()
            .col_expr(C::Corsa, Expr::value(corsa))
            .col_expr(C::Titolare, Expr::value(titolare))
            .col_expr(C::PresoFino, Expr::value(fino))
            .col_expr(C::Inizio, Expr::value(adesso))
            .col_expr(C::Richiesto, Expr::value(false))
            .filter(C::Nome.eq(nome))
            .exec(&self.sql)
            .await?;
        Ok(())
    }

    async fn lascia_lavoro(&self, nome: &str, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        tabella::Entity::update_many()
            .col_expr(C::Corsa, Expr::value(None::<Uuid>))
            .col_expr(C::Titolare, Expr::value(None::<String>))
            .col_expr(C::PresoFino, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Fine, Expr::value(adesso))
            .col_expr(C::Esito, Expr::value(EsitoCorsa::Interrotto.codice()))
            .col_expr(C::Motivo, Expr::value(MOTIVO_INTERROTTO))
            .filter(C::Nome.eq(nome))
            .exec(&self.sql)
            .await?;
        Ok(())
    }
}

fn tronca(testo: &str) -> String {
    testo.chars().take(CARATTERI_MOTIVO_MAX).collect()
}

fn da_riga(r: tabella::Model) -> Result<StatoLavoro, ErroreStore> {
    let esito = r.esito.as_deref().map(|e| EsitoCorsa::leggi(e).ok_or_else(|| mappa::illeggibile("lavoro", "esito"))).transpose()?;
    Ok(StatoLavoro {
        nome: r.nome,
        in_corso: r.titolare.zip(r.preso_fino),
        inizio: r.inizio,
        fine: r.fine,
        esito,
        motivo: r.motivo,
        ultimo_riuscito: r.ultimo_riuscito,
        fallimenti: u32::try_from(r.fallimenti).unwrap_or(0),
        prossimo: r.prossimo,
        richiesto: r.richiesto,
        fermo_motivo: r.fermo_motivo,
    })
}
