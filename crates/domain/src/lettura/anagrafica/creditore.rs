//! Domini, unità operative and conti di accredito (spec/2 sections 2.3, 2.4, 2.5 and 2.19).

use std::collections::BTreeSet;
use std::sync::Arc;

use codici::{AuxDigit, IdDominio};
use serde_json::Value;

use super::esportazione;
use crate::Rifiuto;
use crate::anagrafica::creditore::immagine_logo;
use crate::anagrafica::{ConnettoriDominio, ContoAccredito, Dominio, Recapiti, UnitaOperativa};
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{self, FORMA_EMAIL, FORMA_IBAN, FORMA_SIGLA, FORMA_STAZIONE, Forma, IDENTIFICATIVO, Testo, id_dominio, obbligatorio, tra, vuoto};

/// Bytes of a logo, once out of its base64: what a print can use.
pub const BYTE_LOGO_MAX: usize = 1024 * 1024;

pub static FORMA_GLN: Forma = Forma::uguale("(^([0-9]){13}$)");
pub static FORMA_SEGREGAZIONE: Forma = Forma::uguale("[0-4][0-9]");
pub static FORMA_CBILL: Forma = Forma::uguale("[0-9A-Z]{5}");
static FORMA_AUX: Forma = Forma::uguale("[0-3]");
static FORMA_PREFISSO: Forma = Forma::diversa(r"(\d*(%\([yYa{t|p}u]\))?)+", r"([0-9]*(%\([yYa{t|p}u]\))?)+");
pub static FORMA_BIC: Forma =
    Forma::uguale("([a-zA-Z]{4})([a-zA-Z]{2})(([2-9a-zA-Z]{1})([0-9a-np-zA-NP-Z]{1}))((([0-9a-wy-zA-WY-Z]{1})([0-9a-zA-Z]{2}))|([xX]{3})|)");

pub const RAGIONE_SOCIALE: Testo = Testo::lungo(1, 70);
pub const LUNGO: Testo = Testo::lungo(1, 255);
const EMAIL: Testo = Testo::con_forma(1, 255, &FORMA_EMAIL);
pub const STAZIONE: Testo = Testo::con_forma(1, 35, &FORMA_STAZIONE);
pub const AUT_STAMPA: Testo = Testo::lungo(0, 255);
/// No length is told of these, but nothing of this size matches them.
pub const IUV_PREFIX: Testo = Testo::con_forma(0, 255, &FORMA_PREFISSO);
pub const IBAN: Testo = Testo::con_forma(1, 255, &FORMA_IBAN);

/// Address and contacts, in the order in which they are checked.
pub const RECAPITI: [(&str, Testo); 12] = [
    ("indirizzo", Testo::lungo(1, 70)),
    ("civico", Testo::lungo(1, 16)),
    ("cap", Testo::lungo(1, 16)),
    ("localita", Testo::lungo(1, 35)),
    ("provincia", Testo::lungo(1, 35)),
    ("nazione", Testo::con_forma(0, usize::MAX, &FORMA_SIGLA)),
    ("email", EMAIL),
    ("pec", EMAIL),
    ("tel", LUNGO),
    ("fax", LUNGO),
    ("web", LUNGO),
    ("area", LUNGO),
];

const MEMBRI_UO: [&str; 14] =
    ["ragioneSociale", "indirizzo", "civico", "cap", "localita", "provincia", "nazione", "email", "pec", "tel", "fax", "web", "area", "abilitato"];

const MEMBRI_DOMINIO: [&str; 31] = [
    "ragioneSociale",
    "indirizzo",
    "civico",
    "cap",
    "localita",
    "provincia",
    "nazione",
    "email",
    "pec",
    "tel",
    "fax",
    "web",
    "area",
    "abilitato",
    "scaricaFr",
    "gln",
    "stazione",
    "segregationCode",
    "segregazioniAsincrone",
    "cbill",
    "autStampaPosteItaliane",
    "iuvPrefix",
    "auxDigit",
    "logo",
    "intermediato",
    "servizioMyPivot",
    "servizioSecim",
    "servizioGovPay",
    "servizioHyperSicAPKappa",
    "servizioMaggioliJPPA",
    "tassonomiaPagoPA",
];

pub const TASSONOMIE: [&str; 12] = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"];

/// Name, address and contacts as sent.
struct Sede<'a> {
    ragione_sociale: Option<&'a str>,
    recapiti: [Option<&'a str>; RECAPITI.len()],
}

