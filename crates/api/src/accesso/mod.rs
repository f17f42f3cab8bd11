//! Who calls, and whether it may.
//!
//! A right is a type: a handler takes [`Chi`] of the right that its route demands, so that a route without one does not compile.
//! [`bussata`] is what is presented, [`riconosci`] turns it into a caller by the profile of the address, [`impostazioni`] says which are open.

mod bussata;
mod certificato;
mod ignoto;
mod impostazioni;
mod riconosci;

use std::marker::PhantomData;
use std::net::IpAddr;

use axum::http::HeaderValue;
use domain::anagrafica::Applicazione;
use domain::chiamante::{Ambito, Chiamante, Profilo};
use gateway::accesso::sessione::IdSessione;

use crate::App;
use crate::fault::Fault;
use crate::interfacce::Api;
use crate::permessi::{Permesso, Richiesto};

pub(crate) use bussata::{Bussata, credenziali};
pub(crate) use ignoto::percorso_ignoto;
pub use impostazioni::{Accesso, CertificatoInHeader, HeaderSpid, ImpostazioniAccesso, Rete};
pub(crate) use riconosci::{Riconosciuto, riconosci};

/// The way in of a request: an API by a profile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Porta {
    pub api: Api,
    pub profilo: Profilo,
}

/// A caller who holds the right `P`.
pub struct Chi<P> {
    pub chiamante: Chiamante,
    /// The session of the caller, where its profile has one. For `Aperto`: the one that the cookie names, which may be over.
    pub sessione: Option<IdSessione>,
    /// The address of the caller, as far as it can be known.
    pub da: Option<IpAddr>,
    permesso: PhantomData<P>,
}

impl<P: Permesso> Chi<P> {
    /// Enabled, kind of utenza, right (spec/1 section 14, check 1).
    pub(crate) fn ammetti(riconosciuto: Riconosciuto, da: Option<IpAddr>) -> Result<Self, Fault> {
        let Riconosciuto { chiamante, sessione, .. } = riconosciuto;
        if P::RICHIESTO != Richiesto::Aperto && !chiamante.utenza.abilitata {
            return Err(chiamante.disabilitato().into());
        }
        let ha_il_diritto = match P::RICHIESTO {
            Richiesto::Aperto | Richiesto::Autenticato | Richiesto::Facoltativo { .. } => true,
            Richiesto::Diritto { servizi, diritto } => servizi.iter().any(|s| chiamante.puo(*s, diritto)),
        };
        if !P::UTENZE.contains(&chiamante.chi.tipo()) || !ha_il_diritto {
            return Err(chiamante.non_autorizzato(Ambito::default()).into());
        }
        Ok(Self { chiamante, sessione, da, permesso: PhantomData })
    }

    pub fn applicazione(&self) -> Result<&Applicazione, Fault> {
        Ok(self.chiamante.applicazione()?)
    }
}

/// Who knocks at a route of this right. Nobody is asked anything where it is open.
pub(crate) async fn chi_bussa<P: Permesso>(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Riconosciuto, Fault> {
    if P::RICHIESTO == Richiesto::Aperto {
        let sessione = b.cookie(&app.accesso.impostazioni.cookie_nome).and_then(Result::ok);
        return Ok(Riconosciuto { chiamante: Chiamante::anonimo(), sessione, cookie: None });
    }
    riconosci(app, porta, b).await
}

/// `Set-Cookie` of a session. It is seen by no script, goes over TLS alone where the world reaches us so, and is not sent by forms of other sites.
pub fn cookie(app: &App, id: &IdSessione) -> Option<HeaderValue> {
    scrivi_cookie(app, id.svela(), "")
}

/// Takes the cookie away.
pub fn cookie_tolto(app: &App) -> Option<HeaderValue> {
    scrivi_cookie(app, "", "; Max-Age=0")
}

fn scrivi_cookie(app: &App, valore: &str, coda: &str) -> Option<HeaderValue> {
    let i = &app.accesso.impostazioni;
    let sicuro = if app.indirizzo_pubblico.starts_with("https://") { "; Secure" } else { "" };
    let testo = format!("{}={valore}; Path={}; HttpOnly; SameSite=Lax{sicuro}{coda}", i.cookie_nome, i.cookie_percorso);
    HeaderValue::from_str(&testo).ok()
}
