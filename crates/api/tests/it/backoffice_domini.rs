//! Domini, unità operative and conti di accredito through the API (spec/2 sections 1.6, 2.3 to 2.5, 2.18, 2.19 and 10.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contratti::{Validator, scostamenti};
use domain::anagrafica::{Acl, AmbitoUo, Diritto, Operatore, Servizio, TipoPendenza, UsiTipo, Utenza};
use indexmap::{IndexMap, IndexSet};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, DOMINIO_AUX0, PENDENZE, Risposta, dominio};
use crate::corpi_guasti::{Ricetta, prova_corpi};
use crate::su_entrambi;

const NUOVO: &str = "/domini/77777777777";
const ASSENTE: &str = "/domini/99999999990";
const IBAN_IMPOSSIBILE: &str = "IT00X0000000000000000000000";

async fn come(banco: &Banco, utente: &str, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    banco.chiama_come(utente, metodo, &format!("{BACKOFFICE}{percorso}"), corpo).await
}

async fn put(banco: &Banco, percorso: &str, corpo: Value) -> Risposta {
    come(banco, "gpadmin", Method::PUT, percorso, Some(corpo)).await
}

async fn get(banco: &Banco, percorso: &str) -> Risposta {
    come(banco, "gpadmin", Method::GET, percorso, None).await
}

async fn leggi(banco: &Banco, percorso: &str) -> Value {
    let risposta = get(banco, percorso).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{percorso}: {}", risposta.testo);
    risposta.json()
}

/// The values of one member of the items of a list.
async fn colonna(banco: &Banco, utente: &str, percorso: &str, membro: &str) -> Vec<String> {
    let risposta = come(banco, utente, Method::GET, percorso, None).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{percorso}: {}", risposta.testo);
    let corpo = risposta.json();
    corpo["risultati"].as_array().expect("lista").iter().map(|v| v[membro].as_str().unwrap_or_default().to_owned()).collect()
}

/// An operatore on some domini, with rights on the anagrafica of the creditore.
async fn censisci(banco: &Banco, nome: &str, domini: &[(&str, Option<&[&str]>)], diritti: &[Diritto]) {
    let password_hash = banco.gateway.istantanea().attuale().utenze["gpadmin"].password_hash.clone();
    let ambito = |uo: &Option<&[&str]>| uo.map_or(AmbitoUo::Tutte, |u| AmbitoUo::Solo(u.iter().map(|c| (*c).to_owned()).collect::<IndexSet<_>>()));
    let domini: IndexMap<_, _> = domini.iter().map(|(d, uo)| (dominio(d), ambito(uo))).collect();
    let acl = vec![Acl { servizio: Servizio::AnagraficaCreditore, autorizzazioni: diritti.to_vec() }];
    let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
    a.utenza(&Utenza { domini: Some(domini), acl, ..Utenza::piena(nome, password_hash, &[]) }).await.expect("utenza");
    a.operatore(&Operatore { principal: nome.to_owned(), nome: nome.to_owned() }).await.expect("operatore");
    a.commit().await.expect("commit");
    banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
}

/// As administration scripts send it.
fn corpo() -> Value {
    let logo = format!(" data:image/png;base64,{}", STANDARD.encode(vec![0x5a_u8; 120_000]));
    json!({ "ragioneSociale": "Ente di prova", "indirizzo": "Piazza della Vittoria", "civico": "10/A", "cap": 1234, "localita": "Prova", "provincia": "PV", "nazione": "IT",
        "email": "info@ente.example", "pec": "pec@ente.example", "tel": "001122334455", "fax": "00 22 33 44 55", "web": "http://www.ente.example", "gln": 1_234_567_890_123_u64,
        "stazione": "11111111113_01", "auxDigit": "0", "segregationCode": "00", "abilitato": true, "logo": logo, "iuvPrefix": "%(a)", "cbill": 12345,
        "autStampaPosteItaliane": "AUT. 1", "intermediato": "true", "scaricaFr": "true" })
}

/// What [`corpo`] reads back as, but for what belongs to the dominio.
fn riletto(percorso: &str) -> Value {
    let mut atteso = corpo();
    for (nome, valore) in [
        ("cap", json!("1234")),
        ("gln", json!("1234567890123")),
        ("cbill", json!("12345")),
        ("intermediato", json!(true)),
        ("scaricaFr", json!(true)),
        ("logo", json!(format!("{percorso}/logo"))),
        ("idDominio", json!(percorso.trim_start_matches("/domini/"))),
    ] {
        atteso[nome] = valore;
    }
    atteso
}

fn non_intermediato() -> Value {
    json!({ "ragioneSociale": "Ente secondario", "abilitato": true, "intermediato": false, "scaricaFr": false })
}

fn con(mut corpo: Value, cambi: Value) -> Value {
    corpo.as_object_mut().expect("oggetto").extend(cambi.as_object().expect("oggetto").clone());
    corpo
}

