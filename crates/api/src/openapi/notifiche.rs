//! API Backoffice v1: the queue of notifications.

use domain::notifica::{Stato, Tipo};

use super::operazione::{Famiglia, data, elenco, operazione, pagina, parametro};
use super::schema::{istante, numero_intero, oggetto, testo, uno_di};

pub fn famiglia() -> Famiglia {
    let stati = || uno_di(&Stato::TUTTI.map(Stato::codice));
    let tipi = || uno_di(&Tipo::TUTTI.map(Tipo::codice));
    let notifica = oggetto()
        .deve("tipo", tipi())
        .deve("dataCreazione", istante())
        .deve("stato", stati())
        .puo("descrizioneStato", testo().dice("Perché non è ancora partita, o perché non partirà."))
        .deve("dataUltimoAggiornamento", istante())
        .deve("dataProssimaSpedizione", istante())
        .deve("numeroTentativi", numero_intero())
        .deve("idA2A", testo());
    let filtri = vec![
        parametro("stato", stati(), "Solo quelle in questo stato."),
        parametro("tipo", tipi(), "Solo quelle di questo tipo."),
        data("dataDa", "Create da questo momento."),
        data("dataA", "Create fino a questo momento."),
    ];
    Famiglia {
        api: "backoffice",
        versione: "v1",
        gruppo: "Notifiche",
        operazioni: vec![operazione("findNotifiche", "Elenca le notifiche verso le applicazioni").query(pagina()).query(filtri).json(
            200,
            "Una pagina dell'elenco.",
            elenco("Notifica"),
        )],
        schemi: vec![("Notifica", notifica.parziale().schema())],
    }
}
