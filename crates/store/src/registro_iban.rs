//! The accounts that pagoPA knows, as its back office last told them: one answer whole per intermediario.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use codici::IdDominio;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::apertura::{Corsia, Store};
use crate::elenchi::{self, Elenco, Pagina};
use crate::entita::{iban_censito as tabella, registro_iban as giri};
use crate::errore::ErroreStore;
use crate::mappa;

/// Rows of one statement: SQLite takes 32,766 values.
const RIGHE_PER_VOLTA: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iban {
    pub dominio: IdDominio,
    pub iban: String,
    pub abilitato: bool,
    pub valido_dal: Option<DateTime<Utc>>,
}

impl Store {
    /// What the back office says of an intermediario takes the place of what it said before: all of it, or nothing.
    pub async fn salva_registro_iban(&self, intermediario: &str, iban: &[Iban], adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        tabella::Entity::delete_many().filter(C::Intermediario.eq(intermediario)).exec(&tx.sql).await?;
        // An account has a row for each of its labels: one that is enabled is enough.
        let mut unici: BTreeMap<(&str, &str), &Iban> = BTreeMap::new();
        for i in iban {
            let gia = unici.entry((i.dominio.as_str(), &i.iban)).or_insert(i);
            if i.abilitato && !gia.abilitato {
                *gia = i;
            }
        }
        let unici: Vec<&Iban> = unici.into_values().collect();
        for parte in unici.chunks(RIGHE_PER_VOLTA) {
            let righe = parte.iter().map(|i| tabella::ActiveModel {
                intermediario: Set(intermediario.to_owned()),
                dominio: Set(i.dominio.to_string()),
                iban: Set(i.iban.clone()),
                abilitato: Set(i.abilitato),
                valido_dal: Set(i.valido_dal),
            });
            tabella::Entity::insert_many(righe).exec_without_returning(&tx.sql).await?;
        }
        let giro = giri::ActiveModel { intermediario: Set(intermediario.to_owned()), data_giro: Set(adesso) };
        let di_nuovo = OnConflict::column(giri::Column::Intermediario).update_column(giri::Column::DataGiro).to_owned();
        giri::Entity::insert(giro).on_conflict(di_nuovo).exec_without_returning(&tx.sql).await?;
        tx.commit().await
    }

    /// When the back office last told of an intermediario; `None`: never, and nothing can be said of its accounts.
    pub async fn registro_iban_del(&self, intermediario: &str) -> Result<Option<DateTime<Utc>>, ErroreStore> {
        Ok(giri::Entity::find_by_id(intermediario.to_owned()).one(self.lettura()).await?.map(|r| r.data_giro))
    }

    /// Accounts of a dominio that can be paid to now, as an intermediario sees them.
    pub async fn iban_validi(&self, intermediario: &str, dominio: &IdDominio, adesso: DateTime<Utc>) -> Result<HashSet<String>, ErroreStore> {
        use tabella::Column as C;
        let iban: Vec<String> = tabella::Entity::find()
            .select_only()
            .column(C::Iban)
            .filter(C::Intermediario.eq(intermediario))
            .filter(C::Dominio.eq(dominio.as_str()))
            .filter(C::Abilitato.eq(true))
            .filter(Condition::any().add(C::ValidoDal.is_null()).add(C::ValidoDal.lte(adesso)))
            .into_tuple()
            .all(self.lettura())
            .await?;
        Ok(iban.into_iter().collect())
    }

    /// One page of the registry. `domini`: those that the caller may see, `None` is all.
    pub async fn elenco_iban(&self, domini: Option<&[String]>, pagina: &Pagina) -> Result<Elenco<Iban>, ErroreStore> {
        use tabella::Column as C;
        let righe = tabella::Entity::find().filter(Condition::all().add_option(domini.map(|d| C::Dominio.is_in(d))));
        let totale = elenchi::conta(self.lettura(), righe.clone(), C::Dominio, pagina).await?;
        let righe = righe.order_by_asc(C::Dominio).order_by_asc(C::Iban).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        let una = |r: tabella::Model| {
            Ok(Iban { dominio: mappa::dominio(&r.dominio, "iban_censito")?, iban: r.iban, abilitato: r.abilitato, valido_dal: r.valido_dal })
        };
        Ok(Elenco { righe: righe.into_iter().map(una).collect::<Result<_, ErroreStore>>()?, totale })
    }
}
