//! The PDFs as somebody outside sees them: valid for any text, readable as text, with codes that can be scanned.
//!
//! Tests that need a tool that may be missing (poppler, pdfua) print `saltata` and pass.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use codici::stampa::{Bollettino, qr_code};
use codici::{IdDominio, Importo, NumeroAvviso};
use proptest::prelude::*;
use stampe::{
    AVVISI_PER_DOCUMENTO, Avviso, Beneficiario, BollettinoPostale, Bollo, Documento, Ente, ErroreStampa, InformativaImporto, Lingua, LogoErrato, Parte, Prova,
    Psp, Rata, Ricevuta, SecondaLingua, Soggetto, StatoRicevuta, VOCI_MASSIME, Voce, verifica_logo,
};

const PUNTI_PER_POLLICE: f32 = 72.0;

fn creato() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).expect("valida")
}

fn ente() -> Ente {
    Ente {
        denominazione: "Comune di Castelfiorino".to_owned(),
        dominio: IdDominio::leggi("00123450678").expect("valido"),
        cbill: Some("AB12C".to_owned()),
        settore: Some("Ufficio Tributi".to_owned()),
        righe: vec!["www.castelfiorino.example".to_owned(), "Tel: 0571 000000".to_owned()],
        logo: None,
    }
}

fn debitore() -> Soggetto {
    Soggetto {
        anagrafica: "Niccolò Đorđević".to_owned(),
        identificativo: "DRDNCL75C52F205X".to_owned(),
        indirizzo: vec!["Via Garibaldi 12".to_owned(), "50051 Castelfiorino (FI)".to_owned()],
    }
}

fn avviso() -> Avviso {
    Avviso {
        ente: ente(),
        debitore: debitore(),
        oggetto: "TARI 2026, prima rata".to_owned(),
        importo: Importo::da_cent(123_450),
        numero_avviso: NumeroAvviso::leggi("301000000000000428").expect("valido"),
        entro_il: NaiveDate::from_ymd_opt(2026, 4, 30),
        rata: Rata::Unica,
        informativa_importo: InformativaImporto::Standard,
        bollettino: None,
        seconda_lingua: None,
    }
}

fn postale() -> Avviso {
    Avviso {
        bollettino: Some(BollettinoPostale {
            iban: "IT60X0760102800000012345678".to_owned(),
            intestatario: "Tesoreria di Castelfiorino".to_owned(),
            autorizzazione: "Aut. 00000 del 01/01/2026".to_owned(),
        }),
        ..avviso()
    }
}

fn ricevuta() -> Ricevuta {
    Ricevuta {
        prova: Prova::Ricevuta,
        ente: ente(),
        debitore: debitore(),
        versante: Some(Soggetto { anagrafica: "Chiara Bianchi".to_owned(), identificativo: "BNCCHR80A41H501K".to_owned(), indirizzo: vec![] }),
        psp: Psp { denominazione: "Banca di Esempio".to_owned(), codice_fiscale: "09876543210".to_owned() },
        importo: Importo::da_cent(13_250),
        oggetto: "TARI 2026, prima rata".to_owned(),
        data_operazione: NaiveDate::from_ymd_opt(2026, 4, 17).and_then(|d| d.and_hms_opt(10, 42, 7)),
        data_applicativa: NaiveDate::from_ymd_opt(2026, 4, 20),
        stato: StatoRicevuta::Eseguito,
        iuv: "01000000000000428".to_owned(),
        id_ricevuta: "a1b2c3d4e5f60718293a4b5c6d7e8f90".to_owned(),
        numero_avviso: NumeroAvviso::leggi("301000000000000428").ok(),
        voci: vec![voce("TARI", 12_619), voce("TEFA", 631)],
        linea_testo_1: Some("Prima riga libera".to_owned()),
        linea_testo_2: Some("Seconda riga libera".to_owned()),
    }
}

fn voce(descrizione: &str, cent: i64) -> Voce {
    Voce {
        descrizione: descrizione.to_owned(),
        id_riscossione: "a1b2c3d4e5f6".to_owned(),
        importo: Importo::da_cent(cent),
        stato: "Eseguito".to_owned(),
        beneficiario: None,
        bollo: None,
    }
}

fn pdf(dati: &Avviso) -> Vec<u8> {
    stampe::avviso(dati, creato()).expect("conforme")
}

