//! The binary, as a person runs it: against a server of its own, in a folder of its own.

#[cfg(test)]
mod component;
#[cfg(test)]
mod support;

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use support::{Process, Server, Workbench};

#[test]
fn usage_is_wrong_with_status_2_and_a_failure_with_status_1() {
    let bench = Workbench::new();
    assert_eq!(bench.atoll(&["frobnicate"]).status, 2);
    assert_eq!(bench.atoll(&["show", "Bad Name"]).status, 2);
    assert_eq!(bench.atoll(&["events", "publish", "a.b", "{not json"]).status, 2);
    let https = bench.atoll(&["apps", "--server", "https://127.0.0.1:1"]);
    assert_eq!(https.status, 2);
    assert!(https.stderr.contains("does not speak TLS"), "{}", https.stderr);
    for flag in ["--nats", "--postgres"] {
        let refused = bench.atoll(&["serve", flag, "x://y"]);
        assert_eq!(refused.status, 2);
        assert!(refused.stderr.contains("not in this version"), "{}", refused.stderr);
    }
    // Port 9 (discard) is closed on any machine that runs tests.
    let nobody = bench.atoll(&["apps", "--server", "http://127.0.0.1:9"]);
    assert_eq!(nobody.status, 1);
    assert!(nobody.stderr.contains("atoll serve"), "{}", nobody.stderr);
    assert_eq!(bench.atoll(&["--help"]).status, 0);
}

#[test]
fn a_configuration_is_checked_with_its_place() {
    let bench = Workbench::new();
    bench.write("atoll.conf", "listen = \"127.0.0.1:0\"\n[limits]\nhttp_body_byte_max = 1\n");
    let refused = bench.atoll(&["serve", "--config", "atoll.conf"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("atoll.conf:3:1:"), "{}", refused.stderr);
    let missing = bench.atoll(&["serve", "--config", "none.conf"]);
    assert!(missing.stderr.contains("none.conf"), "{}", missing.stderr);
    let host = bench.atoll(&["serve", "--listen", "127.0.0.1:0", "--allow-host", "http://atoll.example.com"]);
    assert!(host.status == 2 && host.stderr.contains("without scheme"), "{}", host.all());
    let log = bench.command(&["new", "app"]).env("ATOLL_LOG", "a=b=c").output().unwrap();
    assert_eq!(log.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&log.stderr).contains("ATOLL_LOG"));
}

#[test]
fn a_server_that_is_told_to_stop_before_it_is_up_stops() {
    let bench = Workbench::new();
    // Without a cache the engine is compiled first, which takes far longer than this test waits.
    let mut starting = Process::start(bench.command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        "data",
        "--cache",
        "cache",
    ]));
    // The data directory is opened after the signals are watched.
    let begun = Instant::now();
    while !bench.path("data").exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the server begins to start");
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(starting.stop(Duration::from_secs(20)), Some(0));
    assert!(!starting.wait_for("listening on"), "it did not first become ready, to drain at once");
}

#[test]
fn a_new_app_passes_its_tests_and_its_checks() {
    let bench = Workbench::new();
    assert_eq!(bench.atoll(&["new", "my-notes"]).status, 0);
    assert_eq!(bench.atoll(&["new", "my-notes"]).status, 2, "an existing folder is left alone");
    let tests = bench.atoll(&["test", "my-notes"]);
    assert_eq!(tests.status, 0, "{}", tests.all());
    assert_eq!(tests.stdout.matches("ok   ").count(), 2, "{}", tests.all());
    let check = bench.atoll(&["check", "my-notes", "--json"]);
    assert_eq!(check.status, 0, "{}", check.all());
    assert_eq!(check.json()["ok"], true);
}

