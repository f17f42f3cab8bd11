//! The template as a flat run of pieces: text, interpolations, tags with their expressions already parsed. `albero` nests them.

use crate::analisi::{Analisi, descrivi};
use crate::errori::{ErroreCompilazione, errore_compilazione};
use crate::espressioni::{Espr, Tipo};
use crate::lessico::{Gettone, Sede};

/// Assignments in one tag.
const ASSEGNAZIONI_MAX: usize = 100;

#[derive(Debug)]
pub(crate) struct Pezzo {
    pub contenuto: Contenuto,
    pub da: usize,
    pub a: usize,
}

#[derive(Debug)]
pub(crate) enum Contenuto {
    Testo,
    Interpolazione(Espr),
    Commento,
    Tag(Tag),
}

#[derive(Debug)]
pub(crate) enum Tag {
    Assegna(Vec<Assegnazione>),
    AssegnaBlocco(String),
    Se(Espr),
    AltroSe(Espr),
    Altrimenti,
    Lista {
        espr: Espr,
        variabile: String,
        seconda: Option<String>,
    },
    Sep,
    Interrompi,
    Prosegui,
    Imposta(String, Espr),
    Stop(Option<Espr>),
    Scegli(Espr),
    Caso(Vec<Espr>),
    Predefinito,
    /// `<#t>`, `<#lt>`, `<#rt>`, `<#nt>`.
    Rifila(Rifilo),
    /// `<#ftl>`; tells whether lines of directives are to be stripped.
    Intestazione(bool),
    Chiude(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rifilo {
    Entrambi,
    Sinistra,
    Destra,
    Niente,
}

#[derive(Debug)]
pub(crate) struct Assegnazione {
    pub nome: String,
    pub operatore: &'static str,
    /// Absent for `++` and `--`.
    pub espr: Option<Espr>,
}

type Letto<T> = Result<T, ErroreCompilazione>;

/// Tags that have an end of their own.
const CON_CHIUSURA: [&str; 6] = ["assign", "if", "list", "sep", "switch", "ftl"];

/// Known constructs that are refused, and what to do instead.
const RIFIUTATE: [(&str, &str); 24] = [
    ("include", "un modello non può leggerne altri: il testo va scritto qui"),
    ("import", "un modello non può leggerne altri: il testo va scritto qui"),
    ("macro", "le macro non sono ammesse: il testo va ripetuto, o prodotto con `<#list>`"),
    ("function", "le funzioni non sono ammesse: si usi `<#assign>`"),
    ("return", "le funzioni non sono ammesse"),
    ("nested", "le macro non sono ammesse"),
    ("local", "le macro non sono ammesse: si usi `<#assign>`"),
    ("global", "si usi `<#assign>`"),
    ("foreach", "si usi `<#list ... as ...>`"),
    ("items", "si usi `<#list ... as ...>`"),
    ("attempt", "gli errori non si possono nascondere: si usi `!` o `??`"),
    ("recover", "gli errori non si possono nascondere: si usi `!` o `??`"),
    ("escape", "si usi `?html` o `?json_string` dove serve"),
    ("noescape", "si usi `?html` o `?json_string` dove serve"),
    ("autoesc", "si usi `?html` o `?json_string` dove serve"),
    ("noautoesc", "si usi `?html` o `?json_string` dove serve"),
    ("outputformat", "si usi `?html` o `?json_string` dove serve"),
    ("compress", "gli spazi si tolgono con `<#t>`"),
    ("visit", "i nodi XML non sono ammessi"),
    ("recurse", "i nodi XML non sono ammessi"),
    ("fallback", "i nodi XML non sono ammessi"),
    ("transform", "le direttive scritte in Java non sono ammesse"),
    ("call", "le macro non sono ammesse"),
    ("flush", "il testo è prodotto tutto insieme: basta toglierla"),
];

/// Splits a template into pieces, in order and without holes.
pub(crate) fn scomponi(testo: &str) -> Letto<Vec<Pezzo>> {
    if testo.trim_start().starts_with("[#") {
        return Err(errore_compilazione(testo, 0, "la sintassi con le parentesi quadre `[#...]` non è ammessa: si scrive `<#...>`"));
    }
    let mut pezzi = Vec::new();
    let mut pos = 0;
    while pos < testo.len() {
        let qui = prossima_marca(testo, pos);
        if qui > pos {
            pezzi.push(Pezzo { contenuto: Contenuto::Testo, da: pos, a: qui });
        }
        pos = qui;
        if pos < testo.len() {
            marca(testo, pos, &mut pezzi)?;
            pos = pezzi.last().map_or(testo.len(), |p| p.a);
        }
    }
    Ok(pezzi)
}

/// The next place where something is not text.
fn prossima_marca(testo: &str, da: usize) -> usize {
    let mut pos = da;
    while let Some(salto) = testo[pos..].find(['$', '#', '<']) {
        pos += salto;
        let resto = &testo[pos..];
        let direttiva = |r: &str| r.starts_with("--") || r.starts_with(|c: char| c.is_ascii_alphabetic());
        let trovata = resto.starts_with("${")
            || resto.starts_with("#{")
            || resto.strip_prefix("<#").is_some_and(direttiva)
            || resto.strip_prefix("</#").is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphabetic()))
            || resto.starts_with("<@")
            || resto.starts_with("</@");
        if trovata {
            return pos;
        }
        pos += 1;
    }
    testo.len()
}

