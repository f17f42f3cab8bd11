//! The refusals of the REST APIs: a closed list with codes, HTTP status and texts to the letter (spec/1 sections 4 and 4.2).

use chrono::NaiveDate;
use codici::Importo;

/// What went wrong in the terms of GovPay's fault bean. The API layer writes it as JSON and adds nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{codice}: {dettaglio}", codice = self.codice(), dettaglio = self.dettaglio())]
pub enum Rifiuto {
    /// 400 SINTASSI: first rule of the contract that the request breaks.
    Sintassi(String),
    /// 422 SEMANTICA.
    Semantica(String),
    /// 422 `100001`, a request parameter.
    Parametro(String),
    /// 400 `400000`.
    Richiesta(String),
    /// 403 `403000`.
    NonAutorizzato(String),
    /// 404 `404000`.
    NonTrovato(String),
    /// 406 `406000`.
    NonAccettabile(String),
    /// 502 EC `502000`: the application of the ente did not answer, or not well.
    Ente(String),
    /// 502 PAGOPA `PAA_NODO_INDISPONIBILE`: the node could not be reached.
    NodoIndisponibile(String),
    /// 502 PAGOPA with code and text of the node, which got the request and did not take it (spec/3 section 2.2.3).
    Nodo { codice: String, descrizione: String, dettaglio: String },
    /// 500 INTERNO `INTERNAL` with a text that the caller may read; a failure of ours whose text is not for callers is no refusal.
    Interno(String),
    /// A business code of the table.
    Codice(Box<Codice>),
    /// PATCH reports business codes as 500 OPERAZIONE (spec/1 section 9.6).
    Operazione(Box<Codice>),
}

/// Short for the couple that nearly every text of the table names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chiave {
    pub id_a2a: String,
    pub id_pendenza: String,
}

