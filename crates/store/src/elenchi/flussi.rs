//! Lists of flows of rendicontazione, and the rows of one (spec/2 section 6.6).

use chrono::{DateTime, NaiveDate, Utc};
use codici::{IdDominio, Importo};
use domain::anagrafica::AmbitoUo;
use domain::rendicontazione::{Anomalia, EsitoRiga, Riga, StatoFlusso, StatoRiga};
use sea_orm::sea_query::{Expr, Func, LikeExpr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::riscossioni::{CHIAVI_PER_QUERY, RigaRiscossione, con_pendenza};
use super::{Elenco, Ordine, Pagina, Visibilita, conta};
use crate::apertura::Store;
use crate::entita::{flusso, pendenza, rendicontazione, riscossione};
use crate::errore::ErroreStore;
use crate::mappa;

/// A flow without its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Flusso {
    pub id: Uuid,
    pub dominio: IdDominio,
    pub id_flusso: String,
    /// Of emission.
    pub data: DateTime<Utc>,
    pub psp: String,
    pub nome_psp: Option<String>,
    pub nome_dominio: Option<String>,
    pub revisione: i64,
    pub trn: String,
    pub data_regolamento: NaiveDate,
    pub bic: Option<String>,
    pub numero_pagamenti: i64,
    pub importo_totale: Importo,
    pub stato: StatoFlusso,
    pub anomalie: Vec<Anomalia>,
    pub obsoleto: bool,
    pub data_acquisizione: DateTime<Utc>,
    pub data_pubblicazione: Option<DateTime<Utc>>,
    pub data_aggiornamento: Option<DateTime<Utc>>,
}

/// A row of a flow, with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendicontazione {
    /// From 1.
    pub numero: i64,
    pub riga: Riga,
    pub stato: StatoRiga,
    pub anomalie: Vec<Anomalia>,
}

/// A row with the money that it reports.
#[derive(Clone, Debug)]
pub struct RigaDelFlusso {
    pub rendicontazione: Rendicontazione,
    pub riscossione: Option<RigaRiscossione>,
}

#[derive(Clone, Debug)]
pub struct Filtro {
    pub visibile: Visibilita,
    /// On the day of acquisition, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub dominio: Option<IdDominio>,
    pub incassato: Option<bool>,
    /// Part of it, in any case.
    pub id_flusso: Option<String>,
    pub stato: Option<StatoFlusso>,
    /// Flows that have a row of it.
    pub iuv: Option<String>,
    pub escludi_obsoleti: bool,
}

