//! Pendenze that are made from a form (spec/1 section 10.3). Those of an application go to the archive; those of a visitor wait as bozze of its session,
//! with the number that they will have, until they are paid or their avviso is asked for;
//! the bozza then stays, as the link of its session to the row, until its day is over.

use codici::{IdDominio, NumeroAvviso};
use domain::chiamante::{Ambito, Chi, Chiamante};
use domain::pendenza::caricamento;
use domain::pendenza::{Documento, NuovaPendenza, Pendenza, Stato, Tipo};
use domain::rifiuto::Codice;
use domain::{Rifiuto, registro};
use store::bozze::Bozza;
use store::{Corsia, ErroreStore, Tx, Vincolo};

use super::Contesto;
use super::risolvi::{DaArchiviare, modulo};
use crate::accesso::sessione::IdSessione;
use crate::carica_pendenza::{Caricata, Provenienza, documento, nascita};
use crate::modulo::NonValida;
use crate::{Errore, Gateway, nuovi_id, nuovo_id};

/// A form that was filled in.
pub struct Compilato {
    pub chiamante: Chiamante,
    /// Of a citizen or of nobody: where the pendenza is kept.
    pub sessione: Option<IdSessione>,
    pub dominio: IdDominio,
    pub tipo_pendenza: String,
    pub unita_operativa: Option<String>,
    /// JSON, as it came.
    pub corpo: String,
    /// The pendenza that it changes.
    pub da_aggiornare: Option<(String, String)>,
    pub contesto: Contesto,
}

const NON_DEL_CHIAMANTE: &str =
    "Impossibile effettuare l'operazione di aggiornamento, i paramentri 'idA2A' e 'idPendenza' non corrispondono a nessuna pendenza disponibile per l'utenza.";

impl Gateway {
    /// What the session of the caller holds to be changed (422), before anybody looks at what the caller may do.
    pub async fn controlla_aggiornamento(&self, c: &Compilato) -> Result<(), Errore> {
        let Some((id_a2a, id_pendenza)) = &c.da_aggiornare else { return Ok(()) };
        if matches!(c.chiamante.chi, Chi::Cittadino(_) | Chi::Anonimo) {
            if self.bozza(c.sessione.as_ref(), id_a2a, id_pendenza).await?.is_none() {
                return Err(Rifiuto::Semantica(NON_DEL_CHIAMANTE.to_owned()).into());
            }
        } else if self.gestore(id_a2a).await?.is_none() {
            return Err(Rifiuto::NonTrovato(format!("Applicazione [{id_a2a}] non trovata.")).into());
        }
        Ok(())
    }

    /// Spec/1 section 10.3. For a visitor the session must be open.
    pub async fn crea_spontanea(&self, c: &Compilato) -> Result<Caricata, Errore> {
        let utenza = &c.chiamante.utenza;
        if !utenza.su_uo(&c.dominio, c.unita_operativa.as_deref()) || !utenza.su_tipo(&c.tipo_pendenza) {
            let ambito = Ambito { dominio: Some(c.dominio.as_str()), unita_operativa: None, tipo_pendenza: Some(&c.tipo_pendenza) };
            return Err(c.chiamante.non_autorizzato(ambito).into());
        }
        let forma = modulo(&c.dominio, &c.tipo_pendenza, c.unita_operativa.as_deref(), &c.corpo, &c.contesto, NonValida::Sintassi);
        let mut nuova = self.compila_modulo(forma).await?;
        if let Chi::Applicazione(a) = &c.chiamante.chi
            && a.cod != nuova.id_a2a
        {
            return Err(Rifiuto::from(Codice::App002 { autenticata: a.cod.clone(), chiamante: nuova.id_a2a }).into());
        }
        if let Some((id_a2a, id_pendenza)) = &c.da_aggiornare {
            (nuova.id_a2a, nuova.id_pendenza) = (id_a2a.clone(), id_pendenza.clone());
        }
        let (applicazione, login) = self.proprietario(&nuova.id_a2a).await?;
        match (&c.chiamante.chi, &c.sessione) {
            (Chi::Cittadino(_) | Chi::Anonimo, Some(sessione)) => self.tieni(sessione, DaArchiviare::nuova(self, nuova, applicazione, login).await?).await,
            (Chi::Cittadino(_) | Chi::Anonimo, None) => Err(Errore::Configurazione("una pendenza di sessione senza sessione".to_owned())),
            _ => self.carica(&applicazione, &login, nuova, Provenienza::Inviata(Tipo::Spontaneo)).await,
        }
    }

