//! From rows of the anagrafica to the types of `domain`.

use std::sync::Arc;

use codici::{AuxDigit, IdDominio};
use domain::anagrafica::{
    Acl, AmbitoUo, Applicazione, ContoAccredito, Diritto, Dominio, EntrataDominio, EspressioneIuv, Intermediario, RicevutaIgnota, RicevutaRipetuta, Segreto,
    Servizio, Stazione, TipoEntrata, TipoPendenza, TipoPendenzaDominio, UnitaOperativa, UsiTipo, Utenza, VersioneStazione,
};
use domain::pendenza::TipoContabilita;
use indexmap::{IndexMap, IndexSet};

use crate::entita;
use crate::errore::ErroreStore;
use crate::mappa::{self, da_json, illeggibile};

pub fn intermediario(r: entita::intermediario::Model) -> Result<Intermediario, ErroreStore> {
    let connettori = Arc::new(da_json(&r.connettori, "intermediario")?);
    Ok(Intermediario { cod: r.cod, denominazione: r.denominazione, principal: r.principal, abilitato: r.abilitato, connettori })
}

pub fn stazione(r: entita::stazione::Model) -> Result<Stazione, ErroreStore> {
    Ok(Stazione {
        application_code: u8::try_from(r.application_code).map_err(|_| illeggibile("stazione", "application_code"))?,
        versione: VersioneStazione::leggi(&r.modello).ok_or_else(|| illeggibile("stazione", "modello"))?,
        password: r.password.map(Segreto),
        ricevuta_ripetuta: if r.ricevuta_ripetuta == "ok" { RicevutaRipetuta::Ok } else { RicevutaRipetuta::Duplicata },
        ricevuta_ignota: if r.ricevuta_ignota == "rifiuta" { RicevutaIgnota::Rifiuta } else { RicevutaIgnota::Ok },
        cod: r.cod,
        intermediario: r.intermediario,
        abilitata: r.abilitata,
    })
}

pub fn dominio(r: entita::dominio::Model) -> Result<Dominio, ErroreStore> {
    let manca = |cosa| illeggibile("dominio", cosa);
    Ok(Dominio {
        cod: mappa::dominio(&r.cod, "dominio")?,
        aux_digit: u8::try_from(r.aux_digit).ok().and_then(AuxDigit::leggi).ok_or_else(|| manca("aux_digit"))?,
        segregation_code: r.segregation_code.map(u8::try_from).transpose().map_err(|_| manca("segregation_code"))?,
        segregazioni_asincrone: da_json(&r.segregazioni_asincrone, "dominio")?,
        recapiti: da_json(&r.recapiti, "dominio")?,
        connettori: Arc::new(da_json(&r.connettori, "dominio")?),
        ragione_sociale: r.ragione_sociale,
        stazione: r.stazione,
        iuv_prefix: r.iuv_prefix,
        gln: r.gln,
        cbill: r.cbill,
        aut_stampa_poste: r.aut_stampa_poste,
        intermediato: r.intermediato,
        abilitato: r.abilitato,
        scarica_fr: r.scarica_fr,
        tassonomia: r.tassonomia,
        ha_logo: r.ha_logo,
    })
}

pub fn unita_operativa(r: entita::unita_operativa::Model) -> Result<(IdDominio, UnitaOperativa), ErroreStore> {
    let recapiti = da_json(&r.recapiti, "unita_operativa")?;
    let uo = UnitaOperativa { cod: r.cod, ragione_sociale: r.ragione_sociale, abilitata: r.abilitata, recapiti };
    Ok((mappa::dominio(&r.dominio, "unita_operativa")?, uo))
}

pub fn conto(r: entita::conto_accredito::Model) -> Result<(IdDominio, ContoAccredito), ErroreStore> {
    let conto = ContoAccredito {
        iban: r.iban,
        bic: r.bic,
        postale: r.postale,
        abilitato: r.abilitato,
        descrizione: r.descrizione,
        intestatario: r.intestatario,
        aut_stampa_poste: r.aut_stampa_poste,
    };
    Ok((mappa::dominio(&r.dominio, "conto_accredito")?, conto))
}

