//! The archive before the first measure: one ente, and many positions of one voce.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use codici::{AuxDigit, IdDominio};
use domain::anagrafica::{
    Applicazione, ContoAccredito, Dominio, EntrataDominio, Intermediario, Operatore, Servizio, Stazione, TipoEntrata, TipoPendenza, TipoPendenzaDominio, Utenza,
};
use domain::pendenza::TipoContabilita;
use sqlx::PgPool;
use store::Store;

use crate::messaggi::{DOMINIO, IBAN};

pub const AMMINISTRATORE: &str = "gpadmin";
pub const PASSWORD: &str = "Password1!";

/// Configuration of the measured program: what is not here is as it comes.
pub fn configurazione(database: &str, indirizzo: SocketAddr, hash: &str) -> String {
    format!(
        "[database]\nurl = \"{database}\"\nconnessioni = 16\n[http]\nascolto = \"{indirizzo}\"\n[stazione]\nutenti = [{{ nome = \"nodo\", hash = \"{hash}\" }}]\n[log]\nlivello = \"warn\"\n"
    )
}

pub async fn anagrafica(store: &Store) -> Result<()> {
    let id = IdDominio::leggi(DOMINIO).context("dominio")?;
    let a = store.scrivi_anagrafica().await?;
    a.intermediario(&Intermediario::nuovo("11111111113", "Intermediario di prova", "nodo")).await?;
    a.stazione(&Stazione::nuova("11111111113_01", "11111111113", 1)).await?;
    a.dominio(&Dominio {
        stazione: Some("11111111113_01".into()),
        aux_digit: AuxDigit::Tre,
        segregation_code: Some(1),
        intermediato: true,
        ..Dominio::nuovo(id.clone(), "Comune di Prova")
    })
    .await?;
    a.conto(&id, &ContoAccredito::nuovo(IBAN, false)).await?;
    a.tipo_pendenza(&TipoPendenza::nuovo("TARI", "TARI")).await?;
    a.tipo_pendenza_dominio(&id, "TARI", &TipoPendenzaDominio::default()).await?;
    a.tipo_entrata(&TipoEntrata::nuovo("TARI", "TARI", Some((TipoContabilita::Altro, "0101101IM")))).await?;
    a.entrata(&id, "TARI", &EntrataDominio::su(Some(IBAN), None)).await?;
    let password_hash = gateway::accesso::hash_password(PASSWORD)?;
    a.utenza(&Utenza::piena("DEMO", Some(password_hash), &[Servizio::ApiPendenze])).await?;
    // No connettore: what the ente does with a notification is not measured here, and its rows are in neither column.
    a.applicazione(&Applicazione::nuova("DEMO", "DEMO")).await?;
    let password_hash = gateway::accesso::hash_password(PASSWORD)?;
    a.utenza(&Utenza::piena(AMMINISTRATORE, Some(password_hash), &Servizio::BACKOFFICE)).await?;
    a.operatore(&Operatore { principal: AMMINISTRATORE.into(), nome: "Amministratore".into() }).await?;
    a.commit().await?;
    Ok(())
}

/// As many applicazioni of one password, whose hash is computed once: what is measured is the login.
pub async fn applicazioni(store: &Store, quante: u32) -> Result<()> {
    let hash = gateway::accesso::hash_password(PASSWORD)?;
    let a = store.scrivi_anagrafica().await?;
    for n in 0..quante {
        let cod = format!("APP{n}");
        a.utenza(&Utenza::piena(&cod, Some(hash.clone()), &[Servizio::ApiPendenze])).await?;
        a.applicazione(&Applicazione::nuova(&cod, &cod)).await?;
    }
    a.commit().await?;
    Ok(())
}

/// How many of them nobody has paid: the others, the last tenth, have their payment, so that no table is empty when the measures begin and the
/// planner knows how large each is.
pub const fn vive(quante: u64) -> u64 {
    quante - quante / 10
}

/// Positions 0 to `quante`, with the numbers of [`crate::messaggi::Posizione::della_semina`], as PUT would have written them.
pub async fn pendenze(pool: &PgPool, quante: u64) -> Result<()> {
    let quante = i64::try_from(quante)?;
    sqlx::query(PENDENZE).bind(DOMINIO).bind(quante).execute(pool).await?;
    sqlx::query(VOCI).execute(pool).await?;
    sqlx::query(REGISTRO).execute(pool).await?;
    for pagate in [TRANSAZIONI, MESSAGGI, RISCOSSIONI, PAGATO, EVENTI, PAGATE] {
        sqlx::query(pagate).bind(DOMINIO).bind(i64::try_from(vive(u64::try_from(quante)?))?).execute(pool).await?;
    }
    sqlx::query("VACUUM ANALYZE").execute(pool).await?;
    Ok(())
}

