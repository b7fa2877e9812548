-- Reminders before passwords end: the runs, what goes out, and what was dealt with and is not said again.

create table reminder_runs (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  day text not null,
  reach text not null,
  asked_by text not null,
  state text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  accounts bigint not null,
  due bigint not null,
  mails bigint not null,
  sms bigint not null,
  unmapped bigint not null,
  failures bigint not null,
  problem text,
  primary key (tenant_id, id)
);
create index reminder_runs_started on reminder_runs (tenant_id, started_at);
-- Of many replicas that begin one at once, one does.
create unique index reminder_runs_running on reminder_runs (tenant_id) where state = 'running';

create table reminder_mails (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  run uuid not null,
  channel text not null,
  part text not null,
  recipient bytea not null,
  content bytea,
  language text not null,
  rows integer not null,
  state text not null,
  attempts integer not null,
  unknown_sends integer not null,
  reason text,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, run) references reminder_runs (tenant_id, id)
);
create index reminder_mails_run on reminder_mails (tenant_id, run);
create index reminder_mails_unsettled on reminder_mails (tenant_id, created_at) where settled_at is null;

create table reminder_marks (
  tenant_id uuid not null references tenants (id),
  account uuid not null,
  period timestamptz not null,
  mark text not null,
  part text not null,
  mail uuid not null,
  at timestamptz not null,
  primary key (tenant_id, account, period, mark, part)
);
create index reminder_marks_at on reminder_marks (tenant_id, at);

comment on column reminder_runs.day is 'the tenant''s local day, YYYY-MM-DD';
comment on column reminder_runs.reach is 'the last day whose marks it deals with: the day itself, or days off that follow it';
comment on column reminder_runs.asked_by is 'schedule, or who asked';
comment on column reminder_runs.state is 'running (at most one of a tenant), done or failed';
comment on column reminder_runs.unmapped is 'accounts that were due and belong to no unit';
comment on column reminder_runs.problem is 'why it failed; names nobody';
comment on column reminder_mails.channel is 'mail or sms';
comment on column reminder_mails.part is 'who it goes to, as reminder_marks.part';
comment on column reminder_mails.recipient is 'sealed';
comment on column reminder_mails.content is 'sealed; null as soon as it is settled';
comment on column reminder_mails.rows is 'accounts that it speaks of';
comment on column reminder_mails.unknown_sends is 'how often it was handed over and not answered';
comment on column reminder_mails.reason is 'why it was refused or given up; names nobody';
comment on column reminder_marks.period is 'when the password was last set';
comment on column reminder_marks.mark is 'days left, or the first day of a period that the tenant names';
comment on column reminder_marks.part is 'who was told, such as unit.1, unit.2, person.mail, person.sms or holder.1';
comment on column reminder_marks.mail is 'reminder_mails.id; no foreign key: marks are kept longer than mails';

do $$
declare
  name text;
  condition constant text := 'tenant_id = nullif(current_setting(''portvakt.tenant'', true), '''')::uuid';
  deleted constant text := 'tenant_id = nullif(current_setting(''portvakt.deleted'', true), '''')::uuid';
begin
  foreach name in array array['reminder_runs', 'reminder_mails', 'reminder_marks'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I to portvakt_app using (%s) with check (%s)', name, condition, condition);
    execute format('create policy deletion on %I to current_user using (%s)', name, deleted);
    execute format('grant select, insert, update, delete on %I to portvakt_app', name);
  end loop;
end
$$;