fn uo() -> Value {
    json!({ "ragioneSociale": "Ufficio", "indirizzo": "Via", "civico": "1", "cap": 100, "localita": "Prova", "provincia": "Pavia", "nazione": "IT", "email": "a@b.it", "pec": "a@b.it",
        "tel": "0 1", "fax": "2", "web": "http://x", "area": "Tributi", "abilitato": true })
}

su_entrambi! {
    async fn cio_che_gli_script_mandano_vale_due_volte(banco: &Banco) {
        let conto = json!({ "postale": false, "mybank": false, "abilitato": true, "descrizione": "IBAN", "bic": "DABAIE2D" });
        let scritture = [
            (NUOVO.to_owned(), corpo()),
            (format!("{NUOVO}/unitaOperative/77777777777_01"), uo()),
            (format!("{NUOVO}/contiAccredito/IT02L1234512345123451111111"), conto.clone()),
            (format!("{NUOVO}/contiAccredito/{IBAN_IMPOSSIBILE}"), json!({ "postale": true, "abilitato": true, "descrizione": "impossibile" })),
        ];
        for (stato, testo) in [(StatusCode::CREATED, ""), (StatusCode::OK, "")] {
            for (percorso, c) in &scritture {
                let risposta = put(banco, percorso, c.clone()).await;
                assert_eq!((risposta.stato, risposta.testo.as_str()), (stato, testo), "{percorso}");
            }
        }
        let mut atteso = con(riletto(NUOVO), json!({ "unitaOperative": [con(uo(), json!({ "idUnita": "77777777777_01", "cap": "100" }))], "contiAccredito": [
            { "iban": IBAN_IMPOSSIBILE, "postale": true, "abilitato": true, "descrizione": "impossibile" },
            { "iban": "IT02L1234512345123451111111", "postale": false, "abilitato": true, "descrizione": "IBAN", "bic": "DABAIE2D" }] }));
        let letto = leggi(banco, NUOVO).await;
        for altro in ["entrate", "tipiPendenza"] {
            atteso[altro] = letto[altro].clone();
        }
        assert_eq!(letto, atteso);
        // Born with the stamp, switched off, and with the tipi that are always there.
        assert_eq!(letto["entrate"], json!([{ "idEntrata": "BOLLOT", "abilitato": false,
            "tipoEntrata": { "idEntrata": "BOLLOT", "descrizione": "BOLLOT", "tipoContabilita": "ALTRO", "codiceContabilita": "0101101IM" } }]));
        let tipi: Vec<_> = letto["tipiPendenza"].as_array().expect("lista").iter().map(|t| (t["idTipoPendenza"].clone(), t["valori"].clone())).collect();
        assert_eq!(tipi, [(json!("BOLLOT"), json!({})), (json!("LIBERO"), json!({}))]);

        let elenco = leggi(banco, "/domini?idDominio=77777777777").await;
        let mut voce = riletto(NUOVO);
        for cosa in ["unitaOperative", "contiAccredito", "entrate", "tipiPendenza"] {
            voce[cosa] = json!(format!("{NUOVO}/{cosa}"));
        }
        assert_eq!(elenco["risultati"], json!([voce]));
        assert_eq!(leggi(banco, &format!("{NUOVO}/unitaOperative/77777777777_01")).await, letto["unitaOperative"][0]);
        assert_eq!(leggi(banco, &format!("{NUOVO}/contiAccredito/{IBAN_IMPOSSIBILE}")).await, letto["contiAccredito"][0]);
        // The other nodes, and this one after a restart, read the same.
        let riletta = banco.store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica");
        let attuale = banco.gateway.istantanea().attuale();
        let id = dominio("77777777777");
        assert_eq!(riletta.domini[&id], attuale.domini[&id]);
        assert_eq!(riletta.unita_operative, attuale.unita_operative);
        assert_eq!((riletta.conti, riletta.entrate, riletta.tipi_pendenza_dominio), (attuale.conti.clone(), attuale.entrate.clone(), attuale.tipi_pendenza_dominio.clone()));
    }
}

su_entrambi! {
    async fn l_unita_implicita_segue_il_dominio_e_non_si_vede(banco: &Banco) {
        put(banco, NUOVO, corpo()).await;
        put(banco, NUOVO, con(corpo(), json!({ "ragioneSociale": "Altro nome", "tel": null }))).await;
        let attesa = json!({ "idUnita": "EC", "ragioneSociale": "Altro nome", "indirizzo": "Piazza della Vittoria", "civico": "10/A", "cap": "1234", "localita": "Prova",
            "provincia": "PV", "nazione": "IT", "email": "info@ente.example", "pec": "pec@ente.example", "fax": "00 22 33 44 55", "web": "http://www.ente.example", "abilitato": true });
        assert_eq!(leggi(banco, &format!("{NUOVO}/unitaOperative/EC")).await, attesa);
        assert_eq!(leggi(banco, &format!("{NUOVO}/unitaOperative")).await["risultati"], json!([]));
        assert_eq!(leggi(banco, &format!("{NUOVO}/unitaOperative?associati=true")).await["risultati"], json!([attesa]));
        assert_eq!(leggi(banco, NUOVO).await["unitaOperative"], json!([]));
        // An update gives birth to nothing: what was switched on stays so.
        put(banco, &format!("{NUOVO}/entrate/BOLLOT"), json!({ "abilitato": true })).await;
        put(banco, NUOVO, corpo()).await;
        assert_eq!(leggi(banco, &format!("{NUOVO}/entrate/BOLLOT")).await["abilitato"], true);
    }
}

