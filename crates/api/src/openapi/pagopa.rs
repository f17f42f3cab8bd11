//! API Backoffice v1: intermediari and stazioni.

use domain::anagrafica::VersioneStazione;
use domain::lettura::anagrafica::pagopa::{DENOMINAZIONE, PASSWORD_STAZIONE, PASSWORD_STAZIONE_V2, PRINCIPAL};

use super::connettore;
use super::operazione::{Famiglia, elenco, operazione, pagina_anagrafica, parametro};
use super::schema::{Oggetto, Schema, booleano, lista, nome, oggetto, regola, testo, uno_di, uno_tra};

pub fn famiglia() -> Famiglia {
    let abilitato = || vec![parametro("abilitato", booleano(), "Solo chi è abilitato, o chi non lo è.")];
    Famiglia {
        api: "backoffice",
        versione: "v1",
        gruppo: "Intermediari e stazioni",
        operazioni: vec![
            operazione("findIntermediari", "Elenca gli intermediari").query(pagina_anagrafica()).query(abilitato()).json(
                200,
                "L'elenco, per denominazione.",
                elenco("IntermediarioIndice"),
            ),
            operazione("getIntermediario", "Legge un intermediario").json(200, "L'intermediario, con le sue stazioni.", nome("Intermediario")),
            operazione("addIntermediario", "Aggiunge o sostituisce un intermediario")
                .dice("Un connettore che manca è tolto.")
                .corpo(nome("NuovoIntermediario"))
                .messa("Aggiunto.", "Sostituito."),
            operazione("findStazioni", "Elenca le stazioni di un intermediario").query(pagina_anagrafica()).query(abilitato()).json(
                200,
                "L'elenco, per codice.",
                elenco("StazioneIndice"),
            ),
            operazione("getStazione", "Legge una stazione").json(200, "La stazione, coi domini che se ne servono.", nome("Stazione")),
            operazione("addStazione", "Aggiunge o sostituisce una stazione").corpo(nuova_stazione()).messa("Aggiunta.", "Sostituita."),
        ],
        schemi: schemi(),
    }
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let indice = oggetto().deve("idIntermediario", testo()).deve("denominazione", testo()).deve("abilitato", booleano());
    let intermediario = oggetto().deve("idIntermediario", testo()).e(nuovo_intermediario().parziale()).deve("stazioni", lista(nome("StazioneIndice")));
    let domini = testo().dice("Indirizzo dell'elenco dei domini.");
    let mut schemi = vec![
        ("IntermediarioIndice", indice.parziale().schema()),
        ("NuovoIntermediario", nuovo_intermediario().schema()),
        ("Intermediario", intermediario.schema()),
        ("StazioneIndice", stazione(domini).parziale().schema()),
        ("Stazione", stazione(lista(nome("DominioIndice"))).schema()),
    ];
    schemi.extend(connettore::schemi());
    schemi
}

fn nuovo_intermediario() -> Oggetto {
    oggetto()
        .deve("denominazione", regola(&DENOMINAZIONE))
        .deve("principalPagoPa", regola(&PRINCIPAL).dice("Con quale nome il nodo di pagoPA si presenta a questa porta."))
        .deve("servizioPagoPa", nome("ConnettoreNodo"))
        .puo("servizioFtp", nome("ConnettoreFtp"))
        .puo("servizioPagoPaRecuperoRT", nome("ConnettoreServizio"))
        .puo("servizioPagoPaACA", nome("ConnettoreServizio"))
        .puo("servizioPagoPaGPD", nome("ConnettoreServizio"))
        .puo("servizioPagoPaFR", nome("ConnettoreServizio"))
        .puo("servizioPagoPaBackofficeEC", nome("ConnettoreServizio"))
        .deve("abilitato", booleano())
}

/// The password is needed by the older version alone.
fn nuova_stazione() -> Schema {
    let di = |versione: VersioneStazione| {
        let abilitata = oggetto().deve("abilitato", booleano()).deve("versione", uno_di(&[versione.nome()]));
        match versione {
            VersioneStazione::V1 => abilitata.deve("password", regola(&PASSWORD_STAZIONE)).schema(),
            VersioneStazione::V2 => abilitata.puo("password", regola(&PASSWORD_STAZIONE_V2)).schema(),
        }
    };
    uno_tra(VersioneStazione::TUTTE.map(di).to_vec())
}

fn stazione(domini: Schema) -> Oggetto {
    oggetto()
        .deve("idStazione", testo())
        .puo("password", testo())
        .deve("abilitato", booleano())
        .deve("versione", uno_di(&VersioneStazione::TUTTE.map(VersioneStazione::nome)))
        .deve("domini", domini)
}
