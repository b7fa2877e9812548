//! What the pages about numbers show of the account: whose it is, which numbers it has, whether a change waits.

use actix_web::HttpResponse;
use portvakt_domain::{
    flow::{Flow, NumberTask},
    number::most_numbers,
    number_change,
};
use portvakt_flows::{confirm_password, delay_change, number_task::Offered, registered};
use portvakt_texts::moment;

use crate::{
    auth::Visit,
    portal::{
        progress::{Journey, Step},
        reset::code::next_page,
        views::{
            Page,
            message::Message,
            register::{NumberItem, NumberProblem},
        },
    },
    problem::{self, OrFault as _},
};

/// The account of the flow, as a person who signed in may see it.
pub(super) struct Holding {
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) functional: bool,
    pub(super) numbers: Vec<NumberItem>,
    /// When the change that waits is carried out.
    pub(super) waits_until: Option<String>,
    /// The tenant's wait, where a delayed change may be asked for now.
    pub(super) delay_hours: Option<u32>,
    flow: Flow,
}

/// What is done to the numbers, as the tenant has it begin.
pub(crate) fn journey(visit: &Visit, task: NumberTask) -> Journey {
    Journey::Numbers { password_again: visit.tenant.settings.registration.password_again, task }
}

impl Holding {
    /// The page, as a step of what is done to the numbers.
    pub(super) fn page<'a>(&self, visit: &'a Visit, path: &'a str, task: NumberTask, step: Step) -> Page<'a> {
        visit.page_of(&self.flow, path).at(journey(visit, task), step)
    }

    /// Whether one more number may be registered beside those that are there.
    pub(super) fn takes_more(&self) -> bool {
        !self.numbers.is_empty() && self.numbers.len() < most_numbers(self.functional)
    }
}

/// Reads it, where something may be done to the numbers. Writes nothing.
///
/// # Errors
/// The page where the flow stands instead, or a fault's.
pub(super) async fn read(visit: &Visit) -> Result<Holding, HttpResponse> {
    let (_, flow) = visit.flow().await?;
    let Some(account) = flow.account.filter(|_| flow.state.may_begin_task()) else {
        return Err(visit.go(next_page(flow.state)));
    };
    let (platform, tenant) = (visit.platform(), &visit.tenant);
    let owner = confirm_password::owner(tenant, &flow).await.or_fault(visit)?;
    let owner = owner.ok_or_else(|| problem::page(visit, Message::NotAllowed))?;
    let numbers = registered::numbers(platform, tenant, account).await.or_fault(visit)?;
    let waits_until = delay_change::waits_until(platform, tenant, account).await.or_fault(visit)?;
    let hours = tenant.settings.registration.delayed_change_hours;
    let offered = number_change::wait(hours).is_some() && waits_until.is_none() && !numbers.is_empty();
    Ok(Holding {
        username: owner.username,
        display_name: owner.display_name,
        functional: owner.functional,
        numbers: numbers.iter().map(NumberItem::of).collect(),
        waits_until: waits_until.map(moment),
        delay_hours: offered.then_some(hours),
        flow,
    })
}

/// Where a task goes on; `Err`: what was wrong with the form.
pub(super) fn went(visit: &Visit, offered: Offered) -> Result<HttpResponse, NumberProblem> {
    Ok(match offered {
        Offered::CodeToOld | Offered::CodeToNew => visit.go("/code"),
        // The old guides say: check the number and press "Nästa".
        Offered::Kept => visit.go("/done"),
        Offered::Full => visit.go("/number"),
        Offered::Limited => problem::page(visit, Message::TooMany { minutes: None }),
        Offered::Gone => problem::page(visit, Message::FlowOver),
        Offered::Same => return Err(NumberProblem::Same),
        Offered::NoHolder(error) => return Err(NumberProblem::Holder(error)),
        Offered::NoChoice => return Err(NumberProblem::NoChoice),
        Offered::Invalid(error) => return Err(NumberProblem::invalid(error, &visit.tenant.settings)),
    })
}
