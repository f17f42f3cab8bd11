//! The RPT, field by field (spec/3 section 1.12.4), from what is stored.

use std::sync::Arc;

use codici::causale;
use domain::anagrafica::{Anagrafica, ContoAccredito, UnitaOperativa};
use domain::attivazione::{self, NonComponibile};
use domain::calendario;
use domain::pendenza::{Pendenza, Riferimento};
use domain::transazione::Transazione;
use pagopa::messaggi::{Bollo, Soggetto as SoggettoPagoPa};
use pagopa::vecchio::DatiPagamento;
use pagopa::vecchio::rpt::{Beneficiario, Rpt, Versamento};
use uuid::Uuid;

use crate::persona::persona;

/// What the position does not say: who pays, and how.
pub(crate) struct ChiPaga<'a> {
    /// CNS, USR, OTH or N/A.
    pub autenticazione: &'a str,
    pub versante: Option<SoggettoPagoPa>,
    pub tipo_versamento: &'a str,
    pub iban_addebito: Option<String>,
    pub bic_addebito: Option<String>,
}

/// # Errors
/// When the anagrafica no longer has what the position needs.
pub(crate) fn rpt(p: &Pendenza, t: &Transazione, chi: ChiPaga<'_>, anagrafica: &Anagrafica) -> Result<Rpt, NonComponibile> {
    let mut versamenti = Vec::with_capacity(p.voci.len());
    for voce in &p.voci {
        let (accredito, appoggio) = attivazione::conti(p, voce, anagrafica);
        let conto = |c: &ContoAccredito| (c.iban.clone(), c.bic.clone());
        let bollo = match &voce.riferimento {
            Riferimento::Bollo { tipo, hash_documento, provincia_residenza } => {
                Some(Bollo { hash_documento: hash_documento.clone(), tipo: tipo.clone(), provincia_residenza: provincia_residenza.clone() })
            }
            _ => None,
        };
        let testo = voce.descrizione_causale_rpt.as_deref().or(Some(voce.descrizione.as_str()));
        versamenti.push(Versamento {
            importo: voce.importo,
            appoggio: accredito.and(appoggio).map(conto),
            accredito: accredito.map(conto),
            causale: causale::versamento(&p.iuv, voce.importo, testo),
            categoria: attivazione::categoria(voce, p.dominio_della_voce(voce), anagrafica)?,
            bollo,
        });
    }
    Ok(Rpt {
        id_dominio: p.dominio.clone(),
        id_stazione: t.stazione.clone().unwrap_or_default(),
        id_messaggio: Uuid::new_v4().simple().to_string(),
        data_ora: calendario::ora_locale(t.data_richiesta),
        autenticazione: chi.autenticazione.to_owned(),
        versante: chi.versante,
        pagatore: persona(&p.debitore),
        beneficiario: beneficiario(p, anagrafica)?,
        data_esecuzione: calendario::oggi(t.data_richiesta),
        importo: p.importo,
        tipo_versamento: chi.tipo_versamento.to_owned(),
        iuv: p.iuv.clone(),
        ccp: t.ccp.clone(),
        iban_addebito: chi.iban_addebito,
        bic_addebito: chi.bic_addebito,
        versamenti,
    })
}

/// What paaVerificaRPT and paaAttivaRPT tell of a payable position of one voce (spec/3 section 1.12.2).
pub(crate) fn dati_pagamento(p: &Pendenza, anagrafica: &Anagrafica) -> Result<DatiPagamento, NonComponibile> {
    let accredito = p.voci.first().and_then(|voce| attivazione::conti(p, voce, anagrafica).0);
    Ok(DatiPagamento {
        importo: p.importo,
        iban: accredito.map(|c| c.iban.clone()),
        bic: accredito.and_then(|c| c.bic.clone()),
        id_dominio: p.dominio.clone(),
        beneficiario: beneficiario(p, anagrafica)?,
        causale: p.causale.clone(),
    })
}

/// The dominio; a real unità operativa gives its own address, whole, even where it is blank.
pub(crate) fn beneficiario(p: &Pendenza, anagrafica: &Anagrafica) -> Result<Beneficiario, NonComponibile> {
    let ente = anagrafica.dominio(&p.dominio).ok_or_else(|| NonComponibile::DominioIgnoto(p.dominio.clone()))?;
    let uo: Option<&Arc<UnitaOperativa>> = p.unita_operativa.as_deref().and_then(|u| anagrafica.unita_operativa(&p.dominio, u));
    let r = uo.map_or(&ente.recapiti, |u| &u.recapiti).clone();
    Ok(Beneficiario {
        denominazione: ente.ragione_sociale.clone(),
        unita: uo.map(|u| (u.cod.clone(), u.ragione_sociale.clone().unwrap_or_default())),
        indirizzo: r.indirizzo,
        civico: r.civico,
        cap: r.cap,
        localita: r.localita,
        provincia: r.provincia,
        nazione: r.nazione,
    })
}
