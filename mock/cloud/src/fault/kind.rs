//! What a fault does: its kind, as users write it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::BadFault;

/// The ways to spoil a packet. Written `drop`, or with their number `delay-s=5` or `{ delay-s = 5 }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It does not happen.
    Drop,
    /// It happens so many seconds later; what follows does not wait for it.
    DelayS(u32),
    /// It happens twice. A second PUBLISH at QoS 1 has DUP set.
    Duplicate,
    /// The connection is closed instead.
    Close,
    /// The connection is reset instead.
    Reset,
    /// The connection stays open and nothing moves any more, in either direction.
    Freeze,
    /// The connection stays open and nothing moves any more in the fault's direction.
    HalfOpen,
    /// The connection ends as if its identity had connected once more.
    Takeover,
    /// The connection ends as if its token had run out.
    TokenExpiry,
    /// The connection is closed, and for so many seconds each CONNECT is refused with code 3.
    MaintenanceS(u32),
    /// CONNECT is answered with this return code and a close, and goes no further.
    Connack(u8),
    /// A twin or DPS request is answered with this status, such as 429 or 500. A twin request goes no
    /// further.
    Status(u16),
    /// The `$rid` of a topic becomes another one.
    WrongRid,
    /// Each `$version` of a twin, in topic and body, is off by so much.
    WrongVersion(i32),
    /// So many packets to one connection go out in the reverse order.
    Reorder(u8),
}

/// A kind as users write it.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Such as `delay-s`.
    pub name: &'static str,
    /// What its number means, where it takes one.
    pub number: Option<&'static str>,
    /// What it does.
    pub does: &'static str,
}

/// Every kind.
pub const SHAPES: &[Shape] = &[
    shape("drop", None, "it does not happen"),
    shape("delay-s", Some("seconds"), "it happens later; what follows does not wait"),
    shape("duplicate", None, "it happens twice"),
    shape("reorder", Some("packets, 2 to 100"), "so many go out last first"),
    shape("wrong-rid", None, "the answer is to a request that nobody made"),
    shape("wrong-version", Some("difference, not 0"), "each $version of a twin is off"),
    shape("status", Some("status, 400 to 599"), "a twin or DPS request is answered so"),
    shape("connack", Some("return code, 1 to 255"), "CONNECT is answered so"),
    shape("close", None, "the connection is closed instead"),
    shape("reset", None, "the connection is reset instead"),
    shape("freeze", None, "the connection stays open, and nothing moves any more"),
    shape("half-open", None, "the same, in the fault's direction alone"),
    shape("takeover", None, "the connection ends as if a newer one took over"),
    shape("token-expiry", None, "the connection ends as if its token ran out"),
    shape("maintenance-s", Some("seconds of outage"), "it is closed, then CONNECT refused with 3"),
];

const fn shape(name: &'static str, number: Option<&'static str>, does: &'static str) -> Shape {
    Shape { name, number, does }
}

/// `drop`, `delay-s=<seconds>`
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{}=<{number}>", self.name),
            None => f.write_str(self.name),
        }
    }
}

impl Kind {
    /// Whether it does something to a connection, whatever packet it strikes.
    pub(crate) const fn is_of_a_connection(self) -> bool {
        matches!(
            self,
            Self::Close
                | Self::Reset
                | Self::Freeze
                | Self::HalfOpen
                | Self::Takeover
                | Self::TokenExpiry
                | Self::MaintenanceS(_)
        )
    }

    /// Whether it needs no packet to strike, unless one is named.
    pub(super) const fn comes_by_itself(self) -> bool {
        matches!(self, Self::Takeover | Self::TokenExpiry | Self::MaintenanceS(_))
    }

    pub(super) const fn strikes_what_arrives(self) -> bool {
        self.is_of_a_connection()
            || matches!(self, Self::Drop | Self::DelayS(_) | Self::Duplicate | Self::Connack(_))
    }

    pub(super) fn check(self) -> Result<(), BadFault> {
        match self {
            Self::Connack(0) | Self::WrongVersion(0) | Self::Reorder(0 | 1 | 101..) => {}
            Self::Status(status) if !(400..=599).contains(&status) => {}
            _ => return Ok(()),
        }
        let text = self.to_string();
        let (name, number) = text.split_once('=').unwrap_or((&text, ""));
        Err(unusable(name, number))
    }

