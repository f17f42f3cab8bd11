//! A strict reader of JSON bodies (spec/1 section 3).
//!
//! Members are taken by name, `null` is the same as absent, scalars are coerced to text, and a member that the contract does not know is
//! an error. Texts name the member, never its content. Of two members with the same name the last one counts, as in the original.

use std::cmp::Ordering;

use chrono::NaiveDate;
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::Rifiuto;

/// Characters of a name or path that a refusal repeats: names are chosen by the sender.
const NOME_MOSTRATO_MAX: usize = 120;

/// Reads a whole body. Empty, malformed, nested more than 127 levels, followed by something, or not UTF-8: 400 SINTASSI.
///
/// NUL is refused here because no database column can hold it.
pub fn leggi(corpo: &[u8]) -> Result<Value, Rifiuto> {
    let corpo = corpo.strip_prefix(b"\xef\xbb\xbf").unwrap_or(corpo);
    if corpo.trim_ascii().is_empty() {
        return Err(Rifiuto::Sintassi("Il corpo della richiesta e' vuoto.".to_owned()));
    }
    let valore: Value = serde_json::from_slice(corpo).map_err(|errore| {
        let motivo = if errore.classify() == Category::Eof { "finisce prima del previsto" } else { "sintassi errata" };
        Rifiuto::Sintassi(format!("Il corpo della richiesta non e' un JSON valido: {motivo} alla riga {}, colonna {}.", errore.line(), errore.column()))
    })?;
    if contiene_nul(&valore) {
        return Err(Rifiuto::Sintassi("Il corpo della richiesta contiene il carattere NUL, che non e' ammesso.".to_owned()));
    }
    Ok(valore)
}

/// Recursion is bounded by the depth that the parser allows.
fn contiene_nul(valore: &Value) -> bool {
    match valore {
        Value::String(s) => s.contains('\0'),
        Value::Array(elementi) => elementi.iter().any(contiene_nul),
        Value::Object(membri) => membri.iter().any(|(nome, v)| nome.contains('\0') || contiene_nul(v)),
        _ => false,
    }
}

/// A JSON object whose members are all known to the contract.
pub struct Oggetto<'a> {
    membri: &'a Map<String, Value>,
    /// Where we are: empty for the body itself, else `voci[0]`.
    percorso: String,
}

impl<'a> Oggetto<'a> {
    /// The body itself. `ammessi` are the member names of the contract; the first other one is refused by name.
    pub fn radice(valore: &'a Value, ammessi: &[&str]) -> Result<Self, Rifiuto> {
        Self::apri(valore, String::new(), ammessi)
    }

    /// A body whose unknown members are ignored (`POST /pagamenti`, spec/1 section 3). What is inside of its members is strict again.
    pub fn radice_tollerante(valore: &'a Value) -> Result<Self, Rifiuto> {
        let noti: Vec<&str> = valore.as_object().into_iter().flat_map(|membri| membri.keys().map(String::as_str)).collect();
        Self::apri(valore, String::new(), &noti)
    }

    fn apri(valore: &'a Value, percorso: String, ammessi: &[&str]) -> Result<Self, Rifiuto> {
        let Value::Object(membri) = valore else {
            let dove = if percorso.is_empty() { "Il corpo della richiesta".to_owned() } else { format!("Il campo {}", mostra(&percorso)) };
            return Err(Rifiuto::Sintassi(format!("{dove} deve essere un oggetto JSON, ricevuto {}.", specie(valore))));
        };
        let oggetto = Self { membri, percorso };
        match membri.keys().find(|nome| !ammessi.contains(&nome.as_str())) {
            Some(ignoto) => Err(Rifiuto::Sintassi(format!(
                "Unrecognized field \"{}\" (percorso: {}): il contratto non lo prevede.",
                mostra(ignoto),
                mostra(&oggetto.percorso_di(ignoto))
            ))),
            None => Ok(oggetto),
        }
    }

