// The rules of a position that is loaded, one body for each that breaks that rule alone, in the order in which they are told (spec/1 sections 5.3 and 5.4).
// Read by the tests of the reader and by those that speak HTTP.

use serde_json::{Value, json};

/// Every member of the contract of v2, all good: the example of spec/1 section 17 with what it leaves out.
pub fn completa() -> Value {
    serde_json::from_str(
        r#"{
        "idTipoPendenza": "TARI",
        "idDominio": "00123450678",
        "idUnitaOperativa": "UFF_TRIBUTI",
        "causale": "TARI 2026 prima rata utenza 8841",
        "soggettoPagatore": {
            "tipo": "F", "identificativo": "VLNGRT75C52F205X", "anagrafica": "Greta Valenti", "indirizzo": "Via dei Tigli", "civico": "7/B",
            "cap": "20100", "localita": "Milano", "provincia": "MI", "nazione": "IT", "email": "greta.valenti@example.org", "cellulare": "+39 333-1234567"
        },
        "importo": 148.50,
        "numeroAvviso": "307260000000004275",
        "tassonomia": "TRIBUTI", "tassonomiaAvviso": "Imposte e tasse", "direzione": "DIR_FIN", "divisione": "DIV_02",
        "dataValidita": "2026-06-30", "dataScadenza": "2026-12-31", "annoRiferimento": 2026, "cartellaPagamento": "C-8841",
        "dataNotificaAvviso": "2026-05-01", "dataPromemoriaScadenza": "2026-12-01",
        "documento": { "identificativo": "TARI-2026-8841", "descrizione": "TARI 2026", "soglia": { "tipo": "ENTRO", "giorni": 5 } },
        "proprieta": {
            "linguaSecondaria": "de", "linguaSecondariaCausale": "Abfallgebuehr 2026", "lineaTestoRicevuta1": "Sportello 4", "lineaTestoRicevuta2": null,
            "informativaImportoAvviso": "", "linguaSecondariaInformativaImportoAvviso": "x", "dataScandenzaAvviso": "2026-12-30",
            "descrizioneImporto": [ { "voce": "canone annuo", "importo": 10.01 } ]
        },
        "datiAllegati": { "utenza": 8841, "vuoto": null },
        "voci": [
            { "idVocePendenza": "TARI", "importo": 126.20, "descrizione": "Quota comunale", "descrizioneCausaleRPT": "TARI", "codEntrata": "TARI", "datiAllegati": { "k": 1 },
              "contabilita": {
                "quote": [ { "capitolo": "1010", "annoEsercizio": 2026, "importo": 100.00, "accertamento": "A1", "titolo": "t", "tipologia": "t", "categoria": "c", "articolo": "a", "proprietaCustom": {} },
                           { "capitolo": "1011", "annoEsercizio": 2026, "importo": 26.20 } ],
                "proprietaCustom": { "x": [1] } },
              "metadata": { "mapEntries": [ { "key": "utenza", "value": "8841" } ] } },
            { "idVocePendenza": "TEFA", "importo": 6.30, "descrizione": "Quota provinciale", "idDominio": "00987650321",
              "ibanAccredito": "IT60X0542811101000000123456", "ibanAppoggio": "IT60X0760111101000000123456", "tipoContabilita": "ALTRO", "codiceContabilita": "0201102IM" },
            { "idVocePendenza": "MB1", "importo": 16.00, "descrizione": "Marca da bollo", "tipoBollo": "01",
              "hashDocumento": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "provinciaResidenza": "MI" } ],
        "allegati": [ { "nome": "dettaglio.txt", "tipo": "text/plain", "descrizione": "Dettaglio", "contenuto": "UXVvdGE=" } ]
    }"#,
    )
    .expect("valido")
}

/// Without the members that a version does not know.
pub fn completa_per(pendenza: &[&str], voce: &[&str]) -> Value {
    let mut corpo = completa();
    let membri = corpo.as_object_mut().expect("oggetto");
    membri.retain(|nome, _| pendenza.contains(&nome.as_str()));
    if pendenza.contains(&"nome") {
        membri.insert("nome".to_owned(), json!("Pratica 8841"));
    }
    for v in corpo["voci"].as_array_mut().expect("voci") {
        v.as_object_mut().expect("voce").retain(|nome, _| voce.contains(&nome.as_str()));
    }
    corpo
}

