//! An RT against its RPT, row by row of the table (spec/3 section 1.12.6), and the hybrids.

use pagopa::semantica::Confronto;
use pagopa::vecchio::leggi_rt;
use pagopa::vecchio::semantica::{Attesi, come_attivazione};

use super::esempi::{CAUSALE, rpt, rt, versamento};

fn giudica(documento: &str) -> Confronto {
    let attesi = Attesi::leggi(rpt(vec![versamento(1000)]).scrivi().as_bytes()).expect("rpt");
    attesi.confronta(&leggi_rt(documento.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{documento}")))
}

fn buona() -> String {
    rt("0", "10.00", &[("10.00", "iur1", CAUSALE)])
}

#[track_caller]
fn rifiuta(documento: &str, testo: &str) {
    assert_eq!(giudica(documento), Confronto::Rifiuto(testo.to_owned()));
}

#[track_caller]
fn avvisa(documento: &str, testi: &[&str]) {
    match giudica(documento) {
        Confronto::Accettata(a) => assert_eq!(a.iter().map(|a| a.testo.as_str()).collect::<Vec<_>>(), testi),
        altro => panic!("{altro:?}"),
    }
}

#[test]
fn una_rt_che_risponde_alla_sua_rpt_e_accettata() {
    avvisa(&buona(), &[]);
    avvisa(&rt("1", "0.00", &[]), &[]);
    avvisa(&rt("3", "0.00", &[]), &[]);
}

#[test]
fn le_differenze_fatali_hanno_il_loro_testo() {
    let con = |da: &str, a: &str| {
        assert!(buona().contains(da), "{da}");
        buona().replace(da, a)
    };
    rifiuta(
        &con("<riferimentoMessaggioRichiesta>0123456789abcdef0123456789abcdef", "<riferimentoMessaggioRichiesta>altro"),
        r#"RiferimentoMessaggioRichiesta non corrisponde [Atteso:"0123456789abcdef0123456789abcdef" Ricevuto:"altro"]"#,
    );
    rifiuta(
        &con("<identificativoDominio>77777777777", "<identificativoDominio>77777777778"),
        r#"IdentificativoDominio non corrisponde [Atteso:"77777777777" Ricevuto:"77777777778"]"#,
    );
    rifiuta(&con("Pagamento>ccp1<", "Pagamento>ccp2<"), r#"CodiceContestoPagamento non corrisponde [Atteso:"ccp1" Ricevuto:"ccp2"]"#);
    rifiuta(
        &con("Versamento>02000000000000028<", "Versamento>02000000000000029<"),
        r#"IdentificativoUnivocoVersamento non corrisponde [Atteso:"02000000000000028" Ricevuto:"02000000000000029"]"#,
    );
    let numero = |tipo: &str| format!("Numero di pagamenti diverso dal numero di versamenti per una ricevuta di tipo {tipo}");
    rifiuta(&rt("0", "0.00", &[]), &numero("PAGAMENTO_ESEGUITO"));
    rifiuta(&rt("1", "0.00", &[("0.00", "n/a", CAUSALE); 2]), &numero("PAGAMENTO_NON_ESEGUITO"));
    rifiuta(&rt("2", "0.00", &[]), &numero("PAGAMENTO_PARZIALMENTE_ESEGUITO"));
    rifiuta(&rt("3", "0.00", &[("0.00", "n/a", CAUSALE); 2]), &numero("DECORRENZA_TERMINI"));
    rifiuta(&rt("4", "0.00", &[]), &numero("DECORRENZA_TERMINI_PARZIALE"));
    rifiuta(
        &rt("0", "9.98", &[("9.98", "iur1", "/RFB/02000000000000028/9.98/TXT/x")]),
        r#"CausaleVersamento non corrisponde [Atteso:"/RFB/02000000000000028/10.00" Ricevuto:"/RFB/02000000000000028/9.98"]"#,
    );
    rifiuta(&rt("0", "11.00", &[("10.00", "iur1", CAUSALE)]), "ImportoTotalePagato [11.00] non corrisponde alla somma dei SingoliImportiPagati [10.00]");
    rifiuta(&rt("1", "10.00", &[("10.00", "iur1", CAUSALE)]), "ImportoTotalePagato [10.00] diverso da 0 per un pagamento con esito 'Non Eseguito'.");
    rifiuta(&rt("3", "10.00", &[("10.00", "iur1", CAUSALE)]), "ImportoTotalePagato [10.00] diverso da 0 per un pagamento con esito 'Decorrenza temini'.");
}

#[test]
fn le_altre_differenze_sono_soltanto_notate() {
    avvisa(
        &buona().replace("99999999999_01", "99999999999_02"),
        &[r#"IdentificativoStazioneRichiedente non corrisponde [Atteso:"99999999999_01" Ricevuto:"99999999999_02"]"#],
    );
    avvisa(&buona().replace("9/0101002IM", "9/ALTRO"), &[r#"DatiSpecificiRiscossione non corrisponde [Atteso:"9/0101002IM" Ricevuto:"9/ALTRO"]"#]);
    avvisa(
        &rt("1", "0.00", &[("0.00", "iur1", CAUSALE)]).replace("<esitoSingoloPagamento>ESITO</esitoSingoloPagamento>", ""),
        &["EsitoSingoloPagamento obbligatorio per pagamenti non eseguiti", "IdentificativoUnivocoRiscossione deve essere n/a per pagamenti non eseguiti."],
    );
    avvisa(
        &rt("0", "11.00", &[("11.00", "iur1", &format!("{CAUSALE}/TXT/altro"))]),
        &["Importo di un pagamento [11.00] diverso da quanto richiesto [10.00]", "Importo totale del pagamento [11.00] diverso da quanto richiesto [10.00]"],
    );
}

#[test]
fn una_ricevuta_di_oggi_si_confronta_con_una_rpt_di_ieri() {
    let attivazione = come_attivazione(rpt(vec![versamento(1000)]).scrivi().as_bytes()).expect("rpt");
    assert_eq!((attivazione.importo.cent(), attivazione.trasferimenti.len(), attivazione.debitore.codice.as_str()), (1000, 1, "RSSMRA85T10A562S"));
    let ricevuta = |testo: String| pagopa::messaggi::leggi_ricevuta(testo.as_bytes()).expect("ricevuta");
    let rpt = rpt(vec![versamento(1000)]).scrivi();
    let giusta = crate::esempi::ricevuta_v1("", "");
    assert!(matches!(pagopa::semantica::confronta(rpt.as_bytes(), &ricevuta(giusta.clone())), Ok(Confronto::Accettata(_))));
    let altro_debitore = giusta.replace("RSSMRA85T10A562S", "VRDGPP80A01H501X");
    let Ok(Confronto::Rifiuto(testo)) = pagopa::semantica::confronta(rpt.as_bytes(), &ricevuta(altro_debitore)) else { panic!("accettata") };
    assert!(testo.starts_with("UniqueIdentifierDebtor non corrisponde"), "{testo}");
    let due = crate::esempi::ricevuta_v2("", "");
    assert!(matches!(pagopa::semantica::confronta(rpt.as_bytes(), &ricevuta(due)), Ok(Confronto::Rifiuto(_))));
}

#[test]
fn una_rt_di_ieri_si_confronta_con_un_attivazione_di_oggi() {
    let dati = crate::esempi::dati_attivazione();
    let (iuv, quanti, importo) = (dati.iuv.to_string(), dati.trasferimenti.len(), dati.importo);
    let pagamenti: Vec<(String, String)> = dati.trasferimenti.iter().map(|t| (t.importo.to_string(), t.causale.clone())).collect();
    let scritta = pagopa::Risposta::Attivazione(pagopa::Versione::V2, Box::new(dati)).scrivi();
    let attesi = Attesi::leggi(scritta.as_bytes()).expect("attivazione");
    let pagati: Vec<(&str, &str, &str)> = pagamenti.iter().map(|(i, c)| (i.as_str(), "iur", c.as_str())).collect();
    let documento = rt("0", &importo.to_string(), &pagati).replace("02000000000000028<", &format!("{iuv}<"));
    assert!(quanti > 0);
    let giudizio = attesi.confronta(&leggi_rt(documento.as_bytes()).expect("rt"));
    assert!(matches!(giudizio, Confronto::Accettata(_)), "{giudizio:?}");
}
