//! A new password for who knows the current one, on each directory and database: with a code in Örebro, without one in
//! Mjölby.

#[path = "changes/guard.rs"]
mod guard;
#[path = "changes/journeys.rs"]
mod journeys;
#[path = "changes/lost.rs"]
mod lost;
#[path = "changes/refused.rs"]
mod refused;

use portvakt_domain::tenant::{KnownPassword, TenantSettings};

/// With a code in Örebro, as it is by default; without one in Mjölby.
fn offered(settings: &mut TenantSettings) {
    if settings.slug.as_str() == "mjolby" {
        settings.reset.known_password = KnownPassword::WithoutCode;
    }
}

/// Expands cases for one kind of world.
macro_rules! cases_on {
    ($name:ident, $world:expr, $($module:ident::$case:ident,)+) => {
        mod $name {
            use harness::{Database, World};

            use super::offered;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$module::$case(&$world.await).await;
                }
            )+
        }
    };
}

macro_rules! all_cases_on {
    ($name:ident, $world:expr) => {
        cases_on!(
            $name,
            $world,
            journeys::who_knows_the_password_changes_it,
            journeys::an_expired_one_and_one_that_must_be_changed_are_changed,
            journeys::without_a_number_it_depends_on_the_tenant,
            journeys::a_code_of_one_purpose_is_nothing_for_the_other,
            refused::every_state_is_as_the_table_says,
            refused::an_earlier_password_is_refused_and_the_flow_goes_on,
            refused::what_changed_meanwhile_stops_the_write,
            guard::a_wrong_current_password_never_locks,
        );
    };
}

all_cases_on!(practice_sqlite, World::practice_with(Database::Sqlite, offered));
all_cases_on!(practice_postgres, World::practice_with(Database::Postgres, offered));
all_cases_on!(samba_postgres, World::samba_with(Database::Postgres, offered));
all_cases_on!(openldap_postgres, World::openldap_with(Database::Postgres, offered));
