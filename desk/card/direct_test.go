//go:build linux

package card

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"gapura/agreement/reader"
	"gapura/desk/pcsc"
	"gapura/desk/pcsc/pcsctest"
)

// ektp plays a KTP-el: a photograph that is open, biodata that is not.
func ektp() *pcsctest.Chip {
	photo := append([]byte{0x02, 0x00}, bytes.Repeat([]byte{0xD8}, 512)...)
	return &pcsctest.Chip{
		UID: []byte{4, 1, 2, 3, 4, 5, 6}, Folder: DefaultLayout.Folder, Files: map[uint16][]byte{PhotoFile: photo,
			0x6FF4: []byte("SARI WULANDARI")}, Locked: []uint16{0x6FF4},
	}
}

// commands is how many a read of ektp with its photograph takes: UID, folder, file, length, 240 + 240 + 32 bytes.
const commands = 7

func TestCardIsReadThroughPCSC(t *testing.T) {
	d := pcsctest.Start(t)
	d.Insert(ektp())
	active := reader.Reader{Serial: "1", State: reader.Active}
	r, err := Read(t.Context(), Direct{Layout: withPhoto}, active, true)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.UID(), []byte{4, 1, 2, 3, 4, 5, 6}) || len(r.Photo()) != 512 || len(r.ATR()) == 0 {
		t.Errorf("UID % X, %d bytes, ATR % X", r.UID(), len(r.Photo()), r.ATR())
	}
	if r.Count() != 0 || r.Origin != (Origin{}) {
		t.Error("a field without a SAM:", r, r.Origin)
	}
	start := time.Now()
	if r, err = (Direct{Reader: pcsctest.Reader, Layout: DefaultLayout}).Read(t.Context()); err != nil || r.Photo() != nil {
		t.Error(r, err)
	}
	t.Logf("a read without the photograph takes %v", time.Since(start).Round(time.Millisecond))
	if _, err := (Direct{Layout: Layout{Folder: DefaultLayout.Folder, Photo: 0x6FF4}}).Read(t.Context()); !errors.Is(err, ErrNeedsSAM) {
		t.Error(err)
	}
	if _, err := (Direct{Layout: Layout{Folder: 0x1234}}).Read(t.Context()); !errors.Is(err, ErrNotKTP) {
		t.Error(err)
	}
}

// The card may leave at each command of a read: the officer is told so, and nothing is there of what was read.
func TestCardPulledInTheMiddleGivesNothing(t *testing.T) {
	d := pcsctest.Start(t)
	for at := 1; at <= commands; at++ {
		chip := ektp()
		chip.Before = func(n int, _ []byte) bool { return n < at }
		pull := d.Insert(chip)
		r, err := Direct{Layout: withPhoto}.Read(t.Context())
		if !errors.Is(err, pcsc.ErrRemoved) || r.content != nil {
			t.Errorf("pulled at command %d: %v", at, err)
		}
		pull()
	}
	chip := ektp()
	chip.Before = func(n int, _ []byte) bool { return n <= commands }
	d.Insert(chip)
	if r, err := (Direct{Layout: withPhoto}).Read(t.Context()); err != nil || len(r.Photo()) != 512 {
		t.Errorf("the next card: %v %v; does a read take more than %d commands?", r, err, commands)
	}
}

func TestNoCardNoReaderNoService(t *testing.T) {
	d := pcsctest.Start(t)
	quick := Direct{Layout: DefaultLayout, Wait: 100 * time.Millisecond}
	if _, err := quick.Read(t.Context()); !errors.Is(err, pcsc.ErrNoCard) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := (Direct{}).Read(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := (Direct{Reader: "ACR122U"}).Read(t.Context()); !errors.Is(err, pcsc.ErrNoReader) {
		t.Error(err)
	}
	d.Kill()
	if _, err := quick.Read(t.Context()); !errors.Is(err, pcsc.ErrNoService) {
		t.Error(err)
	}
	d.Run()
	d.Insert(ektp())
	if _, err := (Direct{Layout: DefaultLayout}).Read(t.Context()); err != nil {
		t.Error("after a restart:", err)
	}
}
