//! What a template of a form may read (spec/1 section 15, spec/3 section 5.4).

use chrono::{DateTime, Utc};
use modelli::{Classi, Genere, LettoreJson, Mappa, MappaViva, NonRiuscito, Oggetto, Valore};
use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::Modulo;

/// Headers that are for us, not for the rules of an ente.
const RISERVATE: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "x-api-key"];
/// Bytes that a pattern over the address may take once compiled.
const BYTE_ESPRESSIONE_MAX: usize = 256 * 1024;

pub(super) fn radice(modulo: &Modulo, corpo: &Value, adesso: DateTime<Utc>) -> Mappa {
    let mut radice = Mappa::nuova();
    radice
        .metti("date", Valore::istante(adesso, Genere::Ignoto))
        .metti("transactionId", modulo.id_transazione.as_str())
        .metti("context", MappaViva::nuova().valore())
        .metti("header", intestazioni(modulo))
        .metti("queryParams", parametri(modulo))
        .metti("urlRegExp", Valore::oggetto(SuIndirizzo(modulo.indirizzo.clone())))
        .metti("idDominio", modulo.dominio.as_str())
        .metti("idTipoVersamento", modulo.tipo_pendenza.as_str());
    if !modulo.segmenti.is_empty() {
        radice.metti("pathParams", mappa(modulo.segmenti.iter().map(|(n, v)| (n.clone(), v.clone()))));
    }
    if let Some(unita) = &modulo.unita_operativa {
        radice.metti("idUnitaOperativa", unita.as_str());
    }
    LettoreJson::nuovo(corpo.clone()).aggiungi_a(&mut radice);
    Classi::nuove(adesso).aggiungi_a(&mut radice);
    radice
}

fn mappa(coppie: impl Iterator<Item = (String, String)>) -> Mappa {
    coppie.map(|(nome, valore)| (nome, Valore::from(valore))).collect()
}

/// By two spellings: small letters, as they travel, and `X-Come-Questa`, as templates have them.
fn intestazioni(modulo: &Modulo) -> Mappa {
    let ammesse = modulo.intestazioni.iter().map(|(n, v)| (n.to_ascii_lowercase(), v)).filter(|(n, _)| !RISERVATE.contains(&n.as_str()));
    mappa(ammesse.flat_map(|(nome, valore)| [(maiuscole(&nome), valore.clone()), (nome, valore.clone())]))
}

fn maiuscole(nome: &str) -> String {
    let parola = |p: &str| p[..1].to_ascii_uppercase() + &p[1..];
    nome.split('-').map(|p| if p.is_empty() || !p.is_ascii() { p.to_owned() } else { parola(p) }).collect::<Vec<_>>().join("-")
}

fn parametri(modulo: &Modulo) -> Mappa {
    let mut uniti: Vec<(String, String)> = Vec::new();
    for (nome, valore) in &modulo.parametri {
        match uniti.iter_mut().find(|(n, _)| n == nome) {
            Some((_, prima)) => {
                prima.push(',');
                prima.push_str(valore);
            }
            None => uniti.push((nome.clone(), valore.clone())),
        }
    }
    mappa(uniti.into_iter())
}

/// `urlRegExp`: `read` gives the first group of the first match (the match itself without groups), `match` whether there is one, `readList` all of them.
struct SuIndirizzo(String);

impl SuIndirizzo {
    fn trovati(&self, espressione: &Regex) -> Vec<String> {
        let uno = |c: regex::Captures<'_>| c.get(1).or_else(|| c.get(0)).map(|m| m.as_str().to_owned()).unwrap_or_default();
        espressione.captures_iter(&self.0).map(uno).collect()
    }
}

impl Oggetto for SuIndirizzo {
    fn genere(&self) -> &'static str {
        "il lettore urlRegExp"
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        let [Valore::Testo(testo)] = argomenti else {
            return Err(NonRiuscito::detto(format!("`urlRegExp.{metodo}` vuole un'espressione regolare")));
        };
        let non_valida = |_| NonRiuscito::detto(format!("espressione regolare non valida: `{testo}`"));
        let espressione = RegexBuilder::new(testo).size_limit(BYTE_ESPRESSIONE_MAX).build().map_err(non_valida)?;
        match metodo {
            "read" => Ok(Valore::forse(self.trovati(&espressione).into_iter().next())),
            "readList" => Ok(Valore::sequenza(self.trovati(&espressione).into_iter().map(Valore::from).collect())),
            "match" => Ok(espressione.is_match(&self.0).into()),
            _ => Err(NonRiuscito::detto(format!("il metodo `{metodo}` di urlRegExp non è ammesso"))),
        }
    }

    /// A pattern is compiled at each call.
    fn costo(&self) -> u64 {
        1_000
    }
}
