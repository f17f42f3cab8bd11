use std::collections::HashMap;

/// A configuration told by its hash, so that a cache does not hold a second copy of the secrets.
pub(crate) type Impronta = [u8; 32];

/// Each part goes with its length: `a` and `bc` are not `ab` and `c`.
pub(crate) fn impronta<'a>(parti: impl IntoIterator<Item = &'a [u8]>) -> Impronta {
    let mut somma = blake3::Hasher::new();
    for parte in parti {
        somma.update(&(parte.len() as u64).to_le_bytes());
        somma.update(parte);
    }
    *somma.finalize().as_bytes()
}

/// What is kept for each configuration, up to a number of them: past it, the one unused for longest is forgotten.
pub(crate) struct Memoria<T> {
    per_impronta: HashMap<Impronta, (T, u64)>,
    massimo: usize,
    turno: u64,
}

impl<T: Clone> Memoria<T> {
    pub(crate) fn nuova(massimo: usize) -> Self {
        Self { per_impronta: HashMap::new(), massimo, turno: 0 }
    }

    pub(crate) fn trova(&mut self, impronta: &Impronta) -> Option<T> {
        self.turno += 1;
        let (valore, uso) = self.per_impronta.get_mut(impronta)?;
        *uso = self.turno;
        Some(valore.clone())
    }

    pub(crate) fn metti(&mut self, impronta: Impronta, valore: T) {
        if !self.per_impronta.contains_key(&impronta)
            && self.per_impronta.len() >= self.massimo
            && let Some(vecchia) = self.per_impronta.iter().min_by_key(|(_, (_, uso))| *uso).map(|(i, _)| *i)
        {
            self.per_impronta.remove(&vecchia);
        }
        self.turno += 1;
        self.per_impronta.insert(impronta, (valore, self.turno));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn si_dimentica_cio_che_non_si_usa_da_piu_tempo() {
        let nome = |i: u8| impronta([[i].as_slice()]);
        let mut memoria = Memoria::nuova(3);
        for i in 0..3 {
            assert_eq!(memoria.trova(&nome(i)), None);
            memoria.metti(nome(i), i);
        }
        assert_eq!(memoria.trova(&nome(0)), Some(0));
        memoria.metti(nome(2), 20);
        memoria.metti(nome(3), 3);
        assert_eq!([0, 1, 2, 3].map(|i| memoria.trova(&nome(i))), [Some(0), None, Some(20), Some(3)]);
    }
}
