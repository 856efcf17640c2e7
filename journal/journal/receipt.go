package journal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// A receipt proves offline that an entry is in a log that its provider signed: a proof of inclusion in the shape of C2SP tlog-proof, whose
// extra data is the entry itself.
const receiptHead = "c2sp.org/tlog-proof@v1"

// NewReceipt makes the receipt of an entry; signed is a checkpoint of that size. The error is a *Tampered when the tree does not hold the
// entry.
func NewReceipt(entry []byte, index int64, at Checkpoint, signed []byte, nodes Nodes) ([]byte, error) {
	proof, err := tlog.ProveRecord(at.Size, index, nodes)
	if err != nil {
		return nil, fmt.Errorf("prove record: %w", err)
	}
	if tlog.CheckRecord(proof, at.Size, at.Root, index, LeafHash(entry)) != nil {
		return nil, &Tampered{fmt.Sprintf("entry %d", index), "is not in the log that was signed"}
	}
	var b bytes.Buffer
	receiptText(&b, entry, index, proof)
	b.WriteString("\n\n")
	b.Write(signed)
	return b.Bytes(), nil
}

// receiptText writes what stands before the checkpoint, without the last line's end.
func receiptText(b *bytes.Buffer, entry []byte, index int64, proof tlog.RecordProof) {
	fmt.Fprintf(b, "%s\nextra %s\nindex %d", receiptHead, base64Text(entry), index)
	for _, h := range proof {
		b.WriteString("\n" + base64Text(h[:]))
	}
}

var errReceipt = errors.New("not a receipt")

// CheckReceipt checks a receipt offline and returns its entry, the record's number and the checkpoint that it rests on.
func CheckReceipt(receipt []byte, verifierKeys string) (entry []byte, id ID, c Checkpoint, err error) {
	head, signed, ok := bytes.Cut(receipt, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) < 3 || lines[0] != receiptHead {
		return nil, id, c, errReceipt
	}
	extra, ok1 := strings.CutPrefix(lines[1], "extra ")
	place1, ok2 := strings.CutPrefix(lines[2], "index ")
	entry, err1 := base64.StdEncoding.DecodeString(extra)
	index, err2 := strconv.ParseInt(place1, 10, 64)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || index < 0 {
		return nil, id, c, errReceipt
	}
	var proof tlog.RecordProof
	for _, l := range lines[3:] {
		h, err := base64.StdEncoding.DecodeString(l)
		if err != nil || len(h) != tlog.HashSize {
			return nil, id, c, errReceipt
		}
		proof = append(proof, Hash(h))
	}
	var again bytes.Buffer
	receiptText(&again, entry, index, proof)
	if !bytes.Equal(again.Bytes(), head) {
		return nil, id, c, errReceipt
	}
	if c, err = OpenCheckpoint(signed, verifierKeys); err != nil {
		return nil, id, c, err
	}
	if index >= c.Size {
		return nil, id, c, errReceipt
	}
	if err := tlog.CheckRecord(proof, c.Size, c.Root, index, LeafHash(entry)); err != nil {
		return nil, id, c, errors.New("the entry is not in the log that was signed")
	}
	if id, err = place(entry); err != nil || id.Seq != index {
		return nil, id, c, errors.New("the entry is not of this place")
	}
	return entry, id, c, nil
}

// ReceiptRecord reads, unchecked, the access record that a receipt is of; ok is false when it is of something else.
func ReceiptRecord(receipt []byte) (r Record, ok bool) {
	_, rest, _ := strings.Cut(string(receipt), "\nextra ")
	text, _, _ := strings.Cut(rest, "\n")
	entry, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return r, false
	}
	r, _, ok, err = DecodeRecord(entry)
	return r, ok && err == nil
}
