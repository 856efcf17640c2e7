package store_test

import (
	"bytes"
	"testing"
	"time"

	"gapura/person/population"
	"gapura/store/storetest"
)

// BenchmarkImport takes the file of an invented district in: into an empty registry, and once more when nothing in it has changed.
func BenchmarkImport(b *testing.B) {
	const residents = 1_000_000
	var file bytes.Buffer
	if err := population.WriteCSV(&file, population.Generate(residents, 1, "3303")); err != nil {
		b.Fatal(err)
	}
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, again := range []bool{false, true} {
			b.Run(name+map[bool]string{false: "/first", true: "/again"}[again], func(b *testing.B) {
				keys := storetest.Keys(b)
				take := func(to string) {
					st := storetest.Open(b, to, keys)
					in, err := population.Reading{Kind: population.Full, Today: now}.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
					if err != nil {
						b.Fatal(err)
					}
					at := time.Now()
					report, err := st.Registry.Import(b.Context(), population.Import{Report: population.Report{Kind: population.Full},
						AsOf: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), At: at, Rows: in.Rows()})
					if err != nil || report.Rows != residents {
						b.Fatal(report.Rows, err)
					}
					b.ReportMetric(float64(time.Since(at).Microseconds())/residents, "µs/row")
				}
				to := url(b)
				if again {
					take(to)
				}
				for b.Loop() {
					take(to)
					if !again {
						b.StopTimer()
						to = url(b)
						b.StartTimer()
					}
				}
			})
		}
	}
}
