//! A plain XML reader and writer, shared with nothing else of the workspace.
//!
//! The reader makes a small tree of names, namespaces and texts. It refuses a DTD, an undeclared prefix, and anything beyond its bounds.

use std::fmt::Write as _;

use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// Depth of nesting that we read: the deepest message of the contract has 9 levels.
pub const PROFONDITA_MAX: usize = 32;
/// Elements in a document: a receipt with five transfers and full metadata has about 400.
pub const ELEMENTI_MAX: usize = 20_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elemento {
    /// Namespace, `None` when unqualified.
    pub spazio: Option<String>,
    /// Local name.
    pub nome: String,
    /// Text directly inside, entities resolved. Blank text between children is dropped.
    pub testo: String,
    pub figli: Vec<Elemento>,
}

impl Elemento {
    #[must_use]
    pub fn figlio(&self, nome: &str) -> Option<&Self> {
        self.figli.iter().find(|f| f.nome == nome)
    }

    pub fn figli_di_nome<'a>(&'a self, nome: &'a str) -> impl Iterator<Item = &'a Self> {
        self.figli.iter().filter(move |f| f.nome == nome)
    }

    /// Text of the child with this name.
    #[must_use]
    pub fn valore(&self, nome: &str) -> Option<&str> {
        self.figlio(nome).map(|f| f.testo.as_str())
    }

