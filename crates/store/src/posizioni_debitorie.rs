//! What the archives of pagoPA are to be told of each position: a row per position, written with the change that it tells of, taken by one worker at a time.
//!
//! A change that comes while the one before is being told makes the row due again: what was told is noted with the version that was read.

use chrono::{DateTime, Duration, Utc};
use codici::{IdDominio, NumeroAvviso};
use domain::Pendenza;
use domain::posizione_debitoria::{Modalita, Remoto, StatoInvio, iupd};
use sea_orm::sea_query::{CaseStatement, Expr, LockBehavior, LockType, OnConflict, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Corsia, Store, Tx};
use crate::elenchi::{self, Elenco, Pagina};
use crate::entita::{pendenza, posizione_debitoria as tabella};
use crate::errore::ErroreStore;
use crate::mappa;

/// Longer than twice the longest turn of one position: a worker that dies gives its row back, one that lives keeps it.
pub const PRENOTAZIONE: Duration = Duration::seconds(150);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posizione {
    pub dominio: IdDominio,
    pub pendenza: Uuid,
    pub id_a2a: String,
    pub id_pendenza: String,
    pub iupd: String,
    pub numero_avviso: NumeroAvviso,
    pub modalita: Modalita,
    pub stato: StatoInvio,
    /// Grows with every change.
    pub versione: i64,
    /// The last that the archive heard.
    pub versione_inviata: i64,
    pub remoto: Remoto,
    /// Hash of what the archive was last told.
    pub impronta: Option<Vec<u8>>,
    pub tentativi: u32,
    pub motivo: Option<String>,
    pub data_modifica: DateTime<Utc>,
    pub data_comunicazione: Option<DateTime<Utc>>,
    pub prossimo_tentativo: DateTime<Utc>,
    /// Set while somebody is at work on it: what that one notes is believed only if it still holds.
    pub prenotata_fino: Option<DateTime<Utc>>,
}

/// What came of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nota {
    pub stato: StatoInvio,
    pub iupd: String,
    pub remoto: Remoto,
    pub impronta: Option<Vec<u8>>,
    pub tentativi: u32,
    pub motivo: Option<String>,
    pub prossimo_tentativo: DateTime<Utc>,
    /// The archive heard something in this turn.
    pub comunicata: bool,
}

/// What API Backoffice filters on. `domini`: those that the caller may see, `None` is all.
#[derive(Clone, Debug, Default)]
pub struct FiltroPosizioni {
    pub domini: Option<Vec<String>>,
    pub stato: Option<StatoInvio>,
    pub modalita: Option<Modalita>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    /// How the reason begins.
    pub motivo: Option<String>,
}

impl Tx {
    /// The position is to be told again, from now.
    pub async fn accoda_posizione(&self, p: &Pendenza, modalita: Modalita, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        // A worker that has the row keeps it: its note will leave the row due.
        let di_nuovo = OnConflict::columns([C::Dominio, C::Pendenza])
            .value(C::Versione, Expr::col((tabella::Entity, C::Versione)).add(1_i64))
            .update_columns([C::Modalita, C::NumeroAvviso, C::Stato, C::Tentativi, C::DataModifica, C::ProssimoTentativo])
            .to_owned();
        tabella::Entity::insert(riga_nuova(p, modalita, adesso)).on_conflict(di_nuovo).exec_without_returning(&self.sql).await?;
        Ok(())
    }
}

fn riga_nuova(p: &Pendenza, modalita: Modalita, adesso: DateTime<Utc>) -> tabella::ActiveModel {
    tabella::ActiveModel {
        dominio: Set(p.dominio.to_string()),
        pendenza: Set(p.id),
        id_a2a: Set(p.id_a2a.clone()),
        id_pendenza: Set(p.id_pendenza.clone()),
        iupd: Set(iupd(p)),
        numero_avviso: Set(p.numero_avviso.to_string()),
        modalita: Set(modalita.codice().to_owned()),
        stato: Set(StatoInvio::DaInviare.codice().to_owned()),
        versione: Set(1),
        versione_inviata: Set(0),
        remoto: Set(Remoto::Assente.codice().to_owned()),
        impronta: Set(None),
        tentativi: Set(0),
        motivo: Set(None),
        data_modifica: Set(adesso),
        data_comunicazione: Set(None),
        prossimo_tentativo: Set(adesso),
        prenotata_fino: Set(None),
        lotto: Set(None),
        lotto_versione: Set(None),
    }
}

