//! The rules of single fields, with the texts of spec/1 section 5.1 to the letter.
//!
//! A mandatory text that is missing is "vuoto"; an empty one breaks its minimum length. Checks come minimum, maximum, pattern
//! (spec/2 section 2.19). Lengths are in characters, patterns match the whole value.

use std::borrow::Cow;
use std::sync::OnceLock;

use codici::{IdDominio, Importo, NumeroAvviso};
use regex::Regex;

use super::json::Decimale;
use crate::Rifiuto;

/// Characters of a value that a refusal repeats. Values that break a rule by little are shown whole, as clients compare them.
pub const VALORE_MOSTRATO_MAX: usize = 1000;
/// Digits of an amount, decimals included (spec/1 section 5.3).
const CIFRE_IMPORTO_MAX: usize = 18;
const DECIMALI_IMPORTO_MAX: usize = 2;

fn no<T>(testo: String) -> Result<T, Rifiuto> {
    Err(Rifiuto::Sintassi(testo))
}

/// At most `massimo` characters, with an ellipsis in place of the rest.
#[must_use]
pub fn accorcia(testo: &str, massimo: usize) -> Cow<'_, str> {
    match testo.char_indices().nth(massimo) {
        Some((fine, _)) => Cow::Owned(format!("{}...", &testo[..fine])),
        None => Cow::Borrowed(testo),
    }
}

fn mostra(valore: &str) -> Cow<'_, str> {
    accorcia(valore, VALORE_MOSTRATO_MAX)
}

/// Integers in messages are grouped: `5.000`.
#[must_use]
pub fn a_gruppi(numero: u64) -> String {
    gruppi(numero, '.')
}

fn gruppi(numero: u64, separatore: char) -> String {
    let cifre = numero.to_string();
    let mut testo = String::new();
    for (i, c) in cifre.chars().enumerate() {
        if i > 0 && (cifre.len() - i).is_multiple_of(3) {
            testo.push(separatore);
        }
        testo.push(c);
    }
    testo
}

/// Amounts in bounds are written in English: `999,999,999.99`.
fn all_inglese(importo: Importo) -> String {
    let cent = importo.cent().unsigned_abs();
    format!("{}.{:02}", gruppi(cent / 100, ','), cent % 100)
}

pub fn obbligatorio<T>(campo: &str, valore: Option<T>) -> Result<T, Rifiuto> {
    valore.map_or_else(|| no(format!("Il campo {campo} non deve essere vuoto.")), Ok)
}

pub fn vuoto<T>(campo: &str, valore: Option<T>) -> Result<(), Rifiuto> {
    if valore.is_some() { no(format!("Il campo {campo} deve essere vuoto.")) } else { Ok(()) }
}

pub fn non_valida<T>(campo: &str) -> Result<T, Rifiuto> {
    no(format!("Il campo {campo} contiene un valore non valido."))
}

/// `nomi` in the order in which the message lists them.
pub fn codifica_inesistente<T>(campo: &str, valore: &str, nomi: impl IntoIterator<Item = &'static str>) -> Result<T, Rifiuto> {
    let nomi = nomi.into_iter().collect::<Vec<_>>().join(",");
    no(format!("Codifica inesistente per {campo}. Valore fornito [{}] valori possibili {{{nomi}}}", mostra(valore)))
}

