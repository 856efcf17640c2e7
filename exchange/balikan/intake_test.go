package balikan

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/table"
	"gapura/internal/told"
	"gapura/journal/journal"
)

var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// A shelf is a store of data balikan in memory, and the log in which refusals are recorded.
type shelf struct {
	took    []Delivery
	taking  error
	receipt Receipt
	sent    []bool
	open    bool // an expectation is
	excused []any
	fault   error
	records []journal.Record
}

func (s *shelf) Sender(_ context.Context, agency int64) (Sender, bool, error) {
	return from, agency == from.Agency, s.fault
}
func (s *shelf) Agency(_ context.Context, id int64) (access.Standing, error) {
	return access.Standing{Institution: party.Institution{ID: id}}, s.fault
}

func (s *shelf) TakeBalikan(_ context.Context, d Delivery) (Receipt, error) {
	s.took = append(s.took, d)
	if s.receipt.At.IsZero() {
		s.receipt.At = d.At
	}
	return s.receipt, s.taking
}

func (s *shelf) Sent(context.Context, int64, []Item) ([]bool, error) { return s.sent, s.fault }

func (s *shelf) Excuse(_ context.Context, agency, seq, by int64, at time.Time, reason string) (bool, error) {
	s.excused = []any{agency, seq, by, at, reason}
	return s.open, s.fault
}

func (s *shelf) Append(_ context.Context, e *journal.Entry) error {
	e.Written = e.Decide(0)
	s.records = append(s.records, e.Written)
	return nil
}

func (*shelf) Version(context.Context) (int64, error) { return 1, nil }
func (*shelf) Forget()                                {}

// counter is an officer's parcel from the agency's network, on own terms: the field NOMOR within 14 days.
func counter() (*shelf, *Intake, Parcel) {
	s := &shelf{}
	day := party.WIB.Day(now)
	who := &access.Standing{
		User: party.User{ID: 5, Institution: 1, Role: party.Officer, Methods: []string{agreement.Portal}, NDASigned: day,
			HasPassword: true},
		Institution: party.Institution{ID: 1, Zone: party.WIB},
		Agreements: access.Agreements{{
			ID: 9, Agency: 1, SignedOn: day.AddDate(-1, 0, 0), EndsOn: day.AddDate(1, 0, 0), Terms: agreement.Terms{
				Methods: []string{agreement.Portal}, Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
				Balikan: &agreement.Balikan{Fields: []string{"NOMOR"}, Days: 14},
			},
		}},
	}
	in := &Intake{Store: s, Authority: &access.Authority{Log: s, Rights: s, Now: func() time.Time { return now }}}
	return s, in, Parcel{Who: who, Method: agreement.Portal, Address: netip.MustParseAddr("192.0.2.7"), Via: ByPortal}
}

func TestDeliveryIsTakenOnTheAgreementsTerms(t *testing.T) {
	s, in, p := counter()
	open := opened(t, in, p)
	c, err := ReadOne(number, map[string]string{"nomor": "7"}, open.Terms)
	if err != nil {
		t.Fatal(err)
	}
	c.Key = "kiriman-1"
	got, err := open.Take(t.Context(), c)
	if err != nil || got.Repeated || got.At != now || len(got.Items) != 1 || got.Key != "kiriman-1" {
		t.Fatalf("%+v, %v", got, err)
	}
	d := s.took[0]
	if d.Agency != 1 || d.By != 5 || d.At != now || d.Via != ByPortal || d.Key != "kiriman-1" || !reflect.DeepEqual(d.Items[0].Params,
		[]map[string]string{{"NOMOR": "7"}}) {
		t.Errorf("%+v", d)
	}
	s.receipt = Receipt{Repeated: true, At: now.Add(-time.Hour)}
	if got, err := open.Take(t.Context(), c); err != nil || !got.Repeated || got.At != now.Add(-time.Hour) || len(got.Items) != 1 {
		t.Errorf("a repeat: %+v, %v", got, err)
	}
	s.taking = &AlreadySent{}
	if got, err := open.Take(t.Context(), c); !errors.Is(err, ErrRepeated) || got.Repeated {
		t.Errorf("partly a repeat: %+v, %v", got, err)
	}
	if _, err := ReadOne(number, map[string]string{"NOMOR": ""}, open.Terms); told.Invalids(err).Of("NOMOR") == "" {
		t.Errorf("without its values: %v", err)
	}
}