    /// Into the session, with a number of its own; over the one of the same key, whose number it keeps.
    async fn tieni(&self, sessione: &IdSessione, da: DaArchiviare) -> Result<Caricata, Errore> {
        caricamento::controlla_voci(&da.nuova)?;
        let anagrafica = self.istantanea.attuale();
        let adesso = self.adesso();
        // Its id is only its own until it is in the archive.
        let documento =
            da.nuova.documento.as_ref().map(|d| Documento { id: nuovo_id(), identificativo: d.identificativo.clone(), descrizione: d.descrizione.clone() });
        let allegati = da.nuova.allegati.clone();
        let prima = self.store.bozza(&sessione.hash(), &da.nuova.id_a2a, &da.nuova.id_pendenza, adesso).await?;
        let (creata, pendenza) = match prima {
            Some(b) => {
                // Once in the archive it is what the archive says: paid, it is not changed any more (VER_003).
                let com_e = self.archiviata(&b).await?.unwrap_or(b.pendenza);
                (false, caricamento::aggiorna(&com_e, da.nuova, da.risolta, documento, adesso)?)
            }
            None => {
                let numero_avviso = match &da.nuova.numero_avviso {
                    Some(dato) => {
                        caricamento::controlla_numero_avviso(&da.nuova, dato, &anagrafica)?;
                        dato.clone()
                    }
                    None => self.genera_numero(&da.nuova, &da.risolta, &da.applicazione, &anagrafica).await?.avviso,
                };
                let nata = nascita(numero_avviso, adesso, Tipo::Spontaneo, da.preavvisi);
                (true, caricamento::crea(da.nuova, da.risolta, documento, nata))
            }
        };
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.salva_bozza(&sessione.hash(), &Bozza { pendenza: pendenza.clone(), allegati }, adesso).await?;
        tx.commit().await?;
        Ok(Caricata { creata, pendenza })
    }

    /// The row that a bozza has become. One of the same key that another made has another UUID.
    pub(super) async fn archiviata(&self, b: &Bozza) -> Result<Option<Pendenza>, Errore> {
        let riga = self.store.pendenza(&b.pendenza.id_a2a, &b.pendenza.id_pendenza).await?;
        Ok(riga.filter(|p| p.uuid == b.pendenza.uuid))
    }

    /// What a visitor made, by its key. Nobody without a session has any.
    pub async fn bozza(&self, sessione: Option<&IdSessione>, id_a2a: &str, id_pendenza: &str) -> Result<Option<Bozza>, Errore> {
        let Some(sessione) = sessione else { return Ok(None) };
        Ok(self.store.bozza(&sessione.hash(), id_a2a, id_pendenza, self.adesso()).await?)
    }

    /// The same by its number.
    pub async fn bozza_per_avviso(&self, sessione: Option<&IdSessione>, dominio: &IdDominio, numero: &NumeroAvviso) -> Result<Option<Bozza>, Errore> {
        let Some(sessione) = sessione else { return Ok(None) };
        Ok(self.store.bozza_per_iuv(&sessione.hash(), dominio, &numero.iuv(), self.adesso()).await?)
    }

    /// Puts a bozza into the archive: its avviso was asked for. Another session may have been first with the same key: VER_024, or VER_003 once paid.
    /// Its session goes on finding it: paper is given to who made it alone (spec/1 section 2.4).
    pub async fn archivia_bozza(&self, bozza: Bozza) -> Result<Pendenza, Errore> {
        let nuova = come_inviata(&bozza);
        let (applicazione, utenza) = self.proprietario(&nuova.id_a2a).await?;
        let da = DaArchiviare { bozza: Some(bozza), ..DaArchiviare::nuova(self, nuova, applicazione, utenza).await? };
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let pendenza = self.archivia(&tx, &da, None, false).await?;
        tx.commit().await?;
        Ok(pendenza)
    }

