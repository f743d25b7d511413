//! Every report on every outcome, compared as text.

mod certified;
mod json;
mod json_lines;
mod junit;
mod markdown;
mod matrix;
mod sample;
mod terminal;
