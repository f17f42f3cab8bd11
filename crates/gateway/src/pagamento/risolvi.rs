//! The pendenze that a payment names: found here, asked of their ente, made from a form, or given whole (spec/1 section 10.1).

use std::sync::Arc;

use codici::{IdDominio, Importo, NumeroAvviso};
use domain::anagrafica::{Anagrafica, Applicazione, Utenza};
use domain::chiamante::{Chi, Chiamante};
use domain::lettura::pagamento::Riferita;
use domain::pendenza::caricamento::Risolta;
use domain::pendenza::{NuovaPendenza, Pendenza, Preavvisi, Stato};
use domain::rifiuto::{Chiave, Codice};
use domain::{Rifiuto, Soggetto};
use store::bozze::Bozza;

use super::spontanea::come_inviata;
use super::{Avvio, Contesto};
use crate::modulo::{Blocco, Modulo, NonValida};
use crate::{Errore, Gateway};

/// A pendenza to be paid.
pub(crate) enum Trovata {
    /// It is in the archive.
    Archiviata(Box<Pendenza>),
    /// It will be.
    Nuova(Box<DaArchiviare>),
}

/// A good position that has no row yet.
pub(crate) struct DaArchiviare {
    pub nuova: NuovaPendenza,
    pub applicazione: Arc<Applicazione>,
    pub risolta: Risolta,
    /// When the debtor is to be written to.
    pub preavvisi: Preavvisi,
    /// Where it was kept, when a visitor made it: it has its number already.
    pub bozza: Option<Bozza>,
}

impl Trovata {
    pub fn dominio(&self) -> &IdDominio {
        match self {
            Self::Archiviata(p) => &p.dominio,
            Self::Nuova(n) => &n.nuova.dominio,
        }
    }

    pub fn importo(&self) -> Importo {
        match self {
            Self::Archiviata(p) => p.importo,
            Self::Nuova(n) => n.nuova.importo,
        }
    }

    pub fn chiave(&self) -> Chiave {
        match self {
            Self::Archiviata(p) => Chiave { id_a2a: p.id_a2a.clone(), id_pendenza: p.id_pendenza.clone() },
            Self::Nuova(n) => n.nuova.chiave(),
        }
    }

    pub fn nome(&self) -> String {
        match self {
            Self::Archiviata(p) => super::come_si_chiama(p.nome.as_ref(), &p.causale),
            Self::Nuova(n) => super::come_si_chiama(n.nuova.nome.as_ref(), &n.nuova.causale),
        }
    }

    fn unita_operativa(&self) -> Option<&str> {
        match self {
            Self::Archiviata(p) => p.unita_operativa.as_deref(),
            Self::Nuova(n) => n.nuova.unita_operativa.as_deref(),
        }
    }

    fn tipo_pendenza(&self) -> &str {
        match self {
            Self::Archiviata(p) => &p.tipo_pendenza,
            Self::Nuova(n) => &n.risolta.tipo_pendenza,
        }
    }
}

impl Gateway {
    pub(super) async fn trova_pendenze(&self, avvio: &Avvio, versante: Option<&Soggetto>) -> Result<Vec<Trovata>, Errore> {
        let mut trovate = Vec::with_capacity(avvio.nuovo.pendenze.len());
        for riferita in &avvio.nuovo.pendenze {
            let trovata = self.trova(avvio, riferita, versante).await?;
            self.controlla(&avvio.chiamante, &trovata)?;
            trovate.push(trovata);
        }
        Ok(trovate)
    }

    async fn trova(&self, avvio: &Avvio, riferita: &Riferita, versante: Option<&Soggetto>) -> Result<Trovata, Errore> {
        match riferita {
            Riferita::Intera(nuova) => self.intera(avvio, (**nuova).clone(), None, versante).await,
            Riferita::A2a { id_a2a, id_pendenza } => self.per_riferimento(avvio, id_a2a, id_pendenza, versante).await,
            Riferita::Avviso { dominio, numero, id_debitore } => self.per_avviso(avvio, dominio, numero, id_debitore.as_deref()).await,
            Riferita::Modello4 { dominio, tipo_pendenza, unita_operativa, dati } => {
                let modulo = modulo(dominio, tipo_pendenza, unita_operativa.as_deref(), dati, &avvio.contesto, NonValida::Val003);
                // Told in the codes of this operation (spec/1 section 4.2), not as a path that is not there.
                dominio_e_tipo(&self.istantanea.attuale(), dominio, tipo_pendenza)?;
                let nuova = self.compila_modulo(modulo).await?;
                self.intera(avvio, nuova, None, versante).await
            }
        }
    }

