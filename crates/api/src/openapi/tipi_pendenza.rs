//! API Backoffice v1: tipi pendenza, in the catalogue and in a dominio.

use domain::anagrafica::SeEnteNonRisponde;
use domain::lettura::anagrafica::tipi::{API_KEY, CODIFICA_IUV, DESCRIZIONE, MODELLI, TIPO_FORM};
use domain::lettura::regole::{FORMA_DOMINIO, IDENTIFICATIVO, TIPO};

use super::creditore::associati;
use super::operazione::{Famiglia, Operazione, Parametro, elenco, operazione, pagina_anagrafica, parametro};
use super::schema::{Oggetto, Schema, booleano, forma, intero, nome, oggetto, qualcuno_tra, regola, solo, testo, uno_di, uno_tra};

pub fn famiglia() -> Famiglia {
    Famiglia { api: "backoffice", versione: "v1", gruppo: "Tipi pendenza", operazioni: operazioni(), schemi: schemi() }
}

fn filtri() -> Vec<Parametro> {
    vec![
        parametro("abilitato", booleano(), "Solo i tipi abilitati, o quelli che non lo sono."),
        associati(),
        parametro("form", booleano(), "Solo i tipi che si compilano a mano."),
        parametro("trasformazione", booleano(), "Solo i tipi che si caricano da CSV."),
        parametro("descrizione", testo(), "Solo dove questo testo compare, nella descrizione o nell'identificativo."),
    ]
}

fn operazioni() -> Vec<Operazione> {
    vec![
        operazione("findTipiPendenza", "Elenca i tipi pendenza del catalogo")
            .query(pagina_anagrafica())
            .query(filtri())
            .query(vec![
                parametro("idTipoPendenza", regola(&TIPO), "Solo dove questo testo compare nell'identificativo."),
                parametro("nonAssociati", forma(&FORMA_DOMINIO), "Solo i tipi che questo ente non ha ancora."),
            ])
            .json(200, "L'elenco, per descrizione.", elenco("TipoPendenzaRiga"))
            .rifiuta(&[422]),
        operazione("getTipoPendenza", "Legge un tipo pendenza del catalogo").json(200, "Il tipo.", nome("TipoPendenza")),
        operazione("addTipoPendenza", "Aggiunge o sostituisce un tipo pendenza del catalogo").corpo(nome("NuovoTipoPendenza")).messa("Aggiunto.", "Sostituito."),
        operazione("findTipiPendenzaDominio", "Elenca i tipi pendenza di un ente")
            .query(pagina_anagrafica())
            .query(filtri())
            .json(200, "L'elenco, per descrizione.", elenco("TipoPendenzaDominioRiga")),
        operazione("getTipoPendenzaDominio", "Legge un tipo pendenza di un ente")
            .json(200, "Il tipo del catalogo, con ciò che l'ente ne dice altrimenti.", nome("TipoPendenzaDominio")),
        operazione("addTipoPendenzaDominio", "Dice che cosa un ente vuole altrimenti di un tipo pendenza")
            .dice("`null` vale come nel catalogo; ciò che manca dipende dal membro: `pagaTerzi` falso, `abilitato` vero, portali e promemoria spenti, il resto come nel catalogo.")
            .corpo(nome("NuovoTipoPendenzaDominio"))
            .messa("Aggiunto.", "Sostituito."),
    ]
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let mostrato = || {
        let o = oggetto().deve("idTipoPendenza", testo()).deve("descrizione", testo()).puo("codificaIUV", testo());
        o.deve("pagaTerzi", booleano()).deve("abilitato", booleano()).e(blocchi_mostrati())
    };
    let valori = oggetto().puo("codificaIUV", testo()).puo("pagaTerzi", booleano()).puo("abilitato", booleano()).e(blocchi_mostrati());
    let del_dominio = || mostrato().deve("valori", nome("ValoriTipoPendenza"));
    vec![
        ("NuovoTipoPendenza", nuovo().schema()),
        ("NuovoTipoPendenzaDominio", nuovo_dominio().schema()),
        ("TipoPendenza", mostrato().schema()),
        ("TipoPendenzaRiga", mostrato().parziale().schema()),
        ("TipoPendenzaDominio", del_dominio().schema()),
        ("TipoPendenzaDominioRiga", del_dominio().parziale().schema()),
        ("ValoriTipoPendenza", valori.schema()),
        ("PortaleMostrato", portale_mostrato()),
        ("PromemoriaMostrato", promemoria_mostrato()),
        ("AvvisaturaMostrata", avvisatura_mostrata()),
        ("TracciatoCsv", tracciato_csv()),
    ]
}

fn nuovo() -> Oggetto {
    oggetto().deve("descrizione", regola(&DESCRIZIONE).esempio("Tassa sui rifiuti")).e(comuni()).e(blocchi(true))
}

fn nuovo_dominio() -> Oggetto {
    oggetto().e(comuni()).e(blocchi(false))
}

fn comuni() -> Oggetto {
    oggetto()
        .puo("codificaIUV", regola(&CODIFICA_IUV).esempio("012"))
        .puo("pagaTerzi", booleano().con("default", false).dice("Se può pagare anche chi non è il debitore."))
        .puo("abilitato", booleano().con("default", true))
}

fn blocchi(catalogo: bool) -> Oggetto {
    let app_io = if catalogo { avvisatura(catalogo, false).schema() } else { app_io_dominio() };
    oggetto()
        .puo("portaleBackoffice", portale(catalogo, false))
        .puo("portalePagamento", portale(catalogo, true))
        .puo("avvisaturaMail", avvisatura(catalogo, true).schema())
        .puo("avvisaturaAppIO", app_io)
        .puo("visualizzazione", modello())
        .puo("tracciatoCsv", nome("TracciatoCsv"))
        .puo("seEnteNonRisponde", se_ente_non_risponde())
}

