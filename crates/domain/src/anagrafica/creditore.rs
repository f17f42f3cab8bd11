//! The ente creditore: dominio, unità operative, conti di accredito, entrate.

use std::sync::Arc;

use codici::{AuxDigit, IdDominio};
use serde::{Deserialize, Serialize};

use super::esportazione::ConnettoriDominio;
use crate::pendenza::TipoContabilita;

/// Address and contacts of a dominio or of a unità operativa.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recapiti {
    pub indirizzo: Option<String>,
    pub civico: Option<String>,
    pub cap: Option<String>,
    pub localita: Option<String>,
    pub provincia: Option<String>,
    pub nazione: Option<String>,
    pub email: Option<String>,
    pub pec: Option<String>,
    pub tel: Option<String>,
    pub fax: Option<String>,
    pub web: Option<String>,
    pub area: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Dominio {
    pub cod: IdDominio,
    pub ragione_sociale: String,
    /// Absent for a dominio that is not intermediated: it can only be a secondary creditor.
    pub stazione: Option<String>,
    pub aux_digit: AuxDigit,
    pub segregation_code: Option<u8>,
    /// Segregation codes whose positions live in GPD, which answers the node for them; the others are of our station (spec/4 section 1.1).
    pub segregazioni_asincrone: Vec<u8>,
    pub iuv_prefix: Option<String>,
    pub gln: Option<String>,
    pub cbill: Option<String>,
    pub aut_stampa_poste: Option<String>,
    pub intermediato: bool,
    pub abilitato: bool,
    /// Whether the flows of rendicontazione are asked for.
    pub scarica_fr: bool,
    /// 01 to 12.
    pub tassonomia: Option<String>,
    /// The logo itself is in the archive alone: it may weigh more than all the rest.
    pub ha_logo: bool,
    pub recapiti: Recapiti,
    pub connettori: Arc<ConnettoriDominio>,
}

impl Dominio {
    /// Segregation codes of the asynchronous mode, as they are written.
    #[must_use]
    pub fn codici_asincroni(&self) -> Vec<String> {
        self.segregazioni_asincrone.iter().map(|c| format!("{c:02}")).collect()
    }

    /// Not intermediated, enabled, without address, connectors or numbering: what is not said in a literal.
    #[must_use]
    pub fn nuovo(cod: IdDominio, ragione_sociale: &str) -> Self {
        Self {
            cod,
            ragione_sociale: ragione_sociale.to_owned(),
            stazione: None,
            aux_digit: AuxDigit::Tre,
            segregation_code: None,
            segregazioni_asincrone: Vec::new(),
            iuv_prefix: None,
            gln: None,
            cbill: None,
            aut_stampa_poste: None,
            intermediato: false,
            abilitato: true,
            scarica_fr: false,
            tassonomia: None,
            ha_logo: false,
            recapiti: Recapiti::default(),
            connettori: Arc::default(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct UnitaOperativa {
    pub cod: String,
    pub ragione_sociale: Option<String>,
    pub abilitata: bool,
    pub recapiti: Recapiti,
}

/// The implicit unità operativa of every intermediated dominio, hidden from lists (spec/2 section 2.4).
pub const UO_ENTE: &str = "EC";

#[derive(Clone, Debug, PartialEq)]
pub struct ContoAccredito {
    pub iban: String,
    pub bic: Option<String>,
    pub postale: bool,
    pub abilitato: bool,
    pub descrizione: Option<String>,
    pub intestatario: Option<String>,
    pub aut_stampa_poste: Option<String>,
}

impl ContoAccredito {
    /// Enabled, with nothing else said.
    #[must_use]
    pub fn nuovo(iban: &str, postale: bool) -> Self {
        Self { iban: iban.to_owned(), bic: None, postale, abilitato: true, descrizione: None, intestatario: None, aut_stampa_poste: None }
    }
}

/// The entrata that a dominio must have to sell digital stamps (spec/1 section 6.5).
pub const ENTRATA_BOLLO: &str = "BOLLOT";

/// The contabilità that an entrata has in every dominio that says nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct TipoEntrata {
    pub cod: String,
    pub descrizione: String,
    pub tipo_contabilita: Option<TipoContabilita>,
    pub codice_contabilita: Option<String>,
}

impl TipoEntrata {
    #[must_use]
    pub fn nuovo(cod: &str, descrizione: &str, contabilita: Option<(TipoContabilita, &str)>) -> Self {
        let (tipo_contabilita, codice_contabilita) = contabilita.map(|(t, c)| (t, c.to_owned())).unzip();
        Self { cod: cod.to_owned(), descrizione: descrizione.to_owned(), tipo_contabilita, codice_contabilita }
    }
}

/// What a dominio says of an entrata; the contabilità that it does not say is inherited.
#[derive(Clone, Debug, PartialEq)]
pub struct EntrataDominio {
    pub iban_accredito: Option<String>,
    pub iban_appoggio: Option<String>,
    pub tipo_contabilita: Option<TipoContabilita>,
    pub codice_contabilita: Option<String>,
    pub abilitata: bool,
}

impl EntrataDominio {
    /// Enabled, with the contabilità of the catalogue.
    #[must_use]
    pub fn su(iban_accredito: Option<&str>, iban_appoggio: Option<&str>) -> Self {
        let testo = |t: Option<&str>| t.map(str::to_owned);
        Self { iban_accredito: testo(iban_accredito), iban_appoggio: testo(iban_appoggio), tipo_contabilita: None, codice_contabilita: None, abilitata: true }
    }
}

/// An entrata of a dominio with everything that it inherits.
#[derive(Clone, Debug, PartialEq)]
pub struct Entrata {
    pub cod: String,
    pub descrizione: String,
    pub iban_accredito: Option<String>,
    pub iban_appoggio: Option<String>,
    pub tipo_contabilita: Option<TipoContabilita>,
    pub codice_contabilita: Option<String>,
    pub abilitata: bool,
}

impl Entrata {
    #[must_use]
    pub fn di(tipo: &TipoEntrata, dominio: &EntrataDominio) -> Self {
        Self {
            cod: tipo.cod.clone(),
            descrizione: tipo.descrizione.clone(),
            iban_accredito: dominio.iban_accredito.clone(),
            iban_appoggio: dominio.iban_appoggio.clone(),
            tipo_contabilita: dominio.tipo_contabilita.or(tipo.tipo_contabilita),
            codice_contabilita: dominio.codice_contabilita.clone().or_else(|| tipo.codice_contabilita.clone()),
            abilitata: dominio.abilitata,
        }
    }
}

/// The bytes of a logo as clients send it: base64, plain or as a data URI, with blanks around and line ends inside (spec/2 section 2.3).
/// `None` when it is neither.
#[must_use]
pub fn immagine_logo(testo: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let testo = testo.trim();
    let codice = if testo.starts_with("data:") { testo.split_once("base64,")?.1 } else { testo };
    let codice: Vec<u8> = codice.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(codice).ok()
}
