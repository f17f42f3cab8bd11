//! Query parameters of lists (spec/1 sections 3, 3.1 and 9.1).
//!
//! Parameters are pairs already decoded from the URL. Those that a list does not know are ignored; of a repeated one the first counts.
//! An empty value is the same as none, but where the value is one of a closed list or an identifier: dropping such a filter in silence
//! would show more than was asked for.

use std::sync::LazyLock;

use chrono::{DateTime, Duration, Months, NaiveDate, NaiveDateTime, Utc};
use codici::IdDominio;
use regex::Regex;

use super::regole::{self, accorcia, codifica_inesistente, non_valida};
use crate::Rifiuto;
use crate::calendario::{inizio_giorno, istante};
use crate::pendenza::StatoMostrato;

pub const PAGINA_PREDEFINITA: u32 = 1;
pub const RISULTATI_PER_PAGINA_PREDEFINITI: u32 = 25;
/// `it.govpay.api.find.maxRisultatiPerPagina` of the original; the yaml says 200.
pub const RISULTATI_PER_PAGINA_MAX: u32 = 5000;
/// Names in `campi`: no bean has as many members.
pub const CAMPI_MAX: usize = 100;

/// The parameters of a request.
#[derive(Clone, Copy)]
pub struct Parametri<'a> {
    coppie: &'a [(String, String)],
}

impl<'a> Parametri<'a> {
    #[must_use]
    pub const fn nuovi(coppie: &'a [(String, String)]) -> Self {
        Self { coppie }
    }

