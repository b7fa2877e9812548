-- Tenants that are deleted when a grace period is over, and what is known of them afterwards.

alter table tenants add column delete_asked_at timestamptz;
alter table tenants add column delete_asked_by text;
alter table tenants add column delete_due_at timestamptz;

create table deleted_tenants (
  id uuid primary key,
  slug text not null,
  created_at timestamptz not null,
  asked_at timestamptz not null,
  asked_by text not null,
  deleted_at timestamptz not null
);

comment on column tenants.delete_asked_at is 'when it was asked to be deleted; suspended at the same moment, unless it was before';
comment on column tenants.delete_due_at is 'from when the next sweep deletes it; null: it is not to be deleted';
comment on table deleted_tenants is 'that they were, and who wanted it; nothing else is left of them';

-- Nobody but the owner may delete a trail, and the owner only inside the function below: it alone names the tenant whose
-- rows these policies open, and it forgets it when it ends. A later table with a tenant needs this policy too.
do $$
declare
  name text;
  condition constant text := '%s = nullif(current_setting(''portvakt.deleted'', true), '''')::uuid';
begin
  for name in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
      and a.attname = 'tenant_id' and not a.attisdropped
  loop
    execute format('create policy deletion on %I to current_user using (' || condition || ')', name, 'tenant_id');
  end loop;
  execute format('create policy deletion on tenants to current_user using (' || condition || ')', 'id');
  execute 'alter table deleted_tenants enable row level security';
  execute 'alter table deleted_tenants force row level security';
  execute 'create policy control on deleted_tenants to portvakt_control using (true) with check (true)';
  execute format('create policy deletion on deleted_tenants for insert to current_user with check (' || condition || ')', 'id');
end
$$;
grant select on deleted_tenants to portvakt_control;

-- Deletes every row of a tenant whose grace period is over, and leaves a line that says so. Tables that nothing refers to
-- go first.
create function delete_tenant(gone uuid, moment timestamptz) returns boolean
language plpgsql security definer
set search_path = public, pg_temp
as $$
declare
  name text;
begin
  perform set_config('portvakt.deleted', gone::text, true);
  insert into deleted_tenants (id, slug, created_at, asked_at, asked_by, deleted_at)
    select t.id, t.slug, t.created_at, t.delete_asked_at, t.delete_asked_by, moment from tenants t
    where t.id = gone and t.delete_due_at <= moment and t.suspended_at is not null
    for update;
  if not found then
    perform set_config('portvakt.deleted', '', true);
    return false;
  end if;
  update tenants set version = null where id = gone;
  for name in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'tenant_id' and not a.attisdropped
    order by (select count(*) from pg_constraint k where k.contype = 'f' and k.confrelid = c.oid), c.relname
  loop
    execute format('delete from %I where tenant_id = $1', name) using gone;
  end loop;
  delete from tenants where id = gone;
  perform set_config('portvakt.deleted', '', true);
  return true;
end
$$;
revoke all on function delete_tenant(uuid, timestamptz) from public;
grant execute on function delete_tenant(uuid, timestamptz) to portvakt_control;
