//! What is read of what comes from outside, and what rubbish becomes.

use pagopa::messaggi::TipoSoggetto;
use pagopa::vecchio::nodo::{EsitoCarrello, EsitoRpt, leggi_esito_carrello, leggi_esito_rpt, soap_fault};
use pagopa::vecchio::{Errore, EsitoRt, Operazione, Richiesta, dominio_indicato, leggi_richiesta, leggi_rt};
use proptest::collection::vec;
use proptest::prelude::*;

use super::esempi::{CAUSALE, busta, intestazione, richieste, rpt, rt, versamento};

#[test]
fn le_cinque_richieste_sono_riconosciute_con_la_loro_testata() {
    let lette: Vec<Richiesta> = richieste().iter().map(|r| leggi_richiesta(r.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{r}"))).collect();
    assert_eq!(lette.iter().map(Richiesta::operazione).collect::<Vec<_>>(), Operazione::TUTTE);
    assert!(lette.iter().all(|r| r.id_dominio() == "77777777777"));
    let Richiesta::Attiva(attiva) = &lette[1] else { panic!("{:?}", lette[1]) };
    assert_eq!((attiva.psp.as_str(), attiva.canale.as_deref(), attiva.intestazione.ccp.as_str()), ("PSP1", Some("CAN"), "ccp1"));
    let versante = attiva.versante.as_ref().expect("versante");
    assert_eq!((versante.tipo, versante.codice.as_str()), (TipoSoggetto::Fisica, "RSSMRA85T10A562S"));
    let Richiesta::InviaRt(i, rt) = &lette[2] else { panic!("{:?}", lette[2]) };
    assert_eq!((i.id_stazione.as_str(), rt.as_slice()), ("99999999999_01", b"<RT/>".as_slice()));
}

#[test]
fn la_testata_si_trova_anche_fra_altre_e_con_gli_attributi_di_soap() {
    let corpo = "<ws:paaVerificaRPT><identificativoPSP>PSP1</identificativoPSP></ws:paaVerificaRPT>";
    let con_attributi = intestazione().replacen("<ppthead:intestazionePPT ", "<ppthead:intestazionePPT soapenv:mustUnderstand=\"0\" soapenv:actor=\"x\" ", 1);
    for testata in [format!("<a:b xmlns:a=\"urn:x\">altro<c/></a:b>{}", intestazione()), con_attributi] {
        leggi_richiesta(busta(&testata, corpo).as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    }
    for testata in [String::new(), intestazione().replace("ppthead\"", "altro\""), intestazione().replace("intestazionePPT", "intestazioneCarrelloPPT")] {
        let Err(Errore::Sintassi { operazione, dettaglio }) = leggi_richiesta(busta(&testata, corpo).as_bytes()) else { panic!("{testata}") };
        assert_eq!((operazione, dettaglio.as_str()), (Operazione::PaaVerificaRpt, "manca l'header `intestazionePPT`"));
    }
    let monca = intestazione().replace("<codiceContestoPagamento>ccp1</codiceContestoPagamento>", "");
    let monca = busta(&monca, corpo);
    assert!(matches!(leggi_richiesta(monca.as_bytes()), Err(Errore::Sintassi { .. })));
    assert_eq!(dominio_indicato(monca.as_bytes()).map(|d| d.to_string()).as_deref(), Some("77777777777"));
}

#[test]
fn cio_che_non_e_di_questo_modello_non_e_riconosciuto() {
    for corpo in ["<ws:paaAltro/>", "<paaVerificaRPT xmlns=\"urn:x\"/>", ""] {
        assert!(matches!(leggi_richiesta(busta("", corpo).as_bytes()), Err(Errore::NonSoap { .. })), "{corpo}");
    }
    assert!(matches!(leggi_richiesta(b"<html><body>503</body></html>"), Err(Errore::NonSoap { .. })));
}

#[test]
fn una_rt_dice_esito_soldi_e_chi_attesta() {
    let letta = leggi_rt(rt("2", "10.00", &[("10.00", "iur1", CAUSALE), ("0.00", "n/a", CAUSALE)]).as_bytes()).expect("letta");
    assert_eq!((letta.esito, letta.importo.cent(), letta.attestante.0, letta.attestante.2.as_str()), (EsitoRt::ParzialmenteEseguito, 1000, "G", "Nome"));
    let primo = &letta.pagamenti[0];
    assert_eq!((primo.iur.as_str(), primo.commissioni.map(|c| c.cent()), primo.data.to_string().as_str()), ("iur1", Some(150), "2026-11-22"));
    assert!(!format!("{letta:?}").contains("Rossi"));
}

#[test]
fn rpt_e_rt_in_json_hanno_tutti_i_nomi_e_null_dove_manca() {
    let richiesta = pagopa::json::rpt_json(rpt(vec![versamento(1000)]).scrivi().as_bytes()).expect("rpt");
    assert_eq!(richiesta["dataOraMessaggioRichiesta"], "2026-11-22T10:30:15");
    assert_eq!(richiesta["datiVersamento"]["datiSingoloVersamento"][0]["importoSingoloVersamento"], "10.00");
    let scritta = rt("1", "0.00", &[])
        .replace("2026-11-22T10:31:00", "2026-11-22T10:31:00.250Z")
        .replace("<riferimentoDataRichiesta>2026-11-22", "<riferimentoDataRichiesta>2026-11-22+01:00");
    let ricevuta = pagopa::json::rt_json(scritta.as_bytes()).expect("rt");
    assert_eq!((&ricevuta["dataOraMessaggioRicevuta"], &ricevuta["riferimentoDataRichiesta"]), (&"2026-11-22T11:31:00".into(), &"2026-11-22".into()));
    assert_eq!(
        (&ricevuta["datiPagamento"]["CodiceContestoPagamento"], &ricevuta["datiPagamento"]["datiSingoloPagamento"]),
        (&"ccp1".into(), &serde_json::Value::Null)
    );
    assert_eq!(ricevuta["soggettoPagatore"]["indirizzoPagatore"], serde_json::Value::Null);
}

fn risposta(elemento: &str, dentro: &str) -> String {
    busta("", &format!("<ws:{elemento}>{dentro}</ws:{elemento}>"))
}

fn fault(codice: &str, testo: &str, descrizione: &str, seriale: &str) -> String {
    let seriale = if seriale.is_empty() { String::new() } else { format!("<serial>{seriale}</serial>") };
    let descrizione = if descrizione.is_empty() { String::new() } else { format!("<description>{descrizione}</description>") };
    format!("<fault><faultCode>{codice}</faultCode><faultString>{testo}</faultString><id>NodoDeiPagamentiSPC</id>{descrizione}{seriale}</fault>")
}

#[test]
fn il_carrello_preso_dice_dove_andare() {
    let esito = |dentro: &str| leggi_esito_carrello(risposta("nodoInviaCarrelloRPTRisposta", dentro).as_bytes());
    let ok = "<esitoComplessivoOperazione>OK</esitoComplessivoOperazione>";
    assert_eq!(esito(&format!("{ok}<url>https://w/?idSession=1</url>")), Ok(EsitoCarrello::Accettato { url: Some("https://w/?idSession=1".to_owned()) }));
    for dentro in [ok.to_owned(), format!("{ok}<url/>"), format!("{ok}<url> </url><listaErroriRPT/>")] {
        assert_eq!(esito(&dentro), Ok(EsitoCarrello::Accettato { url: None }), "{dentro}");
    }
    assert!(matches!(esito("<esitoComplessivoOperazione>ok</esitoComplessivoOperazione>"), Ok(EsitoCarrello::Rifiutato(_))));
}

#[test]
fn il_carrello_rifiutato_dice_perche_di_ogni_rpt() {
    let rifiuto = |dentro: &str| match leggi_esito_carrello(risposta("nodoInviaCarrelloRPTRisposta", dentro).as_bytes()) {
        Ok(EsitoCarrello::Rifiutato(r)) => r,
        altro => panic!("{altro:?}"),
    };
    let ko = "<esitoComplessivoOperazione>KO</esitoComplessivoOperazione>";
    let lista = |f: &str| format!("{ko}<listaErroriRPT>{f}</listaErroriRPT>");

    let generale = rifiuto(&format!("{}{ko}", fault("PPT_SEMANTICA", "Errore semantico.", "RPT duplicata", "")));
    assert_eq!(generale.della_rpt(2), (Some("PPT_SEMANTICA"), "[PPT_SEMANTICA] Errore semantico.: RPT duplicata".to_owned()));
    assert_eq!((generale.mostrato().codice.as_str(), generale.mostrato().descrizione.as_deref()), ("PPT_SEMANTICA", Some("RPT duplicata")));

    let una = rifiuto(&lista(&fault("PPT_SINTASSI_XSD", "Errore di sintassi XSD.", "", "2")));
    assert_eq!(una.della_rpt(1), (None, "Richiesta di pagamento rifiutata per errori rilevati in altre RPT del carrello".to_owned()));
    assert_eq!(una.della_rpt(2), (Some("PPT_SINTASSI_XSD"), "[PPT_SINTASSI_XSD] Errore di sintassi XSD.".to_owned()));
    assert_eq!((una.mostrato().testo.as_str(), una.mostrato().descrizione), ("Errore di sintassi XSD.", None));

    let diverse = rifiuto(&lista(&format!("{}{}", fault("PPT_A", "a", "x", "1"), fault("PPT_B", "b", "y", "2"))));
    let mostrato = diverse.mostrato();
    assert_eq!((mostrato.codice.as_str(), mostrato.testo.as_str()), ("PPT_ERRORE_GENERICO", "RPT rifiutate per errori eterogenei"));
    assert_eq!(mostrato.descrizione.as_deref(), Some("#1 [PPT_A] a: x #2 [PPT_B] b: y "));

    let uguali = rifiuto(&lista(&format!("{}{}", fault("PPT_A", "a", "x", "1"), fault("PPT_A", "a", "x", "2")))).mostrato();
    assert_eq!((uguali.codice.as_str(), uguali.descrizione.as_deref()), ("PPT_A", Some("x")));

    let senza_numero = rifiuto(&lista(&fault("PPT_A", "a", "x", "")));
    assert_eq!(senza_numero.della_rpt(1).0, Some("PPT_A"));
    assert_eq!(rifiuto(ko).mostrato().codice, "PPT_ERRORE_GENERICO");
}

#[test]
fn la_risposta_a_una_rpt_dice_si_o_no() {
    let esito = |dentro: &str| leggi_esito_rpt(risposta("nodoInviaRPTRisposta", dentro).as_bytes());
    assert_eq!(esito("<esito>OK</esito><redirect>0</redirect><url/>"), Ok(EsitoRpt::Accettata));
    assert_eq!(esito("<esito>KO</esito>"), Ok(EsitoRpt::Rifiutata(None)));
    let Ok(EsitoRpt::Rifiutata(Some(f))) = esito(&format!("{}<esito>KO</esito>", fault("PPT_X", "x", "", ""))) else { panic!("fault") };
    assert_eq!(f.codice, "PPT_X");
    for storta in ["", "<html/>", "<esito>OK</esito><altro/>"] {
        assert!(esito(storta).is_err(), "{storta}");
    }
    assert!(leggi_esito_rpt(b"<html><body>errore</body></html>").is_err());
    let guasto = busta("", "<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>giu'</faultstring></soapenv:Fault>");
    assert_eq!(soap_fault(guasto.as_bytes()), Some(("soapenv:Server".to_owned(), "giu'".to_owned())));
    assert_eq!(soap_fault(b"<html/>"), None);
}

fn tutto(byte: &[u8]) {
    let _ = leggi_richiesta(byte);
    let _ = dominio_indicato(byte);
    let _ = leggi_rt(byte);
    let _ = leggi_esito_carrello(byte);
    let _ = leggi_esito_rpt(byte);
    let _ = soap_fault(byte);
    let _ = pagopa::json::rpt_json(byte);
    let _ = pagopa::json::rt_json(byte);
    let _ = pagopa::vecchio::semantica::Attesi::leggi(byte);
    let _ = pagopa::vecchio::semantica::come_attivazione(byte);
}

proptest! {
    #[test]
    fn byte_a_caso_non_fanno_panico(byte in vec(any::<u8>(), 0..300)) {
        tutto(&byte);
    }

    #[test]
    fn un_messaggio_guastato_non_fa_panico(quale in 0..9_usize, posto in 0.0..1.0_f64, toglie in 0..60_usize, mette in vec(any::<u8>(), 0..20)) {
        let mut tutti = richieste();
        tutti.push(rpt(vec![versamento(1000)]).scrivi());
        tutti.push(rt("0", "10.00", &[("10.00", "iur", CAUSALE)]));
        tutti.push(risposta("nodoInviaRPTRisposta", &format!("{}<esito>KO</esito>", fault("A", "b", "c", "1"))));
        tutti.push(risposta("nodoInviaCarrelloRPTRisposta", "<esitoComplessivoOperazione>OK</esitoComplessivoOperazione><url>u</url>"));
        let mut byte = tutti.swap_remove(quale).into_bytes();
        let inizio = (byte.len() as f64 * posto) as usize;
        let fine = (inizio + toglie).min(byte.len());
        byte.splice(inizio..fine, mette);
        tutto(&byte);
    }
}
