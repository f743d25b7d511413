//! One line per packet for transcripts. Passwords and authentication data never appear.

use std::fmt::{self, Display, Formatter, Write};

use crate::{
    Ack, Auth, Connack, Connect, Disconnect, Filter, Packet, Property, Publish, Suback, Subscribe,
    Unsuback, Unsubscribe, Will,
};

impl Display for Packet {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Connect(connect) => show_connect(connect, f),
            Self::Connack(Connack { session_present, code, properties }) => {
                let (present, code) = (u8::from(*session_present), Code(*code));
                write!(f, " session-present={present} code={code}{}", List(properties))
            }
            Self::Publish(publish) => show_publish(publish, f),
            Self::Puback(ack) | Self::Pubrec(ack) | Self::Pubrel(ack) | Self::Pubcomp(ack) => {
                show_ack(ack, f)
            }
            Self::Subscribe(Subscribe { packet_id, properties, filters }) => {
                write!(f, " id={packet_id} [{}]{}", Commas(filters.iter()), List(properties))
            }
            Self::Suback(Suback { packet_id, properties, codes })
            | Self::Unsuback(Unsuback { packet_id, properties, codes }) => {
                write!(f, " id={packet_id}")?;
                if !codes.is_empty() {
                    write!(f, " [{}]", Commas(codes.iter().map(|&code| Code(code))))?;
                }
                write!(f, "{}", List(properties))
            }
            Self::Unsubscribe(Unsubscribe { packet_id, properties, filters }) => {
                let filters = filters.iter().map(|filter| Text(filter));
                write!(f, " id={packet_id} [{}]{}", Commas(filters), List(properties))
            }
            Self::Pingreq | Self::Pingresp => Ok(()),
            Self::Disconnect(Disconnect { reason, properties })
            | Self::Auth(Auth { reason, properties }) => {
                write!(f, "{}{}", Reason(*reason), List(properties))
            }
        }
    }
}

/// A code as the standards write it: small ones in decimal, others as `0x87`.
pub(crate) struct Code(pub(crate) u8);

impl Display for Code {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            code @ 0..10 => write!(f, "{code}"),
            code => write!(f, "0x{code:02X}"),
        }
    }
}

fn show_connect(connect: &Connect, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, " v{}", Code(connect.level))?;
    if connect.version().is_none() {
        return write!(f, " name={} (no version)", Text(&connect.protocol_name));
    }
    let (clean, keep_alive_s) = (u8::from(connect.clean), connect.keep_alive_s);
    write!(f, " clean={clean} keep-alive={keep_alive_s} id={}", Text(&connect.client_id))?;
    if let Some(will) = &connect.will {
        show_will(will, f)?;
    }
    if let Some(username) = &connect.username {
        write!(f, " user={}", Text(username))?;
    }
    if let Some(password) = &connect.password {
        write!(f, " password=({} B)", password.len())?;
    }
    write!(f, "{}", List(&connect.properties))
}

fn show_will(will: &Will, f: &mut Formatter<'_>) -> fmt::Result {
    let Will { qos, retain, properties, topic, payload } = will;
    let (qos, retain) = (qos.level(), u8::from(*retain));
    write!(f, " will=(q{qos} r{retain} {} {}{})", Text(topic), Payload(payload), List(properties))
}

fn show_publish(publish: &Publish, f: &mut Formatter<'_>) -> fmt::Result {
    let (retain, dup) = (u8::from(publish.retain), u8::from(publish.dup));
    write!(f, " q{} r{retain} d{dup}", publish.qos.level())?;
    if let Some(packet_id) = publish.packet_id {
        write!(f, " id={packet_id}")?;
    }
    write!(f, " {} {}", Text(&publish.topic), Payload(&publish.payload))?;
    write!(f, "{}", List(&publish.properties))
}

fn show_ack(ack: &Ack, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, " id={}{}{}", ack.packet_id, Reason(ack.reason), List(&ack.properties))
}

/// Nothing for success.
struct Reason(u8);

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { Ok(()) } else { write!(f, " reason={}", Code(self.0)) }
    }
}

