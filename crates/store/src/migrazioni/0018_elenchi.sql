-- The lists that were still over 50 ms on five million positions.

-- A dominio and a state together: neither alone is narrow when the other is rare. What a state is narrowed by is here, no more in the index of the dominio.
CREATE INDEX pendenza_dominio_stato ON pendenza (dominio, stato, data_caricamento, id, tipo, tipo_pendenza, data_scadenza, id_a2a, stato_pagamento);

DROP INDEX pendenza_dominio;
CREATE INDEX pendenza_dominio ON pendenza (dominio, data_caricamento, id, stato, tipo);

-- A part of an ente of which an applicazione has none.
CREATE INDEX pendenza_elenco_direzione ON pendenza (id_a2a, direzione, data_caricamento, id, dominio, stato, tipo) WHERE direzione IS NOT NULL;
CREATE INDEX pendenza_elenco_divisione ON pendenza (id_a2a, divisione, data_caricamento, id, dominio, stato, tipo) WHERE divisione IS NOT NULL;
