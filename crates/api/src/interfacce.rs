//! The APIs by version: where clients look for them, and by which profiles they are published (spec/1 section 2, spec/2 sections 0.1, 1.2 and 5).

use domain::chiamante::Profilo;

use Profilo::{ApiKey, Basic, Form, Header, OAuth2, Public, Session, Spid, Ssl, SslHeader};

/// Detail of 401 when nothing was presented: the words of the security layer (spec/1), and those of the office APIs (spec/2 section 1.6).
const NIENTE_PRESENTATO: &str = "Full authentication is required to access this resource";
const CREDENZIALI_NON_FORNITE: &str = "Credenziali non fornite.";

/// Who a SPID login is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessoSpid {
    /// A citizen, made on the fly.
    Cittadino,
    /// A registered utenza with the fiscal code as its principal.
    Registrata,
}

/// An API in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Api {
    pub nome: &'static str,
    pub versione: &'static str,
    /// Paths before `/rs/`: both layouts of GovPay, and old names.
    pub basi: &'static [&'static str],
    /// Ways in that publish this version. Which of them an installation opens is its configuration.
    pub profili: &'static [Profilo],
    /// Also at `/rs/{versione}`, where the installation opens the default chain.
    pub predefinita: bool,
    pub spid: AccessoSpid,
    pub senza_credenziali: &'static str,
}

const PENDENZE: Api = Api {
    nome: "pendenze",
    versione: "v2",
    basi: &["/govpay/backend/api/pendenze", "/govpay-api-pendenze"],
    profili: &[Basic, Ssl, SslHeader, Header, ApiKey, OAuth2],
    predefinita: true,
    spid: AccessoSpid::Registrata,
    senza_credenziali: NIENTE_PRESENTATO,
};
pub const PENDENZE_V1: Api = Api { versione: "v1", profili: &[Basic, Ssl, SslHeader, Header], ..PENDENZE };
pub const PENDENZE_V2: Api = PENDENZE;

const PAGAMENTO: Api = Api {
    nome: "pagamento",
    versione: "v2",
    basi: &["/govpay/frontend/api/pagamento", "/govpay-api-pagamento"],
    profili: &[Basic, Ssl, SslHeader, Spid, Public, Header, Session, ApiKey, OAuth2],
    predefinita: true,
    spid: AccessoSpid::Cittadino,
    senza_credenziali: NIENTE_PRESENTATO,
};
pub const PAGAMENTO_V1: Api = Api { versione: "v1", profili: &[Basic, Ssl, SslHeader, Spid, Public, Header, Session], ..PAGAMENTO };
pub const PAGAMENTO_V2: Api = PAGAMENTO;
pub const PAGAMENTO_V3: Api = Api { versione: "v3", ..PAGAMENTO };

const RAGIONERIA: Api = Api {
    nome: "ragioneria",
    versione: "v3",
    basi: &["/govpay/backend/api/ragioneria", "/govpay-api-ragioneria"],
    profili: &[Basic, Ssl, SslHeader, Header, ApiKey, OAuth2, Spid],
    predefinita: false,
    spid: AccessoSpid::Registrata,
    senza_credenziali: CREDENZIALI_NON_FORNITE,
};
/// The 3.1 manual calls v1 and v2 "API Riconciliazione" (spec/2 section 5.5).
const RAGIONERIA_E_RICONCILIAZIONE: Api = Api {
    basi: &["/govpay/backend/api/ragioneria", "/govpay-api-ragioneria", "/govpay/backend/api/riconciliazione", "/govpay-api-riconciliazione"],
    ..RAGIONERIA
};
pub const RAGIONERIA_V1: Api = Api { versione: "v1", ..RAGIONERIA_E_RICONCILIAZIONE };
pub const RAGIONERIA_V2: Api = Api { versione: "v2", ..RAGIONERIA_E_RICONCILIAZIONE };
pub const RAGIONERIA_V3: Api = RAGIONERIA;

