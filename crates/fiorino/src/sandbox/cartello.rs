//! What is printed when the sandbox is ready: where to click, who to be, what to paste.

use std::fmt;

use super::{APPLICAZIONE, OPERATORE, PASSWORD, UTENTE_NODO, pendenze, seme};
use crate::comandi::OpzioniSandbox;

const API_PENDENZE: &str = "/govpay/backend/api/pendenze/rs/basic/v2/pendenze";

pub struct Cartello<'a> {
    pub base: &'a str,
    pub simulatore: &'a str,
    pub opzioni: &'a OpzioniSandbox,
}

impl fmt::Display for Cartello<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base, simulatore, opzioni } = self;
        let [primo, secondo] = seme::domini();
        writeln!(f, "\nFiorino: SANDBOX. Nessun denaro si muove, le password sono pubbliche, si ascolta solo su questa macchina.\n")?;
        writeln!(f, "  Pagare un avviso   {simulatore}/")?;
        writeln!(f, "  Stato del gateway  {base}/health/ready")?;
        writeln!(f, "  Provare le API     {base}/documentazione")?;
        writeln!(f, "  Pendenze           {base}{API_PENDENZE}")?;
        writeln!(f, "  Dati in            {}\n", opzioni.data.display())?;
        writeln!(f, "  Operatore     {OPERATORE} / {PASSWORD}")?;
        writeln!(f, "  Applicazione  {APPLICAZIONE} / {PASSWORD}  (idA2A {APPLICAZIONE})")?;
        writeln!(f, "  Nodo pagoPA   {UTENTE_NODO} / {PASSWORD}  (intermediario {}, stazione {})", seme::INTERMEDIARIO, seme::STAZIONE)?;
        for utente in &opzioni.utente_nodo {
            writeln!(f, "                {} / la password data con --utente-nodo", utente.nome)?;
        }
        writeln!(f, "  Domini        {} {}, {} {}\n", primo.cod, primo.nome, secondo.cod, secondo.nome)?;
        writeln!(f, "Per caricare una pendenza:\n")?;
        let corpo = pendenze::su_entrata(primo.cod, "TARI", "Tassa sui rifiuti, seconda rata", "120.50", 60);
        writeln!(f, "  curl -X PUT -u '{APPLICAZIONE}:{PASSWORD}' -H 'Content-Type: application/json' \\")?;
        writeln!(f, "    '{base}{API_PENDENZE}/{APPLICAZIONE}/prova-1' \\")?;
        writeln!(f, "    -d '{corpo}'\n")?;
        write!(f, "La risposta dice il numeroAvviso, che si paga alla pagina del simulatore. Ctrl-C per fermare; la stessa cartella riprende da qui.")
    }
}
