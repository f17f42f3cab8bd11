//! Who sees what of API Pagamento (spec/1 sections 10.4, 10.6, 10.8 and 14).

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use crate::Rifiuto;
use crate::chiamante::{Ambito, Chi, Chiamante, Cittadino};
use crate::pagamento::Pagamento;
use crate::pendenza::Pendenza;
use crate::pendenza::caricamento::UO_ENTE;

/// Now, and how long whoever is nobody finds its own again.
#[derive(Clone, Copy, Debug)]
pub struct Finestra {
    pub adesso: DateTime<Utc>,
    pub durata: Duration,
}

impl Finestra {
    #[must_use]
    pub fn aperta(&self, da: DateTime<Utc>) -> bool {
        self.adesso - da <= self.durata
    }
}

/// Whose names the caller reads in what others wrote of a payment (spec/1 section 10.4).
#[derive(Clone)]
pub enum Nomi {
    Tutti,
    /// Its own alone, as the one who pays.
    Propri(Arc<Cittadino>),
    Nessuno,
}

impl Nomi {
    #[must_use]
    pub fn visti_da(chi: &Chi) -> Self {
        match chi {
            Chi::Applicazione(_) | Chi::Operatore(_) => Self::Tutti,
            Chi::Cittadino(c) => Self::Propri(Arc::clone(c)),
            Chi::Anonimo => Self::Nessuno,
        }
    }
}

/// An applicazione sees what is within its domini, unità operative and tipi, whoever owns it; a citizen what it owes.
pub fn pendenza(chi: &Chiamante, p: &Pendenza) -> Result<(), Rifiuto> {
    match &chi.chi {
        Chi::Applicazione(_) | Chi::Operatore(_) => nell_ambito(chi, p),
        Chi::Cittadino(_) if del_debitore(chi, p) => Ok(()),
        Chi::Cittadino(_) => Err(chi.non_autorizzato_perche("la pendenza non appartiene al cittadino chiamante")),
        Chi::Anonimo => Err(chi.non_autorizzato(Ambito::default())),
    }
}

fn nell_ambito(chi: &Chiamante, p: &Pendenza) -> Result<(), Rifiuto> {
    let uo = p.unita_operativa.as_deref();
    if chi.utenza.su_uo(&p.dominio, Some(uo.unwrap_or(UO_ENTE))) && chi.utenza.su_tipo(&p.tipo_pendenza) {
        return Ok(());
    }
    Err(chi.non_autorizzato(Ambito { dominio: Some(p.dominio.as_str()), unita_operativa: uo, tipo_pendenza: Some(&p.tipo_pendenza) }))
}

/// An attempt that no portal started is shown to whoever knows its key; one that a portal started, to who started it.
pub fn transazione(chi: &Chiamante, p: &Pendenza, pagamento: Option<&Pagamento>, finestra: Finestra) -> Result<(), Rifiuto> {
    let Some(pagamento) = pagamento else { return Ok(()) };
    match &chi.chi {
        Chi::Applicazione(a) if pagamento.applicazione.as_deref() == Some(&a.cod) => Ok(()),
        Chi::Applicazione(_) => Err(chi.non_autorizzato_perche("la transazione riferisce un pagamento che non appartiene all'applicazione chiamante")),
        Chi::Cittadino(_) if del_debitore(chi, p) || del_versante(chi, pagamento) => Ok(()),
        Chi::Cittadino(_) => Err(chi.non_autorizzato_perche("la transazione riferisce un pagamento che non appartiene al cittadino chiamante")),
        Chi::Anonimo if pagamento.di_anonimo() && finestra.aperta(pagamento.data_richiesta) => Ok(()),
        Chi::Anonimo | Chi::Operatore(_) => Err(chi.non_autorizzato(Ambito::default())),
    }
}

/// A receipt: of the owner of the position, of its debtor, or of the session that made it while it is fresh.
pub fn ricevuta(chi: &Chiamante, p: &Pendenza, in_sessione: bool, giunta: DateTime<Utc>, finestra: Finestra) -> Result<(), Rifiuto> {
    match &chi.chi {
        Chi::Applicazione(a) if p.id_a2a == a.cod => Ok(()),
        Chi::Applicazione(_) => Err(chi.non_autorizzato_perche("la ricevuta riferisce una pendenza che non appartiene all'applicazione chiamante")),
        Chi::Cittadino(_) if del_debitore(chi, p) => Ok(()),
        Chi::Cittadino(_) => Err(chi.non_autorizzato_perche("la ricevuta riferisce una pendenza che non appartiene al cittadino chiamante")),
        Chi::Anonimo if in_sessione && finestra.aperta(giunta) => Ok(()),
        Chi::Anonimo | Chi::Operatore(_) => Err(chi.non_autorizzato(Ambito::default())),
    }
}

