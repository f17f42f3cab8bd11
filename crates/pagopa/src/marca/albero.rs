//! A document with what its signature covers: names as they are written, declarations where they stand, attributes.

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use crate::busta::{ATTRIBUTI_MAX, PROFONDITA_MAX, riferimento, valore_attributo};

/// Elements of a marca da bollo: signature and certificates included it has some tens.
const ELEMENTI_MAX: usize = 500;
pub const NS_XML: &str = "http://www.w3.org/XML/1998/namespace";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elemento {
    pub prefisso: String,
    pub nome: String,
    pub spazio: String,
    /// Prefix (empty: none), name, value.
    pub attributi: Vec<(String, String, String)>,
    /// Declared here: prefix (empty: default) and namespace.
    pub dichiarazioni: Vec<(String, String)>,
    pub figli: Vec<Figlio>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figlio {
    Elemento(Elemento),
    Testo(String),
}

impl Elemento {
    pub fn elementi(&self) -> impl Iterator<Item = &Self> {
        self.figli.iter().filter_map(|f| if let Figlio::Elemento(e) = f { Some(e) } else { None })
    }

    pub fn figlio(&self, nome: &str) -> Option<&Self> {
        self.elementi().find(|e| e.nome == nome)
    }

    /// Its text, without what its children say.
    pub fn testo(&self) -> String {
        self.figli.iter().filter_map(|f| if let Figlio::Testo(t) = f { Some(t.as_str()) } else { None }).collect()
    }

    pub fn attributo(&self, nome: &str) -> Option<&str> {
        self.attributi.iter().find(|(p, n, _)| p.is_empty() && n == nome).map(|(.., valore)| valore.as_str())
    }
}

/// # Errors
/// What is wrong, without values of the document.
pub fn leggi(byte: &[u8]) -> Result<Elemento, String> {
    let testo = std::str::from_utf8(byte.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(byte)).map_err(|_| "byte che non sono UTF-8".to_owned())?;
    let mal_formato = || "XML non ben formato".to_owned();
    let mut lettore = Reader::from_str(testo);
    let mut aperti: Vec<Elemento> = Vec::new();
    let (mut radice, mut elementi) = (None, 0);
    loop {
        let (chiuso, testo) = match lettore.read_event().map_err(|_| mal_formato())? {
            evento @ (Event::Start(_) | Event::Empty(_)) => {
                let vuoto = matches!(evento, Event::Empty(_));
                let (Event::Start(e) | Event::Empty(e)) = evento else { return Err(mal_formato()) };
                elementi += 1;
                if elementi > ELEMENTI_MAX || aperti.len() >= PROFONDITA_MAX || radice.is_some() {
                    return Err("troppi elementi".to_owned());
                }
                aperti.push(apri(&e, e.name().0.len(), &aperti)?);
                (vuoto, None)
            }
            Event::End(_) => (true, None),
            Event::Text(e) => (false, Some(e.xml10_content().into_owned())),
            Event::CData(e) => (false, Some(e.xml10_content().into_owned())),
            Event::GeneralRef(e) => (false, Some(riferimento(&e.into_inner())?.into_owned())),
            Event::Comment(_) | Event::Decl(_) => (false, None),
            Event::PI(_) => return Err("istruzione di elaborazione non ammessa".to_owned()),
            Event::DocType(_) => return Err("DOCTYPE non ammesso".to_owned()),
            Event::Eof => return radice.filter(|_| aperti.is_empty()).ok_or_else(mal_formato),
        };
        if let (Some(testo), Some(qui)) = (testo, aperti.last_mut()) {
            qui.figli.push(Figlio::Testo(testo));
        }
        if chiuso {
            let finito = aperti.pop().ok_or_else(mal_formato)?;
            match aperti.last_mut() {
                Some(padre) => padre.figli.push(Figlio::Elemento(finito)),
                None => radice = Some(finito),
            }
        }
    }
}

fn apri(tag: &str, lunghezza_nome: usize, aperti: &[Elemento]) -> Result<Elemento, String> {
    let mut e = Elemento::default();
    let mut attributi = Vec::new();
    for (n, a) in Attributes::new(tag, lunghezza_nome).enumerate() {
        let a = a.map_err(|_| "XML non ben formato".to_owned())?;
        if n >= ATTRIBUTI_MAX {
            return Err("troppi attributi".to_owned());
        }
        let valore = valore_attributo(&a.value)?.into_owned();
        match a.key.0.split_once(':') {
            None if a.key.0 == "xmlns" => e.dichiarazioni.push((String::new(), valore)),
            Some(("xmlns", prefisso)) => e.dichiarazioni.push((prefisso.to_owned(), valore)),
            Some((prefisso, nome)) => attributi.push((prefisso.to_owned(), nome.to_owned(), valore)),
            None => attributi.push((String::new(), a.key.0.to_owned(), valore)),
        }
    }
    let nome = tag.get(..lunghezza_nome).unwrap_or_default();
    let (prefisso, nome) = nome.split_once(':').unwrap_or(("", nome));
    (e.prefisso, e.nome, e.attributi) = (prefisso.to_owned(), nome.to_owned(), attributi);
    e.spazio = spazio_di(&e.prefisso, aperti.iter().chain(std::iter::once(&e))).ok_or("prefisso non dichiarato")?;
    Ok(e)
}

/// The namespace of a prefix where the last of these elements stands. `None`: nobody declared it.
pub fn spazio_di<'a>(prefisso: &str, aperti: impl DoubleEndedIterator<Item = &'a Elemento>) -> Option<String> {
    if prefisso == "xml" {
        return Some(NS_XML.to_owned());
    }
    let mut dichiarati = aperti.rev().flat_map(|e| &e.dichiarazioni).filter(|(p, _)| p == prefisso);
    dichiarati.next().map(|(_, s)| s.clone()).or_else(|| prefisso.is_empty().then(String::new))
}
