//! What the workflows ask of GitHub: comments, issues, labels, pull requests, the OIDC token, and a release of storeward.
//! What a token does not permit is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::oidc::{AUDIENCE, KEY, json_answer};
use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, proxy};

pub(super) const REPOSITORY: &str = "contoso/reader";
/// Who writes with the token of a job.
pub(super) const BOT: &str = "github-actions[bot]";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whom Entra is to trust.
pub(super) fn subject(environment: &str) -> String {
    format!("repo:{REPOSITORY}:environment:{environment}")
}

/// A comment.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    id: u64,
    on: u64,
    pub(super) author: String,
    pub(super) body: String,
}

/// An issue or a pull request.
#[derive(Debug, Clone)]
pub(super) struct Thread {
    pub(super) author: String,
    pub(super) body: String,
    pub(super) state: String,
    pub(super) labels: Vec<String>,
    /// The newest commit, and when and as which commit it was merged.
    pull: Option<(String, Option<(String, String)>)>,
}

#[derive(Debug, Default)]
struct State {
    threads: BTreeMap<u64, Thread>,
    comments: Vec<Comment>,
    labels: Vec<String>,
    /// Every body that was written, in order.
    written: Vec<String>,
    merges: u64,
}

/// The service, as long as the tests run.
pub(super) struct Service {
    pub(super) address: String,
    state: Arc<Mutex<State>>,
}

impl Service {
    pub(super) fn start(archive: Vec<u8>) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let file = format!("/releases/v{VERSION}/storeward-{VERSION}-x86_64-unknown-linux-musl.tar.gz");
        let meddle = move |passing: Passing, _: &dyn Fn(&Passing) -> Answer| {
            if passing.is("GET", &file) {
                return Answer { status: 200, headers: Vec::new(), body: archive.clone() };
            }
            if passing.target.starts_with("/token?environment=") {
                return token(&passing);
            }
            shared.lock().unwrap().answer(&passing)
        };
        Self { address: proxy("nowhere", Box::new(meddle)), state }
    }

    /// Opens a pull request, or tells that it has another commit; its number.
    pub(super) fn pull(&self, number: Option<u64>, commit: &str) -> u64 {
        let mut state = self.state.lock().unwrap();
        let number = number.unwrap_or(state.threads.len() as u64 + 1);
        let pull = Some((commit.to_owned(), None));
        let thread = Thread {
            author: "dev".to_owned(),
            body: String::new(),
            state: "open".to_owned(),
            labels: Vec::new(),
            pull,
        };
        state.threads.insert(number, thread);
        number
    }

    pub(super) fn merge(&self, number: u64, commit: &str) {
        let mut state = self.state.lock().unwrap();
        state.merges += 1;
        let at = format!("2026-09-01T08:{:02}:00Z", state.merges);
        let thread = state.threads.get_mut(&number).unwrap();
        "closed".clone_into(&mut thread.state);
        thread.pull.as_mut().unwrap().1 = Some((at, commit.to_owned()));
    }

    /// A person writes a comment.
    pub(super) fn write(&self, number: u64, author: &str, body: &str) {
        self.state.lock().unwrap().comment(number, author, body);
    }

    /// What the workflows say on a pull request.
    pub(super) fn said(&self, number: u64) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let ours = state.comments.iter().filter(|comment| comment.on == number && comment.author == BOT);
        ours.map(|comment| comment.body.clone()).collect()
    }

    pub(super) fn thread(&self, number: u64) -> Thread {
        self.state.lock().unwrap().threads[&number].clone()
    }

    /// The issues that are no pull requests.
    pub(super) fn issues(&self) -> Vec<Thread> {
        let state = self.state.lock().unwrap();
        state.threads.values().filter(|thread| thread.pull.is_none()).cloned().collect()
    }

    /// All that was written so far, and forgets it.
    pub(super) fn written(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().written)
    }
}

fn token(passing: &Passing) -> Answer {
    let good = passing.method == "GET"
        && passing.header("authorization") == Some("Bearer request-token")
        && passing.field("audience").as_deref() == Some(AUDIENCE);
    match passing.field("environment").filter(|_| good) {
        Some(environment) => {
            let token = KEY.issue("https://github.example", &subject(&environment), AUDIENCE);
            json_answer(200, &json!({ "value": token }))
        }
        None => json_answer(401, &json!({ "message": "not like this" })),
    }
}

/// Whether the token of a job, which says what it permits, permits this.
fn permits(passing: &Passing, any_of: &[&str]) -> bool {
    let given = passing
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer job:"))
        .unwrap_or_default();
    let given: Vec<&str> = given.split(',').collect();
    any_of.iter().any(|wanted| {
        given.contains(wanted)
            || wanted.strip_suffix("=read").is_some_and(|scope| given.contains(&&*format!("{scope}=write")))
    })
}

impl State {
    fn comment(&mut self, on: u64, author: &str, body: &str) {
        let id = 1000 + self.comments.len() as u64;
        self.comments.push(Comment { id, on, author: author.to_owned(), body: body.to_owned() });
        self.written.push(body.to_owned());
    }

