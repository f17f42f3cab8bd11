//! What each version of each API knows of a position: tables of names.

/// `01`, imposta di bollo: the only one there is.
pub const TIPO_BOLLO: &str = "01";

/// The labels of AgID for an avviso, in the order in which messages list them.
pub const TASSONOMIE_AVVISO: [&str; 13] = [
    "Cartelle esattoriali",
    "Diritti e concessioni",
    "Imposte e tasse",
    "IMU, TASI e altre tasse comunali",
    "Ingressi a mostre e musei",
    "Multe e sanzioni amministrative",
    "Previdenza e infortuni",
    "Servizi erogati dal comune",
    "Servizi erogati da altri enti",
    "Servizi scolastici",
    "Tassa automobilistica",
    "Ticket e prestazioni sanitarie",
    "Trasporti, mobilit\u{e0} e parcheggi",
];

/// What a version of the API knows of a position.
pub struct Contratto {
    /// Members of the body: the others are refused.
    pub pendenza: &'static [&'static str],
    pub voce: &'static [&'static str],
    pub soggetto_obbligatorio: bool,
    /// Names of the only bollo; what is stored is [`TIPO_BOLLO`].
    pub bolli: &'static [&'static str],
}

/// What all the tables of members have in common, in the order of the contracts: who is owed, what, until when.
pub const DI_CHI: &[&str] = &["idDominio", "idUnitaOperativa"];
pub const CHE_COSA: &[&str] = &["causale", "soggettoPagatore", "importo", "numeroAvviso"];
pub const FINO_A_QUANDO: &[&str] = &["dataValidita", "dataScadenza", "annoRiferimento", "cartellaPagamento", "datiAllegati"];
pub const AVVISATURA: &[&str] = &["dataNotificaAvviso", "dataPromemoriaScadenza"];
/// Of a voce: what it is, and what it refers to.
pub const VOCE: &[&str] = &["idVocePendenza", "importo", "descrizione", "datiAllegati", "descrizioneCausaleRPT"];
pub const DELL_ENTE: &[&str] = &["contabilita", "metadata", "idDominio"];
pub const A_CHE_SI_RIFERISCE: &[&str] =
    &["codEntrata", "tipoBollo", "hashDocumento", "provinciaResidenza", "ibanAccredito", "ibanAppoggio", "tipoContabilita", "codiceContabilita"];

/// One table out of several: `N` is how many they are together.
#[must_use]
pub const fn unisci<const N: usize>(parti: &[&[&'static str]]) -> [&'static str; N] {
    let mut uniti = [""; N];
    let (mut parte, mut n) = (0, 0);
    while parte < parti.len() {
        let mut i = 0;
        while i < parti[parte].len() {
            uniti[n] = parti[parte][i];
            (i, n) = (i + 1, n + 1);
        }
        parte += 1;
    }
    assert!(n == N, "tanti nomi quanti sono");
    uniti
}

const CLASSI: &[&str] = &["tassonomia", "tassonomiaAvviso"];
const VERSO: &[&str] = &["direzione", "divisione"];
const DELLA_V2: [&str; 22] =
    unisci(&[&["idTipoPendenza"], DI_CHI, CHE_COSA, CLASSI, VERSO, FINO_A_QUANDO, &["documento"], AVVISATURA, &["proprieta", "voci", "allegati"]]);
const VOCE_V2: [&str; 16] = unisci(&[VOCE, DELL_ENTE, A_CHE_SI_RIFERISCE]);
const DELLA_V1: [&str; 16] = unisci(&[DI_CHI, &["nome"], CHE_COSA, &["dataCaricamento"], FINO_A_QUANDO, CLASSI, &["voci"]]);
const VOCE_V1: [&str; 15] = unisci(&[&["indice"], VOCE, &["stato"], A_CHE_SI_RIFERISCE]);

/// API Pendenze v2.
pub const PENDENZE_V2: Contratto = Contratto { pendenza: &DELLA_V2, voce: &VOCE_V2, soggetto_obbligatorio: false, bolli: &[TIPO_BOLLO] };

/// API Pendenze v1 (spec/1 section 9.4). `dataCaricamento`, and `indice` and `stato` of a voce, are known and without effect.
pub const PENDENZE_V1: Contratto = Contratto { pendenza: &DELLA_V1, voce: &VOCE_V1, soggetto_obbligatorio: true, bolli: &[TIPO_BOLLO, "Imposta di bollo"] };
