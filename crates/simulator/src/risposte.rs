//! Reading what a station answers, with the suspicion of the node (spec/4 sections 2.2 to 2.5).

use codici::Importo;
use serde::{Deserialize, Serialize};

use crate::messaggi::{Accredito, Bonifico, DatiPagamento, Operazione, SPAZIO_PA, SPAZIO_SOAP, Soggetto, importo_json};
use crate::xml::{self, Elemento};

/// The fault that a PSP receives from the node (spec/4 section 2.9).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rifiuto {
    pub fault_code: String,
    pub fault_string: String,
    /// Who found the error: `NodoDeiPagamentiSPC`, or the fiscal code of the ente.
    pub id: String,
    pub description: Option<String>,
    /// What the ente said, when it is the ente that refuses.
    pub original_fault_code: Option<String>,
    pub original_fault_string: Option<String>,
    pub original_description: Option<String>,
    /// The message of the journal in which it was said.
    pub messaggio: Option<u64>,
}

impl Rifiuto {
    pub(crate) fn del_nodo(codice: &str, testo: &str, descrizione: impl Into<String>) -> Self {
        Self {
            fault_code: codice.into(),
            fault_string: testo.into(),
            id: "NodoDeiPagamentiSPC".into(),
            description: Some(descrizione.into()),
            ..Self::default()
        }
    }

    /// The code that says most: the ente's when there is one.
    #[must_use]
    pub fn codice(&self) -> &str {
        self.original_fault_code.as_deref().unwrap_or(&self.fault_code)
    }

    /// The refusal, for the person who wanted to pay.
    #[must_use]
    pub fn spiegazione(&self) -> &'static str {
        match self.codice() {
            "PAA_PAGAMENTO_SCONOSCIUTO" => "L'ente non riconosce questo avviso. Controlla il codice avviso e il codice fiscale dell'ente.",
            "PAA_PAGAMENTO_DUPLICATO" => "Questo avviso risulta gia' pagato.",
            "PAA_PAGAMENTO_ANNULLATO" => "L'ente ha annullato questo avviso: non e' piu' da pagare.",
            "PAA_PAGAMENTO_SCADUTO" => "Questo avviso e' scaduto e non si puo' piu' pagare. Chiedi all'ente un nuovo avviso.",
            "PAA_PAGAMENTO_IN_CORSO" | "PPT_PAGAMENTO_IN_CORSO" => "Un altro pagamento di questo avviso e' in corso. Riprova tra qualche minuto.",
            "PAA_ID_DOMINIO_ERRATO" | "PPT_DOMINIO_SCONOSCIUTO" => "L'ente indicato non e' raggiungibile da qui. Controlla il codice fiscale dell'ente.",
            "PAA_ID_INTERMEDIARIO_ERRATO" | "PAA_STAZIONE_INT_ERRATA" => {
                "L'ente non riconosce l'intermediario o la stazione con cui il nodo lo chiama: e' un errore di configurazione."
            }
            "PAA_SEMANTICA" | "PAA_SINTASSI_XSD" | "PAA_SINTASSI_EXTRAXSD" => "L'ente non accetta la richiesta cosi' com'e'.",
            "PAA_SYSTEM_ERROR" => "L'ente ha avuto un problema. Riprova piu' tardi.",
            "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE" => "L'ente non risponde: nessuno ascolta all'indirizzo della sua stazione.",
            "PPT_STAZIONE_INT_PA_TIMEOUT" => "L'ente non ha risposto in tempo.",
            "PPT_STAZIONE_INT_PA_ERRORE_RESPONSE" => "L'ente ha dato una risposta che il nodo non puo' accettare.",
            "PPT_TOKEN_SCADUTO" => "Il tempo per concludere il pagamento e' scaduto.",
            "PPT_TOKEN_SCONOSCIUTO" => "Questo pagamento non esiste, oppure e' troppo vecchio perche' il simulatore lo ricordi.",
            "PPT_SINTASSI_EXTRAXSD" => "Il codice avviso ha 18 cifre, il codice fiscale dell'ente ne ha 11.",
            _ => "Il pagamento non si puo' fare.",
        }
    }
}

