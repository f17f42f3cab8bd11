//! What the back office may do to a payment attempt, and receipts that it brings by hand (spec/2 section 2.13).

use codici::IdDominio;
use domain::Rifiuto;
use domain::chiamante::Chiamante;
use domain::pendenza::Pendenza;
use domain::transazione::Transazione;
use pagopa::messaggi::{RichiestaRicevuta, leggi_consegna_ricevuta};
use pagopa::vecchio::{NS_PAGAMENTI, Rt, leggi_rt};
use pagopa::{Operazione, Risposta};
use store::Corsia;

use crate::stazione::{Chiamata, Principal};
use crate::{Errore, Gateway};

/// A receipt as somebody brings it, read.
pub enum Consegna<'a> {
    Corrente {
        operazione: Operazione,
        richiesta: Box<RichiestaRicevuta>,
        byte: &'a [u8],
    },
    /// An RT of the older model.
    Vecchia {
        rt: Box<Rt>,
        byte: &'a [u8],
    },
}

impl Gateway {
    /// Whether new attempts wait for this one.
    pub async fn blocca_rpp(&self, t: &Transazione, bloccante: bool) -> Result<(), Errore> {
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.segna_bloccante(t, bloccante).await?;
        Ok(tx.commit().await?)
    }

    /// Does with a receipt what the station does, and gives the attempt that it closed. `id_transazione`: of the request, for the giornale.
    ///
    /// # Errors
    /// 403 for a dominio that is not the caller's; 422 with the fault that the node would have heard.
    pub async fn acquisisci_consegna(&self, chiamante: &Chiamante, consegna: &Consegna<'_>, id_transazione: String) -> Result<(Transazione, Pendenza), Errore> {
        let (operazione, richiesta, byte) = match consegna {
            Consegna::Corrente { operazione, richiesta, byte } => (operazione, richiesta, byte),
            Consegna::Vecchia { rt, byte } => return self.acquisisci_rt(chiamante, rt, byte, id_transazione).await,
        };
        let ricevuta = &richiesta.ricevuta;
        chiamante.su_dominio(&ricevuta.id_dominio)?;
        let principal = Some(Principal::Ufficio(chiamante.utenza.principal.clone()));
        let chiamata = Chiamata { operazione: operazione.nome(), principal, id_transazione, inizio: self.adesso() };
        if let Risposta::Rifiuto(_, fault) = self.acquisisci_ricevuta(&chiamata, richiesta, byte).await? {
            let descrizione = fault.descrizione.unwrap_or_else(|| fault.codice.testo().to_owned());
            return Err(Rifiuto::Semantica(format!("{}: {descrizione}", fault.codice.codice())).into());
        }
        let trovata = self.acquisita(&ricevuta.id_dominio, ricevuta.iuv.as_str(), &ricevuta.receipt_id).await?;
        trovata.ok_or_else(|| {
            let testo =
                format!("Nessun versamento trovato [Dominio: {}, IUV: {}]: la ricevuta e' conservata fra quelle estranee.", ricevuta.id_dominio, ricevuta.iuv);
            Rifiuto::Semantica(testo).into()
        })
    }

    async fn acquisita(&self, dominio: &IdDominio, iuv: &str, ccp: &str) -> Result<Option<(Transazione, Pendenza)>, Errore> {
        Ok(self.transazione(dominio, iuv, ccp).await?.filter(|(t, _)| t.con_rt))
    }
}

/// Reads paSendRTV2Request or paSendRTReq, in its envelope or alone, else an RT of the older model.
///
/// # Errors
/// The reason, which holds no value of the message.
pub fn leggi_consegna(byte: &[u8]) -> Result<Consegna<'_>, String> {
    match leggi_consegna_ricevuta(byte) {
        Ok((operazione, richiesta)) => Ok(Consegna::Corrente { operazione, richiesta: Box::new(richiesta), byte }),
        Err(_) if e_vecchia(byte) => leggi_rt(byte).map(|rt| Consegna::Vecchia { rt: Box::new(rt), byte }),
        Err(errore) => Err(errore.dettaglio().to_owned()),
    }
}

/// By the only namespace that an RT has ever had.
fn e_vecchia(byte: &[u8]) -> bool {
    byte.windows(NS_PAGAMENTI.len()).any(|f| f == NS_PAGAMENTI.as_bytes())
}
