//! The schemas of the older model as judges. They are inside the WSDL, and are taken out of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use codici::Importo;
use pagopa::documento::documento;
use pagopa::flusso::{Chiedente, chiedi_elenco, chiedi_flusso};
use pagopa::vecchio::nodo::{InviaCarrello, InviaRpt, RptDelCarrello, SceltaPsp};
use pagopa::vecchio::{DatiPagamento, Intestazione, Operazione, Risposta, leggi_richiesta, leggi_rt};
use pagopa::{CodiceFault, Fault};

use super::esempi::{CAUSALE, beneficiario, bollo, dominio, iuv, persona, richieste, rpt, rt, versamento};
use crate::contratto::{accettati, tutti_accettati, varianti};

const DOCUMENTI: &str = "xsd/comuni/PagInf_RPT_RT_6_2_0.xsd";

/// The folder of the contracts of the node, if it is there with its judge.
fn cartella(nome: &str) -> Option<PathBuf> {
    let radice = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cartella = radice.join(std::env::var_os("FIORINO_CONTRATTI").unwrap_or_else(|| "../shared/contracts".into()));
    let trovata = cartella.join("pagopa/legacy-nodo").canonicalize().ok().filter(|_| Command::new("xmllint").arg("--version").output().is_ok());
    println!("contratto: {} {nome}", if trovata.is_some() { "eseguita" } else { "saltata" });
    trovata
}

/// The schema of a namespace, out of a WSDL into a file, with the declarations of the WSDL and the import of RPT and RT that it leaves to its toolkit.
fn schema_del_wsdl(cartella: &Path, wsdl: &str, spazio: &str, dove: &Path) -> PathBuf {
    let testo = std::fs::read_to_string(cartella.join(wsdl)).expect("wsdl");
    let attributi = testo.split_once("<wsdl:definitions").expect("radice").1.split_once('>').expect("fine").0;
    let dichiarazioni: String = attributi.split_whitespace().filter(|a| a.starts_with("xmlns:")).map(|a| format!(" {a}")).collect();
    let mio = format!("targetNamespace=\"{spazio}\"");
    let blocco = testo
        .match_indices("<xsd:schema")
        .map(|(i, _)| &testo[i..i + testo[i..].find("</xsd:schema>").expect("chiuso") + "</xsd:schema>".len()])
        .find(|b| b.split('>').next().is_some_and(|t| t.contains(&mio)))
        .expect("schema del WSDL");
    let (apertura, resto) = blocco.split_once('>').expect("apertura");
    let import = if blocco.contains("pay_i:") {
        format!("<xsd:import namespace=\"{}\" schemaLocation=\"{}\"/>", pagopa::vecchio::NS_PAGAMENTI, cartella.join(DOCUMENTI).display())
    } else {
        String::new()
    };
    let resto = resto.replace("schemaLocation=\"xsd/", &format!("schemaLocation=\"{}/xsd/", cartella.display()));
    let percorso = dove.join(format!("{}-{}.xsd", wsdl.trim_end_matches(".wsdl"), spazio.len()));
    std::fs::write(&percorso, format!("{apertura}{dichiarazioni}>{import}{resto}")).expect("scritto");
    percorso
}

const TESTATA: &str = "http://ws.pagamenti.telematici.gov/ppthead";

/// The header element alone.
fn testata(busta: &str) -> String {
    let dentro = busta.split_once("<soapenv:Header>").expect("header").1;
    dentro.split_once("</soapenv:Header>").expect("chiuso").0.to_owned()
}

fn corpo(busta: &str) -> String {
    documento(busta.as_bytes()).expect("documento")
}

fn carrello(quante: usize, convenzione: Option<&str>) -> String {
    let testo = rpt(vec![versamento(1000), bollo(1600)]).scrivi();
    let (dominio, iuv) = (dominio(), iuv());
    let una = RptDelCarrello { id_dominio: &dominio, iuv: &iuv, ccp: "ccp1", rpt: &testo };
    let rpt = vec![una; quante];
    InviaCarrello {
        id_intermediario: "99999999999",
        id_stazione: "99999999999_01",
        id_carrello: "0123456789abcdef0123456789abcdef",
        password: "segreta12",
        psp: &SceltaPsp::wisp(),
        rpt: &rpt,
        codice_convenzione: convenzione,
    }
    .scrivi()
}

#[test]
fn cio_che_chiediamo_al_nodo_e_valido() {
    let Some(contratti) = cartella("richieste-al-nodo") else { return };
    let dove = tempfile::tempdir().expect("cartella");
    let corpi = schema_del_wsdl(&contratti, "NodoPerPa.wsdl", pagopa::vecchio::NS_TELEMATICI, dove.path());
    let testate = schema_del_wsdl(&contratti, "NodoPerPa.wsdl", TESTATA, dove.path());
    let intestazione = Intestazione {
        id_intermediario: "99999999999".to_owned(),
        id_stazione: "99999999999_01".to_owned(),
        id_dominio: "77777777777".to_owned(),
        iuv: iuv(),
        ccp: "ccp<&>".to_owned(),
    };
    let documento = rpt(vec![versamento(1000)]).scrivi();
    let sola = InviaRpt { intestazione: &intestazione, password: "segreta12", psp: &SceltaPsp::wisp(), rpt: documento.as_bytes() }.scrivi();
    let buste = [carrello(1, None), carrello(5, Some("CONV1")), sola];
    tutti_accettati(&corpi, &buste.iter().map(|b| corpo(b)).collect::<Vec<_>>());
    tutti_accettati(&testate, &buste.iter().map(|b| testata(b)).collect::<Vec<_>>());
    assert!(!carrello(1, None).contains("codiceConvenzione"));
}

