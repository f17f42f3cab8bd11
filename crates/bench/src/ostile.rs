//! Hostile requests, many of them: memory after ten thousand is compared with memory after one thousand.

use anyhow::{Result, ensure};

use crate::http::Connessione;
use crate::processo::Fiorino;

const PRIMA: usize = 1_000;
const DOPO: usize = 10_000;
/// The aim: the program does not keep what it refused.
const CRESCITA_MB_MAX: u64 = 20;

/// Prints both figures. Every request must be answered, and none with success.
pub async fn misura(f: &Fiorino) -> Result<()> {
    let corpi = corpi();
    let mut c = Connessione::apri(f.indirizzo).await?;
    let mut memoria = [0, 0];
    for n in 1..=DOPO {
        let (soap, corpo) = &corpi[n % corpi.len()];
        let risposta = if *soap { c.soap(corpo).await } else { c.put_pendenza("DEMO", &format!("O{n}"), corpo).await };
        match risposta {
            Ok(r) => ensure!(r.stato >= 400 || r.corpo.windows(4).any(|w| w == b">KO<"), "richiesta ostile accolta: {corpo:.80}"),
            // A body that is too large is answered before it is read whole: the connection ends there.
            Err(_) => c = Connessione::apri(f.indirizzo).await?,
        }
        if n == PRIMA {
            memoria[0] = f.memoria_mb();
        }
    }
    memoria[1] = f.memoria_mb();
    println!(
        "\nrichieste ostili: {} MB dopo {PRIMA}, {} MB dopo {DOPO} (al piu' {CRESCITA_MB_MAX} MB in piu': {})",
        memoria[0],
        memoria[1],
        if memoria[1] <= memoria[0] + CRESCITA_MB_MAX { "si'" } else { "NO" }
    );
    Ok(())
}

fn corpi() -> Vec<(bool, String)> {
    let busta = |corpo: &str| format!(r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{corpo}</e:Body></e:Envelope>"#);
    let buona = crate::messaggi::pendenza();
    vec![
        (false, "{".repeat(100_000)),
        (false, "[".repeat(1_000_000)),
        (false, format!("{{\"causale\":\"{}\"}}", "x".repeat(2_000_000))),
        (false, buona.replace("132.50", "1e400")),
        (false, buona.replace("132.50", "\"10,00\"")),
        (false, buona.replace("132.50", "-1")),
        (false, buona.replacen("\"importo\"", "\"ignoto\":1,\"importo\"", 1)),
        (false, buona.replacen("12345678901", "\\ud800", 1)),
        (false, String::new()),
        (true, format!("<!DOCTYPE a [<!ENTITY b \"{}\">]>{}", "x".repeat(1000), busta("&b;"))),
        (true, busta(&"<a>".repeat(300_000))),
        (true, busta("<x:paVerifyPaymentNoticeReq xmlns:x=\"urn:altro\"/>")),
        (true, busta(&format!("<a {}/>", (0..20_000).map(|i| format!("b{i}=\"c\" ")).collect::<String>()))),
        (true, format!("{}{}", crate::messaggi::verifica(&crate::messaggi::Posizione::della_semina(1)), "\u{0}")),
        (true, "x".repeat(900_000)),
        (true, crate::messaggi::ricevuta(&crate::messaggi::Posizione::della_semina(1)).replacen("132.50", "132.5", 1)),
    ]
}
