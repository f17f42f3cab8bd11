//! What a receipt does to a position (spec/3 section 1.9, spec/1 section 13).

use chrono::{DateTime, Utc};
use codici::{IdDominio, Importo};

use crate::anagrafica::Anagrafica;
use crate::pendenza::{Riferimento, Stato, StatoPagamento};
use crate::registro::{self, Conto, Movimento};
use crate::{Pendenza, Voce};

pub(crate) const DUPLICATO: &str = "Acquisito pagamento duplicato";
pub(crate) const IMPORTO_DIVERSO: &str = "L'importo pagato non corrisponde all'importo dovuto.";

/// The receipt, as far as money is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incasso {
    pub receipt_id: String,
    pub esito: EsitoIncasso,
    pub data_pagamento: DateTime<Utc>,
    /// Fee of the PSP: it is the citizen's, never the ente's money.
    pub commissioni: Option<Importo>,
    pub trasferimenti: Vec<TrasferimentoPagato>,
}

/// How much of the position a receipt closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoIncasso {
    Eseguito,
    /// Some of the voci alone: only an RT of the older model says so.
    Parziale,
    NonEseguito,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrasferimentoPagato {
    /// idTransfer, 1 to 5.
    pub id: u8,
    pub importo: Importo,
    pub dominio: IdDominio,
    /// IUR, date and fee of this share, where the receipt gives them to each (RT of the older model).
    pub proprio: Option<DatiPropri>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatiPropri {
    pub iur: String,
    pub data: DateTime<Utc>,
    pub commissioni: Option<Importo>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoRiscossione {
    Entrata,
    Mbt,
    EntrataPaNonIntermediata,
    AltroIntermediario,
}

impl TipoRiscossione {
    pub const TUTTI: [Self; 4] = [Self::Entrata, Self::Mbt, Self::EntrataPaNonIntermediata, Self::AltroIntermediario];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Entrata => "ENTRATA",
            Self::Mbt => "MBT",
            Self::EntrataPaNonIntermediata => "ENTRATA_PA_NON_INTERMEDIATA",
            Self::AltroIntermediario => "ALTRO_INTERMEDIARIO",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|t| t.codice() == codice)
    }
}

/// What became of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoRiscossione {
    Pagata,
    /// Known from the rendicontazione alone.
    PagataSenzaRpt,
    Incassata,
}

impl StatoRiscossione {
    /// As filters name them: two names for three states.
    pub const TUTTI: [Self; 2] = [Self::Pagata, Self::Incassata];

    /// In the archive.
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Pagata => "PAGATO",
            Self::PagataSenzaRpt => "PAGATO_SENZA_RPT",
            Self::Incassata => "INCASSATO",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        [Self::Pagata, Self::PagataSenzaRpt, Self::Incassata].into_iter().find(|s| s.codice() == codice)
    }

    /// In the APIs (spec/2 section 2.20).
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Pagata | Self::PagataSenzaRpt => "RISCOSSA",
            Self::Incassata => "INCASSATA",
        }
    }
}

/// Money that arrived for one voce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Riscossione {
    pub dominio: IdDominio,
    pub iur: String,
    /// idTransfer; a number of its own when the receipt gives the same one twice, because this is the key of the money.
    pub indice: u8,
    /// `None` when the receipt pays a transfer that the position does not have.
    pub voce: Option<u8>,
    pub importo: Importo,
    pub data: DateTime<Utc>,
    pub tipo: TipoRiscossione,
    /// The whole fee, on the first riscossione only: the original repeats it on each (spec/3 surprise 29).
    pub commissioni: Option<Importo>,
}

/// The position after the receipt, and what is to be written with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Effetto {
    pub pendenza: Pendenza,
    pub riscossioni: Vec<Riscossione>,
    pub movimenti: Vec<Movimento>,
}

