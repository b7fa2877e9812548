-- Numbers that live in an attribute of the directory, and changes that others made there.

create table number_attributes (
  tenant_id uuid not null references tenants (id),
  account uuid not null,
  number_hash bytea,
  to_write_since timestamptz,
  compared_at timestamptz not null,
  primary key (tenant_id, account)
);

alter table number_changes add column origin text not null default 'person';

comment on column number_attributes.number_hash is
  'for looking up the number that was there when it was last dealt with; null: there was none';
comment on column number_attributes.to_write_since is
  'since when the account''s first number is to be written there; null: nothing is';
comment on column number_attributes.compared_at is 'when it was last looked at';
comment on column number_changes.origin is 'person, or directory: others wrote another number there';

alter table number_attributes enable row level security;
alter table number_attributes force row level security;
create policy tenant on number_attributes to portvakt_app
  using (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid);
grant select, insert, update, delete on number_attributes to portvakt_app;
