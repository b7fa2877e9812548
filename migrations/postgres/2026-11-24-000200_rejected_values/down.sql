alter table key_rotations drop column rejected;