pub fn tipo_entrata(r: entita::entrata::Model) -> TipoEntrata {
    TipoEntrata {
        cod: r.cod,
        descrizione: r.descrizione,
        tipo_contabilita: r.tipo_contabilita.as_deref().and_then(TipoContabilita::leggi),
        codice_contabilita: r.codice_contabilita,
    }
}

pub fn entrata(r: entita::entrata_dominio::Model) -> EntrataDominio {
    EntrataDominio {
        iban_accredito: r.iban_accredito,
        iban_appoggio: r.iban_appoggio,
        tipo_contabilita: r.tipo_contabilita.as_deref().and_then(TipoContabilita::leggi),
        codice_contabilita: r.codice_contabilita,
        abilitata: r.abilitata,
    }
}

pub fn tipo_pendenza(r: entita::tipo_pendenza::Model) -> Result<TipoPendenza, ErroreStore> {
    let usi: UsiTipo = da_json(&r.usi, "tipo_pendenza")?;
    Ok(TipoPendenza { cod: r.cod, descrizione: r.descrizione, codifica_iuv: r.codifica_iuv, paga_terzi: r.paga_terzi, abilitato: r.abilitato, usi })
}

pub fn tipo_pendenza_dominio(r: entita::tipo_pendenza_dominio::Model) -> Result<TipoPendenzaDominio, ErroreStore> {
    let usi = da_json(&r.usi, "tipo_pendenza_dominio")?;
    Ok(TipoPendenzaDominio { codifica_iuv: r.codifica_iuv, paga_terzi: r.paga_terzi, abilitato: r.abilitato, usi })
}

/// Couples of service and right, neighbours of one service together: the order in which they were given.
pub fn acl(testo: &str, tabella: &'static str) -> Result<Vec<Acl>, ErroreStore> {
    let coppie: Vec<(String, Diritto)> = da_json(testo, tabella)?;
    let mut acl: Vec<Acl> = Vec::new();
    for (nome, diritto) in coppie {
        // A service of a later program gives nothing to this one.
        let Some(servizio) = Servizio::leggi(&nome) else { continue };
        match acl.iter_mut().find(|a| a.servizio == servizio) {
            Some(presente) => presente.autorizzazioni.push(diritto),
            None => acl.push(Acl { servizio, autorizzazioni: vec![diritto] }),
        }
    }
    Ok(acl)
}

pub fn coppie(acl: &[Acl]) -> Vec<(&'static str, &'static str)> {
    acl.iter().flat_map(|a| a.autorizzazioni.iter().map(|d| (a.servizio.nome(), d.sigla()))).collect()
}

pub fn utenza(r: entita::utenza::Model) -> Result<Utenza, ErroreStore> {
    let domini = r.domini.map(|testo| -> Result<_, ErroreStore> {
        let voci: IndexMap<String, Option<IndexSet<String>>> = da_json(&testo, "utenza")?;
        voci.into_iter().map(|(d, uo)| Ok((mappa::dominio(&d, "utenza")?, uo.map_or(AmbitoUo::Tutte, AmbitoUo::Solo)))).collect::<Result<IndexMap<_, _>, _>>()
    });
    Ok(Utenza {
        acl: acl(&r.acl, "utenza")?,
        domini: domini.transpose()?,
        tipi_pendenza: r.tipi_pendenza.map(|t| da_json(&t, "utenza")).transpose()?,
        ruoli: da_json(&r.ruoli, "utenza")?,
        principal: r.principal,
        password_hash: r.password_hash,
        abilitata: r.abilitata,
    })
}

pub fn applicazione(r: entita::applicazione::Model) -> Result<Applicazione, ErroreStore> {
    Ok(Applicazione {
        connettore: r.connettore.as_deref().map(|c| da_json(c, "applicazione")).transpose()?,
        reg_exp_iuv: r.reg_exp_iuv.map(|e| EspressioneIuv::rileggi(&e)).transpose().map_err(|_| illeggibile("applicazione", "reg_exp_iuv"))?,
        cod: r.cod,
        principal: r.principal,
        codifica_iuv: r.codifica_iuv,
        generazione_iuv_interna: r.generazione_iuv_interna,
        autodeterminazione: r.autodeterminazione,
        url_ritorno: r.url_ritorno,
    })
}
