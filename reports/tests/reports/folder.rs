use std::{collections::BTreeMap, io};

use reports::{
    Event, Folder, Form, Report, folder::Shelf, json::Document, json_lines, report::tell_all,
};

use crate::certified::certified;

/// A shelf in memory.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Shelf for &mut Files {
    fn put(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.0.insert(name.to_owned(), content.to_owned());
        Ok(())
    }
}

fn put(events: &[Event]) -> Files {
    let mut files = Files::default();
    tell_all(&mut Folder::new(&mut files), events).expect("a map takes all");
    files
}

#[test]
fn a_folder_has_every_form_and_the_captures() {
    let files = put(&certified());
    let mut expected: Vec<&str> = Form::ALL.iter().filter_map(|form| form.file()).collect();
    expected.extend([
        "traces/iot-hub-device-certify-telemetry-12-the-client-keeps-to-qos-0-and-1.pcapng",
        "traces/iot-hub-device-certify-telemetry-12-hub-twin-039-is-kept-throughout.pcapng",
    ]);
    expected.sort_unstable();
    assert_eq!(files.0.keys().collect::<Vec<_>>(), expected);
    assert!(files.0.values().all(|content| !content.is_empty()));
    Document::read(&files.0["report.json"]).expect("a report");
}

#[test]
fn the_stored_stream_tells_the_same_again() {
    let files = put(&certified());
    let events: Vec<Event> = json_lines::read(files.0["events.jsonl"].as_slice())
        .collect::<io::Result<_>>()
        .expect("our own");
    assert_eq!(events, certified());
    assert_eq!(put(&events).0, files.0);
}

#[test]
fn nothing_but_captures_is_put_before_the_end() {
    let mut files = Files::default();
    let mut folder = Folder::new(&mut files);
    let events = certified();
    for event in &events[..events.len() - 1] {
        folder.tell(event).expect("a map takes all");
    }
    drop(folder);
    assert_eq!(files.0.len(), 2);
    assert!(files.0.keys().all(|name| name.starts_with("traces/")));
}

#[test]
fn trouble_with_the_shelf_is_told() {
    struct Full;
    impl Shelf for Full {
        fn put(&mut self, name: &str, _: &[u8]) -> io::Result<()> {
            Err(io::Error::other(format!("no room for {name}")))
        }
    }
    let told = tell_all(&mut Folder::new(Full), &certified());
    let error = told.expect_err("it is full").to_string();
    assert_eq!(
        error,
        "no room for traces/iot-hub-device-certify-telemetry-12-the-client-keeps-to-qos-0-and-1.pcapng"
    );
}

#[test]
fn forms_are_known_by_their_names() {
    for form in Form::ALL {
        assert_eq!(Form::named(form.name()), Some(*form));
    }
    assert_eq!(Form::named("pdf"), None);
}
