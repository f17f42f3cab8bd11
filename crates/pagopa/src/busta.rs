//! The hardened reader of what comes from outside: bytes in, a small tree of elements out.
//!
//! It knows XML, namespaces and the SOAP 1.1 envelope, and nothing of the messages inside. It refuses DOCTYPE, processing
//! instructions, every entity but the five predefined ones and character references, and whatever exceeds a bound below. The work is
//! linear in the input and there is no recursion; the size of the input is bounded by whoever reads it from the network.
//!
//! The stored bytes of a message are read here again: see [`Radice::AncheDocumento`].

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

/// Nested elements. The deepest paForNode message has 8, envelope included.
pub const PROFONDITA_MAX: usize = 32;
/// Elements of a message. The largest receipt that the XSD allows has about 350.
pub const ELEMENTI_MAX: usize = 10_000;
/// Attributes of one element, namespace declarations included.
pub const ATTRIBUTI_MAX: usize = 32;
/// Characters of a name of somebody else that are repeated in an error text.
const CARATTERI_NOME_MAX: usize = 40;

pub const NS_SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const NS_SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const NS_XML: &str = "http://www.w3.org/XML/1998/namespace";
const NS_XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Of RPT and RT, documents of the older model.
pub const NS_PAGAMENTI: &str = "http://www.digitpa.gov.it/schemas/2011/Pagamenti/";
/// Of the SOAP header of the older model.
pub(crate) const NS_INTESTAZIONE: &str = "http://ws.pagamenti.telematici.gov/ppthead";

/// What is wrong with the input. `radice` is the message element (namespace and name), when the reader got that far.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{dettaglio}")]
pub struct Difetto {
    pub radice: Option<(String, String)>,
    /// Italian, without values of the message: it may be logged and sent.
    pub dettaglio: String,
}

/// What the outermost element may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Radice {
    /// A SOAP 1.1 envelope: what the network sends.
    SoloBusta,
    /// An envelope or the message itself: what was stored, here or by the program that we replace.
    AncheDocumento,
}

/// Decoded input. Keeps the good part of bytes that go wrong midway, so that the operation can still be named in the answer.
#[derive(Debug)]
pub struct Testo<'a> {
    testo: Cow<'a, str>,
    guasto: Option<&'static str>,
}

