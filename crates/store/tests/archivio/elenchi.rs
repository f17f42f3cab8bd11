//! Lists: who sees what, in which order, and how many.

use chrono::{Days, Duration, Utc};
use domain::anagrafica::AmbitoUo;
use domain::calendario;
use domain::pendenza::{Pendenza, Tipo};
use store::elenchi::pendenze::{Campo, Filtro, Ordinamento};
use store::elenchi::{Ordine, Pagina, Visibilita, transazioni};
use store::{Corsia, Store};

use crate::banco::{self, dominio, pendenza, transazione};

const TUTTE: Pagina = Pagina { salta: 0, quante: 100, conta: Some(Some(3)) };

async fn semina(store: &Store) {
    let tx = store.begin(Corsia::Applicazioni).await.expect("inizio");
    let oggi = calendario::oggi(Utc::now());
    for (n, giorni) in [3_u64, 30, 300].into_iter().enumerate() {
        let mut p = pendenza(&format!("P{n}"), &format!("301{n:015}"));
        p.data_caricamento = Utc::now() - Duration::days(i64::try_from(n).expect("pochi"));
        p.data_validita = oggi.checked_add_days(Days::new(giorni));
        p.unita_operativa = (n == 1).then(|| "UFF".to_owned());
        p.tipo = if n == 2 { Tipo::Spontaneo } else { Tipo::Dovuto };
        p.debitore.identificativo = Some("vlngrt75c52f205x".to_owned());
        tx.inserisci_pendenza(&p).await.expect("libera");
        tx.inserisci_transazione(&transazione(&p, &format!("c{n}"))).await.expect("libera");
    }
    let mut vecchia = pendenza("P3", "301000000000000099");
    vecchia.data_validita = oggi.checked_sub_days(Days::new(1));
    vecchia.data_caricamento = Utc::now();
    vecchia.debitore.identificativo = Some("VLNGRT75C52F205X".to_owned());
    tx.inserisci_pendenza(&vecchia).await.expect("libera");
    tx.commit().await.expect("scritte");
}

async fn ids(store: &Store, filtro: Filtro, ordinamento: Ordinamento) -> Vec<String> {
    let elenco = store.elenco_pendenze(&filtro, &ordinamento, &TUTTE).await.expect("elenco");
    let nomi: Vec<String> = elenco.righe.into_iter().map(|p: Pendenza| p.id_pendenza).collect();
    assert_eq!(elenco.totale, Some(3.min(nomi.len() as u64)), "il conteggio si ferma al tetto");
    nomi
}

async fn prova(store: &Store) {
    semina(store).await;
    let adesso = Utc::now();
    let campi = || Ordinamento::Campi(Vec::new());
    let di = |visibile| Filtro { mostra_spontanei_non_pagati: true, ..Filtro::di(visibile, adesso) };
    let unita = |ambito| Visibilita::Ambito { unita: Some([(dominio(), ambito)].into_iter().collect()), tipi: None };
    let solo = |nomi: &[&str]| AmbitoUo::Solo(nomi.iter().map(|n| (*n).to_owned()).collect());
    let proprietario = |id_a2a: &str, tipi| Visibilita::Proprietario { id_a2a: id_a2a.to_owned(), tipi };

    assert_eq!(ids(store, di(proprietario("DEMO", None)), campi()).await, ["P3", "P0", "P1", "P2"]);
    assert_eq!(ids(store, Filtro::di(proprietario("DEMO", None), adesso), campi()).await, ["P3", "P0", "P1"], "gli spontanei da pagare non si mostrano");
    assert!(ids(store, di(proprietario("ALTRA", None)), campi()).await.is_empty());
    assert!(ids(store, di(proprietario("DEMO", Some(vec!["IMU".to_owned()]))), campi()).await.is_empty());

    assert_eq!(ids(store, di(unita(AmbitoUo::Tutte)), campi()).await.len(), 4);
    assert_eq!(ids(store, di(unita(solo(&["UFF"]))), campi()).await, ["P1"]);
    assert_eq!(ids(store, di(unita(solo(&["EC"]))), campi()).await, ["P3", "P0", "P2"], "senza unita' operativa si e' dell'ente");
    assert!(ids(store, di(Visibilita::Ambito { unita: Some(Default::default()), tipi: None }), campi()).await.is_empty(), "nessun dominio e' niente");

    let cittadino = || di(Visibilita::Debitore("vlngrt75C52F205X".to_owned()));
    assert_eq!(ids(store, cittadino(), Ordinamento::Vicinanza).await, ["P0", "P1", "P3"], "da pagare in tempo, poi le altre; lo spontaneo non pagato mai");
    let per_validita = Ordinamento::Campi(vec![Ordine { campo: Campo::DataValidita, decrescente: true }]);
    assert_eq!(ids(store, cittadino(), per_validita).await, ["P1", "P0", "P3"]);

    let filtro = transazioni::Filtro { id_pendenza: Some("P1".to_owned()), ..transazioni::Filtro::di(unita(solo(&["UFF"]))) };
    let elenco = store.elenco_transazioni(&filtro, &[], &TUTTE).await.expect("elenco");
    assert_eq!(elenco.totale, Some(1));
    assert!(matches!(&elenco.righe[..], [(t, p)] if t.ccp == "c1" && p.id_pendenza == "P1" && t.pendenza == p.id));
    let crescente = [Ordine { campo: transazioni::Campo::DataRichiesta, decrescente: false }];
    let tutte = store.elenco_transazioni(&transazioni::Filtro::di(proprietario("DEMO", None)), &crescente, &TUTTE).await.expect("elenco");
    assert_eq!(tutte.righe.iter().map(|(t, _)| t.ccp.as_str()).collect::<Vec<_>>(), ["c0", "c1", "c2"]);
}

#[tokio::test]
async fn ognuno_vede_il_suo_su_sqlite() {
    prova(&banco::sqlite().await.store).await;
}

#[tokio::test]
async fn ognuno_vede_il_suo_su_postgresql() {
    let Some(archivio) = banco::postgres(&[]).await else { return };
    prova(&archivio.store).await;
}
