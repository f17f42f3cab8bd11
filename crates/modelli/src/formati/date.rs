//! Patterns of `java.text.SimpleDateFormat`, written and read, and the named formats of the original engine (`short`, `long`, `iso`).

use chrono::{DateTime, Datelike, Duration, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::Lingua;
use crate::valori::Genere;

/// Characters of a pattern.
const SCHEMA_MAX: usize = 100;

const MESI: [[&str; 12]; 2] = [
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"],
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
];
const GIORNI: [[&str; 7]; 2] = [
    ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];

#[derive(Debug, PartialEq, Eq)]
enum Elemento {
    Lettera(char, usize),
    Letterale(String),
}

fn nomi<const N: usize>(tutti: &'static [[&'static str; N]; 2], lingua: Lingua) -> &'static [&'static str; N] {
    if lingua == Lingua::Italiano { &tutti[0] } else { &tutti[1] }
}

/// The first three letters: the short names of both languages.
fn corto(nome: &str) -> String {
    nome.chars().take(3).collect()
}

fn leggi_schema(schema: &str) -> Result<Vec<Elemento>, String> {
    let caratteri: Vec<char> = schema.chars().collect();
    if caratteri.len() > SCHEMA_MAX {
        return Err(format!("formato di data troppo lungo: al massimo {SCHEMA_MAX} caratteri"));
    }
    let mut elementi = Vec::new();
    let mut i = 0;
    while let Some(&c) = caratteri.get(i) {
        let lunghezza = caratteri[i..].iter().take_while(|altro| **altro == c).count();
        if c == '\'' {
            let (testo, consumati) = protetto(&caratteri[i..]).ok_or_else(|| format!("formato di data non valido, apice non chiuso: `{schema}`"))?;
            elementi.push(Elemento::Letterale(testo));
            i += consumati;
            continue;
        }
        if c.is_ascii_alphabetic() {
            if !"GyYMLwWDdFEuaHkKhmsSzZX".contains(c) {
                return Err(format!("formato di data non valido: la lettera `{c}` in `{schema}` non ha significato"));
            }
            elementi.push(Elemento::Lettera(c, lunghezza));
        } else {
            elementi.push(Elemento::Letterale(c.to_string().repeat(lunghezza)));
        }
        i += lunghezza;
    }
    Ok(elementi)
}

/// A quoted text; `''` is an apostrophe, inside and outside.
fn protetto(caratteri: &[char]) -> Option<(String, usize)> {
    if caratteri.get(1) == Some(&'\'') {
        return Some(("'".into(), 2));
    }
    let mut testo = String::new();
    let mut i = 1;
    loop {
        match (caratteri.get(i)?, caratteri.get(i + 1)) {
            ('\'', Some('\'')) => {
                testo.push('\'');
                i += 2;
            }
            ('\'', _) => return Some((testo, i + 1)),
            (c, _) => {
                testo.push(*c);
                i += 1;
            }
        }
    }
}

/// Writes an instant with a pattern or with a named format.
pub(crate) fn scrivi(schema: &str, quando: DateTime<Tz>, genere: Genere, lingua: Lingua) -> Result<String, String> {
    if schema.starts_with("iso") || schema.starts_with("xs") {
        return Ok(iso(quando.fixed_offset(), genere, schema.contains("ms"), !schema.contains("nz")));
    }
    let con_nome = predefinito(schema, genere, lingua);
    let elementi = leggi_schema(con_nome.as_deref().unwrap_or(schema))?;
    Ok(elementi.iter().map(|elemento| campo(elemento, quando, lingua)).collect())
}

/// The patterns behind `short`, `medium`, `long`, `full` and `a_b`, which is one for the date and one for the time.
fn predefinito(nome: &str, genere: Genere, lingua: Lingua) -> Option<String> {
    let (data, ora) = match nome.split_once('_') {
        Some((data, ora)) => (data, ora),
        None if nome.is_empty() => ("medium", "medium"),
        None => (nome, nome),
    };
    let italiano = lingua == Lingua::Italiano;
    let data = match data {
        "short" => ["dd/MM/yy", "M/d/yy"],
        "medium" => ["d MMM yyyy", "MMM d, yyyy"],
        "long" => ["d MMMM yyyy", "MMMM d, yyyy"],
        "full" => ["EEEE d MMMM yyyy", "EEEE, MMMM d, yyyy"],
        _ => return None,
    }[usize::from(!italiano)];
    let ora = match ora {
        "short" => ["HH:mm", "h:mm a"],
        "medium" => ["HH:mm:ss", "h:mm:ss a"],
        "long" | "full" => ["HH:mm:ss z", "h:mm:ss a z"],
        _ => return None,
    }[usize::from(!italiano)];
    Some(match genere {
        Genere::Data => data.to_owned(),
        Genere::Ora => ora.to_owned(),
        Genere::DataOra | Genere::Ignoto => format!("{data}, {ora}"),
    })
}

