//! The rights that a route can ask for, as types (spec/1 section 14, spec/2 section 1.5).
//!
//! W does not imply R. `Autenticato` and `Aperto` are rights too: a route without one does not compile.

use domain::anagrafica::{Diritto, Servizio};
use domain::chiamante::TipoUtenza;

use Diritto::{Lettura, Scrittura};
use Servizio::{
    AnagraficaApplicazioni, AnagraficaCreditore, AnagraficaPagoPa, AnagraficaRuoli, ApiPagamenti, ApiPendenze, ApiRagioneria, ConfigurazioneEManutenzione,
    GiornaleDegliEventi, Pagamenti, Pendenze, RendicontazioniEIncassi,
};

/// What is asked of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Richiesto {
    /// This right on any of these services.
    Diritto { servizi: &'static [Servizio], diritto: Diritto },
    /// A login that is not switched off; who has the right is shown more than its own (spec/2 section 2.3).
    Facoltativo { servizi: &'static [Servizio], diritto: Diritto },
    /// A login that is not switched off.
    Autenticato,
    /// Nothing: credentials are not even looked at.
    Aperto,
}

/// What a route demands. The route table prints it, the router enforces it.
pub trait Permesso: Send + Sync + 'static {
    const RICHIESTO: Richiesto;
    /// Kinds of utenza that are let through.
    const UTENZE: &'static [TipoUtenza];
}

/// Integration APIs are for applicazioni.
const APPLICAZIONI: &[TipoUtenza] = &[TipoUtenza::Applicazione];
/// The back office is for operatori and applicazioni alike.
const UFFICIO: &[TipoUtenza] = &[TipoUtenza::Operatore, TipoUtenza::Applicazione];
/// Who pays, with a name.
const PAGANTI: &[TipoUtenza] = &[TipoUtenza::Applicazione, TipoUtenza::Cittadino];
/// Who pays, with or without.
const CHIUNQUE_PAGHI: &[TipoUtenza] = &[TipoUtenza::Applicazione, TipoUtenza::Cittadino, TipoUtenza::Anonimo];
const TUTTI: &[TipoUtenza] = &[TipoUtenza::Applicazione, TipoUtenza::Operatore, TipoUtenza::Cittadino, TipoUtenza::Anonimo];

macro_rules! permessi {
    ($($(#[$doc:meta])* $nome:ident: $utenze:ident, $servizio:ident $diritto:ident;)*) => { $(
        $(#[$doc])*
        pub struct $nome;
        impl Permesso for $nome {
            const RICHIESTO: Richiesto = Richiesto::Diritto { servizi: &[$servizio], diritto: $diritto };
            const UTENZE: &'static [TipoUtenza] = $utenze;
        }
    )* };
}

permessi! {
    LeggePendenze: APPLICAZIONI, ApiPendenze Lettura;
    ScrivePendenze: APPLICAZIONI, ApiPendenze Scrittura;
    LeggePagamenti: PAGANTI, ApiPagamenti Lettura;
    ScrivePagamenti: PAGANTI, ApiPagamenti Scrittura;
    /// As [`LeggePagamenti`], where the operation says what it gives to nobody.
    LeggePagamentiAncheAnonimo: CHIUNQUE_PAGHI, ApiPagamenti Lettura;
    /// As [`LeggePagamenti`], for portals alone.
    LeggePagamentiDaPortale: APPLICAZIONI, ApiPagamenti Lettura;
    ScrivePagamentiAncheAnonimo: CHIUNQUE_PAGHI, ApiPagamenti Scrittura;
    LeggeRagioneria: APPLICAZIONI, ApiRagioneria Lettura;
    ScriveRagioneria: APPLICAZIONI, ApiRagioneria Scrittura;

    LeggeAnagraficaPagoPa: UFFICIO, AnagraficaPagoPa Lettura;
    ScriveAnagraficaPagoPa: UFFICIO, AnagraficaPagoPa Scrittura;
    LeggeAnagraficaCreditore: UFFICIO, AnagraficaCreditore Lettura;
    ScriveAnagraficaCreditore: UFFICIO, AnagraficaCreditore Scrittura;
    LeggeApplicazioni: UFFICIO, AnagraficaApplicazioni Lettura;
    ScriveApplicazioni: UFFICIO, AnagraficaApplicazioni Scrittura;
    LeggeRuoli: UFFICIO, AnagraficaRuoli Lettura;
    ScriveRuoli: UFFICIO, AnagraficaRuoli Scrittura;
    /// Pendenze as the back office sees them.
    LeggePendenzeUfficio: UFFICIO, Pendenze Lettura;
    ScrivePendenzeUfficio: UFFICIO, Pendenze Scrittura;
    LeggePagamentiUfficio: UFFICIO, Pagamenti Lettura;
    ScrivePagamentiUfficio: UFFICIO, Pagamenti Scrittura;
    LeggeIncassi: UFFICIO, RendicontazioniEIncassi Lettura;
    ScriveIncassi: UFFICIO, RendicontazioniEIncassi Scrittura;
    LeggeConfigurazione: UFFICIO, ConfigurazioneEManutenzione Lettura;
    ScriveConfigurazione: UFFICIO, ConfigurazioneEManutenzione Scrittura;
    LeggeGiornale: UFFICIO, GiornaleDegliEventi Lettura;
}

/// Lists that whoever has a login may ask for: without the right they show only what is the caller's own (spec/2 section 2.3).
pub struct GuardaAnagraficaCreditore;

impl Permesso for GuardaAnagraficaCreditore {
    const RICHIESTO: Richiesto = Richiesto::Facoltativo { servizi: &[AnagraficaCreditore], diritto: Lettura };
    const UTENZE: &'static [TipoUtenza] = UFFICIO;
}

/// Events: without the right, those of what the caller may read (spec/2 section 2.14).
pub struct GuardaGiornale;

impl Permesso for GuardaGiornale {
    const RICHIESTO: Richiesto = Richiesto::Facoltativo { servizi: &[GiornaleDegliEventi], diritto: Lettura };
    const UTENZE: &'static [TipoUtenza] = UFFICIO;
}

/// Any login that is not switched off.
pub struct Autenticato;

impl Permesso for Autenticato {
    const RICHIESTO: Richiesto = Richiesto::Autenticato;
    const UTENZE: &'static [TipoUtenza] = TUTTI;
}

/// An operatore or an applicazione, whatever it may do.
pub struct AutenticatoUfficio;

impl Permesso for AutenticatoUfficio {
    const RICHIESTO: Richiesto = Richiesto::Autenticato;
    const UTENZE: &'static [TipoUtenza] = UFFICIO;
}

/// Anybody, without credentials.
pub struct Aperto;

impl Permesso for Aperto {
    const RICHIESTO: Richiesto = Richiesto::Aperto;
    const UTENZE: &'static [TipoUtenza] = TUTTI;
}
