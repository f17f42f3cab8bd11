//! Metrics: the recorder of the process, and what the process says of itself.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

/// Seconds. The node waits 7 and 15, the service level asks for 2.
const SECCHI_SECONDI: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 2.0, 7.0, 15.0];
const OGNI: Duration = Duration::from_secs(5);

/// Once per process.
pub fn installa() -> anyhow::Result<PrometheusHandle> {
    let costruttore = PrometheusBuilder::new().set_buckets(&SECCHI_SECONDI).context("intervalli delle metriche")?;
    costruttore.install_recorder().context("avvio delle metriche")
}

/// Keeps histograms small, and measures the process as `process_*` does elsewhere.
pub async fn esegui(metriche: PrometheusHandle, fermata: CancellationToken) {
    let avvio = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    metrics::gauge!("process_start_time_seconds").set(avvio.as_secs_f64());
    metrics::gauge!("fiorino_info", "versione" => env!("CARGO_PKG_VERSION")).set(1.0);
    loop {
        if let Some(byte) = memoria_residente() {
            metrics::gauge!("process_resident_memory_bytes").set(byte as f64);
        }
        if let Ok(aperti) = std::fs::read_dir("/proc/self/fd") {
            metrics::gauge!("process_open_fds").set(aperti.count() as f64);
        }
        metriche.run_upkeep();
        tokio::select! {
            () = fermata.cancelled() => return,
            () = tokio::time::sleep(OGNI) => {}
        }
    }
}

/// Only where there is a `/proc`.
fn memoria_residente() -> Option<u64> {
    let stato = std::fs::read_to_string("/proc/self/status").ok()?;
    let riga = stato.lines().find_map(|r| r.strip_prefix("VmRSS:"))?;
    riga.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn la_memoria_residente_si_legge() {
        assert!(super::memoria_residente().is_some_and(|byte| byte > 1024 * 1024));
    }
}
