-- That a rotation of keys dealt with a hash, beside when the attribute itself was last looked at.

alter table number_attributes add column rehashed_at timestamptz;

comment on column number_attributes.rehashed_at is 'when a rotation last wrote or confirmed number_hash';
