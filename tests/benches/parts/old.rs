//! What old flows cost: the first page, starts and resets, before and after very many were put into the database.

use crate::{
    auc::median,
    parts::{
        Size,
        pages::first_page,
        resets::{Measured, resets},
    },
    reset::STEPS,
    stage::Stage,
    table::{Goal, Table},
};

/// Resets before, and after.
pub const RESETS: usize = 100;

/// Copies of a flow that ended, all of this hour: no sweep removes them meanwhile. As superuser, past row-level security.
const COPIES: &str = "
    insert into flows
    select copy.* from (select * from flows limit 1) f, generate_series($1::bigint, $2::bigint) n,
        lateral jsonb_populate_record(null::flows, to_jsonb(f) || jsonb_build_object(
            'id', gen_random_uuid(), 'state', 'password_set', 'account', gen_random_uuid(),
            'token_hash', '\\x' || encode(sha256(convert_to('token ' || n, 'UTF8')), 'hex'),
            'start_hash', '\\x' || encode(sha256(convert_to('start ' || n, 'UTF8')), 'hex'))) copy";

/// Before, the rows, and after.
pub async fn run(stage: &mut Stage, size: &Size, table: &mut Table) {
    let before = some_resets(stage).await;
    let database = stage.installation.superuser().await;
    let piece = size.old / 10;
    for n in 0..10 {
        let (from, to) = (i64::try_from(n * piece + 1), i64::try_from((n + 1) * piece));
        database.execute(COPIES, &[&from.expect("a number"), &to.expect("a number")]).await.expect("rows");
        println!("   {} of {} old flows", (n + 1) * piece, size.old);
    }
    database.batch_execute("analyze flows").await.expect("analyzed");
    first_page(&stage.served, size, &format!("{} old flows", size.old), table).await;
    let after = some_resets(stage).await;
    let ratio = |of: &dyn Fn(&Measured) -> f64| of(&after) / of(&before);
    let start = |it: &Measured| it.steps.get(STEPS[1]).map_or(f64::NAN, |samples| median(samples));
    table.tell("p50 of POST / without them", start(&before), "ms");
    table.figure("p50 of POST / with them, to without", ratio(&start), "", Goal::AtMost(1.2));
    let cpu = |it: &Measured| it.cpu / it.resets;
    table.figure("our processor time a reset with them, to without", ratio(&cpu), "", Goal::AtMost(1.2));
}

async fn some_resets(stage: &mut Stage) -> Measured {
    let people = stage.practice.take(RESETS);
    let mut all = Measured::default();
    resets(stage, false, 4, &people, &mut all).await;
    for problem in all.failed.iter().take(3) {
        println!("   a reset failed: {problem}");
    }
    all
}
