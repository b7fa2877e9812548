-- What readers of the guides thought of them. Who they are is not kept.

create table feedback (
  tenant_id blob not null references tenants (id),
  id blob not null,
  -- which guide
  guide text not null,
  -- in which language it was read
  language text not null,
  -- whether it was of help
  helpful integer not null,
  -- sealed; null where nothing was written
  text blob,
  created_at integer not null,
  primary key (tenant_id, id)
) strict;
create index feedback_created on feedback (tenant_id, created_at);
