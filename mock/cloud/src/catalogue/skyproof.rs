//! What skyproof adds to the clouds: orders of the operator, faults, and many tenants in one mock. No
//! vendor documents these; they are listed so that no effect is without a clause, and count for no
//! vendor's page.

use crate::clause::{Binds, Clause, Confidence, Level, Standing};

pub(super) const CLAUSES: &[Clause] = &[
    own(
        "SKY-OPERATOR-001",
        "An order of the operator is answered with the state that it leaves behind.",
    ),
    own(
        "SKY-OPERATOR-002",
        "An order that cannot be carried out changes nothing and is answered with an error in the \
         service's own terms.",
    ),
    own(
        "SKY-OPERATOR-003",
        "A connection that the operator cuts breaks off without a word, as if the network failed.",
    ),
    own(
        "SKY-OPERATOR-004",
        "A reset ends every connection and leaves nothing but the tenants that came with it.",
    ),
    own(
        "SKY-OPERATOR-005",
        "A message that the operator publishes into a namespace reaches every session that has \
         subscribed to its topic.",
    ),
    own(
        "SKY-FAULT-001",
        "A fault bends what the cloud decided or keeps a packet from it, and the trace shows what \
         it struck.",
    ),
    own(
        "SKY-FAULT-002",
        "A connection that a fault ends counts as one that the network ended, so its Will is sent.",
    ),
    own("SKY-FAULT-003", "A request that a fault refuses is answered and not carried out."),
    own(
        "SKY-FAULT-004",
        "A takeover that a fault brings about ends a connection as a newer one of its identity does.",
    ),
    own(
        "SKY-FAULT-005",
        "A token expiry that a fault brings about ends a connection as time would.",
    ),
    own(
        "SKY-FAULT-006",
        "Maintenance closes connections, and its outage refuses each CONNECT with code 3.",
    ),
    own(
        "SKY-FAULT-007",
        "A connection that a fault leaves half-open carries nothing in one direction and \
         everything in the other.",
    ),
    own(
        "SKY-FAULT-008",
        "A fault strikes after as many matches, as many times and in such a time as it says.",
    ),
    own(
        "SKY-FAULT-009",
        "A fault of some probability strikes by the seed: the same seed gives the same strikes.",
    ),
    own("SKY-FAULT-010", "A fault that the seed declares is at work from the beginning."),
    own(
        "SKY-FAULT-011",
        "A fault by the clock strikes each connection that lives when it begins, without a packet.",
    ),
    own(
        "SKY-TENANT-001",
        "A connection belongs to the hub that its token names, or its username, or its server name; \
         the default hub takes it when none of them does.",
    ),
    own(
        "SKY-TENANT-002",
        "A connection that names no host of any cloud belongs to the namespace or Alibaba instance that \
         is the mock's only tenant.",
    ),
    own(
        "SKY-TENANT-003",
        "A CONNECT is dealt with in the dialect of the cloud that it is meant for, whatever other clouds the mock has.",
    ),
    own("SKY-HTTP-001", "A request over HTTPS that no cloud knows is answered with status 404."),
    client(
        "SKY-CLIENT-001",
        Level::Must,
        "A device that has lost its connection connects again by itself.",
    ),
    client(
        "SKY-CLIENT-002",
        Level::Should,
        "A device spaces its attempts to connect exponentially, with jitter.",
    ),
    client(
        "SKY-CLIENT-003",
        Level::Should,
        "A device whose packets are not answered any more gives the connection up and makes a new one.",
    ),
    client(
        "SKY-CLIENT-004",
        Level::Must,
        "A message at QoS 1 that was not acknowledged is sent again on the session's next connection.",
    ),
    client(
        "SKY-CLIENT-005",
        Level::Should,
        "A SUBSCRIBE that is not answered is sent again, or its connection is given up.",
    ),
    client(
        "SKY-CLIENT-006",
        Level::Must,
        "A device acknowledges each message that it gets at QoS 1.",
    ),
    client(
        "SKY-CLIENT-007",
        Level::Must,
        "A device that is told that it has no session subscribes again.",
    ),
    client(
        "SKY-CLIENT-008",
        Level::Should,
        "A device that sees a gap in the versions of its desired properties reads its twin.",
    ),
    client("SKY-CLIENT-009", Level::Should, "A device renews its token before it runs out."),
    client(
        "SKY-CLIENT-010",
        Level::Should,
        "A device whose twin request is throttled asks again later.",
    ),
    client(
        "SKY-CLIENT-011",
        Level::Must,
        "A device refuses a server certificate that is out of date, of another name, or of nobody it trusts.",
    ),
    client(
        "SKY-CLIENT-012",
        Level::Must,
        "A device copes with a server certificate that is longer than a TLS record.",
    ),
    client(
        "SKY-CLIENT-013",
        Level::Must,
        "A device takes a message whatever bytes its body has, and of any length that the hub lets pass.",
    ),
    client(
        "SKY-CLIENT-014",
        Level::Must,
        "A device answers a call that it has subscribed to take: a direct method, an RRPC request.",
    ),
    client(
        "SKY-CLIENT-015",
        Level::Must,
        "A device connects to a server that speaks TLS 1.2 alone.",
    ),
    client(
        "SKY-CLIENT-016",
        Level::Must,
        "A device that is refused for now, by return code 3, tries again.",
    ),
    client(
        "SKY-CLIENT-017",
        Level::Should,
        "A device asks for nothing that its cloud is known not to have, such as a Will, RETAIN or QoS 2.",
    ),
];

/// A clause of our own.
const fn own(id: &'static str, says: &'static str) -> Clause {
    Clause {
        id,
        binds: Binds::Cloud,
        level: Level::Choice,
        confidence: Confidence::NotFound,
        says,
        source: "skyproof",
        switch: None,
        standing: Standing::Proven,
    }
}

/// What makes a good client, whatever cloud it talks to: asked of devices by the MQTT standard, or by
/// AWS IoT Device Advisor, the one program that asks such things. `skyproof certify` judges it.
const fn client(id: &'static str, level: Level, says: &'static str) -> Clause {
    Clause {
        level,
        binds: Binds::Device,
        source: "MQTT 3.1.1, and AWS IoT Device Advisor",
        ..own(id, says)
    }
}
