-- Requests that must happen once, and the indexes of the lists of the back office.

-- ---------------------------------------------------------------- idempotency

CREATE TABLE idempotenza (
    -- BLAKE3 of caller, method, path and key: of fixed length, and no name of anybody.
    chiave @BLOB@ NOT NULL PRIMARY KEY,
    -- Who is at work on it, or was.
    prenotazione @UUID@ NOT NULL,
    -- For whoever looks at the table: which operation it was.
    operazione TEXT NOT NULL,
    -- BLAKE3 of the input.
    impronta @BLOB@ NOT NULL,
    -- Until then the row counts: a short lease while there is no answer, a day after.
    scade @TS@ NOT NULL,
    -- The answer: NULL while it is being made.
    stato SMALLINT,
    intestazioni TEXT,
    -- zstd; NULL beside a stato when the answer was too long to be kept.
    corpo @BLOB@
);
CREATE INDEX idempotenza_scade ON idempotenza (scade);