#[test]
fn findings_are_printed_with_place_frame_and_hint() {
    let bench = Workbench::new();
    bench.atoll(&["new", "bad"]);
    bench.write("bad/backend/index.ts", "export default {\n  fetch() {\n    return eval('1');\n  },\n};\n");
    let check = bench.atoll(&["check", "bad"]);
    assert_eq!(check.status, 1);
    assert!(check.stderr.contains("backend/index.ts:3:12: error: "), "{}", check.stderr);
    assert!(check.stderr.contains(">    3 |") && check.stderr.contains("hint: "), "{}", check.stderr);
    assert!(!check.stderr.contains('\u{1b}'), "no colour without a terminal");

    bench.write("bad/backend/index.ts", "export default { fetch() { return new Response('x'); } };\n");
    let tests = bench.atoll(&["test", "bad"]);
    assert_eq!(tests.status, 1, "{}", tests.all());
    assert!(tests.stdout.contains("FAIL"), "{}", tests.all());
    let folder = bench.atoll(&["check", "nowhere"]);
    assert!(folder.status == 1 && folder.stderr.contains("nowhere"), "{}", folder.all());
}

#[test]
fn an_app_is_deployed_used_and_deleted() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    bench.atoll(&["new", "notes"]);
    let deployed = server.atoll(&["deploy", "notes"]);
    assert_eq!(deployed.status, 0, "{}", deployed.all());
    assert!(deployed.stdout.contains("notes: deployed, revision 1"), "{}", deployed.stdout);
    assert!(deployed.stdout.contains(&format!("{}/apps/notes/\n", server.url)), "{}", deployed.stdout);
    assert!(deployed.stdout.contains("in the host: build "), "{}", deployed.stdout);
    let again = server.atoll(&["deploy", "notes", "--json"]).json();
    assert_eq!((again["unchanged"].as_bool(), again["revision"].as_u64()), (Some(true), Some(1)));
    let renamed = server.atoll(&["deploy", "notes", "--name", "copy"]);
    assert_eq!(renamed.status, 0, "{}", renamed.all());

    let apps = server.atoll(&["apps", "--json"]).json();
    let names: Vec<&str> =
        apps["apps"].as_array().unwrap().iter().map(|app| app["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["copy", "notes"]);
    assert!(server.atoll(&["apps"]).stdout.contains("notes  r1"));
    let shown = server.atoll(&["show", "notes"]).stdout;
    assert!(shown.contains("grants       kv") && shown.contains("notes.note-added"), "{shown}");
    assert_eq!(server.atoll(&["show", "nobody"]).status, 1);

    assert_eq!(server.atoll(&["delete", "copy"]).status, 0);
    assert_eq!(server.atoll(&["delete", "copy"]).status, 1);
    assert_eq!(server.atoll(&["logs", "notes", "--json"]).status, 0);
}

#[test]
fn a_refused_deploy_prints_its_findings_and_changes_nothing() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    bench.atoll(&["new", "notes"]);
    server.atoll(&["deploy", "notes"]);
    bench.write("notes/backend/index.ts", "export default { fetch() { return eval('1') } };\n");
    let refused = server.atoll(&["deploy", "notes"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("backend/index.ts:1:"), "{}", refused.stderr);
    assert_eq!(server.atoll(&["show", "notes", "--json"]).json()["revision"], 1);
    bench.write("notes/atoll.toml", "name = \"notes\"\nbackendd = 1\n");
    let manifest = server.atoll(&["deploy", "notes"]);
    assert!(manifest.status == 1 && manifest.stderr.contains("atoll.toml:2:1"), "{}", manifest.all());
    fs::write(bench.path("notes/atoll.toml"), b"name = \"notes\" # \xff\n").unwrap();
    let bytes = server.atoll(&["deploy", "notes"]);
    assert!(bytes.status == 1 && bytes.stderr.contains("atoll.toml is not UTF-8"), "{}", bytes.all());
}

#[test]
fn events_are_published_and_followed() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    for n in 1..=2 {
        let published =
            server.atoll(&["events", "publish", "order.placed", &format!("{{\"n\":{n}}}"), "--json"]);
        assert_eq!(published.json()["source"], "/external/cli", "{}", published.all());
    }
    let twice = ["events", "publish", "order.paid", "1", "--id", "same", "--json"];
    assert_eq!(server.atoll(&twice).json()["sequence"], server.atoll(&twice).json()["sequence"]);
    let tail = server.atoll(&[
        "events",
        "tail",
        "--types",
        "order.placed,none.*",
        "--after",
        "0",
        "-n",
        "2",
        "--json",
    ]);
    let data: Vec<u64> = tail
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["data"]["n"].as_u64().unwrap())
        .collect();
    assert_eq!(data, [1, 2]);
    assert_eq!(server.atoll(&["events", "publish", "Bad Type"]).status, 2);
}

