//! Apps that run by themselves, through the whole host.

use crate::support::{Running, app, folder};
use atoll::{Diagnostic, HostError, RunOutcome};
use atoll_store::Store;
use jiff::Timestamp;

const KEEPS: &str = "
    export default {
      async fetch(request, env) { return Response.json(JSON.parse(await env.KV.get('runs') ?? '[]')) },
      async scheduled(controller, env, ctx) {
        const { cron, scheduledTime, type } = controller;
        ctx.waitUntil((async () => {
          const runs = JSON.parse(await env.KV.get('runs') ?? '[]');
          await env.KV.put('runs', JSON.stringify([...runs, { cron, scheduledTime, type }]));
        })());
      },
    }";

fn yearly(code: &str) -> atoll::SourceTree {
    folder(
        "digest",
        "[grants]\nkv = true\n[[schedule]]\ncron = \"0 0 1 1 *\"\ntimezone = \"Asia/Tokyo\"\n",
        code,
    )
}

async fn runs(host: &Running) -> Vec<serde_json::Value> {
    host.get("digest", "/").await.1.as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_run_is_what_workers_know_and_is_kept() {
    let host = Running::start().await;
    host.host.deploy(yearly(KEEPS), Default::default()).await.unwrap();
    assert_eq!(host.host.run_schedule(&app("digest"), 0).await.unwrap(), RunOutcome::Done);
    let runs = runs(&host).await;
    assert_eq!(
        (runs.len(), &runs[0]["cron"], &runs[0]["type"]),
        (1, &"0 0 1 1 *".into(), &"scheduled".into())
    );
    assert!(runs[0]["scheduledTime"].as_f64().unwrap() > 1.7e12, "{runs:?}");

    let schedule = host.host.schedules(&app("digest")).await.unwrap().remove(0);
    assert!(schedule.next.len() == 5 && schedule.next[0].to_string().ends_with("-12-31T15:00:00Z"));
    assert_eq!(schedule.last, None, "one that a person asked for is not the schedule's");
    let missing = host.host.run_schedule(&app("digest"), 1).await.unwrap_err();
    assert!(matches!(missing, HostError::NoSuchSchedule { index: 1, count: 1, .. }), "{missing}");
}

#[tokio::test]
async fn what_was_missed_is_run_once_on_return() {
    let host = Running::start().await;
    host.host.deploy(yearly(KEEPS), Default::default()).await.unwrap();
    // As if the host had last been there five years ago.
    let host = host
        .restart_after(async |dir| {
            let store = Store::open(dir, &Default::default()).await.unwrap();
            let record = store.schedules(&app("digest")).await.unwrap().remove(0);
            let past = "2021-06-01T00:00:00Z".parse().unwrap();
            assert!(store.claim_run(&app("digest"), &record.key, record.place, past).await.unwrap());
            assert!(!store.claim_run(&app("digest"), &record.key, record.place, past).await.unwrap());
            store.shutdown().await;
        })
        .await;
    let mut schedule = host.host.schedules(&app("digest")).await.unwrap().remove(0);
    while schedule.last.as_ref().is_none_or(|last| last.ended_at.is_none()) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        schedule = host.host.schedules(&app("digest")).await.unwrap().remove(0);
    }
    let last = schedule.last.unwrap();
    assert_eq!(last.error, None);
    let runs_ = runs(&host).await;
    assert_eq!(runs_.len(), 1, "five were missed: {runs_:?}");
    let due = Timestamp::from_millisecond(runs_[0]["scheduledTime"].as_i64().unwrap()).unwrap();
    assert!(due == last.due && due.to_string().ends_with("-12-31T15:00:00Z"), "{due}");
    let host = host.restart().await;
    assert_eq!(runs(&host).await.len(), 1);
}

#[tokio::test]
async fn a_failure_is_told_and_a_handler_that_is_missing_is_a_warning() {
    let host = Running::start().await;
    let fails = "export default { scheduled() { throw new Error('no paper') } }";
    host.host.deploy(yearly(fails), Default::default()).await.unwrap();
    let outcome = host.host.run_schedule(&app("digest"), 0).await.unwrap();
    assert!(matches!(&outcome, RunOutcome::Failed(error) if error.contains("no paper")), "{outcome:?}");
    let logs = host.host.logs(&app("digest"), 10).await.unwrap();
    let line = logs.iter().find(|line| line.message.contains("no paper")).unwrap();
    assert_eq!(line.call, "schedule 0 0 1 1 *");

    let none = "export default { fetch() { return new Response('ok') } }";
    let deployed = host.host.deploy(yearly(none), Default::default()).await.unwrap();
    let warned = |found: &Diagnostic| found.message.contains("has no scheduled handler");
    assert!(deployed.diagnostics.iter().any(warned), "{:?}", deployed.diagnostics);
    let outcome = host.host.run_schedule(&app("digest"), 0).await.unwrap();
    assert!(matches!(&outcome, RunOutcome::Failed(error) if error.contains("scheduled")), "{outcome:?}");
}

#[tokio::test]
async fn an_apps_own_tests_call_its_scheduled_handler() {
    let host = Running::start().await;
    let mut source = yearly(KEEPS);
    let test = "
        import { app, expect, test } from '@atoll/sdk/test';
        test('the first day of a year', async (env) => {
          await app.scheduled('0 0 1 1 *', new Date('2026-01-01T00:00:00Z'));
          expect(JSON.parse(await env.KV.get('runs'))[0].scheduledTime).toBe(Date.UTC(2026, 0, 1));
        });";
    let path = atoll::SourcePath::parse("tests/digest.test.ts").unwrap();
    source.insert(path, test.to_owned(), host.host.limits()).unwrap();
    let report = host.host.test(source).await.unwrap();
    assert_eq!((report.tests.len(), report.failures().count()), (1, 0), "{report:?}");
}

#[tokio::test]
async fn a_revision_without_the_schedule_and_a_deleted_app_forget_it() {
    let host = Running::start().await;
    host.host.deploy(yearly(KEEPS), Default::default()).await.unwrap();
    host.host.deploy(folder("digest", "[grants]\nkv = true\n", KEEPS), Default::default()).await.unwrap();
    assert_eq!(host.host.schedules(&app("digest")).await.unwrap(), []);
    host.host.deploy(yearly(KEEPS), Default::default()).await.unwrap();
    host.host.delete(&app("digest")).await.unwrap();
    assert!(host.host.schedules(&app("digest")).await.is_err());
}
