//! A receipt against the request that it pays (spec/3 section 1.9, "Semantic validation").
//!
//! The texts are those of GovPay, with amounts as `0.00`. An amount that is not the requested one is no reason to refuse: the money has moved.

use std::fmt;

use codici::Importo;

use crate::messaggi::{DatiAttivazione, ErroreRichiesta, EsitoPagamento, Ricevuta, Versione, leggi_attivazione};
use crate::vecchio;

/// What the comparison says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confronto {
    /// To be answered with `PAA_SEMANTICA` and this description: the first fatal difference.
    Rifiuto(String),
    /// To be accepted. The differences, in the order of the message.
    Accettata(Vec<Avvertenza>),
}

/// A difference that does not stop a receipt. `Debug` shows the datum only.
#[derive(Clone, PartialEq, Eq)]
pub struct Avvertenza {
    /// Which datum differs: may be logged.
    pub campo: &'static str,
    /// The whole text. May hold personal data: not for logs.
    pub testo: String,
}

impl fmt::Debug for Avvertenza {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Avvertenza").field("campo", &self.campo).finish_non_exhaustive()
    }
}

/// Compares a receipt with the stored activation answer (envelope or message), or with the RPT of the older model.
///
/// # Errors
/// As [`leggi_attivazione`], when the stored bytes cannot be read.
pub fn confronta(attivazione: &[u8], ricevuta: &Ricevuta) -> Result<Confronto, ErroreRichiesta> {
    if let Some(rpt) = vecchio::semantica::come_attivazione(attivazione) {
        return Ok(confronta_dati(vecchio::semantica::COME_VERSIONE, &rpt, ricevuta));
    }
    let (versione, dati) = leggi_attivazione(attivazione)?;
    Ok(confronta_dati(versione, &dati, ricevuta))
}

/// As [`confronta`], from the read value. `versione` is that of the activation, which need not be the receipt's.
#[must_use]
pub fn confronta_dati(versione: Versione, attesi: &DatiAttivazione, ricevuta: &Ricevuta) -> Confronto {
    let mut avvertenze = Vec::new();
    match differenze(versione, attesi, ricevuta, &mut avvertenze) {
        Err(fatale) => Confronto::Rifiuto(fatale),
        Ok(()) => Confronto::Accettata(avvertenze),
    }
}

fn differenze(versione: Versione, attesi: &DatiAttivazione, ricevuta: &Ricevuta, avvertenze: &mut Vec<Avvertenza>) -> Result<(), String> {
    uguali("CreditorReferenceId", Some(attesi.iuv.as_str()), Some(ricevuta.iuv.as_str()))?;
    if versione == Versione::V2 {
        uguali("UniqueIdentifierDebtor", Some(&attesi.debitore.codice), Some(&ricevuta.debitore.codice))?;
        avvertenze.extend(differenze_del_debitore(attesi, ricevuta));
    }
    if attesi.trasferimenti.len() != ricevuta.trasferimenti.len() {
        let esito = ricevuta.esito.come_testo();
        return Err(format!("Numero di pagamenti diverso dal numero di versamenti per una ricevuta di tipo {esito}"));
    }
    avvertenze.extend(differenze_dei_trasferimenti(attesi, ricevuta));
    importi(attesi, ricevuta, avvertenze)
}

/// The text of a comparison, if the values differ.
pub(crate) fn uguali(campo: &'static str, atteso: Option<&str>, ricevuto: Option<&str>) -> Result<(), String> {
    if atteso == ricevuto {
        return Ok(());
    }
    let scritto = |valore: Option<&str>| valore.unwrap_or("<null>").to_owned();
    Err(format!(r#"{campo} non corrisponde [Atteso:"{}" Ricevuto:"{}"]"#, scritto(atteso), scritto(ricevuto)))
}

fn differenze_del_debitore(attesi: &DatiAttivazione, ricevuta: &Ricevuta) -> impl Iterator<Item = Avvertenza> {
    let (a, r) = (&attesi.debitore, &ricevuta.debitore);
    let coppie = [
        ("FullName", Some(&a.anagrafica), Some(&r.anagrafica)),
        ("PostalCode", a.cap.as_ref(), r.cap.as_ref()),
        ("CivicNumber", a.civico.as_ref(), r.civico.as_ref()),
        ("EMail", a.email.as_ref(), r.email.as_ref()),
        ("StreetName", a.indirizzo.as_ref(), r.indirizzo.as_ref()),
        ("City", a.localita.as_ref(), r.localita.as_ref()),
        ("Country", a.nazione.as_ref(), r.nazione.as_ref()),
        ("StateProvince", a.provincia.as_ref(), r.provincia.as_ref()),
    ];
    coppie.into_iter().filter_map(|(campo, a, r)| uguali(campo, a.map(String::as_str), r.map(String::as_str)).err().map(|testo| Avvertenza { campo, testo }))
}

/// By position, as GovPay does.
fn differenze_dei_trasferimenti(attesi: &DatiAttivazione, ricevuta: &Ricevuta) -> Vec<Avvertenza> {
    let mut trovate = Vec::new();
    for (posizione, (a, r)) in (1..).zip(attesi.trasferimenti.iter().zip(&ricevuta.trasferimenti)) {
        if let Err(testo) = uguali("IdTransfer", Some(&a.indice.to_string()), Some(&r.indice.to_string())) {
            trovate.push(Avvertenza { campo: "IdTransfer", testo });
        }
        // An RPT has no category to compare.
        if !a.categoria.is_empty()
            && let Err(testo) = uguali("TransferCategory", Some(&a.categoria), Some(&r.categoria))
        {
            trovate.push(Avvertenza { campo: "TransferCategory", testo });
        }
        if r.importo != Importo::ZERO && r.importo != a.importo {
            let testo = format!("Importo del pagamento in posizione {posizione} [{}] diverso da quanto richiesto [{}]", r.importo, a.importo);
            trovate.push(Avvertenza { campo: "TransferAmount", testo });
        }
    }
    trovate
}

fn importi(attesi: &DatiAttivazione, ricevuta: &Ricevuta, avvertenze: &mut Vec<Avvertenza>) -> Result<(), String> {
    let pagato = ricevuta.importo;
    let somma: Importo = ricevuta.trasferimenti.iter().map(|t| t.importo).sum();
    if somma != pagato {
        return Err(format!("ImportoTotalePagato [{pagato}] non corrisponde alla somma dei SingoliImportiPagati [{somma}]"));
    }
    match ricevuta.esito {
        EsitoPagamento::Ko if pagato != Importo::ZERO => Err(format!("ImportoTotalePagato [{pagato}] diverso da 0 per un pagamento con esito 'KO'.")),
        EsitoPagamento::Ok if pagato != attesi.importo => {
            let testo = format!("Importo totale del pagamento [{pagato}] diverso da quanto richiesto [{}]", attesi.importo);
            avvertenze.push(Avvertenza { campo: "PaymentAmount", testo });
            Ok(())
        }
        EsitoPagamento::Ok | EsitoPagamento::Ko => Ok(()),
    }
}
