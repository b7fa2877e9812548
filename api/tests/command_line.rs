//! The binary answers for itself. (That there is a test here also makes `cargo test` build the binary for all others.)

use std::process::Command;

#[test]
fn the_binary_says_what_it_can_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_portvakt")).arg("--help").output();
    assert!(output.as_ref().is_ok_and(|output| output.status.success()), "{output:?}");
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    for command in ["demo", "serve", "migrate", "config", "tenant", "audit", "practice-directory"] {
        assert!(text.contains(&format!("\n  {command} ")), "{command} in {text}");
    }
    let unknown = Command::new(env!("CARGO_BIN_EXE_portvakt")).arg("serv").output();
    assert!(unknown.is_ok_and(|output| output.status.code() == Some(2)));
}
