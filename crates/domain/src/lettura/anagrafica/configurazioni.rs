//! `configurazioni`: the whole of it (POST), or one block (PATCH), by the same rules (spec/2 section 2.15).

use serde_json::{Number, Value, json};

use super::connettore::{self, PROTOCOLLI_SSL};
use super::modifica::{self, Dialetto};
use super::tipi::{modello_noto, naturale, tracciato_csv};
use crate::Rifiuto;
use crate::anagrafica::Segreto;
use crate::anagrafica::configurazione::{
    AppIoBatch, BloccoConfigurazione, Captcha, GiornaleEventi, Hardening, Interfacce, Interfaccia, Keystore, MailBatch, Mailserver, MessaggiAvvisatura,
    Messaggio, Quando, ServizioGde, SslConfig, Tracciamento,
};
use crate::lettura::json::Oggetto;
use crate::lettura::modifica::Op;
use crate::lettura::regole::{self, FORMA_EMAIL, Forma, Testo, al_massimo, almeno, non_valida, obbligatorio, tra};

static FORMA_SENZA_SPAZI: Forma = Forma::diversa(r"(^\S+$)", r"[^ \t\n\x0B\x0C\r]+");
static FORMA_PARAMETRO: Forma = Forma::uguale(r"[a-zA-Z0-9\-_]+");
pub const SENZA_SPAZI: Testo = Testo::con_forma(1, 255, &FORMA_SENZA_SPAZI);
pub const CHIAVE: Testo = Testo::lungo(1, 255);
pub const PARAMETRO: Testo = Testo::con_forma(1, 255, &FORMA_PARAMETRO);
pub const MITTENTE: Testo = Testo::con_forma(1, 255, &FORMA_EMAIL);
pub const LOCATION: Testo = Testo::lungo(1, 1024);
pub const KEYSTORE: [&str; 1] = ["JKS"];
const MEMBRI_STORE: [&str; 4] = ["type", "location", "password", "managementAlgorithm"];
/// Seconds for which App IO tries to deliver.
pub const TTL_MIN: u64 = 3_600;
pub const TTL_MAX: u64 = 604_800;

/// Body of POST: the eight blocks, in the order in which they are checked.
pub fn tutte(corpo: &Value) -> Result<Vec<BloccoConfigurazione>, Rifiuto> {
    let o = Oggetto::radice(corpo, &BloccoConfigurazione::MEMBRI)?;
    let blocchi = BloccoConfigurazione::MEMBRI.iter().map(|nome| blocco(&o, nome)).collect::<Result<Vec<_>, _>>()?;
    blocchi.iter().try_for_each(linguaggi)?;
    Ok(blocchi)
}

/// Body of PATCH: `REPLACE` of one block and another.
pub fn modifiche(corpo: &Value) -> Result<Vec<BloccoConfigurazione>, Rifiuto> {
    let leggi = |o: modifica::Operazione| {
        let Some(nome) = o.path.strip_prefix('/').filter(|n| BloccoConfigurazione::MEMBRI.contains(n)) else { return o.path_ignoto() };
        o.sia_tra(&[Op::Replace])?;
        if !o.value.is_object() {
            return o.value_errato();
        }
        let corpo = json!({ nome: o.value });
        let letto = blocco(&Oggetto::radice(&corpo, &[nome])?, nome)?;
        linguaggi(&letto)?;
        Ok(letto)
    };
    modifica::operazioni(corpo)?.into_iter().map(leggi).collect()
}

fn blocco(corpo: &Oggetto<'_>, nome: &str) -> Result<BloccoConfigurazione, Rifiuto> {
    let apri = |membri: &[&str]| obbligatorio(nome, corpo.oggetto(nome, membri)?);
    Ok(match nome {
        "giornaleEventi" => BloccoConfigurazione::GiornaleEventi(giornale(&apri(&["interfacce"])?)?),
        "servizioGDE" => BloccoConfigurazione::ServizioGde(servizio_gde(&apri(&["abilitato", "url", "auth"])?)?),
        "tracciatoCsv" => BloccoConfigurazione::TracciatoCsv(obbligatorio(nome, tracciato_csv(corpo)?)?),
        "hardening" => BloccoConfigurazione::Hardening(hardening(&apri(&["abilitato", "captcha"])?)?),
        "mailBatch" => BloccoConfigurazione::MailBatch(mail_batch(&apri(&["abilitato", "mailserver"])?)?),
        "avvisaturaMail" => BloccoConfigurazione::AvvisaturaMail(messaggi(&apri(&PROMEMORIA)?, true)?),
        "avvisaturaAppIO" => BloccoConfigurazione::AvvisaturaAppIo(messaggi(&apri(&PROMEMORIA)?, false)?),
        _ => BloccoConfigurazione::AppIoBatch(app_io_batch(&apri(&["abilitato", "url", "timeToLive", "auth"])?)?),
    })
}

