-- To whom a person's or a holder's reminder went is forgotten as soon as it is known what became of it.

alter table reminder_mails rename column recipient to required_recipient;
-- sealed; of what went to a person or to holders null as soon as it is settled
alter table reminder_mails add column recipient blob;
update reminder_mails set recipient = required_recipient;
alter table reminder_mails drop column required_recipient;
