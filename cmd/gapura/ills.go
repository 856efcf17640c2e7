package main

import (
	"context"
	"fmt"
	"strings"
)

// An ill is something that is wrong with the installation itself, or under way in it, told to people on the console's home and to machines
// by the metric gapura_ill.
type ill struct {
	kind string // one of illKinds; empty: under way, and nothing is wrong
	text string // a sentence
}

// illKinds are all kinds of ills, so that a metric shows those too that are well.
var illKinds = []string{"backup", "disk", "log", "mail", "rights", "witness"}

func (p *provider) ailing(ctx context.Context) (list []ill) {
	add := func(kind, text string) {
		if text != "" {
			list = append(list, ill{kind, text})
		}
	}
	add("disk", p.disk.Ill())
	add("backup", p.backupsIll())
	add("witness", p.witnessesIll(ctx))
	add("mail", p.mailIll(ctx))
	if n := len(p.store.Journal.Anchor().BrokenLogs()); n > 0 {
		add("log", fmt.Sprintf("Jurnal akses %d instansi bukan lagi yang ditandatangani; layanannya dihentikan.", n))
	}
	if n := len(p.store.Rights.Unexplained()); n > 0 {
		add("rights", fmt.Sprintf("Hak pada %d instansi tidak dijelaskan oleh jurnal; yang bersandar padanya ditolak.", n))
	}
	if now, underWay := p.sealing.Progress(); underWay {
		add("", now.String())
	}
	return list
}

// ills are what the console's home says.
func (p *provider) ills(ctx context.Context) (list []string) {
	for _, i := range p.ailing(ctx) {
		list = append(list, i.text)
	}
	return list
}

// illCounts are what is wrong, by kind: 1, or 0 for what is well.
func (p *provider) illCounts(ctx context.Context) (map[string]int64, error) {
	out := make(map[string]int64, len(illKinds))
	for _, k := range illKinds {
		out[k] = 0
	}
	for _, i := range p.ailing(ctx) {
		if i.kind != "" {
			out[i.kind] = 1
		}
	}
	return out, nil
}

// mailTries is after how many failed tries a mail is told as failing: the first failures may be a passing one.
const mailTries = 3

// mailIll is what is said of mail that the server does not take.
func (p *provider) mailIll(ctx context.Context) string {
	n, err := p.store.Mails.Failing(ctx, mailTries)
	switch {
	case err != nil:
		return "Keadaan antrean surel tidak terbaca."
	case n > 0:
		return fmt.Sprintf("%d surel belum terkirim sesudah %d percobaan; sebabnya tertulis pada halaman Surel keluar.", n, mailTries)
	}
	return ""
}

// witnessesIll is what is said of witnesses outside the office that do not cosign.
func (p *provider) witnessesIll(ctx context.Context) string {
	if p.gather == nil {
		return ""
	}
	all, err := p.store.Witness.Witnesses(ctx)
	if err != nil {
		return "Keadaan saksi di luar kantor tidak terbaca."
	}
	var missing []string
	for _, w := range all {
		if w.Active && !w.Failed.IsZero() {
			missing = append(missing, w.Name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("Saksi di luar kantor tidak menandatangani jurnal: %s.", strings.Join(missing, ", "))
}
