//! Tenants apart: hosts, cookies, tokens, origins.
