//! Jobs: a run is of one node, a node that dies gives it back, and what went wrong is to be seen (spec/2 section 8).

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::Utc;
use domain::orario::Orario;
use domain::transazione::Transazione;
use gateway::lavori::{Corsa, Dove, Lavoro, Richiesta, trova};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::Corsia;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::banco::{BACKOFFICE, Banco, Risposta};
use crate::soap::{Domanda, Ricevuta};
use crate::su_entrambi;

async fn ufficio(banco: &Banco, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    banco.chiama_come("gpadmin", metodo, &format!("{BACKOFFICE}{percorso}"), corpo).await
}

async fn leggi(banco: &Banco, nome: &str) -> Value {
    let risposta = ufficio(banco, Method::GET, &format!("/lavori/{nome}"), None).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    risposta.json()
}

/// The lease of a run ends, as a minute after its node died.
async fn prenotazione_finita(banco: &Banco) {
    banco.sql("UPDATE lavoro SET preso_fino = '2020-01-01T00:00:00Z' WHERE titolare IS NOT NULL").await;
}

/// Attempts of one activation, all alike, asked two hours ago.
async fn tentativi(banco: &Banco, quanti: usize) {
    let avviso = banco.carica("P1", "10.00").await;
    assert_eq!(Domanda::attiva_v2(&avviso).invia(banco).await.a("outcome"), Some("OK"));
    let p = banco.store.pendenza("DEMO", "P1").await.expect("letta").expect("c'e'");
    let modello = banco.store.transazioni(&p).await.expect("lette").remove(0);
    let tx = banco.store.begin(Corsia::Lavori).await.expect("inizio");
    for n in 0..quanti {
        let data_richiesta = Utc::now() - chrono::Duration::hours(2);
        let t = Transazione { id: Uuid::now_v7(), ccp: format!("vecchio-{n}"), data_richiesta, con_rpt: false, ..modello.clone() };
        tx.inserisci_transazione(&t).await.expect("inserito");
    }
    tx.commit().await.expect("scritti");
}

const SCADUTE: &str = "SELECT count(*) FROM transazione WHERE stato = 'RPT_SCADUTA'";

su_entrambi! {
    async fn un_nodo_che_muore_a_meta_delle_scadenze_lascia_il_resto_a_un_altro(banco: &Banco) {
        const QUANTI: i64 = 120;
        tentativi(banco, QUANTI as usize).await;
        let lavoro = trova("rpt-scadute").expect("registrato");
        let morente = banco.altro_nodo(21).await;
        let corsa = tokio::spawn(async move { morente.corri(lavoro, false, &CancellationToken::new()).await });
        while banco.conta(SCADUTE).await == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        corsa.abort();
        let _ = corsa.await;
        let meta = banco.conta(SCADUTE).await;
        let altro = banco.altro_nodo(22).await;
        if meta < QUANTI {
            assert_eq!(altro.corri(lavoro, true, &CancellationToken::new()).await.expect("letto"), Corsa::Occupata, "finche' e' creduto vivo");
        }
        prenotazione_finita(banco).await;
        let ripresa = altro.corri(lavoro, false, &CancellationToken::new()).await.expect("letto");
        assert!(matches!(ripresa, Corsa::Riuscita(_) | Corsa::NonDovuta), "{ripresa:?}");
        // All those that are over, and not the one of now.
        assert_eq!(banco.conta(SCADUTE).await, QUANTI);
        let uguali = "SELECT count(*) FROM transazione WHERE descrizione_stato = 'Tentativo di pagamento scaduto dopo timeout di 30 minuti.'";
        assert_eq!(banco.conta(uguali).await, QUANTI);
        assert_eq!(altro.corri(lavoro, false, &CancellationToken::new()).await.expect("letto"), Corsa::NonDovuta);
    }
}

