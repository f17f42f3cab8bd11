//! A creditor as integrators see it: profiles, lists of domini, pendenze (spec/1 sections 9.12 and 10.7).

use codici::IdDominio;
use domain::Anagrafica;
use domain::anagrafica::Dominio;
use serde_json::Value;

use crate::backoffice::domini::recapiti;
use crate::json::Oggetto;

/// Code and name.
pub fn breve(id: &IdDominio, anagrafica: &Anagrafica) -> Value {
    let nome = anagrafica.dominio(id).map(|d| d.ragione_sociale.as_str());
    Oggetto::nuovo().con("idDominio", id.as_str()).se("ragioneSociale", nome).valore()
}

/// The whole anagrafica, with what belongs to it told by address: API Pendenze v1 and API Pagamento v1.
pub fn v1(d: &Dominio) -> Value {
    let altrove = |cosa: &str| format!("/domini/{}/{cosa}", d.cod);
    base_v1(d).con("unitaOperative", altrove("unitaOperative")).con("contiAccredito", altrove("contiAccredito")).con("entrate", altrove("entrate")).valore()
}

/// What list item and detail of v1 have in common.
pub fn base_v1(d: &Dominio) -> Oggetto {
    recapiti(Oggetto::nuovo().con("idDominio", d.cod.as_str()).con("ragioneSociale", d.ragione_sociale.as_str()), &d.recapiti)
        .testo("gln", d.gln.as_ref())
        .testo("cbill", d.cbill.as_ref())
        .testo("iuvPrefix", d.iuv_prefix.as_ref())
        .testo("stazione", d.stazione.as_ref())
        .se("auxDigit", d.intermediato.then(|| d.aux_digit.cifra().to_string()))
        .se("segregationCode", d.segregation_code.map(|c| format!("{c:02}")))
        .se("logo", logo(d))
        .con("abilitato", d.abilitato)
}

/// Address, contacts and links, without what concerns numbering: API Pagamento v2.
pub fn v2(d: &Dominio) -> Value {
    recapiti(Oggetto::nuovo().con("idDominio", d.cod.as_str()).con("ragioneSociale", d.ragione_sociale.as_str()), &d.recapiti)
        .testo("gln", d.gln.as_ref())
        .testo("cbill", d.cbill.as_ref())
        .se("logo", logo(d))
        .con("unitaOperative", format!("/domini/{}/unitaOperative", d.cod))
        .con("tipiPendenza", format!("/domini/{}/tipiPendenza", d.cod))
        .valore()
}

fn logo(d: &Dominio) -> Option<String> {
    d.ha_logo.then(|| format!("/domini/{}/logo", d.cod))
}
