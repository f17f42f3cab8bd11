//! Paged lists of what grows: positions, payment attempts, money that arrived.
//!
//! Who asks is an argument, never an option: [`Visibilita`]. Each list names the indexes that it relies on.

mod contorno;
pub mod flussi;
pub mod pagamenti;
pub mod pendenze;
pub mod promemoria;
pub mod rendicontazioni;
pub mod ricevute_estranee;
pub mod riscossioni;
pub mod transazioni;

use codici::IdDominio;
use domain::anagrafica::{AmbitoUo, Utenza};
use indexmap::IndexMap;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QuerySelect, Select};

use crate::entita::pendenza;
use crate::errore::ErroreStore;

/// The count of a list stops here (`it.govpay.api.find.maxRisultati`, spec/1 section 3.1).
pub const RISULTATI_CONTATI_MAX: u64 = 10_000;

/// The unità operativa of a pendenza that names none, as logins name it (spec/1 section 14, check 3).
const UO_ENTE: &str = domain::pendenza::caricamento::UO_ENTE;

/// Whose positions are asked for, with all that hangs on them.
#[derive(Clone, Debug)]
pub enum Visibilita {
    /// What this applicazione loaded, of the tipi that it may see; `None` is all (spec/1 section 9, "Owner rule").
    Proprietario { id_a2a: String, tipi: Option<Vec<String>> },
    /// What the rights of a login reach (spec/1 section 14, spec/2 section 1.6); `None` is all.
    Ambito { unita: Option<IndexMap<IdDominio, AmbitoUo>>, tipi: Option<Vec<String>> },
    /// What a citizen owes, and what was paid in its name: its own unpaid spontanei are nobody's yet (spec/1 section 10.4). A fiscal code.
    Debitore(String),
}

impl Visibilita {
    /// What this applicazione loaded.
    #[must_use]
    pub fn proprietario(id_a2a: &str, utenza: &Utenza) -> Self {
        Self::Proprietario { id_a2a: id_a2a.to_owned(), tipi: tipi(utenza) }
    }

    /// All that a login reaches.
    #[must_use]
    pub fn ambito(utenza: &Utenza) -> Self {
        Self::Ambito { unita: utenza.domini.clone(), tipi: tipi(utenza) }
    }

    /// On the columns of `pendenza`.
    pub(crate) fn condizione(&self) -> Condition {
        use pendenza::Column as C;
        let di_tipo = |tipi: &Option<Vec<String>>| tipi.as_ref().map(|t| C::TipoPendenza.is_in(t));
        match self {
            Self::Proprietario { id_a2a, tipi } => Condition::all().add(C::IdA2a.eq(id_a2a)).add_option(di_tipo(tipi)),
            Self::Ambito { unita, tipi } => Condition::all().add_option(unita.as_ref().map(nelle_unita)).add_option(di_tipo(tipi)),
            Self::Debitore(codice) => Condition::all()
                .add(C::DebitoreCerca.eq(codice.to_uppercase()))
                .add(Condition::any().add(C::Tipo.eq(domain::pendenza::Tipo::Dovuto.codice())).add(C::ImportoPagato.gt(0_i64))),
        }
    }
}

fn tipi(utenza: &Utenza) -> Option<Vec<String>> {
    utenza.tipi_pendenza.as_ref().map(|t| t.iter().cloned().collect())
}

/// Whole domini in one list, and the others unit by unit.
fn nelle_unita(unita: &IndexMap<IdDominio, AmbitoUo>) -> Condition {
    use pendenza::Column as C;
    let interi: Vec<&str> = unita.iter().filter(|(_, a)| matches!(a, AmbitoUo::Tutte)).map(|(d, _)| d.as_str()).collect();
    let mut una_di = Condition::any().add(C::Dominio.is_in(interi));
    for (dominio, ambito) in unita {
        if let AmbitoUo::Solo(elenco) = ambito {
            let mut unita: SimpleExpr = C::UnitaOperativa.is_in(elenco.iter().map(String::as_str));
            if elenco.contains(UO_ENTE) {
                unita = unita.or(C::UnitaOperativa.is_null());
            }
            una_di = una_di.add(C::Dominio.eq(dominio.as_str()).and(unita));
        }
    }
    una_di
}

/// A column to sort by. The names of the columns are those of each list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordine<C> {
    pub campo: C,
    pub decrescente: bool,
}

/// Page by number, as the compatible APIs want it.
#[derive(Clone, Debug)]
pub struct Pagina {
    pub salta: u64,
    pub quante: u64,
    /// Count the rows, up to this many; `None`: no count, `Some(None)`: without a cap.
    pub conta: Option<Option<u64>>,
}

#[derive(Clone, Debug)]
pub struct Elenco<T> {
    pub righe: Vec<T>,
    pub totale: Option<u64>,
}

/// Counts the rows of a query reduced to one narrow column, never past the cap of the page.
pub(crate) async fn conta<C: ConnectionTrait, E: EntityTrait>(
    db: &C,
    query: Select<E>,
    colonna: impl ColumnTrait,
    pagina: &Pagina,
) -> Result<Option<u64>, ErroreStore> {
    let Some(tetto) = pagina.conta else { return Ok(None) };
    let righe = query.select_only().column(colonna);
    let righe = if let Some(tetto) = tetto { righe.limit(tetto) } else { righe };
    Ok(Some(righe.into_tuple::<String>().count(db).await?))
}
