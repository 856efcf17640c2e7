package main

import (
	"context"
	"maps"
	"slices"
)

// alarms tell people of each log that is not what was signed, once for each thing that is wrong with it. It is the signing goroutine's.
type alarms struct {
	*provider
	told map[int64]string
}

// raise puts what is wrong on both sides' pages and into the administrators' mail; what cannot be told now is told at the next look.
func (a *alarms) raise(ctx context.Context) {
	broken := a.store.Journal.Anchor().BrokenLogs()
	for _, log := range slices.Sorted(maps.Keys(broken)) {
		if a.told[log] == broken[log].Error() {
			continue
		}
		i, err := a.store.Institutions.Institution(ctx, log)
		if err == nil {
			err = a.office.Alarm(ctx, i, a.now(), "Jurnal akses bukan lagi yang ditandatangani; pencatatan dan layanan instansi ini "+
				"dihentikan. Ditemukan oleh sistem: "+broken[log].Error())
		}
		if err != nil {
			a.log.Error("journal: tell of a broken log", "log", log, "err", err)
			continue
		}
		a.told[log] = broken[log].Error()
	}
	maps.DeleteFunc(a.told, func(log int64, _ string) bool { return broken[log] == nil })
}