impl Store {
    /// Takes up to `quante` due rows, the longest due first. The clock is the database's on PostgreSQL, `adesso` on SQLite. Index `posizione_dovute`.
    pub async fn prendi_posizioni(&self, quante: u64, adesso: DateTime<Utc>) -> Result<Vec<Posizione>, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let adesso = self.ora_del_database(&tx, adesso).await?;
        let fino = adesso + PRENOTAZIONE;
        let mut righe = tabella::Entity::find()
            .filter(C::Stato.eq(StatoInvio::DaInviare.codice()))
            .filter(C::ProssimoTentativo.lte(adesso))
            .filter(C::PrenotataFino.is_null().or(C::PrenotataFino.lt(adesso)))
            .filter(C::Lotto.is_null())
            .order_by_asc(C::ProssimoTentativo)
            .limit(quante)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(&tx.sql)
            .await?;
        for riga in &mut righe {
            // Whoever had it died, perhaps after the archive heard: what the archive has is read first.
            if riga.prenotata_fino.is_some() {
                Remoto::Ignoto.codice().clone_into(&mut riga.remoto);
            }
            tabella::Entity::update_many()
                .col_expr(C::PrenotataFino, Expr::value(fino))
                .col_expr(C::Remoto, Expr::value(riga.remoto.clone()))
                .filter(chiave(&riga.dominio, riga.pendenza))
                .exec(&tx.sql)
                .await?;
        }
        tx.commit().await?;
        righe.into_iter().map(|r| da_riga(r).map(|p| Posizione { prenotata_fino: Some(fino), ..p })).collect()
    }

    /// Notes what came of the turn of who took the row. False: its lease had ended and somebody else has the row, or has finished with it.
    pub async fn annota_posizione(&self, presa: &Posizione, nota: &Nota, adesso: DateTime<Utc>) -> Result<bool, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let cambiata = || C::Versione.gt(presa.versione);
        let stato = CaseStatement::new().case(cambiata(), StatoInvio::DaInviare.codice()).finally(nota.stato.codice());
        let prossimo = CaseStatement::new().case(cambiata(), Expr::col(C::ProssimoTentativo)).finally(Expr::value(nota.prossimo_tentativo));
        let arrivata = matches!(nota.stato, StatoInvio::Inviata | StatoInvio::NonDovuta);
        let mut istruzione = tabella::Entity::update_many()
            .col_expr(C::Stato, stato.into())
            .col_expr(C::ProssimoTentativo, prossimo.into())
            .col_expr(C::Iupd, Expr::value(nota.iupd.clone()))
            .col_expr(C::Remoto, Expr::value(nota.remoto.codice()))
            .col_expr(C::Impronta, Expr::value(nota.impronta.clone()))
            .col_expr(C::Tentativi, Expr::value(i32::try_from(nota.tentativi).unwrap_or(i32::MAX)))
            .col_expr(C::Motivo, Expr::value(nota.motivo.clone()))
            .col_expr(C::PrenotataFino, Expr::value(None::<DateTime<Utc>>));
        if arrivata {
            istruzione = istruzione.col_expr(C::VersioneInviata, Expr::value(presa.versione));
        }
        if nota.comunicata {
            istruzione = istruzione.col_expr(C::DataComunicazione, Expr::value(adesso));
        }
        let toccate = istruzione.filter(chiave(presa.dominio.as_str(), presa.pendenza)).filter(C::PrenotataFino.eq(presa.prenotata_fino)).exec(&tx.sql).await?;
        tx.commit().await?;
        Ok(toccate.rows_affected == 1)
    }

    /// The row of a position.
    pub async fn posizione_debitoria(&self, dominio: &IdDominio, pendenza: Uuid) -> Result<Option<Posizione>, ErroreStore> {
        tabella::Entity::find().filter(chiave(dominio.as_str(), pendenza)).one(self.lettura()).await?.map(da_riga).transpose()
    }

    /// One page of the rows, the last changed first. Indexes `posizione_elenco`, `posizione_da_guardare`.
    pub async fn elenco_posizioni(&self, filtro: &FiltroPosizioni, pagina: &Pagina) -> Result<Elenco<Posizione>, ErroreStore> {
        use tabella::Column as C;
        let righe = tabella::Entity::find().filter(condizione(filtro));
        let totale = elenchi::conta(self.lettura(), righe.clone(), C::Dominio, pagina).await?;
        let righe = righe.order_by_desc(C::DataModifica).order_by_desc(C::Pendenza).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        Ok(Elenco { righe: righe.into_iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }

    /// What was set aside, or waits, is tried from the beginning: what the archive has is read first. Gives how many rows.
    pub async fn riprova_posizioni(&self, filtro: &FiltroPosizioni, adesso: DateTime<Utc>) -> Result<u64, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let esito = tabella::Entity::update_many()
            .col_expr(C::Stato, Expr::value(StatoInvio::DaInviare.codice()))
            .col_expr(C::Remoto, Expr::value(Remoto::Ignoto.codice()))
            .col_expr(C::Versione, Expr::col(C::Versione).add(1_i64))
            .col_expr(C::Tentativi, Expr::value(0))
            .col_expr(C::ProssimoTentativo, Expr::value(adesso))
            .filter(condizione(filtro))
            .exec(&tx.sql)
            .await?;
        tx.commit().await?;
        Ok(esito.rows_affected)
    }

    /// Unpaid positions of a dominio that no row speaks of, up to `quante`, are made due: those that were here before the archive was. `modalita`:
    /// which archive must hear of a position, if one.
    pub async fn accoda_posizioni_mancanti(
        &self,
        dominio: &IdDominio,
        quante: u64,
        modalita: impl Fn(&Pendenza) -> Option<Modalita> + Send,
        adesso: DateTime<Utc>,
    ) -> Result<u64, ErroreStore> {
        use pendenza::Column as P;
        let detta = Query::select()
            .expr(Expr::val(1))
            .from(tabella::Entity)
            .and_where(Expr::col((tabella::Entity, tabella::Column::Dominio)).equals((pendenza::Entity, P::Dominio)))
            .and_where(Expr::col((tabella::Entity, tabella::Column::Pendenza)).equals((pendenza::Entity, P::Id)))
            .to_owned();
        let righe = pendenza::Entity::find()
            .filter(P::Dominio.eq(dominio.as_str()))
            .filter(P::Stato.eq(domain::pendenza::Stato::NonEseguito.codice()))
            .filter(Expr::exists(detta).not())
            .order_by_asc(P::Id)
            .limit(quante)
            .all(self.lettura())
            .await?;
        let mut nuove = Vec::with_capacity(righe.len());
        for riga in righe {
            let p = mappa::pendenza(riga, Vec::new(), None)?;
            nuove.extend(modalita(&p).map(|m| riga_nuova(&p, m, adesso)));
        }
        if nuove.is_empty() {
            return Ok(0);
        }
        let quante = nuove.len() as u64;
        let tx = self.begin(Corsia::Lavori).await?;
        let gia = OnConflict::columns([tabella::Column::Dominio, tabella::Column::Pendenza]).do_nothing().to_owned();
        tabella::Entity::insert_many(nuove).on_conflict(gia).exec_without_returning(&tx.sql).await?;
        tx.commit().await?;
        Ok(quante)
    }

    /// Rows to be told and rows set aside, and since when the oldest waits: for `/metrics`. Index `posizione_da_guardare`.
    pub async fn posizioni_in_coda(&self) -> Result<Vec<(StatoInvio, u64, Option<DateTime<Utc>>)>, ErroreStore> {
        use sea_orm::PaginatorTrait;
        use tabella::Column as C;
        let mut conti = Vec::new();
        for stato in [StatoInvio::DaInviare, StatoInvio::Rifiutata] {
            let righe = tabella::Entity::find().filter(C::Stato.eq(stato.codice()));
            let quante = righe.clone().count(self.lettura()).await?;
            let prima = righe.order_by_asc(C::DataModifica).one(self.lettura()).await?;
            conti.push((stato, quante, prima.map(|r| r.data_modifica)));
        }
        Ok(conti)
    }
}