/// Business codes. Fields are the positional arguments of the original, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codice {
    App000 {
        id_a2a: String,
    },
    App001 {
        id_a2a: String,
    },
    App002 {
        autenticata: String,
        chiamante: String,
    },
    /// Nobody answers for the IUV.
    App006 {
        iuv: String,
        dominio: String,
    },
    /// The caller may not pay this.
    App003 {
        id_a2a: String,
        chiave: Chiave,
    },
    /// A citizen pays a spontaneo of somebody else.
    Cit003 {
        cittadino: String,
        chiave: Chiave,
        altro: String,
    },
    /// A citizen lets somebody else pay its spontaneo.
    Cit004 {
        cittadino: String,
        chiave: Chiave,
        altro: String,
    },
    Pag000,
    Pag006,
    Pag007 {
        chiave: Chiave,
        data: NaiveDate,
    },
    Pag012 {
        chiave: Chiave,
        data: NaiveDate,
    },
    Pag013 {
        id_carrello: String,
    },
    Pag014 {
        dominio: String,
        iuv: String,
        ccp: String,
    },
    /// It is there, and it is not the caller's to change.
    Ver015 {
        chiave: Chiave,
    },
    Ver038 {
        chiave: Chiave,
    },
    /// The key was used for another request.
    Idk000,
    /// The first request with this key is still at work.
    Idk001,
    /// The answer was too long to be kept.
    Idk002,
    Dom000 {
        dominio: String,
    },
    Dom001 {
        dominio: String,
    },
    Uop000 {
        unita_operativa: String,
        dominio: String,
    },
    Uop001 {
        unita_operativa: String,
        dominio: String,
    },
    Trb000 {
        dominio: String,
        entrata: String,
    },
    Trb001 {
        dominio: String,
        entrata: String,
    },
    Tvr000 {
        tipo: String,
    },
    Tvr001 {
        tipo: String,
    },
    Tvd000 {
        tipo: String,
        dominio: String,
    },
    Tvd001 {
        tipo: String,
        dominio: String,
    },
    Ver001 {
        chiave: Chiave,
        id_voce: String,
    },
    Ver002 {
        chiave: Chiave,
        somma: Importo,
        totale: Importo,
    },
    Ver003 {
        chiave: Chiave,
        stato: &'static str,
    },
    Ver004 {
        chiave: Chiave,
        uo: String,
        dominio: String,
        uo_originale: String,
        dominio_originale: String,
    },
    Ver005 {
        chiave: Chiave,
        voci: usize,
        voci_originali: usize,
    },
    Ver006 {
        chiave: Chiave,
        id_voce: String,
    },
    Ver007 {
        chiave: Chiave,
        id_voce: String,
        originale: String,
        inviato: String,
    },
    Ver008,
    Ver009 {
        chiave: Chiave,
        stato: &'static str,
    },
    /// The ente says that it is expired.
    Ver010,
    /// The ente does not know it.
    Ver011,
    /// The ente says that it is paid.
    Ver012,
    /// The ente says that it is annulled.
    Ver013,
    Ver017 {
        numero_avviso: String,
    },
    Ver020 {
        dominio: String,
        iban: String,
    },
    Ver022,
    Ver023 {
        chiave: Chiave,
        id_voce: String,
    },
    Ver024 {
        chiave: Chiave,
        inviato: String,
        originale: String,
    },
    Ver025 {
        chiave: Chiave,
        altra: Chiave,
        numero_avviso: String,
    },
    Ver026 {
        numero_avviso: String,
        codice: String,
        stazione: String,
    },
    Ver027 {
        numero_avviso: String,
        codice: String,
        dominio: String,
    },
    Ver028 {
        chiave: Chiave,
        generato: String,
        dominio: String,
        prefisso: String,
    },
    Ver032 {
        dominio: String,
        iban: String,
    },
    Ver033 {
        dominio: String,
        iban: String,
    },
    Ver034 {
        dominio: String,
        iban: String,
    },
    Ver035 {
        chiave: Chiave,
        id_voce: String,
        importo: Importo,
        somma: Importo,
    },
    Ver039 {
        chiave: Chiave,
        cifra: u8,
        aux_digit: u8,
        dominio: String,
    },
    /// The template of a form does not run; `motivo` is the engine's, with line and column.
    Trasformazione {
        motivo: String,
    },
    /// The JSON Schema of a form cannot be used.
    Val001 {
        motivo: String,
    },
    /// What a template made is not the pendenza that it should be (spec/1 section 10.1).
    Val003 {
        motivo: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Categoria {
    Autorizzazione,
    Richiesta,
    Operazione,
    PagoPa,
    Ec,
    Interno,
}

impl Categoria {
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Autorizzazione => "AUTORIZZAZIONE",
            Self::Richiesta => "RICHIESTA",
            Self::Operazione => "OPERAZIONE",
            Self::PagoPa => "PAGOPA",
            Self::Ec => "EC",
            Self::Interno => "INTERNO",
        }
    }
}

impl From<Codice> for Rifiuto {
    fn from(codice: Codice) -> Self {
        Self::Codice(Box::new(codice))
    }
}

impl Rifiuto {
    #[must_use]
    pub fn stato_http(&self) -> u16 {
        match self {
            Self::Sintassi(_) | Self::Richiesta(_) => 400,
            Self::Semantica(_) | Self::Parametro(_) => 422,
            Self::NonAutorizzato(_) => 403,
            Self::NonTrovato(_) => 404,
            Self::NonAccettabile(_) => 406,
            Self::Ente(_) | Self::NodoIndisponibile(_) | Self::Nodo { .. } => 502,
            Self::Codice(c) => c.stato_http(),
            Self::Interno(_) | Self::Operazione(_) => 500,
        }
    }

    #[must_use]
    pub const fn categoria(&self) -> Categoria {
        match self {
            Self::Sintassi(_) | Self::Semantica(_) | Self::Parametro(_) | Self::Richiesta(_) | Self::NonAccettabile(_) => Categoria::Richiesta,
            Self::Codice(c) => c.categoria(),
            Self::Ente(_) => Categoria::Ec,
            Self::NodoIndisponibile(_) | Self::Nodo { .. } => Categoria::PagoPa,
            Self::Interno(_) => Categoria::Interno,
            Self::NonAutorizzato(_) => Categoria::Autorizzazione,
            Self::NonTrovato(_) | Self::Operazione(_) => Categoria::Operazione,
        }
    }

