package server

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/journal/journal"
	"gapura/web/bodies"
)

// Metrics counts outcomes, refusals among them by their code, and watches the journal. No label ever holds a person, a user or a path.
type Metrics struct {
	registry *prometheus.Registry
	outcomes *prometheus.CounterVec
	commits  *prometheus.HistogramVec
	batches  prometheus.Histogram
}

// NewMetrics returns empty metrics.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gapura_access_total", Help: "Accesses by method and outcome; a refusal's outcome is its code.",
		}, []string{"method", "outcome"}),
		commits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gapura_journal_commit_seconds", Help: "Time of a transaction of records, fsync included.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"result"}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "gapura_journal_commit_entries", Help: "Entries in a transaction of records.", Buckets: prometheus.ExponentialBuckets(1,
				2, 9),
		}),
	}
	m.registry.MustRegister(m.outcomes, m.commits, m.batches,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "gapura_bodies_held_bytes", Help: "Memory taken for large bodies of requests, of a budget of 256 MiB.",
		}, func() float64 { return float64(bodies.Process.Held()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "gapura_bodies_busy_total", Help: "Requests turned away because that budget was used up.",
		}, func() float64 { return float64(bodies.Process.Busy()) }),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Outcome counts one access.
func (m *Metrics) Outcome(method, outcome string) { m.outcomes.WithLabelValues(method, outcome).Inc() }

// Commits is the store with each transaction of records timed and its entries counted.
func (m *Metrics) Commits(s journal.Store) journal.Store {
	return timed{s, m.commits.WithLabelValues("done"), m.commits.WithLabelValues("failed"), m.batches}
}

type timed struct {
	store        journal.Store
	done, failed prometheus.Observer
	batches      prometheus.Observer
}

func (t timed) AppendRecords(ctx context.Context, entries []*journal.Entry) error {
	begin := time.Now()
	err := t.store.AppendRecords(ctx, entries)
	result := t.done
	if err != nil {
		result = t.failed
	}
	result.Observe(time.Since(begin).Seconds())
	t.batches.Observe(float64(len(entries)))
	return err
}

// Journal watches what waits before the journal's writer, and for how long this process's notary has not found every log signed.
func (m *Metrics) Journal(waiting func() int, unsigned func() (since time.Duration, known bool)) {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "gapura_journal_queue_entries", Help: "Entries that wait for a transaction.",
		}, func() float64 { return float64(waiting()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "gapura_journal_checkpoint_age_seconds",
			Help: "Time since this process last found or left every log signed up to its newest entry; NaN: not yet.",
		}, func() float64 {
			if since, known := unsigned(); known {
				return since.Seconds()
			}
			return math.NaN()
		}),
	)
}

// Lookups watches how many are under way, and how many were turned away because too many were.
func (m *Metrics) Lookups(l *access.Limiter) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "gapura_lookups_under_way", Help: "Lookups and matches that are being answered.",
	}, func() float64 { return float64(l.UnderWay()) }))
	for _, method := range []string{agreement.Portal, agreement.API, agreement.Legacy} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "gapura_lookups_busy_total", Help: "Lookups and matches that were told to come later; they have no record.",
			ConstLabels: prometheus.Labels{"method": method},
		}, func() float64 { return float64(l.TurnedAway(method)) }))
	}
}

// Behind watches how many records the work behind the log has still to take in, by work.
func (m *Metrics) Behind(ask func(context.Context) (map[string]int64, error)) {
	m.registry.MustRegister(asked{ask, prometheus.NewDesc("gapura_journal_behind_records",
		"Records that work behind the log has still to take in.", []string{"work"}, nil)})
}

// Ills watches what is wrong with the installation, by kind.
func (m *Metrics) Ills(ask func(context.Context) (map[string]int64, error)) {
	m.registry.MustRegister(asked{ask, prometheus.NewDesc("gapura_ill",
		"1 while something of the kind is wrong with the installation; the console's home says what.", []string{"kind"}, nil)})
}

// asked is a gauge that is asked for at each reading of the metrics; when it can't be told, it is left out and the others are shown.
type asked struct {
	ask  func(context.Context) (map[string]int64, error)
	desc *prometheus.Desc
}

func (a asked) Describe(to chan<- *prometheus.Desc) { to <- a.desc }

func (a asked) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	found, err := a.ask(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(a.desc, err)
		return
	}
	for label, n := range found {
		to <- prometheus.MustNewConstMetric(a.desc, prometheus.GaugeValue, float64(n), label)
	}
}
