//! Verification and forwarding, against an application that answers in every way.

use std::time::{Duration, Instant};

use codici::{IdDominio, Importo, NumeroAvviso};
use domain::anagrafica::{Autenticazione, ConnettoreEnte, VersioneEnte};
use domain::pendenza::{NuovaPendenza, Riferimento, TipoContabilita};
use ente::{ClienteEnte, Domanda, ErroreVerifica, Inoltro, StatoNonPagabile, TEMPI, VERIFICA_TEMPO_MAX, Verificata};
use outbound::{CORPO_BYTE_MAX, ErroreChiamata, Tempi};
use serde_json::{Value, json};
use wiremock::matchers::{any, body_json, header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const DOMINIO: &str = "12345678901";
pub const AVVISO: &str = "301000000000000028";
const IUV: &str = "01000000000000028";
const ANAGRAFICA: &str = "Greta Valenti";

fn dominio() -> IdDominio {
    IdDominio::leggi(DOMINIO).expect("dominio")
}

fn avviso() -> NumeroAvviso {
    NumeroAvviso::leggi(AVVISO).expect("avviso")
}

fn connettore(server: &MockServer, versione: VersioneEnte) -> ConnettoreEnte {
    ConnettoreEnte { url: format!("{}/ente/", server.uri()), versione, autenticazione: None }
}

/// Everything that a position of version 2 may have.
pub fn completa_v2() -> Value {
    json!({
        "idA2A": "A2A-1", "idPendenza": "P1", "idTipoPendenza": "TARI", "idDominio": DOMINIO, "idUnitaOperativa": "UO1", "causale": "TARI 2026",
        "soggettoPagatore": { "tipo": "F", "identificativo": "VLNGRT75C52F205X", "anagrafica": ANAGRAFICA, "nazione": "IT" },
        "importo": 250.5, "numeroAvviso": AVVISO, "tassonomia": "Sanzioni", "direzione": "Direzione che GovPay non controlla", "divisione": "D",
        "dataValidita": "2026-06-30", "dataScadenza": "2026-12-31", "annoRiferimento": 2026, "cartellaPagamento": "C1", "datiAllegati": { "a": 1 },
        "documento": { "identificativo": "D1", "descrizione": "TARI", "rata": 2 }, "dataNotificaAvviso": "2026-05-01", "dataPromemoriaScadenza": "2026-06-01",
        "proprieta": { "linguaSecondaria": "de" },
        "voci": [
            { "idVocePendenza": "1", "importo": 194, "descrizione": "TARI", "ibanAccredito": "IT60X0542811101000000123456",
              "codiceTassonomicoPagoPA": "9/0101100IM/", "contabilita": { "quote": [{ "capitolo": "1", "annoEsercizio": 2026, "importo": 194 }] },
              "metadata": { "mapEntries": [{ "key": "k", "value": "v" }] }, "descrizioneCausaleRPT": "causale", "datiAllegati": {} },
            { "idVocePendenza": "2", "idDominio": "12345678902", "importo": 40.5, "descrizione": "TEFA", "codEntrata": "TEFA" },
            { "idVocePendenza": "3", "importo": 16, "descrizione": "Bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "PI",
              "codiceTassonomicoPagoPA": "9/0101100IM/" }
        ],
        "allegati": [{ "nome": "a.txt", "contenuto": "YQ==" }]
    })
}

/// Everything that an answer of version 1 may have.
pub fn completa_v1() -> Value {
    let mut p = completa_v2();
    for solo_v2 in ["direzione", "divisione", "dataNotificaAvviso", "dataPromemoriaScadenza"] {
        p.as_object_mut().expect("oggetto").remove(solo_v2);
    }
    p["stato"] = json!("NON_ESEGUITA");
    p["descrizioneStato"] = json!("da pagare");
    p["nome"] = json!("TARI");
    p["dataCaricamento"] = json!("2026-01-01");
    p["datiAllegati"] = json!("testo");
    p["tassonomiaAvviso"] = json!("Imposte e tasse");
    for voce in p["voci"].as_array_mut().expect("voci") {
        voce["indice"] = json!(1);
        voce.as_object_mut().expect("voce").remove("codiceTassonomicoPagoPA");
    }
    p["voci"][0]["tipoContabilita"] = json!("ENTRATA");
    p["voci"][0]["codiceContabilita"] = json!("0101100IM");
    p["voci"][0]["bicAccredito"] = json!("BIC");
    p["voci"][2]["tipoBollo"] = json!("Imposta di bollo");
    p["voci"][0]["datiAllegati"] = json!("testo");
    p
}

fn busta(pendenza: Value) -> Value {
    json!({ "stato": "NON_ESEGUITA", "pendenza": pendenza })
}

/// The body with a member changed, added, or taken away when `valore` is null.
fn con(mut corpo: Value, puntatore: &str, valore: Value) -> Value {
    let (padre, nome) = puntatore.rsplit_once('/').expect("puntatore");
    let padre = corpo.pointer_mut(padre).and_then(Value::as_object_mut).expect("oggetto");
    if valore.is_null() {
        drop(padre.remove(nome))
    } else {
        drop(padre.insert(nome.to_owned(), valore))
    }
    corpo
}

async fn chiedi(versione: VersioneEnte, domanda: &Domanda<'_>, risposta: ResponseTemplate) -> Result<Verificata, ErroreVerifica> {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(risposta).expect(1).mount(&server).await;
    ClienteEnte::nuovo(TEMPI).expect("client").verifica(&connettore(&server, versione), domanda).await
}

async fn verifica(versione: VersioneEnte, domanda: &Domanda<'_>, corpo: Value) -> Result<Verificata, ErroreVerifica> {
    chiedi(versione, domanda, ResponseTemplate::new(200).set_body_json(corpo)).await
}

async fn per_id(versione: VersioneEnte, corpo: Value) -> Result<Verificata, ErroreVerifica> {
    verifica(versione, &Domanda::Pendenza { id_a2a: "A2A-1", id_pendenza: "P1" }, corpo).await
}

async fn per_avviso(versione: VersioneEnte, corpo: Value) -> Result<Verificata, ErroreVerifica> {
    verifica(versione, &Domanda::Avviso { dominio: &dominio(), numero_avviso: &avviso() }, corpo).await
}

fn pendenza(esito: Result<Verificata, ErroreVerifica>) -> NuovaPendenza {
    match esito {
        Ok(Verificata::NonEseguita(pendenza)) => *pendenza,
        altro => panic!("attesa una pendenza, trovato {altro:?}"),
    }
}

fn motivo(esito: Result<Verificata, ErroreVerifica>) -> String {
    match esito {
        Err(ErroreVerifica::NonValida { motivo }) => motivo,
        altro => panic!("attesa una risposta non valida, trovato {altro:?}"),
    }
}

#[tokio::test]
async fn ogni_domanda_ha_il_suo_percorso_e_niente_corpo() {
    let (dominio, numero_avviso) = (dominio(), avviso());
    let avviso = Domanda::Avviso { dominio: &dominio, numero_avviso: &numero_avviso };
    let pendenza = Domanda::Pendenza { id_a2a: "A2A-1", id_pendenza: "P1" };
    for (versione, domanda, percorso) in [
        (VersioneEnte::V1, avviso, format!("/ente/avvisi/{DOMINIO}/{IUV}")),
        (VersioneEnte::V2, avviso, format!("/ente/avvisi/{DOMINIO}/{AVVISO}")),
        (VersioneEnte::V1, pendenza, "/ente/pendenze/A2A-1/P1".to_owned()),
        (VersioneEnte::V2, pendenza, "/ente/pendenze/A2A-1/P1".to_owned()),
    ] {
        let server = MockServer::start().await;
        let atteso = Mock::given(method("GET")).and(header("accept", "application/json")).and(header("authorization", "Basic ZW50ZTpzZWdyZXRh"));
        atteso.respond_with(ResponseTemplate::new(200).set_body_json(json!({ "stato": "ANNULLATA" }))).expect(1).mount(&server).await;
        let connettore = ConnettoreEnte { autenticazione: Some(Autenticazione::basic("ente", "segreta")), ..connettore(&server, versione) };
        let esito = ClienteEnte::nuovo(TEMPI).expect("client").verifica(&connettore, &domanda).await;
        assert_eq!(esito, Ok(Verificata::NonPagabile { stato: StatoNonPagabile::Annullata, descrizione: None }));
        let richiesta = server.received_requests().await.expect("richieste").remove(0);
        assert_eq!((richiesta.url.path(), richiesta.url.query(), richiesta.body.len()), (percorso.as_str(), None, 0));
        assert!(!richiesta.headers.contains_key("content-type"));
    }
}

#[tokio::test]
async fn una_risposta_v2_completa_diventa_una_pendenza() {
    let p = pendenza(per_id(VersioneEnte::V2, busta(completa_v2())).await);
    assert_eq!((p.id_a2a.as_str(), p.id_pendenza.as_str(), p.dominio.as_str(), p.importo), ("A2A-1", "P1", DOMINIO, Importo::da_cent(25_050)));
    assert_eq!((p.numero_avviso, p.tipo_pendenza.as_deref(), p.unita_operativa.as_deref()), (Some(avviso()), Some("TARI"), Some("UO1")));
    assert_eq!(p.direzione.as_deref(), Some("Direzione che GovPay non controlla"));
    assert_eq!((p.tassonomia.as_deref(), p.divisione.as_deref(), p.voci.len(), p.allegati.len()), (Some("Sanzioni"), Some("D"), 3, 1));
    let conto = Riferimento::Conto {
        iban_accredito: "IT60X0542811101000000123456".to_owned(),
        iban_appoggio: None,
        tipo_contabilita: TipoContabilita::Altro,
        codice_contabilita: "0101100IM/".to_owned(),
    };
    let bollo = Riferimento::Bollo { tipo: "01".to_owned(), hash_documento: "aGFzaA==".to_owned(), provincia_residenza: "PI".to_owned() };
    let riferimenti: Vec<_> = p.voci.iter().map(|v| v.riferimento.clone()).collect();
    assert_eq!(riferimenti, [conto, Riferimento::Entrata("TEFA".to_owned()), bollo]);
}

#[tokio::test]
async fn una_risposta_v1_completa_diventa_la_stessa_pendenza() {
    let v1 = pendenza(per_id(VersioneEnte::V1, completa_v1()).await);
    assert_eq!((v1.nome.as_deref(), v1.tassonomia_avviso.as_deref(), v1.dati_allegati), (Some("TARI"), Some("Imposte e tasse"), Some(json!("testo"))));
    assert!(matches!(&v1.voci[0].riferimento, Riferimento::Conto { tipo_contabilita: TipoContabilita::Capitolo, .. }));
    assert!(matches!(&v1.voci[2].riferimento, Riferimento::Bollo { tipo, .. } if tipo == "01"));
    let v2 = pendenza(per_id(VersioneEnte::V2, busta(completa_v2())).await);
    assert_eq!((v1.causale, v1.soggetto_pagatore, v1.documento, v1.proprieta), (v2.causale, v2.soggetto_pagatore, v2.documento, v2.proprieta));
}

#[tokio::test]
async fn chi_chiede_per_avviso_riconosce_dominio_e_iuv() {
    for versione in VersioneEnte::TUTTE {
        let corpo = |puntatore: &str, valore| match versione {
            VersioneEnte::V1 => con(completa_v1(), puntatore, valore),
            VersioneEnte::V2 => busta(con(completa_v2(), puntatore, valore)),
        };
        let senza = pendenza(per_avviso(versione, corpo("/numeroAvviso", json!(null))).await);
        assert_eq!(senza.numero_avviso, Some(avviso()), "chi non lo ripete ha quello chiesto");
        assert!(per_avviso(versione, corpo("/idPendenza", json!("ALTRA"))).await.is_ok());
        let atteso = "I campi IdDominio e NumeroAvviso della pendenza ricevuta dal servizio di verifica non corrispondono ai parametri di input.";
        for (puntatore, valore) in [("/numeroAvviso", json!("301000000000000129")), ("/idDominio", json!("12345678902"))] {
            assert_eq!(motivo(per_avviso(versione, corpo(puntatore, valore)).await), atteso);
        }
        let atteso = "I campi IdA2A e IdPendenza della pendenza ricevuta dal servizio di verifica non corrispondono ai parametri di input.";
        for puntatore in ["/idA2A", "/idPendenza"] {
            assert_eq!(motivo(per_id(versione, corpo(puntatore, json!("ALTRA"))).await), atteso);
        }
    }
}

#[tokio::test]
async fn ogni_stato_ha_il_suo_esito_e_la_sua_descrizione() {
    use StatoNonPagabile::{Annullata, Duplicata, Scaduta, Sconosciuta};
    let ignota = format!("La pendenza identificata da Dominio:{DOMINIO} Iuv:{IUV} risulta sconosciuta presso l'applicativo gestore.");
    let sua = Some("detto dall'ente");
    let scaduta = Some("Versamento scaduto in data 31/12/2025");
    let v1 = [
        (json!({ "stato": "ANNULLATA", "descrizioneStato": sua }), Annullata, sua),
        (json!({ "stato": "DUPLICATA", "idA2A": "A2A-1" }), Duplicata, None),
        (json!({ "stato": "SCADUTA", "dataScadenza": "2025-12-31" }), Scaduta, scaduta),
        (json!({ "stato": "SCADUTA", "descrizioneStato": "" }), Scaduta, None),
        (json!({ "stato": "SCONOSCIUTA", "descrizioneStato": sua }), Sconosciuta, Some(ignota.as_str())),
    ];
    let v2 = [
        (json!({ "stato": "ANNULLATA" }), Annullata, None),
        (json!({ "stato": "SCADUTA", "descrizioneStato": sua }), Scaduta, sua),
        (json!({ "stato": "SCADUTA", "pendenza": { "dataScadenza": "2025-12-31" } }), Scaduta, scaduta),
        (json!({ "stato": "SCONOSCIUTA", "descrizioneStato": sua }), Sconosciuta, sua),
        (json!({ "stato": "SCONOSCIUTA" }), Sconosciuta, Some(ignota.as_str())),
    ];
    for (versione, casi) in [(VersioneEnte::V1, v1), (VersioneEnte::V2, v2)] {
        for (corpo, stato, descrizione) in casi {
            let atteso = Verificata::NonPagabile { stato, descrizione: descrizione.map(str::to_owned) };
            assert_eq!(per_avviso(versione, corpo.clone()).await, Ok(atteso), "{versione:?} {corpo}");
        }
    }
    let esito = per_id(VersioneEnte::V2, json!({ "stato": "SCONOSCIUTA" })).await;
    let ignota = "La pendenza identificata da IdA2A:A2A-1 IdPendenza:P1 risulta sconosciuta presso l'applicativo gestore.";
    assert_eq!(esito, Ok(Verificata::NonPagabile { stato: Sconosciuta, descrizione: Some(ignota.to_owned()) }));
    let lunga = per_id(VersioneEnte::V2, json!({ "stato": "ANNULLATA", "descrizioneStato": "x".repeat(1000) })).await;
    assert_eq!(lunga, Ok(Verificata::NonPagabile { stato: Annullata, descrizione: Some("x".repeat(255)) }));
}

#[tokio::test]
async fn una_risposta_che_rompe_il_contratto_non_e_valida_e_si_dice_dove() {
    let v2 = |puntatore: &str, valore| busta(con(completa_v2(), puntatore, valore));
    let contabilita = v2("/voci/0/contabilita/quote/0/importo", json!(1));
    for (corpo, parte) in [
        (json!([]), "Il corpo della risposta deve essere un oggetto JSON"),
        (json!({}), "Stato pendenza non gestito: null"),
        (json!({ "stato": "PAGATA" }), "Codifica inesistente per stato. Valore fornito [PAGATA]"),
        (json!({ "stato": "DUPLICATA" }), "Codifica inesistente per stato. Valore fornito [DUPLICATA]"),
        (json!({ "stato": "ANNULLATA", "extra": 1 }), "Unrecognized field \"extra\""),
        (json!({ "stato": "NON_ESEGUITA" }), "Il campo pendenza non deve essere vuoto."),
        (json!({ "stato": "NON_ESEGUITA", "pendenza": "x" }), "Il campo pendenza deve essere un oggetto JSON"),
        (v2("/nome", json!("TARI")), "Unrecognized field \"nome\""),
        (v2("/voci/0/stato", json!("x")), "Unrecognized field \"stato\""),
        (v2("/voci/0/tipoContabilita", json!("ALTRO")), "Unrecognized field \"tipoContabilita\" (percorso: voci[0].tipoContabilita)"),
        (v2("/idPendenza", json!(null)), "Il campo idPendenza non deve essere vuoto."),
        (v2("/idA2A", json!("a b")), "Il valore [a b] del campo idA2A non rispetta il pattern"),
        (v2("/idDominio", json!("1")), "Il valore [1] del campo idDominio"),
        (v2("/dataScadenza", json!("31/12/2026")), "Il campo dataScadenza non contiene una data valida."),
        (v2("/soggettoPagatore/tipo", json!("X")), "Codifica inesistente per tipo. Valore fornito [X] valori possibili {F,G}"),
        (v2("/importo", json!(null)), "Il campo importo non deve essere vuoto."),
        (v2("/tassonomia", json!("x".repeat(36))), "del campo tassonomia non rispetta la lunghezza massima di 35"),
        (v2("/voci", json!([])), "Il campo voci non deve essere vuoto."),
        (v2("/voci/0/codiceTassonomicoPagoPA", json!(null)), "Il campo codiceTassonomicoPagoPA non deve essere vuoto."),
        (v2("/voci/0/codiceTassonomicoPagoPA", json!("9/0")), "non rispetta la lunghezza minima di 5 caratteri."),
        (v2("/voci/0/codiceTassonomicoPagoPA", json!("3/0101100IM")), r"non rispetta il pattern richiesto: (^[0129]\/\S{3,138}$)"),
        (v2("/voci/0/codiceTassonomicoPagoPA", json!(9)), "Il campo codiceTassonomicoPagoPA deve essere un testo."),
        (v2("/voci/1/codiceTassonomicoPagoPA", json!("9/0101100IM")), "Valorizzato codEntrata. Il campo codiceTassonomicoPagoPA deve essere vuoto."),
        (v2("/voci/2/codiceTassonomicoPagoPA", json!(null)), "Il campo codiceTassonomicoPagoPA non deve essere vuoto."),
        (contabilita, "La voce (1) della pendenza (IdA2A:A2A-1, Id:P1) ha un importo (194"),
    ] {
        let motivo = motivo(per_id(VersioneEnte::V2, corpo).await);
        assert!(motivo.contains(parte), "«{motivo}» non contiene «{parte}»");
    }
    for (corpo, parte) in [
        (json!({ "stato": "X" }), "Codifica inesistente per stato."),
        (con(completa_v1(), "/direzione", json!("D")), "Unrecognized field \"direzione\""),
        (con(completa_v1(), "/voci/0/codiceTassonomicoPagoPA", json!("9/0101100IM")), "Unrecognized field \"codiceTassonomicoPagoPA\""),
        (con(completa_v1(), "/voci/0/tipoContabilita", json!(null)), "Il campo tipoContabilita non deve essere vuoto."),
        (json!({ "stato": "ANNULLATA", "dataScadenza": "domani" }), "Il campo dataScadenza non contiene una data valida."),
    ] {
        let motivo = motivo(per_id(VersioneEnte::V1, corpo).await);
        assert!(motivo.contains(parte), "«{motivo}» non contiene «{parte}»");
    }
}

#[tokio::test]
async fn ogni_fallimento_ha_la_sua_ragione() {
    let domanda = Domanda::Pendenza { id_a2a: "A2A-1", id_pendenza: "P1" };
    let stato = |stato| chiedi(VersioneEnte::V2, &domanda, ResponseTemplate::new(stato).set_body_string(ANAGRAFICA));
    for (codice, atteso) in
        [(404, ErroreVerifica::NonTrovata), (400, ErroreVerifica::Stato(400)), (401, ErroreVerifica::Stato(401)), (503, ErroreVerifica::Stato(503))]
    {
        let errore = stato(codice).await.expect_err("fallita");
        assert_eq!((&errore, errore.to_string()), (&atteso, format!("Ricevuto [HTTP {codice}]")));
    }
    for buono in [200, 201, 302] {
        assert_eq!(
            motivo(chiedi(VersioneEnte::V1, &domanda, ResponseTemplate::new(buono)).await),
            "Il corpo della risposta e' vuoto.",
            "sotto 400 e' un successo, e il corpo si legge"
        );
    }
    let html = chiedi(VersioneEnte::V2, &domanda, ResponseTemplate::new(200).set_body_string("<html>")).await;
    assert_eq!(motivo(html), "Il corpo della risposta non e' un JSON valido: sintassi errata alla riga 1, colonna 1.");
    let enorme = chiedi(VersioneEnte::V2, &domanda, ResponseTemplate::new(200).set_body_bytes(vec![b' '; CORPO_BYTE_MAX + 1])).await;
    assert!(matches!(enorme, Err(ErroreVerifica::Chiamata(ErroreChiamata::CorpoTroppoGrande { .. }))), "{enorme:?}");

    let connettore = |url: &str| ConnettoreEnte { url: url.to_owned(), versione: VersioneEnte::V2, autenticazione: None };
    let cliente = ClienteEnte::nuovo(TEMPI).expect("client");
    let spento = cliente.verifica(&connettore("http://127.0.0.1:9/segreto"), &domanda).await;
    assert_eq!(spento, Err(ErroreVerifica::Chiamata(ErroreChiamata::ConnessioneRifiutata { server: "http://127.0.0.1:9".to_owned() })));
    let sbagliato = cliente.verifica(&connettore("ente.example/segreto"), &domanda).await;
    assert!(matches!(sbagliato, Err(ErroreVerifica::Chiamata(ErroreChiamata::UrlNonValida { .. }))), "{sbagliato:?}");
}

#[tokio::test]
async fn un_ente_lento_e_un_tempo_scaduto_prima_che_il_nodo_rinunci() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).mount(&server).await;
    let inizio = Instant::now();
    let domanda = Domanda::Pendenza { id_a2a: "A2A-1", id_pendenza: "P1" };
    // A configuration that waits for long does not make the node wait.
    let tempi = Tempi { connessione: Duration::from_secs(30), lettura: Duration::from_secs(30) };
    let esito = ClienteEnte::nuovo(tempi).expect("client").verifica(&connettore(&server, VersioneEnte::V1), &domanda).await;
    assert_eq!(esito, Err(ErroreVerifica::TempoScaduto { server: server.uri() }));
    assert!(inizio.elapsed() < VERIFICA_TEMPO_MAX + Duration::from_secs(1), "{:?}", inizio.elapsed());
}

