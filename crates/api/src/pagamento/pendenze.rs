//! Positions, as who pays them finds them (spec/1 sections 10.4 and 10.8).

use axum::response::Response;
use domain::chiamante::{Ambito, Chi as Quale, Chiamante};
use domain::lettura::lista::{FiltroPendenze, RISULTATI_PER_PAGINA_MAX};
use domain::lettura::pendenza as lettura;
use domain::pagamento::Pagamento;
use domain::{Pendenza, Rifiuto, visibilita};
use store::elenchi::pendenze::{Filtro, Ordinamento};
use store::elenchi::{Ordine, Pagina, Visibilita, pagamenti};

use super::Versione;
use super::{viste_pagamento, viste_v3};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::liste::{self, Tetto};
use crate::pendenze::posizioni::{campo, elenco};
use crate::permessi::{LeggePagamenti, LeggePagamentiDaPortale};
use crate::richiesta::Richiesta;
use crate::viste::{Attorno, Vista};

/// The word that asks for what is still to be paid first; citizens alone know it.
const SMART: &str = "smart";

/// GET /pendenze.
pub async fn elenca(versione: Versione, app: App, chi: Chi<LeggePagamenti>, r: Richiesta) -> Result<Response, Fault> {
    let chi = &chi.chiamante;
    let vicine = matches!(chi.chi, Quale::Cittadino(_)) && r.parametri().testo("ordinamento") == Some(SMART);
    let f = leggi_filtro(versione, &r, vicine)?;
    let adesso = app.gateway.adesso();
    let filtro = Filtro {
        id_a2a: r.parametri().filtro("idA2A")?,
        dominio: f.dominio,
        debitore: f.id_debitore,
        stato: f.stato,
        da: f.data_da,
        a: f.data_a,
        direzione: f.direzione,
        divisione: f.divisione,
        mostra_spontanei_non_pagati: f.mostra_spontanei_non_pagati,
        ..Filtro::di(visibile(chi)?, adesso)
    };
    // v3 declares these two and does not look at them (spec/1 section 10.8).
    let filtro = match versione {
        Versione::V2 => Filtro { iuv: r.parametri().filtro("iuv")?, id_pendenza: r.parametri().filtro("idPendenza")?, ..filtro },
        Versione::V1 | Versione::V3 => filtro,
    };
    let ordini = f.ordinamento.iter().filter_map(|o| Some(Ordine { campo: campo(o.campo)?, decrescente: o.discendente })).collect();
    let ordinamento = if vicine { Ordinamento::Vicinanza } else { Ordinamento::Campi(ordini) };
    let mut elenco = elenco(&app, filtro, f.id_pagamento.as_deref(), &ordinamento, &f.paginazione).await?;
    let anagrafica = app.gateway.anagrafica();
    if versione == Versione::V3 {
        let riscossioni = app.gateway.completa(&mut elenco.righe).await?;
        let sue = |p: &Pendenza| riscossioni.get(&p.id).map(Vec::as_slice).unwrap_or_default();
        let vista = |p: &Pendenza| viste_v3::archiviata(p, sue(p), &[], &anagrafica, adesso);
        return Ok(liste::pagina_di(&r, &f.paginazione, elenco, vista, Tetto::Taciuto));
    }
    let vista = Vista::per(&app, viste_pagamento::forma(versione), chi);
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, |p| vista.indice(p), Tetto::Taciuto))
}

/// The order asked for is none of the columns when it is the other one.
fn leggi_filtro(versione: Versione, r: &Richiesta, vicine: bool) -> Result<FiltroPendenze, Rifiuto> {
    let senza: Vec<(String, String)> = r.query().iter().filter(|(nome, _)| !(vicine && nome == "ordinamento")).cloned().collect();
    match versione {
        Versione::V1 => FiltroPendenze::v1(&senza, RISULTATI_PER_PAGINA_MAX),
        Versione::V2 | Versione::V3 => FiltroPendenze::pagamento(&senza, RISULTATI_PER_PAGINA_MAX),
    }
}

