-- How many values a rotation of keys can't open, so that the same ones are told once.

alter table key_rotations add column rejected bigint not null default 0;

comment on column key_rotations.rejected is 'values that did not open in the last whole round';
