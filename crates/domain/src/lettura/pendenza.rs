//! A position as it is loaded: PUT of API Pendenze (spec/1 sections 5.3 and 5.4), and the identifiers of paths.
//!
//! The versions differ by what they know, never by how it is checked: [`Contratto`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use codici::{IdDominio, Importo, NumeroAvviso};
use serde_json::Value;

use super::json::{self, Decimale, Oggetto};
use super::regole::{self, IDENTIFICATIVO, TIPO, Testo, obbligatorio, vuoto};
use crate::pendenza::{NuovaPendenza, NuovaVoce, NuovoAllegato, NuovoDocumento, ParteDocumento, Riferimento, TipoContabilita, TipoSoglia, VOCI_MAX};
use crate::rifiuto::{Chiave, Codice};
use crate::soggetto::TipoSoggetto;
use crate::{Rifiuto, Soggetto};

/// The yaml says 5; the original accepts 15 and so do its clients (spec/1 section 19, surprise 6).
pub const METADATA_MAX: usize = 15;
/// `01`, imposta di bollo: the only one there is.
pub const TIPO_BOLLO: &str = "01";

/// The labels of AgID for an avviso, in the order in which messages list them.
pub const TASSONOMIE_AVVISO: [&str; 13] = [
    "Cartelle esattoriali",
    "Diritti e concessioni",
    "Imposte e tasse",
    "IMU, TASI e altre tasse comunali",
    "Ingressi a mostre e musei",
    "Multe e sanzioni amministrative",
    "Previdenza e infortuni",
    "Servizi erogati dal comune",
    "Servizi erogati da altri enti",
    "Servizi scolastici",
    "Tassa automobilistica",
    "Ticket e prestazioni sanitarie",
    "Trasporti, mobilit\u{e0} e parcheggi",
];

/// What a version of the API knows of a position.
pub struct Contratto {
    /// Members of the body: the others are refused.
    pub pendenza: &'static [&'static str],
    pub voce: &'static [&'static str],
    pub soggetto_obbligatorio: bool,
    /// Names of the only bollo; what is stored is [`TIPO_BOLLO`].
    pub bolli: &'static [&'static str],
}

/// API Pendenze v2.
pub const PENDENZE_V2: Contratto = Contratto {
    pendenza: &[
        "idTipoPendenza",
        "idDominio",
        "idUnitaOperativa",
        "causale",
        "soggettoPagatore",
        "importo",
        "numeroAvviso",
        "tassonomia",
        "tassonomiaAvviso",
        "direzione",
        "divisione",
        "dataValidita",
        "dataScadenza",
        "annoRiferimento",
        "cartellaPagamento",
        "datiAllegati",
        "documento",
        "dataNotificaAvviso",
        "dataPromemoriaScadenza",
        "proprieta",
        "voci",
        "allegati",
    ],
    voce: &[
        "idVocePendenza",
        "importo",
        "descrizione",
        "datiAllegati",
        "descrizioneCausaleRPT",
        "contabilita",
        "metadata",
        "idDominio",
        "codEntrata",
        "tipoBollo",
        "hashDocumento",
        "provinciaResidenza",
        "ibanAccredito",
        "ibanAppoggio",
        "tipoContabilita",
        "codiceContabilita",
    ],
    soggetto_obbligatorio: false,
    bolli: &[TIPO_BOLLO],
};

/// API Pendenze v1 (spec/1 section 9.4). `dataCaricamento`, and `indice` and `stato` of a voce, are known and without effect.
pub const PENDENZE_V1: Contratto = Contratto {
    pendenza: &[
        "idDominio",
        "idUnitaOperativa",
        "nome",
        "causale",
        "soggettoPagatore",
        "importo",
        "numeroAvviso",
        "dataCaricamento",
        "dataValidita",
        "dataScadenza",
        "annoRiferimento",
        "cartellaPagamento",
        "datiAllegati",
        "tassonomia",
        "tassonomiaAvviso",
        "voci",
    ],
    voce: &[
        "indice",
        "idVocePendenza",
        "importo",
        "descrizione",
        "stato",
        "datiAllegati",
        "descrizioneCausaleRPT",
        "codEntrata",
        "tipoBollo",
        "hashDocumento",
        "provinciaResidenza",
        "ibanAccredito",
        "ibanAppoggio",
        "tipoContabilita",
        "codiceContabilita",
    ],
    soggetto_obbligatorio: true,
    bolli: &[TIPO_BOLLO, "Imposta di bollo"],
};

