//! What a measure and a test of the suite share: the program as processes, a world that misbehaves, and the books at the end.

pub mod resistenza;
