//! Lists of money that arrived, each with its position, voce and attempt (spec/2 section 2.14).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::pendenza::{Pendenza, Voce};
use domain::ricevuta::{Riscossione, StatoRiscossione, TipoRiscossione};
use sea_orm::sea_query::JoinType;
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select};
use uuid::Uuid;

use super::pendenze::documenti_di;
use super::{Elenco, Ordine, Pagina, Visibilita, conta};
use crate::apertura::Store;
use crate::entita::{pendenza, riscossione, transazione, voce};
use crate::errore::ErroreStore;
use crate::mappa;
use crate::transazioni::riscossione_da_riga;

/// Who asks, and for what. Lists that are empty ask for anything.
#[derive(Clone, Debug)]
pub struct Filtro {
    pub visibile: Visibilita,
    /// Of the money: another than that of the position for a secondary creditor.
    pub dominio: Option<IdDominio>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    pub unita_operativa: Option<String>,
    pub tipo_pendenza: Option<String>,
    pub stato: Option<StatoRiscossione>,
    /// On the date of the payment, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub tipi: Vec<TipoRiscossione>,
    /// Matched upper-case.
    pub iuv: Option<String>,
    pub iur: Option<String>,
    pub direzioni: Vec<String>,
    pub divisioni: Vec<String>,
    pub tassonomie: Vec<String>,
}

