//! One function for each profile: from what is presented to who calls, or the refusal of that profile (spec/1 section 2, the table).

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue};
use domain::certificato::Soggetto;
use domain::chiamante::{Chi, Chiamante, Cittadino, Identita, Profilo, TipoUtenza};
use gateway::accesso::EsitoAccesso;
use gateway::accesso::oauth2::ErroreToken;
use gateway::accesso::sessione::IdSessione;

use super::bussata::Bussata;
use super::{Porta, certificato};
use crate::App;
use crate::fault::Fault;
use crate::interfacce::AccessoSpid;

/// Prefix of a SPID fiscal code, when the gateway leaves it on.
const PREFISSO_SPID: &str = "TINIT-";
const SESSIONE_SCADUTA: &str = "Sessione Scaduta";
const CREDENZIALI_ERRATE: &str = "Bad credentials";

/// Who calls, and the session by which it was recognised or that was opened for it.
pub(crate) struct Riconosciuto {
    pub chiamante: Chiamante,
    pub sessione: Option<IdSessione>,
    /// To be set on the answer, whatever it is.
    pub cookie: Option<HeaderValue>,
}

impl Riconosciuto {
    fn senza_sessione(chiamante: Chiamante) -> Self {
        Self { chiamante, sessione: None, cookie: None }
    }
}

