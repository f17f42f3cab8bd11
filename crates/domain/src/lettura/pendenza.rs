//! A position as it is loaded: PUT of API Pendenze (spec/1 sections 5.3 and 5.4), and the identifiers of paths.
//!
//! The versions differ by what they know, never by how it is checked: [`Contratto`].

mod allegato;
mod bilancio;
mod contratto;
mod documento;
mod proprieta;
mod soggetto;
mod voce;

use chrono::NaiveDate;
use codici::{IdDominio, NumeroAvviso};
use serde_json::Value;

use self::allegato::{ALLEGATO, AllegatoGrezzo};
use self::documento::{DOCUMENTO, DocumentoGrezzo};
use self::proprieta::{PROPRIETA, ProprietaGrezze};
use self::soggetto::{SOGGETTO, SoggettoGrezzo};
use self::voce::{VoceGrezza, quadra};
use super::json::{self, Decimale, Oggetto};
use super::regole::{self, IDENTIFICATIVO, TIPO, Testo, obbligatorio};
use crate::Rifiuto;
use crate::pendenza::{NuovaPendenza, VOCI_MAX};
use crate::rifiuto::Chiave;

pub use self::bilancio::METADATA_MAX;
pub use self::contratto::{
    A_CHE_SI_RIFERISCE, AVVISATURA, CHE_COSA, Contratto, DELL_ENTE, DI_CHI, FINO_A_QUANDO, PENDENZE_V1, PENDENZE_V2, TASSONOMIE_AVVISO, TIPO_BOLLO, VOCE,
    unisci,
};
pub use self::soggetto::{Ruolo, soggetto};

const CHIAVE: &[&str] = &["idA2A", "idPendenza"];

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

fn elementi<'a, T>(oggetti: Option<Vec<Option<Oggetto<'a>>>>, leggi: impl Fn(&Oggetto<'a>) -> Result<T, Rifiuto>) -> Result<Option<Vec<Option<T>>>, Rifiuto> {
    oggetti.map(|elenco| elenco.iter().map(|o| o.as_ref().map(&leggi).transpose()).collect()).transpose()
}

#[cfg(test)]
mod tests;
