//! The books at the end: what was answered, what the archive has, what the world remembers.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context, Result, bail, ensure};
use domain::pendenza::Stato;
use simulator::{RICEVUTE_MAX, RicevutaVista};
use sqlx::Row as _;
use store::Store;
use store::apertura::Opzioni;

use super::Prova;
use super::carico::Caricata;
use super::mondo::Mondo;

/// Each must be zero: what it counts contradicts something else of the archive.
const CONTRADDIZIONI: [(&str, &str); 8] = [
    ("pagamenti scritti due volte", "SELECT count(*) FROM (SELECT 1 FROM riscossione GROUP BY dominio, iuv, iur, indice HAVING count(*) > 1) x"),
    (
        "ricevute accettate senza il loro denaro",
        "SELECT count(*) FROM transazione t WHERE stato = 'RT_ACCETTATA_PA' AND esito IN (0, 2) AND importo_pagato <>
           (SELECT coalesce(sum(importo), 0) FROM riscossione r WHERE r.transazione = t.id)",
    ),
    (
        "ricevute accettate senza il loro messaggio",
        "SELECT count(*) FROM transazione t WHERE con_rt AND NOT EXISTS (SELECT 1 FROM transazione_xml x WHERE x.transazione = t.id AND tipo = 'RT')",
    ),
    (
        "ricevute accettate che non si notificano una volta",
        "SELECT count(*) FROM transazione t WHERE stato = 'RT_ACCETTATA_PA' AND
           (SELECT count(*) FROM notifica n WHERE n.transazione = t.id AND tipo = 'RICEVUTA') <> 1",
    ),
    ("notifiche non spedite", "SELECT count(*) FROM notifica WHERE stato <> 'SPEDITA'"),
    ("lavori che un nodo fermo tiene ancora", "SELECT count(*) FROM lavoro WHERE titolare IS NOT NULL"),
    (
        "righe di un flusso che non trovano il loro pagamento, e c'e'",
        "SELECT count(*) FROM rendicontazione r JOIN flusso f ON f.id = r.flusso WHERE NOT f.obsoleto AND r.riscossione IS NULL AND
           EXISTS (SELECT 1 FROM riscossione x WHERE x.dominio = r.dominio AND x.iuv = r.iuv AND x.iur = r.iur AND x.indice = r.indice)",
    ),
    ("flussi lasciati a meta'", "SELECT count(*) FROM flusso WHERE stato = 'IN_ACQUISIZIONE'"),
];

pub async fn confronta(mondo: &Mondo, database: &str, caricate: &[Caricata], prova: Prova) -> Result<String> {
    let store = Store::apri(&Opzioni { url: database.to_owned(), connessioni: 4 }).await?;
    let registro = store.verifica_registro().await?;
    ensure!(registro.is_empty(), "il registro non torna: {registro:?}");
    for (cosa, query) in CONTRADDIZIONI {
        let quante = mondo.numero(query).await?;
        ensure!(quante == 0, "{cosa}: {quante}");
    }
    pendenze(mondo, &store, caricate, prova).await?;
    let ricevute = ricevute(mondo, &store, prova).await?;
    let posizioni = posizioni(mondo, &store).await?;
    let rpt = rpt(mondo).await?;
    let righe = flussi(mondo).await?;
    let notifiche = mondo.numero("SELECT count(*) FROM notifica").await?;
    let estranee = mondo.numero("SELECT count(*) FROM ricevuta_estranea").await?;
    store.chiudi().await;
    Ok(format!(
        "pendenze {}, pagate {}, {ricevute}, ricevute estranee {estranee}, notifiche {notifiche} (sentite {}), posizioni comunicate {posizioni}, RPT prese dal nodo {rpt}, \
         righe rendicontate {righe}: i libri tornano",
        caricate.len(),
        caricate.iter().filter(|c| c.pagata.is_some()).count(),
        mondo.notifiche_sentite(),
    ))
}

