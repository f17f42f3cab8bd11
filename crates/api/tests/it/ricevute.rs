//! Receipts: once, twice, wrong, early, late, of nobody; and what the ente hears of them (spec/3 sections 1.9, 1.11 and 4).

use std::time::Duration;

use domain::ricevuta::{Riscossione, TipoRiscossione};
use domain::transazione::{Esito, Stato, Transazione, Versione as VersioneTransazione};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{Doppia, Guasto, GuastoEnte, Immondizia, OperazioneEnte, Sbagliata, SenzaAttivazione, TipoNotifica, Versione};
use store::transazioni::Messaggio;

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, PENDENZE, corpo_minimo, dominio, numero};
use crate::soap::{Busta, Domanda, Ricevuta, STAZIONE_2, StandIn, posta};
use crate::stazione::{annulla, carica, con_voci, voce_di_bollo};
use crate::su_entrambi;

const DUPLICATA: (&str, &str) = ("PAA_RECEIPT_DUPLICATA", "La CtReceipt è già stata accettata.");
const SEMANTICA: (&str, &str) = ("PAA_SEMANTICA", "Errore semantico.");
const IGNOTO: &str = "301999999999999999";

/// Attempts of a position, oldest first.
async fn tentativi(banco: &Banco, id: &str) -> Vec<Transazione> {
    let pendenza = banco.store.pendenza("DEMO", id).await.expect("archivio").expect("pendenza");
    banco.store.transazioni(&pendenza).await.expect("tentativi")
}

async fn riscossioni(banco: &Banco, id: &str) -> Vec<Riscossione> {
    let pendenza = banco.store.pendenza("DEMO", id).await.expect("archivio").expect("pendenza");
    banco.store.riscossioni(&pendenza, None).await.expect("riscossioni")
}

async fn pagato_cent(banco: &Banco, id: &str) -> i64 {
    banco.store.pendenza("DEMO", id).await.expect("archivio").expect("pendenza").importo_pagato.cent()
}

/// (indice, voce, cents).
fn in_breve(riscossioni: &[Riscossione]) -> Vec<(u8, Option<u8>, i64)> {
    riscossioni.iter().map(|r| (r.indice, r.voce, r.importo.cent())).collect()
}

async fn attivata(banco: &Banco, id: &str) -> String {
    let avviso = banco.carica(id, "10.00").await;
    assert_eq!(Domanda::attiva_v2(&avviso).invia(banco).await.a("outcome"), Some("OK"));
    avviso
}

async fn rifiutata(banco: &Banco, ricevuta: &Ricevuta, (codice, testo): (&str, &str), descrizione: Option<&str>) {
    ricevuta.invia(banco).await.rifiuto(ricevuta.elemento(), codice, testo, &ricevuta.dominio, descrizione);
}

fn due_voci() -> Value {
    json!([
        { "idVocePendenza": "V1", "importo": numero("4.00"), "descrizione": "Prima", "codEntrata": "TARI" },
        { "idVocePendenza": "V2", "importo": numero("6.00"), "descrizione": "Seconda", "codEntrata": "TARI" },
    ])
}

su_entrambi! {
    async fn la_ricevuta_si_conserva_byte_per_byte(banco: &Banco) {
        let avviso = attivata(banco, "P1").await;
        // White space and a comment that nobody would write again the same way.
        let xml = Ricevuta::per(&avviso, "r1", "10.00").xml().replace("<receipt>", "<receipt>\n\t <!-- così -->  ");
        assert_eq!(Busta::leggi(posta(banco, xml.clone().into_bytes()).await).a("outcome"), Some("OK"));
        let [tentativo] = tentativi(banco, "P1").await.try_into().expect("un tentativo");
        assert_eq!(banco.store.messaggio(&tentativo, Messaggio::Rt).await.expect("archivio").as_deref(), Some(xml.as_bytes()));
        assert_eq!((tentativo.stato, tentativo.esito, tentativo.ccp.as_str()), (Stato::RtAccettataPa, Esito::Eseguito, "r1"));
        assert_eq!(tentativo.attestante, Some(("99999999990".to_owned(), "Banca di Prova".to_owned())));
        assert_eq!((tentativo.psp.as_deref(), tentativo.canale.as_deref()), (Some("PROVAPSP"), Some("99999999990_01")));
        assert_eq!(tentativo.tipo_versamento.as_deref(), Some("creditCard"));
        let [riscossione] = riscossioni(banco, "P1").await.try_into().expect("una riscossione");
        assert_eq!((riscossione.iur.as_str(), riscossione.data.to_rfc3339()), ("r1", "2026-03-10T11:30:15+00:00".to_owned()));
        assert_eq!(riscossione.commissioni.map(|c| c.cent()), Some(150));
    }
}

su_entrambi! {
    async fn una_ricevuta_doppia_non_cambia_lo_stato(banco: &Banco) {
        let avviso = attivata(banco, "P1").await;
        banco.ferma_orologio("2026-02-10T11:00:00Z");
        let ricevuta = Ricevuta::per(&avviso, "r1", "10.00");
        ricevuta.accettata(banco).await;
        let prima = banco.pendenza("P1").await;
        banco.ferma_orologio("2026-02-11T09:00:00Z");

        let testo = format!("La ricevuta [Dominio: {DOMINIO}, IUV: {}, ReceiptID: r1] è già acquisita in data 2026-02-10T12:00:00.", &avviso[1..]);
        rifiutata(banco, &ricevuta, DUPLICATA, Some(&testo)).await;
        // By the other generation, and with another content: the number is what counts.
        rifiutata(banco, &ricevuta.clone().v1(), DUPLICATA, Some(&testo)).await;
        rifiutata(banco, &Ricevuta::per(&avviso, "r1", "99.00"), DUPLICATA, Some(&testo)).await;
        // A stazione may be told to say OK (PSRT-02).
        ricevuta.clone().stazione(STAZIONE_2).accettata(banco).await;

        assert_eq!(banco.pendenza("P1").await, prima);
        assert_eq!(in_breve(&riscossioni(banco, "P1").await), [(1, Some(1), 1_000)]);
        banco.spedisci().await;
        assert_eq!(banco.simulatore.notifiche(|n| n.tipo == TipoNotifica::Ricevuta).len(), 1);
    }
}

