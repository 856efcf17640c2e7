package main

import (
	"context"
	"fmt"
	"strings"
)

// ills are what the console's home says of the installation itself: what failed, what is missing, what is under way. Each is a sentence.
func (p *provider) ills(ctx context.Context) (list []string) {
	add := func(text string) {
		if text != "" {
			list = append(list, text)
		}
	}
	add(p.disk.Ill())
	add(p.backupsIll())
	add(p.witnessesIll(ctx))
	if now, underWay := p.sealing.Progress(); underWay {
		add(now.String())
	}
	return list
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
