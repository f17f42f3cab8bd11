//! The queue of what the applications of the enti must be told: written with the change it tells of, taken by one worker at a time,
//! visible as it is.

use chrono::{DateTime, Duration, Utc};
use codici::IdDominio;
use domain::notifica::{self, Stato, Tipo};
use sea_orm::sea_query::{Expr, LockBehavior, LockType, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Corsia, Store, Tx};
use crate::elenchi::{Elenco, Pagina};
use crate::entita::notifica as tabella;
use crate::errore::ErroreStore;
use crate::mappa;
use crate::sql;

/// Longer than twice the time-out of the call: a worker that dies gives its row back, one that lives keeps it.
pub const PRENOTAZIONE: Duration = Duration::seconds(60);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notifica {
    pub dominio: IdDominio,
    pub id: Uuid,
    pub id_a2a: String,
    pub id_pendenza: String,
    pub iuv: String,
    pub ccp: String,
    pub transazione: Uuid,
    pub tipo: Tipo,
    pub stato: Stato,
    pub descrizione_stato: Option<String>,
    pub tentativi: u32,
    pub data_creazione: DateTime<Utc>,
    pub data_ultimo_aggiornamento: DateTime<Utc>,
    pub data_prossima_spedizione: DateTime<Utc>,
}

/// What the API Backoffice filters on. `domini`: those that the caller may see, `None` is all.
#[derive(Clone, Debug, Default)]
pub struct FiltroNotifiche {
    pub domini: Option<Vec<String>>,
    pub stato: Option<Stato>,
    pub tipo: Option<Tipo>,
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
}

impl Tx {
    pub async fn accoda_notifica(&self, n: &Notifica) -> Result<(), ErroreStore> {
        let riga = tabella::ActiveModel {
            dominio: Set(n.dominio.to_string()),
            id: Set(n.id),
            id_a2a: Set(n.id_a2a.clone()),
            id_pendenza: Set(n.id_pendenza.clone()),
            iuv: Set(n.iuv.clone()),
            ccp: Set(n.ccp.clone()),
            transazione: Set(n.transazione),
            tipo: Set(n.tipo.codice().to_owned()),
            stato: Set(n.stato.codice().to_owned()),
            descrizione_stato: Set(n.descrizione_stato.clone()),
            tentativi: Set(i32::try_from(n.tentativi).unwrap_or(i32::MAX)),
            data_creazione: Set(n.data_creazione),
            data_ultimo_aggiornamento: Set(n.data_ultimo_aggiornamento),
            data_prossima_spedizione: Set(n.data_prossima_spedizione),
            prenotata_fino: Set(None),
        };
        tabella::Entity::insert(riga).exec_without_returning(&self.sql).await?;
        Ok(())
    }
}

