//! Events: publishing and following them, and the deliveries that were given up.

use atoll_bus::{DeadLetter, DeadLetters, Lagged, RetryOutcome};
use atoll_model::{AppName, Event, EventDraft, EventPattern};
use futures::stream::{BoxStream, StreamExt as _};

use crate::{Host, HostError};

impl Host {
    /// Publishes an event in the name of an outside source, `/external/{name}`. It is durable when this
    /// returns.
    ///
    /// # Errors
    /// [`HostError::SchemaMismatch`] when its data does not fit the schema of an app that declares the type;
    /// [`HostError::Bus`] when the draft is over a limit or cannot be stored.
    pub async fn publish(&self, source: &str, mut draft: EventDraft) -> Result<Event, HostError> {
        self.inner.event_schemas.check_from_outside(&draft.event_type, &draft.data).await?;
        let publishing = self.inner.spans.publish(source, &mut draft);
        let published = self.inner.bus.publish(source, draft).await;
        publishing.ended(published.as_ref().ok());
        Ok(published?)
    }

    /// Publishes events of outside sources, each with its own, all of them or none. They are durable when this
    /// returns, and follow one another in the log.
    ///
    /// # Errors
    /// [`HostError::InBatch`] for the first event that [`Host::publish`] would refuse; [`HostError::Bus`] when there are
    /// more than `events_batch_max`, or they cannot be stored.
    pub async fn publish_batch(
        &self,
        mut drafts: Vec<(String, EventDraft)>,
    ) -> Result<Vec<Event>, HostError> {
        for (index, (_, draft)) in drafts.iter().enumerate() {
            let checked = self.inner.event_schemas.check_from_outside(&draft.event_type, &draft.data).await;
            checked.map_err(|error| HostError::InBatch { index, error: Box::new(error) })?;
        }
        let spans = &self.inner.spans;
        let publishing: Vec<_> =
            drafts.iter_mut().map(|(source, draft)| spans.publish(source, draft)).collect();
        let published = self.inner.bus.publish_batch(drafts).await?;
        publishing.into_iter().zip(&published).for_each(|(publishing, event)| publishing.ended(Some(event)));
        Ok(published)
    }

    /// The events of all apps, or of one, as an AsyncAPI 3.0 document without `servers`: where the host can be reached
    /// is not its own affair.
    ///
    /// # Errors
    /// [`HostError::NoSuchApp`]; [`HostError::TooManyApps`] when more than `asyncapi_apps_max` have events;
    /// [`HostError::Store`].
    pub async fn asyncapi(&self, app: Option<&AppName>) -> Result<serde_json::Value, HostError> {
        if let Some(app) = app {
            self.manifest(app).await?;
        }
        self.inner.event_schemas.asyncapi(app).await
    }

    /// Events that match a pattern, from after a place in the log (`None`: from now on), live. A reader that
    /// falls too far behind gets [`Lagged`] and the end.
    #[must_use]
    pub fn follow(
        &self,
        patterns: Vec<EventPattern>,
        after: Option<u64>,
    ) -> BoxStream<'static, Result<Event, Lagged>> {
        self.inner.bus.follow(patterns, after).boxed()
    }

    /// The place of the newest event in the log; 0 when there was none.
    #[must_use]
    pub fn last_sequence(&self) -> u64 {
        self.inner.bus.last_sequence()
    }

    /// A page of the deliveries that were given up, of one app or of all, newest first: those with a number below
    /// `before`, at most `limit` and `events_page_max`.
    ///
    /// # Errors
    /// [`HostError::Bus`].
    pub async fn dead_letters(
        &self,
        app: Option<&AppName>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<DeadLetters, HostError> {
        Ok(self.inner.bus.dead_letters(app, before, limit).await?)
    }

    /// One delivery that was given up; `None` when there is none of that id.
    ///
    /// # Errors
    /// [`HostError::Bus`].
    pub async fn dead_letter(&self, id: u64) -> Result<Option<DeadLetter>, HostError> {
        Ok(self.inner.bus.dead_letter(id).await?)
    }

    /// Lets a dead letter go. Answers whether there was one.
    ///
    /// # Errors
    /// [`HostError::Bus`].
    pub async fn discard_dead_letter(&self, id: u64) -> Result<bool, HostError> {
        Ok(self.inner.bus.discard_dead_letter(id).await?)
    }

    /// Delivers a dead letter once more, now. `None` when there is none of that id.
    ///
    /// # Errors
    /// [`HostError::Bus`].
    pub async fn retry_dead_letter(&self, id: u64) -> Result<Option<RetryOutcome>, HostError> {
        Ok(self.inner.bus.retry_dead_letter(id).await?)
    }
}
