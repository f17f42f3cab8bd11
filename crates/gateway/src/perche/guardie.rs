//! The walk over the guards, as the station does it.

use std::sync::Arc;

use domain::pagabilita::{self, Regola};
use domain::pendenza::caricamento::{self, Nascita};
use domain::pendenza::{Documento, NuovaPendenza, Pendenza, Preavvisi, Stato, Tipo};
use domain::{Anagrafica, Rifiuto};
use ente::Domanda;
use pagopa::messaggi::{Stazione as Indirizzo, Versione};
use pagopa::{CodiceFault, Operazione};
use uuid::Uuid;

use super::{Detto, Perche, Quale, Risponde, Sentirebbe, Verdetto};
use crate::attiva_pagamento::componi;
use crate::leggi_pendenza::non_trovata;
use crate::stazione::{Chiamata, Contesto, Genere, Passo, Principal, fault, impedito, non_acquisita};
use crate::verifica_avviso::dati;
use crate::verifica_ente::{ErroreRicerca, Gestore};
use crate::{Errore, Gateway, nuovo_id};

impl Gateway {
    /// The position alone, for who asks about one by its name.
    ///
    /// # Errors
    /// 404 when it is not here.
    pub async fn posizione(&self, id_a2a: &str, id_pendenza: &str) -> Result<Pendenza, Errore> {
        let trovata = self.store.pendenza(id_a2a, id_pendenza).await?;
        trovata.ok_or_else(|| Rifiuto::NonTrovato(non_trovata(id_a2a, id_pendenza)).into())
    }

    /// `verifica`: the ente may be asked, if the station would ask it. A caller sees this of its own positions; who it is, is looked at by the handler.
    ///
    /// # Errors
    /// Of the archive alone: that a notice cannot be paid is the answer.
    pub async fn perche(&self, quale: Quale, verifica: bool) -> Result<Perche, Errore> {
        let (dominio, numero_avviso, pendenza) = match quale {
            Quale::Avviso(dominio, numero) => {
                let pendenza = self.store.pendenza_per_iuv(&dominio, &numero.iuv()).await?;
                (dominio, numero, pendenza)
            }
            Quale::Pendenza(p) => (p.dominio.clone(), p.numero_avviso.clone(), Some(*p)),
        };
        let mut perche = Perche {
            istante: self.adesso(),
            guardie: Vec::new(),
            sentirebbe: Sentirebbe::SecondoLEnte,
            attivazioni: Vec::new(),
            risponde: Vec::new(),
            se_ente_non_risponde: pendenza.as_ref().map(|p| self.se_ente_non_risponde(p)),
            ente: None,
            pendenza,
            si_salverebbe: None,
            dominio,
            numero_avviso,
        };
        if let Some(contesto) = self.guarda_indirizzo(&mut perche).await? {
            self.guarda_posizione(&mut perche, &contesto, verifica).await?;
        }
        Ok(perche)
    }

