package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// The head file remembers the end of the journal after each commit, in one write
// of 72 bytes (big endian) that no crash tears:
//
//	0   8  sequence number of the last record, 0 if there is none
//	8  32  its hash
//	40 16  SHA-256 of the boot id, first half: whether the machine started anew since
//	56  1  version, 2
//	57  1  durability that the journal ran with
//	58  2  zero
//	60  8  sequence number up to which the store is known to remember the journal
//	68  4  CRC-32C of bytes 0 to 67
//
// In version 1 there was no sequence number of the store, and the CRC followed at
// once; such a file is still read.
const (
	sidecarName    = "head"
	sidecarSize    = 72
	sidecarVersion = 2
	oldSidecarSize = 64
)

type sidecar struct {
	head       store.Head
	boot       [16]byte
	durability Durability
	stored     uint64 // see [Journal.NoteStored]
}

var errSidecar = errors.New("the head file is missing or damaged")

func bootHash(id string) (h [16]byte) {
	sum := sha256.Sum256([]byte(id))
	copy(h[:], sum[:])
	return h
}

func (s *sidecar) encode() (b [sidecarSize]byte) {
	binary.BigEndian.PutUint64(b[0:], s.head.Sequence)
	copy(b[8:], s.head.Hash[:])
	copy(b[40:], s.boot[:])
	b[56], b[57] = sidecarVersion, byte(s.durability)
	binary.BigEndian.PutUint64(b[60:], s.stored)
	binary.BigEndian.PutUint32(b[68:], checksum(b[:68]))
	return b
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// readSidecar gives errSidecar for a head file that is missing or is not what
// encode wrote, and other errors where the file cannot be read.
func readSidecar(dir string) (s sidecar, err error) {
	f, err := os.Open(filepath.Join(dir, sidecarName))
	if errors.Is(err, fs.ErrNotExist) {
		return s, errSidecar
	}
	if err != nil {
		return s, fault.Storage.Wrap(err, "the head file of the audit journal cannot be opened")
	}
	defer f.Close()
	var b [sidecarSize + 1]byte
	n, err := io.ReadFull(f, b[:])
	if n == oldSidecarSize && b[56] == 1 && binary.BigEndian.Uint32(b[60:]) == checksum(b[:60]) {
		b[56], n = sidecarVersion, sidecarSize
		clear(b[60:])
		binary.BigEndian.PutUint32(b[68:], checksum(b[:68]))
	}
	if err == nil || n != sidecarSize {
		return s, errSidecar // longer or shorter
	}
	s.head.Sequence = binary.BigEndian.Uint64(b[0:])
	copy(s.head.Hash[:], b[8:])
	copy(s.boot[:], b[40:])
	s.durability = Durability(b[57])
	s.stored = binary.BigEndian.Uint64(b[60:])
	if s.durability > Written || s.head.Sequence > maxSequence || s.stored > maxSequence || s.encode() != [sidecarSize]byte(b[:sidecarSize]) {
		return sidecar{}, errSidecar
	}
	return s, nil
}
