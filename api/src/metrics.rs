//! Every metric, by name. No label holds anything personal.

use portvakt_delivery::sms::AttemptObserver;
use portvakt_directory::OperationObserver;
use portvakt_domain::id::TenantId;
use portvakt_flows::{Measure, Meter};
use portvakt_storage::operator::JobsOverview;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder, core::Collector,
    process_collector::ProcessCollector,
};

/// The process's metrics. One per `App`, so that tests don't share counts.
pub struct Metrics {
    registry: Registry,
    sms: IntCounterVec,
    attempts: IntCounterVec,
    mail: IntCounterVec,
    limits: IntCounterVec,
    sign_ins: IntCounterVec,
    codes: IntCounterVec,
    writes: IntCounterVec,
    rejections: IntCounterVec,
    budget: IntCounterVec,
    directory: HistogramVec,
    jobs: IntCounterVec,
    requests: HistogramVec,
    statements: IntGauge,
    queue: IntGaugeVec,
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
            sms: counter("portvakt_sms_total", "SMS by what became of them.", &["outcome"])?,
            attempts: counter(
                "portvakt_sms_attempts_total",
                "SMS handed to a provider, by what it did. One SMS may be handed to several in turn.",
                &["provider", "outcome"],
            )?,
            mail: counter("portvakt_mail_total", "Mails by what became of them.", &["outcome"])?,
            limits: counter("portvakt_limit_hits_total", "Requests that a limit answered.", &["limit"])?,
            sign_ins: counter(
                "portvakt_sign_ins_total",
                "Sign-ins, to register or to change a password.",
                &["outcome"],
            )?,
            codes: counter("portvakt_codes_total", "Codes entered.", &["outcome"])?,
            writes: counter("portvakt_directory_writes_total", "Passwords and unlocks written.", &["outcome"])?,
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
            directory: histogram(
                "portvakt_directory_operation_seconds",
                "Operations on directories.",
                &["operation", "outcome"],
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

    /// A job ended.
    pub fn job(&self, kind: &str, outcome: &str) {
        self.jobs.with_label_values(&[kind, outcome]).inc();
    }

    /// A request was answered.
    pub fn request(&self, route: &str, method: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[route, method, &status.to_string()]).observe(seconds);
    }

    /// The text format, with the database's count as of now.
    ///
    /// # Errors
    /// An encoding failure.
    pub fn render(&self, statements: u64, jobs: Option<JobsOverview>) -> Result<String, prometheus::Error> {
        if let Some(jobs) = jobs {
            for (state, count) in [("waiting", jobs.waiting), ("due", jobs.due), ("dead", jobs.dead)] {
                self.queue.with_label_values(&[state]).set(count);
            }
        }
        self.statements.set(i64::try_from(statements).unwrap_or(i64::MAX));
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

impl Meter for Metrics {
    fn count(&self, tenant: TenantId, measure: Measure) {
        match measure {
            Measure::Sms(outcome) => self.sms.with_label_values(&[outcome]).inc(),
            Measure::Mail(outcome) => self.mail.with_label_values(&[outcome]).inc(),
            Measure::Limit(name) => self.limits.with_label_values(&[name]).inc(),
            Measure::SignIn(outcome) => self.sign_ins.with_label_values(&[outcome]).inc(),
            Measure::Code(outcome) => self.codes.with_label_values(&[outcome]).inc(),
            Measure::Write(outcome) => self.writes.with_label_values(&[outcome]).inc(),
            Measure::Rejection(reason) => self.rejections.with_label_values(&[reason.as_str()]).inc(),
            Measure::BudgetExhausted => self.budget.with_label_values(&[tenant.to_string()]).inc(),
        }
    }
}

impl AttemptObserver for Metrics {
    fn attempted(&self, provider: &'static str, outcome: &'static str) {
        self.attempts.with_label_values(&[provider, outcome]).inc();
    }
}

impl OperationObserver for Metrics {
    fn observed(&self, operation: &'static str, outcome: &'static str, seconds: f64) {
        self.directory.with_label_values(&[operation, outcome]).observe(seconds);
    }
}
