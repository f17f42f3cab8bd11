//! The anagrafica: loaded as a snapshot, written row by row ([`scrittura`]), each row with the version of its writing.

mod righe;
pub mod scrittura;

use std::collections::BTreeMap;
use std::sync::Arc;

use codici::IdDominio;
use domain::Anagrafica;
use domain::anagrafica::{BlocchiPerTipo, BlocchiTipo, BloccoConfigurazione, Operatore, Ruolo};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::apertura::Store;
use crate::entita;
use crate::errore::ErroreStore;
use crate::mappa::{self, da_json, illeggibile};

pub use scrittura::{Revisione, ScritturaAnagrafica};

/// Codes in one query.
const CODICI_PER_LETTURA: usize = 500;

/// The dominio that stands for the catalogue in `tipo_pendenza_blocchi`.
const CATALOGO: &str = "";

impl Store {
    /// Cheap: one row. A snapshot of this version is still good.
    pub async fn versione_anagrafica(&self) -> Result<i64, ErroreStore> {
        Ok(self.versioni().await?.0)
    }

    /// The version, and that of the last order to read everything anew.
    async fn versioni(&self) -> Result<(i64, i64), ErroreStore> {
        let riga = entita::anagrafica_versione::Entity::find_by_id(1_i16).one(self.lettura()).await?;
        Ok(riga.map_or((0, 0), |r| (r.versione, r.ricarica)))
    }

    /// The snapshot of now: what `prima` has stays shared, only rows written since are read; all of them when somebody has asked for it meanwhile.
    pub async fn carica_anagrafica(&self, prima: &Anagrafica) -> Result<Anagrafica, ErroreStore> {
        let db = self.lettura();
        // The version first: what is written while the tables are read has a greater one, and is read again next time.
        let (versione, ricarica) = self.versioni().await?;
        let mut a = if ricarica > prima.versione { Anagrafica::default() } else { prima.clone() };
        // A row written by hand has version 0, or an old one: a reading from nothing takes it too.
        let da = if a.versione == 0 { -1 } else { a.versione };
        a.versione = versione;
        macro_rules! nuove {
            ($tabella:ident) => {
                entita::$tabella::Entity::find().filter(entita::$tabella::Column::Versione.gt(da)).all(db).await?
            };
        }
        for r in nuove!(intermediario) {
            let i = righe::intermediario(r)?;
            a.intermediari.insert_mut(i.cod.clone(), Arc::new(i));
        }
        for r in nuove!(stazione) {
            let s = righe::stazione(r)?;
            a.stazioni.insert_mut(s.cod.clone(), Arc::new(s));
        }
        for r in nuove!(dominio) {
            let d = righe::dominio(r)?;
            a.domini.insert_mut(d.cod.clone(), Arc::new(d));
        }
        for r in nuove!(unita_operativa) {
            let (dominio, uo) = righe::unita_operativa(r)?;
            a.unita_operative.insert_mut((dominio, uo.cod.clone()), Arc::new(uo));
        }
        for r in nuove!(conto_accredito) {
            let (dominio, conto) = righe::conto(r)?;
            a.conti.insert_mut((dominio, conto.iban.clone()), Arc::new(conto));
        }
        for r in nuove!(entrata) {
            let tipo = righe::tipo_entrata(r);
            a.tipi_entrata.insert_mut(tipo.cod.clone(), Arc::new(tipo));
        }
        for r in nuove!(entrata_dominio) {
            let chiave = (mappa::dominio(&r.dominio, "entrata_dominio")?, r.cod.clone());
            a.entrate.insert_mut(chiave, Arc::new(righe::entrata(r)));
        }
        for r in nuove!(tipo_pendenza) {
            let tipo = righe::tipo_pendenza(r)?;
            a.tipi_pendenza.insert_mut(tipo.cod.clone(), Arc::new(tipo));
        }
        for r in nuove!(tipo_pendenza_dominio) {
            let chiave = (mappa::dominio(&r.dominio, "tipo_pendenza_dominio")?, r.cod.clone());
            a.tipi_pendenza_dominio.insert_mut(chiave, Arc::new(righe::tipo_pendenza_dominio(r)?));
        }
        for r in nuove!(utenza) {
            if r.rimossa {
                a.utenze.remove_mut(&r.principal);
            } else {
                let u = righe::utenza(r)?;
                a.utenze.insert_mut(u.principal.clone(), Arc::new(u));
            }
        }
        for r in nuove!(applicazione) {
            a.applica_applicazione(righe::applicazione(r)?);
        }
        for r in nuove!(operatore) {
            a.operatori.insert_mut(r.principal.clone(), Arc::new(Operatore { principal: r.principal, nome: r.nome }));
        }
        for r in nuove!(ruolo) {
            a.ruoli.insert_mut(r.cod.clone(), Arc::new(Ruolo { acl: righe::acl(&r.acl, "ruolo")?, cod: r.cod }));
        }
        for r in nuove!(configurazione) {
            // A block of a later program says nothing to this one.
            if let Some(blocco) = BloccoConfigurazione::da_riga(&r.nome, &r.valore).map_err(|e| illeggibile("configurazione", e))? {
                Arc::make_mut(&mut a.configurazione).metti(blocco);
            }
        }
        Ok(a)
    }

