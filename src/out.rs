//! Standard output and standard error, when nobody may be reading.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

use crate::trouble::Trouble;

/// Writes data to standard output.
pub(crate) fn data(bytes: &[u8]) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Trouble::nobody_reads(),
        _ => Trouble::harness(format!("standard output cannot be written: {error}")),
    })
}

/// Writes one line of data to standard output.
pub(crate) fn line(line: impl Display) -> Result<(), Trouble> {
    data(format!("{line}\n").as_bytes())
}

/// Writes a remark to standard error; whether it is read does not matter.
pub(crate) fn remark(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// The text without what would drive a terminal.
pub(crate) fn tame(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut tame, c| {
        match c {
            c if c.is_control() => tame.extend(c.escape_default()),
            c => tame.push(c),
        }
        tame
    })
}

/// The beginning of a body, for one line.
pub(crate) fn excerpt(body: &[u8]) -> String {
    const CHARS: usize = 120;
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(_) => return format!("({} bytes)", body.len()),
    };
    let mut excerpt: String = text.chars().take(CHARS).collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    tame(&excerpt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_fits_on_a_line_and_drives_no_terminal() {
        for (body, shown) in [
            (&b"hello"[..], "hello".to_owned()),
            (b"", String::new()),
            (b"a\nb\x1b[31m", "a\\nb\\u{1b}[31m".to_owned()),
            (b"\xff\xfe", "(2 bytes)".to_owned()),
            ("é".repeat(121).as_bytes(), format!("{}…", "é".repeat(120))),
        ] {
            assert_eq!(excerpt(body), shown);
        }
    }
}
