//! Connectors of a dominio towards accounting products (spec/2 sections 10.1 and 2.19).

use serde_json::Value;

use super::connettore;
use crate::Rifiuto;
use crate::anagrafica::VersioneEnte;
use crate::anagrafica::connettore::Autenticazione;
use crate::anagrafica::esportazione::{ConnettoreEsportazione, ConnettoreMaggioli, Contenuto, TIPI_TUTTI, TipoConnettore};
use crate::lettura::json::{Decimale, Oggetto};
use crate::lettura::lista::{Estremo, data};
use crate::lettura::regole::{self, FORMA_EMAIL, FORMA_URL_HTTP, TIPO, Testo, codifica_inesistente, elemento, obbligatorio, tra};

/// Tipi pendenza that a connector may name one by one.
pub const TIPI_MAX: usize = 1000;

pub const VERSIONE: Testo = Testo::lungo(1, 255);
pub const CODICE_IPA: Testo = Testo::lungo(1, 4000);
pub const CODICE_CLIENTE: Testo = Testo::lungo(1, 7);
pub const CODICE_ISTITUTO: Testo = Testo::lungo(1, 5);
pub const INDIRIZZO: Testo = Testo::con_forma(1, 4000, &FORMA_EMAIL);
/// All the addresses of a connector together.
const INDIRIZZI: Testo = Testo::lungo(1, 4000);
pub const OGGETTO: Testo = Testo::lungo(0, 4000);
pub const URL_SCARICO: Testo = Testo::con_forma(1, 4000, &FORMA_URL_HTTP);
/// Sent although the attachment makes it useless: it is kept.
pub const URL_SUPERFLUA: Testo = Testo::lungo(0, 4000);
pub const CARTELLA: Testo = Testo::lungo(1, 4000);

const COMUNI: [&str; 10] = [
    "abilitato",
    "tipoConnettore",
    "versioneCsv",
    "emailIndirizzi",
    "emailSubject",
    "emailAllegato",
    "downloadBaseUrl",
    "fileSystemPath",
    "tipiPendenza",
    "intervalloCreazioneTracciato",
];
const DI_GOVPAY: [&str; 14] = [
    "abilitato",
    "tipoConnettore",
    "versioneZip",
    "emailIndirizzi",
    "emailSubject",
    "emailAllegato",
    "downloadBaseUrl",
    "fileSystemPath",
    "tipiPendenza",
    "intervalloCreazioneTracciato",
    "url",
    "versioneApi",
    "auth",
    "contenuti",
];
const DI_MAGGIOLI: [&str; 10] =
    ["abilitato", "inviaTracciatoEsito", "fileSystemPath", "emailIndirizzi", "emailSubject", "emailAllegato", "downloadBaseUrl", "url", "auth", "dataUltimaRT"];

/// The members that connectors have in common, as sent: forms are looked at even where the rules ask for nothing.
struct Sporto<'a> {
    abilitato: Option<bool>,
    tipo: Option<&'a str>,
    intervallo: Option<Decimale<'a>>,
    tipi_pendenza: Option<&'a [Value]>,
    posta: Posta<'a>,
    cartella: Option<&'a str>,
}