/// Runs a tool on the PDF; None, said on stdout, when it is not installed.
fn strumento(nome: &str, byte: &[u8], argomenti: &dyn Fn(&Path, &Path) -> Command) -> Option<Vec<u8>> {
    let cartella = tempfile::tempdir().expect("cartella");
    let (entrata, uscita) = (cartella.path().join("stampa.pdf"), cartella.path().join("uscita"));
    std::fs::write(&entrata, byte).expect("scritto");
    match argomenti(&entrata, &uscita).output() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            println!("saltata: `{nome}` non è installato");
            None
        }
        Err(e) => panic!("{nome}: {e}"),
        Ok(esito) => {
            assert!(esito.status.success(), "{nome}: {}{}", String::from_utf8_lossy(&esito.stdout), String::from_utf8_lossy(&esito.stderr));
            Some(esito.stdout)
        }
    }
}

/// Text in reading order, blanks made one.
fn testo(byte: &[u8]) -> Option<String> {
    let uscita = strumento("pdftotext", byte, &|pdf, _| {
        let mut c = Command::new("pdftotext");
        c.arg("-raw").arg(pdf).arg("-");
        c
    })?;
    Some(String::from_utf8_lossy(&uscita).split_whitespace().collect::<Vec<_>>().join(" "))
}

struct Immagine {
    larghezza: usize,
    altezza: usize,
    grigi: Vec<u8>,
    /// Pixels of a point.
    scala: f32,
}

impl Immagine {
    fn pixel(&self, x: f32, y: f32) -> u8 {
        self.grigi[(y * self.scala) as usize * self.larghezza + (x * self.scala) as usize]
    }
}

fn immagine(byte: &[u8], dpi: u16) -> Option<Immagine> {
    pagina(byte, dpi, 1)
}

/// A page as a binary PGM.
fn pagina(byte: &[u8], dpi: u16, numero: u32) -> Option<Immagine> {
    let numero = numero.to_string();
    let pgm = strumento("pdftoppm", byte, &|pdf, _| {
        let mut c = Command::new("pdftoppm");
        c.args(["-gray", "-f", &numero, "-l", &numero, "-r"]).arg(dpi.to_string()).arg(pdf);
        c
    })?;
    let mut campi = Vec::new();
    let mut resto = pgm.as_slice();
    while campi.len() < 4 {
        let fine = resto.iter().position(u8::is_ascii_whitespace).expect("intestazione PGM");
        campi.push(String::from_utf8_lossy(&resto[..fine]).into_owned());
        resto = &resto[fine + 1..];
    }
    assert_eq!(campi[0], "P5");
    let (larghezza, altezza) = (campi[1].parse().expect("larghezza"), campi[2].parse().expect("altezza"));
    Some(Immagine { larghezza, altezza, grigi: resto.to_vec(), scala: f32::from(dpi) / PUNTI_PER_POLLICE })
}

#[test]
fn il_testo_dell_avviso_si_legge_in_ordine() {
    let Some(testo) = testo(&pdf(&postale())) else { return };
    let mut da = 0;
    for atteso in [
        "AVVISO DI PAGAMENTO",
        "TARI 2026, prima rata",
        "ENTE CREDITORE Comune di Castelfiorino Cod. Fiscale 00123450678 Ufficio Tributi www.castelfiorino.example Tel: 0571 000000",
        "DESTINATARIO AVVISO Niccolò Đorđević Cod. Fiscale DRDNCL75C52F205X Via Garibaldi 12 50051 Castelfiorino (FI)",
        "QUANTO E QUANDO PAGARE Importo 1.234,50 € Entro il 30/04/2026",
        "DOVE PAGARE",
        "Poste Italiane",
        "BANCHE E ALTRI CANALI Rata unica entro il 30/04/2026",
        "Codice avviso 3010 0000 0000 0004 28",
        "Codice CBILL AB12C",
        "BOLLETTINO POSTALE PA",
        "Sul conto corrente numero 000012345678 Intestato a Tesoreria di Castelfiorino",
        "Codice per il pagamento 18301000000000000428120000123456781000001234503896",
        "Aut. 00000 del 01/01/2026",
    ] {
        let posto = testo[da..].find(atteso).unwrap_or_else(|| panic!("manca `{atteso}` dopo: {}", &testo[da..]));
        da += posto + atteso.len();
    }
}

#[test]
fn cio_che_manca_non_lascia_etichette() {
    let dati = Avviso {
        ente: Ente { cbill: None, ..ente() },
        debitore: Soggetto::default(),
        entro_il: None,
        informativa_importo: InformativaImporto::Nascosta,
        ..avviso()
    };
    let Some(testo) = testo(&pdf(&dati)) else { return };
    for assente in ["CBILL AB12C", "Codice CBILL", "Entro il", "entro il", "Cod. Fiscale DRD", "BOLLETTINO", "Poste", "noto all'ente"] {
        assert!(!testo.contains(assente), "`{assente}` in: {testo}");
    }
    assert!(testo.contains("del tuo Ente Creditore"), "{testo}");
}