/// Fiscal codes are compared without case.
fn del_debitore(chi: &Chiamante, p: &Pendenza) -> bool {
    chi.utenza.principal.eq_ignore_ascii_case(p.debitore.identificativo())
}

fn del_versante(chi: &Chiamante, p: &Pagamento) -> bool {
    p.versante.as_ref().is_some_and(|v| chi.utenza.principal.eq_ignore_ascii_case(v.identificativo()))
}

/// Whoever is nobody names the debtor of what it asks for, where the installation wants so.
pub fn debitore_nominato(chi: &Chiamante, p: &Pendenza, nominato: Option<&str>) -> Result<(), Rifiuto> {
    if !matches!(chi.chi, Chi::Anonimo) || nominato.is_some_and(|n| n.eq_ignore_ascii_case(p.debitore.identificativo())) {
        return Ok(());
    }
    let testo = "Utenza non autorizzata, il codice fiscale del debitore non corrisponde a quello indicato nella pendenza.";
    Err(Rifiuto::NonAutorizzato(testo.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use indexmap::{IndexMap, IndexSet};

    use super::*;
    use crate::anagrafica::{AmbitoUo, Applicazione, Utenza};
    use crate::chiamante::Cittadino;
    use crate::pendenza::prova;

    const GRETA: &str = "VLNGRT75C52F205X";

    fn cittadino(cf: &str) -> Chiamante {
        Chiamante::cittadino(Cittadino { codice_fiscale: cf.to_owned(), nome: None, email: None })
    }

    fn applicazione(cod: &str, domini: Option<AmbitoUo>, tipi: Option<&str>) -> Chiamante {
        let mut utenza = Utenza::piena(cod, None, &[]);
        utenza.domini = domini.map(|a| IndexMap::from([(prova::pendenza(&[1]).dominio, a)]));
        utenza.tipi_pendenza = tipi.map(|t| IndexSet::from([t.to_owned()]));
        Chiamante::nuovo(Arc::new(utenza), Chi::Applicazione(Arc::new(Applicazione::nuova(cod, cod))), Vec::new())
    }

    fn di_greta() -> Pendenza {
        let mut p = prova::pendenza(&[100]);
        p.debitore.identificativo = Some(GRETA.to_lowercase());
        p
    }

    #[test]
    fn una_pendenza_si_vede_nell_ambito_o_da_debitori() {
        let solo = |uo: &str| Some(AmbitoUo::Solo(IndexSet::from([uo.to_owned()])));
        for (chi, atteso) in [
            (applicazione("ALTRA", None, None), true),
            (applicazione("ALTRA", solo(UO_ENTE), Some("TARI")), true),
            (applicazione("ALTRA", solo("UFF"), None), false),
            (applicazione("DEMO", None, Some("MENSA")), false),
            (cittadino(GRETA), true),
            (cittadino("BNCCRD80A01F205Z"), false),
            (Chiamante::anonimo(), false),
        ] {
            assert_eq!(pendenza(&chi, &di_greta()).is_ok(), atteso, "{chi:?}");
        }
        let atteso = "Applicazione [DEMO] non autorizzata ad accedere alla risorsa richiesta per il Dominio [12345678901] e per il TipoPendenza [TARI].";
        assert_eq!(pendenza(&applicazione("DEMO", None, Some("MENSA")), &di_greta()), Err(Rifiuto::NonAutorizzato(atteso.to_owned())));
    }

    #[test]
    fn una_ricevuta_e_del_proprietario_del_debitore_o_della_sessione_finche_e_fresca() {
        let adesso: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().expect("istante");
        let finestra = Finestra { adesso, durata: Duration::minutes(60) };
        let vede = |chi: &Chiamante, in_sessione, minuti| ricevuta(chi, &di_greta(), in_sessione, adesso - Duration::minutes(minuti), finestra).is_ok();
        assert!(
            vede(&applicazione("DEMO", Some(AmbitoUo::Solo(IndexSet::new())), Some("ALTRO")), false, 1_000),
            "il proprietario, qualunque sia il suo ambito"
        );
        assert!(!vede(&applicazione("ALTRA", None, None), true, 1));
        assert!(vede(&cittadino(GRETA), false, 1_000) && !vede(&cittadino("BNCCRD80A01F205Z"), true, 1));
        assert!(vede(&Chiamante::anonimo(), true, 60) && !vede(&Chiamante::anonimo(), true, 61) && !vede(&Chiamante::anonimo(), false, 1));
    }

    #[test]
    fn solo_chi_non_ha_un_nome_deve_nominare_il_debitore() {
        for (chi, nominato, atteso) in [
            (Chiamante::anonimo(), None, false),
            (Chiamante::anonimo(), Some("ALTRO"), false),
            (Chiamante::anonimo(), Some(GRETA), true),
            (cittadino("BNCCRD80A01F205Z"), None, true),
        ] {
            assert_eq!(debitore_nominato(&chi, &di_greta(), nominato).is_ok(), atteso);
        }
    }
}
