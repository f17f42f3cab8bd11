//! Between rows and the types of `domain`. JSON columns have their shape here and nowhere else.

use codici::{IdDominio, Importo, Iuv, NumeroAvviso};
use domain::Soggetto;
use domain::pendenza::{Avvisatura, Documento, ParteDocumento, Pendenza, Riferimento, Stato, StatoPagamento, Tipo, TipoContabilita, TipoSoglia, Voce};
use domain::soggetto::TipoSoggetto;
use domain::transazione::{self, Esito, Transazione, Versione};
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entita;
use crate::errore::ErroreStore;

pub fn illeggibile(tabella: &'static str, cosa: impl ToString) -> ErroreStore {
    ErroreStore::Illeggibile { tabella, cosa: cosa.to_string() }
}

pub fn dominio(testo: &str, tabella: &'static str) -> Result<IdDominio, ErroreStore> {
    IdDominio::leggi(testo).ok_or_else(|| illeggibile(tabella, "dominio"))
}

pub fn json<T: Serialize>(valore: &T) -> String {
    serde_json::to_string(valore).unwrap_or_else(|_| "null".to_owned())
}

pub fn da_json<'a, T: Deserialize<'a>>(testo: &'a str, tabella: &'static str) -> Result<T, ErroreStore> {
    serde_json::from_str(testo).map_err(|e| illeggibile(tabella, e))
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct SoggettoJson {
    tipo: Option<String>,
    identificativo: Option<String>,
    anagrafica: Option<String>,
    indirizzo: Option<String>,
    civico: Option<String>,
    cap: Option<String>,
    localita: Option<String>,
    provincia: Option<String>,
    nazione: Option<String>,
    email: Option<String>,
    cellulare: Option<String>,
}

pub fn soggetto_json(s: &Soggetto) -> String {
    let s = s.clone();
    json(&SoggettoJson {
        tipo: s.tipo.map(|t| t.codice().to_owned()),
        identificativo: s.identificativo,
        anagrafica: s.anagrafica,
        indirizzo: s.indirizzo,
        civico: s.civico,
        cap: s.cap,
        localita: s.localita,
        provincia: s.provincia,
        nazione: s.nazione,
        email: s.email,
        cellulare: s.cellulare,
    })
}

pub fn soggetto(testo: &str) -> Result<Soggetto, ErroreStore> {
    let s: SoggettoJson = da_json(testo, "pendenza")?;
    Ok(Soggetto {
        tipo: s.tipo.as_deref().and_then(TipoSoggetto::leggi),
        identificativo: s.identificativo,
        anagrafica: s.anagrafica,
        indirizzo: s.indirizzo,
        civico: s.civico,
        cap: s.cap,
        localita: s.localita,
        provincia: s.provincia,
        nazione: s.nazione,
        email: s.email,
        cellulare: s.cellulare,
    })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RiferimentoJson {
    Entrata(String),
    Bollo { tipo: String, hash_documento: String, provincia_residenza: String },
    Conto { iban_accredito: String, iban_appoggio: Option<String>, tipo_contabilita: String, codice_contabilita: String },
}

fn riferimento_json(r: &Riferimento) -> String {
    json(&match r.clone() {
        Riferimento::Entrata(cod) => RiferimentoJson::Entrata(cod),
        Riferimento::Bollo { tipo, hash_documento, provincia_residenza } => RiferimentoJson::Bollo { tipo, hash_documento, provincia_residenza },
        Riferimento::Conto { iban_accredito, iban_appoggio, tipo_contabilita, codice_contabilita } => {
            RiferimentoJson::Conto { iban_accredito, iban_appoggio, tipo_contabilita: tipo_contabilita.nome().to_owned(), codice_contabilita }
        }
    })
}

fn riferimento(testo: &str) -> Result<Riferimento, ErroreStore> {
    Ok(match da_json::<RiferimentoJson>(testo, "voce")? {
        RiferimentoJson::Entrata(cod) => Riferimento::Entrata(cod),
        RiferimentoJson::Bollo { tipo, hash_documento, provincia_residenza } => Riferimento::Bollo { tipo, hash_documento, provincia_residenza },
        RiferimentoJson::Conto { iban_accredito, iban_appoggio, tipo_contabilita, codice_contabilita } => Riferimento::Conto {
            iban_accredito,
            iban_appoggio,
            tipo_contabilita: TipoContabilita::leggi(&tipo_contabilita).ok_or_else(|| illeggibile("voce", "tipo_contabilita"))?,
            codice_contabilita,
        },
    })
}

fn parte_testo(parte: ParteDocumento) -> String {
    match parte {
        ParteDocumento::Unica => "unica".to_owned(),
        ParteDocumento::Rata(n) => format!("rata:{n}"),
        ParteDocumento::Soglia { tipo, giorni: None } => format!("soglia:{}", tipo.codice()),
        ParteDocumento::Soglia { tipo, giorni: Some(g) } => format!("soglia:{}:{g}", tipo.codice()),
    }
}

fn parte(testo: &str) -> Option<ParteDocumento> {
    let mut pezzi = testo.split(':');
    match (pezzi.next()?, pezzi.next(), pezzi.next()) {
        ("unica", None, None) => Some(ParteDocumento::Unica),
        ("rata", Some(n), None) => Some(ParteDocumento::Rata(n.parse().ok()?)),
        ("soglia", Some(t), giorni) => {
            let giorni = giorni.map(str::parse).transpose().ok()?;
            Some(ParteDocumento::Soglia { tipo: TipoSoglia::leggi(t)?, giorni })
        }
        _ => None,
    }
}

fn valore(testo: Option<String>, tabella: &'static str) -> Result<Option<Value>, ErroreStore> {
    testo.map(|t| da_json(&t, tabella)).transpose()
}

pub fn riga_pendenza(p: &Pendenza) -> entita::pendenza::ActiveModel {
    entita::pendenza::ActiveModel {
        dominio: Set(p.dominio.to_string()),
        id: Set(p.id),
        id_a2a: Set(p.id_a2a.clone()),
        id_pendenza: Set(p.id_pendenza.clone()),
        iuv: Set(p.iuv.to_string()),
        numero_avviso: Set(p.numero_avviso.to_string()),
        unita_operativa: Set(p.unita_operativa.clone()),
        tipo_pendenza: Set(p.tipo_pendenza.clone()),
        tipo: Set(p.tipo.codice().to_owned()),
        nome: Set(p.nome.clone()),
        stato: Set(p.stato.codice().to_owned()),
        descrizione_stato: Set(p.descrizione_stato.clone()),
        anomalo: Set(p.anomalo),
        causale: Set(p.causale.clone()),
        importo: Set(p.importo.cent()),
        debitore: Set(soggetto_json(&p.debitore)),
        debitore_cerca: Set(p.debitore.identificativo().to_uppercase()),
        uuid: Set(p.uuid.clone()),
        data_caricamento: Set(p.data_caricamento),
        data_ultimo_aggiornamento: Set(p.data_ultimo_aggiornamento),
        data_ultima_modifica_aca: Set(p.data_ultima_modifica_aca),
        data_validita: Set(p.data_validita),
        data_scadenza: Set(p.data_scadenza),
        anno_riferimento: Set(p.anno_riferimento),
        cartella_pagamento: Set(p.cartella_pagamento.clone()),
        tassonomia: Set(p.tassonomia.clone()),
        tassonomia_avviso: Set(p.tassonomia_avviso.clone()),
        direzione: Set(p.direzione.clone()),
        divisione: Set(p.divisione.clone()),
        dati_allegati: Set(p.dati_allegati.as_ref().map(json)),
        proprieta: Set(p.proprieta.as_ref().map(json)),
        documento: Set(p.documento.as_ref().map(|d| d.id)),
        parte: Set(parte_testo(p.parte)),
        stato_pagamento: Set(p.stato_pagamento.codice().to_owned()),
        importo_pagato: Set(p.importo_pagato.cent()),
        importo_incassato: Set(p.importo_incassato.cent()),
        data_pagamento: Set(p.data_pagamento),
        iuv_pagamento: Set(p.iuv_pagamento.as_ref().map(ToString::to_string)),
        ack: Set(p.ack),
        data_notifica_avviso: Set(p.avvisatura.data_notifica_avviso),
        avviso_notificato: Set(p.avvisatura.avviso_notificato),
        data_promemoria_scadenza: Set(p.avvisatura.data_promemoria_scadenza),
        promemoria_scadenza_notificato: Set(p.avvisatura.promemoria_scadenza_notificato),
        data_promemoria_app_io: Set(p.avvisatura.data_promemoria_app_io),
        promemoria_app_io_notificato: Set(p.avvisatura.promemoria_app_io_notificato),
    }
}

pub fn riga_voce(p: &Pendenza, v: &Voce) -> entita::voce::ActiveModel {
    entita::voce::ActiveModel {
        dominio: Set(p.dominio.to_string()),
        pendenza: Set(p.id),
        indice: Set(i16::from(v.indice)),
        id_voce: Set(v.id_voce.clone()),
        importo: Set(v.importo.cent()),
        eseguita: Set(v.eseguita),
        descrizione: Set(v.descrizione.clone()),
        descrizione_causale_rpt: Set(v.descrizione_causale_rpt.clone()),
        dominio_voce: Set(v.dominio.as_ref().map(ToString::to_string)),
        riferimento: Set(riferimento_json(&v.riferimento)),
        contabilita: Set(v.contabilita.as_ref().map(json)),
        metadata: Set(v.metadata.as_ref().map(json)),
        dati_allegati: Set(v.dati_allegati.as_ref().map(json)),
    }
}

pub fn voce(r: entita::voce::Model) -> Result<Voce, ErroreStore> {
    Ok(Voce {
        indice: u8::try_from(r.indice).map_err(|_| illeggibile("voce", "indice"))?,
        id_voce: r.id_voce,
        importo: Importo::da_cent(r.importo),
        eseguita: r.eseguita,
        descrizione: r.descrizione,
        descrizione_causale_rpt: r.descrizione_causale_rpt,
        dominio: r.dominio_voce.map(|d| dominio(&d, "voce")).transpose()?,
        riferimento: riferimento(&r.riferimento)?,
        contabilita: valore(r.contabilita, "voce")?,
        metadata: valore(r.metadata, "voce")?,
        dati_allegati: valore(r.dati_allegati, "voce")?,
    })
}

/// `documento` is the row that the position names, when it names one.
pub fn pendenza(r: entita::pendenza::Model, voci: Vec<entita::voce::Model>, documento: Option<entita::documento::Model>) -> Result<Pendenza, ErroreStore> {
    let manca = |cosa| illeggibile("pendenza", cosa);
    let mut voci = voci.into_iter().map(voce).collect::<Result<Vec<_>, _>>()?;
    voci.sort_by_key(|v| v.indice);
    Ok(Pendenza {
        id: r.id,
        dominio: dominio(&r.dominio, "pendenza")?,
        iuv: Iuv::leggi(&r.iuv).ok_or_else(|| manca("iuv"))?,
        numero_avviso: NumeroAvviso::leggi(&r.numero_avviso).map_err(|_| manca("numero_avviso"))?,
        tipo: Tipo::leggi(&r.tipo).ok_or_else(|| manca("tipo"))?,
        stato: Stato::leggi(&r.stato).ok_or_else(|| manca("stato"))?,
        debitore: soggetto(&r.debitore)?,
        importo: Importo::da_cent(r.importo),
        dati_allegati: valore(r.dati_allegati, "pendenza")?,
        proprieta: valore(r.proprieta, "pendenza")?,
        documento: documento.map(|d| Documento { id: d.id, identificativo: d.identificativo, descrizione: d.descrizione }),
        parte: parte(&r.parte).ok_or_else(|| manca("parte"))?,
        stato_pagamento: StatoPagamento::leggi(&r.stato_pagamento).ok_or_else(|| manca("stato_pagamento"))?,
        importo_pagato: Importo::da_cent(r.importo_pagato),
        importo_incassato: Importo::da_cent(r.importo_incassato),
        iuv_pagamento: r.iuv_pagamento.as_deref().and_then(Iuv::leggi),
        avvisatura: Avvisatura {
            data_notifica_avviso: r.data_notifica_avviso,
            avviso_notificato: r.avviso_notificato,
            data_promemoria_scadenza: r.data_promemoria_scadenza,
            promemoria_scadenza_notificato: r.promemoria_scadenza_notificato,
            data_promemoria_app_io: r.data_promemoria_app_io,
            promemoria_app_io_notificato: r.promemoria_app_io_notificato,
        },
        id_a2a: r.id_a2a,
        id_pendenza: r.id_pendenza,
        unita_operativa: r.unita_operativa,
        tipo_pendenza: r.tipo_pendenza,
        nome: r.nome,
        descrizione_stato: r.descrizione_stato,
        anomalo: r.anomalo,
        causale: r.causale,
        uuid: r.uuid,
        data_caricamento: r.data_caricamento,
        data_ultimo_aggiornamento: r.data_ultimo_aggiornamento,
        data_ultima_modifica_aca: r.data_ultima_modifica_aca,
        data_validita: r.data_validita,
        data_scadenza: r.data_scadenza,
        anno_riferimento: r.anno_riferimento,
        cartella_pagamento: r.cartella_pagamento,
        tassonomia: r.tassonomia,
        tassonomia_avviso: r.tassonomia_avviso,
        direzione: r.direzione,
        divisione: r.divisione,
        data_pagamento: r.data_pagamento,
        ack: r.ack,
        voci,
    })
}

pub fn riga_transazione(t: &Transazione) -> entita::transazione::ActiveModel {
    entita::transazione::ActiveModel {
        dominio: Set(t.dominio.to_string()),
        id: Set(t.id),
        iuv: Set(t.iuv.to_string()),
        ccp: Set(t.ccp.clone()),
        pendenza: Set(t.pendenza),
        versione: Set(t.versione.codice().to_owned()),
        stato: Set(t.stato.codice().to_owned()),
        descrizione_stato: Set(t.descrizione_stato.clone()),
        esito: Set(t.esito.codice()),
        data_richiesta: Set(t.data_richiesta),
        data_ricevuta: Set(t.data_ricevuta),
        importo_pagato: Set(t.importo_pagato.map(Importo::cent)),
        stazione: Set(t.stazione.clone()),
        psp: Set(t.psp.clone()),
        intermediario_psp: Set(t.intermediario_psp.clone()),
        canale: Set(t.canale.clone()),
        tipo_versamento: Set(t.tipo_versamento.clone()),
        attestante_identificativo: Set(t.attestante.as_ref().map(|(id, _)| id.clone())),
        attestante_denominazione: Set(t.attestante.as_ref().map(|(_, nome)| nome.clone())),
        carrello: Set(t.carrello.clone()),
        bloccante: Set(t.bloccante),
        con_rpt: Set(t.con_rpt),
        con_rt: Set(t.con_rt),
        pagamento: Set(t.pagamento),
    }
}

pub fn transazione(r: entita::transazione::Model) -> Result<Transazione, ErroreStore> {
    let manca = |cosa| illeggibile("transazione", cosa);
    Ok(Transazione {
        dominio: dominio(&r.dominio, "transazione")?,
        id: r.id,
        iuv: Iuv::leggi(&r.iuv).ok_or_else(|| manca("iuv"))?,
        ccp: r.ccp,
        pendenza: r.pendenza,
        versione: Versione::leggi(&r.versione),
        stato: transazione::Stato::leggi(&r.stato),
        descrizione_stato: r.descrizione_stato,
        esito: Esito::leggi(r.esito).ok_or_else(|| manca("esito"))?,
        data_richiesta: r.data_richiesta,
        data_ricevuta: r.data_ricevuta,
        importo_pagato: r.importo_pagato.map(Importo::da_cent),
        stazione: r.stazione,
        psp: r.psp,
        intermediario_psp: r.intermediario_psp,
        canale: r.canale,
        tipo_versamento: r.tipo_versamento,
        attestante: r.attestante_identificativo.zip(r.attestante_denominazione),
        carrello: r.carrello,
        bloccante: r.bloccante,
        con_rpt: r.con_rpt,
        con_rt: r.con_rt,
        pagamento: r.pagamento,
    })
}
