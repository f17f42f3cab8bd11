//! paaInviaRT: an RT has come (spec/3 section 1.12.6), by the node or by hand (1.12.8).
//!
//! Everything that it changes is written in one transaction that is durable before OK is answered. The row of the position is locked first; the
//! payment of the portal last, so that the RT of one cart are one after the other.

use chrono::{DateTime, NaiveTime, Utc};
use codici::IdDominio;
use domain::anagrafica::RicevutaRipetuta;
use domain::chiamante::Chiamante;
use domain::ricevuta::{self as regole, DatiPropri, EsitoIncasso, Incasso, TrasferimentoPagato};
use domain::transazione::{Esito, Stato, Transazione, Versione};
use domain::{Pendenza, Rifiuto, calendario, notifica};
use pagopa::semantica::Confronto;
use pagopa::vecchio::semantica::Attesi;
use pagopa::vecchio::{EsitoRt, Intestazione, Operazione, Risposta, Rt, leggi_rt};
use pagopa::{CodiceFault, Fault};
use store::transazioni::{Messaggio, RicevutaEstranea};
use store::{Corsia, Tx};

use super::{DatiPsp, MODELLO_PSP, fault, indirizzo, psp_di};
use crate::stazione::{Chiamata, Contesto, Genere, Principal, con_fault};
use crate::verifica_avviso::segna_pendenza;
use crate::{Errore, Gateway, marca, nuovi_id};

/// How an acquisition ended.
enum Acquisita {
    Nuova { notificare: bool },
    Ripetuta,
}

/// Who brings it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mano {
    Nodo,
    /// Somebody of the back office: an RT that is there already may be replaced.
    Ufficio,
}

impl Gateway {
    /// `rt`: the document, decoded; its bytes are kept as they are.
    pub async fn invia_rt(&self, chiamata: &Chiamata, intestazione: &Intestazione, rt: &[u8]) -> Result<Risposta, Errore> {
        Ok(match self.prendi_rt(chiamata, intestazione, rt, Mano::Nodo).await? {
            Ok(()) => Risposta::RtAcquisita,
            Err(f) => Risposta::Rifiuto(Operazione::PaaInviaRt, f),
        })
    }

    /// The same for an RT that somebody brings by hand, and the attempt that it closed.
    ///
    /// # Errors
    /// 403 for a dominio that is not the caller's; 422 with what the node would have heard.
    pub(crate) async fn acquisisci_rt(&self, chiamante: &Chiamante, rt: &Rt, byte: &[u8], id_transazione: String) -> Result<(Transazione, Pendenza), Errore> {
        let non_valida = |perche: &str| Rifiuto::Semantica(format!("RT non valida: {perche}"));
        let dominio = IdDominio::leggi(&rt.beneficiario.0).ok_or_else(|| non_valida("l'ente beneficiario non e' un dominio"))?;
        chiamante.su_dominio(&dominio)?;
        let anagrafica = self.istantanea.attuale();
        let stazione = anagrafica.dominio(&dominio).and_then(|d| d.stazione.as_ref()).and_then(|s| anagrafica.stazioni.get(s));
        let stazione = stazione.ok_or_else(|| non_valida("il dominio non ha una stazione"))?;
        let intestazione = Intestazione {
            id_intermediario: stazione.intermediario.clone(),
            id_stazione: stazione.cod.clone(),
            id_dominio: dominio.to_string(),
            iuv: rt.iuv.clone(),
            ccp: rt.ccp.clone(),
        };
        let principal = Some(Principal::Ufficio(chiamante.utenza.principal.clone()));
        let chiamata = Chiamata { operazione: Operazione::PaaInviaRt.nome(), principal, id_transazione, inizio: self.adesso() };
        if let Err(f) = self.prendi_rt(&chiamata, &intestazione, byte, Mano::Ufficio).await? {
            let descrizione = f.descrizione.unwrap_or_else(|| f.codice.testo().to_owned());
            return Err(non_valida(&descrizione).into());
        }
        let trovata = self.transazione(&dominio, rt.iuv.as_str(), &rt.ccp).await?;
        trovata.ok_or_else(|| Errore::Configurazione("RT acquisita e non piu' in archivio".to_owned()))
    }

