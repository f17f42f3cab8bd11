//! The ente is asked: a notice that was never loaded, and one whose data are no longer certain (the manual's 5.3; spec/1 sections 8.5, 9.3 and 11, spec/3
//! section 1.5).

use std::time::{Duration, Instant};

use codici::NumeroAvviso;
use domain::anagrafica::tipo_pendenza::{AvvisaturaTipo, Promemoria};
use domain::anagrafica::{Applicazione, BlocchiTipo, EspressioneIuv, Scrittura, SeEnteNonRisponde, TipoPendenza, TipoPendenzaDominio, UsiTipo};
use domain::pendenza::Stato;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{GuastoEnte, OperazioneEnte, RispostaEnte, Versione, VersioneEnte};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, PASSWORD, PENDENZE, corpo_minimo, dominio, numero};
use crate::soap::Domanda;
use crate::stazione::annulla;
use crate::su_entrambi;

/// Never loaded: of DEMO, whose connettore is v2.
pub const AVVISO: &str = "301000000000055555";
/// Of DEMO_V1.
pub const AVVISO_V1: &str = "302000000000055555";
const SISTEMA: (&str, &str) = ("PAA_SYSTEM_ERROR", "Errore generico.");
const SCONOSCIUTO: (&str, &str) = ("PAA_PAGAMENTO_SCONOSCIUTO", "Pagamento in attesa risulta sconosciuto all\u{2019}Ente Creditore.");
const SCADUTO: (&str, &str) = ("PAA_PAGAMENTO_SCADUTO", "Pagamento in attesa risulta scaduto all'Ente Creditore.");
const ANNULLATO: (&str, &str) = ("PAA_PAGAMENTO_ANNULLATO", "Pagamento in attesa risulta annullato all'Ente Creditore.");
const DUPLICATO: (&str, &str) = ("PAA_PAGAMENTO_DUPLICATO", "Pagamento in attesa risulta concluso all'Ente Creditore.");
const ACQUISIZIONE: &str = "Riscontrato errore durante l'acquisizione del versamento dall'applicazione gestore del debito: ";

/// Says which IUVs belong to whom.
pub async fn riconosci(banco: &Banco, applicazioni: &[(&str, &str)]) {
    let anagrafica = banco.gateway.anagrafica();
    let scritture: Vec<Scrittura> = applicazioni
        .iter()
        .map(|(cod, espressione)| {
            let nota = anagrafica.applicazioni.get(*cod).expect("censita").as_ref().clone();
            Scrittura::Applicazione(Applicazione { reg_exp_iuv: Some(EspressioneIuv::nuova(espressione).expect("espressione")), ..nota })
        })
        .collect();
    banco.censisci(&scritture).await;
}

pub async fn due_applicazioni(banco: &Banco) {
    riconosci(banco, &[("DEMO", "01.*"), ("DEMO_V1", "02.*")]).await;
}

pub async fn se_ente_non_risponde(banco: &Banco, scelta: SeEnteNonRisponde) {
    let tipo = TipoPendenzaDominio { usi: UsiTipo { se_ente_non_risponde: Some(scelta), ..UsiTipo::default() }, ..TipoPendenzaDominio::default() };
    let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
    a.tipo_pendenza_dominio(&dominio(DOMINIO), "TARI", &tipo).await.expect("tipo");
    a.commit().await.expect("commit");
    banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
}

/// The position as the ente has it, v2.
pub fn dell_ente(id: &str, avviso: Option<&str>, importo: &str) -> Value {
    let mut pendenza = corpo_minimo(importo);
    pendenza["idA2A"] = "DEMO".into();
    pendenza["idPendenza"] = id.into();
    if let Some(avviso) = avviso {
        pendenza["numeroAvviso"] = avviso.into();
    }
    json!({ "stato": "NON_ESEGUITA", "pendenza": pendenza })
}

/// The same, v1.
pub fn dell_ente_v1(id: &str, avviso: &str, importo: &str) -> Value {
    let mut pendenza = dell_ente(id, Some(avviso), importo)["pendenza"].clone();
    pendenza["idA2A"] = "DEMO_V1".into();
    pendenza["stato"] = "NON_ESEGUITA".into();
    pendenza
}

