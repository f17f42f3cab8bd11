//! A database of its own for each test, empty and migrated.

use chrono::Utc;
use codici::{IdDominio, NumeroAvviso};
use domain::lettura::pendenza::nuova_pendenza_v2;
use domain::pendenza::caricamento::{Nascita, Risolta, crea};
use domain::pendenza::{Pendenza, Preavvisi, Tipo};
use domain::transazione::{Esito, Stato, Transazione, Versione};
use sqlx::{Connection, Executor};
use store::Store;
use store::apertura::Opzioni;
use uuid::Uuid;

pub const DOMINIO: &str = "12345678901";

pub struct Archivio {
    pub store: Store,
    pub url: String,
    _cartella: tempfile::TempDir,
}

pub async fn sqlite() -> Archivio {
    let cartella = tempfile::tempdir().expect("cartella temporanea");
    apri(format!("sqlite:{}", cartella.path().join("prova.db").display()), cartella).await
}

/// On the server of `FIORINO_PROVA_POSTGRES`, with these settings; `None`, and a word about it, without a server.
pub async fn postgres(impostazioni: &[&str]) -> Option<Archivio> {
    let Ok(server) = std::env::var("FIORINO_PROVA_POSTGRES") else {
        println!("saltata su PostgreSQL: FIORINO_PROVA_POSTGRES non e' impostata");
        return None;
    };
    let nome = format!("prova_{}", Uuid::new_v4().simple());
    let mut conn = sqlx::PgConnection::connect(&server).await.expect("server PostgreSQL delle prove");
    conn.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {nome}"))).await.expect("database di prova");
    for impostazione in impostazioni {
        conn.execute(sqlx::AssertSqlSafe(format!("ALTER DATABASE {nome} SET {impostazione}"))).await.expect("impostazione");
    }
    let (testa, _) = server.rsplit_once('/').expect("url con database");
    Some(apri(format!("{testa}/{nome}"), tempfile::tempdir().expect("cartella temporanea")).await)
}

async fn apri(url: String, cartella: tempfile::TempDir) -> Archivio {
    let store = Store::apri(&Opzioni { url: url.clone(), connessioni: 4 }).await.expect("archivio");
    Archivio { store, url, _cartella: cartella }
}

pub fn dominio() -> IdDominio {
    IdDominio::leggi(DOMINIO).expect("dominio")
}

/// A position of one voce, with the number that is given.
pub fn pendenza(id_pendenza: &str, avviso: &str) -> Pendenza {
    let corpo = format!(
        r#"{{"idDominio":"{DOMINIO}","causale":"C","importo":1,"voci":[{{"idVocePendenza":"V","importo":1,"descrizione":"D","codEntrata":"TARI"}}],
            "documento":{{"identificativo":"DOC","descrizione":"D"}}}}"#
    );
    let nuova = nuova_pendenza_v2("DEMO", id_pendenza, corpo.as_bytes()).expect("corpo valido");
    let numero_avviso = NumeroAvviso::leggi(avviso).expect("numero avviso");
    let preavvisi = Preavvisi::default();
    let nascita = Nascita { id: Uuid::now_v7(), uuid: Uuid::new_v4().simple().to_string(), adesso: Utc::now(), numero_avviso, tipo: Tipo::Dovuto, preavvisi };
    crea(nuova, Risolta { tipo_pendenza: "TARI".to_owned() }, None, nascita)
}

/// An attempt to pay it.
pub fn transazione(pendenza: &Pendenza, ccp: &str) -> Transazione {
    Transazione {
        id: Uuid::now_v7(),
        dominio: pendenza.dominio.clone(),
        iuv: pendenza.iuv.clone(),
        ccp: ccp.to_owned(),
        pendenza: pendenza.id,
        versione: Versione::Sanp321V2,
        stato: Stato::RptAttivata,
        descrizione_stato: None,
        esito: Esito::InCorso,
        data_richiesta: Utc::now(),
        data_ricevuta: None,
        importo_pagato: None,
        stazione: None,
        psp: None,
        intermediario_psp: None,
        canale: None,
        tipo_versamento: None,
        attestante: None,
        carrello: None,
        bloccante: true,
        con_rpt: false,
        con_rt: false,
        pagamento: None,
    }
}
