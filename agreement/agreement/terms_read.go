package agreement

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/internal/told"
)

// one reads a term that has one field.
func one[T any](field string, parse func(string) (T, error)) func(func(string) string, T) (*T, error) {
	return func(filled func(string) string, _ T) (*T, error) {
		typed := filled(field)
		if typed == "" {
			return nil, nil
		}
		v, err := parse(typed)
		return &v, err
	}
}

func texts(v string) ([]string, error) { return strings.Split(v, "\n"), nil }

func prefixes(v string) (list []netip.Prefix, err error) {
	for l := range strings.SplitSeq(v, "\n") {
		p, err := netip.ParsePrefix(l)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// readBalikan keeps what was owed before where only one of the two fields is filled in.
func readBalikan(filled func(string) string, before Balikan) (*Balikan, error) {
	fields, days := filled("kolom_balikan"), filled("hari_balikan")
	if fields == "" && days == "" {
		return nil, nil
	}
	if fields != "" {
		before.Fields = strings.Split(fields, "\n")
	}
	if days != "" {
		n, err := strconv.Atoi(days)
		if err != nil {
			return nil, err
		}
		before.Days = n
	}
	return &before, nil
}

func readEnd(filled func(string) string, before time.Time) (*time.Time, error) {
	v := filled("berlaku_sampai")
	if v == "" {
		return nil, nil
	}
	end, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return nil, err
	}
	if !end.After(before) {
		return nil, told.Refuse("Tanggal berakhir yang baru harus setelah tanggal berakhir sekarang.")
	}
	return &end, nil
}

// sorted is a list of lines in an order of its own, so that two lists with the same entries are equal.
func sorted(v string) string {
	list := strings.Split(v, "\n")
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func deref[T any](p *T) (v T, ok bool) {
	if p == nil {
		return v, false
	}
	return *p, true
}
