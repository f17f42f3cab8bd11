//! A receipt that comes after its flow: the rows that waited for it are judged again, in the transaction of the receipt.
//!
//! A block of rows holds the positions whose payment it does not find, and so does a receipt: one of the two is first, and the other sees it. The transfers
//! of a receipt to another dominio have no position there: the two meet on a lock of that dominio, shared among receipts. Everybody takes positions first and
//! domini after, in order.

use codici::IdDominio;
use domain::anagrafica::Anagrafica;
use domain::pendenza::Pendenza;
use domain::rendicontazione::{Anomalia, Noto, RIPETUTA, riconosci};
use domain::ricevuta::Riscossione;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::chiave_dominio;
use super::righe::pagamento_noto;
use crate::apertura::{Tx, e_sqlite};
use crate::elenchi::flussi::rendicontazione_da_riga;
use crate::entita::{rendicontazione, riscossione};
use crate::errore::ErroreStore;
use crate::sql;

impl Tx {
    /// To be called after the riscossioni of a receipt have been inserted, with the position held. One statement for each dominio that the receipt pays, when
    /// no row waits for it. The older model has an IUR for each payment: every row of the IUV is looked at. Gives how many rows were healed. Index `rendicontazione_iuv`.
    pub async fn sana_rendicontazioni(&self, p: &Pendenza, pagate: &[Riscossione], anagrafica: &Anagrafica) -> Result<usize, ErroreStore> {
        let mut domini: Vec<&IdDominio> = pagate.iter().map(|r| &r.dominio).collect();
        domini.sort_unstable();
        domini.dedup();
        if !e_sqlite(self.sql.get_database_backend()) {
            for altro in domini.iter().filter(|d| ***d != p.dominio) {
                self.sql.execute_raw(sql::con_valori(&self.sql, "SELECT pg_advisory_xact_lock_shared($1)", [chiave_dominio(altro).into()])).await?;
            }
        }
        let mut sanate = 0;
        for dominio in domini {
            sanate += self.sana_nel_dominio(dominio, p.iuv.as_str(), anagrafica).await?;
        }
        Ok(sanate)
    }

    async fn sana_nel_dominio(&self, id: &IdDominio, iuv: &str, anagrafica: &Anagrafica) -> Result<usize, ErroreStore> {
        use rendicontazione::Column as C;
        let Some(dominio) = anagrafica.dominio(id) else { return Ok(0) };
        let query = rendicontazione::Entity::find().filter(C::Dominio.eq(id.as_str())).filter(C::Iuv.eq(iuv));
        let attese = query.filter(C::Riscossione.is_null()).all(&self.sql).await?;
        if attese.is_empty() {
            return Ok(0);
        }
        use riscossione::Column as R;
        let pagate = riscossione::Entity::find().filter(R::Dominio.eq(id.as_str())).filter(R::Iuv.eq(iuv)).all(&self.sql).await?;
        let noto = Noto { pagamenti: pagate.into_iter().map(pagamento_noto).collect::<Result<_, _>>()?, ..Noto::default() };
        let mut sanate = 0;
        for r in attese {
            if Anomalia::da_testo(r.anomalie.as_deref()).iter().any(|a| a.codice == RIPETUTA) {
                continue;
            }
            let giudizio = riconosci(dominio, &rendicontazione_da_riga(r.clone())?.riga, &noto, false);
            let Some(pagamento) = giudizio.pagamento else { continue };
            let legame = giudizio.legame;
            let nuova = rendicontazione::ActiveModel {
                stato: Set(giudizio.stato.codice().to_owned()),
                anomalie: Set(Anomalia::in_testo(&giudizio.anomalie)),
                dominio_pendenza: Set(legame.as_ref().map(|l| l.dominio.to_string())),
                pendenza: Set(legame.as_ref().map(|l| l.pendenza)),
                voce: Set(legame.and_then(|l| l.voce).map(i16::from)),
                riscossione: Set(Some(pagamento)),
                ..Default::default()
            };
            rendicontazione::Entity::update_many().set(nuova).filter(C::Flusso.eq(r.flusso)).filter(C::Riga.eq(r.riga)).exec(&self.sql).await?;
            sanate += 1;
        }
        Ok(sanate)
    }
}
