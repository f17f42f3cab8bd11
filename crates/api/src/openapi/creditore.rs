//! API Backoffice v1: the ente creditore and what belongs to it.

use domain::lettura::anagrafica::creditore::{
    AUT_STAMPA, FORMA_BIC, FORMA_CBILL, FORMA_GLN, FORMA_SEGREGAZIONE, IBAN, IUV_PREFIX, LUNGO, RAGIONE_SOCIALE, RECAPITI, STAZIONE, TASSONOMIE,
};
use domain::lettura::anagrafica::entrate::{CODICE_CONTABILITA, DESCRIZIONE, IBAN as IBAN_ENTRATA};
use domain::lettura::anagrafica::pagopa::ID_STAZIONE;
use domain::pendenza::TipoContabilita;

use super::esportazione;
use super::operazione::{Famiglia, Operazione, Parametro, elenco, operazione, pagina_anagrafica, parametro};
use super::schema::{Oggetto, Schema, booleano, forma, lista, nome, oggetto, regola, solo, testo, uno_di, uno_tra};

pub fn famiglia() -> Famiglia {
    let mut operazioni = domini();
    operazioni.extend(di_un_dominio());
    operazioni.extend(entrate());
    let mut schemi = schemi();
    schemi.extend(esportazione::schemi());
    Famiglia { api: "backoffice", versione: "v1", gruppo: "Enti creditori", operazioni, schemi }
}

fn abilitato() -> Parametro {
    parametro("abilitato", booleano(), "Solo le voci abilitate, o quelle che non lo sono.")
}

/// Only `true` is legal.
pub fn associati() -> Parametro {
    parametro("associati", solo(true), "Solo ciò che è assegnato a chi chiama.")
}

fn contiene(nome: &'static str) -> Parametro {
    parametro(nome, testo(), "Solo dove questo testo compare, maiuscole o minuscole.")
}

fn domini() -> Vec<Operazione> {
    vec![
        operazione("findDomini", "Elenca gli enti creditori")
            .dice("Chi chiama vede soltanto i suoi.")
            .query(pagina_anagrafica())
            .query(vec![
                abilitato(),
                parametro("idStazione", regola(&ID_STAZIONE), "Solo chi si serve di questa stazione."),
                associati(),
                parametro("form", booleano(), "Solo chi ha una pendenza da compilare a mano."),
                contiene("idDominio"),
                contiene("ragioneSociale"),
                parametro("intermediato", booleano(), "Solo gli enti intermediati, o gli altri."),
            ])
            .json(200, "L'elenco, per ragione sociale.", elenco("DominioIndice")),
        operazione("getDominio", "Legge un ente creditore").json(200, "L'ente, con ciò che gli appartiene.", nome("Dominio")),
        operazione("addDominio", "Aggiunge o sostituisce un ente creditore")
            .dice("Un ente nuovo ha da subito la sua unità operativa e, se è intermediato, la marca da bollo e il pagamento libero.")
            .corpo(nome("NuovoDominio"))
            .messa("Aggiunto.", "Sostituito."),
        operazione("getLogo", "Legge il logo di un ente creditore").risponde(
            200,
            "L'immagine.",
            ["image/png", "image/jpeg", "image/gif", "application/octet-stream"].map(|t| (t, None)).to_vec(),
        ),
    ]
}

fn di_un_dominio() -> Vec<Operazione> {
    vec![
        operazione("findUnitaOperative", "Elenca le unità operative di un ente")
            .query(pagina_anagrafica())
            .query(vec![abilitato(), associati(), contiene("ragioneSociale")])
            .json(200, "L'elenco, per ragione sociale.", elenco("UnitaOperativaRiga")),
        operazione("getUnitaOperativa", "Legge un'unità operativa").json(200, "L'unità operativa.", nome("UnitaOperativa")),
        operazione("addUnitaOperativa", "Aggiunge o sostituisce un'unità operativa")
            .corpo(sede().deve("abilitato", booleano()).schema())
            .messa("Aggiunta.", "Sostituita."),
        operazione("findContiAccredito", "Elenca i conti di accredito di un ente").query(pagina_anagrafica()).query(vec![abilitato(), contiene("iban")]).json(
            200,
            "L'elenco, per IBAN.",
            elenco("ContoAccreditoRiga"),
        ),
        operazione("getContiAccredito", "Legge un conto di accredito").json(200, "Il conto.", nome("ContoAccredito")),
        operazione("addContiAccredito", "Aggiunge o sostituisce un conto di accredito").corpo(nuovo_conto()).messa("Aggiunto.", "Sostituito."),
    ]
}