const CHIAVE: &[&str] = &["idA2A", "idPendenza"];
const SOGGETTO: &[&str] = &["tipo", "identificativo", "anagrafica", "indirizzo", "civico", "cap", "localita", "provincia", "nazione", "email", "cellulare"];
const CONTABILITA: &[&str] = &["quote", "proprietaCustom"];
const QUOTA: &[&str] = &["capitolo", "annoEsercizio", "importo", "accertamento", "proprietaCustom", "titolo", "tipologia", "categoria", "articolo"];
const METADATA: &[&str] = &["mapEntries"];
const VOCE_METADATA: &[&str] = &["key", "value"];
const DOCUMENTO: &[&str] = &["identificativo", "descrizione", "rata", "soglia"];
const SOGLIA: &[&str] = &["tipo", "giorni"];
const PROPRIETA: &[&str] = &[
    "linguaSecondaria",
    "descrizioneImporto",
    "lineaTestoRicevuta1",
    "lineaTestoRicevuta2",
    "linguaSecondariaCausale",
    "informativaImportoAvviso",
    "linguaSecondariaInformativaImportoAvviso",
    "dataScandenzaAvviso",
];
const DESCRIZIONE_IMPORTO: &[&str] = &["voce", "importo"];
const ALLEGATO: &[&str] = &["nome", "tipo", "descrizione", "contenuto"];

/// The identifiers of a position in a path.
pub fn identificativi(id_a2a: &str, id_pendenza: &str) -> Result<(), Rifiuto> {
    IDENTIFICATIVO.controlla("idA2A", id_a2a)?;
    IDENTIFICATIVO.controlla("idPendenza", id_pendenza)?;
    Ok(())
}

/// `idDominio` of a path or a query.
pub fn id_dominio(valore: &str) -> Result<IdDominio, Rifiuto> {
    regole::id_dominio("idDominio", valore)
}

/// `numeroAvviso` of a path or a query, whose texts are not those of a body (spec/1 section 9.7).
pub fn numero_avviso(valore: &str) -> Result<NumeroAvviso, Rifiuto> {
    // The texts repeat the value, which has no bound in a path.
    let mostrato = regole::accorcia(valore, regole::VALORE_MOSTRATO_MAX);
    NumeroAvviso::leggi(&mostrato).map_err(|errore| Rifiuto::Sintassi(errore.to_string()))
}

/// PUT of API Pendenze v2: shape, rules in the order of spec/1 section 5.4, then tassonomiaAvviso and VER_035.
///
/// The identifiers are those of the path, already checked by [`identificativi`].
pub fn nuova_pendenza_v2(id_a2a: &str, id_pendenza: &str, corpo: &[u8]) -> Result<NuovaPendenza, Rifiuto> {
    nuova_pendenza(&PENDENZE_V2, id_a2a, id_pendenza, &json::leggi(corpo)?)
}

/// PUT of API Pendenze v1.
pub fn nuova_pendenza_v1(id_a2a: &str, id_pendenza: &str, corpo: &[u8]) -> Result<NuovaPendenza, Rifiuto> {
    nuova_pendenza(&PENDENZE_V1, id_a2a, id_pendenza, &json::leggi(corpo)?)
}

/// The same for a body that [`json::leggi`] has already read.
pub fn nuova_pendenza(contratto: &Contratto, id_a2a: &str, id_pendenza: &str, corpo: &Value) -> Result<NuovaPendenza, Rifiuto> {
    let grezza = PendenzaGrezza::leggi(&Oggetto::radice(corpo, contratto.pendenza)?, contratto)?;
    grezza.valida(contratto, Chiave { id_a2a: id_a2a.to_owned(), id_pendenza: id_pendenza.to_owned() })
}

/// A position that carries its own identifiers (PendenzaPost): those are looked at before the rest.
pub fn nuova_pendenza_post(contratto: &Contratto, corpo: &Value) -> Result<NuovaPendenza, Rifiuto> {
    nuova_pendenza_post_tra(contratto, contratto.pendenza, corpo)
}

/// The same where more members may stand beside, which others read.
pub fn nuova_pendenza_post_tra(contratto: &Contratto, noti: &[&str], corpo: &Value) -> Result<NuovaPendenza, Rifiuto> {
    let o = Oggetto::radice(corpo, &[CHIAVE, noti].concat())?;
    let (id_a2a, id_pendenza) = (o.testo("idA2A")?, o.testo("idPendenza")?);
    let grezza = PendenzaGrezza::leggi(&o, contratto)?;
    let id_a2a = IDENTIFICATIVO.obbligatorio("idA2A", id_a2a)?;
    let id_pendenza = IDENTIFICATIVO.obbligatorio("idPendenza", id_pendenza)?;
    grezza.valida(contratto, Chiave { id_a2a, id_pendenza })
}

