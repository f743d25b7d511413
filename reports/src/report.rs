//! The door of every report.

use std::io;

use crate::event::Event;

/// Something that is told what happens and writes it down.
pub trait Report {
    /// Takes the next event. Errors are those of the writer that the report was given.
    fn tell(&mut self, event: &Event) -> io::Result<()>;
}

/// Tells a report all of these events, up to the first error.
pub fn tell_all(report: &mut dyn Report, events: &[Event]) -> io::Result<()> {
    events.iter().try_for_each(|event| report.tell(event))
}

/// Tells several reports the same. A report in trouble does not keep the others from hearing it.
#[derive(Default)]
pub struct Tee<'a> {
    reports: Vec<Box<dyn Report + 'a>>,
}

impl<'a> Tee<'a> {
    /// Adds a report.
    pub fn with(mut self, report: impl Report + 'a) -> Self {
        self.reports.push(Box::new(report));
        self
    }
}

/// Answers with the first error, after all were told.
impl Report for Tee<'_> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        let mut told = Ok(());
        for report in &mut self.reports {
            told = told.and(report.tell(event));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Heard<'a>(&'a mut u32, bool);

    impl Report for Heard<'_> {
        fn tell(&mut self, _: &Event) -> io::Result<()> {
            *self.0 += 1;
            if self.1 { Ok(()) } else { Err(io::Error::other("disk full")) }
        }
    }

    #[test]
    fn a_report_in_trouble_does_not_silence_the_others() {
        let (mut broken, mut sound) = (0, 0);
        let mut tee = Tee::default().with(Heard(&mut broken, false)).with(Heard(&mut sound, true));
        for _ in 0..2 {
            let told = tee.tell(&Event::RunFinished { real_ms: 0 });
            assert_eq!(told.map_err(|error| error.to_string()), Err("disk full".into()));
        }
        drop(tee);
        assert_eq!((broken, sound), (2, 2));
    }
}
