package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/store"
)

// entry is a record as it stands in a file.
type entry struct {
	Record
	prev, hash [sha256.Size]byte
}

func (e *entry) head() store.Head { return store.Head{Sequence: e.Sequence, Hash: e.hash} }

var (
	errNoRecord  = errors.New("the line is not a record")
	errHash      = errors.New("the line does not have the hash that it states")
	errCanonical = errors.New("the line is not in the one form that the journal writes")
)

// decodeLine reads a line with its line feed. It accepts exactly the lines that
// [Record.appendLine] writes: the parser is loose in places, and the comparison
// with the record's own encoding at the end is what decides.
func decodeLine(line []byte) (entry, error) {
	var e entry
	const suffix = len(hashKey) + 2*sha256.Size + len("\"}\n")
	if len(line) < suffix || len(line) > MaxLine {
		return e, errNoRecord
	}
	hashed, end := line[:len(line)-suffix], line[len(line)-suffix:]
	if !bytes.HasPrefix(end, []byte(hashKey)) {
		return e, errNoRecord
	}
	if _, err := hex.Decode(e.hash[:], end[len(hashKey):len(hashKey)+2*sha256.Size]); err != nil {
		return e, errNoRecord
	}
	var scratch [suffix]byte
	if again := append(hex.AppendEncode(append(scratch[:0], hashKey...), e.hash[:]), "\"}\n"...); !bytes.Equal(again, end) {
		return e, errNoRecord
	}
	if sha256.Sum256(hashed) != e.hash {
		return e, errHash
	}
	p := parser{rest: hashed}
	p.record(&e)
	if p.bad || len(p.rest) != 0 || !e.wellFormed() || e.Sequence > maxSequence {
		return e, errCanonical
	}
	if again := e.appendHashed(make([]byte, 0, len(hashed)), e.prev); !bytes.Equal(again, hashed) {
		return e, errCanonical
	}
	return e, nil
}

// parser reads a line from the left. Once bad, it stays bad.
type parser struct {
	rest []byte
	bad  bool
}

func (p *parser) record(e *entry) {
	p.need(`{"seq":`)
	e.Sequence = p.number()
	p.need(`,"time":"`)
	e.Time = p.time()
	p.need(`"`)
	e.Phase = Phase(p.text(`,"phase":"`))
	e.Operation = p.text(`,"op":"`)
	e.Verdict = p.text(`,"verdict":"`)
	e.Rule = p.text(`,"rule":"`)
	e.Error = p.text(`,"error":"`)
	e.Listener = p.text(`,"listener":"`)
	e.Protocol = p.text(`,"protocol":"`)
	e.Address = p.text(`,"address":"`)
	e.UID = -1
	if p.take(`,"uid":`) {
		e.UID = int64(p.number())
	}
	e.Identity = p.text(`,"identity":"`)
	e.Wallet = p.text(`,"wallet":"`)
	e.Key = p.text(`,"key":"`)
	e.Chain = p.text(`,"chain":"`)
	e.Form = p.text(`,"form":"`)
	e.Digest = p.text(`,"digest":"`)
	e.Detail = p.text(`,"detail":"`)
	e.Ref = p.count(`,"ref":`)
	e.Count = p.count(`,"count":`)
	e.Journal = p.text(`,"journal":"`)
	e.Store = p.text(`,"store":"`)
	if p.take(`,"gap":{"expected":`) {
		e.Gap = new(Gap)
		e.Gap.Expected = p.head()
		p.need(`,"actual":`)
		e.Gap.Actual = p.head()
		p.need(`}`)
	}
	if p.take(`,"effects":[`) {
		e.Effects = p.effects()
	}
	e.Omitted = p.count(`,"omitted":`)
	p.need(`,"prev":"`)
	p.hash(&e.prev)
	p.need(`"`)
}

