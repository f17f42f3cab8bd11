//! The real router with a real database; only the outside world is simulated.
//!
//! Every test of [`su_entrambi`] runs on SQLite and on PostgreSQL. PostgreSQL is the server of `FIORINO_PROVA_POSTGRES`
//! (`postgres://user@host:port/postgres`); without it that half says that it was skipped.

mod accesso_blocco;
mod accesso_captcha;
mod accesso_diritti;
mod accesso_oauth2;
mod accesso_profili;
mod accesso_sessioni;
mod accesso_user;
mod avvisi;
mod backoffice_applicazioni;
mod backoffice_configurazioni;
mod backoffice_domini;
mod backoffice_entrate;
mod backoffice_operatori;
mod backoffice_operazioni;
mod backoffice_pagopa;
mod backoffice_ruoli;
mod backoffice_tipi;
mod banco;
mod contratto_rest;
mod contratto_soap;
mod corpi_guasti;
mod diritti;
mod gare;
mod guasti;
mod moduli;
mod numeri;
mod openapi;
mod ostile;
mod pagamenti_avvio;
mod pagamenti_carrello;
mod pagamenti_spontanei;
mod pagamento_accesso;
mod pagamento_creditori;
mod pendenze_avvisatura;
mod pendenze_contratto;
mod pendenze_documenti;
mod pendenze_lettura;
mod pendenze_patch;
mod pendenze_put;
mod pendenze_rpp;
mod pendenze_sintassi;
mod pendenze_v1;
mod perche;
mod percorso;
mod ricevute;
mod soap;
mod stazione;
mod ufficio_idempotenza;
mod ufficio_pagamenti;
mod ufficio_pendenze;
mod verifica_ente;