fn marca(testo: &str, da: usize, pezzi: &mut Vec<Pezzo>) -> Letto<()> {
    let resto = &testo[da..];
    let (contenuto, a) = if resto.starts_with("${") {
        let mut analisi = Analisi::nuova(testo, da + 2, Sede::Interpolazione)?;
        let espr = analisi.espressione()?;
        (Contenuto::Interpolazione(espr), analisi.fine()?)
    } else if let Some(dentro) = resto.strip_prefix("<#--") {
        let Some(fine) = dentro.find("-->") else { return Err(errore_compilazione(testo, da, "commento `<#--` non chiuso da `-->`")) };
        (Contenuto::Commento, da + 4 + fine + 3)
    } else if resto.starts_with("#{") {
        return Err(errore_compilazione(testo, da, "l'interpolazione `#{...}` non è ammessa: si scrive `${...}`"));
    } else if resto.starts_with("<@") || resto.starts_with("</@") {
        return Err(errore_compilazione(testo, da, "`<@...>` chiama una macro: le macro non sono ammesse"));
    } else if resto.starts_with("</#") {
        chiusura(testo, da)?
    } else {
        return apertura(testo, da, pezzi);
    };
    pezzi.push(Pezzo { contenuto, da, a });
    Ok(())
}

fn nome_direttiva(testo: &str, da: usize) -> &str {
    let resto = &testo[da..];
    &resto[..resto.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count()]
}

fn chiusura(testo: &str, da: usize) -> Letto<(Contenuto, usize)> {
    let nome = nome_direttiva(testo, da + 3);
    let dopo = da + 3 + nome.len();
    let resto = testo[dopo..].trim_start();
    if !resto.starts_with('>') {
        return Err(errore_compilazione(testo, da, format!("`</#{nome}` va chiuso da `>`")));
    }
    let Some(noto) = CON_CHIUSURA.iter().find(|c| **c == nome) else {
        return Err(errore_compilazione(testo, da, format!("`</#{nome}>` non chiude nessuna direttiva ammessa")));
    };
    Ok((Contenuto::Tag(Tag::Chiude(noto)), testo.len() - resto.len() + 1))
}

fn apertura(testo: &str, da: usize, pezzi: &mut Vec<Pezzo>) -> Letto<()> {
    let nome = nome_direttiva(testo, da + 2);
    let dopo = da + 2 + nome.len();
    if matches!(nome, "noparse" | "noParse") {
        return alla_lettera(testo, da, dopo, pezzi);
    }
    let mut analisi = match Analisi::nuova(testo, dopo, Sede::Tag) {
        Err(_) if rifiuto(nome).is_some() => return Err(errore_compilazione(testo, da, rifiuto(nome).unwrap_or_default())),
        altro => altro?,
    };
    let tag = tag(testo, da, nome, &mut analisi)?;
    pezzi.push(Pezzo { contenuto: Contenuto::Tag(tag), da, a: analisi.fine()? });
    Ok(())
}

/// `<#noparse>`: two tags around a text that is not looked into.
fn alla_lettera(testo: &str, da: usize, dopo: usize, pezzi: &mut Vec<Pezzo>) -> Letto<()> {
    let Some(apre) = testo[dopo..].find('>').filter(|n| testo[dopo..dopo + n].trim().is_empty()) else {
        return Err(errore_compilazione(testo, da, "`<#noparse>` non vuole parametri"));
    };
    let inizio = dopo + apre + 1;
    let trovata = testo[inizio..]
        .match_indices("</#no")
        .map(|(qui, _)| qui)
        .find(|qui| ["</#noparse>", "</#noParse>"].iter().any(|c| testo[inizio + qui..].starts_with(c)));
    let Some(lunghezza) = trovata else { return Err(errore_compilazione(testo, da, "`<#noparse>` non chiuso da `</#noparse>`")) };
    let fine = inizio + lunghezza;
    pezzi.push(Pezzo { contenuto: Contenuto::Commento, da, a: inizio });
    if lunghezza > 0 {
        pezzi.push(Pezzo { contenuto: Contenuto::Testo, da: inizio, a: fine });
    }
    pezzi.push(Pezzo { contenuto: Contenuto::Commento, da: fine, a: fine + "</#noparse>".len() });
    Ok(())
}

fn rifiuto(nome: &str) -> Option<String> {
    let minuscolo = nome.to_ascii_lowercase();
    RIFIUTATE.iter().find(|(n, _)| *n == minuscolo).map(|(_, perche)| format!("la direttiva `<#{nome}>` non è ammessa: {perche}"))
}

