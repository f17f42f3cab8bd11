//! Why a notice can or cannot be paid, as both APIs show it. An addition of ours.

use axum::response::Response;
use codici::{IdDominio, NumeroAvviso};
use domain::Rifiuto;
use domain::anagrafica::SeEnteNonRisponde;
use domain::chiamante::{Ambito, Chiamante};
use domain::lettura::pendenza as lettura;
use domain::pendenza::Pendenza;
use gateway::leggi_pendenza::Dettaglio;
use gateway::perche::{Detto, Guardia, Perche, Quale, Risponde, Sentirebbe};
use pagopa::Fault as FaultNodo;
use serde_json::Value;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::{LeggePendenze, LeggePendenzeUfficio};
use crate::richiesta::Richiesta;
use crate::viste::forme::PENDENZE_V2;
use crate::viste::{Attorno, Vista};

/// GET /pendenze/{idA2A}/{idPendenza}/perche, of one's own.
pub async fn della_pendenza(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, verifica) = chiave(&r)?;
    let mia = &chi.applicazione()?.cod;
    if mia != id_a2a {
        return Err(chi.chiamante.non_autorizzato(Ambito::default()).into());
    }
    let pendenza = trova(&app, &r).await?;
    let perche = app.gateway.perche(Quale::Pendenza(Box::new(pendenza)), verifica).await?;
    Ok(json::ok(&vista(&app, &perche, |cod| cod == mia)))
}

/// GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}/perche: of a notice of one's own, or that nobody has.
pub async fn dell_avviso(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let (dominio, numero, verifica) = avviso(&r)?;
    let mia = &chi.applicazione()?.cod;
    // Whose it is comes first: another's application is not asked on this caller's behalf.
    let guardata = app.gateway.perche(Quale::Avviso(dominio.clone(), numero.clone()), false).await?;
    if guardata.id_a2a().is_some_and(|cod| cod != mia) {
        return Err(chi.chiamante.non_autorizzato(Ambito::default()).into());
    }
    let perche = if verifica { app.gateway.perche(Quale::Avviso(dominio, numero), true).await? } else { guardata };
    Ok(json::ok(&vista(&app, &perche, |cod| cod == mia)))
}

/// The same for the back office, within the scope of who asks.
pub async fn della_pendenza_ufficio(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let (_, verifica) = chiave(&r)?;
    let pendenza = trova(&app, &r).await?;
    nell_ambito(&chi.chiamante, &pendenza)?;
    let perche = app.gateway.perche(Quale::Pendenza(Box::new(pendenza)), verifica).await?;
    Ok(json::ok(&vista(&app, &perche, |_| true)))
}

pub async fn dell_avviso_ufficio(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let (dominio, numero, verifica) = avviso(&r)?;
    chi.chiamante.su_dominio(&dominio)?;
    let guardata = app.gateway.perche(Quale::Avviso(dominio.clone(), numero.clone()), false).await?;
    if let Some(pendenza) = &guardata.pendenza {
        nell_ambito(&chi.chiamante, pendenza)?;
    }
    let perche = if verifica { app.gateway.perche(Quale::Avviso(dominio, numero), true).await? } else { guardata };
    Ok(json::ok(&vista(&app, &perche, |_| true)))
}

fn chiave(r: &Richiesta) -> Result<(&str, bool), Rifiuto> {
    lettura::identificativi(r.segmento("idA2A"), r.segmento("idPendenza"))?;
    Ok((r.segmento("idA2A"), verifica(r)?))
}

fn avviso(r: &Richiesta) -> Result<(IdDominio, NumeroAvviso, bool), Rifiuto> {
    Ok((lettura::id_dominio(r.segmento("idDominio"))?, lettura::numero_avviso(r.segmento("numeroAvviso"))?, verifica(r)?))
}

/// Whether the ente may be asked.
fn verifica(r: &Richiesta) -> Result<bool, Rifiuto> {
    Ok(r.parametri().booleano("verifica")?.unwrap_or(false))
}

async fn trova(app: &App, r: &Richiesta) -> Result<Pendenza, Fault> {
    Ok(app.gateway.posizione(r.segmento("idA2A"), r.segmento("idPendenza")).await?)
}

fn nell_ambito(chi: &Chiamante, p: &Pendenza) -> Result<(), Rifiuto> {
    let uo = p.unita_operativa.as_deref();
    if chi.utenza.su_uo(&p.dominio, uo) && chi.utenza.su_tipo(&p.tipo_pendenza) {
        return Ok(());
    }
    Err(chi.non_autorizzato(Ambito { dominio: Some(p.dominio.as_str()), unita_operativa: uo, tipo_pendenza: Some(&p.tipo_pendenza) }))
}

