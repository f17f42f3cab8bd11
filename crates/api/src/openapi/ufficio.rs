//! API Backoffice v1: positions, payments, receipts and money, as the office sees them.

use domain::lettura::avviso::NUMERI_AVVISO_MAX;
use domain::lettura::lista::STATI_V2;
use domain::lettura::pendenza::TASSONOMIE_AVVISO;
use domain::lettura::regole::{FORMA_NUMERO_AVVISO, IDENTIFICATIVO};
use domain::lettura::rpp::ESITI_V1;
use domain::lettura::ufficio::{ORDINAMENTO_PAGAMENTI, ORDINAMENTO_RISCOSSIONI};
use domain::pendenza::StatoMostrato;
use domain::ricevuta::{StatoRiscossione, TipoRiscossione};
use domain::{pagamento, promemoria};

use super::creditore;
use super::operazione::{Famiglia, Operazione, Parametro, data, elenco, id_dominio, modifiche, operazione, ordinamento, pagina, parametro, voce_di_modifica};
use super::pendenze::{comune_pendenza, comune_voce, filtri_pendenze, filtri_rpp, lingue, modifiche_pendenza, rpp};
use super::schema::{
    Oggetto, Schema, base64, booleano, forma, importo, istante, libero, lista, lista_di, nome, numero, numero_intero, oggetto, oggetto_libero, regola, testo,
    uno_di,
};

pub fn pendenze() -> Famiglia {
    Famiglia { api: "backoffice", versione: "v1", gruppo: "Pendenze", operazioni: di_pendenze(), schemi: schemi() }
}

pub fn pagamenti() -> Famiglia {
    let mut operazioni = di_pagamenti();
    operazioni.extend(di_denaro());
    Famiglia { api: "backoffice", versione: "v1", gruppo: "Pagamenti", operazioni, schemi: schemi_pagamenti() }
}

fn solo(nome: &'static str, descrizione: &'static str) -> Parametro {
    parametro(nome, testo(), descrizione)
}

fn stampa_avviso() -> Parametro {
    parametro("stampaAvviso", booleano().con("default", false), "Se la risposta porta il PDF dell'avviso.")
}

