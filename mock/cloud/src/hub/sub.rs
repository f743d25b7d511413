//! HUB-SUB: subscriptions. A closed list of filters, five at a time.

use wire::{Ack, Packet, Suback, Subscribe, Unsuback, Unsubscribe};

use super::{
    Session, c2d, limit, method, module, open,
    topic::{self, Feed, NoFeed},
};
use crate::{
    cloud::Core,
    profile::Reaction,
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    session::Granted,
};

rules! {
    AT_MOST_FIVE = "HUB-SUB-001";
    DOCUMENTED_TOPICS_ONLY = "HUB-SUB-002";
    DOCUMENTED_FILTERS_ONLY = "HUB-SUB-003";
}

const MOST: usize = 5;
const FAILURE: u8 = 0x80;

/// Judges each filter, answers all of them in one SUBACK, then serves what waited for them.
pub(super) fn subscribe(
    core: &mut Core,
    session: &mut Session,
    subscribe: &Subscribe,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let mut codes = Vec::with_capacity(subscribe.filters.len());
    for filter in &subscribe.filters {
        codes.push(grant(core, session, &filter.filter, filter.qos, ruling)?);
    }
    let suback = Suback { packet_id: subscribe.packet_id, properties: Vec::new(), codes };
    ruling.send(session.conn, Packet::Suback(suback), DOCUMENTED_FILTERS_ONLY);
    method::subscribed(core, session, ruling);
    c2d::deliver(core, session, ruling);
    Ok(())
}

/// Drops subscriptions; an unknown filter is the profile's matter.
pub(super) fn unsubscribe(
    core: &mut Core,
    session: &mut Session,
    unsubscribe: &Unsubscribe,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let reaction = core.profile(&session.host).unsubscribe_unknown;
    for filter in &unsubscribe.filters {
        let known = topic::feed(&session.id, filter).is_ok();
        if !known && reaction == Reaction::Close {
            ruling.uphold(open::UNSUBSCRIBE_IS_ACKNOWLEDGED, false)?;
        }
        session.subscriptions.remove(filter);
    }
    let unsuback = Unsuback { packet_id: unsubscribe.packet_id, ..Unsuback::default() };
    ruling.send(session.conn, Packet::Unsuback(unsuback), open::UNSUBSCRIBE_IS_ACKNOWLEDGED);
    Ok(())
}

/// The return code for one filter.
fn grant(
    core: &mut Core,
    session: &mut Session,
    filter: &str,
    asked: wire::Qos,
    ruling: &mut Ruling<'_>,
) -> Result<u8, Broken> {
    let profile = core.profile(&session.host);
    c2d::note_filter(session, filter, ruling);
    let feed = match topic::feed(&session.id, filter) {
        Ok(Feed::CloudToDevice) if !c2d::is_in_tier(profile, ruling)? => return Ok(FAILURE),
        Ok(feed) => {
            grant_variant(filter, feed, ruling)?;
            ruling.note(DOCUMENTED_FILTERS_ONLY, true);
            Some(feed)
        }
        Err(why) => {
            let rule = match why {
                NoFeed::Foreign => c2d::OWN_ENDPOINT_ONLY,
                NoFeed::SubTopic => c2d::NO_WILDCARD_BELOW,
                NoFeed::Unsupported => DOCUMENTED_FILTERS_ONLY,
            };
            ruling.note(limit::TOPICS_ARE_FIXED, false);
            module::note_stray_filter(session, filter, ruling);
            match profile.unsupported_filter {
                Reaction::Close => {
                    if !ruling.value(open::UNSUPPORTED_FILTER_CLOSES, true, false) {
                        return Ok(FAILURE);
                    }
                    ruling.uphold(rule, false)?;
                }
                Reaction::Suback80 => {
                    let granted = asked.min(wire::Qos::AtLeastOnce).level();
                    return Ok(ruling.value(open::UNSUPPORTED_FILTER_CLOSES, FAILURE, granted));
                }
                Reaction::Accept => ruling.grant(open::UNSUPPORTED_FILTER_CLOSES)?,
            }
            None
        }
    };
    let is_new = !session.subscriptions.contains_key(filter);
    if is_new && !has_room(session, profile.sixth_subscription, ruling)? {
        return Ok(FAILURE);
    }
    if !is_new && session.subscriptions.len() >= MOST {
        ruling.grant(open::SIXTH_SUBSCRIPTION)?;
    }
    let granted = ruling.value(c2d::GRANTED_AT_MOST_1, asked.min(wire::Qos::AtLeastOnce), asked);
    let first_sequence_number = match session.subscriptions.get(filter) {
        Some(old) => old.first_sequence_number,
        None => c2d::next_sequence_number(core, session),
    };
    session
        .subscriptions
        .insert(filter.to_owned(), Granted { qos: granted, first_sequence_number });
    if feed == Some(Feed::TwinAnswers) || feed == Some(Feed::DesiredNotices) {
        super::twin::note_subscription(core, session, ruling);
    }
    Ok(granted.level())
}

/// Whether one more subscription fits; a sixth is the profile's matter.
fn has_room(session: &Session, sixth: Reaction, ruling: &mut Ruling<'_>) -> Result<bool, Broken> {
    let fits = session.subscriptions.len() < MOST;
    if fits {
        ruling.note(AT_MOST_FIVE, true);
        return Ok(true);
    }
    match sixth {
        Reaction::Close => ruling.uphold(AT_MOST_FIVE, false).map(|()| true),
        Reaction::Suback80 => {
            ruling.note(AT_MOST_FIVE, false);
            Ok(ruling.value(open::SIXTH_SUBSCRIPTION, false, true))
        }
        Reaction::Accept => {
            ruling.note(AT_MOST_FIVE, false);
            ruling.grant(open::SIXTH_SUBSCRIPTION).map(|()| true)
        }
    }
}

/// Filters beyond the documented spelling that real clients use.
fn grant_variant(filter: &str, feed: Feed, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    let rule: Option<Rule> = match feed {
        Feed::CloudToDevice if filter.starts_with("devices/+/") => Some(open::FILTER_VARIANTS),
        Feed::Methods if filter != "$iothub/methods/POST/#" => Some(open::FILTER_VARIANTS),
        Feed::ModuleInputs if filter.ends_with("/inputs/#") => Some(open::MODULES_ARE_APART),
        Feed::ModuleInputs if filter.ends_with("/messages/devicebound/#") => {
            Some(open::FILTER_VARIANTS)
        }
        Feed::ModuleInputs => Some(module::FILTER),
        _ => None,
    };
    rule.map_or(Ok(()), |rule| ruling.grant(rule))
}

/// What is granted for a feed, if the session has it at all: of filters that overlap the highest QoS
/// and the earliest message.
pub(super) fn granted(session: &Session, wanted: Feed) -> Option<Granted> {
    session
        .subscriptions
        .iter()
        .filter(|(filter, _)| topic::feed(&session.id, filter) == Ok(wanted))
        .map(|(_, granted)| *granted)
        .reduce(|a, b| Granted {
            qos: a.qos.max(b.qos),
            first_sequence_number: a.first_sequence_number.min(b.first_sequence_number),
        })
}

/// Kept so that acknowledgements of the hub's own deliveries find their message.
pub(super) fn puback(
    core: &mut Core,
    session: &mut Session,
    ack: &Ack,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    c2d::completed(core, session, ack.packet_id, ruling);
    Ok(())
}
