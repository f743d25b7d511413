//! Nanoseconds per topic among many topic filters: `cargo bench -p skyproof-broker`.
//!
//! Every filter has a wildcard, and every topic meets exactly one of them, as where each subscriber minds
//! its own device. The scan is what a broker without a tree would do.

use broker::{Broker, Copies, Message, Options, Trie};
use divan::{Bencher, black_box, counter::ItemsCount};
use wire::{Qos, topic};

fn main() {
    divan::main();
}

const FILTERS: [usize; 3] = [100, 10_000, 100_000];

const SUBSCRIBERS: [usize; 3] = [1, 100, 1000];

/// The tree finds the filter of a topic.
#[divan::bench(args = FILTERS)]
fn tree(bencher: Bencher<'_, '_>, count: usize) {
    let mut trie = Trie::default();
    for number in 0..count {
        trie.insert(&filter(number), number, ());
    }
    let mut numbers = numbers(count);
    bencher
        .counter(ItemsCount::new(1_u32))
        .with_inputs(|| numbers.next().map(name))
        .bench_local_refs(|topic| {
            let mut met = 0;
            trie.visit(topic.as_deref().unwrap_or_default(), |number, ()| met += number);
            black_box(met)
        });
}

/// Every filter is held against the topic.
#[divan::bench(args = FILTERS, sample_count = 20, sample_size = 1)]
fn scan(bencher: Bencher<'_, '_>, count: usize) {
    let filters: Vec<String> = (0..count).map(filter).collect();
    let mut numbers = numbers(count);
    bencher
        .counter(ItemsCount::new(1_u32))
        .with_inputs(|| numbers.next().map(name))
        .bench_local_refs(|topic| {
            let topic = topic.as_deref().unwrap_or_default();
            black_box(filters.iter().filter(|filter| topic::matches(filter, topic)).count())
        });
}

/// A message finds all sessions that have subscribed to its topic; counted by the session.
#[divan::bench(args = SUBSCRIBERS)]
fn targets(bencher: Bencher<'_, '_>, count: usize) {
    let mut broker = Broker::default();
    for number in 0..count {
        let session = format!("session-{number:05}");
        broker.begin(&session, "somebody");
        let options = Options { qos: Qos::AtLeastOnce, ..Options::default() };
        broker.subscribe(&session, "news/#", options);
    }
    let message = Message::new("news/of/today", "x").at(Qos::AtLeastOnce);
    bencher
        .counter(ItemsCount::new(count))
        .bench_local(|| broker.targets(black_box(&message), Copies::One));
}

fn filter(number: usize) -> String {
    format!("sites/{}/machines/{}/+", number / 100, number % 100)
}

fn name(number: usize) -> String {
    format!("sites/{}/machines/{}/state", number / 100, number % 100)
}

/// Each number below `count`, far from the one before, again and again.
fn numbers(count: usize) -> impl Iterator<Item = usize> {
    (0_usize..).map(move |turn| turn.wrapping_mul(7919) % count)
}
