//! Topic names and topic filters: MQTT 3.1.1 and 5, section 4.7.

use std::str::Split;

/// Whether this can be the topic name of a PUBLISH: 1 to 65,535 bytes, no wildcard, no U+0000.
pub fn valid_topic_name(name: &str) -> bool {
    fits(name) && check_name(name).is_ok()
}

/// Whether this can be the topic filter of a SUBSCRIBE: 1 to 65,535 bytes, no U+0000, `+` only as
/// a whole level, `#` only as the whole last level.
pub fn valid_filter(filter: &str) -> bool {
    fits(filter) && check_filter(filter).is_ok()
}

/// Whether a valid filter covers a topic name. A leading wildcard covers no name that begins with
/// `$` [MQTT-4.7.2-1]; `a/#` covers `a` itself.
pub fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    levels_match(filter.split('/'), topic.split('/'))
}

/// What makes a topic name or filter invalid, U+0000 and length apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TopicFault {
    Empty,
    Wildcard,
    MultiLevel,
    SingleLevel,
}

pub(crate) fn check_name(name: &str) -> Result<(), TopicFault> {
    if name.is_empty() {
        return Err(TopicFault::Empty);
    }
    if name.contains(['+', '#']) { Err(TopicFault::Wildcard) } else { Ok(()) }
}

pub(crate) fn check_filter(filter: &str) -> Result<(), TopicFault> {
    if filter.is_empty() {
        return Err(TopicFault::Empty);
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        if level.contains('#') && (level != "#" || levels.peek().is_some()) {
            return Err(TopicFault::MultiLevel);
        }
        if level.contains('+') && level != "+" {
            return Err(TopicFault::SingleLevel);
        }
    }
    Ok(())
}

fn fits(text: &str) -> bool {
    text.len() <= usize::from(u16::MAX) && !text.contains('\0')
}

fn levels_match(mut filter: Split<'_, char>, mut topic: Split<'_, char>) -> bool {
    loop {
        match (filter.next(), topic.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(wanted), Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
}
