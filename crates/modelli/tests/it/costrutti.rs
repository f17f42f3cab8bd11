use modelli::{ErroreEsecuzione, Mappa, Modello};

use super::{adesso, con, errore, errore_compilazione, esegui, radice, tabella};

#[test]
fn il_testo_passa_com_e() {
    for testo in ["", "ciao", "a $ b # c < d > e { } \\ 'x' \"y\"", "<b>1</b> </p> <!-- x -->", "costo: 5$", "a{b}c", "è così\r\n\tdue"] {
        assert_eq!(esegui(testo), testo);
    }
}

#[test]
fn le_interpolazioni_scrivono_i_valori() {
    tabella(&[
        ("${nome}!", "Ada!"),
        ("${n + 1}", "8"),
        ("${prezzo}", "1.234,5"),
        ("${'a' + nome + \"b\"}", "aAdab"),
        ("${'ciao ${nome}, ${n}'}", "ciao Ada, 7"),
        ("${\"a\\\"b\\n\\x41\\\\\"}", "a\"b\nA\\"),
        ("${r'a\\b${x}'}", "a\\b${x}"),
        ("${'$\\{x}'}", "${x}"),
        ("${mappa.y}${mappa['y']}${mappa[\"${'y'}\"]}", "dueduedue"),
        ("${lista[0]}${lista[2]}", "ac"),
        ("${nome[0]}${nome[1..2]}${nome[1..]}${nome[0..<2]}${nome[1..*1]}", "AdadaAdd"),
        ("${si} ${no}", "true false"),
        ("${oggi}", "3 feb 2026, 14:05:09"),
        ("${ {'k': 'v'}.k }", "v"),
        ("${.now?string('yyyy')} ${.locale}", "2026 it_IT"),
    ]);
}

#[test]
fn gli_operatori_hanno_le_loro_precedenze() {
    tabella(&[
        ("${1 + 2 * 3}", "7"),
        ("${(1 + 2) * 3}", "9"),
        ("${10 / 4}", "2,5"),
        ("${10 % 3}", "1"),
        ("${-n + 10}", "3"),
        ("${0.1 + 0.2}", "0,3"),
        ("${(19.99 * 3)?c}", "59.97"),
        ("${(1 / 3)?c}", "0.333333333333"),
        ("${(1 < 2 && 2 < 3 || false)?c}", "true"),
        ("${(1 lt 2)?c}${(2 lte 2)?c}${(1 gt 2)?c}${(3 gte 2)?c}", "truetruefalsetrue"),
        ("${(1 &lt; 2)?c}", "true"),
        ("${(nome == 'Ada')?c}${(nome = 'Ada')?c}${(nome != 'Ada')?c}", "truetruefalse"),
        ("${(1.50 == 1.5)?c}", "true"),
        ("${(!no && !(si && no))?c}", "true"),
        ("${'1' + 2}", "12"),
        ("${(lista + ['d'])?size}", "4"),
        ("${(mappa + {'y': 'tre'}).y}", "tre"),
        ("${(0..4)?join(',')} ${(4..1)?join(',')} ${(0..<3)?join(',')} ${(2..*3)?join(',')}", "0,1,2,3,4 4,3,2,1 0,1,2 2,3,4"),
        ("${lista[1..]?join('')}${lista[2..0]?join('')}", "bccba"),
    ]);
}

#[test]
fn i_valori_che_mancano_si_trattano_come_nell_originale() {
    tabella(&[
        ("${manca!'x'}", "x"),
        ("[${manca!}]", "[]"),
        ("${mappa.manca!'x'}", "x"),
        ("${(manca.dentro.ancora)!'x'}", "x"),
        ("${nome!'x'}", "Ada"),
        ("${vuoto!'x'}", ""),
        ("${manca!altra!'z'}", "z"),
        ("${manca!1 + 2}", "3"),
        ("${(manca!1) + 2}", "3"),
        ("${n!1 + 2}", "7"),
        ("${nome???c}${manca???c}${(manca.x)???c}", "truefalsefalse"),
        ("<#if manca??>sì<#else>no</#if>", "no"),
        ("${manca?has_content?c}${vuoto?has_content?c}${nome?has_content?c}${vuota?has_content?c}${(a.b)?has_content?c}", "falsefalsetruefalsefalse"),
        ("${manca?default('d')}${manca?if_exists}", "d"),
        ("<#assign a = manca! b = 2>[${a}${b}]", "[2]"),
        ("<#assign a=manca!'p'/><#assign b=a!>${a}${b}", "pp"),
    ]);
    for (modello, atteso) in [
        ("ciao\n  ${manca}", "riga 2, colonna 5: `manca` non ha valore: se può mancare si scrive `manca!\"\"`"),
        ("${mappa.manca.x}", "riga 1, colonna 3: `mappa.manca` non ha valore: se può mancare si scrive `mappa.manca!\"\"`"),
        ("${mappa.manca.x!}", "riga 1, colonna 3: `mappa.manca` non ha valore: se può mancare si scrive `mappa.manca!\"\"`"),
        ("<#assign x = manca>", "riga 1, colonna 14: `manca` non ha valore: se può mancare si scrive `manca!\"\"`"),
    ] {
        assert_eq!(errore(modello), atteso, "{modello}");
    }
}

