//! PUT of a position: insert, or the same again (spec/1 section 8).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use codici::iuv::IuvNonGenerabile;
use codici::{IdDominio, NumeroAvviso};
use domain::anagrafica::{Applicazione, Utenza};
use domain::chiamante::{Ambito, Chiamante};
use domain::pendenza::caricamento::{self, Nascita, Risolta};
use domain::pendenza::{Documento, NuovaPendenza, Pendenza, Stato, Tipo};
use domain::rifiuto::{Chiave, Codice};
use domain::{Anagrafica, Rifiuto, registro};
use store::{Corsia, ErroreStore, Tx, Vincolo};
use uuid::Uuid;

use crate::{Errore, Gateway, nuovi_id, nuovo_id};

/// Numbers tried when the counter meets numbers that others supplied, and turns of a race that is lost again and again.
const GIRI_MAX: u32 = 20;

#[derive(Clone, Debug)]
pub struct Caricata {
    /// True: 201, false: 200.
    pub creata: bool,
    pub pendenza: Pendenza,
}

/// How the position came to us: what a load is allowed to do (spec/1 section 8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenienza {
    /// Sent by who owns it: a supplied numero avviso must be one of the dominio, and a load revives what was annulled.
    Inviata(Tipo),
    /// The answer of the ente to a question of ours (spec/1 section 11.3): numbers are those of the ente, and what is not unpaid here stays as it is.
    Verificata,
}

impl Provenienza {
    const fn tipo(self) -> Tipo {
        match self {
            Self::Inviata(tipo) => tipo,
            Self::Verificata => Tipo::Dovuto,
        }
    }

    /// An answer to the ente's question may be one for the node, which does not wait in line.
    const fn corsia(self) -> Corsia {
        match self {
            Self::Inviata(_) => Corsia::Applicazioni,
            Self::Verificata => Corsia::Stazione,
        }
    }
}

/// A number from the counter, with what is needed to give it back unused.
struct Generato {
    avviso: NumeroAvviso,
    prefisso: String,
    progressivo: u64,
}

impl Gateway {
    /// `chiamante` is an applicazione whose code is that of the request (checked by the caller of this: APP_002 comes before the syntax of the body).
    pub async fn carica_pendenza(&self, chiamante: &Chiamante, nuova: NuovaPendenza) -> Result<Caricata, Errore> {
        if !chiamante.utenza.su_uo(&nuova.dominio, nuova.unita_operativa.as_deref()) {
            let ambito = Ambito { dominio: Some(nuova.dominio.as_str()), unita_operativa: nuova.unita_operativa.as_deref(), tipo_pendenza: None };
            return Err(chiamante.non_autorizzato(ambito).into());
        }
        let applicazione = Arc::clone(chiamante.applicazione()?);
        self.carica(&applicazione, &chiamante.utenza, nuova, Provenienza::Inviata(Tipo::Dovuto)).await
    }

