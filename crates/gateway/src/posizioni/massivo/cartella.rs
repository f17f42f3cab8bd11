//! A lotto by a folder: the file is left where the ente's own SFTP client takes it, and the report is found where that client leaves it.
//!
//! Below the folder of the configuration the names are those of pagoPA's account: `CF_INTERMEDIARIO/CF_ENTE/input` and `.../output` (spec/4 section 3.6). A file
//! appears under its name when it is whole, and a name is never used twice. Nothing is deleted: who carries the files does that.

use std::path::{Path, PathBuf};

use chrono::Duration;
use domain::posizione_debitoria::massivo::StatoLotto;
use piattaforma::posizioni::massivo::Rapporto;
use store::lotti_posizioni::Lotto;

use super::{Strada, fra_quanto};
use crate::{Errore, Gateway};

/// Bytes of a file that goes by SFTP, and of its report.
const FILE_BYTE_MAX: usize = 100 * 1024 * 1024;
/// Reports in a folder that are looked at.
const RAPPORTI_MAX: usize = 10_000;

impl Gateway {
    /// The name is chosen once: a run that begins anew writes the same file again, or finds it taken away.
    pub(super) async fn consegna_in_cartella(&self, lotto: Lotto, strada: &Strada) -> Result<(), Errore> {
        let Some(cartella) = self.cartella(&lotto, strada, "input") else { return self.rinuncia(&lotto, "La cartella non e' piu' configurata").await };
        let (da, adesso) = (lotto.stato, self.adesso());
        let nome = format!("fiorino-{}.json", lotto.id.simple());
        let (definitivo, in_corso) = (cartella.join(&nome), cartella.join(format!(".{nome}.parziale")));
        if da == StatoLotto::DaComporre {
            if let Err(e) = std::fs::create_dir_all(&cartella) {
                return self.piu_tardi(lotto, da, Duration::minutes(5), Some(format!("La cartella non si scrive ({})", e.kind()))).await;
            }
            let composta = match self.componi_file(&lotto, &in_corso, FILE_BYTE_MAX).await {
                Err(Errore::Configurazione(motivo)) => return self.piu_tardi(lotto, da, Duration::minutes(5), Some(motivo)).await,
                altro => altro?,
            };
            if composta.posizioni == 0 {
                let _ = std::fs::remove_file(&in_corso);
                return self.vuoto(&lotto).await;
            }
            let in_invio = Lotto { stato: StatoLotto::InInvio, nome_file: Some(nome), posizioni: composta.posizioni, data_invio: Some(adesso), ..lotto };
            if !self.passa(&in_invio, da).await? {
                return Ok(());
            }
            return self.metti_in_vista(in_invio, &in_corso, &definitivo).await;
        }
        self.metti_in_vista(lotto, &in_corso, &definitivo).await
    }

    /// The whole file gets its name. When it is not there any more it had it already, and was taken.
    async fn metti_in_vista(&self, lotto: Lotto, in_corso: &Path, definitivo: &Path) -> Result<(), Errore> {
        if in_corso.exists()
            && let Err(e) = std::fs::rename(in_corso, definitivo)
        {
            return self.piu_tardi(lotto, StatoLotto::InInvio, Duration::minutes(1), Some(format!("Il file non si consegna ({})", e.kind()))).await;
        }
        self.piu_tardi(Lotto { stato: StatoLotto::Inviato, tentativi: 0, ..lotto }, StatoLotto::InInvio, Duration::seconds(5), None).await
    }

    pub(super) async fn leggi_dalla_cartella(&self, lotto: Lotto, strada: &Strada) -> Result<(), Errore> {
        let fra = fra_quanto(lotto.data_invio.unwrap_or(lotto.data_creazione), self.adesso());
        let Some(cartella) = self.cartella(&lotto, strada, "output") else { return self.rinuncia(&lotto, "La cartella non e' piu' configurata").await };
        let Some(file) = trova(&cartella, &lotto.id.simple().to_string()) else {
            return self.piu_tardi(lotto, StatoLotto::Inviato, fra, None).await;
        };
        let letto = tokio::fs::metadata(&file).await.is_ok_and(|m| m.len() <= FILE_BYTE_MAX as u64);
        let byte = if letto { tokio::fs::read(&file).await.unwrap_or_default() } else { Vec::new() };
        match Rapporto::leggi(&byte) {
            Some(rapporto) => self.applica_rapporto(lotto, &rapporto).await,
            None => self.rapporto_illeggibile(lotto, fra, "Il rapporto nella cartella non si legge".to_owned()).await,
        }
    }

    fn cartella(&self, lotto: &Lotto, strada: &Strada, verso: &str) -> Option<PathBuf> {
        let base = self.impostazioni.posizioni.massivo.cartella.as_ref()?;
        Some(base.join(&strada.intermediario).join(lotto.dominio.as_str()).join(verso))
    }
}

/// The report of a file: the service repeats its name in the one of the report.
fn trova(cartella: &Path, nome: &str) -> Option<PathBuf> {
    let voci = std::fs::read_dir(cartella).ok()?;
    voci.take(RAPPORTI_MAX).filter_map(Result::ok).map(|v| v.path()).find(|p| {
        let detto = p.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        detto.contains(nome) && !detto.starts_with('.')
    })
}
