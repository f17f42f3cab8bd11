//! The program as it is started by people: a child process, its output, its doors, its signals.

mod amministrazione;
mod collaudo;
mod processo;
mod resistenza;
mod sandbox;
mod serve;
mod uccisioni;
