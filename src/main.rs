//! Parses the arguments and runs one command.

use std::process::ExitCode;

/// A message allocates some thousand small things; this takes a tenth off its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    yingda::cli::run()
}
