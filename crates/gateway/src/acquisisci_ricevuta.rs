//! paSendRT and paSendRTV2: money has moved (spec/3 section 1.9).
//!
//! Everything that the receipt changes is written in one transaction that is durable before OK is answered. The row of the position is locked
//! first, so that the same receipt on two connections is one receipt.

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::anagrafica::{RicevutaIgnota, RicevutaRipetuta};
use domain::ricevuta::{self as regole, EsitoIncasso, Incasso, TrasferimentoPagato};
use domain::transazione::{Esito, Stato, Transazione, Versione as VersioneTransazione};
use domain::{Pendenza, calendario, notifica};
use pagopa::messaggi::{EsitoPagamento, RichiestaRicevuta, Versione};
use pagopa::semantica::{Confronto, confronta};
use pagopa::{CodiceFault, Fault, Operazione, Ricevuta, Risposta};
use store::transazioni::{Messaggio, RicevutaEstranea};
use store::{Corsia, Tx};
use uuid::Uuid;

use crate::stazione::{Chiamata, Contesto, Genere, Principal, con_fault, fault};
use crate::verifica_avviso::segna_pendenza;
use crate::{Errore, Gateway, marca, nuovi_id, nuovo_id};

/// The ente that a copy is for, when it is not the one of the notice: a beneficiary of one of its transfers, told by broadcast (spec/4 section 1.10).
fn secondario(richiesta: &RichiestaRicevuta) -> Option<IdDominio> {
    let ricevuta = &richiesta.ricevuta;
    let id_pa = IdDominio::leggi(&richiesta.stazione.id_pa)?;
    let beneficiario = ricevuta.trasferimenti.iter().any(|t| t.id_dominio == id_pa);
    (id_pa != ricevuta.id_dominio && beneficiario).then_some(id_pa)
}

/// Once for each ente that it is for: (idPA, receiptId) is the key.
async fn tieni(tx: &Tx, richiesta: &RichiestaRicevuta, ente: &IdDominio, contesto: &Contesto, byte: &[u8], adesso: DateTime<Utc>) -> Result<(), Errore> {
    let ricevuta = &richiesta.ricevuta;
    let estranea = RicevutaEstranea {
        dominio: ente,
        receipt_id: &ricevuta.receipt_id,
        iuv: ricevuta.iuv.as_str(),
        stazione: &contesto.stazione.cod,
        importo: ricevuta.importo,
        ricevuta_il: adesso,
        contenuto: byte,
    };
    tx.inserisci_ricevuta_estranea(&estranea).await?;
    Ok(())
}

/// How an acquisition ended, in words for the giornale.
struct Acquisita {
    notificare: bool,
}

impl Gateway {
    /// `byte`: the whole request as it came, kept as it is.
    pub async fn acquisisci_ricevuta(&self, chiamata: &Chiamata, richiesta: &RichiestaRicevuta, byte: &[u8]) -> Result<Risposta, Errore> {
        let ricevuta = &richiesta.ricevuta;
        match self.acquisisci(chiamata, richiesta, byte).await? {
            Ok(acquisita) => {
                if acquisita.notificare {
                    self.campanello.notify_one();
                }
                Ok(Risposta::RicevutaAcquisita(ricevuta.versione))
            }
            Err(f) => {
                let mut evento = self.evento(chiamata, &richiesta.stazione, ricevuta.id_dominio.as_str());
                evento.iuv = Some(ricevuta.iuv.to_string());
                evento.ccp = Some(ricevuta.receipt_id.clone());
                self.giornale.aggiungi(con_fault(evento, &f));
                Ok(Risposta::Rifiuto(Operazione::ricevuta(ricevuta.versione), f))
            }
        }
    }