// effects reads the list after its opening bracket.
func (p *parser) effects() []chain.Effect {
	var list []chain.Effect
	for !p.bad {
		p.need(`{"kind":"`)
		kind, known := chain.ParseEffectKind(p.quoted())
		p.bad = p.bad || !known
		e := chain.Effect{Kind: kind}
		e.Asset = p.text(`,"asset":"`)
		e.Amount = p.text(`,"amount":"`)
		e.From = p.text(`,"from":"`)
		e.To = p.text(`,"to":"`)
		e.Subject = p.text(`,"subject":"`)
		e.Detail = p.text(`,"detail":"`)
		e.Until = p.text(`,"until":"`)
		p.need(`}`)
		list = append(list, e)
		if p.take(`]`) {
			break
		}
		p.need(`,`)
	}
	return list
}

func (p *parser) take(s string) bool {
	if p.bad || len(p.rest) < len(s) || string(p.rest[:len(s)]) != s {
		return false
	}
	p.rest = p.rest[len(s):]
	return true
}

func (p *parser) need(s string) { p.bad = !p.take(s) }

// number reads decimal digits, at most 18 so that nothing can overflow.
func (p *parser) number() uint64 {
	var n uint64
	digits := 0
	for !p.bad && digits < len(p.rest) && p.rest[digits] >= '0' && p.rest[digits] <= '9' {
		n = n*10 + uint64(p.rest[digits]-'0')
		digits++
		p.bad = digits > 18
	}
	p.bad = p.bad || digits == 0
	p.rest = p.rest[digits:]
	return n
}

func (p *parser) count(key string) uint64 {
	if !p.take(key) {
		return 0
	}
	return p.number()
}

func (p *parser) text(key string) string {
	if !p.take(key) {
		return ""
	}
	return p.quoted()
}

// quoted reads up to and over the closing quote.
func (p *parser) quoted() string {
	end := 0
	for end < len(p.rest) && p.rest[end] != '"' && p.rest[end] != '\\' {
		end++
	}
	if p.bad || end == len(p.rest) {
		p.bad = true
		return ""
	}
	if p.rest[end] == '"' {
		s := string(p.rest[:end])
		p.rest = p.rest[end+1:]
		return s
	}
	var s []byte
	for !p.bad && !p.take(`"`) {
		switch {
		case p.take(`\"`):
			s = append(s, '"')
		case p.take(`\\`):
			s = append(s, '\\')
		case p.take(`\u`):
			c := p.unit()
			if utf16.IsSurrogate(c) {
				p.need(`\u`)
				c = utf16.DecodeRune(c, p.unit())
			}
			s = utf8.AppendRune(s, c)
		case len(p.rest) > 0:
			s = append(s, p.rest[0])
			p.rest = p.rest[1:]
		default:
			p.bad = true
		}
	}
	return string(s)
}

// unit reads four hex digits.
func (p *parser) unit() rune {
	var b [2]byte
	if p.bad || len(p.rest) < 4 {
		p.bad = true
		return 0
	}
	if _, err := hex.Decode(b[:], p.rest[:4]); err != nil {
		p.bad = true
	}
	p.rest = p.rest[4:]
	return rune(b[0])<<8 | rune(b[1])
}

func (p *parser) hash(h *[sha256.Size]byte) {
	if p.bad || len(p.rest) < 2*len(h) {
		p.bad = true
		return
	}
	if _, err := hex.Decode(h[:], p.rest[:2*len(h)]); err != nil {
		p.bad = true
	}
	p.rest = p.rest[2*len(h):]
}

func (p *parser) head() (h store.Head) {
	p.need(`{"seq":`)
	h.Sequence = p.number()
	p.bad = p.bad || h.Sequence > maxSequence
	p.need(hashKey)
	p.hash(&h.Hash)
	p.need(`"}`)
	return h
}

// time reads the fixed width form. Dates that do not exist come out as another
// date and fail the comparison of the whole line.
func (p *parser) time() time.Time {
	if p.bad || len(p.rest) < timeWidth {
		p.bad = true
		return time.Time{}
	}
	var part [7]int
	for i, span := range [7][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}, {20, 29}} {
		for _, c := range p.rest[span[0]:span[1]] {
			p.bad = p.bad || c < '0' || c > '9'
			part[i] = part[i]*10 + int(c) - '0'
		}
	}
	p.rest = p.rest[timeWidth:]
	if p.bad {
		return time.Time{}
	}
	return time.Date(part[0], time.Month(part[1]), part[2], part[3], part[4], part[5], part[6], time.UTC)
}
