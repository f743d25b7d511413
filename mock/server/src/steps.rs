//! The trace as a stream: the journal follows it.

use std::{collections::VecDeque, fmt, sync::Arc};

use cloud::Step;
use tokio::sync::watch;

use crate::engine::Engine;

/// New steps of the trace, in order.
pub struct Steps {
    engine: Arc<Engine>,
    news: watch::Receiver<u64>,
    /// The number of the last step that was fetched.
    after: u64,
    fetched: VecDeque<Step>,
}

impl Steps {
    pub(crate) fn after(engine: Arc<Engine>, after: u64) -> Self {
        let news = engine.news();
        Self { engine, news, after, fetched: VecDeque::new() }
    }

    /// The next step; `None` when the mock has stopped and all were given. A bounded trace may forget
    /// steps that nobody fetched in time: then numbers are missing.
    pub async fn next(&mut self) -> Option<Step> {
        loop {
            if let Some(step) = self.fetched.pop_front() {
                return Some(step);
            }
            self.news.mark_unchanged();
            let stopped = self.engine.is_stopped();
            self.fetch();
            if self.fetched.is_empty() && (stopped || self.news.changed().await.is_err()) {
                return None;
            }
        }
    }

    fn fetch(&mut self) {
        /// Copying happens under the cloud's lock, so not all at once.
        const AT_ONCE: usize = 256;
        let Self { engine, after, fetched, .. } = self;
        engine.look(|cloud| fetched.extend(cloud.trace().since(*after).take(AT_ONCE).cloned()));
        if let Some(step) = fetched.back() {
            *after = step.number;
        }
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("after", &self.after).finish_non_exhaustive()
    }
}
