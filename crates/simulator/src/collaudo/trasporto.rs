//! Rows of the transport: envelopes, actions, hostile bodies.

use futures::FutureExt as _;

use super::banco::{Banco, accolta, nodo};
use super::{Intoppo, Passi, Vista};
use crate::messaggi::{self, Operazione, PostoStandIn, SPAZIO_SOAP, Versione};
use crate::nodo::SenzaAttivazione;
use crate::risposte::Risposta;

/// Of a body that no station should read to its end.
const CORPO_SMISURATO: usize = 20 * 1024 * 1024;

pub fn azioni(b: &Banco) -> Passi<'_> {
    async {
        let avviso = b.ignoto();
        let dominio = &b.bersaglio.dominio;
        let richieste = [
            (Operazione::Verifica, b.verifica_a_mano(&avviso)),
            (Operazione::AttivaV1, messaggi::attiva(&b.indirizzo(), dominio, &avviso, Versione::V1, None, None)),
            (Operazione::AttivaV2, messaggi::attiva(&b.indirizzo(), dominio, &avviso, Versione::V2, None, None)),
        ];
        for (operazione, corpo) in richieste {
            let (fra_virgolette, nuda) = (format!("\"{}\"", operazione.nome()), operazione.nome());
            for azione in [Some(fra_virgolette.as_str()), Some(nuda), None] {
                match b.esito(operazione, azione, corpo.clone()).await {
                    Ok(Risposta::Ko(_)) => {}
                    Ok(Risposta::Ok(_)) => return Err(format!("{}: un avviso di nessuno e' accettato", operazione.nome()).into()),
                    Err(e) => return Err(format!("{} con SOAPAction {azione:?}: {e}", operazione.nome()).into()),
                }
            }
        }
        Ok("paVerifyPaymentNotice, paGetPayment e paGetPaymentV2 con SOAPAction fra virgolette, nuda e assente".to_owned())
    }
    .boxed_local()
}

/// What is not a message of the contract, but says which operation it wants to be.
fn rotti(b: &Banco) -> Vec<(&'static str, Vec<u8>)> {
    let buono = b.verifica_a_mano(&b.ignoto());
    let busta =
        |dentro: &str| format!("<soapenv:Envelope xmlns:soapenv=\"{SPAZIO_SOAP}\"><soapenv:Body>{dentro}</soapenv:Body></soapenv:Envelope>").into_bytes();
    vec![
        ("vuoto", Vec::new()),
        ("testo", b"non e' una busta".to_vec()),
        ("pagina HTML", b"<!doctype html><html><body>ciao</body></html>".to_vec()),
        ("busta a meta'", buono.as_bytes()[..buono.len() / 2].to_vec()),
        ("busta senza corpo", busta("")),
        ("operazione di nessuno", busta("<paFaiQualcosa xmlns=\"urn:nessuno\"/>")),
        ("elemento di troppo", buono.replace("<qrCode>", "<inventato>1</inventato><qrCode>").into_bytes()),
        ("elemento di meno", buono.replace(&format!("<idPA>{}</idPA>", b.bersaglio.dominio), "").into_bytes()),
        ("numero avviso di lettere", buono.replace("<noticeNumber>", "<noticeNumber>x").into_bytes()),
        ("ottetti che non sono UTF-8", [buono.as_bytes(), &[0xff, 0xfe, 0xc0]].concat()),
    ]
}

pub fn esiti_in_busta(b: &Banco) -> Passi<'_> {
    async {
        let rotti = rotti(b);
        let quanti = rotti.len();
        for (nome, corpo) in rotti {
            let risposta = b.manda(Some("\"paVerifyPaymentNotice\""), corpo).await.map_err(|e| format!("corpo {nome}: {e}"))?;
            if risposta.tipo.contains("html") {
                return Err(format!("corpo {nome}: risponde una pagina HTML").into());
            }
            match risposta.esito(Operazione::Verifica) {
                Ok(Risposta::Ko(_)) => {}
                Ok(Risposta::Ok(_)) => return Err(format!("corpo {nome}: risponde OK").into()),
                Err(e) => return Err(format!("corpo {nome}: {e}: {}", risposta.testo()).into()),
            }
        }
        Ok(format!("{quanti} corpi rotti: sempre HTTP 200, text/xml, esito KO con un fault"))
    }
    .boxed_local()
}

