//! The anagrafica: loaded as a snapshot, written row by row, each row with the version of its writing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use codici::{AuxDigit, IdDominio};
use domain::Anagrafica;
use domain::anagrafica::{
    AmbitoUo, Applicazione, Autenticazione, ConnettoreEnte, ContoAccredito, Diritto, Dominio, Entrata, Intermediario, Operatore, Recapiti, RicevutaIgnota,
    RicevutaRipetuta, Servizio, Stazione, TipoPendenza, TipoPendenzaDominio, UnitaOperativa, Utenza, VersioneEnte,
};
use domain::pendenza::TipoContabilita;
use regex::Regex;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, Iterable, QueryFilter, Set, TryGetable};
use serde::{Deserialize, Serialize};

use crate::apertura::{Corsia, Store, Tx};
use crate::entita;
use crate::errore::ErroreStore;
use crate::mappa::{self, da_json, illeggibile, json};
use crate::sql;

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct RecapitiJson {
    indirizzo: Option<String>,
    civico: Option<String>,
    cap: Option<String>,
    localita: Option<String>,
    provincia: Option<String>,
    nazione: Option<String>,
    email: Option<String>,
    pec: Option<String>,
    tel: Option<String>,
    fax: Option<String>,
    web: Option<String>,
    area: Option<String>,
}

impl From<Recapiti> for RecapitiJson {
    fn from(r: Recapiti) -> Self {
        let Recapiti { indirizzo, civico, cap, localita, provincia, nazione, email, pec, tel, fax, web, area } = r;
        Self { indirizzo, civico, cap, localita, provincia, nazione, email, pec, tel, fax, web, area }
    }
}

