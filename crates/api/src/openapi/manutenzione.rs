//! API Backoffice v1: configurazioni, operazioni and sonde.

use domain::anagrafica::configurazione::Quando;
use domain::lettura::anagrafica::configurazioni::{CHIAVE, KEYSTORE, LOCATION, MITTENTE, PARAMETRO, SENZA_SPAZI, TTL_MAX, TTL_MIN};
use domain::lettura::anagrafica::connettore::PROTOCOLLI_SSL;
use domain::lettura::anagrafica::tipi::MODELLI;
use gateway::lavori::Situazione;

use super::connettore::url;
use super::operazione::{Famiglia, Operazione, modifiche, operazione, pagina, parametro, voce_di_modifica};
use super::schema::{Oggetto, Schema, booleano, intero, istante, lista, nome, numero, numero_intero, oggetto, regola, solo, testo, uno_di, uno_tra};

pub fn famiglia() -> Famiglia {
    let mut operazioni = configurazioni();
    operazioni.extend(operazioni_e_sonde());
    operazioni.extend(lavori());
    Famiglia { api: "backoffice", versione: "v1", gruppo: "Configurazione e manutenzione", operazioni, schemi: schemi() }
}

const BLOCCHI: [(&str, &str); 8] = [
    ("giornaleEventi", "GiornaleEventi"),
    ("servizioGDE", "ServizioGde"),
    ("tracciatoCsv", "TracciatoCsv"),
    ("hardening", "Hardening"),
    ("mailBatch", "MailBatch"),
    ("avvisaturaMail", "MessaggiMail"),
    ("avvisaturaAppIO", "MessaggiAppIo"),
    ("appIOBatch", "AppIoBatch"),
];

fn configurazioni() -> Vec<Operazione> {
    let sostituisci = |(membro, schema): (&str, &str)| voce_di_modifica(&["REPLACE"], &format!("/{membro}"), nome(schema));
    let intera = BLOCCHI.into_iter().fold(oggetto(), |o, (membro, schema)| o.deve(membro, nome(schema)));
    vec![
        operazione("getConfigurazioni", "Legge la configurazione del sistema").dice("Le password sono in chiaro.").json(
            200,
            "La configurazione.",
            nome("Configurazione"),
        ),
        operazione("addConfigurazioni", "Sostituisce la configurazione del sistema").corpo(intera.schema()).vuota(200, "Sostituita."),
        operazione("aggiornaConfigurazioni", "Sostituisce un blocco della configurazione")
            .modifica(modifiche(BLOCCHI.into_iter().map(sostituisci).collect()))
            .json(200, "La configurazione com'è adesso.", nome("Configurazione")),
    ]
}

fn operazioni_e_sonde() -> Vec<Operazione> {
    let riga = oggetto().deve("idOperazione", testo()).deve("location", testo());
    let elenco = oggetto()
        .deve("numRisultati", numero_intero())
        .deve("numPagine", numero_intero())
        .deve("risultatiPerPagina", numero_intero())
        .deve("pagina", numero_intero())
        .deve("risultati", lista(riga.schema()));
    let esito = oggetto().deve("idOperazione", testo()).deve("descrizione", testo()).deve("stato", uno_di(&["0"]));
    let ultima = oggetto().deve("percentuale", intero(0, 100)).deve("descrizione", testo()).puo("stato", uno_di(&["OK", "KO"]));
    vec![
        operazione("findOperazioni", "Elenca le operazioni che si possono eseguire").query(pagina()).json(
            200,
            "Tutte, qualunque sia la pagina.",
            elenco.schema(),
        ),
        operazione("getOperazione", "Esegue un'operazione")
            .dice("È una GET, e fa: risponde quando l'operazione è finita, o subito dove il contratto vuole che sia solo prenotata. Accetta anche il nome di un lavoro.")
            .query(vec![parametro("force", booleano(), "Accettato e senza effetto.")])
            .json(200, "Eseguita.", esito.schema()),
        operazione("getStatoOperazione", "Dice come è andata l'ultima esecuzione di un'operazione").json(
            200,
            "L'ultima esecuzione, su qualunque nodo.",
            ultima.schema(),
        ),
        operazione("findSonde", "Legge tutte le sonde").json(200, "Le sonde.", lista(nome("Sonda"))),
        operazione("getSonda", "Legge una sonda").json(200, "La sonda.", nome("Sonda")).risponde(404, "Non c'è.", vec![("text/plain", None)]),
    ]
}

