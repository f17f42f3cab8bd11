//! Evaluates expressions.

use std::sync::Arc;

use crate::builtin::{Chiamata, Modo};
use crate::errori::{Causa, Esito, Guasto, detto};
use crate::esecuzione::Esecutore;
use crate::espressioni::{Espr, Estremi, Operatore, Speciale, Tipo, Uso};
use crate::java;
use crate::limiti::TestoLimitato;
use crate::numero::Numero;
use crate::valori::{Genere, Mappa, Valore};

/// Characters of an expression quoted in an error.
const CITAZIONE_MAX: usize = 60;

impl Esecutore<'_> {
    fn citazione(&self, espr: &Espr) -> String {
        let testo = self.sorgente.get(espr.da as usize..espr.a as usize).unwrap_or_default();
        let unita: String = testo.split_whitespace().collect::<Vec<_>>().join(" ");
        if unita.chars().count() > CITAZIONE_MAX { unita.chars().take(CITAZIONE_MAX).chain("...".chars()).collect() } else { unita }
    }

    /// The value, which must be there.
    pub fn presente(&mut self, espr: &Espr) -> Esito<Valore> {
        match self.valuta(espr)? {
            Valore::Nullo => {
                Err(Guasto::mancante(format!("`{}` non ha valore: se può mancare si scrive `{}!\"\"`", self.citazione(espr), self.citazione(espr)))
                    .presso(espr.da))
            }
            valore => Ok(valore),
        }
    }

    pub fn vero(&mut self, espr: &Espr) -> Esito<bool> {
        match self.presente(espr)? {
            Valore::Booleano(b) => Ok(b),
            Valore::Riscontro(r) => Ok(r.intero),
            altro => Err(Guasto::detto(format!("`{}` dovrebbe essere vero o falso, invece è {}", self.citazione(espr), altro.genere())).presso(espr.da)),
        }
    }

    /// The value, [`Valore::Nullo`] when the last step of the path leads nowhere.
    pub fn valuta(&mut self, espr: &Espr) -> Esito<Valore> {
        self.ambiente.consumo.passi(1)?;
        self.valuta_tipo(espr).map_err(|g| g.presso(espr.da))
    }

    fn valuta_tipo(&mut self, espr: &Espr) -> Esito<Valore> {
        match &espr.tipo {
            Tipo::Testo(t) => Ok(Valore::Testo(Arc::clone(t))),
            Tipo::Composta(pezzi) => self.composta(pezzi),
            Tipo::Numero(n) => Ok(Valore::Numero(*n)),
            Tipo::Booleano(b) => Ok(Valore::Booleano(*b)),
            Tipo::Variabile(nome) => Ok(self.variabile(nome)),
            Tipo::Speciale(Speciale::Adesso) => Ok(Valore::istante(self.ambiente.adesso, Genere::DataOra)),
            Tipo::Speciale(Speciale::Lingua) => Ok(self.ambiente.lingua.codice().into()),
            Tipo::Punto(soggetto, nome) => {
                let soggetto = self.presente(soggetto)?;
                java::membro(&soggetto, nome)
            }
            Tipo::Indice(soggetto, indice) => self.indice(soggetto, indice),
            Tipo::Chiamata(funzione, argomenti) => self.chiamata(funzione, argomenti),
            Tipo::Builtin(soggetto, uso) => self.builtin(soggetto, uso),
            Tipo::Esiste(soggetto) => Ok((!self.tollerante(soggetto)?.nullo()).into()),
            Tipo::Predefinito(soggetto, altro) => match (self.tollerante(soggetto)?, altro) {
                (Valore::Nullo, Some(altro)) => self.valuta(altro),
                (Valore::Nullo, None) => Ok("".into()),
                (valore, _) => Ok(valore),
            },
            Tipo::Parentesi(dentro) => self.valuta(dentro),
            Tipo::Meno(e) | Tipo::Piu(e) => match self.presente(e)? {
                Valore::Numero(n) => Ok(Valore::Numero(if matches!(espr.tipo, Tipo::Meno(_)) { n.negato() } else { n })),
                altro => detto(format!("il segno davanti a {}: serve un numero", altro.genere())),
            },
            Tipo::Non(e) => Ok((!self.vero(e)?).into()),
            Tipo::Binario(operatore, sinistra, destra) => self.binario(*operatore, sinistra, destra),
            Tipo::Intervallo(estremi, da, a) => self.intervallo(*estremi, da, a.as_deref()),
            Tipo::Sequenza(elementi) => {
                let valori = elementi.iter().map(|e| self.presente(e)).collect::<Esito<Vec<_>>>()?;
                self.ambiente.nuova_sequenza(valori)
            }
            Tipo::Mappa(voci) => self.mappa(voci),
        }
    }

    /// For `??`, `!` and `?has_content`: parentheses forgive a missing step, their absence only a missing end.
    fn tollerante(&mut self, espr: &Espr) -> Esito<Valore> {
        match self.valuta(espr) {
            Err(Guasto { causa: Causa::Mancante(_), .. }) if matches!(espr.tipo, Tipo::Parentesi(_)) => Ok(Valore::Nullo),
            altro => altro,
        }
    }

    fn composta(&mut self, pezzi: &[Espr]) -> Esito<Valore> {
        let mut testo = TestoLimitato::nuovo(&self.ambiente.consumo);
        for pezzo in pezzi {
            let valore = self.presente(pezzo)?;
            testo.aggiungi(&self.ambiente.testo(&valore).map_err(|g| g.presso(pezzo.da))?)?;
        }
        self.ambiente.nuovo_testo(testo.fine())
    }

    fn mappa(&mut self, voci: &[(Espr, Espr)]) -> Esito<Valore> {
        let mut mappa = Mappa::nuova();
        for (chiave, valore) in voci {
            let Valore::Testo(nome) = self.presente(chiave)? else {
                return Err(Guasto::detto("la chiave di una mappa deve essere un testo").presso(chiave.da));
            };
            mappa.metti(nome, self.presente(valore)?);
        }
        self.ambiente.nuova_mappa(mappa)
    }

    fn chiamata(&mut self, funzione: &Espr, argomenti: &[Espr]) -> Esito<Valore> {
        let (soggetto, metodo) = match &funzione.tipo {
            Tipo::Punto(soggetto, nome) => (self.presente(soggetto)?, Arc::clone(nome)),
            _ => (self.presente(funzione)?, Arc::from("")),
        };
        let argomenti = argomenti.iter().map(|a| self.valuta(a)).collect::<Esito<Vec<_>>>()?;
        java::chiama(&mut self.ambiente, &soggetto, &metodo, &argomenti)
    }

    fn builtin(&mut self, soggetto: &Espr, uso: &Uso) -> Esito<Valore> {
        match uso.voce.modo {
            Modo::Funzione(funzione) => {
                let valore = self.presente(soggetto)?;
                let argomenti = uso.argomenti.iter().map(|a| self.presente(a)).collect::<Esito<Vec<_>>>()?;
                let mut chiamata = Chiamata { nome: uso.voce.nome, ambiente: &mut self.ambiente, argomenti: &argomenti, cache: &uso.cache };
                funzione(&mut chiamata, &valore)
            }
            Modo::HaContenuto => {
                let valore = self.tollerante(soggetto)?;
                Ok(java::ha_contenuto(&valore).into())
            }
            Modo::Esiste => Ok((!self.tollerante(soggetto)?.nullo()).into()),
            Modo::SeEsiste => Ok(match self.tollerante(soggetto)? {
                Valore::Nullo => "".into(),
                valore => valore,
            }),
            Modo::Predefinito => match self.tollerante(soggetto)? {
                Valore::Nullo => self.primo_presente(&uso.argomenti),
                valore => Ok(valore),
            },
            Modo::Allora => {
                let scelto = usize::from(!self.vero(soggetto)?);
                self.valuta(&uso.argomenti[scelto])
            }
            Modo::Ciclo(domanda) => {
                let Tipo::Variabile(nome) = &soggetto.tipo else { return detto("serve la variabile di un `<#list>`") };
                let Some(ciclo) = self.cicli.iter().rev().find(|c| c.variabile == *nome) else {
                    return detto(format!("`{nome}` non è la variabile di un `<#list>`"));
                };
                Ok(domanda(ciclo.indice, ciclo.quanti))
            }
        }
    }

    fn primo_presente(&mut self, espressioni: &[Espr]) -> Esito<Valore> {
        for espr in espressioni {
            let valore = self.valuta(espr)?;
            if !valore.nullo() {
                return Ok(valore);
            }
        }
        Ok(Valore::Nullo)
    }

    fn binario(&mut self, operatore: Operatore, sinistra: &Espr, destra: &Espr) -> Esito<Valore> {
        match operatore {
            Operatore::E => return Ok((self.vero(sinistra)? && self.vero(destra)?).into()),
            Operatore::Oppure => return Ok((self.vero(sinistra)? || self.vero(destra)?).into()),
            _ => {}
        }
        let (sinistra, destra) = (self.presente(sinistra)?, self.presente(destra)?);
        if matches!(operatore, Operatore::Somma | Operatore::Sottrazione | Operatore::Prodotto | Operatore::Divisione | Operatore::Resto) {
            return self.combina(operatore, &sinistra, &destra);
        }
        self.confronta(operatore, &sinistra, &destra).map(Valore::Booleano)
    }

    pub fn confronta(&mut self, operatore: Operatore, sinistra: &Valore, destra: &Valore) -> Esito<bool> {
        use std::cmp::Ordering::{Equal, Greater, Less};
        if let (Valore::Oggetto(o), _) | (_, Valore::Oggetto(o)) = (sinistra, destra) {
            self.ambiente.consumo.passi(o.costo())?;
        }
        let testo = |v: &Valore| match v {
            Valore::Testo(t) => Some(t.to_string()),
            Valore::Oggetto(o) => o.testo(),
            _ => None,
        };
        let solo_uguaglianza = matches!(operatore, Operatore::Uguale | Operatore::Diverso);
        let ordine = match (sinistra, destra) {
            (Valore::Numero(a), Valore::Numero(b)) => a.cmp(b),
            (Valore::Data(a), Valore::Data(b)) => a.istante.cmp(&b.istante),
            (Valore::Booleano(a), Valore::Booleano(b)) if solo_uguaglianza => a.cmp(b),
            (Valore::Riscontro(a), Valore::Booleano(b)) if solo_uguaglianza => a.intero.cmp(b),
            (Valore::Testo(a), Valore::Testo(b)) if solo_uguaglianza => a.cmp(b),
            _ => match (testo(sinistra), testo(destra)) {
                (Some(a), Some(b)) if solo_uguaglianza => a.cmp(&b),
                (Some(_), Some(_)) => return detto("due testi non si confrontano con `<` o `>`: se sono numeri si scrive `?number`"),
                _ => return detto(format!("non si può confrontare {} con {}", sinistra.genere(), destra.genere())),
            },
        };
        Ok(match operatore {
            Operatore::Diverso => ordine != Equal,
            Operatore::Minore => ordine == Less,
            Operatore::MinoreUguale => ordine != Greater,
            Operatore::Maggiore => ordine == Greater,
            Operatore::MaggioreUguale => ordine != Less,
            _ => ordine == Equal,
        })
    }

    pub fn combina(&mut self, operatore: Operatore, sinistra: &Valore, destra: &Valore) -> Esito<Valore> {
        match (sinistra, destra) {
            (Valore::Numero(a), Valore::Numero(b)) => calcola(operatore, *a, *b).map(Valore::Numero),
            (Valore::Nullo, _) | (_, Valore::Nullo) => Err(Guasto::mancante("operazione con un valore assente")),
            _ if operatore == Operatore::Somma => self.unisci(sinistra, destra),
            _ => detto(format!(
                "operazione aritmetica fra {} e {}: servono due numeri (un testo diventa numero con `?number`)",
                sinistra.genere(),
                destra.genere()
            )),
        }
    }

    fn unisci(&mut self, sinistra: &Valore, destra: &Valore) -> Esito<Valore> {
        match (sinistra, destra) {
            (Valore::Sequenza(a), Valore::Sequenza(b)) => {
                self.ambiente.consumo.elementi(a.elementi().len() + b.elementi().len())?;
                let uniti = a.elementi().iter().chain(b.elementi()).cloned().collect();
                Ok(Valore::sequenza(uniti))
            }
            (Valore::Mappa(a), Valore::Mappa(b)) => {
                self.ambiente.consumo.elementi(a.quante() + b.quante())?;
                let unite: Mappa = a.voci().chain(b.voci()).map(|(nome, valore)| (Arc::clone(nome), valore.clone())).collect();
                self.ambiente.nuova_mappa(unite)
            }
            _ => {
                let mut testo = TestoLimitato::nuovo(&self.ambiente.consumo);
                testo.aggiungi(&self.ambiente.testo(sinistra)?)?;
                testo.aggiungi(&self.ambiente.testo(destra)?)?;
                self.ambiente.nuovo_testo(testo.fine())
            }
        }
    }

    fn intero(&mut self, espr: &Espr) -> Esito<i64> {
        match self.presente(espr)? {
            Valore::Numero(n) => {
                n.come_i64().ok_or_else(|| Guasto::detto(format!("`{}` dovrebbe essere un numero intero", self.citazione(espr))).presso(espr.da))
            }
            altro => Err(Guasto::detto(format!("`{}` dovrebbe essere un numero intero, invece è {}", self.citazione(espr), altro.genere())).presso(espr.da)),
        }
    }

    fn intervallo(&mut self, estremi: Estremi, da: &Espr, a: Option<&Espr>) -> Esito<Valore> {
        let Some(a) = a else { return detto("un intervallo senza fine si usa soltanto tra parentesi quadre, come in `x[2..]`") };
        let (da, a) = (self.intero(da)?, self.intero(a)?);
        let numeri = numeri(estremi, da, a);
        self.ambiente.consumo.elementi(numeri.quanti())?;
        let elementi = numeri.collect::<Vec<_>>().into_iter().map(Valore::from).collect();
        Ok(Valore::sequenza(elementi))
    }

    fn indice(&mut self, soggetto: &Espr, indice: &Espr) -> Esito<Valore> {
        let valore = self.presente(soggetto)?;
        if let Tipo::Intervallo(estremi, da, a) = &indice.tipo {
            let da = self.intero(da)?;
            let a = a.as_deref().map(|a| self.intero(a)).transpose()?;
            return self.fetta(&valore, *estremi, da, a);
        }
        let chiave = self.presente(indice)?;
        match (&valore, &chiave) {
            (_, Valore::Testo(nome)) => java::membro(&valore, nome),
            (Valore::Testo(t), Valore::Numero(n)) => {
                self.ambiente.percorre(t.len())?;
                let carattere = n.come_i64().and_then(|i| usize::try_from(i).ok()).and_then(|i| t.chars().nth(i));
                match carattere {
                    Some(c) => self.ambiente.nuovo_testo(c),
                    None => detto("posizione fuori dal testo"),
                }
            }
            (Valore::Sequenza(_) | Valore::Riscontro(_), Valore::Numero(n)) => {
                let posto = n.come_i64().and_then(|i| usize::try_from(i).ok());
                Ok(posto.and_then(|i| crate::builtin::elementi(&valore).ok()?.get(i).cloned()).unwrap_or(Valore::Nullo))
            }
            (Valore::Oggetto(oggetto), Valore::Numero(_)) => oggetto.chiama("get", &[chiave]).map_err(|e| Guasto::detto(e.to_string())),
            _ => detto(format!("{} non si indicizza con {}", valore.genere(), chiave.genere())),
        }
    }

    fn fetta(&mut self, valore: &Valore, estremi: Estremi, da: i64, a: Option<i64>) -> Esito<Valore> {
        let lunghezza = match valore {
            Valore::Testo(t) => {
                self.ambiente.percorre(t.len())?;
                t.chars().count()
            }
            Valore::Sequenza(s) => s.elementi().len(),
            _ => return detto(format!("una fetta si prende da un testo o da una lista, non da {}", valore.genere())),
        };
        let lunghezza = i64::try_from(lunghezza).unwrap_or(i64::MAX);
        let (fine, estremi) = match (a, estremi) {
            (None, _) => (lunghezza, Estremi::Escluso),
            (Some(n), Estremi::Lunghezza) => (da.saturating_add(n.max(0)).min(lunghezza.max(da)), Estremi::Escluso),
            (Some(a), estremi) => (a, estremi),
        };
        let vuota = estremi == Estremi::Escluso && da == fine;
        if vuota && (0..=lunghezza).contains(&da) {
            return if matches!(valore, Valore::Testo(_)) { Ok("".into()) } else { self.ambiente.nuova_sequenza(Vec::new()) };
        }
        let ultimo = if estremi == Estremi::Escluso && !vuota { fine - (fine - da).signum() } else { fine };
        if !(0..lunghezza).contains(&da) || !(0..lunghezza).contains(&ultimo) {
            if ultimo == da - 1 && (0..=lunghezza).contains(&da) {
                return if matches!(valore, Valore::Testo(_)) { Ok("".into()) } else { self.ambiente.nuova_sequenza(Vec::new()) };
            }
            return detto(format!("la fetta va da {da} a {ultimo}, ma gli elementi sono {lunghezza}"));
        }
        let posti = numeri(Estremi::Compreso, da, ultimo);
        match valore {
            Valore::Testo(_) if ultimo == da - 1 => Ok("".into()),
            Valore::Testo(_) if ultimo < da => detto("una fetta di testo non può andare all'indietro"),
            Valore::Testo(t) => {
                let (da, quanti) = (usize::try_from(da).unwrap_or(0), posti.quanti());
                self.ambiente.nuovo_testo(t.chars().skip(da).take(quanti).collect::<String>())
            }
            Valore::Sequenza(s) => {
                let presi = posti.filter_map(|i| s.elementi().get(usize::try_from(i).ok()?).cloned()).collect();
                self.ambiente.nuova_sequenza(presi)
            }
            _ => Ok(Valore::Nullo),
        }
    }
}

