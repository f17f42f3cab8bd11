//! A form that was filled in, from the request that brings it (spec/1 section 10.3, spec/2 section 2.12).

use codici::IdDominio;
use domain::Rifiuto;
use gateway::modulo::{Blocco, Modulo, NonValida};

use crate::richiesta::Richiesta;

/// Dominio and tipo pendenza are those of the path, already read.
pub fn modulo(r: &Richiesta, dominio: IdDominio, tipo_pendenza: String, unita_operativa: Option<String>, blocco: Blocco) -> Result<Modulo, Rifiuto> {
    let corpo = String::from_utf8(r.corpo.to_vec()).map_err(|_| Rifiuto::Sintassi("Il corpo della richiesta non e' UTF-8.".to_owned()))?;
    let intestazioni = r.intestazioni.iter().filter_map(|(n, v)| Some((n.to_string(), v.to_str().ok()?.to_owned())));
    let segmenti = vec![("idDominio".to_owned(), dominio.to_string()), ("idTipoPendenza".to_owned(), tipo_pendenza.clone())];
    Ok(Modulo {
        corpo,
        intestazioni: intestazioni.collect(),
        parametri: r.query().to_vec(),
        segmenti,
        indirizzo: r.radice.clone(),
        id_transazione: r.id.clone(),
        dominio,
        tipo_pendenza,
        unita_operativa,
        blocco,
        non_valida: NonValida::Sintassi,
    })
}
