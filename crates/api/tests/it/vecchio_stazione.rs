//! The station's calls of the older model: verification and activation at a PSP, every check of an RT, hybrids, and what is not served (spec/3 section 1.12).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codici::Importo;
use domain::transazione::Transazione;
use gateway::Impostazioni;
use gateway::lavori::{Corsa, trova};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{EsitoRt, GuastoNodo, RptVista, RtDaMandare, VersanteRpt};
use store::transazioni::Messaggio;
use tokio_util::sync::CancellationToken;

use crate::banco::{Banco, DOMINIO, DOMINIO_2, PASSWORD, Risposta, corpo_minimo};
use crate::soap::Ricevuta;
use crate::su_entrambi;
use crate::vecchio_carrello::collega_nodo;

async fn tentativi(banco: &Banco, id: &str) -> Vec<Transazione> {
    let p = banco.store.pendenza("DEMO", id).await.expect("archivio").expect("pendenza");
    banco.store.transazioni(&p).await.expect("tentativi")
}

/// The RPT that nodoInviaRPT brings after the answer.
async fn rpt_arrivata(banco: &Banco, ccp: &str) -> RptVista {
    for _ in 0..200 {
        if let Some(rpt) = banco.simulatore.rpt_ricevute().into_iter().find(|r| r.ccp == ccp) {
            return rpt;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("la RPT {ccp} non e' arrivata al nodo");
}

/// Until the attempt is no longer as the activation left it.
async fn concluso_l_invio(banco: &Banco, id: &str) -> Transazione {
    for _ in 0..200 {
        let t = tentativi(banco, id).await.pop().expect("tentativo");
        if t.stato.codice() != "RPT_ATTIVATA" || t.descrizione_stato.is_some() {
            return t;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nodoInviaRPT non ha avuto esito");
}

async fn ufficio(banco: &Banco, metodo: Method, percorso: &str, tipo: &str, corpo: Vec<u8>) -> Risposta {
    let url = format!("{}/govpay/backend/api/backoffice/rs/basic/v1{percorso}", banco.base);
    let r = banco.http.request(metodo, url).basic_auth("gpadmin", Some(PASSWORD)).header("content-type", tipo).body(corpo);
    Risposta::leggi(r.send().await.expect("risposta")).await
}

fn fault(risposta: &simulator::RispostaStazione) -> (String, Option<String>) {
    risposta.fault().unwrap_or_else(|| panic!("atteso un rifiuto: {risposta:?}"))
}

su_entrambi! {
    async fn un_pagamento_al_psp_va_dalla_verifica_alla_ricevuta(banco: &Banco) {
        collega_nodo(banco).await;
        let avviso = banco.carica("P1", "10.50").await;
        let iuv = &avviso[1..];
        let s = &banco.simulatore;

        let verificato = s.verifica_rpt(DOMINIO, iuv, "ccp1").await;
        assert!(verificato.ok(), "{verificato:?}");
        let dati = verificato.corpo.figlio("datiPagamentoPA").expect("dati");
        let nomi: Vec<&str> = dati.figli.iter().map(|f| f.nome.as_str()).collect();
        assert_eq!(nomi, ["importoSingoloVersamento", "ibanAccredito", "enteBeneficiario", "causaleVersamento"]);
        assert_eq!((dati.valore("importoSingoloVersamento"), dati.valore("causaleVersamento")), (Some("10.50"), Some("TARI 2026 prima rata")));
        assert_eq!(dati.figlio("enteBeneficiario").and_then(|e| e.valore("denominazioneBeneficiario")), Some(format!("Comune di Prova {DOMINIO}").as_str()));
        assert_eq!(tentativi(banco, "P1").await, []);

        let versante = VersanteRpt { codice: "RSSMRA80A01H501U".to_owned(), nome: "Mario Rossi".to_owned() };
        // The amount that the PSP was shown does not matter.
        let attivato = s.attiva_rpt(DOMINIO, iuv, "ccp1", Importo::da_cent(1), Some(&versante)).await;
        assert!(attivato.ok(), "{attivato:?}");
        assert_eq!(attivato.corpo.figlio("datiPagamentoPA"), Some(dati));
        let rpt = rpt_arrivata(banco, "ccp1").await;
        assert_eq!(rpt.rpt.cerca("codiceIdentificativoUnivoco").map(|e| e.testo.as_str()), Some("RSSMRA80A01H501U"));
        let t = concluso_l_invio(banco, "P1").await;
        assert_eq!((t.stato.codice(), t.versione.codice(), t.ccp.as_str(), t.tipo_versamento.as_deref()), ("RPT_ACCETTATA_NODO", "SANP_230", "ccp1", Some("PO")));
        let pagamento = banco.store.pagamento(t.pagamento.expect("pagamento")).await.expect("letto").expect("c'e'");
        assert_eq!((pagamento.principal.as_str(), pagamento.nome.as_str(), pagamento.iniziativa.codice()), ("DEMO", "TARI 2026 prima rata", 3));
        assert_eq!(pagamento.versante.as_ref().map(|v| v.identificativo()), Some("RSSMRA80A01H501U"));

        let in_corso = ("PAA_PAGAMENTO_IN_CORSO".to_owned(), Some("Pagamento in corso [CCP:ccp1].".to_owned()));
        assert_eq!(fault(&s.verifica_rpt(DOMINIO, iuv, "ccp2").await), in_corso);
        assert_eq!(fault(&s.attiva_rpt(DOMINIO, iuv, "ccp2", Importo::da_cent(1050), None).await), in_corso);

        assert!(s.manda_rt(&rpt, &RtDaMandare::nuova(EsitoRt::Eseguito)).await.ok());
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        let pagamento = banco.store.pagamento(pagamento.id).await.expect("letto").expect("c'e'");
        assert_eq!(pagamento.situazione.stato.codice(), "ESEGUITO");
        assert_eq!(fault(&s.attiva_rpt(DOMINIO, iuv, "ccp3", Importo::da_cent(1050), None).await).0, "PAA_PAGAMENTO_DUPLICATO");
        let (codice, testo) = fault(&s.manda_rt(&rpt, &RtDaMandare::nuova(EsitoRt::Eseguito)).await);
        assert_eq!(codice, "PAA_RECEIPT_DUPLICATA");
        assert!(testo.expect("testo").starts_with(&format!("La ricevuta [Dominio: {DOMINIO}, IUV: {iuv}, ReceiptID: ccp1] è già acquisita in data ")));

        banco.gateway.giornale().scarica().await;
        let conta = async |condizione: &str| banco.conta(&format!("SELECT count(*) FROM evento WHERE {condizione}")).await;
        assert_eq!(conta("tipo = 'paaVerificaRPT' AND esito = 'OK' AND dati_pago_pa NOT LIKE '%idCanale%' AND ccp = 'ccp1'").await, 1);
        assert_eq!(conta("tipo = 'paaAttivaRPT' AND esito = 'OK' AND dati_pago_pa LIKE '%\"idIntermediarioPsp\":\"INTPSP\"%' AND dati_pago_pa LIKE '%\"modelloPagamento\":\"4\"%'").await, 1);
        assert_eq!(conta("tipo = 'nodoInviaRPT' AND ruolo = 'C' AND esito = 'OK' AND sottotipo_esito = '200' AND dettaglio_esito IS NULL").await, 1);
        assert_eq!(conta("tipo = 'paaInviaRT' AND esito = 'OK' AND id_pendenza = 'P1'").await, 1);
        assert_eq!(conta("tipo = 'paaInviaRT' AND esito = 'KO' AND sottotipo_esito = 'PAA_RECEIPT_DUPLICATA'").await, 1);
    }
}

su_entrambi! {
    async fn cio_che_un_psp_non_puo_pagare_con_rpt_ha_il_suo_fault(banco: &Banco) {
        let s = &banco.simulatore;
        let iuv_di = async |id: &str, corpo: Value| {
            let risposta = banco.put(id, corpo).await;
            assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
            risposta.json()["numeroAvviso"].as_str().expect("avviso")[1..].to_owned()
        };
        let voce = |id: &str| json!({ "idVocePendenza": id, "importo": 1, "descrizione": "d", "codEntrata": "TARI" });
        let mut di_due = corpo_minimo("2.00");
        di_due["voci"] = json!([voce("A"), voce("B")]);
        let due = iuv_di("DUE", di_due).await;
        let mut d_altri = corpo_minimo("1.00");
        d_altri["voci"][0]["idDominio"] = json!(DOMINIO_2);
        let altri = iuv_di("ALTRI", d_altri).await;
        let mut con_bollo = corpo_minimo("16.00");
        con_bollo["voci"] = json!([{ "idVocePendenza": "B", "importo": 16, "descrizione": "Bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" }]);
        let bollo = iuv_di("BOLLO", con_bollo).await;
        let mut vecchia = corpo_minimo("1.00");
        vecchia["dataScadenza"] = json!("1999-12-31");
        let scaduta = iuv_di("SCADUTA", vecchia).await;
        let buona = iuv_di("BUONA", corpo_minimo("1.00")).await;

        let piu_voci = "Il versamento contiene piu' di un singolo versamento, non ammesso per pagamenti ad iniziativa psp.";
        let marca = "Il versamento contiene una marca da bollo telematica, non ammessa per pagamenti ad iniziativa psp.";
        let multi = "La pendenza e' di tipo multibeneficiario, non ammesso per pagamenti ad iniziativa psp con specifica SANP 2.3.0.";
        for (iuv, codice, testo) in [
            (&due, "PAA_SEMANTICA", Some(piu_voci)),
            (&bollo, "PAA_SEMANTICA", Some(marca)),
            (&altri, "PAA_PAGAMENTO_MULTIBENEFICIARIO_NON_CONSENTITO", Some(multi)),
            (&scaduta, "PAA_PAGAMENTO_SCADUTO", Some("Versamento scaduto in data 31/12/1999")),
        ] {
            assert_eq!(fault(&s.attiva_rpt(DOMINIO, iuv, "c", Importo::da_cent(100), None).await), (codice.to_owned(), testo.map(str::to_owned)));
        }
        assert_eq!(fault(&s.verifica_rpt(DOMINIO, &due, "c").await).1.as_deref(), Some(piu_voci));
        for iuv in [&altri, &bollo] {
            assert!(s.verifica_rpt(DOMINIO, iuv, "c").await.ok(), "la verifica non guarda ne' l'ente ne' il bollo");
        }
        for (dominio, iuv, codice) in [(DOMINIO, "x-non-un-avviso", "PAA_PAGAMENTO_SCONOSCIUTO"), ("99999999990", buona.as_str(), "PAA_ID_DOMINIO_ERRATO"), ("nessuno", &buona, "PAA_ID_DOMINIO_ERRATO")] {
            assert_eq!(fault(&s.verifica_rpt(dominio, iuv, "c").await).0, codice);
            assert_eq!(fault(&s.attiva_rpt(dominio, iuv, "c", Importo::da_cent(100), None).await).0, codice);
        }
        assert_eq!(banco.conta("SELECT count(*) FROM transazione").await, 0);

        // With the check of what is in progress switched off, the same ccp is still one attempt.
        let vecchio = gateway::vecchio::Impostazioni { attesa_modello3: domain::transazione::Attesa::Nessuna, ..gateway::vecchio::Impostazioni::default() };
        let nodo = banco.nodo_con(Impostazioni { vecchio, ..Impostazioni::default() }).await;
        let base = banco.stazione_di(&nodo).await;
        s.imposta_stazione_url(format!("{base}/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice"));
        assert!(s.attiva_rpt(DOMINIO, &buona, "c", Importo::da_cent(100), None).await.ok());
        let (codice, testo) = fault(&s.attiva_rpt(DOMINIO, &buona, "c", Importo::da_cent(100), None).await);
        let testo = testo.expect("testo");
        assert_eq!(codice, "PAA_PAGAMENTO_IN_CORSO");
        assert!(testo.starts_with("RTP attivata in data 20") && testo.contains(" [idMsgRichiesta: "), "{testo}");
        assert!(s.attiva_rpt(DOMINIO, &buona, "d", Importo::da_cent(100), None).await.ok());
    }
}

su_entrambi! {
    async fn una_rpt_che_il_nodo_non_prende_e_detta_nel_tentativo(banco: &Banco) {
        collega_nodo(banco).await;
        for (id, guasto, stato, descrizione) in [
            ("A", GuastoNodo::Rifiuta, "RPT_RIFIUTATA_NODO", "PPT_SEMANTICA: Errore semantico."),
            ("B", GuastoNodo::RifiutaUltima, "RPT_ATTIVATA", "PPT_CANALE_TIMEOUT: Timeout risposta del Canale."),
        ] {
            banco.simulatore.guasta_nodo(Some(guasto));
            let avviso = banco.carica(id, "1.00").await;
            assert!(banco.simulatore.attiva_rpt(DOMINIO, &avviso[1..], id, Importo::da_cent(100), None).await.ok());
            let t = concluso_l_invio(banco, id).await;
            assert_eq!((t.stato.codice(), t.descrizione_stato.as_deref()), (stato, Some(descrizione)));
        }
        assert_eq!(banco.conta("SELECT count(*) FROM pagamento_portale WHERE stato = 'FALLITO'").await, 1);
        assert_eq!(banco.conta("SELECT count(*) FROM notifica").await, 0);
        banco.simulatore.guasta_nodo(Some(GuastoNodo::KoMuto));
        let avviso = banco.carica("C", "1.00").await;
        assert!(banco.simulatore.attiva_rpt(DOMINIO, &avviso[1..], "C", Importo::da_cent(100), None).await.ok());
        for _ in 0..200 {
            banco.gateway.giornale().scarica().await;
            if banco.conta("SELECT count(*) FROM evento WHERE tipo = 'nodoInviaRPT' AND esito = 'FAIL' AND dettaglio_esito = 'Risposta pagoPA KO privo di FaultBean'").await == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("l'evento del KO muto non c'e'");
    }
}

/// The leases of the RPT end, as when their node has died.
async fn prenotazioni_finite(banco: &Banco) {
    banco.sql("UPDATE rpt_da_inviare SET prenotata_fino = NULL, prossimo_tentativo = '2020-01-01T00:00:00+00:00'").await;
}

/// A node that answers paaAttivaRPT and then never sends.
async fn nodo_che_muore(banco: &Banco) -> gateway::Gateway {
    let vecchio = gateway::vecchio::Impostazioni { ritardo_invio_rpt: Duration::from_secs(3_600), ..gateway::vecchio::Impostazioni::default() };
    banco.nodo_con(Impostazioni { vecchio, ..Impostazioni::default() }).await
}

async fn giro_delle_rpt(banco: &Banco) {
    let esito = banco.gateway.corri(trova("invio-rpt").expect("registrato"), true, &CancellationToken::new()).await.expect("letto");
    assert!(matches!(esito, Corsa::Riuscita(_)), "{esito:?}");
}

const IN_CODA: &str = "SELECT count(*) FROM rpt_da_inviare";

su_entrambi! {
    async fn una_rpt_di_un_nodo_morto_prima_di_mandarla_la_manda_un_altro(banco: &Banco) {
        collega_nodo(banco).await;
        let avviso = banco.carica("P1", "10.00").await;
        let morente = nodo_che_muore(banco).await;
        let base = banco.stazione_di(&morente).await;
        banco.simulatore.imposta_stazione_url(format!("{base}/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice"));
        assert!(banco.simulatore.attiva_rpt(DOMINIO, &avviso[1..], "c1", Importo::da_cent(1000), None).await.ok());

        giro_delle_rpt(banco).await;
        assert_eq!((banco.simulatore.rpt_ricevute().len(), banco.conta(IN_CODA).await), (0, 1), "finche' il nodo e' creduto vivo");
        prenotazioni_finite(banco).await;
        giro_delle_rpt(banco).await;

        let t = tentativi(banco, "P1").await.pop().expect("tentativo");
        assert_eq!((t.stato.codice(), banco.simulatore.rpt_ricevute().len(), banco.conta(IN_CODA).await), ("RPT_ACCETTATA_NODO", 1, 0));
        assert_eq!(banco.simulatore.rpt_ricevute()[0].ccp, "c1");
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE tipo = 'nodoInviaRPT' AND esito = 'OK'").await, 1);
    }
}

su_entrambi! {
    async fn una_rpt_che_il_nodo_aveva_gia_preso_conta_per_presa(banco: &Banco) {
        collega_nodo(banco).await;
        banco.simulatore.guasta_nodo(Some(GuastoNodo::PresaSenzaRisposta));
        let avviso = banco.carica("P1", "10.00").await;
        assert!(banco.simulatore.attiva_rpt(DOMINIO, &avviso[1..], "c1", Importo::da_cent(1000), None).await.ok());
        rpt_arrivata(banco, "c1").await;
        for _ in 0..200 {
            if banco.conta("SELECT count(*) FROM rpt_da_inviare WHERE tentativi = 1 AND motivo = 'Ricevuto [HTTP 504]'").await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_eq!(tentativi(banco, "P1").await[0].stato.codice(), "RPT_ATTIVATA");
        banco.simulatore.guasta_nodo(None);
        prenotazioni_finite(banco).await;
        giro_delle_rpt(banco).await;
        let t = tentativi(banco, "P1").await.pop().expect("tentativo");
        assert_eq!((t.stato.codice(), t.descrizione_stato.as_deref()), ("RPT_ACCETTATA_NODO", None));
        assert_eq!((banco.simulatore.rpt_ricevute().len(), banco.conta(IN_CODA).await), (1, 0));
    }
}

su_entrambi! {
    async fn una_rpt_che_nessuno_aspetta_piu_esce_dalla_coda(banco: &Banco) {
        collega_nodo(banco).await;
        let morente = nodo_che_muore(banco).await;
        let base = banco.stazione_di(&morente).await;
        banco.simulatore.imposta_stazione_url(format!("{base}/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice"));
        // One is paid before it could be sent; of the other the node says nothing for more than a day.
        let rpt = attivata(banco, "PAGATA").await;
        attivata(banco, "VECCHIA").await;
        assert!(banco.simulatore.manda_rt(&rpt, &RtDaMandare::nuova(EsitoRt::Eseguito)).await.ok());
        banco.sql("UPDATE transazione SET data_richiesta = '2020-01-01T00:00:00+00:00' WHERE ccp = 'VECCHIA'").await;
        banco.simulatore.guasta_nodo(Some(GuastoNodo::Sparito));
        prenotazioni_finite(banco).await;
        giro_delle_rpt(banco).await;
        let stati = (tentativi(banco, "PAGATA").await[0].stato.codice(), tentativi(banco, "VECCHIA").await[0].stato.codice());
        assert_eq!((stati, banco.conta(IN_CODA).await), (("RT_ACCETTATA_PA", "RPT_ERRORE_INVIO_A_NODO"), 0));
        assert_eq!(banco.simulatore.rpt_ricevute().len(), 0);
    }
}

/// An activated position, and the RPT that the node has.
pub async fn attivata(banco: &Banco, id: &str) -> RptVista {
    let avviso = banco.carica(id, "10.00").await;
    assert!(banco.simulatore.attiva_rpt(DOMINIO, &avviso[1..], id, Importo::da_cent(1000), None).await.ok());
    let t = tentativi(banco, id).await.pop().expect("tentativo");
    let rpt = banco.store.messaggio(&t, Messaggio::Rpt).await.expect("letta").expect("c'e'");
    RptVista {
        dominio: DOMINIO.to_owned(),
        iuv: t.iuv.to_string(),
        ccp: t.ccp,
        psp: String::new(),
        canale: String::new(),
        rpt: simulator::xml::leggi(&rpt).expect("rpt"),
    }
}

su_entrambi! {
    async fn una_rt_che_non_va_si_tiene_e_la_buona_prende_il_suo_posto(banco: &Banco) {
        let rpt = attivata(banco, "P1").await;
        let s = &banco.simulatore;
        let buona = RtDaMandare::nuova(EsitoRt::Eseguito);
        for (storta, codice, testo) in [
            (buona.clone().con("<importoTotalePagato>10.00", "<importoTotalePagato>10"), "PAA_SINTASSI_XSD", "valore non valido in `RT/datiPagamento/importoTotalePagato`"),
            (buona.clone().con("<importoTotalePagato>10.00", "<importoTotalePagato>11.00"), "PAA_SEMANTICA", "ImportoTotalePagato [11.00] non corrisponde alla somma dei SingoliImportiPagati [10.00]"),
            (buona.clone().con("<CodiceContestoPagamento>P1", "<CodiceContestoPagamento>P2"), "PAA_SEMANTICA", "CodiceContestoPagamento non corrisponde [Atteso:\"P1\" Ricevuto:\"P2\"]"),
        ] {
            let (trovato, descrizione) = fault(&s.manda_rt(&rpt, &storta).await);
            assert_eq!(trovato, codice);
            assert!(descrizione.as_deref().is_some_and(|d| d.starts_with(testo)), "{descrizione:?}");
            let t = tentativi(banco, "P1").await.pop().expect("tentativo");
            assert_eq!((t.stato.codice(), t.con_rt, t.descrizione_stato), ("RT_RIFIUTATA_PA", true, descrizione));
        }
        assert_eq!(banco.pendenza("P1").await["stato"], "NON_ESEGUITA");
        assert!(s.manda_rt(&rpt, &buona).await.ok());
        let t = tentativi(banco, "P1").await;
        assert_eq!((t.len(), t[0].stato.codice(), t[0].descrizione_stato.as_deref(), t[0].attestante.as_ref().map(|a| a.1.as_str())), (1, "RT_ACCETTATA_PA", None, Some(s.configurazione().psp.denominazione.as_str())));
        let p = banco.store.pendenza("DEMO", "P1").await.expect("archivio").expect("c'e'");
        let riscossioni = banco.store.riscossioni(&p, None).await.expect("riscossioni");
        assert_eq!(riscossioni.iter().map(|r| (r.indice, r.iur.as_str(), r.importo.cent(), r.commissioni.map(Importo::cent))).collect::<Vec<_>>(), [(1, "IURP11", 1000, Some(100))]);

        // Money that nobody asked for is kept all the same.
        let (codice, _) = fault(&s.manda_rt(&rpt, &RtDaMandare { altro_ccp: Some("ignoto".to_owned()), ..buona }).await);
        assert_eq!((codice.as_str(), banco.conta("SELECT count(*) FROM ricevuta_estranea WHERE receipt_id = 'ignoto' AND importo = 1000").await), ("PAA_RPT_SCONOSCIUTA", 1));
        for rubbish in [&b"<html/>"[..], b"", b"\xff\xfe"] {
            assert_eq!(fault(&s.manda_documento(DOMINIO, &rpt.iuv, "ignoto2", rubbish).await).0, "PAA_RPT_SCONOSCIUTA");
        }
        assert_eq!(banco.conta("SELECT count(*) FROM ricevuta_estranea").await, 1);
    }
}

su_entrambi! {
    async fn una_rt_che_non_paga_o_paga_in_parte_dice_il_suo_esito(banco: &Banco) {
        for (id, esito, codice, pendenza, pagamento) in [
            ("NO", EsitoRt::NonEseguito, 1, "NON_ESEGUITA", "NON_ESEGUITO"),
            ("TARDI", EsitoRt::DecorrenzaTermini, 3, "NON_ESEGUITA", "NON_ESEGUITO"),
            ("PARTE", EsitoRt::ParzialmenteEseguito, 2, "ESEGUITA_PARZIALE", "ESEGUITO_PARZIALE"),
        ] {
            let rpt = attivata(banco, id).await;
            assert!(banco.simulatore.manda_rt(&rpt, &RtDaMandare::nuova(esito)).await.ok(), "{id}");
            let t = tentativi(banco, id).await.pop().expect("tentativo");
            let p = banco.store.pagamento(t.pagamento.expect("pagamento")).await.expect("letto").expect("c'e'");
            assert_eq!((t.esito.codice(), &banco.pendenza(id).await["stato"], p.situazione.stato.codice()), (codice, &json!(pendenza), pagamento), "{id}");
        }
    }
}

su_entrambi! {
    async fn un_attivazione_vecchia_e_chiusa_da_una_ricevuta_nuova(banco: &Banco) {
        let rpt = attivata(banco, "P1").await;
        let avviso = format!("3{}", rpt.iuv);
        let mut altro_debitore = Ricevuta::per(&avviso, "token0", "10.00");
        altro_debitore.debitore = "RSSMRA80A01H501U".to_owned();
        let no = altro_debitore.invia(banco).await;
        assert!(no.a("fault/description").is_some_and(|d| d.starts_with("UniqueIdentifierDebtor non corrisponde")), "{}", no.http.testo);
        Ricevuta::per(&avviso, "token1", "10.00").accettata(banco).await;
        let t = tentativi(banco, "P1").await.into_iter().find(|t| t.ccp == "token1").expect("tentativo");
        assert_eq!((t.versione.codice(), t.stato.codice()), ("RPTSANP230_RTV2", "RT_ACCETTATA_PA"));
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        let rpp = banco.get(&format!("/rpp/{DOMINIO}/{}/token1", rpt.iuv)).await.json();
        assert_eq!((&rpp["rpt"]["versioneOggetto"], &rpp["rt"]["receiptId"]), (&json!("6.2.0"), &json!("token1")));

        // A payment of the portal follows the receipt that closes its attempt.
        let rpt = attivata(banco, "P2").await;
        Ricevuta::per(&format!("3{}", rpt.iuv), "token2", "10.00").v1().accettata(banco).await;
        let t = tentativi(banco, "P2").await.pop().expect("tentativo");
        let p = banco.store.pagamento(t.pagamento.expect("pagamento")).await.expect("letto").expect("c'e'");
        assert_eq!((t.versione.codice(), p.situazione.stato.codice()), ("RPTV2_RTV1", "ESEGUITO"));
    }
}

su_entrambi! {
    async fn un_attivazione_nuova_e_chiusa_da_una_rt_col_suo_ccp(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        banco.simulatore.attiva(DOMINIO, &avviso, simulator::Versione::V2).await.expect("attivata");
        let t = tentativi(banco, "P1").await.pop().expect("tentativo");
        // What an RPT of the older model would have said.
        let rpt = attivata(banco, "MODELLO").await;
        let vista = RptVista { iuv: t.iuv.to_string(), ccp: t.ccp.clone(), ..rpt.clone() };
        let rt = RtDaMandare::nuova(EsitoRt::Eseguito).con(&rpt.iuv, t.iuv.as_str());
        let presa = banco.simulatore.manda_rt(&vista, &rt).await;
        assert!(presa.ok(), "{presa:?}");
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn storni_e_revoche_non_sono_serviti_e_ogni_servizio_ha_le_sue_operazioni(banco: &Banco) {
        let s = &banco.simulatore;
        let chiave = format!("<identificativoDominio>{DOMINIO}</identificativoDominio><identificativoUnivocoVersamento>1</identificativoUnivocoVersamento><codiceContestoPagamento>c</codiceContestoPagamento>");
        let storno = format!("<ws:paaInviaEsitoStorno><identificativoIntermediarioPA>x</identificativoIntermediarioPA><identificativoStazioneIntermediarioPA>x</identificativoStazioneIntermediarioPA>{chiave}<er>PGE+</er></ws:paaInviaEsitoStorno>");
        let revoca = format!("<ws:paaInviaRichiestaRevoca>{chiave}<rr>PGE+</rr></ws:paaInviaRichiestaRevoca>");
        for (operazione, corpo) in [("paaInviaEsitoStorno", storno), ("paaInviaRichiestaRevoca", revoca)] {
            let risposta = s.chiedi_servizio_rt(operazione, &corpo).await;
            assert_eq!(fault(&risposta), ("PAA_SYSTEM_ERROR".to_owned(), Some("Non implementato".to_owned())));
            assert_eq!(risposta.corpo.figlio("fault").and_then(|f| f.valore("id")), Some(DOMINIO));
        }
        let monca = s.chiedi_servizio_rt("paaInviaRichiestaRevoca", &format!("<ws:paaInviaRichiestaRevoca>{chiave}</ws:paaInviaRichiestaRevoca>")).await;
        assert_eq!(fault(&monca).0, "PAA_SINTASSI_EXTRAXSD");
        let altrove = s.chiedi_servizio_rt("paaVerificaRPT", "<ws:paaVerificaRPT><identificativoPSP>P</identificativoPSP></ws:paaVerificaRPT>").await;
        assert_eq!((altrove.stato, altrove.corpo.nome.as_str()), (500, "Fault"));

        let wsdl = banco.http.get(format!("{}/govpay-api-pagopa/PagamentiTelematiciRTservice?wsdl", banco.base)).send().await.expect("wsdl");
        let wsdl = Risposta::leggi(wsdl).await.testo;
        assert!(wsdl.contains("paaInviaRT") && wsdl.contains("PagamentiTelematiciRTservice\"/>"), "{wsdl}");
        // The node has to say who it is here too.
        let url = format!("{}/govpay-api-pagopa/PagamentiTelematiciRTservice", banco.base);
        assert_eq!(banco.http.post(url).body("x").send().await.expect("risposta").status(), StatusCode::UNAUTHORIZED);
    }
}

su_entrambi! {
    async fn una_rt_si_porta_anche_a_mano(banco: &Banco) {
        let rpt = attivata(banco, "P1").await;
        let s = &banco.simulatore;
        let url = format!("/rpp/{DOMINIO}/{}/{}", rpt.iuv, rpt.ccp);
        let modifica = async |documento: &str| {
            let corpo = json!([{ "op": "REPLACE", "path": "/rt", "value": STANDARD.encode(documento) }]).to_string();
            ufficio(banco, Method::PATCH, &url, "application/json", corpo.into_bytes()).await
        };
        assert!(s.manda_rt(&rpt, &RtDaMandare::nuova(EsitoRt::NonEseguito)).await.ok());

        let no = modifica(r#"<RT xmlns="http://www.digitpa.gov.it/schemas/2011/Pagamenti/"><versioneOggetto>6.2.0</versioneOggetto></RT>"#).await;
        assert_eq!(no.fault(), (422, "SEMANTICA".to_owned(), "RT non valida: manca l'elemento `RT/dominio`".to_owned()));
        let causale = RtDaMandare::nuova(EsitoRt::Eseguito).con("/10.00</causaleVersamento>", "/9.98</causaleVersamento>").con("/10.00/TXT", "/9.98/TXT");
        let rifiutata = modifica(&s.rt(&rpt, &causale)).await;
        let testo = format!("RT non valida: CausaleVersamento non corrisponde [Atteso:\"/RFB/{0}/10.00\" Ricevuto:\"/RFB/{0}/9.98\"]", rpt.iuv);
        assert_eq!(rifiutata.fault(), (422, "SEMANTICA".to_owned(), testo));
        assert_eq!(tentativi(banco, "P1").await[0].stato.codice(), "RT_RIFIUTATA_PA");

        let buona = s.rt(&rpt, &RtDaMandare::nuova(EsitoRt::Eseguito));
        let presa = ufficio(banco, Method::POST, "/ricevute", "text/xml", buona.clone().into_bytes()).await;
        assert_eq!((presa.stato, &presa.json()["stato"]), (StatusCode::CREATED, &json!("RT_ACCETTATA_PA")), "{}", presa.testo);
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        let di_nuovo = modifica(&buona).await;
        assert_eq!(di_nuovo.fault().2, "RT non valida: Aggiornamento di RT in pagamenti con esito PAGAMENTO_ESEGUITO non supportata.");
        let ignota = ufficio(banco, Method::POST, "/ricevute", "text/xml", buona.replace(">P1</CodiceContesto", ">X</CodiceContesto").into_bytes()).await;
        assert_eq!(ignota.fault().2, "RT non valida: La RPT risulta sconosciuta.");
    }
}
