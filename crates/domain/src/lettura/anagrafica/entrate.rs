//! Entrate, of the catalogue and of a dominio (spec/2 sections 2.6 and 2.19).

use codici::IdDominio;
use serde_json::Value;

use crate::Rifiuto;
use crate::anagrafica::{EntrataDominio, TipoEntrata};
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{FORMA_CODICE_CONTABILITA, TIPO, Testo, codifica_inesistente, id_dominio, obbligatorio};
use crate::pendenza::TipoContabilita;

pub const DESCRIZIONE: Testo = Testo::lungo(1, 255);
pub const IBAN: Testo = Testo::lungo(1, 255);
pub const CODICE_CONTABILITA: Testo = Testo::con_forma(3, 138, &FORMA_CODICE_CONTABILITA);

/// Identifier of an entrata in a path.
pub fn id_entrata(valore: &str) -> Result<String, Rifiuto> {
    TIPO.controlla("idEntrata", valore)
}

fn tipo_contabilita(valore: &str) -> Result<TipoContabilita, Rifiuto> {
    match TipoContabilita::leggi(valore) {
        Some(tipo) => Ok(tipo),
        None => codifica_inesistente("tipoContabilita", valore, TipoContabilita::TUTTI.map(TipoContabilita::nome)),
    }
}

/// Body of `PUT /entrate/{idEntrata}`.
pub fn tipo_entrata(id: &str, corpo: &Value) -> Result<TipoEntrata, Rifiuto> {
    let o = Oggetto::radice(corpo, &["descrizione", "tipoContabilita", "codiceContabilita"])?;
    let (descrizione, tipo, codice) = (o.testo("descrizione")?, o.stringa("tipoContabilita")?, o.testo("codiceContabilita")?);
    let cod = id_entrata(id)?;
    let descrizione = DESCRIZIONE.obbligatorio("descrizione", descrizione)?;
    let tipo = obbligatorio("tipoContabilita", tipo)?;
    let codice_contabilita = Some(CODICE_CONTABILITA.obbligatorio("codiceContabilita", codice)?);
    Ok(TipoEntrata { cod, descrizione, tipo_contabilita: Some(tipo_contabilita(tipo)?), codice_contabilita })
}

/// An entrata of a dominio that was sent. The kind of contabilità is still text: it is looked at after the rights of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NuovaEntrata {
    pub dominio: IdDominio,
    pub cod: String,
    pub iban_accredito: Option<String>,
    pub iban_appoggio: Option<String>,
    pub codice_contabilita: Option<String>,
    pub abilitata: bool,
    tipo_contabilita: Option<String>,
}

impl NuovaEntrata {
    /// 400 when the kind of contabilità does not exist.
    pub fn entrata(&self) -> Result<EntrataDominio, Rifiuto> {
        Ok(EntrataDominio {
            iban_accredito: self.iban_accredito.clone(),
            iban_appoggio: self.iban_appoggio.clone(),
            tipo_contabilita: self.tipo_contabilita.as_deref().map(tipo_contabilita).transpose()?,
            codice_contabilita: self.codice_contabilita.clone(),
            abilitata: self.abilitata,
        })
    }
}

/// Body of `PUT /domini/{idDominio}/entrate/{idEntrata}`.
pub fn entrata(dominio: &str, id: &str, corpo: &Value) -> Result<NuovaEntrata, Rifiuto> {
    let o = Oggetto::radice(corpo, &["ibanAccredito", "ibanAppoggio", "tipoContabilita", "codiceContabilita", "abilitato"])?;
    let (accredito, appoggio, tipo, codice) =
        (o.testo("ibanAccredito")?, o.testo("ibanAppoggio")?, o.stringa("tipoContabilita")?, o.testo("codiceContabilita")?);
    o.booleano("abilitato")?;
    let dominio = id_dominio("idDominio", dominio)?;
    let cod = id_entrata(id)?;
    let abilitata = o.booleano_o("abilitato", true)?;
    Ok(NuovaEntrata {
        dominio,
        cod,
        iban_accredito: IBAN.facoltativo("ibanAccredito", accredito)?,
        iban_appoggio: IBAN.facoltativo("ibanAppoggio", appoggio)?,
        codice_contabilita: CODICE_CONTABILITA.facoltativo("codiceContabilita", codice)?,
        abilitata,
        tipo_contabilita: tipo.map(str::to_owned),
    })
}
