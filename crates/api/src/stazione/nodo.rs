//! How the node of pagoPA proves who it is (spec/3 section 1.2). One way per installation.

/// A user of basic authentication, from the configuration file.
#[derive(Clone)]
pub struct UtenteNodo {
    pub nome: String,
    /// Argon2, PHC string.
    pub hash: String,
}

#[derive(Clone)]
pub enum AutenticazioneNodo {
    Basic(Vec<UtenteNodo>),
    /// The client certificate of the TLS connection.
    Certificato,
    /// A header that a trusted proxy sets, and strips from what comes from outside.
    Header {
        nome: String,
    },
}

/// Subject of the certificate of the peer, as its RDNs: put among the extensions of a request by the TLS listener, when one was presented and verified.
#[derive(Clone, Debug)]
pub struct CertificatoClient(pub Vec<(String, String)>);
