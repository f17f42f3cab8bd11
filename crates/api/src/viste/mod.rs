//! How positions and payment attempts look on the wire (spec/1 sections 9.2, 9.10, 10.4 and 21, spec/2 section 2.20): one way to write them for every API.
//! A [`Forma`] says what an API in a version shows of them, [`Nomi`] whose names the caller may read.

pub mod avviso;
pub mod forme;
mod nomi;
mod parti;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::chiamante::Chiamante;
use domain::pendenza::{Pendenza, Riferimento, Voce};
use domain::segnalazione::Segnalazione;
use domain::visibilita::Nomi;
use domain::{Anagrafica, calendario, segnalazione};
use gateway::leggi_pendenza::{Dettaglio, Rpp};
use serde_json::Value;
use store::elenchi::riscossioni::RigaRiscossione;

use crate::App;
use crate::backoffice::{domini as ufficio, pagamenti, riscossioni, unita_operative};
use crate::domini;
use crate::json::{self, Oggetto};
use crate::pagamento::{Versione, creditori};
use crate::richiesta::codifica;

pub use forme::{Ente, Forma};
pub use nomi::mascherato;
pub use parti::{allegato, soggetto};

/// Positions as one caller sees them now.
pub struct Vista {
    pub forma: &'static Forma,
    pub nomi: Nomi,
    pub anagrafica: Arc<Anagrafica>,
    pub adesso: DateTime<Utc>,
}

/// What stands around a position in its detail, as the API writes it.
#[derive(Default)]
pub struct Attorno<'a> {
    /// Those that portals started for it.
    pub pagamenti: Vec<Value>,
    /// The money of its voci.
    pub denaro: &'a [RigaRiscossione],
}

impl Vista {
    /// With every name: for who owns or administers what it reads.
    pub fn di(app: &App, forma: &'static Forma) -> Self {
        Self { forma, nomi: Nomi::Tutti, anagrafica: app.gateway.anagrafica(), adesso: app.gateway.adesso() }
    }

    /// With the names that a caller may read.
    pub fn per(app: &App, forma: &'static Forma, chi: &Chiamante) -> Self {
        Self { nomi: Nomi::visti_da(&chi.chi), ..Self::di(app, forma) }
    }

    /// The whole position: voci, rpp, attachments.
    pub fn dettaglio(&self, d: &Dettaglio, attorno: Attorno<'_>) -> Value {
        let p = &d.pendenza;
        let allegati = (!d.allegati.is_empty()).then(|| d.allegati.iter().map(allegato).collect::<Vec<_>>());
        let voci = p.voci.iter().map(|v| {
            let suo = attorno.denaro.iter().filter(|r| r.riscossione.voce == Some(v.indice));
            self.voce(v).con("riscossioni", suo.map(riscossioni::nella_voce).collect::<Vec<_>>()).solo(self.forma.voce).valore()
        });
        self.base(p)
            .con("voci", voci.collect::<Vec<_>>())
            .con("rpp", d.rpp.iter().map(|r| self.rpp(r, p)).collect::<Vec<_>>())
            .con("pagamenti", attorno.pagamenti)
            .se("allegati", allegati)
            .solo(self.forma.pendenza)
            .valore()
    }

    /// An item of a list: no voci, and links instead of what they would hold.
    pub fn indice(&self, p: &Pendenza) -> Value {
        let di = format!("idA2A={}&idPendenza={}", codifica(&p.id_a2a), codifica(&p.id_pendenza));
        let o = self.base(p).con("rpp", format!("/rpp?{di}")).con("pagamenti", format!("/pagamenti?{di}"));
        o.solo(self.forma.pendenza).senza(self.forma.non_in_elenco).valore()
    }

    /// A payment attempt. rpt and rt keep their null members; what has not come is not there.
    pub fn rpp(&self, r: &Rpp, p: &Pendenza) -> Value {
        let t = &r.transazione;
        let messaggio = |m: &Option<Value>| m.clone().map(|m| mascherato(&self.nomi, m));
        Oggetto::nuovo()
            .con("stato", t.stato.codice())
            .testo("dettaglioStato", t.descrizione_stato.as_ref())
            .con("bloccante", t.bloccante)
            .se("segnalazioni", alcune(&self.della_ricevuta(r)))
            .se("rpt", messaggio(&r.rpt))
            .se("rt", messaggio(&r.rt))
            .con("pendenza", self.indice(p))
            .con("modello", pagamenti::modello_di(t))
            .solo(self.forma.rpp)
            .valore()
    }

    /// The text of a difference may name somebody: it is for who reads every name.
    fn della_ricevuta(&self, r: &Rpp) -> Vec<Segnalazione> {
        let dettagli = matches!(self.nomi, Nomi::Tutti);
        r.segnalazioni.iter().map(|s| Segnalazione { dettaglio: s.dettaglio.clone().filter(|_| dettagli), ..s.clone() }).collect()
    }