impl<'a> Sede<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        let ragione_sociale = o.testo("ragioneSociale")?;
        let mut recapiti = [None; RECAPITI.len()];
        for (posto, (nome, _)) in recapiti.iter_mut().zip(&RECAPITI) {
            *posto = o.testo(nome)?;
        }
        Ok(Self { ragione_sociale, recapiti })
    }

    fn controlla(self) -> Result<(String, Recapiti), Rifiuto> {
        let ragione_sociale = RAGIONE_SOCIALE.obbligatorio("ragioneSociale", self.ragione_sociale)?;
        let mut letti = [const { None }; RECAPITI.len()];
        for ((posto, valore), (nome, regola)) in letti.iter_mut().zip(self.recapiti).zip(&RECAPITI) {
            *posto = regola.facoltativo(nome, valore)?;
        }
        let [indirizzo, civico, cap, localita, provincia, nazione, email, pec, tel, fax, web, area] = letti;
        Ok((ragione_sociale, Recapiti { indirizzo, civico, cap, localita, provincia, nazione, email, pec, tel, fax, web, area }))
    }
}

/// How a dominio numbers and collects, as sent.
struct Intermediazione<'a> {
    intermediato: bool,
    gln: Option<&'a str>,
    stazione: Option<&'a str>,
    segregation_code: Option<&'a str>,
    cbill: Option<&'a str>,
    aut_stampa_poste: Option<&'a str>,
    iuv_prefix: Option<&'a str>,
    aux_digit: Option<&'a str>,
}

impl<'a> Intermediazione<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        Ok(Self {
            intermediato: o.booleano("intermediato")?.unwrap_or(true),
            gln: o.testo("gln")?,
            stazione: o.testo("stazione")?,
            segregation_code: o.testo("segregationCode")?,
            cbill: o.testo("cbill")?,
            aut_stampa_poste: o.testo("autStampaPosteItaliane")?,
            iuv_prefix: o.testo("iuvPrefix")?,
            aux_digit: o.testo("auxDigit")?,
        })
    }

    fn assente(&self) -> Result<(), Rifiuto> {
        vuoto("gln", self.gln)?;
        vuoto("stazione", self.stazione)?;
        vuoto("segregationCode", self.segregation_code)?;
        vuoto("cbill", self.cbill)?;
        vuoto("autStampaPosteItaliane", self.aut_stampa_poste)?;
        vuoto("iuvPrefix", self.iuv_prefix)?;
        vuoto("auxDigit", self.aux_digit)
    }

    fn applica(self, d: Dominio) -> Result<Dominio, Rifiuto> {
        if !self.intermediato {
            self.assente()?;
            return Ok(d);
        }
        let gln = self.gln.map(gln).transpose()?;
        let stazione = STAZIONE.obbligatorio("stazione", self.stazione)?;
        let segregation_code = self.segregation_code.map(|v| numero("segregationCode", v, &FORMA_SEGREGAZIONE)).transpose()?;
        let con_forma = |nome, valore: Option<&str>, forma: &Forma| -> Result<Option<String>, Rifiuto> {
            valore.map(|v| forma.controlla(nome, v).map(|()| v.to_owned())).transpose()
        };
        let cbill = con_forma("cbill", self.cbill, &FORMA_CBILL)?;
        let aut_stampa_poste = AUT_STAMPA.facoltativo("autStampaPosteItaliane", self.aut_stampa_poste)?;
        let iuv_prefix = IUV_PREFIX.facoltativo("iuvPrefix", self.iuv_prefix)?;
        let aux_digit = numero("auxDigit", obbligatorio("auxDigit", self.aux_digit)?, &FORMA_AUX)?;
        let aux_digit = AuxDigit::leggi(aux_digit).map_or_else(|| regole::non_valida("auxDigit"), Ok)?;
        Ok(Dominio { intermediato: true, stazione: Some(stazione), gln, segregation_code, cbill, aut_stampa_poste, iuv_prefix, aux_digit, ..d })
    }
}

fn gln(valore: &str) -> Result<String, Rifiuto> {
    regole::lunghezza("gln", valore, 13)?;
    FORMA_GLN.controlla("gln", valore)?;
    Ok(valore.to_owned())
}

fn numero(nome: &str, valore: &str, forma: &Forma) -> Result<u8, Rifiuto> {
    forma.controlla(nome, valore)?;
    valore.parse().or_else(|_| regole::non_valida(nome))
}

/// A dominio that was sent, with its logo as it came.
#[derive(Clone, Debug)]
pub struct NuovoDominio {
    pub dominio: Dominio,
    pub logo: Option<String>,
    /// `segregazioniAsincrone` is not of the original: who does not send it leaves it as it is.
    pub segregazioni_asincrone: Option<Vec<u8>>,
}

