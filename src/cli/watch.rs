//! Who watches a run of `apply`: the terminal or the log, the file of `--events`, and the receipt. All of them hear the
//! same events.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::apply::{
    self, Circumstances, EVENTS_VERSION, Emit, Event, Planned, Receipt, Record, Standing, Why,
};
use crate::partner_center::{Connection, Heard};
use crate::plan::{Action, Plan};
use crate::render::{self, EventLines, Look, live_line, live_words};

use super::args::Global;
use super::event_log::EventLog;
use super::exit::{Exit, Failure};
use super::folds::Folds;
use super::live::Live;
use super::manifests::base;
use super::origin::Origin;
use super::out;
use super::results::{OutputFile, Results};
use super::signals::Signals;

/// After how long a silence it is said what is waited for. CI services end jobs that say nothing for ten minutes.
const SILENCE: Duration = Duration::from_mins(1);
/// How often a terminal is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// Everybody who watches a run.
pub(super) struct Watch {
    shared: Arc<Mutex<Shared>>,
    ticking: Option<JoinHandle<()>>,
    receipt: Option<OutputFile>,
    folds: Folds,
    look: Look,
    quiet: bool,
    origin: Origin,
}

/// What is written of a run beside its result.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written<'a> {
    pub(super) events: Option<&'a Path>,
    pub(super) receipt: Option<&'a Path>,
}

struct Shared {
    began: Instant,
    began_at: String,
    standing: Standing,
    log: Option<EventLog>,
    started: bool,
    /// What is done before any resource is worked on.
    doing: Option<&'static str>,
    lines: EventLines,
    /// The lines of each resource so far, where they are repeated in one piece at the end.
    said: Option<BTreeMap<String, String>>,
    live: Option<Live>,
    last_words: Instant,
    look: Look,
    quiet: bool,
}

impl Watch {
    /// Opens what is written to, before anything is done.
    pub(super) async fn open(
        global: &Global,
        results: &Results,
        written: Written<'_>,
        signals: &Signals,
    ) -> Result<Self, Failure> {
        let base = base(global)?;
        // Standard output carries the result and nothing else.
        if let Some(file) =
            [written.events, written.receipt].into_iter().flatten().find(|file| file.as_os_str() == "-")
        {
            let message = format!("`{}` is no file", file.display());
            return Err(Failure::new(Exit::Usage, message)
                .help("name a file; events also go to a pipe, such as /dev/stderr"));
        }
        let receipt = match written.receipt {
            Some(file) => Some(results.open_beside("--receipt", &base, file)?),
            None => None,
        };
        if written.events.is_some() && written.events == written.receipt {
            return Err(Failure::new(Exit::Usage, "--events and --receipt name the same file"));
        }
        let log = match written.events {
            Some(file) => {
                results.refuse_twice("--events", &base, file)?;
                Some(signals.or_interrupted(EventLog::open(&base, file)).await?)
            }
            None => None,
        };
        let (look, quiet) = (global.look_of_stderr(), global.quiet);
        let folds = Folds::of(global);
        let shared = Shared {
            began: Instant::now(),
            began_at: now(),
            standing: Standing::default(),
            log,
            started: false,
            doing: None,
            lines: EventLines::new(look),
            said: (folds.fold() && !quiet).then(BTreeMap::new),
            live: if quiet { None } else { Live::on_stderr() },
            last_words: Instant::now(),
            look,
            quiet,
        };
        let shared = Arc::new(Mutex::new(shared));
        let origin = Origin { base, run_url: results.ci.run_url() };
        Ok(Self { shared, ticking: None, receipt, folds, look, quiet, origin })
    }

    /// Watches a connection: what it waits for while the plan is made is said, too.
    pub(super) fn over(&mut self, connection: &Connection) -> Connection {
        let (shared, silence) = (Arc::clone(&self.shared), connection.scaled(SILENCE));
        if !self.quiet {
            self.ticking = Some(tokio::spawn(tick(Arc::clone(&self.shared), silence)));
        }
        connection.heard_by(move |heard| lock(&shared).hear_of_the_plan(heard))
    }

    /// Says what is done before any resource is worked on; none while somebody is asked.
    pub(super) fn doing(&self, words: Option<&'static str>) {
        let mut shared = lock(&self.shared);
        shared.last_words = Instant::now();
        shared.doing = words;
        shared.draw();
    }

    /// Prints the plan; in the log of a CI service it folds.
    pub(super) fn print_plan(&self, text: &str) {
        let shared = lock(&self.shared);
        match &shared.live {
            Some(live) => live.print_above(text),
            None => self.folds.print("Plan", text),
        }
    }

    /// The run begins with this plan.
    pub(super) fn begin(&self, plan: &Plan) {
        if !self.quiet {
            out::progress("\n");
        }
        let mut shared = lock(&self.shared);
        let busy = plan.resources.iter().filter(|planned| planned.action != Action::None).count();
        if busy < 2 {
            // Its lines are in one piece as they are.
            shared.said = None;
        }
        shared.start(Some(plan));
    }

    /// Nothing is done with this plan: all of it is blocked, or as it should be.
    pub(super) fn block(&self, plan: &Plan) {
        let mut shared = lock(&self.shared);
        shared.start(Some(plan));
        for blocked in apply::blocked(plan) {
            shared.hear(blocked);
        }
    }

    /// Who hears what happens.
    pub(super) fn emit(&self) -> Emit {
        let shared = Arc::clone(&self.shared);
        Arc::new(move |event| lock(&shared).hear(event))
    }