su_entrambi! {
    async fn la_stessa_ricevuta_su_due_connessioni_insieme_e_un_pagamento(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        banco.simulatore.accendi(Guasto::Doppia { modo: Doppia::Insieme }.per(1));
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(tentativi(banco, "P1").await.len(), 1);
        assert_eq!(in_breve(&riscossioni(banco, "P1").await), [(1, Some(1), 1_000)]);
        let pendenza = banco.pendenza("P1").await;
        assert_eq!(pendenza["stato"], "ESEGUITA");

        let avviso = banco.carica("P2", "10.00").await;
        banco.simulatore.accendi(Guasto::Doppia { modo: Doppia::InSequenza }.per(1));
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V1).await.expect("pagata");
        assert_eq!(in_breve(&riscossioni(banco, "P2").await), [(1, Some(1), 1_000)]);
    }
}

su_entrambi! {
    async fn dieci_copie_insieme_sono_una_ricevuta(banco: &Banco) {
        let attiva = attivata(banco, "P1").await;
        let stand_in = banco.carica("P2", "10.00").await;
        for (id, avviso) in [("P1", attiva), ("P2", stand_in)] {
            let ricevuta = Ricevuta::per(&avviso, "r1", "10.00");
            let buste = futures::future::join_all((0..10).map(|_| ricevuta.invia(banco))).await;
            let ok = buste.iter().filter(|b| b.a("outcome") == Some("OK")).count();
            let doppie = buste.iter().filter(|b| b.a("fault/faultCode") == Some("PAA_RECEIPT_DUPLICATA")).count();
            assert_eq!((ok, doppie), (1, 9), "{id}");
            assert_eq!(tentativi(banco, id).await.len(), 1, "{id}");
            assert_eq!(in_breve(&riscossioni(banco, id).await), [(1, Some(1), 1_000)], "{id}");
            assert_eq!(banco.pendenza(id).await["stato"], "ESEGUITA");
        }
        let ignota = Ricevuta::per(IGNOTO, "r9", "10.00");
        let buste = futures::future::join_all((0..10).map(|_| ignota.invia(banco))).await;
        assert!(buste.iter().all(|b| b.a("outcome") == Some("OK")));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM ricevuta_estranea").await, 1);
    }
}

su_entrambi! {
    async fn dieci_ricevute_diverse_insieme_sono_dieci_pagamenti(banco: &Banco) {
        let avviso = attivata(banco, "P1").await;
        let ricevute: Vec<Ricevuta> = (0..10).map(|i| Ricevuta::per(&avviso, &format!("r{i}"), "10.00")).collect();
        let buste = futures::future::join_all(ricevute.iter().map(|r| r.invia(banco))).await;
        assert!(buste.iter().all(|b| b.a("outcome") == Some("OK")));
        assert_eq!(pagato_cent(banco, "P1").await, 10_000);
        assert_eq!(tentativi(banco, "P1").await.len(), 10);
        assert_eq!(banco.pendenza("P1").await["stato"], "ANOMALA");
    }
}

su_entrambi! {
    async fn un_altra_ricevuta_su_una_pendenza_pagata_e_un_secondo_pagamento(banco: &Banco) {
        let avviso = attivata(banco, "P1").await;
        Ricevuta::per(&avviso, "r1", "10.00").accettata(banco).await;
        Ricevuta::per(&avviso, "r2", "10.00").accettata(banco).await;
        let fatti = tentativi(banco, "P1").await;
        assert_eq!(fatti.iter().map(|t| (t.ccp.as_str(), t.stato)).collect::<Vec<_>>(), [("r1", Stato::RtAccettataPa), ("r2", Stato::RtAccettataPa)]);
        assert_eq!(in_breve(&riscossioni(banco, "P1").await), [(1, Some(1), 1_000), (1, Some(1), 1_000)]);
        assert_eq!(pagato_cent(banco, "P1").await, 2_000);
        let pendenza = banco.pendenza("P1").await;
        assert_eq!((&pendenza["stato"], &pendenza["descrizioneStato"]), (&json!("ANOMALA"), &json!("Acquisito pagamento duplicato")));
        // Each of the two is a duplicate of itself, the first too.
        for id in ["r1", "r2"] {
            assert_eq!(Ricevuta::per(&avviso, id, "10.00").invia(banco).await.a("fault/faultCode"), Some(DUPLICATA.0));
        }
        banco.spedisci().await;
        assert_eq!(banco.simulatore.notifiche(|n| n.tipo == TipoNotifica::Ricevuta).len(), 2);
    }
}

su_entrambi! {
    async fn una_ricevuta_senza_attivazione_si_accetta(banco: &Banco) {
        let casi = [
            ("P1", false, None, VersioneTransazione::Sanp240),
            ("P2", true, None, VersioneTransazione::Sanp321V2),
            ("P3", true, Some(StandIn::Dentro(true)), VersioneTransazione::Sanp321V2),
            ("P4", true, Some(StandIn::Fuori(true)), VersioneTransazione::Sanp321V2),
            ("P5", false, Some(StandIn::Dentro(true)), VersioneTransazione::Sanp240),
            ("P6", false, Some(StandIn::Fuori(false)), VersioneTransazione::Sanp240),
        ];
        for (id, v2, stand_in, versione) in casi {
            let avviso = banco.carica(id, "10.00").await;
            // Another debtor too: without a request there is nothing to compare with.
            let ricevuta = Ricevuta { v2, stand_in, debitore: "ANONIMO".to_owned(), ..Ricevuta::per(&avviso, &format!("r-{id}"), "10.00") };
            ricevuta.accettata(banco).await;
            let [tentativo] = tentativi(banco, id).await.try_into().expect("un tentativo");
            assert_eq!((tentativo.versione, tentativo.stato, tentativo.con_rpt), (versione, Stato::RtAccettataPa, false), "{id}");
            assert_eq!(tentativo.data_richiesta.to_rfc3339(), "2026-03-10T11:30:15+00:00");
            assert_eq!(banco.store.messaggio(&tentativo, Messaggio::Rpt).await.expect("archivio"), None);
            let pendenza = banco.pendenza(id).await;
            assert_eq!(pendenza["stato"], "ESEGUITA", "{id}");
            // The missing request is rebuilt from the receipt, not from the position.
            assert_eq!(pendenza["rpp"][0]["rpt"]["debtor"]["uniqueIdentifier"]["entityUniqueIdentifierValue"], "ANONIMO");
            assert_eq!(pendenza["rpp"][0]["rpt"]["creditorReferenceId"], avviso[1..]);
            rifiutata_doppia(banco, &ricevuta).await;
        }
        banco.spedisci().await;
        let notifiche = banco.simulatore.notifiche(|n| n.tipo == TipoNotifica::Ricevuta);
        assert_eq!(notifiche.len(), 6);
        for notifica in notifiche {
            assert_eq!(notifica.problemi, Vec::<String>::new());
        }
    }
}

