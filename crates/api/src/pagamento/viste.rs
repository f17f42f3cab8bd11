//! How positions and attempts look to who pays (spec/1 sections 10.4 and 21): the one way to write them, with what each version and each caller see.

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::chiamante::{Chi, Chiamante};
use domain::pendenza::Pendenza;
use domain::ricevuta::Riscossione;
use domain::{Anagrafica, soggetto};
use gateway::leggi_pendenza::{Dettaglio, Rpp};
use serde_json::{Map, Value, json};

use super::Versione;
use super::creditori;
use crate::domini;
use crate::json::{self as scritto};
use crate::pendenze::viste::{self, Forma};
use crate::richiesta::codifica;

/// Who looks, with which eyes.
pub struct Vista<'a> {
    pub versione: Versione,
    pub chi: &'a Chiamante,
    pub anagrafica: &'a Anagrafica,
    pub adesso: DateTime<Utc>,
}

impl Vista<'_> {
    /// An item of a list: links in place of attempts and payments.
    pub fn indice(&self, p: &Pendenza) -> Value {
        let mut m = membri(self.forma().indice(p, self.anagrafica, self.adesso));
        m.insert("pagamenti".to_owned(), format!("/pagamenti?idA2A={}&idPendenza={}", codifica(&p.id_a2a), codifica(&p.id_pendenza)).into());
        Value::Object(self.con_l_ente(p, m))
    }

    /// The whole position. `pagamenti`: those that portals started for it, as this version shows them.
    pub fn dettaglio(&self, d: &Dettaglio, pagamenti: Vec<Value>) -> Value {
        let mut m = membri(self.forma().dettaglio(d, self.anagrafica, self.adesso));
        if let Some(Value::Array(voci)) = m.get_mut("voci") {
            voci.iter_mut().filter_map(Value::as_object_mut).for_each(|v| self.voce(v));
        }
        m.insert("rpp".to_owned(), d.rpp.iter().map(|r| self.rpp(r, &d.pendenza)).collect::<Vec<_>>().into());
        m.insert("pagamenti".to_owned(), pagamenti.into());
        if self.versione == Versione::V2 {
            m.insert("segnalazioni".to_owned(), Value::Array(Vec::new()));
        }
        Value::Object(self.con_l_ente(&d.pendenza, m))
    }

    /// An attempt, with the names that the caller may see in its messages.
    pub fn rpp(&self, r: &Rpp, p: &Pendenza) -> Value {
        let mut m = membri(self.forma().rpp(r, p, self.anagrafica, self.adesso));
        for messaggio in ["rpt", "rt"] {
            if let Some(valore) = m.get_mut(messaggio) {
                *valore = self.messaggio(valore.take());
            }
        }
        m.insert("pendenza".to_owned(), self.indice(p));
        Value::Object(m)
    }

    /// Request or receipt: a citizen finds itself as versante, whoever is nobody finds nobody (spec/1 section 10.4).
    pub fn messaggio(&self, mut messaggio: Value) -> Value {
        let Some(m) = messaggio.as_object_mut() else { return messaggio };
        match &self.chi.chi {
            Chi::Applicazione(_) | Chi::Operatore(_) => {}
            Chi::Cittadino(c) => versante(m, &c.codice_fiscale, c.nome.as_deref().unwrap_or(&c.codice_fiscale), c.email.as_deref()),
            Chi::Anonimo => {
                versante(m, soggetto::ANONIMO, soggetto::ANONIMO, None);
                for nome in ["debtor", "soggettoPagatore"] {
                    if let Some(pagatore) = m.get_mut(nome) {
                        *pagatore = Value::Null;
                    }
                }
            }
        }
        messaggio
    }

    const fn forma(&self) -> &'static Forma {
        match self.versione {
            Versione::V1 => &V1,
            Versione::V2 | Versione::V3 => &V2,
        }
    }

    /// v2 has another way to write who is owed; nobody is told who owes.
    fn con_l_ente(&self, p: &Pendenza, mut m: Map<String, Value>) -> Map<String, Value> {
        if self.versione == Versione::V2 {
            if let Some(d) = self.anagrafica.dominio(&p.dominio) {
                m.insert("dominio".to_owned(), domini::v2(d));
            }
            if let Some(u) = p.unita_operativa.as_ref().and_then(|u| self.anagrafica.unita_operativa(&p.dominio, u)) {
                m.insert("unitaOperativa".to_owned(), creditori::unita(Versione::V2, u));
            }
        }
        if matches!(self.chi.chi, Chi::Anonimo) {
            m.shift_remove("soggettoPagatore");
        }
        m
    }

    /// Stamps have a word of their own here; in v2 who pays does not learn the IBAN.
    fn voce(&self, v: &mut Map<String, Value>) {
        if let Some(tipo) = v.get_mut("tipoBollo") {
            *tipo = BOLLO.into();
        }
        if self.versione == Versione::V2 && matches!(self.chi.chi, Chi::Cittadino(_) | Chi::Anonimo) {
            v.shift_remove("ibanAccredito");
        }
    }
}