    /// The guards of every call (spec/3 section 1.3), as the node would address the dominio by its configuration.
    async fn guarda_indirizzo(&self, perche: &mut Perche) -> Result<Option<Contesto>, Errore> {
        let anagrafica = self.istantanea.attuale();
        let dominio = perche.dominio.clone();
        let stazione = anagrafica.dominio(&dominio).and_then(|d| d.stazione.clone());
        let intermediario = stazione.as_ref().and_then(|s| anagrafica.stazioni.get(s)).map(|s| s.intermediario.clone());
        let confronto = vec![
            ("idDominio", dominio.to_string()),
            ("stazione", stazione.clone().unwrap_or_default()),
            ("intermediario", intermediario.clone().unwrap_or_default()),
        ];
        let principal = intermediario.as_ref().and_then(|i| anagrafica.intermediari.get(i)).and_then(|i| i.principal.clone());
        let chiamata = Chiamata {
            operazione: Operazione::PaVerifyPaymentNotice.nome(),
            principal: principal.map(Principal::Nome),
            id_transazione: String::new(),
            inizio: perche.istante,
        };
        if anagrafica.dominio(&dominio).is_some() && (stazione.is_none() || intermediario.is_none()) {
            let spiegazione = "Il dominio non ha una stazione censita: il nodo non ha un indirizzo a cui chiedere.";
            perche.nota("DOMINIO_CENSITO", Verdetto::Ferma, confronto, spiegazione);
            perche.sentirebbe = Sentirebbe::No(fault(CodiceFault::PaaStazioneIntErrata, &dominio, None));
            return Ok(None);
        }
        let indirizzo =
            Indirizzo { id_pa: dominio.to_string(), id_intermediario: intermediario.unwrap_or_default(), id_stazione: stazione.unwrap_or_default() };
        // Without a dominio there is no address to try: the first guard that matters is that of the dominio.
        let esito = if anagrafica.dominio(&dominio).is_none() {
            Err(fault(CodiceFault::PaaIdDominioErrato, &dominio, None))
        } else {
            self.contesto(&chiamata, &indirizzo, dominio.as_str(), Genere::Domanda).await?
        };
        match esito {
            Ok(contesto) => {
                perche.passa("DOMINIO_CENSITO", confronto, "Il dominio, la sua stazione e il suo intermediario sono censiti.");
                Ok(Some(contesto))
            }
            Err(f) => {
                perche.ferma_con("DOMINIO_CENSITO", confronto, f);
                Ok(None)
            }
        }
    }

    async fn guarda_posizione(&self, perche: &mut Perche, contesto: &Contesto, verifica: bool) -> Result<(), Errore> {
        let avviso = perche.numero_avviso.as_str().to_owned();
        let sonda = self.impostazioni.avvisi_sonda.contains(&avviso);
        let confronto = vec![("numeroAvviso", avviso)];
        if sonda {
            perche.ferma_con("AVVISO_SONDA", confronto, fault(CodiceFault::PaaPagamentoSconosciuto, &contesto.dominio.cod, None));
            return Ok(());
        }
        perche.passa("AVVISO_SONDA", confronto, "Non e' uno degli avvisi con cui pagoPA prova che la stazione risponda.");
        let Some(pendenza) = self.certa_a_secco(perche, verifica).await? else { return Ok(()) };
        self.guarda_stato(perche, contesto, &pendenza).await
    }

    /// What [`Gateway::verifica_avviso`] does before it looks at states, without storing. `None`: the answer is in `perche`.
    async fn certa_a_secco(&self, perche: &mut Perche, verifica: bool) -> Result<Option<Pendenza>, Errore> {
        let iuv = perche.numero_avviso.iuv();
        let confronto = vec![("idDominio", perche.dominio.to_string()), ("iuv", iuv.to_string())];
        match perche.pendenza.clone() {
            None => {
                let gestore = self.gestore_di_iuv(&perche.dominio, &perche.numero_avviso).await?;
                self.elenca_candidate(perche, gestore.as_ref().map(|g| g.applicazione.cod.as_str()));
                self.guarda_ignota(perche, confronto, gestore, verifica).await
            }
            Some(pendenza) => {
                perche.passa("PENDENZA_TROVATA", confronto, "La pendenza e' in archivio.");
                self.elenca_candidate(perche, Some(&pendenza.id_a2a));
                self.guarda_validita(perche, pendenza, verifica).await
            }
        }
    }

