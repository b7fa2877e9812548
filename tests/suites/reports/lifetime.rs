//! How long a code lives is told to providers that can take it, whether or not they report.

use harness::{
    Database, State, World,
    gateway::{Dialect, GatewayDouble},
    journey,
};

pub async fn is_told(dialect: impl Dialect, right: impl Fn(&str)) {
    let (world, gateway) = (World::practice(Database::Sqlite).await, GatewayDouble::start(dialect));
    world.connect_gateway("orebro", &gateway, gateway.account()).await;
    let person = world.person("orebro", State::Normal).await;
    journey::ask_for_code(&world, &mut world.browser(), "orebro", &person.username).await;
    world.run_jobs().await;
    let [sms] = &gateway.received()[..] else { panic!("{:?}", gateway.refused()) };
    assert_eq!(sms.callback, None, "nobody asked for reports");
    right(sms.expires.as_deref().expect("a lifetime"));
}
