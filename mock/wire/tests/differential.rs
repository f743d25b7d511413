//! Two other codecs read the same frames. Where they differ from ours is listed in `known.rs`, with
//! the reason; nothing else may differ, and what is listed must.

mod frames;
mod known;
mod mutants;
mod peers;

use std::collections::{BTreeMap, BTreeSet};

use bytes::BytesMut;
use frames::{LIMIT_BYTES, Row, rows};
use known::KNOWN;
use mutants::Mutants;
use peers::{Peer, Recoded};
use wire::{
    Ack, Auth, Connack, Decoder, Disconnect, Malformed, Packet, Property, Publish, Suback,
    Subscribe, Unsuback, Unsubscribe, Version,
};

/// How a peer differs from us on one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// It reads what we refuse.
    Laxer,
    /// It refuses what we read.
    Stricter,
    /// Both read it, not as the same packet; or it writes what it read as something else.
    Otherwise,
}

/// A disagreement without the frame: what the two said about it.
type Kind = (Peer, How, String);

#[test]
fn peers_differ_on_the_corpus_as_listed() {
    let listed: BTreeSet<(Peer, How, &str)> = KNOWN
        .iter()
        .flat_map(|known| known.rows.iter().map(|&name| (known.peer, known.how, name)))
        .collect();
    let seen: BTreeSet<(Peer, How, &str)> = rows()
        .iter()
        .flat_map(|row| disagreements(row).into_iter().map(|(peer, how, _)| (peer, how, row.name)))
        .collect();
    let unlisted: Vec<_> = seen.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&seen).collect();
    assert!(unlisted.is_empty(), "not listed: {unlisted:#?}");
    assert!(stale.is_empty(), "listed, but they agree: {stale:#?}");
}

#[test]
fn each_known_disagreement_has_a_reason_and_stands_once() {
    let mut seen = BTreeSet::new();
    for known in KNOWN {
        assert!(!known.why.is_empty() && !known.rows.is_empty());
        for name in known.rows {
            assert!(seen.insert((known.peer, known.how, *name)), "{name} stands twice");
        }
    }
}

/// Bent frames turn up no kind of disagreement that the corpus does not have a row for.
#[test]
fn peers_differ_on_bent_frames_only_in_known_kinds() {
    let known: BTreeSet<Kind> = rows().iter().flat_map(disagreements).collect();
    let mut unknown = BTreeMap::new();
    for (version, frame) in Mutants::new(0xD1FF).take(60_000) {
        let row = Row { name: "bent", version, frame, expected: Err("") };
        for kind in disagreements(&row) {
            if !known.contains(&kind) {
                let example = format!("{version:?} {}", row.frame.escape_ascii());
                unknown.entry(kind).or_insert(example);
            }
        }
    }
    assert!(unknown.is_empty(), "kinds without a row in the corpus: {unknown:#?}");
}

fn disagreements(row: &Row) -> Vec<Kind> {
    let mut decoder = row.decoder();
    let ours = decoder.decode(&mut row.input());
    Peer::ALL
        .into_iter()
        .filter_map(|peer| {
            let theirs = peer.recode(row.version, &row.frame)?;
            let (how, what) = compare(&ours, &theirs, decoder.version())?;
            Some((peer, how, what))
        })
        .collect()
}

fn compare(
    ours: &Result<Option<Packet>, Malformed>,
    theirs: &Recoded,
    version: Option<Version>,
) -> Option<(How, String)> {
    match (ours, theirs) {
        (Err(malformed), Ok(_)) => Some((How::Laxer, malformed.clause.to_owned())),
        (Ok(Some(packet)), Err(error)) => {
            let no_version = matches!(packet, Packet::Connect(c) if c.version().is_none());
            // Whatever such a CONNECT goes on with, we do not look at it.
            let what = if no_version {
                "CONNECT of no version".to_owned()
            } else {
                format!("{}: {error}", packet.name())
            };
            Some((How::Stricter, what))
        }
        (Ok(Some(packet)), Ok(written)) => {
            let again =
                Decoder::new(version, LIMIT_BYTES).decode(&mut BytesMut::from(&written[..]));
            let same = again.is_ok_and(|again| again.map(plain) == Some(plain(packet.clone())));
            (!same).then(|| (How::Otherwise, packet.name().to_owned()))
        }
        // Neither takes an incomplete frame for a packet, nor a malformed one.
        (Ok(None) | Err(_), _) => None,
    }
}

/// The packet without what may be left out and in one order, so that equals compare equal.
fn plain(mut packet: Packet) -> Packet {
    let properties = match &mut packet {
        Packet::Connect(connect) => {
            if let Some(will) = &mut connect.will {
                tidy(&mut will.properties);
            }
            &mut connect.properties
        }
        Packet::Connack(Connack { properties, .. })
        | Packet::Publish(Publish { properties, .. })
        | Packet::Puback(Ack { properties, .. })
        | Packet::Pubrec(Ack { properties, .. })
        | Packet::Pubrel(Ack { properties, .. })
        | Packet::Pubcomp(Ack { properties, .. })
        | Packet::Subscribe(Subscribe { properties, .. })
        | Packet::Suback(Suback { properties, .. })
        | Packet::Unsubscribe(Unsubscribe { properties, .. })
        | Packet::Unsuback(Unsuback { properties, .. })
        | Packet::Disconnect(Disconnect { properties, .. })
        | Packet::Auth(Auth { properties, .. }) => properties,
        Packet::Pingreq | Packet::Pingresp => return packet,
    };
    tidy(properties);
    packet
}

fn tidy(properties: &mut Vec<Property>) {
    properties.retain(|property| !is_default(property));
    properties.sort_by_key(Property::id);
}

/// A property whose value means the same as its absence.
const fn is_default(property: &Property) -> bool {
    matches!(
        property,
        Property::PayloadFormatIndicator(0)
            | Property::SessionExpiryIntervalS(0)
            | Property::WillDelayIntervalS(0)
            | Property::RequestProblemInformation(1)
            | Property::RequestResponseInformation(0)
            | Property::ReceiveMaximum(65_535)
            | Property::TopicAliasMaximum(0)
            | Property::RetainAvailable(1)
            | Property::WildcardSubscriptionAvailable(1)
            | Property::SubscriptionIdentifierAvailable(1)
            | Property::SharedSubscriptionAvailable(1)
    )
}