    /// The logo of a dominio as text, as it was received: too large for the snapshot.
    pub async fn logo(&self, dominio: &IdDominio) -> Result<Option<String>, ErroreStore> {
        let riga = entita::dominio_logo::Entity::find_by_id(dominio.as_str()).one(self.lettura()).await?;
        Ok(riga.map(|r| String::from_utf8_lossy(&r.contenuto).into_owned()))
    }

    /// Forms and templates of a tipo pendenza: of the catalogue without a dominio. Nothing was ever put: nothing is there.
    pub async fn blocchi_tipo(&self, dominio: Option<&IdDominio>, cod: &str) -> Result<BlocchiTipo, ErroreStore> {
        let chiave = (dominio.map_or(CATALOGO, IdDominio::as_str).to_owned(), cod.to_owned());
        let riga = entita::tipo_pendenza_blocchi::Entity::find_by_id(chiave).one(self.lettura()).await?;
        riga.map_or_else(|| Ok(BlocchiTipo::default()), |r| da_json(&r.contenuto, "tipo_pendenza_blocchi"))
    }

    /// What a dominio says of a tipo pendenza, and what the catalogue says, in one query by primary key.
    pub async fn blocchi_tipo_dominio(&self, dominio: &IdDominio, cod: &str) -> Result<(BlocchiTipo, BlocchiTipo), ErroreStore> {
        use entita::tipo_pendenza_blocchi::{Column, Entity};
        let righe = Entity::find().filter(Column::Dominio.is_in([dominio.as_str(), CATALOGO])).filter(Column::Cod.eq(cod)).all(self.lettura()).await?;
        let (mut suoi, mut del_catalogo) = (BlocchiTipo::default(), BlocchiTipo::default());
        for r in righe {
            *(if r.dominio == CATALOGO { &mut del_catalogo } else { &mut suoi }) = da_json(&r.contenuto, "tipo_pendenza_blocchi")?;
        }
        Ok((suoi, del_catalogo))
    }

    /// Those of every tipo pendenza: of the catalogue without a dominio. For who looks at the whole anagrafica, not for requests.
    pub async fn blocchi(&self) -> Result<BTreeMap<(Option<IdDominio>, String), BlocchiTipo>, ErroreStore> {
        let righe = entita::tipo_pendenza_blocchi::Entity::find().all(self.lettura()).await?;
        let una = |r: entita::tipo_pendenza_blocchi::Model| {
            let dominio = if r.dominio == CATALOGO { None } else { Some(mappa::dominio(&r.dominio, "tipo_pendenza_blocchi")?) };
            Ok(((dominio, r.cod), da_json(&r.contenuto, "tipo_pendenza_blocchi")?))
        };
        righe.into_iter().map(una).collect()
    }

    /// Those of every dominio, as text. For who looks at the whole anagrafica, not for requests.
    pub async fn loghi(&self) -> Result<BTreeMap<IdDominio, String>, ErroreStore> {
        let righe = entita::dominio_logo::Entity::find().all(self.lettura()).await?;
        let uno = |r: entita::dominio_logo::Model| Ok((mappa::dominio(&r.dominio, "dominio_logo")?, String::from_utf8_lossy(&r.contenuto).into_owned()));
        righe.into_iter().map(uno).collect()
    }

    /// The blocks of several tipi pendenza at once; those that have none are missing.
    pub async fn blocchi_tipi(&self, dominio: Option<&IdDominio>, cod: &[&str]) -> Result<BlocchiPerTipo, ErroreStore> {
        use entita::tipo_pendenza_blocchi::{Column, Entity};
        let dominio = dominio.map_or(CATALOGO, IdDominio::as_str);
        let mut blocchi = BlocchiPerTipo::new();
        for gruppo in cod.chunks(CODICI_PER_LETTURA) {
            let righe = Entity::find().filter(Column::Dominio.eq(dominio)).filter(Column::Cod.is_in(gruppo.iter().copied())).all(self.lettura()).await?;
            for r in righe {
                blocchi.insert(r.cod, da_json(&r.contenuto, "tipo_pendenza_blocchi")?);
            }
        }
        Ok(blocchi)
    }
}
