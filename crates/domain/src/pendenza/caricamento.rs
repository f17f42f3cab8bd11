//! Loading a position: insert or idempotent update (spec/1 sections 8.1 to 8.3).
//!
//! [`risolvi`] asks the anagrafica (step 9 of 8.1); then either [`crea`] or [`aggiorna`].

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use codici::{AuxDigit, IdDominio, Importo, NumeroAvviso};
use uuid::Uuid;

use super::{Documento, NuovaPendenza, NuovaVoce, ParteDocumento, Pendenza, Preavvisi, Riferimento, Stato, StatoPagamento, Tipo, Voce};
use crate::anagrafica::{Anagrafica, Applicazione, Dominio, ENTRATA_BOLLO, Utenza};
use crate::rifiuto::{Chiave, Codice};
use crate::{Rifiuto, Soggetto, calendario};

/// The unità operativa of a pendenza that names none (spec/1 section 6.1). Never shown.
pub const UO_ENTE: &str = "EC";
/// Tipo pendenza of voci with an IBAN of their own, and of entrate that are no tipo, unless the installation says otherwise.
pub const TIPO_LIBERO: &str = "LIBERO";

/// Tipi of positions that name none and whose voci do not tell (spec/1 section 8.2; properties of spec/1 section 16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TipiPredefiniti {
    /// Of a first voce with an IBAN of its own (`codTipoVersamentoPerPagamentiLiberi`).
    pub liberi: String,
    /// Where what was inferred is no tipo (`codTipoVersamentoPerTipiPendenzeNonCensiti`).
    pub non_censiti: String,
}

impl Default for TipiPredefiniti {
    fn default() -> Self {
        Self { liberi: TIPO_LIBERO.to_owned(), non_censiti: TIPO_LIBERO.to_owned() }
    }
}

/// What the anagrafica adds to a [`NuovaPendenza`].
#[derive(Clone, Debug)]
pub struct Risolta {
    pub tipo_pendenza: String,
}

impl NuovaPendenza {
    #[must_use]
    pub fn chiave(&self) -> Chiave {
        Chiave { id_a2a: self.id_a2a.clone(), id_pendenza: self.id_pendenza.clone() }
    }
}

/// Step 9 of spec/1 section 8.1, in its order.
pub fn risolvi(
    nuova: &NuovaPendenza,
    applicazione: &Applicazione,
    utenza: &Utenza,
    anagrafica: &Anagrafica,
    predefiniti: &TipiPredefiniti,
) -> Result<Risolta, Rifiuto> {
    if !utenza.abilitata {
        return Err(Codice::App001 { id_a2a: applicazione.cod.clone() }.into());
    }
    let dominio = dominio_abilitato(anagrafica, &nuova.dominio)?;
    if let Some(uo) = &nuova.unita_operativa {
        let (unita_operativa, dominio) = (uo.clone(), nuova.dominio.to_string());
        match anagrafica.unita_operativa(&nuova.dominio, uo) {
            None => return Err(Codice::Uop000 { unita_operativa, dominio }.into()),
            Some(u) if !u.abilitata => return Err(Codice::Uop001 { unita_operativa, dominio }.into()),
            Some(_) => {}
        }
    }
    for voce in &nuova.voci {
        risolvi_voce(voce, &dominio.cod, anagrafica)?;
    }
    let tipo_pendenza = tipo_di(nuova, anagrafica, predefiniti);
    let Some(tipo) = anagrafica.tipi_pendenza.get(&tipo_pendenza) else { return Err(Codice::Tvr000 { tipo: tipo_pendenza }.into()) };
    if !tipo.abilitato {
        return Err(Codice::Tvr001 { tipo: tipo_pendenza }.into());
    }
    if !applicazione.autodeterminazione && !utenza.su_tipo(&tipo_pendenza) {
        return Err(Codice::Ver022.into());
    }
    match anagrafica.tipi_pendenza_dominio.get(&(nuova.dominio.clone(), tipo_pendenza.clone())) {
        None => Err(Codice::Tvd000 { tipo: tipo_pendenza, dominio: nuova.dominio.to_string() }.into()),
        Some(t) if t.abilitato == Some(false) => Err(Codice::Tvd001 { tipo: tipo_pendenza, dominio: nuova.dominio.to_string() }.into()),
        Some(_) => Ok(Risolta { tipo_pendenza }),
    }
}

