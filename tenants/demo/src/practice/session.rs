//! One connection: requests in, answers out, and whose connection it is.

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use ldap3_proto::{
    LdapMsg,
    proto::{
        LdapBindCred, LdapBindRequest, LdapBindResponse, LdapCompareRequest, LdapExtendedResponse, LdapOp, LdapResult,
        LdapResultCode as Code, LdapSearchRequest, LdapSearchScope,
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
    time::sleep,
};
use tokio_util::codec::Framed;

use super::{
    add, answer, bind,
    change::Circumstances,
    codec::Frames,
    controls::{self, Controls},
    domain::Domain,
    entry::EntryId,
    faults::{Fault, Faults, Operation},
    modify, remove,
    rights::Caller,
    schema, search,
    store::State,
};

/// What a session needs of its server.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) domain: Domain,
    pub(crate) faults: Faults,
}

const NOTICE_OF_DISCONNECTION: &str = "1.3.6.1.4.1.1466.20036";

/// Serves one connection until either side ends it.
pub(crate) async fn serve<S>(stream: S, context: Arc<Context>, secure: bool)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut frames = Framed::new(stream, Frames::default());
    let (late, mut ready) = mpsc::unbounded_channel::<Vec<LdapMsg>>();
    let mut session = Session { context, secure, account: None };
    loop {
        let answers = tokio::select! {
            request = frames.next() => match request {
                None => return,
                Some(Err(error)) => {
                    tracing::debug!(%error, "practice directory: a connection sent what is no request");
                    let notice = LdapExtendedResponse {
                        res: answer::bare(Code::ProtocolError),
                        name: Some(NOTICE_OF_DISCONNECTION.to_owned()),
                        value: None,
                    };
                    let _ = frames.send(LdapMsg::new(0, LdapOp::ExtendedResponse(notice))).await;
                    return;
                }
                Some(Ok(message)) => match session.handle(message) {
                    Reaction::Answer(answers) => answers,
                    Reaction::Silence => continue,
                    Reaction::Close => return,
                    Reaction::Later(delay, answers) => {
                        // Other requests of this connection do not wait for it.
                        let late = late.clone();
                        tokio::spawn(async move {
                            sleep(delay).await;
                            let _ = late.send(answers);
                        });
                        continue;
                    }
                },
            },
            Some(answers) = ready.recv() => answers,
        };
        for answer in answers {
            if frames.feed(answer).await.is_err() {
                return;
            }
        }
        if frames.flush().await.is_err() {
            return;
        }
    }
}

enum Reaction {
    Answer(Vec<LdapMsg>),
    Later(Duration, Vec<LdapMsg>),
    Silence,
    Close,
}

struct Session {
    context: Arc<Context>,
    secure: bool,
    account: Option<EntryId>,
}

impl Session {
    fn handle(&mut self, message: LdapMsg) -> Reaction {
        let operation = match &message.op {
            LdapOp::UnbindRequest => return Reaction::Close,
            // Every answer is complete before the next request is read: there is never anything to abandon.
            LdapOp::AbandonRequest(_) => return Reaction::Silence,
            LdapOp::BindRequest(_) => Operation::Bind,
            LdapOp::SearchRequest(search) if search.base.is_empty() && search.scope == LdapSearchScope::Base => {
                Operation::Root
            }
            LdapOp::SearchRequest(_) => Operation::Search,
            LdapOp::ModifyRequest(_) => Operation::Modify,
            LdapOp::AddRequest(_) => Operation::Add,
            LdapOp::DelRequest(_) => Operation::Delete,
            LdapOp::ModifyDNRequest(_) => Operation::Rename,
            LdapOp::CompareRequest(_) | LdapOp::ExtendedRequest(_) => Operation::Other,
            _ => return Reaction::Close,
        };
        let limit = match &message.op {
            LdapOp::SearchRequest(request) => u64::try_from(request.timelimit).ok().filter(|seconds| *seconds > 0),
            _ => None,
        };
        let id = message.msgid;
        let fault = self.context.faults.take(operation);
        let refusal = match fault {
            Some(Fault::Busy) => Some(answer::service(Code::Busy, "0000200E")),
            Some(Fault::Unavailable) => Some(answer::service(Code::Unavailable, "0000200F")),
            Some(Fault::Refused(code, text)) => Some(answer::refusal(code, text)),
            Some(fault) if !fault.applies() => None,
            _ => {
                let answers = self.answer(operation, message);
                return match fault {
                    Some(Fault::AppliedUnanswered) => Reaction::Silence,
                    Some(Fault::AppliedClosed) => Reaction::Close,
                    Some(Fault::Delayed(delay)) => match limit.map(Duration::from_secs) {
                        Some(limit) if limit < delay => {
                            let over = LdapOp::SearchResultDone(answer::bare(Code::TimeLimitExceeded));
                            Reaction::Later(limit, vec![LdapMsg::new(id, over)])
                        }
                        _ => Reaction::Later(delay, answers),
                    },
                    _ => Reaction::Answer(answers),
                };
            }
        };
        match refusal {
            Some(refusal) => Reaction::Answer(vec![LdapMsg::new(id, response(operation, refusal))]),
            None if fault == Some(Fault::Closed) => Reaction::Close,
            None => Reaction::Silence,
        }
    }

