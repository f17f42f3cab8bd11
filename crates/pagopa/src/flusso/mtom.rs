//! Answers with attachments (MTOM, XOP): the envelope is the first part, the document another one, in its own bytes.

use std::io::{BufRead, Write};

use super::Illeggibile;

/// Bytes of the envelope, once the document is outside of it. A list is all in there.
const BUSTA_BYTE_MAX: usize = 64 * 1024 * 1024;
/// Bytes of a line of headers, or of a boundary.
const RIGA_BYTE_MAX: usize = 1_024;
const RIGHE_MAX: usize = 50;
/// Parts beside the envelope.
const PARTI_MAX: usize = 10;

type Esito<T> = Result<T, Illeggibile>;

/// An answer of parts, opened after its envelope.
pub(super) struct Parti<R> {
    dentro: R,
    /// What stands between a part and the next, line end included.
    confine: Vec<u8>,
    pub busta: Vec<u8>,
}

fn guasto() -> Illeggibile {
    Illeggibile::nuovo("risposta con allegati non valida")
}

/// Whether the answer is made of parts: an XML document never begins so.
pub(super) fn a_parti(dentro: &mut impl BufRead) -> Esito<bool> {
    // One byte tells, however little comes at a time.
    Ok(dentro.fill_buf().map_err(Illeggibile::lettura)?.first() == Some(&b'-'))
}

impl<R: BufRead> Parti<R> {
    pub fn apri(dentro: R) -> Esito<Self> {
        let mut parti = Self { dentro, confine: Vec::new(), busta: Vec::new() };
        let prima = parti.riga()?;
        if prima.len() <= 2 {
            return Err(guasto());
        }
        parti.confine = [b"\r\n", prima.as_slice()].concat();
        parti.intestazioni()?;
        let mut busta = Limitata { dentro: Vec::new(), residuo: BUSTA_BYTE_MAX };
        parti.copia(&mut busta)?;
        parti.busta = busta.dentro;
        Ok(parti)
    }

    /// What the envelope refers to, if it refers to a part at all.
    pub fn riferimento(&self) -> Option<String> {
        let busta = String::from_utf8_lossy(&self.busta);
        let (_, dopo) = busta.split_once("Include")?;
        let (_, dopo) = dopo.split_once("href=")?;
        let virgolette = dopo.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let href = dopo.get(1..)?.split(virgolette).next()?;
        Some(decodifica(href.strip_prefix("cid:")?))
    }

    /// Copies the part of this name, and gives how many bytes it was.
    pub fn estrai(mut self, nome: &str, fuori: &mut impl Write) -> Esito<u64> {
        for _ in 0..PARTI_MAX {
            let resto = self.riga()?;
            if resto.starts_with(b"--") {
                break;
            }
            let sua = self.intestazioni()?.is_some_and(|id| id == nome);
            let quanti = if sua { self.copia(fuori)? } else { self.copia(&mut std::io::sink())? };
            if sua {
                return Ok(quanti);
            }
        }
        Err(Illeggibile::nuovo("l'allegato della risposta non c'e'"))
    }

    fn riga(&mut self) -> Esito<Vec<u8>> {
        let mut riga = Vec::new();
        let mut limitata = std::io::Read::take(&mut self.dentro, RIGA_BYTE_MAX as u64);
        limitata.read_until(b'\n', &mut riga).map_err(Illeggibile::lettura)?;
        if riga.pop() != Some(b'\n') {
            return Err(guasto());
        }
        if riga.last() == Some(&b'\r') {
            riga.pop();
        }
        Ok(riga)
    }

    /// Up to the empty line. Gives Content-ID without its angles. Bytes that are not as they are cannot be a document of ours.
    fn intestazioni(&mut self) -> Esito<Option<String>> {
        let mut id = None;
        for _ in 0..RIGHE_MAX {
            let riga = String::from_utf8(self.riga()?).map_err(|_| guasto())?;
            if riga.is_empty() {
                return Ok(id);
            }
            let Some((nome, valore)) = riga.split_once(':') else { continue };
            let valore = valore.trim();
            if nome.eq_ignore_ascii_case("content-id") {
                id = Some(valore.trim_start_matches('<').trim_end_matches('>').to_owned());
            }
            if nome.eq_ignore_ascii_case("content-transfer-encoding") && !["binary", "8bit", "7bit"].iter().any(|c| valore.eq_ignore_ascii_case(c)) {
                return Err(Illeggibile::nuovo("allegato della risposta in una codifica che non leggiamo"));
            }
        }
        Err(guasto())
    }

