-- What readers of the guides thought of them. Who they are is not kept.

create table feedback (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  guide text not null,
  language text not null,
  helpful boolean not null,
  text bytea,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index feedback_created on feedback (tenant_id, created_at);

comment on column feedback.guide is 'which guide';
comment on column feedback.language is 'in which language it was read';
comment on column feedback.helpful is 'whether it was of help';
comment on column feedback.text is 'sealed; null where nothing was written';

alter table feedback enable row level security;
alter table feedback force row level security;
create policy tenant on feedback to portvakt_app
  using (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('portvakt.tenant', true), '')::uuid);
create policy deletion on feedback to current_user
  using (tenant_id = nullif(current_setting('portvakt.deleted', true), '')::uuid);
grant select, insert, update, delete on feedback to portvakt_app;
