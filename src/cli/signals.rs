//! Signals to end: the first is a request, the second an order.

use std::io;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::exit::{Exit, Failure};
use super::out;

/// How long a run may take to end by itself. CI services kill what takes longer: GitHub after 7.5 s.
const GRACE: Duration = Duration::from_secs(4);

/// What a command hears of signals.
#[derive(Debug, Clone)]
pub(super) struct Signals(watch::Receiver<Option<&'static str>>);

impl Signals {
    /// Listens from now on. After a second signal, or where the command does not end in time, `ended` hears it.
    pub(super) fn listen(runtime: &Runtime, ended: Sender<u8>) -> io::Result<Self> {
        let (first, heard) = watch::channel(None);
        let entered = runtime.enter();
        let mut source = Source::open()?;
        drop(entered);
        runtime.spawn(async move {
            let name = source.next().await;
            first.send_replace(Some(name));
            let words = tokio::select! {
                _ = source.next() => "ended at once, by a second signal",
                () = tokio::time::sleep(GRACE) => "ended at once: it did not come to a good end in time",
            };
            out::progress(&format!("{words}; it is safe to run the same command again\n"));
            // Nobody listens any more where the command has just ended.
            let _ = ended.send(Exit::Interrupted.code());
        });
        Ok(Self(heard))
    }

    /// Waits for the first signal and names it.
    pub(super) async fn first(&self) -> &'static str {
        let mut heard = self.0.clone();
        let name = match heard.wait_for(Option::is_some).await {
            Ok(name) => *name,
            Err(_) => None,
        };
        match name {
            Some(name) => name,
            // The listener is gone with the runtime.
            None => std::future::pending().await,
        }
    }

    /// Carries something out, unless a signal comes first.
    pub(super) async fn or_interrupted<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            done = work => done,
            signal = self.first() => Err(interrupted(signal).help("nothing was sent")),
        }
    }
}

/// The end of a command by a signal.
pub(super) fn interrupted(signal: &str) -> Failure {
    Failure::new(Exit::Interrupted, format!("interrupted by {signal}"))
}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
    fn open() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

#[cfg(windows)]
struct Source {
    interrupt: tokio::signal::windows::CtrlC,
    terminate: tokio::signal::windows::CtrlBreak,
}

#[cfg(windows)]
impl Source {
    fn open() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c};
        Ok(Self { interrupt: ctrl_c()?, terminate: ctrl_break()? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "Ctrl-C",
            _ = self.terminate.recv() => "Ctrl-Break",
        }
    }
}
