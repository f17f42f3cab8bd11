//! One turn of one position: what is wanted, what is known, one move after the other.

use std::time::{Duration, Instant};

use domain::posizione_debitoria::{
    Fine, Mossa, Noto, Opzioni, PosizioneDebitoria, Remoto, Scopo, StatoInvio, StatoRemoto, Volere, composizione, controlla, iupd, iupd_alternativo, mossa,
    volere,
};
use domain::{Anagrafica, Pendenza};
use piattaforma::posizioni::{Archivio, Operazione, corpi, letta};
use piattaforma::{Connessione, Esito, Prodotto, Resoconto};
use store::eventi::{EsitoEvento, Evento};
use store::posizioni_debitorie::{Nota, Posizione};

use super::iban::ContiNoti;
use super::{ATTESA_MAX, creduto, nota};
use crate::Gateway;

/// Moves of a turn: the longest way is to read, delete, create, meet a conflict, read, update.
const MOSSE_MAX: u32 = 10;
/// No move begins after this: with the one that is under way, the turn ends within the lease of its row.
const DURATA_MAX: Duration = Duration::from_secs(60);
/// The key may not speak for this ente, or for its segregation code: somebody has to mend it at pagoPA's.
const VIETATO: u16 = 403;

pub(super) async fn esegui(gateway: &Gateway, presa: &Posizione, pendenza: &Pendenza, anagrafica: &Anagrafica, connessione: &Connessione) -> Nota {
    let opzioni = Opzioni { stand_in: gateway.impostazioni.posizioni.stand_in };
    let archivio = Archivio { cliente: &gateway.piattaforma, connessione, dominio: &presa.dominio };
    let turno = Turno { gateway, presa, pendenza, archivio, opzioni, anagrafica };
    if connessione.prodotto == Prodotto::AcaCreatePosition { turno.create_position().await } else { turno.allinea().await }
}

struct Turno<'a> {
    gateway: &'a Gateway,
    presa: &'a Posizione,
    pendenza: &'a Pendenza,
    archivio: Archivio<'a>,
    opzioni: Opzioni,
    anagrafica: &'a Anagrafica,
}

/// What is known, and grows with each move.
struct Conto {
    iupd: String,
    remoto: Remoto,
    impronta: Option<Vec<u8>>,
    comunicata: bool,
    /// The archive said that something of ours was there already.
    conflitto: bool,
    altrove: bool,
}

/// Why a turn ends before its aim.
enum Arresto {
    Rifiutata(String),
    Ritenta { motivo: String, fra: Duration, contata: bool },
}