pub fn risponde(banco: &Banco, avviso: &str, risposta: impl Into<RispostaEnte>) {
    banco.simulatore.imposta_risposta(VersioneEnte::V2, OperazioneEnte::GetAvviso, DOMINIO, avviso, risposta).expect("posto");
}

pub fn risponde_v1(banco: &Banco, avviso: &str, risposta: Value) {
    let iuv = NumeroAvviso::leggi(avviso).expect("avviso").iuv();
    banco.simulatore.imposta_risposta(VersioneEnte::V1, OperazioneEnte::GetAvviso, DOMINIO, iuv.as_str(), risposta).expect("posto");
}

async fn rifiutata(banco: &Banco, domanda: &Domanda, (codice, testo): (&str, &str), descrizione: Option<&str>) {
    domanda.invia(banco).await.rifiuto(domanda.elemento, codice, testo, DOMINIO, descrizione);
}

async fn eventi(banco: &Banco, condizione: &str) -> i64 {
    banco.gateway.giornale().scarica().await;
    banco.conta(&format!("SELECT count(*) FROM evento WHERE componente = 'API_ENTE' AND ruolo = 'C' AND {condizione}")).await
}

async fn posizioni(banco: &Banco) -> i64 {
    banco.conta("SELECT count(*) FROM pendenza").await
}

/// A position of DEMO whose dataValidita is over: its notice.
async fn non_piu_certa(banco: &Banco, id: &str) -> String {
    banco.ferma_orologio("2026-06-01T10:00:00Z");
    let mut corpo = corpo_minimo("10.00");
    corpo["dataValidita"] = "2026-06-30".into();
    let avviso = banco.put(id, corpo).await.json()["numeroAvviso"].as_str().expect("avviso").to_owned();
    banco.ferma_orologio("2026-07-01T10:00:00Z");
    avviso
}

su_entrambi! {
    async fn un_avviso_mai_caricato_si_verifica_si_paga_e_l_ente_lo_sa(banco: &Banco) {
        due_applicazioni(banco).await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        risponde_v1(banco, AVVISO_V1, dell_ente_v1("E2", AVVISO_V1, "41.00"));

        for (applicazione, id, avviso, cent) in [("DEMO", "E1", AVVISO, 4_000), ("DEMO_V1", "E2", AVVISO_V1, 4_100)] {
            let verificato = banco.simulatore.verifica(DOMINIO, avviso).await.expect("pagabile");
            assert_eq!(verificato.importo.cent(), cent);
            let pagato = banco.simulatore.paga(DOMINIO, avviso, Versione::V2).await.expect("pagata");
            assert_eq!(pagato.ricevute[0].stato, "consegnata");
            let pendenza = banco.chiama_come(applicazione, Method::GET, &format!("{PENDENZE}/pendenze/{applicazione}/{id}"), None).await.json();
            assert_eq!((&pendenza["stato"], &pendenza["tipo"], &pendenza["numeroAvviso"]), (&json!("ESEGUITA"), &json!("dovuto"), &json!(avviso)));
            banco.spedisci().await;
            let token = pagato.pagamento.token.clone();
            let notifica = banco.simulatore.attendi_notifica(|n| n.ricevuta.as_deref() == Some(&token), Duration::from_secs(5)).await.expect("notificata");
            assert_eq!(notifica.problemi, Vec::<String>::new());
        }
        // Once loaded it is ours: the ente was asked once for each.
        assert_eq!(eventi(banco, "tipo = 'getAvviso' AND esito = 'OK' AND sottotipo_esito = '200'").await, 2);
        assert_eq!(eventi(banco, "tipo = 'getAvviso' AND id_a2a = 'DEMO' AND id_pendenza = 'E1' AND iuv = '01000000000055555' AND dominio = '12345678901' AND durata_ms >= 0").await, 1);
    }
}

su_entrambi! {
    async fn un_avviso_mai_caricato_si_attiva_senza_essere_verificato(banco: &Banco) {
        due_applicazioni(banco).await;
        // A missing numero avviso is the one that was asked for; the numbers are those of the ente, whatever the dominio would print.
        risponde(banco, AVVISO, dell_ente("E1", None, "40.00"));
        let pagato = banco.simulatore.paga(DOMINIO, AVVISO, Versione::V1).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "consegnata");
        let pendenza = banco.pendenza("E1").await;
        assert_eq!((&pendenza["stato"], &pendenza["numeroAvviso"], &pendenza["rpp"].as_array().map(Vec::len)), (&json!("ESEGUITA"), &json!(AVVISO), &Some(1)));
    }
}

