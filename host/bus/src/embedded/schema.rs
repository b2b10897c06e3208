//! The tables of `events.db`.

use atoll_sqlite::Schema;

/// Times are microseconds since the epoch. AUTOINCREMENT: a sequence number is never given twice, whatever
/// was removed.
pub(super) const SCHEMA: Schema = Schema {
    name: "events.db",
    steps: &[
        "
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            source   TEXT NOT NULL,
            id       TEXT NOT NULL,
            type     TEXT NOT NULL,
            time     INTEGER NOT NULL,
            subject  TEXT,
            hops     INTEGER NOT NULL,
            data     TEXT NOT NULL,
            UNIQUE (source, id)
        ) STRICT;

        -- One row: up to where events may have been removed.
        CREATE TABLE retention (removed_to INTEGER NOT NULL) STRICT;
        INSERT INTO retention VALUES (0);

        CREATE TABLE subscriptions (
            app      TEXT PRIMARY KEY,
            patterns TEXT NOT NULL,
            cursor   INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE waiting (
            app      TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            PRIMARY KEY (app, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX waiting_sequence ON waiting (sequence);

        CREATE TABLE dead_letters (
            id       INTEGER PRIMARY KEY AUTOINCREMENT,
            app      TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            reason   TEXT NOT NULL,
            error    TEXT NOT NULL,
            time     INTEGER NOT NULL,
            UNIQUE (app, sequence)
        ) STRICT;
        CREATE INDEX dead_letters_sequence ON dead_letters (sequence);",
        // W3C Trace Context; NULL for events of no trace, and of before this was kept.
        "ALTER TABLE events ADD COLUMN traceparent TEXT;
         ALTER TABLE events ADD COLUMN tracestate TEXT;",
    ],
};