    fn of(name: &str, number: Option<&str>) -> Result<Self, BadFault> {
        let Some(shape) = shape_of(name) else {
            let known: Vec<String> = SHAPES.iter().map(ToString::to_string).collect();
            return Err(BadFault(format!(
                "`{name}` is no fault: expected one of {}",
                known.join(", ")
            )));
        };
        let number = match (shape.number, number) {
            (None, None) => "",
            (Some(_), Some(number)) => number,
            (Some(_), None) => {
                return Err(BadFault(format!("`{name}` needs its number: write `{shape}`")));
            }
            (None, Some(_)) => return Err(BadFault(format!("`{name}` takes no number"))),
        };
        let beyond = || unusable(name, number);
        let kind = match name {
            "drop" => Self::Drop,
            "delay-s" => Self::DelayS(number.parse().map_err(|_| beyond())?),
            "duplicate" => Self::Duplicate,
            "close" => Self::Close,
            "reset" => Self::Reset,
            "freeze" => Self::Freeze,
            "half-open" => Self::HalfOpen,
            "takeover" => Self::Takeover,
            "token-expiry" => Self::TokenExpiry,
            "maintenance-s" => Self::MaintenanceS(number.parse().map_err(|_| beyond())?),
            "connack" => Self::Connack(number.parse().map_err(|_| beyond())?),
            "status" => Self::Status(number.parse().map_err(|_| beyond())?),
            "wrong-rid" => Self::WrongRid,
            "wrong-version" => Self::WrongVersion(number.parse().map_err(|_| beyond())?),
            _ => Self::Reorder(number.parse().map_err(|_| beyond())?),
        };
        kind.check().map(|()| kind)
    }
}

fn shape_of(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.name == name)
}

fn unusable(name: &str, number: &str) -> BadFault {
    let expected = shape_of(name).map_or_else(String::new, ToString::to_string);
    BadFault(format!("`{name}={number}`: expected `{expected}`"))
}

/// `drop`, `delay-s=5`.
impl FromStr for Kind {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        match text.split_once('=') {
            Some((name, number)) => Self::of(name.trim(), Some(number.trim())),
            None => Self::of(text, None),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop => f.write_str("drop"),
            Self::DelayS(s) => write!(f, "delay-s={s}"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::Close => f.write_str("close"),
            Self::Reset => f.write_str("reset"),
            Self::Freeze => f.write_str("freeze"),
            Self::HalfOpen => f.write_str("half-open"),
            Self::Takeover => f.write_str("takeover"),
            Self::TokenExpiry => f.write_str("token-expiry"),
            Self::MaintenanceS(s) => write!(f, "maintenance-s={s}"),
            Self::Connack(code) => write!(f, "connack={code}"),
            Self::Status(status) => write!(f, "status={status}"),
            Self::WrongRid => f.write_str("wrong-rid"),
            Self::WrongVersion(by) => write!(f, "wrong-version={by}"),
            Self::Reorder(count) => write!(f, "reorder={count}"),
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EitherForm;
        impl<'de> de::Visitor<'de> for EitherForm {
            type Value = Kind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a fault such as \"drop\", \"delay-s=5\" or { delay-s = 5 }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Kind, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_map<M: de::MapAccess<'de>>(self, mut map: M) -> Result<Kind, M::Error> {
                let Some((name, number)) = map.next_entry::<String, i64>()? else {
                    return Err(de::Error::invalid_length(0, &self));
                };
                if map.next_key::<String>()?.is_some() {
                    return Err(de::Error::custom("a fault does one thing: add another fault"));
                }
                Kind::of(&name, Some(&number.to_string())).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(EitherForm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_in_both_forms() {
        for (json, kind) in [
            (r#""drop""#, Kind::Drop),
            (r#""delay-s=5""#, Kind::DelayS(5)),
            (r#"{"delay-s":5}"#, Kind::DelayS(5)),
            (r#""duplicate""#, Kind::Duplicate),
            (r#""close""#, Kind::Close),
            (r#""reset""#, Kind::Reset),
            (r#""freeze""#, Kind::Freeze),
            (r#""half-open""#, Kind::HalfOpen),
            (r#""takeover""#, Kind::Takeover),
            (r#""token-expiry""#, Kind::TokenExpiry),
            (r#"{"maintenance-s":0}"#, Kind::MaintenanceS(0)),
            (r#"{"connack":3}"#, Kind::Connack(3)),
            (r#"{"status":429}"#, Kind::Status(429)),
            (r#""wrong-rid""#, Kind::WrongRid),
            (r#"{"wrong-version":-1}"#, Kind::WrongVersion(-1)),
            (r#""reorder = 3""#, Kind::Reorder(3)),
        ] {
            let read: Kind = serde_json::from_str(json).expect(json);
            assert_eq!(read, kind, "{json}");
            let written = serde_json::to_string(&kind).expect("a kind");
            assert_eq!(serde_json::from_str::<Kind>(&written).expect("its own"), kind, "{written}");
        }
    }
}
