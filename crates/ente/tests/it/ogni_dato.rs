//! Whatever is stored, a body comes out whole or an error says why.

use codici::{Importo, Iuv};
use domain::pendenza::Riferimento;
use domain::soggetto::{Soggetto, TipoSoggetto};
use domain::{Anagrafica, Voce};
use ente::{notifica_v1, notifica_v2};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::esempi::{Caso, anagrafica, istante, ricevuta, riscossioni, voci};

fn testo() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z0-9 ./_-]{0,20}", any::<String>()]
}

fn riferimento() -> impl Strategy<Value = Riferimento> {
    prop_oneof![
        testo().prop_map(Riferimento::Entrata),
        (testo(), testo(), testo()).prop_map(|(tipo, hash_documento, provincia_residenza)| Riferimento::Bollo { tipo, hash_documento, provincia_residenza }),
        (testo(), option::of(testo()), testo()).prop_map(|(iban_accredito, iban_appoggio, codice_contabilita)| Riferimento::Conto {
            iban_accredito,
            iban_appoggio,
            tipo_contabilita: domain::pendenza::TipoContabilita::Siope,
            codice_contabilita,
        }),
    ]
}

fn voce() -> impl Strategy<Value = Voce> {
    (any::<u8>(), testo(), testo(), option::of(testo()), riferimento(), any::<i64>()).prop_map(|(indice, id_voce, descrizione, causale, riferimento, cent)| {
        let modello = voci().remove(0);
        Voce { indice, id_voce, descrizione, descrizione_causale_rpt: causale, riferimento, importo: Importo::da_cent(cent), ..modello }
    })
}

fn soggetto() -> impl Strategy<Value = Soggetto> {
    (option::of(testo()), option::of(testo()), option::of(testo()), any::<bool>()).prop_map(|(identificativo, anagrafica, email, fisica)| Soggetto {
        tipo: fisica.then_some(TipoSoggetto::F),
        identificativo,
        anagrafica,
        email,
        ..Soggetto::default()
    })
}

fn caso() -> impl Strategy<Value = Caso> {
    let pendenza = (testo(), testo(), testo(), soggetto(), vec(voce(), 0..7), option::of(testo()));
    let transazione = ("\\PC{1,35}", testo(), option::of((testo(), testo())), option::of(testo()), option::of(testo()));
    let altro = (vec((any::<u8>(), option::of(any::<u8>()), any::<i64>()), 0..7), any::<bool>(), any::<bool>(), 0_i64..4_000_000_000);
    (pendenza, transazione, altro).prop_map(|(p, t, (pagati, con_rpt, censito, secondi))| {
        let mut caso = ricevuta();
        (caso.pendenza.id_a2a, caso.pendenza.id_pendenza, caso.pendenza.causale) = (p.0, p.1, p.2.clone());
        (caso.pendenza.debitore, caso.pendenza.voci, caso.pendenza.unita_operativa) = (p.3, p.4, p.5);
        caso.pendenza.dati_allegati = Some(json!({ "testo": p.2 }));
        caso.transazione.iuv = Iuv::leggi(&t.0).expect("da 1 a 35 caratteri");
        (caso.transazione.ccp, caso.transazione.attestante, caso.transazione.canale, caso.transazione.carrello) = (t.1, t.2, t.3, t.4);
        let istante = istante("1970-01-01T00:00:00Z") + chrono::Duration::seconds(secondi);
        caso.transazione.data_ricevuta = Some(istante);
        let modello = riscossioni().remove(0);
        caso.riscossioni = pagati
            .into_iter()
            .map(|(indice, voce, cent)| domain::ricevuta::Riscossione { indice, voce, importo: Importo::da_cent(cent), data: istante, ..modello.clone() })
            .collect();
        if !con_rpt {
            caso.rpt = None;
        }
        caso.anagrafica = if censito { anagrafica() } else { Anagrafica::default() };
        caso
    })
}

fn riletto(corpo: &Value) -> Value {
    serde_json::from_str(&corpo.to_string()).expect("json")
}

proptest! {
    #[test]
    fn ogni_pendenza_e_ogni_transazione_danno_un_corpo(caso in caso()) {
        let v1 = notifica_v1::corpo(&caso.dati()).expect("corpo v1");
        prop_assert_eq!(&riletto(&v1), &v1);
        let membri: Vec<&str> = v1.as_object().expect("oggetto").keys().map(String::as_str).collect();
        prop_assert_eq!(membri, ["idA2A", "idPendenza", "rpt", "rt", "riscossioni"]);
        let pagati = v1["riscossioni"].as_array().map_or(0, Vec::len);
        prop_assert_eq!(pagati, caso.riscossioni.len());

        let v2 = notifica_v2::corpo(&caso.dati()).expect("corpo v2");
        prop_assert_eq!(&riletto(&v2), &v2);
        prop_assert_eq!(v2["rpt"].get("xml").is_some(), caso.rpt.is_some());
        prop_assert_eq!(&v2["rpt"]["json"], &v1["rpt"]);
        prop_assert_eq!(&v2["idRicevuta"], &json!(caso.transazione.ccp));
        let voci = v2["pendenza"]["voci"].as_array().expect("voci");
        prop_assert_eq!(voci.len(), caso.pendenza.voci.len());
        for voce in voci {
            prop_assert!(["importo", "indice", "stato"].iter().all(|nome| voce.get(nome).is_none()));
        }
    }

    #[test]
    fn ogni_byte_in_archivio_da_un_corpo_o_un_errore(rpt in option::of(vec(any::<u8>(), 0..300)), taglio in any::<prop::sample::Index>()) {
        let mut caso = ricevuta();
        let intera = caso.rt.take().expect("ricevuta");
        let fine = taglio.index(intera.len());
        caso.rt = Some(intera[..fine].to_vec());
        prop_assert!(notifica_v1::corpo(&caso.dati()).is_err());
        caso.rt = Some(intera);
        let diretta = rpt.is_none();
        caso.rpt = rpt;
        prop_assert_eq!(notifica_v2::corpo(&caso.dati()).is_ok(), diretta);
    }
}
