//! Rows of all flows in one list, each with its flow and its voce (spec/2 section 2.17).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::anagrafica::AmbitoUo;
use domain::pendenza::{Pendenza, Voce};
use sea_orm::sea_query::JoinType;
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select};
use uuid::Uuid;

use super::flussi::{Flusso, Rendicontazione, contiene, da_riga, pubblicato, rendicontazione_da_riga};
use super::pendenze::documenti_di;
use super::riscossioni::CHIAVI_PER_QUERY;
use super::{Elenco, Ordine, Pagina, Visibilita, conta};
use crate::apertura::Store;
use crate::entita::{flusso, pendenza, rendicontazione};
use crate::errore::ErroreStore;
use crate::mappa;

/// Filters; lists that are empty ask for anything.
#[derive(Clone, Debug)]
pub struct Filtro {
    pub visibile: Visibilita,
    /// On the emission of the flow, both inclusive.
    pub flusso_da: Option<DateTime<Utc>>,
    pub flusso_a: Option<DateTime<Utc>>,
    /// On the date of the row, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub dominio: Option<IdDominio>,
    /// Part of it, in any case.
    pub id_flusso: Option<String>,
    pub iuv: Option<String>,
    pub direzioni: Vec<String>,
    pub divisioni: Vec<String>,
    pub escludi_obsoleti: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Campo {
    Data,
    IdFlusso,
    Iuv,
    Iur,
}

/// A row with what it is about.
#[derive(Clone, Debug)]
pub struct RigaRendicontazione {
    pub rendicontazione: Rendicontazione,
    pub flusso: Flusso,
    /// Without voci.
    pub pendenza: Option<Pendenza>,
    pub voce: Option<Voce>,
}

impl Store {
    /// One page; newest first, then by IUV, when no order is asked. Indexes `rendicontazione_elenco`, `rendicontazione_iuv`.
    pub async fn elenco_rendicontazioni(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<RigaRendicontazione>, ErroreStore> {
        use rendicontazione::Column as C;
        let query = || unite().filter(condizione(filtro));
        let totale = conta(self.lettura(), query(), C::Dominio, pagina).await?;
        let mut query = query();
        for o in ordini {
            let ordine = if o.decrescente { Order::Desc } else { Order::Asc };
            query = match o.campo {
                Campo::Data => query.order_by(C::Data, ordine),
                Campo::IdFlusso => query.order_by(flusso::Column::IdFlusso, ordine),
                Campo::Iuv => query.order_by(C::Iuv, ordine),
                Campo::Iur => query.order_by(C::Iur, ordine),
            };
        }
        if ordini.is_empty() {
            query = query.order_by_desc(C::Data).order_by_asc(C::Iuv);
        }
        let query = query.order_by_asc(C::Flusso).order_by_asc(C::Riga).offset(pagina.salta).limit(pagina.quante);
        let trovate = query.select_also(flusso::Entity).all(self.lettura()).await?;
        Ok(Elenco { righe: self.con_le_pendenze(trovate).await?, totale })
    }

    /// Positions, voci and documenti of a page, one query for each.
    async fn con_le_pendenze(&self, trovate: Vec<(rendicontazione::Model, Option<flusso::Model>)>) -> Result<Vec<RigaRendicontazione>, ErroreStore> {
        use pendenza::Column as P;
        let mut pendenze: HashMap<Uuid, pendenza::Model> = HashMap::new();
        for gruppo in trovate.chunks(CHIAVI_PER_QUERY) {
            let domini = gruppo.iter().filter_map(|(r, _)| r.dominio_pendenza.as_deref());
            let query = pendenza::Entity::find().filter(P::Dominio.is_in(domini)).filter(P::Id.is_in(gruppo.iter().filter_map(|(r, _)| r.pendenza)));
            pendenze.extend(query.all(self.lettura()).await?.into_iter().map(|p| (p.id, p)));
        }
        let tutte: Vec<_> = pendenze.values().cloned().collect();
        let voci = self.voci_di(&tutte).await?;
        let documenti = documenti_di(self.lettura(), &tutte).await?;
        let righe = trovate.into_iter().filter_map(|(r, f)| Some((r, f?))).map(|(r, f)| {
            let posizione = r.pendenza.and_then(|id| pendenze.get(&id).cloned());
            let voce = r.pendenza.zip(r.voce).and_then(|chiave| voci.get(&chiave).cloned());
            let documento = posizione.as_ref().and_then(|p| p.documento).and_then(|id| documenti.get(&id).cloned());
            Ok(RigaRendicontazione {
                rendicontazione: rendicontazione_da_riga(r)?,
                flusso: da_riga(f)?,
                pendenza: posizione.map(|p| mappa::pendenza(p, Vec::new(), documento)).transpose()?,
                voce: voce.map(mappa::voce).transpose()?,
            })
        });
        righe.collect()
    }
}

fn unite() -> Select<rendicontazione::Entity> {
    use rendicontazione::Column as C;
    let verso_flusso: RelationDef = rendicontazione::Entity::belongs_to(flusso::Entity).from(C::Flusso).to(flusso::Column::Id).into();
    let verso_pendenza: RelationDef = rendicontazione::Entity::belongs_to(pendenza::Entity)
        .from((C::DominioPendenza, C::Pendenza))
        .to((pendenza::Column::Dominio, pendenza::Column::Id))
        .into();
    rendicontazione::Entity::find().join(JoinType::InnerJoin, verso_flusso).join(JoinType::LeftJoin, verso_pendenza)
}

fn condizione(f: &Filtro) -> Condition {
    use flusso::Column as F;
    use pendenza::Column as P;
    use rendicontazione::Column as C;
    pubblicato()
        .add(vede(&f.visibile))
        .add_option(f.flusso_da.map(|d| F::Data.gte(d)))
        .add_option(f.flusso_a.map(|d| F::Data.lte(d)))
        .add_option(f.da.map(|d| C::Data.gte(d)))
        .add_option(f.a.map(|d| C::Data.lte(d)))
        .add_option(f.dominio.as_ref().map(|d| C::Dominio.eq(d.as_str())))
        .add_option(f.id_flusso.as_deref().map(contiene))
        .add_option(f.iuv.as_ref().map(|i| C::Iuv.eq(i)))
        .add_option((!f.direzioni.is_empty()).then(|| P::Direzione.is_in(&f.direzioni)))
        .add_option((!f.divisioni.is_empty()).then(|| P::Divisione.is_in(&f.divisioni)))
        .add_option(f.escludi_obsoleti.then(|| F::Obsoleto.eq(false)))
}

/// Rows of the whole domini of a login, and elsewhere those of positions that it sees.
fn vede(visibile: &Visibilita) -> Condition {
    let Visibilita::Ambito { unita, .. } = visibile else { return visibile.condizione() };
    let Some(unita) = unita else { return Condition::all() };
    let interi = unita.iter().filter(|(_, a)| matches!(a, AmbitoUo::Tutte)).map(|(d, _)| d.as_str());
    let sue = visibile.condizione().add(pendenza::Column::Id.is_not_null());
    Condition::any().add(rendicontazione::Column::Dominio.is_in(interi)).add(sue)
}