    /// Forgets the bozze whose time is over. Tells how many they were.
    pub async fn pulisci_bozze(&self) -> Result<u64, Errore> {
        Ok(self.store.elimina_bozze_scadute(self.adesso()).await?)
    }

    /// In the transaction of the caller. A bozza stays where it was until its time is over: its session finds avviso and receipt through it. `numero`: what it will have, where neither the request nor the session says; `proprietario`: the owner itself asks.
    ///
    /// # Errors
    /// [`Vincolo::PendenzaChiave`] and [`Vincolo::PendenzaIuv`] for a race that was lost: the caller turns again.
    pub(crate) async fn archivia(&self, tx: &Tx, da: &DaArchiviare, numero: Option<&NumeroAvviso>, proprietario: bool) -> Result<Pendenza, Errore> {
        let nuova = &da.nuova;
        match tx.blocca_pendenza(&nuova.id_a2a, &nuova.id_pendenza).await? {
            // What its ente has annulled is not revived by who would pay it.
            Some(stored) if da.bozza.is_some() && stored.stato == Stato::Annullato => {
                Err(Rifiuto::from(Codice::Ver003 { chiave: nuova.chiave(), stato: stored.stato.codice() }).into())
            }
            Some(stored) => {
                let aggiornata = self.aggiorna(tx, &stored, nuova.clone(), da.risolta.clone()).await?;
                // What the ente asks of somebody is changed by the ente alone: what was written goes with the transaction.
                if stored.tipo == Tipo::Dovuto && !proprietario {
                    return Err(Rifiuto::from(Codice::Ver015 { chiave: nuova.chiave() }).into());
                }
                Ok(aggiornata)
            }
            None => match (&da.bozza, &nuova.numero_avviso, numero) {
                (Some(bozza), ..) => self.inserisci_bozza(tx, bozza, nuova).await,
                (None, Some(numero), _) | (None, None, Some(numero)) => {
                    let nata = nascita(numero.clone(), self.adesso(), Tipo::Spontaneo, da.preavvisi);
                    self.crea(tx, nuova, &da.risolta, nata).await
                }
                (None, None, None) => Err(ErroreStore::Chiave(Vincolo::PendenzaIuv).into()),
            },
        }
    }

    /// As it was born: same number, same UUID, same date.
    async fn inserisci_bozza(&self, tx: &Tx, bozza: &Bozza, nuova: &NuovaPendenza) -> Result<Pendenza, Errore> {
        let adesso = self.adesso();
        let pendenza = Pendenza { documento: documento(tx, nuova).await?, ..bozza.pendenza.clone() };
        self.inserisci_pendenza(tx, &pendenza).await?;
        if !bozza.allegati.is_empty() {
            self.allegati(tx, &pendenza, &bozza.allegati, adesso).await?;
        }
        let movimenti = registro::differenza(None, (pendenza.stato, &pendenza.voci), "caricamento");
        tx.registra(&pendenza, &movimenti, nuovi_id(), adesso).await?;
        Ok(pendenza)
    }
}

/// A bozza as it would be sent.
pub(super) fn come_inviata(b: &Bozza) -> NuovaPendenza {
    NuovaPendenza { allegati: b.allegati.clone(), ..NuovaPendenza::from(&b.pendenza) }
}

impl DaArchiviare {
    async fn nuova(
        gateway: &Gateway,
        nuova: NuovaPendenza,
        applicazione: std::sync::Arc<domain::anagrafica::Applicazione>,
        utenza: std::sync::Arc<domain::anagrafica::Utenza>,
    ) -> Result<Self, Errore> {
        let (anagrafica, risolta) = gateway.risolvi(&nuova, &applicazione, &utenza).await?;
        let preavvisi = gateway.preavvisi(&nuova.dominio, &risolta, &anagrafica).await?;
        Ok(Self { nuova, applicazione, risolta, preavvisi, bozza: None })
    }
}