/// Body of `PUT /domini/{idDominio}`.
pub fn dominio(id: &str, corpo: &Value) -> Result<NuovoDominio, Rifiuto> {
    let o = Oggetto::radice(corpo, &MEMBRI_DOMINIO)?;
    let sede = Sede::leggi(&o)?;
    let intermediazione = Intermediazione::leggi(&o)?;
    let (abilitato, scarica_fr, logo) = (o.booleano("abilitato")?, o.booleano("scaricaFr")?, o.testo("logo")?);
    let tassonomia = o.stringa("tassonomiaPagoPA")?;
    let segregazioni = o.elementi("segregazioniAsincrone")?;

    let cod = id_dominio("idDominio", id)?;
    let (ragione_sociale, recapiti) = sede.controlla()?;
    let abilitato = obbligatorio("abilitato", abilitato)?;
    let scarica_fr = obbligatorio("scaricaFr", scarica_fr)?;
    let d = Dominio { abilitato, scarica_fr, recapiti, ..Dominio::nuovo(cod, &ragione_sociale) };
    let d = intermediazione.applica(d)?;
    let connettori = ConnettoriDominio {
        my_pivot: esportazione::my_pivot(&o)?,
        secim: esportazione::secim(&o)?,
        govpay: esportazione::govpay(&o)?,
        hyper_sic: esportazione::hyper_sic(&o)?,
        maggioli: esportazione::maggioli(&o)?,
    };
    let logo = logo.filter(|l| !l.trim().is_empty()).map(self::logo).transpose()?;
    let tassonomia = tassonomia.map(|t| tra("tassonomiaPagoPA", t, &TASSONOMIE)).transpose()?.map(str::to_owned);
    let segregazioni_asincrone = segregazioni.map(segregazioni_asincrone).transpose()?;
    Ok(NuovoDominio { dominio: Dominio { connettori: Arc::new(connettori), tassonomia, ha_logo: logo.is_some(), ..d }, logo, segregazioni_asincrone })
}

/// Each once, in order.
fn segregazioni_asincrone(elementi: &[Value]) -> Result<Vec<u8>, Rifiuto> {
    let nome = "segregazioniAsincrone";
    let codice = |v: &Value| v.as_str().map_or_else(|| regole::non_valida(nome), |testo| numero(nome, testo, &FORMA_SEGREGAZIONE));
    let codici: BTreeSet<u8> = elementi.iter().map(codice).collect::<Result<_, _>>()?;
    Ok(codici.into_iter().collect())
}

/// Any text, as received; what it decodes to, or the text itself when it is no base64, has a bound.
fn logo(testo: &str) -> Result<String, Rifiuto> {
    let byte = immagine_logo(testo).map_or(testo.len(), |i| i.len());
    if byte > BYTE_LOGO_MAX {
        return Err(Rifiuto::Sintassi(format!("Il campo logo non deve superare {} byte.", regole::a_gruppi(BYTE_LOGO_MAX as u64))));
    }
    Ok(testo.to_owned())
}

/// Identifier of a unità operativa in a path.
pub fn id_uo(valore: &str) -> Result<String, Rifiuto> {
    IDENTIFICATIVO.controlla("idUnitaOperativa", valore)
}

/// Body of `PUT /domini/{idDominio}/unitaOperative/{idUnitaOperativa}`.
pub fn unita_operativa(dominio: &str, uo: &str, corpo: &Value) -> Result<(IdDominio, UnitaOperativa), Rifiuto> {
    let o = Oggetto::radice(corpo, &MEMBRI_UO)?;
    let (sede, abilitata) = (Sede::leggi(&o)?, o.booleano("abilitato")?);
    let dominio = id_dominio("idDominio", dominio)?;
    let cod = id_uo(uo)?;
    let (ragione_sociale, recapiti) = sede.controlla()?;
    Ok((dominio, UnitaOperativa { cod, ragione_sociale: Some(ragione_sociale), abilitata: obbligatorio("abilitato", abilitata)?, recapiti }))
}

/// An IBAN in a path. Check digits are not looked at: existing configurations hold impossible ones.
pub fn iban(valore: &str) -> Result<String, Rifiuto> {
    IBAN.controlla("ibanAccredito", valore)
}

/// Body of `PUT /domini/{idDominio}/contiAccredito/{ibanAccredito}`.
pub fn conto(dominio: &str, iban: &str, corpo: &Value) -> Result<(IdDominio, ContoAccredito), Rifiuto> {
    let o = Oggetto::radice(corpo, &["abilitato", "postale", "mybank", "bic", "descrizione", "intestatario", "autStampaPosteItaliane"])?;
    let (bic, descrizione, intestatario, aut_stampa) = (o.testo("bic")?, o.testo("descrizione")?, o.testo("intestatario")?, o.testo("autStampaPosteItaliane")?);
    // A wrong type is an error of form, told before the rest; of `mybank` nothing else is asked.
    for nome in ["abilitato", "postale", "mybank"] {
        o.booleano(nome)?;
    }
    let dominio = id_dominio("idDominio", dominio)?;
    let iban = self::iban(iban)?;
    let abilitato = o.booleano_o("abilitato", true)?;
    let bic = bic.map(|b| FORMA_BIC.controlla("bic", b).map(|()| b.to_owned())).transpose()?;
    let conto = ContoAccredito {
        iban,
        bic,
        postale: o.booleano_o("postale", false)?,
        abilitato,
        descrizione: LUNGO.facoltativo("descrizione", descrizione)?,
        intestatario: LUNGO.facoltativo("intestatario", intestatario)?,
        aut_stampa_poste: AUT_STAMPA.facoltativo("autStampaPosteItaliane", aut_stampa)?,
    };
    Ok((dominio, conto))
}
