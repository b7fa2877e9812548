drop table deleted_tenants;
alter table tenants drop column delete_due_at;
alter table tenants drop column delete_asked_by;
alter table tenants drop column delete_asked_at;
