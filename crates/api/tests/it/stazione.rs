//! The station, fault by fault in the order of the tables (spec/3 sections 1.2 to 1.8), and what it answers to who may pay.

use std::sync::Arc;

use axum::Extension;
use domain::anagrafica::Intermediario;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;
use store::transazioni::Messaggio;

use crate::banco::{Banco, DOMINIO, DOMINIO_2, DOMINIO_AUX0, IBAN, IBAN_POSTALE, PASSWORD, PENDENZE, Risposta, STAZIONE, corpo_minimo, dominio, numero};
use crate::soap::{Busta, Domanda, INTERMEDIARIO, Ricevuta, STAZIONE_1, foglie, posta_come};
use crate::su_entrambi;

const INTERMEDIARIO_ERRATO: (&str, &str) = ("PAA_ID_INTERMEDIARIO_ERRATO", "Identificativo intermediario non corrispondente.");
const STAZIONE_ERRATA: (&str, &str) = ("PAA_STAZIONE_INT_ERRATA", "Stazione intermediario non corrispondente.");
const DOMINIO_ERRATO: (&str, &str) = ("PAA_ID_DOMINIO_ERRATO", "La PAA non corrisponde al Dominio indicato.");
const ERRORE_GENERICO: (&str, &str) = ("PAA_SYSTEM_ERROR", "Errore generico.");
/// The apostrophe is U+2019 here, and only here.
const SCONOSCIUTO: (&str, &str) = ("PAA_PAGAMENTO_SCONOSCIUTO", "Pagamento in attesa risulta sconosciuto all\u{2019}Ente Creditore.");
const SCADUTO: (&str, &str) = ("PAA_PAGAMENTO_SCADUTO", "Pagamento in attesa risulta scaduto all'Ente Creditore.");
const ANNULLATO: (&str, &str) = ("PAA_PAGAMENTO_ANNULLATO", "Pagamento in attesa risulta annullato all'Ente Creditore.");
const DUPLICATO: (&str, &str) = ("PAA_PAGAMENTO_DUPLICATO", "Pagamento in attesa risulta concluso all'Ente Creditore.");

const IGNOTO: &str = "301999999999999999";

async fn rifiutata(banco: &Banco, domanda: &Domanda, (codice, testo): (&str, &str), descrizione: Option<&str>) {
    domanda.invia(banco).await.rifiuto(domanda.elemento, codice, testo, &domanda.dominio, descrizione);
}

fn non_autorizzato(chi: &str, intermediario: &str) -> String {
    format!("Autorizzazione fallita: principal fornito ({chi}) non valido per l'intermediario ({intermediario}).")
}

/// Loads a body and gives its numero avviso.
pub async fn carica(banco: &Banco, id: &str, corpo: Value) -> String {
    let risposta = banco.put(id, corpo).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
    risposta.json()["numeroAvviso"].as_str().expect("numeroAvviso").to_owned()
}

pub async fn annulla(banco: &Banco, id: &str) {
    let operazioni = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
    let risposta = banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/{id}"), Some(operazioni)).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
}

/// A voce by accounts instead of an entrata.
fn voce_con_conto(id: &str, importo: &str, iban: &str) -> Value {
    json!({ "idVocePendenza": id, "importo": numero(importo), "descrizione": "Quota", "ibanAccredito": iban,
        "tipoContabilita": "SIOPE", "codiceContabilita": "3321" })
}

pub fn voce_di_bollo(id: &str, importo: &str) -> Value {
    json!({ "idVocePendenza": id, "importo": numero(importo), "descrizione": "Marca da bollo", "tipoBollo": "01",
        "hashDocumento": "zSp0FKzA6xBUZ5sHE2t4hnJqb3M=", "provinciaResidenza": "RO" })
}

pub fn con_voci(importo: &str, voci: Value) -> Value {
    let mut corpo = corpo_minimo(importo);
    corpo["voci"] = voci;
    corpo
}

su_entrambi! {
    async fn uno_l_intermediario_e_ignoto(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        for domanda in Domanda::tutte(&avviso) {
            // With a stazione and a dominio of nobody too: the intermediario is looked at first.
            for d in [domanda.clone(), domanda.clone().stazione("99999999999_01"), domanda.dominio("99999999999")] {
                rifiutata(banco, &d.intermediario("99999999999"), INTERMEDIARIO_ERRATO, None).await;
            }
        }
    }
}

su_entrambi! {
    async fn due_il_principal_non_e_dell_intermediario(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        for d in Domanda::tutte(&avviso) {
            let descrizione = non_autorizzato("nodo", "22222222226");
            let altrui = d.clone().intermediario("22222222226");
            rifiutata(banco, &altrui, ERRORE_GENERICO, Some(&descrizione)).await;
            // Before the stazione and the dominio.
            rifiutata(banco, &altrui.clone().stazione("99999999999_01"), ERRORE_GENERICO, Some(&descrizione)).await;
            rifiutata(banco, &altrui.dominio("99999999999"), ERRORE_GENERICO, Some(&descrizione)).await;
            let (codice, testo) = ERRORE_GENERICO;
            d.invia_come(banco, "intruso").await.rifiuto(d.elemento, codice, testo, DOMINIO, Some(&non_autorizzato("intruso", INTERMEDIARIO)));
        }
        let ricevuta = Ricevuta::per(&avviso, "r1", "10.00");
        let busta = Busta::leggi(posta_come(banco, "intruso", ricevuta.xml().into_bytes()).await);
        busta.rifiuto(ricevuta.elemento(), ERRORE_GENERICO.0, ERRORE_GENERICO.1, DOMINIO, Some(&non_autorizzato("intruso", INTERMEDIARIO)));
        assert_eq!(banco.pendenza("P1").await["stato"], "NON_ESEGUITA");
    }
}

