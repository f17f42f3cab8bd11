//! Documenti with the positions that they hold, and attachments with their bytes.

use std::collections::HashMap;

use codici::IdDominio;
use domain::pendenza::{Documento, Pendenza, Stato};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::apertura::Store;
use crate::entita::{allegato, documento, pendenza, voce};
use crate::errore::ErroreStore;
use crate::mappa;

/// An attachment as a file, with its owner.
#[derive(Clone)]
pub struct FileAllegato {
    pub id_a2a: String,
    /// Dominio of the position.
    pub dominio: IdDominio,
    pub id_pendenza: String,
    pub tipo_pendenza: String,
    pub unita_operativa: Option<String>,
    /// Upper case: a citizen may read what is its own.
    pub debitore: String,
    pub nome: String,
    pub tipo: Option<String>,
    pub contenuto: Vec<u8>,
}

/// Without the bytes, which are somebody's document, and without the debtor.
impl std::fmt::Debug for FileAllegato {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileAllegato").field("id_pendenza", &self.id_pendenza).field("byte", &self.contenuto.len()).finish_non_exhaustive()
    }
}

impl Store {
    /// By the number that addresses of attachments carry. Primary key, then that of the position.
    pub async fn file_allegato(&self, id: i64) -> Result<Option<FileAllegato>, ErroreStore> {
        let Some(a) = allegato::Entity::find_by_id(id).one(self.lettura()).await? else { return Ok(None) };
        let Some(p) = pendenza::Entity::find_by_id((a.dominio.clone(), a.pendenza)).one(self.lettura()).await? else { return Ok(None) };
        Ok(Some(FileAllegato {
            dominio: mappa::dominio(&a.dominio, "allegato")?,
            id_a2a: p.id_a2a,
            id_pendenza: p.id_pendenza,
            tipo_pendenza: p.tipo_pendenza,
            unita_operativa: p.unita_operativa,
            debitore: p.debitore_cerca,
            nome: a.nome,
            tipo: a.tipo,
            contenuto: a.contenuto,
        }))
    }

    /// Index `documento_chiave`.
    pub async fn documento(&self, dominio: &IdDominio, id_a2a: &str, identificativo: &str) -> Result<Option<Documento>, ErroreStore> {
        let riga = documento::Entity::find()
            .filter(documento::Column::Dominio.eq(dominio.as_str()))
            .filter(documento::Column::IdA2a.eq(id_a2a))
            .filter(documento::Column::Identificativo.eq(identificativo))
            .one(self.lettura())
            .await?;
        Ok(riga.map(|r| Documento { id: r.id, identificativo: r.identificativo, descrizione: r.descrizione }))
    }

    /// The unpaid positions of a documento with their voci, at most `quante`, in the order of their loading. Index `pendenza_documento`.
    pub async fn da_pagare_del_documento(&self, dominio: &IdDominio, documento: &Documento, quante: u64) -> Result<Vec<Pendenza>, ErroreStore> {
        self.del_documento(dominio, documento, Condition::all().add(pendenza::Column::Stato.eq(Stato::NonEseguito.codice())), quante).await
    }

    /// The same, whatever their state.
    pub async fn parti_del_documento(&self, dominio: &IdDominio, documento: &Documento, quante: u64) -> Result<Vec<Pendenza>, ErroreStore> {
        self.del_documento(dominio, documento, Condition::all(), quante).await
    }

    async fn del_documento(&self, dominio: &IdDominio, documento: &Documento, quali: Condition, quante: u64) -> Result<Vec<Pendenza>, ErroreStore> {
        let righe = pendenza::Entity::find()
            .filter(pendenza::Column::Dominio.eq(dominio.as_str()))
            .filter(pendenza::Column::Documento.eq(documento.id))
            .filter(quali)
            .order_by_asc(pendenza::Column::DataCaricamento)
            .order_by_asc(pendenza::Column::Id)
            .limit(quante)
            .all(self.lettura())
            .await?;
        let mut voci: HashMap<Uuid, Vec<voce::Model>> = HashMap::new();
        let di = voce::Entity::find().filter(voce::Column::Dominio.eq(dominio.as_str())).filter(voce::Column::Pendenza.is_in(righe.iter().map(|r| r.id)));
        for v in di.all(self.lettura()).await? {
            voci.entry(v.pendenza).or_default().push(v);
        }
        let riga_documento = documento::Model {
            dominio: dominio.to_string(),
            id: documento.id,
            id_a2a: String::new(),
            identificativo: documento.identificativo.clone(),
            descrizione: documento.descrizione.clone(),
        };
        let una = |r: pendenza::Model| {
            let sue = voci.remove(&r.id).unwrap_or_default();
            mappa::pendenza(r, sue, Some(riga_documento.clone()))
        };
        righe.into_iter().map(una).collect()
    }
}
