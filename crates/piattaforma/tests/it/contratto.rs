//! What we send, against the OpenAPI documents of pagoPA.

use codici::{IdDominio, Importo, NumeroAvviso};
use contratti::scostamenti;
use domain::Soggetto;
use domain::attivazione::{Destinazione, Trasferimento};
use domain::posizione_debitoria::{PosizioneDebitoria, Versamento};
use piattaforma::posizioni::corpi;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn testo(max: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::char::range(' ', 'ÿ'), 1..=max).prop_map(|c| c.into_iter().collect())
}

fn destinazione() -> impl Strategy<Value = (Destinazione, bool)> {
    let bollo = Destinazione::Bollo { tipo: "01".to_owned(), hash_documento: "a".repeat(44), provincia_residenza: "RO".to_owned() };
    prop_oneof![("IT[0-9]{2}[A-Z][0-9]{22}", any::<bool>()).prop_map(|(i, p)| (Destinazione::Iban(i), p)), Just((bollo, false))]
}

fn versamento(id: u8) -> impl Strategy<Value = Versamento> {
    (1_i64..=corpi::CENT_ACA_MAX / 5, destinazione(), testo(140), prop::collection::vec((testo(140), testo(140)), 0..=12)).prop_map(
        move |(cent, (destinazione, postale), t, metadata)| {
            let trasferimento = Trasferimento {
                id,
                importo: Importo::da_cent(cent),
                dominio: IdDominio::leggi("12345678901").expect("dominio"),
                ragione_sociale: t.clone(),
                destinazione,
                causale: t,
                categoria: "9/0101002IM".to_owned(),
                metadata,
            };
            Versamento { trasferimento, postale }
        },
    )
}

pub fn posizione() -> impl Strategy<Value = PosizioneDebitoria> {
    let versamenti = (1_u8..=5).prop_flat_map(|n| (1..=n).map(versamento).collect::<Vec<_>>());
    let altro = (prop::option::of(testo(70)), prop::option::of("[A-Za-z]{2,3}"), any::<bool>(), any::<bool>(), any::<bool>());
    (versamenti, testo(140), altro).prop_map(|(versamenti, t, (recapito, nazione, scade, stand_in, rata))| {
        let avviso = NumeroAvviso::leggi("301000000000000042").expect("numero");
        let debitore = Soggetto { indirizzo: recapito.clone(), email: recapito.clone(), nazione, anagrafica: Some(t.clone()), ..Soggetto::debitore(None) };
        PosizioneDebitoria {
            iupd: t.clone(),
            debitore,
            ente: t.clone(),
            ufficio: recapito,
            scade,
            stand_in,
            iuv: avviso.iuv(),
            avviso,
            importo: versamenti.iter().map(|v| v.trasferimento.importo).sum(),
            causale: t,
            rata,
            scadenza: "2026-12-31T22:59:59.999Z".parse().expect("istante"),
            versamenti,
        }
    })
}

#[test]
fn ogni_posizione_rispetta_gpd_e_gpd_per_aca() {
    for file in ["gpd.json", "gpd-4-aca.json"] {
        let Some(schema) = contratti::schema(file, &format!("pagopa/openapi/{file}"), "PaymentPositionModel") else { return };
        let esito = TestRunner::default().run(&posizione(), |p| {
            prop_assert_eq!(scostamenti(&schema, &corpi::posizione(&p)), Vec::<String>::new());
            Ok(())
        });
        esito.expect("nessuno scostamento");
    }
}

#[test]
fn ogni_posizione_rispetta_pa_create_position() {
    let file = "pagopa/openapi/paCreatePosition.json";
    let Some(documento) = contratti::documento("paCreatePosition", file) else { return };
    let corpo = &documento["paths"]["/paCreatePosition"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let schema = contratti::schema_di(&documento, corpo);
    let dominio = IdDominio::leggi("12345678901").expect("dominio");
    for aperta in [true, false] {
        let esito = TestRunner::default().run(&posizione(), |p| {
            prop_assert_eq!(scostamenti(&schema, &corpi::create_position(&p, &dominio, aperta)), Vec::<String>::new());
            Ok(())
        });
        esito.expect("nessuno scostamento");
    }
}

#[test]
fn il_contratto_si_accorge_di_cio_che_manca() {
    let Some(schema) = contratti::schema("gpd, controprova", "pagopa/openapi/gpd.json", "PaymentPositionModel") else { return };
    let mut runner = TestRunner::deterministic();
    let p = posizione().new_tree(&mut runner).expect("una posizione").current();
    let mut corpo = corpi::posizione(&p);
    corpo["paymentOption"][0]["amount"] = "1".into();
    corpo.as_object_mut().expect("oggetto").remove("switchToExpired");
    assert_eq!(scostamenti(&schema, &corpo), [" manca switchToExpired", "/paymentOption/0/amount type"]);
}
