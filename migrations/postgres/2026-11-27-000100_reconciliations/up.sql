-- The daily look at who of those with registered numbers is still there: the looks, and who was absent since when.

create table reconciliation_runs (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  day text not null,
  asked_by text not null,
  state text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  registered bigint not null,
  missing bigint not null,
  disabled bigint not null,
  expired bigint not null,
  removed bigint not null,
  problem text,
  primary key (tenant_id, id)
);
create index reconciliation_runs_started on reconciliation_runs (tenant_id, started_at);
-- Of many that begin one at once, one does.
create unique index reconciliation_runs_running on reconciliation_runs (tenant_id) where state = 'running';

create table reconciliation_absences (
  tenant_id uuid not null references tenants (id),
  account uuid not null,
  since timestamptz not null,
  reason text not null,
  accepted boolean not null,
  primary key (tenant_id, account)
);

comment on column reconciliation_runs.day is 'the tenant''s local day, YYYY-MM-DD';
comment on column reconciliation_runs.asked_by is 'schedule, by_hand or accepting';
comment on column reconciliation_runs.state is 'running (at most one of a tenant), done, stopped or failed';
comment on column reconciliation_runs.registered is 'accounts with numbers';
comment on column reconciliation_runs.removed is 'accounts whose numbers were removed';
comment on column reconciliation_runs.problem is 'why it stopped or failed; names nobody';
comment on column reconciliation_absences.since is 'when it was first seen; it goes as soon as the account is there again';
comment on column reconciliation_absences.reason is 'missing, disabled or expired, as it was last seen';
comment on column reconciliation_absences.accepted is 'an operator knows that the account is gone: it raises no alarm';

do $$
declare
  name text;
  condition constant text := 'tenant_id = nullif(current_setting(''portvakt.tenant'', true), '''')::uuid';
  deleted constant text := 'tenant_id = nullif(current_setting(''portvakt.deleted'', true), '''')::uuid';
begin
  foreach name in array array['reconciliation_runs', 'reconciliation_absences'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I to portvakt_app using (%s) with check (%s)', name, condition, condition);
    execute format('create policy deletion on %I to current_user using (%s)', name, deleted);
    execute format('grant select, insert, update, delete on %I to portvakt_app', name);
  end loop;
end
$$;
