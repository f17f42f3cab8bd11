//! `fiorino config export | plan | apply`: the anagrafica as a file that people review, the same for test and production.

mod differenze;
mod riferimenti;
mod yaml;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::{Args, Subcommand};
use domain::Rifiuto;
use domain::amministrazione::documento::{self, Risorsa, Stato};
use domain::anagrafica::{Anagrafica, Operatore, Scrittura, Segreto, Servizio, Utenza};
use domain::chiamante::{Chi, Chiamante};
use gateway::testi_altrui;
use serde_json::Value;
use store::Store;
use store::anagrafica::Revisione;

use crate::casa;
use crate::configurazione::Configurazione;

#[derive(Subcommand)]
pub enum Azione {
    /// Scrive l'anagrafica in un file YAML; al posto dei segreti mette il nome della variabile che li darà.
    Export {
        /// Senza, sullo standard output.
        file: Option<PathBuf>,
        /// Dove scrivere i segreti, una riga NOME=valore ciascuno, leggibile dal solo proprietario.
        #[arg(long, value_name = "FILE")]
        segreti: Option<PathBuf>,
    },
    /// Dice che cosa cambierebbe, e non cambia nulla.
    Plan(Fonte),
    /// Cambia ciò che `plan` dice, tutto o niente.
    Apply(Fonte),
}

#[derive(Args)]
pub struct Fonte {
    /// File YAML; `-` per lo standard input.
    file: PathBuf,
    /// File di righe NOME=valore, oltre all'ambiente, da cui prendere i valori che il file nomina.
    #[arg(long, value_name = "FILE")]
    segreti: Option<PathBuf>,
}

/// Who signs the revisions of a file.
const AUTORE: &str = "fiorino config apply";

pub async fn esegui(configurazione: &Configurazione, azione: Azione) -> anyhow::Result<()> {
    let store = Store::apri(&casa::opzioni(configurazione)).await?;
    let esito = match &azione {
        Azione::Export { file, segreti } => esporta(&store, file.as_deref(), segreti.as_deref()).await,
        Azione::Plan(fonte) => pianifica(&store, fonte).await,
        Azione::Apply(fonte) => applica(&store, fonte).await,
    };
    store.chiudi().await;
    esito
}

async fn stato(store: &Store) -> anyhow::Result<Stato> {
    let anagrafica = store.carica_anagrafica(&Anagrafica::default()).await?;
    Ok(Stato { anagrafica, blocchi: store.blocchi().await?, loghi: store.loghi().await? })
}

async fn esporta(store: &Store, file: Option<&Path>, dove_segreti: Option<&Path>) -> anyhow::Result<()> {
    let mut albero = stato(store).await?.albero();
    let mut segreti = BTreeMap::new();
    riferimenti::estrai(&mut albero, &mut segreti);
    let testo = yaml::scrivi(&albero)?;
    match file {
        Some(file) => std::fs::write(file, testo).with_context(|| format!("scrittura di {}", file.display()))?,
        None => print!("{testo}"),
    }
    match dove_segreti {
        Some(file) => scrivi_riservato(file, &riferimenti::scrivi_segreti(&segreti))?,
        None if segreti.is_empty() => {}
        None => eprintln!("{} segreti restano fuori dal file: con --segreti FILE si scrivono a parte.", segreti.len()),
    }
    Ok(())
}

/// Readable by its owner alone, from the first byte on.
fn scrivi_riservato(file: &Path, testo: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let contesto = || format!("scrittura di {}", file.display());
    let mut aperto = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file).with_context(contesto)?;
    aperto.write_all(testo.as_bytes()).with_context(contesto)
}

/// A resource that changes: what is written, and how people read it.
struct Passo {
    risorsa: Risorsa,
    nuova: bool,
    righe: Vec<String>,
    scritture: Vec<Scrittura>,
}

impl Passo {
    fn stampa(&self) {
        println!("{} {}", if self.nuova { '+' } else { '~' }, self.risorsa.chiave);
        if !self.nuova {
            self.righe.iter().for_each(|riga| println!("    {riga}"));
        }
    }
}

async fn pianifica(store: &Store, fonte: &Fonte) -> anyhow::Result<()> {
    let risorse = risorse(fonte)?;
    let passi = passi(stato(store).await?, risorse).await?;
    riassumi(&passi);
    Ok(())
}

/// The lock of the writers is taken before the anagrafica is read: what was planned is what is there.
async fn applica(store: &Store, fonte: &Fonte) -> anyhow::Result<()> {
    let risorse = risorse(fonte)?;
    let scrittura = store.scrivi_anagrafica().await?;
    let passi = passi(stato(store).await?, risorse).await?;
    riassumi(&passi);
    if passi.is_empty() {
        return Ok(());
    }
    for (ordine, passo) in (0..).zip(&passi) {
        for s in &passo.scritture {
            scrittura.salva(s).await.with_context(|| passo.risorsa.chiave.to_string())?;
        }
        let contenuto = if passo.nuova { "creata".to_owned() } else { passo.righe.join("\n") };
        let revisione = Revisione { principal: AUTORE.to_owned(), oggetto: format!("PUT /{}", passo.risorsa.chiave), contenuto };
        scrittura.revisione(ordine, &revisione, Utc::now()).await?;
    }
    scrittura.commit().await?;
    println!("Fatto.");
    Ok(())
}

