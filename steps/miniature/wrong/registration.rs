//! Clients that register, and poll, in another way than they should.

use wire::{Packet, Unsubscribe};

use super::{publish, retopic};
use crate::miniature::habits::Polls;

const REGISTER: &str = "$dps/registrations/PUT/iotdps-register/";
const POLL: &str = "$dps/registrations/GET/iotdps-get-operationstatus/";

miniatures! { "dps":
    /// It registers before it has subscribed to the answers.
    registers_before_subscribing(habits) ["DPS-REG-001"] {
        habits.registers_before_subscribing = true;
    }

    /// It registers without a request id.
    registers_without_a_rid(habits) ["DPS-REG-002"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, REGISTER) {
                publish.topic = REGISTER.to_owned();
            }
        });
    }

    /// It registers with a list.
    registers_with_a_list(habits) ["DPS-REG-003"] {
        habits.says = Some(|packet, _| rebody(packet, "[1]"));
    }

    /// It registers with what is no JSON.
    registers_with_text(habits) ["DPS-REG-003", "DPS-REG-004"] {
        habits.says = Some(|packet, _| rebody(packet, "registrationId=me"));
    }

    /// It takes the first 202 as the end.
    never_polls(habits) ["DPS-POLL-001"] {
        habits.polls = Polls::Never;
    }

    /// It polls once.
    polls_once(habits) ["DPS-POLL-002", "DPS-POLL-008"] {
        habits.polls = Polls::Once;
    }

    /// It does not wait before it polls.
    polls_at_once(habits) ["DPS-POLL-009"] {
        habits.polls = Polls::AtOnce;
    }

    /// It goes on polling after the end.
    polls_on_and_on(habits) ["DPS-POLL-010"] {
        habits.polls = Polls::OnAndOn;
    }

    /// It takes its subscription back before it polls.
    polls_without_a_subscription(habits) ["DPS-POLL-003"] {
        habits.polls = Polls::Unsubscribed;
    }

    /// It polls on a topic with the operation alone.
    polls_without_a_rid(habits) ["DPS-POLL-004"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, POLL)
                && let Some((_, operation)) = publish.topic.split_once("&operationId=")
            {
                publish.topic = format!("{POLL}?operationId={operation}");
            }
        });
    }

    /// It polls for an operation that it was not given.
    polls_for_another_operation(habits) ["DPS-POLL-001", "DPS-POLL-005"] {
        habits.says = Some(|packet, _| retopic(packet, "operationId=5.", "operationId=4."));
    }

    /// It asks again at once when DPS has no time for it.
    nags_dps(habits) ["DPS-OPEN-038"] {
        habits.nags = true;
    }

    /// It never asks again when DPS has no time for it.
    gives_up_its_registration(habits) ["DPS-OPEN-038"] {
        habits.gives_up = true;
    }

    /// It asks again after a final no.
    takes_no_no(habits) ["DPS-OPEN-038"] {
        habits.never_takes_no = true;
    }
}

fn rebody(packet: &mut Packet, body: &'static str) {
    if let Some(publish) = publish(packet, REGISTER) {
        publish.payload = body.into();
    }
}

/// Takes the subscription to the answers back.
pub(in crate::miniature) fn unsubscribe() -> Packet {
    Packet::Unsubscribe(Unsubscribe {
        packet_id: 60_000,
        filters: vec!["$dps/registrations/res/#".to_owned()],
        ..Unsubscribe::default()
    })
}