impl<'a> Testo<'a> {
    /// Decodes UTF-8 (with or without BOM) and, when the XML declaration says so, ISO-8859-1. Any other encoding is a defect.
    #[must_use]
    pub fn decodifica(byte: &'a [u8]) -> Self {
        let guasto = |perche| Self { testo: Cow::Borrowed(""), guasto: Some(perche) };
        if matches!(byte, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..] | [0, 0, ..]) {
            return guasto("codifica diversa da UTF-8");
        }
        let (bom, byte) = byte.strip_prefix(b"\xEF\xBB\xBF").map_or((false, byte), |resto| (true, resto));
        match codifica_dichiarata(byte) {
            Codifica::Utf8 => Self::da_utf8(byte),
            Codifica::Latin1 if !bom => Self::fino_al_primo_carattere_vietato(Cow::Owned(byte.iter().map(|b| char::from(*b)).collect())),
            Codifica::Latin1 | Codifica::Altra => guasto("codifica diversa da UTF-8"),
        }
    }

    fn da_utf8(byte: &'a [u8]) -> Self {
        match std::str::from_utf8(byte) {
            Ok(testo) => Self::fino_al_primo_carattere_vietato(Cow::Borrowed(testo)),
            Err(e) => {
                let buono = std::str::from_utf8(&byte[..e.valid_up_to()]).unwrap_or_default();
                let testo = Self::fino_al_primo_carattere_vietato(Cow::Borrowed(buono)).testo;
                Self { testo, guasto: Some("byte che non sono UTF-8") }
            }
        }
    }

    fn fino_al_primo_carattere_vietato(testo: Cow<'a, str>) -> Self {
        let Some(posizione) = primo_carattere_vietato(testo.as_bytes()) else { return Self { testo, guasto: None } };
        let testo = match testo {
            Cow::Borrowed(t) => Cow::Borrowed(&t[..posizione]),
            Cow::Owned(mut t) => {
                t.truncate(posizione);
                Cow::Owned(t)
            }
        };
        Self { testo, guasto: Some("carattere non ammesso in XML 1.0") }
    }

    /// Reads the message.
    ///
    /// # Errors
    /// Whatever is not well formed, not a SOAP 1.1 envelope (see [`Radice`]) or beyond a bound of this module.
    pub fn messaggio(&self, radice: Radice) -> Result<Messaggio<'_>, Difetto> {
        let mut lettura = Lettura::nuova(&self.testo, radice);
        let esito = lettura.tutto();
        let dettaglio = match (self.guasto, esito) {
            (None, Ok(())) => return Ok(lettura.messaggio),
            (None, Err(dettaglio)) => dettaglio,
            (Some(guasto), _) => guasto.to_owned(),
        };
        let radice = lettura.radice_vista.then(|| (lettura.messaggio.spazio.clone().into_owned(), lettura.messaggio.nome().to_owned()));
        Err(Difetto { radice, dettaglio })
    }

    /// The header element of the older model (spec/3 section 1.1), if the envelope has one. What the Body holds is not looked at.
    ///
    /// # Errors
    /// As [`Testo::messaggio`].
    pub(crate) fn intestazione(&self) -> Result<Option<Messaggio<'_>>, Difetto> {
        let mut lettura = Lettura { testata: true, ..Lettura::nuova(&self.testo, Radice::SoloBusta) };
        let esito = lettura.tutto();
        match (self.guasto, esito) {
            (None, Ok(())) => Ok(lettura.radice_vista.then_some(lettura.messaggio)),
            (None, Err(dettaglio)) => Err(Difetto { radice: None, dettaglio }),
            (Some(guasto), _) => Err(Difetto { radice: None, dettaglio: guasto.to_owned() }),
        }
    }

    /// The message as far as it can be read before its first defect: for the answer to who sent it, never to act upon.
    pub(crate) fn fin_dove_si_legge(&self, radice: Radice) -> Messaggio<'_> {
        let mut lettura = Lettura::nuova(&self.testo, radice);
        // The defect has been told already, by `messaggio`.
        let _ = lettura.tutto();
        lettura.messaggio
    }
}

pub(crate) enum Codifica {
    Utf8,
    Latin1,
    Altra,
}

/// The `encoding` of the XML declaration; absent means UTF-8. The declaration itself is checked later by [`Lettura::dichiarazione`].
pub(crate) fn codifica_dichiarata(byte: &[u8]) -> Codifica {
    const LUNGHEZZA_MAX: usize = 256;
    if !byte.starts_with(b"<?xml") {
        return Codifica::Utf8;
    }
    let testa = &byte[..byte.len().min(LUNGHEZZA_MAX)];
    let testa: String = testa.iter().take_while(|b| **b != b'>').map(|b| char::from(*b)).collect();
    let Some((_, dopo)) = testa.split_once("encoding") else { return Codifica::Utf8 };
    let nome = dopo.trim_start_matches([' ', '\t', '\r', '\n', '=']).trim_start_matches(['"', '\'']);
    let nome = nome.split(['"', '\'']).next().unwrap_or_default();
    if ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|n| nome.eq_ignore_ascii_case(n)) {
        Codifica::Utf8
    } else if ["iso-8859-1", "latin1"].iter().any(|n| nome.eq_ignore_ascii_case(n)) {
        Codifica::Latin1
    } else {
        Codifica::Altra
    }
}

