//! When an app runs by itself: `[[schedule]]`, cron expressions in time zones.
//!
//! An expression has the five fields of `crontab(5)`, of which the two for days are joined by "or" when both are
//! given, and the extensions `L`, `W` and `#`, and names like `@daily`. On the day on which clocks go forward, a run at an hour
//! that does not exist comes right after the gap; on the day on which they go back, one at an hour that comes
//! twice comes once. One that recurs within the hour follows the clock as it is.

use std::{fmt, str::FromStr};

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Characters of a cron expression.
const EXPRESSION_CHARS_MAX: usize = 200;

/// `[[schedule]]`: when the `scheduled` handler is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Minute, hour, day of month, month, day of week.
    pub cron: CronExpression,
    /// Whose clock it goes by; UTC when absent.
    #[serde(default)]
    pub timezone: ZoneName,
    /// What becomes of runs that were due while the host was away.
    #[serde(default)]
    pub missed: MissedRuns,
    /// What becomes of a run that is due while the one before it is still going.
    #[serde(default)]
    pub overlap: Overlap,
}

/// What becomes of runs that were due while the host was away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MissedRuns {
    /// One run on return, for the latest of them.
    #[default]
    Once,
    /// None; the next is the next that is due.
    Skip,
}

/// What becomes of a run that is due while the one before it is still going.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// It is left out.
    #[default]
    Skip,
    /// Both go on side by side.
    Allow,
}

impl Schedule {
    /// What tells the schedules of an app apart, and stays the same while they do.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.cron.as_str(), self.timezone)
    }

    /// When it is due for the first time after a moment; `None` when it never is again.
    #[must_use]
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let moment = moment.to_zoned(self.timezone.zone.clone());
        self.cron.cron.find_next_occurrence(&moment, false).ok().map(|due| due.timestamp())
    }

    /// When it was due for the last time after one moment and not after another.
    #[must_use]
    pub fn latest_due(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let until = until.to_zoned(self.timezone.zone.clone());
        let due = self.cron.cron.find_previous_occurrence(&until, true).ok()?.timestamp();
        (due > after).then_some(due)
    }
}

/// A cron expression, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronExpression {
    text: String,
    cron: Cron,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// It is no expression.
    #[error(
        "{text:?} is no cron expression ({reason}); write minute, hour, day of month, month and day of week, e.g. \
         \"0 9 * * 1-5\""
    )]
    NoExpression {
        /// As much of it as is worth showing.
        text: String,
        /// What the parser says.
        reason: String,
    },
    /// No day is like that, e.g. the 30th of February.
    #[error("{text:?} is never due: there is no such day")]
    Never {
        /// The expression.
        text: String,
    },
    /// The time zone is unknown.
    #[error("{name:?} is no time zone; write one of the IANA database, e.g. \"Europe/Berlin\" or \"UTC\"")]
    NoZone {
        /// As much of it as is worth showing.
        name: String,
    },
}

impl CronExpression {
    /// Parses an expression.
    ///
    /// # Errors
    /// [`ScheduleError`] when it is none, or is never due.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let none = |reason: String| ScheduleError::NoExpression { text: shown(text), reason };
        if text.chars().count() > EXPRESSION_CHARS_MAX {
            return Err(none(format!("it is longer than {EXPRESSION_CHARS_MAX} characters")));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(text).map_err(|error| none(error.to_string()))?;
        let expression = Self { text: text.to_owned(), cron };
        // A leap year's day comes within eight years wherever one begins.
        let start = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        match expression.cron.find_next_occurrence(&start, false) {
            Ok(_) => Ok(expression),
            Err(_) => Err(ScheduleError::Never { text: shown(text) }),
        }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A time zone of the IANA database, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneName {
    name: String,
    zone: TimeZone,
}

impl ZoneName {
    /// Finds a time zone.
    ///
    /// # Errors
    /// [`ScheduleError::NoZone`] when there is none of that name.
    pub fn parse(name: &str) -> Result<Self, ScheduleError> {
        match TimeZone::get(name) {
            Ok(zone) => Ok(Self { name: name.to_owned(), zone }),
            Err(_) => Err(ScheduleError::NoZone { name: shown(name) }),
        }
    }
}

impl Default for ZoneName {
    fn default() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl FromStr for CronExpression {
    type Err = ScheduleError;
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        Self::parse(text)
    }
}

impl FromStr for ZoneName {
    type Err = ScheduleError;
    fn from_str(name: &str) -> Result<Self, ScheduleError> {
        Self::parse(name)
    }
}

impl Serialize for CronExpression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for CronExpression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for ZoneName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for ZoneName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;