impl<'a> Sporto<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        Ok(Self {
            abilitato: o.booleano("abilitato")?,
            tipo: o.stringa("tipoConnettore")?,
            intervallo: o.decimale("intervalloCreazioneTracciato")?,
            tipi_pendenza: o.elementi("tipiPendenza")?,
            posta: Posta::leggi(o)?,
            cartella: o.testo("fileSystemPath")?,
        })
    }

    fn tipo(&self, ammessi: &[TipoConnettore]) -> Result<TipoConnettore, Rifiuto> {
        let valore = obbligatorio("tipoConnettore", self.tipo)?;
        let trovato = ammessi.iter().find(|t| t.nome() == valore);
        trovato.copied().map_or_else(|| codifica_inesistente("tipoConnettore", valore, ammessi.iter().map(|t| t.nome())), Ok)
    }

    fn intervallo(&self) -> Result<u32, Rifiuto> {
        const CAMPO: &str = "intervalloCreazioneTracciato";
        let valore = obbligatorio(CAMPO, self.intervallo)?.parte_intera();
        let ore = valore.parse::<i64>().unwrap_or(if valore.starts_with('-') { i64::MIN } else { i64::MAX });
        regole::almeno(CAMPO, ore, 1)?;
        regole::al_massimo(CAMPO, ore, i32::MAX.unsigned_abs().into())?;
        u32::try_from(ore).or_else(|_| regole::non_valida(CAMPO))
    }

    /// The way of delivery, and last the tipi. REST is for whoever calls.
    fn consegna(&self, tipo: TipoConnettore, c: ConnettoreEsportazione) -> Result<ConnettoreEsportazione, Rifiuto> {
        let c = match tipo {
            TipoConnettore::Email => {
                let p = self.posta.controlla()?;
                let c = ConnettoreEsportazione { email_indirizzi: p.indirizzi, email_subject: p.oggetto, ..c };
                ConnettoreEsportazione { email_allegato: Some(p.allegato), download_base_url: p.url, ..c }
            }
            TipoConnettore::FileSystem => ConnettoreEsportazione { file_system_path: Some(CARTELLA.obbligatorio("fileSystemPath", self.cartella)?), ..c },
            TipoConnettore::Rest => c,
        };
        Ok(ConnettoreEsportazione { tipo_connettore: Some(tipo), tipi_pendenza: tipi(self.tipi_pendenza)?, ..c })
    }
}

/// Delivery by mail.
struct Posta<'a> {
    indirizzi: Option<Vec<Option<&'a str>>>,
    oggetto: Option<&'a str>,
    allegato: Option<bool>,
    url: Option<&'a str>,
}

struct PostaLetta {
    indirizzi: Vec<String>,
    oggetto: Option<String>,
    allegato: bool,
    url: Option<String>,
}

impl<'a> Posta<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        Ok(Self {
            indirizzi: testi("emailIndirizzi", o.elementi("emailIndirizzi")?)?,
            oggetto: o.testo("emailSubject")?,
            allegato: o.booleano("emailAllegato")?,
            url: o.testo("downloadBaseUrl")?,
        })
    }

    fn controlla(&self) -> Result<PostaLetta, Rifiuto> {
        const CAMPO: &str = "emailIndirizzi";
        let indirizzi = obbligatorio(CAMPO, self.indirizzi.as_deref().filter(|i| !i.is_empty()))?;
        let letti = indirizzi.iter().enumerate().map(|(i, v)| INDIRIZZO.controlla(CAMPO, elemento(CAMPO, i, *v)?)).collect::<Result<Vec<_>, _>>()?;
        INDIRIZZI.controlla(CAMPO, &letti.join(","))?;
        let oggetto = OGGETTO.facoltativo("emailSubject", self.oggetto)?;
        let allegato = obbligatorio("emailAllegato", self.allegato)?;
        let url = if allegato { URL_SUPERFLUA.facoltativo("downloadBaseUrl", self.url)? } else { Some(URL_SCARICO.obbligatorio("downloadBaseUrl", self.url)?) };
        Ok(PostaLetta { indirizzi: letti, oggetto, allegato, url })
    }
}

/// A list of texts; a null element is `None`, so that a rule can tell its position.
fn testi<'a>(campo: &str, elementi: Option<&'a [Value]>) -> Result<Option<Vec<Option<&'a str>>>, Rifiuto> {
    let testo = |v: &'a Value| match v {
        Value::Null => Ok(None),
        Value::String(s) => Ok(Some(s.as_str())),
        _ => Err(Rifiuto::Sintassi(format!("Tipo non valido per il campo {campo}"))),
    };
    elementi.map(|e| e.iter().map(testo).collect()).transpose()
}