    fn percorso_di(&self, nome: &str) -> String {
        if self.percorso.is_empty() { nome.to_owned() } else { format!("{}.{nome}", self.percorso) }
    }

    fn presente(&self, nome: &str) -> Option<&'a Value> {
        self.membri.get(nome).filter(|v| !v.is_null())
    }

    fn tipo_errato(&self, nome: &str, atteso: &str, valore: &Value) -> Rifiuto {
        Rifiuto::Sintassi(format!("Il campo {nome} deve essere {atteso}, ricevuto {} (percorso: {}).", specie(valore), mostra(&self.percorso_di(nome))))
    }

    /// Any JSON but null, as it came.
    #[must_use]
    pub fn libero(&self, nome: &str) -> Option<&'a Value> {
        self.presente(nome)
    }

    /// Text; a number or a boolean is accepted and written as in JSON.
    pub fn testo(&self, nome: &str) -> Result<Option<&'a str>, Rifiuto> {
        match self.presente(nome) {
            None => Ok(None),
            Some(Value::String(s)) => Ok(Some(s)),
            Some(Value::Number(n)) => Ok(Some(n.as_str())),
            Some(Value::Bool(b)) => Ok(Some(if *b { "true" } else { "false" })),
            Some(altro) => Err(self.tipo_errato(nome, "un testo", altro)),
        }
    }

    /// Text and nothing else: enums and base64, where a number is refused.
    pub fn stringa(&self, nome: &str) -> Result<Option<&'a str>, Rifiuto> {
        match self.presente(nome) {
            None => Ok(None),
            Some(Value::String(s)) => Ok(Some(s)),
            Some(altro) => Err(self.tipo_errato(nome, "un testo", altro)),
        }
    }

    /// A number, or text that holds one. Empty text is absent. No comma, no exponent: what the number is worth is for the rules.
    pub fn decimale(&self, nome: &str) -> Result<Option<Decimale<'a>>, Rifiuto> {
        let testo = match self.presente(nome) {
            None => return Ok(None),
            Some(Value::Number(n)) => n.as_str(),
            Some(Value::String(s)) => s.trim(),
            Some(altro) => return Err(self.tipo_errato(nome, "un numero", altro)),
        };
        if testo.is_empty() {
            return Ok(None);
        }
        Decimale::leggi(testo).map(Some).ok_or_else(|| {
            Rifiuto::Sintassi(format!(
                "Il campo {nome} contiene un valore non valido: atteso un numero decimale (percorso: {}).",
                mostra(&self.percorso_di(nome))
            ))
        })
    }

    /// A day, `yyyy-MM-dd`. Empty text is absent.
    pub fn data(&self, nome: &str) -> Result<Option<NaiveDate>, Rifiuto> {
        match self.stringa(nome)? {
            None | Some("") => Ok(None),
            Some(testo) => data_iso(testo).map(Some).ok_or_else(|| Rifiuto::Sintassi(format!("Il campo {nome} non contiene una data valida."))),
        }
    }

    /// Present, and `null`: where a default exists this is not the same as absent (spec/2 section 0.2.1).
    #[must_use]
    pub fn nullo(&self, nome: &str) -> bool {
        self.membri.get(nome).is_some_and(Value::is_null)
    }

    #[must_use]
    pub fn contiene(&self, nome: &str) -> bool {
        self.membri.contains_key(nome)
    }

    /// `true`, `false`, or a text that says so. Empty text is null.
    pub fn booleano(&self, nome: &str) -> Result<Option<bool>, Rifiuto> {
        match self.presente(nome) {
            None => Ok(None),
            Some(Value::Bool(b)) => Ok(Some(*b)),
            Some(Value::String(s)) if s.is_empty() => Ok(None),
            Some(Value::String(s)) if s.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(s)) if s.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(altro) => Err(self.tipo_errato(nome, "un booleano", altro)),
        }
    }

    /// Absent takes the default; `null` or empty text is a mandatory field left empty.
    pub fn booleano_o(&self, nome: &str, predefinito: bool) -> Result<bool, Rifiuto> {
        if !self.contiene(nome) {
            return Ok(predefinito);
        }
        super::regole::obbligatorio(nome, self.booleano(nome)?)
    }

    /// The elements of a list, whatever they are.
    pub fn elementi(&self, nome: &str) -> Result<Option<&'a [Value]>, Rifiuto> {
        match self.presente(nome) {
            None => Ok(None),
            Some(Value::Array(elementi)) => Ok(Some(elementi)),
            Some(altro) => Err(self.tipo_errato(nome, "una lista", altro)),
        }
    }

    pub fn oggetto(&self, nome: &str, ammessi: &[&str]) -> Result<Option<Self>, Rifiuto> {
        self.presente(nome).map(|v| Self::apri(v, self.percorso_di(nome), ammessi)).transpose()
    }

    /// The elements of a list of objects; a null element is `None`, so that a rule can tell its position.
    pub fn oggetti(&self, nome: &str, ammessi: &[&str]) -> Result<Option<Vec<Option<Self>>>, Rifiuto> {
        let elementi = match self.presente(nome) {
            None => return Ok(None),
            Some(Value::Array(elementi)) => elementi,
            Some(altro) => return Err(self.tipo_errato(nome, "una lista", altro)),
        };
        let percorso = self.percorso_di(nome);
        let apri = |(i, v): (usize, &'a Value)| if v.is_null() { Ok(None) } else { Self::apri(v, format!("{percorso}[{i}]"), ammessi).map(Some) };
        elementi.iter().enumerate().map(apri).collect::<Result<_, _>>().map(Some)
    }
}

