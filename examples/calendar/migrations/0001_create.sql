CREATE TABLE events (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL DEFAULT '',
  date TEXT NOT NULL,
  time TEXT,
  notes TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);

-- What other apps' events told; `at` is the time of the newest event about it.
CREATE TABLE synced (
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  date TEXT,
  time TEXT,
  done INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (source, kind, id)
);
CREATE INDEX synced_date ON synced (date);
