//! Who may do what in a namespace.

use cloud::{
    event_grid::{
        Identity, Namespace,
        model::Permission::{self, Publisher, Subscriber},
    },
    seed::Seed,
};

const HOST: &str = "contoso.westeurope-1.ts.eventgrid.azure.net";

fn namespace(rest: &str) -> Namespace {
    let toml = format!(
        r##"
        [[namespace]]
        name = "contoso"
        {rest}

        [[namespace.clients]]
        name = "c1"
        authenticationName = "Press-1"
        attributes = {{ floor = 3, kinds = ["press", "metal"] }}

        [[namespace.clients]]
        name = "c2"
        attributes = {{ floor = 4 }}

        [[namespace.clientGroups]]
        name = "third"
        query = "attributes.floor = 3"

        [[namespace.topicSpaces]]
        name = "own"
        topicTemplates = ["own/${{client.authenticationName}}/#", "kinds/${{client.attributes.kinds}}"]

        [[namespace.topicSpaces]]
        name = "alarms"
        topicTemplates = ["alarms/+"]

        [[namespace.topicSpaces]]
        name = "unbound"
        topicTemplates = ["#"]

        [[namespace.permissionBindings]]
        name = "all-own"
        clientGroupName = "$all"
        topicSpaceName = "own"
        permission = "Publisher"

        [[namespace.permissionBindings]]
        name = "third-alarms"
        clientGroupName = "THIRD"
        topicSpaceName = "Alarms"
        permission = "Subscriber"

        [[namespace.roleAssignments]]
        name = "service"
        principalId = "6d1a"
        roleDefinitionName = "EventGrid TopicSpaces Publisher"

        [[namespace.roleAssignments]]
        name = "watch"
        principalId = "6D1A"
        roleDefinitionName = "EventGrid TopicSpaces Subscriber"
        topicSpaceName = "alarms"
        "##
    );
    let registry = toml::from_str::<Seed>(&toml).expect("a seed").registry().expect("a registry");
    registry.namespace(HOST).expect("the namespace").clone()
}

fn who(namespace: &Namespace, name: &str) -> Identity {
    let client = namespace.client_named(name).map(Identity::from);
    client.or_else(|| namespace.principal(name)).unwrap_or_else(|| Identity::named(name))
}

#[test]
fn nothing_is_allowed_but_what_a_binding_or_a_role_allows() {
    let namespace = namespace("");
    for (name, permission, topic, allowed) in [
        ("press-1", Publisher, "own/Press-1", true),
        ("press-1", Publisher, "own/Press-1/a/b", true),
        ("press-1", Publisher, "own/c2", false),
        ("press-1", Publisher, "kinds/metal", true),
        ("press-1", Subscriber, "own/Press-1", false),
        ("press-1", Subscriber, "alarms/fire", true),
        ("press-1", Subscriber, "alarms/+", true),
        ("press-1", Subscriber, "alarms/#", false),
        ("press-1", Publisher, "alarms/fire", false),
        ("press-1", Subscriber, "other", false),
        ("c2", Publisher, "own/c2", true),
        ("c2", Publisher, "kinds/metal", false),
        ("c2", Subscriber, "alarms/fire", false),
        // Whoever came by a token or a webhook is of `$all`, too.
        ("guest", Publisher, "own/guest", true),
        ("guest", Subscriber, "alarms/fire", false),
        // A role counts for all topic spaces, or for the one it names.
        ("6d1a", Publisher, "anything/at/all", true),
        ("6d1a", Subscriber, "alarms/fire", true),
        ("6d1a", Subscriber, "own/6d1a", false),
    ] {
        let found = namespace.may(&who(&namespace, name), permission, topic);
        assert_eq!(found, allowed, "{name} {permission:?} {topic}");
    }
}

#[test]
fn what_an_array_stands_for_is_the_profiles_choice() {
    for (profile, allowed) in [("any", true), ("never", false), ("joined", false)] {
        let namespace = namespace(&format!("profile = {{ array_attribute = \"{profile}\" }}"));
        let found = namespace.may(&who(&namespace, "Press-1"), Publisher, "kinds/metal");
        assert_eq!(found, allowed, "{profile}");
    }
}

#[test]
fn a_denial_says_why() {
    let namespace = namespace("");
    let denial = |name: &str, permission: Permission, topic: &str| {
        namespace.denial(&who(&namespace, name), permission, topic)
    };
    for (denial, says) in [
        (
            denial("c2", Publisher, "a/b"),
            "`c2` may not publish to `a/b`: no template covers it in own",
        ),
        (
            denial("c2", Subscriber, "a/#"),
            "`c2` may not subscribe to `a/#`: no binding gives Subscriber to one of its groups: $all",
        ),
        (
            denial("press-1", Subscriber, "#"),
            "`Press-1` may not subscribe to `#`: no template covers it in alarms",
        ),
    ] {
        assert_eq!(denial, says);
    }
    let groups =
        |name: &str| namespace.groups(&who(&namespace, name)).collect::<Vec<_>>().join(" ");
    assert_eq!((groups("press-1"), groups("c2")), ("$all third".to_owned(), "$all".to_owned()));
    assert_eq!(namespace.principal("nobody"), None);
}
