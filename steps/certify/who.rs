//! What exactly was certified: the files of a command, by their digests.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

use reports::Digest;
use sha2::{Digest as _, Sha256};

/// Of the program, which may be on the search path, and of each argument that is a file.
pub fn digests(command: &[OsString]) -> Vec<Digest> {
    let arguments = command.iter().skip(1).map(|word| (word, Some(PathBuf::from(word))));
    let program = command.first().map(|word| (word, program(word)));
    program.into_iter().chain(arguments).filter_map(|(word, path)| digest(word, &path?)).collect()
}

/// Where the system finds a program.
fn program(word: &OsStr) -> Option<PathBuf> {
    if Path::new(word).components().count() != 1 {
        return Some(word.into());
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(word)).find(|path| path.is_file())
}

fn digest(word: &OsStr, path: &Path) -> Option<Digest> {
    let bytes = fs::read(path).ok()?;
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Digest { file: word.to_string_lossy().into_owned(), sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_on_the_search_path_and_arguments_beside_us() {
        let command = ["sh", "Cargo.toml", "no such file"].map(OsString::from);
        let files: Vec<String> = digests(&command).into_iter().map(|it| it.file).collect();
        assert_eq!(files, ["sh", "Cargo.toml"]);
    }
}
