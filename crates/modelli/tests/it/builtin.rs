use super::{errore, esegui, tabella};

#[test]
fn i_built_in_dei_testi() {
    tabella(&[
        ("${nome?length} ${'perché'?length}", "3 6"),
        ("${nome?upper_case}${nome?lower_case}${nome?upperCase}", "ADAadaADA"),
        ("${'ciao mondo'?cap_first} ${'Ciao'?uncap_first} ${'ciao MONDO'?capitalize}", "Ciao mondo ciao Ciao Mondo"),
        ("[${'  x '?trim}]", "[x]"),
        ("${'abcabc'?contains('ca')?c} ${'abc'?starts_with('ab')?c} ${'abc'?ends_with('ab')?c}", "true true false"),
        ("${'abcabc'?index_of('c')} ${'abcabc'?index_of('c', 3)} ${'abc'?index_of('z')} ${'abcabc'?last_index_of('a')}", "2 5 -1 3"),
        ("${'abcdef'?substring(2)} ${'abcdef'?substring(1, 3)}", "cdef bc"),
        (
            "${'a.b.c'?replace('.', '-')} ${'a1b22'?replace('[0-9]+', '<$0>', 'r')} ${'aAa'?replace('a', 'x', 'i')} ${'aaa'?replace('a', 'b', 'f')}",
            "a-b-c a<1>b<22> xxx baa",
        ),
        ("${'a|b||'?split('|')?size} ${'a|b'?split('|')[1]} ${'a1b2c'?split('[0-9]', 'r')?join('-')}", "4 b a-b-c"),
        (
            "${'7'?left_pad(3, '0')} [${'a'?right_pad(3)}] ${'abc'?left_pad(2)} ${'a'?left_pad(6, 'xyz')} ${'a'?right_pad(6, 'xyz')}",
            "007 [a  ] abc xyzxya ayzxyz",
        ),
        ("${'a/b/c'?keep_before('/')} ${'a/b/c'?keep_after('/')} ${'a/b/c'?keep_before_last('/')} ${'a/b/c'?keep_after_last('/')}", "a b/c a/b c"),
        ("${'abc'?remove_beginning('a')} ${'abc'?remove_ending('c')} [${'x\\n'?chop_linebreak}]", "bc ab [x]"),
        ("${'true'?boolean?c}", "true"),
        ("${n?string?length} ${'x'?string}", "1 x"),
    ]);
    assert!(errore("${'abc'?substring(2, 9)}").ends_with("il sottotesto va da 2 a 9, ma i caratteri sono 3"));
    assert!(errore("${lista?length}").ends_with("`?length` vuole un testo, non una lista"));
    assert!(errore("${'x'?split('')}").ends_with("un separatore non vuoto"));
}

#[test]
fn matches_e_insieme_vero_lista_e_gruppi() {
    tabella(&[
        ("${'ab12'?matches('[a-z]+[0-9]+')?string('sì', 'no')}", "sì"),
        ("<#if 'ab12'?matches('[a-z]+')>sì<#else>no</#if>", "no"),
        ("<#assign m = 'IT-2026'?matches('([A-Z]{2})-(\\\\d+)')>${m?groups[0]} ${m?groups[1]} ${m?groups[2]}", "IT-2026 IT 2026"),
        ("<#list 'a1 b2'?matches('[a-z][0-9]') as m>${m};</#list>", "a1;b2;"),
        ("${'a1 b2'?matches('[a-z][0-9]')?size}", "2"),
        ("${'è'?matches('\\\\w')?string('sì', 'no')}${'è'?matches('\\\\p{L}')?string('sì', 'no')}", "nosì"),
        ("${'a.b'?matches('a\\\\.b')?string('sì', 'no')} ${'x y'?matches('[\\\\w\\\\s]+')?string('sì', 'no')}", "sì sì"),
        ("${'ADA'?matches('ada', 'i')?string('sì', 'no')} ${'!'?matches('\\\\p{Punct}')?string('sì', 'no')}", "sì sì"),
        ("<#list ['1', 'x'] as v><#if v?matches('[0-9]+')>n<#else>t</#if></#list>", "nt"),
    ]);
    assert!(errore("${'x'?matches('(?=a)')?string('a','b')}").contains("espressione regolare non valida o non ammessa"));
    assert!(errore("${'x'?matches('(')?string('a','b')}").contains("espressione regolare"));
}

#[test]
fn i_built_in_dei_numeri() {
    tabella(&[
        ("${'12.50'?number + 1}", "13,5"),
        ("${prezzo?c} ${1000000?c} ${0.1234567?c}", "1234.5 1000000 0.1234567"),
        ("${2.5?round} ${(-2.5)?round} ${2.4?round}", "3 -2 2"),
        ("${2.9?int} ${2.1?ceiling} ${2.9?floor} ${(-3)?abs}", "2 3 2 3"),
        ("${prezzo?string('#,##0.00')} ${prezzo?string['0.0']} ${7?string('000')}", "1.234,50 1234,5 007"),
        ("${prezzo?string.currency} ${0.2?string.percent} ${1000?string.computer}", "1.234,50\u{a0}€ 20% 1000"),
        ("${si?string('a', 'b')}${no?string('a', 'b')}${si?string}${si?c}", "abtruetrue"),
        ("${(n > 3)?then('tanti', manca)}", "tanti"),
        ("${oggi?long?c}", "1770123909047"),
    ]);
    assert!(errore("${'12,5'?number}").contains("il testo non è un numero"));
    assert!(!errore("<#assign x = 'segreto'>${x?number}").contains("segreto"));
}

