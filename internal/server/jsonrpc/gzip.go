package jsonrpc

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"strconv"
	"strings"
	"sync"
)

// worthCompressing is from what size on a body is compressed, in bytes. A shorter one is
// sent as it is in the clothes of gzip (RFC 1952, RFC 1951 §3.2.4), which costs nothing:
// clients see the encoding that the peer gives them.
const worthCompressing = 1400

// compressors are idle.
type compressors struct{ pool sync.Pool }

// gzip appends a body in gzip's format.
func (p *compressors) gzip(b, body []byte) []byte {
	if len(body) < worthCompressing {
		return appendStored(b, body)
	}
	buffer := bytes.NewBuffer(b)
	w, ok := p.pool.Get().(*gzip.Writer)
	if !ok {
		// The only error is that of an impossible level.
		w, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed)
	}
	w.Reset(buffer)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	p.pool.Put(w)
	return buffer.Bytes()
}

// appendStored appends a member with one block that is not compressed, of less than
// 65,536 bytes.
func appendStored(b, body []byte) []byte {
	const deflate, unknownSystem = 8, 255
	b = append(b, 0x1f, 0x8b, deflate, 0, 0, 0, 0, 0, 0, unknownSystem)
	const finalStoredBlock = 1
	b = append(b, finalStoredBlock)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	b = binary.LittleEndian.AppendUint16(b, ^uint16(len(body)))
	b = append(b, body...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
	return binary.LittleEndian.AppendUint32(b, uint32(len(body)))
}

// acceptsGzip reports whether a client takes gzip, by its header Accept-Encoding (RFC
// 9110 §12.5.3). Only who names it gets it.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimSpace(weight), "=")
		if !ok || !strings.EqualFold(name, "q") {
			return true
		}
		q, err := strconv.ParseFloat(value, 64)
		return err == nil && q > 0
	}
	return false
}
