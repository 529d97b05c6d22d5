//! One window for each user and desktop session. In: paths of a second start. Out: the running window opens them in new tabs.
//!
//! The first start listens on a local socket (a named pipe on Windows); a later one hands its paths over and ends. A socket that a
//! killed program left behind is taken over. Whoever cannot listen still gets a window: being alone is a comfort, no need.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use eframe::egui::{Context, UserAttentionType, ViewportCommand};
use interprocess::ConnectWaitMode;
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ConnectOptions, Listener, ListenerOptions, Name, Stream};

/// First line of a request; another version of the program with another form is refused and opens its own window.
const GREETING: &str = "bundlescope 1";
/// Answer to a request that was taken.
const TAKEN: &str = "taken";
/// Neither side waits longer than this for the other.
const PATIENCE: Duration = Duration::from_secs(2);
/// Paths of one request at most, and bytes of all.
const MOST_PATHS: usize = 10_000;
const MOST_BYTES: u64 = 16 << 20;

/// Hands paths to the window that is open already; true when it took them. Paths must be absolute: it has another working folder.
pub fn hand_over(paths: &[PathBuf]) -> bool {
    place().is_some_and(|place| hand_over_at(&place, paths).is_ok())
}

fn hand_over_at(place: &Place, paths: &[PathBuf]) -> io::Result<()> {
    let options = ConnectOptions::new().name(place.name()?).wait_mode(ConnectWaitMode::Timeout(PATIENCE));
    let stream = options.connect_sync()?;
    patience(&stream)?;
    let mut request = format!("{GREETING} {}\n", paths.len());
    for path in paths {
        request += &BASE64_STANDARD.encode(bytes_of(path.as_os_str()));
        request.push('\n');
    }
    (&stream).write_all(request.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(&stream).take(64).read_line(&mut answer)?;
    if answer.trim_end() == TAKEN { Ok(()) } else { Err(ErrorKind::InvalidData.into()) }
}

/// Takes requests of later starts. `None` when another window listens or the system has no place for it.
pub fn listen() -> Option<Arrivals> {
    listen_at(&place()?)
}

fn listen_at(place: &Place) -> Option<Arrivals> {
    let options = || Some(ListenerOptions::new().name(place.name().ok()?).max_spin_time(PATIENCE));
    let listener = match options()?.create_sync() {
        // Somebody is there, or was: nobody answers behind the socket of a killed program.
        Err(error) if error.kind() == ErrorKind::AddrInUse && alone(place) => options()?.try_overwrite(true).create_sync(),
        other => other,
    };
    Some(Arrivals { listener: listener.ok()? })
}

fn alone(place: &Place) -> bool {
    let Ok(name) = place.name() else { return false };
    ConnectOptions::new().name(name).wait_mode(ConnectWaitMode::Timeout(PATIENCE)).connect_sync().is_err()
}

/// A window that later starts can reach.
pub struct Arrivals {
    listener: Listener,
}

impl Arrivals {
    /// Listens on a thread of its own for as long as the program runs; each request wakes the window and brings it to the front.
    pub fn start(self, ctx: &Context) -> Receiver<Vec<PathBuf>> {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let work = move || {
            for stream in self.listener.incoming().filter_map(Result::ok) {
                if take(&stream, &sender).is_ok() {
                    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
                    ctx.send_viewport_cmd(ViewportCommand::Focus);
                    ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
                    ctx.request_repaint();
                }
            }
        };
        // Without the thread later starts find nobody and open their own window.
        let _ = std::thread::Builder::new().name("arrivals".to_owned()).spawn(work);
        receiver
    }
}

/// Reads one request and answers it.
fn take(stream: &Stream, sender: &Sender<Vec<PathBuf>>) -> io::Result<()> {
    patience(stream)?;
    let paths = read_request(BufReader::new(stream).take(MOST_BYTES))?;
    sender.send(paths).map_err(|_| io::Error::from(ErrorKind::BrokenPipe))?;
    let mut stream = stream;
    stream.write_all(TAKEN.as_bytes())?;
    stream.write_all(b"\n")
}

fn read_request(mut reader: impl BufRead) -> io::Result<Vec<PathBuf>> {
    let invalid = || io::Error::from(ErrorKind::InvalidData);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let count = line.trim_end().strip_prefix(GREETING).and_then(|rest| rest.strip_prefix(' ')).ok_or_else(invalid)?;
    let count: usize = count.parse().ok().filter(|n| *n <= MOST_PATHS).ok_or_else(invalid)?;
    let mut paths = Vec::new();
    for _ in 0..count {
        line.clear();
        reader.read_line(&mut line)?;
        let bytes = BASE64_STANDARD.decode(line.trim_end()).map_err(|_| invalid())?;
        let path = PathBuf::from(native(bytes).ok_or_else(invalid)?);
        // A relative path would mean another file here than there.
        paths.push(Some(path).filter(|p| p.is_absolute()).ok_or_else(invalid)?);
    }
    Ok(paths)
}

fn patience(stream: &Stream) -> io::Result<()> {
    stream.set_recv_timeout(Some(PATIENCE))?;
    stream.set_send_timeout(Some(PATIENCE))
}

#[cfg(unix)]
fn bytes_of(text: &OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(text).to_vec()
}

#[cfg(unix)]
fn native(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn bytes_of(text: &OsStr) -> Vec<u8> {
    text.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn native(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

/// Where the two starts meet.
#[derive(Clone, Debug)]
struct Place(PathBuf);

impl Place {
    #[cfg(unix)]
    fn name(&self) -> io::Result<Name<'_>> {
        self.0.as_path().to_fs_name::<interprocess::local_socket::GenericFilePath>()
    }

    #[cfg(not(unix))]
    fn name(&self) -> io::Result<Name<'_>> {
        self.0.as_os_str().to_ns_name::<interprocess::local_socket::GenericNamespaced>()
    }
}

/// A name without what a file name cannot hold.
fn plain(text: &OsStr) -> String {
    text.to_string_lossy().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' }).collect()
}

fn set(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// A socket in the user's own runtime folder, one for each display: a window on another screen is another window.
#[cfg(unix)]
fn place() -> Option<Place> {
    let display = set("WAYLAND_DISPLAY").or_else(|| set("DISPLAY")).unwrap_or_default();
    let folder = set("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|p| p.is_absolute() && p.is_dir());
    let folder = folder.or_else(|| own_folder(&std::env::temp_dir()))?;
    Some(Place(folder.join(format!("bundlescope-{}.socket", plain(&display)))))
}

/// A folder that nobody else can write to or has put there.
#[cfg(unix)]
fn own_folder(under: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    // The owner of one's home is oneself, short of asking the system by unsafe code.
    let mine = std::fs::metadata("/proc/self").ok().or_else(|| std::fs::metadata(set("HOME")?).ok())?;
    let me = mine.uid();
    let folder = under.join(format!("bundlescope-{me}"));
    let _ = std::fs::DirBuilder::new().mode(0o700).create(&folder);
    let found = std::fs::symlink_metadata(&folder).ok()?;
    (found.is_dir() && found.uid() == me && found.mode() & 0o077 == 0).then_some(folder)
}

/// A named pipe for each user and session.
#[cfg(not(unix))]
fn place() -> Option<Place> {
    let part = |name: &str| set(name).map(|value| plain(&value)).unwrap_or_default();
    Some(Place(Path::new(&format!("bundlescope-{}-{}", part("USERNAME"), part("SESSIONNAME"))).to_path_buf()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> io::Result<Vec<PathBuf>> {
        read_request(text.as_bytes())
    }

    #[test]
    fn a_request_is_read_whole_or_refused() {
        let line = |path: &str| format!("{}\n", BASE64_STANDARD.encode(path));
        let paths = request(&format!("{GREETING} 2\n{}{}", line("/a b\n.zip"), line("/c"))).unwrap();
        assert_eq!(paths, [PathBuf::from("/a b\n.zip"), PathBuf::from("/c")]);
        assert_eq!(request(&format!("{GREETING} 0\n")).unwrap(), Vec::<PathBuf>::new());
        for bad in [
            "",
            "GET / HTTP/1.1\n",
            "bundlescope 2 0\n",
            "bundlescope 1 99999999999\n",
            "bundlescope 1 1\n%%%\n",
            "bundlescope 1 1\n",
        ] {
            assert!(request(bad).is_err(), "{bad:?}");
        }
        assert!(request(&format!("{GREETING} 1\n{}", line("relative"))).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_second_start_reaches_the_first_and_takes_over_from_a_killed_one() {
        let folder = std::env::temp_dir().join(format!("bundlescope-instance-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let place = Place(folder.join("x.socket"));
        assert!(hand_over_at(&place, &[]).is_err(), "nobody is there");
        let arrivals = listen_at(&place).unwrap().start(&Context::default());
        let sent = [PathBuf::from("/one.zip"), PathBuf::from(native(b"/not \xff utf.zip".to_vec()).unwrap())];
        hand_over_at(&place, &sent).unwrap();
        assert_eq!(arrivals.recv_timeout(PATIENCE).unwrap(), sent);
        assert!(listen_at(&place).is_none(), "one listens already");
        // What kill -9 leaves: a socket that nobody listens on.
        let dead = Place(folder.join("dead.socket"));
        drop(std::os::unix::net::UnixListener::bind(&dead.0).unwrap());
        assert!(dead.0.exists() && hand_over_at(&dead, &[]).is_err());
        let arrivals = listen_at(&dead).unwrap().start(&Context::default());
        hand_over_at(&dead, &sent).unwrap();
        assert_eq!(arrivals.recv_timeout(PATIENCE).unwrap().len(), 2);
        let _ = std::fs::remove_dir_all(&folder);
    }
}
