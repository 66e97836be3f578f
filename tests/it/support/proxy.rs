//! Somebody between the client and the Store, who meddles.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use url::form_urlencoded;

use super::plain_http::{Answer, try_send};

/// A request on its way.
#[derive(Debug, Clone)]
pub(crate) struct Passing {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Their names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Passing {
    /// Whether it is this method on a path that ends like this, whatever its query.
    pub(crate) fn is(&self, method: &str, end: &str) -> bool {
        self.method == method && self.target.split('?').next().unwrap().ends_with(end)
    }

    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What a form in the body, or the query, says.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query).as_bytes();
        let pairs = form_urlencoded::parse(query).chain(form_urlencoded::parse(&self.body));
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

impl Answer {
    /// What stands for the end of a connection over which no whole answer came.
    pub(crate) fn cut_off() -> Self {
        Self { status: 0, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn is_cut_off(&self) -> bool {
        self.status == 0
    }
}

/// What the meddler does with a request: it is given the request and the way to the Store, and answers.
pub(crate) type Meddle = dyn FnMut(Passing, &dyn Fn(&Passing) -> Answer) -> Answer + Send;

/// The same for one that has many hands.
pub(crate) type MeddleWithMany = dyn Fn(Passing, &dyn Fn(&Passing) -> Answer) -> Answer + Send + Sync;

/// Listens on loopback and passes every request to `host` (`http://127.0.0.1:PORT`) through `meddle`, one at a time.
/// Returns its own address in the same form.
pub(crate) fn proxy(host: &str, meddle: Box<Meddle>) -> String {
    let meddle = Mutex::new(meddle);
    proxy_of_many(host, Arc::new(move |passing, forward| (meddle.lock().unwrap())(passing, forward)))
}

/// The same, for as many requests at a time as there are.
pub(crate) fn proxy_of_many(host: &str, meddle: Arc<MeddleWithMany>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let host = host.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (host, meddle) = (host.clone(), Arc::clone(&meddle));
            std::thread::spawn(move || pass(stream, &host, &*meddle));
        }
    });
    address
}

fn pass(stream: TcpStream, host: &str, meddle: &MeddleWithMany) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers: Vec<(String, String)> = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.parse().unwrap());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let kept: Vec<(&str, &str)> = headers
        .iter()
        .filter(|(name, _)| {
            !["host", "connection", "content-length", "accept-encoding"].contains(&name.as_str())
        })
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let forward = |passing: &Passing| {
        let url = format!("{host}{}", passing.target);
        let body = length.map(|_| passing.body.as_slice());
        try_send(&passing.method, &url, &kept, body).unwrap_or_else(|_| Answer::cut_off())
    };
    let answer = meddle(Passing { method, target, headers: headers.clone(), body }, &forward);
    if answer.is_cut_off() {
        return None;
    }
    let mut head = format!(
        "HTTP/1.1 {} Meddled\r\nConnection: close\r\nContent-Length: {}\r\n",
        answer.status,
        answer.body.len()
    );
    for (name, value) in &answer.headers {
        if !["connection", "content-length", "transfer-encoding"].contains(&name.to_lowercase().as_str()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(&answer.body).ok()
}