/// `01`, as these contracts write it.
const BOLLO: &str = "Imposta di bollo";

/// A position of v3: the shape of a receipt, with its state (spec/1 section 10.8).
pub fn archiviata(p: &Pendenza, riscossioni: &[Riscossione], anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Map<String, Value> {
    let mut m = membri(gateway::leggi_ricevuta::pendenza_pagata(p, riscossioni, anagrafica));
    m.insert("stato".to_owned(), p.stato_mostrato_tra(adesso, &domain::lettura::lista::STATI_PAGAMENTO).codice().into());
    if let Some(descrizione) = &p.descrizione_stato {
        m.insert("descrizioneStato".to_owned(), descrizione.as_str().into());
    }
    m
}

/// Attachments as every version lists them.
pub fn allegati(m: &mut Map<String, Value>, allegati: &[store::pendenze::Allegato]) {
    if !allegati.is_empty() {
        m.insert("allegati".to_owned(), allegati.iter().map(viste::allegato).collect::<Vec<_>>().into());
    }
}

pub fn risposta(m: Map<String, Value>) -> Response {
    scritto::ok(&Value::Object(m))
}

fn membri(valore: Value) -> Map<String, Value> {
    match valore {
        Value::Object(m) => m,
        _ => Map::new(),
    }
}

/// Writes who pays in a message where it says who pays: `payer` of the receipts of today, `soggettoVersante` of those of before.
fn versante(m: &mut Map<String, Value>, codice: &str, nome: &str, email: Option<&str>) {
    if let Some(pagante) = m.get_mut("payer").filter(|v| !v.is_null()) {
        *pagante = json!({
            "uniqueIdentifier": { "entityUniqueIdentifierType": "F", "entityUniqueIdentifierValue": codice },
            "fullName": nome, "streetName": null, "civicNumber": null, "postalCode": null, "city": null, "stateProvinceRegion": null, "country": null,
            "e-mail": email,
        });
    }
    if let Some(pagante) = m.get_mut("soggettoVersante").filter(|v| !v.is_null()) {
        *pagante = json!({
            "identificativoUnivocoVersante": { "tipoIdentificativoUnivoco": "F", "codiceIdentificativoUnivoco": codice },
            "anagraficaVersante": nome, "indirizzoVersante": null, "civicoVersante": null, "capVersante": null, "localitaVersante": null,
            "provinciaVersante": null, "nazioneVersante": null, "e-mailVersante": email,
        });
    }
}

/// API Pagamento v1: as API Pendenze v1, without what its ente says of the state.
static V1: Forma = Forma {
    pendenza: &[
        "idA2A",
        "idPendenza",
        "dominio",
        "unitaOperativa",
        "stato",
        "dataPagamento",
        "nome",
        "causale",
        "soggettoPagatore",
        "importo",
        "numeroAvviso",
        "dataCaricamento",
        "dataValidita",
        "dataScadenza",
        "annoRiferimento",
        "cartellaPagamento",
        "datiAllegati",
        "tassonomia",
        "tassonomiaAvviso",
        "voci",
        "rpp",
    ],
    ..viste::PENDENZE_V1
};

/// API Pagamento v2.
static V2: Forma = Forma {
    pendenza: &[
        "idA2A",
        "idPendenza",
        "idTipoPendenza",
        "dominio",
        "unitaOperativa",
        "stato",
        "iuvAvviso",
        "iuvPagamento",
        "dataPagamento",
        "causale",
        "soggettoPagatore",
        "importo",
        "numeroAvviso",
        "dataCaricamento",
        "dataValidita",
        "dataScadenza",
        "annoRiferimento",
        "cartellaPagamento",
        "datiAllegati",
        "tassonomia",
        "tassonomiaAvviso",
        "direzione",
        "divisione",
        "tipo",
        "UUID",
        "proprieta",
        "voci",
        "rpp",
        "allegati",
    ],
    voce: &[
        "indice",
        "idVocePendenza",
        "importo",
        "descrizione",
        "descrizioneCausaleRPT",
        "stato",
        "dominio",
        "datiAllegati",
        "codEntrata",
        "tipoBollo",
        "hashDocumento",
        "provinciaResidenza",
        "ibanAccredito",
        "tipoContabilita",
        "codiceContabilita",
    ],
    anagrafica_intera: false,
    stati: &domain::lettura::lista::STATI_PAGAMENTO,
};
