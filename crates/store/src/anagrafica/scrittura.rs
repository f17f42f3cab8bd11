//! The anagrafica being written: one transaction, one version. Whoever writes holds the row of the version, so writers stand in a queue.

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::anagrafica::{
    AmbitoUo, Applicazione, BlocchiTipo, BloccoConfigurazione, ContoAccredito, Dominio, EntrataDominio, Intermediario, Operatore, RicevutaIgnota,
    RicevutaRipetuta, Ruolo, Scrittura, Stazione, TipoEntrata, TipoPendenza, TipoPendenzaDominio, UnitaOperativa, Utenza,
};
use domain::pendenza::TipoContabilita;
use indexmap::IndexMap;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Iterable, QueryFilter, Set, TryGetable};

use super::{CATALOGO, righe};
use crate::apertura::{Corsia, Store, Tx};
use crate::entita;
use crate::errore::ErroreStore;
use crate::mappa::{illeggibile, json};
use crate::sql;

/// What is kept of a change for whoever asks later: by whom, of what, and the body without its secrets.
#[derive(Clone, Debug)]
pub struct Revisione {
    pub principal: String,
    /// Method and path: `PUT /domini/12345678901`.
    pub oggetto: String,
    pub contenuto: String,
}

impl Store {
    /// Starts a write of the anagrafica: whatever is saved in it takes one new version.
    pub async fn scrivi_anagrafica(&self) -> Result<ScritturaAnagrafica, ErroreStore> {
        self.nuova_versione("UPDATE anagrafica_versione SET versione = versione + 1 WHERE id = 1 RETURNING versione").await
    }

    /// Makes every node read everything anew, for rows that were written by hand (spec/2 section 2.16).
    pub async fn ricarica_anagrafica(&self) -> Result<(), ErroreStore> {
        self.nuova_versione("UPDATE anagrafica_versione SET versione = versione + 1, ricarica = versione + 1 WHERE id = 1 RETURNING versione")
            .await?
            .commit()
            .await
    }

    async fn nuova_versione(&self, istruzione: &'static str) -> Result<ScritturaAnagrafica, ErroreStore> {
        let tx = self.begin(Corsia::Applicazioni).await?;
        let riga = tx.sql.query_one_raw(sql::con_valori(&tx.sql, istruzione, [])).await?;
        let versione = riga.map(|r| i64::try_get(&r, "", "versione")).transpose().map_err(sea_orm::DbErr::from)?;
        let versione = versione.ok_or_else(|| illeggibile("anagrafica_versione", "riga assente"))?;
        Ok(ScritturaAnagrafica { tx, versione })
    }
}

/// An anagrafica being written. Nothing is seen before [`ScritturaAnagrafica::commit`]. Every save inserts or replaces.
pub struct ScritturaAnagrafica {
    tx: Tx,
    versione: i64,
}

macro_rules! salva {
    ($self:ident, $tabella:ident, $($campo:ident : $valore:expr),+ $(,)?) => {{
        let riga = entita::$tabella::ActiveModel { $($campo: Set($valore),)+ versione: Set($self.versione) };
        let chiave = <entita::$tabella::PrimaryKey as Iterable>::iter().map(sea_orm::PrimaryKeyToColumn::into_column);
        let su_conflitto = OnConflict::columns(chiave).update_columns(entita::$tabella::Column::iter()).to_owned();
        entita::$tabella::Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&$self.tx.sql).await?;
        Ok(())
    }};
}

impl ScritturaAnagrafica {
    /// The version that the rows written here have.
    #[must_use]
    pub fn versione(&self) -> i64 {
        self.versione
    }

    pub async fn salva(&self, scrittura: &Scrittura) -> Result<(), ErroreStore> {
        match scrittura {
            Scrittura::Intermediario(i) => self.intermediario(i).await,
            Scrittura::Stazione(s) => self.stazione(s).await,
            Scrittura::Dominio(d, logo) => {
                self.dominio(d).await?;
                self.logo(&d.cod, logo.as_deref()).await
            }
            Scrittura::UnitaOperativa(d, u) => self.unita_operativa(d, u).await,
            Scrittura::Conto(d, c) => self.conto(d, c).await,
            Scrittura::TipoEntrata(e) => self.tipo_entrata(e).await,
            Scrittura::Entrata(d, cod, e) => self.entrata(d, cod, e).await,
            Scrittura::TipoPendenza(t, blocchi) => {
                self.tipo_pendenza(t).await?;
                self.blocchi_tipo(CATALOGO, &t.cod, blocchi).await
            }
            Scrittura::TipoPendenzaDominio(d, cod, t, blocchi) => {
                self.tipo_pendenza_dominio(d, cod, t).await?;
                self.blocchi_tipo(d.as_str(), cod, blocchi).await
            }
            Scrittura::Utenza(u) => self.utenza(u).await,
            Scrittura::RimuoviUtenza(principal) => self.rimuovi_utenza(principal).await,
            Scrittura::Applicazione(a) => self.applicazione(a).await,
            Scrittura::Operatore(o) => self.operatore(o).await,
            Scrittura::Ruolo(r) => self.ruolo(r).await,
            Scrittura::Configurazione(blocco) => self.configurazione(blocco).await,
        }
    }

