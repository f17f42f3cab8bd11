//! The lexical rules of the XSD's simple types (spec/4 section 2.3): text in, checked value out.
//!
//! A rule is told without the value, because values are personal. Types derived from `xsd:string` keep their white space, the others
//! are read without the white around them, as XML Schema says.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use codici::{IdDominio, Importo, Iuv};

/// The rule that a value breaks, in Italian.
pub(crate) type Regola = Cow<'static, str>;

fn senza_contorno(testo: &str) -> &str {
    testo.trim_matches([' ', '\t', '\r', '\n'])
}

fn cifre(testo: &str, quante: usize) -> bool {
    testo.len() == quante && testo.bytes().all(|b| b.is_ascii_digit())
}

pub(crate) fn testo_fra(lunghezza: RangeInclusive<usize>) -> impl FnOnce(&str) -> Result<String, Regola> {
    move |testo| {
        let caratteri = testo.chars().count();
        if lunghezza.contains(&caratteri) {
            Ok(testo.to_owned())
        } else {
            Err(Cow::Owned(format!("{caratteri} caratteri, ammessi da {} a {}", lunghezza.start(), lunghezza.end())))
        }
    }
}

/// `stAmount`: digits, dot, two digits, at most 999999999.99.
pub(crate) fn importo(testo: &str) -> Result<Importo, Regola> {
    const REGOLA: &str = "non e' un importo con due decimali fino a 999999999.99";
    let testo = senza_contorno(testo);
    let forma = testo.split_once('.').is_some_and(|(interi, decimali)| cifre(interi, interi.len().max(1)) && cifre(decimali, 2));
    let letto = forma.then(|| Importo::leggi(testo).ok()).flatten();
    letto.filter(|i| *i <= Importo::MASSIMO).ok_or(Cow::Borrowed(REGOLA))
}

/// `stAmountNotZero`.
pub(crate) fn importo_positivo(testo: &str) -> Result<Importo, Regola> {
    importo(testo).and_then(|i| if i > Importo::ZERO { Ok(i) } else { Err(Cow::Borrowed("importo zero")) })
}

/// `stFiscalCodePA`.
pub(crate) fn id_dominio(testo: &str) -> Result<IdDominio, Regola> {
    IdDominio::leggi(testo).ok_or(Cow::Borrowed("non sono 11 cifre"))
}

/// `stNoticeNumber`: the first digit is judged later, see [`CifreAvviso`](crate::messaggi::CifreAvviso).
pub(crate) fn diciotto_cifre(testo: &str) -> Result<String, Regola> {
    if cifre(testo, 18) { Ok(testo.to_owned()) } else { Err(Cow::Borrowed("non sono 18 cifre")) }
}

/// `creditorReferenceId`, `stText35`.
pub(crate) fn iuv(testo: &str) -> Result<Iuv, Regola> {
    Iuv::leggi(testo).ok_or(Cow::Borrowed("non e' fra 1 e 35 caratteri"))
}

pub(crate) fn booleano(testo: &str) -> Result<bool, Regola> {
    match senza_contorno(testo) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Cow::Borrowed("non e' un booleano")),
    }
}

/// `stIdTransfer`: an integer from 1 to 5, in any writing of an integer (`01`, `+1`).
pub(crate) fn indice_trasferimento(testo: &str) -> Result<u8, Regola> {
    const REGOLA: Regola = Cow::Borrowed("non e' un numero da 1 a 5");
    let testo = senza_contorno(testo);
    let numero = testo.strip_prefix('+').unwrap_or(testo);
    if numero.is_empty() || !cifre(numero, numero.len()) {
        return Err(REGOLA);
    }
    match numero.trim_start_matches('0') {
        "1" => Ok(1),
        "2" => Ok(2),
        "3" => Ok(3),
        "4" => Ok(4),
        "5" => Ok(5),
        _ => Err(REGOLA),
    }
}

