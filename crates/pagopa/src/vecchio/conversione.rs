//! Messages of the current model told as RPT and RT 6.2.0, in JSON, for who still reads those alone (spec/3 section 4, `retrocompatibilitaMessaggiPagoPA.v1`).
//!
//! Members are those of [`super::json`], null where the current model says nothing. The slips of the original are kept, since they are what such a reader has
//! always been given: the date of an RT is that of its RPT, and the other way round.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::rpt::Beneficiario;

const VERSIONE: &str = "6.2.0";
/// Ways of payment that the older model knows.
const TIPI_VERSAMENTO: [&str; 8] = ["BBT", "BP", "AD", "CP", "PO", "OBEP", "JIF", "MYBK"];

/// What the messages do not say.
pub struct Contesto<'a> {
    pub id_dominio: &'a str,
    pub id_stazione: Option<&'a str>,
    /// 32 digits.
    pub id_richiesta: &'a str,
    /// Local.
    pub data_richiesta: NaiveDateTime,
    pub data_ricevuta: Option<NaiveDateTime>,
    pub tipo_versamento: Option<&'a str>,
    pub beneficiario: &'a Beneficiario,
}

/// What [`crate::json::rpt_json`] gives; an RPT stays as it is.
#[must_use]
pub fn rpt(m: &Value, c: &Contesto<'_>) -> Value {
    if e_vecchia(m) {
        return m.clone();
    }
    let tipo = c.tipo_versamento.filter(|t| TIPI_VERSAMENTO.contains(t)).unwrap_or("OTH");
    let singoli: Vec<Value> = trasferimenti(m)
        .map(|t| {
            json!({
                "importoSingoloVersamento": t["transferAmount"],
                "commissioneCaricoPA": null,
                "ibanAccredito": t["IBAN"],
                "bicAccredito": null,
                "ibanAppoggio": null,
                "bicAppoggio": null,
                "credenzialiPagatore": null,
                "causaleVersamento": t["remittanceInformation"],
                "datiSpecificiRiscossione": t["transferCategory"],
                "datiMarcaBolloDigitale": bollo(t),
            })
        })
        .collect();
    json!({
        "versioneOggetto": VERSIONE,
        "dominio": dominio(c),
        "identificativoMessaggioRichiesta": c.id_richiesta,
        "dataOraMessaggioRichiesta": ora(c.data_richiesta),
        "autenticazioneSoggetto": "N/A",
        "soggettoVersante": null,
        "soggettoPagatore": pagatore(&m["debtor"]),
        "enteBeneficiario": ente(c),
        "datiVersamento": {
            "dataEsecuzionePagamento": c.data_richiesta.format("%Y-%m-%d").to_string(),
            "importoTotaleDaVersare": m["paymentAmount"],
            "tipoVersamento": tipo,
            "identificativoUnivocoVersamento": m["creditorReferenceId"],
            "codiceContestoPagamento": null,
            "ibanAddebito": null,
            "bicAddebito": null,
            "firmaRicevuta": "0",
            "datiSingoloVersamento": singoli,
        },
    })
}

