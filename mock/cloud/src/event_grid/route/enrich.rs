//! What is added to a routed message.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use broker::Message;
use serde_json::{Map, Value, json};
use wire::Property;

use super::super::{
    access::Identity,
    model::{Attribute, EnrichmentSource, RoutingEnrichments},
};

/// The attributes that the enrichments come to, by their keys.
pub(super) fn more(
    enrichments: &RoutingEnrichments,
    message: &Message,
    publisher: &Identity,
) -> Map<String, Value> {
    let fixed = enrichments.fixed.iter().map(|it| (it.key.clone(), json!(it.value)));
    let dynamic = enrichments.dynamic.iter().filter_map(|it| {
        let source = it.source()?;
        Some((it.key.clone(), value(&source, message, publisher)))
    });
    fixed.chain(dynamic).collect()
}

/// What a source holds: an empty text where there is nothing, what is several joined by commas.
fn value(source: &EnrichmentSource, message: &Message, publisher: &Identity) -> Value {
    let mut properties = message.properties.iter();
    match source {
        EnrichmentSource::AuthenticationName => json!(publisher.authentication_name),
        EnrichmentSource::TopicName => json!(&*message.topic),
        EnrichmentSource::Attribute(key) => match publisher.attributes.get(key) {
            Some(Attribute::List(items)) => json!(items.join(",")),
            Some(one) => json!(one),
            None => json!(""),
        },
        EnrichmentSource::UserProperty(key) => {
            let values = properties.filter_map(|property| match property {
                Property::UserProperty(name, value) if name == key => Some(value.as_str()),
                _ => None,
            });
            json!(values.collect::<Vec<_>>().join(","))
        }
        EnrichmentSource::ResponseTopic => properties
            .find_map(|property| match property {
                Property::ResponseTopic(topic) => Some(json!(topic)),
                _ => None,
            })
            .unwrap_or(json!("")),
        EnrichmentSource::CorrelationData => properties
            .find_map(|property| match property {
                Property::CorrelationData(data) => Some(json!(STANDARD.encode(data))),
                _ => None,
            })
            .unwrap_or(json!("")),
        // Without an indicator MQTT 5 means 0.
        EnrichmentSource::PayloadFormatIndicator => properties
            .find_map(|property| match property {
                Property::PayloadFormatIndicator(indicator) => Some(json!(indicator)),
                _ => None,
            })
            .unwrap_or(json!(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_grid::model::DynamicEnrichment;

    #[test]
    fn each_source_gives_its_value_or_an_empty_text() {
        let pair =
            |key: &str, value: &str| Property::UserProperty(key.to_owned(), value.to_owned());
        let message = Message {
            properties: vec![
                Property::PayloadFormatIndicator(1),
                Property::ResponseTopic("answers".to_owned()),
                Property::CorrelationData("request1".into()),
                pair("place", "North"),
                pair("client.address", "1 Way"),
                pair("it's", "7"),
                pair("place", "South"),
            ],
            ..Message::new("campus/b17", "x")
        };
        let attributes = [
            ("type", Attribute::Text("operator".to_owned())),
            ("floor", Attribute::Number(3)),
            ("rooms", Attribute::List(vec!["a".to_owned(), "b".to_owned()])),
        ];
        let attributes = attributes.map(|(key, value)| (key.to_owned(), value)).into();
        let publisher = Identity { attributes, ..Identity::named("client1") };
        let bare = Message::new("campus/b17", "x");
        for (source, full, empty) in [
            ("client.authenticationName", json!("client1"), json!("client1")),
            ("client.attributes.type", json!("operator"), json!("operator")),
            ("client.attributes.floor", json!(3), json!(3)),
            ("client.attributes.rooms", json!("a,b"), json!("a,b")),
            ("client.attributes.none", json!(""), json!("")),
            ("mqtt.message.topicName", json!("campus/b17"), json!("campus/b17")),
            ("mqtt.message.userProperties.place", json!("North,South"), json!("")),
            ("mqtt.message.userProperties['client.address']", json!("1 Way"), json!("")),
            (r"mqtt.message.userProperties['it\'s']", json!("7"), json!("")),
            ("mqtt.message.responseTopic", json!("answers"), json!("")),
            ("mqtt.message.correlationData", json!("cmVxdWVzdDE="), json!("")),
            ("mqtt.message.pfi", json!(1), json!(0)),
        ] {
            let dynamic =
                DynamicEnrichment { key: "k".to_owned(), value: format!("${{{source}}}") };
            let enrichments =
                RoutingEnrichments { dynamic: vec![dynamic], ..RoutingEnrichments::default() };
            for (message, expected) in [(&message, full), (&bare, empty)] {
                assert_eq!(more(&enrichments, message, &publisher)["k"], expected, "{source}");
            }
        }
    }
}
