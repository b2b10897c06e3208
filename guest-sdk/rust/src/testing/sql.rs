//! The database: SQLite itself, in memory, where the feature `testing-sql` is on.

use crate::bindings::http::atoll::app::{
    sql::{Rows, Statement},
    types::Error,
};

#[cfg(feature = "testing-sql")]
pub(super) use sqlite::Sql;

/// No database.
#[cfg(not(feature = "testing-sql"))]
#[derive(Debug)]
pub(super) struct Sql;

#[cfg(not(feature = "testing-sql"))]
impl Sql {
    pub(super) fn new() -> Self {
        Self
    }

    fn absent<T>() -> T {
        panic!(
            "tests with SQL need it: atoll-sdk = {{ path = \"…\", features = [\"testing-sql\"] }} below [dev-dependencies]"
        )
    }

    pub(super) fn query(&mut self, _: &Statement) -> Result<Rows, Error> {
        Self::absent()
    }

    pub(super) fn batch(&mut self, _: &[Statement]) -> Result<Vec<Rows>, Error> {
        Self::absent()
    }

    pub(super) fn exec(&mut self, _: &str) -> Result<u32, Error> {
        Self::absent()
    }
}

#[cfg(feature = "testing-sql")]
mod sqlite {
    use rusqlite::{
        Batch, Connection,
        fallible_iterator::FallibleIterator as _,
        params_from_iter,
        types::{Value as Cell, ValueRef},
    };

    use super::{Error, Rows, Statement};
    use crate::bindings::http::atoll::app::sql::Value;

    #[derive(Debug)]
    pub(in super::super) struct Sql(Connection);

    fn invalid(error: rusqlite::Error) -> Error {
        Error::Invalid(match error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message,
            other => other.to_string(),
        })
    }

    fn run(connection: &Connection, statement: &Statement) -> Result<Rows, rusqlite::Error> {
        let cells = statement.parameters.iter().map(|value| match value {
            Value::Null => Cell::Null,
            Value::Integer(value) => Cell::Integer(*value),
            Value::Real(value) => Cell::Real(*value),
            Value::Text(value) => Cell::Text(value.clone()),
            Value::Blob(value) => Cell::Blob(value.clone()),
        });
        let changes_before = connection.total_changes();
        let mut prepared = connection.prepare(&statement.sql)?;
        let columns: Vec<String> = prepared.column_names().into_iter().map(str::to_owned).collect();
        let mut found = prepared.query(params_from_iter(cells))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values = (0..columns.len()).map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(value) => Value::Integer(value),
                    ValueRef::Real(value) => Value::Real(value),
                    ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
                    ValueRef::Blob(value) => Value::Blob(value.to_vec()),
                })
            });
            rows.push(values.collect::<Result<_, rusqlite::Error>>()?);
        }
        let changes = connection.total_changes() - changes_before;
        Ok(Rows { columns, rows, changes, last_row_id: connection.last_insert_rowid(), duration_us: 0 })
    }

    impl Sql {
        pub(in super::super) fn new() -> Self {
            let connection = Connection::open_in_memory().expect("SQLite opens a database in memory");
            connection.pragma_update(None, "foreign_keys", true).expect("SQLite knows foreign keys");
            Self(connection)
        }

        pub(in super::super) fn query(&mut self, statement: &Statement) -> Result<Rows, Error> {
            run(&self.0, statement).map_err(invalid)
        }

        pub(in super::super) fn batch(&mut self, statements: &[Statement]) -> Result<Vec<Rows>, Error> {
            let transaction = self.0.transaction().map_err(invalid)?;
            let rows: Result<_, _> =
                statements.iter().map(|statement| run(&transaction, statement)).collect();
            let rows = rows.map_err(invalid)?;
            transaction.commit().map_err(invalid)?;
            Ok(rows)
        }

        pub(in super::super) fn exec(&mut self, script: &str) -> Result<u32, Error> {
            let transaction = self.0.transaction().map_err(invalid)?;
            let mut count = 0;
            {
                let mut batch = Batch::new(&transaction, script);
                while let Some(mut statement) = batch.next().map_err(invalid)? {
                    let mut rows = statement.query([]).map_err(invalid)?;
                    while rows.next().map_err(invalid)?.is_some() {}
                    count += 1;
                }
            }
            transaction.commit().map_err(invalid)?;
            Ok(count)
        }
    }
}
