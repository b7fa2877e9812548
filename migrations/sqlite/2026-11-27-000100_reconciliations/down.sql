drop table reconciliation_absences;
drop table reconciliation_runs;
