-- The parts of a documento, to print them; and a reminder of the expiry for each channel, since each has its own notice in days.

CREATE INDEX pendenza_documento ON pendenza (dominio, documento, stato, data_caricamento, id) WHERE documento IS NOT NULL;

ALTER TABLE pendenza ADD COLUMN data_promemoria_app_io @DATA@;
ALTER TABLE pendenza ADD COLUMN promemoria_app_io_notificato BOOLEAN;
