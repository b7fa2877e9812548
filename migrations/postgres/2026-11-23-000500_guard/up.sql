-- What a tenant is guarded by: networks that somebody got through from, codes counted by the minute, the breaker that goes
-- by them, and how often limits acted. One table is the whole deployment's. No persons; networks are hashed.

create table proven_networks (
  tenant_id uuid not null references tenants (id),
  network bytea not null,
  last_at timestamptz not null,
  primary key (tenant_id, network)
);
create index proven_networks_last on proven_networks (tenant_id, last_at);

create table code_counts (
  tenant_id uuid not null references tenants (id),
  minute bigint not null,
  sent bigint not null,
  used bigint not null,
  primary key (tenant_id, minute)
);

create table breakers (
  tenant_id uuid not null references tenants (id),
  open_since timestamptz,
  primary key (tenant_id)
);

create table limit_trips (
  tenant_id uuid not null references tenants (id),
  name text not null,
  hour bigint not null,
  count bigint not null,
  primary key (tenant_id, name, hour)
);

create table deployment_counters (
  name text not null,
  window_start bigint not null,
  count bigint not null,
  primary key (name, window_start)
);

alter table sms_budgets add column alarmed bigint not null default 0;

comment on table proven_networks is 'networks from which a flow came to its end lately';
comment on column code_counts.minute is 'its start, in seconds since 1970';
comment on column breakers.open_since is 'null: closed';
comment on column limit_trips.hour is 'its start, in seconds since 1970';
comment on table deployment_counters is 'counted over all tenants; whose they were is not kept';
comment on column sms_budgets.alarmed is 'the highest percentage that was told of in this window';

do $$
declare
  name text;
  condition constant text := 'tenant_id = nullif(current_setting(''portvakt.%s'', true), '''')::uuid';
  own constant text := format(condition, 'tenant');
begin
  foreach name in array array['proven_networks', 'code_counts', 'breakers', 'limit_trips'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I to portvakt_app using (%s) with check (%s)', name, own, own);
    execute format('create policy deletion on %I to current_user using (%s)', name, format(condition, 'deleted'));
    execute format('grant select, insert, update, delete on %I to portvakt_app', name);
  end loop;
end
$$;

alter table deployment_counters enable row level security;
alter table deployment_counters force row level security;
create policy control on deployment_counters to portvakt_control using (true) with check (true);
grant select, insert, update, delete on deployment_counters to portvakt_control;
