//! Positions: by key, by IUV, in lists; inserted and updated whole.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use codici::{IdDominio, Iuv};
use domain::calendario;
use domain::pendenza::{Documento, NuovoAllegato, NuovoDocumento, Pendenza, Stato, StatoMostrato, StatoPagamento, Tipo};
use sea_orm::sea_query::{Expr, OnConflict, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Store, Tx};
use crate::entita::{allegato, documento, pendenza, voce};
use crate::errore::{ErroreStore, Vincolo};
use crate::mappa;
use crate::posizione::{self, Chiave};

/// The count of a list stops here (`it.govpay.api.find.maxRisultati`, spec/1 section 3.1).
pub const RISULTATI_CONTATI_MAX: u64 = 10_000;

/// An attachment without its bytes.
#[derive(Clone, Debug)]
pub struct Allegato {
    pub id: i64,
    pub nome: String,
    pub tipo: Option<String>,
    pub descrizione: Option<String>,
}

/// Who asks and for what: the owner is not optional (spec/1 section 9, "Owner rule").
#[derive(Clone, Debug)]
pub struct Filtro {
    pub id_a2a: String,
    /// Tipi pendenza that the caller may see; `None` is all.
    pub tipi: Option<Vec<String>>,
    pub dominio: Option<IdDominio>,
    /// Matched upper-case.
    pub debitore: Option<String>,
    pub stato: Option<StatoMostrato>,
    /// On dataCaricamento, both inclusive.
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub direzione: Option<String>,
    pub divisione: Option<String>,
    pub mostra_spontanei_non_pagati: bool,
    pub adesso: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Campo {
    DataCaricamento,
    DataValidita,
    DataScadenza,
    Stato,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordine {
    pub campo: Campo,
    pub decrescente: bool,
}

/// Page by number, as the compatible APIs want it.
#[derive(Clone, Debug)]
pub struct Pagina {
    pub salta: u64,
    pub quante: u64,
    /// Count the rows, up to this many; `None`: no count, `Some(None)`: without a cap.
    pub conta: Option<Option<u64>>,
}

#[derive(Clone, Debug)]
pub struct Elenco<T> {
    pub righe: Vec<T>,
    pub totale: Option<u64>,
}

impl Store {
    /// Hot path of verify: one query, index `pendenza_iuv`.
    pub async fn pendenza_per_iuv(&self, dominio: &IdDominio, iuv: &Iuv) -> Result<Option<Pendenza>, ErroreStore> {
        una(self.lettura(), Chiave::Iuv { dominio: dominio.as_str(), iuv: iuv.as_str() }, false).await
    }

    /// By its natural key, index `pendenza_chiave`.
    pub async fn pendenza(&self, id_a2a: &str, id_pendenza: &str) -> Result<Option<Pendenza>, ErroreStore> {
        una(self.lettura(), Chiave::Applicazione { id_a2a, id_pendenza }, false).await
    }

    pub async fn allegati(&self, pendenza: &Pendenza) -> Result<Vec<Allegato>, ErroreStore> {
        let righe: Vec<(i64, String, Option<String>, Option<String>)> = allegato::Entity::find()
            .select_only()
            .columns([allegato::Column::Id, allegato::Column::Nome, allegato::Column::Tipo, allegato::Column::Descrizione])
            .filter(allegato::Column::Dominio.eq(pendenza.dominio.as_str()))
            .filter(allegato::Column::Pendenza.eq(pendenza.id))
            .order_by_asc(allegato::Column::Id)
            .into_tuple()
            .all(self.lettura())
            .await?;
        Ok(righe.into_iter().map(|(id, nome, tipo, descrizione)| Allegato { id, nome, tipo, descrizione }).collect())
    }

    /// One page, with voci; newest first when no order is asked. Index `pendenza_elenco`.
    pub async fn elenco_pendenze(&self, filtro: &Filtro, ordini: &[Ordine], pagina: &Pagina) -> Result<Elenco<Pendenza>, ErroreStore> {
        let condizione = condizione(filtro);
        let totale = match pagina.conta {
            None => None,
            Some(tetto) => {
                let righe = pendenza::Entity::find().select_only().column(pendenza::Column::Id).filter(condizione.clone());
                let righe = if let Some(tetto) = tetto { righe.limit(tetto) } else { righe };
                Some(righe.into_tuple::<Uuid>().count(self.lettura()).await?)
            }
        };
        let mut query = pendenza::Entity::find().filter(condizione);
        for ordine in ordini {
            query = query.order_by(colonna(ordine.campo), if ordine.decrescente { Order::Desc } else { Order::Asc });
        }
        if ordini.is_empty() {
            query = query.order_by_desc(pendenza::Column::DataCaricamento);
        }
        let righe = query.order_by_desc(pendenza::Column::Id).offset(pagina.salta).limit(pagina.quante).all(self.lettura()).await?;
        // A list shows no voci, and the documenti of a page are one query more.
        let documenti = documenti_di(self.lettura(), &righe).await?;
        let elenco = righe.into_iter().map(|riga| {
            let documento = riga.documento.and_then(|id| documenti.get(&id).cloned());
            mappa::pendenza(riga, Vec::new(), documento)
        });
        Ok(Elenco { righe: elenco.collect::<Result<_, _>>()?, totale })
    }
}

impl Tx {
    /// Locks the position until the end of the transaction.
    pub async fn blocca_pendenza(&self, id_a2a: &str, id_pendenza: &str) -> Result<Option<Pendenza>, ErroreStore> {
        una(&self.sql, Chiave::Applicazione { id_a2a, id_pendenza }, true).await
    }

    /// Locks the position until the end of the transaction. Index `pendenza_iuv`.
    pub async fn blocca_pendenza_per_iuv(&self, dominio: &IdDominio, iuv: &Iuv) -> Result<Option<Pendenza>, ErroreStore> {
        una(&self.sql, Chiave::Iuv { dominio: dominio.as_str(), iuv: iuv.as_str() }, true).await
    }

    /// Fails with the key that is already taken; the transaction goes on being usable.
    pub async fn inserisci_pendenza(&self, p: &Pendenza) -> Result<(), ErroreStore> {
        let inserite =
            pendenza::Entity::insert(mappa::riga_pendenza(p)).on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&self.sql).await;
        if matches!(inserite, Ok(0) | Err(sea_orm::DbErr::RecordNotInserted)) {
            let chiave_presa = pendenza::Entity::find()
                .filter(pendenza::Column::IdA2a.eq(&p.id_a2a).and(pendenza::Column::IdPendenza.eq(&p.id_pendenza)))
                .count(&self.sql)
                .await?
                > 0;
            return Err(ErroreStore::Chiave(if chiave_presa { Vincolo::PendenzaChiave } else { Vincolo::PendenzaIuv }));
        }
        inserite?;
        let voci = p.voci.iter().map(|v| mappa::riga_voce(p, v));
        voce::Entity::insert_many(voci).exec_without_returning(&self.sql).await?;
        Ok(())
    }

    /// Writes the whole position over the one that was locked. Voci are matched by indice; none is ever removed.
    pub async fn aggiorna_pendenza(&self, prima: &Pendenza, dopo: &Pendenza) -> Result<(), ErroreStore> {
        let toccate = pendenza::Entity::update_many()
            .set(mappa::riga_pendenza(dopo))
            .filter(pendenza::Column::Dominio.eq(prima.dominio.as_str()))
            .filter(pendenza::Column::Id.eq(prima.id))
            .filter(pendenza::Column::Stato.eq(prima.stato.codice()))
            .exec(&self.sql)
            .await?
            .rows_affected;
        if toccate != 1 {
            return Err(mappa::illeggibile("pendenza", format!("{toccate} righe in stato {}", prima.stato.codice())));
        }
        for v in &dopo.voci {
            match prima.voci.iter().find(|p| p.indice == v.indice) {
                Some(uguale) if uguale == v => {}
                Some(_) => {
                    voce::Entity::update_many()
                        .set(mappa::riga_voce(dopo, v))
                        .filter(voce::Column::Dominio.eq(dopo.dominio.as_str()))
                        .filter(voce::Column::Pendenza.eq(dopo.id))
                        .filter(voce::Column::Indice.eq(i16::from(v.indice)))
                        .exec(&self.sql)
                        .await?;
                }
                None => {
                    voce::Entity::insert(mappa::riga_voce(dopo, v)).exec_without_returning(&self.sql).await?;
                }
            }
        }
        Ok(())
    }

    /// Inserts or renames the documento of an application; its id is kept.
    pub async fn salva_documento(&self, dominio: &IdDominio, id_a2a: &str, nuovo: &NuovoDocumento, id: Uuid) -> Result<Documento, ErroreStore> {
        let riga = documento::ActiveModel {
            dominio: Set(dominio.to_string()),
            id: Set(id),
            id_a2a: Set(id_a2a.to_owned()),
            identificativo: Set(nuovo.identificativo.clone()),
            descrizione: Set(nuovo.descrizione.clone()),
        };
        let chiave = [documento::Column::Dominio, documento::Column::IdA2a, documento::Column::Identificativo];
        let su_conflitto = OnConflict::columns(chiave).update_column(documento::Column::Descrizione).to_owned();
        documento::Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&self.sql).await?;
        let riga = documento::Entity::find()
            .filter(documento::Column::Dominio.eq(dominio.as_str()))
            .filter(documento::Column::IdA2a.eq(id_a2a))
            .filter(documento::Column::Identificativo.eq(&nuovo.identificativo))
            .one(&self.sql)
            .await?
            .ok_or_else(|| mappa::illeggibile("documento", "riga appena scritta"))?;
        Ok(Documento { id: riga.id, identificativo: riga.identificativo, descrizione: riga.descrizione })
    }

