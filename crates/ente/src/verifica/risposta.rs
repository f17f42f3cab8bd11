//! The answer of the application, read as strictly as what integrators send us (spec/1 section 11.3).

use chrono::NaiveDate;
use domain::anagrafica::VersioneEnte;
use domain::lettura::json::{self, Oggetto, data_iso};
use domain::lettura::pendenza::{
    A_CHE_SI_RIFERISCE, AVVISATURA, CHE_COSA, Contratto, DELL_ENTE, DI_CHI, FINO_A_QUANDO, TIPO_BOLLO, VOCE, nuova_pendenza, unisci,
};
use domain::lettura::regole::{self, IDENTIFICATIVO};
use domain::pendenza::NuovaPendenza;
use domain::rifiuto::Rifiuto;
use serde_json::{Map, Value};

use super::identita::Attesa;
use super::tassonomico::{self, Tradotti};
use super::{ErroreVerifica, StatoNonPagabile, Verificata};

/// Characters kept of the words of the application, as in the yaml.
const DESCRIZIONE_MAX: usize = 255;
/// Characters of the members that GovPay does not check: as many as it can store.
const NON_CONTROLLATI_MAX: usize = 35;
/// Members that GovPay takes as they come.
const NON_CONTROLLATI: [&str; 3] = ["tassonomia", "direzione", "divisione"];
const STATI_V1: [&str; 5] = ["NON_ESEGUITA", "ANNULLATA", "SCADUTA", "SCONOSCIUTA", "DUPLICATA"];
const STATI_V2: [&str; 4] = ["NON_ESEGUITA", "ANNULLATA", "SCADUTA", "SCONOSCIUTA"];

/// Version 1: the position is the answer itself, with what it is called and how it is. `dataCaricamento`, and `indice` and the two bic of a voce, are known and
/// without effect.
const BUSTA_V1: [&str; 4] = ["idA2A", "idPendenza", "stato", "descrizioneStato"];
const MEMBRI_V1: [&str; 20] = unisci(&[
    DI_CHI,
    &["idTipoPendenza", "nome"],
    CHE_COSA,
    &["dataCaricamento"],
    FINO_A_QUANDO,
    &["tassonomia", "tassonomiaAvviso", "voci", "proprieta", "documento", "allegati"],
]);
const VOCE_V1: [&str; 19] = unisci(&[&["indice"], VOCE, DELL_ENTE, A_CHE_SI_RIFERISCE, &["bicAccredito", "bicAppoggio"]]);
const V1: Contratto = Contratto {
    pendenza: &MEMBRI_V1,
    voce: &VOCE_V1,
    soggetto_obbligatorio: false,
    // The yaml has the second, GovPay reads the first.
    bolli: &[TIPO_BOLLO, "Imposta di bollo"],
};

/// Version 2: state, description and position are three members. In its voci `tipoContabilita` and `codiceContabilita` are ours: [`tassonomico`].
const BUSTA_V2: [&str; 3] = ["stato", "descrizioneStato", "pendenza"];
const CHI_V2: [&str; 2] = ["idA2A", "idPendenza"];
const MEMBRI_V2: [&str; 21] = unisci(&[
    &["idTipoPendenza"],
    DI_CHI,
    CHE_COSA,
    &["tassonomia", "direzione", "divisione"],
    FINO_A_QUANDO,
    &["documento"],
    AVVISATURA,
    &["proprieta", "voci", "allegati"],
]);
const VOCE_V2: [&str; 16] = unisci(&[VOCE, DELL_ENTE, A_CHE_SI_RIFERISCE]);
const V2: Contratto = Contratto { pendenza: &MEMBRI_V2, voce: &VOCE_V2, soggetto_obbligatorio: false, bolli: &[TIPO_BOLLO] };

/// Reads the body of an answer that is not an error.
pub(crate) fn leggi(versione: VersioneEnte, attesa: &Attesa<'_>, corpo: &[u8]) -> Result<Verificata, ErroreVerifica> {
    let esito = match versione {
        VersioneEnte::V1 => v1(attesa, corpo),
        VersioneEnte::V2 => v2(attesa, corpo),
    };
    // The reader is the one of requests.
    esito.map_err(|motivo| ErroreVerifica::NonValida { motivo: motivo.replacen("Il corpo della richiesta", "Il corpo della risposta", 1) })
}

