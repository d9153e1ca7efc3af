-- One run per file. Times are milliseconds since the epoch, steps count steps completed, and JSON is
-- checked again by its readers: a file may come from a stranger.

CREATE TABLE run (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  config TEXT NOT NULL CHECK (json_valid(config)),
  parameters INTEGER NOT NULL CHECK (parameters >= 0),
  facts TEXT NOT NULL CHECK (json_valid(facts)),
  engine TEXT CHECK (engine IS NULL OR json_valid(engine)),
  head_branch INTEGER NOT NULL REFERENCES branches (id),
  head_step INTEGER NOT NULL CHECK (head_step >= 0)
) STRICT;

-- The examples, whole in chunks ('packed'), or where they lie ('linked'). `sha256` is of the packed
-- bytes, or the fingerprint of what must be found at `base`.
CREATE TABLE dataset (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  kind TEXT NOT NULL CHECK (kind IN ('packed', 'linked')),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  base TEXT CHECK ((base IS NULL) = (kind = 'packed'))
) STRICT;

CREATE TABLE dataset_chunks (
  ordinal INTEGER PRIMARY KEY CHECK (ordinal >= 0),
  body BLOB NOT NULL
) STRICT;

CREATE TABLE branches (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES branches (id) CHECK (parent < id),
  fork_step INTEGER NOT NULL CHECK (fork_step >= 0),
  fork_checkpoint INTEGER REFERENCES checkpoints (id),
  reason TEXT,
  created_at INTEGER NOT NULL,
  CHECK ((parent IS NULL) = (fork_checkpoint IS NULL)),
  CHECK (parent IS NOT NULL OR fork_step = 0)
) STRICT;

-- AUTOINCREMENT here and in the journal: an id that was once shown never comes back as another's.
-- `sha256` covers `meta` and the payload; `journal_id` is the newest entry there was.
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  branch INTEGER NOT NULL REFERENCES branches (id),
  step INTEGER NOT NULL CHECK (step >= 0),
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  cost REAL,
  dev_cost REAL,
  dev_accuracy REAL,
  parameters_sha256 TEXT NOT NULL CHECK (length(parameters_sha256) = 64),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  journal_id INTEGER NOT NULL CHECK (journal_id >= 0),
  meta TEXT NOT NULL CHECK (json_valid(meta))
) STRICT;

CREATE INDEX checkpoints_by_step ON checkpoints (branch, step);

CREATE TABLE checkpoint_chunks (
  id INTEGER PRIMARY KEY,
  checkpoint INTEGER NOT NULL REFERENCES checkpoints (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  body BLOB NOT NULL,
  UNIQUE (checkpoint, ordinal)
) STRICT;

CREATE TABLE days (
  id INTEGER PRIMARY KEY,
  branch INTEGER NOT NULL REFERENCES branches (id),
  day INTEGER NOT NULL CHECK (day >= 1),
  checkpoint INTEGER NOT NULL REFERENCES checkpoints (id),
  from_step INTEGER NOT NULL CHECK (from_step >= 0),
  to_step INTEGER NOT NULL CHECK (to_step >= from_step),
  ended_at INTEGER NOT NULL,
  cost REAL,
  dev_cost REAL,
  dev_accuracy REAL,
  UNIQUE (branch, day)
) STRICT;

-- Append-only. `body` holds what an entry of its kind carries besides when and where.
CREATE TABLE journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  branch INTEGER NOT NULL REFERENCES branches (id),
  step INTEGER NOT NULL CHECK (step >= 0),
  kind TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE INDEX journal_by_branch ON journal (branch);

-- Up to 512 values of one metric. `steps` is null where the steps have no gap; `body` holds float32
-- where that is exact, else float64; `crc32` covers the whole row.
CREATE TABLE metric_blocks (
  id INTEGER PRIMARY KEY,
  branch INTEGER NOT NULL REFERENCES branches (id),
  metric TEXT NOT NULL,
  first_step INTEGER NOT NULL CHECK (first_step >= 0),
  last_step INTEGER NOT NULL CHECK (last_step >= first_step),
  count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 512),
  crc32 INTEGER NOT NULL,
  steps BLOB,
  body BLOB NOT NULL,
  UNIQUE (branch, metric, last_step)
) STRICT;

CREATE INDEX metric_blocks_by_end ON metric_blocks (branch, last_step);
