//! A voce, and what it refers to: an entrata, a stamp, an account.

use codici::Importo;
use serde_json::Value;

use super::super::json::{Decimale, Oggetto};
use super::super::regole::{self, IDENTIFICATIVO, TIPO, Testo, obbligatorio, vuoto};
use super::bilancio::{CONTABILITA, ContabilitaGrezza, METADATA, MetadataGrezzi};
use super::contratto::{Contratto, TIPO_BOLLO};
use super::id_dominio;
use crate::Rifiuto;
use crate::pendenza::{NuovaVoce, Riferimento, TipoContabilita};
use crate::rifiuto::{Chiave, Codice};

pub(super) struct VoceGrezza<'a> {
    id_voce: Option<&'a str>,
    importo: Option<Decimale<'a>>,
    descrizione: Option<&'a str>,
    descrizione_causale_rpt: Option<&'a str>,
    contabilita: Option<ContabilitaGrezza<'a>>,
    metadata: Option<MetadataGrezzi<'a>>,
    id_dominio: Option<&'a str>,
    dati_allegati: Option<&'a Value>,
    riferimento: RiferimentoGrezzo<'a>,
}

impl<'a> VoceGrezza<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>, contratto: &Contratto) -> Result<Self, Rifiuto> {
        Ok(Self {
            id_voce: o.testo("idVocePendenza")?,
            importo: o.decimale("importo")?,
            descrizione: o.testo("descrizione")?,
            descrizione_causale_rpt: o.testo("descrizioneCausaleRPT")?,
            contabilita: o.oggetto("contabilita", CONTABILITA)?.map(|c| ContabilitaGrezza::leggi(&c, o.libero("contabilita"))).transpose()?,
            metadata: o.oggetto("metadata", METADATA)?.map(|m| MetadataGrezzi::leggi(&m, o.libero("metadata"))).transpose()?,
            id_dominio: o.testo("idDominio")?,
            dati_allegati: o.libero("datiAllegati"),
            riferimento: RiferimentoGrezzo::leggi(o, contratto)?,
        })
    }

    /// The voce, and what its quote add up to.
    pub(super) fn valida(self) -> Result<(NuovaVoce, Option<Importo>), Rifiuto> {
        let id_voce = IDENTIFICATIVO.obbligatorio("idVocePendenza", self.id_voce)?;
        let importo = regole::importo("importo", self.importo)?;
        let descrizione = Testo::lungo(1, 255).obbligatorio("descrizione", self.descrizione)?;
        let descrizione_causale_rpt = Testo::lungo(1, 140).facoltativo("descrizioneCausaleRPT", self.descrizione_causale_rpt)?;
        let (contabilita, quote) = self.contabilita.map(ContabilitaGrezza::valida).transpose()?.unwrap_or_default();
        let metadata = self.metadata.map(MetadataGrezzi::valida).transpose()?.flatten();
        let dominio = self.id_dominio.map(id_dominio).transpose()?;
        let riferimento = self.riferimento.valida()?;
        let dati_allegati = self.dati_allegati.cloned();
        Ok((NuovaVoce { id_voce, importo, descrizione, descrizione_causale_rpt, dominio, riferimento, contabilita, metadata, dati_allegati }, quote))
    }
}

pub(super) struct RiferimentoGrezzo<'a> {
    cod_entrata: Option<&'a str>,
    tipo_bollo: Option<&'a str>,
    hash_documento: Option<&'a str>,
    provincia_residenza: Option<&'a str>,
    iban_accredito: Option<&'a str>,
    iban_appoggio: Option<&'a str>,
    tipo_contabilita: Option<TipoContabilita>,
    codice_contabilita: Option<&'a str>,
}

