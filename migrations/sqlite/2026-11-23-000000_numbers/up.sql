-- Several numbers an account, delayed changes, and what a flow is about to do to the numbers.

create table numbers_new (
  tenant_id blob not null references tenants (id),
  -- the row that the number is sealed for; stays when a holder's number is changed
  id blob not null,
  account blob not null,
  number blob not null,
  -- for looking up who has a number
  number_hash blob not null,
  registered_at integer not null,
  -- the lowest is the first: codes go there unless another is asked for
  position integer not null default 0,
  -- who holds a number of a functional account, sealed for the row
  holder blob,
  primary key (tenant_id, id),
  unique (tenant_id, account, number_hash)
) strict;
insert into numbers_new (tenant_id, id, account, number, number_hash, registered_at)
  select tenant_id, id, account, number, number_hash, registered_at from numbers;
drop table numbers;
alter table numbers_new rename to numbers;
create index numbers_hash on numbers (tenant_id, number_hash);
create index numbers_account on numbers (tenant_id, account);

create table number_changes (
  tenant_id blob not null references tenants (id),
  id blob not null,
  account blob not null,
  -- the number it replaces; no foreign key: it may be gone when the change is long over
  target blob not null,
  -- sealed for the row; null as soon as the change is over
  number blob,
  number_hash blob not null,
  flow blob not null,
  -- of who asked, hashed
  network blob not null,
  language text not null,
  -- waiting, cancelled, refused or done; at most one of an account waits
  state text not null,
  requested_at integer not null,
  due_at integer not null,
  settled_at integer,
  primary key (tenant_id, id)
) strict;
create unique index number_changes_waiting on number_changes (tenant_id, account) where state = 'waiting';
create index number_changes_settled on number_changes (tenant_id, settled_at);

alter table flows add column task text;
-- the number that is changed or removed
alter table flows add column target blob;
-- the number that gets the code which proves the right to it
alter table flows add column proof blob;
alter table flows add column pending_holder blob;
-- the number that the current code was sent to; null where none was
alter table flows add column code_number blob;

-- the registered number it goes to, where it is looked up by that
alter table messages add column number_hash blob;
-- the time that it speaks of
alter table messages add column about_at integer;
