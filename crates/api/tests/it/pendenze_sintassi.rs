//! What a bad body is told: each rule broken alone, and the first of two, over HTTP and in both versions (spec/1 section 5).

use domain::lettura::pendenza::{Contratto, PENDENZE_V1 as CONTRATTO_V1, PENDENZE_V2 as CONTRATTO_V2};
use reqwest::Method;
use serde_json::{Value, json};

use crate::banco::{Banco, PENDENZE};
use crate::pendenze_v1::PENDENZE_V1;
use crate::su_entrambi;

#[path = "../../../domain/src/lettura/pendenza/tests/rotture.rs"]
mod rotture;

use rotture::{Rottura, completa_per, rotture};

const VERSIONI: [(&str, &Contratto); 2] = [(PENDENZE, &CONTRATTO_V2), (PENDENZE_V1, &CONTRATTO_V1)];

/// Over HTTP a sample of the pairs is enough: the reader is tried with all of them in its own crate.
const PASSO: usize = 97;

fn possibili(contratto: &Contratto) -> (Value, Vec<Rottura>) {
    let buona = completa_per(contratto.pendenza, contratto.voce);
    (buona, rotture().into_iter().filter(|r| r.possibile(contratto.pendenza, contratto.voce)).collect())
}

async fn rifiutata(banco: &Banco, base: &str, corpo: Value, per: &Rottura) {
    let stato = if per.codice == "SINTASSI" { 400 } else { 422 };
    banco.chiama(Method::PUT, &format!("{base}/pendenze/DEMO/ROTTA"), Some(corpo)).await.rifiuta(stato, per.codice, &per.dettaglio);
}

su_entrambi! {
    async fn ogni_regola_rotta_da_sola_ha_il_suo_testo(banco: &Banco) {
        for (base, contratto) in VERSIONI {
            let (buona, possibili) = possibili(contratto);
            for r in &possibili {
                let mut corpo = buona.clone();
                r.applica(&mut corpo);
                rifiutata(banco, base, corpo, r).await;
            }
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM pendenza").await, 0);
    }
}

su_entrambi! {
    async fn di_due_regole_rotte_e_detta_la_prima(banco: &Banco) {
        for (base, contratto) in VERSIONI {
            let (buona, possibili) = possibili(contratto);
            let coppie = possibili.iter().enumerate().flat_map(|(i, a)| possibili[i + 1..].iter().map(move |b| (a, b)));
            let mut provate = 0;
            for (prima, dopo) in coppie.filter(|(a, b)| a.insieme_a(b)).step_by(PASSO) {
                let mut corpo = buona.clone();
                dopo.applica(&mut corpo);
                prima.applica(&mut corpo);
                rifiutata(banco, base, corpo, prima).await;
                provate += 1;
            }
            assert!(provate > 40, "{provate}");
        }
    }
}

su_entrambi! {
    async fn la_sintassi_viene_prima_dei_diritti_sul_corpo_e_dopo_chi_e(banco: &Banco) {
        for (base, contratto) in VERSIONI {
            let (mut corpo, _) = possibili(contratto);
            corpo["causale"] = json!("");
            let causale = "Il valore [] del campo causale non rispetta la lunghezza minima di 1 caratteri.";
            // The dominio of the body is not even ours: that comes later.
            banco.chiama_come("LIMITATA", Method::PUT, &format!("{base}/pendenze/LIMITATA/X"), Some(corpo.clone())).await.rifiuta(400, "SINTASSI", causale);
            // Who calls comes before what it sends, and the path before both.
            banco.chiama_come("LIMITATA", Method::PUT, &format!("{base}/pendenze/DEMO/X"), Some(corpo.clone())).await
                .rifiuta(400, "APP_002", "Applicazione autenticata (LIMITATA) diversa dalla chiamante (DEMO)");
            banco.chiama_come("LIMITATA", Method::PUT, &format!("{base}/pendenze/DEMO/a.b"), Some(corpo.clone())).await
                .rifiuta(400, "SINTASSI", r"Il valore [a.b] del campo idPendenza non rispetta il pattern richiesto: (^[a-zA-Z0-9\-_]{1,35}$)");
            corpo["causale"] = json!("Causale");
            let domini = "Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per il Dominio [00123450678]";
            let unita = if base == PENDENZE { ", per l'Unita' operativa [UFF_TRIBUTI]." } else { "." };
            banco.chiama_come("LIMITATA", Method::PUT, &format!("{base}/pendenze/LIMITATA/X"), Some(corpo)).await.rifiuta(403, "403000", &format!("{domini}{unita}"));
        }
        banco.chiama(Method::PUT, &format!("{PENDENZE_V1}/pendenze/DEMO/X"), Some({ let (mut c, _) = possibili(&CONTRATTO_V1); c.as_object_mut().expect("oggetto").shift_remove("soggettoPagatore"); c }))
            .await.rifiuta(400, "SINTASSI", "Il campo soggettoPagatore non deve essere vuoto.");
    }
}
