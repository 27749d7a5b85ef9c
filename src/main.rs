//! Parses the arguments and runs one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    yingda::cli::run()
}
