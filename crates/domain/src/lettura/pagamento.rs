//! `POST /pagamenti` of API Pagamento v1 and v2 (spec/1 section 10.1): who pays, and the four ways to name what is paid.
//!
//! Unknown members are ignored at the top of the body and nowhere else.

use chrono::{DateTime, Days, NaiveDate, Utc};
use codici::{IdDominio, NumeroAvviso};
use serde_json::{Map, Value};

use super::anagrafica::creditore::FORMA_BIC;
use super::json::{self, Oggetto};
use super::lista::{Ordine, Paginazione, Parametri};
use super::pendenza::{self as lettura, Contratto, PENDENZE_V1, PENDENZE_V2, Ruolo};
use super::regole::{self, IDENTIFICATIVO, TIPO, Testo, obbligatorio, vuoto};
use crate::chiamante::Chi;
use crate::pagamento::{PENDENZE_MAX, Stato};
use crate::pendenza::NuovaPendenza;
use crate::soggetto::{ANONIMO, TipoSoggetto};
use crate::{Rifiuto, Soggetto};

/// Days from now within which a payment may be asked for.
const GIORNI_ESECUZIONE_MAX: u64 = 30;
const AUTENTICAZIONI: [&str; 4] = ["CNS", "USR", "OTH", "N/A"];
const LINGUE_V1: [&str; 5] = ["IT", "EN", "FR", "DE", "SL"];
/// Ways to pay that a caller who chooses its PSP may name.
pub const TIPI_VERSAMENTO: [&str; 9] = ["BBT", "BP", "AD", "CP", "PO", "OBEP", "OTH", "JIF", "MYBK"];
/// Members of an element of `pendenze` beside those of a position.
const RIFERIMENTI: [&str; 4] = ["idA2A", "idPendenza", "idDebitore", "dati"];
const CONTO: &[&str] = &["iban", "bic"];

/// A version of the API, as far as this body goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versione {
    V1,
    V2,
}

/// How a pendenza is named.
#[derive(Clone, Debug, PartialEq)]
pub enum Riferita {
    A2a {
        id_a2a: String,
        id_pendenza: String,
    },
    Avviso {
        dominio: IdDominio,
        numero: NumeroAvviso,
        id_debitore: Option<String>,
    },
    /// A form of a tipo pendenza, filled in: `dati` is JSON text.
    Modello4 {
        dominio: IdDominio,
        tipo_pendenza: String,
        unita_operativa: Option<String>,
        dati: String,
    },
    Intera(Box<NuovaPendenza>),
}

/// The body, with the rules of its fields already checked.
#[derive(Clone, Debug)]
pub struct NuovoPagamento {
    /// One to five.
    pub pendenze: Vec<Riferita>,
    pub url_ritorno: Option<String>,
    pub iban_addebito: Option<String>,
    pub versante: Option<Soggetto>,
    pub autenticazione: &'static str,
    /// What GET shows again, member by member; the versante is not here.
    pub richiesta: Map<String, Value>,
    data_esecuzione: Option<NaiveDate>,
}

/// The PSP that an application has chosen for the payer (v2, spec/1 section 10.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SceltaPsp {
    pub codice_convenzione: Option<String>,
    /// PSP, its intermediario and its canale.
    pub psp: Option<(String, String, String)>,
    pub tipo_versamento: Option<&'static str>,
}

impl Versione {
    fn contratto(self) -> Contratto {
        const BOLLI: &[&str] = &["Imposta di bollo"];
        let base = match self {
            Self::V1 => PENDENZE_V1,
            Self::V2 => PENDENZE_V2,
        };
        Contratto { soggetto_obbligatorio: false, bolli: BOLLI, ..base }
    }
}

