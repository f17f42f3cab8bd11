-- Positions sent many at a time: a row per file, and on each position the file that holds it.

CREATE TABLE lotto_posizioni (
    id @UUID@ PRIMARY KEY,
    dominio TEXT NOT NULL,
    -- CREA, AGGIORNA, ELIMINA.
    operazione TEXT NOT NULL,
    -- Where the files are exchanged, when it is not the service of pagoPA.
    cartella BOOLEAN NOT NULL,
    -- DA_COMPORRE, IN_INVIO, INVIATO, CONCLUSO, RIFIUTATO.
    stato TEXT NOT NULL,
    nome_file TEXT,
    -- By the service.
    file_id TEXT,
    posizioni INTEGER NOT NULL,
    inviate INTEGER NOT NULL DEFAULT 0,
    rifiutate INTEGER NOT NULL DEFAULT 0,
    -- Those that the report leaves open: they go on one by one.
    da_rivedere INTEGER NOT NULL DEFAULT 0,
    tentativi INTEGER NOT NULL DEFAULT 0,
    motivo TEXT,
    data_creazione @TS@ NOT NULL,
    data_invio @TS@,
    data_fine @TS@,
    prossimo_tentativo @TS@ NOT NULL
);
CREATE INDEX lotto_da_fare ON lotto_posizioni (stato, prossimo_tentativo);
CREATE INDEX lotto_elenco ON lotto_posizioni (data_creazione, id);
CREATE INDEX lotto_file ON lotto_posizioni (file_id);

-- While it is set the position is the file's, and no call of its own is made.
ALTER TABLE posizione_debitoria ADD COLUMN lotto @UUID@;
-- The version of the position that the file tells.
ALTER TABLE posizione_debitoria ADD COLUMN lotto_versione BIGINT;
CREATE INDEX posizione_lotto ON posizione_debitoria (lotto, pendenza) WHERE lotto IS NOT NULL;
