//! Lists of positions (spec/1 sections 9.1 and 10.4, spec/2 section 2.12).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::calendario;
use domain::pendenza::{Pendenza, Stato, StatoMostrato, StatoPagamento, Tipo};
use sea_orm::sea_query::{Expr, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Elenco, Ordine, Pagina, Visibilita, conta};
use crate::apertura::{Store, e_sqlite};
use crate::entita::{documento, pagamento_pendenza, pendenza};
use crate::errore::ErroreStore;
use crate::mappa;

/// Who asks, and for what.
#[derive(Clone, Debug)]
pub struct Filtro {
    pub visibile: Visibilita,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    /// Of this payment from a portal. Primary key of `pagamento_pendenza`.
    pub pagamento: Option<Uuid>,
    /// Tipi pendenza asked for; empty is any.
    pub tipi: Vec<String>,
    pub dominio: Option<IdDominio>,
    /// Only in these domini, beside what is visible; `None` is anywhere.
    pub entro: Option<Vec<IdDominio>>,
    pub unita_operativa: Option<String>,
    /// Of the avviso, or of the payment. Matched upper-case.
    pub iuv: Option<String>,
    /// Matched upper-case.
    pub debitore: Option<String>,
    pub stato: Option<StatoMostrato>,
    /// The back office finds by the flag what the integration APIs look for in a state that nobody writes (spec/2 section 2.12).
    pub anomala_dal_segno: bool,
    /// On dataCaricamento, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub direzione: Option<String>,
    pub divisione: Option<String>,
    pub mostra_spontanei_non_pagati: bool,
    pub adesso: DateTime<Utc>,
}

