//! Who is calling, how it was recognised, and the words in which a refusal tells so (spec/1 sections 2, 4.1 and 14, spec/2 section 1).

use std::collections::BTreeMap;
use std::sync::Arc;

use codici::IdDominio;
use serde::{Deserialize, Serialize};

use crate::Rifiuto;
use crate::anagrafica::{Acl, Applicazione, Diritto, Operatore, Ruolo, Servizio, UO_ENTE, Utenza};

/// A way to log in: a segment of the address (spec/1 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profilo {
    /// HTTP Basic.
    Basic,
    /// HTTP Basic that opens a session.
    Form,
    /// Client certificate of the TLS connection.
    Ssl,
    /// Certificate in a header of a trusted proxy.
    SslHeader,
    /// Principal in a header of a trusted proxy.
    Header,
    /// Name and key in two headers.
    ApiKey,
    /// Bearer JWT.
    OAuth2,
    /// Headers of a SPID gateway.
    Spid,
    /// Session opened by the API User.
    Session,
    /// Nobody: only what the route table opens.
    Public,
}

impl Profilo {
    pub const TUTTI: [Self; 10] =
        [Self::Basic, Self::Form, Self::Ssl, Self::SslHeader, Self::Header, Self::ApiKey, Self::OAuth2, Self::Spid, Self::Session, Self::Public];

    /// As addresses and configuration spell it.
    #[must_use]
    pub const fn segmento(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Form => "form",
            Self::Ssl => "ssl",
            Self::SslHeader => "sslheader",
            Self::Header => "header",
            Self::ApiKey => "apikey",
            Self::OAuth2 => "oauth2",
            Self::Spid => "spid",
            Self::Session => "session",
            Self::Public => "public",
        }
    }

    #[must_use]
    pub fn leggi(segmento: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|p| p.segmento() == segmento)
    }

    /// `autenticazione` of `GET /profilo` (spec/2 section 1.8).
    #[must_use]
    pub const fn autenticazione(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::Form => "FORM",
            Self::Ssl => "SSL",
            Self::SslHeader => "SSL_HEADER",
            Self::Header => "HEADER",
            Self::ApiKey => "API_KEY",
            Self::OAuth2 => "OAUTH2",
            Self::Spid => "SPID",
            Self::Session => "SESSION",
            Self::Public => "PUBLIC",
        }
    }
}

/// What the login told of the caller beyond its name: SPID attributes, configured headers, claims of a token. `identityData` of the APIs.
pub type Identita = BTreeMap<String, Vec<String>>;

/// A login that was recognised. `Debug` tells kind and profile: the name may be that of a person.
#[derive(Clone)]
pub struct Chiamante {
    pub utenza: Arc<Utenza>,
    pub chi: Chi,
    /// The ruoli of the utenza, and those that came with the login itself.
    pub ruoli: Vec<Arc<Ruolo>>,
    pub profilo: Profilo,
    pub identita: Arc<Identita>,
}

impl std::fmt::Debug for Chiamante {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chiamante").field("chi", &self.chi).field("profilo", &self.profilo).finish_non_exhaustive()
    }
}

#[derive(Clone)]
pub enum Chi {
    Applicazione(Arc<Applicazione>),
    Operatore(Arc<Operatore>),
    /// Made on the fly from a SPID login: nowhere registered.
    Cittadino(Arc<Cittadino>),
    Anonimo,
}

/// Applicazioni and operatori by name; a citizen is personal data and is masked.
impl std::fmt::Debug for Chi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Applicazione(a) => f.debug_tuple("Applicazione").field(&a.cod).finish(),
            Self::Operatore(_) => f.write_str("Operatore"),
            Self::Cittadino(_) => f.write_str("Cittadino"),
            Self::Anonimo => f.write_str("Anonimo"),
        }
    }
}

/// Who came through SPID (spec/1 section 2.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Cittadino {
    pub codice_fiscale: String,
    /// Name and family name.
    pub nome: Option<String>,
    pub email: Option<String>,
}

/// The kinds of utenza that a right is for (spec/1 section 14, check 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoUtenza {
    Applicazione,
    Operatore,
    Cittadino,
    Anonimo,
}

impl TipoUtenza {
    pub const TUTTI: [Self; 4] = [Self::Applicazione, Self::Operatore, Self::Cittadino, Self::Anonimo];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Applicazione => "APPLICAZIONE",
            Self::Operatore => "OPERATORE",
            Self::Cittadino => "CITTADINO",
            Self::Anonimo => "ANONIMO",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|t| t.codice() == codice)
    }
}

