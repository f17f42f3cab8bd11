//! The position: what somebody owes to an ente, in one to five voci.

pub mod avvisatura;
pub mod caricamento;
pub mod modifica;
mod nuova;

use chrono::{DateTime, NaiveDate, Utc};
use codici::{IdDominio, Importo, Iuv, NumeroAvviso};
use serde_json::Value;
use uuid::Uuid;

pub use avvisatura::{Avvisatura, Preavvisi};
pub use nuova::{NuovaPendenza, NuovaVoce, NuovoAllegato, NuovoDocumento};

use crate::Soggetto;

/// Voci that a position can have: the transfers of a pagoPA payment.
pub const VOCI_MAX: usize = 5;

/// Stored state (spec/1 section 13.1). What the APIs show is derived: [`Pendenza::stato_mostrato`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stato {
    NonEseguito,
    Annullato,
    Eseguito,
    ParzialmenteEseguito,
    EseguitoAltroCanale,
    EseguitoSenzaRpt,
    /// Legacy states that a migrated archive may hold.
    Anomalo,
    Incassato,
}

impl Stato {
    pub const TUTTI: [Self; 8] = [
        Self::NonEseguito,
        Self::Annullato,
        Self::Eseguito,
        Self::ParzialmenteEseguito,
        Self::EseguitoAltroCanale,
        Self::EseguitoSenzaRpt,
        Self::Anomalo,
        Self::Incassato,
    ];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::NonEseguito => "NON_ESEGUITO",
            Self::Annullato => "ANNULLATO",
            Self::Eseguito => "ESEGUITO",
            Self::ParzialmenteEseguito => "PARZIALMENTE_ESEGUITO",
            Self::EseguitoAltroCanale => "ESEGUITO_ALTRO_CANALE",
            Self::EseguitoSenzaRpt => "ESEGUITO_SENZA_RPT",
            Self::Anomalo => "ANOMALO",
            Self::Incassato => "INCASSATO",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoPagamento {
    NonPagato,
    Pagato,
    Incassato,
}

impl StatoPagamento {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::NonPagato => "NON_PAGATO",
            Self::Pagato => "PAGATO",
            Self::Incassato => "INCASSATO",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        [Self::NonPagato, Self::Pagato, Self::Incassato].into_iter().find(|s| s.codice() == testo)
    }
}

/// The state that the APIs show (spec/1 section 13.1, "Derived API stato").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoMostrato {
    Eseguita,
    NonEseguita,
    EseguitaParziale,
    Annullata,
    Scaduta,
    Anomala,
    Incassata,
}

impl StatoMostrato {
    pub const TUTTI: [Self; 7] = [Self::Eseguita, Self::NonEseguita, Self::EseguitaParziale, Self::Annullata, Self::Scaduta, Self::Anomala, Self::Incassata];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Eseguita => "ESEGUITA",
            Self::NonEseguita => "NON_ESEGUITA",
            Self::EseguitaParziale => "ESEGUITA_PARZIALE",
            Self::Annullata => "ANNULLATA",
            Self::Scaduta => "SCADUTA",
            Self::Anomala => "ANOMALA",
            Self::Incassata => "INCASSATA",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo)
    }
}

