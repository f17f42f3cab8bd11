//! A lotto by the service of pagoPA: the file goes, is looked for when its answer was lost, is followed until its report.

use chrono::Duration;
use domain::calendario;
use domain::posizione_debitoria::massivo::{StatoLotto, esito_riga};
use piattaforma::posizioni::massivo::{Massivo, Rapporto, ZIP_BYTE_MAX, avanzamento, elenco_letto, id_assegnato, nome_operazione};
use piattaforma::{Esito, Resoconto};
use store::lotti_posizioni::Lotto;

use super::{DA_RIVEDERE, Strada, fra_quanto};
use crate::zip::Zip;
use crate::{Errore, Gateway};

/// Of the zip around its one entry, with room to spare.
const CONTORNO_BYTE: usize = 1_024;
/// Times that a file is tried before its positions go on one by one.
const TENTATIVI_MAX: u32 = 8;
/// A file that the service has not done with by then is given up.
const RAPPORTO_ENTRO: Duration = Duration::hours(24);
/// A report that cannot be read is asked for again so many times.
const RAPPORTI_ILLEGGIBILI_MAX: u32 = 5;
/// Before a file that may have left is looked for: the list of the service may be behind.
const PRIMA_DI_CERCARE: Duration = Duration::seconds(60);
/// Pages of the list that are read, and files that are looked into.
const PAGINE_MAX: u32 = 20;
const CANDIDATI_MAX: usize = 50;
/// Identifiers of one statement.
const IUPD_PER_VOLTA: usize = 500;

impl Gateway {
    pub(super) async fn componi_e_invia(&self, lotto: Lotto, strada: &Strada) -> Result<(), Errore> {
        if lotto.cartella {
            return self.consegna_in_cartella(lotto, strada).await;
        }
        let temporaneo = tempfile::NamedTempFile::new().map_err(|e| Errore::Configurazione(format!("nessun file temporaneo ({})", e.kind())))?;
        let composta = self.componi_file(&lotto, temporaneo.path(), ZIP_BYTE_MAX - CONTORNO_BYTE).await?;
        if composta.posizioni == 0 {
            return self.vuoto(&lotto).await;
        }
        let nome = format!("fiorino-{}", uuid::Uuid::now_v7().simple());
        let contenuto =
            tokio::fs::read(temporaneo.path()).await.map_err(|e| Errore::Configurazione(format!("il file del lotto non si legge ({})", e.kind())))?;
        let Some(zip) = zip(&nome, &contenuto) else { return self.rinuncia(&lotto, "Il file del lotto e' troppo lungo").await };
        drop(contenuto);
        let adesso = self.adesso();
        let in_invio = Lotto {
            stato: StatoLotto::InInvio,
            nome_file: Some(format!("{nome}.zip")),
            posizioni: composta.posizioni,
            data_invio: Some(adesso),
            prossimo_tentativo: adesso + PRIMA_DI_CERCARE,
            ..lotto
        };
        if !self.passa(&in_invio, StatoLotto::DaComporre).await? {
            return Ok(());
        }
        let massivo = self.massivo(&in_invio, strada);
        let resoconto = self.detto(&in_invio, nome_operazione(in_invio.operazione), massivo.invia(in_invio.operazione, &format!("{nome}.zip"), &zip)).await;
        self.inviato(in_invio, resoconto).await
    }

