-- Logins that are remembered, and those that failed.

CREATE TABLE sessione (
    -- BLAKE3 of the identifier that the browser holds: who reads this table cannot use it.
    id_hash @BLOB@ NOT NULL PRIMARY KEY,
    -- Whose: the bound on sessions is counted on it.
    titolare TEXT NOT NULL,
    -- JSON: who logged in and how, in the shape of the gateway.
    accesso TEXT NOT NULL,
    -- JSON object: what an API wants to find again at the next call.
    contenuto TEXT NOT NULL,
    creata @TS@ NOT NULL,
    ultimo_uso @TS@ NOT NULL
);
CREATE INDEX sessione_titolare ON sessione (titolare, ultimo_uso);
CREATE INDEX sessione_ultimo_uso ON sessione (ultimo_uso);

CREATE TABLE tentativo_accesso (
    -- BLAKE3 of name and address: of fixed length, whatever was tried.
    chiave @BLOB@ NOT NULL PRIMARY KEY,
    falliti INTEGER NOT NULL,
    inizio @TS@ NOT NULL,
    bloccato_fino @TS@
);
CREATE INDEX tentativo_accesso_inizio ON tentativo_accesso (inizio);
