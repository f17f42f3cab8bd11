//! Positions, avvisi and attempts, as who pays sees them.

use domain::lettura::lista::{STATI_PAGAMENTO, STATI_V1};
use domain::lettura::rpp::{ESITI, ESITI_V1};
use domain::pendenza::StatoMostrato;

use crate::openapi::creditore;
use crate::openapi::operazione::{Operazione, Parametro, data, elenco, operazione, pagina, parametro};
use crate::openapi::pendenze::{allegato, comune_pendenza, comune_voce, file_allegato, filtri_pendenze, filtri_rpp, giorno, lingue, rpp, tentativo};
use crate::openapi::schema::{Oggetto, Schema, booleano, importo, libero, lista, nome, numero_intero, oggetto, oggetto_libero, testo, uno_di};

const SMART: &str = "Un cittadino può chiedere `ordinamento=smart`: prima ciò che è ancora da pagare, poi per distanza da adesso.";

pub fn v1() -> Vec<Operazione> {
    let esito = parametro("esito", uno_di(&ESITI_V1.map(|(nome, _)| nome)), "Solo quelli con questo esito.");
    let date = vec![data("dataDa", "Richiesti da questo momento."), data("dataA", "Richiesti fino a questo momento.")];
    let mut operazioni = vec![
        elenco_pendenze(&STATI_V1, "PendenzaPagamentoV1Riga"),
        operazione("getPendenza", "Legge una pendenza").json(200, "La pendenza.", nome("PendenzaPagamentoV1")),
        elenco_rpp("RppPagamentoV1Riga").query(vec![esito]).query(date),
        avviso(&[406, 422]),
    ];
    operazioni.extend(tentativo("RppPagamentoV1"));
    operazioni
}

pub fn v2() -> Vec<Operazione> {
    let filtri = vec![
        parametro("idDebitore", testo(), "Codice fiscale o partita IVA del debitore."),
        parametro("esitoPagamento", uno_di(&ESITI.map(|(nome, _)| nome)), "Solo quelli con questo esito."),
        data("dataRptDa", "Richiesti da questo momento."),
        data("dataRptA", "Richiesti fino a questo momento."),
        data("dataRtDa", "Con la ricevuta da questo momento."),
        data("dataRtA", "Con la ricevuta fino a questo momento."),
    ];
    let mut operazioni = vec![
        elenco_pendenze(&STATI_PAGAMENTO, "PendenzaPagamentoRiga")
            .query(uffici())
            .query(vec![parametro("iuv", testo(), "Solo quelle di questo IUV."), parametro("idPendenza", testo(), "Solo quella con questo identificativo.")]),
        operazione("getPendenza", "Legge una pendenza").json(200, "La pendenza.", nome("PendenzaPagamento")),
        operazione("getPendenzaByAvviso", "Legge la pendenza di un avviso").dice("Un avviso che non è in archivio si chiede all'applicazione dell'ente.").json(
            200,
            "La pendenza.",
            nome("PendenzaPagamento"),
        ),
        elenco_rpp("RppPagamentoRiga").query(filtri),
        avviso(&[422]).query(vec![parametro("linguaSecondaria", lingue(), "La seconda lingua della stampa.")]),
        file_allegato(),
    ];
    operazioni.extend(tentativo("RppPagamento"));
    operazioni
}

pub fn v3() -> Vec<Operazione> {
    vec![
        elenco_pendenze(&STATI_PAGAMENTO, "PendenzaArchivio").query(uffici()),
        operazione("getPendenza", "Legge una pendenza").json(200, "La pendenza, con ciò che ogni voce ha riscosso.", nome("PendenzaArchivio")),
        file_allegato(),
    ]
}

fn elenco_pendenze(stati: &[StatoMostrato], riga: &str) -> Operazione {
    operazione("findPendenze", "Elenca le pendenze di chi chiama")
        .dice(SMART)
        .query(pagina())
        .query(filtri_pendenze(stati))
        .query(vec![parametro("idA2A", testo(), "Solo quelle di questa applicazione.")])
        .json(200, "Una pagina dell'elenco.", elenco(riga))
}

fn uffici() -> Vec<Parametro> {
    vec![
        parametro("direzione", testo(), "Solo quelle della direzione."),
        parametro("divisione", testo(), "Solo quelle della divisione."),
        parametro("mostraSpontaneiNonPagati", booleano().con("default", false), "Anche gli spontanei che nessuno ha ancora pagato."),
    ]
}

fn elenco_rpp(riga: &str) -> Operazione {
    operazione("findRpp", "Elenca i tentativi di pagamento che chi chiama può vedere")
        .query(pagina())
        .query(filtri_rpp())
        .query(vec![parametro("idA2A", testo(), "Solo quelli di questa applicazione.")])
        .json(200, "Una pagina dell'elenco.", elenco(riga))
}

fn avviso(rifiuti: &[u16]) -> Operazione {
    operazione("getAvviso", "Legge o stampa un avviso di pagamento")
        .dice("L'intestazione `Accept` sceglie il formato. Chi non ha un nome stampa soltanto gli avvisi della sua sessione.")
        .query(vec![
            parametro("idDebitore", testo(), "Il debitore, dove l'installazione vuole che chi non ha un nome lo nomini."),
            parametro("UUID", testo(), "Dell'avviso: per chi non ha un nome vale quanto il captcha."),
            parametro("gRecaptchaResponse", testo(), "Il gettone del captcha, col nome che la configurazione gli dà."),
        ])
        .risponde(200, "L'avviso.", vec![("application/json", Some(nome("Avviso"))), ("application/pdf", None)])
        .rifiuta(rifiuti)
}

