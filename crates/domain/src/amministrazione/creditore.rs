//! Domini and what belongs to them: unità operative, conti di accredito, entrate (spec/2 sections 1.6, 2.3, 2.4, 2.5 and 2.6).

use std::sync::Arc;

use codici::{AuxDigit, IdDominio};

use super::{Decisione, Esito};
use crate::Rifiuto;
use crate::anagrafica::{
    Anagrafica, ConnettoriDominio, ContoAccredito, Dominio, ENTRATA_BOLLO, EntrataDominio, Scrittura, TipoEntrata, TipoPendenzaDominio, UO_ENTE, UnitaOperativa,
};
use crate::chiamante::Chiamante;
use crate::lettura::anagrafica::creditore::NuovoDominio;
use crate::lettura::anagrafica::entrate::NuovaEntrata;

/// Tipi pendenza that every intermediated dominio is born with, those that the catalogue knows.
const TIPI_DALLA_NASCITA: [&str; 2] = ["LIBERO", "BOLLOT"];

/// Digits of the prefix of an IUV at most.
const CIFRE_PREFISSO_MAX: usize = 13;

/// A dominio, with its implicit unità operativa, and at its birth with what an intermediated one needs.
pub fn dominio(a: &Anagrafica, chi: &Chiamante, nuovo: NuovoDominio) -> Result<Decisione<Esito>, Rifiuto> {
    let NuovoDominio { dominio: d, logo, segregazioni_asincrone } = nuovo;
    if d.intermediato {
        coerente(a, &d)?;
    }
    let prima = a.dominio(&d.cod);
    puo_scrivere(chi, &d.cod, prima.is_some())?;
    let d = prima.map_or_else(|| d.clone(), |p| con_segnalibri(&d, p));
    let segregazioni_asincrone = segregazioni_asincrone.or_else(|| prima.map(|p| p.segregazioni_asincrone.clone())).unwrap_or_default();
    let d = Dominio { segregazioni_asincrone, ..d };
    let cod = d.cod.clone();
    let mut scritture = vec![Scrittura::UnitaOperativa(cod.clone(), uo_ente(&d))];
    if prima.is_none() && d.intermediato {
        scritture.extend(dalla_nascita(a, &cod));
    }
    scritture.insert(0, Scrittura::Dominio(Box::new(d), logo));
    Ok(Decisione { esito: Esito::di(prima.is_some()), scritture })
}

fn semantica<T>(testo: String) -> Result<T, Rifiuto> {
    Err(Rifiuto::Semantica(testo))
}

fn coerente(a: &Anagrafica, d: &Dominio) -> Result<(), Rifiuto> {
    if d.aux_digit == AuxDigit::Tre && d.segregation_code.is_none() {
        return semantica("Il campo segregationCode non deve essere vuoto.".to_owned());
    }
    if let Some(prefisso) = &d.iuv_prefix {
        let ampio = prefisso_piu_ampio(prefisso);
        if !(1..=CIFRE_PREFISSO_MAX).contains(&ampio.len()) || !ampio.bytes().all(|b| b.is_ascii_digit()) {
            return semantica(format!("Il pattern indicato realizza prefissi troppo lunghi: {ampio}"));
        }
    }
    match &d.stazione {
        Some(s) if !a.stazioni.contains_key(s) => semantica(format!("La stazione intermediaria {s} indicata non esiste.")),
        _ => Ok(()),
    }
}

/// Placeholders at their widest; one that is no placeholder stays, and is no digit.
fn prefisso_piu_ampio(prefisso: &str) -> String {
    [("%(a)", "9999"), ("%(u)", "9999"), ("%(t)", "9999"), ("%(p)", "9999"), ("%(Y)", "9999"), ("%(y)", "99")]
        .into_iter()
        .fold(prefisso.to_owned(), |testo, (segno, cifre)| testo.replace(segno, cifre))
}

fn puo_scrivere(chi: &Chiamante, dominio: &IdDominio, presente: bool) -> Result<(), Rifiuto> {
    if presente && !chi.utenza.su_dominio(dominio) {
        return Err(chi.non_autorizzato_perche("L'utenza non possiede i diritti per modificare l'Ente Creditore"));
    }
    if !presente && chi.utenza.domini.is_some() {
        return Err(chi.non_autorizzato_perche("L'utenza non possiede i diritti per creare nuovi Enti Creditori"));
    }
    Ok(())
}

/// Where an export has arrived is ours to remember: a body that does not say it does not move it.
fn con_segnalibri(d: &Dominio, prima: &Dominio) -> Dominio {
    let mut connettori = ConnettoriDominio::clone(&d.connettori);
    if let Some(m) = &mut connettori.maggioli
        && m.data_ultima_rt.is_none()
    {
        m.data_ultima_rt = prima.connettori.maggioli.as_ref().and_then(|p| p.data_ultima_rt);
    }
    Dominio { connettori: Arc::new(connettori), ..d.clone() }
}

