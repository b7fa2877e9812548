drop function delete_tenant(uuid, timestamptz);
do $$
declare
  name text;
begin
  for name in
    select p.tablename from pg_policies p where p.schemaname = current_schema() and p.policyname = 'deletion'
  loop
    execute format('drop policy deletion on %I', name);
  end loop;
end
$$;
drop table deleted_tenants;
alter table tenants drop column delete_due_at;
alter table tenants drop column delete_asked_by;
alter table tenants drop column delete_asked_at;
