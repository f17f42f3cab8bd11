//! `cargo run -p stampe --example campioni -- CARTELLA` writes one PDF for each layout, and says how long each one takes.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, NaiveDate};
use codici::{IdDominio, Importo, NumeroAvviso};
use stampe::{
    Avviso, Beneficiario, BollettinoPostale, Bollo, Documento, Ente, ErroreStampa, InformativaImporto, Lingua, Parte, Prova, Psp, Rata, Ricevuta,
    SecondaLingua, Soggetto, StatoRicevuta, Voce,
};

const RIPETIZIONI: u32 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let cartella = std::env::args().nth(1).ok_or("uso: campioni CARTELLA")?;
    let cartella = Path::new(&cartella);
    std::fs::create_dir_all(cartella)?;
    let creato = DateTime::from_timestamp(1_767_225_600, 0).ok_or("data")?;

    let semplice = avviso()?;
    scrivi(cartella, "avviso.pdf", || stampe::avviso(&semplice, creato))?;
    let postale = Avviso { bollettino: Some(bollettino()), ..semplice.clone() };
    scrivi(cartella, "avviso-postale.pdf", || stampe::avviso(&postale, creato))?;
    let lungo = avviso_lungo(&postale);
    scrivi(cartella, "avviso-lungo.pdf", || stampe::avviso(&lungo, creato))?;
    for lingua in Lingua::TUTTE {
        let bilingue = Avviso { seconda_lingua: Some(seconda(lingua)), ..postale.clone() };
        scrivi(cartella, &format!("avviso-postale-{}.pdf", lingua.codice()), || stampe::avviso(&bilingue, creato))?;
    }
    let lungo = Avviso { seconda_lingua: Some(seconda(Lingua::De)), ..lungo };
    scrivi(cartella, "avviso-lungo-de.pdf", || stampe::avviso(&lungo, creato))?;
    let bilingue = Avviso { seconda_lingua: Some(seconda(Lingua::En)), entro_il: None, ..semplice.clone() };
    scrivi(cartella, "avviso-en.pdf", || stampe::avviso(&bilingue, creato))?;
    for (nome, rate) in piani() {
        for (genere, dati, lingua) in
            [("", &semplice, None), ("-postale", &postale, None), ("-sl", &semplice, Some(Lingua::Sl)), ("-postale-fr", &postale, Some(Lingua::Fr))]
        {
            let dati = documento(dati, &rate, lingua)?;
            scrivi(cartella, &format!("{nome}{genere}.pdf"), || stampe::documento(&dati, creato))?;
        }
    }
    let ricevuta = ricevuta()?;
    scrivi(cartella, "ricevuta.pdf", || stampe::ricevuta(&ricevuta, creato))?;
    let quietanza = Ricevuta { prova: Prova::Quietanza, versante: None, ..ricevuta };
    scrivi(cartella, "quietanza.pdf", || stampe::ricevuta(&quietanza, creato))?;
    Ok(())
}

fn scrivi(cartella: &Path, nome: &str, stampa: impl Fn() -> Result<Vec<u8>, ErroreStampa>) -> Result<(), Box<dyn Error>> {
    let pdf = stampa()?;
    let inizio = Instant::now();
    for _ in 0..RIPETIZIONI {
        stampa()?;
    }
    let medio = inizio.elapsed() / RIPETIZIONI;
    std::fs::write(cartella.join(nome), &pdf)?;
    println!("{nome}: {} byte, {:.1} ms", pdf.len(), medio.as_secs_f64() * 1000.0);
    Ok(())
}

fn avviso() -> Result<Avviso, Box<dyn Error>> {
    Ok(Avviso {
        ente: ente()?,
        debitore: debitore(),
        oggetto: "TARI 2026, prima rata - utenza domestica di via Garibaldi 12, Castelfiorino".to_owned(),
        importo: Importo::da_cent(13_250),
        numero_avviso: NumeroAvviso::leggi("301000000000000428")?,
        entro_il: NaiveDate::from_ymd_opt(2026, 4, 30),
        rata: Rata::Unica,
        informativa_importo: InformativaImporto::Standard,
        bollettino: None,
        seconda_lingua: None,
    })
}

fn seconda(lingua: Lingua) -> SecondaLingua {
    let oggetto = match lingua {
        Lingua::De => "Müllgebühr 2026, erste Rate - Haushalt in der Via Garibaldi 12",
        Lingua::En => "Waste tax 2026, first instalment - home in via Garibaldi 12",
        Lingua::Fr => "Taxe sur les déchets 2026, première échéance - logement de via Garibaldi 12",
        Lingua::Sl => "Davek na odpadke 2026, prvi obrok - stanovanje v ulici via Garibaldi 12",
    };
    SecondaLingua { lingua, oggetto: Some(oggetto.to_owned()), informativa_importo: None }
}

