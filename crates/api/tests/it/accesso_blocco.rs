//! Wrong passwords (design/RISKS, "Lockout as a weapon"), and hashes of other times (spec/1 section 2.6).

use api::ImpostazioniAccesso;
use api::accesso::Rete;
use domain::anagrafica::{Scrittura, Utenza};
use reqwest::StatusCode;

use crate::banco::{Banco, PASSWORD, Risposta, apri_porta};
use crate::su_entrambi;

const PENDENZE: &str = "/govpay/backend/api/pendenze/rs/basic/v2/pendenze";

fn con_proxy() -> ImpostazioniAccesso {
    ImpostazioniAccesso { proxy_fidati: vec![Rete::leggi("127.0.0.1").expect("rete")], ..ImpostazioniAccesso::default() }
}

async fn tenta(banco: &Banco, base: &str, da: &str, utente: &str, password: &str) -> Risposta {
    let richiesta = banco.http.get(format!("{base}{PENDENZE}")).header("x-forwarded-for", da).basic_auth(utente, Some(password));
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

fn bloccata(risposta: &Risposta, minuti: u32, secondi: &str) {
    risposta.rifiuta(401, "401", &format!("Troppi tentativi di accesso falliti: riprovare fra {minuti} minuti."));
    assert_eq!(risposta.intestazioni["retry-after"], secondi);
}

su_entrambi! {
    async fn al_decimo_errore_la_porta_si_chiude_per_quel_nome_e_quell_indirizzo(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        let nodo = banco.altro_nodo(9).await;
        let qui = banco.altra_porta(con_proxy(), None).await;
        let altrove = apri_porta(&nodo, con_proxy(), None, "http://x").await;
        // An unknown name is counted as one that is there: nobody can tell which is which.
        for utente in ["DEMO", "NESSUNO"] {
            for giro in 0..10 {
                let base = if giro % 2 == 0 { &qui } else { &altrove };
                tenta(banco, base, "192.0.2.1", utente, "sbagliata").await.rifiuta(401, "401", "Bad credentials");
            }
            for base in [&qui, &altrove] {
                bloccata(&tenta(banco, base, "192.0.2.1", utente, PASSWORD).await, 10, "600");
                bloccata(&tenta(banco, base, "192.0.2.1", utente, "sbagliata").await, 10, "600");
            }
        }
        // Neither another address nor another name.
        assert_eq!(tenta(banco, &qui, "192.0.2.2", "DEMO", PASSWORD).await.stato, StatusCode::OK);
        assert_eq!(tenta(banco, &qui, "192.0.2.1", "DEMO_V1", PASSWORD).await.stato, StatusCode::OK);
        banco.ferma_orologio("2026-11-22T10:09:30Z");
        bloccata(&tenta(banco, &altrove, "192.0.2.1", "NESSUNO", PASSWORD).await, 1, "30");
        banco.ferma_orologio("2026-11-22T10:10:01Z");
        assert_eq!(tenta(banco, &altrove, "192.0.2.1", "DEMO", PASSWORD).await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn un_successo_azzera_il_conto_e_gli_errori_vecchi_non_contano(banco: &Banco) {
        let base = banco.altra_porta(con_proxy(), None).await;
        for ora in ["10:00:00", "10:02:00", "10:15:00", "10:30:00"] {
            banco.ferma_orologio(&format!("2026-11-22T{ora}Z"));
            for _ in 0..9 {
                tenta(banco, &base, "192.0.2.1", "DEMO", "sbagliata").await.rifiuta(401, "401", "Bad credentials");
            }
            // The first two by a success, the others by time.
            if ora < "10:15:00" {
                assert_eq!(tenta(banco, &base, "192.0.2.1", "DEMO", PASSWORD).await.stato, StatusCode::OK, "{ora}");
            }
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM tentativo_accesso").await, 1);
        banco.store.pulisci_accessi("2026-11-22T12:00:00Z".parse().expect("istante")).await.expect("pulizia");
        assert_eq!(banco.conta("SELECT COUNT(*) FROM tentativo_accesso").await, 0);
    }
}

su_entrambi! {
    async fn un_hash_di_una_volta_diventa_argon2_al_primo_accesso(banco: &Banco) {
        // openssl passwd -1 and -6 of the password of the tests.
        for (utente, hash) in [("DEMO", MD5), ("DEMO_V1", SHA512)] {
            let utenza = (*banco.gateway.istantanea().attuale().utenze[utente]).clone();
            banco.censisci(&[Scrittura::Utenza(Utenza { password_hash: Some(hash.to_owned()), ..utenza.clone() })]).await;
            tenta(banco, &banco.base, "", utente, "sbagliata").await.rifiuta(401, "401", "Bad credentials");
            assert_eq!(banco.gateway.istantanea().attuale().utenze[utente].password_hash.as_deref(), Some(hash));
            for _ in 0..2 {
                assert_eq!(tenta(banco, &banco.base, "", utente, PASSWORD).await.stato, StatusCode::OK, "{utente}");
            }
            let dopo = (*banco.gateway.istantanea().attuale().utenze[utente]).clone();
            assert!(dopo.password_hash.as_deref().is_some_and(|h| h.starts_with("$argon2id$")));
            assert_eq!((dopo.domini, dopo.acl, dopo.abilitata), (utenza.domini, utenza.acl, utenza.abilitata));
        }
    }
}

const MD5: &str = "$1$prova123$FZjVSOxGwi8E8OnmfPdpx1";
const SHA512: &str = "$6$provaprova$nuHzUqGocGgzP1Xuspc2FCLjDSL2dhr6jELqJsNhbeJje6b0Cxf4V7tyuGzn12l2DcL2470hddi9W9S7x19Tg/";
