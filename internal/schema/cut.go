package schema

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Whole refuses a SQLite file that is shorter than it says of itself: it was cut while it was copied, or a disk was full. The write-ahead
// log is taken over into it first.
func Whole(ctx context.Context, db *sql.DB, file string) error {
	const tries, pause = 20, 100 * time.Millisecond // another process may be just writing the file
	for try := 0; ; try++ {
		var busy, size, done int
		failed := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &size, &done)
		says, is, err := sizes(file)
		switch {
		case err != nil:
			return err
		case says > is && (failed != nil || try == tries):
			return fmt.Errorf("basis data %s terpotong: %d byte, seharusnya %d; pulihkan dari cadangan (gapura restore)", file, is, says)
		case failed != nil:
			return fmt.Errorf("basis data %s tidak dapat dibaca: rusak atau bukan basis data; pulihkan dari cadangan (gapura restore): %w",
				file, failed)
		case says <= is || busy != 0 || size != done: // what is missing may lie in the write-ahead log
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// sizes are the size that the header of a SQLite file tells (bytes 16 and 28, https://sqlite.org/fileformat2.html), and that of the file.
func sizes(file string) (says, is int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	var h [100]byte
	if _, err := io.ReadFull(f, h[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, 0, nil // empty: its tables are missing, which is told elsewhere
	} else if err != nil {
		return 0, 0, err
	}
	if string(h[:16]) != "SQLite format 3\x00" {
		return 0, 0, nil
	}
	page := int64(binary.BigEndian.Uint16(h[16:]))
	if page == 1 {
		page = 65536
	}
	st, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	return page * int64(binary.BigEndian.Uint32(h[28:])), st.Size(), nil
}
