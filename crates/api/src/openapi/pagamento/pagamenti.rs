//! Payments started from a portal, and the forms that make a pendenza.

use domain::lettura::pagamento::{ORDINAMENTO, TIPI_VERSAMENTO};
use domain::lettura::regole::{FORMA_AVVISO_RIFERITO, FORMA_DOMINIO, FORMA_EMAIL, FORMA_IBAN, FORMA_URL_HTTP, IDENTIFICATIVO, TIPO, Testo};
use domain::pagamento::{PENDENZE_MAX, Stato};
use serde_json::json;

use crate::openapi::operazione::{Operazione, Parametro, data, elenco, operazione, ordinamento, pagina, parametro};
use crate::openapi::pendenza_nuova;
use crate::openapi::schema::{
    Oggetto, Schema, data as giorno, forma, importo, libero, lista, lista_di, lungo, nome, numero, oggetto, oggetto_libero, regola, testo, uno_di, uno_tra,
};

const IBAN: Testo = Testo::con_forma(1, 255, &FORMA_IBAN);
const EMAIL: Testo = Testo::con_forma(0, 256, &FORMA_EMAIL);
const URL: Testo = Testo::con_forma(1, usize::MAX, &FORMA_URL_HTTP);
const BOLLI: [&str; 1] = ["Imposta di bollo"];
const AUTENTICAZIONI: [&str; 4] = ["CNS", "USR", "OTH", "N/A"];

pub fn v1() -> Vec<Operazione> {
    let mut operazioni = vec![avvio("NuovoPagamentoV1").query(vec![sessione(), captcha()])];
    operazioni.extend(letture("PagamentoV1", "PagamentoInElencoV1"));
    operazioni
}

pub fn v2() -> Vec<Operazione> {
    let tipo_versamento = parametro("tipoVersamento", uno_di(&TIPI_VERSAMENTO), "Con quale strumento, quando il PSP è scelto.");
    let psp = |nome, cosa| parametro(nome, lungo(1, 35), cosa);
    let scelta = vec![
        parametro("codiceConvenzione", lungo(5, 35), "Convenzione fra l'ente e il PSP."),
        psp("identificativoPSP", "Il PSP scelto: coi due che seguono, o nessuno dei tre."),
        psp("identificativoIntermediarioPSP", "Il suo intermediario."),
        psp("identificativoCanale", "Il suo canale."),
        tipo_versamento,
    ];
    let mut operazioni = vec![avvio("NuovoPagamento").query(vec![sessione(), captcha()]).query(scelta), modulo()];
    operazioni.extend(letture("Pagamento", "PagamentoInElenco"));
    operazioni
}

fn sessione() -> Parametro {
    parametro("idSessionePortale", testo(), "Sessione del portale, per ritrovare il pagamento.")
}

fn captcha() -> Parametro {
    parametro("gRecaptchaResponse", testo(), "Gettone del captcha, per chi non ha un nome; il nome del parametro è nella configurazione.")
}

fn avvio(corpo: &'static str) -> Operazione {
    operazione("addPagamento", "Avvia un pagamento di una o più pendenze")
        .dice("Le pendenze sono riferite per identificativo o per avviso, date intere, o fatte da un modulo. Un pagamento registrato e non riuscito porta nel rifiuto `id` e `location`.")
        .corpo(nome(corpo))
        .json(201, "Il pagamento è avviato: il pagante va a `redirect`.", nome("PagamentoCreato"))
        .vuota(302, "Il pagante va alla pagina Checkout di pagoPA, in `Location`.")
        .json(422, "Una regola non lo permette.", nome("FaultPagamento"))
        .json(500, "Un guasto, anche del Checkout.", nome("FaultPagamento"))
        .json(502, "Il Nodo, o l'ente, non risponde.", nome("FaultPagamento"))
}

fn modulo() -> Operazione {
    let identificativo = || regola(&IDENTIFICATIVO);
    operazione("addPendenza", "Crea una pendenza da un modulo")
        .dice("Di un'applicazione è archiviata subito; di un cittadino, o di chi non ha un nome, resta nella sessione finché non è pagata o stampata.")
        .query(vec![
            parametro("idA2A", identificativo(), "Della pendenza da aggiornare, con `idPendenza`."),
            parametro("idPendenza", identificativo(), "Della pendenza da aggiornare, con `idA2A`."),
            parametro("idUnitaOperativa", identificativo(), "L'unità operativa della pendenza."),
            captcha(),
        ])
        .corpo(oggetto_libero().dice("I campi del modulo, come li vuole il tipo pendenza.").esempio(json!({ "importo": 10 })))
        .json(200, "La pendenza aggiornata.", nome("PendenzaSpontanea"))
        .json(201, "La pendenza creata.", nome("PendenzaSpontanea"))
        .rifiuta(&[422, 500, 502])
}

