//! The switches for misbehaviour of the node and of the ente.
//!
//! A switch has a name, a value, and a limit: it works on the next `volte` messages that it concerns, or until it is turned off. Switches combine.

use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::messaggi::{Accredito, DatiRicevuta, Operazione};
use crate::{Importo, lucchetto};

/// Longest wait that a switch can impose: ten minutes are beyond any time-out of the contract.
pub const RITARDO_MAX_MS: u64 = 600_000;
/// Size of the body called huge: larger than any bound that a station can reasonably have on a receipt.
pub const CORPO_ENORME: usize = 8 * 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doppia {
    /// Again, as soon as the first has been answered.
    InSequenza,
    /// Twice at the same instant, on two connections.
    Insieme,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sbagliata {
    /// Every amount is right in itself, but the total is a cent more than due.
    AltroImporto,
    /// paymentAmount is not the sum of the transfers.
    SommaDiversa,
    /// One transfer more, or one less when there are five.
    AltroNumero,
    AltroDebitore,
    /// creditorReferenceId of nobody, with the right notice number.
    AltroIuv,
    /// Notice number and creditorReferenceId of nobody.
    AvvisoIgnoto,
    /// Another station of the same broker.
    AltraStazione,
    AltroIntermediario,
    /// The stamps are of another document.
    AltraImpronta,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Immondizia {
    NonXml,
    Dtd,
    Troncato,
    NonUtf8,
    AltroSpazio,
    Enorme,
    Vuoto,
}

/// What the node does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guasto {
    /// Waits before it sends.
    Lento { ms: u64 },
    /// Sends half of the body, waits, then sends the rest.
    MezzoCorpo { ms: u64 },
    /// Sends the same receipt twice.
    Doppia { modo: Doppia },
    /// `paga` sends the receipt first, and activates afterwards.
    RicevutaPrima,
    /// The receipt says something else.
    Sbagliata { cosa: Sbagliata },
    /// The body is rubbish. A receipt sent as rubbish is sent again, whatever the answer.
    Immondizia { cosa: Immondizia },
    /// Receipts are kept until they are released.
    Muto,
}

impl Guasto {
    pub const NOMI: [&'static str; 7] = ["lento", "mezzo_corpo", "doppia", "ricevuta_prima", "sbagliata", "immondizia", "muto"];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Lento { .. } => "lento",
            Self::MezzoCorpo { .. } => "mezzo_corpo",
            Self::Doppia { .. } => "doppia",
            Self::RicevutaPrima => "ricevuta_prima",
            Self::Sbagliata { .. } => "sbagliata",
            Self::Immondizia { .. } => "immondizia",
            Self::Muto => "muto",
        }
    }
}

/// A switch that is on. In JSON: `{"guasto": "lento", "ms": 500, "volte": 2}`, `{"guasto": "doppia", "modo": "insieme"}`,
/// `{"guasto": "sbagliata", "cosa": "altro_importo"}`, `{"guasto": "immondizia", "cosa": "dtd", "operazione": "paSendRTV2"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Forma", into = "Forma")]
pub struct Interruttore {
    pub guasto: Guasto,
    /// Messages still to be touched; `null`: until it is turned off.
    pub volte: Option<u32>,
    /// Only this operation; `null`: all that the switch makes sense for.
    pub operazione: Option<Operazione>,
}

impl From<Guasto> for Interruttore {
    /// On for everything, until it is turned off.
    fn from(guasto: Guasto) -> Self {
        Self { guasto, volte: None, operazione: None }
    }
}

impl Guasto {
    /// On for the next `volte` messages.
    #[must_use]
    pub fn per(self, volte: u32) -> Interruttore {
        Interruttore { guasto: self, volte: Some(volte), operazione: None }
    }
}

/// The flat JSON of a switch. It is read by hand because a tagged or flattened type cannot hold a number when serde_json keeps all digits.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forma {
    guasto: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modo: Option<Doppia>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cosa: Option<String>,
    #[serde(default)]
    volte: Option<u32>,
    #[serde(default)]
    operazione: Option<Operazione>,
}

/// Reads or writes one of the names of an enum.
fn da_nome<T: serde::de::DeserializeOwned>(nome: Option<String>, campo: &str) -> Result<T, String> {
    let nome = nome.ok_or_else(|| format!("manca `{campo}`"))?;
    serde_json::from_value(serde_json::Value::String(nome)).map_err(|e| format!("`{campo}`: {e}"))
}

fn nome_di(valore: impl Serialize) -> Option<String> {
    serde_json::to_value(valore).ok().and_then(|v| v.as_str().map(str::to_owned))
}

