//! Money that arrived (spec/2 sections 2.14 and 2.20).

use axum::response::Response;
use domain::Rifiuto;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::pendenza::id_dominio;
use domain::lettura::ufficio::FiltroRiscossioni;
use serde_json::Value;
use store::elenchi::riscossioni::{Campo, Filtro, RigaRiscossione};
use store::elenchi::{Ordine, Visibilita};

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::LeggeIncassi;
use crate::richiesta::{Richiesta, codifica};
use crate::viste::Vista;
use crate::viste::forme::UFFICIO;

/// GET /riscossioni. A login that reaches nothing sees an empty list.
pub async fn elenca(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroRiscossioni::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let filtro = Filtro {
        visibile: Visibilita::ambito(&chi.chiamante.utenza),
        dominio: f.dominio,
        id_a2a: f.id_a2a,
        id_pendenza: f.id_pendenza,
        unita_operativa: f.id_unita,
        tipo_pendenza: f.id_tipo_pendenza,
        stato: f.stato,
        da: f.data_da,
        a: f.data_a,
        tipi: f.tipi,
        iuv: f.iuv,
        iur: f.iur,
        direzioni: f.direzioni,
        divisioni: f.divisioni,
        tassonomie: f.tassonomie,
    };
    let ordini: Vec<_> = f.ordinamento.iter().filter_map(|o| Some(Ordine { campo: campo(o.campo)?, decrescente: o.discendente })).collect();
    let elenco = app.gateway.elenco_riscossioni(&filtro, &ordini, &liste::pagina(&f.paginazione)).await?;
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, indice, Tetto::Mostrato))
}

const PDF: &str = "application/pdf";

/// GET /riscossioni/{idDominio}/{iuv}/{iur}/{indice}: on paper it is the receipt that brought the money, or a quietanza.
pub async fn leggi(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = id_dominio(r.segmento("idDominio"))?;
    let (iuv, iur, indice) = (r.segmento("iuv"), r.segmento("iur"), r.segmento("indice"));
    // What no key can hold is the key of nothing.
    let trovata = match indice.parse::<u8>() {
        Ok(n) if !iuv.contains('\0') && !iur.contains('\0') => app.gateway.riscossione(&dominio, iuv, iur, n).await?,
        _ => None,
    };
    let trovata = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Riscossione [{dominio}/{iuv}/{iur}/{indice}] non trovata.")))?;
    let p = &trovata.pendenza;
    chi.chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza)?;
    if r.intestazione("accept").is_some_and(|a| a.contains(PDF)) {
        let pdf = app.gateway.stampa_riscossione(&trovata).await?;
        let pdf = pdf.ok_or_else(|| Rifiuto::NonTrovato(format!("Ricevuta [{dominio}/{iuv}/{iur}/{indice}] non trovata.")))?;
        return Ok(json::file(PDF, &format!("{dominio}_{iuv}_{iur}.pdf"), pdf));
    }
    let voce = trovata.voce.as_ref().map(|v| Vista::di(&app, &UFFICIO).voce_con_pendenza(v, p));
    Ok(json::ok(&base(&trovata).se("vocePendenza", voce).valore()))
}

fn campo(nome: &str) -> Option<Campo> {
    match nome {
        "data" => Some(Campo::Data),
        "stato" => Some(Campo::Stato),
        "iuv" => Some(Campo::Iuv),
        _ => None,
    }
}

fn indice(r: &RigaRiscossione) -> Value {
    base(r).testo("idVocePendenza", r.voce.as_ref().map(|v| &v.id_voce)).valore()
}

/// Inside its own voce.
pub fn nella_voce(r: &RigaRiscossione) -> Value {
    base(r).valore()
}

fn base(r: &RigaRiscossione) -> Oggetto {
    let (m, p) = (&r.riscossione, &r.pendenza);
    let rpp = r.ccp.as_ref().map(|ccp| format!("/rpp/{}/{}/{}", p.dominio, codifica(&r.iuv), codifica(ccp)));
    let o = Oggetto::nuovo()
        .con("idDominio", m.dominio.as_str())
        .con("iuv", r.iuv.as_str())
        .con("iur", m.iur.as_str())
        .con("indice", m.indice)
        .con("pendenza", format!("/pendenze/{}/{}", codifica(&p.id_a2a), codifica(&p.id_pendenza)))
        .se("rpp", rpp)
        .con("stato", r.stato.nome())
        .con("tipo", m.tipo.codice())
        .importo("importo", m.importo)
        .giorno("data", Some(m.data));
    match m.commissioni {
        Some(commissioni) => o.importo("commissioni", commissioni),
        None => o,
    }
}
