//! A folder of reports on the disk.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use reports::folder::{Shelf, TRACES};

/// A folder that can be written to, without the reports of an earlier run.
#[derive(Debug)]
pub struct Directory(PathBuf);

impl Directory {
    /// Makes the folder if need be, tries it out, and takes away what an earlier run left there: a reader
    /// must not take that for this run's if it ends early. Files of others stay.
    ///
    /// # Errors
    ///
    /// A sentence that names the folder, when it cannot be made or written to.
    pub fn open(path: &Path) -> io::Result<Self> {
        let directory = Self(path.to_owned());
        directory.prepare().map_err(|error| {
            let why = format!("reports cannot be written to {}: {error}", path.display());
            io::Error::new(error.kind(), why)
        })?;
        Ok(directory)
    }

    fn prepare(&self) -> io::Result<()> {
        let traces = self.0.join(TRACES);
        fs::create_dir_all(&traces)?;
        for folder in [&self.0, &traces] {
            let probe = folder.join(".probe.part");
            fs::write(&probe, "")?;
            fs::remove_file(&probe)?;
        }
        for name in reports::Form::ALL.iter().filter_map(|form| form.file()) {
            forget(&self.0.join(name))?;
        }
        for entry in fs::read_dir(&traces)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "pcapng") {
                forget(&path)?;
            }
        }
        Ok(())
    }
}

/// A file appears under its name when it is whole.
impl Shelf for Directory {
    fn put(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let path = self.0.join(name);
        let part = self.0.join(format!("{name}.part"));
        let put = fs::write(&part, content).and_then(|()| fs::rename(&part, &path));
        put.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }
}

fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