impl<'a> RiferimentoGrezzo<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>, contratto: &Contratto) -> Result<Self, Rifiuto> {
        let tipo_bollo = o.stringa("tipoBollo")?;
        if let Some(tipo) = tipo_bollo {
            regole::tra("tipoBollo", tipo, contratto.bolli)?;
        }
        Ok(Self {
            cod_entrata: o.testo("codEntrata")?,
            tipo_bollo,
            hash_documento: o.testo("hashDocumento")?,
            provincia_residenza: o.testo("provinciaResidenza")?,
            iban_accredito: o.testo("ibanAccredito")?,
            iban_appoggio: o.testo("ibanAppoggio")?,
            // An unknown name is silently no name, then missing (spec/1 section 3, behaviour "a").
            tipo_contabilita: o.stringa("tipoContabilita")?.and_then(TipoContabilita::leggi),
            codice_contabilita: o.testo("codiceContabilita")?,
        })
    }

    pub(super) fn valida(self) -> Result<Riferimento, Rifiuto> {
        if self.cod_entrata.is_some() {
            return self.entrata();
        }
        if self.tipo_bollo.is_some() {
            return self.bollo();
        }
        if self.iban_accredito.is_some() {
            return self.conto();
        }
        Err(Rifiuto::Sintassi("Uno dei campi tra ibanAccredito, tipoBollo o codEntrata deve essere valorizzato".to_owned()))
    }

    fn entrata(self) -> Result<Riferimento, Rifiuto> {
        let codice = TIPO.obbligatorio("codEntrata", self.cod_entrata)?;
        vuoto("tipoBollo", self.tipo_bollo).and_then(|()| self.senza_bollo()).and_then(|()| self.senza_conto()).map_err(|e| valorizzato("codEntrata", e))?;
        Ok(Riferimento::Entrata(codice))
    }

    fn bollo(self) -> Result<Riferimento, Rifiuto> {
        let hash_documento = Testo::lungo(1, 70).obbligatorio("hashDocumento", self.hash_documento)?;
        let provincia_residenza = Testo::con_forma(0, usize::MAX, &regole::FORMA_SIGLA).obbligatorio("provinciaResidenza", self.provincia_residenza)?;
        self.senza_conto().map_err(|e| valorizzato("tipoBollo", e))?;
        Ok(Riferimento::Bollo { tipo: TIPO_BOLLO.to_owned(), hash_documento, provincia_residenza })
    }

    fn conto(self) -> Result<Riferimento, Rifiuto> {
        const IBAN: Testo = Testo::con_forma(1, 255, &regole::FORMA_IBAN);
        let iban_accredito = IBAN.obbligatorio("ibanAccredito", self.iban_accredito)?;
        let iban_appoggio = IBAN.facoltativo("ibanAppoggio", self.iban_appoggio)?;
        let tipo_contabilita = obbligatorio("tipoContabilita", self.tipo_contabilita)?;
        let codice_contabilita = Testo::con_forma(0, 255, &regole::FORMA_CODICE_CONTABILITA).obbligatorio("codiceContabilita", self.codice_contabilita)?;
        self.senza_bollo().map_err(|e| valorizzato("ibanAccredito", e))?;
        Ok(Riferimento::Conto { iban_accredito, iban_appoggio, tipo_contabilita, codice_contabilita })
    }

    fn senza_bollo(&self) -> Result<(), Rifiuto> {
        vuoto("hashDocumento", self.hash_documento)?;
        vuoto("provinciaResidenza", self.provincia_residenza)
    }

    fn senza_conto(&self) -> Result<(), Rifiuto> {
        vuoto("ibanAccredito", self.iban_accredito)?;
        vuoto("ibanAppoggio", self.iban_appoggio)?;
        vuoto("tipoContabilita", self.tipo_contabilita)?;
        vuoto("codiceContabilita", self.codice_contabilita)
    }
}

/// Tells which of the three references the others disagree with.
fn valorizzato(campo: &str, rifiuto: Rifiuto) -> Rifiuto {
    match rifiuto {
        Rifiuto::Sintassi(testo) => Rifiuto::Sintassi(format!("Valorizzato {campo}. {testo}")),
        altro => altro,
    }
}

/// VER_035: the quote, when there are any, add up to the voce.
pub(super) fn quadra(voce: &NuovaVoce, quote: Option<Importo>, chiave: &Chiave) -> Result<(), Rifiuto> {
    match quote {
        Some(somma) if somma != voce.importo => {
            Err(Codice::Ver035 { chiave: chiave.clone(), id_voce: voce.id_voce.clone(), importo: voce.importo, somma }.into())
        }
        _ => Ok(()),
    }
}
