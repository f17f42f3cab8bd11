//! The request of payment: RPT 6.2.0 (spec/3 section 1.12.4), written for the node. Blank texts are left out, as the original does.

use chrono::{NaiveDate, NaiveDateTime};
use codici::{IdDominio, Importo, Iuv};

use super::NS_PAGAMENTI;
use super::persone::{scrivi_beneficiario, scrivi_persona};
use crate::messaggi::scrittura::Scrittore;
use crate::messaggi::{Bollo, Soggetto};
use crate::regole::bic;

pub(super) const RADICE: &str = "RPT";
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
    /// Account of the payer.
    pub iban_addebito: Option<String>,
    pub bic_addebito: Option<String>,
    /// One to five, in the order of the voci.
    pub versamenti: Vec<Versamento>,
}

/// The ente, or the real unità operativa that acts for it.
#[derive(Clone, Debug, PartialEq, Eq)]
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
            s.gruppo("soggettoVersante", |s| scrivi_persona(s, versante, "Versante"));
        }
        s.gruppo("soggettoPagatore", |s| scrivi_persona(s, &self.pagatore, "Pagatore"));
        s.gruppo("enteBeneficiario", |s| scrivi_beneficiario(s, &self.id_dominio, &self.beneficiario));
        s.gruppo("datiVersamento", |s| self.dati(s));
        s.chiudi(RADICE);
        s.in_testo()
    }

    fn dati(&self, s: &mut Scrittore) {
        s.data("dataEsecuzionePagamento", self.data_esecuzione);
        s.elemento("importoTotaleDaVersare", &self.importo.to_string());
        s.elemento("tipoVersamento", &self.tipo_versamento);
        s.elemento("identificativoUnivocoVersamento", self.iuv.as_str());
        s.elemento("codiceContestoPagamento", &self.ccp);
        s.facoltativo("ibanAddebito", self.iban_addebito.as_deref(), 35);
        s.facoltativo("bicAddebito", self.bic_addebito.as_deref().filter(|b| bic(b).is_ok()), 11);
        s.elemento("firmaRicevuta", "0");
        for v in &self.versamenti {
            s.gruppo("datiSingoloVersamento", |s| versamento(s, v));
        }
    }
}

fn versamento(s: &mut Scrittore, v: &Versamento) {
    s.elemento("importoSingoloVersamento", &v.importo.to_string());
    let mut conto = |quale: &str, conto: &Option<(String, Option<String>)>| {
        if let Some((iban, codice)) = conto {
            s.elemento(&format!("iban{quale}"), iban);
            s.facoltativo(&format!("bic{quale}"), codice.as_deref().filter(|b| bic(b).is_ok()), 11);
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
