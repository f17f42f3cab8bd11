//! One change of the anagrafica, as a value: decided here, written by the archive, applied to the snapshot.
//!
//! The same list serves a PUT of the API and `config apply`, so that what a plan shows is what is written.

use std::sync::Arc;

use codici::IdDominio;

use super::{
    Anagrafica, Applicazione, BlocchiTipo, BloccoConfigurazione, ContoAccredito, Dominio, EntrataDominio, Intermediario, Operatore, Ruolo, Stazione,
    TipoEntrata, TipoPendenza, TipoPendenzaDominio, UnitaOperativa, Utenza,
};

/// Inserts or replaces a row, whatever was there.
#[derive(Clone, Debug)]
pub enum Scrittura {
    Intermediario(Intermediario),
    Stazione(Stazione),
    /// The logo as text, as it was received: `None` takes it away.
    Dominio(Box<Dominio>, Option<String>),
    UnitaOperativa(IdDominio, UnitaOperativa),
    Conto(IdDominio, ContoAccredito),
    TipoEntrata(TipoEntrata),
    Entrata(IdDominio, String, EntrataDominio),
    TipoPendenza(TipoPendenza, Box<BlocchiTipo>),
    TipoPendenzaDominio(IdDominio, String, TipoPendenzaDominio, Box<BlocchiTipo>),
    Utenza(Utenza),
    /// The login is no more: nobody can use it, and its name is free.
    RimuoviUtenza(String),
    Applicazione(Applicazione),
    Operatore(Operatore),
    Ruolo(Ruolo),
    Configurazione(Box<BloccoConfigurazione>),
}

impl Anagrafica {
    /// The snapshot after a write.
    pub fn applica(&mut self, scrittura: &Scrittura) {
        match scrittura {
            Scrittura::Intermediario(i) => {
                self.intermediari.insert_mut(i.cod.clone(), Arc::new(i.clone()));
            }
            Scrittura::Stazione(s) => {
                self.stazioni.insert_mut(s.cod.clone(), Arc::new(s.clone()));
            }
            Scrittura::Dominio(d, _) => {
                self.domini.insert_mut(d.cod.clone(), Arc::new((**d).clone()));
            }
            Scrittura::UnitaOperativa(d, u) => {
                self.unita_operative.insert_mut((d.clone(), u.cod.clone()), Arc::new(u.clone()));
            }
            Scrittura::Conto(d, c) => {
                self.conti.insert_mut((d.clone(), c.iban.clone()), Arc::new(c.clone()));
            }
            Scrittura::TipoEntrata(e) => {
                self.tipi_entrata.insert_mut(e.cod.clone(), Arc::new(e.clone()));
            }
            Scrittura::Entrata(d, cod, e) => {
                self.entrate.insert_mut((d.clone(), cod.clone()), Arc::new(e.clone()));
            }
            Scrittura::TipoPendenza(t, _) => {
                self.tipi_pendenza.insert_mut(t.cod.clone(), Arc::new(t.clone()));
            }
            Scrittura::TipoPendenzaDominio(d, cod, t, _) => {
                self.tipi_pendenza_dominio.insert_mut((d.clone(), cod.clone()), Arc::new(t.clone()));
            }
            Scrittura::Utenza(u) => {
                self.utenze.insert_mut(u.principal.clone(), Arc::new(u.clone()));
            }
            Scrittura::RimuoviUtenza(principal) => {
                self.utenze.remove_mut(principal);
            }
            Scrittura::Applicazione(a) => self.applica_applicazione(a.clone()),
            Scrittura::Operatore(o) => {
                self.operatori.insert_mut(o.principal.clone(), Arc::new(o.clone()));
            }
            Scrittura::Ruolo(r) => {
                self.ruoli.insert_mut(r.cod.clone(), Arc::new(r.clone()));
            }
            Scrittura::Configurazione(blocco) => Arc::make_mut(&mut self.configurazione).metti((**blocco).clone()),
        }
    }

    /// An applicazione whose principal changed is no longer found by the old one.
    pub fn applica_applicazione(&mut self, applicazione: Applicazione) {
        if let Some(prima) = self.applicazioni.get(&applicazione.cod).map(|a| a.principal.clone()) {
            self.applicazione_per_principal.remove_mut(&prima);
        }
        self.applicazione_per_principal.insert_mut(applicazione.principal.clone(), applicazione.cod.clone());
        self.applicazioni.insert_mut(applicazione.cod.clone(), Arc::new(applicazione));
    }
}
