//! What the ente says of the prints of a position.

use serde_json::Value;

use super::super::json::Oggetto;
use super::super::regole::Testo;
use super::elementi;
use crate::Rifiuto;

pub(super) const PROPRIETA: &[&str] = &[
    "linguaSecondaria",
    "descrizioneImporto",
    "lineaTestoRicevuta1",
    "lineaTestoRicevuta2",
    "linguaSecondariaCausale",
    "informativaImportoAvviso",
    "linguaSecondariaInformativaImportoAvviso",
    "dataScandenzaAvviso",
];
pub(super) const DESCRIZIONE_IMPORTO: &[&str] = &["voce", "importo"];

pub(super) struct ProprietaGrezze<'a> {
    originale: Option<&'a Value>,
    lingua_secondaria: Option<&'a str>,
    informativa: Option<&'a str>,
    informativa_secondaria: Option<&'a str>,
}

impl<'a> ProprietaGrezze<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>, originale: Option<&'a Value>) -> Result<Self, Rifiuto> {
        for nome in ["lineaTestoRicevuta1", "lineaTestoRicevuta2", "linguaSecondariaCausale"] {
            o.testo(nome)?;
        }
        o.data("dataScandenzaAvviso")?;
        elementi(o.oggetti("descrizioneImporto", DESCRIZIONE_IMPORTO)?, |d| Ok((d.testo("voce")?, d.decimale("importo")?)))?;
        Ok(Self {
            originale,
            lingua_secondaria: o.testo("linguaSecondaria")?,
            informativa: o.testo("informativaImportoAvviso")?,
            informativa_secondaria: o.testo("linguaSecondariaInformativaImportoAvviso")?,
        })
    }

    pub(super) fn valida(self) -> Result<Value, Rifiuto> {
        super::super::avviso::lingua_secondaria(self.lingua_secondaria)?;
        // Empty text is meaningful here: it hides the note on the avviso.
        Testo::lungo(0, 255).facoltativo("informativaImportoAvviso", self.informativa)?;
        Testo::lungo(0, 255).facoltativo("linguaSecondariaInformativaImportoAvviso", self.informativa_secondaria)?;
        Ok(self.originale.cloned().unwrap_or_default())
    }
}
