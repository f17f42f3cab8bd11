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