/// The calls for flows are in the contract of the older model and in both generations of today's.
#[test]
fn cio_che_chiediamo_dei_flussi_e_valido_in_ogni_generazione() {
    let Some(contratti) = cartella("richieste-dei-flussi") else { return };
    let dove = tempfile::tempdir().expect("cartella");
    let chi = |password| Chiedente { id_intermediario: "11111111113", id_stazione: "11111111113_01", password, id_dominio: "12345678901" };
    let buste = [chiedi_elenco(&chi("p<&ssw12")), chiedi_flusso(&chi("segreta12"), "2026-11-20BANCA-<A&B>")];
    let corpi: Vec<String> = buste.iter().map(|b| corpo(b)).collect();
    tutti_accettati(&schema_del_wsdl(&contratti, "NodoPerPa.wsdl", pagopa::vecchio::NS_TELEMATICI, dove.path()), &corpi);
    for generazione in ["../wsdl/xsd/nodeForPa.xsd", "../sanp-3.8.0/wsdl/xsd/nodeForPa.xsd"] {
        tutti_accettati(&contratti.join(generazione).canonicalize().expect("schema"), &corpi);
    }
}

#[test]
fn una_rpt_scritta_e_valida_qualunque_cosa_dica_l_anagrafica() {
    let Some(contratti) = cartella("RPT") else { return };
    let ostile = "<&>\"']]>\u{0}\u{1F600}è".repeat(40);
    let testo = || Some(ostile.clone());
    let mut guasta = rpt(vec![versamento(1000), bollo(1600)]);
    guasta.beneficiario = pagopa::vecchio::rpt::Beneficiario {
        denominazione: String::new(),
        unita: Some((ostile.clone(), ostile.clone())),
        indirizzo: testo(),
        civico: testo(),
        cap: Some(" ".to_owned()),
        localita: testo(),
        provincia: testo(),
        nazione: testo(),
    };
    guasta.pagatore = pagopa::messaggi::Soggetto { anagrafica: ostile.clone(), nazione: testo(), email: testo(), civico: testo(), ..persona() };
    guasta.versamenti[0].causale.clone_from(&ostile);
    guasta.versamenti[0].accredito = Some(("IT02L1234512345123451111111".to_owned(), testo()));
    guasta.bic_addebito = testo();
    let minima =
        pagopa::vecchio::rpt::Rpt { versante: None, iban_addebito: None, bic_addebito: None, beneficiario: beneficiario(false), ..rpt(vec![versamento(1)]) };
    let documenti: Vec<String> = [rpt((1..=5).map(versamento).collect()), guasta, minima].iter().map(|r| r.scrivi()).collect();
    tutti_accettati(&contratti.join(DOCUMENTI), &documenti);
}

fn risposte() -> Vec<Risposta> {
    let ostile = "<&>\"']]>\u{0}\u{1F600}è".repeat(40);
    let dati = |iban: Option<&str>, bic: Option<&str>, causale: &str, unita: bool| {
        Box::new(DatiPagamento {
            importo: Importo::da_cent(1050),
            iban: iban.map(str::to_owned),
            bic: bic.map(str::to_owned),
            id_dominio: dominio(),
            beneficiario: beneficiario(unita),
            causale: causale.to_owned(),
        })
    };
    let iban = Some("IT02L1234512345123451111111");
    let mut risposte = vec![Risposta::Verifica(dati(iban, Some("ABCDITRRXXX"), "TARI", false)), Risposta::Attiva(dati(iban, None, "", true))];
    risposte.push(Risposta::Attiva(dati(iban, Some("non BIC"), &ostile, true)));
    risposte.push(Risposta::RtAcquisita);
    for operazione in Operazione::TUTTE {
        for codice in CodiceFault::TUTTI {
            risposte.push(Risposta::Rifiuto(operazione, Fault { codice: *codice, id: "77777777777".to_owned(), descrizione: None }));
        }
        risposte.push(Risposta::Rifiuto(operazione, Fault { codice: CodiceFault::PaaSystemError, id: String::new(), descrizione: Some(ostile.clone()) }));
    }
    risposte
}

#[test]
fn cio_che_rispondiamo_e_valido_nel_suo_servizio() {
    let Some(contratti) = cartella("risposte-della-stazione-al-modello-vecchio") else { return };
    let dove = tempfile::tempdir().expect("cartella");
    for (servizio, wsdl) in [(pagopa::vecchio::Servizio::Ccp, "PaPerNodoPagamentoPsp.wsdl"), (pagopa::vecchio::Servizio::Rt, "PaPerNodo.wsdl")] {
        let schema = schema_del_wsdl(&contratti, wsdl, pagopa::vecchio::NS_TELEMATICI, dove.path());
        let sue = risposte().into_iter().filter(|r| r.operazione().servita_da(servizio));
        tutti_accettati(&schema, &sue.map(|r| corpo(&r.scrivi())).collect::<Vec<_>>());
    }
}

