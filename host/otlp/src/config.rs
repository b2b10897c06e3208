//! Where to send what: from the command line, or the variables of the OpenTelemetry specification
//! (<https://opentelemetry.io/docs/specs/otel/protocol/exporter/>).

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

const INTERVAL_DEFAULT: Duration = Duration::from_secs(60);
/// Faster than this is a slip of the pen, and a load on the host.
const INTERVAL_MIN: Duration = Duration::from_millis(100);

/// What is sent, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct OtlpConfig {
    /// The full URL for traces; `None` sends none.
    pub traces: Option<String>,
    /// The full URL for metrics; `None` sends none.
    pub metrics: Option<String>,
    /// Headers of the metrics' requests. Those of the traces' are read from the environment by the exporter.
    pub metrics_headers: HeaderMap,
    /// The time between two exports of the metrics.
    pub metrics_interval: Duration,
    /// How long one export may take; `telemetry_export_ms` when `None`.
    pub timeout: Option<Duration>,
}

/// Why nothing can be exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OtlpError {
    /// A setting that cannot be used.
    #[error("{name} = {value:?} cannot be used: {problem}")]
    Setting {
        /// The flag or the variable.
        name: String,
        /// What it says.
        value: String,
        /// What is wrong with it, and what would be right.
        problem: &'static str,
    },
    /// The client cannot be made.
    #[error("the OTLP client could not be set up: {0}")]
    Client(String),
}

impl OtlpConfig {
    /// Reads what is set; `None` when no endpoint is named anywhere, or `OTEL_SDK_DISABLED` is `true`. `flag` is the
    /// base URL of the command line or the configuration file, which wins over the environment's.
    ///
    /// # Errors
    /// [`OtlpError::Setting`].
    pub fn from_env(flag: Option<&str>) -> Result<Option<Self>, OtlpError> {
        Self::read(flag, |name| std::env::var(name).ok())
    }

    fn read(flag: Option<&str>, var: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, OtlpError> {
        // An empty variable is one that is not set (the specification).
        let var = |name: &str| var(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if var("OTEL_SDK_DISABLED").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let traces = endpoint(flag, &var, "TRACES", "v1/traces")?;
        let metrics = endpoint(flag, &var, "METRICS", "v1/metrics")?;
        if traces.is_none() && metrics.is_none() {
            return Ok(None);
        }
        let mut metrics_headers = HeaderMap::new();
        for name in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS"] {
            if let Some(text) = var(name) {
                // They may hold keys: what is wrong is said, and not what they are.
                let bad = || setting(name, "…", "write it as name=value,name=value, percent-encoded");
                metrics_headers.extend(headers(&text).ok_or_else(bad)?);
            }
        }
        let milliseconds = |name: &str| {
            let parse = |text: String| {
                let number = text.parse().map(Duration::from_millis);
                number.map_err(|_| setting(name, &text, "it is a number of milliseconds"))
            };
            var(name).map(parse).transpose()
        };
        let interval = milliseconds("OTEL_METRIC_EXPORT_INTERVAL")?.unwrap_or(INTERVAL_DEFAULT);
        Ok(Some(Self {
            traces,
            metrics,
            metrics_headers,
            metrics_interval: interval.max(INTERVAL_MIN),
            timeout: milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT")?,
        }))
    }
}

fn setting(name: &str, value: &str, problem: &'static str) -> OtlpError {
    OtlpError::Setting { name: name.into(), value: value.into(), problem }
}

/// The URL of one signal; `None` when it is off.
fn endpoint(
    flag: Option<&str>,
    var: &impl Fn(&str) -> Option<String>,
    signal: &str,
    path: &str,
) -> Result<Option<String>, OtlpError> {
    let exporter = format!("OTEL_{signal}_EXPORTER");
    match var(&exporter).as_deref() {
        Some("none") => return Ok(None),
        None | Some("otlp") => {}
        Some(other) => return Err(setting(&exporter, other, "it is otlp or none")),
    }
    let own = format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
    let found = if let Some(base) = flag {
        Some(url("--otlp", base).map(|url| below(&url, path))?)
    } else if let Some(text) = var(&own) {
        // One for a signal of its own is used as it is.
        Some(url(&own, &text)?.to_string())
    } else if let Some(base) = var("OTEL_EXPORTER_OTLP_ENDPOINT") {
        Some(url("OTEL_EXPORTER_OTLP_ENDPOINT", &base).map(|url| below(&url, path))?)
    } else {
        None
    };
    if found.is_some() {
        for name in [format!("OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"), "OTEL_EXPORTER_OTLP_PROTOCOL".into()] {
            if let Some(other) = var(&name).filter(|text| text != "http/protobuf") {
                return Err(setting(&name, &other, "this host speaks http/protobuf (port 4318 by custom)"));
            }
        }
    }
    Ok(found)
}

fn url(name: &str, text: &str) -> Result<Url, OtlpError> {
    let bad = || setting(name, text, "it is a URL such as http://127.0.0.1:4318");
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(bad)
}

fn below(base: &Url, path: &str) -> String {
    format!("{}/{path}", base.as_str().trim_end_matches('/'))
}

fn headers(text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = percent_encoding::percent_decode_str(value.trim()).decode_utf8().ok()?;
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.trim().as_bytes()).ok()?, value);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flag: Option<&str>, vars: &[(&str, &str)]) -> Result<Option<OtlpConfig>, OtlpError> {
        OtlpConfig::read(flag, |name| {
            vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_an_endpoint_it_is_off() {
        for vars in [
            &[][..],
            &[("OTEL_SERVICE_NAME", "x"), ("OTEL_EXPORTER_OTLP_ENDPOINT", " ")],
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"), ("OTEL_SDK_DISABLED", "TRUE")],
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
                ("OTEL_TRACES_EXPORTER", "none"),
                ("OTEL_METRICS_EXPORTER", "none"),
            ],
        ] {
            assert_eq!(read(None, vars), Ok(None), "{vars:?}");
        }
    }

    #[test]
    fn a_base_gets_the_signals_paths_and_an_endpoint_of_its_own_is_taken_as_it_is() {
        let config = read(None, &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/base/")]).unwrap().unwrap();
        assert_eq!(config.traces.as_deref(), Some("http://c:4318/base/v1/traces"));
        assert_eq!(config.metrics.as_deref(), Some("http://c:4318/base/v1/metrics"));
        let own = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/x"),
            ("OTEL_METRICS_EXPORTER", "none"),
        ];
        let config = read(None, &own).unwrap().unwrap();
        assert_eq!((config.traces.as_deref(), config.metrics), (Some("https://t/x"), None));
        let config = read(Some("http://flag"), &own).unwrap().unwrap();
        assert_eq!(config.traces.as_deref(), Some("http://flag/v1/traces"));
    }

    #[test]
    fn headers_and_times_are_read() {
        let config = read(
            Some("http://c"),
            &[
                ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, x=1"),
                ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x=2"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "1"),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
            ],
        );
        let config = config.unwrap().unwrap();
        assert_eq!(
            (&config.metrics_headers["api-key"], &config.metrics_headers["x"]),
            (&HeaderValue::from_static("a b"), &HeaderValue::from_static("2"))
        );
        assert_eq!(
            (config.metrics_interval, config.timeout),
            (INTERVAL_MIN, Some(Duration::from_millis(250)))
        );
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1s"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "no value"),
        ] {
            let error =
                read(None, &[(name, value), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c")]).unwrap_err();
            assert!(error.to_string().starts_with(name), "{error}");
        }
        assert!(read(Some("nonsense"), &[]).unwrap_err().to_string().starts_with("--otlp"));
    }
}
