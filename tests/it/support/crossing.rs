//! The way to a blob server, watched: which blocks pass, and a place to end a client at.

use std::sync::{Arc, Condvar, Mutex};

use super::plain_http::Answer;
use super::proxy::{Passing, proxy_of_many};

/// A block that a client sent, and what it was told.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// In base64.
    pub(crate) id: String,
    pub(crate) status: u16,
}

/// What the watch knows.
#[derive(Default)]
struct State {
    /// How many more blocks may pass; any number when it is not said.
    left: Option<usize>,
    on_their_way: usize,
    held: usize,
    let_down: bool,
    blocks: Vec<Block>,
    /// Hears of every answer.
    listener: Option<Box<dyn FnMut(u16) + Send>>,
}

/// A watched way.
pub(crate) struct Crossing {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Crossing {
    pub(crate) fn to(host: &str) -> Self {
        let state: Arc<(Mutex<State>, Condvar)> = Arc::default();
        let watched = Arc::clone(&state);
        let meddle =
            move |passing: Passing, forward: &dyn Fn(&Passing) -> Answer| pass(&watched, &passing, forward);
        Self { address: proxy_of_many(host, Arc::new(meddle)), state }
    }

    /// Holds all blocks after the next `count`.
    pub(crate) fn hold_after(&self, count: usize) {
        self.state.0.lock().unwrap().left = Some(count);
    }

    /// Waits until a block is held and all before it have been answered.
    pub(crate) fn wait_until_held(&self) {
        let state = self.state.0.lock().unwrap();
        let waits = |state: &mut State| state.held == 0 || state.on_their_way > 0;
        drop(self.state.1.wait_while(state, waits).unwrap());
    }

    /// Nothing of what is held passes, whoever sent it; what comes later does.
    pub(crate) fn drop_what_is_held(&self) {
        let mut state = self.state.0.lock().unwrap();
        state.let_down = true;
        self.state.1.notify_all();
        let mut state = self.state.1.wait_while(state, |state| state.held > 0).unwrap();
        (state.let_down, state.left) = (false, None);
    }

    /// The blocks that passed since they were last taken.
    pub(crate) fn take_blocks(&self) -> Vec<Block> {
        std::mem::take(&mut self.state.0.lock().unwrap().blocks)
    }

    /// Tells the status of every answer before the client hears of it.
    pub(crate) fn tell(&self, listener: impl FnMut(u16) + Send + 'static) {
        self.state.0.lock().unwrap().listener = Some(Box::new(listener));
    }
}

fn pass(
    (state, changed): &(Mutex<State>, Condvar),
    passing: &Passing,
    forward: &dyn Fn(&Passing) -> Answer,
) -> Answer {
    let is_block = passing.target.contains("comp=block&");
    if is_block {
        let mut now = state.lock().unwrap();
        if now.left == Some(0) {
            now.held += 1;
            changed.notify_all();
            now = changed.wait_while(now, |now| !now.let_down).unwrap();
            now.held -= 1;
            changed.notify_all();
            return Answer { status: 503, headers: Vec::new(), body: Vec::new() };
        }
        now.left = now.left.map(|left| left - 1);
        now.on_their_way += 1;
    }
    let answer = forward(passing);
    let mut now = state.lock().unwrap();
    if let Some(listener) = &mut now.listener {
        listener(answer.status);
    }
    if is_block {
        now.on_their_way -= 1;
        now.blocks.push(Block { id: passing.field("blockid").unwrap(), status: answer.status });
        changed.notify_all();
    }
    answer
}
