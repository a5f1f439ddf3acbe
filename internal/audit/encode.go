package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/store"
)

const (
	// MaxLine is the most bytes that a line has, its line feed included.
	MaxLine = 64 << 10

	maxText = 512        // bytes of a text field after repair, before escaping
	cutMark = "...[cut]" // ends a text field that was longer

	// tailRoom is what may still follow the effects: the end of the list, the
	// count of omitted effects, prev, hash and the line feed.
	tailRoom = len(`],"omitted":9007199254740991,"prev":"","hash":""}`+"\n") + 4*sha256.Size

	hashKey   = `,"hash":"`
	timeWidth = len("2006-01-02T15:04:05.000000000Z")
	hexDigits = "0123456789abcdef"
)

// appendLine appends the record's line and returns the line's hash.
func (r *Record) appendLine(dst []byte, prev [sha256.Size]byte) ([]byte, [sha256.Size]byte) {
	start := len(dst)
	dst = r.appendHashed(dst, prev)
	hash := sha256.Sum256(dst[start:])
	dst = append(dst, hashKey...)
	dst = hex.AppendEncode(dst, hash[:])
	return append(dst, '"', '}', '\n'), hash
}

// appendHashed appends what the hash of a line covers.
func (r *Record) appendHashed(dst []byte, prev [sha256.Size]byte) []byte {
	dst = r.appendBody(dst)
	dst = append(dst, `,"prev":"`...)
	dst = hex.AppendEncode(dst, prev[:])
	return append(dst, '"')
}

// MarshalJSON gives the record as it stands in the journal, without prev and
// hash: one set of field names for the stored line, our own API and --json.
func (r Record) MarshalJSON() ([]byte, error) { return append(r.appendBody(nil), '}'), nil }

// appendBody appends the line up to the field before prev. The effects come last
// because they take what room the other fields leave.
func (r *Record) appendBody(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, r.Sequence, 10)
	dst = append(dst, `,"time":"`...)
	dst = appendTime(dst, r.Time)
	dst = append(dst, '"')
	dst = appendText(dst, `,"phase":"`, string(r.Phase))
	dst = appendText(dst, `,"op":"`, r.Operation)
	dst = appendText(dst, `,"verdict":"`, r.Verdict)
	dst = appendText(dst, `,"rule":"`, r.Rule)
	dst = appendText(dst, `,"error":"`, r.Error)
	dst = appendText(dst, `,"listener":"`, r.Listener)
	dst = appendText(dst, `,"protocol":"`, r.Protocol)
	dst = appendText(dst, `,"address":"`, r.Address)
	if r.UID >= 0 {
		dst = append(dst, `,"uid":`...)
		dst = strconv.AppendInt(dst, r.UID, 10)
	}
	dst = appendText(dst, `,"identity":"`, r.Identity)
	dst = appendText(dst, `,"wallet":"`, r.Wallet)
	dst = appendText(dst, `,"key":"`, r.Key)
	dst = appendText(dst, `,"chain":"`, r.Chain)
	dst = appendText(dst, `,"form":"`, r.Form)
	dst = appendText(dst, `,"digest":"`, r.Digest)
	dst = appendText(dst, `,"detail":"`, r.Detail)
	dst = appendCount(dst, `,"ref":`, r.Ref)
	dst = appendCount(dst, `,"count":`, r.Count)
	dst = appendText(dst, `,"journal":"`, r.Journal)
	dst = appendText(dst, `,"store":"`, r.Store)
	if r.Gap != nil {
		dst = appendHead(dst, `,"gap":{"expected":`, r.Gap.Expected)
		dst = appendHead(dst, `,"actual":`, r.Gap.Actual)
		dst = append(dst, '}')
	}
	return r.appendEffects(dst, start+MaxLine-tailRoom)
}