/// Text as it is where it reads as one word, else in quotes.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '"';
        if self.0.is_empty() || self.0.contains(odd) {
            write!(f, "{:?}", self.0)
        } else {
            f.write_str(self.0)
        }
    }
}

/// `(11 B: {"id":123})`: the beginning as text, or in hex where it is none.
struct Payload<'a>(&'a [u8]);

const TEXT_CHARS_MAX: usize = 60;
const HEX_BYTES_MAX: usize = 16;

impl Display for Payload<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "({} B", self.0.len())?;
        if !self.0.is_empty() {
            f.write_str(": ")?;
            match printable_head(self.0) {
                Some(text) => show_text_head(text, self.0.len(), f)?,
                None => show_hex_head(self.0, f)?,
            }
        }
        f.write_char(')')
    }
}

/// The UTF-8 text in the first bytes, enough for the characters that are shown.
fn printable_head(payload: &[u8]) -> Option<&str> {
    let head = &payload[..payload.len().min(4 * TEXT_CHARS_MAX)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The cut may go through a character; the end of the payload may not.
        Err(error) if error.error_len().is_none() && head.len() < payload.len() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let printable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().all(printable).then_some(text)
}

fn show_text_head(text: &str, payload_bytes: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let mut shown_bytes = 0;
    for c in text.chars().take(TEXT_CHARS_MAX) {
        shown_bytes += c.len_utf8();
        if c.is_control() {
            write!(f, "{}", c.escape_default())?;
        } else {
            f.write_char(c)?;
        }
    }
    if shown_bytes < payload_bytes { f.write_char('…') } else { Ok(()) }
}

fn show_hex_head(payload: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("0x")?;
    for byte in payload.iter().take(HEX_BYTES_MAX) {
        write!(f, "{byte:02X}")?;
    }
    if payload.len() > HEX_BYTES_MAX { f.write_char('…') } else { Ok(()) }
}

/// ` {name=value, …}`, nothing when empty.
struct List<'a>(&'a [Property]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " {{{}}}", Commas(self.0.iter())) }
    }
}

impl Display for Property {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name())?;
        match self {
            Self::PayloadFormatIndicator(value)
            | Self::RequestProblemInformation(value)
            | Self::RequestResponseInformation(value)
            | Self::MaximumQos(value)
            | Self::RetainAvailable(value)
            | Self::WildcardSubscriptionAvailable(value)
            | Self::SubscriptionIdentifierAvailable(value)
            | Self::SharedSubscriptionAvailable(value) => write!(f, "{value}"),
            Self::ServerKeepAliveS(value)
            | Self::ReceiveMaximum(value)
            | Self::TopicAliasMaximum(value)
            | Self::TopicAlias(value) => write!(f, "{value}"),
            Self::MessageExpiryIntervalS(value)
            | Self::SubscriptionIdentifier(value)
            | Self::SessionExpiryIntervalS(value)
            | Self::WillDelayIntervalS(value)
            | Self::MaximumPacketSize(value) => write!(f, "{value}"),
            Self::ContentType(text)
            | Self::ResponseTopic(text)
            | Self::AssignedClientIdentifier(text)
            | Self::AuthenticationMethod(text)
            | Self::ResponseInformation(text)
            | Self::ServerReference(text)
            | Self::ReasonString(text) => write!(f, "{}", Text(text)),
            Self::CorrelationData(bytes) => write!(f, "{}", Payload(bytes)),
            Self::AuthenticationData(bytes) => write!(f, "({} B)", bytes.len()),
            Self::UserProperty(name, value) => write!(f, "{}:{}", Text(name), Text(value)),
        }
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} q{}", Text(&self.filter), self.qos.level())?;
        if self.no_local {
            f.write_str(" no-local")?;
        }
        if self.retain_as_published {
            f.write_str(" retain-as-published")?;
        }
        if self.retain_handling != 0 {
            write!(f, " retain-handling={}", self.retain_handling)?;
        }
        Ok(())
    }
}

/// The items with a comma between them.
struct Commas<I>(I);

impl<I> Display for Commas<I>
where
    I: Clone + Iterator,
    I::Item: Display,
{
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, item) in self.0.clone().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{item}")?;
        }
        Ok(())
    }
}