/// `stNazioneProvincia`: two capital letters.
pub(crate) fn due_maiuscole(testo: &str) -> Result<String, Regola> {
    let valido = testo.len() == 2 && testo.bytes().all(|b| b.is_ascii_uppercase());
    if valido { Ok(testo.to_owned()) } else { Err(Cow::Borrowed("non sono due lettere maiuscole")) }
}

/// `stEMail`: ASCII letters, digits, `_.+-`, an at sign, labels separated by dots; at most 256 characters.
pub(crate) fn e_mail(testo: &str) -> Result<String, Regola> {
    let locale = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.+-".contains(&b));
    let etichetta = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let valido = testo.len() <= 256 && testo.split_once('@').is_some_and(|(l, d)| locale(l) && d.split('.').all(etichetta));
    if valido { Ok(testo.to_owned()) } else { Err(Cow::Borrowed("non e' un indirizzo di posta")) }
}

/// `stIBANIdentifier` of the older model: two letters, two digits, 1 to 30 letters and digits. Check digits are not looked at.
pub(crate) fn iban(testo: &str) -> Result<String, Regola> {
    let b = testo.as_bytes();
    let valido = (5..=34).contains(&b.len())
        && b[..2].iter().all(u8::is_ascii_alphabetic)
        && b[2..4].iter().all(u8::is_ascii_digit)
        && b[4..].iter().all(u8::is_ascii_alphanumeric);
    if valido { Ok(testo.to_owned()) } else { Err(Cow::Borrowed("non e' un IBAN")) }
}

/// `stBICIdentifier`: `[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?`.
pub(crate) fn bic(testo: &str) -> Result<String, Regola> {
    let b = testo.as_bytes();
    let valido = matches!(b.len(), 8 | 11)
        && b[..6].iter().all(u8::is_ascii_uppercase)
        && matches!(b[6], b'A'..=b'Z' | b'2'..=b'9')
        && matches!(b[7], b'A'..=b'N' | b'P'..=b'Z' | b'0'..=b'9')
        && b[8..].iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if valido { Ok(testo.to_owned()) } else { Err(Cow::Borrowed("non e' un BIC")) }
}

/// `stDatiSpecificiRiscossione`: `[0129]/\S{3,138}`.
pub(crate) fn dati_riscossione(testo: &str) -> Result<String, Regola> {
    let dopo = testo.strip_prefix(['0', '1', '2', '9']).and_then(|t| t.strip_prefix('/'));
    let valido = dopo.is_some_and(|d| (3..=138).contains(&d.chars().count()) && !d.contains([' ', '\t', '\n', '\r']));
    if valido { Ok(testo.to_owned()) } else { Err(Cow::Borrowed("non e' [0129]/ e da 3 a 138 caratteri senza spazi")) }
}

/// One of the values of an enumeration, with what it means.
pub(crate) fn uno_fra<T: Copy>(ammessi: &[(&str, T)]) -> impl FnOnce(&str) -> Result<T, Regola> {
    move |testo| {
        let trovato = ammessi.iter().find(|(nome, _)| *nome == testo).map(|(_, valore)| *valore);
        trovato.ok_or_else(|| Cow::Owned(format!("non e' fra {}", ammessi.iter().map(|(nome, _)| *nome).collect::<Vec<_>>().join(", "))))
    }
}

