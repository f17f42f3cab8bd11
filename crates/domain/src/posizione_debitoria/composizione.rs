//! What a pendenza becomes in the archives of pagoPA (spec/3 section 2.6, spec/4 section 3.1).

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use codici::causale::{CARATTERI_CAUSALE_MAX, tronca};

use super::{PosizioneDebitoria, Versamento};
use crate::attivazione::{self, Destinazione, METADATA_MAX, NonComponibile};
use crate::pendenza::{ParteDocumento, Stato};
use crate::{Anagrafica, Pendenza, calendario};

/// Characters of key and value of a metadato.
const CARATTERI_METADATO_MAX: usize = 140;
/// SEND writes it, nobody else may (spec/4 section 3.1).
pub const METADATO_RISERVATO: &str = "NOTIFICATION_FEE";

/// What the installation says of every position.
#[derive(Clone, Debug)]
pub struct Opzioni {
    /// Whether Stand In may pay (`it.govpay.gpd.standIn.enabled`).
    pub stand_in: bool,
}

impl Default for Opzioni {
    fn default() -> Self {
        Self { stand_in: true }
    }
}

/// How the archive is to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Volere {
    /// There, payable, as it is here.
    Pubblicata(Box<PosizioneDebitoria>),
    /// Not payable, if it is there.
    Annullata,
    /// Not payable, because it is paid: here, or somewhere else.
    Chiusa { pagata: Option<DateTime<Utc>> },
    /// Nothing can or need be said: a position whose date has passed is not taken any more.
    Nulla { perche: String },
}

/// What the archive should say of a position now. `iupd`: under which name.
///
/// # Errors
/// When the anagrafica no longer has what the transfers need.
pub fn volere(pendenza: &Pendenza, iupd: &str, anagrafica: &Anagrafica, opzioni: &Opzioni, adesso: DateTime<Utc>) -> Result<Volere, NonComponibile> {
    match pendenza.stato {
        Stato::Annullato => return Ok(Volere::Annullata),
        Stato::NonEseguito => {}
        _ => return Ok(Volere::Chiusa { pagata: pendenza.data_pagamento }),
    }
    if scadenza(pendenza) < adesso {
        return Ok(Volere::Nulla { perche: "Due date decorsa".to_owned() });
    }
    componi(pendenza, iupd, anagrafica, opzioni).map(|p| Volere::Pubblicata(Box::new(p)))
}

/// dataScadenza before dataValidita: the opposite of what the station tells (spec/3 section 2.6). Good through the whole day in Italy.
#[must_use]
pub fn scadenza(pendenza: &Pendenza) -> DateTime<Utc> {
    let data = pendenza.data_scadenza.or(pendenza.data_validita).or(NaiveDate::from_ymd_opt(2999, 12, 31)).unwrap_or(NaiveDate::MAX);
    let fine = NaiveTime::from_hms_milli_opt(23, 59, 59, 999).unwrap_or(NaiveTime::MIN);
    calendario::istante(data.and_time(fine))
}

/// What a pendenza would be in the archive, whatever its state.
///
/// # Errors
/// When the anagrafica no longer has what the transfers need.
pub fn componi(p: &Pendenza, iupd: &str, anagrafica: &Anagrafica, opzioni: &Opzioni) -> Result<PosizioneDebitoria, NonComponibile> {
    let ente = anagrafica.dominio(&p.dominio).ok_or_else(|| NonComponibile::DominioIgnoto(p.dominio.clone()))?;
    let corto = |testo: &str| tronca(testo, CARATTERI_CAUSALE_MAX);
    Ok(PosizioneDebitoria {
        iupd: iupd.to_owned(),
        debitore: p.debitore.clone(),
        ente: corto(&ente.ragione_sociale),
        ufficio: attivazione::ufficio(p, anagrafica).map(|u| corto(&u)),
        scade: p.data_scadenza.is_some(),
        stand_in: opzioni.stand_in,
        iuv: p.iuv.clone(),
        avviso: p.numero_avviso.clone(),
        importo: p.importo,
        causale: corto(&p.causale),
        rata: matches!(p.parte, ParteDocumento::Rata(_)),
        scadenza: scadenza(p),
        versamenti: versamenti(p, anagrafica)?,
    })
}

