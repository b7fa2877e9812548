-- What was forgotten does not come back.
update reminder_mails set recipient = ''::bytea where recipient is null;
alter table reminder_mails alter column recipient set not null;
comment on column reminder_mails.recipient is 'sealed';
comment on column reminder_runs.unmapped is 'accounts that were due and belong to no unit';
