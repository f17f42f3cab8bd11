//! Every job of the registry is cut off after each of its statements, as by the death of its node: what it leaves is done by another, once.
//!
//! Jobs with a bench of their own are tested there: see [`ALTROVE`].

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::anagrafica::connettore::{ConnettoreNodo, ConnettoreServizio};
use domain::anagrafica::{ConnettoriIntermediario, Scrittura, Segreto};
use gateway::lavori::{Corsa, Lavoro, registro, trova};
use gateway::{Gateway, Impostazioni};
use simulator::{CHIAVE_SIMULATA, FlussoPubblicato, Guasto, RigaFlusso, Versione};
use tokio_util::sync::CancellationToken;

use crate::banco::{Banco, DOMINIO, STAZIONE, dominio};
use crate::soap::{Domanda, Ricevuta};
use crate::su_entrambi;

/// Job, and the module with the tests that kill it.
const ALTROVE: [(&str, &str); 3] = [("posizioni-massive", "posizioni_massive"), ("ricevute-gpd", "posizioni_ricevute"), ("registro-iban", "registro_iban")];
/// The longest job is cut at this many places, evenly.
const TAGLI_MAX: usize = 12;

/// Work for a job, and how one sees that it was done once. Statements count: true when the number that they give is the one that is expected.
struct Opera {
    /// Queries and what they must give at the end.
    attese: Vec<(String, i64)>,
    /// What must have happened outside, in words when it has not.
    fuori: Option<Fuori>,
}

enum Fuori {
    EnteHaSentito(String),
    NodoHaRpt(String),
    ArchivioHa { iupd: String, cent: i64 },
}

impl Opera {
    fn di<const N: usize>(attese: [(String, i64); N]) -> Self {
        Self { attese: attese.into(), fuori: None }
    }
}

/// A dominio that has everything: node, ACA, flows, biz-events.
async fn prepara(banco: &Banco) {
    let s = &banco.simulatore;
    let servizio = |url: String| ConnettoreServizio { url, auth: None, subscription_key: Some(Segreto(CHIAVE_SIMULATA.to_owned())), abilita_gde: false };
    let connettori = ConnettoriIntermediario {
        nodo: Some(ConnettoreNodo { url_rpt: s.nodo_url(), auth: None, subscription_key: None }),
        aca: Some(servizio(s.aca_url())),
        recupero_rt: Some(servizio(s.biz_events_url())),
        ..ConnettoriIntermediario::default()
    };
    let anagrafica = banco.gateway.anagrafica();
    let mut intermediario = anagrafica.intermediari.get("11111111113").expect("intermediario").as_ref().clone();
    intermediario.connettori = Arc::new(connettori);
    let mut ente = anagrafica.dominio(&dominio(DOMINIO)).expect("dominio").as_ref().clone();
    ente.scarica_fr = true;
    banco.censisci(&[Scrittura::Intermediario(intermediario), Scrittura::Dominio(Box::new(ente), None)]).await;
}

