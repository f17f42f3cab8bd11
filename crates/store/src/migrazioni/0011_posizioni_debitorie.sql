-- What the archives of pagoPA (GPD, ACA) are to be told of a position: one row per position, written with the change that it tells of.

CREATE TABLE posizione_debitoria (
    dominio TEXT NOT NULL,
    pendenza @UUID@ NOT NULL,
    -- As the back office names it, without a join.
    id_a2a TEXT NOT NULL,
    id_pendenza TEXT NOT NULL,
    -- Its name in the archive.
    iupd TEXT NOT NULL,
    numero_avviso TEXT NOT NULL,
    -- SINCRONA: to ACA. ASINCRONA: to GPD.
    modalita TEXT NOT NULL,
    -- DA_INVIARE, INVIATA, NON_DOVUTA, RIFIUTATA.
    stato TEXT NOT NULL,
    -- Grows with every change; what the archive has heard.
    versione BIGINT NOT NULL,
    versione_inviata BIGINT NOT NULL DEFAULT 0,
    -- State in the archive as last known: ASSENTE, IGNOTO, or its own word.
    remoto TEXT NOT NULL,
    -- Hash of what the archive was last told.
    impronta @BLOB@,
    tentativi INTEGER NOT NULL DEFAULT 0,
    motivo TEXT,
    data_modifica @TS@ NOT NULL,
    data_comunicazione @TS@,
    prossimo_tentativo @TS@ NOT NULL,
    prenotata_fino @TS@,
    PRIMARY KEY (dominio, pendenza)
);
-- Not partial: SQLite does not take a partial index for a state that is bound as a value.
CREATE INDEX posizione_dovute ON posizione_debitoria (stato, prossimo_tentativo);
CREATE INDEX posizione_elenco ON posizione_debitoria (data_modifica, pendenza);
CREATE INDEX posizione_da_guardare ON posizione_debitoria (stato, data_modifica, pendenza);

-- Segregation codes whose positions live in GPD: a JSON list of numbers.
ALTER TABLE dominio ADD COLUMN segregazioni_asincrone TEXT NOT NULL DEFAULT '[]';