/// Shape first; then the rules in the order of spec/1 section 10.1, the versante before it is told who it is.
pub fn nuovo_pagamento(versione: Versione, corpo: &[u8]) -> Result<NuovoPagamento, Rifiuto> {
    let corpo = json::leggi(corpo)?;
    let o = Oggetto::radice_tollerante(&corpo)?;
    let contratto = versione.contratto();
    let noti = [&RIFERIMENTI[..], contratto.pendenza].concat();
    let elementi = o.elementi("pendenze")?;
    let oggetti = o.oggetti("pendenze", &noti)?;
    let url_ritorno = o.testo("urlRitorno")?;
    let conto = o.oggetto("contoAddebito", CONTO)?;
    let data_esecuzione = o.data("dataEsecuzionePagamento")?;
    let credenziali = o.testo("credenzialiPagatore")?;
    let lingua = lingua(versione, &o)?;
    let autenticazione = o.stringa("autenticazioneSoggetto")?;
    if let (Versione::V1, Some(nome)) = (versione, autenticazione) {
        regole::tra("autenticazioneSoggetto", nome, &AUTENTICAZIONI)?;
    }

    let oggetti = regole::lista("pendenze", oggetti, PENDENZE_MAX)?;
    let valori = elementi.unwrap_or_default();
    let mut pendenze = Vec::with_capacity(oggetti.len());
    for (i, (oggetto, valore)) in oggetti.into_iter().zip(valori).enumerate() {
        pendenze.push(riferita(versione, &contratto, &regole::elemento("pendenze", i, oggetto)?, valore)?);
    }
    let url_ritorno = Testo::con_forma(1, usize::MAX, &regole::FORMA_URL_HTTP).facoltativo("urlRitorno", url_ritorno)?;
    let (iban, bic) = conto.map(|c| conto_addebito(&c)).transpose()?.unwrap_or_default();
    let credenziali = Testo::lungo(1, 35).facoltativo("credenzialiPagatore", credenziali)?;
    let versante = lettura::soggetto(&o, "soggettoVersante", Ruolo::Versante)?;
    let autenticazione = if o.contiene("autenticazioneSoggetto") {
        obbligatorio("autenticazioneSoggetto", autenticazione.and_then(|a| AUTENTICAZIONI.into_iter().find(|n| *n == a)))?
    } else {
        "N/A"
    };

    let mut richiesta = Map::new();
    let mut metti = |nome: &str, valore: Option<Value>| valore.map(|v| richiesta.insert(nome.to_owned(), v));
    metti("urlRitorno", url_ritorno.clone().map(Value::from));
    let conto: Map<String, Value> = [("iban", iban.clone()), ("bic", bic)].into_iter().filter_map(|(n, v)| Some((n.to_owned(), v?.into()))).collect();
    metti("contoAddebito", (!conto.is_empty()).then(|| conto.into()));
    metti("dataEsecuzionePagamento", data_esecuzione.map(|d| d.to_string().into()));
    metti("credenzialiPagatore", credenziali.map(Value::from));
    metti("autenticazioneSoggetto", Some(autenticazione.into()));
    metti("lingua", lingua.map(Value::from));
    Ok(NuovoPagamento { pendenze, url_ritorno, iban_addebito: iban, versante, autenticazione, richiesta, data_esecuzione })
}

