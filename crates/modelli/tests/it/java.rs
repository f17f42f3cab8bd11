use modelli::{LettoreJson, Mappa, MappaViva, NonRiuscito, Numero, Oggetto, Valore};
use serde_json::json;

use super::{con, errore, esegui, radice, tabella};

#[test]
fn i_metodi_delle_stringhe_sono_quelli_di_java() {
    tabella(&[
        ("${nome.length()} ${nome.equals('Ada')?c} ${nome.equalsIgnoreCase('ADA')?c} ${nome.isEmpty()?c}", "3 true true false"),
        ("${nome.substring(1)} ${nome.substring(0, 2)} ${nome.charAt(1)}", "da Ad d"),
        ("${' x '.trim()}${nome.toUpperCase()}${nome.toLowerCase()}${nome.concat('!')}", "xADAadaAda!"),
        ("${nome.contains('d')?c}${nome.startsWith('A')?c}${nome.endsWith('z')?c}", "truetruefalse"),
        ("${nome.indexOf('a')} ${nome.indexOf('z')} ${'abab'.lastIndexOf('a')} ${'abab'.indexOf('a', 1)}", "2 -1 2 2"),
        ("${'a.b.c'.replace('.', '')} ${'a1b2'.replaceAll('[0-9]', '_')} ${'a1b2'.replaceFirst('[0-9]', '_')}", "abc a_b_ a_b2"),
        ("${'a;b;;'.split(';')?size} ${'a1b'.matches('[a-z0-9]+')?c} ${nome.toString()}${nome.name()}", "2 true AdaAda"),
        ("${nome.equals(n)?c} ${nome.equals(manca!'x')?c}", "false false"),
        (
            "${n.toString()} ${prezzo.intValue()} ${si.toString()} ${lista.size()} ${lista.get(1)} ${lista.contains('b')?c} ${mappa.get('y')} ${mappa.containsKey('z')?c}",
            "7 1.234 true 3 b true due false",
        ),
    ]);
    assert!(errore("${nome.getBytes()}").ends_with("il metodo `getBytes` non è ammesso su un testo"));
    assert!(errore("${nome.substring(5)}").contains("il sottotesto va da 5"));
    assert!(errore("${nome.getClass().forName('x')}").contains("non è ammesso"));
}

#[test]
fn un_getter_legge_il_suo_membro() {
    let debitore: Mappa =
        [("ragioneSociale", Valore::from("Ada Rossi")), ("tipo", Valore::costante("PERSONA_FISICA", "F")), ("URL", "u".into())].into_iter().collect();
    let mut versamento = Mappa::nuova();
    versamento
        .metti("numeroAvviso", "301000000000000019")
        .metti("importoTotale", Numero::da_cent(13250))
        .metti("anagraficaDebitore", debitore)
        .metti("abilitato", true);
    let mut radice = Mappa::nuova();
    radice.metti("versamento", versamento);
    for (modello, atteso) in [
        ("${versamento.getNumeroAvviso()} ${versamento.numeroAvviso}", "301000000000000019 301000000000000019"),
        ("${versamento.getAnagraficaDebitore().getRagioneSociale()}", "Ada Rossi"),
        (
            "${versamento.anagraficaDebitore.getTipo().toString()} ${versamento.anagraficaDebitore.tipo.name()} ${versamento.anagraficaDebitore.tipo.getCodifica()}",
            "PERSONA_FISICA PERSONA_FISICA F",
        ),
        ("<#if versamento.anagraficaDebitore.getTipo() == 'PERSONA_FISICA'>sì</#if>${versamento.anagraficaDebitore.tipo}", "sìPERSONA_FISICA"),
        ("${versamento.anagraficaDebitore.getURL()}", "u"),
        ("${versamento.isAbilitato()?c} ${versamento.importoTotale?string('#,##0.00')}", "true 132,50"),
        ("${versamento.getIdDocumento()!'nessuno'} ${versamento.getIdDocumento()?has_content?c}", "nessuno false"),
    ] {
        assert_eq!(con(&radice, modello).as_deref(), Ok(atteso), "{modello}");
    }
    assert!(con(&radice, "${versamento.setNumeroAvviso('x')}").is_err());
}