// appendEffects appends as many effects as end before limit, and counts the rest.
func (r *Record) appendEffects(dst []byte, limit int) []byte {
	const first, further = `,"effects":[{"kind":"`, `,{"kind":"`
	opening, omitted := first, r.Omitted
	for i := range r.Effects {
		before := len(dst)
		dst = appendEffect(dst, opening, &r.Effects[i])
		if len(dst) > limit {
			dst = dst[:before]
			omitted += uint64(len(r.Effects) - i)
			break
		}
		opening = further
	}
	if opening == further {
		dst = append(dst, ']')
	}
	return appendCount(dst, `,"omitted":`, omitted)
}

func appendEffect(dst []byte, opening string, e *chain.Effect) []byte {
	dst = append(dst, opening...)
	dst = append(dst, e.Kind.String()...)
	dst = append(dst, '"')
	dst = appendText(dst, `,"asset":"`, e.Asset)
	dst = appendText(dst, `,"amount":"`, e.Amount)
	dst = appendText(dst, `,"from":"`, e.From)
	dst = appendText(dst, `,"to":"`, e.To)
	dst = appendText(dst, `,"subject":"`, e.Subject)
	dst = appendText(dst, `,"detail":"`, e.Detail)
	dst = appendText(dst, `,"until":"`, e.Until)
	return append(dst, '}')
}

func appendCount(dst []byte, key string, n uint64) []byte {
	if n == 0 {
		return dst
	}
	return strconv.AppendUint(append(dst, key...), n, 10)
}

func appendHead(dst []byte, key string, h store.Head) []byte {
	dst = append(dst, key...)
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendUint(dst, h.Sequence, 10)
	dst = append(dst, hashKey...)
	dst = hex.AppendEncode(dst, h.Hash[:])
	return append(dst, '"', '}')
}

// appendTime writes UTC with all nine digits, so that every time has one width.
// The caller sees to it that the year has four digits.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendDigits(dst, year, 4)
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, 'T'), hour, 2)
	dst = appendDigits(append(dst, ':'), minute, 2)
	dst = appendDigits(append(dst, ':'), second, 2)
	dst = appendDigits(append(dst, '.'), t.Nanosecond(), 9)
	return append(dst, 'Z')
}

// appendDigits writes the lowest width decimal digits of n.
func appendDigits(dst []byte, n, width int) []byte {
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; width > 0; i, width = i-1, width-1 {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}

// appendText appends key (which ends in the opening quote) and s, or nothing
// where s is empty.
func appendText(dst []byte, key, s string) []byte {
	if s == "" {
		return dst
	}
	dst = append(dst, key...)
	if len(s) <= maxText && isPlain(s) {
		dst = append(dst, s...)
	} else {
		dst = appendEscaped(dst, s)
	}
	return append(dst, '"')
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// appendEscaped writes s in ASCII. Lengths are counted after bad bytes became
// U+FFFD, because that is what a reader gets and what must encode to the same line.
func appendEscaped(dst []byte, s string) []byte {
	limit := maxText
	if repairedLen(s) > maxText {
		limit -= len(cutMark)
	}
	used := 0
	for _, c := range s {
		if used += utf8.RuneLen(c); used > limit {
			return append(dst, cutMark...)
		}
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', byte(c))
		case c >= ' ' && c <= '~':
			dst = append(dst, byte(c))
		case c < 0x10000:
			dst = appendUnit(dst, c)
		default: // a surrogate pair, RFC 8259 §7
			c -= 0x10000
			dst = appendUnit(dst, 0xd800+c>>10)
			dst = appendUnit(dst, 0xdc00+c&0x3ff)
		}
	}
	return dst
}

// repairedLen is the length of s in UTF-8 with bad bytes replaced, counted no
// further than needed to see that it is too long.
func repairedLen(s string) int {
	n := 0
	for _, c := range s {
		if n += utf8.RuneLen(c); n > maxText {
			break
		}
	}
	return n
}

func appendUnit(dst []byte, u rune) []byte {
	return append(dst, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}
