//! The simulator against a station made here: what it sends, what it accepts, what it does again and what it never loses.

#![expect(clippy::unwrap_used, reason = "in una prova un errore inatteso e' un fallimento")]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use simulator::{
    CORPO_ENORME, Configurazione, Doppia, Esito, Guasto, GuastoEnte, Immondizia, Interruttore, InterruttoreEnte, Operazione, OperazioneEnte, PostoStandIn,
    RITENTATIVI_MAX, Sbagliata, SenzaAttivazione, Simulatore, StatoPagamento, Tempi, TipoNotifica, Versione, VersioneEnte, xml,
};
use tokio_util::sync::CancellationToken;

const DOMINIO: &str = "12345678901";
const AVVISO: &str = "301000000000000128";
const IUV: &str = "01000000000000128";
const PA: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";
const ORA: Duration = Duration::from_millis(20);

/// What the station does with the next call.
#[derive(Clone)]
enum Mossa {
    Risponde(u16, Vec<u8>),
    Aspetta(Duration),
}

#[derive(Default)]
struct Registro {
    /// SOAPAction, body, moment of arrival.
    arrivati: Vec<(String, Vec<u8>, Instant)>,
    mosse: VecDeque<Mossa>,
    /// Content of the answers to an activation.
    dati: Option<String>,
}

#[derive(Clone, Default)]
struct Stazione(Arc<Mutex<Registro>>);

impl Stazione {
    fn prossima(&self, mossa: Mossa) {
        self.0.lock().unwrap().mosse.push_back(mossa);
    }
    fn arrivati(&self, azione: &str) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().arrivati.iter().filter(|(a, ..)| a == azione).map(|(_, c, _)| c.clone()).collect()
    }
    fn azioni(&self) -> Vec<String> {
        self.0.lock().unwrap().arrivati.iter().map(|(a, ..)| a.clone()).collect()
    }
}

fn busta(elemento: &str, contenuto: &str) -> Vec<u8> {
    format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:{elemento} xmlns:p=\"{PA}\">{contenuto}</p:{elemento}></s:Body></s:Envelope>").into()
}

fn ko(codice: &str) -> String {
    format!(
        "<outcome>KO</outcome><fault><faultCode>{codice}</faultCode><faultString>testo</faultString><id>{DOMINIO}</id><description>perche'</description></fault>"
    )
}

fn risposta_di(azione: &str) -> &'static str {
    match azione {
        "paVerifyPaymentNotice" => "paVerifyPaymentNoticeRes",
        "paGetPayment" => "paGetPaymentRes",
        "paGetPaymentV2" => "paGetPaymentV2Response",
        "paSendRT" => "paSendRTRes",
        _ => "paSendRTV2Response",
    }
}

const CAUSALE: &str = "Tassa &lt;rifiuti&gt; &amp; &quot;servizi&quot; \u{e0}\u{20ac}";

fn verifica_buona() -> String {
    format!(
        "<outcome>OK</outcome><paymentList><paymentOptionDescription><amount>100.50</amount><options>EQ</options><dueDate>2026-12-31</dueDate><allCCP>false</allCCP>\
         </paymentOptionDescription></paymentList><paymentDescription>{CAUSALE}</paymentDescription><fiscalCodePA>{DOMINIO}</fiscalCodePA><companyName>Comune di Prova</companyName>"
    )
}

fn dati(importo: &str, bonifici: &str) -> String {
    format!(
        "<outcome>OK</outcome><data><creditorReferenceId>{IUV}</creditorReferenceId><paymentAmount>{importo}</paymentAmount><dueDate>2026-12-31</dueDate><lastPayment>true</lastPayment>\
         <description>{CAUSALE}</description><companyName>Comune di Prova</companyName><debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
         <entityUniqueIdentifierValue>RSSMRA30A01H501I</entityUniqueIdentifierValue></uniqueIdentifier><fullName>Mario D&apos;Rossi</fullName><city>Roma</city>\
         <e-mail>mario.rossi@host.eu</e-mail></debtor><transferList>{bonifici}</transferList></data>"
    )
}

fn bonifico(indice: u8, importo: &str, accredito: &str, coda: &str) -> String {
    format!(
        "<transfer><idTransfer>{indice}</idTransfer><transferAmount>{importo}</transferAmount><fiscalCodePA>{DOMINIO}</fiscalCodePA>{accredito}\
         <remittanceInformation>/RFB/{IUV}/{importo}</remittanceInformation><transferCategory>9/0101100IM/</transferCategory>{coda}</transfer>"
    )
}

const IBAN: &str = "<IBAN>IT60X0542811101000000123456</IBAN>";
const BOLLO: &str = "<richiestaMarcaDaBollo><hashDocumento>LS0tIGJhc2U2NCAtLS0=</hashDocumento><tipoBollo>01</tipoBollo><provinciaResidenza>RO</provinciaResidenza></richiestaMarcaDaBollo>";

async fn risponde(State(s): State<Stazione>, intestazioni: HeaderMap, corpo: Bytes) -> (StatusCode, Vec<u8>) {
    let azione = intestazioni["SOAPAction"].to_str().unwrap().trim_matches('"').to_owned();
    assert_eq!(intestazioni["authorization"], "Basic bm9kbzpQYXNzd29yZDEh");
    let (mossa, preparati) = {
        let mut registro = s.0.lock().unwrap();
        registro.arrivati.push((azione.clone(), corpo.to_vec(), Instant::now()));
        (registro.mosse.pop_front(), registro.dati.clone())
    };
    match mossa {
        Some(Mossa::Risponde(stato, corpo)) => return (StatusCode::from_u16(stato).unwrap(), corpo),
        Some(Mossa::Aspetta(quanto)) => tokio::time::sleep(quanto).await,
        None => {}
    }
    let contenuto = match azione.as_str() {
        "paVerifyPaymentNotice" => verifica_buona(),
        "paGetPayment" | "paGetPaymentV2" => preparati.unwrap_or_else(|| dati("100.50", &bonifico(1, "100.50", IBAN, ""))),
        _ => "<outcome>OK</outcome>".into(),
    };
    (StatusCode::OK, busta(risposta_di(&azione), &contenuto))
}

