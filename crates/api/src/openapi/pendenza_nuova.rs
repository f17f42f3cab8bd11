//! A position as applications load it.

use domain::lettura::avviso::LinguaSecondaria;
use domain::lettura::pendenza::{METADATA_MAX, PENDENZE_V1, PENDENZE_V2, TASSONOMIE_AVVISO};
use domain::lettura::regole::{
    FORMA_CELLULARE, FORMA_CODICE_CONTABILITA, FORMA_EMAIL, FORMA_IBAN, FORMA_NUMERO_AVVISO, FORMA_SIGLA, IDENTIFICATIVO, TIPO, Testo,
};
use domain::lettura::ufficio::PENDENZA_UFFICIO;
use domain::pendenza::{TipoContabilita, TipoSoglia, VOCI_MAX};

use super::schema::{
    Oggetto, Schema, base64, data, espressione, forma, importo, intero, libero, lista, lista_di, lungo, nome, oggetto, regola, testo, uno_di, uno_tra,
};

const CELLULARE: Testo = Testo::con_forma(0, 35, &FORMA_CELLULARE);
const EMAIL: Testo = Testo::con_forma(0, 256, &FORMA_EMAIL);
const IBAN: Testo = Testo::con_forma(1, 255, &FORMA_IBAN);

pub fn schemi() -> Vec<(&'static str, Schema)> {
    vec![
        ("NuovaPendenza", nuova_pendenza()),
        ("NuovaPendenzaV1", nuova_pendenza_v1()),
        ("NuovaPendenzaUfficio", ufficio().schema()),
        (
            "NuovaPendenzaUfficioPost",
            oggetto().deve("idA2A", identificativo().esempio("DEMO")).deve("idPendenza", identificativo().esempio("TARI-2026-1")).e(ufficio()).schema(),
        ),
        ("Soggetto", soggetto()),
        ("Documento", documento()),
        ("Proprieta", proprieta()),
        ("NuovaVoce", voce(comune, PENDENZE_V2.bolli)),
        ("NuovaVoceV1", voce(comune_v1, PENDENZE_V1.bolli)),
        ("NuovaVoceUfficio", voce(comune_ufficio, PENDENZA_UFFICIO.bolli)),
        ("Contabilita", contabilita()),
        ("Metadata", metadata()),
    ]
}

fn identificativo() -> Schema {
    regola(&IDENTIFICATIVO)
}

/// What every version knows.
fn pendenza(voce: &str) -> Oggetto {
    oggetto()
        .deve("idDominio", forma(&domain::lettura::regole::FORMA_DOMINIO).esempio("12345678901"))
        .puo("idUnitaOperativa", identificativo().esempio("UFF"))
        .deve("causale", lungo(1, 140).esempio("TARI 2026 prima rata"))
        .deve("importo", importo())
        .puo("numeroAvviso", forma(&FORMA_NUMERO_AVVISO).esempio("301000000000000123").dice("Senza, ne è assegnato uno."))
        .puo("tassonomia", lungo(1, 35).esempio("Tributi"))
        .puo("tassonomiaAvviso", uno_di(&TASSONOMIE_AVVISO))
        .puo("dataValidita", data())
        .puo("dataScadenza", data())
        .puo("annoRiferimento", anno())
        .puo("cartellaPagamento", lungo(1, 35).esempio("A-2026"))
        .puo("datiAllegati", libero().dice("Qualsiasi JSON: torna com'è.").esempio(serde_json::json!({ "pratica": 12 })))
        .deve("voci", lista_di(nome(voce), 1, VOCI_MAX))
}

fn nuova_pendenza() -> Schema {
    membri("NuovaVoce").schema()
}

fn ufficio() -> Oggetto {
    membri("NuovaVoceUfficio").puo("nome", lungo(1, 35)).puo("dataCaricamento", data().dice("Accettata e senza effetto."))
}

/// The members of v2; `voce`: the schema of its voci.
pub fn membri(voce: &str) -> Oggetto {
    pendenza(voce)
        .puo("idTipoPendenza", regola(&TIPO).esempio("TARI"))
        .puo("soggettoPagatore", nome("Soggetto"))
        .puo("direzione", identificativo().esempio("Tributi"))
        .puo("divisione", identificativo().esempio("Rifiuti"))
        .puo("documento", nome("Documento"))
        .puo("dataNotificaAvviso", data())
        .puo("dataPromemoriaScadenza", data())
        .puo("proprieta", nome("Proprieta"))
        .puo("allegati", lista(allegato()))
}

fn nuova_pendenza_v1() -> Schema {
    pendenza("NuovaVoceV1")
        .puo("nome", lungo(1, 35))
        .deve("soggettoPagatore", nome("Soggetto"))
        .puo("dataCaricamento", data().dice("Accettata e senza effetto."))
        .schema()
}

fn anno() -> Schema {
    intero(1000, 9999).esempio(2026)
}

fn soggetto() -> Schema {
    oggetto()
        .puo("tipo", uno_di(&["F", "G"]).dice("Persona fisica o giuridica."))
        .puo("identificativo", lungo(0, 16).esempio("VLNGRT75C52F205X").dice("Codice fiscale o partita IVA."))
        .puo("anagrafica", lungo(0, 70).esempio("Greta Valenti"))
        .puo("indirizzo", lungo(1, 70).esempio("Piazza Grande"))
        .puo("civico", lungo(1, 16).esempio("1"))
        .puo("cap", lungo(1, 16).esempio("20100"))
        .puo("localita", lungo(1, 35).esempio("Milano"))
        .puo("provincia", lungo(1, 35).esempio("MI"))
        .puo("nazione", forma(&FORMA_SIGLA).esempio("IT"))
        .puo("email", regola(&EMAIL).esempio("greta.valenti@example.org"))
        .puo("cellulare", regola(&CELLULARE).esempio("+39 333-1234567"))
        .schema()
}