/// v1 echoes it, with a default; v2 reads it, and shows nothing.
fn lingua(versione: Versione, o: &Oggetto<'_>) -> Result<Option<&'static str>, Rifiuto> {
    let nome = o.stringa("lingua")?;
    match (versione, nome) {
        (Versione::V1, None) => Ok(Some("IT")),
        (Versione::V1, Some(nome)) => regole::tra("lingua", nome, &LINGUE_V1).map(Some),
        // Read as any enum of v2: unknown names are silently no name, known ones were for a page that is no more.
        (Versione::V2, _) => Ok(None),
    }
}

fn conto_addebito(o: &Oggetto<'_>) -> Result<(Option<String>, Option<String>), Rifiuto> {
    const IBAN: Testo = Testo::con_forma(1, 255, &regole::FORMA_IBAN);
    const BIC: Testo = Testo::con_forma(0, usize::MAX, &FORMA_BIC);
    Ok((IBAN.facoltativo("iban", o.testo("iban")?)?, BIC.facoltativo("bic", o.testo("bic")?)?))
}

/// Which keys are there says which way it is.
fn riferita(versione: Versione, contratto: &Contratto, o: &Oggetto<'_>, valore: &Value) -> Result<Riferita, Rifiuto> {
    let (id_a2a, id_dominio) = (o.testo("idA2A")?, o.testo("idDominio")?);
    match (id_a2a, id_dominio) {
        (Some(id_a2a), None) => per_a2a(contratto, o, id_a2a),
        (None, Some(dominio)) => per_dominio(versione, contratto, o, dominio),
        (None, None) => obbligatorio("idA2A", None),
        (Some(_), Some(_)) => {
            let noti: Vec<&'static str> = contratto.pendenza.iter().copied().chain(["idDebitore", "dati"]).collect();
            lettura::nuova_pendenza_post_tra(contratto, &noti, valore).map(|n| Riferita::Intera(Box::new(n)))
        }
    }
}

fn per_a2a(contratto: &Contratto, o: &Oggetto<'_>, id_a2a: &str) -> Result<Riferita, Rifiuto> {
    let id_a2a = IDENTIFICATIVO.controlla("idA2A", id_a2a)?;
    let id_pendenza = IDENTIFICATIVO.obbligatorio("idPendenza", o.testo("idPendenza")?)?;
    soli(contratto, o, &["idA2A", "idPendenza"]).map_err(|e| detto("Pendenza riferita per identificativo A2A", e))?;
    Ok(Riferita::A2a { id_a2a, id_pendenza })
}

fn per_dominio(versione: Versione, contratto: &Contratto, o: &Oggetto<'_>, dominio: &str) -> Result<Riferita, Rifiuto> {
    let dominio = lettura::id_dominio(dominio)?;
    let (avviso, tipo) = (o.testo("numeroAvviso")?, if versione == Versione::V2 { o.testo("idTipoPendenza")? } else { None });
    match (avviso, tipo) {
        (Some(avviso), tipo) => {
            let numero = avviso_riferito(avviso)?;
            if tipo.is_none() {
                soli(contratto, o, &["idDominio", "numeroAvviso", "idDebitore"]).map_err(|e| detto("Pendenza riferita per numero avviso", e))?;
            }
            let id_debitore = Testo::lungo(1, 35).facoltativo("idDebitore", o.testo("idDebitore")?)?;
            Ok(Riferita::Avviso { dominio, numero, id_debitore })
        }
        (None, Some(tipo)) => modello_4(contratto, o, dominio, tipo).map_err(|e| detto("Pendenza modello 4", e)),
        (None, None) if versione == Versione::V1 => obbligatorio("numeroAvviso", None).map_err(|e| detto("Pendenza riferita per numero avviso", e)),
        (None, None) => Err(Rifiuto::Sintassi("Pendenza riferita per numeroAvviso o idTipoPendenza: dati mancanti".to_owned())),
    }
}

fn avviso_riferito(avviso: &str) -> Result<NumeroAvviso, Rifiuto> {
    regole::FORMA_AVVISO_RIFERITO.controlla("numeroAvviso", avviso)?;
    NumeroAvviso::leggi(avviso).map_err(|e| Rifiuto::Sintassi(e.to_string()))
}

fn modello_4(contratto: &Contratto, o: &Oggetto<'_>, dominio: IdDominio, tipo: &str) -> Result<Riferita, Rifiuto> {
    let tipo_pendenza = TIPO.controlla("idTipoPendenza", tipo)?;
    let unita_operativa = IDENTIFICATIVO.facoltativo("idUnitaOperativa", o.testo("idUnitaOperativa")?)?;
    let dati = obbligatorio("dati", o.libero("dati"))?.to_string();
    soli(contratto, o, &["idDominio", "idTipoPendenza", "idUnitaOperativa", "dati"])?;
    Ok(Riferita::Modello4 { dominio, tipo_pendenza, unita_operativa, dati })
}

/// Every member but these is empty.
fn soli(contratto: &Contratto, o: &Oggetto<'_>, ammessi: &[&str]) -> Result<(), Rifiuto> {
    for nome in RIFERIMENTI.iter().chain(contratto.pendenza).filter(|n| !ammessi.contains(n)) {
        vuoto(nome, o.libero(nome))?;
    }
    Ok(())
}

fn detto(come: &str, rifiuto: Rifiuto) -> Rifiuto {
    match rifiuto {
        Rifiuto::Sintassi(testo) => Rifiuto::Sintassi(format!("{come}. {testo}")),
        altro => altro,
    }
}

impl NuovoPagamento {
    /// Who pays, after the identity rules: a citizen is who it is, nobody has no name but an address to write to.
    pub fn versante_di(&self, chi: &Chi) -> Result<Option<Soggetto>, Rifiuto> {
        let inviato = self.versante.clone();
        match chi {
            Chi::Applicazione(_) | Chi::Operatore(_) => Ok(inviato),
            Chi::Cittadino(c) => Ok(Some(Soggetto {
                tipo: Some(TipoSoggetto::F),
                identificativo: Some(c.codice_fiscale.clone()),
                anagrafica: c.nome.clone(),
                email: inviato.and_then(|v| v.email).or_else(|| c.email.clone()),
                ..Soggetto::default()
            })),
            Chi::Anonimo => {
                let senza = || Rifiuto::Sintassi("Il campo email del soggetto versante e' obbligatorio.".to_owned());
                let email = inviato.and_then(|v| v.email).filter(|e| !e.is_empty()).ok_or_else(senza)?;
                let anonimo = || Some(ANONIMO.to_owned());
                Ok(Some(Soggetto { tipo: Some(TipoSoggetto::F), identificativo: anonimo(), anagrafica: anonimo(), email: Some(email), ..Soggetto::default() }))
            }
        }
    }

    /// Not before today and within a month, else 422. The date has no other effect.
    pub fn controlla_data(&self, oggi: NaiveDate) -> Result<(), Rifiuto> {
        let Some(data) = self.data_esecuzione else { return Ok(()) };
        let nome = "Il campo dataEsecuzionePagamento";
        if data < oggi {
            return Err(Rifiuto::Semantica(format!("{nome} deve avere una data successiva a {oggi}.")));
        }
        if oggi.checked_add_days(Days::new(GIORNI_ESECUZIONE_MAX)).is_some_and(|ultima| data > ultima) {
            return Err(Rifiuto::Semantica(format!("{nome} deve avere una data entro {GIORNI_ESECUZIONE_MAX} giorni .")));
        }
        Ok(())
    }
}

impl SceltaPsp {
    /// From the query of v2: of the three identifiers one calls for the others.
    pub fn leggi(p: &Parametri<'_>, chi: &Chi) -> Result<Self, Rifiuto> {
        const LUNGO: Testo = Testo::lungo(1, 35);
        let codice_convenzione = Testo::lungo(5, 35).facoltativo("codiceConvenzione", p.testo("codiceConvenzione"))?;
        let nomi = ["identificativoPSP", "identificativoIntermediarioPSP", "identificativoCanale"];
        let valori = nomi.map(|n| p.testo(n));
        if valori.iter().all(Option::is_none) {
            return Ok(Self { codice_convenzione, ..Self::default() });
        }
        if matches!(chi, Chi::Cittadino(_) | Chi::Anonimo) {
            return Err(Rifiuto::NonAutorizzato("Il richiedente non è autorizzato ad indicare un PSP per il pagamento".to_owned()));
        }
        let psp = LUNGO.obbligatorio(nomi[0], valori[0])?;
        let intermediario = LUNGO.obbligatorio(nomi[1], valori[1])?;
        let canale = LUNGO.obbligatorio(nomi[2], valori[2])?;
        let tipo_versamento = p.testo("tipoVersamento").map(|t| regole::tra("tipoVersamento", t, &TIPI_VERSAMENTO)).transpose()?;
        Ok(Self { codice_convenzione, psp: Some((psp, intermediario, canale)), tipo_versamento })
    }
}

/// The pendenza that a form updates: both identifiers or neither (spec/1 section 10.3).
pub fn da_aggiornare(p: &Parametri<'_>) -> Result<Option<(String, String)>, Rifiuto> {
    let (id_a2a, id_pendenza) = (p.testo("idA2A"), p.testo("idPendenza"));
    let id_a2a = IDENTIFICATIVO.facoltativo("idA2A", id_a2a)?;
    let id_pendenza = IDENTIFICATIVO.facoltativo("idPendenza", id_pendenza)?;
    match (id_a2a, id_pendenza) {
        (Some(a), Some(p)) => Ok(Some((a, p))),
        (None, None) => Ok(None),
        _ => {
            let testo = "Per effettuare l'aggiornamento della pendenza sono obbligatori entrambi i paramentri 'idA2A' e 'idPendenza'.";
            Err(Rifiuto::Semantica(testo.to_owned()))
        }
    }
}

pub const ORDINAMENTO: [&str; 2] = ["dataRichiestaPagamento", "stato"];

/// GET /pagamenti (spec/1 section 10.2). `versante` is also called `idVersante`, and the session of pagoPA `idSessione`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroPagamenti {
    pub paginazione: Paginazione,
    /// Empty: dataRichiestaPagamento, the latest first.
    pub ordinamento: Vec<Ordine>,
    /// As written: what is no id is the id of no payment.
    pub id: Option<String>,
    pub stato: Option<Stato>,
    pub versante: Option<String>,
    pub debitore: Option<String>,
    pub id_sessione_portale: Option<String>,
    pub id_sessione_psp: Option<String>,
    /// On dataRichiestaPagamento, inclusive.
    pub data_da: Option<DateTime<Utc>>,
    pub data_a: Option<DateTime<Utc>>,
}

