//! Pieces nested into a tree of nodes, after the lines that hold only directives are stripped.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::direttive::{Assegnazione, Contenuto, Pezzo, Tag, scomponi};
use crate::errori::{ErroreCompilazione, errore_compilazione};
use crate::espressioni::Espr;
use crate::limiti::ANNIDAMENTO_MAX;
use crate::spazi;

#[derive(Debug)]
pub(crate) enum Nodo {
    Testo(Box<str>),
    Interpola(Espr),
    Assegna(Vec<Assegnazione>),
    AssegnaBlocco(Arc<str>, Vec<Nodo>),
    /// Branches in order; the one without condition is the `<#else>`.
    Se(Vec<(Option<Espr>, Vec<Nodo>)>),
    Lista(Box<Lista>),
    Sep(Vec<Nodo>),
    Interrompi,
    Prosegui,
    Imposta(String, Espr),
    Stop(Option<Espr>),
    Scegli(Espr, Vec<Caso>),
}

#[derive(Debug)]
pub(crate) struct Lista {
    pub espr: Espr,
    pub variabile: Arc<str>,
    pub seconda: Option<Arc<str>>,
    pub corpo: Vec<Nodo>,
    pub altrimenti: Vec<Nodo>,
}

/// No values: the `<#default>`.
#[derive(Debug)]
pub(crate) struct Caso {
    pub valori: Vec<Espr>,
    pub corpo: Vec<Nodo>,
}

type Letto<T> = Result<T, ErroreCompilazione>;

pub(crate) fn costruisci(testo: &str) -> Letto<Vec<Nodo>> {
    let pezzi = scomponi(testo)?;
    let testi = spazi::spoglia(testo, &pezzi);
    let mut costruttore = Costruttore { testo, pezzi: pezzi.into_iter().zip(testi).collect(), livello: 0, cicli: 0, scelte: 0 };
    let corpo = costruttore.corpo(None)?;
    match costruttore.pezzi.pop_front() {
        Some((pezzo, _)) => Err(costruttore.fuori_posto(&pezzo)),
        None => Ok(corpo),
    }
}

struct Costruttore<'a> {
    testo: &'a str,
    pezzi: VecDeque<(Pezzo, String)>,
    livello: usize,
    cicli: usize,
    scelte: usize,
}

