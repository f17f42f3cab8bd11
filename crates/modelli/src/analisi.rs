//! The Pratt parser of expressions.
//!
//! | level | operators |
//! |---|---|
//! | 1 | `\|\|` |
//! | 2 | `&&` |
//! | 3 | `==` `=` `!=` |
//! | 4 | `<` `>` `<=` `>=` `lt` `lte` `gt` `gte` |
//! | 5 | `..` `..<` `..*` |
//! | 6 | `+` `-` |
//! | 7 | `*` `/` `%` |
//! | 8 | unary `-` `+` `!` |
//! | 9 | `.x` `[x]` `(x)` `?x` `??` `!x` |
//!
//! As in the original, what stands at the right of a default is a whole expression: `x!1 + y` is `x!(1 + y)`.

use std::sync::Arc;

use crate::builtin::{self, Cache};
use crate::errori::ErroreCompilazione;
use crate::espressioni::{Espr, Estremi, Operatore, Speciale, Tipo, Uso};
use crate::lessico::{Gettone, Lessico, Sede, decodifica};
use crate::limiti::PROFONDITA_ESPRESSIONE_MAX;

/// Brackets, operators and strings within each other: the parser is recursive.
const LIVELLI_MAX: u16 = 60;
/// Arguments of a call, members of a literal.
const VOCI_MAX: usize = 1000;

enum Infisso {
    Operatore(Operatore),
    Intervallo(Estremi),
}

pub(crate) struct Analisi<'a> {
    lessico: Lessico<'a>,
    /// The token to be looked at and where it begins.
    gettone: Gettone,
    inizio: usize,
    /// Where the token before it ended.
    precedente: usize,
    livello: u16,
    /// Inside an assignment `x! y = 2` begins another one.
    assegnazione: bool,
}

type Letto<T> = Result<T, ErroreCompilazione>;

impl<'a> Analisi<'a> {
    pub fn nuova(testo: &'a str, pos: usize, sede: Sede) -> Letto<Self> {
        Self::entro(Lessico::nuovo(testo, pos, testo.len(), sede), 0)
    }

    fn entro(mut lessico: Lessico<'a>, livello: u16) -> Letto<Self> {
        let precedente = lessico.pos;
        let (gettone, inizio) = lessico.prossimo()?;
        Ok(Self { lessico, gettone, inizio, precedente, livello, assegnazione: false })
    }

    pub fn in_assegnazione(&mut self) {
        self.assegnazione = true;
    }

    pub fn gettone(&self) -> &Gettone {
        &self.gettone
    }

    pub fn errore<T>(&self, messaggio: impl Into<String>) -> Letto<T> {
        Err(self.lessico.errore(self.inizio, messaggio))
    }

    /// Takes the token and goes on. After [`Gettone::Fine`] there is nothing to look at.
    pub fn avanza(&mut self) -> Letto<Gettone> {
        self.precedente = self.lessico.pos;
        if self.gettone == Gettone::Fine {
            return Ok(Gettone::Fine);
        }
        let (gettone, inizio) = self.lessico.prossimo()?;
        self.inizio = inizio;
        Ok(std::mem::replace(&mut self.gettone, gettone))
    }

    pub fn simbolo(&mut self, atteso: &str) -> Letto<bool> {
        let trovato = matches!(self.gettone, Gettone::Simbolo(s) if s == atteso);
        if trovato {
            self.avanza()?;
        }
        Ok(trovato)
    }

    pub fn parola(&mut self, attesa: &str) -> Letto<bool> {
        let trovata = matches!(&self.gettone, Gettone::Nome(n) if n == attesa);
        if trovata {
            self.avanza()?;
        }
        Ok(trovata)
    }

    fn pretendi(&mut self, atteso: &str) -> Letto<()> {
        if self.simbolo(atteso)? { Ok(()) } else { self.errore(format!("qui serve `{atteso}`, non {}", descrivi(&self.gettone))) }
    }

    pub fn nome(&mut self, perche: &str) -> Letto<String> {
        if !matches!(self.gettone, Gettone::Nome(_)) {
            return self.errore(format!("qui serve un nome ({perche}), non {}", descrivi(&self.gettone)));
        }
        match self.avanza()? {
            Gettone::Nome(nome) => Ok(nome),
            _ => self.errore("qui serve un nome"),
        }
    }

    /// A name, bare or in quotes.
    pub fn nome_o_stringa(&mut self, perche: &str) -> Letto<String> {
        if let Gettone::Stringa { da, a, .. } = self.gettone
            && let Tipo::Testo(nome) = self.stringa(da, a)?
        {
            self.avanza()?;
            return Ok(nome.to_string());
        }
        self.nome(perche)
    }