impl From<RecapitiJson> for Recapiti {
    fn from(r: RecapitiJson) -> Self {
        let RecapitiJson { indirizzo, civico, cap, localita, provincia, nazione, email, pec, tel, fax, web, area } = r;
        Self { indirizzo, civico, cap, localita, provincia, nazione, email, pec, tel, fax, web, area }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AutenticazioneJson {
    Nessuna,
    Basic { utente: String, password: String },
    Header { nome: String, valore: String },
}

#[derive(Serialize, Deserialize)]
struct ConnettoreJson {
    url: String,
    /// `REST v1` or `REST v2`.
    versione_api: String,
    autenticazione: AutenticazioneJson,
}

const REST_V1: &str = "REST v1";
const REST_V2: &str = "REST v2";

fn connettore_json(c: &ConnettoreEnte) -> String {
    json(&ConnettoreJson {
        url: c.url.clone(),
        versione_api: if c.versione == VersioneEnte::V1 { REST_V1 } else { REST_V2 }.to_owned(),
        autenticazione: match c.autenticazione.clone() {
            Autenticazione::Nessuna => AutenticazioneJson::Nessuna,
            Autenticazione::Basic { utente, password } => AutenticazioneJson::Basic { utente, password },
            Autenticazione::Header { nome, valore } => AutenticazioneJson::Header { nome, valore },
        },
    })
}

fn connettore(testo: &str) -> Result<ConnettoreEnte, ErroreStore> {
    let c: ConnettoreJson = da_json(testo, "applicazione")?;
    Ok(ConnettoreEnte {
        url: c.url,
        versione: match c.versione_api.as_str() {
            REST_V1 => VersioneEnte::V1,
            REST_V2 => VersioneEnte::V2,
            _ => return Err(illeggibile("applicazione", "versione_api")),
        },
        autenticazione: match c.autenticazione {
            AutenticazioneJson::Nessuna => Autenticazione::Nessuna,
            AutenticazioneJson::Basic { utente, password } => Autenticazione::Basic { utente, password },
            AutenticazioneJson::Header { nome, valore } => Autenticazione::Header { nome, valore },
        },
    })
}

impl Store {
    /// Cheap: one row. A snapshot of this version is still good.
    pub async fn versione_anagrafica(&self) -> Result<i64, ErroreStore> {
        let riga = entita::anagrafica_versione::Entity::find_by_id(1_i16).one(self.lettura()).await?;
        Ok(riga.map_or(0, |r| r.versione))
    }

    /// The snapshot of now: what `prima` has stays shared, only rows written since are read.
    pub async fn carica_anagrafica(&self, prima: &Anagrafica) -> Result<Anagrafica, ErroreStore> {
        let db = self.lettura();
        let mut a = prima.clone();
        // The version first: what is written while the tables are read has a greater one, and is read again next time.
        a.versione = self.versione_anagrafica().await?;
        let da = prima.versione;
        macro_rules! nuove {
            ($tabella:ident) => {
                entita::$tabella::Entity::find().filter(entita::$tabella::Column::Versione.gt(da)).all(db).await?
            };
        }
        for r in nuove!(intermediario) {
            let valore = Intermediario { cod: r.cod.clone(), denominazione: r.denominazione, principal: r.principal, abilitato: r.abilitato };
            a.intermediari.insert(r.cod, Arc::new(valore));
        }
        for r in nuove!(stazione) {
            a.stazioni.insert(r.cod.clone(), Arc::new(stazione(r)?));
        }
        for r in nuove!(dominio) {
            let d = dominio(r)?;
            a.domini.insert(d.cod.clone(), Arc::new(d));
        }
        for r in nuove!(unita_operativa) {
            let recapiti = da_json::<RecapitiJson>(&r.recapiti, "unita_operativa")?.into();
            let uo = UnitaOperativa { cod: r.cod.clone(), ragione_sociale: r.ragione_sociale, abilitata: r.abilitata, recapiti };
            a.unita_operative.insert((mappa::dominio(&r.dominio, "unita_operativa")?, r.cod), Arc::new(uo));
        }
        for r in nuove!(conto_accredito) {
            let chiave = (mappa::dominio(&r.dominio, "conto_accredito")?, r.iban.clone());
            let conto = ContoAccredito {
                iban: r.iban,
                bic: r.bic,
                postale: r.postale,
                abilitato: r.abilitato,
                intestatario: r.intestatario,
                aut_stampa_poste: r.aut_stampa_poste,
            };
            a.conti.insert(chiave, Arc::new(conto));
        }
        self.carica_entrate(&mut a, da).await?;
        for r in nuove!(tipo_pendenza) {
            let tipo = TipoPendenza { cod: r.cod.clone(), descrizione: r.descrizione, codifica_iuv: r.codifica_iuv, abilitato: r.abilitato };
            a.tipi_pendenza.insert(r.cod, Arc::new(tipo));
        }
        for r in nuove!(tipo_pendenza_dominio) {
            let chiave = (mappa::dominio(&r.dominio, "tipo_pendenza_dominio")?, r.cod);
            a.tipi_pendenza_dominio.insert(chiave, Arc::new(TipoPendenzaDominio { codifica_iuv: r.codifica_iuv, abilitato: r.abilitato }));
        }
        for r in nuove!(utenza) {
            let u = utenza(r)?;
            a.utenze.insert(u.principal.clone(), Arc::new(u));
        }
        for r in nuove!(applicazione) {
            let app = applicazione(r)?;
            a.applicazione_per_principal.retain(|_, cod| *cod != app.cod);
            a.applicazione_per_principal.insert(app.principal.clone(), app.cod.clone());
            a.applicazioni.insert(app.cod.clone(), Arc::new(app));
        }
        for r in nuove!(operatore) {
            a.operatori.insert(r.principal.clone(), Arc::new(Operatore { principal: r.principal, nome: r.nome }));
        }
        Ok(a)
    }

    /// An entrata of a dominio takes from its tipo what it does not say itself: a change of either makes it anew.
    async fn carica_entrate(&self, a: &mut Anagrafica, da: i64) -> Result<(), ErroreStore> {
        use entita::{entrata, entrata_dominio};
        let db = self.lettura();
        let toccati = entrata::Entity::find().filter(entrata::Column::Versione.gt(da)).all(db).await?;
        let nomi: Vec<&str> = toccati.iter().map(|t| t.cod.as_str()).collect();
        let condizione = entrata_dominio::Column::Versione.gt(da).or(entrata_dominio::Column::Cod.is_in(nomi));
        for (r, tipo) in entrata_dominio::Entity::find().filter(condizione).find_also_related(entrata::Entity).all(db).await? {
            let Some(tipo) = tipo else { continue };
            let nome_tipo = r.tipo_contabilita.or(tipo.tipo_contabilita);
            let entrata = Entrata {
                cod: r.cod.clone(),
                descrizione: tipo.descrizione,
                iban_accredito: r.iban_accredito,
                iban_appoggio: r.iban_appoggio,
                tipo_contabilita: nome_tipo.as_deref().and_then(TipoContabilita::leggi),
                codice_contabilita: r.codice_contabilita.or(tipo.codice_contabilita),
                abilitata: r.abilitata,
            };
            a.entrate.insert((mappa::dominio(&r.dominio, "entrata_dominio")?, r.cod), Arc::new(entrata));
        }
        Ok(())
    }

    /// PNG or JPEG of a dominio: too large for the snapshot.
    pub async fn logo(&self, dominio: &IdDominio) -> Result<Option<Vec<u8>>, ErroreStore> {
        Ok(entita::dominio_logo::Entity::find_by_id(dominio.as_str()).one(self.lettura()).await?.map(|r| r.contenuto))
    }

    /// Starts a write of the anagrafica: whatever is saved in it takes one new version.
    pub async fn scrivi_anagrafica(&self) -> Result<ScritturaAnagrafica, ErroreStore> {
        let tx = self.begin(Corsia::Applicazioni).await?;
        let istruzione = sql::con_valori(&tx.sql, "UPDATE anagrafica_versione SET versione = versione + 1 WHERE id = 1 RETURNING versione", []);
        let riga = tx.sql.query_one_raw(istruzione).await?;
        let versione = riga.map(|r| i64::try_get(&r, "", "versione")).transpose().map_err(sea_orm::DbErr::from)?;
        let versione = versione.ok_or_else(|| illeggibile("anagrafica_versione", "riga assente"))?;
        Ok(ScritturaAnagrafica { tx, versione })
    }
}

impl sea_orm::Related<entita::entrata::Entity> for entita::entrata_dominio::Entity {
    fn to() -> sea_orm::RelationDef {
        entita::entrata_dominio::Entity::belongs_to(entita::entrata::Entity).from(entita::entrata_dominio::Column::Cod).to(entita::entrata::Column::Cod).into()
    }
}

/// The contabilità that an entrata has in every dominio that says nothing else.
#[derive(Clone, Debug)]
pub struct TipoEntrata {
    pub cod: String,
    pub descrizione: String,
    pub contabilita: Option<(TipoContabilita, String)>,
}

/// An anagrafica being written. Nothing is seen before [`ScritturaAnagrafica::commit`]. Every save inserts or replaces.
pub struct ScritturaAnagrafica {
    tx: Tx,
    versione: i64,
}

macro_rules! salva {
    ($self:ident, $tabella:ident, $($campo:ident : $valore:expr),+ $(,)?) => {{
        let riga = entita::$tabella::ActiveModel { $($campo: Set($valore),)+ versione: Set($self.versione) };
        let chiave = <entita::$tabella::PrimaryKey as Iterable>::iter().map(sea_orm::PrimaryKeyToColumn::into_column);
        let su_conflitto = OnConflict::columns(chiave).update_columns(entita::$tabella::Column::iter()).to_owned();
        entita::$tabella::Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&$self.tx.sql).await?;
        Ok(())
    }};
}

impl ScritturaAnagrafica {
    pub async fn intermediario(&self, i: &Intermediario) -> Result<(), ErroreStore> {
        salva!(self, intermediario, cod: i.cod.clone(), denominazione: i.denominazione.clone(), principal: i.principal.clone(), abilitato: i.abilitato)
    }

