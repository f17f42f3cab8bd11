//! Flows that could not be acquired, each with its reason.

use chrono::{DateTime, Duration, Utc};
use codici::IdDominio;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use super::ChiaveVersione;
use crate::apertura::{Corsia, Store};
use crate::elenchi::{Elenco, Pagina, conta};
use crate::entita::flusso_da_parte;
use crate::errore::ErroreStore;
use crate::mappa;

/// Rows that one call shows.
const MOSTRATI_MAX: u64 = 1_000;

/// A flow that waits for another try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaParte {
    pub dominio: IdDominio,
    pub id_flusso: String,
    pub versione: String,
    /// By pagoPA.
    pub pubblicato: Option<DateTime<Utc>>,
    pub motivo: String,
    pub tentativi: i32,
    pub prima_volta: DateTime<Utc>,
    pub ultima_volta: DateTime<Utc>,
    pub prossimo_tentativo: DateTime<Utc>,
}

impl Store {
    /// Sets a flow aside, or notes that it failed again; it may be tried again after `fra`.
    pub async fn metti_da_parte(
        &self,
        dominio: &IdDominio,
        chiave: &ChiaveVersione,
        motivo: &str,
        pubblicato: Option<DateTime<Utc>>,
        fra: Duration,
        adesso: DateTime<Utc>,
    ) -> Result<(), ErroreStore> {
        use flusso_da_parte::Column as C;
        let riga = flusso_da_parte::ActiveModel {
            dominio: Set(dominio.to_string()),
            id_flusso: Set(chiave.id_flusso().to_owned()),
            versione: Set(chiave.versione()),
            pubblicato: Set(pubblicato),
            motivo: Set(motivo.to_owned()),
            tentativi: Set(1),
            prima_volta: Set(adesso),
            ultima_volta: Set(adesso),
            prossimo_tentativo: Set(adesso + fra),
        };
        let di_nuovo = OnConflict::columns([C::Dominio, C::IdFlusso, C::Versione])
            .update_columns([C::Motivo, C::UltimaVolta, C::ProssimoTentativo])
            .value(C::Tentativi, Expr::col((flusso_da_parte::Entity, C::Tentativi)).add(1))
            .to_owned();
        let tx = self.begin(Corsia::Lavori).await?;
        flusso_da_parte::Entity::insert(riga).on_conflict(di_nuovo).exec_without_returning(&tx.sql).await?;
        tx.commit().await
    }

    /// It went well at last.
    pub async fn riprendi_da_parte(&self, dominio: &IdDominio, chiave: &ChiaveVersione) -> Result<(), ErroreStore> {
        use flusso_da_parte::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        flusso_da_parte::Entity::delete_many()
            .filter(C::Dominio.eq(dominio.as_str()))
            .filter(C::IdFlusso.eq(chiave.id_flusso()))
            .filter(C::Versione.eq(chiave.versione()))
            .exec(&tx.sql)
            .await?;
        tx.commit().await
    }

    /// What is set aside, the latest failure first; of one dominio or of all.
    pub async fn flussi_da_parte(&self, dominio: Option<&IdDominio>) -> Result<Vec<DaParte>, ErroreStore> {
        let filtro = FiltroDaParte { domini: dominio.map(|d| vec![d.to_string()]), id_flusso: None };
        Ok(self.elenco_da_parte(&filtro, &Pagina { salta: 0, quante: MOSTRATI_MAX, conta: None }).await?.righe)
    }

    /// One page, the latest failure first. Few rows: what is here is mended, or somebody is told.
    pub async fn elenco_da_parte(&self, filtro: &FiltroDaParte, pagina: &Pagina) -> Result<Elenco<DaParte>, ErroreStore> {
        use flusso_da_parte::Column as C;
        let query = flusso_da_parte::Entity::find().filter(filtro.condizione());
        let totale = conta(self.lettura(), query.clone(), C::Dominio, pagina).await?;
        let righe = query.order_by_desc(C::UltimaVolta).order_by_asc(C::IdFlusso).order_by_asc(C::Versione);
        let righe = righe.offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        Ok(Elenco { righe: righe.into_iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }

    /// They may be asked for at the next turn. Gives how many.
    pub async fn riprova_da_parte(&self, filtro: &FiltroDaParte, adesso: DateTime<Utc>) -> Result<u64, ErroreStore> {
        let tx = self.begin(Corsia::Applicazioni).await?;
        let esito = flusso_da_parte::Entity::update_many()
            .col_expr(flusso_da_parte::Column::ProssimoTentativo, Expr::value(adesso))
            .filter(filtro.condizione())
            .exec(&tx.sql)
            .await?;
        tx.commit().await?;
        Ok(esito.rows_affected)
    }
}

/// Whose, and which. `domini`: `None` is all.
#[derive(Clone, Debug, Default)]
pub struct FiltroDaParte {
    pub domini: Option<Vec<String>>,
    pub id_flusso: Option<String>,
}

impl FiltroDaParte {
    fn condizione(&self) -> Condition {
        use flusso_da_parte::Column as C;
        Condition::all().add_option(self.domini.as_ref().map(|d| C::Dominio.is_in(d))).add_option(self.id_flusso.as_ref().map(|i| C::IdFlusso.eq(i)))
    }
}

fn da_riga(r: flusso_da_parte::Model) -> Result<DaParte, ErroreStore> {
    Ok(DaParte {
        dominio: mappa::dominio(&r.dominio, "flusso_da_parte")?,
        id_flusso: r.id_flusso,
        versione: r.versione,
        pubblicato: r.pubblicato,
        motivo: r.motivo,
        tentativi: r.tentativi,
        prima_volta: r.prima_volta,
        ultima_volta: r.ultima_volta,
        prossimo_tentativo: r.prossimo_tentativo,
    })
}