su_entrambi! {
    async fn tre_la_stazione_e_ignota(banco: &Banco) {
        for d in Domanda::tutte(IGNOTO) {
            let d = d.stazione("11111111113_99");
            rifiutata(banco, &d, STAZIONE_ERRATA, None).await;
            rifiutata(banco, &d.dominio("99999999999"), STAZIONE_ERRATA, None).await;
        }
    }
}

su_entrambi! {
    async fn quattro_il_dominio_e_ignoto(banco: &Banco) {
        for d in Domanda::tutte(IGNOTO) {
            rifiutata(banco, &d.dominio("99999999999"), DOMINIO_ERRATO, None).await;
        }
    }
}

su_entrambi! {
    async fn le_ricevute_guardano_il_dominio_prima_della_stazione(banco: &Banco) {
        let ricevuta = Ricevuta::per(IGNOTO, "r1", "10.00");
        let casi = [
            (ricevuta.clone().intermediario("99999999999").stazione("99999999999_01").dominio("99999999999"), INTERMEDIARIO_ERRATO),
            (ricevuta.clone().stazione("99999999999_01").dominio("99999999999"), DOMINIO_ERRATO),
            (ricevuta.clone().stazione("99999999999_01"), STAZIONE_ERRATA),
            // Another broker's stazione exists, and is not ours to speak for.
            (ricevuta.stazione("22222222226_01"), INTERMEDIARIO_ERRATO),
        ];
        for (r, (codice, testo)) in casi {
            for r in [r.clone().v1(), r] {
                r.invia(banco).await.rifiuto(r.elemento(), codice, testo, &r.dominio, None);
            }
        }
    }
}

su_entrambi! {
    async fn una_domanda_non_chiede_di_chi_sia_la_stazione(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        for d in Domanda::tutte(&avviso) {
            assert_eq!(d.stazione("22222222226_01").invia(banco).await.a("outcome"), Some("OK"));
        }
    }
}

su_entrambi! {
    async fn un_avviso_che_comincia_per_quattro_non_si_converte(banco: &Banco) {
        for d in Domanda::tutte("401000000000000001") {
            let descrizione = "Numero Avviso [401000000000000001] fornito non valido: prima cifra non e' [0|1|2|3]";
            rifiutata(banco, &d, ERRORE_GENERICO, Some(descrizione)).await;
            // The conversion comes before whoever calls is looked at.
            rifiutata(banco, &d.intermediario("99999999999"), ERRORE_GENERICO, Some(descrizione)).await;
        }
    }
}

su_entrambi! {
    async fn un_avviso_ignoto_e_sconosciuto(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        for d in Domanda::tutte(IGNOTO) {
            rifiutata(banco, &d, SCONOSCIUTO, None).await;
        }
        // Of another dominio of ours it is unknown too.
        let avviso = banco.carica("P2", "10.00").await;
        for d in Domanda::tutte(&avviso) {
            rifiutata(banco, &d.dominio(DOMINIO_2), SCONOSCIUTO, None).await;
        }
    }
}

su_entrambi! {
    async fn la_sonda_non_trova_nessuno(banco: &Banco) {
        for d in Domanda::tutte("000000000000000000") {
            rifiutata(banco, &d, SCONOSCIUTO, None).await;
        }
        // After the guards, not before.
        rifiutata(banco, &Domanda::verifica("000000000000000000").dominio("99999999999"), DOMINIO_ERRATO, None).await;
    }
}

su_entrambi! {
    async fn una_pendenza_scade_dopo_il_giorno_della_scadenza(banco: &Banco) {
        banco.ferma_orologio("2026-03-31T10:00:00Z");
        let mut corpo = corpo_minimo("10.00");
        corpo["dataScadenza"] = json!("2026-03-31");
        let avviso = carica(banco, "P1", corpo).await;
        banco.ferma_orologio("2026-03-31T21:59:59Z");
        for d in Domanda::tutte(&avviso) {
            assert_eq!(d.invia(banco).await.a("outcome"), Some("OK"), "l'ultimo secondo del giorno in Italia");
        }
        banco.ferma_orologio("2026-03-31T22:00:00Z");
        for d in Domanda::tutte(&avviso) {
            rifiutata(banco, &d, SCADUTO, Some("Versamento scaduto in data 31/03/2026")).await;
        }
    }
}

su_entrambi! {
    async fn una_pendenza_annullata_e_annullata_anche_quando_e_scaduta(banco: &Banco) {
        banco.ferma_orologio("2026-03-31T10:00:00Z");
        let mut corpo = corpo_minimo("10.00");
        corpo["dataScadenza"] = json!("2026-03-31");
        let avviso = carica(banco, "P1", corpo).await;
        annulla(banco, "P1").await;
        for d in Domanda::tutte(&avviso) {
            rifiutata(banco, &d, ANNULLATO, None).await;
        }
        banco.ferma_orologio("2026-05-01T10:00:00Z");
        for d in Domanda::tutte(&avviso) {
            rifiutata(banco, &d, ANNULLATO, None).await;
        }
    }
}

