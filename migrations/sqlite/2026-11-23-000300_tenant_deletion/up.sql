-- Tenants that are deleted when a grace period is over, and what is known of them afterwards.

-- when it was asked to be deleted; suspended at the same moment, unless it was before
alter table tenants add column delete_asked_at integer;
alter table tenants add column delete_asked_by text;
-- from when the next sweep deletes it; null: it is not to be deleted
alter table tenants add column delete_due_at integer;

-- that they were, and who wanted it; nothing else is left of them
create table deleted_tenants (
  id blob not null primary key,
  slug text not null,
  created_at integer not null,
  asked_at integer not null,
  asked_by text not null,
  deleted_at integer not null
) strict;
