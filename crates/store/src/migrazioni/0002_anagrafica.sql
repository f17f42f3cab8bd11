-- What the API Backoffice says of the anagrafica. Blocks that nobody queries are JSON, in the shape of the API.

ALTER TABLE anagrafica_versione ADD COLUMN ricarica BIGINT NOT NULL DEFAULT 0;

ALTER TABLE intermediario ADD COLUMN connettori TEXT NOT NULL DEFAULT '{}';

-- V1 or V2.
ALTER TABLE stazione ADD COLUMN modello TEXT NOT NULL DEFAULT 'V2';
ALTER TABLE stazione ADD COLUMN password TEXT;

ALTER TABLE dominio ADD COLUMN scarica_fr BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE dominio ADD COLUMN tassonomia TEXT;
ALTER TABLE dominio ADD COLUMN ha_logo BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE dominio ADD COLUMN connettori TEXT NOT NULL DEFAULT '{}';
UPDATE dominio SET ha_logo = TRUE WHERE cod IN (SELECT dominio FROM dominio_logo);

ALTER TABLE conto_accredito ADD COLUMN descrizione TEXT;

ALTER TABLE tipo_pendenza ADD COLUMN paga_terzi BOOLEAN NOT NULL DEFAULT FALSE;
-- Which blocks are on: what lists ask without reading the blocks.
ALTER TABLE tipo_pendenza ADD COLUMN usi TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tipo_pendenza_dominio ADD COLUMN paga_terzi BOOLEAN;
ALTER TABLE tipo_pendenza_dominio ADD COLUMN usi TEXT NOT NULL DEFAULT '{}';

-- Forms, templates and messages. An empty dominio is the catalogue.
CREATE TABLE tipo_pendenza_blocchi (
    dominio TEXT NOT NULL,
    cod TEXT NOT NULL,
    contenuto TEXT NOT NULL,
    PRIMARY KEY (dominio, cod)
);

-- Names of ruoli, as a JSON list.
ALTER TABLE utenza ADD COLUMN ruoli TEXT NOT NULL DEFAULT '[]';
-- A login that is no more. The row stays, so that other nodes hear of it.
ALTER TABLE utenza ADD COLUMN rimossa BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE applicazione ADD COLUMN generazione_iuv_interna BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE applicazione SET connettore = replace(replace(connettore, '"versione_api"', '"versioneApi"'), ',"autenticazione":"nessuna"', '');

CREATE TABLE ruolo (
    cod TEXT NOT NULL PRIMARY KEY,
    acl TEXT NOT NULL,
    versione BIGINT NOT NULL
);

-- One row per block of `configurazioni`.
CREATE TABLE configurazione (
    nome TEXT NOT NULL PRIMARY KEY,
    valore TEXT NOT NULL,
    versione BIGINT NOT NULL
);

-- Who changed what, when: the body as it was sent, without its secrets.
CREATE TABLE anagrafica_revisione (
    versione BIGINT NOT NULL,
    ordine INTEGER NOT NULL,
    istante @TS@ NOT NULL,
    principal TEXT NOT NULL,
    oggetto TEXT NOT NULL,
    contenuto TEXT NOT NULL,
    PRIMARY KEY (versione, ordine)
);
CREATE INDEX anagrafica_revisione_oggetto ON anagrafica_revisione (oggetto, versione);

-- Other nodes ask for what is newer than what they have.
CREATE INDEX dominio_versione ON dominio (versione);
CREATE INDEX unita_operativa_versione ON unita_operativa (versione);
CREATE INDEX conto_accredito_versione ON conto_accredito (versione);
CREATE INDEX entrata_dominio_versione ON entrata_dominio (versione);
CREATE INDEX tipo_pendenza_versione ON tipo_pendenza (versione);
CREATE INDEX tipo_pendenza_dominio_versione ON tipo_pendenza_dominio (versione);
CREATE INDEX utenza_versione ON utenza (versione);