fn dominio_abilitato<'a>(anagrafica: &'a Anagrafica, id: &IdDominio) -> Result<&'a Dominio, Rifiuto> {
    match anagrafica.dominio(id) {
        None => Err(Codice::Dom000 { dominio: id.to_string() }.into()),
        Some(d) if !d.abilitato => Err(Codice::Dom001 { dominio: id.to_string() }.into()),
        Some(d) => Ok(d),
    }
}

fn risolvi_voce(voce: &NuovaVoce, dominio: &IdDominio, anagrafica: &Anagrafica) -> Result<(), Rifiuto> {
    let beneficiario = match &voce.dominio {
        Some(altro) if altro != dominio => &dominio_abilitato(anagrafica, altro)?.cod,
        _ => dominio,
    };
    match &voce.riferimento {
        Riferimento::Bollo { .. } => entrata_abilitata(anagrafica, beneficiario, ENTRATA_BOLLO),
        Riferimento::Entrata(cod) => entrata_abilitata(anagrafica, beneficiario, cod),
        Riferimento::Conto { iban_accredito, iban_appoggio, .. } => {
            let dominio = || beneficiario.to_string();
            match anagrafica.conto(beneficiario, iban_accredito) {
                None => return Err(Codice::Ver020 { dominio: dominio(), iban: iban_accredito.clone() }.into()),
                Some(c) if !c.abilitato => return Err(Codice::Ver032 { dominio: dominio(), iban: iban_accredito.clone() }.into()),
                Some(_) => {}
            }
            let Some(appoggio) = iban_appoggio else { return Ok(()) };
            match anagrafica.conto(beneficiario, appoggio) {
                None => Err(Codice::Ver033 { dominio: dominio(), iban: appoggio.clone() }.into()),
                Some(c) if !c.abilitato => Err(Codice::Ver034 { dominio: dominio(), iban: appoggio.clone() }.into()),
                Some(_) => Ok(()),
            }
        }
    }
}

fn entrata_abilitata(anagrafica: &Anagrafica, dominio: &IdDominio, cod: &str) -> Result<(), Rifiuto> {
    let (dominio_testo, entrata) = (dominio.to_string(), cod.to_owned());
    match anagrafica.entrata(dominio, cod) {
        None => Err(Codice::Trb000 { dominio: dominio_testo, entrata }.into()),
        Some(e) if !e.abilitata => Err(Codice::Trb001 { dominio: dominio_testo, entrata }.into()),
        Some(_) => Ok(()),
    }
}

/// The tipo that a refusal of [`risolvi`] does not find, in the catalogue or in the dominio, and that an installation may register by itself for who may use
/// it (spec/1 section 8.2, "automatic registration"). VER_022 for who may not: a tipo is not made for nobody.
pub fn da_censire(rifiuto: &Rifiuto, applicazione: &Applicazione, utenza: &Utenza) -> Result<Option<String>, Rifiuto> {
    let Rifiuto::Codice(codice) = rifiuto else { return Ok(None) };
    match &**codice {
        Codice::Tvr000 { tipo } | Codice::Tvd000 { tipo, .. } if applicazione.autodeterminazione || utenza.su_tipo(tipo) => Ok(Some(tipo.clone())),
        Codice::Tvr000 { .. } | Codice::Tvd000 { .. } => Err(Codice::Ver022.into()),
        _ => Ok(None),
    }
}

/// Spec/1 section 8.2: what was asked, else what the first voce says, else the default ones.
fn tipo_di(nuova: &NuovaPendenza, anagrafica: &Anagrafica, predefiniti: &TipiPredefiniti) -> String {
    if let Some(tipo) = &nuova.tipo_pendenza {
        return tipo.clone();
    }
    let dedotto = match nuova.voci.first().map(|v| &v.riferimento) {
        Some(Riferimento::Bollo { .. }) => ENTRATA_BOLLO,
        Some(Riferimento::Entrata(cod)) => cod,
        Some(Riferimento::Conto { .. }) | None => predefiniti.liberi.as_str(),
    };
    if anagrafica.tipi_pendenza.contains_key(dedotto) { dedotto.to_owned() } else { predefiniti.non_censiti.clone() }
}

