//! API Backoffice v1: positions told to GPD and ACA. Not of the original.

use domain::posizione_debitoria::{Modalita, StatoInvio, StatoRemoto};

use super::operazione::{Famiglia, Parametro, elenco, operazione, pagina, parametro};
use super::schema::{istante, lista, nome, numero_intero, oggetto, testo, uno_di};

pub fn famiglia() -> Famiglia {
    let stati = || uno_di(&StatoInvio::TUTTI.map(StatoInvio::codice));
    let modalita = || uno_di(&Modalita::TUTTE.map(Modalita::codice));
    let archivio: Vec<&str> = ["ASSENTE", "IGNOTO"].into_iter().chain(StatoRemoto::TUTTI.map(StatoRemoto::codice)).collect();
    let posizione = oggetto()
        .deve("idDominio", testo())
        .deve("idA2A", testo())
        .deve("idPendenza", testo())
        .deve("numeroAvviso", testo())
        .deve("iupd", testo().dice("Il nome della posizione nell'archivio."))
        .deve("modalita", modalita().dice("SINCRONA: conferita ad ACA. ASINCRONA: servita da GPD."))
        .deve("stato", stati())
        .deve("statoArchivio", uno_di(&archivio).dice("Stato nell'archivio, per quanto se ne sa."))
        .puo("motivo", testo().dice("Perché non è ancora partita, o perché è stata messa da parte."))
        .deve("numeroTentativi", numero_intero())
        .deve("dataUltimaModifica", istante())
        .puo("dataUltimaComunicazione", istante())
        .puo("dataProssimoTentativo", istante());
    let servizio = oggetto()
        .deve("servizio", testo().esempio("aca"))
        .deve("server", testo())
        .deve("circuito", uno_di(&["chiuso", "aperto", "in prova"]).dice("Chiuso: le chiamate passano."))
        .puo("motivo", testo().dice("Perché il circuito non è chiuso."))
        .puo("riprovaFraSecondi", numero_intero())
        .puo("pausaSecondi", numero_intero().dice("Quanto il servizio ha chiesto di aspettare (Retry-After)."))
        .deve("chiamateDisponibili", numero_intero())
        .deve("chiamate", numero_intero())
        .deve("chiamateFallite", numero_intero());
    let filtri = || -> Vec<Parametro> {
        vec![
            parametro("idDominio", testo(), "Solo quelle di questo dominio."),
            parametro("stato", stati(), "Solo quelle in questo stato."),
            parametro("modalita", modalita(), "Solo quelle di questa modalità."),
            parametro("idA2A", testo(), "Solo quelle di questa applicazione."),
            parametro("idPendenza", testo(), "Solo quella di questa pendenza."),
        ]
    };
    Famiglia {
        api: "backoffice",
        versione: "v1",
        gruppo: "Posizioni debitorie",
        operazioni: vec![
            operazione("findPosizioniDebitorie", "Elenca le posizioni comunicate a GPD e ACA").query(pagina()).query(filtri()).json(
                200,
                "Una pagina dell'elenco.",
                elenco("PosizioneDebitoria"),
            ),
            operazione("riprovaPosizioniDebitorie", "Ritenta le posizioni messe da parte").query(filtri()).json(
                200,
                "Quante si ritentano.",
                nome("PosizioniRitentate"),
            ),
            operazione("findServiziPagoPA", "I servizi REST di pagoPA visti da questo nodo").json(200, "I servizi chiamati finora.", nome("ServiziPagoPA")),
        ],
        schemi: vec![
            ("PosizioneDebitoria", posizione.parziale().schema()),
            ("PosizioniRitentate", oggetto().deve("posizioni", numero_intero()).schema()),
            ("ServizioPagoPA", servizio.schema()),
            ("ServiziPagoPA", oggetto().deve("servizi", lista(nome("ServizioPagoPA"))).schema()),
        ],
    }
}
