//! Attachments travel as base64 inside JSON.

/// Standard alphabet, padding required, white space allowed anywhere because clients wrap lines. `None` for everything else.
pub(super) fn decodifica(testo: &str) -> Option<Vec<u8>> {
    let mut byte = Vec::with_capacity(testo.len() / 4 * 3);
    let (mut gruppo, mut caratteri, mut riempitivi) = (0_u32, 0_u8, 0_u8);
    for c in testo.bytes().filter(|c| !c.is_ascii_whitespace()) {
        if c == b'=' {
            riempitivi += 1;
            if riempitivi > 2 || caratteri < 2 {
                return None;
            }
            gruppo <<= 6;
        } else {
            // A character after padding would be a second message glued to the first.
            if riempitivi > 0 {
                return None;
            }
            gruppo = gruppo << 6 | u32::from(valore(c)?);
        }
        caratteri += 1;
        if caratteri == 4 {
            byte.extend_from_slice(&gruppo.to_be_bytes()[1..4 - usize::from(riempitivi)]);
            (gruppo, caratteri) = (0, 0);
        }
    }
    (caratteri == 0).then_some(byte)
}

const fn valore(c: u8) -> Option<u8> {
    match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
pub(super) fn codifica(byte: &[u8]) -> String {
    const ALFABETO: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut testo = String::new();
    for terna in byte.chunks(3) {
        let n = terna.iter().chain([0, 0].iter()).take(3).fold(0_u32, |n, b| n << 8 | u32::from(*b));
        for i in 0..4 {
            let indice = (n >> (18 - 6 * i)) as usize & 63;
            testo.push(if i <= terna.len() { char::from(ALFABETO[indice]) } else { '=' });
        }
    }
    testo
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The vectors of RFC 4648 section 10.
    #[test]
    fn i_vettori_della_rfc_4648() {
        for (testo, atteso) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"), ("Zm9vYmFy", "foobar")] {
            assert_eq!(decodifica(testo).as_deref(), Some(atteso.as_bytes()), "{testo}");
            assert_eq!(codifica(atteso.as_bytes()), testo);
        }
        assert_eq!(decodifica("Zm9v\r\nYmFy").as_deref(), Some(&b"foobar"[..]));
    }

    #[test]
    fn cio_che_non_e_base64_e_rifiutato() {
        for testo in ["Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zg==Zg==", "Zm9v=", "Zm-v", "Zm9v\u{e0}", "Zg=g"] {
            assert_eq!(decodifica(testo), None, "{testo}");
        }
    }

    proptest! {
        #[test]
        fn cio_che_e_scritto_si_rilegge(byte in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(decodifica(&codifica(&byte)), Some(byte));
        }
    }
}
