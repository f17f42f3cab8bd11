//! What the node asks of the station: paaVerificaRPT, paaAttivaRPT, and the RT of an RPT.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use codici::Importo;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use super::RptVista;
use crate::Simulatore;
use crate::giornale::{Argomento, Conclusione, Direzione};
use crate::xml::{Elemento, leggi, scrivi_testo};

const SPAZIO_DOCUMENTI: &str = "http://www.digitpa.gov.it/schemas/2011/Pagamenti/";

/// `codiceEsitoPagamento`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoRt {
    Eseguito,
    NonEseguito,
    /// The first voce is paid, the others are not.
    ParzialmenteEseguito,
    DecorrenzaTermini,
}

impl EsitoRt {
    const fn codice(self) -> &'static str {
        match self {
            Self::Eseguito => "0",
            Self::NonEseguito => "1",
            Self::ParzialmenteEseguito => "2",
            Self::DecorrenzaTermini => "3",
        }
    }
}

/// An RT to be made of an RPT, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct RtDaMandare {
    pub esito: EsitoRt,
    /// Replacements in the text of the document.
    pub guasti: Vec<(String, String)>,
    /// `identificativoUnivocoVersamento` and `codiceContestoPagamento` of the header, when they are not those of the RPT.
    pub altro_ccp: Option<String>,
    /// Marca da bollo for every voce that asked for one.
    pub marca: Option<Vec<u8>>,
}

impl RtDaMandare {
    #[must_use]
    pub fn nuova(esito: EsitoRt) -> Self {
        Self { esito, guasti: Vec::new(), altro_ccp: None, marca: None }
    }

    /// With this text in place of that.
    #[must_use]
    pub fn con(mut self, da: &str, a: &str) -> Self {
        self.guasti.push((da.to_owned(), a.to_owned()));
        self
    }
}

/// Who pays, in paaAttivaRPT.
#[derive(Clone, Debug)]
pub struct VersanteRpt {
    pub codice: String,
    pub nome: String,
}

/// What the station said.
#[derive(Clone, Debug)]
pub struct RispostaStazione {
    /// HTTP status; 0 when there was no answer.
    pub stato: u16,
    /// Inner element of the answer, or the SOAP Fault.
    pub corpo: Elemento,
}

impl RispostaStazione {
    #[must_use]
    pub fn ok(&self) -> bool {
        self.stato == 200 && self.corpo.valore("esito") == Some("OK")
    }

    /// Code and description of the fault.
    #[must_use]
    pub fn fault(&self) -> Option<(String, Option<String>)> {
        let fault = self.corpo.figlio("fault")?;
        Some((fault.valore("faultCode")?.to_owned(), fault.valore("description").map(str::to_owned)))
    }
}

impl Simulatore {
    /// A PSP asks what would be paid.
    pub async fn verifica_rpt(&self, dominio: &str, iuv: &str, ccp: &str) -> RispostaStazione {
        let psp = &self.0.conf.psp.id;
        let corpo = format!("<ws:paaVerificaRPT><identificativoPSP>{psp}</identificativoPSP></ws:paaVerificaRPT>");
        self.chiedi("paaVerificaRPT", "PagamentiTelematiciCCPservice", (dominio, iuv, ccp), &corpo).await
    }

    /// A PSP begins a payment.
    pub async fn attiva_rpt(&self, dominio: &str, iuv: &str, ccp: &str, importo: Importo, versante: Option<&VersanteRpt>) -> RispostaStazione {
        let psp = &self.0.conf.psp;
        let versante = versante.map(|v| {
            format!(
                r#"<soggettoVersante xmlns:p="{SPAZIO_DOCUMENTI}"><p:identificativoUnivocoVersante><p:tipoIdentificativoUnivoco>F</p:tipoIdentificativoUnivoco><p:codiceIdentificativoUnivoco>{}</p:codiceIdentificativoUnivoco></p:identificativoUnivocoVersante><p:anagraficaVersante>{}</p:anagraficaVersante></soggettoVersante>"#,
                scrivi_testo(&v.codice),
                scrivi_testo(&v.nome)
            )
        });
        let corpo = format!(
            "<ws:paaAttivaRPT><identificativoPSP>{}</identificativoPSP><datiPagamentoPSP><importoSingoloVersamento>{importo}</importoSingoloVersamento>{}</datiPagamentoPSP><identificativoIntermediarioPSP>INTPSP</identificativoIntermediarioPSP><identificativoCanalePSP>{}</identificativoCanalePSP></ws:paaAttivaRPT>",
            psp.id,
            versante.unwrap_or_default(),
            psp.canale,
        );
        self.chiedi("paaAttivaRPT", "PagamentiTelematiciCCPservice", (dominio, iuv, ccp), &corpo).await
    }