    #[must_use]
    pub fn codice(&self) -> &str {
        match self {
            Self::Nodo { codice, .. } => codice,
            Self::Sintassi(_) => "SINTASSI",
            Self::Semantica(_) => "SEMANTICA",
            Self::Parametro(_) => "100001",
            Self::Richiesta(_) => "400000",
            Self::NonAutorizzato(_) => "403000",
            Self::NonTrovato(_) => "404000",
            Self::NonAccettabile(_) => "406000",
            Self::Ente(_) => "502000",
            Self::NodoIndisponibile(_) => "PAA_NODO_INDISPONIBILE",
            Self::Interno(_) => "INTERNAL",
            Self::Codice(c) | Self::Operazione(c) => c.nome(),
        }
    }

    #[must_use]
    pub fn descrizione(&self) -> &str {
        match self {
            Self::Nodo { descrizione, .. } => descrizione,
            Self::Sintassi(_) | Self::Semantica(_) | Self::Richiesta(_) | Self::Operazione(_) => "Richiesta non valida",
            Self::Codice(c) => c.descrizione(),
            Self::Ente(_) => "Errore ente creditore",
            Self::NodoIndisponibile(_) => "Servizi pagoPA non disponibili.",
            Self::Interno(_) => "Errore interno",
            Self::Parametro(_) => "Errore nella valorizzazione dei parametri della richiesta",
            Self::NonAutorizzato(_) => "Operazione non autorizzata",
            Self::NonTrovato(_) => "Risorsa non trovata",
            Self::NonAccettabile(_) => "Risorsa non disponibile nel formato richiesto",
        }
    }

    #[must_use]
    pub fn dettaglio(&self) -> String {
        match self {
            Self::Nodo { dettaglio, .. } => dettaglio.clone(),
            Self::Sintassi(t)
            | Self::Semantica(t)
            | Self::Parametro(t)
            | Self::Richiesta(t)
            | Self::NonAutorizzato(t)
            | Self::NonTrovato(t)
            | Self::NonAccettabile(t)
            | Self::Ente(t)
            | Self::NodoIndisponibile(t)
            | Self::Interno(t) => t.clone(),
            Self::Codice(c) | Self::Operazione(c) => c.dettaglio(),
        }
    }
}

impl Codice {
    #[must_use]
    pub const fn stato_http(&self) -> u16 {
        match self {
            Self::App000 { .. } | Self::App001 { .. } | Self::App002 { .. } | Self::Pag000 => 400,
            Self::App003 { .. } => 403,
            Self::Idk001 | Self::Idk002 => 409,
            Self::Trasformazione { .. } | Self::Val001 { .. } | Self::Val003 { .. } => 500,
            _ => 422,
        }
    }

    /// RICHIESTA but for what is our own fault (spec/1 section 4).
    #[must_use]
    pub const fn categoria(&self) -> Categoria {
        match self {
            Self::Val001 { .. } | Self::Val003 { .. } => Categoria::Interno,
            _ => Categoria::Richiesta,
        }
    }