    pub async fn stazione(&self, s: &Stazione) -> Result<(), ErroreStore> {
        salva!(self, stazione,
            cod: s.cod.clone(),
            intermediario: s.intermediario.clone(),
            application_code: i16::from(s.application_code),
            abilitata: s.abilitata,
            ricevuta_ripetuta: if s.ricevuta_ripetuta == RicevutaRipetuta::Ok { "ok" } else { "duplicata" }.to_owned(),
            ricevuta_ignota: if s.ricevuta_ignota == RicevutaIgnota::Ok { "ok" } else { "rifiuta" }.to_owned())
    }

    pub async fn dominio(&self, d: &Dominio) -> Result<(), ErroreStore> {
        salva!(self, dominio,
            cod: d.cod.to_string(),
            ragione_sociale: d.ragione_sociale.clone(),
            stazione: d.stazione.clone(),
            aux_digit: i16::from(d.aux_digit.cifra()),
            segregation_code: d.segregation_code.map(i16::from),
            iuv_prefix: d.iuv_prefix.clone(),
            gln: d.gln.clone(),
            cbill: d.cbill.clone(),
            aut_stampa_poste: d.aut_stampa_poste.clone(),
            intermediato: d.intermediato,
            abilitato: d.abilitato,
            recapiti: json(&RecapitiJson::from(d.recapiti.clone())))
    }