/// A paid receipt closes the position from any state: a paid position cannot become unpaid, because nothing here goes there.
/// A receipt with outcome KO changes nothing.
#[must_use]
pub fn applica(stored: &Pendenza, incasso: &Incasso, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Effetto {
    let mut pendenza = stored.clone();
    if incasso.esito == EsitoIncasso::NonEseguito {
        return Effetto { pendenza, riscossioni: Vec::new(), movimenti: Vec::new() };
    }
    let mut irregolarita: Vec<&str> = Vec::new();
    let mut riscossioni = Vec::new();
    let mut indici: Vec<u8> = Vec::new();
    for (posizione, t) in incasso.trasferimenti.iter().enumerate().filter(|(_, t)| t.importo != Importo::ZERO) {
        let ripetuto = indici.contains(&t.id);
        let voce = trova_voce(&mut pendenza.voci, (!ripetuto).then_some(t.id), posizione);
        let indice = if ripetuto { indice_libero(&indici, &incasso.trasferimenti) } else { t.id };
        indici.push(indice);
        let tipo = tipo_riscossione(voce.as_deref(), &t.dominio, &stored.dominio, anagrafica);
        let indice_voce = voce.as_deref().map(|v| v.indice);
        match voce {
            Some(v) if !v.eseguita && v.importo == t.importo => v.eseguita = true,
            Some(v) => {
                if v.eseguita {
                    irregolarita.push(DUPLICATO);
                }
                if v.importo != t.importo {
                    irregolarita.push(IMPORTO_DIVERSO);
                }
            }
            None => irregolarita.push(IMPORTO_DIVERSO),
        }
        riscossioni.push(Riscossione {
            dominio: if anagrafica.dominio(&t.dominio).is_some() { t.dominio.clone() } else { stored.dominio.clone() },
            iur: t.proprio.as_ref().map_or_else(|| incasso.receipt_id.clone(), |p| p.iur.clone()),
            indice,
            voce: indice_voce,
            importo: t.importo,
            data: t.proprio.as_ref().map_or(incasso.data_pagamento, |p| p.data),
            tipo,
            commissioni: t.proprio.as_ref().map_or_else(|| incasso.commissioni.filter(|_| riscossioni.is_empty()), |p| p.commissioni),
        });
    }
    chiudi(&mut pendenza, stored.stato, incasso.esito, &irregolarita);
    let pagato: Importo = riscossioni.iter().map(|r| r.importo).sum();
    pendenza.importo_pagato = stored.importo_pagato + pagato;
    pendenza.stato_pagamento = StatoPagamento::Pagato;
    pendenza.data_pagamento = Some(incasso.data_pagamento);
    pendenza.iuv_pagamento = Some(stored.iuv.clone());
    pendenza.data_ultimo_aggiornamento = adesso;
    pendenza.avvisatura.disarma();

    let causa = format!("ricevuta:{}", incasso.receipt_id);
    let mut movimenti = registro::differenza(Some((stored.stato, &stored.voci)), (pendenza.stato, &pendenza.voci), &causa);
    movimenti.extend(riscossioni.iter().map(|r| Movimento { voce: r.voce.unwrap_or(0), conto: Conto::Pagato, importo: r.importo, causa: causa.clone() }));
    Effetto { pendenza, riscossioni, movimenti }
}

/// By idTransfer, which is the indice of the voce; by position when that finds none (spec/3 surprise 8) or says nothing (`None`).
fn trova_voce(voci: &mut [Voce], id: Option<u8>, posizione: usize) -> Option<&mut Voce> {
    let per_indice = voci.iter().position(|v| Some(v.indice) == id);
    voci.get_mut(per_indice.unwrap_or(posizione))
}

/// The first number that no transfer of the receipt has, nor was given to another that was repeated.
fn indice_libero(dati: &[u8], trasferimenti: &[TrasferimentoPagato]) -> u8 {
    (1..u8::MAX).find(|i| !dati.contains(i) && trasferimenti.iter().all(|t| t.id != *i)).unwrap_or(u8::MAX)
}

fn tipo_riscossione(voce: Option<&Voce>, dominio: &IdDominio, della_pendenza: &IdDominio, anagrafica: &Anagrafica) -> TipoRiscossione {
    if voce.is_some_and(|v| matches!(v.riferimento, Riferimento::Bollo { .. })) {
        return TipoRiscossione::Mbt;
    }
    let ente = anagrafica.dominio(dominio).or_else(|| anagrafica.dominio(della_pendenza));
    if ente.is_none_or(|d| d.intermediato) { TipoRiscossione::Entrata } else { TipoRiscossione::EntrataPaNonIntermediata }
}

/// Regular only from a position that waited for its payment; text of what is irregular goes to descrizioneStato.
fn chiudi(pendenza: &mut Pendenza, prima: Stato, esito: EsitoIncasso, irregolarita: &[&str]) {
    let attesa = matches!(prima, Stato::NonEseguito | Stato::Annullato);
    let pagata = matches!(prima, Stato::Eseguito | Stato::EseguitoAltroCanale | Stato::EseguitoSenzaRpt | Stato::Incassato);
    pendenza.stato = match esito {
        // What is paid whole does not become paid in part.
        EsitoIncasso::Parziale if !pagata => Stato::ParzialmenteEseguito,
        _ => Stato::Eseguito,
    };
    if !attesa || !irregolarita.is_empty() {
        pendenza.anomalo = true;
        let mut testi: Vec<&str> = Vec::new();
        for testo in irregolarita.iter().copied().chain((!attesa).then_some(DUPLICATO)) {
            if !testi.contains(&testo) {
                testi.push(testo);
            }
        }
        pendenza.descrizione_stato = Some(testi.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::pendenza::prova::pendenza;

    fn adesso() -> DateTime<Utc> {
        "2026-11-22T10:00:00Z".parse().expect("istante")
    }

    fn incasso(id: &str, importi: &[i64], dominio: &IdDominio) -> Incasso {
        let trasferimenti =
            (1..).zip(importi).map(|(id, cent)| TrasferimentoPagato { id, importo: Importo::da_cent(*cent), dominio: dominio.clone(), proprio: None });
        Incasso {
            receipt_id: id.to_owned(),
            esito: EsitoIncasso::Eseguito,
            data_pagamento: adesso(),
            commissioni: Some(Importo::da_cent(150)),
            trasferimenti: trasferimenti.collect(),
        }
    }

    fn applicata(p: &Pendenza, i: &Incasso) -> Effetto {
        applica(p, i, &Anagrafica::default(), adesso())
    }

    #[test]
    fn una_ricevuta_giusta_chiude_la_posizione() {
        let p = pendenza(&[1000, 500]);
        let effetto = applicata(&p, &incasso("R1", &[1000, 500], &p.dominio));
        assert_eq!((effetto.pendenza.stato, effetto.pendenza.anomalo), (Stato::Eseguito, false));
        assert!(effetto.pendenza.voci.iter().all(|v| v.eseguita));
        assert_eq!(effetto.riscossioni.iter().filter_map(|r| r.commissioni).sum::<Importo>(), Importo::da_cent(150));
    }

    #[test]
    fn la_stessa_posizione_pagata_due_volte_e_anomala() {
        let p = pendenza(&[1000]);
        let prima = applicata(&p, &incasso("R1", &[1000], &p.dominio)).pendenza;
        let dopo = applicata(&prima, &incasso("R2", &[1000], &p.dominio)).pendenza;
        assert_eq!((dopo.stato, dopo.anomalo, dopo.importo_pagato.cent()), (Stato::Eseguito, true, 2000));
        assert_eq!(dopo.descrizione_stato.as_deref(), Some(DUPLICATO));
    }

    #[test]
    fn una_ricevuta_ko_non_cambia_niente() {
        let p = pendenza(&[1000]);
        let effetto = applicata(&p, &Incasso { esito: EsitoIncasso::NonEseguito, ..incasso("R1", &[1000], &p.dominio) });
        assert_eq!(effetto, Effetto { pendenza: p, riscossioni: Vec::new(), movimenti: Vec::new() });
    }

    #[test]
    fn una_ricevuta_in_parte_paga_le_voci_che_dice_e_non_disfa_niente() {
        let p = pendenza(&[1000, 500]);
        let in_parte = Incasso { esito: EsitoIncasso::Parziale, ..incasso("R1", &[1000, 0], &p.dominio) };
        let dopo = applicata(&p, &in_parte).pendenza;
        assert_eq!((dopo.stato, dopo.anomalo, dopo.importo_pagato.cent()), (Stato::ParzialmenteEseguito, false, 1000));
        assert_eq!(dopo.voci.iter().map(|v| v.eseguita).collect::<Vec<_>>(), [true, false]);
        let pagata = applicata(&p, &incasso("R2", &[1000, 500], &p.dominio)).pendenza;
        assert_eq!(applicata(&pagata, &in_parte).pendenza.stato, Stato::Eseguito);
    }

    #[test]
    fn ogni_quota_puo_avere_iur_data_e_commissione_sue() {
        let p = pendenza(&[1000, 500]);
        let mut i = incasso("R1", &[1000, 500], &p.dominio);
        let ieri = adesso() - chrono::Duration::days(1);
        i.trasferimenti[1].proprio = Some(DatiPropri { iur: "IUR2".to_owned(), data: ieri, commissioni: Some(Importo::da_cent(10)) });
        let r = applicata(&p, &i).riscossioni;
        assert_eq!(
            r.iter().map(|r| (r.iur.as_str(), r.data, r.commissioni.map(Importo::cent))).collect::<Vec<_>>(),
            [("R1", adesso(), Some(150)), ("IUR2", ieri, Some(10))]
        );
    }

    #[test]
    fn una_posizione_annullata_e_pagata_senza_anomalia() {
        let p = Pendenza { stato: Stato::Annullato, ..pendenza(&[1000]) };
        let effetto = applicata(&p, &incasso("R1", &[1000], &p.dominio));
        assert_eq!((effetto.pendenza.stato, effetto.pendenza.anomalo), (Stato::Eseguito, false));
        let annullato: Importo = effetto.movimenti.iter().filter(|m| m.conto == Conto::Annullato).map(|m| m.importo).sum();
        assert_eq!(annullato, Importo::da_cent(-1000));
    }

    proptest! {
        /// Whatever arrives, no cent is lost: riscossioni, ledger and importoPagato say the same sum, and no state goes back.
        #[test]
        fn nessun_centesimo_si_perde(voci in proptest::collection::vec(1_i64..1_000_000, 1..=5), ricevute in proptest::collection::vec(proptest::collection::vec(0_i64..1_000_000, 1..=5), 1..4)) {
            let mut p = pendenza(&voci);
            let mut registro: BTreeMap<Conto, i64> = BTreeMap::new();
            for m in registro::differenza(None, (p.stato, &p.voci), "caricamento") {
                *registro.entry(m.conto).or_default() += m.importo.cent();
            }
            let mut pagato = 0;
            for (n, importi) in ricevute.iter().enumerate() {
                let effetto = applicata(&p, &incasso(&format!("R{n}"), importi, &p.dominio));
                pagato += importi.iter().sum::<i64>();
                prop_assert_eq!(effetto.riscossioni.iter().map(|r| r.importo.cent()).sum::<i64>(), importi.iter().sum::<i64>());
                for m in &effetto.movimenti {
                    *registro.entry(m.conto).or_default() += m.importo.cent();
                }
                prop_assert_eq!(effetto.pendenza.stato, Stato::Eseguito);
                prop_assert!(n == 0 || effetto.pendenza.anomalo, "pagata due volte senza anomalia");
                p = effetto.pendenza;
            }
            prop_assert_eq!(p.importo_pagato.cent(), pagato);
            prop_assert_eq!(registro.get(&Conto::Pagato).copied().unwrap_or(0), pagato);
            prop_assert_eq!(registro.get(&Conto::Dovuto).copied().unwrap_or(0), p.importo.cent());
        }
    }
}