#[test]
fn una_lettera_che_nessun_carattere_ha_resta_nel_testo() {
    let dati = Avviso { debitore: Soggetto { anagrafica: "李明 Чайковский Σωκράτης Müller".to_owned(), ..debitore() }, ..avviso() };
    let Some(testo) = testo(&pdf(&dati)) else { return };
    assert!(testo.contains("李明 Чайковский Σωκράτης Müller"), "{testo}");
}

#[test]
fn la_rata_e_la_soglia_hanno_le_loro_parole() {
    for (rata, atteso) in [
        (Rata::Unica, "Rata unica entro il 30/04/2026"),
        (Rata::Numero(3), "Rata 3 entro il 30/04/2026"),
        (Rata::EntroGiorni(5), "CANALI Entro 5 giorni"),
        (Rata::OltreGiorni(60), "CANALI Oltre 60 giorni"),
    ] {
        let Some(testo) = testo(&pdf(&Avviso { rata, ..avviso() })) else { return };
        assert!(testo.contains(atteso), "{atteso}: {testo}");
    }
}

#[test]
fn il_testo_della_ricevuta_ha_cio_che_la_norma_chiede() {
    let Some(testo) = testo(&stampe::ricevuta(&ricevuta(), creato()).expect("conforme")) else { return };
    for atteso in [
        "RICEVUTA DI PAGAMENTO",
        "00123450678",
        "Importo pagato 132,50 €",
        "17/04/2026 10:42",
        "Data applicativa 20/04/2026",
        "Banca di Esempio, 09876543210",
        "Chiara Bianchi, BNCCHR80A41H501K",
        "Stato Eseguito",
        "01000000000000428",
        "a1b2c3d4e5f60718293a4b5c6d7e8f90",
        "3010 0000 0000 0004 28",
        "TARI a1b2c3d4e5f6 Eseguito 126,19 €",
        "TEFA a1b2c3d4e5f6 Eseguito 6,31 €",
        "Prima riga libera Seconda riga libera",
        "pagoPA",
    ] {
        assert!(testo.contains(atteso), "manca `{atteso}` in: {testo}");
    }
}

#[test]
fn una_voce_dice_di_chi_e_e_se_e_una_marca() {
    let beneficiario = Beneficiario { denominazione: "Provincia di Esempio".to_owned(), codice_fiscale: "80000000002".to_owned() };
    let marca = Bollo { iubd: Some("01234567890123".to_owned()), impronta: None };
    let voci = vec![Voce { beneficiario: Some(beneficiario), ..voce("TEFA", 631) }, Voce { bollo: Some(marca), ..voce("", 1600) }];
    let Some(testo) = testo(&stampe::ricevuta(&Ricevuta { voci, ..ricevuta() }, creato()).expect("conforme")) else { return };
    for atteso in ["TEFA - a favore di Provincia di Esempio, 80000000002", "Marca da bollo digitale - IUBD 01234567890123", "16,00 €"] {
        assert!(testo.contains(atteso), "manca `{atteso}` in: {testo}");
    }
}

#[test]
fn una_quietanza_ha_lo_iur_e_un_pagamento_fallito_non_attesta_niente() {
    let quietanza = Ricevuta { prova: Prova::Quietanza, numero_avviso: None, ..ricevuta() };
    let fallita = Ricevuta { stato: StatoRicevuta::NonEseguito, ..ricevuta() };
    let stampate = [&quietanza, &fallita].map(|dati| testo(&stampe::ricevuta(dati, creato()).expect("conforme")));
    let [Some(quietanza), Some(fallita)] = stampate else { return };
    assert!(quietanza.contains("QUIETANZA DI PAGAMENTO") && quietanza.contains("(IUR) a1b2c3d4e5f60718293a4b5c6d7e8f90"), "{quietanza}");
    assert!(fallita.contains("Non eseguito") && fallita.contains("nessun importo è stato pagato"), "{fallita}");
    assert!(!fallita.contains("Importo pagato") && !fallita.contains("Attestazione"), "{fallita}");
}

