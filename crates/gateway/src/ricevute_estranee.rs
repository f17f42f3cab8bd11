//! The inbox of foreign receipts: money for a notice that was not there when it arrived, and what somebody makes of it.

use codici::{IdDominio, Iuv};
use domain::Rifiuto;
use domain::chiamante::Chiamante;
use domain::pendenza::Pendenza;
use domain::transazione::{Stato, Transazione};
use store::Corsia;
use store::elenchi::ricevute_estranee::{Estranea, Filtro};
use store::elenchi::{Elenco, Pagina};

use crate::modifica_rpp::{Consegna, leggi_consegna};
use crate::{Errore, Gateway};

/// A foreign receipt as who looks at it wants it.
pub struct EstraneaLetta {
    pub estranea: Estranea,
    /// The message as it came.
    pub byte: Vec<u8>,
    /// A position of the same dominio and IUV that is here now.
    pub corrispondente: Option<Pendenza>,
}

impl Gateway {
    pub async fn elenco_estranee(&self, filtro: &Filtro, pagina: &Pagina) -> Result<Elenco<Estranea>, Errore> {
        Ok(self.store.elenco_estranee(filtro, pagina).await?)
    }

    /// # Errors
    /// 403 for a dominio that is not the caller's, 404.
    pub async fn estranea(&self, chiamante: &Chiamante, dominio: &IdDominio, receipt_id: &str) -> Result<EstraneaLetta, Errore> {
        chiamante.su_dominio(dominio)?;
        let trovata = self.store.estranea(dominio, receipt_id).await?;
        let (estranea, byte) = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Ricevuta estranea [{receipt_id}] del dominio [{dominio}] non trovata.")))?;
        let corrispondente = match Iuv::leggi(&estranea.iuv) {
            Some(iuv) => self.store.pendenza_per_iuv(dominio, &iuv).await?,
            None => None,
        };
        Ok(EstraneaLetta { estranea, byte, corrispondente })
    }

    /// Does with the receipt what the station would do if it came now, and notes the link. Asking twice is harmless: what was acquired is found as such.
    ///
    /// # Errors
    /// 403, 404; 422 with the reason why the receipt is not of this pendenza.
    pub async fn collega_estranea(
        &self,
        chiamante: &Chiamante,
        dominio: &IdDominio,
        receipt_id: &str,
        (id_a2a, id_pendenza): (&str, &str),
        id_transazione: String,
    ) -> Result<(Transazione, Pendenza), Errore> {
        let letta = self.estranea(chiamante, dominio, receipt_id).await?;
        let pendenza = self.pendenza(id_a2a, id_pendenza).await?;
        chiamante.su_pendenza(&pendenza.dominio, pendenza.unita_operativa.as_deref(), &pendenza.tipo_pendenza)?;
        let consegna = leggi_consegna(&letta.byte).map_err(|perche| non_collegabile(&format!("il messaggio non si legge ({perche})")))?;
        adatta(&letta.estranea, &consegna, &pendenza)?;
        let gia = self.transazione(dominio, &letta.estranea.iuv, receipt_id).await?.filter(|(t, _)| t.stato == Stato::RtAccettataPa);
        let acquisita = match gia {
            Some(gia) => gia,
            None => self.acquisisci_consegna(chiamante, &consegna, id_transazione).await?,
        };
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.collega_estranea(dominio, receipt_id, &acquisita.1, Some(&chiamante.utenza.principal), self.adesso()).await?;
        tx.commit().await?;
        Ok(acquisita)
    }
}

/// The first thing that does not fit.
fn adatta(estranea: &Estranea, consegna: &Consegna<'_>, p: &Pendenza) -> Result<(), Rifiuto> {
    if let Some(c) = &estranea.collegamento {
        return Err(non_collegabile(&format!("e' gia' collegata alla pendenza [A2A:{} Id:{}]", c.id_a2a, c.id_pendenza)));
    }
    if let Consegna::Corrente { richiesta, .. } = consegna
        && richiesta.ricevuta.id_dominio != estranea.dominio
    {
        return Err(non_collegabile(&format!("e' la copia per un beneficiario secondario di un avviso del dominio {}", richiesta.ricevuta.id_dominio)));
    }
    if p.dominio != estranea.dominio {
        return Err(non_collegabile(&format!("e' del dominio {} e la pendenza del dominio {}", estranea.dominio, p.dominio)));
    }
    if p.iuv.as_str() != estranea.iuv {
        return Err(non_collegabile(&format!("paga lo IUV {} e la pendenza ha lo IUV {}", estranea.iuv, p.iuv)));
    }
    Ok(())
}

fn non_collegabile(perche: &str) -> Rifiuto {
    Rifiuto::Semantica(format!("La ricevuta non si puo' collegare: {perche}."))
}
