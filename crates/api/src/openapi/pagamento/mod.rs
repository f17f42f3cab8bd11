//! API Pagamento v1, v2, v3: a family for each version, and the schemas that they share.

mod creditori;
mod pagamenti;
mod pendenze;
mod ricevute;

use super::operazione::{Famiglia, Operazione, operazione};
use super::schema::{Schema, lista, nome, oggetto, testo};

pub fn famiglie() -> Vec<Famiglia> {
    let v1 = [pendenze::v1(), creditori::v1(), pagamenti::v1(), chi_chiama("ProfiloPagamentoV1")].concat();
    let v2 = [pendenze::v2(), creditori::v2(), pagamenti::v2(), chi_chiama("ProfiloPagamento")].concat();
    let v3 = [pendenze::v3(), ricevute::operazioni(), chi_chiama("ProfiloPagamentoV3")].concat();
    vec![
        Famiglia {
            api: "pagamento",
            versione: "v1",
            gruppo: "Pagamento",
            operazioni: v1,
            schemi: [
                pendenze::schemi_v1(),
                creditori::schemi_v1(),
                pagamenti::schemi_v1(),
                vec![("ProfiloPagamentoV1", profilo("DominioPagamentoV1", "entrate"))],
            ]
            .concat(),
        },
        Famiglia {
            api: "pagamento",
            versione: "v2",
            gruppo: "Pagamento",
            operazioni: v2,
            schemi: [
                pendenze::schemi_v2(),
                creditori::schemi_v2(),
                pagamenti::schemi_v2(),
                vec![("ProfiloPagamento", profilo("DominioPagamento", "tipiPendenza"))],
            ]
            .concat(),
        },
        Famiglia {
            api: "pagamento",
            versione: "v3",
            gruppo: "Pagamento",
            operazioni: v3,
            schemi: [pendenze::schemi_v3(), ricevute::schemi(), vec![("ProfiloPagamentoV3", profilo("DominioRiferito", "tipiPendenza"))]].concat(),
        },
    ]
}

fn chi_chiama(profilo: &'static str) -> Vec<Operazione> {
    vec![
        operazione("getProfilo", "Legge nome e ambito di chi chiama").json(200, "Il profilo.", nome(profilo)),
        operazione("logout", "Chiude la sessione").vuota(200, "La sessione è chiusa, se c'era."),
    ]
}

fn profilo(dominio: &str, entrate: &str) -> Schema {
    let anagrafica =
        oggetto().deve("identificativo", testo()).puo("anagrafica", testo()).puo("indirizzo", testo()).puo("email", testo()).puo("cellulare", testo());
    let vuota = |cosa: &str| lista(oggetto().schema()).con("maxItems", 0).dice(cosa);
    oggetto()
        .deve("nome", testo().dice("Codice dell'applicazione, o codice fiscale del cittadino."))
        .deve("domini", lista(nome(dominio)))
        .deve(entrate, vuota("Sempre vuoto."))
        .deve("acl", vuota("Sempre vuoto: i diritti non si dicono."))
        .puo("anagrafica", anagrafica.schema().dice("Del cittadino, come lo presenta SPID."))
        .schema()
}