su_entrambi! {
    async fn una_validita_passata_si_chiede_di_nuovo_all_ente(banco: &Banco) {
        due_applicazioni(banco).await;
        let avviso = non_piu_certa(banco, "P1").await;
        let mut nuova = dell_ente("P1", Some(&avviso), "12.00");
        nuova["pendenza"]["dataValidita"] = "2026-07-31".into();
        risponde(banco, &avviso, nuova);
        let verificato = banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile");
        assert_eq!((verificato.importo.cent(), verificato.scadenza.as_deref()), (1_200, Some("2026-07-31")));
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "consegnata");
        banco.spedisci().await;
        let token = pagato.pagamento.token.clone();
        banco.simulatore.attendi_notifica(|n| n.ricevuta.as_deref() == Some(&token), Duration::from_secs(5)).await.expect("notificata");
        let pendenza = banco.pendenza("P1").await;
        assert_eq!((&pendenza["stato"], &pendenza["importo"]), (&json!("ESEGUITA"), &numero("12.0")));
        assert_eq!(eventi(banco, "tipo = 'getAvviso'").await, 1);
        assert_eq!(posizioni(banco).await, 1);
    }
}

su_entrambi! {
    async fn ogni_parola_dell_ente_ha_il_suo_fault(banco: &Banco) {
        due_applicazioni(banco).await;
        let ids = "I campi IdDominio e NumeroAvviso della pendenza ricevuta dal servizio di verifica non corrispondono ai parametri di input.";
        let suo = "Il campo IdA2A della pendenza ricevuta dal servizio di verifica non e' quello dell'applicazione interrogata.";
        let sconosciuta = "La pendenza identificata da Dominio:12345678901 Iuv:01000000000055555 risulta sconosciuta presso l'applicativo gestore.";
        let con = |nome: &str, valore: Value| {
            let mut r = dell_ente("E1", Some(AVVISO), "40.00");
            r["pendenza"][nome] = valore;
            r
        };
        let casi: Vec<(Value, (&str, &str), Option<&str>)> = vec![
            (json!({ "stato": "SCONOSCIUTA" }), SCONOSCIUTO, Some(sconosciuta)),
            (json!({ "stato": "SCADUTA", "descrizioneStato": "Termine superato il 31/12/2026" }), SCADUTO, Some("Termine superato il 31/12/2026")),
            (json!({ "stato": "ANNULLATA" }), ANNULLATO, None),
            (json!({ "descrizioneStato": "x" }), SISTEMA, Some("Stato pendenza non gestito: null")),
            (dell_ente("E1", Some("301000000000066666"), "40.00"), SISTEMA, Some(ids)),
            (con("idDominio", "12345678902".into()), SISTEMA, Some(ids)),
            (con("idA2A", "DEMO_V1".into()), SISTEMA, Some(suo)),
            (con("causale", Value::Null), SISTEMA, Some("Il campo causale non deve essere vuoto.")),
            (con("idTipoPendenza", "IGNOTO".into()), SISTEMA, Some("Riscontrato errore durante la verifica del versamento: Tipo pendenza (IGNOTO) inesistente")),
        ];
        for (risposta, fault, descrizione) in casi {
            risponde(banco, AVVISO, risposta);
            rifiutata(banco, &Domanda::verifica(AVVISO), fault, descrizione).await;
        }
        risponde(banco, AVVISO, con("importo", numero("41.00")));
        let testo = "Riscontrato errore durante l'attivazione del versamento: La pendenza (IdA2A:DEMO, Id:E1) ha un importo totale (41) diverso dalla somma dei singoli importi (40)";
        let risposta = Domanda::attiva_v2(AVVISO).invia(banco).await;
        assert!(risposta.http.testo.contains("importo totale (41"), "{testo}: {}", risposta.http.testo);
        risponde(banco, AVVISO, con("nome", "v1".into()));
        let risposta = Domanda::verifica(AVVISO).invia(banco).await;
        assert!(risposta.http.testo.contains("nome"), "{}", risposta.http.testo);
        risponde_v1(banco, AVVISO_V1, json!({ "stato": "DUPLICATA" }));
        rifiutata(banco, &Domanda::verifica(AVVISO_V1), DUPLICATO, None).await;
        assert_eq!(posizioni(banco).await, 0);
        assert_eq!(eventi(banco, "esito = 'KO' AND sottotipo_esito = 'PENDENZA_NON_VALIDA'").await, 6);
        assert_eq!(eventi(banco, "esito = 'KO' AND sottotipo_esito = 'PENDENZA_DUPLICATA' AND id_a2a = 'DEMO_V1'").await, 1);
    }
}

