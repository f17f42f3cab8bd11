//! The client against a service that misbehaves in every way that pagoPA's may.

mod chiamate;
mod chiamate_contratto;
mod contratto;
