//! Receipts of the positions that GPD serves (spec/4 section 3.4; contract `gpd_payments.json`).

use chrono::NaiveDate;
use codici::IdDominio;

use crate::{Attesa, Cliente, Connessione, Fatto, Metodo, Resoconto, Richiesta};

/// Receipts of a page: as many as the contract allows.
const PER_PAGINA: u32 = 100;

/// Where the receipts of an archive are, from where the archive is; `None` when its address does not say.
#[must_use]
pub fn indirizzo(archivio: &str) -> Option<String> {
    archivio.contains("/debt-positions-service/").then(|| archivio.replace("/debt-positions-service/", "/payments-receipts-service/"))
}

/// The service as an intermediario reaches it, for one ente.
#[derive(Clone, Copy, Debug)]
pub struct Ricevute<'a> {
    pub cliente: &'a Cliente,
    pub connessione: &'a Connessione,
    pub dominio: &'a IdDominio,
    /// Two digits each, with commas.
    pub segregazioni: &'a str,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaginaRicevute {
    pub iuv: Vec<String>,
    /// How many there are.
    pub pagine: u32,
}

impl Ricevute<'_> {
    pub const ELENCO: &'static str = "getOrganizationReceipts";
    pub const UNA: &'static str = "getReceiptByIUV";

    /// Payments of those days. 404: none.
    pub async fn elenco(&self, dal: NaiveDate, al: NaiveDate, pagina: u32) -> Resoconto {
        let richiesta = Richiesta::nuova(Metodo::GET, ["payments", self.dominio.as_str(), "receipts"])
            .con_parametro("pageNum", pagina.to_string())
            .con_parametro("pageSize", PER_PAGINA.to_string())
            .con_parametro("from", dal.to_string())
            .con_parametro("to", al.to_string());
        self.cliente.chiama(self.connessione, &self.con_segregazioni(richiesta)).await
    }

    /// The XML of the message that GPD's station had. 422: it is there and not ready.
    pub async fn una(&self, iuv: &str) -> Resoconto {
        let richiesta = Richiesta::nuova(Metodo::GET, ["payments", self.dominio.as_str(), "receipts", iuv]).che_attende(Attesa::Qualsiasi);
        self.cliente.chiama(self.connessione, &self.con_segregazioni(richiesta)).await
    }

    fn con_segregazioni(&self, richiesta: Richiesta) -> Richiesta {
        if self.segregazioni.is_empty() { richiesta } else { richiesta.con_parametro("segregationCodes", self.segregazioni) }
    }
}

/// `None` when it is no page. The older contract has the list under another name, without pages.
#[must_use]
pub fn pagina_letta(fatto: &Fatto) -> Option<PaginaRicevute> {
    let v = fatto.json();
    let righe = v["results"].as_array().or_else(|| v["receipts_list"].as_array())?;
    // It becomes a segment of a path.
    let buono = |i: &&str| !i.is_empty() && i.len() <= 35 && i.bytes().all(|b| b.is_ascii_alphanumeric());
    let iuv = righe.iter().filter_map(|r| r["iuv"].as_str().filter(buono).map(str::to_owned)).collect();
    let pagine = v["totalPages"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    Some(PaginaRicevute { iuv, pagine })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use outbound::HeaderMap;

    use super::*;

    fn letta(corpo: &'static str) -> Option<PaginaRicevute> {
        pagina_letta(&Fatto { stato: 200, intestazioni: HeaderMap::new(), corpo: Bytes::from_static(corpo.as_bytes()) })
    }

    #[test]
    fn le_ricevute_stanno_accanto_all_archivio() {
        let gpd = "https://api.platform.pagopa.it/gpd/debt-positions-service/v1";
        assert_eq!(indirizzo(gpd).as_deref(), Some("https://api.platform.pagopa.it/gpd/payments-receipts-service/v1"));
        assert_eq!(indirizzo("https://altrove.example/v1"), None);
    }

    #[test]
    fn le_due_forme_dell_elenco_si_leggono() {
        let pagina = PaginaRicevute { iuv: vec!["05000000000000033".to_owned()], pagine: 3 };
        assert_eq!(letta(r#"{"results":[{"iuv":"05000000000000033"},{"iuv":"../x"}],"totalPages":3}"#), Some(pagina.clone()));
        assert_eq!(letta(r#"{"receipts_list":[{"iuv":"05000000000000033"}]}"#), Some(PaginaRicevute { pagine: 1, ..pagina }));
        assert_eq!(letta(r#"{"altro":1}"#), None);
    }
}
