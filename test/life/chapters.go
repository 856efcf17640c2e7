package life

// chapters are what people do on which day. Each chapter is one thread of the story.
func (s *story) chapters() events {
	e := events{}
	s.fisheries(e)
	s.cooperatives(e)
	s.culture(e)
	s.reports(e)
	s.incidents(e)
	s.devices(e)
	s.papers(e)
	// All doors, on days before and after an end.
	s.knock(e, &s.a, "2025-06-03", "2025-08-05", "2025-10-08", "2027-01-06", "2027-01-07", "2027-02-16", "2027-02-18")
	s.knock(e, &s.b, "2026-05-05", "2026-05-07", "2027-02-03", "2027-02-04", "2027-02-09", "2027-02-11", "2027-03-03")
	s.knock(e, &s.c, "2025-12-01", "2025-12-02", "2026-01-13", "2026-01-15")
	return e
}

// The first agency: an addendum, a new head who was announced, heads who stand in, a second program with its own PoC, an extension that was
// asked for in time and is decided late.
func (s *story) fisheries(e events) {
	e.on("2025-01-06", s.hire, func() {
		s.a = s.join("dinperla", "Dinas Perikanan Rekaan", "Gandaruwa Mahesworo", "400.12/1/2025", "2027-01-06", true)
		s.a.delivers = true
		s.pass(s.a, s.a.programs[0])
		s.officer(s.a)
	})
	e.on("2025-03-03", func() { s.fewer(s.a, "2025-04-01") })
	// A letter tells of a new head a month before; who stands in for some days later has no statement of their own.
	e.on("2025-05-05", func() { s.newHead(s.a, "Prabaswara Kertanegara", "2025-06-02", "definitif", "") })
	e.on("2025-06-04", func() { s.swear(s.a, false) })
	e.on("2025-07-28", func() { s.newHead(s.a, "Citrawati Lokananta", "2025-08-04", "plh", "2025-08-08") })
	// A token lives a year unless its letter asks for more.
	e.on("2026-12-14", func() { s.renew(s.a) })
	e.on("2026-03-02", func() { s.addProgram(s.a, "Perizinan dinperla") })
	e.on("2026-03-16", func() { s.pass(s.a, s.a.programs[1]) })
	e.on("2026-10-26", func() { s.ask(s.a, "2028-01-06") })
	e.on("2026-12-21", func() { s.swear(s.a, true) })
	e.on("2027-02-15", func() { s.extend(s.a, "2028-01-06") })
	e.on("2027-02-17", func() { s.swear(s.a, false) })
}

// The second agency: its program waits a week for its PoC; its extension is refused; a new agreement begins weeks later.
func (s *story) cooperatives(e events) {
	e.on("2025-02-03", func() {
		s.b = s.join("dinkoprek", "Dinas Koperasi Rekaan", "Wulansari Adiningrum", "400.12/2/2025", "2027-02-03", true)
	})
	e.on("2025-02-10", func() { s.pass(s.b, s.b.programs[0]) })
	e.on("2025-03-17", func() { s.officer(s.b) }) // whose NDA comes two weeks after a month
	// Who acts for a head that is gone answers by a statement of their own.
	e.on("2026-04-27", func() { s.newHead(s.b, "Anggraini Sasmita", "2026-05-04", "plt", "2026-07-31") })
	e.on("2026-05-06", func() { s.swear(s.b, false) })
	e.on("2026-07-27", func() { s.newHead(s.b, "Larasati Nawangsih", "2026-08-01", "definitif", "") })
	e.on("2026-08-03", func() { s.swear(s.b, false) }) // nobody answers over the weekend
	e.on("2026-11-20", func() { s.ask(s.b, "2028-02-03") })
	e.on("2026-12-14", func() { s.renew(s.b) })
	e.on("2027-01-11", func() { s.swear(s.b, true) })
	e.on("2027-02-10", func() { s.refuse(s.b) })
	e.on("2027-03-01", func() { s.sign(s.b, "400.12/4/2027", "2029-03-01") })
	e.on("2027-03-02", func() { s.swear(s.b, false); s.renew(s.b) }) // the old one's tokens are over
}

