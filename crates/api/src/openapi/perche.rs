//! `byAvviso`, and why a notice can or cannot be paid: API Pendenze v2 and the back office.

use domain::anagrafica::{SeEnteNonRisponde, VersioneEnte};
use gateway::perche::Verdetto;

use super::operazione::{Famiglia, Operazione, operazione, parametro};
use super::schema::{Schema, booleano, data, importo, libero, lista, nome, oggetto, oggetto_libero, testo, uno_di};

pub fn pendenze() -> Famiglia {
    let by_avviso = operazione("getPendenzaByAvviso", "Legge la pendenza di un avviso")
        .dice("Un avviso mai caricato si chiede all'applicazione che risponde per il suo IUV, e la pendenza si conserva. Ciò che non si trova è 404, con il motivo.")
        .json(200, "La pendenza, con le voci e i tentativi di pagamento.", nome("Pendenza"))
        .rifiuta(&[404]);
    Famiglia {
        api: "pendenze",
        versione: "v2",
        gruppo: "Pendenze",
        operazioni: std::iter::once(by_avviso).chain(operazioni()).collect(),
        schemi: vec![("Perche", perche())],
    }
}

pub fn backoffice() -> Famiglia {
    Famiglia { api: "backoffice", versione: "v1", gruppo: "Pendenze", operazioni: operazioni(), schemi: Vec::new() }
}

fn operazioni() -> Vec<Operazione> {
    let una = |id, riassunto| {
        operazione(id, riassunto)
            .dice("Le regole della stazione, una per una, e ciò che il nodo sentirebbe. Non scrive nulla. È un'aggiunta di Fiorino.")
            .query(vec![parametro("verifica", booleano().con("default", false), "Se si può chiedere all'ente, come farebbe la stazione.")])
            .json(200, "Le regole, la risposta al nodo, chi risponde.", nome("Perche"))
            .rifiuta(&[404])
    };
    vec![una("getPerche", "Dice se una pendenza si può pagare adesso, e perché"), una("getPercheByAvviso", "Dice se un avviso si può pagare adesso, e perché")]
}

fn perche() -> Schema {
    let guardia = oggetto()
        .deve("regola", testo())
        .deve("verdetto", uno_di(&[Verdetto::Passa, Verdetto::Ferma, Verdetto::Sospesa].map(Verdetto::codice)))
        .deve("confronto", oggetto_libero().dice("I valori che la regola guarda, per nome."))
        .deve("spiegazione", testo());
    let nodo = oggetto()
        .deve("outcome", libero().dice("OK, KO, o null quando lo direbbe l'ente."))
        .puo("faultCode", testo())
        .puo("faultString", testo())
        .puo("description", testo())
        .puo("amount", importo())
        .puo("dueDate", data())
        .puo("detailDescription", testo())
        .puo("allCCP", booleano())
        .puo("paymentDescription", testo())
        .puo("fiscalCodePA", testo())
        .puo("companyName", testo())
        .puo("officeName", testo());
    let attivazione = oggetto()
        .deve("operazione", testo())
        .deve("outcome", uno_di(&["OK", "KO"]))
        .puo("faultCode", testo())
        .puo("faultString", testo())
        .puo("description", testo());
    let candidata = oggetto()
        .deve("idA2A", testo())
        .deve("autorizzataSulDominio", booleano())
        .puo("regExpIuv", testo())
        .puo("riconosceLoIuv", booleano())
        .puo("versioneApi", uno_di(&VersioneEnte::TUTTE.map(VersioneEnte::nome)))
        .deve("scelta", booleano());
    let applicazione = oggetto().puo("idA2A", testo()).deve("candidate", lista(candidata.schema()));
    let ente = oggetto().deve("domanda", uno_di(&["getAvviso", "verifyPendenza"])).deve("esito", testo()).puo("descrizione", testo());
    oggetto()
        .deve("idDominio", testo())
        .deve("numeroAvviso", testo())
        .deve("istante", testo())
        .deve("pagabile", libero().dice("Vero o falso; null quando lo direbbe l'ente, che non è stato interrogato."))
        .puo("regola", testo().dice("Quella che ferma il pagamento."))
        .deve("guardie", lista(guardia.schema()).dice("Nell'ordine della stazione, fino a quella che ferma."))
        .deve("nodo", nodo.schema().dice("La risposta a paVerifyPaymentNotice."))
        .deve("attivazioni", lista(attivazione.schema()).dice("La risposta a paGetPayment e a paGetPaymentV2, quando la verifica è buona."))
        .deve("applicazione", applicazione.schema().dice("Chi risponde per lo IUV, e perché."))
        .puo("seEnteNonRisponde", uno_di(&SeEnteNonRisponde::TUTTI.map(SeEnteNonRisponde::codice)))
        .puo("ente", ente.schema().dice("Che cosa ha detto l'ente, se è stato interrogato."))
        .puo("pendenza", nome("Pendenza"))
        .puo("siSalverebbe", nome("Pendenza"))
        .schema()
}