func opened(t *testing.T, in *Intake, p Parcel) *Opening {
	t.Helper()
	o, err := in.Open(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestWhoMayNotDeliverIsNotRead: refused and recorded; what takes, looks and excuses comes of an intake that was opened alone.
func TestWhoMayNotDeliverIsNotRead(t *testing.T) {
	for name, spoil := range map[string]func(*Parcel){
		"nobody": func(p *Parcel) { p.Who = nil }, "another network": func(p *Parcel) { p.Address = netip.MustParseAddr("198.51.100.1") },
		"another door": func(p *Parcel) { p.Method = agreement.API }, "the provider": func(p *Parcel) {
			p.Who.User.Role,
				p.Who.Institution.ID = party.Operator, party.Provider
		},
	} {
		s, in, p := counter()
		spoil(&p)
		var refusal *access.Refusal
		if o, err := in.Open(t.Context(), p); !errors.As(err, &refusal) || o != nil {
			t.Errorf("%s opens: %v", name, err)
		}
		if p.Who != nil && len(s.records) == 0 {
			t.Errorf("%s: no record", name)
		}
	}
}

func TestPreviewNamesWhatIsThereAlready(t *testing.T) {
	s, in, p := counter()
	open := opened(t, in, p)
	s.sent = []bool{true, false}
	read, err := open.Preview(t.Context(), []byte("NIK;NOMOR\n"+number+";1\n330;2\n"+number+";3\n"), table.Choice{})
	rows := read.Rows
	if err != nil || len(rows) != 3 || len(s.took) != 0 {
		t.Fatal(rows, err)
	}
	if rows[0].Problem == nil || rows[0].Problem.Text != "sudah pernah dikirim" || rows[1].Problem == nil ||
		rows[1].Problem.Field != "nik" || rows[2].Problem != nil {
		t.Errorf("%v %v %v", rows[0].Problem, rows[1].Problem, rows[2].Problem)
	}
	if _, err := open.Preview(t.Context(), []byte("x"), table.Choice{}); !errors.Is(err, ErrHeading) {
		t.Error(err)
	}
	s.fault = errors.New("broken")
	if _, err := open.Preview(t.Context(), []byte("NIK;NOMOR\n"), table.Choice{}); !errors.Is(err, s.fault) {
		t.Error(err)
	}
}

func TestExcuseIsOneOfTheReasonsForWhatIsOpen(t *testing.T) {
	s, in, p := counter()
	open := opened(t, in, p)
	for seq, reason := range map[int64]string{1: "malas", -1: "mundur"} {
		if err := open.Excuse(t.Context(), seq, reason); !errors.Is(err, ErrReason) || s.excused != nil {
			t.Errorf("%d %s: %v", seq, reason, err)
		}
	}
	if err := open.Excuse(t.Context(), 0, "mundur"); !errors.Is(err, ErrAnswered) {
		t.Error("what is not open:", err)
	}
	s.open = true
	if err := open.Excuse(t.Context(), 0, "mundur"); err != nil || !reflect.DeepEqual(s.excused, []any{int64(1), int64(0), int64(5), now,
		"mundur"}) {
		t.Errorf("%v, %v", s.excused, err)
	}
	s.fault, s.open = errors.New("broken"), false
	if err := open.Excuse(t.Context(), 0, "mundur"); !errors.Is(err, s.fault) {
		t.Error("a fault is told as an answer:", err)
	}
}

func TestAnInstitutionDeliversUnderItsName(t *testing.T) {
	s, in, _ := counter()
	if f, who, err := in.From(t.Context(), from.Agency); err != nil || f != from || who == nil || who.Institution.ID != from.Agency {
		t.Error(f, who, err)
	}
	if f, who, err := in.From(t.Context(), from.Agency+1); err != nil || who == nil || f.Agency != from.Agency+1 ||
		f.Name != who.Institution.Name {
		t.Error("without a name on the service:", f, who, err)
	}
	s.fault = errors.New("broken")
	if _, who, err := in.From(t.Context(), from.Agency); !errors.Is(err, s.fault) || who != nil {
		t.Error(who, err)
	}
}

// TestProgramsItemsAreCheckedUnderTheirKey at its bounds.
func TestProgramsItemsAreCheckedUnderTheirKey(t *testing.T) {
	spec := agreement.Balikan{Fields: []string{"NOMOR"}}
	whole := Given{NIK: number, Param: json.RawMessage(`[{"NOMOR":"7"}]`)}
	for name, c := range map[string]struct {
		key  string
		list []Given
		want string
	}{
		"values and a reason of two": {"kiriman-1", []Given{whole, {NIK: other, Reason: "mundur"}}, ""},
		"key of 8":                   {"12345678", []Given{whole}, ""}, "key of 7": {"1234567", []Given{whole}, "key"},
		"key of 64": {strings.Repeat("k", 64), []Given{whole}, ""}, "key of 65": {strings.Repeat("k", 65), []Given{whole}, "key"},
		"key with a blank": {"kirim an-1", []Given{whole}, "key"},
		"nothing":          {"kiriman-1", nil, "items"}, "both": {"kiriman-1", []Given{{NIK: number, Param: whole.Param, Reason: "mundur"}},
			"reason"},
		"neither": {"kiriman-1", []Given{{NIK: number}}, "param"}, "no reason of ours": {"kiriman-1",
			[]Given{whole, {NIK: number, Reason: "x"}}, "reason"},
		"no NIK": {"kiriman-1", []Given{whole, {NIK: "330", Param: whole.Param}}, "nik"}, "all that fit": {"kiriman-1",
			repeated(whole, MaxItems), ""},
		"one more": {"kiriman-1", repeated(whole, MaxItems+1), "items"},
	} {
		got, err := ReadGiven(c.key, c.list, spec)
		if c.want == "" && (err != nil || len(got.Items) != len(c.list) || got.Key != c.key || got.Items[0].Params[0]["NOMOR"] != "7") {
			t.Errorf("%s: %d items, %v", name, len(got.Items), err)
		}
		if c.want != "" && told.Invalids(err).Of(c.want) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func repeated(g Given, n int) []Given {
	all := make([]Given, n)
	for i := range all {
		all[i] = g
	}
	return all
}