fn versamenti(p: &Pendenza, anagrafica: &Anagrafica) -> Result<Vec<Versamento>, NonComponibile> {
    let trasferimenti = attivazione::trasferimenti(p, None, anagrafica)?;
    Ok(trasferimenti
        .into_iter()
        .map(|mut trasferimento| {
            let postale = match &trasferimento.destinazione {
                Destinazione::Iban(iban) => anagrafica.conto(&trasferimento.dominio, iban).is_some_and(|c| c.postale),
                Destinazione::Bollo { .. } => false,
            };
            trasferimento.metadata = ammessi(std::mem::take(&mut trasferimento.metadata));
            Versamento { trasferimento, postale }
        })
        .collect())
}

/// The archives are stricter than the station: each key once, 140 characters, and one key that is not ours. What they would refuse is left out, since a
/// position without a metadato is better than none.
fn ammessi(metadata: Vec<(String, String)>) -> Vec<(String, String)> {
    let corto = |testo: &str| testo.chars().count() <= CARATTERI_METADATO_MAX;
    let mut scelti: Vec<(String, String)> = Vec::new();
    for (chiave, valore) in metadata {
        if corto(&chiave) && corto(&valore) && chiave != METADATO_RISERVATO && !scelti.iter().any(|(c, _)| *c == chiave) {
            scelti.push((chiave, valore));
        }
    }
    scelti.truncate(METADATA_MAX);
    scelti
}

