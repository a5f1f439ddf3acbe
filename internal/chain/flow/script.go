package flow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// recognise finds the known script that a transaction runs. Two scripts are the same
// where their lines are, without comments, blank lines, and white space that is not
// between two words; and where every import names the network's own contract.
//
// A script with anything that Cadence's scanner might read otherwise than this one
// (backslashes, block comments, carriage returns, characters beyond ASCII) is not known.
func (c Chain) recognise(script []byte) (template, bool) {
	if len(script) > maxKnown {
		return template{}, false
	}
	text, ok := c.normalise(script)
	if !ok {
		return template{}, false
	}
	sum := sha256.Sum256(text)
	var digits [64]byte
	hex.Encode(digits[:], sum[:])
	known, ok := c.known[string(digits[:])]
	return known, ok
}

// maxKnown is longer than every known script with its comments.
const maxKnown = 8 << 10

func (c Chain) normalise(script []byte) ([]byte, bool) {
	text := make([]byte, 0, len(script)+1)
	for len(script) > 0 {
		line := script
		if i := bytes.IndexByte(script, '\n'); i >= 0 {
			line, script = script[:i], script[i+1:]
		} else {
			script = nil
		}
		start := len(text)
		var ok bool
		if text, ok = appendLine(text, line); !ok {
			return nil, false
		}
		if len(text) == start {
			continue
		}
		if own := text[start:]; bytes.HasPrefix(own, []byte("import ")) {
			name, ok := c.imported(own)
			if !ok {
				return nil, false
			}
			text = append(text[:start+len("import ")], name...)
		}
		text = append(text, '\n')
	}
	return text, true
}

// appendLine appends a line without comment and without white space at its ends; every
// other run of it becomes one space, outside texts.
func appendLine(text, line []byte) ([]byte, bool) {
	start := len(text)
	for i := 0; i < len(line); {
		first := i
		for i < len(line) && line[i] != ' ' && line[i] != '\t' {
			switch b := line[i]; {
			case b == '\\' || b >= 0x7f || b < ' ':
				return nil, false
			case b == '/' && i+1 < len(line) && line[i+1] == '*':
				return nil, false
			case b == '/' && i+1 < len(line) && line[i+1] == '/':
				return checkComment(appendWord(text, start, line[first:i]), line[i:])
			case b == '"':
				end := endOfText(line[i+1:])
				if end < 0 {
					return nil, false // a text does not go on in the next line
				}
				i += 1 + end
			}
			i++
		}
		text = appendWord(text, start, line[first:i])
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
	}
	return text, true
}

// appendWord appends a word of the line that begins at start, behind a space if it is not
// the first.
func appendWord(text []byte, start int, word []byte) []byte {
	if len(word) == 0 {
		return text
	}
	if len(text) > start {
		text = append(text, ' ')
	}
	return append(text, word...)
}

// endOfText is the place of the quote that ends a text, or -1 where there is none or a
// character that no known script has in a text.
func endOfText(line []byte) int {
	for i, b := range line {
		if b == '"' {
			return i
		}
		if b == '\\' || b >= 0x7f || b < ' ' {
			return -1
		}
	}
	return -1
}

// checkComment leaves a comment out if it has no characters that may end it.
func checkComment(text, comment []byte) ([]byte, bool) {
	for _, b := range comment {
		if b >= 0x7f || b < ' ' && b != '\t' {
			return nil, false
		}
	}
	return text, true
}

// imported is the contract's name of a line like "import FlowToken from 0x1654653399040a61".
// Names without an address are built in.
func (c Chain) imported(line []byte) (string, bool) {
	words := bytes.Fields(line)
	switch {
	case len(words) == 2 && string(words[1]) == "Crypto":
		return "Crypto", true
	case len(words) == 4 && string(words[2]) == "from" && bytes.HasPrefix(words[3], []byte("0x")):
		want, known := c.contracts[string(words[1])]
		a, err := ParseAddress(string(words[3]))
		return string(words[1]), known && err == nil && a == want
	}
	return "", false
}
