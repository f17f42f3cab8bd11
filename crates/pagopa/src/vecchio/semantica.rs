//! An RT against the request that it answers (spec/3 section 1.12.6), and what a request of either model says to compare with.

use codici::Importo;

use super::rt::{EsitoRt, Pagamento, Rt};
use super::{NS_PAGAMENTI, rpt};
use crate::busta::{Messaggio, Radice, Testo};
use crate::messaggi::{
    AccreditoRichiesto, DatiAttivazione, ErroreRichiesta, Soggetto, TipoSoggetto, Trasferimento, Versione as VersioneAttivazione, leggi_attivazione,
};
use crate::regole::{id_dominio, importo, iuv};
use crate::semantica::{Avvertenza, Confronto, uguali};

/// What was asked, as far as a receipt is compared with it.
#[derive(Clone, Debug)]
pub struct Attesi {
    /// Of the RPT alone: an activation has none.
    id_messaggio: Option<String>,
    id_dominio: Option<String>,
    id_stazione: Option<String>,
    ccp: Option<String>,
    iuv: String,
    importo: Importo,
    versamenti: Vec<Versamento>,
}

#[derive(Clone, Debug)]
struct Versamento {
    importo: Importo,
    causale: String,
    categoria: String,
}

/// A stored RPT as the current model would have asked: to compare a receipt of today with it. The categories are blank, because they are not compared.
/// `None` for anything that is not an RPT, or has not what an activation must have.
#[must_use]
pub fn come_attivazione(byte: &[u8]) -> Option<DatiAttivazione> {
    let testo = Testo::decodifica(byte);
    let m = rpt_di(&testo)?;
    let dati = m.figli(0, "datiVersamento").next()?;
    let dice = |percorso: &[&str]| m.testo_a(percorso).map(str::to_owned);
    let dominio = id_dominio(m.testo_a(&["dominio", "identificativoDominio"])?).ok()?;
    let trasferimenti = (1_u8..).zip(m.figli(dati, "datiSingoloVersamento")).map(|(indice, v)| {
        Some(Trasferimento {
            indice,
            importo: importo(m.testo_sotto(v, &["importoSingoloVersamento"])?).ok()?,
            id_dominio: dominio.clone(),
            ragione_sociale: None,
            accredito: AccreditoRichiesto::Ignoto,
            causale: m.testo_sotto(v, &["causaleVersamento"]).unwrap_or_default().to_owned(),
            categoria: String::new(),
            metadata: Vec::new(),
        })
    });
    let pagatore = |campo: &str| dice(&["soggettoPagatore", campo]);
    let codice = dice(&["soggettoPagatore", "identificativoUnivocoPagatore", "codiceIdentificativoUnivoco"])?;
    Some(DatiAttivazione {
        iuv: iuv(m.testo_sotto(dati, &["identificativoUnivocoVersamento"])?).ok()?,
        importo: importo(m.testo_sotto(dati, &["importoTotaleDaVersare"])?).ok()?,
        scadenza: crate::regole::data(m.testo_sotto(dati, &["dataEsecuzionePagamento"])?).ok()?,
        data_conservazione: None,
        ultimo_pagamento: None,
        descrizione: String::new(),
        ragione_sociale: dice(&["enteBeneficiario", "denominazioneBeneficiario"]),
        ufficio: None,
        debitore: Soggetto {
            tipo: TipoSoggetto::del_codice(&codice),
            codice,
            anagrafica: pagatore("anagraficaPagatore").unwrap_or_default(),
            indirizzo: pagatore("indirizzoPagatore"),
            civico: pagatore("civicoPagatore"),
            cap: pagatore("capPagatore"),
            localita: pagatore("localitaPagatore"),
            provincia: pagatore("provinciaPagatore"),
            nazione: pagatore("nazionePagatore"),
            email: pagatore("e-mailPagatore"),
        },
        trasferimenti: trasferimenti.collect::<Option<_>>()?,
        metadata: Vec::new(),
    })
}

