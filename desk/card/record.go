package card

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strconv"

	"gapura/person/nik"
)

// A Field is one line of a KTP-el.
type Field uint8

// The fields, in the order of the printed card.
const (
	NIK Field = iota
	Name
	BirthPlace
	BirthDate // 2006-01-02
	Sex       // "LAKI-LAKI" or "PEREMPUAN" where the service's word is known, else as read
	Blood
	Address // street and house, without the parts below
	RT
	RW
	Village
	District
	Regency
	Province
	Religion
	Marital
	Occupation
	Citizenship
	ValidUntil // as read: a date, or "SEUMUR HIDUP"
	fields
)

// The keys of fields that are also elements of a grant are those of population.Element.
var fieldTexts = [fields]struct{ key, label string }{
	NIK: {"nik", "NIK"}, Name: {"nama_lengkap", "Nama Lengkap"}, BirthPlace: {"tempat_lahir", "Tempat Lahir"}, BirthDate: {"tanggal_lahir",
		"Tanggal Lahir"},
	Sex: {"jenis_kelamin", "Jenis Kelamin"}, Blood: {"golongan_darah", "Golongan Darah"}, Address: {"alamat", "Alamat"}, RT: {"rt", "RT"},
	RW:      {"rw", "RW"},
	Village: {"kelurahan", "Kelurahan/Desa"}, District: {"kecamatan", "Kecamatan"}, Regency: {"kabupaten", "Kabupaten/Kota"},
	Province: {"provinsi", "Provinsi"},
	Religion: {"agama", "Agama"}, Marital: {"status_perkawinan", "Status Perkawinan"}, Occupation: {"jenis_pekerjaan", "Jenis Pekerjaan"},
	Citizenship: {"kewarganegaraan", "Kewarganegaraan"}, ValidUntil: {"berlaku_hingga", "Berlaku Hingga"},
}

// Fields are all fields in their order.
func Fields() []Field {
	out := make([]Field, fields)
	for i := range out {
		out[i] = Field(i)
	}
	return out
}

// String is the field's key, as configurations and forms name it.
func (f Field) String() string {
	if f < fields {
		return fieldTexts[f].key
	}
	return "?"
}

// Label is the field's Indonesian name, as the card prints it.
func (f Field) Label() string {
	if f < fields {
		return fieldTexts[f].label
	}
	return "?"
}

// A Record is what one read brought to light. Get, NIK, UID, ATR and Photo are the ways to its values; every formatting, logging and
// encoding of it shows only how many there are. The values lie behind a function, because package fmt prints the unexported fields of
// enclosing structs without asking any method, and follows pointers under some verbs, but never looks into a function. Copies of a Record
// share its values.
type Record struct {
	Origin  Origin
	content func() *content
}

func newRecord(o Origin, c *content) Record { return Record{o, func() *content { return c }} }

type content struct {
	nik        nik.NIK
	values     [fields]string // without NIK
	uid, photo []byte
	atr        []byte
}

func (r Record) inside() content {
	if r.content == nil {
		return content{}
	}
	return *r.content()
}

// Get is the value of a field as it was read, without blanks around it; empty when the card or service did not tell it. NIK is 16 digits.
func (r Record) Get(f Field) string {
	switch c := r.inside(); {
	case f == NIK:
		return c.nik.Digits()
	case f < fields:
		return c.values[f]
	}
	return ""
}

// NIK is the number; zero for a card that was read without a SAM.
func (r Record) NIK() nik.NIK { return r.inside().nik }

// UID is the number that the chip shows to every reader, 4, 7 or 10 bytes; some chips make up another at each read. Only Direct reads it.
func (r Record) UID() []byte { return r.inside().uid }

// ATR is the answer to reset that the reader made up for the chip. Only Direct reads it.
func (r Record) ATR() []byte { return r.inside().atr }

// Photo is the file of the photograph as it lies in the chip, up to 32,767 bytes; its coding is not looked at. Only Direct reads it, if its
// layout says so.
func (r Record) Photo() []byte { return r.inside().photo }

// Count is how many fields have a value.
func (r Record) Count() int {
	n := 0
	for f := range fields {
		if r.Get(f) != "" {
			n++
		}
	}
	return n
}

// Same reports whether two records hold the same values, wherever they were read.
func (r Record) Same(other Record) bool {
	a, b := r.inside(), other.inside()
	return a.nik == b.nik && a.values == b.values && bytes.Equal(a.uid, b.uid) && bytes.Equal(a.photo, b.photo)
}

// Wipe empties the record and its copies: the resident has not agreed, or the form is filled (H4). What the decoders of a service's answer
// left in memory is out of its reach.
func (r Record) Wipe() {
	if r.content == nil {
		return
	}
	c := r.content()
	clear(c.photo)
	clear(c.uid)
	*c = content{}
}

// String tells how much was read, no value.
func (r Record) String() string { return "KTP-el (" + strconv.Itoa(r.Count()) + " isian)" }

// Format is String under every verb.
func (r Record) Format(s fmt.State, _ rune) { io.WriteString(s, r.String()) }

// LogValue is String.
func (r Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText is String, for every encoding. There is no way back.
func (r Record) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// A Claim is what a vendor's service says of its SAM.
type Claim uint8

// The claims.
const (
	ClaimNone Claim = iota // it says nothing of it
	ClaimUsed
	ClaimUnused
)

// An Origin tells how a record came about. It holds nothing of the person.
type Origin struct {
	Service string // name of the vendor's service in the configuration; empty for the chip itself
	SAM     Claim
}

// Note is the sentence that stands beside what was read, wherever it is shown or kept. It never claims what only a SAM can establish (H7).
func (o Origin) Note() string {
	if o.Service == "" {
		return "Dibaca langsung dari cip tanpa SAM. Keaslian kartu tidak diperiksa."
	}
	read := "Dibaca melalui layanan " + o.Service + ". "
	switch o.SAM {
	case ClaimUsed:
		return read + "Layanan menyatakan memakai SAM; pernyataan itu tidak diperiksa oleh aplikasi ini."
	case ClaimUnused:
		return read + "Layanan menyatakan tidak memakai SAM. Keaslian kartu tidak diperiksa."
	}
	return read + "Layanan tidak menyatakan pemakaian SAM. Keaslian kartu tidak diperiksa."
}