    fn answer(&mut self, passing: &Passing) -> Answer {
        let path = passing.target.split('?').next().unwrap_or_default();
        let Some(path) = path.strip_prefix(&format!("/repos/{REPOSITORY}/")) else {
            return json_answer(404, &json!({ "message": "Not Found" }));
        };
        let words: Vec<&str> = path.split('/').collect();
        let needs: &[&str] = match (passing.method.as_str(), &words[..]) {
            ("GET", ["commits", _, "pulls"] | ["pulls", _]) => &["pull-requests=read"],
            ("GET", _) => &["issues=read", "pull-requests=read"],
            ("POST", ["issues", _, "labels"]) if self.is_new_label(passing) => &["issues=write"],
            (_, ["issues", _, "comments" | "labels", ..] | ["issues", "comments", _]) => {
                &["issues=write", "pull-requests=write"]
            }
            _ => &["issues=write"],
        };
        if !permits(passing, needs) {
            return json_answer(403, &json!({ "message": "Resource not accessible by integration" }));
        }
        let number = words.get(1).and_then(|word| word.parse::<u64>().ok()).unwrap_or_default();
        match (passing.method.as_str(), &words[..]) {
            ("GET", ["commits", commit, "pulls"]) => {
                let of = self.threads.iter().filter(|(_, thread)| {
                    thread
                        .pull
                        .as_ref()
                        .and_then(|pull| pull.1.as_ref())
                        .is_some_and(|merged| merged.1 == *commit)
                });
                json_answer(200, &of.map(|(number, thread)| pull_of(*number, thread)).collect())
            }
            ("GET", ["pulls", _]) => json_answer(200, &pull_of(number, &self.threads[&number])),
            ("GET", ["issues", _, "comments"]) => {
                let all = self.comments.iter().filter(|comment| comment.on == number);
                page(passing, all.map(|known| json!({ "id": known.id, "user": { "login": known.author }, "body": known.body })))
            }
            ("GET", ["issues"]) => self.list(passing),
            ("POST", ["issues", _, "comments"]) => {
                self.comment(number, BOT, body(passing)["body"].as_str().unwrap());
                json_answer(201, &json!({}))
            }
            ("PATCH", ["issues", "comments", id]) => {
                let text = body(passing)["body"].as_str().unwrap().to_owned();
                let known = self.comments.iter_mut().find(|comment| comment.id.to_string() == *id).unwrap();
                known.body.clone_from(&text);
                self.written.push(text);
                json_answer(200, &json!({}))
            }
            ("POST", ["issues"]) => self.open(&body(passing)),
            ("PATCH", ["issues", _]) => {
                let wanted = body(passing);
                let thread = self.threads.get_mut(&number).unwrap();
                for (key, place) in [("state", &mut thread.state), ("body", &mut thread.body)] {
                    if let Some(value) = wanted[key].as_str() {
                        value.clone_into(place);
                    }
                }
                json_answer(200, &json!({}))
            }
            ("POST", ["issues", _, "labels"]) => {
                let names: Vec<String> = serde_json::from_value(body(passing)["labels"].clone()).unwrap();
                self.labels.extend(names.clone());
                let labels = &mut self.threads.get_mut(&number).unwrap().labels;
                labels.extend(names);
                labels.sort();
                labels.dedup();
                json_answer(200, &json!([]))
            }
            ("DELETE", ["issues", _, "labels", label]) => {
                let labels = &mut self.threads.get_mut(&number).unwrap().labels;
                let before = labels.len();
                labels.retain(|known| known != label);
                json_answer(if labels.len() < before { 200 } else { 404 }, &json!([]))
            }
            _ => json_answer(404, &json!({ "message": format!("{} {path}", passing.method) })),
        }
    }

    fn is_new_label(&self, passing: &Passing) -> bool {
        let names: Vec<String> = serde_json::from_value(body(passing)["labels"].clone()).unwrap_or_default();
        names.iter().any(|name| !self.labels.contains(name))
    }

    fn list(&self, passing: &Passing) -> Answer {
        let (label, state) =
            (passing.field("labels").unwrap_or_default(), passing.field("state").unwrap_or_default());
        let fits =
            |thread: &Thread| thread.labels.contains(&label) && (state == "all" || state == thread.state);
        let all = self.threads.iter().filter(|(_, thread)| fits(thread)).map(|(number, thread)| {
            let mut shown = json!({
                "number": number, "user": { "login": thread.author }, "state": thread.state, "body": thread.body,
            });
            if let Some((_, merged)) = &thread.pull {
                shown["pull_request"] = json!({ "merged_at": merged.as_ref().map(|(at, _)| at) });
            }
            shown
        });
        page(passing, all)
    }

    fn open(&mut self, wanted: &Value) -> Answer {
        let number = self.threads.len() as u64 + 1;
        let labels: Vec<String> = serde_json::from_value(wanted["labels"].clone()).unwrap();
        self.labels.extend(labels.clone());
        let thread = Thread {
            author: BOT.to_owned(),
            body: wanted["body"].as_str().unwrap().to_owned(),
            state: "open".to_owned(),
            labels,
            pull: None,
        };
        self.threads.insert(number, thread);
        json_answer(201, &json!({ "number": number }))
    }
}

fn body(passing: &Passing) -> Value {
    serde_json::from_slice(&passing.body).unwrap()
}

fn pull_of(number: u64, thread: &Thread) -> Value {
    let (head, merged) = thread.pull.as_ref().unwrap();
    json!({
        "number": number, "head": { "sha": head },
        "merged_at": merged.as_ref().map(|(at, _)| at), "merge_commit_sha": merged.as_ref().map(|(_, commit)| commit),
    })
}

/// The page of a list that is asked for.
fn page(passing: &Passing, all: impl Iterator<Item = Value>) -> Answer {
    let number =
        |name: &str, otherwise: usize| passing.field(name).map_or(otherwise, |value| value.parse().unwrap());
    let (size, at) = (number("per_page", 30), number("page", 1));
    json_answer(200, &all.skip(size * (at - 1)).take(size).collect())
}
