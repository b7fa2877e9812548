//! Every cell of the table of states, on each directory and database; and what else decides whether somebody is served.

#[path = "states/between.rs"]
mod between;
#[path = "states/history.rs"]
mod history;
#[path = "states/names.rs"]
mod names;
#[path = "states/pages.rs"]
mod pages;
#[path = "states/progress.rs"]
mod progress;
#[path = "states/registration.rs"]
mod registration;
#[path = "states/rules.rs"]
mod rules;
#[path = "states/scope.rs"]
mod scope;
#[path = "states/stay.rs"]
mod stay;
#[path = "states/table.rs"]
mod table;

/// Expands cases for one kind of world.
macro_rules! cases_on {
    ($name:ident, $world:expr, $($module:ident::$case:ident,)+) => {
        mod $name {
            use harness::{Database, World};

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$module::$case(&$world.await).await;
                }
            )+
        }
    };
}

cases_on!(
    practice_sqlite,
    World::practice(Database::Sqlite),
    table::sign_in_is_as_the_table_says,
    table::codes_and_choices_are_as_the_table_says,
    names::a_name_means_one_person_or_nobody,
    rules::a_finer_policy_is_listed_and_kept_to,
    between::what_changed_after_the_code_stops_the_write,
    between::a_number_changed_after_the_code_ends_the_flow,
    scope::members_of_the_allowed_groups_alone_are_served,
    scope::who_is_no_longer_allowed_after_the_code_is_not_written_to,
    registration::a_second_password_wrong_too_often_ends_the_flow,
    progress::every_way_counts_the_steps_that_are_met,
    stay::who_stays_has_the_idle_time_anew_and_never_the_whole,
    stay::staying_takes_a_live_flow_and_a_form_of_ours,
);

cases_on!(
    practice_postgres,
    World::practice(Database::Postgres),
    table::sign_in_is_as_the_table_says,
    table::codes_and_choices_are_as_the_table_says,
    names::a_name_means_one_person_or_nobody,
    rules::a_finer_policy_is_listed_and_kept_to,
    between::what_changed_after_the_code_stops_the_write,
    between::a_number_changed_after_the_code_ends_the_flow,
    scope::members_of_the_allowed_groups_alone_are_served,
    scope::who_is_no_longer_allowed_after_the_code_is_not_written_to,
    registration::a_second_password_wrong_too_often_ends_the_flow,
    stay::who_stays_has_the_idle_time_anew_and_never_the_whole,
    stay::staying_takes_a_live_flow_and_a_form_of_ours,
);

cases_on!(
    samba_postgres,
    World::samba(Database::Postgres),
    table::sign_in_is_as_the_table_says,
    table::codes_and_choices_are_as_the_table_says,
    names::a_name_means_one_person_or_nobody,
    rules::a_finer_policy_is_listed_and_kept_to,
    between::what_changed_after_the_code_stops_the_write,
    between::a_number_changed_after_the_code_ends_the_flow,
    scope::members_of_the_allowed_groups_alone_are_served,
    scope::who_is_no_longer_allowed_after_the_code_is_not_written_to,
    registration::a_second_password_wrong_too_often_ends_the_flow,
);

cases_on!(samba_sqlite, World::samba(Database::Sqlite), table::one_journey_each,);

cases_on!(
    openldap_postgres,
    World::openldap(Database::Postgres),
    table::sign_in_is_as_the_table_says,
    table::codes_and_choices_are_as_the_table_says,
    between::what_changed_after_the_code_stops_the_write,
    between::a_number_changed_after_the_code_ends_the_flow,
    scope::members_of_the_allowed_groups_alone_are_served,
    scope::who_is_no_longer_allowed_after_the_code_is_not_written_to,
    registration::a_second_password_wrong_too_often_ends_the_flow,
);

cases_on!(openldap_sqlite, World::openldap(Database::Sqlite), table::one_journey_each,);
