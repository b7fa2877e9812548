//! The product as its operators run it: the binary `portvakt`, started as processes with files of their own.

use std::{
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

mod installation;
pub use installation::{Installation, Serving, change, preset_table};

/// Generous: a debug build on a loaded machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The binary, which cargo puts two folders above the test programs.
///
/// # Panics
/// When it was not built.
pub fn binary() -> PathBuf {
    let program = std::env::current_exe().expect("a running program has a path");
    let profile = program.parent().and_then(Path::parent).expect("target/PROFILE/deps/program");
    let binary = profile.join("portvakt");
    assert!(
        binary.is_file(),
        "{} is missing: build it with `cargo build -p portvakt`, or run `cargo test --workspace`",
        binary.display()
    );
    binary
}

/// Looks until there is something to see.
///
/// # Panics
/// When the time is up first.
pub async fn eventually<T>(what: &str, within: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < within, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What a process wrote, line by line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn read(&self, from: impl Read + Send + 'static) -> JoinHandle<()> {
        let lines = self.0.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        })
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A process that runs until it is told to stop; dropping it kills it.
pub struct Process {
    child: Child,
    out: Lines,
    err: Lines,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts it, with both outputs kept.
    ///
    /// # Panics
    /// When it can't be started.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (out, err) = (Lines::default(), Lines::default());
        let readers = vec![
            out.read(child.stdout.take().expect("standard output is piped")),
            err.read(child.stderr.take().expect("standard error is piped")),
        ];
        Self { child, out, err, readers }
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far.
    pub fn stdout(&self) -> String {
        self.out.all().join("\n")
    }

    /// What it logged so far.
    pub fn stderr(&self) -> String {
        self.err.all().join("\n")
    }

    /// Waits for a printed line that holds a text.
    ///
    /// # Panics
    /// When the process ends first, or never prints it.
    pub async fn line(&mut self, holds: &str) -> String {
        self.line_or_end(holds).await.unwrap_or_else(|ended| panic!("{ended}"))
    }

    /// The same, for a process that may end first.
    ///
    /// # Errors
    /// How it ended, and what it said.
    ///
    /// # Panics
    /// When it runs on and never prints the line.
    pub async fn line_or_end(&mut self, holds: &str) -> Result<String, String> {
        let what = format!("a line with {holds:?}");
        eventually(&what, PATIENCE, async || {
            let ended = self.child.try_wait().expect("a child of ours");
            let found = self.out.all().into_iter().find(|line| line.contains(holds));
            found.map(Ok).or_else(|| ended.map(|status| Err(self.ending(status))))
        })
        .await
    }

    /// How it ended, and all that it said before: it may be read a moment after the end was seen.
    fn ending(&mut self, status: ExitStatus) -> String {
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        format!("ended with {status}: {}{}", self.stdout(), self.stderr())
    }

    /// SIGKILL: no word is said, nothing is finished.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and how it ended.
    ///
    /// # Panics
    /// When it is still there after so long.
    pub async fn terminate(&mut self, within: Duration) -> ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", "TERM", &id]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the process {id} is gone already: {}", self.stderr());
        eventually("the end after SIGTERM", within, async || self.child.try_wait().expect("a child of ours")).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

/// A command that ran to its end.
#[derive(Debug)]
pub struct Finished {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Both outputs.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The same, when it succeeded.
    ///
    /// # Panics
    /// When it did not.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.output());
        self
    }
}

/// Runs a command to its end.
pub async fn run(command: Command) -> Finished {
    run_within(PATIENCE, command).await
}

/// Runs a command that takes its time to its end.
pub async fn run_within(patience: Duration, mut command: Command) -> Finished {
    command.stdin(Stdio::null());
    let done = tokio::task::spawn_blocking(move || command.output().unwrap_or_else(|e| panic!("{command:?}: {e}")));
    let output = tokio::time::timeout(patience, done).await.expect("the command ends").expect("it was run");
    Finished {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// `portvakt` with these arguments, without any setting from the environment of the tests.
pub fn portvakt(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PORTVAKT")) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}