/// Leaves work for a job; `None`: the job is not of this module.
async fn semina(banco: &Banco, lavoro: &str, giro: usize) -> Option<Opera> {
    let id = format!("L{giro}");
    Some(match lavoro {
        "update-ntfy" => {
            let avviso = banco.carica(&id, "10.00").await;
            let ricevuta = format!("r{giro}");
            Ricevuta::per(&avviso, &ricevuta, "10.00").accettata(banco).await;
            let spedite = format!("SELECT count(*) FROM notifica WHERE ccp = '{ricevuta}' AND stato = 'SPEDITA'");
            let tutte = format!("SELECT count(*) FROM notifica WHERE ccp = '{ricevuta}'");
            Opera { fuori: Some(Fuori::EnteHaSentito(ricevuta)), ..Opera::di([(spedite, 1), (tutte, 1)]) }
        }
        "rpt-scadute" => {
            let avviso = banco.carica(&id, "10.00").await;
            assert_eq!(Domanda::attiva_v2(&avviso).invia(banco).await.a("outcome"), Some("OK"));
            banco.sql("UPDATE transazione SET data_richiesta = '2026-01-01T00:00:00+00:00' WHERE stato = 'RPT_ACCETTATA_NODO'").await;
            Opera::di([(format!("SELECT count(*) FROM transazione WHERE iuv = '{}' AND stato = 'RPT_SCADUTA'", &avviso[1..]), 1)])
        }
        "invio-rpt" => {
            let vecchio = gateway::vecchio::Impostazioni { ritardo_invio_rpt: Duration::from_secs(3_600), ..gateway::vecchio::Impostazioni::default() };
            let morente = banco.nodo_con(Impostazioni { vecchio, ..Impostazioni::default() }).await;
            banco.simulatore.imposta_stazione_url(format!("{}{STAZIONE}", banco.stazione_di(&morente).await));
            crate::vecchio_stazione::attivata(banco, &id).await;
            banco.simulatore.imposta_stazione_url(format!("{}{STAZIONE}", banco.base));
            banco.sql("UPDATE rpt_da_inviare SET prenotata_fino = NULL").await;
            let prese = format!("SELECT count(*) FROM transazione WHERE ccp = '{id}' AND stato = 'RPT_ACCETTATA_NODO'");
            let in_coda = "SELECT count(*) FROM rpt_da_inviare".to_owned();
            Opera { fuori: Some(Fuori::NodoHaRpt(id)), ..Opera::di([(prese, 1), (in_coda, 0)]) }
        }
        "posizioni-debitorie" => {
            banco.carica(&id, "12.34").await;
            let dette = format!("SELECT count(*) FROM posizione_debitoria WHERE id_pendenza = '{id}' AND stato = 'INVIATA'");
            Opera { fuori: Some(Fuori::ArchivioHa { iupd: format!("{DOMINIO}DEMO{id}"), cent: 1_234 }), ..Opera::di([(dette, 1)]) }
        }
        "posizioni-mancanti" => {
            banco.carica(&id, "10.00").await;
            banco.sql("DELETE FROM posizione_debitoria").await;
            let righe = "SELECT count(*) FROM posizione_debitoria".to_owned();
            let mancanti =
                "SELECT count(*) FROM pendenza p WHERE NOT EXISTS (SELECT 1 FROM posizione_debitoria x WHERE x.dominio = p.dominio AND x.pendenza = p.id)";
            Opera::di([(mancanti.to_owned(), 0), (righe, banco.conta("SELECT count(*) FROM pendenza").await)])
        }
        "cache-anagrafica" => {
            let prima = banco.conta("SELECT versione FROM anagrafica_versione").await;
            Opera::di([(format!("SELECT count(*) FROM anagrafica_versione WHERE versione > {prima}"), 1)])
        }
        "pulizie" => {
            let byte = |testo: &str| if banco.store.su_sqlite() { format!("CAST('{testo}' AS BLOB)") } else { format!("'{testo}'") };
            let bozza = |quale: &str, scadenza: &str| {
                let sessione = byte(&format!("{quale}{giro}"));
                format!(
                    "INSERT INTO bozza (sessione, id_a2a, id_pendenza, dominio, iuv, contenuto, creata, scadenza) VALUES ({sessione}, 'A', 'P', '{DOMINIO}', '1', '{{}}', '2020-01-01T00:00:00+00:00', '{scadenza}-01-01T00:00:00+00:00')"
                )
            };
            banco.sql(&bozza("vecchia", "2021")).await;
            banco.sql(&bozza("nuova", "2199")).await;
            let scadute = "SELECT count(*) FROM bozza WHERE scadenza < '2100-01-01T00:00:00+00:00'".to_owned();
            let vive = "SELECT count(*) FROM bozza".to_owned();
            Opera::di([(scadute, 0), (vive, 1 + i64::try_from(giro).expect("pochi"))])
        }
        "update-rnd" => {
            let data = chrono::NaiveDate::from_ymd_opt(2026, 11, 19).expect("data");
            let importo = codici::Importo::da_cent(100);
            let riga = |n: usize| RigaFlusso { iuv: format!("0100000000009{giro:02}{n:02}"), iur: format!("U{giro}-{n}"), indice: 1, importo, esito: 0, data };
            let flusso = format!("2026-11-20SIMPSP-{giro}");
            banco.simulatore.pubblica_flusso(FlussoPubblicato::nuovo(&flusso, DOMINIO, (0..3).map(riga).collect()));
            let uno = format!("SELECT count(*) FROM flusso WHERE id_flusso = '{flusso}'");
            let suo = format!("flusso IN (SELECT id FROM flusso WHERE id_flusso = '{flusso}' AND stato <> 'IN_ACQUISIZIONE')");
            let righe = format!("SELECT count(*) FROM rendicontazione WHERE iur LIKE 'U{giro}-%'");
            Opera::di([(uno, 1), (format!("{righe} AND {suo}"), 3), (righe, 3)])
        }
        "recupero-rt" => {
            let avviso = banco.carica(&id, "10.00").await;
            banco.simulatore.accendi(Guasto::Muto.per(1));
            banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
            banco.gateway.acquisisci_flussi(&|| true).await.expect("flussi");
            banco.sql("UPDATE rendicontazione SET recupero_rt_da = NULL").await;
            let iuv = &avviso[1..];
            Opera::di([
                (format!("SELECT count(*) FROM pendenza WHERE id_pendenza = '{id}' AND stato = 'ESEGUITO' AND importo_pagato = 1000"), 1),
                (format!("SELECT count(*) FROM riscossione WHERE iuv = '{iuv}'"), 1),
                (format!("SELECT count(*) FROM rendicontazione WHERE iuv = '{iuv}' AND riscossione IS NOT NULL"), 1),
            ])
        }
        "mesi-giornale" | "svecchiamento" => {
            let avviso = banco.carica(&id, "10.00").await;
            for domanda in Domanda::tutte(&avviso) {
                assert_eq!(domanda.invia(banco).await.a("outcome"), Some("OK"));
            }
            banco.gateway.giornale().scarica().await;
            let vecchi = "SELECT count(*) FROM evento WHERE data < '2021-01-01T00:00:00+00:00'".to_owned();
            if lavoro == "svecchiamento" {
                banco.sql("UPDATE evento SET data = '2020-01-01T00:00:00Z' WHERE tipo = 'paVerifyPaymentNotice'").await;
            }
            let recenti = banco.conta("SELECT count(*) FROM evento WHERE data > '2026-01-01T00:00:00+00:00'").await;
            let nuovi = format!("SELECT count(*) FROM (SELECT count(*) AS n FROM evento WHERE data > '2026-01-01T00:00:00+00:00') x WHERE n < {recenti}");
            if lavoro == "mesi-giornale" { Opera::di([(nuovi, 0)]) } else { Opera::di([(vecchi, 0), (nuovi, 0)]) }
        }
        "livello-servizio" => {
            // What a node that dies had not written yet is lost with it: what may not happen is that it counts twice.
            let avviso = banco.carica(&id, "10.00").await;
            assert_eq!(Domanda::verifica(&avviso).invia(banco).await.a("outcome"), Some("OK"));
            let quante = i64::try_from(giro).expect("pochi") + 1;
            Opera::di([(
                format!(
                    "SELECT count(*) FROM (SELECT coalesce(sum(risposte), 0) AS n FROM livello_servizio WHERE operazione = 'paVerifyPaymentNotice') x WHERE n > {quante}"
                ),
                0,
            )])
        }
        _ => return None,
    })
}

