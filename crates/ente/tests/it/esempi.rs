//! A pendenza of three voci with its activation, its receipt and what the receipt paid.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use codici::{IdDominio, Importo, Iuv, NumeroAvviso};
use domain::anagrafica::{Dominio, EntrataDominio, Recapiti, TipoEntrata, UnitaOperativa};
use domain::notifica::Tipo;
use domain::pendenza::{Avvisatura, Documento, ParteDocumento, Riferimento, Stato, StatoPagamento, Tipo as TipoPendenza, TipoContabilita};
use domain::ricevuta::{Riscossione, TipoRiscossione};
use domain::soggetto::TipoSoggetto;
use domain::transazione::{Esito, Stato as StatoTransazione, Transazione, Versione};
use domain::{Anagrafica, Pendenza, Soggetto, Voce};
use ente::DatiNotifica;
use pagopa::Risposta;
use pagopa::messaggi::{self, AccreditoRichiesto, Bollo, DatiAttivazione, Trasferimento};
use serde_json::json;
use uuid::Uuid;

pub const IBAN: &str = "IT60X0542811101000000123456";
pub const IBAN_APPOGGIO: &str = "IT15V0760103200000000012345";
pub const IBAN_TEFA: &str = "IT60X0542811101000000987654";
const IUV: &str = "07260000000004275";
const RICEVUTA: &str = "ab12cd34ef56";
const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

pub fn comune() -> IdDominio {
    IdDominio::leggi("00123450678").expect("undici cifre")
}

pub fn provincia() -> IdDominio {
    IdDominio::leggi("00987650321").expect("undici cifre")
}

pub fn istante(testo: &str) -> DateTime<Utc> {
    testo.parse().expect("istante")
}

fn dominio(cod: &IdDominio, ragione_sociale: &str, intermediato: bool) -> Arc<Dominio> {
    Arc::new(Dominio { segregation_code: Some(7), intermediato, ..Dominio::nuovo(cod.clone(), ragione_sociale) })
}

pub fn anagrafica() -> Anagrafica {
    let mut a = Anagrafica::default();
    a.domini.insert_mut(comune(), dominio(&comune(), "Comune di Prova", true));
    a.domini.insert_mut(provincia(), dominio(&provincia(), "Provincia di Prova", false));
    let ufficio =
        UnitaOperativa { cod: "UFF_TRIBUTI".to_owned(), ragione_sociale: Some("Ufficio Tributi".to_owned()), abilitata: true, recapiti: Recapiti::default() };
    a.unita_operative.insert_mut((comune(), "UFF_TRIBUTI".to_owned()), Arc::new(ufficio));
    let bollo = TipoEntrata::nuovo("BOLLOT", "Marca da bollo", Some((TipoContabilita::Altro, "0201102IM")));
    a.tipi_entrata.insert_mut(bollo.cod.clone(), Arc::new(bollo));
    a.entrate.insert_mut((comune(), "BOLLOT".to_owned()), Arc::new(EntrataDominio::su(None, None)));
    a
}

pub fn debitore() -> Soggetto {
    let testo = |t: &str| Some(t.to_owned());
    Soggetto {
        tipo: Some(TipoSoggetto::F),
        identificativo: testo("VLNGRT75C52F205X"),
        anagrafica: testo("Greta Valenti"),
        indirizzo: testo("Via dei Tigli"),
        civico: testo("7/B"),
        cap: testo("20100"),
        localita: testo("Milano"),
        provincia: testo("MI"),
        nazione: testo("IT"),
        email: testo("greta.valenti@example.org"),
        cellulare: testo("+39 333-1234567"),
    }
}

fn voce(indice: u8, id: &str, cent: i64, descrizione: &str, riferimento: Riferimento) -> Voce {
    Voce {
        indice,
        id_voce: id.to_owned(),
        importo: Importo::da_cent(cent),
        eseguita: true,
        descrizione: descrizione.to_owned(),
        descrizione_causale_rpt: None,
        dominio: None,
        riferimento,
        contabilita: None,
        metadata: None,
        dati_allegati: None,
    }
}