async fn rifiutata_doppia(banco: &Banco, ricevuta: &Ricevuta) {
    assert_eq!(ricevuta.invia(banco).await.a("fault/faultCode"), Some(DUPLICATA.0));
}

su_entrambi! {
    async fn la_ricevuta_di_un_tentativo_superato_chiude_l_ultimo(banco: &Banco) {
        let avviso = attivata(banco, "P1").await;
        Domanda::attiva_v2(&avviso).invia(banco).await;
        Ricevuta::per(&avviso, "del-primo", "10.00").accettata(banco).await;
        let stati: Vec<_> = tentativi(banco, "P1").await.iter().map(|t| t.stato).collect();
        assert_eq!(stati, [Stato::RptAnnullata, Stato::RtAccettataPa]);
        // The second attempt was paid as well: money is never refused.
        Ricevuta::per(&avviso, "del-secondo", "10.00").accettata(banco).await;
        let stati: Vec<_> = tentativi(banco, "P1").await.iter().map(|t| t.stato).collect();
        assert_eq!(stati, [Stato::RptAnnullata, Stato::RtAccettataPa, Stato::RtAccettataPa]);
        assert_eq!(banco.pendenza("P1").await["stato"], "ANOMALA");
    }
}

su_entrambi! {
    async fn lo_stato_del_tentativo_non_ferma_la_ricevuta(banco: &Banco) {
        for (i, stato) in ["RPT_ANNULLATA", "RPT_SCADUTA", "RPT_RIFIUTATA_NODO", "INTERNO_NODO"].into_iter().enumerate() {
            let id = format!("P{i}");
            let avviso = attivata(banco, &id).await;
            banco.sql(&format!("UPDATE transazione SET stato = '{stato}' WHERE iuv = '{}'", &avviso[1..])).await;
            Ricevuta::per(&avviso, "r1", "10.00").accettata(banco).await;
            let [tentativo] = tentativi(banco, &id).await.try_into().expect("lo stesso tentativo");
            assert_eq!((tentativo.stato, tentativo.con_rpt), (Stato::RtAccettataPa, true), "{stato}");
            assert_eq!(banco.pendenza(&id).await["stato"], "ESEGUITA", "{stato}");
        }
    }
}

su_entrambi! {
    async fn una_pendenza_annullata_che_si_paga_e_pagata(banco: &Banco) {
        let dopo_attivazione = attivata(banco, "P1").await;
        let mai_attivata = banco.carica("P2", "10.00").await;
        for (id, avviso) in [("P1", dopo_attivazione), ("P2", mai_attivata)] {
            annulla(banco, id).await;
            Ricevuta::per(&avviso, "r1", "10.00").accettata(banco).await;
            assert_eq!(banco.pendenza(id).await["stato"], "ESEGUITA", "{id}");
            assert_eq!(pagato_cent(banco, id).await, 1_000);
        }
    }
}

su_entrambi! {
    async fn un_importo_diverso_si_accetta_e_si_segnala(banco: &Banco) {
        for (id, importo, cent) in [("P1", "9.00", 900), ("P2", "11.00", 1_100), ("P3", "0.01", 1)] {
            let avviso = attivata(banco, id).await;
            Ricevuta::per(&avviso, "r1", importo).accettata(banco).await;
            let pendenza = banco.pendenza(id).await;
            assert_eq!(pendenza["stato"], "ANOMALA");
            assert_eq!(pendenza["descrizioneStato"], "L'importo pagato non corrisponde all'importo dovuto.");
            assert_eq!(pagato_cent(banco, id).await, cent);
        }
    }
}

/// Each wrong receipt, with the text that refuses it.
fn contraddittorie(avviso: &str) -> Vec<(Ricevuta, &'static str)> {
    let buona = Ricevuta::per(avviso, "r1", "10.00").trasferimenti(&[(1, "4.00", DOMINIO), (2, "6.00", DOMINIO)]);
    let solo = buona.clone().trasferimenti(&[(1, "10.00", DOMINIO)]);
    let tre = buona.clone().trasferimenti(&[(1, "4.00", DOMINIO), (2, "5.00", DOMINIO), (3, "1.00", DOMINIO)]);
    let numero = "Numero di pagamenti diverso dal numero di versamenti per una ricevuta di tipo OK";
    vec![
        (Ricevuta { importo: "10.01".to_owned(), ..buona.clone() }, "ImportoTotalePagato [10.01] non corrisponde alla somma dei SingoliImportiPagati [10.00]"),
        (solo, numero),
        (tre, numero),
        (
            Ricevuta { debitore: "VRDLGU80A01H501X".to_owned(), ..buona.clone() },
            r#"UniqueIdentifierDebtor non corrisponde [Atteso:"VLNGRT75C52F205X" Ricevuto:"VRDLGU80A01H501X"]"#,
        ),
        (Ricevuta { esito: "KO", ..buona }, "ImportoTotalePagato [10.00] diverso da 0 per un pagamento con esito 'KO'."),
    ]
}

