//! Search: base, scope, pages and limits.

use ldap3_proto::{
    control::LdapControl,
    proto::{LdapResult, LdapResultCode as Code, LdapSearchRequest, LdapSearchResultEntry, LdapSearchScope as Scope},
};

use super::{
    answer::{self, Outcome},
    controls::Controls,
    entry::EntryId,
    filter, forest_schema, matching, name,
    read::{self, Selection},
    rights::{self, Caller},
    root,
    store::State,
};

/// Everything that one search sends back.
#[derive(Debug)]
pub(crate) struct Found {
    /// The entries.
    pub(crate) entries: Vec<LdapSearchResultEntry>,
    /// The end of the answer.
    pub(crate) result: LdapResult,
    /// The cookie for the next page.
    pub(crate) controls: Vec<LdapControl>,
}

impl Found {
    fn only(result: LdapResult) -> Self {
        Self { entries: Vec::new(), result, controls: Vec::new() }
    }
}

/// Answers a search.
pub(crate) fn search(
    state: &State,
    caller: Option<Caller>,
    request: &LdapSearchRequest,
    controls: &Controls,
    now: i64,
) -> Found {
    if request.base.is_empty() && request.scope == Scope::Base {
        let entry = root::entry(state, request, now);
        return Found { entries: entry.into_iter().collect(), ..Found::only(answer::success()) };
    }
    // Only the rootDSE is for everybody (MS-ADTS 3.1.1.3.2, dSHeuristics fLDAPBlockAnonOps).
    let Some(caller) = caller else { return Found::only(answer::bind_first()) };
    if forest_schema::is_context(state, &request.base) {
        return Found { entries: forest_schema::entries(state, request), ..Found::only(answer::success()) };
    }
    inside(state, caller, request, controls, now).unwrap_or_else(Found::only)
}

/// The object of a name that the caller sent, or the answer that there is none.
pub(crate) fn target(state: &State, caller: Caller, text: &str) -> Outcome<EntryId> {
    if let Some(id) = state.resolve(text).filter(|id| rights::may_see(state, caller, *id)) {
        return Ok(id);
    }
    if text.starts_with('<') {
        return Err(answer::no_object(""));
    }
    let rdns = name::parse(text).ok_or_else(|| answer::bad_name(text))?;
    let above = (1..rdns.len()).find_map(|from| state.by_name(&rdns[from..])).and_then(|id| state.get(id));
    Err(answer::no_object(above.map_or("", |entry| entry.dn.as_str())))
}

fn inside(state: &State, caller: Caller, request: &LdapSearchRequest, controls: &Controls, now: i64) -> Outcome<Found> {
    if request.base.is_empty() {
        return Err(answer::no_object(""));
    }
    let base = target(state, caller, &request.base)?;
    let selection = Selection::new(&request.attrs, request.typesonly, controls.descriptor);
    if selection.needs_base() && request.scope != Scope::Base {
        return Err(answer::service(Code::OperationsError, "00002120"));
    }
    let (after, already) = match &controls.page {
        Some((size, cookie)) if *size < 0 || (!cookie.is_empty() && cookie.len() != COOKIE) => {
            return Err(answer::protocol(Code::UnavailableCriticalExtension, "00000057", "Error processing control"));
        }
        Some((_, cookie)) => read_cookie(cookie),
        None => (0, 0),
    };
    let test = filter::compile(state, &request.filter);
    let hit = |id: &EntryId| {
        in_scope(state, *id, base, &request.scope)
            && rights::may_see(state, caller, *id)
            && matching::matches(state, *id, &test) == Some(true)
    };
    // A page is found again by the number of the last object, so objects may come and go between two pages.
    let first = after.saturating_add(1);
    let mut hits: Box<dyn Iterator<Item = EntryId>> = match (&request.scope, filter::candidates(state, &test)) {
        (Scope::Base, _) => Box::new(std::iter::once(base).filter(|id| *id >= first)),
        (_, Some(ids)) => Box::new(ids.into_iter().filter(move |id| *id >= first)),
        (_, None) => Box::new(state.from(first).map(|(id, _)| id)),
    };

    let most = state.dialect.max_page_size.max(1);
    let size_limit = usize::try_from(request.sizelimit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let page = controls.page.as_ref().map(|(size, _)| usize::try_from(*size).unwrap_or(usize::MAX).clamp(1, most));
    let room = page.unwrap_or(most).min(size_limit.saturating_sub(already));
    let mut ids: Vec<EntryId> = Vec::new();
    let mut more = false;
    for id in hits.by_ref().filter(hit) {
        if ids.len() == room {
            more = true;
            break;
        }
        ids.push(id);
    }
    drop(hits);
    let entries: Vec<_> = ids.iter().filter_map(|id| read::entry(state, caller, *id, &selection, now)).collect();
    let total = already + entries.len();
    // MaxPageSize and the client's own limit both end a search with what there is (MS-ADTS 3.1.1.3.4.6).
    let exceeded = more && (page.is_none() || total >= size_limit);
    let result = if exceeded { answer::bare(Code::SizeLimitExceeded) } else { answer::success() };
    let controls = match page {
        Some(_) => {
            let last = ids.last().copied().filter(|_| more && !exceeded);
            let cookie = last.map(|last| write_cookie(last, total)).unwrap_or_default();
            vec![LdapControl::SimplePagedResults { size: 0, cookie }]
        }
        None => Vec::new(),
    };
    Ok(Found { entries, result, controls })
}

fn in_scope(state: &State, id: EntryId, base: EntryId, scope: &Scope) -> bool {
    match scope {
        Scope::Base => id == base,
        Scope::OneLevel => state.get(id).is_some_and(|entry| entry.parent == Some(base)),
        Scope::Subtree => state.is_within(id, base),
        Scope::Children => id != base && state.is_within(id, base),
    }
}

/// Last object (4 octets) and number of entries so far (8 octets).
const COOKIE: usize = 12;

fn write_cookie(last: EntryId, total: usize) -> Vec<u8> {
    let mut cookie = last.to_be_bytes().to_vec();
    cookie.extend_from_slice(&u64::try_from(total).unwrap_or(u64::MAX).to_be_bytes());
    cookie
}

fn read_cookie(cookie: &[u8]) -> (EntryId, usize) {
    let Some((last, total)) = cookie.split_first_chunk::<4>() else { return (0, 0) };
    let total = total.try_into().map(u64::from_be_bytes).unwrap_or_default();
    (EntryId::from_be_bytes(*last), usize::try_from(total).unwrap_or_default())
}
