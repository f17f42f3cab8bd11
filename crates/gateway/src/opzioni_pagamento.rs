//! How the position of a notice may be paid, told to pagoPA (spec/4 section 1.11).

use std::sync::Arc;

use codici::{IdDominio, NumeroAvviso};
use domain::anagrafica::Dominio;
use domain::opzioni_pagamento::{Opzione, opzioni};
use domain::{Anagrafica, attivazione};
use pagopa::CodiceFault;
use store::eventi::{EsitoEvento, Evento};

use crate::stazione::{Chiamata, Principal};
use crate::verifica_ente::ErroreRicerca;
use crate::{Errore, Gateway};

/// Parts of a documento that are told: more than the contract's plans have.
const PARTI_MAX: u64 = 100;

/// What pagoPA is answered.
#[derive(Clone, Debug)]
pub struct OpzioniDiPagamento {
    pub dominio: IdDominio,
    pub ragione_sociale: String,
    pub ufficio: Option<String>,
    /// Whether Stand In may pay it.
    pub stand_in: bool,
    pub opzioni: Vec<Opzione>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NessunaOpzione {
    DominioIgnoto,
    /// The caller is not the node of the intermediario of this dominio.
    NonAutorizzato,
    AvvisoIgnoto,
    /// The ente was asked and did not answer.
    EnteMuto,
}

impl NessunaOpzione {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            // The same words for both: who may not ask learns nothing.
            Self::DominioIgnoto | Self::NonAutorizzato => CodiceFault::PaaIdDominioErrato.codice(),
            Self::AvvisoIgnoto => CodiceFault::PaaPagamentoSconosciuto.codice(),
            Self::EnteMuto => CodiceFault::PaaSystemError.codice(),
        }
    }

    #[must_use]
    pub const fn testo(self) -> &'static str {
        match self {
            Self::DominioIgnoto | Self::NonAutorizzato => "L'ente non è fra quelli di questa stazione",
            Self::AvvisoIgnoto => "L'avviso non è noto",
            Self::EnteMuto => "L'ente non risponde",
        }
    }
}

/// The ente that is asked about, when who asks is the node of its intermediario.
fn ente_del_nodo(anagrafica: &Anagrafica, principal: Option<&Principal>, dominio: &str) -> Result<Arc<Dominio>, NessunaOpzione> {
    let ente = IdDominio::leggi(dominio).and_then(|d| anagrafica.domini.get(&d).cloned()).ok_or(NessunaOpzione::DominioIgnoto)?;
    let stazione = ente.stazione.as_ref().and_then(|s| anagrafica.stazioni.get(s));
    let atteso = stazione.and_then(|s| anagrafica.intermediari.get(&s.intermediario)).and_then(|i| i.principal.as_deref());
    if principal.zip(atteso).is_some_and(|(p, a)| p.e(a)) { Ok(ente) } else { Err(NessunaOpzione::NonAutorizzato) }
}

impl Gateway {
    /// Every option of the position, whatever its state, from the number of any of its notices. Told in the giornale.
    pub async fn opzioni_di_pagamento(
        &self,
        chiamata: &Chiamata,
        dominio: &str,
        avviso: &NumeroAvviso,
    ) -> Result<Result<OpzioniDiPagamento, NessunaOpzione>, Errore> {
        let esito = self.cerca_opzioni(chiamata.principal.as_ref(), dominio, avviso).await;
        let (esito_evento, sottotipo, dettaglio) = match &esito {
            Ok(Ok(_)) => (EsitoEvento::Ok, "200".to_owned(), None),
            Ok(Err(nessuna)) => (EsitoEvento::Ko, nessuna.codice().to_owned(), Some(nessuna.testo().to_owned())),
            Err(errore) => (EsitoEvento::Fail, CodiceFault::PaaSystemError.codice().to_owned(), Some(errore.to_string())),
        };
        self.giornale.aggiungi(Evento {
            esito: esito_evento,
            sottotipo_esito: Some(sottotipo),
            dettaglio_esito: dettaglio,
            dominio: Some(dominio.to_owned()),
            iuv: Some(avviso.iuv().to_string()),
            ..self.evento_nudo(chiamata)
        });
        esito
    }

    async fn cerca_opzioni(
        &self,
        principal: Option<&Principal>,
        dominio: &str,
        avviso: &NumeroAvviso,
    ) -> Result<Result<OpzioniDiPagamento, NessunaOpzione>, Errore> {
        let mut anagrafica = self.istantanea.attuale();
        let mut ente = ente_del_nodo(&anagrafica, principal, dominio);
        // As at the station: a refusal that a newer anagrafica might not make is tried once more on it.
        if ente.is_err() && self.istantanea.rinfresca(&self.store).await? {
            anagrafica = self.istantanea.attuale();
            ente = ente_del_nodo(&anagrafica, principal, dominio);
        }
        let ente = match ente {
            Ok(ente) => ente,
            Err(nessuna) => return Ok(Err(nessuna)),
        };
        if self.impostazioni.avvisi_sonda.iter().any(|s| s == avviso.as_str()) {
            return Ok(Err(NessunaOpzione::AvvisoIgnoto));
        }
        let pendenza = match self.certa(&ente.cod, &avviso.iuv(), Some(avviso)).await {
            Ok(pendenza) => pendenza,
            Err(ErroreRicerca::Guasto(errore)) => return Err(errore),
            // What is here is told with its state, also when the ente says that it may not be paid, or does not answer.
            Err(errore) => match self.store.pendenza_per_iuv(&ente.cod, &avviso.iuv()).await? {
                Some(pendenza) => pendenza,
                None if matches!(errore, ErroreRicerca::Fallita { .. } | ErroreRicerca::NonValida { .. }) => return Ok(Err(NessunaOpzione::EnteMuto)),
                None => return Ok(Err(NessunaOpzione::AvvisoIgnoto)),
            },
        };
        let parti = match &pendenza.documento {
            Some(documento) => self.store.parti_del_documento(&ente.cod, documento, PARTI_MAX).await?,
            None => vec![pendenza.clone()],
        };
        Ok(Ok(OpzioniDiPagamento {
            dominio: ente.cod.clone(),
            ragione_sociale: ente.ragione_sociale.clone(),
            ufficio: attivazione::ufficio(&pendenza, &anagrafica),
            stand_in: self.impostazioni.posizioni.stand_in,
            opzioni: opzioni(&parti, |p| attivazione::tutta_postale(p, &anagrafica), self.adesso()),
        }))
    }
}
