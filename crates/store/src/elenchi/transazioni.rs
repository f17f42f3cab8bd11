//! Lists of payment attempts, each with its position (spec/1 sections 9.10 and 10.6, spec/2 section 2.13).

use chrono::{DateTime, Duration, Utc};
use codici::IdDominio;
use domain::pendenza::Pendenza;
use domain::transazione::{Esito, Transazione};
use sea_orm::sea_query::{Expr, JoinType, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use uuid::Uuid;

use super::pendenze::documenti_di;
use super::{Elenco, Ordine, Pagina, Visibilita, conta};
use crate::apertura::Store;
use crate::entita::{pagamento_portale, pendenza, transazione};
use crate::errore::ErroreStore;
use crate::mappa;

/// Who asks, and for what. Lists that are empty ask for anything.
#[derive(Clone, Debug)]
pub struct Filtro {
    pub visibile: Visibilita,
    pub dominio: Option<IdDominio>,
    /// Matched upper-case.
    pub iuv: Option<String>,
    pub ccp: Option<String>,
    pub id_a2a: Option<String>,
    /// Started by this payment from a portal. Index `transazione_pagamento`.
    pub pagamento: Option<Uuid>,
    pub id_pendenza: Option<String>,
    pub esito: Option<Esito>,
    /// Matched upper-case.
    pub debitore: Option<String>,
    /// Part of the debtor's name, whatever the case. No index helps: it narrows what the others have found.
    pub anagrafica_debitore: Option<String>,
    /// On the date of the request, both inclusive.
    pub rpt_da: Option<DateTime<Utc>>,
    pub rpt_a: Option<DateTime<Utc>>,
    /// On the date of the receipt, both inclusive.
    pub rt_da: Option<DateTime<Utc>>,
    pub rt_a: Option<DateTime<Utc>>,
    pub direzioni: Vec<String>,
    pub divisioni: Vec<String>,
    pub tassonomia: Option<String>,
    pub unita_operativa: Option<String>,
    pub tipo_pendenza: Option<String>,
    pub avviate: Option<Avviate>,
}

/// What a portal shows of the attempts (spec/1 section 10.6).
#[derive(Clone, Debug)]
pub enum Avviate {
    /// Those that no portal started, and those that this applicazione did.
    Da(String),
    /// Those whose debtor, or versante, is this citizen: a fiscal code.
    Per(String),
}

impl Filtro {
    /// Everything that the caller may see.
    #[must_use]
    pub const fn di(visibile: Visibilita) -> Self {
        Self {
            visibile,
            dominio: None,
            iuv: None,
            ccp: None,
            id_a2a: None,
            pagamento: None,
            id_pendenza: None,
            esito: None,
            debitore: None,
            anagrafica_debitore: None,
            rpt_da: None,
            rpt_a: None,
            rt_da: None,
            rt_a: None,
            direzioni: Vec::new(),
            divisioni: Vec::new(),
            tassonomia: None,
            unita_operativa: None,
            tipo_pendenza: None,
            avviate: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Campo {
    DataRichiesta,
    Stato,
}

impl Store {
    /// One page; newest first when no order is asked. The positions come without voci.
    pub async fn elenco_transazioni(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<(Transazione, Pendenza)>, ErroreStore> {
        let nome = filtro.anagrafica_debitore.as_deref().map(|nome| del_debitore(nome, self.su_sqlite()));
        let di_pendenza = condizione_pendenza(filtro).add_option(nome);
        let con_pendenza = || transazione::Entity::find().join(JoinType::InnerJoin, verso_pendenza()).filter(di_pendenza.clone());
        let da_contare = if di_pendenza.is_empty() { transazione::Entity::find() } else { con_pendenza() };
        let totale = conta(self.lettura(), da_contare.filter(condizione(filtro)), transazione::Column::Dominio, pagina).await?;
        // Nothing is received before it is asked for: the page leaves the newest out at once (the day is for clocks that differ).
        let non_dopo = filtro.rt_a.map(|d| transazione::Column::DataRichiesta.lte(d + Duration::days(1)));
        let mut query = con_pendenza().filter(condizione(filtro)).filter(Condition::all().add_option(non_dopo));
        for o in ordini {
            query = query.order_by(colonna(o.campo), if o.decrescente { Order::Desc } else { Order::Asc });
        }
        if ordini.is_empty() {
            query = query.order_by_desc(transazione::Column::DataRichiesta);
        }
        let query = query.order_by_desc(transazione::Column::Id).offset(pagina.salta).limit(pagina.quante);
        let trovate: Vec<(transazione::Model, Option<pendenza::Model>)> = query.select_also(pendenza::Entity).all(self.lettura()).await?;
        let (transazioni, pendenze): (Vec<_>, Vec<_>) = trovate.into_iter().filter_map(|(t, p)| Some((t, p?))).unzip();
        let documenti = documenti_di(self.lettura(), &pendenze).await?;
        let righe = transazioni.into_iter().zip(pendenze).map(|(t, p)| {
            let documento = p.documento.and_then(|id| documenti.get(&id).cloned());
            Ok((mappa::transazione(t)?, mappa::pendenza(p, Vec::new(), documento)?))
        });
        Ok(Elenco { righe: righe.collect::<Result<_, ErroreStore>>()?, totale })
    }
}

fn verso_pendenza() -> RelationDef {
    transazione::Entity::belongs_to(pendenza::Entity)
        .from((transazione::Column::Dominio, transazione::Column::Pendenza))
        .to((pendenza::Column::Dominio, pendenza::Column::Id))
        .into()
}

const fn colonna(campo: Campo) -> transazione::Column {
    match campo {
        Campo::DataRichiesta => transazione::Column::DataRichiesta,
        Campo::Stato => transazione::Column::Stato,
    }
}

fn del_debitore(nome: &str, sqlite: bool) -> SimpleExpr {
    let testo = if sqlite {
        "instr(upper(json_extract(pendenza.debitore, '$.anagrafica')), ?) > 0"
    } else {
        "position($1 in upper(pendenza.debitore::json ->> 'anagrafica')) > 0"
    };
    Expr::cust_with_values(testo, [nome.to_uppercase()])
}

/// On the columns of the attempt.
fn condizione(f: &Filtro) -> Condition {
    use transazione::Column as T;
    Condition::all()
        .add_option(f.dominio.as_ref().map(|d| T::Dominio.eq(d.as_str())))
        .add_option(f.iuv.as_ref().map(|i| T::Iuv.eq(i.to_uppercase())))
        .add_option(f.ccp.as_ref().map(|c| T::Ccp.eq(c)))
        .add_option(f.pagamento.map(|p| T::Pagamento.eq(p)))
        .add_option(f.esito.map(|e| T::Esito.eq(e.codice())))
        .add_option(f.rpt_da.map(|d| T::DataRichiesta.gte(d)))
        .add_option(f.rpt_a.map(|d| T::DataRichiesta.lte(d)))
        .add_option(f.rt_da.map(|d| T::DataRicevuta.gte(d)))
        .add_option(f.rt_a.map(|d| T::DataRicevuta.lte(d)))
}

/// On those of its position, and on both; empty when the position is not to be looked at.
fn condizione_pendenza(f: &Filtro) -> Condition {
    use pendenza::Column as P;
    f.visibile
        .condizione()
        .add_option(f.id_a2a.as_ref().map(|a| P::IdA2a.eq(a)))
        .add_option(f.id_pendenza.as_ref().map(|p| P::IdPendenza.eq(p)))
        .add_option(f.debitore.as_ref().map(|d| P::DebitoreCerca.eq(d.to_uppercase())))
        .add_option((!f.direzioni.is_empty()).then(|| P::Direzione.is_in(&f.direzioni)))
        .add_option((!f.divisioni.is_empty()).then(|| P::Divisione.is_in(&f.divisioni)))
        .add_option(f.tassonomia.as_ref().map(|t| P::Tassonomia.eq(t)))
        .add_option(f.unita_operativa.as_ref().map(|u| P::UnitaOperativa.eq(u)))
        .add_option(f.tipo_pendenza.as_ref().map(|t| P::TipoPendenza.eq(t)))
        .add_option(f.avviate.as_ref().map(avviate))
}

/// Indexes `pagamento_portale_applicazione` and `pagamento_portale_versante`.
fn avviate(a: &Avviate) -> Condition {
    use pagamento_portale::Column as C;
    let quelli = |condizione| Query::select().column(C::Id).from(pagamento_portale::Entity).and_where(condizione).take();
    match a {
        Avviate::Da(cod) => {
            Condition::any().add(transazione::Column::Pagamento.is_null()).add(transazione::Column::Pagamento.in_subquery(quelli(C::Applicazione.eq(cod))))
        }
        Avviate::Per(cf) => {
            let cf = cf.to_uppercase();
            let versante = transazione::Column::Pagamento.in_subquery(quelli(C::VersanteCerca.eq(&cf)));
            Condition::any().add(pendenza::Column::DebitoreCerca.eq(cf)).add(versante)
        }
    }
}
