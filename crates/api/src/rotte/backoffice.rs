//! API Backoffice (spec/2 section 2), family by family.

use axum::http::Method;

use super::{Rotta, rotta};
use crate::interfacce::BACKOFFICE_V1;
use crate::permessi::{
    Aperto, Autenticato, AutenticatoUfficio, GuardaAnagraficaCreditore, GuardaGiornale, LeggeAnagraficaCreditore, LeggeAnagraficaPagoPa, LeggeApplicazioni,
    LeggeConfigurazione, LeggeGiornale, LeggeIncassi, LeggePagamentiUfficio, LeggePendenzeUfficio, LeggeRuoli, ScriveAnagraficaCreditore,
    ScriveAnagraficaPagoPa, ScriveApplicazioni, ScriveConfigurazione, ScriveIncassi, ScrivePagamentiUfficio, ScrivePendenzeUfficio, ScriveRuoli,
};
use crate::{backoffice, user};

pub(super) fn rotte() -> Vec<Rotta> {
    [pagopa(), utenze(), creditore(), utente(), tipi(), manutenzione(), pendenze(), pagamenti(), rendicontazioni()].concat()
}

fn pagopa() -> Vec<Rotta> {
    use backoffice::{intermediari, stazioni};
    const INTERMEDIARIO: &str = "/intermediari/{idIntermediario}";
    const STAZIONI: &str = "/intermediari/{idIntermediario}/stazioni";
    const STAZIONE: &str = "/intermediari/{idIntermediario}/stazioni/{idStazione}";
    let (get, put) = (Method::GET, Method::PUT);
    vec![
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get.clone(), "/intermediari", "findIntermediari", intermediari::elenca),
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get.clone(), INTERMEDIARIO, "getIntermediario", intermediari::leggi),
        rotta::<ScriveAnagraficaPagoPa, _, _>(BACKOFFICE_V1, put.clone(), INTERMEDIARIO, "addIntermediario", intermediari::scrivi),
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get.clone(), STAZIONI, "findStazioni", stazioni::elenca),
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get, STAZIONE, "getStazione", stazioni::leggi),
        rotta::<ScriveAnagraficaPagoPa, _, _>(BACKOFFICE_V1, put, STAZIONE, "addStazione", stazioni::scrivi),
    ]
}

fn utenze() -> Vec<Rotta> {
    use backoffice::{applicazioni, operatori, ruoli};
    const APPLICAZIONE: &str = "/applicazioni/{idA2A}";
    const OPERATORE: &str = "/operatori/{principal}";
    const RUOLO: &str = "/ruoli/{idRuolo}";
    let (get, put, patch) = (Method::GET, Method::PUT, Method::PATCH);
    vec![
        rotta::<LeggeApplicazioni, _, _>(BACKOFFICE_V1, get.clone(), "/applicazioni", "findApplicazioni", applicazioni::elenca),
        rotta::<LeggeApplicazioni, _, _>(BACKOFFICE_V1, get.clone(), APPLICAZIONE, "getApplicazione", applicazioni::leggi),
        rotta::<ScriveApplicazioni, _, _>(BACKOFFICE_V1, put.clone(), APPLICAZIONE, "addApplicazione", applicazioni::scrivi),
        rotta::<ScriveApplicazioni, _, _>(BACKOFFICE_V1, patch.clone(), APPLICAZIONE, "updateApplicazione", applicazioni::modifica),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get.clone(), "/operatori", "findOperatori", operatori::elenca),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get.clone(), OPERATORE, "getOperatore", operatori::leggi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, put.clone(), OPERATORE, "addOperatore", operatori::scrivi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, patch.clone(), OPERATORE, "updateOperatore", operatori::modifica),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get.clone(), "/ruoli", "findRuoli", ruoli::elenca),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get, RUOLO, "getRuolo", ruoli::leggi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, put, RUOLO, "addRuolo", ruoli::scrivi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, patch, RUOLO, "updateRuolo", ruoli::modifica),
    ]
}