fn chiave(dominio: &str, pendenza: Uuid) -> Condition {
    Condition::all().add(tabella::Column::Dominio.eq(dominio)).add(tabella::Column::Pendenza.eq(pendenza))
}

fn condizione(filtro: &FiltroPosizioni) -> Condition {
    use tabella::Column as C;
    Condition::all()
        .add_option(filtro.domini.as_ref().map(|d| C::Dominio.is_in(d)))
        .add_option(filtro.stato.map(|s| C::Stato.eq(s.codice())))
        .add_option(filtro.modalita.map(|m| C::Modalita.eq(m.codice())))
        .add_option(filtro.id_a2a.as_ref().map(|i| C::IdA2a.eq(i)))
        .add_option(filtro.id_pendenza.as_ref().map(|i| C::IdPendenza.eq(i)))
        .add_option(filtro.motivo.as_ref().map(|m| C::Motivo.starts_with(m)))
}

pub(crate) fn da_riga(r: tabella::Model) -> Result<Posizione, ErroreStore> {
    let manca = |cosa| mappa::illeggibile("posizione_debitoria", cosa);
    Ok(Posizione {
        dominio: mappa::dominio(&r.dominio, "posizione_debitoria")?,
        numero_avviso: NumeroAvviso::leggi(&r.numero_avviso).map_err(|_| manca("numero_avviso"))?,
        modalita: Modalita::leggi(&r.modalita).ok_or_else(|| manca("modalita"))?,
        stato: StatoInvio::leggi(&r.stato).ok_or_else(|| manca("stato"))?,
        remoto: Remoto::leggi(&r.remoto).ok_or_else(|| manca("remoto"))?,
        tentativi: u32::try_from(r.tentativi).unwrap_or(0),
        pendenza: r.pendenza,
        id_a2a: r.id_a2a,
        id_pendenza: r.id_pendenza,
        iupd: r.iupd,
        versione: r.versione,
        versione_inviata: r.versione_inviata,
        impronta: r.impronta,
        motivo: r.motivo,
        data_modifica: r.data_modifica,
        data_comunicazione: r.data_comunicazione,
        prossimo_tentativo: r.prossimo_tentativo,
        prenotata_fino: r.prenotata_fino,
    })
}