impl Chi {
    #[must_use]
    pub const fn tipo(&self) -> TipoUtenza {
        match self {
            Self::Applicazione(_) => TipoUtenza::Applicazione,
            Self::Operatore(_) => TipoUtenza::Operatore,
            Self::Cittadino(_) => TipoUtenza::Cittadino,
            Self::Anonimo => TipoUtenza::Anonimo,
        }
    }
}

/// Principal of whom nobody knows.
pub const ANONIMO: &str = "ANONIMO";

/// What a not-authorised text names (spec/1 section 4.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Ambito<'a> {
    pub dominio: Option<&'a str>,
    pub unita_operativa: Option<&'a str>,
    pub tipo_pendenza: Option<&'a str>,
}

impl Chiamante {
    /// Recognised by basic authentication, with nothing more known.
    #[must_use]
    pub fn nuovo(utenza: Arc<Utenza>, chi: Chi, ruoli: Vec<Arc<Ruolo>>) -> Self {
        Self { utenza, chi, ruoli, profilo: Profilo::Basic, identita: Arc::default() }
    }

    /// All domini, all tipi, R and W on API Pagamenti (spec/1 section 2.1).
    #[must_use]
    pub fn cittadino(cittadino: Cittadino) -> Self {
        let utenza = Utenza::piena(&cittadino.codice_fiscale, None, &[Servizio::ApiPagamenti]);
        Self { profilo: Profilo::Spid, ..Self::nuovo(Arc::new(utenza), Chi::Cittadino(Arc::new(cittadino)), Vec::new()) }
    }

    /// As a citizen, without a name: each operation says what it gives to nobody.
    #[must_use]
    pub fn anonimo() -> Self {
        let utenza = Utenza::piena(ANONIMO, None, &[Servizio::ApiPagamenti]);
        Self { profilo: Profilo::Public, ..Self::nuovo(Arc::new(utenza), Chi::Anonimo, Vec::new()) }
    }

    #[must_use]
    pub fn con(self, profilo: Profilo, identita: Identita) -> Self {
        Self { profilo, identita: Arc::new(identita), ..self }
    }

    /// Own rights, and those of the ruoli.
    #[must_use]
    pub fn puo(&self, servizio: Servizio, diritto: Diritto) -> bool {
        Acl::concede(&self.utenza.acl, servizio, diritto) || self.ruoli.iter().any(|r| Acl::concede(&r.acl, servizio, diritto))
    }

    /// As the refusal texts begin: kind and name.
    #[must_use]
    pub fn nome(&self) -> String {
        match &self.chi {
            Chi::Applicazione(a) => format!("Applicazione [{}]", a.cod),
            Chi::Operatore(o) => format!("Operatore [{}]", o.nome),
            Chi::Cittadino(_) | Chi::Anonimo => format!("Utenza [{}]", self.utenza.principal),
        }
    }

    fn non_autorizzato_a(&self) -> String {
        let participio = match &self.chi {
            Chi::Operatore(_) => "autorizzato",
            Chi::Applicazione(_) | Chi::Cittadino(_) | Chi::Anonimo => "autorizzata",
        };
        format!("{} non {participio} ad accedere alla risorsa richiesta", self.nome())
    }

    /// 403 with the text that names what was asked.
    #[must_use]
    pub fn non_autorizzato(&self, ambito: Ambito<'_>) -> Rifiuto {
        let dominio = ambito.dominio.map(|d| format!(" per il Dominio [{d}]")).unwrap_or_default();
        let uo = ambito.unita_operativa.map(|u| format!(", per l'Unita' operativa [{u}]")).unwrap_or_default();
        let congiunzione = if ambito.dominio.is_some() { " e" } else { "" };
        let tipo = ambito.tipo_pendenza.map(|t| format!("{congiunzione} per il TipoPendenza [{t}]")).unwrap_or_default();
        Rifiuto::NonAutorizzato(format!("{}{dominio}{uo}{tipo}.", self.non_autorizzato_a()))
    }

    /// 403 with a sentence of its own after the colon.
    #[must_use]
    pub fn non_autorizzato_perche(&self, descrizione: &str) -> Rifiuto {
        Rifiuto::NonAutorizzato(format!("{}: {descrizione}.", self.non_autorizzato_a()))
    }