fn creditore() -> Vec<Rotta> {
    use backoffice::{conti_accredito, domini, entrate, entrate_dominio, unita_operative};
    const DOMINIO: &str = "/domini/{idDominio}";
    const UNITA: &str = "/domini/{idDominio}/unitaOperative";
    const UNA_UNITA: &str = "/domini/{idDominio}/unitaOperative/{idUnitaOperativa}";
    const CONTI: &str = "/domini/{idDominio}/contiAccredito";
    const CONTO: &str = "/domini/{idDominio}/contiAccredito/{ibanAccredito}";
    const ENTRATE: &str = "/domini/{idDominio}/entrate";
    const ENTRATA: &str = "/domini/{idDominio}/entrate/{idEntrata}";
    let (get, put) = (Method::GET, Method::PUT);
    vec![
        rotta::<GuardaAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/domini", "findDomini", domini::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), DOMINIO, "getDominio", domini::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), DOMINIO, "addDominio", domini::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/domini/{idDominio}/logo", "getLogo", domini::leggi_logo),
        rotta::<GuardaAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), UNITA, "findUnitaOperative", unita_operative::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), UNA_UNITA, "getUnitaOperativa", unita_operative::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), UNA_UNITA, "addUnitaOperativa", unita_operative::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), CONTI, "findContiAccredito", conti_accredito::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), CONTO, "getContiAccredito", conti_accredito::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), CONTO, "addContiAccredito", conti_accredito::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/entrate", "findEntrate", entrate::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/entrate/{idEntrata}", "getEntrata", entrate::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), "/entrate/{idEntrata}", "addEntrata", entrate::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), ENTRATE, "findEntrateDominio", entrate_dominio::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get, ENTRATA, "getEntrataDominio", entrate_dominio::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put, ENTRATA, "addEntrataDominio", entrate_dominio::scrivi),
    ]
}

/// What every user of the back office has, whatever its rights.
fn utente() -> Vec<Rotta> {
    use backoffice::{enumerazioni, profilo};
    let (get, patch) = (Method::GET, Method::PATCH);
    let versioni = enumerazioni::versioni;
    vec![
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/profilo", "getProfilo", profilo::leggi),
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, patch, "/profilo", "updateProfilo", profilo::modifica),
        rotta::<Aperto, _, _>(BACKOFFICE_V1, get.clone(), "/logout", "logout", user::esci),
        rotta::<Aperto, _, _>(BACKOFFICE_V1, get.clone(), "/info", "getInfo", enumerazioni::info).anche_pubblica(),
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/enumerazioni/serviziACL", "findEnumerazioniServiziACL", enumerazioni::servizi),
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, get, "/enumerazioni/versioneConnettore", "findEnumerazioniVersioneConnettore", versioni),
    ]
}

fn tipi() -> Vec<Rotta> {
    use backoffice::{tipi_pendenza as catalogo, tipi_pendenza_dominio as dominio};
    const TIPO: &str = "/tipiPendenza/{idTipoPendenza}";
    const TIPI_DOMINIO: &str = "/domini/{idDominio}/tipiPendenza";
    const TIPO_DOMINIO: &str = "/domini/{idDominio}/tipiPendenza/{idTipoPendenza}";
    let (get, put) = (Method::GET, Method::PUT);
    vec![
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/tipiPendenza", "findTipiPendenza", catalogo::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), TIPO, "getTipoPendenza", catalogo::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), TIPO, "addTipoPendenza", catalogo::scrivi),
        rotta::<GuardaAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), TIPI_DOMINIO, "findTipiPendenzaDominio", dominio::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get, TIPO_DOMINIO, "getTipoPendenzaDominio", dominio::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put, TIPO_DOMINIO, "addTipoPendenzaDominio", dominio::scrivi),
    ]
}

