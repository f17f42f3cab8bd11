//! Domini (spec/2 section 2.3).

use domain::anagrafica::{Dominio, Recapiti};
use serde_json::Value;

use crate::json::Oggetto;

/// The item of lists: what belongs to the dominio is told by address.
pub fn indice(d: &Dominio) -> Value {
    let altrove = |cosa: &str| format!("/domini/{}/{cosa}", d.cod);
    anagrafica(d)
        .con("unitaOperative", altrove("unitaOperative"))
        .con("contiAccredito", altrove("contiAccredito"))
        .con("entrate", altrove("entrate"))
        .con("tipiPendenza", altrove("tipiPendenza"))
        .valore()
}

/// What list item and detail have in common.
fn anagrafica(d: &Dominio) -> Oggetto {
    let o = Oggetto::nuovo().con("idDominio", d.cod.as_str()).con("ragioneSociale", d.ragione_sociale.as_str());
    let o = recapiti(o, &d.recapiti).testo("gln", d.gln.as_ref()).testo("cbill", d.cbill.as_ref()).testo("iuvPrefix", d.iuv_prefix.as_ref());
    o.testo("stazione", d.stazione.as_ref())
        .se("auxDigit", d.intermediato.then(|| d.aux_digit.cifra().to_string()))
        .se("segregationCode", d.segregation_code.map(|c| format!("{c:02}")))
        .se("logo", d.ha_logo.then(|| format!("/domini/{}/logo", d.cod)))
        .con("abilitato", d.abilitato)
        .testo("autStampaPosteItaliane", d.aut_stampa_poste.as_ref())
        .testo("area", d.recapiti.area.as_ref())
        .con("intermediato", d.intermediato)
        .testo("tassonomiaPagoPA", d.tassonomia.as_ref())
        .con("scaricaFr", d.scarica_fr)
}

/// Address and contacts, without `area`, which has another place in each resource.
pub fn recapiti(o: Oggetto, r: &Recapiti) -> Oggetto {
    o.testo("indirizzo", r.indirizzo.as_ref())
        .testo("civico", r.civico.as_ref())
        .testo("cap", r.cap.as_ref())
        .testo("localita", r.localita.as_ref())
        .testo("provincia", r.provincia.as_ref())
        .testo("nazione", r.nazione.as_ref())
        .testo("email", r.email.as_ref())
        .testo("pec", r.pec.as_ref())
        .testo("tel", r.tel.as_ref())
        .testo("fax", r.fax.as_ref())
        .testo("web", r.web.as_ref())
}