    /// `ordine` tells apart the revisions of one transaction.
    pub async fn revisione(&self, ordine: i32, revisione: &Revisione, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        let riga = entita::anagrafica_revisione::ActiveModel {
            versione: Set(self.versione),
            ordine: Set(ordine),
            istante: Set(adesso),
            principal: Set(revisione.principal.clone()),
            oggetto: Set(revisione.oggetto.clone()),
            contenuto: Set(revisione.contenuto.clone()),
        };
        entita::anagrafica_revisione::Entity::insert(riga).exec_without_returning(&self.tx.sql).await?;
        Ok(())
    }

    pub async fn intermediario(&self, i: &Intermediario) -> Result<(), ErroreStore> {
        salva!(self, intermediario,
            cod: i.cod.clone(),
            denominazione: i.denominazione.clone(),
            principal: i.principal.clone(),
            abilitato: i.abilitato,
            connettori: json(&*i.connettori))
    }

    pub async fn stazione(&self, s: &Stazione) -> Result<(), ErroreStore> {
        salva!(self, stazione,
            cod: s.cod.clone(),
            intermediario: s.intermediario.clone(),
            application_code: i16::from(s.application_code),
            abilitata: s.abilitata,
            ricevuta_ripetuta: if s.ricevuta_ripetuta == RicevutaRipetuta::Ok { "ok" } else { "duplicata" }.to_owned(),
            ricevuta_ignota: if s.ricevuta_ignota == RicevutaIgnota::Ok { "ok" } else { "rifiuta" }.to_owned(),
            modello: s.versione.nome().to_owned(),
            password: s.password.as_ref().map(|p| p.0.clone()))
    }

    pub async fn dominio(&self, d: &Dominio) -> Result<(), ErroreStore> {
        salva!(self, dominio,
            cod: d.cod.to_string(),
            ragione_sociale: d.ragione_sociale.clone(),
            stazione: d.stazione.clone(),
            aux_digit: i16::from(d.aux_digit.cifra()),
            segregation_code: d.segregation_code.map(i16::from),
            segregazioni_asincrone: json(&d.segregazioni_asincrone),
            iuv_prefix: d.iuv_prefix.clone(),
            gln: d.gln.clone(),
            cbill: d.cbill.clone(),
            aut_stampa_poste: d.aut_stampa_poste.clone(),
            intermediato: d.intermediato,
            abilitato: d.abilitato,
            scarica_fr: d.scarica_fr,
            tassonomia: d.tassonomia.clone(),
            ha_logo: d.ha_logo,
            connettori: json(&*d.connettori),
            recapiti: json(&d.recapiti))
    }

