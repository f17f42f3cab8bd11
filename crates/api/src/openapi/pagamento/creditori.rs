//! Domini and what belongs to them, as portals see them.

use domain::pendenza::TipoContabilita;

use crate::openapi::operazione::{Operazione, Parametro, elenco, operazione, ordinamento, pagina, parametro};
use crate::openapi::schema::{Oggetto, Schema, booleano, lista, nome, numero_intero, oggetto, testo, uno_di};

/// Members of address and contacts, `area` aside.
const RECAPITI: [&str; 11] = ["indirizzo", "civico", "cap", "localita", "provincia", "nazione", "email", "pec", "tel", "fax", "web"];

pub fn v1() -> Vec<Operazione> {
    vec![
        operazione("findDomini", "Elenca gli enti creditori").query(pagina()).query(vec![ordinamento(&["ragioneSociale"]), abilitato(), stazione()]).json(
            200,
            "Una pagina dell'elenco.",
            elenco("DominioPagamentoV1"),
        ),
        operazione("getDominio", "Legge un ente creditore").json(200, "L'ente, con ciò che gli appartiene.", nome("DominioPagamentoV1Dettaglio")),
        operazione("findUnitaOperative", "Elenca le unità operative di un ente")
            .query(pagina())
            .query(vec![ordinamento(&["ragioneSociale"]), abilitato()])
            .json(200, "Una pagina dell'elenco.", elenco("UnitaPagamentoV1")),
        operazione("getUnitaOperativa", "Legge un'unità operativa").json(200, "L'unità operativa.", nome("UnitaPagamentoV1")),
        operazione("findContiAccredito", "Elenca i conti di accredito di un ente")
            .query(pagina())
            .query(vec![ordinamento(&["contiAccredito"]), abilitato()])
            .json(200, "Una pagina dell'elenco, per IBAN.", elenco("ContoPagamentoV1")),
        operazione("getContoAccredito", "Legge un conto di accredito").json(200, "Il conto.", nome("ContoPagamentoV1")),
        operazione("findEntrate", "Elenca le entrate di un ente").query(pagina()).query(vec![ordinamento(&["idEntrata"]), abilitato()]).json(
            200,
            "Una pagina dell'elenco.",
            elenco("EntrataPagamentoV1"),
        ),
        operazione("getEntrata", "Legge un'entrata di un ente").json(200, "L'entrata.", nome("EntrataPagamentoV1")),
        logo(),
    ]
}

pub fn v2() -> Vec<Operazione> {
    vec![
        operazione("findDomini", "Elenca gli enti creditori").query(pagina()).query(vec![ordinamento(&["ragioneSociale"]), abilitati(), stazione()]).json(
            200,
            "Una pagina dell'elenco.",
            elenco("DominioPagamento"),
        ),
        operazione("getDominio", "Legge un ente creditore").json(200, "L'ente.", nome("DominioPagamento")),
        operazione("findUnitaOperative", "Elenca le unità operative di un ente")
            .query(pagina())
            .query(vec![ordinamento(&["ragioneSociale"]), abilitati()])
            .json(200, "Una pagina dell'elenco.", elenco("UnitaPagamento")),
        operazione("getUnitaOperativa", "Legge un'unità operativa").json(200, "L'unità operativa.", nome("UnitaPagamento")),
        operazione("findTipiPendenzaDominio", "Elenca i tipi pendenza che un portale può proporre")
            .dice("Quelli abilitati che hanno una form per il portale dei pagamenti, per descrizione, tutti in una pagina.")
            .json(200, "L'elenco.", intero("TipoPendenzaPagamento")),
        operazione("getTipoPendenzaDominio", "Legge un tipo pendenza che un portale può proporre").json(
            200,
            "Il tipo pendenza.",
            nome("TipoPendenzaPagamento"),
        ),
        logo(),
    ]
}

fn logo() -> Operazione {
    operazione("getLogo", "Legge il logo di un ente creditore").risponde(
        200,
        "L'immagine.",
        ["image/png", "image/jpeg", "image/gif", "application/octet-stream"].map(|t| (t, None)).to_vec(),
    )
}