    /// A load replaces the whole set (spec/1 section 6.7). `ids`: as many as `nuovi`.
    pub async fn sostituisci_allegati(&self, p: &Pendenza, nuovi: &[NuovoAllegato], ids: &[i64], adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        let vecchi = allegato::Entity::delete_many().filter(allegato::Column::Dominio.eq(p.dominio.as_str())).filter(allegato::Column::Pendenza.eq(p.id));
        vecchi.exec(&self.sql).await?;
        if nuovi.is_empty() {
            return Ok(());
        }
        let righe = nuovi.iter().zip(ids).map(|(a, id)| allegato::ActiveModel {
            id: Set(*id),
            dominio: Set(p.dominio.to_string()),
            pendenza: Set(p.id),
            nome: Set(a.nome.clone()),
            tipo: Set(a.tipo.clone()),
            descrizione: Set(a.descrizione.clone()),
            contenuto: Set(a.contenuto.clone()),
            data_creazione: Set(adesso),
        });
        allegato::Entity::insert_many(righe).exec_without_returning(&self.sql).await?;
        Ok(())
    }
}

/// The position and its voci in one round trip; a second one only when it names a documento.
async fn una<C: ConnectionTrait>(db: &C, chiave: Chiave<'_>, blocca: bool) -> Result<Option<Pendenza>, ErroreStore> {
    let Some((riga, voci)) = posizione::righe(db, chiave, blocca).await? else { return Ok(None) };
    let documento = documento_di(db, &riga).await?;
    mappa::pendenza(riga, voci, documento).map(Some)
}