#[test]
fn a_mezzanotte_la_ricevuta_mostra_soltanto_la_data() {
    let dati = Ricevuta { data_operazione: NaiveDate::from_ymd_opt(2026, 4, 17).and_then(|d| d.and_hms_opt(0, 0, 0)), data_applicativa: None, ..ricevuta() };
    let Some(testo) = testo(&stampe::ricevuta(&dati, creato()).expect("conforme")) else { return };
    assert!(testo.contains("17/04/2026") && !testo.contains("00:00"), "{testo}");
    assert!(testo.contains("Data applicativa --"), "{testo}");
}

#[test]
fn molte_voci_vanno_su_altre_pagine_e_nessuna_si_perde() {
    let voci = (0..60).map(|i| voce(&format!("Voce numero {i:03} di un piano molto articolato"), 100 + i)).collect();
    let Some(testo) = testo(&stampe::ricevuta(&Ricevuta { voci, ..ricevuta() }, creato()).expect("conforme")) else { return };
    for i in 0..60 {
        assert_eq!(testo.matches(&format!("Voce numero {i:03}")).count(), 1, "voce {i}");
    }
    assert!(testo.contains("Pagina 3") && testo.contains("Seconda riga libera"), "{testo}");
}

#[test]
fn il_qr_si_legge_dalla_pagina() {
    for dati in [avviso(), postale()] {
        let Some(i) = immagine(&pdf(&dati), 150) else { return };
        let mut letta = rqrr::PreparedImage::prepare_from_greyscale(i.larghezza, i.altezza, |x, y| i.grigi[y * i.larghezza + x]);
        let letti: Vec<_> = letta.detect_grids().iter().filter_map(|g| g.decode().ok()).map(|(_, testo)| testo).collect();
        assert_eq!(letti, [qr_code(&dati.numero_avviso, &dati.ente.dominio, dati.importo)]);
    }
}

/// No reader of DataMatrix finds the symbol in a picture for us: we look for the solid left and lower sides that begin it, then sample its modules.
#[test]
fn il_datamatrix_si_legge_dalla_pagina() {
    let dati = postale();
    let Some(i) = immagine(&pdf(&dati), 300) else { return };
    let scuro = |x: usize, y: usize| i.grigi[y * i.larghezza + x] < 128;
    // The symbol is alone in the lower right of the page: its box is where the ink is.
    let x_da = i.larghezza * 3 / 4;
    let y_da = i.altezza * 7 / 10;
    let colonne: Vec<_> = (x_da..i.larghezza).filter(|x| (y_da..i.altezza).filter(|y| scuro(*x, *y)).count() > 100).collect();
    let (sinistra, destra) = (colonne[0], colonne[colonne.len() - 1] + 1);
    let alto_da = (0..i.altezza).rev().filter(|y| (sinistra + 2..destra - 2).all(|x| scuro(x, *y))).max().expect("lato inferiore");
    let basso = alto_da + 1;
    let alto = (0..basso).rev().find(|y| !scuro(sinistra + 2, *y)).expect("margine superiore") + 1;
    let lato_pixel = (destra - sinistra) as f32;
    assert!((lato_pixel - (basso - alto) as f32).abs() < 4.0, "il simbolo è quadrato: {lato_pixel} x {}", basso - alto);

    let bollettino = Bollettino {
        avviso: &dati.numero_avviso,
        dominio: &dati.ente.dominio,
        importo: dati.importo,
        iban: "IT60X0760102800000012345678",
        debitore_identificativo: &dati.debitore.identificativo,
        debitore_anagrafica: &dati.debitore.anagrafica,
        causale: &dati.oggetto,
    };
    let letto = [40, 44, 48, 52, 64, 72].into_iter().find_map(|lato: usize| {
        let centro = |n: usize| (n as f32 + 0.5) * lato_pixel / lato as f32 / i.scala;
        let (x0, y0) = (sinistra as f32 / i.scala, alto as f32 / i.scala);
        let moduli: Vec<_> = (0..lato * lato).map(|n| i.pixel(x0 + centro(n % lato), y0 + centro(n / lato)) < 128).collect();
        datamatrix::DataMatrix::decode(&moduli, lato).ok()
    });
    assert_eq!(String::from_utf8(letto.expect("leggibile")).expect("ASCII"), bollettino.datamatrix());
}

