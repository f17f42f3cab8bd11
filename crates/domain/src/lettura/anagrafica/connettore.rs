//! Connectors: the `auth` object, whose kind is told by the members that are there, and the services of pagoPA (spec/2 section 2.1).

use crate::Rifiuto;
use crate::anagrafica::Segreto;
use crate::anagrafica::connettore::{
    Autenticazione, CertificatiSsl, ChiaveApi, ConnettoreFtp, ConnettoreNodo, ConnettoreServizio, CredenzialiOAuth2, HeaderFisso, ServerFtp, UtentePassword,
};
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{self, FORMA_URL_HTTP, Testo, obbligatorio};

/// Every text of a connector.
pub const TESTO: Testo = Testo::lungo(1, 255);
pub const URL_TOKEN: Testo = Testo::con_forma(1, 255, &FORMA_URL_HTTP);

const MEMBRI_AUTH: [&str; 19] = [
    "clientId",
    "clientSecret",
    "urlTokenEndpoint",
    "scope",
    "apiId",
    "apiKey",
    "headerName",
    "headerValue",
    "username",
    "password",
    "tipo",
    "tsLocation",
    "tsPassword",
    "tsType",
    "sslType",
    "ksLocation",
    "ksPassword",
    "ksType",
    "ksPKeyPasswd",
];

pub const TIPI_SSL: [&str; 2] = ["Client", "Server"];
pub const TIPI_KEYSTORE: [&str; 1] = ["JKS"];
/// Protocol names, also of the mail server (spec/2 section 2.15).
pub const PROTOCOLLI_SSL: [&str; 6] = ["SSL", "SSLv3", "TLS", "TLSv1", "TLSv1.1", "TLSv1.2"];

/// A text of 1 to 255 characters that must be there.
pub fn testo(o: &Oggetto<'_>, nome: &str) -> Result<String, Rifiuto> {
    TESTO.obbligatorio(nome, o.testo(nome)?)
}

fn scelto(o: &Oggetto<'_>, nome: &str, nomi: &[&'static str]) -> Result<String, Rifiuto> {
    regole::tra(nome, obbligatorio(nome, o.stringa(nome)?)?, nomi).map(str::to_owned)
}

/// The member `auth` of a connector, when there is one.
pub fn autenticazione(connettore: &Oggetto<'_>) -> Result<Option<Autenticazione>, Rifiuto> {
    let Some(o) = connettore.oggetto("auth", &MEMBRI_AUTH)? else { return Ok(None) };
    let c_e = |nomi: &[&str]| nomi.iter().any(|n| o.libero(n).is_some());
    if c_e(&["clientId", "clientSecret", "urlTokenEndpoint"]) {
        return Ok(Some(Autenticazione::OAuth2(CredenzialiOAuth2 {
            client_id: testo(&o, "clientId")?,
            client_secret: testo(&o, "clientSecret")?,
            url_token_endpoint: URL_TOKEN.obbligatorio("urlTokenEndpoint", o.testo("urlTokenEndpoint")?)?,
            scope: TESTO.facoltativo("scope", o.testo("scope")?)?,
        })));
    }
    if c_e(&["apiId", "apiKey"]) {
        return Ok(Some(Autenticazione::ApiKey(ChiaveApi { api_id: testo(&o, "apiId")?, api_key: testo(&o, "apiKey")? })));
    }
    if c_e(&["headerName", "headerValue"]) {
        let header = HeaderFisso { header_name: testo(&o, "headerName")?, header_value: testo(&o, "headerValue")? };
        return Ok(Some(Autenticazione::Header(header)));
    }
    if c_e(&["username", "password"]) {
        return basic(&o).map(|b| Some(Autenticazione::Basic(b)));
    }
    certificati(&o).map(|c| Some(Autenticazione::Ssl(Box::new(c))))
}

/// User and password, both there.
pub fn basic(o: &Oggetto<'_>) -> Result<UtentePassword, Rifiuto> {
    Ok(UtentePassword { username: testo(o, "username")?, password: testo(o, "password")? })
}

/// The member `auth` of a connector that knows nothing but user and password.
pub fn solo_basic(connettore: &Oggetto<'_>) -> Result<Option<UtentePassword>, Rifiuto> {
    connettore.oggetto("auth", &MEMBRI_AUTH)?.map(|o| basic(&o)).transpose()
}