    /// As sent, empty included.
    #[must_use]
    pub fn grezzo(&self, nome: &str) -> Option<&'a str> {
        self.coppie.iter().find(|(n, _)| n == nome).map(|(_, v)| v.as_str())
    }

    /// Every value of a repeated parameter.
    pub fn tutti(&self, nome: &str) -> impl Iterator<Item = &'a str> {
        self.coppie.iter().filter(move |(n, _)| n == nome).map(|(_, v)| v.as_str())
    }

    #[must_use]
    pub fn testo(&self, nome: &str) -> Option<&'a str> {
        self.grezzo(nome).filter(|v| !v.is_empty())
    }

    /// Text to compare with stored text, where NUL cannot be.
    pub fn filtro(&self, nome: &str) -> Result<Option<String>, Rifiuto> {
        match self.testo(nome) {
            Some(v) if v.contains('\0') => non_valida(nome),
            altro => Ok(altro.map(str::to_owned)),
        }
    }

    pub fn intero(&self, nome: &str) -> Result<Option<i32>, Rifiuto> {
        self.testo(nome).map(|v| v.parse().or_else(|_| non_valida(nome))).transpose()
    }

    pub fn booleano(&self, nome: &str) -> Result<Option<bool>, Rifiuto> {
        match self.testo(nome) {
            None => Ok(None),
            Some(v) if v.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(v) if v.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => non_valida(nome),
        }
    }

    /// Lower bound of a window: a bare day is its first instant.
    pub fn data_da(&self, nome: &str) -> Result<Option<DateTime<Utc>>, Rifiuto> {
        self.testo(nome).map(|v| data(nome, v, Estremo::Da)).transpose()
    }

    /// Upper bound of a window, inclusive: a bare day is its last millisecond.
    pub fn data_a(&self, nome: &str) -> Result<Option<DateTime<Utc>>, Rifiuto> {
        self.testo(nome).map(|v| data(nome, v, Estremo::A)).transpose()
    }

    pub fn id_dominio(&self) -> Result<Option<IdDominio>, Rifiuto> {
        self.grezzo("idDominio").map(super::pendenza::id_dominio).transpose()
    }

    /// `ordinamento` over the fields that the list allows, in their order in messages. Repeated fields count once.
    pub fn ordinamento(&self, consentiti: &[&'static str]) -> Result<Vec<Ordine>, Rifiuto> {
        let mut ordini: Vec<Ordine> = Vec::new();
        // A plus that was not encoded arrives as a blank.
        for voce in self.testo("ordinamento").unwrap_or_default().split(',').map(str::trim).filter(|v| !v.is_empty()) {
            let (discendente, nome) = match voce.strip_prefix('-') {
                Some(nome) => (true, nome),
                None => (false, voce.strip_prefix('+').unwrap_or(voce)),
            };
            let Some(campo) = consentiti.iter().find(|c| **c == nome) else {
                return Err(Rifiuto::Parametro(format!(
                    "Il campo {} non e' valido per ordinare la ricerca in corso. Campi consentiti: [{}].",
                    accorcia(nome, regole::VALORE_MOSTRATO_MAX),
                    consentiti.join(", ")
                )));
            };
            if !ordini.iter().any(|o| o.campo == *campo) {
                ordini.push(Ordine { campo, discendente });
            }
        }
        Ok(ordini)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordine {
    pub campo: &'static str,
    pub discendente: bool,
}

/// What every list understands, before any check that has its place in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paginazione {
    /// From 1.
    pub pagina: u32,
    /// Zero asks for the count alone.
    pub risultati_per_pagina: u32,
    /// Properties to keep of each item; `None` keeps all.
    pub campi: Option<Vec<String>>,
    /// Whether to count, and to tell of it.
    pub metadati: bool,
    /// Whether the count stops at the cap.
    pub conteggio_limitato: bool,
}

impl Paginazione {
    /// `massimo` is [`RISULTATI_PER_PAGINA_MAX`] unless configured otherwise.
    pub fn leggi(parametri: &Parametri<'_>, massimo: u32) -> Result<Self, Rifiuto> {
        let pagina = parametri.intero("pagina")?;
        let risultati = parametri.intero("risultatiPerPagina")?;
        let metadati = parametri.booleano("metadatiPaginazione")?.unwrap_or(true);
        let conteggio_limitato = parametri.booleano("maxRisultati")?.unwrap_or(true);

        let risultati_per_pagina = risultati.map(|n| tra_limiti("risultatiPerPagina", n, 0, massimo)).transpose()?;
        let pagina = pagina.map(|n| tra_limiti("pagina", n, 1, i32::MAX.unsigned_abs())).transpose()?;
        let campi: Option<Vec<String>> = parametri.testo("campi").map(|v| {
            // One more than allowed is enough to refuse.
            v.split(',').map(str::trim).filter(|c| !c.is_empty()).take(CAMPI_MAX + 1).map(str::to_owned).collect()
        });
        regole::massimo_elementi("campi", campi.as_ref().map_or(0, Vec::len), CAMPI_MAX)?;
        Ok(Self {
            pagina: pagina.unwrap_or(PAGINA_PREDEFINITA),
            risultati_per_pagina: risultati_per_pagina.unwrap_or(RISULTATI_PER_PAGINA_PREDEFINITI.min(massimo)),
            campi: campi.filter(|c| !c.is_empty()),
            metadati,
            conteggio_limitato,
        })
    }

    /// Rows to skip.
    #[must_use]
    pub const fn salto(&self) -> u64 {
        (self.pagina as u64 - 1) * self.risultati_per_pagina as u64
    }
}

fn tra_limiti(campo: &str, valore: i32, minimo: u32, massimo: u32) -> Result<u32, Rifiuto> {
    regole::almeno(campo, valore.into(), minimo.into())?;
    regole::al_massimo(campo, valore.into(), massimo.into())?;
    u32::try_from(valore).or_else(|_| non_valida(campo))
}

/// A filter that is the name of a shown state.
pub fn stato_pendenza(valore: Option<&str>, ammessi: &[StatoMostrato]) -> Result<Option<StatoMostrato>, Rifiuto> {
    let Some(valore) = valore else { return Ok(None) };
    match ammessi.iter().find(|s| s.codice() == valore) {
        Some(stato) => Ok(Some(*stato)),
        None => codifica_inesistente("stato", valore, ammessi.iter().map(|s| s.codice())),
    }
}

/// States that API Pendenze v1 can filter by.
pub const STATI_V1: [StatoMostrato; 5] =
    [StatoMostrato::Eseguita, StatoMostrato::NonEseguita, StatoMostrato::EseguitaParziale, StatoMostrato::Annullata, StatoMostrato::Scaduta];
/// States that API Pendenze v2 can filter by.
pub const STATI_V2: [StatoMostrato; 7] = StatoMostrato::TUTTI;

/// States that API Pagamento v2 and v3 show, and can filter by.
pub const STATI_PAGAMENTO: [StatoMostrato; 6] = [
    StatoMostrato::Eseguita,
    StatoMostrato::NonEseguita,
    StatoMostrato::EseguitaParziale,
    StatoMostrato::Annullata,
    StatoMostrato::Scaduta,
    StatoMostrato::Anomala,
];

pub const ORDINAMENTO_PENDENZE: [&str; 4] = ["dataCaricamento", "dataValidita", "dataScadenza", "stato"];

/// GET /pendenze (spec/1 section 9.1). `idA2A` is forced to the caller and `idPendenza` is not read: neither is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroPendenze {
    pub paginazione: Paginazione,
    /// Empty: dataCaricamento, the latest first.
    pub ordinamento: Vec<Ordine>,
    /// On dataCaricamento, inclusive.
    pub data_da: Option<DateTime<Utc>>,
    pub data_a: Option<DateTime<Utc>>,
    pub dominio: Option<IdDominio>,
    /// Upper case, as the search copy of the debtor's code.
    pub id_debitore: Option<String>,
    pub stato: Option<StatoMostrato>,
    pub id_pagamento: Option<String>,
    pub direzione: Option<String>,
    pub divisione: Option<String>,
    pub mostra_spontanei_non_pagati: bool,
}

