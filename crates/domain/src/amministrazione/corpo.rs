//! The body that would write what is there: what `config export` writes and a plan compares (spec/2 section 2).
//!
//! Reading such a body gives the same resource back. Passwords are the exception: the archive has only their hash.

use codici::IdDominio;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::anagrafica::tipo_pendenza::{AvvisaturaTipo, PortaleTipo};
use crate::anagrafica::{
    Acl, AmbitoUo, Applicazione, BlocchiTipo, Configurazione, ContoAccredito, Dominio, EntrataDominio, Intermediario, Operatore, Recapiti, Ruolo, Servizio,
    Stazione, TipoEntrata, TipoPendenza, TipoPendenzaDominio, UnitaOperativa, Utenza,
};
use crate::lettura::anagrafica::utenze::ambito::AUTODETERMINAZIONE;

/// A body under construction; what has no value is left out.
#[derive(Default)]
struct Corpo(Map<String, Value>);

impl Corpo {
    fn con(mut self, nome: &str, valore: impl Into<Value>) -> Self {
        self.0.insert(nome.to_owned(), valore.into());
        self
    }

    fn se<T: Into<Value>>(self, nome: &str, valore: Option<T>) -> Self {
        match valore {
            Some(v) => self.con(nome, v),
            None => self,
        }
    }

    fn testo(self, nome: &str, valore: Option<&String>) -> Self {
        self.se(nome, valore.map(String::as_str))
    }

    /// The members of a block that is kept in the shape of the API.
    fn blocco<T: Serialize>(mut self, blocco: &T) -> Self {
        if let Ok(Value::Object(membri)) = serde_json::to_value(blocco) {
            self.0.extend(membri);
        }
        self
    }

    fn recapiti(self, r: &Recapiti) -> Self {
        self.testo("indirizzo", r.indirizzo.as_ref())
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
            .testo("area", r.area.as_ref())
    }

    /// Blocks that are off are left out: that is how an absent one is read.
    fn blocchi(self, blocchi: BlocchiTipo) -> Value {
        let accesa = |a: &AvvisaturaTipo| *a != AvvisaturaTipo::spenta();
        let blocchi =
            BlocchiTipo { avvisatura_mail: blocchi.avvisatura_mail.filter(accesa), avvisatura_app_io: blocchi.avvisatura_app_io.filter(accesa), ..blocchi };
        self.blocco(&blocchi).valore()
    }

    fn valore(self) -> Value {
        Value::Object(self.0)
    }
}

#[must_use]
pub fn intermediario(i: &Intermediario) -> Value {
    Corpo::default()
        .con("denominazione", i.denominazione.as_str())
        .testo("principalPagoPa", i.principal.as_ref())
        .blocco(&*i.connettori)
        .con("abilitato", i.abilitato)
        .valore()
}

#[must_use]
pub fn stazione(s: &Stazione) -> Value {
    let password = s.password.as_ref().map(|p| p.0.as_str());
    Corpo::default().se("password", password).con("abilitato", s.abilitata).con("versione", s.versione.nome()).valore()
}

/// `logo`: as it was received.
#[must_use]
pub fn dominio(d: &Dominio, logo: Option<&str>) -> Value {
    let corpo = Corpo::default().con("ragioneSociale", d.ragione_sociale.as_str()).recapiti(&d.recapiti).con("intermediato", d.intermediato);
    let corpo = if d.intermediato {
        corpo
            .testo("gln", d.gln.as_ref())
            .testo("cbill", d.cbill.as_ref())
            .testo("iuvPrefix", d.iuv_prefix.as_ref())
            .testo("stazione", d.stazione.as_ref())
            .con("auxDigit", d.aux_digit.cifra().to_string())
            .se("segregationCode", d.segregation_code.map(|c| format!("{c:02}")))
            .se("segregazioniAsincrone", (!d.segregazioni_asincrone.is_empty()).then(|| d.codici_asincroni()))
            .testo("autStampaPosteItaliane", d.aut_stampa_poste.as_ref())
    } else {
        corpo
    };
    corpo
        .se("logo", logo)
        .con("abilitato", d.abilitato)
        .con("scaricaFr", d.scarica_fr)
        .testo("tassonomiaPagoPA", d.tassonomia.as_ref())
        .blocco(&*d.connettori)
        .valore()
}

#[must_use]
pub fn unita_operativa(u: &UnitaOperativa) -> Value {
    Corpo::default().testo("ragioneSociale", u.ragione_sociale.as_ref()).recapiti(&u.recapiti).con("abilitato", u.abilitata).valore()
}

#[must_use]
pub fn conto(c: &ContoAccredito) -> Value {
    Corpo::default()
        .testo("bic", c.bic.as_ref())
        .con("postale", c.postale)
        .con("abilitato", c.abilitato)
        .testo("descrizione", c.descrizione.as_ref())
        .testo("intestatario", c.intestatario.as_ref())
        .testo("autStampaPosteItaliane", c.aut_stampa_poste.as_ref())
        .valore()
}

#[must_use]
pub fn tipo_entrata(e: &TipoEntrata) -> Value {
    Corpo::default()
        .con("descrizione", e.descrizione.as_str())
        .se("tipoContabilita", e.tipo_contabilita.map(|t| t.nome()))
        .testo("codiceContabilita", e.codice_contabilita.as_ref())
        .valore()
}

