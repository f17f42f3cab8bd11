-- Payments started from a portal, and the pendenze of a visitor that nobody has paid yet.

CREATE TABLE pagamento_portale (
    id @UUID@ NOT NULL PRIMARY KEY,
    tipo SMALLINT NOT NULL,
    principal TEXT NOT NULL,
    tipo_utenza TEXT NOT NULL,
    -- The application that started it: nobody else's list shows it.
    applicazione TEXT,
    nome TEXT NOT NULL,
    importo BIGINT NOT NULL,
    stato TEXT NOT NULL,
    codice_stato TEXT NOT NULL,
    descrizione_stato TEXT,
    id_sessione_portale TEXT,
    id_sessione_psp TEXT,
    url_ritorno TEXT,
    redirect TEXT,
    versante TEXT,
    -- Upper-cased identificativo of the versante.
    versante_cerca TEXT,
    -- JSON object: what of the request is shown again as it came.
    richiesta TEXT NOT NULL,
    data_richiesta @TS@ NOT NULL,
    verificato BOOLEAN NOT NULL,
    severita SMALLINT,
    -- The one dominio of all its pendenze, when it is one.
    dominio TEXT,
    esito_psp TEXT
);
CREATE INDEX pagamento_portale_elenco ON pagamento_portale (data_richiesta, id);
CREATE INDEX pagamento_portale_applicazione ON pagamento_portale (applicazione, data_richiesta, id);
CREATE INDEX pagamento_portale_versante ON pagamento_portale (versante_cerca, data_richiesta, id);
CREATE INDEX pagamento_portale_sessione ON pagamento_portale (id_sessione_portale);
CREATE UNIQUE INDEX pagamento_portale_psp ON pagamento_portale (id_sessione_psp);

-- The pendenze of a payment, in the order of the request.
CREATE TABLE pagamento_pendenza (
    pagamento @UUID@ NOT NULL REFERENCES pagamento_portale (id),
    posizione SMALLINT NOT NULL,
    dominio TEXT NOT NULL,
    pendenza @UUID@ NOT NULL,
    PRIMARY KEY (pagamento, posizione),
    FOREIGN KEY (dominio, pendenza) REFERENCES pendenza (dominio, id)
);
CREATE INDEX pagamento_pendenza_pendenza ON pagamento_pendenza (dominio, pendenza);

ALTER TABLE transazione ADD COLUMN pagamento @UUID@ REFERENCES pagamento_portale (id);
CREATE INDEX transazione_pagamento ON transazione (pagamento) WHERE pagamento IS NOT NULL;

-- Where a browser goes after a payment whose request said nothing.
ALTER TABLE applicazione ADD COLUMN url_ritorno TEXT;

-- A pendenza that a citizen or nobody made for itself: outside the archive until its avviso is asked for or it is paid.
CREATE TABLE bozza (
    -- Hash of the session that made it.
    sessione @BLOB@ NOT NULL,
    id_a2a TEXT NOT NULL,
    id_pendenza TEXT NOT NULL,
    dominio TEXT NOT NULL,
    iuv TEXT NOT NULL,
    -- JSON: the rows that it would be.
    contenuto TEXT NOT NULL,
    creata @TS@ NOT NULL,
    scadenza @TS@ NOT NULL,
    PRIMARY KEY (sessione, id_a2a, id_pendenza)
);
CREATE INDEX bozza_iuv ON bozza (sessione, dominio, iuv);
CREATE INDEX bozza_scadenza ON bozza (scadenza);
