//! What the REST service of flows answers (contract `fdr_organization.json`, spec/4 section 4.3): JSON to checked values.
//!
//! Strict where a wrong reading would move money (amounts, identifiers, outcomes), tolerant of members that are not there.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use codici::Importo;
use serde_json::Value;

use crate::flusso::Illeggibile;
use crate::regole;

/// Rows of a page, which is the largest that the service gives.
pub const RIGHE_PER_PAGINA: usize = 1_000;
const CARATTERI_ID_MAX: usize = 140;

/// A page of anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagina<T> {
    pub voci: Vec<T>,
    /// `metadata.totPage`; 1 when it is not said.
    pub pagine: u64,
}

/// A flow of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voce {
    pub fdr: String,
    pub psp: String,
    pub revisione: i64,
    pub pubblicato: Option<DateTime<Utc>>,
    pub data: Option<DateTime<Utc>>,
}

/// The header of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testata {
    /// CREATED, INSERTED, PUBLISHED.
    pub stato: Option<String>,
    pub fdr: String,
    pub data: DateTime<Utc>,
    pub trn: String,
    pub data_regolamento: NaiveDate,
    pub bic: Option<String>,
    pub psp: String,
    pub nome_psp: Option<String>,
    pub organizzazione: Option<String>,
    pub nome_organizzazione: Option<String>,
    pub pubblicato: Option<DateTime<Utc>>,
    pub aggiornato: Option<DateTime<Utc>>,
    /// What the PSP promises.
    pub numero: u64,
    pub importo: Importo,
    /// What the service has counted; the rows that it gives must be these.
    pub numero_contato: Option<u64>,
    pub importo_contato: Option<Importo>,
}

/// A payment of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagamento {
    /// Of the payment in the flow, unique.
    pub indice_nel_flusso: u64,
    pub iuv: String,
    pub iur: String,
    /// `idTransfer`, 1 to 5.
    pub indice: u8,
    pub importo: Importo,
    /// `payStatus`, to the letter.
    pub esito: String,
    pub data: DateTime<Utc>,
}

/// # Errors
/// For an answer of another shape.
pub fn leggi_elenco(v: &Value) -> Result<Pagina<Voce>, Illeggibile> {
    pagina(v, |v| {
        Ok(Voce {
            fdr: testo(v, "fdr")?,
            psp: testo(v, "pspId")?,
            revisione: intero(v, "revision")?.try_into().map_err(|_| difetto("revision"))?,
            pubblicato: istante_se(v, "published")?,
            data: istante_se(v, "flowDate")?,
        })
    })
}

/// # Errors
/// As [`leggi_elenco`].
pub fn leggi_testata(v: &Value) -> Result<Testata, Illeggibile> {
    let (mittente, ricevente) = (&v["sender"], &v["receiver"]);
    Ok(Testata {
        stato: testo_se(v, "status"),
        fdr: testo(v, "fdr")?,
        data: istante_se(v, "fdrDate")?.ok_or_else(|| difetto("fdrDate"))?,
        trn: testo(v, "regulation")?,
        data_regolamento: regole::data(&testo(v, "regulationDate")?).map_err(|_| difetto("regulationDate"))?,
        bic: testo_se(v, "bicCodePouringBank"),
        psp: testo(mittente, "pspId")?,
        nome_psp: testo_se(mittente, "pspName"),
        organizzazione: testo_se(ricevente, "organizationId"),
        nome_organizzazione: testo_se(ricevente, "organizationName"),
        pubblicato: istante_se(v, "published")?,
        aggiornato: istante_se(v, "updated")?,
        numero: intero(v, "totPayments")?,
        importo: importo(&v["sumPayments"]).ok_or_else(|| difetto("sumPayments"))?,
        numero_contato: v.get("computedTotPayments").and_then(Value::as_u64),
        importo_contato: v.get("computedSumPayments").and_then(importo),
    })
}

/// # Errors
/// As [`leggi_elenco`].
pub fn leggi_pagamenti(v: &Value) -> Result<Pagina<Pagamento>, Illeggibile> {
    pagina(v, |v| {
        let indice = intero(v, "idTransfer")?;
        Ok(Pagamento {
            indice_nel_flusso: intero(v, "index")?,
            iuv: testo(v, "iuv")?,
            iur: testo(v, "iur")?,
            indice: u8::try_from(indice).ok().filter(|i| (1..=5).contains(i)).ok_or_else(|| difetto("idTransfer"))?,
            importo: importo(&v["pay"]).ok_or_else(|| difetto("pay"))?,
            esito: testo(v, "payStatus")?,
            data: istante_se(v, "payDate")?.ok_or_else(|| difetto("payDate"))?,
        })
    })
}

fn pagina<T>(v: &Value, leggi: impl Fn(&Value) -> Result<T, Illeggibile>) -> Result<Pagina<T>, Illeggibile> {
    let voci = match &v["data"] {
        Value::Array(voci) if voci.len() <= RIGHE_PER_PAGINA => voci.iter().map(leggi).collect::<Result<_, _>>()?,
        Value::Null => Vec::new(),
        _ => return Err(difetto("data")),
    };
    Ok(Pagina { voci, pagine: v["metadata"]["totPage"].as_u64().unwrap_or(1) })
}

