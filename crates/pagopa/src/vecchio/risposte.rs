//! What we answer: every answer is an element that holds another of the same name, `fault` first (spec/3 section 1.1).

use std::fmt;

use codici::{IdDominio, Importo};

use super::persone::scrivi_beneficiario;
use super::rpt::Beneficiario;
use super::{NS_PAGAMENTI, NS_TELEMATICI, Operazione};
use crate::fault::Fault;
use crate::messaggi::scrittura::{Scrittore, scrivi_solo_fault};
use crate::regole::bic;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Risposta {
    /// OK of paaVerificaRPT.
    Verifica(Box<DatiPagamento>),
    /// OK of paaAttivaRPT: the same data.
    Attiva(Box<DatiPagamento>),
    /// The RT is ours and durable.
    RtAcquisita,
    /// `esito` KO.
    Rifiuto(Operazione, Fault),
}

/// `datiPagamentoPA` (spec/3 section 1.12.2). `Debug` shows identifiers and amounts only.
#[derive(Clone, PartialEq, Eq)]
pub struct DatiPagamento {
    pub importo: Importo,
    /// The XSD wants it; a position without a conto has none to give.
    pub iban: Option<String>,
    pub bic: Option<String>,
    pub id_dominio: IdDominio,
    pub beneficiario: Beneficiario,
    /// A space is written when blank.
    pub causale: String,
}

impl fmt::Debug for DatiPagamento {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatiPagamento").field("id_dominio", &self.id_dominio).field("importo", &self.importo).finish_non_exhaustive()
    }
}

impl Risposta {
    #[must_use]
    pub const fn operazione(&self) -> Operazione {
        match self {
            Self::Verifica(_) => Operazione::PaaVerificaRpt,
            Self::Attiva(_) => Operazione::PaaAttivaRpt,
            Self::RtAcquisita => Operazione::PaaInviaRt,
            Self::Rifiuto(operazione, _) => *operazione,
        }
    }

    /// The envelope.
    #[must_use]
    pub fn scrivi(&self) -> String {
        let nome = self.operazione().elemento_risposta();
        let mut s = Scrittore::busta_in(&format!("ppt:{nome}"), &[("ppt", NS_TELEMATICI), ("pay_i", NS_PAGAMENTI)], |_| ());
        s.gruppo(nome, |s| match self {
            Self::Verifica(dati) | Self::Attiva(dati) => {
                s.elemento("esito", "OK");
                s.gruppo("datiPagamentoPA", |s| dati.scrivi(s));
            }
            Self::RtAcquisita => s.elemento("esito", "OK"),
            Self::Rifiuto(_, fault) => {
                scrivi_solo_fault(s, fault);
                s.elemento("esito", "KO");
            }
        });
        s.fine()
    }
}

impl DatiPagamento {
    fn scrivi(&self, s: &mut Scrittore) {
        s.elemento("importoSingoloVersamento", &self.importo.to_string());
        s.facoltativo("ibanAccredito", self.iban.as_deref(), 34);
        s.facoltativo("bicAccredito", self.bic.as_deref().filter(|b| self.iban.is_some() && bic(b).is_ok()), 11);
        s.gruppo("enteBeneficiario", |s| s.col_prefisso("pay_i:", |s| scrivi_beneficiario(s, &self.id_dominio, &self.beneficiario)));
        s.obbligatorio("causaleVersamento", &self.causale, 140);
    }
}
