//! Pendenze that a visitor made for itself (spec/1 section 10.3): kept by session, outside the archive until they are paid or printed.
//!
//! In the database, so that any node can answer the next call of the browser; for a day, since the number that was printed on nothing is then forgotten.
//! What has entered the archive stays here too: it is how the session finds its avviso and its receipt.

use chrono::{DateTime, Duration, Utc};
use codici::{IdDominio, Iuv};
use domain::pendenza::{Documento, NuovoAllegato, Pendenza};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set, TryIntoModel};
use serde::{Deserialize, Serialize};

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::{self, bozza as tabella};
use crate::errore::ErroreStore;
use crate::mappa;
use crate::sessioni::IdHash;

/// How long a bozza can be found again.
pub const DURATA: Duration = Duration::hours(24);
/// Bozze of one session: more than anybody fills in by hand in a sitting. One more, and the oldest goes.
pub const BOZZE_PER_SESSIONE_MAX: u64 = 50;
/// Rows deleted by one turn of the cleaning.
const PULIZIA_MAX: u64 = 1_000;

/// A position that is not in the archive, whole: number, UUID and date of its birth included.
#[derive(Clone, Debug)]
pub struct Bozza {
    pub pendenza: Pendenza,
    pub allegati: Vec<NuovoAllegato>,
}

impl Bozza {
    fn leggi(riga: &tabella::Model) -> Result<Self, ErroreStore> {
        let c: Contenuto = mappa::da_json(&riga.contenuto, "bozza")?;
        Ok(Self { pendenza: mappa::pendenza(c.pendenza, c.voci, c.documento)?, allegati: c.allegati.into_iter().map(Into::into).collect() })
    }
}

/// The rows that it would be.
#[derive(Serialize, Deserialize)]
struct Contenuto {
    pendenza: entita::pendenza::Model,
    voci: Vec<entita::voce::Model>,
    documento: Option<entita::documento::Model>,
    allegati: Vec<AllegatoJson>,
}

#[derive(Serialize, Deserialize)]
struct AllegatoJson {
    nome: String,
    tipo: Option<String>,
    descrizione: Option<String>,
    contenuto: Vec<u8>,
}

impl From<AllegatoJson> for NuovoAllegato {
    fn from(a: AllegatoJson) -> Self {
        Self { nome: a.nome, tipo: a.tipo, descrizione: a.descrizione, contenuto: a.contenuto }
    }
}

impl Contenuto {
    fn di(b: &Bozza) -> Result<Self, ErroreStore> {
        let p = &b.pendenza;
        let riga = |d: &Documento| entita::documento::Model {
            dominio: p.dominio.to_string(),
            id: d.id,
            id_a2a: p.id_a2a.clone(),
            identificativo: d.identificativo.clone(),
            descrizione: d.descrizione.clone(),
        };
        let allegato =
            |a: &NuovoAllegato| AllegatoJson { nome: a.nome.clone(), tipo: a.tipo.clone(), descrizione: a.descrizione.clone(), contenuto: a.contenuto.clone() };
        Ok(Self {
            pendenza: mappa::riga_pendenza(p).try_into_model()?,
            voci: p.voci.iter().map(|v| mappa::riga_voce(p, v).try_into_model()).collect::<Result<_, _>>()?,
            documento: p.documento.as_ref().map(riga),
            allegati: b.allegati.iter().map(allegato).collect(),
        })
    }
}

impl Tx {
    /// Keeps a bozza, over the one of the same key. The oldest ones beyond [`BOZZE_PER_SESSIONE_MAX`] go.
    pub async fn salva_bozza(&self, sessione: &IdHash, b: &Bozza, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let p = &b.pendenza;
        self.elimina_bozza(sessione, &p.id_a2a, &p.id_pendenza).await?;
        let della_sessione = tabella::Entity::find().filter(C::Sessione.eq(sessione.to_vec()));
        let di_troppo = (della_sessione.clone().count(&self.sql).await? + 1).saturating_sub(BOZZE_PER_SESSIONE_MAX);
        if di_troppo > 0 {
            for vecchia in della_sessione.order_by_asc(C::Creata).limit(di_troppo).all(&self.sql).await? {
                self.elimina_bozza(sessione, &vecchia.id_a2a, &vecchia.id_pendenza).await?;
            }
        }
        let riga = tabella::ActiveModel {
            sessione: Set(sessione.to_vec()),
            id_a2a: Set(p.id_a2a.clone()),
            id_pendenza: Set(p.id_pendenza.clone()),
            dominio: Set(p.dominio.to_string()),
            iuv: Set(p.iuv.to_string()),
            contenuto: Set(mappa::json(&Contenuto::di(b)?)),
            creata: Set(adesso),
            scadenza: Set(adesso + DURATA),
        };
        tabella::Entity::insert(riga).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    async fn elimina_bozza(&self, sessione: &IdHash, id_a2a: &str, id_pendenza: &str) -> Result<(), ErroreStore> {
        tabella::Entity::delete_by_id((sessione.to_vec(), id_a2a.to_owned(), id_pendenza.to_owned())).exec(&self.sql).await?;
        Ok(())
    }
}

impl Store {
    /// By key, while it lasts. Primary key.
    pub async fn bozza(&self, sessione: &IdHash, id_a2a: &str, id_pendenza: &str, adesso: DateTime<Utc>) -> Result<Option<Bozza>, ErroreStore> {
        let chiave = (sessione.to_vec(), id_a2a.to_owned(), id_pendenza.to_owned());
        let riga = tabella::Entity::find_by_id(chiave).filter(tabella::Column::Scadenza.gt(adesso)).one(self.lettura()).await?;
        riga.as_ref().map(Bozza::leggi).transpose()
    }

    /// By number, while it lasts. Index `bozza_iuv`.
    pub async fn bozza_per_iuv(&self, sessione: &IdHash, dominio: &IdDominio, iuv: &Iuv, adesso: DateTime<Utc>) -> Result<Option<Bozza>, ErroreStore> {
        use tabella::Column as C;
        let riga = tabella::Entity::find()
            .filter(C::Sessione.eq(sessione.to_vec()))
            .filter(C::Dominio.eq(dominio.as_str()))
            .filter(C::Iuv.eq(iuv.as_str()))
            .filter(C::Scadenza.gt(adesso))
            .one(self.lettura())
            .await?;
        riga.as_ref().map(Bozza::leggi).transpose()
    }

    /// Deletes bozze whose time is over, at most a thousand at a call. Index `bozza_scadenza`.
    pub async fn elimina_bozze_scadute(&self, adesso: DateTime<Utc>) -> Result<u64, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let scadute = tabella::Entity::find().filter(C::Scadenza.lte(adesso)).order_by_asc(C::Scadenza).limit(PULIZIA_MAX).all(&tx.sql).await?;
        let mut eliminate = 0;
        for b in &scadute {
            let chiave = (b.sessione.clone(), b.id_a2a.clone(), b.id_pendenza.clone());
            eliminate += tabella::Entity::delete_by_id(chiave).exec(&tx.sql).await?.rows_affected;
        }
        tx.commit().await?;
        Ok(eliminate)
    }
}