#[test]
fn pdfua_non_trova_niente() {
    for (nome, byte) in [
        ("avviso", pdf(&avviso())),
        ("postale", pdf(&postale())),
        ("bilingue", pdf(&in_due_lingue(Lingua::De, postale()))),
        ("rate", pdf_documento(&documento(&avviso(), &rate(8)))),
        ("rate postali bilingui", pdf_documento(&documento(&in_due_lingue(Lingua::En, postale()), &rate(3)))),
        ("multa", pdf_documento(&documento(&avviso(), &[Rata::Scontato, Rata::Ridotto]))),
        ("ricevuta", stampe::ricevuta(&ricevuta(), creato()).expect("conforme")),
    ] {
        let Some(detto) = strumento("pdfua", &byte, &|pdf, _| {
            let mut c = Command::new("pdfua");
            c.arg("check").arg(pdf);
            c
        }) else {
            return;
        };
        let detto = String::from_utf8_lossy(&detto).into_owned();
        assert!(detto.contains("no findings"), "{nome}: {detto}");
    }
}

#[test]
fn un_importo_che_non_entra_nei_codici_e_rifiutato() {
    let con = |cent, dati: Avviso| stampe::avviso(&Avviso { importo: Importo::da_cent(cent), ..dati }, creato());
    assert!(matches!(con(-1, avviso()), Err(ErroreStampa::Importo(_))));
    assert!(matches!(con(100_000_000_000, avviso()), Err(ErroreStampa::Importo(_))));
    assert!(con(99_999_999_999, avviso()).is_ok());
    assert!(matches!(con(10_000_000_000, postale()), Err(ErroreStampa::ImportoBollettino(_))));
    assert!(con(9_999_999_999, postale()).is_ok());
}

#[test]
fn un_iban_senza_conto_e_rifiutato() {
    for iban in ["", "12345678901", "IT60X07601028000000123456AB", "IT60X076010280000001234567è"] {
        let dati =
            Avviso { bollettino: Some(BollettinoPostale { iban: iban.to_owned(), intestatario: String::new(), autorizzazione: String::new() }), ..avviso() };
        assert!(matches!(stampe::avviso(&dati, creato()), Err(ErroreStampa::IbanPostale)), "{iban}");
    }
}

fn numero(i: usize) -> NumeroAvviso {
    NumeroAvviso::leggi(&format!("3010000000000{i:05}")).expect("valido")
}

/// The parts of `rate`, each with a number and an amount of its own.
fn documento(modello: &Avviso, rate: &[Rata]) -> Documento {
    let parte = |(i, rata): (usize, &Rata)| Parte {
        importo: Importo::da_cent(10_000 + i as i64),
        numero_avviso: numero(i),
        entro_il: modello.entro_il,
        rata: *rata,
        bollettino: modello.bollettino.clone(),
    };
    Documento {
        ente: modello.ente.clone(),
        debitore: modello.debitore.clone(),
        oggetto: modello.oggetto.clone(),
        informativa_importo: modello.informativa_importo.clone(),
        seconda_lingua: modello.seconda_lingua.clone(),
        parti: rate.iter().enumerate().map(parte).collect(),
    }
}

fn rate(n: u32) -> Vec<Rata> {
    (1..=n).map(Rata::Numero).collect()
}

fn pdf_documento(dati: &Documento) -> Vec<u8> {
    stampe::documento(dati, creato()).expect("conforme")
}

fn in_due_lingue(lingua: Lingua, modello: Avviso) -> Avviso {
    Avviso { seconda_lingua: Some(SecondaLingua { lingua, oggetto: Some("Zweite Sprache".to_owned()), informativa_importo: None }), ..modello }
}

/// The bytes of an avviso are those of a documento of one part.
#[test]
fn un_avviso_e_un_documento_di_una_parte() {
    let mut dati = documento(&postale(), &[Rata::Unica]);
    dati.parti[0] = Parte { importo: postale().importo, numero_avviso: postale().numero_avviso, ..dati.parti[0].clone() };
    assert_eq!(pdf_documento(&dati), pdf(&postale()));
}

#[test]
fn un_documento_ha_da_una_a_molte_parti() {
    for quante in [0, AVVISI_PER_DOCUMENTO + 1] {
        let esito = stampe::documento(&documento(&avviso(), &vec![Rata::Unica; quante]), creato());
        assert!(matches!(esito, Err(ErroreStampa::NumeroAvvisi(n)) if n == quante));
    }
}

#[test]
fn ogni_rata_ha_il_suo_codice_e_nell_ordine_giusto() {
    for modello in [avviso(), postale(), in_due_lingue(Lingua::Sl, avviso()), in_due_lingue(Lingua::Fr, postale())] {
        let mut dati = documento(&modello, &rate(14));
        dati.parti.reverse();
        let Some(testo) = testo(&pdf_documento(&dati)) else { return };
        let posti: Vec<_> = (0..14)
            .map(|i| {
                let cifre = numero(i);
                let gruppi: Vec<_> = cifre.as_str().as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
                testo.find(&gruppi.join(" ")).unwrap_or_else(|| panic!("manca la rata {} in: {testo}", i + 1))
            })
            .collect();
        assert!(posti.is_sorted(), "{posti:?}");
        assert!(testo.contains("Rata 14 entro il"), "{testo}");
    }
}

