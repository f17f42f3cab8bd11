//! An RT as the printed receipt tells it (spec/3 section 7.2).

use domain::pendenza::Pendenza;
use domain::transazione::Transazione;
use pagopa::vecchio::Rt;
use stampe::{Ente, Prova, Psp, Voce};

use crate::Gateway;
use crate::leggi_avviso::righe_indirizzo;
use crate::leggi_ricevuta::{bollo_da_xml, stato};

impl Gateway {
    pub(crate) fn dati_rt(&self, transazione: &Transazione, pendenza: &Pendenza, rt: &Rt, logo: Option<Vec<u8>>) -> stampe::Ricevuta {
        let anagrafica = self.istantanea.attuale();
        let r = anagrafica.dominio(&pendenza.dominio).map(|d| d.recapiti.clone()).unwrap_or_default();
        let proprieta = |nome: &str| pendenza.proprieta.as_ref().and_then(|p| p.get(nome)).and_then(serde_json::Value::as_str).map(str::to_owned);
        let stato = stato(transazione.esito);
        stampe::Ricevuta {
            prova: Prova::Ricevuta,
            ente: Ente {
                denominazione: rt.beneficiario.1.clone(),
                dominio: pendenza.dominio.clone(),
                cbill: None,
                settore: None,
                righe: righe_indirizzo(r.indirizzo.as_deref(), r.civico.as_deref(), r.cap.as_deref(), r.localita.as_deref(), r.provincia.as_deref()),
                logo,
            },
            debitore: self.debitore_stampato(&pendenza.debitore),
            versante: rt.versante.as_ref().map(|p| stampe::Soggetto {
                anagrafica: p.anagrafica.clone(),
                identificativo: p.codice.to_uppercase(),
                indirizzo: righe_indirizzo(p.indirizzo.as_deref(), p.civico.as_deref(), p.cap.as_deref(), p.localita.as_deref(), p.provincia.as_deref()),
            }),
            psp: Psp { denominazione: rt.attestante.2.clone(), codice_fiscale: rt.attestante.1.clone() },
            importo: rt.importo,
            oggetto: pendenza.causale.clone(),
            data_operazione: rt.pagamenti.first().map(|p| p.data.and_time(chrono::NaiveTime::MIN)),
            data_applicativa: None,
            stato,
            iuv: rt.iuv.to_string(),
            id_ricevuta: rt.ccp.clone(),
            numero_avviso: Some(pendenza.numero_avviso.clone()),
            voci: rt
                .pagamenti
                .iter()
                .map(|p| Voce {
                    descrizione: p.causale.clone(),
                    id_riscossione: p.iur.clone(),
                    importo: p.importo,
                    stato: stato.testo().to_owned(),
                    beneficiario: None,
                    bollo: p.allegato.as_ref().filter(|a| a.marca_da_bollo).map(|a| bollo_da_xml(&a.contenuto)),
                })
                .collect(),
            linea_testo_1: proprieta("lineaTestoRicevuta1"),
            linea_testo_2: proprieta("lineaTestoRicevuta2"),
        }
    }
}