/// `mostra`: which applications the caller may hear of.
fn vista(app: &App, p: &Perche, mostra: impl Fn(&str) -> bool) -> Value {
    let candidate: Vec<Value> = p.risponde.iter().filter(|r| mostra(&r.id_a2a)).map(candidata).collect();
    let applicazione = Oggetto::nuovo().se("idA2A", p.id_a2a()).con("candidate", candidate);
    let attivazioni: Vec<Value> = p
        .attivazioni
        .iter()
        .map(|(operazione, fault)| {
            let esito = fault.as_ref().map_or_else(|| Oggetto::nuovo().con("outcome", "OK"), ko);
            esito.con("operazione", operazione.nome()).valore()
        })
        .collect();
    let intera = |pendenza: &Pendenza| {
        let tutta = Dettaglio { pendenza: pendenza.clone(), allegati: Vec::new(), rpp: Vec::new() };
        Vista { adesso: p.istante, ..Vista::di(app, &PENDENZE_V2) }.dettaglio(&tutta, Attorno::default())
    };
    Oggetto::nuovo()
        .con("idDominio", p.dominio.as_str())
        .con("numeroAvviso", p.numero_avviso.as_str())
        .con("istante", p.istante.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
        .con("pagabile", p.pagabile().map_or(Value::Null, Value::from))
        .se("regola", p.ferma().map(|g| g.regola))
        .con("guardie", p.guardie.iter().map(guardia).collect::<Vec<_>>())
        .con("nodo", nodo(&p.sentirebbe))
        .con("attivazioni", attivazioni)
        .con("applicazione", applicazione.valore())
        .se("seEnteNonRisponde", p.se_ente_non_risponde.map(SeEnteNonRisponde::codice))
        .se("ente", p.ente.as_ref().map(detto))
        .se("pendenza", p.pendenza.as_ref().map(intera))
        .se("siSalverebbe", p.si_salverebbe.as_ref().map(intera))
        .valore()
}

fn guardia(g: &Guardia) -> Value {
    let confronto = g.confronto.iter().filter(|(_, v)| !v.is_empty()).fold(Oggetto::nuovo(), |o, (nome, valore)| o.con(nome, valore.as_str()));
    Oggetto::nuovo()
        .con("regola", g.regola)
        .con("verdetto", g.verdetto.codice())
        .con("confronto", confronto.valore())
        .con("spiegazione", g.spiegazione.as_str())
        .valore()
}

/// The answer to paVerifyPaymentNotice, with the names of its message.
fn nodo(sentirebbe: &Sentirebbe) -> Value {
    match sentirebbe {
        Sentirebbe::No(f) => ko(f).valore(),
        Sentirebbe::SecondoLEnte => Oggetto::nuovo().con("outcome", Value::Null).valore(),
        Sentirebbe::Si(d) => Oggetto::nuovo()
            .con("outcome", "OK")
            .importo("amount", d.importo)
            .data("dueDate", d.scadenza)
            .con("detailDescription", d.dettaglio.as_str())
            .con("allCCP", d.tutto_postale)
            .con("paymentDescription", d.descrizione.as_str())
            .con("fiscalCodePA", d.id_dominio.as_str())
            .con("companyName", d.ragione_sociale.as_str())
            .testo("officeName", d.ufficio.as_ref())
            .valore(),
    }
}

fn ko(f: &FaultNodo) -> Oggetto {
    Oggetto::nuovo().con("outcome", "KO").con("faultCode", f.codice.codice()).con("faultString", f.codice.testo()).testo("description", f.descrizione.as_ref())
}

fn candidata(r: &Risponde) -> Value {
    Oggetto::nuovo()
        .con("idA2A", r.id_a2a.as_str())
        .con("autorizzataSulDominio", r.su_dominio)
        .testo("regExpIuv", r.reg_exp.as_ref())
        .se("riconosceLoIuv", r.riconosce)
        .se("versioneApi", r.versione.map(domain::anagrafica::VersioneEnte::nome))
        .con("scelta", r.scelta)
        .valore()
}

fn detto(d: &Detto) -> Value {
    Oggetto::nuovo().con("domanda", d.domanda).con("esito", d.esito).testo("descrizione", d.descrizione.as_ref()).valore()
}
