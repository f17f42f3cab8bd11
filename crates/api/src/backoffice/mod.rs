//! API Backoffice: the office that runs the installation (spec/2).

pub mod v1;
