//! After a backup has been put back, the counters of IUV are those of the backup: numbers given since then would be given again
//! (design/RISKS). Here each counter is moved past every number of its own that the database knows, and a margin further.
//!
//! What is known is more than the positions: receipts for positions that the backup does not have, attempts, and the journal of the calls of the
//! node, which may have come in since.

use std::collections::HashMap;

use codici::IdDominio;
use codici::iuv::{Numerazione, cifre_di_controllo};
use domain::Anagrafica;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, TryGetable};

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::contatore_iuv;
use crate::errore::ErroreStore;
use crate::mappa::{self, illeggibile};
use crate::sql;

/// Numbers left free beyond the highest that is known: those given after the backup of which no trace has come back. It is ten thousand times
/// a day's work of a small ente, and a day's of a large one.
pub const MARGINE: u64 = 100_000;
/// The margin never takes more than this part of what the prefix still has.
const PARTE_DEL_MARGINE: u64 = 10;
/// A number further than this from the counter was not given by it: an application chose it. The counter does not run after it, because
/// a number that is taken is met and skipped anyway.
pub const SALTO_MASSIMO: u64 = 100_000_000;
/// Rows read at a time: memory does not grow with the number of positions.
const RIGHE_PER_LETTURA: u64 = 5_000;

/// Where IUV are written. Each has an index that starts with (dominio, iuv), but `ricevuta_estranea`, which is short.
const TABELLE: [&str; 4] = ["pendenza", "transazione", "ricevuta_estranea", "evento"];

/// A counter as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContatoreIuv {
    pub dominio: IdDominio,
    pub prefisso: String,
    /// The next number to be reserved.
    pub prossimo: u64,
    /// Recoveries since the counter was born.
    pub epoca: i32,
}

impl ContatoreIuv {
    /// How much of the prefix is left, from 0 to 1, and how many numbers. `None` when the dominio cannot number any more.
    #[must_use]
    pub fn rimasti(&self, anagrafica: &Anagrafica) -> Option<(f64, u64)> {
        let numerazione = numerazione(&self.dominio, anagrafica)?;
        let capienza = numerazione.capienza(&self.prefisso);
        let rimasti = (capienza + 1).saturating_sub(self.prossimo.max(1));
        Some((if capienza == 0 { 0.0 } else { rimasti as f64 / capienza as f64 }, rimasti))
    }
}

/// What became of a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recuperato {
    pub contatore: ContatoreIuv,
    pub prossimo_prima: u64,
    /// The highest of its numbers that the database knows.
    pub massimo_noto: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recupero {
    pub contatori: Vec<Recuperato>,
    /// Numbers that look like ours and belong to no counter: of a prefix that was born after the backup, or chosen by applications.
    pub senza_contatore: u64,
}

impl Store {
    /// Every counter, by dominio and prefix: one for each prefix in use.
    pub async fn contatori_iuv(&self) -> Result<Vec<ContatoreIuv>, ErroreStore> {
        leggi(self.lettura()).await
    }

    /// Moves every counter past the numbers that are known and opens a new epoch, in one transaction. Call it while no node is running: a node
    /// has blocks in memory. Doing it twice only leaves a gap.
    pub async fn recupera_contatori(&self) -> Result<Recupero, ErroreStore> {
        let anagrafica = self.carica_anagrafica(&Anagrafica::default()).await?;
        let tx = self.begin(Corsia::Lavori).await?;
        let mut per_dominio: HashMap<IdDominio, Vec<ContatoreIuv>> = HashMap::new();
        for contatore in leggi(&tx.sql).await? {
            per_dominio.entry(contatore.dominio.clone()).or_default().push(contatore);
        }
        let mut recupero = Recupero::default();
        for dominio in anagrafica.domini.keys() {
            let Some(numerazione) = numerazione(dominio, &anagrafica) else { continue };
            let mut conto = Conto::nuovo(numerazione, per_dominio.remove(dominio).unwrap_or_default());
            for tabella in TABELLE {
                tx.scorri_iuv(tabella, dominio, |iuv| conto.vedi(iuv)).await?;
            }
            recupero.senza_contatore += conto.senza_contatore;
            for (contatore, massimo_noto) in conto.contatori {
                recupero.contatori.push(tx.sposta(contatore, massimo_noto, numerazione).await?);
            }
        }
        tx.commit().await?;
        recupero.contatori.sort_by(|a, b| (a.contatore.dominio.as_str(), &a.contatore.prefisso).cmp(&(b.contatore.dominio.as_str(), &b.contatore.prefisso)));
        Ok(recupero)
    }
}

