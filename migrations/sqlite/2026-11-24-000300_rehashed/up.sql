-- That a rotation of keys dealt with a hash, beside when the attribute itself was last looked at.

-- when a rotation last wrote or confirmed number_hash
alter table number_attributes add column rehashed_at integer;