pub fn voci() -> Vec<Voce> {
    let conto = Riferimento::Conto {
        iban_accredito: IBAN_TEFA.to_owned(),
        iban_appoggio: Some(IBAN_APPOGGIO.to_owned()),
        tipo_contabilita: TipoContabilita::Altro,
        codice_contabilita: "0201102IM".to_owned(),
    };
    let bollo = Riferimento::Bollo { tipo: "01".to_owned(), hash_documento: HASH.to_owned(), provincia_residenza: "MI".to_owned() };
    vec![
        Voce {
            contabilita: Some(
                json!({ "quote": [{ "capitolo": "1010", "annoEsercizio": 2026, "importo": serde_json::from_str::<serde_json::Value>("126.20").expect("numero") }] }),
            ),
            metadata: Some(json!({ "mapEntries": [{ "key": "utenza", "value": "8841" }] })),
            descrizione_causale_rpt: Some("TARI 2026 quota comunale".to_owned()),
            dati_allegati: Some(json!({ "superficie": 74 })),
            ..voce(1, "TARI", 12620, "Quota comunale", Riferimento::Entrata("TARI".to_owned()))
        },
        Voce { dominio: Some(provincia()), ..voce(2, "TEFA", 630, "Quota provinciale", conto) },
        voce(3, "MB1", 1600, "Marca da bollo", bollo),
    ]
}

pub fn pendenza() -> Pendenza {
    let giorno = |t: &str| Some(t.parse().expect("data"));
    Pendenza {
        id: Uuid::nil(),
        id_a2a: "TRIB_COMUNE".to_owned(),
        id_pendenza: "TARI-2026-000042".to_owned(),
        dominio: comune(),
        unita_operativa: Some("UFF_TRIBUTI".to_owned()),
        tipo_pendenza: "TARI".to_owned(),
        tipo: TipoPendenza::Dovuto,
        nome: Some("Cartella TARI".to_owned()),
        stato: Stato::Eseguito,
        descrizione_stato: None,
        anomalo: false,
        causale: "TARI 2026 prima rata utenza 8841".to_owned(),
        debitore: debitore(),
        importo: Importo::da_cent(14850),
        iuv: Iuv::leggi(IUV).expect("iuv"),
        numero_avviso: NumeroAvviso::leggi("307260000000004275").expect("avviso"),
        uuid: "3f6d0f6a1b2c4d5e8f90a1b2c3d4e5f6".to_owned(),
        data_caricamento: istante("2026-01-10T08:00:00Z"),
        data_ultimo_aggiornamento: istante("2026-05-04T08:21:33Z"),
        data_validita: giorno("2026-06-30"),
        data_scadenza: giorno("2026-12-31"),
        anno_riferimento: Some(2026),
        cartella_pagamento: Some("C-8841".to_owned()),
        tassonomia: Some("TRIBUTI".to_owned()),
        tassonomia_avviso: Some("Imposte e tasse".to_owned()),
        direzione: Some("DIR_FIN".to_owned()),
        divisione: Some("DIV_02".to_owned()),
        dati_allegati: Some(json!({ "utenza": 8841 })),
        proprieta: Some(json!({ "linguaSecondaria": "de" })),
        documento: Some(Documento { id: Uuid::nil(), identificativo: "TARI-2026-8841".to_owned(), descrizione: "TARI 2026".to_owned() }),
        parte: ParteDocumento::Rata(1),
        stato_pagamento: StatoPagamento::Pagato,
        importo_pagato: Importo::da_cent(14850),
        importo_incassato: Importo::ZERO,
        data_pagamento: Some(istante("2026-05-04T08:20:11Z")),
        iuv_pagamento: Iuv::leggi(IUV),
        ack: false,
        avvisatura: Avvisatura::default(),
        data_ultima_modifica_aca: istante("2026-01-10T08:00:00Z"),
        voci: voci(),
    }
}