su_entrambi! {
    async fn una_ricevuta_che_contraddice_la_richiesta_si_rifiuta_e_la_corretta_si_accetta(banco: &Banco) {
        for i in 0..contraddittorie(IGNOTO).len() {
            let id = format!("P{i}");
            let avviso = carica(banco, &id, con_voci("10.00", due_voci())).await;
            Domanda::attiva_v2(&avviso).invia(banco).await;
            let (sbagliata, testo) = contraddittorie(&avviso).swap_remove(i);
            rifiutata(banco, &sbagliata, SEMANTICA, Some(testo)).await;
            let [tentativo] = tentativi(banco, &id).await.try_into().expect("un tentativo");
            assert_eq!((tentativo.stato, tentativo.descrizione_stato.as_deref()), (Stato::RtRifiutataPa, Some(testo)));
            assert_eq!(banco.store.messaggio(&tentativo, Messaggio::Rt).await.expect("archivio"), Some(sbagliata.xml().into_bytes()));
            let pendenza = banco.pendenza(&id).await;
            assert_eq!((&pendenza["stato"], pagato_cent(banco, &id).await), (&json!("NON_ESEGUITA"), 0));
            // The same again: refused again, nothing lost.
            rifiutata(banco, &sbagliata, SEMANTICA, Some(testo)).await;
            let buona = Ricevuta::per(&avviso, "r1", "10.00").trasferimenti(&[(1, "4.00", DOMINIO), (2, "6.00", DOMINIO)]);
            buona.accettata(banco).await;
            let fatti = tentativi(banco, &id).await;
            let stati: Vec<_> = fatti.iter().map(|t| t.stato).collect();
            assert_eq!(stati, [Stato::RtRifiutataPa, Stato::RtRifiutataPa, Stato::RtAccettataPa]);
            assert_eq!(fatti[2].ccp, "r1");
            assert_eq!(banco.pendenza(&id).await["stato"], "ESEGUITA");
            assert_eq!(in_breve(&riscossioni(banco, &id).await), [(1, Some(1), 400), (2, Some(2), 600)]);
        }
        banco.spedisci().await;
        assert_eq!(banco.simulatore.notifiche(|n| n.tipo == TipoNotifica::Ricevuta).len(), contraddittorie(IGNOTO).len(), "un rifiuto non si notifica");
    }
}