fn entrate() -> Vec<Operazione> {
    vec![
        operazione("findEntrate", "Elenca le entrate del catalogo").query(pagina_anagrafica()).json(200, "L'elenco, per descrizione.", elenco("EntrataRiga")),
        operazione("getEntrata", "Legge un'entrata del catalogo").json(200, "L'entrata.", nome("Entrata")),
        operazione("addEntrata", "Aggiunge o sostituisce un'entrata del catalogo")
            .corpo(
                oggetto()
                    .deve("descrizione", regola(&DESCRIZIONE))
                    .deve("tipoContabilita", contabilita())
                    .deve("codiceContabilita", regola(&CODICE_CONTABILITA).esempio("0101101IM"))
                    .schema(),
            )
            .messa("Aggiunta.", "Sostituita."),
        operazione("findEntrateDominio", "Elenca le entrate di un ente").query(pagina_anagrafica()).query(vec![abilitato(), contiene("descrizione")]).json(
            200,
            "L'elenco, per descrizione.",
            elenco("EntrataDominioRiga"),
        ),
        operazione("getEntrataDominio", "Legge un'entrata di un ente").json(200, "L'entrata.", nome("EntrataDominio")),
        operazione("addEntrataDominio", "Aggiunge o sostituisce un'entrata di un ente")
            .dice("Ciò che manca vale come nel catalogo.")
            .corpo(
                oggetto()
                    .puo("ibanAccredito", regola(&IBAN_ENTRATA).esempio("IT02L1234512345123451111111"))
                    .puo("ibanAppoggio", regola(&IBAN_ENTRATA).esempio("IT60X0760101000000012345678"))
                    .puo("tipoContabilita", contabilita())
                    .puo("codiceContabilita", regola(&CODICE_CONTABILITA).esempio("0101101IM"))
                    .puo("abilitato", booleano().con("default", true))
                    .schema(),
            )
            .messa("Aggiunta.", "Sostituita."),
    ]
}

fn contabilita() -> Schema {
    uno_di(&TipoContabilita::TUTTI.map(TipoContabilita::nome))
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let altrove = || testo().dice("Indirizzo dell'elenco.");
    let indice = || dominio().deve("unitaOperative", altrove()).deve("contiAccredito", altrove()).deve("entrate", altrove()).deve("tipiPendenza", altrove());
    let dettaglio = dominio()
        .e(esportazione::mostrati())
        .deve("unitaOperative", lista(nome("UnitaOperativa")))
        .deve("contiAccredito", lista(nome("ContoAccredito")))
        .deve("entrate", lista(nome("EntrataDominio")))
        .deve("tipiPendenza", lista(nome("TipoPendenzaDominio")));
    vec![
        ("DominioIndice", indice().parziale().schema()),
        ("Dominio", dettaglio.schema()),
        ("NuovoDominio", nuovo_dominio()),
        ("UnitaOperativa", unita().schema()),
        ("UnitaOperativaRiga", unita().parziale().schema()),
        ("ContoAccredito", conto().schema()),
        ("ContoAccreditoRiga", conto().parziale().schema()),
        ("Entrata", entrata().schema()),
        ("EntrataRiga", entrata().parziale().schema()),
        ("EntrataDominio", entrata_dominio().schema()),
        ("EntrataDominioRiga", entrata_dominio().parziale().schema()),
    ]
}

/// Name, address and contacts, under the rules of the reader.
fn sede() -> Oggetto {
    let esempio = |nome: &str| match nome {
        "nazione" => "IT",
        "email" | "pec" => "ufficio@example.org",
        "cap" => "20100",
        "web" => "https://example.org",
        _ => "Testo",
    };
    RECAPITI.iter().fold(oggetto().deve("ragioneSociale", regola(&RAGIONE_SOCIALE)), |o, (nome, r)| o.puo(nome, regola(r).esempio(esempio(nome))))
}

