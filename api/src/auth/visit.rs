//! A request at one of a tenant's two addresses, with everything its handler needs.

use std::{future::Ready, future::ready, net::IpAddr, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    dev::Payload,
    http::header,
    web,
};
use portvakt_domain::{
    flow::{Flow, FlowKind, FlowState},
    language::Language,
    tenant::{HostPurpose, Paragraphs},
    token::FlowToken,
};
use portvakt_flows::{Platform, Tenant, Visitor, open};
use portvakt_texts::Texts;

use super::{
    client,
    fields::{Fields, FormError},
    origin,
};
use crate::{
    edge::request_id::RequestId,
    look::Look,
    portal::views::{self, message::Message},
    problem::{self, OrFault as _},
    registry::Served,
    shared::Shared,
};

/// The one cookie. `__Host-` binds it to this very host (RFC 6265bis, 4.1.3.2).
pub const COOKIE: &str = "__Host-portvakt";

/// A request at one of a tenant's addresses.
pub struct Visit {
    request: HttpRequest,
    shared: web::Data<Shared>,
    /// Whose address was called.
    pub tenant: Arc<Tenant>,
    look: Arc<Look>,
    /// Which kind of flow lives here.
    pub kind: FlowKind,
    /// The language of the answer.
    pub language: Language,
    /// The language that was asked for by name; it is carried on in every address.
    chosen: Option<Language>,
    address: IpAddr,
}

/// A request at pwreset.
pub struct ResetVisit(pub Visit);

/// A request at pwreg.
pub struct RegisterVisit(pub Visit);

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Visit::of(request).ok_or_else(problem::misdirected))
    }
}

macro_rules! visit_at {
    ($name:ident, $kind:pat) => {
        impl FromRequest for $name {
            type Error = actix_web::Error;
            type Future = Ready<Result<Self, Self::Error>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let visit = Visit::of(request).filter(|visit| matches!(visit.kind, $kind));
                ready(visit.map($name).ok_or_else(problem::misdirected))
            }
        }
    };
}

visit_at!(ResetVisit, FlowKind::Reset);
visit_at!(RegisterVisit, FlowKind::Register);

