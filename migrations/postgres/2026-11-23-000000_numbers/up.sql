-- Several numbers an account, delayed changes, and what a flow is about to do to the numbers. The release before reads
-- and sends as it did; only its own registrations, which know one number an account, ask for a key that is gone.

alter table numbers drop constraint numbers_pkey;
alter table numbers drop constraint numbers_tenant_id_id_key;
alter table numbers add primary key (tenant_id, id);
alter table numbers add unique (tenant_id, account, number_hash);
alter table numbers add column position integer not null default 0;
alter table numbers add column holder bytea;
create index numbers_account on numbers (tenant_id, account);

create table number_changes (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  account uuid not null,
  target uuid not null,
  number bytea,
  number_hash bytea not null,
  flow uuid not null,
  network bytea not null,
  language text not null,
  state text not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  settled_at timestamptz,
  primary key (tenant_id, id)
);
create unique index number_changes_waiting on number_changes (tenant_id, account) where state = 'waiting';
create index number_changes_settled on number_changes (tenant_id, settled_at);

alter table flows add column task text;
alter table flows add column target uuid;
alter table flows add column proof uuid;
alter table flows add column pending_holder bytea;
alter table flows add column code_number uuid;

alter table messages add column number_hash bytea;
alter table messages add column about_at timestamptz;

comment on column numbers.id is 'the row that the number is sealed for; stays when a holder''s number is changed';
comment on column numbers.position is 'the lowest is the first: codes go there unless another is asked for';
comment on column numbers.holder is 'who holds a number of a functional account, sealed for the row';
comment on column number_changes.target is 'the number it replaces; no foreign key: it may be gone when the change is long over';
comment on column number_changes.number is 'sealed for the row; null as soon as the change is over';
comment on column number_changes.network is 'of who asked, hashed';
comment on column number_changes.state is 'waiting, cancelled, refused or done; at most one of an account waits';
comment on column flows.target is 'the number that is changed or removed';
comment on column flows.proof is 'the number that gets the code which proves the right to it';
comment on column flows.code_number is 'the number that the current code was sent to; null where none was';
comment on column messages.number_hash is 'the registered number it goes to, where it is looked up by that';
comment on column messages.about_at is 'the time that it speaks of';

alter table number_changes enable row level security;
alter table number_changes force row level security;
create policy tenant on number_changes to portvakt_app
  using (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid);
grant select, insert, update, delete on number_changes to portvakt_app;
