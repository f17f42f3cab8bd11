//! Logins that register themselves, where the installation wants it so (spec/1 section 2.2). Meant for trials.

use domain::amministrazione::Decisione;
use domain::anagrafica::{Operatore, Scrittura, Utenza};
use domain::chiamante::Chiamante;
use store::anagrafica::Revisione;

use crate::{Errore, Gateway};

/// Width of `ragioneSociale` of an operatore.
const CARATTERI_NOME: usize = 35;
/// Longer principals are not registered (spec/2 section 2).
const CARATTERI_PRINCIPAL_MAX: usize = 4_000;

impl Gateway {
    /// Makes an unknown principal an operatore: enabled, on all domini and tipi, with `ruolo` as its only rights. `None` when it cannot be one.
    pub async fn iscrivi(&self, principal: &str, ruolo: Option<&str>) -> Result<Option<Chiamante>, Errore> {
        if principal.is_empty() || principal.chars().count() > CARATTERI_PRINCIPAL_MAX {
            return Ok(None);
        }
        let ruoli = ruolo.map(str::to_owned).into_iter().collect();
        let utenza = Utenza { ruoli, ..Utenza::piena(principal, None, &[]) };
        let operatore = Operatore { principal: principal.to_owned(), nome: principal.chars().take(CARATTERI_NOME).collect() };
        let revisione = Revisione { principal: principal.to_owned(), oggetto: "iscrizione automatica".to_owned(), contenuto: "{}".to_owned() };
        self.amministra(&[revisione], |anagrafica| {
            let nuova = !anagrafica.utenze.contains_key(principal);
            let scritture = if nuova { vec![Scrittura::Utenza(utenza), Scrittura::Operatore(operatore)] } else { Vec::new() };
            Ok(Decisione { scritture, esito: () })
        })
        .await?;
        tracing::info!("utenza iscritta al primo accesso");
        self.per_principal(principal).await
    }
}
