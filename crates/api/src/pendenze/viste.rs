//! How a position looks on the wire (spec/1 sections 9.2 and 21): one way to write it, and for each API the names that it shows ([`Forma`]).

use chrono::{DateTime, Utc};
use codici::{IdDominio, NumeroAvviso, stampa};
use domain::lettura::lista::STATI_V1;
use domain::pendenza::{ParteDocumento, Pendenza, Riferimento, StatoMostrato, Voce};
use domain::{Anagrafica, Soggetto};
use gateway::leggi_pendenza::{Dettaglio, Rpp};
use serde_json::Value;
use store::pendenze::Allegato;

use crate::backoffice::{domini, unita_operative};
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::richiesta::codifica;

/// What an API in a version shows of a position. A member without a value is never shown.
pub struct Forma {
    pub pendenza: &'static [&'static str],
    pub voce: &'static [&'static str],
    /// Whether `dominio` and `unitaOperativa` carry their addresses, and the dominio its numbering and links (spec/1 section 9.12).
    pub anagrafica_intera: bool,
    /// States that clients know: see [`Pendenza::stato_mostrato_tra`].
    pub stati: &'static [StatoMostrato],
}

/// API Pendenze v1.
pub const PENDENZE_V1: Forma = Forma {
    pendenza: &[
        "idA2A",
        "idPendenza",
        "dominio",
        "unitaOperativa",
        "stato",
        "descrizioneStato",
        "nome",
        "causale",
        "soggettoPagatore",
        "importo",
        "numeroAvviso",
        "dataCaricamento",
        "dataValidita",
        "dataScadenza",
        "annoRiferimento",
        "cartellaPagamento",
        "datiAllegati",
        "tassonomia",
        "tassonomiaAvviso",
        "voci",
        "rpp",
    ],
    voce: &[
        "indice",
        "idVocePendenza",
        "importo",
        "descrizione",
        "stato",
        "datiAllegati",
        "descrizioneCausaleRPT",
        "codEntrata",
        "tipoBollo",
        "hashDocumento",
        "provinciaResidenza",
        "ibanAccredito",
        "tipoContabilita",
        "codiceContabilita",
    ],
    anagrafica_intera: true,
    stati: &STATI_V1,
};

/// API Pendenze v2.
pub const PENDENZE_V2: Forma = Forma {
    pendenza: &[
        "idA2A",
        "idPendenza",
        "idTipoPendenza",
        "dominio",
        "unitaOperativa",
        "stato",
        "descrizioneStato",
        "iuvAvviso",
        "iuvPagamento",
        "dataPagamento",
        "causale",
        "soggettoPagatore",
        "importo",
        "numeroAvviso",
        "dataCaricamento",
        "dataValidita",
        "dataScadenza",
        "annoRiferimento",
        "cartellaPagamento",
        "datiAllegati",
        "tassonomia",
        "tassonomiaAvviso",
        "direzione",
        "divisione",
        "documento",
        "tipo",
        "UUID",
        "proprieta",
        "voci",
        "rpp",
        "allegati",
    ],
    voce: &[
        "indice",
        "idVocePendenza",
        "importo",
        "descrizione",
        "descrizioneCausaleRPT",
        "stato",
        "dominio",
        "datiAllegati",
        "contabilita",
        "metadata",
        "codEntrata",
        "tipoBollo",
        "hashDocumento",
        "provinciaResidenza",
        "ibanAccredito",
        "tipoContabilita",
        "codiceContabilita",
    ],
    anagrafica_intera: false,
    stati: &StatoMostrato::TUTTI,
};

/// A dominio with its address and numbering, and links to what belongs to it, as the older versions show it (spec/1 section 9.12).
const DOMINIO_INTERO: &[&str] = &[
    "idDominio",
    "ragioneSociale",
    "indirizzo",
    "civico",
    "cap",
    "localita",
    "provincia",
    "nazione",
    "email",
    "pec",
    "tel",
    "fax",
    "web",
    "gln",
    "cbill",
    "iuvPrefix",
    "stazione",
    "auxDigit",
    "segregationCode",
    "logo",
    "abilitato",
    "unitaOperative",
    "contiAccredito",
    "entrate",
];

impl Forma {
    /// The whole position: voci, rpp, attachments.
    pub fn dettaglio(&self, d: &Dettaglio, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
        let p = &d.pendenza;
        let allegati = (!d.allegati.is_empty()).then(|| d.allegati.iter().map(allegato).collect::<Vec<_>>());
        self.base(p, anagrafica, adesso)
            .con("voci", p.voci.iter().map(|v| voce(v, anagrafica).solo(self.voce).valore()).collect::<Vec<_>>())
            .con("rpp", d.rpp.iter().map(|r| self.rpp(r, p, anagrafica, adesso)).collect::<Vec<_>>())
            .se("allegati", allegati)
            .solo(self.pendenza)
            .valore()
    }

