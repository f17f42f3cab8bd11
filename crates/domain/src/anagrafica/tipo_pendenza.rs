//! Kinds of pendenza: the catalogue, and what a dominio says otherwise (spec/1 section 15, spec/2 section 2.7).

use std::collections::BTreeMap;

use codici::IdDominio;
use serde::{Deserialize, Serialize};

use super::{Anagrafica, Segreto};

#[derive(Clone, Debug, PartialEq)]
pub struct TipoPendenza {
    pub cod: String,
    pub descrizione: String,
    /// One to four digits, for `%(t)` of the IUV prefix.
    pub codifica_iuv: Option<String>,
    /// Whether a citizen may pay it for somebody else.
    pub paga_terzi: bool,
    pub abilitato: bool,
    pub usi: UsiTipo,
}

impl TipoPendenza {
    /// Enabled, without codifica or blocks.
    #[must_use]
    pub fn nuovo(cod: &str, descrizione: &str) -> Self {
        let (cod, descrizione) = (cod.to_owned(), descrizione.to_owned());
        Self { cod, descrizione, codifica_iuv: None, paga_terzi: false, abilitato: true, usi: UsiTipo::default() }
    }
}

/// What a dominio says otherwise of a tipo pendenza: what is absent is inherited. By default everything is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TipoPendenzaDominio {
    pub codifica_iuv: Option<String>,
    pub paga_terzi: Option<bool>,
    pub abilitato: Option<bool>,
    pub usi: UsiTipo,
}

/// Which blocks are switched on, kept beside the snapshot's row so that filters need not read the blocks. `None` is inherited; in the
/// catalogue it is no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsiTipo {
    pub portale_backoffice: Option<bool>,
    pub portale_pagamento: Option<bool>,
    /// Whether there is a form, switched on or not.
    pub form_backoffice: Option<bool>,
    pub form_pagamento: Option<bool>,
    pub tracciato_csv: Option<bool>,
    /// In the catalogue `None` is what the installation says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se_ente_non_risponde: Option<SeEnteNonRisponde>,
}

/// A position whose dataValidita has passed is asked of its ente; this is what holds when the ente cannot be asked, does not answer, answers badly or does
/// not know it (spec/1 section 8.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeEnteNonRisponde {
    #[serde(rename = "PAGA_CON_I_DATI_NOTI")]
    PagaConIDatiNoti,
    #[serde(rename = "RIFIUTA")]
    Rifiuta,
}

impl SeEnteNonRisponde {
    pub const TUTTI: [Self; 2] = [Self::PagaConIDatiNoti, Self::Rifiuta];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::PagaConIDatiNoti => "PAGA_CON_I_DATI_NOTI",
            Self::Rifiuta => "RIFIUTA",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == codice)
    }
}

impl UsiTipo {
    /// What holds for a dominio: its own word first, then that of the catalogue.
    #[must_use]
    pub fn sopra(self, catalogo: Self) -> Self {
        Self {
            portale_backoffice: self.portale_backoffice.or(catalogo.portale_backoffice),
            portale_pagamento: self.portale_pagamento.or(catalogo.portale_pagamento),
            form_backoffice: self.form_backoffice.or(catalogo.form_backoffice),
            form_pagamento: self.form_pagamento.or(catalogo.form_pagamento),
            tracciato_csv: self.tracciato_csv.or(catalogo.tracciato_csv),
            se_ente_non_risponde: self.se_ente_non_risponde.or(catalogo.se_ente_non_risponde),
        }
    }

    /// A pendenza of this kind can be made in the back office, by its form.
    #[must_use]
    pub fn inseribile(self) -> bool {
        self.portale_backoffice == Some(true) && self.form_backoffice == Some(true)
    }

    /// A pendenza of this kind can be made on a payment portal, by its form.
    #[must_use]
    pub fn pagabile_dal_portale(self) -> bool {
        self.portale_pagamento == Some(true) && self.form_pagamento == Some(true)
    }

