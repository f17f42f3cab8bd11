//! Rendicontazione: what a PSP says that it has paid, row by row, against what we know (spec/3 section 2.4.3, spec/2 section 6).
//!
//! Everything here is a decision on values. A row is judged by what the archive knows of it now, and judged again when a receipt arrives: the end is the same
//! whichever of the two comes first.

use chrono::{DateTime, Utc};
use codici::{AuxDigit, IdDominio, Importo};
use uuid::Uuid;

use crate::anagrafica::Dominio;

/// State of a flow. One that is being acquired is shown to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoFlusso {
    InAcquisizione,
    Accettata,
    /// It has anomalies of its own: those of its rows are theirs.
    Anomala,
}

impl StatoFlusso {
    /// As filters name them; `Rifiutato` is of flows that nobody writes any more.
    pub const NOMI: [&'static str; 3] = ["Acquisito", "Anomalo", "Rifiutato"];

    /// In the archive.
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::InAcquisizione => "IN_ACQUISIZIONE",
            Self::Accettata => "ACCETTATA",
            Self::Anomala => "ANOMALA",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        [Self::InAcquisizione, Self::Accettata, Self::Anomala].into_iter().find(|s| s.codice() == codice)
    }

    /// In the APIs.
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::InAcquisizione | Self::Accettata => "Acquisito",
            Self::Anomala => "Anomalo",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoRiga {
    Ok,
    Anomala,
    /// An IUV that is not of ours: nothing is expected of it.
    AltroIntermediario,
}

impl StatoRiga {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Anomala => "ANOMALA",
            Self::AltroIntermediario => "ALTRO_INTERMEDIARIO",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        [Self::Ok, Self::Anomala, Self::AltroIntermediario].into_iter().find(|s| s.codice() == codice)
    }
}

/// `codiceEsitoSingoloPagamento`, and the names of the REST service for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoRiga {
    Eseguito,
    Revocato,
    StandIn,
    StandInSenzaRpt,
    SenzaRpt,
    Sconosciuto(u16),
}

impl EsitoRiga {
    const NOTI: [(Self, u16, &'static str); 5] = [
        (Self::Eseguito, 0, "EXECUTED"),
        (Self::Revocato, 3, "REVOKED"),
        (Self::StandIn, 4, "STAND_IN"),
        (Self::StandInSenzaRpt, 8, "STAND_IN_NO_RPT"),
        (Self::SenzaRpt, 9, "NO_RPT"),
    ];

    #[must_use]
    pub fn da_codice(codice: u16) -> Self {
        Self::NOTI.iter().find(|(_, c, _)| *c == codice).map_or(Self::Sconosciuto(codice), |(e, _, _)| *e)
    }

    /// `payStatus`.
    #[must_use]
    pub fn da_nome(nome: &str) -> Option<Self> {
        Self::NOTI.iter().find(|(_, _, n)| *n == nome).map(|(e, _, _)| *e)
    }

    #[must_use]
    pub fn codice(self) -> u16 {
        match self {
            Self::Sconosciuto(codice) => codice,
            noto => Self::NOTI.iter().find(|(e, _, _)| *e == noto).map_or(0, |(_, c, _)| *c),
        }
    }

    /// Money that arrived although no request of ours says of it.
    #[must_use]
    pub const fn senza_rpt(self) -> bool {
        matches!(self, Self::StandInSenzaRpt | Self::SenzaRpt)
    }
}

/// Why nobody knows the pendenza of a row without RPT, in the words of the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ignota {
    SenzaApplicazione,
    Scaduta,
    Annullata,
    Duplicata,
    /// Also when the application does not answer.
    Sconosciuta,
    NonValida(String),
}

impl Ignota {
    fn motivo(&self) -> String {
        let non_acquisita = |stato: &str| format!("Versamento non acquisito dall'applicazione gestrice perche' {stato}.");
        match self {
            Self::SenzaApplicazione => "Non e' stata trovata un'Applicazione autorizzata a gestire lo Iuv per il dominio indicato.".to_owned(),
            Self::Scaduta => non_acquisita("SCADUTO"),
            Self::Annullata => non_acquisita("ANNULLATO"),
            Self::Duplicata => non_acquisita("DUPLICATO"),
            Self::Sconosciuta => non_acquisita("SCONOSCIUTO"),
            Self::NonValida(motivo) => format!("Versamento non acquisito dall'applicazione gestrice perche' NON VALIDO: {motivo}"),
        }
    }
}

