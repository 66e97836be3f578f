//! What the network and the services' moods do to a run: blips, pauses, answers that are none.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use storeward::partner_center::{Connection, Credential, Part, Place, Reader, Settings, Subject};
use storeward::submission::Live;

use crate::support::plain_http::Answer;
use crate::support::proxy::{Passing, proxy};
use crate::support::story::{Ran, Story, run};
use crate::support::things::{self, APP};

const TEXTS: &str = "submission:\n  listings:\n    en-us:\n      description: New words.\n";

type Forward<'a> = &'a dyn Fn(&Passing) -> Answer;
/// When which request arrived.
type Arrivals = Arc<Mutex<Vec<(Instant, String)>>>;

fn story() -> Story {
    Story::new(&things::app_submission(), TEXTS)
}

/// The sandbox's address, which serves API and login.
fn host(story: &Story) -> String {
    story.store.endpoints.login.trim_end_matches('/').to_owned()
}

/// Runs with both API and login behind a meddler.
fn run_through(
    story: &Story,
    arguments: &[&str],
    meddle: impl FnMut(Passing, Forward<'_>) -> Answer + Send + 'static,
) -> Ran {
    run_at(story, arguments, &proxy(&host(story), Box::new(meddle)))
}

fn run_at(story: &Story, arguments: &[&str], address: &str) -> Ran {
    let mut command = story.command(arguments);
    run(command.env("STOREWARD_API_URL", format!("{address}/v1.0/my")).env("STOREWARD_LOGIN_URL", address))
}

/// A connection of this process.
fn connection(address: &str, token: &str, time_scale: f64) -> Connection {
    Connection::new(Settings {
        api: format!("{address}/v1.0/my").parse().unwrap(),
        login: address.parse().unwrap(),
        credential: Credential::Token(token.to_owned().into()),
        correlation_id: "3f2b-ours".to_owned(),
        time_scale,
        now: jiff::Timestamp::now,
    })
    .unwrap()
}

fn refusal(status: u16, headers: &[(&str, &str)], message: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status, headers, body: json!({ "message": message }).to_string().into_bytes() }
}

fn creates(story: &Story) -> usize {
    story.mutations().iter().filter(|line| line.contains("/submissions?")).count()
}

#[test]
fn a_login_that_fails_for_a_moment_ends_nothing() {
    let story = story();
    let mut fails = vec![refusal(503, &[], "later"), refusal(429, &[("Retry-After", "2")], "slowly")];
    run_through(&story, &["apply", "--yes", "--wait", "published"], move |passing, forward| {
        if passing.is("POST", "/token")
            && let Some(answer) = fails.pop()
        {
            return answer;
        }
        forward(&passing)
    })
    .ended(0);
}

#[test]
fn a_login_whose_line_breaks_is_asked_again() {
    let story = story();
    let inside = host(&story).replace("http://", "");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        // The first connection ends without an answer; the request is read, so that the end is an orderly one.
        let mut first = listener.accept().unwrap().0;
        std::io::Read::read(&mut first, &mut [0; 4096]).unwrap();
        drop(first);
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&inside).unwrap();
            let (mut up, mut down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut up, &mut down);
                let _ = down.shutdown(Shutdown::Write);
            });
            let (mut client, mut server) = (client, server);
            std::thread::spawn(move || std::io::copy(&mut server, &mut client));
        }
    });
    run_at(&story, &["plan"], &address).ended(0).says("New words.");
}

#[test]
fn a_login_is_asked_five_times_at_most_and_once_where_it_refuses() {
    for (status, description, exit, times) in
        [(503, "AADSTS90033: later", 1, 5), (401, "AADSTS7000215: Invalid client secret provided.", 10, 1)]
    {
        let story = story();
        let asked = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&asked);
        run_through(&story, &["plan"], move |_, _| {
            *counter.lock().unwrap() += 1;
            let body = json!({ "error_description": description }).to_string().into_bytes();
            Answer { status, headers: Vec::new(), body }
        })
        .ended(exit);
        assert_eq!(*asked.lock().unwrap(), times, "{status}");
    }
}