su_entrambi! {
    async fn un_ente_che_non_risponde_e_un_errore_detto(banco: &Banco) {
        due_applicazioni(banco).await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        for (guasto, parte) in [
            (GuastoEnte::Errore { stato: 500 }, format!("{ACQUISIZIONE}Ricevuto [HTTP 500]")),
            (GuastoEnte::Errore { stato: 404 }, format!("{ACQUISIZIONE}Ricevuto [HTTP 404]")),
            (GuastoEnte::ConnessioneChiusa, ACQUISIZIONE.to_owned()),
            (GuastoEnte::Immondizia, "non e'".to_owned()),
            (GuastoEnte::Redirezione, "Il corpo della risposta".to_owned()),
        ] {
            for domanda in Domanda::tutte(AVVISO) {
                banco.simulatore.accendi_ente(guasto.per(1));
                let risposta = domanda.invia(banco).await;
                assert!(risposta.http.testo.contains(SISTEMA.0), "{guasto:?}: {}", risposta.http.testo);
                let testo = risposta.http.testo.replace("&apos;", "'");
                assert!(testo.contains(&parte), "{guasto:?}, {parte}: {testo}");
            }
        }
        assert_eq!(posizioni(banco).await, 0);
        assert_eq!(eventi(banco, "esito = 'FAIL' AND sottotipo_esito = '500'").await, 3);
        // It was not tried behind the node's back: the next question is the first good one.
        banco.simulatore.verifica(DOMINIO, AVVISO).await.expect("pagabile");
    }
}

su_entrambi! {
    async fn un_ente_lento_non_fa_tardare_la_risposta_al_nodo(banco: &Banco) {
        due_applicazioni(banco).await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        banco.simulatore.accendi_ente(GuastoEnte::Lento { ms: 20_000 });
        let inizio = Instant::now();
        let risposta = Domanda::verifica(AVVISO).invia(banco).await;
        assert!(risposta.http.testo.contains("tempo scaduto"), "{}", risposta.http.testo);
        assert!(inizio.elapsed() >= Duration::from_secs(4) && inizio.elapsed() < Duration::from_millis(6_500), "{:?}", inizio.elapsed());
    }
}

