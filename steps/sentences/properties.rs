//! MQTT 5 in tables: properties by the standard's names, and reason codes by number and name.

use bytes::Bytes;
use wire::{Filter, Packet, Property, Qos, reason_name};

use super::packets::bytes_of;
use crate::{
    document::meant,
    world::{Failed, Said, World},
};

/// Rows of two cells.
pub(super) type Rows<'a> = Vec<(&'a str, &'a str)>;

/// What a row says of a property that a packet is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    This(Property),
    /// `present`
    Any(String),
    /// `absent`
    Absent(String),
}

/// The property of a row: `| session expiry interval | 60 |`, `| user property | key=value |`,
/// `| correlation data | text |` or `| correlation data | hex: 01 02 |`. In a text `(x 128 times)` is that
/// letter, so many times.
///
/// # Errors
/// An unknown name, with the nearest ones, or a value of the wrong kind.
pub(super) fn property(name: &str, value: &str) -> Result<Property, Failed> {
    kind(name)?.of(name, value)
}

/// Adds the property of a row; `| user properties | 20 |` are so many.
pub(super) fn put(properties: &mut Vec<Property>, name: &str, value: &str) -> Said {
    if name == "user properties" {
        let count: u16 = number(name, value)?;
        let pair = |n| Property::UserProperty(format!("key{n}"), format!("value{n}"));
        properties.extend((1..=count).map(pair));
    } else {
        properties.push(property(name, value)?);
    }
    Ok(())
}

/// The property that a row asks of a packet: its value, `present` or `absent`.
pub(super) fn wanted(name: &str, value: &str) -> Result<Wanted, Failed> {
    let kind = kind(name)?;
    Ok(match value {
        "present" => Wanted::Any(name.to_owned()),
        "absent" => Wanted::Absent(name.to_owned()),
        value => Wanted::This(kind.of(name, value)?),
    })
}

impl Wanted {
    /// Whether these properties are as asked.
    pub(super) fn is_met_by(&self, properties: &[Property]) -> bool {
        match self {
            Self::This(property) => properties.contains(property),
            Self::Any(name) => properties.iter().any(|property| told(property) == *name),
            Self::Absent(name) => properties.iter().all(|property| told(property) != *name),
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::This(property) => write!(f, "{property}"),
            Self::Any(name) => write!(f, "some {name}"),
            Self::Absent(name) => write!(f, "no {name}"),
        }
    }
}

/// Judges properties by rows. User properties are asked for in their order.
pub(super) fn check(world: &mut World, rows: &Rows<'_>, actual: &[Property]) -> Said {
    let wanted: Vec<Wanted> =
        rows.iter().map(|(name, value)| wanted(name, value)).collect::<Result<_, _>>()?;
    let list = || actual.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for wanted in &wanted {
        world.check(wanted.is_met_by(actual), || Failed::new(wanted, format!("{{{}}}", list())))?;
    }
    let asked = wanted.iter().filter_map(|wanted| match wanted {
        Wanted::This(property @ Property::UserProperty(..)) => Some(property),
        _ => None,
    });
    let mut given = actual.iter();
    let in_order = asked.clone().all(|asked| given.any(|given| given == asked));
    world.check(in_order, || {
        let asked: Vec<String> = asked.map(ToString::to_string).collect();
        Failed::new(format!("in this order: {}", asked.join(", ")), format!("{{{}}}", list()))
    })
}

/// The properties of a packet that has any.
pub(super) fn of(packet: &Packet) -> &[Property] {
    match packet {
        Packet::Connect(connect) => &connect.properties,
        Packet::Connack(connack) => &connack.properties,
        Packet::Publish(publish) => &publish.properties,
        Packet::Puback(ack) | Packet::Pubrec(ack) | Packet::Pubrel(ack) | Packet::Pubcomp(ack) => {
            &ack.properties
        }
        Packet::Subscribe(subscribe) => &subscribe.properties,
        Packet::Suback(suback) => &suback.properties,
        Packet::Unsubscribe(unsubscribe) => &unsubscribe.properties,
        Packet::Unsuback(unsuback) => &unsuback.properties,
        Packet::Disconnect(disconnect) => &disconnect.properties,
        Packet::Auth(auth) => &auth.properties,
        Packet::Pingreq | Packet::Pingresp => &[],
    }
}

/// The codes that a packet has.
pub(super) fn codes(packet: &Packet) -> Vec<u8> {
    match packet {
        Packet::Connack(connack) => vec![connack.code],
        Packet::Puback(ack) | Packet::Pubrec(ack) | Packet::Pubrel(ack) | Packet::Pubcomp(ack) => {
            vec![ack.reason]
        }
        Packet::Suback(suback) => suback.codes.clone(),
        Packet::Unsuback(unsuback) => unsuback.codes.clone(),
        Packet::Disconnect(disconnect) => vec![disconnect.reason],
        Packet::Auth(auth) => vec![auth.reason],
        _ => Vec::new(),
    }
}