fn uo_ente(d: &Dominio) -> UnitaOperativa {
    UnitaOperativa { cod: UO_ENTE.to_owned(), ragione_sociale: Some(d.ragione_sociale.clone()), abilitata: d.abilitato, recapiti: d.recapiti.clone() }
}

/// The entrata of the digital stamp, switched off, and the tipi that are always there.
fn dalla_nascita(a: &Anagrafica, dominio: &IdDominio) -> Vec<Scrittura> {
    let mut scritture = Vec::new();
    let chiave = |cod: &str| (dominio.clone(), cod.to_owned());
    if a.tipi_entrata.contains_key(ENTRATA_BOLLO) && !a.entrate.contains_key(&chiave(ENTRATA_BOLLO)) {
        let spenta = EntrataDominio { abilitata: false, ..EntrataDominio::su(None, None) };
        scritture.push(Scrittura::Entrata(dominio.clone(), ENTRATA_BOLLO.to_owned(), spenta));
    }
    let nuovi = TIPI_DALLA_NASCITA.into_iter().filter(|t| a.tipi_pendenza.contains_key(*t) && !a.tipi_pendenza_dominio.contains_key(&chiave(t)));
    scritture.extend(nuovi.map(|t| Scrittura::TipoPendenzaDominio(dominio.clone(), t.to_owned(), TipoPendenzaDominio::default(), Box::default())));
    scritture
}

/// The dominio of a path that something is written under: 403 before anybody looks, then 422 when it is not there.
pub fn dominio_del_percorso<'a>(a: &'a Anagrafica, chi: &Chiamante, dominio: &IdDominio) -> Result<&'a Arc<Dominio>, Rifiuto> {
    chi.su_dominio(dominio)?;
    esistente(a, dominio)
}

fn esistente<'a>(a: &'a Anagrafica, dominio: &IdDominio) -> Result<&'a Arc<Dominio>, Rifiuto> {
    a.dominio(dominio).map_or_else(|| semantica(format!("Il dominio {dominio} indicato non esiste.")), Ok)
}

/// Unità operative and tipi pendenza are of intermediated domini alone.
pub fn solo_intermediato(d: &Dominio) -> Result<(), Rifiuto> {
    if d.intermediato { Ok(()) } else { semantica(format!("La risorsa richiesta non e' disponibile per il dominio {} non intermediato.", d.cod)) }
}

pub fn unita_operativa(a: &Anagrafica, chi: &Chiamante, dominio: IdDominio, nuova: UnitaOperativa) -> Result<Decisione<Esito>, Rifiuto> {
    solo_intermediato(dominio_del_percorso(a, chi, &dominio)?)?;
    let esito = Esito::di(a.unita_operativa(&dominio, &nuova.cod).is_some());
    Ok(Decisione { scritture: vec![Scrittura::UnitaOperativa(dominio, nuova)], esito })
}

pub fn conto(a: &Anagrafica, chi: &Chiamante, dominio: IdDominio, nuovo: ContoAccredito) -> Result<Decisione<Esito>, Rifiuto> {
    dominio_del_percorso(a, chi, &dominio)?;
    let esito = Esito::di(a.conto(&dominio, &nuovo.iban).is_some());
    Ok(Decisione { scritture: vec![Scrittura::Conto(dominio, nuovo)], esito })
}

#[must_use]
pub fn tipo_entrata(a: &Anagrafica, nuovo: TipoEntrata) -> Decisione<Esito> {
    let esito = Esito::di(a.tipi_entrata.contains_key(&nuovo.cod));
    Decisione { scritture: vec![Scrittura::TipoEntrata(nuovo)], esito }
}

pub fn entrata(a: &Anagrafica, chi: &Chiamante, nuova: NuovaEntrata) -> Result<Decisione<Esito>, Rifiuto> {
    chi.su_dominio(&nuova.dominio)?;
    let entrata = nuova.entrata()?;
    let NuovaEntrata { dominio, cod, .. } = nuova;
    esistente(a, &dominio)?;
    if !a.tipi_entrata.contains_key(&cod) {
        return semantica(format!("L'entrata {cod} indicata non esiste."));
    }
    for (quale, iban) in [("accredito", &entrata.iban_accredito), ("appoggio", &entrata.iban_appoggio)] {
        if let Some(iban) = iban.as_deref().filter(|i| a.conto(&dominio, i).is_none()) {
            return semantica(format!("L'iban {quale} {iban} indicato non esiste."));
        }
    }
    let esito = Esito::di(a.entrate.contains_key(&(dominio.clone(), cod.clone())));
    Ok(Decisione { scritture: vec![Scrittura::Entrata(dominio, cod, entrata)], esito })
}
