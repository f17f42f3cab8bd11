//! What the node is told of a payable position (spec/3 sections 1.6 to 1.8).

use chrono::NaiveDate;
use codici::{IdDominio, Importo, causale};
use serde_json::Value;

use crate::anagrafica::{Anagrafica, ContoAccredito, Dominio, ENTRATA_BOLLO};
use crate::pendenza::Riferimento;
use crate::{Pendenza, Voce};

/// Entries of metadata that one transfer carries: the XSD allows 15, GPD and the node's own suite 10 (spec/4 section 2.3).
pub const METADATA_MAX: usize = 10;

/// Whether the PSP collects at a post office, which prefers a postal IBAN for the first transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoTrasferimento {
    Postale,
    PagoPa,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Trasferimento {
    /// 1 to 5: the indice of the voce.
    pub id: u8,
    pub importo: Importo,
    pub dominio: IdDominio,
    pub ragione_sociale: String,
    pub destinazione: Destinazione,
    pub causale: String,
    pub categoria: String,
    pub metadata: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destinazione {
    Iban(String),
    Bollo { tipo: String, hash_documento: String, provincia_residenza: String },
}

/// Configuration that has become insufficient after the position was loaded: the node gets PAA_SYSTEM_ERROR with this text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonComponibile {
    #[error("la voce {0} non ha un conto di accredito")]
    SenzaConto(String),
    #[error("la voce {0} non ha contabilita'")]
    SenzaContabilita(String),
    #[error("il dominio {0} non e' piu' censito")]
    DominioIgnoto(IdDominio),
}

/// `dueDate` of verify: dataValidita alone (spec/3 section 1.6).
#[must_use]
pub fn data_di_verifica(pendenza: &Pendenza) -> Option<NaiveDate> {
    pendenza.data_validita
}

/// `dueDate` of getPayment, which the contract wants always: dataValidita, else dataScadenza, else the conventional far day (spec/3 section 1.7).
#[must_use]
pub fn data_di_pagamento(pendenza: &Pendenza) -> NaiveDate {
    pendenza.data_validita.or(pendenza.data_scadenza).unwrap_or_else(|| NaiveDate::from_ymd_opt(2999, 12, 31).unwrap_or(NaiveDate::MAX))
}

/// Name of the office: only a real unità operativa has one.
#[must_use]
pub fn ufficio(pendenza: &Pendenza, anagrafica: &Anagrafica) -> Option<String> {
    let uo = pendenza.unita_operativa.as_deref()?;
    anagrafica.unita_operativa(&pendenza.dominio, uo)?.ragione_sociale.clone()
}

/// True when every voce is credited on a postal IBAN (spec/3 section 1.6); voci without any IBAN do not count, a stamp says no.
#[must_use]
pub fn tutta_postale(pendenza: &Pendenza, anagrafica: &Anagrafica) -> bool {
    pendenza.voci.iter().all(|voce| match &voce.riferimento {
        Riferimento::Bollo { .. } => false,
        _ => {
            let (accredito, appoggio) = conti(pendenza, voce, anagrafica);
            accredito.or(appoggio).is_none_or(|c| c.postale)
        }
    })
}

/// Where the money of a voce goes: accredito and appoggio, its own or those of its entrata.
pub fn conti<'a>(pendenza: &'a Pendenza, voce: &'a Voce, anagrafica: &'a Anagrafica) -> (Option<&'a ContoAccredito>, Option<&'a ContoAccredito>) {
    let dominio = pendenza.dominio_della_voce(voce);
    let conto = |iban: Option<&str>| iban.and_then(|i| anagrafica.conto(dominio, i)).map(AsRef::as_ref);
    match &voce.riferimento {
        Riferimento::Entrata(cod) => {
            let entrata = anagrafica.entrate.get(&(dominio.clone(), cod.clone()));
            (conto(entrata.and_then(|e| e.iban_accredito.as_deref())), conto(entrata.and_then(|e| e.iban_appoggio.as_deref())))
        }
        Riferimento::Conto { iban_accredito, iban_appoggio, .. } => (conto(Some(iban_accredito)), conto(iban_appoggio.as_deref())),
        Riferimento::Bollo { .. } => (None, None),
    }
}