/// What does not match: `codice` and `descrizione` are those of the `segnalazioni` of the APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomalia {
    pub codice: String,
    pub descrizione: String,
}

impl Anomalia {
    fn nuova(codice: &str, descrizione: impl Into<String>) -> Self {
        Self { codice: codice.to_owned(), descrizione: descrizione.into() }
    }

    /// `codice#testo`, joined by a bar.
    #[must_use]
    pub fn in_testo(anomalie: &[Self]) -> Option<String> {
        let scritte: Vec<String> = anomalie.iter().map(|a| format!("{}#{}", a.codice, a.descrizione.replace('|', "/"))).collect();
        (!scritte.is_empty()).then(|| scritte.join("|"))
    }

    #[must_use]
    pub fn da_testo(testo: Option<&str>) -> Vec<Self> {
        let una = |a: &str| a.split_once('#').map_or_else(|| Self::nuova("", a), |(c, d)| Self::nuova(c, d));
        testo.filter(|t| !t.is_empty()).map(|t| t.split('|').map(una).collect()).unwrap_or_default()
    }
}

/// A row as the flow says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Riga {
    pub iuv: String,
    pub iur: String,
    pub indice: Option<u8>,
    pub importo: Importo,
    pub esito: EsitoRiga,
    pub data: DateTime<Utc>,
}

/// A payment that the archive has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagamentoNoto {
    pub id: Uuid,
    pub iur: String,
    pub indice: u8,
    pub importo: Importo,
    pub dominio_pendenza: IdDominio,
    pub pendenza: Uuid,
    pub voce: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendenzaNota {
    pub id: Uuid,
    /// Indici of its voci.
    pub voci: Vec<u8>,
}

/// What is known of an IUV of the dominio of the flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noto {
    pub pagamenti: Vec<PagamentoNoto>,
    pub pendenza: Option<PendenzaNota>,
    /// Why there is no pendenza, when somebody was asked.
    pub ignota: Option<Ignota>,
}

/// To which voce of which position a row belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legame {
    pub dominio: IdDominio,
    pub pendenza: Uuid,
    pub voce: Option<u8>,
}

/// A row, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Riconosciuta {
    pub stato: StatoRiga,
    pub anomalie: Vec<Anomalia>,
    pub legame: Option<Legame>,
    /// The payment that it reports.
    pub pagamento: Option<Uuid>,
}

impl Riconosciuta {
    /// An anomaly that is also of the whole flow.
    #[must_use]
    pub fn anche_del_flusso(&self) -> Option<&Anomalia> {
        self.anomalie.iter().find(|a| a.codice == PIU_PAGAMENTI)
    }
}

const PIU_PAGAMENTI: &str = "007102";
/// The anomaly of a row that the flow has twice: no receipt heals it.
pub const RIPETUTA: &str = "007115";

/// Judges a row by what is known. `ripetuta`: the same (iuv, iur, indice) came before in the flow.
#[must_use]
pub fn riconosci(dominio: &Dominio, riga: &Riga, noto: &Noto, ripetuta: bool) -> Riconosciuta {
    let mut anomalie = Vec::new();
    if let EsitoRiga::Sconosciuto(codice) = riga.esito {
        anomalie.push(Anomalia::nuova("007110", format!("Codice esito [{codice}] sconosciuto")));
    }
    if ripetuta {
        anomalie.push(duplicata(dominio, riga));
        return Riconosciuta { stato: StatoRiga::Anomala, anomalie, legame: None, pagamento: None };
    }
    let mut pagamenti = noto.pagamenti.iter().filter(|p| p.iur == riga.iur && riga.indice.is_none_or(|i| i == p.indice));
    let (legame, pagamento) = match (pagamenti.next(), pagamenti.next()) {
        (Some(_), Some(_)) => {
            anomalie.push(Anomalia::nuova(PIU_PAGAMENTI, "La rendicontazione riferisce piu di un pagamento gestito."));
            (None, None)
        }
        (Some(p), None) => {
            anomalie.extend(importo_diverso(riga, p.importo));
            (Some(Legame { dominio: p.dominio_pendenza.clone(), pendenza: p.pendenza, voce: p.voce }), Some(p.id))
        }
        (None, _) if !iuv_interno(dominio, &riga.iuv) => {
            let stato = if anomalie.is_empty() { StatoRiga::AltroIntermediario } else { StatoRiga::Anomala };
            return Riconosciuta { stato, anomalie, legame: None, pagamento: None };
        }
        (None, _) => {
            anomalie.extend(senza_pagamento(riga, noto));
            (noto.pendenza.as_ref().map(|p| legame_alla_voce(dominio, riga, p)), None)
        }
    };
    let stato = if anomalie.is_empty() { StatoRiga::Ok } else { StatoRiga::Anomala };
    Riconosciuta { stato, anomalie, legame, pagamento }
}

