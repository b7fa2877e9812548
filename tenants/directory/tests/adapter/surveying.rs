//! Going through everybody: page by page on one connection, and never a short answer that is taken for a whole one.

use std::collections::BTreeSet;

use portvakt_domain::staff::{Person, StaffAccount, StaffQuestion};

use super::*;

impl Bench {
    /// What was given, page by page, and how it ended.
    async fn survey(&self) -> (Vec<Vec<StaffAccount>>, Result<(), DirectoryError>) {
        let mut pages = Vec::new();
        let ended = self.directory.survey(StaffQuestion::default(), &mut |page| pages.push(page)).await;
        (pages, ended)
    }

    fn seen(&self, operation: &str) -> Vec<&'static str> {
        let seen = self.seen.0.lock().expect("what was seen");
        seen.iter().filter(|(seen, _)| *seen == operation).map(|(_, outcome)| *outcome).collect()
    }
}

async fn of_staff(staff: usize) -> Controller {
    let controller = Controller::start().await;
    controller.script().staff = staff;
    controller
}

fn sizes(pages: &[Vec<StaffAccount>]) -> Vec<usize> {
    pages.iter().map(Vec::len).collect()
}

fn names(pages: &[Vec<StaffAccount>]) -> BTreeSet<String> {
    pages.iter().flatten().map(|account| account.username.clone()).collect()
}

#[tokio::test]
async fn everybody_comes_once_in_pages_that_are_asked_for_on_one_connection() {
    let controller = of_staff(2_500).await;
    let bench = Bench::new(&controller);
    bench.anna().await;
    let (pages, ended) = bench.survey().await;
    ended.expect("a whole survey");
    assert_eq!(sizes(&pages), [1_000, 1_000, 500]);
    assert_eq!(names(&pages).len(), 2_500);
    assert_eq!(controller.script().pages, [(2, 0), (2, 1_000), (2, 2_000)], "not on the kept connection");
    assert_eq!(bench.seen("survey"), ["ok"]);
    eventually("its connection is closed", async || controller.script().open == 1).await;

    controller.script().staff = 0;
    let (pages, ended) = bench.survey().await;
    ended.expect("a whole survey");
    assert!(pages.is_empty(), "a page of nobody is no page");
}

#[tokio::test]
async fn a_controller_with_a_lower_limit_loses_nobody() {
    let controller = of_staff(1_000).await;
    controller.script().longest_page = 300;
    let (pages, ended) = Bench::new(&controller).survey().await;
    ended.expect("a whole survey");
    assert_eq!((sizes(&pages), names(&pages).len()), (vec![300, 300, 300, 100], 1_000));
}

#[tokio::test]
async fn who_comes_twice_is_given_once() {
    let controller = of_staff(2_500).await;
    controller.script().repeats = true;
    let (pages, ended) = Bench::new(&controller).survey().await;
    ended.expect("a whole survey");
    assert_eq!((sizes(&pages).iter().sum::<usize>(), names(&pages).len()), (2_500, 2_500));
}

