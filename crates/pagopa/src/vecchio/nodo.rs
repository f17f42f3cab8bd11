//! What we ask of the node: nodoInviaCarrelloRPT and nodoInviaRPT (spec/3 sections 2.2.2, 2.2.3 and 2.2.6), and its answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codici::{IdDominio, Iuv};

use super::{Intestazione, NS_TELEMATICI, in_testata};
use crate::busta::{NS_SOAP, Radice, Testo};
use crate::cursore::{Cursore, Sintassi, percorri};
use crate::messaggi::scrittura::Scrittore;

/// RPT of one cart (`maxOccurs` of `elementoListaRPT`).
pub const RPT_PER_CARRELLO_MAX: usize = 5;
/// Faults of an answer that are read: one for each RPT, and room for a node that says more than one thing of each.
const FAULT_MAX: usize = 50;
/// Said of an RPT that has no fault of its own.
const ALTRE_RIFIUTATE: &str = "Richiesta di pagamento rifiutata per errori rilevati in altre RPT del carrello";

/// PSP, its intermediario and its canale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceltaPsp {
    pub psp: String,
    pub intermediario: String,
    pub canale: String,
}

impl SceltaPsp {
    /// Who stands for the payer who will choose on the page of the node (spec/3 section 2.1).
    #[must_use]
    pub fn wisp() -> Self {
        Self { psp: "AGID_01".to_owned(), intermediario: "97735020584".to_owned(), canale: "97735020584_02".to_owned() }
    }
}

/// One RPT of a cart.
#[derive(Clone)]
pub struct RptDelCarrello<'a> {
    pub id_dominio: &'a IdDominio,
    pub iuv: &'a Iuv,
    pub ccp: &'a str,
    /// The document.
    pub rpt: &'a str,
}

/// `nodoInviaCarrelloRPT`.
pub struct InviaCarrello<'a> {
    pub id_intermediario: &'a str,
    pub id_stazione: &'a str,
    /// 32 hexadecimal digits: the payment of the portal.
    pub id_carrello: &'a str,
    /// Of the stazione; empty when it has none.
    pub password: &'a str,
    pub psp: &'a SceltaPsp,
    /// 1 to [`RPT_PER_CARRELLO_MAX`].
    pub rpt: &'a [RptDelCarrello<'a>],
    pub codice_convenzione: Option<&'a str>,
}

impl InviaCarrello<'_> {
    pub const OPERAZIONE: &'static str = "nodoInviaCarrelloRPT";

    /// The envelope.
    #[must_use]
    pub fn scrivi(&self) -> String {
        let testata = |s: &mut Scrittore| {
            in_testata(s, "ppthead:intestazioneCarrelloPPT", |s| {
                s.elemento("identificativoIntermediarioPA", self.id_intermediario);
                s.elemento("identificativoStazioneIntermediarioPA", self.id_stazione);
                s.elemento("identificativoCarrello", self.id_carrello);
            });
        };
        let mut s = Scrittore::busta_in("ppt:nodoInviaCarrelloRPT", &[("ppt", NS_TELEMATICI)], testata);
        chi_paga(&mut s, self.password, self.psp);
        s.gruppo("listaRPT", |s| {
            for r in self.rpt {
                s.gruppo("elementoListaRPT", |s| {
                    s.elemento("identificativoDominio", r.id_dominio.as_str());
                    s.elemento("identificativoUnivocoVersamento", r.iuv.as_str());
                    s.elemento("codiceContestoPagamento", r.ccp);
                    s.elemento("rpt", &STANDARD.encode(r.rpt));
                });
            }
        });
        s.facoltativo("codiceConvenzione", self.codice_convenzione, 35);
        s.fine()
    }
}

/// `nodoInviaRPT`.
pub struct InviaRpt<'a> {
    pub intestazione: &'a Intestazione,
    pub password: &'a str,
    pub psp: &'a SceltaPsp,
    /// The document.
    pub rpt: &'a [u8],
}