#[test]
fn il_piano_dice_quanto_in_tutto() {
    for (rate, atteso) in [
        (rate(3), ["Importo totale 300,03 €", "Puoi pagare l'importo in 3 rate."]),
        (rate(4), ["Importo totale 400,06 €", "Puoi pagare l'importo in 4 rate (vedi pagine seguenti)."]),
        ([vec![Rata::Unica], rate(2)].concat(), ["Importo 100,00 €", "oppure in 2 rate"]),
        (vec![Rata::OltreGiorni(5), Rata::EntroGiorni(5)], ["Entro 5 giorni 100,01 €", "Oltre 5 giorni 100,00 €"]),
        (
            vec![Rata::Ridotto, Rata::Scontato],
            ["Entro 5 giorni dalla notifica del verbale 100,01 €", "Dal 6° al 60° giorno dalla notifica del verbale 100,00 €"],
        ),
    ] {
        let Some(testo) = testo(&pdf_documento(&documento(&avviso(), &rate))) else { return };
        for parole in atteso {
            assert!(testo.contains(parole), "manca `{parole}` in: {testo}");
        }
    }
}

#[test]
fn se_una_parte_non_ha_il_bollettino_non_lo_ha_nessuna() {
    let mut dati = documento(&postale(), &rate(3));
    dati.parti[1].bollettino = None;
    let Some(testo) = testo(&pdf_documento(&dati)) else { return };
    assert!(!testo.contains("BOLLETTINO") && testo.contains("del tuo Ente Creditore"), "{testo}");
}

#[test]
fn le_due_lingue_stanno_una_accanto_all_altra() {
    for (lingua, titolo, importo) in [
        (Lingua::De, "AVVISO DI PAGAMENTO / ZAHLUNGSMITTEILUNG", "Importo / Betrag"),
        (Lingua::En, "AVVISO DI PAGAMENTO / PAYMENT NOTICE", "Importo / Amount"),
        (Lingua::Fr, "AVVISO DI PAGAMENTO / AVIS DE PAIEMENT", "Importo / Montant"),
        (Lingua::Sl, "AVVISO DI PAGAMENTO / OBVESTILO O PLAČILU", "Importo / Znesek"),
    ] {
        let byte = pdf(&Avviso { entro_il: None, ..in_due_lingue(lingua, postale()) });
        let Some(testo) = testo(&byte) else { return };
        for atteso in [titolo, importo, "Zweite Sprache", "TARI 2026, prima rata", "noto all'ente nel giorno della stampa"] {
            assert!(testo.contains(atteso), "manca `{atteso}` in: {testo}");
        }
    }
}

#[test]
fn il_testo_dell_ente_in_un_altra_lingua_vale_solo_accanto_a_quello_italiano() {
    let con = |it, altra: &str| {
        let seconda = SecondaLingua { lingua: Lingua::De, oggetto: None, informativa_importo: Some(altra.to_owned()) };
        testo(&pdf(&Avviso { informativa_importo: it, seconda_lingua: Some(seconda), ..avviso() }))
    };
    let Some(entrambi) = con(InformativaImporto::Testo("Nota nostra".to_owned()), "Unser Hinweis") else { return };
    assert!(entrambi.contains("Nota nostra") && entrambi.contains("Unser Hinweis"), "{entrambi}");
    for it in [InformativaImporto::Standard, InformativaImporto::Nascosta] {
        let Some(testo) = con(it, "Unser Hinweis") else { return };
        assert!(!testo.contains("Unser Hinweis"), "{testo}");
    }
}

#[test]
fn i_qr_di_una_pagina_di_nove_rate_si_leggono_tutti() {
    let dati = documento(&avviso(), &rate(12));
    let Some(i) = pagina(&pdf_documento(&dati), 150, 2) else { return };
    // Our reader mixes the corners of many codes: as a person would, it is shown one part at a time.
    let cella = |colonna: usize, riga: usize| {
        let punti = |p: f32| (p * i.scala) as usize;
        let (x0, y0) = (punti(34.0 + 181.0 * colonna as f32), punti(60.0 + 243.0 * riga as f32));
        let mut letta = rqrr::PreparedImage::prepare_from_greyscale(punti(120.0), punti(170.0), |x, y| i.grigi[(y0 + y) * i.larghezza + x0 + x]);
        letta.detect_grids().first().and_then(|g| g.decode().ok()).map(|(_, testo)| testo)
    };
    for (n, parte) in dati.parti[3..].iter().enumerate() {
        let atteso = qr_code(&parte.numero_avviso, &dati.ente.dominio, parte.importo);
        assert_eq!(cella(n % 3, n / 3), Some(atteso), "parte {n}");
    }
}