    pub async fn logo(&self, dominio: &IdDominio, contenuto: &[u8]) -> Result<(), ErroreStore> {
        use entita::dominio_logo::{ActiveModel, Column, Entity};
        let riga = ActiveModel { dominio: Set(dominio.to_string()), contenuto: Set(contenuto.to_vec()) };
        let su_conflitto = OnConflict::column(Column::Dominio).update_column(Column::Contenuto).to_owned();
        Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&self.tx.sql).await?;
        Ok(())
    }

    pub async fn unita_operativa(&self, dominio: &IdDominio, u: &UnitaOperativa) -> Result<(), ErroreStore> {
        salva!(self, unita_operativa,
            dominio: dominio.to_string(),
            cod: u.cod.clone(),
            ragione_sociale: u.ragione_sociale.clone(),
            abilitata: u.abilitata,
            recapiti: json(&RecapitiJson::from(u.recapiti.clone())))
    }

    pub async fn conto(&self, dominio: &IdDominio, c: &ContoAccredito) -> Result<(), ErroreStore> {
        salva!(self, conto_accredito,
            dominio: dominio.to_string(),
            iban: c.iban.clone(),
            bic: c.bic.clone(),
            postale: c.postale,
            abilitato: c.abilitato,
            intestatario: c.intestatario.clone(),
            aut_stampa_poste: c.aut_stampa_poste.clone())
    }

    pub async fn tipo_entrata(&self, e: &TipoEntrata) -> Result<(), ErroreStore> {
        salva!(self, entrata,
            cod: e.cod.clone(),
            descrizione: e.descrizione.clone(),
            tipo_contabilita: e.contabilita.as_ref().map(|(t, _)| t.nome().to_owned()),
            codice_contabilita: e.contabilita.as_ref().map(|(_, c)| c.clone()))
    }

    pub async fn entrata(&self, dominio: &IdDominio, e: &Entrata) -> Result<(), ErroreStore> {
        salva!(self, entrata_dominio,
            dominio: dominio.to_string(),
            cod: e.cod.clone(),
            iban_accredito: e.iban_accredito.clone(),
            iban_appoggio: e.iban_appoggio.clone(),
            tipo_contabilita: e.tipo_contabilita.map(|t| t.nome().to_owned()),
            codice_contabilita: e.codice_contabilita.clone(),
            abilitata: e.abilitata)
    }

    pub async fn tipo_pendenza(&self, t: &TipoPendenza) -> Result<(), ErroreStore> {
        salva!(self, tipo_pendenza, cod: t.cod.clone(), descrizione: t.descrizione.clone(), codifica_iuv: t.codifica_iuv.clone(), abilitato: t.abilitato)
    }

    pub async fn tipo_pendenza_dominio(&self, dominio: &IdDominio, cod: &str, t: &TipoPendenzaDominio) -> Result<(), ErroreStore> {
        salva!(self, tipo_pendenza_dominio,
            dominio: dominio.to_string(), cod: cod.to_owned(), codifica_iuv: t.codifica_iuv.clone(), abilitato: t.abilitato)
    }

    pub async fn utenza(&self, u: &Utenza) -> Result<(), ErroreStore> {
        let domini = u.domini.as_ref().map(|d| {
            let voci: HashMap<&str, Option<Vec<&String>>> = d
                .iter()
                .map(|(dominio, ambito)| match ambito {
                    AmbitoUo::Tutte => (dominio.as_str(), None),
                    AmbitoUo::Solo(uo) => (dominio.as_str(), Some(uo.iter().collect())),
                })
                .collect();
            json(&voci)
        });
        let acl: Vec<(&str, &str)> = u.acl.iter().map(|(s, d)| (s.nome(), if *d == Diritto::Lettura { "R" } else { "W" })).collect();
        salva!(self, utenza,
            principal: u.principal.clone(),
            password_hash: u.password_hash.clone(),
            abilitata: u.abilitata,
            domini: domini,
            tipi_pendenza: u.tipi_pendenza.as_ref().map(json),
            acl: json(&acl))
    }

