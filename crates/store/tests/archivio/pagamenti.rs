//! Payments of portals and bozze: what is written is read again, by whom it may be.

use chrono::{DateTime, Duration, Utc};
use codici::{IdDominio, Importo, NumeroAvviso};
use domain::Soggetto;
use domain::anagrafica::AmbitoUo;
use domain::chiamante::TipoUtenza;
use domain::pagamento::{Iniziativa, Pagamento, Situazione, Stato};
use domain::pendenza::{Documento, NuovoAllegato, Pendenza};
use domain::transazione::Transazione;
use store::bozze::{BOZZE_PER_SESSIONE_MAX, Bozza, DURATA};
use store::elenchi::pagamenti::{Filtro, Visibili};
use store::elenchi::{Pagina, Visibilita};
use store::{Corsia, Store};
use uuid::Uuid;

use crate::banco::{self, Archivio, dominio, pendenza, transazione};

fn adesso() -> DateTime<Utc> {
    "2026-11-22T10:00:00.125Z".parse().expect("istante")
}

pub fn pagamento(applicazione: Option<&str>, versante: Option<&str>) -> Pagamento {
    Pagamento {
        id: Uuid::now_v7(),
        iniziativa: Iniziativa::Ente,
        principal: "p".to_owned(),
        tipo_utenza: if applicazione.is_some() { TipoUtenza::Applicazione } else { TipoUtenza::Cittadino },
        applicazione: applicazione.map(str::to_owned),
        nome: "TARI".to_owned(),
        importo: Importo::da_cent(1234),
        situazione: Situazione::fallito("perche'"),
        id_sessione_portale: Some("portale".to_owned()),
        id_sessione_psp: None,
        url_ritorno: Some("https://portale.example.org/".to_owned()),
        redirect: None,
        versante: versante.map(|v| Soggetto { identificativo: Some(v.to_owned()), anagrafica: Some("Greta".to_owned()), ..Soggetto::default() }),
        richiesta: serde_json::from_str(r#"{"contoAddebito":{"iban":"IT1"},"zeta":1.10}"#).expect("oggetto"),
        data_richiesta: adesso(),
        verificato: false,
        severita: Some(5),
        dominio: Some(dominio()),
        esito_psp: None,
    }
}

async fn visti(store: &Store, visibili: Visibili) -> Vec<Uuid> {
    filtrati(store, Filtro::di(visibili)).await
}

async fn filtrati(store: &Store, filtro: Filtro) -> Vec<Uuid> {
    let pagina = Pagina { salta: 0, quante: 100, conta: Some(Some(10)) };
    let elenco = store.elenco_pagamenti(&filtro, &[], &pagina).await.expect("elenco");
    assert_eq!(elenco.totale, Some(elenco.righe.len() as u64));
    elenco.righe.into_iter().map(|p| p.id).collect()
}

const CF: &str = "VLNGRT75C52F205X";

/// Three payments: by an application, by a citizen, and by another one for a pendenza of the first.
async fn popola(store: &Store) -> ([Pagamento; 3], Pendenza) {
    let mut pendenza = pendenza("P1", "301000000000000101");
    pendenza.debitore = Soggetto { identificativo: Some(CF.to_lowercase()), ..Soggetto::default() };
    let pagamenti = [pagamento(Some("DEMO"), None), pagamento(None, Some(CF)), pagamento(None, Some("RSSMRA80A01H501U"))];
    let tx = store.begin(Corsia::Applicazioni).await.expect("inizio");
    tx.inserisci_pendenza(&pendenza).await.expect("libera");
    for (p, collegato) in pagamenti.iter().zip([false, false, true]) {
        tx.inserisci_pagamento(p).await.expect("libero");
        if collegato {
            tx.collega_pendenza(p.id, 0, &pendenza).await.expect("collegata");
        }
    }
    tx.commit().await.expect("scritti");
    (pagamenti, pendenza)
}

async fn ognuno_vede_i_suoi(archivio: &Archivio) {
    let store = &archivio.store;
    let ([di_demo, di_greta, per_greta], pendenza) = popola(store).await;

    assert_eq!(visti(store, Visibili::Applicazione("DEMO".to_owned())).await, [di_demo.id]);
    assert!(visti(store, Visibili::Applicazione("ALTRA".to_owned())).await.is_empty());
    assert_eq!(visti(store, Visibili::Cittadino(CF.to_owned())).await, [per_greta.id, di_greta.id]);
    let ambito = |unita: &[(&str, Option<&str>)], tipi: Option<&str>| {
        let ambito = |u: &Option<&str>| u.map_or(AmbitoUo::Tutte, |u| AmbitoUo::Solo([u.to_owned()].into()));
        let unita = unita.iter().map(|(d, u)| (IdDominio::leggi(d).expect("dominio"), ambito(u))).collect();
        Visibili::ConPendenza(Visibilita::Ambito { unita: Some(unita), tipi: tipi.map(|t| vec![t.to_owned()]) })
    };
    let tutto = || Visibili::ConPendenza(Visibilita::Ambito { unita: None, tipi: None });
    assert_eq!(visti(store, tutto()).await.len(), 3);
    assert_eq!(visti(store, ambito(&[(banco::DOMINIO, None)], None)).await, [per_greta.id]);
    assert_eq!(visti(store, ambito(&[(banco::DOMINIO, None)], Some("TARI"))).await, [per_greta.id]);
    assert!(visti(store, ambito(&[(banco::DOMINIO, None)], Some("IMU"))).await.is_empty());
    assert!(visti(store, ambito(&[(banco::DOMINIO, Some("UO1"))], None)).await.is_empty());
    assert!(visti(store, ambito(&[("00000000000", None)], None)).await.is_empty());
    assert!(visti(store, ambito(&[], None)).await.is_empty());

    let filtro = |f: Filtro| filtrati(store, f);
    assert_eq!(filtro(Filtro { id: Some(di_demo.id), ..Filtro::di(tutto()) }).await, [di_demo.id]);
    assert_eq!(filtro(Filtro { versante: Some(CF.to_lowercase()), ..Filtro::di(tutto()) }).await, [di_greta.id]);
    assert_eq!(filtro(Filtro { debitore: Some(CF.to_owned()), ..Filtro::di(tutto()) }).await, [per_greta.id]);
    assert_eq!(filtro(Filtro { iuv: Some(pendenza.iuv.to_string()), ..Filtro::di(tutto()) }).await, [per_greta.id]);
    assert!(filtro(Filtro { stato: Some(Stato::InCorso), ..Filtro::di(tutto()) }).await.is_empty());
    assert_eq!(filtro(Filtro { severita_da: Some(5), severita_a: Some(5), ..Filtro::di(tutto()) }).await.len(), 3);
    assert!(filtro(Filtro { severita_a: Some(4), ..Filtro::di(tutto()) }).await.is_empty());
    assert_eq!(filtro(Filtro { da: Some(adesso()), a: Some(adesso()), ..Filtro::di(tutto()) }).await.len(), 3);
}

async fn un_pagamento_si_rilegge_intero(archivio: &Archivio) {
    let store = &archivio.store;
    let ([primo, ..], pendenza) = popola(store).await;
    assert_eq!(store.pagamento(primo.id).await.expect("letto").as_ref(), Some(&primo));
    assert_eq!(primo.richiesta.get("zeta").map(ToString::to_string).as_deref(), Some("1.10"));

    let tentativo = Transazione { pagamento: Some(primo.id), ..transazione(&pendenza, "c1") };
    let seguito = Pagamento { id_sessione_psp: Some("s1".to_owned()), ..primo.ricalcolato(std::slice::from_ref(&tentativo)) };
    let tx = store.begin(Corsia::Stazione).await.expect("inizio");
    assert_eq!(tx.blocca_pagamento(primo.id).await.expect("letto").as_ref(), Some(&primo));
    tx.inserisci_transazione(&tentativo).await.expect("libera");
    tx.collega_pendenza(primo.id, 0, &pendenza).await.expect("collegata");
    tx.aggiorna_pagamento(&seguito).await.expect("scritto");
    assert_eq!(tx.transazioni_di_pagamento(primo.id).await.expect("lette").len(), 1);
    tx.commit().await.expect("scritti");

    assert_eq!(store.pagamento_per_sessione_psp("s1").await.expect("letto"), Some(seguito));
    assert_eq!(store.transazioni_di_pagamento(primo.id).await.expect("lette")[0].pagamento, Some(primo.id));
    let collegate: Vec<String> = store.pendenze_di_pagamento(primo.id).await.expect("lette").into_iter().map(|p| p.id_pendenza).collect();
    assert_eq!(collegate, ["P1"]);
}

async fn una_bozza_si_rilegge_intera_dalla_sola_sua_sessione(archivio: &Archivio) {
    let store = &archivio.store;
    let (mia, altrui) = ([1_u8; 32], [2_u8; 32]);
    let documento = Documento { id: Uuid::now_v7(), identificativo: "DOC".to_owned(), descrizione: "D".to_owned() };
    let mut p = Pendenza { documento: Some(documento), ..pendenza("P1", "301000000000000101") };
    // PostgreSQL keeps microseconds.
    (p.data_caricamento, p.data_ultimo_aggiornamento, p.data_ultima_modifica_aca) = (adesso(), adesso(), adesso());
    let allegato = NuovoAllegato { nome: "a".to_owned(), tipo: None, descrizione: None, contenuto: vec![0, 255] };
    let bozza = Bozza { pendenza: p.clone(), allegati: vec![allegato.clone()] };
    let tx = store.begin(Corsia::Applicazioni).await.expect("inizio");
    tx.salva_bozza(&mia, &bozza, adesso()).await.expect("scritta");
    tx.salva_bozza(&mia, &bozza, adesso()).await.expect("scritta sopra");
    tx.commit().await.expect("scritta");

    let letta = store.bozza(&mia, "DEMO", "P1", adesso()).await.expect("letta").expect("c'e'");
    assert_eq!((letta.pendenza, letta.allegati), (p.clone(), vec![allegato]));
    assert!(store.bozza_per_iuv(&mia, &p.dominio, &p.iuv, adesso()).await.expect("letta").is_some());
    assert!(store.bozza(&altrui, "DEMO", "P1", adesso()).await.expect("letta").is_none());
    assert!(store.bozza_per_iuv(&altrui, &p.dominio, &p.iuv, adesso()).await.expect("letta").is_none());
    assert!(store.pendenza("DEMO", "P1").await.expect("letta").is_none(), "nell'archivio non c'e'");

    assert!(store.bozza(&mia, "DEMO", "P1", adesso() + DURATA).await.expect("letta").is_none());
    assert_eq!(store.elimina_bozze_scadute(adesso() + DURATA - Duration::seconds(1)).await.expect("pulite"), 0);
    assert_eq!(store.elimina_bozze_scadute(adesso() + DURATA).await.expect("pulite"), 1);
}

async fn la_bozza_di_troppo_toglie_la_piu_vecchia(archivio: &Archivio) {
    let store = &archivio.store;
    let sessione = [3_u8; 32];
    let tx = store.begin(Corsia::Applicazioni).await.expect("inizio");
    for n in 0..=BOZZE_PER_SESSIONE_MAX {
        let numero = NumeroAvviso::leggi(&format!("301{n:015}")).expect("numero");
        let p = Pendenza { iuv: numero.iuv(), numero_avviso: numero, ..pendenza(&format!("P{n}"), "301000000000000101") };
        let quando = adesso() + Duration::seconds(i64::try_from(n).expect("piccolo"));
        tx.salva_bozza(&sessione, &Bozza { pendenza: p, allegati: Vec::new() }, quando).await.expect("scritta");
    }
    tx.commit().await.expect("scritte");
    assert!(store.bozza(&sessione, "DEMO", "P0", adesso()).await.expect("letta").is_none());
    assert!(store.bozza(&sessione, "DEMO", "P1", adesso()).await.expect("letta").is_some());
}

macro_rules! su_entrambi {
    ($($modulo:ident: $prova:ident;)*) => { $(
        mod $modulo {
            use super::*;

            #[tokio::test]
            async fn su_sqlite() {
                $prova(&banco::sqlite().await).await;
            }

            #[tokio::test]
            async fn su_postgresql() {
                let Some(archivio) = banco::postgres(&[]).await else { return };
                $prova(&archivio).await;
            }
        }
    )* };
}

su_entrambi! {
    visibilita: ognuno_vede_i_suoi;
    rilettura: un_pagamento_si_rilegge_intero;
    bozza: una_bozza_si_rilegge_intera_dalla_sola_sua_sessione;
    troppe_bozze: la_bozza_di_troppo_toglie_la_piu_vecchia;
}
