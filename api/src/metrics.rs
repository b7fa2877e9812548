//! Every metric, by name. No label holds anything personal.

mod reconciliations;
mod reminders;

use portvakt_delivery::sms::AttemptObserver;
use portvakt_directory::OperationObserver;
use portvakt_domain::{
    connect::{ConnectKind, Refusal, RefusalObserver},
    id::TenantId,
    time::Instant,
};
use portvakt_flows::{Measure, Meter};
use portvakt_storage::{operator::JobsOverview, reconciliations::ReconciliationGlance, reminders::ReminderFigures};
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder, core::Collector,
    process_collector::ProcessCollector,
};

/// The process's metrics. One per `App`, so that tests don't share counts.
pub struct Metrics {
    registry: Registry,
    sms: IntCounterVec,
    attempts: IntCounterVec,
    reports: IntCounterVec,
    refused: IntCounterVec,
    mail: IntCounterVec,
    limits: IntCounterVec,
    sign_ins: IntCounterVec,
    codes: IntCounterVec,
    writes: IntCounterVec,
    rejections: IntCounterVec,
    budget: IntCounterVec,
    budget_alarms: IntCounterVec,
    breakers: IntCounterVec,
    directory: HistogramVec,
    keys: IntGaugeVec,
    jobs: IntCounterVec,
    requests: HistogramVec,
    statements: IntGauge,
    queue: IntGaugeVec,
    lag: IntGauge,
    took: HistogramVec,
    certificates: IntGaugeVec,
    unusable: IntGauge,
    reminders: reminders::ReminderGauges,
    reconciliations: reconciliations::ReconciliationGauges,
}

/// The metrics that say which tenant. One line a tenant each, or one an outcome: never with a route, never with buckets,
/// or many tenants make more lines than anybody wants to store.
pub const BY_TENANT: [&str; 16] = [
    "portvakt_values_under_older_keys",
    "portvakt_sms_total",
    "portvakt_mail_total",
    "portvakt_limit_hits_total",
    "portvakt_sign_ins_total",
    "portvakt_directory_writes_total",
    "portvakt_sms_budget_exhausted_total",
    "portvakt_sms_budget_alarms_total",
    "portvakt_breaker_changes_total",
    "portvakt_certificate_days",
    "portvakt_reminders_due_timestamp_seconds",
    "portvakt_reminders_last_success_timestamp_seconds",
    "portvakt_reminders_unsent",
    "portvakt_reminders_refused",
    "portvakt_reconciliation_last_success_timestamp_seconds",
    "portvakt_reconciliation_stopped",
];

/// What is looked at when somebody asks for the metrics.
pub struct Now {
    /// SQL statements since the start.
    pub statements: u64,
    /// The jobs of all replicas; `None` when the database does not say.
    pub jobs: Option<JobsOverview>,
    /// When each tenant's first certificate ends, of those that were seen.
    pub certificates: Vec<(TenantId, Instant)>,
    /// Tenants whose settings in force this process can't use.
    pub unusable: usize,
    /// Now.
    pub at: Instant,
}

