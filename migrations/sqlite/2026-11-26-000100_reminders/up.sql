-- Reminders before passwords end: the runs, what goes out, and what was dealt with and is not said again.

create table reminder_runs (
  tenant_id blob not null references tenants (id),
  id blob not null,
  -- the tenant's local day, YYYY-MM-DD
  day text not null,
  -- the last day whose marks it deals with: the day itself, or days off that follow it
  reach text not null,
  -- schedule, or who asked
  asked_by text not null,
  -- running (at most one of a tenant), done or failed
  state text not null,
  started_at integer not null,
  finished_at integer,
  accounts integer not null,
  due integer not null,
  mails integer not null,
  sms integer not null,
  -- accounts that were due and belong to no unit
  unmapped integer not null,
  failures integer not null,
  -- why it failed; names nobody
  problem text,
  primary key (tenant_id, id)
) strict;
create index reminder_runs_started on reminder_runs (tenant_id, started_at);
-- Of many that begin one at once, one does.
create unique index reminder_runs_running on reminder_runs (tenant_id) where state = 'running';

create table reminder_mails (
  tenant_id blob not null references tenants (id),
  id blob not null,
  run blob not null,
  -- mail or sms
  channel text not null,
  -- who it goes to, as reminder_marks.part
  part text not null,
  -- sealed
  recipient blob not null,
  -- sealed; null as soon as it is settled
  content blob,
  language text not null,
  -- accounts that it speaks of
  rows integer not null,
  state text not null,
  attempts integer not null,
  -- how often it was handed over and not answered
  unknown_sends integer not null,
  -- why it was refused or given up; names nobody
  reason text,
  created_at integer not null,
  settled_at integer,
  primary key (tenant_id, id),
  foreign key (tenant_id, run) references reminder_runs (tenant_id, id)
) strict;
create index reminder_mails_run on reminder_mails (tenant_id, run);
create index reminder_mails_unsettled on reminder_mails (tenant_id, created_at) where settled_at is null;

create table reminder_marks (
  tenant_id blob not null references tenants (id),
  account blob not null,
  -- when the password was last set
  period integer not null,
  -- days left, or the first day of a period that the tenant names
  mark text not null,
  -- who was told, such as unit.1, unit.2, person.mail, person.sms or holder.1
  part text not null,
  -- reminder_mails.id; no foreign key: marks are kept longer than mails
  mail blob not null,
  at integer not null,
  primary key (tenant_id, account, period, mark, part)
) strict;
create index reminder_marks_at on reminder_marks (tenant_id, at);
