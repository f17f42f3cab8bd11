//! What pagoPA keeps about enti: the IBAN of those that an intermediario works for (contract `openapi_backoffice_external_ec.json`).

use chrono::{DateTime, Utc};
use codici::IdDominio;

use crate::{Cliente, Connessione, Fatto, Metodo, Resoconto, Richiesta};

/// Rows of a page: as many as the contract allows.
const PER_PAGINA: u32 = 100;
/// Characters of an IBAN, of any country.
const IBAN_CARATTERI_MAX: usize = 35;

/// The back office as an intermediario reaches it.
#[derive(Clone, Copy, Debug)]
pub struct BackofficeEc<'a> {
    pub cliente: &'a Cliente,
    pub connessione: &'a Connessione,
    /// Fiscal code of the intermediario.
    pub intermediario: &'a str,
}

/// An account that pagoPA knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IbanCensito {
    pub dominio: IdDominio,
    pub iban: String,
    pub abilitato: bool,
    pub valido_dal: Option<DateTime<Utc>>,
}

impl BackofficeEc<'_> {
    pub const IBAN: &'static str = "getBrokerIbans";

    /// One page, from zero.
    pub async fn iban(&self, pagina: u32) -> Resoconto {
        let richiesta = Richiesta::nuova(Metodo::GET, ["brokers", self.intermediario, "ibans"])
            .con_parametro("page", pagina.to_string())
            .con_parametro("limit", PER_PAGINA.to_string());
        self.cliente.chiama(self.connessione, &richiesta).await
    }
}

/// The accounts of a page, and how many pages there are; `None` when it is no page. What is wrong in one row is left out: an account that is not known
/// stops its positions, and a page that is not read stops all of them.
#[must_use]
pub fn pagina_iban(fatto: &Fatto) -> Option<(Vec<IbanCensito>, u32)> {
    let v = fatto.json();
    let pagine = u32::try_from(v["pageInfo"]["totalPages"].as_u64()?).ok()?;
    let iban = v["ibans"].as_array()?.iter().filter_map(|r| {
        let iban = r["iban"].as_str().map(str::trim).filter(|i| !i.is_empty() && i.len() <= IBAN_CARATTERI_MAX)?;
        Some(IbanCensito {
            dominio: IdDominio::leggi(r["ciFiscalCode"].as_str()?)?,
            iban: iban.to_uppercase(),
            abilitato: r["status"].as_str().is_none_or(|s| s.eq_ignore_ascii_case("ENABLED")),
            valido_dal: r["validityDate"].as_str().and_then(|t| t.parse().ok()),
        })
    });
    Some((iban.collect(), pagine))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use outbound::HeaderMap;
    use serde_json::json;

    use super::*;

    #[test]
    fn una_pagina_di_iban_si_legge_riga_per_riga() {
        let corpo = json!({
            "ibans": [
                { "ciFiscalCode": "12345678901", "ciName": "x", "iban": "it60x0542811101000000123456", "status": "ENABLED", "validityDate": "2026-01-01T00:00:00Z" },
                { "ciFiscalCode": "12345678901", "ciName": "x", "iban": "IT2", "status": "DISABLED", "validityDate": "boh" },
                { "ciFiscalCode": "1", "iban": "IT3" },
            ],
            "pageInfo": { "page": 0, "limit": 100, "totalElements": 3, "totalPages": 1 },
        });
        let fatto = |corpo: String| Fatto { stato: 200, intestazioni: HeaderMap::new(), corpo: Bytes::from(corpo) };
        let (iban, pagine) = pagina_iban(&fatto(corpo.to_string())).expect("una pagina");
        assert_eq!(pagine, 1);
        let detti: Vec<_> = iban.iter().map(|i| (i.iban.as_str(), i.abilitato, i.valido_dal.is_some())).collect();
        assert_eq!(detti, [("IT60X0542811101000000123456", true, true), ("IT2", false, false)]);
        assert_eq!(pagina_iban(&fatto(r#"{"ibans":[]}"#.to_owned())), None);
    }
}
