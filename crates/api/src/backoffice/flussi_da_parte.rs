//! Flows that could not be acquired: which, why, and once more. An operation of ours.

use axum::response::Response;
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use serde_json::Value;
use store::flussi::{DaParte, FiltroDaParte};

use super::notifiche::istante;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggeIncassi, Permesso, ScriveIncassi};
use crate::richiesta::Richiesta;

/// GET /flussiDaParte.
pub async fn elenca(app: App, chi: Chi<LeggeIncassi>, r: Richiesta) -> Result<Response, Fault> {
    let paginazione = Paginazione::leggi(&r.parametri(), RISULTATI_PER_PAGINA_MAX)?;
    let elenco = app.gateway.elenco_da_parte(&filtro(&chi, &r), &liste::pagina(&paginazione)).await?;
    Ok(liste::pagina_di(&r, &paginazione, elenco, da_parte, Tetto::Mostrato))
}

/// POST /flussiDaParte/riprova: those that the filters name are asked for within seconds.
pub async fn riprova(app: App, chi: Chi<ScriveIncassi>, r: Richiesta) -> Result<Response, Fault> {
    let quanti = app.gateway.riprova_da_parte(&filtro(&chi, &r)).await?;
    Ok(json::ok(&Oggetto::nuovo().con("flussi", quanti).valore()))
}

fn filtro<P: Permesso>(chi: &Chi<P>, r: &Richiesta) -> FiltroDaParte {
    let parametri = r.parametri();
    FiltroDaParte {
        domini: liste::domini_chiesti(&chi.chiamante.utenza, parametri.testo("idDominio")),
        id_flusso: parametri.testo("idFlusso").map(str::to_owned),
    }
}

fn da_parte(d: &DaParte) -> Value {
    Oggetto::nuovo()
        .con("idDominio", d.dominio.as_str())
        .con("idFlusso", d.id_flusso.as_str())
        .con("versione", d.versione.as_str())
        .con("motivo", d.motivo.as_str())
        .con("numeroTentativi", d.tentativi)
        .se("dataOraPubblicazione", d.pubblicato.map(istante))
        .con("dataPrimoTentativo", istante(d.prima_volta))
        .con("dataUltimoTentativo", istante(d.ultima_volta))
        .con("dataProssimoTentativo", istante(d.prossimo_tentativo))
        .valore()
}