/// First checks of every load: each voce once, and the sum of the voci (VER_001, VER_002).
pub fn controlla_voci(nuova: &NuovaPendenza) -> Result<(), Rifiuto> {
    let mut viste = HashSet::new();
    if let Some(doppia) = nuova.voci.iter().find(|v| !viste.insert(v.id_voce.as_str())) {
        return Err(Codice::Ver001 { chiave: nuova.chiave(), id_voce: doppia.id_voce.clone() }.into());
    }
    let somma: Importo = nuova.voci.iter().map(|v| v.importo).sum();
    if somma != nuova.importo {
        return Err(Codice::Ver002 { chiave: nuova.chiave(), somma, totale: nuova.importo }.into());
    }
    Ok(())
}

/// A supplied numero avviso must be one that this dominio could print (spec/1 section 7.2); asked on creation only.
pub fn controlla_numero_avviso(nuova: &NuovaPendenza, avviso: &NumeroAvviso, anagrafica: &Anagrafica) -> Result<(), Rifiuto> {
    let dominio = dominio_abilitato(anagrafica, &nuova.dominio)?;
    let codice = format!("{:02}", avviso.codice());
    match AuxDigit::leggi(avviso.aux_digit()) {
        Some(AuxDigit::Zero) => {
            let stazione = dominio.stazione.as_ref().and_then(|s| anagrafica.stazioni.get(s));
            if stazione.is_none_or(|s| s.application_code != avviso.codice()) {
                let stazione = dominio.stazione.clone().unwrap_or_default();
                return Err(Codice::Ver026 { numero_avviso: avviso.to_string(), codice, stazione }.into());
            }
        }
        Some(AuxDigit::Tre) if dominio.segregation_code != Some(avviso.codice()) && !dominio.segregazioni_asincrone.contains(&avviso.codice()) => {
            return Err(Codice::Ver027 { numero_avviso: avviso.to_string(), codice, dominio: dominio.cod.to_string() }.into());
        }
        _ => {}
    }
    if avviso.aux_digit() != dominio.aux_digit.cifra() {
        return Err(Codice::Ver039 {
            chiave: nuova.chiave(),
            cifra: avviso.aux_digit(),
            aux_digit: dominio.aux_digit.cifra(),
            dominio: dominio.cod.to_string(),
        }
        .into());
    }
    Ok(())
}

/// The IUV prefix of a dominio with its placeholders filled; VER_028 when what remains is not a number (spec/1 section 7.1).
pub fn prefisso_iuv(
    nuova: &NuovaPendenza,
    tipo_pendenza: &str,
    applicazione: &Applicazione,
    dominio: &Dominio,
    anagrafica: &Anagrafica,
    anno: i32,
) -> Result<String, Rifiuto> {
    let Some(prefisso) = dominio.iuv_prefix.as_deref().filter(|p| !p.is_empty()) else { return Ok(String::new()) };
    let codifica_tipo = anagrafica.codifica_iuv_tipo(&dominio.cod, tipo_pendenza);
    let sostituzioni = [
        ("%(a)", applicazione.codifica_iuv.clone()),
        ("%(p)", codifica_tipo.map(str::to_owned)),
        ("%(t)", codifica_tipo.map(str::to_owned)),
        ("%(Y)", Some(format!("{anno:04}"))),
        ("%(y)", Some((anno % 100).to_string())),
    ];
    let generato = sostituzioni
        .into_iter()
        .filter_map(|(segno, valore)| valore.map(|v| (segno, v)))
        .fold(prefisso.to_owned(), |testo, (segno, valore)| testo.replace(segno, &valore));
    if generato.bytes().all(|b| b.is_ascii_digit()) && generato.parse::<i64>().is_ok() {
        return Ok(generato);
    }
    Err(Codice::Ver028 { chiave: nuova.chiave(), generato, dominio: dominio.cod.to_string(), prefisso: prefisso.to_owned() }.into())
}

/// What the world gives to a position that is born: clock, identifiers, its number.
#[derive(Clone, Debug)]
pub struct Nascita {
    pub id: Uuid,
    /// 32 hexadecimal digits.
    pub uuid: String,
    pub adesso: DateTime<Utc>,
    pub numero_avviso: NumeroAvviso,
    pub tipo: Tipo,
    /// None, when the debtor is never to be written to of the tipo's own accord.
    pub preavvisi: Preavvisi,
}

