//! API Backoffice v1: applicazioni, operatori and ruoli, and what logins have in common.

use domain::anagrafica::{Diritto, Servizio, VersioneEnte};
use domain::lettura::anagrafica::utenze::acl::ACL_MAX;
use domain::lettura::anagrafica::utenze::ambito::{AUTODETERMINAZIONE, DOMINI_MAX, TIPI_MAX, TUTTI, UNITA_MAX};
use domain::lettura::anagrafica::utenze::applicazioni::{CODIFICA_IUV, REG_EXP_IUV, URL};
use domain::lettura::anagrafica::utenze::modifiche::{PATH_ACL, PATH_DOMINI, PATH_PASSWORD, PATH_TIPI};
use domain::lettura::anagrafica::utenze::operatori::RAGIONE_SOCIALE;
use domain::lettura::anagrafica::utenze::{PRINCIPAL, RUOLI_MAX, RUOLO};
use domain::lettura::regole::{FORMA_DOMINIO, FORMA_TIPO, IDENTIFICATIVO};
use domain::password::{CARATTERI_MAX, PATTERN};

use super::operazione::{Famiglia, Operazione, Parametro, elenco, modifiche, operazione, pagina_anagrafica, parametro, voce_di_modifica};
use super::schema::{Oggetto, Schema, booleano, espressione, lista, lista_di, nome, oggetto, regola, solo, testo, uno_di, uno_tra};

pub fn famiglia() -> Famiglia {
    let mut operazioni = applicazioni();
    operazioni.extend(operatori());
    operazioni.extend(ruoli());
    Famiglia { api: "backoffice", versione: "v1", gruppo: "Applicazioni, operatori e ruoli", operazioni, schemi: schemi() }
}

fn abilitato() -> Parametro {
    parametro("abilitato", booleano(), "Solo le utenze abilitate, o quelle che non lo sono.")
}

fn applicazioni() -> Vec<Operazione> {
    vec![
        operazione("findApplicazioni", "Elenca le applicazioni")
            .query(pagina_anagrafica())
            .query(vec![
                abilitato(),
                parametro("idA2A", regola(&IDENTIFICATIVO), "Solo dove questo testo compare nell'identificativo."),
                parametro("principal", testo(), "Solo dove questo testo compare nel principal."),
            ])
            .json(200, "L'elenco, per principal.", elenco("ApplicazioneIndice")),
        operazione("getApplicazione", "Legge un'applicazione").json(200, "L'applicazione; della password dice soltanto se c'è.", nome("Applicazione")),
        operazione("addApplicazione", "Aggiunge o sostituisce un'applicazione")
            .dice("Senza password resta quella che c'è.")
            .corpo(nome("NuovaApplicazione"))
            .messa("Aggiunta.", "Sostituita."),
        operazione("updateApplicazione", "Cambia diritti, ambito o password di un'applicazione")
            .modifica(modifiche(di_utenza(true)))
            .json(200, "L'applicazione com'è adesso.", nome("Applicazione"))
            .rifiuta(&[422]),
    ]
}

fn operatori() -> Vec<Operazione> {
    vec![
        operazione("findOperatori", "Elenca gli operatori").query(pagina_anagrafica()).query(vec![abilitato()]).json(
            200,
            "L'elenco, per nome.",
            elenco("OperatoreIndice"),
        ),
        operazione("getOperatore", "Legge un operatore").json(200, "L'operatore; della password dice soltanto se c'è.", nome("Operatore")),
        operazione("addOperatore", "Aggiunge o sostituisce un operatore")
            .dice("Senza password resta quella che c'è.")
            .corpo(nome("NuovoOperatore"))
            .messa("Aggiunto.", "Sostituito."),
        operazione("updateOperatore", "Cambia diritti, ambito o password di un operatore")
            .modifica(modifiche(di_utenza(false)))
            .json(200, "L'operatore com'è adesso.", nome("Operatore"))
            .rifiuta(&[422]),
    ]
}

