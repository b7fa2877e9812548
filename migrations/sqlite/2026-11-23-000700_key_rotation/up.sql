-- Which key sealed a link of the audit trail, checkpoints that let a key go, and rotations of keys.

-- the key's name; null: sealed by a release that did not write it
alter table audit_seals add column key text;

-- Which keys a trail needs is asked at every start.
create index audit_seals_by_key on audit_seals (tenant_id, key, seq);

create table audit_checkpoints (
  tenant_id blob not null references tenants (id),
  -- the last link that it covers
  seq integer not null,
  -- the name of the key that it is sealed with
  key text not null,
  -- over every link and event from the first one on
  digest blob not null,
  -- HMAC over the place and the digest
  seal blob not null,
  made_at integer not null,
  primary key (tenant_id, seq)
) strict;

create table key_rotations (
  tenant_id blob not null references tenants (id),
  -- the name of the key that values are sealed anew with
  key text not null,
  begun_at integer not null,
  -- null: values under older keys are left
  ended_at integer,
  primary key (tenant_id, key)
) strict;