async fn ascolta(router: Router) -> SocketAddr {
    let ascolto = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let indirizzo = ascolto.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(ascolto, router).await.unwrap() });
    indirizzo
}

fn configurazione() -> Configurazione {
    Configurazione { scala_tempo: ORA, ..Configurazione::default() }
}

async fn mondo_con(conf: Configurazione) -> (Simulatore, Stazione) {
    let stazione = Stazione::default();
    let router = Router::new().fallback(risponde).layer(axum::extract::DefaultBodyLimit::max(2 * CORPO_ENORME)).with_state(stazione.clone());
    let indirizzo = ascolta(router).await;
    let simulatore = Simulatore::nuovo(conf).unwrap();
    simulatore.imposta_stazione_url(format!("http://{indirizzo}/"));
    (simulatore, stazione)
}

async fn mondo() -> (Simulatore, Stazione) {
    mondo_con(configurazione()).await
}

#[tokio::test]
async fn un_avviso_si_verifica_si_paga_e_la_ricevuta_dice_cio_che_l_ente_ha_detto() {
    let (s, stazione) = mondo().await;

    let visto = s.verifica(DOMINIO, AVVISO).await.unwrap();
    let pagato = s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();

    assert_eq!((visto.importo.to_string(), visto.causale.as_str()), ("100.50".into(), "Tassa <rifiuti> & \"servizi\" \u{e0}\u{20ac}"));
    assert_eq!((visto.ente.as_str(), visto.scadenza.as_deref()), ("Comune di Prova", Some("2026-12-31")));
    assert_eq!(pagato.pagamento.stato, StatoPagamento::Pagato);
    assert!(pagato.pagamento.token.len() == 32 && pagato.pagamento.token.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(pagato.ricevute.iter().map(|r| (r.stato, r.tentativi)).collect::<Vec<_>>(), [("consegnata", 1)]);
    assert_eq!(stazione.azioni(), ["paVerifyPaymentNotice", "paGetPaymentV2", "paSendRTV2"]);
    let ricevuta = xml::leggi(&stazione.arrivati("paSendRTV2")[0]).unwrap();
    let valore = |nome: &str| ricevuta.cerca(nome).map(|e| e.testo.clone()).unwrap_or_default();
    assert_eq!(valore("receiptId"), pagato.pagamento.token);
    assert_eq!(valore("description"), visto.causale);
    assert_eq!((valore("fullName"), valore("transferAmount"), valore("idStation")), ("Mario D'Rossi".into(), "100.50".into(), "11111111113_01".into()));
}

#[tokio::test]
async fn una_sola_attivazione_per_volta_fino_a_esito_o_scadenza() {
    let (s, _) = mondo().await;
    let prima = s.attiva(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    assert_eq!(s.attiva(DOMINIO, AVVISO, Versione::V2).await.unwrap_err().fault_code, "PPT_PAGAMENTO_IN_CORSO");

    s.esito(&prima.token, Esito::Ko).await.unwrap();
    assert_eq!(s.esito(&prima.token, Esito::Ok).await.unwrap_err().fault_code, "PPT_SEMANTICA");
    let seconda = s.attiva(DOMINIO, AVVISO, Versione::V1).await.unwrap();
    s.fai_scadere(&seconda.token).unwrap();
    assert_eq!(s.esito(&seconda.token, Esito::Ok).await.unwrap_err().fault_code, "PPT_TOKEN_SCADUTO");
    s.attiva(DOMINIO, AVVISO, Versione::V2).await.unwrap();

    assert_eq!(s.ricevute(10), [], "solo un esito OK fa nascere una ricevuta");
    assert_eq!(s.esito("boh", Esito::Ok).await.unwrap_err().fault_code, "PPT_TOKEN_SCONOSCIUTO");
}

#[tokio::test]
async fn due_attivazioni_nello_stesso_istante_ne_fanno_una() {
    let (s, stazione) = mondo().await;
    stazione.prossima(Mossa::Aspetta(Duration::from_millis(50)));
    let (a, b) = tokio::join!(s.attiva(DOMINIO, AVVISO, Versione::V2), s.attiva(DOMINIO, AVVISO, Versione::V2));
    assert_eq!([a.is_ok(), b.is_ok()].into_iter().filter(|ok| *ok).count(), 1);
    assert_eq!(stazione.azioni(), ["paGetPaymentV2"]);
}

#[tokio::test]
async fn il_rifiuto_dell_ente_arriva_al_psp_con_il_codice_originale() {
    let (s, stazione) = mondo().await;
    stazione.prossima(Mossa::Risponde(200, busta("paVerifyPaymentNoticeRes", &ko("PAA_PAGAMENTO_SCADUTO"))));
    let rifiuto = s.verifica(DOMINIO, AVVISO).await.unwrap_err();
    assert_eq!(rifiuto.fault_code, "PPT_ERRORE_EMESSO_DA_PAA");
    assert_eq!((rifiuto.original_fault_code.as_deref(), rifiuto.original_description.as_deref()), (Some("PAA_PAGAMENTO_SCADUTO"), Some("perche'")));
    assert_eq!(rifiuto.id, DOMINIO);
    assert!(rifiuto.spiegazione().contains("scaduto"));

    stazione.prossima(Mossa::Risponde(200, busta("paGetPaymentV2Response", &ko("PAA_PAGAMENTO_DUPLICATO"))));
    assert_eq!(s.attiva(DOMINIO, AVVISO, Versione::V2).await.unwrap_err().codice(), "PAA_PAGAMENTO_DUPLICATO");
    s.attiva(DOMINIO, AVVISO, Versione::V2).await.expect("un rifiuto non lascia l'avviso occupato");
}

#[tokio::test]
async fn una_risposta_che_il_nodo_non_accetta_e_un_errore_di_risposta() {
    let (s, stazione) = mondo().await;
    let get = |contenuto: &str| busta("paGetPaymentV2Response", contenuto);
    let buono = bonifico(1, "100.50", IBAN, "");
    let casi = [
        (200, b"".to_vec(), "vuota"),
        (200, b"<html>".to_vec(), "non XML"),
        (500, get(&dati("100.50", &buono)), "HTTP 500"),
        (200, busta("paGetPaymentRes", &dati("100.50", &buono)), "elemento di un'altra operazione"),
        (200, get("<outcome>OK</outcome>"), "OK senza data"),
        (200, get("<outcome>KO</outcome>"), "KO senza fault"),
        (200, get(&format!("{}<data/>", ko("PAA_SEMANTICA").replace("KO", "OK"))), "OK con fault"),
        (200, get(&dati("100.51", &buono)), "somma diversa"),
        (200, get(&dati("100.5", &buono)), "importo con un decimale"),
        (200, get(&dati("100.50", "")), "nessun bonifico"),
        (200, get(&dati("201.00", &buono.repeat(2))), "indice ripetuto"),
        (200, get(&dati("100.50", &bonifico(1, "100.50", "<IBAN>x</IBAN>", ""))), "IBAN non valido"),
        (200, get(&dati("100.50", &bonifico(1, "100.50", "", ""))), "ne' IBAN ne' bollo"),
        (200, get(&dati("100.50", &buono)).iter().map(|b| if *b == b'M' { 0xff } else { *b }).collect(), "non UTF-8"),
    ];
    for (stato, corpo, caso) in casi {
        stazione.prossima(Mossa::Risponde(stato, corpo));
        let rifiuto = s.attiva(DOMINIO, AVVISO, Versione::V2).await.unwrap_err();
        assert_eq!(rifiuto.fault_code, "PPT_STAZIONE_INT_PA_ERRORE_RESPONSE", "{caso}");
    }
    stazione.prossima(Mossa::Risponde(200, busta("paGetPaymentRes", &dati("100.50", &bonifico(1, "100.50", BOLLO, "")))));
    assert_eq!(s.attiva(DOMINIO, AVVISO, Versione::V1).await.unwrap_err().fault_code, "PPT_STAZIONE_INT_PA_ERRORE_RESPONSE", "bollo in V1");
}

#[tokio::test]
async fn chi_non_risponde_in_tempo_e_chi_non_ascolta_si_distinguono() {
    let (s, stazione) = mondo_con(Configurazione { tempi: Tempi::default().per(0.005), ..configurazione() }).await;
    stazione.prossima(Mossa::Aspetta(Duration::from_millis(500)));
    assert_eq!(s.verifica(DOMINIO, AVVISO).await.unwrap_err().fault_code, "PPT_STAZIONE_INT_PA_TIMEOUT");

    let chiusa = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    s.imposta_stazione_url(format!("http://{chiusa}/"));
    assert_eq!(s.verifica(DOMINIO, AVVISO).await.unwrap_err().fault_code, "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE");
    assert_eq!(s.verifica("123", AVVISO).await.unwrap_err().fault_code, "PPT_SINTASSI_EXTRAXSD");
}

#[tokio::test]
async fn una_ricevuta_si_ritenta_quarantotto_volte_a_un_ora_di_distanza() {
    let (s, stazione) = mondo_con(Configurazione { scala_tempo: Duration::from_millis(5), ..configurazione() }).await;
    for _ in 0..=RITENTATIVI_MAX {
        stazione.prossima(Mossa::Risponde(500, b"guasto".to_vec()));
    }
    // The activation takes the first move: it must be good.
    stazione.0.lock().unwrap().mosse.push_front(Mossa::Aspetta(Duration::ZERO));
    let fine = CancellationToken::new();
    let lavori = s.avvia_lavori(fine.clone());
    let attivato = s.attiva(DOMINIO, AVVISO, Versione::V2).await.unwrap();

    s.esito(&attivato.token, Esito::Ok).await.unwrap();
    while s.pagamento(&attivato.token).unwrap().ricevute[0].stato == "in_attesa" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    let ricevuta = s.pagamento(&attivato.token).unwrap().ricevute.remove(0);
    assert_eq!((ricevuta.stato, ricevuta.tentativi), ("esaurita", RITENTATIVI_MAX + 1));
    let arrivi: Vec<Instant> = stazione.0.lock().unwrap().arrivati.iter().filter(|(a, ..)| a == "paSendRTV2").map(|(.., t)| *t).collect();
    assert_eq!(arrivi.len(), RITENTATIVI_MAX as usize + 1);
    assert!(arrivi.windows(2).all(|c| c[1] - c[0] >= Duration::from_millis(4)), "tra due tentativi passa un'ora");
    assert_eq!(s.libera_ricevute(None).unwrap(), 1);
    while s.pagamento(&attivato.token).unwrap().ricevute[0].stato != "consegnata" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    fine.cancel();
    lavori.await.unwrap();
}

#[tokio::test]
async fn un_ko_ben_scritto_e_definitivo_una_risposta_malfatta_no() {
    let (s, stazione) = mondo().await;
    stazione.prossima(Mossa::Aspetta(Duration::ZERO));
    stazione.prossima(Mossa::Risponde(200, busta("paSendRTV2Response", "<outcome>BOH</outcome>")));
    stazione.prossima(Mossa::Risponde(200, busta("paSendRTV2Response", &ko("PAA_SEMANTICA"))));
    let pagato = s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    assert_eq!((pagato.ricevute[0].stato, pagato.ricevute[0].tentativi), ("in_attesa", 1));

    assert_eq!(s.consegna_ricevute_dovute().await, 0, "l'ora non e' passata");
    tokio::time::sleep(ORA).await;
    assert_eq!(s.consegna_ricevute_dovute().await, 1);

    let ricevuta = &s.ricevute(1)[0];
    assert_eq!((ricevuta.stato, ricevuta.codice.as_deref(), ricevuta.tentativi), ("rifiutata", Some("PAA_SEMANTICA"), 2));
    tokio::time::sleep(ORA).await;
    assert_eq!(s.consegna_ricevute_dovute().await, 0);
}

#[tokio::test]
async fn una_ricevuta_non_consegnata_sopravvive_al_riavvio() {
    let cartella = tempfile::tempdir().unwrap();
    let conf = Configurazione { data_dir: Some(cartella.path().to_owned()), ..configurazione() };
    let (s, stazione) = mondo_con(conf.clone()).await;
    let url = s.stazione_url();
    let attivato = s.attiva(DOMINIO, AVVISO, Versione::V1).await.unwrap();
    s.esito(&attivato.token, Esito::Ok).await.unwrap();
    stazione.prossima(Mossa::Risponde(503, Vec::new()));
    assert_eq!(s.consegna_ricevute_dovute().await, 1);
    drop(s);

    let s = Simulatore::nuovo(conf.clone()).unwrap();
    s.imposta_stazione_url(url);
    assert_eq!((s.ricevute_aperte(), s.ricevute(1)[0].tentativi), (1, 1));
    tokio::time::sleep(ORA).await;
    assert_eq!(s.consegna_ricevute_dovute().await, 1);

    let spedite = stazione.arrivati("paSendRT");
    assert_eq!(spedite.len(), 2);
    assert_eq!(spedite[0], spedite[1], "la ricevuta e' la stessa, ottetto per ottetto");
    drop(s);
    assert_eq!(Simulatore::nuovo(conf).unwrap().ricevute_aperte(), 0);
}

#[tokio::test]
async fn la_stessa_ricevuta_arriva_due_volte_nello_stesso_istante() {
    let (s, stazione) = mondo().await;
    s.accendi(Guasto::Doppia { modo: Doppia::Insieme }.per(1));
    stazione.prossima(Mossa::Aspetta(Duration::ZERO));
    stazione.prossima(Mossa::Aspetta(Duration::from_millis(100)));
    stazione.prossima(Mossa::Aspetta(Duration::from_millis(100)));

    s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();

    let arrivi: Vec<(Vec<u8>, Instant)> =
        stazione.0.lock().unwrap().arrivati.iter().filter(|(a, ..)| a == "paSendRTV2").map(|(_, c, t)| (c.clone(), *t)).collect();
    assert_eq!(arrivi.len(), 2);
    assert_eq!(arrivi[0].0, arrivi[1].0);
    assert!(arrivi[1].1 - arrivi[0].1 < Duration::from_millis(90), "la seconda non aspetta la risposta alla prima");
    assert_eq!(s.accesi(), []);
    s.accendi(Guasto::Doppia { modo: Doppia::InSequenza }.per(1));
    s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    assert_eq!(stazione.arrivati("paSendRTV2").len(), 4);
}

#[tokio::test]
async fn una_ricevuta_trattenuta_aspetta_di_essere_liberata() {
    let (s, stazione) = mondo().await;
    s.accendi(Guasto::Muto);
    let pagato = s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    assert_eq!((pagato.ricevute[0].stato, pagato.ricevute[0].tentativi), ("trattenuta", 0));
    assert_eq!(s.consegna_ricevute_dovute().await, 0);
    assert_eq!(stazione.arrivati("paSendRTV2").len(), 0);

    assert_eq!(s.libera_ricevute(None).unwrap(), 1);
    assert_eq!(s.consegna_ricevute_dovute().await, 1);
    assert_eq!(s.ricevute(1)[0].stato, "consegnata");
}

#[tokio::test]
async fn la_ricevuta_puo_arrivare_prima_o_senza_attivazione() {
    let (s, stazione) = mondo().await;
    s.accendi(Guasto::RicevutaPrima.per(1));
    let pagato = s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    assert_eq!(stazione.azioni(), ["paVerifyPaymentNotice", "paSendRTV2", "paGetPaymentV2"]);
    assert_eq!(pagato.pagamento.dati.importo.to_string(), "100.50");

    let richiesta = SenzaAttivazione {
        dominio: DOMINIO.into(),
        avviso: "301999999999999999".into(),
        importo: Some(codici::Importo::da_cent(1234)),
        stand_in: true,
        ..SenzaAttivazione::default()
    };
    s.ricevuta_senza_attivazione(&richiesta).await.unwrap();
    let ricevuta = xml::leggi(&stazione.arrivati("paSendRTV2")[1]).unwrap();
    let receipt = ricevuta.cerca("receipt").unwrap();
    assert_eq!((receipt.valore("standIn"), receipt.valore("paymentAmount")), (Some("true"), Some("12.34")));
}

#[tokio::test]
async fn ogni_ricevuta_sbagliata_sbaglia_una_cosa() {
    for (cosa, nome, giusto) in [
        (Sbagliata::AltroImporto, "paymentAmount", "100.50"),
        (Sbagliata::SommaDiversa, "paymentAmount", "100.50"),
        (Sbagliata::AltroDebitore, "entityUniqueIdentifierValue", "RSSMRA30A01H501I"),
        (Sbagliata::AltroIuv, "creditorReferenceId", IUV),
        (Sbagliata::AvvisoIgnoto, "noticeNumber", AVVISO),
        (Sbagliata::AltraStazione, "idStation", "11111111113_01"),
        (Sbagliata::AltroIntermediario, "idBrokerPA", "11111111113"),
    ] {
        let (s, stazione) = mondo().await;
        s.accendi(Guasto::Sbagliata { cosa }.per(1));
        let pagato = s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
        s.spedisci_ricevuta(&pagato.pagamento.token).await.unwrap();
        let spedite: Vec<String> =
            stazione.arrivati("paSendRTV2").iter().map(|c| xml::leggi(c).unwrap().cerca(nome).map(|e| e.testo.clone()).unwrap_or_default()).collect();
        assert_ne!(spedite[0], giusto, "{cosa:?}");
        assert_eq!(spedite[1], giusto, "la seconda e' quella giusta");
    }
    let (s, stazione) = mondo().await;
    s.accendi(Guasto::Sbagliata { cosa: Sbagliata::AltroNumero }.per(1));
    s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    let ricevuta = xml::leggi(&stazione.arrivati("paSendRTV2")[0]).unwrap();
    let importi: Vec<_> = ricevuta.cerca("transferList").unwrap().figli.iter().map(|t| t.valore("transferAmount").unwrap().to_owned()).collect();
    assert_eq!(importi, ["100.49", "0.01"]);
}

#[tokio::test]
async fn l_immondizia_non_e_mai_un_messaggio_buono_e_la_ricevuta_si_ritenta() {
    for cosa in [Immondizia::NonXml, Immondizia::Dtd, Immondizia::Troncato, Immondizia::NonUtf8, Immondizia::AltroSpazio, Immondizia::Enorme, Immondizia::Vuoto]
    {
        let (s, stazione) = mondo().await;
        s.accendi(Interruttore { guasto: Guasto::Immondizia { cosa }, volte: Some(1), operazione: Some(Operazione::RicevutaV2) });
        let pagato = s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
        assert_eq!((pagato.ricevute[0].stato, pagato.ricevute[0].tentativi), ("in_attesa", 1), "{cosa:?}");
        let arrivato = &stazione.arrivati("paSendRTV2")[0];
        match cosa {
            Immondizia::Enorme => assert!(arrivato.len() > CORPO_ENORME && xml::leggi(arrivato).is_ok()),
            Immondizia::AltroSpazio => assert!(!String::from_utf8_lossy(arrivato).contains(PA)),
            _ => assert!(xml::leggi(arrivato).is_err(), "{cosa:?}"),
        }
        tokio::time::sleep(ORA).await;
        s.consegna_ricevute_dovute().await;
        assert_eq!(s.ricevute(1)[0].stato, "consegnata");
    }
}

#[tokio::test]
async fn lento_e_mezzo_corpo_ritardano_senza_cambiare_il_messaggio() {
    let (s, stazione) = mondo().await;
    s.accendi(Guasto::Lento { ms: 40 }.per(1));
    s.accendi(Guasto::MezzoCorpo { ms: 40 }.per(1));
    let inizio = Instant::now();
    s.verifica(DOMINIO, AVVISO).await.unwrap();
    assert!(inizio.elapsed() >= Duration::from_millis(80));
    s.verifica(DOMINIO, AVVISO).await.unwrap();
    let arrivati = stazione.arrivati("paVerifyPaymentNotice");
    assert_eq!(arrivati[0], arrivati[1]);
}

/// The schemas, when the contracts are at hand: current, then the variant of SANP 3.8.0.
fn schemi() -> Option<[PathBuf; 2]> {
    let contratti = std::env::var("FIORINO_CONTRATTI").unwrap_or_else(|_| "../shared/contracts".into());
    // xmllint does not follow `..` through a link, and the schemas import each other that way.
    let radice = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(contratti).join("pagopa").canonicalize().ok()?;
    let schemi = [radice.join("wsdl/xsd/paForNode.xsd"), radice.join("sanp-3.8.0/wsdl/xsd/paForNode.xsd")];
    let xmllint = std::process::Command::new("xmllint").arg("--version").output().is_ok();
    (xmllint && schemi.iter().all(|s| s.exists())).then_some(schemi)
}

fn valida(schema: &std::path::Path, messaggio: &[u8], caso: &str) {
    let cartella = tempfile::tempdir().unwrap();
    let file = cartella.path().join("corpo.xml");
    // The content of the body as a document of its own: the envelope is SOAP's, not the contract's.
    let testo = String::from_utf8(messaggio.to_vec()).unwrap();
    let corpo = testo.split_once("<soapenv:Body>").unwrap().1.split_once("</soapenv:Body>").unwrap().0;
    std::fs::write(&file, corpo.replacen('>', &format!(" xmlns:pafn=\"{PA}\">"), 1)).unwrap();
    let uscita = std::process::Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).arg(&file).output().unwrap();
    assert!(uscita.status.success(), "{caso} contro {}: {}\n{corpo}", schema.display(), String::from_utf8_lossy(&uscita.stderr));
}

#[tokio::test]
async fn ogni_messaggio_rispetta_lo_schema_ufficiale() {
    let Some(schemi) = schemi() else {
        println!("contratto: saltata messaggi_del_simulatore");
        return;
    };
    let metadata = "<metadata><mapEntry><key>CAPITOLO</key><value>&lt;1&gt;</value></mapEntry></metadata>";
    let molti = format!(
        "{}{}{}",
        bonifico(1, "80.00", &format!("<companyName>Altro &amp; ente</companyName>{IBAN}"), metadata),
        bonifico(2, "16.00", &format!("<companyName>Comune</companyName>{BOLLO}"), ""),
        bonifico(3, "4.50", &format!("<companyName>Comune</companyName>{IBAN}"), "")
    );
    let sbagliate = [
        Sbagliata::AltroImporto,
        Sbagliata::SommaDiversa,
        Sbagliata::AltroNumero,
        Sbagliata::AltroDebitore,
        Sbagliata::AltroIuv,
        Sbagliata::AvvisoIgnoto,
        Sbagliata::AltraStazione,
        Sbagliata::AltroIntermediario,
    ];
    let (s, stazione) = mondo().await;
    s.verifica(DOMINIO, AVVISO).await.unwrap();
    for versione in [Versione::V1, Versione::V2] {
        s.paga(DOMINIO, AVVISO, versione).await.unwrap();
        for cosa in sbagliate {
            s.accendi(Guasto::Sbagliata { cosa }.per(1));
            s.paga(DOMINIO, AVVISO, versione).await.unwrap();
        }
        s.accendi(Guasto::RicevutaPrima.per(1));
        s.paga(DOMINIO, AVVISO, versione).await.unwrap();
    }
    stazione.0.lock().unwrap().dati = Some(dati("100.50", &molti));
    let pagato = s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    s.accendi(Guasto::Sbagliata { cosa: Sbagliata::AltroNumero }.per(1));
    s.paga(DOMINIO, AVVISO, Versione::V2).await.unwrap();
    let tutti: Vec<(String, Vec<u8>)> = stazione.0.lock().unwrap().arrivati.iter().map(|(a, c, _)| (a.clone(), c.clone())).collect();
    assert!(tutti.len() > 40);
    for schema in &schemi {
        for (azione, corpo) in &tutti {
            valida(schema, corpo, azione);
        }
    }
    // The stand-in flag is in a different place in each schema: each is checked with its own.
    for (posto, schema) in [(PostoStandIn::Dentro, &schemi[0]), (PostoStandIn::Fuori, &schemi[1])] {
        let (s, stazione) = mondo_con(Configurazione { posto_stand_in: posto, ..configurazione() }).await;
        for versione in [Versione::V1, Versione::V2] {
            let richiesta = SenzaAttivazione { dominio: DOMINIO.into(), avviso: AVVISO.into(), versione, stand_in: true, ..SenzaAttivazione::default() };
            s.ricevuta_senza_attivazione(&richiesta).await.unwrap();
        }
        for azione in ["paSendRT", "paSendRTV2"] {
            valida(schema, &stazione.arrivati(azione)[0], azione);
        }
    }
    marca_valida(&schemi[0], &stazione.arrivati("paSendRTV2"), &pagato.pagamento.token);
    println!("contratto: eseguita messaggi_del_simulatore");
}

/// The stamp inside the receipt is valid against its own schema, and carries the hash that the ente asked for.
fn marca_valida(schema_pa: &std::path::Path, spedite: &[Vec<u8>], token: &str) {
    let ricevuta = spedite.iter().map(|c| xml::leggi(c).unwrap()).find(|r| r.cerca("receiptId").is_some_and(|e| e.testo == token)).unwrap();
    let marca = ricevuta.cerca("MBDAttachment").unwrap();
    let ottetti = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &marca.testo).unwrap();
    let letta = xml::leggi(&ottetti).unwrap();
    assert_eq!(letta.cerca("DigestValue").unwrap().testo, "LS0tIGJhc2U2NCAtLS0=");
    assert_eq!(letta.cerca("Importo").unwrap().testo, "16.00");
    let cartella = tempfile::tempdir().unwrap();
    let file = cartella.path().join("marca.xml");
    std::fs::write(&file, &ottetti).unwrap();
    let schema = schema_pa.parent().unwrap().join("../../xsd-common/MarcaDaBollo.xsd");
    let uscita = std::process::Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).arg(&file).output().unwrap();
    assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
}

