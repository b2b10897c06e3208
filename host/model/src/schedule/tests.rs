use super::*;

fn schedule(cron: &str, zone: &str) -> Schedule {
    Schedule {
        cron: CronExpression::parse(cron).unwrap(),
        timezone: ZoneName::parse(zone).unwrap(),
        missed: MissedRuns::default(),
        overlap: Overlap::default(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The next four times, as they are in UTC.
fn next(cron: &str, zone: &str, after: &str) -> Vec<String> {
    let schedule = schedule(cron, zone);
    let mut moment = at(after);
    std::iter::from_fn(|| {
        moment = schedule.next_after(moment)?;
        Some(moment.to_string())
    })
    .take(4)
    .collect()
}

#[test]
fn the_usual_expressions_are_due_when_people_think() {
    for (cron, expected) in [
        ("0 9 * * *", ["2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z"]),
        ("*/20 * * * *", ["2026-03-01T00:20:00Z", "2026-03-01T00:40:00Z"]),
        ("30 8 * * MON-FRI", ["2026-03-02T08:30:00Z", "2026-03-03T08:30:00Z"]),
        // A day of the month or a day of the week, as crontab(5) has it.
        ("0 0 13 * FRI", ["2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z"]),
        ("0 0 L * *", ["2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"]),
        ("0 0 29 2 *", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
        ("@daily", ["2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]),
    ] {
        assert_eq!(next(cron, "UTC", "2026-03-01T00:00:00Z")[..2], expected, "{cron}");
    }
}

#[test]
fn a_time_zone_has_its_own_nine_o_clock_summer_and_winter() {
    let due = next("0 9 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z");
    assert_eq!(due[..3], ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"]);
}

#[test]
fn an_hour_that_is_not_there_is_made_up_for_and_one_that_comes_twice_counts_once() {
    // Berlin, 29 March 2026: 02:00 becomes 03:00. 25 October: 03:00 becomes 02:00.
    let due = next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z");
    assert_eq!(due[..2], ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    let due = next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z");
    assert_eq!(due[..2], ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
}

#[test]
fn what_was_missed_is_its_latest() {
    let hourly = schedule("0 * * * *", "UTC");
    let latest = |after, until| hourly.latest_due(at(after), at(until)).map(|due| due.to_string());
    assert_eq!(
        latest("2026-03-01T00:00:00Z", "2026-03-01T05:30:00Z").as_deref(),
        Some("2026-03-01T05:00:00Z")
    );
    assert_eq!(
        latest("2026-03-01T00:00:00Z", "2026-03-01T05:00:00Z").as_deref(),
        Some("2026-03-01T05:00:00Z")
    );
    assert_eq!(latest("2026-03-01T05:00:00Z", "2026-03-01T05:59:59Z"), None);
}

#[test]
fn what_is_no_expression_is_refused_in_words() {
    for (text, word) in [
        ("", "is no cron expression"),
        ("every day", "is no cron expression"),
        ("0 9 * *", "is no cron expression"),
        ("0 0 9 * * *", "is no cron expression"),
        ("60 9 * * *", "is no cron expression"),
        ("0 0 30 2 *", "never due"),
    ] {
        let error = CronExpression::parse(text).unwrap_err().to_string();
        assert!(error.contains(word), "{text}: {error}");
    }
    assert!(CronExpression::parse(&"1,".repeat(5_000)).is_err());
    assert!(ZoneName::parse("Europe/Atlantis").unwrap_err().to_string().contains("IANA"));
}

#[test]
fn a_schedule_is_written_as_it_was_read() {
    let text = "cron = \"0 9 * * 1-5\"\ntimezone = \"Asia/Tokyo\"\nmissed = \"skip\"\noverlap = \"allow\"\n";
    let schedule: Schedule = toml::from_str(text).unwrap();
    assert_eq!((schedule.missed, schedule.overlap), (MissedRuns::Skip, Overlap::Allow));
    assert_eq!(toml::to_string(&schedule).unwrap(), text);
    assert_eq!(schedule.key(), "0 9 * * 1-5 Asia/Tokyo");
    let plain: Schedule = toml::from_str("cron = \"0 9 * * *\"").unwrap();
    assert_eq!((plain.timezone.to_string(), plain.missed), ("UTC".into(), MissedRuns::Once));
}
