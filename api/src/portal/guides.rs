//! `/guides`: what to do, step by step, and what readers think of it. At both hosts; without a flow and without a cookie.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{
    directory::EffectivePolicy,
    feedback::{FeedbackText, Guide},
    policy::Rule,
};
use portvakt_flows::give_feedback::{self, Given};
use portvakt_texts::moment;

use crate::{
    auth::Visit,
    portal::views::{
        Page,
        guides::{FeedbackProblem, GuideFacts, GuideListView, GuideView, ThanksView, TypedFeedback},
        message::Message,
    },
    problem::{self, Answer, OrFault as _},
};

/// The list.
pub async fn list(visit: Visit) -> HttpResponse {
    let (date, rules) = (today(&visit), rules(&visit));
    let view = GuideListView { page: visit.page("/guides"), facts: facts(&visit, &date, &rules) };
    problem::html(&visit, StatusCode::OK, view.render())
}

/// How to register a number.
pub async fn registration(visit: Visit) -> HttpResponse {
    show(&visit, Guide::Registration, TypedFeedback::default(), None)
}

/// How to get back in.
pub async fn reset(visit: Visit) -> HttpResponse {
    show(&visit, Guide::Reset, TypedFeedback::default(), None)
}

/// How to look after an account that a unit shares, where the tenant has such.
pub async fn functional(visit: Visit) -> HttpResponse {
    show(&visit, Guide::Functional, TypedFeedback::default(), None)
}

/// What a mail about passwords that are about to expire means.
pub async fn reminders(visit: Visit) -> HttpResponse {
    show(&visit, Guide::Reminders, TypedFeedback::default(), None)
}

/// Takes what a reader thought.
pub async fn feedback(visit: Visit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

/// Thanks for it.
pub async fn thanks(visit: Visit) -> HttpResponse {
    problem::html(&visit, StatusCode::OK, ThanksView { page: visit.page("/guides/thanks") }.render())
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let guide = Guide::from_stored(fields.get("guide")).filter(|guide| is_offered(visit, *guide));
    let guide = guide.ok_or_else(|| problem::page(visit, Message::BadRequest))?;
    let helpful = match fields.get("helpful") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let typed = TypedFeedback { helpful, text: fields.get("text") };
    let wrong = |problem| show(visit, guide, typed, Some(problem));
    let text = FeedbackText::parse(typed.text).map_err(|_| wrong(FeedbackProblem::TooLong))?;
    let helpful = helpful.ok_or_else(|| wrong(FeedbackProblem::NoChoice))?;
    let (platform, visitor) = (visit.platform(), visit.visitor());
    let given = give_feedback::run(platform, &visit.tenant, &visitor, guide, helpful, text.as_ref()).await;
    Ok(match given.or_fault(visit)? {
        Given::Kept => visit.go("/guides/thanks"),
        Given::Limited => problem::page(visit, Message::TooMany { minutes: None }),
    })
}

fn show(visit: &Visit, guide: Guide, typed: TypedFeedback<'_>, problem: Option<FeedbackProblem>) -> HttpResponse {
    if !is_offered(visit, guide) {
        return problem::page(visit, Message::NotFound);
    }
    let path = format!("/guides/{}", guide.as_str());
    let (date, rules) = (today(visit), rules(visit));
    // Whom to turn to depends on whose account it is, here and at the foot of the page.
    let page = match guide {
        Guide::Functional => Page { help_desk: visit.tenant.settings.desk_for_functional(), ..visit.page(&path) },
        _ => visit.page(&path),
    };
    let view = GuideView { page, guide, facts: facts(visit, &date, &rules), typed, problem };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    problem::html(visit, status, view.render())
}

fn is_offered(visit: &Visit, guide: Guide) -> bool {
    guide != Guide::Functional || visit.tenant.settings.directory.has_functional()
}

/// The rules as far as they are the same for everybody: what a directory adds for one account is said when it is known.
fn rules(visit: &Visit) -> Vec<Rule> {
    visit.tenant.policy.rules(&EffectivePolicy::default())
}

/// The day in Sweden.
fn today(visit: &Visit) -> String {
    moment(visit.platform().now()).split(' ').next().unwrap_or_default().to_owned()
}

fn facts<'a>(visit: &'a Visit, date: &'a str, rules: &'a [Rule]) -> GuideFacts<'a> {
    let (settings, links) = (&visit.tenant.settings, &visit.tenant.links);
    GuideFacts {
        reset_url: &links.reset,
        register_url: &links.register,
        base: visit.base(),
        example: &settings.texts.username_example,
        rules,
        code_minutes: settings.reset.code_minutes,
        keep_and_unlock: settings.reset.keep_and_unlock,
        known_password: settings.reset.known_password,
        password_again: settings.registration.password_again,
        delayed_change_hours: settings.registration.delayed_change_hours,
        functional: settings.directory.has_functional(),
        reminders: Some(&settings.reminders).filter(|reminders| reminders.send),
        reminder_language: settings.reminders.language.unwrap_or(settings.default_language),
        after_reset: visit.own_words(&settings.texts.after_reset),
        after_unlock: visit.own_words(&settings.texts.after_unlock),
        after_functional: visit.own_words(&settings.texts.after_functional),
        inside: visit.own_words(&settings.texts.inside_network),
        outside: visit.own_words(&settings.texts.outside_network),
        date,
    }
}
