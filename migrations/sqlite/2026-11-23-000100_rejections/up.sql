-- Why new passwords were not taken, counted by day. No persons.

create table rejections (
  tenant_id blob not null references tenants (id),
  -- days since 1970-01-01, UTC
  day integer not null,
  reason text not null,
  count integer not null,
  primary key (tenant_id, day, reason)
) strict;
