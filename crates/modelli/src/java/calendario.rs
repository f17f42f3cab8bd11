//! `java.util.Calendar`, in Europe/Rome: fields are kept as they were set and made a date only when one is asked, so that the order of `set` does not matter.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, Timelike, Utc};

use super::classi::metodo_ignoto;
use crate::formati::date::istante_locale;
use crate::valori::{Genere, NonRiuscito, Oggetto, Valore};

const FUSO: chrono_tz::Tz = chrono_tz::Europe::Rome;
/// Farthest value of a field: beyond it there are no dates.
const VALORE_MAX: i64 = 10_000_000;

const ANNO: i64 = 1;
const MESE: i64 = 2;
const GIORNO: i64 = 5;
const GIORNO_ANNO: i64 = 6;
const GIORNO_SETTIMANA: i64 = 7;
const META: i64 = 9;
const ORA_12: i64 = 10;
const ORA: i64 = 11;
const MINUTO: i64 = 12;
const SECONDO: i64 = 13;
const MILLESIMO: i64 = 14;

const COSTANTI: [(&str, i64); 26] = [
    ("YEAR", ANNO),
    ("MONTH", MESE),
    ("DATE", GIORNO),
    ("DAY_OF_MONTH", GIORNO),
    ("DAY_OF_YEAR", GIORNO_ANNO),
    ("DAY_OF_WEEK", GIORNO_SETTIMANA),
    ("AM_PM", META),
    ("HOUR", ORA_12),
    ("HOUR_OF_DAY", ORA),
    ("MINUTE", MINUTO),
    ("SECOND", SECONDO),
    ("MILLISECOND", MILLESIMO),
    ("JANUARY", 0),
    ("FEBRUARY", 1),
    ("MARCH", 2),
    ("APRIL", 3),
    ("MAY", 4),
    ("JUNE", 5),
    ("JULY", 6),
    ("AUGUST", 7),
    ("SEPTEMBER", 8),
    ("OCTOBER", 9),
    ("NOVEMBER", 10),
    ("DECEMBER", 11),
    ("SUNDAY", 1),
    ("MONDAY", 2),
];

pub(super) fn costante(nome: &str) -> Option<Valore> {
    COSTANTI.iter().find(|(n, _)| *n == nome).map(|&(_, valore)| valore.into())
}

#[derive(Clone, Copy)]
struct Campi {
    anno: i64,
    /// From 0.
    mese: i64,
    giorno: i64,
    /// Set after month and day: it wins over them.
    giorno_anno: Option<i64>,
    ora: i64,
    minuto: i64,
    secondo: i64,
    millesimo: i64,
}

pub(super) struct Calendario(Mutex<Campi>);

type Risposta = Result<Valore, NonRiuscito>;

fn fuori() -> NonRiuscito {
    NonRiuscito::detto("Calendar: data fuori dal calendario")
}

impl Campi {
    fn di(istante: DateTime<Utc>) -> Self {
        Self::locali(istante.with_timezone(&FUSO).naive_local())
    }

    fn locali(locale: NaiveDateTime) -> Self {
        Self {
            anno: locale.year().into(),
            mese: locale.month0().into(),
            giorno: locale.day().into(),
            giorno_anno: None,
            ora: locale.hour().into(),
            minuto: locale.minute().into(),
            secondo: locale.second().into(),
            millesimo: i64::from(locale.nanosecond() / 1_000_000).min(999),
        }
    }

    /// What overflows goes on into the next field: the 31st of April is the first of May.
    fn locale(&self) -> Option<NaiveDateTime> {
        let anno = i32::try_from(self.anno + self.mese.div_euclid(12)).ok()?;
        let giorni = match self.giorno_anno {
            Some(giorno) => NaiveDate::from_ymd_opt(i32::try_from(self.anno).ok()?, 1, 1)?.checked_add_signed(Duration::try_days(giorno - 1)?)?,
            None => {
                let primo = NaiveDate::from_ymd_opt(anno, u32::try_from(self.mese.rem_euclid(12)).ok()? + 1, 1)?;
                primo.checked_add_signed(Duration::try_days(self.giorno - 1)?)?
            }
        };
        let ms = ((self.ora * 60 + self.minuto) * 60 + self.secondo) * 1000 + self.millesimo;
        giorni.and_hms_opt(0, 0, 0)?.checked_add_signed(Duration::try_milliseconds(ms)?)
    }

