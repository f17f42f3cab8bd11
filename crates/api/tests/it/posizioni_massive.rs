//! Positions sent to GPD by file: a file, its report, what each position becomes; services that misbehave, nodes that die.

use std::collections::HashMap;

use domain::posizione_debitoria::StatoInvio;
use domain::posizione_debitoria::massivo::StatoLotto;
use gateway::lavori::{Corsa, trova};
use gateway::posizioni::ImpostazioniPosizioni;
use gateway::posizioni::massivo::ImpostazioniMassivo;
use gateway::{Gateway, Impostazioni};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{ComportamentoFile, GuastoArchivio, RapportoFile};
use store::lotti_posizioni::{FiltroLotti, Lotto};
use tokio_util::sync::CancellationToken;

use crate::banco::{BACKOFFICE, Banco, DOMINIO, corpo_minimo};
use crate::posizioni::{allinea, con_archivi, guasta, iupd, metodi, patch, riga, stato_nell_archivio};
use crate::su_entrambi;

fn massivo(massivo: ImpostazioniMassivo) -> Impostazioni {
    Impostazioni { posizioni: ImpostazioniPosizioni { massivo, ..ImpostazioniPosizioni::default() }, ..Impostazioni::default() }
}

/// Positions whose segregation code is GPD's.
async fn carica(banco: &Banco, da: u32, quante: u32) {
    for n in da..da + quante {
        let mut corpo = corpo_minimo("10.00");
        corpo["numeroAvviso"] = json!(avviso(n));
        let r = banco.put(&format!("G{n}"), corpo).await;
        assert_eq!(r.stato, StatusCode::CREATED, "{}", r.testo);
    }
}

/// The check digits of aux digit 3: the eleven digits after the segregation code, modulo 93.
fn avviso(n: u32) -> String {
    let testa = format!("305{n:013}");
    let resto = testa.bytes().fold(0_u64, |r, b| (r * 10 + u64::from(b - b'0')) % 93);
    format!("{testa}{resto:02}")
}

async fn giro(gateway: &Gateway) -> Corsa {
    gateway.corri(trova("posizioni-massive").expect("registrato"), true, &CancellationToken::new()).await.expect("letto")
}

/// What waits for its time is due now.
async fn dopo(banco: &Banco) {
    banco.sql("UPDATE lotto_posizioni SET prossimo_tentativo = data_creazione").await;
}

/// Runs until no lotto is open.
async fn fino_in_fondo(banco: &Banco, gateway: &Gateway) {
    for _ in 0..20 {
        giro(gateway).await;
        if lotti(banco).await.iter().all(|l| matches!(l.stato, StatoLotto::Concluso | StatoLotto::Rifiutato)) {
            return;
        }
        dopo(banco).await;
    }
    panic!("{:?}", lotti(banco).await);
}

async fn lotti(banco: &Banco) -> Vec<Lotto> {
    let pagina = store::elenchi::Pagina { salta: 0, quante: 50, conta: None };
    banco.store.elenco_lotti(&FiltroLotti::default(), &pagina).await.expect("letti").righe
}

async fn chiedi(banco: &Banco) -> Value {
    let r = banco.chiama_come("gpadmin", Method::POST, &format!("{BACKOFFICE}/posizioniDebitorie/caricamentoMassivo"), None).await;
    assert_eq!(r.stato, StatusCode::OK, "{}", r.testo);
    r.json()
}

async fn stati(banco: &Banco, quante: u32) -> Vec<StatoInvio> {
    let mut stati = Vec::new();
    for n in 0..quante {
        stati.push(riga(banco, &format!("G{n}")).await.stato);
    }
    stati
}

