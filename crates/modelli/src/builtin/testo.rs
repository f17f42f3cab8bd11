//! Built-ins of texts. Positions and lengths count characters.

use super::regolari::{self, Opzioni, Riscontro};
use super::{Chiamata, Voce, voce};
use crate::errori::{Esito, detto};
use crate::limiti::TestoLimitato;
use crate::valori::Valore;

pub(super) const VOCI: &[Voce] = &[
    voce("length", 0, 0, |c, v| {
        let testo = c.soggetto(v)?;
        Ok(lunghezza(&testo).into())
    }),
    voce("upper_case", 0, 0, |c, v| trasforma(c, v, str::to_uppercase)),
    voce("lower_case", 0, 0, |c, v| trasforma(c, v, str::to_lowercase)),
    voce("cap_first", 0, 0, |c, v| trasforma(c, v, |t| iniziale(t, char::to_uppercase))),
    voce("uncap_first", 0, 0, |c, v| trasforma(c, v, |t| iniziale(t, char::to_lowercase))),
    voce("capitalize", 0, 0, |c, v| {
        trasforma(c, v, |t| t.to_lowercase().split_inclusive(char::is_whitespace).map(|p| iniziale(p, char::to_uppercase)).collect())
    }),
    voce("trim", 0, 0, |c, v| trasforma(c, v, |t| t.trim().to_owned())),
    voce("chop_linebreak", 0, 0, |c, v| trasforma(c, v, |t| t.strip_suffix("\r\n").or_else(|| t.strip_suffix(['\r', '\n'])).unwrap_or(t).to_owned())),
    voce("contains", 1, 1, |c, v| chiedi(c, v, |t, p| t.contains(p))),
    voce("starts_with", 1, 1, |c, v| chiedi(c, v, |t, p| t.starts_with(p))),
    voce("ends_with", 1, 1, |c, v| chiedi(c, v, |t, p| t.ends_with(p))),
    voce("index_of", 1, 2, indice),
    voce("last_index_of", 1, 1, ultimo_indice),
    voce("substring", 1, 2, sottotesto),
    voce("replace", 2, 3, sostituisci),
    voce("split", 1, 2, dividi),
    voce("matches", 1, 2, riscontra),
    voce("groups", 0, 0, gruppi),
    voce("left_pad", 1, 2, |c, v| riempi(c, v, true)),
    voce("right_pad", 1, 2, |c, v| riempi(c, v, false)),
    voce("keep_before", 1, 1, |c, v| taglia(c, v, |t, p| t.split_once(p).map_or(t, |(prima, _)| prima))),
    voce("keep_before_last", 1, 1, |c, v| taglia(c, v, |t, p| t.rsplit_once(p).map_or(t, |(prima, _)| prima))),
    voce("keep_after", 1, 1, |c, v| taglia(c, v, |t, p| t.split_once(p).map_or("", |(_, dopo)| dopo))),
    voce("keep_after_last", 1, 1, |c, v| taglia(c, v, |t, p| t.rsplit_once(p).map_or("", |(_, dopo)| dopo))),
    voce("remove_beginning", 1, 1, |c, v| taglia(c, v, |t, p| t.strip_prefix(p).unwrap_or(t))),
    voce("remove_ending", 1, 1, |c, v| taglia(c, v, |t, p| t.strip_suffix(p).unwrap_or(t))),
    voce("boolean", 0, 0, booleano),
];

pub(crate) fn lunghezza(testo: &str) -> i64 {
    i64::try_from(testo.chars().count()).unwrap_or(i64::MAX)
}

fn trasforma(chiamata: &mut Chiamata<'_>, valore: &Valore, funzione: impl Fn(&str) -> String) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    chiamata.ambiente.nuovo_testo(funzione(&testo))
}

