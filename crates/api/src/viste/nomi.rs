//! Requests and receipts of pagoPA with the names that a caller may read (spec/1 section 10.4).

use domain::soggetto::ANONIMO;
use domain::visibilita::Nomi;
use serde_json::{Value, json};

/// A citizen finds itself as versante; whoever is nobody finds nobody, as versante and as debtor.
pub fn mascherato(nomi: &Nomi, mut messaggio: Value) -> Value {
    match nomi {
        Nomi::Tutti => {}
        Nomi::Propri(c) => versante(&mut messaggio, &c.codice_fiscale, c.nome.as_deref().unwrap_or(&c.codice_fiscale), c.email.as_deref()),
        Nomi::Nessuno => {
            versante(&mut messaggio, ANONIMO, ANONIMO, None);
            for nome in ["debtor", "soggettoPagatore"] {
                if let Some(pagatore) = messaggio.get_mut(nome) {
                    *pagatore = Value::Null;
                }
            }
        }
    }
    messaggio
}

/// Writes who pays in a message where it says who pays: `payer` of the receipts of today, `soggettoVersante` of those of before.
fn versante(messaggio: &mut Value, codice: &str, nome: &str, email: Option<&str>) {
    if let Some(pagante) = messaggio.get_mut("payer").filter(|v| !v.is_null()) {
        *pagante = json!({
            "uniqueIdentifier": { "entityUniqueIdentifierType": "F", "entityUniqueIdentifierValue": codice },
            "fullName": nome, "streetName": null, "civicNumber": null, "postalCode": null, "city": null, "stateProvinceRegion": null, "country": null,
            "e-mail": email,
        });
    }
    if let Some(pagante) = messaggio.get_mut("soggettoVersante").filter(|v| !v.is_null()) {
        *pagante = json!({
            "identificativoUnivocoVersante": { "tipoIdentificativoUnivoco": "F", "codiceIdentificativoUnivoco": codice },
            "anagraficaVersante": nome, "indirizzoVersante": null, "civicoVersante": null, "capVersante": null, "localitaVersante": null,
            "provinciaVersante": null, "nazioneVersante": null, "e-mailVersante": email,
        });
    }
}