su_entrambi! {
    async fn un_dominio_non_intermediato_ha_solo_conti_ed_entrate(banco: &Banco) {
        let ordine = ["gln", "stazione", "segregationCode", "cbill", "autStampaPosteItaliane", "iuvPrefix", "auxDigit"];
        for (i, nome) in ordine.iter().enumerate() {
            // This one and all that follow: the first in order is told.
            let cambi: Value = ordine[i..].iter().map(|n| ((*n).to_owned(), json!("1"))).collect();
            put(banco, NUOVO, con(non_intermediato(), cambi)).await.rifiuta(400, "SINTASSI", &format!("Il campo {nome} deve essere vuoto."));
        }
        assert_eq!(put(banco, NUOVO, non_intermediato()).await.stato, StatusCode::CREATED);
        let atteso = con(non_intermediato(), json!({ "idDominio": "77777777777", "unitaOperative": [], "contiAccredito": [], "entrate": [], "tipiPendenza": [] }));
        assert_eq!(leggi(banco, NUOVO).await, atteso);
        for lista in ["unitaOperative", "unitaOperative?associati=true"] {
            assert_eq!(leggi(banco, &format!("{NUOVO}/{lista}")).await["numRisultati"], 0);
        }
        get(banco, &format!("{NUOVO}/unitaOperative/EC")).await
            .rifiuta(404, "404000", "Unita Operativa EC non censita in Anagrafica per il Dominio 77777777777");
        put(banco, &format!("{NUOVO}/unitaOperative/U1"), uo()).await
            .rifiuta(422, "SEMANTICA", "La risorsa richiesta non e' disponibile per il dominio 77777777777 non intermediato.");
        assert_eq!(put(banco, &format!("{NUOVO}/contiAccredito/{IBAN_IMPOSSIBILE}"), json!({})).await.stato, StatusCode::CREATED);
        assert_eq!(put(banco, &format!("{NUOVO}/entrate/TARI"), json!({ "ibanAccredito": IBAN_IMPOSSIBILE })).await.stato, StatusCode::CREATED);
        assert_eq!(leggi(banco, "/domini?intermediato=false").await["risultati"][0]["idDominio"], "77777777777");
        assert_eq!(colonna(banco, "gpadmin", "/domini?intermediato=true", "idDominio").await, [DOMINIO, DOMINIO_2, DOMINIO_AUX0]);
    }
}