/// ISO 8601, with milliseconds if asked and with the offset if asked.
pub(crate) fn iso(quando: DateTime<FixedOffset>, genere: Genere, millesimi: bool, fuso: bool) -> String {
    let data = quando.format("%Y-%m-%d").to_string();
    let mut ora = quando.format(if millesimi { "%H:%M:%S%.3f" } else { "%H:%M:%S" }).to_string();
    if fuso {
        ora += &scarto(quando.offset().local_minus_utc(), true);
    }
    match genere {
        Genere::Data => data,
        Genere::Ora => ora,
        Genere::DataOra | Genere::Ignoto => format!("{data}T{ora}"),
    }
}

fn scarto(secondi: i32, con_zulu: bool) -> String {
    if secondi == 0 && con_zulu {
        return "Z".into();
    }
    let (ore, minuti) = (secondi.abs() / 3600, secondi.abs() / 60 % 60);
    format!("{}{ore:02}:{minuti:02}", if secondi < 0 { '-' } else { '+' })
}

fn campo(elemento: &Elemento, quando: DateTime<Tz>, lingua: Lingua) -> String {
    let (lettera, n) = match elemento {
        Elemento::Letterale(testo) => return testo.clone(),
        Elemento::Lettera(lettera, n) => (*lettera, *n),
    };
    let cifre = |valore: i64| format!("{valore:0n$}");
    let ora = i64::from(quando.hour());
    let mese = quando.month0() as usize;
    let secondi = quando.offset().fix().local_minus_utc();
    match lettera {
        'y' | 'Y' => {
            let anno = if lettera == 'y' { quando.year() } else { quando.iso_week().year() };
            if n == 2 { format!("{:02}", anno.rem_euclid(100)) } else { cifre(anno.into()) }
        }
        'M' | 'L' => match n {
            1 | 2 => cifre(i64::from(quando.month())),
            3 => corto(nomi(&MESI, lingua)[mese]),
            _ => nomi(&MESI, lingua)[mese].into(),
        },
        'E' => {
            let giorno = nomi(&GIORNI, lingua)[quando.weekday().num_days_from_monday() as usize];
            if n < 4 { corto(giorno) } else { giorno.into() }
        }
        'G' => if lingua == Lingua::Italiano { "d.C." } else { "AD" }.into(),
        'a' => if ora < 12 { "AM" } else { "PM" }.into(),
        'z' => quando.format("%Z").to_string(),
        'Z' => scarto(secondi, false).replace(':', ""),
        'X' if secondi == 0 => "Z".into(),
        'X' => match n {
            1 => scarto(secondi, false)[..3].to_owned(),
            2 => scarto(secondi, false).replace(':', ""),
            _ => scarto(secondi, false),
        },
        'w' => cifre(quando.iso_week().week().into()),
        'W' => cifre(i64::from(
            (quando.day() + 6 + NaiveDate::from_ymd_opt(quando.year(), quando.month(), 1).map_or(0, |d| d.weekday().num_days_from_monday())) / 7,
        )),
        'D' => cifre(quando.ordinal().into()),
        'd' => cifre(quando.day().into()),
        'F' => cifre(((quando.day() - 1) / 7 + 1).into()),
        'u' => cifre(quando.weekday().number_from_monday().into()),
        'H' => cifre(ora),
        'k' => cifre(if ora == 0 { 24 } else { ora }),
        'K' => cifre(ora % 12),
        'h' => cifre(if ora % 12 == 0 { 12 } else { ora % 12 }),
        'm' => cifre(quando.minute().into()),
        's' => cifre(quando.second().into()),
        _ => cifre((quando.timestamp_subsec_millis()).into()),
    }
}

/// What a text has told so far.
struct Letti {
    anno: i32,
    mese: u32,
    giorno: u32,
    giorno_anno: Option<u32>,
    ora: u32,
    pomeriggio: Option<bool>,
    minuto: u32,
    secondo: u32,
    millesimi: u32,
    scarto: Option<i32>,
}