/// One broken rule.
#[derive(Clone, Debug)]
pub struct Rottura {
    /// Where the member stands.
    pub puntatore: &'static str,
    /// What stands there instead; `None`: nothing.
    pub valore: Option<Value>,
    pub codice: &'static str,
    pub dettaglio: String,
}

impl Rottura {
    pub fn applica(&self, corpo: &mut Value) {
        let (padre, nome) = self.puntatore.rsplit_once('/').expect("puntatore");
        match (corpo.pointer_mut(padre).expect("padre"), self.valore.clone()) {
            (Value::Object(membri), Some(valore)) => drop(membri.insert(nome.to_owned(), valore)),
            (Value::Object(membri), None) => drop(membri.shift_remove(nome)),
            (Value::Array(elementi), valore) => elementi[nome.parse::<usize>().expect("indice")] = valore.unwrap_or_default(),
            (altro, _) => panic!("{altro}"),
        }
    }

    /// Whether a version with these members can break it.
    pub fn possibile(&self, pendenza: &[&str], voce: &[&str]) -> bool {
        let mut parti = self.puntatore.split('/').skip(1);
        let primo = parti.next().expect("membro");
        let di_voce = parti.nth(1).filter(|_| primo == "voci");
        pendenza.contains(&primo) && di_voce.is_none_or(|m| voce.contains(&m))
    }

    /// Whether two of them can be broken together: neither takes the place of the other, nor makes it good.
    pub fn insieme_a(&self, altra: &Self) -> bool {
        let dentro = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|resto| resto.starts_with('/'));
        let in_ordine = |a: &Self, b: &Self| dentro(a.puntatore, b.puntatore) || a.cambia_le_regole_di(b);
        !in_ordine(self, altra) && !in_ordine(altra, self)
    }

    /// A voce without its entrata follows the rules of the reference that stands there instead; the discount of a fine wants no days.
    fn cambia_le_regole_di(&self, altra: &Self) -> bool {
        let senza_entrata = self.puntatore == "/voci/0/codEntrata" && self.valore.is_none();
        let riferimento = ["/voci/0/tipoBollo", "/voci/0/ibanAccredito"].contains(&altra.puntatore);
        let ridotto = self.puntatore == "/documento/soglia/tipo" && self.valore == Some(json!("RIDOTTO"));
        (senza_entrata && riferimento) || (ridotto && altra.puntatore == "/documento/soglia/giorni" && altra.valore.is_none())
    }
}

const ID: &str = r"(^[a-zA-Z0-9\-_]{1,35}$)";
const TIPO: &str = r"(^[a-zA-Z0-9\-_\.]{1,35}$)";
const IBAN: &str = "[a-zA-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}";

fn campo(puntatore: &str) -> &str {
    puntatore.rsplit('/').next().expect("campo")
}

fn rotta(puntatore: &'static str, valore: Option<Value>, dettaglio: impl Into<String>) -> Rottura {
    Rottura { puntatore, valore, codice: "SINTASSI", dettaglio: dettaglio.into() }
}

fn manca(puntatore: &'static str) -> Rottura {
    rotta(puntatore, None, format!("Il campo {} non deve essere vuoto.", campo(puntatore)))
}

fn lunga(puntatore: &'static str, massimo: usize) -> Rottura {
    let valore = "a".repeat(massimo + 1);
    let dettaglio = format!("Il valore [{valore}] del campo {} non rispetta la lunghezza massima di {massimo} caratteri.", campo(puntatore));
    rotta(puntatore, Some(json!(valore)), dettaglio)
}

fn corta(puntatore: &'static str) -> Rottura {
    rotta(puntatore, Some(json!("")), format!("Il valore [] del campo {} non rispetta la lunghezza minima di 1 caratteri.", campo(puntatore)))
}

fn forma(puntatore: &'static str, valore: &str, forma: &str) -> Rottura {
    rotta(puntatore, Some(json!(valore)), format!("Il valore [{valore}] del campo {} non rispetta il pattern richiesto: {forma}", campo(puntatore)))
}