/// The postal account that the printed bollettino pays to: of the first voce, accredito first (spec/3 section 7.1).
#[must_use]
pub fn conto_postale<'a>(pendenza: &'a Pendenza, anagrafica: &'a Anagrafica) -> Option<&'a ContoAccredito> {
    let (accredito, appoggio) = conti(pendenza, pendenza.voci.first()?, anagrafica);
    accredito.filter(|c| c.postale).or(appoggio.filter(|c| c.postale))
}

/// One transfer per voce, in order of indice.
pub fn trasferimenti(pendenza: &Pendenza, tipo: Option<TipoTrasferimento>, anagrafica: &Anagrafica) -> Result<Vec<Trasferimento>, NonComponibile> {
    pendenza.voci.iter().map(|voce| trasferimento(pendenza, voce, tipo, anagrafica)).collect()
}

fn trasferimento(pendenza: &Pendenza, voce: &Voce, tipo: Option<TipoTrasferimento>, anagrafica: &Anagrafica) -> Result<Trasferimento, NonComponibile> {
    let dominio = pendenza.dominio_della_voce(voce);
    let ente: &Dominio = anagrafica.dominio(dominio).ok_or_else(|| NonComponibile::DominioIgnoto(dominio.clone()))?;
    let testo = voce.descrizione_causale_rpt.as_deref().or(Some(voce.descrizione.as_str()));
    Ok(Trasferimento {
        id: voce.indice,
        importo: voce.importo,
        dominio: dominio.clone(),
        ragione_sociale: ente.ragione_sociale.clone(),
        destinazione: destinazione(pendenza, voce, tipo, anagrafica)?,
        causale: causale::versamento(&pendenza.iuv, voce.importo, testo),
        categoria: categoria(voce, dominio, anagrafica)?,
        metadata: con_appoggio(metadata(voce), pendenza, voce, tipo, anagrafica),
    })
}

/// Key of the account of the other kind (spec/4 section 1.12).
const IBAN_APPOGGIO: &str = "IBANAPPOGGIO";

/// Asked with transferType PAGOPA, a transfer names beside its account the other one, so that whoever pays may choose between a bank and the post office.
/// The application's own metadata give way when there is no room.
fn con_appoggio(
    mut metadata: Vec<(String, String)>,
    pendenza: &Pendenza,
    voce: &Voce,
    tipo: Option<TipoTrasferimento>,
    anagrafica: &Anagrafica,
) -> Vec<(String, String)> {
    let (Some(TipoTrasferimento::PagoPa), (Some(accredito), Some(appoggio))) = (tipo, conti(pendenza, voce, anagrafica)) else { return metadata };
    if accredito.postale != appoggio.postale && metadata.iter().all(|(chiave, _)| chiave != IBAN_APPOGGIO) {
        metadata.insert(0, (IBAN_APPOGGIO.to_owned(), appoggio.iban.clone()));
        metadata.truncate(METADATA_MAX);
    }
    metadata
}

/// Transfer 1 looks at transferType; the others take the accredito, else the appoggio (spec/3 section 1.7).
fn destinazione(pendenza: &Pendenza, voce: &Voce, tipo: Option<TipoTrasferimento>, anagrafica: &Anagrafica) -> Result<Destinazione, NonComponibile> {
    if let Riferimento::Bollo { tipo, hash_documento, provincia_residenza } = &voce.riferimento {
        return Ok(Destinazione::Bollo { tipo: tipo.clone(), hash_documento: hash_documento.clone(), provincia_residenza: provincia_residenza.clone() });
    }
    let (accredito, appoggio) = conti(pendenza, voce, anagrafica);
    let alla_posta = voce.indice == 1 && tipo == Some(TipoTrasferimento::Postale);
    let scelto = match (accredito, appoggio) {
        (Some(a), Some(b)) if alla_posta && !a.postale && b.postale => b,
        (Some(a), _) => a,
        (None, Some(b)) => b,
        (None, None) => return Err(NonComponibile::SenzaConto(voce.id_voce.clone())),
    };
    Ok(Destinazione::Iban(scelto.iban.clone()))
}