/// Identifiers, `*`, or what a GET shows of them. A star anywhere is all.
fn tipi(elementi: Option<&[Value]>) -> Result<Vec<String>, Rifiuto> {
    const CAMPO: &str = "tipiPendenza";
    let elementi = elementi.unwrap_or_default();
    if elementi.is_empty() {
        return Err(Rifiuto::Sintassi(format!("Indicare almeno un valore nel campo {CAMPO}")));
    }
    regole::massimo_elementi(CAMPO, elementi.len(), TIPI_MAX)?;
    let id = |v: &Value| -> Result<String, Rifiuto> {
        let id = match v {
            Value::String(s) => s.clone(),
            Value::Object(_) => {
                let o = Oggetto::radice(v, &["idTipoPendenza", "descrizione"])?;
                obbligatorio("idTipoPendenza", o.testo("idTipoPendenza")?)?.to_owned()
            }
            _ => return Err(Rifiuto::Sintassi(format!("Tipo non valido per il campo {CAMPO}"))),
        };
        if id == TIPI_TUTTI { Ok(id) } else { TIPO.controlla("idTipoPendenza", &id) }
    };
    let letti = elementi.iter().map(id).collect::<Result<Vec<_>, _>>()?;
    Ok(if letti.iter().any(|t| t == TIPI_TUTTI) { vec![TIPI_TUTTI.to_owned()] } else { letti })
}

/// A connector that is switched off keeps nothing else.
fn leggi(
    corpo: &Oggetto<'_>,
    nome: &str,
    membri: &[&str],
    acceso: impl FnOnce(&Oggetto<'_>, &Sporto<'_>) -> Result<ConnettoreEsportazione, Rifiuto>,
) -> Result<Option<ConnettoreEsportazione>, Rifiuto> {
    let Some(o) = corpo.oggetto(nome, membri)? else { return Ok(None) };
    let sporto = Sporto::leggi(&o)?;
    if !obbligatorio("abilitato", sporto.abilitato)? {
        return Ok(Some(ConnettoreEsportazione::default()));
    }
    acceso(&o, &sporto).map(|c| Some(ConnettoreEsportazione { abilitato: true, ..c }))
}

const POSTA_O_CARTELLA: [TipoConnettore; 2] = [TipoConnettore::Email, TipoConnettore::FileSystem];

/// `servizioMyPivot`.
pub fn my_pivot(corpo: &Oggetto<'_>) -> Result<Option<ConnettoreEsportazione>, Rifiuto> {
    leggi(corpo, "servizioMyPivot", &[COMUNI.as_slice(), &["codiceIPA"]].concat(), |o, s| {
        let codice = o.testo("codiceIPA")?;
        let tipo = s.tipo(&POSTA_O_CARTELLA)?;
        let versione_csv = Some(VERSIONE.obbligatorio("versioneCsv", o.testo("versioneCsv")?)?);
        let codice_ipa = Some(CODICE_IPA.obbligatorio("codiceIPA", codice)?);
        s.consegna(tipo, ConnettoreEsportazione { versione_csv, codice_ipa, intervallo_ore: Some(s.intervallo()?), ..ConnettoreEsportazione::default() })
    })
}

/// `servizioSecim`.
pub fn secim(corpo: &Oggetto<'_>) -> Result<Option<ConnettoreEsportazione>, Rifiuto> {
    leggi(corpo, "servizioSecim", &[COMUNI.as_slice(), &["codiceCliente", "codiceIstituto"]].concat(), |o, s| {
        let (cliente, istituto) = (o.testo("codiceCliente")?, o.testo("codiceIstituto")?);
        let tipo = s.tipo(&POSTA_O_CARTELLA)?;
        let versione_csv = Some(VERSIONE.obbligatorio("versioneCsv", o.testo("versioneCsv")?)?);
        let codice_cliente = Some(CODICE_CLIENTE.obbligatorio("codiceCliente", cliente)?);
        let codice_istituto = CODICE_ISTITUTO.facoltativo("codiceIstituto", istituto)?;
        let intervallo_ore = Some(s.intervallo()?);
        s.consegna(tipo, ConnettoreEsportazione { versione_csv, codice_cliente, codice_istituto, intervallo_ore, ..ConnettoreEsportazione::default() })
    })
}

/// `servizioHyperSicAPKappa`.
pub fn hyper_sic(corpo: &Oggetto<'_>) -> Result<Option<ConnettoreEsportazione>, Rifiuto> {
    leggi(corpo, "servizioHyperSicAPKappa", &COMUNI, |o, s| {
        let tipo = s.tipo(&POSTA_O_CARTELLA)?;
        let versione_csv = Some(VERSIONE.obbligatorio("versioneCsv", o.testo("versioneCsv")?)?);
        s.consegna(tipo, ConnettoreEsportazione { versione_csv, intervallo_ore: Some(s.intervallo()?), ..ConnettoreEsportazione::default() })
    })
}