/// How a voce says where its money goes: exactly one of three (spec/1 section 5.3, "Voce discriminator").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Riferimento {
    /// An entrata of the dominio, which brings IBAN and contabilità.
    Entrata(String),
    Bollo {
        /// `01`, imposta di bollo.
        tipo: String,
        /// Base64 text, as received.
        hash_documento: String,
        provincia_residenza: String,
    },
    Conto {
        iban_accredito: String,
        iban_appoggio: Option<String>,
        tipo_contabilita: TipoContabilita,
        codice_contabilita: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoContabilita {
    Capitolo,
    Speciale,
    Siope,
    Altro,
}

impl TipoContabilita {
    pub const TUTTI: [Self; 4] = [Self::Capitolo, Self::Speciale, Self::Siope, Self::Altro];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Capitolo => "CAPITOLO",
            Self::Speciale => "SPECIALE",
            Self::Siope => "SIOPE",
            Self::Altro => "ALTRO",
        }
    }

    /// The digit before the slash of transferCategory and codiceTassonomicoPagoPA.
    #[must_use]
    pub const fn cifra(self) -> char {
        match self {
            Self::Capitolo => '0',
            Self::Speciale => '1',
            Self::Siope => '2',
            Self::Altro => '9',
        }
    }

    #[must_use]
    pub fn leggi(nome: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|t| t.nome() == nome)
    }

    #[must_use]
    pub fn da_cifra(cifra: char) -> Option<Self> {
        Self::TUTTI.into_iter().find(|t| t.cifra() == cifra)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoSoglia {
    Entro,
    Oltre,
    Ridotto,
    Scontato,
}

impl TipoSoglia {
    pub const TUTTI: [Self; 4] = [Self::Entro, Self::Oltre, Self::Ridotto, Self::Scontato];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Entro => "ENTRO",
            Self::Oltre => "OLTRE",
            Self::Ridotto => "RIDOTTO",
            Self::Scontato => "SCONTATO",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|t| t.codice() == codice)
    }
}

/// Which part of its documento a pendenza is. Thresholds are for presentation: no payment is refused because of them (spec/1 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParteDocumento {
    Unica,
    Rata(u32),
    Soglia { tipo: TipoSoglia, giorni: Option<u32> },
}

/// Whether the position was loaded by the ente or asked for by a citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tipo {
    Dovuto,
    Spontaneo,
}

impl Tipo {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Dovuto => "DOVUTO",
            Self::Spontaneo => "SPONTANEO",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        [Self::Dovuto, Self::Spontaneo].into_iter().find(|t| t.codice() == testo)
    }
}

/// The documento of a stored pendenza, with the part that the pendenza is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documento {
    pub id: Uuid,
    pub identificativo: String,
    pub descrizione: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Voce {
    /// 1 to 5, stable for the life of the position.
    pub indice: u8,
    pub id_voce: String,
    pub importo: Importo,
    pub eseguita: bool,
    pub descrizione: String,
    pub descrizione_causale_rpt: Option<String>,
    /// Only when the voce belongs to another ente than the pendenza (multibeneficiario).
    pub dominio: Option<IdDominio>,
    pub riferimento: Riferimento,
    pub contabilita: Option<Value>,
    pub metadata: Option<Value>,
    pub dati_allegati: Option<Value>,
}

/// A stored position. Amounts in cents, timestamps UTC, dates of Italy.
#[derive(Clone, Debug, PartialEq)]
pub struct Pendenza {
    pub id: Uuid,
    pub id_a2a: String,
    pub id_pendenza: String,
    pub dominio: IdDominio,
    pub unita_operativa: Option<String>,
    pub tipo_pendenza: String,
    pub tipo: Tipo,
    pub nome: Option<String>,
    pub stato: Stato,
    pub descrizione_stato: Option<String>,
    pub anomalo: bool,
    pub causale: String,
    pub debitore: Soggetto,
    pub importo: Importo,
    pub iuv: Iuv,
    pub numero_avviso: NumeroAvviso,
    /// Randomises the static payment URLs: 32 hexadecimal digits.
    pub uuid: String,
    pub data_caricamento: DateTime<Utc>,
    pub data_ultimo_aggiornamento: DateTime<Utc>,
    pub data_validita: Option<NaiveDate>,
    pub data_scadenza: Option<NaiveDate>,
    pub anno_riferimento: Option<i32>,
    pub cartella_pagamento: Option<String>,
    pub tassonomia: Option<String>,
    pub tassonomia_avviso: Option<String>,
    pub direzione: Option<String>,
    pub divisione: Option<String>,
    pub dati_allegati: Option<Value>,
    pub proprieta: Option<Value>,
    pub documento: Option<Documento>,
    pub parte: ParteDocumento,
    pub stato_pagamento: StatoPagamento,
    pub importo_pagato: Importo,
    pub importo_incassato: Importo,
    pub data_pagamento: Option<DateTime<Utc>>,
    pub iuv_pagamento: Option<Iuv>,
    pub ack: bool,
    pub avvisatura: Avvisatura,
    /// Last change that ACA must hear of (spec/1 section 8.3).
    pub data_ultima_modifica_aca: DateTime<Utc>,
    pub voci: Vec<Voce>,
}