fn ruoli() -> Vec<Operazione> {
    vec![
        operazione("findRuoli", "Elenca i ruoli").query(pagina_anagrafica()).json(200, "L'elenco.", elenco("RuoloIndice")),
        operazione("getRuolo", "Legge i diritti di un ruolo").dice("Un ruolo che non esiste è un ruolo senza diritti.").json(
            200,
            "I diritti.",
            oggetto().deve("acl", lista(nome("Acl"))).schema(),
        ),
        operazione("addRuolo", "Aggiunge o sostituisce un ruolo")
            .corpo(oggetto().deve("acl", lista_di(nome("Acl"), 1, ACL_MAX)).schema())
            .vuota(200, "Scritto."),
        operazione("updateRuolo", "Cambia i diritti di un ruolo")
            .dice("Qualunque errore della richiesta è un 403, col motivo nel dettaglio.")
            .modifica(modifiche(di_acl()))
            .json(200, "Il ruolo com'è adesso.", oggetto().deve("id", testo()).deve("acl", lista(nome("Acl"))).schema()),
    ]
}

fn schemi() -> Vec<(&'static str, Schema)> {
    vec![
        ("Acl", acl().schema()),
        ("DominioConcesso", dominio_concesso()),
        ("TipoConcesso", oggetto().deve("idTipoPendenza", testo()).deve("descrizione", testo()).schema()),
        ("RuoloConcesso", oggetto().deve("id", testo()).deve("acl", lista(nome("Acl"))).schema()),
        ("ApplicazioneIndice", oggetto().deve("idA2A", testo()).deve("principal", testo()).deve("abilitato", booleano()).parziale().schema()),
        ("OperatoreIndice", oggetto().deve("principal", testo()).deve("ragioneSociale", testo()).deve("abilitato", booleano()).parziale().schema()),
        ("RuoloIndice", oggetto().deve("id", testo()).parziale().schema()),
        ("NuovaApplicazione", nuova_applicazione()),
        ("NuovoOperatore", nuovo_operatore()),
        ("Applicazione", applicazione()),
        ("Operatore", operatore()),
        ("CodificaAvvisi", codifica_avvisi()),
        ("ServizioIntegrazione", servizio_integrazione()),
    ]
}

/// Rights on one service.
fn acl() -> Oggetto {
    oggetto()
        .deve("servizio", uno_di(&Servizio::BACKOFFICE.map(Servizio::nome)))
        .deve("autorizzazioni", lista_di(uno_di(&Diritto::TUTTI.map(Diritto::sigla)), 1, ACL_MAX))
}

/// As it is shown: `*` stands for all of them.
fn dominio_concesso() -> Schema {
    let unita = oggetto().deve("idUnita", testo()).deve("ragioneSociale", testo());
    oggetto().deve("idDominio", testo()).deve("ragioneSociale", testo()).puo("unitaOperative", lista(unita.schema())).schema()
}

pub fn password() -> Schema {
    testo().con("pattern", PATTERN).con("minLength", 8).con("maxLength", CARATTERI_MAX).esempio("Password1!")
}

/// A dominio as it is given: its code, `*`, or its code with some of its unità operative.
fn dominio(con_unita: bool) -> Schema {
    let id = || espressione(&format!("\\{TUTTI}|{}", FORMA_DOMINIO.testo())).esempio("12345678901");
    if !con_unita {
        return id();
    }
    let unita = lista_di(espressione(&format!("\\{TUTTI}|[a-zA-Z0-9\\-_]{{1,35}}")).esempio("UFF"), 0, UNITA_MAX);
    uno_tra(vec![id(), oggetto().deve("idDominio", id()).puo("unitaOperative", unita).schema()])
}

/// The code of a tipo, `*`, or for applicazioni all that may come.
fn tipo() -> Schema {
    espressione(&format!("\\{TUTTI}|{}", FORMA_TIPO.testo())).esempio("TARI")
}

/// What every login says of itself.
fn utenza(o: Oggetto) -> Oggetto {
    o.puo("password", password().dice("Senza, resta quella che c'è."))
        .puo("acl", lista_di(nome("Acl"), 0, ACL_MAX))
        .puo("domini", lista_di(dominio(true), 0, DOMINI_MAX))
        .puo("tipiPendenza", lista_di(tipo(), 0, TIPI_MAX))
        .puo("ruoli", lista_di(regola(&RUOLO).esempio("Operatore"), 0, RUOLI_MAX))
}