su_entrambi! {
    async fn molte_posizioni_partono_per_file_e_ognuna_ha_il_suo_esito(banco: &Banco) {
        con_archivi(banco).await;
        let nodo = banco.nodo_con(massivo(ImpostazioniMassivo { soglia: 5, posizioni_per_file: 4, ..ImpostazioniMassivo::default() })).await;
        carica(banco, 0, 6).await;
        banco.simulatore.comportamento_dei_file(ComportamentoFile {
            lentezza: 1,
            rifiutate: HashMap::from([(iupd("G1"), 400), (iupd("G2"), 409)]),
            ..ComportamentoFile::default()
        });

        assert!(matches!(giro(&nodo).await, Corsa::Riuscita(_)));
        assert_eq!(lotti(banco).await.len(), 2, "quattro per file");
        // What is in a file is not called for by itself.
        allinea(&nodo).await;
        assert!(metodi(banco).iter().all(|c| c == "POST 202"), "solo i file");
        fino_in_fondo(banco, &nodo).await;

        use StatoInvio::{DaInviare, Inviata, Rifiutata};
        assert_eq!(stati(banco, 6).await, [Inviata, Rifiutata, DaInviare, Inviata, Inviata, Inviata]);
        assert_eq!(riga(banco, "G1").await.motivo.as_deref(), Some("HTTP 400: Refused by the simulator"));
        assert_eq!(stato_nell_archivio(banco, "gpd", "G0"), "VALID");
        // A conflict is looked at by a call of its own, which finds nothing and creates.
        metodi(banco);
        allinea(&nodo).await;
        assert_eq!((riga(banco, "G2").await.stato, metodi(banco)), (Inviata, vec!["GET 404".to_owned(), "POST 201".to_owned()]));

        let r = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/posizioniDebitorie/lotti?stato=CONCLUSO"), None).await.json();
        let mut conti: Vec<_> = r["risultati"].as_array().expect("elenco").iter().map(|l| (l["posizioni"].as_u64(), l["inviate"].as_u64(), l["rifiutate"].as_u64(), l["daRivedere"].as_u64())).collect();
        conti.sort_unstable();
        assert_eq!(conti, [(Some(2), Some(2), Some(0), Some(0)), (Some(4), Some(2), Some(1), Some(1))]);
        assert!(banco.simulatore.file_presi().iter().all(|b| *b <= 5 * 1024 * 1024));
    }
}

su_entrambi! {
    async fn cambiate_e_annullate_partono_per_file_anche_loro(banco: &Banco) {
        con_archivi(banco).await;
        carica(banco, 0, 4).await;
        assert_eq!(chiedi(banco).await, json!({ "lotti": 1, "posizioni": 4 }));
        fino_in_fondo(banco, &banco.gateway).await;
        metodi(banco);

        for n in 0..2 {
            let mut corpo = corpo_minimo("12.00");
            corpo["numeroAvviso"] = json!(avviso(n));
            assert_eq!(banco.put(&format!("G{n}"), corpo).await.stato, StatusCode::OK);
        }
        patch(banco, "G2", "ANNULLATA").await;
        assert_eq!(chiedi(banco).await, json!({ "lotti": 2, "posizioni": 3 }));
        fino_in_fondo(banco, &banco.gateway).await;
        let mut file: Vec<_> = metodi(banco).into_iter().filter(|c| !c.starts_with("GET")).collect();
        file.sort();
        assert_eq!(file, ["DELETE 202", "PUT 202"]);
        assert_eq!(stato_nell_archivio(banco, "gpd", "G2"), "assente");
        let p = banco.simulatore.posizioni_in("gpd").into_iter().find(|p| p["iupd"] == iupd("G0")).expect("c'e'");
        assert_eq!(p["paymentOption"][0]["amount"], 1200);
        assert_eq!(stati(banco, 4).await, [StatoInvio::Inviata, StatoInvio::Inviata, StatoInvio::NonDovuta, StatoInvio::Inviata]);
    }
}

su_entrambi! {
    async fn chi_cambia_mentre_e_nel_file_riparte_da_se(banco: &Banco) {
        con_archivi(banco).await;
        carica(banco, 0, 2).await;
        chiedi(banco).await;
        giro(&banco.gateway).await;
        patch(banco, "G0", "ANNULLATA").await;
        fino_in_fondo(banco, &banco.gateway).await;
        let r = riga(banco, "G0").await;
        assert_eq!((r.stato, r.versione, r.versione_inviata), (StatoInvio::DaInviare, 2, 1));
        allinea(&banco.gateway).await;
        assert_eq!(stato_nell_archivio(banco, "gpd", "G0"), "INVALID");
        assert_eq!(stato_nell_archivio(banco, "gpd", "G1"), "VALID");
    }
}

