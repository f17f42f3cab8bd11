use modelli::{Limiti, Modello, prepara};
use proptest::prelude::*;

use super::{adesso, radice};

const STRETTI: Limiti = Limiti { passi: 5_000, uscita_byte: 2_000, memoria_byte: 50_000, elementi: 200 };

/// Pieces of templates, put together without sense.
const PEZZI: &[&str] = &[
    "${",
    "}",
    "<#if ",
    "<#else>",
    "</#if>",
    "<#list ",
    " as x>",
    "</#list>",
    "<#assign x = ",
    "<#assign y>",
    "</#assign>",
    ">",
    "/>",
    "<#--",
    "-->",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "\\",
    "nome",
    "lista",
    "mappa",
    "oggi",
    "x",
    "n",
    "prezzo",
    "class",
    "new",
    "1",
    "0",
    "2.5",
    "-",
    "+",
    "*",
    "/",
    "%",
    "..",
    "..<",
    "!",
    "??",
    "?",
    "?size",
    "?string",
    "?string('0.0')",
    "?matches('a+')",
    "?replace('a', 'bb')",
    "?left_pad(9)",
    "?join(',')",
    "?split('a')",
    "?number",
    "?date",
    "?html",
    "?api",
    "?index",
    "?has_content",
    "?sort",
    ".",
    ",",
    ":",
    "==",
    "<",
    " gt ",
    "&&",
    "||",
    "=",
    "\n",
    " ",
    "è",
    "<#sep>",
    "</#sep>",
    "<#break>",
    "<#switch x>",
    "<#case 1>",
    "</#switch>",
    "<#t>",
    "<#setting locale='en'>",
    "<#stop 'x'>",
    "<#noparse>",
    "</#noparse>",
    ".getTime()",
    ".length()",
    ".substring(1)",
    "['java.util.Calendar']",
    ".getInstance()",
    ".MONTH",
    "('java.util.Date')",
    "true",
    "#{",
    "<@",
    "\u{0}",
    "🙂",
];