fn abilitato() -> Parametro {
    parametro("abilitato", booleano(), "Solo gli abilitati, o solo gli altri.")
}

fn abilitati() -> Parametro {
    parametro("abilitato", booleano().con("default", true), "Gli abilitati, o gli altri.")
}

fn stazione() -> Parametro {
    parametro("idStazione", testo(), "Solo quelli della stazione.")
}

/// The envelope of a list without pages.
fn intero(riga: &str) -> Schema {
    oggetto()
        .deve("numRisultati", numero_intero())
        .deve("numPagine", numero_intero())
        .deve("risultatiPerPagina", numero_intero())
        .deve("pagina", numero_intero())
        .deve("risultati", lista(nome(riga)))
        .schema()
}

pub fn schemi_v1() -> Vec<(&'static str, Schema)> {
    let altrove = || testo().dice("Indirizzo dell'elenco.");
    let indice = dominio_v1().deve("unitaOperative", altrove()).deve("contiAccredito", altrove()).deve("entrate", altrove());
    let dettaglio = dominio_v1()
        .deve("unitaOperative", lista(nome("UnitaPagamentoV1")))
        .deve("contiAccredito", lista(nome("ContoPagamentoV1")))
        .deve("entrate", lista(nome("EntrataPagamentoV1")));
    let conto = oggetto().deve("iban", testo()).puo("bic", testo()).deve("postale", booleano()).deve("abilitato", booleano());
    vec![
        ("DominioPagamentoV1", indice.parziale().schema()),
        ("DominioPagamentoV1Dettaglio", dettaglio.schema()),
        ("UnitaPagamentoV1", unita("idUnita").puo("abilitato", booleano()).schema()),
        ("ContoPagamentoV1", conto.parziale().schema()),
        ("EntrataPagamentoV1", entrata().parziale().schema()),
    ]
}

pub fn schemi_v2() -> Vec<(&'static str, Schema)> {
    let altrove = || testo().dice("Indirizzo dell'elenco.");
    let dominio = recapiti(oggetto().puo("idDominio", testo()).puo("ragioneSociale", testo()))
        .puo("gln", testo())
        .puo("cbill", testo())
        .puo("logo", testo().dice("Indirizzo dell'immagine."))
        .puo("unitaOperative", altrove())
        .puo("tipiPendenza", altrove());
    let form =
        oggetto().deve("tipo", testo()).deve("definizione", testo().dice("Nel linguaggio di `tipo`, come fu scritta: base64.")).puo("impaginazione", testo());
    let tipo = oggetto().deve("idTipoPendenza", testo()).deve("descrizione", testo()).deve("form", form.schema()).puo("visualizzazione", testo());
    vec![("DominioPagamento", dominio.schema()), ("UnitaPagamento", unita("idUnitaOperativa").schema()), ("TipoPendenzaPagamento", tipo.schema())]
}

fn recapiti(o: Oggetto) -> Oggetto {
    RECAPITI.iter().fold(o, |o, nome| o.puo(nome, testo()))
}

fn dominio_v1() -> Oggetto {
    recapiti(oggetto().deve("idDominio", testo()).deve("ragioneSociale", testo()))
        .puo("gln", testo())
        .puo("cbill", testo())
        .puo("iuvPrefix", testo())
        .puo("stazione", testo())
        .puo("auxDigit", uno_di(&["0", "1", "2", "3"]))
        .puo("segregationCode", testo())
        .puo("logo", testo().dice("Indirizzo dell'immagine."))
        .deve("abilitato", booleano())
}

fn unita(codice: &str) -> Oggetto {
    recapiti(oggetto().puo(codice, testo()).puo("ragioneSociale", testo())).puo("area", testo())
}

fn entrata() -> Oggetto {
    oggetto()
        .deve("idEntrata", testo())
        .puo("contoAccredito", testo())
        .puo("contoAppoggio", testo())
        .puo("tipoContabilita", uno_di(&TipoContabilita::TUTTI.map(TipoContabilita::nome)))
        .puo("codiceContabilita", testo())
        .deve("abilitato", booleano())
        .deve("tipoEntrata", nome("Entrata"))
}
