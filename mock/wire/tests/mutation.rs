//! Bent frames of the corpus, always the same ones.

mod frames;
mod law;
mod mutants;

use mutants::Mutants;

const FRAMES: usize = 200_000;

#[test]
fn bent_frames_keep_the_law() {
    let packets: usize =
        Mutants::new(0x5EED).take(FRAMES).map(|(version, frame)| law::holds(version, &frame)).sum();
    // Were nearly all of them malformed, little would be proven.
    assert!(packets > FRAMES / 5, "only {packets} packets");
}

#[test]
fn bent_frames_in_two_pieces_read_the_same() {
    for (n, (version, frame)) in Mutants::new(0x5EED2).take(FRAMES / 10).enumerate() {
        law::holds_in_two_pieces(version, &frame, n % (frame.len() + 1));
    }
}