/// The body as it came, with types but without rules. Dates and attachments are already read, since their errors come with those of the shape.
struct PendenzaGrezza<'a> {
    id_dominio: Option<&'a str>,
    unita_operativa: Option<&'a str>,
    tipo_pendenza: Option<&'a str>,
    nome: Option<&'a str>,
    causale: Option<&'a str>,
    soggetto_pagatore: Option<SoggettoGrezzo<'a>>,
    importo: Option<Decimale<'a>>,
    numero_avviso: Option<&'a str>,
    data_validita: Option<NaiveDate>,
    data_scadenza: Option<NaiveDate>,
    anno_riferimento: Option<Decimale<'a>>,
    cartella_pagamento: Option<&'a str>,
    tassonomia: Option<&'a str>,
    tassonomia_avviso: Option<&'a str>,
    voci: Option<Vec<Option<VoceGrezza<'a>>>>,
    direzione: Option<&'a str>,
    divisione: Option<&'a str>,
    dati_allegati: Option<&'a Value>,
    documento: Option<DocumentoGrezzo<'a>>,
    data_notifica_avviso: Option<NaiveDate>,
    data_promemoria_scadenza: Option<NaiveDate>,
    proprieta: Option<ProprietaGrezze<'a>>,
    allegati: Option<Vec<Option<AllegatoGrezzo<'a>>>>,
}

impl<'a> PendenzaGrezza<'a> {
    fn leggi(o: &Oggetto<'a>, contratto: &Contratto) -> Result<Self, Rifiuto> {
        o.data("dataCaricamento")?;
        Ok(Self {
            id_dominio: o.testo("idDominio")?,
            unita_operativa: o.testo("idUnitaOperativa")?,
            tipo_pendenza: o.testo("idTipoPendenza")?,
            nome: o.testo("nome")?,
            causale: o.testo("causale")?,
            soggetto_pagatore: o.oggetto("soggettoPagatore", SOGGETTO)?.map(|s| SoggettoGrezzo::leggi(&s)).transpose()?,
            importo: o.decimale("importo")?,
            numero_avviso: o.testo("numeroAvviso")?,
            data_validita: o.data("dataValidita")?,
            data_scadenza: o.data("dataScadenza")?,
            anno_riferimento: o.decimale("annoRiferimento")?,
            cartella_pagamento: o.testo("cartellaPagamento")?,
            tassonomia: o.testo("tassonomia")?,
            tassonomia_avviso: o.testo("tassonomiaAvviso")?,
            voci: elementi(o.oggetti("voci", contratto.voce)?, |v| VoceGrezza::leggi(v, contratto))?,
            direzione: o.testo("direzione")?,
            divisione: o.testo("divisione")?,
            dati_allegati: o.libero("datiAllegati"),
            documento: o.oggetto("documento", DOCUMENTO)?.map(|d| DocumentoGrezzo::leggi(&d)).transpose()?,
            data_notifica_avviso: o.data("dataNotificaAvviso")?,
            data_promemoria_scadenza: o.data("dataPromemoriaScadenza")?,
            proprieta: o.oggetto("proprieta", PROPRIETA)?.map(|p| ProprietaGrezze::leggi(&p, o.libero("proprieta"))).transpose()?,
            allegati: elementi(o.oggetti("allegati", ALLEGATO)?, AllegatoGrezzo::leggi)?,
        })
    }

