-- Receipts of positions that GPD serves, asked of it day by day.

CREATE TABLE ricevute_gpd (
    dominio TEXT PRIMARY KEY,
    -- Every receipt before this day was looked at.
    fino_al @DATA@ NOT NULL,
    data_giro @TS@ NOT NULL
);

-- Accounts that pagoPA knows, as its back office last told each intermediario.
CREATE TABLE iban_censito (
    intermediario TEXT NOT NULL,
    dominio TEXT NOT NULL,
    iban TEXT NOT NULL,
    abilitato BOOLEAN NOT NULL,
    valido_dal @TS@,
    PRIMARY KEY (intermediario, dominio, iban)
);
CREATE INDEX iban_censito_elenco ON iban_censito (dominio, iban);

-- Intermediari whose accounts were told at least once: of the others nothing is refused.
CREATE TABLE registro_iban (
    intermediario TEXT PRIMARY KEY,
    data_giro @TS@ NOT NULL
);
