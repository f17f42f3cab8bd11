//! Payment attempts, their messages byte for byte, and the money that arrived.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use chrono::{DateTime, Utc};
use codici::{IdDominio, Importo, Iuv};
use domain::pagabilita::PrimoPagamento;
use domain::pendenza::Pendenza;
use domain::ricevuta::{Riscossione, StatoRiscossione, TipoRiscossione};
use domain::transazione::{DESCRIZIONE_SUPERATA, Esito, Stato, Transazione};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use crate::apertura::{Store, Tx};
use crate::entita::{ricevuta_estranea, riscossione, transazione, transazione_xml};
use crate::errore::{ErroreStore, Vincolo};
use crate::mappa;

/// A stored message is never read back to more than this: what was accepted was smaller.
const BYTE_MESSAGGIO_MAX: u64 = 16 * 1024 * 1024;
const LIVELLO_ZSTD: i32 = 3;
/// Attempts whose messages are read at once.
const TRANSAZIONI_PER_LETTURA: usize = 200;

/// Which message of a transazione.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Messaggio {
    /// Our activation answer.
    Rpt,
    /// The receipt of the node.
    Rt,
}

impl Messaggio {
    const fn codice(self) -> &'static str {
        match self {
            Self::Rpt => "RPT",
            Self::Rt => "RT",
        }
    }
}

/// A receipt that no position of ours explains.
#[derive(Clone, Debug)]
pub struct RicevutaEstranea<'a> {
    pub dominio: &'a IdDominio,
    pub receipt_id: &'a str,
    pub iuv: &'a str,
    pub stazione: &'a str,
    pub importo: Importo,
    pub ricevuta_il: DateTime<Utc>,
    pub contenuto: &'a [u8],
}

impl Tx {
    /// Supersedes every attempt of (dominio, iuv) that is still in progress.
    pub async fn annulla_tentativi(&self, dominio: &IdDominio, iuv: &Iuv) -> Result<u64, ErroreStore> {
        let esito = transazione::Entity::update_many()
            .col_expr(transazione::Column::Stato, Expr::value(Stato::RptAnnullata.codice()))
            .col_expr(transazione::Column::DescrizioneStato, Expr::value(DESCRIZIONE_SUPERATA))
            .filter(transazione::Column::Dominio.eq(dominio.as_str()))
            .filter(transazione::Column::Iuv.eq(iuv.as_str()))
            .filter(transazione::Column::Stato.is_in(Stato::PENDENTI.map(Stato::codice)))
            .exec(&self.sql)
            .await?;
        Ok(esito.rows_affected)
    }

