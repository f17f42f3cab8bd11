//! Rows of paGetPayment, and of the numbers of the notices.

use std::collections::HashSet;

use codici::NumeroAvviso;
use futures::FutureExt as _;
use serde_json::json;

use super::banco::{Banco, accolta, importo, rifiutata_con};
use super::{Intoppo, Passi};
use crate::messaggi::{self, Accredito, DatiPagamento, Versione};
use crate::nodo::Esito;
use crate::risposte::{self, Risposta};

const DIGEST: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
/// Conventional account of the other kind, beside the one that is paid (spec/4 section 1.12).
const IBAN_APPOGGIO: &str = "IBANAPPOGGIO";
const METADATA_MAX: usize = 10;

pub fn due_versioni(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("18.00").await?;
        for versione in [Versione::V1, Versione::V2] {
            accolta(b.attiva(&p.avviso, versione).await, versione.attivazione().nome())?;
        }
        Ok("paGetPayment e paGetPaymentV2 rispondono per lo stesso avviso".to_owned())
    }
    .boxed_local()
}

pub fn somma_dei_bonifici(b: &Banco) -> Passi<'_> {
    async {
        for quante in 1..=5_usize {
            let voci: Vec<_> = (1..=quante).map(|n| b.voce(&n.to_string(), &format!("{n}.01"), &b.bersaglio.iban)).collect();
            let cent: usize = (1..=quante).map(|n| n * 100 + 1).sum();
            let totale = format!("{}.{:02}", cent / 100, cent % 100);
            let p = b.carica_con(&totale, |c| c["voci"] = json!(voci)).await?;
            let dati = accolta(b.attiva(&p.avviso, Versione::V2).await, "attivazione")?;
            let indici: Vec<usize> = dati.bonifici.iter().map(|t| usize::from(t.indice)).collect();
            if dati.importo != importo(&totale)? || indici != (1..=quante).collect::<Vec<_>>() {
                return Err(format!("{quante} voci per {totale}: risponde {} con idTransfer {indici:?}", dati.importo).into());
            }
        }
        Ok("da 1 a 5 voci: importo uguale alla somma, idTransfer da 1 in su".to_owned())
    }
    .boxed_local()
}

/// The answer to an activation made by hand.
async fn a_mano(b: &Banco, versione: Versione, corpo: String) -> Result<DatiPagamento, Intoppo> {
    let operazione = versione.attivazione();
    match b.esito(operazione, Some(operazione.nome()), corpo).await? {
        Risposta::Ok(e) => Ok(risposte::leggi_attivazione(&e, operazione)?),
        Risposta::Ko(r) => Err(format!("{}: {r}", operazione.nome()).into()),
    }
}

pub fn importo_di_altri(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("50.00").await?;
        let corpo = messaggi::attiva(&b.indirizzo(), &b.bersaglio.dominio, &p.avviso, Versione::V2, Some(importo("49.99")?), None);
        let dati = a_mano(b, Versione::V2, corpo).await?;
        if dati.importo != importo("50.00")? {
            return Err(format!("chiesto 49.99 per una posizione di 50.00: risponde {}", dati.importo).into());
        }
        Ok("un importo diverso nella richiesta e' accolto, e si risponde con il proprio".to_owned())
    }
    .boxed_local()
}

pub fn piu_di_una_volta(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("21.00").await?;
        accolta(b.attiva(&p.avviso, Versione::V2).await, "prima attivazione, senza verifica")?;
        let pagato = accolta(b.paga(&p.avviso, Versione::V2).await, "seconda attivazione")?;
        super::ricevute::consegnata(&pagato)?;
        Ok("due attivazioni senza verifica, poi una ricevuta: accolta".to_owned())
    }
    .boxed_local()
}

pub fn resta_aperta(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("22.00").await?;
        accolta(b.attiva(&p.avviso, Versione::V2).await, "attivazione")?;
        accolta(b.verifica(&p.avviso).await, "verifica dopo l'attivazione")?;
        match b.leggi(&p).await?["stato"].as_str() {
            Some("NON_ESEGUITA") => Ok("dopo l'attivazione la posizione e' ancora da pagare".to_owned()),
            altro => Err(format!("dopo l'attivazione la posizione e' {altro:?}").into()),
        }
    }
    .boxed_local()
}

