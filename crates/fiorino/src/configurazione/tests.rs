use super::*;

const ESEMPIO: &str = include_str!("../../../../fiorino.toml.esempio");

fn da_file(testo: &str) -> Result<Configurazione, String> {
    Configurazione::da(Some(("prova.toml".to_owned(), testo)), std::iter::empty()).map_err(|e| e.to_string())
}

fn da_ambiente(variabili: &[(&str, &str)]) -> Result<Configurazione, String> {
    Configurazione::da(None, variabili.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))).map_err(|e| e.to_string())
}

/// The example with every key in force: `# chiave = valore` and `# [sezione]` lose their mark, prose has two.
fn esempio_in_vigore() -> String {
    ESEMPIO.lines().map(|r| r.strip_prefix("# ").unwrap_or(r)).collect::<Vec<_>>().join("\n")
}

#[test]
fn l_esempio_con_ogni_chiave_in_vigore_e_la_configurazione_predefinita() {
    assert_eq!(da_file(&esempio_in_vigore()), Ok(Configurazione::default()));
    assert_eq!(da_file(ESEMPIO), Ok(Configurazione::default()));
}

#[test]
fn ogni_chiave_e_nell_esempio_col_nome_della_sua_variabile() {
    let (mut sezione, mut scritte) = (String::new(), Vec::new());
    for riga in esempio_in_vigore().lines() {
        if let Some(nome) = riga.strip_prefix('[').and_then(|r| r.strip_suffix(']')) {
            sezione = nome.to_owned();
        } else if let Some((chiave, _)) = riga.split_once(" = ").filter(|_| !riga.starts_with('#')) {
            scritte.push(format!("{sezione}.{chiave}"));
        }
    }
    let foglie = chiavi::Modello::della_configurazione().foglie();
    assert!(foglie.len() > 15, "{foglie:?}");
    for foglia in &foglie {
        assert!(scritte.contains(foglia), "{foglia} manca nell'esempio");
        let variabile = ambiente::variabile(foglia);
        assert!(ESEMPIO.lines().any(|r| r.starts_with("##") && r.ends_with(&variabile)), "{variabile} manca nell'esempio");
    }
    assert_eq!(scritte.len(), foglie.len());
}

#[test]
fn una_chiave_ignota_e_rifiutata_col_nome_piu_vicino() {
    let casi = [
        ("[http]\nascoltp = \"127.0.0.1:1\"", "la chiave `http.ascoltp` (prova.toml) non esiste: forse `http.ascolto`?"),
        ("[htp]\nascolto = \"127.0.0.1:1\"", "la chiave `htp` (prova.toml) non esiste: forse `http`?"),
        ("[http]\ncertificato = \"a\"", "la chiave `http.certificato` (prova.toml) non esiste: forse `http.tls.certificato`?"),
        ("zzzzqqqq = 1", "la chiave `zzzzqqqq` (prova.toml) non esiste: l'elenco e' in fiorino.toml.esempio"),
        ("[[stazione.utenti]]\nnome = \"n\"\nhash = \"$argon2\"\npasword = \"x\"", "la chiave `stazione.utenti.pasword` (prova.toml) non esiste"),
    ];
    for (testo, atteso) in casi {
        let errore = da_file(testo).expect_err(testo);
        assert!(errore.contains(atteso), "{errore}");
    }
    let errore = da_ambiente(&[("FIORINO__LOG__LIVELO", "info")]).expect_err("ignota");
    assert!(errore.contains("`log.livelo` (FIORINO__LOG__LIVELO) non esiste: forse `log.livello`?"), "{errore}");
}

#[test]
fn l_ambiente_vince_sul_file() {
    let variabili = [("FIORINO__HTTP__ASCOLTO", "127.0.0.1:9"), ("FIORINO__STAZIONE__AVVISI_SONDA", "[\"1\", \"2\"]"), ("ALTRO", "x"), ("FIORINO_CONFIG", "y")];
    let variabili = variabili.map(|(n, v)| (n.to_owned(), v.to_owned()));
    let file = "[http]\nascolto = \"127.0.0.1:8\"\nattesa_arresto_s = 3";
    let letta = Configurazione::da(Some(("prova.toml".to_owned(), file)), variabili.into_iter()).expect("valida");
    assert_eq!(letta.http.ascolto.port(), 9);
    assert_eq!(letta.http.attesa_arresto_s, 3);
    assert_eq!(letta.stazione.avvisi_sonda, ["1", "2"]);
}

#[test]
fn gli_utenti_del_nodo_si_danno_anche_con_una_variabile() {
    let letta = da_ambiente(&[("FIORINO__STAZIONE__UTENTI", "[{nome=\"nodo\", hash=\"$argon2id$v=19$m=1,t=1,p=1$YWJj$YWJj\"}]")]).expect("valida");
    assert_eq!(letta.stazione.utenti.len(), 1);
    assert_eq!(letta.stazione.utenti[0].hash.svela(), "$argon2id$v=19$m=1,t=1,p=1$YWJj$YWJj");
}

#[test]
fn un_testo_di_cifre_resta_un_testo_e_una_variabile_vuota_non_conta() {
    let letta = da_ambiente(&[("FIORINO__AMMINISTRATORE__PRINCIPAL", "007"), ("FIORINO__LOG__LIVELLO", "")]).expect("valida");
    assert_eq!(letta.amministratore.principal, "007");
    assert_eq!(letta.log.livello, "info");
}

