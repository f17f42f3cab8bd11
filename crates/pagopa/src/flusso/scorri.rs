//! One pass over a long XML document: one element at a time, memory that does not grow with the input.
//!
//! As hardened as [`crate::busta`] (no DOCTYPE, no processing instruction, no entity but the five predefined ones), without keeping a tree.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Illeggibile;
use crate::busta::{Codifica, NS_SOAP, bianco, codifica_dichiarata, nome_breve, riferimento};

/// Nested elements: a flow has 4, the envelope of an answer 2 more.
const PROFONDITA_MAX: usize = 16;
/// Bytes of one tag, text or comment.
const BYTE_PASSO_MAX: usize = 64 * 1024;

pub(super) type Esito<T> = Result<T, Illeggibile>;

/// Stops whoever would buffer more than a step may hold.
struct Misurato<R> {
    dentro: R,
    residuo: usize,
}

impl<R: BufRead> Read for Misurato<R> {
    fn read(&mut self, spazio: &mut [u8]) -> io::Result<usize> {
        let pronti = self.fill_buf()?;
        let quanti = pronti.len().min(spazio.len());
        spazio[..quanti].copy_from_slice(&pronti[..quanti]);
        self.consume(quanti);
        Ok(quanti)
    }
}

impl<R: BufRead> BufRead for Misurato<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.residuo == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("un solo pezzo oltre {BYTE_PASSO_MAX} byte")));
        }
        let pronti = self.dentro.fill_buf()?;
        Ok(&pronti[..pronti.len().min(self.residuo)])
    }

    fn consume(&mut self, quanti: usize) {
        self.residuo = self.residuo.saturating_sub(quanti);
        self.dentro.consume(quanti);
    }
}

/// UTF-8 as it is, ISO-8859-1 turned into it.
enum Decodificato<R> {
    Utf8(R),
    Latin1 { dentro: R, pronti: Vec<u8>, letti: usize },
}

impl<R: BufRead> Decodificato<R> {
    /// Looks at what `dentro` has ready: the XML declaration, when there is one.
    fn nuovo(mut dentro: R) -> Esito<Self> {
        let testa = dentro.fill_buf().map_err(Illeggibile::lettura)?;
        if matches!(testa, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, ..] | [b'<', 0, ..]) {
            return Err(Illeggibile::nuovo("codifica diversa da UTF-8"));
        }
        match codifica_dichiarata(testa.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(testa)) {
            Codifica::Utf8 => Ok(Self::Utf8(dentro)),
            Codifica::Latin1 => Ok(Self::Latin1 { dentro, pronti: Vec::new(), letti: 0 }),
            Codifica::Altra => Err(Illeggibile::nuovo("codifica diversa da UTF-8")),
        }
    }
}

impl<R: BufRead> Read for Decodificato<R> {
    fn read(&mut self, spazio: &mut [u8]) -> io::Result<usize> {
        let pronti = self.fill_buf()?;
        let quanti = pronti.len().min(spazio.len());
        spazio[..quanti].copy_from_slice(&pronti[..quanti]);
        self.consume(quanti);
        Ok(quanti)
    }
}