/// Templates are in a language that exists: asked last.
fn linguaggi(blocco: &BloccoConfigurazione) -> Result<(), Rifiuto> {
    match blocco {
        BloccoConfigurazione::TracciatoCsv(t) => t.tipo.as_deref().map_or(Ok(()), modello_noto),
        BloccoConfigurazione::AvvisaturaMail(m) | BloccoConfigurazione::AvvisaturaAppIo(m) => m.tutti().iter().try_for_each(|(_, m)| modello_noto(&m.tipo)),
        _ => Ok(()),
    }
}

fn giornale(o: &Oggetto<'_>) -> Result<GiornaleEventi, Rifiuto> {
    let nomi = ["apiEnte", "apiPagamento", "apiRagioneria", "apiBackoffice", "apiPagoPA", "apiPendenze", "apiBackendIO", "apiMaggioliJPPA"];
    let o = obbligatorio("interfacce", o.oggetto("interfacce", &nomi)?)?;
    Ok(GiornaleEventi {
        interfacce: Interfacce {
            api_ente: interfaccia(&o, nomi[0])?,
            api_pagamento: interfaccia(&o, nomi[1])?,
            api_ragioneria: interfaccia(&o, nomi[2])?,
            api_backoffice: interfaccia(&o, nomi[3])?,
            api_pago_pa: interfaccia(&o, nomi[4])?,
            api_pendenze: interfaccia(&o, nomi[5])?,
            api_backend_io: interfaccia(&o, nomi[6])?,
            api_maggioli_jppa: interfaccia(&o, nomi[7])?,
        },
    })
}

fn interfaccia(o: &Oggetto<'_>, nome: &str) -> Result<Interfaccia, Rifiuto> {
    let o = obbligatorio(nome, o.oggetto(nome, &["letture", "scritture"])?)?;
    let gruppo = |nome| -> Result<Tracciamento, Rifiuto> {
        let o = obbligatorio(nome, o.oggetto(nome, &["log", "dump"])?)?;
        Ok(Tracciamento { log: quando(&o, "log")?, dump: quando(&o, "dump")? })
    };
    Ok(Interfaccia { letture: gruppo("letture")?, scritture: gruppo("scritture")? })
}

fn quando(o: &Oggetto<'_>, nome: &str) -> Result<Quando, Rifiuto> {
    let scelto = tra(nome, obbligatorio(nome, o.stringa(nome)?)?, &Quando::TUTTI.map(Quando::nome))?;
    Quando::leggi(scelto).map_or_else(|| non_valida(nome), Ok)
}

fn abilitato(o: &Oggetto<'_>) -> Result<bool, Rifiuto> {
    obbligatorio("abilitato", o.booleano("abilitato")?)
}

fn testo(o: &Oggetto<'_>, nome: &str) -> Result<Option<String>, Rifiuto> {
    Ok(o.testo(nome)?.map(str::to_owned))
}

fn servizio_gde(o: &Oggetto<'_>) -> Result<ServizioGde, Rifiuto> {
    let abilitato = abilitato(o)?;
    if abilitato {
        return Ok(ServizioGde { abilitato, url: Some(connettore::url(o, "url")?), auth: connettore::autenticazione(o)? });
    }
    Ok(ServizioGde { abilitato, url: testo(o, "url")?, auth: connettore::autenticazione(o).unwrap_or_default() })
}

fn app_io_batch(o: &Oggetto<'_>) -> Result<AppIoBatch, Rifiuto> {
    let abilitato = abilitato(o)?;
    if !abilitato {
        let auth = connettore::autenticazione(o).unwrap_or_default();
        return Ok(AppIoBatch { abilitato, url: testo(o, "url")?, time_to_live: naturale(o, "timeToLive")?, auth });
    }
    let url = SENZA_SPAZI.obbligatorio("url", o.testo("url")?)?;
    let time_to_live = naturale(o, "timeToLive")?;
    if let Some(t) = time_to_live {
        almeno("timeToLive", t.into(), TTL_MIN)?;
        al_massimo("timeToLive", t.into(), TTL_MAX)?;
    }
    Ok(AppIoBatch { abilitato, url: Some(url), time_to_live, auth: connettore::autenticazione(o)? })
}