fn duplicata(dominio: &Dominio, riga: &Riga) -> Anomalia {
    let indice = riga.indice.map_or_else(|| "null".to_owned(), |i| i.to_string());
    Anomalia::nuova(
        RIPETUTA,
        format!(
            "Rendicontazione [Dominio:{} Iuv:{} Iur:{} Indice:{indice}] duplicata all'interno del flusso, in violazione delle specifiche PagoPA. Necessario \
             intervento manuale per la risoluzione del problema.",
            dominio.cod, riga.iuv, riga.iur
        ),
    )
}

/// Money given back is compared with what was given back: we record no such thing, so that a revoked row waits for a person.
fn importo_diverso(riga: &Riga, pagato: Importo) -> Option<Anomalia> {
    if riga.esito == EsitoRiga::Revocato {
        let testo = format!("L'importo rendicontato [{}] non corrisponde a quanto stornato [{}]", riga.importo, Importo::ZERO);
        return (riga.importo != Importo::ZERO).then(|| Anomalia::nuova("007112", testo));
    }
    let testo = format!("L'importo rendicontato [{}] non corrisponde a quanto pagato [{pagato}]", riga.importo);
    (riga.importo != pagato).then(|| Anomalia::nuova("007104", testo))
}

fn senza_pagamento(riga: &Riga, noto: &Noto) -> Option<Anomalia> {
    if !riga.esito.senza_rpt() {
        return Some(Anomalia::nuova("007101", "Il pagamento riferito dalla rendicontazione non risulta presente in base dati."));
    }
    match &noto.pendenza {
        None => {
            let motivo = noto.ignota.as_ref().unwrap_or(&Ignota::Sconosciuta).motivo();
            Some(Anomalia::nuova("007111", format!("Il versamento risulta sconosciuto: {motivo}")))
        }
        Some(p) if p.voci.len() != 1 => Some(Anomalia::nuova("007114", "Il versamento presenta piu' singoli versamenti")),
        Some(_) => None,
    }
}

fn legame_alla_voce(dominio: &Dominio, riga: &Riga, p: &PendenzaNota) -> Legame {
    let indice = riga.indice.unwrap_or(1);
    Legame { dominio: dominio.cod.clone(), pendenza: p.id, voce: p.voci.contains(&indice).then_some(indice) }
}

/// Whether an IUV may have been made here (spec/3 section 8.4). Aux digit 2 is always of others.
#[must_use]
pub fn iuv_interno(dominio: &Dominio, iuv: &str) -> bool {
    let cifre = |quante: usize| iuv.len() == quante && iuv.bytes().all(|b| b.is_ascii_digit());
    match dominio.aux_digit {
        AuxDigit::Zero => cifre(15),
        AuxDigit::Uno => cifre(17),
        AuxDigit::Due => false,
        AuxDigit::Tre => dominio.segregation_code.is_some_and(|codice| {
            let codice = format!("{codice:02}");
            let rf = iuv.starts_with("RF") && iuv.get(4..6) == Some(codice.as_str());
            rf || (cifre(17) && iuv.starts_with(&codice))
        }),
    }
}

/// What a header promises and what its rows were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Somma {
    pub numero: u64,
    pub importo: Importo,
}

impl Somma {
    /// Saturates far beyond any flow.
    pub fn aggiungi(&mut self, importo: Importo) {
        self.numero += 1;
        self.importo = Importo::da_cent(self.importo.cent().saturating_add(importo.cent()));
    }
}

