package main

import (
	"context"
	"fmt"
	"time"

	"gapura/internal/config"
	"gapura/internal/keyring"
	"gapura/internal/reseal"
)

type keyCommand struct {
	Rotate keyRotateCommand `cmd:"" help:"Add a new key to the key file of the provider or a desk, while it serves."`
}

type keyRotateCommand struct {
	Config string        `required:"" placeholder:"FILE" help:"Configuration file, the provider's or a desk's."`
	After  time.Duration `default:"1m" help:"When the new key begins to seal and sign; by then every running process has read it."`
}

// keysEvery is how often the key file is looked at.
const keysEvery = 10 * time.Second

func (c keyRotateCommand) Run() error {
	if c.After < 3*keysEvery {
		return fmt.Errorf("--after: paling singkat %v, supaya setiap proses sudah membaca kunci baru", 3*keysEvery)
	}
	isDesk, err := config.IsDesk(c.Config)
	if err != nil {
		return err
	}
	var file string
	if isDesk {
		cfg, err := config.LoadDesk(c.Config)
		if err != nil {
			return err
		}
		file = cfg.Keys
	} else {
		cfg, err := config.Load(c.Config)
		if err != nil {
			return err
		}
		file = cfg.Keys
	}
	from := time.Now().Add(c.After)
	if err := keyring.Rotate(file, from); err != nil {
		return refusal{err}
	}
	fmt.Printf(
		"Kunci baru ditambahkan pada %s dan mulai menyegel serta menandatangani pada %s; layanan yang berjalan memakainya sendiri.\n"+
			"Salin berkas kunci itu sekarang ke cadangan rahasianya: salinan yang lama ditolak sejak saat itu.\n"+
			"Data lama disegel ulang di latar belakang; gapura doctor menunjukkan sisanya. Serahkan kunci pemeriksa jurnal yang baru "+
			"kepada "+
			"saksi "+
			"dan pemeriksa.\n", file, from.Format(time.RFC3339))
	return nil
}

// restAfter is how much longer than it works the sealing anew rests: it takes a quarter of the writer's time at most.
const restAfter = 3

// recountEvery is how often it is counted whether something was written under an older key since all was sealed anew.
const recountEvery = 24 * time.Hour

// resealer takes new keys into use; the notary signs with them too.
func (p *provider) resealer() *reseal.Worker {
	return &reseal.Worker{Keys: p.keys, Parts: p.store.Sealing.Parts(), Kept: signing{p.store.Sealing, p}, Rest: restAfter,
		Recount: recountEvery, Log: p.log}
}

// signing is reseal.Kept that lets the notary sign with the newest key too.
type signing struct {
	reseal.Kept
	p *provider
}

// Rebind implements reseal.Kept.
func (s signing) Rebind(ctx context.Context) error {
	signers, err := s.p.keys.Signers("journal")
	if err != nil {
		return err
	}
	if err := s.Kept.Rebind(ctx); err != nil {
		return err
	}
	s.p.notary.UseKeys(signers)
	return nil
}

// sealedFinding tells how much lies under older keys. It is no fault: it is done in the background.
func sealedFinding(ctx context.Context, what string, keys *keyring.Ring, parts []reseal.Part) finding {
	if keys.Len() == 1 {
		return finding{what, true, "semua disegel dengan kunci yang berlaku"}
	}
	left, err := reseal.Left(ctx, parts)
	switch {
	case err != nil:
		return wrong(what, err)
	case left == 0:
		return finding{what, true, fmt.Sprintf("semua disegel dengan kunci yang berlaku, nomor %d", keys.Current())}
	}
	return finding{what, true, fmt.Sprintf("%d data masih di bawah kunci lama; layanan yang berjalan menyegelnya ulang dengan kunci "+
		"nomor %d",
		left, keys.Current())}
}