    pub async fn inserisci_transazione(&self, t: &Transazione) -> Result<(), ErroreStore> {
        transazione::Entity::insert(mappa::riga_transazione(t)).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    /// Writes the attempt whole over the row of the same id.
    pub async fn aggiorna_transazione(&self, t: &Transazione) -> Result<(), ErroreStore> {
        transazione::Entity::update_many()
            .set(mappa::riga_transazione(t))
            .filter(transazione::Column::Dominio.eq(t.dominio.as_str()))
            .filter(transazione::Column::Id.eq(t.id))
            .exec(&self.sql)
            .await?;
        Ok(())
    }

    /// What the node said of an attempt that was sent to it. False when something else has happened to it meanwhile: a receipt may come before the answer.
    pub async fn conclude_invio(&self, t: &Transazione, stato: Stato, descrizione: Option<&str>, esito: Esito) -> Result<bool, ErroreStore> {
        let fatte = transazione::Entity::update_many()
            .col_expr(transazione::Column::Stato, Expr::value(stato.codice()))
            .col_expr(transazione::Column::DescrizioneStato, Expr::value(descrizione.map(str::to_owned)))
            .col_expr(transazione::Column::Esito, Expr::value(esito.codice()))
            .filter(transazione::Column::Dominio.eq(t.dominio.as_str()))
            .filter(transazione::Column::Id.eq(t.id))
            .filter(transazione::Column::Stato.eq(Stato::RptAttivata.codice()))
            .exec(&self.sql)
            .await?;
        Ok(fatte.rows_affected > 0)
    }

    /// One column alone: whatever else happens to the attempt meanwhile stays.
    pub async fn segna_bloccante(&self, t: &Transazione, bloccante: bool) -> Result<(), ErroreStore> {
        transazione::Entity::update_many()
            .col_expr(transazione::Column::Bloccante, Expr::value(bloccante))
            .filter(transazione::Column::Dominio.eq(t.dominio.as_str()))
            .filter(transazione::Column::Id.eq(t.id))
            .exec(&self.sql)
            .await?;
        Ok(())
    }

    pub async fn salva_messaggio(&self, t: &Transazione, quale: Messaggio, byte: &[u8]) -> Result<(), ErroreStore> {
        let riga = transazione_xml::ActiveModel {
            dominio: Set(t.dominio.to_string()),
            transazione: Set(t.id),
            tipo: Set(quale.codice().to_owned()),
            contenuto: Set(comprimi(byte)?),
            hash: Set(impronta(byte)),
        };
        transazione_xml::Entity::insert(riga).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    /// In place of the one that is kept, if there is one: a receipt that was refused gives way to the next.
    pub async fn sostituisci_messaggio(&self, t: &Transazione, quale: Messaggio, byte: &[u8]) -> Result<(), ErroreStore> {
        transazione_xml::Entity::delete_by_id((t.dominio.to_string(), t.id, quale.codice().to_owned())).exec(&self.sql).await?;
        self.salva_messaggio(t, quale, byte).await
    }

    /// Every attempt of (dominio, iuv), newest first. Index `transazione_iuv`.
    pub async fn transazioni_per_iuv(&self, dominio: &IdDominio, iuv: &Iuv) -> Result<Vec<Transazione>, ErroreStore> {
        let righe = transazione::Entity::find()
            .filter(transazione::Column::Dominio.eq(dominio.as_str()))
            .filter(transazione::Column::Iuv.eq(iuv.as_str()))
            .order_by_desc(transazione::Column::DataRichiesta)
            .order_by_desc(transazione::Column::Id)
            .all(&self.sql)
            .await?;
        righe.into_iter().map(mappa::transazione).collect()
    }

    pub async fn messaggio(&self, t: &Transazione, quale: Messaggio) -> Result<Option<Vec<u8>>, ErroreStore> {
        leggi_messaggio(&self.sql, &t.dominio, t.id, quale).await
    }

    /// `ids`: as many as `riscossioni`.
    pub async fn inserisci_riscossioni(
        &self,
        p: &Pendenza,
        t: &Transazione,
        riscossioni: &[Riscossione],
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<(), ErroreStore> {
        if riscossioni.is_empty() {
            return Ok(());
        }
        let righe = riscossioni.iter().zip(ids).map(|(r, id)| riscossione::ActiveModel {
            dominio: Set(r.dominio.to_string()),
            id: Set(id),
            iuv: Set(p.iuv.to_string()),
            iur: Set(r.iur.clone()),
            indice: Set(i16::from(r.indice)),
            dominio_pendenza: Set(p.dominio.to_string()),
            pendenza: Set(p.id),
            transazione: Set(Some(t.id)),
            voce: Set(r.voce.map(i16::from)),
            importo: Set(r.importo.cent()),
            data: Set(r.data),
            tipo: Set(r.tipo.codice().to_owned()),
            stato: Set(StatoRiscossione::Pagata.codice().to_owned()),
            commissioni: Set(r.commissioni.map(Importo::cent)),
        });
        riscossione::Entity::insert_many(righe).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    /// False when this receipt is there already: once is enough.
    pub async fn inserisci_ricevuta_estranea(&self, r: &RicevutaEstranea<'_>) -> Result<bool, ErroreStore> {
        let riga = ricevuta_estranea::ActiveModel {
            dominio: Set(r.dominio.to_string()),
            receipt_id: Set(r.receipt_id.to_owned()),
            iuv: Set(r.iuv.to_owned()),
            stazione: Set(r.stazione.to_owned()),
            importo: Set(r.importo.cent()),
            ricevuta_il: Set(r.ricevuta_il),
            contenuto: Set(comprimi(r.contenuto)?),
            hash: Set(impronta(r.contenuto)),
            collegata_il: Set(None),
            collegata_da: Set(None),
            id_a2a: Set(None),
            id_pendenza: Set(None),
        };
        let esito = ricevuta_estranea::Entity::insert(riga).on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&self.sql).await;
        match esito.map_err(ErroreStore::from) {
            Ok(righe) => Ok(righe > 0),
            Err(ErroreStore::Sql(sea_orm::DbErr::RecordNotInserted) | ErroreStore::Chiave(Vincolo::RicevutaEstranea)) => Ok(false),
            Err(e) => Err(e),
        }
    }
}

impl Store {
    /// Attempts of a position, oldest first.
    pub async fn transazioni(&self, p: &Pendenza) -> Result<Vec<Transazione>, ErroreStore> {
        let righe = transazione::Entity::find()
            .filter(transazione::Column::Dominio.eq(p.dominio.as_str()))
            .filter(transazione::Column::Pendenza.eq(p.id))
            .order_by_asc(transazione::Column::DataRichiesta)
            .order_by_asc(transazione::Column::Id)
            .all(self.lettura())
            .await?;
        righe.into_iter().map(mappa::transazione).collect()
    }

    pub async fn transazione(&self, dominio: &IdDominio, id: Uuid) -> Result<Option<Transazione>, ErroreStore> {
        transazione::Entity::find_by_id((dominio.to_string(), id)).one(self.lettura()).await?.map(mappa::transazione).transpose()
    }

    /// By the key that integrators use.
    pub async fn transazione_per_chiave(&self, dominio: &IdDominio, iuv: &str, ccp: &str) -> Result<Option<Transazione>, ErroreStore> {
        transazione::Entity::find()
            .filter(transazione::Column::Dominio.eq(dominio.as_str()))
            .filter(transazione::Column::Iuv.eq(iuv))
            .filter(transazione::Column::Ccp.eq(ccp))
            .one(self.lettura())
            .await?
            .map(mappa::transazione)
            .transpose()
    }

    /// The bytes as they passed.
    pub async fn messaggio(&self, t: &Transazione, quale: Messaggio) -> Result<Option<Vec<u8>>, ErroreStore> {
        leggi_messaggio(self.lettura(), &t.dominio, t.id, quale).await
    }

    /// The messages of several attempts, in one query for each group of them. Primary key.
    pub async fn messaggi(&self, transazioni: &[Transazione]) -> Result<HashMap<(Uuid, Messaggio), Vec<u8>>, ErroreStore> {
        use transazione_xml::{Column, Entity};
        let mut trovati = HashMap::new();
        for gruppo in transazioni.chunks(TRANSAZIONI_PER_LETTURA) {
            let domini: HashSet<&str> = gruppo.iter().map(|t| t.dominio.as_str()).collect();
            let di = Entity::find().filter(Column::Dominio.is_in(domini)).filter(Column::Transazione.is_in(gruppo.iter().map(|t| t.id)));
            for r in di.all(self.lettura()).await? {
                if let Some(quale) = [Messaggio::Rpt, Messaggio::Rt].into_iter().find(|m| m.codice() == r.tipo) {
                    trovati.insert((r.transazione, quale), espandi(&r.contenuto)?);
                }
            }
        }
        Ok(trovati)
    }

    /// What a transazione brought, in order of indice.
    pub async fn riscossioni(&self, p: &Pendenza, transazione: Option<Uuid>) -> Result<Vec<Riscossione>, ErroreStore> {
        let mut query =
            riscossione::Entity::find().filter(riscossione::Column::DominioPendenza.eq(p.dominio.as_str())).filter(riscossione::Column::Pendenza.eq(p.id));
        if let Some(t) = transazione {
            query = query.filter(riscossione::Column::Transazione.eq(t));
        }
        let righe = query.order_by_asc(riscossione::Column::Data).order_by_asc(riscossione::Column::Indice).all(self.lettura()).await?;
        righe.into_iter().map(riscossione_da_riga).collect()
    }

    /// The first payment of a position, for whoever asks to pay it again.
    pub async fn primo_pagamento(&self, p: &Pendenza) -> Result<Option<PrimoPagamento>, ErroreStore> {
        let riga = riscossione::Entity::find()
            .filter(riscossione::Column::DominioPendenza.eq(p.dominio.as_str()))
            .filter(riscossione::Column::Pendenza.eq(p.id))
            .order_by_asc(riscossione::Column::Data)
            .order_by_asc(riscossione::Column::Indice)
            .one(self.lettura())
            .await?;
        Ok(riga.map(|r| PrimoPagamento { data: r.data, iur: r.iur }))
    }
}

pub(crate) fn riscossione_da_riga(r: riscossione::Model) -> Result<Riscossione, ErroreStore> {
    let piccolo = |n: i16, cosa| u8::try_from(n).map_err(|_| mappa::illeggibile("riscossione", cosa));
    Ok(Riscossione {
        dominio: mappa::dominio(&r.dominio, "riscossione")?,
        iur: r.iur,
        indice: piccolo(r.indice, "indice")?,
        voce: r.voce.map(|v| piccolo(v, "voce")).transpose()?,
        importo: Importo::da_cent(r.importo),
        data: r.data,
        tipo: TipoRiscossione::leggi(&r.tipo).ok_or_else(|| mappa::illeggibile("riscossione", "tipo"))?,
        commissioni: r.commissioni.map(Importo::da_cent),
    })
}

async fn leggi_messaggio<C: ConnectionTrait>(db: &C, dominio: &IdDominio, id: Uuid, quale: Messaggio) -> Result<Option<Vec<u8>>, ErroreStore> {
    let chiave = (dominio.to_string(), id, quale.codice().to_owned());
    let riga = transazione_xml::Entity::find_by_id(chiave).one(db).await?;
    riga.map(|r| espandi(&r.contenuto)).transpose()
}

pub(crate) fn comprimi(byte: &[u8]) -> Result<Vec<u8>, ErroreStore> {
    zstd::bulk::compress(byte, LIVELLO_ZSTD).map_err(|e| mappa::illeggibile("transazione_xml", e))
}

pub(crate) fn espandi(compressi: &[u8]) -> Result<Vec<u8>, ErroreStore> {
    let mut byte = Vec::new();
    let lettore = zstd::stream::read::Decoder::new(compressi).map_err(|e| mappa::illeggibile("transazione_xml", e))?;
    lettore.take(BYTE_MESSAGGIO_MAX).read_to_end(&mut byte).map_err(|e| mappa::illeggibile("transazione_xml", e))?;
    Ok(byte)
}

/// BLAKE3 of the original bytes.
fn impronta(byte: &[u8]) -> Vec<u8> {
    blake3::hash(byte).as_bytes().to_vec()
}
