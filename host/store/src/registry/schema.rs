//! The tables of `registry.db`.

use atoll_sqlite::Schema;

/// Times are microseconds since the epoch; hashes are 64 hexadecimal digits.
pub(crate) const SCHEMA: Schema = Schema {
    name: "registry.db",
    steps: &[
        "
        CREATE TABLE apps (
            name       TEXT PRIMARY KEY,
            active     INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Outlives the app: a revision's number is part of addresses that browsers keep for ever.
        CREATE TABLE counters (
            app        TEXT PRIMARY KEY,
            last       INTEGER NOT NULL,
            deleted_at INTEGER
        ) STRICT, WITHOUT ROWID;

        -- A staged revision waits for its migrations; see the deploy module.
        CREATE TABLE revisions (
            app            TEXT NOT NULL,
            revision       INTEGER NOT NULL,
            staged         INTEGER NOT NULL,
            hash           TEXT NOT NULL,
            manifest       TEXT NOT NULL,
            created_at     INTEGER NOT NULL,
            source         TEXT NOT NULL,
            backend_kind   TEXT,
            backend        TEXT,
            engine         TEXT,
            frontend_entry TEXT,
            frontend       TEXT,
            PRIMARY KEY (app, revision)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX revisions_source ON revisions (source);
        CREATE INDEX revisions_backend ON revisions (backend) WHERE backend IS NOT NULL;
        CREATE INDEX revisions_frontend ON revisions (frontend) WHERE frontend IS NOT NULL;

        CREATE TABLE settings (
            key   TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;",
        // `place`: what was due up to there is taken. The rest is of the last run.
        "CREATE TABLE schedules (
            app        TEXT NOT NULL,
            key        TEXT NOT NULL,
            place      INTEGER NOT NULL,
            due        INTEGER,
            claimed_at INTEGER,
            ended_at   INTEGER,
            error      TEXT,
            PRIMARY KEY (app, key)
        ) STRICT, WITHOUT ROWID;",
        "CREATE TABLE secrets (
            app    TEXT NOT NULL,
            name   TEXT NOT NULL,
            sealed BLOB NOT NULL,
            set_at INTEGER NOT NULL,
            PRIMARY KEY (app, name)
        ) STRICT, WITHOUT ROWID;",
    ],
};