    /// What came of the file.
    async fn inviato(&self, lotto: Lotto, resoconto: Resoconto) -> Result<(), Errore> {
        let (stato, motivo, fra) = match &resoconto.esito {
            Esito::Fatto(fatto) => match id_assegnato(fatto) {
                Some(id) => return self.ha_un_nome(lotto, id).await,
                None => (StatoLotto::InInvio, "Il servizio non ha detto il nome del file: si cerca".to_owned(), PRIMA_DI_CERCARE),
            },
            Esito::Rifiutato { motivo, .. } => return self.rinuncia(&lotto, motivo).await,
            // The key is not for this service: GPD by single calls may be.
            Esito::DaRitentare { motivo, .. } if resoconto.stato == Some(401) => return self.rinuncia(&lotto, motivo).await,
            Esito::DaRitentare { motivo, incerto: true, .. } => (StatoLotto::InInvio, motivo.clone(), PRIMA_DI_CERCARE),
            Esito::DaRitentare { motivo, .. } if lotto.tentativi >= TENTATIVI_MAX => return self.rinuncia(&lotto, motivo).await,
            Esito::DaRitentare { motivo, fra, .. } => {
                let crescente = Duration::seconds(10 << lotto.tentativi.min(8));
                (StatoLotto::DaComporre, motivo.clone(), Duration::from_std(*fra).unwrap_or(crescente).max(crescente))
            }
        };
        self.piu_tardi(Lotto { stato, ..lotto }, StatoLotto::InInvio, fra, Some(motivo)).await
    }

    async fn ha_un_nome(&self, lotto: Lotto, id: String) -> Result<(), Errore> {
        let da = lotto.stato;
        let dopo = Lotto { stato: StatoLotto::Inviato, file_id: Some(id), tentativi: 0, ..lotto };
        self.piu_tardi(dopo, da, Duration::seconds(5), None).await
    }

    /// Nothing to send: every position left the lotto while it was written.
    pub(super) async fn vuoto(&self, lotto: &Lotto) -> Result<(), Errore> {
        let dopo = Lotto { stato: StatoLotto::Concluso, posizioni: 0, motivo: Some("Nessuna posizione da mandare".to_owned()), ..lotto.clone() };
        self.store.concludi_lotto(&dopo, lotto.stato, DA_RIVEDERE, "", self.adesso()).await?;
        self.campanello_posizioni.notify_one();
        Ok(())
    }

    /// The file may have arrived: it is found by what is in it, or it is sent again.
    pub(super) async fn cerca(&self, lotto: Lotto, strada: &Strada) -> Result<(), Errore> {
        if lotto.cartella {
            return self.consegna_in_cartella(lotto, strada).await;
        }
        let candidati = match self.file_senza_lotto(&lotto, strada).await? {
            Ok(candidati) => candidati,
            Err(motivo) if lotto.tentativi >= TENTATIVI_MAX => return self.rinuncia(&lotto, &motivo).await,
            Err(motivo) => return self.piu_tardi(lotto, StatoLotto::InInvio, PRIMA_DI_CERCARE, Some(motivo)).await,
        };
        for id in candidati {
            match self.e_suo(&lotto, strada, &id).await? {
                Some(true) => return self.ha_un_nome(lotto, id).await,
                Some(false) => {}
                None => return self.piu_tardi(lotto, StatoLotto::InInvio, PRIMA_DI_CERCARE, Some("Il servizio non risponde".to_owned())).await,
            }
        }
        if lotto.tentativi >= TENTATIVI_MAX {
            return self.rinuncia(&lotto, "Il file non arriva al servizio").await;
        }
        self.piu_tardi(
            Lotto { stato: StatoLotto::DaComporre, ..lotto },
            StatoLotto::InInvio,
            Duration::zero(),
            Some("Il file non era arrivato: si rifa'".to_owned()),
        )
        .await
    }

