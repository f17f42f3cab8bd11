//! The registry of IBAN (spec/4 section 2.5): pagoPA refuses a payment to an account that it does not know, so a position that names one is not published.
//!
//! Nothing is asked of who has no connettore of the back office, and nothing is refused before the registry was heard once.

use std::collections::{HashMap, HashSet};

use codici::IdDominio;
use domain::attivazione::Destinazione;
use domain::posizione_debitoria::{PosizioneDebitoria, StatoInvio};
use piattaforma::registri::{BackofficeEc, pagina_iban};
use piattaforma::{Esito, Prodotto};
use store::elenchi::{Elenco, Pagina};
use store::posizioni_debitorie::FiltroPosizioni;
use store::registro_iban::Iban;
use tokio::sync::Mutex;

use super::{connessione, intermediario};
use crate::lavori::Turno;
use crate::{Errore, Gateway};

/// Pages of an intermediario: a hundred accounts each.
const PAGINE_MAX: u32 = 2_000;
/// How the reason of a position that waits for its account begins: by it the position is found again.
pub const IBAN_NON_CENSITO: &str = "IBAN non censito da pagoPA";

/// The accounts of the domini that were asked for: of one turn, so that a file of thousands asks once.
#[derive(Default)]
pub(super) struct ContiNoti(Mutex<HashMap<IdDominio, Option<HashSet<String>>>>);

impl Gateway {
    /// Why the position may not be published; `None`: nothing against it is known.
    pub(super) async fn iban_ignoto(&self, p: &PosizioneDebitoria, noti: &ContiNoti) -> Result<Option<String>, Errore> {
        for v in &p.versamenti {
            let Destinazione::Iban(iban) = &v.trasferimento.destinazione else { continue };
            let dominio = &v.trasferimento.dominio;
            let mut noti = noti.0.lock().await;
            if !noti.contains_key(dominio) {
                noti.insert(dominio.clone(), self.iban_del_dominio(dominio).await?);
            }
            if noti.get(dominio).and_then(Option::as_ref).is_some_and(|suoi| !suoi.contains(&iban.to_uppercase())) {
                return Ok(Some(format!("{IBAN_NON_CENSITO}: {iban} dell'ente {dominio}")));
            }
        }
        Ok(None)
    }

    /// `None`: the registry was never heard for its intermediario. An ente of which it then has no account has none that can be paid to.
    async fn iban_del_dominio(&self, dominio: &IdDominio) -> Result<Option<HashSet<String>>, Errore> {
        let anagrafica = self.istantanea.attuale();
        let Some(intermediario) = intermediario(&anagrafica, dominio).filter(|i| i.connettori.backoffice_ec.is_some()) else { return Ok(None) };
        if self.store.registro_iban_del(&intermediario.cod).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.store.iban_validi(&intermediario.cod, dominio, self.adesso()).await?))
    }

    /// Whether an account of a dominio is one that pagoPA knows; `None`: nothing can be said.
    pub async fn iban_censito(&self, dominio: &IdDominio, iban: &str) -> Result<Option<bool>, Errore> {
        Ok(self.iban_del_dominio(dominio).await?.map(|suoi| suoi.contains(&iban.to_uppercase())))
    }

    pub async fn elenco_iban(&self, domini: Option<&[String]>, pagina: &Pagina) -> Result<Elenco<Iban>, Errore> {
        Ok(self.store.elenco_iban(domini, pagina).await?)
    }

    /// The registry of every intermediario that has the connettore; then what waited for an account is tried again.
    pub(crate) async fn giro_degli_iban(&self, turno: &Turno) -> Result<String, Errore> {
        let anagrafica = self.istantanea.attuale();
        let (mut letti, mut falliti) = (0, Vec::new());
        for i in anagrafica.intermediari.values().filter(|i| i.abilitato && i.connettori.backoffice_ec.is_some()) {
            if !turno.continua() {
                break;
            }
            match self.leggi_registro_iban(i).await? {
                Ok(iban) => {
                    self.store.salva_registro_iban(&i.cod, &iban, self.adesso()).await?;
                    letti += iban.len();
                }
                Err(motivo) => falliti.push(format!("{}: {motivo}", i.cod)),
            }
        }
        let riprese = self.riprendi_senza_iban().await?;
        let coda = if falliti.is_empty() { String::new() } else { format!(" Non letti: {}.", falliti.join("; ")) };
        Ok(format!("Lettura del registro degli IBAN completata#IBAN: {letti}, posizioni riprese: {riprese}.{coda}"))
    }

    /// All pages, or the reason: half a registry would stop positions that are good.
    async fn leggi_registro_iban(&self, i: &domain::anagrafica::Intermediario) -> Result<Result<Vec<Iban>, String>, Errore> {
        let Some(connettore) = i.connettori.backoffice_ec.as_ref() else { return Ok(Err("non ha il connettore".to_owned())) };
        let connessione = match connessione(Prodotto::BackofficeEc, connettore) {
            Ok(connessione) => connessione,
            Err(e) => return Ok(Err(e.to_string())),
        };
        let servizio = BackofficeEc { cliente: &self.piattaforma, connessione: &connessione, intermediario: &i.cod };
        let mut tutti = Vec::new();
        for pagina in 0..PAGINE_MAX {
            let resoconto = self.annota_chiamata(BackofficeEc::IBAN, None, None, servizio.iban(pagina)).await;
            let letta = match &resoconto.esito {
                Esito::Fatto(fatto) => pagina_iban(fatto),
                Esito::Rifiutato { motivo, .. } | Esito::DaRitentare { motivo, .. } => return Ok(Err(motivo.clone())),
            };
            let Some((righe, pagine)) = letta else { return Ok(Err("la pagina non si legge".to_owned())) };
            tutti.extend(righe.into_iter().map(|r| Iban { dominio: r.dominio, iban: r.iban, abilitato: r.abilitato, valido_dal: r.valido_dal }));
            if pagina + 1 >= pagine {
                return Ok(Ok(tutti));
            }
        }
        Ok(Err(format!("sono piu' di {PAGINE_MAX} pagine")))
    }

    /// What was set aside for its account is looked at again: what is still not known is set aside again, without a call.
    async fn riprendi_senza_iban(&self) -> Result<u64, Errore> {
        let filtro = FiltroPosizioni { stato: Some(StatoInvio::Rifiutata), motivo: Some(IBAN_NON_CENSITO.to_owned()), ..FiltroPosizioni::default() };
        let quante = self.store.riprova_posizioni(&filtro, self.adesso()).await?;
        if quante > 0 {
            self.campanello_posizioni.notify_one();
        }
        Ok(quante)
    }
}
