//! Tests of the crate from outside, by subject.

mod esempi;
mod ostili;