fn piani() -> Vec<(&'static str, Vec<Rata>)> {
    let rate = |n: u32| (1..=n).map(Rata::Numero).collect::<Vec<_>>();
    vec![
        ("rate-2", rate(2)),
        ("rate-3", rate(3)),
        ("rate-14", rate(14)),
        ("unica-e-3", [vec![Rata::Unica], rate(3)].concat()),
        ("soglie", vec![Rata::EntroGiorni(5), Rata::OltreGiorni(5)]),
        ("multa", vec![Rata::Scontato, Rata::Ridotto]),
    ]
}

fn documento(avviso: &Avviso, rate: &[Rata], lingua: Option<Lingua>) -> Result<Documento, Box<dyn Error>> {
    let parte = |(i, rata): (usize, &Rata)| -> Result<Parte, Box<dyn Error>> {
        Ok(Parte {
            importo: Importo::da_cent(13_250 + i64::try_from(i)?),
            numero_avviso: NumeroAvviso::leggi(&format!("3010000000000{i:05}"))?,
            entro_il: avviso
                .entro_il
                .and_then(|d| d.checked_add_days(chrono::Days::new(30 * i as u64)))
                .filter(|_| matches!(rata, Rata::Unica | Rata::Numero(_))),
            rata: *rata,
            bollettino: avviso.bollettino.clone(),
        })
    };
    Ok(Documento {
        ente: avviso.ente.clone(),
        debitore: avviso.debitore.clone(),
        oggetto: "TARI 2026 - utenza domestica di via Garibaldi 12, Castelfiorino".to_owned(),
        informativa_importo: avviso.informativa_importo.clone(),
        seconda_lingua: lingua.map(seconda),
        parti: rate.iter().enumerate().map(parte).collect::<Result<_, _>>()?,
    })
}

/// Every text as long as its contract allows, and letters that few fonts have.
fn avviso_lungo(postale: &Avviso) -> Avviso {
    let lungo = |testo: &str, n: usize| testo.chars().cycle().take(n).collect::<String>();
    let nome = lungo("Maria Antonietta Σωκράτης Чайковский 李明 Giovannangelo-Della-Rovere ", 70);
    Avviso {
        ente: Ente {
            denominazione: lungo("Unione dei Comuni montani della Valle del Fiorino e delle Terre di Mezzo ", 150),
            settore: Some(lungo("Servizio associato entrate tributarie e patrimoniali ", 50)),
            righe: vec![
                "https://www.unionedeicomunimontani-valledelfiorino.example/servizi/tributi".to_owned(),
                "Tel: 0571 000000 / 0571 000002 - Fax: 0571 000001".to_owned(),
                "PEC: entrate.tributarie.patrimoniali@pec.unionedeicomunimontani-valledelfiorino.example".to_owned(),
            ],
            ..postale.ente.clone()
        },
        debitore: Soggetto {
            anagrafica: nome,
            indirizzo: vec![lungo("Frazione di San Giovanni Battista alle Torri, strada vicinale ", 70), lungo("50051 Castelfiorino in Valdelsa (FI) ", 60)],
            ..postale.debitore.clone()
        },
        oggetto: lungo("Sanzione amministrativa per violazione dell'articolo 7, verbale numero 123/2026 notificato il 3 marzo ", 140),
        importo: Importo::da_cent(9_999_999_999),
        rata: Rata::Numero(12),
        informativa_importo: InformativaImporto::Testo(lungo("L'importo comprende gli interessi legali maturati e le spese di notifica. ", 255)),
        bollettino: postale
            .bollettino
            .clone()
            .map(|b| BollettinoPostale { intestatario: lungo("Unione dei Comuni montani - Servizio di tesoreria ", 150), ..b }),
        ..postale.clone()
    }
}

fn ente() -> Result<Ente, Box<dyn Error>> {
    Ok(Ente {
        denominazione: "Comune di Castelfiorino".to_owned(),
        dominio: IdDominio::leggi("00123450678").ok_or("dominio")?,
        cbill: Some("AB12C".to_owned()),
        settore: Some("Ufficio Tributi".to_owned()),
        righe: vec![
            "www.comune.castelfiorino.example".to_owned(),
            "Tel: 0571 000000 - Fax: 0571 000001".to_owned(),
            "PEC: tributi@pec.comune.castelfiorino.example".to_owned(),
        ],
        logo: Some(stemma()),
    })
}

fn debitore() -> Soggetto {
    Soggetto {
        anagrafica: "Niccolò Đorđević".to_owned(),
        identificativo: "DRDNCL75C52F205X".to_owned(),
        indirizzo: vec!["Via Giuseppe Garibaldi 12".to_owned(), "50051 Castelfiorino (FI)".to_owned()],
    }
}

fn bollettino() -> BollettinoPostale {
    BollettinoPostale {
        iban: "IT60X0760102800000012345678".to_owned(),
        intestatario: "Comune di Castelfiorino - Servizio Tesoreria".to_owned(),
        autorizzazione: "Aut. DB/XXXX/XXX 00000 del 01/01/2026".to_owned(),
    }
}

