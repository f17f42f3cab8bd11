//! Positions told to GPD and ACA: what was sent, what waits, what was set aside and why. An operation of ours: the original has none.

use axum::response::Response;
use domain::Rifiuto;
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use domain::lettura::regole::{codifica_inesistente, id_dominio, numero_avviso};
use domain::posizione_debitoria::massivo::StatoLotto;
use domain::posizione_debitoria::{Modalita, StatoInvio};
use piattaforma::{StatoCircuito, StatoServizio};
use serde_json::Value;
use store::lotti_posizioni::{FiltroLotti, Lotto};
use store::posizioni_debitorie::{FiltroPosizioni, Posizione};

use super::notifiche::istante;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggeConfigurazione, LeggePendenzeUfficio, Permesso, ScrivePendenzeUfficio};
use crate::richiesta::Richiesta;

/// GET /posizioniDebitorie.
pub async fn elenca(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let paginazione = Paginazione::leggi(&r.parametri(), RISULTATI_PER_PAGINA_MAX)?;
    let elenco = app.gateway.elenco_posizioni(&filtro(&chi, &r)?, &liste::pagina(&paginazione)).await?;
    Ok(liste::pagina_di(&r, &paginazione, elenco, posizione, Tetto::Mostrato))
}

/// POST /posizioniDebitorie/riprova: those that the filters name, from the beginning.
pub async fn riprova(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let filtro = filtro(&chi, &r)?;
    // Without a word on which, those that were set aside: what is well needs nothing.
    let stato = filtro.stato.or_else(|| filtro.id_pendenza.is_none().then_some(StatoInvio::Rifiutata));
    let quante = app.gateway.riprova_posizioni(&FiltroPosizioni { stato, ..filtro }).await?;
    Ok(json::ok(&Oggetto::nuovo().con("posizioni", quante).valore()))
}

/// POST /posizioniDebitorie/caricamentoMassivo: what waits for GPD leaves by file, however little it is.
pub async fn carica_per_file(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let domini = domini(&chi, &r);
    let aperti = app.gateway.carica_posizioni_per_file(domini.as_deref()).await?;
    Ok(json::ok(&Oggetto::nuovo().con("lotti", aperti.lotti).con("posizioni", aperti.posizioni).valore()))
}

/// GET /posizioniDebitorie/modalita/{idDominio}/{numeroAvviso}: who serves a notice, whether or not it is here. SEND has to be told so of every notice that it
/// sends.
pub async fn modalita(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = id_dominio("idDominio", r.segmento("idDominio"))?;
    let avviso = numero_avviso("numeroAvviso", r.segmento("numeroAvviso"))?;
    chi.chiamante.su_dominio(&dominio)?;
    let ignoto = || Rifiuto::NonTrovato(format!("Dominio {dominio} non censito in Anagrafica"));
    let modalita = app.gateway.modalita_di(&dominio, &avviso).ok_or_else(ignoto)?;
    let risposta = Oggetto::nuovo()
        .con("idDominio", dominio.as_str())
        .con("numeroAvviso", avviso.as_str())
        .con("iuv", avviso.iuv().as_str())
        .con("modalita", modalita.codice());
    Ok(json::ok(&risposta.valore()))
}

/// GET /posizioniDebitorie/lotti: the files, the newest first.
pub async fn lotti(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let parametri = r.parametri();
    let paginazione = Paginazione::leggi(&parametri, RISULTATI_PER_PAGINA_MAX)?;
    let stato =
        parametri.testo("stato").map(|t| StatoLotto::leggi(t).map_or_else(|| codifica_inesistente("stato", t, StatoLotto::TUTTI.map(StatoLotto::codice)), Ok));
    let filtro = FiltroLotti { domini: domini(&chi, &r), stato: stato.transpose()? };
    let elenco = app.gateway.elenco_lotti(&filtro, &liste::pagina(&paginazione)).await?;
    Ok(liste::pagina_di(&r, &paginazione, elenco, lotto, Tetto::Mostrato))
}

