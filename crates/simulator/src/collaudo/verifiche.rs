//! Rows of paVerifyPaymentNotice.

use chrono::{Days, Utc};
use futures::FutureExt as _;
use serde_json::json;

use super::Passi;
use super::banco::{Banco, accolta, importo, rifiutata_con};
use crate::messaggi::{self, Indirizzo, Operazione, Versione};
use crate::risposte::Risposta;

const PROVE_CONTEMPORANEE: usize = 50;

/// A day that has gone.
fn ieri() -> String {
    let oggi = Utc::now().date_naive();
    oggi.checked_sub_days(Days::new(5)).unwrap_or(oggi).to_string()
}

pub fn una_sola_opzione(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("120.50").await?;
        let visto = accolta(b.verifica(&p.avviso).await, "verifica")?;
        if visto.importo != importo("120.50")? {
            return Err(format!("importo {}, caricato 120.50", visto.importo).into());
        }
        Ok("una opzione EQ con importo, allCCP, causale, codice fiscale e nome dell'ente".to_owned())
    }
    .boxed_local()
}

pub fn importo_attuale(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("10.00").await?;
        accolta(b.verifica(&p.avviso).await, "prima verifica")?;
        let mut corpo = p.corpo.clone();
        corpo["importo"] = json!(11.5);
        corpo["voci"][0]["importo"] = json!(11.5);
        b.scrivi(&p.id, corpo).await?;
        let visto = accolta(b.verifica(&p.avviso).await, "seconda verifica")?;
        if visto.importo != importo("11.50")? {
            return Err(format!("dopo la modifica a 11.50 la verifica dice {}", visto.importo).into());
        }
        Ok("l'importo modificato fra due verifiche e' quello della seconda".to_owned())
    }
    .boxed_local()
}

pub fn senza_effetti(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("33.00").await?;
        let prima = b.leggi(&p).await?;
        let viste = futures::future::join_all((0..PROVE_CONTEMPORANEE).map(|_| b.verifica(&p.avviso))).await;
        for vista in viste {
            accolta(vista, "una delle verifiche insieme")?;
        }
        if b.leggi(&p).await? != prima {
            return Err("la posizione e' cambiata per essere stata verificata".to_owned().into());
        }
        Ok(format!("{PROVE_CONTEMPORANEE} verifiche insieme: tutte OK, la posizione e' quella di prima"))
    }
    .boxed_local()
}

pub fn solo_conti_postali(b: &Banco) -> Passi<'_> {
    async {
        let (banca, posta) = (b.bersaglio.iban.clone(), b.bersaglio.iban_postale.clone());
        let casi = [(vec![&posta], true), (vec![&banca], false), (vec![&posta, &posta, &posta], true), (vec![&posta, &banca], false)];
        for (conti, atteso) in casi {
            let totale = format!("{}.00", conti.len());
            let voci: Vec<_> = conti.iter().enumerate().map(|(n, iban)| b.voce(&n.to_string(), "1.00", iban)).collect();
            let p = b.carica_con(&totale, |c| c["voci"] = json!(voci)).await?;
            let visto = accolta(b.verifica(&p.avviso).await, "verifica")?;
            if visto.solo_conti_postali != atteso {
                return Err(
                    format!("{} voci di cui {} su conto postale: allCCP {}", conti.len(), conti.iter().filter(|c| ***c == posta).count(), !atteso).into()
                );
            }
        }
        Ok("allCCP vero solo quando ogni voce va su un conto postale (4 combinazioni)".to_owned())
    }
    .boxed_local()
}