su_entrambi! {
    async fn la_chiusura_a_richiesta_dice_quanti_ne_ha_chiusi_e_una_ricevuta_tarda_vale_lo_stesso(banco: &Banco) {
        tentativi(banco, 3).await;
        let coda = ufficio(banco, Method::GET, "/sonde/check-rpt-scadute", None).await.json();
        assert_eq!((&coda["descrizioneStato"], &coda["stato"]), (&json!("Elementi in coda: 3."), &json!("ok")));
        let risposta = ufficio(banco, Method::GET, "/operazioni/chiusuraRptScadute", None).await.json();
        assert_eq!(risposta["descrizione"], "Chiusura RPT scadute completata#Tentativi chiusi: 3.");
        let sonda = ufficio(banco, Method::GET, "/sonde/rpt-scadute", None).await.json();
        assert_eq!((&sonda["stato"], &sonda["sogliaWarn"]), (&json!("ok"), &json!(24 * 3_600_000)));
        let stato = ufficio(banco, Method::GET, "/operazioni/stato/chiusuraRptScadute", None).await.json();
        assert_eq!((&stato["percentuale"], &stato["stato"]), (&json!(100), &json!("OK")));

        let avviso = banco.pendenza("P1").await["numeroAvviso"].as_str().expect("numero").to_owned();
        banco.sql("UPDATE transazione SET stato = 'RPT_SCADUTA'").await;
        assert_eq!(Ricevuta::per(&avviso, "tarda", "10.00").invia(banco).await.a("outcome"), Some("OK"));
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        assert_eq!(banco.conta("SELECT count(*) FROM transazione WHERE ccp = 'tarda' AND stato = 'RT_ACCETTATA_PA'").await, 1);
    }
}

static TENTATI: AtomicU32 = AtomicU32::new(0);

static GUASTO: Lavoro = Lavoro {
    nome: "prova-guasto",
    operazione: None,
    descrizione: "Fallisce sempre",
    orario: Orario::OgniSecondi(24 * 3600),
    dove: Dove::UnNodo,
    richiesta: Richiesta::Aspetta,
    sveglia: None,
    esegui: |_, _| {
        Box::pin(async {
            TENTATI.fetch_add(1, Ordering::SeqCst);
            Err(gateway::Errore::Configurazione("il disco e' pieno".to_owned()))
        })
    },
};

static PANICO: Lavoro = Lavoro { nome: "prova-panico", esegui: |_, _| Box::pin(async { panic!("di prova") }), ..simile(&GUASTO) };
static LENTO: Lavoro = Lavoro {
    nome: "prova-lento",
    esegui: |_, _| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            Ok("mai".to_owned())
        })
    },
    ..simile(&GUASTO)
};

const fn simile(l: &Lavoro) -> Lavoro {
    Lavoro {
        nome: l.nome,
        operazione: l.operazione,
        descrizione: l.descrizione,
        orario: l.orario,
        dove: l.dove,
        richiesta: l.richiesta,
        sveglia: l.sveglia,
        esegui: l.esegui,
    }
}

su_entrambi! {
    async fn un_lavoro_che_fallisce_dice_perche_e_si_ritenta_prima_del_suo_tempo(banco: &Banco) {
        let esito = banco.gateway.corri(&GUASTO, false, &CancellationToken::new()).await.expect("letto");
        assert_eq!(esito, Corsa::Fallita("il disco e' pieno".to_owned()));
        let stato = banco.store.lavoro(GUASTO.nome).await.expect("letto").expect("c'e'");
        assert_eq!((stato.fallimenti, stato.motivo.as_deref(), stato.ultimo_riuscito), (1, Some("il disco e' pieno"), None));
        let tra = stato.prossimo - Utc::now();
        assert!(tra > chrono::Duration::zero() && tra <= chrono::Duration::minutes(1), "{tra}");
        // A run that panics has failed too, and leaves nothing taken.
        let esito = banco.gateway.corri(&PANICO, false, &CancellationToken::new()).await.expect("letto");
        assert_eq!(esito, Corsa::Fallita("errore interno del programma".to_owned()));
        assert_eq!(banco.store.lavoro(PANICO.nome).await.expect("letto").expect("c'e'").in_corso, None);
    }
}