#[test]
fn le_assegnazioni_restano() {
    tabella(&[
        ("<#assign x = 1>${x}", "1"),
        ("<#assign x = 1 y = x + 1, z = 'c'/>${x}${y}${z}", "12c"),
        ("<#assign x = 5><#assign x += 2><#assign x *= 3><#assign x -= 1><#assign x /= 4><#assign x++><#assign x-->${x}", "5"),
        ("<#assign s = 'a'><#assign s += 'b'>${s}", "ab"),
        ("<#assign b>uno ${n}</#assign>${b}${b}", "uno 7uno 7"),
        ("<#assign nome = 'Bea'>${nome}", "Bea"),
        ("<#assign 'con-trattino' = 1>${con\\-trattino}", "1"),
        ("<#if si><#assign dentro = 1></#if>${dentro}", "1"),
        ("<#assign x = (n > 3)>${x?c}", "true"),
    ]);
    let uscita = Modello::compila("<#assign contentTypePromemoria = 'text/plain'>x")
        .expect("compila")
        .esegui_tutto(&Mappa::nuova(), adesso(), &Default::default())
        .expect("esegue");
    assert_eq!(uscita.variabili["contentTypePromemoria"].come_testo(), Some("text/plain"));
}

#[test]
fn le_condizioni_scelgono_un_ramo() {
    tabella(&[
        ("<#if n == 7>sì<#else>no</#if>", "sì"),
        ("<#if n == 1>1<#elseif n == 7>7<#elseif si>x<#else>no</#if>", "7"),
        ("<#if (n > 10)>a<#else/>b</#if>", "b"),
        ("<#if no>a</#if>", ""),
        ("<#if si><#if no>a<#else>b</#if>c</#if>", "bc"),
        ("<#if nome?matches('A.*')>sì</#if>", "sì"),
        ("<#switch n><#case 1>uno<#break><#case 7>sette<#case 8>otto<#break><#default>altro</#switch>", "setteotto"),
        ("<#switch nome><#case 'x'>x<#break><#default>altro</#switch>", "altro"),
        ("<#switch n>\n<#case 7>\nsette\n<#break>\n</#switch>", "sette\n"),
    ]);
}

#[test]
fn le_liste_si_percorrono() {
    tabella(&[
        ("<#list lista as x>${x?index}${x}<#sep>,</#sep></#list>", "0a,1b,2c"),
        ("<#list lista as x>${x}<#sep>, </#list>", "a, b, c"),
        ("<#list vuota as x>${x}<#else>niente</#list>", "niente"),
        ("<#list 1..3 as i>${i}<#if i?has_next>;</#if></#list>", "1;2;3"),
        ("<#list lista as x>${x_index}${x_has_next?c} </#list>", "0true 1true 2false "),
        ("<#list lista as x><#if x == 'b'><#break></#if>${x}</#list>", "a"),
        ("<#list lista as x><#if x == 'b'><#continue></#if>${x}</#list>", "ac"),
        ("<#list mappa as k, v>${k}=${v} </#list>", "x=1 y=due "),
        ("<#list persone as p><#list lista as l>${p.nome[0]}${l}${p?counter} </#list></#list>", "Ua1 Ub1 Uc1 Ea2 Eb2 Ec2 "),
        ("<#list lista as x>${x?is_first?string('t','f')}${x?is_last?string('t','f')}</#list>", "tfffft"),
        ("<#assign t = 0><#list persone as p><#assign t += p.eta></#list>${t}", "75"),
        ("<#list manca![] as x>${x}</#list>fine", "fine"),
    ]);
}