    #[must_use]
    pub const fn descrizione(&self) -> &'static str {
        match self {
            Self::Trasformazione { .. } | Self::Val003 { .. } => "Errore durante la trasformazione",
            Self::Val001 { .. } => "Errore durante la validazione",
            _ => "Richiesta non valida",
        }
    }

    #[must_use]
    pub const fn nome(&self) -> &'static str {
        match self {
            Self::App000 { .. } => "APP_000",
            Self::App001 { .. } => "APP_001",
            Self::App002 { .. } => "APP_002",
            Self::App006 { .. } => "APP_006",
            Self::Idk000 => "IDK_000",
            Self::Idk001 => "IDK_001",
            Self::Idk002 => "IDK_002",
            Self::Dom000 { .. } => "DOM_000",
            Self::Dom001 { .. } => "DOM_001",
            Self::Uop000 { .. } => "UOP_000",
            Self::Uop001 { .. } => "UOP_001",
            Self::Trb000 { .. } => "TRB_000",
            Self::Trb001 { .. } => "TRB_001",
            Self::Tvr000 { .. } => "TVR_000",
            Self::Tvr001 { .. } => "TVR_001",
            Self::Tvd000 { .. } => "TVD_000",
            Self::Tvd001 { .. } => "TVD_001",
            Self::Ver001 { .. } => "VER_001",
            Self::Ver002 { .. } => "VER_002",
            Self::Ver003 { .. } => "VER_003",
            Self::Ver004 { .. } => "VER_004",
            Self::Ver005 { .. } => "VER_005",
            Self::Ver006 { .. } => "VER_006",
            Self::Ver007 { .. } => "VER_007",
            Self::Ver008 => "VER_008",
            Self::Ver009 { .. } => "VER_009",
            Self::App003 { .. } => "APP_003",
            Self::Cit003 { .. } => "CIT_003",
            Self::Cit004 { .. } => "CIT_004",
            Self::Pag000 => "PAG_000",
            Self::Pag006 => "PAG_006",
            Self::Pag007 { .. } => "PAG_007",
            Self::Pag012 { .. } => "PAG_012",
            Self::Pag013 { .. } => "PAG_013",
            Self::Pag014 { .. } => "PAG_014",
            Self::Ver015 { .. } => "VER_015",
            Self::Ver038 { .. } => "VER_038",
            Self::Ver010 => "VER_010",
            Self::Ver011 => "VER_011",
            Self::Ver012 => "VER_012",
            Self::Ver013 => "VER_013",
            Self::Ver017 { .. } => "VER_017",
            Self::Ver020 { .. } => "VER_020",
            Self::Ver022 => "VER_022",
            Self::Ver023 { .. } => "VER_023",
            Self::Ver024 { .. } => "VER_024",
            Self::Ver025 { .. } => "VER_025",
            Self::Ver026 { .. } => "VER_026",
            Self::Ver027 { .. } => "VER_027",
            Self::Ver028 { .. } => "VER_028",
            Self::Ver032 { .. } => "VER_032",
            Self::Ver033 { .. } => "VER_033",
            Self::Ver034 { .. } => "VER_034",
            Self::Ver035 { .. } => "VER_035",
            Self::Ver039 { .. } => "VER_039",
            Self::Trasformazione { .. } => "TRASFORMAZIONE",
            Self::Val001 { .. } => "VAL_001",
            Self::Val003 { .. } => "VAL_003",
        }
    }

    #[must_use]
    pub fn dettaglio(&self) -> String {
        match self {
            Self::App000 { id_a2a } => format!("Applicazione ({id_a2a}) inesistente"),
            Self::App001 { id_a2a } => format!("Applicazione ({id_a2a}) disabilitata"),
            Self::App002 { autenticata, chiamante } => format!("Applicazione autenticata ({autenticata}) diversa dalla chiamante ({chiamante})"),
            Self::Idk000 => "L'Idempotency-Key indicata e' gia' stata usata per una richiesta diversa.".to_owned(),
            Self::Idk001 => "Una richiesta con la stessa Idempotency-Key e' ancora in corso: riprovare fra poco.".to_owned(),
            Self::Idk002 => {
                "La richiesta con questa Idempotency-Key e' gia' stata eseguita, ma la sua risposta e' troppo grande per essere ripetuta.".to_owned()
            }
            Self::App006 { iuv, dominio } => format!("Nessuna applicazione trovata per gestire lo IUV ({iuv}) per il dominio ({dominio})"),
            Self::Dom000 { dominio } => format!("Dominio ({dominio}) inesistente"),
            Self::Dom001 { dominio } => format!("Dominio ({dominio}) disabilitato"),
            Self::Uop000 { unita_operativa, dominio } => format!("Unita' operativa ({unita_operativa}) del dominio ({dominio}) inesistente"),
            Self::Uop001 { unita_operativa, dominio } => format!("Unita' operativa ({unita_operativa}) del dominio ({dominio}) disabilitata"),
            Self::Trb000 { dominio, entrata } => format!("Tributo ({entrata}) inesistente per il dominio ({dominio})"),
            Self::Trb001 { dominio, entrata } => format!("Tributo ({entrata}) disabilitato per il dominio ({dominio})"),
            Self::Tvr000 { tipo } => format!("Tipo pendenza ({tipo}) inesistente"),
            Self::Tvr001 { tipo } => format!("Tipo pendenza ({tipo}) disabilitato"),
            Self::Tvd000 { tipo, dominio } => format!("Tipo pendenza ({tipo}) del dominio ({dominio}) inesistente"),
            Self::Tvd001 { tipo, dominio } => format!("Tipo pendenza ({tipo}) del dominio ({dominio}) disabilitato"),
            Self::Ver001 { chiave, id_voce } => format!("{chiave} presenta il codSingoloVersamentoEnte ({id_voce}) piu' di una volta"),
            Self::Ver002 { chiave, somma, totale } => {
                format!("{chiave} ha un importo totale ({}) diverso dalla somma dei singoli importi ({})", totale.forma_breve(), somma.forma_breve())
            }
            Self::Ver003 { chiave, stato } => format!("{chiave} e' in uno stato che non consente l'aggiornamento ({stato})"),
            Self::Ver004 { chiave, uo, dominio, uo_originale, dominio_originale } => {
                format!("{chiave} presenta un beneficiario ({uo} / {dominio}) diverso da quello originale ({uo_originale} / {dominio_originale})")
            }
            Self::Ver005 { chiave, voci, voci_originali } => {
                format!("{chiave} inviata ha un numero di voci ({voci}) diverso da quello originale ({voci_originali})")
            }
            Self::Ver006 { chiave, id_voce } => {
                format!("{chiave} inviata non contiene una voce con codSingoloVersamentoEnte ({id_voce}) presente nell'originale")
            }
            Self::Ver007 { chiave, id_voce, originale, inviato } => format!(
                "{chiave} ha il singolo versamento con codSingoloVersamentoEnte ({id_voce}) inviato ha un tipo tributo ({originale}) diverso dall'originale ({inviato})"
            ),
            Self::Ver008 => "La pendenza non esiste.".to_owned(),
            Self::Ver009 { chiave, stato } => format!("{chiave} e' in uno stato che non consente l'annullamento ({stato})"),
            Self::App003 { id_a2a, chiave: Chiave { id_a2a: di, id_pendenza } } => {
                format!("Applicazione ({id_a2a}) non autorizzata a pagare la pendenza (IdA2A:{di}, Id:{id_pendenza})")
            }
            Self::Cit003 { cittadino, chiave, altro } => cittadino_non_autorizzato(cittadino, chiave, "debitore", altro),
            Self::Cit004 { cittadino, chiave, altro } => cittadino_non_autorizzato(cittadino, chiave, "versante", altro),
            Self::Pag000 => "Le pendenze di una richiesta di pagamento devono afferire alla stessa stazione".to_owned(),
            Self::Pag006 => "Il versamento e' in uno stato che non consente il pagamento".to_owned(),
            Self::Pag007 { chiave, data } => data_decorsa(chiave, "data scadenza", *data),
            Self::Pag012 { chiave, data } => data_decorsa(chiave, "data validita'", *data),
            Self::Pag013 { id_carrello } => format!(
                "Impossibile indirizzare il Portale di Pagamento: non e' stata fornita una URL di ritorno in fase di richiesta. IdCarrello {id_carrello}"
            ),
            Self::Pag014 { dominio, iuv, ccp } => {
                format!("Il pagamento (IdDominio:{dominio}, IUV:{iuv}, CCP:{ccp}) non e' eseguibile poiche' risulta in corso all'Ente Creditore")
            }
            Self::Ver015 { chiave } => format!("{chiave} esistente e non aggiornabile se AggiornaSeEsiste impostato a false"),
            Self::Ver038 { chiave: Chiave { id_a2a, id_pendenza } } => {
                format!("La pendenza (IdA2A:{id_a2a} Id:{id_pendenza}) e' di tipo multibeneficiario non consentito per pagamenti spontanei.")
            }
            Self::Ver010 => "La verifica della pendenza ha dato esito PAA_PAGAMENTO_SCADUTO".to_owned(),
            Self::Ver011 => "La verifica della pendenza ha dato esito PAA_PAGAMENTO_SCONOSCIUTO".to_owned(),
            Self::Ver012 => "La verifica della pendenza ha dato esito PAA_PAGAMENTO_DUPLICATO".to_owned(),
            Self::Ver013 => "La verifica della pendenza ha dato esito PAA_PAGAMENTO_ANNULLATO".to_owned(),
            Self::Ver017 { numero_avviso } => format!("Lo IUV ({numero_avviso}) non e' conforme alle specifiche agid"),
            Self::Ver020 { dominio, iban } => format!("Iban di accredito ({iban}) non censito per il dominio ({dominio})"),
            Self::Ver022 => "Applicazione non autorizzata alla gestione del tipo pendenza indicato".to_owned(),
            Self::Ver023 { chiave, id_voce } => format!("{chiave} ha la voce ({id_voce}) con un iban di accredito diverso dall'originale."),
            Self::Ver024 { chiave, inviato, originale } => format!("{chiave} ha un numero avviso ({inviato}) diverso dall'originale ({originale})."),
            Self::Ver025 { chiave, altra, numero_avviso } => {
                format!("{chiave} ha un numero avviso ({numero_avviso}) gia' utilizzato (IdA2A:{}, Id:{}).", altra.id_a2a, altra.id_pendenza)
            }
            Self::Ver026 { numero_avviso, codice, stazione } => {
                format!("Lo IUV ({numero_avviso}) non e' conforme alle specifiche agid, application code ({codice}) non valido per la stazione ({stazione})")
            }
            // The misspelling is the original's.
            Self::Ver027 { numero_avviso, codice, dominio } => {
                format!("Lo IUV ({numero_avviso}) non e' conforme alle specifiche agid, segregaton code ({codice}) non valido per il dominio ({dominio})")
            }
            Self::Ver028 { chiave: Chiave { id_a2a, id_pendenza }, generato, dominio, prefisso } => format!(
                "Il prefisso IUV di tipo numerico generato ({generato}) per la pendenza (IdA2A:{id_a2a} Id:{id_pendenza}) non e' valido rispetto alla configurazione prevista per il dominio ({dominio}, prefix:{prefisso})."
            ),
            Self::Ver032 { dominio, iban } => format!("Iban di accredito ({iban}) disabilitato per il dominio ({dominio})"),
            Self::Ver033 { dominio, iban } => format!("Iban di appoggio ({iban}) non censito per il dominio ({dominio})"),
            Self::Ver034 { dominio, iban } => format!("Iban di appoggio ({iban}) disabilitato per il dominio ({dominio})"),
            Self::Ver035 { chiave: Chiave { id_a2a, id_pendenza }, id_voce, importo, somma } => format!(
                "La voce ({id_voce}) della pendenza (IdA2A:{id_a2a}, Id:{id_pendenza}) ha un importo ({}) diverso dalla somma dei singoli importi definiti nella lista delle contabilita' ({})",
                importo.forma_breve(),
                somma.forma_breve()
            ),
            Self::Ver039 { chiave: Chiave { id_a2a, id_pendenza }, cifra, aux_digit, dominio } => format!(
                "Il carattere iniziale del numero avviso ({cifra}) indicato per la pendenza (IdA2A:{id_a2a} Id:{id_pendenza}) non coincide con l'aux digit ({aux_digit}) impostato per l'Ente Creditore ({dominio})."
            ),
            Self::Trasformazione { motivo } => motivo.clone(),
            Self::Val001 { motivo } => format!("Lo schema indicato per la validazione non e' valido: {motivo}."),
            Self::Val003 { motivo } => format!("La validazione del risultato della trasformazione si e' conclusa con un errore: {motivo}."),
        }
    }
}

