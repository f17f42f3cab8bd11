//! API Backoffice v1: the giornale degli eventi.

use store::eventi::Categoria;

use super::operazione::{Famiglia, data, elenco, operazione, pagina, parametro};
use super::schema::{Oggetto, Schema, booleano, intero, istante, lista, numero_intero, oggetto, oggetto_libero, testo, uno_di};

pub fn famiglia() -> Famiglia {
    Famiglia {
        api: "backoffice",
        versione: "v1",
        gruppo: "Giornale degli eventi",
        operazioni: vec![
            operazione("findEventi", "Elenca gli eventi, dal più recente")
                .dice("Chi non ha il diritto sul giornale vede gli eventi di una pendenza o di un pagamento che può leggere, se li chiede per (idA2A, idPendenza), (idDominio, iuv) o idPagamento; altrimenti nessuno.")
                .query(pagina())
                .query(filtri())
                .json(200, "Una pagina dell'elenco.", elenco("Evento")),
            operazione("getEvento", "Legge un evento, con i messaggi che sono stati conservati").json(200, "L'evento.", super::schema::nome("Evento")),
            operazione("getFascicolo", "Legge ogni richiesta e risposta di un pagamento, in ordine, come archivio")
                .dice("Contiene dati personali. I file sono numerati; indice.json ha l'impronta BLAKE3 di ognuno.")
                .query(vec![parametro("ccp", testo(), "Un tentativo solo, con ciò che non è di nessun tentativo.")])
                .risponde(200, "Lo zip.", vec![("application/zip", None)]),
            operazione("getLivelliServizio", "Legge il livello di servizio della stazione in un mese")
                .query(vec![parametro("mese", testo().esempio("2026-11"), "AAAA-MM; senza, il mese di oggi.")])
                .json(200, "Per stazione e operazione.", livelli()),
        ],
        schemi: vec![("Evento", evento().parziale().schema())],
    }
}

fn filtri() -> Vec<super::operazione::Parametro> {
    let categorie = Categoria::TUTTE.map(Categoria::codice);
    vec![
        parametro("idDominio", testo(), "Solo quelli di questo dominio."),
        parametro("iuv", testo(), "Solo quelli con questo IUV."),
        parametro("ccp", testo(), "Solo quelli di questo tentativo di pagamento."),
        parametro("idA2A", testo(), "Solo quelli delle pendenze di questa applicazione."),
        parametro("idPendenza", testo(), "Con idA2A: quelli della pendenza, e quelli che la conoscono solo per IUV."),
        parametro("idPagamento", testo(), "Solo quelli di questo pagamento e delle sue pendenze."),
        parametro("esito", uno_di(&["OK", "KO", "FAIL"]), "Solo quelli finiti così."),
        data("dataDa", "Da questo momento."),
        data("dataA", "Fino a questo momento."),
        parametro("categoriaEvento", uno_di(&categorie), "Solo quelli di questa categoria."),
        parametro("tipoEvento", testo(), "Solo quelli di questa operazione."),
        parametro("sottotipoEvento", testo(), "Solo quelli di questo sottotipo."),
        parametro("componente", testo(), "Solo quelli di questa interfaccia."),
        parametro("ruolo", uno_di(&["SERVER", "CLIENT"]), "SERVER: siamo stati chiamati; CLIENT: abbiamo chiamato."),
        parametro("messaggi", booleano(), "Vero: con richieste e risposte."),
        parametro("severitaDa", intero(0, i64::from(i32::MAX)), "Da questa severità."),
        parametro("severitaA", intero(0, i64::from(i32::MAX)), "Fino a questa severità."),
    ]
}

fn evento() -> Oggetto {
    oggetto()
        .deve("id", numero_intero())
        .deve("componente", testo())
        .deve("categoriaEvento", uno_di(&Categoria::TUTTE.map(Categoria::codice)))
        .deve("ruolo", uno_di(&["SERVER", "CLIENT"]))
        .deve("tipoEvento", testo())
        .puo("sottotipoEvento", testo())
        .deve("esito", uno_di(&["OK", "KO", "FAIL"]))
        .deve("dataEvento", istante())
        .deve("durataEvento", numero_intero().dice("Millisecondi."))
        .puo("sottotipoEsito", testo())
        .puo("dettaglioEsito", testo())
        .puo("idDominio", testo())
        .puo("iuv", testo())
        .puo("ccp", testo())
        .puo("idA2A", testo())
        .puo("idPendenza", testo())
        .puo("idPagamento", testo())
        .puo("datiPagoPA", oggetto_libero())
        .puo("severita", numero_intero())
        .puo("clusterId", testo().dice("Il nodo che l'ha scritto."))
        .puo("transactionId", testo().dice("Il numero della richiesta."))
        .puo("parametriRichiesta", messaggio("Vuoto quando non è stata conservata."))
        .puo("parametriRisposta", messaggio("Vuoto quando non è stata conservata."))
}

fn livelli() -> Schema {
    let operazione = oggetto()
        .deve("operazione", testo())
        .deve("risposte", numero_intero())
        .deve("entroDueSecondi", numero_intero())
        .deve("millesimi", numero_intero().dice("Quota di risposte entro due secondi."))
        .deve("rispettato", booleano())
        .deve("guasti", numero_intero())
        .deve("durataMediaMs", numero_intero())
        .deve("durataMassimaMs", numero_intero());
    let stazione = oggetto()
        .deve("idStazione", testo())
        .deve("minutiFermi", numero_intero().dice("Minuti in cui nessuna chiamata ha avuto risposta."))
        .deve("operazioni", lista(operazione.schema()));
    let adesso = oggetto().deve("idStazione", testo()).deve("risposte", numero_intero()).deve("guasti", numero_intero()).deve("minacciaStandIn", booleano());
    oggetto()
        .deve("mese", testo())
        .deve("sogliaMillesimi", numero_intero())
        .deve("stazioni", lista(stazione.schema()))
        .deve("ultimaMezzora", lista(adesso.schema()))
        .schema()
}

fn messaggio(descrizione: &str) -> Schema {
    oggetto_libero().dice(descrizione)
}