fn lavori() -> Vec<Operazione> {
    let intero = |elementi: Schema| {
        oggetto()
            .deve("numRisultati", numero_intero())
            .deve("numPagine", numero_intero())
            .deve("risultatiPerPagina", numero_intero())
            .deve("pagina", numero_intero())
            .deve("risultati", lista(elementi))
    };
    let fermo = oggetto()
        .deve("op", uno_di(&["REPLACE"]))
        .deve("path", uno_di(&["/fermo"]))
        .puo("value", testo().con("type", serde_json::json!(["string", "null"])).dice("Il motivo per cui si ferma; senza, o null, riprende."));
    let richiesto = voce_di_modifica(&["REPLACE"], "/richiesto", solo(true));
    vec![
        operazione("findLavori", "Elenca i lavori che il programma fa da sé").json(200, "Tutti i lavori.", intero(nome("Lavoro")).schema()),
        operazione("getLavoro", "Legge un lavoro").json(200, "Il lavoro.", nome("Lavoro")),
        operazione("updateLavoro", "Ferma un lavoro, lo fa riprendere, o ne chiede un'esecuzione")
            .dice("Un lavoro fermo non parte su nessun nodo, e l'esecuzione in corso si interrompe.")
            .modifica(modifiche(vec![fermo, richiesto]))
            .json(200, "Il lavoro com'è adesso.", nome("Lavoro")),
    ]
}

fn lavoro() -> Schema {
    oggetto()
        .deve("nome", testo())
        .puo("idOperazione", testo().dice("Il nome che ha anche in /operazioni."))
        .deve("descrizione", testo())
        .deve("orario", testo())
        .deve("stato", uno_di(&Situazione::TUTTE.map(Situazione::nome)))
        .puo("fermo", testo().dice("Perché è stato fermato."))
        .puo("nodo", testo().dice("Quello che lo sta eseguendo."))
        .puo("ultimoInizio", istante())
        .puo("ultimaFine", istante())
        .puo("ultimoEsito", uno_di(&["RIUSCITO", "FALLITO", "INTERROTTO"]))
        .puo("motivo", testo().dice("Che cosa ha detto l'ultima esecuzione."))
        .puo("ultimoRiuscito", istante())
        .deve("fallimenti", numero_intero().dice("Di fila."))
        .deve("richiesto", booleano())
        .puo("prossimo", istante())
        .schema()
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let configurazione = BLOCCHI.into_iter().fold(oggetto(), |o, (membro, schema)| o.puo(membro, nome(schema)));
    vec![
        ("Configurazione", configurazione.schema()),
        ("GiornaleEventi", giornale()),
        ("InterfacciaTracciata", interfaccia()),
        ("ServizioGde", servizio_gde()),
        ("Hardening", hardening()),
        ("MailBatch", mail_batch()),
        ("Keystore", keystore()),
        ("MessaggiMail", messaggi(true)),
        ("MessaggiAppIo", messaggi(false)),
        ("AppIoBatch", app_io_batch()),
        ("Sonda", sonda()),
        ("Lavoro", lavoro()),
    ]
}

fn giornale() -> Schema {
    let nomi = ["apiEnte", "apiPagamento", "apiRagioneria", "apiBackoffice", "apiPagoPA", "apiPendenze", "apiBackendIO", "apiMaggioliJPPA"];
    let interfacce = nomi.into_iter().fold(oggetto(), |o, n| o.deve(n, nome("InterfacciaTracciata")));
    oggetto().deve("interfacce", interfacce.schema()).schema()
}

fn interfaccia() -> Schema {
    let quando = || uno_di(&Quando::TUTTI.map(Quando::nome));
    let gruppo = || oggetto().deve("log", quando()).deve("dump", quando()).schema();
    oggetto().deve("letture", gruppo()).deve("scritture", gruppo()).schema()
}

/// Of what is switched off nothing is looked at.
fn spento(o: Oggetto) -> Schema {
    oggetto().deve("abilitato", solo(false)).e(o).schema()
}

fn servizio_gde() -> Schema {
    let acceso = oggetto().deve("abilitato", solo(true)).deve("url", url()).puo("auth", nome("Autenticazione"));
    uno_tra(vec![acceso.schema(), spento(oggetto().puo("url", testo()).puo("auth", nome("Autenticazione")))])
}

fn app_io_batch() -> Schema {
    let secondi = |da: u64, a: u64| intero(i64::try_from(da).unwrap_or_default(), i64::try_from(a).unwrap_or(i64::MAX)).dice("Secondi.");
    let acceso = oggetto()
        .deve("abilitato", solo(true))
        .deve("url", regola(&SENZA_SPAZI).esempio("https://example.org/io"))
        .puo("timeToLive", secondi(TTL_MIN, TTL_MAX))
        .puo("auth", nome("Autenticazione"));
    let altro = oggetto().puo("url", testo()).puo("timeToLive", secondi(0, u32::MAX.into())).puo("auth", nome("Autenticazione"));
    uno_tra(vec![acceso.schema(), spento(altro)])
}