pub fn transazione() -> Transazione {
    Transazione {
        id: Uuid::nil(),
        dominio: comune(),
        iuv: Iuv::leggi(IUV).expect("iuv"),
        ccp: RICEVUTA.to_owned(),
        pendenza: Uuid::nil(),
        versione: Versione::Sanp321V2,
        stato: StatoTransazione::RtAccettataPa,
        descrizione_stato: None,
        esito: Esito::Eseguito,
        data_richiesta: istante("2026-05-04T08:19:02Z"),
        // In Italia sono le 00:21:33 del giorno dopo.
        data_ricevuta: Some(istante("2026-05-04T22:21:33.750Z")),
        importo_pagato: Some(Importo::da_cent(14850)),
        stazione: Some("99999999999_01".to_owned()),
        psp: Some("ABI99999".to_owned()),
        intermediario_psp: None,
        canale: Some("CANALE_7".to_owned()),
        tipo_versamento: Some("CP".to_owned()),
        attestante: Some(("60000000001".to_owned(), "Banca Prova".to_owned())),
        carrello: None,
        bloccante: true,
        con_rpt: true,
        con_rt: true,
        pagamento: None,
    }
}

pub fn riscossioni() -> Vec<Riscossione> {
    let riscossione = |indice, cent, dominio: IdDominio, tipo| Riscossione {
        dominio,
        iur: RICEVUTA.to_owned(),
        indice,
        voce: Some(indice),
        importo: Importo::da_cent(cent),
        data: istante("2026-05-03T22:20:11Z"),
        tipo,
        commissioni: (indice == 1).then_some(Importo::da_cent(150)),
    };
    vec![
        riscossione(1, 12620, comune(), TipoRiscossione::Entrata),
        riscossione(2, 630, provincia(), TipoRiscossione::EntrataPaNonIntermediata),
        riscossione(3, 1600, comune(), TipoRiscossione::Mbt),
    ]
}

fn trasferimento(indice: u8, cent: i64, id_dominio: IdDominio, accredito: AccreditoRichiesto) -> Trasferimento<AccreditoRichiesto> {
    Trasferimento {
        indice,
        importo: Importo::da_cent(cent),
        id_dominio,
        ragione_sociale: Some("Comune di Prova".to_owned()),
        accredito,
        causale: format!("/RFB/{IUV}/{}", Importo::da_cent(cent)),
        categoria: "9/0101002IM".to_owned(),
        metadata: Vec::new(),
    }
}

/// Our answer to the activation, in its envelope.
pub fn rpt() -> Vec<u8> {
    let bollo = Bollo { hash_documento: HASH.to_owned(), tipo: "01".to_owned(), provincia_residenza: "MI".to_owned() };
    let dati = DatiAttivazione {
        iuv: Iuv::leggi(IUV).expect("iuv"),
        importo: Importo::da_cent(14850),
        scadenza: "2026-06-30".parse().expect("data"),
        data_conservazione: None,
        ultimo_pagamento: Some(true),
        descrizione: "TARI 2026 prima rata utenza 8841".to_owned(),
        ragione_sociale: Some("Comune di Prova".to_owned()),
        ufficio: Some("Ufficio Tributi".to_owned()),
        debitore: messaggi::Soggetto {
            tipo: messaggi::TipoSoggetto::Fisica,
            codice: "VLNGRT75C52F205X".to_owned(),
            anagrafica: "Greta Valenti".to_owned(),
            indirizzo: None,
            civico: None,
            cap: None,
            localita: None,
            provincia: None,
            nazione: None,
            email: None,
        },
        trasferimenti: vec![
            trasferimento(1, 12620, comune(), AccreditoRichiesto::Iban(IBAN.to_owned())),
            trasferimento(2, 630, provincia(), AccreditoRichiesto::Iban(IBAN_TEFA.to_owned())),
            trasferimento(3, 1600, comune(), AccreditoRichiesto::Bollo(bollo)),
        ],
        metadata: Vec::new(),
    };
    Risposta::Attivazione(pagopa::Versione::V2, Box::new(dati)).scrivi_valida().expect("attivazione").into_bytes()
}

