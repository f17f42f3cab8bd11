//! A person of ours as pagoPA is told of it: the kind follows from the length of the code, whatever was declared (spec/3 section 1.7).

use domain::Soggetto;
use pagopa::messaggi::{Soggetto as SoggettoPagoPa, TipoSoggetto};

pub(crate) fn persona(s: &Soggetto) -> SoggettoPagoPa {
    SoggettoPagoPa {
        tipo: TipoSoggetto::del_codice(s.identificativo()),
        codice: s.identificativo().to_owned(),
        anagrafica: s.anagrafica().to_owned(),
        indirizzo: s.indirizzo.clone(),
        civico: s.civico.clone(),
        cap: s.cap.clone(),
        localita: s.localita.clone(),
        provincia: s.provincia.clone(),
        nazione: s.nazione.clone(),
        email: s.email.clone(),
    }
}