fn importo(puntatore: &'static str) -> [Rottura; 5] {
    [
        manca(puntatore),
        rotta(puntatore, Some(json!(0)), "Il campo importo deve essere superiore o uguale a 0."),
        rotta(puntatore, Some(json!("1000000000.00")), "Il campo importo deve essere inferiore a 999,999,999.99."),
        rotta(puntatore, Some(json!("1.00000000000000000001")), "Il campo importo non deve superare le 18 cifre."),
        rotta(puntatore, Some(json!("10.001")), "Il campo importo non deve superare le 2 cifre decimali."),
    ]
}

fn testo(puntatore: &'static str, massimo: usize) -> [Rottura; 2] {
    [corta(puntatore), lunga(puntatore, massimo)]
}

fn identificativo(puntatore: &'static str) -> [Rottura; 3] {
    [corta(puntatore), lunga(puntatore, 35), forma(puntatore, "a b", ID)]
}

/// Every rule, in order. Rules of one member stand together, in the order in which they are looked at.
pub fn rotture() -> Vec<Rottura> {
    [testata(), voce_su_entrata(), voce_su_conto(), voce_di_bollo(), coda()].concat()
}

fn testata() -> Vec<Rottura> {
    let mut r = vec![
        manca("/idDominio"),
        rotta("/idDominio", Some(json!("123")), "Il valore [123] del campo idDominio non rispetta la lunghezza di 11 caratteri."),
        forma("/idDominio", "0012345067A", "(^([0-9]){11}$)"),
    ];
    r.extend(identificativo("/idUnitaOperativa"));
    r.extend([corta("/idTipoPendenza"), lunga("/idTipoPendenza", 35), forma("/idTipoPendenza", "a b", TIPO)]);
    r.extend(testo("/nome", 35));
    r.push(manca("/causale"));
    r.extend(testo("/causale", 140));
    r.extend([lunga("/soggettoPagatore/identificativo", 16), lunga("/soggettoPagatore/anagrafica", 70)]);
    r.extend(testo("/soggettoPagatore/indirizzo", 70));
    r.extend(testo("/soggettoPagatore/civico", 16));
    r.extend(testo("/soggettoPagatore/cap", 16));
    r.extend(testo("/soggettoPagatore/localita", 35));
    r.extend(testo("/soggettoPagatore/provincia", 35));
    r.push(forma("/soggettoPagatore/nazione", "it", "(^[A-Z]{2,2}$)"));
    r.push(lunga("/soggettoPagatore/email", 256));
    r.push(forma("/soggettoPagatore/email", "greta", r"(^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$)"));
    r.push(lunga("/soggettoPagatore/cellulare", 35));
    r.push(forma("/soggettoPagatore/cellulare", "3331234567", r"\+[0-9]{2,2}\s[0-9]{3,3}\-[0-9]{7,7}"));
    r.extend(importo("/importo"));
    r.push(rotta(
        "/numeroAvviso",
        Some(json!("3072600000000042751")),
        "Il valore [3072600000000042751] del campo numeroAvviso non rispetta la lunghezza massima di 18 caratteri.",
    ));
    r.push(forma("/numeroAvviso", "30726000000000427", "(^[0-9]{18}$)"));
    r.push(rotta("/numeroAvviso", Some(json!("407260000000004275")), "Numero Avviso [407260000000004275] fornito non valido: prima cifra non e' [0|1|2|3]"));
    r.push(forma("/annoRiferimento", "26", "(^[0-9]{4}$)"));
    r.extend(testo("/cartellaPagamento", 35));
    r.extend(testo("/tassonomia", 35));
    r.push(manca("/voci"));
    r.push(rotta("/voci", Some(json!([])), "Il campo voci non deve essere vuoto."));
    let voce = completa()["voci"][0].clone();
    let scarna = json!({ "idVocePendenza": "V", "importo": voce["importo"], "descrizione": "D", "codEntrata": "TARI" });
    r.push(rotta("/voci", Some(json!(vec![scarna; 6])), "Il campo voci deve avere massimo 5 elementi."));
    r
}