    /// The order of the lines is the order of spec/1 section 5.4.
    fn valida(self, contratto: &Contratto, chiave: Chiave) -> Result<NuovaPendenza, Rifiuto> {
        let dominio = id_dominio(obbligatorio("idDominio", self.id_dominio)?)?;
        let unita_operativa = IDENTIFICATIVO.facoltativo("idUnitaOperativa", self.unita_operativa)?;
        let tipo_pendenza = TIPO.facoltativo("idTipoPendenza", self.tipo_pendenza)?;
        let nome = Testo::lungo(1, 35).facoltativo("nome", self.nome)?;
        let causale = Testo::lungo(1, 140).obbligatorio("causale", self.causale)?;
        if contratto.soggetto_obbligatorio {
            obbligatorio("soggettoPagatore", self.soggetto_pagatore.as_ref())?;
        }
        let soggetto_pagatore = self.soggetto_pagatore.map(|s| s.valida(Ruolo::Pagatore)).transpose()?;
        let importo = regole::importo("importo", self.importo)?;
        let numero_avviso = self.numero_avviso.map(|n| regole::numero_avviso("numeroAvviso", n)).transpose()?;
        let anno_riferimento = self.anno_riferimento.map(|a| regole::anno("annoRiferimento", &a)).transpose()?;
        let cartella_pagamento = Testo::lungo(1, 35).facoltativo("cartellaPagamento", self.cartella_pagamento)?;
        let tassonomia = Testo::lungo(1, 35).facoltativo("tassonomia", self.tassonomia)?;
        let voci = regole::lista("voci", self.voci, VOCI_MAX)?
            .into_iter()
            .enumerate()
            .map(|(i, v)| regole::elemento("voci", i, v)?.valida())
            .collect::<Result<Vec<_>, _>>()?;
        let direzione = IDENTIFICATIVO.facoltativo("direzione", self.direzione)?;
        let divisione = IDENTIFICATIVO.facoltativo("divisione", self.divisione)?;
        let documento = self.documento.map(DocumentoGrezzo::valida).transpose()?;
        let proprieta = self.proprieta.map(ProprietaGrezze::valida).transpose()?;
        let allegati = self
            .allegati
            .unwrap_or_default()
            .into_iter()
            .enumerate()
            .map(|(i, a)| regole::elemento("allegati", i, a)?.valida())
            .collect::<Result<Vec<_>, _>>()?;

        // Here the original converts: what follows comes after every rule above.
        let tassonomia_avviso = self.tassonomia_avviso.map(|t| regole::tra("tassonomiaAvviso", t, &TASSONOMIE_AVVISO).map(str::to_owned)).transpose()?;
        for (voce, quote) in &voci {
            quadra(voce, *quote, &chiave)?;
        }
        Ok(NuovaPendenza {
            id_a2a: chiave.id_a2a,
            id_pendenza: chiave.id_pendenza,
            dominio,
            unita_operativa,
            tipo_pendenza,
            nome,
            causale,
            soggetto_pagatore,
            importo,
            numero_avviso,
            data_validita: self.data_validita,
            data_scadenza: self.data_scadenza,
            anno_riferimento,
            cartella_pagamento,
            tassonomia,
            tassonomia_avviso,
            direzione,
            divisione,
            dati_allegati: self.dati_allegati.cloned(),
            documento,
            data_notifica_avviso: self.data_notifica_avviso,
            data_promemoria_scadenza: self.data_promemoria_scadenza,
            proprieta,
            voci: voci.into_iter().map(|(voce, _)| voce).collect(),
            allegati,
        })
    }
}

/// VER_035: the quote, when there are any, add up to the voce.
fn quadra(voce: &NuovaVoce, quote: Option<Importo>, chiave: &Chiave) -> Result<(), Rifiuto> {
    match quote {
        Some(somma) if somma != voce.importo => {
            Err(Codice::Ver035 { chiave: chiave.clone(), id_voce: voce.id_voce.clone(), importo: voce.importo, somma }.into())
        }
        _ => Ok(()),
    }
}

fn elementi<'a, T>(oggetti: Option<Vec<Option<Oggetto<'a>>>>, leggi: impl Fn(&Oggetto<'a>) -> Result<T, Rifiuto>) -> Result<Option<Vec<Option<T>>>, Rifiuto> {
    oggetti.map(|elenco| elenco.iter().map(|o| o.as_ref().map(&leggi).transpose()).collect()).transpose()
}

/// As whom a soggetto is named: the payer must say who it is, the debtor may be anonymous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruolo {
    Pagatore,
    Versante,
}

struct SoggettoGrezzo<'a> {
    tipo: Option<&'a str>,
    identificativo: Option<&'a str>,
    anagrafica: Option<&'a str>,
    indirizzo: Option<&'a str>,
    civico: Option<&'a str>,
    cap: Option<&'a str>,
    localita: Option<&'a str>,
    provincia: Option<&'a str>,
    nazione: Option<&'a str>,
    email: Option<&'a str>,
    cellulare: Option<&'a str>,
}