    /// An item of a list: no voci, and links instead of what they would hold.
    pub fn indice(&self, p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
        let rpp = format!("/rpp?idA2A={}&idPendenza={}", codifica(&p.id_a2a), codifica(&p.id_pendenza));
        self.base(p, anagrafica, adesso).con("rpp", rpp).solo(self.pendenza).valore()
    }

    /// A payment attempt. rpt and rt keep their null members; what has not come is not there.
    pub fn rpp(&self, r: &Rpp, p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
        Oggetto::nuovo()
            .con("stato", r.transazione.stato.codice())
            .testo("dettaglioStato", r.transazione.descrizione_stato.as_ref())
            .se("rpt", r.rpt.clone())
            .se("rt", r.rt.clone())
            .con("pendenza", self.indice(p, anagrafica, adesso))
            .valore()
    }

    fn base(&self, p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Oggetto {
        let uo = p.unita_operativa.as_ref().map(|cod| self.unita_operativa(&p.dominio, cod, anagrafica));
        base(p).se("unitaOperativa", uo).con("dominio", self.dominio(&p.dominio, anagrafica)).con("stato", p.stato_mostrato_tra(adesso, self.stati).codice())
    }

    fn unita_operativa(&self, id: &IdDominio, cod: &str, anagrafica: &Anagrafica) -> Value {
        match anagrafica.unita_operativa(id, cod) {
            Some(u) if self.anagrafica_intera => unita_operative::vista(u),
            trovata => Oggetto::nuovo().con("idUnita", cod).testo("ragioneSociale", trovata.and_then(|u| u.ragione_sociale.as_ref())).valore(),
        }
    }

    /// A dominio as this API names it.
    pub fn dominio(&self, id: &IdDominio, anagrafica: &Anagrafica) -> Value {
        match anagrafica.dominio(id) {
            Some(d) if self.anagrafica_intera => json::solo(domini::indice(d), DOMINIO_INTERO),
            _ => dominio(id, anagrafica),
        }
    }
}

/// What does not depend on who asks.
pub fn base(p: &Pendenza) -> Oggetto {
    Oggetto::nuovo()
        .con("idA2A", p.id_a2a.as_str())
        .con("idPendenza", p.id_pendenza.as_str())
        .con("idTipoPendenza", p.tipo_pendenza.as_str())
        .testo("nome", p.nome.as_ref())
        .testo("descrizioneStato", p.descrizione_stato.as_ref())
        .con("iuvAvviso", p.iuv.as_str())
        .se("iuvPagamento", p.iuv_pagamento.as_ref().map(codici::Iuv::as_str))
        .giorno("dataPagamento", p.data_pagamento)
        .con("causale", p.causale.as_str())
        .con("soggettoPagatore", soggetto(&p.debitore))
        .importo("importo", p.importo)
        .con("numeroAvviso", p.numero_avviso.as_str())
        .giorno("dataCaricamento", Some(p.data_caricamento))
        .data("dataValidita", p.data_validita)
        .data("dataScadenza", p.data_scadenza)
        .se("annoRiferimento", p.anno_riferimento)
        .testo("cartellaPagamento", p.cartella_pagamento.as_ref())
        .se("datiAllegati", p.dati_allegati.clone())
        .testo("tassonomia", p.tassonomia.as_ref())
        .testo("tassonomiaAvviso", p.tassonomia_avviso.as_ref())
        .testo("direzione", p.direzione.as_ref())
        .testo("divisione", p.divisione.as_ref())
        .se("documento", documento(p))
        .con("tipo", p.tipo.codice().to_lowercase())
        .con("UUID", p.uuid.as_str())
        .se("proprieta", p.proprieta.clone())
}

fn dominio(id: &IdDominio, anagrafica: &Anagrafica) -> Value {
    let nome = anagrafica.dominio(id).map(|d| d.ragione_sociale.as_str());
    Oggetto::nuovo().con("idDominio", id.as_str()).se("ragioneSociale", nome).valore()
}

pub fn soggetto(s: &Soggetto) -> Value {
    Oggetto::nuovo()
        .se("tipo", s.tipo.map(domain::soggetto::TipoSoggetto::codice))
        .con("identificativo", s.identificativo())
        .con("anagrafica", s.anagrafica())
        .testo("indirizzo", s.indirizzo.as_ref())
        .testo("civico", s.civico.as_ref())
        .testo("cap", s.cap.as_ref())
        .testo("localita", s.localita.as_ref())
        .testo("provincia", s.provincia.as_ref())
        .testo("nazione", s.nazione.as_ref())
        .testo("email", s.email.as_ref())
        .testo("cellulare", s.cellulare.as_ref())
        .valore()
}

fn documento(p: &Pendenza) -> Option<Value> {
    let d = p.documento.as_ref()?;
    let vista = Oggetto::nuovo().con("identificativo", d.identificativo.as_str()).con("descrizione", d.descrizione.as_str());
    Some(match p.parte {
        ParteDocumento::Unica => vista.valore(),
        ParteDocumento::Rata(n) => vista.con("rata", n).valore(),
        ParteDocumento::Soglia { tipo, giorni } => vista.con("soglia", Oggetto::nuovo().con("tipo", tipo.codice()).se("giorni", giorni).valore()).valore(),
    })
}

pub fn voce(v: &Voce, anagrafica: &Anagrafica) -> Oggetto {
    let vista = Oggetto::nuovo()
        .con("indice", v.indice)
        .con("idVocePendenza", v.id_voce.as_str())
        .importo("importo", v.importo)
        .con("descrizione", v.descrizione.as_str())
        .testo("descrizioneCausaleRPT", v.descrizione_causale_rpt.as_ref())
        .con("stato", if v.eseguita { "Eseguito" } else { "Non eseguito" })
        .se("dominio", v.dominio.as_ref().map(|d| dominio(d, anagrafica)))
        .se("datiAllegati", v.dati_allegati.clone())
        .se("contabilita", v.contabilita.clone())
        .se("metadata", v.metadata.clone());
    match &v.riferimento {
        Riferimento::Entrata(cod) => vista.con("codEntrata", cod.as_str()),
        Riferimento::Bollo { tipo, hash_documento, provincia_residenza } => {
            vista.con("tipoBollo", tipo.as_str()).con("hashDocumento", hash_documento.as_str()).con("provinciaResidenza", provincia_residenza.as_str())
        }
        // ibanAppoggio is not shown (spec/1 section 9.2).
        Riferimento::Conto { iban_accredito, tipo_contabilita, codice_contabilita, .. } => vista
            .con("ibanAccredito", iban_accredito.as_str())
            .con("tipoContabilita", tipo_contabilita.nome())
            .con("codiceContabilita", codice_contabilita.as_str()),
    }
}

pub fn allegato(a: &Allegato) -> Value {
    Oggetto::nuovo()
        .con("nome", a.nome.as_str())
        .testo("tipo", a.tipo.as_ref())
        .testo("descrizione", a.descrizione.as_ref())
        .con("contenuto", format!("/allegati/{}", a.id))
        .valore()
}

/// The avviso as data (spec/1 section 9.7): any paid state is DUPLICATA.
pub fn avviso(p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
    let stato = match p.stato_mostrato(adesso) {
        StatoMostrato::NonEseguita => "NON_ESEGUITA",
        StatoMostrato::Scaduta => "SCADUTA",
        StatoMostrato::Annullata => "ANNULLATA",
        StatoMostrato::Eseguita | StatoMostrato::EseguitaParziale | StatoMostrato::Anomala | StatoMostrato::Incassata => "DUPLICATA",
    };
    let gln = anagrafica.dominio(&p.dominio).and_then(|d| d.gln.clone()).unwrap_or_default();
    Oggetto::nuovo()
        .con("stato", stato)
        .importo("importo", p.importo)
        .con("idDominio", p.dominio.as_str())
        .con("numeroAvviso", p.numero_avviso.as_str())
        .data("dataValidita", p.data_validita)
        .data("dataScadenza", p.data_scadenza)
        .giorno("dataPagamento", p.data_pagamento)
        .con("descrizione", p.causale.as_str())
        .testo("tassonomiaAvviso", p.tassonomia_avviso.as_ref())
        .con("qrcode", stampa::qr_code(&p.numero_avviso, &p.dominio, p.importo))
        .con("barcode", stampa::codice_a_barre(&gln, &p.numero_avviso, p.importo))
        .valore()
}

/// An unknown avviso is an answer, not an error.
pub fn avviso_sconosciuto(dominio: &IdDominio, numero: &NumeroAvviso) -> Value {
    Oggetto::nuovo().con("stato", "SCONOSCIUTA").con("numeroAvviso", numero.as_str()).con("idDominio", dominio.as_str()).valore()
}

/// The receipt as the sub-resource shows it: without null members.
pub fn rt_senza_null(byte: &[u8]) -> Result<Value, Fault> {
    pagopa::json::rt_json(byte).map(pagopa::json::senza_null).map_err(|_| Fault::Interno)
}

pub fn documento_xml(byte: &[u8]) -> Result<String, Fault> {
    pagopa::documento::documento(byte).map_err(|_| Fault::Interno)
}
