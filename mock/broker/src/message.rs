//! One application message on its way through a broker.

use std::sync::Arc;

use bytes::Bytes;
use wire::{Property, Qos};

/// An application message, as its publisher gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The full topic name, aliases resolved.
    pub topic: Arc<str>,
    pub payload: Bytes,
    pub qos: Qos,
    pub retain: bool,
    /// What goes through to subscribers: payload format, content type, response topic, correlation data
    /// and user properties, in the order in which they came. The expiry is not among them.
    pub properties: Vec<Property>,
    /// The session that published it, when one did.
    pub publisher: Option<Arc<str>>,
    /// The lifetime that the publisher asked for.
    pub expiry_interval_s: Option<u32>,
    /// When its lifetime ends.
    pub expires_at_ms: Option<u64>,
}

impl Message {
    /// A message at QoS 0 that nobody in particular published, and that does not expire.
    pub fn new(topic: &str, payload: impl Into<Bytes>) -> Self {
        Self {
            topic: topic.into(),
            payload: payload.into(),
            qos: Qos::AtMostOnce,
            retain: false,
            properties: Vec::new(),
            publisher: None,
            expiry_interval_s: None,
            expires_at_ms: None,
        }
    }

    /// The same at another quality of service.
    pub const fn at(mut self, qos: Qos) -> Self {
        self.qos = qos;
        self
    }

    /// Whether its lifetime is over.
    pub fn is_expired(&self, now_ms: u64) -> bool {
        self.expires_at_ms.is_some_and(|end_ms| end_ms <= now_ms)
    }

    /// What is left of its lifetime, in whole seconds, begun ones counted.
    pub fn remaining_s(&self, now_ms: u64) -> Option<u32> {
        let left_ms = self.expires_at_ms?.saturating_sub(now_ms);
        Some(u32::try_from(left_ms.div_ceil(1000)).unwrap_or(u32::MAX))
    }

    /// Its weight in a queue: topic, payload and properties, in bytes.
    pub fn bytes(&self) -> usize {
        let properties: usize = self.properties.iter().map(property_bytes).sum();
        self.topic.len() + self.payload.len() + properties
    }
}

/// The bytes that a property that goes through takes on the wire, identifier and lengths included.
fn property_bytes(property: &Property) -> usize {
    match property {
        Property::ContentType(text) | Property::ResponseTopic(text) => 3 + text.len(),
        Property::CorrelationData(data) => 3 + data.len(),
        Property::UserProperty(key, value) => 5 + key.len() + value.len(),
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_ends_at_its_moment() {
        let message = Message { expires_at_ms: Some(5000), ..Message::new("t", "x") };
        for (now_ms, is_expired, remaining_s) in
            [(0, false, 5), (4001, false, 1), (4999, false, 1), (5000, true, 0), (9000, true, 0)]
        {
            assert_eq!(message.is_expired(now_ms), is_expired, "{now_ms}");
            assert_eq!(message.remaining_s(now_ms), Some(remaining_s), "{now_ms}");
        }
        let eternal = Message::new("t", "x");
        assert_eq!((eternal.is_expired(u64::MAX), eternal.remaining_s(0)), (false, None));
    }

    #[test]
    fn everything_that_goes_through_weighs() {
        let mut message = Message::new("a/b", "12345");
        assert_eq!(message.bytes(), 8);
        message.properties = vec![
            Property::PayloadFormatIndicator(1),
            Property::ContentType("json".to_owned()),
            Property::CorrelationData(Bytes::from_static(b"77")),
            Property::UserProperty("k".to_owned(), "v".to_owned()),
        ];
        assert_eq!(message.bytes(), 8 + 2 + 7 + 5 + 7);
    }
}
