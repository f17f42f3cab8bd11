//! Who is calling, and the words in which a refusal tells so (spec/1 sections 4.1 and 14, spec/2 section 1.6).

use std::sync::Arc;

use codici::IdDominio;

use crate::Rifiuto;
use crate::anagrafica::{Acl, Applicazione, Diritto, Operatore, Ruolo, Servizio, Utenza};

/// A login that was recognised.
#[derive(Clone, Debug)]
pub struct Chiamante {
    pub utenza: Arc<Utenza>,
    pub chi: Chi,
    /// The ruoli of the utenza, and those that came with the login itself.
    pub ruoli: Vec<Arc<Ruolo>>,
}

#[derive(Clone, Debug)]
pub enum Chi {
    Applicazione(Arc<Applicazione>),
    Operatore(Arc<Operatore>),
}

/// What a not-authorised text names (spec/1 section 4.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Ambito<'a> {
    pub dominio: Option<&'a str>,
    pub unita_operativa: Option<&'a str>,
    pub tipo_pendenza: Option<&'a str>,
}

impl Chiamante {
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
        }
    }

    fn non_autorizzato_a(&self) -> String {
        let participio = match &self.chi {
            Chi::Applicazione(_) => "autorizzata",
            Chi::Operatore(_) => "autorizzato",
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

    /// The calling applicazione; nobody else has one.
    pub fn applicazione(&self) -> Result<&Arc<Applicazione>, Rifiuto> {
        match &self.chi {
            Chi::Applicazione(a) => Ok(a),
            Chi::Operatore(_) => Err(self.non_autorizzato(Ambito::default())),
        }
    }
}
