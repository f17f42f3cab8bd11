//! The giornale, read: the page of a position in a time that does not depend on how many events there are, lists, one event with what passed.
//!
//! On PostgreSQL the months of a position come first (`evento_mese`), and the search reads those partitions alone. On SQLite there is one table.

use std::io::Read;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::apertura::Store;
use crate::elenchi::{Elenco, Pagina};
use crate::entita::{evento as tabella, evento_messaggio};
use crate::errore::ErroreStore;
use crate::eventi::{Categoria, EsitoEvento, Messaggi, Ruolo};
use crate::identificatori::{istante_di, nodo_di};
use crate::{mappa, sql};

/// A message is never read back to more than this: what is written is smaller.
const BYTE_MESSAGGIO_MAX: u64 = 16 * 1024 * 1024;
/// The number of an event tells its time, but for its length and the clocks of the nodes.
const INTORNO: Duration = Duration::days(1);

/// What an event is about. Several are looked for together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ambito {
    Iuv {
        dominio: String,
        iuv: String,
    },
    Pendenza {
        id_a2a: String,
        id_pendenza: String,
    },
    /// Of a portal.
    Pagamento(String),
}

impl Ambito {
    fn condizione(&self) -> Condition {
        use tabella::Column as C;
        match self {
            Self::Iuv { dominio, iuv } => Condition::all().add(C::Dominio.eq(dominio)).add(C::Iuv.eq(iuv)),
            Self::Pendenza { id_a2a, id_pendenza } => Condition::all().add(C::IdA2a.eq(id_a2a)).add(C::IdPendenza.eq(id_pendenza)),
            Self::Pagamento(id) => Condition::all().add(C::Pagamento.eq(id)),
        }
    }

    /// True where [`Ambito::condizione`] is not, nulls included.
    fn altrove(&self) -> Condition {
        use tabella::Column as C;
        let diverso = |colonna: C, valore: &str| -> SimpleExpr { colonna.is_null().or(colonna.ne(valore)) };
        match self {
            Self::Iuv { dominio, iuv } => Condition::any().add(diverso(C::Dominio, dominio)).add(diverso(C::Iuv, iuv)),
            Self::Pendenza { id_a2a, id_pendenza } => Condition::any().add(diverso(C::IdA2a, id_a2a)).add(diverso(C::IdPendenza, id_pendenza)),
            Self::Pagamento(id) => Condition::any().add(diverso(C::Pagamento, id)),
        }
    }