fn voce_su_entrata() -> Vec<Rottura> {
    let mut r = vec![rotta("/voci/0", None, "L'elemento in posizione 0 del campo voci e' vuoto.")];
    r.push(manca("/voci/0/idVocePendenza"));
    r.extend(identificativo("/voci/0/idVocePendenza"));
    r.extend(importo("/voci/0/importo"));
    r.push(manca("/voci/0/descrizione"));
    r.extend(testo("/voci/0/descrizione", 255));
    r.extend(testo("/voci/0/descrizioneCausaleRPT", 140));
    r.push(rotta("/voci/0/contabilita/quote/0", None, "L'elemento in posizione 0 del campo quote e' vuoto."));
    r.push(manca("/voci/0/contabilita/quote/0/capitolo"));
    r.extend(testo("/voci/0/contabilita/quote/0/capitolo", 64));
    r.push(manca("/voci/0/contabilita/quote/0/annoEsercizio"));
    r.push(forma("/voci/0/contabilita/quote/0/annoEsercizio", "20266", "(^[0-9]{4}$)"));
    r.extend(importo("/voci/0/contabilita/quote/0/importo"));
    r.extend(testo("/voci/0/contabilita/quote/0/accertamento", 64));
    r.extend(testo("/voci/0/contabilita/quote/0/titolo", 64));
    r.extend(testo("/voci/0/contabilita/quote/0/tipologia", 64));
    r.extend(testo("/voci/0/contabilita/quote/0/categoria", 64));
    r.extend(testo("/voci/0/contabilita/quote/0/articolo", 64));
    r.push(manca("/voci/0/metadata/mapEntries"));
    r.push(rotta(
        "/voci/0/metadata/mapEntries",
        Some(json!(vec![json!({ "key": "k", "value": "v" }); 16])),
        "Il campo mapEntries deve avere massimo 15 elementi.",
    ));
    r.push(rotta("/voci/0/metadata/mapEntries/0", None, "L'elemento in posizione 0 del campo mapEntries e' vuoto."));
    r.push(manca("/voci/0/metadata/mapEntries/0/key"));
    r.extend(testo("/voci/0/metadata/mapEntries/0/key", 140));
    r.push(manca("/voci/0/metadata/mapEntries/0/value"));
    r.extend(testo("/voci/0/metadata/mapEntries/0/value", 140));
    r.push(rotta("/voci/0/idDominio", Some(json!("1")), "Il valore [1] del campo idDominio non rispetta la lunghezza di 11 caratteri."));
    r.push(forma("/voci/0/idDominio", "0012345067A", "(^([0-9]){11}$)"));
    r.push(rotta("/voci/0/codEntrata", None, "Uno dei campi tra ibanAccredito, tipoBollo o codEntrata deve essere valorizzato"));
    r.extend([corta("/voci/0/codEntrata"), lunga("/voci/0/codEntrata", 35), forma("/voci/0/codEntrata", "a/b", TIPO)]);
    for (puntatore, valore) in [
        ("/voci/0/tipoBollo", "01"),
        ("/voci/0/hashDocumento", "aGFzaA=="),
        ("/voci/0/provinciaResidenza", "MI"),
        ("/voci/0/ibanAccredito", "IT60X05"),
        ("/voci/0/ibanAppoggio", "IT60X05"),
        ("/voci/0/tipoContabilita", "SIOPE"),
        ("/voci/0/codiceContabilita", "123"),
    ] {
        r.push(rotta(puntatore, Some(json!(valore)), format!("Valorizzato codEntrata. Il campo {} deve essere vuoto.", campo(puntatore))));
    }
    r
}

fn voce_su_conto() -> Vec<Rottura> {
    let mut r = vec![corta("/voci/1/ibanAccredito"), forma("/voci/1/ibanAccredito", "IT60 X", IBAN), lunga("/voci/1/ibanAccredito", 255)];
    r.extend([corta("/voci/1/ibanAppoggio"), forma("/voci/1/ibanAppoggio", "60ITX", IBAN), lunga("/voci/1/ibanAppoggio", 255)]);
    r.push(manca("/voci/1/tipoContabilita"));
    r.push(rotta("/voci/1/tipoContabilita", Some(json!("X")), "Il campo tipoContabilita non deve essere vuoto."));
    r.push(manca("/voci/1/codiceContabilita"));
    r.push(lunga("/voci/1/codiceContabilita", 255));
    r.push(forma("/voci/1/codiceContabilita", "a b c", r"(^\S{3,138}$)"));
    for puntatore in ["/voci/1/hashDocumento", "/voci/1/provinciaResidenza"] {
        r.push(rotta(puntatore, Some(json!("MI")), format!("Valorizzato ibanAccredito. Il campo {} deve essere vuoto.", campo(puntatore))));
    }
    r
}

