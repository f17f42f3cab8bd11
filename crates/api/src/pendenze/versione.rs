//! What makes API Pendenze v1 another thing than v2: names, never rules (spec/1 sections 9 and 21).

use domain::Rifiuto;
use domain::lettura::lista::FiltroPendenze;
use domain::lettura::pendenza as lettura;
use domain::lettura::rpp::FiltroRpp;
use domain::pendenza::NuovaPendenza;

use crate::interfacce::{Api, PENDENZE_V1, PENDENZE_V2};
use crate::viste::forme::{self, Forma};

type Coppie<'a> = &'a [(String, String)];

/// A version of the API.
pub struct Versione {
    pub api: Api,
    pub forma: &'static Forma,
    /// The body of PUT.
    pub nuova: fn(&str, &str, &[u8]) -> Result<NuovaPendenza, Rifiuto>,
    /// The query of GET /pendenze.
    pub filtro: fn(Coppie<'_>, u32) -> Result<FiltroPendenze, Rifiuto>,
    /// The query of GET /rpp.
    pub filtro_rpp: fn(Coppie<'_>, u32) -> Result<FiltroRpp, Rifiuto>,
    /// Whether PUT answers with the UUID.
    pub con_uuid: bool,
    /// Whether PUT reads `dataAvvisatura`.
    pub con_avvisatura: bool,
    /// The older version asks for the dominio alone where v2 asks for the unità operativa, and its lists are within the domini of the caller.
    pub per_dominio: bool,
}

pub static V1: Versione = Versione {
    api: PENDENZE_V1,
    forma: &forme::PENDENZE_V1,
    nuova: lettura::nuova_pendenza_v1,
    filtro: FiltroPendenze::v1,
    filtro_rpp: FiltroRpp::v1,
    con_uuid: false,
    con_avvisatura: false,
    per_dominio: true,
};

pub static V2: Versione = Versione {
    api: PENDENZE_V2,
    forma: &forme::PENDENZE_V2,
    nuova: lettura::nuova_pendenza_v2,
    filtro: FiltroPendenze::v2,
    filtro_rpp: FiltroRpp::v2,
    con_uuid: true,
    con_avvisatura: true,
    per_dominio: false,
};