async fn chiedi(base: &str, metodo: reqwest::Method, percorso: &str, corpo: Option<Value>) -> (u16, String) {
    let cliente = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut richiesta = cliente.request(metodo, format!("{base}{percorso}"));
    if let Some(corpo) = corpo {
        richiesta = richiesta.json(&corpo);
    }
    let risposta = richiesta.send().await.unwrap();
    (risposta.status().as_u16(), risposta.text().await.unwrap())
}

async fn servito() -> (Simulatore, Stazione, String) {
    let (s, stazione) = mondo().await;
    let base = format!("http://{}", ascolta(s.router()).await);
    s.imposta_base_url(&base);
    (s, stazione, base)
}

fn notifica_v1(token: &str) -> Value {
    json!({"idA2A": "A", "idPendenza": "1", "rpt": {}, "rt": {"receiptId": token, "creditorReferenceId": IUV}, "riscossioni": null})
}

#[tokio::test]
async fn l_ente_risponde_cio_che_gli_si_dice_e_altrimenti_non_conosce() {
    let (s, _, base) = servito().await;
    let v1 = format!("/ente/v1/avvisi/{DOMINIO}/{IUV}");
    let v2 = format!("/ente/v2/avvisi/{DOMINIO}/{AVVISO}");
    assert_eq!(chiedi(&base, reqwest::Method::GET, &v1, None).await, (201, r#"{"stato":"SCONOSCIUTA"}"#.into()));
    assert_eq!(chiedi(&base, reqwest::Method::GET, &v2, None).await, (200, r#"{"stato":"SCONOSCIUTA"}"#.into()));

    s.imposta_risposta(VersioneEnte::V2, OperazioneEnte::GetAvviso, DOMINIO, AVVISO, json!({"stato": "SCADUTA"})).unwrap();
    let percorso = "/api/ente/risposte/v1/verifyPendenza/A/1?stato=201";
    assert_eq!(chiedi(&base, reqwest::Method::PUT, percorso, Some(json!({"stato": "ANNULLATA", "importo": 10.10}))).await.0, 200);
    assert_eq!(chiedi(&base, reqwest::Method::GET, &v2, None).await, (200, r#"{"stato":"SCADUTA"}"#.into()));
    assert_eq!(chiedi(&base, reqwest::Method::GET, "/ente/v1/pendenze/A/1", None).await.0, 201);
    assert_eq!(chiedi(&base, reqwest::Method::GET, "/ente/v3/avvisi/a/b", None).await.0, 404);
    assert_eq!(chiedi(&base, reqwest::Method::POST, "/ente/v2/pendenze/A/TARI", Some(json!({}))).await.1, r#"{"stato":"SCONOSCIUTA"}"#);
}

#[tokio::test]
async fn una_notifica_si_aspetta_si_controlla_e_ripetuta_non_conta_due_volte() {
    let (s, _, base) = servito().await;
    let percorso = format!("/ente/v1/pagamenti/{DOMINIO}/{IUV}?idSession=9");
    let attesa = {
        let s = s.clone();
        tokio::spawn(async move { s.attendi_notifica(|n| n.tipo == TipoNotifica::Ricevuta, Duration::from_secs(5)).await })
    };
    assert_eq!(chiedi(&base, reqwest::Method::POST, &percorso, Some(json!({"idA2A": "A", "idPendenza": "1", "rpt": {}, "rt": null}))).await.0, 201);
    assert_eq!(chiedi(&base, reqwest::Method::POST, &percorso, Some(notifica_v1("t1"))).await.0, 201);
    let giunta = attesa.await.unwrap().unwrap();
    assert_eq!((giunta.ricevuta.as_deref(), giunta.query.as_deref(), giunta.problemi.len()), (Some("t1"), Some("idSession=9"), 0));
    assert_eq!(chiedi(&base, reqwest::Method::POST, &percorso, Some(notifica_v1("t1"))).await.0, 200);

    let tutte = s.notifiche(|_| true);
    assert_eq!(
        tutte.iter().map(|n| (n.tipo, n.ripetuta)).collect::<Vec<_>>(),
        [(TipoNotifica::Attivazione, false), (TipoNotifica::Ricevuta, false), (TipoNotifica::Ricevuta, true)]
    );
    assert_eq!(tutte[0].problemi, ["manca riscossioni: quando non c'e' deve essere null"]);
    assert_eq!(s.attendi_notifica(|n| n.iuv == "x", Duration::from_millis(1)).await, None);
}

#[tokio::test]
async fn l_ente_sa_comportarsi_male_una_operazione_per_volta() {
    let (s, _, base) = servito().await;
    let percorso = format!("/ente/v1/pagamenti/{DOMINIO}/{IUV}");
    s.accendi_ente(InterruttoreEnte { guasto: GuastoEnte::Errore { stato: 503 }, volte: Some(1), operazione: Some(OperazioneEnte::NotifyPagamento) });
    assert_eq!(chiedi(&base, reqwest::Method::GET, &format!("/ente/v1/avvisi/{DOMINIO}/{IUV}"), None).await.0, 201, "altra operazione");
    assert_eq!(chiedi(&base, reqwest::Method::POST, &percorso, Some(notifica_v1("t"))).await.0, 503);
    assert_eq!(s.notifiche(|_| true), [], "cio' che l'ente non ha preso non c'e'");
    s.accendi_ente(GuastoEnte::Redirezione.per(1));
    assert_eq!(chiedi(&base, reqwest::Method::POST, &percorso, Some(notifica_v1("t"))).await.0, 302);
    s.accendi_ente(GuastoEnte::ConnessioneChiusa.per(1));
    let chiusa = reqwest::Client::new().post(format!("{base}{percorso}")).json(&notifica_v1("t")).send().await;
    assert!(chiusa.is_err(), "nessuna risposta");
    s.accendi_ente(GuastoEnte::Lento { ms: 30 }.per(1));
    let inizio = Instant::now();
    assert_eq!(chiedi(&base, reqwest::Method::POST, &percorso, Some(notifica_v1("t"))).await.0, 201);
    assert!(inizio.elapsed() >= Duration::from_millis(30));
    s.accendi_ente(GuastoEnte::Immondizia.per(1));
    let (stato, corpo) = chiedi(&base, reqwest::Method::GET, "/ente/v2/pendenze/A/1", None).await;
    assert!(stato == 200 && serde_json::from_str::<Value>(&corpo).is_err());
    s.dimentica_notifiche();
    s.accendi_ente(GuastoEnte::Immondizia.per(1));
    let (stato, corpo) = chiedi(&base, reqwest::Method::POST, &percorso, Some(notifica_v1("t"))).await;
    assert!(stato == 200 && corpo.contains("non e' JSON"));
    assert_eq!(s.notifiche(|_| true).len(), 1, "ha risposto male, ma l'ha presa");
    assert_eq!(s.accesi_ente(), []);
}

#[tokio::test]
async fn l_api_json_comanda_tutto() {
    let (s, stazione, base) = servito().await;
    let post = |percorso: &'static str, corpo: Value| {
        let base = base.clone();
        async move {
            let (stato, testo) = chiedi(&base, reqwest::Method::POST, percorso, Some(corpo)).await;
            (stato, serde_json::from_str::<Value>(&testo).unwrap_or_default())
        }
    };
    let avviso = json!({"dominio": DOMINIO, "avviso": AVVISO});
    assert_eq!(post("/api/verifica", avviso.clone()).await.1["importo"], "100.50");
    for comando in [
        json!({"guasto": "lento", "ms": 1, "volte": 2, "operazione": "paSendRTV2"}),
        json!({"guasto": "doppia", "modo": "insieme", "volte": 1}),
        json!({"guasto": "sbagliata", "cosa": "altro_debitore", "volte": 1}),
    ] {
        assert_eq!(post("/api/comportamento", comando).await.0, 200);
    }
    for sbagliato in [json!({"guasto": "boh"}), json!({"guasto": "lento"}), json!({"guasto": "sbagliata", "cosa": "x"}), json!({"guasto": "muto", "altro": 1})]
    {
        assert_eq!(post("/api/comportamento", sbagliato).await.0, 400);
    }
    let (stato, pagato) = post("/api/paga", avviso.clone()).await;
    assert_eq!((stato, &pagato["ricevute"][0]["stato"], &pagato["pagamento"]["stato"]), (200, &json!("consegnata"), &json!("pagato")));
    assert_eq!(stazione.arrivati("paSendRTV2").len(), 2);
    assert_eq!(s.accesi(), []);
    stazione.prossima(Mossa::Risponde(200, busta("paGetPaymentRes", &ko("PAA_PAGAMENTO_ANNULLATO"))));
    let (stato, rifiuto) = post("/api/attiva", json!({"dominio": DOMINIO, "avviso": AVVISO, "versione": "V1"})).await;
    assert_eq!((stato, &rifiuto["rifiuto"]["originalFaultCode"]), (422, &json!("PAA_PAGAMENTO_ANNULLATO")));
    let (_, attivato) = post("/api/attiva", avviso).await;
    assert_eq!(post("/api/esito", json!({"token": attivato["token"], "esito": "KO"})).await.1["pagamento"]["stato"], "non_pagato");
    assert_eq!(post("/api/ricevuta-senza-attivazione", json!({"dominio": DOMINIO, "avviso": AVVISO, "importo": "5.00", "versione": "V1"})).await.0, 200);
    assert_eq!(post("/api/ente/comportamento", json!({"guasto": "errore", "stato": 200})).await.0, 400);
    assert_eq!(post("/api/ente/comportamento", json!({"guasto": "lento", "ms": 3, "operazione": "getAvviso"})).await.0, 200);
    let (_, elenco) = chiedi(&base, reqwest::Method::GET, &format!("/api/messaggi?filtro={AVVISO}"), None).await;
    assert!(elenco.contains("paGetPaymentV2") && elenco.contains("KO PAA_PAGAMENTO_ANNULLATO"));
}

#[tokio::test]
async fn le_pagine_raccontano_il_pagamento_senza_javascript() {
    let (s, stazione, base) = servito().await;
    let lavori = CancellationToken::new();
    s.avvia_lavori(lavori.clone());
    let get = |percorso: String| {
        let base = base.clone();
        async move { chiedi(&base, reqwest::Method::GET, &percorso, None).await.1 }
    };
    assert!(get("/".into()).await.contains("nessun pagamento è reale"));
    let qr = format!("PAGOPA%7C002%7C{AVVISO}%7C{DOMINIO}%7C10050");
    let pagina = get(format!("/avviso?avviso={qr}")).await;
    assert!(pagina.contains("100,50 €") && pagina.contains("Comune di Prova") && pagina.contains("31/12/2026"));
    assert!(pagina.contains("Tassa &#60;rifiuti&#62;"), "il testo dell'ente e' mostrato, non interpretato");
    assert!(get("/avviso?avviso=12".into()).await.contains("diciotto cifre"));
    stazione.prossima(Mossa::Risponde(200, busta("paVerifyPaymentNoticeRes", &ko("PAA_PAGAMENTO_SCONOSCIUTO"))));
    assert!(get(format!("/avviso?avviso={AVVISO}&dominio={DOMINIO}")).await.contains("PAA_PAGAMENTO_SCONOSCIUTO"));

    let cliente = reqwest::Client::new();
    let modulo = format!("avviso={AVVISO}&dominio={DOMINIO}&versione=V2&esito=OK");
    let risposta = cliente.post(format!("{base}/paga")).header("content-type", "application/x-www-form-urlencoded").body(modulo).send().await.unwrap();
    let token = risposta.url().path().rsplit('/').next().unwrap().to_owned();
    assert!(risposta.text().await.unwrap().contains("Pagamento eseguito"));
    chiedi(&base, reqwest::Method::POST, &format!("/ente/v1/pagamenti/{DOMINIO}/{IUV}"), Some(notifica_v1(&token))).await;
    assert!(get(format!("/pagamenti/{token}/stato")).await.contains("la ricevuta è arrivata all'ente"));
    assert!(get("/ente".into()).await.contains(IUV));
    let id = s.messaggi(Some(&token), 10).iter().find(|m| m.operazione == "paGetPaymentV2").unwrap().id;
    let messaggio = get(format!("/messaggi/{id}")).await;
    assert!(messaggio.contains("&#60;noticeNumber&#62;301000000000000128") && messaggio.contains("  &#60;"), "indentato e protetto");
    assert!(get(format!("/messaggi?filtro={AVVISO}")).await.contains("paGetPaymentV2"));
    let modulo = "guasto=lento&ms=7&volte=2&operazione=&azione=accendi";
    cliente.post(format!("{base}/comportamento")).header("content-type", "application/x-www-form-urlencoded").body(modulo).send().await.unwrap();
    assert_eq!(s.accesi(), [Guasto::Lento { ms: 7 }.per(2)]);
    lavori.cancel();
}
