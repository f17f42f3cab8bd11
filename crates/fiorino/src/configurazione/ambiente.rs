//! Variables `FIORINO__SEZIONE__CHIAVE`. What a value is, is known from the key: a text of digits stays a text.

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::ErroreConfigurazione;
use super::chiavi::Modello;

pub const PREFISSO: &str = "FIORINO__";
const SEPARATORE: &str = "__";

pub struct Ambiente(Dict);

impl Ambiente {
    /// Empty variables count as absent: that is how container files leave one out.
    pub fn nuovo(variabili: impl Iterator<Item = (String, String)>, modello: &Modello) -> Result<Self, ErroreConfigurazione> {
        let (mut radice, mut ignote) = (Dict::new(), Vec::new());
        for (nome, valore) in variabili {
            let Some(chiave) = nome.strip_prefix(PREFISSO).filter(|_| !valore.is_empty()).map(str::to_lowercase) else { continue };
            let percorso: Vec<&str> = chiave.split(SEPARATORE).collect();
            match modello.trova(&percorso) {
                Some(Value::String(..)) => inserisci(&mut radice, &percorso, Value::from(valore)),
                Some(Value::Dict(..)) | None => {
                    ignote.push(modello.frase(&percorso.join("."), Some(&Metadata::named(nome))));
                }
                Some(_) => {
                    let Ok(letto) = valore.parse::<Value>();
                    inserisci(&mut radice, &percorso, letto);
                }
            }
        }
        if ignote.is_empty() { Ok(Self(radice)) } else { Err(ErroreConfigurazione::Chiavi(ignote)) }
    }
}

fn inserisci(dict: &mut Dict, percorso: &[&str], valore: Value) {
    match percorso {
        [] => {}
        [foglia] => {
            dict.insert((*foglia).to_owned(), valore);
        }
        [sezione, resto @ ..] => {
            let mut dentro = match dict.remove(*sezione) {
                Some(Value::Dict(_, d)) => d,
                _ => Dict::new(),
            };
            inserisci(&mut dentro, resto, valore);
            dict.insert((*sezione).to_owned(), Value::from(dentro));
        }
    }
}

/// The variable of a dotted key.
pub fn variabile(chiave: &str) -> String {
    format!("{PREFISSO}{}", chiave.replace('.', SEPARATORE).to_uppercase())
}

impl Provider for Ambiente {
    fn metadata(&self) -> Metadata {
        Metadata::named("variabile d'ambiente").interpolater(|_, chiavi| variabile(&chiavi.join(".")))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.0.clone())]))
    }
}
