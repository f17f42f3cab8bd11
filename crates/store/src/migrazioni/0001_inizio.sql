-- The types between at signs differ by database: see migrazioni/mod.rs.
-- Timestamps are UTC, amounts are euro cents, enums are their codes, JSON is text that nobody queries.

-- ---------------------------------------------------------------- installation

CREATE TABLE installazione (
    id SMALLINT NOT NULL PRIMARY KEY,
    -- Oldest program that this schema still serves, as a migration number.
    programma_minimo INTEGER NOT NULL,
    -- Last sign of life of any node: a start whose clock is older is refused (a restored backup, or a wrong clock).
    battito @TS@ NOT NULL
);

-- A leased number (0 to 1023) per running node: ten bits of the int64 identifiers.
CREATE TABLE nodo (
    numero INTEGER NOT NULL PRIMARY KEY,
    titolare TEXT NOT NULL,
    scadenza @TS@ NOT NULL
);

-- ---------------------------------------------------------------- anagrafica

CREATE TABLE anagrafica_versione (
    id SMALLINT NOT NULL PRIMARY KEY,
    versione BIGINT NOT NULL
);

CREATE TABLE intermediario (
    cod TEXT NOT NULL PRIMARY KEY,
    denominazione TEXT NOT NULL,
    principal TEXT,
    abilitato BOOLEAN NOT NULL,
    versione BIGINT NOT NULL
);

CREATE TABLE stazione (
    cod TEXT NOT NULL PRIMARY KEY,
    intermediario TEXT NOT NULL REFERENCES intermediario (cod),
    application_code SMALLINT NOT NULL,
    abilitata BOOLEAN NOT NULL,
    ricevuta_ripetuta TEXT NOT NULL,
    ricevuta_ignota TEXT NOT NULL,
    versione BIGINT NOT NULL
);

CREATE TABLE dominio (
    cod TEXT NOT NULL PRIMARY KEY,
    ragione_sociale TEXT NOT NULL,
    stazione TEXT REFERENCES stazione (cod),
    aux_digit SMALLINT NOT NULL,
    segregation_code SMALLINT,
    iuv_prefix TEXT,
    gln TEXT,
    cbill TEXT,
    aut_stampa_poste TEXT,
    intermediato BOOLEAN NOT NULL,
    abilitato BOOLEAN NOT NULL,
    recapiti TEXT NOT NULL,
    versione BIGINT NOT NULL
);

CREATE TABLE dominio_logo (
    dominio TEXT NOT NULL PRIMARY KEY REFERENCES dominio (cod),
    contenuto @BLOB@ NOT NULL
);

CREATE TABLE unita_operativa (
    dominio TEXT NOT NULL REFERENCES dominio (cod),
    cod TEXT NOT NULL,
    ragione_sociale TEXT,
    abilitata BOOLEAN NOT NULL,
    recapiti TEXT NOT NULL,
    versione BIGINT NOT NULL,
    PRIMARY KEY (dominio, cod)
);

CREATE TABLE conto_accredito (
    dominio TEXT NOT NULL REFERENCES dominio (cod),
    iban TEXT NOT NULL,
    bic TEXT,
    postale BOOLEAN NOT NULL,
    abilitato BOOLEAN NOT NULL,
    intestatario TEXT,
    aut_stampa_poste TEXT,
    versione BIGINT NOT NULL,
    PRIMARY KEY (dominio, iban)
);

CREATE TABLE entrata (
    cod TEXT NOT NULL PRIMARY KEY,
    descrizione TEXT NOT NULL,
    tipo_contabilita TEXT,
    codice_contabilita TEXT,
    versione BIGINT NOT NULL
);

CREATE TABLE entrata_dominio (
    dominio TEXT NOT NULL REFERENCES dominio (cod),
    cod TEXT NOT NULL REFERENCES entrata (cod),
    iban_accredito TEXT,
    iban_appoggio TEXT,
    tipo_contabilita TEXT,
    codice_contabilita TEXT,
    abilitata BOOLEAN NOT NULL,
    versione BIGINT NOT NULL,
    PRIMARY KEY (dominio, cod)
);

