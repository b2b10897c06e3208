//! axum with the same answer, compiled into this very program and run as a process of its own: what is left when
//! there is no sandbox, no other language, and no host around the handler.

use std::process::Command;

use axum::{Json, Router, extract::Query, routing::get};
use serde::{Deserialize, Serialize};

use super::{Peer, listening};
use crate::{Failure, apps, process::Process};

/// Which answer it gives.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// What the JSON router gives.
    Todos,
    /// What the hello in Rust gives.
    Hello,
}

impl Kind {
    pub(crate) fn parse(text: Option<&String>) -> Result<Self, Failure> {
        match text.map(String::as_str) {
            Some("todos") => Ok(Self::Todos),
            Some("hello") => Ok(Self::Hello),
            _ => Err("--floor takes todos or hello".into()),
        }
    }
}

pub(crate) fn start(kind: Kind) -> Result<Peer, Failure> {
    let (name, path) = match kind {
        Kind::Todos => ("todos", apps::PATH),
        Kind::Hello => ("hello", "/"),
    };
    let mut command = Command::new(std::env::current_exe()?);
    let (process, authority) = Process::start(command.args(["--floor", name]), listening)?;
    Ok(Peer { name: "axum in Rust, no sandbox", process, authority, path: path.into() })
}

/// Serves until it is killed.
#[expect(clippy::print_stdout, reason = "the address is told as the other servers tell theirs")]
pub(crate) fn serve(kind: Kind) -> Result<(), Failure> {
    let router = match kind {
        Kind::Todos => Router::new().route(apps::PATH, get(todos)),
        Kind::Hello => Router::new().route("/", get(hello)),
    };
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

#[derive(Serialize)]
struct Todo {
    id: u32,
    title: String,
    done: bool,
}

async fn todos() -> Json<Vec<Todo>> {
    Json((0..10).map(|id| Todo { id, title: format!("todo {id}"), done: id % 2 == 0 }).collect())
}

#[derive(Deserialize)]
struct Asked {
    name: Option<String>,
}

async fn hello(Query(asked): Query<Asked>) -> Json<serde_json::Value> {
    let name = asked.name.as_deref().unwrap_or("world");
    Json(serde_json::json!({ "message": format!("Hello, {name}!") }))
}
