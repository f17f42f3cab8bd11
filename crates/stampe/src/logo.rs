//! The logo of an ente: bytes of somebody else, looked at before they are trusted.

use krilla::image::Image;

/// Bytes of a logo. A logo is printed 2 cm high: more is a mistake, and would be in each of 100,000 PDFs.
pub const BYTE_LOGO_MASSIMI: usize = 1_048_576;

/// Pixels of a side: a small file may declare a picture that fills the memory.
pub const LATO_LOGO_MASSIMO: u32 = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoErrato {
    #[error("il logo non è un'immagine PNG o JPEG")]
    Formato,
    #[error("il logo supera {BYTE_LOGO_MASSIMI} byte")]
    Byte,
    #[error("il logo ha un lato di più di {LATO_LOGO_MASSIMO} pixel")]
    Lato,
    #[error("il logo non si può disegnare in un PDF/A")]
    NonDisegnabile,
}

/// Whether a logo can be printed. Draws it on a page of its own, so that what passes here is not left out later.
pub fn verifica_logo(byte: &[u8]) -> Result<(), LogoErrato> {
    let immagine = leggi(byte)?;
    let mut stampa = crate::foglio::Stampa::nuova();
    stampa.pagina(|f| {
        let stile = crate::foglio::Stile::nuovo(crate::caratteri::Peso::Normale, 10.0, crate::foglio::Colore(0, 0, 0));
        f.titolo(1, crate::foglio::Area::nuova(36.0, 36.0, 100.0, 20.0), stile, "Logo");
        f.immagine(crate::foglio::Area::nuova(36.0, 60.0, 100.0, 100.0), &immagine, "Logo");
    });
    let intestazione = crate::foglio::Intestazione { titolo: "Logo", autore: "Logo", identificativo: "logo", creato: chrono::DateTime::UNIX_EPOCH };
    stampa.chiudi(&intestazione).map(|_| ()).map_err(|_| LogoErrato::NonDisegnabile)
}

pub(crate) fn leggi(byte: &[u8]) -> Result<Image, LogoErrato> {
    if byte.len() > BYTE_LOGO_MASSIMI {
        return Err(LogoErrato::Byte);
    }
    let immagine = match byte {
        [0x89, b'P', b'N', b'G', ..] => Image::from_png(byte.to_vec().into(), false),
        [0xFF, 0xD8, 0xFF, ..] => Image::from_jpeg(byte.to_vec().into(), false),
        _ => return Err(LogoErrato::Formato),
    }
    .map_err(|_| LogoErrato::Formato)?;
    let (larghezza, altezza) = immagine.size();
    match (larghezza.min(altezza), larghezza.max(altezza)) {
        (0, _) => Err(LogoErrato::Formato),
        (_, lato) if lato > LATO_LOGO_MASSIMO => Err(LogoErrato::Lato),
        _ => Ok(immagine),
    }
}
