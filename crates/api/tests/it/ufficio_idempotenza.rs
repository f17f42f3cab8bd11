//! Header `Idempotency-Key`: a POST that is sent twice and done once.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, PASSWORD, Risposta};
use crate::su_entrambi;

const REVISIONI: &str = "SELECT COUNT(*) FROM anagrafica_revisione";
const CHIAVI: &str = "SELECT COUNT(*) FROM idempotenza";

/// The whole configuration, as the scripts send it, read from what there is.
async fn configurazione(banco: &Banco) -> Value {
    banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/configurazioni"), None).await.json()
}

async fn manda(banco: &Banco, utente: &str, chiave: &[&str], query: &str, corpo: &str) -> Risposta {
    let mut richiesta = banco.http.post(format!("{}{BACKOFFICE}/configurazioni{query}", banco.base)).basic_auth(utente, Some(PASSWORD));
    for c in chiave {
        richiesta = richiesta.header("idempotency-key", *c);
    }
    Risposta::leggi(richiesta.header("content-type", "application/json").body(corpo.to_owned()).send().await.expect("risposta")).await
}

fn ripetuta(r: &Risposta) -> bool {
    r.intestazioni.get("idempotency-replayed").is_some_and(|v| v == "true")
}

su_entrambi! {
    async fn la_stessa_richiesta_e_fatta_una_volta(banco: &Banco) {
        let testo = configurazione(banco).await.to_string();
        let prima = banco.conta(REVISIONI).await;
        let fatta = manda(banco, "gpadmin", &["k-1"], "", &testo).await;
        assert_eq!((fatta.stato, ripetuta(&fatta)), (StatusCode::OK, false), "{}", fatta.testo);
        for _ in 0..3 {
            let ancora = manda(banco, "gpadmin", &["k-1"], "", &testo).await;
            assert_eq!((ancora.stato, ripetuta(&ancora), &ancora.testo), (StatusCode::OK, true, &fatta.testo));
            assert_ne!(ancora.intestazioni["x-govpay-idtransazione"], fatta.intestazioni["x-govpay-idtransazione"]);
        }
        assert_eq!(banco.conta(REVISIONI).await, prima + 1);
        // Without a key, or with another, it is another request.
        assert!(!ripetuta(&manda(banco, "gpadmin", &[], "", &testo).await));
        assert!(!ripetuta(&manda(banco, "gpadmin", &["k-2"], "", &testo).await));
        assert_eq!(banco.conta(REVISIONI).await, prima + 3);
    }
}

su_entrambi! {
    async fn una_chiave_usata_per_altro_e_un_rifiuto_che_lo_dice(banco: &Banco) {
        let testo = configurazione(banco).await.to_string();
        assert_eq!(manda(banco, "gpadmin", &["k"], "", &testo).await.stato, StatusCode::OK);
        let prima = banco.conta(REVISIONI).await;
        for (query, corpo) in [("", format!("{testo} ")), ("?a=1", testo.clone()), ("", String::new())] {
            manda(banco, "gpadmin", &["k"], query, &corpo).await.rifiuta(422, "IDK_000", "L'Idempotency-Key indicata e' gia' stata usata per una richiesta diversa.");
        }
        assert_eq!(banco.conta(REVISIONI).await, prima);
        // A refusal of the operation is an answer as another: it is given again.
        let rifiuto = manda(banco, "gpadmin", &["r"], "", "{}x").await;
        let ancora = manda(banco, "gpadmin", &["r"], "", "{}x").await;
        assert_eq!((rifiuto.stato.as_u16(), ripetuta(&rifiuto), ancora.stato.as_u16(), ripetuta(&ancora)), (400, false, 400, true));
        assert_eq!((ancora.json(), ancora.intestazioni["content-type"].as_bytes()), (rifiuto.json(), &b"application/json"[..]));
        manda(banco, "gpadmin", &["r"], "", &testo).await.rifiuta(422, "IDK_000", "L'Idempotency-Key indicata e' gia' stata usata per una richiesta diversa.");
    }
}

su_entrambi! {
    async fn ognuno_ha_le_sue_chiavi_e_chi_non_entra_non_le_usa(banco: &Banco) {
        use domain::anagrafica::{Operatore, Scrittura, Servizio, Utenza};
        let hash = banco.gateway.istantanea().attuale().utenze["gpadmin"].password_hash.clone();
        let altro = Operatore { principal: "altro".to_owned(), nome: "Altro".to_owned() };
        banco.censisci(&[Scrittura::Utenza(Utenza::piena("altro", hash, &Servizio::BACKOFFICE)), Scrittura::Operatore(altro)]).await;
        let testo = configurazione(banco).await.to_string();
        for utente in ["SENZA_DIRITTI", "NESSUNO"] {
            assert!([401, 403].contains(&manda(banco, utente, &["k"], "", &testo).await.stato.as_u16()));
        }
        assert_eq!(banco.conta(CHIAVI).await, 0);
        assert!(!ripetuta(&manda(banco, "gpadmin", &["k"], "", &testo).await));
        // The same key of another caller is another key, whatever the body.
        let altra = manda(banco, "altro", &["k"], "", "{").await;
        assert_eq!((altra.stato.as_u16(), ripetuta(&altra)), (400, false));
        assert_eq!(banco.conta(CHIAVI).await, 2);
        // Other methods have no keys.
        let patch = banco.http.patch(format!("{}{BACKOFFICE}/configurazioni", banco.base)).basic_auth("gpadmin", Some(PASSWORD)).header("idempotency-key", "k");
        let spento = json!([{ "op": "REPLACE", "path": "/hardening", "value": { "abilitato": false } }]);
        assert_eq!(patch.body(spento.to_string()).send().await.expect("risposta").status(), StatusCode::OK);
        assert_eq!(banco.conta(CHIAVI).await, 2);
    }
}

