//! Tipi pendenza, in the catalogue and in a dominio (spec/2 section 2.7).
//!
//! The two levels read the same blocks with different words for what is absent. Closed lists ([`modelli_noti`]) are looked at after the scope
//! of the caller (spec/2 section 2.19), so they are a step of their own.

use serde_json::Value;

use crate::Rifiuto;
use crate::anagrafica::tipo_pendenza::{AvvisaturaTipo, Form, PortaleTipo, Promemoria, TracciatoCsv, Trasformazione};
use crate::anagrafica::{BlocchiTipo, SeEnteNonRisponde, Segreto, TipoPendenza, TipoPendenzaDominio};
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{Forma, IDENTIFICATIVO, TIPO, Testo, almeno, non_valida, obbligatorio, tra};

pub const DESCRIZIONE: Testo = Testo::lungo(1, 255);
pub const TIPO_FORM: Testo = Testo::lungo(1, 35);
pub const API_KEY: Testo = Testo::lungo(1, 35);
static FORMA_CODIFICA: Forma = Forma::uguale("[0-9]{1,4}");
pub const CODIFICA_IUV: Testo = Testo::con_forma(1, 4, &FORMA_CODIFICA);

/// The languages of templates.
pub const MODELLI: [&str; 1] = ["freemarker"];

const MEMBRI: [&str; 11] = [
    "descrizione",
    "codificaIUV",
    "pagaTerzi",
    "abilitato",
    "portaleBackoffice",
    "portalePagamento",
    "avvisaturaMail",
    "avvisaturaAppIO",
    "visualizzazione",
    "tracciatoCsv",
    "seEnteNonRisponde",
];

/// Which level is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Livello {
    Catalogo,
    Dominio,
}

/// A tipo pendenza in a path.
pub fn id_tipo(valore: &str) -> Result<String, Rifiuto> {
    TIPO.controlla("idTipoPendenza", valore)
}

/// Body of `PUT /tipiPendenza/{id}`.
pub fn catalogo(id: &str, corpo: &Value) -> Result<(TipoPendenza, BlocchiTipo), Rifiuto> {
    let o = Oggetto::radice(corpo, &MEMBRI)?;
    let cod = id_tipo(id)?;
    let descrizione = DESCRIZIONE.obbligatorio("descrizione", o.testo("descrizione")?)?;
    let codifica_iuv = CODIFICA_IUV.facoltativo("codificaIUV", o.testo("codificaIUV")?)?;
    let (paga_terzi, abilitato) = (o.booleano_o("pagaTerzi", false)?, o.booleano_o("abilitato", true)?);
    let blocchi = blocchi(&o, Livello::Catalogo)?;
    Ok((TipoPendenza { cod, descrizione, codifica_iuv, paga_terzi, abilitato, usi: blocchi.usi() }, blocchi))
}

/// Body of `PUT /domini/{idDominio}/tipiPendenza/{id}`: everything may be absent, and what that means differs from field to field.
pub fn dominio(id: &str, corpo: &Value) -> Result<(String, TipoPendenzaDominio, BlocchiTipo), Rifiuto> {
    let o = Oggetto::radice(corpo, &MEMBRI[1..])?;
    // The only field where a text that says yes or no is not enough.
    let paga_terzi = match o.libero("pagaTerzi") {
        Some(v) => v.as_bool().map_or_else(|| non_valida("pagaTerzi"), |b| Ok(Some(b)))?,
        None => (!o.contiene("pagaTerzi")).then_some(false),
    };
    let abilitato = if o.contiene("abilitato") { o.booleano("abilitato")? } else { Some(true) };
    let cod = id_tipo(id)?;
    let codifica_iuv = CODIFICA_IUV.facoltativo("codificaIUV", o.testo("codificaIUV")?)?;
    let blocchi = blocchi(&o, Livello::Dominio)?;
    Ok((cod, TipoPendenzaDominio { codifica_iuv, paga_terzi, abilitato, usi: blocchi.usi() }, blocchi))
}

fn blocchi(o: &Oggetto<'_>, livello: Livello) -> Result<BlocchiTipo, Rifiuto> {
    Ok(BlocchiTipo {
        portale_backoffice: Some(portale(o, "portaleBackoffice", &["tipo", "definizione"], livello)?),
        portale_pagamento: Some(portale(o, "portalePagamento", &["tipo", "definizione", "impaginazione"], livello)?),
        avvisatura_mail: Some(avvisatura_mail(o, livello)?),
        avvisatura_app_io: Some(avvisatura_app_io(o, livello)?),
        tracciato_csv: tracciato_csv(o)?.filter(|t| *t != TracciatoCsv::default()),
        visualizzazione: o.testo("visualizzazione")?.map(str::to_owned),
        se_ente_non_risponde: se_ente_non_risponde(o)?,
    })
}

