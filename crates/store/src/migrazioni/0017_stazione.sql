-- An RPT that the answer to paaAttivaRPT promised, until the node has said what it makes of it.
CREATE TABLE rpt_da_inviare (
    dominio TEXT NOT NULL,
    transazione @UUID@ NOT NULL,
    -- Number of the request that made it, as in the log.
    id_transazione TEXT NOT NULL,
    tentativi INTEGER NOT NULL,
    -- Why it is still here.
    motivo TEXT,
    prossimo_tentativo @TS@ NOT NULL,
    prenotata_fino @TS@,
    PRIMARY KEY (dominio, transazione)
);
CREATE INDEX rpt_dovute ON rpt_da_inviare (prossimo_tentativo);

-- What became of a receipt that no position explained: to which one somebody linked it, and who did.
ALTER TABLE ricevuta_estranea ADD COLUMN collegata_il @TS@;
ALTER TABLE ricevuta_estranea ADD COLUMN collegata_da TEXT;
ALTER TABLE ricevuta_estranea ADD COLUMN id_a2a TEXT;
ALTER TABLE ricevuta_estranea ADD COLUMN id_pendenza TEXT;
CREATE INDEX ricevuta_estranea_elenco ON ricevuta_estranea (ricevuta_il, receipt_id);
CREATE INDEX ricevuta_estranea_dominio ON ricevuta_estranea (dominio, ricevuta_il, receipt_id);
CREATE INDEX ricevuta_estranea_iuv ON ricevuta_estranea (dominio, iuv);
