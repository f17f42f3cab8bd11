//! Connectors of a dominio towards accounting products.

use domain::anagrafica::VersioneEnte;
use domain::anagrafica::esportazione::{Contenuto, TIPI_TUTTI, TipoConnettore};
use domain::lettura::anagrafica::esportazione::{
    CARTELLA, CODICE_CLIENTE, CODICE_IPA, CODICE_ISTITUTO, INDIRIZZO, OGGETTO, TIPI_MAX, URL_SCARICO, URL_SUPERFLUA, VERSIONE,
};
use domain::lettura::regole::FORMA_TIPO;

use super::connettore::url;
use super::schema::{
    Oggetto, Schema, booleano, espressione, intero, istante, lista, lista_di, nome, numero_intero, oggetto, regola, solo, testo, uno_di, uno_tra,
};

const NOMI: [&str; 5] = ["servizioMyPivot", "servizioSecim", "servizioGovPay", "servizioHyperSicAPKappa", "servizioMaggioliJPPA"];
const SCHEMI: [&str; 5] = ["ServizioMyPivot", "ServizioSecim", "ServizioGovPay", "ServizioHyperSic", "ServizioMaggioli"];

/// As they are put.
pub fn nuovi(o: Oggetto) -> Oggetto {
    NOMI.into_iter().zip(SCHEMI).fold(o, |o, (membro, schema)| o.puo(membro, nome(schema)))
}

/// As they are read back.
pub fn mostrati() -> Oggetto {
    NOMI.into_iter().fold(oggetto(), |o, membro| o.puo(membro, nome(if membro == "servizioMaggioliJPPA" { "MaggioliMostrato" } else { "ConnettoreMostrato" })))
}

pub fn schemi() -> Vec<(&'static str, Schema)> {
    let versione = || regola(&VERSIONE).esempio("1.0");
    let my_pivot = oggetto().deve("versioneCsv", versione()).deve("codiceIPA", regola(&CODICE_IPA));
    let secim = oggetto().deve("versioneCsv", versione()).deve("codiceCliente", regola(&CODICE_CLIENTE)).puo("codiceIstituto", regola(&CODICE_ISTITUTO));
    let hyper_sic = oggetto().deve("versioneCsv", versione());
    let mut govpay = modi(&oggetto().deve("versioneZip", versione()));
    govpay.push(govpay_rest());
    let [a, b, c, d, e] = SCHEMI;
    vec![
        (a, uno_tra(modi(&my_pivot))),
        (b, uno_tra(modi(&secim))),
        (c, uno_tra(govpay)),
        (d, uno_tra(modi(&hyper_sic))),
        (e, maggioli()),
        ("ConnettoreMostrato", mostrato()),
        ("MaggioliMostrato", maggioli_mostrato()),
        ("TipoPendenzaRiferito", tipo_riferito().schema()),
    ]
}

fn tipo_riferito() -> Oggetto {
    oggetto().deve("idTipoPendenza", testo().con("pattern", format!("^(?:\\{TIPI_TUTTI}|{})$", FORMA_TIPO.testo())).esempio("TARI")).puo("descrizione", testo())
}

/// Switched off, by mail with the file, by mail with a link, into a folder.
fn modi(proprio: &Oggetto) -> Vec<Schema> {
    let acceso = |tipo: TipoConnettore| oggetto().deve("abilitato", solo(true)).deve("tipoConnettore", uno_di(&[tipo.nome()])).e(proprio.clone()).e(consegna());
    vec![
        spento(),
        acceso(TipoConnettore::Email).e(posta(true)).schema().con("title", "Per posta, col file"),
        acceso(TipoConnettore::Email).e(posta(false)).schema().con("title", "Per posta, con un collegamento"),
        acceso(TipoConnettore::FileSystem).deve("fileSystemPath", regola(&CARTELLA)).schema().con("title", "In una cartella"),
    ]
}

/// Of a connector that is off nothing else is kept.
fn spento() -> Schema {
    oggetto().deve("abilitato", solo(false)).schema().con("additionalProperties", true).con("title", "Spento")
}

