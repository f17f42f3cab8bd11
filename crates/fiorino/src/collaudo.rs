//! `fiorino collaudo`: pagoPA's checklist against a station.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use simulator::collaudo::{Bersaglio, Riga, Verdetto, api_pendenze, esegui as prova};

use crate::comandi::{FormatoCollaudo, OpzioniCollaudo};

/// Ends with 1 when a row fails.
pub async fn esegui(o: OpzioniCollaudo) -> anyhow::Result<ExitCode> {
    let formato = o.formato;
    let mut uscita = Ok(());
    let righe = prova(bersaglio(o)?, |riga| {
        if uscita.is_ok() {
            uscita = scrivi(riga, formato);
        }
    })
    .await?;
    uscita?;
    let quante = |v: Verdetto| righe.iter().filter(|r| r.verdetto == v).count();
    if let FormatoCollaudo::Testo = formato {
        writeln!(
            std::io::stdout(),
            "{} righe: {} passano, {} falliscono, {} non verificabili da qui, {} non applicabili",
            righe.len(),
            quante(Verdetto::Passa),
            quante(Verdetto::Fallisce),
            quante(Verdetto::NonVerificabile),
            quante(Verdetto::NonApplicabile)
        )?;
    }
    Ok(if quante(Verdetto::Fallisce) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn scrivi(riga: &Riga, formato: FormatoCollaudo) -> std::io::Result<()> {
    let Riga { id, verdetto, motivo } = riga;
    match formato {
        FormatoCollaudo::Testo => writeln!(std::io::stdout(), "{id:<8} {verdetto:<16} {motivo}"),
        FormatoCollaudo::Tsv => writeln!(std::io::stdout(), "{id}\t{verdetto}\t{motivo}"),
    }
}

fn bersaglio(o: OpzioniCollaudo) -> anyhow::Result<Bersaglio> {
    let pendenze = match o.pendenze {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => api_pendenze(&o.stazione).context("--stazione non e' un URL")?,
    };
    Ok(Bersaglio {
        stazione: o.stazione,
        utente: (o.utente.nome, o.utente.password),
        intermediario: o.intermediario,
        id_stazione: o.id_stazione,
        altra_stazione: o.altra_stazione,
        dominio: o.dominio,
        iban: o.iban,
        iban_postale: o.iban_postale,
        secondario: Some((o.secondario.nome, o.secondario.password)),
        pendenze,
        applicazione: (o.applicazione.nome.clone(), o.applicazione.nome, o.applicazione.password),
    })
}
