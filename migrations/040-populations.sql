-- A population's members may be replaced by changed copies of better ones. A copy is a trial whose branch
-- forks from its parent's checkpoint, so whose copy it is, and from which step on, stands there. `born` is
-- the exchange that it came with, counted from 1; 0 for a trial that was proposed. The table is built anew,
-- as SQLite changes no CHECK.
CREATE TABLE trials_new (
  id INTEGER PRIMARY KEY,
  branch INTEGER NOT NULL UNIQUE REFERENCES branches (id),
  born INTEGER NOT NULL CHECK (born >= 0),
  point TEXT NOT NULL CHECK (json_valid(point)),
  space INTEGER NOT NULL CHECK (space >= 0),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'stopped-early', 'done',
                                       'diverged', 'failed', 'cancelled', 'replaced')),
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

INSERT INTO trials_new (id, branch, born, point, space, state, step, budget_steps, cost, dev_cost,
                        dev_accuracy, value, measured, reason, started_at, ended_at, parameters)
  SELECT id, branch, 0, point, space, state, step, budget_steps, cost, dev_cost,
         dev_accuracy, value, measured, reason, started_at, ended_at, parameters
    FROM trials;

DROP TABLE trials;
ALTER TABLE trials_new RENAME TO trials;

-- A checkpoint is let go of only where no branch forks from it, which is asked each time one is saved.
CREATE INDEX branches_by_fork ON branches (fork_checkpoint);
