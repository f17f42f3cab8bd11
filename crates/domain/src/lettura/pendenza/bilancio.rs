//! Where the money of a voce goes in the accounts of its ente, and what the ente adds to it.

use codici::Importo;
use serde_json::Value;

use super::super::json::{Decimale, Oggetto};
use super::super::regole::{self, Testo, obbligatorio};
use super::elementi;
use crate::Rifiuto;

/// The yaml says 5; the original accepts 15 and so do its clients (spec/1 section 19, surprise 6).
pub const METADATA_MAX: usize = 15;
pub(super) const CONTABILITA: &[&str] = &["quote", "proprietaCustom"];
pub(super) const QUOTA: &[&str] = &["capitolo", "annoEsercizio", "importo", "accertamento", "proprietaCustom", "titolo", "tipologia", "categoria", "articolo"];
pub(super) const METADATA: &[&str] = &["mapEntries"];
pub(super) const VOCE_METADATA: &[&str] = &["key", "value"];

pub(super) struct ContabilitaGrezza<'a> {
    originale: Option<&'a Value>,
    quote: Option<Vec<Option<QuotaGrezza<'a>>>>,
}

impl<'a> ContabilitaGrezza<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>, originale: Option<&'a Value>) -> Result<Self, Rifiuto> {
        Ok(Self { originale, quote: elementi(o.oggetti("quote", QUOTA)?, QuotaGrezza::leggi)? })
    }

    pub(super) fn valida(self) -> Result<(Option<Value>, Option<Importo>), Rifiuto> {
        let Some(quote) = self.quote else { return Ok((self.originale.cloned(), None)) };
        let mut somma = 0_i64;
        for (i, quota) in quote.into_iter().enumerate() {
            somma = somma.saturating_add(regole::elemento("quote", i, quota)?.valida()?.cent());
        }
        Ok((self.originale.cloned(), Some(Importo::da_cent(somma))))
    }
}

pub(super) struct QuotaGrezza<'a> {
    capitolo: Option<&'a str>,
    anno_esercizio: Option<Decimale<'a>>,
    importo: Option<Decimale<'a>>,
    /// accertamento, titolo, tipologia, categoria, articolo: same rule, in this order.
    voci_di_bilancio: [(&'static str, Option<&'a str>); 5],
}

impl<'a> QuotaGrezza<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        let mut voci_di_bilancio = ["accertamento", "titolo", "tipologia", "categoria", "articolo"].map(|nome| (nome, None));
        for (nome, valore) in &mut voci_di_bilancio {
            *valore = o.testo(nome)?;
        }
        Ok(Self { capitolo: o.testo("capitolo")?, anno_esercizio: o.decimale("annoEsercizio")?, importo: o.decimale("importo")?, voci_di_bilancio })
    }

    pub(super) fn valida(self) -> Result<Importo, Rifiuto> {
        Testo::lungo(1, 64).obbligatorio("capitolo", self.capitolo)?;
        regole::anno("annoEsercizio", &obbligatorio("annoEsercizio", self.anno_esercizio)?)?;
        let importo = regole::importo("importo", self.importo)?;
        for (nome, valore) in self.voci_di_bilancio {
            Testo::lungo(1, 64).facoltativo(nome, valore)?;
        }
        Ok(importo)
    }
}

/// Key and value.
type VoceMetadata<'a> = (Option<&'a str>, Option<&'a str>);

pub(super) struct MetadataGrezzi<'a> {
    originale: Option<&'a Value>,
    voci: Option<Vec<Option<VoceMetadata<'a>>>>,
}

impl<'a> MetadataGrezzi<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>, originale: Option<&'a Value>) -> Result<Self, Rifiuto> {
        Ok(Self { originale, voci: elementi(o.oggetti("mapEntries", VOCE_METADATA)?, |e| Ok((e.testo("key")?, e.testo("value")?)))? })
    }

    pub(super) fn valida(self) -> Result<Option<Value>, Rifiuto> {
        for (i, voce) in regole::lista("mapEntries", self.voci, METADATA_MAX)?.into_iter().enumerate() {
            let (chiave, valore) = regole::elemento("mapEntries", i, voce)?;
            Testo::lungo(1, 140).obbligatorio("key", chiave)?;
            Testo::lungo(1, 140).obbligatorio("value", valore)?;
        }
        Ok(self.originale.cloned())
    }
}