/// The elements of a body that is a list of objects (PATCH). A null element is refused with the others that are no object.
pub fn lista_radice<'a>(valore: &'a Value, ammessi: &[&str]) -> Result<Vec<Oggetto<'a>>, Rifiuto> {
    let Value::Array(elementi) = valore else {
        return Err(Rifiuto::Sintassi(format!("Il corpo della richiesta deve essere una lista JSON, ricevuto {}.", specie(valore))));
    };
    elementi.iter().enumerate().map(|(i, v)| Oggetto::apri(v, format!("[{i}]"), ammessi)).collect()
}

fn specie(valore: &Value) -> &'static str {
    match valore {
        Value::Null => "null",
        Value::Bool(_) => "un booleano",
        Value::Number(_) => "un numero",
        Value::String(_) => "un testo",
        Value::Array(_) => "una lista",
        Value::Object(_) => "un oggetto",
    }
}

fn mostra(nome: &str) -> String {
    super::regole::accorcia(nome, NOME_MOSTRATO_MAX).into_owned()
}

/// `yyyy-MM-dd` and nothing more or less.
#[must_use]
pub fn data_iso(testo: &str) -> Option<NaiveDate> {
    let forma = |(i, b): (usize, u8)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() };
    if testo.len() != 10 || !testo.bytes().enumerate().all(forma) {
        return None;
    }
    testo.parse().ok()
}

/// The text of a decimal number, before any rule: it may be negative, enormous, or have many decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimale<'a> {
    negativo: bool,
    /// Without leading zeros: empty for a number below one.
    interi: &'a str,
    decimali: &'a str,
}

impl<'a> Decimale<'a> {
    /// Optional minus, digits, and optionally a dot with digits.
    #[must_use]
    pub fn leggi(testo: &'a str) -> Option<Self> {
        let (negativo, cifre) = testo.strip_prefix('-').map_or((false, testo), |r| (true, r));
        let (interi, decimali) = cifre.split_once('.').unwrap_or((cifre, "0"));
        let cifra = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !cifra(interi) || !cifra(decimali) {
            return None;
        }
        let decimali = if cifre.contains('.') { decimali } else { "" };
        Some(Self { negativo, interi: interi.trim_start_matches('0'), decimali })
    }

