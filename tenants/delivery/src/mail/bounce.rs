//! What a mail server sends back when it could not deliver what another one had taken (RFC 3464).

use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

/// Three numbers of at most three digits (RFC 3463, section 2).
const LONGEST: usize = 11;

/// A mail that was not delivered after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The Message-ID of the mail that came back, without brackets.
    pub message_id: String,
    /// The enhanced status code (RFC 3463) and the server's reply code where it told one: `5.1.1 550`. Its words may name
    /// somebody, and are left out.
    pub status: String,
}

/// Reads what came back. `None` where it is no report, where the mail may still be delivered, or where nothing tells which
/// mail it was.
pub fn read(raw: &[u8]) -> Option<Bounce> {
    let report = MessageParser::default().parse(raw)?;
    let failed = report.parts.iter().filter(|part| is(part, "message", "delivery-status")).find_map(failure)?;
    let returned = report.parts.iter().find_map(returned_id);
    // Some servers send nothing back but the reference to it.
    let message_id = returned.or_else(|| reference(report.in_reply_to())).or_else(|| reference(report.references()))?;
    Some(Bounce { message_id, status: failed })
}

fn is(part: &MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind)
            && found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

/// The status of the first recipient that was given up; what is only late is not.
fn failure(part: &MessagePart<'_>) -> Option<String> {
    let text = String::from_utf8_lossy(part.contents()).replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    text.split("\n\n").find_map(|group| {
        let field = |name: &str| {
            let line = group
                .lines()
                .find(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))?;
            Some(line[name.len()..].trim_start_matches(':').trim().to_owned())
        };
        let failed = field("Action").is_some_and(|action| action.eq_ignore_ascii_case("failed"));
        let status = field("Status").filter(|_| failed)?;
        let words = field("Diagnostic-Code").unwrap_or_default();
        let words = words.rsplit_once(';').map_or(words.as_str(), |(_, words)| words.trim());
        let is_code = |word: &&str| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit());
        let is_status = |c: char| c.is_ascii_digit() || c == '.';
        let status: String = status.chars().take_while(|c| is_status(*c)).take(LONGEST).collect();
        Some(format!("{status} {}", words.split_whitespace().find(is_code).unwrap_or_default()).trim().to_owned())
    })
}

/// The Message-ID of the mail inside, or of its headers alone.
fn returned_id(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Message(inside) => inside.message_id().map(str::to_owned),
        _ if is(part, "text", "rfc822-headers") => {
            let inside: Message<'_> = MessageParser::default().parse(part.contents())?;
            inside.message_id().map(str::to_owned)
        }
        _ => None,
    }
}

fn reference(value: &HeaderValue<'_>) -> Option<String> {
    let last = match value {
        HeaderValue::Text(text) => text.to_string(),
        HeaderValue::TextList(all) => all.last()?.to_string(),
        _ => return None,
    };
    Some(last.trim_matches(['<', '>', ' ']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(action: &str, last: &str, more: &str) -> String {
        format!(
            "From: <>\r\nTo: noreply@orebro.se\r\nSubject: Undelivered Mail Returned to Sender\r\n{more}MIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\r\n\r\n\
             --x\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\
             --x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; chef@orebro.se\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <chef@orebro.se>:\r\n User unknown\r\n\
             {last}--x--\r\n"
        )
    }

    const WHOLE: &str = "--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <01a2@pwreset.orebro.se>\r\nSubject: \
                         Utgående lösenord\r\n\r\nHej!\r\n";
    const HEADERS: &str =
        "--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <01a2@pwreset.orebro.se>\r\n\r\n";

    #[test]
    fn a_report_tells_which_mail_and_why() {
        let expected = Bounce { message_id: "01a2@pwreset.orebro.se".to_owned(), status: "5.1.1 550".to_owned() };
        let replied = "In-Reply-To: <01a2@pwreset.orebro.se>\r\n";
        for raw in [report("failed", WHOLE, ""), report("Failed", HEADERS, ""), report("failed", "", replied)] {
            assert_eq!(read(raw.as_bytes()), Some(expected.clone()), "{raw}");
        }
    }

    #[test]
    fn what_is_no_report_of_a_failure_tells_nothing() {
        for raw in [
            report("delayed", WHOLE, ""),
            report("failed", "", ""),
            "Subject: Semester\r\n\r\nTill den 15.\r\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(raw.as_bytes()), None, "{raw}");
        }
    }
}
