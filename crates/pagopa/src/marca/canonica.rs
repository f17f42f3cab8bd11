//! Canonical XML without comments, inclusive (1.0) and exclusive, of an element where it stands.

use std::collections::BTreeMap;

use super::albero::{Elemento, Figlio, NS_XML};

/// Which of the two, and what the signature says beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forma {
    Inclusiva,
    /// Prefixes that are treated as the inclusive form does.
    Esclusiva(Vec<String>),
}

impl Forma {
    /// By the identifier of the algorithm.
    pub fn di(algoritmo: &str, prefissi: Vec<String>) -> Option<Self> {
        match algoritmo {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" | "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments" => Some(Self::Inclusiva),
            "http://www.w3.org/2001/10/xml-exc-c14n#" | "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => Some(Self::Esclusiva(prefissi)),
            _ => None,
        }
    }
}

type Spazi<'a> = BTreeMap<&'a str, &'a str>;

/// `antenati`: from the root down to the parent. `senza`: an element that is left out, with what it holds.
pub fn scrivi(antenati: &[&Elemento], e: &Elemento, forma: &Forma, senza: Option<&Elemento>) -> String {
    let mut testo = String::with_capacity(4_096);
    let mut in_vigore = Spazi::new();
    for (prefisso, spazio) in antenati.iter().flat_map(|a| &a.dichiarazioni) {
        in_vigore.insert(prefisso, spazio);
    }
    elemento(&mut testo, e, forma, senza, &in_vigore, &Spazi::new());
    testo
}

fn elemento<'a>(testo: &mut String, e: &'a Elemento, forma: &Forma, senza: Option<&Elemento>, prima: &Spazi<'a>, scritti: &Spazi<'a>) {
    let mut in_vigore = prima.clone();
    in_vigore.extend(e.dichiarazioni.iter().map(|(p, s)| (p.as_str(), s.as_str())));
    let nome = if e.prefisso.is_empty() { e.nome.clone() } else { format!("{}:{}", e.prefisso, e.nome) };
    testo.push('<');
    testo.push_str(&nome);

    let mut scritti = scritti.clone();
    for (prefisso, spazio) in &in_vigore {
        let usato = *prefisso == e.prefisso || (!prefisso.is_empty() && e.attributi.iter().any(|(p, ..)| p == prefisso));
        let dovuto = match forma {
            Forma::Inclusiva => true,
            Forma::Esclusiva(sempre) => usato || sempre.iter().any(|s| s == prefisso || (s == "#default" && prefisso.is_empty())),
        };
        let detto = scritti.get(prefisso).copied().unwrap_or_default();
        // No declaration at all says the same as an empty one.
        if !dovuto || *prefisso == "xml" || detto == *spazio {
            continue;
        }
        scritti.insert(prefisso, spazio);
        testo.push_str(if prefisso.is_empty() { " xmlns" } else { " xmlns:" });
        testo.push_str(prefisso);
        valore(testo, spazio);
    }
    let spazio_di = |prefisso: &str| match prefisso {
        "" => "",
        "xml" => NS_XML,
        p => in_vigore.get(p).copied().unwrap_or_default(),
    };
    let mut attributi: Vec<_> = e.attributi.iter().collect();
    attributi.sort_by_key(|(prefisso, nome, _)| (spazio_di(prefisso).to_owned(), nome.clone()));
    for (prefisso, nome, v) in attributi {
        testo.push(' ');
        if !prefisso.is_empty() {
            testo.push_str(prefisso);
            testo.push(':');
        }
        testo.push_str(nome);
        valore(testo, v);
    }
    testo.push('>');
    for figlio in &e.figli {
        match figlio {
            Figlio::Elemento(f) if senza.is_some_and(|s| std::ptr::eq(s, f)) => {}
            Figlio::Elemento(f) => elemento(testo, f, forma, senza, &in_vigore, &scritti),
            Figlio::Testo(t) => t.chars().for_each(|c| match c {
                '&' => testo.push_str("&amp;"),
                '<' => testo.push_str("&lt;"),
                '>' => testo.push_str("&gt;"),
                '\r' => testo.push_str("&#xD;"),
                c => testo.push(c),
            }),
        }
    }
    testo.push_str("</");
    testo.push_str(&nome);
    testo.push('>');
}

fn valore(testo: &mut String, v: &str) {
    testo.push_str("=\"");
    for c in v.chars() {
        match c {
            '&' => testo.push_str("&amp;"),
            '<' => testo.push_str("&lt;"),
            '"' => testo.push_str("&quot;"),
            '\t' => testo.push_str("&#x9;"),
            '\n' => testo.push_str("&#xA;"),
            '\r' => testo.push_str("&#xD;"),
            c => testo.push(c),
        }
    }
    testo.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::albero::leggi;
    use super::*;

    /// As in the examples of the two recommendations.
    #[test]
    fn le_due_forme_scrivono_come_le_raccomandazioni() {
        let intero =
            leggi(br#"<n0:x xmlns:n0="urn:0" xmlns:n3="urn:3"><n1:y xmlns:n1="urn:1" z='a"&lt;' a="1"   ><n3:w/>a &gt; b&#13;</n1:y></n0:x>"#).expect("letto");
        let y = intero.elementi().next().expect("y");
        assert_eq!(
            scrivi(&[&intero], y, &Forma::Inclusiva, None),
            r#"<n1:y xmlns:n0="urn:0" xmlns:n1="urn:1" xmlns:n3="urn:3" a="1" z="a&quot;&lt;"><n3:w></n3:w>a &gt; b&#xD;</n1:y>"#
        );
        assert_eq!(
            scrivi(&[&intero], y, &Forma::Esclusiva(Vec::new()), None),
            r#"<n1:y xmlns:n1="urn:1" a="1" z="a&quot;&lt;"><n3:w xmlns:n3="urn:3"></n3:w>a &gt; b&#xD;</n1:y>"#
        );
        assert_eq!(scrivi(&[], &intero, &Forma::Inclusiva, Some(y)), r#"<n0:x xmlns:n0="urn:0" xmlns:n3="urn:3"></n0:x>"#);
    }

    #[test]
    fn uno_spazio_predefinito_si_toglie_dove_finisce() {
        let intero = leggi(br#"<a xmlns="urn:a"><b xmlns=""><c/></b></a>"#).expect("letto");
        assert_eq!(scrivi(&[], &intero, &Forma::Inclusiva, None), r#"<a xmlns="urn:a"><b xmlns=""><c></c></b></a>"#);
    }

    #[test]
    fn attributi_con_prefisso_vengono_dopo_in_ordine_di_spazio() {
        let intero = leggi(br#"<a xmlns:x="urn:2" xmlns:y="urn:1" x:b="1" y:c="2" d="3"/>"#).expect("letto");
        assert_eq!(scrivi(&[], &intero, &Forma::Inclusiva, None), r#"<a xmlns:x="urn:2" xmlns:y="urn:1" d="3" y:c="2" x:b="1"></a>"#);
    }
}