#[tokio::test]
async fn un_inoltro_manda_il_corpo_come_e_e_vuole_indietro_cio_che_ha_chiesto() {
    let corpo = json!({ "targa": "AB123CD", "importo": 10.10 });
    let dominio = dominio();
    let inoltro = Inoltro { dominio: &dominio, tipo_pendenza: "TARI", unita_operativa: Some("UO1"), corpo: &corpo };
    for (versione, risposta) in [(VersioneEnte::V1, completa_v1()), (VersioneEnte::V2, busta(completa_v2()))] {
        let server = MockServer::start().await;
        let atteso = Mock::given(method("POST")).and(header("content-type", "application/json")).and(header("accept", "application/json"));
        atteso.and(body_json(&corpo)).respond_with(ResponseTemplate::new(201).set_body_json(risposta)).expect(1).mount(&server).await;
        let esito = ClienteEnte::nuovo(TEMPI).expect("client").inoltra(&connettore(&server, versione), &inoltro).await;
        assert_eq!(pendenza(esito).id_pendenza, "P1");
        let url = server.received_requests().await.expect("richieste").remove(0).url;
        assert_eq!((url.path(), url.query()), (format!("/ente/pendenze/{DOMINIO}/TARI").as_str(), Some("idUnitaOperativa=UO1")));
    }
    for (puntatore, campo) in [("/idDominio", "IdDominio"), ("/idTipoPendenza", "IdTipoPendenza"), ("/idUnitaOperativa", "IdUnitaOperativa")] {
        let altro = if campo == "IdDominio" { json!("12345678902") } else { json!("ALTRO") };
        let server = MockServer::start().await;
        let risposta = busta(con(completa_v2(), puntatore, altro));
        Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(risposta)).mount(&server).await;
        let esito = ClienteEnte::nuovo(TEMPI).expect("client").inoltra(&connettore(&server, VersioneEnte::V2), &inoltro).await;
        assert_eq!(motivo(esito), format!("Il campo {campo} della pendenza ricevuta dal servizio di verifica non corrisponde ai parametri di input."));
    }
    let senza_uo = Inoltro { unita_operativa: None, ..inoltro };
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(json!({ "stato": "SCONOSCIUTA" }))).mount(&server).await;
    let esito = ClienteEnte::nuovo(TEMPI).expect("client").inoltra(&connettore(&server, VersioneEnte::V2), &senza_uo).await;
    assert_eq!(esito, Ok(Verificata::NonPagabile { stato: StatoNonPagabile::Sconosciuta, descrizione: None }));
    assert_eq!(server.received_requests().await.expect("richieste").remove(0).url.query(), None);
}

