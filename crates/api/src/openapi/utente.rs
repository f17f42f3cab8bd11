//! Who calls: its own login in API Backoffice v1, and API User v1.

use domain::anagrafica::{Servizio, VersioneEnte};
use domain::chiamante::Profilo;

use super::operazione::{Famiglia, modifiche, operazione, voce_di_modifica};
use super::schema::{Schema, lista, nome, oggetto, testo, uno_di};
use super::utenze::{ambito, password};

pub fn backoffice() -> Famiglia {
    let servizi = lista(uno_di(&Servizio::TUTTI.map(Servizio::nome)));
    let versioni = lista(uno_di(&VersioneEnte::TUTTE.map(VersioneEnte::nome)));
    let info = oggetto().deve("appName", testo()).deve("versione", testo()).deve("build", testo()).deve("ambiente", testo());
    Famiglia {
        api: "backoffice",
        versione: "v1",
        gruppo: "Chi chiama",
        operazioni: vec![
            operazione("getProfilo", "Legge nome, ambito e diritti di chi chiama").json(200, "Il profilo.", nome("Profilo")),
            operazione("updateProfilo", "Cambia la password di chi chiama")
                .dice("Le sessioni aperte con la password di prima finiscono.")
                .modifica(modifiche(vec![voce_di_modifica(&["REPLACE"], "/password", password())]))
                .json(200, "Il profilo.", nome("Profilo")),
            operazione("logout", "Chiude la sessione").vuota(200, "La sessione è chiusa, se c'era."),
            operazione("getInfo", "Dice nome e versione del programma").json(200, "Il programma.", info.schema()),
            operazione("findEnumerazioniServiziACL", "Elenca i servizi su cui si danno diritti").json(200, "I servizi.", servizi),
            operazione("findEnumerazioniVersioneConnettore", "Elenca le versioni dell'API delle applicazioni").json(200, "Le versioni.", versioni),
        ],
        schemi: vec![("Profilo", profilo())],
    }
}

fn profilo() -> Schema {
    oggetto()
        .deve("nome", testo())
        .e(ambito())
        .deve("acl", lista(nome("Acl")))
        .deve("autenticazione", uno_di(&Profilo::TUTTI.map(Profilo::autenticazione)))
        .schema()
}

pub fn user() -> Famiglia {
    let rinvio = "All'indirizzo che la configurazione registra sotto l'identificativo, coi parametri della richiesta.";
    Famiglia {
        api: "user",
        versione: "v1",
        gruppo: "Accesso dei cittadini",
        operazioni: vec![
            operazione("loginSenzaRedirect", "Apre una sessione").vuota(200, "La sessione è nel cookie."),
            operazione("login", "Apre una sessione e rinvia altrove").vuota(303, rinvio),
            operazione("logoutSenzaRedirect", "Chiude la sessione").vuota(200, "La sessione è chiusa, se c'era."),
            operazione("logout", "Chiude la sessione e rinvia altrove")
                .vuota(200, "La sessione è chiusa; l'identificativo non è registrato.")
                .vuota(303, rinvio),
        ],
        schemi: Vec::new(),
    }
}