    /// The RT of an RPT that the node has.
    pub async fn manda_rt(&self, rpt: &RptVista, come: &RtDaMandare) -> RispostaStazione {
        let documento = self.rt(rpt, come);
        self.manda_documento(&rpt.dominio, &rpt.iuv, come.altro_ccp.as_deref().unwrap_or(&rpt.ccp), documento.as_bytes()).await
    }

    /// paaInviaRT with any document.
    pub async fn manda_documento(&self, dominio: &str, iuv: &str, ccp: &str, documento: &[u8]) -> RispostaStazione {
        let corpo = format!("<ws:paaInviaRT><tipoFirma></tipoFirma><rt>{}</rt></ws:paaInviaRT>", STANDARD.encode(documento));
        self.chiedi("paaInviaRT", "PagamentiTelematiciRTservice", (dominio, iuv, ccp), &corpo).await
    }

    /// A body without header for the service of RT: storni and revoche.
    pub async fn chiedi_servizio_rt(&self, operazione: &'static str, corpo: &str) -> RispostaStazione {
        self.spedisci_alla_stazione(operazione, "PagamentiTelematiciRTservice", Argomento::default(), String::new(), corpo).await
    }

    /// The document of an RT.
    #[must_use]
    pub fn rt(&self, rpt: &RptVista, come: &RtDaMandare) -> String {
        let r = &rpt.rpt;
        let vuoto = Elemento::default();
        let dati = r.figlio("datiVersamento").unwrap_or(&vuoto);
        let versamenti: Vec<&Elemento> = dati.figli_di_nome("datiSingoloVersamento").collect();
        let oggi = Utc::now().with_timezone(&chrono_tz::Europe::Rome);
        let mut totale = Importo::ZERO;
        let mut singoli = String::new();
        for (posizione, v) in (1..).zip(versamenti) {
            let chiesto = v.valore("importoSingoloVersamento").and_then(|i| Importo::leggi(i).ok()).unwrap_or(Importo::ZERO);
            let pagato = match come.esito {
                EsitoRt::Eseguito => chiesto,
                EsitoRt::ParzialmenteEseguito if posizione == 1 => chiesto,
                EsitoRt::ParzialmenteEseguito => Importo::ZERO,
                EsitoRt::NonEseguito | EsitoRt::DecorrenzaTermini => continue,
            };
            totale = totale + pagato;
            let (iur, esito) = if pagato == Importo::ZERO { ("n/a".to_owned(), "NON ESEGUITO") } else { (format!("IUR{}{posizione}", &rpt.ccp), "ESEGUITO") };
            let iur: String = iur.chars().take(35).collect();
            let allegato = match (&come.marca, v.figlio("datiMarcaBolloDigitale")) {
                (Some(marca), Some(_)) => {
                    format!(
                        "<allegatoRicevuta><tipoAllegatoRicevuta>BD</tipoAllegatoRicevuta><testoAllegato>{}</testoAllegato></allegatoRicevuta>",
                        STANDARD.encode(marca)
                    )
                }
                _ => String::new(),
            };
            singoli.push_str(&format!(
                "<datiSingoloPagamento><singoloImportoPagato>{pagato}</singoloImportoPagato><esitoSingoloPagamento>{esito}</esitoSingoloPagamento><dataEsitoSingoloPagamento>{}</dataEsitoSingoloPagamento><identificativoUnivocoRiscossione>{iur}</identificativoUnivocoRiscossione><causaleVersamento>{}</causaleVersamento><datiSpecificiRiscossione>{}</datiSpecificiRiscossione><commissioniApplicatePSP>1.00</commissioniApplicatePSP>{allegato}</datiSingoloPagamento>",
                oggi.format("%Y-%m-%d"),
                scrivi_testo(v.valore("causaleVersamento").unwrap_or_default()),
                v.valore("datiSpecificiRiscossione").unwrap_or_default(),
            ));
        }
        let copia = |nome: &str| r.figlio(nome).map(scrivi).unwrap_or_default();
        let psp = &self.0.conf.psp;
        let mut documento = format!(
            r#"<RT xmlns="{SPAZIO_DOCUMENTI}"><versioneOggetto>6.2.0</versioneOggetto>{}<identificativoMessaggioRicevuta>{}</identificativoMessaggioRicevuta><dataOraMessaggioRicevuta>{}</dataOraMessaggioRicevuta><riferimentoMessaggioRichiesta>{}</riferimentoMessaggioRichiesta><riferimentoDataRichiesta>{}</riferimentoDataRichiesta><istitutoAttestante><identificativoUnivocoAttestante><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>{}</codiceIdentificativoUnivoco></identificativoUnivocoAttestante><denominazioneAttestante>{}</denominazioneAttestante></istitutoAttestante>{}{}{}<datiPagamento><codiceEsitoPagamento>{}</codiceEsitoPagamento><importoTotalePagato>{totale}</importoTotalePagato><identificativoUnivocoVersamento>{}</identificativoUnivocoVersamento><CodiceContestoPagamento>{}</CodiceContestoPagamento>{singoli}</datiPagamento></RT>"#,
            copia("dominio"),
            uuid::Uuid::new_v4().simple(),
            oggi.format("%Y-%m-%dT%H:%M:%S"),
            r.valore("identificativoMessaggioRichiesta").unwrap_or_default(),
            r.valore("dataOraMessaggioRichiesta").unwrap_or_default().split('T').next().unwrap_or_default(),
            psp.codice_fiscale,
            scrivi_testo(&psp.denominazione),
            copia("enteBeneficiario"),
            copia("soggettoVersante"),
            copia("soggettoPagatore"),
            come.esito.codice(),
            rpt.iuv,
            rpt.ccp,
        );
        for (da, a) in &come.guasti {
            documento = documento.replace(da, a);
        }
        documento
    }

