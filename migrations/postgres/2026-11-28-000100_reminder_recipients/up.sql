-- To whom a person's or a holder's reminder went is forgotten as soon as it is known what became of it.

alter table reminder_mails alter column recipient drop not null;
comment on column reminder_mails.recipient is
  'sealed; of what went to a person or to holders null as soon as it is settled';
comment on column reminder_runs.unmapped is 'accounts that were read, are in use and belong to no unit with a recipient';
