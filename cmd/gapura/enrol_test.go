package main

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
)

// A machine is one that would be the desk of dinpertan.
type machine struct {
	t        *testing.T
	w        *walk
	signer   *journal.Signer
	cosigner *journal.Cosigner
}

func newMachine(t *testing.T, w *walk, seed byte) machine {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(seed)), ed25519.SeedSize)))
	signer, err := journal.NewSigner("dinpertan/loket", key)
	if err != nil {
		t.Fatal(err)
	}
	cosigner, err := journal.NewCosigner("dinpertan/loket", key)
	if err != nil {
		t.Fatal(err)
	}
	return machine{t, w, signer, cosigner}
}

func (m machine) post(path string, from netip.Addr, body map[string]any) (int, map[string]string) {
	m.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		m.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(text)))
	r.RemoteAddr = netip.AddrPortFrom(from, 1).String()
	r.Header.Set("X-Forwarded-For", "127.0.0.1")
	out := httptest.NewRecorder()
	m.w.h.ServeHTTP(out, r)
	var got map[string]any
	if err := json.Unmarshal(out.Body.Bytes(), &got); err != nil {
		m.t.Fatal(err, out.Body)
	}
	said := map[string]string{}
	for k, v := range got {
		if s, ok := v.(string); ok {
			said[k] = s
		}
		if l, ok := v.([]any); ok {
			said[k] = fmt.Sprint(l)
		}
		if o, ok := v.(map[string]any); ok {
			said[k] = fmt.Sprint(o)
		}
	}
	return out.Code, said
}

// states completes a statement and the body that carries it.
func (m machine) states(st *party.DeskStatement, at time.Time) map[string]any {
	st.Agency, st.Desk.Key, st.Cosigner = "dinpertan", m.signer.VerifierKeys(), m.cosigner.VerifierKey()
	st.At = at.Truncate(time.Microsecond)
	return map[string]any{"machine": "LOKET-1", "key": st.Desk.Key, "cosigner": st.Cosigner, "certificate": "", "at": st.At.UnixMicro(),
		"proof": m.cosigner.Vouch(st.Text())}
}

func (m machine) ask(code string, from netip.Addr) (int, map[string]string) {
	m.t.Helper()
	st := party.DeskStatement{Code: code}
	body := m.states(&st, m.w.p.now())
	body["code"] = code
	return m.post("/api/v1/enrolments", from, body)
}

// renewal is signed with another machine's key.
func (m machine) renewal(old machine, at time.Time) map[string]any {
	st := party.DeskStatement{Old: old.cosigner.VerifierKey()}
	body := m.states(&st, at)
	body["agency"], body["old"], body["old_proof"] = "dinpertan", st.Old, old.cosigner.Vouch(st.Text())
	return body
}

func (m machine) code(by party.User) string {
	m.t.Helper()
	code, err := m.w.p.store.Desks.DeskCode(m.t.Context(), journal.Change{At: m.w.p.now(), By: by.ID, Reason: "x"},
		m.w.actor("kepala.dinpertan").Institution, m.w.p.now().Add(time.Hour))
	if err != nil {
		m.t.Fatal(err)
	}
	return code
}

// inForce is the cosigner's key of the agency.
func (m machine) inForce() string {
	m.t.Helper()
	key, err := m.w.p.store.Witness.CosignerKey(m.t.Context(), m.w.actor("kepala.dinpertan").Institution)
	if err != nil {
		m.t.Fatal(err)
	}
	return key
}

func (m machine) newest() party.DeskRequest {
	m.t.Helper()
	list, err := m.w.p.store.Desks.DeskRequests(m.t.Context(), m.w.actor("kepala.dinpertan").Institution, 1)
	if err != nil || len(list) != 1 {
		m.t.Fatal(list, err)
	}
	return list[0]
}

func (m machine) decide(by party.User, approve bool) error {
	m.t.Helper()
	_, err := m.w.p.store.Desks.DecideDesk(m.t.Context(), m.w.p.now(), by, m.w.actor("kepala.dinpertan").Institution, m.newest().ID,
		approve, "x")
	return err
}

