//! Every case on both databases. The PostgreSQL ones need a server: `tests/run` starts one and names it in
//! `PORTVAKT_TEST_RUN`; without it, `PORTVAKT_TEST_POSTGRES` may hold a superuser's address.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test that can't go on fails")]

mod fixture;

mod audit;
mod changes;
mod deletion;
mod feedback;
mod flows;
mod guard;
mod jobs;
mod key_rotations;
mod limits;
mod messages;
mod migrations;
mod number_attributes;
mod number_changes;
mod numbers;
mod opening;
mod reconciliations;
mod rejections;
mod reminder_mails;
mod reminders;
mod reports;
mod sealed_values;
mod settings;
mod steps;
mod sweep;
mod wall;

/// Makes two tests of each case.
macro_rules! cases {
    ($($module:ident: $($name:ident)+;)+) => {
        mod sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    crate::$module::$name(crate::fixture::Fixture::sqlite().await).await;
                })+
            })+
        }

        mod postgres {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    crate::$module::$name(crate::fixture::Fixture::postgres().await).await;
                })+
            })+
        }
    };
}

cases! {
    audit:
        events_come_back_exactly
        a_chain_is_sealed_in_order_and_verifies
        concurrent_sealers_make_one_chain
        a_swapped_event_is_noticed
        a_late_event_is_sealed_all_the_same
        no_event_is_left_behind_by_its_job
        one_account_is_one_subject
        a_trail_needs_the_keys_behind_its_last_checkpoint;
    changes:
        wrong_current_passwords_end_a_change;
    deletion:
        a_tenant_is_deleted_when_its_time_is_over
        a_deletion_is_taken_back;
    feedback:
        answers_come_back_and_are_the_tenants_own;
    flows:
        a_flow_comes_back_as_it_was_begun
        a_form_begins_one_flow
        a_limit_keeps_nothing_but_counts
        a_right_code_is_right_once
        wrong_codes_end_the_code_then_the_flow
        what_was_counted_beforehand_stays_for_a_wrong_code_only
        a_code_is_valid_for_its_life
        a_wrong_code_costs_the_same_whatever_is_behind_it
        a_right_old_code_asks_for_the_new_one
        a_write_is_claimed_once_and_settled
        a_write_that_was_overtaken_keeps_its_outcome
        passwords_are_counted
        another_tenant_sees_nothing;
    guard:
        unused_codes_open_the_breaker_and_time_closes_it
        of_many_at_once_two_hundred_and_one_pass_before_it_opens
        a_flow_that_ends_proves_its_network
        a_limit_is_told_of_once_a_window
        trips_are_added_up_over_a_day
        replicas_agree_on_a_key
        what_comes_again_is_counted_once
        budget_alarms_are_raised_once
        the_deployment_is_counted_over_tenants;
    jobs:
        a_waiting_job_is_not_asked_for_twice
        who_can_not_serve_a_tenant_looks_after_its_rows_alone
        tenants_take_turns
        what_nobody_waits_for_stands_before_no_code
        no_job_is_leased_twice
        a_job_belongs_to_its_worker_until_the_lease_ends
        what_was_not_its_turn_was_no_attempt
        what_was_laid_aside_long_ago_is_removed_by_kind
        what_can_not_be_done_is_laid_aside
        a_worker_that_lives_keeps_its_job
        what_was_laid_aside_is_done_after_all
        a_newer_releases_job_is_left_to_it
        a_suspended_tenants_jobs_wait
        the_queue_at_a_glance
        a_budget_counts_by_hour_and_day;
    key_rotations:
        a_rotation_begins_and_ends_once
        of_two_keys_the_one_begun_later_is_newer
        what_does_not_open_is_told_when_its_number_changes;
    limits:
        counts_hold_under_concurrency
        windows_end
        sign_ins_under_way_never_exceed_the_allowance
        a_guard_forgets_as_the_directory_does;
    messages:
        a_code_is_begun_once
        a_number_that_was_replaced_gets_no_code
        every_begin_costs_the_same
        an_account_gets_three_from_a_network
        networks_are_counted_apart
        a_message_that_was_overtaken_changes_nothing
        a_call_that_was_not_made_is_made_again
        notices_are_sent_once
        an_answer_after_the_answer_does_not_count;
    migrations:
        a_second_migration_has_nothing_to_do;
    number_attributes:
        a_first_number_is_imported_once
        a_number_from_the_directory_is_asked_for_once
        what_is_put_back_is_given_up_and_told
        a_change_from_the_directory_is_carried_out_or_stopped
        a_saved_number_is_to_be_written_until_it_is
        attributes_are_looked_at_in_turn
        a_hash_is_exchanged_and_is_dealt_with;
    number_changes:
        one_change_waits_and_its_job_with_it
        of_many_that_ask_at_once_one_is_heard
        a_change_is_carried_out_once_and_when_it_is_due
        a_change_is_stopped_by_a_code_and_everybody_is_told
        a_change_dies_when_the_number_changes_otherwise
        a_refused_change_is_over_and_old_ones_go
        a_wait_is_made_longer;
    numbers:
        a_proved_number_is_saved_and_ends_other_flows
        a_changed_number_leaves_flows_by_name_without_a_code
        numbers_keep_their_order_and_a_changed_one_its_place
        another_accounts_number_is_not_changed
        two_flows_do_not_both_save_a_number;
    reconciliations:
        one_reconciliation_of_a_tenant_is_under_way
        a_reconciliation_that_was_left_behind_ends_as_failed
        accounts_with_numbers_come_page_by_page
        an_absence_begins_once_and_is_forgotten
        an_absent_accounts_numbers_go_once_and_whole
        a_number_that_was_registered_since_begins_the_absence_anew
        an_attribute_is_emptied_as_soon_as_it_can_be
        reconciliations_go_after_a_year;
    rejections:
        reasons_are_counted_by_day_and_tenant
        many_at_once_are_all_counted;
    reminder_mails:
        a_mail_is_sent_again_until_it_is_settled
        a_mail_that_was_sent_may_come_back
        whom_it_was_not_for_any_more_leaves_the_marks_to_others
        an_sms_is_handed_over_once
        reminders_are_listed_by_what_became_of_them;
    reminders:
        one_run_of_a_tenant_is_under_way
        a_run_that_was_left_behind_ends_as_failed
        of_many_that_record_the_same_marks_one_does
        a_reminder_is_recorded_whole_or_not_at_all
        what_was_marked_comes_back_for_many_at_once
        runs_go_after_a_year_and_marks_when_no_password_is_that_old;
    reports:
        a_report_never_goes_back_and_counts_once
        many_at_once_are_one_news
        an_sms_is_found_by_its_own_provider_alone
        what_was_unknown_is_settled_by_a_report
        who_refused_an_sms_does_not_speak_for_who_took_it
        a_report_changes_no_flow
        what_was_reported_is_counted_by_provider;
    sealed_values:
        a_damaged_name_is_no_key
        hashes_of_changes_that_are_over_are_forgotten;
    settings:
        versions_count_up_and_secrets_stay
        a_host_belongs_to_one_tenant
        a_tenant_is_made_once;
    steps:
        every_step_is_taken_once_and_only_from_its_states
        every_step_ends_with_the_flows_time
        every_step_loses_with_another_token_or_tenant;
    sweep:
        what_has_served_its_time_goes;
}
