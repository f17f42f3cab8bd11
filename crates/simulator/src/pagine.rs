//! The pages: a PSP that takes an avviso, the messages, the ente, the switches. They work without JavaScript; the script only refreshes and scans.

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::comportamento::{Guasto, GuastoEnte};
use crate::ente::{Notifica, VersioneEnte};
use crate::nodo::StatoPagamento;
use crate::{
    Esito, Interruttore, InterruttoreEnte, MESSAGGI_MAX, Messaggio, Operazione, OperazioneEnte, Pagamento, Pagato, RicevutaVista, Rifiuto, Simulatore,
    Verificato, Versione, xml,
};

/// Rows of a table on a page.
const RIGHE_MAX: usize = 300;

pub(crate) const POLITICA: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self' blob:; \
                        form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn rotte() -> Router<Simulatore> {
    Router::new()
        .route("/", get(psp))
        .route("/avviso", get(avviso))
        .route("/paga", post(paga))
        .route("/pagamenti/{token}", get(pagamento))
        .route("/pagamenti/{token}/stato", get(stato))
        .route("/messaggi", get(messaggi))
        .route("/messaggi/{id}", get(messaggio))
        .route("/ente", get(ente))
        .route("/comportamento", get(comportamento).post(cambia))
        .route("/comportamento/ente", post(cambia_ente))
        .route("/comportamento/libera", post(libera))
        .route("/comportamento/spegni", post(spegni))
        .route("/statico/stile.css", get(|| async { statico("text/css; charset=utf-8", include_str!("../statico/stile.css")) }))
        .route("/statico/pagina.js", get(|| async { statico("text/javascript; charset=utf-8", include_str!("../statico/pagina.js")) }))
        .route("/statico/icona.svg", get(|| async { statico("image/svg+xml", include_str!("../statico/icona.svg")) }))
}

