//! Body of `PUT /ricevute/{idDominio}/{iuv}/{idRicevuta}` (API EC v2): the receipt with the pendenza that it pays.
//!
//! Members without a value are left out, but inside `rpt.json` and `rt.json`, which keep their nulls. `idPagamento`, `idSessionePsp` and `modello` are
//! there for a payment that a portal started; `versante`, which only an RPT of the old model has, is not in these transactions.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codici::IdDominio;
use domain::anagrafica::VersioneEnte;
use domain::attivazione::categoria;
use domain::calendario::{oggi, ora_locale};
use domain::pagamento::Pagamento;
use domain::pendenza::{ParteDocumento, Riferimento};
use domain::ricevuta::Riscossione;
use domain::{Anagrafica, Pendenza, Soggetto, Voce};
use pagopa::busta::Difetto;
use pagopa::documento::documento;
use serde_json::{Map, Value, json};

use crate::notifica::{DatiNotifica, ErroreNotifica, Letta, numero};

/// # Errors
/// When the type is not a receipt, or what is stored cannot be read.
pub fn corpo(dati: &DatiNotifica<'_>) -> Result<Value, ErroreNotifica> {
    dati.gradita(VersioneEnte::V2)?;
    let ricevuta = dati.ricevuta()?.ok_or(ErroreNotifica::SenzaRicevuta)?;
    let acquisita = dati.transazione.data_ricevuta.map(|istante| ora_locale(istante).format("%Y-%m-%dT%H:%M:%S").to_string());
    let mut m = Membri::default();
    m.metti("dominio", dominio(&dati.transazione.dominio, dati.anagrafica));
    m.metti("iuv", dati.transazione.iuv.as_str());
    m.metti("idRicevuta", dati.transazione.ccp.as_str());
    m.metti("importo", numero(ricevuta.importo()));
    m.metti("esito", dati.transazione.esito.nome());
    m.forse("idPagamento", dati.pagamento.map(Pagamento::id_mostrato));
    m.forse("idSessionePsp", dati.pagamento.and_then(|p| p.id_sessione_psp.as_deref()));
    m.metti("istitutoAttestante", attestante(dati, &ricevuta));
    m.metti("pendenza", pendenza_pagata(dati.pendenza, dati.riscossioni, dati.anagrafica));
    // Both are the moment in which we acquired the receipt (spec/3 section 4).
    m.forse("data", acquisita.clone());
    m.forse("dataPagamento", acquisita);
    m.metti("rpt", richiesta(dati, &ricevuta)?);
    m.metti("rt", rt(dati, &ricevuta)?);
    m.forse("modello", dati.pagamento.map(|p| p.iniziativa.modello()));
    Ok(m.fine())
}

/// An object under construction, in the order of the contract.
#[derive(Default)]
struct Membri(Map<String, Value>);

impl Membri {
    fn metti(&mut self, nome: &str, valore: impl Into<Value>) {
        self.0.insert(nome.to_owned(), valore.into());
    }

    /// Left out when there is no value.
    fn forse(&mut self, nome: &str, valore: Option<impl Into<Value>>) {
        if let Some(valore) = valore {
            self.metti(nome, valore);
        }
    }

    fn fine(self) -> Value {
        Value::Object(self.0)
    }
}

/// `idPSP` is the fiscal code of who attests, not the code of the PSP (spec/3 section 4). A receipt may come without it: then the code is better than
/// nothing.
fn attestante(dati: &DatiNotifica<'_>, ricevuta: &Letta) -> Value {
    let detto = ricevuta.attestante();
    let (codice, denominazione) = dati.transazione.attestante.as_ref().map(|(codice, nome)| (codice.as_str(), nome.as_str())).unzip();
    let codice = codice.filter(|c| !c.is_empty()).unwrap_or(detto.0);
    let mut m = Membri::default();
    m.metti("idPSP", codice);
    m.metti("denominazione", denominazione.filter(|d| !d.is_empty()).unwrap_or(detto.1));
    m.forse("idCanale", dati.transazione.canale.as_deref());
    m.fine()
}

/// The original cannot notify a receipt without request; here only its `xml` is missing, because there never was one.
fn richiesta(dati: &DatiNotifica<'_>, ricevuta: &Letta) -> Result<Value, ErroreNotifica> {
    let illeggibile = |d: Difetto| ErroreNotifica::RichiestaIlleggibile { motivo: d.dettaglio };
    let mut m = Membri::default();
    m.metti("tipo", ricevuta.tipi().0);
    m.forse("xml", dati.rpt.map(xml).transpose().map_err(illeggibile)?);
    m.metti("json", dati.richiesta_json(Some(ricevuta))?);
    Ok(m.fine())
}

fn rt(dati: &DatiNotifica<'_>, ricevuta: &Letta) -> Result<Value, ErroreNotifica> {
    let illeggibile = |d: Difetto| ErroreNotifica::RicevutaIlleggibile { motivo: d.dettaglio };
    let byte = dati.rt.ok_or(ErroreNotifica::SenzaRicevuta)?;
    let mut m = Membri::default();
    m.metti("tipo", ricevuta.tipi().1);
    m.metti("xml", xml(byte).map_err(illeggibile)?);
    m.metti("json", ricevuta.json());
    Ok(m.fine())
}

fn xml(byte: &[u8]) -> Result<String, Difetto> {
    documento(byte).map(|testo| STANDARD.encode(testo))
}

fn dominio(id: &IdDominio, anagrafica: &Anagrafica) -> Value {
    let mut m = Membri::default();
    m.metti("idDominio", id.as_str());
    m.forse("ragioneSociale", anagrafica.dominio(id).map(|d| d.ragione_sociale.as_str()));
    m.fine()
}