impl Pendenza {
    /// The state that API Pendenze v2 and the back office show, in the order of spec/1 section 13.1.
    #[must_use]
    pub fn stato_mostrato(&self, adesso: DateTime<Utc>) -> StatoMostrato {
        self.stato_mostrato_tra(adesso, &StatoMostrato::TUTTI)
    }

    /// The state for an API that knows only `noti` of them: an anomaly is not told, what is reconciled is simply paid.
    #[must_use]
    pub fn stato_mostrato_tra(&self, adesso: DateTime<Utc>, noti: &[StatoMostrato]) -> StatoMostrato {
        let stato = if self.anomalo && noti.contains(&StatoMostrato::Anomala) { StatoMostrato::Anomala } else { self.stato_derivato(adesso) };
        if noti.contains(&stato) { stato } else { StatoMostrato::Eseguita }
    }

    fn stato_derivato(&self, adesso: DateTime<Utc>) -> StatoMostrato {
        match self.stato {
            Stato::Annullato => StatoMostrato::Annullata,
            Stato::Eseguito | Stato::EseguitoSenzaRpt if self.stato_pagamento == StatoPagamento::Incassato => StatoMostrato::Incassata,
            Stato::Eseguito | Stato::EseguitoSenzaRpt | Stato::EseguitoAltroCanale => StatoMostrato::Eseguita,
            Stato::ParzialmenteEseguito => StatoMostrato::EseguitaParziale,
            Stato::NonEseguito if self.scaduta(adesso) => StatoMostrato::Scaduta,
            Stato::NonEseguito => StatoMostrato::NonEseguita,
            Stato::Anomalo => StatoMostrato::Anomala,
            Stato::Incassato => StatoMostrato::Incassata,
        }
    }

    /// dataScadenza elapsed. Never a stored state.
    #[must_use]
    pub fn scaduta(&self, adesso: DateTime<Utc>) -> bool {
        self.data_scadenza.is_some_and(|d| crate::calendario::decorsa(d, adesso))
    }

    #[must_use]
    pub fn con_bollo(&self) -> bool {
        self.voci.iter().any(|v| matches!(v.riferimento, Riferimento::Bollo { .. }))
    }

