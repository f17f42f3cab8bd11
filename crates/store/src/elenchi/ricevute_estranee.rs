//! Receipts that no position explained, as the back office looks at them.

use chrono::{DateTime, Utc};
use codici::{IdDominio, Importo};
use domain::pendenza::Pendenza;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Elenco, Pagina, conta};
use crate::apertura::{Store, Tx};
use crate::entita::ricevuta_estranea as tabella;
use crate::errore::ErroreStore;
use crate::mappa;
use crate::transazioni::espandi;

/// Who asks, and for what.
#[derive(Clone, Debug, Default)]
pub struct Filtro {
    /// Domini of the caller; `None` is all.
    pub domini: Option<Vec<String>>,
    pub iuv: Option<String>,
    pub receipt_id: Option<String>,
    pub collegata: Option<bool>,
    /// On arrival, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collegamento {
    pub il: DateTime<Utc>,
    /// Principal of who did it; none when pagoPA sent the receipt again, after the pendenza was there.
    pub da: Option<String>,
    pub id_a2a: String,
    pub id_pendenza: String,
}

/// Without its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estranea {
    /// The ente that it was for.
    pub dominio: IdDominio,
    pub receipt_id: String,
    pub iuv: String,
    pub stazione: String,
    pub importo: Importo,
    pub ricevuta_il: DateTime<Utc>,
    pub collegamento: Option<Collegamento>,
}

impl Store {
    /// One page, newest first. Indexes `ricevuta_estranea_elenco`, `ricevuta_estranea_dominio`, `ricevuta_estranea_iuv`.
    pub async fn elenco_estranee(&self, filtro: &Filtro, pagina: &Pagina) -> Result<Elenco<Estranea>, ErroreStore> {
        use tabella::Column as C;
        let collegata = filtro.collegata.map(|si| if si { C::CollegataIl.is_not_null() } else { C::CollegataIl.is_null() });
        let condizione = Condition::all()
            .add_option(filtro.domini.as_ref().map(|d| C::Dominio.is_in(d)))
            .add_option(filtro.iuv.as_ref().map(|i| C::Iuv.eq(i)))
            .add_option(filtro.receipt_id.as_ref().map(|r| C::ReceiptId.eq(r)))
            .add_option(collegata)
            .add_option(filtro.da.map(|d| C::RicevutaIl.gte(d)))
            .add_option(filtro.a.map(|a| C::RicevutaIl.lte(a)));
        let totale = conta(self.lettura(), tabella::Entity::find().filter(condizione.clone()), C::Dominio, pagina).await?;
        let query = tabella::Entity::find().filter(condizione).order_by_desc(C::RicevutaIl).order_by_desc(C::ReceiptId);
        let righe = query.offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        Ok(Elenco { righe: righe.iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }

    /// With its bytes as they came. Primary key.
    pub async fn estranea(&self, dominio: &IdDominio, receipt_id: &str) -> Result<Option<(Estranea, Vec<u8>)>, ErroreStore> {
        let riga = tabella::Entity::find_by_id((dominio.to_string(), receipt_id.to_owned())).one(self.lettura()).await?;
        riga.map(|r| Ok((da_riga(&r)?, espandi(&r.contenuto)?))).transpose()
    }
}

impl Tx {
    /// This receipt has found its position, if it was a foreign one that waited. `da`: who linked it.
    pub async fn collega_estranea(
        &self,
        dominio: &IdDominio,
        receipt_id: &str,
        p: &Pendenza,
        da: Option<&str>,
        adesso: DateTime<Utc>,
    ) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        tabella::Entity::update_many()
            .col_expr(C::CollegataIl, Expr::value(adesso))
            .col_expr(C::CollegataDa, Expr::value(da.map(str::to_owned)))
            .col_expr(C::IdA2a, Expr::value(p.id_a2a.clone()))
            .col_expr(C::IdPendenza, Expr::value(p.id_pendenza.clone()))
            .filter(C::Dominio.eq(dominio.as_str()))
            .filter(C::ReceiptId.eq(receipt_id))
            .filter(C::CollegataDa.is_null())
            .exec(&self.sql)
            .await?;
        Ok(())
    }
}

fn da_riga(r: &tabella::Model) -> Result<Estranea, ErroreStore> {
    let collegamento = r.collegata_il.zip(r.id_a2a.clone()).zip(r.id_pendenza.clone());
    Ok(Estranea {
        dominio: mappa::dominio(&r.dominio, "ricevuta_estranea")?,
        receipt_id: r.receipt_id.clone(),
        iuv: r.iuv.clone(),
        stazione: r.stazione.clone(),
        importo: Importo::da_cent(r.importo),
        ricevuta_il: r.ricevuta_il,
        collegamento: collegamento.map(|((il, id_a2a), id_pendenza)| Collegamento { il, da: r.collegata_da.clone(), id_a2a, id_pendenza }),
    })
}