#[tokio::test]
async fn a_unit_in_another_is_gone_through_with_it_and_one_that_is_gone_is_told() {
    let controller = of_staff(10).await;
    let inner = format!("OU=Ettan,OU=Skola,{BASE}");
    let bench = Bench::with(&controller, |settings| settings.units.insert(0, inner.clone()));
    let (pages, ended) = bench.survey().await;
    ended.expect("a whole survey");
    assert_eq!((sizes(&pages), controller.script().pages.len()), (vec![10], 1));

    let gone = Bench::with(&controller, |settings| settings.units.push(format!("OU=Borta,{BASE}")));
    let (pages, ended) = gone.survey().await;
    let Err(DirectoryError::Misconfigured(what)) = ended else { panic!("{ended:?}") };
    assert_eq!((pages.len(), what.as_str()), (0, "directory.units[1]: it is not in the directory"));
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_an_error() {
    let refused = |code: LdapResultCode| Doing::Refuse(code, "CN=anna");
    let cases = [
        ("cut off at once", refused(LdapResultCode::SizeLimitExceeded), 1, "misconfigured"),
        ("cut off later", refused(LdapResultCode::SizeLimitExceeded), 2, "misconfigured"),
        ("cut off by the administrator", refused(LdapResultCode::AdminLimitExceeded), 3, "misconfigured"),
        ("no pages there", refused(LdapResultCode::UnavailableCriticalExtension), 1, "misconfigured"),
        ("the cookie is lost", refused(LdapResultCode::UnavailableCriticalExtension), 2, "unavailable"),
        ("the cookie is lost, elsewhere", refused(LdapResultCode::UnwillingToPerform), 2, "unavailable"),
        ("too busy", refused(LdapResultCode::Busy), 2, "unavailable"),
        ("too slow", refused(LdapResultCode::TimeLimitExceeded), 3, "unavailable"),
        ("the connection is lost", Doing::HangUp, 2, "unavailable"),
        ("no right", refused(LdapResultCode::InsufficentAccessRights), 1, "no_right"),
    ];
    for (case, doing, at, expected) in cases {
        let controller = of_staff(2_500).await;
        controller.asked(|script| (script.page, script.page_at) = (doing, at..));
        let bench = Bench::new(&controller);
        let (pages, ended) = bench.survey().await;
        let error = ended.expect_err(case);
        assert!(!error.to_string().contains("anna"), "{case}: {error}");
        assert_eq!((bench.seen("survey"), pages.len()), (vec![expected], at - 1), "{case}: {error}");
    }
    for staff in [10, 2_500] {
        let controller = of_staff(staff).await;
        controller.script().unpaged = true;
        let (pages, ended) = Bench::new(&controller).survey().await;
        let Err(DirectoryError::Misconfigured(what)) = ended else { panic!("{ended:?}") };
        assert!(pages.is_empty() && what.contains("RFC 2696"), "{what}");
    }
}

#[tokio::test]
async fn each_page_has_the_deadline_of_an_operation() {
    let late = async {
        let controller = of_staff(2_500).await;
        controller.asked(|script| (script.page, script.page_at) = (Doing::Silence, 2..));
        let (pages, ended) = Bench::hasty(&controller).survey().await;
        assert!(matches!(ended, Err(DirectoryError::Unavailable(_))), "{ended:?}");
        assert_eq!(pages.len(), 1);
    };
    // All together take longer than one may.
    let slow = async {
        let controller = of_staff(4_000).await;
        controller.script().page = Doing::After(Duration::from_millis(1_500));
        let bench = Bench::with(&controller, |settings| settings.deadline_seconds = 5);
        let (pages, ended) = bench.survey().await;
        ended.expect("a whole survey");
        assert_eq!(pages.len(), 4);
    };
    tokio::join!(late, slow);
}

#[tokio::test]
async fn another_controller_may_begin_but_none_goes_on() {
    for doing in [Doing::HangUp, Doing::Refuse(LdapResultCode::Busy, "")] {
        let (bench, first, second) = Bench::of_two(|_| {}).await;
        for controller in [&first, &second] {
            controller.script().staff = 2_500;
        }
        first.asked(|script| (script.page, script.page_at) = (doing.clone(), 1..));
        let (pages, ended) = bench.survey().await;
        ended.expect("from the second");
        assert_eq!(names(&pages).len(), 2_500);
        assert_eq!((first.script().pages.len(), second.script().pages.len()), (1, 3));

        first.asked(|script| (script.page_at, script.pages) = (2.., Vec::new()));
        second.script().pages.clear();
        let (pages, ended) = bench.survey().await;
        assert!(matches!(ended, Err(DirectoryError::Unavailable(_))), "{ended:?}");
        assert_eq!((sizes(&pages), second.script().pages.len()), (vec![1_000], 0), "nobody is given twice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_asked_for_before_the_one_before_was_taken() {
    let controller = of_staff(6_000).await;
    let bench = Bench::new(&controller);
    let (anna, runtime) = (bench.anna().await.key, Handle::current());
    let (mut taken, mut most) = (0, 0);
    let mut take = |_| {
        taken += 1;
        // While much else is asked, the next page comes; the one after it is not asked for.
        let much = || (0..100).all(|_| runtime.block_on(bench.directory.read(anna)).is_ok());
        assert!(std::thread::scope(|scope| scope.spawn(much).join()).expect("answers"));
        most = most.max(controller.script().pages.len() - taken);
    };
    bench.directory.survey(StaffQuestion::default(), &mut take).await.expect("a whole survey");
    assert_eq!((taken, most), (6, 1));
}

#[tokio::test]
async fn a_survey_ends_when_nobody_waits_for_it() {
    let controller = of_staff(5_000).await;
    controller.asked(|script| (script.page, script.page_at) = (Doing::Silence, 2..));
    let bench = Arc::new(Bench::with(&controller, |settings| settings.deadline_seconds = 30));
    let waiting = tokio::spawn({
        let bench = bench.clone();
        async move { bench.survey().await }
    });
    eventually("the second page is asked for", async || controller.script().pages.len() == 2).await;
    waiting.abort();
    eventually("the connection is closed", async || controller.script().open == 0).await;
    assert_eq!(bench.seen("survey"), ["left"]);

    controller.script().page = Doing::Answer;
    bench.survey().await.1.expect("the next one need not wait");
}

#[tokio::test]
async fn a_survey_takes_no_more_connections_than_the_tenant_allows() {
    for allowed in [3, 6] {
        let controller = of_staff(3_000).await;
        let bench = Arc::new(Bench::with(&controller, |settings| settings.connections_per_controller = allowed));
        let anna = bench.anna().await;
        controller.asked(|script| {
            script.bind = Doing::After(Duration::from_millis(20));
            script.page = Doing::After(Duration::from_millis(20));
        });
        let callers = (0..30).map(|number| {
            let (bench, anna) = (bench.clone(), anna.clone());
            tokio::spawn(async move {
                match number % 10 {
                    0 => bench.survey().await.1,
                    1..5 => bench.directory.read(anna.key).await.map(|_| ()),
                    _ => bench.directory.authenticate(&anna, &password("hemligt")).await.map(|_| ()),
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.expect("a caller").expect("an answer");
        }
        let most = controller.script().most_open;
        assert!(most <= usize::try_from(allowed).expect("a few"), "{most} of {allowed}");
    }
}

#[tokio::test]
async fn a_person_is_looked_up_below_the_base_alone() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let person = async |dn: &str| bench.directory.person(dn).await.expect("an answer");
    let anna = Person {
        username: "anna".to_owned(),
        display_name: String::new(),
        mail: Some("anna.astrom@orebro.test".to_owned()),
        disabled: false,
    };
    assert!(person(&format!("CN=anna,OU=Skola,{BASE}")).await == Some(anna));
    assert!(person(&format!("CN=borta,OU=Skola,{BASE}")).await.is_none());
    assert_eq!(bench.seen("person"), ["ok", "ok"]);
    let before = controller.script().searches.len();
    for elsewhere in ["CN=anna,OU=Skola,DC=annan,DC=test", BASE, "", "anna", "<GUID=01010101010101010101010101010101>"]
    {
        assert!(person(elsewhere).await.is_none(), "{elsewhere}");
    }
    assert_eq!(controller.script().searches.len(), before, "nothing is asked");
}
