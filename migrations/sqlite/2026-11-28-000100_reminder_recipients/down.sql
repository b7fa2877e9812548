-- What was forgotten does not come back.
alter table reminder_mails add column required_recipient blob not null default x'';
update reminder_mails set required_recipient = coalesce(recipient, x'');
alter table reminder_mails drop column recipient;
alter table reminder_mails rename column required_recipient to recipient;