impl FiltroPagamenti {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let paginazione = Paginazione::leggi(&p, risultati_per_pagina_max)?;
        let stato = p.grezzo("stato").map(stato).transpose()?;
        let uno_dei = |nomi: [&str; 2]| Ok::<_, Rifiuto>(p.filtro(nomi[0])?.or(p.filtro(nomi[1])?));
        Ok(Self {
            paginazione,
            stato,
            ordinamento: p.ordinamento(&ORDINAMENTO)?,
            data_da: p.data_da("dataDa")?,
            data_a: p.data_a("dataA")?,
            id: p.filtro("id")?,
            versante: uno_dei(["versante", "idVersante"])?,
            debitore: p.filtro("idDebitore")?,
            id_sessione_portale: p.filtro("idSessionePortale")?,
            id_sessione_psp: uno_dei(["idSessionePsp", "idSessione"])?,
        })
    }
}

/// A filter that is the name of a state.
pub fn stato(nome: &str) -> Result<Stato, Rifiuto> {
    Stato::leggi(nome).map_or_else(|| regole::codifica_inesistente("stato", nome, Stato::TUTTI.map(Stato::codice)), Ok)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::chiamante::Cittadino;

    fn leggi(versione: Versione, pendenze: &str, resto: &str) -> Result<NuovoPagamento, Rifiuto> {
        nuovo_pagamento(versione, format!(r#"{{"pendenze":[{pendenze}]{resto}}}"#).as_bytes())
    }

    fn testo<T: std::fmt::Debug>(esito: Result<T, Rifiuto>) -> String {
        match esito {
            Err(Rifiuto::Sintassi(t)) => t,
            altro => panic!("atteso un 400 SINTASSI, trovato {altro:?}"),
        }
    }

    const A2A: &str = r#"{"idA2A":"DEMO","idPendenza":"P1"}"#;
    const INTERA: &str = r#"{"idA2A":"DEMO","idPendenza":"P1","idDominio":"12345678901","causale":"C","importo":10,
        "voci":[{"idVocePendenza":"V","importo":10,"descrizione":"D","codEntrata":"TARI"}]}"#;

    #[test]
    fn i_quattro_modi_si_riconoscono_dalle_chiavi() {
        let uno = |v, p: &str| leggi(v, p, "").map(|n| n.pendenze[0].clone());
        assert!(matches!(uno(Versione::V2, A2A), Ok(Riferita::A2a { id_a2a, id_pendenza }) if id_a2a == "DEMO" && id_pendenza == "P1"));
        let avviso = r#"{"idDominio":"12345678901","numeroAvviso":"301000000000000042","idDebitore":"X"}"#;
        assert!(matches!(uno(Versione::V1, avviso), Ok(Riferita::Avviso { id_debitore: Some(d), .. }) if d == "X"));
        let con_tipo = r#"{"idDominio":"12345678901","numeroAvviso":"301000000000000042","idTipoPendenza":"T","causale":"C"}"#;
        assert!(matches!(uno(Versione::V2, con_tipo), Ok(Riferita::Avviso { .. })));
        let modello = r#"{"idDominio":"12345678901","idTipoPendenza":"SALA","dati":{"ore":3.50}}"#;
        assert!(matches!(uno(Versione::V2, modello), Ok(Riferita::Modello4 { dati, .. }) if dati == r#"{"ore":3.50}"#));
        assert!(matches!(uno(Versione::V2, INTERA), Ok(Riferita::Intera(n)) if n.id_pendenza == "P1"));
        assert!(matches!(uno(Versione::V1, INTERA), Ok(Riferita::Intera(_))));
    }

    #[test]
    fn cio_che_manca_e_cio_che_avanza_si_dicono_alla_lettera() {
        let avviso = r#""idDominio":"12345678901","numeroAvviso":"301000000000000042""#;
        for (versione, pendenza, atteso) in [
            (Versione::V2, r#"{"idPendenza":"P1"}"#.to_owned(), "Il campo idA2A non deve essere vuoto."),
            (Versione::V2, "{}".to_owned(), "Il campo idA2A non deve essere vuoto."),
            (Versione::V2, r#"{"idA2A":"DEMO"}"#.to_owned(), "Il campo idPendenza non deve essere vuoto."),
            (
                Versione::V2,
                r#"{"idA2A":"DEMO","idPendenza":"P1","causale":"C"}"#.to_owned(),
                "Pendenza riferita per identificativo A2A. Il campo causale deve essere vuoto.",
            ),
            (Versione::V2, format!(r#"{{{avviso},"importo":1}}"#), "Pendenza riferita per numero avviso. Il campo importo deve essere vuoto."),
            (
                Versione::V2,
                r#"{"idDominio":"12345678901","numeroAvviso":"3010"}"#.to_owned(),
                "Il valore [3010] del campo numeroAvviso non rispetta il pattern richiesto: [0-9]{18}",
            ),
            (Versione::V2, r#"{"idDominio":"12345678901"}"#.to_owned(), "Pendenza riferita per numeroAvviso o idTipoPendenza: dati mancanti"),
            (Versione::V2, r#"{"idDominio":"12345678901","idTipoPendenza":"T"}"#.to_owned(), "Pendenza modello 4. Il campo dati non deve essere vuoto."),
            (
                Versione::V2,
                r#"{"idDominio":"12345678901","idTipoPendenza":"T","dati":{},"causale":"C"}"#.to_owned(),
                "Pendenza modello 4. Il campo causale deve essere vuoto.",
            ),
        ] {
            assert_eq!(testo(leggi(versione, &pendenza, "")), atteso, "{pendenza}");
        }
        assert_eq!(testo(nuovo_pagamento(Versione::V2, b"{}")), "Il campo pendenze non deve essere vuoto.");
        assert_eq!(testo(leggi(Versione::V2, &[A2A; 6].join(","), "")), "Il campo pendenze deve avere massimo 5 elementi.");
        assert_eq!(testo(leggi(Versione::V2, "null", "")), "L'elemento in posizione 0 del campo pendenze e' vuoto.");
    }

    #[test]
    fn gli_ignoti_si_tollerano_solo_in_cima() {
        assert!(leggi(Versione::V2, A2A, r#","zeta":{"a":1}"#).is_ok());
        assert!(testo(leggi(Versione::V2, r#"{"idA2A":"DEMO","idPendenza":"P1","zeta":1}"#, "")).contains("\"zeta\""));
        assert!(testo(leggi(Versione::V2, A2A, r#","soggettoVersante":{"zeta":1}"#)).contains("\"zeta\""));
    }

    #[test]
    fn l_ordine_delle_regole_e_quello_del_contratto() {
        let guasti = [
            (r#""urlRitorno":"ftp://x""#, "urlRitorno"),
            (r#""contoAddebito":{"iban":"1"}"#, "iban"),
            (r#""credenzialiPagatore":"""#, "credenzialiPagatore"),
            (r#""soggettoVersante":{}"#, "identificativo"),
            (r#""autenticazioneSoggetto":null"#, "autenticazioneSoggetto"),
        ];
        for (i, (guasto, campo)) in guasti.iter().enumerate() {
            assert!(testo(leggi(Versione::V2, A2A, &format!(",{guasto}"))).contains(campo), "{campo}");
            for (dopo, _) in &guasti[i + 1..] {
                assert!(testo(leggi(Versione::V2, A2A, &format!(",{dopo},{guasto}"))).contains(campo), "{campo} prima di {dopo}");
            }
        }
    }

    #[test]
    fn le_codifiche_ignote_sono_errori_in_v1_e_niente_in_v2() {
        assert!(testo(leggi(Versione::V1, A2A, r#","lingua":"it""#)).contains("lingua"));
        assert!(testo(leggi(Versione::V1, A2A, r#","autenticazioneSoggetto":"X""#)).contains("autenticazioneSoggetto"));
        assert!(leggi(Versione::V2, A2A, r#","lingua":"xx""#).is_ok());
        let v1 = leggi(Versione::V1, A2A, "").expect("buono");
        assert_eq!(Value::from(v1.richiesta), serde_json::json!({ "autenticazioneSoggetto": "N/A", "lingua": "IT" }));
    }

    #[test]
    fn la_data_di_esecuzione_e_entro_un_mese() {
        let oggi: NaiveDate = "2026-11-22".parse().expect("data");
        let data = |d: &str| leggi(Versione::V2, A2A, &format!(r#","dataEsecuzionePagamento":"{d}""#)).expect("buona").controlla_data(oggi);
        assert_eq!((data("2026-11-22"), data("2026-12-22")), (Ok(()), Ok(())));
        let testo = "Il campo dataEsecuzionePagamento deve avere una data entro 30 giorni .";
        assert_eq!(data("2026-12-23"), Err(Rifiuto::Semantica(testo.to_owned())));
        assert!(matches!(data("2026-11-21"), Err(Rifiuto::Semantica(_))));
    }

    #[test]
    fn il_versante_e_chi_chiama() {
        let corpo = r#","soggettoVersante":{"identificativo":"RSSMRA80A01H501U","anagrafica":"M","indirizzo":"Via","email":"m@example.org","tipo":"G"}"#;
        let con = leggi(Versione::V2, A2A, corpo).expect("buono");
        let senza = leggi(Versione::V2, A2A, "").expect("buono");
        let c = Cittadino { codice_fiscale: "VLNGRT75C52F205X".to_owned(), nome: Some("Greta Valenti".to_owned()), email: Some("g@example.org".to_owned()) };
        let cittadino = Chi::Cittadino(Arc::new(c));
        let visto = con.versante_di(&cittadino).expect("buono").expect("c'e'");
        assert_eq!((visto.identificativo(), visto.email.as_deref(), &visto.indirizzo), ("VLNGRT75C52F205X", Some("m@example.org"), &None));
        assert_eq!(senza.versante_di(&cittadino).expect("buono").expect("c'e'").email.as_deref(), Some("g@example.org"));
        let anonimo = con.versante_di(&Chi::Anonimo).expect("buono").expect("c'e'");
        assert_eq!((anonimo.identificativo(), anonimo.email.as_deref(), anonimo.tipo), (ANONIMO, Some("m@example.org"), Some(TipoSoggetto::F)));
        assert_eq!(testo(senza.versante_di(&Chi::Anonimo)), "Il campo email del soggetto versante e' obbligatorio.");
    }

    #[test]
    fn dei_tre_nomi_del_psp_uno_chiama_gli_altri() {
        let coppie = |c: &[(&str, &str)]| c.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let con = |c: &[(&str, &str)], chi: &Chi| SceltaPsp::leggi(&Parametri::nuovi(&coppie(c)), chi);
        assert!(matches!(con(&[("identificativoPSP", "P")], &Chi::Anonimo), Err(Rifiuto::NonAutorizzato(_))));
        assert_eq!(con(&[("codiceConvenzione", "12345")], &Chi::Anonimo).expect("ammesso").codice_convenzione.as_deref(), Some("12345"));
        assert!(testo(con(&[("codiceConvenzione", "1")], &Chi::Anonimo)).contains("codiceConvenzione"));
    }
}
