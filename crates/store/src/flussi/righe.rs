//! Rows of a flow, judged while they are written.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use codici::{IdDominio, Importo};
use domain::anagrafica::Dominio;
use domain::rendicontazione::{Anomalia, Ignota, Noto, PagamentoNoto, PendenzaNota, Riconosciuta, Riga, iuv_interno, riconosci};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set, Value};
use uuid::Uuid;

use super::{NuovoFlusso, Perduto, chiave_dominio};
use crate::apertura::{Corsia, Store, Tx, e_sqlite};
use crate::entita::{rendicontazione, riscossione};
use crate::errore::ErroreStore;
use crate::{mappa, sql};

/// Rows of one transaction: eighteen columns each, under the 32,766 parameters of SQLite, and well under 200 ms.
pub const RIGHE_PER_BLOCCO: usize = 500;

/// What became of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BloccoScritto {
    /// With the anomalies that are of the flow too.
    Scritto(Vec<Anomalia>),
    /// Nothing was written: of these IUVs somebody has to be asked first.
    Chiedi(Vec<String>),
    Perduto,
}

type Chiave = (String, String, Option<u8>);

impl Store {
    /// Writes at most [`RIGHE_PER_BLOCCO`] rows, numbered from `prima`. `ignote`: what was said of IUVs of ours that have no pendenza; `None` asks for those
    /// that are not in it.
    pub async fn scrivi_righe(
        &self,
        f: &NuovoFlusso,
        dominio: &Dominio,
        prima: i64,
        righe: &[Riga],
        ignote: &HashMap<String, Ignota>,
        adesso: DateTime<Utc>,
    ) -> Result<BloccoScritto, ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        if let Err(Perduto) = tx.rinnova(f.id, adesso).await? {
            return Ok(BloccoScritto::Perduto);
        }
        let mut noti = tx.noti(&dominio.cod, righe).await?;
        let da_chiedere: Vec<String> = righe
            .iter()
            .filter(|r| !ignote.contains_key(&r.iuv) && iuv_interno(dominio, &r.iuv))
            .filter(|r| noti.get(&r.iuv).is_none_or(|n| n.pagamenti.is_empty() && n.pendenza.is_none()))
            .map(|r| r.iuv.clone())
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        if !da_chiedere.is_empty() {
            return Ok(BloccoScritto::Chiedi(da_chiedere));
        }
        for (iuv, ignota) in ignote {
            if let Some(noto) = noti.get_mut(iuv) {
                noto.ignota = Some(ignota.clone());
            }
        }
        let mut viste = tx.chiavi_gia_scritte(f.id, &dominio.cod, righe).await?;
        let nessuno = Noto::default();
        let mut del_flusso = Vec::new();
        let mut scritte = Vec::with_capacity(righe.len());
        for (numero, riga) in (prima..).zip(righe) {
            let ripetuta = !viste.insert(chiave(riga));
            let giudizio = riconosci(dominio, riga, noti.get(&riga.iuv).unwrap_or(&nessuno), ripetuta);
            del_flusso.extend(giudizio.anche_del_flusso().cloned());
            scritte.push(riga_nuova(f.id, numero, &dominio.cod, riga, giudizio));
        }
        rendicontazione::Entity::insert_many(scritte).exec_without_returning(&tx.sql).await?;
        tx.commit().await?;
        Ok(BloccoScritto::Scritto(del_flusso))
    }
}

impl Tx {
    /// What the archive knows of the IUVs of these rows. Where a payment is missing the position is held, so that a receipt that is being written is waited
    /// for: afterwards it finds the row and heals it (`sana.rs`). Locks are statements of their own, see `posizione.rs`.
    async fn noti(&self, dominio: &IdDominio, righe: &[Riga]) -> Result<HashMap<String, Noto>, ErroreStore> {
        let mut noti: HashMap<String, Noto> = righe.iter().map(|r| (r.iuv.clone(), Noto::default())).collect();
        let tutti: Vec<String> = noti.keys().cloned().collect();
        self.aggiungi_pagamenti(dominio, &tutti, &mut noti).await?;
        let mancanti: HashSet<&str> = righe.iter().filter(|r| !pagata(r, &noti[&r.iuv])).map(|r| r.iuv.as_str()).collect();
        let mut mancanti: Vec<String> = mancanti.into_iter().map(str::to_owned).collect();
        if mancanti.is_empty() {
            return Ok(noti);
        }
        mancanti.sort_unstable();
        if !e_sqlite(self.sql.get_database_backend()) {
            self.aspetta_ricevute(dominio, &mancanti).await?;
            for iuv in &mancanti {
                noti.insert(iuv.clone(), Noto::default());
            }
            self.aggiungi_pagamenti(dominio, &mancanti, &mut noti).await?;
        }
        self.aggiungi_pendenze(dominio, &mancanti, &mut noti).await?;
        Ok(noti)
    }

