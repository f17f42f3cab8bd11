//! The avviso of a position: as data, and printed (spec/1 sections 9.7 and 12, spec/3 section 7.1).

use chrono::{Days, NaiveDate};
use codici::{IdDominio, NumeroAvviso};
use domain::anagrafica::creditore::immagine_logo;
use domain::anagrafica::{Dominio, Recapiti};
use domain::lettura::avviso::LinguaSecondaria;
use domain::pendenza::Pendenza;
use domain::{Anagrafica, Soggetto, attivazione, calendario};
use serde_json::Value;
use stampe::{Avviso, BollettinoPostale, Ente, InformativaImporto, Lingua, Rata, SecondaLingua};

use crate::{Errore, Gateway};

impl Gateway {
    /// The position of a notice, whoever owns it: the caller says 403 when it is another's.
    pub async fn pendenza_per_avviso(&self, dominio: &IdDominio, avviso: &NumeroAvviso) -> Result<Option<Pendenza>, Errore> {
        Ok(self.store.pendenza_per_iuv(dominio, &avviso.iuv()).await?)
    }

    /// One page, PDF/A-2a and PDF/UA-1. Not for positions with a stamp: the caller refuses those.
    /// `lingua`: the one that was asked for; when none was, that of the position (spec/1 section 12).
    pub async fn stampa_avviso(&self, pendenza: &Pendenza, lingua: Option<LinguaSecondaria>) -> Result<Vec<u8>, Errore> {
        let anagrafica = self.istantanea.attuale();
        let Some(dominio) = anagrafica.dominio(&pendenza.dominio) else {
            return Err(Errore::Configurazione(format!("il dominio {} non e' piu' censito", pendenza.dominio)));
        };
        let logo = self.store.logo(&pendenza.dominio).await?.as_deref().and_then(immagine_logo);
        let dati = self.dati_avviso(pendenza, dominio, &anagrafica, logo, lingua);
        let creato = self.adesso();
        // Milliseconds of pure computation: off the threads that answer the node.
        let pdf = tokio::task::spawn_blocking(move || stampe::avviso(&dati, creato)).await;
        Ok(pdf.map_err(|e| Errore::Configurazione(format!("stampa interrotta: {e}")))??)
    }

    pub(crate) fn dati_avviso(
        &self,
        pendenza: &Pendenza,
        dominio: &Dominio,
        anagrafica: &Anagrafica,
        logo: Option<Vec<u8>>,
        lingua: Option<LinguaSecondaria>,
    ) -> Avviso {
        let proprieta = |nome: &str| pendenza.proprieta.as_ref().and_then(|p| p.get(nome)).and_then(Value::as_str);
        Avviso {
            ente: ente(pendenza, dominio, anagrafica, logo),
            debitore: self.debitore_stampato(&pendenza.debitore),
            oggetto: pendenza.causale.clone(),
            importo: pendenza.importo,
            numero_avviso: pendenza.numero_avviso.clone(),
            entro_il: self.entro_il(pendenza),
            rata: rata(pendenza),
            seconda_lingua: seconda_lingua(pendenza, lingua),
            informativa_importo: match proprieta("informativaImportoAvviso") {
                None => InformativaImporto::Standard,
                Some("") => InformativaImporto::Nascosta,
                Some(testo) => InformativaImporto::Testo(testo.to_owned()),
            },
            bollettino: attivazione::conto_postale(pendenza, anagrafica).map(|conto| BollettinoPostale {
                iban: conto.iban.clone(),
                intestatario: conto.intestatario.clone().unwrap_or_else(|| dominio.ragione_sociale.clone()),
                autorizzazione: conto.aut_stampa_poste.clone().or_else(|| dominio.aut_stampa_poste.clone()).unwrap_or_default(),
            }),
        }
    }

    /// The date by which an avviso asks to be paid (spec/1 section 8.5).
    fn entro_il(&self, pendenza: &Pendenza) -> Option<NaiveDate> {
        let detta = pendenza.proprieta.as_ref().and_then(|p| p.get("dataScandenzaAvviso")?.as_str()?.parse().ok());
        let dal_caricamento = || calendario::oggi(pendenza.data_caricamento).checked_add_days(Days::new(self.impostazioni.giorni_senza_data?.into()));
        detta.or(pendenza.data_validita).or(pendenza.data_scadenza).or_else(dal_caricamento)
    }