// A desk's code is good from its agency's network only, is not used up from elsewhere, and is used once.
func TestADeskAsksFromItsNetworkOnlyAndOnce(t *testing.T) {
	w := newWalk(t)
	m := newMachine(t, w, 'a')
	head := w.actor("kepala.dinpertan").User
	code := m.code(w.actor("admin").User)
	from := w.place(false)
	got, said := m.ask(code, from)
	rows, _, err := w.p.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: head.Institution, Limit: 1})
	if err != nil || len(rows) != 1 || rows[0].Address != from || rows[0].Act != string(access.ToEnrol) ||
		rows[0].Outcome != string(access.Network) {
		t.Errorf("%v %+v", err, rows)
	}
	if got != http.StatusForbidden || said["code"] != "network" {
		t.Errorf("from another network: %d %v", got, said)
	}
	if got, said := m.ask("else", w.place(true)); got != http.StatusForbidden || said["code"] != "code" {
		t.Errorf("a code of nobody's: %d %v", got, said)
	}
	got, said = m.ask(code, w.place(true))
	if got != http.StatusOK || said["words"] != m.newest().Words() || len(strings.Fields(said["words"])) != 5 ||
		!strings.Contains(said["contacts"], "Mandalika Prasetyawan (") {
		t.Errorf("from the agency's: %d %v", got, said)
	}
	if got, again := m.ask(code, w.place(true)); got != http.StatusForbidden || again["code"] != "code" {
		t.Errorf("the code once more: %d %v", got, again)
	}
	if got, said := m.post("/api/v1/enrolments/state", w.place(false),
		map[string]any{"ticket": said["ticket"]}); got != http.StatusForbidden || said["code"] != "network" {
		t.Errorf("its state from another network: %d %v", got, said)
	}
	if _, said := m.post("/api/v1/enrolments/state", w.place(true), map[string]any{"ticket": said["ticket"]}); said["state"] != "waiting" ||
		said["log_key"] != "" {
		t.Errorf("before the approval: %v", said)
	}
	if m.inForce() != "" {
		t.Error("a request alone set the cosigner's key")
	}
	if err := m.decide(head, true); err != nil || m.inForce() != m.cosigner.VerifierKey() {
		t.Error("approved by the head:", err)
	}
	if _, said := m.post("/api/v1/enrolments/state", w.place(true),
		map[string]any{"ticket": said["ticket"]}); said["state"] != "enrolled" || said["log_key"] == "" ||
		said["password"] != "map[days:0 kinds:0 min:0]" {
		t.Errorf("after the approval: %v", said)
	}
}

// enrolled is a machine that is the desk.
func enrolled(t *testing.T, w *walk) machine {
	t.Helper()
	m := newMachine(t, w, 'a')
	if got, said := m.ask(m.code(w.actor("admin").User), w.place(true)); got != http.StatusOK {
		t.Fatal(got, said)
	}
	if err := m.decide(w.actor("kepala.dinpertan").User, true); err != nil {
		t.Fatal(err)
	}
	return m
}

// Another machine takes the cosigner's place only with both sides, and with two people of the provider's when one of them made its code.
func TestACosignersKeyIsNeverReplacedByOneSide(t *testing.T) {
	w := newWalk(t)
	first, other := enrolled(t, w), newMachine(t, w, 'b')
	head, admin := w.actor("kepala.dinpertan").User, w.actor("admin").User
	second := w.actor("admin2").User
	ask := func() {
		t.Helper()
		if got, said := other.ask(other.code(admin), w.place(true)); got != http.StatusOK {
			t.Fatal(got, said)
		}
	}
	ask()
	err := w.p.store.Witness.SetCosigner(t.Context(), journal.Change{At: w.p.now(), Reason: "x", Letter: "1"}, head.Institution,
		other.cosigner.VerifierKey())
	if err == nil || other.inForce() != first.cosigner.VerifierKey() {
		t.Error("from the provider's command line:", err)
	}
	if err := other.decide(admin, true); err == nil {
		t.Error("approved by who made the code")
	}
	stranger := head
	stranger.Institution++
	for _, u := range []party.User{w.actor("petugas.dinpertan").User, w.actor("aplikasi.dinpertan").User, w.actor("operator").User,
		w.actor("auditor").User, stranger} {
		if err := other.decide(u, true); err == nil {
			t.Error("approved by", u.Login)
		}
	}
	if err := other.decide(second, true); err != nil {
		t.Error("the provider's second person:", err)
	}
	if other.inForce() != first.cosigner.VerifierKey() {
		t.Fatal("replaced by the provider alone")
	}
	if err := other.decide(head, true); err != nil || other.inForce() != other.cosigner.VerifierKey() {
		t.Error("both sides:", err)
	}
	if err := other.decide(head, true); err == nil {
		t.Error("a decided request was approved once more")
	}

	// The other order, and a refusal.
	other = newMachine(t, w, 'c')
	ask()
	if err := other.decide(head, true); err != nil || other.inForce() == other.cosigner.VerifierKey() {
		t.Error("replaced by the agency alone:", err)
	}
	if err := other.decide(second, false); err != nil {
		t.Error(err)
	}
	if err := other.decide(second, true); err == nil || other.inForce() == other.cosigner.VerifierKey() {
		t.Error("approved after a refusal:", err)
	}
	// The end of an enrolment does not open the way around.
	if err := w.p.store.Desks.EndDesk(t.Context(), journal.Change{At: w.p.now(), By: admin.ID, Reason: "x"}, head.Institution); err != nil {
		t.Fatal(err)
	}
	ask()
	if err := other.decide(head, true); err != nil || other.inForce() == other.cosigner.VerifierKey() {
		t.Error("replaced by one side after the desk was ended:", err)
	}
	changes, err := w.p.store.Journal.Changes(t.Context(), head.Institution, 0, 300)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range changes {
		if c.Subject == "Pendaftaran loket" {
			n++
		}
	}
	if n != 4*2+6+1 { // codes and requests of four machines, six decisions, one end
		t.Errorf("%d records of the enrolment", n)
	}
}