fn numerazione(dominio: &IdDominio, anagrafica: &Anagrafica) -> Option<Numerazione> {
    anagrafica.numerazione(anagrafica.dominio(dominio)?)
}

async fn leggi<C: ConnectionTrait>(db: &C) -> Result<Vec<ContatoreIuv>, ErroreStore> {
    let righe = contatore_iuv::Entity::find().order_by_asc(contatore_iuv::Column::Dominio).order_by_asc(contatore_iuv::Column::Prefisso).all(db).await?;
    let contatore = |r: contatore_iuv::Model| {
        Ok(ContatoreIuv {
            dominio: mappa::dominio(&r.dominio, "contatore_iuv")?,
            prefisso: r.prefisso,
            prossimo: u64::try_from(r.prossimo).map_err(|_| illeggibile("contatore_iuv", "prossimo"))?,
            epoca: r.epoca,
        })
    };
    righe.into_iter().map(contatore).collect()
}

/// The numbers of a dominio, given to its counters.
struct Conto {
    numerazione: Numerazione,
    /// Longest prefix first: a number belongs to the first that it starts with.
    contatori: Vec<(ContatoreIuv, Option<u64>)>,
    senza_contatore: u64,
}

impl Conto {
    fn nuovo(numerazione: Numerazione, mut contatori: Vec<ContatoreIuv>) -> Self {
        contatori.sort_by_key(|c| std::cmp::Reverse(c.prefisso.len()));
        Self { numerazione, contatori: contatori.into_iter().map(|c| (c, None)).collect(), senza_contatore: 0 }
    }

    fn vedi(&mut self, iuv: &str) {
        let Some(riferimento) = riferimento(self.numerazione, iuv) else { return };
        let suo = self.contatori.iter_mut().find_map(|(contatore, massimo)| {
            let progressivo = riferimento.strip_prefix(contatore.prefisso.as_str())?.parse::<u64>().ok()?;
            (progressivo < contatore.prossimo.saturating_add(SALTO_MASSIMO)).then_some((massimo, progressivo))
        });
        match suo {
            Some((massimo, progressivo)) => *massimo = Some(massimo.map_or(progressivo, |m| m.max(progressivo))),
            None => self.senza_contatore += 1,
        }
    }
}

/// The digits between what the numerazione puts before them and the check digits; `None` for an IUV that is not made this way. Check digits tell
/// ours from most of those that others made.
fn riferimento(numerazione: Numerazione, iuv: &str) -> Option<&str> {
    if !iuv.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (testa_avviso, testa_iuv, cifre) = match numerazione {
        Numerazione::Aux0 { application_code } => (format!("0{application_code:02}"), String::new(), 13),
        Numerazione::Aux1 => ("1".to_owned(), String::new(), 15),
        Numerazione::Aux2 => ("2".to_owned(), String::new(), 15),
        Numerazione::Aux3 { segregation_code } => ("3".to_owned(), format!("{segregation_code:02}"), 13),
    };
    let dopo = iuv.strip_prefix(testa_iuv.as_str()).filter(|r| r.len() == cifre + 2)?;
    let (riferimento, controllo) = dopo.split_at(cifre);
    let base = format!("{testa_avviso}{testa_iuv}{riferimento}");
    (format!("{:02}", cifre_di_controllo(&base)) == controllo).then_some(riferimento)
}

