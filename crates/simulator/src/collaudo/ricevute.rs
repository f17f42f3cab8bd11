//! Rows of paSendRT.

use futures::FutureExt as _;
use serde_json::json;

use super::banco::{Banco, accolta, rifiutata_con};
use super::{Intoppo, Passi};
use crate::comportamento::{Guasto, Interruttore, Sbagliata};
use crate::messaggi::{self, DatiRicevuta, Indirizzo, Operazione, Versione};
use crate::nodo::{Pagato, SenzaAttivazione};
use crate::risposte::Risposta;

const RIPETIZIONI: usize = 100;
const DUPLICATA: &str = "PAA_RECEIPT_DUPLICATA";

pub fn consegnata(pagato: &Pagato) -> Result<(), String> {
    match pagato.ricevute.first() {
        Some(r) if r.stato == "consegnata" => Ok(()),
        Some(r) => Err(format!("ricevuta non accolta: {}", r.ultimo_esito.as_deref().unwrap_or(r.stato))),
        None => Err("la ricevuta non e' partita".to_owned()),
    }
}

/// A receipt of a paid notice, made again as somebody wants it.
fn altra(b: &Banco, pagato: &Pagato, receipt_id: &str, cambia: impl FnOnce(&mut DatiRicevuta)) -> String {
    let p = &pagato.pagamento;
    let mut r = DatiRicevuta {
        indirizzo: b.indirizzo(),
        receipt_id: receipt_id.to_owned(),
        avviso: p.avviso.clone(),
        dominio: p.dominio.clone(),
        dati: p.dati.clone(),
        psp: b.nodo.configurazione().psp.clone(),
        data_pagamento: p.attivato.format("%Y-%m-%dT%H:%M:%S").to_string(),
        data_applicazione: p.attivato.format("%Y-%m-%d").to_string(),
        data_bonifico: p.attivato.format("%Y-%m-%d").to_string(),
        stand_in: None,
    };
    cambia(&mut r);
    messaggi::ricevuta(&r, Versione::V2)
}

/// `None` is OK, `Some` the code of the refusal.
async fn manda(b: &Banco, corpo: String) -> Result<Option<String>, String> {
    match b.esito(Operazione::RicevutaV2, Some("paSendRTV2"), corpo).await? {
        Risposta::Ok(_) => Ok(None),
        Risposta::Ko(r) => Ok(Some(r.codice().to_owned())),
    }
}

fn nuovo_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

pub fn ripetuta(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("40.00").await?;
        let pagato = accolta(b.paga(&p.avviso, Versione::V2).await, "pagamento")?;
        consegnata(&pagato)?;
        let prima = b.leggi(&p).await?;
        let corpo = altra(b, &pagato, &pagato.pagamento.token, |_| ());
        let esiti = futures::future::join_all((0..RIPETIZIONI).map(|_| manda(b, corpo.clone()))).await;
        let esiti = esiti.into_iter().collect::<Result<Vec<_>, _>>()?;
        if b.leggi(&p).await? != prima {
            return Err("la posizione e' cambiata per una ricevuta ripetuta".to_owned().into());
        }
        if esiti.iter().all(Option::is_none) {
            return Ok(format!("la stessa ricevuta {RIPETIZIONI} volte insieme: sempre OK, nulla cambia"));
        }
        if esiti.iter().all(|e| e.as_deref() == Some(DUPLICATA)) {
            let motivo =
                format!("per scelta, come GovPay, alla ricevuta ripetuta risponde {DUPLICATA}; la stazione ha l'interruttore per rispondere OK. Nulla cambia");
            return Err(Intoppo::PerScelta(motivo));
        }
        let altro = esiti.iter().flatten().find(|c| *c != DUPLICATA).map_or("a volte OK e a volte no", String::as_str);
        Err(format!("la stessa ricevuta ripetuta riceve {altro}").into())
    }
    .boxed_local()
}

pub fn doppio_pagamento(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("41.00").await?;
        let pagato = accolta(b.paga(&p.avviso, Versione::V2).await, "pagamento")?;
        consegnata(&pagato)?;
        let esito = manda(b, altra(b, &pagato, &nuovo_id(), |_| ())).await?;
        rifiutata_con(b.verifica(&p.avviso).await, "PAA_PAGAMENTO_DUPLICATO", "verifica dopo la seconda ricevuta")?;
        match esito.as_deref() {
            None => Ok("una seconda ricevuta con un altro receiptId e' accolta; la posizione resta pagata una volta".to_owned()),
            Some(DUPLICATA) => Ok(format!("con il rifiuto severo che la riga ammette: {DUPLICATA}; la posizione resta pagata una volta")),
            Some(codice) => Err(format!("una seconda ricevuta con un altro receiptId riceve {codice}").into()),
        }
    }
    .boxed_local()
}

