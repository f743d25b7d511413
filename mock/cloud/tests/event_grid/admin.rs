//! Resources by order: what they look like, and what is said about a wrong one.

use cloud::{
    Action, Cloud, Input, Order, OrderId, Registry, Time,
    event_grid::{Identity, Namespace, model::Permission},
    order::Verb,
    seed::Seed,
};
use serde_json::{Value, json};

const HOST: &str = "contoso.westeurope-1.ts.eventgrid.azure.net";

const SEED: &str = r#"
    [[hub]]
    host = "contoso.azure-devices.net"

    [[namespace]]
    name = "contoso"
    topicSpacesConfiguration = { state = "Enabled" }

    [[namespace.clients]]
    name = "c1"
    attributes = { floor = 3 }

    [[namespace.clientGroups]]
    name = "third"
    query = "attributes.floor = 3"

    [[namespace.topicSpaces]]
    name = "space"
    topicTemplates = ["a/+"]

    [[namespace.permissionBindings]]
    name = "bind"
    clientGroupName = "third"
    topicSpaceName = "space"
    permission = "Publisher"
    "#;

struct Operator(Cloud);

impl Operator {
    fn new() -> Self {
        let registry =
            toml::from_str::<Seed>(SEED).expect("a seed").registry().expect("a registry");
        Self(Cloud::new(registry, 1))
    }

    /// What came of `PUT clients/c1` at a tenant: the answer, or `status name: message`.
    fn ask_at(&mut self, tenant: &str, head: &str, body: &Value) -> Result<Value, String> {
        let (verb, path) = head.split_once(' ').expect("a verb and a path");
        let verb = match verb {
            "GET" => Verb::Get,
            "PUT" => Verb::Put,
            "PATCH" => Verb::Patch,
            "DELETE" => Verb::Delete,
            _ => Verb::Post,
        };
        let (tenant, path, body) = (tenant.to_owned(), path.to_owned(), body.clone());
        let order = Box::new(Order::Resource { tenant, verb, path, body });
        let effects = self.0.handle(Time::default(), Input::Order { id: OrderId(1), order });
        let answer = effects.into_iter().find_map(|effect| match effect.action {
            Action::Answer { answer, .. } => Some(answer),
            _ => None,
        });
        answer
            .expect("an answer at once")
            .map_err(|error| format!("{} {}: {}", error.status, error.name, error.message))
    }

    fn ask(&mut self, head: &str, body: Value) -> Result<Value, String> {
        self.ask_at(HOST, head, &body)
    }

    fn registry(&self) -> &Registry {
        self.0.registry()
    }

    fn namespace(&self) -> &Namespace {
        self.registry().namespace(HOST).expect("the namespace")
    }
}

#[test]
fn a_resource_is_shown_as_the_resource_manager_does() {
    let mut operator = Operator::new();
    let id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/skyproof/providers/\
              Microsoft.EventGrid/namespaces/contoso";
    let client = json!({
        "id": format!("{id}/clients/c1"),
        "name": "c1",
        "type": "Microsoft.EventGrid/namespaces/clients",
        "properties": {
            "state": "Enabled",
            "clientCertificateAuthentication": {
                "validationScheme": "SubjectMatchesAuthenticationName",
            },
            "attributes": { "floor": 3 },
            "provisioningState": "Succeeded",
        },
    });
    assert_eq!(operator.ask("GET clients/C1", json!({})), Ok(client.clone()));
    assert_eq!(operator.ask("GET Clients", json!({})), Ok(json!({ "value": [client.clone()] })));
    // What was read can be put.
    assert_eq!(operator.ask("PUT clients/c1", client.clone()), Ok(client));

    let namespace = operator.ask("GET ", json!({})).expect("the namespace");
    assert_eq!(namespace["id"], id);
    assert_eq!(namespace["location"], "westeurope");
    let configuration = operator.ask("GET topicSpacesConfiguration", json!({}));
    let configuration = configuration.expect("the configuration");
    assert_eq!(namespace["properties"]["topicSpacesConfiguration"], configuration);
    assert_eq!(configuration["hostname"], HOST);
    assert_eq!(configuration["maximumClientSessionsPerAuthenticationName"], 1);
    let again = operator.ask("PUT topicSpacesConfiguration", configuration.clone());
    assert_eq!(again, Ok(configuration));
}

