//! Migrations: SQL files of an app, run once each, in the order of their names.

use atoll_model::{ContentHash, SourceTree};

/// One file below `migrations/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The file's name below `migrations/`, as `0001_create.sql`.
    pub name: String,
    /// Its SQL: statements without parameters.
    pub sql: String,
}

impl Migration {
    /// The migrations of a source folder: `migrations/*.sql` in the order of their names. A file that is not
    /// UTF-8 is read as far as it goes, and fails as SQL.
    #[must_use]
    pub fn of(source: &SourceTree) -> Vec<Self> {
        let files = source.under("migrations").filter(|(path, _)| path.extension() == "sql");
        files
            .map(|(path, content)| Self {
                name: path.as_str().trim_start_matches("migrations/").to_owned(),
                sql: String::from_utf8_lossy(content).into_owned(),
            })
            .collect()
    }

    /// What is recorded when it ran: a later edit of the file is noticed.
    pub(crate) fn checksum(&self) -> String {
        ContentHash::of(self.sql.as_bytes()).to_string()
    }
}
