//! The level of service of the station (spec/4 section 7.2). A path of ours.

use axum::response::Response;
use chrono::Datelike;
use domain::{Rifiuto, calendario};
use gateway::livelli::{ENTRO_MILLESIMI, LivelloStazione};
use serde_json::Value;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::LeggeConfigurazione;
use crate::richiesta::Richiesta;

/// GET /livelliServizio?mese=AAAA-MM: this month unless asked otherwise.
pub async fn leggi(app: App, _chi: Chi<LeggeConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let parametri = r.parametri();
    let (anno, mese) = match parametri.testo("mese") {
        Some(testo) => leggi_mese(testo)?,
        None => {
            let oggi = calendario::oggi(app.gateway.adesso());
            (oggi.year(), oggi.month())
        }
    };
    let stazioni = app.gateway.livelli_del_mese(anno, mese).await?;
    let adesso: Vec<Value> = app
        .gateway
        .disponibilita()
        .await?
        .iter()
        .map(|d| {
            Oggetto::nuovo()
                .con("idStazione", d.stazione.as_str())
                .con("risposte", d.risposte)
                .con("guasti", d.guasti)
                .con("minacciaStandIn", d.minaccia_stand_in())
                .valore()
        })
        .collect();
    let corpo = Oggetto::nuovo()
        .con("mese", format!("{anno:04}-{mese:02}"))
        .con("sogliaMillesimi", ENTRO_MILLESIMI)
        .con("stazioni", stazioni.iter().map(stazione).collect::<Vec<_>>())
        .con("ultimaMezzora", adesso);
    Ok(json::ok(&corpo.valore()))
}

fn leggi_mese(testo: &str) -> Result<(i32, u32), Rifiuto> {
    let letto = testo.split_once('-').filter(|(a, m)| a.len() == 4 && m.len() == 2).and_then(|(a, m)| Some((a.parse().ok()?, m.parse().ok()?)));
    let buono = letto.filter(|(anno, mese)| (2000..=2100).contains(anno) && (1..=12).contains(mese));
    buono.ok_or_else(|| Rifiuto::Sintassi("Il valore indicato per il parametro [mese] non e' valido: si attende AAAA-MM.".to_owned()))
}

fn stazione(s: &LivelloStazione) -> Value {
    let operazioni = s.operazioni.iter().map(|l| {
        let millesimi = if l.risposte > 0 { l.entro * 1000 / l.risposte } else { 1000 };
        Oggetto::nuovo()
            .con("operazione", l.operazione.as_str())
            .con("risposte", l.risposte)
            .con("entroDueSecondi", l.entro)
            .con("millesimi", millesimi)
            .con("rispettato", millesimi >= ENTRO_MILLESIMI)
            .con("guasti", l.guasti)
            .con("durataMediaMs", if l.risposte > 0 { l.durata_ms / l.risposte } else { 0 })
            .con("durataMassimaMs", l.durata_ms_max)
            .valore()
    });
    Oggetto::nuovo().con("idStazione", s.stazione.as_str()).con("minutiFermi", s.minuti_fermi).con("operazioni", operazioni.collect::<Vec<_>>()).valore()
}
