//! PUT of a position: insert, or the same again (spec/1 section 8).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use codici::iuv::IuvNonGenerabile;
use codici::{IdDominio, NumeroAvviso};
use domain::amministrazione::Decisione;
use domain::anagrafica::{Applicazione, Scrittura, TipoPendenza, TipoPendenzaDominio, Utenza};
use domain::chiamante::{Ambito, Chiamante};
use domain::pendenza::caricamento::{self, Nascita, Risolta};
use domain::pendenza::{Documento, NuovaPendenza, NuovoAllegato, Pendenza, Preavvisi, Stato, Tipo};
use domain::rifiuto::{Chiave, Codice};
use domain::{Anagrafica, Rifiuto, registro};
use store::{Corsia, ErroreStore, Tx, Vincolo};
use uuid::Uuid;

use crate::proprietario::Proprietario;
use crate::{Errore, Gateway, nuovi_id, nuovo_id};

/// Numbers tried when the counter meets numbers that others supplied, and turns of a race that is lost again and again.
pub(crate) const GIRI_MAX: u32 = 20;

#[derive(Clone, Debug)]
pub struct Caricata {
    /// True: 201, false: 200.
    pub creata: bool,
    pub pendenza: Pendenza,
}

/// How a load differs by who asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Modo {
    /// The right is asked on the dominio alone, not on the unità operativa (API Pendenze v1).
    pub per_dominio: bool,
    /// `dataAvvisatura` is MAI: the tipo pendenza arms no message.
    pub senza_avvisatura: bool,
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
pub(crate) struct Generato {
    pub avviso: NumeroAvviso,
    prefisso: String,
    progressivo: u64,
}

impl Gateway {
    /// `chiamante`: who writes. An applicazione has the code of the request (checked by the caller of this: APP_002 comes before the syntax of the body), an
    /// operatore writes for any.
    pub async fn carica_pendenza(&self, chiamante: &Chiamante, nuova: NuovaPendenza, modo: Modo) -> Result<Caricata, Errore> {
        let unita_operativa = nuova.unita_operativa.as_deref().filter(|_| !modo.per_dominio);
        if !chiamante.utenza.su_uo(&nuova.dominio, unita_operativa) {
            return Err(chiamante.non_autorizzato(Ambito { dominio: Some(nuova.dominio.as_str()), unita_operativa, tipo_pendenza: None }).into());
        }
        let Proprietario { applicazione, utenza, altrui } = self.per_conto_di(chiamante, &nuova.id_a2a).await?;
        if altrui {
            let (_, risolta) = self.risolvi(&nuova, &applicazione, &utenza).await?;
            chiamante.su_tipo(&nuova.dominio, unita_operativa, &risolta.tipo_pendenza)?;
        }
        self.carica_in_modo(&applicazione, &utenza, nuova, Provenienza::Inviata(Tipo::Dovuto), modo.senza_avvisatura).await
    }

    /// The load itself, whoever asked for it: `utenza` is that of `applicazione`, which owns the position. What the caller may do is looked at before.
    pub async fn carica(&self, applicazione: &Applicazione, utenza: &Utenza, nuova: NuovaPendenza, provenienza: Provenienza) -> Result<Caricata, Errore> {
        self.carica_in_modo(applicazione, utenza, nuova, provenienza, false).await
    }