    async fn guarda_ignota(
        &self,
        perche: &mut Perche,
        confronto: Vec<(&'static str, String)>,
        gestore: Option<Gestore>,
        verifica: bool,
    ) -> Result<Option<Pendenza>, Errore> {
        let (dominio, numero_avviso) = (perche.dominio.clone(), perche.numero_avviso.clone());
        let domanda = Domanda::Avviso { dominio: &dominio, numero_avviso: &numero_avviso };
        let esito = match &gestore {
            None => Err(ErroreRicerca::SenzaApplicazione),
            Some(g) if g.applicazione.connettore.is_none() => Err(ErroreRicerca::SenzaConnettore),
            Some(_) if !verifica => {
                let spiegazione = "La pendenza non e' in archivio: la stazione la chiederebbe all'applicazione che risponde per l'avviso.";
                perche.nota("PENDENZA_TROVATA", Verdetto::Sospesa, confronto, spiegazione);
                return Ok(None);
            }
            Some(g) => self.a_secco(perche, g, domanda).await,
        };
        match esito {
            Ok(pendenza) => {
                perche.passa("PENDENZA_TROVATA", confronto, "La pendenza non e' in archivio: l'ha data l'applicazione che risponde per l'avviso.");
                Ok(Some(pendenza))
            }
            Err(errore) => {
                let spiegazione = spiega(&errore);
                let f = non_acquisita(errore, &dominio, Passo::Verifica)?;
                perche.ferma_con("PENDENZA_TROVATA", confronto, f);
                if let Some(g) = perche.guardie.last_mut() {
                    g.spiegazione = spiegazione;
                }
                Ok(None)
            }
        }
    }

    async fn guarda_validita(&self, perche: &mut Perche, pendenza: Pendenza, verifica: bool) -> Result<Option<Pendenza>, Errore> {
        let oggi = domain::calendario::oggi(perche.istante);
        let confronto = vec![("dataValidita", pendenza.data_validita.map(|d| d.to_string()).unwrap_or_default()), ("oggi", oggi.to_string())];
        if !pagabilita::da_rinfrescare(&pendenza, perche.istante) {
            perche.passa("VALIDITA", confronto, "I dati non vanno chiesti di nuovo all'ente.");
            return Ok(Some(pendenza));
        }
        let esito = match self.gestore(&pendenza.id_a2a).await? {
            Some(g) if g.applicazione.connettore.is_some() && !verifica => {
                let spiegazione = "La data di validita' e' passata: la stazione chiederebbe i dati all'ente.";
                perche.nota("VALIDITA", Verdetto::Sospesa, confronto, spiegazione);
                return Ok(None);
            }
            Some(g) => self.a_secco(perche, &g, self.domanda_su(&pendenza)).await,
            None => Err(ErroreRicerca::SenzaConnettore),
        };
        match esito {
            Ok(nuova) => {
                perche.passa("VALIDITA", confronto, "La data di validita' era passata: l'ente ha dato dati nuovi.");
                Ok(Some(nuova))
            }
            Err(errore) => match self.valgono_i_dati_noti(&pendenza, errore) {
                Ok(motivo) => {
                    perche.passa("VALIDITA", confronto, format!("La data di validita' e' passata e l'ente non dice altro ({motivo}): valgono i dati noti."));
                    Ok(Some(pendenza))
                }
                Err(errore) => {
                    let f = non_acquisita(errore, &pendenza.dominio, Passo::Verifica)?;
                    perche.ferma_con("VALIDITA", confronto, f);
                    Ok(None)
                }
            },
        }
    }

    /// The guards on the state, then the answers that would be composed.
    async fn guarda_stato(&self, perche: &mut Perche, contesto: &Contesto, pendenza: &Pendenza) -> Result<(), Errore> {
        for regola in Regola::TUTTE {
            let confronto = regola.confronto(pendenza, perche.istante);
            match regola.impedimento(pendenza, perche.istante) {
                None => perche.passa(regola.codice(), confronto, "Non ferma il pagamento."),
                Some(impedimento) => {
                    let impedimento = self.con_primo_pagamento(pendenza, impedimento).await?;
                    perche.ferma_con(regola.codice(), confronto, impedito(impedimento, &pendenza.dominio));
                    return Ok(());
                }
            }
        }
        perche.sentirebbe = Sentirebbe::Si(Box::new(dati(pendenza, contesto)));
        perche.attivazioni = [Versione::V1, Versione::V2]
            .map(|versione| (Operazione::attivazione(versione), componi(pendenza, contesto, versione, None).err()))
            .into_iter()
            .collect();
        Ok(())
    }

    /// Asks the ente, and makes of its answer the position that would have been stored.
    async fn a_secco(&self, perche: &mut Perche, gestore: &Gestore, domanda: Domanda<'_>) -> Result<Pendenza, ErroreRicerca> {
        let nota = perche.pendenza.clone();
        let risposta = self.interroga(gestore, domanda, nota.as_ref()).await;
        let esito = match risposta {
            Ok(nuova) => self.caricata_a_secco(gestore, nuova, nota).await,
            Err(errore) => Err(errore),
        };
        if !matches!(esito, Err(ErroreRicerca::SenzaConnettore)) {
            let (come, descrizione) = match &esito {
                Ok(_) => ("NON_ESEGUITA", None),
                Err(errore) => (errore.nome(), Some(errore.to_string())),
            };
            perche.ente = Some(Detto { domanda: domanda.tipo_evento(), esito: come, descrizione });
        }
        perche.si_salverebbe = esito.as_ref().ok().cloned();
        esito
    }

    /// The rules of the load on values alone.
    async fn caricata_a_secco(&self, gestore: &Gestore, nuova: NuovaPendenza, nota: Option<Pendenza>) -> Result<Pendenza, ErroreRicerca> {
        let (_, risolta) = self.risolvi(&nuova, &gestore.applicazione, &gestore.utenza).await.map_err(ErroreRicerca::del_caricamento)?;
        let rifiuto = ErroreRicerca::NonCaricabile;
        caricamento::controlla_voci(&nuova).map_err(rifiuto)?;
        let stored = match nota {
            Some(nota) if nota.id_pendenza == nuova.id_pendenza => Some(nota),
            _ => self.store.pendenza(&nuova.id_a2a, &nuova.id_pendenza).await?,
        };
        let documento =
            nuova.documento.as_ref().map(|d| Documento { id: nuovo_id(), identificativo: d.identificativo.clone(), descrizione: d.descrizione.clone() });
        match stored {
            Some(stored) if stored.stato != Stato::NonEseguito => caricamento::stesso_avviso(&stored, &nuova).map(|()| stored).map_err(rifiuto),
            Some(stored) => caricamento::aggiorna(&stored, nuova, risolta, documento, self.adesso()).map_err(rifiuto),
            None => {
                let Some(numero_avviso) = nuova.numero_avviso.clone() else { return Err(ErroreRicerca::SenzaApplicazione) };
                let uuid = Uuid::new_v4().simple().to_string();
                let preavvisi = Preavvisi::default();
                let nascita = Nascita { id: nuovo_id(), uuid, adesso: self.adesso(), numero_avviso, tipo: Tipo::Dovuto, preavvisi };
                Ok(caricamento::crea(nuova, risolta, documento, nascita))
            }
        }
    }

    fn elenca_candidate(&self, perche: &mut Perche, scelta: Option<&str>) {
        let anagrafica: Arc<Anagrafica> = self.istantanea.attuale();
        let iuv = perche.numero_avviso.iuv();
        let una = |c: domain::anagrafica::gestore::Candidata<'_>| Risponde {
            id_a2a: c.applicazione.cod.clone(),
            su_dominio: c.su_dominio,
            reg_exp: c.applicazione.reg_exp_iuv.as_ref().map(|e| e.as_str().to_owned()),
            riconosce: c.riconosce,
            versione: c.applicazione.connettore.as_ref().map(|c| c.versione),
            scelta: Some(c.applicazione.cod.as_str()) == scelta,
        };
        perche.risponde = anagrafica.candidate(&perche.dominio, &iuv).map(una).collect();
    }
}

fn spiega(errore: &ErroreRicerca) -> String {
    match errore {
        ErroreRicerca::SenzaApplicazione => "La pendenza non e' in archivio e nessuna applicazione risponde per lo iuv.".to_owned(),
        ErroreRicerca::SenzaConnettore => "La pendenza non e' in archivio e l'applicazione che risponde per lo iuv non ha un connettore.".to_owned(),
        altro => format!("La pendenza non e' in archivio e l'applicazione che risponde per lo iuv non la da': {altro}"),
    }
}
