package procedure

import (
	"time"

	"gapura/agreement/party"
	"gapura/agreement/reader"
)

// A File is a signed scan or a letter that was made, kept sealed, with its checksum (E14).
type File struct {
	ID        int64
	Agency    int64
	Case      int64
	CaseSeq   int    // step that it came with
	Agreement int64  // 0: none
	Kind      string // "scan" or the key of a document's template
	Title     string
	Number    string // of the letter
	Version   int    // 1 and up among files of the same agency, kind and title
	Media     string // MIME type
	Size      int64
	SHA256    [32]byte
	By        int64
	At        time.Time
	Content   []byte // only when it is written
}

// A Letter is an entry of the register of letters sent.
type Letter struct {
	Series     string // see document.Template.Series
	Year, Seq  int
	Agency     int64
	AgencyName string
	Case       int64
	Subject    string
	At         time.Time
}

// A CaseRow is a case in a list.
type CaseRow struct {
	ID                     int64
	Agency                 int64
	AgencyName, AgencyCode string
	Procedure              string // key
	State                  State
	Steps                  int    // taken
	Letter                 string // the first that the case has
	Opened, Changed        time.Time
}

// A CaseFilter is what cases are searched by; a zero field but Agency's means all.
type CaseFilter struct {
	Number    int64  // of the case
	Agency    int64  // below 0: all; 0 is the office
	Procedure string // key
	State     State
	Letter    string    // part of the number of a letter that came, or was made; small and capital letters are the same
	From, To  time.Time // opened in [From, To)
}

// A Notice is shown in the application; agency 0's are for the provider's staff.
type Notice struct {
	ID     int64
	Agency int64
	At     time.Time
	Text   string
	Path   string
}

// A Forwarding is a report or an evaluation of an agency that was passed on to the Director General (PKS 8(4); Juknis V.E).
type Forwarding struct {
	Evidence, Agency int64
	Rule, Period     string // of the evidence
	At               time.Time
	By               int64
	ByName           string
	Mailed           bool // else on paper
}

// A UserRow is a user in a list over all agencies.
type UserRow struct {
	party.User
	AgencyName, AgencyCode string
}

// A ReaderRow is a reader in a list over all agencies.
type ReaderRow struct {
	ID int64
	reader.Reader
	Agency                 int64
	AgencyName, AgencyCode string
}

// Evidence is what an agency delivered for a duty.
type Evidence struct {
	ID, Agency, Agreement int64
	Rule, Period          string
	On                    time.Time
	Note                  string
	File                  int64
	By                    int64
	ByName                string
	At                    time.Time
	JudgedBy              int64
	Judged                time.Time // zero: waits
	Accepted              bool
	JudgedNote            string // why it was refused, or what its judge noted
}
