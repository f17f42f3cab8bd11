-- Indexes of the lists that an owner narrows, found on five million positions.

-- One application's in one state.
CREATE INDEX pendenza_elenco_stato ON pendenza (id_a2a, stato, data_caricamento, id);
-- Parts of an ente; most positions name none.
CREATE INDEX pendenza_direzione ON pendenza (direzione, data_caricamento, id) WHERE direzione IS NOT NULL;
CREATE INDEX pendenza_divisione ON pendenza (divisione, data_caricamento, id) WHERE divisione IS NOT NULL;
