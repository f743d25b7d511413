//! ALI-WILL: there are no Wills.

use broker::Message;
use wire::Connect;

use super::{
    Session, deliver,
    end::{Ending, UNSPECIFIED_ERROR},
    instance::Operation,
    open, topic, uplink,
};
use crate::{
    cloud::Core,
    profile::{AlibabaProfile, Will},
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    NO_WILLS = "ALI-WILL-001";
}

/// Judges a CONNECT with a Will: it is never published, and refused where the profile says so.
pub(super) fn judge(
    connect: &Connect,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let refuses = connect.will.is_some() && profile.will == Will::Refuse;
    Ending::unless(!refuses, open::LEFT_OUT, UNSPECIFIED_ERROR, ruling)
}

/// A connection has ended without DISCONNECT: its Will is published where the profile says so, as any
/// message of its device is.
pub(super) fn publish(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    let Some(will) = &session.will else { return };
    let Some(instance) = core.instance(&session.instance) else { return };
    let because = match instance.profile.will {
        Will::Publish if ruling.value(open::LEFT_OUT, true, false) => open::LEFT_OUT,
        Will::Ignore | Will::Refuse if ruling.gives_wrong_value(NO_WILLS) => NO_WILLS,
        _ => return,
    };
    let judged = topic::judge(instance, session, &will.topic, Operation::Pub, ruling);
    if let Err(Broken(_)) = judged {
        return;
    }
    let message = Message {
        publisher: Some(session.key.clone()),
        ..Message::new(&will.topic, will.payload.clone()).at(will.qos)
    };
    uplink::arrived(core, session, &message, ruling);
    deliver::route(core, &session.instance, &message, because, ruling);
}