/// How a run that may be cut off ended.
enum Fine {
    Intera(Corsa),
    Tagliata,
}

/// Runs the job on a node that dies after so many statements.
async fn corri_fino_a(banco: &Banco, nodo: Gateway, lavoro: &'static Lavoro, taglio: usize) -> (Fine, usize) {
    let fatte = Arc::new(AtomicUsize::new(0));
    let maniglia: Arc<Mutex<Option<tokio::task::AbortHandle>>> = Arc::default();
    let (conto, mano) = (Arc::clone(&fatte), Arc::clone(&maniglia));
    banco.store.osserva_istruzioni(move || {
        if conto.fetch_add(1, Ordering::SeqCst) + 1 == taglio
            && let Some(compito) = mano.lock().expect("maniglia").as_ref()
        {
            compito.abort();
            // Until the other thread has dropped the run, which goes no further than this statement.
            std::thread::sleep(Duration::from_millis(30));
        }
    });
    let (via, parti) = tokio::sync::oneshot::channel::<()>();
    let compito = tokio::spawn(async move {
        let _ = parti.await;
        nodo.corri(lavoro, true, &CancellationToken::new()).await
    });
    *maniglia.lock().expect("maniglia") = Some(compito.abort_handle());
    via.send(()).expect("il compito aspetta");
    let fine = match compito.await {
        Ok(corsa) => Fine::Intera(corsa.expect("archivio")),
        Err(e) => {
            assert!(e.is_cancelled(), "{e}");
            Fine::Tagliata
        }
    };
    // What was in flight has ended by now, one way or the other.
    tokio::time::sleep(Duration::from_millis(40)).await;
    banco.store.osserva_istruzioni(|| {});
    (fine, fatte.load(Ordering::SeqCst))
}

