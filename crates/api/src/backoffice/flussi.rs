//! Flows of rendicontazione and their rows (spec/2 sections 2.17, 2.20 and 6.6).
//!
//! A flow may have hundreds of thousands of rows: its detail is written while it is read, in any of its forms.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::Rifiuto;
use domain::calendario::{con_scostamento, oggi};
use domain::chiamante::Ambito;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::pendenza::id_dominio;
use domain::lettura::ufficio::{FiltroFlussi, FiltroRendicontazioni, data_ora_flusso};
use domain::rendicontazione::Anomalia;
use gateway::Gateway;
use serde_json::Value;
use store::elenchi::flussi::{Campo, Filtro, Flusso, Quale, Rendicontazione, RigaDelFlusso};
use store::elenchi::rendicontazioni::{self, RigaRendicontazione};
use store::elenchi::{Elenco, Ordine, Visibilita};

use super::riscossioni::nella_voce;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggeIncassi, ScriveIncassi};
use crate::richiesta::Richiesta;
use crate::viste::Vista;
use crate::viste::forme::UFFICIO;

const XML: &str = "application/xml";
const CSV: &str = "text/csv";
/// Rows that a detail holds at a time.
const RIGHE_PER_VOLTA: u64 = 500;

/// GET /flussiRendicontazione.
pub async fn elenca(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroFlussi::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    if f.stato == Some(None) {
        let vuoto = Elenco { righe: Vec::new(), totale: f.paginazione.metadati.then_some(0) };
        return Ok(liste::pagina_di(&r, &f.paginazione, vuoto, indice, Tetto::Mostrato));
    }
    let filtro = Filtro {
        visibile: Visibilita::ambito(&chi.chiamante.utenza),
        da: f.data_da,
        a: f.data_a,
        dominio: f.dominio,
        incassato: f.incassato,
        id_flusso: f.id_flusso,
        stato: f.stato.flatten(),
        iuv: f.iuv,
        escludi_obsoleti: f.escludi_obsoleti,
    };
    let campo = |nome: &str| if nome == "data" { Campo::Data } else { Campo::IdFlusso };
    let ordini: Vec<_> = f.ordinamento.iter().map(|o| Ordine { campo: campo(o.campo), decrescente: o.discendente }).collect();
    let elenco = app.gateway.elenco_flussi(&filtro, &ordini, &liste::pagina(&f.paginazione)).await?;
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, indice, Tetto::Mostrato))
}

/// POST /flussiRendicontazione: XML, or a form with a file. 201 when it is new, 200 when it was here.
pub async fn acquisisci(app: App, chi: Chi<ScriveIncassi>, r: Richiesta) -> Result<Response, Fault> {
    let documento = Bytes::copy_from_slice(super::ricevute::xml(&r)?);
    let (flusso, nuovo) = app.gateway.acquisisci_flusso_portato(&chi.chiamante, documento).await?;
    Ok(json::risposta(if nuovo { StatusCode::CREATED } else { StatusCode::OK }, &indice(&flusso)))
}

/// GET /flussiRendicontazione/{idFlusso}.
pub async fn leggi(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    mostra(app, chi, r).await
}

/// GET /flussiRendicontazione/{idFlusso}/{dataOraFlusso}.
pub async fn leggi_versione(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    mostra(app, chi, r).await
}

/// GET /flussiRendicontazione/{idDominio}/{idFlusso}/{dataOraFlusso}.
pub async fn leggi_del_dominio(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    mostra(app, chi, r).await
}

