//! Runs the tree of nodes.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::albero::{Caso, Lista, Nodo};
use crate::ambiente::Ambiente;
use crate::builtin;
use crate::direttive::Assegnazione;
use crate::errori::{Causa, ErroreEsecuzione, Esito, Guasto, detto, posizione};
use crate::espressioni::{Espr, Operatore};
use crate::limiti::Limiti;
use crate::numero::Numero;
use crate::valori::{Mappa, Valore};

/// Names that a template may assign.
const VARIABILI_MAX: usize = 1000;

/// Where a list has got to.
pub(crate) struct Ciclo {
    pub variabile: Arc<str>,
    pub valore: Valore,
    seconda: Option<(Arc<str>, Valore)>,
    pub indice: usize,
    pub quanti: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flusso {
    Avanti,
    Interrompi,
    Prosegui,
}

pub(crate) struct Esecutore<'m> {
    pub sorgente: &'m str,
    radice: &'m Mappa,
    pub ambiente: Ambiente,
    variabili: HashMap<Arc<str>, Valore>,
    pub cicli: Vec<Ciclo>,
    uscita: String,
    /// Bytes of the output that block assignments have set aside.
    sospesa: usize,
}

/// What an execution leaves.
#[derive(Debug)]
pub struct Uscita {
    pub testo: String,
    /// What the template assigned, by name: some templates speak to the host this way (`contentTypePromemoria`).
    pub variabili: HashMap<Arc<str>, Valore>,
}

pub(crate) fn esegui(sorgente: &str, corpo: &[Nodo], radice: &Mappa, adesso: DateTime<Utc>, limiti: &Limiti) -> Result<Uscita, ErroreEsecuzione> {
    let mut esecutore = Esecutore {
        sorgente,
        radice,
        ambiente: Ambiente::nuovo(adesso, limiti),
        variabili: HashMap::new(),
        cicli: Vec::new(),
        uscita: String::new(),
        sospesa: 0,
    };
    match esecutore.nodi(corpo) {
        Ok(_) => Ok(Uscita { testo: esecutore.uscita, variabili: esecutore.variabili }),
        Err(guasto) => Err(esecutore.racconta(guasto)),
    }
}

