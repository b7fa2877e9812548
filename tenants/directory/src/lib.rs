#![doc = include_str!("../README.md")]

mod account;
mod active_directory;
mod connection;
mod denied;
mod dn;
mod domain;
mod entry;
mod error_map;
mod filter;
mod guid;
mod observer;
mod password;
mod policy;
mod service;
mod sid;
mod time;
mod tls;

pub use active_directory::ActiveDirectory;
pub use observer::OperationObserver;
