//! How a tenant's pages and messages look and read: its own texts, colours and logo, its languages, its addresses.

#[path = "looks/addresses.rs"]
mod addresses;
#[path = "looks/branding.rs"]
mod branding;
#[path = "looks/languages.rs"]
mod languages;
#[path = "looks/texts.rs"]
mod texts;
