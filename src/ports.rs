//! Who holds a port. Best effort, by /proc: elsewhere and for other users' processes nobody is named.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// The process that listens there, such as "`mosquitto` (process 123)".
pub(crate) fn holder(address: SocketAddr) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .find_map(|table| table.lines().skip(1).find_map(|line| listening(line, address)))?;
    let socket = format!("socket:[{inode}]");
    let is_holder = |pid: &u32| {
        fs::read_dir(format!("/proc/{pid}/fd")).is_ok_and(|files| {
            files.flatten().any(|file| {
                fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == socket.as_str())
            })
        })
    };
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let pid =
        processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(is_holder)?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Some(format!("`{}` (process {pid})", name.trim()))
}

/// The inode of a line of /proc/net/tcp, when it is a listener that is in the way of this address.
fn listening(line: &str, address: SocketAddr) -> Option<u64> {
    const LISTEN: &str = "0A";
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (&[_, local, _, LISTEN], inode) = (fields.get(..4)?, fields.get(9)?) else { return None };
    let (ip, port) = local.split_once(':')?;
    let ip = ip_of(ip)?;
    let meets = ip.is_unspecified() || address.ip().is_unspecified() || ip == address.ip();
    (meets && u16::from_str_radix(port, 16) == Ok(address.port())).then(|| inode.parse().ok())?
}

/// Words of 4 bytes in the machine's order, which is little-endian wherever this is tried.
fn ip_of(hex: &str) -> Option<IpAddr> {
    let words: Option<Vec<[u8; 4]>> = (0..hex.len() / 8)
        .map(|word| {
            let digits = hex.get(word * 8..word * 8 + 8)?;
            u32::from_str_radix(digits, 16).ok().map(u32::to_le_bytes)
        })
        .collect();
    let bytes = words?.concat();
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|octets| Ipv4Addr::from(octets).into()),
        16 => {
            let v6 = <[u8; 16]>::try_from(bytes).ok().map(Ipv6Addr::from)?;
            Some(v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_in_the_way_of_its_own_address_and_of_all() {
        let line = |local: &str, state: &str| {
            format!(
                "   0: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 4711 1 x"
            )
        };
        for (local, state, address, inode) in [
            ("0100007F:22B3", "0A", "127.0.0.1:8883", Some(4711)),
            ("00000000:22B3", "0A", "127.0.0.1:8883", Some(4711)),
            ("0100007F:22B3", "0A", "0.0.0.0:8883", Some(4711)),
            ("0200007F:22B3", "0A", "127.0.0.1:8883", None),
            ("0100007F:22B4", "0A", "127.0.0.1:8883", None),
            ("0100007F:22B3", "01", "127.0.0.1:8883", None),
            ("00000000000000000000000001000000:22B3", "0A", "[::1]:8883", Some(4711)),
            ("0000000000000000FFFF00000100007F:22B3", "0A", "127.0.0.1:8883", Some(4711)),
        ] {
            let found = listening(&line(local, state), address.parse().unwrap());
            assert_eq!(found, inode, "{local} {state} {address}");
        }
        assert_eq!(listening("", "127.0.0.1:8883".parse().unwrap()), None);
    }
}