impl Filtro {
    /// Everything that the caller may see.
    #[must_use]
    pub const fn di(visibile: Visibilita) -> Self {
        Self {
            visibile,
            dominio: None,
            id_a2a: None,
            id_pendenza: None,
            unita_operativa: None,
            tipo_pendenza: None,
            stato: None,
            da: None,
            a: None,
            tipi: Vec::new(),
            iuv: None,
            iur: None,
            direzioni: Vec::new(),
            divisioni: Vec::new(),
            tassonomie: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Campo {
    Data,
    Stato,
    Iuv,
}

/// Money with all that says what it is for.
#[derive(Clone, Debug)]
pub struct RigaRiscossione {
    pub riscossione: Riscossione,
    pub iuv: String,
    pub stato: StatoRiscossione,
    /// Without voci.
    pub pendenza: Pendenza,
    pub voce: Option<Voce>,
    /// ccp of the attempt that brought it; `None` for money that came without an RPT.
    pub ccp: Option<String>,
}

impl Store {
    /// One page; newest first when no order is asked. Indexes `riscossione_recenti`, `riscossione_dominio`, `riscossione_iuv`, `riscossione_iur`,
    /// `riscossione_pendenza`.
    pub async fn elenco_riscossioni(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<RigaRiscossione>, ErroreStore> {
        use riscossione::Column as R;
        let di_pendenza = condizione_pendenza(filtro);
        let da_contare = if di_pendenza.is_empty() { riscossione::Entity::find() } else { con_pendenza().filter(di_pendenza.clone()) };
        let totale = conta(self.lettura(), da_contare.filter(condizione(filtro)), riscossione::Column::Dominio, pagina).await?;
        let mut query = con_pendenza().filter(di_pendenza).filter(condizione(filtro));
        for o in ordini {
            query = query.order_by(colonna(o.campo), if o.decrescente { Order::Desc } else { Order::Asc });
        }
        if ordini.is_empty() {
            query = query.order_by_desc(riscossione::Column::Data);
        }
        let query = query.order_by_asc(R::Dominio).order_by_asc(R::Iuv).order_by_asc(R::Iur).order_by_asc(R::Indice);
        let trovate = query.offset(pagina.salta).limit(pagina.quante).select_also(pendenza::Entity).all(self.lettura()).await?;
        Ok(Elenco { righe: self.complete(trovate).await?, totale })
    }

    /// By the key of the money. Index `riscossione_chiave`.
    pub async fn riscossione(&self, dominio: &IdDominio, iuv: &str, iur: &str, indice: u8) -> Result<Option<RigaRiscossione>, ErroreStore> {
        use riscossione::Column as R;
        let query =
            con_pendenza().filter(R::Dominio.eq(dominio.as_str())).filter(R::Iuv.eq(iuv)).filter(R::Iur.eq(iur)).filter(R::Indice.eq(i16::from(indice)));
        let trovata = query.select_also(pendenza::Entity).one(self.lettura()).await?;
        Ok(self.complete(trovata.into_iter().collect()).await?.pop())
    }

    /// All the money of a position, in order of arrival. Index `riscossione_pendenza`.
    pub async fn riscossioni_della_pendenza(&self, p: &Pendenza) -> Result<Vec<RigaRiscossione>, ErroreStore> {
        use riscossione::Column as R;
        let query = con_pendenza().filter(R::DominioPendenza.eq(p.dominio.as_str())).filter(R::Pendenza.eq(p.id));
        let trovate = query.order_by_asc(R::Data).order_by_asc(R::Indice).select_also(pendenza::Entity).all(self.lettura()).await?;
        self.complete(trovate).await
    }

    /// Voci, attempts and documenti of a page, one query for each.
    pub(super) async fn complete(&self, trovate: Vec<(riscossione::Model, Option<pendenza::Model>)>) -> Result<Vec<RigaRiscossione>, ErroreStore> {
        let (riscossioni, pendenze): (Vec<_>, Vec<_>) = trovate.into_iter().filter_map(|(r, p)| Some((r, p?))).unzip();
        let documenti = documenti_di(self.lettura(), &pendenze).await?;
        let voci = self.voci_di(&pendenze).await?;
        let ccp = self.ccp_di(&riscossioni).await?;
        let righe = riscossioni.into_iter().zip(pendenze).map(|(r, p)| {
            let documento = p.documento.and_then(|id| documenti.get(&id).cloned());
            let voce = r.voce.and_then(|v| voci.get(&(r.pendenza, v)).cloned());
            Ok(RigaRiscossione {
                iuv: r.iuv.clone(),
                stato: StatoRiscossione::leggi(&r.stato).ok_or_else(|| mappa::illeggibile("riscossione", "stato"))?,
                ccp: r.transazione.and_then(|t| ccp.get(&t).cloned()),
                voce: voce.map(mappa::voce).transpose()?,
                pendenza: mappa::pendenza(p, Vec::new(), documento)?,
                riscossione: riscossione_da_riga(r)?,
            })
        });
        righe.collect()
    }

    /// By position and indice.
    pub(super) async fn voci_di(&self, pendenze: &[pendenza::Model]) -> Result<HashMap<(Uuid, i16), voce::Model>, ErroreStore> {
        use voce::Column as V;
        let mut voci = HashMap::new();
        for gruppo in pendenze.chunks(CHIAVI_PER_QUERY) {
            let query =
                voce::Entity::find().filter(V::Dominio.is_in(gruppo.iter().map(|p| p.dominio.as_str()))).filter(V::Pendenza.is_in(gruppo.iter().map(|p| p.id)));
            voci.extend(query.all(self.lettura()).await?.into_iter().map(|v| ((v.pendenza, v.indice), v)));
        }
        Ok(voci)
    }

    async fn ccp_di(&self, riscossioni: &[riscossione::Model]) -> Result<HashMap<Uuid, String>, ErroreStore> {
        use transazione::Column as T;
        let mut ccp = HashMap::new();
        for gruppo in riscossioni.chunks(CHIAVI_PER_QUERY) {
            let domini = gruppo.iter().map(|r| r.dominio_pendenza.as_str());
            let query = transazione::Entity::find().filter(T::Dominio.is_in(domini)).filter(T::Id.is_in(gruppo.iter().filter_map(|r| r.transazione)));
            let righe: Vec<(Uuid, String)> = query.select_only().columns([T::Id, T::Ccp]).into_tuple().all(self.lettura()).await?;
            ccp.extend(righe);
        }
        Ok(ccp)
    }
}

/// Keys of one query: a long page is several.
pub(super) const CHIAVI_PER_QUERY: usize = 500;

pub(super) fn con_pendenza() -> Select<riscossione::Entity> {
    riscossione::Entity::find().join(JoinType::InnerJoin, verso_pendenza())
}

fn verso_pendenza() -> RelationDef {
    riscossione::Entity::belongs_to(pendenza::Entity)
        .from((riscossione::Column::DominioPendenza, riscossione::Column::Pendenza))
        .to((pendenza::Column::Dominio, pendenza::Column::Id))
        .into()
}

const fn colonna(campo: Campo) -> riscossione::Column {
    match campo {
        Campo::Data => riscossione::Column::Data,
        Campo::Stato => riscossione::Column::Stato,
        Campo::Iuv => riscossione::Column::Iuv,
    }
}

/// On the columns of the money.
fn condizione(f: &Filtro) -> Condition {
    use riscossione::Column as R;
    Condition::all()
        .add_option(f.dominio.as_ref().map(|d| R::Dominio.eq(d.as_str())))
        .add_option(f.stato.map(|s| R::Stato.is_in(stati(s))))
        .add_option(f.da.map(|d| R::Data.gte(d)))
        .add_option(f.a.map(|d| R::Data.lte(d)))
        .add_option((!f.tipi.is_empty()).then(|| R::Tipo.is_in(f.tipi.iter().map(|t| t.codice()))))
        .add_option(f.iuv.as_ref().map(|i| R::Iuv.eq(i.to_uppercase())))
        .add_option(f.iur.as_ref().map(|i| R::Iur.eq(i)))
}

/// On those of its position; empty when the position is not to be looked at.
fn condizione_pendenza(f: &Filtro) -> Condition {
    use pendenza::Column as P;
    f.visibile
        .condizione()
        .add_option(f.id_a2a.as_ref().map(|a| P::IdA2a.eq(a)))
        .add_option(f.id_pendenza.as_ref().map(|p| P::IdPendenza.eq(p)))
        .add_option(f.unita_operativa.as_ref().map(|u| P::UnitaOperativa.eq(u)))
        .add_option(f.tipo_pendenza.as_ref().map(|t| P::TipoPendenza.eq(t)))
        .add_option((!f.direzioni.is_empty()).then(|| P::Direzione.is_in(&f.direzioni)))
        .add_option((!f.divisioni.is_empty()).then(|| P::Divisione.is_in(&f.divisioni)))
        .add_option((!f.tassonomie.is_empty()).then(|| P::Tassonomia.is_in(&f.tassonomie)))
}

/// Money known from the rendicontazione alone has arrived as well (spec/2 section 14, trap 14).
fn stati(s: StatoRiscossione) -> Vec<&'static str> {
    match s {
        StatoRiscossione::Incassata => vec![s.codice()],
        StatoRiscossione::Pagata | StatoRiscossione::PagataSenzaRpt => vec![StatoRiscossione::Pagata.codice(), StatoRiscossione::PagataSenzaRpt.codice()],
    }
}
