//! The queue of messages to debtors, as the back office looks at it (spec/2 section 2.14).

use chrono::{DateTime, Utc};
use domain::promemoria::{Stato, Tipo};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Elenco, Pagina, conta};
use crate::apertura::Store;
use crate::entita::promemoria as tabella;
use crate::errore::ErroreStore;
use crate::mappa;

/// Who asks, and for what.
#[derive(Clone, Debug)]
pub struct Filtro {
    /// Domini of the caller; `None` is all.
    pub domini: Option<Vec<String>>,
    pub stato: Option<Stato>,
    pub tipo: Option<Tipo>,
    /// On dataCreazione, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
}

/// Without text and recipients, which are nobody's business here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promemoria {
    pub tipo: Tipo,
    pub stato: Stato,
    pub descrizione_stato: Option<String>,
    pub tentativi: u32,
    pub data_creazione: DateTime<Utc>,
    pub data_ultimo_aggiornamento: DateTime<Utc>,
    pub data_prossima_spedizione: DateTime<Utc>,
}

impl Store {
    /// One page, newest first. Index `promemoria_elenco`.
    pub async fn elenco_promemoria(&self, filtro: &Filtro, pagina: &Pagina) -> Result<Elenco<Promemoria>, ErroreStore> {
        use tabella::Column as C;
        let condizione = Condition::all()
            .add_option(filtro.domini.as_ref().map(|d| C::Dominio.is_in(d)))
            .add_option(filtro.stato.map(|s| C::Stato.eq(s.codice())))
            .add_option(filtro.tipo.map(|t| C::Tipo.eq(t.codice())))
            .add_option(filtro.da.map(|d| C::DataCreazione.gte(d)))
            .add_option(filtro.a.map(|a| C::DataCreazione.lte(a)));
        let totale = conta(self.lettura(), tabella::Entity::find().filter(condizione.clone()), C::Dominio, pagina).await?;
        let query = tabella::Entity::find().filter(condizione).order_by_desc(C::DataCreazione).order_by_desc(C::Id);
        let righe = query.offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        Ok(Elenco { righe: righe.into_iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }
}

fn da_riga(r: tabella::Model) -> Result<Promemoria, ErroreStore> {
    let manca = |cosa| mappa::illeggibile("promemoria", cosa);
    Ok(Promemoria {
        tipo: Tipo::leggi(&r.tipo).ok_or_else(|| manca("tipo"))?,
        stato: Stato::leggi(&r.stato).ok_or_else(|| manca("stato"))?,
        descrizione_stato: r.descrizione_stato,
        tentativi: u32::try_from(r.tentativi).unwrap_or(0),
        data_creazione: r.data_creazione,
        data_ultimo_aggiornamento: r.data_ultimo_aggiornamento,
        data_prossima_spedizione: r.data_prossima_spedizione,
    })
}