su_entrambi! {
    async fn chi_aspetta_l_ente_non_tiene_il_database(banco: &Banco) {
        due_applicazioni(banco).await;
        banco.carica("P1", "10.00").await;
        banco.simulatore.accendi_ente(GuastoEnte::Lento { ms: 3_000 });
        // More than the connections of the bench, on both roads.
        let mut in_attesa = tokio::task::JoinSet::new();
        for n in 0..12 {
            let avviso = format!("3010000000007{n:05}");
            let domanda = if n % 2 == 0 { Domanda::verifica(&avviso) } else { Domanda::attiva_v2(&avviso) };
            let (http, url) = (banco.http.clone(), format!("{}{}", banco.base, crate::banco::STAZIONE));
            in_attesa.spawn(async move { http.post(url).basic_auth("nodo", Some(PASSWORD)).body(domanda.xml()).send().await.expect("risposta").text().await });
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        let inizio = Instant::now();
        banco.pendenza("P1").await;
        banco.carica("P2", "10.00").await;
        assert!(inizio.elapsed() < Duration::from_millis(1_800), "{:?}", inizio.elapsed());
        while let Some(testo) = in_attesa.join_next().await {
            let testo = testo.expect("finita").expect("corpo");
            assert!(testo.contains("PAA_PAGAMENTO_SCONOSCIUTO"), "{testo}");
        }
    }
}

su_entrambi! {
    async fn due_nodi_che_chiedono_insieme_fanno_una_sola_pendenza(banco: &Banco) {
        due_applicazioni(banco).await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        banco.simulatore.accendi_ente(GuastoEnte::Lento { ms: 300 });
        let altro = banco.altro_nodo(8).await;
        let (d, n) = (dominio(DOMINIO), NumeroAvviso::leggi(AVVISO).expect("avviso"));
        let esiti = tokio::join!(
            banco.gateway.pendenza_da_avviso(&d, &n),
            altro.pendenza_da_avviso(&d, &n),
            banco.gateway.pendenza_da_avviso(&d, &n),
            altro.pendenza_da_avviso(&d, &n),
        );
        let ids = [esiti.0, esiti.1, esiti.2, esiti.3].map(|e| e.expect("acquisita").id);
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(posizioni(banco).await, 1);
        let registrate = banco.conta("SELECT count(*) FROM registro WHERE causa = 'caricamento'").await;
        assert_eq!(registrate, 1);
    }
}

su_entrambi! {
    async fn quando_l_ente_tace_vale_la_scelta_del_tipo_pendenza(banco: &Banco) {
        due_applicazioni(banco).await;
        let avviso = non_piu_certa(banco, "P1").await;
        // The words of the ente against the payment hold whatever the choice; the others give way to what is known.
        for (risposta, fault) in [(json!({ "stato": "ANNULLATA" }), ANNULLATO), (json!({ "stato": "SCADUTA" }), SCADUTO)] {
            risponde(banco, &avviso, risposta);
            rifiutata(banco, &Domanda::verifica(&avviso), fault, None).await;
        }
        risponde(banco, &avviso, json!({ "stato": "SCONOSCIUTA" }));
        assert_eq!(banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile").importo.cent(), 1_000);
        risponde(banco, &avviso, json!({ "niente": 1 }));
        assert_eq!(banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile").importo.cent(), 1_000);
        let mut altra_uo = dell_ente("P1", Some(&avviso), "10.00");
        altra_uo["pendenza"]["idUnitaOperativa"] = "UFF".into();
        risponde(banco, &avviso, altra_uo.clone());
        assert_eq!(banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile").importo.cent(), 1_000);

        se_ente_non_risponde(banco, SeEnteNonRisponde::Rifiuta).await;
        let beneficiario = "Riscontrato errore durante la verifica del versamento: La pendenza (IdA2A:DEMO, Id:P1) presenta un beneficiario (UFF / 12345678901) diverso da quello originale (EC / 12345678901)";
        rifiutata(banco, &Domanda::verifica(&avviso), SISTEMA, Some(beneficiario)).await;
        risponde(banco, &avviso, json!({ "stato": "SCONOSCIUTA", "descrizioneStato": "mai vista" }));
        rifiutata(banco, &Domanda::verifica(&avviso), SCADUTO, Some("mai vista")).await;
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 503 }.per(1));
        rifiutata(banco, &Domanda::attiva_v2(&avviso), SISTEMA, Some(&format!("{ACQUISIZIONE}Ricevuto [HTTP 503]"))).await;
        // Without a connettore there is nobody to ask.
        let nota = banco.gateway.anagrafica().applicazioni.get("DEMO").expect("censita").as_ref().clone();
        banco.censisci(&[Scrittura::Applicazione(Applicazione { connettore: None, ..nota })]).await;
        rifiutata(banco, &Domanda::verifica(&avviso), SCADUTO, Some("Versamento scaduto in data 30/06/2026")).await;
        se_ente_non_risponde(banco, SeEnteNonRisponde::PagaConIDatiNoti).await;
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
    }
}

su_entrambi! {
    async fn cio_che_si_annulla_mentre_l_ente_risponde_resta_annullato(banco: &Banco) {
        due_applicazioni(banco).await;
        let avviso = non_piu_certa(banco, "P1").await;
        risponde(banco, &avviso, dell_ente("P1", Some(&avviso), "12.00"));
        banco.simulatore.accendi_ente(GuastoEnte::Lento { ms: 1_000 });
        let domanda = Domanda::attiva_v2(&avviso);
        let (esito, ()) = tokio::join!(rifiutata(banco, &domanda, ANNULLATO, None), async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            annulla(banco, "P1").await;
        });
        let () = esito;
        assert_eq!(banco.pendenza("P1").await["stato"], "ANNULLATA");
        let p = banco.store.pendenza("DEMO", "P1").await.expect("letta").expect("c'e'");
        assert_eq!((p.stato, p.importo.cent()), (Stato::Annullato, 1_000));
    }
}

su_entrambi! {
    async fn by_avviso_chiede_all_ente_e_conserva(banco: &Banco) {
        due_applicazioni(banco).await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        let percorso = format!("/pendenze/byAvviso/{DOMINIO}/{AVVISO}");
        for _ in 0..2 {
            let risposta = banco.get(&percorso).await;
            assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
            assert_eq!(risposta.json(), banco.pendenza("E1").await);
        }
        assert_eq!(eventi(banco, "tipo = 'getAvviso'").await, 1);
        // Of another, and not only when it is here.
        let altrui = banco.chiama_come("DEMO_V1", Method::GET, &format!("{PENDENZE}{percorso}"), None).await;
        altrui.rifiuta(403, "403000", "Applicazione [DEMO_V1] non autorizzata ad accedere alla risorsa richiesta.");
    }
}

su_entrambi! {
    async fn by_avviso_non_trovato_dice_perche(banco: &Banco) {
        due_applicazioni(banco).await;
        let testa = |d: &str, iuv: &str| {
            format!("La pendenza ricercata tramite avviso [Dominio: {d}, NumeroAvviso: {iuv}] non e' stata trovata nella base dati interna, la verifica tramite l'applicazione competente fallita con errore: ")
        };
        let iuv = "01000000000055555";
        risponde(banco, AVVISO, json!({ "stato": "SCADUTA", "descrizioneStato": "tardi" }));
        for (d, avviso, mostrato, motivo) in [
            (DOMINIO, AVVISO, iuv, "tardi"),
            (DOMINIO, "303000000000055555", "03000000000055555", "Nessuna applicazione trovata per gestire lo IUV (03000000000055555) per il dominio (12345678901)"),
            ("99999999999", AVVISO, iuv, "Dominio (99999999999) inesistente"),
        ] {
            let risposta = banco.get(&format!("/pendenze/byAvviso/{d}/{avviso}")).await;
            risposta.rifiuta(404, "404000", &format!("{}{motivo}", testa(d, mostrato)));
        }
        let risposta = banco.get(&format!("/pendenze/byAvviso/{DOMINIO}/12")).await;
        assert_eq!((risposta.fault().0, risposta.fault().1.as_str()), (404, "404000"));
        assert!(risposta.fault().2.starts_with(&testa(DOMINIO, "12")), "{}", risposta.testo);
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 }.per(1));
        let risposta = banco.get(&format!("/pendenze/byAvviso/{DOMINIO}/{AVVISO}")).await;
        risposta.rifiuta(404, "404000", &format!("{}Ricevuto [HTTP 500]", testa(DOMINIO, iuv)));
        assert_eq!(posizioni(banco).await, 0);
    }
}