impl Filtro {
    /// Everything that the caller may see, unpaid spontanei apart.
    #[must_use]
    pub fn di(visibile: Visibilita, adesso: DateTime<Utc>) -> Self {
        Self {
            visibile,
            id_a2a: None,
            id_pendenza: None,
            pagamento: None,
            tipi: Vec::new(),
            dominio: None,
            entro: None,
            unita_operativa: None,
            iuv: None,
            debitore: None,
            stato: None,
            anomala_dal_segno: false,
            da: None,
            a: None,
            direzione: None,
            divisione: None,
            mostra_spontanei_non_pagati: false,
            adesso,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Campo {
    DataCaricamento,
    DataValidita,
    DataScadenza,
    Stato,
}

/// In which order a list comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordinamento {
    /// As asked; newest first when nothing is.
    Campi(Vec<Ordine<Campo>>),
    /// What is still to be paid first, then by distance from now (`smart`, spec/1 section 10.4). For the rows of one citizen.
    Vicinanza,
}

impl Store {
    /// One page, without voci. Index `pendenza_elenco` for an owner, `pendenza_debitore` for a citizen.
    pub async fn elenco_pendenze(&self, filtro: &Filtro, ordinamento: &Ordinamento, pagina: &Pagina) -> Result<Elenco<Pendenza>, ErroreStore> {
        let condizione = condizione(filtro);
        let totale = conta(self.lettura(), pendenza::Entity::find().filter(condizione.clone()), pendenza::Column::Dominio, pagina).await?;
        let mut query = pendenza::Entity::find().filter(condizione);
        match ordinamento {
            Ordinamento::Campi(ordini) if ordini.is_empty() => query = query.order_by_desc(pendenza::Column::DataCaricamento),
            Ordinamento::Campi(ordini) => {
                for o in ordini {
                    query = query.order_by(colonna(o.campo), if o.decrescente { Order::Desc } else { Order::Asc });
                }
            }
            Ordinamento::Vicinanza => {
                let sqlite = e_sqlite(self.lettura().get_database_backend());
                query = query.order_by_asc(gia_passata(filtro.adesso)).order_by_asc(distanza(filtro.adesso, sqlite));
            }
        }
        let righe = query.order_by_desc(pendenza::Column::Id).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        // A list shows no voci, and the documenti of a page are one query more.
        let documenti = documenti_di(self.lettura(), &righe).await?;
        let elenco = righe.into_iter().map(|riga| {
            let documento = riga.documento.and_then(|id| documenti.get(&id).cloned());
            mappa::pendenza(riga, Vec::new(), documento)
        });
        Ok(Elenco { righe: elenco.collect::<Result<_, _>>()?, totale })
    }
}

/// The documenti that these rows name, in one query.
pub(crate) async fn documenti_di<C: ConnectionTrait>(db: &C, righe: &[pendenza::Model]) -> Result<HashMap<Uuid, documento::Model>, ErroreStore> {
    let (domini, ids): (HashSet<&str>, HashSet<Uuid>) = righe.iter().filter_map(|r| Some((r.dominio.as_str(), r.documento?))).unzip();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let trovati = documento::Entity::find().filter(documento::Column::Dominio.is_in(domini)).filter(documento::Column::Id.is_in(ids)).all(db).await?;
    Ok(trovati.into_iter().map(|d| (d.id, d)).collect())
}

const fn colonna(campo: Campo) -> pendenza::Column {
    match campo {
        Campo::DataCaricamento => pendenza::Column::DataCaricamento,
        Campo::DataValidita => pendenza::Column::DataValidita,
        Campo::DataScadenza => pendenza::Column::DataScadenza,
        Campo::Stato => pendenza::Column::Stato,
    }
}

/// 0 for what can still be paid in time, 1 for the rest.
fn gia_passata(adesso: DateTime<Utc>) -> SimpleExpr {
    use pendenza::Column as C;
    let in_tempo = C::Stato.eq(Stato::NonEseguito.codice()).and(C::DataValidita.gte(calendario::oggi(adesso)));
    Expr::case(in_tempo, 0).finally(1).into()
}

/// How far from now a position is: by its payment, else its validity, else its birth. Each database has its own mark for a value in a text.
fn distanza(adesso: DateTime<Utc>, sqlite: bool) -> SimpleExpr {
    let testo = if sqlite {
        "abs(julianday(coalesce(data_pagamento, data_validita, data_caricamento)) - julianday(?))"
    } else {
        "abs(extract(epoch from coalesce(data_pagamento, data_validita::timestamptz, data_caricamento) - $1))"
    };
    Expr::cust_with_values(testo, [adesso])
}

/// The pendenze of a payment.
fn del_pagamento(pagamento: Uuid) -> SelectStatement {
    use pagamento_pendenza::Column as L;
    Query::select().column(L::Pendenza).from(pagamento_pendenza::Entity).and_where(L::Pagamento.eq(pagamento)).to_owned()
}

fn condizione(f: &Filtro) -> Condition {
    use pendenza::Column as C;
    let mut c = f
        .visibile
        .condizione()
        .add_option(f.id_a2a.as_ref().map(|a| C::IdA2a.eq(a)))
        .add_option(f.id_pendenza.as_ref().map(|p| C::IdPendenza.eq(p)))
        .add_option(f.pagamento.map(|p| C::Id.in_subquery(del_pagamento(p))))
        .add_option((!f.tipi.is_empty()).then(|| C::TipoPendenza.is_in(&f.tipi)))
        .add_option(f.dominio.as_ref().map(|d| C::Dominio.eq(d.as_str())))
        .add_option(f.entro.as_ref().map(|d| C::Dominio.is_in(d.iter().map(IdDominio::as_str))))
        .add_option(f.unita_operativa.as_ref().map(|u| C::UnitaOperativa.eq(u)))
        .add_option(f.iuv.as_ref().map(|i| C::Iuv.eq(i.to_uppercase())))
        .add_option(f.debitore.as_ref().map(|d| C::DebitoreCerca.eq(d.to_uppercase())))
        .add_option(f.da.map(|d| C::DataCaricamento.gte(d)))
        .add_option(f.a.map(|d| C::DataCaricamento.lte(d)))
        .add_option(f.direzione.as_ref().map(|d| C::Direzione.eq(d)))
        .add_option(f.divisione.as_ref().map(|d| C::Divisione.eq(d)));
    if !f.mostra_spontanei_non_pagati {
        c = c.add(Condition::any().add(C::Tipo.ne(Tipo::Spontaneo.codice())).add(C::Stato.ne(Stato::NonEseguito.codice())));
    }
    match f.stato {
        // To the letter: the index of the few that are so is found by its condition.
        Some(StatoMostrato::Anomala) if f.anomala_dal_segno => c.add(Expr::col((pendenza::Entity, C::Anomalo))),
        Some(stato) => c.add(condizione_stato(stato, f.adesso)),
        None => c,
    }
}

/// The filter looks at what is stored, not at the derived state (spec/1 section 9.1): it is not the inverse of what is shown.
fn condizione_stato(stato: StatoMostrato, adesso: DateTime<Utc>) -> SimpleExpr {
    use pendenza::Column as C;
    let e = |s: Stato| C::Stato.eq(s.codice());
    let oggi = calendario::oggi(adesso);
    match stato {
        StatoMostrato::NonEseguita => e(Stato::NonEseguito).and(C::DataScadenza.is_null().or(C::DataScadenza.gte(oggi))),
        StatoMostrato::Scaduta => e(Stato::NonEseguito).and(C::DataScadenza.lt(oggi)),
        StatoMostrato::Annullata => e(Stato::Annullato),
        StatoMostrato::Eseguita => e(Stato::Eseguito).and(C::StatoPagamento.eq(StatoPagamento::Pagato.codice())),
        StatoMostrato::Incassata => {
            C::Stato.is_in([Stato::Eseguito.codice(), Stato::EseguitoSenzaRpt.codice()]).and(C::StatoPagamento.eq(StatoPagamento::Incassato.codice()))
        }
        StatoMostrato::EseguitaParziale => e(Stato::ParzialmenteEseguito),
        StatoMostrato::Anomala => Expr::expr(e(Stato::Anomalo)),
    }
}
