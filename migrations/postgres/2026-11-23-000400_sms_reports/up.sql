-- Who took an SMS, and what was reported of it.

alter table messages add column provider text;
alter table messages add column report text;
alter table messages add column reported_at timestamptz;
create index messages_provider on messages (tenant_id, provider, provider_id) where provider_id is not null;

comment on column messages.report is 'the last report that was news; null: there was none';
