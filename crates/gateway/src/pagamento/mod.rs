//! A payment started from a portal (spec/1 section 10.1).
//!
//! [`risolvi`] finds or makes the pendenze that the request names; then there are two roads. On [`checkout`] the citizen goes to pagoPA's own page with
//! the notices, and nothing of the payment is recorded here: the attempts will be made by the node. On [`carrello`], the older one, the payment and one
//! attempt for each pendenza are recorded, and the cart is handed over to whoever speaks to the node.
//!
//! [`spontanea`]: pendenze that a visitor makes from a form; [`lettura`]: who sees which payment; [`ritorno`]: the browser is back.

pub mod carrello;
pub mod checkout;
pub mod lettura;
mod risolvi;
pub mod ritorno;
pub mod spontanea;

use codici::Importo;
use domain::Rifiuto;
use domain::chiamante::Chiamante;
use domain::lettura::pagamento::{NuovoPagamento, SceltaPsp};
use domain::pendenza::Pendenza;
use domain::transazione::Transazione;
use store::Tx;
use uuid::Uuid;

use crate::accesso::sessione::IdSessione;
use crate::{Errore, Gateway};

pub use checkout::Checkout;
pub(crate) use risolvi::Trovata;

/// A request to pay, read and not yet understood.
pub struct Avvio {
    pub chiamante: Chiamante,
    /// Where the caller left the pendenze that it made.
    pub sessione: Option<IdSessione>,
    pub nuovo: NuovoPagamento,
    pub scelta: SceltaPsp,
    pub id_sessione_portale: Option<String>,
    /// Number of the request: it becomes the id of the payment.
    pub id: Uuid,
    pub contesto: Contesto,
}

/// What the templates of forms may look at of the request.
#[derive(Clone, Default)]
pub struct Contesto {
    pub intestazioni: Vec<(String, String)>,
    pub parametri: Vec<(String, String)>,
    pub segmenti: Vec<(String, String)>,
    pub indirizzo: String,
    pub id_transazione: String,
}

/// Where the payer goes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Avviato {
    /// To pagoPA's page; `rinvio`: by a redirect of ours.
    Checkout { redirect: String, rinvio: bool },
    /// To the page that the node gave, if it gave one.
    Carrello { id: Uuid, redirect: Option<String>, id_sessione: Option<String> },
}

/// How it ended when it did not end well.
#[derive(Debug)]
pub enum ErroreAvvio {
    /// Nothing was recorded.
    Prima(Errore),
    /// The payment is recorded as FALLITO.
    Dopo { id: Uuid, errore: Errore },
}

impl<E: Into<Errore>> From<E> for ErroreAvvio {
    fn from(errore: E) -> Self {
        Self::Prima(errore.into())
    }
}

impl Gateway {
    pub async fn avvia_pagamento(&self, avvio: Avvio) -> Result<Avviato, ErroreAvvio> {
        let versante = avvio.nuovo.versante_di(&avvio.chiamante.chi)?;
        avvio.nuovo.controlla_data(domain::calendario::oggi(self.adesso()))?;
        let trovate = self.trova_pendenze(&avvio, versante.as_ref()).await?;
        let stazione = self.una_stazione(&trovate)?;
        match self.checkout.as_ref().filter(|_| stazione.v2) {
            Some(checkout) => self.verso_checkout(checkout, &avvio, trovate).await.map_err(Into::into),
            None => self.con_carrello(&avvio, versante, &stazione.cod, trovate).await,
        }
    }
}

/// The one stazione of all the pendenze.
struct Stazione {
    cod: String,
    v2: bool,
}

impl Gateway {
    fn una_stazione(&self, trovate: &[Trovata]) -> Result<Stazione, Errore> {
        let anagrafica = self.istantanea.attuale();
        let di = |t: &Trovata| anagrafica.dominio(t.dominio()).and_then(|d| d.stazione.clone());
        let mut stazioni = trovate.iter().map(di);
        let prima = stazioni.next().flatten();
        if stazioni.any(|s| s != prima) {
            return Err(Rifiuto::from(domain::rifiuto::Codice::Pag000).into());
        }
        let stazione = prima.as_ref().and_then(|s| anagrafica.stazioni.get(s));
        let stazione = stazione.ok_or_else(|| Errore::Configurazione("il dominio delle pendenze non ha una stazione".to_owned()))?;
        Ok(Stazione { cod: stazione.cod.clone(), v2: stazione.versione == domain::anagrafica::VersioneStazione::V2 })
    }
}

impl Gateway {
    /// An attempt has changed: so may the payment that made it (spec/3 section 1.12.7).
    pub(crate) async fn segui_pagamento(&self, tx: &Tx, t: &Transazione) -> Result<(), Errore> {
        let Some(id) = t.pagamento else { return Ok(()) };
        if let Some(pagamento) = tx.blocca_pagamento(id).await? {
            let tentativi = tx.transazioni_di_pagamento(id).await?;
            tx.aggiorna_pagamento(&pagamento.ricalcolato(&tentativi)).await?;
        }
        Ok(())
    }
}

fn totale(pendenze: &[Trovata]) -> Importo {
    pendenze.iter().map(Trovata::importo).sum()
}

/// `?` or `&`, and a parameter.
pub(crate) fn con_parametro(url: &str, nome: &str, valore: &str) -> String {
    format!("{url}{}{nome}={valore}", if url.contains('?') { '&' } else { '?' })
}

/// Nome, else causale.
fn come_si_chiama(nome: Option<&String>, causale: &str) -> String {
    nome.map_or_else(|| causale.to_owned(), Clone::clone)
}

pub(crate) fn multibeneficiaria(p: &Pendenza) -> bool {
    p.voci.iter().any(|v| v.dominio.as_ref().is_some_and(|d| *d != p.dominio))
}