/// True for the production `Char` of XML 1.0.
pub(crate) const fn carattere_ammesso(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn primo_carattere_vietato(byte: &[u8]) -> Option<usize> {
    byte.iter().enumerate().position(|(i, b)| match b {
        b'\t' | b'\n' | b'\r' => false,
        0..=0x1F => true,
        0xEF => matches!(byte.get(i + 1..i + 3), Some([0xBF, 0xBE | 0xBF])),
        _ => false,
    })
}

/// Space, tab, CR, LF: what XML calls white.
pub(crate) fn bianco(testo: &str) -> bool {
    testo.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
}

/// A name of somebody else, short enough for an error text.
pub(crate) fn nome_breve(nome: &str) -> String {
    nome.chars().take(CARATTERI_NOME_MAX).collect()
}

/// No element: index of a link of [`Nodo`] that leads nowhere. The root is element 0 and nobody's child or sibling.
pub(crate) const NESSUNO: u32 = 0;

/// Where the name of an element lives, as far as messages tell elements apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spazio {
    Nessuno,
    /// [`NS_PAGAMENTI`].
    Pagamenti,
    Altro,
}

impl Spazio {
    fn di(spazio: &str) -> Self {
        match spazio {
            "" => Self::Nessuno,
            NS_PAGAMENTI => Self::Pagamenti,
            _ => Self::Altro,
        }
    }
}

/// An element of the message. Links are indices in [`Messaggio::nodi`].
#[derive(Debug)]
pub(crate) struct Nodo<'a> {
    pub nome: &'a str,
    /// All children of a paForNode message are in none.
    pub spazio: Spazio,
    pub testo: Cow<'a, str>,
    pub padre: u32,
    pub primo_figlio: u32,
    pub prossimo: u32,
    ultimo_figlio: u32,
}

/// The message inside the envelope, that is the first and only child of the Body.
#[derive(Debug)]
pub struct Messaggio<'a> {
    pub(crate) nodi: Vec<Nodo<'a>>,
    spazio: Cow<'a, str>,
    /// The whole element in the decoded text, tags included.
    pub(crate) sorgente: &'a str,
    /// Bytes of `sorgente` up to the end of the name in the start tag.
    pub(crate) fine_nome: usize,
    /// Declarations made by the ancestors and still in scope: prefix (empty: default) and raw value.
    pub(crate) ereditate: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Messaggio<'a> {
    /// The elements of a name inside an element, in their order.
    pub(crate) fn figli<'m>(&'m self, padre: u32, nome: &'m str) -> impl Iterator<Item = u32> + use<'m, 'a> {
        let nodo = |i: u32| self.nodi.get(i as usize);
        let primo = nodo(padre).map_or(NESSUNO, |n| n.primo_figlio);
        let catena = std::iter::successors(Some(primo).filter(|i| *i != NESSUNO), move |i| nodo(*i).map(|n| n.prossimo).filter(|p| *p != NESSUNO));
        catena.filter(move |i| nodo(*i).is_some_and(|n| n.nome == nome))
    }

    /// Local name of the message element.
    #[must_use]
    pub fn nome(&self) -> &str {
        self.nodi.first().map_or("", |n| n.nome)
    }

    /// Namespace of the message element; empty when it is in none.
    #[must_use]
    pub fn spazio(&self) -> &str {
        &self.spazio
    }

    /// Text of the first element at this path below the message element.
    pub(crate) fn testo_a(&self, percorso: &[&str]) -> Option<&str> {
        self.testo_sotto(0, percorso)
    }

    /// The same, below another element.
    pub(crate) fn testo_sotto(&self, padre: u32, percorso: &[&str]) -> Option<&str> {
        let mut qui = padre;
        for nome in percorso {
            qui = self.figli(qui, nome).next()?;
        }
        self.nodi.get(qui as usize).map(|n| n.testo.as_ref())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ruolo {
    Envelope,
    Body,
    /// The Header, where the header of the older model is looked for.
    Header,
    /// What is legal and not read: the Header and what it holds, or the Body while the header is looked for.
    Ignorato,
    Nodo(u32),
}

struct Aperto {
    ruolo: Ruolo,
    /// How many declarations were in scope before this element.
    dichiarazioni: usize,
}

struct Dichiarazione<'a> {
    prefisso: &'a str,
    spazio: Cow<'a, str>,
    grezzo: Cow<'a, str>,
}