/// Reads a text with a pattern; what follows the last field is ignored, as Java does. `None` if it does not fit.
pub(crate) fn leggi(schema: &str, testo: &str, fuso: Tz, lingua: Lingua) -> Result<Option<DateTime<Utc>>, String> {
    let elementi = leggi_schema(schema)?;
    let mut letti = Letti { anno: 1970, mese: 1, giorno: 1, giorno_anno: None, ora: 0, pomeriggio: None, minuto: 0, secondo: 0, millesimi: 0, scarto: None };
    let mut resto = testo;
    for (i, elemento) in elementi.iter().enumerate() {
        let stretta = matches!(elementi.get(i + 1), Some(Elemento::Lettera(c, _)) if !"aEzZXG".contains(*c));
        let Some(dopo) = letti.prendi(elemento, resto, stretta, lingua) else { return Ok(None) };
        resto = dopo;
    }
    Ok(letti.istante(fuso))
}

impl Letti {
    fn prendi<'a>(&mut self, elemento: &Elemento, resto: &'a str, stretta: bool, lingua: Lingua) -> Option<&'a str> {
        let (lettera, n) = match elemento {
            Elemento::Letterale(testo) => return resto.strip_prefix(testo.as_str()),
            Elemento::Lettera(lettera, n) => (*lettera, *n),
        };
        match lettera {
            'M' | 'L' if n >= 3 => return prendi_nome(nomi(&MESI, lingua), resto).map(|(i, dopo)| (self.mese = i + 1, dopo).1),
            'E' => return prendi_nome(nomi(&GIORNI, lingua), resto).map(|(_, dopo)| dopo),
            'a' => return prendi_meta(resto).map(|(i, dopo)| (self.pomeriggio = Some(i == 1), dopo).1),
            'z' | 'Z' | 'X' => return self.prendi_scarto(resto),
            'G' => return None,
            _ => {}
        }
        let cifre = resto.bytes().take_while(u8::is_ascii_digit).count().min(if stretta { n } else { 9 });
        let valore: u32 = resto[..cifre].parse().ok()?;
        match lettera {
            'y' | 'Y' => self.anno = anno(valore, n, cifre)?,
            'M' | 'L' => self.mese = valore,
            'd' => self.giorno = valore,
            'D' => self.giorno_anno = Some(valore),
            'H' | 'K' => self.ora = valore,
            'h' => self.ora = valore % 12,
            'k' => self.ora = valore % 24,
            'm' => self.minuto = valore,
            's' => self.secondo = valore,
            'S' => self.millesimi = valore,
            _ => return None,
        }
        Some(&resto[cifre..])
    }

    fn prendi_scarto<'a>(&mut self, resto: &'a str) -> Option<&'a str> {
        if let Some(dopo) = resto.strip_prefix('Z') {
            self.scarto = Some(0);
            return Some(dopo);
        }
        let segno = if resto.starts_with('-') { -1 } else { 1 };
        let senza_segno = resto.strip_prefix(['+', '-'])?;
        let ore = senza_segno.get(..2)?.parse::<i32>().ok()?;
        let dopo = &senza_segno[2..];
        let con_minuti = dopo.strip_prefix(':').unwrap_or(dopo);
        let (minuti, dopo) = match con_minuti.get(..2).and_then(|m| m.parse::<i32>().ok()) {
            Some(minuti) => (minuti, &con_minuti[2..]),
            None => (0, dopo),
        };
        self.scarto = Some(segno * (ore * 3600 + minuti * 60));
        Some(dopo)
    }

    fn istante(&self, fuso: Tz) -> Option<DateTime<Utc>> {
        let data = match self.giorno_anno {
            Some(giorno) => NaiveDate::from_yo_opt(self.anno, giorno)?,
            None => NaiveDate::from_ymd_opt(self.anno, self.mese, self.giorno)?,
        };
        let ora = match self.pomeriggio {
            Some(true) => self.ora % 12 + 12,
            Some(false) => self.ora % 12,
            None => self.ora,
        };
        let locale = data.and_hms_milli_opt(ora, self.minuto, self.secondo, self.millesimi)?;
        match self.scarto {
            Some(scarto) => FixedOffset::east_opt(scarto)?.from_local_datetime(&locale).single().map(|d| d.to_utc()),
            None => istante_locale(locale, fuso),
        }
    }
}

/// Two digits are of this century up to 79, of the last one from 80.
fn anno(valore: u32, n: usize, cifre: usize) -> Option<i32> {
    let anno = i32::try_from(valore).ok()?;
    Some(if n <= 2 && cifre == 2 { anno + if anno < 80 { 2000 } else { 1900 } } else { anno })
}

fn prendi_nome<'a>(nomi: &[&str], resto: &'a str) -> Option<(u32, &'a str)> {
    let minuscolo = |s: &str| s.to_lowercase();
    for (i, nome) in nomi.iter().enumerate() {
        for scritto in [(*nome).to_owned(), corto(nome)] {
            let Some((fine, _)) = resto.char_indices().map(|(qui, c)| (qui + c.len_utf8(), c)).nth(scritto.chars().count() - 1) else { continue };
            if minuscolo(&resto[..fine]) == minuscolo(&scritto) {
                return Some((u32::try_from(i).ok()?, &resto[fine..]));
            }
        }
    }
    None
}

