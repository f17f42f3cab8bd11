use domain::attivazione::Destinazione;
use domain::posizione_debitoria::{PosizioneDebitoria, StatoRemoto};
use serde_json::Value;

/// A position of the archive, as far as the contract shows it: who owes, and how it expires, are not read back.
#[derive(Clone, Debug, PartialEq)]
pub struct PosizioneLetta {
    pub stato: StatoRemoto,
    pub iupd: String,
    /// Of each option of payment.
    pub iuv: Vec<String>,
    corpo: Value,
}

impl PosizioneLetta {
    pub(crate) fn leggi(v: &Value) -> Option<Self> {
        let stato = StatoRemoto::leggi(v["status"].as_str()?)?;
        let iupd = v["iupd"].as_str()?.to_owned();
        let iuv = v["paymentOption"].as_array().into_iter().flatten().filter_map(|o| o["iuv"].as_str().map(str::to_owned)).collect();
        Some(Self { stato, iupd, iuv, corpo: v.clone() })
    }

    /// It is another one: an IUPD was used twice.
    #[must_use]
    pub fn di_un_altro(&self, p: &PosizioneDebitoria) -> bool {
        !self.iuv.is_empty() && !self.iuv.iter().any(|i| i == p.iuv.as_str())
    }

    /// What can be seen of it is what we want. SEND's fee is not ours to compare: the archive may show the amount with it.
    #[must_use]
    pub fn uguale(&self, p: &PosizioneDebitoria) -> bool {
        let [opzione] = self.corpo["paymentOption"].as_array().map(Vec::as_slice).unwrap_or_default() else { return false };
        let spese = opzione["notificationFee"].as_i64().unwrap_or_default();
        let importo = opzione["amount"].as_i64();
        let scadenza = opzione["dueDate"].as_str().and_then(istante_letto).map(|t| t.timestamp());
        opzione["iuv"].as_str() == Some(p.iuv.as_str())
            && (importo == Some(p.importo.cent()) || importo == Some(p.importo.cent() + spese))
            && opzione["description"].as_str() == Some(&p.causale)
            && scadenza == Some(p.scadenza.timestamp())
            && self.corpo["companyName"].as_str() == Some(&p.ente)
            && self.versamenti_uguali(&opzione["transfer"], p)
    }

    fn versamenti_uguali(&self, letti: &Value, p: &PosizioneDebitoria) -> bool {
        let letti = letti.as_array().map(Vec::as_slice).unwrap_or_default();
        letti.len() == p.versamenti.len()
            && p.versamenti.iter().map(|v| &v.trasferimento).all(|t| {
                let Some(letto) = letti.iter().find(|l| l["idTransfer"].as_str() == Some(&t.id.to_string())) else { return false };
                let destinazione = match &t.destinazione {
                    Destinazione::Iban(iban) => letto["iban"].as_str() == Some(iban),
                    Destinazione::Bollo { hash_documento, .. } => letto["stamp"]["hashDocument"].as_str() == Some(hash_documento),
                };
                destinazione && letto["amount"].as_i64() == Some(t.importo.cent()) && letto["category"].as_str() == Some(&t.categoria)
            })
    }
}

/// With an offset, or without: then it is UTC.
fn istante_letto(testo: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    testo.parse().ok().or_else(|| testo.parse::<chrono::NaiveDateTime>().ok().map(|t| t.and_utc()))
}
