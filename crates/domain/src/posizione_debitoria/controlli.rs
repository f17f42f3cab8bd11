//! What the archives refuse, said before the call (spec/4 section 3.3): a position that cannot pass is set aside at once, with every reason.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use codici::Importo;

use super::PosizioneDebitoria;
use super::composizione::METADATO_RISERVATO;
use crate::attivazione::{Destinazione, METADATA_MAX};
use crate::pendenza::VOCI_MAX;

const CARATTERI_TESTO_MAX: usize = 140;
/// `stBase64Binary72`.
const CARATTERI_HASH_MAX: usize = 72;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violazione {
    #[error("{campo} manca o e' lungo piu' di {max} caratteri")]
    Testo { campo: &'static str, max: usize },
    #[error("la data di scadenza e' passata")]
    ScadenzaPassata,
    #[error("i versamenti sono {0}: devono essere da 1 a {VOCI_MAX}")]
    Versamenti(usize),
    #[error("il versamento {0} ha un numero che non va da 1 a {VOCI_MAX}, o gia' usato")]
    Numero(u8),
    #[error("il versamento {0} non ha un importo positivo")]
    Importo(u8),
    #[error("la somma dei versamenti e' {somma}, l'importo {importo}")]
    Somma { somma: Importo, importo: Importo },
    #[error("l'IBAN del versamento {0} non ha forma di IBAN")]
    Iban(u8),
    #[error("la marca da bollo del versamento {0} non e' completa")]
    Bollo(u8),
    #[error("la categoria del versamento {0} non e' una voce della tassonomia")]
    Categoria(u8),
    #[error("i metadati del versamento {0} sono troppi, ripetuti o riservati")]
    Metadati(u8),
}

/// Every reason for which the archive would say no. Empty: none that can be known here. IBAN and taxonomy are looked at for their form.
#[must_use]
pub fn controlla(p: &PosizioneDebitoria, adesso: DateTime<Utc>) -> Vec<Violazione> {
    let mut trovate = Vec::new();
    for (campo, testo, max) in [
        ("iupd", p.iupd.as_str(), usize::MAX),
        ("fiscalCode", p.debitore.identificativo(), CARATTERI_TESTO_MAX),
        ("fullName", p.debitore.anagrafica(), CARATTERI_TESTO_MAX),
        ("companyName", p.ente.as_str(), CARATTERI_TESTO_MAX),
        ("description", p.causale.as_str(), CARATTERI_TESTO_MAX),
    ] {
        if testo.trim().is_empty() || testo.chars().count() > max {
            trovate.push(Violazione::Testo { campo, max });
        }
    }
    if p.scadenza < adesso {
        trovate.push(Violazione::ScadenzaPassata);
    }
    versamenti(p, &mut trovate);
    trovate
}

fn versamenti(p: &PosizioneDebitoria, trovate: &mut Vec<Violazione>) {
    if p.versamenti.is_empty() || p.versamenti.len() > VOCI_MAX {
        trovate.push(Violazione::Versamenti(p.versamenti.len()));
    }
    let mut numeri = HashSet::new();
    for t in p.versamenti.iter().map(|v| &v.trasferimento) {
        if !(1..=VOCI_MAX).contains(&usize::from(t.id)) || !numeri.insert(t.id) {
            trovate.push(Violazione::Numero(t.id));
        }
        if t.importo <= Importo::ZERO {
            trovate.push(Violazione::Importo(t.id));
        }
        match &t.destinazione {
            Destinazione::Iban(iban) if iban.is_empty() || iban.len() > 35 || !iban.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                trovate.push(Violazione::Iban(t.id));
            }
            Destinazione::Bollo { tipo, hash_documento, provincia_residenza } => {
                let provincia = provincia_residenza.len() == 2 && provincia_residenza.bytes().all(|b| b.is_ascii_uppercase());
                let hash = !hash_documento.is_empty() && hash_documento.chars().count() <= CARATTERI_HASH_MAX;
                if !provincia || !hash || tipo.chars().count() != 2 {
                    trovate.push(Violazione::Bollo(t.id));
                }
            }
            Destinazione::Iban(_) => {}
        }
        if !categoria_possibile(&t.categoria) {
            trovate.push(Violazione::Categoria(t.id));
        }
        let chiavi: HashSet<_> = t.metadata.iter().map(|(chiave, _)| chiave).collect();
        if t.metadata.len() > METADATA_MAX || chiavi.len() < t.metadata.len() || t.metadata.iter().any(|(chiave, _)| chiave == METADATO_RISERVATO) {
            trovate.push(Violazione::Metadati(t.id));
        }
    }
    let somma: Importo = p.versamenti.iter().map(|v| v.trasferimento.importo).sum();
    if somma != p.importo {
        trovate.push(Violazione::Somma { somma, importo: p.importo });
    }
}