// New keys that the old one signed are taken at once, and such a signature counts once.
func TestADeskRenewsItsKeysWithTheOldOne(t *testing.T) {
	w := newWalk(t)
	first := enrolled(t, w)
	w.at = w.at.Add(2 * time.Hour)
	second := newMachine(t, w, 'b')
	renew := func(body map[string]any, from netip.Addr) (int, map[string]string) {
		t.Helper()
		return second.post("/api/v1/enrolments/renewals", from, body)
	}
	good := second.renewal(first, w.at)
	if got, said := renew(good, w.place(false)); got != http.StatusForbidden || said["code"] != "network" {
		t.Errorf("from another network: %d %v", got, said)
	}
	if got, said := renew(second.renewal(newMachine(t, w, 'x'), w.p.now()), w.place(true)); got != http.StatusForbidden ||
		said["code"] != "key" {
		t.Errorf("signed with a key that is not in force: %d %v", got, said)
	}
	forged := second.renewal(first, w.p.now())
	forged["old_proof"] = forged["proof"]
	if got, said := renew(forged, w.place(true)); got != http.StatusForbidden || said["code"] != "key" {
		t.Errorf("not signed with the old key: %d %v", got, said)
	}
	if got, said := renew(second.renewal(first, w.p.now().Add(-time.Hour)), w.place(true)); got != http.StatusForbidden ||
		said["code"] != "key" {
		t.Errorf("an hour old: %d %v", got, said)
	}
	stolen := newMachine(t, w, 'y').renewal(first, w.p.now())
	stolen["cosigner"] = second.cosigner.VerifierKey()
	if got, said := renew(stolen, w.place(true)); got != http.StatusUnprocessableEntity {
		t.Errorf("a key that the desk does not have: %d %v", got, said)
	}
	if first.inForce() != first.cosigner.VerifierKey() {
		t.Fatal("a refused renewal changed the key")
	}
	if got, said := renew(good, w.place(true)); got != http.StatusOK || said["state"] != "enrolled" ||
		first.inForce() != second.cosigner.VerifierKey() {
		t.Fatalf("%d %v", got, said)
	}
	if got, said := renew(good, w.place(true)); got != http.StatusOK || said["state"] != "enrolled" {
		t.Errorf("asked again because the answer was lost: %d %v", got, said)
	}
	// The first key comes back; the signature that once replaced it must not count again.
	w.at = w.at.Add(2 * time.Second)
	if got, said := renew(first.renewal(second, w.p.now()), w.place(true)); got != http.StatusOK ||
		first.inForce() != first.cosigner.VerifierKey() {
		t.Fatalf("%d %v", got, said)
	}
	if got, said := renew(good, w.place(true)); got != http.StatusForbidden || said["code"] != "key" ||
		first.inForce() != first.cosigner.VerifierKey() {
		t.Errorf("an old signature: %d %v", got, said)
	}
}

