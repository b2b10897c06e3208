//! What the host says about an app's schedules.

use atoll_model::{AppName, CronExpression, MissedRuns, Overlap, Schedule, ZoneName};
use atoll_store::{RunRecord, ScheduleRecord};
use jiff::Timestamp;
use serde::Serialize;

use crate::{Host, HostError};

/// Runs to come that are told.
const NEXT_SHOWN: usize = 5;

/// A schedule of a deployed app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduleInfo {
    /// The expression.
    pub cron: CronExpression,
    /// The time zone.
    pub timezone: ZoneName,
    /// What becomes of missed runs.
    pub missed: MissedRuns,
    /// What becomes of a run while the one before it is still going.
    pub overlap: Overlap,
    /// When it is due next, and after that.
    pub next: Vec<Timestamp>,
    /// The last run; `None` before the first.
    pub last: Option<LastRun>,
}

/// The last run of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// When it was due.
    pub due: Timestamp,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs, and when the host stopped before it could tell.
    pub ended_at: Option<Timestamp>,
    /// Why it did not end well, or was left out.
    pub error: Option<String>,
}

/// What came of a run that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunOutcome {
    /// It ended well.
    Done,
    /// It did not; the text says why.
    Failed(String),
}

impl ScheduleInfo {
    fn new(schedule: &Schedule, record: Option<&ScheduleRecord>, now: Timestamp) -> Self {
        let mut moment = now;
        let next = std::iter::from_fn(|| {
            moment = schedule.next_after(moment)?;
            Some(moment)
        });
        Self {
            cron: schedule.cron.clone(),
            timezone: schedule.timezone.clone(),
            missed: schedule.missed,
            overlap: schedule.overlap,
            next: next.take(NEXT_SHOWN).collect(),
            last: record.and_then(|record| record.last.clone()).map(LastRun::from),
        }
    }
}

impl From<RunRecord> for LastRun {
    fn from(run: RunRecord) -> Self {
        let (ended_at, error) = run.end.map_or((None, None), |end| (Some(end.at), end.error));
        Self { due: run.due, started_at: run.claimed_at, ended_at, error }
    }
}

impl Host {
    /// The schedules of an app's active revision, in the order of its manifest.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::Store`].
    pub async fn schedules(&self, app: &AppName) -> Result<Vec<ScheduleInfo>, HostError> {
        let manifest = self.manifest(app).await?;
        let records = self.inner.schedules.records(app).await?;
        let now = Timestamp::now();
        let info = |schedule: &Schedule| {
            let key = schedule.key();
            ScheduleInfo::new(schedule, records.iter().find(|record| record.key == key), now)
        };
        Ok(manifest.schedule.iter().map(info).collect())
    }

    /// Runs a schedule now, whatever is due: `index` counts an app's schedules from 0. When it is due it runs as
    /// ever.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`], [`HostError::NoSuchSchedule`], [`HostError::Store`].
    pub async fn run_schedule(&self, app: &AppName, index: usize) -> Result<RunOutcome, HostError> {
        let manifest = self.manifest(app).await?;
        let missing =
            || HostError::NoSuchSchedule { app: app.clone(), index, count: manifest.schedule.len() };
        let schedule = manifest.schedule.get(index).ok_or_else(missing)?;
        Ok(match self.inner.schedules.call(app, schedule.cron.as_str(), Timestamp::now()).await {
            Ok(()) => RunOutcome::Done,
            Err(error) => RunOutcome::Failed(error),
        })
    }
}