#[test]
fn un_valore_sbagliato_dice_da_dove_viene() {
    let errore = da_file("[database]\nconnessioni = \"molte\"").expect_err("testo");
    assert!(errore.contains("prova.toml") && errore.contains("database.connessioni"), "{errore}");
    let errore = da_ambiente(&[("FIORINO__DATABASE__CONNESSIONI", "molte")]).expect_err("testo");
    assert!(errore.contains("FIORINO__DATABASE__CONNESSIONI"), "{errore}");
    let errore = da_file("[database\n").expect_err("non e' TOML");
    assert!(errore.starts_with("configurazione:"), "{errore}");
}

#[test]
fn le_chiavi_che_si_chiedono_a_vicenda() {
    let casi = [
        ("[database]\nurl = \"mysql://x\"", "`database.url`"),
        ("[database]\nconnessioni = 0", "`database.connessioni`"),
        ("[http.tls]\ncertificato = \"a.pem\"", "`http.tls.chiave`"),
        ("[http.tls]\nca_client = \"a.pem\"", "`http.tls.ca_client`"),
        ("[http]\nindirizzo_pubblico = \"pagamenti.ente.example\"", "`http.indirizzo_pubblico`"),
        ("[stazione]\nautenticazione = \"certificato\"", "`http.tls.ca_client`"),
        ("[stazione]\nautenticazione = \"header\"\nheader = \"a b\"", "`stazione.header`"),
        ("[[stazione.utenti]]\nnome = \"a\"\nhash = \"in chiaro\"", "Argon2"),
        ("[accesso]\npredefinito = \"form\"", "`accesso.predefinito`"),
        ("[accesso]\nproxy_fidati = [\"10.0.0.0/99\"]", "`accesso.proxy_fidati`"),
        ("[accesso]\nprofili = [\"header\"]", "`accesso.header.principal`"),
        ("[accesso]\nprofili = [\"oauth2\"]\n[accesso.oauth2]\njwks = \"https://idp.example/jwks\"\nemittenti = [\"x\"]", "`destinatari`"),
        ("[accesso]\niscrizione_automatica = [\"basic\"]", "`accesso.iscrizione_automatica`"),
        ("[accesso.apikey]\nheader_id = \"a b\"", "`a b` non e' il nome di un header"),
        ("[accesso.sessione]\ncookie = \"a;b\"", "`accesso.sessione.cookie`"),
        ("[accesso.sessione]\npercorso = \"/; Domain=x\"", "`accesso.sessione.percorso`"),
        ("[accesso.redirect_login]\nportale = \"javascript:alert(1)\"", "`accesso.redirect_login`"),
        ("[accesso]\nprofili = [\"ldap\"]", "accesso.profili"),
        ("[amministratore]\npassword_hash = \"in chiaro\"", "`amministratore.password_hash`"),
        ("[ente]\ntimeout_lettura_ms = 0", "`ente.timeout_lettura_ms`"),
        ("[ente]\noperazione_verifica = \"getPendenza\"", "`ente.operazione_verifica`"),
        ("[log]\nlivello = \"a=b=c\"", "`log.livello`"),
    ];
    for (testo, atteso) in casi {
        let errore = da_file(testo).expect_err(testo);
        assert!(errore.contains(atteso), "{testo}: {errore}");
        assert!(!errore.contains("in chiaro"), "{errore}");
    }
}

#[test]
fn i_valori_rischiosi_sono_spiegati() {
    assert!(Configurazione::default().rischi().iter().all(|r| r.contains("stazione.utenti")));
    let aperta = da_file("[http]\nascolto = \"0.0.0.0:8080\"\n[stazione]\nautenticazione = \"header\"").expect("valida");
    let rischi = aperta.rischi().join("\n");
    assert!(rischi.contains("senza TLS") && rischi.contains("X-Subject-DN"), "{rischi}");
}

#[test]
fn il_debug_non_dice_segreti() {
    let letta = da_file("[database]\nurl = \"postgres://u:segreta@h/d\"\n[amministratore]\npassword_hash = \"$argon2id$segreta\"").expect("valida");
    assert!(!format!("{letta:?}").contains("segreta"));
    assert!(!serde_json::to_string(&letta).expect("json").contains("segreta"));
}

#[test]
fn gli_indirizzi_di_ritorno_hanno_i_nomi_di_chi_li_scrive() {
    let letta = da_file("[accesso.redirect_login]\nPortale-1 = \"https://ente.example/\"").expect("valida");
    assert_eq!(letta.accesso.redirect_login["Portale-1"], "https://ente.example/");
    let letta = da_ambiente(&[("FIORINO__ACCESSO__REDIRECT_LOGOUT__PORTALE", "https://ente.example/")]).expect("valida");
    assert_eq!(letta.accesso.redirect_logout["portale"], "https://ente.example/");
}

#[test]
fn chi_crede_agli_header_di_chiunque_lo_sa() {
    let aperta =
        da_file("[http]\nascolto = \"0.0.0.0:8080\"\n[accesso]\nprofili = [\"header\", \"spid\"]\n[accesso.header]\nprincipal = [\"X-User\"]").expect("valida");
    assert!(aperta.rischi().join("\n").contains("i profili header, spid credono"));
    let chiusa = Configurazione { accesso: Accesso { proxy_fidati: vec!["10.0.0.1".to_owned()], ..aperta.accesso.clone() }, ..aperta };
    assert!(!chiusa.rischi().join("\n").contains("credono"));
}
