//! Misbehaviour at random: one service at a time or several together, for some calls or for some seconds.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use simulator::{Doppia, Guasto, GuastoArchivio, GuastoEnte, GuastoFdr, GuastoNodo, Immondizia, InterruttoreArchivio, InterruttoreEnte, Sbagliata, Simulatore};

use super::Opzioni;

/// A generator that a seed repeats: xorshift64*.
pub struct Caso(u64);

impl Caso {
    pub const fn nuovo(seme: u64) -> Self {
        Self(seme.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub const fn fino_a(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    pub const fn attesa(&mut self, da_ms: u64, a_ms: u64) -> Duration {
        Duration::from_millis(da_ms + self.fino_a(a_ms - da_ms + 1))
    }

    fn uno_di<T: Copy>(&mut self, tra: &[T]) -> T {
        tra[usize::try_from(self.fino_a(tra.len() as u64)).unwrap_or(0)]
    }
}

const DELLA_STAZIONE: [Guasto; 21] = [
    Guasto::Lento { ms: 400 },
    Guasto::MezzoCorpo { ms: 300 },
    Guasto::Doppia { modo: Doppia::InSequenza },
    Guasto::Doppia { modo: Doppia::Insieme },
    Guasto::RicevutaPrima,
    Guasto::Muto,
    Guasto::Sbagliata { cosa: Sbagliata::AltroImporto },
    Guasto::Sbagliata { cosa: Sbagliata::SommaDiversa },
    Guasto::Sbagliata { cosa: Sbagliata::AltroNumero },
    Guasto::Sbagliata { cosa: Sbagliata::AltroDebitore },
    Guasto::Sbagliata { cosa: Sbagliata::AltroIuv },
    Guasto::Sbagliata { cosa: Sbagliata::AvvisoIgnoto },
    Guasto::Sbagliata { cosa: Sbagliata::AltraStazione },
    Guasto::Sbagliata { cosa: Sbagliata::AltroIntermediario },
    Guasto::Immondizia { cosa: Immondizia::NonXml },
    Guasto::Immondizia { cosa: Immondizia::Dtd },
    Guasto::Immondizia { cosa: Immondizia::Troncato },
    Guasto::Immondizia { cosa: Immondizia::NonUtf8 },
    Guasto::Immondizia { cosa: Immondizia::AltroSpazio },
    Guasto::Immondizia { cosa: Immondizia::Enorme },
    Guasto::Immondizia { cosa: Immondizia::Vuoto },
];

const DELL_ENTE: [GuastoEnte; 6] = [
    GuastoEnte::Lento { ms: 2_000 },
    GuastoEnte::Errore { stato: 500 },
    GuastoEnte::Errore { stato: 404 },
    GuastoEnte::ConnessioneChiusa,
    GuastoEnte::Immondizia,
    GuastoEnte::Redirezione,
];

const DEGLI_ARCHIVI: [GuastoArchivio; 13] = [
    GuastoArchivio::Html,
    GuastoArchivio::MezzaRisposta,
    GuastoArchivio::FattoMaErrore,
    GuastoArchivio::FaultIn200,
    GuastoArchivio::Lento,
    GuastoArchivio::Stato401,
    GuastoArchivio::Stato403,
    GuastoArchivio::Stato404,
    GuastoArchivio::Stato409,
    GuastoArchivio::Stato422,
    GuastoArchivio::Stato429,
    GuastoArchivio::Stato500,
    GuastoArchivio::Stato503,
];

const DEL_NODO: [GuastoNodo; 11] = [
    GuastoNodo::Lento,
    GuastoNodo::Sparito,
    GuastoNodo::SoapFault,
    GuastoNodo::SoapFaultIn200,
    GuastoNodo::Html,
    GuastoNodo::Vuoto,
    GuastoNodo::MezzaRisposta,
    GuastoNodo::RifiutaUltima,
    GuastoNodo::KoMuto,
    GuastoNodo::PresaSenzaRisposta,
    GuastoNodo::Rifiuta,
];

const DEI_FLUSSI: [GuastoFdr; 8] = [
    GuastoFdr::Html,
    GuastoFdr::Errore401,
    GuastoFdr::Errore429,
    GuastoFdr::Errore500,
    GuastoFdr::Sparito,
    GuastoFdr::Troncata,
    GuastoFdr::Fault,
    GuastoFdr::PaginaCheCambia,
];

const DI_BIZ_EVENTS: [u16; 6] = [401, 404, 409, 429, 500, 503];

/// Until the time is over. Gives how many of each service.
pub async fn soffia(s: &Simulatore, o: &Opzioni) -> String {
    let mut caso = Caso::nuovo(o.seme);
    let mut contati: BTreeMap<&str, u32> = BTreeMap::new();
    let inizio = Instant::now();
    while inizio.elapsed() < o.durata {
        let servizio = guasta(s, &mut caso);
        *contati.entry(servizio).or_default() += 1;
        tokio::time::sleep(caso.attesa(100, 2_000)).await;
        // Now and then there is some good weather.
        if caso.fino_a(4) == 0 {
            placa(s);
            tokio::time::sleep(caso.attesa(200, 2_000)).await;
        }
    }
    let contati: Vec<String> = contati.iter().map(|(servizio, quanti)| format!("{servizio} {quanti}")).collect();
    format!("guasti: {}", contati.join(", "))
}

fn guasta(s: &Simulatore, caso: &mut Caso) -> &'static str {
    let volte = u32::try_from(1 + caso.fino_a(5)).unwrap_or(1);
    match caso.fino_a(7) {
        0 | 1 => {
            let guasto = caso.uno_di(&DELLA_STAZIONE);
            s.accendi(guasto.per(volte));
            "stazione"
        }
        2 => {
            s.accendi_ente(InterruttoreEnte { guasto: caso.uno_di(&DELL_ENTE), volte: Some(volte), operazione: None });
            "ente"
        }
        3 => {
            s.guasta_archivi(Some(InterruttoreArchivio { guasto: caso.uno_di(&DEGLI_ARCHIVI), volte: Some(volte), metodo: None }));
            "archivi"
        }
        4 => {
            s.guasta_nodo(Some(caso.uno_di(&DEL_NODO)));
            "nodo"
        }
        5 => {
            s.guasta_fdr(Some(caso.uno_di(&DEI_FLUSSI)));
            "flussi"
        }
        _ => {
            s.guasta_biz_events(Some(caso.uno_di(&DI_BIZ_EVENTS)));
            "biz-events"
        }
    }
}

/// Everything works.
pub fn placa(s: &Simulatore) {
    s.spegni(None);
    s.spegni_ente();
    s.guasta_archivi(None);
    s.guasta_nodo(None);
    s.guasta_fdr(None);
    s.guasta_biz_events(None);
}