    /// Decimal digits as written: `10.100` has three.
    #[must_use]
    pub fn scala(&self) -> usize {
        self.decimali.len()
    }

    /// Digits that count, decimals as written included.
    #[must_use]
    pub fn cifre(&self) -> usize {
        if self.interi.is_empty() { self.decimali.trim_start_matches('0').len() } else { self.interi.len() + self.decimali.len() }
    }

    #[must_use]
    pub fn positivo(&self) -> bool {
        !self.negativo && (!self.interi.is_empty() || self.decimali.bytes().any(|b| b != b'0'))
    }

    /// The number without its decimals, minus included.
    #[must_use]
    pub fn parte_intera(&self) -> String {
        let interi = if self.interi.is_empty() { "0" } else { self.interi };
        if self.negativo && interi != "0" { format!("-{interi}") } else { interi.to_owned() }
    }

    /// `None` if there are decimals that matter, a minus, or too many digits.
    #[must_use]
    pub fn naturale(&self) -> Option<u32> {
        if self.negativo || !self.decimali.bytes().all(|b| b == b'0') {
            return None;
        }
        self.parte_intera().parse().ok()
    }

    /// Compares without regard to the sign.
    #[must_use]
    pub fn confronta_assoluti(&self, altro: &Decimale<'_>) -> Ordering {
        let decimali = |d: &Decimale<'_>| d.decimali.trim_end_matches('0').len();
        (self.interi.len(), self.interi, &self.decimali[..decimali(self)]).cmp(&(altro.interi.len(), altro.interi, &altro.decimali[..decimali(altro)]))
    }
}

