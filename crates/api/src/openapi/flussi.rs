//! API Backoffice v1: flows of rendicontazione and their rows.

use domain::lettura::ufficio::{ORDINAMENTO_FLUSSI, ORDINAMENTO_RENDICONTAZIONI};
use domain::rendicontazione::StatoFlusso;

use super::operazione::{Famiglia, Operazione, Parametro, data, elenco, id_dominio, operazione, ordinamento, pagina, parametro};
use super::schema::{Oggetto, Schema, booleano, importo, istante, lista, nome, numero_intero, oggetto, testo, uno_di};

pub fn famiglia() -> Famiglia {
    Famiglia {
        api: "backoffice",
        versione: "v1",
        gruppo: "Rendicontazioni",
        operazioni: vec![
            operazione("findFlussiRendicontazione", "Elenca i flussi di rendicontazione")
                .dice("Dal più recente acquisito. Le versioni sostituite da altre si vedono, se non si escludono.")
                .query(pagina())
                .query(filtri_flussi())
                .json(200, "Una pagina dell'elenco.", elenco("FlussoRendicontazioneIndice")),
            operazione("addFlussoRendicontazione", "Acquisisce un flusso portato a mano")
                .dice("Il documento `FlussoRiversamento`: da solo, o in un file. Un flusso che c'è già non cambia niente.")
                .tipo_corpo(&["text/xml", "application/xml", "multipart/form-data"], testo())
                .json(201, "Acquisito.", nome("FlussoRendicontazioneIndice"))
                .json(200, "C'era già: la versione che vale.", nome("FlussoRendicontazioneIndice"))
                .rifiuta(&[415, 422]),
            operazione("findFlussiDaParte", "Elenca i flussi che non si sono potuti acquisire")
                .dice("Gli ultimi falliti prima, ciascuno col suo motivo. Si ritentano da sé.")
                .query(pagina())
                .query(da_parte())
                .json(200, "Una pagina dell'elenco.", elenco("FlussoDaParte")),
            operazione("riprovaFlussiDaParte", "Ritenta subito i flussi messi da parte").query(da_parte()).json(
                200,
                "Quanti si ritentano.",
                nome("FlussiRitentati"),
            ),
            dettaglio("getFlussoRendicontazione", "Legge un flusso, nella versione che vale"),
            dettaglio("getFlussoRendicontazioneByIdEData", "Legge la versione di un flusso che ha questa data"),
            dettaglio("getFlussoRendicontazioneByDominioIdEData", "Legge la versione di un flusso di un ente che ha questa data"),
            operazione("findRendicontazioni", "Elenca i pagamenti rendicontati").query(pagina()).query(filtri_righe()).json(
                200,
                "Una pagina dell'elenco.",
                elenco("Rendicontazione"),
            ),
        ],
        schemi: schemi(),
    }
}

fn dettaglio(id: &'static str, riassunto: &'static str) -> Operazione {
    let contenuti = vec![("application/json", Some(nome("FlussoRendicontazione"))), ("application/xml", None), ("text/csv", None)];
    operazione(id, riassunto)
        .dice("In JSON, come documento XML, o in CSV, secondo `Accept`. Il documento è quello ricevuto; di un flusso venuto dal servizio REST è ricomposto.")
        .risponde(200, "Il flusso con i suoi pagamenti.", contenuti)
        .rifiuta(&[404])
}

fn da_parte() -> Vec<Parametro> {
    vec![id_dominio(), parametro("idFlusso", testo(), "Solo quello con questo identificativo.")]
}

fn filtri_flussi() -> Vec<Parametro> {
    vec![
        ordinamento(&ORDINAMENTO_FLUSSI),
        data("dataDa", "Acquisiti da questo momento."),
        data("dataA", "Acquisiti fino a questo momento."),
        id_dominio(),
        parametro("incassato", booleano(), "Solo quelli riconciliati, o solo gli altri."),
        parametro("idFlusso", testo(), "Solo quelli il cui identificativo contiene questo testo, maiuscole o minuscole che siano."),
        parametro("stato", uno_di(&StatoFlusso::NOMI), "Solo quelli in questo stato."),
        parametro("iuv", testo(), "Solo quelli con un pagamento di questo IUV."),
        parametro("escludiObsoleti", booleano().con("default", false), "Senza le versioni sostituite da altre."),
    ]
}

