//! A position as an integrator sends it, once its syntax is known to be good and before the anagrafica is asked.

use chrono::NaiveDate;
use codici::{IdDominio, Importo, NumeroAvviso};
use serde_json::Value;

use super::{ParteDocumento, Pendenza, Riferimento, Voce};
use crate::Soggetto;

/// One shape for every API that loads a position: what an older version does not know is simply absent.
#[derive(Clone, Debug, PartialEq)]
pub struct NuovaPendenza {
    pub id_a2a: String,
    pub id_pendenza: String,
    pub dominio: IdDominio,
    pub unita_operativa: Option<String>,
    pub tipo_pendenza: Option<String>,
    pub nome: Option<String>,
    pub causale: String,
    pub soggetto_pagatore: Option<Soggetto>,
    /// Greater than zero.
    pub importo: Importo,
    pub numero_avviso: Option<NumeroAvviso>,
    pub data_validita: Option<NaiveDate>,
    pub data_scadenza: Option<NaiveDate>,
    pub anno_riferimento: Option<i32>,
    pub cartella_pagamento: Option<String>,
    pub tassonomia: Option<String>,
    pub tassonomia_avviso: Option<String>,
    pub direzione: Option<String>,
    pub divisione: Option<String>,
    pub dati_allegati: Option<Value>,
    pub documento: Option<NuovoDocumento>,
    pub data_notifica_avviso: Option<NaiveDate>,
    pub data_promemoria_scadenza: Option<NaiveDate>,
    /// Stored and echoed as it came.
    pub proprieta: Option<Value>,
    /// One to five.
    pub voci: Vec<NuovaVoce>,
    pub allegati: Vec<NuovoAllegato>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NuovaVoce {
    pub id_voce: String,
    pub importo: Importo,
    pub descrizione: String,
    pub descrizione_causale_rpt: Option<String>,
    pub dominio: Option<IdDominio>,
    pub riferimento: Riferimento,
    /// `{quote, proprietaCustom}`, stored and echoed as it came; the sum of the quote equals `importo` (VER_035).
    pub contabilita: Option<Value>,
    /// `{mapEntries: [{key, value}]}`.
    pub metadata: Option<Value>,
    pub dati_allegati: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NuovoDocumento {
    pub identificativo: String,
    pub descrizione: String,
    pub parte: ParteDocumento,
}

#[derive(Clone, PartialEq, Eq)]
pub struct NuovoAllegato {
    pub nome: String,
    pub tipo: Option<String>,
    pub descrizione: Option<String>,
    pub contenuto: Vec<u8>,
}

/// Without the bytes: they are somebody's document.
impl std::fmt::Debug for NuovoAllegato {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NuovoAllegato").field("byte", &self.contenuto.len()).finish_non_exhaustive()
    }
}

/// A position as it would be sent again: what a load gives it of its own, its number apart, is left out.
impl From<&Pendenza> for NuovaPendenza {
    fn from(p: &Pendenza) -> Self {
        let voce = |v: &Voce| NuovaVoce {
            id_voce: v.id_voce.clone(),
            importo: v.importo,
            descrizione: v.descrizione.clone(),
            descrizione_causale_rpt: v.descrizione_causale_rpt.clone(),
            dominio: v.dominio.clone(),
            riferimento: v.riferimento.clone(),
            contabilita: v.contabilita.clone(),
            metadata: v.metadata.clone(),
            dati_allegati: v.dati_allegati.clone(),
        };
        let documento =
            p.documento.as_ref().map(|d| NuovoDocumento { identificativo: d.identificativo.clone(), descrizione: d.descrizione.clone(), parte: p.parte });
        Self {
            id_a2a: p.id_a2a.clone(),
            id_pendenza: p.id_pendenza.clone(),
            dominio: p.dominio.clone(),
            unita_operativa: p.unita_operativa.clone(),
            tipo_pendenza: Some(p.tipo_pendenza.clone()),
            nome: p.nome.clone(),
            causale: p.causale.clone(),
            soggetto_pagatore: Some(p.debitore.clone()),
            importo: p.importo,
            numero_avviso: Some(p.numero_avviso.clone()),
            data_validita: p.data_validita,
            data_scadenza: p.data_scadenza,
            anno_riferimento: p.anno_riferimento,
            cartella_pagamento: p.cartella_pagamento.clone(),
            tassonomia: p.tassonomia.clone(),
            tassonomia_avviso: p.tassonomia_avviso.clone(),
            direzione: p.direzione.clone(),
            divisione: p.divisione.clone(),
            dati_allegati: p.dati_allegati.clone(),
            documento,
            data_notifica_avviso: p.avvisatura.data_notifica_avviso,
            data_promemoria_scadenza: p.avvisatura.data_promemoria_scadenza,
            proprieta: p.proprieta.clone(),
            voci: p.voci.iter().map(voce).collect(),
            allegati: Vec::new(),
        }
    }
}
