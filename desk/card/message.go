package card

import (
	"context"
	"errors"

	"gapura/desk/pcsc"
)

var messages = []struct {
	err  error
	text string
}{
	{ErrInactive, "Perangkat pembaca atau SAM tidak aktif, atau perjanjian kerja sama tidak berlaku. Kartu tidak dibaca."},
	{pcsc.ErrRemoved,
		"Kartu terangkat sebelum selesai dibaca. Letakkan kembali kartu dan ulangi; data yang sempat terbaca tidak disimpan."},
	{pcsc.ErrReset, "Kartu sedang dipakai program lain. Ulangi pembacaan."},
	{pcsc.ErrBusy, "Kartu sedang dipakai program lain. Tutup program tersebut, lalu ulangi."},
	{pcsc.ErrNoCard, "Tidak ada kartu pada perangkat pembaca. Letakkan kartu, lalu ulangi."},
	{pcsc.ErrMute, "Kartu tidak menjawab. Periksa letak kartu, lalu ulangi."},
	{pcsc.ErrNoReader, "Perangkat pembaca tidak ditemukan. Periksa sambungan perangkat."},
	{pcsc.ErrVersion, "Versi layanan kartu pada komputer ini tidak dikenal. Hubungi petugas teknis."},
	{pcsc.ErrNoService, "Layanan kartu pada komputer ini tidak berjalan. Hubungi petugas teknis."},
	{pcsc.ErrClosed, "Sambungan ke perangkat pembaca terputus. Ulangi pembacaan."},
	{ErrNotKTP, "Kartu ini tidak dikenali sebagai KTP-el."},
	{ErrNeedsSAM, "Bagian kartu ini hanya terbuka bagi perangkat dengan SAM."},
	{ErrChip, "Jawaban kartu tidak dikenali. Ulangi pembacaan."},
	{ErrNoRecord, "Layanan perangkat pembaca tidak membaca kartu. Letakkan kartu, lalu ulangi."},
	{ErrAmbiguous, "Layanan perangkat pembaca memberi data lebih dari satu orang. Tidak ada yang diambil; ulangi pembacaan."},
	{ErrTooLarge, "Jawaban layanan perangkat pembaca terlalu besar. Hubungi petugas teknis."},
	{ErrAnswer, "Jawaban layanan perangkat pembaca tidak dapat dibaca. Hubungi petugas teknis."},
	{ErrService, "Layanan perangkat pembaca tidak dapat dihubungi. Periksa apakah layanan berjalan."},
	{ErrConfig, "Pembacaan kartu belum diatur dengan benar. Hubungi petugas teknis."},
	{context.DeadlineExceeded, "Waktu pembacaan habis. Ulangi pembacaan."},
	{context.Canceled, "Pembacaan dibatalkan."},
}

// Message is what the officer is told of an error of Read; empty for none.
func Message(err error) string {
	if err == nil {
		return ""
	}
	for _, m := range messages {
		if errors.Is(err, m.err) {
			return m.text
		}
	}
	return "Terjadi gangguan pada pembacaan kartu. Ulangi pembacaan."
}
