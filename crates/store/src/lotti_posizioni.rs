//! Positions sent many at a time: the files, and which positions each one holds.
//!
//! A position is of one file at most, and while it is the queue leaves it alone: see [`crate::posizioni_debitorie`]. Every change of a lotto has a guard on the
//! state that it leaves, so that a run which begins anew finds what was done as done.

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::Pendenza;
use domain::pendenza::Stato as StatoPendenza;
use domain::posizione_debitoria::massivo::{EsitoRiga, OperazioneMassiva, StatoLotto};
use domain::posizione_debitoria::{Modalita, StatoInvio};
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set, Value};
use uuid::Uuid;

use crate::apertura::{Corsia, Store, Tx};
use crate::elenchi::{self, Elenco, Pagina};
use crate::entita::{lotto_posizioni as tabella, pendenza, posizione_debitoria as posizione, voce};
use crate::errore::ErroreStore;
use crate::posizioni_debitorie::{Posizione, da_riga as posizione_da_riga};
use crate::{mappa, sql};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lotto {
    pub id: Uuid,
    pub dominio: IdDominio,
    pub operazione: OperazioneMassiva,
    /// Exchanged in a folder, in place of the service.
    pub cartella: bool,
    pub stato: StatoLotto,
    pub nome_file: Option<String>,
    pub file_id: Option<String>,
    /// Positions in the file; those chosen for it, until it is written.
    pub posizioni: u32,
    pub inviate: u32,
    pub rifiutate: u32,
    pub da_rivedere: u32,
    pub tentativi: u32,
    pub motivo: Option<String>,
    pub data_creazione: DateTime<Utc>,
    pub data_invio: Option<DateTime<Utc>>,
    pub data_fine: Option<DateTime<Utc>>,
    pub prossimo_tentativo: DateTime<Utc>,
}

/// A position of a file that is being written.
#[derive(Clone, Debug)]
pub struct RigaLotto {
    pub posizione: Posizione,
    /// `None`: it is no more.
    pub pendenza: Option<Pendenza>,
    /// The version that the file is believed to tell.
    pub lotto_versione: Option<i64>,
}

/// A position that leaves its file before the file leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Esclusa {
    pub pendenza: Uuid,
    pub esito: EsitoRiga,
    pub motivo: Option<String>,
}

/// `domini`: those that the caller may see, `None` is all.
#[derive(Clone, Debug, Default)]
pub struct FiltroLotti {
    pub domini: Option<Vec<String>>,
    pub stato: Option<StatoLotto>,
}

/// What can leave by file: due, of the asynchronous mode, nobody's, known of the archive in a way that the operation starts from.
fn scelta(operazione: OperazioneMassiva) -> String {
    let remoti: Vec<String> = operazione.da().iter().map(|r| format!("'{}'", r.codice())).collect();
    let pendenza = if operazione == OperazioneMassiva::Elimina { StatoPendenza::Annullato } else { StatoPendenza::NonEseguito };
    format!(
        "SELECT pd.pendenza FROM posizione_debitoria pd JOIN pendenza p ON p.dominio = pd.dominio AND p.id = pd.pendenza
         WHERE pd.dominio = $1 AND pd.modalita = '{}' AND pd.stato = '{}' AND pd.prossimo_tentativo <= $2 AND pd.lotto IS NULL
           AND (pd.prenotata_fino IS NULL OR pd.prenotata_fino < $2) AND pd.remoto IN ({}) AND p.stato = '{}'
         ORDER BY pd.prossimo_tentativo LIMIT $3",
        Modalita::Asincrona.codice(),
        StatoInvio::DaInviare.codice(),
        remoti.join(", "),
        pendenza.codice()
    )
}

