//! The anagrafica of the sandbox. Written again at each start where it is missing; what somebody has changed stays, but for the address of the simulator,
//! which follows the ports of each start.

use anyhow::Context as _;
use codici::{AuxDigit, IdDominio};
use std::sync::Arc;

use domain::Anagrafica;
use domain::anagrafica::connettore::{ConnettoreNodo, ConnettoriIntermediario};
use domain::anagrafica::{
    Applicazione, ConnettoreEnte, ContoAccredito, Dominio, ENTRATA_BOLLO, EntrataDominio, Intermediario, Operatore, Recapiti, Servizio, Stazione, TipoEntrata,
    TipoPendenza, TipoPendenzaDominio, Utenza, VersioneEnte,
};
use domain::pendenza::TipoContabilita;
use domain::pendenza::caricamento::TIPO_LIBERO;
use store::Store;
use store::anagrafica::ScritturaAnagrafica;

use super::{APPLICAZIONE, OPERATORE, PASSWORD, UTENTE_NODO};
use crate::primo_avvio;

pub const INTERMEDIARIO: &str = "11111111113";
pub const STAZIONE: &str = "11111111113_01";
/// The enti were there before: its receipts are still good.
const STAZIONE_VECCHIA: &str = "11111111113_02";

pub struct DominioDemo {
    pub cod: &'static str,
    pub nome: &'static str,
    segregazione: u8,
    citta: (&'static str, &'static str, &'static str),
    pub iban: &'static str,
    iban_postale: &'static str,
    cbill: &'static str,
}

pub const fn domini() -> [DominioDemo; 2] {
    [
        DominioDemo {
            cod: "12345678901",
            nome: "Comune di Borgofiorino",
            segregazione: 1,
            citta: ("Borgofiorino", "50100", "FI"),
            iban: "IT60X0542811101000000123456",
            iban_postale: "IT30O0760103200000012345678",
            cbill: "AB12C",
        },
        DominioDemo {
            cod: "12345678902",
            nome: "Unione dei Comuni di Valfiorino",
            segregazione: 2,
            citta: ("Valfiorino", "50200", "FI"),
            iban: "IT93N0306909606100000045678",
            iban_postale: "IT17Z0760102800000087654321",
            cbill: "DE34F",
        },
    ]
}

/// Code, name, contabilità.
const TIPI: [(&str, &str, &str); 5] = [
    ("TARI", "Tassa sui rifiuti", "0101101IM"),
    ("CDS", "Sanzioni del codice della strada", "0101102IM"),
    ("MENSA", "Mensa scolastica", "0101103IM"),
    (TIPO_LIBERO, "Pagamento libero", "0101104IM"),
    (ENTRATA_BOLLO, "Marca da bollo telematica", "0101105IM"),
];

/// `simulatore`: its base URL at this start.
pub async fn semina(store: &Store, simulatore: &str) -> anyhow::Result<()> {
    let presente = store.carica_anagrafica(&Anagrafica::default()).await?;
    let scrittura = store.scrivi_anagrafica().await?;
    primo_avvio::dati_di_base(&scrittura, &presente).await?;
    pagopa(&scrittura, &presente, simulatore).await?;
    tipi(&scrittura, &presente).await?;
    for demo in domini() {
        dominio(&scrittura, &presente, &demo).await?;
    }
    utenti(&scrittura, &presente).await?;
    applicazione(&scrittura, &presente, &format!("{simulatore}/ente/v2")).await?;
    Ok(scrittura.commit().await?)
}

async fn pagopa(scrittura: &ScritturaAnagrafica, presente: &Anagrafica, simulatore: &str) -> anyhow::Result<()> {
    if !presente.intermediari.contains_key(INTERMEDIARIO) {
        let nodo = ConnettoreNodo { url_rpt: format!("{simulatore}/nodo"), auth: None, subscription_key: None };
        let connettori = Arc::new(ConnettoriIntermediario { nodo: Some(nodo), ..ConnettoriIntermediario::default() });
        let intermediario = Intermediario { connettori, ..Intermediario::nuovo(INTERMEDIARIO, "Intermediario dimostrativo", UTENTE_NODO) };
        scrittura.intermediario(&intermediario).await?;
    }
    for (cod, numero) in [(STAZIONE, 1), (STAZIONE_VECCHIA, 2)] {
        if !presente.stazioni.contains_key(cod) {
            scrittura.stazione(&Stazione::nuova(cod, INTERMEDIARIO, numero)).await?;
        }
    }
    Ok(())
}

async fn tipi(scrittura: &ScritturaAnagrafica, presente: &Anagrafica) -> anyhow::Result<()> {
    for (cod, descrizione, codice) in TIPI.iter().filter(|(cod, ..)| !presente.tipi_pendenza.contains_key(*cod)) {
        scrittura.tipo_entrata(&TipoEntrata::nuovo(cod, descrizione, Some((TipoContabilita::Altro, codice)))).await?;
        scrittura.tipo_pendenza(&TipoPendenza::nuovo(cod, descrizione)).await?;
    }
    Ok(())
}

async fn dominio(scrittura: &ScritturaAnagrafica, presente: &Anagrafica, demo: &DominioDemo) -> anyhow::Result<()> {
    let cod = IdDominio::leggi(demo.cod).context("codice del dominio")?;
    if presente.dominio(&cod).is_none() {
        scrittura.dominio(&da_dimostrare(demo, cod.clone())).await?;
    }
    for (iban, postale) in [(demo.iban, false), (demo.iban_postale, true)] {
        if presente.conto(&cod, iban).is_none() {
            let conto = ContoAccredito {
                intestatario: Some(demo.nome.to_owned()),
                aut_stampa_poste: postale.then(|| "AUT. DB/0000/XXX 00000 DEL 01/01/2026".to_owned()),
                ..ContoAccredito::nuovo(iban, postale)
            };
            scrittura.conto(&cod, &conto).await?;
        }
    }
    for (entrata, ..) in TIPI {
        if presente.entrata(&cod, entrata).is_none() {
            let bollo = entrata == ENTRATA_BOLLO;
            let voce = if bollo { EntrataDominio::su(None, None) } else { EntrataDominio::su(Some(demo.iban), Some(demo.iban_postale)) };
            scrittura.entrata(&cod, entrata, &voce).await?;
        }
        if !presente.tipi_pendenza_dominio.contains_key(&(cod.clone(), entrata.to_owned())) {
            scrittura.tipo_pendenza_dominio(&cod, entrata, &TipoPendenzaDominio::default()).await?;
        }
    }
    Ok(())
}

fn da_dimostrare(demo: &DominioDemo, cod: IdDominio) -> Dominio {
    let (localita, cap, provincia) = demo.citta;
    Dominio {
        stazione: Some(STAZIONE.to_owned()),
        aux_digit: AuxDigit::Tre,
        segregation_code: Some(demo.segregazione),
        cbill: Some(demo.cbill.to_owned()),
        intermediato: true,
        recapiti: Recapiti {
            indirizzo: Some("Piazza del Municipio".to_owned()),
            civico: Some("1".to_owned()),
            cap: Some(cap.to_owned()),
            localita: Some(localita.to_owned()),
            provincia: Some(provincia.to_owned()),
            nazione: Some("IT".to_owned()),
            email: Some("tributi@ente.example".to_owned()),
            web: Some("https://ente.example".to_owned()),
            area: Some("Ufficio tributi".to_owned()),
            ..Recapiti::default()
        },
        ..Dominio::nuovo(cod, demo.nome)
    }
}

async fn utenti(scrittura: &ScritturaAnagrafica, presente: &Anagrafica) -> anyhow::Result<()> {
    if presente.utenze.contains_key(OPERATORE) {
        return Ok(());
    }
    scrittura.utenza(&Utenza::piena(OPERATORE, Some(gateway::accesso::hash_password(PASSWORD)?), &Servizio::TUTTI)).await?;
    scrittura.operatore(&Operatore { principal: OPERATORE.to_owned(), nome: "Operatore dimostrativo".to_owned() }).await?;
    Ok(())
}

async fn applicazione(scrittura: &ScritturaAnagrafica, presente: &Anagrafica, url: &str) -> anyhow::Result<()> {
    let connettore = |url: &str| ConnettoreEnte { url: url.to_owned(), versione: VersioneEnte::V2, autenticazione: None };
    match presente.applicazioni.get(APPLICAZIONE) {
        None => {
            let servizi = [Servizio::ApiPendenze, Servizio::ApiPagamenti, Servizio::ApiRagioneria];
            scrittura.utenza(&Utenza::piena(APPLICAZIONE, Some(gateway::accesso::hash_password(PASSWORD)?), &servizi)).await?;
            let demo = Applicazione { autodeterminazione: true, connettore: Some(connettore(url)), ..Applicazione::nuova(APPLICAZIONE, APPLICAZIONE) };
            scrittura.applicazione(&demo).await?;
        }
        Some(a) => {
            if let Some(c) = a.connettore.as_ref().filter(|c| e_della_sandbox(c) && c.url != url) {
                let nuovo = ConnettoreEnte { url: url.to_owned(), ..c.clone() };
                scrittura.applicazione(&Applicazione { connettore: Some(nuovo), ..(**a).clone() }).await?;
            }
        }
    }
    Ok(())
}

/// The ente of a simulator on this machine, whatever its port; a connettore towards something else was put there by a person.
fn e_della_sandbox(connettore: &ConnettoreEnte) -> bool {
    let indirizzo = connettore.url.strip_prefix("http://").and_then(|u| u.strip_suffix("/ente/v2"));
    indirizzo.and_then(|i| i.parse::<std::net::SocketAddr>().ok()).is_some_and(|i| i.ip().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn connettore_dopo(store: &Store, simulatore: &str) -> String {
        semina(store, simulatore).await.expect("semina");
        let a = store.carica_anagrafica(&Anagrafica::default()).await.expect("anagrafica");
        a.applicazioni[APPLICAZIONE].connettore.as_ref().map(|c| c.url.clone()).expect("connettore")
    }

    #[tokio::test]
    async fn seminare_di_nuovo_sposta_solo_il_connettore_della_sandbox() {
        let cartella = tempfile::tempdir().expect("cartella");
        let url = format!("sqlite:{}", cartella.path().join("prova.db").display());
        let store = Store::apri(&store::apertura::Opzioni { url, connessioni: 1 }).await.expect("store");
        assert_eq!(connettore_dopo(&store, "http://127.0.0.1:1111").await, "http://127.0.0.1:1111/ente/v2");
        assert_eq!(connettore_dopo(&store, "http://127.0.0.1:2222").await, "http://127.0.0.1:2222/ente/v2");

        let a = store.carica_anagrafica(&Anagrafica::default()).await.expect("anagrafica");
        let mio = ConnettoreEnte { url: "http://127.0.0.1:9/mio".to_owned(), versione: VersioneEnte::V1, autenticazione: None };
        let cod = IdDominio::leggi("12345678901").expect("dominio");
        let scrittura = store.scrivi_anagrafica().await.expect("scrittura");
        scrittura.applicazione(&Applicazione { connettore: Some(mio), ..(*a.applicazioni[APPLICAZIONE]).clone() }).await.expect("applicazione");
        scrittura.dominio(&Dominio { ragione_sociale: "Cambiato".to_owned(), ..(**a.dominio(&cod).expect("dominio")).clone() }).await.expect("dominio");
        scrittura.commit().await.expect("commit");

        assert_eq!(connettore_dopo(&store, "http://127.0.0.1:3333").await, "http://127.0.0.1:9/mio");
        let a = store.carica_anagrafica(&Anagrafica::default()).await.expect("anagrafica");
        assert_eq!(a.dominio(&cod).expect("dominio").ragione_sociale, "Cambiato");
        assert_eq!((a.domini.size(), a.conti.size(), a.entrate.size(), a.tipi_pendenza.size()), (2, 4, 10, 5));
    }
}