    /// Rows of a CSV tracciato can be of this kind, by its own templates.
    #[must_use]
    pub fn con_tracciato(self) -> bool {
        self.tracciato_csv == Some(true)
    }
}

impl Anagrafica {
    /// What is switched on for a tipo pendenza of a dominio; `None` when the dominio does not have it.
    #[must_use]
    pub fn usi_tipo(&self, dominio: &IdDominio, cod: &str) -> Option<UsiTipo> {
        let catalogo = self.tipi_pendenza.get(cod)?.usi;
        self.tipi_pendenza_dominio.get(&(dominio.clone(), cod.to_owned())).map(|t| t.usi.sopra(catalogo))
    }
}

/// Forms, templates and messages of a tipo pendenza, with the names of the API. They may be large: in the archive, not in the snapshot.
///
/// Definitions are texts as they were sent, nearly always base64, sometimes between double quotes: who uses one decodes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BlocchiTipo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portale_backoffice: Option<PortaleTipo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portale_pagamento: Option<PortaleTipo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avvisatura_mail: Option<AvvisaturaTipo>,
    #[serde(rename = "avvisaturaAppIO", skip_serializing_if = "Option::is_none")]
    pub avvisatura_app_io: Option<AvvisaturaTipo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visualizzazione: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracciato_csv: Option<TracciatoCsv>,
    /// A member of ours: GovPay has one word for the whole installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se_ente_non_risponde: Option<SeEnteNonRisponde>,
}

/// How a pendenza is made from a form: `portaleBackoffice`, `portalePagamento`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PortaleTipo {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abilitato: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// A JSON Schema, base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validazione: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trasformazione: Option<Trasformazione>,
    /// idA2A of the applicazione that the result is handed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inoltro: Option<String>,
}

impl PortaleTipo {
    #[must_use]
    pub fn spento() -> Self {
        Self { abilitato: Some(false), ..Self::default() }
    }

    /// What holds for a dominio, member by member: its own word first, then that of the catalogue.
    #[must_use]
    pub fn sopra(self, catalogo: Self) -> Self {
        Self {
            abilitato: self.abilitato.or(catalogo.abilitato),
            form: self.form.or(catalogo.form),
            validazione: self.validazione.or(catalogo.validazione),
            trasformazione: self.trasformazione.or(catalogo.trasformazione),
            inoltro: self.inoltro.or(catalogo.inoltro),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub tipo: String,
    pub definizione: String,
    /// Of `portalePagamento` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impaginazione: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trasformazione {
    pub tipo: String,
    pub definizione: String,
}

/// `avvisaturaMail`, `avvisaturaAppIO`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AvvisaturaTipo {
    /// Key of the service of App IO: of a dominio alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Segreto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promemoria_avviso: Option<Promemoria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promemoria_ricevuta: Option<Promemoria>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promemoria_scadenza: Option<Promemoria>,
}

impl AvvisaturaTipo {
    /// None of the three is sent.
    #[must_use]
    pub fn spenta() -> Self {
        let spento = || Some(Promemoria::spento());
        Self { api_key: None, promemoria_avviso: spento(), promemoria_ricevuta: spento(), promemoria_scadenza: spento() }
    }

    /// The three, with their names.
    pub fn promemoria(&self) -> impl Iterator<Item = (&'static str, &Promemoria)> {
        let tutti = [
            ("promemoriaAvviso", &self.promemoria_avviso),
            ("promemoriaRicevuta", &self.promemoria_ricevuta),
            ("promemoriaScadenza", &self.promemoria_scadenza),
        ];
        tutti.into_iter().filter_map(|(nome, p)| p.as_ref().map(|p| (nome, p)))
    }
}

/// A message to the citizen. Where `oggetto` and `messaggio` are absent those of `configurazioni` are used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Promemoria {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abilitato: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tipo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oggetto: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messaggio: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allega_pdf: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solo_eseguiti: Option<bool>,
    /// Days before the expiry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preavviso: Option<u32>,
}