su_entrambi! {
    async fn chi_chiede_per_rest_sente_i_testi_del_contratto(banco: &Banco) {
        due_applicazioni(banco).await;
        let chiedi = async |id: &str| gateway::Errore::from(banco.gateway.pendenza_da_riferimento("DEMO", id).await.expect_err("non c'e'"));
        let rifiuto = |e: gateway::Errore| match e {
            gateway::Errore::Rifiuto(r) => (r.stato_http(), &*r.codice().to_owned().leak(), r.dettaglio()),
            altro => panic!("{altro}"),
        };
        let imposta = |id: &str, risposta: Value| {
            banco.simulatore.imposta_risposta(VersioneEnte::V2, OperazioneEnte::VerifyPendenza, "DEMO", id, risposta).expect("posto");
        };
        for (stato, codice, esito) in [("SCADUTA", "VER_010", "SCADUTO"), ("SCONOSCIUTA", "VER_011", "SCONOSCIUTO"), ("ANNULLATA", "VER_013", "ANNULLATO")] {
            imposta("X", json!({ "stato": stato }));
            assert_eq!(rifiuto(chiedi("X").await), (422, codice, format!("La verifica della pendenza ha dato esito PAA_PAGAMENTO_{esito}")));
        }
        let quale = "[Versamento: X BundleKey:- Debitore:- Dominio:- Iuv:-] all'applicazione competente [Applicazione:DEMO] e' fallita con errore: ";
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 }.per(1));
        assert_eq!(rifiuto(chiedi("X").await), (502, "502000", format!("La verifica del versamento {quale}Ricevuto [HTTP 500]")));
        imposta("X", dell_ente("ALTRA", None, "1.00"));
        let ids = "I campi IdA2A e IdPendenza della pendenza ricevuta dal servizio di verifica non corrispondono ai parametri di input.";
        assert_eq!(rifiuto(chiedi("X").await), (500, "INTERNAL", format!("verifica del versamento {quale}{ids}")));
        let ignota = banco.gateway.pendenza_da_riferimento("NESSUNA", "X").await.expect_err("ignota");
        assert_eq!(rifiuto(ignota.into()).1, "APP_000");
        let (d, n) = (dominio(DOMINIO), NumeroAvviso::leggi("303000000000055555").expect("avviso"));
        assert_eq!(rifiuto(banco.gateway.pendenza_da_avviso(&d, &n).await.expect_err("di nessuno").into()), (422, "VER_008", "La pendenza non esiste.".to_owned()));
        // Asked by name and without a number, it gets one of ours.
        imposta("X", dell_ente("X", None, "1.00"));
        let p = banco.gateway.pendenza_da_riferimento("DEMO", "X").await.expect("acquisita");
        assert!(p.numero_avviso.as_str().starts_with("301"), "{}", p.numero_avviso);
        assert_eq!(eventi(banco, "tipo = 'verifyPendenza'").await, 6);
    }
}

