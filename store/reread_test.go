package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// An entry of long ago that was changed, taken out, moved, or replaced with a hash that fits is found by the service's own rounds: until it
// is as it was, its log takes no entry and no signature, and the next round lets it go on.
func TestTheServiceFindsAnOldEntryThatWasChanged(t *testing.T) {
	attacks := map[string][]string{
		"changed": {"UPDATE records SET purpose = 'lain' WHERE agency_id = $L AND seq = $N"},
		"removed": {"DELETE FROM records WHERE agency_id = $L AND seq = $N"},
		"moved": {"UPDATE records SET seq = -1 WHERE agency_id = $L AND seq = $N",
			"UPDATE records SET seq = $N WHERE agency_id = $L AND seq = $N + 1",
			"UPDATE records SET seq = $N + 1 WHERE agency_id = $L AND seq = -1"},
	}
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		n, db, log := notary(d.st), raw(t, url), d.user(t, "petugas.dinpertan").Institution
		first := d.ask(t, "petugas.dinpertan", d.out.Sample.Found[0])
		for range 4 {
			d.ask(t, "petugas.dinpertan", d.out.Sample.Found[1])
		}
		sign := func() error { _, err := n.Sign(ctx); return err }
		round := func() error { return n.Reread(ctx, time.Minute) }
		if err := errors.Join(sign(), sign(), round()); err != nil {
			t.Fatal(err)
		}
		whole := n.Round(log).Whole
		if whole.IsZero() {
			t.Fatal("a round has no end")
		}
		replaced := journal.Change{ID: journal.ID{Log: log, Seq: 0}, At: now, By: 1, Subject: "User ID tamu", After: "diaktifkan"}
		hash := journal.LeafHash(journal.EncodeChange(replaced, journal.Closed{}))
		blob := fmt.Sprintf("X'%x'", hash[:])
		if strings.HasPrefix(url, "postgres") {
			blob = fmt.Sprintf("'\\x%x'", hash[:])
		}
		attacks["replaced with its hash"] = []string{fmt.Sprintf("UPDATE changes SET at_us = %d, by_user = 1, subject = 'User ID tamu', "+
			"reason = '', letter = '', before_text = '', after_text = 'diaktifkan', period = 0, text_sealed = NULL, text_commitment = "+
			"NULL, "+
			"leaf = %s WHERE agency_id = $L AND seq = 0", now.UnixMicro(), blob)}
		for name, queries := range attacks {
			run(t, db, "CREATE TABLE kept_records AS SELECT * FROM records")
			run(t, db, "CREATE TABLE kept_changes AS SELECT * FROM changes")
			for _, q := range queries {
				run(t, db, strings.NewReplacer("$L", fmt.Sprint(log), "$N", fmt.Sprint(first.Seq)).Replace(q))
			}
			if _, bad := errors.AsType[*journal.Tampered](round()); !bad {
				t.Errorf("%s: a round finds nothing", name)
			}
			if _, bad := errors.AsType[*journal.Tampered](sign()); !bad {
				t.Errorf("%s: it is signed", name)
			}
			_, err := d.gate.Lookup(ctx, request(d.user(t, "petugas.dinpertan"), agreement.Portal, d.out.Sample.Found[2]))
			if _, bad := errors.AsType[*journal.Tampered](err); !bad {
				t.Errorf("%s: a lookup answers %v", name, err)
			}
			d.ask(t, "petugas.dinsos", d.out.Sample.Found[2]) // the others go on
			for _, table := range []string{"records", "changes"} {
				run(t, db, fmt.Sprintf("DELETE FROM %s WHERE agency_id = %d", table, log))
				run(t, db, fmt.Sprintf("INSERT INTO %s SELECT * FROM kept_%s WHERE agency_id = %d", table, table, log))
				run(t, db, "DROP TABLE kept_"+table)
			}
			if err := errors.Join(round(), sign()); err != nil {
				t.Errorf("%s, and put right: %v", name, err)
			}
			d.ask(t, "petugas.dinpertan", d.out.Sample.Found[3])
		}
	})
}
