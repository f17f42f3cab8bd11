-- The jobs that run once for all nodes: who is at it, how it went, when it comes next. A row is made by the first node that knows the job.

CREATE TABLE lavoro (
    nome TEXT NOT NULL PRIMARY KEY,
    -- The run in progress: its name, the node that makes it, and until when it is believed to live.
    corsa @UUID@,
    titolare TEXT,
    preso_fino @TS@,
    -- Of the last run.
    inizio @TS@,
    fine @TS@,
    esito TEXT,
    motivo TEXT,
    ultimo_riuscito @TS@,
    -- Failures in a row.
    fallimenti INTEGER NOT NULL,
    prossimo @TS@ NOT NULL,
    -- Somebody asks for a run as soon as possible.
    richiesto BOOLEAN NOT NULL,
    -- Somebody stopped it, and said why.
    fermo_motivo TEXT
);

-- Attempts that may still expire: the job reads the oldest of these and nothing else.
CREATE INDEX transazione_da_scadere ON transazione (data_richiesta, dominio, id)
    WHERE versione IN ('SANP_240', 'SANP_321_V2')
      AND stato NOT IN ('RPT_ERRORE_INVIO_A_NODO', 'RPT_RIFIUTATA_NODO', 'RPT_RIFIUTATA_PSP', 'RPT_ERRORE_INVIO_A_PSP', 'RT_ACCETTATA_PA', 'RPT_SCADUTA');
