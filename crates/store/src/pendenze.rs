//! Positions: by key, by IUV, in lists; inserted and updated whole.

use chrono::{DateTime, Utc};
use codici::{IdDominio, Iuv};
use domain::pendenza::{Documento, NuovoAllegato, NuovoDocumento, Pendenza};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Store, Tx};
use crate::entita::{allegato, documento, pendenza, voce};
use crate::errore::{ErroreStore, Vincolo};
use crate::mappa;
use crate::posizione::{self, Chiave};

/// An attachment without its bytes.
#[derive(Clone, Debug)]
pub struct Allegato {
    pub id: i64,
    pub nome: String,
    pub tipo: Option<String>,
    pub descrizione: Option<String>,
}

impl Store {
    /// Hot path of verify: one query, index `pendenza_iuv`.
    pub async fn pendenza_per_iuv(&self, dominio: &IdDominio, iuv: &Iuv) -> Result<Option<Pendenza>, ErroreStore> {
        una(self.lettura(), Chiave::Iuv { dominio: dominio.as_str(), iuv: iuv.as_str() }, false).await
    }

    /// By its natural key, index `pendenza_chiave`.
    pub async fn pendenza(&self, id_a2a: &str, id_pendenza: &str) -> Result<Option<Pendenza>, ErroreStore> {
        una(self.lettura(), Chiave::Applicazione { id_a2a, id_pendenza }, false).await
    }

    /// By the key of its row.
    pub async fn pendenza_per_id(&self, dominio: &IdDominio, id: Uuid) -> Result<Option<Pendenza>, ErroreStore> {
        una(self.lettura(), Chiave::Riga { dominio: dominio.as_str(), id }, false).await
    }

    pub async fn allegati(&self, pendenza: &Pendenza) -> Result<Vec<Allegato>, ErroreStore> {
        let righe: Vec<(i64, String, Option<String>, Option<String>)> = allegato::Entity::find()
            .select_only()
            .columns([allegato::Column::Id, allegato::Column::Nome, allegato::Column::Tipo, allegato::Column::Descrizione])
            .filter(allegato::Column::Dominio.eq(pendenza.dominio.as_str()))
            .filter(allegato::Column::Pendenza.eq(pendenza.id))
            .order_by_asc(allegato::Column::Id)
            .into_tuple()
            .all(self.lettura())
            .await?;
        Ok(righe.into_iter().map(|(id, nome, tipo, descrizione)| Allegato { id, nome, tipo, descrizione }).collect())
    }
}

impl Tx {
    /// Locks the position until the end of the transaction.
    pub async fn blocca_pendenza(&self, id_a2a: &str, id_pendenza: &str) -> Result<Option<Pendenza>, ErroreStore> {
        una(&self.sql, Chiave::Applicazione { id_a2a, id_pendenza }, true).await
    }

    /// Locks the position until the end of the transaction. Index `pendenza_iuv`.
    pub async fn blocca_pendenza_per_iuv(&self, dominio: &IdDominio, iuv: &Iuv) -> Result<Option<Pendenza>, ErroreStore> {
        una(&self.sql, Chiave::Iuv { dominio: dominio.as_str(), iuv: iuv.as_str() }, true).await
    }

