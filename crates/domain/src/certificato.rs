//! Subjects of certificates, as GovPay compares them: RDN by RDN, in any order (spec/1 section 14).

/// Attribute names that different programs write differently. The left one is kept.
const SINONIMI: [(&str, &[&str]); 6] = [
    ("EMAILADDRESS", &["E", "EMAIL", "1.2.840.113549.1.9.1"]),
    ("ST", &["S", "2.5.4.8"]),
    ("CN", &["2.5.4.3"]),
    ("OU", &["2.5.4.11"]),
    ("SERIALNUMBER", &["2.5.4.5"]),
    ("ORGANIZATIONIDENTIFIER", &["2.5.4.97"]),
];
/// RDNs of a subject that are compared: a real one has less than ten, and the comparison is quadratic.
const RDN_MAX: usize = 50;

/// RDNs in normal form: names in capitals with one spelling, values without case and with single spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Soggetto(Vec<(String, String)>);

impl Soggetto {
    /// `None` without any RDN, with more than anybody has, or with one whose name is none.
    #[must_use]
    pub fn da_rdn<'a>(rdn: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let mut normali: Vec<_> = rdn.into_iter().take(RDN_MAX + 1).map(|(nome, valore)| (normale_nome(nome), normale_valore(valore))).collect();
        normali.sort();
        let nomi_buoni = normali.iter().all(|(nome, _)| e_un_nome(nome));
        (!normali.is_empty() && normali.len() <= RDN_MAX && nomi_buoni).then_some(Self(normali))
    }

    /// From a registered principal: `CN=x, O=y` or `/CN=x/O=y`. `None` when it is no subject.
    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        let rdn = leggi_rdn(testo);
        Self::da_rdn(rdn.iter().map(|(n, v)| (n.as_str(), v.as_str())))
    }

    /// Every RDN of the one that calls is in the registered one, order free.
    #[must_use]
    pub fn compreso_in(&self, registrato: &Self) -> bool {
        self.0.iter().all(|r| registrato.0.binary_search(r).is_ok())
    }
}

/// As a principal is written, in normal form: [`Soggetto::leggi`] gives the same back.
impl std::fmt::Display for Soggetto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (nome, valore)) in self.0.iter().enumerate() {
            let protetto = valore.replace('\\', "\\\\").replace(',', "\\,").replace('"', "\\\"");
            write!(f, "{}{nome}={protetto}", if i > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// The pairs of a written subject. A separator that belongs to a value has a backslash before it, or the value is in quotes (RFC 4514, RFC 1779):
/// `O=Rossi\, Bianchi S.p.A.`. A part that is no pair belongs to the value before it.
#[must_use]
pub fn leggi_rdn(testo: &str) -> Vec<(String, String)> {
    let separatore = if testo.starts_with('/') { '/' } else { ',' };
    let mut rdn: Vec<(String, String)> = Vec::new();
    for parte in separa(testo, separatore) {
        match (parte.split_once('=').filter(|(nome, _)| e_un_nome(nome.trim())), rdn.last_mut()) {
            (Some((nome, valore)), _) => rdn.push((nome.trim().to_owned(), valore.trim().to_owned())),
            (None, Some((_, prima))) if !parte.trim().is_empty() => {
                prima.push(separatore);
                prima.push_str(&parte);
            }
            (None, _) => {}
        }
    }
    rdn
}

/// A short name, or an object identifier.
fn e_un_nome(testo: &str) -> bool {
    !testo.is_empty() && testo.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

/// Parts without escapes and quotes.
fn separa(testo: &str, separatore: char) -> Vec<String> {
    let (mut parti, mut fra_virgolette) = (vec![String::new()], false);
    let mut caratteri = testo.chars();
    while let Some(c) = caratteri.next() {
        if c == separatore && !fra_virgolette {
            parti.push(String::new());
        } else if c == '"' {
            fra_virgolette = !fra_virgolette;
        } else if let Some(parte) = parti.last_mut() {
            parte.extend(if c == '\\' { caratteri.next() } else { Some(c) });
        }
    }
    parti
}

fn normale_nome(nome: &str) -> String {
    let nome = nome.trim().to_uppercase();
    let nome = nome.strip_prefix("OID.").unwrap_or(&nome);
    SINONIMI.iter().find(|(_, altri)| altri.contains(&nome)).map_or_else(|| nome.to_owned(), |(uno, _)| (*uno).to_owned())
}

fn normale_valore(valore: &str) -> String {
    valore.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soggetto(testo: &str) -> Soggetto {
        Soggetto::leggi(testo).expect("soggetto")
    }

    #[test]
    fn ordine_forma_e_maiuscole_non_contano() {
        let registrato = soggetto("CN=Gestionale, OU=Tributi, O=Comune di Prova, C=IT");
        for uguale in [
            "C=IT,O=Comune di Prova,OU=Tributi,CN=Gestionale",
            "/C=IT/O=Comune di Prova/OU=Tributi/CN=Gestionale",
            "cn=gestionale, o=comune  di prova",
            "OID.2.5.4.3=Gestionale",
        ] {
            assert!(soggetto(uguale).compreso_in(&registrato), "{uguale}");
        }
        for altro in ["CN=Gestionale, O=Comune di Altrove", "CN=Gestionale, L=Prova", "CN=Altro", "OU=Gestionale"] {
            assert!(!soggetto(altro).compreso_in(&registrato), "{altro}");
        }
    }

    #[test]
    fn un_separatore_protetto_e_parte_del_valore() {
        let coppia = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        assert_eq!(leggi_rdn(r"O=Rossi\, Bianchi S.p.A., C=IT"), [coppia("O", "Rossi, Bianchi S.p.A."), coppia("C", "IT")]);
        assert_eq!(leggi_rdn(r#"O="Rossi, Bianchi S.p.A.", C=IT"#), [coppia("O", "Rossi, Bianchi S.p.A."), coppia("C", "IT")]);
        assert_eq!(leggi_rdn("O=Rossi, Bianchi S.p.A., C=IT"), [coppia("O", "Rossi, Bianchi S.p.A."), coppia("C", "IT")]);
        assert_eq!(leggi_rdn("/O=a/b/C=IT"), [coppia("O", "a/b"), coppia("C", "IT")]);
    }

    #[test]
    fn cio_che_non_e_un_soggetto_non_e_uguale_a_niente() {
        for testo in ["", "gpadmin", "/", ",,", "\\", "=", "\\==", "a b=c"] {
            assert_eq!(Soggetto::leggi(testo), None, "{testo:?}");
        }
        assert_eq!(Soggetto::da_rdn([]), None);
        assert_eq!(Soggetto::da_rdn(std::iter::repeat_n(("CN", "x"), RDN_MAX + 1)), None);
    }

    proptest::proptest! {
        #[test]
        fn nessun_testo_fa_cadere_la_lettura(testo in "(\\PC{0,12}|[/,=A-Za-z\\\\\" ]{0,24})") {
            if let Some(s) = Soggetto::leggi(&testo) {
                proptest::prop_assert!(s.compreso_in(&s));
                proptest::prop_assert_eq!(Soggetto::leggi(&s.to_string()), Some(s));
            }
        }
    }
}
