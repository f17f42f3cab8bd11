//! The receipt printed (spec/3 section 7.2, spec/4 section 5.3).

use codici::{IdDominio, NumeroAvviso};
use domain::anagrafica::creditore::immagine_logo;
use domain::notifica::Tipo;
use domain::pendenza::Pendenza;
use domain::transazione::{Esito, Transazione};
use domain::visibilita::Nomi;
use domain::{Anagrafica, Rifiuto};
use ente::DatiNotifica;
pub use ente::notifica_v2::pendenza_pagata;
use pagopa::messaggi::{AccreditoEseguito, Ricevuta, Trasferimento, leggi_ricevuta};
use pagopa::vecchio::leggi_rt;
use serde_json::Value;
use stampe::{Beneficiario, Bollo, Ente, Prova, Psp, StatoRicevuta, Voce};
use store::elenchi::Pagina;
use store::elenchi::transazioni::Filtro;
use store::transazioni::Messaggio;

use crate::leggi_avviso::righe_indirizzo;
use crate::{Errore, Gateway};

impl Gateway {
    /// The transaction of a key, with its position.
    pub async fn transazione(&self, dominio: &IdDominio, iuv: &str, ccp: &str) -> Result<Option<(Transazione, Pendenza)>, Errore> {
        let Some(transazione) = self.store.transazione_per_chiave(dominio, iuv, ccp).await? else { return Ok(None) };
        let pendenza = self.store.pendenza_per_iuv(dominio, &transazione.iuv).await?;
        Ok(pendenza.map(|p| (transazione, p)))
    }

    /// Attempts without their messages, the latest first; `quante` at most.
    pub async fn transazioni(&self, filtro: &Filtro, quante: u64) -> Result<Vec<Transazione>, Errore> {
        let trovate = self.store.elenco_transazioni(filtro, &[], &Pagina { salta: 0, quante, conta: None }).await?;
        Ok(trovate.righe.into_iter().map(|(t, _)| t).collect())
    }

    /// Our request as it was sent. `None`: there was none, since the receipt came without an activation (spec/3 section 1.9).
    pub async fn richiesta_xml(&self, transazione: &Transazione) -> Result<Option<Vec<u8>>, Errore> {
        Ok(self.store.messaggio(transazione, Messaggio::Rpt).await?)
    }

    /// The receipt as it came, byte for byte.
    pub async fn ricevuta_xml(&self, transazione: &Transazione) -> Result<Vec<u8>, Errore> {
        let byte = self.store.messaggio(transazione, Messaggio::Rt).await?;
        byte.ok_or_else(|| Rifiuto::NonTrovato(format!("Ricevuta [{}/{}/{}] non trovata.", transazione.dominio, transazione.iuv, transazione.ccp)).into())
    }

    /// The receipt with the position that it pays, as applications are told of it and API Pagamento v3 shows it (spec/1 sections 10.8 and 11.5).
    pub async fn ricevuta_intera(&self, transazione: &Transazione, pendenza: &Pendenza) -> Result<Value, Errore> {
        let rpt = self.store.messaggio(transazione, Messaggio::Rpt).await?;
        let rt = self.ricevuta_xml(transazione).await?;
        let riscossioni = self.store.riscossioni(pendenza, Some(transazione.id)).await?;
        let pagamento = self.pagamento_di(transazione).await?;
        let dati = DatiNotifica {
            tipo: Tipo::Ricevuta,
            pendenza,
            transazione,
            rpt: rpt.as_deref(),
            rt: Some(&rt),
            pagamento: pagamento.as_ref(),
            riscossioni: &riscossioni,
            anagrafica: &self.istantanea.attuale(),
        };
        ente::notifica_v2::corpo(&dati).map_err(|e| Errore::Messaggio(e.to_string()))
    }

    /// On paper, with the names that the reader may read: a name that it may not is left out, since paper that says another would be false.
    pub async fn stampa_ricevuta(&self, transazione: &Transazione, pendenza: &Pendenza, nomi: &Nomi) -> Result<Vec<u8>, Errore> {
        let byte = self.ricevuta_xml(transazione).await?;
        let logo = self.store.logo(&pendenza.dominio).await?.as_deref().and_then(immagine_logo);
        let dati = match leggi_rt(&byte) {
            Ok(rt) => self.dati_rt(transazione, pendenza, &rt, logo),
            Err(_) => {
                let ricevuta = leggi_ricevuta(&byte).map_err(|e| Errore::Messaggio(e.dettaglio().to_owned()))?;
                self.dati_ricevuta(transazione, pendenza, &ricevuta, logo)
            }
        };
        let dati = con_i_nomi(dati, nomi);
        let creato = self.adesso();
        let pdf = tokio::task::spawn_blocking(move || stampe::ricevuta(&dati, creato)).await;
        Ok(pdf.map_err(|e| Errore::Configurazione(format!("stampa interrotta: {e}")))??)
    }