fn filtri_righe() -> Vec<Parametro> {
    vec![
        ordinamento(&ORDINAMENTO_RENDICONTAZIONI),
        data("flussoRendicontazione.dataFlussoDa", "Dei flussi emessi da questo momento."),
        data("flussoRendicontazione.dataFlussoA", "Dei flussi emessi fino a questo momento."),
        data("dataDa", "Con esito da questa data."),
        data("dataA", "Con esito fino a questa data."),
        id_dominio(),
        parametro("idFlusso", testo(), "Dei flussi il cui identificativo contiene questo testo."),
        parametro("iuv", testo(), "Solo quelli di questo IUV."),
        parametro("direzione", testo(), "Solo quelli delle pendenze di questa direzione; si può ripetere."),
        parametro("divisione", testo(), "Solo quelli delle pendenze di questa divisione; si può ripetere."),
        parametro("escludiObsoleti", booleano().con("default", true), "Senza le versioni sostituite da altre."),
    ]
}

fn flusso_da_parte() -> Oggetto {
    oggetto()
        .deve("idDominio", testo())
        .deve("idFlusso", testo())
        .deve("versione", testo().dice("Quale sua versione: PSP e revisione, o data."))
        .deve("motivo", testo())
        .deve("numeroTentativi", numero_intero())
        .puo("dataOraPubblicazione", istante())
        .deve("dataPrimoTentativo", istante())
        .deve("dataUltimoTentativo", istante())
        .deve("dataProssimoTentativo", istante())
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let segnalazione = oggetto().deve("codice", testo().esempio("007101")).deve("descrizione", testo());
    vec![
        ("FlussoRendicontazioneIndice", flusso().parziale().schema()),
        ("FlussoRendicontazione", flusso().deve("rendicontazioni", lista(riga().puo("riscossione", nome("Riscossione")).schema())).schema()),
        (
            "Rendicontazione",
            riga().deve("flussoRendicontazione", nome("FlussoRendicontazioneIndice")).puo("vocePendenza", oggetto().schema()).parziale().schema(),
        ),
        ("FlussoDaParte", flusso_da_parte().parziale().schema()),
        ("FlussiRitentati", oggetto().deve("flussi", numero_intero()).schema()),
        ("AnomaliaRendicontazione", segnalazione.schema()),
    ]
}

fn flusso() -> Oggetto {
    oggetto()
        .deve("idFlusso", testo())
        .deve("dataFlusso", istante())
        .deve("trn", testo())
        .deve("dataRegolamento", super::schema::data())
        .deve("dataOraPubblicazione", istante())
        .deve("dataOraAggiornamento", istante())
        .deve("revisione", numero_intero())
        .deve("idPsp", testo())
        .puo("ragioneSocialePsp", testo())
        .puo("bicRiversamento", testo())
        .deve("idDominio", testo())
        .puo("ragioneSocialeDominio", testo())
        .deve("numeroPagamenti", numero_intero())
        .deve("importoTotale", importo())
        .deve("stato", uno_di(&StatoFlusso::NOMI))
        .puo("segnalazioni", lista(nome("AnomaliaRendicontazione")))
}

fn riga() -> Oggetto {
    oggetto()
        .deve("iuv", testo())
        .deve("iur", testo())
        .deve("indice", numero_intero())
        .deve("importo", super::schema::numero().dice("Sotto zero per ciò che è stato revocato."))
        .deve("esito", numero_intero().dice("0 eseguito, 3 revocato, 4 in stand-in, 8 in stand-in senza RPT, 9 senza RPT."))
        .deve("data", super::schema::data())
        .puo("segnalazioni", lista(nome("AnomaliaRendicontazione")))
}