impl Store {
    /// Positions that a file of this operation could take, counted up to `fino`. Index `posizione_dovute`.
    pub async fn posizioni_per_un_lotto(
        &self,
        dominio: &IdDominio,
        operazione: OperazioneMassiva,
        fino: u64,
        adesso: DateTime<Utc>,
    ) -> Result<u64, ErroreStore> {
        let testo = format!("SELECT count(*) AS quante FROM ({}) AS scelte", scelta(operazione));
        let db = self.lettura();
        let riga = db.query_one_raw(sql::con_valori(db, &testo, [dominio.as_str().into(), adesso.into(), intero(fino)])).await?;
        let quante: i64 = riga.map(|r| r.try_get("", "quante")).transpose()?.unwrap_or_default();
        Ok(u64::try_from(quante).unwrap_or(0))
    }

    /// A new lotto with up to `quante` positions, the longest due first; `None` when there is none to take.
    pub async fn apri_lotto(
        &self,
        dominio: &IdDominio,
        operazione: OperazioneMassiva,
        quante: u64,
        cartella: bool,
        adesso: DateTime<Utc>,
    ) -> Result<Option<Lotto>, ErroreStore> {
        let id = Uuid::now_v7();
        let tx = self.begin(Corsia::Lavori).await?;
        // Who works on a row that has just been chosen holds it: the conditions are asked again of the row itself.
        let testo = format!(
            "UPDATE posizione_debitoria SET lotto = $4, lotto_versione = versione, prenotata_fino = NULL
             WHERE dominio = $1 AND stato = '{}' AND lotto IS NULL AND (prenotata_fino IS NULL OR prenotata_fino < $2) AND pendenza IN ({})",
            StatoInvio::DaInviare.codice(),
            scelta(operazione)
        );
        let valori = [dominio.as_str().into(), adesso.into(), intero(quante), id.into()];
        let prese = tx.sql.execute_raw(sql::con_valori(&tx.sql, &testo, valori)).await?.rows_affected();
        if prese == 0 {
            return Ok(None);
        }
        let lotto = Lotto {
            id,
            dominio: dominio.clone(),
            operazione,
            cartella,
            stato: StatoLotto::DaComporre,
            nome_file: None,
            file_id: None,
            posizioni: u32::try_from(prese).unwrap_or(u32::MAX),
            inviate: 0,
            rifiutate: 0,
            da_rivedere: 0,
            tentativi: 0,
            motivo: None,
            data_creazione: adesso,
            data_invio: None,
            data_fine: None,
            prossimo_tentativo: adesso,
        };
        tabella::Entity::insert(in_riga(&lotto)).exec_without_returning(&tx.sql).await?;
        tx.commit().await?;
        Ok(Some(lotto))
    }

    /// Lotti that have something to do now, the longest due first. Index `lotto_da_fare`.
    pub async fn lotti_da_fare(&self, quanti: u64, adesso: DateTime<Utc>) -> Result<Vec<Lotto>, ErroreStore> {
        use tabella::Column as C;
        let aperti = [StatoLotto::DaComporre, StatoLotto::InInvio, StatoLotto::Inviato].map(StatoLotto::codice);
        let righe = tabella::Entity::find().filter(C::Stato.is_in(aperti)).filter(C::ProssimoTentativo.lte(adesso));
        let righe = righe.order_by_asc(C::ProssimoTentativo).order_by_asc(C::Id).limit(quanti).all(self.lettura()).await?;
        righe.into_iter().map(da_riga).collect()
    }

    /// The newest first. Index `lotto_elenco`.
    pub async fn elenco_lotti(&self, filtro: &FiltroLotti, pagina: &Pagina) -> Result<Elenco<Lotto>, ErroreStore> {
        use tabella::Column as C;
        let condizione =
            Condition::all().add_option(filtro.domini.as_ref().map(|d| C::Dominio.is_in(d))).add_option(filtro.stato.map(|s| C::Stato.eq(s.codice())));
        let righe = tabella::Entity::find().filter(condizione);
        let totale = elenchi::conta(self.lettura(), righe.clone(), C::Dominio, pagina).await?;
        let righe = righe.order_by_desc(C::DataCreazione).order_by_desc(C::Id).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        Ok(Elenco { righe: righe.into_iter().map(da_riga).collect::<Result<_, _>>()?, totale })
    }

