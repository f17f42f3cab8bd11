//! Money on paper: the receipt that brought it, or a quietanza when none did (spec/3 section 7.2).

use chrono::Utc;
use codici::{IdDominio, Importo, Iuv};
use domain::anagrafica::creditore::immagine_logo;
use domain::calendario;
use domain::pendenza::{Pendenza, Riferimento, Voce};
use domain::visibilita::Nomi;
use stampe::{Beneficiario, Bollo, Prova, Psp, StatoRicevuta};
use store::elenchi::riscossioni::RigaRiscossione;

use crate::{Errore, Gateway};

/// What was paid without a request of ours and without a receipt: the lines of one IUR.
pub struct Quietanza {
    /// With its voci.
    pub pendenza: Pendenza,
    /// Not empty.
    righe: Vec<RigaRiscossione>,
}

impl Quietanza {
    /// When the money came.
    #[must_use]
    pub fn data(&self) -> chrono::DateTime<Utc> {
        self.righe.iter().map(|r| r.riscossione.data).max().unwrap_or_default()
    }
}

impl Gateway {
    /// The money of an IUR that no receipt tells of.
    pub async fn quietanza(&self, dominio: &IdDominio, iuv: &Iuv, iur: &str) -> Result<Option<Quietanza>, Errore> {
        let Some(pendenza) = self.store.pendenza_per_iuv(dominio, iuv).await? else { return Ok(None) };
        let tutte = self.store.riscossioni_della_pendenza(&pendenza).await?;
        let righe: Vec<_> = tutte.into_iter().filter(|r| r.ccp.is_none() && r.riscossione.iur == iur).collect();
        Ok(if righe.is_empty() { None } else { Some(Quietanza { pendenza, righe }) })
    }

    /// The paper of one line of money: with all the others that came with it.
    pub async fn stampa_riscossione(&self, riga: &RigaRiscossione) -> Result<Option<Vec<u8>>, Errore> {
        let dominio = &riga.pendenza.dominio;
        if let Some(ccp) = &riga.ccp {
            let trovata = self.transazione(dominio, &riga.iuv, ccp).await?.filter(|(t, _)| t.con_rt);
            return match trovata {
                Some((transazione, pendenza)) => Ok(Some(self.stampa_ricevuta(&transazione, &pendenza, &Nomi::Tutti).await?)),
                None => Ok(None),
            };
        }
        match self.quietanza(dominio, &riga.pendenza.iuv, &riga.riscossione.iur).await? {
            Some(quietanza) => Ok(Some(self.stampa_quietanza(&quietanza).await?)),
            None => Ok(None),
        }
    }

    pub async fn stampa_quietanza(&self, q: &Quietanza) -> Result<Vec<u8>, Errore> {
        let logo = self.store.logo(&q.pendenza.dominio).await?.as_deref().and_then(immagine_logo);
        let dati = self.dati_quietanza(q, logo);
        let creato = self.adesso();
        let pdf = tokio::task::spawn_blocking(move || stampe::ricevuta(&dati, creato)).await;
        Ok(pdf.map_err(|e| Errore::Configurazione(format!("stampa interrotta: {e}")))??)
    }

    /// The PSP is in the flow that told of the money, and is not printed where the flow is not here.
    fn dati_quietanza(&self, q: &Quietanza, logo: Option<Vec<u8>>) -> stampe::Ricevuta {
        let (p, anagrafica) = (&q.pendenza, self.istantanea.attuale());
        let nome = anagrafica.dominio(&p.dominio).map(|d| d.ragione_sociale.clone()).unwrap_or_default();
        let settore = p.unita_operativa.as_ref().and_then(|u| anagrafica.unita_operativa(&p.dominio, u)).and_then(|u| u.ragione_sociale.clone());
        let iur = q.righe.first().map(|r| r.riscossione.iur.clone()).unwrap_or_default();
        let (linea_testo_1, linea_testo_2) = crate::leggi_ricevuta::linee(p);
        stampe::Ricevuta {
            prova: Prova::Quietanza,
            ente: self.ente_stampato(&p.dominio, nome, settore, logo),
            debitore: self.debitore_stampato(&p.debitore),
            versante: None,
            psp: Psp::default(),
            importo: q.righe.iter().map(|r| r.riscossione.importo).sum::<Importo>(),
            oggetto: p.causale.clone(),
            data_operazione: Some(calendario::ora_locale(q.data())),
            data_applicativa: None,
            stato: StatoRicevuta::Eseguito,
            iuv: p.iuv.to_string(),
            id_ricevuta: iur,
            numero_avviso: Some(p.numero_avviso.clone()),
            voci: q.righe.iter().map(|r| self.voce_della_quietanza(p, r)).collect(),
            linea_testo_1,
            linea_testo_2,
        }
    }

    fn voce_della_quietanza(&self, p: &Pendenza, r: &RigaRiscossione) -> stampe::Voce {
        let altro = Some(&r.riscossione.dominio).filter(|d| **d != p.dominio);
        let anagrafica = self.istantanea.attuale();
        let beneficiario = altro.map(|d| Beneficiario {
            denominazione: anagrafica.dominio(d).map(|d| d.ragione_sociale.clone()).unwrap_or_default(),
            codice_fiscale: d.to_string(),
        });
        stampe::Voce {
            descrizione: r.voce.as_ref().map_or_else(|| p.causale.clone(), |v| v.descrizione.clone()),
            id_riscossione: r.riscossione.iur.clone(),
            importo: r.riscossione.importo,
            stato: StatoRicevuta::Eseguito.testo().to_owned(),
            beneficiario,
            bollo: r.voce.as_ref().and_then(bollo),
        }
    }
}

fn bollo(v: &Voce) -> Option<Bollo> {
    match &v.riferimento {
        Riferimento::Bollo { hash_documento, .. } => Some(Bollo { iubd: None, impronta: Some(hash_documento.clone()) }),
        Riferimento::Entrata(_) | Riferimento::Conto { .. } => None,
    }
}