    /// Files that the service has since the one of the lotto left, and that are of no lotto. The reason, when it does not say.
    async fn file_senza_lotto(&self, lotto: &Lotto, strada: &Strada) -> Result<Result<Vec<String>, String>, Errore> {
        let massivo = self.massivo(lotto, strada);
        let al = calendario::oggi(self.adesso());
        let dal = calendario::oggi(lotto.data_invio.unwrap_or(lotto.data_creazione)).max(al - Duration::days(6));
        let (mut tutti, mut seguito) = (Vec::new(), None::<String>);
        for _ in 0..PAGINE_MAX {
            let resoconto = self.detto(lotto, Massivo::ELENCO, massivo.elenco(dal, al, seguito.as_deref())).await;
            match &resoconto.esito {
                Esito::Fatto(fatto) => {
                    let (id, poi) = elenco_letto(fatto);
                    tutti.extend(id);
                    seguito = poi;
                }
                // An edition of the service that has no list: nothing can be found.
                Esito::Rifiutato { .. } => break,
                Esito::DaRitentare { motivo, .. } => return Ok(Err(motivo.clone())),
            }
            if seguito.is_none() {
                break;
            }
        }
        let mut suoi = Vec::new();
        for pagina in tutti.chunks(IUPD_PER_VOLTA) {
            suoi.extend(self.store.file_senza_lotto(pagina).await?);
        }
        suoi.truncate(CANDIDATI_MAX);
        Ok(Ok(suoi))
    }

    /// Whether a file of the service is the one of the lotto: by its report, or by its length while there is none. A mistake costs a look at each position,
    /// never one that is sent and not known. `None`: not now.
    async fn e_suo(&self, lotto: &Lotto, strada: &Strada, id: &str) -> Result<Option<bool>, Errore> {
        let massivo = self.massivo(lotto, strada);
        let resoconto = self.detto(lotto, Massivo::RAPPORTO, massivo.rapporto(id)).await;
        if let Some(rapporto) = resoconto.esito.fatto().and_then(|f| Rapporto::leggi(&f.corpo)) {
            let prime: Vec<String> = rapporto.voci.into_iter().flat_map(|v| v.iupd).take(IUPD_PER_VOLTA).collect();
            return Ok(Some(self.store.del_lotto(lotto.id, &prime).await?));
        }
        let resoconto = self.detto(lotto, Massivo::STATO, massivo.stato(id)).await;
        match &resoconto.esito {
            Esito::Fatto(fatto) => Ok(Some(avanzamento(fatto).is_some_and(|(_, lette)| lette == u64::from(lotto.posizioni)))),
            Esito::Rifiutato { .. } => Ok(Some(false)),
            Esito::DaRitentare { .. } => Ok(None),
        }
    }

    pub(super) async fn segui(&self, lotto: Lotto, strada: &Strada) -> Result<(), Errore> {
        let adesso = self.adesso();
        let partito = lotto.data_invio.unwrap_or(lotto.data_creazione);
        if adesso - partito > RAPPORTO_ENTRO {
            return self.rinuncia(&lotto, "Il servizio non ha fatto il rapporto in tempo").await;
        }
        if lotto.cartella {
            return self.leggi_dalla_cartella(lotto, strada).await;
        }
        let Some(id) = lotto.file_id.clone() else { return self.rinuncia(&lotto, "Il lotto non ha il nome del file").await };
        let fra = fra_quanto(partito, adesso);
        let massivo = self.massivo(&lotto, strada);
        let resoconto = self.detto(&lotto, Massivo::STATO, massivo.stato(&id)).await;
        let in_corso = match &resoconto.esito {
            Esito::Fatto(fatto) => avanzamento(fatto).is_some_and(|(fatte, lette)| fatte < lette),
            Esito::Rifiutato { .. } => false,
            Esito::DaRitentare { motivo, fra, .. } => {
                let fra = Duration::from_std(*fra).unwrap_or(Duration::minutes(5)).max(Duration::seconds(5));
                return self.piu_tardi(lotto, StatoLotto::Inviato, fra, Some(motivo.clone())).await;
            }
        };
        if in_corso {
            return self.piu_tardi(lotto, StatoLotto::Inviato, fra, None).await;
        }
        let resoconto = self.detto(&lotto, Massivo::RAPPORTO, massivo.rapporto(&id)).await;
        match resoconto.esito {
            Esito::Fatto(fatto) => match Rapporto::leggi(&fatto.corpo) {
                Some(rapporto) if rapporto.finito => self.applica_rapporto(lotto, &rapporto).await,
                Some(_) => self.piu_tardi(lotto, StatoLotto::Inviato, fra, None).await,
                None => self.rapporto_illeggibile(lotto, fra, "Il rapporto non si legge".to_owned()).await,
            },
            // Not ready.
            Esito::Rifiutato { stato: 404, .. } => self.piu_tardi(lotto, StatoLotto::Inviato, fra, None).await,
            Esito::DaRitentare { .. } if resoconto.stato == Some(425) => self.piu_tardi(lotto, StatoLotto::Inviato, fra, None).await,
            Esito::Rifiutato { motivo, .. } | Esito::DaRitentare { motivo, .. } => self.rapporto_illeggibile(lotto, fra, motivo).await,
        }
    }

