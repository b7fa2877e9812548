drop table key_rotations;
drop table audit_checkpoints;
drop index audit_seals_by_key;
alter table audit_seals drop column key;