CREATE TABLE tipo_pendenza (
    cod TEXT NOT NULL PRIMARY KEY,
    descrizione TEXT NOT NULL,
    codifica_iuv TEXT,
    abilitato BOOLEAN NOT NULL,
    versione BIGINT NOT NULL
);

CREATE TABLE tipo_pendenza_dominio (
    dominio TEXT NOT NULL REFERENCES dominio (cod),
    cod TEXT NOT NULL REFERENCES tipo_pendenza (cod),
    codifica_iuv TEXT,
    abilitato BOOLEAN,
    versione BIGINT NOT NULL,
    PRIMARY KEY (dominio, cod)
);

-- A login. NULL in domini or tipi_pendenza means all; an empty JSON means none.
CREATE TABLE utenza (
    principal TEXT NOT NULL PRIMARY KEY,
    password_hash TEXT,
    abilitata BOOLEAN NOT NULL,
    domini TEXT,
    tipi_pendenza TEXT,
    acl TEXT NOT NULL,
    versione BIGINT NOT NULL
);

CREATE TABLE applicazione (
    cod TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL UNIQUE REFERENCES utenza (principal),
    codifica_iuv TEXT,
    reg_exp_iuv TEXT,
    autodeterminazione BOOLEAN NOT NULL,
    connettore TEXT,
    versione BIGINT NOT NULL
);

CREATE TABLE operatore (
    principal TEXT NOT NULL PRIMARY KEY REFERENCES utenza (principal),
    nome TEXT NOT NULL,
    versione BIGINT NOT NULL
);

-- ---------------------------------------------------------------- positions

CREATE TABLE contatore_iuv (
    dominio TEXT NOT NULL,
    prefisso TEXT NOT NULL,
    prossimo BIGINT NOT NULL,
    -- Grows at every recovery from a backup (doctor --dopo-ripristino).
    epoca INTEGER NOT NULL,
    PRIMARY KEY (dominio, prefisso)
);

CREATE TABLE documento (
    dominio TEXT NOT NULL,
    id @UUID@ NOT NULL,
    id_a2a TEXT NOT NULL,
    identificativo TEXT NOT NULL,
    descrizione TEXT NOT NULL,
    PRIMARY KEY (dominio, id)
);
CREATE UNIQUE INDEX documento_chiave ON documento (dominio, id_a2a, identificativo);

CREATE TABLE pendenza (
    dominio TEXT NOT NULL,
    id @UUID@ NOT NULL,
    id_a2a TEXT NOT NULL,
    id_pendenza TEXT NOT NULL,
    iuv TEXT NOT NULL,
    numero_avviso TEXT NOT NULL,
    unita_operativa TEXT,
    tipo_pendenza TEXT NOT NULL,
    tipo TEXT NOT NULL,
    nome TEXT,
    stato TEXT NOT NULL,
    descrizione_stato TEXT,
    anomalo BOOLEAN NOT NULL,
    causale TEXT NOT NULL,
    importo BIGINT NOT NULL,
    debitore TEXT NOT NULL,
    -- Upper-cased identificativo of the debtor.
    debitore_cerca TEXT NOT NULL,
    uuid TEXT NOT NULL,
    data_caricamento @TS@ NOT NULL,
    data_ultimo_aggiornamento @TS@ NOT NULL,
    data_ultima_modifica_aca @TS@ NOT NULL,
    data_validita @DATA@,
    data_scadenza @DATA@,
    anno_riferimento INTEGER,
    cartella_pagamento TEXT,
    tassonomia TEXT,
    tassonomia_avviso TEXT,
    direzione TEXT,
    divisione TEXT,
    dati_allegati TEXT,
    proprieta TEXT,
    documento @UUID@,
    -- unica, rata:N, soglia:TIPO[:giorni]
    parte TEXT NOT NULL,
    stato_pagamento TEXT NOT NULL,
    importo_pagato BIGINT NOT NULL,
    importo_incassato BIGINT NOT NULL,
    data_pagamento @TS@,
    iuv_pagamento TEXT,
    ack BOOLEAN NOT NULL,
    data_notifica_avviso @DATA@,
    avviso_notificato BOOLEAN,
    data_promemoria_scadenza @DATA@,
    promemoria_scadenza_notificato BOOLEAN,
    PRIMARY KEY (dominio, id)
);
-- The one key that does not follow the dominio: on a distributed database it becomes a table of its own.
CREATE UNIQUE INDEX pendenza_chiave ON pendenza (id_a2a, id_pendenza);
CREATE UNIQUE INDEX pendenza_iuv ON pendenza (dominio, iuv);
-- GET /pendenze of one application, newest first.
CREATE INDEX pendenza_elenco ON pendenza (id_a2a, data_caricamento, id);
CREATE INDEX pendenza_debitore ON pendenza (debitore_cerca, data_caricamento);