su_entrambi! {
    async fn cio_che_non_torna_e_422_prima_del_diritto_di_creare(banco: &Banco) {
        censisci(banco, "limitato", &[(DOMINIO, None)], &Diritto::TUTTI).await;
        let tre = json!({ "auxDigit": 3, "segregationCode": null, "iuvPrefix": "99999999999999", "stazione": "99999999999_01" });
        let casi = [
            (tre.clone(), "Il campo segregationCode non deve essere vuoto."),
            (con(tre.clone(), json!({ "auxDigit": 0 })), "Il pattern indicato realizza prefissi troppo lunghi: 99999999999999"),
            (json!({ "iuvPrefix": "%(a)%(t)%(Y)%(y)" }), "Il pattern indicato realizza prefissi troppo lunghi: 99999999999999"),
            (json!({ "iuvPrefix": "1%({)" }), "Il pattern indicato realizza prefissi troppo lunghi: 1%({)"),
            (json!({ "stazione": "99999999999_01" }), "La stazione intermediaria 99999999999_01 indicata non esiste."),
        ];
        for (cambi, testo) in casi {
            for utente in ["gpadmin", "limitato"] {
                come(banco, utente, Method::PUT, NUOVO, Some(con(corpo(), cambi.clone()))).await.rifiuta(422, "SEMANTICA", testo);
            }
        }
        // A stazione of any intermediario is good; thirteen digits are not too many.
        let buono = json!({ "stazione": "22222222226_01", "iuvPrefix": "1%(a)%(p)%(Y)", "auxDigit": 3, "segregationCode": 7 });
        put(banco, NUOVO, con(corpo(), buono.clone())).await.rifiuta(400, "SINTASSI", "Il valore [7] del campo segregationCode non rispetta il pattern richiesto: [0-4][0-9]");
        let creare = "Operatore [limitato] non autorizzato ad accedere alla risorsa richiesta: L'utenza non possiede i diritti per creare nuovi Enti Creditori.";
        let buono = con(corpo(), con(buono, json!({ "segregationCode": "07" })));
        come(banco, "limitato", Method::PUT, NUOVO, Some(buono.clone())).await.rifiuta(403, "403000", creare);
        assert_eq!(put(banco, NUOVO, buono).await.stato, StatusCode::CREATED);
        let letto = leggi(banco, NUOVO).await;
        assert_eq!((&letto["auxDigit"], &letto["segregationCode"]), (&json!("3"), &json!("07")));
        let modificare = "Operatore [limitato] non autorizzato ad accedere alla risorsa richiesta: L'utenza non possiede i diritti per modificare l'Ente Creditore.";
        come(banco, "limitato", Method::PUT, NUOVO, Some(corpo())).await.rifiuta(403, "403000", modificare);
        assert_eq!(come(banco, "limitato", Method::PUT, &format!("/domini/{DOMINIO}"), Some(corpo())).await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn chi_ha_un_solo_dominio_non_sa_se_gli_altri_esistono(banco: &Banco) {
        censisci(banco, "limitato", &[(DOMINIO, None)], &Diritto::TUTTI).await;
        let conto = format!("contiAccredito/{IBAN_IMPOSSIBILE}");
        for (altro, metodo, corpo_buono) in [
            ("", Method::GET, None), ("/logo", Method::GET, None), ("/unitaOperative", Method::GET, None), ("/unitaOperative/UFF", Method::GET, None),
            ("/unitaOperative/UFF", Method::PUT, Some(uo())), ("/contiAccredito", Method::GET, None), (&*format!("/{conto}"), Method::GET, None),
            (&*format!("/{conto}"), Method::PUT, Some(json!({}))), ("/entrate", Method::GET, None), ("/entrate/TARI", Method::GET, None),
            ("/entrate/TARI", Method::PUT, Some(json!({ "tipoContabilita": "INESISTENTE" }))),
        ] {
            for id in [DOMINIO_2, "99999999990"] {
                let percorso = format!("/domini/{id}{altro}");
                let testo = format!("Operatore [limitato] non autorizzato ad accedere alla risorsa richiesta per il Dominio [{id}].");
                come(banco, "limitato", metodo.clone(), &percorso, corpo_buono.clone()).await.rifiuta(403, "403000", &testo);
            }
        }
        // Whoever may see all is told what is not there; 400 comes before.
        for lista in ["", "/logo", "/unitaOperative", "/unitaOperative/U1", "/contiAccredito", "/entrate", "/entrate/TARI"] {
            get(banco, &format!("{ASSENTE}{lista}")).await.rifiuta(404, "404000", "Dominio 99999999990 non censito in Anagrafica");
        }
        for (percorso, c) in [("unitaOperative/U1", uo()), (&conto, json!({})), ("entrate/TARI", json!({}))] {
            put(banco, &format!("{ASSENTE}/{percorso}"), c).await.rifiuta(422, "SEMANTICA", "Il dominio 99999999990 indicato non esiste.");
        }
        for (percorso, campo) in [("/domini/1", "idDominio"), ("/domini/1/unitaOperative/a.b", "idDominio"), (&*format!("/domini/{DOMINIO_2}/unitaOperative/a.b"), "idUnitaOperativa"),
            (&*format!("/domini/{DOMINIO_2}/contiAccredito/IT"), "ibanAccredito"), (&*format!("/domini/{DOMINIO_2}/entrate/a~b"), "idEntrata")] {
            let (stato, codice, dettaglio) = come(banco, "limitato", Method::GET, percorso, None).await.fault();
            assert!(stato == 400 && codice == "SINTASSI" && dettaglio.contains(campo), "{percorso}: {dettaglio}");
        }
    }
}

su_entrambi! {
    async fn le_liste_si_filtrano_e_a_chi_non_ha_il_diritto_mostrano_il_suo(banco: &Banco) {
        let ids = async |utente: &str, query: &str| colonna(banco, utente, &format!("/domini{query}"), "idDominio").await;
        let tutti = [DOMINIO, DOMINIO_2, DOMINIO_AUX0];
        for (query, attesi) in [("", &tutti[..]), ("?associati=true", &tutti), ("?abilitato=true", &tutti), ("?abilitato=false", &[]), ("?idStazione=11111111113_01", &tutti),
            ("?idStazione=11111111113_02", &[]), ("?idDominio=678902", &tutti[1..2]), ("?ragioneSociale=PROVA%2012345678903", &tutti[2..]), ("?intermediato=false", &[]), ("?form=true", &[])] {
            assert_eq!(ids("gpadmin", query).await, attesi, "{query}");
        }
        for (query, campo) in [("?associati=false", "associati"), ("?idStazione=x", "idStazione"), ("?abilitato=forse", "abilitato"), ("?risultatiPerPagina=5001", "risultatiPerPagina")] {
            let (stato, _, dettaglio) = get(banco, &format!("/domini{query}")).await.fault();
            assert!(stato == 400 && dettaglio.contains(campo), "{query}: {dettaglio}");
        }
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        let usi = UsiTipo { portale_backoffice: Some(true), form_backoffice: Some(true), ..UsiTipo::default() };
        a.tipo_pendenza(&TipoPendenza { usi, ..TipoPendenza::nuovo("TARI", "TARI") }).await.expect("tipo");
        let spento = domain::anagrafica::TipoPendenzaDominio { abilitato: Some(false), ..Default::default() };
        a.tipo_pendenza_dominio(&dominio(DOMINIO_2), "TARI", &spento).await.expect("tipo");
        a.commit().await.expect("commit");
        banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
        assert_eq!(ids("gpadmin", "?form=true").await, [DOMINIO, DOMINIO_AUX0]);

        censisci(banco, "guarda", &[(DOMINIO, Some(&["UFF"])), (DOMINIO_2, None)], &[]).await;
        censisci(banco, "nulla", &[], &Diritto::TUTTI).await;
        assert_eq!(ids("guarda", "").await, [DOMINIO, DOMINIO_2]);
        assert_eq!(ids("guarda", "?form=true").await, [DOMINIO]);
        come(banco, "nulla", Method::GET, "/domini", None).await
            .rifiuta(403, "403000", "Operatore [nulla] non autorizzato ad accedere alla risorsa richiesta per nessun Dominio.");
        come(banco, "guarda", Method::GET, &format!("/domini/{DOMINIO}"), None).await
            .rifiuta(403, "403000", "Operatore [guarda] non autorizzato ad accedere alla risorsa richiesta.");

        for d in [DOMINIO, DOMINIO_2] {
            put(banco, &format!("/domini/{d}"), corpo()).await;
            put(banco, &format!("/domini/{d}/unitaOperative/UFF2"), con(uo(), json!({ "ragioneSociale": "Altro Ufficio", "abilitato": false }))).await;
        }
        let uo = async |utente: &str, d: &str, query: &str| colonna(banco, utente, &format!("/domini/{d}/unitaOperative{query}"), "idUnita").await;
        assert_eq!(uo("gpadmin", DOMINIO, "").await, ["UFF2", "UFF"]);
        assert_eq!(uo("gpadmin", DOMINIO, "?abilitato=true").await, ["UFF"]);
        assert_eq!(uo("gpadmin", DOMINIO, "?ragioneSociale=altro%20uff").await, ["UFF2"]);
        assert_eq!(uo("guarda", DOMINIO, "").await, ["UFF"]);
        assert_eq!(uo("guarda", DOMINIO_2, "").await, ["UFF2", "EC", "UFF"]);
        let conti = async |query: &str| colonna(banco, "gpadmin", &format!("/domini/{DOMINIO}/contiAccredito{query}"), "iban").await;
        assert_eq!(conti("").await, ["IT02L1234512345123451111111", "IT60X0760101000000012345678"]);
        assert_eq!((conti("?iban=60x07").await, conti("?abilitato=false").await), (vec!["IT60X0760101000000012345678".to_owned()], vec![]));
    }
}

su_entrambi! {
    async fn il_logo_torna_per_quello_che_e(banco: &Banco) {
        let percorso = format!("/domini/{DOMINIO}");
        let logo = format!("{percorso}/logo");
        get(banco, &logo).await.rifiuta(404, "404000", &format!("Logo non presente per il Dominio {DOMINIO}"));
        let avviso = banco.carica("P1", "10.00").await;
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        for (byte, tipo) in [(&b"\x89PNG\r\n\x1a\n-guasto"[..], "image/png"), (b"\xff\xd8\xff\xe0guasto", "image/jpeg"), (b"GIF89a-guasto", "image/gif"), (svg, "application/octet-stream"),
            (b"<html>", "application/octet-stream")] {
            let base64 = STANDARD.encode(byte);
            let a_capo: String = base64.as_bytes().chunks(8).map(|c| format!("{}\r\n", String::from_utf8_lossy(c))).collect();
            for testo in [base64.clone(), format!(" data:image/svg+xml;base64,{base64}"), a_capo] {
                assert_eq!(put(banco, &percorso, con(corpo(), json!({ "logo": testo }))).await.stato, StatusCode::OK);
                let risposta = get(banco, &logo).await;
                assert_eq!((risposta.stato, risposta.byte.as_slice()), (StatusCode::OK, byte));
                let intestazione = |nome: &str| risposta.intestazioni.get(nome).map(|v| v.to_str().expect("testo"));
                assert_eq!(intestazione("content-type"), Some(tipo));
                assert_eq!((intestazione("cache-control"), intestazione("x-content-type-options")), (Some("max-age=3600"), Some("nosniff")));
                assert_eq!(intestazione("content-disposition").is_some(), tipo == "application/octet-stream");
            }
            let stampa = banco.http.get(format!("{}{PENDENZE}/avvisi/{DOMINIO}/{avviso}", banco.base)).basic_auth("DEMO", Some(crate::banco::PASSWORD));
            let stampa = Risposta::leggi(stampa.header("accept", "application/pdf").send().await.expect("risposta")).await;
            assert!(stampa.stato == StatusCode::OK && stampa.byte.starts_with(b"%PDF"), "{tipo}");
        }
        // What is no base64 is given as it came.
        put(banco, &percorso, con(corpo(), json!({ "logo": "non e' base64" }))).await;
        assert_eq!(get(banco, &logo).await.testo, "non e' base64");
        let mega = |byte: usize| con(corpo(), json!({ "logo": STANDARD.encode(vec![1_u8; byte]) }));
        assert_eq!(put(banco, &percorso, mega(1024 * 1024)).await.stato, StatusCode::OK);
        put(banco, &percorso, mega(1024 * 1024 + 1)).await.rifiuta(400, "SINTASSI", "Il campo logo non deve superare 1.048.576 byte.");
        // Left out, it is taken away.
        let mut senza = corpo();
        senza.as_object_mut().expect("oggetto").remove("logo");
        put(banco, &percorso, senza).await;
        assert_eq!(get(banco, &logo).await.stato, StatusCode::NOT_FOUND);
        assert!(leggi(banco, &percorso).await.get("logo").is_none());
    }
}

fn posta() -> Value {
    json!({ "tipoConnettore": "EMAIL", "emailIndirizzi": ["a@b.it", "c@d.it"], "emailSubject": "Oggetto", "emailAllegato": false, "downloadBaseUrl": "https://scarica.example/x" })
}

fn connettori() -> Value {
    let comuni = json!({ "abilitato": true, "versioneCsv": "1.0", "intervalloCreazioneTracciato": 24, "tipiPendenza": [{ "idTipoPendenza": "TARI", "descrizione": "TARI" }] });
    json!({
        "servizioMyPivot": con(con(comuni.clone(), posta()), json!({ "codiceIPA": "c_x" })),
        "servizioSecim": con(comuni.clone(), json!({ "tipoConnettore": "FILESYSTEM", "fileSystemPath": "/dati", "codiceCliente": "1234567", "codiceIstituto": "12345" })),
        "servizioHyperSicAPKappa": con(comuni, posta()),
        "servizioGovPay": { "abilitato": true, "tipoConnettore": "REST", "intervalloCreazioneTracciato": 1, "tipiPendenza": [{ "idTipoPendenza": "*", "descrizione": "Tutti" }],
            "url": "https://ente.example/pagamenti", "versioneApi": "REST v1", "auth": { "username": "u", "password": "Segreta1" }, "contenuti": ["RPP", "FLUSSI_RENDICONTAZIONE"] },
        "servizioMaggioliJPPA": con(json!({ "abilitato": true, "url": "https://jppa.example", "auth": { "username": "u", "password": "Segreta2" }, "inviaTracciatoEsito": true,
            "fileSystemPath": "/jppa", "dataUltimaRT": "2026-01-02T03:04:05Z" }), { let mut p = posta(); p.as_object_mut().expect("oggetto").remove("tipoConnettore"); p }),
    })
}

su_entrambi! {
    async fn i_connettori_tornano_come_sono_stati_scritti(banco: &Banco) {
        let scritto = con(corpo(), connettori());
        assert_eq!(put(banco, NUOVO, scritto.clone()).await.stato, StatusCode::CREATED);
        let letto = leggi(banco, NUOVO).await;
        for (nome, atteso) in connettori().as_object().expect("oggetto") {
            assert_eq!(&letto[nome], atteso, "{nome}");
        }
        assert!(leggi(banco, "/domini?idDominio=777").await["risultati"][0].get("servizioGovPay").is_none());
        let riletta = banco.store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica");
        assert_eq!(riletta.domini[&dominio("77777777777")].connettori, banco.gateway.istantanea().attuale().domini[&dominio("77777777777")].connettori);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione WHERE contenuto LIKE '%Segreta%'").await, 0);

        let cambia = |nome: &str, cambi: Value| { let mut c = scritto.clone(); c[nome] = con(c[nome].clone(), cambi); c };
        // Ids, a star among them, hours with decimals, an address that the attachment makes useless.
        for (cambi, tipi) in [(json!({ "tipiPendenza": ["TARI", "IGNOTO"], "intervalloCreazioneTracciato": 1.7, "emailAllegato": true }), json!([{ "idTipoPendenza": "TARI", "descrizione": "TARI" }, { "idTipoPendenza": "IGNOTO" }])),
            (json!({ "tipiPendenza": ["TARI", "*"], "intervalloCreazioneTracciato": "1", "emailAllegato": true }), json!([{ "idTipoPendenza": "*", "descrizione": "Tutti" }]))] {
            assert_eq!(put(banco, NUOVO, cambia("servizioMyPivot", cambi)).await.stato, StatusCode::OK);
            let letto = leggi(banco, NUOVO).await["servizioMyPivot"].clone();
            assert_eq!((&letto["tipiPendenza"], &letto["intervalloCreazioneTracciato"], &letto["downloadBaseUrl"]), (&tipi, &json!(1), &json!("https://scarica.example/x")));
        }
        // Switched off keeps nothing, but for Maggioli; where an export had arrived is not forgotten.
        let spenti = con(corpo(), json!({ "servizioSecim": { "abilitato": false, "codiceCliente": "troppo lungo" },
            "servizioMaggioliJPPA": { "abilitato": false, "url": "https://jppa.example", "auth": { "username": "u", "password": "p" } } }));
        assert_eq!(put(banco, NUOVO, spenti).await.stato, StatusCode::OK);
        let letto = leggi(banco, NUOVO).await;
        assert_eq!((&letto["servizioSecim"], letto.get("servizioGovPay")), (&json!({ "abilitato": false }), None));
        assert_eq!(letto["servizioMaggioliJPPA"], json!({ "abilitato": false, "url": "https://jppa.example", "auth": { "username": "u", "password": "p" }, "dataUltimaRT": "2026-01-02T03:04:05Z" }));

        for (nome, cambi, testo) in [
            ("servizioMyPivot", json!({ "intervalloCreazioneTracciato": 0 }), "Il campo intervalloCreazioneTracciato deve essere superiore a 1."),
            ("servizioMyPivot", json!({ "intervalloCreazioneTracciato": "99999999999999999999" }), "Il campo intervalloCreazioneTracciato deve essere inferiore a 2.147.483.647."),
            ("servizioMyPivot", json!({ "tipoConnettore": "REST" }), "Codifica inesistente per tipoConnettore. Valore fornito [REST] valori possibili {EMAIL,FILESYSTEM}"),
            ("servizioMyPivot", json!({ "tipiPendenza": [] }), "Indicare almeno un valore nel campo tipiPendenza"),
            ("servizioMyPivot", json!({ "tipiPendenza": [5] }), "Tipo non valido per il campo tipiPendenza"),
            ("servizioMyPivot", json!({ "emailIndirizzi": ["a@b.it", null] }), "L'elemento in posizione 1 del campo emailIndirizzi e' vuoto."),
            ("servizioMyPivot", json!({ "emailIndirizzi": [] }), "Il campo emailIndirizzi non deve essere vuoto."),
            ("servizioMyPivot", json!({ "downloadBaseUrl": null }), "Il campo downloadBaseUrl non deve essere vuoto."),
            ("servizioMyPivot", json!({ "codiceIPA": null, "intervalloCreazioneTracciato": 0 }), "Il campo codiceIPA non deve essere vuoto."),
            ("servizioSecim", json!({ "codiceIstituto": "123456" }), "Il valore [123456] del campo codiceIstituto non rispetta la lunghezza massima di 5 caratteri."),
            ("servizioSecim", json!({ "fileSystemPath": null }), "Il campo fileSystemPath non deve essere vuoto."),
            ("servizioGovPay", json!({ "contenuti": ["RPP", "ALTRO"] }), "Codifica inesistente per contenuti. Valore fornito [ALTRO] valori possibili {RPP,SINTESI_PAGAMENTI,SINTESI_FLUSSI_RENDICONTAZIONE,FLUSSI_RENDICONTAZIONE}"),
            ("servizioGovPay", json!({ "tipoConnettore": "EMAIL" }), "Il campo versioneZip non deve essere vuoto."),
            ("servizioMaggioliJPPA", json!({ "auth": null }), "Il campo auth non deve essere vuoto."),
            ("servizioMaggioliJPPA", json!({ "auth": { "apiId": "a", "apiKey": "b" } }), "Il campo username non deve essere vuoto."),
            ("servizioMaggioliJPPA", json!({ "abilitato": false, "url": "x" }), "Il campo url non contiene una URL valida."),
        ] {
            put(banco, NUOVO, cambia(nome, cambi)).await.rifiuta(400, "SINTASSI", testo);
        }
    }
}

su_entrambi! {
    async fn dieci_scritture_insieme_fanno_nascere_un_dominio_solo(banco: &Banco) {
        let esiti = futures::future::join_all((0..10).map(|n| put(banco, NUOVO, con(corpo(), json!({ "ragioneSociale": format!("Numero {n}") }))))).await;
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::CREATED).count(), 1);
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::OK).count(), 9);
        let letto = leggi(banco, NUOVO).await;
        assert_eq!(leggi(banco, &format!("{NUOVO}/unitaOperative/EC")).await["ragioneSociale"], letto["ragioneSociale"]);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM entrata_dominio WHERE dominio = '77777777777'").await, 1);
        let conti = (0..10).map(|n| async move { put(banco, &format!("{NUOVO}/contiAccredito/IT0{n}X"), json!({})).await });
        assert!(futures::future::join_all(conti).await.iter().all(|e| e.stato == StatusCode::CREATED));
        assert_eq!(leggi(banco, NUOVO).await["contiAccredito"].as_array().map(Vec::len), Some(10));
    }
}

