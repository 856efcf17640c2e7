package main

import (
	"context"
	"fmt"
	"os/user"

	"gapura/config"
	"gapura/journal"
)

type userCommand struct {
	Invite inviteCommand `cmd:"" help:"Print a one-time link by which a user sets a password."`
}

type inviteCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Letter string `required:"" help:"Number of the BAST or letter behind the invitation."`
	Login  string `arg:"" help:"The user id."`
}

func (c inviteCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	ctx := context.Background()
	p, err := openProvider(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.store.Close()
	u, ok, err := p.store.UserByLogin(ctx, c.Login)
	if err != nil {
		return err
	}
	if !ok {
		return refusal{fmt.Errorf("no such user id")}
	}
	who := "unknown"
	if me, err := user.Current(); err == nil {
		who = me.Username
	}
	secret, err := p.store.IssueLink(ctx, journal.Change{At: p.now(), Reason: "invited from the command line by " + who, Letter: c.Letter}, u)
	if err != nil {
		return err
	}
	fmt.Println("/aktivasi/" + secret)
	return nil
}