fn documento() -> Schema {
    let con_giorni = [TipoSoglia::Entro, TipoSoglia::Oltre].map(TipoSoglia::codice);
    let senza_giorni = [TipoSoglia::Ridotto, TipoSoglia::Scontato].map(TipoSoglia::codice);
    let soglia = uno_tra(vec![
        oggetto().deve("tipo", uno_di(&con_giorni)).deve("giorni", intero(2, u32::MAX.into())).schema(),
        oggetto().deve("tipo", uno_di(&senza_giorni)).schema(),
    ]);
    let documento = || oggetto().deve("identificativo", identificativo().esempio("DOC-1")).deve("descrizione", lungo(1, 255));
    uno_tra(vec![
        documento().puo("rata", intero(1, u32::MAX.into()).dice("Numero della rata.")).schema().con("title", "Rata, o parte unica"),
        documento().deve("soglia", soglia).schema().con("title", "Con una soglia"),
    ])
}

fn proprieta() -> Schema {
    let importi =
        oggetto().puo("voce", testo()).puo("importo", espressione(r"-?[0-9]+(?:\.[0-9]+)?").con("type", serde_json::json!(["number", "string"])).esempio(1.5));
    oggetto()
        .puo("linguaSecondaria", uno_di(&LinguaSecondaria::TUTTE.map(LinguaSecondaria::codice)))
        .puo("descrizioneImporto", lista(importi.schema()))
        .puo("lineaTestoRicevuta1", testo())
        .puo("lineaTestoRicevuta2", testo())
        .puo("linguaSecondariaCausale", testo())
        .puo("informativaImportoAvviso", lungo(0, 255).dice("Un testo vuoto toglie la nota dall'avviso."))
        .puo("linguaSecondariaInformativaImportoAvviso", lungo(0, 255))
        .puo("dataScandenzaAvviso", data())
        .schema()
}

/// Voci of API Pagamento, which has a name of its own for the stamp.
pub fn voce_del_pagamento(bolli: &[&str], v1: bool) -> Schema {
    voce(if v1 { comune_v1 } else { comune }, bolli)
}

/// Where the money goes is told in one of three ways.
fn voce(comune: fn() -> Oggetto, bolli: &[&str]) -> Schema {
    let entrata = comune().deve("codEntrata", regola(&TIPO).esempio("TARI"));
    let bollo = comune()
        .deve("tipoBollo", uno_di(bolli))
        .deve("hashDocumento", lungo(1, 70).esempio("aGFzaA=="))
        .deve("provinciaResidenza", forma(&FORMA_SIGLA).esempio("MI"));
    let conto = comune()
        .deve("ibanAccredito", regola(&IBAN).esempio("IT02L1234512345123451111111"))
        .puo("ibanAppoggio", regola(&IBAN).esempio("IT60X0760101000000012345678"))
        .deve("tipoContabilita", uno_di(&TipoContabilita::TUTTI.map(TipoContabilita::nome)))
        .deve("codiceContabilita", forma(&FORMA_CODICE_CONTABILITA).esempio("0201102IM"));
    uno_tra(vec![
        entrata.schema().con("title", "Su un'entrata del dominio"),
        bollo.schema().con("title", "Marca da bollo telematica"),
        conto.schema().con("title", "Su un conto indicato qui"),
    ])
}

fn comune() -> Oggetto {
    senza_contabilita()
        .puo("idDominio", forma(&domain::lettura::regole::FORMA_DOMINIO).esempio("12345678901").dice("L'ente della voce, quando non è quello della pendenza."))
        .puo("contabilita", nome("Contabilita"))
        .puo("metadata", nome("Metadata"))
}

fn comune_ufficio() -> Oggetto {
    comune().puo("indice", libero().dice("Accettato e senza effetto.")).puo("stato", libero().dice("Accettato e senza effetto."))
}

fn comune_v1() -> Oggetto {
    senza_contabilita().puo("indice", libero().dice("Accettato e senza effetto.")).puo("stato", libero().dice("Accettato e senza effetto."))
}

fn senza_contabilita() -> Oggetto {
    oggetto()
        .deve("idVocePendenza", identificativo().esempio("V1"))
        .deve("importo", importo())
        .deve("descrizione", lungo(1, 255).esempio("Quota comunale"))
        .puo("descrizioneCausaleRPT", lungo(1, 140))
        .puo("datiAllegati", libero())
}

fn contabilita() -> Schema {
    let testo_breve = || lungo(1, 64);
    let quota = oggetto()
        .deve("capitolo", testo_breve())
        .deve("annoEsercizio", anno())
        .deve("importo", importo())
        .puo("accertamento", testo_breve())
        .puo("proprietaCustom", libero())
        .puo("titolo", testo_breve())
        .puo("tipologia", testo_breve())
        .puo("categoria", testo_breve())
        .puo("articolo", testo_breve());
    oggetto().puo("quote", lista(quota.schema()).dice("Insieme fanno l'importo della voce.")).puo("proprietaCustom", libero()).schema()
}

fn metadata() -> Schema {
    let coppia = oggetto().deve("key", lungo(1, 140)).deve("value", lungo(1, 140));
    oggetto().deve("mapEntries", lista_di(coppia.schema(), 1, METADATA_MAX)).schema()
}

fn allegato() -> Schema {
    oggetto()
        .deve("nome", lungo(1, 255))
        .puo("tipo", lungo(1, 255).esempio("text/plain"))
        .puo("descrizione", lungo(1, 255))
        .deve("contenuto", base64())
        .schema()
}