struct Lettura<'a> {
    testo: &'a str,
    lettore: Reader<&'a [u8]>,
    modo: Radice,
    /// What is looked for is the header of the older model, not the message.
    testata: bool,
    aperti: Vec<Aperto>,
    dichiarazioni: Vec<Dichiarazione<'a>>,
    messaggio: Messaggio<'a>,
    inizio: usize,
    elementi: usize,
    esterno_visto: bool,
    header_visto: bool,
    body_visto: bool,
    radice_vista: bool,
}

type Esito<T> = Result<T, String>;

impl<'a> Lettura<'a> {
    fn nuova(testo: &'a str, modo: Radice) -> Self {
        let mut lettore = Reader::from_str(testo);
        lettore.config_mut().check_comments = true;
        let messaggio = Messaggio { nodi: Vec::with_capacity(64), spazio: Cow::Borrowed(""), sorgente: "", fine_nome: 0, ereditate: Vec::new() };
        Self {
            testo,
            lettore,
            modo,
            testata: false,
            aperti: Vec::with_capacity(PROFONDITA_MAX),
            dichiarazioni: Vec::with_capacity(8),
            messaggio,
            inizio: 0,
            elementi: 0,
            esterno_visto: false,
            header_visto: false,
            body_visto: false,
            radice_vista: false,
        }
    }

    fn posizione(&self) -> usize {
        usize::try_from(self.lettore.buffer_position()).unwrap_or(usize::MAX).min(self.testo.len())
    }

    fn tutto(&mut self) -> Esito<()> {
        let mut primo = true;
        loop {
            let evento = self.lettore.read_event().map_err(|_| self.mal_formato())?;
            match evento {
                Event::Start(e) => {
                    let fine = self.posizione().saturating_sub(1);
                    self.inizia(fine.saturating_sub(e.len()), e.name().0.len(), e.len())?;
                }
                Event::Empty(e) => {
                    let fine = self.posizione().saturating_sub(2);
                    self.inizia(fine.saturating_sub(e.len()), e.name().0.len(), e.len())?;
                    self.finisce()?;
                }
                Event::End(_) => self.finisce()?,
                Event::Text(e) => self.scrive(e.xml10_content())?,
                Event::CData(e) => self.scrive(e.xml10_content())?,
                Event::GeneralRef(e) => {
                    let nome = e.into_inner();
                    self.scrive(riferimento(&nome)?)?;
                }
                Event::Comment(_) => {}
                Event::Decl(d) if primo => self.dichiarazione(&d)?,
                Event::Decl(_) | Event::PI(_) => return Err("istruzione di elaborazione non ammessa".to_owned()),
                Event::DocType(_) => return Err("DOCTYPE non ammesso".to_owned()),
                Event::Eof => return self.conclude(),
            }
            primo = false;
        }
    }

    fn mal_formato(&self) -> String {
        format!("XML non ben formato, al byte {}", self.lettore.error_position())
    }

    /// `version="1.0"`, then `encoding`, then `standalone`, and nothing else.
    fn dichiarazione(&self, testo: &str) -> Esito<()> {
        let ammessi = ["version", "encoding", "standalone"];
        let mut da = 0;
        for attributo in Attributes::new(testo, "xml".len()) {
            let attributo = attributo.map_err(|_| self.mal_formato())?;
            let posto = ammessi.iter().skip(da).position(|n| *n == attributo.key.0).ok_or_else(|| self.mal_formato())?;
            if da == 0 && (posto != 0 || attributo.value != "1.0") {
                return Err("versione di XML diversa da 1.0".to_owned());
            }
            da += posto + 1;
        }
        if da == 0 { Err(self.mal_formato()) } else { Ok(()) }
    }

