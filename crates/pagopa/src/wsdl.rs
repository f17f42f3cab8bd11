//! The description of our service, for `?wsdl`.
//!
//! One document with the schema inside, so that a toolkit needs no second download. It describes what we read, that is the union of the two
//! generations of the contract; type names are ours, element names and namespaces are those of pagoPA.

use std::borrow::Cow;

const MODELLO: &str = include_str!("pa_for_node.wsdl");
const POSTO_DELL_INDIRIZZO: &str = "@INDIRIZZO@";

/// The WSDL 1.1 document of the station at `indirizzo`, the public URL of the service.
#[must_use]
pub fn wsdl(indirizzo: &str) -> String {
    con_indirizzo(MODELLO, indirizzo)
}

pub(crate) fn con_indirizzo(modello: &str, indirizzo: &str) -> String {
    let scritto: String = indirizzo
        .chars()
        .map(|c| match c {
            '&' => Cow::Borrowed("&amp;"),
            '<' => Cow::Borrowed("&lt;"),
            '"' => Cow::Borrowed("&quot;"),
            c if crate::busta::carattere_ammesso(c) => Cow::Owned(c.to_string()),
            _ => Cow::Borrowed("?"),
        })
        .collect();
    modello.replace(POSTO_DELL_INDIRIZZO, &scritto)
}
