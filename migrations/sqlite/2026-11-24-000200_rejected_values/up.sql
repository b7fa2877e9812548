-- How many values a rotation of keys can't open, so that the same ones are told once.

-- values that did not open in the last whole round
alter table key_rotations add column rejected integer not null default 0;