fn hardening(o: &Oggetto<'_>) -> Result<Hardening, Rifiuto> {
    let abilitato = abilitato(o)?;
    let membri = ["serverURL", "siteKey", "secretKey", "soglia", "parametro", "denyOnFail", "connectionTimeout", "readTimeout"];
    Ok(Hardening { abilitato, captcha: o.oggetto("captcha", &membri)?.map(|c| captcha(&c)).transpose()? })
}

fn captcha(o: &Oggetto<'_>) -> Result<Captcha, Rifiuto> {
    let server_url = obbligatorio("serverURL", o.testo("serverURL")?)?.to_owned();
    regole::url("serverURL", &server_url)?;
    Ok(Captcha {
        server_url,
        site_key: CHIAVE.obbligatorio("siteKey", o.testo("siteKey")?)?,
        secret_key: Segreto(CHIAVE.obbligatorio("secretKey", o.testo("secretKey")?)?),
        soglia: soglia(o)?,
        parametro: PARAMETRO.obbligatorio("parametro", o.testo("parametro")?)?,
        deny_on_fail: obbligatorio("denyOnFail", o.booleano("denyOnFail")?)?,
        connection_timeout: obbligatorio("connectionTimeout", naturale(o, "connectionTimeout")?)?,
        read_timeout: obbligatorio("readTimeout", naturale(o, "readTimeout")?)?,
    })
}

/// From zero to one, both good.
fn soglia(o: &Oggetto<'_>) -> Result<Number, Rifiuto> {
    let scritta = obbligatorio("soglia", o.decimale("soglia")?)?.to_string();
    let (Ok(valore), Ok(numero)) = (scritta.parse::<f64>(), scritta.parse::<Number>()) else { return non_valida("soglia") };
    if valore < 0.0 {
        return almeno("soglia", -1, 0).and_then(|()| non_valida("soglia"));
    }
    if valore > 1.0 {
        return al_massimo("soglia", 2, 1).and_then(|()| non_valida("soglia"));
    }
    Ok(numero)
}

const MEMBRI_MAILSERVER: [&str; 9] = ["host", "port", "username", "password", "from", "readTimeout", "connectionTimeout", "sslConfig", "startTls"];

/// A server that is switched off is kept as it was sent.
fn mail_batch(o: &Oggetto<'_>) -> Result<MailBatch, Rifiuto> {
    let abilitato = abilitato(o)?;
    let Some(m) = o.oggetto("mailserver", &MEMBRI_MAILSERVER)? else {
        return if abilitato { obbligatorio("mailserver", None) } else { Ok(MailBatch { abilitato, mailserver: None }) };
    };
    if abilitato {
        obbligatorio("host", m.testo("host")?)?;
    }
    let mut letto = Mailserver {
        host: testo(&m, "host")?,
        port: naturale(&m, "port")?,
        username: testo(&m, "username")?,
        password: testo(&m, "password")?.map(Segreto),
        from: testo(&m, "from")?,
        read_timeout: naturale(&m, "readTimeout")?,
        connection_timeout: naturale(&m, "connectionTimeout")?,
        ssl_config: ssl(&m, abilitato)?,
        start_tls: if m.contiene("startTls") { m.booleano("startTls")? } else { Some(false) },
    };
    if abilitato {
        controlla_mailserver(&m, &mut letto)?;
    }
    Ok(MailBatch { abilitato, mailserver: Some(letto) })
}

fn controlla_mailserver(o: &Oggetto<'_>, m: &mut Mailserver) -> Result<(), Rifiuto> {
    SENZA_SPAZI.obbligatorio("host", m.host.as_deref())?;
    almeno("port", obbligatorio("port", m.port)?.into(), 1)?;
    SENZA_SPAZI.obbligatorio("username", m.username.as_deref())?;
    CHIAVE.obbligatorio("password", m.password.as_ref().map(|p| p.0.as_str()))?;
    MITTENTE.obbligatorio("from", m.from.as_deref())?;
    obbligatorio("readTimeout", m.read_timeout)?;
    obbligatorio("connectionTimeout", m.connection_timeout)?;
    o.booleano_o("startTls", false)?;
    Ok(())
}

