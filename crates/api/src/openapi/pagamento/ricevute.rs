//! Receipts (v3).

use domain::lettura::rpp::ESITI;
use domain::pagamento::Iniziativa;

use crate::openapi::operazione::{Operazione, operazione, parametro};
use crate::openapi::schema::{Schema, base64, lista, nome, numero, numero_intero, oggetto, oggetto_libero, testo, uno_di};

pub fn operazioni() -> Vec<Operazione> {
    vec![
        operazione("findRicevute", "Elenca le ricevute di uno IUV")
            .dice("Tutte in una pagina, le ultime prima. Senza tentativi che chi chiama possa vedere è 404; senza ricevute l'elenco è vuoto.")
            .query(vec![parametro("esito", uno_di(&ESITI.map(|(nome, _)| nome)), "Solo quelle con questo esito.")])
            .json(200, "Le ricevute.", nome("Ricevute")),
        operazione("getRicevuta", "Legge o stampa una ricevuta")
            .dice("L'intestazione `Accept` sceglie il formato. Di una somma arrivata senza ricevuta si stampa la quietanza: il suo identificativo è lo IUR.")
            .risponde(200, "La ricevuta.", vec![("application/json", Some(nome("Ricevuta"))), ("application/pdf", None)])
            .rifiuta(&[406]),
    ]
}

pub fn schemi() -> Vec<(&'static str, Schema)> {
    let esito = || uno_di(&ESITI.map(|(nome, _)| nome));
    let istante = || testo().dice("Data e ora locali, senza fuso.").esempio("2026-11-22T10:30:00");
    let riga =
        oggetto().deve("dominio", nome("DominioRiferito")).deve("iuv", testo()).deve("idRicevuta", testo()).puo("data", istante()).deve("esito", esito());
    let elenco = oggetto()
        .deve("numRisultati", numero_intero())
        .deve("numPagine", numero_intero())
        .deve("risultatiPerPagina", numero_intero())
        .deve("risultati", lista(riga.schema()));
    let messaggio = oggetto().deve("tipo", testo()).puo("xml", base64().dice("Com'è passato.")).deve("json", oggetto_libero());
    let attestante = oggetto().deve("idPSP", testo()).deve("denominazione", testo()).puo("idCanale", testo());
    let ricevuta = oggetto()
        .deve("dominio", nome("DominioRiferito"))
        .deve("iuv", testo())
        .deve("idRicevuta", testo())
        .deve("importo", numero())
        .deve("esito", esito())
        .puo("idPagamento", testo())
        .puo("idSessionePsp", testo())
        .deve("istitutoAttestante", attestante.schema())
        .deve("pendenza", nome("PendenzaPagata"))
        .puo("data", istante())
        .puo("dataPagamento", istante())
        .deve("rpt", messaggio.clone().schema())
        .deve("rt", messaggio.schema())
        .puo("modello", uno_di(&[Iniziativa::Ente.modello(), Iniziativa::Psp.modello()]));
    vec![("Ricevute", elenco.schema()), ("Ricevuta", ricevuta.schema())]
}