    /// Fails with the key that is already taken; the transaction goes on being usable.
    pub async fn inserisci_pendenza(&self, p: &Pendenza) -> Result<(), ErroreStore> {
        let inserite =
            pendenza::Entity::insert(mappa::riga_pendenza(p)).on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&self.sql).await;
        if matches!(inserite, Ok(0) | Err(sea_orm::DbErr::RecordNotInserted)) {
            let chiave_presa = pendenza::Entity::find()
                .filter(pendenza::Column::IdA2a.eq(&p.id_a2a).and(pendenza::Column::IdPendenza.eq(&p.id_pendenza)))
                .count(&self.sql)
                .await?
                > 0;
            return Err(ErroreStore::Chiave(if chiave_presa { Vincolo::PendenzaChiave } else { Vincolo::PendenzaIuv }));
        }
        inserite?;
        let voci = p.voci.iter().map(|v| mappa::riga_voce(p, v));
        voce::Entity::insert_many(voci).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    /// Writes the whole position over the one that was locked. Voci are matched by indice; none is ever removed.
    pub async fn aggiorna_pendenza(&self, prima: &Pendenza, dopo: &Pendenza) -> Result<(), ErroreStore> {
        let toccate = pendenza::Entity::update_many()
            .set(mappa::riga_pendenza(dopo))
            .filter(pendenza::Column::Dominio.eq(prima.dominio.as_str()))
            .filter(pendenza::Column::Id.eq(prima.id))
            .filter(pendenza::Column::Stato.eq(prima.stato.codice()))
            .exec(&self.sql)
            .await?
            .rows_affected;
        if toccate != 1 {
            return Err(mappa::illeggibile("pendenza", format!("{toccate} righe in stato {}", prima.stato.codice())));
        }
        for v in &dopo.voci {
            match prima.voci.iter().find(|p| p.indice == v.indice) {
                Some(uguale) if uguale == v => {}
                Some(_) => {
                    voce::Entity::update_many()
                        .set(mappa::riga_voce(dopo, v))
                        .filter(voce::Column::Dominio.eq(dopo.dominio.as_str()))
                        .filter(voce::Column::Pendenza.eq(dopo.id))
                        .filter(voce::Column::Indice.eq(i16::from(v.indice)))
                        .exec(&self.sql)
                        .await?;
                }
                None => {
                    voce::Entity::insert(mappa::riga_voce(dopo, v)).exec_without_returning(&self.sql).await?;
                }
            }
        }
        Ok(())
    }

    /// Inserts or renames the documento of an application; its id is kept.
    pub async fn salva_documento(&self, dominio: &IdDominio, id_a2a: &str, nuovo: &NuovoDocumento, id: Uuid) -> Result<Documento, ErroreStore> {
        let riga = documento::ActiveModel {
            dominio: Set(dominio.to_string()),
            id: Set(id),
            id_a2a: Set(id_a2a.to_owned()),
            identificativo: Set(nuovo.identificativo.clone()),
            descrizione: Set(nuovo.descrizione.clone()),
        };
        let chiave = [documento::Column::Dominio, documento::Column::IdA2a, documento::Column::Identificativo];
        let su_conflitto = OnConflict::columns(chiave).update_column(documento::Column::Descrizione).to_owned();
        documento::Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&self.sql).await?;
        let riga = documento::Entity::find()
            .filter(documento::Column::Dominio.eq(dominio.as_str()))
            .filter(documento::Column::IdA2a.eq(id_a2a))
            .filter(documento::Column::Identificativo.eq(&nuovo.identificativo))
            .one(&self.sql)
            .await?
            .ok_or_else(|| mappa::illeggibile("documento", "riga appena scritta"))?;
        Ok(Documento { id: riga.id, identificativo: riga.identificativo, descrizione: riga.descrizione })
    }

    /// A load replaces the whole set (spec/1 section 6.7). `ids`: as many as `nuovi`.
    pub async fn sostituisci_allegati(&self, p: &Pendenza, nuovi: &[NuovoAllegato], ids: &[i64], adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        let vecchi = allegato::Entity::delete_many().filter(allegato::Column::Dominio.eq(p.dominio.as_str())).filter(allegato::Column::Pendenza.eq(p.id));
        vecchi.exec(&self.sql).await?;
        if nuovi.is_empty() {
            return Ok(());
        }
        let righe = nuovi.iter().zip(ids).map(|(a, id)| allegato::ActiveModel {
            id: Set(*id),
            dominio: Set(p.dominio.to_string()),
            pendenza: Set(p.id),
            nome: Set(a.nome.clone()),
            tipo: Set(a.tipo.clone()),
            descrizione: Set(a.descrizione.clone()),
            contenuto: Set(a.contenuto.clone()),
            data_creazione: Set(adesso),
        });
        allegato::Entity::insert_many(righe).exec_without_returning(&self.sql).await?;
        Ok(())
    }
}

/// The position and its voci in one round trip; a second one only when it names a documento.
async fn una<C: ConnectionTrait>(db: &C, chiave: Chiave<'_>, blocca: bool) -> Result<Option<Pendenza>, ErroreStore> {
    let Some((riga, voci)) = posizione::righe(db, chiave, blocca).await? else { return Ok(None) };
    let documento = documento_di(db, &riga).await?;
    mappa::pendenza(riga, voci, documento).map(Some)
}

async fn documento_di<C: ConnectionTrait>(db: &C, riga: &pendenza::Model) -> Result<Option<documento::Model>, ErroreStore> {
    let Some(id) = riga.documento else { return Ok(None) };
    Ok(documento::Entity::find_by_id((riga.dominio.clone(), id)).one(db).await?)
}