su_entrambi! {
    async fn il_debitore_di_una_richiesta_v1_non_si_confronta(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        Domanda::attiva_v1(&avviso).invia(banco).await;
        Ricevuta { debitore: "VRDLGU80A01H501X".to_owned(), ..Ricevuta::per(&avviso, "r1", "10.00").v1() }.accettata(banco).await;
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn la_ricevuta_di_nessuno_si_conserva_e_si_accetta(banco: &Banco) {
        for (receipt_id, v2) in [("r1", true), ("r2", false)] {
            let ricevuta = Ricevuta { v2, ..Ricevuta::per(IGNOTO, receipt_id, "10.00") };
            ricevuta.accettata(banco).await;
            ricevuta.accettata(banco).await;
            let tenuta = banco.store.estranea(&dominio(DOMINIO), receipt_id).await.expect("archivio").map(|(_, byte)| byte);
            assert_eq!(tenuta, Some(ricevuta.xml().into_bytes()));
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM ricevuta_estranea").await, 2);
    }
}

su_entrambi! {
    async fn una_stazione_puo_rifiutare_la_ricevuta_di_nessuno_ma_la_conserva(banco: &Banco) {
        let ricevuta = Ricevuta::per(IGNOTO, "r1", "10.00").stazione(STAZIONE_2);
        let testo = format!("Nessun versamento trovato [Dominio: {DOMINIO}, IUV: {}].", &IGNOTO[1..]);
        for _ in 0..2 {
            rifiutata(banco, &ricevuta, ("PAA_RPT_SCONOSCIUTA", "La RPT risulta sconosciuta."), Some(&testo)).await;
        }
        let tenuta = banco.store.estranea(&dominio(DOMINIO), "r1").await.expect("archivio").map(|(_, byte)| byte);
        assert_eq!(tenuta, Some(ricevuta.xml().into_bytes()));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM ricevuta_estranea").await, 1);
    }
}

su_entrambi! {
    async fn un_altra_stazione_dello_stesso_intermediario_si_accetta_e_si_annota(banco: &Banco) {
        let avviso = attivata(banco, "P1").await;
        let altrui = Ricevuta::per(&avviso, "r1", "10.00").stazione("22222222226_01");
        rifiutata(banco, &altrui, ("PAA_ID_INTERMEDIARIO_ERRATO", "Identificativo intermediario non corrispondente."), None).await;
        assert_eq!(tentativi(banco, "P1").await[0].stato, Stato::RptAccettataNodo);
        Ricevuta::per(&avviso, "r1", "10.00").stazione(STAZIONE_2).accettata(banco).await;
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        let annotati = "SELECT COUNT(*) FROM evento WHERE ccp = 'r1' AND esito = 'OK' AND dettaglio_esito LIKE '%La stazione non e'' quella del dominio.%'";
        assert_eq!(banco.conta(annotati).await, 1);
    }
}

su_entrambi! {
    async fn una_ricevuta_di_esito_ko_non_paga(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        for (receipt_id, v2) in [("r-ko", true), ("r-ko-1", false)] {
            Ricevuta { v2, ..Ricevuta::per(&avviso, receipt_id, "10.00") }.ko().accettata(banco).await;
            let pendenza = banco.pendenza("P1").await;
            assert_eq!((&pendenza["stato"], &pendenza["voci"][0]["stato"]), (&json!("NON_ESEGUITA"), &json!("Non eseguito")));
            let tentativo = tentativi(banco, "P1").await.pop().expect("un tentativo");
            assert_eq!((tentativo.stato, tentativo.esito, tentativo.ccp.as_str()), (Stato::RtAccettataPa, Esito::NonEseguito, receipt_id));
            assert_eq!(riscossioni(banco, "P1").await, []);
        }
        // The notice can be paid afterwards.
        assert_eq!(Domanda::verifica(&avviso).invia(banco).await.a("outcome"), Some("OK"));
        Domanda::attiva_v2(&avviso).invia(banco).await;
        Ricevuta::per(&avviso, "r-ok", "10.00").accettata(banco).await;
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        assert_eq!(in_breve(&riscossioni(banco, "P1").await), [(1, Some(1), 1_000)]);
        // A KO that comes last does not take the money back.
        Ricevuta::per(&avviso, "r-ko-2", "10.00").ko().invia(banco).await;
        assert_eq!((&banco.pendenza("P1").await["stato"], pagato_cent(banco, "P1").await), (&json!("ESEGUITA"), 1_000));

        banco.spedisci().await;
        let esiti = |ricevuta: &str| banco.simulatore.notifiche(|n| n.ricevuta.as_deref() == Some(ricevuta)).iter().map(|n| n.corpo["esito"].clone()).collect::<Vec<_>>();
        assert_eq!((esiti("r-ko"), esiti("r-ko-1"), esiti("r-ok")), (vec![json!("NON_ESEGUITO")], vec![json!("NON_ESEGUITO")], vec![json!("ESEGUITO")]));
        assert!(banco.simulatore.notifiche(|n| !n.problemi.is_empty()).is_empty());
    }
}

su_entrambi! {
    async fn una_ricevuta_ko_non_puo_accordarsi_con_una_richiesta(banco: &Banco) {
        // The schema wants transfers above zero, the rule a total of zero: with a request to compare with, one of the two texts is always due.
        let avviso = attivata(banco, "P1").await;
        let ricevuta = Ricevuta::per(&avviso, "r1", "10.00").ko();
        rifiutata(banco, &ricevuta, SEMANTICA, Some("ImportoTotalePagato [0.00] non corrisponde alla somma dei SingoliImportiPagati [10.00]")).await;
        assert_eq!(tentativi(banco, "P1").await[0].stato, Stato::RtRifiutataPa);
        assert_eq!(banco.pendenza("P1").await["stato"], "NON_ESEGUITA");
        Ricevuta::per(&avviso, "r1", "10.00").accettata(banco).await;
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn richiesta_e_ricevuta_di_generazioni_diverse_si_sposano(banco: &Banco) {
        let casi = [
            ("P1", false, true, VersioneTransazione::RptV1RtV2),
            ("P2", true, false, VersioneTransazione::RptV2RtV1),
            ("P3", false, false, VersioneTransazione::Sanp240),
            ("P4", true, true, VersioneTransazione::Sanp321V2),
        ];
        for (id, richiesta_v2, ricevuta_v2, atteso) in casi {
            let avviso = banco.carica(id, "10.00").await;
            let domanda = if richiesta_v2 { Domanda::attiva_v2(&avviso) } else { Domanda::attiva_v1(&avviso) };
            assert_eq!(domanda.invia(banco).await.a("outcome"), Some("OK"));
            Ricevuta { v2: ricevuta_v2, ..Ricevuta::per(&avviso, "r1", "10.00") }.accettata(banco).await;
            let [tentativo] = tentativi(banco, id).await.try_into().expect("un tentativo");
            assert_eq!(tentativo.versione, atteso, "{id}");
            // Both messages are still read after the marriage.
            let rpp = banco.pendenza(id).await["rpp"][0].clone();
            assert_eq!((&rpp["rpt"]["paymentAmount"], &rpp["rt"]["receiptId"]), (&json!("10.00"), &json!("r1")), "{id}");
        }
    }
}

su_entrambi! {
    async fn due_trasferimenti_con_lo_stesso_numero_non_perdono_denaro(banco: &Banco) {
        for (id, numeri) in [("P1", [1, 1]), ("P2", [2, 2]), ("P3", [5, 5]), ("P4", [2, 1])] {
            let avviso = carica(banco, id, con_voci("10.00", due_voci())).await;
            Domanda::attiva_v2(&avviso).invia(banco).await;
            let importi = if id == "P4" { ["6.00", "4.00"] } else { ["4.00", "6.00"] };
            let ricevuta = Ricevuta::per(&avviso, "r1", "10.00").trasferimenti(&[(numeri[0], importi[0], DOMINIO), (numeri[1], importi[1], DOMINIO)]);
            ricevuta.accettata(banco).await;
            assert_eq!(pagato_cent(banco, id).await, 1_000, "{id}");
            let fatte = riscossioni(banco, id).await;
            assert_eq!(fatte.iter().map(|r| r.importo.cent()).sum::<i64>(), 1_000, "{id}");
            assert_ne!(fatte[0].indice, fatte[1].indice, "{id}");
        }
        // By number when it is good, by position when it is not: these are whole.
        for id in ["P1", "P3", "P4"] {
            assert_eq!(banco.pendenza(id).await["stato"], "ESEGUITA", "{id}");
        }
        assert_eq!(in_breve(&riscossioni(banco, "P1").await), [(1, Some(1), 400), (2, Some(2), 600)]);
        assert_eq!(in_breve(&riscossioni(banco, "P4").await), [(1, Some(1), 400), (2, Some(2), 600)]);

        let avviso = banco.carica("P9", "10.00").await;
        Ricevuta::per(&avviso, "r1", "10.00").trasferimenti(&[(1, "4.00", DOMINIO), (1, "6.00", DOMINIO)]).accettata(banco).await;
        assert_eq!(banco.pendenza("P9").await["stato"], "ANOMALA");
        assert_eq!(in_breve(&riscossioni(banco, "P9").await), [(1, Some(1), 400), (2, None, 600)]);
    }
}

su_entrambi! {
    async fn il_denaro_di_un_altro_ente_resta_suo(banco: &Banco) {
        let mut voci = due_voci();
        voci[1]["idDominio"] = json!(DOMINIO_2);
        let avviso = carica(banco, "P1", con_voci("10.00", voci)).await;
        Domanda::attiva_v2(&avviso).invia(banco).await;
        Ricevuta::per(&avviso, "r1", "10.00").trasferimenti(&[(1, "4.00", DOMINIO), (2, "6.00", DOMINIO_2)]).accettata(banco).await;
        let fatte = riscossioni(banco, "P1").await;
        assert_eq!(fatte.iter().map(|r| r.dominio.as_str()).collect::<Vec<_>>(), [DOMINIO, DOMINIO_2]);
        assert_eq!(fatte.iter().map(|r| r.commissioni.map(|c| c.cent())).collect::<Vec<_>>(), [Some(150), None]);

        // An ente that we do not know: the money is written under the dominio of the position.
        let avviso = banco.carica("P2", "10.00").await;
        Ricevuta::per(&avviso, "r2", "10.00").trasferimenti(&[(1, "10.00", "99999999999")]).accettata(banco).await;
        assert_eq!(riscossioni(banco, "P2").await[0].dominio.as_str(), DOMINIO);
    }
}

su_entrambi! {
    async fn la_marca_da_bollo_torna_con_la_ricevuta(banco: &Banco) {
        let avviso = carica(banco, "P1", con_voci("16.00", json!([voce_di_bollo("V1", "16.00")]))).await;
        Domanda::attiva_v2(&avviso).invia(banco).await;
        let mut ricevuta = Ricevuta::per(&avviso, "r1", "16.00");
        ricevuta.trasferimenti[0].allegato = Some(b"<marcaDaBollo/>".to_vec());
        ricevuta.accettata(banco).await;
        let [riscossione] = riscossioni(banco, "P1").await.try_into().expect("una riscossione");
        assert_eq!(riscossione.tipo, TipoRiscossione::Mbt);
        let pendenza = banco.pendenza("P1").await;
        assert_eq!(pendenza["stato"], "ESEGUITA");
        let trasferimento = &pendenza["rpp"][0]["rt"]["transferList"]["transfer"][0];
        assert_eq!(trasferimento["MBDAttachment"], "PG1hcmNhRGFCb2xsby8+");
        // The same from the node of the simulator, with a stamp that it makes from our request.
        let avviso = carica(banco, "P2", con_voci("16.00", json!([voce_di_bollo("V1", "16.00")]))).await;
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "consegnata");
        banco.spedisci().await;
        assert!(banco.simulatore.notifiche(|n| !n.problemi.is_empty()).is_empty());
        assert_eq!(banco.simulatore.notifiche(|_| true).len(), 2);
    }
}

su_entrambi! {
    async fn una_marca_che_non_va_si_accetta_e_si_segnala(banco: &Banco) {
        let segnalate = async |id: &str| {
            let rpp = banco.pendenza(id).await["rpp"][0].clone();
            assert_eq!(rpp["stato"], "RT_ACCETTATA_PA", "{rpp:#}");
            rpp["segnalazioni"].as_array().map(|s| s.iter().map(|s| s["descrizione"].as_str().expect("testo").to_owned()).collect::<Vec<_>>()).unwrap_or_default()
        };
        for (id, guasto) in [("BUONA", None), ("ALTRA", Some(Sbagliata::AltraImpronta))] {
            let avviso = carica(banco, id, con_voci("16.00", json!([voce_di_bollo("V1", "16.00")]))).await;
            if let Some(cosa) = guasto {
                banco.simulatore.accendi(Guasto::Sbagliata { cosa }.per(1));
            }
            let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
            assert_eq!((pagato.ricevute[0].stato, &banco.pendenza(id).await["stato"]), ("consegnata", &json!("ESEGUITA")));
        }
        assert_eq!(segnalate("BUONA").await, Vec::<String>::new());
        let testo = "La marca da bollo del trasferimento 1 non e' valida: l'impronta non e' quella del documento.";
        assert_eq!(segnalate("ALTRA").await, [testo]);
        let avviso = carica(banco, "FINTA", con_voci("16.00", json!([voce_di_bollo("V1", "16.00")]))).await;
        let mut ricevuta = Ricevuta::per(&avviso, "r1", "16.00");
        ricevuta.trasferimenti[0].allegato = Some(b"<marcaDaBollo/>".to_vec());
        ricevuta.accettata(banco).await;
        assert_eq!(segnalate("FINTA").await, ["La marca da bollo del trasferimento 1 non e' valida: l'elemento non e' marcaDaBollo."]);
        let annotati = format!("SELECT count(*) FROM evento WHERE tipo = 'paSendRTV2' AND id_pendenza = 'ALTRA' AND dettaglio_esito LIKE '%{}'", testo.replace('\'', "''"));
        assert_eq!(banco.conta(&annotati).await, 1);
    }
}

su_entrambi! {
    async fn un_nodo_lento_o_spezzato_paga_lo_stesso(banco: &Banco) {
        for (id, guasto) in [("P1", Guasto::Lento { ms: 300 }), ("P2", Guasto::MezzoCorpo { ms: 300 })] {
            let avviso = banco.carica(id, "10.00").await;
            banco.simulatore.accendi(guasto);
            let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
            banco.simulatore.spegni(None);
            assert_eq!(pagato.ricevute[0].stato, "consegnata", "{id}");
            assert_eq!(banco.pendenza(id).await["stato"], "ESEGUITA");
        }
    }
}

su_entrambi! {
    async fn una_ricevuta_giunta_come_immondizia_si_rifiuta_e_quella_buona_si_accetta(banco: &Banco) {
        let tutte = [Immondizia::NonXml, Immondizia::Dtd, Immondizia::Troncato, Immondizia::NonUtf8, Immondizia::AltroSpazio, Immondizia::Enorme, Immondizia::Vuoto];
        for (i, cosa) in tutte.into_iter().enumerate() {
            let id = format!("P{i}");
            let avviso = banco.carica(&id, "10.00").await;
            let attivato = banco.simulatore.attiva(DOMINIO, &avviso, Versione::V2).await.expect("attivata");
            banco.simulatore.accendi(Guasto::Immondizia { cosa }.per(1));
            banco.simulatore.esito(&attivato.token, simulator::Esito::Ok).await.expect("esito");
            banco.simulatore.consegna_ricevute_dovute().await;
            assert_eq!(banco.simulatore.pagamento(&attivato.token).expect("pagamento").ricevute[0].stato, "in_attesa", "{cosa:?}");
            assert_eq!(tentativi(banco, &id).await[0].stato, Stato::RptAccettataNodo, "{cosa:?}");
            assert_eq!(banco.pendenza(&id).await["stato"], "NON_ESEGUITA", "{cosa:?}");

            banco.simulatore.libera_ricevute(Some(banco.simulatore.pagamento(&attivato.token).expect("pagamento").ricevute[0].id)).expect("coda");
            banco.simulatore.consegna_ricevute_dovute().await;
            assert_eq!(banco.simulatore.pagamento(&attivato.token).expect("pagamento").ricevute[0].stato, "consegnata", "{cosa:?}");
            assert_eq!(banco.pendenza(&id).await["stato"], "ESEGUITA", "{cosa:?}");
            assert_eq!(in_breve(&riscossioni(banco, &id).await), [(1, Some(1), 1_000)], "{cosa:?}");
        }
    }
}

su_entrambi! {
    async fn un_nodo_muto_che_poi_parla(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        banco.simulatore.accendi(Guasto::Muto.per(1));
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "trattenuta");
        assert_eq!(banco.pendenza("P1").await["rpp"][0]["stato"], "RPT_ACCETTATA_NODO");
        // Two days later.
        banco.simulatore.libera_ricevute(None).expect("coda");
        banco.simulatore.consegna_ricevute_dovute().await;
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn una_ricevuta_che_precede_l_attivazione(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        banco.simulatore.accendi(Guasto::RicevutaPrima.per(1));
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "consegnata");
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        assert_eq!(tentativi(banco, "P1").await.len(), 1, "l'attivazione tardiva e' un duplicato, e non lascia tentativi");

        let avviso = banco.carica("P2", "10.00").await;
        let richiesta = SenzaAttivazione { dominio: DOMINIO.into(), avviso: avviso.clone(), stand_in: true, ..SenzaAttivazione::default() };
        let pagato = banco.simulatore.ricevuta_senza_attivazione(&richiesta).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "consegnata");
        assert_eq!(banco.pendenza("P2").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn le_ricevute_sbagliate_del_nodo_hanno_ciascuna_la_sua_risposta(banco: &Banco) {
        let casi = [
            (Sbagliata::AltroImporto, None, "ANOMALA"),
            (Sbagliata::SommaDiversa, Some("PAA_SEMANTICA"), "NON_ESEGUITA"),
            (Sbagliata::AltroNumero, Some("PAA_SEMANTICA"), "NON_ESEGUITA"),
            (Sbagliata::AltroDebitore, Some("PAA_SEMANTICA"), "NON_ESEGUITA"),
            (Sbagliata::AltroIuv, None, "NON_ESEGUITA"),
            (Sbagliata::AvvisoIgnoto, None, "NON_ESEGUITA"),
            (Sbagliata::AltraStazione, None, "ESEGUITA"),
            (Sbagliata::AltroIntermediario, Some("PAA_SYSTEM_ERROR"), "NON_ESEGUITA"),
        ];
        for (i, (cosa, codice, stato)) in casi.into_iter().enumerate() {
            let id = format!("P{i}");
            let avviso = banco.carica(&id, "10.00").await;
            banco.simulatore.accendi(Guasto::Sbagliata { cosa }.per(1));
            let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
            assert_eq!(pagato.ricevute[0].codice.as_deref(), codice, "{cosa:?}");
            assert_eq!(banco.pendenza(&id).await["stato"], stato, "{cosa:?}");
            if codice.is_some() {
                let corretta = banco.simulatore.spedisci_ricevuta(&pagato.pagamento.token).await.expect("corretta");
                assert_eq!(corretta.ricevute[0].stato, "consegnata", "{cosa:?}");
                assert_eq!(banco.pendenza(&id).await["stato"], "ESEGUITA", "{cosa:?}");
            }
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM ricevuta_estranea").await, 2);
    }
}

/// A position of the ente that speaks v1.
async fn carica_v1(banco: &Banco, id: &str) -> String {
    let risposta = banco.chiama_come("DEMO_V1", Method::PUT, &format!("{PENDENZE}/pendenze/DEMO_V1/{id}"), Some(corpo_minimo("10.00"))).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
    risposta.json()["numeroAvviso"].as_str().expect("numeroAvviso").to_owned()
}

/// The queue as the console sees it, oldest first: (tipo, stato, attempts, reason, next).
async fn coda(banco: &Banco) -> Vec<(String, String, i64, Option<String>, String)> {
    let risposta = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/notifiche"), None).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    let testo = |n: &Value, campo: &str| n[campo].as_str().map(str::to_owned);
    let mut righe: Vec<_> = risposta.json()["risultati"]
        .as_array()
        .expect("risultati")
        .iter()
        .map(|n| {
            let campo = |nome| testo(n, nome).unwrap_or_default();
            (campo("tipo"), campo("stato"), n["numeroTentativi"].as_i64().expect("tentativi"), testo(n, "descrizioneStato"), campo("dataProssimaSpedizione"))
        })
        .collect();
    righe.reverse();
    righe
}

fn giunte(banco: &Banco) -> Vec<TipoNotifica> {
    let mut tutte = banco.simulatore.notifiche(|_| true);
    tutte.sort_by_key(|n| n.id);
    tutte.iter().map(|n| n.tipo).collect()
}

/// Instants of the tests of the queue. PostgreSQL looks at its own clock, which is after all of these: there everything is due.
fn minuto(m: i64) -> String {
    (chrono::DateTime::parse_from_rfc3339("2026-01-10T08:00:00Z").expect("istante") + chrono::Duration::minutes(m)).to_utc().to_rfc3339()
}

su_entrambi! {
    async fn l_ente_v1_sente_l_attivazione_prima_della_ricevuta(banco: &Banco) {
        banco.ferma_orologio(&minuto(0));
        let avviso = carica_v1(banco, "P1").await;
        Domanda::attiva_v1(&avviso).invia(banco).await;
        Ricevuta::per(&avviso, "r1", "10.00").v1().accettata(banco).await;
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 }.per(2));

        assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 1, "la ricevuta aspetta l'attivazione");
        let dopo_uno = coda(banco).await;
        assert_eq!(dopo_uno[0].0, "ATTIVAZIONE");
        assert_eq!((dopo_uno[0].1.as_str(), dopo_uno[0].2), ("DA_SPEDIRE", 1));
        assert!(dopo_uno[0].3.as_deref().is_some_and(|d| d.contains("500")), "{dopo_uno:?}");
        assert_eq!(dopo_uno[0].4, "2026-01-10T08:01:00.000Z", "un minuto dopo il primo tentativo");
        assert_eq!((dopo_uno[1].0.as_str(), dopo_uno[1].1.as_str(), dopo_uno[1].2), ("RICEVUTA", "DA_SPEDIRE", 0));
        assert_eq!(giunte(banco), []);

        if banco.store.su_sqlite() {
            banco.ferma_orologio("2026-01-10T08:00:59Z");
            assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 0, "non prima del minuto");
        }
        banco.ferma_orologio(&minuto(1));
        assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 1);
        let dopo_due = coda(banco).await;
        assert_eq!((dopo_due[0].2, dopo_due[0].4.as_str()), (2, "2026-01-10T08:05:00.000Z"), "quattro minuti dopo il secondo");
        if banco.store.su_sqlite() {
            banco.ferma_orologio(&minuto(4));
            assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 0, "la ricevuta non sorpassa mai");
        }
        banco.ferma_orologio(&minuto(5));
        banco.spedisci().await;
        assert_eq!(giunte(banco), [TipoNotifica::Attivazione, TipoNotifica::Ricevuta]);
        let fine = coda(banco).await;
        assert_eq!(fine.iter().map(|n| (n.1.as_str(), n.2)).collect::<Vec<_>>(), [("SPEDITA", 3), ("SPEDITA", 1)]);

        for n in banco.simulatore.notifiche(|_| true) {
            assert_eq!(n.problemi, Vec::<String>::new(), "{}", n.corpo);
            assert_eq!((n.dominio.as_str(), n.iuv.as_str()), (DOMINIO, &avviso[1..]));
        }
        // A payment of another position did not wait.
        let altra = carica_v1(banco, "P2").await;
        Domanda::attiva_v2(&altra).invia(banco).await;
        Ricevuta::per(&altra, "r2", "10.00").accettata(banco).await;
        banco.spedisci().await;
        assert_eq!(giunte(banco)[2..], [TipoNotifica::Attivazione, TipoNotifica::Ricevuta]);
    }
}