#[test]
fn il_contesto_si_scrive_e_l_ospite_lo_rilegge() {
    let contesto = MappaViva::nuova();
    contesto.metti("gia", "scritto");
    let mut radice = Mappa::nuova();
    radice.metti("context", contesto.valore());
    let modello = "<#assign x = context?api.put('tipoOperazione', 'DEL')!/><#assign y = context.put('avvisatura', false)!>${context.tipoOperazione} ${context?api.get('gia')} [${x}] ${context.manca!'-'}";
    assert_eq!(con(&radice, modello).as_deref(), Ok("DEL scritto [] -"));
    assert_eq!(contesto.leggi("tipoOperazione").as_ref().and_then(Valore::come_testo), Some("DEL"));
    assert!(matches!(contesto.leggi("avvisatura"), Some(Valore::Booleano(false))));
    assert!(contesto.leggi("altro").is_none());
    assert!(con(&radice, "${context.put('io', context)!}").expect_err("rifiutato").to_string().contains("`put` accetta"));
    assert!(con(&radice, "<#list 1..300 as i><#assign z = context.put('k' + i, i)!></#list>").expect_err("troppe").to_string().contains("256 voci"));
}

#[test]
fn un_oggetto_dell_ospite_risponde_ai_suoi_metodi() {
    struct Contatore;
    impl Oggetto for Contatore {
        fn genere(&self) -> &'static str {
            "un contatore"
        }
        fn membro(&self, nome: &str) -> Option<Valore> {
            (nome == "valore").then(|| 3_i64.into())
        }
        fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
            match (metodo, argomenti) {
                ("piu", [Valore::Numero(n)]) => n.piu(Numero::intero(3)).map(Valore::Numero).ok_or_else(|| NonRiuscito::detto("troppo")),
                _ => Err(NonRiuscito::MetodoIgnoto),
            }
        }
    }
    let mut radice = Mappa::nuova();
    radice.metti("c", Valore::oggetto(Contatore));
    assert_eq!(con(&radice, "${c.piu(4)} ${c.valore} ${c.getValore()} ${c['valore']}").as_deref(), Ok("7 3 3 3"));
    assert_eq!(con(&radice, "${c}").map_err(|e| e.to_string()), Err("riga 1, colonna 3: qui serve un testo, non un contatore".into()));
    assert!(con(&radice, "${c.meno(1)}").expect_err("ignoto").to_string().contains("il metodo `meno` non è ammesso su un contatore"));
}

#[test]
fn solo_le_classi_dell_elenco_esistono() {
    for classe in ["java.lang.Runtime", "java.lang.System", "freemarker.template.utility.Execute", "it.govpay.core.utils.GovpayConfig", ""] {
        let frase = errore(&format!("a\n${{class['{classe}'].getInstance()}}"));
        assert!(frase.starts_with(&format!("riga 2, colonna 3: la classe `{classe}` non è ammessa")), "{frase}");
        let frase = errore(&format!("${{new('{classe}')}}"));
        assert!(frase.contains(&format!("la classe `{classe}` non è ammessa")), "{frase}");
    }
    assert!(errore("${class['java.util.Calendar'].getTimeZone()}").contains("il metodo `getTimeZone` di java.util.Calendar non è ammesso"));
    assert!(errore("${class['java.lang.Runtime'].X}").contains("non ha valore"));
}