    fn inizia(&mut self, inizio: usize, lunghezza_nome: usize, lunghezza: usize) -> Esito<()> {
        if self.aperti.len() >= PROFONDITA_MAX {
            return Err(format!("elementi annidati oltre {PROFONDITA_MAX} livelli"));
        }
        self.elementi += 1;
        if self.elementi > ELEMENTI_MAX {
            return Err(format!("piu' di {ELEMENTI_MAX} elementi"));
        }
        let tag = self.testo.get(inizio..inizio + lunghezza).ok_or_else(|| self.mal_formato())?;
        let nome = tag.get(..lunghezza_nome).ok_or_else(|| self.mal_formato())?;
        let prima = self.dichiarazioni.len();
        let altri_attributi = if lunghezza > lunghezza_nome { self.attributi(tag, lunghezza_nome)? } else { Vec::new() };
        let (spazio, locale) = self.risolvi(nome, true)?;
        let ruolo = self.ruolo(&spazio, locale)?;
        if let Ruolo::Nodo(indice) = ruolo {
            self.apre_nodo(indice, spazio, locale, inizio.saturating_sub(1), lunghezza_nome, prima)?;
            self.controlla_attributi(&altri_attributi)?;
        }
        self.aperti.push(Aperto { ruolo, dichiarazioni: prima });
        Ok(())
    }

    /// Puts the namespace declarations in scope and gives the names of the other attributes. Values are checked for references.
    fn attributi(&mut self, tag: &'a str, lunghezza_nome: usize) -> Esito<Vec<&'a str>> {
        let mut altri = Vec::new();
        for (i, attributo) in Attributes::new(tag, lunghezza_nome).enumerate() {
            if i >= ATTRIBUTI_MAX {
                return Err(format!("piu' di {ATTRIBUTI_MAX} attributi in un elemento"));
            }
            let attributo = attributo.map_err(|_| self.mal_formato())?;
            let spazio: Cow<'a, str> = match &attributo.value {
                Cow::Borrowed(grezzo) => valore_attributo(grezzo)?,
                Cow::Owned(grezzo) => Cow::Owned(valore_attributo(grezzo)?.into_owned()),
            };
            let chiave = attributo.key.0;
            let prefisso = if chiave == "xmlns" { Some("") } else { chiave.strip_prefix("xmlns:") };
            let Some(prefisso) = prefisso else {
                altri.push(chiave);
                continue;
            };
            let vietato = chiave == "xmlns:" || prefisso == "xmlns" || (!prefisso.is_empty() && spazio.is_empty()) || (prefisso == "xml") != (spazio == NS_XML);
            if vietato {
                return Err("dichiarazione di namespace non ammessa".to_owned());
            }
            self.dichiarazioni.push(Dichiarazione { prefisso, spazio, grezzo: attributo.value });
        }
        Ok(altri)
    }

