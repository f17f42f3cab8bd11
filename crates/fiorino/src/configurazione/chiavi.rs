//! Which keys exist, and what the reader probably meant by one that does not.

use std::sync::LazyLock;

use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::{Configurazione, ErroreConfigurazione, UtenteNodo};

/// Names that differ more than this are not a slip of the fingers.
const SOMIGLIANZA_MIN: f64 = 0.6;

/// The tree of the keys, with a value of the right kind at each leaf.
pub struct Modello(Value);

impl Modello {
    /// From the struct itself, so that it cannot forget a key. Lists of tables have one element, which tells the keys of a table.
    pub fn della_configurazione() -> Self {
        let mut esempio = Configurazione::default();
        esempio.stazione.utenti.push(UtenteNodo::default());
        Self(Value::serialize(&esempio).unwrap_or_else(|_| Value::from(Dict::new())))
    }

    /// The value at `percorso`. In a table whose names are the reader's own, every name is a text.
    pub fn trova(&self, percorso: &[&str]) -> Option<&Value> {
        static TESTO: LazyLock<Value> = LazyLock::new(|| Value::from(""));
        percorso.iter().try_fold(&self.0, |v, nome| match v {
            Value::Dict(_, d) if libera(d) => Some(&*TESTO),
            altro => altro.as_dict()?.get(*nome),
        })
    }

    /// Every leaf as a dotted path.
    pub fn foglie(&self) -> Vec<String> {
        let mut foglie = Vec::new();
        raccogli(&self.0, "", &mut foglie);
        foglie
    }

    /// A sentence for each key of the sources that does not exist.
    pub fn ignote(&self, fonti: &Figment) -> Result<Vec<String>, ErroreConfigurazione> {
        let dato: Value = fonti.extract().map_err(Box::new)?;
        let mut ignote = Vec::new();
        self.confronta(fonti, &dato, &self.0, "", &mut ignote);
        Ok(ignote)
    }

    fn confronta(&self, fonti: &Figment, dato: &Value, modello: &Value, percorso: &str, ignote: &mut Vec<String>) {
        match (dato, modello) {
            (Value::Dict(..), Value::Dict(_, noti)) if libera(noti) => {}
            (Value::Dict(_, dato), Value::Dict(_, noti)) => {
                for (nome, valore) in dato {
                    let intero = unisci(percorso, nome);
                    match noti.get(nome) {
                        Some(noto) => self.confronta(fonti, valore, noto, &intero, ignote),
                        None => ignote.push(self.frase(&intero, fonti.get_metadata(valore.tag()))),
                    }
                }
            }
            (Value::Array(_, dati), Value::Array(_, modelli)) => {
                for dato in dati {
                    if let Some(modello) = modelli.first() {
                        self.confronta(fonti, dato, modello, percorso, ignote);
                    }
                }
            }
            _ => {}
        }
    }

    /// The nearest of all keys: a key in the wrong section is found too.
    pub fn frase(&self, chiave: &str, fonte: Option<&Metadata>) -> String {
        let mut nomi = self.foglie();
        nomi.extend(nomi.clone().iter().filter_map(|n| n.rsplit_once('.')).map(|(sezione, _)| sezione.to_owned()));
        let ultimo = |n: &str| n.rsplit('.').next().unwrap_or_default().to_owned();
        let vicinanza = |n: &str| {
            let stesso_nome = if ultimo(n) == ultimo(chiave) { 1.0 } else { 0.0 };
            strsim::jaro_winkler(n, chiave).max(stesso_nome)
        };
        let vicina = nomi.iter().map(|n| (vicinanza(n), n)).max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(v, _)| *v >= SOMIGLIANZA_MIN);
        let dove = fonte.map(|f| format!(" ({})", f.name)).unwrap_or_default();
        match vicina {
            Some((_, nome)) => format!("la chiave `{chiave}`{dove} non esiste: forse `{nome}`?"),
            None => format!("la chiave `{chiave}`{dove} non esiste: l'elenco e' in fiorino.toml.esempio"),
        }
    }
}

/// A table without known keys is one whose keys are chosen by who writes it.
fn libera(tabella: &Dict) -> bool {
    tabella.is_empty()
}

fn raccogli(valore: &Value, percorso: &str, foglie: &mut Vec<String>) {
    match valore {
        Value::Dict(_, d) => d.iter().for_each(|(nome, v)| raccogli(v, &unisci(percorso, nome), foglie)),
        _ => foglie.push(percorso.to_owned()),
    }
}

fn unisci(percorso: &str, nome: &str) -> String {
    if percorso.is_empty() { nome.to_owned() } else { format!("{percorso}.{nome}") }
}

/// A source with the name that errors tell.
pub struct ConNome<P> {
    pub nome: String,
    pub dentro: P,
}

impl<P: Provider> Provider for ConNome<P> {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.nome.clone()).interpolater(|_, chiavi| chiavi.join("."))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        self.dentro.data()
    }
}
