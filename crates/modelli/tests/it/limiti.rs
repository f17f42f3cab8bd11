use modelli::{ErroreEsecuzione, Limiti, Mappa, Modello, Risorsa};

use super::{adesso, errore_compilazione, radice};

fn stretti() -> Limiti {
    Limiti { passi: 20_000, uscita_byte: 10_000, memoria_byte: 100_000, elementi: 1_000 }
}

fn risorsa(modello: &str) -> Risorsa {
    let compilato = Modello::compila(modello).unwrap_or_else(|e| panic!("{modello}: {e}"));
    match compilato.esegui(&radice(), adesso(), &stretti()) {
        Err(ErroreEsecuzione::Esaurito(esaurito)) => esaurito.risorsa,
        altro => panic!("{modello}: {altro:?}"),
    }
}

#[test]
fn ogni_risorsa_ha_un_fondo() {
    for (modello, attesa) in [
        ("<#assign l = 1..900><#list l as a><#list l as b></#list></#list>", Risorsa::Passi),
        ("<#list 1..5000 as a></#list>", Risorsa::Elementi),
        ("<#list 1..100 as a>0123456789</#list><#list 1..1000 as a>0123456789</#list>", Risorsa::Uscita),
        ("<#assign x>${'y'?left_pad(6000)}</#assign>${x}<#assign y>${x}</#assign>${y}", Risorsa::Uscita),
        ("<#assign s = 'x'><#list 1..40 as i><#assign s = s + s></#list>", Risorsa::Memoria),
        ("<#assign s = 'x'><#list 1..40 as i><#assign s = '${s}${s}'></#list>", Risorsa::Memoria),
        ("<#assign s = 'x'><#list 1..40 as i><#assign s = s.concat(s)></#list>", Risorsa::Memoria),
        ("<#assign s = 'xx'><#list 1..40 as i><#assign s = s?replace('x', 'xxxx')></#list>", Risorsa::Memoria),
        ("<#assign s = 'xx'><#list 1..40 as i><#assign s = s?replace('x', '$0$0', 'r')></#list>", Risorsa::Passi),
        ("${'x'?left_pad(2000000000)}", Risorsa::Memoria),
        ("${'x'.repeat(2000000000)}", Risorsa::Memoria),
        ("<#assign l = [1]><#list 1..40 as i><#assign l = l + l></#list>", Risorsa::Elementi),
        ("${(1..900)?join('${\"x\"?left_pad(1000)}')}", Risorsa::Memoria),
        ("<#list 1..900 as i>${'a'?matches('[a-z]' + i)?string('','')}</#list>", Risorsa::Passi),
        ("${(0..9223372036854775807)?size}", Risorsa::Elementi),
        ("<#assign s = 'x'?left_pad(15000)><#list 1..9 as i>${s?matches('[a-z]+')?c}</#list>", Risorsa::Passi),
        ("<#assign s = 'x'?left_pad(15000)><#list 1..900 as i><#assign c = s[14000]></#list>", Risorsa::Passi),
    ] {
        assert_eq!(risorsa(modello), attesa, "{modello}");
    }
}

#[test]
fn il_limite_si_dice_a_parole() {
    let modello = Modello::compila("<#list 1..5000 as a></#list>").expect("compila");
    let frase = modello.esegui(&Mappa::nuova(), adesso(), &stretti()).expect_err("esaurito").to_string();
    assert_eq!(frase, "il modello ha superato il limite di 1000 elementi in una lista");
}

#[test]
fn le_liste_dentro_liste_hanno_un_fondo() {
    let modello = Modello::compila("<#assign x = []><#list 1..900 as i><#assign x = [x]></#list>").expect("compila");
    let frase = modello.esegui(&Mappa::nuova(), adesso(), &stretti()).expect_err("profondo").to_string();
    assert!(frase.contains("troppo annidate: al massimo 200"), "{frase}");
    let modello = Modello::compila("<#assign x = {}><#list 1..900 as i><#assign x = {'a': x}></#list>").expect("compila");
    assert!(modello.esegui(&Mappa::nuova(), adesso(), &stretti()).is_err());
}

/// On a thread with the stack of a worker, where too deep a recursion would abort the process.
#[test]
fn l_annidamento_non_consuma_la_pila() {
    let lungo = |pezzo: &str, n: usize| pezzo.repeat(n);
    for modello in [
        format!("${{{}1{}}}", lungo("(", 5000), lungo(")", 5000)),
        format!("${{{}1{}}}", lungo("[", 5000), lungo("]", 5000)),
        format!("${{{}true}}", lungo("!", 5000)),
        format!("${{1{}}}", lungo(" + 1", 5000)),
        format!("${{a{}}}", lungo(".b", 5000)),
        format!("${{a{}}}", lungo("!b", 5000)),
        format!("${{a{}}}", lungo("()", 5000)),
        format!("{}{}", lungo("<#if true>", 5000), lungo("</#if>", 5000)),
        format!("{}{}", lungo("<#list [1] as x>", 5000), lungo("</#list>", 5000)),
        format!("${{{}x{}}}", lungo("\"${'${", 50), lungo("}'}\"", 50)),
    ] {
        assert!(Modello::compila(&modello).is_err(), "{}", &modello[..40]);
    }
    let profondi = [
        format!("${{{}1{}}}", lungo("(", 50), lungo(")", 50)),
        format!("${{1{}}}", lungo(" + 1", 190)),
        format!("{}{}", lungo("<#if true>", 60), lungo("</#if>", 60)),
        format!("{}${{{}1{}}}{}", lungo("<#list [1] as x>", 60), lungo("-(", 25), lungo(")", 25), lungo("</#list>", 60)),
        format!("${{{}1{}}}", lungo("[", 50), lungo("][0]", 50)),
    ];
    let filo = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        for modello in &profondi {
            let compilato = Modello::compila(modello).unwrap_or_else(|e| panic!("{modello}: {e}"));
            compilato.esegui(&Mappa::nuova(), adesso(), &Limiti::default()).unwrap_or_else(|e| panic!("{modello}: {e}"));
        }
    });
    filo.expect("filo").join().expect("senza traboccare");
}

#[test]
fn un_modello_enorme_si_rifiuta_subito() {
    assert!(errore_compilazione(&"x".repeat(modelli::MODELLO_BYTE_MAX + 1)).contains("modello troppo lungo"));
}

#[test]
fn un_modello_compilato_serve_a_piu_fili() {
    fn condivisibile<T: Send + Sync>() {}
    condivisibile::<Modello>();
    condivisibile::<modelli::Valore>();

    let modello = Modello::compila("<#list 1..50 as i><#if ('x' + i)?matches('x[0-9]+')>${i}</#if></#list>").expect("compila");
    let attesi: String = (1..=50).map(|i| i.to_string()).collect();
    std::thread::scope(|fili| {
        for _ in 0..4 {
            fili.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(modello.esegui(&Mappa::nuova(), adesso(), &Limiti::default()).as_deref(), Ok(attesi.as_str()));
                }
            });
        }
    });
}