    fn istante(&self) -> Result<DateTime<Utc>, NonRiuscito> {
        self.locale().and_then(|l| istante_locale(l, FUSO)).ok_or_else(fuori)
    }

    fn imposta(&mut self, campo: i64, valore: i64) -> Result<(), NonRiuscito> {
        match campo {
            ANNO => self.anno = valore,
            MESE => self.mese = valore,
            GIORNO => (self.giorno, self.giorno_anno) = (valore, None),
            GIORNO_ANNO => self.giorno_anno = Some(valore),
            ORA => self.ora = valore,
            ORA_12 => self.ora = self.ora.div_euclid(12) * 12 + valore,
            META => self.ora = self.ora.rem_euclid(12) + valore * 12,
            MINUTO => self.minuto = valore,
            SECONDO => self.secondo = valore,
            MILLESIMO => self.millesimo = valore,
            _ => return Err(campo_ignoto()),
        }
        if campo == MESE {
            self.giorno_anno = None;
        }
        Ok(())
    }

    /// Days keep the hour of the clock, hours and less are elapsed time, months stop at the end of the shorter one.
    fn aggiungi(&mut self, campo: i64, quanti: i64) -> Result<(), NonRiuscito> {
        let locale = self.locale().ok_or_else(fuori)?;
        let mesi = |quanti: i64| {
            let mesi = Months::new(u32::try_from(quanti.unsigned_abs()).ok()?);
            if quanti < 0 { locale.checked_sub_months(mesi) } else { locale.checked_add_months(mesi) }
        };
        let durata = |d: Option<Duration>| Some(self.istante().ok()?.checked_add_signed(d?)?.with_timezone(&FUSO).naive_local());
        let nuovo = match campo {
            ANNO => mesi(quanti * 12),
            MESE => mesi(quanti),
            GIORNO | GIORNO_ANNO | GIORNO_SETTIMANA => Duration::try_days(quanti).and_then(|d| locale.checked_add_signed(d)),
            ORA | ORA_12 => durata(Duration::try_hours(quanti)),
            MINUTO => durata(Duration::try_minutes(quanti)),
            SECONDO => durata(Duration::try_seconds(quanti)),
            MILLESIMO => durata(Duration::try_milliseconds(quanti)),
            _ => return Err(campo_ignoto()),
        };
        *self = Self::locali(nuovo.ok_or_else(fuori)?);
        Ok(())
    }

    fn leggi(&self, campo: i64) -> Result<i64, NonRiuscito> {
        let l = self.locale().ok_or_else(fuori)?;
        Ok(match campo {
            ANNO => l.year().into(),
            MESE => l.month0().into(),
            GIORNO => l.day().into(),
            GIORNO_ANNO => l.ordinal().into(),
            GIORNO_SETTIMANA => i64::from(l.weekday().num_days_from_sunday()) + 1,
            META => i64::from(l.hour() / 12),
            ORA_12 => i64::from(l.hour() % 12),
            ORA => l.hour().into(),
            MINUTO => l.minute().into(),
            SECONDO => l.second().into(),
            MILLESIMO => i64::from(l.nanosecond() / 1_000_000),
            _ => return Err(campo_ignoto()),
        })
    }

    fn massimo_vero(&self, campo: i64) -> Result<i64, NonRiuscito> {
        let l = self.locale().ok_or_else(fuori)?;
        let ultimo = |mese: u32| {
            let (anno, mese) = if mese == 12 { (l.year() + 1, 1) } else { (l.year(), mese + 1) };
            NaiveDate::from_ymd_opt(anno, mese, 1).and_then(|d| d.pred_opt()).ok_or_else(fuori)
        };
        match campo {
            GIORNO => Ok(ultimo(l.month())?.day().into()),
            GIORNO_ANNO => Ok(ultimo(12)?.ordinal().into()),
            _ => massimo(campo),
        }
    }
}