    async fn chiedi(&self, operazione: &'static str, servizio: &str, (dominio, iuv, ccp): (&str, &str, &str), corpo: &str) -> RispostaStazione {
        let conf = &self.0.conf;
        let testata = format!(
            r#"<h:intestazionePPT xmlns:h="http://ws.pagamenti.telematici.gov/ppthead"><identificativoIntermediarioPA>{}</identificativoIntermediarioPA><identificativoStazioneIntermediarioPA>{}</identificativoStazioneIntermediarioPA><identificativoDominio>{dominio}</identificativoDominio><identificativoUnivocoVersamento>{iuv}</identificativoUnivocoVersamento><codiceContestoPagamento>{ccp}</codiceContestoPagamento></h:intestazionePPT>"#,
            conf.id_intermediario, conf.id_stazione
        );
        let argomento = Argomento { dominio: Some(dominio.to_owned()), iuv: Some(iuv.to_owned()), token: Some(ccp.to_owned()), ..Argomento::default() };
        self.spedisci_alla_stazione(operazione, servizio, argomento, testata, corpo).await
    }

    async fn spedisci_alla_stazione(&self, operazione: &'static str, servizio: &str, argomento: Argomento, testata: String, corpo: &str) -> RispostaStazione {
        let busta = format!(
            r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ws="http://ws.pagamenti.telematici.gov/"><soapenv:Header>{testata}</soapenv:Header><soapenv:Body>{corpo}</soapenv:Body></soapenv:Envelope>"#
        );
        let url = self.stazione_url();
        let url = url.rsplit_once('/').map_or_else(|| url.clone(), |(base, _)| format!("{base}/{servizio}"));
        let messaggio = self.0.giornale.apri(Direzione::DalNodo, operazione, format!("POST {url}"), argomento, busta.as_bytes());
        let inizio = Instant::now();
        let mut richiesta = self.0.client.post(&url).header(CONTENT_TYPE, "text/xml; charset=utf-8").header("SOAPAction", format!("\"{operazione}\""));
        if let Some(credenziali) = &self.0.autorizzazione {
            richiesta = richiesta.header(AUTHORIZATION, credenziali.as_str());
        }
        let limite = self.0.conf.tempi.ricevuta;
        let (stato, byte) = match richiesta.timeout(limite).body(busta).send().await {
            Ok(risposta) => (risposta.status().as_u16(), risposta.bytes().await.unwrap_or_default()),
            Err(_) => (0, bytes::Bytes::new()),
        };
        let letta = leggi(&byte).ok().and_then(|b| b.figlio("Body").and_then(|b| b.figli.first()).cloned());
        // The answer is wrapped twice in elements of the same name.
        let corpo = letta.map(|e| e.figli.iter().find(|f| f.nome == e.nome).cloned().unwrap_or(e)).unwrap_or_default();
        let risposta = RispostaStazione { stato, corpo };
        let esito = match risposta.fault() {
            Some((codice, _)) => format!("KO {codice}"),
            None if risposta.ok() => "OK".to_owned(),
            None => format!("HTTP {stato}"),
        };
        self.0.giornale.chiudi(messaggio, Conclusione { stato: (stato > 0).then_some(stato), risposta: &byte, esito, durata: inizio.elapsed() });
        risposta
    }
}

/// An element as it was, all in one namespace.
fn scrivi(e: &Elemento) -> String {
    let dentro: String = if e.figli.is_empty() { scrivi_testo(&e.testo) } else { e.figli.iter().map(scrivi).collect() };
    format!("<{0}>{dentro}</{0}>", e.nome)
}