    /// Where the resources stand.
    pub(super) fn standing(&self) -> Standing {
        lock(&self.shared).standing.clone()
    }

    /// Nothing more happens to the resources: their lines no longer change, and follow in one piece each where others came
    /// in between.
    pub(super) fn rest(&mut self) {
        if let Some(ticking) = self.ticking.take() {
            ticking.abort();
        }
        let mut shared = lock(&self.shared);
        shared.doing = None;
        if let Some(mut live) = shared.live.take() {
            live.show(&[]);
        }
        for (address, lines) in shared.said.take().unwrap_or_default() {
            self.folds.print(&address, &lines);
        }
    }

    /// The run is over: the last event, and the receipt.
    pub(super) fn end(
        &mut self,
        exit: Exit,
        failure: Option<&Failure>,
        plan: Option<&Plan>,
    ) -> Result<(), Failure> {
        self.rest();
        let mut shared = lock(&self.shared);
        let error = failure.map(|failure| failure.message.clone());
        let (result, exit_code) = (exit.word().to_owned(), exit.code());
        shared.start(plan);
        shared.hear(Event::Finished { result: result.clone(), exit_code, error: error.clone() });
        if let Some(warning) = shared.log.as_mut().and_then(EventLog::end) {
            shared.warn(&warning);
        }
        let Some(receipt) = &self.receipt else { return Ok(()) };
        let circumstances = Circumstances {
            began: shared.began_at.clone(),
            ended: now(),
            result,
            exit_code,
            error,
            commit: self.origin.commit(),
            run_url: self.origin.run_url.clone(),
        };
        receipt.write(&render::json(&Receipt::new(circumstances, plan, &shared.standing)))
    }

    /// Says where an interrupted run left each resource.
    pub(super) fn print_left(&self, plan: &Plan) {
        let standing = self.standing();
        let busy = plan.resources.iter().filter(|planned| planned.action != Action::None);
        for planned in busy {
            out::progress(&render::left(&planned.address, standing.of(&planned.address), self.look));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(ticking) = &self.ticking {
            ticking.abort();
        }
    }
}

impl Shared {
    fn start(&mut self, plan: Option<&Plan>) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        let planned = plan.map(|plan| {
            let of = |planned: &crate::plan::ResourcePlan| Planned {
                address: planned.address.clone(),
                action: planned.action,
            };
            plan.resources.iter().map(of).collect()
        });
        self.hear(Event::Started {
            format_version: EVENTS_VERSION,
            tool_version: env!("CARGO_PKG_VERSION"),
            plan_hash: plan.map(|plan| plan.fingerprints.plan.clone()),
            resources: planned.unwrap_or_default(),
        });
    }

    fn hear(&mut self, event: Event) {
        let elapsed = self.began.elapsed();
        let record = Record { time: now(), elapsed_ms: millis(elapsed), event };
        self.doing = None;
        self.standing.hear(&record);
        if let Some(log) = &self.log {
            log.write(&record);
            if let Some(warning) = log.warning() {
                self.warn(&warning);
            }
        }
        if let Some(line) = self.lines.line(&record.event, elapsed) {
            if let (Some(said), Some(address)) = (&mut self.said, record.event.address()) {
                said.entry(address.to_owned()).or_default().push_str(&line);
            }
            self.say(&line);
        }
        self.draw();
    }

    /// Before there is a plan, events would be about no resource; they are said, and not written.
    fn hear_of_the_plan(&mut self, heard: Heard) {
        let (why, until) = match heard {
            Heard::Changed { .. } => return,
            Heard::Held { until } => (Why::Throttled, until),
            Heard::Again { message, correlation_id, until } => {
                (Why::Retry { message, correlation_id }, until)
            }
        };
        let event = Event::Waiting { address: "plan".to_owned(), why, until };
        if let Some(line) = self.lines.line(&event, self.began.elapsed()) {
            self.say(&line);
        }
    }

    fn say(&mut self, text: &str) {
        self.last_words = Instant::now();
        match &self.live {
            _ if self.quiet => {}
            Some(live) => live.print_above(text),
            None => out::progress(text),
        }
    }

    /// Warnings are said also where little is.
    fn warn(&mut self, words: &str) {
        let text = format!("warning: {}\n", render::visible(words));
        match &self.live {
            Some(live) => live.print_above(&text),
            None => out::progress(&text),
        }
    }

    fn draw(&mut self) {
        let elapsed = millis(self.began.elapsed());
        let Some(live) = &mut self.live else { return };
        let look = Look { width: Live::width(self.look.width), ..self.look };
        let words = self.doing.map(|words| (String::new(), live_words(words, elapsed, look)));
        let of = |stands: &crate::apply::Stands| (stands.address.clone(), live_line(stands, elapsed, look));
        let lines: Vec<_> = words.into_iter().chain(self.standing.in_progress().map(of)).collect();
        live.show(&lines);
    }

    fn break_silence(&mut self, silence: Duration) {
        if self.live.is_some() || self.last_words.elapsed() < silence {
            return;
        }
        let elapsed = millis(self.began.elapsed());
        if let Some(line) = render::still(&self.standing, self.doing, elapsed, self.look) {
            self.say(&line);
        }
    }
}

async fn tick(shared: Arc<Mutex<Shared>>, silence: Duration) {
    let mut ticks = tokio::time::interval(TICK.min(silence / 4).max(Duration::from_millis(10)));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let mut shared = lock(&shared);
        shared.draw();
        shared.break_silence(silence);
    }
}

/// What somebody who panicked has heard is as good as before.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
