//! Templates of the shape that installations keep, invented for these tests.

use modelli::{Classi, ErroreEsecuzione, LettoreJson, Limiti, Mappa, MappaViva, Modello, Numero, Valore};
use serde_json::{Value, json};

use super::adesso;

fn esegui(modello: &str, radice: &Mappa) -> Result<String, ErroreEsecuzione> {
    Modello::compila(modello).unwrap_or_else(|e| panic!("{e}")).esegui(radice, adesso(), &Limiti::default())
}

fn radice_modulo(corpo: Value) -> Mappa {
    let mut radice = Mappa::nuova();
    let parametri: Mappa = [("idDominio", "12345678901"), ("idTipoPendenza", "MENSA")].into_iter().collect();
    radice.metti("pathParams", parametri).metti("queryParams", Mappa::nuova()).metti("idDominio", "12345678901");
    LettoreJson::nuovo(corpo).aggiungi_a(&mut radice);
    Classi::nuove(adesso()).aggiungi_a(&mut radice);
    radice
}

const MODULO: &str = include_str!("../../examples/modelli/modulo.ftl");
const PROMEMORIA: &str = include_str!("../../examples/modelli/promemoria.ftl");
const RICHIESTA: &str = include_str!("../../examples/modelli/richiesta-csv.ftl");
const RISPOSTA: &str = include_str!("../../examples/modelli/risposta-csv.ftl");

#[test]
fn un_modulo_diventa_una_pendenza() {
    let corpo = json!({"alunno": {"cf": "RSSMRA10A01H501Z", "nome": "Mario \"Rossi\""}, "pasti": 12, "quota": 4.55, "mese": 2, "tassa": true});
    let testo = esegui(MODULO, &radice_modulo(corpo)).expect("trasformato");
    let pendenza: Value = serde_json::from_str(&testo).unwrap_or_else(|e| panic!("{e}: {testo}"));
    assert_eq!(
        pendenza,
        json!({
            "idA2A": "MENSE",
            "idPendenza": "2026034140509047",
            "idDominio": "12345678901",
            "idTipoPendenza": "MENSA",
            "causale": "Mensa di febbraio 2026, 12 pasti",
            "soggettoPagatore": {"tipo": "F", "identificativo": "RSSMRA10A01H501Z", "anagrafica": "Mario \"Rossi\""},
            "importo": serde_json::from_str::<Value>("56.60").expect("numero"),
            "dataValidita": "2026-02-28",
            "dataScadenza": "2026-12-31",
            "annoRiferimento": 2026,
            "voci": [
                {"idVocePendenza": "2026034140509047_1", "importo": serde_json::from_str::<Value>("54.60").expect("numero"), "descrizione": "Pasti", "codEntrata": "MENSA"},
                {"idVocePendenza": "2026034140509047_2", "importo": serde_json::from_str::<Value>("2.00").expect("numero"), "descrizione": "Iscrizione", "codEntrata": "ISCRIZIONI"}
            ]
        })
    );
}

#[test]
fn un_modulo_rifiutato_porta_la_sua_frase() {
    for (corpo, frase) in [
        (json!({"alunno": {"cf": "CORTO"}, "pasti": 1, "quota": 1, "mese": 1}), "Codice fiscale dell'alunno non valido"),
        (json!({"alunno": {"cf": "RSSMRA10A01H501Z"}, "quota": 1, "mese": 1}), "Indicare il numero dei pasti"),
    ] {
        assert_eq!(esegui(MODULO, &radice_modulo(corpo)), Err(ErroreEsecuzione::Stop(frase.into())));
    }
}

fn versamento(numero_avviso: Option<&str>) -> Mappa {
    let debitore: Mappa = [
        ("ragioneSociale", Valore::from("Ada <Rossi>")),
        ("codUnivoco", "RSSDAA80A41H501X".into()),
        ("tipo", Valore::costante("F", "F")),
        ("indirizzo", "Via Roma".into()),
        ("civico", "1".into()),
    ]
    .into_iter()
    .collect();
    let causale: Mappa = [("simple", "Mensa di febbraio")].into_iter().collect();
    let mut versamento = Mappa::nuova();
    versamento
        .metti("anagraficaDebitore", debitore)
        .metti("causaleVersamento", causale)
        .metti("importoTotale", Numero::da_cent(123_450))
        .metti("codVersamentoEnte", "P1")
        .metti("numeroAvviso", Valore::forse(numero_avviso));
    versamento
}

fn radice_promemoria(numero_avviso: Option<&str>) -> Mappa {
    let dominio: Mappa = [("ragioneSociale", "Comune di Fiorino"), ("codDominio", "12345678901")].into_iter().collect();
    let mut radice = Mappa::nuova();
    radice.metti("versamento", versamento(numero_avviso)).metti("dominio", dominio).metti("date", Valore::istante(adesso(), modelli::Genere::Ignoto));
    radice
}

