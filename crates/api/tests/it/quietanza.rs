//! Money that came without a receipt, on paper (spec/3 section 7.2).

use reqwest::{Method, StatusCode};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, PAGAMENTO_V3, Risposta, testo_di_pdf};
use crate::pagamento_accesso::{CORRADO, GRETA, presso};
use crate::pagamento_ricevute::anche_pagamenti;
use crate::pendenze_contratto::pagata;
use crate::su_entrambi;

const PDF: &str = "application/pdf";

/// The money of a position as a flow alone would tell it.
async fn senza_ricevuta(banco: &Banco, id: &str, iur: &str) -> String {
    let (iuv, ccp, _) = pagata(banco, id).await;
    banco.sql(&format!("UPDATE riscossione SET stato = 'PAGATO_SENZA_RPT', transazione = NULL, iur = '{iur}' WHERE iur = '{ccp}'")).await;
    iuv
}

fn e_una(carta: &str, risposta: &Risposta, dentro: &[&str]) {
    assert_eq!((risposta.stato, risposta.intestazioni["content-type"].as_bytes()), (StatusCode::OK, PDF.as_bytes()), "{}", risposta.testo);
    let Some(testo) = testo_di_pdf(&risposta.byte) else { return };
    for atteso in dentro.iter().chain([&carta]) {
        assert!(testo.contains(atteso), "{atteso}: {testo}");
    }
}

su_entrambi! {
    async fn una_somma_riscossa_si_stampa_con_cio_che_l_ha_portata(banco: &Banco) {
        let (iuv, ccp, _) = pagata(banco, "CON").await;
        let senza = senza_ricevuta(banco, "SENZA", "IUR-0001").await;
        let stampa = |coda: String| async move { banco.chiama_con("gpadmin", &format!("{BACKOFFICE}/riscossioni/{DOMINIO}/{coda}"), PDF).await };
        e_una("RICEVUTA DI PAGAMENTO", &stampa(format!("{iuv}/{ccp}/1")).await, &[&iuv, &ccp]);
        let quietanza = stampa(format!("{senza}/IUR-0001/1")).await;
        e_una("QUIETANZA DI PAGAMENTO", &quietanza, &["(IUR) IUR-0001", &senza, "Greta Valenti", "10,00", "Quota comunale", "rendicontato dal sistema pagoPA"]);
        let nome = quietanza.intestazioni["content-disposition"].to_str().expect("nome");
        assert_eq!(nome, format!("attachment; filename=\"{DOMINIO}_{senza}_IUR-0001.pdf\""));
        assert_eq!(stampa(format!("{senza}/IUR-0002/1")).await.fault().0, 404);
        // Who asks for nothing gets data, as ever.
        let dati = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/riscossioni/{DOMINIO}/{senza}/IUR-0001/1"), None).await.json();
        assert_eq!((dati["iur"].as_str(), dati.get("rpp")), (Some("IUR-0001"), None));
    }
}

su_entrambi! {
    async fn chi_ha_pagato_stampa_la_quietanza_dove_stamperebbe_la_ricevuta(banco: &Banco) {
        let iuv = senza_ricevuta(banco, "SENZA", "IUR-0001").await;
        banco.censisci(&[anche_pagamenti(banco, "DEMO")]).await;
        let porta = banco.porta_dei_pagamenti().await;
        let indirizzo = format!("/ricevute/{DOMINIO}/{iuv}/IUR-0001");
        e_una("QUIETANZA DI PAGAMENTO", &banco.chiama_con("DEMO", &format!("{PAGAMENTO_V3}{indirizzo}"), PDF).await, &["IUR-0001"]);
        assert_eq!(banco.chiama_con("PORTALE", &format!("{PAGAMENTO_V3}{indirizzo}"), PDF).await.fault().0, 403);
        // There are no data of a receipt that never was.
        assert_eq!(banco.chiama_con("DEMO", &format!("{PAGAMENTO_V3}{indirizzo}"), "application/json").await.fault().0, 404);
        for (profilo, chi, stato) in [("spid", Some(GRETA), 200), ("spid", Some(CORRADO), 403), ("public", None, 403)] {
            let mut r = banco.http.get(format!("{}{indirizzo}", presso(&porta, profilo, "v3"))).header("accept", PDF);
            if let Some(cf) = chi {
                r = r.header("x-spid-fiscalnumber", format!("TINIT-{cf}")).header("x-spid-name", "Greta").header("x-spid-familyname", "Valenti");
            }
            assert_eq!(Risposta::leggi(r.send().await.expect("risposta")).await.stato.as_u16(), stato, "{profilo} {chi:?}");
        }
    }
}
