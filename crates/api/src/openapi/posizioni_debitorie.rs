//! API Backoffice v1: positions told to GPD and ACA. Not of the original.

use domain::posizione_debitoria::massivo::{OperazioneMassiva, StatoLotto};
use domain::posizione_debitoria::{Modalita, StatoInvio, StatoRemoto};

use super::operazione::{Famiglia, Parametro, elenco, operazione, pagina, parametro};
use super::schema::{booleano, istante, lista, nome, numero_intero, oggetto, testo, uno_di};

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
    let stati_lotto = || uno_di(&StatoLotto::TUTTI.map(StatoLotto::codice));
    let lotto = oggetto()
        .deve("idLotto", testo())
        .deve("idDominio", testo())
        .deve("operazione", uno_di(&OperazioneMassiva::TUTTE.map(OperazioneMassiva::codice)))
        .deve("consegna", uno_di(&["REST", "CARTELLA"]).dice("Al servizio di pagoPA, o in una cartella per chi usa SFTP."))
        .deve("stato", stati_lotto())
        .puo("nomeFile", testo())
        .puo("idFile", testo().dice("Il nome che il servizio ha dato al file."))
        .deve("posizioni", numero_intero())
        .deve("inviate", numero_intero())
        .deve("rifiutate", numero_intero())
        .deve("daRivedere", numero_intero().dice("Quelle che il rapporto lascia aperte: si comunicano una per una."))
        .deve("numeroTentativi", numero_intero())
        .puo("motivo", testo())
        .deve("dataCreazione", istante())
        .puo("dataInvio", istante())
        .puo("dataFine", istante());
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
            operazione("caricaPosizioniPerFile", "Manda a GPD per file le posizioni che aspettano")
                .query(vec![parametro("idDominio", testo(), "Solo quelle di questo dominio.")])
                .json(200, "Quanti file si sono aperti, e con quante posizioni.", nome("PosizioniPerFile")),
            operazione("findLottiPosizioni", "Elenca i file di posizioni")
                .query(pagina())
                .query(vec![
                    parametro("idDominio", testo(), "Solo quelli di questo dominio."),
                    parametro("stato", stati_lotto(), "Solo quelli in questo stato."),
                ])
                .json(200, "Una pagina dell'elenco.", elenco("LottoPosizioni")),
            operazione("getModalitaAvviso", "Dice chi serve un numero avviso")
                .dice("SINCRONA: la nostra stazione. ASINCRONA: GPD. Lo decide il codice di segregazione, e a SEND va detto per ogni avviso che si notifica.")
                .json(200, "La modalità.", nome("ModalitaAvviso")),
            operazione("findIbanPagoPA", "Elenca gli IBAN che pagoPA conosce")
                .dice("Come li ha detti l'ultima volta il suo back office, agli intermediari che ne hanno il connettore.")
                .query(pagina())
                .query(vec![parametro("idDominio", testo(), "Solo quelli di questo dominio.")])
                .json(200, "Una pagina dell'elenco.", elenco("IbanPagoPA")),
            operazione("findServiziPagoPA", "I servizi REST di pagoPA visti da questo nodo").json(200, "I servizi chiamati finora.", nome("ServiziPagoPA")),
        ],
        schemi: vec![
            ("PosizioneDebitoria", posizione.parziale().schema()),
            ("PosizioniRitentate", oggetto().deve("posizioni", numero_intero()).schema()),
            ("PosizioniPerFile", oggetto().deve("lotti", numero_intero()).deve("posizioni", numero_intero()).schema()),
            ("LottoPosizioni", lotto.parziale().schema()),
            ("ModalitaAvviso", oggetto().deve("idDominio", testo()).deve("numeroAvviso", testo()).deve("iuv", testo()).deve("modalita", modalita()).schema()),
            (
                "IbanPagoPA",
                oggetto()
                    .deve("idDominio", testo())
                    .deve("iban", testo())
                    .deve("abilitato", booleano())
                    .puo("dataInizioValidita", istante())
                    .parziale()
                    .schema(),
            ),
            ("ServizioPagoPA", servizio.schema()),
            ("ServiziPagoPA", oggetto().deve("servizi", lista(nome("ServizioPagoPA"))).schema()),
        ],
    }
}
