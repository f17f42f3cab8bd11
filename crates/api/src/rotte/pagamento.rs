//! API Pagamento (spec/1 section 10). What the profile `public` is given, section 2.3 says.

use axum::http::Method;

use super::{Rotta, rotta};
use crate::interfacce::{Api, PAGAMENTO_V1, PAGAMENTO_V2, PAGAMENTO_V3};
use crate::pagamento::Versione::{self, V1, V2, V3};
use crate::permessi::{Autenticato, LeggePagamenti, LeggePagamentiAncheAnonimo, LeggePagamentiDaPortale, ScrivePagamentiAncheAnonimo};

const PENDENZA: &str = "/pendenze/{idA2A}/{idPendenza}";
const AVVISO: &str = "/avvisi/{idDominio}/{numeroAvviso}";
const RPP: &str = "/rpp/{idDominio}/{iuv}/{ccp}";
const RPT: &str = "/rpp/{idDominio}/{iuv}/{ccp}/rpt";
const RT: &str = "/rpp/{idDominio}/{iuv}/{ccp}/rt";
const DOMINIO: &str = "/domini/{idDominio}";
const UNITA: &str = "/domini/{idDominio}/unitaOperative";
const UNA_UNITA: &str = "/domini/{idDominio}/unitaOperative/{idUnitaOperativa}";
const LOGO: &str = "/domini/{idDominio}/logo";

pub(super) fn rotte() -> Vec<Rotta> {
    let comuni = [(PAGAMENTO_V1, V1), (PAGAMENTO_V2, V2), (PAGAMENTO_V3, V3)].into_iter().flat_map(|(api, v)| [pendenze(api, v), accesso(api, v)].concat());
    let mut rotte: Vec<Rotta> = comuni.collect();
    rotte.extend([avvisi_e_rpp(PAGAMENTO_V1, V1), avvisi_e_rpp(PAGAMENTO_V2, V2), solo_v2(), ricevute(), allegati(), creditori_v1(), creditori_v2()].concat());
    rotte.extend([pagamenti(PAGAMENTO_V1, V1), pagamenti(PAGAMENTO_V2, V2), spontanee()].concat());
    rotte
}

/// In v2 whoever is nobody does not reach the bare list; what it reaches refuses it by itself, since it is for who has a name.
fn pendenze(api: Api, v: Versione) -> Vec<Rotta> {
    use crate::pagamento::pendenze;
    let elenco = rotta::<LeggePagamenti, _, _>(api, Method::GET, "/pendenze", "findPendenze", move |a, c, r| pendenze::elenca(v, a, c, r));
    let una = rotta::<LeggePagamenti, _, _>(api, Method::GET, PENDENZA, "getPendenza", move |a, c, r| pendenze::leggi(v, a, c, r));
    match v {
        V1 => vec![elenco, una],
        V2 => vec![elenco, una.anche_pubblica()],
        V3 => vec![elenco.anche_pubblica(), una.anche_pubblica()],
    }
}

fn avvisi_e_rpp(api: Api, v: Versione) -> Vec<Rotta> {
    use crate::pagamento::{avvisi, rpp};
    let get = Method::GET;
    vec![
        rotta::<LeggePagamentiAncheAnonimo, _, _>(api, get.clone(), AVVISO, "getAvviso", move |a, c, r| avvisi::leggi(v, a, c, r)).anche_pubblica(),
        rotta::<LeggePagamenti, _, _>(api, get.clone(), "/rpp", "findRpp", move |a, c, r| rpp::elenca(v, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(api, get.clone(), RPP, "getRpp", move |a, c, r| rpp::leggi(v, a, c, r))
            .anche_a("/rpp/{idDominio}/{iuv}/n/a")
            .anche_pubblica(),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(api, get.clone(), RPT, "getRpt", rpp::richiesta).anche_a("/rpp/{idDominio}/{iuv}/n/a/rpt").anche_pubblica(),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(api, get, RT, "getRt", rpp::ricevuta).anche_a("/rpp/{idDominio}/{iuv}/n/a/rt").anche_pubblica(),
    ]
}

fn solo_v2() -> Vec<Rotta> {
    use crate::pagamento::pendenze;
    const PER_AVVISO: &str = "/pendenze/byAvviso/{idDominio}/{numeroAvviso}";
    vec![rotta::<LeggePagamentiDaPortale, _, _>(PAGAMENTO_V2, Method::GET, PER_AVVISO, "getPendenzaByAvviso", pendenze::per_avviso).anche_pubblica()]
}

fn ricevute() -> Vec<Rotta> {
    use crate::pagamento::ricevute;
    const UNA: &str = "/ricevute/{idDominio}/{iuv}/{idRicevuta}";
    vec![
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V3, Method::GET, "/ricevute/{idDominio}/{iuv}", "findRicevute", ricevute::elenca).anche_pubblica(),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V3, Method::GET, UNA, "getRicevuta", ricevute::leggi).anche_pubblica(),
    ]
}