pub fn iban_non_censito(b: &Banco) -> Passi<'_> {
    async {
        let mut corpo = b.carica("9.00").await?.corpo;
        corpo["voci"] = json!([b.voce("1", "9.00", "IT22M0760101600000000999999")]);
        let risposta = b.put(&format!("collaudo-iban-{}", uuid::Uuid::new_v4().simple()), &corpo).await?;
        match risposta.stato {
            400..=499 => Ok("una posizione su un conto che non e' dell'ente e' rifiutata al caricamento".to_owned()),
            stato => Err(format!("una posizione su un conto che non e' dell'ente riceve HTTP {stato}").into()),
        }
    }
    .boxed_local()
}

pub fn tipo_di_versamento(b: &Banco) -> Passi<'_> {
    async {
        let voce = |c: &mut serde_json::Value| c["voci"][0]["ibanAppoggio"] = json!(b.bersaglio.iban_postale);
        let p = b.carica_con("14.00", voce).await?;
        let chiedi = |tipo: &str| {
            let corpo = messaggi::attiva(&b.indirizzo(), &b.bersaglio.dominio, &p.avviso, Versione::V2, None, None);
            corpo.replace("</qrCode>", &format!("</qrCode><transferType>{tipo}</transferType>"))
        };
        let postale = a_mano(b, Versione::V2, chiedi("POSTAL")).await?;
        let primo = postale.bonifici.first().map(|t| &t.accredito);
        if primo != Some(&Accredito::Iban(b.bersaglio.iban_postale.clone())) {
            return Err(format!("transferType POSTAL: il primo transfer va su {primo:?}, non sul conto postale").into());
        }
        let pagopa = a_mano(b, Versione::V2, chiedi("PAGOPA")).await?;
        let primo = pagopa.bonifici.first().ok_or_else(|| "nessun transfer".to_owned())?;
        if primo.accredito != Accredito::Iban(b.bersaglio.iban.clone()) {
            return Err(format!("transferType PAGOPA: il primo transfer va su {:?}", primo.accredito).into());
        }
        if !primo.metadata.iter().any(|(chiave, valore)| chiave == IBAN_APPOGGIO && *valore == b.bersaglio.iban_postale) {
            return Err(format!("transferType PAGOPA: i metadata del transfer non hanno {IBAN_APPOGGIO}").into());
        }
        Ok(format!("POSTAL paga il conto postale, PAGOPA quello bancario con {IBAN_APPOGGIO}"))
    }
    .boxed_local()
}

pub fn scadenza_sempre(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("6.00").await?;
        let dati = accolta(b.attiva(&p.avviso, Versione::V2).await, "posizione senza date")?;
        Ok(format!("una posizione senza date risponde dueDate {}", dati.scadenza.unwrap_or_default()))
    }
    .boxed_local()
}

pub fn nome_dell_ente(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("6.50").await?;
        let dati = accolta(b.attiva(&p.avviso, Versione::V2).await, "attivazione")?;
        if dati.ente.is_none() || dati.bonifici.iter().any(|t| t.ente.is_none()) {
            return Err("manca companyName nel pagamento o in un transfer".to_owned().into());
        }
        Ok("companyName nel pagamento e in ogni transfer della V2".to_owned())
    }
    .boxed_local()
}

pub fn marca_da_bollo(b: &Banco) -> Passi<'_> {
    async {
        let voce = json!([{"idVocePendenza": "1", "importo": 16, "descrizione": "Marca da bollo", "tipoBollo": "01", "hashDocumento": DIGEST,
            "provinciaResidenza": "FI"}]);
        let p = b.carica_con("16.00", |c| c["voci"] = voce).await?;
        let dati = accolta(b.attiva(&p.avviso, Versione::V2).await, "paGetPaymentV2 di una marca da bollo")?;
        match dati.bonifici.first().map(|t| &t.accredito) {
            Some(Accredito::Bollo { hash, .. }) if hash == DIGEST => {}
            altro => return Err(format!("il transfer della marca da bollo e' {altro:?}").into()),
        }
        rifiutata_con(b.attiva(&p.avviso, Versione::V1).await, "PAA_SEMANTICA", "paGetPayment di una marca da bollo")?;
        Ok("richiestaMarcaDaBollo nella V2, PAA_SEMANTICA nella V1".to_owned())
    }
    .boxed_local()
}