su_entrambi! {
    async fn una_pendenza_pagata_dice_quando_e_con_quale_ricevuta(banco: &Banco) {
        banco.ferma_orologio("2026-03-10T11:00:00Z");
        let mut corpo = corpo_minimo("10.00");
        corpo["dataScadenza"] = json!("2026-03-31");
        let avviso = carica(banco, "P1", corpo).await;
        Domanda::attiva_v2(&avviso).invia(banco).await;
        // Half past midnight in Italy is still yesterday in Greenwich: the day told is the Italian one.
        let ricevuta = Ricevuta { data_ora: "2026-03-11T00:30:00".to_owned(), ..Ricevuta::per(&avviso, "ric-1", "10.00") };
        ricevuta.accettata(banco).await;
        let descrizione = "Il pagamento risulta già effettuato in data 11/03/2026 [Iur:ric-1]";
        for d in Domanda::tutte(&avviso) {
            rifiutata(banco, &d, DUPLICATO, Some(descrizione)).await;
        }
        banco.ferma_orologio("2026-05-01T10:00:00Z");
        for d in Domanda::tutte(&avviso) {
            rifiutata(banco, &d, DUPLICATO, Some(descrizione)).await;
        }
    }
}

su_entrambi! {
    async fn la_verifica_di_una_pendenza_semplice(banco: &Banco) {
        let avviso = banco.carica("P1", "132.50").await;
        let busta = Domanda::verifica(&avviso).invia(banco).await;
        assert_eq!(busta.corpo.nome, "paVerifyPaymentNoticeRes");
        let figli: Vec<(&str, &str)> = busta.corpo.figli.iter().map(|f| (f.nome.as_str(), f.testo.as_str())).collect();
        assert_eq!(
            figli,
            [
                ("outcome", "OK"),
                ("paymentList", ""),
                ("paymentDescription", "TARI 2026 prima rata"),
                ("fiscalCodePA", DOMINIO),
                ("companyName", "Comune di Prova 12345678901"),
            ]
        );
        let opzioni = busta.elemento("paymentList");
        assert_eq!(opzioni.figli.len(), 1);
        let opzione: Vec<(String, String)> = foglie(busta.elemento("paymentList/paymentOptionDescription"));
        let atteso = [("amount", "132.50"), ("options", "EQ"), ("detailDescription", "TARI 2026 prima rata"), ("allCCP", "false")];
        assert_eq!(opzione, atteso.map(|(n, v)| (n.to_owned(), v.to_owned())));
        // A verification leaves no attempt behind.
        assert_eq!(banco.pendenza("P1").await["rpp"], json!([]));
    }
}

su_entrambi! {
    async fn la_scadenza_della_verifica_e_la_data_di_validita_e_nient_altro(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00");
        corpo["dataScadenza"] = json!("2099-12-31");
        let senza = carica(banco, "P1", corpo.clone()).await;
        let option = "paymentList/paymentOptionDescription/dueDate";
        assert_eq!(Domanda::verifica(&senza).invia(banco).await.a(option), None);
        corpo["dataValidita"] = json!("2099-06-30");
        let con = carica(banco, "P2", corpo).await;
        assert_eq!(Domanda::verifica(&con).invia(banco).await.a(option), Some("2099-06-30"));
    }
}

su_entrambi! {
    async fn la_verifica_nomina_l_ufficio_della_pendenza(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00");
        corpo["idUnitaOperativa"] = json!("UFF");
        let avviso = carica(banco, "P1", corpo).await;
        assert_eq!(Domanda::verifica(&avviso).invia(banco).await.a("officeName"), Some("Ufficio tributi"));
        for d in [Domanda::attiva_v1(&avviso), Domanda::attiva_v2(&avviso)] {
            assert_eq!(d.invia(banco).await.a("data/officeName"), Some("Ufficio tributi"));
        }
    }
}

su_entrambi! {
    async fn all_ccp_vuole_tutti_i_conti_postali(banco: &Banco) {
        let ccp = "paymentList/paymentOptionDescription/allCCP";
        let casi = [
            ("P1", json!([voce_con_conto("V1", "10.00", IBAN_POSTALE)]), "true"),
            ("P2", json!([voce_con_conto("V1", "4.00", IBAN_POSTALE), voce_con_conto("V2", "6.00", IBAN_POSTALE)]), "true"),
            ("P3", json!([voce_con_conto("V1", "4.00", IBAN_POSTALE), voce_con_conto("V2", "6.00", IBAN)]), "false"),
            ("P4", json!([voce_con_conto("V1", "4.00", IBAN_POSTALE), voce_di_bollo("V2", "6.00")]), "false"),
        ];
        for (id, voci, atteso) in casi {
            let avviso = carica(banco, id, con_voci("10.00", voci)).await;
            assert_eq!(Domanda::verifica(&avviso).invia(banco).await.a(ccp), Some(atteso), "{id}");
        }
    }
}

su_entrambi! {
    async fn la_causale_si_scrive_come_e_anche_con_i_segni_dell_xml(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00");
        let causale = "Rata <1> & \"saldo\" perché sì €";
        corpo["causale"] = json!(causale);
        let avviso = carica(banco, "P1", corpo).await;
        let verifica = Domanda::verifica(&avviso).invia(banco).await;
        assert_eq!(verifica.a("paymentDescription"), Some(causale));
        assert_eq!(Domanda::attiva_v2(&avviso).invia(banco).await.a("data/description"), Some(causale));
    }
}