    /// Always in the order of the IUV; then the receipts of other domini that pay this one.
    async fn aspetta_ricevute(&self, dominio: &IdDominio, iuv: &[String]) -> Result<(), ErroreStore> {
        let testo = format!("SELECT 1 FROM pendenza WHERE dominio = $1 AND iuv IN ({}) ORDER BY iuv FOR SHARE", segnaposti(iuv.len()));
        self.sql.query_all_raw(sql::con_valori(&self.sql, &testo, con_dominio(dominio, iuv))).await?;
        self.sql.execute_raw(sql::con_valori(&self.sql, "SELECT pg_advisory_xact_lock($1)", [chiave_dominio(dominio).into()])).await?;
        Ok(())
    }

    /// Index `riscossione_chiave`.
    async fn aggiungi_pagamenti(&self, dominio: &IdDominio, iuv: &[String], noti: &mut HashMap<String, Noto>) -> Result<(), ErroreStore> {
        use riscossione::Column as R;
        let trovate = riscossione::Entity::find().filter(R::Dominio.eq(dominio.as_str())).filter(R::Iuv.is_in(iuv)).all(&self.sql).await?;
        for r in trovate {
            if let Some(noto) = noti.get_mut(&r.iuv) {
                noto.pagamenti.push(pagamento_noto(r)?);
            }
        }
        Ok(())
    }

    /// Index `pendenza_iuv`.
    async fn aggiungi_pendenze(&self, dominio: &IdDominio, iuv: &[String], noti: &mut HashMap<String, Noto>) -> Result<(), ErroreStore> {
        let testo = format!(
            "SELECT p.iuv, p.id, v.indice FROM pendenza p LEFT JOIN voce v ON v.dominio = p.dominio AND v.pendenza = p.id
             WHERE p.dominio = $1 AND p.iuv IN ({})",
            segnaposti(iuv.len())
        );
        for r in self.sql.query_all_raw(sql::con_valori(&self.sql, &testo, con_dominio(dominio, iuv))).await? {
            let (iuv, id, voce): (String, Uuid, Option<i16>) = (r.try_get_by_index(0)?, r.try_get_by_index(1)?, r.try_get_by_index(2)?);
            let Some(noto) = noti.get_mut(&iuv) else { continue };
            let nota = noto.pendenza.get_or_insert_with(|| PendenzaNota { id, voci: Vec::new() });
            nota.voci.extend(voce.and_then(|v| u8::try_from(v).ok()));
        }
        Ok(())
    }

    /// Keys of earlier rows of the flow that these may repeat. Index `rendicontazione_iuv`.
    async fn chiavi_gia_scritte(&self, flusso: Uuid, dominio: &IdDominio, righe: &[Riga]) -> Result<HashSet<Chiave>, ErroreStore> {
        use rendicontazione::Column as C;
        let iuv: HashSet<&str> = righe.iter().map(|r| r.iuv.as_str()).collect();
        let query = rendicontazione::Entity::find().filter(C::Dominio.eq(dominio.as_str())).filter(C::Iuv.is_in(iuv)).filter(C::Flusso.eq(flusso));
        let trovate: Vec<(String, String, Option<i16>)> = query.select_only().columns([C::Iuv, C::Iur, C::Indice]).into_tuple().all(&self.sql).await?;
        Ok(trovate.into_iter().map(|(iuv, iur, indice)| (iuv, iur, indice.and_then(|i| u8::try_from(i).ok()))).collect())
    }
}

/// A payment explains the row: nothing that comes later changes that.
fn pagata(riga: &Riga, noto: &Noto) -> bool {
    noto.pagamenti.iter().any(|p| p.iur == riga.iur && riga.indice == Some(p.indice))
}

fn chiave(riga: &Riga) -> Chiave {
    (riga.iuv.clone(), riga.iur.clone(), riga.indice)
}

