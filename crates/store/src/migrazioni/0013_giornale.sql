-- The giornale whole: what passed apart from the events and compressed, months as partitions on PostgreSQL, the level of service in small counts.

ALTER TABLE evento ADD COLUMN severita SMALLINT;
-- Node that wrote it (clusterId).
ALTER TABLE evento ADD COLUMN nodo TEXT;
-- Payment of a portal that it belongs to.
ALTER TABLE evento ADD COLUMN pagamento TEXT;

--@sqlite
CREATE INDEX evento_pagamento ON evento (pagamento, id) WHERE pagamento IS NOT NULL;
CREATE INDEX evento_tipo ON evento (tipo, id);

-- zstd of JSON objects: method, url, headers, payload in base64.
CREATE TABLE evento_messaggio (
    evento INTEGER NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    richiesta BLOB,
    risposta BLOB
);
CREATE INDEX evento_messaggio_data ON evento_messaggio (data);
--@fine

--@postgres
-- What there was becomes the partition of what has no month of its own: nothing is copied.
ALTER TABLE evento RENAME TO evento_altri;
ALTER TABLE evento_altri DROP CONSTRAINT evento_pkey;
DROP INDEX evento_iuv;
DROP INDEX evento_pendenza;
DROP INDEX evento_data;
CREATE TABLE evento (LIKE evento_altri INCLUDING DEFAULTS) PARTITION BY RANGE (data);
ALTER TABLE evento ADD PRIMARY KEY (id, data);
CREATE INDEX evento_iuv ON evento (dominio, iuv, id);
CREATE INDEX evento_pendenza ON evento (id_a2a, id_pendenza, id);
CREATE INDEX evento_pagamento ON evento (pagamento, id) WHERE pagamento IS NOT NULL;
CREATE INDEX evento_data ON evento (data);
CREATE INDEX evento_tipo ON evento (tipo, id);
ALTER TABLE evento ATTACH PARTITION evento_altri DEFAULT;

CREATE TABLE evento_messaggio (
    evento BIGINT NOT NULL,
    data TIMESTAMPTZ NOT NULL,
    richiesta BYTEA,
    risposta BYTEA,
    PRIMARY KEY (evento, data)
) PARTITION BY RANGE (data);
CREATE TABLE evento_messaggio_altri PARTITION OF evento_messaggio DEFAULT;

-- In which months a position has events, so that its page reads those partitions alone. `chiave`: a hash of the position, which two may share: a month
-- too many is read in vain and nothing else. `mese`: months since year 0, in UTC.
CREATE TABLE evento_mese (
    chiave BIGINT NOT NULL,
    mese INTEGER NOT NULL,
    PRIMARY KEY (chiave, mese)
);

-- In the statement that inserts the events: no round trip of its own. In order, so that two groups cannot wait for each other.
CREATE FUNCTION evento_nota_mesi() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO evento_mese (chiave, mese)
    SELECT DISTINCT k.chiave, k.mese FROM (
        SELECT hashtextextended('i' || dominio || '/' || iuv, 0) AS chiave, data FROM nuovi WHERE dominio IS NOT NULL AND iuv IS NOT NULL
        UNION ALL
        SELECT hashtextextended('p' || id_a2a || '/' || id_pendenza, 0), data FROM nuovi WHERE id_a2a IS NOT NULL AND id_pendenza IS NOT NULL
        UNION ALL
        SELECT hashtextextended('g' || pagamento, 0), data FROM nuovi WHERE pagamento IS NOT NULL
    ) AS d, LATERAL (SELECT d.chiave, (extract(year FROM d.data AT TIME ZONE 'UTC') * 12 + extract(month FROM d.data AT TIME ZONE 'UTC') - 1)::integer AS mese) AS k
    ORDER BY k.chiave, k.mese
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER evento_mesi AFTER INSERT ON evento REFERENCING NEW TABLE AS nuovi FOR EACH STATEMENT EXECUTE FUNCTION evento_nota_mesi();
INSERT INTO evento_mese (chiave, mese)
SELECT DISTINCT d.chiave, (extract(year FROM d.data AT TIME ZONE 'UTC') * 12 + extract(month FROM d.data AT TIME ZONE 'UTC') - 1)::integer FROM (
    SELECT hashtextextended('i' || dominio || '/' || iuv, 0) AS chiave, data FROM evento WHERE dominio IS NOT NULL AND iuv IS NOT NULL
    UNION ALL
    SELECT hashtextextended('p' || id_a2a || '/' || id_pendenza, 0), data FROM evento WHERE id_a2a IS NOT NULL AND id_pendenza IS NOT NULL
) AS d;
--@fine

-- Answers of the station, by the minute: each node writes its own row.
CREATE TABLE livello_servizio (
    minuto @TS@ NOT NULL,
    nodo TEXT NOT NULL,
    stazione TEXT NOT NULL,
    operazione TEXT NOT NULL,
    risposte BIGINT NOT NULL,
    -- Within two seconds.
    entro BIGINT NOT NULL,
    -- Errors of ours: the node was not answered.
    guasti BIGINT NOT NULL,
    durata_ms BIGINT NOT NULL,
    durata_ms_max BIGINT NOT NULL,
    PRIMARY KEY (minuto, nodo, stazione, operazione)
);
