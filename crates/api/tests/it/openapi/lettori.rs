//! What the document says of a body is what its reader does: good bodies are never a 400, each broken rule always is.

use reqwest::Method;
use serde_json::Value;

use super::esempi::{buoni, guasti};
use super::{Operazione, operazioni, validatore};
use crate::banco::{Archivio, Banco};

/// Where the reader takes more than the document says: the original does, and no client should count on it.
const INDULGENZE: [(&str, &str); 3] = [
    // An unknown tipo of a person is silently no tipo (spec/1 section 3).
    ("/soggettoPagatore/tipo", "FUORI_ELENCO"),
    ("/soggettoVersante/tipo", "FUORI_ELENCO"),
    // An empty password is no password: the one that is there stays.
    ("/password", ""),
];

/// What the reader does not look at: the inside of a block that is off (spec/2 section 2.15), and what it knows better by itself.
fn non_guardato(corpo: &Value, dove: &str) -> bool {
    let antenati = dove.match_indices('/').filter_map(|(fine, _)| corpo.pointer(&dove[..fine]));
    antenati.into_iter().any(|a| a["abilitato"] == false)
        || (dove.contains("/tipiPendenza/") && dove.ends_with("/descrizione"))
        // Null is how a script says that there is none.
        || dove == "/servizioMaggioliJPPA/inviaTracciatoEsito"
        // Without it a pendenza is named in another way.
        || (dove.ends_with("/idA2A") && dove.starts_with("/pendenze/") && corpo.pointer(dove).is_none_or(Value::is_null))
}

/// Bodies that are as the form of a tipo pendenza wants them: the document cannot say how.
const A_PIACERE: [&str; 2] = ["backoffice_v1_addPendenzaCustom", "pagamento_v2_addPendenza"];
/// Where whatever is wrong with the body is a 403 (spec/2 section 2.11).
const SEMPRE_403: &str = "backoffice_v1_updateRuolo";
/// Of a PATCH also what is not there to be changed is a 400 (spec/2 section 0.5).
const NON_C_E: &str = "Value non valido per il path";

fn indirizzo(o: &Operazione) -> String {
    let esempio = |nome: &str| {
        let parametri = o.detta["parameters"].as_array().expect("parametri");
        let parametro = parametri.iter().find(|p| p["in"] == "path" && p["name"] == nome).expect("parametro");
        let esempio = &parametro["schema"]["examples"][0];
        esempio.as_str().unwrap_or_else(|| panic!("{}: {nome} non ha un esempio", o.id)).to_owned()
    };
    o.indirizzo(esempio)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_corpi_del_documento_sono_quelli_dei_lettori() {
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite c'e' sempre");
    let documento = api::openapi();
    let (mut accettati, mut rifiutati) = (0, 0);
    let mut scostamenti = Vec::new();
    for o in operazioni(&documento) {
        let Some(schema) = o.schema_corpo().filter(|_| !A_PIACERE.contains(&o.id.as_str())) else { continue };
        let (indirizzo, regola) = (indirizzo(&o), validatore(&documento, schema));
        let manda = async |corpo: &Value| banco.chiama_come(o.chiamante(), o.metodo.clone(), &indirizzo, Some(corpo.clone())).await;
        let pieni = buoni(&documento, schema, true);
        for buono in pieni.iter().chain(&buoni(&documento, schema, false)).filter(|b| b.pointer("/pendenze/0/dati").is_none()) {
            assert!(regola.is_valid(buono), "{}: {:?}", o.id, regola.iter_errors(buono).map(|e| e.to_string()).collect::<Vec<_>>());
            let risposta = manda(buono).await;
            accettati += 1;
            let non_c_e = o.metodo == Method::PATCH && risposta.testo.contains(NON_C_E);
            if o.detta["responses"].get(risposta.stato.as_str()).is_none() || (risposta.stato == 400 && !non_c_e) {
                scostamenti.push(format!("{}: {} {} per {buono}", o.id, risposta.stato, risposta.testo));
            }
        }
        for guasto in pieni.iter().flat_map(|buono| guasti(&documento, schema, buono)).filter(|g| !regola.is_valid(&g.corpo)) {
            let valore = guasto.corpo.pointer(&guasto.dove).cloned().unwrap_or_default();
            if INDULGENZE.iter().any(|(dove, v)| guasto.dove.ends_with(dove) && valore == *v) || non_guardato(&guasto.corpo, &guasto.dove) {
                continue;
            }
            let risposta = manda(&guasto.corpo).await;
            rifiutati += 1;
            let atteso = if o.id == SEMPRE_403 { 403 } else { 400 };
            if risposta.stato != atteso {
                let mostrato: String = valore.to_string().chars().take(80).collect();
                scostamenti.push(format!("{}: {} {} con {} = {mostrato}", o.id, risposta.stato, risposta.testo, guasto.dove));
            }
        }
    }
    scostamenti.sort();
    scostamenti.dedup();
    assert!(scostamenti.is_empty(), "{}:\n{}", scostamenti.len(), scostamenti.join("\n"));
    println!("corpi accettati {accettati}, rifiutati {rifiutati}");
    assert!(accettati > 20 && rifiutati > 300, "{accettati} {rifiutati}");
}
