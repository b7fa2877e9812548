alter table messages drop column about_at;
alter table messages drop column number_hash;
alter table flows drop column code_number;
alter table flows drop column pending_holder;
alter table flows drop column proof;
alter table flows drop column target;
alter table flows drop column task;
drop table number_changes;
-- An account keeps its first number.
alter table numbers no force row level security;
delete from numbers n using numbers earlier
  where earlier.tenant_id = n.tenant_id and earlier.account = n.account
    and (earlier.position, earlier.id) < (n.position, n.id);
alter table numbers force row level security;
drop index numbers_account;
alter table numbers drop column holder;
alter table numbers drop column position;
alter table numbers drop constraint numbers_tenant_id_account_number_hash_key;
alter table numbers drop constraint numbers_pkey;
alter table numbers add unique (tenant_id, id);
alter table numbers add primary key (tenant_id, account);
