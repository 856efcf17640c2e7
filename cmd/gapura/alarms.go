package main

import (
	"context"
	"maps"
	"slices"

	"gapura/office/office"
)

// alarms tell people what was found wrong with an institution, once for each thing. They are one goroutine's.
type alarms struct {
	*provider
	find func() map[int64]error // by institution
	text string
	told map[int64]string
}

// logAlarms tell of each log that is not what was signed.
func (p *provider) logAlarms() *alarms {
	return &alarms{p, p.store.Journal.Anchor().BrokenLogs,
		"Jurnal akses bukan lagi yang ditandatangani; pencatatan dan layanan instansi ini " +
			"dihentikan. Ditemukan oleh sistem: ", map[int64]string{}}
}

// rightAlarms tell of each institution whose rights are not what its log explains.
func (p *provider) rightAlarms() *alarms {
	return &alarms{p, p.store.Rights.Unexplained, "Hak pada basis data tidak dijelaskan oleh jurnal; siapa pun yang haknya bersandar " +
		"padanya " +
		"ditolak. Ditemukan oleh sistem: ", map[int64]string{}}
}

// raise puts what is wrong on both sides' pages and into the administrators' mail; what cannot be told now is told at the next look.
func (a *alarms) raise(ctx context.Context) {
	broken := a.find()
	for _, log := range slices.Sorted(maps.Keys(broken)) {
		if a.told[log] == broken[log].Error() {
			continue
		}
		i, err := a.store.Institutions.Institution(ctx, log)
		if err == nil {
			err = office.RemindersOf(a.office).Alarm(ctx, i, a.now(), a.text+broken[log].Error())
		}
		if err != nil {
			a.log.Error("journal: tell of what is wrong", "log", log, "err", err)
			continue
		}
		a.told[log] = broken[log].Error()
	}
	maps.DeleteFunc(a.told, func(log int64, _ string) bool { return broken[log] == nil })
}
