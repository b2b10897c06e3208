//! What the store's calls cost on this machine: `cargo run -p atoll-store --example store_bench`.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use atoll_model::{AppName, Bundle, KvPut, Limits, Manifest, SourcePath, SourceTree, SqlStatement, SqlValue};
use atoll_store::Store;

type Failure = Box<dyn std::error::Error>;

const MANIFEST: &str =
    "name = \"bench\"\n[frontend]\nentry = \"frontend/App.tsx\"\n[grants]\nkv = true\nsql = true\n";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let dir = tempfile::tempdir_in(".")?;
    let store = Store::open(dir.path(), &Limits::default()).await?;
    let app = AppName::parse("bench")?;
    let mut source = SourceTree::new();
    source.insert(SourcePath::parse("atoll.toml")?, MANIFEST, &Limits::default())?;
    let bundle = Bundle {
        manifest: Manifest::parse(MANIFEST)?,
        source,
        backend: None,
        frontend: None,
        tests: None,
        diagnostics: Vec::new(),
    };
    store.deploy(&bundle).await?;
    store.sql_exec(&app, "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)").await?;

    report("fdatasync of 4 KiB", &sync_cost(dir.path())?);
    let value = KvPut { value: vec![7; 100].into(), metadata: None, expiration_ttl_s: None };
    let mut puts = Vec::new();
    for n in 0..500 {
        let start = Instant::now();
        store.kv_put(&app, &n.to_string(), value.clone()).await?;
        puts.push(start.elapsed());
    }
    report("kv put, one writer", &puts);
    let mut gets = Vec::new();
    for n in 0..20_000 {
        let key = (n % 500).to_string();
        let start = Instant::now();
        store.kv_get(&app, &key).await?;
        gets.push(start.elapsed());
    }
    report("kv get", &gets);

    let insert = |n: i64| SqlStatement {
        sql: "INSERT INTO t (id, x) VALUES (?, 'a row of some length, as rows are')".into(),
        parameters: vec![SqlValue::Integer(n)],
    };
    let mut inserts = Vec::new();
    for n in 0..500 {
        let start = Instant::now();
        store.sql_query(&app, insert(n)).await?;
        inserts.push(start.elapsed());
    }
    report("sql insert, one writer", &inserts);
    let mut queries = Vec::new();
    for n in 0..20_000 {
        let parameters = vec![SqlValue::Integer(n % 500)];
        let statement = SqlStatement { sql: "SELECT * FROM t WHERE id = ?".into(), parameters };
        let start = Instant::now();
        store.sql_query(&app, statement).await?;
        queries.push(start.elapsed());
    }
    report("sql point query", &queries);

    let start = Instant::now();
    let writers = (0..64).map(|writer: i64| {
        let (store, app) = (Arc::clone(&store), app.clone());
        tokio::spawn(async move {
            for n in 0..100 {
                store.sql_query(&app, insert(1_000 + writer * 100 + n)).await?;
            }
            Ok::<_, atoll_store::StoreError>(())
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await??;
    }
    print(&format!("sql insert, 64 writers: {:.0} a second", 6_400.0 / start.elapsed().as_secs_f64()));
    store.shutdown().await;
    Ok(())
}

fn sync_cost(dir: &Path) -> Result<Vec<Duration>, Failure> {
    use std::io::Write as _;
    let mut file = std::fs::File::create(dir.join("sync"))?;
    let mut times = Vec::new();
    for _ in 0..200 {
        file.write_all(&[0; 4096])?;
        let start = Instant::now();
        file.sync_data()?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn report(what: &str, times: &[Duration]) {
    let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e6).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    print(&format!("{what}: p50 {:.1} µs, p99 {:.1} µs", at(0.5), at(0.99)));
}

#[expect(clippy::print_stdout, reason = "a benchmark's answer")]
fn print(line: &str) {
    println!("{line}");
}