su_entrambi! {
    async fn un_pagamento_fermo_non_ferma_gli_altri(banco: &Banco) {
        // The clock is the real one: what failed now is not due again before a minute, on either database.
        let primo = carica_v1(banco, "P1").await;
        Domanda::attiva_v2(&primo).invia(banco).await;
        banco.simulatore.accendi_ente(GuastoEnte::ConnessioneChiusa.per(1));
        assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 1);
        Ricevuta::per(&primo, "r1", "10.00").accettata(banco).await;
        let secondo = carica_v1(banco, "P2").await;
        Domanda::attiva_v2(&secondo).invia(banco).await;
        Ricevuta::per(&secondo, "r2", "10.00").accettata(banco).await;
        banco.spedisci().await;
        let mut sentite = banco.simulatore.notifiche(|_| true);
        sentite.sort_by_key(|n| n.id);
        let sentite: Vec<_> = sentite.iter().map(|n| (n.iuv.as_str(), n.tipo)).collect();
        assert_eq!(sentite, [(&secondo[1..], TipoNotifica::Attivazione), (&secondo[1..], TipoNotifica::Ricevuta)]);
        let ferme: Vec<_> = coda(banco).await.into_iter().filter(|n| n.1 == "DA_SPEDIRE").collect();
        assert_eq!(ferme.iter().map(|n| (n.0.as_str(), n.2)).collect::<Vec<_>>(), [("ATTIVAZIONE", 1), ("RICEVUTA", 0)]);
        assert!(ferme[0].3.is_some(), "la coda dice perche'");
    }
}

