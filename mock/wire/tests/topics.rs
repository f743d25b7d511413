//! Topic names, topic filters and their matching, after section 4.7 of both standards.

use wire::topic::{matches, valid_filter, valid_topic_name};

#[test]
fn names() {
    for name in ["a", "/", "//", "a/b", "/a", "a/", " ", "é/t", "$SYS/x", "\u{FEFF}", "a b", "$"] {
        assert!(valid_topic_name(name), "{name:?}");
    }
    for name in ["", "#", "+", "a/#", "a+", "a#b", "a\0b"] {
        assert!(!valid_topic_name(name), "{name:?}");
    }
}

#[test]
fn filters() {
    for filter in
        ["a", "#", "+", "/", "a/#", "/#", "+/#", "+/+", "a/+/b", "/+", "+/", "$SYS/#", "é/+"]
    {
        assert!(valid_filter(filter), "{filter:?}");
    }
    for filter in
        ["", "a#", "#/b", "a/#/b", "##", "+#", "a+", "+a", "a/b+/c", "a/++", "a/b#", "a\0"]
    {
        assert!(!valid_filter(filter), "{filter:?}");
    }
}

#[test]
fn both_fit_two_length_bytes() {
    let (longest, too_long) = ("x".repeat(65_535), "x".repeat(65_536));
    assert!(valid_topic_name(&longest) && valid_filter(&longest));
    assert!(!valid_topic_name(&too_long) && !valid_filter(&too_long));
}

#[test]
fn matching() {
    let table = [
        ("a/b", "a/b", true),
        ("a/b", "a/b/", false),
        ("a/b", "a", false),
        ("a/b", "A/b", false),
        ("a", "/a", false),
        ("#", "a", true),
        ("#", "a/b/c", true),
        ("#", "/", true),
        ("a/#", "a", true),
        ("a/#", "a/", true),
        ("a/#", "a/b/c", true),
        ("a/#", "ab", false),
        ("a/b/#", "a", false),
        ("+", "a", true),
        ("+", "", true),
        ("+", "/a", false),
        ("+", "a/b", false),
        ("+/+", "/a", true),
        ("/+", "/a", true),
        ("a/+", "a", false),
        ("a/+", "a/", true),
        ("a/+", "a/b/c", false),
        ("a/+/c", "a/b/c", true),
        ("a/+/c", "a/b/b/c", false),
        ("+/b/#", "a/b", true),
        ("+/b/#", "a/b/c/d", true),
        // Leading wildcards do not reach what begins with a dollar sign.
        ("#", "$SYS", false),
        ("#", "$SYS/x", false),
        ("+/x", "$SYS/x", false),
        ("+", "$", false),
        ("$SYS/#", "$SYS/x", true),
        ("$SYS/+", "$SYS/x", true),
        ("$SYS/#", "$SYS", true),
        ("a/#", "a/$x", true),
        ("a/+", "a/$x", true),
    ];
    for (filter, topic, wanted) in table {
        assert_eq!(matches(filter, topic), wanted, "{filter:?} and {topic:?}");
    }
}
