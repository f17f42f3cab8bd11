//! The refusals that an ente may answer: code and text to the letter (spec/3 section 1.4).

/// A refusal, as it goes into the `fault` element of an answer KO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub codice: CodiceFault,
    /// `id`: fiscal code of the ente that refuses.
    pub id: String,
    /// `description`: no element when absent or blank; cut at [`CARATTERI_DESCRIZIONE_MAX`](crate::messaggi::CARATTERI_DESCRIZIONE_MAX).
    pub descrizione: Option<String>,
}

macro_rules! codici_fault {
    ($($variante:ident $codice:literal $testo:literal)*) => {
        /// `faultCode`. The list is closed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CodiceFault { $($variante,)* }

        impl CodiceFault {
            /// All codes, in the order of spec/3 section 1.4.
            pub const TUTTI: &'static [Self] = &[$(Self::$variante,)*];

            /// `faultCode`.
            #[must_use]
            pub const fn codice(self) -> &'static str {
                match self { $(Self::$variante => $codice,)* }
            }

            /// `faultString`, to the letter: clients compare it.
            #[must_use]
            pub const fn testo(self) -> &'static str {
                match self { $(Self::$variante => $testo,)* }
            }
        }
    };
}

codici_fault! {
    PaaAttivaRptImportoNonValido "PAA_ATTIVA_RPT_IMPORTO_NON_VALIDO" "L'importo del pagamento in attesa non è congruente con il dato indicato dal PSP"
    PaaErDuplicata "PAA_ER_DUPLICATA" "La ER è già stata accettata."
    PaaErroreFormatoBustaFirmata "PAA_ERRORE_FORMATO_BUSTA_FIRMATA" "Formato busta di firma errato o non corrispondente al tipoFirma."
    PaaFirmaErrata "PAA_FIRMA_ERRATA" "Errore di firma."
    PaaFirmaIndisponibile "PAA_FIRMA_INDISPONIBILE" "Impossibile firmare."
    PaaIdDominioErrato "PAA_ID_DOMINIO_ERRATO" "La PAA non corrisponde al Dominio indicato."
    PaaIdIntermediarioErrato "PAA_ID_INTERMEDIARIO_ERRATO" "Identificativo intermediario non corrispondente."
    PaaPagamentoAnnullato "PAA_PAGAMENTO_ANNULLATO" "Pagamento in attesa risulta annullato all'Ente Creditore."
    PaaPagamentoDuplicato "PAA_PAGAMENTO_DUPLICATO" "Pagamento in attesa risulta concluso all'Ente Creditore."
    PaaPagamentoInCorso "PAA_PAGAMENTO_IN_CORSO" "Pagamento in attesa risulta in corso all'Ente Creditore."
    PaaPagamentoScaduto "PAA_PAGAMENTO_SCADUTO" "Pagamento in attesa risulta scaduto all'Ente Creditore."
    PaaPagamentoSconosciuto "PAA_PAGAMENTO_SCONOSCIUTO" "Pagamento in attesa risulta sconosciuto all\u{2019}Ente Creditore."
    PaaRptSconosciuta "PAA_RPT_SCONOSCIUTA" "La RPT risulta sconosciuta."
    PaaRtDuplicata "PAA_RT_DUPLICATA" "La RT è già stata accettata."
    PaaReceiptDuplicata "PAA_RECEIPT_DUPLICATA" "La CtReceipt è già stata accettata."
    PaaSemantica "PAA_SEMANTICA" "Errore semantico."
    PaaSintassiExtraxsd "PAA_SINTASSI_EXTRAXSD" "Errore di sintassi extra XSD."
    PaaSintassiXsd "PAA_SINTASSI_XSD" "Errore di sintassi XSD."
    PaaStazioneIntErrata "PAA_STAZIONE_INT_ERRATA" "Stazione intermediario non corrispondente."
    PaaSystemError "PAA_SYSTEM_ERROR" "Errore generico."
    PaaTipofirmaSconosciuto "PAA_TIPOFIRMA_SCONOSCIUTO" "Il campo tipoFirma non corrisponde ad alcun valore previsto."
    PaaPagamentoMultibeneficiarioNonConsentito "PAA_PAGAMENTO_MULTIBENEFICIARIO_NON_CONSENTITO" "Pagamento multibeneficiario non consentito con le specifiche SANP-SPC 2.3.0."
}

impl CodiceFault {
    /// The code with this name.
    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.iter().copied().find(|c| c.codice() == codice)
    }
}

impl std::fmt::Display for CodiceFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.codice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_tabella_dei_fault_e_quella_del_contratto() {
        let tabella: Vec<String> = CodiceFault::TUTTI.iter().map(|c| format!("{} | {}", c.codice(), c.testo())).collect();
        insta::assert_snapshot!(tabella.join("\n"));
    }

    #[test]
    fn ogni_codice_si_rilegge() {
        for codice in CodiceFault::TUTTI {
            assert_eq!(CodiceFault::leggi(codice.codice()), Some(*codice));
        }
        assert_eq!(CodiceFault::leggi("PAA_INVENTATO"), None);
    }
}
