//! Every route on one page, grouped by who calls it.

use actix_web::{
    FromRequest, Handler, HttpResponse, Resource, Route, guard,
    guard::GuardContext,
    web::{self, ServiceConfig},
};
use portvakt_domain::tenant::HostPurpose;

use crate::{
    edge::health, portal, portal::guides, portal::register, portal::reset, portal::statements, registry::Served,
    reports, rest,
};

/// What people's browsers reach, by the host they call.
pub fn public(config: &mut ServiceConfig) {
    config
        .service(web::scope("").guard(at(HostPurpose::Reset)).configure(pwreset))
        .service(web::scope("").guard(at(HostPurpose::Register)).configure(providers).configure(pwreg));
}

/// What SMS providers reach, at pwreg's host: reports of what became of each SMS. Nobody else knows the address.
fn providers(config: &mut ServiceConfig) {
    config.service(page("/reports/{provider}/{secret}").route(web::post().to(reports::post)));
}

/// pwreset.
fn pwreset(config: &mut ServiceConfig) {
    config
        .service(page("/").route(web::get().to(reset::start::get)).route(web::post().to(reset::start::post)))
        .service(page("/change").route(web::get().to(reset::change::get)).route(web::post().to(reset::change::post)))
        .service(
            page("/change/password")
                .route(web::get().to(reset::change_password::get))
                .route(web::post().to(reset::change_password::post)),
        )
        .service(page("/code").route(web::get().to(reset::code::get)).route(web::post().to(reset::code::post)))
        .service(page("/code/again").route(web::post().to(reset::code::again)))
        .service(page("/code/another").route(web::post().to(reset::code::another)))
        .service(page("/choose").route(web::get().to(reset::choose::get)).route(web::post().to(reset::choose::post)))
        .service(
            page("/password").route(web::get().to(reset::password::get)).route(web::post().to(reset::password::post)),
        )
        .service(page("/done").route(web::get().to(reset::done::get)))
        .configure(shared);
}

/// pwreg.
fn pwreg(config: &mut ServiceConfig) {
    config
        .service(page("/").route(web::get().to(register::sign_in::get)).route(web::post().to(register::sign_in::post)))
        .service(
            page("/confirm")
                .route(web::get().to(register::confirm::get))
                .route(web::post().to(register::confirm::post)),
        )
        .service(
            page("/number").route(web::get().to(register::number::get)).route(web::post().to(register::number::post)),
        )
        .service(page("/add").route(web::get().to(register::add::get)).route(web::post().to(register::add::post)))
        .service(
            page("/remove").route(web::get().to(register::remove::get)).route(web::post().to(register::remove::post)),
        )
        .service(page("/lost").route(web::get().to(register::lost::get)).route(web::post().to(register::lost::post)))
        .service(page("/stop").route(web::get().to(register::stop::get)).route(web::post().to(register::stop::post)))
        .service(page("/stop/now").route(web::post().to(register::stop::now)))
        .service(page("/keep").route(web::post().to(register::keep::post)))
        .service(page("/code").route(web::get().to(register::code::get)).route(web::post().to(register::code::post)))
        .service(page("/code/again").route(web::post().to(register::code::again)))
        .service(page("/code/another").route(web::post().to(register::code::another)))
        .service(page("/done").route(web::get().to(register::done::get)))
        .configure(shared);
}

/// Both.
fn shared(config: &mut ServiceConfig) {
    config
        .service(page("/cancel").route(web::post().to(portal::cancel)))
        .service(page("/stay").route(web::post().to(portal::stay)))
        .service(page("/cancelled").route(web::get().to(portal::cancelled)))
        .service(looked_at("/help", statements::help))
        .service(looked_at("/accessibility", statements::accessibility))
        .service(looked_at("/privacy", statements::privacy))
        .service(looked_at("/cookies", statements::cookies))
        .service(looked_at("/guides", guides::list))
        .service(looked_at("/guides/registration", guides::registration))
        .service(looked_at("/guides/reset", guides::reset))
        .service(looked_at("/guides/functional", guides::functional))
        .service(looked_at("/guides/reminders", guides::reminders))
        .service(looked_at("/guides/thanks", guides::thanks))
        .service(page("/guides/feedback").route(web::post().to(guides::feedback)))
        .service(page("/assets/{name}").route(web::get().to(portal::asset)))
        .service(page("/favicon.ico").route(web::get().to(portal::icon)))
        .default_service(web::to(portal::not_found));
}

/// What operators and their monitoring reach, on the internal address.
pub fn internal(config: &mut ServiceConfig) {
    config
        .route("/healthz", web::get().to(health::live))
        .route("/readyz", web::get().to(health::ready))
        .route("/metrics", web::get().to(health::metrics))
        .route("/v1/tenants/{slug}/reminders/preview", web::get().to(rest::reminders::preview))
        .route("/v1/tenants/{slug}/reminders/runs", web::get().to(rest::reminders::runs));
}

/// A path whose other methods answer 405.
pub fn page(path: &str) -> Resource {
    web::resource(path).default_service(Route::new().to(portal::method_not_allowed))
}

/// A page that is looked at and nothing else, also by who asks for its head alone.
fn looked_at<A: FromRequest + 'static>(path: &str, handler: impl Handler<A, Output = HttpResponse>) -> Resource {
    page(path).route(web::get().to(handler.clone())).route(web::head().to(handler))
}

fn at(purpose: HostPurpose) -> impl guard::Guard {
    guard::fn_guard(move |context: &GuardContext<'_>| {
        context.req_data().get::<Served>().is_some_and(|served| served.purpose == purpose)
    })
}