    /// Codes and names equal to a keyword of the configuration are printed empty.
    pub(crate) fn debitore_stampato(&self, debitore: &Soggetto) -> stampe::Soggetto {
        let visibile = |testo: &str| {
            let nascosto = self.impostazioni.debitore_nascosto.iter().any(|n| n.eq_ignore_ascii_case(testo));
            if nascosto { String::new() } else { testo.to_owned() }
        };
        stampe::Soggetto {
            anagrafica: visibile(debitore.anagrafica()),
            identificativo: visibile(debitore.identificativo()).to_uppercase(),
            indirizzo: righe_indirizzo(
                debitore.indirizzo.as_deref(),
                debitore.civico.as_deref(),
                debitore.cap.as_deref(),
                debitore.localita.as_deref(),
                debitore.provincia.as_deref(),
            ),
        }
    }
}

/// `indirizzo civico`, then `cap localita (PR)`, each only when its main word is known.
pub(crate) fn righe_indirizzo(
    indirizzo: Option<&str>,
    civico: Option<&str>,
    cap: Option<&str>,
    localita: Option<&str>,
    provincia: Option<&str>,
) -> Vec<String> {
    let unisci = |parti: [Option<&str>; 3]| parti.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
    let provincia = provincia.map(|p| format!("({p})"));
    let via = indirizzo.map(|i| unisci([Some(i), civico, None]));
    let luogo = localita.map(|l| unisci([cap, Some(l), provincia.as_deref()]));
    via.into_iter().chain(luogo).collect()
}

fn ente(pendenza: &Pendenza, dominio: &Dominio, anagrafica: &Anagrafica, logo: Option<Vec<u8>>) -> Ente {
    let uo = pendenza.unita_operativa.as_deref().and_then(|u| anagrafica.unita_operativa(&pendenza.dominio, u));
    let dell_uo = uo.map(|u| &u.recapiti);
    let scelto = |campo: fn(&Recapiti) -> Option<&String>| dell_uo.and_then(campo).or_else(|| campo(&dominio.recapiti)).cloned();
    // Addresses to write to come from one source alone: the unità operativa when there is one (spec/3 section 7.1).
    let posta = dell_uo.unwrap_or(&dominio.recapiti);
    let telefono = match (scelto(|r| r.tel.as_ref()), scelto(|r| r.fax.as_ref())) {
        (Some(t), Some(f)) => Some(format!("Tel: {t} - Fax: {f}")),
        (Some(t), None) => Some(format!("Tel: {t}")),
        (None, Some(f)) => Some(format!("Fax: {f}")),
        (None, None) => None,
    };
    let scrivere = posta.pec.as_ref().map(|p| format!("pec: {p}")).or_else(|| posta.email.as_ref().map(|e| format!("email: {e}")));
    Ente {
        denominazione: dominio.ragione_sociale.clone(),
        dominio: dominio.cod.clone(),
        cbill: dominio.cbill.clone(),
        settore: scelto(|r| r.area.as_ref()),
        righe: [scelto(|r| r.web.as_ref()), telefono, scrivere].into_iter().flatten().collect(),
        logo,
    }
}

/// The texts of the other language are those of the position, whatever language was asked for.
fn seconda_lingua(pendenza: &Pendenza, chiesta: Option<LinguaSecondaria>) -> Option<SecondaLingua> {
    let proprieta = |nome: &str| pendenza.proprieta.as_ref().and_then(|p| p.get(nome)).and_then(Value::as_str);
    let codice = chiesta.map(LinguaSecondaria::codice).or_else(|| proprieta("linguaSecondaria"))?;
    Some(SecondaLingua {
        lingua: Lingua::leggi(codice)?,
        oggetto: proprieta("linguaSecondariaCausale").map(str::to_owned),
        informativa_importo: proprieta("linguaSecondariaInformativaImportoAvviso").map(str::to_owned),
    })
}

fn rata(pendenza: &Pendenza) -> Rata {
    use domain::pendenza::{ParteDocumento, TipoSoglia};
    match pendenza.parte {
        ParteDocumento::Rata(n) => Rata::Numero(n),
        ParteDocumento::Soglia { tipo: TipoSoglia::Entro, giorni: Some(g) } => Rata::EntroGiorni(g),
        ParteDocumento::Soglia { tipo: TipoSoglia::Oltre, giorni: Some(g) } => Rata::OltreGiorni(g),
        ParteDocumento::Soglia { tipo: TipoSoglia::Scontato, .. } => Rata::Scontato,
        ParteDocumento::Soglia { tipo: TipoSoglia::Ridotto, .. } => Rata::Ridotto,
        ParteDocumento::Unica | ParteDocumento::Soglia { .. } => Rata::Unica,
    }
}