const LUNGHEZZE: &[(&str, usize)] = &[
    ("ragioneSociale", 70),
    ("indirizzo", 70),
    ("civico", 16),
    ("cap", 16),
    ("localita", 35),
    ("provincia", 35),
    ("email", 255),
    ("pec", 255),
    ("tel", 255),
    ("fax", 255),
    ("web", 255),
    ("area", 255),
    ("autStampaPosteItaliane", 255),
    ("codiceIPA", 4000),
    ("versioneCsv", 255),
    ("codiceCliente", 7),
    ("codiceIstituto", 5),
    ("emailSubject", 4000),
    ("fileSystemPath", 4000),
    ("downloadBaseUrl", 4000),
    ("url", 255),
    ("descrizione", 255),
    ("intestatario", 255),
];
const FORME: &[(&str, &str)] = &[
    ("ragioneSociale", ""),
    ("indirizzo", ""),
    ("civico", ""),
    ("cap", ""),
    ("localita", ""),
    ("provincia", ""),
    ("nazione", "it"),
    ("nazione", ""),
    ("email", "a"),
    ("email", ""),
    ("pec", "a@"),
    ("tel", ""),
    ("fax", ""),
    ("web", ""),
    ("area", ""),
    ("gln", "123456789012"),
    ("gln", "123456789012A"),
    ("stazione", "1_1"),
    ("segregationCode", "50"),
    ("cbill", "abcde"),
    ("cbill", "ABCDEF"),
    ("iuvPrefix", "x"),
    ("iuvPrefix", "%(z)"),
    ("auxDigit", "4"),
    ("auxDigit", ""),
    ("codiceIPA", ""),
    ("fileSystemPath", ""),
    ("downloadBaseUrl", "ftp://x"),
    ("url", "htttp://x"),
    ("bic", "AAAAAA3OZZZ"),
    ("bic", "DABAIE2DX12"),
    ("bic", "DABAIE2"),
    ("descrizione", ""),
    ("intestatario", ""),
];