/// `identificativoMessaggioRichiesta` of a stored RPT.
#[must_use]
pub fn id_messaggio_richiesta(byte: &[u8]) -> Option<String> {
    let testo = Testo::decodifica(byte);
    rpt_di(&testo)?.testo_a(&["identificativoMessaggioRichiesta"]).map(str::to_owned)
}

fn rpt_di<'t>(testo: &'t Testo<'_>) -> Option<Messaggio<'t>> {
    testo.messaggio(Radice::AncheDocumento).ok().filter(|m| m.nome() == rpt::RADICE && m.spazio() == NS_PAGAMENTI)
}

impl Attesi {
    /// From the stored request: an RPT, or the activation of the current model.
    ///
    /// # Errors
    /// As [`leggi_attivazione`], when it is neither.
    pub fn leggi(byte: &[u8]) -> Result<Self, ErroreRichiesta> {
        let testo = Testo::decodifica(byte);
        match rpt_di(&testo) {
            Some(m) => {
                Self::della_rpt(&m).ok_or_else(|| ErroreRichiesta::NonSoap { dettaglio: "la RPT conservata non dice che cosa si doveva pagare".to_owned() })
            }
            None => leggi_attivazione(byte).map(|(_, dati)| Self::dell_attivazione(dati)),
        }
    }

    fn della_rpt(m: &Messaggio<'_>) -> Option<Self> {
        let dati = m.figli(0, "datiVersamento").next()?;
        let dice = |percorso: &[&str]| m.testo_a(percorso).map(str::to_owned);
        let versamento = |v: u32| {
            Some(Versamento {
                importo: importo(m.testo_sotto(v, &["importoSingoloVersamento"])?).ok()?,
                causale: m.testo_sotto(v, &["causaleVersamento"]).unwrap_or_default().to_owned(),
                categoria: m.testo_sotto(v, &["datiSpecificiRiscossione"]).unwrap_or_default().to_owned(),
            })
        };
        Some(Self {
            id_messaggio: Some(dice(&["identificativoMessaggioRichiesta"])?),
            id_dominio: Some(dice(&["dominio", "identificativoDominio"])?),
            id_stazione: dice(&["dominio", "identificativoStazioneRichiedente"]),
            ccp: Some(m.testo_sotto(dati, &["codiceContestoPagamento"])?.to_owned()),
            iuv: m.testo_sotto(dati, &["identificativoUnivocoVersamento"])?.to_owned(),
            importo: importo(m.testo_sotto(dati, &["importoTotaleDaVersare"])?).ok()?,
            versamenti: m.figli(dati, "datiSingoloVersamento").map(versamento).collect::<Option<_>>()?,
        })
    }

    fn dell_attivazione(d: DatiAttivazione) -> Self {
        Self {
            id_messaggio: None,
            id_dominio: None,
            id_stazione: None,
            ccp: None,
            iuv: d.iuv.to_string(),
            importo: d.importo,
            versamenti: d.trasferimenti.into_iter().map(|t| Versamento { importo: t.importo, causale: t.causale, categoria: t.categoria }).collect(),
        }
    }

    /// The first fatal difference, or the others in the order of the table.
    #[must_use]
    pub fn confronta(&self, rt: &Rt) -> Confronto {
        let mut avvertenze = Vec::new();
        match self.differenze(rt, &mut avvertenze) {
            Err(fatale) => Confronto::Rifiuto(fatale),
            Ok(()) => Confronto::Accettata(avvertenze),
        }
    }

