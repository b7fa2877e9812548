alter table messages drop column about_at;
alter table messages drop column number_hash;
alter table flows drop column code_number;
alter table flows drop column pending_holder;
alter table flows drop column proof;
alter table flows drop column target;
alter table flows drop column task;
drop table number_changes;
-- An account keeps its first number.
create table numbers_old (
  tenant_id blob not null references tenants (id),
  account blob not null,
  id blob not null,
  number blob not null,
  number_hash blob not null,
  registered_at integer not null,
  primary key (tenant_id, account),
  unique (tenant_id, id)
) strict;
insert into numbers_old (tenant_id, account, id, number, number_hash, registered_at)
  select tenant_id, account, id, number, number_hash, registered_at from numbers n
  where not exists (
    select 1 from numbers earlier
    where earlier.tenant_id = n.tenant_id and earlier.account = n.account
      and (earlier.position, earlier.id) < (n.position, n.id)
  );
drop table numbers;
alter table numbers_old rename to numbers;
create index numbers_hash on numbers (tenant_id, number_hash);