su_entrambi! {
    async fn un_lavoro_lento_tiene_la_sua_prenotazione_e_non_ferma_gli_altri(banco: &Banco) {
        let nodo = banco.altro_nodo(31).await;
        let corto = chrono::Duration::seconds(1);
        let lento = tokio::spawn(async move { nodo.corri_per(&LENTO, false, &CancellationToken::new(), corto).await });
        tokio::time::sleep(Duration::from_secs(2)).await;
        // Twice the lease: it lives because it is renewed.
        assert_eq!(banco.gateway.corri(&LENTO, true, &CancellationToken::new()).await.expect("letto"), Corsa::Occupata);
        let pulizie = trova("pulizie").expect("registrato");
        assert!(matches!(banco.gateway.corri(pulizie, true, &CancellationToken::new()).await.expect("letto"), Corsa::Riuscita(_)));
        // Stopped by somebody: the run hears of it at its next renewal.
        banco.gateway.ferma_lavoro(&LENTO, "manutenzione").await.expect("fermato");
        assert_eq!(lento.await.expect("finita").expect("letto"), Corsa::Interrotta);
        assert_eq!(banco.gateway.corri(&LENTO, true, &CancellationToken::new()).await.expect("letto"), Corsa::Ferma("manutenzione".to_owned()));
    }
}

su_entrambi! {
    async fn un_lavoro_si_ferma_e_si_riprende_dall_ufficio(banco: &Banco) {
        let modifica = |valore: Value, path: &str| Some(json!([{ "op": "REPLACE", "path": path, "value": valore }]));
        let fermo = ufficio(banco, Method::PATCH, "/lavori/rpt-scadute", modifica(json!("bilancio in corso"), "/fermo")).await;
        assert_eq!(fermo.stato, StatusCode::OK, "{}", fermo.testo);
        assert_eq!((&fermo.json()["stato"], &fermo.json()["fermo"]), (&json!("FERMO"), &json!("bilancio in corso")));
        let risposta = ufficio(banco, Method::GET, "/operazioni/chiusuraRptScadute", None).await.json();
        assert_eq!(risposta["descrizione"], "Operazione ferma: bilancio in corso");
        let sonda = ufficio(banco, Method::GET, "/sonde/rpt-scadute", None).await.json();
        assert_eq!(sonda["stato"], "warning");
        let ripreso = ufficio(banco, Method::PATCH, "/lavori/rpt-scadute", modifica(Value::Null, "/fermo")).await.json();
        assert_eq!(ripreso["stato"], "IN_ATTESA");
        assert!(ripreso.get("fermo").is_none());
        let chiesto = ufficio(banco, Method::PATCH, "/lavori/rpt-scadute", modifica(json!(true), "/richiesto")).await.json();
        assert_eq!(chiesto["richiesto"], true);
        let lavoro = trova("rpt-scadute").expect("registrato");
        assert!(matches!(banco.gateway.corri(lavoro, false, &CancellationToken::new()).await.expect("letto"), Corsa::Riuscita(_)));
        let dopo = leggi(banco, "rpt-scadute").await;
        assert_eq!((&dopo["richiesto"], &dopo["ultimoEsito"], &dopo["idOperazione"]), (&json!(false), &json!("RIUSCITO"), &json!("chiusuraRptScadute")));
        assert_eq!(dopo["orario"], "ogni 30 minuti");

        ufficio(banco, Method::PATCH, "/lavori/rpt-scadute", modifica(json!(7), "/fermo")).await.rifiuta(400, "SINTASSI", "Il campo value non e' valido.");
        ufficio(banco, Method::PATCH, "/lavori/rpt-scadute", modifica(json!(true), "/altro")).await.rifiuta(400, "SINTASSI", "Il campo path non e' valido.");
        ufficio(banco, Method::GET, "/lavori/boh", None).await.rifiuta(404, "404000", "Lavoro boh inesistente");
        let tutti = ufficio(banco, Method::GET, "/lavori", None).await.json();
        assert_eq!(tutti["risultati"].as_array().map(Vec::len), Some(jobs::registro().len()));
    }
}

su_entrambi! {
    async fn due_nodi_fanno_ogni_corsa_una_volta_sola(banco: &Banco) {
        let (uno, due) = (banco.altro_nodo(41).await, banco.altro_nodo(42).await);
        let lavoro = trova("rpt-scadute").expect("registrato");
        tentativi(banco, 40).await;
        let fermata = CancellationToken::new();
        let (a, b) = tokio::join!(uno.corri(lavoro, false, &fermata), due.corri(lavoro, false, &fermata));
        let esiti = [a.expect("letto"), b.expect("letto")];
        let buone: Vec<_> = esiti.iter().filter(|e| matches!(e, Corsa::Riuscita(_))).collect();
        assert_eq!(buone, [&Corsa::Riuscita("Chiusura RPT scadute completata#Tentativi chiusi: 40.".to_owned())], "{esiti:?}");
    }
}