    /// What is given whole, made from a form or kept in the session is a spontaneo: of a citizen for itself, unless the tipo pendenza lets it pay for others.
    async fn intera(&self, avvio: &Avvio, nuova: NuovaPendenza, bozza: Option<Bozza>, versante: Option<&Soggetto>) -> Result<Trovata, Errore> {
        let (applicazione, utenza) = self.proprietario(&nuova.id_a2a).await?;
        let (anagrafica, risolta) = self.risolvi(&nuova, &applicazione, &utenza).await?;
        let preavvisi = self.preavvisi(&nuova.dominio, &risolta, &anagrafica).await?;
        per_se_stesso(&avvio.chiamante.chi, &nuova, &risolta, versante, &anagrafica)?;
        Ok(Trovata::Nuova(Box::new(DaArchiviare { nuova, applicazione, risolta, preavvisi, bozza })))
    }

    /// What the session made: as it is in the archive, when it is there and the visitor has not filled in its form again since. What was paid or
    /// annulled there is not changed by a form.
    async fn di_sessione(&self, avvio: &Avvio, bozza: Bozza, versante: Option<&Soggetto>) -> Result<Trovata, Errore> {
        let archiviata = self.archiviata(&bozza).await?;
        let rifatta = bozza.pendenza.data_ultimo_aggiornamento;
        let da_fare = self.intera(avvio, come_inviata(&bozza), Some(bozza), versante).await?;
        let com_e = archiviata.filter(|p| p.stato != Stato::NonEseguito || p.data_ultimo_aggiornamento >= rifatta);
        Ok(com_e.map_or(da_fare, |p| Trovata::Archiviata(Box::new(p))))
    }

    async fn per_riferimento(&self, avvio: &Avvio, id_a2a: &str, id_pendenza: &str, versante: Option<&Soggetto>) -> Result<Trovata, Errore> {
        if matches!(avvio.chiamante.chi, Chi::Cittadino(_) | Chi::Anonimo)
            && let Some(bozza) = self.bozza(avvio.sessione.as_ref(), id_a2a, id_pendenza).await?
        {
            return self.di_sessione(avvio, bozza, versante).await;
        }
        let (applicazione, utenza) = self.proprietario(id_a2a).await?;
        if !utenza.abilitata {
            return Err(Rifiuto::from(Codice::App001 { id_a2a: applicazione.cod.clone() }).into());
        }
        let pendenza = self.pendenza_da_riferimento(id_a2a, id_pendenza).await?;
        Ok(Trovata::Archiviata(Box::new(pendenza)))
    }

    async fn per_avviso(&self, avvio: &Avvio, dominio: &IdDominio, numero: &NumeroAvviso, debitore: Option<&str>) -> Result<Trovata, Errore> {
        let anagrafica = self.istantanea.attuale();
        match anagrafica.dominio(dominio) {
            None => return Err(Rifiuto::from(Codice::Dom000 { dominio: dominio.to_string() }).into()),
            Some(d) if !d.abilitato => return Err(Rifiuto::from(Codice::Dom001 { dominio: dominio.to_string() }).into()),
            Some(_) => {}
        }
        // A visitor knows its own by the number too.
        if let Some(bozza) = self.bozza_per_avviso(avvio.sessione.as_ref(), dominio, numero).await? {
            return self.di_sessione(avvio, bozza, None).await;
        }
        let pendenza = self.pendenza_da_avviso(dominio, numero).await?;
        let nomina = debitore.is_some_and(|d| d.eq_ignore_ascii_case(pendenza.debitore.identificativo()));
        if matches!(avvio.chiamante.chi, Chi::Anonimo) && self.impostazioni.anonimi_nominano_debitore && !nomina {
            let testo = "Utenza non autorizzata, il codice fiscale del debitore non corrisponde a quello indicato nella pendenza.";
            return Err(Rifiuto::NonAutorizzato(testo.to_owned()).into());
        }
        Ok(Trovata::Archiviata(Box::new(pendenza)))
    }