fn letture(uno: &'static str, in_elenco: &'static str) -> Vec<Operazione> {
    let filtri = vec![
        ordinamento(&ORDINAMENTO),
        parametro("stato", uno_di(&Stato::TUTTI.map(Stato::codice)), "Solo quelli in questo stato."),
        parametro("versante", testo(), "Codice fiscale di chi paga."),
        parametro("idDebitore", testo(), "Codice fiscale di chi deve una delle pendenze."),
        sessione(),
        parametro("idSessionePsp", testo(), "Sessione che pagoPA ha dato al pagamento."),
        parametro("id", testo(), "Identificativo del pagamento."),
        data("dataDa", "Richiesti da questo momento."),
        data("dataA", "Richiesti fino a questo momento."),
    ];
    vec![
        operazione("findPagamenti", "Elenca i pagamenti avviati dal chiamante, o del cittadino").query(pagina()).query(filtri).json(
            200,
            "Una pagina dell'elenco.",
            elenco(in_elenco),
        ),
        operazione("getPagamento", "Legge un pagamento").json(200, "Il pagamento, con pendenze e transazioni.", nome(uno)),
        operazione("getPagamentoByIdSession", "Legge un pagamento dalla sessione di pagoPA").json(200, "Il pagamento, con pendenze e transazioni.", nome(uno)),
    ]
}

pub fn schemi_v1() -> Vec<(&'static str, Schema)> {
    let lingua = || uno_di(&["IT", "EN", "FR", "DE", "SL"]);
    let intera = intera(&["idTipoPendenza", "direzione", "divisione", "documento", "dataNotificaAvviso", "dataPromemoriaScadenza", "proprieta", "allegati"]);
    vec![
        (
            "NuovoPagamentoV1",
            nuovo(vec![per_a2a(), per_avviso(), intera]).puo("lingua", lingua().con("default", "IT")).schema().con("additionalProperties", true),
        ),
        ("PagamentoV1", pagamento().puo("lingua", lingua()).e(con_contenuti()).schema()),
        ("PagamentoInElencoV1", pagamento().puo("lingua", lingua()).e(con_legami()).parziale().schema()),
        ("VoceDelPagamentoV1", pendenza_nuova::voce_del_pagamento(&BOLLI, true)),
    ]
    .into_iter()
    .chain(comuni())
    .collect()
}

pub fn schemi_v2() -> Vec<(&'static str, Schema)> {
    let modi = vec![per_a2a(), per_avviso(), modello_4(), intera(&[])];
    vec![
        ("NuovoPagamento", nuovo(modi).puo("lingua", testo().dice("Letta, senza effetto.")).schema().con("additionalProperties", true)),
        ("Pagamento", pagamento().e(con_contenuti()).schema()),
        ("PagamentoInElenco", pagamento().e(con_legami()).parziale().schema()),
        ("VoceDelPagamento", pendenza_nuova::voce_del_pagamento(&BOLLI, false)),
        ("PendenzaSpontanea", spontanea()),
    ]
}

/// Of every version: told once, with the first.
fn comuni() -> Vec<(&'static str, Schema)> {
    vec![("PagamentoCreato", creato()), ("Versante", versante()), ("FaultPagamento", fault()), ("PendenzaDelPagamento", pendenza()), ("RppDelPagamento", rpp())]
}

fn per_a2a() -> Schema {
    let id = || regola(&IDENTIFICATIVO);
    oggetto().deve("idA2A", id().esempio("DEMO")).deve("idPendenza", id().esempio("TARI-2026-1")).schema().con("title", "Per identificativo")
}

fn per_avviso() -> Schema {
    oggetto()
        .deve("idDominio", forma(&FORMA_DOMINIO).esempio("12345678901"))
        .deve("numeroAvviso", forma(&FORMA_AVVISO_RIFERITO).esempio("301000000000000123"))
        .puo("idDebitore", lungo(1, 35).esempio("VLNGRT75C52F205X"))
        .schema()
        .con("title", "Per avviso")
}

fn modello_4() -> Schema {
    oggetto()
        .deve("idDominio", forma(&FORMA_DOMINIO).esempio("12345678901"))
        .deve("idTipoPendenza", regola(&TIPO).esempio("TARI"))
        .puo("idUnitaOperativa", regola(&IDENTIFICATIVO).esempio("UFF"))
        .deve("dati", libero().esempio(json!({ "importo": 10 })).dice("I campi del modulo del tipo pendenza."))
        .schema()
        .con("title", "Da un modulo")
}

/// A whole pendenza, without the members that a version does not know.
fn intera(senza: &[&str]) -> Schema {
    let id = || regola(&IDENTIFICATIVO);
    let voce = if senza.is_empty() { "VoceDelPagamento" } else { "VoceDelPagamentoV1" };
    let posizione = pendenza_nuova::membri(voce).senza(senza);
    oggetto().deve("idA2A", id().esempio("DEMO")).deve("idPendenza", id().esempio("TARI-2026-1")).e(posizione).schema().con("title", "Intera")
}

