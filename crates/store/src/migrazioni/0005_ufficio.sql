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

-- ---------------------------------------------------------------- payment attempts

-- Whether a new attempt waits for this one: only the messages before SANP 2.4 look at it.
ALTER TABLE transazione ADD COLUMN bloccante BOOLEAN NOT NULL DEFAULT TRUE;

-- ---------------------------------------------------------------- messages to debtors

CREATE TABLE promemoria (
    dominio TEXT NOT NULL,
    id @UUID@ NOT NULL,
    tipo TEXT NOT NULL,
    stato TEXT NOT NULL,
    descrizione_stato TEXT,
    -- One of the two: those of a documento are written to once for all.
    pendenza @UUID@,
    documento @UUID@,
    -- The payment of a receipt.
    transazione @UUID@,
    destinatario TEXT,
    copia TEXT,
    oggetto TEXT,
    messaggio TEXT,
    tipo_contenuto TEXT,
    allega_pdf BOOLEAN NOT NULL,
    tentativi INTEGER NOT NULL,
    data_creazione @TS@ NOT NULL,
    data_ultimo_aggiornamento @TS@ NOT NULL,
    data_prossima_spedizione @TS@ NOT NULL,
    prenotata_fino @TS@,
    PRIMARY KEY (dominio, id)
);
CREATE INDEX promemoria_dovuti ON promemoria (data_prossima_spedizione) WHERE stato = 'DA_SPEDIRE';
CREATE INDEX promemoria_elenco ON promemoria (data_creazione, id);

-- ---------------------------------------------------------------- lists

-- Everybody's, newest first; then by what they are most often narrowed.
CREATE INDEX pendenza_recenti ON pendenza (data_caricamento, id);
CREATE INDEX pendenza_dominio ON pendenza (dominio, data_caricamento, id);
CREATE INDEX pendenza_stato ON pendenza (stato, data_caricamento, id);
CREATE INDEX pendenza_tipo ON pendenza (tipo_pendenza, data_caricamento, id);
CREATE INDEX pendenza_anomale ON pendenza (data_caricamento, id) WHERE anomalo;
-- One debtor's, in the order of the others.
DROP INDEX pendenza_debitore;
CREATE INDEX pendenza_debitore ON pendenza (debitore_cerca, data_caricamento, id);
-- The number of an avviso without its dominio.
CREATE INDEX pendenza_solo_iuv ON pendenza (iuv, dominio);

CREATE INDEX transazione_recenti ON transazione (data_richiesta, id);
CREATE INDEX transazione_dominio ON transazione (dominio, data_richiesta, id);
CREATE INDEX transazione_esito ON transazione (esito, data_richiesta, id);
CREATE INDEX transazione_ricevuta ON transazione (data_ricevuta);
-- The attempts of a notice in their order, and a number without its dominio.
CREATE INDEX transazione_iuv ON transazione (iuv, dominio, data_richiesta, id);

CREATE INDEX riscossione_recenti ON riscossione (data DESC, dominio, iuv, iur, indice);
CREATE INDEX riscossione_dominio ON riscossione (dominio, data DESC, iuv, iur, indice);
CREATE INDEX riscossione_iuv ON riscossione (iuv);
CREATE INDEX riscossione_iur ON riscossione (iur);