    async fn prendi_rt(&self, chiamata: &Chiamata, i: &Intestazione, rt: &[u8], mano: Mano) -> Result<Result<(), Fault>, Errore> {
        let senza_psp = DatiPsp { modello: MODELLO_PSP, ..DatiPsp::default() };
        match self.acquisisci_documento(chiamata, i, rt, mano).await? {
            Ok(Acquisita::Nuova { notificare }) => {
                if notificare {
                    self.campanello.notify_one();
                }
                Ok(Ok(()))
            }
            Ok(Acquisita::Ripetuta) => {
                self.giornale.aggiungi(self.evento_vecchio(chiamata, i, &senza_psp));
                Ok(Ok(()))
            }
            Err(f) => {
                let nota = self.tentativo_di(i).await?;
                let psp = nota.as_ref().map_or(senza_psp, psp_di);
                self.giornale.aggiungi(con_fault(self.evento_vecchio(chiamata, i, &psp), &f));
                Ok(Err(f))
            }
        }
    }

    async fn tentativo_di(&self, i: &Intestazione) -> Result<Option<Transazione>, Errore> {
        let Some(dominio) = IdDominio::leggi(&i.id_dominio) else { return Ok(None) };
        Ok(self.store.transazione_per_chiave(&dominio, i.iuv.as_str(), &i.ccp).await?)
    }

    async fn acquisisci_documento(&self, chiamata: &Chiamata, i: &Intestazione, byte: &[u8], mano: Mano) -> Result<Result<Acquisita, Fault>, Errore> {
        let contesto = match self.contesto(chiamata, &indirizzo(i), &i.id_dominio, Genere::Ricevuta).await? {
            Ok(contesto) => contesto,
            Err(f) => return Ok(Err(f)),
        };
        let dominio = &contesto.dominio.cod;
        let letta = leggi_rt(byte);
        let tx = self.store.begin(Corsia::Stazione).await?;
        let pendenza = tx.blocca_pendenza_per_iuv(dominio, &i.iuv).await?;
        let tentativi = tx.transazioni_per_iuv(dominio, &i.iuv).await?;
        let Some((pendenza, t)) = pendenza.zip(tentativi.into_iter().find(|t| t.ccp == i.ccp)) else {
            self.tieni_rt_estranea(tx, i, &contesto, letta.ok().as_ref(), byte).await?;
            return Ok(Err(fault(CodiceFault::PaaRptSconosciuta, i, None)));
        };
        if let Some(esito) = guardie_della_mano(mano, i, &contesto, &t) {
            return Ok(esito);
        }
        let rt = match letta {
            Ok(rt) => rt,
            // By hand, what is no RT leaves the one that was there.
            Err(difetto) if mano == Mano::Ufficio => return Ok(Err(fault(CodiceFault::PaaSintassiXsd, i, Some(difetto)))),
            Err(difetto) => return rifiuta(tx, i, &t, CodiceFault::PaaSintassiXsd, difetto, byte).await,
        };
        if mano == Mano::Nodo && gia_acquisita(&tx, &t, &rt).await? {
            tx.aggiorna_transazione(&Transazione { stato: Stato::RtAccettataPa, ..t.clone() }).await?;
            tx.commit().await?;
            let testo = format!("RT già acquisita in data {}", quando(&t, "%Y-%m-%dT%H:%M:%S"));
            return Ok(Err(fault(CodiceFault::PaaRtDuplicata, i, Some(testo))));
        }
        if mano == Mano::Ufficio && !matches!(t.esito, Esito::InCorso | Esito::NonEseguito | Esito::DecorrenzaTermini | Esito::Rifiutato) {
            let testo = format!("Aggiornamento di RT in pagamenti con esito {} non supportata.", nome_esito(t.esito));
            return Ok(Err(fault(CodiceFault::PaaRtDuplicata, i, Some(testo))));
        }
        match tx.messaggio(&t, Messaggio::Rpt).await?.as_deref().map(Attesi::leggi).transpose() {
            Ok(attesi) => match attesi.map(|a| a.confronta(&rt)) {
                Some(Confronto::Rifiuto(testo)) => return rifiuta(tx, i, &t, CodiceFault::PaaSemantica, testo, byte).await,
                Some(Confronto::Accettata(avvertenze)) if !avvertenze.is_empty() => {
                    let campi: Vec<&str> = avvertenze.iter().map(|a| a.campo).collect();
                    tracing::info!(dominio = %pendenza.dominio, iuv = %pendenza.iuv, ?campi, "RT diversa dalla richiesta");
                }
                Some(Confronto::Accettata(_)) | None => {}
            },
            Err(e) => return Ok(Err(fault(CodiceFault::PaaSystemError, i, Some(e.dettaglio().to_owned())))),
        }
        let notificare = self.accetta_rt(tx, chiamata, i, &contesto, &pendenza, &t, &rt, byte).await?;
        Ok(Ok(Acquisita::Nuova { notificare }))
    }