    /// The load itself, whoever asked for it: `utenza` is that of `applicazione`, which owns the position. What the caller may do is looked at before.
    pub async fn carica(&self, applicazione: &Applicazione, utenza: &Utenza, nuova: NuovaPendenza, provenienza: Provenienza) -> Result<Caricata, Errore> {
        let (anagrafica, risolta) = self.risolvi(&nuova, applicazione, utenza).await?;
        caricamento::controlla_voci(&nuova)?;

        let mut generato: Option<Generato> = None;
        for _ in 0..GIRI_MAX {
            if nuova.numero_avviso.is_none() && generato.is_none() {
                generato = match self.genera_numero(&nuova, &risolta, applicazione, &anagrafica).await {
                    Ok(g) => Some(g),
                    // A position that has its number needs none: only a new one is refused for the want of it.
                    Err(_) if self.store.pendenza(&nuova.id_a2a, &nuova.id_pendenza).await?.is_some() => None,
                    Err(e) => return Err(e),
                };
            }
            let tx = self.store.begin(provenienza.corsia()).await?;
            if let Some(stored) = tx.blocca_pendenza(&nuova.id_a2a, &nuova.id_pendenza).await? {
                self.rendi(&nuova.dominio, generato.take());
                if provenienza == Provenienza::Verificata && stored.stato != Stato::NonEseguito {
                    tx.rollback().await?;
                    caricamento::stesso_avviso(&stored, &nuova)?;
                    return Ok(Caricata { creata: false, pendenza: stored });
                }
                let pendenza = self.aggiorna(tx, &stored, nuova, risolta).await?;
                return Ok(Caricata { creata: false, pendenza });
            }
            let numero = match (&nuova.numero_avviso, &generato) {
                (Some(dato), _) => {
                    if provenienza != Provenienza::Verificata {
                        caricamento::controlla_numero_avviso(&nuova, dato, &anagrafica)?;
                    }
                    dato.clone()
                }
                (None, Some(g)) => g.avviso.clone(),
                (None, None) => continue,
            };
            match self.crea(tx, &nuova, &risolta, numero.clone(), provenienza.tipo()).await {
                Ok(pendenza) => return Ok(Caricata { creata: true, pendenza }),
                // Somebody loaded the same position meanwhile: what was an insert is an update.
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaChiave))) => {}
                // The number is taken: a supplied one is refused, a generated one is left behind.
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaIuv))) => {
                    if nuova.numero_avviso.is_some() {
                        return Err(self.gia_usato(&nuova, &numero).await?);
                    }
                    generato = None;
                }
                Err(e) => return Err(e),
            }
        }
        Err(Errore::Configurazione(format!("nessun numero avviso libero per il dominio {} dopo {GIRI_MAX} tentativi", nuova.dominio)))
    }

    /// A refusal that comes from the anagrafica is tried once more on a newer one, if there is one.
    pub(crate) async fn risolvi(&self, nuova: &NuovaPendenza, applicazione: &Applicazione, utenza: &Utenza) -> Result<(Arc<Anagrafica>, Risolta), Errore> {
        let anagrafica = self.istantanea.attuale();
        match caricamento::risolvi(nuova, applicazione, utenza, &anagrafica) {
            Ok(risolta) => Ok((anagrafica, risolta)),
            Err(rifiuto) => {
                if !self.istantanea.rinfresca(&self.store).await? {
                    return Err(rifiuto.into());
                }
                let anagrafica = self.istantanea.attuale();
                let risolta = caricamento::risolvi(nuova, applicazione, utenza, &anagrafica)?;
                Ok((anagrafica, risolta))
            }
        }
    }

    /// Reserved before the transaction that will use it, so that no business waits for the counter.
    async fn genera_numero(&self, nuova: &NuovaPendenza, risolta: &Risolta, applicazione: &Applicazione, anagrafica: &Anagrafica) -> Result<Generato, Errore> {
        let dominio = anagrafica.dominio(&nuova.dominio).ok_or_else(|| Rifiuto::from(Codice::Dom000 { dominio: nuova.dominio.to_string() }))?;
        let anno = domain::calendario::anno(self.adesso());
        let prefisso = caricamento::prefisso_iuv(nuova, &risolta.tipo_pendenza, applicazione, dominio, anagrafica, anno)?;
        let numerazione = anagrafica.numerazione(dominio).ok_or_else(|| {
            Errore::Configurazione(format!("il dominio {} non ha cio' che serve al suo aux digit {}", dominio.cod, dominio.aux_digit.cifra()))
        })?;
        let progressivo = self.contatori.prossimo(&self.store, &dominio.cod, &prefisso).await?;
        match numerazione.genera(&prefisso, progressivo) {
            Ok(avviso) => Ok(Generato { avviso, prefisso, progressivo }),
            Err(IuvNonGenerabile::Esaurito) => {
                Err(Errore::Configurazione(format!("Superato il numero massimo di IUV generabili [Dominio:{} Prefisso:{prefisso}]", dominio.cod)))
            }
            Err(e @ IuvNonGenerabile::PrefissoNonNumerico(_)) => Err(Errore::Configurazione(e.to_string())),
        }
    }

    fn rendi(&self, dominio: &IdDominio, generato: Option<Generato>) {
        if let Some(g) = generato {
            self.contatori.rendi(dominio, &g.prefisso, g.progressivo);
        }
    }

    async fn crea(&self, tx: Tx, nuova: &NuovaPendenza, risolta: &Risolta, numero_avviso: NumeroAvviso, tipo: Tipo) -> Result<Pendenza, Errore> {
        let adesso = self.adesso();
        let documento = documento(&tx, nuova).await?;
        let nascita = Nascita { id: nuovo_id(), uuid: Uuid::new_v4().simple().to_string(), adesso, numero_avviso, tipo };
        let pendenza = caricamento::crea(nuova.clone(), risolta.clone(), documento, nascita);
        tx.inserisci_pendenza(&pendenza).await?;
        if !nuova.allegati.is_empty() {
            self.allegati(&tx, &pendenza, nuova, adesso).await?;
        }
        let movimenti = registro::differenza(None, (pendenza.stato, &pendenza.voci), "caricamento");
        tx.registra(&pendenza, &movimenti, nuovi_id(), adesso).await?;
        tx.commit().await?;
        Ok(pendenza)
    }

    async fn aggiorna(&self, tx: Tx, stored: &Pendenza, nuova: NuovaPendenza, risolta: Risolta) -> Result<Pendenza, Errore> {
        let adesso = self.adesso();
        let documento = documento(&tx, &nuova).await?;
        let pendenza = caricamento::aggiorna(stored, nuova.clone(), risolta, documento, adesso)?;
        tx.aggiorna_pendenza(stored, &pendenza).await?;
        self.allegati(&tx, &pendenza, &nuova, adesso).await?;
        let causa = if stored.stato == Stato::Annullato { "ripristino" } else { "aggiornamento" };
        let movimenti = registro::differenza(Some((stored.stato, &stored.voci)), (pendenza.stato, &pendenza.voci), causa);
        tx.registra(&pendenza, &movimenti, nuovi_id(), adesso).await?;
        tx.commit().await?;
        Ok(pendenza)
    }

    async fn allegati(&self, tx: &Tx, pendenza: &Pendenza, nuova: &NuovaPendenza, adesso: DateTime<Utc>) -> Result<(), Errore> {
        let ids: Vec<i64> = nuova.allegati.iter().map(|_| self.numeratore.prossimo(adesso)).collect();
        Ok(tx.sostituisci_allegati(pendenza, &nuova.allegati, &ids, adesso).await?)
    }

    async fn gia_usato(&self, nuova: &NuovaPendenza, numero: &NumeroAvviso) -> Result<Errore, Errore> {
        let altra = self.store.pendenza_per_iuv(&nuova.dominio, &numero.iuv()).await?;
        let altra = altra.map_or(Chiave { id_a2a: String::new(), id_pendenza: String::new() }, |p| Chiave { id_a2a: p.id_a2a, id_pendenza: p.id_pendenza });
        Ok(Rifiuto::from(Codice::Ver025 { chiave: nuova.chiave(), altra, numero_avviso: numero.to_string() }).into())
    }
}

async fn documento(tx: &Tx, nuova: &NuovaPendenza) -> Result<Option<Documento>, Errore> {
    match &nuova.documento {
        Some(d) => Ok(Some(tx.salva_documento(&nuova.dominio, &nuova.id_a2a, d, nuovo_id()).await?)),
        None => Ok(None),
    }
}
