//! The miniatures: what certification says of each.

use crate::sandbox::Sandbox;

#[test]
fn an_unknown_miniature_is_an_error_that_tells_its_neighbours() {
    let sandbox = Sandbox::new();
    let ended = sandbox.run(&["miniature", "publishes-at-qos2"]);
    let says = "error: there is no miniature `publishes-at-qos2`\n\n\
                hint: the nearest are publishes_at_qos_2, ";
    assert!(ended.stderr.starts_with(says), "{}", ended.stderr);
    assert!(ended.stderr.ends_with("\nhint: skyproof miniature --list\n"), "{}", ended.stderr);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
}

#[test]
fn the_list_tells_name_cloud_clauses_and_what_is_wrong() {
    let list = Sandbox::new().succeed(&["miniature", "--list"]);
    let line = list.lines().find(|line| line.starts_with("publishes_at_qos_2 ")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1..3], ["iot-hub", "HUB-D2C-016,HUB-LIMIT-001"], "{line}");
    assert!(line.ends_with(" It publishes at QoS 2."), "{line}");
    assert!(list.starts_with("right "), "{list}");
}

#[test]
fn a_miniature_that_is_told_nothing_says_what_it_has_to_know() {
    let ended = Sandbox::new().run(&["miniature", "right"]);
    let says = "error: neither IOTHUB_DEVICE_CONNECTION_STRING nor PROVISIONING_HOST is set: where to \
                connect?\n\nhint: skyproof exec -- skyproof miniature right\n";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(2), says));
}