fn prendi_meta(resto: &str) -> Option<(u32, &str)> {
    match resto.get(..2)?.to_ascii_uppercase().as_str() {
        "AM" => Some((0, &resto[2..])),
        "PM" => Some((1, &resto[2..])),
        _ => None,
    }
}

/// The instant of a wall clock; the hour that does not exist in spring is the one after it, the double one in autumn is the first.
pub(crate) fn istante_locale(locale: NaiveDateTime, fuso: Tz) -> Option<DateTime<Utc>> {
    match fuso.from_local_datetime(&locale) {
        LocalResult::Single(d) | LocalResult::Ambiguous(d, _) => Some(d.to_utc()),
        LocalResult::None => fuso.from_local_datetime(&locale.checked_add_signed(Duration::hours(1))?).earliest().map(|d| d.to_utc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROMA: Tz = chrono_tz::Europe::Rome;

    fn quando() -> DateTime<Tz> {
        ROMA.with_ymd_and_hms(2026, 2, 3, 14, 5, 9).single().expect("esiste") + Duration::milliseconds(47)
    }

    #[test]
    fn le_date_si_scrivono_come_simpledateformat() {
        for (schema, atteso) in [
            ("yyyy-MM-dd", "2026-02-03"),
            ("dd/MM/yyyy HH:mm:ss", "03/02/2026 14:05:09"),
            ("yyyyDDDHHmmssSSS", "2026034140509047"),
            ("d MMMM yyyy", "3 febbraio 2026"),
            ("EEE d MMM yy", "mar 3 feb 26"),
            ("EEEE", "martedì"),
            ("h:mm a", "2:05 PM"),
            ("K k", "2 14"),
            ("yyyy-MM-dd'T'HH:mm:ss.SSSZ", "2026-02-03T14:05:09.047+0100"),
            ("XXX X Z z", "+01:00 +01 +0100 CET"),
            ("'il' dd 'dell''anno'", "il 03 dell'anno"),
            ("u F w W", "2 1 6 2"),
            ("short", "03/02/26, 14:05"),
            ("long", "3 febbraio 2026, 14:05:09 CET"),
            ("", "3 feb 2026, 14:05:09"),
            ("iso", "2026-02-03T14:05:09+01:00"),
        ] {
            assert_eq!(scrivi(schema, quando(), Genere::Ignoto, Lingua::Italiano).as_deref(), Ok(atteso), "{schema}");
        }
        assert_eq!(scrivi("EEEE d MMMM", quando(), Genere::Data, Lingua::Inglese).as_deref(), Ok("Tuesday 3 February"));
        assert_eq!(scrivi("medium", quando(), Genere::Data, Lingua::Inglese).as_deref(), Ok("Feb 3, 2026"));
        for errato in ["yyyy-bb", "'aperto", &"y".repeat(101)] {
            assert!(scrivi(errato, quando(), Genere::Data, Lingua::Italiano).is_err(), "{errato}");
        }
    }

    #[test]
    fn le_date_si_leggono_con_lo_stesso_schema() {
        for (schema, testo, atteso) in [
            ("yyyy-MM-dd", "2026-02-03", Some("2026-02-02T23:00:00Z")),
            ("dd/MM/yyyy HH:mm", "3/7/2026 10:30", Some("2026-07-03T08:30:00Z")),
            ("yyyyMMdd", "20260203 e altro", Some("2026-02-02T23:00:00Z")),
            ("yyyyDDD", "2026034", Some("2026-02-02T23:00:00Z")),
            ("d MMMM yyyy", "3 Febbraio 2026", Some("2026-02-02T23:00:00Z")),
            ("hh:mm a", "02:05 pm", Some("1970-01-01T13:05:00Z")),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-02-03T10:00:00+02:00", Some("2026-02-03T08:00:00Z")),
            ("dd/MM/yy", "03/02/26", Some("2026-02-02T23:00:00Z")),
            ("dd/MM/yyyy HH:mm", "29/03/2026 02:30", Some("2026-03-29T01:30:00Z")),
            ("yyyy-MM-dd", "2026-02-30", None),
            ("yyyy-MM-dd", "domani", None),
            ("yyyy-MM-dd", "", None),
            ("HH:mm", "25:00", None),
        ] {
            let letto = leggi(schema, testo, ROMA, Lingua::Italiano).expect(schema);
            assert_eq!(letto, atteso.map(|a| a.parse().expect(a)), "{schema} {testo}");
        }
    }
}