    /// Again, and after some times each position is asked for by itself.
    pub(super) async fn rapporto_illeggibile(&self, lotto: Lotto, fra: Duration, motivo: String) -> Result<(), Errore> {
        if lotto.tentativi >= RAPPORTI_ILLEGGIBILI_MAX {
            return self.rinuncia(&lotto, &motivo).await;
        }
        self.piu_tardi(lotto, StatoLotto::Inviato, fra, Some(motivo)).await
    }

    /// Each position has its outcome; what the report does not name is looked at by itself. Made twice it is made once: a position that had its outcome is
    /// the lotto's no more.
    pub(super) async fn applica_rapporto(&self, lotto: Lotto, rapporto: &Rapporto) -> Result<(), Errore> {
        let mut dopo = Lotto { stato: StatoLotto::Concluso, inviate: 0, rifiutate: 0, da_rivedere: 0, motivo: None, ..lotto.clone() };
        for voce in &rapporto.voci {
            let esito = esito_riga(lotto.operazione, Some(voce.stato));
            let motivo = format!("HTTP {}: {}", voce.stato, voce.messaggio);
            let motivo = matches!(voce.stato, 400..).then_some(motivo.as_str());
            for iupd in voce.iupd.chunks(IUPD_PER_VOLTA) {
                self.store.applica_esito(lotto.id, iupd, esito, motivo, self.adesso()).await?;
            }
            let quante = u32::try_from(voce.iupd.len()).unwrap_or(u32::MAX);
            let conto = match esito.stato {
                domain::posizione_debitoria::StatoInvio::Rifiutata => &mut dopo.rifiutate,
                domain::posizione_debitoria::StatoInvio::DaInviare => &mut dopo.da_rivedere,
                _ => &mut dopo.inviate,
            };
            *conto = conto.saturating_add(quante);
        }
        let resto = self.store.concludi_lotto(&dopo, lotto.stato, DA_RIVEDERE, "Il rapporto del file non la nomina", self.adesso()).await?;
        metrics::counter!("fiorino_posizioni_lotti_total", "esito" => StatoLotto::Concluso.codice()).increment(1);
        tracing::info!(lotto = %lotto.id, lotto.inviate = dopo.inviate, lotto.rifiutate = dopo.rifiutate, lotto.taciute = resto, "lotto di posizioni concluso");
        self.campanello_posizioni.notify_one();
        Ok(())
    }

    fn massivo<'a>(&'a self, lotto: &'a Lotto, strada: &'a Strada) -> Massivo<'a> {
        Massivo { cliente: &self.piattaforma, connessione: &strada.connessione, intermediario: &strada.intermediario, dominio: &lotto.dominio }
    }

    /// Makes a call and tells it in the giornale.
    async fn detto(&self, lotto: &Lotto, operazione: &str, chiamata: impl Future<Output = Resoconto>) -> Resoconto {
        self.annota_chiamata(operazione, Some(&lotto.dominio), None, chiamata).await
    }
}

/// The one JSON of the lotto in its archive. `None`: longer than the format holds.
fn zip(nome: &str, contenuto: &[u8]) -> Option<Vec<u8>> {
    let mut zip = Zip::default();
    let mut byte = zip.voce(&format!("{nome}.json"), contenuto)?;
    byte.extend(zip.fine());
    Some(byte)
}