impl InviaRpt<'_> {
    pub const OPERAZIONE: &'static str = "nodoInviaRPT";

    /// The envelope.
    #[must_use]
    pub fn scrivi(&self) -> String {
        let mut s = Scrittore::busta_in("ppt:nodoInviaRPT", &[("ppt", NS_TELEMATICI)], |s| self.intestazione.scrivi(s));
        chi_paga(&mut s, self.password, self.psp);
        s.elemento("rpt", &STANDARD.encode(self.rpt));
        s.fine()
    }
}

fn chi_paga(s: &mut Scrittore, password: &str, psp: &SceltaPsp) {
    s.elemento("password", password);
    s.elemento("identificativoPSP", &psp.psp);
    s.elemento("identificativoIntermediarioPSP", &psp.intermediario);
    s.elemento("identificativoCanale", &psp.canale);
}

/// `fault` of an answer of the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultNodo {
    pub codice: String,
    pub testo: String,
    pub descrizione: Option<String>,
    /// Position of the RPT in its cart, from 1.
    pub seriale: Option<i64>,
}

impl FaultNodo {
    /// `[code] string: description`.
    #[must_use]
    pub fn in_parole(&self) -> String {
        let coda = self.descrizione.as_ref().map(|d| format!(": {d}")).unwrap_or_default();
        format!("[{}] {}{coda}", self.codice, self.testo)
    }
}

/// A cart that the node did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RifiutoCarrello {
    /// The fault at the top of the answer.
    pub generale: Option<FaultNodo>,
    /// `listaErroriRPT`.
    pub delle_rpt: Vec<FaultNodo>,
}

/// The one fault that is told of a refused cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultMostrato {
    pub codice: String,
    pub testo: String,
    pub descrizione: Option<String>,
}

impl RifiutoCarrello {
    /// Why the RPT at a position, from 1, was not taken: code, when it is its own, and text.
    #[must_use]
    pub fn della_rpt(&self, posizione: usize) -> (Option<&str>, String) {
        let sua = self.delle_rpt.iter().find(|f| f.seriale.and_then(|s| usize::try_from(s).ok()) == Some(posizione));
        let di_tutte = || self.delle_rpt.iter().find(|f| f.seriale.is_none()).or(self.generale.as_ref().filter(|_| self.delle_rpt.is_empty()));
        match sua.or_else(di_tutte) {
            Some(f) => (Some(&f.codice), f.in_parole()),
            None => (None, ALTRE_RIFIUTATE.to_owned()),
        }
    }

    /// What the caller is told: the general fault, the only one, or what they all have in common.
    #[must_use]
    pub fn mostrato(&self) -> FaultMostrato {
        let uno = |f: &FaultNodo| FaultMostrato { codice: f.codice.clone(), testo: f.testo.clone(), descrizione: f.descrizione.clone() };
        if let Some(f) = &self.generale {
            return uno(f);
        }
        let Some((primo, altri)) = self.delle_rpt.split_first() else {
            return FaultMostrato { codice: "PPT_ERRORE_GENERICO".to_owned(), testo: "Il Nodo non dice perche'".to_owned(), descrizione: None };
        };
        if altri.is_empty() {
            return uno(primo);
        }
        let descrizione = if altri.iter().all(|f| f.descrizione == primo.descrizione) {
            primo.descrizione.clone()
        } else {
            Some(self.delle_rpt.iter().map(una_fra_tante).collect())
        };
        FaultMostrato {
            codice: if altri.iter().all(|f| f.codice == primo.codice) { primo.codice.clone() } else { "PPT_ERRORE_GENERICO".to_owned() },
            testo: if altri.iter().all(|f| f.testo == primo.testo) { primo.testo.clone() } else { "RPT rifiutate per errori eterogenei".to_owned() },
            descrizione,
        }
    }
}

