package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/store"
)

type tokenCommand struct {
	Issue  tokenIssueCommand  `cmd:"" help:"Print the slip by which a user takes a token."`
	List   tokenListCommand   `cmd:"" help:"List tokens: fingerprint, application, last use, end."`
	Revoke tokenRevokeCommand `cmd:"" help:"End a token at once."`
	Redeem tokenRedeemCommand `cmd:"" help:"Take a token by its slip and the second code, which is asked for."`
}

type tokenIssueCommand struct {
	Config      string `required:"" placeholder:"FILE" help:"Configuration file."`
	User        string `required:"" placeholder:"LOGIN" help:"Whose token it is."`
	For         string `required:"" enum:"api,balikan,desk" help:"What it opens: api, balikan or desk."`
	Letter      string `required:"" placeholder:"NO" help:"Number of the BAST or letter behind it."`
	Days        int    `default:"365" help:"Days until it ends."`
	Application string `placeholder:"NAME" help:"Name of the application, for a user id that is not an application's own."`
}

// Run never sees the token: it prints the slip, and the second code comes to its owner by another way.
func (c tokenIssueCommand) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		u, ok, err := p.store.Users.UserByLogin(ctx, c.User)
		if err != nil {
			return err
		}
		if !ok {
			return refusal{errors.New("no such user id")}
		}
		if c.Days < 1 {
			return refusal{errors.New("days: want 1 or more")}
		}
		slip, err := p.store.Credentials.IssueToken(ctx, fromHere(p, c.Letter), u, party.Kind(c.For), c.Application,
			time.Duration(c.Days)*24*time.Hour)
		if text, shown := told.Text(err); shown {
			return refusal{errors.New(text)}
		}
		if err != nil {
			return err
		}
		printSlip(p, slip)
		return nil
	})
}

// printSlip prints what whoever issued the slip of a token may know: its first half, and how the second one reaches its owner.
func printSlip(p *provider, slip store.Issued) {
	address := cmp.Or(strings.TrimRight(p.cfg.URL, "/"), "ALAMAT LAYANAN")
	fmt.Printf("kode: %s\nalamat: %s\nambil dengan: gapura token redeem --url %s %s\nberlaku sampai: %s\n", slip.Code, address, address,
		slip.Code, slip.Until.In(party.WIB.Location()).Format(time.DateOnly))
	second := "diambil admin atau kepala instansi di portal, halaman Kredensial"
	if slip.Mailed {
		second = "dikirim ke alamat surel pemiliknya"
	}
	fmt.Println("kode kedua:", second)
}

type tokenListCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Agency string `placeholder:"A" help:"Code of the agency; without it, of all."`
}

func (c tokenListCommand) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		agency := int64(-1)
		if c.Agency != "" {
			i, _, found, err := p.store.Institutions.InstitutionByCode(ctx, c.Agency)
			if err != nil {
				return err
			}
			if !found {
				return refusal{errors.New("no such agency")}
			}
			agency = i.ID
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(t, "SIDIK\tUNTUK\tUSER ID\tAPLIKASI\tDIPAKAI TERAKHIR\tBERAKHIR\tKEADAAN")
		const page = 500
		for before := int64(0); ; {
			list, err := p.store.Credentials.TokensOf(ctx, agency, before, page, p.now())
			if err != nil {
				return err
			}
			for _, x := range list {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Fingerprint, x.Kind, x.OwnerLogin, x.AppName, dayOf(x.LastUsed),
					dayOf(x.Expires), cmp.Or(x.Barred, x.At(p.now()).Label()))
				before = x.ID
			}
			if len(list) < page {
				return t.Flush()
			}
		}
	})
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(party.WIB.Location()).Format(time.DateOnly)
}

type tokenRevokeCommand struct {
	Config      string `required:"" placeholder:"FILE" help:"Configuration file."`
	Letter      string `required:"" placeholder:"NO" help:"Number of the letter behind it."`
	Fingerprint string `arg:"" help:"Fingerprint of the token."`
}

func (c tokenRevokeCommand) Run() error {
	f, err := party.ParseFingerprint(c.Fingerprint)
	if err != nil {
		return err
	}
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		_, err := p.store.Credentials.RevokeToken(ctx, fromHere(p, c.Letter), f)
		if text, shown := told.Text(err); shown {
			return refusal{errors.New(text)}
		}
		return err
	})
}

type tokenRedeemCommand struct {
	URL  string `name:"url" required:"" placeholder:"URL" help:"Address of the provider."`
	Code string `arg:"" help:"Code of the slip."`
}

// Run reads the second code from the standard input, so that it stands in no history of commands, and prints the token.
func (c tokenRedeemCommand) Run() error {
	fmt.Fprint(os.Stderr, "Kode kedua: ")
	second, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	body, err := json.Marshal(map[string]string{"code": c.Code, "second": strings.TrimSpace(second)})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(c.URL, "/")+"/api/v1/slips", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	q.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		return refusal{fmt.Errorf("ask the provider: %w", err)}
	}
	defer resp.Body.Close()
	var answer struct {
		Detail string
		Tokens []struct{ Kind, Token, Fingerprint string }
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&answer); err != nil {
		return refusal{fmt.Errorf("the provider answers %s without JSON", resp.Status)}
	}
	if resp.StatusCode != http.StatusOK {
		return refusal{errors.New(answer.Detail)}
	}
	for _, t := range answer.Tokens {
		fmt.Println(t.Token)
		fmt.Fprintln(os.Stderr, party.Kind(t.Kind).Label()+", sidik:", t.Fingerprint)
	}
	return nil
}
