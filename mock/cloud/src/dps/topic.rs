//! The closed list of topics that a device may publish to, and of filters that it may subscribe to.

pub(super) use crate::hub::topic::query_value;

/// The one filter that there is.
pub(super) const ANSWERS: &str = "$dps/registrations/res/#";

const REGISTER: &str = "$dps/registrations/PUT/iotdps-register";
const POLL: &str = "$dps/registrations/GET/iotdps-get-operationstatus";

/// What a publish is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic<'a> {
    /// `$dps/registrations/PUT/iotdps-register/?$rid={rid}`
    Register { query: &'a str },
    /// `$dps/registrations/GET/iotdps-get-operationstatus/?$rid={rid}&operationId={operation id}`
    Poll { query: &'a str },
    /// Nothing that the documents name.
    Unsupported(Meant),
}

/// What an unsupported topic was probably meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    Register,
    Poll,
    Nothing,
}

impl<'a> Topic<'a> {
    /// Tells what a topic name is. Without a query it is a request without a rid.
    pub(super) fn of(topic: &'a str) -> Self {
        if let Some(query) = topic.strip_prefix(REGISTER).and_then(query) {
            Self::Register { query }
        } else if let Some(query) = topic.strip_prefix(POLL).and_then(query) {
            Self::Poll { query }
        } else if topic.starts_with("$dps/registrations/PUT/") {
            Self::Unsupported(Meant::Register)
        } else if topic.starts_with("$dps/registrations/GET/") {
            Self::Unsupported(Meant::Poll)
        } else {
            Self::Unsupported(Meant::Nothing)
        }
    }
}

/// What a filter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    /// All answers.
    Answers,
    /// Some of the answers, picked out by their topic.
    SomeAnswers,
    /// Nothing that the documents name.
    Unsupported,
}

/// Tells what a filter asks for.
pub(super) fn feed(filter: &str) -> Feed {
    if filter == ANSWERS {
        Feed::Answers
    } else if filter.starts_with("$dps/registrations/res/") {
        Feed::SomeAnswers
    } else {
        Feed::Unsupported
    }
}

/// Whether a query has just these parameters, in this order, each with a value.
pub(super) fn consists_of(query: &str, names: &[&str]) -> bool {
    query.split('&').count() == names.len()
        && query.split('&').zip(names).all(|(pair, name)| {
            pair.split_once('=').is_some_and(|(key, value)| key == *name && !value.is_empty())
        })
}

/// The query behind a topic's words, which may be missing.
fn query(rest: &str) -> Option<&str> {
    match rest {
        "" | "/" => Some(""),
        _ => rest.strip_prefix("/?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_of_a_device() {
        let register = |query| Topic::Register { query };
        for (topic, expected) in [
            ("$dps/registrations/PUT/iotdps-register/?$rid=1", register("$rid=1")),
            ("$dps/registrations/PUT/iotdps-register/", register("")),
            ("$dps/registrations/PUT/iotdps-register", register("")),
            (
                "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId=5.a.b",
                Topic::Poll { query: "$rid=1&operationId=5.a.b" },
            ),
            ("$dps/registrations/PUT/iotdps-register?$rid=1", Topic::Unsupported(Meant::Register)),
            (
                "$dps/registrations/PUT/iotdps-registers/?$rid=1",
                Topic::Unsupported(Meant::Register),
            ),
            ("$dps/registrations/GET/status/?$rid=1", Topic::Unsupported(Meant::Poll)),
            ("$dps/registrations/res/200/?$rid=1", Topic::Unsupported(Meant::Nothing)),
            ("/$dps/registrations/PUT/iotdps-register/", Topic::Unsupported(Meant::Nothing)),
            ("telemetry", Topic::Unsupported(Meant::Nothing)),
        ] {
            assert_eq!(Topic::of(topic), expected, "{topic}");
        }
    }

    #[test]
    fn one_filter_is_served() {
        for (filter, expected) in [
            ("$dps/registrations/res/#", Feed::Answers),
            ("$dps/registrations/res/200/#", Feed::SomeAnswers),
            ("$dps/registrations/res/+/?$rid=1", Feed::SomeAnswers),
            ("$dps/registrations/res/+", Feed::SomeAnswers),
            ("$dps/registrations/#", Feed::Unsupported),
            ("$dps/#", Feed::Unsupported),
            ("#", Feed::Unsupported),
        ] {
            assert_eq!(feed(filter), expected, "{filter}");
        }
    }

    #[test]
    fn a_query_is_judged_by_names_order_and_values() {
        let names = ["$rid", "operationId"];
        for (query, holds) in [
            ("$rid=1&operationId=5.a.b", true),
            ("$rid=a=b&operationId=5", true),
            ("operationId=5&$rid=1", false),
            ("$rid=1", false),
            ("$rid=&operationId=5", false),
            ("$rid=1&operationId=5&x=y", false),
            ("rid=1&operationId=5", false),
            ("", false),
        ] {
            assert_eq!(consists_of(query, &names), holds, "{query}");
        }
    }
}