fn ricevuta() -> Result<Ricevuta, Box<dyn Error>> {
    let id = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
    let voce = |descrizione: &str, cent| Voce {
        descrizione: descrizione.to_owned(),
        id_riscossione: id.to_owned(),
        importo: Importo::da_cent(cent),
        stato: "Eseguito".to_owned(),
        beneficiario: None,
        bollo: None,
    };
    let provincia = Beneficiario { denominazione: "Provincia di Esempio".to_owned(), codice_fiscale: "80000000002".to_owned() };
    let marca = Bollo { iubd: Some("01234567890123".to_owned()), impronta: Some("n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=".to_owned()) };
    Ok(Ricevuta {
        prova: Prova::Ricevuta,
        ente: Ente { righe: vec!["Piazza del Popolo 1,".to_owned(), "50051 Castelfiorino (FI)".to_owned()], ..ente()? },
        debitore: debitore(),
        versante: Some(Soggetto { anagrafica: "Chiara Bianchi".to_owned(), identificativo: "BNCCHR80A41H501K".to_owned(), indirizzo: vec![] }),
        psp: Psp { denominazione: "Banca di Esempio S.p.A.".to_owned(), codice_fiscale: "09876543210".to_owned() },
        importo: Importo::da_cent(13_250),
        oggetto: "TARI 2026, prima rata - utenza domestica di via Garibaldi 12, Castelfiorino".to_owned(),
        data_operazione: NaiveDate::from_ymd_opt(2026, 4, 17).and_then(|d| d.and_hms_opt(10, 42, 7)),
        data_applicativa: NaiveDate::from_ymd_opt(2026, 4, 20),
        stato: StatoRicevuta::Eseguito,
        iuv: "01000000000000428".to_owned(),
        id_ricevuta: id.to_owned(),
        numero_avviso: Some(NumeroAvviso::leggi("301000000000000428")?),
        voci: vec![
            voce("/RFB/01000000000000428/126.19/TXT/TARI 2026, prima rata", 12_619),
            Voce { beneficiario: Some(provincia), ..voce("Tributo provinciale per la tutela dell'ambiente (TEFA)", 631) },
            Voce { bollo: Some(marca), ..voce("", 1_600) },
        ],
        linea_testo_1: Some("La ricevuta ha valore liberatorio verso l'ente per l'importo indicato.".to_owned()),
        linea_testo_2: None,
    })
}

/// A coat of arms for the samples: a PNG written by hand, without compression.
fn stemma() -> Vec<u8> {
    const L: usize = 96;
    const A: usize = 120;
    let colore = |x: usize, y: usize| -> [u8; 4] {
        let (fx, fy) = (x as f32 / L as f32 - 0.5, y as f32 / A as f32);
        let dentro = |margine: f32| {
            fy > margine && fx.abs() < 0.5 - margine && (fy < 0.55 || (fx / (0.5 - margine)).powi(2) + ((fy - 0.55) / (0.45 - margine)).powi(2) < 1.0)
        };
        match () {
            () if !dentro(0.0) => [0, 0, 0, 0],
            () if !dentro(0.06) => [0x17, 0x32, 0x4D, 0xFF],
            () if (fx * fx + (fy - 0.42).powi(2)).sqrt() < 0.16 => [0xF2, 0xC9, 0x4C, 0xFF],
            () if fy > 0.66 => [0x2E, 0x7D, 0x4F, 0xFF],
            () => [0x00, 0x59, 0xB3, 0xFF],
        }
    };
    let mut dati = Vec::new();
    for y in 0..A {
        dati.push(0);
        for x in 0..L {
            dati.extend(colore(x, y));
        }
    }
    let mut zlib = vec![0x78, 0x01];
    let blocchi = dati.chunks(0xFFFF);
    let ultimo = blocchi.len() - 1;
    for (i, blocco) in blocchi.enumerate() {
        let n = blocco.len() as u16;
        zlib.push(u8::from(i == ultimo));
        zlib.extend(n.to_le_bytes());
        zlib.extend((!n).to_le_bytes());
        zlib.extend(blocco);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in &dati {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    zlib.extend(((b << 16) | a).to_be_bytes());
    let mut png = vec![0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];
    let mut ihdr = Vec::new();
    ihdr.extend((L as u32).to_be_bytes());
    ihdr.extend((A as u32).to_be_bytes());
    ihdr.extend([8, 6, 0, 0, 0]);
    for (tipo, corpo) in [(b"IHDR", ihdr), (b"IDAT", zlib), (b"IEND", vec![])] {
        png.extend((corpo.len() as u32).to_be_bytes());
        let inizio = png.len();
        png.extend(tipo);
        png.extend(corpo);
        let crc = png[inizio..]
            .iter()
            .fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 }));
        png.extend((!crc).to_be_bytes());
    }
    png
}
