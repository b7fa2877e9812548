alter table number_attributes drop column rehashed_at;
