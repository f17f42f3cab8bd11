//! What a single value cannot tell: keys that need each other, and choices that are allowed but risky.

use gateway::giornale::GIORNI_EVENTI_MIN;
use gateway::lavori::registro;
use gateway::posizioni::massivo::POSIZIONI_PER_FILE;
use tracing_subscriber::EnvFilter;

use super::{AutenticazioneStazione, Configurazione, Ente, ErroreConfigurazione};

/// More connections of one node than this are a mistake of the configuration, not a size.
const CONNESSIONI_MAX: u32 = 1_000;
/// A stop that takes longer is not a stop.
const ATTESA_ARRESTO_S_MAX: u64 = 3_600;
/// Longest time-out of a call to the ente: the notification job waits for it.
const TIMEOUT_MS_MAX: u64 = 120_000;
/// What the original allows a call to the node.
const TIMEOUT_NODO_MS_MAX: u64 = 180_000;
const RITARDO_INVIO_RPT_MS_MAX: u64 = 1_000;

impl Configurazione {
    /// All that is wrong at once, so that it is put right at once.
    pub(super) fn verifica(&self) -> Result<(), ErroreConfigurazione> {
        let tls = &self.http.tls;
        let url = self.database.url.svela();
        let utenti = &self.stazione.utenti;
        let argon2 = |hash: &str| hash.starts_with("$argon2");
        let controlli = [
            (
                !["sqlite:", "postgres://", "postgresql://"].iter().any(|s| url.starts_with(s)),
                "`database.url` comincia con `sqlite:` o con `postgres://`".to_owned(),
            ),
            (!(1..=CONNESSIONI_MAX).contains(&self.database.connessioni), format!("`database.connessioni` va da 1 a {CONNESSIONI_MAX}")),
            (self.http.attesa_arresto_s > ATTESA_ARRESTO_S_MAX, format!("`http.attesa_arresto_s` e' al piu' {ATTESA_ARRESTO_S_MAX}")),
            (tls.certificato.is_some() != tls.chiave.is_some(), "`http.tls.certificato` e `http.tls.chiave` si danno insieme".to_owned()),
            (tls.ca_client.is_some() && tls.certificato.is_none(), "`http.tls.ca_client` serve solo con `http.tls.certificato`".to_owned()),
            (
                self.http.indirizzo_pubblico.as_deref().is_some_and(|i| outbound::Indirizzo::leggi(i).is_err()),
                "`http.indirizzo_pubblico` e' un indirizzo http o https".to_owned(),
            ),
            (
                self.stazione.autenticazione == AutenticazioneStazione::Certificato && tls.ca_client.is_none(),
                "`stazione.autenticazione = \"certificato\"` chiede `http.tls.ca_client`".to_owned(),
            ),
            (
                self.stazione.autenticazione == AutenticazioneStazione::Header && axum::http::HeaderName::try_from(self.stazione.header.as_str()).is_err(),
                "`stazione.header` e' il nome di un header HTTP".to_owned(),
            ),
            (utenti.iter().any(|u| u.nome.is_empty() || u.nome.contains(':')), "`stazione.utenti`: il nome non e' vuoto e non ha due punti".to_owned()),
            (utenti.iter().any(|u| !argon2(u.hash.svela())), "`stazione.utenti`: `hash` e' Argon2 in forma PHC, comincia con `$argon2`".to_owned()),
            (
                !self.amministratore.password_hash.assente() && !argon2(self.amministratore.password_hash.svela()),
                "`amministratore.password_hash` e' Argon2 in forma PHC, comincia con `$argon2`".to_owned(),
            ),
            (
                self.amministratore.principal.is_empty() || self.amministratore.principal.contains(':'),
                "`amministratore.principal` non e' vuoto e non ha due punti".to_owned(),
            ),
            (
                [&self.posizioni.massivo_url, &self.posizioni.ricevute_url].into_iter().flatten().any(|u| outbound::Indirizzo::leggi(u).is_err()),
                "`posizioni.massivo_url` e `posizioni.ricevute_url` sono indirizzi http o https".to_owned(),
            ),
            (
                !(1..=POSIZIONI_PER_FILE).contains(&self.posizioni.massivo_posizioni_per_file),
                format!("`posizioni.massivo_posizioni_per_file` va da 1 a {POSIZIONI_PER_FILE}"),
            ),
            (outbound::Indirizzo::leggi(&self.checkout.url).is_err(), "`checkout.url` e' un indirizzo http o https".to_owned()),
            (
                [self.ente.timeout_connessione_ms, self.ente.timeout_lettura_ms].iter().any(|ms| !(1..=TIMEOUT_MS_MAX).contains(ms)),
                format!("`ente.timeout_connessione_ms` e `ente.timeout_lettura_ms` vanno da 1 a {TIMEOUT_MS_MAX}"),
            ),
            (
                [self.modello_vecchio.timeout_connessione_ms, self.modello_vecchio.timeout_lettura_ms].iter().any(|ms| !(1..=TIMEOUT_NODO_MS_MAX).contains(ms)),
                format!("`modello_vecchio.timeout_connessione_ms` e `modello_vecchio.timeout_lettura_ms` vanno da 1 a {TIMEOUT_NODO_MS_MAX}"),
            ),
            (
                self.modello_vecchio.ritardo_invio_rpt_ms > RITARDO_INVIO_RPT_MS_MAX,
                format!("`modello_vecchio.ritardo_invio_rpt_ms` e' al piu' {RITARDO_INVIO_RPT_MS_MAX}"),
            ),
            (
                self.ente.operazione_verifica.is_some() && self.ente.operazione_verifica().is_none(),
                format!("`ente.operazione_verifica` e' una tra {}, o vuota", Ente::OPERAZIONI.join(", ")),
            ),
            (
                self.giornale.giorni_eventi < GIORNI_EVENTI_MIN || self.giornale.giorni_messaggi == 0,
                format!("`giornale.giorni_eventi` e' almeno {GIORNI_EVENTI_MIN}, `giornale.giorni_messaggi` almeno 1"),
            ),
            (!(1..=30).contains(&self.lavori.minuti_rpt), "`lavori.minuti_rpt` va da 1 a 30".to_owned()),
            (
                self.lavori.spenti.iter().any(|s| registro().iter().all(|l| l.nome != s)),
                format!("`lavori.spenti` ha solo nomi di lavori: {}", registro().iter().map(|l| l.nome).collect::<Vec<_>>().join(", ")),
            ),
            (
                EnvFilter::try_new(&self.log.livello).is_err(),
                "`log.livello` e' un livello (error, warn, info, debug, trace) o un elenco come `info,gateway=debug`".to_owned(),
            ),
            (self.otlp.url.is_some() && !cfg!(feature = "otel"), "`otlp.url` serve a un programma compilato con la feature `otel`".to_owned()),
        ];
        let mut errori: Vec<String> = controlli.into_iter().filter_map(|(sbagliato, frase)| sbagliato.then_some(frase)).collect();
        errori.extend(self.accesso.errori());
        if errori.is_empty() { Ok(()) } else { Err(ErroreConfigurazione::Incoerente(errori)) }
    }

