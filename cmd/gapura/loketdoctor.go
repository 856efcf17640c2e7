package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"gapura/internal/config"
	"gapura/internal/keyring"
)

type loketDoctorCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file of the desk."`
}

// Run looks at what the desk needs and says in words what is wrong; exit code 1 when something is.
func (c loketDoctorCommand) Run() error {
	cfg, err := config.LoadDesk(c.Config)
	if err != nil {
		return err
	}
	ill := 0
	for _, f := range examineDesk(context.Background(), c.Config, cfg) {
		mark := "baik "
		if !f.well {
			mark, ill = "SALAH", ill+1
		}
		fmt.Printf("%s  %-18s %s\n", mark, f.what, f.says)
	}
	if ill > 0 {
		return refusal{fmt.Errorf("%d pemeriksaan gagal", ill)}
	}
	return nil
}

func examineDesk(ctx context.Context, file string, cfg config.Desk) []finding {
	out := []finding{{"konfigurasi", true, "hanya dapat dibaca pemiliknya"}}
	if err := keyring.Closed(file); err != nil {
		out[0] = wrong("konfigurasi", err)
	}
	keys, db, err := openDesk(ctx, cfg)
	if err != nil {
		return append(out, wrong("basis data", err))
	}
	defer db.Close()
	out = append(out, finding{"basis data", true, "terbuka dengan berkas kuncinya"},
		sealedFinding(ctx, "segel", keys, db.Sealing(keys).Parts()))
	if size, end, err := db.Security.Check(ctx); err != nil {
		out = append(out, wrong("catatan keamanan", err))
	} else {
		out = append(out, finding{"catatan keamanan", true, fmt.Sprintf("%d catatan, berangkai; penutup %s", size, end)})
	}
	out = append(out, backupsFinding("cadangan", cfg.Backups, time.Now()))
	enrolled := finding{"pendaftaran", true, "loket terdaftar pada " + cfg.Provider}
	if _, err := os.Stat(cfg.LogKey); errors.Is(err, fs.ErrNotExist) {
		enrolled = finding{"pendaftaran", true, "belum terdaftar: jalankan gapura loket enrol dengan kode dari Dukcapil"}
	} else if err != nil {
		enrolled = wrong("pendaftaran", err)
	}
	return append(out, enrolled)
}
