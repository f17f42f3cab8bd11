//! Reads the elements of a message in the order of the XSD, one line per element.
//!
//! A method consumes the next child if it has the asked name and complains otherwise, so that a wrong order, an unknown, a repeated and a
//! missing element are all found by the same comparison. Errors give the path of the element and the broken rule, never the value.

use std::ops::RangeInclusive;

use crate::busta::{Messaggio, NESSUNO, Nodo, Spazio, bianco, nome_breve};
use crate::regole::{Regola, testo_fra};

/// Path of the element and broken rule.
pub(crate) type Sintassi<T> = Result<T, String>;

pub(crate) struct Cursore<'m, 'a> {
    nodi: &'m [Nodo<'a>],
    elemento: u32,
    prossimo: u32,
    /// Where the names of the children live.
    spazio: Spazio,
}

/// Reads the children of the message element with `leggi`, to the last.
pub(crate) fn percorri<T>(messaggio: &Messaggio<'_>, leggi: impl FnOnce(&mut Cursore<'_, '_>) -> Sintassi<T>) -> Sintassi<T> {
    percorri_in(messaggio, Spazio::Nessuno, leggi)
}

/// The same, where the children are in a namespace.
pub(crate) fn percorri_in<T>(messaggio: &Messaggio<'_>, spazio: Spazio, leggi: impl FnOnce(&mut Cursore<'_, '_>) -> Sintassi<T>) -> Sintassi<T> {
    Cursore { nodi: &messaggio.nodi, elemento: 0, prossimo: NESSUNO, spazio }.dentro(0, spazio, leggi)
}

impl<'m, 'a> Cursore<'m, 'a> {
    fn nodo(&self, indice: u32) -> &'m Nodo<'a> {
        &self.nodi[indice as usize]
    }

    /// `paSendRTReq/receipt/debtor`.
    fn percorso(&self, indice: u32) -> String {
        let mut nomi = vec![nome_breve(self.nodo(indice).nome)];
        let mut corrente = indice;
        while corrente != 0 {
            corrente = self.nodo(corrente).padre;
            nomi.push(nome_breve(self.nodo(corrente).nome));
        }
        nomi.reverse();
        nomi.join("/")
    }

    /// True if the next element is the one asked for: for choices and optional elements.
    pub fn segue(&self, nome: &str) -> bool {
        self.prossimo != NESSUNO && {
            let nodo = self.nodo(self.prossimo);
            nodo.nome == nome && nodo.spazio == self.spazio
        }
    }

    fn prendi(&mut self, nome: &str) -> Sintassi<u32> {
        if self.segue(nome) {
            let indice = self.prossimo;
            self.prossimo = self.nodo(indice).prossimo;
            return Ok(indice);
        }
        if self.prossimo == NESSUNO {
            return Err(format!("manca l'elemento `{}/{nome}`", self.percorso(self.elemento)));
        }
        let trovato = self.nodo(self.prossimo);
        let dove = self.percorso(self.prossimo);
        if trovato.nome == nome {
            let regola = if self.spazio == Spazio::Nessuno { "non deve avere namespace" } else { "deve essere nel namespace di RPT e RT" };
            return Err(format!("l'elemento `{dove}` {regola}"));
        }
        Err(format!("elemento inatteso `{dove}`: era atteso `{nome}`"))
    }

    /// A mandatory element with text.
    pub fn valore<T>(&mut self, nome: &str, leggi: impl FnOnce(&str) -> Result<T, Regola>) -> Sintassi<T> {
        let indice = self.prendi(nome)?;
        let nodo = self.nodo(indice);
        if nodo.primo_figlio != NESSUNO {
            return Err(format!("l'elemento `{}` non ammette altri elementi", self.percorso(indice)));
        }
        leggi(&nodo.testo).map_err(|regola| format!("valore non valido in `{}`: {regola}", self.percorso(indice)))
    }

    pub fn valore_facoltativo<T>(&mut self, nome: &str, leggi: impl FnOnce(&str) -> Result<T, Regola>) -> Sintassi<Option<T>> {
        if self.segue(nome) { self.valore(nome, leggi).map(Some) } else { Ok(None) }
    }

    /// A mandatory text; the length is in characters.
    pub fn testo(&mut self, nome: &str, lunghezza: RangeInclusive<usize>) -> Sintassi<String> {
        self.valore(nome, testo_fra(lunghezza))
    }

    pub fn testo_facoltativo(&mut self, nome: &str, lunghezza: RangeInclusive<usize>) -> Sintassi<Option<String>> {
        self.valore_facoltativo(nome, testo_fra(lunghezza))
    }

    /// A mandatory element with elements inside, read by `leggi` to the last.
    pub fn gruppo<T>(&mut self, nome: &str, leggi: impl FnOnce(&mut Cursore<'m, 'a>) -> Sintassi<T>) -> Sintassi<T> {
        self.gruppo_in(nome, self.spazio, leggi)
    }

    /// The same, for an element whose children live elsewhere.
    pub fn gruppo_in<T>(&mut self, nome: &str, spazio: Spazio, leggi: impl FnOnce(&mut Cursore<'m, 'a>) -> Sintassi<T>) -> Sintassi<T> {
        let indice = self.prendi(nome)?;
        self.dentro(indice, spazio, leggi)
    }

    pub fn gruppo_facoltativo<T>(&mut self, nome: &str, leggi: impl FnOnce(&mut Cursore<'m, 'a>) -> Sintassi<T>) -> Sintassi<Option<T>> {
        if self.segue(nome) { self.gruppo(nome, leggi).map(Some) } else { Ok(None) }
    }

    /// At least one and at most `massimo` elements of the same name.
    pub fn gruppi<T>(&mut self, nome: &str, massimo: usize, leggi: impl Fn(&mut Cursore<'m, 'a>) -> Sintassi<T>) -> Sintassi<Vec<T>> {
        let mut letti = vec![self.gruppo(nome, &leggi)?];
        while letti.len() < massimo && self.segue(nome) {
            letti.push(self.gruppo(nome, &leggi)?);
        }
        Ok(letti)
    }

    fn dentro<T>(&self, indice: u32, spazio: Spazio, leggi: impl FnOnce(&mut Cursore<'m, 'a>) -> Sintassi<T>) -> Sintassi<T> {
        let nodo = self.nodo(indice);
        if !bianco(&nodo.testo) {
            return Err(format!("l'elemento `{}` non ammette testo", self.percorso(indice)));
        }
        let mut interno = Cursore { nodi: self.nodi, elemento: indice, prossimo: nodo.primo_figlio, spazio };
        let letto = leggi(&mut interno)?;
        if interno.prossimo == NESSUNO { Ok(letto) } else { Err(format!("elemento inatteso `{}`", interno.percorso(interno.prossimo))) }
    }
}
