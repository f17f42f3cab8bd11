-- Flows of rendicontazione. One that is being acquired (IN_ACQUISIZIONE) belongs to whoever holds its lease, and is read by nobody.

CREATE TABLE flusso (
    id @UUID@ NOT NULL PRIMARY KEY,
    dominio TEXT NOT NULL,
    id_flusso TEXT NOT NULL,
    -- Of emission: with the id it is the key of a version.
    data @TS@ NOT NULL,
    psp TEXT NOT NULL,
    nome_psp TEXT,
    nome_dominio TEXT,
    -- Absent until it is published.
    revisione BIGINT,
    -- The number that pagoPA gives, on the REST road alone.
    revisione_pagopa BIGINT,
    trn TEXT NOT NULL,
    data_regolamento @DATA@ NOT NULL,
    bic TEXT,
    numero_pagamenti BIGINT NOT NULL,
    importo_totale BIGINT NOT NULL,
    stato TEXT NOT NULL,
    -- codice#testo, joined by a bar.
    anomalie TEXT,
    obsoleto BOOLEAN NOT NULL,
    data_acquisizione @TS@ NOT NULL,
    data_pubblicazione @TS@,
    data_aggiornamento @TS@,
    prenotato_fino @TS@,
    -- The riconciliazione that took it.
    incasso TEXT
);
CREATE UNIQUE INDEX flusso_revisione ON flusso (dominio, id_flusso, psp, revisione);
-- Two nodes do not acquire the same version together.
CREATE UNIQUE INDEX flusso_in_corso ON flusso (dominio, id_flusso, psp) WHERE stato = 'IN_ACQUISIZIONE';
CREATE INDEX flusso_elenco ON flusso (data_acquisizione, id);
CREATE INDEX flusso_dominio ON flusso (dominio, data_acquisizione, id);
CREATE INDEX flusso_id ON flusso (id_flusso);
CREATE INDEX flusso_pubblicato ON flusso (dominio, data_pubblicazione);

-- The document as it came, in pieces that are compressed one by one, so that it is read without being held.
CREATE TABLE flusso_xml (
    flusso @UUID@ NOT NULL,
    parte INTEGER NOT NULL,
    contenuto @BLOB@ NOT NULL,
    PRIMARY KEY (flusso, parte)
);

-- No foreign key: rows are written by the holder of the lease alone, and looking up the same flow for each of them costs more than writing them.
CREATE TABLE rendicontazione (
    flusso @UUID@ NOT NULL,
    -- From 1, in the order of the flow.
    riga BIGINT NOT NULL,
    dominio TEXT NOT NULL,
    iuv TEXT NOT NULL,
    iur TEXT NOT NULL,
    indice SMALLINT,
    importo BIGINT NOT NULL,
    esito SMALLINT NOT NULL,
    data @TS@ NOT NULL,
    stato TEXT NOT NULL,
    anomalie TEXT,
    -- The voce that it is about: the position may be of another dominio.
    dominio_pendenza TEXT,
    pendenza @UUID@,
    voce SMALLINT,
    -- The payment that it reports.
    riscossione @UUID@,
    -- Whether a receipt that is missing may still be asked for, and from when.
    recupero_rt BOOLEAN NOT NULL,
    recupero_rt_da @TS@,
    notifica_inviata BOOLEAN NOT NULL,
    PRIMARY KEY (flusso, riga)
);
-- What a receipt heals, and what the flow has twice.
CREATE INDEX rendicontazione_iuv ON rendicontazione (dominio, iuv);
CREATE INDEX rendicontazione_elenco ON rendicontazione (data, flusso, riga);
CREATE INDEX rendicontazione_pendenza ON rendicontazione (dominio_pendenza, pendenza) WHERE pendenza IS NOT NULL;
CREATE INDEX rendicontazione_senza_rt ON rendicontazione (data) WHERE riscossione IS NULL AND recupero_rt AND pendenza IS NOT NULL;

-- Flows that could not be acquired, each with its reason: tried again at every turn, until they can.
CREATE TABLE flusso_da_parte (
    dominio TEXT NOT NULL,
    id_flusso TEXT NOT NULL,
    -- PSP and revision, or date: which version of it.
    versione TEXT NOT NULL,
    -- When pagoPA published it: the next list goes back to it.
    pubblicato @TS@,
    motivo TEXT NOT NULL,
    tentativi INTEGER NOT NULL,
    prima_volta @TS@ NOT NULL,
    ultima_volta @TS@ NOT NULL,
    prossimo_tentativo @TS@ NOT NULL,
    PRIMARY KEY (dominio, id_flusso, versione)
);