/// The receipt in its envelope, as the node writes it.
pub fn rt(esito: &str) -> Vec<u8> {
    let transfer = |indice: u8, importo: &str, dominio: &IdDominio, accredito: &str| {
        format!(
            "<transfer><idTransfer>{indice}</idTransfer><transferAmount>{importo}</transferAmount><fiscalCodePA>{dominio}</fiscalCodePA>{accredito}<remittanceInformation>/RFB/{IUV}/{importo}</remittanceInformation><transferCategory>9/0101002IM</transferCategory></transfer>"
        )
    };
    let trasferimenti = [
        transfer(1, "126.20", &comune(), &format!("<IBAN>{IBAN}</IBAN>")),
        transfer(2, "6.30", &provincia(), &format!("<IBAN>{IBAN_TEFA}</IBAN>")),
        transfer(3, "16.00", &comune(), "<MBDAttachment>PGJvbGxvLz4=</MBDAttachment>"),
    ]
    .concat();
    let debitore = "<debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType><entityUniqueIdentifierValue>VLNGRT75C52F205X</entityUniqueIdentifierValue></uniqueIdentifier><fullName>Greta Valenti</fullName></debtor>";
    let ente = comune();
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:pafn="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd"><soapenv:Body><pafn:paSendRTV2Request><idPA>{ente}</idPA><idBrokerPA>99999999999</idBrokerPA><idStation>99999999999_01</idStation><receipt><receiptId>{RICEVUTA}</receiptId><noticeNumber>307260000000004275</noticeNumber><fiscalCode>{ente}</fiscalCode><outcome>{esito}</outcome><creditorReferenceId>{IUV}</creditorReferenceId><paymentAmount>148.50</paymentAmount><description>TARI 2026 prima rata utenza 8841</description><companyName>Comune di Prova</companyName>{debitore}<transferList>{trasferimenti}</transferList><idPSP>ABI99999</idPSP><pspFiscalCode>60000000001</pspFiscalCode><PSPCompanyName>Banca Prova</PSPCompanyName><idChannel>CANALE_7</idChannel><channelDescription>app</channelDescription><paymentMethod>creditCard</paymentMethod><fee>1.50</fee><paymentDateTime>2026-05-04T00:20:11</paymentDateTime></receipt></pafn:paSendRTV2Request></soapenv:Body></soapenv:Envelope>"#
    )
    .into_bytes()
}

/// Owns what a notification borrows, so that a test changes the piece that it is about.
#[derive(Debug)]
pub struct Caso {
    pub tipo: Tipo,
    pub pendenza: Pendenza,
    pub transazione: Transazione,
    pub rpt: Option<Vec<u8>>,
    pub rt: Option<Vec<u8>>,
    pub riscossioni: Vec<Riscossione>,
    pub anagrafica: Anagrafica,
}

impl Caso {
    pub fn dati(&self) -> DatiNotifica<'_> {
        DatiNotifica {
            pagamento: None,
            tipo: self.tipo,
            pendenza: &self.pendenza,
            transazione: &self.transazione,
            rpt: self.rpt.as_deref(),
            rt: self.rt.as_deref(),
            riscossioni: &self.riscossioni,
            anagrafica: &self.anagrafica,
        }
    }
}

pub fn ricevuta() -> Caso {
    Caso {
        tipo: Tipo::Ricevuta,
        pendenza: pendenza(),
        transazione: transazione(),
        rpt: Some(rpt()),
        rt: Some(rt("OK")),
        riscossioni: riscossioni(),
        anagrafica: anagrafica(),
    }
}

pub fn attivazione() -> Caso {
    Caso { tipo: Tipo::Attivazione, rt: None, riscossioni: Vec::new(), ..ricevuta() }
}

pub fn stand_in() -> Caso {
    Caso { rpt: None, ..ricevuta() }
}

/// A receipt with outcome KO: nothing was paid.
pub fn ricevuta_ko() -> Caso {
    let transazione = Transazione { esito: Esito::NonEseguito, ..transazione() };
    Caso { rt: Some(rt("KO")), riscossioni: Vec::new(), transazione, ..ricevuta() }
}

/// The least that a pendenza can have: no optional field, debtor unknown.
pub fn scarna() -> Caso {
    let completa = pendenza();
    let pendenza = Pendenza {
        unita_operativa: None,
        debitore: Soggetto::debitore(None),
        data_validita: None,
        data_scadenza: None,
        anno_riferimento: None,
        cartella_pagamento: None,
        tassonomia: None,
        direzione: None,
        divisione: None,
        dati_allegati: None,
        proprieta: None,
        documento: None,
        parte: ParteDocumento::Unica,
        ..completa
    };
    let transazione = Transazione { attestante: None, canale: None, ..transazione() };
    Caso { pendenza, transazione, anagrafica: Anagrafica::default(), riscossioni: riscossioni().split_off(2), ..stand_in() }
}