/// A reason code: `1`, `0x87`, `0x87 Not authorized`. A name has to be the one of the standard.
pub(super) fn code(packet: &str, text: &str) -> Result<u8, Failed> {
    let (number, name) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let code = match number.strip_prefix("0x") {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    }
    .ok_or_else(|| Failed::new("a code such as `0x87 Not authorized`", format!("`{text}`")))?;
    let right = reason_name(packet, code).unwrap_or("a code without a name");
    if name.is_empty() || name == right {
        return Ok(code);
    }
    Err(Failed::new(format!("`{number} {right}`"), format!("`{text}`"))
        .hint("the names are those of MQTT 5, section 2.4"))
}

/// Codes with a comma between them.
pub(super) fn all_codes(packet: &str, text: &str) -> Result<Vec<u8>, Failed> {
    text.split(',').map(|text| code(packet, text)).collect()
}

/// Sets an option of a subscription; false when the field is none.
pub(super) fn set_option(filter: &mut Filter, field: &str, value: &str) -> Result<bool, Failed> {
    match field {
        "QoS" => filter.qos = quality(value)?,
        "no local" => filter.no_local = value == "1",
        "retain as published" => filter.retain_as_published = value == "1",
        "retain handling" => filter.retain_handling = number(field, value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// A QoS in a cell.
pub(super) fn quality(value: &str) -> Result<Qos, Failed> {
    let level = value.parse().ok();
    level.and_then(Qos::from_level).ok_or_else(|| Failed::new("a QoS from 0 to 2", value))
}

/// A number in a cell.
pub(super) fn number<T: std::str::FromStr>(field: &str, value: &str) -> Result<T, Failed> {
    value.parse().map_err(|_| Failed::new(format!("a number for `{field}`"), format!("`{value}`")))
}

/// Bytes in a cell: text, or `hex: 00 ff`.
pub(super) fn data(value: &str) -> Result<Bytes, Failed> {
    Ok(match value.strip_prefix("hex:") {
        Some(hex) => bytes_of(hex)?.into(),
        None => value.to_owned().into(),
    })
}

/// What a property holds.
#[derive(Clone, Copy)]
enum Kind {
    Byte(fn(u8) -> Property),
    Short(fn(u16) -> Property),
    Long(fn(u32) -> Property),
    Text(fn(String) -> Property),
    Data(fn(Bytes) -> Property),
    Pair(fn(String, String) -> Property),
}

const KINDS: [Kind; 27] = [
    Kind::Byte(Property::PayloadFormatIndicator),
    Kind::Long(Property::MessageExpiryIntervalS),
    Kind::Text(Property::ContentType),
    Kind::Text(Property::ResponseTopic),
    Kind::Data(Property::CorrelationData),
    Kind::Long(Property::SubscriptionIdentifier),
    Kind::Long(Property::SessionExpiryIntervalS),
    Kind::Text(Property::AssignedClientIdentifier),
    Kind::Short(Property::ServerKeepAliveS),
    Kind::Text(Property::AuthenticationMethod),
    Kind::Data(Property::AuthenticationData),
    Kind::Byte(Property::RequestProblemInformation),
    Kind::Long(Property::WillDelayIntervalS),
    Kind::Byte(Property::RequestResponseInformation),
    Kind::Text(Property::ResponseInformation),
    Kind::Text(Property::ServerReference),
    Kind::Text(Property::ReasonString),
    Kind::Short(Property::ReceiveMaximum),
    Kind::Short(Property::TopicAliasMaximum),
    Kind::Short(Property::TopicAlias),
    Kind::Byte(Property::MaximumQos),
    Kind::Byte(Property::RetainAvailable),
    Kind::Pair(Property::UserProperty),
    Kind::Long(Property::MaximumPacketSize),
    Kind::Byte(Property::WildcardSubscriptionAvailable),
    Kind::Byte(Property::SubscriptionIdentifierAvailable),
    Kind::Byte(Property::SharedSubscriptionAvailable),
];

impl Kind {
    /// As tables call it.
    fn name(self) -> String {
        told(&match self {
            Self::Byte(of) => of(0),
            Self::Short(of) => of(0),
            Self::Long(of) => of(0),
            Self::Text(of) => of(String::new()),
            Self::Data(of) => of(Bytes::new()),
            Self::Pair(of) => of(String::new(), String::new()),
        })
    }

    fn of(self, name: &str, value: &str) -> Result<Property, Failed> {
        Ok(match self {
            Self::Byte(of) => of(number(name, value)?),
            Self::Short(of) => of(number(name, value)?),
            Self::Long(of) => of(number(name, value)?),
            Self::Text(of) => of(repeated(value)),
            Self::Data(of) => of(data(&repeated(value))?),
            Self::Pair(of) => {
                let (key, value) = value
                    .split_once('=')
                    .ok_or_else(|| Failed::new("a pair such as `key=value`", value))?;
                of(repeated(key), repeated(value))
            }
        })
    }
}

/// A text with `(x 3 times)` written out.
fn repeated(text: &str) -> String {
    let written_out = || {
        let (before, rest) = text.split_once('(')?;
        let (inner, after) = rest.split_once(" times)")?;
        let (letter, count) = inner.split_once(' ')?;
        let count = count.parse::<u16>().ok().filter(|_| letter.chars().count() == 1)?;
        Some(format!("{before}{}{}", letter.repeat(count.into()), repeated(after)))
    };
    written_out().unwrap_or_else(|| text.to_owned())
}

fn kind(name: &str) -> Result<Kind, Failed> {
    KINDS.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
        let names: Vec<String> = KINDS.into_iter().map(Kind::name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Failed::new("a field, or a property of MQTT 5", format!("`{name}`"))
            .hint(meant(name, &names))
    })
}

/// The name of a property, in lower case with spaces.
fn told(property: &Property) -> String {
    property.name().replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_properties() {
        for (name, value, expected) in [
            ("session expiry interval", "60", Property::SessionExpiryIntervalS(60)),
            ("receive maximum", "7", Property::ReceiveMaximum(7)),
            ("maximum qos", "1", Property::MaximumQos(1)),
            ("content type", "text/plain", Property::ContentType("text/plain".to_owned())),
            ("user property", "a=b=c", Property::UserProperty("a".to_owned(), "b=c".to_owned())),
            ("correlation data", "c-1", Property::CorrelationData(Bytes::from_static(b"c-1"))),
            (
                "correlation data",
                "hex: 00 ff",
                Property::CorrelationData(Bytes::from_static(b"\0\xff")),
            ),
        ] {
            assert_eq!(property(name, value), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_is_long_is_told_by_its_length() {
        for (text, expected) in [
            ("a(x 3 times)b(é 2 times)", "axxxbéé"),
            ("f(x)", "f(x)"),
            ("(x many times)", "(x many times)"),
            ("(ab 2 times)", "(ab 2 times)"),
        ] {
            assert_eq!(repeated(text), expected, "{text}");
        }
        let mut properties = Vec::new();
        put(&mut properties, "user properties", "2").unwrap();
        put(&mut properties, "response topic", "/(t 2 times)").unwrap();
        let pair = |key: &str, value: &str| Property::UserProperty(key.into(), value.into());
        let expected = [
            pair("key1", "value1"),
            pair("key2", "value2"),
            Property::ResponseTopic("/tt".to_owned()),
        ];
        assert_eq!(properties, expected);
    }

    #[test]
    fn every_property_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<String> = KINDS.into_iter().map(Kind::name).collect();
        assert_eq!(names.len(), KINDS.len());
        for name in names {
            let value = if name == "user property" { "a=1" } else { "1" };
            assert_eq!(told(&property(&name, value).unwrap()), name);
        }
    }

    #[test]
    fn a_wrong_row_is_told_with_what_was_expected() {
        for (name, value, expected, actual) in [
            ("sesion expiry", "1", "a field, or a property of MQTT 5", "`sesion expiry`"),
            ("receive maximum", "70000", "a number for `receive maximum`", "`70000`"),
            ("user property", "a", "a pair such as `key=value`", "a"),
            ("correlation data", "hex: 0g", "bytes in hex", "0g"),
        ] {
            let failed = property(name, value).unwrap_err();
            assert_eq!((&*failed.expected, &*failed.actual), (expected, actual), "{name}");
        }
        let hint = property("sesion expiry intervall", "1").unwrap_err().hint.unwrap();
        assert!(hint.starts_with("did you mean `session expiry interval`?"), "{hint}");
    }

    #[test]
    fn presence_and_absence_can_be_asked_for() {
        let properties = [Property::MaximumQos(1)];
        for (name, value, expected) in [
            ("maximum qos", "1", true),
            ("maximum qos", "0", false),
            ("maximum qos", "present", true),
            ("maximum qos", "absent", false),
            ("topic alias", "present", false),
            ("topic alias", "absent", true),
        ] {
            let wanted = wanted(name, value).unwrap();
            assert_eq!(wanted.is_met_by(&properties), expected, "{wanted}");
        }
    }

    #[test]
    fn codes_are_read_with_and_without_their_names() {
        for (text, expected) in [
            ("0", 0),
            ("0 Granted QoS 0", 0),
            ("1", 1),
            ("0x87", 0x87),
            ("0x87 Not authorized", 0x87),
            ("0xA2 Wildcard Subscriptions not supported", 0xA2),
        ] {
            assert_eq!(code("SUBACK", text), Ok(expected), "{text}");
        }
        assert_eq!(all_codes("SUBACK", "1, 0x87 Not authorized"), Ok(vec![1, 0x87]));
        let failed = code("PUBACK", "0x87 Not authorised").unwrap_err();
        assert_eq!(failed.expected, "`0x87 Not authorized`");
        assert_eq!(failed.actual, "`0x87 Not authorised`");
        assert_eq!(
            code("PUBACK", "eighty").unwrap_err().expected,
            "a code such as `0x87 Not authorized`"
        );
    }
}