/// A value out of a closed list of texts.
pub fn tra(campo: &str, valore: &str, nomi: &[&'static str]) -> Result<&'static str, Rifiuto> {
    nomi.iter().copied().find(|n| *n == valore).map_or_else(|| codifica_inesistente(campo, valore, nomi.iter().copied()), Ok)
}

/// Plain minimum: the bound itself is good.
pub fn almeno(campo: &str, valore: i64, minimo: u64) -> Result<(), Rifiuto> {
    if i128::from(valore) < i128::from(minimo) { no(format!("Il campo {campo} deve essere superiore a {}.", a_gruppi(minimo))) } else { Ok(()) }
}

/// Plain maximum: the bound itself is good.
pub fn al_massimo(campo: &str, valore: i64, massimo: u64) -> Result<(), Rifiuto> {
    if i128::from(valore) > i128::from(massimo) { no(format!("Il campo {campo} deve essere inferiore a {}.", a_gruppi(massimo))) } else { Ok(()) }
}

/// "Or equal" in the text, but the bound itself is refused: the original is inverted and clients see it (spec/1 section 5.2).
pub fn oltre(campo: &str, valore: i64, minimo: u64) -> Result<(), Rifiuto> {
    if i128::from(valore) <= i128::from(minimo) { no(format!("Il campo {campo} deve essere superiore o uguale a {}.", a_gruppi(minimo))) } else { Ok(()) }
}

/// A mandatory list. Empty is the same as missing, so there is no minimum to check.
pub fn lista<T>(campo: &str, elementi: Option<Vec<T>>, massimo: usize) -> Result<Vec<T>, Rifiuto> {
    let elementi = obbligatorio(campo, elementi.filter(|e| !e.is_empty()))?;
    massimo_elementi(campo, elementi.len(), massimo)?;
    Ok(elementi)
}

pub fn massimo_elementi(campo: &str, elementi: usize, massimo: usize) -> Result<(), Rifiuto> {
    if elementi > massimo { no(format!("Il campo {campo} deve avere massimo {} elementi.", a_gruppi(massimo as u64))) } else { Ok(()) }
}

/// `posizione` counts from zero.
pub fn elemento<T>(campo: &str, posizione: usize, valore: Option<T>) -> Result<T, Rifiuto> {
    valore.map_or_else(|| no(format!("L'elemento in posizione {posizione} del campo {campo} e' vuoto.")), Ok)
}

/// A pattern: as the message shows it, and compiled once to match a whole value.
pub struct Forma {
    mostrata: &'static str,
    espressione: &'static str,
    compilata: OnceLock<Regex>,
}

pub static FORMA_DOMINIO: Forma = Forma::uguale(r"(^([0-9]){11}$)");
pub static FORMA_IDENTIFICATIVO: Forma = Forma::uguale(r"(^[a-zA-Z0-9\-_]{1,35}$)");
pub static FORMA_TIPO: Forma = Forma::uguale(r"(^[a-zA-Z0-9\-_\.]{1,35}$)");
pub static FORMA_NUMERO_AVVISO: Forma = Forma::uguale(r"(^[0-9]{18}$)");
/// As references to a notice are checked, where the length has no word of its own.
pub static FORMA_AVVISO_RIFERITO: Forma = Forma::uguale(r"[0-9]{18}");
pub static FORMA_ANNO: Forma = Forma::uguale(r"(^[0-9]{4}$)");
pub static FORMA_IBAN: Forma = Forma::uguale(r"[a-zA-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}");
// White space of the original is the ASCII one.
pub static FORMA_CODICE_CONTABILITA: Forma = Forma::diversa(r"(^\S{3,138}$)", r"[^ \t\n\x0B\x0C\r]{3,138}");
pub static FORMA_SIGLA: Forma = Forma::uguale(r"(^[A-Z]{2,2}$)");
pub static FORMA_EMAIL: Forma = Forma::uguale(r"(^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$)");
pub static FORMA_CELLULARE: Forma = Forma::diversa(r"\+[0-9]{2,2}\s[0-9]{3,3}\-[0-9]{7,7}", r"\+[0-9]{2}[ \t\n\x0B\x0C\r][0-9]{3}-[0-9]{7}");

pub static FORMA_URL_HTTP: Forma = Forma::uguale(r"https?://[-a-zA-Z0-9+&@#/%?=~_|!:,.;]*[-a-zA-Z0-9+&@#/%=~_|]");
pub static FORMA_STAZIONE: Forma = Forma::uguale(r"(^([0-9]){11}_([0-9]){2}$)");

impl Forma {
    pub const fn uguale(mostrata: &'static str) -> Self {
        Self::diversa(mostrata, mostrata)
    }

    pub const fn diversa(mostrata: &'static str, espressione: &'static str) -> Self {
        Self { mostrata, espressione, compilata: OnceLock::new() }
    }

    /// The expression itself, without anchors of its own: it is meant to match the whole value.
    #[must_use]
    pub const fn testo(&self) -> &'static str {
        self.espressione
    }

    fn espressione(&self) -> &Regex {
        self.compilata.get_or_init(|| Regex::new(&format!(r"\A(?:{})\z", self.espressione)).expect("espressione fissa"))
    }

    pub fn controlla(&self, campo: &str, valore: &str) -> Result<(), Rifiuto> {
        if self.espressione().is_match(valore) {
            Ok(())
        } else {
            no(format!("Il valore [{}] del campo {campo} non rispetta il pattern richiesto: {}", mostra(valore), self.mostrata))
        }
    }
}

/// Schemes of addresses that a connector may have.
const SCHEMI: [&str; 4] = ["http", "https", "ftp", "file"];

/// An address with a known scheme.
pub fn url(campo: &str, valore: &str) -> Result<(), Rifiuto> {
    match valore.split_once("://") {
        Some((schema, resto)) if SCHEMI.iter().any(|s| s.eq_ignore_ascii_case(schema)) && !resto.is_empty() => Ok(()),
        _ => no(format!("Il campo {campo} non contiene una URL valida.")),
    }
}

/// The rule of a text field.
pub struct Testo {
    pub minimo: usize,
    pub massimo: usize,
    pub forma: Option<&'static Forma>,
}

impl Testo {
    #[must_use]
    pub const fn lungo(minimo: usize, massimo: usize) -> Self {
        Self { minimo, massimo, forma: None }
    }

    #[must_use]
    pub const fn con_forma(minimo: usize, massimo: usize, forma: &'static Forma) -> Self {
        Self { minimo, massimo, forma: Some(forma) }
    }

    pub fn controlla(&self, campo: &str, valore: &str) -> Result<String, Rifiuto> {
        let caratteri = valore.chars().count();
        let limite = if caratteri < self.minimo {
            Some(("minima", self.minimo))
        } else if caratteri > self.massimo {
            Some(("massima", self.massimo))
        } else {
            None
        };
        if let Some((quale, n)) = limite {
            return no(format!("Il valore [{}] del campo {campo} non rispetta la lunghezza {quale} di {} caratteri.", mostra(valore), a_gruppi(n as u64)));
        }
        if let Some(forma) = self.forma {
            forma.controlla(campo, valore)?;
        }
        Ok(valore.to_owned())
    }

    pub fn obbligatorio(&self, campo: &str, valore: Option<&str>) -> Result<String, Rifiuto> {
        self.controlla(campo, obbligatorio(campo, valore)?)
    }

    pub fn facoltativo(&self, campo: &str, valore: Option<&str>) -> Result<Option<String>, Rifiuto> {
        valore.map(|v| self.controlla(campo, v)).transpose()
    }
}

/// Identifiers of the ente: idA2A, idPendenza, idVocePendenza, direzione and the like.
pub const IDENTIFICATIVO: Testo = Testo::con_forma(1, 35, &FORMA_IDENTIFICATIVO);
/// idTipoPendenza, codEntrata.
pub const TIPO: Testo = Testo::con_forma(1, 35, &FORMA_TIPO);

/// Exactly so many characters.
pub fn lunghezza(campo: &str, valore: &str, caratteri: usize) -> Result<(), Rifiuto> {
    if valore.chars().count() == caratteri {
        return Ok(());
    }
    no(format!("Il valore [{}] del campo {campo} non rispetta la lunghezza di {caratteri} caratteri.", mostra(valore)))
}

/// Eleven digits; the length is told before the pattern.
pub fn id_dominio(campo: &str, valore: &str) -> Result<IdDominio, Rifiuto> {
    lunghezza(campo, valore, 11)?;
    FORMA_DOMINIO.controlla(campo, valore)?;
    IdDominio::leggi(valore).map_or_else(|| non_valida(campo), Ok)
}

/// A numero avviso inside a body. In paths the texts are others: [`super::pendenza::numero_avviso`].
pub fn numero_avviso(campo: &str, valore: &str) -> Result<NumeroAvviso, Rifiuto> {
    const TESTO: Testo = Testo::con_forma(0, 18, &FORMA_NUMERO_AVVISO);
    let valore = TESTO.controlla(campo, valore)?;
    NumeroAvviso::leggi(&valore).map_err(|errore| Rifiuto::Sintassi(errore.to_string()))
}

/// Mandatory, greater than zero, up to [`Importo::MASSIMO`], with two decimals as written: `10.100` has three and is refused.
pub fn importo(campo: &str, valore: Option<Decimale<'_>>) -> Result<Importo, Rifiuto> {
    let valore = obbligatorio(campo, valore)?;
    if !valore.positivo() {
        return no(format!("Il campo {campo} deve essere superiore o uguale a 0."));
    }
    let massimo = Importo::MASSIMO.to_string();
    if Decimale::leggi(&massimo).is_some_and(|m| valore.confronta_assoluti(&m).is_gt()) {
        return no(format!("Il campo {campo} deve essere inferiore a {}.", all_inglese(Importo::MASSIMO)));
    }
    if valore.cifre() > CIFRE_IMPORTO_MAX {
        return no(format!("Il campo {campo} non deve superare le {CIFRE_IMPORTO_MAX} cifre."));
    }
    if valore.scala() > DECIMALI_IMPORTO_MAX {
        return no(format!("Il campo {campo} non deve superare le {DECIMALI_IMPORTO_MAX} cifre decimali."));
    }
    Importo::leggi(&valore.to_string()).or_else(|_| non_valida(campo))
}

/// A year: the integer part must have four digits.
pub fn anno(campo: &str, valore: &Decimale<'_>) -> Result<i32, Rifiuto> {
    let intera = valore.parte_intera();
    FORMA_ANNO.controlla(campo, &intera)?;
    intera.parse().or_else(|_| non_valida(campo))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn testo<T: std::fmt::Debug>(esito: Result<T, Rifiuto>) -> String {
        match esito {
            Err(Rifiuto::Sintassi(testo)) => testo,
            altro => panic!("atteso un 400 SINTASSI, trovato {altro:?}"),
        }
    }

    #[test]
    fn ogni_regola_ha_il_testo_del_contratto() {
        let due = Testo::lungo(2, 4);
        for (esito, atteso) in [
            (testo(obbligatorio::<()>("x", None)), "Il campo x non deve essere vuoto."),
            (testo(vuoto("x", Some(1))), "Il campo x deve essere vuoto."),
            (testo(due.controlla("x", "a")), "Il valore [a] del campo x non rispetta la lunghezza minima di 2 caratteri."),
            (testo(due.controlla("x", "abcde")), "Il valore [abcde] del campo x non rispetta la lunghezza massima di 4 caratteri."),
            (
                testo(Testo::lungo(0, 4000).controlla("x", &"a".repeat(4001))),
                &format!("Il valore [{}...] del campo x non rispetta la lunghezza massima di 4.000 caratteri.", "a".repeat(1000)),
            ),
            (testo(id_dominio("x", "123")), "Il valore [123] del campo x non rispetta la lunghezza di 11 caratteri."),
            (testo(id_dominio("x", "1234567890A")), "Il valore [1234567890A] del campo x non rispetta il pattern richiesto: (^([0-9]){11}$)"),
            (testo(almeno("x", -1, 0)), "Il campo x deve essere superiore a 0."),
            (testo(al_massimo("x", 5001, 5000)), "Il campo x deve essere inferiore a 5.000."),
            (testo(oltre("x", 1, 1)), "Il campo x deve essere superiore o uguale a 1."),
            (testo(massimo_elementi("x", 6, 5)), "Il campo x deve avere massimo 5 elementi."),
            (testo(lista::<u8>("x", Some(vec![]), 5)), "Il campo x non deve essere vuoto."),
            (testo(elemento::<()>("x", 2, None)), "L'elemento in posizione 2 del campo x e' vuoto."),
            (testo(tra("x", "Z", &["A", "B"])), "Codifica inesistente per x. Valore fornito [Z] valori possibili {A,B}"),
            (testo(non_valida::<()>("x")), "Il campo x contiene un valore non valido."),
        ] {
            assert_eq!(esito, atteso);
        }
    }

    #[test]
    fn i_limiti_semplici_accettano_l_uguaglianza_e_quelli_invertiti_no() {
        assert!(almeno("x", 0, 0).is_ok() && al_massimo("x", 5000, 5000).is_ok() && oltre("x", 2, 1).is_ok());
        assert!(oltre("x", 1, 1).is_err() && oltre("x", 0, 1).is_err() && oltre("x", i64::MIN, u64::MAX).is_err());
    }

    #[test]
    fn gli_importi_sono_controllati_in_ordine() {
        let leggi = |t: &str| importo("importo", Decimale::leggi(t));
        for (buono, cent) in [("0.01", 1), ("10", 1000), ("10.1", 1010), ("10.10", 1010), ("999999999.99", 99_999_999_999), ("000010.00", 1000)] {
            assert_eq!(leggi(buono), Ok(Importo::da_cent(cent)), "{buono}");
        }
        let massimo = "Il campo importo deve essere inferiore a 999,999,999.99.";
        let decimali = "Il campo importo non deve superare le 2 cifre decimali.";
        let zero = "Il campo importo deve essere superiore o uguale a 0.";
        for (cattivo, atteso) in [
            ("0", zero),
            ("0.000", zero),
            ("-0", zero),
            ("-10", zero),
            ("-9999999999999", zero),
            ("1000000000.00", massimo),
            ("999999999.991", massimo),
            ("99999999999999999999999999", massimo),
            ("1.00000000000000000001", "Il campo importo non deve superare le 18 cifre."),
            ("10.001", decimali),
            ("10.100", decimali),
            ("0.001", decimali),
        ] {
            assert_eq!(testo(leggi(cattivo)), atteso, "{cattivo}");
        }
        assert_eq!(testo(importo("importo", None)), "Il campo importo non deve essere vuoto.");
    }

    #[test]
    fn le_forme_valgono_per_tutto_il_valore() {
        for (forma, buoni, cattivi) in [
            (&FORMA_DOMINIO, vec!["12345678901"], vec!["12345678901\n", "1234567890\u{661}"]),
            (&FORMA_IDENTIFICATIVO, vec!["a-_Z9"], vec!["", "a b", "a.b", "\u{e0}", "a\n"]),
            (&FORMA_TIPO, vec!["a.b-_"], vec!["a/b", "a b"]),
            (&FORMA_IBAN, vec!["IT60X0542811101000000123456", "it60x"], vec!["IT6", "1T60X", "IT60X 05", "xIT60X-"]),
            (&FORMA_CODICE_CONTABILITA, vec!["abc", "0201102IM", "\u{a0}\u{a0}\u{a0}"], vec!["ab", "a b c", "abc\n"]),
            (&FORMA_SIGLA, vec!["IT"], vec!["it", "ITA", "I"]),
            (&FORMA_EMAIL, vec!["a.b+c_d-e@x-y.it", "a@b"], vec!["", "a", "a@", "@b", "a@b..it", "a@b.it ", "\u{e0}@b.it"]),
            (&FORMA_CELLULARE, vec!["+39 333-1234567", "+39\t333-1234567"], vec!["+39 3331234567", "0039 333-1234567", "+39\u{a0}333-1234567"]),
            (&FORMA_ANNO, vec!["2026"], vec!["26", "-2026", "20266"]),
        ] {
            for buono in buoni {
                assert!(forma.controlla("x", buono).is_ok(), "{buono:?}");
            }
            for cattivo in cattivi {
                assert!(forma.controlla("x", cattivo).is_err(), "{cattivo:?}");
            }
        }
        assert!(testo(FORMA_CELLULARE.controlla("cellulare", "1")).ends_with(r"non rispetta il pattern richiesto: \+[0-9]{2,2}\s[0-9]{3,3}\-[0-9]{7,7}"));
        assert!(testo(FORMA_CODICE_CONTABILITA.controlla("x", "1")).ends_with(r"pattern richiesto: (^\S{3,138}$)"));
    }

    #[test]
    fn le_lunghezze_sono_in_caratteri() {
        assert!(Testo::lungo(1, 3).controlla("x", "\u{e0}\u{e0}\u{e0}").is_ok());
        assert!(Testo::lungo(1, 3).controlla("x", "\u{1f600}\u{1f600}\u{1f600}\u{1f600}").is_err());
    }

    #[test]
    fn il_numero_avviso_di_un_corpo_ha_tre_regole() {
        assert!(numero_avviso("numeroAvviso", "307260000000004275").is_ok());
        for (valore, atteso) in [
            ("3072600000000042751", "Il valore [3072600000000042751] del campo numeroAvviso non rispetta la lunghezza massima di 18 caratteri."),
            ("12345", "Il valore [12345] del campo numeroAvviso non rispetta il pattern richiesto: (^[0-9]{18}$)"),
            ("", "Il valore [] del campo numeroAvviso non rispetta il pattern richiesto: (^[0-9]{18}$)"),
            ("407260000000004275", "Numero Avviso [407260000000004275] fornito non valido: prima cifra non e' [0|1|2|3]"),
        ] {
            assert_eq!(testo(numero_avviso("numeroAvviso", valore)), atteso);
        }
    }

    #[test]
    fn di_un_anno_conta_la_parte_intera() {
        let leggi = |t: &str| anno("annoRiferimento", &Decimale::leggi(t).expect("numero"));
        assert_eq!((leggi("2026"), leggi("2026.9")), (Ok(2026), Ok(2026)));
        assert_eq!(testo(leggi("26")), "Il valore [26] del campo annoRiferimento non rispetta il pattern richiesto: (^[0-9]{4}$)");
        assert!(leggi("-2026").is_err() && leggi("20260").is_err() && leggi("0026").is_err());
    }
}
