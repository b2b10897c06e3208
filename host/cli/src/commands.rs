//! One module a command.

pub(crate) mod apps;
pub(crate) mod check;
pub(crate) mod component;
pub(crate) mod dead_letters;
pub(crate) mod delete;
pub(crate) mod deploy;
pub(crate) mod dev;
pub(crate) mod events;
pub(crate) mod generate;
pub(crate) mod logs;
pub(crate) mod new;
pub(crate) mod schedules;
pub(crate) mod secrets;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod test;

use atoll::{CompilerProgram, Host, HostBuilder};

use crate::{
    args::{Args, COMPILE_COMPONENT, Command},
    client::Client,
    error::CliError,
    output::Output,
};

/// A host that has components compiled by this very command.
pub(crate) fn host_builder() -> Result<HostBuilder, CliError> {
    Ok(Host::builder().compiler(compiler()?))
}

/// This very command, as the compiler of components.
pub(crate) fn compiler() -> Result<CompilerProgram, CliError> {
    CompilerProgram::this_program([COMPILE_COMPONENT])
        .map_err(|error| CliError::Failed(format!("cannot tell where this program lies: {error}")))
}

/// Runs a command.
pub(crate) async fn run(args: Args, output: &Output) -> Result<(), CliError> {
    let client = || Client::new(&args.server);
    match args.command {
        Command::Serve(args) => serve::run(args, output).await,
        Command::New(args) => new::run(args, output),
        Command::Dev(args) => dev::run(args, &client()?, output).await,
        Command::Deploy(args) => deploy::run(args, &client()?, output).await,
        Command::Generate(args) => generate::run(args, &client()?, output).await,
        Command::Apps(args) => apps::run(args, &client()?, output).await,
        Command::Show(args) => show::run(args, &client()?, output).await,
        Command::Schedules(command) => schedules::run(command, &client()?, output).await,
        Command::Secrets(command) => secrets::run(command, &client()?, output).await,
        Command::Logs(args) => logs::run(args, &client()?, output).await,
        Command::Test(args) => test::run(args, output).await,
        Command::Check(args) => check::run(args, output).await,
        Command::Delete(args) => delete::run(args, &client()?, output).await,
        Command::Component(args) => component::run(args).await,
        Command::Events(command) => events::run(command, &client()?, output).await,
        Command::CompileComponent => Err(CliError::Usage("the host starts this command itself".into())),
    }
}
