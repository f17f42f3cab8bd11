//! API Pendenze: what its versions have in common, and v2. What v1 says otherwise is in [`super::pendenze_v1`].

use domain::lettura::avviso::{LinguaSecondaria, NUMERI_AVVISO_MAX};
use domain::lettura::lista::{ORDINAMENTO_PENDENZE, STATI_V2};
use domain::lettura::pendenza::TASSONOMIE_AVVISO;
use domain::lettura::regole::FORMA_NUMERO_AVVISO;
use domain::lettura::rpp::{ESITI, ORDINAMENTO_RPP};
use domain::pendenza::StatoMostrato;
use domain::segnalazione::Segnalazione;

use super::operazione::{Famiglia, Operazione, Parametro, data, elenco, id_dominio, modifiche, operazione, ordinamento, pagina, parametro, voce_di_modifica};
use super::pendenza_nuova;
use super::schema::{
    Oggetto, Schema, base64, booleano, forma, importo, libero, lista, lista_di, nome, numero_intero, oggetto, oggetto_libero, qualcuno_tra, testo, uno_di,
};

/// The texts of an avviso in another language beside Italian.
pub fn lingue() -> Schema {
    uno_di(&LinguaSecondaria::TUTTE.map(LinguaSecondaria::codice)).dice("`false`: soltanto in italiano.")
}

pub fn v2() -> Famiglia {
    let mut schemi = schemi();
    schemi.extend(pendenza_nuova::schemi());
    let mut operazioni = operazioni();
    operazioni.extend(comuni("Pendenza", "PendenzaCreata", "Rpp"));
    Famiglia { api: "pendenze", versione: "v2", gruppo: "Pendenze", operazioni, schemi }
}

