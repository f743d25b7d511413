//! Namespaces as users declare them: what they make, and what is said about a wrong one.

use base64::{Engine, engine::general_purpose::STANDARD};
use certs::{Algorithm, Authority, Validity};
use cloud::{
    Registry,
    event_grid::model::{Attribute, NameSource, Permission, State, ValidationScheme},
    profile::Retain,
    seed::{Seed, SeedError},
};

fn registry(toml: &str) -> Result<Registry, SeedError> {
    toml::from_str::<Seed>(toml).expect("it reads as a seed").registry()
}

fn authority() -> Authority {
    let validity = Validity { not_before_s: 0, not_after_s: 4_000_000_000 };
    Authority::new("Contoso CA", validity, Algorithm::EcdsaP256).expect("an authority")
}

fn whole() -> String {
    let pem = authority().certificate_pem();
    let base64_of_pem = STANDARD.encode(&pem);
    format!(
        r#"
        [[namespace]]
        name = "Contoso"
        profile = "current"

        [namespace.topicSpacesConfiguration]
        state = "Enabled"
        maximumSessionExpiryInHours = 8
        maximumClientSessionsPerAuthenticationName = 3
        routeTopicResourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/t"

        [namespace.topicSpacesConfiguration.clientAuthentication]
        alternativeAuthenticationNameSources = ["ClientCertificateDns", "ClientCertificateSubject"]

        [namespace.topicSpacesConfiguration.clientAuthentication.customJwtAuthentication]
        tokenIssuer = "https://issuer.example"
        encodedIssuerCertificates = [{{ kid = "k1", encodedCertificate = "{base64_of_pem}" }}]

        [namespace.topicSpacesConfiguration.clientAuthentication.webhookAuthentication]
        endpointUrl = "http://127.0.0.1:7071/authenticate"

        [namespace.topicSpacesConfiguration.routingEnrichments]
        static = [{{ key = "site", value = "north" }}]
        dynamic = [{{ key = "floor", value = "${{client.attributes.floor}}" }}]

        [[namespace.caCertificates]]
        name = "root"
        encodedCertificate = """
{pem}"""

        [[namespace.clients]]
        name = "c1"

        [[namespace.clients]]
        name = "c2"
        authenticationName = "Second Client"
        state = "Disabled"
        attributes = {{ floor = 3, room = "345", spare = true, types = ["fan", "light"] }}
        [namespace.clients.clientCertificateAuthentication]
        validationScheme = "ThumbprintMatch"
        allowedThumbprints = ["{thumbprint}"]

        [[namespace.clientGroups]]
        name = "third-floor"
        query = "attributes.floor = 3"

        [[namespace.topicSpaces]]
        name = "own"
        topicTemplates = ["machines/${{client.authenticationName}}/#"]

        [[namespace.permissionBindings]]
        name = "all-publish"
        clientGroupName = "$all"
        topicSpaceName = "own"
        permission = "Publisher"

        [[namespace.permissionBindings]]
        name = "third-subscribe"
        clientGroupName = "Third-Floor"
        topicSpaceName = "OWN"
        permission = "Subscriber"
        "#,
        thumbprint = "ab:".repeat(31) + "ab",
    )
}