su_entrambi! {
    async fn un_corpo_guasto_e_rifiutato_col_nome_del_membro(banco: &Banco) {
        let pieno = con(con(corpo(), connettori()), json!({ "area": "Area", "tassonomiaPagoPA": "07" }));
        let d = Ricetta { componente: "dominioPost", buono: pieno, facoltativi: &["gln"], non_nulli: &["auxDigit"], lunghezze: LUNGHEZZE, forme: FORME, ..Ricetta::default() };
        prova_corpi(banco, NUOVO, &d).await;
        let u = Ricetta { componente: "unitaOperativaPost", buono: uo(), non_nulli: &["abilitato"], lunghezze: LUNGHEZZE, forme: FORME, ..Ricetta::default() };
        prova_corpi(banco, &format!("{NUOVO}/unitaOperative/U1"), &u).await;
        let conto = json!({ "bic": "AAABBBDABAI", "postale": true, "mybank": false, "abilitato": "true", "descrizione": "D", "intestatario": "I", "autStampaPosteItaliane": "A" });
        let c = Ricetta { componente: "contiAccreditoPost", buono: conto, non_nulli: &["postale", "abilitato"], lunghezze: LUNGHEZZE, forme: FORME, ..Ricetta::default() };
        prova_corpi(banco, &format!("{NUOVO}/contiAccredito/{IBAN_IMPOSSIBILE}"), &c).await;
    }
}

