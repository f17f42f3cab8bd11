//! Templates and schemas that integrators write, looked at before they are kept (spec/2 section 2.7).

use domain::Rifiuto;
use domain::anagrafica::BlocchiTipo;
use modelli::Modello;

use crate::schema_json::Schema;

/// Every template of the blocks compiles: 400 with the field, line and column of the first that does not. Text that is not base64 is taken as it is.
pub async fn controlla_modelli(modelli: Vec<(String, &str)>) -> Result<(), Rifiuto> {
    let testi: Vec<(String, String)> = modelli.into_iter().map(|(campo, testo)| (campo, testo.to_owned())).collect();
    fuori(move || testi.iter().try_for_each(|(campo, testo)| modello(campo, testo))).await
}

fn modello(campo: &str, testo: &str) -> Result<(), Rifiuto> {
    let no = |motivo: String| Err(Rifiuto::Sintassi(format!("Il modello indicato nel campo {campo} non e' valido: {motivo}.")));
    match modelli::prepara(testo) {
        Err(errore) => no(errore.to_string()),
        Ok(sorgente) => match Modello::compila(&sorgente) {
            Err(e) => no(format!("riga {}, colonna {}: {}", e.riga, e.colonna, e.messaggio.trim_end_matches('.'))),
            Ok(_) => Ok(()),
        },
    }
}

