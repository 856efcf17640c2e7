package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store"
)

type userCommand struct {
	Admin    adminCommand    `cmd:"" help:"Make the office's first two administrators and print their activation links."`
	Invite   inviteCommand   `cmd:"" help:"Issue a slip by which a user sets a password; two people of the office hand its halves over."`
	Identify identifyCommand `cmd:"" help:"Note whose user id of the office's staff is, once: decisions compare persons."`
	Portal   portalCommand   `cmd:"" help:"Make the account of a citizen portal and issue the slip by which its keeper takes its token."`
}

type inviteCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Letter string `required:"" help:"Number of the BAST or letter behind the invitation."`
	Login  string `arg:"" help:"The user id."`
}

func (c inviteCommand) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		u, ok, err := p.store.Users.UserByLogin(ctx, c.Login)
		if err != nil {
			return err
		}
		if !ok {
			return refusal{fmt.Errorf("no such user id")}
		}
		if u.Role.OfProvider() {
			staff, err := p.store.Users.UsersOfAgency(ctx, party.Provider, "", 1000)
			if err != nil {
				return err
			}
			if procedure.Founded(staff) {
				return refusal{errors.New("two administrators work: a new slip for the office's staff is a case in the console")}
			}
		}
		return invite(ctx, p, u, c.Letter)
	})
}

// invite issues an activation slip. Whoever gives commands here is not known, and may have a user id of the console as well: the slip is
// printed there, by one who is known, and its second half reaches the user by e-mail or by another's hand. Until two administrators work
// nobody is there to do so, and the path with both halves is printed: two papers from one hand would be no two ways.
func invite(ctx context.Context, p *provider, u party.User, letter string) error {
	done, err := p.store.Credentials.IssueSlip(ctx, fromHere(p, letter), u, party.Slip{For: party.Password})
	if err != nil {
		return err
	}
	if done.Code == "" {
		printWaits(done)
		return nil
	}
	// What is printed for the owner alone is the path, for whatever address the office is reached at; what to do with it is said beside.
	fmt.Println("/aktivasi/" + party.WholeSlip(done.Code, done.Second))
	fmt.Fprintf(os.Stderr, "Serahkan kepada %s sendiri. Setelah gapura serve berjalan, ia membukanya di belakang alamat layanan%s dan "+
		"menentukan "+
		"kata sandinya, satu kali.\n", u.Name, at(p.cfg.URL))
	return nil
}

// at is an address in brackets; nothing when it is not configured.
func at(url string) string {
	if url == "" {
		return ""
	}
	return " (" + strings.TrimSuffix(url, "/") + ")"
}

// printWaits says where the halves of a slip come from that was issued here and is printed in the console.
func printWaits(s store.Issued) {
	fmt.Printf("lembar %d diterbitkan, belum dicetak\ncetak: seorang pegawai di konsol, Berkas, Lembar rahasia\n"+
		"kode kedua: dikirim ke alamat surel pemiliknya, atau diambil pegawai lain di halaman yang sama\nberlaku sampai: %s\n", s.Slip,
		s.Until.In(party.WIB.Location()).Format(time.DateOnly))
}

// fromHere is a change that is made from the command line, by the user of the machine.
func fromHere(p *provider, letter string) journal.Change {
	return journal.Change{At: p.now(), Reason: byHere(), Letter: letter}
}

// readFromHere records in the office's log that a command hands out what was kept, named by its number or its agency; it is handed out
// only when that stands.
func readFromHere(ctx context.Context, p *provider, what, how string) error {
	c := fromHere(p, "")
	c.Subject, c.After = what, how
	return p.store.Journal.Tell(ctx, c)
}

// byHere is who gives commands: the user of the machine.
func byHere() string {
	who := "unknown"
	if me, err := user.Current(); err == nil {
		who = me.Username
	}
	return "dari baris perintah oleh " + who
}

type adminCommand struct {
	Config   string `required:"" placeholder:"FILE" help:"Configuration file."`
	Letter   string `required:"" help:"Number of the decree or letter behind it."`
	Name     string `required:"" help:"Full name."`
	NIP      string `required:"" name:"nip" help:"NIP or staff number: persons are compared, not user ids."`
	Position string `default:"Administrator Basis Data" help:"Position in the office."`
	Login    string `arg:"" help:"The new user id."`
}