fn ssl(mailserver: &Oggetto<'_>, controlla: bool) -> Result<Option<SslConfig>, Rifiuto> {
    let membri = ["abilitato", "type", "hostnameVerifier", "keystore", "truststore"];
    let Some(o) = mailserver.oggetto("sslConfig", &membri)? else { return Ok(None) };
    let abilitato = o.booleano("abilitato")?;
    let in_uso = controlla && obbligatorio("abilitato", abilitato)?;
    let tipo = o.stringa("type")?;
    let hostname_verifier = o.booleano("hostnameVerifier")?;
    if in_uso {
        tra("type", obbligatorio("type", tipo)?, &PROTOCOLLI_SSL)?;
        obbligatorio("hostnameVerifier", hostname_verifier)?;
    }
    let (truststore, keystore) = (store(&o, "truststore", in_uso)?, store(&o, "keystore", in_uso)?);
    Ok(Some(SslConfig { abilitato, tipo: tipo.map(str::to_owned), hostname_verifier, truststore, keystore }))
}

/// One that says nothing is as if it were not there.
fn store(ssl: &Oggetto<'_>, nome: &str, controlla: bool) -> Result<Option<Keystore>, Rifiuto> {
    let Some(o) = ssl.oggetto(nome, &MEMBRI_STORE)? else { return Ok(None) };
    let pieno = |nome| -> Result<Option<&str>, Rifiuto> { Ok(o.testo(nome)?.filter(|t| !t.is_empty())) };
    if MEMBRI_STORE.iter().map(|m| pieno(m)).collect::<Result<Vec<_>, _>>()?.iter().all(Option::is_none) {
        return Ok(None);
    }
    let (tipo, location) = (o.stringa("type")?, testo(&o, "location")?);
    if controlla {
        tra("type", obbligatorio("type", tipo)?, &KEYSTORE)?;
        LOCATION.obbligatorio("location", location.as_deref())?;
        CHIAVE.facoltativo("password", o.testo("password")?)?;
        CHIAVE.facoltativo("managementAlgorithm", o.testo("managementAlgorithm")?)?;
    }
    let password = testo(&o, "password")?.map(Segreto);
    Ok(Some(Keystore { tipo: tipo.map(str::to_owned), location, password, management_algorithm: testo(&o, "managementAlgorithm")? }))
}

const PROMEMORIA: [&str; 3] = ["promemoriaAvviso", "promemoriaRicevuta", "promemoriaScadenza"];

fn messaggi(o: &Oggetto<'_>, con_pdf: bool) -> Result<MessaggiAvvisatura, Rifiuto> {
    let pdf: &[&str] = if con_pdf { &["allegaPdf"] } else { &[] };
    Ok(MessaggiAvvisatura {
        promemoria_avviso: messaggio(o, PROMEMORIA[0], pdf)?,
        promemoria_ricevuta: messaggio(o, PROMEMORIA[1], &[pdf, &["soloEseguiti"]].concat())?,
        promemoria_scadenza: messaggio(o, PROMEMORIA[2], &["preavviso"])?,
    })
}

/// `propri`: the members that this kind of message has beside the common ones. All are mandatory.
fn messaggio(avvisatura: &Oggetto<'_>, nome: &str, propri: &[&str]) -> Result<Messaggio, Rifiuto> {
    let o = obbligatorio(nome, avvisatura.oggetto(nome, &[&["tipo", "oggetto", "messaggio"], propri].concat())?)?;
    let (Some(tipo), Some(oggetto), Some(messaggio)) = (o.stringa("tipo")?, testo(&o, "oggetto")?, testo(&o, "messaggio")?) else {
        let testo = format!("I campi 'tipo', 'oggetto' e 'messaggio' devono essere tutti valorizzati per definire il field '{nome}'.");
        return Err(Rifiuto::Sintassi(testo));
    };
    let booleano = |m: &'static str| if propri.contains(&m) { obbligatorio(m, o.booleano(m)?).map(Some) } else { Ok(None) };
    let preavviso = if propri.contains(&"preavviso") { Some(obbligatorio("preavviso", naturale(&o, "preavviso")?)?) } else { None };
    let (allega_pdf, solo_eseguiti) = (booleano("allegaPdf")?, booleano("soloEseguiti")?);
    Ok(Messaggio { tipo: tipo.to_owned(), oggetto, messaggio, allega_pdf, solo_eseguiti, preavviso })
}