fn nuovo_dominio() -> Schema {
    let comune = || {
        esportazione::nuovi(sede())
            .deve("abilitato", booleano())
            .deve("scaricaFr", booleano().dice("Se i flussi di rendicontazione si scaricano."))
            .puo("logo", testo().dice("Base64, o un indirizzo `data:`."))
            .puo("tassonomiaPagoPA", uno_di(&TASSONOMIE))
    };
    let intermediato = comune()
        .puo("intermediato", solo(true))
        .puo("gln", forma(&FORMA_GLN).esempio("8888888888888"))
        .deve("stazione", regola(&STAZIONE).esempio("11111111113_01"))
        .puo("segregationCode", forma(&FORMA_SEGREGAZIONE).esempio("01"))
        .puo(
            "segregazioniAsincrone",
            lista(forma(&FORMA_SEGREGAZIONE).esempio("05")).dice("Codici di segregazione le cui posizioni vivono in GPD (modalità asincrona)."),
        )
        .puo("cbill", forma(&FORMA_CBILL).esempio("ABCDE"))
        .puo("autStampaPosteItaliane", regola(&AUT_STAMPA))
        .puo("iuvPrefix", regola(&IUV_PREFIX).esempio("%(a)"))
        .deve("auxDigit", uno_di(&["0", "1", "2", "3"]));
    let altro = comune().deve("intermediato", solo(false));
    uno_tra(vec![intermediato.schema().con("title", "Intermediato"), altro.schema().con("title", "Non intermediato")])
}

/// What list item and detail have in common.
fn dominio() -> Oggetto {
    recapiti(oggetto().deve("idDominio", testo()).deve("ragioneSociale", testo()))
        .puo("gln", testo())
        .puo("cbill", testo())
        .puo("iuvPrefix", testo())
        .puo("stazione", testo())
        .puo("auxDigit", uno_di(&["0", "1", "2", "3"]))
        .puo("segregationCode", testo())
        .puo(
            "segregazioniAsincrone",
            lista(forma(&FORMA_SEGREGAZIONE).esempio("05")).dice("Codici di segregazione le cui posizioni vivono in GPD (modalità asincrona)."),
        )
        .puo("logo", testo().dice("Indirizzo dell'immagine."))
        .deve("abilitato", booleano())
        .puo("autStampaPosteItaliane", testo())
        .puo("area", testo())
        .deve("intermediato", booleano())
        .puo("tassonomiaPagoPA", testo())
        .deve("scaricaFr", booleano())
}

/// As the APIs of old show it beside a position and in a profile: with links to what belongs to it.
pub fn dominio_v1() -> Oggetto {
    recapiti(oggetto().deve("idDominio", testo()).puo("ragioneSociale", testo()))
        .puo("gln", testo())
        .puo("cbill", testo())
        .puo("iuvPrefix", testo())
        .puo("stazione", testo())
        .puo("auxDigit", uno_di(&["0", "1", "2", "3"]))
        .puo("segregationCode", testo())
        .puo("logo", testo().dice("Indirizzo dell'immagine."))
        .puo("abilitato", booleano())
        .puo("unitaOperative", testo())
        .puo("contiAccredito", testo())
        .puo("entrate", testo())
}

/// Address and contacts, as shown.
fn recapiti(o: Oggetto) -> Oggetto {
    RECAPITI.iter().filter(|(nome, _)| *nome != "area").fold(o, |o, (nome, _)| o.puo(nome, testo()))
}

pub fn unita() -> Oggetto {
    recapiti(oggetto().deve("idUnita", testo()).puo("ragioneSociale", testo())).puo("area", testo()).deve("abilitato", booleano())
}

fn nuovo_conto() -> Schema {
    oggetto()
        .puo("abilitato", booleano().con("default", true))
        .puo("postale", booleano().con("default", false))
        .puo("mybank", booleano().con("default", false).dice("Accettato e senza effetto."))
        .puo("bic", forma(&FORMA_BIC).esempio("DABAIE2D"))
        .puo("descrizione", regola(&LUNGO))
        .puo("intestatario", regola(&LUNGO))
        .puo("autStampaPosteItaliane", regola(&AUT_STAMPA))
        .schema()
}

fn conto() -> Oggetto {
    oggetto()
        .deve("iban", regola(&IBAN))
        .puo("bic", testo())
        .deve("postale", booleano())
        .deve("abilitato", booleano())
        .puo("descrizione", testo())
        .puo("intestatario", testo())
        .puo("autStampaPosteItaliane", testo())
}

fn entrata() -> Oggetto {
    oggetto().deve("idEntrata", testo()).deve("descrizione", testo()).puo("tipoContabilita", contabilita()).puo("codiceContabilita", testo())
}

fn entrata_dominio() -> Oggetto {
    oggetto()
        .deve("idEntrata", testo())
        .puo("ibanAccredito", testo())
        .puo("ibanAppoggio", testo())
        .puo("tipoContabilita", contabilita())
        .puo("codiceContabilita", testo())
        .deve("abilitato", booleano())
        .deve("tipoEntrata", nome("Entrata"))
}
