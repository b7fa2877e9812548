-- What a tenant is guarded by: networks that somebody got through from, codes counted by the minute, the breaker that goes
-- by them, and how often limits acted. One table is the whole deployment's. No persons; networks are hashed.

-- networks from which a flow came to its end lately
create table proven_networks (
  tenant_id blob not null references tenants (id),
  network blob not null,
  last_at integer not null,
  primary key (tenant_id, network)
) strict;
create index proven_networks_last on proven_networks (tenant_id, last_at);

create table code_counts (
  tenant_id blob not null references tenants (id),
  -- its start, in seconds since 1970
  minute integer not null,
  sent integer not null,
  used integer not null,
  primary key (tenant_id, minute)
) strict;

create table breakers (
  tenant_id blob not null references tenants (id),
  -- null: closed
  open_since integer,
  primary key (tenant_id)
) strict;

create table limit_trips (
  tenant_id blob not null references tenants (id),
  name text not null,
  -- its start, in seconds since 1970
  hour integer not null,
  count integer not null,
  primary key (tenant_id, name, hour)
) strict;

-- counted over all tenants; whose they were is not kept
create table deployment_counters (
  name text not null,
  window_start integer not null,
  count integer not null,
  primary key (name, window_start)
) strict;

-- the highest percentage that was told of in this window
alter table sms_budgets add column alarmed integer not null default 0;
