//! What the node answers to nodoInviaCarrelloRPT and nodoInviaRPT.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;

use super::{EsitoRt, GuastoNodo, LENTEZZA, RtDaMandare};
use crate::Simulatore;
use crate::xml::{Elemento, leggi, scrivi_testo};

const SPAZIO: &str = "http://ws.pagamenti.telematici.gov/";
const SPAZIO_DOCUMENTI: &str = "http://www.digitpa.gov.it/schemas/2011/Pagamenti/";

/// One RPT that the node has.
#[derive(Clone, Debug)]
pub struct RptVista {
    pub dominio: String,
    pub iuv: String,
    pub ccp: String,
    pub psp: String,
    pub canale: String,
    /// The document.
    pub rpt: Elemento,
}

/// A cart that the node has taken.
#[derive(Clone, Debug)]
pub struct CarrelloVisto {
    /// Of the page.
    pub sessione: String,
    pub id: String,
    pub intermediario: String,
    pub stazione: String,
    pub password: String,
    pub convenzione: Option<String>,
    /// `Ocp-Apim-Subscription-Key` of the call.
    pub chiave: Option<String>,
    pub rpt: Vec<RptVista>,
}

#[derive(Deserialize)]
pub(super) struct Guasta {
    guasto: GuastoNodo,
}

pub(super) async fn guasta(State(s): State<Simulatore>, corpo: Bytes) -> Response {
    match serde_json::from_slice::<Guasta>(&corpo) {
        Ok(g) => {
            s.guasta_nodo(Some(g.guasto));
            StatusCode::NO_CONTENT.into_response()
        }
        Err(errore) => (StatusCode::BAD_REQUEST, errore.to_string()).into_response(),
    }
}

pub(super) async fn ripara(State(s): State<Simulatore>) -> StatusCode {
    s.guasta_nodo(None);
    StatusCode::NO_CONTENT
}

fn soap(stato: StatusCode, dentro: &str) -> Response {
    let busta = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>{dentro}</soapenv:Body></soapenv:Envelope>"#
    );
    (stato, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], busta).into_response()
}

fn soap_fault(stato: StatusCode) -> Response {
    soap(stato, "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>Errore interno del Nodo</faultstring></soapenv:Fault>")
}

fn fault(codice: &str, testo: &str, descrizione: &str, seriale: Option<usize>) -> String {
    let seriale = seriale.map(|s| format!("<serial>{s}</serial>")).unwrap_or_default();
    format!(
        "<fault><faultCode>{codice}</faultCode><faultString>{}</faultString><id>NodoDeiPagamentiSPC</id><description>{}</description>{seriale}</fault>",
        scrivi_testo(testo),
        scrivi_testo(descrizione)
    )
}