pub fn debitore_anonimo(b: &Banco) -> Passi<'_> {
    async {
        let anonimo = json!({"tipo": "F", "identificativo": "ANONIMO", "anagrafica": "ANONIMO"});
        let p = b.carica_con("4.00", |c| c["soggettoPagatore"] = anonimo).await?;
        let dati = accolta(b.attiva(&p.avviso, Versione::V2).await, "posizione di un anonimo")?;
        if dati.debitore.identificativo != "ANONIMO" {
            return Err(format!("il debitore e' {}", dati.debitore.identificativo).into());
        }
        Ok("un debitore ANONIMO e' accolto e riportato".to_owned())
    }
    .boxed_local()
}

pub fn metadata(b: &Banco) -> Passi<'_> {
    async {
        let coppie =
            |quante: usize| json!({"mapEntries": (0..quante).map(|n| json!({"key": format!("CHIAVE_{n}"), "value": n.to_string()})).collect::<Vec<_>>()});
        let p = b.carica_con("4.50", |c| c["voci"][0]["metadata"] = coppie(METADATA_MAX)).await?;
        let dati = accolta(b.attiva(&p.avviso, Versione::V2).await, "dieci metadata")?;
        let emessi = dati.bonifici.first().map_or(0, |t| t.metadata.len());
        if emessi != METADATA_MAX {
            return Err(format!("caricati {METADATA_MAX} metadata, emessi {emessi}").into());
        }
        let mut corpo = p.corpo.clone();
        corpo["voci"][0]["metadata"] = coppie(METADATA_MAX + 1);
        let risposta = b.put(&format!("collaudo-metadata-{}", uuid::Uuid::new_v4().simple()), &corpo).await?;
        if !(400..500).contains(&risposta.stato) {
            return Err(format!("undici metadata ricevono HTTP {}", risposta.stato).into());
        }
        Ok("dieci metadata emessi, undici rifiutati al caricamento".to_owned())
    }
    .boxed_local()
}

pub fn numero_avviso(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("2.00").await?;
        let n = NumeroAvviso::leggi(&p.avviso).map_err(|e| format!("{}: {e:?}", p.avviso))?;
        if !p.avviso.starts_with('3') {
            return Err(Intoppo::Impossibile(format!("l'ente usa auxDigit {}", &p.avviso[..1])));
        }
        // The two last digits are the rest of the division by 93 of the sixteen before.
        let atteso = p.avviso[..16].parse::<u64>().map_err(|e| e.to_string())? % 93;
        if p.avviso[16..] != format!("{atteso:02}") {
            return Err(format!("{}: cifre di controllo {}, attese {atteso:02}", p.avviso, &p.avviso[16..]).into());
        }
        Ok(format!("numero generato con auxDigit 3, cifre di controllo giuste, IUV {}", n.iuv()))
    }
    .boxed_local()
}

pub fn numeri_diversi(b: &Banco) -> Passi<'_> {
    async {
        let caricate = futures::future::join_all((0..100).map(|_| b.carica("1.00"))).await;
        let avvisi = caricate.into_iter().map(|c| c.map(|p| p.avviso)).collect::<Result<HashSet<_>, _>>()?;
        if avvisi.len() != 100 {
            return Err(format!("100 caricamenti insieme danno {} numeri diversi", avvisi.len()).into());
        }
        Ok("100 caricamenti insieme, 100 numeri diversi; a 10.000 al secondo si misura con il banco delle misure".to_owned())
    }
    .boxed_local()
}

pub fn solo_la_ricevuta_paga(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("27.00").await?;
        let attivato = accolta(b.nodo.attiva(&b.bersaglio.dominio, &p.avviso, Versione::V2).await, "attivazione")?;
        accolta(b.nodo.esito(&attivato.token, Esito::Ko).await, "esito negativo")?;
        accolta(b.verifica(&p.avviso).await, "verifica dopo un esito negativo")?;
        let pagato = accolta(b.paga(&p.avviso, Versione::V2).await, "pagamento")?;
        super::ricevute::consegnata(&pagato)?;
        rifiutata_con(b.verifica(&p.avviso).await, "PAA_PAGAMENTO_DUPLICATO", "verifica dopo la ricevuta")?;
        Ok("aperta dopo attivazione ed esito negativo, pagata solo con la ricevuta".to_owned())
    }
    .boxed_local()
}
