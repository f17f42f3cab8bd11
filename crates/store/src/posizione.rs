//! The hot read: a position with its voci in one round trip, from a constant text and by column number.
//!
//! The query builder would write the same text anew at every call, and the rows would be read by name: on verify that is most of what the
//! program itself costs. The columns are listed once; text and reading are both made from the list.

use std::sync::LazyLock;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use uuid::Uuid;

use crate::apertura::e_sqlite;
use crate::entita::{pendenza, voce};
use crate::sql;

macro_rules! colonne {
    ($nomi:ident, $leggi:ident, $tabella:ident, [$($campo:ident),+ $(,)?]) => {
        const $nomi: &[&str] = &[$(stringify!($campo)),+];

        fn $leggi(riga: &QueryResult, da: usize) -> Result<$tabella::Model, DbErr> {
            let mut posto = da..;
            let mut prossimo = || posto.next().unwrap_or(usize::MAX);
            // Fields are read in the order in which they are written here.
            Ok($tabella::Model { $($campo: riga.try_get_by_index(prossimo())?),+ })
        }
    };
}

colonne!(
    COLONNE_PENDENZA,
    leggi_pendenza,
    pendenza,
    [
        dominio,
        id,
        id_a2a,
        id_pendenza,
        iuv,
        numero_avviso,
        unita_operativa,
        tipo_pendenza,
        tipo,
        nome,
        stato,
        descrizione_stato,
        anomalo,
        causale,
        importo,
        debitore,
        debitore_cerca,
        uuid,
        data_caricamento,
        data_ultimo_aggiornamento,
        data_ultima_modifica_aca,
        data_validita,
        data_scadenza,
        anno_riferimento,
        cartella_pagamento,
        tassonomia,
        tassonomia_avviso,
        direzione,
        divisione,
        dati_allegati,
        proprieta,
        documento,
        parte,
        stato_pagamento,
        importo_pagato,
        importo_incassato,
        data_pagamento,
        iuv_pagamento,
        ack,
        data_notifica_avviso,
        avviso_notificato,
        data_promemoria_scadenza,
        promemoria_scadenza_notificato,
        data_promemoria_app_io,
        promemoria_app_io_notificato,
    ]
);

colonne!(
    COLONNE_VOCE,
    leggi_voce,
    voce,
    [
        dominio,
        pendenza,
        indice,
        id_voce,
        importo,
        eseguita,
        descrizione,
        descrizione_causale_rpt,
        dominio_voce,
        riferimento,
        contabilita,
        metadata,
        dati_allegati,
    ]
);

/// By which key a position is looked for.
#[derive(Clone, Copy)]
pub enum Chiave<'a> {
    /// Index `pendenza_iuv`.
    Iuv { dominio: &'a str, iuv: &'a str },
    /// Index `pendenza_chiave`.
    Applicazione { id_a2a: &'a str, id_pendenza: &'a str },
    /// Primary key.
    Riga { dominio: &'a str, id: Uuid },
}

static PER_IUV: LazyLock<String> = LazyLock::new(|| testo("p.dominio = $1 AND p.iuv = $2"));
static PER_RIGA: LazyLock<String> = LazyLock::new(|| testo("p.dominio = $1 AND p.id = $2"));
static PER_APPLICAZIONE: LazyLock<String> = LazyLock::new(|| testo("p.id_a2a = $1 AND p.id_pendenza = $2"));

fn testo(dove: &str) -> String {
    let colonne = COLONNE_PENDENZA.iter().map(|c| format!("p.{c}")).chain(COLONNE_VOCE.iter().map(|c| format!("v.{c}"))).collect::<Vec<_>>().join(", ");
    format!("SELECT {colonne} FROM pendenza p LEFT JOIN voce v ON v.dominio = p.dominio AND v.pendenza = p.id WHERE {dove}")
}

/// The rows of one position. `blocca` holds the position: its voci change only under it.
///
/// On PostgreSQL it is held by a statement of its own. A row that is waited for is read as its last writer left it, but what is joined to it is read as it
/// was when the waiting began: one statement would give the position of now with the voci of before.
pub async fn righe<C: ConnectionTrait>(db: &C, chiave: Chiave<'_>, blocca: bool) -> Result<Option<(pendenza::Model, Vec<voce::Model>)>, DbErr> {
    let (base, valori): (&str, [Value; 2]) = match chiave {
        Chiave::Iuv { dominio, iuv } => (&PER_IUV, [dominio.into(), iuv.into()]),
        Chiave::Applicazione { id_a2a, id_pendenza } => (&PER_APPLICAZIONE, [id_a2a.into(), id_pendenza.into()]),
        Chiave::Riga { dominio, id } => (&PER_RIGA, [dominio.into(), id.into()]),
    };
    if blocca && !e_sqlite(db.get_database_backend()) {
        let (_, dove) = base.split_once(" WHERE ").unwrap_or_default();
        let lucchetto = format!("SELECT 1 FROM pendenza p WHERE {dove} FOR UPDATE");
        if db.query_one_raw(sql::con_valori(db, &lucchetto, valori.clone())).await?.is_none() {
            return Ok(None);
        }
    }
    let righe = db.query_all_raw(sql::con_valori(db, base, valori)).await?;
    let Some(prima) = righe.first() else { return Ok(None) };
    let posizione = leggi_pendenza(prima, 0)?;
    let mut voci = Vec::with_capacity(righe.len());
    for riga in &righe {
        // A position without voci gives one row whose second half is null.
        if riga.try_get_by_index::<Option<i16>>(COLONNE_PENDENZA.len() + 2)?.is_some() {
            voci.push(leggi_voce(riga, COLONNE_PENDENZA.len())?);
        }
    }
    Ok(Some((posizione, voci)))
}