impl std::fmt::Display for Rifiuto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.fault_code, self.fault_string)?;
        if let Some(originale) = &self.original_fault_code {
            write!(f, " [{originale}: {}]", self.original_description.as_deref().or(self.original_fault_string.as_deref()).unwrap_or_default())?;
        } else if let Some(descrizione) = &self.description {
            write!(f, " [{descrizione}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for Rifiuto {}

/// What a PSP shows after a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verificato {
    #[serde(with = "importo_json")]
    pub importo: Importo,
    /// `yyyy-MM-dd`.
    pub scadenza: Option<String>,
    pub causale: String,
    pub dettaglio: Option<String>,
    pub solo_conti_postali: bool,
    pub dominio: String,
    pub ente: String,
    pub ufficio: Option<String>,
    /// The message of the journal.
    pub messaggio: u64,
}

/// A well formed answer of a station.
#[derive(Clone, Debug)]
pub(crate) enum Risposta {
    Ok(Elemento),
    Ko(Box<Rifiuto>),
}

/// Opens the envelope. `Err` says why the answer is not one (`PPT_STAZIONE_INT_PA_ERRORE_RESPONSE`).
pub(crate) fn apri(operazione: Operazione, ottetti: &[u8]) -> Result<Risposta, String> {
    let busta = xml::leggi(ottetti).map_err(|e| e.to_string())?;
    if busta.nome != "Envelope" || busta.spazio.as_deref() != Some(SPAZIO_SOAP) {
        return Err("non e' una busta SOAP 1.1".into());
    }
    let corpo = busta.figlio("Body").and_then(|b| b.figli.first()).ok_or("busta senza corpo")?;
    let atteso = operazione.elemento_risposta();
    if corpo.nome != atteso || corpo.spazio.as_deref() != Some(SPAZIO_PA) {
        return Err(format!("elemento {} di {}, atteso {atteso} di {SPAZIO_PA}", corpo.nome, corpo.spazio.as_deref().unwrap_or("nessuno spazio")));
    }
    if let Some(qualificato) = corpo.figli.iter().find(|f| f.spazio.is_some()) {
        return Err(format!("l'elemento {} non deve avere uno spazio di nomi", qualificato.nome));
    }
    let fault = corpo.figlio("fault");
    match (corpo.valore("outcome"), fault) {
        (Some("OK"), None) => Ok(Risposta::Ok(corpo.clone())),
        (Some("OK"), Some(_)) => Err("esito OK con un fault".into()),
        (Some("KO"), Some(fault)) => {
            let obbligatorio = |nome: &str| fault.valore(nome).map(str::to_owned).ok_or_else(|| format!("fault senza {nome}"));
            let (codice, testo, id) = (obbligatorio("faultCode")?, obbligatorio("faultString")?, obbligatorio("id")?);
            Ok(Risposta::Ko(Box::new(Rifiuto {
                fault_code: "PPT_ERRORE_EMESSO_DA_PAA".into(),
                fault_string: "Errore restituito dall'ente creditore.".into(),
                id,
                description: Some(format!("FaultString PA: {testo}")),
                original_fault_code: Some(codice),
                original_fault_string: Some(testo),
                original_description: fault.valore("description").map(str::to_owned),
                messaggio: None,
            })))
        }
        (Some("KO"), None) => Err("esito KO senza fault".into()),
        (altro, _) => Err(format!("esito {altro:?}, atteso OK o KO")),
    }
}

fn testo(e: &Elemento, nome: &str, massimo: usize) -> Result<String, String> {
    testo_se(e, nome, massimo)?.ok_or_else(|| format!("manca {nome}"))
}

fn testo_se(e: &Elemento, nome: &str, massimo: usize) -> Result<Option<String>, String> {
    let Some(valore) = e.valore(nome) else { return Ok(None) };
    let caratteri = valore.chars().count();
    if (1..=massimo).contains(&caratteri) { Ok(Some(valore.to_owned())) } else { Err(format!("{nome} ha {caratteri} caratteri, ammessi da 1 a {massimo}")) }
}

/// `stAmountNotZero`: digits, dot, two digits, from 0.01 to 999999999.99.
fn importo(e: &Elemento, nome: &str) -> Result<Importo, String> {
    let valore = e.valore(nome).ok_or_else(|| format!("manca {nome}"))?;
    let errore = || format!("{nome} non e' un importo: {valore}");
    let (interi, decimali) = valore.split_once('.').ok_or_else(errore)?;
    if interi.is_empty() || decimali.len() != 2 || !interi.bytes().chain(decimali.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(errore());
    }
    let letto = Importo::leggi(valore).map_err(|_| errore())?;
    if letto < Importo::da_cent(1) || letto > Importo::MASSIMO { Err(errore()) } else { Ok(letto) }
}

fn data(e: &Elemento, nome: &str) -> Result<String, String> {
    let valore = e.valore(nome).ok_or_else(|| format!("manca {nome}"))?;
    // An xsd:date may carry a zone: it changes nothing of what a person reads.
    let giorno = valore.get(..10).unwrap_or(valore);
    let zona = valore.get(10..).unwrap_or_default();
    let zona_buona = zona.is_empty() || zona == "Z" || (zona.len() == 6 && zona.starts_with(['+', '-']));
    if chrono::NaiveDate::parse_from_str(giorno, "%Y-%m-%d").is_err() || !zona_buona {
        return Err(format!("{nome} non e' una data: {valore}"));
    }
    Ok(giorno.to_owned())
}

fn dominio(e: &Elemento, nome: &str) -> Result<String, String> {
    let valore = e.valore(nome).ok_or_else(|| format!("manca {nome}"))?;
    codici::IdDominio::leggi(valore).map(|d| d.to_string()).ok_or_else(|| format!("{nome} non e' un codice fiscale di ente: {valore}"))
}

/// On OK the node wants all of the answer, but officeName, dueDate and detailDescription.
pub(crate) fn leggi_verifica(e: &Elemento, dominio_chiesto: &str, messaggio: u64) -> Result<Verificato, String> {
    let lista = e.figlio("paymentList").ok_or("manca paymentList")?;
    let opzioni: Vec<_> = lista.figli_di_nome("paymentOptionDescription").collect();
    let [opzione] = opzioni[..] else { return Err(format!("{} opzioni di pagamento, attesa una", opzioni.len())) };
    match opzione.valore("options") {
        Some("EQ") => {}
        altro => return Err(format!("options {altro:?}, atteso EQ")),
    }
    let solo_conti_postali = booleano(opzione, "allCCP")?.ok_or("manca allCCP")?;
    let letto = dominio(e, "fiscalCodePA")?;
    if letto != dominio_chiesto {
        return Err(format!("fiscalCodePA {letto}, chiesto {dominio_chiesto}"));
    }
    Ok(Verificato {
        importo: importo(opzione, "amount")?,
        scadenza: opzione.figlio("dueDate").map(|_| data(opzione, "dueDate")).transpose()?,
        dettaglio: testo_se(opzione, "detailDescription", 140)?,
        solo_conti_postali,
        causale: testo(e, "paymentDescription", 140)?,
        dominio: letto,
        ente: testo(e, "companyName", 140)?,
        ufficio: testo_se(e, "officeName", 140)?,
        messaggio,
    })
}

fn booleano(e: &Elemento, nome: &str) -> Result<Option<bool>, String> {
    match e.valore(nome) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(altro) => Err(format!("{nome} non e' un booleano: {altro}")),
    }
}