fn massimo(campo: i64) -> Result<i64, NonRiuscito> {
    Ok(match campo {
        ANNO => 292_278_994,
        MESE | ORA_12 => 11,
        GIORNO => 31,
        GIORNO_ANNO => 366,
        GIORNO_SETTIMANA => 7,
        META => 1,
        ORA => 23,
        MINUTO | SECONDO => 59,
        MILLESIMO => 999,
        _ => return Err(campo_ignoto()),
    })
}

fn campo_ignoto() -> NonRiuscito {
    NonRiuscito::detto("Calendar: campo non ammesso (sono ammessi YEAR, MONTH, DATE, DAY_OF_MONTH, DAY_OF_YEAR, HOUR_OF_DAY, MINUTE, SECOND, MILLISECOND)")
}

impl Calendario {
    pub fn nuovo(istante: DateTime<Utc>) -> Self {
        Self(Mutex::new(Campi::di(istante)))
    }

    fn campi(&self) -> MutexGuard<'_, Campi> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn con_numeri(&self, metodo: &str, numeri: &[i64]) -> Risposta {
        let mut campi = self.campi();
        let niente = || Ok(Valore::from(""));
        match (metodo, numeri) {
            ("set", [campo, valore]) => campi.imposta(*campo, *valore).and_then(|()| niente()),
            ("set", [anno, mese, giorno, resto @ ..]) if resto.len() <= 3 => {
                let nuovi = [(ANNO, anno), (MESE, mese), (GIORNO, giorno)];
                for (campo, valore) in nuovi.into_iter().chain([ORA, MINUTO, SECONDO].into_iter().zip(resto)) {
                    campi.imposta(campo, *valore)?;
                }
                niente()
            }
            ("add", [campo, quanti]) => campi.aggiungi(*campo, *quanti).and_then(|()| niente()),
            ("get", [campo]) => campi.leggi(*campo).map(Valore::from),
            ("getActualMaximum", [campo]) => campi.massimo_vero(*campo).map(Valore::from),
            ("getMaximum", [campo]) => massimo(*campo).map(Valore::from),
            ("getMinimum" | "getActualMinimum", [campo]) => Ok(i64::from(matches!(*campo, ANNO | GIORNO | GIORNO_ANNO | GIORNO_SETTIMANA)).into()),
            ("getTime", []) => Ok(Valore::istante(campi.istante()?, Genere::Ignoto)),
            ("getTimeInMillis", []) => Ok(campi.istante()?.timestamp_millis().into()),
            _ => metodo_ignoto("java.util.Calendar", metodo),
        }
    }
}

impl Oggetto for Calendario {
    fn genere(&self) -> &'static str {
        "un java.util.Calendar"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        match nome {
            "time" => self.con_numeri("getTime", &[]).ok(),
            "timeInMillis" => self.con_numeri("getTimeInMillis", &[]).ok(),
            _ => costante(nome),
        }
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Risposta {
        match (metodo, argomenti) {
            ("setTime", [Valore::Data(d)]) => {
                *self.campi() = Campi::di(d.istante);
                Ok("".into())
            }
            ("setTimeInMillis", [Valore::Numero(n)]) => {
                let istante = n.come_i64().and_then(DateTime::from_timestamp_millis).ok_or_else(fuori)?;
                *self.campi() = Campi::di(istante);
                Ok("".into())
            }
            _ => {
                let numeri = argomenti.iter().map(intero).collect::<Option<Vec<_>>>();
                let numeri = numeri.ok_or_else(|| NonRiuscito::detto(format!("Calendar: `{metodo}` vuole numeri interi ragionevoli")))?;
                self.con_numeri(metodo, &numeri)
            }
        }
    }
}

fn intero(valore: &Valore) -> Option<i64> {
    match valore {
        Valore::Numero(n) => n.arrotondato(0, crate::numero::Arrotonda::Tronca).come_i64().filter(|v| v.abs() <= VALORE_MAX),
        _ => None,
    }
}
