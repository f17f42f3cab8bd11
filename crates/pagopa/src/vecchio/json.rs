//! RPT and RT as integrators read them (spec/3 section 1.12.4): the names of the XSD, a null for every element that is not there.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value};

use super::{NS_PAGAMENTI, rpt, rt};
use crate::busta::{Messaggio, Radice, Testo};
use crate::regole::{data, data_ora};

/// What an element holds.
enum Forma {
    Testo,
    Data,
    DataOra,
    Gruppo(&'static [Campo]),
    /// Repeated: an array, or null when there is none.
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
    ("dataEsecuzionePagamento", Forma::Data),
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
    ("dataOraMessaggioRichiesta", Forma::DataOra),
    ("autenticazioneSoggetto", Forma::Testo),
    ("soggettoVersante", Forma::Gruppo(VERSANTE)),
    ("soggettoPagatore", Forma::Gruppo(PAGATORE)),
    ("enteBeneficiario", Forma::Gruppo(BENEFICIARIO)),
    ("datiVersamento", Forma::Gruppo(DATI)),
];

const ATTESTANTE: &[Campo] = &[
    ("identificativoUnivocoAttestante", Forma::Gruppo(PERSONA)),
    ("denominazioneAttestante", Forma::Testo),
    ("codiceUnitOperAttestante", Forma::Testo),
    ("denomUnitOperAttestante", Forma::Testo),
    ("indirizzoAttestante", Forma::Testo),
    ("civicoAttestante", Forma::Testo),
    ("capAttestante", Forma::Testo),
    ("localitaAttestante", Forma::Testo),
    ("provinciaAttestante", Forma::Testo),
    ("nazioneAttestante", Forma::Testo),
];

const ALLEGATO: &[Campo] = &[("tipoAllegatoRicevuta", Forma::Testo), ("testoAllegato", Forma::Testo)];

const PAGATO: &[Campo] = &[
    ("singoloImportoPagato", Forma::Testo),
    ("esitoSingoloPagamento", Forma::Testo),
    ("dataEsitoSingoloPagamento", Forma::Data),
    ("identificativoUnivocoRiscossione", Forma::Testo),
    ("causaleVersamento", Forma::Testo),
    ("datiSpecificiRiscossione", Forma::Testo),
    ("commissioniApplicatePSP", Forma::Testo),
    ("commissioniApplicatePA", Forma::Testo),
    ("allegatoRicevuta", Forma::Gruppo(ALLEGATO)),
];

const PAGAMENTO: &[Campo] = &[
    ("codiceEsitoPagamento", Forma::Testo),
    ("importoTotalePagato", Forma::Testo),
    ("identificativoUnivocoVersamento", Forma::Testo),
    ("CodiceContestoPagamento", Forma::Testo),
    ("datiSingoloPagamento", Forma::Lista(PAGATO)),
];

const RT: &[Campo] = &[
    ("versioneOggetto", Forma::Testo),
    ("dominio", Forma::Gruppo(DOMINIO)),
    ("identificativoMessaggioRicevuta", Forma::Testo),
    ("dataOraMessaggioRicevuta", Forma::DataOra),
    ("riferimentoMessaggioRichiesta", Forma::Testo),
    ("riferimentoDataRichiesta", Forma::Data),
    ("istitutoAttestante", Forma::Gruppo(ATTESTANTE)),
    ("enteBeneficiario", Forma::Gruppo(BENEFICIARIO)),
    ("soggettoVersante", Forma::Gruppo(VERSANTE)),
    ("soggettoPagatore", Forma::Gruppo(PAGATORE)),
    ("datiPagamento", Forma::Gruppo(PAGAMENTO)),
];

/// A stored RPT; `None` for anything else, messages of the current model first.
#[must_use]
pub fn rpt_json(byte: &[u8]) -> Option<Value> {
    documento(byte, rpt::RADICE, RPT)
}

/// A stored RT; `None` for anything else. One that its schema refuses is shown as far as it goes.
#[must_use]
pub fn rt_json(byte: &[u8]) -> Option<Value> {
    documento(byte, rt::RADICE, RT)
}

fn documento(byte: &[u8], radice: &str, campi: &[Campo]) -> Option<Value> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::AncheDocumento).ok().filter(|m| m.nome() == radice && m.spazio() == NS_PAGAMENTI)?;
    Some(Value::Object(gruppo(&messaggio, 0, campi)))
}

fn gruppo(m: &Messaggio<'_>, padre: u32, campi: &[Campo]) -> Map<String, Value> {
    let testo = |nome: &str| m.testo_sotto(padre, &[nome]);
    let valore = |(nome, forma): &Campo| match forma {
        Forma::Testo => testo(nome).map_or(Value::Null, Value::from),
        Forma::Data => testo(nome).map_or(Value::Null, |t| data(t).map_or_else(|_| t.to_owned(), scritta).into()),
        Forma::DataOra => testo(nome).map_or(Value::Null, |t| data_ora(t).map_or_else(|_| t.to_owned(), con_ora).into()),
        Forma::Gruppo(dentro) => m.figli(padre, nome).next().map_or(Value::Null, |i| Value::Object(gruppo(m, i, dentro))),
        Forma::Lista(dentro) => {
            let tutti: Vec<Value> = m.figli(padre, nome).map(|i| Value::Object(gruppo(m, i, dentro))).collect();
            if tutti.is_empty() { Value::Null } else { Value::Array(tutti) }
        }
    };
    campi.iter().map(|campo| (campo.0.to_owned(), valore(campo))).collect()
}

fn scritta(data: NaiveDate) -> String {
    data.format("%Y-%m-%d").to_string()
}

fn con_ora(istante: NaiveDateTime) -> String {
    istante.format("%Y-%m-%dT%H:%M:%S").to_string()
}