#[test]
fn a_seed_makes_its_namespace() {
    let registry = registry(&whole()).expect("a good seed");
    let namespace = registry
        .namespace("CONTOSO.westeurope-1.ts.eventgrid.azure.net")
        .expect("the namespace by its host");
    assert_eq!(namespace.http_host, "Contoso.westeurope-1.eventgrid.azure.net");
    assert_eq!(namespace.profile.retain, Retain::Both);
    let configuration = &namespace.configuration;
    assert!(configuration.is_enabled());
    assert_eq!(configuration.maximum_session_expiry_s(), 28_800);
    assert_eq!(configuration.maximum_client_sessions_per_authentication_name, 3);
    assert_eq!(
        configuration.client_authentication.alternative_authentication_name_sources,
        [NameSource::ClientCertificateDns, NameSource::ClientCertificateSubject]
    );
    let der = namespace.issuers.iter().map(|it| (it.kid.as_str(), it.der.len() > 100));
    assert_eq!(der.collect::<Vec<_>>(), [("k1", true)]);
    assert_eq!(namespace.authorities().len(), 1);

    let client = namespace.client("C1").expect("the client by its name");
    assert_eq!((client.authentication_name(), client.is_enabled()), ("c1", true));
    let client = namespace.client_named("SECOND client").expect("the client by what it presents");
    assert_eq!((client.name.as_str(), client.state), ("c2", State::Disabled));
    let proof = &client.client_certificate_authentication;
    assert_eq!(proof.validation_scheme, ValidationScheme::ThumbprintMatch);
    assert_eq!(proof.allowed_thumbprints, ["AB".repeat(32)]);
    for (key, value) in [
        ("floor", Attribute::Number(3)),
        ("room", Attribute::Text("345".to_owned())),
        ("spare", Attribute::Flag(true)),
        ("types", Attribute::List(vec!["fan".to_owned(), "light".to_owned()])),
    ] {
        assert_eq!(client.attributes.get(key), Some(&value));
    }
    assert_eq!(namespace.client_groups["third-floor"].resource.query, "attributes.floor = 3");
    assert_eq!(namespace.topic_spaces["own"].templates.len(), 1);
    let binding = &namespace.permission_bindings["third-subscribe"];
    assert_eq!(binding.permission, Permission::Subscriber);
}

#[test]
fn a_namespace_may_be_its_name_alone() {
    let registry = registry("[[namespace]]\nname = \"contoso\"").expect("a good seed");
    let host = "contoso.westeurope-1.ts.eventgrid.azure.net";
    let namespace = registry.namespace(host).expect("the namespace");
    let configuration = &namespace.configuration;
    assert!(!configuration.is_enabled());
    assert_eq!(configuration.maximum_session_expiry_s(), 3600);
    assert_eq!(configuration.maximum_client_sessions_per_authentication_name, 1);
    assert_eq!(registry.namespace_names(), host);
}

#[test]
fn a_seed_survives_being_written_and_read() {
    let seed: Seed = toml::from_str(&whole()).expect("a seed");
    let json = serde_json::to_string(&seed).expect("it is written");
    assert_eq!(serde_json::from_str::<Seed>(&json).expect("its own text"), seed);
}

/// So many numbered tables of a list.
fn many(list: &str, count: usize, rest: &str) -> String {
    (0..count).map(|n| format!("[[namespace.{list}]]\nname = \"it-{n}\"\n{rest}\n")).collect()
}

const NAMESPACE: &str = "[[namespace]]\nname = \"contoso\"\n";
const CONFIGURATION: &str =
    "[[namespace]]\nname = \"contoso\"\n[namespace.topicSpacesConfiguration]\n";
const CLIENT: &str = "[[namespace]]\nname = \"contoso\"\n[[namespace.clients]]\nname = \"c1\"\n";
const SPACE: &str = "[[namespace]]\nname = \"contoso\"\n[[namespace.topicSpaces]]\nname = \"one\"\n\
     topicTemplates = [\"a\"]\n[[namespace.permissionBindings]]\nname = \"bind\"\n";