/// `#serial [code] string: description `.
fn una_fra_tante(f: &FaultNodo) -> String {
    format!("#{} [{}] {}: {} ", f.seriale.unwrap_or_default(), f.codice, f.testo, f.descrizione.as_deref().unwrap_or_default())
}

/// What the node said of a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EsitoCarrello {
    /// Where the payer goes, if anywhere.
    Accettato {
        url: Option<String>,
    },
    Rifiutato(RifiutoCarrello),
}

/// What the node said of an RPT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EsitoRpt {
    Accettata,
    /// `None`: a KO that does not say why.
    Rifiutata(Option<FaultNodo>),
}

/// `faultcode` and `faultstring` of a SOAP Fault, if that is what the answer is.
#[must_use]
pub fn soap_fault(byte: &[u8]) -> Option<(String, String)> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::SoloBusta).ok().filter(|m| m.spazio() == NS_SOAP && m.nome() == "Fault")?;
    let dice = |nome: &str| messaggio.testo_a(&[nome]).unwrap_or_default().to_owned();
    Some((dice("faultcode"), dice("faultstring")))
}

/// # Errors
/// Whatever is not `nodoInviaCarrelloRPTRisposta`.
pub fn leggi_esito_carrello(byte: &[u8]) -> Result<EsitoCarrello, String> {
    risposta(byte, "nodoInviaCarrelloRPTRisposta", |c| {
        let generale = c.gruppo_facoltativo("fault", fault)?;
        let accettato = c.testo("esitoComplessivoOperazione", 0..=usize::MAX)? == "OK";
        let url = c.testo_facoltativo("url", 0..=usize::MAX)?.filter(|u| !u.trim().is_empty());
        let delle_rpt = c.gruppo_facoltativo("listaErroriRPT", |c| if c.segue("fault") { c.gruppi("fault", FAULT_MAX, fault) } else { Ok(Vec::new()) })?;
        let delle_rpt = delle_rpt.unwrap_or_default();
        Ok(if accettato { EsitoCarrello::Accettato { url } } else { EsitoCarrello::Rifiutato(RifiutoCarrello { generale, delle_rpt }) })
    })
}

/// # Errors
/// Whatever is not `nodoInviaRPTRisposta`.
pub fn leggi_esito_rpt(byte: &[u8]) -> Result<EsitoRpt, String> {
    risposta(byte, "nodoInviaRPTRisposta", |c| {
        let fault = c.gruppo_facoltativo("fault", fault)?;
        let accettata = c.testo("esito", 0..=usize::MAX)? == "OK";
        c.testo_facoltativo("redirect", 0..=usize::MAX)?;
        c.testo_facoltativo("url", 0..=usize::MAX)?;
        Ok(if accettata { EsitoRpt::Accettata } else { EsitoRpt::Rifiutata(fault) })
    })
}

fn risposta<T>(byte: &[u8], elemento: &str, leggi: impl FnOnce(&mut Cursore<'_, '_>) -> Sintassi<T>) -> Result<T, String> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::SoloBusta).map_err(|d| d.dettaglio)?;
    if messaggio.spazio() != NS_TELEMATICI || messaggio.nome() != elemento {
        return Err(format!("l'elemento non e' {elemento}"));
    }
    percorri(&messaggio, leggi)
}

fn fault(c: &mut Cursore<'_, '_>) -> Sintassi<FaultNodo> {
    let codice = c.testo("faultCode", 0..=usize::MAX)?;
    let testo = c.testo("faultString", 0..=usize::MAX)?;
    c.testo("id", 0..=usize::MAX)?;
    let descrizione = c.testo_facoltativo("description", 0..=usize::MAX)?.filter(|d| !d.trim().is_empty());
    let seriale = c.testo_facoltativo("serial", 0..=usize::MAX)?.and_then(|s| s.trim().parse().ok());
    for originale in ["originalFaultCode", "originalFaultString", "originalDescription"] {
        c.testo_facoltativo(originale, 0..=usize::MAX)?;
    }
    Ok(FaultNodo { codice, testo, descrizione, seriale })
}