impl Visit {
    /// The visit, when the request's host is served.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let served = request.extensions().get::<Served>().cloned()?;
        let shared = request.app_data::<web::Data<Shared>>()?.clone();
        let address = client::address(request, &shared.proxies);
        let asked = query(request, "lang").and_then(|tag| Language::from_tag(&tag));
        let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let settings = &served.tenant.settings;
        let asked = asked.filter(|language| settings.languages.contains(language));
        let language = asked
            .or_else(|| header.and_then(|header| Language::accepted_of(header, &settings.languages)))
            .unwrap_or(settings.default_language);
        let kind = match served.purpose {
            HostPurpose::Reset => FlowKind::Reset,
            HostPurpose::Register => FlowKind::Register,
        };
        let (request, tenant, look) = (request.clone(), served.tenant, served.look);
        Some(Self { request, shared, tenant, look, kind, language, chosen: asked, address })
    }

    /// The platform.
    pub fn platform(&self) -> &Platform {
        &self.shared.platform
    }

    /// The words.
    pub fn texts(&self) -> &Texts {
        &self.look.texts
    }

    /// The client, as far as limits go.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.platform(), &self.tenant, self.address, self.language)
    }

    /// The address called, as scheme, host and port.
    pub fn base(&self) -> &str {
        match self.kind {
            FlowKind::Reset => &self.tenant.links.reset,
            FlowKind::Register => &self.tenant.links.register,
        }
    }

    /// What pages have around them. `path` is where the page is fetched by GET.
    pub fn page<'a>(&'a self, path: &'a str) -> views::Page<'a> {
        let settings = &self.tenant.settings;
        views::Page {
            texts: &self.look.texts,
            language: self.language,
            query: views::query(self.chosen),
            path,
            service: match self.kind {
                FlowKind::Reset => HostPurpose::Reset,
                FlowKind::Register => HostPurpose::Register,
            },
            tenant: settings.branding.name.as_ref().unwrap_or(&settings.name),
            help_desk: &settings.help_desk,
            languages: &settings.languages,
            brand: &self.look.brand,
            progress: None,
            time: None,
        }
    }

    /// As [`Visit::page`], for a page of a flow: it knows how long the flow has.
    pub fn page_of<'a>(&'a self, flow: &Flow, path: &'a str) -> views::Page<'a> {
        views::Page { time: Some(flow.time_left(self.platform().now())), ..self.page(path) }
    }

    /// What the tenant says in the reader's language, or in its own first one.
    pub fn own_words<'a>(&self, paragraphs: &'a Paragraphs) -> &'a [String] {
        let own = paragraphs.get(&self.language).or_else(|| paragraphs.get(&self.tenant.settings.default_language));
        own.map_or(&[], Vec::as_slice)
    }

    /// The path that was called.
    pub fn path(&self) -> &str {
        self.request.path()
    }

    /// What a person quotes and the log holds: the name of this request.
    pub fn reference(&self) -> String {
        RequestId::of(&self.request).map(|id| id.as_str().to_owned()).unwrap_or_default()
    }

    /// The flow token that the browser shows.
    pub fn token(&self) -> Option<FlowToken> {
        FlowToken::parse(self.request.cookie(COOKIE)?.value())
    }

    /// The flow token that the browser shows.
    ///
    /// # Errors
    /// The page that says to start over.
    pub fn begun(&self) -> Result<FlowToken, HttpResponse> {
        self.token().ok_or_else(|| problem::page(self, Message::FlowOver))
    }

    /// The flow that the browser is in.
    ///
    /// # Errors
    /// The page that says to start over, or a fault's.
    pub async fn flow(&self) -> Result<(FlowToken, Flow), HttpResponse> {
        let token = self.begun()?;
        let flow = open::run(self.platform(), &self.tenant, self.kind, &token).await.or_fault(self)?;
        match flow {
            Some(flow) if flow.state == FlowState::Exhausted => {
                Err(problem::page(self, Message::Exhausted { minutes: None }))
            }
            Some(flow) if flow.state != FlowState::Ended => Ok((token, flow)),
            _ => Err(problem::page(self, Message::FlowOver)),
        }
    }

    /// The fields of the posted form.
    ///
    /// # Errors
    /// The page that says what is wrong: a foreign origin, or a form that can't be read.
    pub async fn fields(&self, body: web::Payload) -> Result<Fields, HttpResponse> {
        if !origin::is_own(&self.request, self.base()) {
            return Err(problem::page(self, Message::BadOrigin));
        }
        Fields::read(&self.request, body).await.map_err(|error| {
            problem::page(
                self,
                match error {
                    FormError::Malformed => Message::BadRequest,
                    FormError::TooLarge => Message::TooLarge,
                },
            )
        })
    }

    /// Sends the browser to the next page (303: it fetches, it does not post again).
    pub fn go(&self, path: &str) -> HttpResponse {
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("{path}{}", views::query(self.chosen))))
            .finish()
    }

    /// As [`Visit::go`], with a new flow token.
    pub fn go_with(&self, path: &str, token: &FlowToken) -> HttpResponse {
        let mut response = self.go(path);
        set_cookie(&mut response, cookie(token.reveal()));
        response
    }

    /// As [`Visit::go`], and the browser forgets its token.
    pub fn go_without(&self, path: &str) -> HttpResponse {
        let mut response = self.go(path);
        let mut gone = cookie(String::new());
        gone.make_removal();
        set_cookie(&mut response, gone);
        response
    }
}

fn cookie(value: String) -> Cookie<'static> {
    // Secure also on http://*.localhost, where browsers accept it: the attribute is not worth a second kind of cookie.
    Cookie::build(COOKIE, value).path("/").secure(true).http_only(true).same_site(SameSite::Lax).finish()
}

fn set_cookie(response: &mut HttpResponse, cookie: Cookie<'_>) {
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie can't be set");
    }
}

fn query(request: &HttpRequest, name: &str) -> Option<String> {
    form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}
