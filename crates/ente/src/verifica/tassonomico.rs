//! `codiceTassonomicoPagoPA` of the voci of version 2: one member in place of `tipoContabilita` and `codiceContabilita` (spec/1 section 5.3).
//!
//! The reader of the domain knows the two members alone. They are written in place of the one before it reads, where the voce has an iban; what it then says of
//! them is said of the one.

use std::sync::OnceLock;

use domain::lettura::regole::accorcia;
use domain::pendenza::TipoContabilita;
use regex::Regex;
use serde_json::{Map, Value};

const NOME: &str = "codiceTassonomicoPagoPA";
const FORMA_MOSTRATA: &str = r"(^[0129]\/\S{3,138}$)";
const CARATTERI: std::ops::RangeInclusive<usize> = 5..=255;
const MOSTRATI_MAX: usize = 255;

/// What was wrong in the codes that were replaced.
#[derive(Default)]
pub(super) struct Tradotti {
    del_conto: Option<String>,
    del_bollo: Option<String>,
}

impl Tradotti {
    /// What the domain says, in the terms of version 2.
    pub(super) fn motivo(self, motivo: String) -> String {
        match self.del_conto {
            Some(errore) if motivo == "Il campo tipoContabilita non deve essere vuoto." => errore,
            _ => motivo.replace("tipoContabilita", NOME),
        }
    }

    /// The domain has nothing to say of the code of a bollo, which it does not keep.
    pub(super) fn concludi(self) -> Result<(), String> {
        self.del_bollo.map_or(Ok(()), Err)
    }
}

/// Writes the two members in place of the one, in every voce.
pub(super) fn traduci(pendenza: &mut Map<String, Value>) -> Tradotti {
    let mut tradotti = Tradotti::default();
    let voci = pendenza.get_mut("voci").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
    for voce in voci.iter_mut().filter_map(Value::as_object_mut) {
        let codice = voce.shift_remove(NOME).filter(|v| !v.is_null());
        let c_e = |nome: &str| voce.get(nome).is_some_and(|v| !v.is_null());
        let (entrata, bollo) = (c_e("codEntrata"), c_e("tipoBollo"));
        match leggi(codice.as_ref()) {
            // A code beside codEntrata is refused by the domain, whatever it is.
            _ if entrata => drop(codice.map(|_| voce.insert("tipoContabilita".to_owned(), TipoContabilita::Altro.nome().into()))),
            Err(errore) if bollo => drop(tradotti.del_bollo.get_or_insert(errore)),
            Err(errore) => drop(tradotti.del_conto.get_or_insert(errore)),
            Ok(_) if bollo => {}
            Ok((tipo, codice)) => {
                voce.insert("tipoContabilita".to_owned(), tipo.nome().into());
                voce.insert("codiceContabilita".to_owned(), codice.into());
            }
        }
    }
    tradotti
}

fn leggi(codice: Option<&Value>) -> Result<(TipoContabilita, String), String> {
    static FORMA: OnceLock<Regex> = OnceLock::new();
    let testo = match codice {
        None => return Err(format!("Il campo {NOME} non deve essere vuoto.")),
        Some(Value::String(testo)) => testo.as_str(),
        Some(_) => return Err(format!("Il campo {NOME} deve essere un testo.")),
    };
    let (caratteri, mostrato) = (testo.chars().count(), accorcia(testo, MOSTRATI_MAX));
    let lunghezza = |quale: &str, n: usize| format!("Il valore [{mostrato}] del campo {NOME} non rispetta la lunghezza {quale} di {n} caratteri.");
    if caratteri < *CARATTERI.start() {
        return Err(lunghezza("minima", *CARATTERI.start()));
    }
    if caratteri > *CARATTERI.end() {
        return Err(lunghezza("massima", *CARATTERI.end()));
    }
    // White space of the original is the ASCII one.
    let forma = FORMA.get_or_init(|| Regex::new(r"\A[0129]/[^ \t\n\x0B\x0C\r]{3,138}\z").expect("espressione fissa"));
    let diviso = testo.split_once('/').filter(|_| forma.is_match(testo));
    let tipo = diviso.and_then(|(cifra, _)| TipoContabilita::TUTTI.into_iter().find(|t| cifra.starts_with(t.cifra())));
    let (Some((_, codice)), Some(tipo)) = (diviso, tipo) else {
        return Err(format!("Il valore [{mostrato}] del campo {NOME} non rispetta il pattern richiesto: {FORMA_MOSTRATA}"));
    };
    Ok((tipo, codice.to_owned()))
}