/// What [`crate::json::rt_json`] gives; an RT stays as it is.
#[must_use]
pub fn rt(m: &Value, c: &Contesto<'_>) -> Value {
    if e_vecchia(m) {
        return m.clone();
    }
    let pagato = m["outcome"] == "OK";
    let giorno = m["paymentDateTime"].as_str().and_then(|d| d.split('T').next()).map(str::to_owned);
    let singoli: Vec<Value> = trasferimenti(m)
        .map(|t| {
            let allegato = t.get("MBDAttachment").filter(|a| !a.is_null()).map(|a| json!({ "tipoAllegatoRicevuta": "BD", "testoAllegato": a }));
            json!({
                "singoloImportoPagato": t["transferAmount"],
                "esitoSingoloPagamento": m["outcome"],
                "dataEsitoSingoloPagamento": giorno,
                "identificativoUnivocoRiscossione": m["receiptId"],
                "causaleVersamento": t["remittanceInformation"],
                "datiSpecificiRiscossione": t["transferCategory"],
                "commissioniApplicatePSP": m["fee"],
                "commissioniApplicatePA": null,
                "allegatoRicevuta": allegato,
            })
        })
        .collect();
    let riferimento = c.data_ricevuta.unwrap_or(c.data_richiesta);
    json!({
        "versioneOggetto": VERSIONE,
        "dominio": dominio(c),
        "identificativoMessaggioRicevuta": m["receiptId"],
        "dataOraMessaggioRicevuta": ora(c.data_richiesta),
        "riferimentoMessaggioRichiesta": c.id_richiesta,
        "riferimentoDataRichiesta": riferimento.format("%Y-%m-%d").to_string(),
        "istitutoAttestante": {
            "identificativoUnivocoAttestante": persona("A", &m["idPSP"]),
            "denominazioneAttestante": m["PSPCompanyName"],
            "codiceUnitOperAttestante": null,
            "denomUnitOperAttestante": null,
            "indirizzoAttestante": null,
            "civicoAttestante": null,
            "capAttestante": null,
            "localitaAttestante": null,
            "provinciaAttestante": null,
            "nazioneAttestante": null,
        },
        "enteBeneficiario": ente(c),
        "soggettoVersante": null,
        "soggettoPagatore": pagatore(&m["debtor"]),
        "datiPagamento": {
            "codiceEsitoPagamento": if pagato { "0" } else { "1" },
            "importoTotalePagato": m["paymentAmount"],
            "identificativoUnivocoVersamento": m["creditorReferenceId"],
            "CodiceContestoPagamento": m["receiptId"],
            "datiSingoloPagamento": singoli,
        },
    })
}

fn e_vecchia(m: &Value) -> bool {
    m.get("versioneOggetto").is_some()
}

fn trasferimenti(m: &Value) -> impl Iterator<Item = &Value> {
    m["transferList"]["transfer"].as_array().into_iter().flatten()
}

fn ora(d: NaiveDateTime) -> String {
    d.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn dominio(c: &Contesto<'_>) -> Value {
    json!({ "identificativoDominio": c.id_dominio, "identificativoStazioneRichiedente": c.id_stazione })
}

fn persona(tipo: &str, codice: &Value) -> Value {
    json!({ "tipoIdentificativoUnivoco": tipo, "codiceIdentificativoUnivoco": codice })
}

fn bollo(t: &Value) -> Value {
    let richiesta = t.get("richiestaMarcaDaBollo").filter(|b| !b.is_null());
    richiesta
        .map_or(Value::Null, |b| json!({ "tipoBollo": b["tipoBollo"], "hashDocumento": b["hashDocumento"], "provinciaResidenza": b["provinciaResidenza"] }))
}

fn pagatore(s: &Value) -> Value {
    let chi = &s["uniqueIdentifier"];
    json!({
        "identificativoUnivocoPagatore": persona(chi["entityUniqueIdentifierType"].as_str().unwrap_or("F"), &chi["entityUniqueIdentifierValue"]),
        "anagraficaPagatore": s["fullName"],
        "indirizzoPagatore": s["streetName"],
        "civicoPagatore": s["civicNumber"],
        "capPagatore": s["postalCode"],
        "localitaPagatore": s["city"],
        "provinciaPagatore": s["stateProvinceRegion"],
        "nazionePagatore": s["country"],
        "e-mailPagatore": s["e-mail"],
    })
}

fn ente(c: &Contesto<'_>) -> Value {
    let b = c.beneficiario;
    json!({
        "identificativoUnivocoBeneficiario": persona("G", &json!(c.id_dominio)),
        "denominazioneBeneficiario": b.denominazione,
        "codiceUnitOperBeneficiario": b.unita.as_ref().map(|u| &u.0),
        "denomUnitOperBeneficiario": b.unita.as_ref().map(|u| &u.1),
        "indirizzoBeneficiario": b.indirizzo,
        "civicoBeneficiario": b.civico,
        "capBeneficiario": b.cap,
        "localitaBeneficiario": b.localita,
        "provinciaBeneficiario": b.provincia,
        "nazioneBeneficiario": b.nazione,
    })
}