async fn documenti_di<C: ConnectionTrait>(db: &C, righe: &[pendenza::Model]) -> Result<HashMap<Uuid, documento::Model>, ErroreStore> {
    let (domini, ids): (HashSet<&str>, HashSet<Uuid>) = righe.iter().filter_map(|r| Some((r.dominio.as_str(), r.documento?))).unzip();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let trovati = documento::Entity::find().filter(documento::Column::Dominio.is_in(domini)).filter(documento::Column::Id.is_in(ids)).all(db).await?;
    Ok(trovati.into_iter().map(|d| (d.id, d)).collect())
}

async fn documento_di<C: ConnectionTrait>(db: &C, riga: &pendenza::Model) -> Result<Option<documento::Model>, ErroreStore> {
    let Some(id) = riga.documento else { return Ok(None) };
    Ok(documento::Entity::find_by_id((riga.dominio.clone(), id)).one(db).await?)
}

const fn colonna(campo: Campo) -> pendenza::Column {
    match campo {
        Campo::DataCaricamento => pendenza::Column::DataCaricamento,
        Campo::DataValidita => pendenza::Column::DataValidita,
        Campo::DataScadenza => pendenza::Column::DataScadenza,
        Campo::Stato => pendenza::Column::Stato,
    }
}

fn condizione(f: &Filtro) -> Condition {
    use pendenza::Column as C;
    let mut c = Condition::all()
        .add(C::IdA2a.eq(&f.id_a2a))
        .add_option(f.dominio.as_ref().map(|d| C::Dominio.eq(d.as_str())))
        .add_option(f.tipi.as_ref().map(|t| C::TipoPendenza.is_in(t)))
        .add_option(f.debitore.as_ref().map(|d| C::DebitoreCerca.eq(d.to_uppercase())))
        .add_option(f.da.map(|d| C::DataCaricamento.gte(d)))
        .add_option(f.a.map(|d| C::DataCaricamento.lte(d)))
        .add_option(f.direzione.as_ref().map(|d| C::Direzione.eq(d)))
        .add_option(f.divisione.as_ref().map(|d| C::Divisione.eq(d)));
    if !f.mostra_spontanei_non_pagati {
        c = c.add(Condition::any().add(C::Tipo.ne(Tipo::Spontaneo.codice())).add(C::Stato.ne(Stato::NonEseguito.codice())));
    }
    if let Some(stato) = f.stato {
        c = c.add(condizione_stato(stato, f.adesso));
    }
    c
}

/// The filter looks at what is stored, not at the derived state (spec/1 section 9.1): it is not the inverse of what is shown.
fn condizione_stato(stato: StatoMostrato, adesso: DateTime<Utc>) -> SimpleExpr {
    use pendenza::Column as C;
    let e = |s: Stato| C::Stato.eq(s.codice());
    let oggi = calendario::oggi(adesso);
    match stato {
        StatoMostrato::NonEseguita => e(Stato::NonEseguito).and(C::DataScadenza.is_null().or(C::DataScadenza.gte(oggi))),
        StatoMostrato::Scaduta => e(Stato::NonEseguito).and(C::DataScadenza.lt(oggi)),
        StatoMostrato::Annullata => e(Stato::Annullato),
        StatoMostrato::Eseguita => e(Stato::Eseguito).and(C::StatoPagamento.eq(StatoPagamento::Pagato.codice())),
        StatoMostrato::Incassata => {
            C::Stato.is_in([Stato::Eseguito.codice(), Stato::EseguitoSenzaRpt.codice()]).and(C::StatoPagamento.eq(StatoPagamento::Incassato.codice()))
        }
        StatoMostrato::EseguitaParziale => e(Stato::ParzialmenteEseguito),
        StatoMostrato::Anomala => Expr::expr(e(Stato::Anomalo)),
    }
}