    /// A receipt that a job went to fetch, in place of the node. False: it was refused, for a reason that the giornale tells; it would be refused again.
    pub(crate) async fn acquisisci_da_lavoro(&self, lavoro: &str, operazione: Operazione, richiesta: &RichiestaRicevuta, byte: &[u8]) -> Result<bool, Errore> {
        let principal = Some(Principal::Ufficio(lavoro.to_owned()));
        let chiamata = Chiamata { operazione: operazione.nome(), principal, id_transazione: Uuid::new_v4().to_string(), inizio: self.adesso() };
        let risposta = self.acquisisci_ricevuta(&chiamata, richiesta, byte).await?;
        if let Risposta::Rifiuto(_, fault) = &risposta {
            let ricevuta = &richiesta.ricevuta;
            tracing::warn!(lavoro, dominio = %ricevuta.id_dominio, iuv = %ricevuta.iuv, fault = fault.codice.codice(), "ricevuta non acquisita");
        }
        Ok(!matches!(risposta, Risposta::Rifiuto(..)))
    }

    async fn acquisisci(&self, chiamata: &Chiamata, richiesta: &RichiestaRicevuta, byte: &[u8]) -> Result<Result<Acquisita, Fault>, Errore> {
        let ricevuta = &richiesta.ricevuta;
        let secondario = secondario(richiesta).filter(|ente| self.anagrafica().dominio(ente).is_some());
        let destinatario = secondario.as_ref().unwrap_or(&ricevuta.id_dominio);
        let contesto = match self.contesto(chiamata, &richiesta.stazione, destinatario.as_str(), Genere::Ricevuta).await? {
            Ok(contesto) => contesto,
            Err(f) => return Ok(Err(f)),
        };
        let adesso = self.adesso();
        let tx = self.store.begin(Corsia::Stazione).await?;
        if let Some(secondario) = &secondario {
            tieni(&tx, richiesta, secondario, &contesto, byte, adesso).await?;
            let detto = "Copia per un beneficiario secondario: conservata fra le ricevute estranee.";
            return self.conservata(tx, chiamata, richiesta, secondario, detto).await;
        }
        let Some(pendenza) = tx.blocca_pendenza_per_iuv(&ricevuta.id_dominio, &ricevuta.iuv).await? else {
            return self.tieni_estranea(tx, chiamata, richiesta, &contesto, byte, adesso).await;
        };
        let tentativi = tx.transazioni_per_iuv(&ricevuta.id_dominio, &ricevuta.iuv).await?;
        if let Some(gia) = tentativi.iter().find(|t| t.stato == Stato::RtAccettataPa && t.ccp == ricevuta.receipt_id) {
            drop(tx);
            return Ok(self.ripetuta(chiamata, richiesta, &contesto, gia));
        }
        let ultimo = tentativi.first();
        let attivazione = match ultimo.filter(|t| t.con_rpt) {
            Some(t) => tx.messaggio(t, Messaggio::Rpt).await?,
            None => None,
        };
        let transazione = transazione(ultimo, &pendenza, &contesto, ricevuta, adesso);
        if let Some(inviata) = &attivazione {
            match confronta(inviata, ricevuta) {
                Ok(Confronto::Accettata(avvertenze)) => {
                    let campi: Vec<&str> = avvertenze.iter().map(|a| a.campo).collect();
                    if !campi.is_empty() {
                        tracing::info!(dominio = %pendenza.dominio, iuv = %pendenza.iuv, ?campi, "ricevuta diversa dalla richiesta");
                    }
                }
                Ok(Confronto::Rifiuto(testo)) => return self.rifiuta(tx, ultimo, transazione, attivazione.as_deref(), byte, testo).await,
                Err(e) => return Ok(Err(fault(CodiceFault::PaaSystemError, &ricevuta.id_dominio, Some(e.dettaglio().to_owned())))),
            }
        }

        libera_ccp(&tx, &tentativi, &transazione).await?;
        scrivi_transazione(&tx, ultimo, &transazione, attivazione.as_deref(), byte).await?;
        self.segui_pagamento(&tx, &transazione).await?;
        let effetto = regole::applica(&pendenza, &incasso(ricevuta, adesso), &contesto.anagrafica, adesso);
        self.aggiorna_pendenza(&tx, &pendenza, &effetto.pendenza).await?;
        tx.inserisci_riscossioni(&pendenza, &transazione, &effetto.riscossioni, nuovi_id()).await?;
        tx.sana_rendicontazioni(&pendenza, &effetto.riscossioni, &contesto.anagrafica).await?;
        tx.registra(&pendenza, &effetto.movimenti, nuovi_id(), adesso).await?;
        if attivazione.is_none() {
            // Refused as foreign when it came the first time, perhaps.
            tx.collega_estranea(&pendenza.dominio, &ricevuta.receipt_id, &pendenza, None, adesso).await?;
        }
        let notificare = self.accoda(&tx, &contesto.anagrafica, &pendenza, &transazione, notifica::Tipo::Ricevuta, adesso).await?;
        let mut evento = self.evento_acquisizione(chiamata, richiesta, &contesto, &pendenza);
        if let Some(nota) = marca::annota(&marca::di_ricevuta(&pendenza, ricevuta)) {
            evento.dettaglio_esito = evento.dettaglio_esito.map(|d| format!("{d} {nota}"));
        }
        tx.evento(evento).await?;
        tx.commit().await?;
        Ok(Ok(Acquisita { notificare }))
    }

