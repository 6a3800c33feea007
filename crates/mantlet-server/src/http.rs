//! The HTTP server: plain on this machine, or over TLS.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};

use crate::service::ServiceError;

/// How long requests under way may take when the service ends.
const GRACE: Duration = Duration::from_secs(1);

/// A server that runs.
pub struct Http {
    handle: Handle<SocketAddr>,
    task: tokio::task::JoinHandle<io::Result<()>>,
}

impl Http {
    /// Answers on a listener; over TLS when there is a certificate and its key.
    ///
    /// # Errors
    /// When the certificate or the key cannot be used.
    pub async fn start(
        listener: TcpListener,
        routes: Router,
        tls: Option<&(PathBuf, PathBuf)>,
    ) -> Result<Self, ServiceError> {
        let refused = |source| ServiceError::Io { what: "cannot answer".into(), source };
        listener.set_nonblocking(true).map_err(refused)?;
        let handle = Handle::new();
        let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum_server::from_tcp(listener).map_err(refused)?.handle(handle.clone());
        // Small events may not wait for an acknowledgement: no Nagle.
        let task = match tls {
            None => tokio::spawn(server.acceptor(NoDelayAcceptor).serve(routes)),
            Some((certificate, key)) => {
                // Another part of the process may have chosen the same provider before.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let config =
                    RustlsConfig::from_pem_file(certificate, key).await.map_err(|source| {
                        ServiceError::Tls { path: certificate.display().to_string(), source }
                    })?;
                let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor);
                tokio::spawn(server.acceptor(acceptor).serve(routes))
            }
        };
        Ok(Self { handle, task })
    }

    /// Ends the server: clients that listen on are let go.
    pub async fn stop(self) {
        self.handle.graceful_shutdown(Some(GRACE));
        if let Ok(Err(e)) = self.task.await {
            tracing::error!("the HTTP server had ended: {e}");
        }
    }

    /// Waits until the server ends by itself, which it does only when it fails.
    pub async fn failed(&mut self) -> io::Error {
        match (&mut self.task).await {
            Ok(Err(e)) => e,
            _ => io::Error::other("the HTTP server has ended"),
        }
    }
}