fn se_ente_non_risponde(o: &Oggetto<'_>) -> Result<Option<SeEnteNonRisponde>, Rifiuto> {
    let ammessi = SeEnteNonRisponde::TUTTI.map(SeEnteNonRisponde::codice);
    let scelto = o.stringa("seEnteNonRisponde")?.map(|s| tra("seEnteNonRisponde", s, &ammessi)).transpose()?;
    Ok(scelto.and_then(SeEnteNonRisponde::leggi))
}

/// An absent portal is off at both levels. In the catalogue one that is off keeps nothing else.
fn portale(corpo: &Oggetto<'_>, nome: &str, membri_form: &[&str], livello: Livello) -> Result<PortaleTipo, Rifiuto> {
    let Some(o) = corpo.oggetto(nome, &["abilitato", "form", "validazione", "trasformazione", "inoltro"])? else { return Ok(PortaleTipo::spento()) };
    let abilitato = o.booleano("abilitato")?;
    if livello == Livello::Catalogo {
        obbligatorio("abilitato", abilitato)?;
    }
    let letto = PortaleTipo {
        abilitato,
        form: form(&o, membri_form)?,
        validazione: o.testo("validazione")?.map(str::to_owned),
        trasformazione: trasformazione(&o)?,
        inoltro: IDENTIFICATIVO.facoltativo("inoltro", o.testo("inoltro")?)?,
    };
    Ok(if livello == Livello::Catalogo && abilitato == Some(false) { PortaleTipo::spento() } else { letto })
}

fn form(portale: &Oggetto<'_>, membri: &[&str]) -> Result<Option<Form>, Rifiuto> {
    let Some(o) = portale.oggetto("form", membri)? else { return Ok(None) };
    let (tipo, definizione, impaginazione) = (o.testo("tipo")?, o.testo("definizione")?, o.testo("impaginazione")?);
    if tipo.is_none() && definizione.is_none() && impaginazione.is_none() {
        return Ok(None);
    }
    Ok(Some(Form {
        tipo: TIPO_FORM.obbligatorio("tipo", tipo)?,
        definizione: obbligatorio("definizione", definizione)?.to_owned(),
        impaginazione: impaginazione.map(str::to_owned),
    }))
}

fn trasformazione(portale: &Oggetto<'_>) -> Result<Option<Trasformazione>, Rifiuto> {
    let Some(o) = portale.oggetto("trasformazione", &["tipo", "definizione"])? else { return Ok(None) };
    let (tipo, definizione) = (o.stringa("tipo")?, o.testo("definizione")?);
    if tipo.is_none() && definizione.is_none() {
        return Ok(None);
    }
    Ok(Some(Trasformazione { tipo: obbligatorio("tipo", tipo)?.to_owned(), definizione: obbligatorio("definizione", definizione)?.to_owned() }))
}

fn avvisatura_mail(corpo: &Oggetto<'_>, livello: Livello) -> Result<AvvisaturaTipo, Rifiuto> {
    let Some(o) = corpo.oggetto("avvisaturaMail", &PROMEMORIA)? else { return Ok(AvvisaturaTipo::spenta()) };
    tre_promemoria(&o, livello, true)
}

fn avvisatura_app_io(corpo: &Oggetto<'_>, livello: Livello) -> Result<AvvisaturaTipo, Rifiuto> {
    let [a, r, s] = PROMEMORIA;
    let membri = [a, r, s, "apiKey"];
    let membri = if livello == Livello::Dominio { &membri[..] } else { &PROMEMORIA };
    let Some(o) = corpo.oggetto("avvisaturaAppIO", membri)? else { return Ok(AvvisaturaTipo::spenta()) };
    match livello {
        Livello::Catalogo => tre_promemoria(&o, livello, false),
        Livello::Dominio => app_io_dominio(&o).map_err(|r| match r {
            Rifiuto::Sintassi(testo) => Rifiuto::Sintassi(format!("Field 'avvisaturaAppIO' non valido: {testo}")),
            altro => altro,
        }),
    }
}

fn app_io_dominio(o: &Oggetto<'_>) -> Result<AvvisaturaTipo, Rifiuto> {
    let letta = tre_promemoria(o, Livello::Dominio, false)?;
    let api_key = API_KEY.facoltativo("apiKey", o.testo("apiKey")?)?;
    if api_key.is_none() && letta.promemoria().any(|(_, p)| p.abilitato == Some(true)) {
        let testo = "Il campo 'apiKey' e' obbligatorio quando si abilita uno tra promemoriaAvviso, promemoriaRicevuta o promemoriaScadenza.";
        return Err(Rifiuto::Sintassi(testo.to_owned()));
    }
    Ok(AvvisaturaTipo { api_key: api_key.map(Segreto), ..letta })
}

