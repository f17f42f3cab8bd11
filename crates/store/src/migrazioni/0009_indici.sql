-- The lists, measured on five million positions. The columns after `id` are what a list is narrowed by and what a row is shown for: with them a
-- page skips in the index the rows that it does not want, and the count (up to 10,000) never visits the table.

DROP INDEX pendenza_elenco;
CREATE INDEX pendenza_elenco ON pendenza (id_a2a, data_caricamento, id, dominio, stato, tipo);
CREATE INDEX pendenza_elenco_stato ON pendenza (id_a2a, stato, data_caricamento, id, dominio, tipo, data_scadenza, stato_pagamento);
CREATE INDEX pendenza_elenco_dominio ON pendenza (id_a2a, dominio, data_caricamento, id, stato, tipo);

DROP INDEX pendenza_recenti;
CREATE INDEX pendenza_recenti ON pendenza (data_caricamento, id, dominio, stato, tipo);
DROP INDEX pendenza_stato;
CREATE INDEX pendenza_stato ON pendenza (stato, data_caricamento, id, dominio, tipo, data_scadenza, stato_pagamento);
DROP INDEX pendenza_dominio;
CREATE INDEX pendenza_dominio ON pendenza (dominio, data_caricamento, id, stato, tipo, data_scadenza, tipo_pendenza);
DROP INDEX pendenza_tipo;
CREATE INDEX pendenza_tipo ON pendenza (tipo_pendenza, data_caricamento, id, dominio, stato, tipo, data_scadenza);

-- Parts of an ente; most positions name none.
CREATE INDEX pendenza_direzione ON pendenza (direzione, data_caricamento, id, id_a2a, dominio, stato, tipo) WHERE direzione IS NOT NULL;
CREATE INDEX pendenza_divisione ON pendenza (divisione, data_caricamento, id, id_a2a, dominio, stato, tipo) WHERE divisione IS NOT NULL;

DROP INDEX transazione_recenti;
CREATE INDEX transazione_recenti ON transazione (data_richiesta, id, dominio, esito, data_ricevuta);
DROP INDEX transazione_esito;
CREATE INDEX transazione_esito ON transazione (esito, data_richiesta, id, dominio);
DROP INDEX transazione_ricevuta;
CREATE INDEX transazione_ricevuta ON transazione (data_ricevuta, dominio);

DROP INDEX riscossione_recenti;
CREATE INDEX riscossione_recenti ON riscossione (data DESC, dominio, iuv, iur, indice, tipo, stato);
DROP INDEX riscossione_dominio;
CREATE INDEX riscossione_dominio ON riscossione (dominio, data DESC, iuv, iur, indice, tipo, stato);