fn allegati() -> Vec<Rotta> {
    use crate::pagamento::allegati;
    let una = |api| rotta::<LeggePagamenti, _, _>(api, Method::GET, "/allegati/{idAllegato}", "getAllegatoPendenza", allegati::leggi);
    vec![una(PAGAMENTO_V2), una(PAGAMENTO_V3)]
}

fn creditori_v1() -> Vec<Rotta> {
    use crate::pagamento::creditori;
    const CONTI: &str = "/domini/{idDominio}/contiAccredito";
    const CONTO: &str = "/domini/{idDominio}/contiAccredito/{ibanAccredito}";
    const ENTRATE: &str = "/domini/{idDominio}/entrate";
    const ENTRATA: &str = "/domini/{idDominio}/entrate/{idEntrata}";
    let get = Method::GET;
    vec![
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), "/domini", "findDomini", |a, c, r| creditori::elenca(V1, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), DOMINIO, "getDominio", |a, c, r| creditori::leggi(V1, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), UNITA, "findUnitaOperative", |a, c, r| creditori::elenca_unita(V1, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), UNA_UNITA, "getUnitaOperativa", |a, c, r| creditori::leggi_unita(V1, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), CONTI, "findContiAccredito", creditori::elenca_conti),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), CONTO, "getContoAccredito", creditori::leggi_conto),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), ENTRATE, "findEntrate", creditori::elenca_entrate),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get.clone(), ENTRATA, "getEntrata", creditori::leggi_entrata),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V1, get, LOGO, "getLogo", creditori::leggi_logo),
    ]
}

fn creditori_v2() -> Vec<Rotta> {
    use crate::pagamento::{creditori, tipi_pendenza};
    const TIPI: &str = "/domini/{idDominio}/tipiPendenza";
    const TIPO: &str = "/domini/{idDominio}/tipiPendenza/{idTipoPendenza}";
    let get = Method::GET;
    let rotte = vec![
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, get.clone(), "/domini", "findDomini", |a, c, r| creditori::elenca(V2, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, get.clone(), DOMINIO, "getDominio", |a, c, r| creditori::leggi(V2, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, get.clone(), UNITA, "findUnitaOperative", |a, c, r| creditori::elenca_unita(V2, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, get.clone(), UNA_UNITA, "getUnitaOperativa", |a, c, r| creditori::leggi_unita(V2, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, get.clone(), TIPI, "findTipiPendenzaDominio", tipi_pendenza::elenca),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, get.clone(), TIPO, "getTipoPendenzaDominio", tipi_pendenza::leggi),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, get, LOGO, "getLogo", creditori::leggi_logo),
    ];
    rotte.into_iter().map(Rotta::anche_pubblica).collect()
}

fn pagamenti(api: Api, versione: Versione) -> Vec<Rotta> {
    use crate::pagamento::{avvio, pagamenti};
    const TUTTI: &str = "/pagamenti";
    const UNO: &str = "/pagamenti/{id}";
    const PER_SESSIONE: &str = "/pagamenti/byIdSession/{idSession}";
    let get = Method::GET;
    vec![
        rotta::<ScrivePagamentiAncheAnonimo, _, _>(api, Method::POST, TUTTI, "addPagamento", move |a, c, r| avvio::avvia(versione, a, c, r)).anche_pubblica(),
        rotta::<LeggePagamenti, _, _>(api, get.clone(), TUTTI, "findPagamenti", move |a, c, r| pagamenti::elenca(versione, a, c, r)),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(api, get.clone(), UNO, "getPagamento", move |a, c, r| pagamenti::leggi(versione, a, c, r)).anche_pubblica(),
        rotta::<LeggePagamentiAncheAnonimo, _, _>(api, get, PER_SESSIONE, "getPagamentoByIdSession", move |a, c, r| {
            pagamenti::leggi_per_sessione(versione, a, c, r)
        })
        .anche_pubblica(),
    ]
}

fn spontanee() -> Vec<Rotta> {
    use crate::pagamento::avvio;
    const MODULO: &str = "/pendenze/{idDominio}/{idTipoPendenza}";
    vec![rotta::<ScrivePagamentiAncheAnonimo, _, _>(PAGAMENTO_V2, Method::POST, MODULO, "addPendenza", avvio::crea_pendenza).anche_pubblica()]
}

fn accesso(api: Api, versione: Versione) -> Vec<Rotta> {
    use crate::pagamento::accesso;
    vec![
        rotta::<Autenticato, _, _>(api, Method::GET, "/profilo", "getProfilo", move |a, c, r| accesso::profilo(versione, a, c, r)),
        rotta::<Autenticato, _, _>(api, Method::GET, "/logout", "logout", accesso::esci),
    ]
}