fn segnaposti(quanti: usize) -> String {
    (2..quanti + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

fn con_dominio(dominio: &IdDominio, iuv: &[String]) -> Vec<Value> {
    std::iter::once(dominio.as_str().into()).chain(iuv.iter().map(|i| i.as_str().into())).collect()
}

pub(super) fn pagamento_noto(r: riscossione::Model) -> Result<PagamentoNoto, ErroreStore> {
    let piccolo = |n: i16, cosa| u8::try_from(n).map_err(|_| mappa::illeggibile("riscossione", cosa));
    Ok(PagamentoNoto {
        id: r.id,
        iur: r.iur,
        indice: piccolo(r.indice, "indice")?,
        importo: Importo::da_cent(r.importo),
        dominio_pendenza: mappa::dominio(&r.dominio_pendenza, "riscossione")?,
        pendenza: r.pendenza,
        voce: r.voce.map(|v| piccolo(v, "voce")).transpose()?,
    })
}

fn riga_nuova(flusso: Uuid, numero: i64, dominio: &IdDominio, riga: &Riga, g: Riconosciuta) -> rendicontazione::ActiveModel {
    rendicontazione::ActiveModel {
        flusso: Set(flusso),
        riga: Set(numero),
        dominio: Set(dominio.to_string()),
        iuv: Set(riga.iuv.clone()),
        iur: Set(riga.iur.clone()),
        indice: Set(riga.indice.map(i16::from)),
        importo: Set(riga.importo.cent()),
        esito: Set(i16::try_from(riga.esito.codice()).unwrap_or(i16::MAX)),
        data: Set(riga.data),
        stato: Set(g.stato.codice().to_owned()),
        anomalie: Set(Anomalia::in_testo(&g.anomalie)),
        dominio_pendenza: Set(g.legame.as_ref().map(|l| l.dominio.to_string())),
        pendenza: Set(g.legame.as_ref().map(|l| l.pendenza)),
        voce: Set(g.legame.as_ref().and_then(|l| l.voce).map(i16::from)),
        riscossione: Set(g.pagamento),
        recupero_rt: Set(true),
        recupero_rt_da: Set(None),
        notifica_inviata: Set(false),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use domain::rendicontazione::EsitoRiga;

    use super::*;
    use crate::apertura::Opzioni;
    use crate::flussi::{ChiaveVersione, Inizio};

    fn riga(n: usize) -> Riga {
        Riga {
            iuv: format!("99{n:015}"),
            iur: "R".to_owned(),
            indice: Some(1),
            importo: Importo::da_cent(100),
            esito: EsitoRiga::Eseguito,
            data: DateTime::UNIX_EPOCH,
        }
    }

    fn nuovo(dominio: &Dominio) -> NuovoFlusso {
        NuovoFlusso {
            id: Uuid::now_v7(),
            dominio: dominio.cod.clone(),
            id_flusso: "2026-11-20BANCA-1".to_owned(),
            data: DateTime::UNIX_EPOCH,
            psp: "BANCA".to_owned(),
            nome_psp: None,
            nome_dominio: None,
            revisione_pagopa: None,
            trn: "TRN".to_owned(),
            data_regolamento: chrono::NaiveDate::default(),
            bic: None,
            numero_pagamenti: 1,
            importo_totale: Importo::ZERO,
            data_pubblicazione: None,
            data_aggiornamento: None,
        }
    }

    /// As many statements for ten rows as for five hundred, with nothing known of any of them: what costs most.
    #[tokio::test]
    async fn le_istruzioni_di_un_blocco_non_dipendono_dalle_righe() {
        let cartella = tempfile::tempdir().expect("cartella");
        let url = format!("sqlite:{}", cartella.path().join("prova.db").display());
        let store = Store::apri(&Opzioni { url, connessioni: 1 }).await.expect("archivio");
        let dominio = Dominio { segregation_code: Some(1), ..Dominio::nuovo(IdDominio::leggi("12345678901").expect("dominio"), "Comune") };
        let f = nuovo(&dominio);
        let adesso = Utc::now();
        let chiave = ChiaveVersione::Data { id_flusso: f.id_flusso.clone(), data: f.data };
        assert_eq!(store.comincia_flusso(&f, &chiave, adesso).await.expect("inizio"), Inizio::Preso);
        let istruzioni = store.conta_istruzioni();
        let mut prima = 1;
        let mut contate = Vec::new();
        for quante in [10, 100, RIGHE_PER_BLOCCO] {
            let righe: Vec<Riga> = (0..quante).map(|n| riga(usize::try_from(prima).expect("positivo") + n)).collect();
            istruzioni.store(0, Ordering::Relaxed);
            let esito = store.scrivi_righe(&f, &dominio, prima, &righe, &HashMap::new(), adesso).await.expect("scritte");
            assert_eq!(esito, BloccoScritto::Scritto(Vec::new()));
            contate.push(istruzioni.load(Ordering::Relaxed));
            prima += i64::try_from(quante).expect("pochi");
        }
        assert!(contate.iter().all(|n| *n == contate[0] && (4..=8).contains(n)), "{contate:?}");
    }
}
