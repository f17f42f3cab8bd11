//! The whole anagrafica as one tree of bodies, and what it takes to make an installation equal to it.
//!
//! ```text
//! ruoli: {ID: corpo}            tipiPendenza: {ID: corpo}      intermediari: {ID: corpo + stazioni: {ID: corpo}}
//! entrate: {ID: corpo}          applicazioni: {ID: corpo}      domini: {ID: corpo + unitaOperative, contiAccredito, entrate, tipiPendenza: {ID: corpo}}
//! operatori: {PRINCIPAL: corpo} configurazioni: corpo
//! ```
//!
//! A body is that of the API's PUT, read and decided by the same code. What is not in the tree stays as it is.

use std::collections::BTreeMap;

use codici::IdDominio;
use serde_json::{Map, Value};

use super::{configurazioni, corpo, creditore, pagopa, tipi, utenze};
use crate::Rifiuto;
use crate::anagrafica::{Anagrafica, BlocchiTipo, Scrittura, Segreto};
use crate::chiamante::Chiamante;
use crate::lettura::anagrafica as lettura;
use crate::lettura::regole::id_dominio;

/// The anagrafica with what its snapshot leaves out.
#[derive(Clone, Debug, Default)]
pub struct Stato {
    pub anagrafica: Anagrafica,
    /// Of the catalogue without a dominio.
    pub blocchi: BTreeMap<(Option<IdDominio>, String), BlocchiTipo>,
    pub loghi: BTreeMap<IdDominio, String>,
}

/// A resource of the tree, as the path of the API without its first slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chiave {
    Ruolo(String),
    TipoEntrata(String),
    TipoPendenza(String),
    Intermediario(String),
    Stazione(String, String),
    Dominio(String),
    UnitaOperativa(String, String),
    Conto(String, String),
    Entrata(String, String),
    TipoPendenzaDominio(String, String),
    Applicazione(String),
    Operatore(String),
    Configurazioni,
}

impl std::fmt::Display for Chiave {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ruolo(id) => write!(f, "ruoli/{id}"),
            Self::TipoEntrata(id) => write!(f, "entrate/{id}"),
            Self::TipoPendenza(id) => write!(f, "tipiPendenza/{id}"),
            Self::Intermediario(id) => write!(f, "intermediari/{id}"),
            Self::Stazione(di, id) => write!(f, "intermediari/{di}/stazioni/{id}"),
            Self::Dominio(id) => write!(f, "domini/{id}"),
            Self::UnitaOperativa(di, id) => write!(f, "domini/{di}/unitaOperative/{id}"),
            Self::Conto(di, id) => write!(f, "domini/{di}/contiAccredito/{id}"),
            Self::Entrata(di, id) => write!(f, "domini/{di}/entrate/{id}"),
            Self::TipoPendenzaDominio(di, id) => write!(f, "domini/{di}/tipiPendenza/{id}"),
            Self::Applicazione(id) => write!(f, "applicazioni/{id}"),
            Self::Operatore(id) => write!(f, "operatori/{id}"),
            Self::Configurazioni => write!(f, "configurazioni"),
        }
    }
}

/// A resource with the body that it should have.
#[derive(Clone, Debug)]
pub struct Risorsa {
    pub chiave: Chiave,
    pub corpo: Value,
}

/// From a password and the hash that is there, the hash to keep.
pub type Impronta<'a> = dyn FnMut(&Segreto, Option<&str>) -> Result<String, Rifiuto> + 'a;

