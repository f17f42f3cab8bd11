//! The parameters of paths, by name: one name means one thing in every API.

use domain::lettura::anagrafica::creditore::IBAN;
use domain::lettura::anagrafica::pagopa::ID_STAZIONE;
use domain::lettura::anagrafica::utenze::{PRINCIPAL, RUOLO};
use domain::lettura::regole::{FORMA_DOMINIO, IDENTIFICATIVO, TIPO};
use serde_json::{Value, json};

use super::schema::{self, Schema};

/// `/{a}/b/{c}`: a and c.
pub fn nomi(percorso: &str) -> impl Iterator<Item = &str> {
    percorso.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'))
}

pub fn parametri(percorso: &str) -> Vec<Value> {
    let parametro = |nome: &str| {
        let (schema, descrizione) = significato(nome).unwrap_or_else(|| (schema::testo(), ""));
        json!({ "name": nome, "in": "path", "required": true, "description": descrizione, "schema": schema.valore() })
    };
    nomi(percorso).map(parametro).collect()
}

/// What a name means; `None` for one that nobody has told.
pub fn significato(nome: &str) -> Option<(Schema, &'static str)> {
    let identificativo = || schema::regola(&IDENTIFICATIVO);
    Some(match nome {
        "idA2A" => (identificativo().esempio("DEMO"), "Identificativo dell'applicazione."),
        "idPendenza" => (identificativo().esempio("TARI-2026-1"), "Identificativo della pendenza, scelto dall'applicazione."),
        "idDominio" => (schema::forma(&FORMA_DOMINIO).esempio("12345678901"), "Codice fiscale dell'ente creditore."),
        "numeroAvviso" => (schema::espressione("[0-3][0-9]{17}").esempio("301000000000000123"), "Numero avviso di 18 cifre."),
        "iuv" => (schema::testo().con("minLength", 1).esempio("01000000000000123"), "Identificativo univoco di versamento."),
        "ccp" => {
            (schema::testo().con("minLength", 1).esempio("0123456789abcdef0123456789abcdef"), "Codice del contesto di pagamento, o numero della ricevuta.")
        }
        "idRicevuta" => (schema::testo().con("minLength", 1).esempio("0123456789abcdef0123456789abcdef"), "Numero della ricevuta: il ccp o il receiptId."),
        "idFlusso" => (schema::testo().con("minLength", 1).esempio("2026-11-20BANCA-0000000001"), "Identificativo del flusso di rendicontazione."),
        "dataOraFlusso" => (
            schema::testo().con("minLength", 1).esempio("2026-11-20T10:00:00"),
            "Data di emissione del flusso: al giorno, al minuto, al secondo o al millisecondo.",
        ),
        "idIntermediario" => (schema::forma(&FORMA_DOMINIO).esempio("11111111113"), "Codice fiscale dell'intermediario."),
        "idStazione" => (schema::regola(&ID_STAZIONE).esempio("11111111113_01"), "Identificativo dell'intermediario, un trattino basso, due cifre."),
        "principal" => (schema::regola(&PRINCIPAL).esempio("mario.rossi"), "Il nome con cui si accede; le barre e i percento si codificano."),
        "idRuolo" => (schema::regola(&RUOLO).esempio("Ufficio-Tributi"), "Nome del ruolo; maiuscole e minuscole contano."),
        "idUnitaOperativa" => (identificativo().esempio("UFF"), "Identificativo dell'unità operativa."),
        "ibanAccredito" => (schema::regola(&IBAN).esempio("IT02L1234512345123451111111"), "IBAN del conto."),
        "idEntrata" => (schema::regola(&TIPO).esempio("TARI"), "Identificativo dell'entrata."),
        "urlID" => (schema::testo().con("minLength", 1).esempio("portale"), "Identificativo dell'indirizzo, nella configurazione."),
        "idTipoPendenza" => (schema::regola(&TIPO).esempio("TARI"), "Identificativo del tipo pendenza."),
        "idSession" => (schema::testo().con("minLength", 1).esempio("0123456789abcdef"), "Sessione che pagoPA ha dato al pagamento."),
        "idPagamento" => {
            (schema::testo().con("minLength", 1).esempio("0192f0a1b2c37d4e8f90a1b2c3d4e5f6"), "Identificativo del pagamento: 32 cifre esadecimali.")
        }
        "iur" => {
            (schema::testo().con("minLength", 1).esempio("0123456789abcdef0123456789abcdef"), "Identificativo della riscossione: il numero della ricevuta.")
        }
        "indice" => (schema::espressione("[0-9]{1,3}").esempio("1"), "Posizione della somma nella ricevuta, da 1."),
        "nome" => (schema::testo().con("minLength", 1).esempio("update-ntfy"), "Nome del lavoro."),
        "idOperazione" => (schema::testo().con("minLength", 1).esempio("resetCacheAnagrafica"), "Nome dell'operazione."),
        "numeroDocumento" => (identificativo().esempio("DOC-1"), "Identificativo del documento, scelto dall'applicazione."),
        "idAllegato" => (schema::testo().con("minLength", 1).esempio("1234567890"), "Numero dell'allegato, com'è nel suo indirizzo."),
        "id" => (schema::testo().con("minLength", 1).esempio("resetCacheAnagrafica"), "Nome dell'operazione, o della sonda; identificativo del pagamento."),
        _ => return None,
    })
}