/// `xsd:base64Binary`, white space allowed inside.
pub(crate) fn base64(testo: &str) -> Result<Vec<u8>, Regola> {
    let compatto: Vec<u8> = testo.bytes().filter(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')).collect();
    STANDARD.decode(compatto).map_err(|_| Cow::Borrowed("non e' base64"))
}

/// `stBase64Binary72`: base64 of 4 to 72 characters, kept as text because it goes around as text.
pub(crate) fn base64_breve(testo: &str) -> Result<String, Regola> {
    let testo = senza_contorno(testo);
    base64(testo)?;
    if (4..=72).contains(&testo.len()) { Ok(testo.to_owned()) } else { Err(Cow::Borrowed("non e' fra 4 e 72 caratteri")) }
}

/// `xsd:date` of the years 1 to 9999, with or without a zone. The zone says nothing that we use.
pub(crate) fn data(testo: &str) -> Result<NaiveDate, Regola> {
    const REGOLA: Regola = Cow::Borrowed("non e' una data");
    let testo = senza_contorno(testo);
    let giorno = testo.get(..10).and_then(giorno).ok_or(REGOLA)?;
    fuso(&testo[10..]).ok_or(REGOLA)?;
    Ok(giorno)
}

/// `xsd:dateTime` of the years 1 to 9999. With a zone it becomes the local time of Europe/Rome, without it is already that.
/// The fraction is kept to the nanosecond.
pub(crate) fn data_ora(testo: &str) -> Result<NaiveDateTime, Regola> {
    data_ora_scritta(senza_contorno(testo)).ok_or(Cow::Borrowed("non e' una data con ora"))
}

fn data_ora_scritta(testo: &str) -> Option<NaiveDateTime> {
    if !testo.is_ascii() {
        return None;
    }
    let giorno = testo.get(..10).and_then(giorno)?;
    let ora = testo.get(10..19)?.strip_prefix('T')?;
    let b = ora.as_bytes();
    if !cifre(&ora[..2], 2) || b[2] != b':' || !cifre(&ora[3..5], 2) || b[5] != b':' || !cifre(&ora[6..], 2) {
        return None;
    }
    let (nano, resto) = frazione(&testo[19..])?;
    let (h, m, s) = (ora[..2].parse().ok()?, ora[3..5].parse().ok()?, ora[6..].parse().ok()?);
    let istante = if (h, m, s, nano) == (24, 0, 0, 0) {
        giorno.succ_opt()?.and_time(NaiveTime::MIN)
    } else {
        giorno.and_time(NaiveTime::from_hms_nano_opt(h, m, s, nano)?)
    };
    let Some(minuti) = fuso(resto)? else { return Some(istante) };
    let utc = istante.checked_sub_signed(TimeDelta::minutes(minuti))?;
    Some(Utc.from_utc_datetime(&utc).with_timezone(&chrono_tz::Europe::Rome).naive_local())
}

fn giorno(testo: &str) -> Option<NaiveDate> {
    let b = testo.as_bytes();
    let forma = b.len() == 10 && cifre(testo.get(..4)?, 4) && b[4] == b'-' && cifre(testo.get(5..7)?, 2) && b[7] == b'-' && cifre(testo.get(8..)?, 2);
    let anno = forma.then(|| testo[..4].parse().ok()).flatten().filter(|a| *a > 0)?;
    NaiveDate::from_ymd_opt(anno, testo[5..7].parse().ok()?, testo[8..].parse().ok()?)
}

/// Nanoseconds of an optional fraction, and what follows it.
fn frazione(testo: &str) -> Option<(u32, &str)> {
    let Some(dopo) = testo.strip_prefix('.') else { return Some((0, testo)) };
    let fine = dopo.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(dopo.len());
    let (cifre, resto) = dopo.split_at(fine);
    let nano: u32 = format!("{:0<9}", cifre.get(..9).unwrap_or(cifre)).parse().ok()?;
    (!cifre.is_empty()).then_some((nano, resto))
}

/// Minutes east of Greenwich, if a zone is written; at most 14 hours.
fn fuso(testo: &str) -> Option<Option<i64>> {
    if testo.is_empty() {
        return Some(None);
    }
    if testo == "Z" {
        return Some(Some(0));
    }
    let segno = match testo.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (ore, minuti) = testo.get(1..)?.split_once(':')?;
    let (ore, minuti): (i64, i64) = if cifre(ore, 2) && cifre(minuti, 2) { (ore.parse().ok()?, minuti.parse().ok()?) } else { return None };
    (minuti < 60 && ore * 60 + minuti <= 14 * 60).then_some(Some(segno * (ore * 60 + minuti)))
}