/// 403 to an applicazione whose rights are empty.
fn visibile(chi: &Chiamante) -> Result<Visibilita, Rifiuto> {
    let utenza = &chi.utenza;
    match &chi.chi {
        Quale::Cittadino(c) => Ok(Visibilita::Debitore(c.codice_fiscale.clone())),
        Quale::Applicazione(_) | Quale::Operatore(_) if utenza.domini.as_ref().is_some_and(|d| d.is_empty()) => Err(chi.senza("nessuna Unita' operativa")),
        Quale::Applicazione(_) | Quale::Operatore(_) if utenza.tipi_pendenza.as_ref().is_some_and(|t| t.is_empty()) => Err(chi.senza("nessun Tipo Pendenza")),
        Quale::Applicazione(_) | Quale::Operatore(_) => Ok(Visibilita::ambito(utenza)),
        Quale::Anonimo => Err(chi.non_autorizzato(Ambito::default())),
    }
}

/// GET /pendenze/{idA2A}/{idPendenza}.
pub async fn leggi(versione: Versione, app: App, chi: Chi<LeggePagamenti>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = (r.segmento("idA2A"), r.segmento("idPendenza"));
    lettura::identificativi(id_a2a, id_pendenza)?;
    let pendenza = app.gateway.pendenza(id_a2a, id_pendenza).await?;
    mostra(versione, &app, &chi.chiamante, pendenza).await
}

/// GET /pendenze/byAvviso/{idDominio}/{numeroAvviso} (v2): a notice that is not here is asked of its ente (spec/1 section 9.3).
pub async fn per_avviso(app: App, chi: Chi<LeggePagamentiDaPortale>, r: Richiesta) -> Result<Response, Fault> {
    let pendenza = app.gateway.pendenza_by_avviso(r.segmento("idDominio"), r.segmento("numeroAvviso")).await?;
    mostra(Versione::V2, &app, &chi.chiamante, pendenza).await
}

async fn mostra(versione: Versione, app: &App, chi: &Chiamante, pendenza: Pendenza) -> Result<Response, Fault> {
    visibilita::pendenza(chi, &pendenza)?;
    let (anagrafica, adesso) = (app.gateway.anagrafica(), app.gateway.adesso());
    let dettaglio = app.gateway.dettaglio(pendenza).await?;
    if versione == Versione::V3 {
        let p = &dettaglio.pendenza;
        let riscossioni = app.gateway.riscossioni(p).await?;
        return Ok(json::ok(&viste_v3::archiviata(p, &riscossioni, &dettaglio.allegati, &anagrafica, adesso)));
    }
    let pagamenti = avviati(app, chi, &dettaglio.pendenza).await?.iter().map(|p| viste_pagamento::indice(versione, p)).collect();
    let vista = Vista::per(app, viste_pagamento::forma(versione), chi);
    Ok(json::ok(&vista.dettaglio(&dettaglio, Attorno { pagamenti, ..Attorno::default() })))
}

/// Payments of one position that its detail shows, the latest first: nobody tries that often.
const PAGAMENTI_MAX: u64 = 100;

/// The payments that portals started for a position; to a citizen, its own.
async fn avviati(app: &App, chi: &Chiamante, p: &Pendenza) -> Result<Vec<Pagamento>, Fault> {
    let visibili = match &chi.chi {
        Quale::Cittadino(c) => pagamenti::Visibili::Cittadino(c.codice_fiscale.clone()),
        _ => pagamenti::Visibili::ConPendenza(Visibilita::Ambito { unita: None, tipi: None }),
    };
    let filtro = pagamenti::Filtro { id_a2a: Some(p.id_a2a.clone()), id_pendenza: Some(p.id_pendenza.clone()), ..pagamenti::Filtro::di(visibili) };
    let pagina = Pagina { salta: 0, quante: PAGAMENTI_MAX, conta: None };
    Ok(app.gateway.elenco_pagamenti(&filtro, &[], &pagina).await?.righe)
}