#[test]
fn a_sentence_becomes_an_app() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    let made = server.atoll(&["generate", "Create a todo list with due dates", "--out", "made", "--json"]);
    assert_eq!(made.status, 0, "{}", made.all());
    let result = made.json();
    let app = result["app"].as_str().unwrap();
    assert_eq!(server.atoll(&["show", app]).status, 0);
    assert!(fs::read_to_string(bench.path("made/atoll.toml")).unwrap().contains(app));
    let taken = server.atoll(&["generate", "a diary", "--out", "made"]);
    assert_eq!(taken.status, 2, "{}", taken.all());
    let dry = server.atoll(&["generate", "a diary of my plants", "--app", "plants", "--no-deploy"]);
    assert!(dry.status == 0 && dry.stdout.contains("not deployed"), "{}", dry.all());
    assert_eq!(server.atoll(&["show", "plants"]).status, 1);
    let unwritable = server.atoll(&["generate", "a diary", "--app", "lost", "--out", "made/atoll.toml/x"]);
    assert!(
        unwritable.status == 1 && unwritable.stderr.contains("made/atoll.toml/x"),
        "{}",
        unwritable.all()
    );
    assert_eq!(server.atoll(&["show", "lost"]).status, 1, "nothing was made that could not be written");
    let empty = server.atoll(&["generate", " "]);
    assert!(empty.status == 1 && empty.stderr.contains("empty"), "{}", empty.all());
}

#[test]
fn dev_deploys_at_each_save() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    // Below a folder that a deploy would leave out, and by another name than its own.
    fs::create_dir(bench.path(".hidden")).unwrap();
    bench.atoll(&["new", "live"]);
    fs::rename(bench.path("live"), bench.path(".hidden/live")).unwrap();
    std::os::unix::fs::symlink(bench.path(".hidden/live"), bench.path("live")).unwrap();
    let mut dev = server.spawn(&["dev", "live"]);
    assert!(dev.wait_for("revision 1"));
    let code = fs::read_to_string(bench.path("live/backend/index.ts")).unwrap();
    bench.write("live/backend/index.ts", "export default {");
    assert!(dev.wait_for("error: "), "a broken save is reported and watching goes on");
    bench.write("live/backend/index.ts", &format!("{code}\n// saved\n"));
    assert!(dev.wait_for("revision 2"));
    let nowhere = server.atoll(&["dev", "nowhere"]);
    assert!(nowhere.status == 1 && nowhere.stderr.contains("nowhere is no folder"), "{}", nowhere.all());
}

#[test]
fn a_signal_drains_and_ends_with_status_0_and_the_data_is_kept() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    bench.atoll(&["new", "notes"]);
    server.atoll(&["deploy", "notes"]);
    assert_eq!(server.stop(Duration::from_secs(20)), Some(0));
    let server = Server::start(&bench);
    assert_eq!(server.atoll(&["show", "notes", "--json"]).json()["revision"], 1);
    let second = bench.atoll(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    assert!(second.status == 1 && second.stderr.contains("in use"), "{}", second.all());
}

