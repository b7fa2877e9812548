//! What a stranger can learn: nothing. The same requests for an account in every state, and for one that does not
//! exist, get the same answers by the same number of statements, and no directory is asked before the reply.

#[path = "silence/answers.rs"]
mod answers;
#[path = "silence/jobs.rs"]
mod jobs;
#[path = "silence/midway.rs"]
mod midway;
#[path = "silence/reset.rs"]
mod reset;
#[path = "silence/sign_in.rs"]
mod sign_in;
#[path = "silence/stop.rs"]
mod stop;