su_entrambi! {
    async fn un_file_senza_risposta_si_cerca_prima_di_rifarlo(banco: &Banco) {
        con_archivi(banco).await;
        carica(banco, 0, 3).await;
        chiedi(banco).await;
        // Taken, and answered with an error; then one that never arrived.
        guasta(banco, GuastoArchivio::FattoMaErrore, Some(1), Some("POST"));
        fino_in_fondo(banco, &banco.gateway).await;
        assert_eq!(banco.simulatore.file_presi().len(), 1, "non si manda due volte");
        assert_eq!(stati(banco, 3).await, [StatoInvio::Inviata; 3]);
        assert!(lotti(banco).await[0].file_id.is_some());

        carica(banco, 3, 1).await;
        chiedi(banco).await;
        guasta(banco, GuastoArchivio::Stato500, Some(1), Some("POST"));
        fino_in_fondo(banco, &banco.gateway).await;
        assert_eq!(banco.simulatore.file_presi().len(), 2);
        assert_eq!(riga(banco, "G3").await.stato, StatoInvio::Inviata);

        // The answer is good and does not say the name.
        carica(banco, 4, 1).await;
        banco.simulatore.comportamento_dei_file(ComportamentoFile { senza_nome: true, ..ComportamentoFile::default() });
        chiedi(banco).await;
        fino_in_fondo(banco, &banco.gateway).await;
        assert_eq!((banco.simulatore.file_presi().len(), riga(banco, "G4").await.stato), (3, StatoInvio::Inviata));
    }
}

su_entrambi! {
    async fn un_rapporto_guasto_lascia_le_posizioni_a_chi_le_guarda(banco: &Banco) {
        con_archivi(banco).await;
        carica(banco, 0, 2).await;
        banco.simulatore.comportamento_dei_file(ComportamentoFile { rapporto: RapportoFile::Troncato, ..ComportamentoFile::default() });
        chiedi(banco).await;
        fino_in_fondo(banco, &banco.gateway).await;
        assert_eq!(lotti(banco).await[0].stato, StatoLotto::Rifiutato);
        assert_eq!(stati(banco, 2).await, [StatoInvio::DaInviare; 2], "nessuno crede inviato cio' che non sa");
        metodi(banco);
        allinea(&banco.gateway).await;
        assert_eq!((stati(banco, 2).await, metodi(banco)), (vec![StatoInvio::Inviata; 2], vec!["GET 200".to_owned(); 2]));

        // One that is not named, and the names of ACA.
        carica(banco, 2, 2).await;
        banco.simulatore.comportamento_dei_file(ComportamentoFile { rapporto: RapportoFile::Incompleto, ..ComportamentoFile::default() });
        chiedi(banco).await;
        fino_in_fondo(banco, &banco.gateway).await;
        let l = lotti(banco).await.remove(0);
        assert_eq!((l.stato, l.inviate, l.da_rivedere), (StatoLotto::Concluso, 1, 1));
        carica(banco, 4, 1).await;
        banco.simulatore.comportamento_dei_file(ComportamentoFile { rapporto: RapportoFile::ComeAca, ..ComportamentoFile::default() });
        chiedi(banco).await;
        fino_in_fondo(banco, &banco.gateway).await;
        assert_eq!(riga(banco, "G4").await.stato, StatoInvio::Inviata);
    }
}

su_entrambi! {
    async fn un_servizio_che_non_ci_vuole_lascia_la_strada_alle_chiamate(banco: &Banco) {
        con_archivi(banco).await;
        carica(banco, 0, 2).await;
        let nodo = banco.nodo_con(massivo(ImpostazioniMassivo { soglia: 1, ..ImpostazioniMassivo::default() })).await;
        guasta(banco, GuastoArchivio::Stato403, Some(1), Some("POST"));
        giro(&nodo).await;
        let l = lotti(banco).await;
        assert_eq!((l.len(), l[0].stato), (1, StatoLotto::Rifiutato));
        giro(&nodo).await;
        assert_eq!(lotti(banco).await.len(), 1, "per un'ora non si riprova da soli");
        allinea(&nodo).await;
        assert_eq!(stati(banco, 2).await, [StatoInvio::Inviata; 2]);

        // Too many, then slow: it waits, and gives up nothing.
        carica(banco, 2, 1).await;
        guasta(banco, GuastoArchivio::Stato429, Some(3), None);
        chiedi(banco).await;
        giro(&banco.gateway).await;
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        dopo(banco).await;
        fino_in_fondo(banco, &banco.gateway).await;
        assert_eq!(riga(banco, "G2").await.stato, StatoInvio::Inviata);
    }
}

