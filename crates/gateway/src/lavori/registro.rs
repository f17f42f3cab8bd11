//! The registry: one entry for each job. To add one see docs/internals/adding-a-job.md.

use domain::orario::Orario;

use super::{Dove, Lavoro, Richiesta};
use crate::operazioni::Operazione;

const MINUTO: u32 = 60;
const ORA: u32 = 60 * MINUTO;

static REGISTRO: [Lavoro; 15] = [
    Lavoro {
        nome: "update-ntfy",
        operazione: Some(Operazione::SpedizioneNotifiche),
        descrizione: "Spedizione delle notifiche agli enti",
        // The bell wakes it; this is for what another node queued, and for attempts that are due.
        orario: Orario::OgniSecondi(2),
        dove: Dove::OgniNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: Some(|g| Box::pin(g.notifica_in_coda())),
        esegui: |g, t| Box::pin(g.svuota_coda_notifiche(t)),
    },
    Lavoro {
        nome: "rpt-scadute",
        operazione: Some(Operazione::ChiusuraRptScadute),
        descrizione: "Chiusura dei tentativi di pagamento scaduti",
        orario: Orario::OgniSecondi(30 * MINUTO),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, t| Box::pin(g.chiudi_rpt_scadute(t)),
    },
    Lavoro {
        nome: "invio-rpt",
        operazione: None,
        descrizione: "Invio al Nodo delle RPT attivate presso un PSP",
        // Whoever activates sends: this is for what a node that stopped left behind, and for attempts that are due.
        orario: Orario::OgniSecondi(5),
        dove: Dove::OgniNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, t| Box::pin(g.spedisci_rpt_rimaste(t)),
    },
    Lavoro {
        nome: "posizioni-debitorie",
        operazione: None,
        descrizione: "Comunicazione delle posizioni ad ACA e GPD",
        // The bell wakes it; this is for what another node queued, and for attempts that are due.
        orario: Orario::OgniSecondi(2),
        dove: Dove::OgniNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: Some(|g| Box::pin(g.posizione_in_coda())),
        esegui: |g, t| Box::pin(g.svuota_coda_posizioni(t)),
    },
    Lavoro {
        nome: "posizioni-mancanti",
        operazione: Some(Operazione::InviaPosizioniDebitorieAca),
        descrizione: "Accodamento delle posizioni che il loro archivio non conosce",
        orario: Orario::OgniSecondi(24 * ORA),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, t| Box::pin(g.accoda_posizioni_mancanti(t)),
    },
    Lavoro {
        nome: "posizioni-massive",
        operazione: None,
        descrizione: "Comunicazione a GPD delle posizioni che sono molte, per file",
        orario: Orario::OgniSecondi(15),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Prenota("Caricamento massivo schedulato"),
        sveglia: None,
        esegui: |g, t| Box::pin(g.giro_dei_lotti(t)),
    },
    Lavoro {
        nome: "ricevute-gpd",
        operazione: None,
        descrizione: "Lettura delle ricevute delle posizioni che GPD serve",
        orario: Orario::OgniSecondi(15 * MINUTO),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, t| Box::pin(g.giro_delle_ricevute_gpd(t)),
    },
    Lavoro {
        nome: "registro-iban",
        operazione: None,
        descrizione: "Lettura degli IBAN che pagoPA conosce",
        orario: Orario::OgniSecondi(6 * ORA),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, t| Box::pin(g.giro_degli_iban(t)),
    },
    Lavoro {
        nome: "cache-anagrafica",
        operazione: Some(Operazione::ResetCacheAnagrafica),
        descrizione: "Rilettura dell'anagrafica da parte di tutti i nodi",
        orario: Orario::OgniSecondi(2 * ORA),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, _| Box::pin(g.ricarica_anagrafica()),
    },
    Lavoro {
        nome: "pulizie",
        operazione: None,
        descrizione: "Cancellazione di chiavi di idempotenza e pendenze di sessione scadute",
        orario: Orario::OgniSecondi(5 * MINUTO),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, _| Box::pin(g.pulisci()),
    },
    Lavoro {
        nome: "update-rnd",
        operazione: Some(Operazione::AcquisizioneRendicontazioni),
        descrizione: "Acquisizione dei flussi di rendicontazione",
        orario: Orario::AlleOre(&[(4, 0), (12, 0), (18, 0)]),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, t| Box::pin(g.giro_dei_flussi(t)),
    },
    Lavoro {
        nome: "recupero-rt",
        operazione: Some(Operazione::RecuperoRt),
        descrizione: "Recupero delle ricevute mancanti",
        orario: Orario::OgniSecondi(30 * MINUTO),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Prenota("Recupero RT schedulato"),
        sveglia: None,
        esegui: |g, t| Box::pin(g.giro_dei_recuperi(t)),
    },
    Lavoro {
        nome: "mesi-giornale",
        operazione: None,
        descrizione: "Preparazione dei mesi del giornale degli eventi",
        orario: Orario::OgniSecondi(12 * ORA),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, _| Box::pin(g.prepara_giornale()),
    },
    Lavoro {
        nome: "svecchiamento",
        operazione: None,
        descrizione: "Cancellazione degli eventi e dei messaggi oltre il loro tempo",
        orario: Orario::AlleOre(&[(2, 15)]),
        dove: Dove::UnNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, t| Box::pin(g.svecchia_giornale(t)),
    },
    Lavoro {
        nome: "livello-servizio",
        operazione: None,
        descrizione: "Scrittura dei conteggi del livello di servizio della stazione",
        orario: Orario::OgniSecondi(MINUTO),
        dove: Dove::OgniNodo,
        richiesta: Richiesta::Aspetta,
        sveglia: None,
        esegui: |g, _| Box::pin(g.scrivi_livelli()),
    },
];

#[must_use]
pub fn registro() -> &'static [Lavoro] {
    &REGISTRO
}