impl Turno<'_> {
    async fn allinea(&self) -> Nota {
        let mut conto = Conto {
            iupd: self.presa.iupd.clone(),
            remoto: creduto(self.presa),
            impronta: self.presa.impronta.clone(),
            comunicata: false,
            conflitto: false,
            altrove: self.archivio.sa_dei_pagamenti_altrove(),
        };
        let volere = match volere(self.pendenza, &conto.iupd, self.anagrafica, &self.opzioni, self.gateway.adesso()) {
            Ok(volere) => volere,
            Err(e) => return nota(self.presa, StatoInvio::Rifiutata, Some(e.to_string())),
        };
        let (scopo, mut voluta) = match volere {
            Volere::Nulla { perche } => {
                self.gateway.giornale.aggiungi(self.non_tentata(&perche));
                return nota(self.presa, StatoInvio::NonDovuta, Some(perche));
            }
            Volere::Annullata => (Scopo::Annullata, None),
            Volere::Chiusa { .. } => {
                // The payment may have got there by itself: it is looked at, not assumed.
                if conto.remoto != Remoto::Assente {
                    conto.remoto = Remoto::Ignoto;
                }
                (Scopo::Chiusa, None)
            }
            Volere::Pubblicata(p) => {
                let violazioni = controlla(&p, self.gateway.adesso());
                if !violazioni.is_empty() {
                    let motivi: Vec<_> = violazioni.iter().map(ToString::to_string).collect();
                    return nota(self.presa, StatoInvio::Rifiutata, Some(motivi.join("; ")));
                }
                if let Some(fermata) = self.conto_ignoto(&p).await {
                    return fermata;
                }
                (Scopo::Pubblicata, Some(p))
            }
        };
        let esito = self.mosse(scopo, &mut voluta, &mut conto).await;
        self.conclusa(esito, conto)
    }

    fn conclusa(&self, esito: Result<Fine, Arresto>, conto: Conto) -> Nota {
        let base = match esito {
            Ok(fine) => {
                let (stato, motivo) = match fine {
                    Fine::Allineata => (StatoInvio::Inviata, None),
                    Fine::PagataLa => (StatoInvio::Inviata, Some("L'archivio la dice gia' pagata".to_owned())),
                    Fine::MaiArrivata => (StatoInvio::NonDovuta, None),
                };
                Nota { tentativi: 0, ..nota(self.presa, stato, motivo) }
            }
            Err(Arresto::Rifiutata(motivo)) => nota(self.presa, StatoInvio::Rifiutata, Some(motivo)),
            Err(Arresto::Ritenta { motivo, fra, contata }) => self.gateway.ritenta(self.presa, motivo, fra, contata),
        };
        Nota { iupd: conto.iupd, remoto: conto.remoto, impronta: conto.impronta, comunicata: conto.comunicata, ..base }
    }

    async fn mosse(&self, scopo: Scopo, voluta: &mut Option<Box<PosizioneDebitoria>>, conto: &mut Conto) -> Result<Fine, Arresto> {
        let inizio = Instant::now();
        for _ in 0..MOSSE_MAX {
            if inizio.elapsed() > DURATA_MAX {
                return Err(Arresto::Ritenta { motivo: "L'archivio e' troppo lento".to_owned(), fra: Duration::ZERO, contata: true });
            }
            let impronta = voluta.as_ref().map(|p| impronta(p));
            let noto = match conto.remoto {
                Remoto::Ignoto => Noto::Ignoto,
                Remoto::Assente => Noto::Assente,
                Remoto::Presente(stato) => Noto::Presente { stato, uguale: impronta.is_some() && conto.impronta == impronta },
            };
            match (mossa(scopo, noto, conto.altrove), voluta.as_mut()) {
                (Mossa::Fatto(fine), _) => return Ok(fine),
                (Mossa::Leggi, voluta) => self.leggi(voluta.map(|p| &mut **p), conto).await?,
                (Mossa::Crea, Some(p)) => self.crea(p, conto).await?,
                (Mossa::Aggiorna, Some(p)) => self.aggiorna(p, conto).await?,
                (altra, _) => self.cambia_stato(altra, conto).await?,
            }
        }
        Err(Arresto::Ritenta { motivo: "L'archivio cambia mentre lo si aggiorna".to_owned(), fra: Duration::from_secs(60), contata: true })
    }

    async fn leggi(&self, voluta: Option<&mut PosizioneDebitoria>, conto: &mut Conto) -> Result<(), Arresto> {
        let resoconto = self.detta(Operazione::Leggi, self.archivio.leggi(&conto.iupd)).await;
        match &resoconto.esito {
            Esito::Fatto(_) => {
                let Some(trovata) = letta(&resoconto.esito) else { return Err(incomprensibile()) };
                if let Some(p) = voluta {
                    if trovata.di_un_altro(p) {
                        return self.altro_nome(p, conto);
                    }
                    // Who owes is not read back: what was told before in another version may have named somebody else.
                    let mia = self.presa.versione == 1 || conto.impronta.as_deref() == Some(&impronta(p));
                    conto.impronta = (mia && trovata.uguale(p)).then(|| impronta(p));
                }
                conto.remoto = Remoto::Presente(trovata.stato);
                Ok(())
            }
            Esito::Rifiutato { stato: 404, .. } if conto.conflitto => {
                Err(Arresto::Rifiutata("L'IUV o il numero avviso sono gia' nell'archivio sotto un altro IUPD".to_owned()))
            }
            Esito::Rifiutato { stato: 404, .. } => {
                (conto.remoto, conto.impronta) = (Remoto::Assente, None);
                Ok(())
            }
            altro => Err(arresto(altro, &resoconto, conto)),
        }
    }

    /// The first name is somebody else's: there is a second one, and no third.
    fn altro_nome(&self, p: &mut PosizioneDebitoria, conto: &mut Conto) -> Result<(), Arresto> {
        if conto.iupd != iupd(self.pendenza) {
            return Err(Arresto::Rifiutata("L'IUPD e' gia' di un'altra posizione".to_owned()));
        }
        conto.iupd = iupd_alternativo(self.pendenza);
        p.iupd.clone_from(&conto.iupd);
        (conto.remoto, conto.impronta, conto.conflitto) = (Remoto::Assente, None, false);
        Ok(())
    }

    async fn crea(&self, p: &PosizioneDebitoria, conto: &mut Conto) -> Result<(), Arresto> {
        let resoconto = self.detta(Operazione::Crea, self.archivio.crea(p)).await;
        match &resoconto.esito {
            Esito::Fatto(_) => scritta(p, &resoconto, conto),
            Esito::Rifiutato { stato: 409, .. } => {
                (conto.remoto, conto.conflitto) = (Remoto::Ignoto, true);
                return Ok(());
            }
            altro => return Err(arresto(altro, &resoconto, conto)),
        }
        Ok(())
    }

    async fn aggiorna(&self, p: &PosizioneDebitoria, conto: &mut Conto) -> Result<(), Arresto> {
        let resoconto = self.detta(Operazione::Aggiorna, self.archivio.aggiorna(p)).await;
        match &resoconto.esito {
            Esito::Fatto(_) => scritta(p, &resoconto, conto),
            Esito::Rifiutato { stato: 404, .. } => (conto.remoto, conto.impronta) = (Remoto::Assente, None),
            Esito::Rifiutato { stato: 409, .. } => (conto.remoto, conto.impronta) = (Remoto::Ignoto, None),
            altro => return Err(arresto(altro, &resoconto, conto)),
        }
        Ok(())
    }

    async fn cambia_stato(&self, mossa: Mossa, conto: &mut Conto) -> Result<(), Arresto> {
        let (resoconto, dopo) = match mossa {
            Mossa::Pubblica => (self.detta(Operazione::Pubblica, self.archivio.pubblica(&conto.iupd)).await, Remoto::Presente(StatoRemoto::Published)),
            Mossa::Invalida => (self.detta(Operazione::Invalida, self.archivio.invalida(&conto.iupd)).await, Remoto::Presente(StatoRemoto::Invalid)),
            Mossa::SegnaPagata => {
                let chiamata = self.archivio.segna_pagata(&self.pendenza.numero_avviso, self.pendenza.data_pagamento);
                (self.detta(Operazione::SegnaPagata, chiamata).await, Remoto::Presente(StatoRemoto::Paid))
            }
            // The others need a content, and have it.
            _ => (self.detta(Operazione::Elimina, self.archivio.elimina(&conto.iupd)).await, Remoto::Assente),
        };
        match &resoconto.esito {
            Esito::Fatto(_) => {
                (conto.remoto, conto.comunicata) = (dopo, true);
                if dopo == Remoto::Assente {
                    conto.impronta = None;
                }
                Ok(())
            }
            Esito::Rifiutato { stato: 404 | 409 | 422, .. } if matches!(mossa, Mossa::SegnaPagata) => {
                // Not this way: if it is still payable it is closed.
                (conto.remoto, conto.altrove) = (Remoto::Ignoto, false);
                Ok(())
            }
            Esito::Rifiutato { stato: 404, .. } => {
                (conto.remoto, conto.impronta) = (Remoto::Assente, None);
                Ok(())
            }
            Esito::Rifiutato { stato: 409, .. } => {
                conto.remoto = Remoto::Ignoto;
                Ok(())
            }
            altro => Err(arresto(altro, &resoconto, conto)),
        }
    }

    /// An account that pagoPA does not know: set aside until it does, or tried again when our registry cannot be read.
    async fn conto_ignoto(&self, p: &PosizioneDebitoria) -> Option<Nota> {
        match self.gateway.iban_ignoto(p, &ContiNoti::default()).await {
            Ok(None) => None,
            Ok(Some(motivo)) => Some(nota(self.presa, StatoInvio::Rifiutata, Some(motivo))),
            Err(errore) => Some(self.gateway.ritenta(self.presa, errore.to_string(), Duration::from_secs(60), true)),
        }
    }

    /// The older way: the same call opens, changes and closes, and what was never opened need not be closed (spec/4 section 3.5).
    async fn create_position(&self) -> Nota {
        let mut conto = Conto {
            iupd: self.presa.iupd.clone(),
            remoto: self.presa.remoto,
            impronta: self.presa.impronta.clone(),
            comunicata: false,
            conflitto: false,
            altrove: false,
        };
        let adesso = self.gateway.adesso();
        let aperta = match volere(self.pendenza, &conto.iupd, self.anagrafica, &self.opzioni, adesso) {
            Err(e) => return nota(self.presa, StatoInvio::Rifiutata, Some(e.to_string())),
            Ok(Volere::Nulla { perche }) => return nota(self.presa, StatoInvio::NonDovuta, Some(perche)),
            Ok(Volere::Pubblicata(_)) => true,
            Ok(Volere::Annullata | Volere::Chiusa { .. }) => false,
        };
        let p = match composizione::componi(self.pendenza, &conto.iupd, self.anagrafica, &self.opzioni) {
            Ok(p) => p,
            Err(e) => return nota(self.presa, StatoInvio::Rifiutata, Some(e.to_string())),
        };
        let mut motivi: Vec<_> = if aperta { controlla(&p, adesso).iter().map(ToString::to_string).collect() } else { Vec::new() };
        if p.importo.cent() > corpi::CENT_ACA_MAX {
            motivi.push(format!("l'importo supera i {} centesimi che il servizio accetta", corpi::CENT_ACA_MAX));
        }
        if !motivi.is_empty() {
            return nota(self.presa, StatoInvio::Rifiutata, Some(motivi.join("; ")));
        }
        if aperta && let Some(fermata) = self.conto_ignoto(&p).await {
            return fermata;
        }
        let esito = match (aperta, conto.remoto) {
            (false, Remoto::Assente) => Ok(Fine::MaiArrivata),
            (false, Remoto::Presente(StatoRemoto::Invalid)) => Ok(Fine::Allineata),
            (true, Remoto::Presente(StatoRemoto::Valid)) if conto.impronta.as_deref() == Some(&impronta(&p)) => Ok(Fine::Allineata),
            _ => self.metti(&p, aperta, &mut conto).await,
        };
        self.conclusa(esito, conto)
    }

    async fn metti(&self, p: &PosizioneDebitoria, aperta: bool, conto: &mut Conto) -> Result<Fine, Arresto> {
        let resoconto = self.detta(Operazione::CreatePosition, self.archivio.create_position(p, aperta)).await;
        match &resoconto.esito {
            Esito::Fatto(_) => {
                conto.remoto = Remoto::Presente(if aperta { StatoRemoto::Valid } else { StatoRemoto::Invalid });
                (conto.impronta, conto.comunicata) = (aperta.then(|| impronta(p)), true);
                Ok(Fine::Allineata)
            }
            altro => Err(arresto(altro, &resoconto, conto)),
        }
    }

    /// Makes a call and tells it in the giornale.
    async fn detta(&self, operazione: Operazione, chiamata: impl Future<Output = Resoconto>) -> Resoconto {
        self.gateway.annota_completa(operazione.nome(), Some(&self.presa.dominio), chiamata, |evento| self.della_posizione(evento)).await
    }

    fn della_posizione(&self, evento: Evento) -> Evento {
        Evento {
            iuv: Some(self.pendenza.iuv.to_string()),
            id_a2a: Some(self.presa.id_a2a.clone()),
            id_pendenza: Some(self.presa.id_pendenza.clone()),
            ..evento
        }
    }

    /// A creation that was not even tried.
    fn non_tentata(&self, perche: &str) -> Evento {
        self.della_posizione(Evento {
            esito: EsitoEvento::Ko,
            sottotipo_esito: Some("400".to_owned()),
            dettaglio_esito: Some(perche.to_owned()),
            ..self.gateway.evento_vuoto(Operazione::Crea.nome(), Some(&self.presa.dominio))
        })
    }
}