    /// When the service last refused a file of a dominio as a whole.
    pub async fn ultimo_lotto_rifiutato(&self, dominio: &IdDominio) -> Result<Option<DateTime<Utc>>, ErroreStore> {
        use tabella::Column as C;
        let riga = tabella::Entity::find().filter(C::Stato.eq(StatoLotto::Rifiutato.codice())).filter(C::Dominio.eq(dominio.as_str()));
        Ok(riga.order_by_desc(C::DataFine).one(self.lettura()).await?.and_then(|r| r.data_fine))
    }

    /// Of these identifiers of the service, those that no lotto has. Index `lotto_file`.
    pub async fn file_senza_lotto(&self, id: &[String]) -> Result<Vec<String>, ErroreStore> {
        let noti: Vec<Option<String>> = tabella::Entity::find()
            .select_only()
            .column(tabella::Column::FileId)
            .filter(tabella::Column::FileId.is_in(id))
            .into_tuple()
            .all(self.lettura())
            .await?;
        Ok(id.iter().filter(|i| !noti.iter().flatten().any(|n| n == *i)).cloned().collect())
    }

    /// Whether one of these positions is the lotto's. Index `posizione_lotto`.
    pub async fn del_lotto(&self, lotto: Uuid, iupd: &[String]) -> Result<bool, ErroreStore> {
        use posizione::Column as C;
        Ok(posizione::Entity::find().filter(C::Lotto.eq(lotto)).filter(C::Iupd.is_in(iupd)).one(self.lettura()).await?.is_some())
    }

    /// The next positions of a file that is being written, by key. Index `posizione_lotto`.
    pub async fn righe_del_lotto(&self, lotto: Uuid, dopo: Option<Uuid>, quante: u64) -> Result<Vec<RigaLotto>, ErroreStore> {
        use posizione::Column as C;
        let db = self.lettura();
        let righe = posizione::Entity::find().filter(C::Lotto.eq(lotto)).filter(Condition::all().add_option(dopo.map(|d| C::Pendenza.gt(d))));
        let righe = righe.order_by_asc(C::Pendenza).limit(quante).all(db).await?;
        let Some(dominio) = righe.first().map(|r| r.dominio.clone()) else { return Ok(Vec::new()) };
        let id: Vec<Uuid> = righe.iter().map(|r| r.pendenza).collect();
        let pendenze = pendenza::Entity::find().filter(pendenza::Column::Dominio.eq(&dominio)).filter(pendenza::Column::Id.is_in(id.clone())).all(db).await?;
        let voci = voce::Entity::find().filter(voce::Column::Dominio.eq(&dominio)).filter(voce::Column::Pendenza.is_in(id));
        let mut voci = voci.order_by_asc(voce::Column::Pendenza).order_by_asc(voce::Column::Indice).all(db).await?;
        let documenti = elenchi::pendenze::documenti_di(db, &pendenze).await?;
        let mut lette = std::collections::HashMap::with_capacity(pendenze.len());
        for riga in pendenze {
            let sue = voci.extract_if(.., |v| v.pendenza == riga.id).collect();
            let documento = riga.documento.and_then(|d| documenti.get(&d).cloned());
            let p = mappa::pendenza(riga, sue, documento)?;
            lette.insert(p.id, p);
        }
        let riga = |r: posizione::Model| {
            let (pendenza, lotto_versione) = (lette.remove(&r.pendenza), r.lotto_versione);
            Ok(RigaLotto { posizione: posizione_da_riga(r)?, pendenza, lotto_versione })
        };
        righe.into_iter().map(riga).collect()
    }

