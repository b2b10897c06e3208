//! The command line.

use clap::{Parser, Subcommand};

use crate::commands::{
    apps, check, component, delete, deploy, dev, events, generate, logs, new, schedules, secrets, serve,
    show, test,
};

/// Apps from a sentence, each in its own WebAssembly sandbox.
#[derive(Debug, Parser)]
#[command(name = "atoll", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Args {
    /// The server that the command talks to.
    #[arg(
        long,
        global = true,
        env = "ATOLL_SERVER",
        default_value = "http://127.0.0.1:8787",
        value_name = "URL"
    )]
    pub(crate) server: String,
    /// Answer with JSON on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a host with the canvas.
    Serve(serve::ServeArgs),
    /// Write a new app's folder.
    New(new::NewArgs),
    /// Watch an app's folder and deploy it at each save.
    Dev(dev::DevArgs),
    /// Deploy an app's folder.
    Deploy(deploy::DeployArgs),
    /// Make an app from a sentence.
    Generate(generate::GenerateArgs),
    /// List the apps.
    Apps(apps::AppsArgs),
    /// Show an app.
    Show(show::ShowArgs),
    /// Show when an app runs by itself, or run it now.
    #[command(subcommand)]
    Schedules(schedules::SchedulesCommand),
    /// Set, list and remove an app's secrets.
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
    /// Show what an app logged.
    Logs(logs::LogsArgs),
    /// Run an app's own tests, in the sandbox, without a server.
    Test(test::TestArgs),
    /// Check an app's source without running it.
    Check(check::CheckArgs),
    /// Delete an app with its revisions and data.
    Delete(delete::DeleteArgs),
    /// Serve one WebAssembly component that answers HTTP requests (wasi:http), or run one that is a program
    /// (wasi:cli/run), without a registry.
    Component(component::ComponentArgs),
    /// Follow the bus, or publish to it.
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Compile a component for a host that started this command: standard input to standard output.
    #[command(name = COMPILE_COMPONENT, hide = true)]
    CompileComponent,
}

/// The command that a host starts for itself.
pub(crate) const COMPILE_COMPONENT: &str = "compile-component";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}
