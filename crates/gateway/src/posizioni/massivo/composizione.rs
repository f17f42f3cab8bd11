//! The file of a lotto, page by page, to a writer on the disk.

use std::io::{BufWriter, Write};
use std::path::Path;

use domain::posizione_debitoria::massivo::{EsitoRiga, OperazioneMassiva};
use domain::posizione_debitoria::{Opzioni, Remoto, StatoInvio, Volere, controlla, volere};
use piattaforma::posizioni::corpi;
use store::lotti_posizioni::{Esclusa, Lotto, RigaLotto};
use uuid::Uuid;

use super::super::iban::ContiNoti;
use crate::{Errore, Gateway};

/// Positions in memory at one time.
const PAGINA: u64 = 500;

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Composta {
    pub posizioni: u32,
}

/// A position as it goes in the file, or why it does not.
enum Parte {
    Dentro(Vec<u8>),
    Fuori(Esclusa),
}

impl Gateway {
    /// Writes the file of the lotto, at most `byte_max` long: what finds no place is due again. May be made again from the beginning.
    pub(super) async fn componi_file(&self, lotto: &Lotto, percorso: &Path, byte_max: usize) -> Result<Composta, Errore> {
        let (testa, coda) = involucro(lotto.operazione);
        let su_disco = |e: std::io::Error| Errore::Configurazione(format!("il file del lotto non si scrive ({})", e.kind()));
        let mut file = BufWriter::new(std::fs::File::create(percorso).map_err(su_disco)?);
        file.write_all(testa.as_bytes()).map_err(su_disco)?;
        let mut scritti = testa.len() + coda.len();
        let mut composta = Composta::default();
        let mut ultima: Option<Uuid> = None;
        let noti = ContiNoti::default();
        'pagine: loop {
            let righe = self.store.righe_del_lotto(lotto.id, ultima, PAGINA).await?;
            if righe.is_empty() {
                break;
            }
            let (mut versioni, mut escluse) = (Vec::new(), Vec::new());
            let mut pieno = false;
            for riga in &righe {
                match self.parte(lotto.operazione, riga, &noti).await? {
                    Parte::Fuori(esclusa) => escluse.push(esclusa),
                    Parte::Dentro(byte) => {
                        if scritti + byte.len() + 1 > byte_max {
                            pieno = true;
                            break;
                        }
                        if composta.posizioni > 0 {
                            file.write_all(b",").map_err(su_disco)?;
                        }
                        file.write_all(&byte).map_err(su_disco)?;
                        scritti += byte.len() + 1;
                        composta.posizioni += 1;
                        if riga.lotto_versione != Some(riga.posizione.versione) {
                            versioni.push((riga.posizione.pendenza, riga.posizione.versione));
                        }
                    }
                }
                ultima = Some(riga.posizione.pendenza);
            }
            self.store.annota_composizione(lotto.id, &versioni, &escluse, self.adesso()).await?;
            if pieno {
                self.store.libera_oltre(lotto.id, ultima, self.adesso()).await?;
                break 'pagine;
            }
        }
        file.write_all(coda.as_bytes()).map_err(su_disco)?;
        file.into_inner().map_err(|e| su_disco(e.into_error()))?.sync_all().map_err(su_disco)?;
        Ok(composta)
    }

    async fn parte(&self, operazione: OperazioneMassiva, riga: &RigaLotto, noti: &ContiNoti) -> Result<Parte, Errore> {
        let id = riga.posizione.pendenza;
        let fuori = |stato, remoto, motivo: Option<String>| Parte::Fuori(Esclusa { pendenza: id, esito: EsitoRiga { stato, remoto }, motivo });
        let remoto = riga.posizione.remoto;
        let Some(pendenza) = &riga.pendenza else {
            return Ok(fuori(StatoInvio::NonDovuta, remoto, Some("La pendenza non c'e' piu'".to_owned())));
        };
        let opzioni = Opzioni { stand_in: self.impostazioni.posizioni.stand_in };
        let volere = volere(pendenza, &riga.posizione.iupd, &self.istantanea.attuale(), &opzioni, self.adesso());
        Ok(match (volere, operazione) {
            (Err(e), _) => fuori(StatoInvio::Rifiutata, remoto, Some(e.to_string())),
            (Ok(Volere::Annullata), OperazioneMassiva::Elimina) => {
                Parte::Dentro(serde_json::Value::from(riga.posizione.iupd.as_str()).to_string().into_bytes())
            }
            (Ok(Volere::Pubblicata(p)), OperazioneMassiva::Crea | OperazioneMassiva::Aggiorna) => {
                let violazioni: Vec<_> = controlla(&p, self.adesso()).iter().map(ToString::to_string).collect();
                let contro = if violazioni.is_empty() { self.iban_ignoto(&p, noti).await? } else { Some(violazioni.join("; ")) };
                match contro {
                    None => Parte::Dentro(corpi::posizione(&p).to_string().into_bytes()),
                    Some(motivo) => fuori(StatoInvio::Rifiutata, remoto, Some(motivo)),
                }
            }
            (Ok(Volere::Nulla { perche }), _) => fuori(StatoInvio::NonDovuta, remoto, Some(perche)),
            // It changed since it was chosen: a call of its own, which looks first.
            (Ok(_), _) => fuori(StatoInvio::DaInviare, Remoto::Ignoto, None),
        })
    }
}

/// What stands around the positions: whole for those that are written, identifiers alone for those that are deleted.
const fn involucro(operazione: OperazioneMassiva) -> (&'static str, &'static str) {
    match operazione {
        OperazioneMassiva::Crea | OperazioneMassiva::Aggiorna => (r#"{"paymentPositions":["#, "]}"),
        OperazioneMassiva::Elimina => (r#"{"paymentPositionIUPDs":["#, "]}"),
    }
}