/// `9/0101002IM`: a digit of the four, a slash, what follows without blanks.
fn categoria_possibile(testo: &str) -> bool {
    let Some((cifra, codice)) = testo.split_once('/') else { return false };
    matches!(cifra, "0" | "1" | "2" | "9") && (3..=CARATTERI_TESTO_MAX - 2).contains(&codice.chars().count()) && !codice.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use codici::{IdDominio, NumeroAvviso};
    use proptest::prelude::*;

    use super::*;
    use crate::Soggetto;
    use crate::attivazione::Trasferimento;
    use crate::posizione_debitoria::Versamento;

    fn versamento(id: u8, cent: i64) -> Versamento {
        let trasferimento = Trasferimento {
            id,
            importo: Importo::da_cent(cent),
            dominio: IdDominio::leggi("12345678901").expect("dominio"),
            ragione_sociale: "Comune".to_owned(),
            destinazione: Destinazione::Iban("IT60X0760101000000012345678".to_owned()),
            causale: "TARI".to_owned(),
            categoria: "9/0101002IM".to_owned(),
            metadata: Vec::new(),
        };
        Versamento { trasferimento, postale: false }
    }

    fn posizione(importi: &[i64]) -> PosizioneDebitoria {
        let avviso = NumeroAvviso::leggi("301000000000000042").expect("numero");
        PosizioneDebitoria {
            iupd: "I".to_owned(),
            debitore: Soggetto::debitore(None),
            ente: "Comune".to_owned(),
            ufficio: None,
            scade: false,
            stand_in: true,
            iuv: avviso.iuv(),
            avviso,
            importo: importi.iter().map(|c| Importo::da_cent(*c)).sum(),
            causale: "TARI".to_owned(),
            rata: false,
            scadenza: "2027-01-01T00:00:00Z".parse().expect("istante"),
            versamenti: (1..).zip(importi).map(|(i, c)| versamento(i, *c)).collect(),
        }
    }

    fn ora() -> DateTime<Utc> {
        "2026-11-22T10:00:00Z".parse().expect("istante")
    }

    #[test]
    fn ogni_regola_ha_la_sua_violazione() {
        type Guasta = fn(&mut PosizioneDebitoria);
        let casi: [(Guasta, Violazione); 12] = [
            (|p| p.causale = " ".to_owned(), Violazione::Testo { campo: "description", max: 140 }),
            (|p| p.ente = "x".repeat(141), Violazione::Testo { campo: "companyName", max: 140 }),
            (|p| p.scadenza = "2026-11-22T09:59:59Z".parse().expect("istante"), Violazione::ScadenzaPassata),
            (|p| p.versamenti[1].trasferimento.id = 1, Violazione::Numero(1)),
            (|p| p.versamenti[1].trasferimento.id = 6, Violazione::Numero(6)),
            (|p| p.importo = Importo::da_cent(1), Violazione::Somma { somma: Importo::da_cent(300), importo: Importo::da_cent(1) }),
            (|p| p.versamenti[0].trasferimento.destinazione = Destinazione::Iban("IT 60".to_owned()), Violazione::Iban(1)),
            (
                |p| {
                    p.versamenti[0].trasferimento.destinazione =
                        Destinazione::Bollo { tipo: "01".to_owned(), hash_documento: "a".repeat(73), provincia_residenza: "RO".to_owned() };
                },
                Violazione::Bollo(1),
            ),
            (|p| p.versamenti[0].trasferimento.categoria = "3/123".to_owned(), Violazione::Categoria(1)),
            (|p| p.versamenti[0].trasferimento.categoria = "9/01 02".to_owned(), Violazione::Categoria(1)),
            (|p| p.versamenti[0].trasferimento.metadata = vec![("A".to_owned(), String::new()); 2], Violazione::Metadati(1)),
            (|p| p.versamenti[0].trasferimento.metadata = vec![(METADATO_RISERVATO.to_owned(), "1".to_owned())], Violazione::Metadati(1)),
        ];
        assert_eq!(controlla(&posizione(&[100, 200]), ora()), []);
        for (guasta, attesa) in casi {
            let mut p = posizione(&[100, 200]);
            guasta(&mut p);
            assert_eq!(controlla(&p, ora()), [attesa]);
        }
        assert_eq!(controlla(&posizione(&[]), ora()), [Violazione::Versamenti(0)]);
        assert_eq!(controlla(&posizione(&[1, 1, 1, 1, 1, 1]), ora()), [Violazione::Versamenti(6), Violazione::Numero(6)]);
        assert_eq!(controlla(&posizione(&[100, 0]), ora()), [Violazione::Importo(2)]);
    }

    proptest! {
        #[test]
        fn importi_da_un_centesimo_in_su_che_sommano_passano(importi in prop::collection::vec(1_i64..99_999_999_999, 1..=5)) {
            prop_assert_eq!(controlla(&posizione(&importi), ora()), []);
        }

        #[test]
        fn una_somma_sbagliata_si_trova_sempre(importi in prop::collection::vec(1_i64..99_999_999_999, 1..=5), scarto in 1_i64..1000) {
            let mut p = posizione(&importi);
            p.importo = p.importo + Importo::da_cent(scarto);
            prop_assert_eq!(controlla(&p, ora()).len(), 1);
        }
    }
}