const PROMEMORIA: [&str; 3] = ["promemoriaAvviso", "promemoriaRicevuta", "promemoriaScadenza"];

fn tre_promemoria(o: &Oggetto<'_>, livello: Livello, con_pdf: bool) -> Result<AvvisaturaTipo, Rifiuto> {
    let comuni = ["abilitato", "tipo", "oggetto", "messaggio"];
    let pdf: &[&str] = if con_pdf { &["allegaPdf"] } else { &[] };
    let leggi = |nome: &str, propri: &[&str]| promemoria(o, nome, &[&comuni, propri].concat(), livello).map(Some);
    Ok(AvvisaturaTipo {
        api_key: None,
        promemoria_avviso: leggi(PROMEMORIA[0], pdf)?,
        promemoria_ricevuta: leggi(PROMEMORIA[1], &[pdf, &["soloEseguiti"]].concat())?,
        promemoria_scadenza: leggi(PROMEMORIA[2], &["preavviso"])?,
    })
}

/// Absent is off. At the level of a dominio so is one that does not say.
fn promemoria(avvisatura: &Oggetto<'_>, nome: &str, membri: &[&str], livello: Livello) -> Result<Promemoria, Rifiuto> {
    let Some(o) = avvisatura.oggetto(nome, membri)? else { return Ok(Promemoria::spento()) };
    let abilitato = o.booleano("abilitato")?;
    let abilitato = if livello == Livello::Dominio { abilitato.unwrap_or(false) } else { obbligatorio("abilitato", abilitato)? };
    Ok(Promemoria {
        abilitato: Some(abilitato),
        tipo: o.stringa("tipo")?.map(str::to_owned),
        oggetto: o.testo("oggetto")?.map(str::to_owned),
        messaggio: o.testo("messaggio")?.map(str::to_owned),
        allega_pdf: o.booleano("allegaPdf")?,
        solo_eseguiti: o.booleano("soloEseguiti")?,
        preavviso: naturale(&o, "preavviso")?,
    })
}

/// A whole number from zero on.
pub fn naturale(o: &Oggetto<'_>, nome: &str) -> Result<Option<u32>, Rifiuto> {
    let Some(numero) = o.decimale(nome)? else { return Ok(None) };
    if let Ok(n) = numero.to_string().parse::<i64>() {
        almeno(nome, n, 0)?;
    }
    numero.naturale().map_or_else(|| non_valida(nome), |n| Ok(Some(n)))
}

/// `tracciatoCsv`: all of its members, or none.
pub fn tracciato_csv(corpo: &Oggetto<'_>) -> Result<Option<TracciatoCsv>, Rifiuto> {
    let Some(o) = corpo.oggetto("tracciatoCsv", &["tipo", "intestazione", "richiesta", "risposta"])? else { return Ok(None) };
    let testo = |nome| o.testo(nome).map(|t| t.map(str::to_owned));
    let letto = TracciatoCsv {
        tipo: o.stringa("tipo")?.map(str::to_owned),
        intestazione: testo("intestazione")?,
        richiesta: testo("richiesta")?,
        risposta: testo("risposta")?,
    };
    let ci_sono = [&letto.tipo, &letto.intestazione, &letto.richiesta, &letto.risposta].iter().filter(|t| t.is_some()).count();
    if ci_sono == 0 || ci_sono == 4 {
        return Ok(Some(letto));
    }
    let testo = "I campi 'tipo', 'intestazione', 'richiesta' e 'risposta' devono essere tutti valorizzati per definire il field 'tracciatoCsv'.";
    Err(Rifiuto::Sintassi(testo.to_owned()))
}

/// Every template of the blocks is in a language that exists.
pub fn modelli_noti(blocchi: &BlocchiTipo) -> Result<(), Rifiuto> {
    let portali = blocchi.portali().filter_map(|(_, p)| p.trasformazione.as_ref().map(|t| t.tipo.as_str()));
    let avvisature = [&blocchi.avvisatura_mail, &blocchi.avvisatura_app_io];
    let promemoria = avvisature.into_iter().flatten().flat_map(AvvisaturaTipo::promemoria).filter_map(|(_, p)| p.tipo.as_deref());
    let tracciato = blocchi.tracciato_csv.as_ref().and_then(|t| t.tipo.as_deref());
    portali.chain(promemoria).chain(tracciato).try_for_each(modello_noto)
}

/// One language of [`MODELLI`].
pub fn modello_noto(tipo: &str) -> Result<(), Rifiuto> {
    tra("tipo trasformazione", tipo, &MODELLI).map(drop)
}
