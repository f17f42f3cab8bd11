//! What the program answers is what the document says.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Versione;

use super::{Operazione, operazioni, validatore};
use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, PASSWORD, Risposta, corpo_minimo, numero};
use crate::su_entrambi;

/// In which way an answer departs from what is said of it.
pub fn scostamenti(documento: &Value, o: &Operazione, risposta: &Risposta) -> Vec<String> {
    let Some(detta) = o.detta["responses"].get(risposta.stato.as_str()) else {
        return vec![format!("{}: stato {} non detto: {}", o.id, risposta.stato, risposta.testo)];
    };
    let tipo = risposta.intestazioni.get("content-type").map(|t| t.to_str().expect("testo").split(';').next().unwrap_or_default().to_owned());
    let Some(contenuti) = detta.get("content") else {
        return if risposta.byte.is_empty() { Vec::new() } else { vec![format!("{}: {} con un corpo", o.id, risposta.stato)] };
    };
    let Some(contenuto) = contenuti.get(tipo.as_deref().unwrap_or_default()) else { return vec![format!("{}: tipo {tipo:?} non detto", o.id)] };
    match contenuto.get("schema") {
        Some(schema) if tipo.as_deref() == Some("application/json") => {
            validatore(documento, schema).iter_errors(&risposta.json()).map(|e| format!("{} {}: {} {e}", o.id, risposta.stato, e.instance_path())).collect()
        }
        _ => Vec::new(),
    }
}

fn pieno() -> Value {
    let mut corpo = corpo_minimo("22.00");
    corpo["voci"] = json!([
        { "idVocePendenza": "A", "importo": numero("1.00"), "descrizione": "Entrata", "codEntrata": "TARI", "datiAllegati": [1],
          "contabilita": { "quote": [{ "capitolo": "1", "annoEsercizio": 2026, "importo": 1 }] }, "metadata": { "mapEntries": [{ "key": "k", "value": "v" }] } },
        { "idVocePendenza": "B", "importo": numero("5.00"), "descrizione": "Conto", "idDominio": DOMINIO_2, "ibanAccredito": IBAN, "tipoContabilita": "ALTRO", "codiceContabilita": "0201102IM" },
        { "idVocePendenza": "C", "importo": numero("16.00"), "descrizione": "Bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" }]);
    let altri = json!({ "idUnitaOperativa": "UFF", "tassonomia": "T", "tassonomiaAvviso": "Imposte e tasse", "direzione": "D", "divisione": "V", "dataValidita": "2026-01-01",
        "dataScadenza": "2096-02-01", "annoRiferimento": 2026, "cartellaPagamento": "C", "datiAllegati": { "a": 1 },
        "documento": { "identificativo": "DOC", "descrizione": "Documento", "rata": 1 }, "proprieta": { "linguaSecondaria": "de" },
        "allegati": [{ "nome": "a.txt", "tipo": "text/plain", "contenuto": "YQ==" }] });
    corpo.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
    corpo
}

/// What to call things by, in a database where each of them is.
fn valori<'a>(avviso: &'a str, iuv: &'a str, ccp: &'a str) -> impl Fn(&str) -> String + 'a {
    move |nome| match nome {
        "idA2A" => "DEMO".to_owned(),
        "idPendenza" => "PAGATA".to_owned(),
        "idDominio" => DOMINIO.to_owned(),
        "numeroAvviso" => avviso.to_owned(),
        "iuv" => iuv.to_owned(),
        "ccp" | "idRicevuta" => ccp.to_owned(),
        "idIntermediario" => "11111111113".to_owned(),
        "idStazione" => "11111111113_01".to_owned(),
        "idTipoPendenza" => "TARI".to_owned(),
        "numeroDocumento" => "STAMPA".to_owned(),
        "idAllegato" => "0".to_owned(),
        "idPagamento" => "0192f0a1b2c37d4e8f90a1b2c3d4e5f6".to_owned(),
        "iur" => ccp.to_owned(),
        "indice" => "1".to_owned(),
        "idOperazione" | "id" => "resetCacheAnagrafica".to_owned(),
        "urlID" => "portale".to_owned(),
        "nome" => "pulizie".to_owned(),
        "idUnitaOperativa" => "UFF".to_owned(),
        "ibanAccredito" => IBAN.to_owned(),
        "idSession" => "0123456789abcdef".to_owned(),
        "idEntrata" => "TARI".to_owned(),
        "principal" => "gpadmin".to_owned(),
        "idRuolo" => "Operatore".to_owned(),
        "idFlusso" => "2026-11-20BANCA-0000000001".to_owned(),
        "dataOraFlusso" => "2026-11-20T10:00:00".to_owned(),
        altro => panic!("nessun valore per {altro}: aggiungilo"),
    }
}