    /// A voce with its position: the money of the office starts from there.
    pub fn voce_con_pendenza(&self, v: &Voce, p: &Pendenza) -> Value {
        self.voce(v).solo(self.forma.voce).con("pendenza", self.indice(p)).valore()
    }

    fn base(&self, p: &Pendenza) -> Oggetto {
        let segnalazioni = segnalazione::della_pendenza(p);
        let o = parti::base(p)
            .con("dominio", self.dominio(&p.dominio))
            .se("unitaOperativa", p.unita_operativa.as_ref().map(|cod| self.unita_operativa(&p.dominio, cod)))
            .con("stato", p.stato_mostrato_tra(self.adesso, self.forma.stati).codice());
        let o = if self.forma.segnalazioni_sempre { o.con("segnalazioni", tutte(&segnalazioni)) } else { o.se("segnalazioni", alcune(&segnalazioni)) };
        let o = if self.forma.ente == Ente::Ufficio { self.dell_ufficio(p, o) } else { o };
        if matches!(self.nomi, Nomi::Nessuno) { o.senza(&["soggettoPagatore"]) } else { o }
    }

    /// What the office alone is told.
    fn dell_ufficio(&self, p: &Pendenza, o: Oggetto) -> Oggetto {
        let descrizione = self.anagrafica.tipi_pendenza.get(&p.tipo_pendenza).map_or(p.tipo_pendenza.as_str(), |t| t.descrizione.as_str());
        // `tipo` is that of the position: the catalogue has none.
        let tipo = Oggetto::nuovo().con("idTipoPendenza", p.tipo_pendenza.as_str()).con("descrizione", descrizione).con("tipo", p.tipo.codice().to_lowercase());
        o.con("tipoPendenza", tipo.valore())
            .giorno("dataUltimoAggiornamento", Some(p.data_ultimo_aggiornamento))
            .importo("importoPagato", p.importo_pagato)
            .importo("importoIncassato", p.importo_incassato)
            .con("anomalo", p.anomalo)
            .con("verificato", p.ack)
            .data("dataNotificaAvviso", p.avvisatura.data_notifica_avviso)
            .data("dataPromemoriaScadenza", p.avvisatura.data_promemoria_scadenza)
            .con("dataUltimaModificaAca", calendario::con_scostamento(p.data_ultima_modifica_aca))
    }

    /// A dominio as this API names it.
    pub fn dominio(&self, id: &IdDominio) -> Value {
        match (self.anagrafica.dominio(id), self.forma.ente) {
            (Some(d), Ente::Intero) => json::solo(ufficio::indice(d), forme::DOMINIO_INTERO),
            (Some(d), Ente::Portale) => domini::v2(d),
            (Some(d), Ente::Ufficio) => ufficio::indice(d),
            (Some(_), Ente::Breve) | (None, _) => domini::breve(id, &self.anagrafica),
        }
    }

    fn unita_operativa(&self, id: &IdDominio, cod: &str) -> Value {
        let trovata = self.anagrafica.unita_operativa(id, cod);
        match (trovata, self.forma.ente) {
            (Some(u), Ente::Intero | Ente::Ufficio) => unita_operative::vista(u),
            (Some(u), Ente::Portale) => creditori::unita(Versione::V2, u),
            (None, Ente::Portale) => Oggetto::nuovo().con("idUnitaOperativa", cod).valore(),
            (trovata, _) => Oggetto::nuovo().con("idUnita", cod).testo("ragioneSociale", trovata.and_then(|u| u.ragione_sociale.as_ref())).valore(),
        }
    }

    /// With the word of this API for a stamp, and without what visitors do not learn.
    fn voce(&self, v: &Voce) -> Oggetto {
        let dominio = v.dominio.as_ref().map(|d| if self.forma.ente == Ente::Ufficio { self.dominio(d) } else { domini::breve(d, &self.anagrafica) });
        let o = parti::voce(v).se("dominio", dominio);
        let o = match (&v.riferimento, self.forma.bollo) {
            (Riferimento::Bollo { .. }, Some(parola)) => o.con("tipoBollo", parola),
            _ => o,
        };
        if matches!(self.nomi, Nomi::Tutti) { o } else { o.senza(self.forma.non_a_visitatori) }
    }
}

fn tutte(segnalazioni: &[Segnalazione]) -> Vec<Value> {
    segnalazioni.iter().map(parti::segnalazione).collect()
}

fn alcune(segnalazioni: &[Segnalazione]) -> Option<Vec<Value>> {
    (!segnalazioni.is_empty()).then(|| tutte(segnalazioni))
}
