//! The local authority: made once in the user's data folder, kept and used again, so that what was
//! trusted once stays trusted.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use certs::{Authorities, Authority, Family, Validity};
use skyproof::LocalAuthority;

use crate::{trouble::Trouble, world::X509_DEVICE};

/// Both roots that clients have to trust, in one file.
const CA: &str = "ca.pem";
const EC_ROOT: Files = Files { certificate: "root.pem", key: "root.key.pem" };
const RSA_ROOT: Files = Files { certificate: "rsa-root.pem", key: "rsa-root.key.pem" };
/// The certificate of the device that is there without a seed.
const DEVICE: Files = Files { certificate: "device-x509.pem", key: "device-x509.key.pem" };

#[derive(Clone, Copy)]
struct Files {
    certificate: &'static str,
    key: &'static str,
}

/// The authority with its folder.
pub(crate) struct Home {
    folder: PathBuf,
    ec: Authority,
    rsa: Authority,
}

impl Home {
    /// Loads the authority of this folder, or of the user's data folder; makes it when it is not there.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Trouble> {
        let folder = match folder {
            Some(folder) => folder.to_owned(),
            None => data_folder()?.join("authority"),
        };
        let in_folder = |error: io::Error| unusable(&folder, &error);
        fs::create_dir_all(&folder).map_err(in_folder)?;
        // Two processes that start at once must not each make a half of it.
        let lock = File::create(folder.join(".lock")).map_err(in_folder)?;
        lock.lock().map_err(in_folder)?;
        let home = match folder.join(EC_ROOT.certificate).try_exists() {
            Ok(true) => Self::load(folder),
            Ok(false) => Self::make(folder),
            Err(error) => Err(unusable(&folder, &error)),
        };
        drop(lock);
        home
    }

    /// The file that clients have to trust.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.join(CA)
    }

    /// Both roots, PEM.
    pub(crate) fn ca_pem(&self) -> String {
        format!("{}{}", self.ec.certificate_pem(), self.rsa.certificate_pem())
    }

    /// Both roots, DER.
    pub(crate) fn roots_der(&self) -> Vec<Vec<u8>> {
        vec![self.ec.der().to_vec(), self.rsa.der().to_vec()]
    }

    /// One of the roots.
    pub(crate) const fn root(&self, algorithm: certs::Algorithm) -> &Authority {
        match algorithm {
            certs::Algorithm::EcdsaP256 => &self.ec,
            certs::Algorithm::Rsa2048 => &self.rsa,
        }
    }

    /// The certificate and the key of the X.509 device that is there without a seed.
    pub(crate) fn device_files(&self) -> (PathBuf, PathBuf) {
        (self.folder.join(DEVICE.certificate), self.folder.join(DEVICE.key))
    }

    /// Mints the server certificates, which carry these names as well.
    pub(crate) fn leaves(self, names: Vec<String>) -> LocalAuthority {
        LocalAuthority::new(self.ec, self.rsa, names)
    }

    /// Everything that recipes need, around the roots.
    pub(crate) fn authorities(self) -> Result<Authorities, Trouble> {
        let now_s = now_s();
        let around = |root| Family::around(root, now_s).map_err(broken);
        Ok(Authorities { ecdsa: around(self.ec)?, rsa: around(self.rsa)? })
    }

    fn make(folder: PathBuf) -> Result<Self, Trouble> {
        let Authorities { ecdsa, rsa } = Authorities::new(now_s()).map_err(broken)?;
        let home = Self { folder, ec: ecdsa.root, rsa: rsa.root };
        let device = home.ec.device_leaf(X509_DEVICE, decade()).map_err(broken)?;
        home.write(CA, &home.ca_pem())?;
        home.write_secret(RSA_ROOT.key, &home.rsa.key_pem())?;
        home.write(RSA_ROOT.certificate, &home.rsa.certificate_pem())?;
        home.write_secret(DEVICE.key, &device.key_pem())?;
        home.write(DEVICE.certificate, &device.chain_pem())?;
        home.write_secret(EC_ROOT.key, &home.ec.key_pem())?;
        // The last one: its presence says that all is there.
        home.write(EC_ROOT.certificate, &home.ec.certificate_pem())?;
        Ok(home)
    }

    fn load(folder: PathBuf) -> Result<Self, Trouble> {
        let authority = |files: Files| {
            let certificate = read(&folder, files.certificate)?;
            let key = read(&folder, files.key)?;
            Authority::from_pem(&certificate, &key).map_err(|error| {
                let at = folder.join(files.certificate);
                Trouble::harness(format!("{}: {}", at.display(), error.what))
                    .hint(format!("expected {}", error.expected))
                    .hint(start_anew(&folder))
            })
        };
        let (ec, rsa) = (authority(EC_ROOT)?, authority(RSA_ROOT)?);
        for file in [CA, DEVICE.certificate, DEVICE.key] {
            read(&folder, file)?;
        }
        Ok(Self { folder, ec, rsa })
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Trouble> {
        fs::write(self.folder.join(name), text)
            .map_err(|error| unusable(&self.folder.join(name), &error))
    }

    fn write_secret(&self, name: &str, text: &str) -> Result<(), Trouble> {
        write_secret(&self.folder.join(name), text.as_bytes())
            .map_err(|error| unusable(&self.folder.join(name), &error))
    }
}

/// Writes a file that only its owner can read.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// `$XDG_DATA_HOME/skyproof`, or `~/.local/share/skyproof`.
pub(crate) fn data_folder() -> Result<PathBuf, Trouble> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let base = match variable("XDG_DATA_HOME") {
        Some(base) => PathBuf::from(base),
        None => match variable("HOME").or_else(|| variable("USERPROFILE")) {
            Some(home) => PathBuf::from(home).join(".local").join("share"),
            None => {
                return Err(Trouble::usage("there is no folder for the local authority")
                    .hint("give one with `--authority FOLDER`, or set HOME or XDG_DATA_HOME"));
            }
        },
    };
    Ok(base.join("skyproof"))
}

/// Seconds since 1970 by the machine's clock.
pub(crate) fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX / 2)
}

fn decade() -> Validity {
    const DAY_S: i64 = 86_400;
    let now_s = now_s();
    Validity { not_before_s: now_s - DAY_S, not_after_s: now_s + 3650 * DAY_S }
}

fn read(folder: &Path, name: &str) -> Result<String, Trouble> {
    let path = folder.join(name);
    fs::read_to_string(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Trouble::harness(format!("the local authority lacks {}", path.display()))
                .hint(start_anew(folder))
        }
        _ => unusable(&path, &error),
    })
}

fn unusable(path: &Path, error: &io::Error) -> Trouble {
    Trouble::harness(format!("{}: {error}", path.display()))
        .hint("choose another folder with `--authority FOLDER`")
}

fn start_anew(folder: &Path) -> String {
    format!(
        "put the file back, or remove {} to get a new authority, which clients have to trust anew",
        folder.display()
    )
}

fn broken(error: certs::Error) -> Trouble {
    Trouble::harness(error.what).hint(error.hint)
}
