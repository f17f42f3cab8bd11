//! Ten wrong passwords in ten minutes close the door for ten more, for that name from that address (design/RISKS, "Lockout as a weapon").
//!
//! The count is in the database, so that more nodes are not more guesses. A name that does not exist is counted as one that does: the answer tells
//! nobody which names there are. Another address is never locked out by this one; neighbours behind one address are, and the first of them that
//! knows the password opens again.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};

use store::accessi::Chiave;

use crate::{Errore, Gateway};

/// Failures seen by this node between two cleanings of the table.
const OGNI: u32 = 64;

static FALLITI: AtomicU32 = AtomicU32::new(0);

/// Names are as long as their writers like, rows are not.
pub(super) fn chiave(principal: &str, da: Option<IpAddr>) -> Chiave {
    let da = da.map(rete).map(|ip| ip.to_string()).unwrap_or_default();
    let mut h = blake3::Hasher::new();
    for parte in [principal, &da] {
        h.update(&(parte.len() as u64).to_le_bytes()).update(parte.as_bytes());
    }
    *h.finalize().as_bytes()
}

/// One subscriber of IPv6 has 2^64 addresses, and is one address here. An IPv4 address in IPv6 clothes is the IPv4 address.
#[must_use]
pub fn rete(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

impl Gateway {
    pub(super) async fn accesso_fallito(&self, chiave: &Chiave) -> Result<(), Errore> {
        self.store.accesso_fallito(chiave, self.adesso()).await?;
        if FALLITI.fetch_add(1, Ordering::Relaxed) % OGNI == OGNI - 1 {
            self.store.pulisci_accessi(self.adesso()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_abbonato_ipv6_e_un_indirizzo_solo() {
        let ip = |t: &str| Some(t.parse().expect("indirizzo"));
        assert_eq!(chiave("a", ip("2001:db8::1")), chiave("a", ip("2001:db8::ffff:1")));
        assert_ne!(chiave("a", ip("2001:db8::1")), chiave("a", ip("2001:db8:0:1::1")));
        assert_eq!(chiave("a", ip("::ffff:192.0.2.1")), chiave("a", ip("192.0.2.1")));
        assert_ne!(chiave("a", ip("192.0.2.1")), chiave("a", ip("192.0.2.2")));
        assert_ne!(chiave("a", None), chiave("b", None));
    }
}