    /// The XSD gives no attribute to any element of a message: only hints for the schema reader are let through.
    fn controlla_attributi(&self, nomi: &[&'a str]) -> Esito<()> {
        for nome in nomi {
            let (spazio, locale) = self.risolvi(nome, false)?;
            if self.testata && spazio == NS_SOAP {
                continue;
            }
            if spazio != NS_XSI || !matches!(locale, "type" | "schemaLocation" | "noNamespaceSchemaLocation") {
                return Err(format!("attributo `{}` non ammesso", nome_breve(nome)));
            }
        }
        Ok(())
    }

    fn risolvi(&self, nome: &'a str, elemento: bool) -> Esito<(Cow<'a, str>, &'a str)> {
        let (prefisso, locale) = match nome.split_once(':') {
            Some((p, l)) if !p.is_empty() && !l.is_empty() && !l.contains(':') => (p, l),
            Some(_) => return Err(self.mal_formato()),
            None if elemento => ("", nome),
            None => return Ok((Cow::Borrowed(""), nome)),
        };
        match self.dichiarazioni.iter().rev().find(|d| d.prefisso == prefisso) {
            Some(d) => Ok((d.spazio.clone(), locale)),
            None if prefisso.is_empty() => Ok((Cow::Borrowed(""), locale)),
            None if prefisso == "xml" => Ok((Cow::Borrowed(NS_XML), locale)),
            None => Err(format!("prefisso `{}` non dichiarato", nome_breve(prefisso))),
        }
    }

    fn ruolo(&mut self, spazio: &str, locale: &str) -> Esito<Ruolo> {
        let prossimo = u32::try_from(self.messaggio.nodi.len()).map_err(|_| self.mal_formato())?;
        match self.aperti.last().map(|a| a.ruolo) {
            None if self.esterno_visto => Err(self.mal_formato()),
            None => {
                self.esterno_visto = true;
                match (spazio, locale) {
                    (NS_SOAP, "Envelope") => Ok(Ruolo::Envelope),
                    (NS_SOAP_12, "Envelope") => Err("busta SOAP 1.2: il servizio e' SOAP 1.1".to_owned()),
                    _ if self.modo == Radice::AncheDocumento => Ok(Ruolo::Nodo(prossimo)),
                    _ => Err("l'elemento esterno non e' una busta SOAP 1.1".to_owned()),
                }
            }
            Some(Ruolo::Envelope) if spazio == NS_SOAP && locale == "Header" && !self.header_visto && !self.body_visto => {
                self.header_visto = true;
                Ok(if self.testata { Ruolo::Header } else { Ruolo::Ignorato })
            }
            Some(Ruolo::Envelope) if spazio == NS_SOAP && locale == "Body" && !self.body_visto => {
                self.body_visto = true;
                Ok(if self.testata { Ruolo::Ignorato } else { Ruolo::Body })
            }
            Some(Ruolo::Envelope) => Err("elemento inatteso nella busta SOAP".to_owned()),
            Some(Ruolo::Header) if spazio == NS_INTESTAZIONE && !self.radice_vista => Ok(Ruolo::Nodo(prossimo)),
            Some(Ruolo::Ignorato | Ruolo::Header) => Ok(Ruolo::Ignorato),
            Some(Ruolo::Body) if self.radice_vista => Err("piu' di un elemento nel Body".to_owned()),
            Some(Ruolo::Body | Ruolo::Nodo(_)) => Ok(Ruolo::Nodo(prossimo)),
        }
    }

    fn apre_nodo(&mut self, indice: u32, spazio: Cow<'a, str>, nome: &'a str, inizio: usize, lunghezza_nome: usize, ereditate: usize) -> Esito<()> {
        let padre = match self.aperti.last().map(|a| a.ruolo) {
            Some(Ruolo::Nodo(p)) => Some(p),
            _ => None,
        };
        let nodo = Nodo {
            nome,
            spazio: Spazio::di(&spazio),
            testo: Cow::Borrowed(""),
            padre: padre.unwrap_or(NESSUNO),
            primo_figlio: NESSUNO,
            prossimo: NESSUNO,
            ultimo_figlio: NESSUNO,
        };
        match padre {
            Some(p) => self.attacca(p, indice)?,
            None => {
                self.inizio = inizio;
                self.radice_vista = true;
                self.messaggio.spazio = spazio;
                self.messaggio.fine_nome = 1 + lunghezza_nome;
                self.messaggio.ereditate = self.ereditate(ereditate);
            }
        }
        self.messaggio.nodi.push(nodo);
        Ok(())
    }

    /// The declarations of the ancestors that the message element does not make again; the innermost of each prefix.
    fn ereditate(&self, quante: usize) -> Vec<(&'a str, Cow<'a, str>)> {
        let (degli_avi, proprie) = self.dichiarazioni.split_at(quante);
        let visibile = |(i, d): &(usize, &Dichiarazione<'a>)| degli_avi[i + 1..].iter().chain(proprie).all(|altra| altra.prefisso != d.prefisso);
        degli_avi.iter().enumerate().filter(visibile).filter(|(_, d)| !d.spazio.is_empty()).map(|(_, d)| (d.prefisso, d.grezzo.clone())).collect()
    }

    fn attacca(&mut self, padre: u32, figlio: u32) -> Esito<()> {
        let nodo = &mut self.messaggio.nodi[padre as usize];
        if !bianco(&nodo.testo) {
            return Err(format!("testo fuori posto in `{}`", nome_breve(nodo.nome)));
        }
        nodo.testo = Cow::Borrowed("");
        let fratello = std::mem::replace(&mut nodo.ultimo_figlio, figlio);
        if fratello == NESSUNO {
            nodo.primo_figlio = figlio;
        } else {
            self.messaggio.nodi[fratello as usize].prossimo = figlio;
        }
        Ok(())
    }

    fn scrive(&mut self, pezzo: Cow<'a, str>) -> Esito<()> {
        let nodo = match self.aperti.last().map(|a| a.ruolo) {
            Some(Ruolo::Ignorato | Ruolo::Header) => return Ok(()),
            Some(Ruolo::Nodo(indice)) => &mut self.messaggio.nodi[indice as usize],
            _ if bianco(&pezzo) => return Ok(()),
            _ => return Err("testo fuori posto nella busta SOAP".to_owned()),
        };
        if nodo.primo_figlio != NESSUNO {
            return if bianco(&pezzo) { Ok(()) } else { Err(format!("testo fuori posto in `{}`", nome_breve(nodo.nome))) };
        }
        if nodo.testo.is_empty() {
            nodo.testo = pezzo;
        } else {
            nodo.testo.to_mut().push_str(&pezzo);
        }
        Ok(())
    }

    fn finisce(&mut self) -> Esito<()> {
        let chiuso = self.aperti.pop().ok_or_else(|| self.mal_formato())?;
        self.dichiarazioni.truncate(chiuso.dichiarazioni);
        if chiuso.ruolo == Ruolo::Nodo(0) {
            let fine: Range<usize> = self.inizio..self.posizione();
            self.messaggio.sorgente = self.testo.get(fine).ok_or_else(|| self.mal_formato())?;
        }
        Ok(())
    }

    fn conclude(&self) -> Esito<()> {
        if !self.aperti.is_empty() || !self.esterno_visto {
            return Err("documento vuoto o interrotto".to_owned());
        }
        if self.radice_vista || self.testata { Ok(()) } else { Err("Body senza messaggio".to_owned()) }
    }
}

/// A character reference or one of the five predefined entities; the name comes without `&` and `;`.
pub(crate) fn riferimento(nome: &str) -> Esito<Cow<'static, str>> {
    let Some(numero) = nome.strip_prefix('#') else {
        return resolve_xml_entity(nome).map(Cow::Borrowed).ok_or_else(|| "entita' non ammessa".to_owned());
    };
    let (cifre, base) = numero.strip_prefix('x').map_or((numero, 10), |c| (c, 16));
    let sole_cifre = !cifre.is_empty() && cifre.chars().all(|c| c.is_digit(base));
    let carattere = sole_cifre.then(|| u32::from_str_radix(cifre, base).ok()).flatten().and_then(char::from_u32);
    match carattere.filter(|c| carattere_ammesso(*c)) {
        Some(c) => Ok(Cow::Owned(c.to_string())),
        None => Err("riferimento a un carattere non ammesso in XML 1.0".to_owned()),
    }
}

/// The value of an attribute with its references resolved.
pub(crate) fn valore_attributo(grezzo: &str) -> Esito<Cow<'_, str>> {
    if grezzo.contains('<') {
        return Err("`<` nel valore di un attributo".to_owned());
    }
    if !grezzo.contains('&') {
        return Ok(Cow::Borrowed(grezzo));
    }
    let mut pezzi = grezzo.split('&');
    let mut valore = pezzi.next().unwrap_or_default().to_owned();
    for pezzo in pezzi {
        let (nome, resto) = pezzo.split_once(';').ok_or_else(|| "entita' non ammessa".to_owned())?;
        valore.push_str(&riferimento(nome)?);
        valore.push_str(resto);
    }
    Ok(Cow::Owned(valore))
}
