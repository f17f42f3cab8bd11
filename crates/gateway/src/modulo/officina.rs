//! Schema, template and reader over one body: pure computation. Compiled texts are kept, so that a form costs what it runs.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::Rifiuto;
use domain::anagrafica::tipo_pendenza::PortaleTipo;
use domain::lettura::json;
use domain::lettura::pendenza::{PENDENZE_V2, nuova_pendenza_post};
use domain::pendenza::NuovaPendenza;
use domain::rifiuto::Codice;
use modelli::{ErroreEsecuzione, Limiti, Modello};
use serde_json::Value;

use super::memoria::Memoria;
use super::{Modulo, NonValida, imponi, variabili};
use crate::schema_json::{ErroreSchema, Schema};

/// Schemas and templates kept compiled, each: as many tipi pendenza as a large installation uses in a day. Of a few kB, some tens of kB compiled.
const COMPILATI_MAX: usize = 512;
/// Of a word of a template that becomes a refusal.
const CARATTERI_STOP_MAX: usize = 1_000;

/// What a form became. `Debug` does not show it: it is a citizen's.
pub enum Composta {
    Pendenza(Box<NuovaPendenza>),
    /// To be given to this applicazione, which makes the pendenza of it.
    DaInoltrare {
        applicazione: String,
        corpo: Value,
    },
}

impl std::fmt::Debug for Composta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pendenza(_) => f.write_str("Pendenza"),
            Self::DaInoltrare { applicazione, .. } => f.debug_struct("DaInoltrare").field("applicazione", applicazione).finish_non_exhaustive(),
        }
    }
}

/// Cheap to clone: the clones share what was compiled.
#[derive(Clone)]
pub struct Officina(Arc<Compilati>);

struct Compilati {
    schemi: Memoria<Schema>,
    modelli: Memoria<Modello>,
}

impl Default for Officina {
    fn default() -> Self {
        Self(Arc::new(Compilati { schemi: Memoria::di(COMPILATI_MAX), modelli: Memoria::di(COMPILATI_MAX) }))
    }
}

impl Officina {
    /// Validates, transforms, reads. Blocking: a hostile template may take all of its [`Limiti`].
    ///
    /// # Errors
    /// The refusals of [`crate::Gateway::compila_modulo`], but for those of the anagrafica and of the ente.
    pub fn componi(&self, portale: &PortaleTipo, modulo: &Modulo, adesso: DateTime<Utc>) -> Result<Composta, Rifiuto> {
        let corpo = json::leggi(modulo.corpo.as_bytes())?;
        if let Some(schema) = &portale.validazione {
            self.valida(schema, &corpo)?;
        }
        let trasformato = match &portale.trasformazione {
            Some(t) => Some(self.trasforma(&t.definizione, modulo, &corpo, adesso)?),
            None => None,
        };
        if let Some(applicazione) = &portale.inoltro {
            let corpo = match trasformato {
                Some(testo) => serde_json::from_str(&testo).map_err(|e| non_json(&e))?,
                None => corpo,
            };
            return Ok(Composta::DaInoltrare { applicazione: applicazione.clone(), corpo });
        }
        let Some(testo) = trasformato else { return leggi(corpo, modulo) };
        let letta = json::leggi(testo.as_bytes()).and_then(|corpo| leggi(corpo, modulo));
        letta.map_err(|rifiuto| match (modulo.non_valida, rifiuto) {
            (NonValida::Val003, Rifiuto::Sintassi(motivo)) => Codice::Val003 { motivo }.into(),
            (_, rifiuto) => rifiuto,
        })
    }

    fn valida(&self, schema: &str, corpo: &Value) -> Result<(), Rifiuto> {
        let inutilizzabile = |e: ErroreSchema| Rifiuto::from(Codice::Val001 { motivo: e.to_string() });
        let violazioni = self.0.schemi.prendi(schema, Schema::compila).map_err(inutilizzabile)?.violazioni(corpo);
        if violazioni.is_empty() { Ok(()) } else { Err(Rifiuto::Sintassi(violazioni.join(", "))) }
    }

    fn trasforma(&self, definizione: &str, modulo: &Modulo, corpo: &Value, adesso: DateTime<Utc>) -> Result<String, Rifiuto> {
        let modello = self.0.modelli.prendi(definizione, |definizione| {
            let sorgente = modelli::prepara(definizione).map_err(|e| trasformazione(e.to_string()))?;
            Modello::compila(&sorgente).map_err(|e| trasformazione(e.to_string()))
        })?;
        modello.esegui(&variabili::radice(modulo, corpo, adesso), adesso, &Limiti::default()).map_err(|errore| match errore {
            ErroreEsecuzione::Stop(parola) => Rifiuto::Semantica(parola.chars().take(CARATTERI_STOP_MAX).collect()),
            altro => trasformazione(altro.to_string()),
        })
    }
}

fn leggi(mut corpo: Value, modulo: &Modulo) -> Result<Composta, Rifiuto> {
    imponi(&mut corpo, modulo);
    nuova_pendenza_post(&PENDENZE_V2, &corpo).map(|p| Composta::Pendenza(Box::new(p)))
}

fn trasformazione(motivo: String) -> Rifiuto {
    Codice::Trasformazione { motivo }.into()
}

/// Where, not what: the text is made of a citizen's data.
fn non_json(errore: &serde_json::Error) -> Rifiuto {
    trasformazione(format!("il risultato della trasformazione non e' un documento JSON: riga {}, colonna {}", errore.line(), errore.column()))
}

#[cfg(test)]
mod tests;
