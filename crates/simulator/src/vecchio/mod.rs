//! The node of the older model: it takes carts and RPT, shows the page where the payer chooses, asks the station (paaVerificaRPT, paaAttivaRPT) and
//! gives it RT. All that is told of this model is in this folder.

mod pagina;
mod ricevute;
mod servizio;

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

pub use ricevute::{EsitoRt, RispostaStazione, RtDaMandare, VersanteRpt};
pub use servizio::{CarrelloVisto, RptVista};

use crate::{Simulatore, lucchetto};

/// Carts and RPT remembered: the oldest leave first.
const RICORDI_MAX: usize = 5_000;
/// Longer than anybody waits.
const LENTEZZA: Duration = Duration::from_secs(40);

/// How the node misbehaves when it is asked something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuastoNodo {
    /// It answers, too late.
    Lento,
    /// 503 without a body.
    Sparito,
    /// SOAP Fault, with its status 500.
    SoapFault,
    /// SOAP Fault in a 200.
    SoapFaultIn200,
    /// A page in a 200.
    Html,
    /// 200 and nothing.
    Vuoto,
    /// The answer stops midway.
    MezzaRisposta,
    /// KO with a fault for the whole.
    Rifiuta,
    /// KO with a fault for the last RPT alone.
    RifiutaUltima,
    /// KO with a fault of its own for every RPT.
    RifiutaOgnuna,
    /// KO that does not say why.
    KoMuto,
    /// The cart is taken, and the payer goes nowhere.
    SenzaPagina,
    /// An RPT is taken, and whoever sent it hears 504 in place of the answer.
    PresaSenzaRisposta,
    /// Every RPT is paid and its RT delivered before the answer leaves.
    RtPrima,
}

#[derive(Default)]
pub(crate) struct NodoVecchio {
    carrelli: Mutex<(HashMap<String, CarrelloVisto>, VecDeque<String>)>,
    sole: Mutex<VecDeque<RptVista>>,
    guasto: Mutex<Option<GuastoNodo>>,
}

impl NodoVecchio {
    fn guasto(&self) -> Option<GuastoNodo> {
        *lucchetto(&self.guasto)
    }

    fn tieni(&self, carrello: CarrelloVisto) {
        let mut tenuti = lucchetto(&self.carrelli);
        tenuti.1.push_back(carrello.sessione.clone());
        tenuti.0.insert(carrello.sessione.clone(), carrello);
        if tenuti.1.len() > RICORDI_MAX
            && let Some(vecchio) = tenuti.1.pop_front()
        {
            tenuti.0.remove(&vecchio);
        }
    }

    /// False: it has it already.
    fn tieni_sola(&self, rpt: RptVista) -> bool {
        let mut tenute = lucchetto(&self.sole);
        if tenute.iter().any(|t| (&t.dominio, &t.iuv, &t.ccp) == (&rpt.dominio, &rpt.iuv, &rpt.ccp)) {
            return false;
        }
        if tenute.len() >= RICORDI_MAX {
            tenute.pop_front();
        }
        tenute.push_back(rpt);
        true
    }
}

impl Simulatore {
    /// Where the node is: `servizioPagoPa.urlRPT` of an intermediario.
    #[must_use]
    pub fn nodo_url(&self) -> String {
        format!("{}/nodo", self.0.conf.base_url)
    }

    /// `None`: it works again.
    pub fn guasta_nodo(&self, guasto: Option<GuastoNodo>) {
        *lucchetto(&self.0.vecchio.guasto) = guasto;
    }

    /// The cart of a session of the page.
    #[must_use]
    pub fn carrello_visto(&self, sessione: &str) -> Option<CarrelloVisto> {
        lucchetto(&self.0.vecchio.carrelli).0.get(sessione).cloned()
    }

    /// Every cart, in order of arrival.
    #[must_use]
    pub fn carrelli_visti(&self) -> Vec<CarrelloVisto> {
        let tenuti = lucchetto(&self.0.vecchio.carrelli);
        tenuti.1.iter().filter_map(|s| tenuti.0.get(s).cloned()).collect()
    }

    /// What nodoInviaRPT brought, in order of arrival.
    #[must_use]
    pub fn rpt_ricevute(&self) -> Vec<RptVista> {
        lucchetto(&self.0.vecchio.sole).iter().cloned().collect()
    }
}

pub(crate) fn rotte() -> Router<Simulatore> {
    Router::new()
        .route("/nodo", post(servizio::servi))
        .route("/wisp", get(pagina::mostra).post(pagina::scelta))
        .route("/api/nodo/comportamento", post(servizio::guasta).delete(servizio::ripara))
}