    /// As text, as it was received; `None` takes it away.
    async fn logo(&self, dominio: &IdDominio, contenuto: Option<&str>) -> Result<(), ErroreStore> {
        use entita::dominio_logo::{ActiveModel, Column, Entity};
        let Some(contenuto) = contenuto else {
            Entity::delete_by_id(dominio.as_str()).exec(&self.tx.sql).await?;
            return Ok(());
        };
        let riga = ActiveModel { dominio: Set(dominio.to_string()), contenuto: Set(contenuto.as_bytes().to_vec()) };
        let su_conflitto = OnConflict::column(Column::Dominio).update_column(Column::Contenuto).to_owned();
        Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&self.tx.sql).await?;
        Ok(())
    }

    pub async fn unita_operativa(&self, dominio: &IdDominio, u: &UnitaOperativa) -> Result<(), ErroreStore> {
        salva!(self, unita_operativa,
            dominio: dominio.to_string(),
            cod: u.cod.clone(),
            ragione_sociale: u.ragione_sociale.clone(),
            abilitata: u.abilitata,
            recapiti: json(&u.recapiti))
    }

    pub async fn conto(&self, dominio: &IdDominio, c: &ContoAccredito) -> Result<(), ErroreStore> {
        salva!(self, conto_accredito,
            dominio: dominio.to_string(),
            iban: c.iban.clone(),
            bic: c.bic.clone(),
            postale: c.postale,
            abilitato: c.abilitato,
            descrizione: c.descrizione.clone(),
            intestatario: c.intestatario.clone(),
            aut_stampa_poste: c.aut_stampa_poste.clone())
    }

    pub async fn tipo_entrata(&self, e: &TipoEntrata) -> Result<(), ErroreStore> {
        salva!(self, entrata,
            cod: e.cod.clone(),
            descrizione: e.descrizione.clone(),
            tipo_contabilita: e.tipo_contabilita.map(nome),
            codice_contabilita: e.codice_contabilita.clone())
    }

    pub async fn entrata(&self, dominio: &IdDominio, cod: &str, e: &EntrataDominio) -> Result<(), ErroreStore> {
        salva!(self, entrata_dominio,
            dominio: dominio.to_string(),
            cod: cod.to_owned(),
            iban_accredito: e.iban_accredito.clone(),
            iban_appoggio: e.iban_appoggio.clone(),
            tipo_contabilita: e.tipo_contabilita.map(nome),
            codice_contabilita: e.codice_contabilita.clone(),
            abilitata: e.abilitata)
    }

    pub async fn tipo_pendenza(&self, t: &TipoPendenza) -> Result<(), ErroreStore> {
        salva!(self, tipo_pendenza,
            cod: t.cod.clone(),
            descrizione: t.descrizione.clone(),
            codifica_iuv: t.codifica_iuv.clone(),
            paga_terzi: t.paga_terzi,
            abilitato: t.abilitato,
            usi: json(&t.usi))
    }

    pub async fn tipo_pendenza_dominio(&self, dominio: &IdDominio, cod: &str, t: &TipoPendenzaDominio) -> Result<(), ErroreStore> {
        salva!(self, tipo_pendenza_dominio,
            dominio: dominio.to_string(),
            cod: cod.to_owned(),
            codifica_iuv: t.codifica_iuv.clone(),
            paga_terzi: t.paga_terzi,
            abilitato: t.abilitato,
            usi: json(&t.usi))
    }

    async fn blocchi_tipo(&self, dominio: &str, cod: &str, blocchi: &BlocchiTipo) -> Result<(), ErroreStore> {
        use entita::tipo_pendenza_blocchi::{ActiveModel, Column, Entity};
        if *blocchi == BlocchiTipo::default() {
            Entity::delete_by_id((dominio.to_owned(), cod.to_owned())).exec(&self.tx.sql).await?;
            return Ok(());
        }
        let riga = ActiveModel { dominio: Set(dominio.to_owned()), cod: Set(cod.to_owned()), contenuto: Set(json(blocchi)) };
        let su_conflitto = OnConflict::columns([Column::Dominio, Column::Cod]).update_column(Column::Contenuto).to_owned();
        Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&self.tx.sql).await?;
        Ok(())
    }

    pub async fn utenza(&self, u: &Utenza) -> Result<(), ErroreStore> {
        let domini = u.domini.as_ref().map(|d| {
            let voci: IndexMap<&str, Option<Vec<&String>>> = d
                .iter()
                .map(|(dominio, ambito)| match ambito {
                    AmbitoUo::Tutte => (dominio.as_str(), None),
                    AmbitoUo::Solo(uo) => (dominio.as_str(), Some(uo.iter().collect())),
                })
                .collect();
            json(&voci)
        });
        salva!(self, utenza,
            principal: u.principal.clone(),
            password_hash: u.password_hash.clone(),
            abilitata: u.abilitata,
            domini: domini,
            tipi_pendenza: u.tipi_pendenza.as_ref().map(json),
            acl: json(&righe::coppie(&u.acl)),
            ruoli: json(&u.ruoli),
            rimossa: false)
    }

    /// The row stays, without its password, so that other nodes hear of it.
    async fn rimuovi_utenza(&self, principal: &str) -> Result<(), ErroreStore> {
        use entita::utenza::{ActiveModel, Column, Entity};
        let vuota = ActiveModel { password_hash: Set(None), abilitata: Set(false), rimossa: Set(true), versione: Set(self.versione), ..Default::default() };
        Entity::update_many().set(vuota).filter(Column::Principal.eq(principal)).exec(&self.tx.sql).await?;
        Ok(())
    }

    pub async fn applicazione(&self, a: &Applicazione) -> Result<(), ErroreStore> {
        salva!(self, applicazione,
            cod: a.cod.clone(),
            principal: a.principal.clone(),
            codifica_iuv: a.codifica_iuv.clone(),
            reg_exp_iuv: a.reg_exp_iuv.as_ref().map(|r| r.as_str().to_owned()),
            generazione_iuv_interna: a.generazione_iuv_interna,
            autodeterminazione: a.autodeterminazione,
            connettore: a.connettore.as_ref().map(json),
            url_ritorno: a.url_ritorno.clone())
    }

    pub async fn operatore(&self, o: &Operatore) -> Result<(), ErroreStore> {
        salva!(self, operatore, principal: o.principal.clone(), nome: o.nome.clone())
    }

    pub async fn ruolo(&self, r: &Ruolo) -> Result<(), ErroreStore> {
        salva!(self, ruolo, cod: r.cod.clone(), acl: json(&righe::coppie(&r.acl)))
    }

    pub async fn configurazione(&self, blocco: &BloccoConfigurazione) -> Result<(), ErroreStore> {
        salva!(self, configurazione, nome: blocco.nome().to_owned(), valore: blocco.valore().to_string())
    }

    pub async fn commit(self) -> Result<(), ErroreStore> {
        self.tx.commit().await
    }
}

fn nome(tipo: TipoContabilita) -> String {
    tipo.nome().to_owned()
}
