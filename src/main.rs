//! The `storeward` binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(storeward::cli::main(std::env::args_os()))
}