/// `data` of paGetPayment and paGetPaymentV2, with the semantic checks of the node: at least one transfer, at most five, numbered once each, their sum.
pub(crate) fn leggi_attivazione(e: &Elemento, operazione: Operazione) -> Result<DatiPagamento, String> {
    let v2 = operazione == Operazione::AttivaV2;
    let d = e.figlio("data").ok_or("esito OK senza data")?;
    let lista = d.figlio("transferList").ok_or("manca transferList")?;
    let bonifici = lista.figli_di_nome("transfer").map(|t| leggi_bonifico(t, v2)).collect::<Result<Vec<_>, _>>()?;
    if !(1..=5).contains(&bonifici.len()) {
        return Err(format!("{} transfer, ammessi da 1 a 5", bonifici.len()));
    }
    for (i, b) in bonifici.iter().enumerate() {
        if bonifici[..i].iter().any(|altro| altro.indice == b.indice) {
            return Err(format!("idTransfer {} ripetuto", b.indice));
        }
    }
    let totale = importo(d, "paymentAmount")?;
    let somma: Importo = bonifici.iter().map(|b| b.importo).sum();
    if somma != totale {
        return Err(format!("paymentAmount {totale} diverso dalla somma dei transfer {somma}"));
    }
    booleano(d, "lastPayment")?;
    let ente = testo_se(d, "companyName", 140)?;
    if v2 && ente.is_none() {
        return Err("manca companyName".into());
    }
    Ok(DatiPagamento {
        iuv: testo(d, "creditorReferenceId", 35)?,
        importo: totale,
        scadenza: Some(data(d, "dueDate")?),
        descrizione: testo(d, "description", 140)?,
        ente,
        ufficio: testo_se(d, "officeName", 140)?,
        debitore: leggi_soggetto(d.figlio("debtor").ok_or("manca debtor")?)?,
        bonifici,
        metadata: leggi_metadata(d)?,
    })
}