fn manutenzione() -> Vec<Rotta> {
    use backoffice::{configurazioni, eventi, fascicoli, lavori, livelli, notifiche, operazioni, posizioni_debitorie, sonde};
    const CONFIGURAZIONI: &str = "/configurazioni";
    let get = Method::GET;
    vec![
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), CONFIGURAZIONI, "getConfigurazioni", configurazioni::leggi),
        rotta::<ScriveConfigurazione, _, _>(BACKOFFICE_V1, Method::POST, CONFIGURAZIONI, "addConfigurazioni", configurazioni::scrivi),
        rotta::<ScriveConfigurazione, _, _>(BACKOFFICE_V1, Method::PATCH, CONFIGURAZIONI, "aggiornaConfigurazioni", configurazioni::modifica),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), "/operazioni", "findOperazioni", operazioni::elenca),
        rotta::<ScriveConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), "/operazioni/{idOperazione}", "getOperazione", operazioni::esegui),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), "/operazioni/stato/{id}", "getStatoOperazione", operazioni::stato),
        rotta::<Autenticato, _, _>(BACKOFFICE_V1, get.clone(), "/sonde", "findSonde", sonde::elenca).anche_pubblica(),
        rotta::<Autenticato, _, _>(BACKOFFICE_V1, get, "/sonde/{id}", "getSonda", sonde::leggi).anche_pubblica(),
        rotta::<GuardaGiornale, _, _>(BACKOFFICE_V1, Method::GET, "/eventi", "findEventi", eventi::elenca),
        rotta::<GuardaGiornale, _, _>(BACKOFFICE_V1, Method::GET, "/eventi/{id}", "getEvento", eventi::leggi),
        rotta::<LeggeGiornale, _, _>(BACKOFFICE_V1, Method::GET, "/fascicoli/{idDominio}/{iuv}", "getFascicolo", fascicoli::leggi),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, Method::GET, "/livelliServizio", "getLivelliServizio", livelli::leggi),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, Method::GET, "/lavori", "findLavori", lavori::elenca),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, Method::GET, "/lavori/{nome}", "getLavoro", lavori::leggi),
        rotta::<ScriveConfigurazione, _, _>(BACKOFFICE_V1, Method::PATCH, "/lavori/{nome}", "updateLavoro", lavori::modifica),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, Method::GET, "/notifiche", "findNotifiche", notifiche::elenca),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, Method::GET, "/posizioniDebitorie", "findPosizioniDebitorie", posizioni_debitorie::elenca),
        rotta::<ScrivePendenzeUfficio, _, _>(
            BACKOFFICE_V1,
            Method::POST,
            "/posizioniDebitorie/riprova",
            "riprovaPosizioniDebitorie",
            posizioni_debitorie::riprova,
        ),
        rotta::<ScrivePendenzeUfficio, _, _>(
            BACKOFFICE_V1,
            Method::POST,
            "/posizioniDebitorie/caricamentoMassivo",
            "caricaPosizioniPerFile",
            posizioni_debitorie::carica_per_file,
        ),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, Method::GET, "/posizioniDebitorie/lotti", "findLottiPosizioni", posizioni_debitorie::lotti),
        rotta::<LeggePendenzeUfficio, _, _>(
            BACKOFFICE_V1,
            Method::GET,
            "/posizioniDebitorie/modalita/{idDominio}/{numeroAvviso}",
            "getModalitaAvviso",
            posizioni_debitorie::modalita,
        ),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, Method::GET, "/ibanPagoPA", "findIbanPagoPA", backoffice::conti_accredito::registro),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, Method::GET, "/serviziPagoPA", "findServiziPagoPA", posizioni_debitorie::servizi),
    ]
}

fn pendenze() -> Vec<Rotta> {
    use backoffice::{avvisi, pendenze};
    const PENDENZA: &str = "/pendenze/{idA2A}/{idPendenza}";
    const PAGATA_ALTROVE: &str = "/pendenze/{idA2A}/{idPendenza}/pagataAltrove";
    const PER_AVVISO: &str = "/pendenze/byAvviso/{idDominio}/{numeroAvviso}";
    const MODULO: &str = "/pendenze/{idDominio}/{idTipoPendenza}";
    const DOCUMENTO: &str = "/documenti/{idA2A}/{idDominio}/{numeroDocumento}/avvisi";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/pendenze", "findPendenze", pendenze::elenca),
        rotta::<ScrivePendenzeUfficio, _, _>(BACKOFFICE_V1, post.clone(), "/pendenze", "addPendenzaPOST", pendenze::carica_senza_chiave),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), PENDENZA, "getPendenza", pendenze::leggi),
        rotta::<ScrivePendenzeUfficio, _, _>(BACKOFFICE_V1, Method::PUT, PENDENZA, "addPendenza", pendenze::carica),
        rotta::<ScrivePendenzeUfficio, _, _>(BACKOFFICE_V1, Method::PATCH, PENDENZA, "updatePendenza", pendenze::modifica),
        rotta::<ScrivePendenzeUfficio, _, _>(BACKOFFICE_V1, post.clone(), PAGATA_ALTROVE, "pagaPendenzaAltrove", pendenze::paga_altrove),
        rotta::<ScrivePendenzeUfficio, _, _>(BACKOFFICE_V1, post, MODULO, "addPendenzaCustom", pendenze::compila),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), PER_AVVISO, "getPendenzaByAvviso", pendenze::leggi_per_avviso),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/avvisi/{idDominio}/{numeroAvviso}", "getAvviso", avvisi::leggi),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), DOCUMENTO, "getAvvisiDocumento", avvisi::documento),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get, "/allegati/{idAllegato}", "getAllegatoPendenza", avvisi::allegato),
    ]
}

