//! A pendenza made from a form (spec/1 section 10.3, spec/2 section 2.12): the JSON Schema of the tipo pendenza, its template, then the strict reader or the
//! application that the tipo names.
//!
//! Nothing is stored here: whoever called loads what comes out. What a schema and a template do with a body is [`officina`], which needs no archive.

mod memoria;
mod officina;
mod variabili;

use codici::IdDominio;
use domain::Rifiuto;
use domain::anagrafica::tipo_pendenza::PortaleTipo;
use domain::anagrafica::{Anagrafica, BlocchiTipo};
use domain::pendenza::NuovaPendenza;
use ente::{ErroreVerifica, Inoltro, Verificata};
use serde_json::Value;

pub use officina::{Composta, Officina};

use crate::verifica_ente::ChiamataEnte;
use crate::{Errore, Gateway};

/// Which of the two blocks of the tipo pendenza says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocco {
    /// `portaleBackoffice`.
    Backoffice,
    /// `portalePagamento`.
    Pagamento,
}

/// What a result that is no pendenza is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonValida {
    /// 400 SINTASSI, as any body (`POST /pendenze`).
    Sintassi,
    /// 500 VAL_003 when a template made it (`POST /pagamenti`).
    Val003,
}

/// A form that was filled in, and the request that brought it. `Debug` does not show the body.
#[derive(Clone)]
pub struct Modulo {
    pub dominio: IdDominio,
    pub tipo_pendenza: String,
    pub unita_operativa: Option<String>,
    pub blocco: Blocco,
    /// JSON, as it came.
    pub corpo: String,
    /// `header` of templates. Credentials are left out.
    pub intestazioni: Vec<(String, String)>,
    /// `queryParams`; repeated values are joined by commas.
    pub parametri: Vec<(String, String)>,
    /// `pathParams`; without any the variable is missing.
    pub segmenti: Vec<(String, String)>,
    /// `urlRegExp` reads it.
    pub indirizzo: String,
    pub id_transazione: String,
    pub non_valida: NonValida,
}

impl std::fmt::Debug for Modulo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Modulo").field("dominio", &self.dominio).field("tipo_pendenza", &self.tipo_pendenza).finish_non_exhaustive()
    }
}

impl Gateway {
    /// The pendenza of a form, with dominio and tipo pendenza of the path, and its unità operativa if there is one. What the caller may do on them is
    /// looked at before; whether the idA2A that comes out is the caller's, after.
    ///
    /// # Errors
    /// 404 for a dominio or tipo pendenza that is not there; 400 SINTASSI for a body that breaks the schema or makes no pendenza; 422 SEMANTICA for the word
    /// of a template; TRASFORMAZIONE, VAL_001, VAL_003; 502 of the ente.
    pub async fn compila_modulo(&self, modulo: Modulo) -> Result<NuovaPendenza, Errore> {
        censito(&self.istantanea.attuale(), &modulo)?;
        let portale = self.portale(&modulo).await?;
        let (dominio, tipo, unita) = (modulo.dominio.clone(), modulo.tipo_pendenza.clone(), modulo.unita_operativa.clone());
        let (officina, adesso) = (self.officina.clone(), self.adesso());
        // A template may use the processor for long: off the threads that answer the node.
        let composta = tokio::task::spawn_blocking(move || officina.componi(&portale, &modulo, adesso)).await;
        match composta.map_err(|e| Errore::Configurazione(format!("trasformazione interrotta: {e}")))?? {
            Composta::Pendenza(nuova) => Ok(*nuova),
            Composta::DaInoltrare { applicazione, corpo } => {
                let inoltro = Inoltro { dominio: &dominio, tipo_pendenza: &tipo, unita_operativa: unita.as_deref(), corpo: &corpo };
                self.inoltra(&applicazione, &inoltro).await
            }
        }
    }

    /// What holds for the dominio: member by member, its own word before that of the catalogue.
    async fn portale(&self, modulo: &Modulo) -> Result<PortaleTipo, Errore> {
        let del_blocco = |blocchi: BlocchiTipo| match modulo.blocco {
            Blocco::Backoffice => blocchi.portale_backoffice,
            Blocco::Pagamento => blocchi.portale_pagamento,
        };
        let catalogo = del_blocco(self.store.blocchi_tipo(None, &modulo.tipo_pendenza).await?);
        let proprio = del_blocco(self.store.blocchi_tipo(Some(&modulo.dominio), &modulo.tipo_pendenza).await?);
        Ok(proprio.unwrap_or_default().sopra(catalogo.unwrap_or_default()))
    }

    /// Spec/1 section 11.4: whatever goes wrong is a 502 of the ente.
    async fn inoltra(&self, id_a2a: &str, inoltro: &Inoltro<'_>) -> Result<NuovaPendenza, Errore> {
        let fallito = |motivo: &str| Rifiuto::Ente(inoltro.fallito(id_a2a, &ErroreVerifica::NonValida { motivo: motivo.to_owned() }));
        let gestore = self.gestore(id_a2a).await?.ok_or_else(|| fallito("l'applicazione non e' censita"))?;
        if !gestore.utenza.abilitata {
            return Err(fallito("l'applicazione e' disabilitata").into());
        }
        let connettore = gestore.applicazione.connettore.as_ref().ok_or_else(|| fallito("l'applicazione non ha un connettore"))?;
        let chiamata = ChiamataEnte::inoltro(id_a2a, inoltro, self.adesso());
        let (esito, scambio) = outbound::osserva(self.ente.inoltra(connettore, inoltro)).await;
        self.giornale.aggiungi_chiamata(chiamata.conclusa(self, &esito), scambio.as_ref());
        match esito {
            Ok(Verificata::NonEseguita(nuova)) => Ok(*nuova),
            Ok(Verificata::NonPagabile { stato, .. }) => Err(Rifiuto::Ente(inoltro.non_pagabile(id_a2a, stato)).into()),
            Err(errore) => Err(Rifiuto::Ente(inoltro.fallito(id_a2a, &errore)).into()),
        }
    }
}

fn censito(anagrafica: &Anagrafica, modulo: &Modulo) -> Result<(), Rifiuto> {
    let Modulo { dominio, tipo_pendenza, .. } = modulo;
    if anagrafica.dominio(dominio).is_none() {
        return Err(Rifiuto::NonTrovato(format!("Dominio [{dominio}] inesistente.")));
    }
    if anagrafica.usi_tipo(dominio, tipo_pendenza).is_none() {
        return Err(Rifiuto::NonTrovato(format!("TipoPendenza [{tipo_pendenza}] inesistente per il Dominio [{dominio}].")));
    }
    Ok(())
}

/// The members that the path decides, whatever the body says.
fn imponi(corpo: &mut Value, modulo: &Modulo) {
    let Some(membri) = corpo.as_object_mut() else { return };
    membri.insert("idDominio".to_owned(), modulo.dominio.as_str().into());
    membri.insert("idTipoPendenza".to_owned(), modulo.tipo_pendenza.as_str().into());
    if let Some(unita) = &modulo.unita_operativa {
        membri.insert("idUnitaOperativa".to_owned(), unita.as_str().into());
    }
}