/// The reference is `9` and twelve digits; the check digits are the number modulo 93.
const PENDENZE: &str = "INSERT INTO pendenza (dominio, id, id_a2a, id_pendenza, iuv, numero_avviso, tipo_pendenza, tipo, stato, anomalo, causale, importo, debitore, debitore_cerca,
    uuid, data_caricamento, data_ultimo_aggiornamento, data_ultima_modifica_aca, parte, stato_pagamento, importo_pagato, importo_incassato, ack)
    SELECT $1, gen_random_uuid(), 'DEMO', 'S' || n, substr(base, 2) || lpad((base::numeric % 93)::text, 2, '0'), base || lpad((base::numeric % 93)::text, 2, '0'),
        'TARI', 'DOVUTO', 'NON_ESEGUITO', false, 'TARI 2026 prima rata', 13250,
        '{\"tipo\":\"F\",\"identificativo\":\"VLNGRT75C52F205X\",\"anagrafica\":\"Greta Valenti\"}', 'VLNGRT75C52F205X', md5(n::text), t, t, t, 'unica', 'NON_PAGATO', 0, 0, false
    FROM (SELECT n, '301' || '9' || lpad(n::text, 12, '0') AS base, now() - n * interval '1 second' AS t FROM generate_series(0, $2 - 1) n) x";

pub const VOCI: &str = "INSERT INTO voce (dominio, pendenza, indice, id_voce, importo, eseguita, descrizione, riferimento)
    SELECT dominio, id, 1, 'V1', importo, false, 'Quota comunale', '{\"entrata\":\"TARI\"}' FROM pendenza";

const REGISTRO: &str = "INSERT INTO registro (dominio, id, pendenza, voce, conto, importo, causa, data)
    SELECT dominio, gen_random_uuid(), id, 1, 'dovuto', importo, 'caricamento', data_caricamento FROM pendenza";

const TRANSAZIONI: &str = "INSERT INTO transazione (dominio, id, iuv, ccp, pendenza, versione, stato, esito, data_richiesta, data_ricevuta, importo_pagato, stazione, con_rpt, con_rt)
    SELECT dominio, gen_random_uuid(), iuv, lpad(iuv, 32, '0'), id, 'SANP_321_V2', 'RT_ACCETTATA_PA', 0, data_caricamento, data_caricamento, importo, '11111111113_01', true, true
    FROM pendenza WHERE dominio = $1 AND substr(id_pendenza, 2)::bigint >= $2";

/// A kilobyte that does not compress, as large as a compressed message.
const MESSAGGI: &str = "INSERT INTO transazione_xml (dominio, transazione, tipo, contenuto, hash)
    SELECT dominio, id, m, decode((SELECT string_agg(md5(iuv || i || $2), '') FROM generate_series(1, 60) i), 'hex'), decode(md5(iuv) || md5(ccp), 'hex')
    FROM transazione CROSS JOIN (VALUES ('RPT'), ('RT')) x (m) WHERE dominio = $1";

const RISCOSSIONI: &str = "INSERT INTO riscossione (dominio, id, iuv, iur, indice, dominio_pendenza, pendenza, transazione, voce, importo, data, tipo, stato)
    SELECT dominio, gen_random_uuid(), iuv, ccp, 1, dominio, pendenza, id, 1, importo_pagato, data_ricevuta, 'ENTRATA', 'PAGATO' FROM transazione WHERE dominio = $1 AND $2 >= 0";

const PAGATO: &str = "INSERT INTO registro (dominio, id, pendenza, voce, conto, importo, causa, data)
    SELECT dominio, gen_random_uuid(), pendenza, 1, 'pagato', importo_pagato, 'ricevuta:' || ccp, data_ricevuta FROM transazione WHERE dominio = $1 AND $2 >= 0";

const EVENTI: &str =
    "INSERT INTO evento (id, data, durata_ms, componente, ruolo, categoria, tipo, esito, sottotipo_esito, dominio, iuv, ccp, id_a2a, id_pendenza)
    SELECT row_number() OVER (), data_ricevuta, 5, 'API_PAGOPA', 'S', 'I', t, 'OK', '200', dominio, iuv, ccp, 'DEMO', iuv
    FROM transazione CROSS JOIN (VALUES ('paVerifyPaymentNotice'), ('paGetPaymentV2'), ('paSendRTV2')) x (t) WHERE dominio = $1 AND $2 >= 0";

const PAGATE: &str =
    "UPDATE pendenza SET stato = 'ESEGUITO', stato_pagamento = 'PAGATO', importo_pagato = importo, data_pagamento = data_caricamento, iuv_pagamento = iuv
    WHERE dominio = $1 AND substr(id_pendenza, 2)::bigint >= $2";
