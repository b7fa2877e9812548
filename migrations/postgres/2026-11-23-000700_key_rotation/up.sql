-- Which key sealed a link of the audit trail, checkpoints that let a key go, and rotations of keys.

alter table audit_seals add column key text;

-- Which keys a trail needs is asked at every start.
create index audit_seals_by_key on audit_seals (tenant_id, key, seq);

create table audit_checkpoints (
  tenant_id uuid not null references tenants (id),
  seq bigint not null,
  key text not null,
  digest bytea not null,
  seal bytea not null,
  made_at timestamptz not null,
  primary key (tenant_id, seq)
);

create table key_rotations (
  tenant_id uuid not null references tenants (id),
  key text not null,
  begun_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, key)
);

comment on column audit_seals.key is 'the key''s name; null: sealed by a release that did not write it';
comment on column audit_checkpoints.seq is 'the last link that it covers';
comment on column audit_checkpoints.key is 'the name of the key that it is sealed with';
comment on column audit_checkpoints.digest is 'over every link and event from the first one on';
comment on column audit_checkpoints.seal is 'HMAC over the place and the digest';
comment on column key_rotations.key is 'the name of the key that values are sealed anew with';
comment on column key_rotations.ended_at is 'null: values under older keys are left';

do $$
declare
  name text;
  condition constant text := 'tenant_id = nullif(current_setting(''portvakt.tenant'', true), '''')::uuid';
  deleted constant text := 'tenant_id = nullif(current_setting(''portvakt.deleted'', true), '''')::uuid';
begin
  foreach name in array array['audit_checkpoints', 'key_rotations'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I to portvakt_app using (%s) with check (%s)', name, condition, condition);
    execute format('create policy deletion on %I to current_user using (%s)', name, deleted);
  end loop;
end
$$;
-- A checkpoint can be added to, never changed, like the trail that it covers.
grant select, insert on audit_checkpoints to portvakt_app;
grant select, insert, update on key_rotations to portvakt_app;