#[test]
fn an_order_changes_what_it_says() {
    let mut operator = Operator::new();
    for (head, body, pointer, value) in [
        (
            "PUT clients/c2",
            json!({ "properties": { "authenticationName": "Second", "attributes": { "floor": 4 } } }),
            "/properties/authenticationName",
            json!("Second"),
        ),
        // Without `properties`, as in a seed.
        ("PUT clients/c3", json!({ "state": "Disabled" }), "/properties/state", json!("Disabled")),
        (
            "PATCH clients/c2",
            json!({ "properties": { "attributes": { "room": "7", "floor": null } } }),
            "/properties/attributes",
            json!({ "room": "7" }),
        ),
        (
            "PUT clientGroups/Rooms",
            json!({ "query": "attributes.room = '7'" }),
            "/name",
            json!("Rooms"),
        ),
        (
            "PATCH topicSpaces/SPACE",
            json!({ "topicTemplates": ["a/+", "b"] }),
            "/properties/topicTemplates",
            json!(["a/+", "b"]),
        ),
        (
            "PUT permissionBindings/rooms-bind",
            json!({
                "clientGroupName": "rooms", "topicSpaceName": "space", "permission": "Subscriber",
            }),
            "/type",
            json!("Microsoft.EventGrid/namespaces/permissionBindings"),
        ),
        (
            "PUT roleAssignments/backend",
            json!({
                "principalId": "6d1a",
                "roleDefinitionName": "EventGrid TopicSpaces Publisher",
            }),
            "/properties/principalId",
            json!("6d1a"),
        ),
        (
            "PATCH topicSpacesConfiguration",
            json!({ "maximumSessionExpiryInHours": 8 }),
            "/maximumSessionExpiryInHours",
            json!(8),
        ),
        (
            "DELETE permissionBindings/bind",
            json!({}),
            "/deleted/0",
            json!("permissionBindings/bind"),
        ),
        ("DELETE clientGroups/third", json!({}), "/deleted/0", json!("clientGroups/third")),
        ("DELETE clients/C3", json!({}), "/deleted/0", json!("clients/c3")),
    ] {
        let answer = operator.ask(head, body).unwrap_or_else(|error| panic!("{head}: {error}"));
        assert_eq!(answer.pointer(pointer), Some(&value), "{head}: {answer}");
    }
    let namespace = operator.namespace();
    assert_eq!(namespace.configuration.maximum_session_expiry_s(), 28_800);
    assert!(namespace.configuration.is_enabled(), "a patch leaves the rest");
    let names: Vec<&str> = namespace.clients().map(|client| client.name.as_str()).collect();
    assert_eq!(names, ["c1", "c2"]);
    let second = namespace.client_named("second").map(Identity::from).expect("the second client");
    assert!(namespace.may(&second, Permission::Subscriber, "b"));
    assert!(!namespace.may(&second, Permission::Publisher, "b"));
    assert!(namespace.principal("6d1a").is_some());
}

