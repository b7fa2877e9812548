-- Every table here has its twin in ../../postgres. Ids are 16 bytes; times are microseconds since 1970, so that they
-- compare and come back exactly; yes and no are 1 and 0. Hashes are keyed, 32 bytes.

create table tenants (
  id blob not null primary key,
  slug text not null unique,
  -- the settings in force; null until some were activated
  version integer,
  created_at integer not null,
  suspended_at integer,
  foreign key (id, version) references tenant_settings (tenant_id, version)
) strict;

create table tenant_hosts (
  -- lower case, without port and trailing dot
  host text not null primary key,
  tenant_id blob not null references tenants (id),
  -- reset or register
  purpose text not null
) strict;
create index tenant_hosts_tenant on tenant_hosts (tenant_id);

create table tenant_settings (
  tenant_id blob not null references tenants (id),
  version integer not null,
  author text not null,
  created_at integer not null,
  -- JSON, without secrets
  document text not null,
  primary key (tenant_id, version)
) strict;

create table tenant_secrets (
  tenant_id blob not null,
  name text not null,
  -- the settings it came with; it holds until a later version brings another
  version integer not null,
  -- sealed for the tenant's id as row
  sealed blob not null,
  primary key (tenant_id, name, version),
  foreign key (tenant_id, version) references tenant_settings (tenant_id, version)
) strict;

create table numbers (
  tenant_id blob not null references tenants (id),
  account blob not null,
  -- new with every number: the row that the number is sealed for
  id blob not null,
  number blob not null,
  -- for looking up who has a number
  number_hash blob not null,
  registered_at integer not null,
  primary key (tenant_id, account),
  unique (tenant_id, id)
) strict;
create index numbers_hash on numbers (tenant_id, number_hash);

create table subjects (
  tenant_id blob not null references tenants (id),
  account blob not null,
  -- the random name by which the audit trail knows the account; deleting the row forgets who it was
  subject blob not null,
  primary key (tenant_id, account),
  unique (tenant_id, subject)
) strict;

create table flows (
  tenant_id blob not null references tenants (id),
  id blob not null,
  kind text not null,
  state text not null,
  -- what the browser holds, hashed
  token_hash blob not null,
  -- the first form's token: makes a double click one flow
  start_hash blob not null,
  login blob not null,
  -- tells whether a repeated first form named the same login
  login_hash blob not null,
  -- null until the directory was asked, and where there is nobody to serve
  account blob,
  network blob not null,
  trusted_network integer not null,
  language text not null,
  pending_number blob,
  pending_number_hash blob,
  choice text,
  -- the message that carries the current code: an older one, sent late, changes nothing
  code_message blob,
  code_requested_at integer,
  -- null until the code was made; a random one where none was sent
  code_hash blob,
  -- wrong tries at the current code
  tries integer not null,
  -- wrong tries at all codes (registration: also wrong passwords)
  wrong_codes integer not null,
  -- codes asked for in this step
  codes_sent integer not null,
  created_at integer not null,
  -- when something was last sent in
  touched_at integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, kind, token_hash),
  unique (tenant_id, kind, start_hash)
) strict;
create index flows_account on flows (tenant_id, account);
create index flows_created on flows (tenant_id, created_at);

create table messages (
  tenant_id blob not null references tenants (id),
  id blob not null,
  kind text not null,
  channel text not null,
  -- no foreign key: messages are kept longer than flows
  flow blob not null,
  account blob,
  -- sealed for the message's id; null: looked up when it is sent
  recipient blob,
  language text not null,
  requested_at integer not null,
  state text not null,
  attempts integer not null,
  provider_id text,
  settled_at integer,
  primary key (tenant_id, id)
) strict;
create index messages_flow on messages (tenant_id, flow);
create index messages_requested on messages (tenant_id, requested_at);

create table sms_log (
  tenant_id blob not null references tenants (id),
  -- the message
  id blob not null,
  -- a random one where nothing was sent, so that every job writes one row
  account blob not null,
  -- the client's network, hashed
  network blob not null,
  trusted integer not null,
  sent_at integer not null,
  primary key (tenant_id, id)
) strict;
create index sms_log_account on sms_log (tenant_id, account, sent_at);
create index sms_log_sent on sms_log (tenant_id, sent_at);

create table limit_counters (
  tenant_id blob not null references tenants (id),
  name text not null,
  subject blob not null,
  -- seconds since 1970
  window_start integer not null,
  count integer not null,
  expires_at integer not null,
  primary key (tenant_id, name, subject, window_start)
) strict;
create index limit_counters_expiry on limit_counters (tenant_id, expires_at);

create table sign_in_guards (
  tenant_id blob not null references tenants (id),
  subject blob not null,
  failed integer not null,
  -- sign-ins under way; a crash leaves them behind until the window has passed
  pending integer not null,
  last_at integer not null,
  primary key (tenant_id, subject)
) strict;
create index sign_in_guards_last on sign_in_guards (tenant_id, last_at);

create table audit_events (
  tenant_id blob not null references tenants (id),
  id blob not null,
  at integer not null,
  kind text not null,
  -- subjects.subject; no foreign key, so that an account can be forgotten
  subject blob,
  flow blob,
  network blob,
  actor text,
  -- JSON object of texts
  details text not null,
  primary key (tenant_id, id)
) strict;
create index audit_events_order on audit_events (tenant_id, at, id);

create table audit_seals (
  tenant_id blob not null references tenants (id),
  seq integer not null,
  event blob not null,
  -- HMAC over the seal before, the place and the event
  seal blob not null,
  primary key (tenant_id, seq),
  unique (tenant_id, event),
  foreign key (tenant_id, event) references audit_events (tenant_id, id)
) strict;

create table jobs (
  tenant_id blob not null references tenants (id),
  id blob not null unique,
  kind text not null,
  -- JSON, ids only
  payload text not null,
  -- at most one waiting row of a key; null as soon as it was leased
  dedupe_key text,
  run_at integer not null,
  attempts integer not null,
  leased_by text,
  leased_until integer,
  -- laid aside for people to look at
  dead_at integer,
  -- names nobody
  last_error text,
  created_at integer not null,
  primary key (tenant_id, id)
) strict;
create unique index jobs_dedupe on jobs (tenant_id, dedupe_key) where dedupe_key is not null;
create index jobs_due on jobs (run_at) where dead_at is null;

create table sms_budgets (
  tenant_id blob not null references tenants (id),
  -- hour or day
  span text not null,
  -- seconds since 1970; one row a span, begun anew with each window
  window_start integer not null,
  sent integer not null,
  primary key (tenant_id, span)
) strict;