impl TryFrom<Forma> for Interruttore {
    type Error = String;

    fn try_from(f: Forma) -> Result<Self, String> {
        let ms = f.ms.ok_or("manca `ms`".to_owned());
        let guasto = match f.guasto.as_str() {
            "lento" => Guasto::Lento { ms: ms? },
            "mezzo_corpo" => Guasto::MezzoCorpo { ms: ms? },
            "doppia" => Guasto::Doppia { modo: f.modo.unwrap_or(Doppia::InSequenza) },
            "ricevuta_prima" => Guasto::RicevutaPrima,
            "sbagliata" => Guasto::Sbagliata { cosa: da_nome(f.cosa, "cosa")? },
            "immondizia" => Guasto::Immondizia { cosa: da_nome(f.cosa, "cosa")? },
            "muto" => Guasto::Muto,
            altro => return Err(format!("guasto `{altro}` sconosciuto: uno tra {}", Guasto::NOMI.join(", "))),
        };
        Ok(Self { guasto, volte: f.volte, operazione: f.operazione })
    }
}

impl From<Interruttore> for Forma {
    fn from(i: Interruttore) -> Self {
        let (mut ms, mut modo, mut cosa) = (None, None, None);
        match i.guasto {
            Guasto::Lento { ms: m } | Guasto::MezzoCorpo { ms: m } => ms = Some(m),
            Guasto::Doppia { modo: m } => modo = Some(m),
            Guasto::Sbagliata { cosa: c } => cosa = nome_di(c),
            Guasto::Immondizia { cosa: c } => cosa = nome_di(c),
            Guasto::RicevutaPrima | Guasto::Muto => {}
        }
        Self { guasto: i.guasto.nome().into(), ms, modo, cosa, volte: i.volte, operazione: i.operazione }
    }
}

/// The switches of the node, at most one of each name.
#[derive(Default)]
pub(crate) struct Pannello(Mutex<Vec<Interruttore>>);

impl Pannello {
    pub(crate) fn accendi(&self, mut nuovo: Interruttore) {
        if let Guasto::Lento { ms } | Guasto::MezzoCorpo { ms } = &mut nuovo.guasto {
            *ms = (*ms).min(RITARDO_MAX_MS);
        }
        let mut accesi = lucchetto(&self.0);
        accesi.retain(|i| i.guasto.nome() != nuovo.guasto.nome());
        if nuovo.volte != Some(0) {
            accesi.push(nuovo);
        }
    }

    /// Turns off one switch, or all.
    pub(crate) fn spegni(&self, nome: Option<&str>) {
        lucchetto(&self.0).retain(|i| nome.is_some_and(|n| n != i.guasto.nome()));
    }

    pub(crate) fn accesi(&self) -> Vec<Interruttore> {
        lucchetto(&self.0).clone()
    }

    /// Uses a switch once for this operation, if it is on.
    pub(crate) fn consuma(&self, nome: &str, operazione: Operazione) -> Option<Guasto> {
        let mut accesi = lucchetto(&self.0);
        let posto = accesi.iter().position(|i| i.guasto.nome() == nome && i.operazione.is_none_or(|o| o == operazione))?;
        let guasto = accesi[posto].guasto;
        if let Some(volte) = accesi[posto].volte.as_mut() {
            *volte = volte.saturating_sub(1);
            if *volte == 0 {
                accesi.remove(posto);
            }
        }
        Some(guasto)
    }
}

/// Makes a receipt wrong in one way.
pub(crate) fn storpia(r: &mut DatiRicevuta, cosa: Sbagliata, altra_stazione: &str, altro_intermediario: &str) {
    let cent = Importo::da_cent(1);
    match cosa {
        Sbagliata::AltroImporto => {
            if let Some(primo) = r.dati.bonifici.first_mut() {
                primo.importo = primo.importo + cent;
            }
            r.dati.importo = r.dati.importo + cent;
        }
        Sbagliata::SommaDiversa => r.dati.importo = r.dati.importo + cent,
        Sbagliata::AltroNumero => altro_numero(r),
        Sbagliata::AltroDebitore => {
            r.dati.debitore.tipo = "F".into();
            r.dati.debitore.identificativo = "VRDLGU80A01H501X".into();
            r.dati.debitore.nome = "Luigi Verdi".into();
        }
        Sbagliata::AltroIuv => r.dati.iuv = iuv_di_nessuno(&r.dati.iuv),
        Sbagliata::AvvisoIgnoto => {
            r.dati.iuv = iuv_di_nessuno(&r.dati.iuv);
            let testa: String = r.avviso.chars().take(3).collect();
            r.avviso = format!("{testa}999999999999999");
        }
        Sbagliata::AltraImpronta => {
            for bonifico in &mut r.dati.bonifici {
                if let Accredito::Bollo { hash, .. } = &mut bonifico.accredito {
                    *hash = "YWx0cm8=".to_owned();
                }
            }
        }
        Sbagliata::AltraStazione => r.indirizzo.id_stazione = altra_stazione.to_owned(),
        Sbagliata::AltroIntermediario => r.indirizzo.id_intermediario = altro_intermediario.to_owned(),
    }
}

