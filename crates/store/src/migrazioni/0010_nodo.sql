-- The older model of payment, and what becomes of a receipt that no position explained.

-- Who speaks for the PSP: the calls of the older model name it, and the journal repeats it.
ALTER TABLE transazione ADD COLUMN intermediario_psp TEXT;

-- The position that somebody recognised in it, and when.
ALTER TABLE ricevuta_estranea ADD COLUMN id_a2a TEXT;
ALTER TABLE ricevuta_estranea ADD COLUMN id_pendenza TEXT;
ALTER TABLE ricevuta_estranea ADD COLUMN collegata_il @TS@;
CREATE INDEX ricevuta_estranea_elenco ON ricevuta_estranea (ricevuta_il, dominio, receipt_id);
CREATE INDEX ricevuta_estranea_dominio ON ricevuta_estranea (dominio, ricevuta_il, receipt_id);