fn cittadino_non_autorizzato(cittadino: &str, Chiave { id_a2a, id_pendenza }: &Chiave, quale: &str, altro: &str) -> String {
    format!(
        "L'utente cittadino ({cittadino}) non e' autorizzato ad effettuare il pagamento della pendenza (IdA2A:{id_a2a} Id:{id_pendenza}) per il soggetto {quale} ({altro})."
    )
}

fn data_decorsa(Chiave { id_a2a, id_pendenza }: &Chiave, quale: &str, data: NaiveDate) -> String {
    format!("Richiesto pagamento di una pendenza [Applicazione:{id_a2a} IdPendenza:{id_pendenza}] con {quale} decorsa il {data}.")
}

/// `La pendenza (IdA2A:a, Id:p)`, as the texts of the table begin.
impl std::fmt::Display for Chiave {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "La pendenza (IdA2A:{}, Id:{})", self.id_a2a, self.id_pendenza)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chiave() -> Chiave {
        Chiave { id_a2a: "TRIB_COMUNE".to_owned(), id_pendenza: "P9".to_owned() }
    }

    /// spec/1 section 17, last examples.
    #[test]
    fn i_testi_sono_quelli_del_contratto() {
        let rifiuto = Rifiuto::from(Codice::Ver002 { chiave: chiave(), somma: Importo::da_cent(13_250), totale: Importo::da_cent(14_250) });
        assert_eq!(rifiuto.dettaglio(), "La pendenza (IdA2A:TRIB_COMUNE, Id:P9) ha un importo totale (142.5) diverso dalla somma dei singoli importi (132.5)");
        assert_eq!((rifiuto.stato_http(), rifiuto.codice(), rifiuto.descrizione()), (422, "VER_002", "Richiesta non valida"));
    }

    #[test]
    fn di_chi_e_la_colpa_lo_dice_la_categoria() {
        let motivo = || "m".to_owned();
        for (rifiuto, stato, categoria, codice, descrizione) in [
            (Rifiuto::Ente(motivo()), 502, Categoria::Ec, "502000", "Errore ente creditore"),
            (Rifiuto::Interno(motivo()), 500, Categoria::Interno, "INTERNAL", "Errore interno"),
            (Codice::Ver010.into(), 422, Categoria::Richiesta, "VER_010", "Richiesta non valida"),
            (Codice::Trasformazione { motivo: motivo() }.into(), 500, Categoria::Richiesta, "TRASFORMAZIONE", "Errore durante la trasformazione"),
            (Codice::Val001 { motivo: motivo() }.into(), 500, Categoria::Interno, "VAL_001", "Errore durante la validazione"),
            (Codice::Val003 { motivo: motivo() }.into(), 500, Categoria::Interno, "VAL_003", "Errore durante la trasformazione"),
        ] {
            assert_eq!((rifiuto.stato_http(), rifiuto.categoria(), rifiuto.codice(), rifiuto.descrizione()), (stato, categoria, codice, descrizione));
        }
    }

    #[test]
    fn il_primo_carattere_dell_avviso_e_spiegato() {
        let codice = Codice::Ver039 { chiave: chiave(), cifra: 1, aux_digit: 3, dominio: "12345678901".to_owned() };
        assert_eq!(
            codice.dettaglio(),
            "Il carattere iniziale del numero avviso (1) indicato per la pendenza (IdA2A:TRIB_COMUNE Id:P9) non coincide con l'aux digit (3) impostato per l'Ente Creditore (12345678901)."
        );
    }
}