#[test]
fn calendar_conta_i_giorni_come_java() {
    let prologo = "<#assign C = class['java.util.Calendar'] c = C.getInstance()><#assign f = 'yyyy-MM-dd HH:mm'>";
    for (modello, atteso) in [
        ("${c.getTime()?string(f)}", "2026-02-03 14:05"),
        ("<#assign v = c.set(C.MONTH, 11)!/><#assign v = c.set(C.DATE, 31)!/>${c.time?string(f)}", "2026-12-31 14:05"),
        // The day does not fit in February while the month is being set, and fits when the date is asked.
        ("<#assign v = c.set(C.DATE, 31)!><#assign v = c.set(C.MONTH, 1)!><#assign v = c.set(C.DAY_OF_MONTH, 15)!>${c.time?string(f)}", "2026-02-15 14:05"),
        ("<#assign v = c.set(C.DATE, 31)!>${c.time?string(f)}", "2026-03-03 14:05"),
        ("<#assign v = c.add(C.MONTH, 1)!>${c.time?string(f)}", "2026-03-03 14:05"),
        ("<#assign v = c.set(2026, 0, 31)!><#assign v = c.add(C.MONTH, 1)!>${c.time?string(f)}", "2026-02-28 14:05"),
        ("<#assign v = c.add(C.YEAR, -2)!>${c.get(C.YEAR)?c} ${c.get(C.MONTH)} ${c.get(C.DAY_OF_WEEK)}", "2024 1 7"),
        // Summer time begins on 29 March 2026: a day later is the same hour of the clock, 24 hours later is not.
        ("<#assign v = c.set(2026, 2, 28, 14, 5)!><#assign v = c.add(C.DATE, 1)!>${c.time?string(f)}", "2026-03-29 14:05"),
        ("<#assign v = c.set(2026, 2, 28, 14, 5)!><#assign v = c.add(C.HOUR, 24)!>${c.time?string(f)}", "2026-03-29 15:05"),
        ("${c.getActualMaximum(C.DAY_OF_MONTH)} ${c.getMaximum(C.DATE)} ${c.getActualMaximum(C.DAY_OF_YEAR)} ${c.getMaximum(C.MONTH)}", "28 31 365 11"),
        ("<#assign v = c.set(C.DAY_OF_YEAR, 60)!>${c.time?string('dd/MM')}", "01/03"),
        ("<#assign v = c.setTime('2030-05-06'?date)!>${c.time?string(f)} ${c.getTime().getTime()?c}", "2030-05-06 00:00 1904248800000"),
        ("${new('java.util.Date').getTime()?c} ${new('java.util.Date')?string('yyyy')} ${new('java.util.Date', 0)?string('yyyy')}", "1770123909047 2026 1970"),
    ] {
        assert_eq!(esegui(&format!("{prologo}{modello}")), atteso, "{modello}");
    }
    for modello in [
        "${c.add(C.MONTH, 99999999999)}",
        "${c.set(C.YEAR, 9999999)}${c.getTime()}",
        "${c.set(77, 1)}",
        "${c.set('x', 1)}",
        "<#list 1..50 as i>${c.add(C.YEAR, 9999999)}</#list>",
    ] {
        assert!(errore(&format!("{prologo}{modello}")).contains("Calendar"), "{modello}");
    }
}

fn con_corpo(corpo: serde_json::Value) -> Mappa {
    let mut radice = radice();
    LettoreJson::nuovo(corpo).aggiungi_a(&mut radice);
    radice
}

