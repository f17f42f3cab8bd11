//! People and enti of RPT and RT: all their elements are in the namespace of the documents.

use codici::IdDominio;

use super::rpt::Beneficiario;
use crate::cursore::{Cursore, Sintassi};
use crate::messaggi::scrittura::Scrittore;
use crate::messaggi::{Soggetto, TipoSoggetto};
use crate::regole::{due_maiuscole, e_mail, uno_fra};

pub(super) fn scrivi_persona(s: &mut Scrittore, p: &Soggetto, chi: &str) {
    s.gruppo(&format!("identificativoUnivoco{chi}"), |s| {
        s.elemento("tipoIdentificativoUnivoco", p.tipo.lettera());
        s.obbligatorio("codiceIdentificativoUnivoco", &p.codice, 16);
    });
    s.obbligatorio(&format!("anagrafica{chi}"), &p.anagrafica, 70);
    s.facoltativo(&format!("indirizzo{chi}"), p.indirizzo.as_deref(), 70);
    s.facoltativo(&format!("civico{chi}"), p.civico.as_deref(), 16);
    s.facoltativo(&format!("cap{chi}"), p.cap.as_deref(), 16);
    s.facoltativo(&format!("localita{chi}"), p.localita.as_deref(), 35);
    s.facoltativo(&format!("provincia{chi}"), p.provincia.as_deref(), 35);
    s.facoltativo(&format!("nazione{chi}"), p.nazione.as_deref().filter(|n| due_maiuscole(n).is_ok()), 2);
    s.facoltativo(&format!("e-mail{chi}"), p.email.as_deref().filter(|e| e_mail(e).is_ok()), 256);
}

pub(super) fn leggi_persona(c: &mut Cursore<'_, '_>, chi: &str) -> Sintassi<Soggetto> {
    let (tipo, codice) = c.gruppo(&format!("identificativoUnivoco{chi}"), |c| {
        let tipo = c.valore("tipoIdentificativoUnivoco", uno_fra(&[("F", TipoSoggetto::Fisica), ("G", TipoSoggetto::Giuridica)]))?;
        Ok((tipo, c.testo("codiceIdentificativoUnivoco", 2..=16)?))
    })?;
    Ok(Soggetto {
        tipo,
        codice,
        anagrafica: c.testo(&format!("anagrafica{chi}"), 1..=70)?,
        indirizzo: c.testo_facoltativo(&format!("indirizzo{chi}"), 1..=70)?,
        civico: c.testo_facoltativo(&format!("civico{chi}"), 1..=16)?,
        cap: c.testo_facoltativo(&format!("cap{chi}"), 1..=16)?,
        localita: c.testo_facoltativo(&format!("localita{chi}"), 1..=35)?,
        provincia: c.testo_facoltativo(&format!("provincia{chi}"), 1..=35)?,
        nazione: c.valore_facoltativo(&format!("nazione{chi}"), due_maiuscole)?,
        email: c.valore_facoltativo(&format!("e-mail{chi}"), e_mail)?,
    })
}

pub(super) fn scrivi_beneficiario(s: &mut Scrittore, id_dominio: &IdDominio, b: &Beneficiario) {
    s.gruppo("identificativoUnivocoBeneficiario", |s| {
        s.elemento("tipoIdentificativoUnivoco", "G");
        s.elemento("codiceIdentificativoUnivoco", id_dominio.as_str());
    });
    s.obbligatorio("denominazioneBeneficiario", &b.denominazione, 70);
    s.facoltativo("codiceUnitOperBeneficiario", b.unita.as_ref().map(|u| u.0.as_str()), 35);
    s.facoltativo("denomUnitOperBeneficiario", b.unita.as_ref().map(|u| u.1.as_str()), 70);
    s.facoltativo("indirizzoBeneficiario", b.indirizzo.as_deref(), 70);
    s.facoltativo("civicoBeneficiario", b.civico.as_deref(), 16);
    s.facoltativo("capBeneficiario", b.cap.as_deref(), 16);
    s.facoltativo("localitaBeneficiario", b.localita.as_deref(), 35);
    s.facoltativo("provinciaBeneficiario", b.provincia.as_deref(), 35);
    s.facoltativo("nazioneBeneficiario", b.nazione.as_deref().filter(|n| due_maiuscole(n).is_ok()), 2);
}

/// Who attests, or who is paid.
pub(super) struct Istituto {
    pub tipo: &'static str,
    pub codice: String,
    pub denominazione: String,
}

/// `chi`: `Attestante` or `Beneficiario`. `tipi`: the kinds of code that it may have.
pub(super) fn leggi_istituto(c: &mut Cursore<'_, '_>, chi: &str, tipi: &[(&str, &'static str)]) -> Sintassi<Istituto> {
    let (tipo, codice) = c.gruppo(&format!("identificativoUnivoco{chi}"), |c| {
        Ok((c.valore("tipoIdentificativoUnivoco", uno_fra(tipi))?, c.testo("codiceIdentificativoUnivoco", 2..=16)?))
    })?;
    let istituto = Istituto { tipo, codice, denominazione: c.testo(&format!("denominazione{chi}"), 1..=70)? };
    for (nome, massimo) in [("codiceUnitOper", 35), ("denomUnitOper", 70), ("indirizzo", 70), ("civico", 16), ("cap", 16), ("localita", 35), ("provincia", 35)]
    {
        c.testo_facoltativo(&format!("{nome}{chi}"), 1..=massimo)?;
    }
    c.valore_facoltativo(&format!("nazione{chi}"), due_maiuscole)?;
    Ok(istituto)
}
