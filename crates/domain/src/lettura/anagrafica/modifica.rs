//! The PATCH dialect of the anagrafica and of `configurazioni` (spec/2 section 0.5).
//!
//! [`operazioni`] reads the shape of the body; the reader of each resource then matches on the path and uses [`Dialetto`] to refuse, so that the
//! texts are in one place. A value that cannot be, unknown references included, is 400 here where a PUT says 422.

use serde_json::Value;

use crate::Rifiuto;
pub use crate::lettura::modifica::{Op, Operazione};
use crate::lettura::regole::{VALORE_MOSTRATO_MAX, accorcia};

/// The operations of a body that is already JSON: a list of `{op, path, value}`, at most [`crate::lettura::modifica::OPERAZIONI_MAX`].
pub fn operazioni(corpo: &Value) -> Result<Vec<Operazione>, Rifiuto> {
    crate::lettura::modifica::operazioni_lette(corpo)
}

/// 400 `Value non valido per il path 'X'`, also for what only the anagrafica can tell to be wrong.
pub fn value_non_valido<T>(path: &str) -> Result<T, Rifiuto> {
    Err(Rifiuto::Sintassi(format!("Value non valido per il path '{}'", mostra(path))))
}

/// What an operation is refused with.
pub trait Dialetto {
    /// 400 unless the operation is one of those that its path allows.
    fn sia_tra(&self, ammesse: &[Op]) -> Result<(), Rifiuto>;
    /// 400 for a path that the resource does not have.
    fn path_ignoto<T>(&self) -> Result<T, Rifiuto>;
    /// 400 for a value that its path does not take.
    fn value_errato<T>(&self) -> Result<T, Rifiuto>;
}

impl Dialetto for Operazione {
    fn sia_tra(&self, ammesse: &[Op]) -> Result<(), Rifiuto> {
        if ammesse.contains(&self.op) {
            return Ok(());
        }
        Err(Rifiuto::Sintassi(format!("Op '{}' non valido per il path '{}'", self.op.nome(), mostra(&self.path))))
    }

    fn path_ignoto<T>(&self) -> Result<T, Rifiuto> {
        Err(Rifiuto::Sintassi(format!("Path '{}' non valido", mostra(&self.path))))
    }

    fn value_errato<T>(&self) -> Result<T, Rifiuto> {
        value_non_valido(&self.path)
    }
}

fn mostra(path: &str) -> std::borrow::Cow<'_, str> {
    accorcia(path, VALORE_MOSTRATO_MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn una(op: &str, path: &str) -> Operazione {
        let mut lette = operazioni(&json!([{ "op": op, "path": path, "value": 1 }])).expect("forma buona");
        lette.remove(0)
    }

    #[test]
    fn op_e_path_che_mancano_o_non_esistono_sono_400() {
        for (corpo, atteso) in [
            (json!([{ "path": "/acl" }]), "Il campo op non deve essere vuoto."),
            (json!([{ "op": "add", "path": "/acl" }]), "Il campo op non e' valido."),
            (json!([{ "op": "REMOVE", "path": "/acl" }]), "Il campo op non e' valido."),
            (json!([{ "op": "ADD" }]), "Il campo path non deve essere vuoto."),
        ] {
            assert_eq!(operazioni(&corpo), Err(Rifiuto::Sintassi(atteso.to_owned())));
        }
    }

    #[test]
    fn i_rifiuti_hanno_i_testi_del_contratto() {
        let testo = |e: Result<(), Rifiuto>| e.expect_err("rifiutata").dettaglio();
        let o = una("REPLACE", "/acl");
        assert_eq!(o.sia_tra(&[Op::Add, Op::Replace]), Ok(()));
        assert_eq!(testo(o.sia_tra(&[Op::Add, Op::Delete])), "Op 'REPLACE' non valido per il path '/acl'");
        assert_eq!(testo(una("ADD", "/boh").path_ignoto()), "Path '/boh' non valido");
        assert_eq!(testo(o.value_errato()), "Value non valido per il path '/acl'");
        assert!(testo(una("ADD", &"x".repeat(50_000)).path_ignoto()).len() < 2_000);
    }
}