/// As written, but for leading zeros.
impl std::fmt::Display for Decimale<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let segno = if self.negativo { "-" } else { "" };
        let interi = if self.interi.is_empty() { "0" } else { self.interi };
        let punto = if self.decimali.is_empty() { "" } else { "." };
        write!(f, "{segno}{interi}{punto}{}", self.decimali)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rifiuto(corpo: &[u8]) -> String {
        match leggi(corpo) {
            Err(Rifiuto::Sintassi(testo)) => testo,
            altro => panic!("atteso un 400 SINTASSI, trovato {altro:?}"),
        }
    }

    #[test]
    fn un_corpo_vuoto_o_bianco_e_rifiutato() {
        for corpo in [&b""[..], b" ", b"\r\n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"] {
            assert_eq!(rifiuto(corpo), "Il corpo della richiesta e' vuoto.");
        }
    }

    #[test]
    fn un_corpo_malformato_dice_dove_ma_non_cosa() {
        let testo = rifiuto(b"{\n  \"causale\": \"Greta Valenti\" \"altro\"\n}");
        assert_eq!(testo, "Il corpo della richiesta non e' un JSON valido: sintassi errata alla riga 2, colonna 30.");
        assert!(rifiuto(b"{\"a\":").contains("finisce prima del previsto alla riga 1, colonna 5"));
        for corpo in [
            &b"{} {}"[..],
            b"{}x",
            b"{'a':1}",
            b"{\"a\":01}",
            b"{\"a\":+1}",
            b"{\"a\":NaN}",
            b"{\"a\":1,}",
            b"\"\xff\"",
            b"{\"a\":\"\xc3\x28\"}",
            br#"{"a":"\ud800"}"#,
            br#"{"a":"\udc00\ud800"}"#,
            b"{\"a\":\"\x01\"}",
        ] {
            assert!(rifiuto(corpo).starts_with("Il corpo della richiesta non e' un JSON valido: "), "{}", String::from_utf8_lossy(corpo));
        }
    }

    #[test]
    fn un_corpo_troppo_profondo_e_rifiutato_senza_esaurire_lo_stack() {
        for (apre, chiude) in [("[", "]"), ("{\"a\":", "}")] {
            let corpo = format!("{}1{}", apre.repeat(100_000), chiude.repeat(100_000));
            assert!(rifiuto(corpo.as_bytes()).contains("sintassi errata"));
            assert!(leggi(format!("{}1{}", apre.repeat(127), chiude.repeat(127)).as_bytes()).is_ok());
        }
    }

    #[test]
    fn il_nul_e_rifiutato_ovunque_sia() {
        for corpo in [&br#""\u0000""#[..], br#"{"a\u0000":1}"#, br#"{"a":{"b":["c","d\u0000"]}}"#] {
            assert_eq!(rifiuto(corpo), "Il corpo della richiesta contiene il carattere NUL, che non e' ammesso.");
        }
    }

    #[test]
    fn di_due_membri_uguali_vale_l_ultimo() {
        let valore = leggi(br#"{"a":"primo","a":"secondo"}"#).expect("valido");
        let oggetto = Oggetto::radice(&valore, &["a"]).expect("oggetto");
        assert_eq!(oggetto.testo("a"), Ok(Some("secondo")));
    }

    /// The name by which serde_json carries numbers of any precision: a sender may write it, and gets a number or a refusal.
    #[test]
    fn il_nome_riservato_dei_numeri_non_fa_danni() {
        let corpo = br#"{"a":{"$serde_json::private::Number":"10.50"}}"#;
        let valore = leggi(corpo).expect("valido");
        let o = Oggetto::radice(&valore, &["a"]).expect("oggetto");
        assert_eq!(o.decimale("a").map(|d| d.map(|d| d.to_string())), Ok(Some("10.50".to_owned())));
        assert!(rifiuto(br#"{"a":{"$serde_json::private::Number":"Greta"}}"#).contains("sintassi errata"));
    }

    #[test]
    fn le_coppie_di_surrogati_si_leggono() {
        assert_eq!(leggi(br#""\ud83d\ude00""#), Ok(Value::String("\u{1f600}".to_owned())));
    }

    #[test]
    fn un_membro_ignoto_e_nominato_ma_non_ripetuto_per_intero() {
        let valore = leggi(br#"{"causale":"x","nome":"Greta Valenti"}"#).expect("valido");
        let Err(Rifiuto::Sintassi(testo)) = Oggetto::radice(&valore, &["causale"]) else { panic!("ignoto accettato") };
        assert_eq!(testo, "Unrecognized field \"nome\" (percorso: nome): il contratto non lo prevede.");
        let valore = Value::Object([("x".repeat(5000), Value::Null)].into_iter().collect());
        let Err(Rifiuto::Sintassi(testo)) = Oggetto::radice(&valore, &[]) else { panic!("ignoto accettato") };
        assert!(testo.chars().count() < 400, "{testo}");
    }

    #[test]
    fn gli_scalari_diventano_testo_e_il_resto_no() {
        let valore = leggi(br#"{"s":"a","n":4.10,"b":true,"nu":null,"o":{},"l":[]}"#).expect("valido");
        let o = Oggetto::radice(&valore, &["s", "n", "b", "nu", "o", "l"]).expect("oggetto");
        for (nome, atteso) in [("s", Some("a")), ("n", Some("4.10")), ("b", Some("true")), ("nu", None), ("manca", None)] {
            assert_eq!(o.testo(nome), Ok(atteso), "{nome}");
        }
        assert_eq!(o.testo("o"), Err(Rifiuto::Sintassi("Il campo o deve essere un testo, ricevuto un oggetto (percorso: o).".to_owned())));
        assert_eq!(o.testo("l"), Err(Rifiuto::Sintassi("Il campo l deve essere un testo, ricevuto una lista (percorso: l).".to_owned())));
        assert_eq!(o.stringa("n"), Err(Rifiuto::Sintassi("Il campo n deve essere un testo, ricevuto un numero (percorso: n).".to_owned())));
        assert!(o.stringa("b").is_err() && o.decimale("b").is_err() && o.data("n").is_err() && o.oggetto("s", &[]).is_err() && o.oggetti("o", &[]).is_err());
    }

    #[test]
    fn i_numeri_tengono_le_cifre_come_sono_scritte() {
        let enorme = "9".repeat(4000);
        let corpo = format!(r#"{{"a":10.10,"b":"10.01","c":{enorme},"d":"","e":" 5 ","f":-0.0}}"#);
        let valore = leggi(corpo.as_bytes()).expect("valido");
        let o = Oggetto::radice(&valore, &["a", "b", "c", "d", "e", "f"]).expect("oggetto");
        let testo = |nome| o.decimale(nome).expect("numero").map(|d| d.to_string());
        assert_eq!([testo("a"), testo("b"), testo("d"), testo("e"), testo("f")].map(Option::unwrap_or_default), ["10.10", "10.01", "", "5", "-0.0"]);
        assert_eq!(testo("c"), Some(enorme));
        for corpo in
            [r#"{"a":"10,00"}"#, r#"{"a":1e2}"#, r#"{"a":1E2}"#, r#"{"a":"1e2"}"#, r#"{"a":"NaN"}"#, r#"{"a":"+1"}"#, r#"{"a":"1."}"#, r#"{"a":"0x1"}"#]
        {
            let valore = leggi(corpo.as_bytes()).expect("valido");
            let o = Oggetto::radice(&valore, &["a"]).expect("oggetto");
            let atteso = "Il campo a contiene un valore non valido: atteso un numero decimale (percorso: a).";
            assert_eq!(o.decimale("a"), Err(Rifiuto::Sintassi(atteso.to_owned())), "{corpo}");
        }
    }

    #[test]
    fn le_date_hanno_una_sola_forma() {
        assert_eq!(data_iso("2028-02-29").map(|d| d.to_string()).as_deref(), Some("2028-02-29"));
        for testo in ["2026-02-29", "2026-2-1", "2026/02/01", "01-02-2026", "2026-02-01T00:00:00", "+2026-02-1", "2026-00-01", "2026-02-0\u{661}", "", "oggi"] {
            assert_eq!(data_iso(testo), None, "{testo}");
        }
    }

    #[test]
    fn un_decimale_conta_le_sue_cifre() {
        for (testo, scala, cifre, positivo, intera) in [
            ("10.100", 3, 5, true, "10"),
            ("0.05", 2, 1, true, "0"),
            ("-7", 0, 1, false, "-7"),
            ("0.00", 2, 0, false, "0"),
            ("-0", 0, 0, false, "0"),
            ("007", 0, 1, true, "7"),
        ] {
            let d = Decimale::leggi(testo).expect("numero");
            assert_eq!((d.scala(), d.cifre(), d.positivo(), d.parte_intera().as_str()), (scala, cifre, positivo, intera), "{testo}");
        }
        assert_eq!(Decimale::leggi("5.0").and_then(|d| d.naturale()), Some(5));
        for testo in ["5.1", "-5", "4294967296"] {
            assert_eq!(Decimale::leggi(testo).and_then(|d| d.naturale()), None, "{testo}");
        }
    }

    proptest! {
        #[test]
        fn nessun_corpo_fa_panico(corpo in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = leggi(&corpo);
        }

        #[test]
        fn il_confronto_e_quello_dei_numeri(a in 0_u64..100_000_000, b in 0_u64..100_000_000) {
            let testo = |n: u64| format!("{}.{:04}", n / 10_000, n % 10_000);
            let (ta, tb) = (testo(a), testo(b));
            let (da, db) = (Decimale::leggi(&ta).expect("numero"), Decimale::leggi(&tb).expect("numero"));
            prop_assert_eq!(da.confronta_assoluti(&db), a.cmp(&b));
        }
    }
}