fn se_ente_non_risponde() -> Schema {
    uno_di(&SeEnteNonRisponde::TUTTI.map(SeEnteNonRisponde::codice))
        .dice("Che cosa fare di una pendenza con la data di validità passata quando l'ente, interrogato, non risponde, risponde male o non la conosce. Se manca vale ciò che dice l'installazione. È un'aggiunta di Fiorino.")
}

/// A template, in base64.
fn modello() -> Schema {
    testo().esempio("Y2lhbw==")
}

/// How a pendenza is typed in.
fn portale(catalogo: bool, con_impaginazione: bool) -> Schema {
    let form = oggetto().deve("tipo", regola(&TIPO_FORM).esempio("angular2-json-schema-form")).deve("definizione", testo().esempio("e30="));
    let form = if con_impaginazione { form.puo("impaginazione", testo().esempio("e30=")) } else { form };
    let trasformazione = oggetto().deve("tipo", uno_di(&MODELLI)).deve("definizione", modello());
    let o = oggetto();
    let o = if catalogo { o.deve("abilitato", booleano()) } else { o.puo("abilitato", booleano()) };
    o.puo("form", form.schema())
        .puo("validazione", testo().esempio("e30=").dice("Schema JSON, in base64."))
        .puo("trasformazione", trasformazione.schema())
        .puo("inoltro", regola(&IDENTIFICATIVO).esempio("DEMO").dice("L'applicazione cui la pendenza compilata si manda."))
        .schema()
}

/// What is written to the debtor, and when.
fn avvisatura(catalogo: bool, con_pdf: bool) -> Oggetto {
    let promemoria = || {
        let o = oggetto();
        let o = if catalogo { o.deve("abilitato", booleano()) } else { o.puo("abilitato", booleano()) };
        o.puo("tipo", uno_di(&MODELLI)).puo("oggetto", modello()).puo("messaggio", modello())
    };
    let con_pdf = |o: Oggetto| if con_pdf { o.puo("allegaPdf", booleano()) } else { o };
    oggetto()
        .puo("promemoriaAvviso", con_pdf(promemoria()).schema())
        .puo("promemoriaRicevuta", con_pdf(promemoria()).puo("soloEseguiti", booleano()).schema())
        .puo("promemoriaScadenza", promemoria().puo("preavviso", intero(0, u32::MAX.into()).dice("Giorni.")).schema())
}

/// With any of the three switched on the key must be there.
fn app_io_dominio() -> Schema {
    let spenti = oggetto().puo("apiKey", regola(&API_KEY));
    let tre = ["promemoriaAvviso", "promemoriaRicevuta", "promemoriaScadenza"];
    let spento = |o: Oggetto, nome: &str| {
        let p = oggetto().puo("abilitato", solo(false)).puo("tipo", uno_di(&MODELLI)).puo("oggetto", modello()).puo("messaggio", modello());
        let p = match nome {
            "promemoriaRicevuta" => p.puo("soloEseguiti", booleano()),
            "promemoriaScadenza" => p.puo("preavviso", intero(0, u32::MAX.into())),
            _ => p,
        };
        o.puo(nome, p.schema())
    };
    let con_chiave = oggetto().deve("apiKey", regola(&API_KEY)).e(avvisatura(false, false));
    qualcuno_tra(vec![tre.into_iter().fold(spenti, spento).schema(), con_chiave.schema()])
}

/// All four or none.
pub fn tracciato_csv() -> Schema {
    let pieno = oggetto()
        .deve("tipo", uno_di(&MODELLI))
        .deve("intestazione", testo().esempio("idPendenza,importo"))
        .deve("richiesta", modello())
        .deve("risposta", modello());
    uno_tra(vec![pieno.schema(), oggetto().schema()])
}

fn blocchi_mostrati() -> Oggetto {
    oggetto()
        .puo("portaleBackoffice", nome("PortaleMostrato"))
        .puo("portalePagamento", nome("PortaleMostrato"))
        .puo("avvisaturaMail", nome("AvvisaturaMostrata"))
        .puo("avvisaturaAppIO", nome("AvvisaturaMostrata"))
        .puo("visualizzazione", testo())
        .puo("tracciatoCsv", nome("TracciatoCsv"))
        .puo("seEnteNonRisponde", testo())
}

fn portale_mostrato() -> Schema {
    let form = oggetto().deve("tipo", testo()).deve("definizione", testo()).puo("impaginazione", testo());
    let trasformazione = oggetto().deve("tipo", testo()).deve("definizione", testo());
    oggetto()
        .puo("abilitato", booleano())
        .puo("form", form.schema())
        .puo("validazione", testo())
        .puo("trasformazione", trasformazione.schema())
        .puo("inoltro", testo())
        .schema()
}

fn promemoria_mostrato() -> Schema {
    oggetto()
        .puo("abilitato", booleano())
        .puo("tipo", testo())
        .puo("oggetto", testo())
        .puo("messaggio", testo())
        .puo("allegaPdf", booleano())
        .puo("soloEseguiti", booleano())
        .puo("preavviso", super::schema::numero_intero())
        .schema()
}

fn avvisatura_mostrata() -> Schema {
    let promemoria = || nome("PromemoriaMostrato");
    oggetto()
        .puo("apiKey", testo())
        .puo("promemoriaAvviso", promemoria())
        .puo("promemoriaRicevuta", promemoria())
        .puo("promemoriaScadenza", promemoria())
        .schema()
}