/// Anomalies of the flow itself. `ricevente`: what the document calls the ente, when it says it.
#[must_use]
pub fn controlla_flusso(previsto: &IdDominio, ricevente: Option<&str>, promessa: Somma, trovata: Somma) -> Vec<Anomalia> {
    let mut anomalie = Vec::new();
    if let Some(altro) = ricevente.filter(|r| *r != previsto.as_str()) {
        let testo = format!("Il dominio indicato nel flusso di rendicontazione [{altro}] non corrisponde a quello previsto [{previsto}]");
        anomalie.push(Anomalia::nuova("007116", testo));
    }
    if promessa.importo != trovata.importo {
        let testo = format!(
            "La somma degli importi rendicontati [{}] non corrisponde al totale indicato nella testata del flusso [{}]",
            trovata.importo, promessa.importo
        );
        anomalie.push(Anomalia::nuova("007106", testo));
    }
    if promessa.numero != trovata.numero {
        let testo = format!(
            "Il numero di pagamenti rendicontati [{}] non corrisponde al totale indicato nella testata del flusso [{}]",
            trovata.numero, promessa.numero
        );
        anomalie.push(Anomalia::nuova("007107", testo));
    }
    anomalie
}

/// The PSP that an idFlusso names: from its eleventh character to the next hyphen (`yyyy-MM-dd<PSP>-<n>`). `None` when it has another shape.
#[must_use]
pub fn psp_del_flusso(id_flusso: &str) -> Option<&str> {
    let psp = id_flusso.get(10..)?.split('-').next()?;
    (!psp.is_empty()).then_some(psp)
}

/// A version of a flow that is published already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersioneNota {
    pub revisione: i64,
    pub data: DateTime<Utc>,
}

/// Where a version goes among those of the same flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collocazione {
    pub revisione: i64,
    /// A later one is here already.
    pub obsoleto: bool,
}