impl FiltroPendenze {
    /// API Pendenze v2.
    pub fn v2(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        Self::con_uffici(coppie, risultati_per_pagina_max, &STATI_V2)
    }

    /// API Pagamento v2 and v3: nothing is known there of what is reconciled.
    pub fn pagamento(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        Self::con_uffici(coppie, risultati_per_pagina_max, &STATI_PAGAMENTO)
    }

    fn con_uffici(coppie: &[(String, String)], risultati_per_pagina_max: u32, stati: &[StatoMostrato]) -> Result<Self, Rifiuto> {
        let parametri = Parametri::nuovi(coppie);
        let mostra_spontanei_non_pagati = parametri.booleano("mostraSpontaneiNonPagati")?.unwrap_or(false);
        let direzione = parametri.filtro("direzione")?;
        let divisione = parametri.filtro("divisione")?;
        Ok(Self { direzione, divisione, mostra_spontanei_non_pagati, ..Self::comune(&parametri, risultati_per_pagina_max, stati)? })
    }

    /// API Pendenze v1: fewer states, no direzione and divisione.
    pub fn v1(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        Ok(Self { mostra_spontanei_non_pagati: true, ..Self::comune(&Parametri::nuovi(coppie), risultati_per_pagina_max, &STATI_V1)? })
    }

    /// The order of the lines is the order of spec/1 section 9.1.
    fn comune(parametri: &Parametri<'_>, risultati_per_pagina_max: u32, stati: &[StatoMostrato]) -> Result<Self, Rifiuto> {
        let paginazione = Paginazione::leggi(parametri, risultati_per_pagina_max)?;
        let stato = stato_pendenza(parametri.grezzo("stato"), stati)?;
        let dominio = parametri.id_dominio()?;
        let ordinamento = parametri.ordinamento(&ORDINAMENTO_PENDENZE)?;
        let data_da = parametri.data_da("dataDa")?;
        let data_a = parametri.data_a("dataA")?;
        Ok(Self {
            paginazione,
            ordinamento,
            data_da,
            data_a,
            dominio,
            id_debitore: parametri.filtro("idDebitore")?.map(|v| v.to_uppercase()),
            stato,
            id_pagamento: parametri.filtro("idPagamento")?,
            direzione: None,
            divisione: None,
            mostra_spontanei_non_pagati: false,
        })
    }
}

/// Which end of a window a bare day stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estremo {
    Da,
    A,
}

/// Reads a date filter. Numbers that are too large roll over, as in the original: hour 25 is one o'clock of the next day.
///
/// Forms: `yyyy-MM-dd`, optionally with `THH:mm`, `:ss`, `.SSS` and an offset; `ddMMyyyyHHmm`, `ss`, `SSS`; `yyyy`.
/// Without offset the clock is that of Europe/Rome.
pub fn data(nome: &str, valore: &str, estremo: Estremo) -> Result<DateTime<Utc>, Rifiuto> {
    leggi_data(valore, estremo).ok_or_else(|| {
        let mostrato = accorcia(valore, regole::VALORE_MOSTRATO_MAX);
        Rifiuto::Sintassi(format!("Il formato della data indicata [{mostrato}] per il parametro [{nome}] non e' valido."))
    })
}