fn iuv_di_nessuno(iuv: &str) -> String {
    let testa: String = iuv.chars().take(2).collect();
    format!("{testa}{}", "9".repeat(15))
}

fn altro_numero(r: &mut DatiRicevuta) {
    let cent = Importo::da_cent(1);
    let bonifici = &mut r.dati.bonifici;
    if bonifici.len() >= 5 {
        if let (Some(tolto), Some(primo)) = (bonifici.pop(), bonifici.first_mut()) {
            primo.importo = primo.importo + tolto.importo;
        }
        return;
    }
    let Some(primo) = bonifici.first_mut() else { return };
    if primo.importo > cent {
        primo.importo = primo.importo - cent;
    } else {
        r.dati.importo = r.dati.importo + cent;
    }
    let mut nuovo = primo.clone();
    nuovo.importo = cent;
    nuovo.indice = (1..=5).find(|i| bonifici.iter().all(|b| b.indice != *i)).unwrap_or(5);
    bonifici.push(nuovo);
}

/// The bytes that are sent in place of a message.
pub(crate) fn immondizia(cosa: Immondizia, buono: &str) -> Vec<u8> {
    match cosa {
        Immondizia::NonXml => b"{\"questo\": \"non e' XML\"}".to_vec(),
        Immondizia::Dtd => {
            let senza_prologo = buono.split_once("?>").map_or(buono, |(_, resto)| resto);
            format!("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>{senza_prologo}")
                .into_bytes()
        }
        Immondizia::Troncato => buono.as_bytes()[..buono.len() * 2 / 3].to_vec(),
        Immondizia::NonUtf8 => {
            let mut ottetti = buono.as_bytes().to_vec();
            let meta = buono.rfind("</").unwrap_or(0);
            ottetti.splice(meta..meta, [0xff, 0xfe, 0xc0]);
            ottetti
        }
        Immondizia::AltroSpazio => buono.replace(crate::messaggi::SPAZIO_PA, "urn:uno-spazio-qualunque").into_bytes(),
        Immondizia::Enorme => {
            let mut ottetti = buono.as_bytes().to_vec();
            let fine = buono.rfind("</").unwrap_or(0);
            ottetti.splice(
                fine..fine,
                std::iter::once(b"<!--".to_vec()).chain(std::iter::once(vec![b'x'; CORPO_ENORME])).chain(std::iter::once(b"-->".to_vec())).flatten(),
            );
            ottetti
        }
        Immondizia::Vuoto => Vec::new(),
    }
}

/// What the ente does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuastoEnte {
    /// Answers late, but well.
    Lento { ms: u64 },
    /// Answers with this status and a FaultBean.
    Errore { stato: u16 },
    /// Closes the connection without an answer.
    ConnessioneChiusa,
    /// 200, JSON by its content type, not by its body.
    Immondizia,
    /// 302 toward another address of the ente.
    Redirezione,
}

impl GuastoEnte {
    pub const NOMI: [&'static str; 5] = ["lento", "errore", "connessione_chiusa", "immondizia", "redirezione"];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Lento { .. } => "lento",
            Self::Errore { .. } => "errore",
            Self::ConnessioneChiusa => "connessione_chiusa",
            Self::Immondizia => "immondizia",
            Self::Redirezione => "redirezione",
        }
    }

    /// On for the next `volte` calls of every operation.
    #[must_use]
    pub fn per(self, volte: u32) -> InterruttoreEnte {
        InterruttoreEnte { guasto: self, volte: Some(volte), operazione: None }
    }
}

/// The operations of the ente, both versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OperazioneEnte {
    GetAvviso,
    VerifyPendenza,
    VerifyPendenzaMod4,
    NotifyPagamento,
    NotificaRicevuta,
    NotificaRendicontazione,
}

