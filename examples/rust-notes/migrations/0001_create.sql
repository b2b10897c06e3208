CREATE TABLE notes (
  id TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  tags TEXT NOT NULL DEFAULT '[]',
  pinned INTEGER NOT NULL DEFAULT 0,
  added_at_ms INTEGER NOT NULL
);
CREATE INDEX notes_by_time ON notes (pinned DESC, added_at_ms DESC, id);
