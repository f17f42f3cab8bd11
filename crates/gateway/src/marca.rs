//! The digital stamp that came back with a receipt, against the document that the pendenza had stamped (spec/4 section 1.9).
//!
//! The money is there whatever the stamp is: a receipt with a bad one is accepted, and says so wherever it is shown.

use codici::Importo;
use domain::Pendenza;
use domain::pendenza::Riferimento;
use domain::segnalazione::Segnalazione;
use pagopa::Ricevuta;
use pagopa::marca::controlla;
use pagopa::messaggi::AccreditoEseguito;
use pagopa::vecchio::Rt;

/// What does not hold in the stamps of a receipt, transfer by transfer.
pub(crate) fn di_ricevuta(p: &Pendenza, ricevuta: &Ricevuta) -> Vec<Segnalazione> {
    let marche = ricevuta.trasferimenti.iter().filter_map(|t| match &t.accredito {
        AccreditoEseguito::MarcaDaBollo(xml) => Some((t.indice, xml.as_slice(), t.importo)),
        AccreditoEseguito::Iban(_) => None,
    });
    difetti(p, marche)
}

/// The same of an RT of the older model.
pub(crate) fn di_rt(p: &Pendenza, rt: &Rt) -> Vec<Segnalazione> {
    let marche = (1..).zip(&rt.pagamenti).filter_map(|(indice, pagato)| {
        let allegato = pagato.allegato.as_ref().filter(|a| a.marca_da_bollo)?;
        Some((indice, allegato.contenuto.as_slice(), pagato.importo))
    });
    difetti(p, marche)
}

/// For the giornale and the metrics. `None`: every stamp is good, or there is none.
pub(crate) fn annota(segnalazioni: &[Segnalazione]) -> Option<String> {
    metrics::counter!("fiorino_marche_da_bollo_non_valide_total").increment(segnalazioni.len() as u64);
    let testi: Vec<&str> = segnalazioni.iter().map(|s| s.descrizione.as_str()).collect();
    (!testi.is_empty()).then(|| testi.join(" "))
}

fn difetti<'a>(p: &Pendenza, marche: impl Iterator<Item = (u8, &'a [u8], Importo)>) -> Vec<Segnalazione> {
    let chiesto = |indice: u8| {
        p.voci.iter().find(|v| v.indice == indice).and_then(|v| match &v.riferimento {
            Riferimento::Bollo { hash_documento, .. } => Some(hash_documento.as_str()),
            Riferimento::Entrata(_) | Riferimento::Conto { .. } => None,
        })
    };
    marche.filter_map(|(indice, xml, importo)| controlla(xml, chiesto(indice), importo).difetto.map(|d| Segnalazione::marca_non_valida(indice, &d))).collect()
}