#[test]
fn le_impostazioni_cambiano_i_formati() {
    tabella(&[
        ("<#setting locale=\"en_US\">${prezzo} ${prezzo?string['#.00']}", "1,234.5 1234.50"),
        ("<#setting locale='it_IT'>${prezzo?string('#,##0.00')}", "1.234,50"),
        ("<#setting number_format='0.00'>${prezzo}", "1234,50"),
        ("<#setting number_format='computer'>${prezzo}", "1234.5"),
        ("<#setting date_format='dd/MM/yyyy'>${oggi?date}", "03/02/2026"),
        ("<#setting datetime_format='HH:mm'>${oggi}", "14:05"),
        ("<#setting time_zone='UTC'>${oggi?string('HH:mm')}", "13:05"),
        ("<#setting boolean_format='sì,no'>${si} ${no}", "sì no"),
        ("<#setting locale='en_US'/>${oggi?string('d MMMM yyyy')}", "3 February 2026"),
    ]);
    assert!(errore("<#setting time_zone='Marte'>").contains("fuso orario"));
    assert!(errore("<#setting number_format='0#0'>").contains("formato di numero non valido"));
}

#[test]
fn stop_si_distingue_dagli_errori() {
    assert_eq!(con(&radice(), "a<#if si><#stop \"Importo ${n} errato\"></#if>"), Err(ErroreEsecuzione::Stop("Importo 7 errato".into())));
    assert_eq!(con(&radice(), "<#stop>"), Err(ErroreEsecuzione::Stop(String::new())));
}

