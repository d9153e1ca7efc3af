-- A study is a file with the same tables as a run, and these two filled: each of its trials is a branch
-- without a parent. In a run they are empty. `config` is the study's, with the space as it is now; `space`
-- counts how often that was changed.
CREATE TABLE study (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  config TEXT NOT NULL CHECK (json_valid(config)),
  measure TEXT NOT NULL CHECK (measure IN ('dev_error', 'dev_cost')),
  space INTEGER NOT NULL CHECK (space >= 0),
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done'))
) STRICT;

-- `point` holds the values by their paths. `space` is the one that it was proposed in. `measured` holds what
-- was measured at each rung, in their order, null where that was not finite; `step` is the last one saved.
CREATE TABLE trials (
  id INTEGER PRIMARY KEY,
  branch INTEGER NOT NULL UNIQUE REFERENCES branches (id),
  point TEXT NOT NULL CHECK (json_valid(point)),
  space INTEGER NOT NULL CHECK (space >= 0),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'stopped-early', 'done',
                                       'diverged', 'failed', 'cancelled')),
  step INTEGER NOT NULL CHECK (step >= 0),
  budget_steps INTEGER CHECK (budget_steps > 0),
  cost REAL,
  dev_cost REAL,
  dev_accuracy REAL,
  value REAL,
  measured TEXT NOT NULL CHECK (json_valid(measured)),
  reason TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  parameters INTEGER CHECK (parameters >= 0)
) STRICT;