impl Promemoria {
    #[must_use]
    pub fn spento() -> Self {
        Self { abilitato: Some(false), ..Self::default() }
    }
}

/// Templates between a row of a CSV tracciato and a pendenza.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TracciatoCsv {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tipo: Option<String>,
    /// First line of the answer, as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intestazione: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub richiesta: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risposta: Option<String>,
}

/// Blocks of several tipi pendenza, by code.
pub type BlocchiPerTipo = BTreeMap<String, BlocchiTipo>;

impl BlocchiTipo {
    #[must_use]
    pub fn usi(&self) -> UsiTipo {
        let form = |p: &Option<PortaleTipo>| p.as_ref().and_then(|p| p.form.as_ref()).map(|_| true);
        UsiTipo {
            portale_backoffice: self.portale_backoffice.as_ref().and_then(|p| p.abilitato),
            portale_pagamento: self.portale_pagamento.as_ref().and_then(|p| p.abilitato),
            form_backoffice: form(&self.portale_backoffice),
            form_pagamento: form(&self.portale_pagamento),
            tracciato_csv: self.tracciato_csv.as_ref().map(|_| true),
            se_ente_non_risponde: self.se_ente_non_risponde,
        }
    }

    /// As the catalogue shows itself: what was never put is off.
    #[must_use]
    pub fn da_catalogo(self) -> Self {
        let portale = |p: Option<PortaleTipo>| Some(p.unwrap_or_else(PortaleTipo::spento));
        let avvisatura = |a: Option<AvvisaturaTipo>| Some(a.unwrap_or_else(AvvisaturaTipo::spenta));
        Self {
            portale_backoffice: portale(self.portale_backoffice),
            portale_pagamento: portale(self.portale_pagamento),
            avvisatura_mail: avvisatura(self.avvisatura_mail),
            avvisatura_app_io: avvisatura(self.avvisatura_app_io),
            ..self
        }
    }

    /// Every Freemarker template, with the path of its field.
    #[must_use]
    pub fn modelli(&self) -> Vec<(String, &str)> {
        let mut modelli = Vec::new();
        for (nome, portale) in self.portali() {
            if let Some(t) = &portale.trasformazione {
                modelli.push((format!("{nome}.trasformazione.definizione"), t.definizione.as_str()));
            }
        }
        for (nome, avvisatura) in [("avvisaturaMail", &self.avvisatura_mail), ("avvisaturaAppIO", &self.avvisatura_app_io)] {
            for (quale, p) in avvisatura.iter().flat_map(AvvisaturaTipo::promemoria) {
                modelli.extend(p.oggetto.as_deref().map(|t| (format!("{nome}.{quale}.oggetto"), t)));
                modelli.extend(p.messaggio.as_deref().map(|t| (format!("{nome}.{quale}.messaggio"), t)));
            }
        }
        modelli.extend(self.tracciato_csv.iter().flat_map(TracciatoCsv::modelli));
        modelli
    }

    /// The two portals, with their names.
    pub fn portali(&self) -> impl Iterator<Item = (&'static str, &PortaleTipo)> {
        let tutti = [("portaleBackoffice", &self.portale_backoffice), ("portalePagamento", &self.portale_pagamento)];
        tutti.into_iter().filter_map(|(nome, p)| p.as_ref().map(|p| (nome, p)))
    }
}

impl TracciatoCsv {
    /// Its templates, with the path of their field.
    pub fn modelli(&self) -> impl Iterator<Item = (String, &str)> {
        let tutti = [("richiesta", &self.richiesta), ("risposta", &self.risposta)];
        tutti.into_iter().filter_map(|(nome, t)| t.as_deref().map(|t| (format!("tracciatoCsv.{nome}"), t)))
    }
}