fn consegna() -> Oggetto {
    let tipo = uno_tra(vec![espressione(&format!("\\{TIPI_TUTTI}|{}", FORMA_TIPO.testo())).esempio("TARI"), nome("TipoPendenzaRiferito")]);
    oggetto().deve("intervalloCreazioneTracciato", intero(1, i32::MAX.into()).dice("Ore.")).deve("tipiPendenza", lista_di(tipo, 1, TIPI_MAX))
}

fn posta(con_file: bool) -> Oggetto {
    let o = oggetto()
        .deve("emailIndirizzi", lista(regola(&INDIRIZZO).esempio("ragioneria@example.org")).con("minItems", 1))
        .puo("emailSubject", regola(&OGGETTO))
        .deve("emailAllegato", solo(con_file));
    if con_file {
        o.puo("downloadBaseUrl", regola(&URL_SUPERFLUA))
    } else {
        o.deve("downloadBaseUrl", regola(&URL_SCARICO).esempio("https://example.org/scarica"))
    }
}

fn govpay_rest() -> Schema {
    oggetto()
        .deve("abilitato", solo(true))
        .deve("tipoConnettore", uno_di(&[TipoConnettore::Rest.nome()]))
        .deve("url", url())
        .deve("versioneApi", uno_di(&[VersioneEnte::V1.nome()]))
        .puo("auth", nome("Autenticazione"))
        .deve("contenuti", lista_di(contenuto(), 1, Contenuto::TUTTI.len()))
        .e(consegna())
        .schema()
        .con("title", "Chiamando un servizio")
}

fn contenuto() -> Schema {
    uno_di(&Contenuto::TUTTI.map(Contenuto::nome))
}

fn maggioli() -> Schema {
    let acceso = || {
        let credenziali =
            oggetto().deve("username", testo().con("minLength", 1).con("maxLength", 255)).deve("password", testo().con("minLength", 1).con("maxLength", 255));
        oggetto()
            .deve("abilitato", solo(true))
            .deve("url", url())
            .deve("auth", credenziali.schema())
            .puo("dataUltimaRT", testo().dice("Un giorno, o un giorno con l'ora.").esempio("2026-01-31"))
    };
    let con_esito = |con_file: bool| acceso().deve("inviaTracciatoEsito", solo(true)).deve("fileSystemPath", regola(&CARTELLA)).e(posta(con_file)).schema();
    uno_tra(vec![spento(), acceso().puo("inviaTracciatoEsito", solo(false)).schema(), con_esito(true), con_esito(false)])
}

fn mostrato() -> Schema {
    oggetto()
        .deve("abilitato", booleano())
        .puo("codiceIPA", testo())
        .puo("codiceCliente", testo())
        .puo("codiceIstituto", testo())
        .puo("tipoConnettore", uno_di(&TipoConnettore::TUTTI.map(TipoConnettore::nome)))
        .puo("versioneCsv", testo())
        .puo("versioneZip", testo())
        .e(posta_mostrata())
        .puo("tipiPendenza", lista(nome("TipoPendenzaRiferito")))
        .puo("url", testo())
        .puo("versioneApi", testo())
        .puo("auth", nome("Autenticazione"))
        .puo("contenuti", lista(contenuto()))
        .puo("intervalloCreazioneTracciato", numero_intero())
        .schema()
}

fn posta_mostrata() -> Oggetto {
    oggetto()
        .puo("emailIndirizzi", lista(testo()))
        .puo("emailSubject", testo())
        .puo("emailAllegato", booleano())
        .puo("downloadBaseUrl", testo())
        .puo("fileSystemPath", testo())
}

fn maggioli_mostrato() -> Schema {
    oggetto()
        .deve("abilitato", booleano())
        .puo("inviaTracciatoEsito", booleano())
        .e(posta_mostrata())
        .puo("url", testo())
        .puo("auth", nome("Autenticazione"))
        .puo("dataUltimaRT", istante())
        .schema()
}