async fn mostra(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    let segmento = |nome: &str| Some(r.segmento(nome)).filter(|s| !s.is_empty());
    let id_flusso = r.segmento("idFlusso").to_owned();
    let non_trovato = || Rifiuto::NonTrovato(format!("Flusso di rendicontazione [{id_flusso}] non trovato."));
    if id_flusso.contains('\0') {
        return Err(non_trovato().into());
    }
    let quale = Quale {
        dominio: segmento("idDominio").map(id_dominio).transpose()?,
        data: segmento("dataOraFlusso").map(data_ora_flusso).transpose()?,
        id_flusso: id_flusso.clone(),
    };
    let flusso = app.gateway.flusso(&quale).await?.ok_or_else(non_trovato)?;
    if !app.gateway.flusso_visibile(&flusso, &Visibilita::ambito(&chi.chiamante.utenza)).await? {
        let ambito = Ambito { dominio: Some(flusso.dominio.as_str()), unita_operativa: None, tipo_pendenza: None };
        return Err(chi.chiamante.non_autorizzato(ambito).into());
    }
    let accettati = r.intestazione("accept").unwrap_or_default();
    let gateway = app.gateway.clone();
    if accettati.contains(CSV) {
        let testa = Bytes::from_static(INTESTAZIONE_CSV.as_bytes());
        let righe = righe(gateway, flusso.id, String::new(), move |r| riga_csv(&flusso, &r.rendicontazione));
        return Ok(scorre(CSV, testa, righe, ""));
    }
    if accettati.contains(XML) {
        return documento(gateway, flusso).await;
    }
    let testa = indice(&flusso).to_string();
    let testa = format!("{},\"rendicontazioni\":[", testa.strip_suffix('}').unwrap_or(&testa));
    let vista = Vista::di(&app, &UFFICIO);
    let righe = righe(gateway, flusso.id, ",".to_owned(), move |r| {
        let riscossione = r.riscossione.as_ref().map(|m| {
            let voce = m.voce.as_ref().map(|v| vista.voce_con_pendenza(v, &m.pendenza));
            Oggetto::da(nella_voce(m)).se("vocePendenza", voce).valore()
        });
        riga(&r.rendicontazione).se("riscossione", riscossione).valore().to_string()
    });
    Ok(scorre("application/json", Bytes::from(testa), righe, "]}"))
}

/// The document as it came; made again from its rows when it came without one.
async fn documento(gateway: Gateway, flusso: Flusso) -> Result<Response, Fault> {
    if let Some(prima) = gateway.documento_del_flusso(flusso.id, 0).await? {
        let altre = futures::stream::unfold(1, move |parte| {
            let gateway = gateway.clone();
            async move { gateway.documento_del_flusso(flusso.id, parte).await.transpose().map(|p| (p.map(Bytes::from), parte + 1)) }
        });
        return Ok(scorre(XML, Bytes::from(prima), altre, ""));
    }
    let righe = righe(gateway, flusso.id, String::new(), |r| riga_xml(&r.rendicontazione));
    Ok(scorre(XML, Bytes::from(testata_xml(&flusso)), righe, "</FlussoRiversamento>"))
}

/// Rows as text, some hundreds to a piece, with `fra` between one and the next.
fn righe(
    gateway: Gateway,
    flusso: uuid::Uuid,
    fra: String,
    scrivi: impl Fn(&RigaDelFlusso) -> String + Send + Sync + 'static,
) -> impl futures::Stream<Item = Result<Bytes, gateway::Errore>> + Send {
    let scrivi = std::sync::Arc::new(scrivi);
    futures::stream::unfold(Some(0_i64), move |dopo| {
        let (gateway, fra, scrivi) = (gateway.clone(), fra.clone(), std::sync::Arc::clone(&scrivi));
        async move {
            let dopo = dopo?;
            match gateway.righe_del_flusso(flusso, dopo, RIGHE_PER_VOLTA).await {
                Ok(righe) => {
                    let ultima = righe.last()?.rendicontazione.numero;
                    let testo: Vec<String> = righe.iter().map(|r| scrivi(r)).collect();
                    let prima = if dopo > 0 { fra.as_str() } else { "" };
                    Some((Ok(Bytes::from(format!("{prima}{}", testo.join(&fra)))), Some(ultima)))
                }
                Err(errore) => Some((Err(errore), None)),
            }
        }
    })
}

fn scorre(
    tipo: &'static str,
    testa: Bytes,
    pezzi: impl futures::Stream<Item = Result<Bytes, gateway::Errore>> + Send + 'static,
    coda: &'static str,
) -> Response {
    use futures::StreamExt as _;
    let intero = futures::stream::once(async { Ok(testa) }).chain(pezzi).chain(futures::stream::once(async { Ok(Bytes::from_static(coda.as_bytes())) }));
    ([(header::CONTENT_TYPE, tipo), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], Body::from_stream(intero)).into_response()
}