/// A day, optionally with time and offset. A plus that was not encoded arrives as a blank.
pub const FORMA_DATA_ORA: &str =
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:T([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]{1,9}))?)?(Z|[+ -][0-9]{2}:?[0-9]{2})?)?";
/// The same without separators, day first.
pub const FORMA_DATA_COMPATTA: &str = r"([0-9]{2})([0-9]{2})([0-9]{4})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{3})?)?";

static DATA_ORA: LazyLock<Regex> = LazyLock::new(|| Regex::new(&format!(r"\A(?:{FORMA_DATA_ORA})\z")).expect("espressione fissa"));

static COMPATTA: LazyLock<Regex> = LazyLock::new(|| Regex::new(&format!(r"\A(?:{FORMA_DATA_COMPATTA})\z")).expect("espressione fissa"));

fn leggi_data(valore: &str, estremo: Estremo) -> Option<DateTime<Utc>> {
    if let Some(parti) = DATA_ORA.captures(valore) {
        let numero = |i| parti.get(i).map_or(Some(0), |m| m.as_str().parse::<i64>().ok());
        let giorno = giorno(numero(1)?, numero(2)?, numero(3)?)?;
        if parti.get(4).is_none() {
            return match estremo {
                Estremo::Da => Some(inizio_giorno(giorno)),
                Estremo::A => giorno.and_hms_milli_opt(23, 59, 59, 999).map(istante),
            };
        }
        // Of a longer fraction the milliseconds count.
        let millisecondi = parti.get(7).map_or(Some(0), |m| m.as_str()[..m.len().min(3)].parse().ok())?;
        let locale = ora(giorno, numero(4)?, numero(5)?, numero(6)?, millisecondi)?;
        return match parti.get(8) {
            None => Some(istante(locale)),
            Some(fuso) => locale.checked_sub_signed(Duration::minutes(minuti_di_fuso(fuso.as_str())?)).map(|t| t.and_utc()),
        };
    }
    if let Some(parti) = COMPATTA.captures(valore) {
        let numero = |i| parti.get(i).map_or(Some(0), |m| m.as_str().parse::<i64>().ok());
        return ora(giorno(numero(3)?, numero(2)?, numero(1)?)?, numero(4)?, numero(5)?, numero(6)?, numero(7)?).map(istante);
    }
    if valore.len() == 4 && valore.bytes().all(|b| b.is_ascii_digit()) {
        return giorno(valore.parse().ok()?, 1, 1).map(inizio_giorno);
    }
    None
}

/// Month 13 is January of the next year, day 0 the last of the month before.
fn giorno(anno: i64, mese: i64, giorno: i64) -> Option<NaiveDate> {
    let mesi = u32::try_from(mese).ok()?;
    let dicembre = NaiveDate::from_ymd_opt(i32::try_from(anno).ok()? - 1, 12, 1)?;
    dicembre.checked_add_months(Months::new(mesi))?.checked_add_signed(Duration::days(giorno - 1))
}

fn ora(giorno: NaiveDate, ore: i64, minuti: i64, secondi: i64, millisecondi: i64) -> Option<NaiveDateTime> {
    let durata = Duration::hours(ore) + Duration::minutes(minuti) + Duration::seconds(secondi) + Duration::milliseconds(millisecondi);
    giorno.and_hms_opt(0, 0, 0)?.checked_add_signed(durata)
}

fn minuti_di_fuso(fuso: &str) -> Option<i64> {
    if fuso == "Z" {
        return Some(0);
    }
    let cifre: i64 = fuso[1..].replace(':', "").parse().ok()?;
    let minuti = cifre / 100 * 60 + cifre % 100;
    Some(if fuso.starts_with('-') { -minuti } else { minuti })
}

