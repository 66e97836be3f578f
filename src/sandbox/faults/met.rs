//! What becomes of a request that meets a fault.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::Response;
use axum::http::header::AUTHORIZATION;
use tokio_util::sync::CancellationToken;

use super::account::Deeds;
use super::connection::Connection;
use super::fault::{Act, Applied, Ending, Fault, Pause, Reset, When};
use super::holds::{Holding, Released};
use super::list::Faults;
use super::words;
use crate::sandbox::log::Line;
use crate::sandbox::request::{Head, Received};
use crate::sandbox::server::Server;

/// A request on its way, with the fault that it has met, if any.
pub(in crate::sandbox) struct Met {
    fault: Option<(String, Arc<Fault>)>,
    request: Holding,
    /// Whether nobody waits for an answer any longer.
    given_up: bool,
    /// Held as long as the request is on its way, once it was released.
    released: Option<Released>,
}

/// Whether a request is carried out.
pub(in crate::sandbox) enum Fate {
    CarriedOut,
    LeftUndone,
    /// It is carried out when it was answered and this time has passed.
    Late(Duration),
    /// Nobody waits for it any longer.
    GivenUp,
}

impl Met {
    pub(super) fn new(request: &Head, fault: Option<(String, Arc<Fault>)>) -> Self {
        let request = Holding {
            when: When::Before,
            method: request.method().to_owned(),
            path: request.parts.uri.path().to_owned(),
            correlation_id: request.correlation.clone(),
        };
        Self { fault, request, given_up: false, released: None }
    }

    /// The name of the fault.
    pub(in crate::sandbox) fn name(&self) -> Option<&str> {
        self.fault.as_ref().map(|(name, _)| name.as_str())
    }

    /// What the fault does to the account.
    pub(in crate::sandbox) fn deeds(&self) -> Deeds {
        self.fault.as_ref().map(|(name, fault)| Deeds::of(name, fault)).unwrap_or_default()
    }

    /// Takes it back: the fault could not happen.
    pub(in crate::sandbox) fn miss(&mut self, faults: &Faults) {
        if let Some((_, fault)) = self.fault.take() {
            faults.missed(&fault);
        }
    }

    /// What comes before a request is carried out.
    pub(in crate::sandbox) async fn before(
        &mut self,
        server: &Arc<Server>,
        request: &mut Received,
        gone: &CancellationToken,
    ) -> io::Result<Fate> {
        let Some((name, fault)) = self.fault.clone() else {
            return Ok(Fate::CarriedOut);
        };
        if fault.acts.iter().any(|act| matches!(act, Act::ExpireToken)) {
            match request.head.header(AUTHORIZATION.as_str()) {
                Some(token) => server.store().aftermath.expire_token(&name, token),
                None => {
                    self.miss(&server.faults);
                    return Ok(Fate::CarriedOut);
                }
            }
        }
        let applied = fault.ending().map_or(Applied::Yes, |ending| ending.applied());
        if fault.pauses(When::Before).next().is_some() || matches!(applied, Applied::Late(_)) {
            request.take_in().await;
        }
        self.pause(When::Before, &server.faults, gone).await;
        if self.given_up {
            return Ok(Fate::GivenUp);
        }
        if let Some(Ending::Reset(Reset::InBody)) = fault.ending() {
            request.take_in_half().await;
        }
        Ok(match applied {
            Applied::Late(millis) => Fate::Late(Duration::from_millis(millis)),
            Applied::No if self.deeds().alone_before(server, &request.head).await? => Fate::LeftUndone,
            Applied::No => {
                self.miss(&server.faults);
                Fate::CarriedOut
            }
            Applied::Yes => Fate::CarriedOut,
        })
    }

    /// What comes after it was carried out, or not: what the client is told, if anything, and what the log says of
    /// it.
    pub(in crate::sandbox) async fn after(
        &mut self,
        server: &Server,
        request: &Head,
        carried_out: Option<Response<Body>>,
        connection: &Connection,
        line: &mut Line,
        gone: &CancellationToken,
    ) -> Option<Response<Body>> {
        let applied = carried_out.as_ref().map(Response::status);
        if !self.given_up {
            self.pause(When::After, &server.faults, gone).await;
        }
        let ending = self.fault.as_ref().and_then(|(_, fault)| fault.ending());
        let told = match (ending, carried_out) {
            _ if self.given_up => None,
            (Some(Ending::Answer(told)), _) => Some(words::answer(told, request)),
            (Some(Ending::Reset(Reset::InAnswer)), Some(response)) => {
                let body = response.body().size_hint().lower();
                connection.cut_in_answer(usize::try_from(body / 2).unwrap_or(usize::MAX));
                Some(response)
            }
            (Some(Ending::Reset(_)), _) => None,
            (None, carried_out) => carried_out,
        };
        if told.is_none() {
            connection.cut();
        }
        line.ended(self.name(), told.as_ref().map(Response::status), applied);
        told
    }

    /// Lets the request wait. It is given up when nobody waits for its answer any longer, or the sandbox ends.
    async fn pause(&mut self, when: When, faults: &Faults, gone: &CancellationToken) {
        let Some((name, fault)) = self.fault.clone() else { return };
        self.request.when = when;
        for pause in fault.pauses(when) {
            self.released = None;
            match pause {
                Pause::Hold => {
                    self.released = faults.holds.hold(&name, self.request.clone(), &faults.ended).await;
                    self.given_up = self.released.is_none();
                }
                Pause::Hang(time) => {
                    let time = async {
                        match time {
                            Some(time) => tokio::time::sleep(time).await,
                            None => std::future::pending().await,
                        }
                    };
                    let heard = faults.ended.run_until_cancelled(gone.run_until_cancelled(time));
                    self.given_up = heard.await.flatten().is_none();
                }
            }
            if self.given_up {
                return;
            }
        }
    }
}
