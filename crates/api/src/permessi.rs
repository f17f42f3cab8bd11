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