/// `dataAvvisatura` of a PUT: whether the debtor is never to be written to (spec/1 section 8.1, step 7). A date is read and has no effect.
pub fn senza_avvisatura(valore: Option<&str>) -> Result<bool, Rifiuto> {
    match valore.filter(|v| !v.is_empty()) {
        None => Ok(false),
        Some(v) if v.eq_ignore_ascii_case("MAI") => Ok(true),
        Some(v) => data("dataAvvisatura", v, Estremo::Da).map(|_| false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coppie(query: &[(&str, &str)]) -> Vec<(String, String)> {
        query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    fn v2(query: &[(&str, &str)]) -> Result<FiltroPendenze, Rifiuto> {
        FiltroPendenze::v2(&coppie(query), RISULTATI_PER_PAGINA_MAX)
    }

    fn sintassi(testo: &str) -> Rifiuto {
        Rifiuto::Sintassi(testo.to_owned())
    }

    const STATO_ERRATO: &str =
        "Codifica inesistente per stato. Valore fornito [X] valori possibili {ESEGUITA,NON_ESEGUITA,ESEGUITA_PARZIALE,ANNULLATA,SCADUTA,ANOMALA,INCASSATA}";
    const DOMINIO_ERRATO: &str = "Il valore [1] del campo idDominio non rispetta la lunghezza di 11 caratteri.";
    const DATA_DA_ERRATA: &str = "Il formato della data indicata [ieri] per il parametro [dataDa] non e' valido.";
    const DATA_A_ERRATA: &str = "Il formato della data indicata [domani] per il parametro [dataA] non e' valido.";
    const ORDINAMENTO_ERRATO: &str =
        "Il campo nome non e' valido per ordinare la ricerca in corso. Campi consentiti: [dataCaricamento, dataValidita, dataScadenza, stato].";

    #[test]
    fn senza_parametri_valgono_i_predefiniti() {
        let filtro = v2(&[]).expect("valido");
        let attesa = Paginazione { pagina: 1, risultati_per_pagina: 25, campi: None, metadati: true, conteggio_limitato: true };
        assert_eq!((filtro.paginazione.clone(), filtro.paginazione.salto()), (attesa, 0));
        assert!(filtro.ordinamento.is_empty() && filtro.stato.is_none() && filtro.dominio.is_none() && !filtro.mostra_spontanei_non_pagati);
        assert_eq!(v2(&[("pagina", ""), ("dataDa", ""), ("campi", ""), ("idDebitore", ""), ("idPendenza", "P1"), ("ignoto", "x")]), Ok(filtro));
    }

    #[test]
    fn ogni_parametro_e_letto() {
        let filtro = v2(&[
            ("pagina", "3"),
            ("risultatiPerPagina", "10"),
            ("campi", "idA2A, causale,"),
            ("metadatiPaginazione", "FALSE"),
            ("maxRisultati", "false"),
            ("ordinamento", " dataScadenza,-stato,+dataScadenza,,"),
            ("idDominio", "12345678901"),
            ("idDebitore", "vlngrt75c52f205x"),
            ("stato", "INCASSATA"),
            ("stato", "SCADUTA"),
            ("direzione", "D"),
            ("divisione", "V"),
            ("idPagamento", "p"),
            ("mostraSpontaneiNonPagati", "true"),
        ])
        .expect("valido");
        assert_eq!((filtro.paginazione.salto(), filtro.paginazione.metadati, filtro.paginazione.conteggio_limitato), (20, false, false));
        assert_eq!(filtro.paginazione.campi, Some(vec!["idA2A".to_owned(), "causale".to_owned()]));
        assert_eq!(filtro.ordinamento, [Ordine { campo: "dataScadenza", discendente: false }, Ordine { campo: "stato", discendente: true }]);
        assert_eq!((filtro.dominio.map(|d| d.to_string()).as_deref(), filtro.id_debitore.as_deref()), (Some("12345678901"), Some("VLNGRT75C52F205X")));
        assert_eq!((filtro.stato, filtro.mostra_spontanei_non_pagati), (Some(StatoMostrato::Incassata), true));
        assert_eq!([filtro.direzione, filtro.divisione, filtro.id_pagamento].map(Option::unwrap_or_default), ["D", "V", "p"]);
    }

    #[test]
    fn i_limiti_della_pagina_sono_accettati_e_oltre_no() {
        for buono in ["0", "5000"] {
            assert!(v2(&[("risultatiPerPagina", buono)]).is_ok(), "{buono}");
        }
        for (nome, valore, atteso) in [
            ("risultatiPerPagina", "-1", "Il campo risultatiPerPagina deve essere superiore a 0."),
            ("risultatiPerPagina", "5001", "Il campo risultatiPerPagina deve essere inferiore a 5.000."),
            ("risultatiPerPagina", "dieci", "Il campo risultatiPerPagina contiene un valore non valido."),
            ("risultatiPerPagina", "99999999999", "Il campo risultatiPerPagina contiene un valore non valido."),
            ("pagina", "0", "Il campo pagina deve essere superiore a 1."),
            ("pagina", "1.5", "Il campo pagina contiene un valore non valido."),
            ("metadatiPaginazione", "forse", "Il campo metadatiPaginazione contiene un valore non valido."),
            ("maxRisultati", "1", "Il campo maxRisultati contiene un valore non valido."),
            ("mostraSpontaneiNonPagati", "si", "Il campo mostraSpontaneiNonPagati contiene un valore non valido."),
            ("idDebitore", "A\0", "Il campo idDebitore contiene un valore non valido."),
            ("stato", "X", STATO_ERRATO),
            ("idDominio", "1", DOMINIO_ERRATO),
            ("idDominio", "", "Il valore [] del campo idDominio non rispetta la lunghezza di 11 caratteri."),
            ("dataDa", "ieri", DATA_DA_ERRATA),
            ("dataA", "domani", DATA_A_ERRATA),
        ] {
            assert_eq!(v2(&[(nome, valore)]), Err(sintassi(atteso)), "{nome}={valore}");
        }
        let campi = vec!["a"; CAMPI_MAX + 1].join(",");
        assert_eq!(v2(&[("campi", &campi)]), Err(sintassi("Il campo campi deve avere massimo 100 elementi.")));
        assert_eq!(FiltroPendenze::v2(&[], 10).map(|f| f.paginazione.risultati_per_pagina), Ok(10));
        let ultima = v2(&[("pagina", "2147483647"), ("risultatiPerPagina", "5000")]).expect("valido");
        assert_eq!(ultima.paginazione.salto(), 2_147_483_646 * 5000);
    }

    #[test]
    fn un_ordinamento_ignoto_e_un_422() {
        let rifiuto = v2(&[("ordinamento", "-nome")]).expect_err("ignoto");
        assert_eq!(rifiuto, Rifiuto::Parametro(ORDINAMENTO_ERRATO.to_owned()));
        assert_eq!((rifiuto.stato_http(), rifiuto.codice()), (422, "100001"));
    }

    /// All six are wrong; the corrected ones are taken away one after the other.
    #[test]
    fn i_controlli_hanno_l_ordine_del_contratto() {
        let errati = [
            ("risultatiPerPagina", "-1", sintassi("Il campo risultatiPerPagina deve essere superiore a 0.")),
            ("stato", "X", sintassi(STATO_ERRATO)),
            ("idDominio", "1", sintassi(DOMINIO_ERRATO)),
            ("ordinamento", "nome", Rifiuto::Parametro(ORDINAMENTO_ERRATO.to_owned())),
            ("dataDa", "ieri", sintassi(DATA_DA_ERRATA)),
            ("dataA", "domani", sintassi(DATA_A_ERRATA)),
        ];
        for i in 0..errati.len() {
            let mut query: Vec<_> = errati[i..].iter().map(|(n, v, _)| (*n, *v)).collect();
            query.reverse();
            assert_eq!(v2(&query), Err(errati[i].2.clone()));
        }
    }

    #[test]
    fn la_v1_conosce_meno_stati() {
        assert_eq!(
            FiltroPendenze::v1(&coppie(&[("stato", "INCASSATA")]), 5000),
            Err(sintassi(
                "Codifica inesistente per stato. Valore fornito [INCASSATA] valori possibili {ESEGUITA,NON_ESEGUITA,ESEGUITA_PARZIALE,ANNULLATA,SCADUTA}"
            ))
        );
        assert_eq!(FiltroPendenze::v1(&coppie(&[("direzione", "D")]), 5000).map(|f| f.direzione), Ok(None));
    }

    #[test]
    fn le_date_si_leggono_in_tutte_le_forme() {
        for (valore, atteso) in [
            // Winter in Rome is one hour ahead of UTC, summer two.
            ("2026-01-15", "2026-01-14T23:00:00+00:00"),
            ("2026-07-15", "2026-07-14T22:00:00+00:00"),
            ("2026-1-5", "2026-01-04T23:00:00+00:00"),
            ("2026-01-15T10:30", "2026-01-15T09:30:00+00:00"),
            ("2026-01-15T10:30:15", "2026-01-15T09:30:15+00:00"),
            ("2026-01-15T10:30:15.250", "2026-01-15T09:30:15.250+00:00"),
            ("2026-01-15T10:30:15.250123", "2026-01-15T09:30:15.250+00:00"),
            ("2026-01-15T10:30:15.250+0100", "2026-01-15T09:30:15.250+00:00"),
            ("2026-01-15T10:30:15.250+01:00", "2026-01-15T09:30:15.250+00:00"),
            ("2026-01-15T10:30:15.250 0100", "2026-01-15T09:30:15.250+00:00"),
            ("2026-01-15T10:30:15-0530", "2026-01-15T16:00:15+00:00"),
            ("2026-01-15T10:30Z", "2026-01-15T10:30:00+00:00"),
            ("150120261030", "2026-01-15T09:30:00+00:00"),
            ("15012026103015", "2026-01-15T09:30:15+00:00"),
            ("15012026103015250", "2026-01-15T09:30:15.250+00:00"),
            ("2026", "2025-12-31T23:00:00+00:00"),
            ("2026-01-15T25:00", "2026-01-16T00:00:00+00:00"),
            ("2026-01-15T10:75:00", "2026-01-15T10:15:00+00:00"),
            ("2026-02-30", "2026-03-01T23:00:00+00:00"),
            ("2026-13-01", "2026-12-31T23:00:00+00:00"),
            ("2026-03-00", "2026-02-27T23:00:00+00:00"),
        ] {
            let letta = data("dataDa", valore, Estremo::Da).map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false));
            assert_eq!(letta.as_deref(), Ok(atteso), "{valore}");
        }
    }

    #[test]
    fn un_giorno_finisce_all_ultimo_millisecondo() {
        let fine = |v| data("dataA", v, Estremo::A).map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false));
        assert_eq!(fine("2026-01-15").as_deref(), Ok("2026-01-15T22:59:59.999+00:00"));
        assert_eq!(fine("2026-01-15T10:30").as_deref(), Ok("2026-01-15T09:30:00+00:00"));
    }

    #[test]
    fn cio_che_non_e_una_data_e_nominato() {
        for valore in [
            "ieri",
            "2026-01",
            "15/01/2026",
            "2026-01-15 10:30",
            "2026-01-15T",
            "2026-01-15T10",
            "20260115",
            "2026-01-15T10:30:15.",
            "\u{662}\u{660}\u{662}\u{666}",
            "2026-01-15T10:30:15.250+1",
        ] {
            let atteso = format!("Il formato della data indicata [{valore}] per il parametro [dataRptDa] non e' valido.");
            assert_eq!(data("dataRptDa", valore, Estremo::Da), Err(Rifiuto::Sintassi(atteso)));
        }
    }

    #[test]
    fn mai_spegne_l_avvisatura() {
        assert_eq!([None, Some(""), Some("2026-01-15")].map(senza_avvisatura), [Ok(false), Ok(false), Ok(false)]);
        assert_eq!([Some("MAI"), Some("mai")].map(senza_avvisatura), [Ok(true), Ok(true)]);
        assert_eq!(senza_avvisatura(Some("sempre")), Err(sintassi("Il formato della data indicata [sempre] per il parametro [dataAvvisatura] non e' valido.")));
    }

    proptest! {
        #[test]
        fn nessuna_data_fa_panico(valore in "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(T[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]{1,9})?)?(Z|[+ -][0-9]{2}:?[0-9]{2})?)?|[0-9]{12,17}|\\PC{0,20}") {
            let da = data("x", &valore, Estremo::Da);
            let a = data("x", &valore, Estremo::A);
            prop_assert_eq!(da.is_ok(), a.is_ok());
            if let (Ok(da), Ok(a)) = (da, a) {
                prop_assert!(da <= a);
            }
        }

        #[test]
        fn nessuna_query_fa_panico(nome in "pagina|risultatiPerPagina|ordinamento|campi|stato|idDominio|dataA|maxRisultati", valore in "\\PC{0,30}") {
            let _ = v2(&[(&nome, &valore)]);
        }
    }
}
