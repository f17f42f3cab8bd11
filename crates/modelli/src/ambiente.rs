//! What an execution knows besides the values: settings, clock, meter; and how it turns a value into a text.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::errori::{Esito, Guasto, detto};
use crate::formati::{Lingua, date, numeri};
use crate::limiti::{Consumo, Limiti, PROFONDITA_VALORE_MAX};
use crate::numero::Numero;
use crate::valori::{Data, Genere, Mappa, Valore};

pub(crate) struct Ambiente {
    pub consumo: Consumo,
    pub adesso: DateTime<Utc>,
    pub fuso: Tz,
    pub lingua: Lingua,
    formato_numero: String,
    formato_data: String,
    formato_ora: String,
    formato_data_ora: String,
    booleani: (String, String),
}

impl Ambiente {
    pub fn nuovo(adesso: DateTime<Utc>, limiti: &Limiti) -> Self {
        Self {
            consumo: Consumo::nuovo(limiti),
            adesso,
            fuso: chrono_tz::Europe::Rome,
            lingua: Lingua::Italiano,
            formato_numero: "number".into(),
            formato_data: String::new(),
            formato_ora: String::new(),
            formato_data_ora: String::new(),
            booleani: ("true".into(), "false".into()),
        }
    }

    /// `<#setting nome=valore>`; the names are those that the parser lets through.
    pub fn imposta(&mut self, nome: &str, valore: &Valore) -> Esito<()> {
        let Some(testo) = valore.come_testo() else { return detto(format!("l'impostazione `{nome}` vuole un testo, non {}", valore.genere())) };
        let testo = testo.to_owned();
        match nome {
            "locale" => self.lingua = Lingua::leggi(&testo),
            "time_zone" => self.fuso = leggi_fuso(&testo).ok_or_else(|| Guasto::detto("fuso orario sconosciuto: si scrive come `Europe/Rome`"))?,
            "number_format" => {
                numeri::scrivi(&testo, Numero::ZERO, self.lingua).map_err(Guasto::detto)?;
                self.formato_numero = testo;
            }
            "boolean_format" => {
                let (si, no) = testo.split_once(',').ok_or_else(|| Guasto::detto("`boolean_format` si scrive come `sì,no`"))?;
                self.booleani = (si.to_owned(), no.to_owned());
            }
            "date_format" => self.formato_data = testo,
            "time_format" => self.formato_ora = testo,
            _ => self.formato_data_ora = testo,
        }
        Ok(())
    }

    /// What `${}` writes. Steps and memory are charged by whoever makes a value of it.
    pub fn testo<'v>(&self, valore: &'v Valore) -> Esito<Cow<'v, str>> {
        Ok(match valore {
            Valore::Testo(t) => Cow::Borrowed(t),
            Valore::Numero(n) => Cow::Owned(self.numero(*n)?),
            Valore::Booleano(b) => Cow::Owned(if *b { self.booleani.0.clone() } else { self.booleani.1.clone() }),
            Valore::Data(d) => Cow::Owned(self.data(*d, None)?),
            Valore::Oggetto(o) => match o.testo() {
                Some(testo) => Cow::Owned(testo),
                None => return detto(format!("qui serve un testo, non {}", o.genere())),
            },
            Valore::Nullo => return Err(Guasto::mancante("qui serve un testo, ma il valore è assente")),
            Valore::Sequenza(_) | Valore::Mappa(_) | Valore::Riscontro(_) => return detto(format!("qui serve un testo, non {}", valore.genere())),
        })
    }

    pub fn numero(&self, numero: Numero) -> Esito<String> {
        numeri::scrivi(&self.formato_numero, numero, self.lingua).map_err(Guasto::detto)
    }

    pub fn data(&self, data: Data, schema: Option<&str>) -> Esito<String> {
        let schema = schema.unwrap_or(match data.genere {
            Genere::Data => &self.formato_data,
            Genere::Ora => &self.formato_ora,
            Genere::DataOra | Genere::Ignoto => &self.formato_data_ora,
        });
        date::scrivi(schema, data.istante.with_timezone(&self.fuso), data.genere, self.lingua).map_err(Guasto::detto)
    }

    /// Makes a text a value, and charges for it.
    pub fn nuovo_testo(&mut self, testo: impl Into<String>) -> Esito<Valore> {
        let testo: String = testo.into();
        self.consumo.memoria(testo.len() + 16)?;
        Ok(Valore::testo(testo))
    }

    /// Makes a list, and charges for it.
    pub fn nuova_sequenza(&mut self, elementi: Vec<Valore>) -> Esito<Valore> {
        self.consumo.elementi(elementi.len())?;
        poco_profondo(Valore::sequenza(elementi))
    }

    pub fn nuova_mappa(&mut self, mappa: Mappa) -> Esito<Valore> {
        self.consumo.elementi(mappa.quante().saturating_mul(3))?;
        poco_profondo(mappa.into())
    }

    /// Charges for walking a text of that many bytes.
    pub fn percorre(&mut self, byte: usize) -> Esito<()> {
        Ok(self.consumo.passi(byte as u64 / 64)?)
    }
}

fn leggi_fuso(nome: &str) -> Option<Tz> {
    if nome == "GMT" { Some(Tz::UTC) } else { nome.parse().ok() }
}

fn poco_profondo(valore: Valore) -> Esito<Valore> {
    if valore.profondita() > PROFONDITA_VALORE_MAX {
        return detto(format!("liste e mappe troppo annidate: al massimo {PROFONDITA_VALORE_MAX} livelli"));
    }
    Ok(valore)
}
