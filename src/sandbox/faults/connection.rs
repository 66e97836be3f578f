//! Connections that can be reset.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A listener for connections that can be reset.
pub(in crate::sandbox) struct Connections(pub TcpListener);

impl Listener for Connections {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Wire { stream, connection: Connection::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// The connection that a request came over.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Connection(Arc<Mutex<Left>>);

/// What may still be sent.
#[derive(Debug, Clone, Copy, Default)]
enum Left {
    #[default]
    Everything,
    /// The head of an answer, and so many bytes of its body.
    Head(usize),
    Bytes(usize),
}

impl Connection {
    /// Resets the connection as soon as anything is to be sent.
    pub(in crate::sandbox) fn cut(&self) {
        *self.left() = Left::Bytes(0);
    }

    /// Resets it when the head of the next answer and so many bytes of its body were sent.
    pub(in crate::sandbox) fn cut_in_answer(&self, bytes: usize) {
        *self.left() = Left::Head(bytes);
    }

    fn left(&self) -> std::sync::MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much of what is to be sent may be; none is the end.
    fn allows(&self, bytes: &[u8]) -> Option<usize> {
        let mut left = self.left();
        if let Left::Head(body) = *left {
            let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
            *left = Left::Bytes(head + body);
        }
        match *left {
            Left::Bytes(0) => None,
            Left::Bytes(most) => Some(most.min(bytes.len())),
            Left::Everything | Left::Head(_) => Some(bytes.len()),
        }
    }

    fn sent(&self, bytes: usize) {
        if let Left::Bytes(left) = &mut *self.left() {
            *left = left.saturating_sub(bytes);
        }
    }
}

impl Connected<IncomingStream<'_, Connections>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.io().connection.clone()
    }
}

/// A connection.
pub(in crate::sandbox) struct Wire {
    stream: TcpStream,
    connection: Connection,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

// Without vectored writes, so that an answer arrives here from its head on, piece by piece.
impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(allowed) = self.connection.allows(bytes) else {
            // Whoever gets this error closes the connection, and this makes a reset of it. Should it fail, the
            // client sees an early end instead.
            let _ = self.stream.set_zero_linger();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        };
        let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[..allowed]))?;
        self.connection.sent(sent);
        Poll::Ready(Ok(sent))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
