-- Which key of the ring all replicas hash with where they must agree, whichever key is active at each of them. Names alone.

create table agreed_keys (
  usage text not null,
  key text not null,
  primary key (usage)
);

comment on column agreed_keys.usage is 'what for';
comment on column agreed_keys.key is 'the key''s name';

alter table agreed_keys enable row level security;
alter table agreed_keys force row level security;
create policy control on agreed_keys to portvakt_control using (true) with check (true);
grant select, insert, update on agreed_keys to portvakt_control;
