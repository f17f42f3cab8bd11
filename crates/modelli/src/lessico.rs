//! Tokens of an expression. The lexer works where it stands, inside a tag or an interpolation, and says where that ends.

use crate::errori::{ErroreCompilazione, errore_compilazione};
use crate::numero::Numero;

/// What the expression is inside of, hence what closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sede {
    /// Closed by `>` or `/>` outside brackets.
    Tag,
    /// Closed by `}`.
    Interpolazione,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Gettone {
    Nome(String),
    Numero(Numero),
    /// Offsets of what is between the quotes; `grezza` is `r"..."`.
    Stringa {
        da: usize,
        a: usize,
        grezza: bool,
    },
    Simbolo(&'static str),
    /// The tag or the interpolation is closed.
    Fine,
}

/// Longest first.
const SIMBOLI: [&str; 37] = [
    "..<", "..!", "..*", "..", "??", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "++", "--", "(", ")", "[", "]", "{", "}", "+", "-", "*",
    "/", "%", "<", ">", "=", "!", "?", ".", ",", ":",
];

/// Spellings for places where the plain one would end the tag or is escaped by an editor.
const ALTERNATIVE: [(&str, &str); 5] = [("&lt;=", "<="), ("&gt;=", ">="), ("&lt;", "<"), ("&gt;", ">"), ("&amp;&amp;", "&&")];

#[derive(Clone)]
pub(crate) struct Lessico<'a> {
    pub testo: &'a str,
    pub pos: usize,
    /// Nothing is read from here on.
    fine: usize,
    sede: Sede,
    aperte: u32,
}

impl<'a> Lessico<'a> {
    pub fn nuovo(testo: &'a str, pos: usize, fine: usize, sede: Sede) -> Self {
        Self { testo, pos, fine, sede, aperte: 0 }
    }

