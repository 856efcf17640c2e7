package main

import (
	"fmt"

	"gapura/internal/config"
)

type configCommand struct {
	Example configExample `cmd:"" help:"Print a commented configuration."`
}

type configExample struct {
	Desk bool `help:"That of the desk (gapura loket) instead of the provider's."`
}

func (c configExample) Run() error {
	text := config.Example
	if c.Desk {
		text = config.DeskExample
	}
	_, err := fmt.Print(text)
	return err
}
