use rusqlite::ErrorCode;

use super::*;

type Answer<T> = oneshot::Receiver<Result<T, SqliteError>>;

fn database() -> Connection {
    let connection = crate::open_memory().unwrap();
    connection.execute_batch("CREATE TABLE t (x INTEGER PRIMARY KEY)").unwrap();
    connection
}

fn sql(text: &'static str) -> (Write, Answer<()>) {
    call(move |connection: &Connection| Ok(connection.execute_batch(text)?))
}

fn values(connection: &Connection) -> Vec<i64> {
    let mut statement = connection.prepare("SELECT x FROM t ORDER BY x").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn run(connection: &Connection, writes: Vec<(Write, Answer<()>)>) -> Vec<Result<(), SqliteError>> {
    let (writes, answers): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
    commit_group(connection, writes, &|_| {});
    answers.into_iter().map(|mut answer| answer.try_recv().expect("every write is answered")).collect()
}

#[test]
fn a_bad_write_is_undone_and_its_neighbours_stay() {
    let connection = database();
    let answers = run(
        &connection,
        vec![
            sql("INSERT INTO t VALUES (1)"),
            sql("INSERT INTO t VALUES (2); INSERT INTO nowhere VALUES (1)"),
            sql("INSERT INTO t VALUES (3)"),
        ],
    );
    assert!(answers[0].is_ok() && answers[1].is_err() && answers[2].is_ok());
    assert_eq!(values(&connection), [1, 3]);
}

#[test]
fn neighbours_of_an_interrupted_write_run_again() {
    let connection = database();
    // SQLite rolls the whole transaction back when a writing statement is interrupted.
    let (endless, mut answer) = call(|connection: &Connection| {
        connection.progress_handler(100, Some(|| true))?;
        let outcome = connection.execute_batch(
            "INSERT INTO t WITH RECURSIVE r(n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
        );
        connection.progress_handler(0, None::<fn() -> bool>)?;
        Ok::<(), SqliteError>(outcome?)
    });
    let (first, mut first_answer) = sql("INSERT INTO t VALUES (1)");
    let (last, mut last_answer) = sql("INSERT INTO t VALUES (2)");
    commit_group(&connection, vec![first, endless, last], &|_| {});
    let error = answer.try_recv().unwrap().unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::OperationInterrupted));
    assert!(first_answer.try_recv().unwrap().is_ok() && last_answer.try_recv().unwrap().is_ok());
    assert_eq!(values(&connection), [1, 2]);
}

#[test]
fn a_violation_that_shows_at_commit_fails_only_its_own_write() {
    let connection = database();
    connection
        .execute_batch("CREATE TABLE child (x INTEGER REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)")
        .unwrap();
    let answers = run(
        &connection,
        vec![
            sql("INSERT INTO t VALUES (1)"),
            sql("INSERT INTO child VALUES (99)"),
            sql("INSERT INTO child VALUES (1)"),
        ],
    );
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert!(answers[1].as_ref().is_err_and(SqliteError::is_constraint));
    let children: i64 = connection.query_row("SELECT count(*) FROM child", [], |row| row.get(0)).unwrap();
    assert_eq!(children, 1);
}

#[test]
fn a_panic_is_one_writes_failure() {
    let connection = database();
    let (bad, mut answer) = call(|_: &Connection| -> Result<(), SqliteError> { panic!("a bug") });
    let (good, mut good_answer) = sql("INSERT INTO t VALUES (1)");
    commit_group(&connection, vec![bad, good], &|_| {});
    assert!(matches!(answer.try_recv().unwrap(), Err(SqliteError::Panicked)));
    assert!(good_answer.try_recv().unwrap().is_ok());
    assert_eq!(values(&connection), [1]);
}

#[test]
fn a_group_that_fails_alone_leaves_no_transaction_open() {
    let connection = database();
    let answers = run(&connection, vec![sql("INSERT INTO nowhere VALUES (1)")]);
    assert!(answers[0].is_err() && connection.is_autocommit());
}

#[test]
fn a_write_that_overlooks_that_it_was_undone_is_not_called_kept() {
    let connection = database();
    let (careless, mut answer) = call(|connection: &Connection| {
        connection.execute_batch("INSERT INTO t VALUES (1); ROLLBACK")?;
        Ok::<(), SqliteError>(())
    });
    let (good, mut good_answer) = sql("INSERT INTO t VALUES (2)");
    commit_group(&connection, vec![careless, good], &|_| {});
    assert!(matches!(answer.try_recv().unwrap(), Err(SqliteError::Undone)));
    assert!(good_answer.try_recv().unwrap().is_ok());
    assert_eq!(values(&connection), [2]);
}