/// GET /rendicontazioni.
pub async fn elenca_righe(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    use rendicontazioni::{Campo, Filtro};
    let f = FiltroRendicontazioni::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let filtro = Filtro {
        visibile: Visibilita::ambito(&chi.chiamante.utenza),
        flusso_da: f.flusso_da,
        flusso_a: f.flusso_a,
        da: f.data_da,
        a: f.data_a,
        dominio: f.dominio,
        id_flusso: f.id_flusso,
        iuv: f.iuv,
        direzioni: f.direzioni,
        divisioni: f.divisioni,
        escludi_obsoleti: f.escludi_obsoleti,
    };
    let campo = |nome: &str| match nome {
        "data" => Campo::Data,
        "idFlusso" => Campo::IdFlusso,
        "iuv" => Campo::Iuv,
        _ => Campo::Iur,
    };
    let ordini: Vec<_> = f.ordinamento.iter().map(|o| Ordine { campo: campo(o.campo), decrescente: o.discendente }).collect();
    let elenco = app.gateway.elenco_rendicontazioni(&filtro, &ordini, &liste::pagina(&f.paginazione)).await?;
    let viste = Vista::di(&app, &UFFICIO);
    let vista = |r: &RigaRendicontazione| {
        let voce = r.voce.as_ref().zip(r.pendenza.as_ref()).map(|(v, p)| viste.voce_con_pendenza(v, p));
        riga(&r.rendicontazione).con("flussoRendicontazione", indice(&r.flusso)).se("vocePendenza", voce).valore()
    };
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, vista, Tetto::Mostrato))
}

/// Dates of publication and update are there also for a flow that pagoPA gave without (spec/2 section 2.20).
fn indice(f: &Flusso) -> Value {
    Oggetto::nuovo()
        .con("idFlusso", f.id_flusso.as_str())
        .con("dataFlusso", con_scostamento(f.data))
        .con("trn", f.trn.as_str())
        .data("dataRegolamento", Some(f.data_regolamento))
        .con("dataOraPubblicazione", con_scostamento(f.data_pubblicazione.unwrap_or(f.data_acquisizione)))
        .con("dataOraAggiornamento", con_scostamento(f.data_aggiornamento.unwrap_or(f.data_acquisizione)))
        .con("revisione", f.revisione)
        .con("idPsp", f.psp.as_str())
        .testo("ragioneSocialePsp", f.nome_psp.as_ref())
        .testo("bicRiversamento", f.bic.as_ref())
        .con("idDominio", f.dominio.as_str())
        .testo("ragioneSocialeDominio", f.nome_dominio.as_ref())
        .con("numeroPagamenti", f.numero_pagamenti)
        .importo("importoTotale", f.importo_totale)
        .con("stato", f.stato.nome())
        .se("segnalazioni", segnalazioni(&f.anomalie))
        .valore()
}

fn segnalazioni(anomalie: &[Anomalia]) -> Option<Value> {
    let una = |a: &Anomalia| Oggetto::nuovo().con("codice", a.codice.as_str()).con("descrizione", a.descrizione.as_str()).valore();
    (!anomalie.is_empty()).then(|| Value::Array(anomalie.iter().map(una).collect()))
}

/// A row without indice is of the first voce.
fn riga(r: &Rendicontazione) -> Oggetto {
    Oggetto::nuovo()
        .con("iuv", r.riga.iuv.as_str())
        .con("iur", r.riga.iur.as_str())
        .con("indice", r.riga.indice.unwrap_or(1))
        .importo("importo", r.riga.importo)
        .con("esito", r.riga.esito.codice())
        .giorno("data", Some(r.riga.data))
        .se("segnalazioni", segnalazioni(&r.anomalie))
}

const INTESTAZIONE_CSV: &str = "identificativoFlusso,dataOraFlusso,identificativoDominio,identificativoUnivocoRegolamento,dataRegolamento,codiceBicBancaDiRiversamento,numeroTotalePagamenti,importoTotalePagamenti,identificativoUnivocoVersamento,identificativoUnivocoRiscossione,indiceDatiSingoloPagamento,singoloImportoPagato,codiceEsitoSingoloPagamento,dataEsitoSingoloPagamento,denominazioneMittente,identificativoMittente,denominazioneRicevente,identificativoRicevente\n";