su_entrambi! {
    async fn con_l_ente_spento_la_coda_si_vede(banco: &Banco) {
        let guasti = [GuastoEnte::Errore { stato: 503 }, GuastoEnte::Errore { stato: 404 }, GuastoEnte::ConnessioneChiusa];
        for (i, guasto) in guasti.into_iter().enumerate() {
            let avviso = banco.carica(&format!("P{i}"), "10.00").await;
            Ricevuta::per(&avviso, &format!("r{i}"), "10.00").accettata(banco).await;
            banco.simulatore.accendi_ente(guasto.per(1));
            assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 1);
        }
        let ferme = coda(banco).await;
        assert_eq!(ferme.len(), 3);
        for n in ferme {
            assert_eq!((n.0.as_str(), n.1.as_str(), n.2), ("RICEVUTA", "DA_SPEDIRE", 1));
            assert!(n.3.is_some_and(|d| !d.is_empty()));
        }
        assert_eq!(giunte(banco), []);
    }
}

su_entrambi! {
    async fn un_reindirizzamento_e_una_consegna(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let mut interruttore = GuastoEnte::Redirezione.per(1);
        interruttore.operazione = Some(OperazioneEnte::NotificaRicevuta);
        banco.simulatore.accendi_ente(interruttore);
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 1);
        let fatte = coda(banco).await;
        assert_eq!((fatte[0].1.as_str(), fatte[0].2), ("SPEDITA", 1));
        // Rubbish in the body of a 200 is a delivery as well: the body is not read.
        let avviso = banco.carica("P2", "10.00").await;
        banco.simulatore.accendi_ente(GuastoEnte::Immondizia.per(1));
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(banco.gateway.spedisci_notifiche().await.expect("coda"), 1);
        assert!(coda(banco).await.iter().all(|n| n.1 == "SPEDITA"));
    }
}

su_entrambi! {
    async fn chi_non_ha_un_connettore_non_ha_notifiche(banco: &Banco) {
        let risposta = banco.chiama_come("SILENTE", Method::PUT, &format!("{PENDENZE}/pendenze/SILENTE/P1"), Some(corpo_minimo("10.00"))).await;
        let avviso = risposta.json()["numeroAvviso"].as_str().expect("numeroAvviso").to_owned();
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(coda(banco).await, []);
        // An ente of v2 hears of receipts only.
        let avviso = banco.carica("P1", "10.00").await;
        Domanda::attiva_v2(&avviso).invia(banco).await;
        assert_eq!(coda(banco).await, []);
        let atteso = banco.simulatore.attendi_notifica(|_| true, Duration::from_millis(50)).await;
        assert!(atteso.is_none());
    }
}
