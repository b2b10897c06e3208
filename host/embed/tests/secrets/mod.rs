//! Secrets from the host into an app, and nowhere else.

#![expect(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use atoll::{EventDraft, EventType, RunOutcome, Zeroizing, http::Request};

use crate::support::{Running, app, folder};

const HUSH: &str = "hush-hush-0123456789";
const TELLS: &str = "
    export default {
      fetch(request, env) {
        console.log('the key is', env.API_KEY);
        if (request.url.endsWith('/throw')) throw new Error('refused: ' + env.API_KEY);
        return Response.json({ key: env.API_KEY ?? null, other: env.OTHER ?? null });
      },
    }";

async fn set(host: &Running, name: &str, value: &str) {
    host.host.set_secret(&app("asks"), name, Zeroizing::new(value.to_owned())).await.unwrap();
}

#[tokio::test]
async fn a_secret_is_read_by_the_app_that_is_granted_it_from_the_next_request_on() {
    let host = Running::start().await;
    let source = folder("asks", "[grants]\nsecrets = [\"API_KEY\"]\n", TELLS);
    let deployed = host.host.deploy(source, Default::default()).await.unwrap();
    let warning = deployed.diagnostics.iter().find(|found| found.message.contains("API_KEY")).unwrap();
    assert_eq!(warning.hint.as_deref(), Some("set it: atoll secrets set asks API_KEY"));
    assert_eq!(host.get("asks", "/").await.1["key"], serde_json::Value::Null);

    set(&host, "API_KEY", HUSH).await;
    set(&host, "OTHER", HUSH).await;
    let (_, answer) = host.get("asks", "/").await;
    assert_eq!((&answer["key"], &answer["other"]), (&HUSH.into(), &serde_json::Value::Null));
    let secrets = host.host.secrets(&app("asks")).await.unwrap();
    let told: Vec<_> = secrets.iter().map(|s| (&*s.name, s.granted, s.set_at.is_some())).collect();
    assert_eq!(told, [("API_KEY", true, true), ("OTHER", false, true)]);

    let host = host.restart().await;
    assert_eq!(host.get("asks", "/").await.1["key"], HUSH);
    set(&host, "API_KEY", "another-value").await;
    assert_eq!(host.get("asks", "/").await.1["key"], "another-value");
    host.host.remove_secret(&app("asks"), "API_KEY").await.unwrap();
    assert_eq!(host.get("asks", "/").await.1["key"], serde_json::Value::Null);
    assert!(host.host.remove_secret(&app("asks"), "API_KEY").await.is_err());
}

#[tokio::test]
async fn an_apps_log_has_the_names_of_its_secrets_and_not_their_values() {
    let host = Running::start().await;
    let source = folder("asks", "[grants]\nsecrets = [\"API_KEY\"]\n", TELLS);
    host.host.deploy(source, Default::default()).await.unwrap();
    set(&host, "API_KEY", HUSH).await;
    host.get("asks", "/").await;
    let (name, request) = (app("asks"), Request::get("http://asks/throw").body("").unwrap());
    assert!(host.host.handle(&name, request).await.is_err());
    let logs = host.host.logs(&app("asks"), 100).await.unwrap();
    let messages: Vec<&str> = logs.iter().map(|line| &*line.message).collect();
    assert!(messages.contains(&"the key is [secret API_KEY]"), "{messages:?}");
    assert!(messages.iter().any(|line| line.contains("refused: [secret API_KEY]")), "{messages:?}");
    assert!(!messages.iter().any(|line| line.contains(HUSH)), "{messages:?}");
}

#[tokio::test]
async fn a_failure_that_is_kept_does_not_hold_a_secret() {
    let host = Running::start().await;
    let code = "
        export default {
          event(event, env) { event.reject('no use for ' + env.API_KEY) },
          scheduled(controller, env) { throw new Error('refused: ' + env.API_KEY) },
        }";
    let manifest = "[grants]\nsecrets = [\"API_KEY\"]\n[[schedule]]\ncron = \"@yearly\"\n\
                    [[events.subscribes]]\ntype = \"order.*\"\n";
    host.host.deploy(folder("asks", manifest, code), Default::default()).await.unwrap();
    set(&host, "API_KEY", HUSH).await;
    let outcome = host.host.run_schedule(&app("asks"), 0).await.unwrap();
    assert_eq!(outcome, RunOutcome::Failed("Error: refused: [secret API_KEY]".into()));

    let event_type = EventType::parse("order.placed").unwrap();
    let draft = EventDraft { id: None, event_type, subject: None, data: 1.into(), hops: 0, trace: None };
    host.host.publish("/external/test", draft).await.unwrap();
    let letter = loop {
        let page = host.host.dead_letters(None, None, 1).await.unwrap();
        if let Some(letter) = page.letters.into_iter().next() {
            break letter;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(letter.error, "no use for [secret API_KEY]");
}