su_entrambi! {
    async fn l_attivazione_v1_dice_tutto_di_una_pendenza_semplice(banco: &Banco) {
        let avviso = banco.carica("P1", "132.50").await;
        // What the payer was shown is read and not believed.
        let busta = Domanda::attiva_v1(&avviso).coda("<amount>1.00</amount><dueDate>2020-01-01</dueDate>").invia(banco).await;
        let atteso = json!({ "companyName": false, "metadata": false });
        attivazione_semplice(&busta, &avviso[1..], &atteso);
        assert_eq!(busta.corpo.nome, "paGetPaymentRes");
    }
}

su_entrambi! {
    async fn l_attivazione_v2_dice_anche_di_chi_e_ogni_trasferimento(banco: &Banco) {
        let avviso = banco.carica("P1", "132.50").await;
        let busta = Domanda::attiva_v2(&avviso).invia(banco).await;
        assert_eq!(busta.corpo.nome, "paGetPaymentV2Response");
        attivazione_semplice(&busta, &avviso[1..], &json!({ "companyName": true }));
    }
}

fn attivazione_semplice(busta: &Busta, iuv: &str, v2: &Value) {
    let dati: Vec<(String, String)> = foglie(busta.elemento("data"));
    let atteso = [
        ("creditorReferenceId", iuv),
        ("paymentAmount", "132.50"),
        ("dueDate", "2999-12-31"),
        ("lastPayment", "true"),
        ("description", "TARI 2026 prima rata"),
        ("companyName", "Comune di Prova 12345678901"),
    ];
    assert_eq!(dati, atteso.map(|(n, v)| (n.to_owned(), v.to_owned())));
    assert_eq!(busta.a("data/debtor/uniqueIdentifier/entityUniqueIdentifierType"), Some("F"));
    assert_eq!(busta.a("data/debtor/uniqueIdentifier/entityUniqueIdentifierValue"), Some("VLNGRT75C52F205X"));
    assert_eq!(foglie(busta.elemento("data/debtor")), [("fullName".to_owned(), "Greta Valenti".to_owned())]);
    assert_eq!(busta.elemento("data/transferList").figli.len(), 1);
    let causale = format!("/RFB/{iuv}/132.50/TXT/Quota comunale");
    let mut atteso = vec![("idTransfer", "1"), ("transferAmount", "132.50"), ("fiscalCodePA", DOMINIO)];
    if v2["companyName"] == true {
        atteso.push(("companyName", "Comune di Prova 12345678901"));
    }
    atteso.extend([("IBAN", IBAN), ("remittanceInformation", causale.as_str()), ("transferCategory", "9/0101101IM")]);
    let trovato = foglie(busta.elemento("data/transferList/transfer"));
    assert_eq!(trovato, atteso.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>());
}

su_entrambi! {
    async fn il_debitore_si_scrive_coi_campi_che_ha(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00");
        corpo["soggettoPagatore"] = json!({ "tipo": "F", "identificativo": "12345678903", "anagrafica": "Ditta Rossi", "indirizzo": "Via Roma",
            "civico": "3", "cap": "20121", "localita": "Milano", "provincia": "MI", "nazione": "IT", "email": "ditta@example.it" });
        let avviso = carica(banco, "P1", corpo).await;
        for d in [Domanda::attiva_v1(&avviso), Domanda::attiva_v2(&avviso)] {
            let busta = d.invia(banco).await;
            // Eleven characters are a company, whatever was declared.
            assert_eq!(busta.a("data/debtor/uniqueIdentifier/entityUniqueIdentifierType"), Some("G"));
            let atteso = [("fullName", "Ditta Rossi"), ("streetName", "Via Roma"), ("civicNumber", "3"), ("postalCode", "20121"), ("city", "Milano"),
                ("stateProvinceRegion", "MI"), ("country", "IT"), ("e-mail", "ditta@example.it")];
            assert_eq!(foglie(busta.elemento("data/debtor")), atteso.map(|(n, v)| (n.to_owned(), v.to_owned())));
        }
    }
}

su_entrambi! {
    async fn la_scadenza_del_pagamento_e_validita_poi_scadenza_poi_un_giorno_lontano(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00");
        corpo["dataScadenza"] = json!("2099-12-31");
        let scadenza = carica(banco, "P1", corpo.clone()).await;
        corpo["dataValidita"] = json!("2099-06-30");
        let validita = carica(banco, "P2", corpo).await;
        assert_eq!(Domanda::attiva_v1(&scadenza).invia(banco).await.a("data/dueDate"), Some("2099-12-31"));
        assert_eq!(Domanda::attiva_v2(&validita).invia(banco).await.a("data/dueDate"), Some("2099-06-30"));
    }
}

su_entrambi! {
    async fn allo_sportello_postale_il_primo_trasferimento_va_sul_conto_postale(banco: &Banco) {
        let voci = json!([
            { "idVocePendenza": "V1", "importo": numero("4.00"), "descrizione": "Prima", "codEntrata": "TARI" },
            { "idVocePendenza": "V2", "importo": numero("6.00"), "descrizione": "Seconda", "codEntrata": "TARI" },
        ]);
        let avviso = carica(banco, "P1", con_voci("10.00", voci)).await;
        let iban = |busta: &Busta| busta.elemento("data/transferList").figli.iter().map(|t| t.valore("IBAN").expect("IBAN").to_owned()).collect::<Vec<_>>();
        for d in [Domanda::attiva_v1(&avviso), Domanda::attiva_v2(&avviso)] {
            assert_eq!(iban(&d.clone().coda("<transferType>POSTAL</transferType>").invia(banco).await), [IBAN_POSTALE, IBAN]);
            assert_eq!(iban(&d.clone().coda("<transferType>PAGOPA</transferType>").invia(banco).await), [IBAN, IBAN]);
            assert_eq!(iban(&d.invia(banco).await), [IBAN, IBAN]);
        }
    }
}

