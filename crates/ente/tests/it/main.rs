mod consegna;
mod contratto;
mod corpi;
mod esempi;
mod ogni_dato;
mod verifica;