#[test]
fn ogni_richiesta_valida_e_letta_e_ogni_invalida_rifiutata() {
    let Some(contratti) = cartella("richieste-del-modello-vecchio") else { return };
    let dove = tempfile::tempdir().expect("cartella");
    let (mut accettate, mut tutte) = (0, 0);
    for (servizio, wsdl) in [(pagopa::vecchio::Servizio::Ccp, "PaPerNodoPagamentoPsp.wsdl"), (pagopa::vecchio::Servizio::Rt, "PaPerNodo.wsdl")] {
        let schema = schema_del_wsdl(&contratti, wsdl, pagopa::vecchio::NS_TELEMATICI, dove.path());
        let schema_testata = schema_del_wsdl(&contratti, wsdl, TESTATA, dove.path());
        let sue = richieste().into_iter().filter(|r| leggi_richiesta(r.as_bytes()).expect("valida").operazione().servita_da(servizio));
        let buste: Vec<String> = sue.flat_map(|b| varianti(&b)).filter(|b| documento(b.as_bytes()).is_ok()).collect();
        let corpi = accettati(&schema, &buste.iter().map(|b| corpo(b)).collect::<Vec<_>>());
        let con_testata: Vec<usize> = (0..buste.len()).filter(|i| !testata(&buste[*i]).is_empty()).collect();
        let testate = accettati(&schema_testata, &con_testata.iter().map(|i| testata(&buste[*i])).collect::<Vec<_>>());
        let testate: BTreeSet<usize> = testate.into_iter().map(|p| con_testata[p]).collect();
        for (i, busta) in buste.iter().enumerate() {
            let senza_testata = !con_testata.contains(&i);
            let attesa = corpi.contains(&i) && (senza_testata || testate.contains(&i));
            if base64_che_xmllint_non_guarda(busta) || oltre_il_nostro_importo(busta) {
                continue;
            }
            let letta = leggi_richiesta(busta.as_bytes());
            assert_eq!(letta.is_ok(), attesa, "lo schema dice {attesa}, noi {letta:?}\n{busta}");
            accettate += usize::from(attesa);
            tutte += 1;
        }
    }
    assert!(accettate > 50 && tutte - accettate > 300, "{accettate} valide su {tutte}");
}

#[test]
fn ogni_rt_valida_e_letta_e_ogni_invalida_rifiutata() {
    let Some(contratti) = cartella("RT") else { return };
    let allegato = "<allegatoRicevuta><tipoAllegatoRicevuta>BD</tipoAllegatoRicevuta><testoAllegato>PGE+</testoAllegato></allegatoRicevuta>";
    let con_allegato = rt("0", "10.00", &[("10.00", "iur1", CAUSALE)]).replace("</datiSingoloPagamento>", &format!("{allegato}</datiSingoloPagamento>"));
    let mut documenti = varianti(&con_allegato);
    documenti.push(rt("1", "0.00", &[]));
    documenti.push(rt("0", "0.05", &[("0.01", "iur", CAUSALE); 5]));
    documenti.push(rt("0", "0.06", &[("0.01", "iur", CAUSALE); 6]));
    documenti.push(con_allegato.replace("http://www.digitpa.gov.it/schemas/2011/Pagamenti/", "urn:x"));
    let valide = accettati(&contratti.join(DOCUMENTI), &documenti);
    let mut rifiutate = 0;
    for (i, documento) in documenti.iter().enumerate() {
        if base64_che_xmllint_non_guarda(documento) || oltre_il_nostro_importo(documento) {
            continue;
        }
        let letta = leggi_rt(documento.as_bytes());
        assert_eq!(letta.is_ok(), valide.contains(&i), "lo schema dice {}, noi {letta:?}\n{documento}", valide.contains(&i));
        rifiutate += usize::from(letta.is_err());
    }
    assert!(valide.len() > 50 && rifiutate > 300, "{} valide, {rifiutate} no", valide.len());
}

/// libxml2 skips what is not of the base64 alphabet, against XML Schema: there it is no judge.
fn base64_che_xmllint_non_guarda(busta: &str) -> bool {
    ["rt", "er", "rr", "testoAllegato"].into_iter().any(|nome| {
        let contenuto = busta.split_once(&format!("<{nome}>")).and_then(|(_, dopo)| dopo.split_once(&format!("</{nome}>")));
        contenuto.is_some_and(|(c, _)| c.contains(|x: char| !x.is_ascii_alphanumeric() && !"+/= <>".contains(x)))
    })
}

/// The schema of an amount is a pattern on the text as it is written: white around it is a matter of processors. No amount of ours is that long.
fn oltre_il_nostro_importo(busta: &str) -> bool {
    busta.contains("> 10.00 <")
}