    #[expect(clippy::too_many_arguments, reason = "tutto cio' che le guardie hanno trovato, una volta sola")]
    async fn accetta_rt(
        &self,
        tx: Tx,
        chiamata: &Chiamata,
        i: &Intestazione,
        contesto: &Contesto,
        pendenza: &Pendenza,
        t: &Transazione,
        rt: &Rt,
        byte: &[u8],
    ) -> Result<bool, Errore> {
        let adesso = self.adesso();
        let accettata = Transazione {
            stato: Stato::RtAccettataPa,
            descrizione_stato: None,
            esito: esito(rt.esito),
            data_ricevuta: Some(adesso),
            importo_pagato: Some(rt.importo),
            attestante: Some((rt.attestante.1.clone(), rt.attestante.2.clone())),
            con_rt: true,
            ..t.clone()
        };
        tx.aggiorna_transazione(&accettata).await?;
        tx.sostituisci_messaggio(&accettata, Messaggio::Rt, byte).await?;
        let effetto = regole::applica(pendenza, &incasso(rt, &pendenza.dominio, adesso), &contesto.anagrafica, adesso);
        self.aggiorna_pendenza(&tx, pendenza, &effetto.pendenza).await?;
        tx.inserisci_riscossioni(pendenza, &accettata, &effetto.riscossioni, nuovi_id()).await?;
        tx.sana_rendicontazioni(pendenza, &effetto.riscossioni, &contesto.anagrafica).await?;
        tx.registra(pendenza, &effetto.movimenti, nuovi_id(), adesso).await?;
        let notificare = self.accoda(&tx, &contesto.anagrafica, pendenza, &accettata, notifica::Tipo::Ricevuta, adesso).await?;
        self.segui_pagamento(&tx, &accettata).await?;
        let mut evento = self.evento_vecchio(chiamata, i, &psp_di(&accettata));
        segna_pendenza(&mut evento, pendenza);
        evento.dettaglio_esito = Some(format!("Acquisita ricevuta di pagamento [IUV: {} CCP:{}] emessa da {}", i.iuv, i.ccp, rt.attestante.2));
        if let Some(nota) = marca::annota(&marca::di_rt(pendenza, rt)) {
            evento.dettaglio_esito = evento.dettaglio_esito.map(|d| format!("{d} {nota}"));
        }
        tx.evento(evento).await?;
        tx.commit().await?;
        Ok(notificare)
    }

    /// Money for an attempt that we do not know: kept, though it is refused. What cannot be read says nothing about money.
    async fn tieni_rt_estranea(&self, tx: Tx, i: &Intestazione, contesto: &Contesto, rt: Option<&Rt>, byte: &[u8]) -> Result<(), Errore> {
        let Some(rt) = rt else { return Ok(tx.rollback().await?) };
        let estranea = RicevutaEstranea {
            dominio: &contesto.dominio.cod,
            receipt_id: &i.ccp,
            iuv: i.iuv.as_str(),
            stazione: &contesto.stazione.cod,
            importo: rt.importo,
            ricevuta_il: self.adesso(),
            contenuto: byte,
        };
        if tx.inserisci_ricevuta_estranea(&estranea).await? {
            metrics::counter!("fiorino_ricevute_estranee_total").increment(1);
        }
        Ok(tx.commit().await?)
    }
}

/// What an attempt that was found already refuses: an RT that is there (spec/3 section 1.12.6 step 3), or a model that the hand does not replace.
fn guardie_della_mano(mano: Mano, i: &Intestazione, contesto: &Contesto, t: &Transazione) -> Option<Result<Acquisita, Fault>> {
    match mano {
        Mano::Nodo if t.stato == Stato::RtAccettataPa => {
            if contesto.stazione.ricevuta_ripetuta == RicevutaRipetuta::Ok {
                return Some(Ok(Acquisita::Ripetuta));
            }
            let testo =
                format!("La ricevuta [Dominio: {}, IUV: {}, ReceiptID: {}] è già acquisita in data {}.", t.dominio, t.iuv, t.ccp, quando(t, "%Y-%m-%d %H:%M"));
            Some(Err(fault(CodiceFault::PaaReceiptDuplicata, i, Some(testo))))
        }
        Mano::Ufficio if t.versione != Versione::Sanp230 => {
            let testo = format!("Aggiornamento di RT versione {} non supportata tramite cruscotto.", t.versione.codice());
            Some(Err(fault(CodiceFault::PaaRptSconosciuta, i, Some(testo))))
        }
        Mano::Nodo | Mano::Ufficio => None,
    }
}

