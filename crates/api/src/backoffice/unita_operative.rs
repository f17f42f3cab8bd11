//! Unità operative of a dominio (spec/2 section 2.4).

use std::sync::Arc;

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::creditore;
use domain::anagrafica::{Anagrafica, Diritto, Dominio, Servizio, UO_ENTE, UnitaOperativa};
use domain::lettura::anagrafica::creditore::{id_uo, unita_operativa};
use domain::lettura::regole::id_dominio;
use serde_json::Value;

use super::{contiene, corpo, domini, metti};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{GuardaAnagraficaCreditore, LeggeAnagraficaCreditore, ScriveAnagraficaCreditore};
use crate::richiesta::Richiesta;

/// GET /domini/{idDominio}/unitaOperative. Asked for its own, or unable to see more, the caller gets its own, and the implicit one with them.
pub async fn elenca(app: App, chi: Chi<GuardaAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let p = r.parametri();
    let chiamante = &chi.chiamante;
    let associate = domini::associati(&r)? || !chiamante.puo(Servizio::AnagraficaCreditore, Diritto::Lettura);
    let (abilitato, ragione_sociale) = (p.booleano("abilitato")?, p.filtro("ragioneSociale")?);
    let a = app.gateway.anagrafica();
    let d = domini::trova(&a, chiamante, &r)?;
    let vede = |u: &UnitaOperativa| if associate { chiamante.utenza.su_uo(&d.cod, Some(&u.cod)) } else { u.cod != UO_ENTE };
    let nome = |u: &UnitaOperativa| contiene(u.ragione_sociale.as_deref().unwrap_or_default(), ragione_sociale.as_deref());
    let mut righe: Vec<_> = di(&a, d).filter(|u| vede(u) && abilitato.is_none_or(|b| u.abilitata == b) && nome(u)).collect();
    righe.sort_by(|x, y| (&x.ragione_sociale, &x.cod).cmp(&(&y.ragione_sociale, &y.cod)));
    liste::di_anagrafica(&r, &righe, |u| vista(u))
}

/// GET /domini/{idDominio}/unitaOperative/{idUnitaOperativa}.
pub async fn leggi(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    id_dominio("idDominio", r.segmento("idDominio"))?;
    let cod = id_uo(r.segmento("idUnitaOperativa"))?;
    let d = domini::trova(&a, &chi.chiamante, &r)?;
    let trovata = a.unita_operativa(&d.cod, &cod).filter(|_| d.intermediato);
    let trovata = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Unita Operativa {cod} non censita in Anagrafica per il Dominio {}", d.cod)))?;
    Ok(json::ok(&vista(trovata)))
}

/// PUT /domini/{idDominio}/unitaOperative/{idUnitaOperativa}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let (dominio, nuova) = unita_operativa(r.segmento("idDominio"), r.segmento("idUnitaOperativa"), &corpo)?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| creditore::unita_operativa(a, &chi.chiamante, dominio, nuova)).await
}

/// Of a dominio, by code, the implicit one included; a dominio that is not intermediated shows none.
pub fn di<'a>(a: &'a Anagrafica, d: &'a Dominio) -> impl Iterator<Item = &'a Arc<UnitaOperativa>> + 'a {
    Anagrafica::di_dominio(&a.unita_operative, &d.cod).map(|(_, u)| u).filter(|_| d.intermediato)
}

pub fn vista(u: &UnitaOperativa) -> Value {
    let o = Oggetto::nuovo().con("idUnita", u.cod.as_str()).testo("ragioneSociale", u.ragione_sociale.as_ref());
    domini::recapiti(o, &u.recapiti).testo("area", u.recapiti.area.as_ref()).con("abilitato", u.abilitata).valore()
}