impl Esecutore<'_> {
    fn racconta(&self, guasto: Guasto) -> ErroreEsecuzione {
        match guasto.causa {
            Causa::Stop(messaggio) => ErroreEsecuzione::Stop(messaggio),
            Causa::Esaurito(esaurito) => ErroreEsecuzione::Esaurito(esaurito),
            Causa::Detto(messaggio) | Causa::Mancante(messaggio) => {
                let (riga, colonna) = posizione(self.sorgente, guasto.dove.unwrap_or(0) as usize);
                ErroreEsecuzione::Esecuzione { riga, colonna, messaggio }
            }
        }
    }

    /// Loop variables first, the innermost before; then what was assigned; then the root.
    pub fn variabile(&self, nome: &str) -> Valore {
        for ciclo in self.cicli.iter().rev() {
            if &*ciclo.variabile == nome {
                return ciclo.valore.clone();
            }
            if let Some((_, valore)) = ciclo.seconda.as_ref().filter(|(seconda, _)| &**seconda == nome) {
                return valore.clone();
            }
            if let Some(resto) = nome.strip_prefix(&*ciclo.variabile) {
                match resto {
                    "_index" => return i64::try_from(ciclo.indice).unwrap_or(i64::MAX).into(),
                    "_has_next" => return (ciclo.indice + 1 < ciclo.quanti).into(),
                    _ => {}
                }
            }
        }
        self.variabili.get(nome).or_else(|| self.radice.leggi(nome)).cloned().unwrap_or(Valore::Nullo)
    }

    fn nodi(&mut self, nodi: &[Nodo]) -> Esito<Flusso> {
        for nodo in nodi {
            let flusso = self.nodo(nodo)?;
            if flusso != Flusso::Avanti {
                return Ok(flusso);
            }
        }
        Ok(Flusso::Avanti)
    }

    fn nodo(&mut self, nodo: &Nodo) -> Esito<Flusso> {
        self.ambiente.consumo.passi(1)?;
        match nodo {
            Nodo::Testo(testo) => self.scrivi(testo)?,
            Nodo::Interpola(espr) => self.interpola(espr)?,
            Nodo::Assegna(assegnazioni) => {
                for assegnazione in assegnazioni {
                    self.assegna(assegnazione)?;
                }
            }
            Nodo::AssegnaBlocco(nome, corpo) => self.assegna_blocco(nome, corpo)?,
            Nodo::Se(rami) => {
                for (condizione, corpo) in rami {
                    if condizione.as_ref().map_or(Ok(true), |c| self.vero(c))? {
                        return self.nodi(corpo);
                    }
                }
            }
            Nodo::Lista(lista) => return self.lista(lista),
            Nodo::Sep(corpo) => {
                if self.cicli.last().is_some_and(|c| c.indice + 1 < c.quanti) {
                    return self.nodi(corpo);
                }
            }
            Nodo::Interrompi => return Ok(Flusso::Interrompi),
            Nodo::Prosegui => return Ok(Flusso::Prosegui),
            Nodo::Imposta(nome, espr) => {
                let valore = self.presente(espr)?;
                self.ambiente.imposta(nome, &valore).map_err(|g| g.presso(espr.da))?;
            }
            Nodo::Stop(espr) => {
                let messaggio = match espr {
                    Some(espr) => self.testo_di(espr)?,
                    None => String::new(),
                };
                return Err(Guasto { causa: Causa::Stop(messaggio), dove: None });
            }
            Nodo::Scegli(espr, casi) => return self.scegli(espr, casi),
        }
        Ok(Flusso::Avanti)
    }

    fn scrivi(&mut self, testo: &str) -> Esito<()> {
        self.ambiente.consumo.uscita(self.sospesa + self.uscita.len() + testo.len())?;
        self.uscita.push_str(testo);
        Ok(())
    }

    fn interpola(&mut self, espr: &Espr) -> Esito<()> {
        let valore = self.presente(espr)?;
        if let Valore::Testo(testo) = &valore {
            return self.scrivi(testo);
        }
        let testo = self.ambiente.testo(&valore).map_err(|g| g.presso(espr.da))?.into_owned();
        self.scrivi(&testo)
    }

    fn testo_di(&mut self, espr: &Espr) -> Esito<String> {
        let valore = self.presente(espr)?;
        self.ambiente.testo(&valore).map(std::borrow::Cow::into_owned).map_err(|g| g.presso(espr.da))
    }

    fn metti(&mut self, nome: &str, valore: Valore) -> Esito<()> {
        if let Some(posto) = self.variabili.get_mut(nome) {
            *posto = valore;
            return Ok(());
        }
        if self.variabili.len() >= VARIABILI_MAX {
            return detto(format!("troppe variabili: al massimo {VARIABILI_MAX}"));
        }
        self.variabili.insert(nome.into(), valore);
        Ok(())
    }

    fn assegna(&mut self, assegnazione: &Assegnazione) -> Esito<()> {
        let Assegnazione { nome, operatore, espr } = assegnazione;
        let valore = match espr {
            Some(espr) => self.presente(espr)?,
            None => Valore::Numero(Numero::intero(1)),
        };
        let operazione = match operatore.as_bytes().first() {
            Some(b'=') => return self.metti(nome, valore),
            Some(b'+') => Operatore::Somma,
            Some(b'-') => Operatore::Sottrazione,
            Some(b'*') => Operatore::Prodotto,
            Some(b'/') => Operatore::Divisione,
            _ => Operatore::Resto,
        };
        let prima = self.variabile(nome);
        let nuovo = self.combina(operazione, &prima, &valore).map_err(|g| match espr {
            Some(espr) => g.presso(espr.da),
            None => g,
        })?;
        self.metti(nome, nuovo)
    }

    fn assegna_blocco(&mut self, nome: &str, corpo: &[Nodo]) -> Esito<()> {
        let fuori = std::mem::take(&mut self.uscita);
        self.sospesa += fuori.len();
        let esito = self.nodi(corpo);
        self.sospesa -= fuori.len();
        let catturato = std::mem::replace(&mut self.uscita, fuori);
        esito?;
        let valore = self.ambiente.nuovo_testo(catturato)?;
        self.metti(nome, valore)
    }

    fn lista(&mut self, lista: &Lista) -> Esito<Flusso> {
        let valore = self.presente(&lista.espr)?;
        let quanti = quanti(&valore, lista.seconda.is_some()).map_err(|g| g.presso(lista.espr.da))?;
        if quanti == 0 {
            return self.nodi(&lista.altrimenti);
        }
        for indice in 0..quanti {
            self.ambiente.consumo.passi(1)?;
            let (primo, secondo) = elemento(&valore, indice)?;
            let seconda = lista.seconda.clone().zip(secondo);
            self.cicli.push(Ciclo { variabile: Arc::clone(&lista.variabile), valore: primo, seconda, indice, quanti });
            let flusso = self.nodi(&lista.corpo)?;
            self.cicli.pop();
            if flusso == Flusso::Interrompi {
                break;
            }
        }
        Ok(Flusso::Avanti)
    }

    fn scegli(&mut self, espr: &Espr, casi: &[Caso]) -> Esito<Flusso> {
        let valore = self.presente(espr)?;
        let mut scelto = None;
        'ricerca: for (i, caso) in casi.iter().enumerate() {
            for atteso in &caso.valori {
                let candidato = self.presente(atteso)?;
                if self.confronta(Operatore::Uguale, &valore, &candidato).map_err(|g| g.presso(atteso.da))? {
                    scelto = Some(i);
                    break 'ricerca;
                }
            }
        }
        let da = scelto.or_else(|| casi.iter().position(|c| c.valori.is_empty()));
        for caso in casi.iter().skip(da.unwrap_or(casi.len())) {
            match self.nodi(&caso.corpo)? {
                Flusso::Avanti => {}
                Flusso::Interrompi => break,
                Flusso::Prosegui => return Ok(Flusso::Prosegui),
            }
        }
        Ok(Flusso::Avanti)
    }
}

fn quanti(valore: &Valore, a_coppie: bool) -> Esito<usize> {
    match (valore, a_coppie) {
        (Valore::Mappa(mappa), true) => Ok(mappa.quante()),
        (_, true) => detto(format!("`<#list ... as chiave, valore>` vuole una mappa, non {}", valore.genere())),
        (_, false) => Ok(builtin::elementi(valore)?.len()),
    }
}

/// The i-th element, or the i-th key with its value.
fn elemento(valore: &Valore, indice: usize) -> Esito<(Valore, Option<Valore>)> {
    match valore {
        Valore::Mappa(mappa) => Ok(mappa.voce(indice).map_or((Valore::Nullo, None), |(nome, valore)| (Valore::Testo(Arc::clone(nome)), Some(valore.clone())))),
        _ => Ok((builtin::elementi(valore)?.get(indice).cloned().unwrap_or(Valore::Nullo), None)),
    }
}
