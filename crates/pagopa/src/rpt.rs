//! The request of payment of the older model: RPT 6.2.0 (spec/3 section 1.12.4), written for the node and shown to integrators.
//!
//! Blank texts are left out, as the original does. What is shown is read from the stored bytes, with a null for every element that is not there.

use chrono::{NaiveDate, NaiveDateTime};
use codici::{IdDominio, Importo, Iuv};
use serde_json::{Map, Value};

use crate::busta::{Messaggio, NESSUNO, Nodo, Radice, Testo};
use crate::messaggi::scrittura::Scrittore;
use crate::messaggi::{Bollo, Soggetto};
use crate::regole::{due_maiuscole, e_mail};

pub const NS_PAGAMENTI: &str = "http://www.digitpa.gov.it/schemas/2011/Pagamenti/";
const RADICE: &str = "RPT";
const VERSIONE: &str = "6.2.0";

#[derive(Clone, Debug)]
pub struct Rpt {
    pub id_dominio: IdDominio,
    pub id_stazione: String,
    /// 32 hexadecimal digits.
    pub id_messaggio: String,
    /// Local time.
    pub data_ora: NaiveDateTime,
    /// CNS, USR, OTH or N/A.
    pub autenticazione: String,
    pub versante: Option<Soggetto>,
    pub pagatore: Soggetto,
    pub beneficiario: Beneficiario,
    pub data_esecuzione: NaiveDate,
    pub importo: Importo,
    pub tipo_versamento: String,
    pub iuv: Iuv,
    pub ccp: String,
    pub iban_addebito: Option<String>,
    /// One to five, in the order of the voci.
    pub versamenti: Vec<Versamento>,
}

#[derive(Clone, Debug)]
pub struct Beneficiario {
    pub denominazione: String,
    /// Code and name of the unità operativa, when it is a real one.
    pub unita: Option<(String, String)>,
    pub indirizzo: Option<String>,
    pub civico: Option<String>,
    pub cap: Option<String>,
    pub localita: Option<String>,
    pub provincia: Option<String>,
    pub nazione: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Versamento {
    pub importo: Importo,
    /// IBAN and BIC.
    pub accredito: Option<(String, Option<String>)>,
    pub appoggio: Option<(String, Option<String>)>,
    pub causale: String,
    /// `9/0101002IM`.
    pub categoria: String,
    /// Only where there is no accredito.
    pub bollo: Option<Bollo>,
}

impl Rpt {
    /// Without XML declaration and without white space.
    #[must_use]
    pub fn scrivi(&self) -> String {
        let mut s = Scrittore::vuoto();
        s.apri_con_spazio(RADICE, NS_PAGAMENTI);
        s.elemento("versioneOggetto", VERSIONE);
        s.gruppo("dominio", |s| {
            s.elemento("identificativoDominio", self.id_dominio.as_str());
            s.facoltativo("identificativoStazioneRichiedente", Some(&self.id_stazione), 35);
        });
        s.elemento("identificativoMessaggioRichiesta", &self.id_messaggio);
        s.elemento("dataOraMessaggioRichiesta", &self.data_ora.format("%Y-%m-%dT%H:%M:%S").to_string());
        s.elemento("autenticazioneSoggetto", &self.autenticazione);
        if let Some(versante) = &self.versante {
            s.gruppo("soggettoVersante", |s| persona(s, versante, "Versante"));
        }
        s.gruppo("soggettoPagatore", |s| persona(s, &self.pagatore, "Pagatore"));
        s.gruppo("enteBeneficiario", |s| self.ente(s));
        s.gruppo("datiVersamento", |s| self.dati(s));
        s.chiudi(RADICE);
        s.in_testo()
    }

    fn ente(&self, s: &mut Scrittore) {
        let b = &self.beneficiario;
        s.gruppo("identificativoUnivocoBeneficiario", |s| {
            s.elemento("tipoIdentificativoUnivoco", "G");
            s.elemento("codiceIdentificativoUnivoco", self.id_dominio.as_str());
        });
        s.obbligatorio("denominazioneBeneficiario", &b.denominazione, 70);
        s.facoltativo("codiceUnitOperBeneficiario", b.unita.as_ref().map(|u| u.0.as_str()), 35);
        s.facoltativo("denomUnitOperBeneficiario", b.unita.as_ref().map(|u| u.1.as_str()), 70);
        s.facoltativo("indirizzoBeneficiario", b.indirizzo.as_deref(), 70);
        s.facoltativo("civicoBeneficiario", b.civico.as_deref(), 16);
        s.facoltativo("capBeneficiario", b.cap.as_deref(), 16);
        s.facoltativo("localitaBeneficiario", b.localita.as_deref(), 35);
        s.facoltativo("provinciaBeneficiario", b.provincia.as_deref(), 35);
        s.facoltativo("nazioneBeneficiario", b.nazione.as_deref().filter(|n| due_maiuscole(n).is_ok()), 2);
    }