#[test]
fn i_qr_accanto_ai_bollettini_si_leggono_tutti() {
    let dati = documento(&postale(), &rate(3));
    let Some(i) = pagina(&pdf_documento(&dati), 200, 1) else { return };
    let mut letta = rqrr::PreparedImage::prepare_from_greyscale(i.larghezza, i.altezza, |x, y| i.grigi[y * i.larghezza + x]);
    let mut letti: Vec<_> = letta.detect_grids().iter().filter_map(|g| g.decode().ok()).map(|(_, testo)| testo).collect();
    letti.sort();
    assert_eq!(letti, dati.parti.iter().map(|p| qr_code(&p.numero_avviso, &dati.ente.dominio, p.importo)).collect::<Vec<_>>());
}

#[test]
fn troppe_voci_sono_rifiutate() {
    let dati = Ricevuta { voci: vec![voce("x", 1); VOCI_MASSIME + 1], ..ricevuta() };
    assert!(matches!(stampe::ricevuta(&dati, creato()), Err(ErroreStampa::NumeroVoci(_))));
}

#[test]
fn la_stessa_stampa_ha_gli_stessi_byte() {
    assert_eq!(pdf(&postale()), pdf(&postale()));
}

/// A PNG of two pixels, compressed without compression.
fn logo() -> &'static [u8] {
    static PNG: OnceLock<Vec<u8>> = OnceLock::new();
    PNG.get_or_init(|| {
        let pezzo = |tipo: &[u8; 4], corpo: &[u8]| {
            let mut dati = tipo.to_vec();
            dati.extend(corpo);
            let crc = dati.iter().fold(u32::MAX, |crc, b| (0..8).fold(crc ^ u32::from(*b), |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 }));
            [(corpo.len() as u32).to_be_bytes().as_slice(), &dati, &(!crc).to_be_bytes()].concat()
        };
        let righe = [0_u8, 10, 20, 30, 200, 210, 220];
        let (mut a, mut b) = (1_u32, 0_u32);
        for byte in righe {
            a += u32::from(byte);
            b += a;
        }
        let zlib = [&[0x78, 1, 1, 7, 0, 248, 255][..], &righe, &((b << 16) | a).to_be_bytes()].concat();
        let ihdr = [0, 0, 0, 2, 0, 0, 0, 1, 8, 2, 0, 0, 0];
        [b"\x89PNG\r\n\x1a\n".to_vec(), pezzo(b"IHDR", &ihdr), pezzo(b"IDAT", &zlib), pezzo(b"IEND", &[])].concat()
    })
}

fn con_logo(logo: Vec<u8>) -> Avviso {
    Avviso { ente: Ente { logo: Some(logo), ..ente() }, ..avviso() }
}

#[test]
fn un_logo_buono_si_stampa_e_uno_guasto_si_tralascia() {
    let senza = pdf(&avviso());
    assert_eq!(verifica_logo(logo()), Ok(()));
    assert_ne!(pdf(&con_logo(logo().to_vec())), senza);

    let mut guasto = logo().to_vec();
    let ultimo = guasto.len() - 30;
    guasto[ultimo] ^= 0xFF;
    assert_eq!(verifica_logo(&guasto), Err(LogoErrato::NonDisegnabile));
    for guasto in [guasto, b"<svg/>".to_vec(), vec![], logo()[..20].to_vec()] {
        assert!(verifica_logo(&guasto).is_err());
        assert_eq!(pdf(&con_logo(guasto)), senza, "come se il logo non ci fosse");
    }
}

