//! `atoll delete APP`.

use atoll::AppName;
use reqwest::Method;

use crate::{client::Client, error::CliError, output::Output};

/// Arguments of `atoll delete`.
#[derive(Debug, clap::Args)]
pub(crate) struct DeleteArgs {
    /// The app. Its revisions, data and logs go with it.
    app: AppName,
}

pub(crate) async fn run(args: DeleteArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let app = args.app;
    client.send(client.request(Method::DELETE, &format!("/api/v1/apps/{app}"))).await?;
    if output.is_json() {
        return output.json(&serde_json::json!({ "deleted": app }));
    }
    output.line(format!("deleted {app}"))
}