fn metadata_di(busta: &Busta, trasferimento: usize) -> Vec<(String, String)> {
    let Some(metadata) = busta.elemento("data/transferList").figli[trasferimento].figlio("metadata") else { return Vec::new() };
    metadata.figli.iter().map(|e| (e.valore("key").expect("key").to_owned(), e.valore("value").expect("value").to_owned())).collect()
}

su_entrambi! {
    async fn i_metadata_vengono_dalla_voce_o_dalla_sua_contabilita(banco: &Banco) {
        let voce = |extra: Value| {
            let mut voce = corpo_minimo("10.00")["voci"][0].clone();
            for (chiave, valore) in extra.as_object().expect("oggetto") {
                voce[chiave] = valore.clone();
            }
            con_voci("10.00", json!([voce]))
        };
        let quota = |importo: &str, capitolo: &str| json!({ "capitolo": capitolo, "annoEsercizio": 2026, "importo": numero(importo), "accertamento": "acc",
            "titolo": "tit", "categoria": "cat", "tipologia": "tip", "articolo": "art" });
        let coppie = |c: &[(&str, &str)]| c.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>();

        let una = carica(banco, "P1", voce(json!({ "contabilita": { "quote": [quota("10.00", "cap")], "proprietaCustom": { "settore": "7" } } }))).await;
        let attesi = [("CAPITOLOBILANCIO", "cap"), ("ARTICOLOBILANCIO", "art"), ("CODICEACCERTAMENTO", "acc"), ("ANNORIFERIMENTO", "2026"),
            ("TITOLOBILANCIO", "tit"), ("CATEGORIABILANCIO", "cat"), ("TIPOLOGIABILANCIO", "tip"), ("settore", "7")];
        let busta = Domanda::attiva_v2(&una).invia(banco).await;
        assert_eq!(metadata_di(&busta, 0), coppie(&attesi));
        // V1 has none, and the option has none in either.
        assert_eq!(metadata_di(&Domanda::attiva_v1(&una).invia(banco).await, 0), []);
        assert_eq!(busta.elemento("data").figlio("metadata"), None);

        let due = carica(banco, "P2", voce(json!({ "contabilita": { "quote": [quota("7.50", "c1"), quota("2.50", "c2")] } }))).await;
        let chiave = "CAPITOLOBILANCIO,ARTICOLOBILANCIO,CODICEACCERTAMENTO,ANNORIFERIMENTO,TITOLOBILANCIO,CATEGORIABILANCIO,TIPOLOGIABILANCIO,IMPORTOEUROCENT";
        let attesi = [(chiave, "c1,art,acc,2026,tit,cat,tip,750"), (chiave, "c2,art,acc,2026,tit,cat,tip,250")];
        assert_eq!(metadata_di(&Domanda::attiva_v2(&due).invia(banco).await, 0), coppie(&attesi));

        let propri = json!({ "mapEntries": [{ "key": "k1", "value": "v1" }, { "key": "k2", "value": "v2" }] });
        let suoi = carica(banco, "P3", voce(json!({ "metadata": propri, "contabilita": { "quote": [quota("10.00", "cap")] } }))).await;
        assert_eq!(metadata_di(&Domanda::attiva_v2(&suoi).invia(banco).await, 0), coppie(&[("k1", "v1"), ("k2", "v2")]));
    }
}

su_entrambi! {
    async fn contabilita_dai_valori_lunghi_si_attivano_lo_stesso(banco: &Banco) {
        let quota = |importo: &str| json!({ "capitolo": "c".repeat(64), "annoEsercizio": 2026, "importo": numero(importo), "accertamento": "a".repeat(64),
            "articolo": "r".repeat(64) });
        let mut voce = corpo_minimo("10.00")["voci"][0].clone();
        voce["contabilita"] = json!({ "quote": [quota("7.50"), quota("2.50")] });
        let avviso = carica(banco, "P1", con_voci("10.00", json!([voce]))).await;
        let busta = Domanda::attiva_v2(&avviso).invia(banco).await;
        assert_eq!(busta.a("outcome"), Some("OK"), "{}", busta.http.testo);
        assert_eq!(metadata_di(&busta, 0)[0].1.chars().count(), 140);
    }
}

su_entrambi! {
    async fn un_pagamento_di_due_enti_ha_i_conti_di_ciascuno(banco: &Banco) {
        let voci = json!([
            { "idVocePendenza": "V1", "importo": numero("4.00"), "descrizione": "Nostra", "codEntrata": "TARI" },
            { "idVocePendenza": "V2", "importo": numero("6.00"), "descrizione": "Loro", "codEntrata": "TARI", "idDominio": DOMINIO_2 },
        ]);
        let avviso = carica(banco, "P1", con_voci("10.00", voci)).await;
        for d in [Domanda::attiva_v1(&avviso), Domanda::attiva_v2(&avviso)] {
            let busta = d.invia(banco).await;
            let trovati: Vec<_> = busta.elemento("data/transferList").figli.iter().map(|t| {
                let campo = |nome| t.valore(nome).unwrap_or_default().to_owned();
                (campo("idTransfer"), campo("transferAmount"), campo("fiscalCodePA"), campo("companyName"))
            }).collect();
            let ente = |cod: &str| if d.elemento == "paGetPaymentV2Request" { format!("Comune di Prova {cod}") } else { String::new() };
            assert_eq!(trovati, [
                ("1".to_owned(), "4.00".to_owned(), DOMINIO.to_owned(), ente(DOMINIO)),
                ("2".to_owned(), "6.00".to_owned(), DOMINIO_2.to_owned(), ente(DOMINIO_2)),
            ]);
        }
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "consegnata");
        let pendenza = banco.pendenza("P1").await;
        assert_eq!(pendenza["stato"], "ESEGUITA");
        assert_eq!(pendenza["voci"][1]["stato"], "Eseguito");
    }
}

