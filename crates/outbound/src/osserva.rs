//! What passed in a call, for who keeps it.

use std::cell::RefCell;
use std::future::Future;
use std::time::SystemTime;

use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue};

use crate::{Chiamata, HeaderMap, Metodo};

/// A request that left and, if there was one, its answer. Personal data are in it, credentials are not: those of the authentication are added later, and a header
/// marked as sensitive is left out.
#[derive(Clone)]
pub struct Scambio {
    pub metodo: Metodo,
    pub url: String,
    pub intestazioni: Vec<(HeaderName, HeaderValue)>,
    pub corpo: Option<Bytes>,
    pub partita: SystemTime,
    pub risposta: Option<Ritorno>,
}

/// The answer of a [`Scambio`].
#[derive(Clone)]
pub struct Ritorno {
    pub arrivata: SystemTime,
    pub stato: u16,
    pub intestazioni: Vec<(HeaderName, HeaderValue)>,
    /// `None` when it was not held in memory.
    pub corpo: Option<Bytes>,
}

tokio::task_local! {
    static ULTIMO: RefCell<Option<Scambio>>;
}

/// Runs `lavoro` and gives, beside its result, the last exchange that a [`crate::Cliente`] had in it: of a call that was repeated, what the last attempt said.
/// Work spawned elsewhere is not seen.
pub async fn osserva<T>(lavoro: impl Future<Output = T>) -> (T, Option<Scambio>) {
    ULTIMO
        .scope(RefCell::new(None), async {
            let esito = lavoro.await;
            (esito, ULTIMO.with(RefCell::take))
        })
        .await
}

/// Noted only if somebody looks.
pub(crate) fn partita(chiamata: &Chiamata) {
    let _ = ULTIMO.try_with(|ultimo| {
        *ultimo.borrow_mut() = Some(Scambio {
            metodo: chiamata.metodo.clone(),
            url: chiamata.indirizzo.url().to_string(),
            intestazioni: pubbliche(chiamata.intestazioni.iter().map(|(n, v)| (n, v))),
            corpo: chiamata.corpo.clone(),
            partita: SystemTime::now(),
            risposta: None,
        });
    });
}

pub(crate) fn tornata(stato: u16, intestazioni: &HeaderMap, corpo: Option<&Bytes>) {
    let _ = ULTIMO.try_with(|ultimo| {
        if let Some(scambio) = ultimo.borrow_mut().as_mut() {
            scambio.risposta = Some(Ritorno { arrivata: SystemTime::now(), stato, intestazioni: pubbliche(intestazioni.iter()), corpo: corpo.cloned() });
        }
    });
}

fn pubbliche<'a>(tutte: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>) -> Vec<(HeaderName, HeaderValue)> {
    tutte.filter(|(_, valore)| !valore.is_sensitive()).map(|(nome, valore)| (nome.clone(), valore.clone())).collect()
}
