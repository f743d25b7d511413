//! Every report on every outcome, compared as text.

mod badge;
mod certified;
mod folder;
mod html;
mod json;
mod json_lines;
mod junit;
mod markdown;
mod matrix;
mod messages;
mod pcapng;
mod sample;
mod stored;
mod terminal;
mod trend;