    fn answer(&mut self, operation: Operation, message: LdapMsg) -> Vec<LdapMsg> {
        let LdapMsg { msgid, op, ctrl } = message;
        let one = |op| vec![LdapMsg::new(msgid, op)];
        let controls = match self.context.domain.read(|state, _| controls::read(&state.dialect, &ctrl)) {
            Ok(controls) => controls,
            Err(refusal) => return one(response(operation, refusal)),
        };
        let result = match op {
            LdapOp::BindRequest(request) => self.bind(&request),
            LdapOp::SearchRequest(request) => return self.search(msgid, &request, &controls),
            LdapOp::ModifyRequest(request) => {
                self.write(&controls, |state, caller, at| modify::modify(state, caller, &request, &controls, at))
            }
            LdapOp::AddRequest(request) => {
                self.write(&controls, |state, caller, at| add::add(state, caller, &request, at))
            }
            LdapOp::DelRequest(dn) => {
                self.write(&controls, |state, caller, _| remove::delete(state, caller, &dn, &controls))
            }
            LdapOp::ModifyDNRequest(request) => {
                self.write(&controls, |state, caller, _| remove::rename(state, caller, &request))
            }
            LdapOp::CompareRequest(request) => return one(LdapOp::CompareResult(self.compare(&request))),
            _ => answer::protocol(Code::ProtocolError, "0000203D", "Unknown extended request OID"),
        };
        one(response(operation, result))
    }

    fn bind(&mut self, request: &LdapBindRequest) -> LdapResult {
        // A bind that fails leaves nobody signed in (RFC 4511 4.2.1).
        self.account = None;
        if request.version != 3 {
            return answer::protocol(Code::ProtocolError, "00000057", "Unsupported protocol version");
        }
        let LdapBindCred::Simple(password) = &request.cred else {
            let code = Code::AuthMethodNotSupported;
            return answer::protocol(code, "00002027", "Invalid Authentication method");
        };
        let bound = self.context.domain.write(|state, now| bind::simple(state, &request.dn, password, now));
        self.account = bound.account;
        bound.result
    }

    fn search(&self, id: i32, request: &LdapSearchRequest, controls: &Controls) -> Vec<LdapMsg> {
        let found = self.context.domain.read(|state, now| {
            let caller = self.account.and_then(|account| Caller::new(state, account));
            search::search(state, caller, request, controls, now)
        });
        let entries = found.entries.into_iter().map(|entry| LdapMsg::new(id, LdapOp::SearchResultEntry(entry)));
        let done = LdapMsg::new_with_ctrls(id, LdapOp::SearchResultDone(found.result), found.controls);
        entries.chain(std::iter::once(done)).collect()
    }

    fn write(
        &self,
        controls: &Controls,
        apply: impl FnOnce(&mut State, Caller, Circumstances) -> LdapResult,
    ) -> LdapResult {
        self.context.domain.write(|state, now| {
            let Some(caller) = self.account.and_then(|account| Caller::new(state, account)) else {
                return answer::bind_first();
            };
            apply(state, caller, Circumstances { secure: self.secure, hints: controls.policy_hints, now })
        })
    }

    fn compare(&self, request: &LdapCompareRequest) -> LdapResult {
        self.context.domain.read(|state, _| {
            let Some(caller) = self.account.and_then(|account| Caller::new(state, account)) else {
                return answer::bind_first();
            };
            let id = match search::target(state, caller, &request.dn) {
                Ok(id) => id,
                Err(refusal) => return refusal,
            };
            let Some(attribute) = schema::find(&request.atype) else {
                return answer::conversion(Code::NoSuchAttribute);
            };
            let wanted = state.fold().bytes(&request.val);
            let same = state.values(id, attribute).iter().any(|value| state.fold().bytes(value) == wanted);
            answer::bare(if same { Code::CompareTrue } else { Code::CompareFalse })
        })
    }
}

/// A result in the response that belongs to the operation.
fn response(operation: Operation, result: LdapResult) -> LdapOp {
    match operation {
        Operation::Bind => LdapOp::BindResponse(LdapBindResponse { res: result, saslcreds: None }),
        Operation::Search | Operation::Root => LdapOp::SearchResultDone(result),
        Operation::Modify => LdapOp::ModifyResponse(result),
        Operation::Add => LdapOp::AddResponse(result),
        Operation::Delete => LdapOp::DelResponse(result),
        Operation::Rename => LdapOp::ModifyDNResponse(result),
        Operation::Connect | Operation::Other => {
            LdapOp::ExtendedResponse(LdapExtendedResponse { res: result, name: None, value: None })
        }
    }
}
