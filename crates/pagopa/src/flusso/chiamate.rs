//! nodoChiediElencoFlussiRendicontazione and nodoChiediFlussoRendicontazione (contract `NodoPerPa.wsdl`).

use std::io::{BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDateTime;
use quick_xml::escape::escape;

use super::scorri::{Esito, Passo, Scorri};
use super::{FaultNodo, Illeggibile, Risposta, mtom};
use crate::busta::NS_SOAP;
use crate::regole;

const NS_TELEMATICI: &str = "http://ws.pagamenti.telematici.gov/";
/// Flows of a list: a month of the largest ente, several times over.
pub const ELENCO_VOCI_MAX: usize = 100_000;
const CARATTERI_FAULT_MAX: usize = 2_000;
/// Bytes of the document that an answer brings.
const DOCUMENTO_BYTE_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Base64 read at a time; a multiple of 4.
const BLOCCO: usize = 16 * 1024;

/// Who asks. `Debug` hides the password.
#[derive(Clone)]
pub struct Chiedente<'a> {
    pub id_intermediario: &'a str,
    pub id_stazione: &'a str,
    pub password: &'a str,
    pub id_dominio: &'a str,
}

impl std::fmt::Debug for Chiedente<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chiedente").field("id_stazione", &self.id_stazione).field("id_dominio", &self.id_dominio).finish_non_exhaustive()
    }
}

/// One flow that the node has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoceElenco {
    pub id_flusso: String,
    /// Local time of Europe/Rome: with the id it is the key of a version.
    pub data_ora: NaiveDateTime,
}

const FLUSSO_RISPOSTA: &str = "nodoChiediFlussoRendicontazioneRisposta";

/// The PSP is never said: the list is of all.
#[must_use]
pub fn chiedi_elenco(chi: &Chiedente<'_>) -> String {
    busta("nodoChiediElencoFlussiRendicontazione", chi, None)
}

#[must_use]
pub fn chiedi_flusso(chi: &Chiedente<'_>, id_flusso: &str) -> String {
    busta("nodoChiediFlussoRendicontazione", chi, Some(id_flusso))
}

fn busta(operazione: &str, chi: &Chiedente<'_>, id_flusso: Option<&str>) -> String {
    let campo = |nome: &str, valore: &str| format!("<{nome}>{}</{nome}>", escape(valore));
    let flusso = id_flusso.map(|id| campo("identificativoFlusso", id)).unwrap_or_default();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"{NS_SOAP}\"><soapenv:Body><ppt:{operazione} xmlns:ppt=\"{NS_TELEMATICI}\">{}{}{}{}{flusso}</ppt:{operazione}></soapenv:Body></soapenv:Envelope>",
        campo("identificativoIntermediarioPA", chi.id_intermediario),
        campo("identificativoStazioneIntermediarioPA", chi.id_stazione),
        campo("password", chi.password),
        campo("identificativoDominio", chi.id_dominio),
    )
}

/// # Errors
/// When the answer is not the answer of this operation. An answer without a list is an empty list.
pub fn leggi_elenco(mut dentro: impl BufRead) -> Result<Risposta<Vec<VoceElenco>>, Illeggibile> {
    if mtom::a_parti(&mut dentro)? {
        return elenco(mtom::Parti::apri(dentro)?.busta.as_slice());
    }
    elenco(dentro)
}

fn elenco(dentro: impl BufRead) -> Result<Risposta<Vec<VoceElenco>>, Illeggibile> {
    let mut x = Scorri::nuovo(dentro)?;
    if let Some(fault) = apri_risposta(&mut x, "nodoChiediElencoFlussiRendicontazioneRisposta")? {
        return Ok(Risposta::Fault(fault));
    }
    let mut voci = Vec::new();
    if x.segue("elencoFlussiRendicontazione")? {
        x.prendi()?;
        x.entra("totRestituiti")?;
        x.testo(20)?;
        while x.segue("idRendicontazione")? {
            x.prendi()?;
            // `nillable`: an element that says nothing is a flow that is not there.
            if x.guarda()? == Passo::Chiude {
                x.esci()?;
                continue;
            }
            x.entra("identificativoFlusso")?;
            let id_flusso = x.testo(70)?;
            x.entra("dataOraFlusso")?;
            let data_ora = regole::data_ora(&x.testo(70)?).map_err(|r| Illeggibile::nuovo(format!("valore non valido in `dataOraFlusso`: {r}")))?;
            x.esci()?;
            if voci.len() >= ELENCO_VOCI_MAX {
                return Err(Illeggibile::nuovo(format!("elenco con piu' di {ELENCO_VOCI_MAX} flussi")));
            }
            voci.push(VoceElenco { id_flusso, data_ora });
        }
        x.esci()?;
    }
    x.esci()?;
    Ok(Risposta::Fatto(voci))
}