    /// 403 for a caller whose rights are empty: `nessun Dominio`, `nessun Tipo Pendenza`.
    #[must_use]
    pub fn senza(&self, cosa: &str) -> Rifiuto {
        Rifiuto::NonAutorizzato(format!("{} per {cosa}.", self.non_autorizzato_a()))
    }

    /// 403 for a login that is switched off. The original has one gender for all.
    #[must_use]
    pub fn disabilitato(&self) -> Rifiuto {
        Rifiuto::NonAutorizzato(format!("{} disabilitata.", self.nome()))
    }

    /// The dominio of a path, before anybody looks whether it exists (spec/2 section 1.6).
    pub fn su_dominio(&self, dominio: &IdDominio) -> Result<(), Rifiuto> {
        if self.utenza.su_dominio(dominio) {
            return Ok(());
        }
        Err(self.non_autorizzato(Ambito { dominio: Some(dominio.as_str()), ..Ambito::default() }))
    }

    /// A position of this dominio, unità operativa and tipo (spec/2 section 1.6). One that names no unità operativa is of the ente's own.
    pub fn su_pendenza(&self, dominio: &IdDominio, unita_operativa: Option<&str>, tipo_pendenza: &str) -> Result<(), Rifiuto> {
        if !self.utenza.su_uo(dominio, Some(unita_operativa.unwrap_or(UO_ENTE))) {
            return Err(self.non_autorizzato(Ambito { dominio: Some(dominio.as_str()), unita_operativa, tipo_pendenza: Some(tipo_pendenza) }));
        }
        self.su_tipo(dominio, unita_operativa, tipo_pendenza)
    }

    /// The tipo pendenza alone of a position; dominio and unità operativa are named in the refusal.
    pub fn su_tipo(&self, dominio: &IdDominio, unita_operativa: Option<&str>, tipo_pendenza: &str) -> Result<(), Rifiuto> {
        if self.utenza.su_tipo(tipo_pendenza) {
            return Ok(());
        }
        Err(self.non_autorizzato(Ambito { dominio: Some(dominio.as_str()), unita_operativa, tipo_pendenza: Some(tipo_pendenza) }))
    }

    /// The calling applicazione; nobody else has one.
    pub fn applicazione(&self) -> Result<&Arc<Applicazione>, Rifiuto> {
        match &self.chi {
            Chi::Applicazione(a) => Ok(a),
            Chi::Operatore(_) | Chi::Cittadino(_) | Chi::Anonimo => Err(self.non_autorizzato(Ambito::default())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cittadino() -> Chiamante {
        Chiamante::cittadino(Cittadino { codice_fiscale: "VLNGRT75C52F205X".to_owned(), nome: Some("Greta Valenti".to_owned()), email: None })
    }

    #[test]
    fn i_rifiuti_di_chi_non_e_registrato_cominciano_con_utenza() {
        let ambito = Ambito { dominio: Some("12345678901"), unita_operativa: None, tipo_pendenza: Some("TARI") };
        let testo = "Utenza [VLNGRT75C52F205X] non autorizzata ad accedere alla risorsa richiesta per il Dominio [12345678901] e per il TipoPendenza [TARI].";
        assert_eq!(cittadino().non_autorizzato(ambito), Rifiuto::NonAutorizzato(testo.to_owned()));
        let testo = "Utenza [ANONIMO] non autorizzata ad accedere alla risorsa richiesta.";
        assert_eq!(Chiamante::anonimo().applicazione().map(|_| ()), Err(Rifiuto::NonAutorizzato(testo.to_owned())));
    }

    #[test]
    fn un_cittadino_ha_i_soli_pagamenti_e_il_debug_non_ne_dice_niente() {
        let c = cittadino();
        for servizio in Servizio::TUTTI {
            for diritto in Diritto::TUTTI {
                assert_eq!(c.puo(servizio, diritto), servizio == Servizio::ApiPagamenti);
            }
        }
        assert!(c.utenza.domini.is_none() && c.utenza.tipi_pendenza.is_none());
        assert_eq!(format!("{:?}", c.chi), "Cittadino");
    }

    #[test]
    fn ogni_profilo_si_rilegge_dal_suo_segmento() {
        for p in Profilo::TUTTI {
            assert_eq!(Profilo::leggi(p.segmento()), Some(p));
            assert_eq!(serde_json::to_value(p).expect("json"), p.segmento());
        }
        assert_eq!(Profilo::leggi("Basic"), None);
    }
}
