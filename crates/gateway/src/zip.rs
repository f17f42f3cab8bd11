//! A zip written as it goes, entries stored as they are: only the directory of names is kept until the end.
//!
//! Every entry is whole in memory when it is written, so that its length and sum stand before it and any reader can follow the stream.

/// An archive being written.
#[derive(Default)]
pub struct Zip {
    voci: Vec<Voce>,
    scritti: u64,
}

struct Voce {
    nome: String,
    crc: u32,
    byte: u32,
    da: u32,
}

/// Beyond this the format asks for other records (zip64), which not every reader knows.
const BYTE_MAX: u64 = u32::MAX as u64;
const VOCI_MAX: usize = u16::MAX as usize;
/// Version 2.0; names are UTF-8.
const VERSIONE: u16 = 20;
const UTF8: u16 = 1 << 11;
/// 1980-01-01, the first day that the format knows: the same content gives the same bytes.
const DATA: u16 = 0x21;

impl Zip {
    /// Bytes of an entry. `None`: the archive would grow beyond what the format holds.
    pub fn voce(&mut self, nome: &str, contenuto: &[u8]) -> Option<Vec<u8>> {
        let testata = 30 + nome.len() as u64;
        let dopo = self.scritti + testata + contenuto.len() as u64;
        if dopo > BYTE_MAX || self.voci.len() >= VOCI_MAX {
            return None;
        }
        let voce = Voce { nome: nome.to_owned(), crc: crc32(contenuto), byte: u32::try_from(contenuto.len()).ok()?, da: u32::try_from(self.scritti).ok()? };
        let mut byte = Vec::with_capacity(usize::try_from(testata).ok()? + contenuto.len());
        byte.extend(0x0403_4b50_u32.to_le_bytes());
        comune(&mut byte, &voce);
        byte.extend(0_u16.to_le_bytes());
        byte.extend(voce.nome.as_bytes());
        byte.extend(contenuto);
        self.scritti = dopo;
        self.voci.push(voce);
        Some(byte)
    }

    /// The directory, which ends the archive.
    pub fn fine(self) -> Vec<u8> {
        let mut byte = Vec::new();
        for voce in &self.voci {
            byte.extend(0x0201_4b50_u32.to_le_bytes());
            byte.extend(VERSIONE.to_le_bytes());
            comune(&mut byte, voce);
            // Extra field, comment, disk, internal and external attributes: two bytes each, four the last.
            byte.extend([0; 12]);
            byte.extend(voce.da.to_le_bytes());
            byte.extend(voce.nome.as_bytes());
        }
        let quante = u16::try_from(self.voci.len()).unwrap_or(u16::MAX);
        let lungo = u32::try_from(byte.len()).unwrap_or(u32::MAX);
        byte.extend(0x0605_4b50_u32.to_le_bytes());
        byte.extend([0; 4]);
        byte.extend(quante.to_le_bytes());
        byte.extend(quante.to_le_bytes());
        byte.extend(lungo.to_le_bytes());
        byte.extend(u32::try_from(self.scritti).unwrap_or(u32::MAX).to_le_bytes());
        byte.extend([0; 2]);
        byte
    }
}

/// What the header of an entry and its line in the directory have alike, from the version needed to the length of the name.
fn comune(byte: &mut Vec<u8>, voce: &Voce) {
    byte.extend(VERSIONE.to_le_bytes());
    byte.extend(UTF8.to_le_bytes());
    // Stored; midnight.
    byte.extend([0; 4]);
    byte.extend(DATA.to_le_bytes());
    byte.extend(voce.crc.to_le_bytes());
    byte.extend(voce.byte.to_le_bytes());
    byte.extend(voce.byte.to_le_bytes());
    byte.extend(u16::try_from(voce.nome.len()).unwrap_or(u16::MAX).to_le_bytes());
}

fn crc32(byte: &[u8]) -> u32 {
    !byte.iter().fold(u32::MAX, |crc, b| (crc >> 8) ^ TAVOLA[((crc ^ u32::from(*b)) & 0xff) as usize])
}

const TAVOLA: [u32; 256] = {
    let mut tavola = [0; 256];
    let mut n = 0;
    while n < 256 {
        let (mut resto, mut bit) = (n as u32, 0);
        while bit < 8 {
            resto = if resto & 1 == 1 { (resto >> 1) ^ 0xedb8_8320 } else { resto >> 1 };
            bit += 1;
        }
        tavola[n] = resto;
        n += 1;
    }
    tavola
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_somma_di_controllo_e_quella_nota() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn l_archivio_ha_le_lunghezze_del_formato() {
        let mut zip = Zip::default();
        let mut byte = zip.voce("a.txt", b"ciao").expect("ci sta");
        assert_eq!(byte.len(), 30 + 5 + 4);
        byte.extend(zip.voce("b.txt", b"").expect("ci sta"));
        let indice = byte.len();
        byte.extend(zip.fine());
        assert_eq!(byte.len() - indice, 2 * (46 + 5) + 22);
        let fine = &byte[byte.len() - 22..];
        assert_eq!(&fine[..4], b"PK\x05\x06");
        assert_eq!(u32::from_le_bytes(fine[16..20].try_into().expect("quattro byte")) as usize, indice);
        assert_eq!(&byte[indice..indice + 4], b"PK\x01\x02");
    }
}
