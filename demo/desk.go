package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"gapura/agreement/party"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/person/nik"
	"gapura/person/population"
)

// DeskAgency is the agency whose desk runs in the demo; DeskOffice its name there, DeskReader its active card reader.
const (
	DeskAgency = "dinpertan"
	DeskOffice = "Dinas Pertanian Kabupaten Purbalingga"
	DeskReader = "RDR-" + DeskAgency + "-01"
)

// BuildDesk fills an empty desk: an officer and a head, and applications in states that need no provider. It adds the logins to the result.
func BuildDesk(ctx context.Context, db *deskdb.DB, people population.Source, seed uint64, now time.Time, out *Result) error {
	b := builder{seed: seed}
	hash, err := party.HashPassword(ctx, b.password())
	if err != nil {
		return err
	}
	officer, err := db.AddUser(ctx, "loket."+DeskAgency, "Ratnasari Puspaningtyas", party.Officer, hash, now)
	if err != nil {
		return fmt.Errorf("make officer: %w", err)
	}
	if _, err := db.AddUser(ctx, "kepalaloket."+DeskAgency, "Ir. Wiratmaja Sunarya", party.HeadOfAgency, hash, now); err != nil {
		return fmt.Errorf("make head: %w", err)
	}
	if err := db.SetToken(ctx, officer, b.secret("desk token"), b.now); err != nil {
		return err
	}
	out.Logins = append(out.Logins, Login{Role: "desk-officer", Agency: DeskAgency, User: "loket." + DeskAgency, Password: b.password()},
		Login{Role: "desk-head", Agency: DeskAgency, User: "kepalaloket." + DeskAgency, Password: b.password()})

	services, err := db.Services.Services(ctx)
	if err != nil {
		return err
	}
	// Each sample walks some way; the last of them are of the day before.
	walks := []struct {
		daysAgo int
		acts    []desk.Act
	}{
		{1, []desk.Act{desk.Incomplete}}, {1, []desk.Act{desk.Reject}}, {0, []desk.Act{desk.Whole}},
		{0, []desk.Act{desk.Incomplete, desk.Complete}}, {0, []desk.Act{desk.Whole}}, {0, nil}, {0, nil},
	}
	for i, walk := range walks {
		if i >= len(out.Sample.Found) {
			break
		}
		n, err := nik.Parse(out.Sample.Found[len(out.Sample.Found)-1-i])
		if err != nil {
			return err
		}
		found, err := people.Find(ctx, n)
		if err != nil || !found.Known {
			return fmt.Errorf("find sample: %v, %w", found.Known, err)
		}
		at := now.AddDate(0, 0, -walk.daysAgo).Add(-time.Duration(len(walks)-i) * time.Minute)
		if err := walkOne(ctx, db, services[i%len(services)], found.Person, officer, at, walk.acts); err != nil {
			return fmt.Errorf("application %d: %w", i+1, err)
		}
	}
	return nil
}

var answers = map[string]string{"text": "Tani Makmur", "number": "2", "date": "2026-01-05"}

func walkOne(ctx context.Context, db *deskdb.DB, s desk.Service, p population.Person, officer int64, at time.Time, acts []desk.Act) error {
	place := p.Place()
	papers := desk.Papers{Identity: desk.KTP, Answers: map[string]string{}, Values: map[string]string{
		"nik": p.NIK.Digits(), "nama_lengkap": p.Name, "tempat_lahir": p.BirthPlace, "tanggal_lahir": p.BirthDate.Format(time.DateOnly),
		"jenis_kelamin":     strings.ToUpper(p.Sex.String()),
		"status_perkawinan": p.Marital, "jenis_pekerjaan": p.Occupation, "alamat": p.Address, "alamat.rt": p.RT, "alamat.rw": p.RW,
		"alamat.kelurahan": place.Village,
		"alamat.kecamatan": place.District, "alamat.kabupaten": place.Regency, "alamat.provinsi": place.Province,
	}}
	for _, q := range s.Questions {
		papers.Answers[q.Key] = answers[q.Kind]
		if q.Kind == "choice" {
			papers.Answers[q.Key] = q.Options[0]
		}
	}
	if faults := desk.CheckPapers(s, &papers, at); len(faults) > 0 {
		return fmt.Errorf("papers: %s %s", faults[0].Field, faults[0].Text)
	}
	var scans []deskdb.File
	for _, k := range s.Documents {
		if k.Optional {
			continue
		}
		content, err := scan(k.Name)
		if err != nil {
			return err
		}
		scans = append(scans, deskdb.File{Document: k.Key, Media: "image/png", Content: content})
	}
	id, err := db.Applications.Take(ctx, deskdb.New{Service: s, Papers: papers, Files: scans, By: officer, At: at, Day: party.WIB.Day(at)})
	if err != nil {
		return err
	}
	seen := desk.Submitted
	for _, act := range acts {
		m := deskdb.Move{Act: act, Role: party.HeadOfAgency, By: officer, At: at.Add(time.Minute), Seen: seen, Reason: "tidak-memenuhi"}
		if act.NeedsNote() {
			m.Note = "Contoh untuk peragaan."
		}
		if err := db.Applications.Move(ctx, id, m); err != nil {
			return err
		}
		a, err := db.Applications.Application(ctx, id)
		if err != nil {
			return err
		}
		seen = a.State
	}
	return nil
}

// scan is a picture that stands for a paper.
func scan(name string) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, 480, 300))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0xd7, 0xe6, 0xf5, 0xff}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(12, 12, 468, 60), image.NewUniform(color.RGBA{0x0b, 0x4a, 0x9e, 0xff}), image.Point{}, draw.Src)
	text := func(x, y int, c color.Color, s string) {
		d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
		d.DrawString(s)
	}
	text(24, 41, color.White, name)
	for i := range 6 {
		draw.Draw(img, image.Rect(24, 90+i*28, 24+380-i*40, 100+i*28), image.NewUniform(color.RGBA{0x9a, 0xb0, 0xc8, 0xff}), image.Point{},
			draw.Src)
	}
	text(24, 282, color.RGBA{0xa3, 0x16, 0x1b, 0xff}, "REKAAN - untuk peragaan")
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw paper: %w", err)
	}
	return b.Bytes(), nil
}