/// Whether a change says anything to the archives. What is only ours (ack, notes, avvisatura) does not.
#[must_use]
pub fn da_dire(prima: Option<&Pendenza>, dopo: &Pendenza) -> bool {
    let Some(prima) = prima else { return true };
    let detto = |p: &Pendenza| {
        let voci: Vec<_> = p
            .voci
            .iter()
            .map(|v| (v.indice, v.importo, v.descrizione.clone(), v.descrizione_causale_rpt.clone(), v.dominio.clone(), v.riferimento.clone()))
            .collect();
        let contorno: Vec<_> = p.voci.iter().map(|v| (v.contabilita.clone(), v.metadata.clone())).collect();
        let chi = (p.debitore.clone(), p.unita_operativa.clone(), p.causale.clone());
        (p.stato, p.importo, p.data_validita, p.data_scadenza, p.parte, chi, voci, contorno)
    };
    detto(prima) != detto(dopo)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use codici::{AuxDigit, IdDominio, NumeroAvviso};
    use serde_json::json;

    use super::*;
    use crate::anagrafica::{ContoAccredito, Dominio, EntrataDominio, TipoEntrata};
    use crate::pendenza::{TipoContabilita, prova};
    use crate::posizione_debitoria::{Modalita, controlla};

    fn anagrafica() -> Anagrafica {
        let mut a = Anagrafica::default();
        let cod = IdDominio::leggi("12345678901").expect("dominio");
        a.domini.insert_mut(cod.clone(), Arc::new(Dominio { segregazioni_asincrone: vec![7], ..Dominio::nuovo(cod.clone(), &"Comune ".repeat(30)) }));
        let iban = "IT60X0760101000000012345678";
        a.conti.insert_mut((cod.clone(), iban.to_owned()), Arc::new(ContoAccredito::nuovo(iban, true)));
        a.tipi_entrata.insert_mut("TARI".to_owned(), Arc::new(TipoEntrata::nuovo("TARI", "TARI", Some((TipoContabilita::Altro, "0101002IM")))));
        a.entrate.insert_mut((cod, "TARI".to_owned()), Arc::new(EntrataDominio::su(Some(iban), None)));
        a
    }

    fn ora() -> DateTime<Utc> {
        "2026-11-22T10:00:00Z".parse().expect("istante")
    }

    fn data(testo: &str) -> Option<NaiveDate> {
        Some(testo.parse().expect("data"))
    }

    fn voluto(p: &Pendenza) -> Volere {
        volere(p, "IUPD", &anagrafica(), &Opzioni::default(), ora()).expect("componibile")
    }

    fn pubblicata(p: &Pendenza) -> PosizioneDebitoria {
        match voluto(p) {
            Volere::Pubblicata(p) => *p,
            altro => panic!("{altro:?}"),
        }
    }

    #[test]
    fn ogni_stato_ha_il_suo_volere() {
        let con = |stato| Pendenza { stato, ..prova::pendenza(&[1000]) };
        assert!(matches!(voluto(&con(Stato::NonEseguito)), Volere::Pubblicata(_)));
        assert_eq!(voluto(&con(Stato::Annullato)), Volere::Annullata);
        for pagata in [Stato::Eseguito, Stato::ParzialmenteEseguito, Stato::EseguitoAltroCanale, Stato::EseguitoSenzaRpt, Stato::Anomalo, Stato::Incassato] {
            assert_eq!(voluto(&con(pagata)), Volere::Chiusa { pagata: None });
        }
    }

    #[test]
    fn la_scadenza_vale_fino_alla_fine_del_giorno_italiano() {
        let base = || prova::pendenza(&[1000]);
        for (scadenza, validita, attesa, scade) in [
            (data("2026-12-31"), data("2026-12-01"), "2026-12-31T22:59:59.999Z", true),
            (None, data("2027-07-01"), "2027-07-01T21:59:59.999Z", false),
            (None, None, "2999-12-31T22:59:59.999Z", false),
            (data("2026-11-22"), None, "2026-11-22T22:59:59.999Z", true),
        ] {
            let p = pubblicata(&Pendenza { data_scadenza: scadenza, data_validita: validita, ..base() });
            assert_eq!((p.scadenza, p.scade), (attesa.parse::<DateTime<Utc>>().expect("istante"), scade));
        }
        let passata = Pendenza { data_scadenza: data("2026-11-21"), ..base() };
        assert_eq!(voluto(&passata), Volere::Nulla { perche: "Due date decorsa".to_owned() });
    }

    #[test]
    fn cio_che_si_compone_passa_i_controlli() {
        let mut p = prova::pendenza(&[1000, 250, 1]);
        p.parte = ParteDocumento::Rata(2);
        let posizione = pubblicata(&p);
        assert_eq!(controlla(&posizione, ora()), []);
        assert!(posizione.rata && posizione.stand_in);
        assert_eq!(posizione.ente.chars().count(), 140);
        let primo = &posizione.versamenti[0];
        assert_eq!((primo.postale, primo.trasferimento.categoria.as_str()), (true, "9/0101002IM"));
    }

    #[test]
    fn i_metadati_che_l_archivio_rifiuta_restano_qui() {
        let mut p = prova::pendenza(&[1000]);
        let voci = [("A", "1"), ("A", "2"), (METADATO_RISERVATO, "100"), ("B", &"x".repeat(141)), ("C", "3")];
        p.voci[0].metadata = Some(json!({ "mapEntries": voci.map(|(k, v)| json!({ "key": k, "value": v })) }));
        let scelti = &pubblicata(&p).versamenti[0].trasferimento.metadata;
        assert_eq!(scelti, &[("A".to_owned(), "1".to_owned()), ("C".to_owned(), "3".to_owned())]);
    }

    #[test]
    fn si_dice_solo_cio_che_gli_archivi_tengono() {
        let prima = prova::pendenza(&[1000]);
        assert!(da_dire(None, &prima));
        assert!(!da_dire(Some(&prima), &prima));
        assert!(!da_dire(Some(&prima), &Pendenza { ack: true, descrizione_stato: Some("nota".to_owned()), ..prima.clone() }));
        assert!(da_dire(Some(&prima), &Pendenza { stato: Stato::Annullato, ..prima.clone() }));
        assert!(da_dire(Some(&prima), &Pendenza { data_scadenza: data("2026-12-31"), ..prima.clone() }));
        assert!(da_dire(Some(&prima), &Pendenza { causale: "altra".to_owned(), ..prima.clone() }));
        let mut voce = prima.clone();
        voce.voci[0].importo = codici::Importo::da_cent(999);
        assert!(da_dire(Some(&prima), &voce));
    }

    #[test]
    fn il_codice_di_segregazione_dice_la_modalita() {
        let dominio = Dominio { segregazioni_asincrone: vec![7], ..Dominio::nuovo(IdDominio::leggi("12345678901").expect("dominio"), "Comune") };
        let di = |n: &str| Modalita::di(&NumeroAvviso::leggi(n).expect("numero"), &dominio);
        assert_eq!(di("307260000000004275"), Modalita::Asincrona);
        assert_eq!(di("301000000000000042"), Modalita::Sincrona);
        // The same two digits are an application code after a zero, and part of the IUV after a one.
        for numero in ["007260000000004275", "107260000000004275"] {
            assert_eq!(di(numero), Modalita::Sincrona);
        }
        assert_eq!(AuxDigit::Tre.cifra(), 3);
    }
}
