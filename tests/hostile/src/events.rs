//! Reading the bus from outside.

use serde_json::Value;

use crate::{Answer, Failure, PATIENCE, Server};

impl Server {
    /// The first `count` events of some types after a place in the log.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn events(&self, types: &str, after: u64, count: usize) -> Result<Vec<Value>, Failure> {
        let mut events = Vec::new();
        let read = self.read_events(types, after, |event| {
            events.push(event);
            events.len() < count
        });
        read.await?;
        Ok(events)
    }

    /// Reads events of some types after a place in the log, by server-sent events, as long as `goes_on` says.
    ///
    /// # Errors
    /// When the next one does not come.
    pub async fn read_events(
        &self,
        types: &str,
        after: u64,
        mut goes_on: impl FnMut(Value) -> bool,
    ) -> Result<(), Failure> {
        let read = async {
            let url = self.url(&format!("/api/v1/events?types={types}&after={after}"));
            let mut response = reqwest::get(url).await?.error_for_status()?;
            let mut buffer = String::new();
            loop {
                let chunk = response.chunk().await?.ok_or("the event stream ended")?;
                buffer.push_str(std::str::from_utf8(&chunk)?);
                while let Some((line, rest)) = buffer.split_once('\n') {
                    let data = line.strip_prefix("data:").map(|data| serde_json::from_str(data.trim()));
                    buffer = rest.to_owned();
                    if data.is_some_and(|event| event.is_ok_and(|event| !goes_on(event))) {
                        return Ok(());
                    }
                }
            }
        };
        tokio::time::timeout(PATIENCE, read)
            .await
            .map_err(|_| format!("the events of {types} did not come"))?
    }

    /// Publishes a CloudEvent in structured mode.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post_cloud_event(&self, event: &Value) -> Result<Answer, Failure> {
        let response = reqwest::Client::new()
            .post(self.url("/api/v1/events"))
            .header("content-type", "application/cloudevents+json")
            .body(event.to_string())
            .send()
            .await?;
        Answer::of(response).await
    }

    /// The dead letters, once there are `count`.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn dead_letters_until(&self, count: usize) -> Result<Vec<Value>, Failure> {
        let read = async {
            loop {
                let answer = self.get("/api/v1/dead-letters").await?;
                let letters = answer.json()["dead_letters"].as_array().cloned().unwrap_or_default();
                if letters.len() >= count {
                    return Ok(letters);
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, read).await.map_err(|_| format!("no {count} dead letters"))?
    }
}