fn v1(attesa: &Attesa<'_>, corpo: &[u8]) -> Result<Verificata, String> {
    let corpo = json::leggi(corpo).map_err(testo)?;
    let busta = Oggetto::radice(&corpo, &[BUSTA_V1.as_slice(), V1.pendenza].concat()).map_err(testo)?;
    let scadenza = busta.data("dataScadenza").map_err(testo)?;
    if let Some(stato) = stato(&busta, &STATI_V1)? {
        return non_pagabile(attesa, stato, None, descrizione(&busta)?, scadenza);
    }
    let mut pendenza = corpo.as_object().cloned().unwrap_or_default();
    for nome in ["stato", "descrizioneStato"] {
        pendenza.shift_remove(nome);
    }
    entrata_e_capitolo(&mut pendenza);
    leggi_pendenza(attesa, &V1, pendenza, None)
}

fn v2(attesa: &Attesa<'_>, corpo: &[u8]) -> Result<Verificata, String> {
    let corpo = json::leggi(corpo).map_err(testo)?;
    let busta = Oggetto::radice(&corpo, &BUSTA_V2).map_err(testo)?;
    let stato = stato(&busta, &STATI_V2)?;
    let pendenza = busta.libero("pendenza");
    if let Some(stato) = stato {
        let scadenza = pendenza.and_then(|p| data_iso(p["dataScadenza"].as_str()?));
        return non_pagabile(attesa, stato, descrizione(&busta)?, None, scadenza);
    }
    let pendenza = regole::obbligatorio("pendenza", pendenza).map_err(testo)?;
    busta.oggetto("pendenza", &[CHI_V2.as_slice(), V2.pendenza].concat()).map_err(testo)?;
    let mut pendenza = pendenza.as_object().cloned().unwrap_or_default();
    senza_contabilita(&pendenza)?;
    tipo_del_soggetto(&pendenza)?;
    let tradotti = tassonomico::traduci(&mut pendenza);
    leggi_pendenza(attesa, &V2, pendenza, Some(tradotti))
}

fn testo(rifiuto: Rifiuto) -> String {
    rifiuto.dettaglio()
}

/// `None` for NON_ESEGUITA.
fn stato(busta: &Oggetto<'_>, stati: &[&'static str]) -> Result<Option<StatoNonPagabile>, String> {
    let stato = busta.stringa("stato").map_err(testo)?;
    match stato.map(|s| regole::tra("stato", s, stati)).transpose().map_err(testo)? {
        Some("NON_ESEGUITA") => Ok(None),
        Some("ANNULLATA") => Ok(Some(StatoNonPagabile::Annullata)),
        Some("SCADUTA") => Ok(Some(StatoNonPagabile::Scaduta)),
        Some("DUPLICATA") => Ok(Some(StatoNonPagabile::Duplicata)),
        Some("SCONOSCIUTA") => Ok(Some(StatoNonPagabile::Sconosciuta)),
        _ => Err("Stato pendenza non gestito: null".to_owned()),
    }
}

/// In version 2 an enum with an unknown value is an error that names it; everywhere else `tipo` of a soggetto is then silently absent (spec/1 section 3).
fn tipo_del_soggetto(pendenza: &Map<String, Value>) -> Result<(), String> {
    let tipo = pendenza.get("soggettoPagatore").and_then(|s| s["tipo"].as_str());
    tipo.map_or(Ok(()), |tipo| regole::tra("tipo", tipo, &["F", "G"]).map(drop).map_err(testo))
}

fn descrizione(busta: &Oggetto<'_>) -> Result<Option<String>, String> {
    let descrizione = busta.testo("descrizioneStato").map_err(testo)?.filter(|d| !d.is_empty());
    Ok(descrizione.map(|d| d.chars().take(DESCRIZIONE_MAX).collect()))
}

/// Of an unknown position version 1 does not tell its own words.
fn non_pagabile(
    attesa: &Attesa<'_>,
    stato: StatoNonPagabile,
    descrizione_v2: Option<String>,
    descrizione_v1: Option<String>,
    scadenza: Option<NaiveDate>,
) -> Result<Verificata, String> {
    let nostra = || match stato {
        StatoNonPagabile::Sconosciuta => attesa.sconosciuta(),
        StatoNonPagabile::Scaduta => scadenza.map(|s| format!("Versamento scaduto in data {}", s.format("%d/%m/%Y"))),
        _ => None,
    };
    let sua = descrizione_v2.or(descrizione_v1.filter(|_| stato != StatoNonPagabile::Sconosciuta));
    Ok(Verificata::NonPagabile { stato, descrizione: sua.or_else(nostra) })
}

/// The yaml of version 1 calls ENTRATA what every other API calls CAPITOLO.
fn entrata_e_capitolo(pendenza: &mut Map<String, Value>) {
    let voci = pendenza.get_mut("voci").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
    for tipo in voci.iter_mut().filter_map(|v| v.get_mut("tipoContabilita")).filter(|t| *t == "ENTRATA") {
        *tipo = "CAPITOLO".into();
    }
}

