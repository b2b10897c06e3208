//! HTTP requests to the origins that the manifest grants (`http = ["https://api.example.com"]` below `[grants]`).
//!
//! ```
//! # use atoll_sdk::{Error, config, http};
//! # #[derive(serde::Deserialize)]
//! # struct Weather;
//! # async fn weather(city: &str) -> Result<Weather, Error> {
//! let mut answer = http::get(&format!("https://api.example.com/weather/{city}"))
//!     .bearer(config::secret("WEATHER_KEY")?.expose())
//!     .send()
//!     .await?
//!     .error_for_status()?;
//! let weather: Weather = answer.json().await?;
//! # Ok(weather) }
//! ```
//!
//! A request is on its way as soon as `send` is called, so several overlap whichever is awaited first.

mod request;
mod response;
mod sending;

pub use crate::bindings::http::atoll::app::http_client::Redirect;
pub use request::{RequestBuilder, request};
pub use response::Response;
pub use sending::Sending;

/// A `GET` of an absolute URL.
pub fn get(url: &str) -> RequestBuilder {
    request("GET", url)
}

/// A `POST` to an absolute URL.
pub fn post(url: &str) -> RequestBuilder {
    request("POST", url)
}

/// A `PUT` to an absolute URL.
pub fn put(url: &str) -> RequestBuilder {
    request("PUT", url)
}

/// A `DELETE` of an absolute URL.
pub fn delete(url: &str) -> RequestBuilder {
    request("DELETE", url)
}
