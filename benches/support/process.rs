//! What another process takes: time, and on Linux memory and CPU time.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a process is looked at.
const SAMPLING: Duration = Duration::from_millis(2);
/// The unit of CPU times in `/proc`: a hundredth of a second, whatever the kernel itself counts in (`man 7 time`).
const TICK: Duration = Duration::from_millis(10);

/// What a process has taken so far. The default is: not known.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Usage {
    /// The most memory that it was ever resident in, in bytes.
    pub(crate) peak_memory: Option<u64>,
    /// Its own time and the kernel's for it.
    pub(crate) cpu: Option<Duration>,
}

impl Usage {
    /// Looks at a process. What the system does not tell is not known.
    pub(crate) fn of(process: u32) -> Self {
        let read = |name: &str| fs::read_to_string(format!("/proc/{process}/{name}")).unwrap_or_default();
        Self { peak_memory: peak_memory(&read("status")), cpu: cpu(&read("stat")) }
    }

    fn or(self, other: Self) -> Self {
        Self { peak_memory: self.peak_memory.or(other.peak_memory), cpu: self.cpu.or(other.cpu) }
    }
}

fn peak_memory(status: &str) -> Option<u64> {
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn cpu(stat: &str) -> Option<Duration> {
    // The second field is the program's name, in parentheses, and may hold anything; `utime` is the 14th.
    let (_, from_third) = stat.rsplit_once(") ")?;
    let ticks: Result<u32, _> = from_third.split(' ').skip(14 - 3).take(2).map(str::parse::<u32>).sum();
    Some(TICK * ticks.ok()?)
}

/// A process that has ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) wall: Duration,
    pub(crate) usage: Usage,
    pub(crate) stdout: String,
    /// The lines on standard error, each with the time since the start.
    pub(crate) stderr: Vec<(Duration, String)>,
}

impl Ended {
    /// Runs a command to its end.
    pub(crate) fn run(command: &mut Command) -> Self {
        let started = Instant::now();
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let stderr =
            std::thread::spawn(move || lines.map(|line| (started.elapsed(), line.unwrap())).collect());
        let mut output = process.stdout.take().unwrap();
        let stdout = std::thread::spawn(move || {
            let mut text = String::new();
            output.read_to_string(&mut text).unwrap();
            text
        });
        let mut usage = Usage::default();
        let status = loop {
            usage = Usage::of(process.id()).or(usage);
            match process.try_wait().unwrap() {
                Some(status) => break status,
                None => std::thread::sleep(SAMPLING),
            }
        };
        let wall = started.elapsed();
        Self { status, wall, usage, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
    }

    /// When the first line came that holds a text.
    pub(crate) fn time_of(&self, text: &str) -> Duration {
        let line = self.stderr.iter().find(|(_, line)| line.contains(text));
        line.unwrap_or_else(|| panic!("no line says `{text}`: {:#?}", self.stderr)).0
    }
}
