-- The daily look at who of those with registered numbers is still there: the looks, and who was absent since when.

create table reconciliation_runs (
  tenant_id blob not null references tenants (id),
  id blob not null,
  -- the tenant's local day, YYYY-MM-DD
  day text not null,
  -- schedule, by_hand or accepting
  asked_by text not null,
  -- running (at most one of a tenant), done, stopped or failed
  state text not null,
  started_at integer not null,
  finished_at integer,
  -- accounts with numbers
  registered integer not null,
  missing integer not null,
  disabled integer not null,
  expired integer not null,
  -- accounts whose numbers were removed
  removed integer not null,
  -- why it stopped or failed; names nobody
  problem text,
  primary key (tenant_id, id)
) strict;
create index reconciliation_runs_started on reconciliation_runs (tenant_id, started_at);
-- Of many that begin one at once, one does.
create unique index reconciliation_runs_running on reconciliation_runs (tenant_id) where state = 'running';

create table reconciliation_absences (
  tenant_id blob not null references tenants (id),
  account blob not null,
  -- when it was first seen; it goes as soon as the account is there again
  since integer not null,
  -- missing, disabled or expired, as it was last seen
  reason text not null,
  -- an operator knows that the account is gone: it raises no alarm
  accepted integer not null,
  primary key (tenant_id, account)
) strict;
