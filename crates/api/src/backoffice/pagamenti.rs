//! Payments started from portals (spec/2 section 2.13).

use axum::response::Response;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::modifica::operazioni;
use domain::lettura::ufficio::{FiltroPagamenti, modifica_pagamento};
use domain::pagamento::{Iniziativa, Pagamento};
use domain::transazione::Transazione;
use serde_json::{Map, Value};
use store::elenchi::pagamenti::{Campo, Filtro, Visibili};
use store::elenchi::{Elenco, Ordine, Visibilita};

use super::notifiche::istante;
use super::pendenze;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggePagamentiUfficio, ScrivePagamentiUfficio};
use crate::richiesta::Richiesta;
use crate::viste::forme::UFFICIO;
use crate::viste::{self, Vista};

/// GET /pagamenti.
pub async fn elenca(app: App, chi: Chi<LeggePagamentiUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroPagamenti::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    pendenze::ha_ambito(&chi.chiamante)?;
    let id = f.id.as_deref().map(Pagamento::leggi_id);
    let filtro = Filtro {
        id: id.flatten(),
        stato: f.stato,
        versante: f.versante,
        debitore: f.id_debitore,
        id_sessione_portale: f.id_sessione_portale,
        da: f.data_da,
        a: f.data_a,
        verificato: f.verificato,
        severita_da: f.severita_da,
        severita_a: f.severita_a,
        dominio: f.dominio,
        iuv: f.iuv,
        id_a2a: f.id_a2a,
        id_pendenza: f.id_pendenza,
        ..Filtro::di(Visibili::ConPendenza(Visibilita::ambito(&chi.chiamante.utenza)))
    };
    let campo = |nome| if nome == "stato" { Campo::Stato } else { Campo::DataRichiesta };
    let ordini: Vec<Ordine<Campo>> = f.ordinamento.iter().map(|o| Ordine { campo: campo(o.campo), decrescente: o.discendente }).collect();
    let elenco = if id == Some(None) {
        // What is no id is the id of nothing.
        Elenco { righe: Vec::new(), totale: f.paginazione.metadati.then_some(0) }
    } else {
        app.gateway.elenco_pagamenti(&filtro, &ordini, &liste::pagina(&f.paginazione)).await?
    };
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, indice, Tetto::Mostrato))
}

/// GET /pagamenti/{id}.
pub async fn leggi(app: App, chi: Chi<LeggePagamentiUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let pagamento = app.gateway.pagamento_visibile(&chi.chiamante, r.segmento("idPagamento")).await?;
    mostra(&app, &pagamento).await
}

/// PATCH /pagamenti/{id}.
pub async fn modifica(app: App, chi: Chi<ScrivePagamentiUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let modifiche = operazioni(&r.corpo)?.iter().map(modifica_pagamento).collect::<Result<Vec<_>, _>>()?;
    let pagamento = app.gateway.pagamento_visibile(&chi.chiamante, r.segmento("idPagamento")).await?;
    let pagamento = app.gateway.modifica_pagamento(&chi.chiamante, &pagamento, &modifiche).await?;
    mostra(&app, &pagamento).await
}

async fn mostra(app: &App, pagamento: &Pagamento) -> Result<Response, Fault> {
    let vista_rpp = Vista::di(app, &UFFICIO);
    let tentativi = app.gateway.rpp_del_pagamento(pagamento).await?;
    let rpp: Vec<Value> = tentativi.iter().map(|(r, p)| vista_rpp.rpp(r, p)).collect();
    Ok(json::ok(&vista(pagamento).con("rpp", rpp).valore()))
}

fn indice(p: &Pagamento) -> Value {
    vista(p).con("rpp", format!("/rpp?idPagamento={}", p.id_mostrato())).valore()
}

/// What of the request is shown again.
const DELLA_RICHIESTA: [&str; 5] = ["contoAddebito", "dataEsecuzionePagamento", "credenzialiPagatore", "autenticazioneSoggetto", "lingua"];

/// Without its attempts.
pub fn vista(p: &Pagamento) -> Oggetto {
    let richiesta: Map<String, Value> =
        p.richiesta.iter().filter(|(n, _)| DELLA_RICHIESTA.contains(&n.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect();
    Oggetto::nuovo()
        .con("id", p.id_mostrato())
        .con("nome", p.nome.as_str())
        .con("dataRichiestaPagamento", istante(p.data_richiesta))
        .testo("idSessionePortale", p.id_sessione_portale.as_ref())
        .testo("idSessionePsp", p.id_sessione_psp.as_ref())
        .importo("importo", p.importo)
        .con("stato", p.situazione.stato.codice())
        .testo("descrizioneStato", p.situazione.descrizione.as_ref())
        .con("modello", modello(p.iniziativa))
        .testo("pspRedirectUrl", p.redirect.as_ref())
        .testo("urlRitorno", p.url_ritorno.as_ref())
        .se("soggettoVersante", p.versante.as_ref().map(viste::soggetto))
        .unito(richiesta)
        .con("verificato", p.verificato)
        .se("severita", p.severita)
}

/// Who started an attempt.
pub const fn modello_di(t: &Transazione) -> &'static str {
    modello(if t.pagamento.is_some() { Iniziativa::Ente } else { Iniziativa::Psp })
}

/// As the contract calls who started.
pub const fn modello(iniziativa: Iniziativa) -> &'static str {
    match iniziativa {
        Iniziativa::Ente => "Pagamento ad iniziativa Ente",
        Iniziativa::Psp => "Pagamento ad iniziativa PSP",
    }
}