/// The two members that we write for the domain are not of version 2: sent by the application they are unknown.
fn senza_contabilita(pendenza: &Map<String, Value>) -> Result<(), String> {
    let voci = pendenza.get("voci").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let sua = voci.iter().zip(0..).find_map(|(voce, i)| Some((i, ["tipoContabilita", "codiceContabilita"].into_iter().find(|n| voce.get(n).is_some())?)));
    sua.map_or(Ok(()), |(i, nome)| Err(format!("Unrecognized field \"{nome}\" (percorso: voci[{i}].{nome}): il contratto non lo prevede.")))
}

fn leggi_pendenza(attesa: &Attesa<'_>, contratto: &Contratto, mut membri: Map<String, Value>, tradotti: Option<Tradotti>) -> Result<Verificata, String> {
    let id_pendenza = identificativo(&mut membri, "idPendenza")?;
    let id_a2a = identificativo(&mut membri, "idA2A")?;
    let [tassonomia, direzione, divisione] = NON_CONTROLLATI.map(|nome| (nome, membri.shift_remove(nome)));
    let mut pendenza = match nuova_pendenza(contratto, &id_a2a, &id_pendenza, &Value::Object(membri)) {
        Ok(pendenza) => pendenza,
        Err(rifiuto) => return Err(detto_di(tradotti, rifiuto.dettaglio())),
    };
    tradotti.map_or(Ok(()), Tradotti::concludi)?;
    pendenza = NuovaPendenza { tassonomia: come_viene(tassonomia)?, direzione: come_viene(direzione)?, divisione: come_viene(divisione)?, ..pendenza };
    attesa.riconosce(pendenza).map(|p| Verificata::NonEseguita(Box::new(p)))
}

fn detto_di(tradotti: Option<Tradotti>, motivo: String) -> String {
    match tradotti {
        Some(tradotti) => tradotti.motivo(motivo),
        None => motivo,
    }
}

fn identificativo(membri: &mut Map<String, Value>, nome: &str) -> Result<String, String> {
    let valore = Value::Object([(nome.to_owned(), membri.shift_remove(nome).unwrap_or_default())].into_iter().collect());
    let oggetto = Oggetto::radice(&valore, &[nome]).map_err(testo)?;
    let letto = oggetto.testo(nome).and_then(|v| IDENTIFICATIVO.obbligatorio(nome, v));
    letto.map_err(testo)
}

fn come_viene((nome, valore): (&str, Option<Value>)) -> Result<Option<String>, String> {
    let valore = Value::Object([(nome.to_owned(), valore.unwrap_or_default())].into_iter().collect());
    let oggetto = Oggetto::radice(&valore, &[nome]).map_err(testo)?;
    let letto = oggetto.testo(nome).and_then(|v| regole::Testo::lungo(0, NON_CONTROLLATI_MAX).facoltativo(nome, v));
    letto.map_err(testo)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Domanda;

    /// An answer with a value of any kind in any place: read or refused, never a panic.
    fn strano() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            Just(json!(true)),
            Just(json!(-1.5)),
            "[ -~]{0,40}".prop_map(Value::String),
            Just(json!([])),
            Just(json!([null, 1, {}])),
            Just(json!({ "a": {} })),
        ]
    }

    proptest! {
        #[test]
        fn nessuna_risposta_fa_panico(byte in proptest::collection::vec(any::<u8>(), 0..200)) {
            let attesa = Attesa::Verifica(Domanda::Pendenza { id_a2a: "A", id_pendenza: "P" });
            for versione in VersioneEnte::TUTTE {
                let _ = leggi(versione, &attesa, &byte);
            }
        }

        #[test]
        fn un_membro_strano_non_fa_panico(nome in prop::sample::select([V1.pendenza, V2.pendenza, &CHI_V2].concat()), valore in strano(), della_voce in prop::sample::select(V2.voce), nella_voce in strano()) {
            let voce = json!({ "idVocePendenza": "1", "importo": 1, "descrizione": "d", "ibanAccredito": "IT60X", "codiceTassonomicoPagoPA": "9/abc", della_voce: nella_voce });
            let mut pendenza = json!({ "idA2A": "A", "idPendenza": "P", "idDominio": "12345678901", "causale": "c", "importo": 1, "voci": [voce] });
            pendenza[nome] = valore;
            let attesa = Attesa::Verifica(Domanda::Pendenza { id_a2a: "A", id_pendenza: "P" });
            let _ = leggi(VersioneEnte::V2, &attesa, json!({ "stato": "NON_ESEGUITA", "pendenza": pendenza }).to_string().as_bytes());
            pendenza["stato"] = json!("NON_ESEGUITA");
            let _ = leggi(VersioneEnte::V1, &attesa, pendenza.to_string().as_bytes());
        }
    }
}
