//! The flow's id on the lines of the log that a request or a job writes.

use portvakt_domain::id::FlowId;

/// From now on the lines of this request or job name the flow. Without effect where nothing asks for it.
pub(crate) fn of(flow: FlowId) {
    tracing::Span::current().record("flow.id", tracing::field::display(flow));
}
