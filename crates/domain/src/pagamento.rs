//! A payment started from a portal: one request, one to five pendenze, one attempt for each (spec/1 sections 10.1 and 13.4, spec/3 section 1.12.7).
//!
//! Its state is a function of the attempts: [`Situazione::dei_tentativi`]. What a browser tells at its return is no proof of anything.

use chrono::{DateTime, Utc};
use codici::{IdDominio, Importo};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Soggetto;
use crate::chiamante::TipoUtenza;
use crate::transazione::{self, Esito, Transazione};

/// Pendenze of one payment: the bound of a cart of pagoPA.
pub const PENDENZE_MAX: usize = 5;
/// Characters of a name (spec/1 section 10.1).
const CARATTERI_NOME_MAX: usize = 255;
const ERRORE_SPEDIZIONE: &str = "Errore nella spedizione della richiesta di pagamento a pagoPA";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stato {
    InCorso,
    Eseguito,
    NonEseguito,
    EseguitoParziale,
    /// Known to the contract and to migrated archives: nothing brings a payment here.
    Annullato,
    Fallito,
}

impl Stato {
    pub const TUTTI: [Self; 6] = [Self::InCorso, Self::Eseguito, Self::NonEseguito, Self::EseguitoParziale, Self::Annullato, Self::Fallito];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::InCorso => "IN_CORSO",
            Self::Eseguito => "ESEGUITO",
            Self::NonEseguito => "NON_ESEGUITO",
            Self::EseguitoParziale => "ESEGUITO_PARZIALE",
            Self::Annullato => "ANNULLATO",
            Self::Fallito => "FALLITO",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo)
    }
}

/// The finer state, that the back office shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodiceStato {
    InCorsoAlPsp,
    InAttesaDiEsito,
    Fallito,
    Eseguito,
    NonEseguito,
    ParzialmenteEseguito,
}

impl CodiceStato {
    pub const TUTTI: [Self; 6] = [Self::InCorsoAlPsp, Self::InAttesaDiEsito, Self::Fallito, Self::Eseguito, Self::NonEseguito, Self::ParzialmenteEseguito];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::InCorsoAlPsp => "PAGAMENTO_IN_CORSO_AL_PSP",
            Self::InAttesaDiEsito => "PAGAMENTO_IN_ATTESA_DI_ESITO",
            Self::Fallito => "PAGAMENTO_FALLITO",
            Self::Eseguito => "PAGAMENTO_ESEGUITO",
            Self::NonEseguito => "PAGAMENTO_NON_ESEGUITO",
            Self::ParzialmenteEseguito => "PAGAMENTO_PARZIALMENTE_ESEGUITO",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo)
    }
}

/// Who makes the attempts of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Iniziativa {
    /// A portal of the ente: all attempts together make the state.
    Ente,
    /// A PSP, by the legacy paaAttivaRPT: the latest attempt makes the state.
    Psp,
}

impl Iniziativa {
    #[must_use]
    pub const fn codice(self) -> i16 {
        match self {
            Self::Ente => 1,
            Self::Psp => 3,
        }
    }

    /// `modello` of a receipt, in the words of the contract (spec/1 section 11.5).
    #[must_use]
    pub const fn modello(self) -> &'static str {
        match self {
            Self::Ente => "Pagamento ad iniziativa Ente",
            Self::Psp => "Pagamento ad iniziativa PSP",
        }
    }

    #[must_use]
    pub fn leggi(codice: i16) -> Option<Self> {
        [Self::Ente, Self::Psp].into_iter().find(|i| i.codice() == codice)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situazione {
    pub stato: Stato,
    pub codice: CodiceStato,
    pub descrizione: Option<String>,
}

impl Situazione {
    const fn senza_parole(stato: Stato, codice: CodiceStato) -> Self {
        Self { stato, codice, descrizione: None }
    }

    /// At the start.
    #[must_use]
    pub const fn in_corso() -> Self {
        Self::senza_parole(Stato::InCorso, CodiceStato::InCorsoAlPsp)
    }

    #[must_use]
    pub const fn in_attesa() -> Self {
        Self::senza_parole(Stato::InCorso, CodiceStato::InAttesaDiEsito)
    }

    #[must_use]
    pub fn fallito(descrizione: impl Into<String>) -> Self {
        Self { descrizione: Some(descrizione.into()), ..Self::senza_parole(Stato::Fallito, CodiceStato::Fallito) }
    }

    /// Spec/3 section 1.12.7. Without attempts nothing is known: still waiting.
    #[must_use]
    pub fn dei_tentativi(tentativi: &[(transazione::Stato, Esito)]) -> Self {
        let fini: Vec<Fine> = tentativi.iter().map(|(stato, esito)| Fine::di(*stato, *esito)).collect();
        let tutti = |f: Fine| fini.iter().all(|altro| *altro == f);
        if fini.is_empty() || fini.contains(&Fine::InCorso) {
            return Self::in_attesa();
        }
        if tutti(Fine::Fallito) {
            let non_spedito = tentativi.iter().any(|(s, _)| *s == transazione::Stato::RptErroreInvioANodo);
            let descrizione = non_spedito.then(|| ERRORE_SPEDIZIONE.to_owned());
            return Self { descrizione, ..Self::senza_parole(Stato::Fallito, CodiceStato::Fallito) };
        }
        if tutti(Fine::Pagato) {
            return Self::senza_parole(Stato::Eseguito, CodiceStato::Eseguito);
        }
        if tutti(Fine::NonPagato) {
            return Self::senza_parole(Stato::NonEseguito, CodiceStato::NonEseguito);
        }
        Self::senza_parole(Stato::EseguitoParziale, CodiceStato::ParzialmenteEseguito)
    }
}

/// How an attempt counts for its payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fine {
    InCorso,
    Fallito,
    Pagato,
    NonPagato,
    InParte,
}

