//! A few positions to look at, loaded as an application would, once.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{Days, Utc};
use domain::chiamante::{Chi, Chiamante};
use domain::lettura::modifica::operazioni;
use domain::lettura::pendenza::nuova_pendenza_v2;
use gateway::Gateway;
use gateway::carica_pendenza::Modo;
use serde_json::{Value, json};
use simulator::{Simulatore, Versione};

use super::{APPLICAZIONE, seme};

/// The one that the simulator pays.
const PAGATA: &str = "demo-pagata";
/// The one that is cancelled after the load.
const ANNULLATA: &str = "demo-annullata";

const ANNULLA: &[u8] = br#"[{"op": "REPLACE", "path": "/stato", "value": "ANNULLATA"}]"#;

/// Days from today.
fn fra(giorni: i64) -> String {
    let oggi = Utc::now().date_naive();
    let giorno = if giorni < 0 { oggi.checked_sub_days(Days::new(giorni.unsigned_abs())) } else { oggi.checked_add_days(Days::new(giorni.unsigned_abs())) };
    giorno.unwrap_or(oggi).to_string()
}

fn debitrice() -> Value {
    json!({"tipo": "F", "identificativo": "BNCNNA85M41D612H", "anagrafica": "Anna Bianchi", "indirizzo": "Via dei Tigli", "civico": "12",
        "cap": "50100", "localita": "Borgofiorino", "provincia": "FI", "nazione": "IT"})
}

/// The body of a position on one entrata.
pub fn su_entrata(dominio: &str, entrata: &str, causale: &str, importo: &str, scadenza: i64) -> Value {
    json!({
        "idDominio": dominio,
        "causale": causale,
        "soggettoPagatore": debitrice(),
        "importo": numero(importo),
        "dataScadenza": fra(scadenza),
        "voci": [{"idVocePendenza": "1", "importo": numero(importo), "descrizione": causale, "codEntrata": entrata}]
    })
}

/// Cents stay as written: no float touches an amount.
fn numero(testo: &str) -> Value {
    serde_json::from_str(testo).unwrap_or(Value::Null)
}

fn dimostrative() -> Vec<(&'static str, Value)> {
    let [primo, secondo] = seme::domini();
    let mut scaduta = su_entrata(secondo.cod, "CDS", "Sanzione per divieto di sosta", "42.00", -20);
    scaduta["dataValidita"] = json!(fra(-20));
    let mut bollo = su_entrata(secondo.cod, "BOLLOT", "Marca da bollo per un certificato", "16.00", 60);
    bollo["voci"] = json!([{"idVocePendenza": "1", "importo": numero("16.00"), "descrizione": "Marca da bollo", "tipoBollo": "01",
        "hashDocumento": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "provinciaResidenza": "FI"}]);
    let mut libera = su_entrata(primo.cod, "LIBERO", "Contributo volontario", "25.00", 90);
    libera["voci"] = json!([{"idVocePendenza": "1", "importo": numero("25.00"), "descrizione": "Contributo volontario", "ibanAccredito": primo.iban,
        "tipoContabilita": "ALTRO", "codiceContabilita": "0101104IM"}]);
    vec![
        ("demo-tari", su_entrata(primo.cod, "TARI", "Tassa sui rifiuti, prima rata", "120.50", 30)),
        ("demo-mensa", su_entrata(secondo.cod, "MENSA", "Mensa scolastica di ottobre", "48.00", 15)),
        ("demo-libera", libera),
        ("demo-bollo", bollo),
        ("demo-scaduta", scaduta),
        (ANNULLATA, su_entrata(primo.cod, "CDS", "Sanzione annullata in autotutela", "87.10", 10)),
        (PAGATA, su_entrata(primo.cod, "MENSA", "Mensa scolastica di settembre", "44.00", 5)),
    ]
}

/// Loads what is missing. The last one is paid by the simulator, so that a receipt can be seen from the start: both must be listening.
pub async fn carica(gateway: &Gateway, simulatore: &Simulatore) -> anyhow::Result<()> {
    let chiamante = applicazione(gateway)?;
    for (id, corpo) in dimostrative() {
        if gateway.store().pendenza(APPLICAZIONE, id).await?.is_some() {
            continue;
        }
        let nuova = nuova_pendenza_v2(APPLICAZIONE, id, corpo.to_string().as_bytes()).map_err(|r| anyhow::anyhow!("{id}: {r:?}"))?;
        let caricata = gateway.carica_pendenza(&chiamante, nuova, Modo::default()).await.with_context(|| format!("pendenza {id}"))?;
        if id == ANNULLATA {
            let operazioni = operazioni(ANNULLA).map_err(|r| anyhow::anyhow!("{id}: {r:?}"))?;
            gateway.modifica_pendenza(&chiamante, APPLICAZIONE, id, &operazioni).await.with_context(|| format!("pendenza {id}"))?;
        }
        if id == PAGATA {
            let (dominio, avviso) = (caricata.pendenza.dominio.to_string(), caricata.pendenza.numero_avviso.to_string());
            simulatore.paga(&dominio, &avviso, Versione::V2).await.map_err(|r| anyhow::anyhow!("pagamento di {id}: {}", r.codice()))?;
        }
    }
    Ok(())
}

fn applicazione(gateway: &Gateway) -> anyhow::Result<Chiamante> {
    let anagrafica = gateway.istantanea().attuale();
    let demo = anagrafica.applicazioni.get(APPLICAZIONE).context("applicazione DEMO")?;
    let utenza = anagrafica.utenze.get(&demo.principal).context("utenza di DEMO")?;
    Ok(Chiamante::nuovo(Arc::clone(utenza), Chi::Applicazione(Arc::clone(demo)), Vec::new()))
}