#[test]
fn un_promemoria_saluta_e_dice_quanto() {
    let testo = esegui(PROMEMORIA, &radice_promemoria(Some("301000000000000019"))).expect("promemoria");
    assert_eq!(
        testo,
        "Gentile Ada &lt;Rossi&gt;,\n\nil Comune di Fiorino le ricorda il pagamento:\n  Mensa di febbraio\n  importo: 1.234,50 euro\n\nCodice avviso: 3010 0000 0000 0000 19\n\nmartedì 3 febbraio 2026\n"
    );
    let senza = esegui(PROMEMORIA, &radice_promemoria(None)).expect("promemoria");
    assert!(senza.contains("L'avviso non è ancora disponibile.") && !senza.contains("Codice avviso"), "{senza}");
}

fn richiesta(riga: &str) -> (Result<String, ErroreEsecuzione>, MappaViva) {
    let contesto = MappaViva::nuova();
    let mut radice = Mappa::nuova();
    radice.metti("lineaCsvRichiesta", riga).metti("context", contesto.valore()).metti("idDominio", "12345678901").metti("idTipoVersamento", "MENSA");
    Classi::nuove(adesso()).con_iban(|iban| iban.starts_with("IT").then(|| "12345678901".to_owned())).aggiungi_a(&mut radice);
    (esegui(RICHIESTA, &radice), contesto)
}

#[test]
fn una_riga_di_tracciato_diventa_una_pendenza() {
    let (testo, contesto) =
        richiesta("DEMO;P1;\"Mensa; febbraio\";100.99;2026-12-31;RSSMRA10A01H501Z;Mario;Rossi;IT60X0542811101000000123456;2026-03-01;DOC1;2;de|Mensa");
    let testo = testo.expect("trasformata");
    let pendenza: Value = serde_json::from_str(&testo).unwrap_or_else(|e| panic!("{e}: {testo}"));
    assert_eq!(
        pendenza,
        json!({
            "idA2A": "DEMO", "idPendenza": "P1", "idDominio": "12345678901", "idTipoPendenza": "MENSA", "causale": "Mensa; febbraio", "importo": "100.99",
            "dataScadenza": "2026-12-31",
            "soggettoPagatore": {"tipo": "F", "identificativo": "RSSMRA10A01H501Z", "anagrafica": "Mario Rossi"},
            "documento": {"identificativo": "DOC1", "rata": "2"},
            "proprieta": {"linguaSecondaria": "de", "linguaSecondariaCausale": "Mensa"},
            "voci": [{"idVocePendenza": "1", "importo": "100.99", "idDominio": "12345678901", "ibanAccredito": "IT60X0542811101000000123456"}]
        })
    );
    assert_eq!(contesto.leggi("tipoOperazione").as_ref().and_then(Valore::come_testo), Some("ADD"));
    let Some(Valore::Data(data)) = contesto.leggi("dataAvvisatura") else { panic!("manca la data di avvisatura") };
    assert_eq!(data.istante.to_rfc3339(), "2026-02-28T23:00:00+00:00");
}

#[test]
fn una_riga_a_importo_zero_annulla() {
    let (testo, contesto) = richiesta("DEMO;P1;;0;;;;;;;;;");
    let pendenza: Value = serde_json::from_str(&testo.expect("trasformata")).expect("JSON");
    assert_eq!(pendenza, json!({"idA2A": "DEMO", "idPendenza": "P1"}));
    assert_eq!(contesto.leggi("tipoOperazione").as_ref().and_then(Valore::come_testo), Some("DEL"));
}

#[test]
fn le_soglie_e_il_mai_si_riconoscono() {
    let (testo, contesto) = richiesta("DEMO;P1;c;1;;X;;;IT1;MAI;DOC1;ENTRO30;");
    let testo = testo.expect("trasformata");
    let pendenza: Value = serde_json::from_str(&testo).unwrap_or_else(|e| panic!("{e}: {testo}"));
    assert_eq!(pendenza["documento"], json!({"identificativo": "DOC1", "soglia": {"tipo": "ENTRO", "giorni": 30}}));
    assert_eq!(pendenza["soggettoPagatore"]["anagrafica"], Value::Null);
    assert!(matches!(contesto.leggi("avvisatura"), Some(Valore::Booleano(false))));
}

fn risposta(esito: &str, descrizione: &str, versamento: Option<Mappa>) -> String {
    let applicazione: Mappa = [("codApplicazione", "DEMO")].into_iter().collect();
    let mut radice = Mappa::nuova();
    radice
        .metti("esitoOperazione", esito)
        .metti("descrizioneEsitoOperazione", descrizione)
        .metti("tipoOperazione", "ADD")
        .metti("idDominio", "12345678901")
        .metti("applicazione", applicazione)
        .metti("versamento", Valore::forse(versamento));
    Classi::nuove(adesso()).aggiungi_a(&mut radice);
    esegui(RISPOSTA, &radice).expect("esito")
}

#[test]
fn l_esito_di_una_riga_e_una_riga() {
    assert_eq!(
        risposta("ESEGUITO_OK", "", Some(versamento(Some("301000000000000019")))),
        "DEMO,P1,12345678901,301000000000000019,12345678901_301000000000000019.pdf,F,Ada <Rossi>,\r\n"
    );
    assert_eq!(risposta("ESEGUITO_KO", "VER_006: importo, errato", None), "\"\",,,,,,,\"VER_006: importo, errato\"\r\n");
}