impl Filtro {
    /// All that `visibile` lets see, obsolete versions included.
    #[must_use]
    pub const fn di(visibile: Visibilita) -> Self {
        Self { visibile, da: None, a: None, dominio: None, incassato: None, id_flusso: None, stato: None, iuv: None, escludi_obsoleti: false }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Campo {
    Data,
    IdFlusso,
}

/// Which flow: without a date the version that is not obsolete.
#[derive(Clone, Debug)]
pub struct Quale {
    /// Two enti may have flows of the same name.
    pub dominio: Option<IdDominio>,
    pub id_flusso: String,
    /// Of emission, from and to: as precise as it was written.
    pub data: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Store {
    /// One page, the last acquired first when no order is asked. Indexes `flusso_elenco`, `flusso_dominio`, `rendicontazione_iuv`.
    pub async fn elenco_flussi(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<Flusso>, ErroreStore> {
        use flusso::Column as F;
        let query = || flusso::Entity::find().filter(condizione(filtro));
        let totale = conta(self.lettura(), query(), F::Dominio, pagina).await?;
        let mut query = query();
        for o in ordini {
            query = query.order_by(colonna(o.campo), if o.decrescente { Order::Desc } else { Order::Asc });
        }
        if ordini.is_empty() {
            query = query.order_by_desc(F::DataAcquisizione);
        }
        let righe = query.order_by_desc(F::Id).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        Ok(Elenco { righe: righe.into_iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }

    /// One flow, whoever may see it; of several of the same name the last acquired. Index `flusso_id`.
    pub async fn flusso(&self, quale: &Quale) -> Result<Option<Flusso>, ErroreStore> {
        use flusso::Column as F;
        let mut query = flusso::Entity::find().filter(pubblicato()).filter(F::IdFlusso.eq(&quale.id_flusso));
        if let Some(dominio) = &quale.dominio {
            query = query.filter(F::Dominio.eq(dominio.as_str()));
        }
        query = match quale.data {
            Some((da, a)) => query.filter(F::Data.gte(da)).filter(F::Data.lte(a)),
            None => query.filter(F::Obsoleto.eq(false)),
        };
        query.order_by_desc(F::DataAcquisizione).order_by_desc(F::Id).one(self.lettura()).await?.map(da_riga).transpose()
    }

    /// Whether one of its payments is of what `visibile` reaches. Index `rendicontazione_pendenza` is not needed: the rows are those of the flow.
    pub async fn flusso_visibile(&self, f: &Flusso, visibile: &Visibilita) -> Result<bool, ErroreStore> {
        use flusso::Column as F;
        let query = flusso::Entity::find().filter(F::Id.eq(f.id)).filter(vede(visibile));
        Ok(query.select_only().column(F::Id).into_tuple::<Uuid>().one(self.lettura()).await?.is_some())
    }

    /// Rows after number `dopo`, in the order of the flow, each with its money. Primary key.
    pub async fn righe_del_flusso(&self, flusso: Uuid, dopo: i64, quante: u64) -> Result<Vec<RigaDelFlusso>, ErroreStore> {
        use rendicontazione::Column as C;
        let query = rendicontazione::Entity::find().filter(C::Flusso.eq(flusso)).filter(C::Riga.gt(dopo));
        let righe = query.order_by_asc(C::Riga).limit(quante).all(self.lettura()).await?;
        let pagate: Vec<(String, Uuid)> = righe.iter().filter_map(|r| Some((r.dominio.clone(), r.riscossione?))).collect();
        let mut trovate = std::collections::HashMap::new();
        for gruppo in pagate.chunks(CHIAVI_PER_QUERY) {
            use riscossione::Column as R;
            let Some((dominio, _)) = gruppo.first() else { continue };
            let query = con_pendenza().filter(R::Dominio.eq(dominio)).filter(R::Id.is_in(gruppo.iter().map(|(_, id)| *id)));
            let coppie = query.select_also(pendenza::Entity).all(self.lettura()).await?;
            let ids: Vec<Uuid> = coppie.iter().filter(|(_, p)| p.is_some()).map(|(r, _)| r.id).collect();
            trovate.extend(ids.into_iter().zip(self.complete(coppie).await?));
        }
        let complete = righe.into_iter().map(|r| {
            let riscossione = r.riscossione.and_then(|id| trovate.get(&id).cloned());
            Ok(RigaDelFlusso { rendicontazione: rendicontazione_da_riga(r)?, riscossione })
        });
        complete.collect()
    }
}

pub(super) fn pubblicato() -> Condition {
    Condition::all().add(flusso::Column::Stato.is_in([StatoFlusso::Accettata.codice(), StatoFlusso::Anomala.codice()]))
}

const fn colonna(campo: Campo) -> flusso::Column {
    match campo {
        Campo::Data => flusso::Column::Data,
        Campo::IdFlusso => flusso::Column::IdFlusso,
    }
}

fn condizione(f: &Filtro) -> Condition {
    use flusso::Column as F;
    let di_iuv = |iuv: &String| rendicontazione::Column::Iuv.eq(iuv);
    pubblicato()
        .add(vede(&f.visibile))
        .add_option(f.da.map(|d| F::DataAcquisizione.gte(d)))
        .add_option(f.a.map(|d| F::DataAcquisizione.lte(d)))
        .add_option(f.dominio.as_ref().map(|d| F::Dominio.eq(d.as_str())))
        .add_option(f.incassato.map(|si| if si { F::Incasso.is_not_null() } else { F::Incasso.is_null() }))
        .add_option(f.id_flusso.as_deref().map(contiene))
        .add_option(f.stato.map(|s| F::Stato.eq(s.codice())))
        .add_option(f.iuv.as_ref().map(|i| Expr::exists(righe_di_questo(Condition::all().add(di_iuv(i)), false))))
        .add_option(f.escludi_obsoleti.then(|| F::Obsoleto.eq(false)))
}

/// Part of the idFlusso, in any case.
pub(super) fn contiene(parte: &str) -> sea_orm::sea_query::SimpleExpr {
    let pulita: String = parte.to_lowercase().chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
    Expr::expr(Func::lower(Expr::col((flusso::Entity, flusso::Column::IdFlusso)))).like(LikeExpr::new(format!("%{pulita}%")).escape('\\'))
}

/// Whole domini see all of their flows; where a login reaches some unità alone, those with a payment of them (spec/2 section 6.6).
pub(super) fn vede(visibile: &Visibilita) -> Condition {
    use flusso::Column as F;
    let Visibilita::Ambito { unita, .. } = visibile else {
        return Condition::all().add(Expr::exists(righe_di_questo(visibile.condizione(), true)));
    };
    let Some(unita) = unita else { return Condition::all() };
    let interi = unita.iter().filter(|(_, a)| matches!(a, AmbitoUo::Tutte)).map(|(d, _)| d.as_str());
    let in_parte: Vec<&str> = unita.iter().filter(|(_, a)| matches!(a, AmbitoUo::Solo(_))).map(|(d, _)| d.as_str()).collect();
    let mut vede = Condition::any().add(F::Dominio.is_in(interi));
    if !in_parte.is_empty() {
        vede = vede.add(Condition::all().add(F::Dominio.is_in(in_parte)).add(Expr::exists(righe_di_questo(visibile.condizione(), true))));
    }
    vede
}

/// Rows of the flow at hand that are so; `pendenze`: joined to their positions.
fn righe_di_questo(condizione: Condition, pendenze: bool) -> SelectStatement {
    use pendenza::Column as P;
    use rendicontazione::Column as C;
    let mut query = Query::select();
    query.expr(Expr::val(1)).from(rendicontazione::Entity);
    if pendenze {
        query.inner_join(
            pendenza::Entity,
            Condition::all()
                .add(Expr::col((pendenza::Entity, P::Dominio)).equals((rendicontazione::Entity, C::DominioPendenza)))
                .add(Expr::col((pendenza::Entity, P::Id)).equals((rendicontazione::Entity, C::Pendenza))),
        );
    }
    query.and_where(Expr::col((rendicontazione::Entity, C::Flusso)).equals((flusso::Entity, flusso::Column::Id))).cond_where(condizione).to_owned()
}

pub(super) fn da_riga(r: flusso::Model) -> Result<Flusso, ErroreStore> {
    Ok(Flusso {
        id: r.id,
        dominio: mappa::dominio(&r.dominio, "flusso")?,
        id_flusso: r.id_flusso,
        data: r.data,
        psp: r.psp,
        nome_psp: r.nome_psp,
        nome_dominio: r.nome_dominio,
        revisione: r.revisione.unwrap_or(0),
        trn: r.trn,
        data_regolamento: r.data_regolamento,
        bic: r.bic,
        numero_pagamenti: r.numero_pagamenti,
        importo_totale: Importo::da_cent(r.importo_totale),
        stato: StatoFlusso::leggi(&r.stato).ok_or_else(|| mappa::illeggibile("flusso", "stato"))?,
        anomalie: Anomalia::da_testo(r.anomalie.as_deref()),
        obsoleto: r.obsoleto,
        data_acquisizione: r.data_acquisizione,
        data_pubblicazione: r.data_pubblicazione,
        data_aggiornamento: r.data_aggiornamento,
    })
}

pub(crate) fn rendicontazione_da_riga(r: rendicontazione::Model) -> Result<Rendicontazione, ErroreStore> {
    let piccolo = |n: i16| u8::try_from(n).map_err(|_| mappa::illeggibile("rendicontazione", "indice"));
    Ok(Rendicontazione {
        numero: r.riga,
        stato: StatoRiga::leggi(&r.stato).ok_or_else(|| mappa::illeggibile("rendicontazione", "stato"))?,
        anomalie: Anomalia::da_testo(r.anomalie.as_deref()),
        riga: Riga {
            iuv: r.iuv,
            iur: r.iur,
            indice: r.indice.map(piccolo).transpose()?,
            importo: Importo::da_cent(r.importo),
            esito: EsitoRiga::da_codice(u16::try_from(r.esito).unwrap_or_default()),
            data: r.data,
        },
    })
}
