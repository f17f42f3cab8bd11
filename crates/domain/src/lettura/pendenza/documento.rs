//! The documento that a position is a part of: rata or soglia.

use super::super::json::{Decimale, Oggetto};
use super::super::regole::{self, IDENTIFICATIVO, Testo, obbligatorio};
use crate::Rifiuto;
use crate::pendenza::{NuovoDocumento, ParteDocumento, TipoSoglia};

pub(super) const DOCUMENTO: &[&str] = &["identificativo", "descrizione", "rata", "soglia"];
pub(super) const SOGLIA: &[&str] = &["tipo", "giorni"];

pub(super) struct DocumentoGrezzo<'a> {
    identificativo: Option<&'a str>,
    descrizione: Option<&'a str>,
    rata: Option<Decimale<'a>>,
    soglia: Option<SogliaGrezza<'a>>,
}

pub(super) struct SogliaGrezza<'a> {
    tipo: Option<&'a str>,
    giorni: Option<Decimale<'a>>,
}

impl<'a> DocumentoGrezzo<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        let soglia = o.oggetto("soglia", SOGLIA)?;
        Ok(Self {
            identificativo: o.testo("identificativo")?,
            descrizione: o.testo("descrizione")?,
            rata: o.decimale("rata")?,
            soglia: soglia.map(|s| Ok::<_, Rifiuto>(SogliaGrezza { tipo: s.testo("tipo")?, giorni: s.decimale("giorni")? })).transpose()?,
        })
    }

    pub(super) fn valida(self) -> Result<NuovoDocumento, Rifiuto> {
        let identificativo = IDENTIFICATIVO.obbligatorio("identificativo", self.identificativo)?;
        let descrizione = Testo::lungo(1, 255).obbligatorio("descrizione", self.descrizione)?;
        let parte = match (self.rata, self.soglia) {
            // A rata wins: a soglia beside it is not even looked at.
            (Some(rata), _) => {
                if !rata.positivo() {
                    regole::almeno("rata", 0, 1)?;
                }
                ParteDocumento::Rata(rata.naturale().map_or_else(|| regole::non_valida("rata"), Ok)?)
            }
            (None, Some(soglia)) => soglia.valida()?,
            (None, None) => ParteDocumento::Unica,
        };
        Ok(NuovoDocumento { identificativo, descrizione, parte })
    }
}

impl SogliaGrezza<'_> {
    pub(super) fn valida(self) -> Result<ParteDocumento, Rifiuto> {
        let nome = obbligatorio("tipo", self.tipo)?;
        let tipo = TipoSoglia::leggi(nome).map_or_else(|| regole::codifica_inesistente("tipo", nome, TipoSoglia::TUTTI.map(TipoSoglia::codice)), Ok)?;
        let giorni = match tipo {
            TipoSoglia::Entro | TipoSoglia::Oltre => {
                let giorni = obbligatorio("giorni", self.giorni)?;
                if !giorni.positivo() {
                    regole::oltre("giorni", 0, 1)?;
                }
                let giorni = giorni.naturale().map_or_else(|| regole::non_valida("giorni"), Ok)?;
                regole::oltre("giorni", giorni.into(), 1)?;
                Some(giorni)
            }
            TipoSoglia::Ridotto | TipoSoglia::Scontato if self.giorni.is_some() => {
                return Err(Rifiuto::Sintassi("Il campo giorni deve essere vuoto quando il campo tipo assume valore 'RIDOTTO' o 'SCONTATO'.".to_owned()));
            }
            TipoSoglia::Ridotto | TipoSoglia::Scontato => None,
        };
        Ok(ParteDocumento::Soglia { tipo, giorni })
    }
}