/// A switched off login is recognised: that it is off is told with the rights.
pub(crate) async fn riconosci(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Riconosciuto, Fault> {
    let riconosciuto = match porta.profilo {
        Profilo::Form => return form(app, porta, b).await,
        Profilo::Session => return sessione(app, porta, b).await,
        Profilo::Public => return pubblico(app, b).await,
        Profilo::Spid if porta.api.spid == AccessoSpid::Cittadino => return cittadino(app, porta, b).await,
        Profilo::Basic => basic(app, porta, b).await,
        Profilo::ApiKey => apikey(app, porta, b).await,
        Profilo::Ssl => ssl(app, porta, b).await,
        Profilo::SslHeader => sslheader(app, porta, b).await,
        Profilo::Header => header(app, porta, b).await,
        Profilo::OAuth2 => oauth2(app, b).await,
        Profilo::Spid => spid(app, porta, b).await,
    }?;
    let identita = (*riconosciuto.identita).clone();
    Ok(Riconosciuto::senza_sessione(riconosciuto.con(porta.profilo, identita)))
}

/// 401 for nothing, in the words of the API.
fn niente(porta: Porta) -> Fault {
    Fault::NonAutenticato(porta.api.senza_credenziali)
}

async fn basic(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Chiamante, Fault> {
    let (nome, password) = b.credenziali().ok_or_else(|| niente(porta))?;
    con_password(app, b, &nome, &password).await
}

async fn apikey(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Chiamante, Fault> {
    let (id, chiave) = &app.accesso.impostazioni.apikey;
    let (nome, password) = b.testo(id).zip(b.testo(chiave)).ok_or_else(|| niente(porta))?;
    con_password(app, b, nome, password).await
}

async fn con_password(app: &App, b: &Bussata<'_>, nome: &str, password: &str) -> Result<Chiamante, Fault> {
    match app.gateway.autentica(nome, password, b.da(&app.accesso)).await? {
        EsitoAccesso::Riconosciuto(chiamante) => Ok(chiamante),
        EsitoAccesso::Sconosciuto => Err(Fault::NonAutenticato(CREDENZIALI_ERRATE)),
        EsitoAccesso::Bloccato { attesa } => Err(Fault::Bloccato { attesa }),
    }
}

/// The certificate was verified by the TLS layer.
async fn ssl(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Chiamante, Fault> {
    let presentato = b.certificato.ok_or_else(|| niente(porta))?;
    let soggetto = Soggetto::da_rdn(presentato.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))).ok_or_else(|| niente(porta))?;
    let testo = || presentato.0.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(", ");
    per_soggetto(app, porta, &soggetto, testo).await?.ok_or_else(|| niente(porta))
}

async fn sslheader(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Chiamante, Fault> {
    let come = &app.accesso.impostazioni.sslheader;
    let valore = dal_proxy(app, b, &come.header).ok_or(Fault::Vietato(porta.api.senza_credenziali))?;
    let soggetto = certificato::soggetto(valore, come, app.gateway.adesso()).map_err(|motivo| {
        tracing::info!(motivo, "certificato in un header rifiutato");
        Fault::Vietato(motivo)
    })?;
    let testo = || soggetto.to_string();
    per_soggetto(app, porta, &soggetto, testo).await?.ok_or(Fault::Vietato(porta.api.senza_credenziali))
}

async fn header(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Chiamante, Fault> {
    let (principal, informazioni) = &app.accesso.impostazioni.header;
    let nome = principal.iter().find_map(|h| dal_proxy(app, b, h)).ok_or(Fault::Vietato(porta.api.senza_credenziali))?;
    let chiamante = registrato(app, porta, nome).await?.ok_or(Fault::Vietato(porta.api.senza_credenziali))?;
    let identita = informazioni.iter().filter_map(|h| Some((h.as_str().to_owned(), vec![leggibile(b, h)?]))).collect();
    Ok(chiamante.con(Profilo::Header, identita))
}

/// A header that only a trusted proxy may have written.
fn dal_proxy<'a>(app: &App, b: &Bussata<'a>, nome: &HeaderName) -> Option<&'a str> {
    b.testo(nome).filter(|_| b.da_proxy(&app.accesso))
}

/// Names of persons come in UTF-8, which is no text for HTTP.
fn leggibile(b: &Bussata<'_>, nome: &HeaderName) -> Option<String> {
    let valore = b.intestazioni.get(nome)?;
    Some(String::from_utf8_lossy(valore.as_bytes()).trim().to_owned()).filter(|t| !t.is_empty())
}

async fn oauth2(app: &App, b: &Bussata<'_>) -> Result<Chiamante, Fault> {
    let non_valido = |descrizione: &str| Fault::Gettone { descrizione: Some(descrizione.to_owned()) };
    let gettone = b.gettone().ok_or(Fault::Gettone { descrizione: None })?;
    let verificatore = app.accesso.oauth2.as_ref().ok_or(Fault::Gettone { descrizione: None })?;
    let token = verificatore.verifica(gettone, app.gateway.adesso()).await.map_err(|errore| {
        tracing::info!(motivo = %errore, "token rifiutato");
        match errore {
            ErroreToken::SenzaChiavi => Fault::SenzaFornitore,
            altro => non_valido(&altro.to_string()),
        }
    })?;
    let trovata = cerca(app, Profilo::OAuth2, &token.principal).await?;
    trovata.map(|c| c.con(Profilo::OAuth2, token.identita)).ok_or_else(|| non_valido("utenza non registrata"))
}

async fn spid(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Chiamante, Fault> {
    let nomi = &app.accesso.impostazioni.spid;
    let principal = dal_proxy(app, b, &nomi.principal).ok_or(Fault::Vietato(porta.api.senza_credenziali))?;
    let codice_fiscale = principal.strip_prefix(PREFISSO_SPID).unwrap_or(principal).to_uppercase();
    if !(1..=16).contains(&codice_fiscale.len()) || !codice_fiscale.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return Err(Fault::Vietato("Codice fiscale non leggibile"));
    }
    let mut identita: Identita = nomi.altri.iter().filter_map(|(nome, h)| Some((nome.clone(), vec![leggibile(b, h)?]))).collect();
    let dato = |h: &HeaderName| leggibile(b, h);
    let (nome, cognome, email) = (dato(&nomi.nome), dato(&nomi.cognome), dato(&nomi.email));
    let presenti = [("fiscalNumber", Some(codice_fiscale.clone())), ("name", nome.clone()), ("familyName", cognome.clone()), ("email", email.clone())];
    identita.extend(presenti.into_iter().filter_map(|(n, v)| Some((n.to_owned(), vec![v?]))));
    let intero = [nome, cognome].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let chiamante = match porta.api.spid {
        AccessoSpid::Cittadino => Chiamante::cittadino(Cittadino { codice_fiscale, nome: Some(intero).filter(|n| !n.is_empty()), email }),
        AccessoSpid::Registrata => registrato(app, porta, &codice_fiscale).await?.ok_or(Fault::Vietato(porta.api.senza_credenziali))?,
    };
    Ok(chiamante.con(Profilo::Spid, identita))
}

/// A citizen, by the headers of its call, with the session in which it left something. A session opened by SPID is enough where the gateway sends
/// none; headers that name somebody else count more than the session.
async fn cittadino(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Riconosciuto, Fault> {
    let presentato = b.cookie(&app.accesso.impostazioni.cookie_nome);
    let id = presentato.clone().and_then(Result::ok);
    let aperta = match &id {
        Some(id) => app.gateway.sessione(id).await?.filter(|c| c.chi.tipo() == TipoUtenza::Cittadino),
        None => None,
    };
    if dal_proxy(app, b, &app.accesso.impostazioni.spid.principal).is_none() {
        return match (aperta, presentato) {
            (Some(chiamante), _) => Ok(Riconosciuto { chiamante, sessione: id, cookie: None }),
            (None, Some(_)) => Err(Fault::NonAutenticato(SESSIONE_SCADUTA)),
            (None, None) => Err(Fault::Vietato(porta.api.senza_credenziali)),
        };
    }
    let chiamante = spid(app, porta, b).await?;
    let sua = aperta.is_some_and(|c| c.utenza.principal == chiamante.utenza.principal);
    Ok(Riconosciuto { chiamante, sessione: id.filter(|_| sua), cookie: None })
}

async fn registrato(app: &App, porta: Porta, principal: &str) -> Result<Option<Chiamante>, Fault> {
    cerca(app, porta.profilo, principal).await
}

/// The utenza of a principal that somebody else vouches for, registered now where the installation wants it (spec/1 section 2.2).
async fn cerca(app: &App, profilo: Profilo, principal: &str) -> Result<Option<Chiamante>, Fault> {
    let trovata = app.gateway.per_principal(principal).await?;
    let impostazioni = &app.accesso.impostazioni;
    if trovata.is_some() || !impostazioni.iscrizione.contains(&profilo) {
        return Ok(trovata);
    }
    Ok(app.gateway.iscrivi(principal, impostazioni.ruolo_iscrizione.as_deref()).await?)
}

async fn per_soggetto(app: &App, porta: Porta, soggetto: &Soggetto, testo: impl Fn() -> String) -> Result<Option<Chiamante>, Fault> {
    let trovata = app.gateway.per_soggetto(soggetto).await?;
    let impostazioni = &app.accesso.impostazioni;
    if trovata.is_some() || !impostazioni.iscrizione.contains(&porta.profilo) {
        return Ok(trovata);
    }
    Ok(app.gateway.iscrivi(&testo(), impostazioni.ruolo_iscrizione.as_deref()).await?)
}

/// Name and password open a session, and then its cookie is enough. Credentials that come with a good cookie of theirs keep it.
async fn form(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Riconosciuto, Fault> {
    let presentato = b.cookie(&app.accesso.impostazioni.cookie_nome);
    let id = presentato.clone().and_then(Result::ok);
    let aperta = match &id {
        Some(id) => app.gateway.sessione(id).await?.filter(|c| c.profilo == Profilo::Form),
        None => None,
    };
    let Some((nome, password)) = b.credenziali() else {
        return match (aperta, presentato) {
            (Some(chiamante), _) => Ok(Riconosciuto { chiamante, sessione: id, cookie: None }),
            (None, Some(_)) => Err(Fault::NonAutenticato(SESSIONE_SCADUTA)),
            (None, None) => Err(niente(porta)),
        };
    };
    let chiamante = con_password(app, b, &nome, &password).await?.con(Profilo::Form, BTreeMap::new());
    if aperta.is_some_and(|c| c.utenza.principal == chiamante.utenza.principal) || !chiamante.utenza.abilitata {
        return Ok(Riconosciuto { chiamante, sessione: id, cookie: None });
    }
    let nuova = app.gateway.apri_sessione(&chiamante, id.as_ref()).await?;
    let cookie = super::cookie(app, &nuova);
    Ok(Riconosciuto { chiamante, sessione: Some(nuova), cookie })
}

/// The session that the API User opened, with who is in it as this API sees it.
async fn sessione(app: &App, porta: Porta, b: &Bussata<'_>) -> Result<Riconosciuto, Fault> {
    let presentato = b.cookie(&app.accesso.impostazioni.cookie_nome).ok_or(Fault::Vietato(porta.api.senza_credenziali))?;
    let id = presentato.map_err(|()| Fault::NonAutenticato(SESSIONE_SCADUTA))?;
    let chiamante = app.gateway.sessione(&id).await?.ok_or(Fault::NonAutenticato(SESSIONE_SCADUTA))?;
    let identita = (*chiamante.identita).clone();
    let visto = match (&chiamante.chi, porta.api.spid) {
        (Chi::Anonimo, _) => None,
        (Chi::Cittadino(c), AccessoSpid::Registrata) => app.gateway.per_principal(&c.codice_fiscale).await?,
        _ => Some(chiamante),
    };
    let chiamante = visto.ok_or(Fault::Vietato(porta.api.senza_credenziali))?.con(Profilo::Session, identita);
    Ok(Riconosciuto { chiamante, sessione: Some(id), cookie: None })
}

/// Nobody, with the session in which it left something, if it has one. Which routes are for nobody, the table says.
async fn pubblico(app: &App, b: &Bussata<'_>) -> Result<Riconosciuto, Fault> {
    let id = b.cookie(&app.accesso.impostazioni.cookie_nome).and_then(Result::ok);
    let viva = match &id {
        Some(id) => app.gateway.sessione(id).await?.is_some_and(|c| c.chi.tipo() == TipoUtenza::Anonimo),
        None => false,
    };
    Ok(Riconosciuto { chiamante: Chiamante::anonimo(), sessione: id.filter(|_| viva), cookie: None })
}
