//! The members of a position that every API writes alike.

use domain::Soggetto;
use domain::pendenza::{ParteDocumento, Pendenza, Riferimento, Voce};
use domain::segnalazione::Segnalazione;
use serde_json::Value;
use store::pendenze::Allegato;

use crate::json::Oggetto;

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

/// Without its dominio, which each API writes in its own way.
pub fn voce(v: &Voce) -> Oggetto {
    let vista = Oggetto::nuovo()
        .con("indice", v.indice)
        .con("idVocePendenza", v.id_voce.as_str())
        .importo("importo", v.importo)
        .con("descrizione", v.descrizione.as_str())
        .testo("descrizioneCausaleRPT", v.descrizione_causale_rpt.as_ref())
        .con("stato", if v.eseguita { "Eseguito" } else { "Non eseguito" })
        .se("datiAllegati", v.dati_allegati.clone())
        .se("contabilita", v.contabilita.clone())
        .se("metadata", v.metadata.clone());
    match &v.riferimento {
        Riferimento::Entrata(cod) => vista.con("codEntrata", cod.as_str()),
        Riferimento::Bollo { tipo, hash_documento, provincia_residenza } => {
            vista.con("tipoBollo", tipo.as_str()).con("hashDocumento", hash_documento.as_str()).con("provinciaResidenza", provincia_residenza.as_str())
        }
        // The office alone shows ibanAppoggio (spec/1 section 9.2).
        Riferimento::Conto { iban_accredito, iban_appoggio, tipo_contabilita, codice_contabilita } => vista
            .con("ibanAccredito", iban_accredito.as_str())
            .testo("ibanAppoggio", iban_appoggio.as_ref())
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

pub fn segnalazione(s: &Segnalazione) -> Value {
    Oggetto::nuovo().con("codice", s.codice).con("descrizione", s.descrizione.as_str()).testo("dettaglio", s.dettaglio.as_ref()).valore()
}