/// After a write the archive has our content; its state is in the answer, or is read.
fn scritta(p: &PosizioneDebitoria, resoconto: &Resoconto, conto: &mut Conto) {
    conto.remoto = letta(&resoconto.esito).map_or(Remoto::Ignoto, |l| Remoto::Presente(l.stato));
    (conto.impronta, conto.comunicata, conto.conflitto) = (Some(impronta(p)), true, false);
}

/// Of what is sent: the same content has the same one.
fn impronta(p: &PosizioneDebitoria) -> Vec<u8> {
    blake3::hash(corpi::posizione(p).to_string().as_bytes()).as_bytes().to_vec()
}

fn arresto(esito: &Esito, resoconto: &Resoconto, conto: &mut Conto) -> Arresto {
    match esito {
        Esito::DaRitentare { fra, motivo, incerto } => {
            if *incerto {
                conto.remoto = Remoto::Ignoto;
            }
            Arresto::Ritenta { motivo: motivo.clone(), fra: *fra, contata: resoconto.tentativi > 0 }
        }
        Esito::Rifiutato { stato: VIETATO, motivo } => Arresto::Ritenta { motivo: motivo.clone(), fra: ATTESA_MAX, contata: true },
        Esito::Rifiutato { motivo, .. } => Arresto::Rifiutata(motivo.clone()),
        Esito::Fatto(_) => incomprensibile(),
    }
}

fn incomprensibile() -> Arresto {
    Arresto::Ritenta { motivo: "La risposta dell'archivio non e' una posizione".to_owned(), fra: Duration::from_secs(60), contata: true }
}