    /// The application of a code, with its login (APP_000).
    pub(crate) async fn proprietario(&self, id_a2a: &str) -> Result<(Arc<Applicazione>, Arc<Utenza>), Errore> {
        let gestore = self.gestore(id_a2a).await?;
        let gestore = gestore.ok_or_else(|| Rifiuto::from(Codice::App000 { id_a2a: id_a2a.to_owned() }))?;
        Ok((gestore.applicazione, gestore.utenza))
    }

    /// Whether the caller may pay it, and whether it can be paid where it belongs.
    fn controlla(&self, chiamante: &Chiamante, trovata: &Trovata) -> Result<(), Rifiuto> {
        let (dominio, uo) = (trovata.dominio(), trovata.unita_operativa());
        if !chiamante.utenza.su_uo(dominio, uo) || !chiamante.utenza.su_tipo(trovata.tipo_pendenza()) {
            let id_a2a = chiamante.applicazione().map_or_else(|_| chiamante.utenza.principal.clone(), |a| a.cod.clone());
            return Err(Codice::App003 { id_a2a, chiave: trovata.chiave() }.into());
        }
        let anagrafica = self.istantanea.attuale();
        if let Some(uo) = uo
            && anagrafica.unita_operativa(dominio, uo).is_some_and(|u| !u.abilitata)
        {
            return Err(Codice::Uop001 { unita_operativa: uo.to_owned(), dominio: dominio.to_string() }.into());
        }
        if anagrafica.dominio(dominio).is_some_and(|d| !d.abilitato) {
            return Err(Codice::Dom001 { dominio: dominio.to_string() }.into());
        }
        Ok(())
    }
}

/// CIT_003 and CIT_004.
fn per_se_stesso(chi: &Chi, nuova: &NuovaPendenza, risolta: &Risolta, versante: Option<&Soggetto>, anagrafica: &Anagrafica) -> Result<(), Rifiuto> {
    let Chi::Cittadino(c) = chi else { return Ok(()) };
    let proprio = anagrafica.tipi_pendenza_dominio.get(&(nuova.dominio.clone(), risolta.tipo_pendenza.clone())).and_then(|t| t.paga_terzi);
    if proprio.or_else(|| anagrafica.tipi_pendenza.get(&risolta.tipo_pendenza).map(|t| t.paga_terzi)) == Some(true) {
        return Ok(());
    }
    let (cittadino, chiave) = (c.codice_fiscale.clone(), nuova.chiave());
    let e_lui = |s: &Soggetto| s.identificativo().eq_ignore_ascii_case(&cittadino);
    let debitore = Soggetto::debitore(nuova.soggetto_pagatore.clone());
    if !e_lui(&debitore) {
        return Err(Codice::Cit003 { altro: debitore.identificativo().to_owned(), cittadino, chiave }.into());
    }
    match versante.filter(|v| !e_lui(v)) {
        Some(altro) => Err(Codice::Cit004 { altro: altro.identificativo().to_owned(), cittadino, chiave }.into()),
        None => Ok(()),
    }
}

fn dominio_e_tipo(anagrafica: &Anagrafica, dominio: &IdDominio, tipo: &str) -> Result<(), Rifiuto> {
    if anagrafica.dominio(dominio).is_none() {
        return Err(Codice::Dom000 { dominio: dominio.to_string() }.into());
    }
    if anagrafica.usi_tipo(dominio, tipo).is_none() {
        return Err(Codice::Tvd000 { tipo: tipo.to_owned(), dominio: dominio.to_string() }.into());
    }
    Ok(())
}

/// A form with the request that brought it.
pub(super) fn modulo(dominio: &IdDominio, tipo: &str, unita: Option<&str>, corpo: &str, contesto: &Contesto, non_valida: NonValida) -> Modulo {
    Modulo {
        dominio: dominio.clone(),
        tipo_pendenza: tipo.to_owned(),
        unita_operativa: unita.map(str::to_owned),
        blocco: Blocco::Pagamento,
        corpo: corpo.to_owned(),
        intestazioni: contesto.intestazioni.clone(),
        parametri: contesto.parametri.clone(),
        segmenti: contesto.segmenti.clone(),
        indirizzo: contesto.indirizzo.clone(),
        id_transazione: contesto.id_transazione.clone(),
        non_valida,
    }
}