CREATE TABLE voce (
    dominio TEXT NOT NULL,
    pendenza @UUID@ NOT NULL,
    indice SMALLINT NOT NULL,
    id_voce TEXT NOT NULL,
    importo BIGINT NOT NULL,
    eseguita BOOLEAN NOT NULL,
    descrizione TEXT NOT NULL,
    descrizione_causale_rpt TEXT,
    dominio_voce TEXT,
    -- One of entrata, bollo, conto.
    riferimento TEXT NOT NULL,
    contabilita TEXT,
    metadata TEXT,
    dati_allegati TEXT,
    PRIMARY KEY (dominio, pendenza, indice),
    FOREIGN KEY (dominio, pendenza) REFERENCES pendenza (dominio, id)
);

CREATE TABLE allegato (
    id BIGINT NOT NULL PRIMARY KEY,
    dominio TEXT NOT NULL,
    pendenza @UUID@ NOT NULL,
    nome TEXT NOT NULL,
    tipo TEXT,
    descrizione TEXT,
    contenuto @BLOB@ NOT NULL,
    data_creazione @TS@ NOT NULL,
    FOREIGN KEY (dominio, pendenza) REFERENCES pendenza (dominio, id)
);
CREATE INDEX allegato_pendenza ON allegato (dominio, pendenza);

-- ---------------------------------------------------------------- payments

CREATE TABLE transazione (
    dominio TEXT NOT NULL,
    id @UUID@ NOT NULL,
    iuv TEXT NOT NULL,
    ccp TEXT NOT NULL,
    pendenza @UUID@ NOT NULL,
    versione TEXT NOT NULL,
    stato TEXT NOT NULL,
    descrizione_stato TEXT,
    esito SMALLINT NOT NULL,
    data_richiesta @TS@ NOT NULL,
    data_ricevuta @TS@,
    importo_pagato BIGINT,
    stazione TEXT,
    psp TEXT,
    canale TEXT,
    tipo_versamento TEXT,
    attestante_identificativo TEXT,
    attestante_denominazione TEXT,
    carrello TEXT,
    con_rpt BOOLEAN NOT NULL,
    con_rt BOOLEAN NOT NULL,
    PRIMARY KEY (dominio, id),
    FOREIGN KEY (dominio, pendenza) REFERENCES pendenza (dominio, id)
);
CREATE UNIQUE INDEX transazione_chiave ON transazione (dominio, iuv, ccp);
CREATE INDEX transazione_pendenza ON transazione (dominio, pendenza, data_richiesta);

-- What passed, byte for byte: our activation answer (RPT) and the node's receipt (RT), zstd, with the hash of the original.
CREATE TABLE transazione_xml (
    dominio TEXT NOT NULL,
    transazione @UUID@ NOT NULL,
    tipo TEXT NOT NULL,
    contenuto @BLOB@ NOT NULL,
    hash @BLOB@ NOT NULL,
    PRIMARY KEY (dominio, transazione, tipo),
    FOREIGN KEY (dominio, transazione) REFERENCES transazione (dominio, id)
);