// page asks as somebody signed in, from inside their network.
func (m machine) page(a actor, method, path string, form url.Values) string {
	m.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = netip.AddrPortFrom(m.w.place(true), 1).String()
	r.AddCookie(&http.Cookie{Name: "gapura", Value: a.session})
	out := httptest.NewRecorder()
	m.w.h.ServeHTTP(out, r)
	if out.Code != http.StatusOK {
		m.t.Fatalf("%s %s: %d\n%s", method, path, out.Code, out.Body)
	}
	return html.UnescapeString(out.Body.String())
}

// follow opens the link of a page that bears a text.
func (m machine) follow(a actor, page, text string) string {
	m.t.Helper()
	link := regexp.MustCompile(`<a href="([^"]+)"[^>]*>(?:<strong>)?` + regexp.QuoteMeta(text)).FindStringSubmatch(page)
	if link == nil {
		m.t.Fatalf("no link %q on\n%s", text, page)
	}
	return m.page(a, http.MethodGet, link[1], nil)
}

// send fills in the form of a page that has the button: what stands in its hidden fields, and what is typed.
func (m machine) send(a actor, page, button string, typed url.Values) string {
	m.t.Helper()
	for _, form := range regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)".*?</form>`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(form[0], button+"</button>") {
			continue
		}
		values := url.Values{}
		for _, x := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`).FindAllStringSubmatch(form[0], -1) {
			values.Set(x[1], x[2])
		}
		for k, v := range typed {
			values[k] = v
		}
		return m.page(a, http.MethodPost, form[1], values)
	}
	m.t.Fatalf("no button %q on\n%s", button, page)
	return ""
}

func expect(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, x := range texts {
		if !strings.Contains(page, x) {
			t.Errorf("%q is missing on\n%s", x, page)
		}
	}
}

// From the list of agencies to the code, and from the head's menu to the desk, by what pages show alone.
func TestThePagesLeadFromTheAgencyToItsDesk(t *testing.T) {
	w := newWalk(t)
	m := newMachine(t, w, 'a')
	admin, head := w.actor("admin"), w.actor("kepala.dinpertan")
	agency := m.follow(admin, m.page(admin, http.MethodGet, "/konsol/instansi", nil), "Dinas Pertanian")
	page := m.follow(admin, agency, "Loket")
	expect(t, page, "Langkah berikutnya", "Belum ada loket yang terdaftar")
	page = m.send(admin, page, "Buat kode sekali pakai", url.Values{"alasan": {"BAST loket"}})
	code := regexp.MustCompile(`gapura loket enrol --config desk.toml ([^<]+)<`).FindStringSubmatch(page)
	if code == nil {
		t.Fatal("no code on", page)
	}
	expect(t, page, "Langkah berikutnya", "mencocokkan kata pengenal")
	if got, said := m.ask(code[1], w.place(true)); got != http.StatusOK {
		t.Fatal(got, said)
	}
	words := m.newest().Words()
	page = m.follow(admin, agency, "Loket")
	expect(t, page, words, "LOKET-1", "cukup disetujui oleh instansinya")
	own := m.follow(head, m.page(head, http.MethodGet, "/instansi", nil), "Loket")
	expect(t, own, words, "LOKET-1", "Setujui hanya apabila kelima katanya sama")
	m.send(head, own, "Tolak", url.Values{"alasan": {"bukan komputer kami"}})
	if m.inForce() != "" || m.newest().At(w.at) != party.DeskRefused {
		t.Error("a refused machine is the desk")
	}
	if got, said := m.ask(m.code(admin.User), w.place(true)); got != http.StatusOK {
		t.Fatal(got, said)
	}
	own = m.follow(head, own, "Loket")
	expect(t, own, "bukan komputer kami")
	expect(t, m.send(head, own, "Kata pengenal cocok, setujui", nil), "sekarang loket instansi", "Loket yang berlaku")
	if m.inForce() != m.cosigner.VerifierKey() {
		t.Error("the approved machine is not the desk")
	}
	page = m.follow(admin, agency, "Loket")
	expect(t, page, "Terdaftar sejak", "Ganti komputer loket")
	for _, jargon := range []string{"cosigner", "Cosigner", "pin ", "fingerprint"} {
		if strings.Contains(page, jargon) {
			t.Errorf("%q is on the page", jargon)
		}
	}
}