// The third agency gets another name and does not renew its agreement in time, which ends it. What it owed by then it owes on under the new
// one.
func (s *story) culture(e events) {
	e.on("2025-03-10", func() {
		s.c = s.join("dinbudpar", "Dinas Kebudayaan Rekaan", "Respati Wanodya", "400.12/3/2025", "2027-03-10", false)
		s.pass(s.c, s.c.programs[0])
		s.officer(s.c)
	})
	e.on("2025-09-01", func() { s.rename(s.c, "Dinas Kebudayaan dan Arsip Rekaan", "2025-12-01") })
	e.on("2026-01-12", func() { s.sign(s.c, "400.12/5/2026", "2028-01-12"); s.renew(s.c) })
	e.on("2026-01-14", func() { s.swear(s.c, false) })
}

// What each owes and brings: on the day, late, or never.
func (s *story) reports(e events) {
	waits := map[string]*paper{}
	bring := func(day string, a **agency, n int, key, period string) {
		e.on(day, func() { waits[key+period+(*a).code] = s.bring(*a, (*a).pacts[n], key, period) })
	}
	accept := func(day string, a **agency, key, period string) {
		e.on(day, func() { s.accept(*a, waits[key+period+(*a).code]) })
	}
	e.on("2025-06-16", func() {
		s.admit(s.a, "kepala.dinperla", map[string]string{"peran": "head", "metode_pengguna": "portal"})
	})
	bring("2025-03-20", &s.a, 0, "teknis", "")
	accept("2025-03-24", &s.a, "teknis", "")
	bring("2025-06-30", &s.b, 0, "iso", "")
	accept("2025-07-01", &s.b, "iso", "")
	bring("2025-07-21", &s.a, 0, "iso", "") // two weeks late
	accept("2025-07-22", &s.a, "iso", "")
	bring("2025-11-10", &s.a, 0, "sosialisasi", "2025")
	accept("2025-11-11", &s.a, "sosialisasi", "2025")
	// The first report comes in time, the second, a year's, late, the third in time; the last while the extension is being decided.
	for period, days := range map[string][3]string{"2025-1": {"2025-07-10", "2025-07-11", "2025-07-18"},
		"2025-2": {"2026-02-02", "2026-02-03", "2026-02-27"}, "2026-1": {"2026-07-06", "2026-07-07", "2026-07-14"},
		"2026-2": {"2027-01-15", "2027-01-18", "2027-01-25"}} {
		e.on(days[0], func() { waits["laporan"+period+s.a.code] = s.report(s.a, period) })
		accept(days[1], &s.a, "laporan", period)
		e.on(days[2], func() { s.forward(s.a, period) })
	}
	bring("2025-07-14", &s.b, 0, "laporan", "2025-1") // on its last day
	accept("2025-07-16", &s.b, "laporan", "2025-1")
	e.on("2025-08-04", func() {
		for _, a := range s.agencies() {
			s.evaluate(a, "2025-1")
		}
	})
	e.on("2025-08-11", func() { s.tellMinistry("2025-1") })
	// The third agency owes its certificate since before its name changed, and brings it under the new agreement.
	bring("2026-02-16", &s.c, 0, "iso", "")
	accept("2026-02-18", &s.c, "iso", "")
	bring("2026-03-30", &s.c, 1, "teknis", "") // and makes up for the old one's by the new one's
	accept("2026-03-31", &s.c, "teknis", "")
}

// A leak, for which the agency's access is suspended until the cause is gone.
func (s *story) incidents(e events) {
	e.on("2025-10-06", func() { s.leak(s.a); s.suspend(s.a, "User ID dipakai bersama.") })
	e.on("2025-10-07", s.warn)
	e.on("2025-10-20", func() { s.reinstate(s.a, "Penyebab insiden sudah diperbaiki."); s.close() })
}

// Readers of the first agency go on while its extension is decided; those of the second are deactivated when it is refused, given
// back, and one comes back.
func (s *story) devices(e events) {
	e.on("2025-05-20", func() { s.equip(s.a, "", "PBC-A-001", "PBC-A-002") })
	e.on("2025-06-17", func() { s.equip(s.b, "", "PBC-B-001", "PBC-B-002") })
	// One works from a day to come on; one was lost days before it is told, and one stops on a day to come.
	e.on("2025-09-15", func() { s.equip(s.a, "2025-09-22", "PBC-A-003") })
	e.on("2026-06-01", func() { s.lose(s.a, "PBC-A-002", "2026-05-27") })
	e.on("2026-06-08", func() { s.lose(s.a, "PBC-A-003", "2026-07-01") })
	e.on("2027-02-22", func() { s.giveBack(s.b) })
	e.on("2027-03-03", func() { s.equip(s.b, "", "PBC-B-001") })
}
