drop table key_rotations;
drop table audit_checkpoints;
alter table audit_seals drop column key;