type DelDominio = (&'static str, fn(String, String) -> Chiave);
const DEL_DOMINIO: [DelDominio; 4] = [
    ("unitaOperative", Chiave::UnitaOperativa),
    ("contiAccredito", Chiave::Conto),
    ("entrate", Chiave::Entrata),
    ("tipiPendenza", Chiave::TipoPendenzaDominio),
];

/// Resources in the order in which they can be written: what is referred to comes first. The error names the place.
pub fn risorse(albero: &Value) -> Result<Vec<Risorsa>, String> {
    let radice = oggetto(albero, "il file")?;
    let sezioni = ["ruoli", "entrate", "tipiPendenza", "intermediari", "domini", "applicazioni", "operatori", "configurazioni"];
    if let Some(ignota) = radice.keys().find(|nome| !sezioni.contains(&nome.as_str())) {
        return Err(format!("la sezione `{ignota}` non esiste: le sezioni sono {}", sezioni.join(", ")));
    }
    let mut risorse = Vec::new();
    for (sezione, chiave) in [("ruoli", Chiave::Ruolo as fn(String) -> Chiave), ("entrate", Chiave::TipoEntrata), ("tipiPendenza", Chiave::TipoPendenza)] {
        risorse.extend(voci(radice, sezione)?.map(|(id, corpo)| Risorsa { chiave: chiave(id.clone()), corpo: corpo.clone() }));
    }
    for (id, corpo) in voci(radice, "intermediari")? {
        aggiungi(&mut risorse, Chiave::Intermediario(id.clone()), id, corpo, &[("stazioni", Chiave::Stazione)])?;
    }
    for (id, corpo) in voci(radice, "domini")? {
        aggiungi(&mut risorse, Chiave::Dominio(id.clone()), id, corpo, &DEL_DOMINIO)?;
    }
    for (sezione, chiave) in [("applicazioni", Chiave::Applicazione as fn(String) -> Chiave), ("operatori", Chiave::Operatore)] {
        risorse.extend(voci(radice, sezione)?.map(|(id, corpo)| Risorsa { chiave: chiave(id.clone()), corpo: corpo.clone() }));
    }
    if let Some(corpo) = radice.get("configurazioni") {
        risorse.push(Risorsa { chiave: Chiave::Configurazioni, corpo: corpo.clone() });
    }
    Ok(risorse)
}

fn oggetto<'a>(valore: &'a Value, dove: &str) -> Result<&'a Map<String, Value>, String> {
    valore.as_object().ok_or_else(|| format!("{dove}: serve un insieme di nomi con i loro valori"))
}

fn voci<'a>(padre: &'a Map<String, Value>, sezione: &str) -> Result<impl Iterator<Item = (&'a String, &'a Value)> + use<'a>, String> {
    let voci = padre.get(sezione).filter(|v| !v.is_null()).map(|v| oggetto(v, sezione)).transpose()?;
    Ok(voci.into_iter().flatten())
}

/// A resource and those inside it, which are no members of its body.
fn aggiungi(risorse: &mut Vec<Risorsa>, chiave: Chiave, id: &str, corpo: &Value, dentro: &[DelDominio]) -> Result<(), String> {
    let mut corpo = oggetto(corpo, &chiave.to_string())?.clone();
    let interne: Vec<_> = dentro.iter().filter_map(|(nome, chiave)| Some((*nome, *chiave, corpo.shift_remove(*nome)?))).collect();
    let dove = chiave.to_string();
    risorse.push(Risorsa { chiave, corpo: Value::Object(corpo) });
    for (nome, chiave, figli) in interne.iter().filter(|(.., figli)| !figli.is_null()) {
        for (figlio, corpo) in oggetto(figli, &format!("{dove}/{nome}"))? {
            risorse.push(Risorsa { chiave: chiave(id.to_owned(), figlio.clone()), corpo: corpo.clone() });
        }
    }
    Ok(())
}

impl Stato {
    pub fn applica(&mut self, scrittura: &Scrittura) {
        match scrittura {
            Scrittura::Dominio(d, logo) => match logo {
                Some(logo) => drop(self.loghi.insert(d.cod.clone(), logo.clone())),
                None => drop(self.loghi.remove(&d.cod)),
            },
            Scrittura::TipoPendenza(t, blocchi) => drop(self.blocchi.insert((None, t.cod.clone()), (**blocchi).clone())),
            Scrittura::TipoPendenzaDominio(d, cod, _, blocchi) => drop(self.blocchi.insert((Some(d.clone()), cod.clone()), (**blocchi).clone())),
            _ => {}
        }
        self.anagrafica.applica(scrittura);
    }

    fn blocchi(&self, dominio: Option<&IdDominio>, cod: &str) -> BlocchiTipo {
        self.blocchi.get(&(dominio.cloned(), cod.to_owned())).cloned().unwrap_or_default()
    }