/// Every JSON Schema of the blocks compiles. The refusal names the portal.
pub async fn controlla_schemi(blocchi: &BlocchiTipo) -> Result<(), Rifiuto> {
    let testi: Vec<(&'static str, String)> = blocchi.portali().filter_map(|(nome, p)| p.validazione.clone().map(|v| (nome, v))).collect();
    fuori(move || testi.iter().try_for_each(|(portale, testo)| schema(portale, testo))).await
}

fn schema(portale: &str, testo: &str) -> Result<(), Rifiuto> {
    let Err(motivo) = Schema::compila(testo) else { return Ok(()) };
    Err(Rifiuto::Sintassi(format!("Lo schema indicato per la validazione nel campo {portale} non e' valido. Motivo: {motivo}.")))
}

/// Off the async threads: compiling may take long.
async fn fuori(lavoro: impl FnOnce() -> Result<(), Rifiuto> + Send + 'static) -> Result<(), Rifiuto> {
    tokio::task::spawn_blocking(lavoro).await.unwrap_or_else(|_| Err(Rifiuto::Sintassi("Uno dei modelli indicati non e' leggibile.".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn un_modello_guasto_e_detto_col_campo_e_con_la_posizione() {
        let buono = "Y2lhbyAke3ZlcnNhbWVudG99"; // ciao ${versamento}
        let controlla = |testo: &'static str| controlla_modelli(vec![("a.oggetto".to_owned(), buono), ("b.messaggio".to_owned(), testo)]);
        for testo in [buono, "\"Y2lhbyAke3ZlcnNhbWVudG99\"", "testo semplice, non base64", ""] {
            assert_eq!(controlla(testo).await, Ok(()), "{testo}");
        }
        // Line feed, then a directive that is never closed.
        let Err(Rifiuto::Sintassi(testo)) = controlla("CjwjaWYgeD4=").await else { panic!("accettato") };
        assert!(testo.starts_with("Il modello indicato nel campo b.messaggio non e' valido: riga 2, colonna "), "{testo}");
        let Err(Rifiuto::Sintassi(testo)) = controlla("/////w==").await else { panic!("accettato") };
        assert_eq!(testo, "Il modello indicato nel campo b.messaggio non e' valido: il modello decodificato da base64 non è testo UTF-8.");
    }

    /// The templates that hold before anybody writes are ours: they compile, and make what the contract wants.
    mod predefiniti {
        use chrono::Utc;
        use domain::anagrafica::{BloccoConfigurazione, Configurazione};
        use modelli::{Classi, Limiti, Mappa, MappaViva, Numero, Valore};
        use serde_json::{Value, json};

        use super::*;

        fn esegui(testo: &str, radice: &Mappa) -> String {
            let sorgente = modelli::prepara(testo).expect("base64");
            let modello = Modello::compila(&sorgente).unwrap_or_else(|e| panic!("{e}"));
            modello.esegui(radice, Utc::now(), &Limiti::default()).unwrap_or_else(|e| panic!("{e}: {sorgente}"))
        }

        fn radice() -> Mappa {
            let debitore: Mappa =
                [("ragioneSociale", Valore::from("Greta Valenti")), ("codUnivoco", "VLNGRT75C52F205X".into()), ("tipo", Valore::costante("F", "F"))]
                    .into_iter()
                    .collect();
            let mut versamento = Mappa::nuova();
            versamento
                .metti("anagraficaDebitore", debitore)
                .metti("causaleVersamento", [("simple", "Mensa")].into_iter().collect::<Mappa>())
                .metti("importoTotale", Numero::da_cent(123_450))
                .metti("numeroAvviso", "301000000000000019")
                .metti("codVersamentoEnte", "P1");
            let mut radice = Mappa::nuova();
            radice
                .metti("versamento", versamento)
                .metti("dominio", [("ragioneSociale", "Comune di Prova"), ("codDominio", "12345678901")].into_iter().collect::<Mappa>())
                .metti("rpt", [("iuv", "01000000000000019"), ("ccp", "RICEVUTA1")].into_iter().collect::<Mappa>());
            radice
        }

        #[tokio::test]
        async fn i_promemoria_dicono_chi_che_cosa_e_quanto() {
            let c = Configurazione::default();
            for blocco in [BloccoConfigurazione::AvvisaturaMail(c.avvisatura_mail.clone()), BloccoConfigurazione::AvvisaturaAppIo(c.avvisatura_app_io)] {
                assert_eq!(blocco.modelli().len(), 6);
                assert_eq!(controlla_modelli(blocco.modelli()).await, Ok(()));
            }
            for (nome, m) in c.avvisatura_mail.tutti() {
                assert!(esegui(&m.oggetto, &radice()).ends_with(": Mensa"), "{nome}");
                let testo = esegui(&m.messaggio, &radice());
                for parte in ["Gentile Greta Valenti,", "Comune di Prova", "Mensa", "1.234,50 euro"] {
                    assert!(testo.contains(parte), "{nome}: {testo}");
                }
            }
        }

        fn riga(colonne: &[(usize, &str)]) -> Value {
            let mut campi = vec![""; 87];
            colonne.iter().for_each(|(i, v)| campi[*i] = v);
            let tracciato = Configurazione::default().tracciato_csv;
            let contesto = MappaViva::nuova();
            let mut radice = Mappa::nuova();
            radice.metti("lineaCsvRichiesta", campi.join(",")).metti("context", contesto.valore());
            Classi::nuove(Utc::now()).con_iban(|_| Some("12345678902".to_owned())).aggiungi_a(&mut radice);
            let testo = esegui(&tracciato.richiesta.expect("predefinito"), &radice);
            let mut pendenza: Value = serde_json::from_str(&testo).unwrap_or_else(|e| panic!("{e}: {testo}"));
            pendenza["operazione"] = contesto.leggi("tipoOperazione").as_ref().and_then(Valore::come_testo).into();
            pendenza
        }

        #[test]
        fn una_riga_csv_diventa_una_pendenza_con_le_sue_voci() {
            let soggetto = [(16, "F"), (17, "VLNGRT75C52F205X"), (18, "Greta Valenti"), (25, "greta@example.it")];
            let testa =
                [(0, "DEMO"), (1, "P1"), (2, "12345678901"), (6, "Mensa"), (12, "30.00"), (14, "2026-12-31"), (83, "DOC"), (85, "ENTRO10"), (86, "de|Mensa")];
            let voci = [
                (27, "V1"),
                (28, "10.00"),
                (29, "Uno"),
                (34, "TARI"),
                (38, "V2"),
                (39, "16.00"),
                (40, "Due"),
                (46, "01"),
                (47, "aGFzaA=="),
                (48, "MI"),
                (49, "V3"),
                (50, "4.00"),
                (51, "Tre"),
                (52, "IT60X"),
                (54, "ALTRO"),
                (55, "0101"),
            ];
            let colonne: Vec<(usize, &str)> = testa.iter().chain(&soggetto).chain(&voci).copied().collect();
            assert_eq!(
                riga(&colonne),
                json!({
                "operazione": "ADD", "idA2A": "DEMO", "idPendenza": "P1", "idDominio": "12345678901", "idTipoPendenza": "LIBERO", "causale": "Mensa", "importo": "30.00",
                "dataScadenza": "2026-12-31",
                "soggettoPagatore": { "tipo": "F", "identificativo": "VLNGRT75C52F205X", "anagrafica": "Greta Valenti", "email": "greta@example.it" },
                "documento": { "identificativo": "DOC", "soglia": { "tipo": "ENTRO", "giorni": 10 } },
                "proprieta": { "linguaSecondaria": "de", "linguaSecondariaCausale": "Mensa" },
                "voci": [
                    { "idVocePendenza": "V1", "importo": "10.00", "descrizione": "Uno", "codEntrata": "TARI" },
                    { "idVocePendenza": "V2", "importo": "16.00", "descrizione": "Due", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" },
                    { "idVocePendenza": "V3", "importo": "4.00", "descrizione": "Tre", "idDominio": "12345678902", "ibanAccredito": "IT60X", "tipoContabilita": "ALTRO", "codiceContabilita": "0101" },
                ] })
            );
            assert_eq!(riga(&[(0, "DEMO"), (1, "P1"), (12, "0")]), json!({ "operazione": "DEL", "idA2A": "DEMO", "idPendenza": "P1" }));
        }

        #[test]
        fn l_esito_di_una_riga_ha_le_diciotto_colonne() {
            let tracciato = Configurazione::default().tracciato_csv;
            let intestazione = tracciato.intestazione.expect("predefinita");
            for (esito, descrizione, attesa) in [
                (
                    "ESEGUITO_OK",
                    "",
                    "DEMO,P1,12345678901,MENSA,301000000000000019,12345678901_301000000000000019.pdf,F,VLNGRT75C52F205X,Greta Valenti,,,,,,,,,",
                ),
                ("ESEGUITO_KO", "VER_006", ",,,,,,,,,,,,,,,,,VER_006"),
            ] {
                let mut radice = radice();
                radice
                    .metti("esitoOperazione", esito)
                    .metti("descrizioneEsitoOperazione", descrizione)
                    .metti("tipoOperazione", "ADD")
                    .metti("idDominio", "12345678901")
                    .metti("idTipoVersamento", "MENSA")
                    .metti("applicazione", [("codApplicazione", "DEMO")].into_iter().collect::<Mappa>());
                Classi::nuove(Utc::now()).aggiungi_a(&mut radice);
                let riga = esegui(tracciato.risposta.as_ref().expect("predefinita"), &radice);
                assert_eq!(riga.trim_end().replace("\"\"", ""), attesa);
                assert_eq!(riga.matches(',').count(), intestazione.matches(',').count());
            }
        }
    }
}