#[test]
fn i_testi_per_chi_chiama_sono_quelli_di_govpay() {
    let (dominio, numero_avviso) = (dominio(), avviso());
    let (avviso, pendenza) = (Domanda::Avviso { dominio: &dominio, numero_avviso: &numero_avviso }, Domanda::Pendenza { id_a2a: "A2A-1", id_pendenza: "P1" });
    assert_eq!((avviso.tipo_evento(), pendenza.tipo_evento(), Inoltro::TIPO_EVENTO), ("getAvviso", "verifyPendenza", "verifyPendenzaMod4"));
    assert_eq!(
        avviso.fallita("A2A-1", &ErroreVerifica::Stato(500)),
        "La verifica del versamento [Versamento: - BundleKey:- Debitore:- Dominio:12345678901 Iuv:01000000000000028] all'applicazione competente [Applicazione:A2A-1] e' fallita con errore: Ricevuto [HTTP 500]"
    );
    assert_eq!(
        pendenza.fallita("A2A-1", &ErroreVerifica::NonValida { motivo: "Il campo x.".to_owned() }),
        "verifica del versamento [Versamento: P1 BundleKey:- Debitore:- Dominio:- Iuv:-] all'applicazione competente [Applicazione:A2A-1] e' fallita con errore: Il campo x."
    );
    let inoltro = Inoltro { dominio: &dominio, tipo_pendenza: "TARI", unita_operativa: None, corpo: &Value::Null };
    let inizio = "L'inoltro del versamento [Dominio: 12345678901 TipoVersamento:TARI] all'applicazione competente [Applicazione:A2A-1]";
    assert_eq!(inoltro.fallito("A2A-1", &ErroreVerifica::NonTrovata), format!("{inizio} e' fallito con errore: Ricevuto [HTTP 404]"));
    assert_eq!(inoltro.non_pagabile("A2A-1", StatoNonPagabile::Scaduta), format!("{inizio} ha dato esito PAA_PAGAMENTO_SCADUTO"));
    assert!(!format!("{inoltro:?}").contains("corpo"));
}