impl Tx {
    async fn scorri_iuv(&self, tabella: &str, dominio: &IdDominio, mut vedi: impl FnMut(&str)) -> Result<(), ErroreStore> {
        let testo = format!("SELECT DISTINCT iuv FROM {tabella} WHERE dominio = $1 AND iuv > $2 ORDER BY iuv LIMIT {RIGHE_PER_LETTURA}");
        let mut ultimo = String::new();
        loop {
            let righe = self.sql.query_all_raw(sql::con_valori(&self.sql, &testo, [dominio.as_str().into(), ultimo.as_str().into()])).await?;
            let quante = righe.len() as u64;
            for riga in righe {
                ultimo = String::try_get(&riga, "", "iuv").map_err(sea_orm::DbErr::from)?;
                vedi(&ultimo);
            }
            if quante < RIGHE_PER_LETTURA {
                return Ok(());
            }
        }
    }

    async fn sposta(&self, contatore: ContatoreIuv, massimo_noto: Option<u64>, numerazione: Numerazione) -> Result<Recuperato, ErroreStore> {
        let prossimo_prima = contatore.prossimo;
        let oltre = massimo_noto.map_or(0, |m| m + 1).max(prossimo_prima);
        let rimasti = numerazione.capienza(&contatore.prefisso).saturating_sub(oltre);
        let prossimo = oltre + MARGINE.min(rimasti / PARTE_DEL_MARGINE);
        let valore = i64::try_from(prossimo).map_err(|_| illeggibile("contatore_iuv", "prossimo"))?;
        let istruzione = sql::con_valori(
            &self.sql,
            "UPDATE contatore_iuv SET prossimo = $1, epoca = epoca + 1 WHERE dominio = $2 AND prefisso = $3",
            [valore.into(), contatore.dominio.as_str().into(), contatore.prefisso.as_str().into()],
        );
        self.sql.execute_raw(istruzione).await?;
        Ok(Recuperato { contatore: ContatoreIuv { prossimo, epoca: contatore.epoca + 1, ..contatore }, prossimo_prima, massimo_noto })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUX3: Numerazione = Numerazione::Aux3 { segregation_code: 1 };

    fn contatore(prefisso: &str, prossimo: u64) -> ContatoreIuv {
        ContatoreIuv { dominio: IdDominio::leggi("12345678901").expect("dominio"), prefisso: prefisso.to_owned(), prossimo, epoca: 0 }
    }

    fn iuv(numerazione: Numerazione, prefisso: &str, progressivo: u64) -> String {
        numerazione.genera(prefisso, progressivo).expect("generabile").iuv().to_string()
    }

    #[test]
    fn il_riferimento_si_ritrova_in_ogni_numerazione() {
        for numerazione in [Numerazione::Aux0 { application_code: 7 }, Numerazione::Aux1, Numerazione::Aux2, AUX3] {
            let generato = iuv(numerazione, "26", 42);
            let letto = riferimento(numerazione, &generato).expect("nostro");
            assert_eq!(letto.strip_prefix("26").and_then(|p| p.parse().ok()), Some(42_u64));
        }
        let buono = iuv(AUX3, "", 42);
        for altrui in ["", "RF18539007547034", "0200000000000018A", &buono[1..], &format!("{buono}0")] {
            assert_eq!(riferimento(AUX3, altrui), None, "{altrui}");
        }
        assert_eq!(riferimento(Numerazione::Aux3 { segregation_code: 2 }, &buono), None);
        let controllo_sbagliato = format!("{}{}", &buono[..16], (buono.as_bytes()[16] - b'0' + 1) % 10);
        assert_eq!(riferimento(AUX3, &controllo_sbagliato), None);
    }

    #[test]
    fn un_numero_e_del_prefisso_piu_lungo_e_quelli_lontani_non_trascinano() {
        let mut conto = Conto::nuovo(AUX3, vec![contatore("", 1), contatore("26", 101)]);
        conto.vedi(&iuv(AUX3, "26", 500));
        conto.vedi(&iuv(AUX3, "", 33));
        conto.vedi(&iuv(AUX3, "", 9_999_999_999_999));
        conto.vedi("non un numero");
        let massimi: Vec<_> = conto.contatori.iter().map(|(c, m)| (c.prefisso.as_str(), *m)).collect();
        assert_eq!(massimi, [("26", Some(500)), ("", Some(33))]);
        assert_eq!(conto.senza_contatore, 1);
    }

    #[test]
    fn i_rimasti_si_contano_sul_prefisso() {
        use domain::anagrafica::Dominio;
        let cod = IdDominio::leggi("12345678901").expect("dominio");
        let mut a = Anagrafica::default();
        assert_eq!(contatore("", 1).rimasti(&a), None);
        let dominio = Dominio { segregation_code: Some(1), intermediato: true, ..Dominio::nuovo(cod.clone(), "Comune") };
        a.domini.insert_mut(cod, std::sync::Arc::new(dominio));
        assert_eq!(contatore("1234567890", 1).rimasti(&a), Some((1.0, 999)));
        assert_eq!(contatore("1234567890", 1_000).rimasti(&a), Some((0.0, 0)));
        assert_eq!(contatore("1234567890", 5_000).rimasti(&a), Some((0.0, 0)));
    }

    #[tokio::test]
    async fn dopo_un_ripristino_nessun_numero_noto_e_dato_di_nuovo() {
        use crate::contatori::{Contatori, NUMERI_PER_BLOCCO};
        use domain::anagrafica::Dominio;
        let cartella = tempfile::tempdir().expect("cartella");
        let url = format!("sqlite:{}", cartella.path().join("prova.db").display());
        let store = Store::apri(&crate::apertura::Opzioni { url, connessioni: 1 }).await.expect("store");
        let cod = IdDominio::leggi("12345678901").expect("dominio");
        let scrittura = store.scrivi_anagrafica().await.expect("scrittura");
        let dominio = Dominio { segregation_code: Some(1), intermediato: false, ..Dominio::nuovo(cod.clone(), "Comune") };
        scrittura.dominio(&dominio).await.expect("dominio");
        scrittura.commit().await.expect("commit");
        // The backup knows one block of each prefix; receipts and calls of the node tell of later numbers.
        for prefisso in ["", "26"] {
            assert_eq!(Contatori::default().prossimo(&store, &cod, prefisso).await.expect("numero"), 1);
        }
        let tx = store.begin(Corsia::Lavori).await.expect("tx");
        let evento = "INSERT INTO evento (id, data, componente, ruolo, categoria, tipo, esito, dominio, iuv) VALUES ($1, '2026-11-22', 'c', 'r', 'k', 't', 'OK', $2, $3)";
        let visti = [iuv(AUX3, "26", 777), iuv(AUX3, "26", 12), iuv(AUX3, "26", 900_000_000), "RF18539007547034".to_owned()];
        for (id, visto) in visti.iter().enumerate() {
            let valori = [i64::try_from(id).expect("id").into(), cod.as_str().into(), visto.as_str().into()];
            tx.sql.execute_raw(sql::con_valori(&tx.sql, evento, valori)).await.expect("evento");
        }
        let estranea = "INSERT INTO ricevuta_estranea (dominio, receipt_id, iuv, stazione, importo, ricevuta_il, contenuto, hash)
                        VALUES ($1, 'r1', $2, 's', 100, '2026-11-22', x'00', x'00')";
        tx.sql.execute_raw(sql::con_valori(&tx.sql, estranea, [cod.as_str().into(), iuv(AUX3, "", 5_000).into()])).await.expect("ricevuta");
        tx.commit().await.expect("commit");

        let recupero = store.recupera_contatori().await.expect("recupero");

        let attesi = [("", Some(5_000), 5_001 + MARGINE), ("26", Some(777), 778 + MARGINE)];
        let avuti: Vec<_> = recupero.contatori.iter().map(|r| (r.contatore.prefisso.as_str(), r.massimo_noto, r.contatore.prossimo)).collect();
        assert_eq!(avuti, attesi);
        assert!(recupero.contatori.iter().all(|r| r.contatore.epoca == 1 && r.prossimo_prima == 1 + NUMERI_PER_BLOCCO));
        assert_eq!(recupero.senza_contatore, 1);
        let riletti: Vec<_> = recupero.contatori.iter().map(|r| r.contatore.clone()).collect();
        assert_eq!(store.contatori_iuv().await.expect("contatori"), riletti);
        assert_eq!(Contatori::default().prossimo(&store, &cod, "26").await.expect("numero"), 778 + MARGINE);
    }
}