#[test]
fn i_built_in_delle_date() {
    tabella(&[
        ("${oggi?string('yyyy-MM-dd')} ${oggi?string('yyyyDDDHHmmssSSS')}", "2026-02-03 2026034140509047"),
        ("${oggi?date} | ${oggi?time} | ${oggi?datetime}", "3 feb 2026 | 14:05:09 | 3 feb 2026, 14:05:09"),
        ("${oggi?date?string.short} ${oggi?date?string.full}", "03/02/26 martedì 3 febbraio 2026"),
        ("${'31/12/2026'?date('dd/MM/yyyy')?string('yyyy-MM-dd')}", "2026-12-31"),
        ("${'2026-12-31'?date?string('dd.MM.yy')} ${'2026-12-31T10:00:00'?datetime?string('HH')}", "31.12.26 10"),
        (
            "${oggi?datetime?iso_utc} ${oggi?datetime?iso_local} ${oggi?datetime?iso_utc_ms} ${oggi?date?iso_local_nz}",
            "2026-02-03T13:05:09Z 2026-02-03T14:05:09+01:00 2026-02-03T13:05:09.047Z 2026-02-03",
        ),
        ("${0?number_to_datetime?string('yyyy-MM-dd HH:mm')}", "1970-01-01 01:00"),
        ("${(oggi?date < '2026-12-31'?date)?c} ${(oggi == oggi)?c}", "true true"),
    ]);
    assert!(errore("${'domani'?date('dd/MM/yyyy')}").ends_with("`?date`: il testo non è una data nel formato `dd/MM/yyyy`"));
    assert!(errore("${oggi?string('bbbb')}").contains("la lettera `b`"));
}

#[test]
fn i_built_in_delle_liste_e_delle_mappe() {
    tabella(&[
        ("${lista?size} ${mappa?size} ${lista?first}${lista?last}", "3 2 ac"),
        ("${lista?join(', ')} [${vuota?join(',', 'niente')}] ${lista?join(',', '', '.')}", "a, b, c [niente] a,b,c."),
        ("${mappa?keys?join(',')} ${mappa?values?join(',')}", "x,y 1,due"),
        ("${[3, 10, 2]?sort?join(',')} ${['b', 'A', 'c']?sort?join(',')} ${lista?reverse?join('')}", "2,3,10 A,b,c cba"),
        ("${persone?sort_by('eta')[0].nome}", "Eva"),
        ("${lista?seq_contains('b')?c}${lista?seq_contains('z')?c} ${lista?seq_index_of('c')}", "truefalse 2"),
        ("${[3, 1, 2]?max}${[3, 1, 2]?min}", "31"),
        ("${vuota?first!'nessuno'}", "nessuno"),
    ]);
    assert!(errore("${[1, 'a']?sort?size}").contains("non si può ordinare"));
}

#[test]
fn le_fughe_proteggono() {
    tabella(&[
        ("${'<a href=\"x\">Tom & l\\'altro</a>'?html}", "&lt;a href=&quot;x&quot;&gt;Tom &amp; l&#39;altro&lt;/a&gt;"),
        ("${'<\\'>'?xml}", "&lt;&apos;&gt;"),
        ("${'a b/è&'?url} ${'a b/è'?url_path}", "a%20b%2F%C3%A8%26 a%20b/%C3%A8"),
        ("${'di\"ce\\n\\\\ </x>'?json_string}", "di\\\"ce\\n\\\\ <\\/x>"),
        ("${'l\\'a\"b>'?js_string}", "l\\'a\\\"b\\>"),
        ("${'\\x1'?json_string}", "\\u0001"),
    ]);
    let protetto = esegui("\"${'a\\x1b\"\\t\\\\</è'?json_string}\"");
    assert_eq!(serde_json::from_str::<String>(&protetto).expect("JSON"), "a\u{1b}\"\t\\</è");
}

#[test]
fn i_generi_si_riconoscono() {
    tabella(&[
        ("${nome?is_string?c}${n?is_number?c}${si?is_boolean?c}${oggi?is_date?c}${lista?is_sequence?c}${mappa?is_hash?c}", "truetruetruetruetruetrue"),
        ("${n?is_string?c}${nome?is_number?c}${nome?is_sequence?c}${lista?is_hash?c}${mappa?is_method?c}", "falsefalsefalsefalsefalse"),
        ("${oggi?is_unknown_date_like?c}${oggi?date?is_date_only?c}${oggi?datetime?is_datetime?c}", "truetruetrue"),
        ("${mappa?api.y}", "due"),
    ]);
}
