alter table number_changes drop column origin;
drop table number_attributes;