fn leggi_soggetto(e: &Elemento) -> Result<Soggetto, String> {
    let id = e.figlio("uniqueIdentifier").ok_or("manca uniqueIdentifier")?;
    let tipo = testo(id, "entityUniqueIdentifierType", 1)?;
    if tipo != "F" && tipo != "G" {
        return Err(format!("entityUniqueIdentifierType {tipo}, atteso F o G"));
    }
    let identificativo = testo(id, "entityUniqueIdentifierValue", 16)?;
    if identificativo.chars().count() < 2 {
        return Err("entityUniqueIdentifierValue di un solo carattere".into());
    }
    let nazione = testo_se(e, "country", 2)?;
    if nazione.as_deref().is_some_and(|n| n.len() != 2 || !n.bytes().all(|b| b.is_ascii_uppercase())) {
        return Err("country non e' di due lettere maiuscole".into());
    }
    let email = testo_se(e, "e-mail", 256)?;
    if email.as_deref().is_some_and(|m| !email_del_contratto(m)) {
        return Err("e-mail non valida".into());
    }
    Ok(Soggetto {
        tipo,
        identificativo,
        nome: testo(e, "fullName", 70)?,
        via: testo_se(e, "streetName", 70)?,
        civico: testo_se(e, "civicNumber", 16)?,
        cap: testo_se(e, "postalCode", 16)?,
        citta: testo_se(e, "city", 35)?,
        provincia: testo_se(e, "stateProvinceRegion", 35)?,
        nazione,
        email,
    })
}

/// The pattern of stEMail: letters, digits and `_.+-`, an at sign, labels of letters, digits and `-` between dots.
fn email_del_contratto(email: &str) -> bool {
    let Some((utente, ospite)) = email.split_once('@') else { return false };
    let fatto_di = |s: &str, altri: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || altri.contains(c));
    fatto_di(utente, "_.+-") && ospite.split('.').all(|etichetta| fatto_di(etichetta, "-"))
}

fn leggi_bonifico(t: &Elemento, v2: bool) -> Result<Bonifico, String> {
    let indice = t.valore("idTransfer").and_then(|i| i.parse::<u8>().ok()).filter(|i| (1..=5).contains(i)).ok_or("idTransfer non e' da 1 a 5")?;
    let accredito = match (t.figlio("IBAN"), t.figlio("richiestaMarcaDaBollo")) {
        (Some(iban), None) => {
            let iban = iban.testo.clone();
            if !iban_plausibile(&iban) {
                return Err(format!("IBAN non valido: {iban}"));
            }
            Accredito::Iban(iban)
        }
        (None, Some(bollo)) if v2 => {
            let provincia = testo(bollo, "provinciaResidenza", 2)?;
            let tipo = testo(bollo, "tipoBollo", 2)?;
            if tipo != "01" || provincia.len() != 2 || !provincia.bytes().all(|b| b.is_ascii_uppercase()) {
                return Err("richiestaMarcaDaBollo con tipo o provincia non validi".into());
            }
            let hash = testo(bollo, "hashDocumento", 72)?;
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &hash).map_err(|_| "hashDocumento non e' base64")?;
            Accredito::Bollo { hash, tipo, provincia }
        }
        _ => return Err(format!("transfer {indice}: serve un IBAN{}", if v2 { " oppure una marca da bollo" } else { "" })),
    };
    Ok(Bonifico {
        indice,
        importo: importo(t, "transferAmount")?,
        dominio: dominio(t, "fiscalCodePA")?,
        ente: testo_se(t, "companyName", 140)?,
        accredito,
        causale: testo(t, "remittanceInformation", 140)?,
        categoria: testo(t, "transferCategory", 140)?,
        metadata: leggi_metadata(t)?,
    })
}

/// Two letters, two digits, 1 to 30 letters or digits.
fn iban_plausibile(iban: &str) -> bool {
    let b = iban.as_bytes();
    (5..=34).contains(&b.len())
        && b[..2].iter().all(u8::is_ascii_alphabetic)
        && b[2..4].iter().all(u8::is_ascii_digit)
        && b[4..].iter().all(u8::is_ascii_alphanumeric)
}

fn leggi_metadata(e: &Elemento) -> Result<Vec<(String, String)>, String> {
    let Some(m) = e.figlio("metadata") else { return Ok(Vec::new()) };
    let coppie = m.figli_di_nome("mapEntry").map(|c| Ok((testo(c, "key", 140)?, testo(c, "value", 140)?))).collect::<Result<Vec<_>, String>>()?;
    if (1..=15).contains(&coppie.len()) { Ok(coppie) } else { Err(format!("metadata con {} voci, ammesse da 1 a 15", coppie.len())) }
}
