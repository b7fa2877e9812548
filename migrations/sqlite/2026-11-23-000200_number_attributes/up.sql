-- Numbers that live in an attribute of the directory, and changes that others made there.

create table number_attributes (
  tenant_id blob not null references tenants (id),
  account blob not null,
  -- for looking up the number that was there when it was last dealt with; null: there was none
  number_hash blob,
  -- since when the account's first number is to be written there; null: nothing is
  to_write_since integer,
  -- when it was last looked at
  compared_at integer not null,
  primary key (tenant_id, account)
) strict;

-- person, or directory: others wrote another number there
alter table number_changes add column origin text not null default 'person';