    /// As [`Gateway::carica`]. `senza_avvisatura`: the tipo pendenza arms no message.
    pub async fn carica_in_modo(
        &self,
        applicazione: &Applicazione,
        utenza: &Utenza,
        nuova: NuovaPendenza,
        provenienza: Provenienza,
        senza_avvisatura: bool,
    ) -> Result<Caricata, Errore> {
        let (anagrafica, risolta) = self.risolvi_o_censisci(&nuova, applicazione, utenza).await?;
        caricamento::controlla_voci(&nuova)?;
        // Read before the transaction that may need them.
        let preavvisi = if senza_avvisatura { Preavvisi::default() } else { self.preavvisi(&nuova.dominio, &risolta, &anagrafica).await? };

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
                let pendenza = self.aggiorna(&tx, &stored, nuova, risolta).await?;
                tx.commit().await?;
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
            let nascita = nascita(numero.clone(), self.adesso(), provenienza.tipo(), preavvisi);
            match self.crea(&tx, &nuova, &risolta, nascita).await {
                Ok(pendenza) => {
                    tx.commit().await?;
                    return Ok(Caricata { creata: true, pendenza });
                }
                // Somebody loaded the same position meanwhile: what was an insert is an update.
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaChiave))) => {}
                // The number is taken: a supplied one is refused, a generated one is left behind.
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaIuv))) => {
                    // Its connection goes back first: a crowd that reads while each of it holds one would wait for itself.
                    tx.rollback().await?;
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

    /// A refusal that comes from the anagrafica is tried once more on a newer one, if there is one. Writes nothing.
    pub(crate) async fn risolvi(&self, nuova: &NuovaPendenza, applicazione: &Applicazione, utenza: &Utenza) -> Result<(Arc<Anagrafica>, Risolta), Errore> {
        let prova = || {
            let anagrafica = self.istantanea.attuale();
            caricamento::risolvi(nuova, applicazione, utenza, &anagrafica, &self.impostazioni.tipi_predefiniti).map(|risolta| (anagrafica, risolta))
        };
        let esito = match prova() {
            Err(_) if self.istantanea.rinfresca(&self.store).await? => prova(),
            altro => altro,
        };
        esito.map_err(|rifiuto| senza_predefinito(nuova, rifiuto))
    }

    /// Where the installation registers tipi pendenza by itself, the one that is missing is registered, and the refusal tried once more.
    async fn risolvi_o_censisci(&self, nuova: &NuovaPendenza, applicazione: &Applicazione, utenza: &Utenza) -> Result<(Arc<Anagrafica>, Risolta), Errore> {
        match self.risolvi(nuova, applicazione, utenza).await {
            Err(Errore::Rifiuto(rifiuto)) if self.impostazioni.censimento_automatico => {
                let Some(tipo) = caricamento::da_censire(&rifiuto, applicazione, utenza)? else { return Err(rifiuto.into()) };
                self.censisci_tipo(&nuova.dominio, &tipo).await?;
                self.risolvi(nuova, applicazione, utenza).await
            }
            altro => altro,
        }
    }

    /// A tipo pendenza that nobody registered, in the catalogue and in the dominio, as far as they do not have it.
    async fn censisci_tipo(&self, dominio: &IdDominio, tipo: &str) -> Result<(), Errore> {
        self.amministra(&[], |a| {
            let chiave = (dominio.clone(), tipo.to_owned());
            let nel_catalogo = (!a.tipi_pendenza.contains_key(tipo)).then(|| Scrittura::TipoPendenza(TipoPendenza::nuovo(tipo, tipo), Box::default()));
            let nel_dominio = (!a.tipi_pendenza_dominio.contains_key(&chiave))
                .then(|| Scrittura::TipoPendenzaDominio(chiave.0, chiave.1, TipoPendenzaDominio::default(), Box::default()));
            Ok(Decisione { scritture: nel_catalogo.into_iter().chain(nel_dominio).collect(), esito: () })
        })
        .await
    }

    pub(crate) async fn preavvisi(&self, dominio: &IdDominio, risolta: &Risolta, anagrafica: &Anagrafica) -> Result<Preavvisi, Errore> {
        let (suoi, del_catalogo) = self.store.blocchi_tipo_dominio(dominio, &risolta.tipo_pendenza).await?;
        Ok(Preavvisi::di(&suoi, &del_catalogo, &anagrafica.configurazione))
    }

    /// Reserved before the transaction that will use it, so that no business waits for the counter.
    pub(crate) async fn genera_numero(
        &self,
        nuova: &NuovaPendenza,
        risolta: &Risolta,
        applicazione: &Applicazione,
        anagrafica: &Anagrafica,
    ) -> Result<Generato, Errore> {
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

    pub(crate) fn rendi(&self, dominio: &IdDominio, generato: Option<Generato>) {
        if let Some(g) = generato {
            self.contatori.rendi(dominio, &g.prefisso, g.progressivo);
        }
    }

    /// In the transaction of the caller.
    pub(crate) async fn crea(&self, tx: &Tx, nuova: &NuovaPendenza, risolta: &Risolta, nascita: Nascita) -> Result<Pendenza, Errore> {
        let adesso = nascita.adesso;
        let documento = documento(tx, nuova).await?;
        let pendenza = caricamento::crea(nuova.clone(), risolta.clone(), documento, nascita);
        self.inserisci_pendenza(tx, &pendenza).await?;
        if !nuova.allegati.is_empty() {
            self.allegati(tx, &pendenza, &nuova.allegati, adesso).await?;
        }
        let movimenti = registro::differenza(None, (pendenza.stato, &pendenza.voci), "caricamento");
        tx.registra(&pendenza, &movimenti, nuovi_id(), adesso).await?;
        Ok(pendenza)
    }

    pub(crate) async fn aggiorna(&self, tx: &Tx, stored: &Pendenza, nuova: NuovaPendenza, risolta: Risolta) -> Result<Pendenza, Errore> {
        let adesso = self.adesso();
        let documento = documento(tx, &nuova).await?;
        let pendenza = caricamento::aggiorna(stored, nuova.clone(), risolta, documento, adesso)?;
        self.aggiorna_pendenza(tx, stored, &pendenza).await?;
        self.allegati(tx, &pendenza, &nuova.allegati, adesso).await?;
        let causa = if stored.stato == Stato::Annullato { "ripristino" } else { "aggiornamento" };
        let movimenti = registro::differenza(Some((stored.stato, &stored.voci)), (pendenza.stato, &pendenza.voci), causa);
        tx.registra(&pendenza, &movimenti, nuovi_id(), adesso).await?;
        Ok(pendenza)
    }

    pub(crate) async fn allegati(&self, tx: &Tx, pendenza: &Pendenza, allegati: &[NuovoAllegato], adesso: DateTime<Utc>) -> Result<(), Errore> {
        let ids: Vec<i64> = allegati.iter().map(|_| self.numeratore.prossimo(adesso)).collect();
        Ok(tx.sostituisci_allegati(pendenza, allegati, &ids, adesso).await?)
    }

    pub(crate) async fn gia_usato(&self, nuova: &NuovaPendenza, numero: &NumeroAvviso) -> Result<Errore, Errore> {
        let altra = self.store.pendenza_per_iuv(&nuova.dominio, &numero.iuv()).await?;
        let altra = altra.map_or(Chiave { id_a2a: String::new(), id_pendenza: String::new() }, |p| Chiave { id_a2a: p.id_a2a, id_pendenza: p.id_pendenza });
        Ok(Rifiuto::from(Codice::Ver025 { chiave: nuova.chiave(), altra, numero_avviso: numero.to_string() }).into())
    }
}

/// Who names no tipo cannot mend that the installation has none for it (spec/1 section 8.2).
fn senza_predefinito(nuova: &NuovaPendenza, rifiuto: Rifiuto) -> Errore {
    if let Rifiuto::Codice(codice) = &rifiuto
        && let Codice::Tvr000 { tipo } = &**codice
        && nuova.tipo_pendenza.is_none()
    {
        return Errore::Configurazione(format!("il tipo pendenza {tipo}, che vale per le pendenze che non ne indicano uno, non e' censito"));
    }
    rifiuto.into()
}

/// What the world gives to a position that is born now.
pub(crate) fn nascita(numero_avviso: NumeroAvviso, adesso: DateTime<Utc>, tipo: Tipo, preavvisi: Preavvisi) -> Nascita {
    Nascita { id: nuovo_id(), uuid: Uuid::new_v4().simple().to_string(), adesso, numero_avviso, tipo, preavvisi }
}

pub(crate) async fn documento(tx: &Tx, nuova: &NuovaPendenza) -> Result<Option<Documento>, Errore> {
    match &nuova.documento {
        Some(d) => Ok(Some(tx.salva_documento(&nuova.dominio, &nuova.id_a2a, d, nuovo_id()).await?)),
        None => Ok(None),
    }
}
