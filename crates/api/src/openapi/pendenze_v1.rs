//! API Pendenze v1: what it says otherwise than [`super::pendenze`].

use domain::lettura::lista::STATI_V1;
use domain::lettura::rpp::ESITI_V1;

use super::creditore;
use super::operazione::{Famiglia, Operazione, data, elenco, operazione, pagina, parametro};
use super::pendenze::{comune_pendenza, comune_voce, comuni, filtri_pendenze, filtri_rpp, profilo, rpp};
use super::schema::{Oggetto, Schema, base64, booleano, lista, nome, oggetto, testo, uno_di};

pub fn v1() -> Famiglia {
    let mut operazioni = operazioni();
    operazioni.extend(comuni("PendenzaV1", "PendenzaCreataV1", "RppV1"));
    Famiglia { api: "pendenze", versione: "v1", gruppo: "Pendenze", operazioni, schemi: schemi() }
}

fn operazioni() -> Vec<Operazione> {
    vec![
        operazione("findPendenze", "Elenca le pendenze dell'applicazione, negli enti su cui è abilitata")
            .query(pagina())
            .query(filtri_pendenze(&STATI_V1))
            .json(200, "Una pagina dell'elenco.", elenco("PendenzaIndiceV1")),
        operazione("addPendenza", "Carica o sostituisce una pendenza")
            .dice("Senza `numeroAvviso` ne è assegnato uno. Il tipo pendenza è quello della prima voce. Una pendenza pagata non si sostituisce.")
            .query(vec![
                parametro("stampaAvviso", booleano().con("default", false), "Se la risposta porta il PDF dell'avviso."),
                parametro("avvisaturaDigitale", testo(), "Accettata e senza effetto."),
                parametro("modalitaAvvisaturaDigitale", testo(), "Accettata e senza effetto."),
            ])
            .corpo(nome("NuovaPendenzaV1"))
            .json(200, "Sostituita.", nome("PendenzaCreataV1"))
            .json(201, "Caricata.", nome("PendenzaCreataV1"))
            .rifiuta(&[422, 502]),
        operazione("findRpp", "Elenca i tentativi di pagamento delle pendenze dell'applicazione")
            .query(pagina())
            .query(filtri_rpp())
            .query(vec![
                parametro("esito", uno_di(&ESITI_V1.map(|(nome, _)| nome)), "Solo quelli con questo esito."),
                data("dataDa", "Richiesti da questo momento."),
                data("dataA", "Richiesti fino a questo momento."),
            ])
            .json(200, "Una pagina dell'elenco.", elenco("RppRigaV1")),
        operazione("getProfilo", "Legge su che cosa può operare chi chiama").json(200, "Gli enti, le entrate e i diritti.", nome("ProfiloPendenzeV1")),
    ]
}

fn schemi() -> Vec<(&'static str, Schema)> {
    let creata = oggetto().deve("idDominio", testo()).deve("numeroAvviso", testo()).puo("pdf", base64().dice("L'avviso, quando è chiesto e si può stampare."));
    let entrata = oggetto().deve("idEntrata", testo()).deve("descrizione", testo()).puo("tipoContabilita", testo()).puo("codiceContabilita", testo());
    vec![
        ("PendenzaCreataV1", creata.schema()),
        ("DominioV1", creditore::dominio_v1().schema()),
        ("PendenzaIndiceV1", pendenza().puo("rpp", testo().dice("Indirizzo dei tentativi di pagamento.")).parziale().schema()),
        ("PendenzaV1", pendenza().deve("voci", lista(comune_voce().schema())).deve("rpp", lista(nome("RppV1"))).schema()),
        ("RppV1", rpp("PendenzaIndiceV1").schema()),
        ("RppRigaV1", rpp("PendenzaIndiceV1").parziale().schema()),
        ("ProfiloPendenzeV1", profilo().deve("domini", lista(nome("DominioV1"))).deve("entrate", lista(entrata.schema())).schema()),
    ]
}

fn pendenza() -> Oggetto {
    comune_pendenza(&STATI_V1).puo("nome", testo()).deve("dominio", nome("DominioV1")).puo("unitaOperativa", creditore::unita().schema())
}