/// The header of the flow is on every row (spec/2 section 10.7).
fn riga_csv(f: &Flusso, r: &Rendicontazione) -> String {
    let campi = [
        f.id_flusso.clone(),
        con_scostamento(f.data),
        f.dominio.to_string(),
        f.trn.clone(),
        f.data_regolamento.to_string(),
        f.bic.clone().unwrap_or_default(),
        f.numero_pagamenti.to_string(),
        f.importo_totale.to_string(),
        r.riga.iuv.clone(),
        r.riga.iur.clone(),
        r.riga.indice.map(|i| i.to_string()).unwrap_or_default(),
        r.riga.importo.to_string(),
        r.riga.esito.codice().to_string(),
        oggi(r.riga.data).to_string(),
        f.nome_psp.clone().unwrap_or_default(),
        f.psp.clone(),
        f.nome_dominio.clone().unwrap_or_default(),
        f.dominio.to_string(),
    ];
    let scritti: Vec<String> = campi.iter().map(|c| campo_csv(c)).collect();
    format!("{}\n", scritti.join(","))
}

/// Quoted when it has to be; what a spreadsheet would take for a formula is made text, but for amounts below zero.
fn campo_csv(valore: &str) -> String {
    let formula = valore.starts_with(['=', '+', '@', '\t']) || (valore.starts_with('-') && codici::Importo::leggi(valore).is_err());
    let valore = if formula { format!("'{valore}") } else { valore.to_owned() };
    if valore.contains([',', '"', '\n', '\r']) { format!("\"{}\"", valore.replace('"', "\"\"")) } else { valore }
}

fn fuga(testo: &str) -> String {
    let mut scritto = String::with_capacity(testo.len());
    for c in testo.chars() {
        match c {
            '&' => scritto.push_str("&amp;"),
            '<' => scritto.push_str("&lt;"),
            '>' => scritto.push_str("&gt;"),
            c if c.is_control() => scritto.push(' '),
            c => scritto.push(c),
        }
    }
    scritto
}

fn el(nome: &str, valore: &str) -> String {
    format!("<{nome}>{}</{nome}>", fuga(valore))
}

fn testata_xml(f: &Flusso) -> String {
    let mittente = [
        "<istitutoMittente><identificativoUnivocoMittente><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco>".to_owned(),
        el("codiceIdentificativoUnivoco", &f.psp),
        "</identificativoUnivocoMittente>".to_owned(),
        f.nome_psp.as_deref().map(|n| el("denominazioneMittente", n)).unwrap_or_default(),
        "</istitutoMittente>".to_owned(),
    ];
    let ricevente = [
        "<istitutoRicevente><identificativoUnivocoRicevente><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco>".to_owned(),
        el("codiceIdentificativoUnivoco", f.dominio.as_str()),
        "</identificativoUnivocoRicevente>".to_owned(),
        f.nome_dominio.as_deref().map(|n| el("denominazioneRicevente", n)).unwrap_or_default(),
        "</istitutoRicevente>".to_owned(),
    ];
    [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><FlussoRiversamento xmlns=\"http://www.digitpa.gov.it/schemas/2011/Pagamenti/\"><versioneOggetto>1.0</versioneOggetto>".to_owned(),
        el("identificativoFlusso", &f.id_flusso),
        el("dataOraFlusso", &domain::calendario::ora_locale(f.data).format("%Y-%m-%dT%H:%M:%S%.3f").to_string()),
        el("identificativoUnivocoRegolamento", &f.trn),
        el("dataRegolamento", &f.data_regolamento.to_string()),
        mittente.concat(),
        f.bic.as_deref().map(|b| el("codiceBicBancaDiRiversamento", b)).unwrap_or_default(),
        ricevente.concat(),
        el("numeroTotalePagamenti", &f.numero_pagamenti.to_string()),
        el("importoTotalePagamenti", &f.importo_totale.to_string()),
    ]
    .concat()
}

fn riga_xml(r: &Rendicontazione) -> String {
    [
        "<datiSingoliPagamenti>".to_owned(),
        el("identificativoUnivocoVersamento", &r.riga.iuv),
        el("identificativoUnivocoRiscossione", &r.riga.iur),
        r.riga.indice.map(|i| el("indiceDatiSingoloPagamento", &i.to_string())).unwrap_or_default(),
        el("singoloImportoPagato", &r.riga.importo.to_string()),
        el("codiceEsitoSingoloPagamento", &r.riga.esito.codice().to_string()),
        el("dataEsitoSingoloPagamento", &oggi(r.riga.data).to_string()),
        "</datiSingoliPagamenti>".to_owned(),
    ]
    .concat()
}
