//! The tools from npm's registry: where they are, and how they are run.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use harness::services::Services;

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")
}

/// The folder that has `node_modules` in it. `tests/run` has filled it; who runs the suite by hand waits for it once.
///
/// # Panics
/// When the registry can't be reached.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| PathBuf::from(run(&mut Command::new(pages().join("install"))).trim()))
}

/// axe-core's source.
pub fn axe() -> String {
    std::fs::read_to_string(folder().join("node_modules/axe-core/axe.min.js")).expect("axe-core")
}

/// Lighthouse's verdicts on some addresses, as JSON.
pub fn lighthouse(addresses: &[String]) -> String {
    let mut command = Command::new("node");
    command.arg(pages().join("lighthouse.js")).arg(folder()).args(addresses);
    run(command.env("CHROME_PATH", &Services::get().chromium))
}

/// What html-validate has to say of the files in a folder, as JSON. It ends with 1 where it found something, which the
/// caller reads; and it ends before a pipe has taken all that it says, a file has.
pub fn html_validate(files: &Path) -> String {
    let program = folder().join("node_modules/html-validate/bin/html-validate.mjs");
    let told = tempfile::NamedTempFile::new().expect("a file");
    let mut command = Command::new("node");
    command.arg(program).args(["--formatter", "json", "--config"]).arg(pages().join(".htmlvalidate.json")).arg(files);
    let output = command.stdout(told.reopen().expect("a file")).output().expect("node");
    let told = std::fs::read_to_string(told.path()).expect("UTF-8");
    assert!(told.starts_with('['), "{told}{}", String::from_utf8_lossy(&output.stderr));
    told
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
