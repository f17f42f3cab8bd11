//! The number of the request that is being served: what its calls to others are told by in the giornale, without every operation carrying it along.

use std::future::Future;

tokio::task_local! {
    static NUMERO: String;
}

/// Serves a request as the one with this number. A task of its own that goes on with the work enters again.
pub async fn con_numero<F: Future>(numero: String, lavoro: F) -> F::Output {
    NUMERO.scope(numero, lavoro).await
}

/// `None` outside of any request.
#[must_use]
pub fn corrente() -> Option<String> {
    NUMERO.try_with(Clone::clone).ok()
}