pub fn stati(b: &Banco) -> Passi<'_> {
    async {
        rifiutata_con(b.verifica(&b.ignoto()).await, "PAA_PAGAMENTO_SCONOSCIUTO", "avviso di nessuno")?;
        let annullata = b.carica("5.00").await?;
        b.annulla(&annullata).await?;
        rifiutata_con(b.verifica(&annullata.avviso).await, "PAA_PAGAMENTO_ANNULLATO", "posizione annullata")?;
        let scaduta = b.carica_con("5.00", |c| c["dataScadenza"] = json!(ieri())).await?;
        rifiutata_con(b.verifica(&scaduta.avviso).await, "PAA_PAGAMENTO_SCADUTO", "posizione scaduta")?;
        let pagata = b.carica("5.00").await?;
        accolta(b.paga(&pagata.avviso, Versione::V2).await, "pagamento")?;
        rifiutata_con(b.verifica(&pagata.avviso).await, "PAA_PAGAMENTO_DUPLICATO", "posizione pagata")?;
        Ok("sconosciuto, annullato, scaduto e gia' pagato: a ognuno il suo codice".to_owned())
    }
    .boxed_local()
}

pub fn chi_e_chiamato(b: &Banco) -> Passi<'_> {
    async {
        let avviso = b.ignoto();
        let nostro = b.indirizzo();
        let casi = [
            (Indirizzo { id_pa: "99999999990".into(), ..nostro.clone() }, "PAA_ID_DOMINIO_ERRATO"),
            (Indirizzo { id_intermediario: "99999999990".into(), ..nostro.clone() }, "PAA_ID_INTERMEDIARIO_ERRATO"),
            (Indirizzo { id_stazione: format!("{}_98", nostro.id_intermediario), ..nostro }, "PAA_STAZIONE_INT_ERRATA"),
        ];
        for (indirizzo, atteso) in casi {
            let corpo = messaggi::verifica(&indirizzo, &indirizzo.id_pa, &avviso);
            match b.esito(Operazione::Verifica, Some("paVerifyPaymentNotice"), corpo).await? {
                Risposta::Ko(r) if r.codice() == atteso => {}
                Risposta::Ko(r) => return Err(format!("atteso {atteso}, risponde {}", r.codice()).into()),
                Risposta::Ok(_) => return Err(format!("atteso {atteso}, risponde OK").into()),
            }
        }
        Ok("idPA, idBrokerPA e idStation di altri: a ognuno il suo codice".to_owned())
    }
    .boxed_local()
}

pub fn sonda(b: &Banco) -> Passi<'_> {
    async {
        rifiutata_con(b.verifica("000000000000000000").await, "PAA_PAGAMENTO_SCONOSCIUTO", "numero della sonda")?;
        Ok("la sonda riceve PAA_PAGAMENTO_SCONOSCIUTO; che l'applicazione non sia chiamata, da qui non si vede".to_owned())
    }
    .boxed_local()
}

pub fn scadenza_che_non_vincola(b: &Banco) -> Passi<'_> {
    async {
        // In the API that loads it, dataValidita says until when the amount is good without asking again, dataScadenza until when one can pay.
        let da_rinfrescare = b.carica_con("7.00", |c| c["dataValidita"] = json!(ieri())).await?;
        accolta(b.verifica(&da_rinfrescare.avviso).await, "data di validita' passata, scadenza assente")?;
        let vincolante = b.carica_con("7.00", |c| c["dataScadenza"] = json!(ieri())).await?;
        rifiutata_con(b.verifica(&vincolante.avviso).await, "PAA_PAGAMENTO_SCADUTO", "scadenza passata")?;
        Ok("la validita' passata non ferma il pagamento, la scadenza passata si'".to_owned())
    }
    .boxed_local()
}

pub fn testi_nei_limiti(b: &Banco) -> Passi<'_> {
    async {
        let causali = ["a".to_owned(), "\u{c0}\u{e8} \u{2019}\u{20ac}\u{4e2d}".repeat(20), "<&>\"'".repeat(28), "e\u{301}".repeat(70)];
        let quante = causali.len();
        for causale in causali {
            let causale: String = causale.chars().take(140).collect();
            let mostrata = causale.clone();
            let p = b.carica_con("3.00", move |c| c["causale"] = json!(mostrata)).await?;
            accolta(b.verifica(&p.avviso).await, &format!("causale di {} caratteri", causale.chars().count()))?;
            accolta(b.attiva(&p.avviso, Versione::V2).await, "attivazione")?;
        }
        Ok(format!("{quante} causali difficili, fino a 140 caratteri: testi mai vuoti ne' oltre il limite"))
    }
    .boxed_local()
}
