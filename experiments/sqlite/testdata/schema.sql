CREATE TABLE artifacts (
  run  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  blob INTEGER NOT NULL REFERENCES blobs (id),
  PRIMARY KEY (run, path)
) WITHOUT ROWID;
CREATE INDEX artifacts_by_blob ON artifacts (blob);
CREATE TABLE blobs (
  id         INTEGER PRIMARY KEY,
  sha256     BLOB NOT NULL UNIQUE,
  size       INTEGER NOT NULL,
  compressed INTEGER NOT NULL,
  data       BLOB NOT NULL
);
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
CREATE TABLE experiment_tags (
  experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  key        TEXT NOT NULL,
  value      TEXT NOT NULL,
  PRIMARY KEY (experiment, key)
) WITHOUT ROWID;
CREATE TABLE experiments (
  id                INTEGER PRIMARY KEY,
  name              TEXT NOT NULL UNIQUE,
  artifact_location TEXT NOT NULL DEFAULT '',
  lifecycle_stage   TEXT NOT NULL DEFAULT 'active',
  creation_time     INTEGER NOT NULL,
  last_update_time  INTEGER NOT NULL
);
CREATE TABLE keys (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
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
CREATE INDEX metrics_by_key ON metrics (key, run, last, min, max);
CREATE TABLE pages (
  id   INTEGER PRIMARY KEY,
  run  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key  INTEGER NOT NULL REFERENCES keys (id),
  page INTEGER NOT NULL, -- from 0
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX pages_by_series ON pages (run, key, page);
CREATE TABLE params (
  run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key   INTEGER NOT NULL REFERENCES keys (id),
  value TEXT NOT NULL,
  num   REAL, -- the value as a number, if it is one
  PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX params_by_value ON params (key, value);
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
CREATE INDEX runs_by_name ON runs (name);
CREATE INDEX runs_by_start ON runs (lifecycle_stage, start_time DESC, run_id);
CREATE INDEX runs_of_experiment ON runs (experiment, lifecycle_stage, start_time DESC, run_id);
CREATE TABLE sqlite_stat1(tbl,idx,stat);
CREATE TABLE tags (
  run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key   INTEGER NOT NULL REFERENCES keys (id),
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX tags_by_value ON tags (key, value);
CREATE TABLE tail (
  id    INTEGER PRIMARY KEY,
  run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  count INTEGER NOT NULL,
  crc   INTEGER NOT NULL, -- CRC-32C of data
  data  BLOB NOT NULL     -- for each metric: key, length, points
);
CREATE INDEX tail_by_run ON tail (run);