impl Fine {
    fn di(stato: transazione::Stato, esito: Esito) -> Self {
        use transazione::Stato as S;
        match (stato, esito) {
            (S::RptRifiutataNodo | S::RptRifiutataPsp | S::RptErroreInvioAPsp | S::RptErroreInvioANodo, _) => Self::Fallito,
            (stato, _) if S::PENDENTI.contains(&stato) => Self::InCorso,
            (S::RtAccettataPa, Esito::Eseguito) => Self::Pagato,
            (S::RtAccettataPa, Esito::ParzialmenteEseguito | Esito::DecorrenzaTerminiParziale) => Self::InParte,
            // A receipt, or one that is on its way, whose outcome is not known.
            (S::RtAccettataPa | S::RtGenerataNodo, Esito::InCorso) => Self::InCorso,
            _ => Self::NonPagato,
        }
    }
}

/// A stored payment. `Debug` shows no person: `versante` masks itself and the request is left out.
#[derive(Clone, PartialEq)]
pub struct Pagamento {
    /// `id` and `idSessione` of the APIs are its 32 hexadecimal digits.
    pub id: Uuid,
    pub iniziativa: Iniziativa,
    pub principal: String,
    pub tipo_utenza: TipoUtenza,
    /// Code of the application that started it.
    pub applicazione: Option<String>,
    pub nome: String,
    pub importo: Importo,
    pub situazione: Situazione,
    pub id_sessione_portale: Option<String>,
    pub id_sessione_psp: Option<String>,
    /// As the request had it.
    pub url_ritorno: Option<String>,
    /// Where the browser was sent (`pspRedirectUrl`).
    pub redirect: Option<String>,
    pub versante: Option<Soggetto>,
    /// What of the request the APIs show again, member by member.
    pub richiesta: Map<String, Value>,
    pub data_richiesta: DateTime<Utc>,
    /// Somebody has looked at it.
    pub verificato: bool,
    /// 0 to 5, of a payment that failed (spec/2 section 2.13).
    pub severita: Option<i16>,
    /// The one dominio of all its pendenze, when it is one.
    pub dominio: Option<IdDominio>,
    /// What the browser brought back. Never a proof of payment.
    pub esito_psp: Option<String>,
}

impl std::fmt::Debug for Pagamento {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pagamento").field("id", &self.id).field("situazione", &self.situazione).finish_non_exhaustive()
    }
}

impl Pagamento {
    /// As the APIs write the id.
    #[must_use]
    pub fn id_mostrato(&self) -> String {
        self.id.simple().to_string()
    }

    /// From a path or a filter: 32 hexadecimal digits and nothing else.
    #[must_use]
    pub fn leggi_id(testo: &str) -> Option<Uuid> {
        (testo.len() == 32).then(|| Uuid::try_parse(testo).ok()).flatten()
    }

    /// Who pays for nobody's eyes.
    #[must_use]
    pub fn di_anonimo(&self) -> bool {
        self.versante.as_ref().is_some_and(|v| v.identificativo() == crate::soggetto::ANONIMO)
    }

    /// After a receipt, or an attempt that ended otherwise. `tentativi`: all those of this payment, the latest last.
    #[must_use]
    pub fn ricalcolato(&self, tentativi: &[Transazione]) -> Self {
        let visti = match self.iniziativa {
            Iniziativa::Ente => tentativi,
            Iniziativa::Psp => tentativi.last().map_or(&[][..], std::slice::from_ref),
        };
        let coppie: Vec<_> = visti.iter().map(|t| (t.stato, t.esito)).collect();
        Self { situazione: Situazione::dei_tentativi(&coppie), ..self.clone() }
    }

