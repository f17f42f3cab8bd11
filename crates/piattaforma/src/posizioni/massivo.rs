//! Positions by file: a zip of one JSON goes, a report comes back (spec/4 section 3.6; contract `gpd_massive.json`).

use chrono::NaiveDate;
use codici::IdDominio;
use domain::posizione_debitoria::massivo::OperazioneMassiva;
use outbound::header;
use serde_json::Value;

use crate::{Attesa, Cliente, Connessione, Corpo, Fatto, Metodo, Resoconto, Richiesta};

/// Bytes of a zip that the service takes.
pub const ZIP_BYTE_MAX: usize = 5 * 1024 * 1024;
/// Identifiers of a page of the list.
const ELENCO_PAGINA: u32 = 500;
const SEGUITO: &str = "x-continuation-token";

/// Where the service that takes the files of an archive is, from where the archive is: the same path below `/upload` (spec/4 section 2.1).
#[must_use]
pub fn indirizzo(archivio: &str) -> String {
    let archivio = archivio.trim().trim_end_matches('/');
    let dopo = archivio.find("://").map_or(0, |n| n + 3);
    match archivio[dopo..].find('/') {
        Some(n) => format!("{}/upload{}", &archivio[..dopo + n], &archivio[dopo + n..]),
        None => format!("{archivio}/upload"),
    }
}

/// The service as an intermediario reaches it, for one ente.
#[derive(Clone, Copy, Debug)]
pub struct Massivo<'a> {
    pub cliente: &'a Cliente,
    pub connessione: &'a Connessione,
    /// Fiscal code of the intermediario.
    pub intermediario: &'a str,
    pub dominio: &'a IdDominio,
}

/// Names of the operations, as the contract has them: also those of their events.
#[must_use]
pub const fn nome_operazione(operazione: OperazioneMassiva) -> &'static str {
    match operazione {
        OperazioneMassiva::Crea => "create-debt-positions-by-file-upload",
        OperazioneMassiva::Aggiorna => "update-debt-positions-by-file-upload",
        OperazioneMassiva::Elimina => "delete-debt-positions-by-file-upload",
    }
}

impl Massivo<'_> {
    pub const STATO: &'static str = "get-debt-positions-upload-status";
    pub const RAPPORTO: &'static str = "get-debt-positions-upload-report";
    pub const ELENCO: &'static str = "get-debt-positions-fileids";

    /// The file leaves. A loss of the answer is not repaired here: the caller looks in the list before it sends again.
    pub async fn invia(&self, operazione: OperazioneMassiva, nome: &str, zip: &[u8]) -> Resoconto {
        let metodo = match operazione {
            OperazioneMassiva::Crea => Metodo::POST,
            OperazioneMassiva::Aggiorna => Metodo::PUT,
            OperazioneMassiva::Elimina => Metodo::DELETE,
        };
        let richiesta = Richiesta::nuova(metodo, self.percorso(&["file"])).ripetibile(false).che_attende(Attesa::Qualsiasi);
        self.chiama(richiesta.con_corpo(Corpo::file("file", nome, "application/zip", zip))).await
    }

    /// How many positions are done.
    pub async fn stato(&self, id: &str) -> Resoconto {
        self.chiama(Richiesta::nuova(Metodo::GET, self.percorso(&["file", id, "status"]))).await
    }

    /// 404 and 425: not ready.
    pub async fn rapporto(&self, id: &str) -> Resoconto {
        self.chiama(Richiesta::nuova(Metodo::GET, self.percorso(&["file", id, "report"]))).await
    }

    /// Files of those days (Europe/Rome), at most seven. `seguito`: of the page before.
    pub async fn elenco(&self, dal: NaiveDate, al: NaiveDate, seguito: Option<&str>) -> Resoconto {
        let mut richiesta = Richiesta::nuova(Metodo::GET, self.percorso(&["files"]))
            .con_parametro("from", dal.to_string())
            .con_parametro("to", al.to_string())
            .con_parametro("size", ELENCO_PAGINA.to_string());
        if let Some(seguito) = seguito {
            richiesta = richiesta.con_intestazione(SEGUITO, seguito);
        }
        self.chiama(richiesta).await
    }

    fn percorso(&self, resto: &[&str]) -> Vec<String> {
        let testa = ["brokers", self.intermediario, "organizations", self.dominio.as_str(), "debtpositions"];
        testa.iter().chain(resto).map(|s| (*s).to_owned()).collect()
    }

    async fn chiama(&self, richiesta: Richiesta) -> Resoconto {
        self.cliente.chiama(self.connessione, &richiesta).await
    }
}

/// The identifier that was given to a file. The contract does not say where: the service names it in `Location`, and may in the body.
#[must_use]
pub fn id_assegnato(fatto: &Fatto) -> Option<String> {
    let corpo = fatto.json();
    let detto = ["uploadID", "fileId", "id"].iter().find_map(|n| corpo[*n].as_str().map(str::to_owned));
    let posto = || {
        let dove = fatto.intestazioni.get(header::LOCATION)?.to_str().ok()?;
        let dopo = dove.split("/file/").nth(1)?;
        dopo.split(['/', '?']).next().map(str::to_owned)
    };
    // It becomes a segment of a path.
    detto.or_else(posto).filter(|id| !id.is_empty() && id.len() <= 200 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)))
}