su_entrambi! {
    /// A node dies between each pair of steps: after the choice, after the note that it may leave, after the call, in the middle of the report.
    async fn un_nodo_che_muore_fra_due_passi_non_perde_e_non_ripete(banco: &Banco) {
        con_archivi(banco).await;
        carica(banco, 0, 3).await;
        let dominio = crate::banco::dominio(DOMINIO);
        let crea = domain::posizione_debitoria::massivo::OperazioneMassiva::Crea;
        let scelto = banco.store.apri_lotto(&dominio, crea, 10, false, banco.gateway.adesso()).await.expect("scritto").expect("tre posizioni");
        assert_eq!(scelto.posizioni, 3);
        assert!(banco.store.apri_lotto(&dominio, crea, 10, false, banco.gateway.adesso()).await.expect("letto").is_none(), "sono gia' di un lotto");

        // It noted that the file may leave, and died before it left.
        let in_invio = Lotto { stato: StatoLotto::InInvio, data_invio: Some(banco.gateway.adesso()), ..scelto };
        assert!(banco.store.aggiorna_lotto(&in_invio, StatoLotto::DaComporre).await.expect("scritto"));
        let altro = banco.altro_nodo(3).await;
        giro(&altro).await;
        assert_eq!(banco.simulatore.file_presi().len(), 1, "non era partito: parte ora");

        // The file left, and the note of its name did not stay.
        banco.sql("UPDATE lotto_posizioni SET stato = 'IN_INVIO', file_id = NULL, prossimo_tentativo = data_creazione").await;
        giro(&altro).await;
        let l = lotti(banco).await.remove(0);
        assert_eq!((l.stato, banco.simulatore.file_presi().len()), (StatoLotto::Inviato, 1));

        // In the middle of the report: one position has its outcome, the lotto has not ended.
        let uno = domain::posizione_debitoria::massivo::esito_riga(crea, Some(201));
        assert_eq!(banco.store.applica_esito(l.id, &[iupd("G0")], uno, None, banco.gateway.adesso()).await.expect("scritto"), 1);
        fino_in_fondo(banco, &altro).await;
        let l = lotti(banco).await.remove(0);
        assert_eq!((l.stato, l.inviate, l.da_rivedere), (StatoLotto::Concluso, 3, 0));
        assert_eq!(stati(banco, 3).await, [StatoInvio::Inviata; 3]);
        assert_eq!(banco.simulatore.posizioni_in("gpd").len(), 3);
        // And a run that is cut off wherever it is.
        carica(banco, 3, 30).await;
        chiedi(banco).await;
        for ms in [1, 5, 20, 60] {
            let morente = altro.clone();
            let corsa = tokio::spawn(async move { giro(&morente).await });
            tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
            corsa.abort();
            let _ = corsa.await;
            banco.sql("UPDATE lavoro SET preso_fino = '2020-01-01T00:00:00Z' WHERE titolare IS NOT NULL").await;
            dopo(banco).await;
        }
        fino_in_fondo(banco, &banco.gateway).await;
        allinea(&banco.gateway).await;
        assert_eq!(banco.simulatore.posizioni_in("gpd").len(), 33);
        assert_eq!(banco.conta("SELECT count(*) FROM posizione_debitoria WHERE stato = 'INVIATA' AND lotto IS NULL").await, 33);
    }
}

su_entrambi! {
    async fn i_file_si_lasciano_in_una_cartella_e_li_si_trova_il_rapporto(banco: &Banco) {
        con_archivi(banco).await;
        let cartella = tempfile::tempdir().expect("cartella");
        let nodo = banco.nodo_con(massivo(ImpostazioniMassivo { soglia: 1, cartella: Some(cartella.path().to_owned()), ..ImpostazioniMassivo::default() })).await;
        carica(banco, 0, 3).await;
        giro(&nodo).await;
        let base = cartella.path().join("11111111113").join(DOMINIO);
        let file: Vec<_> = std::fs::read_dir(base.join("input")).expect("c'e'").map(|v| v.expect("voce").path()).collect();
        assert_eq!(file.len(), 1, "{file:?}");
        assert_eq!(metodi(banco), Vec::<String>::new(), "nessuna chiamata");

        // The SFTP client carries it, pagoPA works, the client brings the report.
        let json = std::fs::read(&file[0]).expect("letto");
        let rapporto = banco.simulatore.elabora_file(DOMINIO, &json).expect("un file di posizioni");
        let nome = file[0].file_stem().expect("nome").to_string_lossy().into_owned();
        std::fs::create_dir_all(base.join("output")).expect("cartella");
        std::fs::write(base.join("output").join(format!("{nome}_esito.json")), rapporto.to_string()).expect("scritto");
        fino_in_fondo(banco, &nodo).await;
        assert_eq!(stati(banco, 3).await, [StatoInvio::Inviata; 3]);
        assert_eq!(banco.simulatore.posizioni_in("gpd").len(), 3);
    }
}

#[test]
fn i_numeri_di_prova_sono_buoni() {
    assert!(codici::NumeroAvviso::leggi(&avviso(7)).is_ok());
}
