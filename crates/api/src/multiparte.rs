//! Bodies of kind `multipart/form-data` (RFC 7578), as far as one file needs: a whole body, already bounded, in memory.

/// Characters of a boundary (RFC 2046).
const CARATTERI_CONFINE_MAX: usize = 70;
/// Parts that are looked at.
const PARTI_MAX: usize = 20;

/// The bytes of the first part that is a file; where none says so, those of the first part.
pub fn primo_file<'a>(tipo: &str, corpo: &'a [u8]) -> Option<&'a [u8]> {
    let confine = confine(tipo)?;
    let parti: Vec<(&[u8], &[u8])> = parti(corpo, &confine);
    let file = parti.iter().find(|(intestazioni, _)| contiene(&intestazioni.to_ascii_lowercase(), b"filename"));
    file.or(parti.first()).map(|(_, contenuto)| *contenuto)
}

/// `boundary` of the content type, with or without quotes.
fn confine(tipo: &str) -> Option<String> {
    let parametri = tipo.split(';').skip(1);
    let valore = parametri.filter_map(|p| p.split_once('=')).find(|(n, _)| n.trim().eq_ignore_ascii_case("boundary"))?.1.trim();
    let valore = valore.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(valore);
    (!valore.is_empty() && valore.len() <= CARATTERI_CONFINE_MAX).then(|| format!("--{valore}"))
}

/// Headers and content of each part.
fn parti<'a>(corpo: &'a [u8], confine: &str) -> Vec<(&'a [u8], &'a [u8])> {
    let mut trovate = Vec::new();
    let Some(mut resto) = dopo(corpo, confine.as_bytes()) else { return trovate };
    let fine = format!("\r\n{confine}");
    while trovate.len() < PARTI_MAX && !resto.starts_with(b"--") {
        let Some(dove) = trova(resto, fine.as_bytes()) else { break };
        let parte = &resto[..dove];
        if let Some(vuota) = trova(parte, b"\r\n\r\n") {
            trovate.push((&parte[..vuota], &parte[vuota + 4..]));
        }
        resto = &resto[dove + fine.len()..];
    }
    trovate
}

fn trova(byte: &[u8], cercati: &[u8]) -> Option<usize> {
    byte.windows(cercati.len()).position(|f| f == cercati)
}

fn dopo<'a>(byte: &'a [u8], cercati: &[u8]) -> Option<&'a [u8]> {
    trova(byte, cercati).map(|dove| &byte[dove + cercati.len()..])
}

fn contiene(byte: &[u8], cercati: &[u8]) -> bool {
    trova(byte, cercati).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIPO: &str = "multipart/form-data; boundary=\"abc\"";

    #[test]
    fn il_file_si_trova_fra_i_campi() {
        let corpo = b"preambolo\r\n--abc\r\nContent-Disposition: form-data; name=\"nota\"\r\n\r\nciao\r\n--abc\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"rt.xml\"\r\nContent-Type: text/xml\r\n\r\n<a>\r\n\r\n</a>\r\n--abc--\r\n";
        assert_eq!(primo_file(TIPO, corpo), Some(&b"<a>\r\n\r\n</a>"[..]));
        let solo = b"--abc\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n<b/>\r\n--abc--";
        assert_eq!(primo_file("multipart/form-data; charset=utf-8; boundary=abc", solo), Some(&b"<b/>"[..]));
    }

    #[test]
    fn cio_che_non_e_un_modulo_non_ha_file() {
        let storti: [(&str, &[u8]); 7] = [
            ("multipart/form-data", b"--abc\r\n\r\nx\r\n--abc--"),
            ("multipart/form-data; boundary=", b"--\r\n\r\nx\r\n----"),
            (TIPO, b""),
            (TIPO, b"--abc--"),
            (TIPO, b"--abc\r\nsenza fine"),
            (TIPO, b"--abc\r\nsenza riga vuota\r\n--abc--"),
            (TIPO, b"--altro\r\n\r\nx\r\n--altro--"),
        ];
        for (tipo, corpo) in storti {
            assert_eq!(primo_file(tipo, corpo), None, "{tipo} {corpo:?}");
        }
    }
}