fn certificati(o: &Oggetto<'_>) -> Result<CertificatiSsl, Rifiuto> {
    let tipo = scelto(o, "tipo", &TIPI_SSL)?;
    let mut letti = CertificatiSsl {
        ts_location: testo(o, "tsLocation")?,
        ts_password: testo(o, "tsPassword")?,
        ts_type: scelto(o, "tsType", &TIPI_KEYSTORE)?,
        ssl_type: scelto(o, "sslType", &PROTOCOLLI_SSL)?,
        tipo,
        ks_location: None,
        ks_password: None,
        ks_type: None,
        ks_pkey_passwd: None,
    };
    if letti.tipo == "Client" {
        letti.ks_location = Some(testo(o, "ksLocation")?);
        letti.ks_password = Some(testo(o, "ksPassword")?);
        letti.ks_type = Some(scelto(o, "ksType", &TIPI_KEYSTORE)?);
        letti.ks_pkey_passwd = Some(testo(o, "ksPKeyPasswd")?);
    } else {
        letti.ks_location = TESTO.facoltativo("ksLocation", o.testo("ksLocation")?)?;
        letti.ks_password = TESTO.facoltativo("ksPassword", o.testo("ksPassword")?)?;
        letti.ks_type = o.stringa("ksType")?.map(|v| regole::tra("ksType", v, &TIPI_KEYSTORE)).transpose()?.map(str::to_owned);
        letti.ks_pkey_passwd = TESTO.facoltativo("ksPKeyPasswd", o.testo("ksPKeyPasswd")?)?;
    }
    Ok(letti)
}

/// An address of 1 to 255 characters with a known scheme.
pub fn url(o: &Oggetto<'_>, nome: &str) -> Result<String, Rifiuto> {
    let valore = testo(o, nome)?;
    regole::url(nome, &valore)?;
    Ok(valore)
}

fn chiave(o: &Oggetto<'_>) -> Result<Option<Segreto>, Rifiuto> {
    Ok(TESTO.facoltativo("subscriptionKey", o.testo("subscriptionKey")?)?.map(Segreto))
}

/// `servizioPagoPa`.
pub fn nodo(corpo: &Oggetto<'_>) -> Result<ConnettoreNodo, Rifiuto> {
    let o = obbligatorio("servizioPagoPa", corpo.oggetto("servizioPagoPa", &["urlRPT", "auth", "subscriptionKey"])?)?;
    Ok(ConnettoreNodo { url_rpt: url(&o, "urlRPT")?, auth: autenticazione(&o)?, subscription_key: chiave(&o)? })
}

/// One of the five REST services.
pub fn servizio(corpo: &Oggetto<'_>, nome: &str) -> Result<Option<ConnettoreServizio>, Rifiuto> {
    let Some(o) = corpo.oggetto(nome, &["url", "auth", "subscriptionKey", "abilitaGDE"])? else { return Ok(None) };
    Ok(Some(ConnettoreServizio {
        url: url(&o, "url")?,
        auth: autenticazione(&o)?,
        subscription_key: chiave(&o)?,
        abilita_gde: o.booleano_o("abilitaGDE", false)?,
    }))
}

/// `servizioFtp`: both servers, each with all of its members.
pub fn ftp(corpo: &Oggetto<'_>) -> Result<Option<ConnettoreFtp>, Rifiuto> {
    let Some(o) = corpo.oggetto("servizioFtp", &["ftp_lettura", "ftp_scrittura", "ftpLettura", "ftpScrittura"])? else { return Ok(None) };
    let server = |nomi: [&str; 2]| -> Result<ServerFtp, Rifiuto> {
        let membri = ["host", "porta", "username", "password"];
        let s = match o.oggetto(nomi[0], &membri)? {
            Some(s) => s,
            None => obbligatorio(nomi[0], o.oggetto(nomi[1], &membri)?)?,
        };
        Ok(ServerFtp { host: testo(&s, "host")?, porta: testo(&s, "porta")?, username: testo(&s, "username")?, password: Segreto(testo(&s, "password")?) })
    };
    Ok(Some(ConnettoreFtp { ftp_lettura: server(["ftp_lettura", "ftpLettura"])?, ftp_scrittura: server(["ftp_scrittura", "ftpScrittura"])? }))
}
