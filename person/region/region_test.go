package region

import "testing"

func TestLookupNamesEveryLevel(t *testing.T) {
	codes := Villages("3303")
	if len(codes) < 200 {
		t.Fatalf("%d villages below 3303", len(codes))
	}
	for _, c := range codes {
		p := Lookup(c)
		if p.Province != "JAWA TENGAH" || p.Regency != "KABUPATEN PURBALINGGA" || p.District == "" || p.Village == "" {
			t.Fatalf("%s: %+v", c, p)
		}
	}
}

func TestEditionIsWhole(t *testing.T) {
	count := map[int]int{}
	l := load()
	for i := range l.starts {
		code, name := l.line(i)
		count[len(code)]++
		if name == "" {
			t.Fatalf("%s has no name", code)
		}
	}
	want := map[int]int{2: 38, 4: 514, 6: 7285, 10: 83762}
	for n, w := range want {
		if count[n] != w {
			t.Errorf("%d codes of %d digits, want %d", count[n], n, w)
		}
	}
}

func TestUnknownCodesHaveNoName(t *testing.T) {
	for _, c := range []string{"", "99", "330", "3399", "33033399990", "9999999999", "zz"} {
		if n, ok := Name(c); ok {
			t.Errorf("%q is %s", c, n)
		}
	}
	if p := Lookup("3399012001"); p.Province != "JAWA TENGAH" || p.Regency != "" || p.Village != "" {
		t.Errorf("%+v", p)
	}
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		Lookup("3303012001")
	}
}