    /// Demands the end of the tag or interpolation; gives the offset just after it.
    pub fn fine(&self) -> Letto<usize> {
        if self.gettone == Gettone::Fine {
            Ok(self.lessico.pos)
        } else {
            self.errore(format!("{} inatteso: l'espressione era già finita", descrivi(&self.gettone)))
        }
    }

    pub fn espressione(&mut self) -> Letto<Espr> {
        self.con_forza(1)
    }

    fn con_forza(&mut self, minima: u8) -> Letto<Espr> {
        self.livello += 1;
        if self.livello > LIVELLI_MAX {
            return self.errore(format!("espressione troppo annidata: al massimo {LIVELLI_MAX} livelli"));
        }
        let mut sinistra = self.prefisso()?;
        while let Some((infisso, forza)) = self.infisso()
            && forza >= minima
        {
            self.avanza()?;
            sinistra = self.destra(sinistra, &infisso, forza)?;
        }
        self.livello -= 1;
        Ok(sinistra)
    }

    fn infisso(&self) -> Option<(Infisso, u8)> {
        use Operatore::{Diverso, Divisione, E, Maggiore, MaggioreUguale, Minore, MinoreUguale, Oppure, Prodotto, Resto, Somma, Sottrazione, Uguale};
        let scritto: &str = match &self.gettone {
            Gettone::Simbolo(s) => s,
            Gettone::Nome(n) => n,
            _ => return None,
        };
        let (operatore, forza) = match scritto {
            "||" => (Oppure, 1),
            "&&" => (E, 2),
            "==" | "=" => (Uguale, 3),
            "!=" => (Diverso, 3),
            "<" | "lt" => (Minore, 4),
            "<=" | "lte" => (MinoreUguale, 4),
            ">" | "gt" => (Maggiore, 4),
            ">=" | "gte" => (MaggioreUguale, 4),
            ".." => return Some((Infisso::Intervallo(Estremi::Compreso), 5)),
            "..<" | "..!" => return Some((Infisso::Intervallo(Estremi::Escluso), 5)),
            "..*" => return Some((Infisso::Intervallo(Estremi::Lunghezza), 5)),
            "+" => (Somma, 6),
            "-" => (Sottrazione, 6),
            "*" => (Prodotto, 7),
            "/" => (Divisione, 7),
            "%" => (Resto, 7),
            _ => return None,
        };
        Some((Infisso::Operatore(operatore), forza))
    }

    fn destra(&mut self, sinistra: Espr, infisso: &Infisso, forza: u8) -> Letto<Espr> {
        let da = sinistra.da;
        match *infisso {
            Infisso::Operatore(operatore) => {
                let destra = self.con_forza(forza + 1)?;
                self.fatta(Tipo::Binario(operatore, sinistra.into(), destra.into()), da)
            }
            Infisso::Intervallo(estremi) => {
                let destra = if self.inizia_espressione() { Some(Box::new(self.con_forza(forza + 1)?)) } else { None };
                if destra.is_none() && estremi != Estremi::Compreso {
                    return self.errore("manca l'estremo destro dell'intervallo");
                }
                self.fatta(Tipo::Intervallo(estremi, sinistra.into(), destra), da)
            }
        }
    }

    fn prefisso(&mut self) -> Letto<Espr> {
        let da = offset(self.inizio);
        for (simbolo, costruttore) in [("-", Tipo::Meno as fn(Box<Espr>) -> Tipo), ("+", Tipo::Piu), ("!", Tipo::Non)] {
            if self.simbolo(simbolo)? {
                let dentro = self.con_forza(8)?;
                return self.fatta(costruttore(dentro.into()), da);
            }
        }
        let mut espr = self.primaria()?;
        while let Some(successiva) = self.postfisso(&mut espr)? {
            espr = successiva;
        }
        Ok(espr)
    }