/// GET /serviziPagoPA: the REST services of pagoPA as this node sees them.
pub async fn servizi(app: App, _chi: Chi<LeggeConfigurazione>, _: Richiesta) -> Result<Response, Fault> {
    let stati: Vec<Value> = app.gateway.piattaforma().stato().iter().map(servizio).collect();
    Ok(json::ok(&Oggetto::nuovo().con("servizi", stati).valore()))
}

/// The domini that are asked for, among those that the caller may see; `None` is all.
pub(super) fn domini<P: Permesso>(chi: &Chi<P>, r: &Richiesta) -> Option<Vec<String>> {
    liste::domini_chiesti(&chi.chiamante.utenza, r.parametri().testo("idDominio"))
}

fn filtro<P: Permesso>(chi: &Chi<P>, r: &Richiesta) -> Result<FiltroPosizioni, Fault> {
    let parametri = r.parametri();
    let stato =
        parametri.testo("stato").map(|t| StatoInvio::leggi(t).map_or_else(|| codifica_inesistente("stato", t, StatoInvio::TUTTI.map(StatoInvio::codice)), Ok));
    let modalita =
        parametri.testo("modalita").map(|t| Modalita::leggi(t).map_or_else(|| codifica_inesistente("modalita", t, Modalita::TUTTE.map(Modalita::codice)), Ok));
    Ok(FiltroPosizioni {
        domini: domini(chi, r),
        stato: stato.transpose()?,
        modalita: modalita.transpose()?,
        id_a2a: parametri.testo("idA2A").map(str::to_owned),
        id_pendenza: parametri.testo("idPendenza").map(str::to_owned),
        motivo: None,
    })
}

fn posizione(p: &Posizione) -> Value {
    Oggetto::nuovo()
        .con("idDominio", p.dominio.as_str())
        .con("idA2A", p.id_a2a.as_str())
        .con("idPendenza", p.id_pendenza.as_str())
        .con("numeroAvviso", p.numero_avviso.as_str())
        .con("iupd", p.iupd.as_str())
        .con("modalita", p.modalita.codice())
        .con("stato", p.stato.codice())
        .con("statoArchivio", p.remoto.codice())
        .testo("motivo", p.motivo.as_ref())
        .con("numeroTentativi", p.tentativi)
        .con("dataUltimaModifica", istante(p.data_modifica))
        .se("dataUltimaComunicazione", p.data_comunicazione.map(istante))
        .se("dataProssimoTentativo", (p.stato == StatoInvio::DaInviare).then(|| istante(p.prossimo_tentativo)))
        .valore()
}

fn lotto(l: &Lotto) -> Value {
    Oggetto::nuovo()
        .con("idLotto", l.id.to_string())
        .con("idDominio", l.dominio.as_str())
        .con("operazione", l.operazione.codice())
        .con("consegna", if l.cartella { "CARTELLA" } else { "REST" })
        .con("stato", l.stato.codice())
        .testo("nomeFile", l.nome_file.as_ref())
        .testo("idFile", l.file_id.as_ref())
        .con("posizioni", l.posizioni)
        .con("inviate", l.inviate)
        .con("rifiutate", l.rifiutate)
        .con("daRivedere", l.da_rivedere)
        .con("numeroTentativi", l.tentativi)
        .testo("motivo", l.motivo.as_ref())
        .con("dataCreazione", istante(l.data_creazione))
        .se("dataInvio", l.data_invio.map(istante))
        .se("dataFine", l.data_fine.map(istante))
        .valore()
}

fn servizio(s: &StatoServizio) -> Value {
    let (motivo, ancora) = match &s.circuito {
        StatoCircuito::Chiuso { .. } => (None, None),
        StatoCircuito::Aperto { motivo, ancora } => (Some(motivo.as_str()), Some(ancora.as_secs())),
        StatoCircuito::InProva { motivo } => (Some(motivo.as_str()), None),
    };
    Oggetto::nuovo()
        .con("servizio", s.prodotto.nome())
        .con("server", s.server.as_str())
        .con("circuito", s.circuito.nome())
        .se("motivo", motivo)
        .se("riprovaFraSecondi", ancora)
        .se("pausaSecondi", s.pausa.map(|p| p.as_secs()))
        .con("chiamateDisponibili", s.gettoni)
        .con("chiamate", s.chiamate)
        .con("chiamateFallite", s.fallite)
        .valore()
}