#[test]
fn le_righe_di_sole_direttive_non_lasciano_traccia() {
    tabella(&[
        ("a\n<#if si>\nb\n</#if>\nc", "a\nb\nc"),
        ("a\n  <#assign x = 1>  \nb", "a\nb"),
        ("a\r\n\t<#if si>\r\nb\r\n</#if>\r\n", "a\r\nb\r\n"),
        ("<#-- uno -->\n<#-- due\n righe -->\nx", "x"),
        ("a <#if si>b</#if>\nc", "a b\nc"),
        ("  ${n}  \n", "  7  \n"),
        ("<#list lista as x>\n  ${x}\n</#list>\n", "  a\n  b\n  c\n"),
        ("<#assign x = {\n 'a': 1,\n 'b': 2}>\n${x.b}", "2"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("--\n  1 <#t>\n  2<#t>\n  3<#lt>\n--", "--\n1 23\n--"),
        ("  x<#lt>\ny", "x\ny"),
        ("  x  <#rt>\n  y", "  x    y"),
        ("a\n  <#if si><#nt>\nb</#if>", "a\n  \nb"),
        ("<#ftl strip_whitespace=false>\nx", "\nx"),
        ("<#ftl encoding='utf-8'>\nx", "x"),
    ]);
}

#[test]
fn noparse_e_commenti_non_si_interpretano() {
    tabella(&[
        ("<#noparse>${x}<#if></#noparse>", "${x}<#if>"),
        ("a<#-- ${manca} <#if> -->b", "ab"),
        ("${n <#-- dentro --> + 1}", "8"),
        ("<#noparse></#noparse>", ""),
    ]);
}

#[test]
fn gli_errori_dicono_dove_e_che_cosa_fare() {
    for (modello, atteso) in [
        ("<#if si>", "riga 1, colonna 1: `<#if>` non è chiusa: manca `</#if>`"),
        ("a\n</#if>", "riga 2, colonna 1: `</#if>` non chiude niente: manca il suo `<#if>`, o prima va chiusa un'altra direttiva"),
        ("<#if si>\n<#list lista as x>\n</#if>", "riga 3, colonna 1: qui serve `</#list>`, che chiude `<#list>` della riga 2, non `</#if>`"),
        ("<#else>", "riga 1, colonna 1: `<#else>` e `<#elseif>` stanno dentro `<#if>` o `<#list>`"),
        (
            "<#include \"/etc/passwd\">",
            "riga 1, colonna 1: la direttiva `<#include>` non è ammessa: un modello non può leggerne altri: il testo va scritto qui",
        ),
        (
            "x <#macro m a b>",
            "riga 1, colonna 3: la direttiva `<#macro>` non è ammessa: le macro non sono ammesse: il testo va ripetuto, o prodotto con `<#list>`",
        ),
        ("<#import 'x' as y>", "riga 1, colonna 1: la direttiva `<#import>` non è ammessa: un modello non può leggerne altri: il testo va scritto qui"),
        ("<@m/>", "riga 1, colonna 1: `<@...>` chiama una macro: le macro non sono ammesse"),
        ("<#iff si>", "riga 1, colonna 1: la direttiva `<#iff>` non esiste"),
        ("${}", "riga 1, colonna 3: qui serve un valore, non la fine"),
        ("${a b}", "riga 1, colonna 5: `b` inatteso: l'espressione era già finita"),
        ("è ${x", "riga 1, colonna 6: manca `}`: il testo finisce dentro una espressione"),
        ("${'abc}", "riga 1, colonna 3: stringa non chiusa: manca l'apice '"),
        ("#{x}", "riga 1, colonna 1: l'interpolazione `#{...}` non è ammessa: si scrive `${...}`"),
        ("${x?pippo}", "riga 1, colonna 5: il built-in `?pippo` non esiste o non è ammesso"),
        ("${x?eval}", "riga 1, colonna 5: il built-in `?eval` non è ammesso: un modello non può eseguire testo"),
        ("${'x'?new()}", "riga 1, colonna 7: il built-in `?new` non è ammesso: un modello non può creare oggetti Java"),
        ("${x?replace('a')}", "riga 1, colonna 5: `?replace` vuole da 2 a 3 argomenti, non 1"),
        ("<#assign>", "riga 1, colonna 9: `<#assign>` vuole almeno una variabile"),
        ("<#assign x 3>", "riga 1, colonna 12: dopo `x` serve `=`, non il numero 3"),
        ("<#list lista>", "riga 1, colonna 13: `<#list>` si scrive `<#list elenco as elemento>`"),
        ("<#break>", "riga 1, colonna 1: `<#break>` sta dentro `<#list>` o `<#switch>`"),
        (
            "<#setting pippo='x'>",
            "riga 1, colonna 16: l'impostazione `pippo` non è ammessa: sono ammesse locale, number_format, date_format, time_format, datetime_format, time_zone, boolean_format",
        ),
        ("[#if x]", "riga 1, colonna 1: la sintassi con le parentesi quadre `[#...]` non è ammessa: si scrive `<#...>`"),
        ("${.data_model}", "riga 1, colonna 4: la variabile speciale `.data_model` non è ammessa: sono ammesse `.now` e `.locale`"),
        ("<#-- aperto", "riga 1, colonna 1: commento `<#--` non chiuso da `-->`"),
        ("${a | b}", "riga 1, colonna 5: carattere `|` inatteso in una espressione: per «o» si scrive `||`"),
    ] {
        assert_eq!(errore_compilazione(modello), atteso, "{modello}");
    }
}

#[test]
fn gli_errori_di_esecuzione_dicono_dove() {
    for (modello, atteso) in [
        ("a\n${nome - 1}", "riga 2, colonna 3: operazione aritmetica fra un testo e un numero: servono due numeri (un testo diventa numero con `?number`)"),
        ("${(nome == 1)?c}", "riga 1, colonna 4: non si può confrontare un testo con un numero"),
        ("${1 / 0}", "riga 1, colonna 3: divisione per zero"),
        ("<#if n>x</#if>", "riga 1, colonna 6: `n` dovrebbe essere vero o falso, invece è un numero"),
        ("${lista}", "riga 1, colonna 3: qui serve un testo, non una lista"),
        ("${nome[0..9]}", "riga 1, colonna 3: la fetta va da 0 a 9, ma gli elementi sono 3"),
        ("${nome.x}", "riga 1, colonna 3: `x` si chiede a un testo, che non ha membri"),
        ("<#list nome as x></#list>", "riga 1, colonna 8: serve una lista, non un testo"),
        ("${1..}", "riga 1, colonna 3: un intervallo senza fine si usa soltanto tra parentesi quadre, come in `x[2..]`"),
        ("${99999999999999999999999999999999999999 * 10}", "riga 1, colonna 3: numero troppo grande: al massimo 38 cifre"),
        ("${nome()}", "riga 1, colonna 3: un testo non si può chiamare come una funzione"),
    ] {
        assert_eq!(errore(modello), atteso, "{modello}");
    }
}
