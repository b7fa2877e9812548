//! The demo's own pages, on `localhost`: where to begin, the accounts, phones and mailboxes. They do not exist elsewhere.

mod expiry;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use actix_web::{
    HttpRequest, HttpResponse, guard,
    http::{
        StatusCode,
        header::{self, ContentType},
    },
    web::{self, ServiceConfig},
};
use askama::Template as _;
use portvakt_demo::{
    accounts::{SampleAccount, SampleState, SampleTenant},
    outbox::{Delivered, Outbox},
};
use portvakt_domain::{language::Language, message::Channel};
use serde_json::json;

use crate::{
    edge::FrontHost,
    portal::{
        self,
        views::{
            self,
            demo::{DemoAccount, DemoPage, DemoTenant, Mailbox, OutboxMessage, OutboxView, StartPageView},
        },
    },
    routes::page,
    shared::Shared,
};

/// The hosts of the demo's own pages.
pub const HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

/// What the demo's pages show.
pub struct Scene {
    outbox: Outbox,
    accounts: Vec<SampleAccount>,
    /// Slug and the municipality's name, in fixed order.
    slugs: Vec<&'static str>,
    port: OnceLock<u16>,
}

impl Scene {
    /// The accounts as they are seeded; unchanged while the demo runs.
    pub fn new<'a>(outbox: Outbox, samples: impl Iterator<Item = &'a SampleTenant>) -> Self {
        let samples: Vec<&SampleTenant> = samples.collect();
        let mut accounts: Vec<SampleAccount> = samples.iter().flat_map(|sample| sample.accounts.clone()).collect();
        for account in &mut accounts {
            // One number an account is registered in this release: what is listed is what is stored.
            account.numbers.truncate(1);
        }
        Self { outbox, accounts, slugs: samples.iter().map(|sample| sample.slug).collect(), port: OnceLock::new() }
    }

    /// The port was taken: links can be written.
    pub fn opened(&self, port: u16) {
        let _ = self.port.set(port);
    }

    fn address(&self, service: &str, slug: &str) -> String {
        format!("http://{service}.{slug}.localhost:{}", self.port.get().copied().unwrap_or_default())
    }
}

/// What the command prints: what to open and whom to try.
pub fn greeting(url: &str, scene: &Scene) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        "  Portvakt demo. Everything is made up and lives in this process; nothing is sent anywhere.".to_owned(),
        String::new(),
        format!("  {url}/               begin here: addresses, accounts, passwords"),
        format!("  {url}/demo/outbox    phones and mailboxes: the codes arrive here"),
        String::new(),
    ];
    for slug in &scene.slugs {
        let of = |state: SampleState| {
            let mut all = scene.accounts.iter().filter(|account| account.tenant == *slug);
            all.find(|account| account.state == state)
        };
        let named = |state| of(state).map_or("nobody", |account| account.username.as_str());
        lines.push(format!("  {slug}"));
        lines.push(format!("    {}/", scene.address("pwreset", slug)));
        let (normal, locked) = (named(SampleState::Normal), named(SampleState::Locked));
        lines.push(format!("      get back in: {normal} forgot the password, {locked} is locked out"));
        lines.push(format!("    {}/", scene.address("pwreg", slug)));
        if let Some(new) = of(SampleState::Unregistered) {
            let (name, password) = (&new.username, &new.password);
            lines.push(format!("      register a number: {name} with the password {password} has none"));
        }
        lines.push(String::new());
    }
    lines.push("  Ctrl-C ends it.".to_owned());
    lines.push(String::new());
    lines
}

/// The demo's routes, on its own hosts only.
pub fn routes(scene: Arc<Scene>) -> Arc<dyn Fn(&mut ServiceConfig) + Send + Sync> {
    Arc::new(move |config| {
        let front = guard::fn_guard(|context| context.req_data().get::<FrontHost>().is_some());
        let scope = web::scope("")
            .guard(front)
            .app_data(web::Data::from(scene.clone()))
            .service(page("/").route(web::get().to(start)))
            .service(page("/demo/accounts.json").route(web::get().to(accounts_json)))
            .service(
                page("/demo/expiry/{slug}.json")
                    .route(web::get().to(expiry::preview))
                    .route(web::post().to(expiry::run_json)),
            )
            .service(page("/demo/expiry/{slug}").route(web::post().to(expiry::run_page)))
            .service(page("/demo/outbox").route(web::get().to(outbox)))
            .service(page("/demo/outbox.json").route(web::get().to(outbox_json)))
            .service(page("/assets/{name}").route(web::get().to(portal::asset)))
            .default_service(web::to(portal::not_found));
        config.service(scope);
    })
}