/// Answered means stored as answered, and nothing else is there.
async fn pendenze(mondo: &Mondo, store: &Store, caricate: &[Caricata], prova: Prova) -> Result<()> {
    let avvisi: HashSet<_> = caricate.iter().map(|c| c.avviso.as_str()).collect();
    ensure!(avvisi.len() == caricate.len(), "un numero avviso e' stato dato due volte");
    let in_archivio = mondo.numero("SELECT count(*) FROM pendenza").await?;
    ensure!(in_archivio == i64::try_from(caricate.len())?, "pendenze in archivio {in_archivio}, risposte {}", caricate.len());
    for c in caricate {
        let p = store.pendenza(c.id_a2a, &c.id).await?.with_context(|| format!("manca {c:?}"))?;
        ensure!(p.numero_avviso.as_str() == c.avviso && p.importo.cent() == c.importo, "{c:?}: in archivio {} {}", p.numero_avviso, p.importo);
        ensure!(!c.annullata || p.stato == Stato::Annullato, "{c:?}: {:?}", p.stato);
        // A wrong receipt may pay another sum, or leave the position as it was: the receipts tell.
        let pagata = p.stato == Stato::Eseguito && p.importo_pagato.cent() == c.importo;
        ensure!(prova == Prova::Ostile || c.pagata.is_none() || pagata, "{c:?}: {:?}, pagato {}", p.stato, p.importo_pagato);
    }
    Ok(())
}

/// Every receipt that the node believes delivered is there with its bytes; every other one was refused for what it is.
async fn ricevute(mondo: &Mondo, store: &Store, prova: Prova) -> Result<String> {
    let mut per_token: HashMap<String, Vec<RicevutaVista>> = HashMap::new();
    for r in mondo.simulatore.ricevute(RICEVUTE_MAX) {
        per_token.entry(r.token.clone()).or_default().push(r);
    }
    let mut esiti: BTreeMap<String, u64> = BTreeMap::new();
    for (token, ricevute) in &per_token {
        let scritte = messaggi_di(mondo, store, token).await?;
        for r in ricevute {
            *esiti.entry(r.codice.clone().unwrap_or_else(|| r.stato.to_owned())).or_default() += 1;
            let corpo = mondo.simulatore.corpo_ricevuta(r.id).context("corpo di una ricevuta")?;
            let ci_sono_i_byte = scritte.iter().any(|s| s.as_slice() == corpo.as_bytes());
            match (r.stato, r.codice.as_deref()) {
                ("consegnata", _) => ensure!(ci_sono_i_byte, "una ricevuta a cui si e' risposto OK non c'e': {r:?}"),
                // The first answer of two was lost on the way: the second says that it is there.
                ("rifiutata", Some("PAA_RECEIPT_DUPLICATA")) => ensure!(!scritte.is_empty(), "una ricevuta detta duplicata non c'e': {r:?}"),
                ("rifiutata", Some(_)) if prova == Prova::Ostile => {}
                _ => bail!("una ricevuta non e' arrivata: {r:?}"),
            }
        }
    }
    for token in per_token.keys().filter(|t| !mondo.ha_sentito(t)) {
        let query = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM transazione WHERE ccp = $1 AND stato = 'RT_ACCETTATA_PA'");
        let accettate = query.bind(token).fetch_one(&mondo.pool).await?;
        ensure!(accettate == 0, "l'ente non ha sentito della ricevuta {token}");
    }
    let esiti: Vec<String> = esiti.iter().map(|(esito, quante)| format!("{esito} {quante}")).collect();
    Ok(format!("ricevute del nodo: {}", esiti.join(", ")))
}

/// The receipts that the archive has by this number, of a position or of nobody.
async fn messaggi_di(mondo: &Mondo, store: &Store, token: &str) -> Result<Vec<Vec<u8>>> {
    let mut trovati = Vec::new();
    let query = "SELECT dominio, id FROM transazione WHERE ccp = $1 AND con_rt";
    for riga in sqlx::query(query).bind(token).fetch_all(&mondo.pool).await? {
        let (dominio, id): (String, uuid::Uuid) = (riga.get(0), riga.get(1));
        let dominio = codici::IdDominio::leggi(&dominio).context("dominio")?;
        if let Some(t) = store.transazione(&dominio, id).await? {
            trovati.extend(store.messaggio(&t, store::transazioni::Messaggio::Rt).await?);
        }
    }
    for riga in sqlx::query("SELECT dominio FROM ricevuta_estranea WHERE receipt_id = $1").bind(token).fetch_all(&mondo.pool).await? {
        let dominio = codici::IdDominio::leggi(riga.get::<&str, _>(0)).context("dominio")?;
        trovati.extend(store.estranea(&dominio, token).await?.map(|(_, byte)| byte));
    }
    Ok(trovati)
}

