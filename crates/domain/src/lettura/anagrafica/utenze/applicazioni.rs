//! Applicazioni (spec/2 section 2.9).

use serde_json::Value;

use super::{UtenzaInviata, acl, ambito, password, ruoli};
use crate::Rifiuto;
use crate::anagrafica::{ConnettoreEnte, Servizio, VersioneEnte};
use crate::lettura::anagrafica::connettore;
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{FORMA_URL_HTTP, IDENTIFICATIVO, Testo, obbligatorio, tra};

pub const CODIFICA_IUV: Testo = Testo::lungo(1, 15);
pub const REG_EXP_IUV: Testo = Testo::lungo(1, 1024);
pub const URL: Testo = Testo::con_forma(1, 255, &FORMA_URL_HTTP);
const MEMBRI: [&str; 13] = [
    "principal",
    "password",
    "codificaAvvisi",
    "servizioIntegrazione",
    "acl",
    "domini",
    "tipiPendenza",
    "ruoli",
    "abilitato",
    "apiPagamenti",
    "apiPendenze",
    "apiRagioneria",
    "urlRitorno",
];

#[derive(Clone, Debug)]
pub struct ApplicazioneInviata {
    pub cod: String,
    pub utenza: UtenzaInviata,
    pub codifica: CodificaInviata,
    pub connettore: Option<ConnettoreEnte>,
    pub url_ritorno: Option<String>,
    /// Integration APIs that it may use, with both rights.
    pub api: Vec<Servizio>,
}

/// `codificaAvvisi`, before anybody asks whether the expression compiles. By default nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodificaInviata {
    pub codifica_iuv: Option<String>,
    pub reg_exp_iuv: Option<String>,
    pub generazione_iuv_interna: bool,
}

/// An applicazione in a path.
pub fn id_a2a(valore: &str) -> Result<String, Rifiuto> {
    IDENTIFICATIVO.controlla("idA2A", valore)
}

/// Body of `PUT /applicazioni/{idA2A}`: here the path comes before the body.
pub fn applicazione(id: &str, corpo: &Value) -> Result<ApplicazioneInviata, Rifiuto> {
    let cod = id_a2a(id)?;
    let o = Oggetto::radice(corpo, &MEMBRI)?;
    let principal = super::principal(obbligatorio("principal", o.testo("principal")?)?)?;
    let password = password::facoltativa(o.testo("password")?)?;
    let (codifica, connettore) = (codifica(&o)?, servizio_integrazione(&o)?);
    let url_ritorno = URL.facoltativo("urlRitorno", o.testo("urlRitorno")?)?;
    let (acl, domini, tipi, ruoli) = (acl::lista(&o)?, ambito::domini(&o)?, ambito::tipi(&o)?, ruoli(&o)?);
    let abilitata = o.booleano_o("abilitato", true)?;
    let mut api = Vec::new();
    for (nome, servizio) in [("apiPagamenti", Servizio::ApiPagamenti), ("apiPendenze", Servizio::ApiPendenze), ("apiRagioneria", Servizio::ApiRagioneria)] {
        if o.booleano_o(nome, false)? {
            api.push(servizio);
        }
    }
    Ok(ApplicazioneInviata { cod, utenza: UtenzaInviata { principal, password, domini, tipi, acl, ruoli, abilitata }, codifica, connettore, url_ritorno, api })
}

fn codifica(corpo: &Oggetto<'_>) -> Result<CodificaInviata, Rifiuto> {
    let Some(o) = corpo.oggetto("codificaAvvisi", &["codificaIuv", "regExpIuv", "generazioneIuvInterna"])? else {
        return Ok(CodificaInviata::default());
    };
    let codifica_iuv = CODIFICA_IUV.facoltativo("codificaIuv", o.testo("codificaIuv")?)?;
    let generazione_iuv_interna = obbligatorio("generazioneIuvInterna", o.booleano("generazioneIuvInterna")?)?;
    let reg_exp_iuv = o.testo("regExpIuv")?;
    if generazione_iuv_interna && reg_exp_iuv.is_none_or(str::is_empty) {
        let testo = "Il campo regExpIuv non puo' essere vuoto quando e' selezionato il campo generazioneIuvInterna.";
        return Err(Rifiuto::Sintassi(testo.to_owned()));
    }
    Ok(CodificaInviata { codifica_iuv, reg_exp_iuv: REG_EXP_IUV.facoltativo("regExpIuv", reg_exp_iuv)?, generazione_iuv_interna })
}

fn servizio_integrazione(corpo: &Oggetto<'_>) -> Result<Option<ConnettoreEnte>, Rifiuto> {
    let Some(o) = corpo.oggetto("servizioIntegrazione", &["url", "versioneApi", "auth"])? else { return Ok(None) };
    let url = URL.obbligatorio("url", o.testo("url")?)?;
    let nome = tra("versioneApi", obbligatorio("versioneApi", o.stringa("versioneApi")?)?, &VersioneEnte::TUTTE.map(VersioneEnte::nome))?;
    let versione = if nome == VersioneEnte::V1.nome() { VersioneEnte::V1 } else { VersioneEnte::V2 };
    Ok(Some(ConnettoreEnte { url, versione, autenticazione: connettore::autenticazione(&o)? }))
}
