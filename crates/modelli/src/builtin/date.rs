//! Built-ins of dates.

use chrono::{DateTime, TimeZone, Utc};

use super::{Chiamata, Voce, data, voce, vuoto};
use crate::errori::{Esito, Guasto, detto};
use crate::formati::date;
use crate::valori::{Data, Genere, Valore};

/// What a text is read with when there is no pattern.
const ISO: [&str; 6] =
    ["yyyy-MM-dd'T'HH:mm:ss.SSSX", "yyyy-MM-dd'T'HH:mm:ssX", "yyyy-MM-dd'T'HH:mm:ss.SSS", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd"];

pub(super) const VOCI: &[Voce] = &[
    voce("date", 0, 1, |c, v| leggi(c, v, Genere::Data)),
    voce("time", 0, 1, |c, v| leggi(c, v, Genere::Ora)),
    voce("datetime", 0, 1, |c, v| leggi(c, v, Genere::DataOra)),
    voce("date_if_unknown", 0, 0, |c, v| se_ignota(c, v, Genere::Data)),
    voce("time_if_unknown", 0, 0, |c, v| se_ignota(c, v, Genere::Ora)),
    voce("datetime_if_unknown", 0, 0, |c, v| se_ignota(c, v, Genere::DataOra)),
    voce("iso_utc", 0, 0, |c, v| iso(c, v, true, false, true)),
    voce("iso_utc_nz", 0, 0, |c, v| iso(c, v, true, false, false)),
    voce("iso_utc_ms", 0, 0, |c, v| iso(c, v, true, true, true)),
    voce("iso_utc_ms_nz", 0, 0, |c, v| iso(c, v, true, true, false)),
    voce("iso_local", 0, 0, |c, v| iso(c, v, false, false, true)),
    voce("iso_local_nz", 0, 0, |c, v| iso(c, v, false, false, false)),
    voce("iso_local_ms", 0, 0, |c, v| iso(c, v, false, true, true)),
    voce("iso_local_ms_nz", 0, 0, |c, v| iso(c, v, false, true, false)),
    voce("number_to_date", 0, 0, |c, v| da_millesimi(c, v, Genere::Data)),
    voce("number_to_time", 0, 0, |c, v| da_millesimi(c, v, Genere::Ora)),
    voce("number_to_datetime", 0, 0, |c, v| da_millesimi(c, v, Genere::DataOra)),
];

fn leggi(chiamata: &mut Chiamata<'_>, valore: &Valore, genere: Genere) -> Esito<Valore> {
    if let Valore::Data(d) = valore {
        return Ok(data(d.istante, genere));
    }
    let testo = chiamata.soggetto(valore)?;
    let (fuso, lingua) = (chiamata.ambiente.fuso, chiamata.ambiente.lingua);
    if chiamata.argomenti.is_empty() {
        let letta = leggi_iso(&testo, fuso);
        return letta.map_or_else(
            || detto(format!("`?{}`: il testo non è una data ISO (si può dare il formato: `?{}(\"dd/MM/yyyy\")`)", chiamata.nome, chiamata.nome)),
            |d| Ok(data(d, genere)),
        );
    }
    let schema = chiamata.argomento_testo(0)?;
    match date::leggi(schema, &testo, fuso, lingua).map_err(Guasto::detto)? {
        Some(istante) => Ok(data(istante, genere)),
        None => detto(format!("`?{}`: il testo non è una data nel formato `{schema}`", chiamata.nome)),
    }
}

/// `yyyy-MM-dd`, with or without time and offset: also the patterns of the REST interfaces.
pub(crate) fn leggi_iso(testo: &str, fuso: chrono_tz::Tz) -> Option<DateTime<Utc>> {
    ISO.iter().find_map(|schema| {
        let intero = if schema.contains('T') { true } else { testo.len() <= 10 };
        intero.then(|| date::leggi(schema, testo, fuso, crate::formati::Lingua::Italiano).ok().flatten()).flatten()
    })
}

fn se_ignota(chiamata: &mut Chiamata<'_>, valore: &Valore, genere: Genere) -> Esito<Valore> {
    match valore {
        Valore::Data(Data { istante, genere: Genere::Ignoto }) => Ok(data(*istante, genere)),
        Valore::Data(_) => vuoto(chiamata, valore),
        altro => chiamata.sbagliato("una data", altro),
    }
}

fn iso(chiamata: &mut Chiamata<'_>, valore: &Valore, utc: bool, millesimi: bool, fuso: bool) -> Esito<Valore> {
    let Valore::Data(d) = valore else { return chiamata.sbagliato("una data", valore) };
    let quando = if utc { d.istante.fixed_offset() } else { d.istante.with_timezone(&chiamata.ambiente.fuso).fixed_offset() };
    chiamata.ambiente.nuovo_testo(date::iso(quando, d.genere, millesimi, fuso))
}

fn da_millesimi(chiamata: &mut Chiamata<'_>, valore: &Valore, genere: Genere) -> Esito<Valore> {
    let millesimi = chiamata.numero(valore)?.come_i64();
    match millesimi.and_then(|ms| Utc.timestamp_millis_opt(ms).single()) {
        Some(istante) => Ok(data(istante, genere)),
        None => detto(format!("`?{}`: il numero non è un istante in millesimi", chiamata.nome)),
    }
}