    /// The browser is back. The receipt may have come first: then nothing changes (spec/3 section 2.2.4).
    #[must_use]
    pub fn tornato(&self, esito: &str) -> Option<Self> {
        (self.situazione.codice == CodiceStato::InCorsoAlPsp).then(|| Self {
            situazione: Situazione { descrizione: self.situazione.descrizione.clone(), ..Situazione::in_attesa() },
            esito_psp: Some(esito.to_owned()),
            ..self.clone()
        })
    }
}

/// The name of a payment: that of its first pendenza and how many others there are (spec/1 section 10.1).
#[must_use]
pub fn nome(prima: &str, quante: usize) -> String {
    let coda = match quante {
        0 | 1 => String::new(),
        2 => " ed un'altra pendenza.".to_owned(),
        n => format!(" ed altre {} pendenze.", n - 1),
    };
    let intero = format!("{prima}{coda}");
    if intero.chars().count() <= CARATTERI_NOME_MAX {
        return intero;
    }
    intero.chars().take(CARATTERI_NOME_MAX - 3).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use transazione::Stato as T;

    fn di(tentativi: &[(T, Esito)]) -> (&'static str, &'static str) {
        let s = Situazione::dei_tentativi(tentativi);
        (s.stato.codice(), s.codice.codice())
    }

    #[test]
    fn lo_stato_viene_dai_tentativi() {
        let pagato = (T::RtAccettataPa, Esito::Eseguito);
        let non_pagato = (T::RtAccettataPa, Esito::NonEseguito);
        let decorso = (T::RtAccettataPa, Esito::DecorrenzaTermini);
        let in_parte = (T::RtAccettataPa, Esito::DecorrenzaTerminiParziale);
        let scaduto = (T::RptScaduta, Esito::InCorso);
        let rifiutato = (T::RptRifiutataNodo, Esito::Rifiutato);
        let attende = (T::RptAccettataNodo, Esito::InCorso);
        let rt_rifiutata = (T::RtRifiutataPa, Esito::Eseguito);
        let (in_attesa, parziale) = (("IN_CORSO", "PAGAMENTO_IN_ATTESA_DI_ESITO"), ("ESEGUITO_PARZIALE", "PAGAMENTO_PARZIALMENTE_ESEGUITO"));
        for (tentativi, atteso) in [
            (vec![], in_attesa),
            (vec![attende], in_attesa),
            (vec![pagato, attende], in_attesa),
            (vec![rifiutato, attende], in_attesa),
            (vec![rt_rifiutata], in_attesa),
            (vec![(T::RtGenerataNodo, Esito::InCorso)], in_attesa),
            (vec![pagato], ("ESEGUITO", "PAGAMENTO_ESEGUITO")),
            (vec![pagato, pagato], ("ESEGUITO", "PAGAMENTO_ESEGUITO")),
            (vec![non_pagato, decorso, scaduto], ("NON_ESEGUITO", "PAGAMENTO_NON_ESEGUITO")),
            (vec![pagato, non_pagato], parziale),
            (vec![in_parte], parziale),
            (vec![rifiutato, non_pagato], parziale),
            (vec![rifiutato, (T::RptRifiutataPsp, Esito::InCorso)], ("FALLITO", "PAGAMENTO_FALLITO")),
        ] {
            assert_eq!(di(&tentativi), atteso, "{tentativi:?}");
        }
        let non_spedito = Situazione::dei_tentativi(&[(T::RptErroreInvioANodo, Esito::InCorso)]);
        assert_eq!(non_spedito.descrizione.as_deref(), Some(ERRORE_SPEDIZIONE));
    }

    #[test]
    fn l_ordine_dei_tentativi_non_conta() {
        let possibili: Vec<(T, Esito)> = T::TUTTI.into_iter().flat_map(|s| Esito::TUTTI.map(|e| (s, e))).collect();
        for a in &possibili {
            for b in &possibili {
                assert_eq!(Situazione::dei_tentativi(&[*a, *b]), Situazione::dei_tentativi(&[*b, *a]));
            }
        }
    }

    #[test]
    fn il_nome_dice_quante_sono() {
        assert_eq!(nome("TARI", 1), "TARI");
        assert_eq!(nome("TARI", 2), "TARI ed un'altra pendenza.");
        assert_eq!(nome("TARI", 5), "TARI ed altre 4 pendenze.");
        let lungo = nome(&"è".repeat(250), 2);
        assert_eq!(lungo.chars().count(), 255);
        assert!(lungo.ends_with("è ...") || lungo.ends_with("..."), "{lungo}");
        assert_eq!(nome(&"a".repeat(255), 1), "a".repeat(255));
    }

    #[test]
    fn un_id_sono_32_cifre_esadecimali() {
        let id = Uuid::now_v7();
        assert_eq!(Pagamento::leggi_id(&id.simple().to_string()), Some(id));
        for storto in ["", "0", &id.to_string(), &"g".repeat(32), &"è".repeat(16)] {
            assert_eq!(Pagamento::leggi_id(storto), None, "{storto}");
        }
    }
}
