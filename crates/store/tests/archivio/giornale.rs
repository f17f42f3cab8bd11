//! The giornale: the page of a position, months, what passed, retention; the counts of the level of service.

use chrono::{DateTime, Duration, Utc};
use sqlx::Connection;
use store::Store;
use store::elenchi::Pagina;
use store::eventi::{Categoria, Componente, Contorno, EsitoEvento, Evento, Gruppo, Messaggi, Ruolo};
use store::giornale::{Ambito, Filtro};
use store::identificatori::Numeratore;
use store::livelli::Conteggio;
use store::partizioni::Tabella;

use crate::banco::{self, Archivio, DOMINIO};

const PAGINA: Pagina = Pagina { salta: 0, quante: 25, conta: Some(Some(10_000)) };

fn t(testo: &str) -> DateTime<Utc> {
    testo.parse().expect("istante")
}

fn evento(numeratore: &Numeratore, data: DateTime<Utc>, iuv: &str, pendenza: Option<&str>) -> Evento {
    Evento {
        id: numeratore.prossimo(data),
        data,
        durata_ms: Some(3),
        componente: Componente::ApiPagoPa,
        ruolo: Ruolo::Server,
        tipo: "paVerifyPaymentNotice".to_owned(),
        esito: EsitoEvento::Ok,
        sottotipo_esito: Some("200".to_owned()),
        dettaglio_esito: None,
        dominio: Some(DOMINIO.to_owned()),
        iuv: Some(iuv.to_owned()),
        ccp: None,
        id_a2a: pendenza.map(|_| "DEMO".to_owned()),
        id_pendenza: pendenza.map(str::to_owned),
        id_transazione: None,
        dati_pago_pa: None,
    }
}

async fn entrambi() -> Vec<Archivio> {
    let mut archivi = vec![banco::sqlite().await];
    archivi.extend(banco::postgres(&[]).await);
    archivi
}

fn per_iuv(iuv: &str) -> Ambito {
    Ambito::Iuv { dominio: DOMINIO.to_owned(), iuv: iuv.to_owned() }
}

/// Ten events of a position in three months, among those of others in thirty-six.
async fn popola(store: &Store) {
    let numeratore = Numeratore::nuovo(1);
    let inizio = t("2024-01-10T10:00:00Z");
    for mese in 0..36 {
        let data = inizio + Duration::days(mese * 30);
        store.prepara_mesi(data).await.expect("mesi");
        let mut eventi: Vec<Evento> = (0..30).map(|n| evento(&numeratore, data + Duration::minutes(n), &format!("altro{mese}-{n}"), Some("ALTRA"))).collect();
        if [3, 17, 35].contains(&mese) {
            eventi.extend((0..3).map(|n| evento(&numeratore, data + Duration::hours(n), "mio", (n > 0).then_some("P1"))));
        }
        store.scrivi_eventi(eventi).await.expect("scritti");
    }
    // Known by its pendenza alone.
    let solo = Evento { iuv: None, dominio: None, ..evento(&numeratore, inizio + Duration::days(17 * 30 + 1), "", Some("P1")) };
    store.scrivi_eventi(vec![solo]).await.expect("scritto");
}

#[tokio::test]
async fn la_pagina_di_una_posizione_ha_tutti_i_suoi_eventi_una_volta_sola() {
    for archivio in entrambi().await {
        popola(&archivio.store).await;
        let per_pendenza = Ambito::Pendenza { id_a2a: "DEMO".to_owned(), id_pendenza: "P1".to_owned() };
        let attesi = [(vec![per_iuv("mio")], 9), (vec![per_pendenza.clone()], 7), (vec![per_pendenza, per_iuv("mio")], 10), (vec![per_iuv("nessuno")], 0)];
        for (ambiti, quanti) in attesi {
            let filtro = Filtro { ambiti, ..Filtro::default() };
            let tutti = archivio.store.elenco_eventi(&filtro, &PAGINA).await.expect("letti");
            assert_eq!((tutti.righe.len(), tutti.totale), (quanti, Some(quanti as u64)), "{filtro:?}");
            assert!(tutti.righe.windows(2).all(|w| w[0].id > w[1].id), "dal piu' recente, nessuno due volte");
            let seconda = archivio.store.elenco_eventi(&filtro, &Pagina { salta: 4, quante: 3, conta: None }).await.expect("letti");
            assert_eq!(seconda.righe, tutti.righe.iter().skip(4).take(3).cloned().collect::<Vec<_>>());
        }
        // By a domain that is not the caller's there is nothing.
        let altrui = Filtro { ambiti: vec![per_iuv("mio")], domini: Some(vec!["00000000000".to_owned()]), ..Filtro::default() };
        assert!(archivio.store.elenco_eventi(&altrui, &PAGINA).await.expect("letti").righe.is_empty());
    }
}