pub const BACKOFFICE_V1: Api = Api {
    nome: "backoffice",
    versione: "v1",
    basi: &["/govpay/backend/api/backoffice", "/govpay-api-backoffice"],
    profili: &[Basic, Form, Ssl, SslHeader, Header, ApiKey, OAuth2, Spid, Session, Public],
    predefinita: false,
    spid: AccessoSpid::Registrata,
    senza_credenziali: CREDENZIALI_NON_FORNITE,
};

pub const USER_V1: Api = Api {
    nome: "user",
    versione: "v1",
    basi: &["/govpay/frontend/api/user", "/govpay-api-user"],
    profili: &[Spid, Basic, Form, Ssl, SslHeader, Header, ApiKey, OAuth2],
    predefinita: false,
    spid: AccessoSpid::Cittadino,
    senza_credenziali: NIENTE_PRESENTATO,
};

/// Every API that has an address.
pub const TUTTE: [Api; 10] =
    [PENDENZE_V1, PENDENZE_V2, PAGAMENTO_V1, PAGAMENTO_V2, PAGAMENTO_V3, RAGIONERIA_V1, RAGIONERIA_V2, RAGIONERIA_V3, BACKOFFICE_V1, USER_V1];

impl Api {
    /// Addresses by one profile, without the path of the route.
    #[must_use]
    pub fn radici(self, profilo: Profilo) -> Vec<String> {
        self.basi.iter().map(|base| format!("{base}/rs/{}/{}", profilo.segmento(), self.versione)).collect()
    }

    /// Addresses as the router writes them, with the profile as a parameter.
    pub(crate) fn modelli(self) -> Vec<String> {
        self.basi.iter().map(|base| format!("{base}/rs/{{profilo}}/{}", self.versione)).collect()
    }

    /// Addresses of the default chain.
    #[must_use]
    pub fn predefinite(self) -> Vec<String> {
        let basi = if self.predefinita { self.basi } else { &[] };
        basi.iter().map(|base| format!("{base}/rs/{}", self.versione)).collect()
    }

    /// A profile has one chain for all versions that it can reach, published there or not; `oauth2` has it only where it is published (spec/1 section 2).
    pub(crate) fn catena(self, profilo: Profilo) -> bool {
        let pubblica = |a: &Api| a.profili.contains(&profilo);
        if profilo == OAuth2 { pubblica(&self) } else { TUTTE.iter().filter(|a| a.nome == self.nome).any(pubblica) }
    }

    /// The API of an address, and what follows `/rs/`. A version that does not exist is answered as the first of its API would.
    pub(crate) fn di(percorso: &str) -> Option<(Self, &str)> {
        let (base, resto) = percorso.split_once("/rs/")?;
        let sorelle = || TUTTE.into_iter().filter(|a| a.basi.contains(&base));
        let precisa = sorelle().find(|a| resto.split('/').take(2).any(|s| s == a.versione));
        Some((precisa.or_else(|| sorelle().next())?, resto))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_catene_sono_per_profilo_e_oauth2_anche_per_versione() {
        assert!(PENDENZE_V1.catena(ApiKey) && !PENDENZE_V1.profili.contains(&ApiKey));
        assert!(!PENDENZE_V1.catena(OAuth2) && PENDENZE_V2.catena(OAuth2));
        assert!(!PENDENZE_V2.catena(Spid) && !PENDENZE_V2.catena(Public));
    }

    #[test]
    fn un_indirizzo_dice_la_sua_api() {
        let di = |p| Api::di(p).map(|(a, resto)| (a.nome, a.versione, resto.to_owned()));
        assert_eq!(di("/govpay-api-pendenze/rs/basic/v2/pendenze"), Some(("pendenze", "v2", "basic/v2/pendenze".to_owned())));
        assert_eq!(di("/govpay/backend/api/pendenze/rs/v1/x"), Some(("pendenze", "v1", "v1/x".to_owned())));
        assert_eq!(di("/govpay-api-pendenze/rs/x"), Some(("pendenze", "v1", "x".to_owned())));
        assert_eq!(di("/altro/rs/basic/v1"), None);
        assert_eq!(di("/govpay-api-pendenze"), None);
    }
}