    fn resto(&self) -> &'a str {
        &self.testo[self.pos..self.fine]
    }

    pub fn errore(&self, offset: usize, messaggio: impl Into<String>) -> ErroreCompilazione {
        errore_compilazione(self.testo, offset, messaggio)
    }

    /// The next token and where it begins; `pos` is then just after it.
    pub fn prossimo(&mut self) -> Result<(Gettone, usize), ErroreCompilazione> {
        self.salta_spazi()?;
        let da = self.pos;
        let Some(carattere) = self.resto().chars().next() else {
            let chiusura = if self.sede == Sede::Tag { ">" } else { "}" };
            return Err(self.errore(da, format!("manca `{chiusura}`: il testo finisce dentro una espressione")));
        };
        if self.chiude() {
            return Ok((Gettone::Fine, da));
        }
        let gettone = match carattere {
            '"' | '\'' => self.stringa(carattere, false)?,
            'r' if self.resto()[1..].starts_with(['"', '\'']) => {
                self.pos += 1;
                let apice = if self.resto().starts_with('"') { '"' } else { '\'' };
                self.stringa(apice, true)?
            }
            c if c.is_ascii_digit() => self.numero(da)?,
            c if inizia_nome(c) || c == '\\' => self.nome()?,
            _ => self.simbolo(da, carattere)?,
        };
        Ok((gettone, da))
    }

    fn salta_spazi(&mut self) -> Result<(), ErroreCompilazione> {
        loop {
            self.pos = self.fine - self.resto().trim_start().len();
            let Some(dentro) = self.resto().strip_prefix("<#--") else { return Ok(()) };
            let Some(fine) = dentro.find("-->") else { return Err(self.errore(self.pos, "commento `<#--` non chiuso da `-->`")) };
            self.pos += 4 + fine + 3;
        }
    }

    fn chiude(&mut self) -> bool {
        if self.aperte > 0 {
            return false;
        }
        let lunghezza = match self.sede {
            Sede::Tag if self.resto().starts_with('>') => 1,
            Sede::Tag if self.resto().starts_with("/>") => 2,
            Sede::Interpolazione if self.resto().starts_with('}') => 1,
            _ => return false,
        };
        self.pos += lunghezza;
        true
    }

    fn stringa(&mut self, apice: char, grezza: bool) -> Result<Gettone, ErroreCompilazione> {
        let inizio = self.pos;
        let da = inizio + 1;
        let mut caratteri = self.testo[da..self.fine].char_indices();
        while let Some((qui, c)) = caratteri.next() {
            if c == '\\' && !grezza {
                caratteri.next();
            } else if c == apice {
                self.pos = da + qui + 1;
                return Ok(Gettone::Stringa { da, a: da + qui, grezza });
            }
        }
        Err(self.errore(inizio, format!("stringa non chiusa: manca l'apice {apice}")))
    }

    fn numero(&mut self, da: usize) -> Result<Gettone, ErroreCompilazione> {
        let resto = self.resto();
        let interi = resto.bytes().take_while(u8::is_ascii_digit).count();
        let decimali = resto[interi..].strip_prefix('.').map_or(0, |dopo| dopo.bytes().take_while(u8::is_ascii_digit).count());
        let lunghezza = if decimali > 0 { interi + 1 + decimali } else { interi };
        self.pos += lunghezza;
        Numero::leggi(&resto[..lunghezza]).map(Gettone::Numero).ok_or_else(|| self.errore(da, "numero troppo lungo: al massimo 38 cifre"))
    }

    fn nome(&mut self) -> Result<Gettone, ErroreCompilazione> {
        let mut nome = String::new();
        let mut protetto = false;
        let inizio = self.pos;
        for c in self.resto().chars() {
            if protetto {
                if !matches!(c, '-' | '.' | ':' | '#') {
                    return Err(self.errore(inizio, "dopo `\\` in un nome si può scrivere solo - . : #"));
                }
                nome.push(c);
                protetto = false;
            } else if c == '\\' {
                protetto = true;
            } else if inizia_nome(c) || c.is_numeric() {
                nome.push(c);
            } else {
                break;
            }
            self.pos += c.len_utf8();
        }
        if protetto {
            return Err(self.errore(inizio, "un nome non può finire con `\\`"));
        }
        Ok(Gettone::Nome(nome))
    }

    fn simbolo(&mut self, da: usize, carattere: char) -> Result<Gettone, ErroreCompilazione> {
        let resto = self.resto();
        let alternativa = ALTERNATIVE.iter().find(|(scritto, _)| resto.starts_with(scritto)).map(|&(scritto, simbolo)| (scritto.len(), simbolo));
        let simbolo = alternativa.or_else(|| SIMBOLI.iter().find(|s| resto.starts_with(**s)).map(|s| (s.len(), *s)));
        let Some((lunghezza, simbolo)) = simbolo else {
            let consiglio = match carattere {
                '&' => ": per «e» si scrive `&&`",
                '|' => ": per «o» si scrive `||`",
                _ => "",
            };
            return Err(self.errore(da, format!("carattere `{}` inatteso in una espressione{consiglio}", carattere.escape_debug())));
        };
        match simbolo {
            "(" | "[" | "{" => self.aperte += 1,
            ")" | "]" | "}" => self.aperte = self.aperte.saturating_sub(1),
            _ => {}
        }
        self.pos += lunghezza;
        Ok(Gettone::Simbolo(simbolo))
    }
}

fn inizia_nome(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$' | '@')
}

/// Decodes the escapes of a string literal up to `a`, or to an interpolation. Gives the text and where it stopped.
pub(crate) fn decodifica(testo: &str, da: usize, a: usize) -> Result<(String, usize), ErroreCompilazione> {
    let mut decodificato = String::new();
    let mut pos = da;
    while pos < a {
        let resto = &testo[pos..a];
        if resto.starts_with("${") || resto.starts_with("#{") {
            break;
        }
        let Some(c) = resto.chars().next() else { break };
        if c == '\\' {
            let (carattere, lunghezza) = protetto(resto)
                .ok_or_else(|| errore_compilazione(testo, pos, "sequenza `\\` sconosciuta in una stringa: per scrivere una barra rovescia si usa `\\\\`"))?;
            decodificato.push(carattere);
            pos += lunghezza;
        } else {
            decodificato.push(c);
            pos += c.len_utf8();
        }
    }
    Ok((decodificato, pos))
}

fn protetto(resto: &str) -> Option<(char, usize)> {
    let c = resto[1..].chars().next()?;
    let carattere = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\u{c}',
        'b' => '\u{8}',
        'l' => '<',
        'g' => '>',
        'a' => '&',
        '"' | '\'' | '\\' | '{' | '=' => c,
        'x' => {
            let cifre: String = resto[2..].chars().take(4).take_while(char::is_ascii_hexdigit).collect();
            return Some((char::from_u32(u32::from_str_radix(&cifre, 16).ok()?)?, 2 + cifre.len()));
        }
        _ => return None,
    };
    Some((carattere, 2))
}