fn nuova_applicazione() -> Schema {
    utenza(oggetto().deve("principal", regola(&PRINCIPAL).esempio("DEMO")))
        .puo("codificaAvvisi", nome("CodificaAvvisi"))
        .puo("servizioIntegrazione", nome("ServizioIntegrazione"))
        .puo("urlRitorno", regola(&URL).esempio("https://example.org/ritorno").dice("Dove va il browser dopo un pagamento la cui richiesta non lo dice."))
        .puo("abilitato", booleano().con("default", true))
        .e(api(Oggetto::puo))
        .schema()
}

fn api(come: impl Fn(Oggetto, &str, Schema) -> Oggetto) -> Oggetto {
    ["apiPagamenti", "apiPendenze", "apiRagioneria"].into_iter().fold(oggetto(), |o, nome| come(o, nome, booleano()))
}

fn nuovo_operatore() -> Schema {
    utenza(oggetto().deve("ragioneSociale", regola(&RAGIONE_SOCIALE).esempio("Mario Rossi"))).deve("abilitato", booleano()).schema()
}

/// An expression is needed by who generates IUV by it.
fn codifica_avvisi() -> Schema {
    let codifica = || oggetto().puo("codificaIuv", regola(&CODIFICA_IUV).esempio("01"));
    let espressione = || regola(&REG_EXP_IUV).esempio("[0-9]{15}");
    uno_tra(vec![
        codifica().puo("regExpIuv", espressione()).deve("generazioneIuvInterna", solo(false)).schema(),
        codifica().deve("regExpIuv", espressione()).deve("generazioneIuvInterna", solo(true)).schema(),
    ])
}

fn servizio_integrazione() -> Schema {
    oggetto()
        .deve("url", regola(&URL).esempio("https://example.org/ente"))
        .deve("versioneApi", uno_di(&VersioneEnte::TUTTE.map(VersioneEnte::nome)))
        .puo("auth", nome("Autenticazione"))
        .schema()
}

fn applicazione() -> Schema {
    oggetto()
        .deve("idA2A", testo())
        .deve("principal", testo())
        .deve("password", booleano())
        .puo("codificaAvvisi", nome("CodificaAvvisi"))
        .e(ambito())
        .e(api(Oggetto::deve))
        .e(diritti())
        .puo("servizioIntegrazione", nome("ServizioIntegrazione"))
        .puo("urlRitorno", testo())
        .deve("abilitato", booleano())
        .schema()
}

fn operatore() -> Schema {
    let chi = oggetto().deve("principal", testo()).deve("password", booleano()).deve("ragioneSociale", testo());
    chi.e(ambito()).e(diritti()).deve("abilitato", booleano()).schema()
}

/// Where a login may act, as shown.
pub fn ambito() -> Oggetto {
    oggetto().deve("domini", lista(nome("DominioConcesso"))).deve("tipiPendenza", lista(nome("TipoConcesso")))
}

fn diritti() -> Oggetto {
    oggetto().deve("acl", lista(nome("Acl"))).deve("ruoli", lista(nome("RuoloConcesso")))
}

fn di_acl() -> Vec<Oggetto> {
    let tolta = oggetto().deve("servizio", uno_di(&Servizio::BACKOFFICE.map(Servizio::nome))).schema().con("additionalProperties", true);
    vec![voce_di_modifica(&["ADD"], PATH_ACL, acl().schema()), voce_di_modifica(&["DELETE"], PATH_ACL, tolta)]
}

fn di_utenza(applicazione: bool) -> Vec<Oggetto> {
    let detto = format!("Anche `{AUTODETERMINAZIONE}`: i tipi che ancora non esistono.");
    let tipo = if applicazione { tipo().dice(&detto) } else { tipo() };
    let mut voci = di_acl();
    voci.extend([
        voce_di_modifica(&["ADD"], PATH_DOMINI, dominio(true)),
        voce_di_modifica(&["DELETE"], PATH_DOMINI, dominio(false)),
        voce_di_modifica(&["ADD", "DELETE"], PATH_TIPI, tipo),
        oggetto()
            .deve("op", uno_di(&["ADD", "REPLACE", "DELETE"]))
            .deve("path", uno_di(&[PATH_PASSWORD]))
            .puo("value", password().dice("Senza, la password è tolta.")),
    ]);
    voci
}