/// A while after the death of a node: its leases are over, and what it had put off is due.
async fn passa_il_tempo(banco: &Banco) {
    for istruzione in [
        "UPDATE lavoro SET preso_fino = '2020-01-01T00:00:00+00:00' WHERE titolare IS NOT NULL",
        "UPDATE notifica SET prenotata_fino = NULL",
        "UPDATE posizione_debitoria SET prenotata_fino = '2020-01-01T00:00:00+00:00' WHERE prenotata_fino IS NOT NULL",
        "UPDATE posizione_debitoria SET prossimo_tentativo = data_modifica",
        "UPDATE rpt_da_inviare SET prenotata_fino = NULL, prossimo_tentativo = '2020-01-01T00:00:00+00:00'",
        "UPDATE flusso SET prenotato_fino = '2020-01-01T00:00:00+00:00' WHERE prenotato_fino IS NOT NULL",
        "UPDATE rendicontazione SET recupero_rt_da = NULL",
    ] {
        banco.sql(istruzione).await;
    }
}

async fn fatta_una_volta(banco: &Banco, lavoro: &str, taglio: usize, opera: &Opera) {
    for (query, atteso) in &opera.attese {
        assert_eq!(banco.conta(query).await, *atteso, "{lavoro}, tagliato dopo {taglio} istruzioni: {query}");
    }
    let fuori = match &opera.fuori {
        None => true,
        Some(Fuori::EnteHaSentito(ricevuta)) => !banco.simulatore.notifiche(|n| n.ricevuta.as_deref() == Some(ricevuta)).is_empty(),
        Some(Fuori::NodoHaRpt(ccp)) => banco.simulatore.rpt_ricevute().iter().filter(|r| r.ccp == *ccp).count() == 1,
        Some(Fuori::ArchivioHa { iupd, cent }) => {
            let viste: Vec<_> = banco.simulatore.posizioni_in("aca").into_iter().filter(|p| p["iupd"] == *iupd).collect();
            viste.len() == 1 && viste[0]["paymentOption"][0]["amount"] == *cent
        }
    };
    assert!(fuori, "{lavoro}, tagliato dopo {taglio} istruzioni: fuori non risulta");
}