    /// Who owns a voce: its own dominio, or the pendenza's.
    #[must_use]
    pub fn dominio_della_voce<'a>(&'a self, voce: &'a Voce) -> &'a IdDominio {
        voce.dominio.as_ref().unwrap_or(&self.dominio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chi_conosce_meno_stati_vede_pagato_cio_che_ha_un_nome_in_piu() {
        const V1: [StatoMostrato; 5] =
            [StatoMostrato::Eseguita, StatoMostrato::NonEseguita, StatoMostrato::EseguitaParziale, StatoMostrato::Annullata, StatoMostrato::Scaduta];
        let adesso = "2026-11-20T10:00:00Z".parse().expect("istante");
        let base = || prova::pendenza(&[1000]);
        let scadenza = NaiveDate::from_ymd_opt(2026, 11, 18);
        use StatoMostrato as M;
        for (pendenza, intero, ridotto) in [
            (Pendenza { stato: Stato::Eseguito, anomalo: true, ..base() }, M::Anomala, M::Eseguita),
            (Pendenza { stato: Stato::ParzialmenteEseguito, anomalo: true, ..base() }, M::Anomala, M::EseguitaParziale),
            (Pendenza { stato: Stato::Eseguito, stato_pagamento: StatoPagamento::Incassato, ..base() }, M::Incassata, M::Eseguita),
            (Pendenza { stato: Stato::EseguitoSenzaRpt, stato_pagamento: StatoPagamento::Incassato, ..base() }, M::Incassata, M::Eseguita),
            (Pendenza { stato: Stato::EseguitoAltroCanale, stato_pagamento: StatoPagamento::Incassato, ..base() }, M::Eseguita, M::Eseguita),
            (Pendenza { stato: Stato::EseguitoSenzaRpt, ..base() }, M::Eseguita, M::Eseguita),
            (Pendenza { stato: Stato::Anomalo, ..base() }, M::Anomala, M::Eseguita),
            (Pendenza { stato: Stato::Incassato, ..base() }, M::Incassata, M::Eseguita),
            (Pendenza { stato: Stato::Annullato, ..base() }, M::Annullata, M::Annullata),
            (Pendenza { data_scadenza: scadenza, ..base() }, M::Scaduta, M::Scaduta),
            (base(), M::NonEseguita, M::NonEseguita),
        ] {
            assert_eq!((pendenza.stato_mostrato(adesso), pendenza.stato_mostrato_tra(adesso, &V1)), (intero, ridotto), "{:?}", pendenza.stato);
        }
    }
}

/// A position for the tests of the rules.
#[cfg(test)]
pub(crate) mod prova {
    use super::*;

    /// One voce per amount, in cents.
    pub fn pendenza(importi: &[i64]) -> Pendenza {
        let adesso: DateTime<Utc> = "2026-11-01T10:00:00Z".parse().expect("istante");
        let numero_avviso = NumeroAvviso::leggi("301000000000000042").expect("numero");
        let voce = |(indice, cent): (u8, &i64)| Voce {
            indice,
            id_voce: format!("V{indice}"),
            importo: Importo::da_cent(*cent),
            eseguita: false,
            descrizione: "Voce".to_owned(),
            descrizione_causale_rpt: None,
            dominio: None,
            riferimento: Riferimento::Entrata("TARI".to_owned()),
            contabilita: None,
            metadata: None,
            dati_allegati: None,
        };
        Pendenza {
            id: Uuid::nil(),
            id_a2a: "DEMO".to_owned(),
            id_pendenza: "P1".to_owned(),
            dominio: IdDominio::leggi("12345678901").expect("dominio"),
            unita_operativa: None,
            tipo_pendenza: "TARI".to_owned(),
            tipo: Tipo::Dovuto,
            nome: None,
            stato: Stato::NonEseguito,
            descrizione_stato: None,
            anomalo: false,
            causale: "TARI 2026".to_owned(),
            debitore: Soggetto::debitore(None),
            importo: importi.iter().map(|c| Importo::da_cent(*c)).sum(),
            iuv: numero_avviso.iuv(),
            numero_avviso,
            uuid: "0".repeat(32),
            data_caricamento: adesso,
            data_ultimo_aggiornamento: adesso,
            data_validita: None,
            data_scadenza: None,
            anno_riferimento: None,
            cartella_pagamento: None,
            tassonomia: None,
            tassonomia_avviso: None,
            direzione: None,
            divisione: None,
            dati_allegati: None,
            proprieta: None,
            documento: None,
            parte: ParteDocumento::Unica,
            stato_pagamento: StatoPagamento::NonPagato,
            importo_pagato: Importo::ZERO,
            importo_incassato: Importo::ZERO,
            data_pagamento: None,
            iuv_pagamento: None,
            ack: false,
            avvisatura: Avvisatura::default(),
            data_ultima_modifica_aca: adesso,
            voci: (1..).zip(importi).map(voce).collect(),
        }
    }
}