    /// Bytes up to the boundary, which is taken too, but for what follows it on its line.
    fn copia(&mut self, fuori: &mut impl Write) -> Esito<u64> {
        let (mut attesi, mut scritti): (Vec<u8>, u64) = (Vec::new(), 0);
        loop {
            let pronti = self.dentro.fill_buf().map_err(Illeggibile::lettura)?;
            if pronti.is_empty() {
                return Err(Illeggibile::interrotto());
            }
            let (prima, letti) = (attesi.len(), pronti.len());
            attesi.extend_from_slice(pronti);
            if let Some(dove) = attesi.windows(self.confine.len()).position(|f| f == self.confine) {
                fuori.write_all(&attesi[..dove]).map_err(Illeggibile::lettura)?;
                self.dentro.consume(dove + self.confine.len() - prima);
                return Ok(scritti + dove as u64);
            }
            self.dentro.consume(letti);
            let certi = attesi.len().saturating_sub(self.confine.len() - 1);
            fuori.write_all(&attesi[..certi]).map_err(Illeggibile::lettura)?;
            scritti += certi as u64;
            attesi.drain(..certi);
        }
    }
}

/// Memory for an envelope, and no more.
struct Limitata {
    dentro: Vec<u8>,
    residuo: usize,
}

impl Write for Limitata {
    fn write(&mut self, byte: &[u8]) -> std::io::Result<usize> {
        self.residuo = self.residuo.checked_sub(byte.len()).ok_or_else(|| std::io::Error::new(std::io::ErrorKind::InvalidData, "busta troppo lunga"))?;
        self.dentro.extend_from_slice(byte);
        Ok(byte.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// `%40` and the like.
fn decodifica(testo: &str) -> String {
    let mut byte = Vec::with_capacity(testo.len());
    let mut resto = testo.as_bytes();
    while let Some((primo, dopo)) = resto.split_first() {
        let cifre = dopo.get(..2).and_then(|c| std::str::from_utf8(c).ok()).and_then(|c| u8::from_str_radix(c, 16).ok());
        match cifre.filter(|_| *primo == b'%') {
            Some(b) => {
                byte.push(b);
                resto = &dopo[2..];
            }
            None => {
                byte.push(*primo);
                resto = dopo;
            }
        }
    }
    String::from_utf8_lossy(&byte).into_owned()
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::super::{Risposta, estrai_flusso, leggi_elenco};

    fn a_parti(dentro: &str, allegato: &[u8]) -> Vec<u8> {
        let busta = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:nodoChiediFlussoRendicontazioneRisposta xmlns:p=\"http://ws.pagamenti.telematici.gov/\"><xmlRendicontazione>{dentro}</xmlRendicontazione></p:nodoChiediFlussoRendicontazioneRisposta></s:Body></s:Envelope>"
        );
        let mut byte = format!(
            "--uuid:1\r\nContent-Type: application/xop+xml; charset=UTF-8\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <root@nodo>\r\n\r\n{busta}\r\n"
        )
        .into_bytes();
        byte.extend_from_slice(b"--uuid:1\r\nContent-ID: <altro@nodo>\r\n\r\nniente\r\n");
        byte.extend_from_slice(b"--uuid:1\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <doc-1@nodo>\r\n\r\n");
        byte.extend_from_slice(allegato);
        byte.extend_from_slice(b"\r\n--uuid:1--\r\n");
        byte
    }

    const INCLUDI: &str = "<xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:doc-1%40nodo\"/>";

    #[test]
    fn un_documento_allegato_esce_coi_suoi_byte() {
        let documento: Vec<u8> = (0..50_000_u32).flat_map(|n| [b'\r', b'\n', b'-', (n % 251) as u8]).collect();
        // However little comes at a time.
        for per_volta in [1, 7, 4_096] {
            let mut fuori = Vec::new();
            let risposta = a_parti(INCLUDI, &documento);
            let quanti = estrai_flusso(BufReader::with_capacity(per_volta, risposta.as_slice()), &mut fuori).expect("letta");
            assert_eq!((quanti, fuori.len()), (Risposta::Fatto(200_000), 200_000));
            assert!(fuori == documento);
        }
    }

    #[test]
    fn una_risposta_a_parti_puo_avere_il_documento_nella_busta() {
        let mut fuori = Vec::new();
        assert_eq!(estrai_flusso(a_parti("Y2lhbw==", b"x").as_slice(), &mut fuori).expect("letta"), Risposta::Fatto(4));
        assert_eq!(fuori, b"ciao");
    }

    #[test]
    fn cio_che_manca_si_dice() {
        let intera = a_parti(INCLUDI, b"documento");
        for fino in 1..intera.len() - 12 {
            assert!(estrai_flusso(&intera[..fino], &mut Vec::new()).is_err(), "{fino}");
        }
        let altrove = a_parti(&INCLUDI.replace("doc-1", "doc-2"), b"documento");
        assert_eq!(estrai_flusso(altrove.as_slice(), &mut Vec::new()).expect_err("manca").motivo, "l'allegato della risposta non c'e'");
        assert!(leggi_elenco(intera.as_slice()).is_err());
    }
}