/// `<cifra>/<codice>`, as in `9/0101002IM`.
pub fn categoria(voce: &Voce, dominio: &IdDominio, anagrafica: &Anagrafica) -> Result<String, NonComponibile> {
    let da_entrata = |cod: &str| {
        let entrata = anagrafica.entrata(dominio, cod)?;
        Some(format!("{}/{}", entrata.tipo_contabilita?.cifra(), entrata.codice_contabilita.as_deref()?))
    };
    match &voce.riferimento {
        Riferimento::Entrata(cod) => da_entrata(cod),
        Riferimento::Bollo { .. } => da_entrata(ENTRATA_BOLLO),
        Riferimento::Conto { tipo_contabilita, codice_contabilita, .. } => Some(format!("{}/{codice_contabilita}", tipo_contabilita.cifra())),
    }
    .ok_or_else(|| NonComponibile::SenzaContabilita(voce.id_voce.clone()))
}

/// Copied from the voce, or derived from its contabilità (spec/3 section 1.8).
#[must_use]
pub fn metadata(voce: &Voce) -> Vec<(String, String)> {
    let mut voci: Vec<(String, String)> = voce.metadata.as_ref().map(coppie).unwrap_or_default();
    if voci.is_empty()
        && let Some(contabilita) = &voce.contabilita
    {
        voci = da_contabilita(contabilita);
    }
    voci.truncate(METADATA_MAX);
    voci
}

fn coppie(metadata: &Value) -> Vec<(String, String)> {
    let elenco = metadata.get("mapEntries").and_then(Value::as_array);
    elenco.into_iter().flatten().filter_map(|e| Some((testo(e.get("key")?)?, testo(e.get("value")?)?))).collect()
}

fn testo(valore: &Value) -> Option<String> {
    match valore {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

const CHIAVI_QUOTE: &str =
    "CAPITOLOBILANCIO,ARTICOLOBILANCIO,CODICEACCERTAMENTO,ANNORIFERIMENTO,TITOLOBILANCIO,CATEGORIABILANCIO,TIPOLOGIABILANCIO,IMPORTOEUROCENT";
const CAMPI_QUOTA: [(&str, &str); 7] = [
    ("CAPITOLOBILANCIO", "capitolo"),
    ("ARTICOLOBILANCIO", "articolo"),
    ("CODICEACCERTAMENTO", "accertamento"),
    ("ANNORIFERIMENTO", "annoEsercizio"),
    ("TITOLOBILANCIO", "titolo"),
    ("CATEGORIABILANCIO", "categoria"),
    ("TIPOLOGIABILANCIO", "tipologia"),
];
/// The first fields of one quota are always written, empty when missing: the rest only when set.
const CAMPI_SEMPRE: usize = 4;

fn da_contabilita(contabilita: &Value) -> Vec<(String, String)> {
    let campo = |quota: &Value, nome: &str| quota.get(nome).and_then(testo).unwrap_or_default();
    match contabilita.get("quote").and_then(Value::as_array).map(Vec::as_slice) {
        None | Some([]) => Vec::new(),
        Some([quota]) => {
            let fissi = CAMPI_QUOTA.iter().enumerate().filter_map(|(i, (chiave, nome))| {
                let valore = campo(quota, nome);
                // An empty value breaks stText140: what is missing cannot be written, also among the fields that are "always" there.
                (!valore.is_empty()).then(|| ((*chiave).to_owned(), valore)).or_else(|| (i < CAMPI_SEMPRE).then(|| ((*chiave).to_owned(), "-".to_owned())))
            });
            let propri = contabilita.get("proprietaCustom").and_then(Value::as_object).into_iter().flatten();
            fissi.chain(propri.filter_map(|(k, v)| Some((k.clone(), testo(v).filter(|t| !t.is_empty())?)))).collect()
        }
        Some(quote) => quote
            .iter()
            .map(|quota| {
                let cent = codici::Importo::leggi(&campo(quota, "importo")).map(|i| i.cent().to_string()).unwrap_or_default();
                let valori = CAMPI_QUOTA.iter().map(|(_, nome)| campo(quota, nome)).chain([cent]).collect::<Vec<_>>().join(",");
                (CHIAVI_QUOTE.to_owned(), valori)
            })
            .collect(),
    }
}