impl Metrics {
    /// A new set.
    ///
    /// # Errors
    /// A name that Prometheus does not take; a test builds the set.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            register(&registry, counter)
        };
        let histogram = |name: &str, help: &str, labels: &[&str]| {
            let histogram = HistogramVec::new(HistogramOpts::new(name, help), labels)?;
            register(&registry, histogram)
        };
        let metrics = Self {
            sms: counter("portvakt_sms_total", "SMS by what became of them.", &["tenant", "outcome"])?,
            attempts: counter(
                "portvakt_sms_attempts_total",
                "SMS handed to a provider, by what it did. One SMS may be handed to several in turn.",
                &["provider", "outcome"],
            )?,
            mail: counter("portvakt_mail_total", "Mails by what became of them.", &["tenant", "outcome"])?,
            refused: counter(
                "portvakt_connections_refused_total",
                "Connections of tenants that the operator does not allow.",
                &["kind"],
            )?,
            limits: counter("portvakt_limit_hits_total", "Requests that a limit answered.", &["tenant", "limit"])?,
            reports: counter(
                "portvakt_sms_reports_total",
                "Delivery reports that were news, by provider.",
                &["provider", "report"],
            )?,
            sign_ins: counter(
                "portvakt_sign_ins_total",
                "Sign-ins, to register or to change a password.",
                &["tenant", "outcome"],
            )?,
            codes: counter("portvakt_codes_total", "Codes entered.", &["outcome"])?,
            writes: counter(
                "portvakt_directory_writes_total",
                "Passwords and unlocks written.",
                &["tenant", "outcome"],
            )?,
            rejections: counter(
                "portvakt_password_rejections_total",
                "New passwords that were not taken, by reason.",
                &["reason"],
            )?,
            budget: counter(
                "portvakt_sms_budget_exhausted_total",
                "SMS asked for over a tenant's budget.",
                &["tenant"],
            )?,
            budget_alarms: counter(
                "portvakt_sms_budget_alarms_total",
                "Alarms: so much of a tenant's SMS budget is used.",
                &["tenant", "span", "percent"],
            )?,
            breakers: counter(
                "portvakt_breaker_changes_total",
                "Tenants' breakers that opened or closed.",
                &["tenant", "state"],
            )?,
            directory: histogram(
                "portvakt_directory_operation_seconds",
                "Operations on directories.",
                &["operation", "outcome"],
            )?,
            keys: register(
                &registry,
                IntGaugeVec::new(
                    Opts::new(
                        "portvakt_values_under_older_keys",
                        "Stored values that another key than the active one sealed.",
                    ),
                    &["tenant"],
                )?,
            )?,
            jobs: counter("portvakt_jobs_total", "Jobs by how they ended.", &["kind", "outcome"])?,
            requests: histogram("portvakt_http_request_seconds", "Requests by route.", &["route", "method", "status"])?,
            statements: register(
                &registry,
                IntGauge::new("portvakt_storage_statements", "SQL statements since the start.")?,
            )?,
            queue: register(
                &registry,
                IntGaugeVec::new(
                    Opts::new("portvakt_jobs_queued", "Jobs of all replicas: waiting for their time, due, laid aside."),
                    &["state"],
                )?,
            )?,
            lag: register(
                &registry,
                IntGauge::new("portvakt_jobs_lag_seconds", "How late the job is that has been due longest.")?,
            )?,
            took: histogram("portvakt_job_seconds", "Jobs of this process.", &["kind"])?,
            certificates: register(
                &registry,
                IntGaugeVec::new(
                    Opts::new(
                        "portvakt_certificate_days",
                        "Days until the first certificate of a tenant's directory ends.",
                    ),
                    &["tenant"],
                )?,
            )?,
            unusable: register(
                &registry,
                IntGauge::new("portvakt_tenants_unusable", "Tenants whose settings in force can't be used here.")?,
            )?,
            reminders: reminders::ReminderGauges::new(&registry)?,
            reconciliations: reconciliations::ReconciliationGauges::new(&registry)?,
            registry,
        };
        let build = register(
            &metrics.registry,
            IntGaugeVec::new(Opts::new("portvakt_build_info", "The running release."), &["version"])?,
        )?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        metrics.registry.register(Box::new(ProcessCollector::for_self()))?;
        Ok(metrics)
    }

    /// A job ended, and took so long.
    pub fn job(&self, kind: &str, outcome: &str, seconds: f64) {
        self.jobs.with_label_values(&[kind, outcome]).inc();
        self.took.with_label_values(&[kind]).observe(seconds);
    }

    /// So many of a tenant's stored values are under other keys than the active one.
    pub fn under_older_keys(&self, tenant: TenantId, values: i64) {
        self.keys.with_label_values(&[&tenant.to_string()]).set(values);
    }

    /// A tenant's reminders were due at this moment.
    pub fn reminders_due(&self, tenant: TenantId, at: Instant) {
        self.reminders.due(tenant, at);
    }

    /// How a tenant's reminders stand.
    pub fn reminders(&self, tenant: TenantId, figures: ReminderFigures) {
        self.reminders.figures(tenant, figures);
    }

    /// How a tenant's reconciliations of numbers stand.
    pub fn reconciliations(&self, tenant: TenantId, glance: ReconciliationGlance) {
        self.reconciliations.glance(tenant, glance);
    }

    /// A request was answered.
    pub fn request(&self, route: &str, method: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[route, method, &status.to_string()]).observe(seconds);
    }

    /// The text format, with what is only looked at now.
    ///
    /// # Errors
    /// An encoding failure.
    pub fn render(&self, now: &Now) -> Result<String, prometheus::Error> {
        if let Some(jobs) = &now.jobs {
            for (state, count) in [("waiting", jobs.waiting), ("due", jobs.due), ("dead", jobs.dead)] {
                self.queue.with_label_values(&[state]).set(count);
            }
            self.lag.set(jobs.oldest_due_at.map_or(0, |due| (now.at - due).num_seconds().max(0)));
        }
        self.unusable.set(i64::try_from(now.unusable).unwrap_or(i64::MAX));
        // Those of tenants that are gone go with them.
        self.certificates.reset();
        for (tenant, end) in &now.certificates {
            self.certificates.with_label_values(&[tenant.to_string()]).set((*end - now.at).num_days());
        }
        self.statements.set(i64::try_from(now.statements).unwrap_or(i64::MAX));
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

impl Meter for Metrics {
    fn count(&self, tenant: TenantId, measure: Measure) {
        let tenant = tenant.to_string();
        match measure {
            Measure::Sms(outcome) => self.sms.with_label_values(&[&*tenant, outcome]).inc(),
            Measure::Mail(outcome) => self.mail.with_label_values(&[&*tenant, outcome]).inc(),
            Measure::Limit(name) => self.limits.with_label_values(&[&*tenant, name]).inc(),
            Measure::SignIn(outcome) => self.sign_ins.with_label_values(&[&*tenant, outcome]).inc(),
            Measure::SmsReport(provider, report) => {
                self.reports.with_label_values(&[provider.as_str(), report.as_str()]).inc();
            }
            Measure::Code(outcome) => self.codes.with_label_values(&[outcome]).inc(),
            Measure::Write(outcome) => self.writes.with_label_values(&[&*tenant, outcome]).inc(),
            Measure::Rejection(reason) => self.rejections.with_label_values(&[reason.as_str()]).inc(),
            Measure::BudgetExhausted => self.budget.with_label_values(&[&*tenant]).inc(),
            Measure::BudgetAlarm { span, percent } => {
                self.budget_alarms.with_label_values(&[&*tenant, span, &percent.to_string()]).inc();
            }
            Measure::Breaker(state) => self.breakers.with_label_values(&[&*tenant, state]).inc(),
        }
    }
}

impl AttemptObserver for Metrics {
    fn attempted(&self, provider: &'static str, outcome: &'static str) {
        self.attempts.with_label_values(&[provider, outcome]).inc();
    }
}

impl RefusalObserver for Metrics {
    fn refused(&self, _: &str, kind: ConnectKind, _: &Refusal, _: &str) {
        self.refused.with_label_values(&[kind.as_str()]).inc();
    }
}

impl OperationObserver for Metrics {
    fn observed(&self, operation: &'static str, outcome: &'static str, seconds: f64) {
        self.directory.with_label_values(&[operation, outcome]).observe(seconds);
    }
}
