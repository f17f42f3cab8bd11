//! Bodies, queries, paths and headers that nobody should send: the contract's refusal, never a 5xx, never a trace in the archive.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::banco::{Banco, DOMINIO, PASSWORD, PENDENZE, Risposta, corpo_minimo};
use crate::su_entrambi;

const BYTE_MAX: usize = 10 * 1024 * 1024;

async fn manda(banco: &Banco, metodo: Method, percorso: &str, corpo: impl Into<reqwest::Body>) -> Risposta {
    let richiesta = banco.http.request(metodo, format!("{}{PENDENZE}{percorso}", banco.base)).basic_auth("DEMO", Some(PASSWORD));
    Risposta::leggi(richiesta.header("content-type", "application/json").body(corpo).send().await.expect("risposta")).await
}

/// The good body with a piece of its text replaced.
fn con(pezzo: &str, altro: &str) -> Vec<u8> {
    let buono = corpo_minimo("10.00").to_string();
    assert!(buono.contains(pezzo), "{pezzo} in {buono}");
    buono.replacen(pezzo, altro, 1).into_bytes()
}

fn dentro(voce: &str) -> Vec<u8> {
    con(r#""codEntrata":"TARI""#, &format!(r#""codEntrata":"TARI",{voce}"#))
}

fn annidato(apri: &str, chiudi: &str, livelli: usize) -> Vec<u8> {
    format!("{}1{}", apri.repeat(livelli), chiudi.repeat(livelli)).into_bytes()
}

/// Every body is a 400 SINTASSI.
fn corpi_ostili() -> Vec<Vec<u8>> {
    let importo = |valore: &str| con(r#""importo":10.00"#, &format!(r#""importo":{valore}"#));
    let mut corpi: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b" ".to_vec(),
        b"\xef\xbb\xbf".to_vec(),
        b"{".to_vec(),
        b"}".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"1".to_vec(),
        b"\"x\"".to_vec(),
        b"{}".to_vec(),
        b"{}{}".to_vec(),
        b"{'a':1}".to_vec(),
        b"{\"a\":1,}".to_vec(),
        b"// x\n{}".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"\0".to_vec(),
        annidato("[", "]", 100_000),
        annidato("{\"a\":", "}", 100_000),
        b"[".repeat(100_000),
        annidato("{\"datiAllegati\":", "}", 200),
        con("Greta Valenti", "\u{0}"),
        con("Greta Valenti", "\\u0000"),
        con("Greta Valenti", "\\ud800"),
        con("Greta Valenti", "\\udc00\\ud800"),
        con("Greta Valenti", "a\nb"),
        con("{", "{\"ignoto\":1,"),
        con("\"tipo\":\"F\"", "\"tipo\":\"F\",\"ignoto\":1"),
        dentro("\"ignoto\":null"),
        dentro(r#""metadata":{"mapEntries":[{"key":"a","value":"b","c":1}]}"#),
        dentro(r#""metadata":{"altro":1}"#),
        dentro(r#""contabilita":{"quote":[{"x":1}]}"#),
        dentro(r#""contabilita":{"quote":{}}"#),
        dentro(r#""metadata":[]"#),
        con("{", r#"{"documento":{"x":1},"#),
        con("{", r#"{"documento":{"soglia":{"x":1}},"#),
        con("{", r#"{"proprieta":{"dataScadenzaAvviso":"2026-01-01"},"#),
        con("{", r#"{"allegati":[{"x":1}],"#),
        con("{", r#"{"allegati":{},"#),
        con("{", r#"{"allegati":[{"nome":"a","contenuto":"***"}],"#),
        con("{", r#"{"allegati":[null],"#),
        con("\"voci\":[", "\"voci\":[null,"),
        con("\"voci\":[", "\"voci\":[1,"),
        con(&format!("\"{DOMINIO}\""), "[]"),
        con("\"TARI 2026 prima rata\"", "{\"a\":1}"),
        con("\"TARI 2026 prima rata\"", "[\"a\"]"),
        con("\"tipo\":\"F\"", "\"tipo\":1"),
        con("{", r#"{"dataScadenza":20260101,"#),
        con("{", r#"{"dataScadenza":"01/01/2026","#),
        con("{", r#"{"dataScadenza":"2026-02-30","#),
        con("{", r#"{"dataScadenza":"+12026-01-01","#),
        con("{", r#"{"annoRiferimento":"duemila","#),
        con("{", r#"{"annoRiferimento":1e400,"#),
        con("{", r#"{"documento":{"identificativo":"D","descrizione":"D","rata":99999999999999999999},"#),
        con("{", r#"{"documento":{"identificativo":"D","descrizione":"D","rata":-1},"#),
        con("{", r#"{"documento":{"identificativo":"D","descrizione":"D","rata":1.5},"#),
        con("{", r#"{"numeroAvviso":["301000000000000000"],"#),
        con("V1", "V 1"),
        con("V1", "\u{200b}"),
        con("V1", &"V".repeat(36)),
        con("TARI 2026 prima rata", &"à".repeat(141)),
    ];
    let mut non_utf8 = corpo_minimo("10.00").to_string().into_bytes();
    let posto = non_utf8.windows(5).position(|f| f == b"Greta").expect("nome");
    non_utf8[posto] = 0xff;
    corpi.push(non_utf8);
    for valore in [
        "10,00",
        "\"10,00\"",
        "1e2",
        "\"1e2\"",
        "1E400",
        "-1e-400",
        "10.001",
        "0.001",
        "-1",
        "-0.01",
        "0",
        "0.00",
        "NaN",
        "\"NaN\"",
        "Infinity",
        "\"Infinity\"",
        "+1",
        "\"+1\"",
        "01",
        ".5",
        "\"0x10\"",
        "true",
        "{}",
        "[10]",
        "\"\"",
        "null",
        "1000000000",
        "99999999999999999999999999999999",
        "\"1 0\"",
        "\"\u{661}\"",
        "9223372036854775808",
        "92233720368547758.07",
        "1.0000000000000000000000000000001",
    ] {
        corpi.push(importo(valore));
    }
    corpi.push(importo(&"9".repeat(100_000)));
    corpi
}

/// Every one is refused by the contract: queries of a list.
const QUERY_STORTE: [&str; 16] = [
    "pagina=0",
    "pagina=-1",
    "pagina=99999999999999999999",
    "risultatiPerPagina=x",
    "risultatiPerPagina=5001",
    "stato=%00",
    "stato=",
    "idDominio=%zz",
    "idDominio=",
    "idDebitore=a%00b",
    "dataDa=9999999-01-01",
    "dataA=%F0%9F%98%80",
    "ordinamento=%00",
    "ordinamento=-",
    "direzione=%00",
    "metadatiPaginazione=%",
];

/// Odd, and allowed: they find nothing or are ignored.
const QUERY_STRANE: [&str; 9] = [
    "&&&===&",
    "%=%&%zz=%zz",
    "idDebitore=%FF%FE",
    "campi=,,,",
    "ignoto=%00",
    "dataDa=2026-99-99T99:99:99.999",
    "direzione=%27%20OR%201=1--",
    "idDebitore=%25_%25",
    "pagina=2147483647&risultatiPerPagina=5000",
];

su_entrambi! {
    async fn ogni_corpo_ostile_e_un_400_e_non_lascia_traccia(banco: &Banco) {
        for corpo in corpi_ostili() {
            let mostrato = String::from_utf8_lossy(&corpo[..corpo.len().min(300)]).into_owned();
            let risposta = manda(banco, Method::PUT, "/pendenze/DEMO/P1", corpo.clone()).await;
            let (stato, codice, dettaglio) = risposta.fault();
            assert_eq!((stato, codice.as_str()), (400, "SINTASSI"), "{mostrato}: {}", risposta.testo);
            assert!(!dettaglio.is_empty() && dettaglio.len() < 1_000, "{mostrato}: {dettaglio}");
            if !corpo.starts_with(b"[") || corpo.len() > 10 {
                assert_eq!(manda(banco, Method::PATCH, "/pendenze/DEMO/P1", corpo).await.fault().0, 400, "PATCH {mostrato}");
            }
        }
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 0);
        assert_eq!(banco.get("/pendenze").await.json()["numRisultati"], 0);
        banco.carica("P1", "10.00").await;
    }
}

su_entrambi! {
    async fn un_corpo_ha_la_sua_misura(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00").to_string();
        corpo.push_str(&" ".repeat(BYTE_MAX - corpo.len()));
        assert_eq!(manda(banco, Method::PUT, "/pendenze/DEMO/P1", corpo.clone()).await.stato, StatusCode::CREATED);
        corpo.push(' ');
        for id in ["P1", "P2"] {
            manda(banco, Method::PUT, &format!("/pendenze/DEMO/{id}"), corpo.clone()).await.rifiuta(
                400, "SINTASSI", "Il corpo della richiesta non e' leggibile o supera 10485760 byte.");
        }
        // Without a declared length it is counted all the same.
        let pezzi = futures::stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024 * 1024])));
        let a_pezzi = manda(banco, Method::PUT, "/pendenze/DEMO/P2", reqwest::Body::wrap_stream(pezzi)).await;
        assert_eq!(a_pezzi.fault().1, "SINTASSI");
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 1);
    }
}

su_entrambi! {
    async fn cio_che_e_strano_ma_lecito_si_conserva(banco: &Banco) {
        // Of two members with the same name the last one counts; unknown enum of the soggetto is no enum (spec/1 section 3).
        let doppia = con(r#""causale":"#, r#""causale":"Prima","causale":"#);
        assert_eq!(manda(banco, Method::PUT, "/pendenze/DEMO/P1", doppia).await.stato, StatusCode::CREATED);
        assert_eq!(banco.pendenza("P1").await["causale"], "TARI 2026 prima rata");
        let mut corpo = corpo_minimo("10.00");
        corpo["soggettoPagatore"] = json!({ "tipo": "X", "identificativo": "", "anagrafica": "ﬁ 😀 \u{202e} <b>&amp;</b> ' OR 1=1; --", "cap": 0 });
        corpo["datiAllegati"] = json!({ "a": [[[[]]]], "\u{7f}": "\\", "n": crate::banco::numero("1.000000000000000000001E+400") });
        assert_eq!(manda(banco, Method::PUT, "/pendenze/DEMO/P2", corpo.to_string()).await.stato, StatusCode::CREATED);
        let vista = banco.pendenza("P2").await;
        assert_eq!(vista["soggettoPagatore"], json!({ "identificativo": "ANONIMO", "anagrafica": "ﬁ 😀 \u{202e} <b>&amp;</b> ' OR 1=1; --", "cap": "0" }));
        assert_eq!(vista["datiAllegati"].to_string(), corpo["datiAllegati"].to_string());
        let pdf = banco.chiama(Method::PUT, &format!("{PENDENZE}/pendenze/DEMO/P2?stampaAvviso=true"), Some(corpo)).await;
        assert_eq!(pdf.stato, StatusCode::OK, "{}", pdf.testo);
    }
}

su_entrambi! {
    async fn le_query_storte_sono_rifiutate_e_le_strane_no(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        for query in QUERY_STORTE {
            let (stato, codice, _) = banco.get(&format!("/pendenze?{query}")).await.fault();
            assert!((400..=422).contains(&stato) && ["SINTASSI", "100001"].contains(&codice.as_str()), "{query}: {stato} {codice}");
        }
        for query in QUERY_STRANE {
            let risposta = banco.get(&format!("/pendenze?{query}")).await;
            assert_eq!(risposta.stato, StatusCode::OK, "{query}: {}", risposta.testo);
        }
        assert_eq!(banco.get(&format!("/pendenze?{}idDebitore=x", "a=1&".repeat(99))).await.json()["numRisultati"], 0);
        assert_eq!(banco.get(&format!("/pendenze?campi={}", "a,".repeat(101))).await.fault().1, "SINTASSI");
    }
}

/// What no client library would send.
async fn grezza(banco: &Banco, prima_riga: &str, intestazioni: &str) -> (u16, String) {
    use base64::Engine;
    let credenziali = base64::engine::general_purpose::STANDARD.encode(format!("DEMO:{PASSWORD}"));
    let indirizzo = banco.base.trim_start_matches("http://");
    let mut presa = tokio::net::TcpStream::connect(indirizzo).await.expect("presa");
    let testo =
        format!("{prima_riga} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {credenziali}\r\nConnection: close\r\nContent-Length: 2\r\n{intestazioni}\r\n{{}}");
    presa.write_all(testo.as_bytes()).await.expect("scritta");
    let mut byte = Vec::new();
    // A server that hangs up before it has read everything is heard as a reset: what came before counts.
    let _ = presa.read_to_end(&mut byte).await;
    let risposta = String::from_utf8_lossy(&byte).into_owned();
    let stato = risposta.get(9..12).and_then(|s| s.parse().ok()).unwrap_or(0);
    (stato, risposta)
}

su_entrambi! {
    async fn percorsi_e_intestazioni_storti_hanno_una_risposta_onesta(banco: &Banco) {
        for segmento in ["%00", "%zz", "%", "%FF", "%C3%28", "..", ".", "%2e%2e", "a%2Fb", "a%5Cb", "a;b", "a'b", "%F0%9F%98%80", "a%20b", "*", "{}", &"A".repeat(36), &"A".repeat(5_000)] {
            for metodo in ["PUT", "PATCH", "GET"] {
                let (stato, risposta) = grezza(banco, &format!("{metodo} {PENDENZE}/pendenze/DEMO/{segmento}"), "").await;
                assert!([400, 404].contains(&stato), "{metodo} {segmento}: {risposta}");
                assert!(risposta.contains("\"categoria\":") && risposta.to_lowercase().contains("x-govpay-idtransazione"), "{metodo} {segmento}: {risposta}");
            }
            let (stato, risposta) = grezza(banco, &format!("GET {PENDENZE}/avvisi/{DOMINIO}/{segmento}"), "Accept: application/json\r\n").await;
            assert!([400, 404].contains(&stato), "{segmento}: {risposta}");
        }
        for (intestazioni, attesi) in [
            ("Accept: \u{e8}\r\n", [406, 406]), ("Accept: application/json\r\nAccept: \u{1}\r\n", [400, 200]), ("X-A: b\r\n c\r\n", [400, 406]),
            ("Authorization: Basic x\r\n", [406, 401]), ("Transfer-Encoding: boh\r\n", [400, 406]), ("Content-Length: -1\r\n", [400, 400]),
        ] {
            let (stato, risposta) = grezza(banco, &format!("GET {PENDENZE}/avvisi/{DOMINIO}/301000000000000000"), intestazioni).await;
            assert!(attesi.contains(&stato), "{intestazioni:?}: {risposta}");
        }
        let molte = (0..200).map(|n| format!("X-{n}: {n}\r\n")).collect::<String>();
        let (stato, _) = grezza(banco, &format!("GET {PENDENZE}/pendenze"), &molte).await;
        assert!([200, 400, 431].contains(&stato), "{stato}");
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 0);
        assert_eq!(banco.get("/pendenze").await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn qualche_centinaio_di_richieste_ostili_insieme_non_muove_niente(banco: &Banco) {
        let avviso = banco.carica("BUONA", "10.00").await;
        let prima = banco.pendenza("BUONA").await;
        let corpi = corpi_ostili();
        for giro in 0..10_usize {
            let richieste = (0..50).map(|n| {
                // A fixed shuffle: the same at every run.
                let scelta = (giro * 50 + n).wrapping_mul(2_654_435_761) % 1_000_003;
                let corpo = corpi[scelta % corpi.len()].clone();
                async move {
                    match n % 5 {
                        0 | 1 => manda(banco, Method::PUT, "/pendenze/DEMO/BUONA", corpo).await,
                        2 => manda(banco, Method::PATCH, "/pendenze/DEMO/BUONA", corpo).await,
                        3 => banco.get(&format!("/pendenze?{}", QUERY_STORTE[scelta % QUERY_STORTE.len()])).await,
                        _ => manda(banco, Method::PUT, &format!("/pendenze/DEMO/{}", "x".repeat(36 + scelta % 50)), corpo_minimo("1.00").to_string()).await,
                    }
                }
            });
            for risposta in futures::future::join_all(richieste).await {
                // An empty list of operations is a PATCH that asks for nothing.
                assert!([400, 422].contains(&risposta.stato.as_u16()) || risposta.stato == StatusCode::OK && risposta.json() == prima, "{}: {}", risposta.stato, risposta.testo);
            }
        }
        assert_eq!(banco.pendenza("BUONA").await, prima);
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 1);
        assert!(banco.simulatore.verifica(DOMINIO, &avviso).await.is_ok());
    }
}