#[test]
fn un_logo_smisurato_e_rifiutato_prima_di_aprirlo() {
    let mut enorme = logo().to_vec();
    enorme[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    assert!(verifica_logo(&enorme).is_err());
    assert_eq!(verifica_logo(&vec![0x89; stampe::BYTE_LOGO_MASSIMI + 1]), Err(LogoErrato::Byte));
}

/// Characters that a form lets through: letters of any script, marks, private use, noncharacters, controls.
fn qualsiasi(massimo: usize) -> impl Strategy<Value = String> {
    let carattere = prop_oneof![
        6 => proptest::char::range(' ', '~'),
        2 => proptest::char::range('\u{A0}', '\u{24F}'),
        1 => proptest::char::range('\u{300}', '\u{36F}'),
        1 => proptest::char::range('\u{900}', '\u{97F}'),
        2 => any::<char>(),
        1 => prop_oneof![Just('\0'), Just('\u{E000}'), Just('\u{FFFE}'), Just('\u{FEFF}'), Just('\u{202E}'), Just('\u{10FFFF}'), Just('李'), Just('🎉'), Just('ﬁ')],
    ];
    proptest::collection::vec(carattere, 0..=massimo).prop_map(String::from_iter)
}

fn qualsiasi_rata() -> impl Strategy<Value = Rata> {
    prop_oneof![
        Just(Rata::Unica),
        any::<u32>().prop_map(Rata::Numero),
        any::<u32>().prop_map(Rata::EntroGiorni),
        any::<u32>().prop_map(Rata::OltreGiorni),
        Just(Rata::Scontato),
        Just(Rata::Ridotto),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn qualsiasi_testo_da_un_avviso_conforme(oggetto in qualsiasi(160), nome in qualsiasi(90), ente_nome in qualsiasi(200), riga in qualsiasi(120), informativa in qualsiasi(300)) {
        let dati = Avviso {
            ente: Ente { denominazione: ente_nome, settore: Some(riga.clone()), righe: vec![riga.clone(), riga.clone()], cbill: Some(riga.clone()), ..ente() },
            debitore: Soggetto { anagrafica: nome, identificativo: riga.clone(), indirizzo: vec![riga.clone()] },
            oggetto,
            informativa_importo: InformativaImporto::Testo(informativa),
            bollettino: postale().bollettino.map(|b| BollettinoPostale { intestatario: riga.clone(), autorizzazione: riga, ..b }),
            ..avviso()
        };
        let pdf = stampe::avviso(&dati, creato());
        prop_assert!(pdf.as_ref().is_ok_and(|p| p.starts_with(b"%PDF-1.7")), "{:?}", pdf.err());
    }

    #[test]
    fn qualsiasi_documento_e_conforme(
        oggetto in qualsiasi(300),
        nome in qualsiasi(90),
        riga in qualsiasi(120),
        rate in proptest::collection::vec(qualsiasi_rata(), 1..20),
        lingua in proptest::option::of(proptest::sample::select(Lingua::TUTTE.to_vec())),
        con_bollettino: bool,
        con_data: bool,
    ) {
        let modello = if con_bollettino { postale() } else { avviso() };
        let seconda = |lingua| SecondaLingua { lingua, oggetto: Some(riga.clone()), informativa_importo: Some(oggetto.clone()) };
        let dati = Documento {
            ente: Ente { denominazione: riga.clone(), cbill: Some(riga.clone()), ..ente() },
            debitore: Soggetto { anagrafica: nome, ..debitore() },
            informativa_importo: InformativaImporto::Testo(riga.clone()),
            seconda_lingua: lingua.map(seconda),
            oggetto: oggetto.clone(),
            ..documento(&Avviso { entro_il: modello.entro_il.filter(|_| con_data), ..modello }, &rate)
        };
        let pdf = stampe::documento(&dati, creato());
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
    }

    #[test]
    fn qualsiasi_testo_da_una_ricevuta_conforme(a in qualsiasi(160), b in qualsiasi(90), c in qualsiasi(300)) {
        let dati = Ricevuta {
            oggetto: a.clone(),
            debitore: Soggetto { anagrafica: b.clone(), ..debitore() },
            psp: Psp { denominazione: b.clone(), codice_fiscale: a.clone() },
            iuv: b.clone(),
            id_ricevuta: a.clone(),
            voci: vec![Voce {
                descrizione: c.clone(),
                id_riscossione: a.clone(),
                importo: Importo::da_cent(-1),
                stato: b.clone(),
                beneficiario: Some(Beneficiario { denominazione: b, codice_fiscale: a.clone() }),
                bollo: Some(Bollo { iubd: Some(a), impronta: Some(c.clone()) }),
            }],
            linea_testo_1: Some(c),
            ..ricevuta()
        };
        let pdf = stampe::ricevuta(&dati, creato());
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
    }

    #[test]
    fn un_logo_alterato_non_ferma_la_stampa(posto in 0_usize..70, byte in any::<u8>()) {
        let mut alterato = logo().to_vec();
        let n = alterato.len();
        alterato[posto % n] = byte;
        prop_assert!(stampe::avviso(&con_logo(alterato), creato()).is_ok());
    }
}