CREATE TABLE riscossione (
    dominio TEXT NOT NULL,
    id @UUID@ NOT NULL,
    iuv TEXT NOT NULL,
    iur TEXT NOT NULL,
    indice SMALLINT NOT NULL,
    -- The position and attempt it pays, which live under the dominio of the notice: another one for a secondary creditor.
    dominio_pendenza TEXT NOT NULL,
    pendenza @UUID@ NOT NULL,
    transazione @UUID@,
    voce SMALLINT,
    importo BIGINT NOT NULL,
    data @TS@ NOT NULL,
    tipo TEXT NOT NULL,
    stato TEXT NOT NULL,
    commissioni BIGINT,
    PRIMARY KEY (dominio, id)
);
CREATE UNIQUE INDEX riscossione_chiave ON riscossione (dominio, iuv, iur, indice);
CREATE INDEX riscossione_pendenza ON riscossione (dominio_pendenza, pendenza);

-- Receipts for a notice of a dominio of ours that we do not know: money has moved, nothing is thrown away.
CREATE TABLE ricevuta_estranea (
    dominio TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    iuv TEXT NOT NULL,
    stazione TEXT NOT NULL,
    importo BIGINT NOT NULL,
    ricevuta_il @TS@ NOT NULL,
    contenuto @BLOB@ NOT NULL,
    hash @BLOB@ NOT NULL,
    PRIMARY KEY (dominio, receipt_id)
);

-- The ledger: append only, signed cents.
CREATE TABLE registro (
    dominio TEXT NOT NULL,
    id @UUID@ NOT NULL,
    pendenza @UUID@ NOT NULL,
    voce SMALLINT NOT NULL,
    conto TEXT NOT NULL,
    importo BIGINT NOT NULL,
    causa TEXT NOT NULL,
    data @TS@ NOT NULL,
    PRIMARY KEY (dominio, id)
);
CREATE INDEX registro_pendenza ON registro (dominio, pendenza);

-- ---------------------------------------------------------------- work

CREATE TABLE notifica (
    dominio TEXT NOT NULL,
    id @UUID@ NOT NULL,
    id_a2a TEXT NOT NULL,
    id_pendenza TEXT NOT NULL,
    iuv TEXT NOT NULL,
    ccp TEXT NOT NULL,
    transazione @UUID@ NOT NULL,
    tipo TEXT NOT NULL,
    stato TEXT NOT NULL,
    descrizione_stato TEXT,
    tentativi INTEGER NOT NULL,
    data_creazione @TS@ NOT NULL,
    data_ultimo_aggiornamento @TS@ NOT NULL,
    data_prossima_spedizione @TS@ NOT NULL,
    prenotata_fino @TS@,
    PRIMARY KEY (dominio, id)
);
CREATE INDEX notifica_dovute ON notifica (data_prossima_spedizione) WHERE stato = 'DA_SPEDIRE';
-- Only the oldest unsent row of a payment can be taken.
CREATE INDEX notifica_ordine ON notifica (dominio, iuv, id) WHERE stato = 'DA_SPEDIRE';
CREATE INDEX notifica_elenco ON notifica (data_creazione, id);

-- ---------------------------------------------------------------- journal

CREATE TABLE evento (
    id BIGINT NOT NULL PRIMARY KEY,
    data @TS@ NOT NULL,
    durata_ms BIGINT,
    componente TEXT NOT NULL,
    ruolo TEXT NOT NULL,
    categoria TEXT NOT NULL,
    tipo TEXT NOT NULL,
    sottotipo TEXT,
    esito TEXT NOT NULL,
    sottotipo_esito TEXT,
    dettaglio_esito TEXT,
    dominio TEXT,
    iuv TEXT,
    ccp TEXT,
    id_a2a TEXT,
    id_pendenza TEXT,
    id_transazione TEXT,
    dati_pago_pa TEXT,
    parametri_richiesta TEXT,
    parametri_risposta TEXT
);
CREATE INDEX evento_iuv ON evento (dominio, iuv, id);
CREATE INDEX evento_pendenza ON evento (id_a2a, id_pendenza, id);
CREATE INDEX evento_data ON evento (data);