    /// Money for a notice that we do not know: kept, whatever is answered.
    async fn tieni_estranea(
        &self,
        tx: Tx,
        chiamata: &Chiamata,
        richiesta: &RichiestaRicevuta,
        contesto: &Contesto,
        byte: &[u8],
        adesso: DateTime<Utc>,
    ) -> Result<Result<Acquisita, Fault>, Errore> {
        let ricevuta = &richiesta.ricevuta;
        tieni(&tx, richiesta, &ricevuta.id_dominio, contesto, byte, adesso).await?;
        if contesto.stazione.ricevuta_ignota == RicevutaIgnota::Rifiuta {
            tx.commit().await?;
            let testo = format!("Nessun versamento trovato [Dominio: {}, IUV: {}].", ricevuta.id_dominio, ricevuta.iuv);
            return Ok(Err(fault(CodiceFault::PaaRptSconosciuta, &ricevuta.id_dominio, Some(testo))));
        }
        let detto = "Ricevuta di un avviso che non conosciamo: conservata fra le ricevute estranee.";
        self.conservata(tx, chiamata, richiesta, &ricevuta.id_dominio, detto).await
    }

    async fn conservata(
        &self,
        tx: Tx,
        chiamata: &Chiamata,
        richiesta: &RichiestaRicevuta,
        ente: &IdDominio,
        detto: &str,
    ) -> Result<Result<Acquisita, Fault>, Errore> {
        let mut evento = self.evento(chiamata, &richiesta.stazione, ente.as_str());
        evento.iuv = Some(richiesta.ricevuta.iuv.to_string());
        evento.ccp = Some(richiesta.ricevuta.receipt_id.clone());
        evento.dettaglio_esito = Some(detto.to_owned());
        tx.evento(evento).await?;
        tx.commit().await?;
        metrics::counter!("fiorino_ricevute_estranee_total").increment(1);
        Ok(Ok(Acquisita { notificare: false }))
    }