    /// As the trigger of `0013_giornale.sql` writes it.
    fn chiave(&self) -> String {
        match self {
            Self::Iuv { dominio, iuv } => format!("i{dominio}/{iuv}"),
            Self::Pendenza { id_a2a, id_pendenza } => format!("p{id_a2a}/{id_pendenza}"),
            Self::Pagamento(id) => format!("g{id}"),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Filtro {
    /// Domini of the caller; `None` is all, with the events of none.
    pub domini: Option<Vec<String>>,
    /// Empty: no scope. Otherwise an event of any.
    pub ambiti: Vec<Ambito>,
    pub dominio: Option<String>,
    pub iuv: Option<String>,
    pub ccp: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    pub esito: Option<EsitoEvento>,
    pub categoria: Option<Categoria>,
    pub ruolo: Option<Ruolo>,
    pub tipo: Option<String>,
    pub sottotipo: Option<String>,
    pub componente: Option<String>,
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub severita_da: Option<i16>,
    pub severita_a: Option<i16>,
}

impl Filtro {
    fn condizione(&self) -> Condition {
        use tabella::Column as C;
        let testo = |colonna: C, valore: &Option<String>| valore.as_ref().map(|v| colonna.eq(v));
        Condition::all()
            .add_option(self.domini.as_ref().map(|d| C::Dominio.is_in(d)))
            .add_option(testo(C::Dominio, &self.dominio))
            .add_option(testo(C::Iuv, &self.iuv))
            .add_option(testo(C::Ccp, &self.ccp))
            .add_option(testo(C::IdA2a, &self.id_a2a))
            .add_option(testo(C::IdPendenza, &self.id_pendenza))
            .add_option(self.esito.map(|e| C::Esito.eq(e.codice())))
            .add_option(self.categoria.map(|c| C::Categoria.eq(c.sigla())))
            .add_option(self.ruolo.map(|r| C::Ruolo.eq(r.sigla())))
            .add_option(testo(C::Tipo, &self.tipo))
            .add_option(testo(C::Sottotipo, &self.sottotipo))
            .add_option(testo(C::Componente, &self.componente))
            .add_option(self.da.map(|d| C::Data.gte(d)))
            .add_option(self.a.map(|a| C::Data.lte(a)))
            .add_option(self.severita_da.map(|s| C::Severita.gte(s)))
            .add_option(self.severita_a.map(|s| C::Severita.lte(s)))
    }
}

/// An event as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventoLetto {
    pub id: i64,
    pub data: DateTime<Utc>,
    pub durata_ms: Option<i64>,
    pub componente: String,
    pub ruolo: Ruolo,
    pub categoria: Categoria,
    pub tipo: String,
    pub sottotipo: Option<String>,
    pub esito: String,
    pub sottotipo_esito: Option<String>,
    pub dettaglio_esito: Option<String>,
    pub dominio: Option<String>,
    pub iuv: Option<String>,
    pub ccp: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    pub id_transazione: Option<String>,
    /// JSON object of spec/3 section 3.1.
    pub dati_pago_pa: Option<String>,
    pub severita: Option<i16>,
    pub nodo: Option<String>,
    pub pagamento: Option<String>,
}

impl Store {
    /// One page, newest first. Indexes `evento_iuv`, `evento_pendenza`, `evento_pagamento` for what has a scope; otherwise the primary key, `evento_tipo`.
    pub async fn elenco_eventi(&self, filtro: &Filtro, pagina: &Pagina) -> Result<Elenco<EventoLetto>, ErroreStore> {
        let comune = filtro.condizione();
        if filtro.ambiti.is_empty() {
            let totale = self.conta_eventi(&comune, pagina).await?;
            let righe = recenti(comune).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
            return Ok(Elenco { righe: righe.into_iter().map(da_riga).collect(), totale });
        }
        let Some(mesi) = self.mesi_degli_ambiti(&filtro.ambiti).await? else {
            return Ok(Elenco { righe: Vec::new(), totale: pagina.conta.map(|_| 0) });
        };
        let comune = comune.add_option(mesi);
        let (mut righe, mut totale) = (Vec::new(), pagina.conta.map(|_| 0));
        for (n, ambito) in filtro.ambiti.iter().enumerate() {
            // What an ambito before it has shown already is not its own: an index for each, and no row twice.
            let altrove = filtro.ambiti[..n].iter().fold(Condition::all(), |c, prima| c.add(prima.altrove()));
            let condizione = comune.clone().add(ambito.condizione()).add(altrove);
            let suoi = self.conta_eventi(&condizione, pagina).await?;
            totale = totale.zip(suoi).map(|(t, s)| t + s);
            righe.extend(recenti(condizione).limit(pagina.salta.saturating_add(pagina.quante)).all(self.lettura()).await?);
        }
        righe.sort_unstable_by_key(|r| std::cmp::Reverse(r.id));
        let saltate = usize::try_from(pagina.salta).unwrap_or(usize::MAX);
        let quante = usize::try_from(pagina.quante).unwrap_or(usize::MAX);
        let righe = righe.into_iter().skip(saltate).take(quante).map(da_riga).collect();
        let totale = pagina.conta.flatten().map_or(totale, |tetto| totale.map(|t: u64| std::cmp::min(t, tetto)));
        Ok(Elenco { righe, totale })
    }

    /// By its number. On PostgreSQL the number tells the partitions to look into.
    pub async fn leggi_evento(&self, id: i64) -> Result<Option<EventoLetto>, ErroreStore> {
        use tabella::Column as C;
        let cerca = |vicino: bool| {
            let istante = istante_di(id);
            let finestra = vicino.then(|| C::Data.between(istante - INTORNO, istante + INTORNO));
            tabella::Entity::find().filter(C::Id.eq(id)).filter(Condition::all().add_option(finestra))
        };
        if let Some(riga) = cerca(!self.su_sqlite()).one(self.lettura()).await? {
            return Ok(Some(da_riga(riga)));
        }
        // An event of a call that lasted, or of a clock that was wrong.
        Ok(cerca(false).one(self.lettura()).await?.map(da_riga))
    }

    /// What passed with an event; empty when it was not kept. Primary key.
    pub async fn messaggi_evento(&self, evento: &EventoLetto) -> Result<Messaggi, ErroreStore> {
        use evento_messaggio::Column as C;
        let query = evento_messaggio::Entity::find().filter(C::Evento.eq(evento.id)).filter(C::Data.eq(evento.data));
        let Some(riga) = query.one(self.lettura()).await? else { return Ok(Messaggi::default()) };
        let espandi = |b: Option<Vec<u8>>| b.map(|b| espandi(&b)).transpose();
        Ok(Messaggi { richiesta: espandi(riga.richiesta)?, risposta: espandi(riga.risposta)? })
    }

    async fn conta_eventi(&self, condizione: &Condition, pagina: &Pagina) -> Result<Option<u64>, ErroreStore> {
        let Some(tetto) = pagina.conta else { return Ok(None) };
        let righe = tabella::Entity::find().select_only().column(tabella::Column::Id).filter(condizione.clone());
        let righe = if let Some(tetto) = tetto { righe.limit(tetto) } else { righe };
        Ok(Some(righe.into_tuple::<i64>().count(self.lettura()).await?))
    }

    /// The months to look into; `None`: there is nothing to look for. Always the whole on SQLite.
    async fn mesi_degli_ambiti(&self, ambiti: &[Ambito]) -> Result<Option<Option<Condition>>, ErroreStore> {
        #[derive(FromQueryResult)]
        struct Mese {
            mese: i32,
        }
        if self.su_sqlite() {
            return Ok(Some(None));
        }
        let segni: Vec<String> = (1..=ambiti.len()).map(|n| format!("hashtextextended(${n}, 0)")).collect();
        let testo = format!("SELECT DISTINCT mese FROM evento_mese WHERE chiave IN ({}) ORDER BY mese", segni.join(", "));
        let query = sql::con_valori(self.lettura(), &testo, ambiti.iter().map(|a| a.chiave().into()));
        let mesi = Mese::find_by_statement(query).all(self.lettura()).await?;
        if mesi.is_empty() {
            return Ok(None);
        }
        let dentro = |m: &Mese| tabella::Column::Data.gte(inizio_mese(m.mese)).and(tabella::Column::Data.lt(inizio_mese(m.mese + 1)));
        Ok(Some(Some(mesi.iter().fold(Condition::any(), |c, m| c.add(dentro(m))))))
    }
}

/// First instant, in UTC, of a month counted from year 0.
pub(crate) fn inizio_mese(mese: i32) -> DateTime<Utc> {
    let giorno = NaiveDate::from_ymd_opt(mese.div_euclid(12), u32::try_from(mese.rem_euclid(12)).unwrap_or(0) + 1, 1);
    giorno.and_then(|g| g.and_hms_opt(0, 0, 0)).map_or(DateTime::UNIX_EPOCH, |t| t.and_utc())
}

fn recenti(condizione: Condition) -> Select<tabella::Entity> {
    tabella::Entity::find().filter(condizione).order_by_desc(tabella::Column::Id)
}

fn da_riga(r: tabella::Model) -> EventoLetto {
    EventoLetto {
        id: r.id,
        data: r.data,
        durata_ms: r.durata_ms,
        componente: r.componente,
        ruolo: if r.ruolo == Ruolo::Client.sigla() { Ruolo::Client } else { Ruolo::Server },
        categoria: Categoria::da_sigla(&r.categoria),
        tipo: r.tipo,
        sottotipo: r.sottotipo,
        esito: r.esito,
        sottotipo_esito: r.sottotipo_esito,
        dettaglio_esito: r.dettaglio_esito,
        dominio: r.dominio,
        iuv: r.iuv,
        ccp: r.ccp,
        id_a2a: r.id_a2a,
        id_pendenza: r.id_pendenza,
        id_transazione: r.id_transazione,
        dati_pago_pa: r.dati_pago_pa,
        severita: r.severita,
        // Of an event that a transaction wrote, its number tells.
        nodo: r.nodo.or_else(|| Some(format!("nodo-{}", nodo_di(r.id)))),
        pagamento: r.pagamento,
    }
}

fn espandi(compressi: &[u8]) -> Result<String, ErroreStore> {
    let illeggibile = |e: std::io::Error| mappa::illeggibile("evento_messaggio", e);
    let mut testo = String::new();
    zstd::stream::read::Decoder::new(compressi).map_err(illeggibile)?.take(BYTE_MESSAGGIO_MAX).read_to_string(&mut testo).map_err(illeggibile)?;
    Ok(testo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_mese_comincia_il_primo_giorno_in_utc() {
        let inizi = [2026 * 12 + 10, 2026 * 12 + 11, 2027 * 12].map(|m| inizio_mese(m).to_rfc3339());
        assert_eq!(inizi, ["2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"]);
    }
}