/// The work is done although its node dies; another does what is left.
async fn uccidi_e_riprendi(banco: &Banco, lavoro: &'static Lavoro) {
    let nome = lavoro.nome;
    // Who takes over is another node, with nothing in memory; the counts of the service level are what a node has in memory.
    let nodo = async |giro: usize| {
        let numero = 100 + i32::try_from(giro).expect("pochi");
        if nome == "livello-servizio" { banco.gateway.clone() } else { banco.altro_nodo(numero).await }
    };
    let opera = semina(banco, nome, 0).await.expect("un lavoro di questo modulo");
    let (fine, istruzioni) = corri_fino_a(banco, nodo(0).await, lavoro, usize::MAX).await;
    assert!(matches!(fine, Fine::Intera(Corsa::Riuscita(_))), "{nome}");
    fatta_una_volta(banco, nome, 0, &opera).await;
    let passo = istruzioni.div_ceil(TAGLI_MAX).max(1);
    let mut tagliate = 0;
    for (giro, taglio) in (1..).zip((1..=istruzioni).step_by(passo)) {
        let opera = semina(banco, nome, giro).await.expect("lo stesso lavoro");
        let (fine, _) = corri_fino_a(banco, nodo(giro).await, lavoro, taglio).await;
        tagliate += usize::from(matches!(fine, Fine::Tagliata));
        passa_il_tempo(banco).await;
        let ripresa = nodo(giro + TAGLI_MAX + 1).await.corri(lavoro, true, &CancellationToken::new()).await.expect("archivio");
        assert!(matches!(ripresa, Corsa::Riuscita(_)), "{nome}, tagliato dopo {taglio} istruzioni: {ripresa:?}");
        fatta_una_volta(banco, nome, taglio, &opera).await;
    }
    println!("{nome}: {istruzioni} istruzioni, tagliato {tagliate} volte");
    assert!(tagliate > 0, "{nome}: nessuna corsa e' stata tagliata");
}

macro_rules! ogni_lavoro {
    ($($prova:ident: $nome:literal,)*) => {
        const QUI: &[&str] = &[$($nome),*];
        $(su_entrambi! {
            async fn $prova(banco: &Banco) {
                prepara(banco).await;
                uccidi_e_riprendi(banco, trova($nome).expect("registrato")).await;
            }
        })*
    };
}

ogni_lavoro! {
    la_spedizione_delle_notifiche_non_perde_e_non_raddoppia: "update-ntfy",
    la_chiusura_delle_rpt_scadute_non_perde_e_non_raddoppia: "rpt-scadute",
    l_invio_delle_rpt_non_perde_e_non_raddoppia: "invio-rpt",
    la_comunicazione_delle_posizioni_non_perde_e_non_raddoppia: "posizioni-debitorie",
    l_accodamento_delle_posizioni_non_perde_e_non_raddoppia: "posizioni-mancanti",
    la_rilettura_dell_anagrafica_non_perde_e_non_raddoppia: "cache-anagrafica",
    le_pulizie_non_perdono_e_non_raddoppiano: "pulizie",
    l_acquisizione_dei_flussi_non_perde_e_non_raddoppia: "update-rnd",
    il_recupero_delle_ricevute_non_perde_e_non_raddoppia: "recupero-rt",
    la_preparazione_dei_mesi_non_perde_e_non_raddoppia: "mesi-giornale",
    lo_svecchiamento_non_perde_e_non_raddoppia: "svecchiamento",
    il_livello_di_servizio_non_conta_due_volte: "livello-servizio",
}

#[test]
fn ogni_lavoro_del_registro_si_uccide_in_una_prova() {
    for lavoro in registro() {
        assert!(QUI.contains(&lavoro.nome) || ALTROVE.iter().any(|(nome, _)| *nome == lavoro.nome), "nessuna prova uccide {}", lavoro.nome);
    }
}
