//! Lists of payments started from portals (spec/1 section 10.2, spec/2 section 2.13).

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::pagamento::{Pagamento, Stato};
use sea_orm::sea_query::{Expr, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Elenco, Ordine, Pagina, Visibilita, conta};
use crate::apertura::Store;
use crate::entita::{pagamento_pendenza, pagamento_portale as tabella, pendenza};
use crate::errore::ErroreStore;
use crate::pagamenti::da_riga;

/// Whose payments. There is no list without an answer to this (spec/1 section 10.2).
#[derive(Clone, Debug)]
pub enum Visibili {
    /// Those that an application started.
    Applicazione(String),
    /// Those of a citizen, upper-case fiscal code: as versante, or as debtor of one of the pendenze.
    Cittadino(String),
    /// Those with a pendenza that is visible so; where everything is, all of them.
    ConPendenza(Visibilita),
}

/// Filters of spec/1 section 10.2 and spec/2 section 2.13. A part that is absent lets everything through.
#[derive(Clone, Debug)]
pub struct Filtro {
    pub visibili: Visibili,
    pub id: Option<Uuid>,
    pub stato: Option<Stato>,
    /// Matched upper-case.
    pub versante: Option<String>,
    /// Of one of its pendenze; matched upper-case.
    pub debitore: Option<String>,
    pub id_sessione_portale: Option<String>,
    pub id_sessione_psp: Option<String>,
    /// On dataRichiestaPagamento, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub verificato: Option<bool>,
    /// Both inclusive.
    pub severita_da: Option<i16>,
    pub severita_a: Option<i16>,
    pub dominio: Option<IdDominio>,
    pub iuv: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
}

