-- Why new passwords were not taken, counted by day. No persons.

create table rejections (
  tenant_id uuid not null references tenants (id),
  day bigint not null,
  reason text not null,
  count bigint not null,
  primary key (tenant_id, day, reason)
);

comment on column rejections.day is 'days since 1970-01-01, UTC';

alter table rejections enable row level security;
alter table rejections force row level security;
create policy tenant on rejections to portvakt_app
  using (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid);
grant select, insert, update, delete on rejections to portvakt_app;
