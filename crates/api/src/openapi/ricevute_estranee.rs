//! API Backoffice v1: the inbox of foreign receipts. Not of the original.

use super::operazione::{Famiglia, data, elenco, id_dominio, operazione, pagina, parametro};
use super::schema::{Oggetto, importo, istante, nome, oggetto, oggetto_libero, testo, uno_di};
use crate::backoffice::ricevute_estranee::{COLLEGATA, DA_COLLEGARE};

pub fn famiglia() -> Famiglia {
    let stati = || uno_di(&[DA_COLLEGARE, COLLEGATA]);
    let riga = || -> Oggetto {
        oggetto()
            .deve("idDominio", testo().dice("L'ente a cui la ricevuta era indirizzata."))
            .deve("idRicevuta", testo())
            .deve("iuv", testo())
            .deve("idStazione", testo())
            .deve("importo", importo())
            .deve("dataArrivo", istante())
            .deve("stato", stati())
            .puo("idA2A", testo())
            .puo("idPendenza", testo())
            .puo("dataCollegamento", istante())
            .puo("operatore", testo().dice("Chi l'ha collegata; manca se pagoPA l'ha rimandata quando la pendenza c'era."))
    };
    let candidata = oggetto().deve("idA2A", testo()).deve("idPendenza", testo());
    let dettaglio = riga()
        .puo("pendenzaCorrispondente", candidata.schema().dice("La pendenza di questo dominio e di questo IUV, se ora c'è."))
        .puo("ricevuta", oggetto_libero().dice("Il messaggio in JSON; manca se non si legge."));
    let filtri = vec![
        id_dominio(),
        parametro("iuv", testo(), "Solo quelle di questo IUV."),
        parametro("idRicevuta", testo(), "Solo quella con questo numero."),
        parametro("stato", stati(), "Solo quelle in questo stato."),
        data("dataDa", "Arrivate da questo momento."),
        data("dataA", "Arrivate fino a questo momento."),
    ];
    Famiglia {
        api: "backoffice",
        versione: "v1",
        gruppo: "Ricevute estranee",
        operazioni: vec![
            operazione("findRicevuteEstranee", "Elenca le ricevute di avvisi che non c'erano")
                .dice("Le ultime arrivate prima. Il denaro si è mosso: ognuna aspetta che qualcuno la colleghi alla sua pendenza.")
                .query(pagina())
                .query(filtri)
                .json(200, "Una pagina dell'elenco.", elenco("RicevutaEstraneaIndice")),
            operazione("getRicevutaEstranea", "Legge una ricevuta estranea")
                .dice("In JSON, o il messaggio com'è arrivato, secondo `Accept`.")
                .risponde(200, "La ricevuta.", vec![("application/json", Some(nome("RicevutaEstranea"))), ("text/xml", None)])
                .rifiuta(&[404]),
            operazione("collegaRicevutaEstranea", "Collega una ricevuta estranea a una pendenza")
                .dice(
                    "La ricevuta si acquisisce come se arrivasse ora: la pendenza deve avere lo stesso dominio e lo stesso IUV. Il dettaglio del 422 dice che cosa \
                     non va. Chiederlo di nuovo dopo un'interruzione è senza danno.",
                )
                .json(200, "La transazione che la ricevuta ha chiuso.", nome("RppUfficio"))
                .rifiuta(&[404, 422]),
        ],
        schemi: vec![("RicevutaEstraneaIndice", riga().parziale().schema()), ("RicevutaEstranea", dettaglio.schema())],
    }
}
