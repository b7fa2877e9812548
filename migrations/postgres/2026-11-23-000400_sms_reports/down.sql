drop index messages_provider;
alter table messages drop column reported_at;
alter table messages drop column report;
alter table messages drop column provider;
