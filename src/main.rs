//! The command line: values in, exit codes out. Data goes to standard output, everything else to
//! standard error.

mod adapter;
mod admin_client;
mod args;
mod authority;
mod cert;
mod certify;
mod clauses;
mod demo;
mod drive;
mod duration;
mod exec;
mod explain;
mod live;
mod locator;
mod miniature;
mod out;
mod paste;
mod ports;
mod report;
mod seed;
mod start;
mod token;
mod trouble;
mod up;
mod world;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::{Arguments, Command},
    trouble::Trouble,
};

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    match run(command) {
        Ok(code) => code,
        Err(trouble) => trouble.tell(),
    }
}

fn run(command: Command) -> Result<ExitCode, Trouble> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Trouble::harness(format!("the runtime does not start: {error}")))?;
    let code = runtime.block_on(async {
        match command {
            Command::Up(up) => up::run(up).await,
            Command::Demo(asked) => demo::run(asked).await,
            Command::Exec(exec) => exec::run(exec).await,
            Command::Adapter(asked) => adapter::run(asked).await,
            Command::Certify(asked) => certify::run(asked).await,
            Command::Verify(asked) => certify::verify(asked).await,
            Command::Test(selection) => Ok(skyproof::suite::main(&selection.options()).await),
            Command::Clauses(asked) => clauses::run(&asked).await,
            Command::Explain(asked) => explain::run(&asked).await,
            Command::Report(asked) => report::run(&asked),
            Command::Cert(asked) => cert::run(asked),
            Command::Token(asked) => token::run(asked),
            Command::Miniature(asked) => miniature::run(&asked).await,
            Command::Drive(asked) => drive::run(asked).await,
        }
    });
    // Whoever still waits, for a resolver or a child, is not waited for.
    runtime.shutdown_background();
    code
}