#[tokio::test]
async fn su_postgresql_la_pagina_di_una_posizione_legge_solo_i_suoi_mesi() {
    let Some(archivio) = banco::postgres(&[]).await else { return };
    popola(&archivio.store).await;
    archivio.store.chiudi().await;
    let letture = async || {
        let mut conn = sqlx::PgConnection::connect(&archivio.url).await.expect("server");
        let testo =
            "SELECT relname::text, (coalesce(seq_scan, 0) + coalesce(idx_scan, 0))::bigint FROM pg_stat_user_tables WHERE relname LIKE 'evento_20%' ORDER BY 1";
        sqlx::query_as::<_, (String, i64)>(testo).fetch_all(&mut conn).await.expect("contatori")
    };
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let prima = letture().await;
    assert!(prima.len() >= 36, "{prima:?}");
    let store = Store::apri(&store::apertura::Opzioni { url: archivio.url.clone(), connessioni: 1 }).await.expect("archivio");
    let filtro = Filtro { ambiti: vec![per_iuv("mio")], ..Filtro::default() };
    let letti = store.elenco_eventi(&filtro, &Pagina { conta: None, ..PAGINA }).await.expect("letti");
    assert_eq!(letti.righe.len(), 9);
    store.chiudi().await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let lette: Vec<String> = letture().await.into_iter().zip(prima).filter(|(dopo, prima)| dopo != prima).map(|(dopo, _)| dopo.0).collect();
    assert_eq!(lette, ["evento_2024_04", "evento_2025_06", "evento_2026_11"]);
}

#[tokio::test]
async fn un_evento_si_rilegge_con_cio_che_e_passato() {
    for archivio in entrambi().await {
        let numeratore = Numeratore::nuovo(1);
        let messaggi = Messaggi { richiesta: Some("{\"method\":\"POST\"}".to_owned()), risposta: Some("{\"status\":200}".to_owned()) };
        let contorno =
            Contorno { severita: Some(4), nodo: Some("nodo-1".to_owned()), categoria: Categoria::Utente, messaggi: messaggi.clone(), ..Contorno::default() };
        let (uno, due) = (evento(&numeratore, t("2026-11-22T10:00:00Z"), "1", None), evento(&numeratore, t("2020-01-01T00:00:00Z"), "2", None));
        let gruppo = Gruppo { eventi: vec![(uno.clone(), contorno), (due.clone(), Contorno::default())], messaggi: Vec::new() };
        archivio.store.scrivi_gruppo(gruppo).await.expect("scritto");
        let letto = archivio.store.leggi_evento(uno.id).await.expect("letto").expect("c'e'");
        assert_eq!((letto.severita, letto.nodo.as_deref(), letto.categoria), (Some(4), Some("nodo-1"), Categoria::Utente));
        assert_eq!(archivio.store.messaggi_evento(&letto).await.expect("letti"), messaggi);
        // Its messages come later than the event itself.
        let altro = archivio.store.leggi_evento(due.id).await.expect("letto").expect("c'e'");
        assert!(archivio.store.messaggi_evento(&altro).await.expect("letti").vuoti());
        archivio.store.scrivi_gruppo(Gruppo { eventi: Vec::new(), messaggi: vec![(due.id, due.data, messaggi.clone())] }).await.expect("scritti");
        assert_eq!(archivio.store.messaggi_evento(&altro).await.expect("letti"), messaggi);
        assert_eq!(archivio.store.leggi_evento(7).await.expect("letto"), None);
    }
}