/// `GET /`: where to begin.
async fn start(request: HttpRequest, shared: web::Data<Shared>, scene: web::Data<Scene>) -> HttpResponse {
    let tenants: Vec<DemoTenant> = scene
        .slugs
        .iter()
        .map(|slug| DemoTenant {
            slug,
            name: name_of(&shared, slug),
            reset_url: scene.address("pwreset", slug),
            register_url: scene.address("pwreg", slug),
            accounts: scene.accounts.iter().filter(|account| account.tenant == *slug).map(shown).collect(),
        })
        .collect();
    let frame = Frame::of(&request);
    answer(StartPageView { page: frame.page(&shared, "/"), tenants: &tenants }.render())
}

/// `GET /demo/accounts.json`: the accounts as seeded.
async fn accounts_json(scene: web::Data<Scene>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "accounts": scene.accounts }))
}

/// `GET /demo/outbox`: what phones and mailboxes received.
async fn outbox(request: HttpRequest, shared: web::Data<Shared>, scene: web::Data<Scene>) -> HttpResponse {
    let mut boxes: BTreeMap<(String, &str, String), Vec<Delivered>> = BTreeMap::new();
    for message in scene.outbox.messages() {
        boxes.entry((message.tenant.clone(), message.channel, message.to.clone())).or_default().push(message);
    }
    let mut mailboxes: Vec<Mailbox> = boxes
        .into_iter()
        .map(|((tenant, channel, to), messages)| Mailbox {
            to,
            channel: if channel == "sms" { Channel::Sms } else { Channel::Mail },
            tenant: name_of(&shared, &tenant),
            messages: messages.into_iter().rev().map(received).collect(),
        })
        .collect();
    mailboxes.sort_by_key(|mailbox| std::cmp::Reverse(mailbox.messages.first().map(|message| message.id)));
    let live = !request.query_string().split('&').any(|pair| pair == "live=no");
    let frame = Frame::of(&request);
    answer(OutboxView { page: frame.page(&shared, "/demo/outbox"), live, mailboxes: &mailboxes }.render())
}

/// `GET /demo/outbox.json`: the same, for programs.
async fn outbox_json(scene: web::Data<Scene>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "messages": scene.outbox.messages() }))
}

/// The language of the demo's pages.
struct Frame {
    language: Language,
    chosen: Option<Language>,
}

impl Frame {
    fn of(request: &HttpRequest) -> Self {
        let chosen = form_urlencoded::parse(request.query_string().as_bytes())
            .find(|(name, _)| name == "lang")
            .and_then(|(_, tag)| Language::from_tag(&tag));
        let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = chosen.or_else(|| header.and_then(Language::from_accept_language)).unwrap_or_default();
        Self { language, chosen }
    }

    fn page<'a>(&self, shared: &'a Shared, path: &'a str) -> DemoPage<'a> {
        DemoPage { texts: &shared.texts, language: self.language, query: views::query(self.chosen), path }
    }
}

fn answer(rendered: Result<String, askama::Error>) -> HttpResponse {
    match rendered {
        Ok(html) => HttpResponse::build(StatusCode::OK).content_type(ContentType::html()).body(html),
        Err(error) => {
            tracing::error!(%error, "a page of the demo can't be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn name_of(shared: &Shared, slug: &str) -> String {
    let tenants = shared.registry.tenants();
    let own = tenants.iter().find(|tenant| tenant.settings.slug.as_str() == slug);
    own.map_or_else(|| slug.to_owned(), |tenant| tenant.settings.name.clone())
}

fn shown(account: &SampleAccount) -> DemoAccount {
    let state = serde_json::to_value(account.state).ok().and_then(|value| value.as_str().map(str::to_owned));
    let numbers = match account.numbers.as_slice() {
        [] => account.number.iter().cloned().collect(),
        several => several.iter().map(|number| number.number.clone()).collect(),
    };
    DemoAccount {
        username: account.username.clone(),
        password: account.password.clone(),
        state: state.unwrap_or_default(),
        numbers,
    }
}

fn received(message: Delivered) -> OutboxMessage {
    // Only messages that carry a code hold a group of exactly six digits.
    let code = message.text.split(|c: char| !c.is_ascii_digit()).find(|group| group.len() == 6).map(str::to_owned);
    let at = format!("{} UTC", message.at.split('.').next().unwrap_or_default().replace('T', " "));
    OutboxMessage { id: message.id, subject: message.subject, text: message.text, at, code }
}