impl<R: BufRead> BufRead for Decodificato<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Utf8(dentro) => dentro.fill_buf(),
            Self::Latin1 { dentro, pronti, letti } => {
                if *letti >= pronti.len() {
                    let grezzi = dentro.fill_buf()?;
                    let quanti = grezzi.len();
                    pronti.clear();
                    *letti = 0;
                    let testo: String = grezzi.iter().map(|b| char::from(*b)).collect();
                    pronti.extend_from_slice(testo.as_bytes());
                    dentro.consume(quanti);
                }
                Ok(&pronti[*letti..])
            }
        }
    }

    fn consume(&mut self, quanti: usize) {
        match self {
            Self::Utf8(dentro) => dentro.consume(quanti),
            Self::Latin1 { letti, .. } => *letti += quanti,
        }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passo {
    /// An element opens: [`Scorri::nome`] is its local name.
    Apre,
    Chiude,
    Fine,
}

pub(super) struct Scorri<R: BufRead> {
    lettore: Reader<Misurato<Decodificato<R>>>,
    grezzo: Vec<u8>,
    nome: String,
    /// Namespace of the outermost element.
    spazio: String,
    profondita: usize,
    visto: bool,
    pronto: Option<Passo>,
}

impl<R: BufRead> Scorri<R> {
    pub fn nuovo(dentro: R) -> Esito<Self> {
        let mut lettore = Reader::from_reader(Misurato { dentro: Decodificato::nuovo(dentro)?, residuo: BYTE_PASSO_MAX });
        lettore.config_mut().expand_empty_elements = true;
        Ok(Self { lettore, grezzo: Vec::new(), nome: String::new(), spazio: String::new(), profondita: 0, visto: false, pronto: None })
    }

    /// Local name of the element that opened last.
    pub fn nome(&self) -> &str {
        &self.nome
    }

    pub fn spazio(&self) -> &str {
        &self.spazio
    }

    /// Looks without taking.
    pub fn guarda(&mut self) -> Esito<Passo> {
        match self.pronto {
            Some(passo) => Ok(passo),
            None => {
                let passo = self.avanza(None)?;
                self.pronto = Some(passo);
                Ok(passo)
            }
        }
    }

    pub fn prendi(&mut self) -> Esito<Passo> {
        let passo = self.guarda()?;
        self.pronto = None;
        Ok(passo)
    }

    /// True when an element of this name opens now.
    pub fn segue(&mut self, nome: &str) -> Esito<bool> {
        Ok(self.guarda()? == Passo::Apre && self.nome == nome)
    }

    /// Enters an element that must be here.
    pub fn entra(&mut self, nome: &str) -> Esito<()> {
        match self.guarda()? {
            Passo::Apre if self.nome == nome => {
                self.pronto = None;
                Ok(())
            }
            Passo::Apre => Err(Illeggibile::nuovo(format!("elemento inatteso `{}`: era atteso `{nome}`", nome_breve(&self.nome)))),
            Passo::Chiude | Passo::Fine => Err(Illeggibile::nuovo(format!("manca l'elemento `{nome}`"))),
        }
    }

    /// Leaves the element at hand, which must have nothing more.
    pub fn esci(&mut self) -> Esito<()> {
        match self.prendi()? {
            Passo::Chiude => Ok(()),
            Passo::Apre => Err(Illeggibile::nuovo(format!("elemento inatteso `{}`", nome_breve(&self.nome)))),
            Passo::Fine => Err(Illeggibile::interrotto()),
        }
    }

    /// Passes over the rest of the element that was just entered.
    pub fn salta(&mut self) -> Esito<()> {
        let fuori = self.profondita - 1;
        while self.profondita > fuori || self.pronto.is_some() {
            self.pronto = None;
            let mut ignorato = String::new();
            if self.avanza(Some(&mut ignorato))? == Passo::Fine {
                return Err(Illeggibile::interrotto());
            }
        }
        Ok(())
    }

    /// The text of the element that was just entered, to its end; without the white around it.
    pub fn testo(&mut self, caratteri_max: usize) -> Esito<String> {
        let nome = self.nome.clone();
        let mut testo = String::new();
        match self.avanza(Some(&mut testo))? {
            Passo::Chiude => {}
            Passo::Apre => return Err(Illeggibile::nuovo(format!("l'elemento `{nome}` non ammette altri elementi"))),
            Passo::Fine => return Err(Illeggibile::interrotto()),
        }
        let pulito = testo.trim_matches([' ', '\t', '\r', '\n']);
        if pulito.chars().count() > caratteri_max {
            return Err(Illeggibile::nuovo(format!("`{nome}` ha piu' di {caratteri_max} caratteri")));
        }
        Ok(pulito.to_owned())
    }

    /// The raw bytes of the text of the element that was just entered, up to its first tag: for what is too long to be a [`Self::testo`].
    pub fn byte_del_testo(&mut self, mut prendi: impl FnMut(&[u8]) -> Esito<()>) -> Esito<()> {
        let mut flusso = self.lettore.stream();
        loop {
            flusso.get_mut().residuo = BYTE_PASSO_MAX;
            let pronti = flusso.fill_buf().map_err(Illeggibile::lettura)?;
            if pronti.is_empty() {
                return Err(Illeggibile::interrotto());
            }
            let fine = pronti.iter().position(|b| *b == b'<');
            let quanti = fine.unwrap_or(pronti.len());
            prendi(&pronti[..quanti])?;
            flusso.consume(quanti);
            if fine.is_some() {
                return Ok(());
            }
        }
    }

    /// Text goes to `testo`; without one only white may be met.
    fn avanza(&mut self, mut testo: Option<&mut String>) -> Esito<Passo> {
        loop {
            self.grezzo.clear();
            self.lettore.get_mut().residuo = BYTE_PASSO_MAX;
            let posizione = self.lettore.buffer_position();
            let evento = self.lettore.read_event_into(&mut self.grezzo).map_err(|e| Illeggibile::xml(&e, posizione))?;
            match evento {
                Event::Start(e) => {
                    if self.profondita == 0 {
                        if self.visto {
                            return Err(Illeggibile::nuovo("XML con piu' di una radice"));
                        }
                        self.spazio = spazio_di(&e)?;
                    }
                    self.visto = true;
                    self.profondita += 1;
                    if self.profondita > PROFONDITA_MAX {
                        return Err(Illeggibile::nuovo(format!("elementi annidati oltre {PROFONDITA_MAX} livelli")));
                    }
                    self.nome.clear();
                    self.nome.push_str(e.local_name().as_ref());
                    return Ok(Passo::Apre);
                }
                Event::End(_) => {
                    self.profondita = self.profondita.saturating_sub(1);
                    return Ok(Passo::Chiude);
                }
                Event::Text(e) => aggiungi(&mut testo, &e.xml10_content())?,
                Event::CData(e) => aggiungi(&mut testo, &e.xml10_content())?,
                Event::GeneralRef(e) => aggiungi(&mut testo, &riferimento(&e.into_inner()).map_err(Illeggibile::nuovo)?)?,
                Event::Eof if self.profondita > 0 || !self.visto => return Err(Illeggibile::interrotto()),
                Event::Eof => return Ok(Passo::Fine),
                Event::Comment(_) | Event::Decl(_) | Event::Empty(_) => {}
                Event::PI(_) => return Err(Illeggibile::nuovo("istruzione di elaborazione non ammessa")),
                Event::DocType(_) => return Err(Illeggibile::nuovo("DOCTYPE non ammesso")),
            }
        }
    }

    /// Enters the first element of the Body of a SOAP 1.1 envelope.
    pub fn entra_nel_corpo(&mut self) -> Esito<()> {
        self.entra("Envelope")?;
        if self.spazio != NS_SOAP {
            return Err(Illeggibile::nuovo("non e' una busta SOAP 1.1"));
        }
        if self.segue("Header")? {
            self.prendi()?;
            self.salta()?;
        }
        self.entra("Body")?;
        match self.prendi()? {
            Passo::Apre => Ok(()),
            Passo::Chiude | Passo::Fine => Err(Illeggibile::nuovo("Body senza messaggio")),
        }
    }
}

fn aggiungi(testo: &mut Option<&mut String>, pezzo: &str) -> Esito<()> {
    match testo {
        Some(testo) if testo.len() + pezzo.len() > BYTE_PASSO_MAX => Err(Illeggibile::nuovo(format!("un testo oltre {BYTE_PASSO_MAX} byte"))),
        Some(testo) => {
            testo.push_str(pezzo);
            Ok(())
        }
        None if bianco(pezzo) => Ok(()),
        None => Err(Illeggibile::nuovo("testo fuori posto")),
    }
}

/// The namespace that the element declares for itself; empty when it declares none.
fn spazio_di(e: &BytesStart<'_>) -> Esito<String> {
    let nome = e.name();
    let chiave = nome.0.split_once(':').map_or_else(|| "xmlns".to_owned(), |(prefisso, _)| format!("xmlns:{prefisso}"));
    for attributo in e.attributes() {
        let attributo = attributo.map_err(|_| Illeggibile::nuovo("attributi non ben formati"))?;
        if attributo.key.0 == chiave {
            return Ok(attributo.value.into_owned());
        }
    }
    Ok(String::new())
}
