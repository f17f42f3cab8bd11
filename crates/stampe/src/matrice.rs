//! QR code and DataMatrix as matrices of modules.

use datamatrix::{DataMatrix, SymbolList};
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode, Version};

use crate::ErroreStampa;

/// A square of dark and light modules, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Matrice {
    pub(crate) lato: usize,
    pub(crate) scuri: Vec<bool>,
}

impl Matrice {
    /// Version 4, error correction M (spec/4 section 6.3): up to 62 bytes, and the text of an avviso has at most 55.
    pub(crate) fn qr(testo: &str) -> Result<Self, ErroreStampa> {
        let codice = QrCode::with_version(testo, Version::Normal(4), EcLevel::M).map_err(|e| ErroreStampa::Codice(format!("QR code: {e}")))?;
        Ok(Self { lato: codice.width(), scuri: codice.to_colors().into_iter().map(|c| c == Color::Dark).collect() })
    }

    /// The smallest square symbol that holds the text.
    pub(crate) fn datamatrix(testo: &str) -> Result<Self, ErroreStampa> {
        let codice =
            DataMatrix::encode(testo.as_bytes(), SymbolList::default().enforce_square()).map_err(|e| ErroreStampa::Codice(format!("DataMatrix: {e:?}")))?;
        let bitmap = codice.bitmap();
        Ok(Self { lato: bitmap.width(), scuri: bitmap.bits().to_vec() })
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 144 modules")]
    pub(crate) fn lato_moduli(&self) -> f32 {
        self.lato as f32
    }

    /// Runs of dark modules: column, row, length.
    #[expect(clippy::cast_precision_loss, reason = "at most 144 modules")]
    pub(crate) fn strisce(&self) -> Vec<(f32, f32, f32)> {
        let mut strisce = Vec::new();
        for (riga, moduli) in self.scuri.chunks(self.lato).enumerate() {
            let mut colonna = 0;
            for gruppo in moduli.chunk_by(|a, b| a == b) {
                if gruppo[0] {
                    strisce.push((colonna as f32, riga as f32, gruppo.len() as f32));
                }
                colonna += gruppo.len();
            }
        }
        strisce
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letto_con_rqrr(m: &Matrice) -> String {
        let bordo = 4;
        let scala = 4;
        let lato = (m.lato + 2 * bordo) * scala;
        let mut immagine = rqrr::PreparedImage::prepare_from_greyscale(lato, lato, |x, y| {
            let (c, r) = ((x / scala).wrapping_sub(bordo), (y / scala).wrapping_sub(bordo));
            if c < m.lato && r < m.lato && m.scuri[r * m.lato + c] { 0 } else { 255 }
        });
        immagine.detect_grids()[0].decode().expect("leggibile").1
    }

    #[test]
    fn il_qr_ha_33_moduli_come_vuole_il_manuale() {
        let m = Matrice::qr("PAGOPA|002|307260000000004275|00123450678|99999999999").expect("entra");
        assert_eq!(m.lato, 33);
    }

    #[test]
    fn le_strisce_coprono_i_moduli_scuri_e_nient_altro() {
        let m = Matrice::qr("PAGOPA|002|307260000000004275|00123450678|13250").expect("entra");
        let mut coperti = vec![false; m.lato * m.lato];
        for (c, r, n) in m.strisce() {
            for i in 0..n as usize {
                let modulo = &mut coperti[r as usize * m.lato + c as usize + i];
                assert!(!*modulo, "una striscia non ne copre un'altra");
                *modulo = true;
            }
        }
        assert_eq!(coperti, m.scuri);
    }

    proptest! {
        // The reader works on a whole picture: few cases say as much as many.
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn il_qr_si_rilegge(testo in "PAGOPA\\|002\\|[0-3][0-9]{17}\\|[0-9]{11}\\|[0-9]{4,11}") {
            let m = Matrice::qr(&testo).expect("entra");
            prop_assert_eq!(letto_con_rqrr(&m), testo);
        }

        #[test]
        fn il_datamatrix_si_rilegge(testo in "codfase=NBPA;[ -~]{243}") {
            let m = Matrice::datamatrix(&testo).expect("entra");
            prop_assert_eq!(DataMatrix::decode(&m.scuri, m.lato).expect("leggibile"), testo.into_bytes());
        }
    }
}