#[test]
fn nothing_is_sent_while_a_service_wants_to_be_left_alone() {
    // At a scale of 0.01.
    let pause = Duration::from_millis(140);
    let words = "Rate limit is exceeded. Try again in 14 seconds.";
    let header = [("Retry-After", "14")];
    for answer in [refusal(429, &[], words), refusal(429, &header, ""), refusal(503, &header, "")] {
        for (method, end) in [("GET", APP), ("POST", "/submissions"), ("PUT", ""), ("POST", "/commit")] {
            let story = story();
            let arrivals = Arrivals::default();
            let (log, sent) = (Arc::clone(&arrivals), answer.clone());
            let mut turned_away = 0;
            run_through(&story, &["apply", "--yes", "--wait", "published"], move |passing, forward| {
                let line = format!("{} {}", passing.method, passing.target);
                if passing.is(method, end) && turned_away < 2 {
                    turned_away += 1;
                    log.lock().unwrap().push((Instant::now(), "turned away".to_owned()));
                    return sent.clone();
                }
                log.lock().unwrap().push((Instant::now(), line));
                forward(&passing)
            })
            .ended(0);
            let arrivals = arrivals.lock().unwrap();
            let pauses: Vec<Duration> = arrivals
                .windows(2)
                .filter(|two| two[0].1 == "turned away")
                .map(|two| two[1].0 - two[0].0)
                .collect();
            assert_eq!(pauses.len(), 2, "{method} {end} {}", answer.status);
            assert!(pauses.iter().all(|it| *it >= pause), "{method} {end} {} {arrivals:?}", answer.status);
            assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
        }
    }
}

#[test]
fn throttling_without_a_time_holds_the_other_calls_of_the_run_as_well() {
    let story = story();
    let arrivals = Arrivals::default();
    let log = Arc::clone(&arrivals);
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut tell = Some(tell);
    let meddle = move |passing: Passing, forward: Forward<'_>| {
        log.lock().unwrap().push((Instant::now(), passing.target.clone()));
        match tell.take() {
            Some(tell) => {
                tell.send(()).unwrap();
                refusal(429, &[], "busy")
            }
            None => forward(&passing),
        }
    };
    let address = proxy(&host(&story), Box::new(meddle));
    let reader = Reader::new(connection(&address, &story.store.token, 1.0));
    let (first, second) = story.store.block_on(async {
        let other = async {
            told.await.unwrap();
            // Long enough for the answer to arrive, much shorter than the pause of 1 s.
            tokio::time::sleep(Duration::from_millis(200)).await;
            reader.submission(&Place::App { app: APP.to_owned() }, things::PUBLISHED).await
        };
        futures::join!(reader.application(APP), other)
    });
    assert!(first.is_ok() && second.is_ok());
    let arrivals = arrivals.lock().unwrap();
    assert_eq!(arrivals.len(), 3);
    assert!(arrivals[1].0 - arrivals[0].0 >= Duration::from_secs(1), "{arrivals:?}");
}

#[test]
fn a_create_that_names_no_draft_is_found_by_reading() {
    let story = story();
    let mut short = false;
    run_through(&story, &["apply", "--yes", "--wait", "published"], move |passing, forward| {
        let mut answer = forward(&passing);
        if passing.is("POST", "/submissions") && !short {
            short = true;
            answer.body = b"{}".to_vec();
        }
        answer
    })
    .ended(0)
    .says("it has no `id`");
    assert_eq!(creates(&story), 1);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
}

/// The same answer behind 65 MiB of blanks, packed to a few kilobytes.
fn swollen(answer: &Answer) -> Answer {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..65 {
        packed.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    packed.write_all(&answer.body).unwrap();
    let mut headers = answer.headers.clone();
    headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
    Answer { status: answer.status, headers, body: packed.finish().unwrap() }
}

#[test]
fn an_answer_that_does_not_end_is_left_and_not_asked_for_again() {
    for (method, end, who) in
        [("GET", APP, "was answered with"), ("POST", "/token", "the login service answered with")]
    {
        let story = story();
        let times = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&times);
        run_through(&story, &["plan"], move |passing, forward| {
            let answer = forward(&passing);
            if !passing.is(method, end) {
                return answer;
            }
            *counter.lock().unwrap() += 1;
            swollen(&answer)
        })
        .ended(1)
        .says(&format!("{who} more than 64 MiB"));
        assert_eq!(*times.lock().unwrap(), 1);
    }
}

#[test]
fn every_error_names_a_correlation_id() {
    let story = story();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let gateway = proxy(&host(&story), Box::new(|_, _| refusal(404, &[], "no such page")));
    let nonsense = proxy(
        &host(&story),
        Box::new(|_, _| Answer { status: 200, headers: Vec::new(), body: b"<html>".to_vec() }),
    );
    for (address, words) in [(nobody, "got no answer"), (gateway, "with 404"), (nonsense, "no document")] {
        let reader = Reader::new(connection(&address, "t", 0.0));
        let error = story.store.block_on(reader.application(APP)).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(error.ends_with("· correlation id 3f2b-ours"), "{error}");
    }
}

