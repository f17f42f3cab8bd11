//! The rights that routes ask for, as types: one for each service and right (spec/2 section 1.5).

use domain::anagrafica::{Diritto, Servizio};

use crate::accesso::Permesso;

macro_rules! permessi {
    ($($nome:ident: $servizio:ident $diritto:ident $solo_applicazioni:literal),+ $(,)?) => {
        $(
            pub struct $nome;

            impl Permesso for $nome {
                const SERVIZIO: Servizio = Servizio::$servizio;
                const DIRITTO: Diritto = Diritto::$diritto;
                const SOLO_APPLICAZIONI: bool = $solo_applicazioni;
            }
        )+
    };
}

permessi! {
    LeggePendenze: ApiPendenze Lettura true,
    ScrivePendenze: ApiPendenze Scrittura true,
    LeggeAnagraficaPagoPa: AnagraficaPagoPa Lettura false,
    ScriveAnagraficaPagoPa: AnagraficaPagoPa Scrittura false,
    LeggeAnagraficaCreditore: AnagraficaCreditore Lettura false,
    ScriveAnagraficaCreditore: AnagraficaCreditore Scrittura false,
    LeggeApplicazioni: AnagraficaApplicazioni Lettura false,
    ScriveApplicazioni: AnagraficaApplicazioni Scrittura false,
    LeggeRuoli: AnagraficaRuoli Lettura false,
    ScriveRuoli: AnagraficaRuoli Scrittura false,
    LeggeConfigurazione: ConfigurazioneEManutenzione Lettura false,
    ScriveConfigurazione: ConfigurazioneEManutenzione Scrittura false,
}

/// Lists that whoever has a login may ask for: without the right they show only what is the caller's own (spec/2 section 2.3).
pub struct GuardaAnagraficaCreditore;

impl Permesso for GuardaAnagraficaCreditore {
    const SERVIZIO: Servizio = Servizio::AnagraficaCreditore;
    const DIRITTO: Diritto = Diritto::Lettura;
    const SOLO_APPLICAZIONI: bool = false;
    const OBBLIGATORIO: bool = false;
}