impl<'a> SoggettoGrezzo<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        Ok(Self {
            tipo: o.stringa("tipo")?,
            identificativo: o.testo("identificativo")?,
            anagrafica: o.testo("anagrafica")?,
            indirizzo: o.testo("indirizzo")?,
            civico: o.testo("civico")?,
            cap: o.testo("cap")?,
            localita: o.testo("localita")?,
            provincia: o.testo("provincia")?,
            nazione: o.testo("nazione")?,
            email: o.testo("email")?,
            cellulare: o.testo("cellulare")?,
        })
    }

    fn valida(self, ruolo: Ruolo) -> Result<Soggetto, Rifiuto> {
        let (identificativo, anagrafica) = match ruolo {
            Ruolo::Pagatore => {
                (Testo::lungo(0, 16).facoltativo("identificativo", self.identificativo)?, Testo::lungo(0, 70).facoltativo("anagrafica", self.anagrafica)?)
            }
            Ruolo::Versante => (
                Some(Testo::lungo(2, 16).obbligatorio("identificativo", self.identificativo)?),
                Some(Testo::lungo(1, 70).obbligatorio("anagrafica", self.anagrafica)?),
            ),
        };
        Ok(Soggetto {
            // An unknown name is silently no name (spec/1 section 3, behaviour "a").
            tipo: self.tipo.and_then(TipoSoggetto::leggi),
            identificativo,
            anagrafica,
            indirizzo: Testo::lungo(1, 70).facoltativo("indirizzo", self.indirizzo)?,
            civico: Testo::lungo(1, 16).facoltativo("civico", self.civico)?,
            cap: Testo::lungo(1, 16).facoltativo("cap", self.cap)?,
            localita: Testo::lungo(1, 35).facoltativo("localita", self.localita)?,
            provincia: Testo::lungo(1, 35).facoltativo("provincia", self.provincia)?,
            nazione: Testo::con_forma(0, usize::MAX, &regole::FORMA_SIGLA).facoltativo("nazione", self.nazione)?,
            email: Testo::con_forma(0, 256, &regole::FORMA_EMAIL).facoltativo("email", self.email)?,
            cellulare: Testo::con_forma(0, 35, &regole::FORMA_CELLULARE).facoltativo("cellulare", self.cellulare)?,
        })
    }
}

/// A soggetto inside another body, such as the versante of a pagamento.
pub fn soggetto(o: &Oggetto<'_>, nome: &str, ruolo: Ruolo) -> Result<Option<Soggetto>, Rifiuto> {
    o.oggetto(nome, SOGGETTO)?.map(|s| SoggettoGrezzo::leggi(&s)?.valida(ruolo)).transpose()
}

struct VoceGrezza<'a> {
    id_voce: Option<&'a str>,
    importo: Option<Decimale<'a>>,
    descrizione: Option<&'a str>,
    descrizione_causale_rpt: Option<&'a str>,
    contabilita: Option<ContabilitaGrezza<'a>>,
    metadata: Option<MetadataGrezzi<'a>>,
    id_dominio: Option<&'a str>,
    dati_allegati: Option<&'a Value>,
    riferimento: RiferimentoGrezzo<'a>,
}

impl<'a> VoceGrezza<'a> {
    fn leggi(o: &Oggetto<'a>, contratto: &Contratto) -> Result<Self, Rifiuto> {
        Ok(Self {
            id_voce: o.testo("idVocePendenza")?,
            importo: o.decimale("importo")?,
            descrizione: o.testo("descrizione")?,
            descrizione_causale_rpt: o.testo("descrizioneCausaleRPT")?,
            contabilita: o.oggetto("contabilita", CONTABILITA)?.map(|c| ContabilitaGrezza::leggi(&c, o.libero("contabilita"))).transpose()?,
            metadata: o.oggetto("metadata", METADATA)?.map(|m| MetadataGrezzi::leggi(&m, o.libero("metadata"))).transpose()?,
            id_dominio: o.testo("idDominio")?,
            dati_allegati: o.libero("datiAllegati"),
            riferimento: RiferimentoGrezzo::leggi(o, contratto)?,
        })
    }

    /// The voce, and what its quote add up to.
    fn valida(self) -> Result<(NuovaVoce, Option<Importo>), Rifiuto> {
        let id_voce = IDENTIFICATIVO.obbligatorio("idVocePendenza", self.id_voce)?;
        let importo = regole::importo("importo", self.importo)?;
        let descrizione = Testo::lungo(1, 255).obbligatorio("descrizione", self.descrizione)?;
        let descrizione_causale_rpt = Testo::lungo(1, 140).facoltativo("descrizioneCausaleRPT", self.descrizione_causale_rpt)?;
        let (contabilita, quote) = self.contabilita.map(ContabilitaGrezza::valida).transpose()?.unwrap_or_default();
        let metadata = self.metadata.map(MetadataGrezzi::valida).transpose()?.flatten();
        let dominio = self.id_dominio.map(id_dominio).transpose()?;
        let riferimento = self.riferimento.valida()?;
        let dati_allegati = self.dati_allegati.cloned();
        Ok((NuovaVoce { id_voce, importo, descrizione, descrizione_causale_rpt, dominio, riferimento, contabilita, metadata, dati_allegati }, quote))
    }
}

struct RiferimentoGrezzo<'a> {
    cod_entrata: Option<&'a str>,
    tipo_bollo: Option<&'a str>,
    hash_documento: Option<&'a str>,
    provincia_residenza: Option<&'a str>,
    iban_accredito: Option<&'a str>,
    iban_appoggio: Option<&'a str>,
    tipo_contabilita: Option<TipoContabilita>,
    codice_contabilita: Option<&'a str>,
}