impl OperazioneEnte {
    pub const TUTTE: [Self; 6] =
        [Self::GetAvviso, Self::VerifyPendenza, Self::VerifyPendenzaMod4, Self::NotifyPagamento, Self::NotificaRicevuta, Self::NotificaRendicontazione];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::GetAvviso => "getAvviso",
            Self::VerifyPendenza => "verifyPendenza",
            Self::VerifyPendenzaMod4 => "verifyPendenzaMod4",
            Self::NotifyPagamento => "notifyPagamento",
            Self::NotificaRicevuta => "notificaRicevuta",
            Self::NotificaRendicontazione => "notificaRendicontazione",
        }
    }
}

/// A switch of the ente that is on. In JSON: `{"guasto": "errore", "stato": 503, "volte": 1, "operazione": "notificaRicevuta"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FormaEnte", into = "FormaEnte")]
pub struct InterruttoreEnte {
    pub guasto: GuastoEnte,
    /// Calls still to be touched; `null`: until it is turned off.
    pub volte: Option<u32>,
    /// Only this operation; `null`: all.
    pub operazione: Option<OperazioneEnte>,
}

impl From<GuastoEnte> for InterruttoreEnte {
    /// On for every operation, until it is turned off.
    fn from(guasto: GuastoEnte) -> Self {
        Self { guasto, volte: None, operazione: None }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormaEnte {
    guasto: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stato: Option<u16>,
    #[serde(default)]
    volte: Option<u32>,
    #[serde(default)]
    operazione: Option<OperazioneEnte>,
}

impl TryFrom<FormaEnte> for InterruttoreEnte {
    type Error = String;

    fn try_from(f: FormaEnte) -> Result<Self, String> {
        let guasto = match f.guasto.as_str() {
            "lento" => GuastoEnte::Lento { ms: f.ms.ok_or("manca `ms`")? },
            "errore" => match f.stato.unwrap_or(500) {
                stato @ 400..=599 => GuastoEnte::Errore { stato },
                altro => return Err(format!("`stato` {altro}: ammessi da 400 a 599")),
            },
            "connessione_chiusa" => GuastoEnte::ConnessioneChiusa,
            "immondizia" => GuastoEnte::Immondizia,
            "redirezione" => GuastoEnte::Redirezione,
            altro => return Err(format!("guasto `{altro}` sconosciuto: uno tra {}", GuastoEnte::NOMI.join(", "))),
        };
        Ok(Self { guasto, volte: f.volte, operazione: f.operazione })
    }
}

impl From<InterruttoreEnte> for FormaEnte {
    fn from(i: InterruttoreEnte) -> Self {
        let (mut ms, mut stato) = (None, None);
        match i.guasto {
            GuastoEnte::Lento { ms: m } => ms = Some(m),
            GuastoEnte::Errore { stato: s } => stato = Some(s),
            GuastoEnte::ConnessioneChiusa | GuastoEnte::Immondizia | GuastoEnte::Redirezione => {}
        }
        Self { guasto: i.guasto.nome().into(), ms, stato, volte: i.volte, operazione: i.operazione }
    }
}

/// The switches of the ente: at most one per operation (and one for all), the most precise wins.
#[derive(Default)]
pub(crate) struct PannelloEnte(Mutex<Vec<InterruttoreEnte>>);

impl PannelloEnte {
    pub(crate) fn accendi(&self, mut nuovo: InterruttoreEnte) {
        if let GuastoEnte::Lento { ms } = &mut nuovo.guasto {
            *ms = (*ms).min(RITARDO_MAX_MS);
        }
        let mut accesi = lucchetto(&self.0);
        accesi.retain(|i| i.operazione != nuovo.operazione);
        if nuovo.volte != Some(0) {
            accesi.push(nuovo);
        }
    }

    pub(crate) fn spegni(&self) {
        lucchetto(&self.0).clear();
    }

    pub(crate) fn accesi(&self) -> Vec<InterruttoreEnte> {
        lucchetto(&self.0).clone()
    }

    pub(crate) fn consuma(&self, operazione: OperazioneEnte) -> Option<GuastoEnte> {
        let mut accesi = lucchetto(&self.0);
        let posto = accesi.iter().position(|i| i.operazione == Some(operazione)).or_else(|| accesi.iter().position(|i| i.operazione.is_none()))?;
        let guasto = accesi[posto].guasto;
        if let Some(volte) = accesi[posto].volte.as_mut() {
            *volte = volte.saturating_sub(1);
            if *volte == 0 {
                accesi.remove(posto);
            }
        }
        Some(guasto)
    }
}

pub(crate) const fn attesa(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
