//! Many apps on one host: called in rotation, woken, and what each takes of the memory. Each has a source, and so an
//! image, of its own.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use atoll::{DeployOptions, Host, Limits};

use super::{block_on, in_process};
use crate::{
    Failure, apps,
    load::{self, Client},
    options::Options,
    peers::{AtollServer, Loader},
    process::Process,
    progress,
    report::{Bar, Column, DISTRIBUTION, Report, Row, Section, Unit, distribution},
    statistics::Distribution,
};

/// Deploys that run at the same time.
const DEPLOYS_CONCURRENT: usize = 4;

/// Requests before anything is measured, so that the server's pool and its allocator have what they keep.
const WARM_UP: usize = 200;

/// As many apps in turn as are kept loaded, against one of them all the time.
pub(crate) fn rotation(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let count = options.choose(1_000, 30);
    let rounds = options.choose(5, 2);
    let folder = tempfile::tempdir()?;
    deploy(folder.path(), count)?;
    let (hot, rotating) = block_on(async {
        let host = Host::builder().data_dir(folder.path()).build().await?;
        let names: Vec<_> = (0..count).map(apps::numbered).collect::<Result<_, _>>()?;
        let (mut hot, mut rotating) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            for name in &names {
                let (took, _) = in_process::one(&host, name, apps::PATH).await?;
                // Round 0 loads them.
                if round > 0 {
                    rotating.push(took);
                }
            }
            for _ in 0..count {
                hot.push(in_process::one(&host, names.first().ok_or("no apps")?, apps::PATH).await?.0);
            }
        }
        host.shutdown().await;
        Ok((Distribution::of(hot), Distribution::of(rotating)))
    })?;
    let bar = Bar::at_most("p50 in rotation over hot", Unit::Ratio, rotating.p50_us / hot.p50_us, 2.0);
    report.sections.push(Section {
        name: "rotation",
        title: "Many apps in rotation",
        about: format!(
            "{count} apps, each with an image of its own, called in turn, in process; against one of them."
        ),
        columns: DISTRIBUTION,
        rows: vec![
            distribution("one app, hot", hot),
            distribution(format!("{count} apps in turn"), rotating),
        ],
        bars: vec![bar],
        notes: Vec::new(),
    });
    Ok(())
}

const APP_COLUMNS: &[Column] = &[
    Column { name: "p50_us", title: "p50", unit: Unit::Microseconds },
    Column { name: "p99_us", title: "p99", unit: Unit::Microseconds },
    Column { name: "apps", title: "apps called", unit: Unit::Count },
    Column { name: "anonymous_bytes", title: "anonymous memory", unit: Unit::Bytes },
    Column { name: "bytes_per_app", title: "more for each app", unit: Unit::Bytes },
];

/// Memory for each loaded app: 300 MB for ten thousand.
const BYTES_PER_APP_MAX: f64 = 30_000.0;

/// Thousands of apps, each called when nobody has it loaded.
pub(crate) fn apps(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let count = options.apps;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let deploying = Instant::now();
    deploy(&data, count)?;
    let deploys_s = deploying.elapsed().as_secs_f64();

    let path = |number| Ok(format!("/apps/{}/api{}", apps::numbered(number)?, apps::PATH));
    // A thousand stay loaded by default; never more than half of them, so that in a second turn each was evicted
    // before it is called.
    let kept = (count / 2).min(Limits::default().loaded_apps_max);
    let server = AtollServer::start(&data, &format!("loaded_apps_max = {kept}"), report)?;
    let first = Visit::pay(&server.authority, &server.process, count, path)?;
    let evicted = Visit::pay(&server.authority, &server.process, count, path)?;
    drop(server);
    let server = AtollServer::start(&data, &format!("loaded_apps_max = {count}"), report)?;
    let all = Visit::pay(&server.authority, &server.process, count, path)?;
    drop(server);

    let mut rows = vec![
        first.row("Atoll, each app's first call since the start"),
        evicted.row("Atoll, each app called again after it was evicted"),
        all.row("Atoll, told to keep all of them loaded"),
    ];
    let loader_folder = tempfile::tempdir()?;
    if let Some(loader) = Loader::start(loader_folder.path(), report)? {
        let count = options.choose(500, 20);
        let visit = Visit::pay(&loader.authority, &loader.process, count, |number| Ok(Loader::path(number)))?;
        rows.push(visit.row("workerd's dynamic worker loader, each worker's first call"));
    }
    let [wake_p50, wake_p99] = [evicted.took.p50_us, evicted.took.p99_us];
    report.sections.push(Section {
        name: "apps",
        title: "Thousands of apps on one host",
        about: format!(
            "{count} apps, each with an image of its own, were deployed in {deploys_s:.0} s and then called over HTTP, one \
             after the other on one connection. Anonymous memory is what the machine cannot drop and read again; \
             \"more for each app\" is its growth over the calls."
        ),
        columns: APP_COLUMNS,
        rows,
        bars: vec![
            Bar::at_most("anonymous memory after each was called once", Unit::Bytes, first.anonymous_bytes, 300e6),
            Bar::at_most("more for each app that stays loaded", Unit::Bytes, all.more_bytes, BYTES_PER_APP_MAX),
            Bar::at_most("wake of an evicted app, p50", Unit::Microseconds, wake_p50, 500.0),
            Bar::at_most("wake of an evicted app, p99", Unit::Microseconds, wake_p99, 3_000.0),
        ],
        notes: Vec::new(),
    });
    Ok(())
}

/// Calling each of many apps once.
struct Visit {
    took: Distribution,
    apps: usize,
    anonymous_bytes: f64,
    more_bytes: f64,
}

impl Visit {
    fn pay(
        authority: &str,
        process: &Process,
        count: usize,
        path: impl Fn(usize) -> Result<String, Failure>,
    ) -> Result<Self, Failure> {
        let ask = async {
            let mut client = Client::connect(authority).await?;
            // The last one, so that a second visit finds the first ones evicted.
            let last = path(count.saturating_sub(1))?;
            for _ in 0..WARM_UP {
                client.get(&last).await?;
            }
            let before = process.anonymous_bytes()?;
            let mut took: Vec<Duration> = Vec::with_capacity(count);
            for number in 0..count.saturating_sub(1) {
                let path = path(number)?;
                let start = Instant::now();
                client.get(&path).await?;
                took.push(start.elapsed());
            }
            let after = process.anonymous_bytes()?;
            Ok(Self {
                took: Distribution::of(took),
                apps: count,
                anonymous_bytes: after,
                more_bytes: (after - before) / count as f64,
            })
        };
        load::on_one_thread(ask)
    }

    fn row(&self, what: &str) -> Row {
        let values =
            [self.took.p50_us, self.took.p99_us, self.apps as f64, self.anonymous_bytes, self.more_bytes];
        Row { what: what.into(), values: values.map(Some).to_vec() }
    }
}

/// Deploys so many apps, each of another source, and leaves them on disk.
fn deploy(data: &Path, count: usize) -> Result<(), Failure> {
    progress(&format!("  deploying {count} apps"));
    block_on(async {
        let host = Host::builder().data_dir(data).build().await?;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..count {
            if tasks.len() >= DEPLOYS_CONCURRENT {
                tasks.join_next().await.transpose()?.transpose()?;
            }
            let (host, name) = (host.clone(), apps::numbered(number)?);
            tasks.spawn(async move {
                let source = apps::source(name.as_str(), apps::ROUTER, number)?;
                let options = DeployOptions { run_tests: false, ..DeployOptions::default() };
                host.deploy(source, options).await?;
                Ok::<_, Failure>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        host.shutdown().await;
        Ok(())
    })
}