impl Store {
    /// Takes up to `quante` due rows, each the oldest unsent of its payment, so that a receipt never overtakes its activation.
    /// The clock is the database's on PostgreSQL, `adesso` on SQLite. Indexes `notifica_dovute`, `notifica_ordine`.
    pub async fn prendi_notifiche(&self, quante: u64, adesso: DateTime<Utc>) -> Result<Vec<Notifica>, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let adesso = self.ora_del_database(&tx, adesso).await?;
        let libera = C::PrenotataFino.is_null().or(C::PrenotataFino.lt(adesso));
        let prima = sea_orm::sea_query::Alias::new("prima");
        let piu_vecchia = Query::select()
            .expr(Expr::val(1))
            .from_as(tabella::Entity, prima.clone())
            .and_where(Expr::col((prima.clone(), C::Dominio)).equals((tabella::Entity, C::Dominio)))
            .and_where(Expr::col((prima.clone(), C::Iuv)).equals((tabella::Entity, C::Iuv)))
            .and_where(Expr::col((prima.clone(), C::Stato)).eq(Stato::DaSpedire.codice()))
            .and_where(Expr::col((prima, C::Id)).lt(Expr::col((tabella::Entity, C::Id))))
            .to_owned();
        let righe = tabella::Entity::find()
            .filter(C::Stato.eq(Stato::DaSpedire.codice()))
            .filter(C::DataProssimaSpedizione.lte(adesso))
            .filter(libera)
            .filter(Expr::exists(piu_vecchia).not())
            .order_by_asc(C::DataProssimaSpedizione)
            .limit(quante)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(&tx.sql)
            .await?;
        if !righe.is_empty() {
            tabella::Entity::update_many()
                .col_expr(C::PrenotataFino, Expr::value(adesso + PRENOTAZIONE))
                .filter(C::Id.is_in(righe.iter().map(|r| r.id)))
                .filter(C::Dominio.is_in(righe.iter().map(|r| r.dominio.clone())))
                .exec(&tx.sql)
                .await?;
        }
        tx.commit().await?;
        righe.into_iter().map(da_riga).collect()
    }

    pub async fn notifica_spedita(&self, n: &Notifica, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        self.segna(n, Stato::Spedita, None, n.tentativi + 1, adesso, adesso).await
    }

    pub async fn notifica_annullata(&self, n: &Notifica, perche: &str, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        self.segna(n, Stato::Annullata, Some(perche), n.tentativi, adesso, adesso).await
    }

    /// Not delivered: the row stays, with the reason and the time of the next attempt (spec/3 section 4).
    pub async fn notifica_fallita(&self, n: &Notifica, perche: &str, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        let tentativi = n.tentativi + 1;
        let prossima = notifica::prossimo_tentativo(adesso, tentativi);
        self.segna(n, Stato::DaSpedire, Some(&notifica::descrizione_errore(perche)), tentativi, prossima, adesso).await
    }

    async fn segna(
        &self,
        n: &Notifica,
        stato: Stato,
        descrizione: Option<&str>,
        tentativi: u32,
        prossima: DateTime<Utc>,
        adesso: DateTime<Utc>,
    ) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        // A row that somebody else delivered meanwhile stays delivered.
        tabella::Entity::update_many()
            .col_expr(C::Stato, Expr::value(stato.codice()))
            .col_expr(C::DescrizioneStato, Expr::value(descrizione.map(str::to_owned)))
            .col_expr(C::Tentativi, Expr::value(i32::try_from(tentativi).unwrap_or(i32::MAX)))
            .col_expr(C::DataProssimaSpedizione, Expr::value(prossima))
            .col_expr(C::DataUltimoAggiornamento, Expr::value(adesso))
            .col_expr(C::PrenotataFino, Expr::value(None::<DateTime<Utc>>))
            .filter(C::Dominio.eq(n.dominio.as_str()))
            .filter(C::Id.eq(n.id))
            .filter(C::Stato.eq(Stato::DaSpedire.codice()))
            .exec(&tx.sql)
            .await?;
        tx.commit().await
    }

    /// One page of the queue, newest first. Index `notifica_elenco`.
    pub async fn elenco_notifiche(&self, filtro: &FiltroNotifiche, pagina: &Pagina) -> Result<Elenco<Notifica>, ErroreStore> {
        use tabella::Column as C;
        let condizione = Condition::all()
            .add_option(filtro.domini.as_ref().map(|d| C::Dominio.is_in(d)))
            .add_option(filtro.stato.map(|s| C::Stato.eq(s.codice())))
            .add_option(filtro.tipo.map(|t| C::Tipo.eq(t.codice())))
            .add_option(filtro.da.map(|d| C::DataCreazione.gte(d)))
            .add_option(filtro.a.map(|a| C::DataCreazione.lte(a)));
        let totale = match pagina.conta {
            None => None,
            Some(tetto) => {
                let righe = tabella::Entity::find().select_only().column(C::Id).filter(condizione.clone());
                let righe = if let Some(tetto) = tetto { righe.limit(tetto) } else { righe };
                Some(righe.into_tuple::<Uuid>().count(self.lettura()).await?)
            }
        };
        let righe = tabella::Entity::find()
            .filter(condizione)
            .order_by_desc(C::DataCreazione)
            .order_by_desc(C::Id)
            .offset(pagina.salta)
            .limit(pagina.quante)
            .all(self.lettura())
            .await?;
        Ok(Elenco { righe: righe.into_iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }

    /// Rows still to be delivered, and the time of the oldest: for `/metrics`.
    pub async fn notifiche_in_coda(&self) -> Result<(u64, Option<DateTime<Utc>>), ErroreStore> {
        use tabella::Column as C;
        let coda = tabella::Entity::find().filter(C::Stato.eq(Stato::DaSpedire.codice()));
        let quante = coda.clone().count(self.lettura()).await?;
        let prima = coda.order_by_asc(C::DataCreazione).one(self.lettura()).await?;
        Ok((quante, prima.map(|r| r.data_creazione)))
    }

    /// PostgreSQL's clock, so that leases of nodes with different clocks compare; the caller's on SQLite, which has one process.
    pub(crate) async fn ora_del_database(&self, tx: &Tx, adesso: DateTime<Utc>) -> Result<DateTime<Utc>, ErroreStore> {
        #[derive(FromQueryResult)]
        struct Ora {
            ora: DateTime<Utc>,
        }
        if self.su_sqlite() {
            return Ok(adesso);
        }
        let ora = Ora::find_by_statement(sql::con_valori(&tx.sql, "SELECT now() AS ora", [])).one(&tx.sql).await?;
        Ok(ora.map_or(adesso, |o| o.ora))
    }
}

fn da_riga(r: tabella::Model) -> Result<Notifica, ErroreStore> {
    let manca = |cosa| mappa::illeggibile("notifica", cosa);
    Ok(Notifica {
        dominio: mappa::dominio(&r.dominio, "notifica")?,
        id: r.id,
        id_a2a: r.id_a2a,
        id_pendenza: r.id_pendenza,
        iuv: r.iuv,
        ccp: r.ccp,
        transazione: r.transazione,
        tipo: Tipo::leggi(&r.tipo).ok_or_else(|| manca("tipo"))?,
        stato: Stato::leggi(&r.stato).ok_or_else(|| manca("stato"))?,
        descrizione_stato: r.descrizione_stato,
        tentativi: u32::try_from(r.tentativi).unwrap_or(0),
        data_creazione: r.data_creazione,
        data_ultimo_aggiornamento: r.data_ultimo_aggiornamento,
        data_prossima_spedizione: r.data_prossima_spedizione,
    })
}
