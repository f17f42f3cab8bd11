//! The configuration: a TOML file, then the environment over it, on top of defaults.
//!
//! Every key is in `fiorino.toml.esempio` with its default, its reason and its variable; `tests` below keep the two equal. A key that does not exist is
//! refused with the nearest name that does ([`chiavi`]), and every error says which source the value came from.
//! An empty text is a key that is not given.

mod accesso;
mod ambiente;
mod chiavi;
mod segreto;
mod verifica;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::transazione::Attesa;
use figment::Figment;
use figment::providers::{Format as _, Toml};
use gateway::posizioni::ImpostazioniPosizioni;
use gateway::verifica_ente::OperazioneVerifica;
use serde::{Deserialize, Deserializer, Serialize};

pub use accesso::Accesso;
pub use segreto::Segreto;

/// The file that is read when none is named.
pub const FILE: &str = "fiorino.toml";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configurazione {
    pub database: Database,
    pub http: Http,
    pub stazione: Stazione,
    pub accesso: Accesso,
    pub anonimi: Anonimi,
    pub pendenze: Pendenze,
    pub checkout: Checkout,
    pub modello_vecchio: ModelloVecchio,
    pub posizioni: Posizioni,
    pub flussi: Flussi,
    pub stampe: Stampe,
    pub ente: Ente,
    pub lavori: Lavori,
    pub giornale: Giornale,
    pub log: Log,
    pub amministratore: Amministratore,
    pub otlp: Otlp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PERCORSO` or `postgres://...`, which may hold a password.
    pub url: Segreto,
    pub connessioni: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    pub ascolto: SocketAddr,
    /// Without it, scheme and address of `ascolto`.
    #[serde(deserialize_with = "se_non_vuoto", serialize_with = "vuoto_se_assente")]
    pub indirizzo_pubblico: Option<String>,
    pub attesa_arresto_s: u64,
    pub tls: Tls,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    #[serde(deserialize_with = "percorso", serialize_with = "vuoto_se_assente")]
    pub certificato: Option<PathBuf>,
    #[serde(deserialize_with = "percorso", serialize_with = "vuoto_se_assente")]
    pub chiave: Option<PathBuf>,
    #[serde(deserialize_with = "percorso", serialize_with = "vuoto_se_assente")]
    pub ca_client: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutenticazioneStazione {
    Basic,
    Certificato,
    Header,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stazione {
    pub autenticazione: AutenticazioneStazione,
    pub utenti: Vec<UtenteNodo>,
    pub header: String,
    pub avvisi_sonda: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UtenteNodo {
    pub nome: String,
    /// Argon2, as a PHC string.
    pub hash: Segreto,
}

/// What is given to whoever is nobody (profile `public`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Anonimi {
    pub nominano_debitore: bool,
    pub disponibilita_min: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stampe {
    pub debitore_nascosto: Vec<String>,
    /// Zero is none.
    pub giorni_senza_data: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pendenze {
    pub tipo_liberi: String,
    pub tipo_non_censiti: String,
    pub censimento_automatico: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checkout {
    pub abilitato: bool,
    pub url: String,
    /// `Ocp-Apim-Subscription-Key`; empty: none is sent.
    pub chiave: Segreto,
    pub rinvio: bool,
}

/// Carts, RPT and RT.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelloVecchio {
    pub aspetta: bool,
    /// 0: until somebody unblocks it.
    pub attesa_portale_min: u32,
    /// 0: until somebody unblocks it.
    pub attesa_psp_min: u32,
    pub ritardo_invio_rpt_ms: u64,
    pub timeout_connessione_ms: u64,
    pub timeout_lettura_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Posizioni {
    pub stand_in: bool,
    pub create_position: bool,
    pub escludi_spontanee: bool,
    /// Zero: by file only when it is asked for.
    pub massivo_soglia: u64,
    pub massivo_posizioni_per_file: u32,
    #[serde(deserialize_with = "se_non_vuoto", serialize_with = "vuoto_se_assente")]
    pub massivo_url: Option<String>,
    pub massivo_chiave: Segreto,
    #[serde(deserialize_with = "percorso", serialize_with = "vuoto_se_assente")]
    pub massivo_cartella: Option<PathBuf>,
    #[serde(deserialize_with = "se_non_vuoto", serialize_with = "vuoto_se_assente")]
    pub ricevute_url: Option<String>,
    pub ricevute_chiave: Segreto,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flussi {
    pub verifica_mandatoria: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ente {
    pub timeout_connessione_ms: u64,
    pub timeout_lettura_ms: u64,
    pub validita_obbligatoria: bool,
    #[serde(deserialize_with = "se_non_vuoto", serialize_with = "vuoto_se_assente")]
    pub operazione_verifica: Option<String>,
}

impl Ente {
    /// The two questions that the operation has by the name of their path in the contract.
    pub const OPERAZIONI: [&str; 2] = ["getAvviso", "verifyPendenza"];

    /// `None` also for a name that does not exist, which [`Configurazione::leggi`] has refused.
    pub fn operazione_verifica(&self) -> Option<OperazioneVerifica> {
        match self.operazione_verifica.as_deref()? {
            "getAvviso" => Some(OperazioneVerifica::Avviso),
            "verifyPendenza" => Some(OperazioneVerifica::Pendenza),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lavori {
    pub attivi: bool,
    pub spenti: Vec<String>,
    pub minuti_rpt: u32,
}

impl Default for Lavori {
    fn default() -> Self {
        let gateway::lavori::ImpostazioniLavori { attivi, spenti, minuti_rpt } = gateway::lavori::ImpostazioniLavori::default();
        Self { attivi, spenti, minuti_rpt }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Giornale {
    pub giorni_eventi: u32,
    pub giorni_messaggi: u32,
}

impl Default for Giornale {
    fn default() -> Self {
        let gateway::giornale::ImpostazioniGiornale { giorni_eventi, giorni_messaggi } = gateway::giornale::ImpostazioniGiornale::default();
        Self { giorni_eventi, giorni_messaggi }
    }
}

impl Giornale {
    pub fn impostazione(&self) -> gateway::giornale::ImpostazioniGiornale {
        gateway::giornale::ImpostazioniGiornale { giorni_eventi: self.giorni_eventi, giorni_messaggi: self.giorni_messaggi }
    }
}

impl Lavori {
    pub fn impostazione(&self) -> gateway::lavori::ImpostazioniLavori {
        gateway::lavori::ImpostazioniLavori { attivi: self.attivi, spenti: self.spenti.clone(), minuti_rpt: self.minuti_rpt }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formato {
    Json,
    Testo,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub formato: Formato,
    /// As `RUST_LOG`: `info`, or `info,gateway=debug`.
    pub livello: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Amministratore {
    pub principal: String,
    /// Argon2, as a PHC string. Empty: a password is made and shown once.
    pub password_hash: Segreto,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Otlp {
    #[serde(deserialize_with = "se_non_vuoto", serialize_with = "vuoto_se_assente")]
    pub url: Option<String>,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: Segreto::from("sqlite:fiorino.db"), connessioni: 10 }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { ascolto: SocketAddr::from(([127, 0, 0, 1], 8080)), indirizzo_pubblico: None, attesa_arresto_s: 20, tls: Tls::default() }
    }
}

impl Default for Stazione {
    fn default() -> Self {
        Self {
            autenticazione: AutenticazioneStazione::Basic,
            utenti: Vec::new(),
            header: "X-Subject-DN".to_owned(),
            avvisi_sonda: gateway::Impostazioni::default().avvisi_sonda,
        }
    }
}

impl Default for Anonimi {
    fn default() -> Self {
        let predefinite = gateway::Impostazioni::default();
        let disponibilita_min = u32::try_from(predefinite.disponibilita_anonimi.num_minutes()).unwrap_or_default();
        Self { nominano_debitore: predefinite.anonimi_nominano_debitore, disponibilita_min }
    }
}

impl Default for Stampe {
    fn default() -> Self {
        Self { debitore_nascosto: gateway::Impostazioni::default().debitore_nascosto, giorni_senza_data: 0 }
    }
}

impl Default for Pendenze {
    fn default() -> Self {
        let gateway::Impostazioni { tipi_predefiniti, censimento_automatico, .. } = gateway::Impostazioni::default();
        Self { tipo_liberi: tipi_predefiniti.liberi, tipo_non_censiti: tipi_predefiniti.non_censiti, censimento_automatico }
    }
}

impl Default for Ente {
    fn default() -> Self {
        let ms = |d: std::time::Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
        Self {
            timeout_connessione_ms: ms(ente::TEMPI.connessione),
            timeout_lettura_ms: ms(ente::TEMPI.lettura),
            validita_obbligatoria: false,
            operazione_verifica: None,
        }
    }
}

impl Default for Posizioni {
    fn default() -> Self {
        let ImpostazioniPosizioni { stand_in, create_position, escludi_spontanee, massivo, .. } = ImpostazioniPosizioni::default();
        Self {
            stand_in,
            create_position,
            escludi_spontanee,
            massivo_soglia: massivo.soglia,
            massivo_posizioni_per_file: massivo.posizioni_per_file,
            massivo_url: None,
            massivo_chiave: Segreto::default(),
            massivo_cartella: None,
            ricevute_url: None,
            ricevute_chiave: Segreto::default(),
        }
    }
}

impl Posizioni {
    pub fn impostazioni(&self) -> ImpostazioniPosizioni {
        let chiave = |c: &Segreto| (!c.assente()).then(|| c.svela().to_owned());
        ImpostazioniPosizioni {
            stand_in: self.stand_in,
            create_position: self.create_position,
            escludi_spontanee: self.escludi_spontanee,
            massivo: gateway::posizioni::massivo::ImpostazioniMassivo {
                soglia: self.massivo_soglia,
                posizioni_per_file: self.massivo_posizioni_per_file,
                url: self.massivo_url.clone(),
                chiave: chiave(&self.massivo_chiave),
                cartella: self.massivo_cartella.clone(),
            },
            ricevute: gateway::posizioni::ricevute::ImpostazioniRicevute { url: self.ricevute_url.clone(), chiave: chiave(&self.ricevute_chiave) },
        }
    }
}

impl Default for Checkout {
    fn default() -> Self {
        Self { abilitato: false, url: "https://api.platform.pagopa.it/checkout/ec/v1".to_owned(), chiave: Segreto::default(), rinvio: false }
    }
}

impl Checkout {
    pub fn impostazione(&self) -> Option<gateway::pagamento::Checkout> {
        let chiave = (!self.chiave.assente()).then(|| domain::anagrafica::Segreto(self.chiave.svela().to_owned()));
        self.abilitato.then(|| gateway::pagamento::Checkout { url: self.url.clone(), chiave, rinvio: self.rinvio })
    }
}

impl Default for ModelloVecchio {
    fn default() -> Self {
        Self { aspetta: true, attesa_portale_min: 0, attesa_psp_min: 0, ritardo_invio_rpt_ms: 100, timeout_connessione_ms: 10_000, timeout_lettura_ms: 60_000 }
    }
}

impl ModelloVecchio {
    pub fn impostazioni(&self) -> gateway::vecchio::Impostazioni {
        let attesa = |minuti: u32| match (self.aspetta, minuti) {
            (false, _) => Attesa::Nessuna,
            (true, 0) => Attesa::Sempre,
            (true, minuti) => Attesa::Minuti(minuti),
        };
        gateway::vecchio::Impostazioni {
            attesa_modello1: attesa(self.attesa_portale_min),
            attesa_modello3: attesa(self.attesa_psp_min),
            ritardo_invio_rpt: Duration::from_millis(self.ritardo_invio_rpt_ms),
            tempi: outbound::Tempi { connessione: Duration::from_millis(self.timeout_connessione_ms), lettura: Duration::from_millis(self.timeout_lettura_ms) },
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { formato: Formato::Json, livello: "info".to_owned() }
    }
}

impl Default for Amministratore {
    fn default() -> Self {
        Self { principal: "gpadmin".to_owned(), password_hash: Segreto::default() }
    }
}

/// What is wrong with the configuration, ready to be shown to who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum ErroreConfigurazione {
    #[error("il file di configurazione {0} non si legge: {1}")]
    File(String, #[source] std::io::Error),
    #[error("configurazione: {0}")]
    Valore(#[from] Box<figment::Error>),
    #[error("configurazione: {}", .0.join("; "))]
    Chiavi(Vec<String>),
    #[error("configurazione: {}", .0.join("; "))]
    Incoerente(Vec<String>),
}

impl Configurazione {
    /// `file`: the one that was named, which must exist; otherwise [`FILE`] when it does.
    pub fn leggi(file: Option<&Path>) -> Result<Self, ErroreConfigurazione> {
        let predefinito = Path::new(FILE);
        let file = file.or_else(|| predefinito.is_file().then_some(predefinito));
        let testo = file.map(|f| std::fs::read_to_string(f).map(|t| (f, t)).map_err(|e| ErroreConfigurazione::File(f.display().to_string(), e))).transpose()?;
        let testo = testo.as_ref().map(|(f, t)| (f.display().to_string(), t.as_str()));
        Self::da(testo, std::env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?))))
    }

    /// From the text of a file, with the name to tell in errors, and from variables.
    fn da(file: Option<(String, &str)>, variabili: impl Iterator<Item = (String, String)>) -> Result<Self, ErroreConfigurazione> {
        let modello = chiavi::Modello::della_configurazione();
        let mut fonti = Figment::new();
        if let Some((nome, testo)) = file {
            fonti = fonti.merge(chiavi::ConNome { nome, dentro: Toml::string(testo) });
        }
        fonti = fonti.merge(ambiente::Ambiente::nuovo(variabili, &modello)?);
        let ignote = modello.ignote(&fonti)?;
        if !ignote.is_empty() {
            return Err(ErroreConfigurazione::Chiavi(ignote));
        }
        let letta: Self = fonti.extract().map_err(Box::new)?;
        letta.verifica()?;
        Ok(letta)
    }

    /// Where the world reaches us, without a final slash.
    pub fn indirizzo_pubblico(&self, ascolto: SocketAddr) -> String {
        let schema = if self.http.tls.certificato.is_some() { "https" } else { "http" };
        let dato = self.http.indirizzo_pubblico.as_deref().map(|i| i.trim_end_matches('/').to_owned());
        dato.unwrap_or_else(|| format!("{schema}://{ascolto}"))
    }
}

fn se_non_vuoto<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(Some(String::deserialize(d)?).filter(|t| !t.is_empty()))
}

fn percorso<'de, D: Deserializer<'de>>(d: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(se_non_vuoto(d)?.map(PathBuf::from))
}

fn vuoto_se_assente<T: Serialize, S: serde::Serializer>(valore: &Option<T>, s: S) -> Result<S::Ok, S::Error> {
    match valore {
        Some(v) => v.serialize(s),
        None => s.serialize_str(""),
    }
}

#[cfg(test)]
mod tests;