fn calcola(operatore: Operatore, a: Numero, b: Numero) -> Esito<Numero> {
    let risultato = match operatore {
        Operatore::Somma => a.piu(b),
        Operatore::Sottrazione => a.meno(b),
        Operatore::Prodotto => a.per(b),
        Operatore::Divisione if b == Numero::ZERO => return detto("divisione per zero"),
        Operatore::Divisione => a.diviso(b),
        _ if b.tronco() == 0 => return detto("resto di una divisione per zero"),
        _ => a.resto(b),
    };
    risultato.ok_or_else(|| Guasto::detto("numero troppo grande: al massimo 38 cifre"))
}

/// Whole numbers going up or down.
struct Numeri {
    prossimo: i64,
    passo: i64,
    quanti: u64,
}

impl Numeri {
    fn quanti(&self) -> usize {
        usize::try_from(self.quanti).unwrap_or(usize::MAX)
    }
}

impl Iterator for Numeri {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        self.quanti = self.quanti.checked_sub(1)?;
        let questo = self.prossimo;
        self.prossimo = self.prossimo.saturating_add(self.passo);
        Some(questo)
    }
}

fn numeri(estremi: Estremi, da: i64, a: i64) -> Numeri {
    let distanza = a.abs_diff(da);
    let passo = if a < da { -1 } else { 1 };
    match estremi {
        Estremi::Compreso => Numeri { prossimo: da, passo, quanti: distanza.saturating_add(1) },
        Estremi::Escluso => Numeri { prossimo: da, passo, quanti: distanza },
        Estremi::Lunghezza => Numeri { prossimo: da, passo: if a < 0 { -1 } else { 1 }, quanti: a.unsigned_abs() },
    }
}