#[test]
fn a_wrong_value_is_told_with_its_place() {
    let pem = authority().certificate_pem();
    let certificate = format!("encodedCertificate = \"\"\"\n{pem}\"\"\"");
    let key = authority().key_pem();
    let bindings = format!(
        "{}{}",
        many("topicSpaces", 1, "topicTemplates = [\"a\"]"),
        many(
            "permissionBindings",
            101,
            "clientGroupName = \"$all\"\ntopicSpaceName = \"it-0\"\npermission = \"Publisher\""
        )
    );
    for (before, toml, says) in [
        (
            "",
            "[[namespace]]\nname = \"co\"".to_owned(),
            "namespace[0].name: found `co`, expected 3 to 50 ASCII letters, digits or - (such as \
             `contoso` or `line-1`)",
        ),
        (
            NAMESPACE,
            NAMESPACE.to_owned(),
            "namespace[1].name: found the host `contoso.westeurope-1.ts.eventgrid.azure.net` again, \
             expected a host of its own (put everything of a namespace below one [[namespace]])",
        ),
        (
            NAMESPACE,
            "location = \"West Europe\"".to_owned(),
            "namespace[0].location: found `West Europe`, expected 1 to 40 lower-case letters and \
             digits (such as `westeurope`, without the spaces of \"West Europe\")",
        ),
        (
            NAMESPACE,
            "profile = { throughput_units = 41 }".to_owned(),
            "namespace[0].profile.throughput_units: found 41, expected 1 to 40",
        ),
        (
            NAMESPACE,
            "profile = { session_limit_reason = 1 }".to_owned(),
            "namespace[0].profile.session_limit_reason: found 1, expected 135 or 151",
        ),
        (
            NAMESPACE,
            "profile = { failed_puback_code = 1 }".to_owned(),
            "namespace[0].profile.failed_puback_code: found 1, expected 128 or 130 or 131",
        ),
        (
            NAMESPACE,
            "profile = { http_publish_status = 200 }".to_owned(),
            "namespace[0].profile.http_publish_status: found 200, expected 202 or 204",
        ),
        (
            NAMESPACE,
            "profile = { event_endpoint = \"127.0.0.1:9000\" }".to_owned(),
            "namespace[0].profile.event_endpoint: found `127.0.0.1:9000`, expected an http:// address",
        ),
        (
            NAMESPACE,
            "profile = { receive_maximum = 0 }".to_owned(),
            "namespace[0].profile.receive_maximum: found 0, expected 1 to 65535",
        ),
        (
            CONFIGURATION,
            "maximumSessionExpiryInHours = 9".to_owned(),
            "namespace[0].topicSpacesConfiguration.maximumSessionExpiryInHours: found 9, expected 1 \
             to 8 (leave it out for the default)",
        ),
        (
            CONFIGURATION,
            "maximumClientSessionsPerAuthenticationName = 0".to_owned(),
            "namespace[0].topicSpacesConfiguration.maximumClientSessionsPerAuthenticationName: \
             found 0, expected 1 to 100",
        ),
        (
            CONFIGURATION,
            "hostname = \"contoso.example\"".to_owned(),
            "namespace[0].topicSpacesConfiguration.hostname: found `contoso.example`, expected a \
             host name that ends in `.ts.eventgrid.azure.net` (leave it out: it is made of name and \
             location)",
        ),
        (
            CONFIGURATION,
            "clientAuthentication = { alternativeAuthenticationNameSources = \
             [\"ClientCertificateIp\", \"ClientCertificateIp\"] }"
                .to_owned(),
            "namespace[0].topicSpacesConfiguration.clientAuthentication.\
             alternativeAuthenticationNameSources[1]: found `ClientCertificateIp` again, expected \
             each source once",
        ),
        (
            CONFIGURATION,
            "clientAuthentication = { customJwtAuthentication = { tokenIssuer = \"i\" } }"
                .to_owned(),
            "namespace[0].topicSpacesConfiguration.clientAuthentication.customJwtAuthentication.\
             encodedIssuerCertificates: found 0 certificates, expected one or two",
        ),
        (
            CONFIGURATION,
            "clientAuthentication = { customJwtAuthentication = { tokenIssuer = \"\" } }"
                .to_owned(),
            "namespace[0].topicSpacesConfiguration.clientAuthentication.customJwtAuthentication.\
             tokenIssuer: found nothing, expected the name of the issuer",
        ),
        (
            CONFIGURATION,
            "clientAuthentication = { webhookAuthentication = { endpointUrl = \"ask.me\" } }"
                .to_owned(),
            "namespace[0].topicSpacesConfiguration.clientAuthentication.webhookAuthentication.\
             endpointUrl: found `ask.me`, expected a URL that begins with http:// or https://",
        ),
        (
            CONFIGURATION,
            "routeTopicResourceId = \"topics/t\"".to_owned(),
            "namespace[0].topicSpacesConfiguration.routeTopicResourceId: found `topics/t`, expected \
             the resource id of an Event Grid topic",
        ),
        (
            CONFIGURATION,
            "routingEnrichments = { static = [{ key = \"Site\", value = \"\" }] }".to_owned(),
            "namespace[0].topicSpacesConfiguration.routingEnrichments.static[0].key: found `Site`, \
             expected 1 to 20 lower-case ASCII letters or digits",
        ),
        (
            CONFIGURATION,
            "routingEnrichments = { static = [{ key = \"azspx\", value = \"\" }] }".to_owned(),
            "namespace[0].topicSpacesConfiguration.routingEnrichments.static[0].key: found `azspx`, \
             expected a name that is free",
        ),
        (
            CONFIGURATION,
            "routingEnrichments = { dynamic = [{ key = \"a\", value = \"${client.name}\" }] }"
                .to_owned(),
            "namespace[0].topicSpacesConfiguration.routingEnrichments.dynamic[0].value: found \
             `${client.name}`, expected something of the client or the message",
        ),
        (
            NAMESPACE,
            many("caCertificates", 11, &certificate),
            "namespace[0].caCertificates[10]: found number 11 of the CA certificates, expected at \
             most 10 (a namespace has no room for more)",
        ),
        (
            NAMESPACE,
            many("caCertificates", 1, &format!("encodedCertificate = \"\"\"\n{key}\"\"\"")),
            "namespace[0].caCertificates[0].encodedCertificate: found a private key, expected one \
             certificate in PEM, or its DER in base64",
        ),
        (
            NAMESPACE,
            "[[namespace.clients]]\nname = \"c 1\"".to_owned(),
            "namespace[0].clients[0].name: found `c 1`, expected 1 to 128 ASCII letters, digits or \
             - : . _ (what the client presents can differ: `authenticationName`)",
        ),
        (
            CLIENT,
            "[[namespace.clients]]\nname = \"C1\"".to_owned(),
            "namespace[0].clients[1].name: found `c1` again, expected a name of its own \
             (namespace[0].clients[0] has it already)",
        ),
        (
            CLIENT,
            "[[namespace.clients]]\nname = \"c2\"\nauthenticationName = \"C1\"".to_owned(),
            "namespace[0].clients[1].authenticationName: found `C1` again, expected a name of its \
             own, letter case aside (the client `c1` has it already)",
        ),
        (
            CLIENT,
            format!("authenticationName = \"{}\"", "ä".repeat(129)),
            "namespace[0].clients[0].authenticationName: found 129 characters, expected 1 to 128 \
             characters",
        ),
        (
            CLIENT,
            "clientCertificateAuthentication = { validationScheme = \"ThumbprintMatch\" }"
                .to_owned(),
            "namespace[0].clients[0].clientCertificateAuthentication.allowedThumbprints: found 0 \
             thumbprints, expected one or two thumbprints (the validation scheme is ThumbprintMatch)",
        ),
        (
            CLIENT,
            "clientCertificateAuthentication = { allowedThumbprints = [\"AB\"] }".to_owned(),
            "namespace[0].clients[0].clientCertificateAuthentication.allowedThumbprints: found \
             thumbprints beside SubjectMatchesAuthenticationName, expected none",
        ),
        (
            CLIENT,
            "clientCertificateAuthentication = { validationScheme = \"ThumbprintMatch\", \
             allowedThumbprints = [\"AB\"] }"
                .to_owned(),
            "namespace[0].clients[0].clientCertificateAuthentication.allowedThumbprints[0]: found 2 \
             hex digits, expected 40 hex digits (SHA-1) or 64 (SHA-256)",
        ),
        (
            CLIENT,
            "attributes = { \"a-b\" = 1 }".to_owned(),
            "namespace[0].clients[0].attributes: found the key `a-b`, expected ASCII letters, digits \
             or _ (templates and queries name it as `attributes.key`)",
        ),
        (
            CLIENT,
            format!("attributes = {{ a = \"{}\" }}", "x".repeat(4088)),
            "namespace[0].clients[0].attributes: found 4096 bytes of JSON, expected less than 4096 \
             bytes",
        ),
        (
            NAMESPACE,
            many("clientGroups", 11, "query = \"attributes.a = 1\""),
            "namespace[0].clientGroups[10]: found number 11 of the client groups, expected at most 10",
        ),
        (
            NAMESPACE,
            "[[namespace.clientGroups]]\nname = \"$all\"\nquery = \"attributes.a = 1\"".to_owned(),
            "namespace[0].clientGroups[0].name: found `$all`, expected a group of one's own (it \
             holds every client and is always there; bind permissions to it as it is)",
        ),
        (
            NAMESPACE,
            many("clientGroups", 1, "query = \"attributes.a ~ 1\""),
            "namespace[0].clientGroups[0].query: found `~` at character 14, expected a name, a \
             value, a comparison or a parenthesis (such as `attributes.floor >= 3 and ",
        ),
        (
            NAMESPACE,
            many("topicSpaces", 1, "topicTemplates = [\"a\", \"b/${client.name}\"]"),
            "namespace[0].topicSpaces[0].topicTemplates[1]: found `client.name` at character 5, \
             expected `client.authenticationName` or `client.attributes.KEY` (such as `machines/",
        ),
        (
            NAMESPACE,
            many(
                "roleAssignments",
                1,
                "principalId = \"\"\nroleDefinitionName = \"EventGrid TopicSpaces Publisher\"",
            ),
            "namespace[0].roleAssignments[0].principalId: found nothing, expected an object id",
        ),
        (
            NAMESPACE,
            many(
                "roleAssignments",
                1,
                "principalId = \"p\"\nroleDefinitionName = \"EventGrid TopicSpaces Publisher\"\n\
                 topicSpaceName = \"one\"",
            ),
            "namespace[0].roleAssignments[0].topicSpaceName: found `one`, expected a topic space of \
             this namespace (there is none)",
        ),
        (
            NAMESPACE,
            many("topicSpaces", 11, "topicTemplates = [\"a\"]"),
            "namespace[0].topicSpaces[10]: found number 11 of the topic spaces, expected at most 10",
        ),
        (
            NAMESPACE,
            many("topicSpaces", 1, "topicTemplates = []"),
            "namespace[0].topicSpaces[0].topicTemplates: found 0 templates, expected 1 to 10",
        ),
        (
            SPACE,
            "clientGroupName = \"none\"\ntopicSpaceName = \"one\"\npermission = \"Publisher\""
                .to_owned(),
            "namespace[0].permissionBindings[0].clientGroupName: found `none`, expected a client \
             group of this namespace (known are $all)",
        ),
        (
            SPACE,
            "clientGroupName = \"$all\"\ntopicSpaceName = \"two\"\npermission = \"Publisher\""
                .to_owned(),
            "namespace[0].permissionBindings[0].topicSpaceName: found `two`, expected a topic space \
             of this namespace (known are one)",
        ),
        (
            NAMESPACE,
            bindings,
            "namespace[0].permissionBindings[100]: found number 101 of the permission bindings, \
             expected at most 100",
        ),
    ] {
        let error = registry(&format!("{before}{toml}")).expect_err(says).to_string();
        assert!(error.starts_with(says), "{error}\ninstead of\n{says}");
    }
}

#[test]
fn what_is_no_seed_at_all_is_told_too() {
    for (toml, says) in [
        (format!("{CLIENT}attributes = {{ a = 1.5 }}"), "expected a text, a whole number"),
        (format!("{CLIENT}state = \"enabled\""), "unknown variant `enabled`, expected `Enabled`"),
        (format!("{CLIENT}colour = \"red\""), "unknown field `colour`, expected one of `name`"),
        (format!("{SPACE}clientGroupName = \"$all\""), "missing field `topicSpaceName`"),
        (
            format!("{NAMESPACE}profile = \"2024\""),
            "expected \"2025-07\", \"2023\", \"current\", or a table of switches",
        ),
    ] {
        let error = toml::from_str::<Seed>(&toml).expect_err(says).to_string();
        assert!(error.contains(says), "{error}\nwithout\n{says}");
    }
}