pub fn xml_ostile(b: &Banco) -> Passi<'_> {
    async {
        let buono = b.verifica_a_mano(&b.ignoto());
        let con_dtd = |dtd: &str, valore: &str| {
            let (testa, resto) = buono.split_once('\n').unwrap_or(("", &buono));
            let resto = resto.replacen(&b.bersaglio.id_stazione, valore, 1);
            format!("{testa}\n{dtd}\n{resto}").into_bytes()
        };
        let risate = (1..10).fold("<!ENTITY r0 \"ah\">".to_owned(), |tutte, n| format!("{tutte}<!ENTITY r{n} \"{}\">", format!("&r{};", n - 1).repeat(10)));
        let prove = [
            ("entita' di un file", con_dtd("<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/hostname\">]>", "&f;")),
            ("entita' dalla rete", con_dtd("<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">", "x")),
            ("entita' che si moltiplicano", con_dtd(&format!("<!DOCTYPE x [{risate}]>"), "&r9;")),
        ];
        for (nome, corpo) in prove {
            let risposta = b.manda(Some("paVerifyPaymentNotice"), corpo).await.map_err(|e| format!("{nome}: {e}"))?;
            match risposta.esito(Operazione::Verifica) {
                Ok(Risposta::Ko(r)) if r.codice() == "PAA_SINTASSI_EXTRAXSD" => {}
                Ok(Risposta::Ko(r)) => return Err(format!("{nome}: atteso PAA_SINTASSI_EXTRAXSD, risponde {}", r.codice()).into()),
                Ok(Risposta::Ok(_)) => return Err(format!("{nome}: risponde OK").into()),
                Err(e) => return Err(format!("{nome}: {e}").into()),
            }
        }
        smisurato(b, &buono).await?;
        Ok("DTD, entita' esterne e a catena rifiutate con PAA_SINTASSI_EXTRAXSD; un corpo di 20 MiB rifiutato".to_owned())
    }
    .boxed_local()
}

/// Refused by an answer, or by a connection that closes: what matters is that the station still answers afterwards.
async fn smisurato(b: &Banco, buono: &str) -> Result<(), Intoppo> {
    let corpo = buono.replacen("<qrCode>", &format!("<!--{}--><qrCode>", "x".repeat(CORPO_SMISURATO)), 1).into_bytes();
    if let Ok(risposta) = b.manda(Some("paVerifyPaymentNotice"), corpo).await
        && let Ok(Risposta::Ok(_)) = risposta.esito(Operazione::Verifica)
    {
        return Err("un corpo di 20 MiB e' accettato".to_owned().into());
    }
    b.presente().await.map_err(|e| Intoppo::Fallita(format!("dopo un corpo di 20 MiB {e}")))
}

pub fn due_forme(b: &Banco) -> Passi<'_> {
    async { stand_in(b).await.map(|_| "ricevute con standIn dentro e con standin fuori da receipt, entrambe accolte".to_owned()) }.boxed_local()
}

pub fn posto_dello_stand_in(b: &Banco) -> Passi<'_> {
    async { stand_in(b).await.map(|_| "lo stand-in e' accolto dov'e' nello schema di oggi e dov'era in quello della 3.8.0".to_owned()) }.boxed_local()
}

/// A receipt of the stand-in in each of the two shapes, delivered and taken.
async fn stand_in(b: &Banco) -> Vista {
    for posto in [PostoStandIn::Dentro, PostoStandIn::Fuori] {
        let p = b.carica("12.00").await?;
        let altro = nodo(&b.bersaglio, posto).map_err(|e| format!("{e:#}"))?;
        let richiesta = SenzaAttivazione { dominio: b.bersaglio.dominio.clone(), avviso: p.avviso.clone(), stand_in: true, ..SenzaAttivazione::default() };
        let pagato = accolta(altro.ricevuta_senza_attivazione(&richiesta).await, "verifica prima dello stand-in")?;
        let ricevuta = pagato.ricevute.first().ok_or_else(|| "la ricevuta non e' partita".to_owned())?;
        if ricevuta.stato != "consegnata" {
            return Err(format!("stand-in {posto:?}: {}", ricevuta.ultimo_esito.as_deref().unwrap_or("nessuna risposta")).into());
        }
    }
    Ok(String::new())
}