    fn dati_ricevuta(&self, transazione: &Transazione, pendenza: &Pendenza, ricevuta: &Ricevuta, logo: Option<Vec<u8>>) -> stampe::Ricevuta {
        let anagrafica = self.istantanea.attuale();
        let (linea_testo_1, linea_testo_2) = linee(pendenza);
        let stato = stato(transazione.esito);
        stampe::Ricevuta {
            prova: Prova::Ricevuta,
            ente: Ente {
                dominio: ricevuta.id_dominio.clone(),
                ..self.ente_stampato(&pendenza.dominio, ricevuta.ragione_sociale.clone(), ricevuta.ufficio.clone(), logo)
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
                    beneficiario: (t.id_dominio != ricevuta.id_dominio).then(|| beneficiario(t, &anagrafica)),
                    bollo: bollo(&t.accredito),
                })
                .collect(),
            linea_testo_1,
            linea_testo_2,
        }
    }

    /// The creditor at the head of what proves a payment.
    pub(crate) fn ente_stampato(&self, dominio: &IdDominio, denominazione: String, settore: Option<String>, logo: Option<Vec<u8>>) -> Ente {
        let anagrafica = self.istantanea.attuale();
        let r = anagrafica.dominio(dominio).map(|d| d.recapiti.clone()).unwrap_or_default();
        let righe = righe_indirizzo(r.indirizzo.as_deref(), r.civico.as_deref(), r.cap.as_deref(), r.localita.as_deref(), r.provincia.as_deref());
        Ente { denominazione, dominio: dominio.clone(), cbill: None, settore, righe, logo }
    }
}

/// What its ente wants under the voci.
pub(crate) fn linee(pendenza: &Pendenza) -> (Option<String>, Option<String>) {
    let proprieta = |nome: &str| pendenza.proprieta.as_ref().and_then(|p| p.get(nome)).and_then(Value::as_str).map(str::to_owned);
    (proprieta("lineaTestoRicevuta1"), proprieta("lineaTestoRicevuta2"))
}

/// Who paid is printed for itself, and for who keeps the accounts; who owed, for whoever has a name.
fn con_i_nomi(dati: stampe::Ricevuta, nomi: &Nomi) -> stampe::Ricevuta {
    match nomi {
        Nomi::Tutti => dati,
        Nomi::Propri(c) => {
            let versante = dati.versante.filter(|v| v.identificativo.eq_ignore_ascii_case(&c.codice_fiscale));
            stampe::Ricevuta { versante, ..dati }
        }
        Nomi::Nessuno => stampe::Ricevuta { versante: None, debitore: stampe::Soggetto::default(), ..dati },
    }
}

/// The other ente of a transfer, named by the receipt or by our anagrafica.
fn beneficiario(t: &Trasferimento<AccreditoEseguito>, anagrafica: &Anagrafica) -> Beneficiario {
    let nome = t.ragione_sociale.clone().or_else(|| anagrafica.dominio(&t.id_dominio).map(|d| d.ragione_sociale.clone()));
    Beneficiario { denominazione: nome.unwrap_or_default(), codice_fiscale: t.id_dominio.to_string() }
}

/// A marca da bollo with its number and the hash of its document, as far as its XML tells them.
fn bollo(accredito: &AccreditoEseguito) -> Option<Bollo> {
    let AccreditoEseguito::MarcaDaBollo(xml) = accredito else { return None };
    Some(bollo_da_xml(xml))
}

pub(crate) fn bollo_da_xml(xml: &[u8]) -> Bollo {
    let xml = String::from_utf8_lossy(xml);
    Bollo { iubd: valore(&xml, "IUBD"), impronta: valore(&xml, "DigestValue") }
}

/// Characters of a hash in base64: 44 for SHA-256, 88 for SHA-512.
const CARATTERI_IMPRONTA_MAX: usize = 88;

/// The text of the first element with this local name, if it is a number or base64.
fn valore(xml: &str, nome: &str) -> Option<String> {
    let (_, dopo) = xml.split_once(&format!("{nome}>"))?;
    let testo = dopo.split_once('<')?.0.trim();
    let buono = !testo.is_empty() && testo.len() <= CARATTERI_IMPRONTA_MAX && testo.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    buono.then(|| testo.to_owned())
}

pub(crate) const fn stato(esito: Esito) -> StatoRicevuta {
    match esito {
        Esito::Eseguito => StatoRicevuta::Eseguito,
        Esito::ParzialmenteEseguito => StatoRicevuta::ParzialmenteEseguito,
        Esito::DecorrenzaTermini => StatoRicevuta::DecorrenzaTermini,
        Esito::DecorrenzaTerminiParziale => StatoRicevuta::DecorrenzaTerminiParziale,
        Esito::NonEseguito | Esito::InCorso | Esito::Rifiutato => StatoRicevuta::NonEseguito,
    }
}