/// The position as a receipt tells it, each voce with the money that it brought. API Pagamento v3 shows positions so (spec/1 section 10.8).
#[must_use]
pub fn pendenza_pagata(p: &Pendenza, riscossioni: &[Riscossione], anagrafica: &Anagrafica) -> Value {
    let mut m = Membri::default();
    m.metti("idA2A", p.id_a2a.as_str());
    m.metti("idPendenza", p.id_pendenza.as_str());
    m.metti("idTipoPendenza", p.tipo_pendenza.as_str());
    m.metti("dominio", dominio(&p.dominio, anagrafica));
    m.forse("unitaOperativa", p.unita_operativa.as_deref().map(|uo| unita_operativa(p, uo, anagrafica)));
    m.metti("causale", p.causale.as_str());
    m.metti("soggettoPagatore", soggetto(&p.debitore));
    m.metti("importo", numero(p.importo));
    m.metti("numeroAvviso", p.numero_avviso.as_str());
    m.forse("dataValidita", p.data_validita.map(|d| d.to_string()));
    m.forse("dataScadenza", p.data_scadenza.map(|d| d.to_string()));
    m.forse("annoRiferimento", p.anno_riferimento);
    m.forse("cartellaPagamento", p.cartella_pagamento.as_deref());
    m.forse("datiAllegati", p.dati_allegati.clone());
    m.forse("documento", documento_della_pendenza(p));
    m.forse("tassonomia", p.tassonomia.as_deref());
    m.forse("direzione", p.direzione.as_deref());
    m.forse("divisione", p.divisione.as_deref());
    m.metti("UUID", p.uuid.as_str());
    m.forse("proprieta", p.proprieta.clone());
    m.metti("voci", p.voci.iter().map(|v| voce(p, v, riscossioni, anagrafica)).collect::<Vec<_>>());
    m.fine()
}

fn unita_operativa(p: &Pendenza, cod: &str, anagrafica: &Anagrafica) -> Value {
    let mut m = Membri::default();
    m.metti("idUnita", cod);
    m.forse("ragioneSociale", anagrafica.unita_operativa(&p.dominio, cod).and_then(|uo| uo.ragione_sociale.as_deref()));
    m.fine()
}

/// A debtor without name is `ANONIMO` in both members and has no `tipo` (spec/1 section 6.2).
fn soggetto(s: &Soggetto) -> Value {
    let mut m = Membri::default();
    m.forse("tipo", s.tipo.map(|t| t.codice()));
    m.metti("identificativo", s.identificativo());
    m.metti("anagrafica", s.anagrafica());
    let altri = [
        ("indirizzo", &s.indirizzo),
        ("civico", &s.civico),
        ("cap", &s.cap),
        ("localita", &s.localita),
        ("provincia", &s.provincia),
        ("nazione", &s.nazione),
        ("email", &s.email),
        ("cellulare", &s.cellulare),
    ];
    for (nome, valore) in altri {
        m.forse(nome, valore.as_deref());
    }
    m.fine()
}

fn documento_della_pendenza(p: &Pendenza) -> Option<Value> {
    let d = p.documento.as_ref()?;
    let mut m = Membri::default();
    m.metti("identificativo", d.identificativo.as_str());
    m.metti("descrizione", d.descrizione.as_str());
    match p.parte {
        ParteDocumento::Unica => {}
        ParteDocumento::Rata(rata) => m.metti("rata", rata),
        ParteDocumento::Soglia { tipo, giorni } => {
            let mut soglia = Membri::default();
            soglia.metti("tipo", tipo.codice());
            soglia.forse("giorni", giorni);
            m.metti("soglia", soglia.fine());
        }
    }
    Some(m.fine())
}

/// Neither importo nor indice nor stato (spec/1 section 11.5).
fn voce(p: &Pendenza, v: &Voce, riscossioni: &[Riscossione], anagrafica: &Anagrafica) -> Value {
    let mut m = Membri::default();
    m.metti("idVocePendenza", v.id_voce.as_str());
    m.metti("descrizione", v.descrizione.as_str());
    m.forse("descrizioneCausaleRPT", v.descrizione_causale_rpt.as_deref());
    m.forse("dominio", v.dominio.as_ref().map(|d| dominio(d, anagrafica)));
    m.forse("datiAllegati", v.dati_allegati.clone());
    m.forse("contabilita", v.contabilita.clone());
    m.forse("metadata", v.metadata.clone());
    let tassonomia = || categoria(v, p.dominio_della_voce(v), anagrafica).ok();
    match &v.riferimento {
        Riferimento::Entrata(cod) => m.metti("codEntrata", cod.as_str()),
        // The original shows the IBAN di appoggio in its place when there is one, which is not where the money went.
        Riferimento::Conto { iban_accredito, .. } => {
            m.metti("ibanAccredito", iban_accredito.as_str());
            m.forse("codiceTassonomicoPagoPA", tassonomia());
        }
        Riferimento::Bollo { tipo, hash_documento, provincia_residenza } => {
            m.metti("tipoBollo", tipo.as_str());
            m.metti("hashDocumento", hash_documento.as_str());
            m.metti("provinciaResidenza", provincia_residenza.as_str());
            m.forse("codiceTassonomicoPagoPA", tassonomia());
        }
    }
    m.forse("riscossione", riscossioni.iter().find(|r| r.voce == Some(v.indice)).map(|r| riscossione(p, r)));
    m.fine()
}

fn riscossione(p: &Pendenza, r: &Riscossione) -> Value {
    json!({
        "idDominio": r.dominio.as_str(),
        "iuv": p.iuv.as_str(),
        "iur": r.iur,
        "indice": r.indice,
        "tipo": r.tipo.codice(),
        "importo": numero(r.importo),
        "data": oggi(r.data).to_string(),
    })
}