impl<'a> RiferimentoGrezzo<'a> {
    fn leggi(o: &Oggetto<'a>, contratto: &Contratto) -> Result<Self, Rifiuto> {
        let tipo_bollo = o.stringa("tipoBollo")?;
        if let Some(tipo) = tipo_bollo {
            regole::tra("tipoBollo", tipo, contratto.bolli)?;
        }
        Ok(Self {
            cod_entrata: o.testo("codEntrata")?,
            tipo_bollo,
            hash_documento: o.testo("hashDocumento")?,
            provincia_residenza: o.testo("provinciaResidenza")?,
            iban_accredito: o.testo("ibanAccredito")?,
            iban_appoggio: o.testo("ibanAppoggio")?,
            // An unknown name is silently no name, then missing (spec/1 section 3, behaviour "a").
            tipo_contabilita: o.stringa("tipoContabilita")?.and_then(TipoContabilita::leggi),
            codice_contabilita: o.testo("codiceContabilita")?,
        })
    }

    fn valida(self) -> Result<Riferimento, Rifiuto> {
        if self.cod_entrata.is_some() {
            return self.entrata();
        }
        if self.tipo_bollo.is_some() {
            return self.bollo();
        }
        if self.iban_accredito.is_some() {
            return self.conto();
        }
        Err(Rifiuto::Sintassi("Uno dei campi tra ibanAccredito, tipoBollo o codEntrata deve essere valorizzato".to_owned()))
    }

    fn entrata(self) -> Result<Riferimento, Rifiuto> {
        let codice = TIPO.obbligatorio("codEntrata", self.cod_entrata)?;
        vuoto("tipoBollo", self.tipo_bollo).and_then(|()| self.senza_bollo()).and_then(|()| self.senza_conto()).map_err(|e| valorizzato("codEntrata", e))?;
        Ok(Riferimento::Entrata(codice))
    }

    fn bollo(self) -> Result<Riferimento, Rifiuto> {
        let hash_documento = Testo::lungo(1, 70).obbligatorio("hashDocumento", self.hash_documento)?;
        let provincia_residenza = Testo::con_forma(0, usize::MAX, &regole::FORMA_SIGLA).obbligatorio("provinciaResidenza", self.provincia_residenza)?;
        self.senza_conto().map_err(|e| valorizzato("tipoBollo", e))?;
        Ok(Riferimento::Bollo { tipo: TIPO_BOLLO.to_owned(), hash_documento, provincia_residenza })
    }

    fn conto(self) -> Result<Riferimento, Rifiuto> {
        const IBAN: Testo = Testo::con_forma(1, 255, &regole::FORMA_IBAN);
        let iban_accredito = IBAN.obbligatorio("ibanAccredito", self.iban_accredito)?;
        let iban_appoggio = IBAN.facoltativo("ibanAppoggio", self.iban_appoggio)?;
        let tipo_contabilita = obbligatorio("tipoContabilita", self.tipo_contabilita)?;
        let codice_contabilita = Testo::con_forma(0, 255, &regole::FORMA_CODICE_CONTABILITA).obbligatorio("codiceContabilita", self.codice_contabilita)?;
        self.senza_bollo().map_err(|e| valorizzato("ibanAccredito", e))?;
        Ok(Riferimento::Conto { iban_accredito, iban_appoggio, tipo_contabilita, codice_contabilita })
    }

    fn senza_bollo(&self) -> Result<(), Rifiuto> {
        vuoto("hashDocumento", self.hash_documento)?;
        vuoto("provinciaResidenza", self.provincia_residenza)
    }

    fn senza_conto(&self) -> Result<(), Rifiuto> {
        vuoto("ibanAccredito", self.iban_accredito)?;
        vuoto("ibanAppoggio", self.iban_appoggio)?;
        vuoto("tipoContabilita", self.tipo_contabilita)?;
        vuoto("codiceContabilita", self.codice_contabilita)
    }
}

/// Tells which of the three references the others disagree with.
fn valorizzato(campo: &str, rifiuto: Rifiuto) -> Rifiuto {
    match rifiuto {
        Rifiuto::Sintassi(testo) => Rifiuto::Sintassi(format!("Valorizzato {campo}. {testo}")),
        altro => altro,
    }
}

struct ContabilitaGrezza<'a> {
    originale: Option<&'a Value>,
    quote: Option<Vec<Option<QuotaGrezza<'a>>>>,
}