#[test]
fn json_path_legge_il_corpo() {
    let radice =
        con_corpo(json!({"nome": "Ada", "importo": 10.50, "anni": 3, "attivo": true, "niente": null, "rate": [{"n": 1}, {"n": 2}], "tag": ["x", "y"]}));
    for (modello, atteso) in [
        ("${jsonPath.read('$.nome')}|${jsonPath.read('$.importo')}|${jsonPath.read('$.anni')}|${jsonPath.read('$.attivo')}", "Ada|10.5|3|true"),
        ("${jsonPath.read('$.manca')!'-'}${jsonPath.read('$.niente')!'-'}", "--"),
        ("${jsonPath.read('$.rate')}", r#"[{"n":1},{"n":2}]"#),
        ("${jsonPath.read('$.rate[*].n')} ${jsonPath.read('$..z')!'-'}", "[1,2] -"),
        ("<#list jsonPath.readList('$.tag') as t>${t}</#list> <#list jsonPath.readList('$.rate[*].n') as t>${t}</#list>", "xy 12"),
        ("${jsonpath.match('$.nome')?c}${jsonPath.match('$.zeta')?c}", "truefalse"),
        ("${jsonPath.read('$.importo')?number + 1}", "11,5"),
    ] {
        assert_eq!(con(&radice, modello).as_deref(), Ok(atteso), "{modello}");
    }
    assert!(con(&radice, "${jsonPath.read('nome')}").expect_err("errato").to_string().contains("JSONPath non valida, deve cominciare con `$`"));
}

#[test]
fn i_nodi_di_json_utils_si_esplorano() {
    let radice = con_corpo(json!({"soggetto": {"cf": "X", "eta": 30}, "importo": "12.50", "elenco": [1, 2], "n": null, "a/b": 1}));
    let prologo = "<#assign u = class['it.govpay.core.utils.rawutils.JSONUtils'].getInstance()><#assign r = u.getAsNode(jsonPath.read('$'))>";
    for (modello, atteso) in [
        ("${r.get('soggetto').get('cf').asText()} ${r.get('soggetto').get('eta').asDouble() + 1}", "X 31"),
        ("${r.get('importo').asDouble()?string['0.00']} ${r.get('importo').asText()}", "12,50 12.50"),
        ("<#if r.get('manca')??>c'è<#else>manca</#if> ${r.get('n').asText()} ${r.get('n').isNull()?c}", "manca null true"),
        ("${r.get('elenco').get(1).asInt()} ${r.get('elenco').size()} ${r.has('soggetto')?c}", "2 2 true"),
        ("${r.get('soggetto')} ${r.soggetto.cf.asText()} ${r.get('a/b').asLong()}", r#"{"cf":"X","eta":30} X 1"#),
    ] {
        assert_eq!(con(&radice, &format!("{prologo}{modello}")).as_deref(), Ok(atteso), "{modello}");
    }
    assert!(con(&radice, "${class['it.govpay.core.utils.rawutils.JSONUtils'].getInstance().getAsNode('{')}").is_err());
}

#[test]
fn csv_utils_legge_e_scrive_righe() {
    let prologo = "<#assign u = class['it.govpay.core.utils.CSVUtils'].getInstance()>";
    let con_riga = format!("{prologo}<#assign r = u.getCSVRecord('A1,\"due, \"\"con\"\" virgola\", ,0.00,IT60X0542811101000000123456')>");
    for (modello, atteso) in [
        ("${r.get(0)}|${r.get(1)}|${r.size()}", "A1|due, \"con\" virgola|5"),
        ("${u.isEmpty(r, 2)?c}${u.isEmpty(r, 99)?c}${u.isEmpty(r, 0)?c}", "truetruefalse"),
        ("${u.toJsonValue(r, 0)} ${u.toJsonValue(r, 1)} ${u.toJsonValue(r, 2)} ${u.toJsonValue(r, 0, 2, 3)}", r#""A1" "due, \"con\" virgola" null "A1 0.00""#),
        ("${u.isOperazioneAnnullamento(r, 3)?c}${u.isOperazioneAnnullamento(r, 0)?c}${u.isOperazioneAnnullamento(r, 2)?c}", "truefalsefalse"),
        ("${u.getCodDominioFromIbanAccredito(r, 4)}", "12345678901"),
    ] {
        assert_eq!(esegui(&format!("{con_riga}{modello}")), atteso, "{modello}");
    }
    for (modello, atteso) in [
        ("${u.toCsv('a', 'b,c', 'di\"ce', '', ' x', 'y ')}", "a,\"b,c\",\"di\"\"ce\",,\" x\",\"y \"\r\n"),
        ("${u.toCsv('', '')}", "\"\",\r\n"),
        ("${u.toCsv(['a', 1, true])}", "a,1,true\r\n"),
        ("${u.getDelimiter()}", ","),
        (
            "<#assign f = class['org.apache.commons.csv.CSVFormat'].newFormat(';').withQuote('\"')><#assign s = class['it.govpay.core.utils.CSVUtils'].getInstance(f)>${s.getCSVRecord('a;\"b;c\"').get(1)} ${s.getDelimiter()} ${s.toCsv('a,b', 'c;d')}",
            "b;c ; a,b;\"c;d\"\r\n",
        ),
        (
            "<#assign s = class['it.govpay.core.utils.CSVUtils'].getInstance(class['org.apache.commons.csv.CSVFormat'].newFormat('|'))>${s.getCSVRecord('a|\"b|c').size()}",
            "3",
        ),
    ] {
        assert_eq!(esegui(&format!("{prologo}{modello}")), atteso, "{modello}");
    }
    assert!(errore(&format!("{con_riga}${{r.get(9)}}")).contains("la riga CSV ha 5 colonne"));
    assert!(errore(&format!("{prologo}${{u.getCSVRecord('\"aperta')}}")).contains("apici non chiusi"));
    assert!(errore(&format!("{prologo}${{u.getCodDominioFromIbanAccredito(u.getCSVRecord('IT00'), 0)}}")).contains("IBAN di accredito sconosciuto"));
}

#[test]
fn la_data_di_avvisatura_si_legge_nei_formati_rest() {
    let prologo = "<#assign d = class['it.govpay.core.utils.SimpleDateFormatUtils'].getInstance()>";
    for (testo, atteso) in
        [("2026-12-31", "31/12/2026 00:00"), ("2026-12-31T10:20:30", "31/12/2026 10:20"), ("2026-07-01T10:00:00.000+0000", "01/07/2026 12:00")]
    {
        assert_eq!(esegui(&format!("{prologo}${{d.getDataAvvisatura('{testo}', 'dataAvvisatura')?string('dd/MM/yyyy HH:mm')}}")), atteso, "{testo}");
    }
    assert!(
        errore(&format!("{prologo}${{d.getDataAvvisatura('31/12/2026', 'dataAvvisatura')}}"))
            .ends_with("il campo dataAvvisatura non è una data valida (si scrive come 2026-12-31)")
    );
}
