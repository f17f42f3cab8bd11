//! The caller's own login (spec/2 sections 1.3 and 1.8).

use std::collections::BTreeMap;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::Decisione;
use domain::anagrafica::{Anagrafica, Diritto, Scrittura, Servizio, Utenza};
use domain::chiamante::{Chi as Quale, Chiamante};
use domain::lettura::anagrafica::modifica::{Dialetto, Op, Operazione, operazioni};
use domain::password;
use serde_json::Value;

use super::{corpo, revisione, utenze};
use crate::App;
use crate::accesso::{Chi, cookie};
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::AutenticatoUfficio;
use crate::richiesta::Richiesta;

/// GET /profilo.
pub async fn leggi(app: App, chi: Chi<AutenticatoUfficio>, _: Richiesta) -> Result<Response, Fault> {
    Ok(json::ok(&vista(&chi.chiamante, &app.gateway.anagrafica())))
}

/// PATCH /profilo: a new password. The old one is not asked for; sessions opened with it are over, the caller's own goes on under another identifier.
pub async fn modifica(app: App, chi: Chi<AutenticatoUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let operazioni = operazioni(&corpo)?;
    let Some(nuova) = nuova_password(&operazioni)? else { return leggi(app, chi, r).await };
    let hash = app.gateway.nuova_password(nuova).await?;
    let principal = &chi.chiamante.utenza.principal;
    let revisione = revisione(&chi.chiamante, "PATCH", &r, &corpo);
    app.gateway
        .amministra(&[revisione], |anagrafica| {
            let attuale = anagrafica.utenze.get(principal).ok_or_else(|| Rifiuto::NonTrovato("Utenza non registrata.".to_owned()))?;
            let cambiata = Utenza { password_hash: Some(hash), ..(**attuale).clone() };
            Ok(Decisione { scritture: vec![Scrittura::Utenza(cambiata)], esito: () })
        })
        .await?;
    let mut risposta = json::ok(&vista(&chi.chiamante, &app.gateway.anagrafica()));
    if let Some(vecchia) = &chi.sessione {
        let sessione = app.gateway.apri_sessione(&chi.chiamante, Some(vecchia)).await?;
        metti(&mut risposta, cookie(&app, &sessione));
    }
    Ok(risposta)
}

fn metti(risposta: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        risposta.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

/// The last of the operations on `/password`, which is the only path.
fn nuova_password(operazioni: &[Operazione]) -> Result<Option<&str>, Rifiuto> {
    let mut nuova = None;
    for o in operazioni {
        match o.path.as_str() {
            "/password" => {
                o.sia_tra(&[Op::Replace])?;
                let Some(testo) = o.value.as_str().filter(|t| !t.trim().is_empty()) else { return o.value_errato() };
                password::verifica(testo)?;
                nuova = Some(testo);
            }
            _ => return o.path_ignoto(),
        }
    }
    Ok(nuova)
}

/// All five members are always there.
fn vista(c: &Chiamante, a: &Anagrafica) -> Value {
    let autodeterminazione = matches!(&c.chi, Quale::Applicazione(applicazione) if applicazione.autodeterminazione);
    let nome = match &c.chi {
        Quale::Applicazione(applicazione) => applicazione.cod.as_str(),
        Quale::Operatore(operatore) => operatore.nome.as_str(),
        Quale::Cittadino(_) | Quale::Anonimo => c.utenza.principal.as_str(),
    };
    // Who came through SPID is called as SPID calls it.
    let di_spid: Vec<&str> = ["name", "familyName"].iter().filter_map(|n| c.identita.get(*n)?.first()).map(String::as_str).collect();
    let nome = if di_spid.is_empty() { nome.to_owned() } else { di_spid.join(" ") };
    Oggetto::nuovo()
        .con("nome", nome)
        .con("domini", utenze::domini(&c.utenza, a))
        .con("tipiPendenza", utenze::tipi_pendenza(&c.utenza, autodeterminazione, a))
        .con("acl", acl(c))
        .con("autenticazione", c.profilo.autenticazione())
        .valore()
}

/// What the caller may do in the end in the back office: its own rights and those of its ruoli, once for each service (spec/2 section 1.4).
fn acl(c: &Chiamante) -> Vec<Value> {
    let mut effettive: BTreeMap<Servizio, Vec<Diritto>> = BTreeMap::new();
    for a in c.utenza.acl.iter().chain(c.ruoli.iter().flat_map(|r| &r.acl)).filter(|a| Servizio::BACKOFFICE.contains(&a.servizio)) {
        effettive.entry(a.servizio).or_default().extend(&a.autorizzazioni);
    }
    let una = |(servizio, diritti): (Servizio, Vec<Diritto>)| {
        let sigle: Vec<&str> = Diritto::TUTTI.into_iter().filter(|d| diritti.contains(d)).map(Diritto::sigla).collect();
        Oggetto::nuovo().con("servizio", servizio.nome()).con("autorizzazioni", sigle).valore()
    };
    effettive.into_iter().map(una).collect()
}