fn voce_di_bollo() -> Vec<Rottura> {
    let mut r = vec![manca("/voci/2/hashDocumento")];
    r.extend(testo("/voci/2/hashDocumento", 70));
    r.push(manca("/voci/2/provinciaResidenza"));
    r.push(forma("/voci/2/provinciaResidenza", "Milano", "(^[A-Z]{2,2}$)"));
    for (puntatore, valore) in
        [("/voci/2/ibanAccredito", "IT60X05"), ("/voci/2/ibanAppoggio", "IT60X05"), ("/voci/2/tipoContabilita", "SIOPE"), ("/voci/2/codiceContabilita", "123")]
    {
        r.push(rotta(puntatore, Some(json!(valore)), format!("Valorizzato tipoBollo. Il campo {} deve essere vuoto.", campo(puntatore))));
    }
    r
}

fn coda() -> Vec<Rottura> {
    let mut r = Vec::new();
    r.extend(identificativo("/direzione"));
    r.extend(identificativo("/divisione"));
    r.push(manca("/documento/identificativo"));
    r.extend(identificativo("/documento/identificativo"));
    r.push(manca("/documento/descrizione"));
    r.extend(testo("/documento/descrizione", 255));
    r.push(rotta("/documento/rata", Some(json!(0)), "Il campo rata deve essere superiore a 1."));
    r.push(manca("/documento/soglia/tipo"));
    r.push(rotta(
        "/documento/soglia/tipo",
        Some(json!("DOPO")),
        "Codifica inesistente per tipo. Valore fornito [DOPO] valori possibili {ENTRO,OLTRE,RIDOTTO,SCONTATO}",
    ));
    r.push(rotta(
        "/documento/soglia/tipo",
        Some(json!("RIDOTTO")),
        "Il campo giorni deve essere vuoto quando il campo tipo assume valore 'RIDOTTO' o 'SCONTATO'.",
    ));
    r.push(manca("/documento/soglia/giorni"));
    r.push(rotta("/documento/soglia/giorni", Some(json!(1)), "Il campo giorni deve essere superiore o uguale a 1."));
    r.push(rotta(
        "/proprieta/linguaSecondaria",
        Some(json!("it")),
        "Codifica inesistente per linguaSecondaria. Valore fornito [it] valori possibili {false,de,en,fr,sl}",
    ));
    r.push(lunga("/proprieta/informativaImportoAvviso", 255));
    r.push(lunga("/proprieta/linguaSecondariaInformativaImportoAvviso", 255));
    r.push(rotta("/allegati/0", None, "L'elemento in posizione 0 del campo allegati e' vuoto."));
    r.push(manca("/allegati/0/nome"));
    r.extend(testo("/allegati/0/nome", 255));
    r.extend(testo("/allegati/0/tipo", 255));
    r.extend(testo("/allegati/0/descrizione", 255));
    r.push(manca("/allegati/0/contenuto"));
    r.push(rotta(
        "/tassonomiaAvviso",
        Some(json!("Multe")),
        "Codifica inesistente per tassonomiaAvviso. Valore fornito [Multe] valori possibili {Cartelle esattoriali,Diritti e concessioni,Imposte e tasse,IMU, TASI e altre tasse comunali,Ingressi a mostre e musei,Multe e sanzioni amministrative,Previdenza e infortuni,Servizi erogati dal comune,Servizi erogati da altri enti,Servizi scolastici,Tassa automobilistica,Ticket e prestazioni sanitarie,Trasporti, mobilit\u{e0} e parcheggi}",
    ));
    r.push(Rottura {
        codice: "VER_035",
        ..rotta(
            "/voci/0/contabilita/quote/1/importo",
            Some(json!(26.1)),
            "La voce (TARI) della pendenza (IdA2A:DEMO, Id:ROTTA) ha un importo (126.2) diverso dalla somma dei singoli importi definiti nella lista delle contabilita' (126.1)",
        )
    });
    r
}
