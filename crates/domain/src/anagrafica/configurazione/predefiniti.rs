//! What holds before anybody has written: defaults of spec/2 section 2.15, and texts of ours.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{
    AppIoBatch, Configurazione, GiornaleEventi, Hardening, Interfacce, Interfaccia, MailBatch, MessaggiAvvisatura, Messaggio, Quando, ServizioGde, Tracciamento,
};
use crate::anagrafica::tipo_pendenza::TracciatoCsv;

const FREEMARKER: &str = "freemarker";
/// Days before the expiry.
const PREAVVISO: u32 = 10;

const INTESTAZIONE_CSV: &str = "idA2A,idPendenza,idDominio,tipoPendenza,numeroAvviso,pdfAvviso,tipoSoggettoPagatore,identificativoPagatore,\
    anagraficaPagatore,indirizzoPagatore,civicoPagatore,capPagatore,localitaPagatore,provinciaPagatore,nazionePagatore,emailPagatore,cellularePagatore,errore";

impl Default for Configurazione {
    fn default() -> Self {
        Self {
            giornale_eventi: GiornaleEventi { interfacce: interfacce() },
            servizio_gde: ServizioGde::default(),
            tracciato_csv: TracciatoCsv {
                tipo: Some(FREEMARKER.to_owned()),
                intestazione: Some(INTESTAZIONE_CSV.to_owned()),
                richiesta: Some(STANDARD.encode(include_str!("csv_richiesta.ftl"))),
                risposta: Some(STANDARD.encode(include_str!("csv_risposta.ftl"))),
            },
            hardening: Hardening::default(),
            mail_batch: MailBatch::default(),
            avvisatura_mail: messaggi(true),
            avvisatura_app_io: messaggi(false),
            app_io_batch: AppIoBatch::default(),
        }
    }
}

fn interfacce() -> Interfacce {
    let t = |log, dump| Tracciamento { log, dump };
    let (sempre, muto) = (t(Quando::Sempre, Quando::Sempre), t(Quando::Mai, Quando::Mai));
    let con_errori = t(Quando::Sempre, Quando::SoloErrore);
    let sole_scritture = Interfaccia { letture: muto, scritture: con_errori };
    let tutto = Interfaccia { letture: sempre, scritture: sempre };
    Interfacce {
        api_ente: Interfaccia { letture: con_errori, scritture: con_errori },
        api_pagamento: sole_scritture,
        api_ragioneria: sole_scritture,
        api_backoffice: Interfaccia { letture: muto, scritture: sempre },
        api_pago_pa: tutto,
        api_pendenze: sole_scritture,
        api_backend_io: tutto,
        api_maggioli_jppa: tutto,
    }
}

const OGGETTO_AVVISO: &str = "Avviso di pagamento: ${versamento.getCausaleVersamento().getSimple()}";
const OGGETTO_RICEVUTA: &str = "Ricevuta di pagamento: ${versamento.getCausaleVersamento().getSimple()}";
const OGGETTO_SCADENZA: &str = "Promemoria di scadenza: ${versamento.getCausaleVersamento().getSimple()}";

/// `con_pdf`: of mails, which may carry the document.
fn messaggi(con_pdf: bool) -> MessaggiAvvisatura {
    let messaggio = |oggetto: &str, testo: &str| Messaggio {
        tipo: FREEMARKER.to_owned(),
        oggetto: STANDARD.encode(oggetto),
        messaggio: STANDARD.encode(testo),
        allega_pdf: None,
        solo_eseguiti: None,
        preavviso: None,
    };
    let allega_pdf = con_pdf.then_some(true);
    MessaggiAvvisatura {
        promemoria_avviso: Messaggio { allega_pdf, ..messaggio(OGGETTO_AVVISO, include_str!("avviso.ftl")) },
        promemoria_ricevuta: Messaggio { allega_pdf, solo_eseguiti: Some(true), ..messaggio(OGGETTO_RICEVUTA, include_str!("ricevuta.ftl")) },
        promemoria_scadenza: Messaggio { preavviso: Some(PREAVVISO), ..messaggio(OGGETTO_SCADENZA, include_str!("scadenza.ftl")) },
    }
}
