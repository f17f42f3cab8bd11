//! Logs on standard error, so that what a command prints stays apart. No personal data: whoever writes a line answers for it (docs of `domain::Soggetto`).

use std::io::IsTerminal as _;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::configurazione::{Formato, Log, Otlp};

type Strato = Box<dyn Layer<Registry> + Send + Sync>;

/// Ends with the process: what has not left yet is sent at [`Diario::chiudi`].
pub struct Diario {
    #[cfg(feature = "otel")]
    tracce: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

impl Diario {
    pub fn apri(log: &Log, otlp: &Otlp) -> anyhow::Result<Self> {
        // One filter over all, not one for each layer: those lose the event that follows a question of `enabled!`, which sqlx asks for notices of PostgreSQL.
        let filtro = EnvFilter::try_new(&log.livello)?;
        let scrittura = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
        let scrittura: Strato = match log.formato {
            Formato::Json => scrittura.json().flatten_event(true).with_span_list(false).boxed(),
            Formato::Testo => scrittura.compact().with_target(false).boxed(),
        };
        #[cfg(feature = "otel")]
        {
            let tracce = otlp.url.as_deref().map(tracce::fornitore).transpose()?;
            let mut strati = vec![scrittura];
            if let Some(fornitore) = &tracce {
                strati.push(tracce::strato(fornitore).boxed());
            }
            tracing_subscriber::registry().with(strati).with(filtro).try_init()?;
            Ok(Self { tracce })
        }
        #[cfg(not(feature = "otel"))]
        {
            // A URL without the feature has been refused with the configuration.
            let _ = otlp;
            tracing_subscriber::registry().with(scrittura).with(filtro).try_init()?;
            Ok(Self {})
        }
    }

    pub fn chiudi(self) {
        #[cfg(feature = "otel")]
        if let Some(Err(errore)) = self.tracce.map(|t| t.shutdown()) {
            eprintln!("le ultime tracce non sono partite: {errore}");
        }
    }
}

#[cfg(feature = "otel")]
mod tracce {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::{Layer, Registry};

    const NOME: &str = "fiorino";

    pub fn fornitore(url: &str) -> anyhow::Result<SdkTracerProvider> {
        let mittente = opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(url).with_headers(std::collections::HashMap::new()).build()?;
        Ok(SdkTracerProvider::builder().with_batch_exporter(mittente).with_resource(Resource::builder().with_service_name(NOME).build()).build())
    }

    pub fn strato(fornitore: &SdkTracerProvider) -> impl Layer<Registry> + Send + Sync + use<> {
        tracing_opentelemetry::layer().with_tracer(fornitore.tracer(NOME))
    }
}