    /// The body that would write what is there; `None` when nothing is.
    #[must_use]
    pub fn corpo(&self, chiave: &Chiave) -> Option<Value> {
        let a = &self.anagrafica;
        let di = |dominio: &str| IdDominio::leggi(dominio);
        match chiave {
            Chiave::Ruolo(id) => a.ruoli.get(id).map(|r| corpo::ruolo(r)),
            Chiave::TipoEntrata(id) => a.tipi_entrata.get(id).map(|e| corpo::tipo_entrata(e)),
            Chiave::TipoPendenza(id) => a.tipi_pendenza.get(id).map(|t| corpo::tipo_pendenza(t, &self.blocchi(None, id))),
            Chiave::Intermediario(id) => a.intermediari.get(id).map(|i| corpo::intermediario(i)),
            Chiave::Stazione(di, id) => a.stazioni.get(id).filter(|s| s.intermediario == *di).map(|s| corpo::stazione(s)),
            Chiave::Dominio(id) => di(id).and_then(|id| Some(corpo::dominio(a.dominio(&id)?, self.loghi.get(&id).map(String::as_str)))),
            Chiave::UnitaOperativa(dominio, id) => a.unita_operativa(&di(dominio)?, id).map(|u| corpo::unita_operativa(u)),
            Chiave::Conto(dominio, id) => a.conto(&di(dominio)?, id).map(|c| corpo::conto(c)),
            Chiave::Entrata(dominio, id) => a.entrate.get(&(di(dominio)?, id.clone())).map(|e| corpo::entrata(e)),
            Chiave::TipoPendenzaDominio(dominio, id) => {
                let dominio = di(dominio)?;
                let tipo = a.tipi_pendenza_dominio.get(&(dominio.clone(), id.clone()))?;
                Some(corpo::tipo_pendenza_dominio(tipo, &self.blocchi(Some(&dominio), id)))
            }
            Chiave::Applicazione(id) => utenze::applicazioni::trova(a, id).ok().map(|(app, utenza)| corpo::applicazione(app, utenza)),
            Chiave::Operatore(id) => utenze::operatori::trova(a, id).ok().map(|(o, utenza)| corpo::operatore(o, utenza)),
            Chiave::Configurazioni => Some(corpo::configurazioni(&a.configurazione)),
        }
    }

    /// The hash of a login that has one.
    fn hash(&self, principal: &str) -> Option<&str> {
        self.anagrafica.utenze.get(principal)?.password_hash.as_deref()
    }

    /// The writes that make a resource as its body says. Templates and schemas inside them are for the caller to check. `hash` turns a password into its hash, and may keep the present one when it is of that
    /// password.
    pub fn decidi(&self, chi: &Chiamante, risorsa: &Risorsa, hash: &mut Impronta<'_>) -> Result<Vec<Scrittura>, Rifiuto> {
        let (a, corpo) = (&self.anagrafica, &risorsa.corpo);
        let decisione = match &risorsa.chiave {
            Chiave::Ruolo(id) => utenze::ruoli::ruolo(lettura::utenze::ruoli::ruolo(id, corpo)?),
            Chiave::TipoEntrata(id) => creditore::tipo_entrata(a, lettura::entrate::tipo_entrata(id, corpo)?),
            Chiave::TipoPendenza(id) => {
                let (tipo, blocchi) = lettura::tipi::catalogo(id, corpo)?;
                tipi::catalogo(a, chi, tipo, blocchi)?
            }
            Chiave::Intermediario(id) => pagopa::intermediario(a, lettura::pagopa::intermediario(id, corpo)?),
            Chiave::Stazione(di, id) => pagopa::stazione(a, lettura::pagopa::stazione(di, id, corpo)?)?,
            Chiave::Dominio(id) => creditore::dominio(a, chi, lettura::creditore::dominio(id, corpo)?)?,
            Chiave::UnitaOperativa(di, id) => {
                let (dominio, uo) = lettura::creditore::unita_operativa(di, id, corpo)?;
                creditore::unita_operativa(a, chi, dominio, uo)?
            }
            Chiave::Conto(di, id) => {
                let (dominio, conto) = lettura::creditore::conto(di, id, corpo)?;
                creditore::conto(a, chi, dominio, conto)?
            }
            Chiave::Entrata(di, id) => creditore::entrata(a, chi, lettura::entrate::entrata(di, id, corpo)?)?,
            Chiave::TipoPendenzaDominio(di, id) => tipi::dominio(a, &id_dominio("idDominio", di)?, lettura::tipi::dominio(id, corpo)?, Ok(()))?,
            Chiave::Applicazione(id) => {
                let inviata = lettura::utenze::applicazioni::applicazione(id, corpo)?;
                let attuale = a.applicazioni.get(&inviata.cod).and_then(|app| self.hash(&app.principal));
                let nuovo = inviata.utenza.password.as_ref().map(|p| hash(p, attuale)).transpose()?;
                utenze::applicazioni::applicazione(a, utenze::applicazioni::ammetti(chi, inviata)?, nuovo)?
            }
            Chiave::Operatore(id) => {
                let inviato = lettura::utenze::operatori::operatore(id, corpo)?;
                let nuovo = inviato.utenza.password.as_ref().map(|p| hash(p, self.hash(&inviato.utenza.principal))).transpose()?;
                utenze::operatori::ammetti(chi, &inviato)?;
                utenze::operatori::operatore(a, inviato, nuovo)?
            }
            Chiave::Configurazioni => return Ok(configurazioni::blocchi(a, lettura::configurazioni::tutte(corpo)?).scritture),
        };
        Ok(decisione.scritture)
    }

