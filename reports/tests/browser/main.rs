//! Pages in a real browser: headless Chromium draws them, a probe of ours uses ours as a reader would, and
//! the console stays silent.

// The browser needs a part of what the other reports are compared on.
#[allow(dead_code, reason = "shared with the tests of the other reports")]
#[path = "../reports/certified.rs"]
mod certified;
mod chromium;
mod cucumber;
mod pages;
#[allow(dead_code, reason = "shared with the tests of the other reports")]
#[path = "../reports/sample.rs"]
mod sample;
