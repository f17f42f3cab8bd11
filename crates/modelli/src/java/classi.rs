//! What stands behind `class["..."]` and `new("...")`.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::calendario::{self, Calendario};
use super::csv::{CsvUtils, Formato};
use super::json::JsonUtils;
use crate::builtin::date::leggi_iso;
use crate::valori::{Genere, Mappa, NonRiuscito, Oggetto, Valore};

/// The dominio that owns an IBAN di accredito.
pub(super) type DominioDiIban = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

const AMMESSE: [&str; 5] = [
    "it.govpay.core.utils.rawutils.JSONUtils",
    "it.govpay.core.utils.SimpleDateFormatUtils",
    "it.govpay.core.utils.CSVUtils",
    "org.apache.commons.csv.CSVFormat",
    "java.util.Calendar",
];

/// The fixed list of classes (spec/1 section 15), at an instant. Make one for each execution.
#[derive(Clone)]
pub struct Classi {
    adesso: DateTime<Utc>,
    dominio_di_iban: Option<DominioDiIban>,
}

impl Classi {
    #[must_use]
    pub fn nuove(adesso: DateTime<Utc>) -> Self {
        Self { adesso, dominio_di_iban: None }
    }

    /// What `getCodDominioFromIbanAccredito` asks: the dominio of an IBAN, `None` if it is unknown.
    #[must_use]
    pub fn con_iban(mut self, cerca: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        self.dominio_di_iban = Some(Arc::new(cerca));
        self
    }

    /// Puts `class` and `new` into the root.
    pub fn aggiungi_a(&self, radice: &mut Mappa) {
        radice.metti("class", Valore::oggetto(Caricatore(self.clone())));
        radice.metti("new", Valore::oggetto(Costruttore(self.clone())));
    }
}

pub(super) fn metodo_ignoto<T>(di: &str, metodo: &str) -> Result<T, NonRiuscito> {
    Err(NonRiuscito::detto(format!("il metodo `{metodo}` di {di} non è ammesso")))
}

struct Caricatore(Classi);

impl Oggetto for Caricatore {
    fn genere(&self) -> &'static str {
        "l'elenco delle classi"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        let nota = AMMESSE.iter().find(|n| **n == nome);
        Some(Valore::oggetto(Classe { nome: nota.copied(), chiesta: nome.into(), classi: self.0.clone() }))
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        match (metodo, argomenti) {
            ("get" | "", [Valore::Testo(nome)]) => Ok(self.membro(nome).unwrap_or(Valore::Nullo)),
            _ => metodo_ignoto("`class`", metodo),
        }
    }
}

struct Costruttore(Classi);

impl Oggetto for Costruttore {
    fn genere(&self) -> &'static str {
        "`new`"
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        match (metodo, argomenti) {
            ("", [Valore::Testo(nome)]) if &**nome == "java.util.Date" => Ok(Valore::istante(self.0.adesso, Genere::Ignoto)),
            ("", [Valore::Testo(nome), Valore::Numero(ms)]) if &**nome == "java.util.Date" => {
                let istante = ms.come_i64().and_then(DateTime::from_timestamp_millis);
                istante.map(|i| Valore::istante(i, Genere::Ignoto)).ok_or_else(|| NonRiuscito::detto("java.util.Date: istante fuori dal calendario"))
            }
            ("", [Valore::Testo(nome), ..]) => Err(non_ammessa(nome)),
            _ => Err(NonRiuscito::detto("`new` vuole il nome di una classe, come `new(\"java.util.Date\")`")),
        }
    }
}

fn non_ammessa(nome: &str) -> NonRiuscito {
    let corto: String = nome.chars().take(100).collect();
    NonRiuscito::detto(format!("la classe `{corto}` non è ammessa: i modelli possono usare soltanto java.util.Date e {}", AMMESSE.join(", ")))
}

/// A class: its static methods and constants. One that is not in the list says so at the first use.
struct Classe {
    nome: Option<&'static str>,
    chiesta: Arc<str>,
    classi: Classi,
}

impl Oggetto for Classe {
    fn genere(&self) -> &'static str {
        "una classe Java"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        match self.nome? {
            "java.util.Calendar" => calendario::costante(nome),
            "org.apache.commons.csv.CSVFormat" => Formato::PREDEFINITO.membro(nome),
            _ => None,
        }
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        let Some(nome) = self.nome else { return Err(non_ammessa(&self.chiesta)) };
        match (nome, metodo, argomenti) {
            ("it.govpay.core.utils.rawutils.JSONUtils", "getInstance", _) => Ok(Valore::oggetto(JsonUtils)),
            ("it.govpay.core.utils.SimpleDateFormatUtils", "getInstance", _) => Ok(Valore::oggetto(DateUtils)),
            ("java.util.Calendar", "getInstance", []) => Ok(Valore::oggetto(Calendario::nuovo(self.classi.adesso))),
            ("org.apache.commons.csv.CSVFormat", "newFormat", _) => Formato::PREDEFINITO.chiama(metodo, argomenti),
            ("it.govpay.core.utils.CSVUtils", "getInstance", []) => Ok(self.csv(Formato::PREDEFINITO)),
            ("it.govpay.core.utils.CSVUtils", "getInstance", [formato]) => match CsvUtils::con_formato(formato) {
                Some(formato) => Ok(self.csv(formato)),
                None => Err(NonRiuscito::detto("CSVUtils.getInstance vuole un CSVFormat")),
            },
            _ => metodo_ignoto(nome, metodo),
        }
    }
}

impl Classe {
    fn csv(&self, formato: Formato) -> Valore {
        Valore::oggetto(CsvUtils { formato, dominio_di_iban: self.classi.dominio_di_iban.clone() })
    }
}

/// `SimpleDateFormatUtils`.
struct DateUtils;

impl Oggetto for DateUtils {
    fn genere(&self) -> &'static str {
        "SimpleDateFormatUtils"
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        match (metodo, argomenti) {
            ("getDataAvvisatura", [Valore::Testo(testo), Valore::Testo(campo)]) => {
                let letta = leggi_iso(testo.trim(), chrono_tz::Europe::Rome);
                letta
                    .map(|d| Valore::istante(d, Genere::Ignoto))
                    .ok_or_else(|| NonRiuscito::detto(format!("il campo {campo} non è una data valida (si scrive come 2026-12-31)")))
            }
            _ => metodo_ignoto("SimpleDateFormatUtils", metodo),
        }
    }
}
