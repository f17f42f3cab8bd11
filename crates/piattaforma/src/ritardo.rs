use std::time::Duration;

use chrono::{DateTime, Utc};
use outbound::HeaderMap;
use outbound::header::RETRY_AFTER;

/// The longest wait that an answer may impose: past it somebody has made a mistake, and a daily attempt does no harm.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// First pause between two attempts of one call; it doubles.
const PRIMA_PAUSA: Duration = Duration::from_millis(200);

/// `Retry-After`: seconds, or an HTTP date. What cannot be read is not there.
pub(crate) fn chiesto(intestazioni: &HeaderMap, adesso: DateTime<Utc>) -> Option<Duration> {
    let testo = intestazioni.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let attesa = match testo.parse::<u64>() {
        Ok(secondi) => Duration::from_secs(secondi),
        Err(_) => {
            let quando = DateTime::parse_from_rfc2822(testo).ok()?.with_timezone(&Utc);
            (quando - adesso).to_std().unwrap_or_default()
        }
    };
    Some(attesa.min(RETRY_AFTER_MAX))
}

/// The pause before attempt `n` (from 1), half of it by chance: workers that failed together do not come back together.
pub(crate) fn pausa(n: u32, caso: u64) -> Duration {
    let intera = PRIMA_PAUSA.saturating_mul(1_u32.checked_shl(n.saturating_sub(1)).unwrap_or(u32::MAX));
    let mezza_ms = u64::try_from(intera.as_millis() / 2).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(mezza_ms + caso % mezza_ms)
}

#[cfg(test)]
mod tests {
    use outbound::HeaderValue;

    use super::*;

    fn letto(valore: &str) -> Option<u64> {
        let adesso = "2026-11-22T10:00:00Z".parse().expect("istante");
        let mut intestazioni = HeaderMap::new();
        intestazioni.insert(RETRY_AFTER, HeaderValue::from_str(valore).expect("valore"));
        chiesto(&intestazioni, adesso).map(|d| d.as_secs())
    }

    #[test]
    fn retry_after_in_secondi_o_con_una_data() {
        assert_eq!(letto("120"), Some(120));
        assert_eq!(letto(" 0 "), Some(0));
        assert_eq!(letto("Sun, 22 Nov 2026 10:01:30 GMT"), Some(90));
        assert_eq!(letto("Sun, 22 Nov 2026 09:00:00 GMT"), Some(0));
        assert_eq!(letto("99999999999"), Some(RETRY_AFTER_MAX.as_secs()));
        for guasto in ["", "presto", "-1", "1.5"] {
            assert_eq!(letto(guasto), None, "{guasto}");
        }
    }

    #[test]
    fn le_pause_crescono_e_non_sono_tutte_uguali() {
        for n in 1..6 {
            assert!(pausa(n, 0) < pausa(n + 1, 0));
            assert!(pausa(n, 7) != pausa(n, 8));
        }
        assert!(pausa(u32::MAX, u64::MAX) > Duration::ZERO);
    }
}