fn operazioni() -> Vec<Operazione> {
    vec![
        operazione("findPendenze", "Elenca le pendenze dell'applicazione")
            .query(pagina())
            .query(filtri_pendenze(&STATI_V2))
            .query(vec![
                parametro("direzione", testo(), "Solo quelle della direzione."),
                parametro("divisione", testo(), "Solo quelle della divisione."),
                parametro("mostraSpontaneiNonPagati", booleano().con("default", false), "Anche gli spontanei che nessuno ha ancora pagato."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("PendenzaIndice")),
        operazione("addPendenza", "Carica o sostituisce una pendenza")
            .dice("Senza `numeroAvviso` ne è assegnato uno. Una pendenza pagata non si sostituisce.")
            .query(vec![
                parametro("stampaAvviso", booleano().con("default", false), "Se la risposta porta il PDF dell'avviso."),
                parametro("dataAvvisatura", testo(), "`MAI`: il tipo pendenza non avvisa il debitore. Una data è accettata e senza effetto."),
            ])
            .corpo(nome("NuovaPendenza"))
            .json(200, "Sostituita.", nome("PendenzaCreata"))
            .json(201, "Caricata.", nome("PendenzaCreata"))
            .rifiuta(&[422, 502]),
        operazione("findRpp", "Elenca i tentativi di pagamento delle pendenze dell'applicazione")
            .query(pagina())
            .query(filtri_rpp())
            .query(vec![
                parametro("idDebitore", testo(), "Codice fiscale o partita IVA del debitore."),
                parametro("esitoPagamento", uno_di(&ESITI.map(|(nome, _)| nome)), "Solo quelli con questo esito."),
                data("dataRptDa", "Richiesti da questo momento."),
                data("dataRptA", "Richiesti fino a questo momento."),
                data("dataRtDa", "Con la ricevuta da questo momento."),
                data("dataRtA", "Con la ricevuta fino a questo momento."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("RppRiga")),
        operazione("getAvviso", "Legge o stampa un avviso di pagamento")
            .dice("L'intestazione `Accept` sceglie il formato. Come JSON anche un avviso sconosciuto è una risposta.")
            .query(vec![parametro("linguaSecondaria", lingue(), "La seconda lingua della stampa.")])
            .risponde(200, "L'avviso.", vec![("application/json", Some(nome("Avviso"))), ("application/pdf", None)])
            .rifiuta(&[406, 422]),
        operazione("getAvvisiDocumento", "Stampa le rate di un documento che sono ancora da pagare")
            .dice("L'intestazione `Accept` deve ammettere il PDF.")
            .query(vec![
                parametro("linguaSecondaria", lingue(), "La seconda lingua della stampa."),
                parametro("numeriAvviso", lista_di(forma(&FORMA_NUMERO_AVVISO), 0, NUMERI_AVVISO_MAX), "Solo questi avvisi; si ripete per dirne più d'uno."),
            ])
            .risponde(200, "Il documento.", vec![("application/pdf", None)])
            .rifiuta(&[406, 422]),
        file_allegato(),
        operazione("getProfilo", "Legge su che cosa può operare chi chiama").json(200, "Gli enti e i tipi pendenza.", nome("ProfiloPendenze")),
    ]
}

/// The file of an attachment.
pub fn file_allegato() -> Operazione {
    operazione("getAllegatoPendenza", "Scarica un allegato di una pendenza").risponde(
        200,
        "Il file, col tipo che gli ha dato chi l'ha caricato.",
        vec![("*/*", None)],
    )
}

/// Filters of GET /pendenze that every version has.
pub fn filtri_pendenze(stati: &[StatoMostrato]) -> Vec<Parametro> {
    let stati: Vec<&str> = stati.iter().map(|s| s.codice()).collect();
    vec![
        ordinamento(&ORDINAMENTO_PENDENZE),
        data("dataDa", "Caricate da questo momento."),
        data("dataA", "Caricate fino a questo momento."),
        id_dominio(),
        parametro("idDebitore", testo(), "Codice fiscale o partita IVA del debitore."),
        parametro("stato", uno_di(&stati), "Solo quelle in questo stato."),
        parametro("idPagamento", testo(), "Solo quelle del pagamento."),
    ]
}

/// Filters of GET /rpp that every version has.
pub fn filtri_rpp() -> Vec<Parametro> {
    vec![
        ordinamento(&ORDINAMENTO_RPP),
        id_dominio(),
        parametro("iuv", testo(), "Solo quelli con questo IUV."),
        parametro("ccp", testo(), "Solo quelli con questo codice del contesto di pagamento."),
        parametro("idPendenza", testo(), "Solo quelli della pendenza."),
        parametro("idPagamento", testo(), "Solo quelli del pagamento."),
    ]
}

/// Operations that every version has, with the names of its schemas.
pub fn comuni(pendenza: &str, creata: &str, rpp: &str) -> Vec<Operazione> {
    let mut operazioni = vec![
        operazione("getPendenza", "Legge una pendenza").json(200, "La pendenza, con le voci e i tentativi di pagamento.", nome(pendenza)),
        operazione("updatePendenza", "Annulla, ripristina o annota una pendenza")
            .modifica(modifiche_pendenza())
            .json(200, "La pendenza com'è adesso.", nome(pendenza))
            .rifiuta(&[422]),
        operazione("tunnelPendenza", "Carica o modifica una pendenza, per chi non può usare PUT e PATCH")
            .dice("L'intestazione `X-HTTP-Method-Override` dice `PUT` o `PATCH`, e il corpo è il loro; senza, 405. La data di avvisatura si chiama `data_avvisatura`.")
            .json(200, "Sostituita, o modificata.", qualcuno_tra(vec![nome(creata), nome(pendenza)]))
            .json(201, "Caricata.", nome(creata))
            .vuota(405, "L'intestazione manca, o dice altro.")
            .rifiuta(&[422]),
        operazione("getLogo", "Legge il logo di un ente creditore").risponde(200, "L'immagine.", LOGO.map(|t| (t, None)).to_vec()),
    ];
    operazioni.extend(tentativo(rpp));
    operazioni
}

/// A payment attempt and its two messages.
pub fn tentativo(rpp: &str) -> Vec<Operazione> {
    vec![
        operazione("getRpp", "Legge un tentativo di pagamento").json(200, "Il tentativo, con la richiesta e la ricevuta.", nome(rpp)),
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
    ]
}

const LOGO: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "application/octet-stream"];

/// Any of four paths, each with its own operation and value.
pub fn modifiche_pendenza() -> Schema {
    let nota = oggetto().deve("oggetto", testo().con("minLength", 1)).schema().con("additionalProperties", true);
    modifiche(vec![
        voce_di_modifica(&["REPLACE"], "/stato", uno_di(&[StatoMostrato::Annullata.codice(), StatoMostrato::NonEseguita.codice()])),
        voce_di_modifica(&["REPLACE"], "/descrizioneStato", testo().con("minLength", 1)),
        voce_di_modifica(&["REPLACE"], "/ack", booleano()),
        voce_di_modifica(&["ADD"], "/nota", nota),
    ])
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let creata = oggetto()
        .deve("idDominio", testo())
        .deve("numeroAvviso", testo())
        .deve("UUID", testo().dice("Con questo il debitore ritrova la pendenza."))
        .puo("pdf", base64().dice("L'avviso, quando è chiesto e si può stampare."));
    let dominio = oggetto().deve("idDominio", testo()).puo("ragioneSociale", testo());
    vec![
        ("PendenzaCreata", creata.schema()),
        ("Segnalazione", segnalazione()),
        ("DominioRiferito", dominio.schema()),
        ("SoggettoMostrato", soggetto().schema()),
        ("DocumentoMostrato", documento()),
        ("PendenzaIndice", pendenza().puo("rpp", testo().dice("Indirizzo dei tentativi di pagamento.")).parziale().schema()),
        ("Pendenza", pendenza().deve("voci", lista(voce())).deve("rpp", lista(nome("Rpp"))).puo("allegati", lista(allegato())).schema()),
        ("Rpp", rpp("PendenzaIndice").schema()),
        ("RppRiga", rpp("PendenzaIndice").parziale().schema()),
        ("ProfiloPendenze", profilo().deve("domini", lista(nome("DominioRiferito"))).deve("tipiPendenza", lista(tipo_pendenza())).schema()),
        ("Avviso", avviso()),
    ]
}

/// What list item and detail have in common.
fn pendenza() -> Oggetto {
    let unita = oggetto().deve("idUnita", testo()).puo("ragioneSociale", testo());
    comune_pendenza(&StatoMostrato::TUTTI)
        .deve("idTipoPendenza", testo())
        .deve("dominio", nome("DominioRiferito"))
        .puo("unitaOperativa", unita.schema())
        .deve("iuvAvviso", testo())
        .puo("iuvPagamento", testo())
        .puo("dataPagamento", giorno())
        .puo("direzione", testo())
        .puo("divisione", testo())
        .puo("documento", nome("DocumentoMostrato"))
        .deve("tipo", uno_di(&["dovuto", "spontaneo"]))
        .deve("UUID", testo())
        .puo("proprieta", oggetto_libero().dice("Come l'applicazione le ha mandate."))
}

/// What every version shows of a position.
pub fn comune_pendenza(stati: &[StatoMostrato]) -> Oggetto {
    let stati: Vec<&str> = stati.iter().map(|s| s.codice()).collect();
    oggetto()
        .deve("idA2A", testo())
        .deve("idPendenza", testo())
        .deve("stato", uno_di(&stati))
        .puo("descrizioneStato", testo())
        .puo("segnalazioni", lista(nome("Segnalazione")))
        .deve("causale", testo())
        .deve("soggettoPagatore", nome("SoggettoMostrato"))
        .deve("importo", importo())
        .deve("numeroAvviso", testo())
        .deve("dataCaricamento", giorno())
        .puo("dataValidita", giorno())
        .puo("dataScadenza", giorno())
        .puo("annoRiferimento", numero_intero())
        .puo("cartellaPagamento", testo())
        .puo("datiAllegati", libero().dice("Come l'applicazione li ha mandati."))
        .puo("tassonomia", testo())
        .puo("tassonomiaAvviso", uno_di(&TASSONOMIE_AVVISO))
}

pub fn giorno() -> Schema {
    super::schema::data()
}

fn soggetto() -> Oggetto {
    let o = oggetto().puo("tipo", uno_di(&["F", "G"])).deve("identificativo", testo()).deve("anagrafica", testo());
    ["indirizzo", "civico", "cap", "localita", "provincia", "nazione", "email", "cellulare"].iter().fold(o, |o, membro| o.puo(membro, testo()))
}

fn segnalazione() -> Schema {
    let codice = uno_di(&Segnalazione::CODICI).dice("`0013`: pagamento rendicontato senza RPT.");
    oggetto().deve("codice", codice).deve("descrizione", testo()).puo("dettaglio", testo().dice("Solo a chi legge ogni nome.")).schema()
}

fn documento() -> Schema {
    let soglia = oggetto().deve("tipo", testo()).puo("giorni", numero_intero());
    oggetto().deve("identificativo", testo()).deve("descrizione", testo()).puo("rata", numero_intero()).puo("soglia", soglia.schema()).schema()
}

fn voce() -> Schema {
    comune_voce().puo("dominio", nome("DominioRiferito")).puo("contabilita", oggetto_libero()).puo("metadata", oggetto_libero()).schema()
}

/// What every version shows of a voce.
pub fn comune_voce() -> Oggetto {
    oggetto()
        .deve("indice", numero_intero())
        .deve("idVocePendenza", testo())
        .deve("importo", importo())
        .deve("descrizione", testo())
        .puo("descrizioneCausaleRPT", testo())
        .deve("stato", uno_di(&["Eseguito", "Non eseguito"]))
        .puo("datiAllegati", libero())
        .puo("codEntrata", testo())
        .puo("tipoBollo", testo())
        .puo("hashDocumento", testo())
        .puo("provinciaResidenza", testo())
        .puo("ibanAccredito", testo())
        .puo("tipoContabilita", testo())
        .puo("codiceContabilita", testo())
}

pub fn allegato() -> Schema {
    oggetto().deve("nome", testo()).puo("tipo", testo()).puo("descrizione", testo()).deve("contenuto", testo().dice("Indirizzo del file.")).schema()
}

/// What the profile of every version says.
pub fn profilo() -> Oggetto {
    oggetto().deve("nome", testo()).deve("acl", lista(nome("Acl")))
}

fn tipo_pendenza() -> Schema {
    oggetto().deve("idTipoPendenza", testo()).deve("descrizione", testo()).schema()
}

pub fn rpp(pendenza: &str) -> Oggetto {
    oggetto()
        .deve("stato", testo())
        .puo("dettaglioStato", testo())
        .puo("segnalazioni", lista(nome("Segnalazione")).dice("In che cosa la ricevuta non è quella della richiesta."))
        .puo("rpt", oggetto_libero().dice("La richiesta al nodo, come JSON."))
        .puo("rt", oggetto_libero().dice("La ricevuta del nodo, come JSON."))
        .deve("pendenza", nome(pendenza))
}

fn avviso() -> Schema {
    oggetto()
        .deve("stato", uno_di(&["NON_ESEGUITA", "SCADUTA", "ANNULLATA", "DUPLICATA", "SCONOSCIUTA"]))
        .puo("importo", importo())
        .deve("idDominio", testo())
        .deve("numeroAvviso", testo())
        .puo("dataValidita", giorno())
        .puo("dataScadenza", giorno())
        .puo("dataPagamento", giorno())
        .puo("descrizione", testo())
        .puo("tassonomiaAvviso", uno_di(&TASSONOMIE_AVVISO))
        .puo("qrcode", testo())
        .puo("barcode", testo())
        .schema()
}
