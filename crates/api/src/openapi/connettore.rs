//! How others' services are called: the blocks that intermediari, applicazioni and domini have in common.

use domain::lettura::anagrafica::connettore::{PROTOCOLLI_SSL, TESTO, TIPI_KEYSTORE, TIPI_SSL, URL_TOKEN};

use super::schema::{Schema, booleano, nome, oggetto, regola, uno_di, uno_tra};

/// Text of a connector.
fn testo() -> Schema {
    regola(&TESTO)
}

/// An address.
pub fn url() -> Schema {
    testo().esempio("https://example.org/servizio")
}

pub fn schemi() -> Vec<(&'static str, Schema)> {
    let nodo = oggetto().deve("urlRPT", url()).puo("auth", nome("Autenticazione")).puo("subscriptionKey", testo());
    let servizio = oggetto()
        .deve("url", url())
        .puo("auth", nome("Autenticazione"))
        .puo("subscriptionKey", testo())
        .puo("abilitaGDE", booleano().con("default", false).dice("Se le chiamate si raccontano al giornale degli eventi esterno."));
    let server = || oggetto().deve("host", testo()).deve("porta", testo()).deve("username", testo()).deve("password", testo()).schema();
    let ftp = oggetto().deve("ftp_lettura", server()).deve("ftp_scrittura", server());
    vec![("ConnettoreNodo", nodo.schema()), ("ConnettoreServizio", servizio.schema()), ("ConnettoreFtp", ftp.schema()), ("Autenticazione", autenticazione())]
}

/// One kind or another, told by the members that are there.
fn autenticazione() -> Schema {
    let basic = oggetto().deve("username", testo()).deve("password", testo());
    let oauth2 = oggetto()
        .deve("clientId", testo())
        .deve("clientSecret", testo())
        .deve("urlTokenEndpoint", regola(&URL_TOKEN).esempio("https://example.org/token"))
        .puo("scope", testo());
    let chiave = oggetto().deve("apiId", testo()).deve("apiKey", testo());
    let header = oggetto().deve("headerName", testo()).deve("headerValue", testo());
    let [client, server] = TIPI_SSL.map(certificati);
    uno_tra(vec![basic.schema(), oauth2.schema(), chiave.schema(), header.schema(), client, server])
}

fn certificati(tipo: &str) -> Schema {
    let o = oggetto()
        .deve("tipo", uno_di(&[tipo]))
        .deve("tsLocation", testo())
        .deve("tsPassword", testo())
        .deve("tsType", uno_di(&TIPI_KEYSTORE))
        .deve("sslType", uno_di(&PROTOCOLLI_SSL));
    let con_chiavi = if tipo == "Client" {
        o.deve("ksLocation", testo()).deve("ksPassword", testo()).deve("ksType", uno_di(&TIPI_KEYSTORE)).deve("ksPKeyPasswd", testo())
    } else {
        o.puo("ksLocation", testo()).puo("ksPassword", testo()).puo("ksType", uno_di(&TIPI_KEYSTORE)).puo("ksPKeyPasswd", testo())
    };
    con_chiavi.schema()
}