/// Decodes the document of an answer into `fuori` while it passes, and says how many bytes it had.
///
/// # Errors
/// When the answer is not the answer of this operation, brings no document, or `fuori` does not take it.
pub fn estrai_flusso(mut dentro: impl BufRead, fuori: &mut impl Write) -> Result<Risposta<u64>, Illeggibile> {
    if !mtom::a_parti(&mut dentro)? {
        return dalla_busta(dentro, fuori);
    }
    let parti = mtom::Parti::apri(dentro)?;
    let Some(nome) = parti.riferimento() else { return dalla_busta(parti.busta.as_slice(), fuori) };
    if let Some(fault) = apri_risposta(&mut Scorri::nuovo(parti.busta.as_slice())?, FLUSSO_RISPOSTA)? {
        return Ok(Risposta::Fault(fault));
    }
    parti.estrai(&nome, fuori).map(Risposta::Fatto)
}

fn dalla_busta(dentro: impl BufRead, fuori: &mut impl Write) -> Result<Risposta<u64>, Illeggibile> {
    let mut x = Scorri::nuovo(dentro)?;
    if let Some(fault) = apri_risposta(&mut x, FLUSSO_RISPOSTA)? {
        return Ok(Risposta::Fault(fault));
    }
    x.entra("xmlRendicontazione")?;
    let mut decodifica = Decodifica { fuori, blocco: Vec::with_capacity(BLOCCO), riferimento: None, scritti: 0, finito: false };
    x.byte_del_testo(|byte| decodifica.aggiungi(byte))?;
    let scritti = decodifica.fine()?;
    x.esci()?;
    x.esci()?;
    Ok(Risposta::Fatto(scritti))
}

/// Enters the answer; `Some` when it is a refusal.
fn apri_risposta<R: BufRead>(x: &mut Scorri<R>, nome: &str) -> Esito<Option<FaultNodo>> {
    x.entra_nel_corpo()?;
    match x.nome() {
        "Fault" => return leggi_fault(x, "faultcode", "faultstring").map(Some),
        altro if altro != nome => return Err(Illeggibile::nuovo(format!("il messaggio non e' `{nome}`"))),
        _ => {}
    }
    if x.segue("fault")? {
        x.prendi()?;
        return leggi_fault(x, "faultCode", "faultString").map(Some);
    }
    Ok(None)
}

/// Whatever the order of its elements: what matters is that it says no.
fn leggi_fault<R: BufRead>(x: &mut Scorri<R>, codice: &str, stringa: &str) -> Esito<FaultNodo> {
    let mut fault = FaultNodo::default();
    while x.prendi()? == Passo::Apre {
        match x.nome() {
            nome if nome == codice => fault.codice = x.testo(CARATTERI_FAULT_MAX)?,
            nome if nome == stringa => fault.stringa = x.testo(CARATTERI_FAULT_MAX)?,
            "description" => fault.descrizione = Some(x.testo(CARATTERI_FAULT_MAX)?),
            _ => x.salta()?,
        }
    }
    Ok(fault)
}

/// Base64 with white inside, which some write as a character reference.
struct Decodifica<'w, W: Write> {
    fuori: &'w mut W,
    blocco: Vec<u8>,
    riferimento: Option<Vec<u8>>,
    scritti: u64,
    finito: bool,
}

impl<W: Write> Decodifica<'_, W> {
    fn aggiungi(&mut self, byte: &[u8]) -> Esito<()> {
        for b in byte {
            if let Some(aperto) = &mut self.riferimento {
                match b {
                    b';' if matches!(aperto.as_slice(), b"#13" | b"#10" | b"#9" | b"#xD" | b"#xA" | b"#xd" | b"#xa" | b"#x9") => self.riferimento = None,
                    b';' => return Err(non_base64()),
                    _ if aperto.len() >= 4 => return Err(non_base64()),
                    _ => aperto.push(*b),
                }
                continue;
            }
            match b {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'&' => self.riferimento = Some(Vec::with_capacity(4)),
                _ => self.blocco.push(*b),
            }
            if self.blocco.len() == BLOCCO {
                self.scarica()?;
            }
        }
        Ok(())
    }

    fn scarica(&mut self) -> Esito<()> {
        if self.blocco.is_empty() {
            return Ok(());
        }
        if self.finito {
            return Err(non_base64());
        }
        self.finito = self.blocco.ends_with(b"=");
        let decodificati = STANDARD.decode(&self.blocco).map_err(|_| non_base64())?;
        self.blocco.clear();
        self.scritti += decodificati.len() as u64;
        if self.scritti > DOCUMENTO_BYTE_MAX {
            return Err(Illeggibile::nuovo(format!("documento oltre {DOCUMENTO_BYTE_MAX} byte")));
        }
        self.fuori.write_all(&decodificati).map_err(|e| Illeggibile { motivo: format!("scrittura non riuscita: {e}"), lettura: true })
    }

    fn fine(mut self) -> Esito<u64> {
        self.scarica()?;
        if self.riferimento.is_some() {
            return Err(non_base64());
        }
        if self.scritti == 0 {
            return Err(Illeggibile::nuovo("`xmlRendicontazione` e' vuoto"));
        }
        Ok(self.scritti)
    }
}

fn non_base64() -> Illeggibile {
    Illeggibile::nuovo("`xmlRendicontazione` non e' base64")
}