/// What is marked as told is in the archive of pagoPA as it was told.
async fn posizioni(mondo: &Mondo, store: &Store) -> Result<usize> {
    let nell_archivio: HashMap<String, serde_json::Value> =
        mondo.simulatore.posizioni_in("aca").into_iter().filter_map(|p| Some((p["iupd"].as_str()?.to_owned(), p))).collect();
    let righe = sqlx::query("SELECT iupd, stato, remoto, id_a2a, id_pendenza FROM posizione_debitoria").fetch_all(&mondo.pool).await?;
    for riga in &righe {
        let campo = |n: usize| riga.get::<String, _>(n);
        let (iupd, stato, remoto) = (campo(0), campo(1), campo(2));
        ensure!(stato == "INVIATA" || stato == "NON_DOVUTA", "posizione {iupd} rimasta {stato}");
        let vista = nell_archivio.get(&iupd);
        let stato_visto = vista.and_then(|p| p["status"].as_str()).unwrap_or("ASSENTE");
        ensure!(remoto == stato_visto, "posizione {iupd}: creduta {remoto}, nell'archivio {stato_visto}");
        if let Some(vista) = vista.filter(|_| remoto == "VALID") {
            let p = store.pendenza(&campo(3), &campo(4)).await?.with_context(|| format!("pendenza di {iupd}"))?;
            let detto = vista["paymentOption"][0]["amount"].to_string();
            ensure!(
                p.stato == Stato::NonEseguito && detto == p.importo.cent().to_string(),
                "posizione {iupd}: {:?} {} e nell'archivio {detto}",
                p.stato,
                p.importo
            );
        }
    }
    ensure!(!righe.is_empty(), "nessuna posizione comunicata: non e' una prova");
    Ok(righe.len())
}

/// What is marked as taken by the node was taken.
async fn rpt(mondo: &Mondo) -> Result<usize> {
    let prese: HashSet<(String, String)> = mondo.simulatore.rpt_ricevute().into_iter().map(|r| (r.iuv, r.ccp)).collect();
    let query = "SELECT iuv, ccp FROM transazione WHERE versione = 'SANP_230' AND stato IN ('RPT_ACCETTATA_NODO', 'RT_ACCETTATA_PA')";
    for riga in sqlx::query(query).fetch_all(&mondo.pool).await? {
        let (iuv, ccp): (String, String) = (riga.get(0), riga.get(1));
        ensure!(prese.contains(&(iuv.clone(), ccp.clone())), "la RPT {iuv} {ccp} e' segnata come presa e il nodo non l'ha");
    }
    Ok(prese.len())
}

/// Every payment of the world is reported once in what counts.
async fn flussi(mondo: &Mondo) -> Result<i64> {
    let da_parte = mondo.numero("SELECT count(*) FROM flusso_da_parte").await?;
    ensure!(da_parte == 0, "flussi rimasti da parte: {da_parte}");
    let doppie = "SELECT count(*) FROM (SELECT 1 FROM rendicontazione r JOIN flusso f ON f.id = r.flusso WHERE NOT f.obsoleto GROUP BY r.dominio, r.iuv, r.iur, r.indice HAVING count(*) > 1) x";
    let doppie = mondo.numero(doppie).await?;
    ensure!(doppie == 0, "pagamenti rendicontati due volte: {doppie}");
    let righe = sqlx::query_scalar::<_, String>("SELECT r.iur FROM rendicontazione r JOIN flusso f ON f.id = r.flusso WHERE NOT f.obsoleto")
        .fetch_all(&mondo.pool)
        .await?;
    let rendicontati: HashSet<&str> = righe.iter().map(String::as_str).collect();
    for r in mondo.simulatore.ricevute(RICEVUTE_MAX) {
        ensure!(rendicontati.contains(r.token.as_str()), "un pagamento del nodo non e' in nessun flusso: {r:?}");
    }
    Ok(i64::try_from(righe.len())?)
}
