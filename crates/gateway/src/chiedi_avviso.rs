//! paDemandPaymentNotice: a payer at a PSP asks for a service, and its notice is made on the spot (spec/4 sections 1.5 and 2.7).
//!
//! A service of pagoPA's catalogue is the tipo pendenza of the same code: its form (schema, template, inoltro) takes the data of the service as JSON
//! (`idServizio`, `idSoggettoServizio`, `dati`) and makes the position. An ente without that tipo pendenza does not offer the service, and says what the
//! original says to all.

use domain::Rifiuto;
use domain::pendenza::{Pendenza, Tipo};
use pagopa::messaggi::RichiestaAvviso;
use pagopa::servizio::dati_json;
use pagopa::{CodiceFault, Fault, Operazione, Risposta};
use serde_json::json;

use crate::carica_pendenza::Provenienza;
use crate::modulo::{Blocco, Modulo, NonValida};
use crate::stazione::{Chiamata, Contesto, Genere, con_fault, fault};
use crate::verifica_avviso::{dati, segna_pendenza};
use crate::{Errore, Gateway};

const NON_OFFERTO: &str = "Operazione non disponibile.";

impl Gateway {
    pub async fn chiedi_avviso(&self, chiamata: &Chiamata, richiesta: &RichiestaAvviso) -> Result<Risposta, Errore> {
        let esito = self.avviso_del_servizio(chiamata, richiesta).await?;
        let mut evento = self.evento(chiamata, &richiesta.stazione, &richiesta.stazione.id_pa);
        let (risposta, evento) = match esito {
            Ok((pendenza, contesto)) => {
                segna_pendenza(&mut evento, &pendenza);
                (Risposta::Avviso(pendenza.numero_avviso.clone().into(), Box::new(dati(&pendenza, &contesto))), evento)
            }
            Err(f) => {
                let evento = con_fault(evento, &f);
                (Risposta::Rifiuto(Operazione::PaDemandPaymentNotice, f), evento)
            }
        };
        self.giornale.aggiungi(evento);
        Ok(risposta)
    }

    async fn avviso_del_servizio(&self, chiamata: &Chiamata, r: &RichiestaAvviso) -> Result<Result<(Pendenza, Contesto), Fault>, Errore> {
        let contesto = match self.contesto(chiamata, &r.stazione, &r.stazione.id_pa, Genere::Domanda).await? {
            Ok(contesto) => contesto,
            Err(f) => return Ok(Err(f)),
        };
        let dominio = contesto.dominio.cod.clone();
        let con = |codice, testo: String| Ok(Err(fault(codice, &dominio, Some(testo))));
        if contesto.anagrafica.usi_tipo(&dominio, &r.id_servizio).is_none() {
            return con(CodiceFault::PaaSystemError, NON_OFFERTO.to_owned());
        }
        let dati = match dati_json(&r.dati) {
            Ok(dati) => dati,
            Err(difetto) => return con(CodiceFault::PaaSintassiXsd, difetto),
        };
        let modulo = Modulo {
            dominio: dominio.clone(),
            tipo_pendenza: r.id_servizio.clone(),
            unita_operativa: None,
            blocco: Blocco::Pagamento,
            corpo: json!({ "idServizio": r.id_servizio, "idSoggettoServizio": r.id_soggetto, "dati": dati }).to_string(),
            intestazioni: Vec::new(),
            parametri: Vec::new(),
            segmenti: Vec::new(),
            indirizzo: String::new(),
            id_transazione: chiamata.id_transazione.clone(),
            non_valida: NonValida::Sintassi,
        };
        match self.pendenza_del_servizio(modulo).await {
            Ok(pendenza) => Ok(Ok((pendenza, contesto))),
            Err(Errore::Rifiuto(rifiuto)) => {
                let codice = match &rifiuto {
                    Rifiuto::Sintassi(_) => CodiceFault::PaaSintassiXsd,
                    Rifiuto::Semantica(_) => CodiceFault::PaaSemantica,
                    _ => CodiceFault::PaaSystemError,
                };
                con(codice, rifiuto.dettaglio())
            }
            Err(errore) => Err(errore),
        }
    }

    /// The same data make the same position when the template gives it the same id: asking twice is then asking once.
    async fn pendenza_del_servizio(&self, modulo: Modulo) -> Result<Pendenza, Errore> {
        let nuova = self.compila_modulo(modulo).await?;
        let (applicazione, utenza) = self.proprietario(&nuova.id_a2a).await?;
        Ok(self.carica(&applicazione, &utenza, nuova, Provenienza::Inviata(Tipo::Spontaneo)).await?.pendenza)
    }
}