fn quando(t: &Transazione, forma: &str) -> String {
    t.data_ricevuta.map_or_else(|| "N.D.".to_owned(), |d| calendario::ora_locale(d).format(forma).to_string())
}

/// A migrated archive may hold an RT whose state was not written (spec/3 section 1.12.6 step 5).
async fn gia_acquisita(tx: &Tx, t: &Transazione, rt: &Rt) -> Result<bool, Errore> {
    let a_meta = matches!(t.stato, Stato::RptAccettataNodo | Stato::RptAccettataPsp) && t.esito != Esito::InCorso;
    if !(t.con_rt && a_meta && t.importo_pagato.is_some() && t.attestante.is_some()) {
        return Ok(false);
    }
    let tenuta = tx.messaggio(t, Messaggio::Rt).await?;
    Ok(tenuta.and_then(|byte| leggi_rt(&byte).ok()).is_some_and(|t| t.id_messaggio == rt.id_messaggio))
}

/// Kept, with the first reason; a good one that comes later takes its place.
async fn rifiuta(tx: Tx, i: &Intestazione, t: &Transazione, codice: CodiceFault, testo: String, byte: &[u8]) -> Result<Result<Acquisita, Fault>, Errore> {
    let rifiutata = Transazione { stato: Stato::RtRifiutataPa, descrizione_stato: Some(testo.clone()), con_rt: true, ..t.clone() };
    tx.aggiorna_transazione(&rifiutata).await?;
    tx.sostituisci_messaggio(&rifiutata, Messaggio::Rt, byte).await?;
    tx.commit().await?;
    Ok(Err(fault(codice, i, Some(testo))))
}

const fn esito(esito: EsitoRt) -> Esito {
    match esito {
        EsitoRt::Eseguito => Esito::Eseguito,
        EsitoRt::NonEseguito => Esito::NonEseguito,
        EsitoRt::ParzialmenteEseguito => Esito::ParzialmenteEseguito,
        EsitoRt::DecorrenzaTermini => Esito::DecorrenzaTermini,
        EsitoRt::DecorrenzaTerminiParziale => Esito::DecorrenzaTerminiParziale,
    }
}

/// As the texts of refusals name it.
const fn nome_esito(esito: Esito) -> &'static str {
    match esito {
        Esito::Eseguito => EsitoRt::Eseguito.nome(),
        Esito::NonEseguito => EsitoRt::NonEseguito.nome(),
        Esito::ParzialmenteEseguito => EsitoRt::ParzialmenteEseguito.nome(),
        Esito::DecorrenzaTermini => EsitoRt::DecorrenzaTermini.nome(),
        Esito::DecorrenzaTerminiParziale => EsitoRt::DecorrenzaTerminiParziale.nome(),
        Esito::InCorso => "IN_CORSO",
        Esito::Rifiutato => "RIFIUTATO",
    }
}

fn incasso(rt: &Rt, dominio: &IdDominio, adesso: DateTime<Utc>) -> Incasso {
    let giorno = |d: chrono::NaiveDate| calendario::istante(d.and_time(NaiveTime::MIN));
    let trasferimento = |(id, p): (u8, &pagopa::vecchio::rt::Pagamento)| TrasferimentoPagato {
        id,
        importo: p.importo,
        dominio: dominio.clone(),
        proprio: Some(DatiPropri { iur: p.iur.clone(), data: giorno(p.data), commissioni: p.commissioni }),
    };
    Incasso {
        receipt_id: rt.ccp.clone(),
        esito: match rt.esito {
            EsitoRt::Eseguito => EsitoIncasso::Eseguito,
            EsitoRt::ParzialmenteEseguito | EsitoRt::DecorrenzaTerminiParziale => EsitoIncasso::Parziale,
            EsitoRt::NonEseguito | EsitoRt::DecorrenzaTermini => EsitoIncasso::NonEseguito,
        },
        data_pagamento: rt.pagamenti.first().map_or(adesso, |p| giorno(p.data)),
        commissioni: None,
        trasferimenti: (1_u8..).zip(&rt.pagamenti).map(trasferimento).collect(),
    }
}