fn difetto(nome: &str) -> Illeggibile {
    Illeggibile::nuovo(format!("valore assente o non valido in `{nome}`"))
}

fn testo(v: &Value, nome: &str) -> Result<String, Illeggibile> {
    testo_se(v, nome).ok_or_else(|| difetto(nome))
}

fn testo_se(v: &Value, nome: &str) -> Option<String> {
    let testo = v.get(nome)?.as_str()?.trim();
    (!testo.is_empty() && testo.chars().count() <= CARATTERI_ID_MAX && !testo.contains('\0')).then(|| testo.to_owned())
}

fn intero(v: &Value, nome: &str) -> Result<u64, Illeggibile> {
    v.get(nome).and_then(Value::as_u64).ok_or_else(|| difetto(nome))
}

/// With an offset, or the time of Rome; to the millisecond.
fn istante_se(v: &Value, nome: &str) -> Result<Option<DateTime<Utc>>, Illeggibile> {
    let Some(testo) = v.get(nome).and_then(Value::as_str) else { return Ok(None) };
    let locale = regole::data_ora(testo).or_else(|_| regole::data(testo).map(|d| d.and_time(chrono::NaiveTime::MIN))).map_err(|_| difetto(nome))?;
    let istante = DateTime::parse_from_rfc3339(testo).map(|d| d.with_timezone(&Utc)).ok();
    let istante = istante.or_else(|| chrono_tz::Europe::Rome.from_local_datetime(&locale).earliest().map(|d| d.with_timezone(&Utc)));
    Ok(Some(al_millisecondo(istante.unwrap_or_else(|| locale.and_utc()))))
}

/// The precision at which dates are keys.
#[must_use]
pub fn al_millisecondo(istante: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(istante.timestamp_millis()).unwrap_or(istante)
}

/// Euro as JSON numbers are written, `1.0E7` included; no float is ever made of it.
#[must_use]
pub fn importo(v: &Value) -> Option<Importo> {
    let scritto = v.as_number()?.to_string();
    let Some((mantissa, esponente)) = scritto.split_once(['e', 'E']) else { return Importo::leggi(&scritto).ok() };
    let esponente: i32 = esponente.parse().ok().filter(|e| (-20..=20).contains(e))?;
    let (segno, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |m| ("-", m));
    let (interi, decimali) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let cifre = format!("{interi}{decimali}");
    let posto = i32::try_from(interi.len()).ok()? + esponente;
    let piene = match usize::try_from(posto) {
        Ok(posto) if posto >= cifre.len() => format!("{cifre}{}", "0".repeat(posto - cifre.len())),
        Ok(posto) if posto > 0 => format!("{}.{}", &cifre[..posto], &cifre[posto..]),
        _ => format!("0.{}{cifre}", "0".repeat(posto.unsigned_abs() as usize)),
    };
    Importo::leggi(&format!("{segno}{piene}")).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gli_importi_non_passano_mai_da_un_float() {
        for (scritto, cent) in
            [("0.01", 1), ("10", 1000), ("10.5", 1050), ("1.0E7", 1_000_000_000), ("1.2345678E5", 12_345_678), ("5E-1", 50), ("-3.0E0", -300), ("12.5e-1", 125)]
        {
            let v: Value = serde_json::from_str(scritto).expect("numero");
            assert_eq!(importo(&v).map(Importo::cent), Some(cent), "{scritto}");
        }
        for scritto in ["0.001", "1e30", "\"10\"", "null", "1e-5"] {
            assert_eq!(importo(&serde_json::from_str(scritto).expect("valore")), None, "{scritto}");
        }
    }

    #[test]
    fn una_pagina_si_legge_e_una_guasta_no() {
        let voce = json!({ "fdr": "2026-11-20BANCA-1", "pspId": "BANCA", "revision": 2, "published": "2026-11-20T10:00:00.123456Z", "flowDate": "2026-11-20T09:00:00Z" });
        let letta = leggi_elenco(&json!({ "metadata": { "pageSize": 1000, "pageNumber": 1, "totPage": 3 }, "count": 1, "data": [voce] })).expect("pagina");
        assert_eq!((letta.pagine, letta.voci[0].revisione), (3, 2));
        assert_eq!(letta.voci[0].pubblicato.map(|d| d.timestamp_subsec_millis()), Some(123));
        assert_eq!(leggi_elenco(&json!({})), Ok(Pagina { voci: Vec::new(), pagine: 1 }));
        for guasta in [json!({ "data": {} }), json!({ "data": [{}] }), json!({ "data": [{ "fdr": "x", "pspId": "y", "revision": -1 }] })] {
            assert!(leggi_elenco(&guasta).is_err(), "{guasta}");
        }
        let pagamento = json!({ "index": 1, "iuv": "i", "iur": "r", "idTransfer": 1, "pay": 10.5, "payStatus": "EXECUTED", "payDate": "2026-11-19T00:00:00Z" });
        assert_eq!(leggi_pagamenti(&json!({ "data": [pagamento] })).expect("pagina").voci[0].importo.cent(), 1050);
        let mut fuori = pagamento;
        fuori["idTransfer"] = json!(6);
        assert!(leggi_pagamenti(&json!({ "data": [fuori] })).is_err());
    }
}
