mod certificati;
mod chiamate;
mod token;
