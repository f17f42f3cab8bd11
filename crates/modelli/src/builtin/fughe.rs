//! Escapes: what a value must wear to enter HTML, XML, a URL, a script, a JSON text.

use std::fmt::Write as _;

use super::{Chiamata, Voce, voce};
use crate::errori::Esito;
use crate::limiti::TestoLimitato;
use crate::valori::Valore;

pub(super) const VOCI: &[Voce] = &[
    voce("html", 0, 0, |c, v| marcato(c, v, "&#39;")),
    voce("xhtml", 0, 0, |c, v| marcato(c, v, "&#39;")),
    voce("xml", 0, 0, |c, v| marcato(c, v, "&apos;")),
    voce("url", 0, 1, |c, v| url(c, v, "-_.!~'()*")),
    voce("url_path", 0, 1, |c, v| url(c, v, "-_.!~'()*/")),
    voce("json_string", 0, 0, |c, v| {
        let testo = c.soggetto(v)?;
        c.ambiente.nuovo_testo(json(&testo))
    }),
    voce("js_string", 0, 0, |c, v| {
        let testo = c.soggetto(v)?;
        c.ambiente.nuovo_testo(script(&testo))
    }),
    voce("j_string", 0, 0, |c, v| {
        let testo = c.soggetto(v)?;
        c.ambiente.nuovo_testo(json(&testo))
    }),
];

fn marcato(chiamata: &mut Chiamata<'_>, valore: &Valore, apostrofo: &str) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let mut marcato = TestoLimitato::nuovo(&chiamata.ambiente.consumo);
    for c in testo.chars() {
        match c {
            '<' => marcato.aggiungi("&lt;")?,
            '>' => marcato.aggiungi("&gt;")?,
            '&' => marcato.aggiungi("&amp;")?,
            '"' => marcato.aggiungi("&quot;")?,
            '\'' => marcato.aggiungi(apostrofo)?,
            altro => marcato.aggiungi(altro.encode_utf8(&mut [0; 4]))?,
        }
    }
    chiamata.ambiente.nuovo_testo(marcato.fine())
}

fn url(chiamata: &mut Chiamata<'_>, valore: &Valore, intatti: &str) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let mut codificato = String::with_capacity(testo.len());
    for b in testo.bytes() {
        if b.is_ascii_alphanumeric() || intatti.as_bytes().contains(&b) {
            codificato.push(char::from(b));
        } else {
            let _ = write!(codificato, "%{b:02X}");
        }
    }
    chiamata.ambiente.nuovo_testo(codificato)
}

/// For the inside of a JSON string. `</` is broken, so that the text may stand in a script too.
pub(crate) fn json(testo: &str) -> String {
    protetto(testo, |c, precedente| match c {
        '"' => Some("\\\""),
        '/' if precedente == Some('<') => Some("\\/"),
        _ => None,
    })
}

fn script(testo: &str) -> String {
    protetto(testo, |c, precedente| match c {
        '"' => Some("\\\""),
        '\'' => Some("\\'"),
        '>' => Some("\\>"),
        '/' if precedente == Some('<') => Some("\\/"),
        _ => None,
    })
}

fn protetto(testo: &str, proprio: impl Fn(char, Option<char>) -> Option<&'static str>) -> String {
    let mut protetto = String::with_capacity(testo.len() + 8);
    let mut precedente = None;
    for c in testo.chars() {
        match (c, proprio(c, precedente)) {
            (_, Some(fuga)) => protetto.push_str(fuga),
            ('\\', _) => protetto.push_str("\\\\"),
            ('\n', _) => protetto.push_str("\\n"),
            ('\r', _) => protetto.push_str("\\r"),
            ('\t', _) => protetto.push_str("\\t"),
            ('\u{8}', _) => protetto.push_str("\\b"),
            ('\u{c}', _) => protetto.push_str("\\f"),
            (c, _) if (c as u32) < 0x20 || matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}') => {
                let _ = write!(protetto, "\\u{:04x}", c as u32);
            }
            (c, _) => protetto.push(c),
        }
        precedente = Some(c);
    }
    protetto
}
