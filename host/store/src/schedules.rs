//! How far each schedule of each app has come, and what its last run came to.
//!
//! A run is claimed before it begins: the claim moves the schedule's place forward on disk, only from where the
//! claimer saw it. So of several that want the same run one gets it, and a crash can lose a run but never
//! repeat one.

use atoll_model::AppName;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::{Store, StoreError, registry::check_app};

/// How much of a failure is kept.
const ERROR_SHOWN_CHARS: usize = 2_000;

/// A schedule of an app, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRecord {
    /// What tells it from the app's others: [`Schedule::key`](atoll_model::Schedule::key).
    pub key: String,
    /// What was due up to here was run, or is not to be.
    pub place: Timestamp,
    /// The last run; `None` before the first.
    pub last: Option<RunRecord>,
}

/// A run of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// When it was due.
    pub due: Timestamp,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// How it ended; `None` while it runs, and when the host stopped before it could tell.
    pub end: Option<RunEnd>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// When.
    pub at: Timestamp,
    /// What the handler or the host says of its failure; `None` when it ended well.
    pub error: Option<String>,
}

impl Store {
    /// Says which schedules an app has. Those that are new begin now; those that are no more are forgotten.
    ///
    /// # Errors
    /// [`StoreError::NoSuchApp`]; [`StoreError::Database`] when the disk fails.
    pub async fn set_schedules(
        &self,
        app: &AppName,
        keys: Vec<String>,
    ) -> Result<Vec<ScheduleRecord>, StoreError> {
        let (app, now) = (app.clone(), self.clock.now());
        let write = self.registry.writer.write(move |c| {
            check_app(c, &app)?;
            let wanted = serde_json::to_string(&keys).map_err(|e| StoreError::damaged("schedules", e))?;
            let gone = "DELETE FROM schedules
                        WHERE app = ?1 AND key NOT IN (SELECT value FROM json_each(?2))";
            c.prepare_cached(gone)?.execute(params![app.as_str(), wanted])?;
            let new = "INSERT INTO schedules (app, key, place) SELECT ?1, value, ?3 FROM json_each(?2)
                       WHERE true ON CONFLICT (app, key) DO NOTHING";
            c.prepare_cached(new)?.execute(params![app.as_str(), wanted, now.as_microsecond()])?;
            of_app(c, &app)
        });
        write.await
    }

    /// An app's schedules.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the disk fails.
    pub async fn schedules(&self, app: &AppName) -> Result<Vec<ScheduleRecord>, StoreError> {
        let app = app.clone();
        self.registry.readers.scan(move |c| of_app(c, &app)).await
    }

    /// Takes the run that is due at `due`, when the schedule still stands at `from`. Answers whether it did: `false`
    /// when somebody else has taken it, or the schedule is gone.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the disk fails; nothing is taken then.
    pub async fn claim_run(
        &self,
        app: &AppName,
        key: &str,
        from: Timestamp,
        due: Timestamp,
    ) -> Result<bool, StoreError> {
        let (app, key, now) = (app.clone(), key.to_owned(), self.clock.now());
        let write = self.registry.writer.write(move |c| {
            let sql =
                "UPDATE schedules SET place = ?4, due = ?4, claimed_at = ?5, ended_at = NULL, error = NULL
                       WHERE app = ?1 AND key = ?2 AND place = ?3";
            let at = [from, due, now].map(Timestamp::as_microsecond);
            let changed = c.prepare_cached(sql)?.execute(params![app.as_str(), key, at[0], at[1], at[2]])?;
            Ok::<_, StoreError>(changed == 1)
        });
        write.await
    }

    /// Says how a run ended. One that is not the schedule's last any more is not written down.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the disk fails.
    pub async fn end_run(
        &self,
        app: &AppName,
        key: &str,
        due: Timestamp,
        error: Option<&str>,
    ) -> Result<(), StoreError> {
        let (app, key, now) = (app.clone(), key.to_owned(), self.clock.now());
        let error = error.map(|error| error.chars().take(ERROR_SHOWN_CHARS).collect::<String>());
        let write = self.registry.writer.write(move |c| {
            let sql =
                "UPDATE schedules SET ended_at = ?4, error = ?5 WHERE app = ?1 AND key = ?2 AND due = ?3";
            let (due, now) = (due.as_microsecond(), now.as_microsecond());
            c.prepare_cached(sql)?.execute(params![app.as_str(), key, due, now, error])?;
            Ok::<_, StoreError>(())
        });
        write.await
    }
}

/// Forgets an app's schedules.
pub(crate) fn remove_app(c: &Connection, app: &AppName) -> Result<(), StoreError> {
    c.prepare_cached("DELETE FROM schedules WHERE app = ?1")?.execute([app.as_str()])?;
    Ok(())
}

fn of_app(c: &Connection, app: &AppName) -> Result<Vec<ScheduleRecord>, StoreError> {
    let sql =
        "SELECT key, place, due, claimed_at, ended_at, error FROM schedules WHERE app = ?1 ORDER BY key";
    let mut statement = c.prepare_cached(sql)?;
    let mut rows = statement.query([app.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let last = match (time(row, 2)?, time(row, 3)?) {
            (Some(due), Some(claimed_at)) => {
                let error: Option<String> = row.get(5)?;
                Some(RunRecord { due, claimed_at, end: time(row, 4)?.map(|at| RunEnd { at, error }) })
            }
            _ => None,
        };
        let place = time(row, 1)?.unwrap_or(Timestamp::UNIX_EPOCH);
        found.push(ScheduleRecord { key: row.get(0)?, place, last });
    }
    Ok(found)
}

fn time(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, StoreError> {
    let microseconds: Option<i64> = row.get(column)?;
    microseconds
        .map(|at| Timestamp::from_microsecond(at).map_err(|error| StoreError::damaged("a schedule", error)))
        .transpose()
}