#[tokio::test]
async fn i_mesi_vecchi_se_ne_vanno_e_gli_altri_restano() {
    for archivio in entrambi().await {
        let store = &archivio.store;
        popola(store).await;
        let adesso = t("2026-12-15T00:00:00Z");
        let giorni = 400;
        let eliminati = store.elimina_mesi(Tabella::Eventi, giorni, adesso).await.expect("eliminati");
        assert_eq!(eliminati.is_empty(), store.su_sqlite());
        let limite = adesso - Duration::days(giorni.into());
        while store.elimina_vecchi(Tabella::Eventi, limite).await.expect("eliminati") > 0 {}
        let filtro = Filtro { ambiti: vec![per_iuv("mio")], ..Filtro::default() };
        let restano = store.elenco_eventi(&filtro, &PAGINA).await.expect("letti");
        assert_eq!(restano.righe.len(), 3, "del solo ultimo mese");
        assert!(restano.righe.iter().all(|e| e.data >= limite));
        // An event of a month that is gone is still taken.
        store.scrivi_eventi(vec![evento(&Numeratore::nuovo(2), t("2024-04-09T11:00:00Z"), "mio", None)]).await.expect("scritto");
        assert_eq!(store.elenco_eventi(&filtro, &PAGINA).await.expect("letti").righe.len(), 4);
    }
}

#[tokio::test]
async fn un_mese_fatto_tardi_prende_gli_eventi_che_ci_sono_gia() {
    let Some(archivio) = banco::postgres(&[]).await else { return };
    let store = &archivio.store;
    let data = t("2026-11-22T10:00:00Z");
    store.scrivi_eventi(vec![evento(&Numeratore::nuovo(1), data, "mio", None)]).await.expect("scritto");
    assert_eq!(store.prepara_mesi(data).await.expect("fatti").len(), 6);
    assert!(store.prepara_mesi(data).await.expect("fatti").is_empty());
    let mut conn = sqlx::PgConnection::connect(&archivio.url).await.expect("server");
    let quanti: i64 = sqlx::query_scalar("SELECT count(*) FROM evento_2026_11").fetch_one(&mut conn).await.expect("contati");
    assert_eq!(quanti, 1);
}

#[tokio::test]
async fn i_conteggi_di_piu_nodi_e_di_piu_volte_si_sommano() {
    for archivio in entrambi().await {
        let store = &archivio.store;
        let minuto = t("2026-11-22T10:00:00Z");
        let uno = Conteggio {
            minuto,
            stazione: "S".to_owned(),
            operazione: "paGetPayment".to_owned(),
            risposte: 10,
            entro: 9,
            guasti: 1,
            durata_ms: 900,
            durata_ms_max: 2500,
        };
        let due = Conteggio { risposte: 5, entro: 5, guasti: 0, durata_ms: 100, durata_ms_max: 50, ..uno.clone() };
        store.scrivi_livelli("nodo-1", std::slice::from_ref(&uno)).await.expect("scritti");
        store.scrivi_livelli("nodo-1", std::slice::from_ref(&due)).await.expect("scritti");
        store.scrivi_livelli("nodo-2", std::slice::from_ref(&due)).await.expect("scritti");
        let livelli = store.livelli(minuto, minuto + Duration::hours(1)).await.expect("letti");
        let [l] = livelli.as_slice() else { panic!("{livelli:?}") };
        assert_eq!((l.risposte, l.entro, l.guasti, l.durata_ms, l.durata_ms_max), (20, 19, 1, 1100, 2500));
        let guasti = store.minuti_con_guasti(minuto, minuto + Duration::hours(1)).await.expect("letti");
        assert_eq!(guasti.iter().map(|m| (m.minuto, m.risposte, m.guasti)).collect::<Vec<_>>(), [(minuto, 20, 1)]);
        assert!(store.livelli(minuto + Duration::minutes(1), minuto + Duration::hours(1)).await.expect("letti").is_empty());
        assert_eq!(store.elimina_livelli(minuto + Duration::days(1)).await.expect("eliminati"), 2);
    }
}