/// A position that is not there yet.
#[must_use]
pub fn crea(nuova: NuovaPendenza, risolta: Risolta, documento: Option<Documento>, nascita: Nascita) -> Pendenza {
    let parte = nuova.documento.as_ref().map_or(ParteDocumento::Unica, |d| d.parte);
    let voci = (1_u8..).zip(&nuova.voci).map(|(indice, v)| voce(v, indice, &nuova.dominio)).collect();
    let avvisatura = nascita.preavvisi.avvisatura(&nuova, calendario::oggi(nascita.adesso));
    Pendenza {
        id: nascita.id,
        iuv: nascita.numero_avviso.iuv(),
        numero_avviso: nascita.numero_avviso,
        uuid: nascita.uuid,
        tipo_pendenza: risolta.tipo_pendenza,
        tipo: nascita.tipo,
        stato: Stato::NonEseguito,
        descrizione_stato: None,
        anomalo: false,
        debitore: Soggetto::debitore(nuova.soggetto_pagatore),
        data_caricamento: nascita.adesso,
        data_ultimo_aggiornamento: nascita.adesso,
        data_ultima_modifica_aca: nascita.adesso,
        documento,
        parte,
        stato_pagamento: StatoPagamento::NonPagato,
        importo_pagato: Importo::ZERO,
        importo_incassato: Importo::ZERO,
        data_pagamento: None,
        iuv_pagamento: None,
        ack: false,
        avvisatura,
        voci,
        id_a2a: nuova.id_a2a,
        id_pendenza: nuova.id_pendenza,
        dominio: nuova.dominio,
        unita_operativa: nuova.unita_operativa,
        nome: nuova.nome,
        causale: nuova.causale,
        importo: nuova.importo,
        data_validita: nuova.data_validita,
        data_scadenza: nuova.data_scadenza,
        anno_riferimento: nuova.anno_riferimento,
        cartella_pagamento: nuova.cartella_pagamento,
        tassonomia: nuova.tassonomia,
        tassonomia_avviso: nuova.tassonomia_avviso,
        direzione: nuova.direzione,
        divisione: nuova.divisione,
        dati_allegati: nuova.dati_allegati,
        proprieta: nuova.proprieta,
    }
}

fn voce(nuova: &NuovaVoce, indice: u8, dominio: &IdDominio) -> Voce {
    Voce {
        indice,
        id_voce: nuova.id_voce.clone(),
        importo: nuova.importo,
        eseguita: false,
        descrizione: nuova.descrizione.clone(),
        descrizione_causale_rpt: nuova.descrizione_causale_rpt.clone(),
        dominio: nuova.dominio.clone().filter(|d| d != dominio),
        riferimento: nuova.riferimento.clone(),
        contabilita: nuova.contabilita.clone(),
        metadata: nuova.metadata.clone(),
        dati_allegati: nuova.dati_allegati.clone(),
    }
}

/// The same position again: what may change is replaced, what may not is refused, what is create-only is kept (spec/1 section 8.3).
/// `documento` is the one that the request names, already upserted; without it the stored one stays.
pub fn aggiorna(stored: &Pendenza, nuova: NuovaPendenza, risolta: Risolta, documento: Option<Documento>, adesso: DateTime<Utc>) -> Result<Pendenza, Rifiuto> {
    let chiave = || nuova.chiave();
    if !matches!(stored.stato, Stato::NonEseguito | Stato::Annullato) {
        return Err(Codice::Ver003 { chiave: chiave(), stato: stored.stato.codice() }.into());
    }
    let uo = |u: &Option<String>| u.clone().unwrap_or_else(|| UO_ENTE.to_owned());
    if stored.dominio != nuova.dominio || stored.unita_operativa != nuova.unita_operativa {
        return Err(Codice::Ver004 {
            chiave: chiave(),
            uo: uo(&nuova.unita_operativa),
            dominio: nuova.dominio.to_string(),
            uo_originale: uo(&stored.unita_operativa),
            dominio_originale: stored.dominio.to_string(),
        }
        .into());
    }
    stesso_avviso(stored, &nuova)?;
    let voci = aggiorna_voci(stored, &nuova)?;
    let cambia_per_aca = stored.importo != nuova.importo
        || stored.data_validita != nuova.data_validita
        || stored.data_scadenza != nuova.data_scadenza
        || stored.stato == Stato::Annullato;
    Ok(Pendenza {
        stato: Stato::NonEseguito,
        descrizione_stato: None,
        tipo_pendenza: risolta.tipo_pendenza,
        debitore: Soggetto::debitore(nuova.soggetto_pagatore),
        parte: nuova.documento.as_ref().map_or(ParteDocumento::Unica, |d| d.parte),
        documento: documento.or_else(|| stored.documento.clone()),
        data_ultimo_aggiornamento: adesso,
        data_ultima_modifica_aca: if cambia_per_aca { adesso } else { stored.data_ultima_modifica_aca },
        voci,
        nome: nuova.nome,
        causale: nuova.causale,
        importo: nuova.importo,
        data_validita: nuova.data_validita,
        data_scadenza: nuova.data_scadenza,
        anno_riferimento: nuova.anno_riferimento,
        cartella_pagamento: nuova.cartella_pagamento,
        tassonomia: nuova.tassonomia,
        tassonomia_avviso: nuova.tassonomia_avviso,
        direzione: nuova.direzione,
        divisione: nuova.divisione,
        dati_allegati: nuova.dati_allegati,
        ..stored.clone()
    })
}