fn riassumi(passi: &[Passo]) {
    passi.iter().for_each(Passo::stampa);
    let nuove = passi.iter().filter(|p| p.nuova).count();
    match passi.len() {
        0 => println!("Nessun cambiamento."),
        tutte => println!("{nuove} risorse nuove, {} cambiate.", tutte - nuove),
    }
}

/// Each resource is decided on what those before it have left, so that a file may refer to itself.
async fn passi(mut stato: Stato, risorse: Vec<Risorsa>) -> anyhow::Result<Vec<Passo>> {
    let chi = sistema();
    let mut hash = |password: &Segreto, attuale: Option<&str>| match attuale {
        Some(attuale) if gateway::accesso::password_giusta(&password.0, attuale) => Ok(attuale.to_owned()),
        _ => gateway::accesso::hash_password(&password.0).map_err(|e| Rifiuto::Semantica(e.to_string())),
    };
    let (mut passi, mut rifiuti) = (Vec::new(), Vec::new());
    for risorsa in risorse {
        let prima = (stato.corpo(&risorsa.chiave), principal_e_hash(&stato, &risorsa));
        let scritture = match stato.decidi(&chi, &risorsa, &mut hash) {
            Ok(scritture) => testi_leggibili(&scritture).await.map(|()| scritture),
            rifiutata => rifiutata,
        };
        let scritture = match scritture {
            Ok(scritture) => scritture,
            Err(rifiuto) => {
                rifiuti.push(format!("{}: {}", risorsa.chiave, rifiuto.dettaglio()));
                continue;
            }
        };
        // What changes nothing is applied too: it changes nothing.
        scritture.iter().for_each(|s| stato.applica(s));
        let dopo = stato.corpo(&risorsa.chiave);
        let mut righe = differenze::righe(prima.0.as_ref().unwrap_or(&Value::Null), dopo.as_ref().unwrap_or(&Value::Null));
        if prima.1 != principal_e_hash(&stato, &risorsa) {
            righe.push("password: *** -> ***".to_owned());
        }
        if !righe.is_empty() {
            passi.push(Passo { risorsa, nuova: prima.0.is_none(), righe, scritture });
        }
    }
    if !rifiuti.is_empty() {
        bail!("il file non si puo' applicare, e nulla e' cambiato:\n  {}", rifiuti.join("\n  "));
    }
    Ok(passi)
}

/// Templates and schemas compile, as the API asks of them.
async fn testi_leggibili(scritture: &[Scrittura]) -> Result<(), Rifiuto> {
    for scrittura in scritture {
        match scrittura {
            Scrittura::TipoPendenza(_, blocchi) | Scrittura::TipoPendenzaDominio(_, _, _, blocchi) => {
                testi_altrui::controlla_modelli(blocchi.modelli()).await?;
                testi_altrui::controlla_schemi(blocchi).await?;
            }
            Scrittura::Configurazione(blocco) => testi_altrui::controlla_modelli(blocco.modelli()).await?,
            _ => {}
        }
    }
    Ok(())
}

/// A password shows in no body: whether it changes is asked apart.
fn principal_e_hash(stato: &Stato, risorsa: &Risorsa) -> Option<String> {
    let principal = match &risorsa.chiave {
        documento::Chiave::Applicazione(id) => stato.anagrafica.applicazioni.get(id)?.principal.clone(),
        documento::Chiave::Operatore(id) => id.clone(),
        _ => return None,
    };
    stato.anagrafica.utenze.get(&principal)?.password_hash.clone()
}

/// Whoever runs the program on the database may do everything.
fn sistema() -> Chiamante {
    let operatore = Operatore { principal: AUTORE.to_owned(), nome: AUTORE.to_owned() };
    Chiamante::nuovo(Arc::new(Utenza::piena(AUTORE, None, &Servizio::TUTTI)), Chi::Operatore(Arc::new(operatore)), Vec::new())
}

/// The resources of the file, with every reference resolved: the names that have no value are told all together.
fn risorse(fonte: &Fonte) -> anyhow::Result<Vec<Risorsa>> {
    let mut albero = yaml::leggi(&leggi_file(&fonte.file)?)?;
    let segreti = match &fonte.segreti {
        Some(file) => riferimenti::leggi_segreti(&leggi_file(file)?)?,
        None => BTreeMap::new(),
    };
    let valori = |nome: &str| segreti.get(nome).cloned().or_else(|| std::env::var(nome).ok());
    let mancanti = riferimenti::risolvi(&mut albero, &valori);
    if !mancanti.is_empty() {
        let elenco: Vec<String> = mancanti.into_iter().collect();
        bail!("mancano i valori di:\n  {}\nSi danno nell'ambiente o con --segreti FILE.", elenco.join("\n  "));
    }
    documento::risorse(&albero).map_err(anyhow::Error::msg)
}

fn leggi_file(file: &Path) -> anyhow::Result<String> {
    let mut testo = String::new();
    let contesto = || format!("lettura di {}", file.display());
    if file.as_os_str() == "-" {
        std::io::stdin().take(yaml::BYTE_FILE_MAX).read_to_string(&mut testo).with_context(contesto)?;
    } else {
        std::fs::File::open(file).with_context(contesto)?.take(yaml::BYTE_FILE_MAX).read_to_string(&mut testo).with_context(contesto)?;
    }
    Ok(testo)
}