impl Costruttore<'_> {
    fn errore<T>(&self, offset: usize, messaggio: impl Into<String>) -> Letto<T> {
        Err(errore_compilazione(self.testo, offset, messaggio))
    }

    fn fuori_posto(&self, pezzo: &Pezzo) -> ErroreCompilazione {
        let messaggio = match &pezzo.contenuto {
            Contenuto::Tag(Tag::Chiude(nome)) => format!("`</#{nome}>` non chiude niente: manca il suo `<#{nome}>`, o prima va chiusa un'altra direttiva"),
            Contenuto::Tag(Tag::Altrimenti | Tag::AltroSe(_)) => "`<#else>` e `<#elseif>` stanno dentro `<#if>` o `<#list>`".into(),
            Contenuto::Tag(Tag::Caso(_) | Tag::Predefinito) => "`<#case>` e `<#default>` stanno dentro `<#switch>`".into(),
            _ => "direttiva fuori posto".into(),
        };
        errore_compilazione(self.testo, pezzo.da, messaggio)
    }

    /// Nodes up to a tag that belongs to whoever opened the block, which is left there.
    fn corpo(&mut self, aperta: Option<(&str, usize)>) -> Letto<Vec<Nodo>> {
        self.livello += 1;
        if self.livello > ANNIDAMENTO_MAX {
            return self.errore(aperta.map_or(0, |(_, da)| da), format!("direttive troppo annidate: al massimo {ANNIDAMENTO_MAX} livelli"));
        }
        let mut nodi = Vec::new();
        while let Some((pezzo, _)) = self.pezzi.front() {
            if let Contenuto::Tag(Tag::Chiude(_) | Tag::Altrimenti | Tag::AltroSe(_) | Tag::Caso(_) | Tag::Predefinito) = pezzo.contenuto {
                self.livello -= 1;
                return Ok(nodi);
            }
            let Some((pezzo, testo)) = self.pezzi.pop_front() else { break };
            self.nodo(pezzo, testo, &mut nodi)?;
        }
        self.livello -= 1;
        match aperta {
            Some((nome, da)) => self.errore(da, format!("`<#{nome}>` non è chiusa: manca `</#{nome}>`")),
            None => Ok(nodi),
        }
    }

    fn nodo(&mut self, pezzo: Pezzo, testo: String, nodi: &mut Vec<Nodo>) -> Letto<()> {
        let da = pezzo.da;
        let tag = match pezzo.contenuto {
            Contenuto::Testo => {
                if !testo.is_empty() {
                    nodi.push(Nodo::Testo(testo.into()));
                }
                return Ok(());
            }
            Contenuto::Commento => return Ok(()),
            Contenuto::Interpolazione(espr) => {
                nodi.push(Nodo::Interpola(espr));
                return Ok(());
            }
            Contenuto::Tag(tag) => tag,
        };
        nodi.push(match tag {
            Tag::Assegna(assegnazioni) => Nodo::Assegna(assegnazioni),
            Tag::AssegnaBlocco(nome) => {
                let (cicli, scelte) = (std::mem::take(&mut self.cicli), std::mem::take(&mut self.scelte));
                let corpo = self.corpo(Some(("assign", da)))?;
                (self.cicli, self.scelte) = (cicli, scelte);
                self.chiudi("assign", da)?;
                Nodo::AssegnaBlocco(nome.into(), corpo)
            }
            Tag::Se(condizione) => self.se(condizione, da)?,
            Tag::Lista { espr, variabile, seconda } => self.lista(espr, variabile.into(), seconda.map(Into::into), da)?,
            Tag::Sep => self.sep(da)?,
            Tag::Interrompi if self.cicli + self.scelte == 0 => return self.errore(da, "`<#break>` sta dentro `<#list>` o `<#switch>`"),
            Tag::Interrompi => Nodo::Interrompi,
            Tag::Prosegui if self.cicli == 0 => return self.errore(da, "`<#continue>` sta dentro `<#list>`"),
            Tag::Prosegui => Nodo::Prosegui,
            Tag::Imposta(nome, espr) => Nodo::Imposta(nome, espr),
            Tag::Stop(espr) => Nodo::Stop(espr),
            Tag::Scegli(espr) => self.scegli(espr, da)?,
            Tag::Rifila(_) | Tag::Intestazione(_) => return Ok(()),
            Tag::AltroSe(_) | Tag::Altrimenti | Tag::Caso(_) | Tag::Predefinito | Tag::Chiude(_) => return self.errore(da, "direttiva fuori posto"),
        });
        Ok(())
    }

    /// Takes the closing tag of `nome`, opened at `da`.
    fn chiudi(&mut self, nome: &str, da: usize) -> Letto<()> {
        match self.pezzi.pop_front() {
            Some((Pezzo { contenuto: Contenuto::Tag(Tag::Chiude(trovato)), .. }, _)) if trovato == nome => Ok(()),
            Some((pezzo, _)) => {
                let (riga, _) = crate::errori::posizione(self.testo, da);
                let trovato = &self.testo[pezzo.da..pezzo.a];
                let trovato: String = trovato.chars().take(40).collect();
                self.errore(pezzo.da, format!("qui serve `</#{nome}>`, che chiude `<#{nome}>` della riga {riga}, non `{trovato}`"))
            }
            None => self.errore(da, format!("`<#{nome}>` non è chiusa: manca `</#{nome}>`")),
        }
    }

    fn prossimo_tag(&self) -> Option<&Tag> {
        match self.pezzi.front() {
            Some((Pezzo { contenuto: Contenuto::Tag(tag), .. }, _)) => Some(tag),
            _ => None,
        }
    }

    fn se(&mut self, condizione: Espr, da: usize) -> Letto<Nodo> {
        let mut rami = vec![(Some(condizione), self.corpo(Some(("if", da)))?)];
        while let Some(Tag::AltroSe(_) | Tag::Altrimenti) = self.prossimo_tag() {
            let Some((pezzo, _)) = self.pezzi.pop_front() else { break };
            if rami.last().is_some_and(|(c, _)| c.is_none()) {
                return self.errore(pezzo.da, "dopo `<#else>` può venire soltanto `</#if>`");
            }
            let condizione = if let Contenuto::Tag(Tag::AltroSe(c)) = pezzo.contenuto { Some(c) } else { None };
            rami.push((condizione, self.corpo(Some(("if", da)))?));
        }
        self.chiudi("if", da)?;
        Ok(Nodo::Se(rami))
    }

    fn lista(&mut self, espr: Espr, variabile: Arc<str>, seconda: Option<Arc<str>>, da: usize) -> Letto<Nodo> {
        self.cicli += 1;
        let corpo = self.corpo(Some(("list", da)))?;
        self.cicli -= 1;
        let altrimenti = if let Some(Tag::Altrimenti) = self.prossimo_tag() {
            self.pezzi.pop_front();
            self.corpo(Some(("list", da)))?
        } else {
            Vec::new()
        };
        self.chiudi("list", da)?;
        Ok(Nodo::Lista(Box::new(Lista { espr, variabile, seconda, corpo, altrimenti })))
    }

    /// `<#sep>` ends with its own tag, or where the list ends.
    fn sep(&mut self, da: usize) -> Letto<Nodo> {
        if self.cicli == 0 {
            return self.errore(da, "`<#sep>` sta dentro `<#list>`");
        }
        let corpo = self.corpo(Some(("sep", da)))?;
        if let Some(Tag::Chiude("sep")) = self.prossimo_tag() {
            self.pezzi.pop_front();
        }
        Ok(Nodo::Sep(corpo))
    }

    fn scegli(&mut self, espr: Espr, da: usize) -> Letto<Nodo> {
        self.scelte += 1;
        self.corpo(Some(("switch", da)))?;
        let mut casi = Vec::new();
        while let Some(Tag::Caso(_) | Tag::Predefinito) = self.prossimo_tag() {
            let Some((pezzo, _)) = self.pezzi.pop_front() else { break };
            let valori = if let Contenuto::Tag(Tag::Caso(valori)) = pezzo.contenuto { valori } else { Vec::new() };
            let corpo = self.corpo(Some(("switch", da)))?;
            casi.push(Caso { valori, corpo });
        }
        self.chiudi("switch", da)?;
        self.scelte -= 1;
        Ok(Nodo::Scegli(espr, casi))
    }
}
