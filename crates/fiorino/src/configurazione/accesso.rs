//! Section `[accesso]`: which ways in are open, and how each reads what a caller presents.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::ImpostazioniAccesso;
use api::accesso::{CertificatoInHeader, HeaderSpid, Rete};
use axum::http::HeaderName;
use domain::chiamante::Profilo;
use gateway::accesso::oauth2::Fornitore;
use outbound::Indirizzo;
use serde::{Deserialize, Serialize};

/// Clocks that are further apart are wrong.
const TOLLERANZA_S_MAX: u64 = 600;
const RILETTURA_S_MAX: u64 = 3_600;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accesso {
    pub profili: Vec<Profilo>,
    /// `basic`, `ssl`, or empty.
    pub predefinito: String,
    pub proxy_fidati: Vec<String>,
    pub md5_ammesso: bool,
    pub iscrizione_automatica: Vec<Profilo>,
    pub iscrizione_ruolo: String,
    pub ambiente: String,
    pub apikey: ApiKey,
    pub sslheader: SslHeader,
    pub header: Header,
    pub oauth2: OAuth2,
    pub spid: Spid,
    pub sessione: Sessione,
    pub redirect_login: BTreeMap<String, String>,
    pub redirect_logout: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiKey {
    pub header_id: String,
    pub header_chiave: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SslHeader {
    pub header: String,
    pub url_decode: bool,
    pub base64_decode: bool,
    pub sostituisci: String,
    pub con: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Header {
    pub principal: Vec<String>,
    pub informazioni: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OAuth2 {
    pub jwks: String,
    pub emittenti: Vec<String>,
    pub destinatari: Vec<String>,
    pub claim_principal: Vec<String>,
    pub tolleranza_s: u64,
    pub rilettura_s: u64,
}

/// Header names, one by one (spec/1 section 2.1). Empty: not read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spid {
    pub principal: String,
    pub name: String,
    pub family_name: String,
    pub email: String,
    pub spid_code: String,
    pub place_of_birth: String,
    pub date_of_birth: String,
    pub gender: String,
    pub company_name: String,
    pub registered_office: String,
    pub iva_code: String,
    pub id_card: String,
    pub mobile_phone: String,
    pub address: String,
    pub digital_address: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessione {
    pub cookie: String,
    pub percorso: String,
}

impl Default for Accesso {
    fn default() -> Self {
        Self {
            profili: vec![Profilo::Basic, Profilo::Form, Profilo::Ssl, Profilo::ApiKey],
            predefinito: String::new(),
            proxy_fidati: Vec::new(),
            md5_ammesso: true,
            iscrizione_automatica: Vec::new(),
            iscrizione_ruolo: String::new(),
            ambiente: String::new(),
            apikey: ApiKey::default(),
            sslheader: SslHeader::default(),
            header: Header::default(),
            oauth2: OAuth2::default(),
            spid: Spid::default(),
            sessione: Sessione::default(),
            redirect_login: BTreeMap::new(),
            redirect_logout: BTreeMap::new(),
        }
    }
}

impl Default for ApiKey {
    fn default() -> Self {
        Self { header_id: "X-APP-ID".to_owned(), header_chiave: "X-API-KEY".to_owned() }
    }
}

impl Default for SslHeader {
    fn default() -> Self {
        Self { header: "X-GOVPAY-CERT".to_owned(), url_decode: true, base64_decode: true, sostituisci: String::new(), con: String::new() }
    }
}

impl Default for OAuth2 {
    fn default() -> Self {
        Self {
            jwks: String::new(),
            emittenti: Vec::new(),
            destinatari: Vec::new(),
            claim_principal: vec!["preferred_username".to_owned(), "client_id".to_owned(), "sub".to_owned()],
            tolleranza_s: 60,
            rilettura_s: 60,
        }
    }
}

impl Default for Spid {
    fn default() -> Self {
        let x = |nome: &str| format!("X-SPID-{nome}");
        Self {
            principal: x("FISCALNUMBER"),
            name: x("NAME"),
            family_name: x("FAMILYNAME"),
            email: x("EMAIL"),
            spid_code: x("SPIDCODE"),
            place_of_birth: x("PLACEOFBIRTH"),
            date_of_birth: x("DATEOFBIRTH"),
            gender: x("GENDER"),
            company_name: x("COMPANYNAME"),
            registered_office: x("REGISTEREDOFFICE"),
            iva_code: x("IVACODE"),
            id_card: x("IDCARD"),
            mobile_phone: x("MOBILEPHONE"),
            address: x("ADDRESS"),
            digital_address: x("DIGITALADDRESS"),
        }
    }
}

impl Default for Sessione {
    fn default() -> Self {
        Self { cookie: "JSESSIONID".to_owned(), percorso: "/".to_owned() }
    }
}

impl Spid {
    /// With the names that attributes have in `identityData`.
    fn altri(&self) -> [(&'static str, &str); 11] {
        [
            ("spidCode", &self.spid_code),
            ("placeOfBirth", &self.place_of_birth),
            ("dateOfBirth", &self.date_of_birth),
            ("gender", &self.gender),
            ("companyName", &self.company_name),
            ("registeredOffice", &self.registered_office),
            ("ivaCode", &self.iva_code),
            ("idCard", &self.id_card),
            ("mobilePhone", &self.mobile_phone),
            ("address", &self.address),
            ("digitalAddress", &self.digital_address),
        ]
    }
}

fn header(nome: &str) -> anyhow::Result<HeaderName> {
    HeaderName::try_from(nome).map_err(|_| anyhow::anyhow!("`{nome}` non e' il nome di un header HTTP"))
}

fn se_non_vuoto(testo: &str) -> Option<String> {
    (!testo.is_empty()).then(|| testo.to_owned())
}

impl Accesso {
    /// As the doors want them.
    pub fn impostazioni(&self) -> anyhow::Result<ImpostazioniAccesso> {
        let tutti = |nomi: &[String]| nomi.iter().map(|n| header(n)).collect::<anyhow::Result<Vec<_>>>();
        let altri = self.spid.altri().into_iter().filter(|(_, h)| !h.is_empty());
        Ok(ImpostazioniAccesso {
            profili: self.profili.iter().copied().collect(),
            predefinito: Profilo::leggi(&self.predefinito),
            proxy_fidati: self.proxy_fidati.iter().filter_map(|r| Rete::leggi(r)).collect(),
            iscrizione: self.iscrizione_automatica.iter().copied().collect(),
            ruolo_iscrizione: se_non_vuoto(&self.iscrizione_ruolo),
            apikey: (header(&self.apikey.header_id)?, header(&self.apikey.header_chiave)?),
            sslheader: CertificatoInHeader {
                header: header(&self.sslheader.header)?,
                url_decode: self.sslheader.url_decode,
                base64_decode: self.sslheader.base64_decode,
                sostituzione: se_non_vuoto(&self.sslheader.sostituisci).map(|da| (da, self.sslheader.con.clone())),
            },
            header: (tutti(&self.header.principal)?, tutti(&self.header.informazioni)?),
            oauth2: self.fornitore()?,
            spid: HeaderSpid {
                principal: header(&self.spid.principal)?,
                nome: header(&self.spid.name)?,
                cognome: header(&self.spid.family_name)?,
                email: header(&self.spid.email)?,
                altri: altri.map(|(nome, h)| Ok((nome.to_owned(), header(h)?))).collect::<anyhow::Result<_>>()?,
            },
            cookie_nome: self.sessione.cookie.clone(),
            cookie_percorso: self.sessione.percorso.clone(),
            redirect_login: self.redirect_login.clone(),
            redirect_logout: self.redirect_logout.clone(),
            ambiente: self.ambiente.clone(),
        })
    }

    fn fornitore(&self) -> anyhow::Result<Option<Fornitore>> {
        if !self.aperto(Profilo::OAuth2) {
            return Ok(None);
        }
        Ok(Some(Fornitore {
            jwks: Indirizzo::leggi(&self.oauth2.jwks)?,
            emittenti: self.oauth2.emittenti.clone(),
            destinatari: self.oauth2.destinatari.clone(),
            claim_principal: self.oauth2.claim_principal.clone(),
            tolleranza: Duration::from_secs(self.oauth2.tolleranza_s),
            rilettura_min: Duration::from_secs(self.oauth2.rilettura_s),
        }))
    }

    fn aperto(&self, profilo: Profilo) -> bool {
        self.profili.contains(&profilo)
    }

    /// All that is wrong in the section.
    pub(super) fn errori(&self) -> Vec<String> {
        let o = &self.oauth2;
        let si_iscrive = |p: &Profilo| matches!(p, Profilo::Ssl | Profilo::SslHeader | Profilo::Header | Profilo::OAuth2 | Profilo::Spid);
        let indirizzi = self.redirect_login.values().chain(self.redirect_logout.values());
        let cookie = &self.sessione.cookie;
        let controlli = [
            (!matches!(self.predefinito.as_str(), "" | "basic" | "ssl"), "`accesso.predefinito` e' `basic`, `ssl` o vuoto".to_owned()),
            (
                self.proxy_fidati.iter().any(|r| Rete::leggi(r).is_none()),
                "`accesso.proxy_fidati` e' un elenco di indirizzi IP o di reti come `10.0.0.0/8`".to_owned(),
            ),
            (
                !self.iscrizione_automatica.iter().all(si_iscrive),
                "`accesso.iscrizione_automatica` vale per ssl, sslheader, header, oauth2 e spid: dove c'e' una password non c'e' chi garantisca il nome"
                    .to_owned(),
            ),
            (
                self.aperto(Profilo::Header) && self.header.principal.is_empty(),
                "il profilo `header` chiede `accesso.header.principal`, gli header in cui cercare il nome".to_owned(),
            ),
            (
                self.aperto(Profilo::OAuth2)
                    && (Indirizzo::leggi(&o.jwks).is_err() || [&o.emittenti, &o.destinatari, &o.claim_principal].iter().any(|l| l.is_empty())),
                "il profilo `oauth2` chiede `accesso.oauth2.jwks` (indirizzo http o https), `emittenti`, `destinatari` e `claim_principal`".to_owned(),
            ),
            (o.tolleranza_s > TOLLERANZA_S_MAX, format!("`accesso.oauth2.tolleranza_s` e' al piu' {TOLLERANZA_S_MAX}")),
            (!(1..=RILETTURA_S_MAX).contains(&o.rilettura_s), format!("`accesso.oauth2.rilettura_s` va da 1 a {RILETTURA_S_MAX}")),
            (
                cookie.is_empty() || !cookie.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
                "`accesso.sessione.cookie` e' fatto di lettere, cifre, `-`, `_` e `.`".to_owned(),
            ),
            (
                !self.sessione.percorso.starts_with('/') || self.sessione.percorso.bytes().any(|b| b == b';' || !b.is_ascii_graphic()),
                "`accesso.sessione.percorso` e' un percorso, comincia con `/`".to_owned(),
            ),
            (
                indirizzi.into_iter().any(|i| Indirizzo::leggi(i).is_err()),
                "`accesso.redirect_login` e `accesso.redirect_logout`: ogni valore e' un indirizzo http o https".to_owned(),
            ),
        ];
        let mut errori: Vec<String> = controlli.into_iter().filter_map(|(sbagliato, frase)| sbagliato.then_some(frase)).collect();
        if let Err(errore) = self.senza_oauth2().impostazioni() {
            errori.push(format!("`accesso`: {errore}"));
        }
        errori
    }

    /// The names of headers can be checked by themselves.
    fn senza_oauth2(&self) -> Self {
        Self { profili: Vec::new(), ..self.clone() }
    }

    /// Choices that are allowed and that somebody should know of.
    pub(super) fn rischi(&self, aperto: bool) -> Vec<String> {
        let creduti: BTreeSet<&str> =
            [Profilo::Header, Profilo::SslHeader, Profilo::Spid].into_iter().filter(|p| self.aperto(*p)).map(Profilo::segmento).collect();
        let creduti = creduti.into_iter().collect::<Vec<_>>().join(", ");
        let controlli = [
            (
                !creduti.is_empty() && self.proxy_fidati.is_empty() && aperto,
                format!(
                    "i profili {creduti} credono agli header che ricevono e `accesso.proxy_fidati` e' vuoto: il proxy davanti deve toglierli dalle richieste di \
                     fuori, o chiunque puo' presentarsi col nome di un altro"
                ),
            ),
            (
                !self.iscrizione_automatica.is_empty(),
                "`accesso.iscrizione_automatica`: ogni nome sconosciuto diventa un operatore su tutti i domini; e' pensata per le prove".to_owned(),
            ),
            (
                self.aperto(Profilo::OAuth2) && self.oauth2.jwks.starts_with("http://"),
                "`accesso.oauth2.jwks` e' in chiaro: chi sta in mezzo puo' dare chiavi sue".to_owned(),
            ),
        ];
        controlli.into_iter().filter_map(|(rischioso, frase)| rischioso.then_some(frase)).collect()
    }
}