fn nuovo(modi: Vec<Schema>) -> Oggetto {
    let conto = oggetto().puo("iban", regola(&IBAN).esempio("IT02L1234512345123451111111")).puo("bic", testo().esempio("DABAIE2D"));
    oggetto()
        .deve("pendenze", lista_di(uno_tra(modi), 1, PENDENZE_MAX))
        .puo("urlRitorno", regola(&URL).esempio("https://portale.example.org/esito"))
        .puo("contoAddebito", conto.schema())
        .puo("dataEsecuzionePagamento", giorno())
        .puo("credenzialiPagatore", lungo(1, 35))
        .puo("soggettoVersante", nome("Versante"))
        .puo("autenticazioneSoggetto", uno_di(&AUTENTICAZIONI).con("default", "N/A"))
}

fn versante() -> Schema {
    oggetto()
        .puo("tipo", uno_di(&["F", "G"]))
        .deve("identificativo", lungo(2, 16).esempio("VLNGRT75C52F205X"))
        .deve("anagrafica", lungo(1, 70).esempio("Greta Valenti"))
        .puo("indirizzo", lungo(1, 70))
        .puo("civico", lungo(1, 16))
        .puo("cap", lungo(1, 16))
        .puo("localita", lungo(1, 35))
        .puo("provincia", lungo(1, 35))
        .puo("nazione", forma(&domain::lettura::regole::FORMA_SIGLA).esempio("IT"))
        .puo("email", regola(&EMAIL).esempio("greta.valenti@example.org"))
        .schema()
}

fn creato() -> Schema {
    oggetto().deve("id", testo()).deve("location", testo()).puo("redirect", testo()).puo("idSession", testo()).schema()
}

fn fault() -> Schema {
    oggetto()
        .deve("categoria", testo())
        .deve("codice", testo())
        .deve("descrizione", testo())
        .deve("dettaglio", testo())
        .puo("id", testo().dice("Del pagamento registrato."))
        .puo("location", testo())
        .schema()
}

fn pagamento() -> Oggetto {
    oggetto()
        .deve("id", testo())
        .deve("nome", testo())
        .deve("dataRichiestaPagamento", testo())
        .puo("idSessionePortale", testo())
        .puo("idSessionePsp", testo())
        .deve("importo", numero())
        .deve("stato", uno_di(&Stato::TUTTI.map(Stato::codice)))
        .puo("pspRedirectUrl", testo())
        .puo("urlRitorno", testo())
        .puo("contoAddebito", oggetto().puo("iban", testo()).puo("bic", testo()).schema())
        .puo("dataEsecuzionePagamento", giorno())
        .puo("credenzialiPagatore", testo())
        .puo("soggettoVersante", oggetto_libero())
        .deve("autenticazioneSoggetto", uno_di(&AUTENTICAZIONI))
}

fn con_legami() -> Oggetto {
    oggetto().deve("pendenze", testo()).deve("rpp", testo())
}

fn con_contenuti() -> Oggetto {
    oggetto().deve("pendenze", lista(nome("PendenzaDelPagamento"))).deve("rpp", lista(nome("RppDelPagamento")))
}

fn pendenza() -> Schema {
    oggetto()
        .deve("idA2A", testo())
        .deve("idPendenza", testo())
        .deve("causale", testo())
        .deve("importo", importo())
        .deve("stato", testo())
        .deve("rpp", testo())
        .deve("pagamenti", testo())
        .schema()
        .con("additionalProperties", true)
        .dice("Come in un elenco di pendenze.")
}

fn rpp() -> Schema {
    oggetto()
        .deve("stato", testo())
        .puo("dettaglioStato", testo())
        .puo("segnalazioni", lista(nome("Segnalazione")))
        .puo("rpt", oggetto_libero())
        .puo("rt", oggetto_libero())
        .deve("pendenza", nome("PendenzaDelPagamento"))
        .schema()
}

fn spontanea() -> Schema {
    let vuota = |cosa: &str| lista(oggetto_libero()).con("maxItems", 0).dice(cosa);
    oggetto()
        .deve("idA2A", testo())
        .deve("idPendenza", testo())
        .deve("idTipoPendenza", testo())
        .deve("numeroAvviso", testo())
        .deve("UUID", testo())
        .deve("importo", importo())
        .deve("voci", lista(oggetto_libero()))
        .deve("rpp", vuota("Nessun tentativo, ancora."))
        .deve("pagamenti", vuota("Nessun pagamento, ancora."))
        .deve("segnalazioni", vuota("Nessuna, ancora."))
        .schema()
        .con("additionalProperties", true)
}