    /// Choices that are allowed and that somebody should know of: told at every start and by `doctor`.
    pub fn rischi(&self) -> Vec<String> {
        let aperto = !self.http.ascolto.ip().is_loopback();
        let senza_tls = self.http.tls.certificato.is_none();
        let stazione = &self.stazione;
        let controlli = [
            (
                aperto && senza_tls,
                format!(
                    "si ascolta su {} senza TLS: password e dati dei debitori passano in chiaro, a meno che davanti ci sia un proxy che lo fa",
                    self.http.ascolto
                ),
            ),
            (
                stazione.autenticazione == AutenticazioneStazione::Basic && stazione.utenti.is_empty(),
                "la stazione chiede nome e password ma `stazione.utenti` e' vuoto: ogni chiamata del nodo sara' rifiutata".to_owned(),
            ),
            (
                stazione.autenticazione == AutenticazioneStazione::Header && aperto,
                format!(
                    "la stazione crede all'header `{}`: il proxy davanti deve toglierlo dalle richieste di fuori, o chiunque puo' presentarsi come il nodo",
                    stazione.header
                ),
            ),
            (!self.lavori.attivi, "`lavori.attivi = false`: se nessun altro nodo li fa, notifiche, scadenze e pulizie non partono da se'".to_owned()),
            (
                stazione.autenticazione != AutenticazioneStazione::Basic && !stazione.utenti.is_empty(),
                "`stazione.utenti` non ha effetto: serve solo con `stazione.autenticazione = \"basic\"`".to_owned(),
            ),
            (
                ["debug", "trace"].iter().any(|l| self.log.livello.to_lowercase().contains(l)),
                format!(
                    "`log.livello = \"{}\"`: i dettagli di altre librerie possono riempire il disco e non sono pensati per un esercizio normale",
                    self.log.livello
                ),
            ),
        ];
        let mut rischi: Vec<String> = controlli.into_iter().filter_map(|(rischioso, frase)| rischioso.then_some(frase)).collect();
        rischi.extend(self.accesso.rischi(aperto));
        rischi
    }
}