/// `revisione`: the number that pagoPA gives, on the REST road; elsewhere the date of the flow says which is later, and numbers follow arrival (spec/2 section 6.2).
/// When the new version is not obsolete all the others are.
#[must_use]
pub fn colloca(data: DateTime<Utc>, revisione: Option<i64>, note: &[VersioneNota]) -> Collocazione {
    let massima = note.iter().map(|n| n.revisione).max().unwrap_or(0);
    match revisione {
        Some(r) if note.iter().all(|n| n.revisione != r) => Collocazione { revisione: r, obsoleto: massima > r },
        _ => Collocazione { revisione: massima + 1, obsoleto: note.iter().any(|n| n.data > data) },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IUV: &str = "01000000000000012";

    fn dominio() -> Dominio {
        Dominio { segregation_code: Some(1), ..Dominio::nuovo(IdDominio::leggi("12345678901").expect("dominio"), "Comune") }
    }

    fn riga(esito: u16, cent: i64) -> Riga {
        Riga {
            iuv: IUV.to_owned(),
            iur: "R1".to_owned(),
            indice: Some(1),
            importo: Importo::da_cent(cent),
            esito: EsitoRiga::da_codice(esito),
            data: DateTime::UNIX_EPOCH,
        }
    }

    fn pagamento(indice: u8, cent: i64) -> PagamentoNoto {
        PagamentoNoto {
            id: Uuid::from_u128(u128::from(indice)),
            iur: "R1".to_owned(),
            indice,
            importo: Importo::da_cent(cent),
            dominio_pendenza: dominio().cod,
            pendenza: Uuid::from_u128(9),
            voce: Some(indice),
        }
    }

    fn con_pagamenti(pagamenti: Vec<PagamentoNoto>) -> Noto {
        Noto { pagamenti, ..Noto::default() }
    }

    fn con_pendenza(voci: &[u8]) -> Noto {
        Noto { pendenza: Some(PendenzaNota { id: Uuid::from_u128(9), voci: voci.to_vec() }), ..Noto::default() }
    }

    fn giudizio(riga: &Riga, noto: &Noto) -> (StatoRiga, Vec<String>) {
        let r = riconosci(&dominio(), riga, noto, false);
        (r.stato, r.anomalie.into_iter().map(|a| format!("{}#{}", a.codice, a.descrizione)).collect())
    }

    #[test]
    fn un_pagamento_che_combacia_e_riconosciuto() {
        let r = riconosci(&dominio(), &riga(0, 1000), &con_pagamenti(vec![pagamento(1, 1000), pagamento(2, 500)]), false);
        assert_eq!((r.stato, r.pagamento, r.legame.and_then(|l| l.voce)), (StatoRiga::Ok, Some(Uuid::from_u128(1)), Some(1)));
        for esito in [4, 8, 9] {
            assert_eq!(giudizio(&riga(esito, 1000), &con_pagamenti(vec![pagamento(1, 1000)])).0, StatoRiga::Ok);
        }
    }

    #[test]
    fn ogni_anomalia_di_riga_ha_codice_e_testo() {
        let ignota = |i| Noto { ignota: Some(i), ..Noto::default() };
        let non_acquisita = "007111#Il versamento risulta sconosciuto: Versamento non acquisito dall'applicazione gestrice perche' ";
        let testo = |coda: &str| format!("{non_acquisita}{coda}");
        for (riga, noto, atteso) in [
            (riga(0, 1000), Noto::default(), "007101#Il pagamento riferito dalla rendicontazione non risulta presente in base dati.".to_owned()),
            (riga(0, 1000), con_pendenza(&[1]), "007101#Il pagamento riferito dalla rendicontazione non risulta presente in base dati.".to_owned()),
            (
                Riga { indice: None, ..riga(0, 1000) },
                con_pagamenti(vec![pagamento(1, 1000), pagamento(2, 1000)]),
                "007102#La rendicontazione riferisce piu di un pagamento gestito.".to_owned(),
            ),
            (
                riga(0, 1001),
                con_pagamenti(vec![pagamento(1, 1000)]),
                "007104#L'importo rendicontato [10.01] non corrisponde a quanto pagato [10.00]".to_owned(),
            ),
            (riga(7, 1000), con_pagamenti(vec![pagamento(1, 1000)]), "007110#Codice esito [7] sconosciuto".to_owned()),
            (
                riga(3, -1000),
                con_pagamenti(vec![pagamento(1, 1000)]),
                "007112#L'importo rendicontato [-10.00] non corrisponde a quanto stornato [0.00]".to_owned(),
            ),
            (riga(9, 1000), con_pendenza(&[1, 2]), "007114#Il versamento presenta piu' singoli versamenti".to_owned()),
            (riga(8, 1000), Noto::default(), testo("SCONOSCIUTO.")),
            (riga(9, 1000), ignota(Ignota::Scaduta), testo("SCADUTO.")),
            (riga(9, 1000), ignota(Ignota::Annullata), testo("ANNULLATO.")),
            (riga(9, 1000), ignota(Ignota::Duplicata), testo("DUPLICATO.")),
            (riga(9, 1000), ignota(Ignota::NonValida("manca".to_owned())), testo("NON VALIDO: manca")),
            (
                riga(9, 1000),
                ignota(Ignota::SenzaApplicazione),
                "007111#Il versamento risulta sconosciuto: Non e' stata trovata un'Applicazione autorizzata a gestire lo Iuv per il dominio indicato."
                    .to_owned(),
            ),
        ] {
            assert_eq!(giudizio(&riga, &noto), (StatoRiga::Anomala, vec![atteso]));
        }
        let r = riconosci(&dominio(), &riga(0, 1000), &con_pagamenti(vec![pagamento(1, 1000)]), true);
        assert_eq!((r.stato, r.pagamento), (StatoRiga::Anomala, None));
        assert_eq!(
            r.anomalie[0].descrizione,
            "Rendicontazione [Dominio:12345678901 Iuv:01000000000000012 Iur:R1 Indice:1] duplicata all'interno del flusso, in violazione delle specifiche \
             PagoPA. Necessario intervento manuale per la risoluzione del problema."
        );
    }

    #[test]
    fn un_pagamento_senza_rpt_si_lega_alla_sua_voce() {
        let r = riconosci(&dominio(), &riga(9, 1000), &con_pendenza(&[1]), false);
        assert_eq!((r.stato, r.pagamento, r.legame.and_then(|l| l.voce)), (StatoRiga::Ok, None, Some(1)));
    }

    #[test]
    fn uno_iuv_altrui_non_e_un_anomalia() {
        let altrui = Riga { iuv: "02000000000000012".to_owned(), ..riga(0, 1000) };
        assert_eq!(giudizio(&altrui, &Noto::default()), (StatoRiga::AltroIntermediario, Vec::new()));
        let pagata = con_pagamenti(vec![pagamento(1, 1000)]);
        assert_eq!(giudizio(&altrui, &pagata).0, StatoRiga::Ok, "una ricevuta spiega anche lo IUV di altri");
    }

    #[test]
    fn quali_iuv_sono_nostri() {
        let con = |aux_digit, segregation_code| Dominio { aux_digit, segregation_code, ..dominio() };
        for (d, iuv, atteso) in [
            (con(AuxDigit::Zero, None), "123456789012345", true),
            (con(AuxDigit::Zero, None), "1234567890123456", false),
            (con(AuxDigit::Uno, None), "12345678901234567", true),
            (con(AuxDigit::Due, None), "12345678901234567", false),
            (con(AuxDigit::Tre, Some(7)), "07345678901234567", true),
            (con(AuxDigit::Tre, Some(7)), "08345678901234567", false),
            (con(AuxDigit::Tre, Some(7)), "RF1207ABC", true),
            (con(AuxDigit::Tre, Some(7)), "RF1208ABC", false),
            (con(AuxDigit::Tre, None), "07345678901234567", false),
            (con(AuxDigit::Tre, Some(7)), "RFàà07", false),
        ] {
            assert_eq!(iuv_interno(&d, iuv), atteso, "{iuv}");
        }
    }

    #[test]
    fn la_testata_deve_dire_il_vero() {
        let d = dominio().cod;
        let somma = |numero, cent| Somma { numero, importo: Importo::da_cent(cent) };
        assert_eq!(controlla_flusso(&d, Some("12345678901"), somma(2, 300), somma(2, 300)), []);
        let testi: Vec<String> =
            controlla_flusso(&d, Some("X"), somma(2, 300), somma(1, 200)).into_iter().map(|a| format!("{}#{}", a.codice, a.descrizione)).collect();
        assert_eq!(
            testi,
            [
                "007116#Il dominio indicato nel flusso di rendicontazione [X] non corrisponde a quello previsto [12345678901]",
                "007106#La somma degli importi rendicontati [2.00] non corrisponde al totale indicato nella testata del flusso [3.00]",
                "007107#Il numero di pagamenti rendicontati [1] non corrisponde al totale indicato nella testata del flusso [2]",
            ]
        );
    }

    #[test]
    fn il_psp_e_nel_nome_del_flusso() {
        assert_eq!(psp_del_flusso("2015-07-15XXXXXXXX-0000000001"), Some("XXXXXXXX"));
        assert_eq!(psp_del_flusso("2015-07-15"), None);
        assert_eq!(psp_del_flusso("2015-07-15-1"), None);
        assert_eq!(psp_del_flusso("ààààà"), None);
    }

    #[test]
    fn una_versione_piu_nuova_prende_il_posto_della_vecchia() {
        let giorno = |n: i64| DateTime::UNIX_EPOCH + chrono::Duration::days(n);
        let nota = |revisione, n| VersioneNota { revisione, data: giorno(n) };
        let c = |revisione, obsoleto| Collocazione { revisione, obsoleto };
        assert_eq!(colloca(giorno(2), None, &[]), c(1, false));
        assert_eq!(colloca(giorno(3), None, &[nota(1, 2)]), c(2, false));
        assert_eq!(colloca(giorno(1), None, &[nota(1, 2)]), c(2, true));
        assert_eq!(colloca(giorno(1), Some(2), &[nota(1, 2)]), c(2, false), "su REST decide il numero");
        assert_eq!(colloca(giorno(9), Some(1), &[nota(2, 2)]), c(1, true));
        assert_eq!(colloca(giorno(9), Some(1), &[nota(1, 2)]), c(2, false), "il numero era di un flusso venuto per l'altra strada");
    }

    proptest! {
        #[test]
        fn le_anomalie_si_rileggono(testi in proptest::collection::vec("[^#|]{0,40}", 0..4)) {
            let anomalie: Vec<_> = testi.iter().map(|t| Anomalia::nuova("007101", t.as_str())).collect();
            prop_assert_eq!(Anomalia::da_testo(Anomalia::in_testo(&anomalie).as_deref()), anomalie);
        }

        /// Whatever the row and whatever is known: a row is OK if and only if nothing is wrong with it, and is never of others once a payment explains it.
        #[test]
        fn lo_stato_segue_le_anomalie(esito in 0_u16..12, cent in -2000_i64..2000, pagato in proptest::option::of(0_i64..2000), voci in 0_u8..4, indice in proptest::option::of(1_u8..=5), nostro: bool) {
            let riga = Riga { indice, iuv: if nostro { IUV } else { "RF99" }.to_owned(), ..riga(esito, cent) };
            let mut noto = con_pendenza(&(1..=voci).collect::<Vec<_>>());
            noto.pagamenti = pagato.map(|p| pagamento(indice.unwrap_or(2), p)).into_iter().collect();
            let r = riconosci(&dominio(), &riga, &noto, false);
            prop_assert_eq!(r.stato == StatoRiga::Anomala, !r.anomalie.is_empty());
            prop_assert!(pagato.is_none() || (r.pagamento.is_some() && r.stato != StatoRiga::AltroIntermediario));
        }
    }
}