    /// The whole tree: what [`risorse`] reads.
    #[must_use]
    pub fn albero(&self) -> Value {
        let a = &self.anagrafica;
        let sezione = |chiavi: &mut dyn Iterator<Item = (String, Chiave)>| -> Value {
            Value::Object(chiavi.filter_map(|(id, chiave)| Some((id, self.corpo(&chiave)?))).collect())
        };
        let semplice = |codici: Vec<&String>, chiave: fn(String) -> Chiave| sezione(&mut codici.into_iter().map(|id| (id.clone(), chiave(id.clone()))));
        let mut radice = Map::new();
        let mut metti = |nome: &str, valore: Value| drop(radice.insert(nome.to_owned(), valore));
        metti("ruoli", semplice(a.ruoli.keys().collect(), Chiave::Ruolo));
        metti("entrate", semplice(a.tipi_entrata.keys().collect(), Chiave::TipoEntrata));
        metti("tipiPendenza", semplice(a.tipi_pendenza.keys().collect(), Chiave::TipoPendenza));
        metti("intermediari", self.intermediari());
        metti("domini", self.domini());
        metti("applicazioni", semplice(a.applicazioni.keys().collect(), Chiave::Applicazione));
        metti("operatori", semplice(a.operatori.keys().collect(), Chiave::Operatore));
        metti("configurazioni", self.corpo(&Chiave::Configurazioni).unwrap_or_default());
        Value::Object(radice)
    }

    fn intermediari(&self) -> Value {
        let a = &self.anagrafica;
        let uno = |id: &String| {
            let mut corpo = self.corpo(&Chiave::Intermediario(id.clone()))?;
            let stazioni = a.stazioni.values().filter(|s| s.intermediario == *id);
            let stazioni: Map<_, _> = stazioni.map(|s| (s.cod.clone(), corpo::stazione(s))).collect();
            corpo["stazioni"] = Value::Object(stazioni);
            Some((id.clone(), corpo))
        };
        Value::Object(a.intermediari.keys().filter_map(uno).collect())
    }

    fn domini(&self) -> Value {
        let a = &self.anagrafica;
        let uno = |id: &IdDominio| {
            let mut corpo = self.corpo(&Chiave::Dominio(id.to_string()))?;
            let codici = [
                Anagrafica::di_dominio(&a.unita_operative, id).map(|(cod, _)| cod.to_owned()).collect::<Vec<_>>(),
                Anagrafica::di_dominio(&a.conti, id).map(|(cod, _)| cod.to_owned()).collect(),
                Anagrafica::di_dominio(&a.entrate, id).map(|(cod, _)| cod.to_owned()).collect(),
                Anagrafica::di_dominio(&a.tipi_pendenza_dominio, id).map(|(cod, _)| cod.to_owned()).collect(),
            ];
            for ((nome, chiave), codici) in DEL_DOMINIO.into_iter().zip(codici) {
                // The implicit unità operativa follows its dominio.
                let codici = codici.into_iter().filter(|cod| nome != "unitaOperative" || cod != crate::anagrafica::UO_ENTE);
                let figli: Map<_, _> = codici.filter_map(|cod| Some((cod.clone(), self.corpo(&chiave(id.to_string(), cod))?))).collect();
                corpo[nome] = Value::Object(figli);
            }
            Some((id.to_string(), corpo))
        };
        Value::Object(a.domini.keys().filter_map(uno).collect())
    }
}