    fn primaria(&mut self) -> Letto<Espr> {
        let da = offset(self.inizio);
        let tipo = match self.gettone.clone() {
            Gettone::Numero(n) => self.preso(Tipo::Numero(n))?,
            Gettone::Stringa { da, a, grezza } => {
                let tipo = if grezza { Tipo::Testo(self.lessico.testo[da..a].into()) } else { self.stringa(da, a)? };
                self.preso(tipo)?
            }
            Gettone::Nome(nome) => match nome.as_str() {
                "true" => self.preso(Tipo::Booleano(true))?,
                "false" => self.preso(Tipo::Booleano(false))?,
                parola if riservata(parola) => return self.errore(format!("qui serve un valore, non la parola riservata `{parola}`")),
                _ => self.preso(Tipo::Variabile(nome.into()))?,
            },
            Gettone::Simbolo("(") => {
                self.avanza()?;
                let dentro = self.espressione()?;
                self.pretendi(")")?;
                Tipo::Parentesi(dentro.into())
            }
            Gettone::Simbolo("[") => {
                self.avanza()?;
                Tipo::Sequenza(self.elenco("]")?)
            }
            Gettone::Simbolo("{") => {
                self.avanza()?;
                Tipo::Mappa(self.mappa()?)
            }
            Gettone::Simbolo(".") => {
                self.avanza()?;
                self.speciale()?
            }
            altro => return self.errore(format!("qui serve un valore, non {}", descrivi(&altro))),
        };
        self.fatta(tipo, da)
    }

    fn preso(&mut self, tipo: Tipo) -> Letto<Tipo> {
        self.avanza()?;
        Ok(tipo)
    }

    fn speciale(&mut self) -> Letto<Tipo> {
        let dove = self.inizio;
        match self.nome("una variabile speciale, come `.now`")?.as_str() {
            "now" => Ok(Tipo::Speciale(Speciale::Adesso)),
            "locale" | "lang" => Ok(Tipo::Speciale(Speciale::Lingua)),
            altra => Err(self.lessico.errore(dove, format!("la variabile speciale `.{altra}` non è ammessa: sono ammesse `.now` e `.locale`"))),
        }
    }

    fn stringa(&self, da: usize, a: usize) -> Letto<Tipo> {
        let testo = self.lessico.testo;
        let mut pezzi: Vec<Espr> = Vec::new();
        let mut pos = da;
        while pos < a {
            let (decodificato, dopo) = decodifica(testo, pos, a)?;
            if dopo > pos {
                pezzi.push(self.con_fine(Tipo::Testo(decodificato.into()), offset(pos), dopo)?);
            }
            pos = dopo;
            if testo[pos..a].starts_with("#{") {
                return Err(self.lessico.errore(pos, "l'interpolazione `#{...}` non è ammessa: si scrive `${...}`"));
            }
            if pos < a {
                let mut dentro = Analisi::entro(Lessico::nuovo(testo, pos + 2, a, Sede::Interpolazione), self.livello)?;
                pezzi.push(dentro.espressione()?);
                pos = dentro.fine()?;
            }
            if pezzi.len() > VOCI_MAX {
                return Err(self.lessico.errore(da, format!("stringa con troppe interpolazioni: al massimo {VOCI_MAX}")));
            }
        }
        Ok(match pezzi.as_slice() {
            [] => Tipo::Testo("".into()),
            [Espr { tipo: Tipo::Testo(unico), .. }] => Tipo::Testo(Arc::clone(unico)),
            _ => Tipo::Composta(pezzi),
        })
    }

    /// Expressions with commas between, up to the closing bracket, which is taken.
    fn elenco(&mut self, chiusura: &'static str) -> Letto<Vec<Espr>> {
        let mut elementi = Vec::new();
        while !self.simbolo(chiusura)? {
            if !elementi.is_empty() {
                self.pretendi(",")?;
            }
            if elementi.len() >= VOCI_MAX {
                return self.errore(format!("elenco troppo lungo: al massimo {VOCI_MAX} voci"));
            }
            elementi.push(self.espressione()?);
        }
        Ok(elementi)
    }

    fn mappa(&mut self) -> Letto<Vec<(Espr, Espr)>> {
        let mut voci: Vec<(Espr, Espr)> = Vec::new();
        while !self.simbolo("}")? {
            if !voci.is_empty() {
                self.pretendi(",")?;
            }
            if voci.len() >= VOCI_MAX {
                return self.errore(format!("mappa troppo lunga: al massimo {VOCI_MAX} voci"));
            }
            let chiave = self.espressione()?;
            self.pretendi(":")?;
            voci.push((chiave, self.espressione()?));
        }
        Ok(voci)
    }