/// Changes the first character that is not a blank.
fn iniziale<I: Iterator<Item = char>>(testo: &str, funzione: impl Fn(char) -> I) -> String {
    let inizio = testo.len() - testo.trim_start().len();
    let mut caratteri = testo[inizio..].chars();
    let primo = caratteri.next().into_iter().flat_map(funzione);
    testo[..inizio].chars().chain(primo).chain(caratteri.as_str().chars()).collect()
}

fn chiedi(chiamata: &mut Chiamata<'_>, valore: &Valore, domanda: impl Fn(&str, &str) -> bool) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    Ok(domanda(&testo, chiamata.argomento_testo(0)?).into())
}

fn taglia(chiamata: &mut Chiamata<'_>, valore: &Valore, taglio: impl for<'a> Fn(&'a str, &str) -> &'a str) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let tagliato = taglio(&testo, chiamata.argomento_testo(0)?).to_owned();
    chiamata.ambiente.nuovo_testo(tagliato)
}

/// Position in characters of a position in bytes.
pub(crate) fn in_caratteri(testo: &str, byte: Option<usize>) -> i64 {
    byte.map_or(-1, |b| lunghezza(&testo[..b]))
}

/// Byte where the n-th character begins, the end included.
pub(crate) fn in_byte(testo: &str, carattere: i64) -> Option<usize> {
    let n = usize::try_from(carattere).ok()?;
    testo.char_indices().map(|(qui, _)| qui).chain(std::iter::once(testo.len())).nth(n)
}

fn indice(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let da = if chiamata.argomenti.len() > 1 { chiamata.argomento_intero(1)?.max(0) } else { 0 };
    let cercato = chiamata.argomento_testo(0)?;
    let trovato = in_byte(&testo, da).and_then(|da| testo[da..].find(cercato).map(|qui| da + qui));
    Ok(in_caratteri(&testo, trovato).into())
}

fn ultimo_indice(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    Ok(in_caratteri(&testo, testo.rfind(chiamata.argomento_testo(0)?)).into())
}

fn sottotesto(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let da = chiamata.argomento_intero(0)?;
    let a = if chiamata.argomenti.len() > 1 { chiamata.argomento_intero(1)? } else { lunghezza(&testo) };
    let preso = fetta(&testo, da, a)?.to_owned();
    chiamata.ambiente.nuovo_testo(preso)
}

/// Characters from `da` to before `a`.
pub(crate) fn fetta(testo: &str, da: i64, a: i64) -> Esito<&str> {
    match (in_byte(testo, da), in_byte(testo, a)) {
        (Some(inizio), Some(fine)) if inizio <= fine => Ok(&testo[inizio..fine]),
        _ => detto(format!("il sottotesto va da {da} a {a}, ma i caratteri sono {}", lunghezza(testo))),
    }
}

/// The letters after a pattern: r is a regular expression, i ignores case, f only the first.
fn opzioni(chiamata: &Chiamata<'_>, posto: usize) -> Esito<(Opzioni, bool, bool)> {
    let lettere = chiamata.argomento_testo_o(posto, "")?;
    let opzioni = Opzioni { ignora_maiuscole: lettere.contains('i'), alla_lettera: !lettere.contains('r'), intera: false };
    Ok((opzioni, lettere.contains(['r', 'i']), lettere.contains('f')))
}

fn sostituisci(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let (opzioni, con_regex, solo_primo) = opzioni(chiamata, 2)?;
    let (cerca, metti) = (chiamata.argomento_testo(0)?.to_owned(), chiamata.argomento_testo(1)?.to_owned());
    let mut sostituito = TestoLimitato::nuovo(&chiamata.ambiente.consumo);
    if con_regex {
        regolari::percorre(testo.len(), &mut chiamata.ambiente.consumo)?;
        let regex = chiamata.cache.prendi(&cerca, opzioni, &mut chiamata.ambiente.consumo)?;
        regolari::sostituisci(&regex, &testo, &metti, !opzioni.alla_lettera, solo_primo, &mut sostituito)?;
    } else {
        let mut fine = 0;
        for (qui, trovato) in testo.match_indices(&cerca).take(if solo_primo { 1 } else { usize::MAX }) {
            sostituito.aggiungi(&testo[fine..qui])?;
            sostituito.aggiungi(&metti)?;
            fine = qui + trovato.len();
        }
        sostituito.aggiungi(&testo[fine..])?;
    }
    chiamata.ambiente.nuovo_testo(sostituito.fine())
}

