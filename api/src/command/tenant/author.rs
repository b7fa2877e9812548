//! Who changes something: a name for histories and audit trails.

/// The longest name that is kept.
const LONGEST: usize = 100;

/// Who does it.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct AuthorArgument {
    /// Who does it, for the history and the audit trail; the user of this computer where it is left out.
    #[arg(long, value_name = "NAME", value_parser = parse)]
    author: Option<String>,
}

impl AuthorArgument {
    /// The name.
    pub(in crate::command) fn name(&self) -> String {
        self.author.clone().unwrap_or_else(user)
    }
}

/// Who is signed in here; with sudo, the one who used it.
fn user() -> String {
    let user = whoami::username().ok().and_then(|name| parse(&name).ok()).unwrap_or_else(|| "operator".to_owned());
    let before_sudo = std::env::var("SUDO_USER").ok().and_then(|name| parse(&name).ok());
    match before_sudo {
        Some(name) if user == "root" => name,
        _ => user,
    }
}

/// A name is printed in tables: one line, and not without end.
fn parse(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(format!("write a name of 1 to {LONGEST} characters"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(parse(" Åsa Öberg "), Ok("Åsa Öberg".to_owned()));
        for wrong in ["", "  ", "a\nb", "a\u{1b}[2J", &"x".repeat(LONGEST + 1)] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(parse(&user()).is_ok(), "whoever runs the tests has one");
    }
}
