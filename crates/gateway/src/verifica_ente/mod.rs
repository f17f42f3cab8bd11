//! Positions asked of the application that owns them: one that was never loaded, and one whose data are no longer certain (spec/1 sections 8.5 and 11,
//! spec/3 section 1.5).
//!
//! The call is always outside of a transaction and holds no connection of the database. Its bound is [`ente::VERIFICA_TEMPO_MAX`], and one operation asks
//! at most once: the node gives up after 7 seconds.

mod errore;
mod evento;
mod per_avviso;

use std::sync::Arc;

use codici::{IdDominio, NumeroAvviso};
use domain::Rifiuto;
use domain::anagrafica::{Anagrafica, Applicazione, ConnettoreEnte, SeEnteNonRisponde, Utenza};
use domain::chiamante::{Ambito, Chi, Chiamante};
use domain::pagabilita;
use domain::pendenza::{NuovaPendenza, Pendenza};
use domain::rifiuto::Codice;
use ente::{Domanda, ErroreVerifica, StatoNonPagabile, Verificata};

pub use errore::ErroreRicerca;
pub(crate) use evento::ChiamataEnte;

use crate::carica_pendenza::Provenienza;
use crate::{Errore, Gateway};

/// One question for every verification, when its keys are known (`it.govpay.api.ente.verificaPendenza.operazione`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperazioneVerifica {
    /// `getAvviso`.
    Avviso,
    /// `verifyPendenza`.
    Pendenza,
}

/// Who can be asked: an applicazione with its login.
#[derive(Clone)]
pub(crate) struct Gestore {
    pub applicazione: Arc<Applicazione>,
    pub utenza: Arc<Utenza>,
}

impl Gestore {
    fn di(anagrafica: &Anagrafica, applicazione: &Arc<Applicazione>) -> Option<Self> {
        let utenza = anagrafica.utenze.get(&applicazione.principal)?;
        Some(Self { applicazione: Arc::clone(applicazione), utenza: Arc::clone(utenza) })
    }

    fn connettore(&self) -> Option<&ConnettoreEnte> {
        self.applicazione.connettore.as_ref()
    }

    /// What the ente says of the dominio of its answer: an application makes no positions where it may not.
    fn puo_su(&self, nuova: &NuovaPendenza) -> Result<(), Rifiuto> {
        let uo = nuova.unita_operativa.as_deref();
        if self.utenza.su_uo(&nuova.dominio, uo) {
            return Ok(());
        }
        let chi = Chiamante::nuovo(Arc::clone(&self.utenza), Chi::Applicazione(Arc::clone(&self.applicazione)), Vec::new());
        Err(chi.non_autorizzato(Ambito { dominio: Some(nuova.dominio.as_str()), unita_operativa: uo, tipo_pendenza: None }))
    }
}

impl Gateway {
    /// The position of a notice: ours, else asked of the application that answers for its IUV, and stored.
    ///
    /// # Errors
    /// When nobody answers for it, or the answer is no position to be paid; each caller tells it in its own words.
    pub async fn pendenza_da_avviso(&self, dominio: &IdDominio, numero_avviso: &NumeroAvviso) -> Result<Pendenza, ErroreRicerca> {
        if let Some(pendenza) = self.store.pendenza_per_iuv(dominio, &numero_avviso.iuv()).await? {
            return Ok(pendenza);
        }
        self.pendenza_ignota(dominio, numero_avviso).await
    }

    /// As [`Self::pendenza_da_avviso`], for who has already looked.
    pub(crate) async fn pendenza_ignota(&self, dominio: &IdDominio, numero_avviso: &NumeroAvviso) -> Result<Pendenza, ErroreRicerca> {
        let Some(gestore) = self.gestore_di_iuv(dominio, numero_avviso).await? else { return Err(ErroreRicerca::SenzaApplicazione) };
        match self.chiedi_e_carica(&gestore, Domanda::Avviso { dominio, numero_avviso }, None).await {
            // Somebody else loaded it meanwhile, by another name.
            Err(rifiuto @ ErroreRicerca::NonCaricabile(_)) => self.store.pendenza_per_iuv(dominio, &numero_avviso.iuv()).await?.ok_or(rifiuto),
            esito => esito,
        }
    }