// Run sets the office up on its first call: four eyes need two administrators, and none can be made in a console that nobody can enter. It
// refuses when two active administrators exist; from then on the console's procedure makes users.
func (c adminCommand) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		if _, err := p.store.Institutions.Institution(ctx, party.Provider); errors.Is(err, sql.ErrNoRows) {
			if err := p.store.Rights.CreateProvider(ctx, fromHere(p, c.Letter), party.Institution{Code: "dukcapil", Name: p.cfg.Office,
				Zone: party.WIB}); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		staff, err := p.store.Users.UsersOfAgency(ctx, party.Provider, "", 1000)
		if err != nil {
			return err
		}
		n := party.User{
			Institution: party.Provider, Login: strings.ToLower(c.Login), Name: c.Name, Position: c.Position, Role: party.Administrator,
			Identity: party.Identity{NIP: strings.TrimSpace(c.NIP)},
		}
		if !n.Identity.Known() {
			return refusal{errors.New("--nip holds no number")}
		}
		admins := 0
		for _, u := range staff {
			if u.Deactivated.IsZero() && party.SamePerson(u, n) {
				return refusal{errors.New("this person has a user id already: two administrators are two people")}
			}
			if u.Login == strings.ToLower(c.Login) {
				return refusal{errors.New("this user id exists; gapura user invite gives it a new link")}
			}
			if u.Role == party.Administrator && u.Deactivated.IsZero() {
				admins++
			}
		}
		if admins >= 2 {
			return refusal{errors.New("two administrators exist: make further users in the console")}
		}
		if n.ID, err = p.store.Rights.CreateUser(ctx, fromHere(p, c.Letter), n, ""); err != nil {
			return err
		}
		return invite(ctx, p, n, c.Letter)
	})
}

type identifyCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Letter string `required:"" help:"Number of the decree or letter behind it."`
	NIP    string `required:"" name:"nip" help:"NIP or staff number."`
	Login  string `arg:"" help:"The user id."`
}

// Run is for user ids that were made before persons were compared: it notes whose they are, once. What a case noted, and what was noted
// here, stays.
func (c identifyCommand) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		u, ok, err := p.store.Users.UserByLogin(ctx, c.Login)
		switch n := (party.Identity{NIP: strings.TrimSpace(c.NIP)}); {
		case err != nil:
			return err
		case !ok || !u.Role.OfProvider():
			return refusal{errors.New("no such user id of the office's staff")}
		case !n.Known():
			return refusal{errors.New("--nip holds no number")}
		case u.Identity.Known():
			return refusal{errors.New("whose user id this is, is known already")}
		default:
			u.Identity = n
		}
		return p.store.Rights.Identify(ctx, fromHere(p, c.Letter), u)
	})
}

type portalCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
	Letter string `required:"" help:"Number of the decree or letter behind it."`
	Name   string `required:"" help:"Name of the portal."`
	Login  string `arg:"" help:"The new user id."`
}

// Run makes an account that can do one thing: ask, from the addresses in citizen_portals, who asked for the data of a resident who has
// signed in there.
func (c portalCommand) Run() error {
	return withProvider(c.Config, func(ctx context.Context, p *provider) error {
		u := party.User{Institution: party.Provider, Login: strings.ToLower(c.Login), Name: c.Name, Position: "Portal penduduk",
			Role: party.CitizenPortal}
		if _, taken, err := p.store.Users.UserByLogin(ctx, u.Login); err != nil || taken {
			return errors.Join(err, refusal{errors.New("this user id exists")})
		}
		hash, err := party.HashPassword(ctx, party.NewSecret()) // nobody knows it: the account works by its token alone
		if err != nil {
			return err
		}
		if u.ID, err = p.store.Rights.CreateUser(ctx, fromHere(p, c.Letter), u, hash); err != nil {
			return err
		}
		slip, err := p.store.Credentials.IssueSlip(ctx, fromHere(p, c.Letter), u, party.Slip{For: party.APIToken})
		if err != nil {
			return err
		}
		printWaits(slip)
		return nil
	})
}
