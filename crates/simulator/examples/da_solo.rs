//! The simulator with a station of its own that says yes to everything, to look at the pages without a gateway.
//!
//! `cargo run -p simulator --example da_solo`, then open `http://127.0.0.1:8180`. Notices that begin with 3019 are unknown, with 3018 already paid; when a receipt arrives
//! the station notifies the ente, as a gateway would.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::json;
use simulator::{Configurazione, Simulatore, VersioneEnte, xml};

const AVVISO: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";

fn busta(elemento: &str, contenuto: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:{elemento} xmlns:p=\"{AVVISO}\">{contenuto}</p:{elemento}></s:Body></s:Envelope>"
    )
}

fn rifiuto(codice: &str, testo: &str) -> String {
    format!("<outcome>KO</outcome><fault><faultCode>{codice}</faultCode><faultString>{testo}</faultString><id>12345678901</id></fault>")
}

async fn stazione(State(s): State<Simulatore>, intestazioni: HeaderMap, corpo: axum::body::Bytes) -> String {
    let azione = intestazioni.get("SOAPAction").and_then(|v| v.to_str().ok()).unwrap_or_default().trim_matches('"').to_owned();
    let letto = xml::leggi(&corpo).unwrap_or_default();
    let valore = |nome: &str| letto.cerca(nome).map(|e| e.testo.clone()).unwrap_or_default();
    let (avviso, dominio) = (valore("noticeNumber"), valore("fiscalCode"));
    let no = match avviso.chars().nth(3) {
        Some('9') => Some(rifiuto("PAA_PAGAMENTO_SCONOSCIUTO", "Pagamento in attesa risulta sconosciuto all'Ente Creditore.")),
        Some('8') => Some(rifiuto("PAA_PAGAMENTO_DUPLICATO", "Pagamento in attesa risulta concluso all'Ente Creditore.")),
        _ => None,
    };
    match azione.as_str() {
        "paVerifyPaymentNotice" => {
            let si = format!(
                "<outcome>OK</outcome><paymentList><paymentOptionDescription><amount>120.50</amount><options>EQ</options><dueDate>2026-12-31</dueDate>\
                 <detailDescription>Tassa sui rifiuti 2026</detailDescription><allCCP>false</allCCP></paymentOptionDescription></paymentList>\
                 <paymentDescription>Tassa sui rifiuti 2026</paymentDescription><fiscalCodePA>{dominio}</fiscalCodePA><companyName>Comune di Prova</companyName>"
            );
            busta("paVerifyPaymentNoticeRes", no.as_deref().unwrap_or(&si))
        }
        "paGetPayment" | "paGetPaymentV2" => {
            let elemento = if azione == "paGetPayment" { "paGetPaymentRes" } else { "paGetPaymentV2Response" };
            let si = format!(
                "<outcome>OK</outcome><data><creditorReferenceId>{iuv}</creditorReferenceId><paymentAmount>120.50</paymentAmount><dueDate>2026-12-31</dueDate>\
                 <lastPayment>true</lastPayment><description>Tassa sui rifiuti 2026</description><companyName>Comune di Prova</companyName><debtor><uniqueIdentifier>\
                 <entityUniqueIdentifierType>F</entityUniqueIdentifierType><entityUniqueIdentifierValue>RSSMRA30A01H501I</entityUniqueIdentifierValue></uniqueIdentifier>\
                 <fullName>Mario Rossi</fullName></debtor><transferList><transfer><idTransfer>1</idTransfer><transferAmount>120.50</transferAmount>\
                 <fiscalCodePA>{dominio}</fiscalCodePA><IBAN>IT60X0542811101000000123456</IBAN><remittanceInformation>/RFB/{iuv}/120.50/TXT/TARI</remittanceInformation>\
                 <transferCategory>9/0101100IM/</transferCategory></transfer></transferList></data>",
                iuv = avviso.get(1..).unwrap_or_default()
            );
            busta(elemento, no.as_deref().unwrap_or(&si))
        }
        "paSendRT" | "paSendRTV2" => {
            let (iuv, ricevuta, importo) = (valore("creditorReferenceId"), valore("receiptId"), valore("paymentAmount"));
            let corpo = json!({
                "idA2A": "DEMO", "idPendenza": avviso, "rpt": {}, "rt": {"receiptId": ricevuta, "creditorReferenceId": iuv, "paymentAmount": importo},
                "riscossioni": null
            });
            let url = format!("{}/pagamenti/{dominio}/{iuv}", s.ente_url(VersioneEnte::V1));
            tokio::spawn(reqwest::Client::new().post(url).json(&corpo).send());
            busta(if azione == "paSendRT" { "paSendRTRes" } else { "paSendRTV2Response" }, "<outcome>OK</outcome>")
        }
        altro => busta("paVerifyPaymentNoticeRes", &rifiuto("PAA_SYSTEM_ERROR", &format!("operazione {altro} sconosciuta"))),
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let simulatore = Simulatore::nuovo(Configurazione { stazione_url: "http://127.0.0.1:8180/stazione".into(), ..Configurazione::default() })?;
    simulatore.avvia_lavori(tokio_util::sync::CancellationToken::new());
    let stazione = Router::new().route("/stazione", post(stazione)).with_state(simulatore.clone());
    let ascolto = tokio::net::TcpListener::bind("127.0.0.1:8180").await?;
    axum::serve(ascolto, simulatore.router().merge(stazione)).await?;
    Ok(())
}