    fn dati(&self, s: &mut Scrittore) {
        s.data("dataEsecuzionePagamento", self.data_esecuzione);
        s.elemento("importoTotaleDaVersare", &self.importo.to_string());
        s.elemento("tipoVersamento", &self.tipo_versamento);
        s.elemento("identificativoUnivocoVersamento", self.iuv.as_str());
        s.elemento("codiceContestoPagamento", &self.ccp);
        s.facoltativo("ibanAddebito", self.iban_addebito.as_deref(), 35);
        s.elemento("firmaRicevuta", "0");
        for v in &self.versamenti {
            s.gruppo("datiSingoloVersamento", |s| versamento(s, v));
        }
    }
}

fn persona(s: &mut Scrittore, p: &Soggetto, chi: &str) {
    s.gruppo(&format!("identificativoUnivoco{chi}"), |s| {
        s.elemento("tipoIdentificativoUnivoco", p.tipo.lettera());
        s.obbligatorio("codiceIdentificativoUnivoco", &p.codice, 35);
    });
    s.obbligatorio(&format!("anagrafica{chi}"), &p.anagrafica, 70);
    s.facoltativo(&format!("indirizzo{chi}"), p.indirizzo.as_deref(), 70);
    s.facoltativo(&format!("civico{chi}"), p.civico.as_deref(), 16);
    s.facoltativo(&format!("cap{chi}"), p.cap.as_deref(), 16);
    s.facoltativo(&format!("localita{chi}"), p.localita.as_deref(), 35);
    s.facoltativo(&format!("provincia{chi}"), p.provincia.as_deref(), 35);
    s.facoltativo(&format!("nazione{chi}"), p.nazione.as_deref().filter(|n| due_maiuscole(n).is_ok()), 2);
    s.facoltativo(&format!("e-mail{chi}"), p.email.as_deref().filter(|e| e_mail(e).is_ok()), 256);
}

fn versamento(s: &mut Scrittore, v: &Versamento) {
    s.elemento("importoSingoloVersamento", &v.importo.to_string());
    let mut conto = |quale: &str, conto: &Option<(String, Option<String>)>| {
        if let Some((iban, bic)) = conto {
            s.elemento(&format!("iban{quale}"), iban);
            s.facoltativo(&format!("bic{quale}"), bic.as_deref(), 11);
        }
    };
    conto("Accredito", &v.accredito);
    conto("Appoggio", &v.appoggio);
    s.obbligatorio("causaleVersamento", &v.causale, 140);
    s.elemento("datiSpecificiRiscossione", &v.categoria);
    if let Some(b) = &v.bollo {
        s.gruppo("datiMarcaBolloDigitale", |s| {
            s.elemento("tipoBollo", &b.tipo);
            s.elemento("hashDocumento", &b.hash_documento);
            s.elemento("provinciaResidenza", &b.provincia_residenza);
        });
    }
}

/// What an element holds.
enum Forma {
    Testo,
    Gruppo(&'static [Campo]),
    /// Repeated: always an array.
    Lista(&'static [Campo]),
}

type Campo = (&'static str, Forma);

const PERSONA: &[Campo] = &[("tipoIdentificativoUnivoco", Forma::Testo), ("codiceIdentificativoUnivoco", Forma::Testo)];

macro_rules! persone {
    ($nome:ident, $chi:literal) => {
        const $nome: &[Campo] = &[
            (concat!("identificativoUnivoco", $chi), Forma::Gruppo(PERSONA)),
            (concat!("anagrafica", $chi), Forma::Testo),
            (concat!("indirizzo", $chi), Forma::Testo),
            (concat!("civico", $chi), Forma::Testo),
            (concat!("cap", $chi), Forma::Testo),
            (concat!("localita", $chi), Forma::Testo),
            (concat!("provincia", $chi), Forma::Testo),
            (concat!("nazione", $chi), Forma::Testo),
            (concat!("e-mail", $chi), Forma::Testo),
        ];
    };
}

persone!(VERSANTE, "Versante");
persone!(PAGATORE, "Pagatore");

const BENEFICIARIO: &[Campo] = &[
    ("identificativoUnivocoBeneficiario", Forma::Gruppo(PERSONA)),
    ("denominazioneBeneficiario", Forma::Testo),
    ("codiceUnitOperBeneficiario", Forma::Testo),
    ("denomUnitOperBeneficiario", Forma::Testo),
    ("indirizzoBeneficiario", Forma::Testo),
    ("civicoBeneficiario", Forma::Testo),
    ("capBeneficiario", Forma::Testo),
    ("localitaBeneficiario", Forma::Testo),
    ("provinciaBeneficiario", Forma::Testo),
    ("nazioneBeneficiario", Forma::Testo),
];

const BOLLO: &[Campo] = &[("tipoBollo", Forma::Testo), ("hashDocumento", Forma::Testo), ("provinciaResidenza", Forma::Testo)];

const SINGOLO: &[Campo] = &[
    ("importoSingoloVersamento", Forma::Testo),
    ("commissioneCaricoPA", Forma::Testo),
    ("ibanAccredito", Forma::Testo),
    ("bicAccredito", Forma::Testo),
    ("ibanAppoggio", Forma::Testo),
    ("bicAppoggio", Forma::Testo),
    ("credenzialiPagatore", Forma::Testo),
    ("causaleVersamento", Forma::Testo),
    ("datiSpecificiRiscossione", Forma::Testo),
    ("datiMarcaBolloDigitale", Forma::Gruppo(BOLLO)),
];

const DATI: &[Campo] = &[
    ("dataEsecuzionePagamento", Forma::Testo),
    ("importoTotaleDaVersare", Forma::Testo),
    ("tipoVersamento", Forma::Testo),
    ("identificativoUnivocoVersamento", Forma::Testo),
    ("codiceContestoPagamento", Forma::Testo),
    ("ibanAddebito", Forma::Testo),
    ("bicAddebito", Forma::Testo),
    ("firmaRicevuta", Forma::Testo),
    ("datiSingoloVersamento", Forma::Lista(SINGOLO)),
];

const DOMINIO: &[Campo] = &[("identificativoDominio", Forma::Testo), ("identificativoStazioneRichiedente", Forma::Testo)];

const RPT: &[Campo] = &[
    ("versioneOggetto", Forma::Testo),
    ("dominio", Forma::Gruppo(DOMINIO)),
    ("identificativoMessaggioRichiesta", Forma::Testo),
    ("dataOraMessaggioRichiesta", Forma::Testo),
    ("autenticazioneSoggetto", Forma::Testo),
    ("soggettoVersante", Forma::Gruppo(VERSANTE)),
    ("soggettoPagatore", Forma::Gruppo(PAGATORE)),
    ("enteBeneficiario", Forma::Gruppo(BENEFICIARIO)),
    ("datiVersamento", Forma::Gruppo(DATI)),
];

/// The stored request as integrators read it; `None` for anything else, messages of the newer models first.
#[must_use]
pub fn json(byte: &[u8]) -> Option<Value> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::AncheDocumento).ok().filter(|m| m.nome() == RADICE && m.spazio() == NS_PAGAMENTI)?;
    Some(Value::Object(gruppo(&messaggio, 0, RPT)))
}

fn gruppo(m: &Messaggio<'_>, padre: u32, campi: &[Campo]) -> Map<String, Value> {
    let valore = |(nome, forma): &Campo| match forma {
        Forma::Testo => figli(m, padre, nome).next().map_or(Value::Null, |(_, n)| n.testo.as_ref().into()),
        Forma::Gruppo(dentro) => figli(m, padre, nome).next().map_or(Value::Null, |(i, _)| Value::Object(gruppo(m, i, dentro))),
        Forma::Lista(dentro) => figli(m, padre, nome).map(|(i, _)| Value::Object(gruppo(m, i, dentro))).collect(),
    };
    campi.iter().map(|campo| (campo.0.to_owned(), valore(campo))).collect()
}

fn figli<'m, 'a>(m: &'m Messaggio<'a>, padre: u32, nome: &'m str) -> impl Iterator<Item = (u32, &'m Nodo<'a>)> {
    let nodo = |i: u32| m.nodi.get(i as usize);
    let primo = nodo(padre).map_or(NESSUNO, |n| n.primo_figlio);
    let catena = std::iter::successors(Some(primo).filter(|i| *i != NESSUNO), move |i| nodo(*i).map(|n| n.prossimo).filter(|p| *p != NESSUNO));
    catena.filter_map(move |i| nodo(i).map(|n| (i, n))).filter(move |(_, n)| n.nome == nome)
}