fn hardening() -> Schema {
    let millisecondi = || intero(0, u32::MAX.into()).dice("Millisecondi.");
    let captcha = oggetto()
        .deve("serverURL", testo().esempio("https://example.org/verifica"))
        .deve("siteKey", regola(&CHIAVE))
        .deve("secretKey", regola(&CHIAVE))
        .deve("soglia", numero().con("minimum", 0).con("maximum", 1))
        .deve("parametro", regola(&PARAMETRO).esempio("gRecaptchaResponse"))
        .deve("denyOnFail", booleano())
        .deve("connectionTimeout", millisecondi())
        .deve("readTimeout", millisecondi());
    oggetto().deve("abilitato", booleano()).puo("captcha", captcha.schema()).schema()
}

fn mail_batch() -> Schema {
    let millisecondi = || intero(0, u32::MAX.into()).dice("Millisecondi.");
    let acceso = oggetto()
        .deve("host", regola(&SENZA_SPAZI).esempio("smtp.example.org"))
        .deve("port", intero(1, u32::MAX.into()))
        .deve("username", regola(&SENZA_SPAZI).esempio("fiorino"))
        .deve("password", regola(&CHIAVE))
        .deve("from", regola(&MITTENTE).esempio("pagamenti@example.org"))
        .deve("readTimeout", millisecondi())
        .deve("connectionTimeout", millisecondi())
        .puo("sslConfig", ssl(true))
        .puo("startTls", booleano().con("default", false));
    let qualunque = oggetto()
        .puo("host", testo())
        .puo("port", intero(0, u32::MAX.into()))
        .puo("username", testo())
        .puo("password", testo())
        .puo("from", testo())
        .puo("readTimeout", millisecondi())
        .puo("connectionTimeout", millisecondi())
        .puo("sslConfig", ssl(false))
        .puo("startTls", booleano());
    let batch = oggetto().deve("abilitato", solo(true)).deve("mailserver", acceso.schema());
    uno_tra(vec![batch.schema(), spento(oggetto().puo("mailserver", qualunque.schema()))])
}

fn ssl(in_uso: bool) -> Schema {
    let qualunque =
        |o: Oggetto| o.puo("type", testo()).puo("hostnameVerifier", booleano()).puo("keystore", store_qualunque()).puo("truststore", store_qualunque());
    if !in_uso {
        return qualunque(oggetto().puo("abilitato", booleano())).schema();
    }
    let acceso = oggetto()
        .deve("abilitato", solo(true))
        .deve("type", uno_di(&PROTOCOLLI_SSL))
        .deve("hostnameVerifier", booleano())
        .puo("keystore", nome("Keystore"))
        .puo("truststore", nome("Keystore"));
    uno_tra(vec![acceso.schema(), qualunque(oggetto().deve("abilitato", solo(false))).schema()])
}

fn keystore() -> Schema {
    oggetto()
        .deve("type", uno_di(&KEYSTORE))
        .deve("location", regola(&LOCATION))
        .puo("password", regola(&CHIAVE))
        .puo("managementAlgorithm", regola(&CHIAVE))
        .schema()
}

fn store_qualunque() -> Schema {
    oggetto().puo("type", testo()).puo("location", testo()).puo("password", testo()).puo("managementAlgorithm", testo()).schema()
}

/// What is written to debtors, where a tipo pendenza does not say otherwise.
fn messaggi(con_pdf: bool) -> Schema {
    let modello = || testo().esempio("Y2lhbw==").dice("Modello, in base64.");
    let messaggio = || oggetto().deve("tipo", uno_di(&MODELLI)).deve("oggetto", modello()).deve("messaggio", modello());
    let con_pdf = |o: Oggetto| if con_pdf { o.deve("allegaPdf", booleano()) } else { o };
    oggetto()
        .deve("promemoriaAvviso", con_pdf(messaggio()).schema())
        .deve("promemoriaRicevuta", con_pdf(messaggio()).deve("soloEseguiti", booleano()).schema())
        .deve("promemoriaScadenza", messaggio().deve("preavviso", intero(0, u32::MAX.into()).dice("Giorni.")).schema())
        .schema()
}

fn sonda() -> Schema {
    oggetto()
        .deve("id", testo())
        .deve("nome", testo())
        .puo("stato", testo())
        .deve("descrizioneStato", testo())
        .puo("durataStato", numero_intero())
        .puo("sogliaWarn", numero_intero())
        .puo("sogliaError", numero_intero())
        .deve("dataUltimoCheck", istante())
        .deve("tipo", testo())
        .schema()
}