pub(super) async fn servi(State(s): State<Simulatore>, intestazioni: HeaderMap, corpo: Bytes) -> Response {
    let guasto = s.0.vecchio.guasto();
    match guasto {
        Some(GuastoNodo::Lento) => tokio::time::sleep(LENTEZZA).await,
        Some(GuastoNodo::Sparito) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(GuastoNodo::SoapFault) => return soap_fault(StatusCode::INTERNAL_SERVER_ERROR),
        Some(GuastoNodo::SoapFaultIn200) => return soap_fault(StatusCode::OK),
        Some(GuastoNodo::Html) => return (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<html><body>Manutenzione</body></html>").into_response(),
        Some(GuastoNodo::Vuoto) => return StatusCode::OK.into_response(),
        Some(GuastoNodo::MezzaRisposta) => {
            return (StatusCode::OK, "<?xml version=\"1.0\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xml").into_response();
        }
        _ => {}
    }
    let chiave = intestazioni.get("ocp-apim-subscription-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let Ok(busta) = leggi(&corpo) else { return soap_fault(StatusCode::INTERNAL_SERVER_ERROR) };
    let testata = busta.figlio("Header").cloned().unwrap_or_default();
    let messaggio = busta.figlio("Body").and_then(|b| b.figli.first()).filter(|m| m.spazio.as_deref() == Some(SPAZIO));
    match messaggio {
        Some(m) if m.nome == "nodoInviaCarrelloRPT" => carrello(&s, &testata, m, chiave, guasto).await,
        Some(m) if m.nome == "nodoInviaRPT" => sola(&s, &testata, m, guasto),
        // One address for the whole of the node, as an intermediario has it.
        Some(m) if m.nome.ends_with("FlussiRendicontazione") || m.nome == "nodoChiediFlussoRendicontazione" => {
            crate::fdr::soap(State(s.clone()), intestazioni, corpo.clone()).await
        }
        _ => soap_fault(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn carrello(s: &Simulatore, testata: &Elemento, m: &Elemento, chiave: Option<String>, guasto: Option<GuastoNodo>) -> Response {
    let ko = |dentro: String, lista: String| {
        let lista = if lista.is_empty() { lista } else { format!("<listaErroriRPT>{lista}</listaErroriRPT>") };
        let corpo = format!("{dentro}<esitoComplessivoOperazione>KO</esitoComplessivoOperazione>{lista}");
        soap(StatusCode::OK, &format!(r#"<ppt:nodoInviaCarrelloRPTRisposta xmlns:ppt="{SPAZIO}">{corpo}</ppt:nodoInviaCarrelloRPTRisposta>"#))
    };
    let visto = match leggi_carrello(testata, m, chiave) {
        Ok(visto) => visto,
        Err(difetto) => return ko(fault("PPT_SINTASSI_EXTRAXSD", "Errore di sintassi extra XSD.", &difetto, None), String::new()),
    };
    let di_una = |posizione: usize| fault("PPT_SEMANTICA", "Errore semantico.", &format!("RPT {posizione} rifiutata"), Some(posizione));
    let quante = visto.rpt.len();
    match guasto {
        Some(GuastoNodo::Rifiuta) => return ko(fault("PPT_SEMANTICA", "Errore semantico.", "RPT duplicata", None), String::new()),
        Some(GuastoNodo::RifiutaUltima) => return ko(String::new(), di_una(quante)),
        Some(GuastoNodo::RifiutaOgnuna) => return ko(String::new(), (1..=quante).map(di_una).collect()),
        Some(GuastoNodo::KoMuto) => return ko(String::new(), String::new()),
        _ => {}
    }
    s.0.vecchio.tieni(visto.clone());
    if guasto == Some(GuastoNodo::RtPrima) {
        for rpt in &visto.rpt {
            s.manda_rt(rpt, &RtDaMandare::nuova(EsitoRt::Eseguito)).await;
        }
    }
    let url = format!("{}/wisp?idSession={}", s.0.conf.base_url, visto.sessione);
    let url = if guasto == Some(GuastoNodo::SenzaPagina) { String::new() } else { format!("<url>{url}</url>") };
    let corpo = format!("<esitoComplessivoOperazione>OK</esitoComplessivoOperazione>{url}");
    soap(StatusCode::OK, &format!(r#"<ppt:nodoInviaCarrelloRPTRisposta xmlns:ppt="{SPAZIO}">{corpo}</ppt:nodoInviaCarrelloRPTRisposta>"#))
}

fn sola(s: &Simulatore, testata: &Elemento, m: &Elemento, guasto: Option<GuastoNodo>) -> Response {
    let risposta = |dentro: String| soap(StatusCode::OK, &format!(r#"<ppt:nodoInviaRPTRisposta xmlns:ppt="{SPAZIO}">{dentro}</ppt:nodoInviaRPTRisposta>"#));
    let ko = |codice: &str, testo: &str, descrizione: &str| risposta(format!("{}<esito>KO</esito>", fault(codice, testo, descrizione, None)));
    let intestazione = testata.figlio("intestazionePPT").cloned().unwrap_or_default();
    let rpt = match leggi_rpt(&intestazione, m, m) {
        Ok(rpt) => rpt,
        Err(difetto) => return ko("PPT_SINTASSI_EXTRAXSD", "Errore di sintassi extra XSD.", &difetto),
    };
    match guasto {
        Some(GuastoNodo::Rifiuta) => return ko("PPT_SEMANTICA", "Errore semantico.", "RPT duplicata"),
        Some(GuastoNodo::RifiutaUltima | GuastoNodo::RifiutaOgnuna) => return ko("PPT_CANALE_TIMEOUT", "Timeout risposta del Canale.", "riprovare"),
        Some(GuastoNodo::KoMuto) => return risposta("<esito>KO</esito>".to_owned()),
        _ => {}
    }
    if !s.0.vecchio.tieni_sola(rpt) {
        return ko("PPT_RPT_DUPLICATA", "RPT duplicata.", "la RPT e' gia' in archivio");
    }
    if guasto == Some(GuastoNodo::PresaSenzaRisposta) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    risposta("<esito>OK</esito><redirect>0</redirect>".to_owned())
}

fn leggi_carrello(testata: &Elemento, m: &Elemento, chiave: Option<String>) -> Result<CarrelloVisto, String> {
    let intestazione = testata.figlio("intestazioneCarrelloPPT").ok_or("manca intestazioneCarrelloPPT")?;
    let dice = |e: &Elemento, nome: &str| e.valore(nome).map(str::to_owned).ok_or_else(|| format!("manca {nome}"));
    let elenco: Vec<&Elemento> = m.figlio("listaRPT").map(|l| l.figli_di_nome("elementoListaRPT").collect()).unwrap_or_default();
    if !(1..=5).contains(&elenco.len()) {
        return Err("listaRPT: da 1 a 5".to_owned());
    }
    let id = dice(intestazione, "identificativoCarrello")?;
    Ok(CarrelloVisto {
        sessione: format!("s-{id}"),
        id,
        intermediario: dice(intestazione, "identificativoIntermediarioPA")?,
        stazione: dice(intestazione, "identificativoStazioneIntermediarioPA")?,
        password: dice(m, "password")?,
        convenzione: m.valore("codiceConvenzione").map(str::to_owned),
        chiave,
        rpt: elenco.into_iter().map(|e| leggi_rpt(e, e, m)).collect::<Result<_, _>>()?,
    })
}

/// `chiave`: where the key of the RPT is; `busta`: where its document is; `psp`: where its PSP is.
fn leggi_rpt(chiave: &Elemento, busta: &Elemento, psp: &Elemento) -> Result<RptVista, String> {
    let dice = |e: &Elemento, nome: &str| e.valore(nome).filter(|v| !v.is_empty()).map(str::to_owned).ok_or_else(|| format!("manca {nome}"));
    let byte = STANDARD.decode(dice(busta, "rpt")?).map_err(|e| e.to_string())?;
    let rpt = leggi(&byte).map_err(|e| e.to_string())?;
    if rpt.nome != "RPT" || rpt.spazio.as_deref() != Some(SPAZIO_DOCUMENTI) || rpt.valore("versioneOggetto") != Some("6.2.0") {
        return Err("il documento non e' una RPT 6.2.0".to_owned());
    }
    let vista = RptVista {
        dominio: dice(chiave, "identificativoDominio")?,
        iuv: dice(chiave, "identificativoUnivocoVersamento")?,
        ccp: dice(chiave, "codiceContestoPagamento")?,
        psp: dice(psp, "identificativoPSP")?,
        canale: dice(psp, "identificativoCanale")?,
        rpt,
    };
    let dati = vista.rpt.figlio("datiVersamento").ok_or("manca datiVersamento")?;
    let detti = [dati.valore("identificativoUnivocoVersamento"), dati.valore("codiceContestoPagamento")];
    if detti != [Some(vista.iuv.as_str()), Some(vista.ccp.as_str())] {
        return Err("la chiave della RPT non e' quella della busta".to_owned());
    }
    Ok(vista)
}