impl<'a> ContabilitaGrezza<'a> {
    fn leggi(o: &Oggetto<'a>, originale: Option<&'a Value>) -> Result<Self, Rifiuto> {
        Ok(Self { originale, quote: elementi(o.oggetti("quote", QUOTA)?, QuotaGrezza::leggi)? })
    }

    fn valida(self) -> Result<(Option<Value>, Option<Importo>), Rifiuto> {
        let Some(quote) = self.quote else { return Ok((self.originale.cloned(), None)) };
        let mut somma = 0_i64;
        for (i, quota) in quote.into_iter().enumerate() {
            somma = somma.saturating_add(regole::elemento("quote", i, quota)?.valida()?.cent());
        }
        Ok((self.originale.cloned(), Some(Importo::da_cent(somma))))
    }
}

struct QuotaGrezza<'a> {
    capitolo: Option<&'a str>,
    anno_esercizio: Option<Decimale<'a>>,
    importo: Option<Decimale<'a>>,
    /// accertamento, titolo, tipologia, categoria, articolo: same rule, in this order.
    voci_di_bilancio: [(&'static str, Option<&'a str>); 5],
}

impl<'a> QuotaGrezza<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        let mut voci_di_bilancio = ["accertamento", "titolo", "tipologia", "categoria", "articolo"].map(|nome| (nome, None));
        for (nome, valore) in &mut voci_di_bilancio {
            *valore = o.testo(nome)?;
        }
        Ok(Self { capitolo: o.testo("capitolo")?, anno_esercizio: o.decimale("annoEsercizio")?, importo: o.decimale("importo")?, voci_di_bilancio })
    }

    fn valida(self) -> Result<Importo, Rifiuto> {
        Testo::lungo(1, 64).obbligatorio("capitolo", self.capitolo)?;
        regole::anno("annoEsercizio", &obbligatorio("annoEsercizio", self.anno_esercizio)?)?;
        let importo = regole::importo("importo", self.importo)?;
        for (nome, valore) in self.voci_di_bilancio {
            Testo::lungo(1, 64).facoltativo(nome, valore)?;
        }
        Ok(importo)
    }
}

/// Key and value.
type VoceMetadata<'a> = (Option<&'a str>, Option<&'a str>);

struct MetadataGrezzi<'a> {
    originale: Option<&'a Value>,
    voci: Option<Vec<Option<VoceMetadata<'a>>>>,
}

impl<'a> MetadataGrezzi<'a> {
    fn leggi(o: &Oggetto<'a>, originale: Option<&'a Value>) -> Result<Self, Rifiuto> {
        Ok(Self { originale, voci: elementi(o.oggetti("mapEntries", VOCE_METADATA)?, |e| Ok((e.testo("key")?, e.testo("value")?)))? })
    }

    fn valida(self) -> Result<Option<Value>, Rifiuto> {
        for (i, voce) in regole::lista("mapEntries", self.voci, METADATA_MAX)?.into_iter().enumerate() {
            let (chiave, valore) = regole::elemento("mapEntries", i, voce)?;
            Testo::lungo(1, 140).obbligatorio("key", chiave)?;
            Testo::lungo(1, 140).obbligatorio("value", valore)?;
        }
        Ok(self.originale.cloned())
    }
}

struct DocumentoGrezzo<'a> {
    identificativo: Option<&'a str>,
    descrizione: Option<&'a str>,
    rata: Option<Decimale<'a>>,
    soglia: Option<SogliaGrezza<'a>>,
}

struct SogliaGrezza<'a> {
    tipo: Option<&'a str>,
    giorni: Option<Decimale<'a>>,
}

impl<'a> DocumentoGrezzo<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        let soglia = o.oggetto("soglia", SOGLIA)?;
        Ok(Self {
            identificativo: o.testo("identificativo")?,
            descrizione: o.testo("descrizione")?,
            rata: o.decimale("rata")?,
            soglia: soglia.map(|s| Ok::<_, Rifiuto>(SogliaGrezza { tipo: s.testo("tipo")?, giorni: s.decimale("giorni")? })).transpose()?,
        })
    }

    fn valida(self) -> Result<NuovoDocumento, Rifiuto> {
        let identificativo = IDENTIFICATIVO.obbligatorio("identificativo", self.identificativo)?;
        let descrizione = Testo::lungo(1, 255).obbligatorio("descrizione", self.descrizione)?;
        let parte = match (self.rata, self.soglia) {
            // A rata wins: a soglia beside it is not even looked at.
            (Some(rata), _) => {
                if !rata.positivo() {
                    regole::almeno("rata", 0, 1)?;
                }
                ParteDocumento::Rata(rata.naturale().map_or_else(|| regole::non_valida("rata"), Ok)?)
            }
            (None, Some(soglia)) => soglia.valida()?,
            (None, None) => ParteDocumento::Unica,
        };
        Ok(NuovoDocumento { identificativo, descrizione, parte })
    }
}