#[test]
fn the_rollout_call_tells_what_the_service_owns_and_nothing_else() {
    let mut published = things::app_submission();
    published["packageDeliveryOptions"]["packageRollout"]["isPackageRollout"] = json!(true);
    published["packageDeliveryOptions"]["packageRollout"]["packageRolloutPercentage"] = json!(25.0);
    let story = Story::new(&published, TEXTS);
    let meddle = |passing: Passing, forward: Forward<'_>| {
        if !passing.is("GET", "/packagerollout") {
            return forward(&passing);
        }
        let body = json!({
            "@odata.context": "x", "isPackageRollout": false, "packageRolloutPercentage": 90.0,
            "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "1152921500000000042"
        });
        Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
    };
    let address = proxy(&host(&story), Box::new(meddle));
    let reader = Reader::new(connection(&address, &story.store.token, 1.0));
    let subject = Subject { app: APP.to_owned(), part: Part::Itself };
    let live = story.store.block_on(reader.live(&[subject])).unwrap().remove(0);
    let Live::Readable(live) = live else { panic!() };
    let got = live.published.unwrap();
    assert_eq!(
        got.get(&["packageDeliveryOptions", "packageRollout"]),
        Some(&json!({
            "isPackageRollout": true, "packageRolloutPercentage": 25.0,
            "packageRolloutStatus": "PackageRolloutInProgress", "fallbackSubmissionId": "1152921500000000042"
        }))
    );
}

/// Applies while `status` may put another word in place of the status in the nth answer to a status call.
/// Returns how it ended and when the status was asked.
fn follow_with(
    story: &Story,
    arguments: &[&str],
    status: impl Fn(usize) -> Option<&'static str> + Send + 'static,
) -> (Ran, Vec<Instant>) {
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&arrivals);
    let ran = run_through(story, arguments, move |passing, forward| {
        let mut answer = forward(&passing);
        if passing.is("GET", "/status") {
            let mut log = log.lock().unwrap();
            log.push(Instant::now());
            if let Some(word) = status(log.len()) {
                let mut body: Value = answer.json();
                body["status"] = json!(word);
                answer.body = body.to_string().into_bytes();
            }
        }
        answer
    });
    let asked = arrivals.lock().unwrap().clone();
    (ran, asked)
}

const PUBLISH: &[&str] = &["apply", "--yes", "--wait", "published"];

#[test]
fn a_commit_that_shows_late_is_no_fallback() {
    let story = story();
    let (ran, _) = follow_with(&story, PUBLISH, |nth| (nth == 1).then_some("PendingCommit"));
    ran.ended(0);
    assert_eq!(story.published()["listings"]["en-us"]["baseListing"]["description"], "New words.");
}

#[test]
fn a_commit_that_never_shows_is_one() {
    let story = story();
    let (ran, asked) = follow_with(&story, PUBLISH, |_| Some("PendingCommit"));
    ran.ended(8).says("fell back to a draft");
    let (first, last) = (asked.first().unwrap(), asked.last().unwrap());
    // 5 s at a scale of 0.01.
    assert!(*last - *first >= Duration::from_millis(40), "{asked:?}");
}

#[test]
fn a_commit_that_was_taken_and_is_lost_again_is_a_fallback_at_once() {
    let story = story();
    let status = |nth| Some(if nth == 1 { "CommitStarted" } else { "PendingCommit" });
    let (ran, asked) = follow_with(&story, PUBLISH, status);
    ran.ended(8).says("fell back to a draft");
    assert_eq!(asked.len(), 2);
}

#[test]
fn waiting_takes_the_whole_time_and_looks_once_more_at_its_end() {
    let story = story();
    // 1.15 s at a scale of 0.01. Before, the status is asked last after 0.91 s; the next would be after 1.21 s.
    let arguments = [PUBLISH, &["--timeout", "115s"]].concat();
    let (ran, asked) = follow_with(&story, &arguments, |_| Some("CommitStarted"));
    ran.ended(9);
    let (first, last) = (asked.first().unwrap(), asked.last().unwrap());
    assert!(*last - *first >= Duration::from_millis(1100), "{:?}", *last - *first);
}

#[test]
fn a_time_beyond_every_clock_is_refused() {
    let story = story();
    story.run(&["apply", "--yes", "--timeout", "18446744073709551615s"]).ended(64).says("at most 720h");
    story.run(&["apply", "--yes", "--wait", "none", "--timeout", "720h"]).ended(0);
}