impl Filtro {
    /// All that `visibili` lets see.
    #[must_use]
    pub const fn di(visibili: Visibili) -> Self {
        Self {
            visibili,
            id: None,
            stato: None,
            versante: None,
            debitore: None,
            id_sessione_portale: None,
            id_sessione_psp: None,
            da: None,
            a: None,
            verificato: None,
            severita_da: None,
            severita_a: None,
            dominio: None,
            iuv: None,
            id_a2a: None,
            id_pendenza: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Campo {
    DataRichiesta,
    Stato,
}

impl Store {
    /// One page, newest first when no order is asked. Indexes `pagamento_portale_elenco`, `pagamento_portale_applicazione`, `pagamento_portale_versante`.
    pub async fn elenco_pagamenti(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<Pagamento>, ErroreStore> {
        let condizione = condizione(filtro);
        let totale = conta(self.lettura(), tabella::Entity::find().filter(condizione.clone()), tabella::Column::Nome, pagina).await?;
        let mut query = tabella::Entity::find().filter(condizione);
        for ordine in ordini {
            query = query.order_by(colonna(ordine.campo), if ordine.decrescente { Order::Desc } else { Order::Asc });
        }
        if ordini.is_empty() {
            query = query.order_by_desc(tabella::Column::DataRichiesta);
        }
        let righe = query.order_by_desc(tabella::Column::Id).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        Ok(Elenco { righe: righe.into_iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }
}

const fn colonna(campo: Campo) -> tabella::Column {
    match campo {
        Campo::DataRichiesta => tabella::Column::DataRichiesta,
        Campo::Stato => tabella::Column::Stato,
    }
}

fn condizione(f: &Filtro) -> Condition {
    use pendenza::Column as P;
    use tabella::Column as C;
    let mut di_pendenza = Condition::all()
        .add_option(f.debitore.as_ref().map(|d| P::DebitoreCerca.eq(d.to_uppercase())))
        .add_option(f.dominio.as_ref().map(|d| P::Dominio.eq(d.as_str())))
        .add_option(f.iuv.as_ref().map(|i| P::Iuv.eq(i)))
        .add_option(f.id_a2a.as_ref().map(|a| P::IdA2a.eq(a)))
        .add_option(f.id_pendenza.as_ref().map(|i| P::IdPendenza.eq(i)));
    let mut c = Condition::all()
        .add_option(f.id.map(|id| C::Id.eq(id)))
        .add_option(f.stato.map(|s| C::Stato.eq(s.codice())))
        .add_option(f.versante.as_ref().map(|v| C::VersanteCerca.eq(v.to_uppercase())))
        .add_option(f.id_sessione_portale.as_ref().map(|s| C::IdSessionePortale.eq(s)))
        .add_option(f.id_sessione_psp.as_ref().map(|s| C::IdSessionePsp.eq(s)))
        .add_option(f.da.map(|d| C::DataRichiesta.gte(d)))
        .add_option(f.a.map(|d| C::DataRichiesta.lte(d)))
        .add_option(f.verificato.map(|v| C::Verificato.eq(v)))
        .add_option(f.severita_da.map(|s| C::Severita.gte(s)))
        .add_option(f.severita_a.map(|s| C::Severita.lte(s)));
    match &f.visibili {
        Visibili::Applicazione(cod) => c = c.add(C::Applicazione.eq(cod)),
        Visibili::Cittadino(codice_fiscale) => {
            c = c.add(C::Id.in_subquery(del_cittadino(codice_fiscale)));
        }
        Visibili::ConPendenza(visibile) => {
            let visibile = visibile.condizione();
            if !visibile.is_empty() {
                di_pendenza = di_pendenza.add(visibile);
            }
        }
    }
    let di_poche = f.debitore.is_some() || f.iuv.is_some() || f.id_pendenza.is_some();
    if di_pendenza.is_empty() {
        c
    } else if di_poche {
        c.add(C::Id.in_subquery(pagamenti_di(di_pendenza)))
    } else {
        c.add(Expr::exists(di_questo_pagamento(di_pendenza)))
    }
}

/// What a citizen paid, and what was started for its pendenze, each by its index: `pagamento_portale_versante`, `pendenza_debitore`. An OR would read
/// the whole table.
fn del_cittadino(codice_fiscale: &str) -> SelectStatement {
    use tabella::Column as C;
    let dovuti = pagamenti_di(Condition::all().add(pendenza::Column::DebitoreCerca.eq(codice_fiscale)));
    let mut suoi = Query::select();
    suoi.column(C::Id).from(tabella::Entity).and_where(C::VersanteCerca.eq(codice_fiscale)).union(UnionType::Distinct, dovuti);
    Query::select().column(C::Id).from_subquery(suoi, "suoi").to_owned()
}

/// The payments of the pendenze that are so, which are few: these are found first. Index `pagamento_pendenza_pendenza`.
fn pagamenti_di(condizione: Condition) -> SelectStatement {
    legami().column((pagamento_pendenza::Entity, pagamento_pendenza::Column::Pagamento)).cond_where(condizione).to_owned()
}

/// The pendenze of the payment at hand that are so. Primary key of `pagamento_pendenza`, then that of `pendenza`.
fn di_questo_pagamento(condizione: Condition) -> SelectStatement {
    let del_pagamento = Expr::col((pagamento_pendenza::Entity, pagamento_pendenza::Column::Pagamento)).equals((tabella::Entity, tabella::Column::Id));
    legami().expr(Expr::val(1)).and_where(del_pagamento).cond_where(condizione).to_owned()
}

fn legami() -> SelectStatement {
    use pagamento_pendenza::Column as L;
    Query::select()
        .from(pagamento_pendenza::Entity)
        .inner_join(
            pendenza::Entity,
            Condition::all()
                .add(Expr::col((pendenza::Entity, pendenza::Column::Dominio)).equals((pagamento_pendenza::Entity, L::Dominio)))
                .add(Expr::col((pendenza::Entity, pendenza::Column::Id)).equals((pagamento_pendenza::Entity, L::Pendenza))),
        )
        .to_owned()
}