fn dividi(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let (opzioni, con_regex, _) = opzioni(chiamata, 1)?;
    let separatore = chiamata.argomento_testo(0)?.to_owned();
    if separatore.is_empty() {
        return detto("`?split` vuole un separatore non vuoto");
    }
    chiamata.ambiente.consumo.memoria(testo.len())?;
    let pezzi: Vec<Valore> = if con_regex {
        regolari::percorre(testo.len(), &mut chiamata.ambiente.consumo)?;
        chiamata.cache.prendi(&separatore, opzioni, &mut chiamata.ambiente.consumo)?.split(&testo).map(Valore::from).collect()
    } else {
        testo.split(separatore.as_str()).map(Valore::from).collect()
    };
    chiamata.ambiente.nuova_sequenza(pezzi)
}

fn riscontra(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let ignora_maiuscole = chiamata.argomento_testo_o(1, "")?.contains('i');
    let espressione = chiamata.argomento_testo(0)?.to_owned();
    regolari::percorre(testo.len().saturating_mul(2), &mut chiamata.ambiente.consumo)?;
    let ovunque = Opzioni { ignora_maiuscole, ..Opzioni::default() };
    let intera = chiamata.cache.prendi(&espressione, Opzioni { intera: true, ..ovunque }, &mut chiamata.ambiente.consumo)?;
    let ovunque = chiamata.cache.prendi(&espressione, ovunque, &mut chiamata.ambiente.consumo)?;
    let riscontro = Riscontro::nuovo(&intera, &ovunque, &testo);
    chiamata.ambiente.consumo.memoria(testo.len().saturating_mul(2))?;
    chiamata.ambiente.consumo.elementi(riscontro.tutti.len())?;
    Ok(Valore::Riscontro(riscontro.into()))
}

fn gruppi(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    match valore {
        Valore::Riscontro(r) => chiamata.ambiente.nuova_sequenza(r.gruppi.clone()),
        altro => chiamata.sbagliato("il risultato di `?matches`", altro),
    }
}

fn riempi(chiamata: &mut Chiamata<'_>, valore: &Valore, a_sinistra: bool) -> Esito<Valore> {
    let testo = chiamata.soggetto(valore)?;
    let lunghezza_voluta = chiamata.argomento_intero(0)?;
    let riempitivo: Vec<char> = chiamata.argomento_testo_o(1, " ")?.chars().collect();
    if riempitivo.is_empty() {
        return detto(format!("`?{}` vuole un riempitivo non vuoto", chiamata.nome));
    }
    let mancano = usize::try_from(lunghezza_voluta - lunghezza(&testo)).unwrap_or(0);
    if mancano.saturating_mul(4) > chiamata.ambiente.consumo.testo_libero() {
        return Err(chiamata.ambiente.consumo.memoria_esaurita().into());
    }
    let da = if a_sinistra { 0 } else { testo.chars().count() % riempitivo.len() };
    let aggiunta: String = riempitivo.iter().cycle().skip(da).take(mancano).collect();
    chiamata.ambiente.nuovo_testo(if a_sinistra { aggiunta + &testo } else { testo + &aggiunta })
}

fn booleano(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    match valore {
        Valore::Booleano(_) => Ok(valore.clone()),
        Valore::Riscontro(r) => Ok(r.intero.into()),
        altro => match chiamata.soggetto(altro)?.as_str() {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => detto("`?boolean`: il testo non è `true` né `false`"),
        },
    }
}
