//! The metrics of the process: one recorder for all, as the `metrics` crate wants it.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Seconds from a datagram's arrival to its warning on the wire, as a histogram's bounds:
/// around the 3 and 10 ms that are aimed at.
const BOUNDS_S: [f64; 9] = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.2];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// The handle that renders them; the first call installs the recorder.
pub fn handle() -> PrometheusHandle {
    HANDLE
        .get_or_init(|| {
            let name = Matcher::Full("mantlet_warning_seconds".into());
            let recorder = PrometheusBuilder::new()
                .set_buckets_for_metric(name, &BOUNDS_S)
                .expect("there are bounds")
                .build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics was there first");
            }
            metrics::describe_histogram!(
                "mantlet_warning_seconds",
                "Seconds from a datagram's arrival to its warning on the wire"
            );
            handle
        })
        .clone()
}