#[test]
fn a_refused_order_says_why_and_changes_nothing() {
    let mut operator = Operator::new();
    let before = operator.registry().clone();
    for (head, body, says) in [
        (
            "GET nonsense/x",
            json!({}),
            "404 ResourceNotFound: `contoso.westeurope-1.ts.eventgrid.azure.net` has no \
             `nonsense/x`; a namespace has clients, clientGroups, ",
        ),
        ("GET clients/c9", json!({}), "404 ResourceNotFound: there is no clients/c9; there is c1"),
        (
            "GET caCertificates/root",
            json!({}),
            "404 ResourceNotFound: there is no caCertificates/root; there is none",
        ),
        ("PATCH clients/c9", json!({}), "404 ResourceNotFound: there is no clients/c9"),
        (
            "POST clients/c1",
            json!({}),
            "405 MethodNotAllowed: client does not take POST; it takes GET, PUT, PATCH and DELETE",
        ),
        (
            "PUT clients",
            json!({}),
            "405 MethodNotAllowed: clients does not take PUT; it takes GET, and clients/NAME the rest",
        ),
        (
            "DELETE topicSpacesConfiguration",
            json!({}),
            "405 MethodNotAllowed: topicSpacesConfiguration does not take DELETE; it takes GET, PUT \
             and PATCH",
        ),
        ("PUT ", json!({}), "405 MethodNotAllowed: the namespace does not take PUT; it takes GET"),
        (
            "PUT clients/c2",
            json!({ "name": "c3" }),
            "400 InvalidRequest: the path names `c2` and the body \"c3\"; leave one out",
        ),
        (
            "PUT clients/c2",
            json!({ "properties": 7 }),
            "400 InvalidRequest: `properties` is no JSON object: 7",
        ),
        (
            "PUT clients/c2",
            json!({ "colour": "red" }),
            "400 InvalidRequest: client: unknown field `colour`, expected one of `name`",
        ),
        (
            "PUT clients/c2",
            json!({ "authenticationName": "C1" }),
            "400 InvalidRequest: client.authenticationName: found `C1` again, expected a name of \
             its own, letter case aside (the client `c1` has it already)",
        ),
        (
            "PATCH clients/c1",
            json!({ "authenticationName": "other" }),
            "400 InvalidRequest: client.authenticationName: found `other`, expected `c1`, as before \
             (it cannot change: delete the client and make it again)",
        ),
        (
            "PUT clientGroups/$all",
            json!({ "query": "attributes.a = 1" }),
            "400 InvalidRequest: clientGroup.name: found `$all`, expected a group of one's own",
        ),
        (
            "DELETE clientGroups/$all",
            json!({}),
            "400 InvalidRequest: `$all` holds every client; it is always there",
        ),
        (
            "DELETE clientGroups/third",
            json!({}),
            "409 Conflict: clientGroups/third is in use; delete first: permissionBindings/bind",
        ),
        (
            "DELETE topicSpaces/Space",
            json!({}),
            "409 Conflict: topicSpaces/space is in use; delete first: permissionBindings/bind",
        ),
        (
            "PUT caCertificates/root",
            json!({ "encodedCertificate": "AAAA" }),
            "400 InvalidRequest: caCertificate.encodedCertificate: found 3 bytes that are no \
             certificate",
        ),
        (
            "PATCH topicSpacesConfiguration",
            json!({ "maximumSessionExpiryInHours": 9 }),
            "400 InvalidRequest: topicSpacesConfiguration.maximumSessionExpiryInHours: found 9, \
             expected 1 to 8",
        ),
        (
            "PATCH topicSpacesConfiguration",
            json!({ "hostname": "other.example" }),
            "400 InvalidRequest: topicSpacesConfiguration.hostname is `contoso.westeurope-1.ts.\
             eventgrid.azure.net` and cannot change to `other.example`",
        ),
    ] {
        let error = operator.ask(head, body).expect_err(head);
        assert!(error.starts_with(says), "{head}: {error}\ninstead of\n{says}");
    }
    for (tenant, says) in [
        (
            "other.example",
            "404 ResourceNotFound: there is no namespace `other.example`; this cloud has \
             contoso.westeurope-1.ts.eventgrid.azure.net",
        ),
        (
            "contoso.azure-devices.net",
            "404 ResourceNotFound: `contoso.azure-devices.net` is a hub, and has devices",
        ),
    ] {
        let error = operator.ask_at(tenant, "GET clients", &json!({})).expect_err(tenant);
        assert!(error.starts_with(says), "{tenant}: {error}\ninstead of\n{says}");
    }
    assert_eq!(*operator.registry(), before);
}