su_entrambi! {
    async fn una_chiave_che_non_e_tale_e_un_400(banco: &Banco) {
        let testo = configurazione(banco).await.to_string();
        let atteso = "L'intestazione Idempotency-Key non e' valida: una sola, da 1 a 255 caratteri ASCII stampabili.";
        let lunga = "k".repeat(256);
        for chiave in [&[""][..], &[lunga.as_str()], &["a\tb"], &["perch\u{e9}"], &["a", "a"]] {
            manda(banco, "gpadmin", chiave, "", &testo).await.rifiuta(400, "SINTASSI", atteso);
        }
        assert_eq!(manda(banco, "gpadmin", &[&lunga[..255]], "", &testo).await.stato, StatusCode::OK);
        assert_eq!(banco.conta(CHIAVI).await, 1);
    }
}

su_entrambi! {
    async fn di_tante_insieme_una_sola_lavora(banco: &Banco) {
        let testo = configurazione(banco).await.to_string();
        let prima = banco.conta(REVISIONI).await;
        let risposte = futures::future::join_all((0..8).map(|_| manda(banco, "gpadmin", &["insieme"], "", &testo))).await;
        assert!(risposte.iter().all(|r| r.stato == StatusCode::OK), "{risposte:?}");
        assert_eq!(risposte.iter().filter(|r| !ripetuta(r)).count(), 1);
        assert_eq!(banco.conta(REVISIONI).await, prima + 1);
    }
}

su_entrambi! {
    async fn una_chiave_rimasta_a_meta_torna_libera(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        let testo = configurazione(banco).await.to_string();
        // What a node that dies at work leaves behind.
        assert_eq!(manda(banco, "gpadmin", &["k"], "", &testo).await.stato, StatusCode::OK);
        banco.sql("UPDATE idempotenza SET stato = NULL, intestazioni = NULL, corpo = NULL, scade = '2026-11-22T10:03:00+00:00'").await;
        let prima = banco.conta(REVISIONI).await;
        manda(banco, "gpadmin", &["k"], "", &testo).await.rifiuta(409, "IDK_001", "Una richiesta con la stessa Idempotency-Key e' ancora in corso: riprovare fra poco.");
        assert_eq!(banco.conta(REVISIONI).await, prima);
        banco.ferma_orologio("2026-11-22T10:03:01Z");
        assert!(!ripetuta(&manda(banco, "gpadmin", &["k"], "", &testo).await));
        assert_eq!(banco.conta(REVISIONI).await, prima + 1);
        assert!(ripetuta(&manda(banco, "gpadmin", &["k"], "", &testo).await));
    }
}

su_entrambi! {
    async fn dopo_un_giorno_la_chiave_e_dimenticata(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        let testo = configurazione(banco).await.to_string();
        assert!(!ripetuta(&manda(banco, "gpadmin", &["k"], "", &testo).await));
        banco.ferma_orologio("2026-11-23T09:59:59Z");
        assert!(ripetuta(&manda(banco, "gpadmin", &["k"], "", &testo).await));
        assert_eq!(banco.gateway.pulisci_chiavi().await.expect("pulite"), 0);
        banco.ferma_orologio("2026-11-23T10:00:01Z");
        assert!(!ripetuta(&manda(banco, "gpadmin", &["k"], "", &testo).await));
        banco.ferma_orologio("2026-11-25T10:00:00Z");
        assert_eq!((banco.gateway.pulisci_chiavi().await.expect("pulite"), banco.conta(CHIAVI).await), (1, 0));
    }
}

su_entrambi! {
    async fn un_guasto_nostro_non_si_conserva_e_una_risposta_troppo_lunga_lo_dice(banco: &Banco) {
        let testo = configurazione(banco).await.to_string();
        banco.sql("ALTER TABLE anagrafica_revisione RENAME TO altrove").await;
        let guasta = manda(banco, "gpadmin", &["k"], "", &testo).await;
        assert_eq!((guasta.stato.as_u16(), banco.conta(CHIAVI).await), (500, 0), "{}", guasta.testo);
        banco.sql("ALTER TABLE altrove RENAME TO anagrafica_revisione").await;
        let fatta = manda(banco, "gpadmin", &["k"], "", &testo).await;
        assert_eq!((fatta.stato, ripetuta(&fatta)), (StatusCode::OK, false), "{}", fatta.testo);
        // No POST of today answers as much: what would have been written then is written by hand.
        banco.sql("UPDATE idempotenza SET corpo = NULL").await;
        let testo_idk = "La richiesta con questa Idempotency-Key e' gia' stata eseguita, ma la sua risposta e' troppo grande per essere ripetuta.";
        manda(banco, "gpadmin", &["k"], "", &testo).await.rifiuta(409, "IDK_002", testo_idk);
    }
}
