-- Summaries of metric_blocks, so that a long curve is drawn from a few of them. An entry of level n is the
-- minimum, maximum and mean of 16^n points; up to 512 entries make a row. Whatever is not summarised
-- here, such as the newest points, is read from the level below: a row may be missing, never wrong.
-- The entries cover the steps (from_step, last_step]. `steps` holds where each ends, null where none has
-- a gap; `body` the means, minima and maxima; `crc32` covers the whole row.
CREATE TABLE metric_rollups (
  id INTEGER PRIMARY KEY,
  branch INTEGER NOT NULL REFERENCES branches (id),
  metric TEXT NOT NULL,
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 12),
  from_step INTEGER NOT NULL CHECK (from_step >= -1),
  last_step INTEGER NOT NULL CHECK (last_step > from_step),
  count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 512),
  crc32 INTEGER NOT NULL,
  steps BLOB,
  body BLOB NOT NULL,
  UNIQUE (branch, metric, level, last_step)
) STRICT;