    fn differenze(&self, rt: &Rt, avvertenze: &mut Vec<Avvertenza>) -> Result<(), String> {
        let se_detto = |campo, atteso: Option<&String>, ricevuto: &str| atteso.map_or(Ok(()), |a| uguali(campo, Some(a), Some(ricevuto)));
        se_detto("RiferimentoMessaggioRichiesta", self.id_messaggio.as_ref(), &rt.riferimento)?;
        se_detto("IdentificativoDominio", self.id_dominio.as_ref(), &rt.id_dominio)?;
        if self.id_messaggio.is_some() {
            avvisa(avvertenze, "IdentificativoStazioneRichiedente", self.id_stazione.as_deref(), rt.id_stazione.as_deref());
        }
        se_detto("CodiceContestoPagamento", self.ccp.as_ref(), &rt.ccp)?;
        uguali("IdentificativoUnivocoVersamento", Some(&self.iuv), Some(rt.iuv.as_str()))?;
        let quanti = rt.pagamenti.len();
        if quanti != self.versamenti.len() && (rt.esito.con_pagamenti() || quanti != 0) {
            return Err(format!("Numero di pagamenti diverso dal numero di versamenti per una ricevuta di tipo {}", rt.esito.nome()));
        }
        for (atteso, pagato) in self.versamenti.iter().zip(&rt.pagamenti) {
            singolo(atteso, pagato, avvertenze)?;
        }
        self.totali(rt, avvertenze)
    }

    fn totali(&self, rt: &Rt, avvertenze: &mut Vec<Avvertenza>) -> Result<(), String> {
        let pagato = rt.importo;
        let somma: Importo = rt.pagamenti.iter().map(|p| p.importo).sum();
        if somma != pagato {
            return Err(format!("ImportoTotalePagato [{pagato}] non corrisponde alla somma dei SingoliImportiPagati [{somma}]"));
        }
        let diverso_da_zero = |esito: &str| Err(format!("ImportoTotalePagato [{pagato}] diverso da 0 per un pagamento con esito '{esito}'."));
        match rt.esito {
            EsitoRt::NonEseguito if pagato != Importo::ZERO => diverso_da_zero("Non Eseguito"),
            EsitoRt::DecorrenzaTermini if pagato != Importo::ZERO => diverso_da_zero("Decorrenza temini"),
            EsitoRt::Eseguito if pagato != self.importo => {
                let testo = format!("Importo totale del pagamento [{pagato}] diverso da quanto richiesto [{}]", self.importo);
                avvertenze.push(Avvertenza { campo: "ImportoTotalePagato", testo });
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn avvisa(avvertenze: &mut Vec<Avvertenza>, campo: &'static str, atteso: Option<&str>, ricevuto: Option<&str>) {
    if let Err(testo) = uguali(campo, atteso, ricevuto) {
        avvertenze.push(Avvertenza { campo, testo });
    }
}

fn singolo(atteso: &Versamento, pagato: &Pagamento, avvertenze: &mut Vec<Avvertenza>) -> Result<(), String> {
    let fino_al_testo = |causale: &str| causale.split("/TXT/").next().unwrap_or_default().to_owned();
    uguali("CausaleVersamento", Some(&fino_al_testo(&atteso.causale)), Some(&fino_al_testo(&pagato.causale)))?;
    avvisa(avvertenze, "DatiSpecificiRiscossione", Some(&atteso.categoria), Some(&pagato.categoria));
    let mut avverti = |campo, testo: String| avvertenze.push(Avvertenza { campo, testo });
    if pagato.importo == Importo::ZERO {
        if pagato.esito.is_none() {
            avverti("EsitoSingoloPagamento", "EsitoSingoloPagamento obbligatorio per pagamenti non eseguiti".to_owned());
        }
        if pagato.iur != "n/a" {
            avverti("IdentificativoUnivocoRiscossione", "IdentificativoUnivocoRiscossione deve essere n/a per pagamenti non eseguiti.".to_owned());
        }
    } else if pagato.importo != atteso.importo {
        avverti("SingoloImportoPagato", format!("Importo di un pagamento [{}] diverso da quanto richiesto [{}]", pagato.importo, atteso.importo));
    }
    Ok(())
}

/// The version that [`crate::semantica`] compares a legacy request as: with its debtor.
pub(crate) const COME_VERSIONE: VersioneAttivazione = VersioneAttivazione::V2;
