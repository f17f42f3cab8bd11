//! API Pendenze v2.

use domain::lettura::avviso::LinguaSecondaria;
use domain::lettura::lista::{ORDINAMENTO_PENDENZE, STATI_V2};
use domain::lettura::pendenza::TASSONOMIE_AVVISO;
use domain::pendenza::StatoMostrato;

use super::operazione::{Famiglia, Operazione, data, elenco, id_dominio, modifiche, operazione, ordinamento, pagina, parametro, voce_di_modifica};
use super::pendenza_nuova;
use super::schema::{Oggetto, Schema, base64, booleano, importo, libero, lista, nome, numero_intero, oggetto, oggetto_libero, testo, uno_di};

/// The texts of an avviso in another language beside Italian.
pub fn lingue() -> Schema {
    uno_di(&LinguaSecondaria::TUTTE.map(LinguaSecondaria::codice)).dice("`false`: soltanto in italiano.")
}

pub fn v2() -> Famiglia {
    let mut schemi = schemi();
    schemi.extend(pendenza_nuova::schemi());
    Famiglia { api: "pendenze", versione: "v2", gruppo: "Pendenze", operazioni: operazioni(), schemi }
}

fn operazioni() -> Vec<Operazione> {
    vec![
        operazione("findPendenze", "Elenca le pendenze dell'applicazione")
            .query(pagina())
            .query(vec![
                ordinamento(&ORDINAMENTO_PENDENZE),
                data("dataDa", "Caricate da questo momento."),
                data("dataA", "Caricate fino a questo momento."),
                id_dominio(),
                parametro("idDebitore", testo(), "Codice fiscale o partita IVA del debitore."),
                parametro("stato", uno_di(&STATI_V2.map(StatoMostrato::codice)), "Solo quelle in questo stato."),
                parametro("idPagamento", testo(), "Solo quelle del pagamento."),
                parametro("direzione", testo(), "Solo quelle della direzione."),
                parametro("divisione", testo(), "Solo quelle della divisione."),
                parametro("mostraSpontaneiNonPagati", booleano().con("default", false), "Anche gli spontanei che nessuno ha ancora pagato."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("PendenzaIndice")),
        operazione("getPendenza", "Legge una pendenza").json(200, "La pendenza, con le voci e i tentativi di pagamento.", nome("Pendenza")),
        operazione("addPendenza", "Carica o sostituisce una pendenza")
            .dice("Senza `numeroAvviso` ne è assegnato uno. Una pendenza pagata non si sostituisce.")
            .query(vec![
                parametro("stampaAvviso", booleano().con("default", false), "Se la risposta porta il PDF dell'avviso."),
                parametro("dataAvvisatura", testo(), "Accettata e senza effetto: una data, o `MAI`."),
            ])
            .corpo(nome("NuovaPendenza"))
            .json(200, "Sostituita.", nome("PendenzaCreata"))
            .json(201, "Caricata.", nome("PendenzaCreata"))
            .rifiuta(&[422, 502]),
        operazione("updatePendenza", "Annulla, ripristina o annota una pendenza")
            .modifica(modifiche_pendenza())
            .json(200, "La pendenza com'è adesso.", nome("Pendenza"))
            .rifiuta(&[422]),
        operazione("getAvviso", "Legge o stampa un avviso di pagamento")
            .dice("L'intestazione `Accept` sceglie il formato. Come JSON anche un avviso sconosciuto è una risposta.")
            .query(vec![parametro("linguaSecondaria", lingue(), "La seconda lingua della stampa.")])
            .risponde(200, "L'avviso.", vec![("application/json", Some(nome("Avviso"))), ("application/pdf", None)])
            .rifiuta(&[406, 422]),
        operazione("getRt", "Legge o stampa una ricevuta").dice("L'intestazione `Accept` sceglie il formato.").risponde(
            200,
            "La ricevuta.",
            vec![("application/json", Some(oggetto_libero())), ("text/xml", None), ("application/pdf", None), ("application/octet-stream", None)],
        ),
    ]
}

/// Any of four paths, each with its own operation and value.
fn modifiche_pendenza() -> Schema {
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
        ("DominioRiferito", dominio.schema()),
        ("SoggettoMostrato", soggetto().schema()),
        ("DocumentoMostrato", documento()),
        ("PendenzaIndice", pendenza().puo("rpp", testo().dice("Indirizzo dei tentativi di pagamento.")).parziale().schema()),
        ("Pendenza", pendenza().deve("voci", lista(voce())).deve("rpp", lista(nome("Rpp"))).puo("allegati", lista(allegato())).schema()),
        ("Rpp", rpp()),
        ("Avviso", avviso()),
    ]
}

/// What list item and detail have in common.
fn pendenza() -> Oggetto {
    let unita = oggetto().deve("idUnita", testo()).puo("ragioneSociale", testo());
    oggetto()
        .deve("idA2A", testo())
        .deve("idPendenza", testo())
        .deve("idTipoPendenza", testo())
        .deve("dominio", nome("DominioRiferito"))
        .puo("unitaOperativa", unita.schema())
        .deve("stato", uno_di(&StatoMostrato::TUTTI.map(StatoMostrato::codice)))
        .puo("descrizioneStato", testo())
        .deve("iuvAvviso", testo())
        .puo("iuvPagamento", testo())
        .puo("dataPagamento", giorno())
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
        .puo("direzione", testo())
        .puo("divisione", testo())
        .puo("documento", nome("DocumentoMostrato"))
        .deve("tipo", uno_di(&["dovuto", "spontaneo"]))
        .deve("UUID", testo())
        .puo("proprieta", oggetto_libero().dice("Come l'applicazione le ha mandate."))
}

fn giorno() -> Schema {
    super::schema::data()
}

fn soggetto() -> Oggetto {
    let o = oggetto().puo("tipo", uno_di(&["F", "G"])).deve("identificativo", testo()).deve("anagrafica", testo());
    ["indirizzo", "civico", "cap", "localita", "provincia", "nazione", "email", "cellulare"].iter().fold(o, |o, membro| o.puo(membro, testo()))
}

fn documento() -> Schema {
    let soglia = oggetto().deve("tipo", testo()).puo("giorni", numero_intero());
    oggetto().deve("identificativo", testo()).deve("descrizione", testo()).puo("rata", numero_intero()).puo("soglia", soglia.schema()).schema()
}

fn voce() -> Schema {
    oggetto()
        .deve("indice", numero_intero())
        .deve("idVocePendenza", testo())
        .deve("importo", importo())
        .deve("descrizione", testo())
        .puo("descrizioneCausaleRPT", testo())
        .deve("stato", uno_di(&["Eseguito", "Non eseguito"]))
        .puo("dominio", nome("DominioRiferito"))
        .puo("datiAllegati", libero())
        .puo("contabilita", oggetto_libero())
        .puo("metadata", oggetto_libero())
        .puo("codEntrata", testo())
        .puo("tipoBollo", testo())
        .puo("hashDocumento", testo())
        .puo("provinciaResidenza", testo())
        .puo("ibanAccredito", testo())
        .puo("tipoContabilita", testo())
        .puo("codiceContabilita", testo())
        .schema()
}

fn allegato() -> Schema {
    oggetto().deve("nome", testo()).puo("tipo", testo()).puo("descrizione", testo()).deve("contenuto", testo().dice("Indirizzo del file.")).schema()
}

fn rpp() -> Schema {
    oggetto()
        .deve("stato", testo())
        .puo("dettaglioStato", testo())
        .puo("rpt", oggetto_libero().dice("La richiesta al nodo, come JSON."))
        .puo("rt", oggetto_libero().dice("La ricevuta del nodo, come JSON."))
        .deve("pendenza", nome("PendenzaIndice"))
        .schema()
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
