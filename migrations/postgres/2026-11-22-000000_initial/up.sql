-- Every table here has its twin in ../../sqlite. What only PostgreSQL has stands at the end: comments, row-level
-- security and grants. Times are exact to the microsecond. Hashes are keyed, 32 bytes.

create table tenants (
  id uuid primary key,
  slug text not null unique,
  version bigint,
  created_at timestamptz not null,
  suspended_at timestamptz
);

create table tenant_hosts (
  host text primary key,
  tenant_id uuid not null references tenants (id),
  purpose text not null
);
create index tenant_hosts_tenant on tenant_hosts (tenant_id);

create table tenant_settings (
  tenant_id uuid not null references tenants (id),
  version bigint not null,
  author text not null,
  created_at timestamptz not null,
  document text not null,
  primary key (tenant_id, version)
);
alter table tenants add constraint tenants_version foreign key (id, version) references tenant_settings (tenant_id, version);

create table tenant_secrets (
  tenant_id uuid not null,
  name text not null,
  version bigint not null,
  sealed bytea not null,
  primary key (tenant_id, name, version),
  foreign key (tenant_id, version) references tenant_settings (tenant_id, version)
);

create table numbers (
  tenant_id uuid not null references tenants (id),
  account uuid not null,
  id uuid not null,
  number bytea not null,
  number_hash bytea not null,
  registered_at timestamptz not null,
  primary key (tenant_id, account),
  unique (tenant_id, id)
);
create index numbers_hash on numbers (tenant_id, number_hash);

create table subjects (
  tenant_id uuid not null references tenants (id),
  account uuid not null,
  subject uuid not null,
  primary key (tenant_id, account),
  unique (tenant_id, subject)
);

create table flows (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  kind text not null,
  state text not null,
  token_hash bytea not null,
  start_hash bytea not null,
  login bytea not null,
  login_hash bytea not null,
  account uuid,
  network bytea not null,
  trusted_network boolean not null,
  language text not null,
  pending_number bytea,
  pending_number_hash bytea,
  choice text,
  code_message uuid,
  code_requested_at timestamptz,
  code_hash bytea,
  tries integer not null,
  wrong_codes integer not null,
  codes_sent integer not null,
  created_at timestamptz not null,
  touched_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, kind, token_hash),
  unique (tenant_id, kind, start_hash)
);
create index flows_account on flows (tenant_id, account);
create index flows_created on flows (tenant_id, created_at);

create table messages (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  kind text not null,
  channel text not null,
  flow uuid not null,
  account uuid,
  recipient bytea,
  language text not null,
  requested_at timestamptz not null,
  state text not null,
  attempts integer not null,
  provider_id text,
  settled_at timestamptz,
  primary key (tenant_id, id)
);
create index messages_flow on messages (tenant_id, flow);
create index messages_requested on messages (tenant_id, requested_at);

create table sms_log (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  account uuid not null,
  network bytea not null,
  trusted boolean not null,
  sent_at timestamptz not null,
  primary key (tenant_id, id)
);
create index sms_log_account on sms_log (tenant_id, account, sent_at);
create index sms_log_sent on sms_log (tenant_id, sent_at);

create table limit_counters (
  tenant_id uuid not null references tenants (id),
  name text not null,
  subject bytea not null,
  window_start bigint not null,
  count bigint not null,
  expires_at timestamptz not null,
  primary key (tenant_id, name, subject, window_start)
);
create index limit_counters_expiry on limit_counters (tenant_id, expires_at);

create table sign_in_guards (
  tenant_id uuid not null references tenants (id),
  subject bytea not null,
  failed integer not null,
  pending integer not null,
  last_at timestamptz not null,
  primary key (tenant_id, subject)
);
create index sign_in_guards_last on sign_in_guards (tenant_id, last_at);

create table audit_events (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  at timestamptz not null,
  kind text not null,
  subject uuid,
  flow uuid,
  network bytea,
  actor text,
  details text not null,
  primary key (tenant_id, id)
);
create index audit_events_order on audit_events (tenant_id, at, id);

create table audit_seals (
  tenant_id uuid not null references tenants (id),
  seq bigint not null,
  event uuid not null,
  seal bytea not null,
  primary key (tenant_id, seq),
  unique (tenant_id, event),
  foreign key (tenant_id, event) references audit_events (tenant_id, id)
);

