package card

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gapura/desk/pcsc"
)

var withPhoto = Layout{Folder: DefaultLayout.Folder, Photo: PhotoFile}

// script plays a card by its answers, one after the other; nil is a card that left. It keeps the answers to see whether they are wiped.
type script struct {
	answers [][]byte
	given   [][]byte
}

func (s *script) Transmit(context.Context, []byte) ([]byte, error) {
	if len(s.answers) == 0 || s.answers[0] == nil {
		return nil, pcsc.ErrRemoved
	}
	a := bytes.Clone(s.answers[0])
	s.answers = s.answers[1:]
	s.given = append(s.given, a)
	return a, nil
}

// wiped reports whether no answer still holds data of the card.
func (s *script) wiped() bool {
	for _, a := range s.given {
		if len(a) > 4 && !bytes.Equal(a[:len(a)-2], make([]byte, len(a)-2)) { // shorter ones are a length
			return false
		}
	}
	return true
}

func yes(data ...byte) []byte { return append(data, 0x90, 0x00) }

func TestChipThatAnswersOtherwise(t *testing.T) {
	uid := yes(4, 1, 2, 3, 4, 5, 6)
	for name, c := range map[string]struct {
		answers [][]byte
		err     error
	}{
		"no status":             {[][]byte{{0x90}}, ErrChip},
		"UID refused":           {[][]byte{{0x64, 0x00}}, ErrChip},
		"no such folder":        {[][]byte{uid, {0x6A, 0x82}}, ErrNotKTP},
		"selects nothing":       {[][]byte{uid, {0x6D, 0x00}}, ErrNotKTP},
		"odd select":            {[][]byte{uid, {0x12, 0x34}}, ErrChip},
		"folder locked":         {[][]byte{uid, {0x69, 0x82}}, ErrNeedsSAM},
		"no such file":          {[][]byte{uid, yes(), {0x6A, 0x82}}, ErrNotKTP},
		"file locked":           {[][]byte{uid, yes(), yes(), {0x69, 0x82}}, ErrNeedsSAM},
		"length cut":            {[][]byte{uid, yes(), yes(), yes(0)}, ErrChip},
		"too long":              {[][]byte{uid, yes(), yes(), yes(0x7F, 0xFF)}, ErrChip},
		"nothing where data is": {[][]byte{uid, yes(), yes(), yes(0, 5), yes()}, ErrChip},
		"more than asked":       {[][]byte{uid, yes(), yes(), yes(0, 5), yes(1, 2, 3, 4, 5, 6)}, ErrChip},
		"ends early":            {[][]byte{uid, yes(), yes(), yes(0, 9), {1, 2, 3, 4, 5, 0x62, 0x82}, {0x6B, 0x00}}, ErrChip},
		"data with a fault":     {[][]byte{uid, yes(), yes(), yes(0, 9), {1, 2, 3, 4, 5, 0x65, 0x81}}, ErrChip},
	} {
		s := &script{answers: c.answers}
		r, err := ReadChip(t.Context(), s, withPhoto)
		if !errors.Is(err, c.err) || r.content != nil || !s.wiped() {
			t.Errorf("%s: error %v, want %v; wiped %v", name, err, c.err, s.wiped())
		}
	}
}

func TestReaderThatCannotTellTheUID(t *testing.T) {
	r, err := ReadChip(t.Context(), &script{answers: [][]byte{{0x6A, 0x81}, yes()}}, DefaultLayout)
	if err != nil || len(r.UID()) != 0 || r.Photo() != nil {
		t.Fatal(err)
	}
}

// Whatever the pieces in which a card gives its file, it is read whole or not at all, and what was read of a card that left is wiped.
func TestPhotoIsWholeOrNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		photo := rapid.SliceOfN(rapid.ByteRange(1, 255), 0, 2000).Draw(t, "photo")
		answers := [][]byte{yes(4, 1, 2, 3), yes(), yes(), yes(binary.BigEndian.AppendUint16(nil, uint16(len(photo)))...)}
		for rest := photo; len(rest) > 0; {
			n := rapid.IntRange(1, min(chunk, len(rest))).Draw(t, "piece")
			answers, rest = append(answers, yes(slices.Clone(rest[:n])...)), rest[n:]
		}
		leaves := rapid.IntRange(0, len(answers)).Draw(t, "leaves")
		s := &script{answers: answers[:leaves]}
		r, err := ReadChip(context.Background(), s, withPhoto)
		if leaves == len(answers) {
			if err != nil || !bytes.Equal(r.Photo(), photo) || !bytes.Equal(r.UID(), []byte{4, 1, 2, 3}) {
				t.Fatalf("error %v, %d bytes of %d", err, len(r.Photo()), len(photo))
			}
			photo := r.Photo()
			if r.Wipe(); !s.wiped() || slices.ContainsFunc(photo, func(b byte) bool { return b != 0 }) {
				t.Fatal("not wiped")
			}
			return
		}
		if !errors.Is(err, pcsc.ErrRemoved) || r.content != nil || !s.wiped() {
			t.Fatalf("error %v, wiped %v", err, s.wiped())
		}
	})
}