    /// Applies what follows an operand. `None` if nothing does: the operand is then left where it was.
    fn postfisso(&mut self, espr: &mut Espr) -> Letto<Option<Espr>> {
        let da = espr.da;
        let Gettone::Simbolo(simbolo) = self.gettone else { return Ok(None) };
        if !matches!(simbolo, "." | "[" | "(" | "?" | "??" | "!") {
            return Ok(None);
        }
        self.avanza()?;
        let soggetto = Box::new(std::mem::replace(espr, Espr { tipo: Tipo::Booleano(false), da, a: da, profondita: 0 }));
        let tipo = match simbolo {
            "." => Tipo::Punto(soggetto, self.nome("dopo il punto")?.into()),
            "[" => {
                let indice = self.espressione()?;
                self.pretendi("]")?;
                Tipo::Indice(soggetto, indice.into())
            }
            "(" => Tipo::Chiamata(soggetto, self.elenco(")")?),
            "?" => self.builtin(soggetto)?,
            "??" => Tipo::Esiste(soggetto),
            _ if self.inizia_espressione() && !self.altra_assegnazione()? => Tipo::Predefinito(soggetto, Some(self.espressione()?.into())),
            _ => Tipo::Predefinito(soggetto, None),
        };
        self.fatta(tipo, da).map(Some)
    }

    fn builtin(&mut self, soggetto: Box<Espr>) -> Letto<Tipo> {
        let dove = self.inizio;
        let nome = self.nome("un built-in, dopo `?`")?;
        let voce = builtin::trova(&nome).map_err(|perche| self.lessico.errore(dove, perche))?;
        let argomenti = if voce.nome == "string" && self.simbolo("[")? {
            let schema = self.espressione()?;
            self.pretendi("]")?;
            vec![schema]
        } else if voce.nome == "string" && self.simbolo(".")? {
            let da = offset(self.inizio);
            let schema = self.nome("il nome di un formato")?;
            vec![self.fatta(Tipo::Testo(schema.into()), da)?]
        } else if self.simbolo("(")? {
            self.elenco(")")?
        } else {
            Vec::new()
        };
        if !(voce.minimo..=voce.massimo).contains(&argomenti.len()) {
            let messaggio = format!("`?{}` vuole da {} a {} argomenti, non {}", voce.nome, voce.minimo, voce.massimo, argomenti.len());
            return Err(self.lessico.errore(dove, messaggio));
        }
        if voce.ciclo() && !matches!(soggetto.tipo, Tipo::Variabile(_)) {
            return Err(self.lessico.errore(dove, format!("`?{}` si chiede alla variabile di un `<#list>`", voce.nome)));
        }
        Ok(Tipo::Builtin(soggetto, Box::new(Uso { voce, argomenti, cache: Cache::default() })))
    }

    fn inizia_espressione(&self) -> bool {
        match &self.gettone {
            Gettone::Nome(n) => !riservata(n),
            Gettone::Numero(_) | Gettone::Stringa { .. } => true,
            Gettone::Simbolo(s) => matches!(*s, "(" | "[" | "{" | "-" | "+" | "!"),
            Gettone::Fine => false,
        }
    }

    /// `nome =` stands here, and we are in an `<#assign>`.
    fn altra_assegnazione(&self) -> Letto<bool> {
        if !self.assegnazione || !matches!(self.gettone, Gettone::Nome(_)) {
            return Ok(false);
        }
        Ok(self.lessico.clone().prossimo()?.0 == Gettone::Simbolo("="))
    }

    fn fatta(&self, tipo: Tipo, da: u32) -> Letto<Espr> {
        self.con_fine(tipo, da, self.precedente)
    }

    fn con_fine(&self, tipo: Tipo, da: u32, a: usize) -> Letto<Espr> {
        let profondita = tipo.profondita().saturating_add(1);
        if profondita > PROFONDITA_ESPRESSIONE_MAX {
            return Err(self.lessico.errore(da as usize, format!("espressione troppo lunga: al massimo {PROFONDITA_ESPRESSIONE_MAX} operazioni in catena")));
        }
        Ok(Espr { tipo, da, a: offset(a), profondita })
    }
}

fn riservata(parola: &str) -> bool {
    matches!(parola, "as" | "in" | "using" | "lt" | "lte" | "gt" | "gte")
}

/// Templates are under `MODELLO_BYTE_MAX`, so offsets fit.
fn offset(pos: usize) -> u32 {
    u32::try_from(pos).unwrap_or(u32::MAX)
}

pub(crate) fn descrivi(gettone: &Gettone) -> String {
    match gettone {
        Gettone::Nome(n) => format!("`{n}`"),
        Gettone::Numero(n) => format!("il numero {n}"),
        Gettone::Stringa { .. } => "una stringa".into(),
        Gettone::Simbolo(s) => format!("`{s}`"),
        Gettone::Fine => "la fine".into(),
    }
}
