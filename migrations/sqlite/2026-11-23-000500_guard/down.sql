alter table sms_budgets drop column alarmed;
drop table deployment_counters;
drop table limit_trips;
drop table breakers;
drop table code_counts;
drop table proven_networks;