impl SogliaGrezza<'_> {
    fn valida(self) -> Result<ParteDocumento, Rifiuto> {
        let nome = obbligatorio("tipo", self.tipo)?;
        let tipo = TipoSoglia::leggi(nome).map_or_else(|| regole::codifica_inesistente("tipo", nome, TipoSoglia::TUTTI.map(TipoSoglia::codice)), Ok)?;
        let giorni = match tipo {
            TipoSoglia::Entro | TipoSoglia::Oltre => {
                let giorni = obbligatorio("giorni", self.giorni)?;
                if !giorni.positivo() {
                    regole::oltre("giorni", 0, 1)?;
                }
                let giorni = giorni.naturale().map_or_else(|| regole::non_valida("giorni"), Ok)?;
                regole::oltre("giorni", giorni.into(), 1)?;
                Some(giorni)
            }
            TipoSoglia::Ridotto | TipoSoglia::Scontato if self.giorni.is_some() => {
                return Err(Rifiuto::Sintassi("Il campo giorni deve essere vuoto quando il campo tipo assume valore 'RIDOTTO' o 'SCONTATO'.".to_owned()));
            }
            TipoSoglia::Ridotto | TipoSoglia::Scontato => None,
        };
        Ok(ParteDocumento::Soglia { tipo, giorni })
    }
}

struct ProprietaGrezze<'a> {
    originale: Option<&'a Value>,
    lingua_secondaria: Option<&'a str>,
    informativa: Option<&'a str>,
    informativa_secondaria: Option<&'a str>,
}

impl<'a> ProprietaGrezze<'a> {
    fn leggi(o: &Oggetto<'a>, originale: Option<&'a Value>) -> Result<Self, Rifiuto> {
        for nome in ["lineaTestoRicevuta1", "lineaTestoRicevuta2", "linguaSecondariaCausale"] {
            o.testo(nome)?;
        }
        o.data("dataScandenzaAvviso")?;
        elementi(o.oggetti("descrizioneImporto", DESCRIZIONE_IMPORTO)?, |d| Ok((d.testo("voce")?, d.decimale("importo")?)))?;
        Ok(Self {
            originale,
            lingua_secondaria: o.testo("linguaSecondaria")?,
            informativa: o.testo("informativaImportoAvviso")?,
            informativa_secondaria: o.testo("linguaSecondariaInformativaImportoAvviso")?,
        })
    }

    fn valida(self) -> Result<Value, Rifiuto> {
        super::avviso::lingua_secondaria(self.lingua_secondaria)?;
        // Empty text is meaningful here: it hides the note on the avviso.
        Testo::lungo(0, 255).facoltativo("informativaImportoAvviso", self.informativa)?;
        Testo::lungo(0, 255).facoltativo("linguaSecondariaInformativaImportoAvviso", self.informativa_secondaria)?;
        Ok(self.originale.cloned().unwrap_or_default())
    }
}

struct AllegatoGrezzo<'a> {
    nome: Option<&'a str>,
    tipo: Option<&'a str>,
    descrizione: Option<&'a str>,
    contenuto: Option<Vec<u8>>,
}

/// Standard alphabet, padding required, white space allowed anywhere because clients wrap lines.
fn decodifica_base64(testo: &str) -> Option<Vec<u8>> {
    let compatto: Vec<u8> = testo.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    STANDARD.decode(compatto).ok()
}

impl<'a> AllegatoGrezzo<'a> {
    fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        let contenuto = o.stringa("contenuto")?.map(|testo| {
            decodifica_base64(testo).ok_or_else(|| Rifiuto::Sintassi("Il campo contenuto contiene un valore non valido: atteso un testo in base64.".to_owned()))
        });
        Ok(Self { nome: o.testo("nome")?, tipo: o.testo("tipo")?, descrizione: o.testo("descrizione")?, contenuto: contenuto.transpose()? })
    }

    fn valida(self) -> Result<NuovoAllegato, Rifiuto> {
        const TESTO: Testo = Testo::lungo(1, 255);
        Ok(NuovoAllegato {
            nome: TESTO.obbligatorio("nome", self.nome)?,
            tipo: TESTO.facoltativo("tipo", self.tipo)?,
            descrizione: TESTO.facoltativo("descrizione", self.descrizione)?,
            contenuto: obbligatorio("contenuto", self.contenuto)?,
        })
    }
}

#[cfg(test)]
mod tests;