pub fn di_nessuno(b: &Banco) -> Passi<'_> {
    async {
        let vera = b.carica("15.00").await?;
        let numero = vera.avviso.get(..3).unwrap_or("301").to_owned() + &b.ignoto()[3..];
        let richiesta = SenzaAttivazione {
            dominio: b.bersaglio.dominio.clone(),
            avviso: numero,
            importo: Some(super::banco::importo("15.00")?),
            iban: Some(b.bersaglio.iban.clone()),
            ..SenzaAttivazione::default()
        };
        let pagato = accolta(b.nodo.ricevuta_senza_attivazione(&richiesta).await, "ricevuta")?;
        consegnata(&pagato).map_err(|e| format!("ricevuta di un avviso di nessuno: {e}"))?;
        Ok("la ricevuta di un avviso che nessuno ha caricato e' accolta".to_owned())
    }
    .boxed_local()
}

/// A payment whose receipt is spoiled once by a switch of the node.
async fn storpiata(b: &Banco, importo: &str, cosa: Sbagliata) -> Result<Pagato, Intoppo> {
    let p = b.carica(importo).await?;
    b.nodo.accendi(Interruttore { guasto: Guasto::Sbagliata { cosa }, volte: Some(1), operazione: None });
    let pagato = b.paga(&p.avviso, Versione::V2).await;
    b.nodo.spegni(None);
    Ok(accolta(pagato, "pagamento")?)
}

pub fn altra_stazione(b: &Banco) -> Passi<'_> {
    async {
        if b.bersaglio.altra_stazione.is_empty() {
            return Err(Intoppo::Impossibile("serve un'altra stazione dello stesso intermediario: --altra-stazione CODICE".to_owned()));
        }
        let pagato = storpiata(b, "16.50", Sbagliata::AltraStazione).await?;
        consegnata(&pagato).map_err(|e| format!("idStation di un'altra stazione dello stesso intermediario: {e}"))?;
        Ok("una ricevuta con un'altra stazione dello stesso intermediario e' accolta".to_owned())
    }
    .boxed_local()
}

pub fn altro_importo(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("31.00").await?;
        let richiesta = SenzaAttivazione {
            dominio: b.bersaglio.dominio.clone(),
            avviso: p.avviso.clone(),
            importo: Some(super::banco::importo("30.00")?),
            iban: Some(b.bersaglio.iban.clone()),
            stand_in: true,
            ..SenzaAttivazione::default()
        };
        let pagato = accolta(b.nodo.ricevuta_senza_attivazione(&richiesta).await, "ricevuta")?;
        consegnata(&pagato).map_err(|e| format!("stand-in con un importo superato: {e}"))?;
        Ok("una ricevuta di stand-in con un importo superato e' accolta".to_owned())
    }
    .boxed_local()
}

pub fn multibeneficiario(b: &Banco) -> Passi<'_> {
    async {
        let Some((dominio, iban)) = b.bersaglio.secondario.clone() else {
            return Err(Intoppo::Impossibile("serve un secondo ente con un suo conto: --secondario CODICE:IBAN".to_owned()));
        };
        let mut seconda = b.voce("2", "4.00", &iban);
        seconda["idDominio"] = json!(dominio);
        let voci = json!([b.voce("1", "6.00", &b.bersaglio.iban), seconda]);
        let p = b.carica_con("10.00", |c| c["voci"] = voci).await?;
        let pagato = accolta(b.paga(&p.avviso, Versione::V2).await, "pagamento")?;
        consegnata(&pagato)?;
        let ricevuto: Vec<&str> = pagato.pagamento.dati.bonifici.iter().map(|t| t.dominio.as_str()).collect();
        if ricevuto != [b.bersaglio.dominio.as_str(), &dominio] {
            return Err(format!("i transfer sono di {ricevuto:?}").into());
        }
        let copia = altra(b, &pagato, &pagato.pagamento.token, |r| r.indirizzo = Indirizzo { id_pa: dominio.clone(), ..r.indirizzo.clone() });
        if let Some(codice) = manda(b, copia).await? {
            return Err(format!("la copia della ricevuta per il beneficiario secondario riceve {codice}").into());
        }
        Ok("la ricevuta del primario e la copia del secondario sono accolte, ciascuna una volta".to_owned())
    }
    .boxed_local()
}

pub fn com_e_arrivata(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("19.00").await?;
        let pagato = accolta(b.paga(&p.avviso, Versione::V2).await, "pagamento")?;
        consegnata(&pagato)?;
        let iuv = &pagato.pagamento.dati.iuv;
        let letta = b.ricevuta_xml(iuv, &pagato.pagamento.token).await?;
        if letta.stato != 200 {
            return Err(Intoppo::Impossibile(format!("la ricevuta non si legge dall'API: HTTP {}", letta.stato)));
        }
        let spedita = pagato.ricevute.first().and_then(|r| b.nodo.corpo_ricevuta(r.id)).ok_or_else(|| "la ricevuta spedita non c'e' piu'".to_owned())?;
        let stesso = |dove: &str, che: &str| dove.contains(che.trim());
        let corpo = String::from_utf8_lossy(&letta.corpo);
        let inizio = spedita.find("<receipt>").zip(spedita.find("</receipt>")).map(|(i, f)| &spedita[i..f]).unwrap_or_default();
        if stesso(&corpo, inizio) || stesso(&spedita, &corpo) {
            return Ok("la ricevuta si rilegge ottetto per ottetto com'e' stata spedita".to_owned());
        }
        Err("la ricevuta riletta non e' quella spedita".to_owned().into())
    }
    .boxed_local()
}
