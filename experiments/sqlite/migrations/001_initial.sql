CREATE TABLE experiments (
  id                INTEGER PRIMARY KEY,
  name              TEXT NOT NULL UNIQUE,
  artifact_location TEXT NOT NULL DEFAULT '',
  lifecycle_stage   TEXT NOT NULL DEFAULT 'active',
  creation_time     INTEGER NOT NULL,
  last_update_time  INTEGER NOT NULL
);

CREATE TABLE experiment_tags (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  key        TEXT NOT NULL,
  value      TEXT NOT NULL,
  PRIMARY KEY (experiment, key)
) WITHOUT ROWID;

CREATE TABLE runs (
  id              INTEGER PRIMARY KEY,
  run_id          TEXT NOT NULL UNIQUE, -- 32 hexadecimal digits
  experiment      INTEGER NOT NULL REFERENCES experiments (id),
  name            TEXT NOT NULL,
  user            TEXT NOT NULL DEFAULT '',
  status          TEXT NOT NULL,
  start_time      INTEGER NOT NULL,
  end_time        INTEGER,
  heartbeat       INTEGER,
  lifecycle_stage TEXT NOT NULL DEFAULT 'active',
  deleted_time    INTEGER,
  deleted_with    INTEGER, -- the experiment, if it was deleted as a whole
  artifact_uri    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX runs_by_start ON runs (lifecycle_stage, start_time DESC, run_id);
CREATE INDEX runs_of_experiment ON runs (experiment, lifecycle_stage, start_time DESC, run_id);
CREATE INDEX runs_by_name ON runs (name);

-- Names of params, metrics and tags. Never deleted: writers cache the numbers.
CREATE TABLE keys (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE params (
  run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key   INTEGER NOT NULL REFERENCES keys (id),
  value TEXT NOT NULL,
  num   REAL, -- the value as a number, if it is one
  PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX params_by_value ON params (key, value);

CREATE TABLE tags (
  run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key   INTEGER NOT NULL REFERENCES keys (id),
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX tags_by_value ON tags (key, value);

-- The summary of each metric: as columns for search (NaN is NULL there), and
-- exact in summary, encoded by series.AppendSummary.
CREATE TABLE metrics (
  run     INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key     INTEGER NOT NULL REFERENCES keys (id),
  last    REAL,
  first   REAL,
  min     REAL,
  max     REAL,
  mean    REAL,
  slope   REAL,
  count   INTEGER NOT NULL,
  nans    INTEGER NOT NULL,
  summary BLOB NOT NULL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID;
-- One metric of all runs lies close together here, without the summaries.
CREATE INDEX metrics_by_key ON metrics (key, run, last, min, max);

-- The durable log of points that are not in chunks yet: one row a batch.
CREATE TABLE tail (
  id    INTEGER PRIMARY KEY,
  run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  count INTEGER NOT NULL,
  crc   INTEGER NOT NULL, -- CRC-32C of data
  data  BLOB NOT NULL     -- for each metric: key, length, points
);
CREATE INDEX tail_by_run ON tail (run);

-- All chunks of a series but the last have 512 points.
CREATE TABLE chunks (
  id       INTEGER PRIMARY KEY,
  run      INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key      INTEGER NOT NULL REFERENCES keys (id),
  seq      INTEGER NOT NULL, -- from 0
  count    INTEGER NOT NULL,
  min_step INTEGER NOT NULL,
  max_step INTEGER NOT NULL,
  hash     BLOB NOT NULL,    -- series.Chain
  crc      INTEGER NOT NULL, -- CRC-32C of data
  summary  BLOB NOT NULL,
  data     BLOB NOT NULL     -- series.Append
);
CREATE UNIQUE INDEX chunks_by_series ON chunks (run, key, seq);

-- The summaries of 256 full chunks, one after another.
CREATE TABLE pages (
  id   INTEGER PRIMARY KEY,
  run  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key  INTEGER NOT NULL REFERENCES keys (id),
  page INTEGER NOT NULL, -- from 0
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX pages_by_series ON pages (run, key, page);

-- Files by their content, compressed with zlib where that helps.
CREATE TABLE blobs (
  id         INTEGER PRIMARY KEY,
  sha256     BLOB NOT NULL UNIQUE,
  size       INTEGER NOT NULL,
  compressed INTEGER NOT NULL,
  data       BLOB NOT NULL
);

CREATE TABLE artifacts (
  run  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  blob INTEGER NOT NULL REFERENCES blobs (id),
  PRIMARY KEY (run, path)
) WITHOUT ROWID;
CREATE INDEX artifacts_by_blob ON artifacts (blob);

INSERT INTO experiments (id, name, creation_time, last_update_time)
VALUES (0, 'Default', unixepoch('subsec') * 1000, unixepoch('subsec') * 1000);

-- What ANALYZE would find in a database with many runs. Given from the start,
-- plans do not depend on when it ran last.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('experiments', 'sqlite_autoindex_experiments_1', '100 1'),
  ('runs', 'sqlite_autoindex_runs_1', '100000 1'),
  ('runs', 'runs_by_start', '100000 100000 1 1'),
  ('runs', 'runs_of_experiment', '100000 1000 1000 1 1'),
  ('runs', 'runs_by_name', '100000 2'),
  ('keys', 'sqlite_autoindex_keys_1', '1000 1'),
  ('params', 'params', '2000000 20 1'),
  ('params', 'params_by_value', '2000000 100000 1000'),
  ('tags', 'tags', '2000000 20 1'),
  ('tags', 'tags_by_value', '2000000 100000 1000'),
  ('metrics', 'metrics', '1000000 10 1'),
  ('metrics', 'metrics_by_key', '1000000 100000 1 1 1 1'),
  ('tail', 'tail_by_run', '10000 100'),
  ('chunks', 'chunks_by_series', '1000000 1000 100 1'),
  ('pages', 'pages_by_series', '10000 100 10 1');
ANALYZE sqlite_schema;
