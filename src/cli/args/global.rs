//! Options that every command takes.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::render::{Format, Look};

use super::super::targets::Target;

/// Where a local Partner Center keeps its state if nobody says where.
pub const SANDBOX: &str = ".storeward/sandbox";

/// Options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Only what has this address: plan, drift, apply, snapshot; repeatable, `*` stands for any characters
    #[arg(long, value_name = "ADDRESS", global = true)]
    pub target: Vec<Target>,
    /// Form of the result on standard output
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub output: Format,
    /// Write the result to FILE as well, in this form
    #[arg(long, value_name = "FORMAT=FILE", global = true)]
    pub out: Vec<OutFile>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true)]
    pub color: Colour,
    /// Use ASCII symbols only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Print results and errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more, such as what the symbols of a plan mean
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Use a local Partner Center whose state is kept in DIR, instead of the Store
    #[arg(
        long,
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = SANDBOX,
        global = true
    )]
    pub sandbox: Option<PathBuf>,
    /// What a new local Partner Center starts with
    #[arg(long, value_name = "FILE", global = true)]
    pub sandbox_seed: Option<PathBuf>,
    /// The whole command line, as it was given.
    #[arg(skip)]
    pub given: Vec<OsString>,
    /// The word that lets GitHub Actions obey commands on standard error again.
    #[arg(skip)]
    pub stopped_by: Option<String>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `FORMAT=FILE`, or `FILE` alone where a command has one form for files.
#[derive(Debug, Clone)]
pub struct OutFile {
    /// The form; `None`: the one that the command has.
    pub format: Option<Format>,
    /// Where to write it.
    pub file: PathBuf,
}

impl FromStr for OutFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A file is named with more than letters before an equals sign, such as `./a=b`.
        let form = text.split_once('=').filter(|(word, _)| word.chars().all(|c| c.is_ascii_alphabetic()));
        let (format, file) = match form {
            Some((word, "")) => return Err(format!("the file is not named; write it as {word}=FILE")),
            Some((word, file)) => (Some(word.parse()?), file),
            None if text.is_empty() => return Err("the file is not named".to_owned()),
            None => (None, text),
        };
        Ok(Self { format, file: PathBuf::from(file) })
    }
}

impl Global {
    /// How text on standard output is to look.
    pub fn look_of_stdout(&self) -> Look {
        let auto = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        self.look(auto && std::io::stdout().is_terminal())
    }

    /// How text on standard error is to look.
    pub fn look_of_stderr(&self) -> Look {
        let auto = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        self.look(auto && std::io::stderr().is_terminal())
    }

    /// Whether the symbols of a plan on standard output are explained: to people, and to whoever asks.
    pub fn explains_symbols(&self) -> bool {
        self.verbose || std::io::stdout().is_terminal()
    }

    /// How text in files is to look.
    pub fn look_of_files(&self) -> Look {
        self.look(false)
    }

    fn look(&self, auto: bool) -> Look {
        let colour = match self.color {
            Colour::Auto => auto,
            Colour::Always => true,
            Colour::Never => false,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = columns.or_else(terminal).unwrap_or(100);
        Look { colour, ascii: self.ascii, width: width.clamp(40, 300) }
    }
}