pub fn schemi_v1() -> Vec<(&'static str, Schema)> {
    let riga = pendenza_v1().puo("rpp", collegamento()).puo("pagamenti", collegamento());
    let intera =
        pendenza_v1().deve("voci", lista(comune_voce().schema())).deve("rpp", lista(nome("RppPagamentoV1"))).deve("pagamenti", lista(oggetto_libero()));
    vec![
        ("PendenzaPagamentoV1", intera.schema()),
        ("PendenzaPagamentoV1Riga", riga.parziale().schema()),
        ("RppPagamentoV1", rpp("PendenzaPagamentoV1Riga").schema()),
        ("RppPagamentoV1Riga", rpp("PendenzaPagamentoV1Riga").parziale().schema()),
    ]
}

pub fn schemi_v2() -> Vec<(&'static str, Schema)> {
    let riga = pendenza_v2().puo("rpp", collegamento()).puo("pagamenti", collegamento());
    let intera = pendenza_v2()
        .deve("segnalazioni", lista(nome("Segnalazione")))
        .deve("voci", lista(comune_voce().puo("dominio", nome("DominioRiferito")).schema()))
        .deve("rpp", lista(nome("RppPagamento")))
        .deve("pagamenti", lista(oggetto_libero()))
        .puo("allegati", lista(allegato()));
    vec![
        ("PendenzaPagamento", intera.schema()),
        ("PendenzaPagamentoRiga", riga.parziale().schema()),
        ("RppPagamento", rpp("PendenzaPagamentoRiga").schema()),
        ("RppPagamentoRiga", rpp("PendenzaPagamentoRiga").parziale().schema()),
    ]
}

fn collegamento() -> Schema {
    testo().dice("Indirizzo dell'elenco.")
}

fn pendenza_v1() -> Oggetto {
    comune_pendenza(&STATI_V1)
        .puo("nome", testo())
        .deve("dominio", nome("DominioPagamentoV1"))
        .puo("unitaOperativa", creditore::unita().schema())
        .puo("dataPagamento", giorno())
}

fn pendenza_v2() -> Oggetto {
    comune_pendenza(&STATI_PAGAMENTO)
        .deve("idTipoPendenza", testo())
        .deve("dominio", nome("DominioPagamento"))
        .puo("unitaOperativa", nome("UnitaPagamento"))
        .puo("iuvAvviso", testo())
        .puo("iuvPagamento", testo())
        .puo("dataPagamento", giorno())
        .puo("direzione", testo())
        .puo("divisione", testo())
        .deve("tipo", uno_di(&["dovuto", "spontaneo"]))
        .deve("UUID", testo())
        .puo("proprieta", oggetto_libero().dice("Come l'applicazione le ha mandate."))
}

pub fn schemi_v3() -> Vec<(&'static str, Schema)> {
    let archivio =
        pagata().puo("stato", uno_di(&STATI_PAGAMENTO.map(StatoMostrato::codice))).puo("descrizioneStato", testo()).puo("allegati", lista(allegato()));
    vec![("PendenzaArchivio", archivio.schema()), ("PendenzaPagata", pagata().schema()), ("VocePagata", voce_pagata())]
}

/// As a receipt tells it.
fn pagata() -> Oggetto {
    let unita = oggetto().deve("idUnita", testo()).puo("ragioneSociale", testo());
    let o = oggetto().puo("idA2A", testo()).puo("idPendenza", testo()).puo("idTipoPendenza", testo()).puo("dominio", nome("DominioRiferito"));
    let o = o.puo("unitaOperativa", unita.schema()).puo("causale", testo()).puo("soggettoPagatore", nome("SoggettoMostrato")).puo("importo", importo());
    let o = o.puo("numeroAvviso", testo()).puo("dataValidita", giorno()).puo("dataScadenza", giorno()).puo("annoRiferimento", numero_intero());
    let o = o.puo("cartellaPagamento", testo()).puo("datiAllegati", libero()).puo("documento", nome("DocumentoMostrato")).puo("tassonomia", testo());
    let o = o.puo("direzione", testo()).puo("divisione", testo()).puo("UUID", testo()).puo("proprieta", oggetto_libero());
    o.puo("voci", lista(nome("VocePagata")))
}

fn voce_pagata() -> Schema {
    let riscossione = oggetto()
        .deve("idDominio", testo())
        .deve("iuv", testo())
        .deve("iur", testo())
        .deve("indice", numero_intero())
        .deve("tipo", testo())
        .deve("importo", importo())
        .deve("data", giorno());
    oggetto()
        .deve("idVocePendenza", testo())
        .deve("descrizione", testo())
        .puo("descrizioneCausaleRPT", testo())
        .puo("dominio", nome("DominioRiferito"))
        .puo("datiAllegati", libero())
        .puo("contabilita", oggetto_libero())
        .puo("metadata", oggetto_libero())
        .puo("codEntrata", testo())
        .puo("ibanAccredito", testo())
        .puo("codiceTassonomicoPagoPA", testo())
        .puo("tipoBollo", testo())
        .puo("hashDocumento", testo())
        .puo("provinciaResidenza", testo())
        .puo("riscossione", riscossione.schema())
        .schema()
}