#[test]
fn a_secret_is_set_from_standard_input_and_never_shown() {
    const HUSH: &str = "hush-hush-0123456789";
    let bench = Workbench::new();
    let server = Server::start(&bench);
    bench.atoll(&["new", "notes"]);
    assert_eq!(server.atoll(&["deploy", "notes"]).status, 0);
    let set = server.atoll_with(&["secrets", "set", "notes", "API_KEY"], &format!("{HUSH}\n"));
    assert!(set.status == 0 && set.stderr.contains("API_KEY is set"), "{}", set.all());
    let listed = server.atoll(&["secrets", "list", "notes"]);
    assert!(listed.stdout.contains("API_KEY") && listed.stdout.contains("not granted"), "{}", listed.all());
    let refused = server.atoll_with(&["secrets", "set", "notes", "api_key"], HUSH);
    assert!(refused.status == 1 && refused.stderr.contains("write it as API_KEY"), "{}", refused.all());
    let nobody = server.atoll_with(&["secrets", "set", "nobody", "API_KEY"], HUSH);
    assert!(nobody.status == 1 && nobody.stderr.contains("nobody"), "{}", nobody.all());
    for run in [&set, &listed, &refused, &nobody] {
        assert!(!run.all().contains(HUSH), "{}", run.all());
    }
    assert_eq!(server.atoll(&["secrets", "rm", "notes", "API_KEY"]).status, 0);
    assert_eq!(server.atoll(&["secrets", "rm", "notes", "API_KEY"]).status, 1);
    assert_eq!(server.stop(Duration::from_secs(20)), Some(0));
}

#[test]
fn schedules_are_listed_and_run() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    bench.write(
        "digest/atoll.toml",
        "name = \"digest\"\n[backend]\nentry = \"backend/index.ts\"\n[[schedule]]\ncron = \"0 9 * * 1\"\n",
    );
    bench.write(
        "digest/backend/index.ts",
        "export default { scheduled() { throw new Error('no paper') } };\n",
    );
    let deployed = server.atoll(&["deploy", "digest"]);
    assert_eq!(deployed.status, 0, "{}", deployed.all());
    let listed = server.atoll(&["schedules", "list", "digest"]);
    assert!(
        listed.stdout.contains("0 9 * * 1  (UTC)") && listed.stdout.contains("none yet"),
        "{}",
        listed.all()
    );
    assert!(server.atoll(&["show", "digest"]).stdout.contains("schedule     0 9 * * 1 (UTC), next "));
    let ran = server.atoll(&["schedules", "run", "digest"]);
    assert!(ran.status == 1 && ran.stderr.contains("no paper"), "{}", ran.all());
    assert_eq!(server.stop(Duration::from_secs(20)), Some(0));
}

#[test]
fn a_key_for_secrets_that_is_none_is_wrong_usage() {
    let bench = Workbench::new();
    let mut command = bench.command(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    let output = command.env("ATOLL_SECRET_KEY", "hush-hush").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("ATOLL_SECRET_KEY") && !stderr.contains("hush-hush"), "{stderr}");
}

#[test]
fn what_was_given_up_is_listed_shown_tried_again_and_discarded() {
    let bench = Workbench::new();
    let server = Server::start(&bench);
    let manifest = "name = \"picky\"\n[backend]\nentry = \"backend/index.ts\"\n[[events.subscribes]]\ntype = \"order.*\"\n";
    bench.write("picky/atoll.toml", manifest);
    bench.write(
        "picky/backend/index.ts",
        "export default { async event(event) { event.reject('not today'); } };\n",
    );
    assert_eq!(server.atoll(&["deploy", "picky"]).status, 0);
    assert!(server.atoll(&["events", "dead"]).stdout.contains("no dead letters"));
    assert_eq!(server.atoll(&["events", "publish", "order.placed", "{\"n\":7}"]).status, 0);
    let begun = Instant::now();
    let mut listed = server.atoll(&["events", "dead", "--app", "picky"]);
    while !listed.stdout.contains("not today") {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", listed.all());
        listed = server.atoll(&["events", "dead", "--app", "picky"]);
    }
    let page = server.atoll(&["events", "dead", "--json"]).json();
    let id = page["dead_letters"][0]["id"].to_string();
    let shown = server.atoll(&["events", "dead", "show", &id]);
    assert!(shown.stdout.contains("order.placed") && shown.stdout.contains("\"n\": 7"), "{}", shown.all());
    let again = server.atoll(&["events", "dead", "retry", &id]);
    assert!(again.status == 1 && again.stderr.contains("not today"), "{}", again.all());
    assert_eq!(server.atoll(&["events", "dead", "discard", &id]).status, 0);
    assert_eq!(server.atoll(&["events", "dead", "discard", &id]).status, 1);
}