create table jobs (
  tenant_id uuid not null references tenants (id),
  id uuid not null unique,
  kind text not null,
  payload text not null,
  dedupe_key text,
  run_at timestamptz not null,
  attempts integer not null,
  leased_by text,
  leased_until timestamptz,
  dead_at timestamptz,
  last_error text,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index jobs_dedupe on jobs (tenant_id, dedupe_key) where dedupe_key is not null;
create index jobs_due on jobs (run_at) where dead_at is null;

create table sms_budgets (
  tenant_id uuid not null references tenants (id),
  span text not null,
  window_start bigint not null,
  sent bigint not null,
  primary key (tenant_id, span)
);

comment on column tenants.version is 'the settings in force; null until some were activated';
comment on column tenant_hosts.host is 'lower case, without port and trailing dot';
comment on column tenant_hosts.purpose is 'reset or register';
comment on column tenant_settings.document is 'JSON, without secrets';
comment on column tenant_secrets.version is 'the settings it came with; it holds until a later version brings another';
comment on column tenant_secrets.sealed is 'sealed for the tenant''s id as row';
comment on column numbers.id is 'new with every number: the row that the number is sealed for';
comment on column numbers.number_hash is 'for looking up who has a number';
comment on column subjects.subject is 'the random name by which the audit trail knows the account; deleting the row forgets who it was';
comment on column flows.token_hash is 'what the browser holds, hashed';
comment on column flows.start_hash is 'the first form''s token: makes a double click one flow';
comment on column flows.login_hash is 'tells whether a repeated first form named the same login';
comment on column flows.account is 'null until the directory was asked, and where there is nobody to serve';
comment on column flows.code_message is 'the message that carries the current code: an older one, sent late, changes nothing';
comment on column flows.code_hash is 'null until the code was made; a random one where none was sent';
comment on column flows.tries is 'wrong tries at the current code';
comment on column flows.wrong_codes is 'wrong tries at all codes (registration: also wrong passwords)';
comment on column flows.codes_sent is 'codes asked for in this step';
comment on column flows.touched_at is 'when something was last sent in';
comment on column messages.flow is 'no foreign key: messages are kept longer than flows';
comment on column messages.recipient is 'sealed for the message''s id; null: looked up when it is sent';
comment on column sms_log.id is 'the message';
comment on column sms_log.account is 'a random one where nothing was sent, so that every job writes one row';
comment on column sms_log.network is 'the client''s network, hashed';
comment on column limit_counters.window_start is 'seconds since 1970';
comment on column sign_in_guards.pending is 'sign-ins under way; a crash leaves them behind until the window has passed';
comment on column audit_events.subject is 'subjects.subject; no foreign key, so that an account can be forgotten';
comment on column audit_events.details is 'JSON object of texts';
comment on column audit_seals.seal is 'HMAC over the seal before, the place and the event';
comment on column jobs.payload is 'JSON, ids only';
comment on column jobs.dedupe_key is 'at most one waiting row of a key; null as soon as it was leased';
comment on column jobs.dead_at is 'laid aside for people to look at';
comment on column jobs.last_error is 'names nobody';
comment on column sms_budgets.span is 'hour or day';
comment on column sms_budgets.window_start is 'seconds since 1970; one row a span, begun anew with each window';

-- What belongs to a tenant: the server's own role sees and writes rows of the tenant named in the transaction, and
-- without one no rows at all. The owner, bound by FORCE, sees none either.
do $$
declare
  name text;
  condition constant text := 'tenant_id = nullif(current_setting(''portvakt.tenant'', true), '''')::uuid';
begin
  foreach name in array array[
    'tenant_settings', 'tenant_secrets', 'numbers', 'subjects', 'flows', 'messages', 'sms_log', 'limit_counters',
    'sign_in_guards', 'audit_events', 'audit_seals'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I to portvakt_app using (%s) with check (%s)', name, condition, condition);
    -- What happened can be added to, never changed.
    if name like 'audit%' then
      execute format('grant select, insert on %I to portvakt_app', name);
    else
      execute format('grant select, insert, update, delete on %I to portvakt_app', name);
    end if;
  end loop;
  -- What is looked at across tenants, by a role that sees nothing else.
  foreach name in array array['tenants', 'tenant_hosts', 'jobs', 'sms_budgets'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy control on %I to portvakt_control using (true) with check (true)', name);
  end loop;
  execute format('create policy tenant on jobs for insert to portvakt_app with check (%s)', condition);
end
$$;

grant insert on jobs to portvakt_app;
grant select, insert, update on tenants to portvakt_control;
grant select, insert, delete on tenant_hosts to portvakt_control;
grant select, update, delete on jobs to portvakt_control;
grant select, insert, update on sms_budgets to portvakt_control;
-- The server looks whether it fits the schema before it starts.
grant select on __diesel_schema_migrations to portvakt_app, portvakt_control;
