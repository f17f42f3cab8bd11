//! Compile and render time of the sample templates: `cargo run -p modelli --release --example misura`.

use std::hint::black_box;
use std::time::Instant;

use chrono::{DateTime, Utc};
use modelli::{Classi, Genere, LettoreJson, Limiti, Mappa, MappaViva, Modello, Numero, Valore};
use serde_json::json;

const GIRI: u32 = 2000;

fn main() {
    let adesso: DateTime<Utc> = DateTime::from_timestamp_millis(1_770_123_909_047).unwrap_or_default();
    println!("{:<16} {:>8} {:>14} {:>14} {:>8}", "modello", "byte", "compila (µs)", "esegue (µs)", "uscita");
    for (nome, testo) in [
        ("modulo", include_str!("modelli/modulo.ftl")),
        ("promemoria", include_str!("modelli/promemoria.ftl")),
        ("richiesta csv", include_str!("modelli/richiesta-csv.ftl")),
        ("risposta csv", include_str!("modelli/risposta-csv.ftl")),
    ] {
        misura(nome, testo, &radice(adesso), adesso);
    }
}

fn misura(nome: &str, testo: &str, radice: &Mappa, adesso: DateTime<Utc>) {
    let limiti = Limiti::default();
    let inizio = Instant::now();
    for _ in 0..GIRI {
        let _ = black_box(Modello::compila(black_box(testo)));
    }
    let compila = inizio.elapsed() / GIRI;
    let modello = match Modello::compila(testo) {
        Ok(modello) => modello,
        Err(errore) => return println!("{nome}: {errore}"),
    };
    let uscita = match modello.esegui(radice, adesso, &limiti) {
        Ok(uscita) => uscita.len(),
        Err(errore) => return println!("{nome}: {errore}"),
    };
    let inizio = Instant::now();
    for _ in 0..GIRI {
        let _ = black_box(modello.esegui(black_box(radice), adesso, &limiti));
    }
    let esegue = inizio.elapsed() / GIRI;
    println!("{nome:<16} {:>8} {:>14.1} {:>14.1} {uscita:>8}", testo.len(), compila.as_secs_f64() * 1e6, esegue.as_secs_f64() * 1e6);
}

/// One root with what all four want.
fn radice(adesso: DateTime<Utc>) -> Mappa {
    let corpo = json!({"alunno": {"cf": "RSSMRA10A01H501Z", "nome": "Mario Rossi"}, "pasti": 12, "quota": 4.55, "mese": 2, "tassa": true});
    let debitore: Mappa = [("ragioneSociale", Valore::from("Ada Rossi")), ("tipo", Valore::costante("F", "F"))].into_iter().collect();
    let causale: Mappa = [("simple", "Mensa di febbraio")].into_iter().collect();
    let mut versamento = Mappa::nuova();
    versamento.metti("anagraficaDebitore", debitore).metti("causaleVersamento", causale).metti("importoTotale", Numero::da_cent(123_450));
    versamento.metti("codVersamentoEnte", "P1").metti("numeroAvviso", "301000000000000019");
    let dominio: Mappa = [("ragioneSociale", "Comune di Fiorino")].into_iter().collect();
    let applicazione: Mappa = [("codApplicazione", "DEMO")].into_iter().collect();
    let parametri: Mappa = [("idDominio", "12345678901"), ("idTipoPendenza", "MENSA")].into_iter().collect();
    let mut radice = Mappa::nuova();
    radice.metti("versamento", versamento).metti("dominio", dominio).metti("applicazione", applicazione).metti("pathParams", parametri);
    radice.metti("queryParams", Mappa::nuova()).metti("idDominio", "12345678901").metti("idTipoVersamento", "MENSA");
    radice.metti("esitoOperazione", "ESEGUITO_OK").metti("descrizioneEsitoOperazione", "").metti("tipoOperazione", "ADD");
    radice.metti("date", Valore::istante(adesso, Genere::Ignoto)).metti("context", MappaViva::nuova().valore());
    LettoreJson::nuovo(corpo).aggiungi_a(&mut radice);
    radice.metti(
        "lineaCsvRichiesta",
        "DEMO;P1;\"Mensa; febbraio\";100.99;2026-12-31;RSSMRA10A01H501Z;Mario;Rossi;IT60X0542811101000000123456;2026-03-01;DOC1;2;de|Mensa",
    );
    Classi::nuove(adesso).con_iban(|_| Some("12345678901".to_owned())).aggiungi_a(&mut radice);
    radice
}