su_entrambi! {
    async fn ogni_lettura_risponde_come_dice_il_documento(banco: &Banco) {
        let documento = api::openapi();
        assert_eq!(banco.put("PIENA", pieno()).await.stato, 201);
        let mut rata = corpo_minimo("10.00");
        rata["documento"] = json!({ "identificativo": "STAMPA", "descrizione": "Documento", "rata": 1 });
        assert_eq!(banco.put("RATA", rata).await.stato, 201);
        let avviso = banco.carica("PAGATA", "10.00").await;
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        let pagata = banco.pendenza("PAGATA").await;
        let (iuv, ccp) = (pagata["iuvAvviso"].as_str().expect("iuv"), pagata["rpp"][0]["rt"]["receiptId"].as_str().expect("receiptId"));
        let valori = valori(&avviso, iuv, ccp);
        banco.gateway.giornale().scarica().await;
        let evento = banco.conta("SELECT max(id) FROM evento").await;

        let mut trovati = Vec::new();
        for o in operazioni(&documento).iter().filter(|o| o.metodo == Method::GET) {
            let indirizzo = if o.id.ends_with("getEvento") { o.indirizzo(|_| evento.to_string()) } else { o.indirizzo(&valori) };
            for accetta in ["application/json", "application/pdf", "application/octet-stream", "text/xml"] {
                let richiesta = banco.http.get(format!("{}{indirizzo}", banco.base)).basic_auth(o.chiamante(), Some(PASSWORD)).header("accept", accetta);
                let risposta = Risposta::leggi(richiesta.send().await.expect("risposta")).await;
                trovati.extend(scostamenti(&documento, o, &risposta));
                let detta = &o.detta["responses"]["200"]["content"];
                // No logo and no attachment was put, nor a form for portals; the receipt is of another applicazione, and the name of a probe is no parameter of the bench; no flow and no foreign receipt has come.
                let altrove = ["getLogo", "getSonda", "getTipoPendenzaDominio", "getAllegatoPendenza", "getPagamento", "getPagamentoByIdSession", "getRicevuta", "getRicevutaEstranea",
                    "getFlussoRendicontazione", "getFlussoRendicontazioneByIdEData", "getFlussoRendicontazioneByDominioIdEData"];
                let assente = altrove.iter().any(|id| o.id.ends_with(id));
                if detta.get(accetta).is_some() && risposta.stato != 200 && !assente {
                    trovati.push(format!("{} come {accetta}: {} {}", o.id, risposta.stato, risposta.testo));
                }
            }
            let elenco = o.detta["parameters"].as_array().is_some_and(|p| p.iter().any(|p| p["name"] == "risultatiPerPagina"));
            for query in ["risultatiPerPagina=1", "risultatiPerPagina=0", "metadatiPaginazione=false", "maxRisultati=false", "campi=abilitato", "pagina=zero"].iter().filter(|_| elenco) {
                let risposta = banco.chiama_come(o.chiamante(), Method::GET, &format!("{indirizzo}?{query}"), None).await;
                assert_eq!(risposta.stato, if query.ends_with("zero") { 400 } else { 200 }, "{} {}", o.id, risposta.testo);
                trovati.extend(scostamenti(&documento, o, &risposta));
            }
            trovati.extend(scostamenti(&documento, o, &banco.chiama_come("NESSUNO", Method::GET, &indirizzo, None).await));
            trovati.extend(scostamenti(&documento, o, &banco.chiama_come("SENZA_DIRITTI", Method::GET, &indirizzo, None).await));
        }
        trovati.sort();
        trovati.dedup();
        assert!(trovati.is_empty(), "{}", trovati.join("\n"));
    }
}

su_entrambi! {
    async fn una_pendenza_piena_e_una_annullata_rispettano_il_documento(banco: &Banco) {
        let documento = api::openapi();
        let tutte = operazioni(&documento);
        let operazione = |id: &str| tutte.iter().find(|o| o.id == format!("pendenze_v2_{id}")).expect("operazione");
        let url = |o: &Operazione, id: &str, query: &str| format!("{}{query}", o.indirizzo(|nome| if nome == "idA2A" { "DEMO".to_owned() } else { id.to_owned() }));
        let (put, get, patch) = (operazione("addPendenza"), operazione("getPendenza"), operazione("updatePendenza"));
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }, { "op": "ADD", "path": "/nota", "value": { "oggetto": "x" } }]);
        let mut scarna = corpo_minimo("10.00");
        scarna.as_object_mut().expect("oggetto").shift_remove("soggettoPagatore");
        for (o, metodo, id, query, corpo, stato) in [
            (put, Method::PUT, "PIENA", "", Some(pieno()), 201),
            (put, Method::PUT, "PIENA", "", Some(pieno()), 200),
            (get, Method::GET, "PIENA", "", None, 200),
            (patch, Method::PATCH, "PIENA", "", Some(annulla), 200),
            (put, Method::PUT, "SCARNA", "?stampaAvviso=true", Some(scarna), 201),
            (get, Method::GET, "SCARNA", "", None, 200),
            (put, Method::PUT, "PIENA", "?stampaAvviso=forse", Some(pieno()), 400),
            (put, Method::PUT, "PIENA", "", Some(json!({})), 400),
            (patch, Method::PATCH, "PIENA", "", Some(json!({})), 400),
        ] {
            if let Some(corpo) = corpo.as_ref().filter(|_| stato < 400) {
                let errori: Vec<String> = validatore(&documento, o.schema_corpo().expect("corpo")).iter_errors(corpo).map(|e| e.to_string()).collect();
                assert!(errori.is_empty(), "{errori:?}");
            }
            let risposta = banco.chiama(metodo, &url(o, id, query), corpo).await;
            assert_eq!(risposta.stato, stato, "{}", risposta.testo);
            assert_eq!(scostamenti(&documento, o, &risposta), Vec::<String>::new());
        }
    }
}