    /// First element with this name, at any depth, itself included.
    #[must_use]
    pub fn cerca(&self, nome: &str) -> Option<&Self> {
        if self.nome == nome {
            return Some(self);
        }
        self.figli.iter().find_map(|f| f.cerca(nome))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ErroreXml {
    #[error("il testo non e' UTF-8")]
    NonUtf8,
    #[error("XML mal formato: {0}")]
    MalFormato(String),
    #[error("il documento ha una DTD")]
    Dtd,
    #[error("documento oltre i limiti: piu' di {PROFONDITA_MAX} livelli o {ELEMENTI_MAX} elementi")]
    TroppoGrande,
}

fn mal_formato(causa: impl std::fmt::Display) -> ErroreXml {
    ErroreXml::MalFormato(causa.to_string())
}

/// Reads a whole document.
pub fn leggi(ottetti: &[u8]) -> Result<Elemento, ErroreXml> {
    let testo = std::str::from_utf8(ottetti).map_err(|_| ErroreXml::NonUtf8)?;
    let mut lettore = NsReader::from_str(testo.trim_start_matches('\u{feff}'));
    let mut aperti: Vec<Elemento> = Vec::new();
    let mut radice: Option<Elemento> = None;
    let mut elementi = 0_usize;
    loop {
        let (spazio, evento) = lettore.read_resolved_event().map_err(mal_formato)?;
        let spazio = match spazio {
            ResolveResult::Bound(ns) => Some(ns.0.to_owned()),
            ResolveResult::Unbound => None,
            ResolveResult::Unknown(prefisso) => return Err(ErroreXml::MalFormato(format!("prefisso non dichiarato {prefisso:?}"))),
        };
        match evento {
            Event::Start(inizio) => {
                elementi += 1;
                if aperti.len() >= PROFONDITA_MAX || elementi > ELEMENTI_MAX {
                    return Err(ErroreXml::TroppoGrande);
                }
                if radice.is_some() {
                    return Err(mal_formato("piu' di una radice"));
                }
                aperti.push(Elemento { spazio, nome: inizio.local_name().into_inner().to_owned(), ..Elemento::default() });
            }
            Event::Empty(vuoto) => {
                elementi += 1;
                if elementi > ELEMENTI_MAX {
                    return Err(ErroreXml::TroppoGrande);
                }
                let elemento = Elemento { spazio, nome: vuoto.local_name().into_inner().to_owned(), ..Elemento::default() };
                chiudi(elemento, &mut aperti, &mut radice)?;
            }
            Event::End(_) => {
                let elemento = aperti.pop().ok_or_else(|| mal_formato("chiusura senza apertura"))?;
                chiudi(elemento, &mut aperti, &mut radice)?;
            }
            Event::Text(t) => aggiungi_testo(&mut aperti, &t.xml10_content())?,
            Event::CData(t) => aggiungi_testo(&mut aperti, &t.xml10_content())?,
            Event::GeneralRef(riferimento) => {
                let carattere = riferimento.resolve_char_ref().map_err(mal_formato)?;
                let risolto = match (carattere, &*riferimento.xml10_content()) {
                    (Some(c), _) => c,
                    (None, "lt") => '<',
                    (None, "gt") => '>',
                    (None, "amp") => '&',
                    (None, "quot") => '"',
                    (None, "apos") => '\'',
                    (None, altro) => return Err(ErroreXml::MalFormato(format!("entita' sconosciuta &{altro};"))),
                };
                aggiungi_testo(&mut aperti, risolto.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(ErroreXml::Dtd),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    if aperti.is_empty() { radice.ok_or_else(|| mal_formato("nessun elemento")) } else { Err(mal_formato("documento troncato")) }
}

fn chiudi(mut elemento: Elemento, aperti: &mut [Elemento], radice: &mut Option<Elemento>) -> Result<(), ErroreXml> {
    if !elemento.figli.is_empty() && elemento.testo.trim().is_empty() {
        elemento.testo.clear();
    }
    match aperti.last_mut() {
        Some(padre) => padre.figli.push(elemento),
        None if radice.is_none() => *radice = Some(elemento),
        None => return Err(mal_formato("piu' di una radice")),
    }
    Ok(())
}

fn aggiungi_testo(aperti: &mut [Elemento], testo: &str) -> Result<(), ErroreXml> {
    match aperti.last_mut() {
        Some(corrente) => corrente.testo.push_str(testo),
        None if testo.trim().is_empty() => {}
        None => return Err(mal_formato("testo fuori dalla radice")),
    }
    Ok(())
}

/// Characters that XML 1.0 can carry.
#[must_use]
pub fn ammesso(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// Text as it is written between two tags. Characters that XML cannot carry are left out.
#[must_use]
pub fn scrivi_testo(testo: &str) -> String {
    let mut uscita = String::with_capacity(testo.len());
    for c in testo.chars().filter(|c| ammesso(*c)) {
        match c {
            '&' => uscita.push_str("&amp;"),
            '<' => uscita.push_str("&lt;"),
            '>' => uscita.push_str("&gt;"),
            '"' => uscita.push_str("&quot;"),
            '\'' => uscita.push_str("&apos;"),
            '\r' => uscita.push_str("&#13;"),
            c => uscita.push(c),
        }
    }
    uscita
}

/// Writes elements one after the other.
#[derive(Default)]
pub struct Scrittore(String);

impl Scrittore {
    pub fn grezzo(&mut self, testo: &str) -> &mut Self {
        self.0.push_str(testo);
        self
    }

    pub fn el(&mut self, nome: &str, valore: &str) -> &mut Self {
        let _ = write!(self.0, "<{nome}>{}</{nome}>", scrivi_testo(valore));
        self
    }

    pub fn el_se(&mut self, nome: &str, valore: Option<&str>) -> &mut Self {
        if let Some(valore) = valore {
            self.el(nome, valore);
        }
        self
    }

    pub fn dentro(&mut self, nome: &str, scrivi: impl FnOnce(&mut Self)) -> &mut Self {
        let _ = write!(self.0, "<{nome}>");
        scrivi(self);
        let _ = write!(self.0, "</{nome}>");
        self
    }

    #[must_use]
    pub fn fine(self) -> String {
        self.0
    }
}

/// Indents a document for a reader's eye; `None` when it is not well formed or is beyond the bounds.
#[must_use]
pub fn indenta(ottetti: &[u8]) -> Option<String> {
    leggi(ottetti).ok()?;
    let testo = std::str::from_utf8(ottetti).ok()?;
    let mut lettore = quick_xml::Reader::from_str(testo.trim_start_matches('\u{feff}'));
    lettore.config_mut().trim_text(true);
    let mut scrittore = quick_xml::Writer::new_with_indent(Vec::new(), b' ', 2);
    loop {
        match lettore.read_event().ok()? {
            Event::Eof => break,
            evento => scrittore.write_event(evento).ok()?,
        }
    }
    String::from_utf8(scrittore.into_inner()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn un_documento_con_prefissi_si_legge_per_nome_e_spazio() {
        let letto = leggi(br#"<?xml version="1.0"?><a:x xmlns:a="urn:a"><y>1 &amp; 2</y><y><![CDATA[<3>]]></y></a:x>"#).expect("valido");
        assert_eq!(letto.spazio.as_deref(), Some("urn:a"));
        assert_eq!(letto.figli_di_nome("y").map(|y| y.testo.as_str()).collect::<Vec<_>>(), ["1 & 2", "<3>"]);
        assert_eq!(letto.figli[0].spazio, None);
    }

    #[test]
    fn cio_che_non_e_un_documento_e_rifiutato() {
        for (testo, motivo) in [
            (&b"<a><b></a>"[..], "chiusure incrociate"),
            (b"<a>", "troncato"),
            (b"ciao", "testo"),
            (b"", "vuoto"),
            (b"<a/><b/>", "due radici"),
            (b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "dtd"),
            (b"<a>&nbsp;</a>", "entita' ignota"),
            (b"<p:a/>", "prefisso ignoto"),
            (b"<a>\xff</a>", "non utf-8"),
        ] {
            assert!(leggi(testo).is_err(), "{motivo}");
        }
        let profondo = "<a>".repeat(PROFONDITA_MAX + 1) + &"</a>".repeat(PROFONDITA_MAX + 1);
        assert!(matches!(leggi(profondo.as_bytes()), Err(ErroreXml::TroppoGrande)));
    }

    proptest! {
        #[test]
        fn il_testo_scritto_si_rilegge_uguale(testo in any::<String>()) {
            let mut s = Scrittore::default();
            s.dentro("a", |s| { s.el("b", &testo); });
            let letto = leggi(s.fine().as_bytes()).expect("ben formato");
            let atteso: String = testo.chars().filter(|c| ammesso(*c)).collect();
            prop_assert_eq!(letto.valore("b"), Some(atteso.as_str()));
        }

        #[test]
        fn nessun_ottetto_fa_panico(ottetti in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = leggi(&ottetti);
            let _ = indenta(&ottetti);
        }
    }
}
