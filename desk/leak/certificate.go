package leak

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Certificate says what was searched, for which canaries, and what was found. It holds no value and no NIK; signed it goes to the
// provider (G8).
type Certificate struct {
	Agency   string    `json:"agency"` // code
	Office   string    `json:"office"`
	Begun    time.Time `json:"begun"`
	Ended    time.Time `json:"ended"`
	Program  string    `json:"program"` // version
	Folders  []string  `json:"folders"`
	Sealed   int       `json:"sealed"`   // contents of the database that were opened and searched too
	Canaries int       `json:"canaries"` // planted by the provider
	Seen     []string  `json:"seen"`     // records by which they were looked up; without any the search says nothing
	// The desk's security log: how many entries, what names the last (so that a later, shorter log is found), and where its chain does not
	// hold; 0: it holds.
	SecuritySize   int64  `json:"security_size,omitempty"`
	SecurityEnd    string `json:"security_end,omitempty"`
	SecurityBroken int64  `json:"security_broken,omitempty"`
	Report
}

const certificateHead = "gapura.scan/v1\n"

// Proves reports whether the certificate is worth anything: canaries were looked up, everything was read, and nothing was found.
func (c *Certificate) Proves() bool { return len(c.Seen) > 0 && c.Clean() }

// Text is what is signed: a head, sentences for people, and the whole as JSON.
func (c *Certificate) Text() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts, numbers and times always encode
	}
	result := "Hasil: BERSIH. Tidak ditemukan data orang uji."
	switch {
	case len(c.Findings) > 0:
		result = fmt.Sprintf("Hasil: DITEMUKAN pada %d tempat.", len(c.Findings))
	case len(c.Unread) > 0:
		result = fmt.Sprintf("Hasil: TIDAK LENGKAP. %d berkas tidak dapat dibaca.", len(c.Unread))
	case len(c.Seen) == 0:
		result = "Hasil: TIDAK BERARTI. Belum ada orang uji yang dicari melalui loket ini."
	}
	return certificateHead + strings.Join([]string{
		"Pemeriksaan penyimpanan data kependudukan " + strings.ReplaceAll(c.Office, "\n", " ") + " (" + c.Agency + ")",
		fmt.Sprintf("%d berkas, %d byte, dan %d isi tersegel diperiksa untuk %d orang uji yang dicari %d kali.", c.Files, c.Bytes, c.Sealed,
			c.Canaries, len(c.Seen)), result, string(raw), "",
	}, "\n")
}

// ReadCertificate is the reverse of Text.
func ReadCertificate(text string) (c Certificate, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[0]+"\n" != certificateHead {
		return c, errors.New("not a certificate of a search")
	}
	if err := json.Unmarshal([]byte(lines[4]), &c); err != nil {
		return c, errors.New("not a certificate of a search")
	}
	if c.Text() != text { // the sentences say what the figures say
		return c, errors.New("certificate contradicts itself")
	}
	return c, nil
}