fn schema(componente: &str) -> Option<Validator> {
    contratti::schema(&format!("API Backoffice, {componente}"), "govpay/backoffice/govpay-api-backoffice-v1.yaml", componente)
}

#[track_caller]
fn conforme(componente: &str, corpo: &Value, attesi: &[&str]) {
    if let Some(schema) = schema(componente) {
        assert_eq!(scostamenti(&schema, corpo), attesi, "{corpo:#}");
    }
}

su_entrambi! {
    async fn le_risposte_rispettano_il_contratto(banco: &Banco) {
        put(banco, NUOVO, con(con(corpo(), connettori()), json!({ "area": "Area", "tassonomiaPagoPA": "07" }))).await;
        put(banco, &format!("{NUOVO}/unitaOperative/U1"), uo()).await;
        put(banco, &format!("{NUOVO}/contiAccredito/{IBAN_IMPOSSIBILE}"), json!({ "bic": "DABAIE2D", "intestatario": "I" })).await;
        put(banco, "/domini/66666666666", non_intermediato()).await;
        // The entrata of the stamp has no IBAN, whatever the yaml says (spec/2 section 2.6).
        conforme("dominio", &leggi(banco, NUOVO).await, &["/entrate/0 manca ibanAccredito"]);
        conforme("dominio", &leggi(banco, "/domini/66666666666").await, &[" manca gln", " manca stazione"]);
        conforme("dominioIndex", &leggi(banco, "/domini?idDominio=777").await["risultati"][0], &[]);
        conforme("unitaOperativa", &leggi(banco, &format!("{NUOVO}/unitaOperative/U1")).await, &[]);
        conforme("contiAccredito", &leggi(banco, &format!("{NUOVO}/contiAccredito/{IBAN_IMPOSSIBILE}")).await, &[]);
        for lista in ["/domini", &format!("{NUOVO}/unitaOperative"), &format!("{NUOVO}/contiAccredito"), &format!("{NUOVO}/entrate")] {
            conforme("listaPaginata", &leggi(banco, lista).await, &[]);
            conforme("listaPaginata", &leggi(banco, &format!("{lista}?risultatiPerPagina=1")).await, &[]);
        }
        conforme("faultBean", &get(banco, ASSENTE).await.json(), &[]);
    }
}