/// Identifiers of a page of the list, and where the next one begins.
#[must_use]
pub fn elenco_letto(fatto: &Fatto) -> (Vec<String>, Option<String>) {
    let corpo = fatto.json();
    let id = corpo["fileIds"].as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
    let intestazione = || fatto.intestazioni.get(SEGUITO)?.to_str().ok().map(str::to_owned);
    let seguito = corpo["continuationToken"].as_str().map(str::to_owned).or_else(intestazione);
    (id, seguito.filter(|s| !s.is_empty()))
}

/// What the status tells: positions done, of how many. `None` where it does not say.
#[must_use]
pub fn avanzamento(fatto: &Fatto) -> Option<(u64, u64)> {
    let corpo = fatto.json();
    Some((corpo["processedItem"].as_u64()?, corpo["submittedItem"].as_u64()?))
}

/// One outcome, and the positions that had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoceRapporto {
    pub stato: u16,
    pub messaggio: String,
    pub iupd: Vec<String>,
}

/// The report of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rapporto {
    /// Positions that the service read in the file.
    pub lette: Option<u64>,
    /// Whether every position that was read is done.
    pub finito: bool,
    pub voci: Vec<VoceRapporto>,
}

impl Rapporto {
    /// `None` when it is not a report. What is wrong in one outcome is left out: its positions are looked at one by one.
    #[must_use]
    pub fn leggi(corpo: &[u8]) -> Option<Self> {
        let v: Value = serde_json::from_slice(corpo).ok()?;
        let voci = v["responses"].as_array()?.iter().filter_map(voce).collect();
        let (fatte, lette) = (v["processedItem"].as_u64(), v["submittedItem"].as_u64());
        let finito = v["endTime"].is_string() || fatte.zip(lette).is_some_and(|(f, l)| f >= l);
        Some(Self { lette, finito, voci })
    }
}

/// GPD names the positions `requestIDs`, ACA `iupds` (spec/4 section 10).
fn voce(v: &Value) -> Option<VoceRapporto> {
    let stato = v["statusCode"].as_u64().and_then(|s| u16::try_from(s).ok())?;
    let iupd = v["requestIDs"].as_array().or_else(|| v["iupds"].as_array())?;
    let messaggio = v["statusMessage"].as_str().unwrap_or_default();
    let messaggio = messaggio.chars().map(|c| if c.is_control() { ' ' } else { c }).take(crate::MOTIVO_CARATTERI_MAX).collect();
    Some(VoceRapporto { stato, messaggio, iupd: iupd.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect() })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use outbound::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn fatto(corpo: &str, dove: Option<&'static str>) -> Fatto {
        let intestazioni: HeaderMap = dove.map(|d| (header::LOCATION, HeaderValue::from_static(d))).into_iter().collect();
        Fatto { stato: 202, intestazioni, corpo: Bytes::copy_from_slice(corpo.as_bytes()) }
    }

    #[test]
    fn il_caricamento_sta_sotto_upload() {
        assert_eq!(
            indirizzo("https://api.platform.pagopa.it/gpd/debt-positions-service/v1/"),
            "https://api.platform.pagopa.it/upload/gpd/debt-positions-service/v1"
        );
        assert_eq!(indirizzo("http://127.0.0.1:1/gpd/v1"), "http://127.0.0.1:1/upload/gpd/v1");
        assert_eq!(indirizzo("http://gpd.example"), "http://gpd.example/upload");
    }

    #[test]
    fn l_identificativo_del_file_si_trova_dove_lo_dicono() {
        let dove = "brokers/1/organizations/2/debtpositions/file/ab-12/status";
        assert_eq!(id_assegnato(&fatto("", Some(dove))).as_deref(), Some("ab-12"));
        assert_eq!(id_assegnato(&fatto(r#"{"uploadID":"zz"}"#, None)).as_deref(), Some("zz"));
        assert_eq!(id_assegnato(&fatto(r#"{"uploadID":"../x"}"#, None)), None);
        assert_eq!(id_assegnato(&fatto("", None)), None);
    }

    #[test]
    fn il_rapporto_si_legge_in_tutte_e_due_le_forme() {
        for nome in ["requestIDs", "iupds"] {
            let testo = format!(
                r#"{{"uploadID":"u","processedItem":3,"submittedItem":3,"responses":[
                    {{"statusCode":201,"statusMessage":"Created","{nome}":["A","B"]}},
                    {{"statusCode":"boh","{nome}":["C"]}},
                    {{"statusCode":400,"statusMessage":"no\nno","{nome}":["D"]}}],"endTime":"2026-11-22T10:00:00Z"}}"#
            );
            let rapporto = Rapporto::leggi(testo.as_bytes()).expect("un rapporto");
            assert!(rapporto.finito);
            let voci: Vec<_> = rapporto.voci.iter().map(|v| (v.stato, v.messaggio.as_str(), v.iupd.join(","))).collect();
            assert_eq!(voci, [(201, "Created", "A,B".to_owned()), (400, "no no", "D".to_owned())]);
        }
        assert_eq!(Rapporto::leggi(br#"{"responses":[{"statusCode":201,"requestIDs":["A"#), None, "a meta'");
        assert!(!Rapporto::leggi(br#"{"responses":[],"processedItem":1,"submittedItem":3}"#).expect("un rapporto").finito);
    }

    proptest! {
        #[test]
        fn nessun_rapporto_fa_panico(testo in "\\PC{0,300}", indirizzo_ in "\\PC{0,80}") {
            let _ = Rapporto::leggi(testo.as_bytes());
            let _ = indirizzo(&indirizzo_);
        }
    }
}
