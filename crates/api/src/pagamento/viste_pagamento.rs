//! How a payment started from a portal looks on the wire (spec/1 section 21).

use domain::calendario;
use domain::pagamento::Pagamento;
use domain::pendenza::Pendenza;
use gateway::leggi_pendenza::Dettaglio;
use gateway::pagamento::lettura::DettaglioPagamento;
use serde_json::{Value, json};

use super::Versione;
use crate::json::Oggetto;
use crate::richiesta::codifica;
use crate::viste::{self, Attorno, Forma, Vista, forme};

/// What a version shows of the positions that are paid.
pub const fn forma(versione: Versione) -> &'static Forma {
    match versione {
        Versione::V1 => &forme::PAGAMENTO_V1,
        Versione::V2 | Versione::V3 => &forme::PAGAMENTO_V2,
    }
}

/// An item of a list: links in place of what they would hold.
pub fn indice(versione: Versione, p: &Pagamento) -> Value {
    let id = codifica(&p.id_mostrato());
    base(versione, p).con("pendenze", format!("/pendenze?idPagamento={id}")).con("rpp", format!("/rpp?idPagamento={id}")).valore()
}

/// Positions and attempts as the same caller finds them by themselves.
pub fn dettaglio(versione: Versione, d: &DettaglioPagamento, vista: &Vista) -> Value {
    // In the order of the attempts, as the original: those that have none come last.
    let mut ordinate: Vec<&Pendenza> = d.rpp.iter().filter_map(|(r, _)| d.pendenze.iter().find(|p| p.id == r.transazione.pendenza)).collect();
    ordinate.extend(d.pendenze.iter().filter(|p| d.rpp.iter().all(|(r, _)| r.transazione.pendenza != p.id)));
    base(versione, &d.pagamento)
        .con("pendenze", ordinate.into_iter().map(|p| vista.indice(p)).collect::<Vec<_>>())
        .con("rpp", d.rpp.iter().map(|(r, p)| vista.rpp(r, p)).collect::<Vec<_>>())
        .valore()
}

/// The pendenza that a form made.
pub fn spontanea(p: &Pendenza, vista: &Vista) -> Value {
    let tutta = Dettaglio { pendenza: p.clone(), allegati: Vec::new(), rpp: Vec::new() };
    vista.dettaglio(&tutta, Attorno::default())
}

fn base(versione: Versione, p: &Pagamento) -> Oggetto {
    let dalla_richiesta = |nome: &str| p.richiesta.get(nome).cloned();
    Oggetto::nuovo()
        .con("id", p.id_mostrato())
        .con("nome", p.nome.as_str())
        .con("dataRichiestaPagamento", calendario::ora_locale(p.data_richiesta).format("%Y-%m-%dT%H:%M:%S%.3f").to_string())
        .testo("idSessionePortale", p.id_sessione_portale.as_ref())
        .testo("idSessionePsp", p.id_sessione_psp.as_ref())
        .importo("importo", p.importo)
        .con("stato", p.situazione.stato.codice())
        .testo("pspRedirectUrl", p.redirect.as_ref())
        .testo("urlRitorno", p.url_ritorno.as_ref())
        .se("contoAddebito", dalla_richiesta("contoAddebito"))
        .se("dataEsecuzionePagamento", dalla_richiesta("dataEsecuzionePagamento"))
        .se("credenzialiPagatore", dalla_richiesta("credenzialiPagatore"))
        .se("soggettoVersante", p.versante.as_ref().map(viste::soggetto))
        .con("autenticazioneSoggetto", dalla_richiesta("autenticazioneSoggetto").unwrap_or_else(|| json!("N/A")))
        .se("lingua", if versione == Versione::V1 { dalla_richiesta("lingua") } else { None })
}