su_entrambi! {
    async fn una_marca_da_bollo_si_paga_solo_in_v2(banco: &Banco) {
        let avviso = carica(banco, "P1", con_voci("16.00", json!([voce_di_bollo("V1", "16.00")]))).await;
        assert_eq!(Domanda::verifica(&avviso).invia(banco).await.a("outcome"), Some("OK"));
        let testo = "Il versamento contiene una marca da bollo telematica, non ammessa per pagamenti ad iniziativa psp.";
        rifiutata(banco, &Domanda::attiva_v1(&avviso), ("PAA_SEMANTICA", "Errore semantico."), Some(testo)).await;
        assert_eq!(banco.pendenza("P1").await["rpp"], json!([]), "un rifiuto non lascia tentativi");

        let busta = Domanda::attiva_v2(&avviso).invia(banco).await;
        let trasferimento = busta.elemento("data/transferList/transfer");
        assert_eq!(trasferimento.valore("IBAN"), None);
        assert_eq!(trasferimento.valore("transferCategory"), Some("9/0101101IM"));
        let atteso = [("hashDocumento", "zSp0FKzA6xBUZ5sHE2t4hnJqb3M="), ("tipoBollo", "01"), ("provinciaResidenza", "RO")];
        assert_eq!(foglie(busta.elemento("data/transferList/transfer/richiestaMarcaDaBollo")), atteso.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }
}

su_entrambi! {
    async fn un_avviso_con_aux_zero_porta_lo_iuv_di_quindici_cifre(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00");
        corpo["idDominio"] = json!(DOMINIO_AUX0);
        let avviso = carica(banco, "P1", corpo).await;
        assert!(avviso.starts_with("001"), "{avviso}");
        let busta = Domanda::attiva_v2(&avviso).dominio(DOMINIO_AUX0).invia(banco).await;
        assert_eq!(busta.a("data/creditorReferenceId"), Some(&avviso[3..]));
    }
}

su_entrambi! {
    async fn una_seconda_attivazione_annulla_la_prima(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let prima = Domanda::attiva_v2(&avviso).coda(&format!("<paymentNote>{}</paymentNote>", "n".repeat(210))).invia(banco).await;
        let seconda = Domanda::attiva_v2(&avviso).invia(banco).await;
        let pendenza = banco.store.pendenza("DEMO", "P1").await.expect("archivio").expect("pendenza");
        let tentativi = banco.store.transazioni(&pendenza).await.expect("tentativi");
        assert_eq!(tentativi[0].carrello.as_deref(), Some("n".repeat(35).as_str()));
        for (tentativo, busta) in tentativi.iter().zip([&prima, &seconda]) {
            let tenuto = banco.store.messaggio(tentativo, Messaggio::Rpt).await.expect("archivio").expect("RPT");
            assert_eq!(tenuto, busta.http.byte, "cio' che si e' risposto e' cio' che si e' tenuto");
        }
        Ricevuta::per(&avviso, "ric-1", "10.00").accettata(banco).await;

        let rpp = banco.pendenza("P1").await["rpp"].clone();
        assert_eq!(rpp.as_array().map(Vec::len), Some(2));
        assert_eq!(rpp[0]["stato"], "RPT_ANNULLATA");
        assert_eq!(rpp[0]["dettaglioStato"], "Ricevuta richiesta di un nuovo tentativo di pagamento");
        assert_eq!(rpp[0].get("rt"), None, "{rpp}");
        assert_eq!(rpp[1]["stato"], "RT_ACCETTATA_PA");
        assert_eq!(rpp[1]["rt"]["receiptId"], "ric-1");
    }
}

su_entrambi! {
    async fn senza_credenziali_si_resta_fuori(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let xml = Domanda::verifica(&avviso).xml();
        let indirizzo = format!("{}{STAZIONE}", banco.base);
        let bean = |dettaglio: &str| json!({ "categoria": "AUTORIZZAZIONE", "codice": "401", "descrizione": "Autenticazione richiesta.", "dettaglio": dettaglio });
        let senza = Risposta::leggi(banco.http.post(&indirizzo).body(xml.clone()).send().await.expect("risposta")).await;
        assert_eq!((senza.stato, senza.json()), (StatusCode::UNAUTHORIZED, bean("Full authentication is required to access this resource")));
        for (utente, password) in [("nodo", "sbagliata"), ("nessuno", PASSWORD), ("nodo", ""), ("DEMO", PASSWORD)] {
            let richiesta = banco.http.post(&indirizzo).basic_auth(utente, Some(password)).body(xml.clone());
            let risposta = Risposta::leggi(richiesta.send().await.expect("risposta")).await;
            assert_eq!((risposta.stato, risposta.json()), (StatusCode::UNAUTHORIZED, bean("Bad credentials")), "{utente}");
        }
        for indirizzo in ["/govpay-api-pagopa", "/govpay/frontend/api/pagopa"] {
            for servizio in ["PagamentiTelematiciCCPservice", "internal/PagamentiTelematiciCCPservice"] {
                let url = format!("{}{indirizzo}/{servizio}", banco.base);
                let fuori = Risposta::leggi(banco.http.post(&url).body(xml.clone()).send().await.expect("risposta")).await;
                assert_eq!(fuori.stato, StatusCode::UNAUTHORIZED, "{url}");
                let dentro = banco.http.post(&url).basic_auth("nodo", Some(PASSWORD)).body(xml.clone());
                assert_eq!(Busta::leggi(Risposta::leggi(dentro.send().await.expect("risposta")).await).a("outcome"), Some("OK"), "{url}");
            }
        }
    }
}

/// The same gateway behind another way of knowing the node.
async fn altra_porta(banco: &Banco, nodo: api::AutenticazioneNodo, certificato: Option<Vec<(String, String)>>) -> String {
    let ascolto = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let base = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    let metriche = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
    let accesso = Arc::new(api::Accesso::nuovo(api::ImpostazioniAccesso::default()).expect("accesso"));
    let contesto = api::Contesto { gateway: banco.gateway.clone(), nodo, accesso, indirizzo_pubblico: base.clone(), metriche };
    let mut rotte = api::router(contesto);
    if let Some(rdn) = certificato {
        rotte = rotte.layer(Extension(api::CertificatoClient(rdn)));
    }
    tokio::spawn(async move { axum::serve(ascolto, rotte).await });
    format!("{base}{STAZIONE}")
}

async fn principal_dell_intermediario(banco: &Banco, principal: &str) {
    let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
    a.intermediario(&Intermediario::nuovo(INTERMEDIARIO, "Intermediario", principal)).await.expect("intermediario");
    a.commit().await.expect("anagrafica");
}

su_entrambi! {
    async fn dietro_un_proxy_il_nodo_e_un_header(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let url = altra_porta(banco, api::AutenticazioneNodo::Header { nome: "x-nodo".to_owned() }, None).await;
        let domanda = Domanda::verifica(&avviso);
        let con = |valore: &'static str| banco.http.post(&url).header("x-nodo", valore).body(domanda.xml()).send();
        let busta = Busta::leggi(Risposta::leggi(con("nodo").await.expect("risposta")).await);
        assert_eq!(busta.a("outcome"), Some("OK"));
        let altro = Busta::leggi(Risposta::leggi(con("NODO").await.expect("risposta")).await);
        altro.rifiuto(domanda.elemento, ERRORE_GENERICO.0, ERRORE_GENERICO.1, DOMINIO, Some(&non_autorizzato("NODO", INTERMEDIARIO)));
        // Basic credentials do not open this door.
        let senza = banco.http.post(&url).basic_auth("nodo", Some(PASSWORD)).body(domanda.xml());
        let senza = Risposta::leggi(senza.send().await.expect("risposta")).await;
        let atteso = json!({ "categoria": "AUTORIZZAZIONE", "codice": "403", "descrizione": "Richiesta non autorizzata.", "dettaglio": "Principal non presente nella richiesta" });
        assert_eq!((senza.stato, senza.json()), (StatusCode::FORBIDDEN, atteso));
    }
}

su_entrambi! {
    async fn il_soggetto_del_certificato_sta_dentro_quello_atteso(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let domanda = Domanda::verifica(&avviso);
        let rdn = |coppie: &[(&str, &str)]| coppie.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let casi = [
            ("CN=forwarder.pagopa.it, O=PagoPA, C=IT", rdn(&[("C", "IT"), ("O", "PagoPA"), ("CN", "forwarder.pagopa.it")]), true),
            ("/C=IT/O=PagoPA/CN=forwarder.pagopa.it", rdn(&[("CN", "forwarder.pagopa.it"), ("O", "PagoPA")]), true),
            ("cn=FORWARDER.pagopa.it,o=PagoPA", rdn(&[("CN", "forwarder.pagopa.it")]), true),
            // A comma in a value is written with a backslash (RFC 4514).
            (r"CN=forwarder.pagopa.it, O=Rossi\, Bianchi S.p.A.", rdn(&[("O", "Rossi, Bianchi S.p.A."), ("CN", "forwarder.pagopa.it")]), true),
            ("CN=forwarder.pagopa.it, O=PagoPA", rdn(&[("CN", "forwarder.pagopa.it"), ("O", "PagoPA"), ("OU", "Altri")]), false),
            ("CN=forwarder.pagopa.it, O=PagoPA", rdn(&[("CN", "altro.pagopa.it"), ("O", "PagoPA")]), false),
            ("CN=forwarder.pagopa.it, O=PagoPA", rdn(&[("O", "forwarder.pagopa.it")]), false),
            ("CN=forwarder.pagopa.it, O=PagoPA", Vec::new(), false),
        ];
        for (configurato, presentato, atteso) in casi {
            principal_dell_intermediario(banco, configurato).await;
            banco.gateway.istantanea().rinfresca(&banco.store).await.expect("anagrafica");
            let url = altra_porta(banco, api::AutenticazioneNodo::Certificato, Some(presentato.clone())).await;
            let busta = Busta::leggi(Risposta::leggi(banco.http.post(&url).body(domanda.xml()).send().await.expect("risposta")).await);
            if atteso {
                assert_eq!(busta.a("outcome"), Some("OK"), "{configurato} {presentato:?}");
            } else {
                let chi = presentato.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(",");
                busta.rifiuto(domanda.elemento, ERRORE_GENERICO.0, ERRORE_GENERICO.1, DOMINIO, Some(&non_autorizzato(&chi, INTERMEDIARIO)));
            }
        }
        // No certificate at all.
        let url = altra_porta(banco, api::AutenticazioneNodo::Certificato, None).await;
        let fuori = banco.http.post(&url).basic_auth("nodo", Some(PASSWORD)).body(domanda.xml());
        assert_eq!(Risposta::leggi(fuori.send().await.expect("risposta")).await.stato, StatusCode::UNAUTHORIZED);
    }
}

su_entrambi! {
    async fn la_descrizione_del_servizio_e_aperta_a_tutti(banco: &Banco) {
        for radice in ["/govpay-api-pagopa", "/govpay/frontend/api/pagopa"] {
            for servizio in ["PagamentiTelematiciCCPservice", "internal/PagamentiTelematiciCCPservice"] {
                let url = format!("{}{radice}/{servizio}", banco.base);
                for query in ["?wsdl", "?WSDL", "?wsdl="] {
                    let risposta = Risposta::leggi(banco.http.get(format!("{url}{query}")).send().await.expect("risposta")).await;
                    assert_eq!(risposta.stato, StatusCode::OK);
                    let wsdl = simulator::xml::leggi(&risposta.byte).expect("XML");
                    assert_eq!((wsdl.spazio.as_deref(), wsdl.nome.as_str()), (Some("http://schemas.xmlsoap.org/wsdl/"), "definitions"));
                    assert!(risposta.testo.contains(&format!("location=\"{url}\"")), "{}", risposta.testo);
                }
                let senza = Risposta::leggi(banco.http.get(&url).send().await.expect("risposta")).await;
                assert_eq!(senza.stato, StatusCode::METHOD_NOT_ALLOWED);
            }
        }
    }
}

su_entrambi! {
    async fn la_stazione_del_dominio_e_quella_dell_attivazione(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        Domanda::attiva_v2(&avviso).stazione("11111111113_02").invia(banco).await;
        let pendenza = banco.store.pendenza("DEMO", "P1").await.expect("archivio").expect("pendenza");
        let tentativi = banco.store.transazioni(&pendenza).await.expect("tentativi");
        assert_eq!(tentativi[0].stazione.as_deref(), Some(STAZIONE_1));
        assert_eq!(pendenza.dominio, dominio(DOMINIO));
    }
}

/// Events of the station with this condition, after those in the queue have been written.
async fn eventi(banco: &Banco, condizione: &str, attesi: i64) {
    banco.gateway.giornale().scarica().await;
    let query = format!("SELECT COUNT(*) FROM evento WHERE componente = 'API_PAGOPA' AND {condizione}");
    assert_eq!(banco.conta(&query).await, attesi, "{condizione}");
}

su_entrambi! {
    async fn il_giornale_distingue_rifiuti_guasti_e_sonde(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        Domanda::verifica("000000000000000000").invia(banco).await;
        Domanda::verifica(IGNOTO).invia(banco).await;
        Domanda::attiva_v1(IGNOTO).invia(banco).await;
        Domanda::attiva_v2(&avviso).intermediario("22222222226").invia(banco).await;
        Domanda::verifica(&avviso).invia(banco).await;
        Domanda::attiva_v2(&avviso).invia(banco).await;
        let ricevuta = Ricevuta::per(&avviso, "r1", "10.00");
        ricevuta.accettata(banco).await;
        ricevuta.invia(banco).await;

        let iuv = &avviso[1..];
        let senza = "dettaglio_esito = '<Nessuna descrizione>'";
        eventi(banco, &format!("tipo = 'paVerifyPaymentNotice' AND esito = 'OK' AND sottotipo_esito = 'PAA_PAGAMENTO_SCONOSCIUTO' AND {senza}"), 1).await;
        eventi(banco, &format!("tipo = 'paVerifyPaymentNotice' AND esito = 'KO' AND sottotipo_esito = 'PAA_PAGAMENTO_SCONOSCIUTO' AND {senza}"), 1).await;
        eventi(banco, &format!("tipo = 'paGetPayment' AND esito = 'KO' AND sottotipo_esito = 'PAA_PAGAMENTO_SCONOSCIUTO' AND {senza}"), 1).await;
        eventi(banco, "tipo = 'paGetPaymentV2' AND esito = 'FAIL' AND sottotipo_esito = 'PAA_SYSTEM_ERROR' AND dettaglio_esito LIKE 'Autorizzazione fallita%'", 1).await;
        eventi(banco, &format!("tipo = 'paVerifyPaymentNotice' AND esito = 'OK' AND iuv = '{iuv}' AND id_pendenza = 'P1' AND dettaglio_esito IS NULL"), 1).await;
        eventi(banco, &format!("tipo = 'paGetPaymentV2' AND esito = 'OK' AND iuv = '{iuv}' AND id_pendenza = 'P1'"), 1).await;
        let dettaglio = format!("Acquisita ricevuta di pagamento [IUV: {iuv} CCP:r1] emessa da Banca di Prova");
        eventi(banco, &format!("tipo = 'paSendRTV2' AND esito = 'OK' AND ccp = 'r1' AND dettaglio_esito = '{dettaglio}'"), 1).await;
        eventi(banco, "tipo = 'paSendRTV2' AND esito = 'KO' AND ccp = 'r1' AND sottotipo_esito = 'PAA_RECEIPT_DUPLICATA'", 1).await;
        eventi(banco, "1 = 1", 8).await;
    }
}
