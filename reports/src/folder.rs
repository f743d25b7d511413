//! A folder with a run in every [`Form`] that has a file, and a packet capture of each conversation.

use std::io;

use crate::{
    event::Event,
    form::Form,
    pcapng,
    report::{Report, tell_all},
};

/// Where files are put. Reports open none themselves.
pub trait Shelf {
    /// Puts a file there, whole, in place of one of the same name: `report.json`, `traces/a.pcapng`.
    fn put(&mut self, name: &str, content: &[u8]) -> io::Result<()>;
}

/// Puts captures on the shelf as scenarios finish, and everything else when the run has finished.
#[derive(Debug)]
pub struct Folder<S> {
    shelf: S,
    events: Vec<Event>,
}

impl<S: Shelf> Folder<S> {
    pub const fn new(shelf: S) -> Self {
        Self { shelf, events: Vec::new() }
    }

    fn finish(&mut self) -> io::Result<()> {
        let events = std::mem::take(&mut self.events);
        for form in Form::ALL {
            let Some(name) = form.file() else { continue };
            let mut content = Vec::new();
            tell_all(&mut *form.report(&mut content), &events)?;
            self.shelf.put(name, &content)?;
        }
        Ok(())
    }
}

impl<S: Shelf> Report for Folder<S> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { .. } = event {
            self.events.clear();
        }
        self.events.push(event.clone());
        match event {
            Event::ScenarioFinished(scenario) if !scenario.conversation.is_empty() => {
                let mut capture = Vec::new();
                pcapng::write(scenario, &mut capture)?;
                let name = format!("{TRACES}/{}", pcapng::file_name(scenario));
                self.shelf.put(&name, &capture)
            }
            Event::RunFinished { .. } => self.finish(),
            _ => Ok(()),
        }
    }
}

/// The folder of the captures within the folder.
pub const TRACES: &str = "traces";