    /// The position of an application: ours, else asked of it, and stored.
    ///
    /// # Errors
    /// As [`Self::pendenza_da_avviso`]; APP_000 and APP_001 for an application that is not there or is switched off.
    pub async fn pendenza_da_riferimento(&self, id_a2a: &str, id_pendenza: &str) -> Result<Pendenza, ErroreRicerca> {
        if let Some(pendenza) = self.store.pendenza(id_a2a, id_pendenza).await? {
            return Ok(pendenza);
        }
        let app_000 = || ErroreRicerca::NonCaricabile(Codice::App000 { id_a2a: id_a2a.to_owned() }.into());
        let gestore = self.gestore(id_a2a).await?.ok_or_else(app_000)?;
        self.chiedi_e_carica(&gestore, Domanda::Pendenza { id_a2a, id_pendenza }, None).await
    }

    /// The same position with data that can be believed: one whose dataValidita has passed is asked of its ente again (spec/1 section 8.5).
    ///
    /// # Errors
    /// When the ente says that it is not to be paid; or does not say, and the tipo pendenza or the installation wants its word.
    pub async fn rinfresca_validita(&self, pendenza: Pendenza) -> Result<Pendenza, ErroreRicerca> {
        if !pagabilita::da_rinfrescare(&pendenza, self.adesso()) {
            return Ok(pendenza);
        }
        let esito = match self.gestore(&pendenza.id_a2a).await? {
            Some(gestore) => self.chiedi_e_carica(&gestore, self.domanda_su(&pendenza), Some(&pendenza)).await,
            None => Err(ErroreRicerca::SenzaConnettore),
        };
        match esito {
            Err(errore) => {
                let motivo = self.valgono_i_dati_noti(&pendenza, errore)?;
                tracing::warn!(pendenza.id = %pendenza.id, motivo, "data di validita' passata e l'ente non dice altro: valgono i dati noti");
                // Meanwhile it may have been paid.
                Ok(self.store.pendenza(&pendenza.id_a2a, &pendenza.id_pendenza).await?.unwrap_or(pendenza))
            }
            nuova => nuova,
        }
    }

