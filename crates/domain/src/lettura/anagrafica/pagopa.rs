//! Intermediari and stazioni (spec/2 sections 2.1 and 2.2).

use std::sync::Arc;

use serde_json::Value;

use super::connettore;
use crate::Rifiuto;
use crate::anagrafica::pagopa::{RicevutaIgnota, RicevutaRipetuta};
use crate::anagrafica::{ConnettoriIntermediario, Intermediario, Segreto, Stazione, VersioneStazione};
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{FORMA_STAZIONE, Testo, id_dominio, obbligatorio, tra};

pub const DENOMINAZIONE: Testo = Testo::lungo(1, 255);
pub const PRINCIPAL: Testo = Testo::lungo(1, 4000);
pub const PASSWORD_STAZIONE: Testo = Testo::lungo(1, 35);
pub const PASSWORD_STAZIONE_V2: Testo = Testo::lungo(0, 35);
pub const ID_STAZIONE: Testo = Testo::con_forma(1, 35, &FORMA_STAZIONE);

const MEMBRI_INTERMEDIARIO: [&str; 10] = [
    "denominazione",
    "principalPagoPa",
    "servizioPagoPa",
    "servizioFtp",
    "servizioPagoPaRecuperoRT",
    "servizioPagoPaACA",
    "servizioPagoPaGPD",
    "servizioPagoPaFR",
    "servizioPagoPaBackofficeEC",
    "abilitato",
];

/// Body of `PUT /intermediari/{id}`.
pub fn intermediario(id: &str, corpo: &Value) -> Result<Intermediario, Rifiuto> {
    let o = Oggetto::radice(corpo, &MEMBRI_INTERMEDIARIO)?;
    let (denominazione, principal, abilitato) = (o.testo("denominazione")?, o.testo("principalPagoPa")?, o.booleano("abilitato")?);
    let cod = id_dominio("idIntermediario", id)?.to_string();
    Ok(Intermediario {
        cod,
        denominazione: DENOMINAZIONE.obbligatorio("denominazione", denominazione)?,
        principal: Some(PRINCIPAL.obbligatorio("principalPagoPa", principal)?),
        connettori: Arc::new(ConnettoriIntermediario {
            nodo: Some(connettore::nodo(&o)?),
            ftp: connettore::ftp(&o)?,
            recupero_rt: connettore::servizio(&o, "servizioPagoPaRecuperoRT")?,
            aca: connettore::servizio(&o, "servizioPagoPaACA")?,
            gpd: connettore::servizio(&o, "servizioPagoPaGPD")?,
            fr: connettore::servizio(&o, "servizioPagoPaFR")?,
            backoffice_ec: connettore::servizio(&o, "servizioPagoPaBackofficeEC")?,
        }),
        abilitato: obbligatorio("abilitato", abilitato)?,
    })
}

/// A stazione in a path.
pub fn id_stazione(valore: &str) -> Result<String, Rifiuto> {
    ID_STAZIONE.controlla("idStazione", valore)
}

/// Body of `PUT /intermediari/{id}/stazioni/{idStazione}`. Whether the two identifiers agree is asked by the decision: it is semantics.
pub fn stazione(id_intermediario: &str, id_stazione: &str, corpo: &Value) -> Result<Stazione, Rifiuto> {
    let o = Oggetto::radice(corpo, &["password", "abilitato", "versione"])?;
    let (password, abilitato, versione) = (o.testo("password")?, o.booleano("abilitato")?, o.stringa("versione")?);
    let intermediario = id_dominio("idIntermediario", id_intermediario)?.to_string();
    let cod = self::id_stazione(id_stazione)?;
    let abilitata = obbligatorio("abilitato", abilitato)?;
    let nomi = VersioneStazione::TUTTE.map(VersioneStazione::nome);
    let versione = match tra("versione", obbligatorio("versione", versione)?, &nomi)? {
        "V1" => VersioneStazione::V1,
        _ => VersioneStazione::V2,
    };
    let password = match versione {
        VersioneStazione::V1 => Some(PASSWORD_STAZIONE.obbligatorio("password", password)?),
        VersioneStazione::V2 => PASSWORD_STAZIONE_V2.facoltativo("password", password)?,
    };
    // The pattern has made sure of two digits at the end.
    let application_code = cod.get(12..).and_then(|c| c.parse().ok()).unwrap_or_default();
    Ok(Stazione {
        cod,
        intermediario,
        application_code,
        abilitata,
        versione,
        password: password.map(Segreto),
        ricevuta_ripetuta: RicevutaRipetuta::default(),
        ricevuta_ignota: RicevutaIgnota::default(),
    })
}
