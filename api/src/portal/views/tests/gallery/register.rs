//! The pages of pwreg.

use portvakt_domain::{flow::NumberTask, holder::HolderError, message::Delivery, number::Country, tenant::HostPurpose};

use super::{Gallery, MASKED, RESET, WHEN, code, code_problems, suffix, within};
use crate::portal::{
    progress::{Journey, Step},
    views::{
        Page,
        register::{
            self, ConfirmProblem, ConfirmView, NumberItem, NumberProblem, NumberView, SignInProblem, SignInView,
            StopView, TaskKind, TaskView, TypedNumber,
        },
        reset::{CodeFor, CodeView, StartProblem},
    },
};

pub(super) fn pages(gallery: &mut Gallery<'_>) {
    let page = Page { service: HostPurpose::Register, ..gallery.page };
    for problem in [
        None,
        Some(SignInProblem::Empty { username: true, password: true }),
        Some(SignInProblem::Refused),
        Some(SignInProblem::Stale),
    ] {
        let page = page.at(numbers(NumberTask::First), Step::SignIn);
        let view = SignInView { page, start_token: "t0k3n", username: "hemvardsgruppen", problem, reset_url: RESET };
        gallery.hang(format!("register-1-sign-in{}", suffix(&problem)), problem.is_some(), &view);
    }
    for problem in [None, Some(ConfirmProblem::Empty), Some(ConfirmProblem::Wrong)] {
        let page = within(page, numbers(NumberTask::First), Step::Confirm);
        let view = ConfirmView { page, username: "hemvardsgruppen", display_name: "Hemvårdsgruppen", problem };
        gallery.hang(format!("register-2-confirm{}", suffix(&problem)), problem.is_some(), &view);
    }
    let country = |code: &str| Country::try_from(code.to_owned()).expect("a country");
    for problem in [
        None,
        Some(NumberProblem::Empty),
        Some(NumberProblem::Malformed),
        Some(NumberProblem::NotMobile),
        Some(NumberProblem::Country(vec![country("SE"), country("NO"), country("AT")])),
        Some(NumberProblem::Same),
    ] {
        for (name, numbers) in [("new", 0), ("change", 1), ("several", 2)] {
            let name = format!("register-3-number-{name}{}", suffix(&problem));
            let (is_error, number) = (problem.is_some(), if problem.is_some() { "08-123" } else { "" });
            let typed = TypedNumber { number, ..TypedNumber::default() };
            let numbers = numbers_of(numbers);
            let view = NumberView { typed, problem: problem.clone(), ..number_view(page, &numbers) };
            gallery.hang(name, is_error, &view);
        }
    }
    let (five, first) = (numbers_of(5), numbers_of(0));
    let waiting = NumberView { waits_until: Some(WHEN), delay_offered: false, ..number_view(page, &five) };
    gallery.hang("register-3-number-waiting", false, &NumberView { functional: true, takes_more: false, ..waiting });
    for problem in [None, Some(NumberProblem::Holder(HolderError::Empty))] {
        let name = format!("register-3-number-functional{}", suffix(&problem));
        let view = NumberView { functional: true, problem: problem.clone(), ..number_view(page, &first) };
        gallery.hang(name, problem.is_some(), &view);
    }
    task_pages(gallery, page);
    for problem in [None, Some(StartProblem::Empty), Some(StartProblem::Stale)] {
        let page = page.at(Journey::Stop, Step::Name);
        let view = StopView { page, start_token: "t0k3n", username: "hemvardsgruppen", problem };
        gallery.hang(format!("register-1-stop{}", suffix(&problem)), problem.is_some(), &view);
    }
    let stop = code(page, CodeFor::StopByName, None);
    gallery.hang("register-8-stop-code", false, &stop);
    for (name, purpose) in [
        ("add", CodeFor::AddNumber(MASKED)),
        ("remove", CodeFor::RemoveNumber(MASKED)),
        ("stop", CodeFor::Stop(MASKED)),
    ] {
        let view = CodeView { others: &five, delay_offered: true, ..code(page, purpose, None) };
        gallery.hang(format!("register-9-code-{name}-several"), false, &view);
    }
    for problem in code_problems() {
        let page = Page { path: "/code", ..page };
        let old = code(page, CodeFor::OldNumber(MASKED), problem);
        gallery.hang(format!("register-4-code-old{}", suffix(&problem)), problem.is_some(), &old);
        let new = code(page, CodeFor::NewNumber(MASKED), problem);
        gallery.hang(format!("register-5-code-new{}", suffix(&problem)), problem.is_some(), &new);
    }
    for delivery in [Delivery::OnItsWay, Delivery::Delivered, Delivery::NotDelivered, Delivery::NotSent] {
        let page = Page { path: "/code", ..page };
        let new = CodeView { delivery: Some(delivery), ..code(page, CodeFor::NewNumber(MASKED), None) };
        gallery.hang(format!("register-5-code-new-{delivery:?}"), false, &new);
    }
    for kind in [
        register::Done::Saved,
        register::Done::Kept,
        register::Done::Removed,
        register::Done::Waiting,
        register::Done::Stopped,
    ] {
        for numbers in [numbers_of(0), numbers_of(2)] {
            let view = register::DoneView {
                page,
                kind,
                numbers: &numbers,
                waits_until: (kind == register::Done::Waiting).then_some(WHEN),
                paragraphs: &["Byt också i <mobilen>.".to_owned()],
                reset_url: RESET,
            };
            let name = format!("register-6-done-{kind:?}{}", if numbers.is_empty() { "-none" } else { "" });
            gallery.hang(name, false, &view);
        }
    }
}