    pub async fn applicazione(&self, a: &Applicazione) -> Result<(), ErroreStore> {
        salva!(self, applicazione,
            cod: a.cod.clone(),
            principal: a.principal.clone(),
            codifica_iuv: a.codifica_iuv.clone(),
            reg_exp_iuv: a.reg_exp_iuv.as_ref().map(|r| r.as_str().to_owned()),
            autodeterminazione: a.autodeterminazione,
            connettore: a.connettore.as_ref().map(connettore_json))
    }

    pub async fn operatore(&self, o: &Operatore) -> Result<(), ErroreStore> {
        salva!(self, operatore, principal: o.principal.clone(), nome: o.nome.clone())
    }

    pub async fn commit(self) -> Result<(), ErroreStore> {
        self.tx.commit().await
    }
}

fn stazione(r: entita::stazione::Model) -> Result<Stazione, ErroreStore> {
    Ok(Stazione {
        application_code: u8::try_from(r.application_code).map_err(|_| illeggibile("stazione", "application_code"))?,
        ricevuta_ripetuta: if r.ricevuta_ripetuta == "ok" { RicevutaRipetuta::Ok } else { RicevutaRipetuta::Duplicata },
        ricevuta_ignota: if r.ricevuta_ignota == "rifiuta" { RicevutaIgnota::Rifiuta } else { RicevutaIgnota::Ok },
        cod: r.cod,
        intermediario: r.intermediario,
        abilitata: r.abilitata,
    })
}

fn dominio(r: entita::dominio::Model) -> Result<Dominio, ErroreStore> {
    let manca = |cosa| illeggibile("dominio", cosa);
    Ok(Dominio {
        cod: mappa::dominio(&r.cod, "dominio")?,
        aux_digit: u8::try_from(r.aux_digit).ok().and_then(AuxDigit::leggi).ok_or_else(|| manca("aux_digit"))?,
        segregation_code: r.segregation_code.map(u8::try_from).transpose().map_err(|_| manca("segregation_code"))?,
        recapiti: da_json::<RecapitiJson>(&r.recapiti, "dominio")?.into(),
        ragione_sociale: r.ragione_sociale,
        stazione: r.stazione,
        iuv_prefix: r.iuv_prefix,
        gln: r.gln,
        cbill: r.cbill,
        aut_stampa_poste: r.aut_stampa_poste,
        intermediato: r.intermediato,
        abilitato: r.abilitato,
    })
}

fn utenza(r: entita::utenza::Model) -> Result<Utenza, ErroreStore> {
    let domini = r.domini.map(|testo| -> Result<_, ErroreStore> {
        let voci: HashMap<String, Option<HashSet<String>>> = da_json(&testo, "utenza")?;
        voci.into_iter().map(|(d, uo)| Ok((mappa::dominio(&d, "utenza")?, uo.map_or(AmbitoUo::Tutte, AmbitoUo::Solo)))).collect::<Result<HashMap<_, _>, _>>()
    });
    let acl: Vec<(String, String)> = da_json(&r.acl, "utenza")?;
    let acl = acl.iter().filter_map(|(servizio, diritto)| {
        let diritto = if diritto == "R" { Diritto::Lettura } else { Diritto::Scrittura };
        Some((Servizio::leggi(servizio)?, diritto))
    });
    Ok(Utenza {
        acl: acl.collect(),
        domini: domini.transpose()?,
        tipi_pendenza: r.tipi_pendenza.map(|t| da_json(&t, "utenza")).transpose()?,
        principal: r.principal,
        password_hash: r.password_hash,
        abilitata: r.abilitata,
    })
}

fn applicazione(r: entita::applicazione::Model) -> Result<Applicazione, ErroreStore> {
    Ok(Applicazione {
        connettore: r.connettore.as_deref().map(connettore).transpose()?,
        reg_exp_iuv: r.reg_exp_iuv.map(|e| Regex::new(&e)).transpose().map_err(|_| illeggibile("applicazione", "reg_exp_iuv"))?,
        cod: r.cod,
        principal: r.principal,
        codifica_iuv: r.codifica_iuv,
        autodeterminazione: r.autodeterminazione,
    })
}