    /// What becomes of a position past its dataValidita of which the ente gave no new data: why those that are known hold, or the refusal.
    pub(crate) fn valgono_i_dati_noti(&self, pendenza: &Pendenza, errore: ErroreRicerca) -> Result<&'static str, ErroreRicerca> {
        if errore.ferma_sempre() {
            return Err(errore);
        }
        match self.se_ente_non_risponde(pendenza) {
            SeEnteNonRisponde::Rifiuta => Err(errore.della_pendenza(pendenza)),
            SeEnteNonRisponde::PagaConIDatiNoti => Ok(errore.nome()),
        }
    }

    /// What holds for a position: the word of its tipo pendenza, else that of the installation.
    #[must_use]
    pub fn se_ente_non_risponde(&self, pendenza: &Pendenza) -> SeEnteNonRisponde {
        let usi = self.istantanea.attuale().usi_tipo(&pendenza.dominio, &pendenza.tipo_pendenza);
        let installazione = if self.impostazioni.validita_obbligatoria { SeEnteNonRisponde::Rifiuta } else { SeEnteNonRisponde::PagaConIDatiNoti };
        usi.and_then(|u| u.se_ente_non_risponde).unwrap_or(installazione)
    }

    /// Which question is asked about a position of which everything is known (spec/1 section 11.2).
    pub(crate) fn domanda_su<'a>(&self, pendenza: &'a Pendenza) -> Domanda<'a> {
        match self.impostazioni.operazione_verifica {
            Some(OperazioneVerifica::Pendenza) => Domanda::Pendenza { id_a2a: &pendenza.id_a2a, id_pendenza: &pendenza.id_pendenza },
            Some(OperazioneVerifica::Avviso) | None => Domanda::Avviso { dominio: &pendenza.dominio, numero_avviso: &pendenza.numero_avviso },
        }
    }

    pub(crate) async fn gestore_di_iuv(&self, dominio: &IdDominio, numero_avviso: &NumeroAvviso) -> Result<Option<Gestore>, Errore> {
        let iuv = numero_avviso.iuv();
        // Of a dominio that is not ours nobody is asked.
        self.trova_gestore(|a| a.dominio(dominio).and_then(|_| a.gestore_iuv(dominio, &iuv)).and_then(|app| Gestore::di(a, app))).await
    }

    pub(crate) async fn gestore(&self, id_a2a: &str) -> Result<Option<Gestore>, Errore> {
        self.trova_gestore(|a| a.applicazioni.get(id_a2a).and_then(|app| Gestore::di(a, app))).await
    }

    /// What is not in the anagrafica of now is looked for once more in a newer one, if there is one.
    async fn trova_gestore(&self, cerca: impl Fn(&Anagrafica) -> Option<Gestore>) -> Result<Option<Gestore>, Errore> {
        let trovato = cerca(&self.istantanea.attuale());
        if trovato.is_some() || !self.istantanea.rinfresca(&self.store).await? {
            return Ok(trovato);
        }
        Ok(cerca(&self.istantanea.attuale()))
    }

    async fn chiedi_e_carica(&self, gestore: &Gestore, domanda: Domanda<'_>, nota: Option<&Pendenza>) -> Result<Pendenza, ErroreRicerca> {
        let nuova = self.interroga(gestore, domanda, nota).await?;
        // Who is paying knows already: the tipo pendenza arms no message (spec/1 section 11.3).
        let caricata = self.carica_in_modo(&gestore.applicazione, &gestore.utenza, nuova, Provenienza::Verificata, true).await;
        caricata.map(|c| c.pendenza).map_err(ErroreRicerca::del_caricamento)
    }

    /// Asks, and stores nothing: the position as the ente has it, which this application may load.
    pub(crate) async fn interroga(&self, gestore: &Gestore, domanda: Domanda<'_>, nota: Option<&Pendenza>) -> Result<NuovaPendenza, ErroreRicerca> {
        let applicazione = &gestore.applicazione;
        let Some(connettore) = gestore.connettore() else { return Err(ErroreRicerca::SenzaConnettore) };
        if !gestore.utenza.abilitata {
            return Err(ErroreRicerca::NonCaricabile(Codice::App001 { id_a2a: applicazione.cod.clone() }.into()));
        }
        let chiamata = ChiamataEnte::verifica(&applicazione.cod, domanda, nota, self.adesso());
        let (mut esito, scambio) = outbound::osserva(self.ente.verifica(connettore, &domanda)).await;
        if let Ok(Verificata::NonEseguita(nuova)) = &esito
            && nuova.id_a2a != applicazione.cod
        {
            let motivo = "Il campo IdA2A della pendenza ricevuta dal servizio di verifica non e' quello dell'applicazione interrogata.".to_owned();
            esito = Err(ErroreVerifica::NonValida { motivo });
        }
        self.giornale.aggiungi_chiamata(chiamata.conclusa(self, &esito), scambio.as_ref());
        match esito {
            Ok(Verificata::NonEseguita(nuova)) => gestore.puo_su(&nuova).map(|()| *nuova).map_err(ErroreRicerca::NonCaricabile),
            Ok(Verificata::NonPagabile { stato, descrizione }) => Err(ErroreRicerca::NonPagabile { stato, descrizione }),
            // Asked for want of another, it may serve notifications alone.
            Err(ErroreVerifica::NonTrovata) if nota.is_none() && matches!(domanda, Domanda::Avviso { .. }) && applicazione.reg_exp_iuv.is_none() => {
                Err(ErroreRicerca::NonPagabile { stato: StatoNonPagabile::Sconosciuta, descrizione: None })
            }
            Err(errore) => Err(ErroreRicerca::della_verifica(&domanda, &applicazione.cod, &errore)),
        }
    }
}

impl ErroreRicerca {
    /// When the word of the ente is wanted, a position that it does not know, or about which nobody can be asked, is one whose time is over.
    fn della_pendenza(self, pendenza: &Pendenza) -> Self {
        let scaduta = |descrizione| Self::NonPagabile { stato: StatoNonPagabile::Scaduta, descrizione };
        match self {
            Self::NonPagabile { stato: StatoNonPagabile::Sconosciuta, descrizione } => scaduta(descrizione),
            Self::SenzaConnettore => scaduta(pendenza.data_validita.map(pagabilita::testo_scaduto)),
            altro => altro,
        }
    }
}
