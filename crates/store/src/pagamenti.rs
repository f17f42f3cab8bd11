//! Payments started from a portal: inserted and followed. Lists of them are in [`crate::elenchi::pagamenti`].

use codici::Importo;
use domain::chiamante::TipoUtenza;
use domain::pagamento::{CodiceStato, Iniziativa, Pagamento, Situazione, Stato};
use domain::pendenza::Pendenza;
use domain::transazione::Transazione;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Store, Tx};
use crate::entita::{pagamento_pendenza, pagamento_portale as tabella, transazione};
use crate::errore::ErroreStore;
use crate::mappa;

impl Tx {
    pub async fn inserisci_pagamento(&self, p: &Pagamento) -> Result<(), ErroreStore> {
        tabella::Entity::insert(riga(p)).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    /// Writes the payment whole over the row of the same id.
    pub async fn aggiorna_pagamento(&self, p: &Pagamento) -> Result<(), ErroreStore> {
        tabella::Entity::update_many().set(riga(p)).filter(tabella::Column::Id.eq(p.id)).exec(&self.sql).await?;
        Ok(())
    }

    /// Locks the payment until the end of the transaction.
    pub async fn blocca_pagamento(&self, id: Uuid) -> Result<Option<Pagamento>, ErroreStore> {
        tabella::Entity::find_by_id(id).lock_exclusive().one(&self.sql).await?.map(da_riga).transpose()
    }

    /// `posizione`: of the pendenza in the request, from 0.
    pub async fn collega_pendenza(&self, pagamento: Uuid, posizione: u8, p: &Pendenza) -> Result<(), ErroreStore> {
        let riga = pagamento_pendenza::ActiveModel {
            pagamento: Set(pagamento),
            posizione: Set(i16::from(posizione)),
            dominio: Set(p.dominio.to_string()),
            pendenza: Set(p.id),
        };
        pagamento_pendenza::Entity::insert(riga).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    /// The attempts of a payment, oldest first. Index `transazione_pagamento`.
    pub async fn transazioni_di_pagamento(&self, id: Uuid) -> Result<Vec<Transazione>, ErroreStore> {
        transazioni(&self.sql, id).await
    }
}

impl Store {
    pub async fn pagamento(&self, id: Uuid) -> Result<Option<Pagamento>, ErroreStore> {
        tabella::Entity::find_by_id(id).one(self.lettura()).await?.map(da_riga).transpose()
    }

    /// By the session that pagoPA gave it. Index `pagamento_portale_psp`.
    pub async fn pagamento_per_sessione_psp(&self, sessione: &str) -> Result<Option<Pagamento>, ErroreStore> {
        tabella::Entity::find().filter(tabella::Column::IdSessionePsp.eq(sessione)).one(self.lettura()).await?.map(da_riga).transpose()
    }

    /// The attempts of a payment, oldest first. Index `transazione_pagamento`.
    pub async fn transazioni_di_pagamento(&self, id: Uuid) -> Result<Vec<Transazione>, ErroreStore> {
        transazioni(self.lettura(), id).await
    }

    /// The pendenze of a payment with their voci, in the order of its request.
    pub async fn pendenze_di_pagamento(&self, id: Uuid) -> Result<Vec<Pendenza>, ErroreStore> {
        let legami =
            pagamento_pendenza::Entity::find().filter(pagamento_pendenza::Column::Pagamento.eq(id)).order_by_asc(pagamento_pendenza::Column::Posizione);
        let mut pendenze = Vec::new();
        for legame in legami.all(self.lettura()).await? {
            let dominio = mappa::dominio(&legame.dominio, "pagamento_pendenza")?;
            pendenze.extend(self.pendenza_per_id(&dominio, legame.pendenza).await?);
        }
        Ok(pendenze)
    }
}

async fn transazioni<C: ConnectionTrait>(db: &C, pagamento: Uuid) -> Result<Vec<Transazione>, ErroreStore> {
    use transazione::Column as C;
    let righe = transazione::Entity::find().filter(C::Pagamento.eq(pagamento)).order_by_asc(C::DataRichiesta).order_by_asc(C::Id).all(db).await?;
    righe.into_iter().map(mappa::transazione).collect()
}

fn riga(p: &Pagamento) -> tabella::ActiveModel {
    tabella::ActiveModel {
        id: Set(p.id),
        tipo: Set(p.iniziativa.codice()),
        principal: Set(p.principal.clone()),
        tipo_utenza: Set(p.tipo_utenza.codice().to_owned()),
        applicazione: Set(p.applicazione.clone()),
        nome: Set(p.nome.clone()),
        importo: Set(p.importo.cent()),
        stato: Set(p.situazione.stato.codice().to_owned()),
        codice_stato: Set(p.situazione.codice.codice().to_owned()),
        descrizione_stato: Set(p.situazione.descrizione.clone()),
        id_sessione_portale: Set(p.id_sessione_portale.clone()),
        id_sessione_psp: Set(p.id_sessione_psp.clone()),
        url_ritorno: Set(p.url_ritorno.clone()),
        redirect: Set(p.redirect.clone()),
        versante: Set(p.versante.as_ref().map(mappa::soggetto_json)),
        versante_cerca: Set(p.versante.as_ref().map(|v| v.identificativo().to_uppercase())),
        richiesta: Set(mappa::json(&p.richiesta)),
        data_richiesta: Set(p.data_richiesta),
        verificato: Set(p.verificato),
        severita: Set(p.severita),
        dominio: Set(p.dominio.as_ref().map(ToString::to_string)),
        esito_psp: Set(p.esito_psp.clone()),
    }
}

pub(crate) fn da_riga(r: tabella::Model) -> Result<Pagamento, ErroreStore> {
    let manca = |cosa| mappa::illeggibile("pagamento_portale", cosa);
    Ok(Pagamento {
        id: r.id,
        iniziativa: Iniziativa::leggi(r.tipo).ok_or_else(|| manca("tipo"))?,
        tipo_utenza: TipoUtenza::leggi(&r.tipo_utenza).ok_or_else(|| manca("tipo_utenza"))?,
        importo: Importo::da_cent(r.importo),
        situazione: Situazione {
            stato: Stato::leggi(&r.stato).ok_or_else(|| manca("stato"))?,
            codice: CodiceStato::leggi(&r.codice_stato).ok_or_else(|| manca("codice_stato"))?,
            descrizione: r.descrizione_stato,
        },
        versante: r.versante.as_deref().map(mappa::soggetto).transpose()?,
        richiesta: mappa::da_json(&r.richiesta, "pagamento_portale")?,
        dominio: r.dominio.as_deref().map(|d| mappa::dominio(d, "pagamento_portale")).transpose()?,
        principal: r.principal,
        applicazione: r.applicazione,
        nome: r.nome,
        id_sessione_portale: r.id_sessione_portale,
        id_sessione_psp: r.id_sessione_psp,
        url_ritorno: r.url_ritorno,
        redirect: r.redirect,
        data_richiesta: r.data_richiesta,
        verificato: r.verificato,
        severita: r.severita,
        esito_psp: r.esito_psp,
    })
}