fn statico(tipo: &'static str, corpo: &'static str) -> Response {
    ([(header::CONTENT_TYPE, tipo), (header::CACHE_CONTROL, "no-cache"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], corpo).into_response()
}

pub(crate) fn mostra(stato: StatusCode, pagina: &impl Template) -> Response {
    match pagina.render() {
        Ok(testo) => {
            let mut risposta = (stato, Html(testo)).into_response();
            let intestazioni: [(HeaderName, &'static str); 3] =
                [(header::CONTENT_SECURITY_POLICY, POLITICA), (header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::CACHE_CONTROL, "no-store")];
            for (nome, valore) in intestazioni {
                risposta.headers_mut().insert(nome, HeaderValue::from_static(valore));
            }
            risposta
        }
        Err(errore) => {
            tracing::error!(%errore, "pagina non scritta");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn orario(quando: DateTime<Utc>) -> String {
    quando.with_timezone(&chrono_tz::Europe::Rome).format("%d/%m/%Y %H:%M:%S%.3f").to_string()
}

fn data_italiana(data: &str) -> String {
    chrono::NaiveDate::parse_from_str(data, "%Y-%m-%d").map_or_else(|_| data.to_owned(), |d| d.format("%d/%m/%Y").to_string())
}

pub(crate) fn a_gruppi(avviso: &str) -> String {
    codici::NumeroAvviso::leggi(avviso).map_or_else(|_| avviso.to_owned(), |n| n.a_gruppi())
}

#[derive(Template)]
#[template(path = "psp.html")]
struct PaginaPsp {
    sezione: &'static str,
    psp: String,
    domini: Vec<(String, String)>,
    avviso: String,
    dominio: String,
    errore: Option<&'static str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cercato {
    avviso: String,
    dominio: String,
}

/// Notice number and dominio, from what a person wrote or pasted. `Err` says what to correct.
fn leggi_cercato(c: &Cercato) -> Result<(String, String), &'static str> {
    let testo = c.avviso.trim();
    if testo.to_ascii_uppercase().starts_with("PAGOPA|") {
        let parti: Vec<&str> = testo.split('|').map(str::trim).collect();
        let [_, versione, avviso, dominio, _importo] = parti[..] else {
            return Err("Il testo del codice QR ha cinque parti separate da una barra verticale: PAGOPA, 002, codice avviso, codice fiscale, importo.");
        };
        if versione != "002" {
            return Err("Il codice QR non è della versione 002.");
        }
        return controlla(avviso.to_owned(), dominio.to_owned());
    }
    let cifre = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    controlla(cifre(testo), cifre(&c.dominio))
}

fn controlla(avviso: String, dominio: String) -> Result<(String, String), &'static str> {
    if avviso.len() != 18 || !avviso.bytes().all(|b| b.is_ascii_digit()) {
        return Err("Il codice avviso ha diciotto cifre.");
    }
    if codici::IdDominio::leggi(&dominio).is_none() {
        return Err("Il codice fiscale dell'ente ha undici cifre.");
    }
    Ok((avviso, dominio))
}

fn pagina_psp(s: &Simulatore, c: Cercato, errore: Option<&'static str>) -> Response {
    let conf = s.configurazione();
    let dominio = if c.dominio.is_empty() { conf.domini.first().map(|d| d.0.clone()).unwrap_or_default() } else { c.dominio };
    let pagina = PaginaPsp { sezione: "psp", psp: conf.psp.denominazione.clone(), domini: conf.domini.clone(), avviso: c.avviso, dominio, errore };
    mostra(if errore.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &pagina)
}

async fn psp(State(s): State<Simulatore>, Query(c): Query<Cercato>) -> Response {
    pagina_psp(&s, c, None)
}

#[derive(Template)]
#[template(path = "avviso.html")]
struct PaginaAvviso {
    sezione: &'static str,
    avviso: String,
    dominio: String,
    a_gruppi: String,
    importo: String,
    scadenza: String,
    visto: Option<Verificato>,
    rifiuto: Option<Rifiuto>,
}

fn pagina_avviso(avviso: String, dominio: String, esito: Result<Verificato, Rifiuto>) -> Response {
    let (visto, rifiuto) = match esito {
        Ok(visto) => (Some(visto), None),
        Err(rifiuto) => (None, Some(rifiuto)),
    };
    let scadenza = visto.as_ref().and_then(|v| v.scadenza.as_deref()).map_or_else(|| "non indicata".to_owned(), data_italiana);
    let importo = visto.as_ref().map(|v| v.importo.forma_italiana()).unwrap_or_default();
    mostra(StatusCode::OK, &PaginaAvviso { sezione: "psp", a_gruppi: a_gruppi(&avviso), avviso, dominio, importo, scadenza, visto, rifiuto })
}

async fn avviso(State(s): State<Simulatore>, Query(c): Query<Cercato>) -> Response {
    match leggi_cercato(&c) {
        Ok((avviso, dominio)) => {
            let esito = s.verifica(&dominio, &avviso).await;
            pagina_avviso(avviso, dominio, esito)
        }
        Err(errore) => pagina_psp(&s, c, Some(errore)),
    }
}

#[derive(Deserialize)]
struct DaPagare {
    avviso: String,
    dominio: String,
    #[serde(default)]
    versione: Versione,
    esito: Esito,
}

async fn paga(State(s): State<Simulatore>, Form(f): Form<DaPagare>) -> Response {
    let prima = s.accesi().iter().any(|i| i.guasto == Guasto::RicevutaPrima);
    let esito = if prima && f.esito == Esito::Ok {
        s.paga(&f.dominio, &f.avviso, f.versione).await
    } else {
        match s.attiva(&f.dominio, &f.avviso, f.versione).await {
            Ok(attivato) => s.esito(&attivato.token, f.esito).await,
            Err(rifiuto) => Err(rifiuto),
        }
    };
    match esito {
        Ok(pagato) => Redirect::to(&format!("/pagamenti/{}", pagato.pagamento.token)).into_response(),
        Err(rifiuto) => pagina_avviso(f.avviso, f.dominio, Err(rifiuto)),
    }
}

#[derive(Template)]
#[template(path = "stato.html")]
struct StatoPagina {
    attivato: bool,
    esito: (&'static str, &'static str),
    consegna: (&'static str, String),
    giunta: (&'static str, String),
    da_liberare: Option<u64>,
    messaggio_ente: Option<u64>,
    /// Nothing will change any more.
    concluso: bool,
}

#[derive(Template)]
#[template(path = "pagamento.html")]
struct PaginaPagamento {
    sezione: &'static str,
    titolo: &'static str,
    importo: String,
    a_gruppi: String,
    p: Pagamento,
    stato: StatoPagina,
}

fn stato_di(s: &Simulatore, p: &Pagato) -> StatoPagina {
    let attivato = p.pagamento.messaggio.is_some();
    let pagato = p.pagamento.stato == StatoPagamento::Pagato;
    let esito = match p.pagamento.stato {
        StatoPagamento::InCorso => ("", "La banca non ha ancora detto com'è andata."),
        StatoPagamento::Pagato => ("fatto", "Pagato."),
        StatoPagamento::NonPagato => ("fallito", "Il pagamento non è stato fatto: non ci sarà una ricevuta."),
        StatoPagamento::Scaduto => ("fallito", "Il tempo per concludere è scaduto: non ci sarà una ricevuta."),
    };
    let ultima = p.ricevute.first();
    let (consegna, mut da_liberare) = match ultima {
        None => (("", if pagato { "In preparazione." } else { "Nessuna ricevuta." }.to_owned()), None),
        Some(r) => consegna_di(r),
    };
    if p.ricevute.iter().any(|r| r.stato == "consegnata") {
        da_liberare = None;
    }
    let notifica = s.ricevuta_giunta(&p.pagamento.token);
    let finale = !pagato || ultima.is_some_and(|r| r.stato == "rifiutata");
    let giunta = match &notifica {
        Some(n) if n.problemi.is_empty() => ("fatto", format!("Arrivata il {}.", orario(n.quando))),
        Some(n) => ("fatto", format!("Arrivata il {}, ma la sua forma è da rivedere.", orario(n.quando))),
        None if finale => ("", "Non arriverà.".to_owned()),
        None => ("", "In attesa.".to_owned()),
    };
    StatoPagina {
        attivato,
        esito,
        consegna,
        giunta,
        da_liberare,
        messaggio_ente: notifica.as_ref().map(|n| n.messaggio),
        concluso: finale || notifica.is_some(),
    }
}

fn consegna_di(r: &RicevutaVista) -> ((&'static str, String), Option<u64>) {
    let ultimo = r.ultimo_esito.as_deref().unwrap_or("nessuno");
    match r.stato {
        "consegnata" => (("fatto", format!("Accettata al tentativo {}.", r.tentativi)), None),
        "rifiutata" => (("fallito", format!("Il gateway l'ha rifiutata: {ultimo}.")), None),
        "trattenuta" => (("", "Il simulatore la trattiene: il guasto \"muto\" è acceso.".to_owned()), Some(r.id)),
        "esaurita" => (("fallito", format!("Tutti i {} tentativi sono falliti, ultimo esito: {ultimo}.", r.tentativi)), Some(r.id)),
        _ if r.tentativi == 0 => (("", "In viaggio.".to_owned()), None),
        _ => (("", format!("Tentativo {} fallito ({ultimo}): il nodo riproverà.", r.tentativi)), None),
    }
}

fn nessun_pagamento() -> Response {
    (StatusCode::NOT_FOUND, Html("<!doctype html><html lang=\"it\"><title>Pagamento sconosciuto</title><h1>Pagamento sconosciuto</h1><p><a href=\"/\">Torna alla pagina iniziale</a></p></html>"))
        .into_response()
}

async fn pagamento(State(s): State<Simulatore>, Path(token): Path<String>) -> Response {
    let Ok(pagato) = s.pagamento(&token) else { return nessun_pagamento() };
    let stato = stato_di(&s, &pagato);
    let titolo = match pagato.pagamento.stato {
        StatoPagamento::Pagato => "Pagamento eseguito",
        StatoPagamento::InCorso => "Pagamento in corso",
        StatoPagamento::NonPagato | StatoPagamento::Scaduto => "Pagamento non eseguito",
    };
    let p = pagato.pagamento;
    let pagina = PaginaPagamento { sezione: "psp", titolo, importo: p.dati.importo.forma_italiana(), a_gruppi: a_gruppi(&p.avviso), p, stato };
    mostra(StatusCode::OK, &pagina)
}

async fn stato(State(s): State<Simulatore>, Path(token): Path<String>) -> Response {
    let Ok(pagato) = s.pagamento(&token) else { return nessun_pagamento() };
    mostra(StatusCode::OK, &stato_di(&s, &pagato))
}

/// A message as a row.
struct Riga {
    m: Messaggio,
    quando: String,
    argomento: String,
    esito: String,
    /// Class of the label.
    tono: &'static str,
}

impl From<Messaggio> for Riga {
    fn from(m: Messaggio) -> Self {
        let a = &m.argomento;
        let argomento = a.avviso.as_ref().or(a.iuv.as_ref()).or(a.dominio.as_ref()).cloned().unwrap_or_default();
        let esito = m.esito.clone().unwrap_or_else(|| "in corso".into());
        let tono = match (m.esito.as_deref(), m.stato) {
            (None, _) => "attesa",
            (Some("OK"), _) => "bene",
            (Some(e), Some(stato)) if e.starts_with("HTTP") && stato < 300 => "bene",
            _ => "male",
        };
        Self { quando: orario(m.quando), argomento, esito, tono, m }
    }
}

#[derive(Template)]
#[template(path = "messaggi.html")]
struct PaginaMessaggi {
    sezione: &'static str,
    filtro: String,
    massimo: usize,
    righe: Vec<Riga>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filtro {
    filtro: String,
}

async fn messaggi(State(s): State<Simulatore>, Query(f): Query<Filtro>) -> Response {
    let filtro: String = f.filtro.chars().filter(|c| !c.is_whitespace()).collect();
    let righe = s.messaggi((!filtro.is_empty()).then_some(&filtro), RIGHE_MAX).into_iter().map(Riga::from).collect();
    mostra(StatusCode::OK, &PaginaMessaggi { sezione: "messaggi", filtro, massimo: MESSAGGI_MAX, righe })
}

#[derive(Template)]
#[template(path = "messaggio.html")]
struct PaginaMessaggio {
    sezione: &'static str,
    r: Riga,
    richiesta: String,
    risposta: String,
}

/// XML or JSON indented; anything else as it is.
fn leggibile(ottetti: &[u8]) -> String {
    if let Some(testo) = xml::indenta(ottetti) {
        return testo;
    }
    if let Some(testo) = serde_json::from_slice::<Value>(ottetti).ok().and_then(|v| serde_json::to_string_pretty(&v).ok()) {
        return testo;
    }
    String::from_utf8_lossy(ottetti).into_owned()
}

async fn messaggio(State(s): State<Simulatore>, Path(id): Path<String>) -> Response {
    let Some(m) = id.parse().ok().and_then(|id| s.messaggio(id)) else {
        return (StatusCode::NOT_FOUND, Html("<!doctype html><html lang=\"it\"><title>Messaggio sconosciuto</title><h1>Messaggio sconosciuto</h1><p><a href=\"/messaggi\">Tutti i messaggi</a></p></html>"))
            .into_response();
    };
    let (richiesta, risposta) = (leggibile(&m.richiesta), leggibile(&m.risposta));
    mostra(StatusCode::OK, &PaginaMessaggio { sezione: "messaggi", r: m.into(), richiesta, risposta })
}

struct RigaNotifica {
    n: Notifica,
    quando: String,
    importo: String,
}

#[derive(Template)]
#[template(path = "ente.html")]
struct PaginaEnte {
    sezione: &'static str,
    v1: String,
    v2: String,
    righe: Vec<RigaNotifica>,
}

fn importo_di(n: &Notifica) -> String {
    let testo = match &n.corpo["importo"] {
        Value::Number(numero) => numero.to_string(),
        _ => n.corpo["rt"]["paymentAmount"].as_str().unwrap_or_default().to_owned(),
    };
    codici::Importo::leggi(&testo).map_or(testo, |i| format!("{} €", i.forma_italiana()))
}

async fn ente(State(s): State<Simulatore>) -> Response {
    let notifiche = s.notifiche(|_| true);
    let righe = notifiche.into_iter().rev().take(RIGHE_MAX).map(|n| RigaNotifica { quando: orario(n.quando), importo: importo_di(&n), n }).collect();
    mostra(StatusCode::OK, &PaginaEnte { sezione: "ente", v1: s.ente_url(VersioneEnte::V1), v2: s.ente_url(VersioneEnte::V2), righe })
}

type Scelte = &'static [(&'static str, &'static str)];

/// How a switch is shown.
struct GuastoPagina {
    nome: &'static str,
    titolo: &'static str,
    spiegazione: &'static str,
    con_ms: bool,
    con_operazione: bool,
    domanda: &'static str,
    campo: &'static str,
    scelte: Scelte,
    acceso: Option<String>,
}

const SBAGLIATE: Scelte = &[
    ("altro_importo", "un centesimo in più"),
    ("somma_diversa", "totale diverso dalla somma"),
    ("altro_numero", "un bonifico in più o in meno"),
    ("altro_debitore", "altro debitore"),
    ("altro_iuv", "IUV di nessuno"),
    ("avviso_ignoto", "avviso e IUV di nessuno"),
    ("altra_stazione", "altra stazione dello stesso intermediario"),
    ("altro_intermediario", "altro intermediario"),
];
const IMMONDIZIE: Scelte = &[
    ("non_xml", "non è XML"),
    ("dtd", "XML con una DTD"),
    ("troncato", "XML troncato"),
    ("non_utf8", "testo non UTF-8"),
    ("altro_spazio", "altro spazio di nomi"),
    ("enorme", "corpo enorme"),
    ("vuoto", "corpo vuoto"),
];
const DOPPIE: Scelte = &[("in_sequenza", "una dopo l'altra"), ("insieme", "nello stesso istante")];
const GUASTI_ENTE: Scelte = &[
    ("lento", "lento (aspetta, poi risponde bene)"),
    ("errore", "errore 500"),
    ("connessione_chiusa", "connessione chiusa"),
    ("immondizia", "risposta illeggibile"),
    ("redirezione", "redirezione 302"),
];

fn guasti(accesi: &[Interruttore]) -> Vec<GuastoPagina> {
    let uno = |nome, titolo, spiegazione, con_ms, con_operazione, domanda, campo, scelte| {
        let acceso = accesi.iter().find(|i| i.guasto.nome() == nome).map(descrivi);
        GuastoPagina { nome, titolo, spiegazione, con_ms, con_operazione, domanda, campo, scelte, acceso }
    };
    vec![
        uno("lento", "Lento", "Aspetta prima di mandare il messaggio.", true, true, "", "", &[]),
        uno("mezzo_corpo", "Mezzo messaggio", "Manda metà del messaggio, aspetta, poi manda il resto.", true, true, "", "", &[]),
        uno("doppia", "Ricevuta doppia", "La stessa ricevuta, due volte.", false, false, "Come", "modo", DOPPIE),
        uno("ricevuta_prima", "Ricevuta prima", "La ricevuta parte prima che il pagamento sia attivato.", false, false, "", "", &[]),
        uno("sbagliata", "Ricevuta sbagliata", "La ricevuta è ben scritta, ma dice altro.", false, false, "Che cosa è sbagliato", "cosa", SBAGLIATE),
        uno("immondizia", "Immondizia", "Il messaggio non si può leggere.", false, true, "Che cosa manda", "cosa", IMMONDIZIE),
        uno("muto", "Muto", "Le ricevute non partono finché non le liberi.", false, false, "", "", &[]),
    ]
}

fn quante_volte(volte: Option<u32>) -> String {
    volte.map_or_else(|| "acceso".to_owned(), |n| format!("ancora {n}"))
}

fn descrivi(i: &Interruttore) -> String {
    let mut testo = quante_volte(i.volte);
    match i.guasto {
        Guasto::Lento { ms } | Guasto::MezzoCorpo { ms } => testo.push_str(&format!(", {ms} ms")),
        Guasto::Doppia { .. } | Guasto::Sbagliata { .. } | Guasto::Immondizia { .. } | Guasto::RicevutaPrima | Guasto::Muto => {}
    }
    if let Some(o) = i.operazione {
        testo.push_str(&format!(", {}", o.nome()));
    }
    testo
}

fn descrivi_ente(i: &InterruttoreEnte) -> String {
    let mut testo = format!("{}: {}", i.operazione.map_or("tutte le operazioni", OperazioneEnte::nome), i.guasto.nome());
    match i.guasto {
        GuastoEnte::Lento { ms } => testo.push_str(&format!(" {ms} ms")),
        GuastoEnte::Errore { stato } => testo.push_str(&format!(" {stato}")),
        GuastoEnte::ConnessioneChiusa | GuastoEnte::Immondizia | GuastoEnte::Redirezione => {}
    }
    format!("{testo}, {}", quante_volte(i.volte))
}

#[derive(Template)]
#[template(path = "comportamento.html")]
struct PaginaComportamento {
    sezione: &'static str,
    errore: Option<String>,
    guasti: Vec<GuastoPagina>,
    operazioni: Vec<&'static str>,
    guasti_ente: Scelte,
    operazioni_ente: Vec<&'static str>,
    accesi_ente: Vec<String>,
    ricevute: Vec<RicevutaVista>,
}

fn pagina_comportamento(s: &Simulatore, errore: Option<String>) -> Response {
    let stato = if errore.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut ricevute = s.ricevute(RIGHE_MAX);
    ricevute.retain(|r| r.stato != "consegnata" && r.stato != "rifiutata");
    let pagina = PaginaComportamento {
        sezione: "comportamento",
        errore,
        guasti: guasti(&s.accesi()),
        operazioni: Operazione::TUTTE.map(Operazione::nome).to_vec(),
        guasti_ente: GUASTI_ENTE,
        operazioni_ente: OperazioneEnte::TUTTE.map(OperazioneEnte::nome).to_vec(),
        accesi_ente: s.accesi_ente().iter().map(descrivi_ente).collect(),
        ricevute,
    };
    mostra(stato, &pagina)
}

async fn comportamento(State(s): State<Simulatore>) -> Response {
    pagina_comportamento(&s, None)
}

/// The fields of a form as the JSON of a switch: empty fields are left out, `ms` and `volte` are numbers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ModuloGuasto {
    guasto: String,
    ms: String,
    modo: String,
    cosa: String,
    volte: String,
    operazione: String,
    azione: String,
}

impl ModuloGuasto {
    fn json(&self, campi: &[&str]) -> Result<Value, String> {
        let mut oggetto = Map::new();
        let tutti =
            [("guasto", &self.guasto), ("ms", &self.ms), ("modo", &self.modo), ("cosa", &self.cosa), ("volte", &self.volte), ("operazione", &self.operazione)];
        for (nome, testo) in tutti.into_iter().filter(|(nome, testo)| !testo.is_empty() && campi.contains(nome)) {
            let valore = match nome {
                "ms" | "volte" => testo.parse::<u32>().map(Value::from).map_err(|_| format!("{nome} deve essere un numero"))?,
                _ => Value::from(testo.as_str()),
            };
            oggetto.insert(nome.to_owned(), valore);
        }
        Ok(Value::Object(oggetto))
    }
}

async fn cambia(State(s): State<Simulatore>, Form(m): Form<ModuloGuasto>) -> Response {
    if m.azione == "spegni" {
        s.spegni(Some(&m.guasto));
        return Redirect::to("/comportamento").into_response();
    }
    let letto = m.json(&["guasto", "ms", "modo", "cosa", "volte", "operazione"]);
    match letto.and_then(|v| serde_json::from_value::<Interruttore>(v).map_err(|e| e.to_string())) {
        Ok(interruttore) => {
            s.accendi(interruttore);
            Redirect::to("/comportamento").into_response()
        }
        Err(errore) => pagina_comportamento(&s, Some(errore)),
    }
}

async fn cambia_ente(State(s): State<Simulatore>, Form(m): Form<ModuloGuasto>) -> Response {
    if m.azione == "spegni" {
        s.spegni_ente();
        return Redirect::to("/comportamento").into_response();
    }
    // The form always carries `ms`; only the slow switch has it.
    let campi: &[&str] = if m.guasto == "lento" { &["guasto", "ms", "volte", "operazione"] } else { &["guasto", "volte", "operazione"] };
    match m.json(campi).and_then(|v| serde_json::from_value::<InterruttoreEnte>(v).map_err(|e| e.to_string())) {
        Ok(interruttore) => {
            s.accendi_ente(interruttore);
            Redirect::to("/comportamento").into_response()
        }
        Err(errore) => pagina_comportamento(&s, Some(errore)),
    }
}

async fn libera(State(s): State<Simulatore>) -> Response {
    match s.libera_ricevute(None) {
        Ok(_) => Redirect::to("/comportamento").into_response(),
        Err(errore) => pagina_comportamento(&s, Some(format!("{errore:#}"))),
    }
}

async fn spegni(State(s): State<Simulatore>) -> Response {
    s.spegni(None);
    s.spegni_ente();
    Redirect::to("/comportamento").into_response()
}