/// Adding, removing, and the lost phone, for a person's own account and for a unit's.
fn task_pages(gallery: &mut Gallery<'_>, page: Page<'_>) {
    let (one, five) = (numbers_of(1), numbers_of(5));
    let typed = TypedNumber::default();
    for (name, kind, task, problems) in [
        ("add", TaskKind::Add { functional: false }, NumberTask::Add, vec![NumberProblem::Same]),
        (
            "add-holder",
            TaskKind::Add { functional: true },
            NumberTask::Add,
            vec![NumberProblem::Holder(HolderError::Malformed)],
        ),
        ("remove", TaskKind::Remove, NumberTask::Remove, Vec::new()),
        ("lost", TaskKind::Lost { hours: 48 }, NumberTask::Delay, vec![NumberProblem::NotMobile]),
    ] {
        for problem in std::iter::once(None).chain(problems.into_iter().map(Some)) {
            for numbers in [&one, &five] {
                let count = if numbers.len() == 1 { "one" } else { "five" };
                let name = format!("register-7-{name}-{count}{}", suffix(&problem));
                let page = within(page, self::numbers(task), Step::Task);
                let view = TaskView { page, kind, numbers, typed, to: "", problem: problem.clone() };
                gallery.hang(name, problem.is_some(), &view);
            }
        }
        let problem = Some(NumberProblem::NoChoice);
        let page = within(page, self::numbers(task), Step::Task);
        let view = TaskView { page, kind, numbers: &five, typed, to: "", problem };
        gallery.hang(format!("register-7-{name}-choose"), true, &view);
    }
}

fn number_view<'a>(page: Page<'a>, numbers: &'a [NumberItem]) -> NumberView<'a> {
    let task = if numbers.is_empty() { NumberTask::First } else { NumberTask::Change };
    NumberView {
        page: within(page, self::numbers(task), Step::Number),
        username: "stelin",
        display_name: "",
        functional: false,
        numbers,
        typed: TypedNumber::default(),
        problem: None,
        takes_more: numbers.len() == 1,
        delay_offered: !numbers.is_empty(),
        waits_until: None,
    }
}

fn numbers_of(count: usize) -> Vec<NumberItem> {
    let item = |n| NumberItem { row: format!("row{n}"), shown: format!("Maj-Britt <Ödman> {n}, {MASKED}") };
    (1..=count).map(item).collect()
}

fn numbers(task: NumberTask) -> Journey {
    Journey::Numbers { password_again: true, task }
}