    /// What a page of the file turned out to be: positions that changed since they were chosen, and positions that are not in the file.
    pub async fn annota_composizione(&self, lotto: Uuid, versioni: &[(Uuid, i64)], escluse: &[Esclusa], adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use posizione::Column as C;
        if versioni.is_empty() && escluse.is_empty() {
            return Ok(());
        }
        let tx = self.begin(Corsia::Lavori).await?;
        for (id, versione) in versioni {
            let una = posizione::Entity::update_many().col_expr(C::LottoVersione, Expr::value(*versione));
            una.filter(C::Lotto.eq(lotto)).filter(C::Pendenza.eq(*id)).exec(&tx.sql).await?;
        }
        for e in escluse {
            chiudi_righe(&tx, C::Lotto.eq(lotto).and(C::Pendenza.eq(e.pendenza)), e.esito, e.motivo.as_deref(), adesso).await?;
        }
        tx.commit().await
    }

    /// Positions of the lotto beyond the last that found place in the file are due again.
    pub async fn libera_oltre(&self, lotto: Uuid, ultima: Option<Uuid>, adesso: DateTime<Utc>) -> Result<u64, ErroreStore> {
        use posizione::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let libere = posizione::Entity::update_many()
            .col_expr(C::Lotto, Expr::value(None::<Uuid>))
            .col_expr(C::ProssimoTentativo, Expr::value(adesso))
            .filter(C::Lotto.eq(lotto))
            .filter(Condition::all().add_option(ultima.map(|u| C::Pendenza.gt(u))))
            .exec(&tx.sql)
            .await?;
        tx.commit().await?;
        Ok(libere.rows_affected)
    }

    /// Writes the lotto as it is now. False: it was not in `da` any more, and nothing is written.
    pub async fn aggiorna_lotto(&self, lotto: &Lotto, da: StatoLotto) -> Result<bool, ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        let fatta = scrivi(&tx, lotto, da).await?;
        tx.commit().await?;
        Ok(fatta)
    }

    /// Positions of the lotto that the report names with one outcome. Gives how many were still the lotto's.
    pub async fn applica_esito(&self, lotto: Uuid, iupd: &[String], esito: EsitoRiga, motivo: Option<&str>, adesso: DateTime<Utc>) -> Result<u64, ErroreStore> {
        use posizione::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let quante = chiudi_righe(&tx, C::Lotto.eq(lotto).and(C::Iupd.is_in(iupd)), esito, motivo, adesso).await?;
        tx.commit().await?;
        Ok(quante)
    }

    /// The lotto ends, and what is still its own has this outcome: both, or neither. `None`: it had ended already.
    pub async fn concludi_lotto(
        &self,
        lotto: &Lotto,
        da: StatoLotto,
        resto: EsitoRiga,
        motivo: &str,
        adesso: DateTime<Utc>,
    ) -> Result<Option<u64>, ErroreStore> {
        use posizione::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let quante = chiudi_righe(&tx, C::Lotto.eq(lotto.id), resto, Some(motivo), adesso).await?;
        let da_rivedere = lotto.da_rivedere.saturating_add(u32::try_from(quante).unwrap_or(u32::MAX));
        if !scrivi(&tx, &Lotto { da_rivedere, data_fine: Some(adesso), ..lotto.clone() }, da).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(quante))
    }
}

/// The rows leave their lotto. What changed since the file was written is due whatever came of the file.
async fn chiudi_righe(
    tx: &Tx,
    quali: sea_orm::sea_query::SimpleExpr,
    esito: EsitoRiga,
    motivo: Option<&str>,
    adesso: DateTime<Utc>,
) -> Result<u64, ErroreStore> {
    use posizione::Column as C;
    let cambiata =
        CaseStatement::new().case(Expr::col(C::Versione).gt(Expr::col(C::LottoVersione)), StatoInvio::DaInviare.codice()).finally(esito.stato.codice());
    let arrivata = matches!(esito.stato, StatoInvio::Inviata | StatoInvio::NonDovuta);
    let mut istruzione = posizione::Entity::update_many()
        .col_expr(C::Stato, cambiata.into())
        .col_expr(C::Remoto, Expr::value(esito.remoto.codice()))
        .col_expr(C::Impronta, Expr::value(None::<Vec<u8>>))
        .col_expr(C::Tentativi, Expr::value(0))
        .col_expr(C::Motivo, Expr::value(motivo))
        .col_expr(C::ProssimoTentativo, Expr::value(adesso))
        .col_expr(C::Lotto, Expr::value(None::<Uuid>));
    if arrivata {
        istruzione = istruzione.col_expr(C::VersioneInviata, Expr::col(C::LottoVersione)).col_expr(C::DataComunicazione, Expr::value(adesso));
    }
    Ok(istruzione.filter(quali).exec(&tx.sql).await?.rows_affected)
}

