use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// What was compiled from a text, by its content: a text that changes is another one. The oldest leave first.
pub(super) struct Memoria<T> {
    posti: usize,
    dentro: Mutex<Dentro<T>>,
}

struct Dentro<T> {
    voci: HashMap<blake3::Hash, Arc<T>>,
    ordine: VecDeque<blake3::Hash>,
}

impl<T> Memoria<T> {
    pub fn di(posti: usize) -> Self {
        Self { posti, dentro: Mutex::new(Dentro { voci: HashMap::new(), ordine: VecDeque::new() }) }
    }

    /// What is remembered of a text, else what `compila` makes of it. Two that compile the same text at once both do it, and one is kept.
    pub fn prendi<E>(&self, testo: &str, compila: impl FnOnce(&str) -> Result<T, E>) -> Result<Arc<T>, E> {
        let chiave = blake3::hash(testo.as_bytes());
        let noto = self.chiusa(|d| d.voci.get(&chiave).map(Arc::clone));
        if let Some(noto) = noto {
            return Ok(noto);
        }
        let compilato = Arc::new(compila(testo)?);
        self.chiusa(|d| {
            if d.voci.insert(chiave, Arc::clone(&compilato)).is_none() {
                d.ordine.push_back(chiave);
            }
            while d.ordine.len() > self.posti {
                if let Some(vecchia) = d.ordine.pop_front() {
                    d.voci.remove(&vecchia);
                }
            }
        });
        Ok(compilato)
    }

    fn chiusa<R>(&self, fa: impl FnOnce(&mut Dentro<T>) -> R) -> R {
        fa(&mut self.dentro.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn si_compila_una_volta_e_i_posti_sono_contati() {
        let memoria = Memoria::di(2);
        let mut volte = 0;
        let mut chiedi = |testo: &str| {
            memoria
                .prendi(testo, |t| {
                    volte += 1;
                    if t.is_empty() { Err("vuoto") } else { Ok(t.len()) }
                })
                .map(|n| *n)
        };
        assert_eq!([chiedi("a"), chiedi("bb"), chiedi("a"), chiedi("")], [Ok(1), Ok(2), Ok(1), Err("vuoto")]);
        // A third one takes the place of the first, which has to be compiled again.
        assert_eq!([chiedi("ccc"), chiedi("bb"), chiedi("a")], [Ok(3), Ok(2), Ok(1)]);
        assert_eq!(volte, 5);
        assert_eq!(memoria.chiusa(|d| (d.voci.len(), d.ordine.len())), (2, 2));
    }
}