    /// The same receipt again: nothing changes, and the stazione says what is answered.
    fn ripetuta(&self, chiamata: &Chiamata, richiesta: &RichiestaRicevuta, contesto: &Contesto, gia: &Transazione) -> Result<Acquisita, Fault> {
        let ricevuta = &richiesta.ricevuta;
        let quando = gia.data_ricevuta.map_or_else(|| "N.D.".to_owned(), |d| calendario::ora_locale(d).format("%Y-%m-%dT%H:%M:%S").to_string());
        let testo = format!(
            "La ricevuta [Dominio: {}, IUV: {}, ReceiptID: {}] è già acquisita in data {quando}.",
            ricevuta.id_dominio, ricevuta.iuv, ricevuta.receipt_id
        );
        if contesto.stazione.ricevuta_ripetuta == RicevutaRipetuta::Duplicata {
            return Err(fault(CodiceFault::PaaReceiptDuplicata, &ricevuta.id_dominio, Some(testo)));
        }
        let mut evento = self.evento(chiamata, &richiesta.stazione, ricevuta.id_dominio.as_str());
        evento.iuv = Some(ricevuta.iuv.to_string());
        evento.ccp = Some(ricevuta.receipt_id.clone());
        evento.dettaglio_esito = Some(testo);
        self.giornale.aggiungi(evento);
        Ok(Acquisita { notificare: false })
    }

    /// A receipt that contradicts its request: kept, refused with the first reason. A corrected one will be a second attempt.
    async fn rifiuta(
        &self,
        tx: Tx,
        ultimo: Option<&Transazione>,
        accettata: Transazione,
        rpt: Option<&[u8]>,
        byte: &[u8],
        testo: String,
    ) -> Result<Result<Acquisita, Fault>, Errore> {
        let dominio = accettata.dominio.clone();
        let aggiorna = ultimo.filter(|u| !u.con_rt);
        let rifiutata = Transazione {
            ccp: aggiorna.map_or_else(|| accettata.id.simple().to_string(), |u| u.ccp.clone()),
            stato: Stato::RtRifiutataPa,
            descrizione_stato: Some(testo.clone()),
            esito: Esito::InCorso,
            importo_pagato: None,
            ..accettata
        };
        scrivi_transazione(&tx, ultimo, &rifiutata, rpt, byte).await?;
        tx.commit().await?;
        Ok(Err(fault(CodiceFault::PaaSemantica, &dominio, Some(testo))))
    }

    fn evento_acquisizione(&self, chiamata: &Chiamata, richiesta: &RichiestaRicevuta, contesto: &Contesto, pendenza: &Pendenza) -> store::eventi::Evento {
        let ricevuta = &richiesta.ricevuta;
        let mut evento = self.evento(chiamata, &richiesta.stazione, ricevuta.id_dominio.as_str());
        segna_pendenza(&mut evento, pendenza);
        evento.ccp = Some(ricevuta.receipt_id.clone());
        let del_dominio = contesto.dominio.stazione.as_deref() == Some(contesto.stazione.cod.as_str());
        let nota = if del_dominio { "" } else { " La stazione non e' quella del dominio." };
        evento.dettaglio_esito =
            Some(format!("Acquisita ricevuta di pagamento [IUV: {} CCP:{}] emessa da {}{nota}", ricevuta.iuv, ricevuta.receipt_id, ricevuta.psp.denominazione));
        evento.dati_pago_pa = Some(dati_pago_pa(richiesta, &ricevuta.id_dominio));
        evento
    }
}

fn dati_pago_pa(richiesta: &RichiestaRicevuta, dominio: &IdDominio) -> String {
    let psp = &richiesta.ricevuta.psp;
    serde_json::json!({
        "idPsp": psp.id,
        "idCanale": psp.id_canale,
        "tipoVersamento": richiesta.ricevuta.metodo,
        "modelloPagamento": "UNICO",
        "idIntermediario": richiesta.stazione.id_intermediario,
        "idStazione": richiesta.stazione.id_stazione,
        "idDominio": dominio.as_str(),
    })
    .to_string()
}

fn incasso(ricevuta: &Ricevuta, adesso: DateTime<Utc>) -> Incasso {
    Incasso {
        receipt_id: ricevuta.receipt_id.clone(),
        esito: if ricevuta.esito == EsitoPagamento::Ok { EsitoIncasso::Eseguito } else { EsitoIncasso::NonEseguito },
        data_pagamento: ricevuta.data_ora_pagamento.map_or(adesso, calendario::istante),
        commissioni: ricevuta.commissione,
        trasferimenti: ricevuta
            .trasferimenti
            .iter()
            .map(|t| TrasferimentoPagato { id: t.indice, importo: t.importo, dominio: t.id_dominio.clone(), proprio: None })
            .collect(),
    }
}