async fn scrivi(tx: &Tx, lotto: &Lotto, da: StatoLotto) -> Result<bool, ErroreStore> {
    use tabella::Column as C;
    let fatta = tabella::Entity::update_many().set(in_riga(lotto)).filter(C::Id.eq(lotto.id)).filter(C::Stato.eq(da.codice())).exec(&tx.sql).await?;
    Ok(fatta.rows_affected == 1)
}

fn intero(n: u64) -> Value {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

fn in_riga(l: &Lotto) -> tabella::ActiveModel {
    let conto = |n: u32| Set(i32::try_from(n).unwrap_or(i32::MAX));
    tabella::ActiveModel {
        id: Set(l.id),
        dominio: Set(l.dominio.to_string()),
        operazione: Set(l.operazione.codice().to_owned()),
        cartella: Set(l.cartella),
        stato: Set(l.stato.codice().to_owned()),
        nome_file: Set(l.nome_file.clone()),
        file_id: Set(l.file_id.clone()),
        posizioni: conto(l.posizioni),
        inviate: conto(l.inviate),
        rifiutate: conto(l.rifiutate),
        da_rivedere: conto(l.da_rivedere),
        tentativi: conto(l.tentativi),
        motivo: Set(l.motivo.clone()),
        data_creazione: Set(l.data_creazione),
        data_invio: Set(l.data_invio),
        data_fine: Set(l.data_fine),
        prossimo_tentativo: Set(l.prossimo_tentativo),
    }
}

fn da_riga(r: tabella::Model) -> Result<Lotto, ErroreStore> {
    let manca = |cosa| mappa::illeggibile("lotto_posizioni", cosa);
    let conto = |n: i32| u32::try_from(n).unwrap_or(0);
    Ok(Lotto {
        dominio: mappa::dominio(&r.dominio, "lotto_posizioni")?,
        operazione: OperazioneMassiva::leggi(&r.operazione).ok_or_else(|| manca("operazione"))?,
        stato: StatoLotto::leggi(&r.stato).ok_or_else(|| manca("stato"))?,
        posizioni: conto(r.posizioni),
        inviate: conto(r.inviate),
        rifiutate: conto(r.rifiutate),
        da_rivedere: conto(r.da_rivedere),
        tentativi: conto(r.tentativi),
        id: r.id,
        cartella: r.cartella,
        nome_file: r.nome_file,
        file_id: r.file_id,
        motivo: r.motivo,
        data_creazione: r.data_creazione,
        data_invio: r.data_invio,
        data_fine: r.data_fine,
        prossimo_tentativo: r.prossimo_tentativo,
    })
}

#[cfg(test)]
mod tests {
    use domain::posizione_debitoria::Remoto;

    use super::*;

    #[test]
    fn si_sceglie_per_operazione_e_mai_cio_che_non_si_conosce() {
        for operazione in OperazioneMassiva::TUTTE {
            let testo = scelta(operazione);
            assert!(!testo.contains(Remoto::Ignoto.codice()), "{testo}");
            assert!(testo.contains("pd.modalita = 'ASINCRONA'"));
        }
        assert!(scelta(OperazioneMassiva::Elimina).contains("'ANNULLATO'"));
    }
}
