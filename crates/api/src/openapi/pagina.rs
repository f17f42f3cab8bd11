//! `/openapi.json`, `/openapi/{api}-{versione}.json`, and `/documentazione`: a page to read and try them.
//!
//! The page is Swagger UI, embedded: it asks nothing of anybody but this instance, and its policy forbids it to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::Rifiuto;
use tower_http::compression::CompressionLayer;

use crate::fault::Fault;

/// No script or style that is not a file of ours, no request to others, no frame.
const POLITICA: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Something to serve, with the tag by which a browser knows that it has it already.
struct Documento {
    tipo: &'static str,
    corpo: Bytes,
    etichetta: String,
}

impl Documento {
    fn nuovo(tipo: &'static str, corpo: impl Into<Bytes>) -> Self {
        let corpo = corpo.into();
        let impronta = blake3::hash(&corpo).to_hex();
        // Weak: the bytes on the wire may be compressed.
        Self { tipo, etichetta: format!("W/\"{}\"", &impronta[..16]), corpo }
    }

    fn risposta(&self, intestazioni: &HeaderMap) -> Response {
        let nota = |valore: &str| valore.split(',').any(|e| e.trim() == self.etichetta || e.trim() == "*");
        let comuni = [
            (header::ETAG, self.etichetta.as_str()),
            (header::CACHE_CONTROL, "no-cache"),
            (header::CONTENT_SECURITY_POLICY, POLITICA),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        if intestazioni.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(nota) {
            return (StatusCode::NOT_MODIFIED, comuni).into_response();
        }
        (comuni, [(header::CONTENT_TYPE, self.tipo)], self.corpo.clone()).into_response()
    }
}

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STILE: &str = "text/css; charset=utf-8";

/// By address; made once, since the routes do not change while the program runs.
static DOCUMENTI: LazyLock<BTreeMap<String, Documento>> = LazyLock::new(|| {
    let mut tutti = BTreeMap::from([
        ("/openapi.json".to_owned(), Documento::nuovo(JSON, super::documento().to_string())),
        ("/documentazione".to_owned(), Documento::nuovo(HTML, pagina(None))),
        ("/documentazione/statici/swagger-ui.js".to_owned(), Documento::nuovo(SCRIPT, Bytes::from_static(include_bytes!(env!("API_SWAGGER_SCRIPT"))))),
        ("/documentazione/statici/swagger-ui.css".to_owned(), Documento::nuovo(STILE, Bytes::from_static(include_bytes!(env!("API_SWAGGER_STILE"))))),
        ("/documentazione/statici/avvio.js".to_owned(), Documento::nuovo(SCRIPT, Bytes::from_static(include_bytes!("statici/avvio.js")))),
        ("/documentazione/statici/pagina.css".to_owned(), Documento::nuovo(STILE, Bytes::from_static(include_bytes!("statici/pagina.css")))),
    ]);
    for (api, versione) in super::versioni() {
        if let Some(documento) = super::documento_di(api, versione) {
            tutti.insert(format!("/openapi/{api}-{versione}.json"), Documento::nuovo(JSON, documento.to_string()));
            tutti.insert(format!("/documentazione/{api}-{versione}"), Documento::nuovo(HTML, pagina(Some((api, versione)))));
        }
    }
    tutti
});

pub fn router() -> Router {
    let servi = |indirizzo: String, intestazioni: HeaderMap| async move {
        match DOCUMENTI.get(&indirizzo) {
            Some(documento) => documento.risposta(&intestazioni),
            None => Fault::from(Rifiuto::NonTrovato("Risorsa inesistente".to_owned())).into_response(),
        }
    };
    let fisso = |indirizzo: &'static str| get(move |intestazioni: HeaderMap| servi(indirizzo.to_owned(), intestazioni));
    let sotto = |cartella: &'static str| get(move |Path(nome): Path<String>, intestazioni: HeaderMap| servi(format!("{cartella}/{nome}"), intestazioni));
    Router::new()
        .route("/openapi.json", fisso("/openapi.json"))
        .route("/openapi/{nome}", sotto("/openapi"))
        .route("/documentazione", fisso("/documentazione"))
        .route("/documentazione/{nome}", sotto("/documentazione"))
        .route("/documentazione/statici/{nome}", sotto("/documentazione/statici"))
        .layer(CompressionLayer::new().gzip(true))
}

/// The page of one API, or of all together.
fn pagina(scelta: Option<super::Versione>) -> String {
    let nome = |(api, versione): super::Versione| format!("{} {versione}", super::maiuscola(api));
    let corrente = |vera: bool| if vera { " aria-current=\"page\"" } else { "" };
    let voci: String = super::versioni()
        .into_iter()
        .map(|v| format!("<li><a href=\"/documentazione/{}-{}\"{}>{}</a></li>", v.0, v.1, corrente(scelta == Some(v)), nome(v)))
        .collect();
    let titolo = scelta.map_or_else(|| "Le API di Fiorino".to_owned(), |v| format!("API {} di Fiorino", nome(v)));
    let documento = scelta.map_or_else(|| "/openapi.json".to_owned(), |(api, versione)| format!("/openapi/{api}-{versione}.json"));
    format!(
        "<!doctype html>\n<html lang=\"it\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <title>{titolo}</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/documentazione/statici/swagger-ui.css\">\n\
        <link rel=\"stylesheet\" href=\"/documentazione/statici/pagina.css\">\n</head>\n<body>\n<a class=\"salta\" href=\"#api\">Vai alle operazioni</a>\n\
        <header class=\"testa\">\n<h1>{titolo}</h1>\n<nav aria-label=\"Le API\"><ul><li><a href=\"/documentazione\"{}>Tutte</a></li>{voci}\
        <li><a href=\"{documento}\">Documento OpenAPI</a></li></ul></nav>\n</header>\n<div id=\"api\" data-documento=\"{documento}\"></div>\n\
        <noscript><p>Per provare le operazioni serve JavaScript; il <a href=\"{documento}\">documento OpenAPI</a> si legge anche senza.</p></noscript>\n\
        <script src=\"/documentazione/statici/swagger-ui.js\"></script>\n<script src=\"/documentazione/statici/avvio.js\"></script>\n</body>\n</html>\n",
        corrente(scelta.is_none()),
    )
}
