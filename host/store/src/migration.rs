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
    /// The migrations of a source folder: every `.sql` file below `migrations/`, in the order of their names. A
    /// file that is not
    /// UTF-8 is read as far as it goes, and fails as SQL.
    #[must_use]
    pub fn of(source: &SourceTree) -> Vec<Self> {
        let files = source.under("migrations").filter(|(path, _)| path.extension() == "sql");
        files
            .map(|(path, content)| Self {
                name: path.as_str().strip_prefix("migrations/").unwrap_or(path.as_str()).to_owned(),
                sql: String::from_utf8_lossy(content).into_owned(),
            })
            .collect()
    }

    /// What is recorded when it ran: a later edit of the file is noticed.
    pub(crate) fn checksum(&self) -> String {
        ContentHash::of(self.sql.as_bytes()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use atoll_model::{Limits, SourcePath};

    use super::*;

    #[test]
    fn each_file_has_a_name_of_its_own() {
        let mut source = SourceTree::new();
        for path in ["migrations/0001_a.sql", "migrations/migrations/0001_a.sql", "migrations/notes.md"] {
            source.insert(SourcePath::parse(path).unwrap(), "", &Limits::default()).unwrap();
        }
        let names: Vec<String> = Migration::of(&source).into_iter().map(|migration| migration.name).collect();
        assert_eq!(names, ["0001_a.sql", "migrations/0001_a.sql"]);
    }
}