/// `servizioGovPay`.
pub fn govpay(corpo: &Oggetto<'_>) -> Result<Option<ConnettoreEsportazione>, Rifiuto> {
    leggi(corpo, "servizioGovPay", &DI_GOVPAY, |o, s| {
        let versione = o.testo("versioneZip")?;
        let tipo = s.tipo(&TipoConnettore::TUTTI)?;
        let rest = tipo == TipoConnettore::Rest;
        let versione_zip = if rest { None } else { Some(VERSIONE.obbligatorio("versioneZip", versione)?) };
        let c = ConnettoreEsportazione { versione_zip, intervallo_ore: Some(s.intervallo()?), ..ConnettoreEsportazione::default() };
        let c = if rest { govpay_rest(o, c)? } else { c };
        s.consegna(tipo, c)
    })
}

fn govpay_rest(o: &Oggetto<'_>, c: ConnettoreEsportazione) -> Result<ConnettoreEsportazione, Rifiuto> {
    let url = Some(connettore::url(o, "url")?);
    tra("versioneApi", obbligatorio("versioneApi", o.stringa("versioneApi")?)?, &[VersioneEnte::V1.nome()])?;
    let auth = connettore::autenticazione(o)?;
    Ok(ConnettoreEsportazione { url, versione_api: Some(VersioneEnte::V1), auth, contenuti: contenuti(o)?, ..c })
}

fn contenuti(o: &Oggetto<'_>) -> Result<Vec<Contenuto>, Rifiuto> {
    const CAMPO: &str = "contenuti";
    let nomi = regole::lista(CAMPO, testi(CAMPO, o.elementi(CAMPO)?)?, Contenuto::TUTTI.len())?;
    let uno = |(i, nome): (usize, Option<&str>)| {
        let nome = elemento(CAMPO, i, nome)?;
        let trovato = Contenuto::TUTTI.into_iter().find(|c| c.nome() == nome);
        trovato.map_or_else(|| codifica_inesistente(CAMPO, nome, Contenuto::TUTTI.map(Contenuto::nome)), Ok)
    };
    nomi.into_iter().enumerate().map(uno).collect()
}

/// `servizioMaggioliJPPA`: what is given is checked and kept even when it is switched off.
pub fn maggioli(corpo: &Oggetto<'_>) -> Result<Option<ConnettoreMaggioli>, Rifiuto> {
    let Some(o) = corpo.oggetto("servizioMaggioliJPPA", &DI_MAGGIOLI)? else { return Ok(None) };
    let (abilitato, invia, posta) = (o.booleano("abilitato")?, o.booleano("inviaTracciatoEsito")?, Posta::leggi(&o)?);
    let (cartella, ultima) = (o.testo("fileSystemPath")?, o.stringa("dataUltimaRT")?);
    let abilitato = obbligatorio("abilitato", abilitato)?;
    let url = if abilitato || o.libero("url").is_some() { Some(connettore::url(&o, "url")?) } else { None };
    let auth = connettore::solo_basic(&o)?.map(Autenticazione::Basic);
    let auth = if abilitato { Some(obbligatorio("auth", auth)?) } else { auth };
    let data_ultima_rt = ultima.filter(|u| !u.is_empty()).map(|u| data("dataUltimaRT", u, Estremo::Da)).transpose()?;
    let c = ConnettoreMaggioli { abilitato, url, auth, data_ultima_rt, ..ConnettoreMaggioli::default() };
    if !abilitato {
        return Ok(Some(c));
    }
    let c = ConnettoreMaggioli { invia_tracciato_esito: invia, ..c };
    if invia != Some(true) {
        return Ok(Some(c));
    }
    let file_system_path = Some(CARTELLA.obbligatorio("fileSystemPath", cartella)?);
    let p = posta.controlla()?;
    let c = ConnettoreMaggioli { file_system_path, email_indirizzi: p.indirizzi, email_subject: p.oggetto, ..c };
    Ok(Some(ConnettoreMaggioli { email_allegato: Some(p.allegato), download_base_url: p.url, ..c }))
}