fn tag(testo: &str, da: usize, nome: &str, analisi: &mut Analisi<'_>) -> Letto<Tag> {
    Ok(match nome {
        "assign" => assegna(analisi)?,
        "if" => Tag::Se(analisi.espressione()?),
        "elseif" | "elseIf" => Tag::AltroSe(analisi.espressione()?),
        "else" => Tag::Altrimenti,
        "list" => lista(analisi)?,
        "sep" => Tag::Sep,
        "break" => Tag::Interrompi,
        "continue" => Tag::Prosegui,
        "setting" => imposta(analisi)?,
        "stop" => Tag::Stop(if *analisi.gettone() == Gettone::Fine { None } else { Some(analisi.espressione()?) }),
        "switch" => Tag::Scegli(analisi.espressione()?),
        "case" | "on" => Tag::Caso(casi(analisi)?),
        "default" => Tag::Predefinito,
        "t" => Tag::Rifila(Rifilo::Entrambi),
        "lt" => Tag::Rifila(Rifilo::Sinistra),
        "rt" => Tag::Rifila(Rifilo::Destra),
        "nt" => Tag::Rifila(Rifilo::Niente),
        "ftl" => Tag::Intestazione(intestazione(testo, da, analisi)?),
        _ => {
            let messaggio = rifiuto(nome).unwrap_or_else(|| format!("la direttiva `<#{nome}>` non esiste"));
            return Err(errore_compilazione(testo, da, messaggio));
        }
    })
}

fn casi(analisi: &mut Analisi<'_>) -> Letto<Vec<Espr>> {
    let mut casi = vec![analisi.espressione()?];
    while analisi.simbolo(",")? {
        casi.push(analisi.espressione()?);
    }
    Ok(casi)
}

fn assegna(analisi: &mut Analisi<'_>) -> Letto<Tag> {
    analisi.in_assegnazione();
    let mut assegnazioni = Vec::new();
    while *analisi.gettone() != Gettone::Fine {
        if assegnazioni.len() >= ASSEGNAZIONI_MAX {
            return analisi.errore(format!("troppe assegnazioni in un `<#assign>`: al massimo {ASSEGNAZIONI_MAX}"));
        }
        let nome = analisi.nome_o_stringa("la variabile da assegnare")?;
        if *analisi.gettone() == Gettone::Fine && assegnazioni.is_empty() {
            return Ok(Tag::AssegnaBlocco(nome));
        }
        assegnazioni.push(una_assegnazione(analisi, nome)?);
        analisi.simbolo(",")?;
    }
    if assegnazioni.is_empty() { analisi.errore("`<#assign>` vuole almeno una variabile") } else { Ok(Tag::Assegna(assegnazioni)) }
}

fn una_assegnazione(analisi: &mut Analisi<'_>, nome: String) -> Letto<Assegnazione> {
    for operatore in ["++", "--"] {
        if analisi.simbolo(operatore)? {
            return Ok(Assegnazione { nome, operatore, espr: None });
        }
    }
    for operatore in ["=", "+=", "-=", "*=", "/=", "%="] {
        if analisi.simbolo(operatore)? {
            return Ok(Assegnazione { nome, operatore, espr: Some(analisi.espressione()?) });
        }
    }
    analisi.errore(format!("dopo `{nome}` serve `=`, non {}", descrivi(analisi.gettone())))
}

fn lista(analisi: &mut Analisi<'_>) -> Letto<Tag> {
    let espr = analisi.espressione()?;
    if !analisi.parola("as")? {
        return analisi.errore("`<#list>` si scrive `<#list elenco as elemento>`");
    }
    let variabile = analisi.nome("la variabile di `<#list>`")?;
    let seconda = if analisi.simbolo(",")? { Some(analisi.nome("la seconda variabile di `<#list>`")?) } else { None };
    Ok(Tag::Lista { espr, variabile, seconda })
}

fn imposta(analisi: &mut Analisi<'_>) -> Letto<Tag> {
    const NOTE: [&str; 7] = ["locale", "number_format", "date_format", "time_format", "datetime_format", "time_zone", "boolean_format"];
    let nome = analisi.nome("l'impostazione")?;
    if !NOTE.contains(&nome.as_str()) {
        return analisi.errore(format!("l'impostazione `{nome}` non è ammessa: sono ammesse {}", NOTE.join(", ")));
    }
    if !analisi.simbolo("=")? {
        return analisi.errore(format!("dopo `{nome}` serve `=`"));
    }
    Ok(Tag::Imposta(nome, analisi.espressione()?))
}

/// Only `strip_whitespace` changes something; the other parameters are read and left alone.
fn intestazione(testo: &str, da: usize, analisi: &mut Analisi<'_>) -> Letto<bool> {
    if !testo[..da].trim().is_empty() {
        return Err(errore_compilazione(testo, da, "`<#ftl>` si scrive soltanto all'inizio del modello"));
    }
    let mut spoglia = true;
    while *analisi.gettone() != Gettone::Fine {
        let nome = analisi.nome("un parametro di `<#ftl>`")?;
        if !analisi.simbolo("=")? {
            return analisi.errore(format!("dopo `{nome}` serve `=`"));
        }
        let espr = analisi.espressione()?;
        if matches!(nome.as_str(), "strip_whitespace" | "stripWhitespace") {
            spoglia = !matches!(espr.tipo, Tipo::Booleano(false));
        }
    }
    Ok(spoglia)
}