su_entrambi! {
    async fn la_scelta_di_un_tipo_pendenza_si_scrive_e_si_rilegge(banco: &Banco) {
        due_applicazioni(banco).await;
        let catalogo = format!("{BACKOFFICE}/tipiPendenza/TARI");
        let scrivi = async |scelta: Value| {
            banco.chiama_come("gpadmin", Method::PUT, &catalogo, Some(json!({ "descrizione": "TARI", "seEnteNonRisponde": scelta }))).await
        };
        let (stato, codice, testo) = scrivi("FORSE".into()).await.fault();
        assert!(stato == 400 && codice == "SINTASSI" && testo.contains("seEnteNonRisponde") && testo.contains("RIFIUTA"), "{testo}");
        assert_eq!(scrivi("RIFIUTA".into()).await.stato, StatusCode::OK);
        let letto = banco.chiama_come("gpadmin", Method::GET, &catalogo, None).await.json();
        assert_eq!(letto["seEnteNonRisponde"], "RIFIUTA");
        let avviso = non_piu_certa(banco, "P1").await;
        risponde(banco, &avviso, json!({ "stato": "SCONOSCIUTA", "descrizioneStato": "mai vista" }));
        rifiutata(banco, &Domanda::verifica(&avviso), SCADUTO, Some("mai vista")).await;
        // The dominio has the last word, and silence is that of the catalogue.
        let dominio = format!("{BACKOFFICE}/domini/{DOMINIO}/tipiPendenza/TARI");
        let corpo = json!({ "seEnteNonRisponde": "PAGA_CON_I_DATI_NOTI" });
        assert!(banco.chiama_come("gpadmin", Method::PUT, &dominio, Some(corpo)).await.stato.is_success());
        banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile");
        assert_eq!(scrivi(Value::Null).await.stato, StatusCode::OK);
        let letto = banco.chiama_come("gpadmin", Method::GET, &catalogo, None).await.json();
        assert_eq!(letto.get("seEnteNonRisponde"), None);
    }
}

su_entrambi! {
    async fn una_pendenza_data_dall_ente_non_arma_messaggi(banco: &Banco) {
        due_applicazioni(banco).await;
        let acceso = Promemoria { abilitato: Some(true), ..Promemoria::default() };
        let blocchi = BlocchiTipo { avvisatura_mail: Some(AvvisaturaTipo { promemoria_avviso: Some(acceso), ..AvvisaturaTipo::default() }), ..BlocchiTipo::default() };
        banco.censisci(&[Scrittura::TipoPendenza(TipoPendenza::nuovo("TARI", "TARI"), Box::new(blocchi))]).await;
        banco.carica("P1", "10.00").await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        banco.simulatore.verifica(DOMINIO, AVVISO).await.expect("pagabile");
        let armata = async |id: &str| banco.store.pendenza("DEMO", id).await.expect("letta").expect("c'e'").avvisatura.data_notifica_avviso.is_some();
        assert_eq!((armata("P1").await, armata("E1").await), (true, false));
    }
}