#[must_use]
pub fn entrata(e: &EntrataDominio) -> Value {
    Corpo::default()
        .testo("ibanAccredito", e.iban_accredito.as_ref())
        .testo("ibanAppoggio", e.iban_appoggio.as_ref())
        .se("tipoContabilita", e.tipo_contabilita.map(|t| t.nome()))
        .testo("codiceContabilita", e.codice_contabilita.as_ref())
        .con("abilitato", e.abilitata)
        .valore()
}

#[must_use]
pub fn tipo_pendenza(t: &TipoPendenza, blocchi: &BlocchiTipo) -> Value {
    let corpo = Corpo::default()
        .con("descrizione", t.descrizione.as_str())
        .testo("codificaIUV", t.codifica_iuv.as_ref())
        .con("pagaTerzi", t.paga_terzi)
        .con("abilitato", t.abilitato);
    corpo.blocchi(BlocchiTipo {
        portale_backoffice: blocchi.portale_backoffice.clone().filter(acceso),
        portale_pagamento: blocchi.portale_pagamento.clone().filter(acceso),
        ..blocchi.clone()
    })
}

/// What the dominio leaves to the catalogue is `null`: absent would be a word of its own (spec/2 section 2.7).
#[must_use]
pub fn tipo_pendenza_dominio(t: &TipoPendenzaDominio, blocchi: &BlocchiTipo) -> Value {
    let corpo = Corpo::default()
        .testo("codificaIUV", t.codifica_iuv.as_ref())
        .con("pagaTerzi", t.paga_terzi.map_or(Value::Null, Value::from))
        .con("abilitato", t.abilitato.map_or(Value::Null, Value::from));
    let portale = |p: &Option<PortaleTipo>| Some(p.clone().unwrap_or_default()).filter(acceso);
    corpo.blocchi(BlocchiTipo {
        portale_backoffice: portale(&blocchi.portale_backoffice),
        portale_pagamento: portale(&blocchi.portale_pagamento),
        ..blocchi.clone()
    })
}

fn acceso(portale: &PortaleTipo) -> bool {
    *portale != PortaleTipo::spento()
}

#[must_use]
pub fn ruolo(r: &Ruolo) -> Value {
    Corpo::default().con("acl", acl(&r.acl)).valore()
}

#[must_use]
pub fn applicazione(app: &Applicazione, utenza: &Utenza) -> Value {
    let codifica = (app.codifica_iuv.is_some() || app.reg_exp_iuv.is_some() || app.generazione_iuv_interna).then(|| {
        Corpo::default()
            .testo("codificaIuv", app.codifica_iuv.as_ref())
            .se("regExpIuv", app.reg_exp_iuv.as_ref().map(|r| r.as_str()))
            .con("generazioneIuvInterna", app.generazione_iuv_interna)
            .valore()
    });
    let puo = |servizio| utenza.acl.iter().any(|a| a.servizio == servizio);
    Corpo::default()
        .con("principal", app.principal.as_str())
        .se("codificaAvvisi", codifica)
        .con("domini", domini(utenza))
        .con("tipiPendenza", if app.autodeterminazione { json!([AUTODETERMINAZIONE]) } else { tipi(utenza) })
        .con("apiPagamenti", puo(Servizio::ApiPagamenti))
        .con("apiPendenze", puo(Servizio::ApiPendenze))
        .con("apiRagioneria", puo(Servizio::ApiRagioneria))
        .con("acl", acl(&utenza.acl))
        .con("ruoli", json!(utenza.ruoli))
        .se("servizioIntegrazione", app.connettore.as_ref().and_then(|c| serde_json::to_value(c).ok()))
        .testo("urlRitorno", app.url_ritorno.as_ref())
        .con("abilitato", utenza.abilitata)
        .valore()
}

#[must_use]
pub fn operatore(o: &Operatore, utenza: &Utenza) -> Value {
    Corpo::default()
        .con("ragioneSociale", o.nome.as_str())
        .con("domini", domini(utenza))
        .con("tipiPendenza", tipi(utenza))
        .con("acl", acl(&utenza.acl))
        .con("ruoli", json!(utenza.ruoli))
        .con("abilitato", utenza.abilitata)
        .valore()
}

/// The eight blocks.
#[must_use]
pub fn configurazioni(c: &Configurazione) -> Value {
    Corpo::default().blocco(c).valore()
}

/// Rights on the integration APIs are booleans of an applicazione, not here.
fn acl(acl: &[Acl]) -> Value {
    let una = |a: &Acl| json!({ "servizio": a.servizio.nome(), "autorizzazioni": a.autorizzazioni.iter().map(|d| d.sigla()).collect::<Vec<_>>() });
    acl.iter().filter(|a| Servizio::BACKOFFICE.contains(&a.servizio)).map(una).collect()
}

fn domini(utenza: &Utenza) -> Value {
    let Some(domini) = &utenza.domini else { return json!(["*"]) };
    let uno = |(id, ambito): (&IdDominio, &AmbitoUo)| match ambito {
        AmbitoUo::Tutte => json!(id.as_str()),
        AmbitoUo::Solo(uo) => json!({ "idDominio": id.as_str(), "unitaOperative": uo }),
    };
    domini.iter().map(uno).collect()
}

fn tipi(utenza: &Utenza) -> Value {
    utenza.tipi_pendenza.as_ref().map_or_else(|| json!(["*"]), |tipi| json!(tipi))
}