/// VER_024: a numero avviso that is given is the one that the position has.
pub fn stesso_avviso(stored: &Pendenza, nuova: &NuovaPendenza) -> Result<(), Rifiuto> {
    match nuova.numero_avviso.as_ref().filter(|n| **n != stored.numero_avviso) {
        Some(inviato) => {
            let (inviato, originale) = (inviato.to_string(), stored.numero_avviso.to_string());
            Err(Codice::Ver024 { chiave: nuova.chiave(), inviato, originale }.into())
        }
        None => Ok(()),
    }
}

/// Voci may be added, never removed; entrata and iban accredito of a voce are frozen; a matched voce keeps its indice.
fn aggiorna_voci(stored: &Pendenza, nuova: &NuovaPendenza) -> Result<Vec<Voce>, Rifiuto> {
    let chiave = || nuova.chiave();
    if nuova.voci.len() < stored.voci.len() {
        return Err(Codice::Ver005 { chiave: chiave(), voci: nuova.voci.len(), voci_originali: stored.voci.len() }.into());
    }
    let mut voci = Vec::with_capacity(nuova.voci.len());
    for vecchia in &stored.voci {
        let Some(inviata) = nuova.voci.iter().find(|v| v.id_voce == vecchia.id_voce) else {
            return Err(Codice::Ver006 { chiave: chiave(), id_voce: vecchia.id_voce.clone() }.into());
        };
        let id_voce = || vecchia.id_voce.clone();
        let (prima, dopo) = (entrata_di(&vecchia.riferimento), entrata_di(&inviata.riferimento));
        if prima != dopo {
            let nome = |e: Option<&str>| e.unwrap_or("null").to_owned();
            return Err(Codice::Ver007 { chiave: chiave(), id_voce: id_voce(), originale: nome(prima), inviato: nome(dopo) }.into());
        }
        if iban_di(&vecchia.riferimento) != iban_di(&inviata.riferimento) {
            return Err(Codice::Ver023 { chiave: chiave(), id_voce: id_voce() }.into());
        }
        voci.push(Voce { eseguita: vecchia.eseguita, ..voce(inviata, vecchia.indice, &nuova.dominio) });
    }
    let nuove = nuova.voci.iter().filter(|v| stored.voci.iter().all(|s| s.id_voce != v.id_voce));
    let ultimo = stored.voci.iter().map(|v| v.indice).max().unwrap_or(0);
    voci.extend((ultimo + 1..).zip(nuove).map(|(indice, v)| voce(v, indice, &nuova.dominio)));
    Ok(voci)
}

fn entrata_di(riferimento: &Riferimento) -> Option<&str> {
    match riferimento {
        Riferimento::Entrata(cod) => Some(cod),
        Riferimento::Bollo { .. } => Some(ENTRATA_BOLLO),
        Riferimento::Conto { .. } => None,
    }
}

fn iban_di(riferimento: &Riferimento) -> Option<&str> {
    match riferimento {
        Riferimento::Conto { iban_accredito, .. } => Some(iban_accredito),
        _ => None,
    }
}
