drop table reminder_marks;
drop table reminder_mails;
drop table reminder_runs;