/// Expressions that have a shape, so that many of them run.
fn espressione() -> impl Strategy<Value = String> {
    let foglia = prop::sample::select(vec![
        "nome",
        "n",
        "prezzo",
        "si",
        "lista",
        "mappa",
        "oggi",
        "vuoto",
        "manca",
        "persone",
        "1",
        "0",
        "-3",
        "2.50",
        "'a b'",
        "''",
        "'12'",
        "1..4",
        "'é🙂x'",
        "99999999999999999999999999999999999999",
    ])
    .prop_map(str::to_owned);
    foglia.prop_recursive(4, 24, 3, |dentro| {
        let built_in = prop::sample::select(vec![
            "length",
            "size",
            "upper_case",
            "cap_first",
            "number",
            "int",
            "c",
            "string",
            "html",
            "url",
            "json_string",
            "first",
            "last",
            "sort",
            "reverse",
            "keys",
            "values",
            "round",
            "floor",
            "trim",
            "date",
            "datetime",
            "iso_utc",
            "is_string",
            "has_content",
            "api",
            "long",
            "join(',')",
            "split(' ')",
            "left_pad(5)",
            "string('#,##0.00')",
            "string('yyyy-MM-dd')",
            "matches('[a-z ]+')",
            "substring(1)",
            "index_of('a')",
            "replace('', 'zz')",
            "replace('.', '$0$0', 'r')",
            "number_to_date",
            "groups",
            "capitalize",
            "sort_by('nome')",
            "left_pad(999999999999)",
            "string.full",
            "min",
        ]);
        let metodo = prop::sample::select(vec![
            "length()",
            "substring(2)",
            "substring(2, 1)",
            "equals('a')",
            "getTime()",
            "getNome()",
            "size()",
            "get(0)",
            "charAt(9)",
            "split('')",
            "toString()",
            "split('(')",
            "repeat(3)",
            "concat('x')",
        ]);
        let operatore = prop::sample::select(vec!["+", "-", "*", "/", "%", "==", "!=", " lt ", " gte ", "&&", "||", "..", "..<"]);
        prop_oneof![
            (dentro.clone(), built_in).prop_map(|(e, b)| format!("{e}?{b}")),
            (dentro.clone(), metodo).prop_map(|(e, m)| format!("({e}).{m}")),
            (dentro.clone(), operatore, dentro.clone()).prop_map(|(a, o, b)| format!("({a} {o} {b})")),
            (dentro.clone(), dentro.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (dentro.clone(), dentro.clone(), dentro.clone()).prop_map(|(a, b, c)| format!("({a})[{b}..{c}]")),
            (dentro.clone(), dentro.clone()).prop_map(|(a, b)| format!("(({a})!({b}))")),
            dentro.clone().prop_map(|a| format!("[{a}, {a}]")),
            dentro.clone().prop_map(|a| format!("{{'k': {a}}}")),
            dentro.prop_map(|a| format!("(-{a})")),
        ]
    })
}

fn entro_i_limiti(modello: &str) -> Result<(), TestCaseError> {
    let Ok(compilato) = Modello::compila(modello) else { return Ok(()) };
    if let Ok(uscita) = compilato.esegui(&radice(), adesso(), &STRETTI) {
        prop_assert!(uscita.len() as u64 <= STRETTI.uscita_byte);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nessun_testo_manda_in_panico(testo in "\\PC{0,200}") {
        entro_i_limiti(&testo)?;
        let _ = prepara(&testo);
    }

    #[test]
    fn i_pezzi_di_modello_messi_a_caso_non_mandano_in_panico(pezzi in prop::collection::vec(prop::sample::select(PEZZI), 0..40)) {
        entro_i_limiti(&pezzi.concat())?;
    }

    #[test]
    fn le_espressioni_a_caso_danno_un_valore_o_un_errore(espressione in espressione()) {
        entro_i_limiti(&format!("<#assign v = ({espressione})><#if v?has_content>${{v}}</#if>"))?;
        entro_i_limiti(&format!("<#list ({espressione})![] as x>${{x}}<#sep>,</#list>"))?;
    }

    #[test]
    fn un_testo_senza_marche_esce_identico(testo in "[^$#<\\[]{0,200}") {
        let compilato = Modello::compila(&testo).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(compilato.esegui(&radice(), adesso(), &Limiti::default()), Ok(testo));
    }

    #[test]
    fn gli_importi_si_sommano_esatti(centesimi in prop::collection::vec(0_i64..1_000_000_000, 1..20)) {
        let somma: i64 = centesimi.iter().sum();
        let scritti: Vec<String> = centesimi.iter().map(|c| format!("{}.{:02}", c / 100, c % 100)).collect();
        let modello = format!("<#setting locale='en_US'>${{({})?string('0.00')}}", scritti.join(" + "));
        let compilato = Modello::compila(&modello).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(compilato.esegui(&radice(), adesso(), &Limiti::default()), Ok(format!("{}.{:02}", somma / 100, somma % 100)));
    }

    #[test]
    fn una_riga_csv_scritta_si_rilegge(colonne in prop::collection::vec("[a-zA-Z0-9 ,;\"'è]{0,12}", 1..6)) {
        let scritte: Vec<String> = colonne.iter().map(|c| format!("'{}'", c.replace('\'', "\\'"))).collect();
        let modello = format!(
            "<#assign u = class['it.govpay.core.utils.CSVUtils'].getInstance()><#assign r = u.getCSVRecord(u.toCsv({}))><#list 0..<r.size() as i>${{r.get(i)?json_string}}\n</#list>",
            scritte.join(", ")
        );
        let compilato = Modello::compila(&modello).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let attese: String = colonne.iter().map(|c| format!("{}\n", c.replace('"', "\\\""))).collect();
        prop_assert_eq!(compilato.esegui(&radice(), adesso(), &Limiti::default()), Ok(attese));
    }
}