/// The attempt as the receipt closes it: the latest one while it waits, a row of its own when it was closed already or when there was none (stand-in).
fn transazione(ultimo: Option<&Transazione>, pendenza: &Pendenza, contesto: &Contesto, ricevuta: &Ricevuta, adesso: DateTime<Utc>) -> Transazione {
    let v2 = ricevuta.versione == Versione::V2;
    let id = ultimo.filter(|u| !u.con_rt).map_or_else(nuovo_id, |u| u.id);
    let ora_pagamento = ricevuta.data_ora_pagamento.map_or(adesso, calendario::istante);
    Transazione {
        id,
        dominio: pendenza.dominio.clone(),
        iuv: pendenza.iuv.clone(),
        ccp: ricevuta.receipt_id.clone(),
        pendenza: pendenza.id,
        versione: match ultimo.filter(|u| u.con_rpt) {
            Some(u) => u.versione.con_ricevuta(v2),
            None if v2 => VersioneTransazione::Sanp321V2,
            None => VersioneTransazione::Sanp240,
        },
        stato: Stato::RtAccettataPa,
        descrizione_stato: None,
        esito: if ricevuta.esito == EsitoPagamento::Ok { Esito::Eseguito } else { Esito::NonEseguito },
        data_richiesta: ultimo.map_or_else(|| ora_pagamento.min(adesso), |u| u.data_richiesta),
        data_ricevuta: Some(adesso),
        importo_pagato: Some(ricevuta.importo),
        stazione: contesto.dominio.stazione.clone().or_else(|| Some(contesto.stazione.cod.clone())),
        psp: Some(ricevuta.psp.id.clone()),
        intermediario_psp: ultimo.filter(|u| !u.con_rt).and_then(|u| u.intermediario_psp.clone()),
        canale: Some(ricevuta.psp.id_canale.clone()),
        tipo_versamento: ricevuta.metodo.clone(),
        attestante: Some((ricevuta.psp.codice_fiscale.clone().unwrap_or_else(|| ricevuta.psp.id.clone()), ricevuta.psp.denominazione.clone())),
        carrello: ultimo.and_then(|u| u.carrello.clone()),
        bloccante: ultimo.is_none_or(|u| u.bloccante),
        con_rpt: ultimo.is_some_and(|u| u.con_rpt),
        con_rt: true,
        pagamento: ultimo.filter(|u| !u.con_rt).and_then(|u| u.pagamento),
    }
}

/// An attempt that was refused may hold the receiptId that now is accepted: it takes back a number of its own.
async fn libera_ccp(tx: &Tx, tentativi: &[Transazione], accettata: &Transazione) -> Result<(), Errore> {
    for vecchio in tentativi.iter().filter(|t| t.ccp == accettata.ccp && t.id != accettata.id) {
        tx.aggiorna_transazione(&Transazione { ccp: vecchio.id.simple().to_string(), ..vecchio.clone() }).await?;
    }
    Ok(())
}

async fn scrivi_transazione(tx: &Tx, ultimo: Option<&Transazione>, transazione: &Transazione, rpt: Option<&[u8]>, rt: &[u8]) -> Result<(), Errore> {
    if ultimo.is_some_and(|u| u.id == transazione.id) {
        tx.aggiorna_transazione(transazione).await?;
    } else {
        tx.inserisci_transazione(transazione).await?;
        if let Some(rpt) = rpt {
            tx.salva_messaggio(transazione, Messaggio::Rpt, rpt).await?;
        }
    }
    tx.salva_messaggio(transazione, Messaggio::Rt, rt).await?;
    Ok(())
}
