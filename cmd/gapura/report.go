package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gapura/agreement/obligation"
	"gapura/office/office"
	"gapura/office/report"
)

type reportCommand struct {
	Semester semesterCommand `cmd:"" help:"Write an agency's semester report as PDF and XLSX."`
}

type semesterCommand struct {
	Config   string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency   string `required:"" help:"Code of the agency."`
	Semester string `required:"" placeholder:"2026-1" help:"Year and half-year."`
	Out      string `required:"" placeholder:"DIR" help:"Folder that the files are written into."`
}

func (c semesterCommand) Run() error {
	gentle()
	s, err := obligation.ParseSemester(c.Semester)
	if err != nil {
		return err
	}
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		i, err := agencyOf(ctx, p, c.Agency)
		if err != nil {
			return err
		}
		if s.Begins().After(i.Zone.Day(p.now())) {
			return refusal{errors.New("semester: has not begun")}
		}
		k, err := office.ReportsOf(p.office).Report(ctx, i.ID, report.Semester(s))
		if err != nil {
			return err
		}
		pdf, err := office.ReportsOf(p.office).PDF(ctx, k.Report)
		if err != nil {
			return err
		}
		xlsx, err := office.ReportsOf(p.office).XLSX(ctx, k.Report, false)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(c.Out, 0o700); err != nil {
			return err
		}
		for form, content := range map[string][]byte{"pdf": pdf, "xlsx": xlsx} {
			file := filepath.Join(c.Out, fmt.Sprintf("laporan-%s-%s.%s", i.Code, s, form))
			if err := os.WriteFile(file, content, 0o600); err != nil {
				return err
			}
			fmt.Println(file)
		}
		return nil
	})
}