fn di_pendenze() -> Vec<Operazione> {
    let creata =
        |o: Operazione| o.json(200, "Sostituita.", nome("PendenzaUfficioCreata")).json(201, "Caricata.", nome("PendenzaUfficioCreata")).rifiuta(&[422, 502]);
    vec![
        operazione("findPendenze", "Elenca le pendenze")
            .dice("Chi chiama vede quelle dei suoi enti, unità operative e tipi. `ordinamento=smart`, con `idDebitore`: prima ciò che è da pagare, poi per vicinanza.")
            .query(pagina())
            .query(filtri_pendenze(&STATI_V2).into_iter().filter(|p| p.nome != super::operazione::ORDINAMENTO).collect())
            .query(vec![
                ordinamento(&["dataCaricamento", "dataValidita", "dataScadenza", "stato", "smart"]),
                solo("idA2A", "Solo quelle dell'applicazione."),
                solo("idPendenza", "Solo quella con questo identificativo."),
                solo("idTipoPendenza", "Solo quelle di questo tipo; si ripete per dirne più d'uno."),
                solo("direzione", "Solo quelle della direzione."),
                solo("divisione", "Solo quelle della divisione."),
                solo("iuv", "Solo quella con questo IUV, o con questo numero avviso di 18 cifre."),
                parametro("mostraSpontaneiNonPagati", booleano().con("default", false), "Anche gli spontanei che nessuno ha ancora pagato."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("PendenzaUfficioIndice")),
        creata(operazione("addPendenzaPOST", "Carica o sostituisce una pendenza").query(vec![stampa_avviso()]).corpo(nome("NuovaPendenzaUfficioPost"))),
        operazione("getPendenza", "Legge una pendenza").json(200, "La pendenza, con voci, riscossioni e tentativi.", nome("PendenzaUfficio")),
        creata(
            operazione("addPendenza", "Carica o sostituisce una pendenza")
                .dice("Un'applicazione scrive soltanto le sue, un operatore quelle di tutte.")
                .query(vec![stampa_avviso()])
                .corpo(nome("NuovaPendenzaUfficio")),
        ),
        operazione("updatePendenza", "Annulla, ripristina o annota una pendenza")
            .modifica(modifiche_pendenza())
            .json(200, "La pendenza com'è adesso.", nome("PendenzaUfficio"))
            .rifiuta(&[422]),
        operazione("pagaPendenzaAltrove", "Segna una pendenza come pagata fuori da pagoPA")
            .dice("Allo sportello, in contanti: non si paga piu', e a chi ne ha una copia (ACA, GPD) lo si dice. Non si torna indietro.")
            .query(vec![
                data("dataPagamento", "Quando e' stata pagata; senza, adesso."),
                parametro("motivo", testo(), "Diventa la descrizione dello stato."),
            ])
            .json(200, "La pendenza com'è adesso.", nome("PendenzaUfficio"))
            .rifiuta(&[422]),
        creata(
            operazione("addPendenzaCustom", "Carica una pendenza da un modulo")
                .dice("Lo schema, il modello e l'inoltro del tipo pendenza (`portaleBackoffice`) dicono che cosa farne.")
                .query(vec![parametro("idUnitaOperativa", regola(&IDENTIFICATIVO), "L'unità operativa della pendenza."), stampa_avviso()])
                .tipo_corpo(&["application/json"], oggetto_libero()),
        )
        .rifiuta(&[404]),
        operazione("getPendenzaByAvviso", "Legge la pendenza di un avviso")
            .dice("Una che nessuno ha caricato si chiede all'applicazione che ne risponde.")
            .json(200, "La pendenza.", nome("PendenzaUfficio")),
        operazione("getAvviso", "Legge o stampa un avviso di pagamento")
            .dice("L'intestazione `Accept` sceglie il formato; senza preferenze, JSON.")
            .query(vec![parametro("linguaSecondaria", lingue(), "La seconda lingua della stampa.")])
            .risponde(200, "L'avviso.", vec![("application/json", Some(nome("AvvisoUfficio"))), ("application/pdf", None)])
            .rifiuta(&[422]),
        operazione("getAvvisiDocumento", "Stampa le rate di un documento che sono ancora da pagare")
            .query(vec![
                parametro("linguaSecondaria", lingue(), "La seconda lingua della stampa."),
                parametro("numeriAvviso", lista_di(forma(&FORMA_NUMERO_AVVISO), 0, NUMERI_AVVISO_MAX), "Solo questi avvisi; si ripete per dirne più d'uno."),
            ])
            .risponde(200, "Il documento.", vec![("application/pdf", None)])
            .rifiuta(&[422]),
        operazione("getAllegatoPendenza", "Scarica un allegato di una pendenza").risponde(
            200,
            "Il file, col tipo che gli ha dato chi l'ha caricato.",
            vec![("*/*", None)],
        ),
    ]
}

fn di_pagamenti() -> Vec<Operazione> {
    let nota = oggetto().deve("oggetto", testo().con("minLength", 1)).puo("testo", testo()).schema().con("additionalProperties", true);
    vec![
        operazione("findPagamenti", "Elenca i pagamenti iniziati dai portali")
            .query(pagina())
            .query(vec![
                ordinamento(&ORDINAMENTO_PAGAMENTI),
                parametro("stato", uno_di(&pagamento::Stato::TUTTI.map(pagamento::Stato::codice)), "Solo quelli in questo stato."),
                solo("versante", "Codice fiscale o partita IVA di chi paga."),
                solo("idSessionePortale", "Solo quello con questo identificativo del portale."),
                parametro("verificato", booleano(), "Solo quelli che qualcuno ha guardato, o gli altri."),
                data("dataDa", "Chiesti da questo momento."),
                data("dataA", "Chiesti fino a questo momento."),
                solo("idDebitore", "Codice fiscale o partita IVA di chi deve."),
                solo("id", "Solo quello con questo identificativo."),
                parametro("severitaDa", numero_intero().con("minimum", 0), "Falliti con almeno questa severità."),
                parametro("severitaA", numero_intero().con("minimum", 0), "Falliti con al più questa severità."),
                id_dominio(),
                solo("iuv", "Solo quelli con questo IUV."),
                solo("idA2A", "Solo quelli dell'applicazione."),
                solo("idPendenza", "Solo quelli della pendenza."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("PagamentoUfficioIndice")),
        operazione("getPagamento", "Legge un pagamento").json(200, "Il pagamento, coi suoi tentativi.", nome("PagamentoUfficio")),
        operazione("updatePagamento", "Annota un pagamento, o lo segna come verificato")
            .modifica(modifiche(vec![voce_di_modifica(&["REPLACE"], "/verificato", booleano()), voce_di_modifica(&["ADD"], "/nota", nota)]))
            .json(200, "Il pagamento com'è adesso.", nome("PagamentoUfficio")),
        operazione("findRpps", "Elenca i tentativi di pagamento")
            .query(pagina())
            .query(filtri_rpp())
            .query(vec![
                solo("idA2A", "Solo quelli dell'applicazione."),
                solo("idDebitore", "Codice fiscale o partita IVA del debitore."),
                solo("anagraficaDebitore", "Solo dove il nome del debitore contiene questo testo."),
                parametro("esito", uno_di(&ESITI_V1.map(|(nome, _)| nome)), "Solo quelli con questo esito."),
                data("dataRptDa", "Richiesti da questo momento."),
                data("dataRptA", "Richiesti fino a questo momento."),
                data("dataRtDa", "Con la ricevuta da questo momento."),
                data("dataRtA", "Con la ricevuta fino a questo momento."),
                solo("direzione", "Solo quelli della direzione; si ripete."),
                solo("divisione", "Solo quelli della divisione; si ripete."),
                solo("tassonomia", "Solo quelli della tassonomia."),
                solo("idUnita", "Solo quelli dell'unità operativa."),
                solo("idTipoPendenza", "Solo quelli del tipo pendenza."),
                parametro("retrocompatibilitaMessaggiPagoPAV1", booleano(), "Richieste e ricevute di oggi nella forma delle RPT e RT 6.2.0."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("RppUfficioRiga")),
        operazione("getRpp", "Legge un tentativo di pagamento").json(200, "Il tentativo, con la richiesta e la ricevuta.", nome("RppUfficio")),
        operazione("updateRpp", "Sblocca un tentativo di pagamento, o ne acquisisce la ricevuta")
            .modifica(modifiche(vec![voce_di_modifica(&["REPLACE"], "/bloccante", booleano()), voce_di_modifica(&["REPLACE"], "/rt", base64())]))
            .json(200, "Il tentativo com'è adesso.", nome("RppUfficio"))
            .rifiuta(&[422]),
        operazione("getRpt", "Legge la richiesta di pagamento mandata al nodo").dice("L'intestazione `Accept` sceglie il formato.").risponde(
            200,
            "La richiesta.",
            vec![("application/json", Some(oggetto_libero())), ("text/xml", None)],
        ),
        operazione("getRt", "Legge o stampa una ricevuta").dice("L'intestazione `Accept` sceglie il formato.").risponde(
            200,
            "La ricevuta.",
            vec![("application/json", Some(oggetto_libero())), ("text/xml", None), ("application/pdf", None), ("application/octet-stream", None)],
        ),
        operazione("addRicevuta", "Acquisisce una ricevuta portata a mano")
            .dice("Come se l'avesse mandata pagoPA: `paSendRTV2Request` o `paSendRTReq`, in una busta SOAP o da sola.")
            .tipo_corpo(&["text/xml", "multipart/form-data"], testo())
            .json(201, "Acquisita.", nome("RppUfficio"))
            .rifiuta(&[415, 422]),
    ]
}

fn di_denaro() -> Vec<Operazione> {
    let stati = || uno_di(&StatoRiscossione::TUTTI.map(StatoRiscossione::nome));
    vec![
        operazione("findRiscossioni", "Elenca le somme riscosse")
            .query(pagina())
            .query(vec![
                ordinamento(&ORDINAMENTO_RISCOSSIONI),
                id_dominio(),
                solo("idA2A", "Solo quelle dell'applicazione."),
                solo("idPendenza", "Solo quelle della pendenza."),
                solo("idUnita", "Solo quelle dell'unità operativa."),
                solo("idTipoPendenza", "Solo quelle del tipo pendenza."),
                parametro("stato", stati(), "Solo quelle in questo stato."),
                data("dataDa", "Pagate da questo momento."),
                data("dataA", "Pagate fino a questo momento."),
                parametro("tipo", uno_di(&TipoRiscossione::TUTTI.map(TipoRiscossione::codice)), "Si ripete; senza, `ENTRATA` e `MBT`."),
                solo("iuv", "Solo quelle con questo IUV."),
                solo("iur", "Solo quelle con questo identificativo di riscossione."),
                solo("direzione", "Solo quelle della direzione; si ripete."),
                solo("divisione", "Solo quelle della divisione; si ripete."),
                solo("tassonomia", "Solo quelle della tassonomia; si ripete."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("RiscossioneIndice")),
        operazione("getRiscossione", "Legge una somma riscossa")
            .dice("Con `Accept: application/pdf` si stampa la ricevuta che l'ha portata o, se non ce n'è, la quietanza.")
            .risponde(200, "La somma, con la voce che paga.", vec![("application/json", Some(nome("Riscossione"))), ("application/pdf", None)]),
        operazione("findPromemoria", "Elenca i promemoria verso i debitori")
            .query(pagina())
            .query(vec![
                parametro("stato", uno_di(&promemoria::Stato::TUTTI.map(promemoria::Stato::codice)), "Solo quelli in questo stato."),
                parametro("tipo", uno_di(&promemoria::Tipo::TUTTI.map(promemoria::Tipo::codice)), "Solo quelli di questo tipo."),
                data("dataDa", "Creati da questo momento."),
                data("dataA", "Creati fino a questo momento."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("Promemoria")),
    ]
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let creata = oggetto()
        .deve("idA2A", testo())
        .deve("idPendenza", testo())
        .deve("idDominio", testo())
        .puo("idUnitaOperativa", testo())
        .deve("numeroAvviso", testo())
        .puo("pdf", base64().dice("L'avviso, quando è chiesto e si può stampare."))
        .deve("UUID", testo().dice("Con questo il debitore ritrova la pendenza."));
    let intera = pendenza()
        .puo("descrizioneStato", testo())
        .deve("voci", lista(voce().deve("riscossioni", lista(riscossione().schema())).schema()))
        .deve("rpp", lista(nome("RppUfficio")))
        .deve("pagamenti", lista(pagamento().schema()))
        .puo("allegati", lista(allegato()));
    vec![
        ("PendenzaUfficioCreata", creata.schema()),
        ("PendenzaUfficioIndice", indice().parziale().schema()),
        ("PendenzaUfficio", intera.schema()),
        ("RppUfficio", tentativo().schema()),
        ("RppUfficioRiga", tentativo().parziale().schema()),
        ("AvvisoUfficio", avviso()),
    ]
}

fn schemi_pagamenti() -> Vec<(&'static str, Schema)> {
    let stati = uno_di(&promemoria::Stato::TUTTI.map(promemoria::Stato::codice));
    let promemoria = oggetto()
        .deve("tipo", uno_di(&promemoria::Tipo::TUTTI.map(promemoria::Tipo::codice)))
        .deve("dataCreazione", istante())
        .deve("stato", stati)
        .puo("descrizioneStato", testo())
        .deve("dataUltimoAggiornamento", istante())
        .deve("dataProssimaSpedizione", istante())
        .deve("numeroTentativi", numero_intero());
    vec![
        ("PagamentoUfficioIndice", pagamento().deve("rpp", testo().dice("Indirizzo dei tentativi.")).parziale().schema()),
        ("PagamentoUfficio", pagamento().deve("rpp", lista(nome("RppUfficio"))).schema()),
        ("RiscossioneIndice", riscossione().puo("idVocePendenza", testo()).parziale().schema()),
        ("Riscossione", riscossione().puo("vocePendenza", voce().deve("pendenza", nome("PendenzaUfficioIndice")).schema()).schema()),
        ("Promemoria", promemoria.parziale().schema()),
    ]
}

fn indice() -> Oggetto {
    pendenza().deve("rpp", testo().dice("Indirizzo dei tentativi di pagamento.")).deve("pagamenti", testo().dice("Indirizzo dei pagamenti."))
}

/// What list item and detail have in common.
fn pendenza() -> Oggetto {
    let tipo = oggetto().deve("idTipoPendenza", testo()).deve("descrizione", testo()).deve("tipo", uno_di(&["dovuto", "spontaneo"]));
    comune_pendenza(&StatoMostrato::TUTTI)
        .senza(&["descrizioneStato"])
        .puo("nome", testo())
        .deve("tipoPendenza", tipo.schema())
        .deve("dominio", nome("DominioIndice"))
        .puo("unitaOperativa", creditore::unita().parziale().schema())
        .deve("iuvAvviso", testo())
        .puo("iuvPagamento", testo())
        .deve("dataUltimoAggiornamento", super::schema::data())
        .puo("dataPagamento", super::schema::data())
        .deve("importoPagato", numero())
        .deve("importoIncassato", numero())
        .deve("anomalo", booleano())
        .deve("verificato", booleano().dice("Se qualcuno ha guardato l'anomalia."))
        .puo("direzione", testo())
        .puo("divisione", testo())
        .puo("documento", nome("DocumentoMostrato"))
        .deve("tipo", uno_di(&["dovuto", "spontaneo"]))
        .deve("UUID", testo())
        .puo("proprieta", oggetto_libero())
        .puo("dataNotificaAvviso", super::schema::data())
        .puo("dataPromemoriaScadenza", super::schema::data())
        .deve("dataUltimaModificaAca", testo().dice("Con i millesimi e lo scostamento senza i due punti."))
}

fn voce() -> Oggetto {
    comune_voce().puo("dominio", nome("DominioIndice")).puo("contabilita", oggetto_libero()).puo("metadata", oggetto_libero()).puo("ibanAppoggio", testo())
}

fn tentativo() -> Oggetto {
    rpp("PendenzaUfficioIndice").deve("bloccante", booleano()).deve("modello", testo())
}

fn riscossione() -> Oggetto {
    oggetto()
        .deve("idDominio", testo())
        .deve("iuv", testo())
        .deve("iur", testo())
        .deve("indice", numero_intero())
        .deve("pendenza", testo().dice("Indirizzo della pendenza."))
        .puo("rpp", testo().dice("Indirizzo del tentativo; manca per ciò che è arrivato senza RPT."))
        .deve("stato", uno_di(&StatoRiscossione::TUTTI.map(StatoRiscossione::nome)))
        .deve("tipo", uno_di(&TipoRiscossione::TUTTI.map(TipoRiscossione::codice)))
        .deve("importo", importo())
        .deve("data", super::schema::data())
        .puo("commissioni", numero())
}

fn pagamento() -> Oggetto {
    oggetto()
        .deve("id", testo())
        .deve("nome", testo())
        .deve("dataRichiestaPagamento", istante())
        .puo("idSessionePortale", testo())
        .puo("idSessionePsp", testo())
        .deve("importo", importo())
        .deve("stato", uno_di(&pagamento::Stato::TUTTI.map(pagamento::Stato::codice)))
        .puo("descrizioneStato", testo())
        .deve("modello", testo())
        .puo("pspRedirectUrl", testo())
        .puo("urlRitorno", testo())
        .puo("soggettoVersante", nome("SoggettoMostrato"))
        .puo("contoAddebito", libero())
        .puo("dataEsecuzionePagamento", libero())
        .puo("credenzialiPagatore", libero())
        .puo("autenticazioneSoggetto", libero())
        .puo("lingua", libero())
        .deve("verificato", booleano())
        .puo("severita", numero_intero())
}

fn allegato() -> Schema {
    oggetto().deve("nome", testo()).puo("tipo", testo()).puo("descrizione", testo()).deve("contenuto", testo().dice("Indirizzo del file.")).schema()
}

fn avviso() -> Schema {
    oggetto()
        .deve("stato", uno_di(&["Pagato", "Non pagato", "Scaduto", "Annullato"]))
        .deve("importo", importo())
        .deve("idDominio", testo())
        .deve("numeroAvviso", testo())
        .puo("dataValidita", super::schema::data())
        .puo("dataScadenza", super::schema::data())
        .deve("descrizione", testo())
        .puo("tassonomiaAvviso", uno_di(&TASSONOMIE_AVVISO))
        .deve("qrcode", testo())
        .deve("barcode", testo())
        .schema()
}
