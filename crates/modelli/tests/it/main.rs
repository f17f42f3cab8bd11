//! Templates from outside: text in, text out.

mod builtin;
mod costrutti;
mod java;
mod limiti;
mod proprieta;
mod veri;

use chrono::{DateTime, Utc};
use modelli::{ErroreEsecuzione, Limiti, Mappa, Modello, Valore};

/// Tuesday 3 February 2026, 14:05:09.047 in Rome.
fn adesso() -> DateTime<Utc> {
    "2026-02-03T13:05:09.047Z".parse().expect("istante")
}

fn con(radice: &Mappa, modello: &str) -> Result<String, ErroreEsecuzione> {
    let compilato = Modello::compila(modello).unwrap_or_else(|e| panic!("{modello}: {e}"));
    compilato.esegui(radice, adesso(), &Limiti::default())
}

fn esegui(modello: &str) -> String {
    con(&radice(), modello).unwrap_or_else(|e| panic!("{modello}: {e}"))
}

fn errore(modello: &str) -> String {
    match con(&radice(), modello) {
        Err(errore) => errore.to_string(),
        Ok(testo) => panic!("{modello}: ha dato {testo:?}"),
    }
}

fn errore_compilazione(modello: &str) -> String {
    match Modello::compila(modello) {
        Err(errore) => errore.to_string(),
        Ok(_) => panic!("{modello}: compilato"),
    }
}

/// A few values of each kind.
fn radice() -> Mappa {
    let json = serde_json::json!({
        "nome": "Ada", "vuoto": "", "n": 7, "prezzo": 1234.5, "si": true, "no": false,
        "lista": ["a", "b", "c"], "vuota": [], "mappa": {"x": 1, "y": "due"}, "persone": [{"nome": "Ugo", "eta": 40}, {"nome": "Eva", "eta": 35}],
    });
    let Valore::Mappa(mappa) = Valore::da_json(&json) else { unreachable!() };
    let mut radice: Mappa = mappa.voci().map(|(k, v)| (k.clone(), v.clone())).collect();
    radice.metti("oggi", Valore::istante(adesso(), modelli::Genere::Ignoto));
    modelli::Classi::nuove(adesso()).con_iban(|iban| (iban == "IT60X0542811101000000123456").then(|| "12345678901".to_owned())).aggiungi_a(&mut radice);
    radice
}

/// One line of a table: template and what it gives.
fn tabella(casi: &[(&str, &str)]) {
    for (modello, atteso) in casi {
        assert_eq!(esegui(modello), *atteso, "{modello}");
    }
}
