//! The receipt printed (spec/3 section 7.2, spec/4 section 5.3).

use codici::{IdDominio, NumeroAvviso};
use domain::Rifiuto;
use domain::anagrafica::creditore::immagine_logo;
use domain::pendenza::Pendenza;
use domain::transazione::{Esito, Transazione};
use pagopa::messaggi::{Ricevuta, leggi_ricevuta};
use serde_json::Value;
use stampe::{Ente, Psp, StatoRicevuta, Voce};
use store::transazioni::Messaggio;

use crate::leggi_avviso::righe_indirizzo;
use crate::{Errore, Gateway};

impl Gateway {
    /// The transaction of a key, with its position. `None`: unknown, or its receipt has not come: 404, before any ownership (spec/1 section 9.11).
    pub async fn transazione_ricevuta(&self, dominio: &IdDominio, iuv: &str, ccp: &str) -> Result<Option<(Transazione, Pendenza)>, Errore> {
        let Some(transazione) = self.store.transazione_per_chiave(dominio, iuv, ccp).await?.filter(|t| t.con_rt) else { return Ok(None) };
        let pendenza = self.store.pendenza_per_iuv(dominio, &transazione.iuv).await?;
        Ok(pendenza.map(|p| (transazione, p)))
    }

    /// The receipt as it came, byte for byte.
    pub async fn ricevuta_xml(&self, transazione: &Transazione) -> Result<Vec<u8>, Errore> {
        let byte = self.store.messaggio(transazione, Messaggio::Rt).await?;
        byte.ok_or_else(|| Rifiuto::NonTrovato(format!("Ricevuta [{}/{}/{}] non trovata.", transazione.dominio, transazione.iuv, transazione.ccp)).into())
    }

    pub async fn stampa_ricevuta(&self, transazione: &Transazione, pendenza: &Pendenza) -> Result<Vec<u8>, Errore> {
        let byte = self.ricevuta_xml(transazione).await?;
        let ricevuta = leggi_ricevuta(&byte).map_err(|e| Errore::Messaggio(e.dettaglio().to_owned()))?;
        let logo = self.store.logo(&pendenza.dominio).await?.as_deref().and_then(immagine_logo);
        let dati = self.dati_ricevuta(transazione, pendenza, &ricevuta, logo);
        let creato = self.adesso();
        let pdf = tokio::task::spawn_blocking(move || stampe::ricevuta(&dati, creato)).await;
        Ok(pdf.map_err(|e| Errore::Configurazione(format!("stampa interrotta: {e}")))??)
    }

    fn dati_ricevuta(&self, transazione: &Transazione, pendenza: &Pendenza, ricevuta: &Ricevuta, logo: Option<Vec<u8>>) -> stampe::Ricevuta {
        let anagrafica = self.istantanea.attuale();
        let dominio = anagrafica.dominio(&pendenza.dominio);
        let r = dominio.map(|d| d.recapiti.clone()).unwrap_or_default();
        let proprieta = |nome: &str| pendenza.proprieta.as_ref().and_then(|p| p.get(nome)).and_then(Value::as_str).map(str::to_owned);
        let stato = stato(transazione.esito);
        stampe::Ricevuta {
            ente: Ente {
                denominazione: ricevuta.ragione_sociale.clone(),
                dominio: ricevuta.id_dominio.clone(),
                cbill: None,
                settore: ricevuta.ufficio.clone(),
                righe: righe_indirizzo(r.indirizzo.as_deref(), r.civico.as_deref(), r.cap.as_deref(), r.localita.as_deref(), r.provincia.as_deref()),
                logo,
            },
            debitore: self.debitore_stampato(&pendenza.debitore),
            versante: ricevuta.pagante.as_ref().map(|p| stampe::Soggetto {
                anagrafica: p.anagrafica.clone(),
                identificativo: p.codice.to_uppercase(),
                indirizzo: righe_indirizzo(p.indirizzo.as_deref(), p.civico.as_deref(), p.cap.as_deref(), p.localita.as_deref(), p.provincia.as_deref()),
            }),
            psp: Psp {
                denominazione: ricevuta.psp.denominazione.clone(),
                codice_fiscale: ricevuta.psp.codice_fiscale.clone().unwrap_or_else(|| ricevuta.psp.id.clone()),
            },
            importo: ricevuta.importo,
            oggetto: pendenza.causale.clone(),
            data_operazione: ricevuta.data_ora_pagamento,
            data_applicativa: ricevuta.data_applicazione,
            stato,
            iuv: ricevuta.iuv.to_string(),
            id_ricevuta: ricevuta.receipt_id.clone(),
            numero_avviso: NumeroAvviso::leggi(ricevuta.numero_avviso.as_str()).ok(),
            voci: ricevuta
                .trasferimenti
                .iter()
                .map(|t| Voce {
                    descrizione: t.causale.clone(),
                    id_riscossione: ricevuta.receipt_id.clone(),
                    importo: t.importo,
                    stato: stato.testo().to_owned(),
                })
                .collect(),
            linea_testo_1: proprieta("lineaTestoRicevuta1"),
            linea_testo_2: proprieta("lineaTestoRicevuta2"),
        }
    }
}

const fn stato(esito: Esito) -> StatoRicevuta {
    match esito {
        Esito::Eseguito => StatoRicevuta::Eseguito,
        Esito::ParzialmenteEseguito => StatoRicevuta::ParzialmenteEseguito,
        Esito::DecorrenzaTermini => StatoRicevuta::DecorrenzaTermini,
        Esito::DecorrenzaTerminiParziale => StatoRicevuta::DecorrenzaTerminiParziale,
        Esito::NonEseguito | Esito::InCorso | Esito::Rifiutato => StatoRicevuta::NonEseguito,
    }
}