fn pagamenti() -> Vec<Rotta> {
    use backoffice::{pagamenti, promemoria, ricevute, ricevute_estranee as estranee, riscossioni, rpp};
    const PAGAMENTO: &str = "/pagamenti/{idPagamento}";
    const RPP: &str = "/rpp/{idDominio}/{iuv}/{ccp}";
    const ESTRANEA: &str = "/ricevuteEstranee/{idDominio}/{idRicevuta}";
    const COLLEGAMENTO: &str = "/ricevuteEstranee/{idDominio}/{idRicevuta}/collegamento/{idA2A}/{idPendenza}";
    const RISCOSSIONE: &str = "/riscossioni/{idDominio}/{iuv}/{iur}/{indice}";
    let (get, patch) = (Method::GET, Method::PATCH);
    vec![
        rotta::<LeggePagamentiUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/pagamenti", "findPagamenti", pagamenti::elenca),
        rotta::<LeggePagamentiUfficio, _, _>(BACKOFFICE_V1, get.clone(), PAGAMENTO, "getPagamento", pagamenti::leggi),
        rotta::<ScrivePagamentiUfficio, _, _>(BACKOFFICE_V1, patch.clone(), PAGAMENTO, "updatePagamento", pagamenti::modifica),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/rpp", "findRpps", rpp::elenca),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), RPP, "getRpp", rpp::leggi).anche_a("/rpp/{idDominio}/{iuv}/n/a"),
        rotta::<ScrivePendenzeUfficio, _, _>(BACKOFFICE_V1, patch, RPP, "updateRpp", rpp::modifica).anche_a("/rpp/{idDominio}/{iuv}/n/a"),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/rpp/{idDominio}/{iuv}/{ccp}/rpt", "getRpt", rpp::richiesta)
            .anche_a("/rpp/{idDominio}/{iuv}/n/a/rpt"),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/rpp/{idDominio}/{iuv}/{ccp}/rt", "getRt", rpp::ricevuta)
            .anche_a("/rpp/{idDominio}/{iuv}/n/a/rt"),
        rotta::<ScrivePagamentiUfficio, _, _>(BACKOFFICE_V1, Method::POST, "/ricevute", "addRicevuta", ricevute::acquisisci),
        rotta::<LeggePagamentiUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/ricevuteEstranee", "findRicevuteEstranee", estranee::elenca),
        rotta::<LeggePagamentiUfficio, _, _>(BACKOFFICE_V1, get.clone(), ESTRANEA, "getRicevutaEstranea", estranee::leggi),
        rotta::<ScrivePagamentiUfficio, _, _>(BACKOFFICE_V1, Method::PUT, COLLEGAMENTO, "collegaRicevutaEstranea", estranee::collega),
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get.clone(), "/riscossioni", "findRiscossioni", riscossioni::elenca),
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get.clone(), RISCOSSIONE, "getRiscossione", riscossioni::leggi),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, get, "/promemoria", "findPromemoria", promemoria::elenca),
    ]
}

fn rendicontazioni() -> Vec<Rotta> {
    use backoffice::{flussi, flussi_da_parte};
    const FLUSSO: &str = "/flussiRendicontazione/{idFlusso}";
    const VERSIONE: &str = "/flussiRendicontazione/{idFlusso}/{dataOraFlusso}";
    const DEL_DOMINIO: &str = "/flussiRendicontazione/{idDominio}/{idFlusso}/{dataOraFlusso}";
    let get = Method::GET;
    vec![
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get.clone(), "/flussiRendicontazione", "findFlussiRendicontazione", flussi::elenca),
        rotta::<ScriveIncassi, _, _>(BACKOFFICE_V1, Method::POST, "/flussiRendicontazione", "addFlussoRendicontazione", flussi::acquisisci),
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get.clone(), "/flussiDaParte", "findFlussiDaParte", flussi_da_parte::elenca),
        rotta::<ScriveIncassi, _, _>(BACKOFFICE_V1, Method::POST, "/flussiDaParte/riprova", "riprovaFlussiDaParte", flussi_da_parte::riprova),
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get.clone(), FLUSSO, "getFlussoRendicontazione", flussi::leggi),
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get.clone(), VERSIONE, "getFlussoRendicontazioneByIdEData", flussi::leggi_versione),
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get.clone(), DEL_DOMINIO, "getFlussoRendicontazioneByDominioIdEData", flussi::leggi_del_dominio),
        rotta::<LeggeIncassi, _, _>(BACKOFFICE_V1, get, "/rendicontazioni", "findRendicontazioni", flussi::elenca_righe),
    ]
}
