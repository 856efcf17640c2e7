package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"gapura/internal/config"
	"gapura/internal/schema"
)

type configCommand struct {
	Example configExample `cmd:"" help:"Print a commented configuration."`
}

type configExample struct {
	Desk bool   `help:"That of the desk (gapura loket) instead of the provider's."`
	Out  string `placeholder:"FILE" help:"New file to write, which only its owner can read; standard output without it."`
}

func (c configExample) Run() error {
	text := config.Example
	if c.Desk {
		text = config.DeskExample
	}
	if c.Out == "" {
		_, err := fmt.Print(text)
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return refusal{fmt.Errorf("berkas %s %w", c.Out, schema.ErrPresent)}
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err == nil {
		fmt.Fprintf(os.Stderr, "Konfigurasi ditulis. Isi sekurang-kurangnya %s, lalu: gapura init --config %s\n",
			map[bool]string{false: "office, government, address, place, official, listen, dan sertifikat TLS",
				true: "provider, agency, office, dan listen"}[c.Desk], c.Out)
	}
	return err
}
